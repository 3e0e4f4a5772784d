"""Trains the tagger: one encoder, heads `ner` and `attribution`. See README.md."""
import argparse
from pathlib import Path

import torch

import evaluate
import network
import tagger_data as data
import training
import windows
import written_data
from words import Pieces

HEADS = (("ner", len(data.NER)), ("attribution", len(data.ATTRIBUTION)))
DROPOUT = 0.1
LIMITS = (96, 128, 160, 192)
SHARES = {"polnear": 1.0, "worldwide": 1.0, "conll": 0.2, "written": 1.0}  # of the documents, each epoch
WRITTEN_TIMES = 4  # how often each written passage stands among the documents


def allowed_labels():
    """[tags, labels]: which NER labels a tag stands for (two for CoNLL's MISC)."""
    allowed = torch.eye(len(data.NER))
    rows = torch.zeros(2, len(data.NER))
    for row, prefix in enumerate("BI"):
        for kind in ("MISC", "NORP"):
            rows[row, data.NER.index(f"{prefix}-{kind}")] = 1
    return torch.cat([allowed, rows]).log()


def read(labelled, written):
    train = {"polnear": data.read_polnear(labelled / "polnear/train"),
             "worldwide": data.read_worldwide(labelled / "ner/worldwide/train"),
             "conll": data.read_conll(labelled / "ner/conllpp/train.txt"),
             "written": written_data.read_passages(written) * WRITTEN_TIMES}
    dev = {"attribution": data.read_polnear(labelled / "polnear/dev"),
           "ner": data.read_worldwide(labelled / "ner/worldwide/dev")}
    return train, dev


def epoch_batches(shares, pieces, rng, budget):
    """One epoch: every document in windows of a random limit, sentences of IOB files in random paragraphs."""
    items = []
    for documents, share in shares:
        for document in rng.sample(documents, round(len(documents) * share)):
            paragraphs = document.paragraphs
            joined = {p for p in range(1, len(paragraphs)) if document.task == "ner" and rng.random() < 0.6}
            for window in windows.pack(paragraphs, pieces, rng.choice(LIMITS)):
                ids, types, marks = windows.encode(document, window, pieces, joined)
                noise = rng.random()
                if noise < 0.02:
                    types = [0] * len(types)
                elif noise < 0.04 and document.task == "ner":
                    types = [2 if i > 999 else 0 for i in ids]
                items.append((document.task, ids, types, [(m[0], m[3]) for m in marks]))
    rng.shuffle(items)
    out = []
    for at in range(0, len(items), 400):
        out += windows.batches(items[at:at + 400], budget, lambda item: len(item[1]))
    rng.shuffle(out)
    return out


def loss_of(net, batch, allowed):
    ids, types = windows.pad([b[1] for b in batch], 0), windows.pad([b[2] for b in batch], 0)
    mask = windows.pad([[1] * len(b[1]) for b in batch], 0)
    hidden = net.dropout(net.hidden(ids, types, mask))
    total, count = 0.0, 0
    for task in ("ner", "attribution"):
        places = [(row, at, tag) for row, b in enumerate(batch) if b[0] == task for at, tag in b[3]]
        if not places:
            continue
        rows, ats, tags = torch.tensor(places).T
        log_p = net.heads[task](hidden[rows, ats]).float().log_softmax(-1)
        if task == "ner":
            total = total - (log_p + allowed[tags]).logsumexp(-1).sum()
        else:
            total = total - log_p[torch.arange(len(tags)), tags].sum()
        count += len(places)
    return total / count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.options(parser, out=".train/tagger", pieces=4_500_000, budget=1900, freeze=0)
    parser.add_argument("--written", type=Path, default=written_data.FOLDER / "passages", help="passages written for the project")
    parser.add_argument("--begin", type=Path, help="a checkpoint of the same heads, instead of MiniLM")
    parser.add_argument("--rate", type=float, default=1.5e-4, help="the highest learning rate")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    train, dev = read(args.labelled, args.written)
    print({name: len(part) for name, part in train.items()})
    net, allowed = network.from_base(token_heads=HEADS, dropout=DROPOUT), allowed_labels()
    if args.begin:
        net.take(network.load(args.begin))
    shares = [(train[name], share) for name, share in SHARES.items()]
    training.fit(args, net, training.Rates(peak=args.rate, trains_words=True),
                 epoch_batches=lambda rng: epoch_batches(shares, pieces, rng, args.budget),
                 loss_of=lambda batch: loss_of(net, batch, allowed),
                 n_pieces=lambda batch: sum(len(b[1]) for b in batch),
                 dev_line=lambda kept: evaluate.tagger_line(kept, dev, pieces))


if __name__ == "__main__":
    main()
