"""One archive through the program, eight shards, the wheel, Spark and Ray: same tables, at what cost.

usage: python tests/wheel/large.py ARCHIVE.jsonl SCRATCH STEP...
steps: run run2 shards wheel spark ray, each in a process of its own. `run` comes
first; the others compare with it. Prints wall and processor seconds, the latter
with those of child processes that have ended (not of the engines' workers).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "crates/newstance-py/tests"))

import conftest  # noqa: E402
import newstance  # noqa: E402

PROGRAM = conftest.PROGRAM


def call(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def run(archive: Path, scratch: Path, threads: int = 1) -> newstance.Tables:
    flags = ["--overwrite", "--progress", "none", "--threads", threads]
    call(PROGRAM, "run", archive, "-o", scratch / "run", *flags)
    return newstance.read_tables(scratch / "run")


def run2(archive: Path, scratch: Path) -> newstance.Tables:
    """On two threads, as the two workers of Spark and Ray."""
    return run(archive, scratch, 2)


def shards(archive: Path, scratch: Path) -> newstance.Tables:
    os.environ["NEWSTANCE_PROGRAM"] = PROGRAM
    call(ROOT / "examples/shards.sh", archive, scratch / "shards", 8)
    return newstance.read_tables(scratch / "shards/tables")


def articles_of(archive: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in archive.read_text().splitlines()]


def wheel(archive: Path, scratch: Path) -> newstance.Tables:
    pipeline = newstance.Pipeline(threads=1)
    tables = pipeline.aggregate(pipeline.annotate(conftest.as_table(articles_of(archive))))
    tables.write(scratch / "wheel")
    newstance.report(tables, scratch / "wheel/report.html")
    return tables


def spark(archive: Path, scratch: Path) -> newstance.Tables:
    import newstance.spark
    import test_spark

    sessions = test_spark.spark.__wrapped__()
    session = next(sessions)
    df = session.createDataFrame(conftest.as_table(articles_of(archive))).repartition(16)
    layers = newstance.spark.annotate(df)
    layers.write.mode("overwrite").parquet(str(scratch / "spark"))
    layers = session.read.parquet(str(scratch / "spark"))
    tables = newstance.spark.aggregate(layers)
    groups = newstance.spark.wire_groups(layers).orderBy("id").toArrow()
    assert groups.column("wire_group").to_pylist() == tables["articles"].column("wire_group").to_pylist()
    next(sessions, None)
    return tables


def ray(archive: Path, scratch: Path) -> newstance.Tables:
    import newstance.ray
    import ray as engine
    import test_ray

    cluster = test_ray._cluster.__wrapped__()
    next(cluster)
    table = conftest.as_table(articles_of(archive))
    ds = engine.data.from_arrow(table).repartition(16).materialize()
    tables = newstance.ray.aggregate(newstance.ray.annotate(ds, workers=2))
    next(cluster, None)
    return tables


def main() -> None:
    archive, scratch, *steps = sys.argv[1:]
    scratch_folder = Path(scratch)
    scratch_folder.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    for step in steps:
        before, start = os.times(), time.monotonic()
        tables = globals()[step](Path(archive), scratch_folder)
        wall, after = time.monotonic() - start, os.times()
        if not step.startswith("run"):
            conftest.assert_same(tables, newstance.read_tables(scratch_folder / "run"))
        own = after.user + after.system - before.user - before.system
        children = (
            after.children_user + after.children_system
            - before.children_user - before.children_system
        )
        n = tables["articles"].num_rows
        same = "" if step.startswith("run") else ", the tables of `run`"
        print(f"{step}: {n} articles, {wall:.0f} s, {own + children:.0f} processor seconds{same}", flush=True)


main()
