"""Puts trained checkpoints together as a bundle, with temperatures fitted on dev parts. See README.md."""
import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import claim_data
import evaluate
import network
import stance_data
import tagger_data
import train_claim
import train_screen
import train_stance
import written_data
from words import Pieces

FILES = ("model.safetensors", "config.json", "tokenizer.json")
LICENCE = ("weights for research only: trained on CoNLL-2003 (Reuters text), SEESAW and Worldwide (CC BY-NC-SA 4.0), "
           "PolNeAR (none stated), NewsMTSC (MIT annotation), DSE (by citing); embedding Apache-2.0")
CLAIM_LICENCE = "; claim: DNC (mixed), RTE (none stated), Perspectrum and IBM claim stance (CC BY-SA 4.0, 3.0)"
TRAINED_ON = ["PolNeAR train", "Worldwide English NER train", "CoNLL-2003 train (CoNLL++)", "DSE train", "NewsMTSC train",
              "SEESAW train", "sentences of AllSides and Reuters 1987 judged for newstance (data/stance)", "written for newstance (data/written)"]
CLAIM_TRAINED_ON = ["DNC train (megaveridicality)", "RTE-1 to RTE-3", "Perspectrum train", "IBM claim stance train"]
POOLING = ["first", "holder", "target", "holder_mean", "target_mean"]  # as in `Network.features`
PRECISION = "int8"
MAX_PIECES = {"tagger": 192, "stance": 256, "embedding": 256}


