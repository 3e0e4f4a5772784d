"""Settings, as the program reads them or as a mapping of the same form."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newstance import _native

Settings = str | os.PathLike[str] | Mapping[str, Any] | None

BUNDLE = Path("models") / "default"


def as_mapping(settings: Settings) -> Mapping[str, Any]:
    """The settings of a TOML file, or those that are a mapping already.

    A mapping means the same on another machine, which may not have the file.

    >>> as_mapping(None)
    {}
    >>> as_mapping({"stance": {"threshold": 0.6}})
    {'stance': {'threshold': 0.6}}
    """
    if settings is None:
        return {}
    if isinstance(settings, Mapping):
        return dict(settings)
    found: dict[str, Any] = json.loads(_native.settings_of_file(settings))
    return found


def as_json(settings: Settings) -> str:
    """The same for the native part."""
    return json.dumps(as_mapping(settings), default=str)


def find_bundle() -> Path:
    """The default bundle: inside the package, else below the working folder.

    >>> (find_bundle() / "bundle.toml").exists()
    True
    """
    for place in (Path(__file__).parent / BUNDLE, BUNDLE):
        if place.exists():
            return place.resolve()
    raise _native.NewstanceError(
        f"there is no model bundle at `{BUNDLE}`\n"
        "hint: name one with `Pipeline(bundle=FOLDER)`, or run where `models/` is"
    )


def bundle_path(bundle: str | os.PathLike[str] | None, settings: Settings) -> str:
    """The bundle that is named, else that of the settings, else the default one.

    It is an absolute path, so that it means the same on a worker.

    >>> bundle_path(None, {"models": {"bundle": "/models/mine"}})
    '/models/mine'
    >>> bundle_path("/models/other", {"models": {"bundle": "/models/mine"}})
    '/models/other'
    """
    named = bundle or as_mapping(settings).get("models", {}).get("bundle")
    return os.path.abspath(named) if named else str(find_bundle())
