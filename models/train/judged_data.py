"""Reads sentences of the raw archives whose stances were judged for the project (`data/stance`); texts stand in the archive.

Run as a program it writes the pairs of the held-out articles for `newstance evaluate --task stance-pair` (do not commit them).
"""
import argparse
import io
import json
import zlib
from pathlib import Path

import zstandard

from stance_data import DSE_LABELS, LABELS, NEUTRAL, OUTLET, Example, pair, pair_label, rows, span_of
from words import words

FOLDER = Path(__file__).parents[2] / "data/stance"
DRAWS = ("sentences", "likely")  # files: drawn with and without much of a stance; the second is for training only
HELD_OUT = 8  # one article in so many, by a hash of its id


def drawn(draw):
    """The rows of one of `DRAWS`."""
    return rows(FOLDER / f"{draw}.jsonl")


def read(corpora):
    """`(train, held out)`: examples by kind, `pair` (both directions of each two actors) and `outlet`."""
    judged = [row for draw in DRAWS for row in drawn(draw)]
    articles = read_articles(corpora, {row["article"] for row in judged})
    parts = {"pair": [], "outlet": []}, {"pair": [], "outlet": []}
    for row in judged:
        for kind, example in examples(row, *text_of(row, articles)):
            parts[is_held_out(row)][kind].append(example)
    return parts


def read_articles(corpora, ids):
    """The records of the archives in a folder that have one of `ids`, by id."""
    found = {}
    for path in sorted(Path(corpora).glob("*.jsonl.zst")):
        with open(path, "rb") as file:
            stream = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(file, read_across_frames=True)
            for line in io.TextIOWrapper(stream, encoding="utf-8"):
                record = json.loads(line)
                if record["id"] in ids:
                    found[record["id"]] = record
                    if len(found) == len(ids):
                        return found
    raise SystemExit(f"no archive in {corpora} has article {min(ids - set(found))}")


def is_held_out(row):
    return zlib.crc32(row["article"].encode()) % HELD_OUT == 0


def text_of(row, articles):
    """What the model reads of a row, and where each actor stands in it, in characters."""
    text = articles[row["article"]][row["field"]][row["start"]:row["end"]]
    if not row["speaker"]:
        return text, {name: tuple(at) for name, at in row["actors"].items()}
    speaker = " ".join(row["speaker"].split())
    shift = len(speaker) + len(" : ")
    places = {name: (0, len(speaker)) if at is None else (at[0] + shift, at[1] + shift) for name, at in row["actors"].items()}
    return f"{speaker} : {text}", places


def pairs(row, places):
    """`(p, q, label)` of each two actors, p first in the text; none where the reader was unsure, or saw a stance both ways."""
    told, unsure = read_stances(row["stances"]), set(read_stances(row["unsure"]))
    for first, p in places.items():
        for second, q in places.items():
            label = pair_label(told.get((first, second), NEUTRAL), told.get((second, first), NEUTRAL))
            if p[1] <= q[0] and label is not None and not unsure & {(first, second), (second, first)}:
                yield p, q, label


def examples(row, text, places):
    """What a row tells: a stance that is not listed is neutral; what the reader was unsure of gives no example."""
    spans = words(text)
    of_text = tuple(text[s:e] for s, e in spans)
    told, unsure = read_stances(row["stances"]), set(read_stances(row["unsure"]))
    for target, at in places.items():
        if row["actors"][target] is not None and (OUTLET, target) not in unsure:
            yield "outlet", Example(of_text, OUTLET, span_of(spans, *at), told.get((OUTLET, target), NEUTRAL))
    for p, q, label in pairs(row, places):
        yield "pair", pair(of_text, span_of(spans, *p), span_of(spans, *q), label)


def read_stances(written):
    """`"1 opposes 2"` as `{("1", "2"): label}`."""
    return {(holder, target): LABELS.index(position) for holder, position, target in map(str.split, written)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("out", type=Path, help="the JSON Lines to write")
    args = parser.parse_args()
    held_out = [row for row in drawn("sentences") if is_held_out(row)]
    articles = read_articles(args.corpora, {row["article"] for row in held_out})
    with open(args.out, "w", encoding="utf-8") as file:
        for row in held_out:
            text, places = text_of(row, articles)
            kept = {"article": row["article"], "archive": "Reuters" if row["article"].startswith("reut-") else "AllSides",
                    "speaker_outside": "yes" if row["speaker"] else "no", "text": text}
            for p, q, label in pairs(row, places):
                file.write(json.dumps(kept | {"p": p, "q": q, "label": DSE_LABELS[label]}) + "\n")


if __name__ == "__main__":
    main()
