"""Planes and segments through certified points: where to cut, and the loss there.

The plane goes through the local minimum, the better point and a third point. That is the bend of
the lowest path with one bend that a search finds from the one to the other (``escape``), or lies
in a direction of symmetry along which the loss does not change (``gauge``), or the origin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ..hunt.objective import Objective
from .shapes import Array, Curve, Curves, Mark, Slice
from .stage import Place, Stage

Towards = Literal["auto", "escape", "gauge", "steepest", "origin"]
Step = Callable[[str], None]

MARGIN = 0.32
SEARCH_BUDGET = 250_000_000
"""Numbers that the search for a low path may touch."""


@dataclass(frozen=True)
class Third:
    """The third direction of a plane: ``move`` is from the local minimum; ``at_pass`` if it is
    the bend of a path whose highest value is ``peak``, at the point ``pass_at``."""

    kind: str
    text: str
    move: Array
    peak: float | None = None
    pass_at: Array | None = None
    bend: Array | None = None


class NoDirection(Exception):
    """The plane that was asked for does not exist; the message says why."""


def _unit(vector: Array) -> Array:
    import numpy as np

    return vector / np.linalg.norm(vector)


def _across(vector: Array, along: Array) -> Array:
    """The part of the vector at right angles to the unit vector ``along``."""
    return vector - (vector @ along) * along


# --- symmetries ------------------------------------------------------------------------------


def gauge_moves(objective: Objective, theta: Array) -> Iterator[tuple[Array, str]]:
    """Tangents of symmetries of the objective at the point, each tried out numerically.

    Rescaling or rotating the units between two layers (W_k -> G W_k, b_k -> G b_k,
    W_(k+1) -> W_(k+1) G^-1), and W -> W Q with Q orthogonal.
    """
    import numpy as np

    here = objective.value(theta)
    names = [name for name, _ in objective.shapes]
    blocks = objective.named(theta)

    def kept(moved: dict[str, Array]) -> bool:
        value = objective.value(objective.flat({**blocks, **moved}))
        return bool(abs(value - here) <= 1e-9 * (1 + abs(here)))

    matrices = [name for name in names if blocks[name].shape[1] >= 1 and name[0] != "b"]
    for lower, upper in pairwise(matrices):
        below, above = blocks[lower], blocks[upper]
        if below.shape[0] != above.shape[1]:
            continue
        bias = "b" + lower[1:]
        size = below.shape[0]
        generators = [np.eye(size)]
        generators += [_spin(size, i, j) for i in range(min(size, 3)) for j in range(i)]
        for number, generator in enumerate(generators):
            turn = _exponential(generator, 0.4)
            back = np.linalg.inv(turn)
            moved = {lower: turn @ below, upper: above @ back}
            tangent = {name: np.zeros(block.shape) for name, block in blocks.items()}
            tangent[lower], tangent[upper] = generator @ below, -above @ generator
            if bias in blocks:
                moved[bias] = turn @ blocks[bias]
                tangent[bias] = generator @ blocks[bias]
            if not any(part.any() for part in tangent.values()) or not kept(moved):
                continue
            how = (
                f"{lower} -> s {lower}, {upper} -> {upper} / s"
                if number == 0
                else f"turn the units between {lower} and {upper}"
            )
            yield objective.flat(tangent), how
    for name in matrices:
        block = blocks[name]
        for i in range(min(block.shape[1], 3)):
            for j in range(i):
                generator = _spin(block.shape[1], i, j)
                if (block @ generator).any() and kept({name: block @ _exponential(generator, 0.4)}):
                    tangent = {key: np.zeros(other.shape) for key, other in blocks.items()}
                    tangent[name] = block @ generator
                    yield objective.flat(tangent), f"{name} -> {name} Q"


def _spin(size: int, i: int, j: int) -> Array:
    import numpy as np

    matrix = np.zeros((size, size))
    matrix[i, j], matrix[j, i] = 1, -1
    return matrix


def _exponential(generator: Array, amount: float) -> Array:
    """exp(amount * generator) for the identity and for plane rotations."""
    import numpy as np

    size = len(generator)
    if generator[0, 0] == 1:
        return math.exp(amount) * np.eye(size)
    square = -(generator @ generator)
    return np.eye(size) + math.sin(amount) * generator - (1 - math.cos(amount)) * square


# --- the third direction ---------------------------------------------------------------------


def third_direction(stage: Stage, towards: Towards, seed: int, step: Step | None = None) -> Third:
    """The third direction of the plane; ``NoDirection`` if there is none of that kind."""
    objective = stage.objective
    first, second = stage.first.theta, stage.second.theta
    if objective.size < 2:
        raise NoDirection("the model has one weight: its landscape is a curve (--kind segment)")
    if towards == "origin":
        return Third("origin", "towards the origin (all weights 0)", -first)
    if towards == "steepest":
        return _steepest(objective, first, second)
    # From a saddle one gets down without a search.
    if towards == "escape" or (towards == "auto" and stage.certified):
        found = _escape(objective, first, second, seed, step)
        if found is not None:
            return found
        if towards == "escape":
            raise NoDirection(
                "no path around the segment is lower than the segment itself, as far as the "
                "search goes: try --direction gauge or --direction steepest"
            )
    found = _gauge(objective, first, second)
    if found is not None:
        return found
    if towards == "gauge":
        raise NoDirection(
            "no direction of symmetry was found at the local minimum: try --direction escape"
        )
    return _steepest(objective, first, second)


def _gauge(objective: Objective, first: Array, second: Array) -> Third | None:
    import numpy as np

    along = _unit(second - first)
    for centre in (first, second):
        for tangent, how in gauge_moves(objective, centre):
            across = _across(tangent, along)
            if np.linalg.norm(across) > 1e-6 * (1 + np.linalg.norm(tangent)):
                text = f"direction of symmetry ({how})"
                return Third("gauge", text, _unit(across) * float(np.linalg.norm(second - first)))
    return None


def _steepest(objective: Objective, first: Array, second: Array) -> Third:
    """The direction of greatest curvature at right angles to the segment, by power iteration."""
    import numpy as np

    along = _unit(second - first)
    generator = np.random.default_rng(0)
    move = _unit(_across(generator.standard_normal(objective.size), along))
    reach = 1e-3
    for _ in range(60):
        _, slopes = objective.gradients(np.stack([first + reach * move, first - reach * move]))
        change = _across(slopes[0] - slopes[1], along)
        size = np.linalg.norm(change)
        if size < 1e-12:
            break
        move = change / size
    distance = float(np.linalg.norm(second - first))
    return Third("steepest", "steepest direction across", move * distance)


def _escape(
    objective: Objective, first: Array, second: Array, seed: int, step: Step | None
) -> Third | None:
    """The bend of the lowest path first - bend - second that descent from many bends finds.

    The highest value on the path is softened (a soft maximum over points of both pieces) and
    lowered by Adam, a little more sharply each time. None unless it ends below the segment.
    """
    import numpy as np

    along = second - first
    distance = float(np.linalg.norm(along))
    unit, middle = along / distance, (first + second) / 2
    times = np.linspace(0.04, 1, 24)
    weight = np.concatenate([times, times[:-1][::-1]])[:, None]
    rest = np.concatenate([(1 - times)[:, None] * first, (1 - times[:-1][::-1])[:, None] * second])
    generator = np.random.default_rng(seed)
    most = max(1, int(SEARCH_BUDGET / (len(weight) * objective.work)))
    starts, rounds = 12, 240
    if most < starts * rounds:
        starts = max(3, min(starts, most // 120))
        rounds = max(40, min(rounds, most // starts))
    bends = [middle]
    gauges = [_across(t, unit) for t, _ in gauge_moves(objective, first)]
    gauges += [_across(t, unit) for t, _ in gauge_moves(objective, second)]
    for tangent in gauges[:3]:
        if np.linalg.norm(tangent) > 1e-9:
            bends += [middle + sign * distance / 2 * _unit(tangent) for sign in (1, -1)]
    touched = (first != 0) | (second != 0)
    while len(bends) < starts:
        noise = generator.standard_normal(objective.size)
        if objective.size > 60:
            noise = np.where(touched, noise, 0)
        move = _across(noise, unit)
        size = float(np.linalg.norm(move))
        if size < 1e-12:
            break
        bends.append(middle + move / size * distance * generator.choice([0.25, 0.5, 0.9]))
    place = np.stack(bends[: max(starts, 1)])
    straight = float(objective.values(first + np.linspace(0, 1, 201)[:, None] * along).max())
    floor = max(objective.value(first), objective.value(second))
    scale = max(straight - floor, 1e-3 * (1 + abs(straight)))
    velocity, square = np.zeros(place.shape), np.zeros(place.shape)
    best: list[tuple[float, Array]] = []
    for turn in range(rounds):
        points = rest + weight * place[:, None, :]
        values, slopes = objective.gradients(points.reshape(-1, objective.size))
        values = values.reshape(len(place), -1)
        sharp = scale * (0.3 * (1 - turn / rounds) ** 2 + 0.01)
        shares = np.exp((values - values.max(1, keepdims=True)) / sharp)
        # What is above the two points counts a little everywhere: of two paths with the same
        # highest point the one that stays low is taken.
        shares /= shares.sum(1, keepdims=True)
        shares = 0.85 * shares + 0.15 / shares.shape[1] * (values > floor)
        slopes = slopes.reshape(*points.shape)
        slope = np.nan_to_num((shares[..., None] * weight * slopes).sum(1))
        velocity = 0.9 * velocity + 0.1 * slope
        square = 0.98 * square + 0.02 * slope**2
        rate = 0.04 * distance * (1 - turn / rounds) + 1e-4 * distance
        place = place - rate / math.sqrt(objective.size) * velocity / (
            np.sqrt(square.mean(1, keepdims=True)) + 1e-12
        )
        if step is not None and turn % 10 == 0:
            step("search for a low path")
    fine = np.linspace(0, 1, 81)
    for bend in place:
        pieces = np.concatenate([
            first + fine[:, None] * (bend - first), bend + fine[1:, None] * (second - bend)
        ])  # fmt: skip
        heights = objective.values(pieces)
        best.append((float(np.nan_to_num(heights, nan=np.inf).max()), bend))
    peak, bend = min(best, key=lambda pair: pair[0])
    across = _across(bend - first, unit)
    size = float(np.linalg.norm(across))
    if straight - peak < 0.02 * scale or not 0.02 * distance < size < 6 * distance:
        return None
    pieces = np.concatenate([
        first + fine[:, None] * (bend - first), bend + fine[1:, None] * (second - bend)
    ])  # fmt: skip
    heights = objective.values(pieces)
    top = pieces[int(heights.argmax())]
    return Third("escape", "direction of the lowest way out found", bend - first, peak, top, bend)


# --- the plane -------------------------------------------------------------------------------


def resolution(objective: Objective, wanted: int = 121) -> int:
    """Points a side of the grid, so that the picture takes seconds; ``NoDirection`` if none."""
    most = int(math.sqrt(6e8 / objective.work))
    if most < 25:
        raise NoDirection(
            f"the instance is too large to draw ({objective.size} weights); ask for smaller widths"
        )
    return min(wanted, most | 1)


def levels_of(
    values: Iterable[float], low: float, local: float, barrier: float | None, count: int = 12
) -> tuple[float, ...]:
    """Contour levels: even steps up to the local minimum, then ever wider ones above it.

    ``barrier``: the least rise between the two points, which sets the first step above.
    """
    finite = sorted(float(value) for value in values if math.isfinite(value))
    least, most = min(finite[0], low), finite[int(0.88 * (len(finite) - 1))]
    gap = local - least
    scale = max(gap, 1e-9 * (1 + abs(local)))
    rise = barrier if barrier is not None and barrier > 1e-6 * scale else 0.15 * scale
    rise = max(rise, 0.01 * scale)
    top = max(local + 3 * max(rise, scale), min(most, local + 250 * max(rise, scale)))
    below = [least + gap * k / 7 for k in range(7)] if gap > 1e-9 * (1 + abs(local)) else []
    first = min(rise / 4, (top - local) / 8)
    ratio = (top - local) / first
    above = [local + first * ratio ** (k / (count - 1)) for k in range(count)]
    # A little above the local minimum's value, so that a plateau at it lies below the line.
    found = [*below, local + 1e-6 * scale, *above]
    return tuple(sorted(set(found)))


def plane_axes(stage: Stage, third: Third) -> tuple[Array, Array]:
    """Two orthogonal unit vectors of the plane; its origin is the stage's first point."""
    import numpy as np

    along = stage.second.theta - stage.first.theta
    distance = float(np.linalg.norm(along))
    across = _across(third.move, along / distance)
    if np.linalg.norm(across) < 1e-9 * (1 + distance):
        raise NoDirection(
            "the direction lies on the line through the two points: try --direction steepest"
        )
    return along / distance, _unit(across)


