"""Reads what was written for the project (`data/written`): sentences of which all stances are told, and passages."""
import re
import tomllib
from pathlib import Path

import tagger_data
from stance_data import LABELS, NEUTRAL, OUTLET, Example, pair, pair_label, rows, span_of
from words import words

FOLDER = Path(__file__).parents[2] / "data/written"
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


def read_passages(folder):
    """Passages of the project's gold format, for the tagger: each as it stands, with its outer statements, and each
    stretch of a content that holds statements as a text of its own, with those."""
    out = []
    for path in sorted(Path(folder).glob("*.toml")):
        passage = tomllib.loads(path.read_text(encoding="utf-8"))
        spans = {s["id"]: statement_spans(passage["text"], s) for s in passage.get("statement", [])}
        parents = {s["id"]: s.get("parent") for s in passage.get("statement", [])}
        out.append(document(path.stem, passage["text"], [e for name, e in spans.items() if e and not parents[name]]))
        for name, event in spans.items():
            inner = [e for child, e in spans.items() if e and parents[child] == name]
            for start, end in event["Content"][0] if event and inner else ():
                part = inner_document(f"{path.stem}:{name}", passage["text"], (start, end), inner)
                out += [part] if part else []
    return out


def statement_spans(text, statement):
    """The spans of a statement as `tagger_data.brat` gives them; none where it lies in the title."""
    quotes = {role: statement.get(role.lower(), []) for role in ("Source", "Cue", "Content")}
    if any(q.startswith("title:") for part in quotes.values() for q in part):
        return None
    return {role: [sorted(place(text, q) for q in part)] if part else [] for role, part in quotes.items()}


def document(name, text, events):
    """Where two statements claim a word it is the earlier one's, whose sources and cues go before contents of others."""
    paragraphs = tagger_data.paragraphs_of(text)
    tagger_data.tag_words(paragraphs, events)
    return tagger_data.Document(name, "attribution", paragraphs, events)


def inner_document(name, text, within, events):
    """`text[within]` as a sentence of its own, as `newstance-stance` reads it again; none where no event lies in it."""
    part = text[within[0]:within[1]]
    kept = re.search(r"[\w].*[\w]", re.sub(r"^[^\w]*(that|whether|if)\b", lambda m: " " * len(m[0]), part), re.DOTALL)
    if not kept:
        return None
    start, end = within[0] + kept.start(), within[0] + kept.end()
    shifted = [{role: [[(max(s, start) - start, min(e, end) - start) for s, e in parts if s < end and e > start]
                       for parts in spans] for role, spans in event.items()} for event in events]
    shifted = [event for event in shifted if event["Content"] and event["Content"][0]]
    return document(name, kept[0][:1].upper() + kept[0][1:] + ".", shifted) if shifted else None
