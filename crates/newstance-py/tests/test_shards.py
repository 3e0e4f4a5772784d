"""Eight shards from a shell give what one run gives."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from conftest import PROGRAM, ROOT

N_TABLES = 15


def test_tables_of_eight_shards_have_the_bytes_of_one_run(run_folder: Path, tmp_path: Path) -> None:
    archive = run_folder.parent / "articles.jsonl"
    command = [str(ROOT / "examples/shards.sh"), str(archive), str(tmp_path), "8"]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"NEWSTANCE_PROGRAM": PROGRAM})
    tables = sorted(run_folder.glob("*.parquet"))
    assert len(tables) == N_TABLES
    for table in [*tables, run_folder / "report.html"]:
        assert (tmp_path / "tables" / table.name).read_bytes() == table.read_bytes(), table.name
    assert len(list(tmp_path.glob("shard-*"))) == 8
