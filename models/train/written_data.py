"""Reads the sentences that were written for the project (`data/written`), of which all stances are told."""
import re
from pathlib import Path

from stance_data import LABELS, NEUTRAL, OUTLET, Example, pair, pair_label, rows, span_of
from words import words

HELD_OUT = 0.1  # the last rows of each file; rows of one group stand together, so that a group is on one side


def place(text, quote):
    """`(start, end)` of a quote that stands once as whole words, or of its n-th place where it ends in `#n`."""
    numbered = re.fullmatch(r"(.*)#(\d+)", quote, re.DOTALL)
    quote, number = (numbered[1], int(numbered[2])) if numbered else (quote, 1)
    found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(quote)}(?!\w)", text)]
    if len(found) < number or (len(found) > 1 and not numbered):
        raise ValueError(f"`{quote}` does not stand once in: {text}")
    return found[number - 1], found[number - 1] + len(quote)


def read_stances(folder):
    """`(train, held out)`: examples by kind, `pair` (both directions of each two actors) and `outlet`."""
    parts = {"pair": [], "outlet": []}, {"pair": [], "outlet": []}
    for path in sorted(Path(folder).glob("*.jsonl")):
        lines = rows(path)
        first_held_out = round(len(lines) * (1 - HELD_OUT) / 3) * 3
        for number, row in enumerate(lines):
            for kind, example in examples(row):
                parts[number >= first_held_out][kind].append(example)
    return parts


def examples(row):
    """What a row tells: a stance that is not listed is neutral."""
    spans = words(row["text"])
    text = tuple(row["text"][s:e] for s, e in spans)
    places = {name: span_of(spans, *place(row["text"], quote)) for name, quote in row["names"].items()}
    told = {}
    for stance in row["stances"]:
        holder, position, target = stance.split()
        told[holder, target] = LABELS.index(position)
    for target, at in places.items():
        yield "outlet", Example(text, OUTLET, at, told.get((OUTLET, target), NEUTRAL))
    for first, p in places.items():
        for second, q in places.items():
            label = pair_label(told.get((first, second), NEUTRAL), told.get((second, first), NEUTRAL))
            if p[1] <= q[0] and label is not None:
                yield "pair", pair(text, p, q, label)
