"""Reads pairs of texts: same, opposite or unrelated contents, and sets that are near to that task.

Run as a program it writes what `newstance evaluate` reads of the parts that are split or joined here: `fnc.jsonl` (`--task claim-pair`)
and `factuality.jsonl` (`--task factuality`). Do not commit them.
"""
import argparse
import csv
import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from xml.etree import ElementTree

from stance_data import rows
from words import words

LABELS = ["same", "opposite", "unrelated"]
SAME, OPPOSITE, UNRELATED = range(3)
ANY = (SAME, OPPOSITE, UNRELATED)
SIDES = (SAME, OPPOSITE)  # sets that know no unrelated pairs tell these two apart only
HELD_OUT = 0.1  # the last of the written rows, whose stories stand together


@dataclass(frozen=True)
class TextPair:
    """Two texts as words. The answer is one of `right`, chosen from `among`: not every set tells all three apart."""
    first: tuple
    second: tuple
    right: tuple
    among: tuple = ANY


def split(text):
    return tuple(text[s:e] for s, e in words(text))


def read_written(folder):
    """`(train, held out)`: pairs as they were written."""
    return parts([TextPair(split(row["a"]), split(row["b"]), (LABELS.index(row["label"]),))
                  for row in rows(Path(folder) / "contents.jsonl")])


def parts(written):
    at = round(len(written) * (1 - HELD_OUT))
    return written[:at], written[at:]


def flat(pairs, written):
    """`(train, held out)`: the pairs of each row, all of one row in the same part."""
    return tuple([pair for row in part for pair in pairs(row)] for part in parts(written))


@dataclass(frozen=True)
class Story:
    """A claim with contents that say it, that say that it is not so, and that do neither.

    Of an `opinion` the contents are reasons for and against it: no two of them say the same, and which side one is on is all that it tells.
    """
    claim: tuple
    yes: tuple
    no: tuple
    other: tuple
    is_opinion: bool


def read_stories(folder):
    """`(train, held out)`."""
    return parts([Story(split(row["claim"]), *(tuple(map(split, row[name])) for name in ("yes", "no", "other")), row["opinion"])
                  for row in rows(Path(folder) / "stories.jsonl")])


def read_veridical(folder):
    """`(train, held out)`: a context with an event and its negation, of which it tells one, the other or neither."""
    labels = {"true": (SAME, OPPOSITE), "false": (OPPOSITE, SAME), "open": (UNRELATED, UNRELATED)}

    def pairs(row):
        return [TextPair(split(row["context"]), split(row[name]), (label,))
                for name, label in zip(("truth", "not"), labels[row["label"]])]
    return flat(pairs, rows(Path(folder) / "veridical.jsonl"))


def story_pairs(story):
    """Pairs by label, each in the order in which the story tells them."""
    if story.is_opinion:
        return {label: [TextPair(story.claim, text, (label,), among) for text in texts]
                for label, texts, among in ((SAME, story.yes, SIDES), (OPPOSITE, story.no, SIDES), (UNRELATED, story.other, ANY))}
    said = (story.claim, *story.yes)
    same = [*combinations(said, 2), *combinations(story.no, 2)]
    found = {SAME: same, OPPOSITE: list(product(said, story.no)), UNRELATED: list(product(said + story.no, story.other))}
    return {label: [TextPair(*texts, (label,)) for texts in pairs] for label, pairs in found.items()}


def read_events(folder):
    """`(train, held out)`: each event of a sentence, as DNC asks for events: `The leaving (did not) happen(ed)`."""
    labels = {"true": (SAME, OPPOSITE), "false": (OPPOSITE, SAME), "open": (UNRELATED, UNRELATED)}

    def pairs(row):
        context = split(row["context"])
        return [TextPair(context, split(f"The {event} {happened}"), (label,))
                for event, status in row["events"]
                for happened, label in zip(("happened", "did not happen"), labels[status])]
    return flat(pairs, rows(Path(folder) / "events.jsonl"))


def read_perspectrum(path):
    labels = {"supports": (SAME,), "opposes": (OPPOSITE,)}
    return [TextPair(split(row["claim"]), split(row["perspective"]), labels[row["label"]], SIDES) for row in rows(path)]


def read_ibm(path):
    """Rows marked train; each line is itself CSV-quoted and ends in `;`."""
    lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    inner = [next(csv.reader([line.strip().rstrip(";")]))[0] for line in lines if line.strip()]
    table = csv.DictReader(io.StringIO("\n".join(inner)))
    labels = {"PRO": (SAME,), "CON": (OPPOSITE,)}
    return [TextPair(split(row["topicText"]), split(row["claims.claimCorrectedText"]), labels[row["claims.stance"]], SIDES)
            for row in table if row["split"] == "train"]


