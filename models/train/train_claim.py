"""Trains the claim model: two texts, one pass; its mean states go on serving as the sentence embedding. See README.md."""
import argparse
import random
from dataclasses import replace
from pathlib import Path

import torch

import claim_data as data
import evaluate
import network
import training
import windows
import written_data
from words import Pieces

HEADS = (("claim", len(data.CLAIM_LABELS), 1), ("perspective", len(data.PERSPECTIVE_LABELS), 1),
         ("entailment", len(data.ENTAILMENT_LABELS), 1))
DROPOUT, LIMIT, TEXT_LIMIT = 0.1, 160, 64
WRITTEN_TIMES = 5  # an epoch, each time in both orders
OTHERS = {"perspectrum": 3000, "ibm": 800, "dnc": 2000, "rte": 3000}  # rows an epoch at the most
EMBEDDING_WEIGHT = 2.0  # of the squared distance from MiniLM's own sentence vectors


def read(labelled, written):
    claims = labelled / "claims"
    written, written_dev = data.read_written(written)
    dev = {"written": written_dev, "perspectrum": data.read_perspectrum(claims / "perspectrum-dev.jsonl"),
           "megaveridicality": data.read_dnc(claims / "dnc-dev-recast_megaveridicality_data.json"),
           "factuality": data.read_dnc(claims / "dnc-dev-recast_factuality_data.json")[:1500]}
    held_out = {(p.first, p.second) for part in dev.values() for p in part}

    def free(pairs):
        return [p for p in pairs if (p.first, p.second) not in held_out]
    train = {"written": free(written), "perspectrum": free(data.read_perspectrum(claims / "perspectrum-train.jsonl")),
             "ibm": free(data.read_ibm(claims / "ibm-claim-stance.csv")),
             "dnc": free(data.read_dnc(claims / "dnc-train-recast_megaveridicality_data.json")),
             "rte": free(data.read_rte(claims / "rte.zip"))}
    return train, dev


def epoch_batches(train, pieces, rng, budget):
    pairs = [p for part, n in OTHERS.items() for p in rng.sample(train[part], min(n, len(train[part])))]
    for _ in range(WRITTEN_TIMES):
        pairs += train["written"] + [replace(p, first=p.second, second=p.first) for p in train["written"]]
    items = [(pair.head, data.encode(pair, pieces, LIMIT), pair.label, text_ids(rng.choice((pair.first, pair.second)), pieces))
             for pair in pairs]
    rng.shuffle(items)
    out = []
    for at in range(0, len(items), 768):
        out += windows.batches(items[at:at + 768], budget, lambda item: len(item[1]))
    rng.shuffle(out)
    return out


def text_ids(words, pieces):
    ids = [i for word in words for i in pieces.of(word)[0]]
    return [pieces.cls, *ids[:TEXT_LIMIT - 2], pieces.sep]


def states(net, rows):
    ids = windows.pad(rows, 0)
    mask = windows.pad([[1] * len(row) for row in rows], 0)
    return net.hidden(ids, torch.zeros_like(ids), mask), mask


def embedded(net, rows):
    """Vectors of unit length, as the role `embedding` has them."""
    hidden, mask = states(net, rows)
    within = mask.unsqueeze(-1).float()
    return torch.nn.functional.normalize((hidden.float() * within).sum(1) / within.sum(1), dim=1)


def scores(net, batch, dropout=lambda hidden: hidden):
    first = dropout(states(net, [item[1] for item in batch])[0])[:, 0]
    for head in sorted({item[0] for item in batch}):
        rows = [i for i, item in enumerate(batch) if item[0] == head]
        yield rows, net.pooled(head, first[rows])


def loss_of(net, base, batch):
    total = 0.0
    for rows, found in scores(net, batch, net.dropout):
        gold = torch.tensor([batch[row][2] for row in rows])
        total = total + torch.nn.functional.cross_entropy(found.float(), gold, reduction="sum")
    texts = [item[3] for item in batch]
    with torch.no_grad():
        wanted = embedded(base, texts)
    distance = (embedded(net, texts) - wanted).pow(2).sum(1).mean()
    return total / len(batch) + EMBEDDING_WEIGHT * distance


@torch.no_grad()
def score_pairs(net, pairs, pieces):
    """Log-probabilities of each pair's head, in input order."""
    items = [(p.head, data.encode(p, pieces, LIMIT), at) for at, p in enumerate(pairs)]
    out = [None] * len(items)
    for batch in windows.batches(items, 4000, lambda item: len(item[1])):
        for rows, found in scores(net, batch):
            for row, values in zip(rows, found.log_softmax(-1).tolist()):
                out[batch[row][2]] = values
    return out


def dev_line(net, base, dev, pieces):
    parts = []
    for name, pairs in dev.items():
        found = [evaluate.greatest(row) for row in score_pairs(net, pairs, pieces)]
        gold = [p.label for p in pairs]
        labels = sorted(set(gold))
        right = 100 * sum(g == f for g, f in zip(gold, found)) / len(gold)
        by_class = " ".join(f"{v:.1f}" for v in evaluate.class_f1s(gold, found, labels))
        parts.append(f"{name} {evaluate.macro(gold, found, labels):.1f} ({by_class}), right {right:.1f} %")
    texts = [text_ids(p.first, pieces) for p in dev["written"]]
    with torch.no_grad():
        alike = (embedded(net, texts) * embedded(base, texts)).sum(1).mean().item()
    return "; ".join(parts) + f"; cosine with MiniLM {alike:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.options(parser, out=".train/claim", pieces=2_400_000, budget=1900, freeze=0)
    parser.add_argument("--written", type=Path, default=written_data.FOLDER / "claim", help="pairs written for the project")
    parser.add_argument("--rate", type=float, default=1e-4, help="the highest learning rate")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    train, dev = read(args.labelled, args.written)
    print({name: len(part) for name, part in (train | dev).items()})
    net, base = network.from_base(pooled_heads=HEADS, dropout=DROPOUT), network.from_base().eval()
    training.fit(args, net, training.Rates(peak=args.rate, layer_decay=1.0, head_factor=5.0, trains_words=True),
                 epoch_batches=lambda rng: epoch_batches(train, pieces, rng, args.budget),
                 loss_of=lambda batch: loss_of(net, base, batch),
                 n_pieces=lambda batch: sum(len(b[1]) + len(b[3]) for b in batch),
                 dev_line=lambda kept: dev_line(kept, base, dev, pieces))


if __name__ == "__main__":
    main()
