"""Reads the labelled sets of the tagger: documents of paragraphs of tagged words."""
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from words import words

NER = ["O"] + [f"{p}-{t}" for t in ("PER", "ORG", "LOC", "NORP", "MISC") for p in "BI"]
ATTRIBUTION = ["O"] + [f"{p}-{t}" for t in ("SOURCE", "CUE", "CONTENT") for p in "BI"]
# CoNLL's MISC holds NORP: its tokens teach "MISC or NORP", not one of them.
MISC_OR_NORP = {"B": len(NER), "I": len(NER) + 1}

# One table for every scheme; what is not here is O.
KIND = {"PER": "PER", "Person": "PER", "ORG": "ORG", "Organization": "ORG", "LOC": "LOC", "Location": "LOC",
        "Facility": "LOC", "NORP": "NORP", "MISC": "MISC", "Misc": "MISC", "Product": "MISC"}


@dataclass
class Paragraph:
    words: list  # of str
    tags: list  # of int, one a word
    starts: list = field(default_factory=list)  # characters in the article, where there is one
    ends: list = field(default_factory=list)


@dataclass
class Document:
    name: str
    task: str  # "ner" or "attribution"
    paragraphs: list
    events: list = field(default_factory=list)  # attributions, with character spans


def repair(tags):
    """An I- tag that follows nothing of its kind becomes B-."""
    out = []
    for tag in tags:
        if tag[0] == "I" and (not out or out[-1][2:] != tag[2:]):
            tag = "B" + tag[1:]
        out.append(tag)
    return out


def iob_document(name, text, column, coarse_misc=False):
    """One IOB file or part: a paragraph a sentence, its tokens split again into contract words."""
    paragraphs = []
    for block in re.split(r"\n[ \t]*\n", text):
        rows = [re.split(r"[\t ]+", line.strip()) for line in block.splitlines() if line.strip()]
        rows = [r for r in rows if len(r) > column]
        tags = repair(["O" if r[column] == "O" or r[column][2:] not in KIND
                       else f"{r[column][0]}-{KIND[r[column][2:]]}" for r in rows])
        out = Paragraph([], [])
        for row, tag in zip(rows, tags):
            for start, end in words(row[0]):
                out.words.append(row[0][start:end])
                out.tags.append(ner_tag(tag, coarse_misc))
                tag = "I" + tag[1:] if tag != "O" else tag
        if out.words:
            paragraphs.append(out)
    return Document(name, "ner", paragraphs)


def ner_tag(tag, coarse_misc):
    return MISC_OR_NORP[tag[0]] if coarse_misc and tag.endswith("MISC") else NER.index(tag)


def read_worldwide(folder):
    return [iob_document(path.name, path.read_text(encoding="utf-8"), 1) for path in sorted(Path(folder).iterdir())]


def read_conll(path):
    """CoNLL-2003 layout, tag last; documents begin at -DOCSTART-."""
    parts = Path(path).read_text(encoding="utf-8").split("-DOCSTART-")[1:]
    documents = [iob_document(f"{Path(path).name}:{i}", p.split("\n", 1)[1], 3, True) for i, p in enumerate(parts)]
    return [d for d in documents if d.paragraphs]


def brat(path):
    """Gives the attributions of a brat file: `{role: [parts of a span, ...]}` each."""
    spans, events = {}, []
    for line in Path(path).read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if line.startswith("T") and len(cells) >= 2:
            role, parts = cells[1].split(" ", 1)
            spans[cells[0]] = sorted(tuple(map(int, p.split())) for p in parts.split(";"))
        elif line.startswith("E") and len(cells) >= 2:
            event = {}
            for pair in cells[1].split():
                role, target = pair.split(":", 1)
                event.setdefault(re.sub(r"\d+$", "", role), []).append(target)
            events.append(event)
    return [{role: [spans[t] for t in event.get(role, []) if t in spans] for role in ("Source", "Cue", "Content")}
            for event in events]


def read_polnear(folder):
    """First annotator; B- at the first word of a span, I- at all others, those after a gap included."""
    folder, documents = Path(folder), []
    annotations = {}
    for path in sorted((folder / "attributions").iterdir()):
        annotations.setdefault(path.stem.rsplit("_", 1)[0], path)
    for path in sorted((folder / "text").iterdir()):
        if path.stem not in annotations:
            continue
        text = path.read_bytes().decode("utf-8")
        events = brat(annotations[path.stem])
        document = Document(path.stem, "attribution", paragraphs_of(text))
        document.events = events
        tag_words(document.paragraphs, events)
        documents.append(document)
    return documents


def tag_words(paragraphs, events):
    places = [(start, end, p, w) for p, paragraph in enumerate(paragraphs)
              for w, (start, end) in enumerate(zip(paragraph.starts, paragraph.ends))]
    first_words = [place[0] for place in places]
    for event in events:
        for k, role in enumerate(("Source", "Cue", "Content")):
            for parts in event[role]:
                tag = 2 * k + 1
                for start, end in parts:
                    i = max(0, bisect_right(first_words, start) - 1)
                    while i < len(places) and places[i][0] < end:
                        if places[i][1] > start:
                            paragraphs[places[i][2]].tags[places[i][3]] = tag
                            tag = 2 * k + 2
                        i += 1


def paragraphs_of(text):
    """The non-empty lines of an article as paragraphs of untagged words."""
    out, offset = [], 0
    for line in text.split("\n"):
        spans = words(line)
        if spans:
            out.append(Paragraph([line[s:e] for s, e in spans], [0] * len(spans),
                                 [offset + s for s, _ in spans], [offset + e for _, e in spans]))
        offset += len(line) + 1
    return out
