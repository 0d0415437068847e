"""Given data that are those of a family's own design, up to order, signs and scale of the inputs.

Every family designs D (r inputs, each sample a multiple of a unit vector or 0), targets and, for
some losses, weights. If X is given and its coordinates are such multiples with the same
multiplicities, or Y is given and has the same columns, the samples are matched and the design
carries over: Z is in coordinates, and the order of the samples means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Refusal
from .linear import Data, Plan, Room, Shape, as_int, identity_below, realise_data

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from .bottleneck import Design, Sizes

Rows = Sequence[Sequence[Fraction]]
MOST_SIZES = 8
MOST_SAMPLES = 400
MOST_ENTRIES = 20_000
Label = Any
"""What is given of a sample beside its input: its column of Y and of the weights, or nothing."""


class Matched(NamedTuple):
    """The design with its samples in the order of the given data, and these data."""

    design: Design
    data: Data
    plan: Plan


def find(
    facts: Facts, room: Room, shape: Shape, sizes_of: Callable[[Plan], Sizes],
    design_of: Callable[[Sizes], Design | Refusal],
) -> Matched | None:  # fmt: skip
    """The first design of the family that the given data match (numeric widths)."""
    from .given import all_coordinates

    ranges = facts.ranges
    assert ranges is not None
    n = ranges.samples.least
    rows = as_int(facts.output_width)
    if n > MOST_SAMPLES or rows * n > MOST_ENTRIES or facts.form.transposed:
        return None
    given = facts.model.data.matrix("X")
    coordinates = list(all_coordinates(facts, room, given.matrix.rows)) if given else []
    most = as_int(room.inputs)
    ranks = (
        {len(one.d) for one in coordinates} if given else range(as_int(shape.least_rank), most + 1)
    )
    for r in islice(sorted(ranks), MOST_SIZES):
        if r < as_int(shape.least_rank) or shape.samples(r) > n or not shape.fits(r, n):
            continue
        ranked = r - 1 if room.bias == "first" else r
        for rank_x in (r, ranked) if ranked != r else (r,):
            plan = Plan(r, rank_x, n, None)
            design = design_of(sizes_of(plan))
            if isinstance(design, Refusal):
                continue
            found = _matched(
                facts, room, design, plan, [one for one in coordinates if len(one.d) == r]
            )
            if found is not None:
                return found
    return None


def _matched(
    facts: Facts, room: Room, design: Design, plan: Plan, coordinates: Sequence[Any]
) -> Matched | None:
    stated = facts.model.data.matrix("Y")
    if facts.stated("Y = X") is not None:
        stated = facts.model.data.matrix("X")
    weights = (design.loss or {}).get("weights")
    fixed = facts.model.data.matrix("weights") if weights is not None else None
    n = plan.samples
    wanted = [
        _label(design.targets if stated else None, weights if fixed else None, t) for t in range(n)
    ]
    found = [
        _label(stated.matrix.rows if stated else None, fixed.matrix.rows if fixed else None, t)
        for t in range(n)
    ]
    if not coordinates:
        if facts.model.data.matrix("X") is not None or Counter(wanted) != Counter(found):
            return None
        order = _order(wanted, found)
        moved = _reordered(design, order)
        data = realise_data(facts, room, moved.columns, plan)
        return None if isinstance(data, Refusal) else Matched(moved, data, plan)
    for one in coordinates:
        columns = [_single(one.d, t) for t in range(n)]
        if any(column is False for column in columns):
            continue
        inputs = _inputs(design, wanted, columns, found, plan.inputs)
        if inputs is None:
            continue
        # Input i of the design is ``scale`` times the coordinate j.
        seen: list[Label] = [(None, label) for label in found]
        for i, (j, scale) in enumerate(inputs):
            for t, column in enumerate(columns):
                if column and column[0] == j:
                    seen[t] = ((i, column[1] * scale), found[t])
        order = _order(list(zip(design.columns, wanted, strict=True)), seen)
        forward = [[scale * v for v in one.forward[j]] for j, scale in inputs]
        offset = [scale * one.offset[j] for j, scale in inputs]
        fixed_below = identity_below(facts, room, plan.inputs)
        data = Data([list(row) for row in one.x], forward, offset, fixed_below)
        return Matched(_reordered(design, order), data, plan)
    return None


def _label(targets: Any, weights: Any, t: int) -> Label:
    return (
        None if targets is None else tuple(row[t] for row in targets),
        None if weights is None else tuple(row[t] for row in weights),
    )


def _single(rows: Rows, t: int) -> Any:
    """(input, coefficient) of a sample, None for 0, False for several inputs."""
    seen = [(j, row[t]) for j, row in enumerate(rows) if row[t]]
    return False if len(seen) > 1 else seen[0] if seen else None


def _inputs(
    design: Design, wanted: Sequence[Label], columns: Sequence[Any], found: Sequence[Label], r: int
) -> list[tuple[int, Fraction]] | None:
    """For every input of the design a coordinate with the same multiplicities, and its scale."""
    ours = [Counter[Label]() for _ in range(r)]
    given = [Counter[Label]() for _ in range(r)]
    rest, others = Counter[Label](), Counter[Label]()
    for column, label in zip(design.columns, wanted, strict=True):
        (rest if column is None else ours[column[0]])[(column and column[1], label)] += 1
    for column, label in zip(columns, found, strict=True):
        (others if column is None else given[column[0]])[(column and column[1], label)] += 1
    if rest != others:
        return None
    free = list(range(r))
    result = []
    for counter in ours:
        match = next(
            ((j, s) for j in free for s in _scales(counter, given[j])
             if Counter({(c * s, label): m for (c, label), m in given[j].items()}) == counter),
            None,
        )  # fmt: skip
        if match is None:
            return None
        free.remove(match[0])
        result.append(match)
    return result


def _scales(ours: Counter[Any], given: Counter[Any]) -> Iterator[Fraction]:
    """Scales that carry some coefficient of the one to one of the other."""
    if not ours or not given:
        return
    first = next(iter(given))[0]
    yield from dict.fromkeys(c / first for c, _ in ours)


def _order(wanted: Sequence[Label], found: Sequence[Label]) -> list[int]:
    """For every given sample the one of the design that it is."""
    places: dict[Label, list[int]] = {}
    for t, label in enumerate(wanted):
        places.setdefault(label, []).append(t)
    return [places[label].pop(0) for label in found]


def _reordered(design: Design, order: Sequence[int]) -> Design:
    loss = design.loss
    if loss is not None and "weights" in loss:
        loss = {**loss, "weights": [[row[t] for t in order] for row in loss["weights"]]}
    return design._replace(
        columns=[design.columns[t] for t in order],
        targets=[[row[t] for t in order] for row in design.targets],
        loss=loss,
    )
