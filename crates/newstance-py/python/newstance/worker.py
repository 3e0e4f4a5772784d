"""What a worker of an engine holds: one pipeline a process."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from newstance.pipeline import Pipeline, find_bundle

Settings = str | os.PathLike[str] | Mapping[str, Any] | None

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


def bundle_path(bundle: str | os.PathLike[str] | None, settings: Settings) -> str | None:
    """The bundle as an absolute path, so that it means the same on a worker.

    >>> bundle_path(None, {"models": {"bundle": "/models/mine"}}) is None
    True
    """
    if bundle is None and settings is not None:
        named = settings.get("models", {}) if isinstance(settings, Mapping) else {}
        if "bundle" in named:
            return None
    return str(find_bundle() if bundle is None else os.path.abspath(bundle))
