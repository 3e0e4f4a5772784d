"""What a thousand workers would shuffle, counted on real articles.

usage: python tests/wheel/scaling.py ARCHIVE.jsonl RUN_FOLDER [N_WORKERS]

Every step that sees the whole archive is a shuffle: rows meet where they share
a key. The script makes the rows of each shuffle out of a quarter, a half and
all of the articles, sends each key to a worker by its hash, and counts rows,
bytes and the pairs that are compared. Wire copies need no model: theirs are
from ARCHIVE; those of claims and actors from RUN_FOLDER.
"""

from __future__ import annotations

import glob
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

import newstance
import pyarrow as pa
import pyarrow.parquet as pq
from newstance import _native

ID_BYTES = 16
HASH_BYTES = 8
KEY_BYTES = 32
EMBEDDING_BYTES = 384 * 4
# `aggregate.claim_max_block`.
MAX_BLOCK = 20_000
PARTS = (4, 2, 1)

# A key, and the bytes of a row that has it.
Row = tuple[object, int]


def worker_of(key: object, n_workers: int) -> int:
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % n_workers


def show(
    name: str, rows: Iterable[Row], n_articles: int, n_workers: int, cap: int | None = None
) -> None:
    """Rows of one key are compared pair by pair where there is a cap, and its key has no more."""
    n_rows: Counter[object] = Counter()
    n_bytes: Counter[object] = Counter()
    for key, size in rows:
        n_rows[key] += 1
        n_bytes[key] += size
    bytes_on: dict[int, int] = defaultdict(int)
    pairs_on: dict[int, int] = defaultdict(int)
    for key, n in n_rows.items():
        worker = worker_of(key, n_workers)
        bytes_on[worker] += n_bytes[key]
        if cap is not None and n <= cap:
            pairs_on[worker] += n * (n - 1) // 2
    cells = [
        name,
        f"{n_articles}",
        f"{sum(n_rows.values()) / n_articles:.1f}",
        f"{sum(n_bytes.values()) / n_articles / 1000:.2f}",
        "-" if cap is None else f"{sum(n > cap for n in n_rows.values())} of {len(n_rows)}",
        f"{max(n_rows.values(), default=0) / n_articles:.4f}",
        f"{times_the_mean(bytes_on, n_workers):.1f}",
        "-" if cap is None else f"{sum(pairs_on.values()) / n_articles:.1f}",
        "-" if cap is None else f"{times_the_mean(pairs_on, n_workers):.1f}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


def times_the_mean(load: dict[int, int], n_workers: int) -> float:
    total = sum(load.values())
    return max(load.values()) * n_workers / total if total else 0.0


def wire_copies(archive: str, n_workers: int) -> None:
    articles = []
    with open(archive, encoding="utf-8") as lines:
        for article in (json.loads(line) for line in lines if line.strip()):
            outlet, date = article.get("outlet"), article.get("date")
            articles.append((article["text"], outlet, date, date))
    signed = []
    for at in range(0, len(articles), 256):
        for key, probes, signature in _native.wire_signatures(articles[at : at + 256], "{}"):
            signed.append((bytes(key), probes, len(signature)))
    cap = _native.max_shared()
    for part in PARTS:
        some = signed[: len(signed) // part]
        probes = [(probe, HASH_BYTES + ID_BYTES) for _, found, _ in some for probe in found]
        show("wire copies, by sampled 5-grams", probes, len(some), n_workers, cap)
    keys = [(key, KEY_BYTES + ID_BYTES) for key, _, _ in signed]
    show("wire copies, by whole text", keys, len(signed), n_workers)
    signature = sum(n for _, _, n in signed) / len(signed)
    print(f"\nsignature of an article: {signature:.0f} bytes, sent for each pair that is compared\n")


def claims(run_folder: str, n_workers: int) -> None:
    """Contents stand for clauses, words of over three letters for stems."""
    tables = newstance.read_tables(run_folder)
    place = {name: at for at, name in enumerate(tables["articles"].column("article_id").to_pylist())}
    statements = tables["statements"].select(["article_id", "content_text"]).to_pylist()
    for part in PARTS:
        n_articles = len(place) // part
        rows = []
        for statement in statements:
            if place[statement["article_id"]] < n_articles:
                text = statement["content_text"]
                words = {word for word in text.lower().split() if len(word) > 3}
                size = EMBEDDING_BYTES + ID_BYTES + len(text.encode())
                rows += [(word, size) for word in words]
        show("claims, by word", rows, n_articles, n_workers, MAX_BLOCK)


def actors(run_folder: str, n_workers: int) -> None:
    """One row for each actor of an article, and one for each name of a thousand articles."""
    paths = sorted(glob.glob(f"{run_folder}/layers/part-*.parquet"))
    layers = pa.concat_tables([pq.read_table(path, columns=["actors"]) for path in paths])
    articles = layers.column("actors").to_pylist()
    for part in PARTS:
        some = articles[: len(articles) // part]
        every, folded = [], set()
        for at, found in enumerate(some):
            for actor in found:
                key = actor["wikidata"] or actor["name"].lower()
                size = len(actor["name"].encode()) + 2 * ID_BYTES
                every.append((key, size))
                folded.add((at // 1000, key, size))
        show("actors, by name", every, len(some), n_workers)
        once = [(key, size) for _, key, size in sorted(folded)]
        show("actors, by name, folded", once, len(some), n_workers)


def main() -> None:
    archive, run_folder = sys.argv[1], sys.argv[2]
    n_workers = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    print(
        "| shuffle | articles | rows an article | GB a million articles | keys over the cap | "
        f"largest key, rows an article | fullest of {n_workers} workers, times the mean of bytes | "
        "pairs an article | fullest, times the mean of pairs |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    wire_copies(archive, n_workers)
    claims(run_folder, n_workers)
    actors(run_folder, n_workers)


main()
