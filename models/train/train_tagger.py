"""Trains the tagger: one encoder, heads `ner` and `attribution`. See README.md."""
import argparse
import os
import random
import time
from pathlib import Path

import torch

import evaluate
import network
import tagger_data as data
import training
import windows
from words import Pieces

HEADS = (("ner", len(data.NER)), ("attribution", len(data.ATTRIBUTION)))
LIMITS = (96, 128, 160, 192)
SHARES = {"polnear": 1.0, "worldwide": 1.0, "conll": 0.2}  # of the documents, each epoch


def allowed_labels():
    """[tags, labels]: which NER labels a tag stands for (two for CoNLL's MISC)."""
    allowed = torch.eye(len(data.NER))
    rows = torch.zeros(2, len(data.NER))
    for row, prefix in enumerate("BI"):
        for kind in ("MISC", "NORP"):
            rows[row, data.NER.index(f"{prefix}-{kind}")] = 1
    return torch.cat([allowed, rows]).log()


def read(labelled):
    train = {"polnear": data.read_polnear(labelled / "polnear/train"),
             "worldwide": data.read_worldwide(labelled / "ner/worldwide/train"),
             "conll": data.read_conll(labelled / "ner/conllpp/train.txt")}
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
    hidden = net.hidden(ids, types, mask)
    total, count = 0.0, 0
    for task in ("ner", "attribution"):
        places = [(row, at, tag) for row, b in enumerate(batch) if b[0] == task for at, tag in b[3]]
        if not places:
            continue
        rows, ats, tags = torch.tensor(places).T
        log_p = net.heads[task](hidden[rows, ats]).log_softmax(-1)
        if task == "ner":
            total = total - (log_p + allowed[tags]).logsumexp(-1).sum()
        else:
            total = total - log_p[torch.arange(len(tags)), tags].sum()
        count += len(places)
    return total / count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--out", type=Path, default=Path(".train/tagger"))
    parser.add_argument("--pieces", type=int, default=4_500_000, help="length of the training")
    parser.add_argument("--minutes", type=float, help="end after so many minutes instead")
    parser.add_argument("--budget", type=int, default=1900, help="padded pieces a batch")
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
    train, dev = read(args.labelled)
    net = network.from_base(token_heads=HEADS)
    opt, average = training.optimiser(net), training.Average(net, 0.99)
    clock = training.Clock(args.pieces, args.minutes)
    extra = training.resume(args.out / "state.pt", net, opt, average, clock)
    epoch, allowed, last_dev, losses = extra.get("epoch", 0), allowed_labels(), time.time(), []
    print({k: len(v) for k, v in train.items()}, "resumed at", clock.seen, flush=True)
    while clock.progress() < 1:
        rng = random.Random(args.seed * 1000 + epoch)
        steps = epoch_batches([(train[name], share) for name, share in SHARES.items()], pieces, rng, args.budget)
        print(f"epoch {epoch}: {len(steps)} batches, {sum(len(b[1]) for s in steps for b in s)} pieces", flush=True)
        net.train()
        clock.pause()
        for step, batch in enumerate(steps):
            if clock.progress() >= 1:
                break
            training.set_rate(opt, clock.progress())
            if clock.progress() >= args.freeze_from:
                training.freeze(net, args.freeze)
            loss = loss_of(net, batch, allowed)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(average.live, 1.0, foreach=True)
            opt.step()
            opt.zero_grad()
            average.update()
            clock.add(sum(len(b[1]) for b in batch))
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
    print(time.strftime("%H:%M:%S"), clock.seen, evaluate.tagger_line(network.load(args.out), dev, pieces), flush=True)
    clock.pause()


if __name__ == "__main__":
    main()
