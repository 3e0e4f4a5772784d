"""The wheel gives what the program gives."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import newstance
import newstance.ray
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import N_ARTICLES, as_table, assert_same
from newstance import worker
from newstance.settings import as_mapping, bundle_path


@pytest.fixture(scope="module")
def pipeline() -> newstance.Pipeline:
    return newstance.Pipeline()


@pytest.fixture(scope="module")
def layers(pipeline: newstance.Pipeline, articles: list[dict[str, str]]) -> pa.Table:
    return pipeline.annotate(articles)


def test_layers_are_those_of_the_program(layers: pa.Table, run_folder: Path) -> None:
    written = pq.read_table(run_folder / "layers/part-00000.parquet")
    found = layers.filter(pa.compute.field("text") != "").select(written.column_names)
    assert layers.num_rows == N_ARTICLES
    assert found.combine_chunks().equals(written.combine_chunks())


def test_tables_are_those_of_the_program(
    pipeline: newstance.Pipeline, layers: pa.Table, expected: newstance.Tables
) -> None:
    tables = pipeline.aggregate(layers)
    assert_same(tables, expected)
    assert tables.left_out["articles_by_language_left_out"] == 1


def test_written_tables_have_the_bytes_of_the_program(
    pipeline: newstance.Pipeline, layers: pa.Table, run_folder: Path, tmp_path: Path
) -> None:
    pipeline.aggregate(layers).write(tmp_path)
    names = {path.name for path in run_folder.glob("*.parquet")} - {"problems.parquet"}
    assert len(names) == 14
    for name in names:
        assert (tmp_path / name).read_bytes() == (run_folder / name).read_bytes(), name


def test_the_report_is_that_of_the_program(
    pipeline: newstance.Pipeline, run_folder: Path, articles: list[dict[str, str]], tmp_path: Path
) -> None:
    tables = newstance.read_tables(run_folder)
    counts = json.loads((run_folder / "run.json").read_text())["counts"]
    tables.left_out = {
        name: n for name, n in counts.items() if name.endswith("_left_out") and n > 0
    }
    newstance.report(tables, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == (run_folder / "report.html").read_bytes()


def test_arrow_and_dicts_give_the_same(
    pipeline: newstance.Pipeline, articles: list[dict[str, str]], layers: pa.Table
) -> None:
    few = articles[-20:]
    table = as_table(few)
    expected = layers.slice(N_ARTICLES - 20)
    assert pipeline.annotate(table).equals(expected)
    assert pipeline.annotate(table.to_batches()[0]).equals(expected)


def test_parts_merged_in_any_order_make_the_same_tables(
    pipeline: newstance.Pipeline, layers: pa.Table, expected: newstance.Tables
) -> None:
    parts = [layers.slice(at, 30) for at in range(0, N_ARTICLES, 30)]
    one = newstance.merge(*parts)
    other = newstance.merge(newstance.merge(*parts[3:]), newstance.merge(*reversed(parts[:3])))
    assert one.equals(other)
    assert_same(pipeline.aggregate(other), expected)


def test_threads_share_one_model_and_run_beside_python(
    pipeline: newstance.Pipeline, articles: list[dict[str, str]], layers: pa.Table
) -> None:
    found: dict[int, pa.Table] = {}

    def work(number: int) -> None:
        mine = newstance.Pipeline(threads=1)
        assert mine.shares_models_with(pipeline)
        found[number] = mine.annotate(articles[20 * number : 20 * number + 20])

    threads = [threading.Thread(target=work, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    # Only if the interpreter is free can this count while the others compute.
    turns = 0
    while any(thread.is_alive() for thread in threads):
        turns += 1
    assert turns > 1000
    for number, table in found.items():
        assert table.equals(layers.slice(20 * number, 20))


def test_an_id_of_two_texts_is_told_apart_and_a_repetition_left_out(
    pipeline: newstance.Pipeline,
) -> None:
    texts = ["They met in May.", "They met in June.", "They met in May."]
    tables = pipeline.aggregate(pipeline.annotate({"id": "a", "text": text} for text in texts))
    ids = tables["articles"].column("article_id").to_pylist()
    assert len(ids) == 2 and ids[0] == "a" and ids[1].startswith("a~")
    assert tables["problems"].column("kind").to_pylist() == ["repeated_article", "repeated_id"]


def test_the_order_of_rows_changes_nothing_where_two_are_nearly_one(
    pipeline: newstance.Pipeline,
) -> None:
    twice = {"id": "a", "title": "They met", "text": "China praised Russia in May."}
    one = pipeline.annotate([{**twice, "outlet": "Star", "date": "2024-05-01"}, {"id": "x"}])
    other = pipeline.annotate([{**twice, "outlet": "Globe", "date": "2024-05-02"}, {"title": 3}])
    assert newstance.merge(one, other).equals(newstance.merge(other, one))
    tables = pipeline.aggregate(one, other)
    assert_same(pipeline.aggregate(other, one), tables)
    assert tables["articles"].column("outlet").to_pylist() == ["Star"]


def test_a_page_does_not_depend_on_the_order_of_its_pairs(
    pipeline: newstance.Pipeline, layers: pa.Table, tmp_path: Path
) -> None:
    tables = pipeline.aggregate(layers)
    pages = []
    for pairs in (tables["pairs"], tables["pairs"].sort_by("net")):
        newstance.report({**tables, "pairs": pairs}, tmp_path / "report.html")
        page = (tmp_path / "report.html").read_text()
        data = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
        pages.append([[*pair[:3], sorted(map(str, pair[3]))] for pair in data["pairs"]])
    assert pages[0] == pages[1] and len(pages[0]) > 10


def test_what_pandas_has_not_is_absent(pipeline: newstance.Pipeline) -> None:
    row = {"id": "a", "text": "They met.", "outlet": float("nan"), "date": "2024-05-01"}
    found = pipeline.annotate([row]).to_pylist()[0]
    assert (found["id"], found["outlet"], found["problems"]) == ("a", None, [])


def test_a_worker_takes_settings_that_have_changed(tmp_path: Path) -> None:
    file = tmp_path / "newstance.toml"
    file.write_text("[stance]\nthreshold = 0.6\n")
    first = worker.pipeline(None, file, 1)
    assert worker.pipeline(None, file, 1) is first
    file.write_text("[stance]\nthreshold = 0.7\n")
    assert worker.pipeline(None, file, 1) is not first


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda p: newstance.Pipeline(bundle="/nowhere"), "/nowhere"),
        (lambda p: newstance.Pipeline(settings="/nowhere.toml"), "cannot read settings `/nowhere.toml`"),
        (lambda p: p.aggregate(pa.table({"id": ["a"]})), "`layers` has no column `title`"),
        (lambda p: newstance.report({}, "/nowhere/report.html"), "there is no table `articles`"),
        (
            lambda p: newstance.report({**p.aggregate(), "pair": pa.table({})}, "/nowhere/report.html"),
            "a run has no table `pair`",
        ),
        (lambda p: newstance.report(p.aggregate(), "/nowhere/report.html"), "cannot write `/nowhere/report.html"),
        (lambda p: p.explain({"id": "a"}), "holds text"),
        (lambda p: newstance.merge(pa.table({"id": ["a"]})), "`layers` has no column"),
    ],
)
def test_errors_say_what_could_not_be_done(pipeline: newstance.Pipeline, call, part: str) -> None:
    with pytest.raises(newstance.NewstanceError) as raised:
        call(pipeline)
    assert part in str(raised.value)


def test_a_settings_file_means_what_it_means_to_the_program(tmp_path: Path) -> None:
    file = tmp_path / "newstance.toml"
    file.write_text('[models]\nbundle = "/models/mine"\n[stance]\nthreshold = 0.6\n')
    found = as_mapping(file)
    assert found["stance"]["threshold"] == pytest.approx(0.6)
    assert bundle_path(None, file) == "/models/mine"
    with pytest.raises(newstance.NewstanceError, match="/models/mine"):
        newstance.Pipeline(settings=file)
    file.write_text("[stance]\nthreshhold = 0.6\n")
    with pytest.raises(newstance.NewstanceError, match="unknown field `threshhold`"):
        newstance.Pipeline(settings=file)
    file.write_text('[models]\ndevice = "cuda"\n')
    assert newstance.ray.accelerators(file) == 1
    with pytest.raises(newstance.NewstanceError, match="the device is `cuda`, but no checkpoint"):
        newstance.Pipeline(settings=file)
    file.write_text('[models]\nbackend = "torch"\n')
    with pytest.raises(newstance.NewstanceError, match="backend `torch` is not in this build"):
        newstance.Pipeline(settings=file)


def test_layers_of_another_type_are_refused(pipeline: newstance.Pipeline, layers: pa.Table) -> None:
    wrong = layers.set_column(0, "id", pa.array(range(layers.num_rows)))
    with pytest.raises(newstance.NewstanceError, match="column `id` of `layers` is Int64, not Utf8"):
        pipeline.aggregate(wrong)


def test_an_explanation_shows_hostile_text_as_text(pipeline: newstance.Pipeline) -> None:
    text = 'China denied that it is a <script>alert("é")</script> in May, Zhao Lijian said.'
    explanation = pipeline.explain(text)
    assert "<script>" not in explanation._repr_html_()
    assert "<b>Statements</b>" in explanation._repr_html_() and "é" in explanation._repr_html_()
    assert str(explanation).startswith(text)
