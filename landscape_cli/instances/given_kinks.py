"""``nonsmooth-narrow`` where the model gives the targets, or data with dependent samples.

The argument ``polynomial-bound`` sees samples with equal inputs as one. At Z = 0 it needs one
(row, input) that the loss pulls, where it is differentiable, and a kink in both directions at
every other (row, input): with given targets that is a pattern of zeros. Samples with the same
input add up, so where X is free the targets that are not 0 may share an input with enough zeros.
The better point fits the pulled row by a form that is 1 at that input; where the input depends
on others the form is not 0 there, and its loss decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ..catalogue import Refusal
from .constants import one_sided
from .given import Data, data_of
from .linear import Room, as_int, unit, zeros

if TYPE_CHECKING:
    from ..facts.facts import Facts

ZERO, ONE = Fraction(0), Fraction(1)
Rows = Sequence[Sequence[Fraction]]
MOST_PLACES = 200
MOST_ENTRIES = 20_000


class Kinks(NamedTuple):
    """Coordinates whose last input is the pulled sample's; the pulled row; a form for the row.

    ``value``: the coefficients of the better row in those coordinates, ``shift`` its output bias.
    ``combination``: with an output bias, the weights of the other samples whose mean is the origin.
    """

    data: Data
    y: Rows
    row: int
    column: int
    value: list[Fraction]
    shift: Fraction | None
    combination: list[Fraction] | None


class Kink(NamedTuple):
    """The loss by name with its parameters."""

    name: str
    parameters: dict[str, Fraction]

    def ends(self, y: Fraction) -> tuple[Fraction, Fraction]:
        """The left and right derivative at the output 0."""
        found = one_sided(self.name, self.parameters, ZERO, y)
        assert found is not None
        return found

    def cost(self, z: Fraction, y: Fraction) -> Fraction:
        """The loss of an entry."""
        from .values import entry_loss

        found = entry_loss(self.name, self.parameters, z, y)
        assert isinstance(found, Fraction)
        return found


def kink_of(facts: Facts) -> Kink:
    """The loss; a class is instantiated by the absolute value."""
    loss = facts.model.loss
    if loss.kind == "class" or loss.name == "lp":
        return Kink("absolute", {})
    return Kink(loss.name, dict(loss.parameters))


def find(facts: Facts, room: Room, least: int) -> Kinks | Refusal:
    """The first place that fits. ``least``: the least number of inputs; numeric widths."""
    data = facts.model.data
    if room.above or facts.form.transposed:
        return Refusal("data are given beside fixed output layers or a transposed map")
    kink = kink_of(facts)
    rows = as_int(facts.output_width)
    matrices = {n: m.matrix.rows for n in ("X", "Y") if (m := data.matrix(n)) is not None}
    if data.property("Y = X") is not None and "X" in matrices:
        matrices["Y"] = matrices["X"]
    n = len(next(iter(matrices.values()))[0])
    if rows * n > MOST_ENTRIES:
        return Refusal(f"more than {MOST_ENTRIES} targets")
    tried = 0
    for y, row, column in _places(
        kink, rows, n, matrices.get("Y"), matrices.get("X"), room.bias == "output"
    ):
        for x in _inputs(facts, room, kink, y, (row, column), matrices.get("X"), least):
            tried += 1
            if tried > MOST_PLACES:
                break
            found = _at(facts, room, kink, x, y, row, column)
            if found is not None and len(found.data.d) >= least:
                return found
    return Refusal(
        "data are given, and no single (row, input) of the targets is pulled with kinks at all "
        "others and a better fit of that row"
    )


def _places(
    kink: Kink, rows: int, n: int, y: Rows | None, x: Rows | None, free: bool
) -> Iterator[tuple[Rows, int, int]]:
    """Targets and the (row, sample) that is pulled."""
    if y is not None:
        counts = [sum(1 for row in y if _differentiable(kink, row[t])) for t in range(n)]
        for t in sorted(range(n), key=lambda t: counts[t]):
            for i in range(rows):
                low, high = kink.ends(y[i][t])
                if low == high and low:
                    yield y, i, t
        return
    assert x is not None
    columns = list(zip(*x, strict=True))
    eps = kink.parameters.get("eps", ZERO)
    for t in sorted(range(n), key=lambda t: -columns.count(columns[t])):
        if not any(columns[t]) and not free:
            continue
        if eps:
            # Copies of an input have targets eps and -eps in turn.
            turns = [columns[:s].count(columns[s]) % 2 for s in range(n)]
            targets = [[-eps if turn else eps for turn in turns] for _ in range(rows)]
            for s in range(n):
                if columns[s] == columns[t]:
                    targets[rows - 1][s] += 3 * max(eps, ONE)
            yield targets, rows - 1, t
            continue
        for size in (ONE, -ONE):
            targets = zeros(rows, n)
            for s in range(n):
                if columns[s] == columns[t]:
                    targets[rows - 1][s] = size
            yield targets, rows - 1, t


def _differentiable(kink: Kink, y: Fraction) -> bool:
    low, high = kink.ends(y)
    return low == high


def _inputs(
    facts: Facts, room: Room, kink: Kink, y: Rows, place: tuple[int, int], x: Rows | None,
    least: int,
) -> Iterator[Rows]:  # fmt: skip
    """X as given; else unit vectors, the samples without a kink in every row sharing an input."""
    if x is not None:
        yield x
        return
    n, width = len(y[0]), as_int(facts.input_width)
    named = {p.name for p in facts.model.data.properties}
    if "X identity" in named or not facts.form.has_data:
        if n == width:
            yield [unit(n, t) for t in range(n)]
        return
    ranges = facts.ranges
    assert ranges is not None
    low, high = ranges.rank_x
    most = min(width, n, width if high is None else high)
    row, column = place
    if room.below:
        most = 0 if room.known_below else min(most, as_int(room.inputs))
    if kink.parameters.get("eps"):
        for rank in range(max(low, least, 1), most + 1):
            groups = _pairs(kink, y, row, column, rank)
            if groups is not None:
                lines = [[ONE if t in group else ZERO for t in range(n)] for group in groups]
                yield [*lines, *zeros(width - rank, n)]
        return
    others = [t for t in range(n) if t != column]
    sharp = [t for t in others if all(a < 0 < b for a, b in (kink.ends(r[t]) for r in y))]
    rest = [t for t in others if t not in set(sharp)]
    for rank in range(max(low, least, 1), most + 1):
        single = sharp[: max(0, rank - 2)]
        shared = [t for t in others if t not in set(single)] if rank > 1 else []
        if rank == 1 and (rest or others):
            continue
        lines = [[ONE if t == column else ZERO for t in range(n)]]
        lines += [list(unit(n, t)) for t in single]
        if shared:
            lines.append([ONE if t in set(shared) else ZERO for t in range(n)])
        if len(lines) == rank:
            yield [*lines, *zeros(width - rank, n)]


def _pairs(kink: Kink, y: Rows, row: int, column: int, rank: int) -> list[set[int]] | None:
    """Pairs of samples whose tubes end on both sides, the first one pulled in the row."""

    def sharp(group: set[int], but: int | None) -> bool:
        for i, line in enumerate(y):
            ends = [kink.ends(line[t]) for t in group]
            low, high = sum((a for a, _ in ends), ZERO), sum((b for _, b in ends), ZERO)
            if (low != high) if i == but else not low < 0 < high:
                return False
        return True

    free = [t for t in range(len(y[0])) if t != column]
    first = next((t for t in free if sharp({column, t}, row)), None)
    if first is None:
        return None
    groups = [{column, first}]
    free.remove(first)
    while len(groups) < rank and free:
        t = free.pop(0)
        other = next((s for s in free if sharp({s, t}, None)), None)
        if other is None:
            return None
        free.remove(other)
        groups.append({t, other})
    if len(groups) < rank or (free and rank < 2):
        return None
    groups[-1] |= set(free)
    return groups if not free or sharp(groups[-1], None) else None


def _at(
    facts: Facts, room: Room, kink: Kink, x: Rows, y: Rows, row: int, column: int
) -> Kinks | None:
    """The instance at that place, or None where a kink or a better fit is missing."""
    groups: dict[tuple[Fraction, ...], list[int]] = {}
    for t, sample in enumerate(zip(*x, strict=True)):
        groups.setdefault(sample, []).append(t)
    special = next(g for g in groups.values() if column in g)
    n = len(y[0])
    free = room.bias == "output"
    if free and len(special) == n:
        return None
    share = [ZERO if not free or t in special else Fraction(1, n - len(special)) for t in range(n)]
    wanted = sum((kink.ends(y[row][t])[0] for t in special), ZERO)
    for i, line in enumerate(y):
        for group in groups.values():
            ends = [kink.ends(line[t]) for t in group]
            low, high = sum((a for a, _ in ends), ZERO), sum((b for _, b in ends), ZERO)
            if i == row and group is special:
                if low != high:
                    return None
                continue
            pull = wanted * sum((share[t] for t in group), ZERO) if i == row else ZERO
            if not low + pull < 0 < high + pull:
                return None
    data = _last(facts, room, x, column, share if free else None)
    if data is None:
        return None
    before = sum((kink.cost(ZERO, v) for v in y[row]), ZERO)
    form, constant = _indicator(data.d, column, free)
    for size in sorted({y[row][t] for t in special}):
        values = [
            size * (constant + sum((a * v[t] for a, v in zip(form, data.d, strict=True)), ZERO))
            for t in range(n)
        ]
        after = sum((kink.cost(v, target) for v, target in zip(values, y[row], strict=True)), ZERO)
        if after < before:
            return Kinks(
                data, y, row, column, [size * a for a in form],
                size * constant if free else None, share if free else None,
            )  # fmt: skip
    return None


def _indicator(d: Rows, column: int, free: bool) -> tuple[list[Fraction], Fraction]:
    """A form that is 1 at the sample and, where the samples allow it, 0 at all others.

    Without a constant it is the last coordinate; with one it is solved for.
    """
    from ..algebra import independent, solve

    r, n = len(d), len(d[0])
    if not free:
        return [*[ZERO] * (r - 1), ONE], ZERO
    columns = [[*(row[t] for row in d), ONE] for t in range(n)]
    order = [column, *(t for t in range(n) if columns[t] != columns[column])]
    chosen = [order[p] for p in independent([columns[t] for t in order])]
    solution = solve([columns[t] for t in chosen], [[ONE if t == column else ZERO] for t in chosen])
    assert solution is not None
    return [v for (v,) in solution[:-1]], solution[-1][0]


def _last(
    facts: Facts, room: Room, x: Rows, column: int, share: list[Fraction] | None
) -> Data | None:
    """Coordinates in which the sample is the last unit vector and as few others as may be see it.

    The pivots are chosen so that the other samples come first. ``share``: weights of the samples
    whose mean gets the coordinates 0 (with an output bias).
    """
    from ..algebra import independent, inverse, product

    origin = None
    if share is not None:
        inner = facts.inner_data.rows if facts.inner_data is not None else x
        origin = [sum((a * w for a, w in zip(row, share, strict=True)), ZERO) for row in inner]
    data = data_of(facts, room, x, origin)
    if data is None:
        return None
    columns = list(zip(*data.d, strict=True))
    if not any(columns[column]):
        return None
    order = [t for t in range(len(columns)) if columns[t] != columns[column]]
    chosen = [order[p] for p in independent([columns[t] for t in order])] if order else []
    others = chosen
    if len(chosen) == len(columns[0]):  # the sample depends on others
        kept = independent([columns[column], *(columns[t] for t in chosen)])
        others = [chosen[p - 1] for p in kept if p > 0]
    pivots = [*others, column]
    if len(pivots) != len(columns[0]):
        return None
    change = inverse([[columns[t][j] for t in pivots] for j in range(len(pivots))])
    rows = [list(line) for line in product(change, data.d)]
    forward = [list(line) for line in product(change, data.forward)]
    offset = [line[0] for line in product(change, [[v] for v in data.offset])]
    return data._replace(d=rows, forward=forward, offset=offset)
