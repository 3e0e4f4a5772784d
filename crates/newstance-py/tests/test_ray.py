"""Ray, with two nodes, gives what the program gives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import newstance
import newstance.ray
import pyarrow as pa
import pytest
import ray
from conftest import as_table, assert_same
from newstance.settings import bundle_path
from ray.cluster_utils import Cluster

STORE_BYTES = 200 << 20


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    cluster = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 1,
            "object_store_memory": STORE_BYTES,
            "include_dashboard": False,
        },
    )
    cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
    # Workers import what lies beside this file.
    paths = {"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}}
    ray.init(address=cluster.address, runtime_env=paths, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    yield
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def ds(articles: list[dict[str, str]]) -> ray.data.Dataset:
    # Actors take both processors, so what comes before them must be done.
    return ray.data.from_arrow(as_table(articles)).repartition(8).materialize()


def test_tables_are_those_of_one_run(ds: ray.data.Dataset, expected: newstance.Tables) -> None:
    layers = newstance.ray.annotate(ds, workers=2)
    assert_same(newstance.ray.aggregate(layers), expected)


class Mortal(newstance.ray.Annotator):
    """Is killed in the middle of a batch, the first time that somebody comes to it."""

    def __init__(self, bundle, settings, threads) -> None:
        super().__init__(bundle, settings["settings"], threads)
        self.marker = settings["marker"]
        self.n_batches = 0

    def __call__(self, batch: pa.Table) -> pa.Table:
        layers = super().__call__(batch)
        self.n_batches += 1
        if self.n_batches == 2 and not os.path.exists(self.marker):
            open(self.marker, "x").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return layers


def test_a_worker_that_is_killed_costs_nothing_and_nothing_is_there_twice(
    ds: ray.data.Dataset, expected: newstance.Tables, tmp_path: Path
) -> None:
    marker = tmp_path / "killed"
    arguments = (bundle_path(None, None), {"settings": None, "marker": str(marker)}, 1)
    layers = newstance.ray._annotate(ds, Mortal, arguments, workers=2, batch_size=16)
    tables = newstance.ray.aggregate(layers)
    assert marker.exists()
    assert_same(tables, expected)
