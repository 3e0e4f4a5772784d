"""Layers: what was found in each article, one row an article."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from newstance import _native


def layers_schema() -> pa.Schema:
    """The columns of what :meth:`newstance.Pipeline.annotate` gives.

    Those of the files in a run folder's ``layers/``, and after them
    ``problems``, ``left_out`` and ``pairs_left_out``. A row whose text is empty
    gave no article. Offsets are bytes.

    >>> layers_schema().names[:3]
    ['id', 'title', 'text']
    """
    return _native.layers_schema()


def batches_of(layers: Iterable[Any]) -> list[pa.RecordBatch]:
    """The batches of tables and batches."""
    batches: list[pa.RecordBatch] = []
    for part in layers:
        batches.extend([part] if isinstance(part, pa.RecordBatch) else part.to_batches())
    return batches


def merge(*layers: pa.RecordBatch | pa.Table) -> pa.Table:
    """Puts layers of different articles together, sorted by id.

    It is the fold that engines need: whatever is merged first, the result is
    the same, and :meth:`newstance.Pipeline.aggregate` makes the same tables of
    the parts as of the whole.

    >>> import newstance
    >>> pipeline = newstance.Pipeline()
    >>> one = pipeline.annotate([{"id": "b", "text": "They met."}])
    >>> two = pipeline.annotate([{"id": "a", "text": "They met again."}])
    >>> merge(one, two).column("id").to_pylist()
    ['a', 'b']
    >>> merge(one, two).equals(merge(two, one))
    True
    """
    schema = layers_schema()
    parts = batches_of(layers)
    missing = {name for part in parts for name in schema.names if name not in part.schema.names}
    if missing:
        raise _native.NewstanceError(f"`layers` has no column `{sorted(missing)[0]}`")
    tables = [
        pa.Table.from_batches([part]).select(schema.names).cast(schema) for part in parts
    ]
    if not tables:
        return schema.empty_table()
    whole = pa.concat_tables(tables)
    # Lists do not sort: their words do.
    for name in ("authors", "problems"):
        words = [str(cell) for cell in whole.column(name).to_pylist()]
        whole = whole.append_column("sorted by " + name, pa.array(words, pa.string()))
    scalars = ["id", "text", "title", "date", "date_raw", "outlet", "url", "language", "extra"]
    lists = ["sorted by authors", "sorted by problems"]
    order = [(name, "ascending") for name in [*scalars, *lists]]
    return whole.sort_by(order).select(schema.names).combine_chunks()
