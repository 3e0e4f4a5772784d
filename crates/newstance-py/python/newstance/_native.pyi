import os
from collections.abc import Mapping, Sequence
from typing import final

import pyarrow as pa

__all__ = [
    "NativePipeline",
    "NewstanceError",
    "are_copies",
    "layers_schema",
    "max_shared",
    "read_tables",
    "settings_of_file",
    "wire_signatures",
    "write_report",
    "write_tables",
]

class NewstanceError(Exception): ...

@final
class NativePipeline:
    def __new__(
        cls,
        bundle: str | os.PathLike[str],
        settings_json: str,
        threads: int | None = None,
    ) -> NativePipeline: ...
    def models_id(self) -> int: ...
    def annotate_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch: ...
    def annotate_json(self, objects: Sequence[str]) -> pa.RecordBatch: ...
    def aggregate(
        self, layers: Sequence[pa.RecordBatch]
    ) -> tuple[list[tuple[str, pa.RecordBatch]], dict[str, int]]: ...

def layers_schema() -> pa.Schema: ...
def write_report(
    tables: Mapping[str, Sequence[pa.RecordBatch]],
    path: str | os.PathLike[str],
    left_out: Mapping[str, int],
) -> None: ...
def write_tables(
    tables: Mapping[str, Sequence[pa.RecordBatch]],
    folder: str | os.PathLike[str],
    format: str,
) -> None: ...
def read_tables(folder: str | os.PathLike[str]) -> list[tuple[str, pa.RecordBatch]]: ...
def settings_of_file(path: str | os.PathLike[str]) -> str: ...
def wire_signatures(
    articles: Sequence[tuple[str, str | None, str | None, str | None]], settings_json: str
) -> list[tuple[bytes, list[int], bytes]]: ...
def are_copies(pairs: Sequence[tuple[bytes, bytes]], settings_json: str) -> list[bool]: ...
def max_shared() -> int: ...
