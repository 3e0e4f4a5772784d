"""Reads pairs of texts: same, opposite or unrelated contents, and sets that are near to that task."""
import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from stance_data import rows
from words import words

CLAIM_LABELS = ["same", "opposite", "unrelated"]
PERSPECTIVE_LABELS = ["supports", "opposes"]
ENTAILMENT_LABELS = ["entailed", "not-entailed"]
HELD_OUT = 0.1  # the last of the written rows, whose stories stand together


@dataclass(frozen=True)
class TextPair:
    """Two texts as words; `head` tells whose labels `label` is an index of."""
    first: tuple
    second: tuple
    label: int
    head: str = "claim"


def split(text):
    return tuple(text[s:e] for s, e in words(text))


def read_written(folder):
    """`(train, held out)`."""
    train, held_out = [], []
    for path in sorted(Path(folder).glob("*.jsonl")):
        pairs = [TextPair(split(row["a"]), split(row["b"]), CLAIM_LABELS.index(row["label"])) for row in rows(path)]
        at = round(len(pairs) * (1 - HELD_OUT))
        train, held_out = train + pairs[:at], held_out + pairs[at:]
    return train, held_out


def read_perspectrum(path):
    return [TextPair(split(row["claim"]), split(row["perspective"]), PERSPECTIVE_LABELS.index(row["label"]), "perspective")
            for row in rows(path)]


def read_ibm(path):
    """Rows marked train; each line is itself CSV-quoted and ends in `;`."""
    lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    inner = [next(csv.reader([line.strip().rstrip(";")]))[0] for line in lines if line.strip()]
    table = csv.DictReader(io.StringIO("\n".join(inner)))
    labels = {"PRO": 0, "CON": 1}
    return [TextPair(split(row["topicText"]), split(row["claims.claimCorrectedText"]), labels[row["claims.stance"]],
                     "perspective") for row in table if row["split"] == "train"]


def read_dnc(path):
    return [TextPair(split(row["context"]), split(row["hypothesis"]), ENTAILMENT_LABELS.index(row["label"]), "entailment")
            for row in json.loads(Path(path).read_text(encoding="utf-8"))]


def read_rte(path):
    out = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".xml"):
                for pair in ElementTree.fromstring(archive.read(name)).iter("pair"):
                    answer = pair.get("value") or pair.get("entailment")
                    label = 0 if answer in ("TRUE", "YES") else 1
                    text, hypothesis = (re.sub(r"\s+", " ", pair.findtext(tag).strip()) for tag in ("t", "h"))
                    out.append(TextPair(split(text), split(hypothesis), label, "entailment"))
    return out


def encode(pair, pieces, limit):
    """Ids of `[CLS] first [SEP] second [SEP]`; the longer text is cut at its end until all fits."""
    first, second = ([i for word in text for i in pieces.of(word)[0]] for text in (pair.first, pair.second))
    while len(first) + len(second) > limit - 3:
        (first if len(first) >= len(second) else second).pop()
    return [pieces.cls, *first, pieces.sep, *second, pieces.sep]
