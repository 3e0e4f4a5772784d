"""Trains the stance model: holder and target marked in a sentence. See README.md."""
import argparse
import os
import random
import time
from dataclasses import replace
from pathlib import Path

import torch

import evaluate
import network
import stance_data as data
import training
import windows
from words import Pieces

MARKERS_LIKE = ("who", "who", "whom", "whom", "anyone", "author")  # what the marker embeddings begin as
PRONOUNS = ("he", "she", "they", "it", "the official", "officials")
NEUTRAL_SHARE = 0.8  # of the neutral rows of DSE, each epoch
SEESAW_NEUTRALS = {"pair": 1000, "outlet": 400, "any": 400}
# Weights of an example's loss: rare answers of DSE count more, its macro-F1 counts five classes alike.
DSE_WEIGHT = {data.SUPPORTS: 2.0, data.NEUTRAL: 1.0, data.OPPOSES: 1.6}
BACKWARD_WEIGHT, SEESAW_WEIGHT = 1.3, 0.7


def read(labelled, with_dev_articles=False):
    dev = {"dse": data.read_dse(labelled / "dse/valid.jsonl"),
           "newsmtsc": data.read_newsmtsc(labelled / "newsmtsc/dev-rw.jsonl", True)}
    for kind in ("pair", "outlet"):
        dev[f"seesaw_{kind}"] = [e for k, e in data.read_seesaw(labelled / "seesaw/valid") if k == kind]
    held_out = {e.words for p in dev["dse"] for e in p[:1]} | {e.words for k in dev if k != "dse" for e in dev[k]}
    train = {"dse": [p for p in data.read_dse(labelled / "dse/train.jsonl") if p[0].words not in held_out],
             "newsmtsc": [e for e in data.read_newsmtsc(labelled / "newsmtsc/train.jsonl", with_dev_articles)
                          if e.words not in held_out],
             "seesaw": [(k, e) for k, e in data.read_seesaw(labelled / "seesaw/train") if e.words not in held_out]}
    return train, dev


def epoch_examples(train, rng):
    """The examples of one epoch."""
    out = list(train["newsmtsc"])
    for forward, backward, label in train["dse"]:
        if label != "neutral":
            told, other = (forward, backward) if label.startswith("p_") else (backward, forward)
            out.append(replace(told, weight=DSE_WEIGHT[told.label]))
            out.append(replace(other, weight=BACKWARD_WEIGHT))
        elif rng.random() < NEUTRAL_SHARE:
            out.append(replace(rng.choice((forward, backward)), weight=DSE_WEIGHT[data.NEUTRAL]))
    for kind, count in SEESAW_NEUTRALS.items():
        of_kind = [e for k, e in train["seesaw"] if k == kind]
        neutral = [e for e in of_kind if e.label == data.NEUTRAL]
        chosen = rng.sample(neutral, min(count, len(neutral))) + [e for e in of_kind if e.label != data.NEUTRAL]
        out += [replace(e, weight=SEESAW_WEIGHT) for e in chosen]
    return out


def name_pool(train):
    """Names that may stand for one another, each as a tuple of words."""
    spans = [(e.words, span) for f, b, _ in train["dse"] for e in (f,) for span in (e.holder, e.target)]
    spans += [(e.words, e.target) for e in train["newsmtsc"]]
    names = [text[a:b] for text, (a, b) in spans]
    return [n for n in names if len(n) <= 4 and n[0][0].isupper()]


def renamed(example, rng, names):
    """Now and then puts another name or a pronoun in a marked span: names must not decide a stance."""
    for role in ("holder", "target"):
        span, chance = getattr(example, role), rng.random()
        if not isinstance(span, tuple) or chance > 0.17:
            continue
        new = rng.choice(names) if chance < 0.12 else tuple(rng.choice(PRONOUNS).split())
        start, end = span
        shift = len(new) - (end - start)
        other = "target" if role == "holder" else "holder"
        fields = {"words": example.words[:start] + new + example.words[end:], role: (start, start + len(new))}
        place = getattr(example, other)
        if isinstance(place, tuple) and place[0] >= end:
            fields[other] = (place[0] + shift, place[1] + shift)
        example = replace(example, **fields)
    return example


