"""Reads the labelled sets of the stance model: sentences with a marked holder and target."""
import json
from dataclasses import dataclass, replace
from pathlib import Path

from words import words

LABELS = ["supports", "neutral", "opposes"]
SUPPORTS, NEUTRAL, OPPOSES = range(3)
# Answers for both directions: what the first one in the text does to the second, or the second to the first.
PAIR_LABELS = ["neutral", "first_supports", "second_supports", "first_opposes", "second_opposes"]
DSE_LABELS = ["neutral", "p_supports_q", "q_supports_p", "p_opposes_q", "q_opposes_p"]
ANY, OUTLET = "any", "outlet"
MARKERS = {"holder": ("[unused1]", "[unused2]"), "target": ("[unused3]", "[unused4]"),
           ANY: "[unused5]", OUTLET: "[unused6]"}


@dataclass(frozen=True)
class Example:
    """A marked sentence; `head` tells whose labels `label` is an index of.

    In a pair the holder is the one that stands first in the text.
    """
    words: tuple
    holder: object  # (start, end) in words, or ANY, or OUTLET
    target: tuple  # (start, end) in words
    label: int
    head: str = "stance"  # or "pair"
    advice: tuple = None  # a teacher's probabilities, beside the label


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def span_of(spans, start, end):
    """The words that a stretch of characters touches."""
    inside = [i for i, (s, e) in enumerate(spans) if s < end and e > start]
    return (inside[0], inside[-1] + 1) if inside else None


def read_dse(path):
    """`(example or None, name of the label)` of each row; none where the spans overlap."""
    out = []
    for row in rows(path):
        spans = words(row["text"])
        text = tuple(row["text"][s:e] for s, e in spans)
        p, q = span_of(spans, *row["p"]), span_of(spans, *row["q"])
        apart = p and q and (p[1] <= q[0] or q[1] <= p[0])
        out.append((pair(text, p, q, DSE_LABELS.index(row["label"])) if apart else None, row["label"]))
    return out


def pair(text, p, q, label):
    """A pair in text order; `label` is for the order p, q."""
    if q < p:
        p, q, label = q, p, (0, 2, 1, 4, 3)[label]
    return Example(text, p, q, label, "pair")


def read_newsmtsc(path, with_dev_articles=False):
    out = []
    for row in rows(path):
        if row["in_dev_article"] and not with_dev_articles:
            continue
        spans = words(row["text"])
        target = span_of(spans, *row["target"])
        if target:
            out.append(Example(tuple(row["text"][s:e] for s, e in spans), ANY, target, LABELS.index(row["label"])))
    return out


def find_name(text, name):
    """Where a canonical name stands in a sentence: all of it, else its last word."""
    parts = [name[s:e] for s, e in words(name)]
    for wanted in (parts, parts[-1:]):
        for i in range(len(text) - len(wanted) + 1):
            if list(text[i:i + len(wanted)]) == wanted and len("".join(wanted)) > 2 and wanted[0][0].isupper():
                return i, i + len(wanted)
    return None


def read_seesaw(folder):
    """Examples by kind: pairs of actors, the outlet's own voice, and `any` holder."""
    folder, out = Path(folder), []
    for path in sorted((folder / "annotations").iterdir()):
        gold = json.loads(path.read_text(encoding="utf-8"))
        article = json.loads((folder / "articles" / path.name).read_text(encoding="utf-8"))
        stances = gold["sentence-level stances"]
        for sentence in article["text"]:
            text = tuple(sentence["text"][s:e] for s, e in words(sentence["text"]))
            places = {e[0]: find_name(text, e[0]) for e in gold["entity lists"]}
            places = {name: at for name, at in places.items() if at}
            out += sentence_examples(text, places, stances.get(str(sentence["id"]), []))
    return out


def sentence_examples(text, places, triples):
    """Pairs `(kind, example)`: what outlet and anyone say of each name, then the names two by two."""
    told = {(t["subject"], t["object"]): {"POS": SUPPORTS, "NEG": OPPOSES}.get(t["sentiment"], NEUTRAL) for t in triples}
    out = []
    for target, at in places.items():
        toward = {polarity for (_, name), polarity in told.items() if name == target}
        own = told.get(("None", target), told.get((None, target)))
        if own is not None or not toward:
            out.append(("outlet", Example(text, OUTLET, at, NEUTRAL if own is None else own)))
        if len(toward) < 2:
            out.append(("any", Example(text, ANY, at, toward.pop() if toward else NEUTRAL)))
    for second, q in places.items():
        for first, p in places.items():
            label = pair_label(told.get((first, second), NEUTRAL), told.get((second, first), NEUTRAL))
            if p[1] <= q[0] and label is not None:
                out.append(("pair", pair(text, p, q, label)))
    return out


