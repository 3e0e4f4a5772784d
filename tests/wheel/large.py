"""One archive through the program, eight shards, the wheel, Spark and Ray: same tables, at what cost.

usage: python tests/wheel/large.py ARCHIVE.jsonl SCRATCH STEP...
steps: run run2 shards wheel spark ray, each in a process of its own. `run` comes
first; the others compare with it. Prints wall seconds and the processor seconds
of all processes that the step started, engines included (Linux).
"""

from __future__ import annotations

import json
import os
import shutil
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


def run(archive: Path, scratch: Path, threads: int = 1, folder: str = "run") -> newstance.Tables:
    flags = ["--overwrite", "--progress", "none", "--threads", threads]
    call(PROGRAM, "run", archive, "-o", scratch / folder, *flags)
    return newstance.read_tables(scratch / folder)


def run2(archive: Path, scratch: Path) -> newstance.Tables:
    """On two threads, as the two workers of Spark and Ray."""
    return run(archive, scratch, 2, "run2")


def shards(archive: Path, scratch: Path) -> newstance.Tables:
    os.environ["NEWSTANCE_PROGRAM"] = PROGRAM
    shutil.rmtree(scratch / "shards", ignore_errors=True)
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


def processor_seconds(marker: str) -> dict[str, float]:
    """Of every process that carries the marker in its environment, by process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() not in (folder / "environ").read_bytes():
                continue
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        # The start tells processes of one number apart.
        found[f"{folder.name} {fields[19]}"] = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return found


def measure(archive: str, scratch: str, step: str) -> None:
    """Runs a step in a process of its own and says what it took."""
    marker = f"NEWSTANCE_STEP={step}-{os.getpid()}"
    name, value = marker.split("=")
    start, spent = time.monotonic(), {}
    command = [sys.executable, __file__, archive, scratch, "--only", step]
    with subprocess.Popen(command, env=os.environ | {name: value}) as process:
        while process.poll() is None:
            spent |= processor_seconds(marker)
            time.sleep(0.2)
    if process.returncode:
        sys.exit(process.returncode)
    wall = time.monotonic() - start
    print(f"{step}: {wall:.1f} s, {sum(spent.values()):.1f} processor seconds", flush=True)


def do(archive: Path, scratch: Path, step: str) -> None:
    tables = globals()[step](archive, scratch)
    if step != "run":
        conftest.assert_same(tables, newstance.read_tables(scratch / "run"))
        print("the tables of `run`: ", end="")
    print(f"{tables['articles'].num_rows} articles", flush=True)


def main() -> None:
    archive, scratch, *steps = sys.argv[1:]
    Path(scratch).mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    if steps[0] == "--only":
        do(Path(archive), Path(scratch), steps[1])
        return
    for step in steps:
        measure(archive, scratch, step)


main()
