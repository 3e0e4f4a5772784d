"""What a worker of an engine holds: one pipeline a process."""

from __future__ import annotations

import json

from newstance.pipeline import Pipeline
from newstance.settings import Settings, as_mapping

_latest: dict[str, Pipeline] = {}


def pipeline(bundle: str | None, settings: Settings, threads: int) -> Pipeline:
    """The pipeline of this process; loaded when it is asked for first, or with other settings than before.

    >>> pipeline(None, None, 1) is pipeline(None, None, 1)
    True
    """
    # A file of settings may be another one by now.
    settings = as_mapping(settings)
    key = json.dumps([bundle, settings, threads], default=str, sort_keys=True)
    if key not in _latest:
        # Models of the settings before are not kept.
        _latest.clear()
        _latest[key] = Pipeline(bundle, settings, threads)
    return _latest[key]