def pair_label(ahead, back):
    """The label of a pair from both directions; where each stands to the other none of the five fits."""
    if NEUTRAL not in (ahead, back):
        return None
    return {SUPPORTS: 1, OPPOSES: 3}.get(ahead) or {SUPPORTS: 2, OPPOSES: 4}.get(back) or 0


def directions(example):
    """A pair as two questions to the head `stance`: what the first does to the second, and the second to the first."""
    ahead = {1: SUPPORTS, 3: OPPOSES}.get(example.label, NEUTRAL)
    back = {2: SUPPORTS, 4: OPPOSES}.get(example.label, NEUTRAL)
    return (replace(example, label=ahead, head="stance"),
            replace(example, holder=example.target, target=example.holder, label=back, head="stance"))


def shorten(example, sizes, limit):
    """Cuts words far from the marked spans until the pieces fit."""
    marked = [example.target] + ([example.holder] if isinstance(example.holder, tuple) else [])
    low, high = min(m[0] for m in marked), max(m[1] for m in marked)
    total = sum(sizes[low:high])
    start, end = low, high
    while True:
        left = sizes[start - 1] if start > 0 else None
        right = sizes[end] if end < len(sizes) else None
        if left is not None and total + left <= limit and (low - start <= end - high or right is None):
            start, total = start - 1, total + left
        elif right is not None and total + right <= limit:
            end, total = end + 1, total + right
        elif left is not None and total + left <= limit:
            start, total = start - 1, total + left
        else:
            break
    move = lambda span: (span[0] - start, span[1] - start) if isinstance(span, tuple) else span  # noqa: E731
    return replace(example, words=example.words[start:end], holder=move(example.holder), target=move(example.target))


@dataclass(frozen=True)
class Reading:
    """Examples of one text, which is read once for all of them.

    After the text come the markers of one example after the other, each with the position of the piece that it marks: the
    first and the last of holder and target. `places` has for each example
    `[first, marker of holder, marker of target, holder from, to, target from, to]`.
    """
    examples: list
    numbers: list  # which examples of those that `readings` was given
    ids: list
    types: list
    positions: list
    owners: list  # of each piece: 0 for the text, which reads itself; n for the markers of the n-th example, which read the text and each other
    places: list


def readings(examples, pieces, ids_of, limit=256, at_once=8):
    """Readings of at most `at_once` examples that have the same words; a text over `limit` pieces is cut around each
    example's marked spans."""
    by_text = {}
    for number, example in enumerate(examples):
        sizes = [len(pieces.of(w)[0]) for w in example.words]
        if sum(sizes) > limit - 2:
            example = shorten(example, sizes, limit - 2)
        by_text.setdefault(example.words, []).append((number, example))
    for numbered in by_text.values():
        for start in range(0, len(numbered), at_once):
            yield reading(*zip(*numbered[start:start + at_once]), pieces, ids_of)


def reading(numbers, examples, pieces, ids_of):
    ids, types, starts = [pieces.cls], [0], []
    for word in examples[0].words:
        of, kind = pieces.of(word)
        starts.append(len(ids))
        ids += of
        types += [kind] * len(of)
    starts.append(len(ids))
    ids.append(pieces.sep)
    types.append(0)
    positions, owners, all_places = list(range(len(ids))), [0] * len(ids), []
    for owner, example in enumerate(examples, 1):
        places, stretches = [0], []
        for role, span in (("holder", example.holder), ("target", example.target)):
            places.append(len(ids))
            if isinstance(span, tuple):
                start, end = starts[span[0]], starts[span[1]]
                ids += ids_of[role]
                positions += [start, end - 1]
                stretches += [start, end]
            else:
                ids.append(ids_of[span])
                positions.append(0)
                stretches += [0, 0]
        owners += [owner] * (len(ids) - len(owners))
        all_places.append(places + stretches)
    types += [0] * (len(ids) - len(types))
    return Reading(list(examples), list(numbers), ids, types, positions, owners, all_places)


def marker_ids(pieces):
    return {name: tuple(map(pieces.id, m)) if isinstance(m, tuple) else pieces.id(m) for name, m in MARKERS.items()}