def entailment(text, hypothesis, entailed):
    """A text that entails another says the same; one that does not may say the opposite or something else."""
    return TextPair(split(text), split(hypothesis), (SAME,) if entailed else (OPPOSITE, UNRELATED))


def read_dnc(path):
    return [entailment(row["context"], row["hypothesis"], row["label"] == "entailed")
            for row in json.loads(Path(path).read_text(encoding="utf-8"))]


def is_held_out(context):
    """One context in four, by its hash: of `recast_factuality` only a dev part is at hand, so it is split, both of its hypotheses together."""
    return zlib.crc32(context.encode()) % 4 == 0


def read_factuality(path):
    """`(train, held out)`."""
    parts = [], []
    for row in json.loads(Path(path).read_text(encoding="utf-8")):
        parts[is_held_out(row["context"])].append(entailment(row["context"], row["hypothesis"], row["label"] == "entailed"))
    return parts


def read_rte(path):
    out = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".xml"):
                for pair in ElementTree.fromstring(archive.read(name)).iter("pair"):
                    answer = pair.get("value") or pair.get("entailment")
                    text, hypothesis = (re.sub(r"\s+", " ", pair.findtext(tag).strip()) for tag in ("t", "h"))
                    out.append(entailment(text, hypothesis, answer in ("TRUE", "YES")))
    return out


FNC_LABELS = {"agree": SAME, "disagree": OPPOSITE, "discuss": UNRELATED}


def read_fnc(folder, part):
    """Headlines beside what their bodies have of them; `unrelated` pairs are left out."""
    bodies = {row["body_id"]: split(row["body"]) for row in rows(Path(folder) / "fnc-train-bodies.jsonl")}
    out = []
    for row in rows(Path(folder) / "fnc-train-stances.jsonl"):
        if row["part"] == part and row["label"] in FNC_LABELS:
            headline = split(row["headline"])
            out.append(TextPair(headline, excerpt(headline, bodies[row["body_id"]]), (FNC_LABELS[row["label"]],)))
    return out


EXCERPT_WORDS, STEM = 110, 5
SENTENCE_ENDS = (".", "!", "?")
DOUBTS = {"false", "hoax", "fake", "denie", "deny", "denyi", "rumor", "rumou", "untru", "debun", "satir", "retra", "bogus", "doubt", "misle", "fabri"}


def stem(word):
    """The beginning of a word of four characters and more; of others nothing."""
    return word.lower()[:STEM] if len(word) >= 4 else ""


def excerpt(claim, text):
    """Of a long text the sentences that have most of a claim's words, and those of doubt, in their order; `EXCERPT_WORDS` at most.
    The same as in `crates/newstance/src/evaluation/excerpt.rs`."""
    ends = [at + 1 for at, word in enumerate(text) if word in SENTENCE_ENDS] + [len(text)]
    sentences = [text[start:end] for start, end in zip([0] + ends, ends) if start < end]
    wanted = ({stem(word) for word in claim} | DOUBTS) - {""}
    rank = sorted(range(len(sentences)), key=lambda at: (-len(wanted & {stem(word) for word in sentences[at]}), at))
    left, chosen = EXCERPT_WORDS, {}
    for at in rank:
        if left == 0:
            break
        chosen[at] = sentences[at][:left]
        left -= len(chosen[at])
    return tuple(word for at in sorted(chosen) for word in chosen[at])


def encode(pair, pieces, limit):
    """Ids of `[CLS] first [SEP] second [SEP]`; the longer text is cut at its end until all fits."""
    first, second = ([i for word in text for i in pieces.of(word)[0]] for text in (pair.first, pair.second))
    while len(first) + len(second) > limit - 3:
        (first if len(first) >= len(second) else second).pop()
    return [pieces.cls, *first, pieces.sep, *second, pieces.sep]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("out", type=Path, help="the folder to write to")
    args = parser.parse_args()
    claims = args.labelled / "claims"
    bodies = {row["body_id"]: row for row in rows(claims / "fnc-train-bodies.jsonl")}
    fnc = [row | bodies[row["body_id"]] for row in rows(claims / "fnc-train-stances.jsonl")
           if row["part"] == "dev" and row["label"] in FNC_LABELS]
    factuality = json.loads((claims / "dnc-dev-recast_factuality_data.json").read_text(encoding="utf-8"))
    factuality = [row for row in factuality if is_held_out(row["context"])]
    args.out.mkdir(parents=True, exist_ok=True)
    for name, part in (("fnc", fnc), ("factuality", factuality)):
        (args.out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")


if __name__ == "__main__":
    main()
