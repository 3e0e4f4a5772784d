"""Spark, with two workers in processes of their own, gives what the program gives."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import newstance
import newstance.spark
import pyarrow as pa
import pyspark
import pytest
from conftest import as_table, assert_same
from pyspark.sql import DataFrame, SparkSession


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for key, value in {
        "spark.executor.memory": "768m",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def df(spark: SparkSession, articles: list[dict[str, str]]) -> DataFrame:
    return spark.createDataFrame(as_table(articles)).repartition(4)


def test_tables_groups_and_files_are_those_of_one_run(
    df: DataFrame, expected: newstance.Tables, spark: SparkSession, tmp_path: Path
) -> None:
    layers = newstance.spark.annotate(df)
    # Layers are kept as files, so that the second use does not compute again.
    layers.write.parquet(str(tmp_path / "layers"))
    layers = spark.read.parquet(str(tmp_path / "layers"))
    assert_same(newstance.spark.aggregate(layers), expected)
    groups = newstance.spark.wire_groups(layers).orderBy("id").toArrow()
    articles = expected["articles"]
    assert groups.column("id").to_pylist() == articles.column("article_id").to_pylist()
    for name in ("wire_group", "is_wire_copy"):
        assert groups.column(name).to_pylist() == articles.column(name).to_pylist()


def test_counts_of_pairs_are_plain_sums_over_the_table_of_stances(
    spark: SparkSession, run_folder: Path
) -> None:
    for name in ("stances", "pairs"):
        spark.read.parquet(str(run_folder / f"{name}.parquet")).createOrReplaceTempView(name)
    # As docs/clusters.md has it.
    counted = spark.sql("""
        SELECT holder_id, target_id, sum(p_supports) AS n_supports, sum(p_opposes) AS n_opposes,
               count(DISTINCT article_id) AS n_articles
        FROM stances GROUP BY holder_id, target_id ORDER BY holder_id, target_id
    """).toArrow()
    written = spark.sql("""
        SELECT holder_id, target_id, n_supports, n_opposes, n_articles FROM pairs
        WHERE level = 'actor' AND period_unit = 'all' AND outlet IS NULL AND wire = 'every'
        ORDER BY holder_id, target_id
    """).toArrow()
    assert counted.num_rows == written.num_rows > 100
    for name in ("holder_id", "target_id", "n_articles"):
        assert counted.column(name).to_pylist() == written.column(name).to_pylist()
    for name in ("n_supports", "n_opposes"):
        # Probabilities are kept in single precision.
        assert counted.column(name).to_pylist() == pytest.approx(
            written.column(name).to_pylist(), abs=1e-5
        )


def test_a_worker_that_is_killed_costs_nothing_and_nothing_is_there_twice(
    df: DataFrame, expected: newstance.Tables, tmp_path: Path
) -> None:
    marker = str(tmp_path / "killed")

    def executor() -> int:
        """The JVM above the daemon of Python workers."""
        pid = os.getppid()
        while "java" not in os.readlink(f"/proc/{pid}/exe"):
            with open(f"/proc/{pid}/stat") as stat:
                pid = int(stat.read().rsplit(")", 1)[1].split()[1])
        return pid

    def kill_once(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(batches):
            if number == 2 and not os.path.exists(marker):
                open(marker, "x").close()
                os.kill(executor(), signal.SIGKILL)
            yield batch

    layers = newstance.spark.annotate(df).mapInArrow(kill_once, newstance_schema())
    tables = newstance.spark.aggregate(layers)
    assert os.path.exists(marker)
    assert_same(tables, expected)


def newstance_schema():
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(newstance.layers_schema())
