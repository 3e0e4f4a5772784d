"""Trains the stance model: holder and target marked in a sentence. See README.md."""
import argparse
import math
import time
from dataclasses import replace
from pathlib import Path

import torch

import evaluate
import judged_data
import network
import stance_data as data
import training
import windows
import written_data
from words import Pieces

HEADS = (("pair", len(data.PAIR_LABELS)), ("stance", len(data.LABELS)))
MARKERS_LIKE = ("who", "who", "whom", "whom", "anyone", "author")  # what the marker embeddings begin as
PRONOUNS = ("he", "she", "they", "it", "the official", "officials")
RENAMED, PRONOUN_SHARE = 0.03, 0.3  # of the marked spans; of those that are replaced
DROPOUT = 0.1
INITIAL_SEED = 7  # all seeds begin from the same heads, so that their weights can be averaged
SEESAW_KINDS = ("pair", "outlet")  # not `any`: its rows cost a point on NewsMTSC (LOG.md)
SEESAW_NEUTRALS = 300  # of each kind, an epoch
DSE_TIMES = 2  # an epoch: it unlearns its `p_supports_q` beside so many sentences of other kinds
WRITTEN_TIMES, WRITTEN_OUTLET_NEUTRALS = 4, 400  # an epoch: how often each written pair, how many neutral rows of the outlet
ADVICE = 0.6  # how much a teacher's answer counts beside the label
AT_ONCE = 24  # examples of a reading: sentences that were judged have up to five actors, ten pairs


def read(labelled, written=written_data.FOLDER / "stance", with_dev_articles=False, corpora=None):
    """Examples by set, for training and for dev scores; without `corpora` none of the sentences that were judged."""
    written, written_dev = written_data.read_stances(written)
    nothing = {kind: [] for kind in SEESAW_KINDS}
    judged, judged_dev = judged_data.read(corpora) if corpora else (nothing, nothing)
    dev = {"dse": data.read_dse(labelled / "dse/valid.jsonl"),
           "newsmtsc": data.read_newsmtsc(labelled / "newsmtsc/dev-rw.jsonl", True),
           "newsmtsc_mt": data.read_newsmtsc(labelled / "newsmtsc/dev-mt.jsonl", True)}
    for kind in SEESAW_KINDS:
        dev[f"seesaw_{kind}"] = [e for k, e in data.read_seesaw(labelled / "seesaw/valid") if k == kind]
        dev[f"written_{kind}"] = written_dev[kind]
        dev[f"judged_{kind}"] = judged_dev[kind]
    held_out = {e.words for e, _ in dev["dse"] if e} | {e.words for k in dev if k != "dse" for e in dev[k]}

    def free(examples):
        return [e for e in examples if e.words not in held_out]
    seesaw = list(data.read_seesaw(labelled / "seesaw/train"))
    train = {"dse": free(e for e, _ in data.read_dse(labelled / "dse/train.jsonl") if e),
             "newsmtsc": free(data.read_newsmtsc(labelled / "newsmtsc/train.jsonl", with_dev_articles))}
    for kind in SEESAW_KINDS:
        train[f"seesaw_{kind}"] = free(e for k, e in seesaw if k == kind)
        train[f"written_{kind}"] = free(written[kind])
        train[f"judged_{kind}"] = free(judged[kind])
    return train, dev


def epoch_examples(train, rng):
    """The examples of one epoch, in rounds: of sets that are neutral for the most part, a sample of the neutral ones."""
    def some(examples, neutral, n_neutral):
        rest = [e for e in examples if e.label == neutral]
        return [e for e in examples if e.label != neutral] + rng.sample(rest, min(n_neutral, len(rest)))
    for _ in range(DSE_TIMES - 1):
        yield train["dse"]
    yield (train["dse"] + train["newsmtsc"] + some(train["seesaw_pair"], 0, SEESAW_NEUTRALS)
           + some(train["seesaw_outlet"], data.NEUTRAL, SEESAW_NEUTRALS) + train["taught_dse"])
    for _ in range(WRITTEN_TIMES):
        yield train["written_pair"] + some(train["written_outlet"], data.NEUTRAL, WRITTEN_OUTLET_NEUTRALS)
    yield train["judged_pair"] + train["judged_outlet"] + train["taught_judged"]


def taught(net, examples, pieces):
    """What `net` answers for anyone's stance toward the targets of `examples`, as examples with probabilities for a label:
    so that learning the stance of pairs does not unlearn it (learning without forgetting, Li and Hoiem, 2016)."""
    asked = sorted({(e.words, e.target) for e in examples})
    examples = [data.Example(text, data.ANY, target, data.NEUTRAL) for text, target in asked]
    log_p = evaluate.score_stances(net, examples, pieces)
    return [replace(e, label=tuple(math.exp(p) for p in row)) for e, row in zip(examples, log_p)]