def slice_through(
    stage: Stage, third: Third, *, size: int | None = None, step: Step | None = None
) -> Slice:
    """The loss on the plane through the two points of the stage in the third direction."""
    import numpy as np

    objective = stage.objective
    first, second = stage.first.theta, stage.second.theta
    along = second - first
    distance = float(np.linalg.norm(along))
    unit, other = plane_axes(stage, third)
    low = high = 0.0
    if third.bend is not None:
        high = float((third.bend - first) @ other)
        sideways = [0.0, distance, float((third.bend - first) @ unit)]
    else:
        sideways = [0.0, distance]
    if third.kind == "origin":
        high = float(-first @ other)
        sideways.append(float(-first @ unit))
    mirrored = _mirrored(stage)
    if mirrored:
        sideways.append(-distance)
    left, right = min(sideways), max(sideways)
    pad = MARGIN * distance
    xs_range = left - pad, right + pad
    width = xs_range[1] - xs_range[0]
    pad_y = max(pad, 0.5 * (0.72 * width - (high - low)))
    ys_range = low - pad_y, high + pad_y
    size = size or resolution(objective)
    xs = np.linspace(*xs_range, size)
    ys = np.linspace(*ys_range, size)
    values = np.empty((size, size))
    for i, y in enumerate(ys):
        values[i] = objective.values(first + xs[:, None] * unit + y * other)
        if step is not None:
            step("rows of the picture")
    path: tuple[tuple[float, float], ...] = ()
    path_text = ""
    marks = [_mark(stage.first, 0.0, 0.0), _mark(stage.second, distance, 0.0)]
    if mirrored:
        text = f"M with all signs changed, the same loss {stage.second.value:.5g} (numerical)"
        marks.append(Mark("minimum", "N", -distance, 0.0, stage.second.value, text))
    peak = third.peak
    if third.bend is not None and third.pass_at is not None:
        bend = third.bend - first
        path = ((0.0, 0.0), (float(bend @ unit), float(bend @ other)), (distance, 0.0))
        path_text = "lowest path with one bend that was found (numerical)"
        top = third.pass_at - first
        if third.peak is not None and third.peak > stage.first.value + 1e-6 * (1 + abs(third.peak)):
            marks.append(
                Mark(
                    "pass", "P", float(top @ unit), float(top @ other), float(third.peak),
                    "pass: the highest point of the lowest path found, "
                    f"loss {third.peak:.4g} (numerical)",
                )
            )  # fmt: skip
    else:
        peak = float(objective.values(first + np.linspace(0, 1, 201)[:, None] * along).max())
    local = max(stage.first.value, stage.second.value)
    barrier = None if peak is None else peak - stage.first.value
    return Slice(
        stage.title,
        stage.subtitle,
        xs,
        ys,
        values,
        levels_of(values.flat, min(stage.first.value, stage.second.value), local, barrier),
        tuple(marks),
        f"towards the {stage.second.name} (distance in weight space)",
        third.text.partition(" (")[0],
        stage.first.value if stage.first.value > stage.second.value else None,
        f"loss of the {stage.first.name}",
        path,
        path_text,
        (*stage.notes, f"y axis: {third.text}; grid of {size} x {size} points, numerical."),
    )


