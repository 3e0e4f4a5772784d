"""Fits the head `screen` on the tagger's states as they are: which pairs are worth the stance model's reading. See README.md."""
import argparse
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import judged_data
import network
import windows
import written_data
from stance_data import NEUTRAL, OUTLET
from tagger_data import Document, Paragraph
from words import Pieces, words

KINDS = {"told": 3, "said": 2, "outlet": 2}  # which means a question of each kind reads: of the sentence, (the first,) the target
LABELS = ("told", "told_first", "told_second", "said", "said_target", "outlet", "outlet_target")  # columns of the head
SOURCES = (*judged_data.DRAWS, "written")  # with other shares of sides each; those of the first are nearest to an archive's
ROUNDS, RATE, DECAY, BATCH = 12, 3e-3, 0.02, 512


@dataclass(frozen=True)
class Question:
    """A pair of a sentence: words of its marked spans, and whether a reader sees a stance between them (either way, where told)."""
    document: int
    paragraph: int
    sentence: tuple
    spans: tuple
    kind: str
    takes_side: bool
    source: str  # one of `SOURCES`, or "held_out"


def judged(corpora):
    """Documents (articles, a paragraph a line, the title the first) and the questions about their judged sentences."""
    rows = [(row, draw) for draw in judged_data.DRAWS for row in judged_data.drawn(draw)]
    articles = judged_data.read_articles(corpora, {row["article"] for row, _ in rows})
    by_article = {}
    for row, draw in rows:
        by_article.setdefault(row["article"], []).append((row, draw))
    documents, questions = [], []
    for name, its in by_article.items():
        places = {}  # where paragraphs begin and end, by field
        paragraphs = []
        for field in ("title", "text"):
            start = 0
            for line in articles[name][field].split("\n"):
                spans = words(line)
                if spans:
                    places.setdefault(field, []).append((start, start + len(line), len(paragraphs)))
                    paragraphs.append(Paragraph([line[a:b] for a, b in spans], [0] * len(spans),
                                                [start + a for a, _ in spans], [start + b for _, b in spans]))
                start += len(line) + 1
        for row, draw in its:
            at = next((p for a, b, p in places[row["field"]] if a <= row["start"] and row["end"] <= b), None)
            if at is not None:  # else the sentence goes over a line's end
                questions += of_row(row, draw, len(documents), at, paragraphs[at])
        documents.append(Document(name, "screen", paragraphs))
    return documents, questions


def of_row(row, draw, document, paragraph, its):
    def span(start, end):
        inside = [i for i in range(len(its.words)) if its.starts[i] < row["start"] + end and its.ends[i] > row["start"] + start]
        return (inside[0], inside[-1] + 1) if inside else None
    sentence = span(0, row["end"] - row["start"])
    spans = {name: at and span(*at) for name, at in row["actors"].items()}
    told, unsure = judged_data.read_stances(row["stances"]), set(judged_data.read_stances(row["unsure"]))
    source = "held_out" if judged_data.is_held_out(row) else draw

    def ask(kind, *pairs):
        holder, target = pairs[0]
        marked = [spans[holder]] if kind == "told" else []
        marked.append(spans[target])
        if all(marked) and not unsure & set(pairs):
            sides = any(told.get(pair, NEUTRAL) != NEUTRAL for pair in pairs)
            yield Question(document, paragraph, sentence, tuple(marked), kind, sides, source)
    for target, at in spans.items():
        yield from ask("outlet", (OUTLET, target))
        for holder, of_holder in spans.items():
            if row["actors"][holder] is None and holder != target:
                yield from ask("said", (holder, target))
            elif at and of_holder and of_holder[1] <= at[0]:
                yield from ask("told", (holder, target), (target, holder))


def written():
    """The same of the sentences written for the project, each a document of its own."""
    documents, questions, numbers = [], [], {}
    for kind, examples in written_data.read_stances(written_data.FOLDER / "stance")[0].items():
        for example in examples:
            if example.words not in numbers:
                numbers[example.words] = len(documents)
                documents.append(Document("", "screen", [Paragraph(list(example.words), [0] * len(example.words))]))
            marked = (example.holder, example.target) if kind == "pair" else (example.target,)
            neutral = 0 if kind == "pair" else NEUTRAL
            questions.append(Question(numbers[example.words], 0, (0, len(example.words)), marked,
                                      {"pair": "told"}.get(kind, kind), example.label != neutral, "written"))
    return documents, questions