def advised(args, train, pieces):
    """The training examples with the probabilities that the network in `args.distil` gives them (knowledge distillation,
    Hinton et al., 2015); kept in `args.advice`, since a large teacher takes long."""
    path = args.advice or args.out / "advice.pt"
    if not path.exists():
        teacher, answers = network.load(args.distil), {}
        for name, examples in train.items():
            with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
                answers[name] = [[math.exp(p) for p in row] for row in evaluate.score_stances(teacher, examples, pieces)]
            print(time.strftime("%H:%M:%S"), "asked the teacher about", name, len(examples), flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(answers, path)
    answers = torch.load(path, weights_only=True)
    return {name: [replace(e, advice=tuple(row)) for e, row in zip(examples, answers[name], strict=True)]
            for name, examples in train.items()}


def name_pool(train):
    """Names that may stand for one another, each as a tuple of words."""
    spans = [(e.words, span) for e in train["dse"] for span in (e.holder, e.target)]
    spans += [(e.words, e.target) for e in train["newsmtsc"]]
    names = [text[a:b] for text, (a, b) in spans]
    return [n for n in names if len(n) <= 4 and n[0][0].isupper()]


def renamed(example, rng, names):
    """Now and then puts another name or a pronoun in a marked span: names must not decide a stance."""
    for role, other in (("holder", "target"), ("target", "holder")):
        span = getattr(example, role)
        if not isinstance(span, tuple) or rng.random() > RENAMED:
            continue
        new = tuple(rng.choice(PRONOUNS).split()) if rng.random() < PRONOUN_SHARE else rng.choice(names)
        start, end = span
        shift = len(new) - (end - start)
        fields = {"words": example.words[:start] + new + example.words[end:], role: (start, start + len(new))}
        place = getattr(example, other)
        if isinstance(place, tuple) and place[0] >= end:
            fields[other] = (place[0] + shift, place[1] + shift)
        example = replace(example, **fields)
    return example


def epoch_batches(train, pieces, rng, budget, names):
    items = []
    for examples in epoch_examples(train, rng):
        examples = [renamed(e, rng, names) for e in examples]
        rng.shuffle(examples)
        items += data.readings(examples, pieces, data.marker_ids(pieces), 160, AT_ONCE)
    rng.shuffle(items)
    out = []
    for at in range(0, len(items), 768):
        out += windows.batches(items[at:at + 768], budget, lambda item: len(item.ids))
    rng.shuffle(out)
    return out


def loss_of(net, batch):
    examples = [example for item in batch for example in item.examples]
    total = 0.0
    for at, scores in evaluate.stance_scores(net, batch, net.dropout):
        labels = torch.zeros(scores.shape)
        for row, i in enumerate(at):
            label, advice = examples[i].label, examples[i].advice
            labels[row] = torch.tensor(label) if isinstance(label, tuple) else torch.eye(scores.shape[1])[label]
            if advice:
                labels[row] = (1 - ADVICE) * labels[row] + ADVICE * torch.tensor(advice)
        total = total + torch.nn.functional.cross_entropy(scores, labels, reduction="sum")
    return total / len(examples)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.options(parser, out=".train/stance", pieces=2_600_000, budget=1400, freeze=0)
    parser.add_argument("--written", type=Path, default=written_data.FOLDER / "stance", help="sentences written for the project")
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="the archives of the judged sentences")
    parser.add_argument("--teacher", type=Path, help="a checkpoint whose answers for anyone's stance are kept")
    parser.add_argument("--with-dev-articles", action="store_true", help="use NewsMTSC rows of articles that dev has too")
    parser.add_argument("--begin", type=Path, help="a checkpoint of the same heads and markers, instead of MiniLM")
    parser.add_argument("--distil", type=Path, help="a checkpoint whose answers count beside the labels")
    parser.add_argument("--advice", type=Path, help="where these answers are kept (OUT/advice.pt)")
    parser.add_argument("--mpnet", type=Path, help="the folder of all-mpnet-base-v2: train this, as a teacher")
    parser.add_argument("--rate", type=float, default=1.2e-4, help="the highest learning rate")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(INITIAL_SEED)
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    train, dev = read(args.labelled, args.written, args.with_dev_articles, args.corpora)
    if args.distil:
        train = advised(args, train, pieces)
    for name, asked in (("dse", "dse"), ("judged", "judged_outlet")):
        train[f"taught_{name}"] = taught(network.load(args.teacher), train[asked], pieces) if args.teacher else []
    print({name: len(part) for name, part in (train | dev).items()})
    names = name_pool(train)
    net = (network.from_mpnet(args.mpnet, HEADS, DROPOUT) if args.mpnet
           else network.from_base(pooled_heads=HEADS, dropout=DROPOUT))
    net.learn_markers(pieces.id("[unused1]"), [pieces.id(w) for w in MARKERS_LIKE])
    if args.begin:
        net.take(network.load(args.begin))

    def dev_line(kept):
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16 and args.mpnet is not None):
            return evaluate.stance_line(kept, dev, pieces)
    torch.manual_seed(args.seed)
    training.fit(args, net, training.Rates(peak=args.rate, layer_decay=1.0, head_factor=5.0, trains_words=True),
                 epoch_batches=lambda rng: epoch_batches(train, pieces, rng, args.budget, names),
                 loss_of=lambda batch: loss_of(net, batch),
                 n_pieces=lambda batch: sum(len(item.ids) for item in batch),
                 dev_line=dev_line)


if __name__ == "__main__":
    main()
