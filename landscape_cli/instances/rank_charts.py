"""Whether a product of rank k is a strict local minimum over the matrices of rank k, exactly.

The argument ``rank-chart`` (theory.md section 5.1) worked out for a candidate, so that a family
claims no model whose candidate is none: with Z = Z_J [I, T] in independent rows B of the data,
the loss of (Z_J + E) [I, T + T'] B + c 1^T is expanded to second order. First-order terms must
vanish exactly, the form must be positive definite in (E, T'), where moves of a square block that
alone carries Z need convexity only. Written independently of the kernel, which decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .entry_losses import ONE, ZERO, EntryLoss, Slope, combined, logarithm, scaled
from .numbers import Log

Rows = Sequence[Sequence[Fraction]]
STEEP = Fraction(10**6)
"""Stands for an infinite curvature (|r|^p with p < 2 at r = 0)."""

MOST_TERMS = 40_000
"""A candidate whose form would have more entries is not examined."""

ROUNDED = 256


class Chart(NamedTuple):
    """Z = left [I, right] with the identity in the columns ``chosen`` of r; ``others`` the rest.

    ``left``: e x k, rationals or logarithms; ``right``: k x (r - k), rational.
    """

    chosen: tuple[int, ...]
    others: tuple[int, ...]
    left: list[list[Any]]
    right: list[list[Fraction]]


def chart_of(z: Sequence[Sequence[Any]], k: int) -> Chart | None:
    """The chart of a matrix of rank k; None for another rank, or irrational dependent columns."""
    from ..algebra import independent, solve

    width = len(z[0])
    columns = list(zip(*z, strict=True))
    if any(isinstance(v, Log) for row in z for v in row):
        chosen = tuple(j for j, column in enumerate(columns) if any(v != 0 for v in column))
        rows = {i for i, row in enumerate(z) for v in row if v != 0}
        if len(chosen) != k or len(rows) != k:
            return None
        others = tuple(j for j in range(width) if j not in chosen)
        return Chart(chosen, others, [[row[j] for j in chosen] for row in z],
                     [[ZERO] * len(others) for _ in chosen])  # fmt: skip
    chosen = tuple(independent(columns))
    if len(chosen) != k:
        return None
    others = tuple(j for j in range(width) if j not in set(chosen))
    left = [[row[j] for j in chosen] for row in z]
    if not others or not any(row[j] for row in z for j in others):
        return Chart(chosen, others, left, [[ZERO] * len(others) for _ in chosen])
    right = solve(left, [[row[j] for j in others] for row in z])
    assert right is not None  # the chosen columns span all
    return Chart(chosen, others, left, [list(row) for row in right])


def outputs_of(z: Sequence[Sequence[Any]], basis: Rows, shift: Sequence[Any]) -> Any:
    """Z B + c 1^T; None where an output would be a sum of logarithms and something else."""
    samples = len(basis[0])
    sparse = [[(t, v) for t, v in enumerate(row) if v] for row in basis]
    found = []
    for row, constant in zip(z, shift, strict=True):
        line: list[Any] = [constant] * samples
        for j, value in enumerate(row):
            if value == 0:
                continue
            for t, x in sparse[j]:
                term = scaled(value, x)
                if line[t] == 0:
                    line[t] = term
                elif isinstance(line[t], Log) or isinstance(term, Log):
                    return None
                else:
                    line[t] += term
        found.append(line)
    return found


def strict_minimum(
    z: Sequence[Sequence[Any]], basis: Rows, y: Rows, weights: Rows | None, loss: EntryLoss,
    k: int, shift: Sequence[Fraction] | None, aligned: bool = True,
) -> bool:  # fmt: skip
    """Whether Z (e x r, on the independent rows ``basis``, r x n) is one over the rank-k matrices.

    ``y``, ``weights``: e x n. ``shift``: the output bias, which is free to move; None without.
    ``aligned``: the rows are those of the kernel up to order and scale, so that what is a square
    block here is one there.
    """
    chart = chart_of(z, k)
    if chart is None:
        return False
    rows, samples = len(z), len(basis[0])
    values = outputs_of(z, basis, shift or [ZERO] * rows)
    if values is None:
        return False
    wide = [list(basis[j]) for j in chart.others]
    along = [
        [x + sum((v * row[t] for v, row in zip(right, wide, strict=True) if v), ZERO)
         for t, x in enumerate(basis[j])]
        for j, right in zip(chart.chosen, chart.right, strict=True)
    ]  # fmt: skip
    slopes: list[list[Slope]] = []
    for i in range(rows):
        line = []
        for t in range(samples):
            slope = loss.slope(values[i][t], y[i][t], weights[i][t] if weights else ONE)
            if slope is None:
                return False
            line.append(slope)
        slopes.append(line)

    def pull(i: int, row: Sequence[Fraction]) -> Slope:
        return combined((slopes[i][t], v) for t, v in enumerate(row) if v)

    if any(pull(i, row) for i in range(rows) for row in along):
        return False
    if shift is not None and any(pull(i, [ONE] * samples) for i in range(rows)):
        return False
    pulls = [[pull(i, row) for row in wide] for i in range(rows)]
    for a in range(k):
        for j in range(len(wide)):
            column = [(pulls[i][j], chart.left[i][a]) for i in range(rows)]
            if any(isinstance(v, Log) and p for p, v in column):
                return False
            if combined((p, v) for p, v in column if p):
                return False
    return _positive(
        chart, along, wide, values, y, weights, loss, pulls, shift is not None, aligned
    )


def _ends(value: Any) -> tuple[Fraction, Fraction]:
    return logarithm(value) if isinstance(value, Log) else (value, value)


def _positive(
    chart: Chart, along: Rows, wide: Rows, values: Any, y: Rows, weights: Rows | None,
    loss: EntryLoss, pulls: list[list[Slope]], free: bool, aligned: bool,
) -> bool:  # fmt: skip
    """Whether the second-order form is positive definite (semidefinite in the loose moves)."""
    rows, k, spare = len(values), len(along), len(wide)
    turn = rows * k
    constant = turn + k * spare
    form = Form()
    near = [[(a, row[t]) for a, row in enumerate(along) if row[t]] for t in range(len(along[0]))]
    far = [[(j, row[t]) for j, row in enumerate(wide) if row[t]] for t in range(len(along[0]))]
    bends: dict[Any, Fraction] = {}
    for i, line in enumerate(values):
        kept = [(a, _ends(v)) for a, v in enumerate(chart.left[i]) if v != 0]
        for t, value in enumerate(line):
            w = weights[i][t] if weights else ONE
            key = (value, y[i][t], w)
            if key not in bends:
                found = loss.bend(value, y[i][t], w)
                bends[key] = STEEP if found is None else found
            bend = bends[key]
            if not bend:
                continue
            move = [(i * k + a, x, x) for a, x in near[t]]
            for a, (low, high) in kept:
                move += [
                    (turn + a * spare + j, min(low * x, high * x), max(low * x, high * x))
                    for j, x in far[t]
                ]
            if free:
                move.append((constant + i, ONE, ONE))
            if form.size + len(move) ** 2 > MOST_TERMS:
                return False
            form.square(move, bend)
        for j, slope in enumerate(pulls[i]):
            if slope:
                low, high = loss.bounds(slope)
                for a in range(k):
                    form.add(i * k + a, turn + a * spare + j, low, high)
    filled = [i for i in range(rows) if any(v != 0 for v in chart.left[i])]
    square = aligned and len(filled) == k and not any(v for row in chart.right for v in row)
    loose = [i * k + a for i in filled for a in range(k)] if square else []
    hard = [v for v in range(constant) if v not in set(loose)]
    soft = [*range(constant, constant + rows), *loose] if free else loose
    return form.positive(soft, hard)


class Form:
    """A symmetric matrix, built from enclosures so that it is nowhere too large (as a form)."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, Fraction]] = {}
        self.size = 0

    def _put(self, a: int, b: int, value: Fraction) -> None:
        row = self.rows.setdefault(a, {})
        if b in row:
            row[b] += value
        else:
            row[b] = value
            self.size += 1

    def add(self, a: int, b: int, low: Fraction, high: Fraction) -> None:
        """Twice the product of two variables, with a coefficient between the ends."""
        if a == b:
            self._put(a, a, low)
            return
        middle = (low + high) / 2
        self._put(a, b, middle)
        self._put(b, a, middle)
        if low != high:
            self._put(a, a, middle - high)
            self._put(b, b, middle - high)

    def square(self, move: Sequence[tuple[int, Fraction, Fraction]], factor: Fraction) -> None:
        """``factor`` times the square of a combination (coefficients between their ends)."""
        for p, (a, low, high) in enumerate(move):
            for b, down, up in move[p:]:
                ends = [factor * u * v for u in (low, high) for v in (down, up)]
                if a == b and low <= 0 <= high:
                    ends.append(ZERO)
                self.add(a, b, min(ends), max(ends))

    def positive(self, soft: Iterable[int], hard: Iterable[int]) -> bool:
        """Whether it is positive definite in the hard variables, semidefinite in the soft ones.

        Elimination; an entry of many digits is rounded, the error taken off the diagonal.
        """
        rows = {a: dict(row) for a, row in self.rows.items()}
        order = [*((v, True) for v in soft), *((v, False) for v in hard)]
        for v, is_soft in order:
            row = {b: x for b, x in rows.pop(v, {}).items() if x}
            pivot = row.pop(v, ZERO)
            if pivot < 0 or (not pivot and (row or not is_soft)):
                return False
            entries = list(row.items())
            for place, (a, x) in enumerate(entries):
                del rows[a][v]
                factor = x / pivot
                for b, other in entries[place:]:
                    value = rows[a].get(b, ZERO) - factor * other
                    if value.denominator.bit_length() > 2 * ROUNDED:
                        short = (value.numerator << ROUNDED) // value.denominator
                        value = Fraction(short, 1 << ROUNDED)
                        if a != b:
                            for d in (a, b):
                                rows[d][d] = rows[d].get(d, ZERO) - Fraction(1, 1 << ROUNDED)
                    rows[a][b] = rows[b][a] = value
        return True