def _mirrored(stage: Stage) -> bool:
    """Whether the second point with all signs changed has its loss, seen from the origin."""
    if stage.certified or stage.first.theta.any():
        return False
    value = stage.objective.value(-stage.second.theta)
    return abs(value - stage.second.value) <= 1e-6 * (1 + abs(value))


def _mark(place: Place, x: float, y: float) -> Mark:
    return Mark(place.kind, place.letter, x, y, place.value, place.legend)


# --- the segment -----------------------------------------------------------------------------


def segment(stage: Stage, third: Third | None = None, count: int = 401) -> Curves:
    """The loss along the line through the two points, and along the bent path if there is one."""
    import numpy as np

    objective = stage.objective
    first, second = stage.first.theta, stage.second.theta
    times = np.linspace(-MARGIN, 1 + MARGIN, count)
    values = objective.values(first + times[:, None] * (second - first))
    curves = [Curve("straight from one to the other", times, values)]
    inner = np.linspace(0, 1, 2001)
    heights = objective.values(first + inner[:, None] * (second - first))
    top = int(heights.argmax())
    marks = [
        _mark(stage.first, 0.0, stage.first.value),
        _mark(stage.second, 1.0, stage.second.value),
    ]
    base = max(stage.first.value, stage.second.value)
    peak = float(heights[top])
    if peak > base + 1e-6 * (1 + abs(base)):
        marks.append(
            Mark(
                "pass", "P", float(inner[top]), peak, peak,
                f"barrier of the segment, loss {peak:.4g} (numerical)",
            )
        )  # fmt: skip
    if third is not None and third.bend is not None:
        legs = [float(np.linalg.norm(third.bend - first)),
                float(np.linalg.norm(second - third.bend))]  # fmt: skip
        turn = legs[0] / sum(legs)
        path = np.where(
            (inner <= turn)[:, None],
            first + (inner / turn)[:, None] * (third.bend - first),
            third.bend + ((inner - turn) / (1 - turn))[:, None] * (second - third.bend),
        )
        curves.append(Curve("path with one bend (the lowest found)", inner, objective.values(path)))
    rise = max(peak - stage.first.value, abs(stage.first.value - stage.second.value), 1e-9)
    low = min(stage.second.value, float(np.nanmin(values)))
    cap = max(peak, base) + 0.9 * max(rise, base - low)
    return Curves(
        stage.title,
        stage.subtitle,
        tuple(curves),
        tuple(marks),
        f"position t: 0 is the {stage.first.name}, 1 the {stage.second.name}",
        "loss" if objective.penalty is None else "loss with penalty",
        cap,
        stage.first.value,
        f"loss of the {stage.first.name}",
        stage.notes,
    )


__all__ = ["NoDirection", "Third", "Towards", "gauge_moves", "levels_of", "plane_axes",
           "resolution", "segment", "slice_through", "third_direction"]  # fmt: skip
