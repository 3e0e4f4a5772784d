"""newstance on Spark: the pipeline under ``mapInArrow``.

Every Python worker loads the bundle once and keeps it; each task computes on
``threads`` threads, so with the default of one there are as many as Spark has
cores. ``bundle`` must be a path that every worker can read, or the bundle must
be inside the wheel.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from newstance import _native
from newstance.layers import layers_schema
from newstance.settings import Settings, as_json, as_mapping, bundle_path
from newstance.tables import Tables
from newstance.worker import pipeline

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SIGNATURES = "id string, date date, text_key binary, probes array<long>, shingles array<long>"


def annotate(
    df: DataFrame,
    bundle: str | os.PathLike[str] | None = None,
    settings: Settings = None,
    threads: int = 1,
) -> DataFrame:
    """Annotates the articles of ``df``: a row of layers for each row.

    A task that is lost is done again by Spark and gives the same rows.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    settings = as_mapping(settings)
    path = bundle_path(bundle, settings)

    def annotate_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        loaded = pipeline(path, settings, threads)
        for batch in batches:
            yield from loaded.annotate(batch).to_batches()

    return df.mapInArrow(annotate_batches, from_arrow_schema(layers_schema()))


def aggregate(
    layers: DataFrame,
    bundle: str | os.PathLike[str] | None = None,
    settings: Settings = None,
) -> Tables:
    """Makes the tables of layers, on the driver."""
    loaded = pipeline(bundle_path(bundle, settings), settings, os.cpu_count() or 1)
    return loaded.aggregate(layers.toArrow())


def wire_groups(layers: DataFrame, settings: Settings = None) -> DataFrame:
    """Which articles repeat another's text: ``id``, ``wire_group``, ``is_wire_copy``.

    The groups are those of the table ``articles``, found by a shuffle: articles
    meet where they share a probe, are compared by their shingles, and the
    copies are joined on the driver, which sees two ids for each pair of copies
    and nothing of the texts.
    """
    from pyspark.sql import functions as F

    settings_json = as_json(settings)

    def signatures(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _signatures(batch, settings_json)

    def compare(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            pairs = zip(batch.column("sa").to_pylist(), batch.column("sb").to_pylist())
            same = _native.are_copies([(_unsigned(a), _unsigned(b)) for a, b in pairs], settings_json)
            yield batch.select(["a", "b"]).filter(pa.array(same, pa.bool_()))

    articles = layers.where(F.col("text") != "").select("id", "date", "text")
    signed = articles.mapInArrow(signatures, _SIGNATURES).persist()
    # Equal texts are one text to compare; it goes by its first id.
    texts = signed.groupBy("text_key").agg(
        F.min("id").alias("id"),
        F.first("probes").alias("probes"),
        F.first("shingles").alias("shingles"),
    )
    probes = texts.select("id", F.explode("probes").alias("probe"))
    telling = (
        probes.groupBy("probe").count().where(f"count > 1 and count <= {_native.max_shared()}")
    )
    shared = probes.join(telling.select("probe"), "probe")
    left, right = shared.withColumnRenamed("id", "a"), shared.withColumnRenamed("id", "b")
    candidates = left.join(right, "probe").where("a < b").select("a", "b").distinct()
    of_a = texts.select(F.col("id").alias("a"), F.col("shingles").alias("sa"))
    of_b = texts.select(F.col("id").alias("b"), F.col("shingles").alias("sb"))
    copies = candidates.join(of_a, "a").join(of_b, "b").mapInArrow(compare, "a string, b string")
    equal = (
        signed.join(texts.select("text_key", F.col("id").alias("a")), "text_key")
        .select("a", F.col("id").alias("b"))
        .where("a != b")
    )
    groups = _groups(copies.union(equal).toArrow())
    session = layers.sparkSession
    members = session.createDataFrame(
        pa.table(
            {"id": list(groups), "root": list(groups.values())},
            schema=pa.schema([("id", pa.string()), ("root", pa.string())]),
        )
    )
    rooted = signed.select("id", "date").join(members, "id", "left")
    rooted = rooted.withColumn("root", F.coalesce("root", "id"))
    originals = rooted.groupBy("root").agg(
        F.min(F.struct(F.isnull("date").alias("undated"), "date", "id")).alias("first")
    )
    return rooted.join(originals, "root").select(
        "id",
        F.col("first.id").alias("wire_group"),
        (F.col("first.id") != F.col("id")).alias("is_wire_copy"),
    )


def _signatures(batch: pa.RecordBatch, settings_json: str) -> pa.RecordBatch:
    texts = batch.column("text").to_pylist()
    signed = _native.wire_signatures(texts, settings_json)
    keys, probes, shingles = zip(*signed) if signed else ((), (), ())
    return pa.RecordBatch.from_arrays(
        [
            batch.column("id"),
            batch.column("date"),
            pa.array([bytes(key) for key in keys], pa.binary()),
            pa.array([_signed(hashes) for hashes in probes], pa.list_(pa.int64())),
            pa.array([_signed(hashes) for hashes in shingles], pa.list_(pa.int64())),
        ],
        names=["id", "date", "text_key", "probes", "shingles"],
    )


def _groups(pairs: pa.Table) -> dict[str, str]:
    """The root of each id that is in a pair (union-find)."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.setdefault(name, name) != name:
            roots[name] = roots[roots[name]]
            name = roots[name]
        return name

    for pair in pairs.to_pylist():
        a, b = sorted((root(pair["a"]), root(pair["b"])))
        roots[b] = a
    return {name: root(name) for name in list(roots)}


def _signed(hashes: Iterable[int]) -> list[int]:
    return [number - (1 << 64) if number >> 63 else number for number in hashes]


def _unsigned(hashes: Iterable[int]) -> list[int]:
    return [number & ((1 << 64) - 1) for number in hashes]


__all__ = ["aggregate", "annotate", "wire_groups"]
