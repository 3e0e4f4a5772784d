"""What a worker of an engine holds: one pipeline a process."""

from __future__ import annotations

import json

from newstance.pipeline import Pipeline
from newstance.settings import Settings

_pipelines: dict[str, Pipeline] = {}


def pipeline(bundle: str | None, settings: Settings, threads: int) -> Pipeline:
    """The pipeline of this process; loaded when it is asked for first.

    >>> pipeline(None, None, 1) is pipeline(None, None, 1)
    True
    """
    key = json.dumps([bundle, settings, threads], default=str)
    if key not in _pipelines:
        _pipelines[key] = Pipeline(bundle, settings, threads)
    return _pipelines[key]
