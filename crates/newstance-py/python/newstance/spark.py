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

_SIGNATURES = (
    "id string, date date, outlet string, text_key binary, probes array<long>, signature binary"
)


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
    meet where they share a probe, are compared by their signatures, and the
    copies are joined on the driver, which sees two ids for each pair of copies
    and nothing of the texts.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    settings_json = as_json(settings)

    def signatures(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _signatures(batch, settings_json)

    def compare(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            pairs = zip(batch.column("sa").to_pylist(), batch.column("sb").to_pylist())
            same = _native.are_copies(list(pairs), settings_json)
            yield batch.select(["a", "b"]).filter(pa.array(same, pa.bool_()))

    articles = layers.where(F.col("text") != "").select("id", "date", "text", "outlet", "date_raw")
    signed = articles.mapInArrow(signatures, _SIGNATURES).persist()
    # Equal texts of one outlet and day are one to compare; it goes by its first id.
    texts = signed.groupBy("text_key", "outlet", "date").agg(
        F.min("id").alias("id"), F.first("probes").alias("probes")
    )
    probes = texts.select("id", F.explode("probes").alias("probe"))
    telling = (
        probes.groupBy("probe").count().where(f"count > 1 and count <= {_native.max_shared()}")
    )
    shared = probes.join(telling.select("probe"), "probe")
    left, right = shared.withColumnRenamed("id", "a"), shared.withColumnRenamed("id", "b")
    candidates = left.join(right, "probe").where("a < b").select("a", "b").distinct()
    # Equal texts meet their neighbours in time, those of no date the first of all.
    by_day = Window.partitionBy("text_key").orderBy(F.isnull("date"), "date", "id")
    neighbour = F.when(F.isnull("date"), F.first("id").over(by_day)).otherwise(
        F.lag("id").over(by_day)
    )
    equal = signed.select(neighbour.alias("a"), F.col("id").alias("b")).where("a != b")
    of_a = signed.select(F.col("id").alias("a"), F.col("signature").alias("sa"))
    of_b = signed.select(F.col("id").alias("b"), F.col("signature").alias("sb"))
    met = candidates.union(equal).distinct()
    copies = met.join(of_a, "a").join(of_b, "b").mapInArrow(compare, "a string, b string")
    groups = _groups(copies.toArrow())
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
    days = [day and day.isoformat() for day in batch.column("date").to_pylist()]
    columns = [batch.column(name).to_pylist() for name in ("text", "outlet", "date_raw")]
    articles = [(text, outlet, day, raw) for text, outlet, raw, day in zip(*columns, days)]
    signed = _native.wire_signatures(articles, settings_json)
    keys, probes, signatures = zip(*signed) if signed else ((), (), ())
    return pa.RecordBatch.from_arrays(
        [
            batch.column("id"),
            batch.column("date"),
            batch.column("outlet"),
            pa.array([bytes(key) for key in keys], pa.binary()),
            pa.array([_signed(hashes) for hashes in probes], pa.list_(pa.int64())),
            pa.array([bytes(signature) for signature in signatures], pa.binary()),
        ],
        names=["id", "date", "outlet", "text_key", "probes", "signature"],
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


__all__ = ["aggregate", "annotate", "wire_groups"]
