"""newstance: who stands where, in news archives.

>>> import newstance
>>> pipeline = newstance.Pipeline()
>>> layers = pipeline.annotate([
...     {"id": "a", "date": "2026-02-02", "outlet": "The Post",
...      "text": "China condemned the United States. Russia has not asked for help, Peskov said."},
... ])
>>> layers.num_rows
1
>>> tables = pipeline.aggregate(layers)
>>> tables["stances"].column("position").to_pylist().count("opposes") > 0
True
"""

from newstance._native import NewstanceError
from newstance.explanation import Explanation
from newstance.layers import layers_schema, merge
from newstance.pipeline import Pipeline
from newstance.settings import find_bundle
from newstance.tables import Tables, read_tables, report

__all__ = [
    "Explanation",
    "NewstanceError",
    "Pipeline",
    "Tables",
    "find_bundle",
    "layers_schema",
    "merge",
    "read_tables",
    "report",
]
