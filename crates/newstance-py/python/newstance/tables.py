"""Tables: what an archive says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pyarrow as pa

from newstance import _native


class Tables(Mapping[str, pa.Table]):
    """Every table of a run by its name, in the columns that the program writes.

    ``left_out`` counts what the settings left out.

    >>> import newstance
    >>> pipeline = newstance.Pipeline()
    >>> layers = pipeline.annotate([{"id": "a", "text": "Ils se sont vus.", "language": "fr"}])
    >>> tables = pipeline.aggregate(layers)
    >>> tables["articles"].num_rows, tables.left_out
    (0, {'articles_by_language_left_out': 1})
    """

    def __init__(
        self, tables: Mapping[str, pa.Table], left_out: Mapping[str, int] | None = None
    ) -> None:
        self._tables = dict(tables)
        self.left_out = dict(left_out or {})

    def __getitem__(self, name: str) -> pa.Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        rows = ", ".join(f"{name}: {table.num_rows}" for name, table in self.items())
        return f"Tables({rows})"

    def write(self, folder: str | os.PathLike[str], format: str = "parquet") -> None:
        """Writes one file a table: the bytes that the program writes.

        ``format`` is ``parquet``, ``jsonl`` or ``csv``.

        >>> import newstance, tempfile
        >>> tables = newstance.Pipeline().aggregate()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tables.write(folder)
        ...     newstance.read_tables(folder)["pairs"].num_rows
        0
        """
        _native.write_tables(_batches(self), folder, format)


def read_tables(folder: str | os.PathLike[str]) -> Tables:
    """The tables of a run folder, in whichever format they are.

    >>> import newstance
    >>> newstance.read_tables("/nowhere")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    newstance.NewstanceError: `/nowhere` holds no table `articles`
    hint: is it the folder of a finished run?
    """
    columns = _native.read_tables(folder)
    return Tables({name: pa.Table.from_batches([batch]) for name, batch in columns})


def report(tables: Mapping[str, pa.Table], path: str | os.PathLike[str]) -> None:
    """Writes the report page of tables: one file that needs no network.

    >>> import newstance, tempfile, pathlib
    >>> tables = newstance.Pipeline().aggregate()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     newstance.report(tables, pathlib.Path(folder) / "report.html")
    """
    left_out = tables.left_out if isinstance(tables, Tables) else {}
    _native.write_report(_batches(tables), path, left_out)


def _batches(tables: Mapping[str, pa.Table]) -> dict[str, list[pa.RecordBatch]]:
    return {name: table.to_batches() for name, table in tables.items()}