def copy(source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        shutil.copyfile(source / file, folder / file)


def write_embedding(folder):
    """MiniLM as it is, without its unused pooler, in fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    source = network.base_folder()
    tensors = {k: v.half() for k, v in load_file(source / "model.safetensors").items()
               if v.is_floating_point() and not k.startswith("pooler.")}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((source / "config.json").read_text())
    config.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    network.copy_tokenizer(source / "tokenizer.json", folder / "tokenizer.json")


def fit_temperature(log_p, gold, weights=None):
    """The temperature with the least log loss, over a grid of 0.01; `log_p` has shape [rows, labels]."""
    log_p, gold = torch.tensor(log_p), torch.tensor(gold)
    weights = torch.ones(len(gold)) if weights is None else torch.tensor(weights)

    def loss(temperature):
        chosen = (log_p / temperature).log_softmax(-1)[torch.arange(len(gold)), gold]
        return -(chosen * weights).sum().item()
    return min((t / 100 for t in range(50, 301)), key=loss)


def tagger_temperature(net, documents, head, pieces):
    scores = evaluate.score_words(net, documents, head, pieces)
    rows = [(row, tag) for d, document in zip(scores, documents) for p, paragraph in zip(d, document.paragraphs)
            for row, tag in zip(p, paragraph.tags)]
    return fit_temperature([r[0] for r in rows], [r[1] for r in rows])


def stance_temperatures(net, labelled, corpora, pieces):
    """By head: `pair` on DSE valid and the held-out sentences that were judged, `stance` on NewsMTSC dev-rw and what these tell of the outlet.

    A checkpoint without `pair` is asked for both directions of the pairs, too. The sets of a head weigh the same.
    """
    _, dev = train_stance.read(labelled, corpora=corpora)
    pairs = [[e for e, _ in dev["dse"] if e], dev["judged_pair"]]
    targets = [dev["newsmtsc"], dev["judged_outlet"]]
    if "pair" in net.heads:
        sets = {"pair": pairs, "stance": targets}
    else:
        sets = {"stance": [[direction for p in part for direction in stance_data.directions(p)] for part in pairs] + targets}
    temperatures = {}
    for head, parts in sets.items():
        examples = [e for part in parts for e in part]
        weights = [1 / len(part) for part in parts for _ in part]
        log_p = evaluate.score_stances(net, examples, pieces)
        temperatures[head] = fit_temperature(log_p, [e.label for e in examples], weights)
    return temperatures


def claim_temperature(net, labelled, written, pieces):
    """On all dev sets, each with the same weight, by the log loss of `train_claim`."""
    _, dev = train_claim.read(labelled, written)
    parts = []
    for pairs in dev.values():
        masks = [train_claim.mask_of([getattr(pair, name) for pair in pairs]) for name in ("right", "among")]
        parts.append((torch.tensor(train_claim.score_pairs(net, pairs, pieces)), *masks))

    def loss(temperature):
        return sum(train_claim.log_loss(log_p / temperature, right, among).item() for log_p, right, among in parts)
    return min((t / 100 for t in range(50, 301)), key=loss)


def stance_pooling(net, path):
    """The states that the heads of a stance checkpoint read; ends the program where a manifest cannot tell of them."""
    n_states = {head: dense.in_features // net.encoder.config.hidden_size for head, dense in net.dense.items()}
    if set(n_states) - {"pair"} != {"stance"} or set(n_states.values()) not in ({3}, {5}):
        raise SystemExit(f"`{path}` has the pooled heads {n_states}, with the number of states that each reads; it needs "
                         "`stance`, with or without `pair`, over the same 3 or 5 states")
    return POOLING[:n_states["stance"]]


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def manifest(out, temperatures, pooling):
    """Writes `bundle.toml`; the stance checkpoint has a head for both directions where `temperatures` has `pair`."""
    def quoted(values):
        return "[" + ", ".join(json.dumps(v) for v in values) + "]"
    has_claim = "claim" in temperatures
    lines = ["format = 1", 'name = "default"', f"licence = {json.dumps(LICENCE + CLAIM_LICENCE * has_claim)}",
             f"trained_on = {quoted(TRAINED_ON + CLAIM_TRAINED_ON * has_claim)}"]
    for name in ("tagger", "stance", "embedding"):
        lines += ["", f"[checkpoints.{name}]", f'folder = "{name}"', f"max_pieces = {MAX_PIECES[name]}",
                  f"case_types = {'false' if name == 'embedding' else 'true'}", f'precision = "{PRECISION}"',
                  f"[checkpoints.{name}.files]"]
        lines += [f'"{file}" = "{sha256(out / name / file)}"' for file in FILES]
    for head, labels in (("ner", tagger_data.NER), ("attribution", tagger_data.ATTRIBUTION)):
        lines += ["", f"[roles.{head}]", 'checkpoint = "tagger"', f'head = "{head}"', f"labels = {quoted(labels)}",
                  f"temperature = {temperatures[head]}"]
    if "heads.screen.weight" in load_file(out / "tagger/model.safetensors"):
        lines += ["", "[roles.screen]", 'checkpoint = "tagger"', 'head = "screen"', f"labels = {quoted(train_screen.LABELS)}",
                  'activation = "identity"']
    markers = stance_data.MARKERS
    lines += ["", "[roles.stance]", 'checkpoint = "stance"', 'head = "stance"', f"labels = {quoted(stance_data.LABELS)}",
              f"pooling = {quoted(pooling)}", f"temperature = {temperatures['stance']}", "[roles.stance.markers]",
              f"holder = {quoted(markers['holder'])}", f"target = {quoted(markers['target'])}",
              f"any = {json.dumps(markers['any'])}", f"outlet = {json.dumps(markers['outlet'])}",
              'placement = "beside"']
    if "pair" in temperatures:
        lines += ["[roles.stance.both_ways]", 'head = "pair"', f"labels = {quoted(stance_data.PAIR_LABELS)}",
                  f"temperature = {temperatures['pair']}"]
    if has_claim:
        lines += ["", "[roles.claim]", 'checkpoint = "embedding"', 'head = "claim"', f"labels = {quoted(claim_data.LABELS)}",
                  'pooling = ["first"]', f"temperature = {temperatures['claim']}"]
    lines += ["", "[roles.embedding]", 'checkpoint = "embedding"', 'pooling = ["mean"]', "normalize = true"]
    (out / "bundle.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="the archives of the judged sentences")
    parser.add_argument("--tagger", type=Path, default=Path(".train/screened"))
    parser.add_argument("--stance", type=Path, nargs="+", default=[Path(".train/stance")],
                        help="checkpoints of several seeds; their weights are averaged")
    parser.add_argument("--claim", type=Path, help="a checkpoint of `train_claim.py`, which is the embedding, too; else MiniLM as it is")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "default")
    parser.add_argument("--quick", action="store_true", help="all temperatures 1: for a bundle to integrate against")
    args = parser.parse_args()
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    tagger, stance = network.load(args.tagger), network.average([network.load(path) for path in args.stance])
    pooling = stance_pooling(stance, args.stance[0])
    copy(args.tagger, args.out / "tagger")
    if args.claim:
        copy(args.claim, args.out / "embedding")
    else:
        write_embedding(args.out / "embedding")
    network.save(stance, args.out / "stance")
    stance = network.load(args.out / "stance")  # as rounded
    temperatures = dict.fromkeys(("ner", "attribution", *(["claim"] if args.claim else []), *stance.dense), 1.0)
    if not args.quick:
        temperatures = {
            "ner": tagger_temperature(tagger, tagger_data.read_worldwide(args.labelled / "ner/worldwide/dev"), "ner", pieces),
            "attribution": tagger_temperature(tagger, tagger_data.read_polnear(args.labelled / "polnear/dev"), "attribution",
                                              pieces),
            **stance_temperatures(stance, args.labelled, args.corpora, pieces)}
        if args.claim:
            claim = network.load(args.claim)
            temperatures["claim"] = claim_temperature(claim, args.labelled, written_data.FOLDER / "claim", pieces)
    manifest(args.out, temperatures, pooling)
    for path in args.out.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    print(temperatures)


if __name__ == "__main__":
    main()
