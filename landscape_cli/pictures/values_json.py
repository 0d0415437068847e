"""A picture as data: for other programs to draw."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

from .shapes import Picture

SCHEMA = "landscape/plot/1"


def picture_json(picture: Picture, seed: int) -> dict[str, Any]:
    """``{"schema", "seed", "picture", ...}`` with the fields of the picture's class.

    Numbers are floating point except in texts; a number that is not finite is null.
    """
    found = _plain(picture)
    return {"schema": SCHEMA, "seed": seed, "picture": type(picture).__name__.lower(), **found}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
