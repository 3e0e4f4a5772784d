"""The pipeline over articles that Python holds."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from newstance import _native
from newstance.explanation import Explanation
from newstance.layers import batches_of
from newstance.settings import Settings, as_json, as_mapping, bundle_path
from newstance.tables import Tables

BATCH_ROWS = 64


class Pipeline:
    """A loaded bundle with its settings.

    ``bundle`` is a folder; without it the one of the settings is taken, else
    :func:`newstance.find_bundle`'s. ``settings`` is a TOML file as the program reads it,
    or a mapping of the same form; no file is read that is not named.
    ``threads`` is how many articles are read at once (one a core). Pipelines of
    one bundle and like settings share their models within a process.

    >>> pipeline = Pipeline(settings={"stance": {"threshold": 0.6}})
    >>> Pipeline(settings={"stance": {"threshhold": 0.6}})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    newstance.NewstanceError: cannot understand the settings
      because unknown field `threshhold`, expected one of ...
    """

    def __init__(
        self,
        bundle: str | os.PathLike[str] | None = None,
        settings: Settings = None,
        threads: int | None = None,
    ) -> None:
        # Read once, so that the bundle is that of the same settings.
        settings = as_mapping(settings)
        self._native = _native.NativePipeline(
            bundle_path(bundle, settings), as_json(settings), threads
        )

    def annotate(
        self, articles: pa.RecordBatch | pa.Table | Iterable[Mapping[str, Any]]
    ) -> pa.Table:
        """Finds mentions, actors, statements and stances in articles.

        The fields are those that the program knows (``id``, ``title``, ``text``,
        ``date``, ``outlet``, ...) under the names that the settings give them.
        The result has one row for each that came in, in the same order, in the
        columns of :func:`newstance.layers_schema`; a row is a function of its
        article alone, whatever comes with it.

        >>> pipeline = Pipeline()
        >>> layers = pipeline.annotate([
        ...     {"id": "a", "text": "Peskov denied the report."},
        ...     {"id": "b", "title": "no text"},
        ... ])
        >>> layers.column("id").to_pylist()
        ['a', '']
        >>> [p["kind"] for p in layers.column("problems")[1].as_py()]
        ['missing_text']
        """
        if isinstance(articles, (pa.RecordBatch, pa.Table)):
            batches = [self._native.annotate_batch(b) for b in _slices(batches_of([articles]))]
        else:
            rows = [json.dumps(_present(row), default=_plain) for row in articles]
            batches = [
                self._native.annotate_json(rows[at : at + BATCH_ROWS])
                for at in range(0, len(rows), BATCH_ROWS)
            ]
        return pa.Table.from_batches(batches, schema=_native.layers_schema())

    def aggregate(self, *layers: pa.RecordBatch | pa.Table) -> Tables:
        """Makes the tables of layers, whatever their order.

        >>> pipeline = Pipeline()
        >>> layers = pipeline.annotate([{"id": "a", "text": "Peskov denied the report."}])
        >>> sorted(pipeline.aggregate(layers))[:3]
        ['actors', 'affiliations', 'articles']
        """
        columns, left_out = self._native.aggregate(batches_of(layers))
        return Tables({name: pa.Table.from_batches([b]) for name, b in columns}, left_out)

    def explain(self, article: str | Mapping[str, Any]) -> Explanation:
        """One article with what was found in it; notebooks show it in colour.

        >>> explanation = Pipeline().explain("Peskov denied the report.")
        >>> print(explanation)  # doctest: +ELLIPSIS
        Peskov denied the report.
        ...
        """
        row = {"text": article} if isinstance(article, str) else article
        found = self.annotate([row]).to_pylist()[0]
        if not found["text"]:
            said = [problem["message"] for problem in found["problems"]]
            reason = found["left_out"] and f"it is left out by {found['left_out']}"
            raise _native.NewstanceError("; ".join(said) or reason or "there is no article")
        return Explanation(found)

    def shares_models_with(self, other: Pipeline) -> bool:
        """True where the two hold the same models in memory.

        >>> one = Pipeline(threads=1)
        >>> one.shares_models_with(Pipeline(threads=2))
        True
        """
        return self._native.models_id() == other._native.models_id()


def _slices(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    for batch in batches:
        for at in range(0, batch.num_rows, BATCH_ROWS):
            yield batch.slice(at, BATCH_ROWS)


def _present(row: object) -> object:
    """What a row holds; a value that is not equal to itself (NaN, NaT) is how pandas says that there is none."""
    if not isinstance(row, Mapping):
        return row
    return {name: value for name, value in row.items() if not _is_nan(value)}


def _is_nan(value: object) -> bool:
    return isinstance(value, (float, datetime.date)) and value != value


def _plain(value: object) -> object:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise TypeError(f"a field of an article cannot be {type(value).__name__}")
