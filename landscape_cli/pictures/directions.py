"""A point with its steepest, flattest and most negative direction.

Loss, gradient and inertia are those of the exact analysis; the directions are eigenvectors of a
Hessian of differences, in floating point, and are labelled so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..hunt.objective import Objective
from .planes import levels_of, resolution
from .shapes import Array, Curve, Curves, Directions, Mark, MarkKind, Slice

if TYPE_CHECKING:
    from ..point.analysis import PointAnalysis

LARGEST_HESSIAN = 600


class TooManyWeights(Exception):
    """The Hessian is too large; the message says how large it may be."""


@dataclass(frozen=True)
class _Axis:
    name: str
    curvature: float
    move: Array


def directions_at(
    objective: Objective,
    theta: Array,
    *,
    title: str,
    subtitle: str,
    legend: str,
    letter: str = "A",
    radius: float | None = None,
    notes: tuple[str, ...] = (),
    step: Callable[[str], None] | None = None,
) -> Directions:
    """The loss on the plane of two of the directions, and along each of them.

    ``radius``: how far the curves go; by default three quarters of the length of the vector of
    weights, and at least 1. Raises ``TooManyWeights``.
    """
    import numpy as np

    if objective.size > LARGEST_HESSIAN:
        raise TooManyWeights(
            f"the point has {objective.size} weights; directions are found for at most "
            f"{LARGEST_HESSIAN}"
        )
    # Across a kink a wide difference shows the shape, a narrow one only the kink.
    width = 1e-4 if objective.smooth else 1e-2
    values, vectors = np.linalg.eigh(objective.hessian(theta, width))
    axes = _chosen(values, vectors)
    reach = radius if radius is not None else max(1.0, 0.75 * float(np.linalg.norm(theta)))
    times = np.linspace(-reach, reach, 301)
    here = objective.value(theta)
    curves = []
    for axis in axes:
        along = objective.values(theta + times[:, None] * axis.move)
        words = _words(objective, axis.move)
        name = f"{axis.name}, curvature {axis.curvature:.3g} (numerical): {words}"
        curves.append(Curve(name, times, along))
    kind: MarkKind = "minimum" if letter == "M" else "point"
    mark = Mark(kind, letter, 0.0, here, here, legend)
    finite = np.concatenate([np.asarray(curve.values) for curve in curves])
    finite = finite[np.isfinite(finite)]
    low = float(finite.min())
    rise = [float(np.nanmin(np.maximum(c.values[[0, -1]], here))) - here for c in curves]
    room = max(here - low, min([v for v in rise if v > 1e-9] or [0.0]), 1e-6 * (1 + abs(here)))
    cap = here + 1.6 * room
    if not objective.smooth:
        notes = (*notes, f"There are kinks: curvatures are differences over a step of {width}.")
    drawn = Curves(
        title, subtitle, tuple(curves), (mark,), "distance from the point", _loss_name(objective),
        cap, None, "", notes,
    )  # fmt: skip
    if len(axes) < 2:
        return Directions(None, drawn)
    across = next((a for a in axes if a.name == "most negative"), axes[-1])
    up = next(a for a in axes if a is not across)
    size = resolution(objective)
    grid = np.linspace(-reach, reach, size)
    table = np.empty((size, size))
    for i, y in enumerate(grid):
        table[i] = objective.values(theta + grid[:, None] * across.move + y * up.move)
        if step is not None:
            step("rows of the picture")
    least = float(np.nanmin(table))
    # The reference is the point's own value: what is below it is where a descent goes.
    levels = levels_of(table.flat, least, here, room)
    plane = Slice(
        title, subtitle, grid, grid, table, levels,
        (Mark(kind, letter, 0.0, 0.0, here, legend),),
        f"{across.name} direction", f"{up.name} direction",
        here if least < here - 1e-9 * (1 + abs(here)) else None, f"loss of {letter}",
    )  # fmt: skip
    return Directions(plane, drawn)


def _loss_name(objective: Objective) -> str:
    return "loss" if objective.penalty is None else "loss with penalty"


def _chosen(values: Array, vectors: Array) -> list[_Axis]:
    """Steepest, most negative (if there is one) and flattest, each once."""
    import numpy as np

    def axis(name: str, index: int) -> _Axis:
        move = vectors[:, index]
        # Of the two signs the one whose largest entry is positive.
        move = move * np.sign(move[int(np.abs(move).argmax())])
        value = float(values[index])
        return _Axis(name, 0.0 if abs(value) < noise else value, move)

    noise = 1e-6 * max(1.0, float(np.abs(values).max()))
    indices = [len(values) - 1]
    found = [axis("steepest", len(values) - 1)]
    if len(values) > 1 and values[0] < -noise:
        found.append(axis("most negative", 0))
        indices.append(0)
    rest = [k for k in range(len(values)) if k not in indices]
    if rest:
        found.append(axis("flattest", min(rest, key=lambda k: abs(values[k]))))
    return found


def _words(objective: Objective, move: Array, most: int = 4) -> str:
    """The largest entries of a direction: ``0.71 W1[1,2] - 0.71 W2[1,1]``."""
    import numpy as np

    entries = []
    place = 0
    for name, (rows, columns) in objective.shapes:
        for i in range(rows):
            for j in range(columns):
                label = f"{name}[{i + 1}]" if name[0] == "b" else f"{name}[{i + 1},{j + 1}]"
                entries.append((float(move[place]), label))
                place += 1
    entries = [entry for entry in entries if abs(entry[0]) >= 5e-3]
    order = sorted(entries, key=lambda entry: -abs(entry[0]))[:most]
    shown = ""
    for value, label in order:
        sign = " - " if value < 0 else " + "
        shown += f"{sign}{np.round(abs(value), 2):.2g} {label}"
    shown = (
        shown.removeprefix(" + ").replace(" - ", "-", 1)
        if shown.startswith(" - ")
        else (shown.removeprefix(" + "))
    )
    return shown + (" + ..." if len(entries) > most else "")


def point_picture(
    analysis: PointAnalysis,
    objective: Objective,
    theta: Array,
    *,
    title: str,
    radius: float | None = None,
    step: Callable[[str], None] | None = None,
) -> Directions:
    """The picture of an analysed point: the exact part in the legend and the subtitle."""
    from ..render.point import CLASSIFICATIONS
    from .stage import loss_words

    legend = f"the point, loss {loss_words(analysis)}"
    if analysis.critical is True:
        legend += ", gradient exactly 0"
    elif analysis.critical is False:
        legend += ", gradient not 0"
    if analysis.inertia is not None:
        plus, minus, zero = analysis.inertia
        legend += f"; Hessian (exact): {plus} positive, {minus} negative, {zero} zero eigenvalues"
    what = CLASSIFICATIONS[analysis.classification]
    subtitle = (
        "undecided whether the point is a local minimum"
        if analysis.classification == "undecided"
        else f"the point is {what}"
    )
    return directions_at(
        objective, theta, title=title, subtitle=subtitle, legend=legend, radius=radius,
        notes=("Directions and curvatures are numerical; what the legend calls exact is exact.",),
        step=step,
    )  # fmt: skip


__all__ = ["TooManyWeights", "directions_at", "point_picture"]
