"""Reads sentences of the raw archives whose stances were judged for the project (`data/stance`); texts stand in the archive."""
import io
import json
import zlib
from pathlib import Path

import zstandard

from stance_data import LABELS, NEUTRAL, OUTLET, Example, pair, pair_label, rows, span_of
from words import words

FILE = Path(__file__).parents[2] / "data/stance/sentences.jsonl"
HELD_OUT = 8  # one article in so many, by a hash of its id


def read(corpora, path=FILE):
    """`(train, held out)`: examples by kind, `pair` (both directions of each two actors) and `outlet`."""
    judged = rows(path)
    articles = read_articles(corpora, {row["article"] for row in judged})
    parts = {"pair": [], "outlet": []}, {"pair": [], "outlet": []}
    for row in judged:
        text = articles[row["article"]][row["field"]][row["start"]:row["end"]]
        for kind, example in examples(row, text):
            parts[zlib.crc32(row["article"].encode()) % HELD_OUT == 0][kind].append(example)
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


def examples(row, text):
    """What a row tells: a stance that is not listed is neutral; what the reader was unsure of gives no example."""
    speaker = tuple(row["speaker"].split()) + (":",) if row["speaker"] else ()
    spans = words(text)
    of_text = speaker + tuple(text[s:e] for s, e in spans)
    places = {}
    for name, at in row["actors"].items():
        if at is None:
            places[name] = 0, len(speaker) - 1
            continue
        start, end = span_of(spans, *at)
        places[name] = start + len(speaker), end + len(speaker)
    told, unsure = read_stances(row["stances"]), set(read_stances(row["unsure"]))
    for target, at in places.items():
        if at[0] >= len(speaker) and (OUTLET, target) not in unsure:
            yield "outlet", Example(of_text, OUTLET, at, told.get((OUTLET, target), NEUTRAL))
    for first, p in places.items():
        for second, q in places.items():
            label = pair_label(told.get((first, second), NEUTRAL), told.get((second, first), NEUTRAL))
            if p[1] <= q[0] and label is not None and not unsure & {(first, second), (second, first)}:
                yield "pair", pair(of_text, p, q, label)


def read_stances(written):
    """`"1 opposes 2"` as `{("1", "2"): label}`."""
    return {(holder, target): LABELS.index(position) for holder, position, target in map(str.split, written)}
