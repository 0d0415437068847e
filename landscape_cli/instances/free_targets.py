"""Bottleneck instances for given data with linearly dependent samples, the targets being free.

In coordinates in which r samples are unit vectors, with d the last row of D: the local minimum
keeps k rows a (e_i - c_i e_r), which meet their targets on all samples, and drops a row that is
pulled where d is not 0. The slopes s of that row have the signs of d (and 0 where d is 0), and c_i
makes the kept rows orthogonal to s, so the point is critical. On the other unit samples the
dropped row is met, so a turn of the kept rows into it costs a^2 at least, and its gain is bounded:
for large a the second-order form is positive definite. The dropped target is large enough to be
worth more than a kept row, at slopes that stay bounded: beyond delta (Huber), at equal distance
(log_cosh, lp), with weights that fall (weighted squares), on the entries that are observed
(masked squares). With an output bias the unit samples balance s (weighted squares, Huber).
Labels and counts: only for samples that repeat unit vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Refusal
from .entry_losses import ONE, ZERO, EntryLoss
from .given import Budget, Data, Found, OutOfBudget, Search, data_of, entry_loss
from .linear import Room, as_int, unit, zeros
from .numbers import Log

if TYPE_CHECKING:
    from ..facts.facts import Facts

Rows = Sequence[Sequence[Fraction]]
SMOOTH = frozenset(("weighted_squared", "huber", "log_cosh"))
MOST_WORK = 60_000
MOST_ENTRIES = 4000


class Trial(NamedTuple):
    """Targets, weights of the loss, a local minimum and a better point (e x r each)."""

    y: list[list[Fraction]]
    weights: list[list[Fraction]] | None
    local: list[list[Any]]
    better: list[list[Any]]
    shift: list[Fraction] | None


def find(facts: Facts, room: Room, k: int) -> Found | Refusal:
    """The first instance for the given data (numeric widths)."""
    loss = entry_loss(facts)
    given = facts.model.data.matrix("X")
    dependent = Refusal("the given X has linearly dependent samples")
    if given is None:
        return Refusal("the observed entries are given, and they are not those of the instance")
    if isinstance(loss, Refusal) or room.above or facts.form.transposed:
        return dependent
    if any(facts.stated(name) is not None for name in ("Y realizable", "Y full_row_rank")):
        return dependent
    if facts.model.data.matrix("weights") is not None or facts.model.assumptions:
        return dependent
    rows = as_int(facts.output_width)
    x = given.matrix.rows
    data = data_of(facts, room, x)
    if data is None or len(data.d) <= k or rows * len(x[0]) > MOST_ENTRIES:
        return dependent
    budget = Budget(MOST_WORK + 200 * rows * len(x[0]) * k)
    try:
        for trial in _trials(data, loss, k, rows, room.bias == "output"):
            budget.spend(10 * rows * len(x[0]))
            search = Search(data, trial.y, trial.weights, loss, k, trial.shift, budget)
            if search.cost(trial.better) >= search.cost(trial.local) * (1 - 1e-9):
                continue
            if search.minimum(trial.local):
                points = [search.point(z) for z in (trial.local, trial.better)]
                if points[0] is not None and points[1] is not None:
                    return Found(x, data.forward, data.offset, trial.y, points[0], points[1],
                                 trial.weights)  # fmt: skip
    except OutOfBudget:
        pass
    return Refusal(
        "the given X has linearly dependent samples, and no targets were found for which a local "
        "minimum is not global (a bounded search)"
    )


def _trials(data: Data, loss: EntryLoss, k: int, rows: int, free: bool) -> Iterator[Trial]:
    name = loss.name
    if name in ("logistic", "squared_hinge", "poisson"):
        if not free:
            yield from _repeated(data, loss, k, rows)
        return
    if name == "masked_squared":
        if not free:
            yield from _masked(data, k, rows)
        return
    if name in SMOOTH or (name == "lp" and loss.parameter < 2):
        if free and name not in ("weighted_squared", "huber"):
            return
        yield from _dropped(data, loss, k, rows, free)


def _dropped(data: Data, loss: EntryLoss, k: int, rows: int, free: bool) -> Iterator[Trial]:
    d, r, n = data.d, len(data.d), len(data.d[0])
    scale = loss.parameter if loss.name == "huber" else ONE
    for dropped in range(r - 1, -1, -1):
        line = d[dropped]
        others = [i for i in range(r) if i != dropped][:k]
        slopes = [ONE if v > 0 else -ONE if v < 0 else ZERO for v in line]
        if free:
            zero = [t for t in range(n) if not line[t]]
            excess = sum(slopes, ZERO)
            if excess and len(zero) <= abs(excess):
                continue
            for t in zero:
                slopes[t] = -excess / len(zero)
        norm = sum((a * b for a, b in zip(slopes, line, strict=True)), ZERO)
        inner = [list(unit(r, i)) for i in others]
        for row in inner:
            values = [sum((a * v[t] for a, v in zip(row, d, strict=True) if a), ZERO)
                      for t in range(n)]  # fmt: skip
            row[dropped] -= sum((a * b for a, b in zip(slopes, values, strict=True)), ZERO) / norm
        for step in range(13):
            size = scale * 2**step
            yield from _heights(d, dropped, inner, slopes, size, loss, k, rows, free)


def _heights(
    d: Rows, dropped: int, inner: list[list[Fraction]], slopes: list[Fraction], size: Fraction,
    loss: EntryLoss, k: int, rows: int, free: bool,
) -> Iterator[Trial]:  # fmt: skip
    """Dropped targets of growing height, for kept rows of that size; the first that is worth it."""
    r, n = len(d), len(d[0])
    line = d[dropped]
    least = min(abs(v) for v in line if v)
    local = zeros(rows, r)
    for i, row in enumerate(inner):
        local[i] = [size * v for v in row]
    y = zeros(rows, n)
    for i in range(k):
        y[i] = [sum((a * v[t] for a, v in zip(local[i], d, strict=True) if a), ZERO)
                for t in range(n)]  # fmt: skip
    table = [[ONE] * n for _ in range(rows)] if loss.name == "weighted_squared" else None
    cost = [sum(loss.cost(ZERO, v) for v in y[i]) for i in range(k)]
    worst = min(range(k), key=lambda i: cost[i])
    for step in range(1, 40):
        height = size * Fraction(2) ** step
        better = [list(row) for row in local]
        better[worst] = [ZERO] * r
        better[k] = [ZERO] * r
        if loss.name in ("huber", "weighted_squared"):
            factor = height / least if loss.name == "huber" else height
            target = [factor * v for v in line]
            better[k][dropped] = factor
            if loss.name == "huber":
                target = [v if line[t] else loss.parameter * slopes[t]
                          for t, v in enumerate(target)]  # fmt: skip
            else:
                assert table is not None
                table = [list(row) for row in table]
                table[k] = [1 / abs(target[t]) if v else ONE for t, v in enumerate(line)]
                target = [v if line[t] else slopes[t] for t, v in enumerate(target)]
        else:
            target = [height * v for v in slopes]
            better[k][dropped] = height / max(abs(v) for v in line)
        y[k] = target
        gain = sum(loss.cost(ZERO, v, table[k][t] if table else ONE)
                   for t, v in enumerate(target))  # fmt: skip
        rest = sum(
            loss.cost(float(better[k][dropped] * line[t]), v, table[k][t] if table else ONE)
            for t, v in enumerate(target)
        )
        if gain - rest > cost[worst] * (1 + 1e-6):
            yield Trial([list(row) for row in y], table, local, better,
                        [ZERO] * rows if free else None)  # fmt: skip
            return


def _masked(data: Data, k: int, rows: int) -> Iterator[Trial]:
    """Only r unit samples are observed; [[1, 1, 0], [1, *, 0], [0, 0, 19/10]] at the end."""
    d, r, n = data.d, len(data.d), len(data.d[0])
    if r < k + 2 or rows < k + 2:
        return
    columns = list(zip(*d, strict=True))
    places = [columns.index(tuple(unit(r, j))) for j in range(r)]
    mask, y = zeros(rows, n), zeros(rows, n)
    for t in places:
        for i in range(rows):
            mask[i][t] = ONE
    local = zeros(rows, r)
    for i in range(k - 1):
        local[i][i] = Fraction(4)
    better = [list(row) for row in local]
    for i in (k - 1, k):
        local[i][k - 1] = local[i][k] = ONE
    for i in range(rows):
        for j, t in enumerate(places):
            y[i][t] = local[i][j]
    mask[k][places[k]] = y[k][places[k]] = ZERO
    y[k + 1][places[k + 1]] = better[k + 1][k + 1] = Fraction(19, 10)
    yield Trial(y, mask, local, better, None)


def _repeated(data: Data, loss: EntryLoss, k: int, rows: int) -> Iterator[Trial]:
    """Samples that repeat unit vectors: a diagonal design with those multiplicities.

    Labels of a kept input agree in three of four samples (squared hinge: in all), of the dropped
    one in all; off the diagonal they are balanced. Counts: 1 off the diagonal.
    """
    d, r, n = data.d, len(data.d), len(data.d[0])
    groups: list[list[int]] = [[] for _ in range(r)]
    for t in range(n):
        seen = [(j, row[t]) for j, row in enumerate(d) if row[t]]
        if len(seen) > 1 or (seen and seen[0][1] != 1):
            return
        if seen:
            groups[seen[0][0]].append(t)
    counts = loss.name == "poisson"
    by_size = sorted(range(r), key=lambda j: (len(groups[j]), j))
    for dropped in by_size[:4] if loss.name == "logistic" else list(reversed(by_size))[:4]:
        sizes = list(reversed(by_size)) if loss.name == "logistic" else by_size
        kept = [j for j in sizes if j != dropped][:k]
        order = [*kept, dropped, *(j for j in range(r) if j not in {*kept, dropped})]
        if not counts and any(len(groups[j]) % 2 for j in order):
            continue
        for small, large in ((5, Fraction(5, 2)), (50, Fraction(3)), (10**4, Fraction(6)),
                             (10**9, Fraction(12))):  # fmt: skip
            y = [[ONE if counts or t % 2 == 0 else -ONE for t in range(n)] for _ in range(rows)]
            local, better = zeros(rows, r), zeros(rows, r)
            for i, j in enumerate(order):
                size = len(groups[j])
                for a in range(rows):
                    if not counts:
                        for place, t in enumerate(groups[j]):
                            y[a][t] = ONE if place % 2 == 0 else -ONE
                if i > k or i >= rows:
                    continue
                if counts:
                    value = Fraction(1, small) if i < k else large
                    for t in groups[j]:
                        y[i][t] = value
                    entry: Any = Log(value)
                else:
                    against = size // 4 if i < k and loss.name == "logistic" else 0
                    for place, t in enumerate(groups[j]):
                        y[i][t] = -ONE if place < against else ONE
                    if i < k and loss.name == "logistic" and not against:
                        return
                    # Beyond the margin any output has loss 0: a large one outweighs every pull.
                    entry = Fraction(isqrt(n) + 1 if i < k else 1)
                    if loss.name == "logistic":
                        entry = Log(Fraction(size - against, against)) if i < k else Fraction(5)
                if i < k:
                    local[i][j] = entry
                if i > 0:
                    better[i][j] = entry
            yield Trial(y, None, local, better, None)
            if not counts:
                break
