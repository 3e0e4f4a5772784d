"""What a thousand workers would shuffle, counted on a real archive.

usage: python tests/wheel/scaling.py ARCHIVE.jsonl RUN_FOLDER [N_WORKERS]

Every step that sees the whole archive is a shuffle: rows meet where they share
a key. The script makes the rows of each shuffle out of real articles, sends
each key to a worker by its hash, and counts bytes and pairs on each worker.
ARCHIVE gives the wire-copy rows (no model is needed for them), RUN_FOLDER the
statements and actors.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

import newstance
import pyarrow.parquet as pq
from newstance import _native

ID_BYTES = 16
MILLION = 1_000_000
EMBEDDING_BYTES = 384 * 4


def worker_of(key: object, n_workers: int) -> int:
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % n_workers


def show(name: str, rows: Iterable[tuple[object, int]], n_articles: int, n_workers: int, cap: int) -> None:
    """`rows` are keys with the bytes of a row; keys of more than `cap` rows are not sent."""
    n_rows: Counter[object] = Counter()
    n_bytes: Counter[object] = Counter()
    for key, size in rows:
        n_rows[key] += 1
        n_bytes[key] += size
    sent = {key: n for key, n in n_rows.items() if n <= cap}
    bytes_on: dict[int, int] = defaultdict(int)
    pairs_on: dict[int, int] = defaultdict(int)
    for key, n in sent.items():
        worker = worker_of(key, n_workers)
        bytes_on[worker] += n_bytes[key]
        pairs_on[worker] += n * (n - 1) // 2
    total, pairs = sum(bytes_on.values()), sum(pairs_on.values())
    largest = max(sent.values(), default=0)
    print(
        f"{name}: {sum(sent.values()) / n_articles:.1f} rows and {total / n_articles:.0f} bytes an "
        f"article ({total / n_articles * MILLION / 1e9:.2f} GB a million articles); "
        f"{len(n_rows) - len(sent)} of {len(n_rows)} keys are over the cap of {cap}; "
        f"the largest key has {largest} rows ({largest / n_articles:.4f} an article); "
        f"the fullest of {n_workers} workers has {ratio(bytes_on, n_workers):.1f} times the mean of "
        f"bytes and {ratio(pairs_on, n_workers):.1f} times that of pairs; "
        f"{pairs / n_articles:.2f} pairs an article"
    )


def ratio(load: dict[int, int], n_workers: int) -> float:
    total = sum(load.values())
    return max(load.values()) * n_workers / total if total else 0.0


def main() -> None:
    archive, run_folder = sys.argv[1], sys.argv[2]
    n_workers = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    with open(archive, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines if line.strip()]
    signed = _native.wire_signatures(texts)
    cap = _native.max_shared()
    print(f"{len(texts)} articles, {sum(map(len, texts)) / len(texts):.0f} characters each")
    probes = [(probe, 8 + ID_BYTES) for _, found, _ in signed for probe in found]
    show("wire copies, probes", probes, len(texts), n_workers, cap)
    keys = [(bytes(key), 32 + ID_BYTES) for key, _, _ in signed]
    show("wire copies, equal texts", keys, len(texts), n_workers, len(texts))
    in_pairs: Counter[int] = Counter(probe for probe, _ in probes)
    compared = [s for _, found, s in signed if any(1 < in_pairs[p] <= cap for p in found)]
    print(
        f"wire copies, shingles of {len(compared) / len(texts):.3f} of the articles: "
        f"{8 * sum(map(len, compared)) / len(texts):.0f} bytes an article for each pair it is in"
    )

    tables = newstance.read_tables(run_folder)
    n_articles = tables["articles"].num_rows
    contents = tables["statements"].column("content_text").to_pylist()
    stems = [
        ({word for word in text.lower().split() if len(word) > 3}, len(text.encode()))
        for text in contents
    ]
    size = EMBEDDING_BYTES + ID_BYTES
    by_word = [(word, size + n_bytes) for words, n_bytes in stems for word in words]
    block = 20_000 * n_articles // MILLION
    show("claims, as one machine blocks", by_word, n_articles, n_workers, 20_000)
    show("claims, blocks capped as at a million", by_word, n_articles, n_workers, max(block, 2))

    layers = pq.ParquetDataset(f"{run_folder}/layers").read(columns=["actors"])
    actors = [actor for row in layers.column("actors").to_pylist() for actor in row]
    named = [(a["name"].lower(), len(a["name"]) + 2 * ID_BYTES) for a in actors if not a["wikidata"]]
    known = [(a["wikidata"], 2 * ID_BYTES) for a in actors if a["wikidata"]]
    show("actors, by name", named, n_articles, n_workers, len(actors))
    show("actors, by Wikidata id", known, n_articles, n_workers, len(actors))
    once = [(key, size) for key, size in {key: size for key, size in named}.items()]
    print(
        f"actors, each name once a shard of 1000 articles at least: {len(once)} of {len(named)} rows"
    )


main()
