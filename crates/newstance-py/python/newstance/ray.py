"""newstance on Ray Data: the pipeline under ``map_batches``.

Each actor of the pool loads the bundle once. ``bundle`` must be a path that
every node can read, or the bundle must be inside the wheel.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa

from newstance.settings import Settings, as_mapping, bundle_path
from newstance.tables import Tables
from newstance.worker import pipeline

if TYPE_CHECKING:
    from ray.data import Dataset


class Annotator:
    """An actor: a loaded pipeline that takes batches."""

    def __init__(self, bundle: str | None, settings: Settings, threads: int) -> None:
        self.pipeline = pipeline(bundle, settings, threads)

    def __call__(self, batch: pa.Table) -> pa.Table:
        return self.pipeline.annotate(batch)


def annotate(
    ds: Dataset,
    bundle: str | os.PathLike[str] | None = None,
    settings: Settings = None,
    workers: int = 1,
    threads: int = 1,
    batch_size: int = 16,
) -> Dataset:
    """Annotates the articles of ``ds`` on ``workers`` actors.

    An actor takes ``threads`` processors and, where the settings put the models
    on CUDA, one accelerator. An actor that is lost is started again by Ray, and
    its batches are done again and give the same rows.
    """
    settings = as_mapping(settings)
    arguments = (bundle_path(bundle, settings), settings, threads)
    return _annotate(ds, Annotator, arguments, workers, batch_size)


def aggregate(
    layers: Dataset,
    bundle: str | os.PathLike[str] | None = None,
    settings: Settings = None,
) -> Tables:
    """Makes the tables of layers, in the process that asks."""
    loaded = pipeline(bundle_path(bundle, settings), settings, os.cpu_count() or 1)
    parts = list(layers.iter_batches(batch_format="pyarrow", batch_size=None))
    return loaded.aggregate(*(part for part in parts if part.num_rows))


def _annotate(
    ds: Dataset,
    actor: type[Annotator],
    arguments: tuple[str | None, Settings, int],
    workers: int,
    batch_size: int,
) -> Dataset:
    from ray.data import ActorPoolStrategy

    return ds.map_batches(
        actor,
        fn_constructor_args=arguments,
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=ActorPoolStrategy(size=workers),
        num_cpus=arguments[2],
        num_gpus=accelerators(arguments[1]),
    )


def accelerators(settings: Settings) -> int:
    """How many accelerators an actor needs under these settings.

    >>> accelerators(None), accelerators({"models": {"device": "cuda:0"}})
    (0, 1)
    """
    device = as_mapping(settings).get("models", {}).get("device") or "cpu"
    return int(str(device).startswith("cuda"))


__all__ = ["Annotator", "accelerators", "aggregate", "annotate"]