def epoch_batches(train, pieces, rng, budget, names):
    ids_of, items = data.marker_ids(pieces), []
    markers = {i for m in ids_of.values() for i in (m if isinstance(m, tuple) else (m,))} | {pieces.cls, pieces.sep}
    for example in epoch_examples(train, rng):
        example = renamed(example, rng, names)
        ids, types, places = data.encode(example, pieces, ids_of, 160)
        ids = [pieces.mask if i not in markers and rng.random() < 0.03 else i for i in ids]
        items.append((ids, types, places, example.label, example.weight))
    rng.shuffle(items)
    out = []
    for at in range(0, len(items), 1500):
        out += windows.batches(items[at:at + 1500], budget, lambda item: len(item[0]))
    rng.shuffle(out)
    return out


def loss_of(net, batch, dropout):
    ids, types = windows.pad([b[0] for b in batch], 0), windows.pad([b[1] for b in batch], 0)
    mask = windows.pad([[1] * len(b[0]) for b in batch], 0)
    hidden = torch.nn.functional.dropout(net.hidden(ids, types, mask), dropout)
    scores = net.pooled("stance", hidden, torch.tensor([b[2] for b in batch]))
    weights = torch.tensor([b[4] for b in batch])
    losses = torch.nn.functional.cross_entropy(scores, torch.tensor([b[3] for b in batch]), reduction="none",
                                               label_smoothing=0.03)
    return (losses * weights).sum() / weights.sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--out", type=Path, default=Path(".train/stance"))
    parser.add_argument("--pieces", type=int, default=4_000_000, help="length of the training")
    parser.add_argument("--minutes", type=float, help="end after so many minutes instead")
    parser.add_argument("--budget", type=int, default=1600, help="padded pieces a batch")
    parser.add_argument("--with-dev-articles", action="store_true", help="use NewsMTSC rows of articles that dev has too")
    parser.add_argument("--freeze", type=int, default=2, help="lowest layers that rest in the second part")
    parser.add_argument("--freeze-from", type=float, default=0.5, help="where the second part begins, 0..1")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    parser.add_argument("--dev-every", type=float, default=20, help="minutes between dev scores")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    train, dev = read(args.labelled, args.with_dev_articles)
    names = name_pool(train)
    net = network.from_base(pooled_heads=[("stance", 3, 3)])
    net.learn_markers(pieces.id("[unused1]"), [pieces.id(w) for w in MARKERS_LIKE])
    opt, average = training.optimiser(net), training.Average(net, 0.99)
    clock = training.Clock(args.pieces, args.minutes)
    extra = training.resume(args.out / "state.pt", net, opt, average, clock)
    epoch, last_dev, losses = extra.get("epoch", 0), time.time(), []
    print({k: len(v) for k, v in train.items()}, {k: len(v) for k, v in dev.items()}, "resumed at", clock.seen, flush=True)
    while clock.progress() < 1:
        steps = epoch_batches(train, pieces, random.Random(args.seed * 1000 + epoch), args.budget, names)
        print(f"epoch {epoch}: {len(steps)} batches, {sum(len(b[0]) for s in steps for b in s)} pieces", flush=True)
        net.train()
        clock.pause()
        for step, batch in enumerate(steps):
            if clock.progress() >= 1:
                break
            training.set_rate(opt, clock.progress())
            if clock.progress() >= args.freeze_from:
                training.freeze(net, args.freeze)
            loss = loss_of(net, batch, 0.1)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(average.live, 1.0, foreach=True)
            opt.step()
            opt.zero_grad()
            average.update()
            clock.add(sum(len(b[0]) for b in batch))
            losses.append(loss.item())
            if step % 25 == 0:
                print(f"{time.strftime('%H:%M:%S')} epoch {epoch} step {step} progress {clock.progress():.3f} "
                      f"pieces {clock.seen} ({clock.seen / clock.spent:.0f}/s) loss {sum(losses) / len(losses):.4f}", flush=True)
                losses = []
            if time.time() - last_dev > args.dev_every * 60:
                score_and_keep(args, net, opt, average, clock, epoch, dev, pieces)
                last_dev = time.time()
        epoch += 1
    score_and_keep(args, net, opt, average, clock, epoch, dev, pieces)


def score_and_keep(args, net, opt, average, clock, epoch, dev, pieces):
    """Writes the averaged weights as a checkpoint, scores the rounded weights, keeps the state."""
    training.keep(args.out / "state.pt", net, opt, average, clock, {"epoch": epoch})
    average.swap()
    network.save(net, args.out)
    average.swap()
    print(time.strftime("%H:%M:%S"), clock.seen, evaluate.stance_line(network.load(args.out), dev, pieces), flush=True)
    clock.pause()


if __name__ == "__main__":
    main()
