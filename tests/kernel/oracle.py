"""An independent check, in floats, of what a certificate claims: values, and points nearby."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.campaign.attack import attack
from tests.campaign.floats import Objective, array, number, stated_as

__all__ = ["point_value", "still_true"]


def point_value(document: dict[str, Any], place: str) -> float:
    """The value at a point of the document."""
    return Objective(document).at(document[place]["weights"])


def still_true(document: dict[str, Any], samples: int = 60) -> bool:
    """Whether sampling finds no fault with what the document claims of its points.

    A local minimum or a critical point: perturbations. A point that is said to be none: the
    stated direction or curve is followed until the loss is lower.
    """
    if "point" in document:
        return _is_left(document)
    return attack(document, 7, 5 * samples).fault is None


def _is_left(document: dict[str, Any]) -> bool:
    found = Objective(document)
    start = found.flat(document["point"]["weights"])
    base, size = (float(v[0]) for v in found.values(start[None]))
    if not stated_as(document["point"]["value"], base):
        return False
    argument = document["argument"]
    line = _curve(found, argument.get("direction", {}), 2)[0]
    steps = np.concatenate([10.0 ** np.arange(-4, 0.1, 0.25), [0.2, 0.4, 0.6]])
    if argument["kind"] in ("nonzero-gradient", "negative-curvature"):
        points = start + steps[:, None] * line
    else:
        degree = _degree(argument["curve"])
        terms = _curve(found, argument["curve"], degree)
        moved = sum(steps[:, None] ** power * terms[power] for power in range(1, degree))
        points = start + moved
        if argument["kind"] == "equal-loss-move":
            points = np.concatenate([points + s * steps[:, None] ** 3 * line for s in (1, -1)])
    return bool((found.values(points)[0] < base - 1e-13 * (1 + size)).any())


def _degree(node: Any) -> int:
    if isinstance(node, dict):
        return max(map(_degree, node.values()), default=2)
    if isinstance(node, list) and node and all(isinstance(v, str) for v in node):
        return max(2, len(node))
    return max(map(_degree, node), default=2) if isinstance(node, list) else 2


def _curve(found: Objective, moves: dict[str, Any], degree: int) -> np.ndarray:
    """Coefficients of 1, eps, eps^2, ... as vectors; a direction has those of 1 only."""
    terms = np.zeros((degree, found.size))
    for name, rows in moves.items():
        place, matrix = found.places[name], name[0] == "W"
        entries = [entry for row in rows for entry in row] if matrix else list(rows)
        for offset, entry in enumerate(entries):
            values = array(entry) if isinstance(entry, list) else [number(entry)]
            terms[: len(values), place.start + offset] = values
    return terms
