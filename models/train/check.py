"""Dev scores of a bundle with 95 % bootstrap intervals, as a Markdown table. See README.md."""
import argparse
import os
import tomllib
from pathlib import Path

import torch

import decode
import evaluate
import network
import stance_data
import tagger_data
import train_stance
from words import Pieces


def report(name, value, interval, note=""):
    print(f"| {name} | {value:.1f} | {interval[0]:.1f} to {interval[1]:.1f} | {note} |", flush=True)


def temperature(bundle, role):
    return tomllib.loads((bundle / "bundle.toml").read_text(encoding="utf-8"))["roles"][role]["temperature"]


def tagger(bundle, labelled, pieces):
    net = network.load(bundle / "tagger")
    # A penalty on probabilities of this temperature is that much larger on those of temperature 1.
    change = decode.CHANGE * temperature(bundle, "attribution")
    dev = tagger_data.read_worldwide(labelled / "ner/worldwide/dev")
    counts, kinds = evaluate.entities(evaluate.score_words(net, dev, "ner", pieces), dev)
    note = ", ".join(f"{k} {evaluate.f1(*c):.1f}" for k, c in kinds.items())
    report("worldwide dev, entity F1 (PER, ORG, LOC, NORP)", evaluate.f1(*map(sum, zip(*counts))),
           evaluate.interval(counts), note)
    dev = tagger_data.read_polnear(labelled / "polnear/dev")
    scores = evaluate.score_words(net, dev, "attribution", pieces)
    for threshold in (0.8, 0.3, 0.999):
        counts = evaluate.contents(scores, dev, change, threshold)
        total = [sum(c) for c in zip(*counts)]
        note = (f"P {100 * total[0] / total[1]:.1f}, R {100 * total[0] / total[2]:.1f}, "
                f"source right {100 * total[3] / max(1, total[4]):.1f}")
        report(f"PolNeAR dev, content F1 at {threshold}", evaluate.f1(*total[:3]),
               evaluate.interval([c[:3] for c in counts]), note)


THRESHOLD = 0.4  # of a stance, as in `StanceSettings`


def judged(bundle, net, dev, pieces):
    """Of the held-out sentences of real news: how many sides are taken, how many of these are right, how many of the reader's are found."""
    role = tomllib.loads((bundle / "bundle.toml").read_text(encoding="utf-8"))["roles"]["stance"]
    for part, head, neutral in (("judged_pair", role["both_ways"], 0), ("judged_outlet", role, stance_data.NEUTRAL)):
        counts = []
        for example, log_p in zip(dev[part], evaluate.score_stances(net, dev[part], pieces)):
            probabilities = (torch.tensor(log_p) / head["temperature"]).softmax(0)
            found = evaluate.greatest(log_p)
            said = found != neutral and probabilities[found].item() >= THRESHOLD
            counts.append((said and found == example.label, said, example.label != neutral))
        right, said, gold = map(sum, zip(*counts))
        report(f"data/stance held out, {part.split('_')[1]}, F1 of sides taken", evaluate.f1(right, said, gold), evaluate.interval(counts),
               f"{said} taken, {100 * right / said:.0f} % of them right, {100 * right / gold:.0f} % of the reader's found")


def stance(bundle, labelled, corpora, pieces):
    net = network.load(bundle / "stance")
    _, dev = train_stance.read(labelled, corpora=corpora)
    rows = stance_data.rows(labelled / "newsmtsc/dev-rw.jsonl")
    sets = [("DSE valid, macro-F1", "dse", None),
            ("NewsMTSC dev-rw, macro-F1", "newsmtsc", [r["article"] for r in rows]),
            ("NewsMTSC dev-mt, macro-F1", "newsmtsc_mt", None),
            ("SEESAW valid, named pairs in a sentence, macro-F1", "seesaw_pair", None),
            ("SEESAW valid, outlet's own voice, macro-F1", "seesaw_outlet", None)]
    for name, part, groups in sets:
        labels = {"dse": stance_data.DSE_LABELS, "seesaw_pair": stance_data.PAIR_LABELS}.get(part, stance_data.LABELS)
        gold, found = (evaluate.dse if part == "dse" else evaluate.targets)(net, dev[part], pieces)
        note = ", ".join(f"{k} {v:.1f}" for k, v in zip(labels, evaluate.class_f1s(gold, found, labels)))
        groups = groups if groups and len(groups) == len(gold) else None
        report(name, evaluate.macro(gold, found, labels), evaluate.macro_interval(gold, found, labels, groups), note)
    judged(bundle, net, dev, pieces)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="the archives of the judged sentences")
    parser.add_argument("--bundle", type=Path, default=Path(__file__).parents[1] / "default")
    parser.add_argument("--only", choices=("tagger", "stance"))
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    print("| dev part | score | 95 % interval | parts |\n|---|---|---|---|")
    if args.only in (None, "tagger"):
        tagger(args.bundle, args.labelled, pieces)
    if args.only in (None, "stance"):
        stance(args.bundle, args.labelled, args.corpora, pieces)


if __name__ == "__main__":
    main()