@torch.no_grad()
def features(net, documents, questions, pieces, bf16):
    """What each question reads, `[questions, 3 * size]`: the means of the sentence and of the marked spans, zeros for what its kind lacks."""
    asked = {}
    for number, question in enumerate(questions):
        asked.setdefault((question.document, question.paragraph), []).append(number)
    items = []
    for d, document in enumerate(documents):
        for window in windows.pack(document.paragraphs, pieces, 192):
            if any((d, p) in asked for p, _, _ in window):
                items.append((d, *windows.encode(document, window, pieces)))
    states = {}  # of each word of a paragraph that is asked about
    for batch in windows.batches(items, 8000, lambda item: len(item[1])):
        ids, types = windows.pad([b[1] for b in batch], 0), windows.pad([b[2] for b in batch], 0)
        mask = windows.pad([[1] * len(b[1]) for b in batch], 0)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            hidden = net.hidden(ids, types, mask)
        for row, (d, _, _, marks) in zip(hidden, batch):
            for at, p, w, _ in marks:
                if (d, p) in asked:
                    states.setdefault((d, p), {})[w] = row[at].float()
    size = net.encoder.config.hidden_size
    out = torch.zeros(len(questions), 3 * size)
    for place, numbers in asked.items():
        of_words = torch.stack([states[place][w] for w in range(len(states[place]))])
        for number in numbers:
            question = questions[number]
            for i, (start, end) in enumerate((question.sentence, *question.spans)):
                out[number, i * size:(i + 1) * size] = of_words[start:end].mean(0)
    return out


def fit(read, questions, numbers, n_means):
    """Logistic regression of whether a side is taken, with an intercept for each source; that of the first is kept."""
    size = read.shape[1] // 3
    x, y = read[numbers, :n_means * size], torch.tensor([float(questions[n].takes_side) for n in numbers])
    source = torch.tensor([SOURCES.index(questions[n].source) for n in numbers])
    weight, bias = torch.zeros(n_means * size, requires_grad=True), torch.zeros(len(SOURCES), requires_grad=True)
    opt = torch.optim.AdamW([{"params": [weight], "weight_decay": DECAY}, {"params": [bias], "weight_decay": 0.0}], lr=RATE)
    for n in range(ROUNDS):
        for group in opt.param_groups:
            group["lr"] = RATE * (1 - n / ROUNDS)
        for at in torch.randperm(len(x)).split(BATCH):
            odds = x[at] @ weight + bias[source[at]]
            torch.nn.functional.binary_cross_entropy_with_logits(odds, y[at]).backward()
            opt.step()
            opt.zero_grad()
    return weight.detach().view(n_means, size), bias[0].detach()


def area(odds, sides):
    """Area under the curve of true over false positives: how often a pair with a side stands above one without."""
    ranks = torch.arange(len(odds), dtype=torch.float64)
    at, n = sides[odds.argsort()].double(), sides.sum().double()
    return float(((ranks * at).sum() - n * (n - 1) / 2) / (n * (len(odds) - n)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="the archives of the judged sentences")
    parser.add_argument("--tagger", type=Path, default=Path(".train/tagger"))
    parser.add_argument("--out", type=Path, default=Path(".train/screened"), help="the same tagger with the head")
    parser.add_argument("--bf16", action="store_true", help="multiply in bf16: faster where the processor has it")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(7)
    pieces = Pieces(network.base_folder() / "tokenizer.json")
    documents, questions = judged(args.corpora)
    more_documents, more = written()
    questions += [replace(q, document=q.document + len(documents)) for q in more]
    documents += more_documents
    read = features(network.load(args.tagger), documents, questions, pieces, args.bf16)
    weights, biases = [], []
    for kind, n_means in KINDS.items():
        numbers = [n for n, q in enumerate(questions) if q.kind == kind and q.source != "held_out"]
        weight, bias = fit(read, questions, numbers, n_means)
        weights.append(weight)
        biases += [bias, *[torch.zeros(())] * (n_means - 1)]
        held = [n for n, q in enumerate(questions) if q.kind == kind and q.source == "held_out"]
        odds = read[held, :weight.numel()] @ weight.flatten() + bias
        sides = torch.tensor([questions[n].takes_side for n in held])
        shares = [(float((odds < torch.tensor(p).logit()).float().mean()), int((sides & (odds < torch.tensor(p).logit())).sum()))
                  for p in (0.02, 0.03, 0.05, 0.08)]
        print(kind, f"{len(numbers)} questions; held out {len(held)}, {int(sides.sum())} take a side, mean probability "
              f"{float(odds.sigmoid().mean()):.4f}; area {area(odds, sides):.3f};",
              "; ".join(f"below {p}: {100 * share:.0f} %, {lost} that take a side" for p, (share, lost) in zip((0.02, 0.03, 0.05, 0.08), shares)))
    args.out.mkdir(parents=True, exist_ok=True)
    for file in ("config.json", "tokenizer.json"):
        shutil.copyfile(args.tagger / file, args.out / file)
    tensors = load_file(args.tagger / "model.safetensors")
    tensors |= {"heads.screen.weight": torch.cat(weights).half(), "heads.screen.bias": torch.stack(biases).half()}
    save_file(tensors, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
