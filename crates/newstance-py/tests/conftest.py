"""An archive, and what the program makes of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import newstance
import pyarrow as pa
import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("NEWSTANCE_PROGRAM", str(ROOT / "target/release/newstance"))
N_ARTICLES = 200
N_WHOLE = 33
# Where a row of the input stood is known to the program only.
OF_FILES = {"problems": ["file", "line"]}


def archive() -> list[dict[str, str]]:
    """200 articles: the shortest of the sample, passages, and copies of these."""
    lines = (ROOT / "data/sample/articles.jsonl").read_text().splitlines()
    whole = [json.loads(line) for line in lines]
    passages = []
    for article in whole:
        paragraphs = article["text"].split("\n\n")
        for at in range(0, len(paragraphs) - 1, 2):
            text = "\n\n".join(paragraphs[at : at + 2])
            passages.append(article | {"id": f"{article['id']}-{at}", "text": text})
    copies = [passage | {"id": f"copy-{passage['id']}"} for passage in passages[:30]]
    n_passages = N_ARTICLES - 3 - len(copies) - N_WHOLE
    shortest = sorted(whole, key=lambda article: len(article["text"]))[:N_WHOLE]
    articles = shortest + copies + passages[:n_passages]
    return articles + [
        {"id": "undated", "date": "the day before", "text": "China condemned the United States."},
        {"id": "french", "language": "fr", "text": "La Chine a condamné les États-Unis."},
        {"id": "silent", "title": "There is no text"},
    ]


def as_table(articles: list[dict[str, str]]) -> pa.Table:
    names = list(dict.fromkeys(name for article in articles for name in article))
    columns = {name: pa.array([a.get(name) for a in articles], pa.string()) for name in names}
    return pa.table(columns)


def run(articles: list[dict[str, str]], folder: Path) -> Path:
    """What `newstance run` makes of the articles."""
    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in articles))
    out = folder / "out"
    command = [PROGRAM, "run", str(source), "-o", str(out), "--progress", "none"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return out


def assert_same(found: Mapping[str, pa.Table], expected: Mapping[str, pa.Table]) -> None:
    """Row for row: tables are sorted by their ids already."""
    assert list(found) == list(expected)
    for name, table in expected.items():
        left, right = found[name], table
        if name in OF_FILES:
            left, right = left.drop_columns(OF_FILES[name]), right.drop_columns(OF_FILES[name])
            order = [(column, "ascending") for column in right.column_names]
            left, right = left.sort_by(order), right.sort_by(order)
        assert left.combine_chunks().equals(right.combine_chunks()), f"`{name}` differs"


@pytest.fixture(scope="session", autouse=True)
def _in_the_repository() -> None:
    os.chdir(ROOT)


@pytest.fixture(scope="session")
def articles() -> list[dict[str, str]]:
    return archive()


@pytest.fixture(scope="session")
def run_folder(articles: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(articles, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def expected(run_folder: Path) -> newstance.Tables:
    tables = newstance.read_tables(run_folder)
    assert tables["articles"].num_rows == N_ARTICLES - 2
    assert sum(tables["articles"].column("is_wire_copy").to_pylist()) >= 30
    return tables
