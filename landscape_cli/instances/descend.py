"""A better product of rank k: descent in floats from a few starts, rounded to short rationals.

Only a guide: whoever uses the point computes its value exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .entry_losses import float_slope

if TYPE_CHECKING:
    from .given import Search

STEPS = 150
STARTS = 6
LARGEST = 600
"""Products of rows, samples and rank beyond this are not searched."""

Table = list[list[float]]


def lower_product(search: Search, value: float) -> tuple[Any, Any] | None:
    """Factors (outer e x k, inner k x r) with a loss clearly below ``value``, or None."""
    data, k = search.data.d, search.k
    rows, inputs, samples = len(search.y), len(data), len(search.y[0])
    if rows * samples * k > LARGEST:
        return None
    d = [[float(v) for v in row] for row in data]
    goal = value - 1e-6 * (1 + abs(value))
    for start in _starts(rows, inputs, k):
        search.budget.spend(STEPS * rows * samples // 4)
        found = _descent(search, d, start)
        if found is None or found[0] >= goal:
            continue
        for size in (1, 2, 4, 8, 16, 64, 1024, 2**16):
            outer, inner = (
                [[Fraction(round(v * size), size) for v in row] for row in part]
                for part in found[1]
            )
            z = [[sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0))
                  for column in zip(*inner, strict=True)] for row in outer]  # fmt: skip
            if search.cost(z) < goal:
                return outer, inner
    return None


def _starts(rows: int, inputs: int, k: int) -> Iterator[tuple[Table, Table]]:
    state = 1
    for _ in range(STARTS):
        parts = []
        for height, width in ((rows, k), (k, inputs)):
            part = []
            for _ in range(height):
                line = []
                for _ in range(width):
                    state = (state * 1103515245 + 12345) % 2**31
                    line.append(state / 2**30 - 1)
                part.append(line)
            parts.append(part)
        yield parts[0], parts[1]


def _descent(
    search: Search, d: Table, start: tuple[Table, Table]
) -> tuple[float, tuple[Table, Table]] | None:
    """Gradient descent with steps by Barzilai and Borwein; the best point met."""
    y = [[float(v) for v in row] for row in search.y]
    w = [[float(search.weight(i, t)) for t in range(len(row))] for i, row in enumerate(y)]
    loss, constants = search.loss, [float(v) for v in search.constants]
    rows, samples, k, inputs = len(y), len(d[0]), search.k, len(d)

    def evaluate(outer: Table, inner: Table) -> tuple[float, Table, Table]:
        hidden = [[sum(row[j] * d[j][t] for j in range(inputs)) for t in range(samples)]
                  for row in inner]  # fmt: skip
        total = 0.0
        slopes = []
        for i in range(rows):
            line = []
            for t in range(samples):
                z = constants[i] + sum(outer[i][a] * hidden[a][t] for a in range(k))
                total += loss.cost(z, y[i][t], w[i][t])
                line.append(float_slope(loss, z, y[i][t], w[i][t]))
            slopes.append(line)
        left = [[sum(slopes[i][t] * hidden[a][t] for t in range(samples)) for a in range(k)]
                for i in range(rows)]  # fmt: skip
        back = [[sum(outer[i][a] * slopes[i][t] for i in range(rows)) for t in range(samples)]
                for a in range(k)]  # fmt: skip
        right = [[sum(back[a][t] * d[j][t] for t in range(samples)) for j in range(inputs)]
                 for a in range(k)]  # fmt: skip
        return total, left, right

    outer, inner = start
    best: tuple[float, tuple[Table, Table]] | None = None
    try:
        total, left, right = evaluate(outer, inner)
        rate = 0.1 / (1e-9 + max(abs(v) for part in (left, right) for row in part for v in row))
        for _ in range(STEPS):
            if best is None or total < best[0]:
                best = total, (outer, inner)
            moved = [
                [[a - rate * b for a, b in zip(p, q, strict=True)] for p, q in
                 zip(part, slope, strict=True)]
                for part, slope in ((outer, left), (inner, right))
            ]  # fmt: skip
            value, up, down = evaluate(moved[0], moved[1])
            if not value < total + 0.5 * abs(total) + 1e-3:
                rate /= 4
                if rate < 1e-12:
                    break
                continue
            step = change = bend = 0.0
            for new, old, g, h in (
                (moved[0], outer, up, left), (moved[1], inner, down, right),
            ):  # fmt: skip
                for p, q, u, v in zip(new, old, g, h, strict=True):
                    for a, b, c, e in zip(p, q, u, v, strict=True):
                        step += (a - b) ** 2
                        change += (a - b) * (c - e)
                        bend += (c - e) ** 2
            outer, inner, total, left, right = moved[0], moved[1], value, up, down
            if step < 1e-24:
                break
            rate = min(10.0, max(1e-6, step / change)) if change > 0 else min(2 * rate, 10.0)
    except (OverflowError, ZeroDivisionError, ValueError):
        pass
    return best
