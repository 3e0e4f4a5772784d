"""Trains the claim model: two texts, one pass; its mean states go on serving as the sentence embedding. See README.md."""
import argparse
import math
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

HEADS = (("claim", len(data.LABELS), 1),)
DROPOUT, LIMIT, TEXT_LIMIT = 0.1, 192, 64
WRITTEN_TIMES = 3  # an epoch, each time in both orders
STORY_PAIRS = 5  # of each label and story, an epoch
OTHERS = {"perspectrum": 7000, "ibm": 1000, "dnc": 4000, "factuality": 4000, "rte": 3000}  # rows an epoch at the most
FNC_PAIRS = 900  # of each label, an epoch
THREE_WAY = ("written", "stories", "veridical", "events", "fnc")  # sets that tell all three labels
EMBEDDING_WEIGHT = 2.0  # of the squared distance from MiniLM's own sentence vectors


def read(labelled, written):
    claims = labelled / "claims"
    stories, stories_dev = data.read_stories(written)
    veridical, veridical_dev = data.read_veridical(written)
    events, events_dev = data.read_events(written)
    factuality, factuality_dev = data.read_factuality(claims / "dnc-dev-recast_factuality_data.json")
    written, written_dev = data.read_written(written)
    told = [pair for story in stories_dev for pairs in data.story_pairs(story).values() for pair in pairs]
    dev = {"written": written_dev, "stories": told, "veridical": veridical_dev, "events": events_dev,
           "perspectrum": data.read_perspectrum(claims / "perspectrum-dev.jsonl"),
           "megaveridicality": data.read_dnc(claims / "dnc-dev-recast_megaveridicality_data.json"),
           "factuality": factuality_dev,
           "fnc": data.read_fnc(claims, "dev")}
    held_out = {(p.first, p.second) for part in dev.values() for p in part}

    def free(pairs):
        return [p for p in pairs if (p.first, p.second) not in held_out]
    train = {"written": free(written), "perspectrum": free(data.read_perspectrum(claims / "perspectrum-train.jsonl")),
             "ibm": free(data.read_ibm(claims / "ibm-claim-stance.csv")),
             "dnc": free(data.read_dnc(claims / "dnc-train-recast_megaveridicality_data.json")),
             "rte": free(data.read_rte(claims / "rte.zip")), "veridical": veridical, "events": events, "stories": stories,
             "factuality": free(factuality), "fnc": free(data.read_fnc(claims, "train"))}
    return train, dev


def epoch_batches(train, pieces, rng, budget):
    pairs = [p for part, n in OTHERS.items() for p in rng.sample(train[part], min(n, len(train[part])))]
    for _ in range(WRITTEN_TIMES):
        pairs += train["written"] + [replace(p, first=p.second, second=p.first) for p in train["written"]]
    pairs += train["veridical"] + train["events"]
    for label in range(len(data.LABELS)):
        of_label = [p for p in train["fnc"] if p.right == (label,)]
        pairs += rng.sample(of_label, min(FNC_PAIRS, len(of_label)))
    for story in train["stories"]:
        for told in data.story_pairs(story).values():
            drawn = rng.sample(told, min(STORY_PAIRS, len(told)))
            pairs += [p if rng.random() < 0.5 else replace(p, first=p.second, second=p.first) for p in drawn]
    items = [(data.encode(pair, pieces, LIMIT), pair, text_ids(rng.choice((pair.first, pair.second)), pieces))
             for pair in pairs]
    rng.shuffle(items)
    out = []
    for at in range(0, len(items), 768):
        out += windows.batches(items[at:at + 768], budget, lambda item: len(item[0]))
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


def scores(net, rows, dropout=lambda hidden: hidden):
    return net.pooled("claim", dropout(states(net, rows)[0])[:, 0]).float()


def mask_of(answers):
    """`[answers, labels]`: 0 at the labels of each answer, minus infinity elsewhere."""
    mask = torch.full((len(answers), len(data.LABELS)), float("-inf"))
    for row, columns in enumerate(answers):
        mask[row, list(columns)] = 0
    return mask


def log_loss(found, right, among):
    """The mean of minus the log-probability of what is right, of what can be told; masks as of `mask_of`."""
    return ((found + among).logsumexp(1) - (found + right).logsumexp(1)).mean()


def loss_of(net, base, batch):
    """Minus the log-probability of what is right among what a pair's set can tell, and the pull of the embedding."""
    found = scores(net, [ids for ids, _, _ in batch], net.dropout)
    right, among = (mask_of(answers) for answers in zip(*((pair.right, pair.among) for _, pair, _ in batch)))
    wrong = log_loss(found, right, among)
    texts = [ids for _, _, ids in batch]
    with torch.no_grad():
        wanted = embedded(base, texts)
    distance = (embedded(net, texts) - wanted).pow(2).sum(1).mean()
    return wrong + EMBEDDING_WEIGHT * distance


@torch.no_grad()
def score_pairs(net, pairs, pieces):
    """Log-probabilities of each pair, in input order."""
    items = [(data.encode(pair, pieces, LIMIT), at) for at, pair in enumerate(pairs)]
    out = [None] * len(items)
    for batch in windows.batches(items, 4000, lambda item: len(item[0])):
        for (_, at), values in zip(batch, scores(net, [ids for ids, _ in batch]).log_softmax(-1).tolist()):
            out[at] = values
    return out


def best(pair, row):
    """The most probable answer: one of `right` where that is as probable as all the rest of `among`."""
    right = sum(math.exp(row[label]) for label in pair.right)
    return right >= sum(math.exp(row[label]) for label in pair.among) - right


def dev_line(net, base, dev, pieces):
    parts = []
    for name, pairs in dev.items():
        found = score_pairs(net, pairs, pieces)
        if name in THREE_WAY:
            gold, labels = [pair.right[0] for pair in pairs], list(range(len(data.LABELS)))
            by_class = evaluate.class_f1s(gold, [evaluate.greatest(row) for row in found], labels)
            parts.append(f"{name} macro-F1 {sum(by_class) / len(by_class):.1f} (" + " ".join(f"{v:.1f}" for v in by_class) + ")")
        else:
            right = sum(best(pair, row) for pair, row in zip(pairs, found))
            parts.append(f"{name} right {100 * right / len(pairs):.1f} %")
    texts = [text_ids(p.first, pieces) for p in dev["written"]]
    with torch.no_grad():
        alike = (embedded(net, texts) * embedded(base, texts)).sum(1).mean().item()
    return "; ".join(parts) + f"; cosine with MiniLM {alike:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.options(parser, out=".train/claim", pieces=2_000_000, budget=1900, freeze=0)
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
                 n_pieces=lambda batch: sum(len(b[0]) + len(b[2]) for b in batch),
                 dev_line=lambda kept: dev_line(kept, base, dev, pieces))


if __name__ == "__main__":
    main()
