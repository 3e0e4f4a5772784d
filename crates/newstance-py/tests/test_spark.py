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
