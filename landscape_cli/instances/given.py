"""Bottleneck instances where the model gives the targets (or data whose samples are dependent).

Nothing can be designed then: the point has to be found. With D the data in coordinates in which
r samples are unit vectors, the candidates are the matrices Z that

- fit chosen rows of Y over chosen inputs as well as possible, and are 0 elsewhere, or (k rows) fit
  the other rows by combinations of these. Every row is a
  convex problem of its own; its solution is exact where the targets are met, or for (weighted)
  squares, Huber, and losses of labels or counts whose samples are multiples of unit vectors;
- for many rows and inputs: unions of blocks, the connected parts of Y (a row and an input are
  joined if Z = 0 has a gradient there), a kept block being fitted, a dropped one 0.

Z is critical over the matrices of rank k iff its gradient G has G Z^T = 0 and Z^T G = 0: so for
blocks, and for rows whose pulls are orthogonal to the rows that are kept. ``rank_charts`` decides
whether it is a strict local minimum. The better point is another candidate, or what a descent in
floats finds, rounded. Where X is free it is chosen such that few samples are seen, or pairs of
samples that balance each other. All searches are bounded (``MOST_...``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, pairwise
from itertools import product as product_of
from math import isqrt
from typing import Any, NamedTuple

from ..catalogue import Refusal
from ..facts.facts import Facts
from .entry_losses import (
    NAMES,
    ONE,
    RESIDUAL,
    ZERO,
    EntryLoss,
    combined,
    float_of,
    float_slope,
)
from .linear import Room, as_int, composite_of, unit, zeros
from .numbers import Log
from .rank_charts import outputs_of, strict_minimum

Rows = Sequence[Sequence[Fraction]]

MOST_CHOICES = 700
"""Choices of rows and inputs that are fitted, per choice of the data."""

MOST_DATA = 60
"""Choices of the data where X is free."""

MOST_BLOCKS = 60
"""The same where rows and inputs are chosen in blocks."""

MOST_CHECKS = 40
"""Candidates whose second-order form is examined, per choice of the data."""

MOST_ENTRIES = 20_000
"""Entries of the targets."""

FEW = 16
"""Up to here rows times inputs are chosen freely; beyond, in blocks."""

LABELS = frozenset(("logistic", "squared_hinge"))

MOST_WORK = 22_000
"""Entries looked at in the search for one model."""

MARGIN = 1e-7


class Point(NamedTuple):
    """Z = outer inner (e x k, k x r) in the coordinates of the data, and the output bias."""

    outer: Sequence[Sequence[Any]]
    inner: Sequence[Sequence[Any]]
    shift: Sequence[Fraction] | None


class Found(NamedTuple):
    """Data X, the same in coordinates (forward * inner data + offset 1^T = D), two points.

    ``weights``: those of the loss, where they are free and were chosen.
    """

    x: Rows
    forward: list[list[Fraction]]
    offset: list[Fraction]
    y: Rows
    local: Point
    better: Point
    weights: Rows | None


class Data(NamedTuple):
    """X, D = forward * inner + offset 1^T (r x n), the kernel's rows B and F with D = F B.

    With an output bias B is centred and D = F B is meant up to constants.
    """

    x: Rows
    d: Rows
    forward: list[list[Fraction]]
    offset: list[Fraction]
    basis: Rows
    change: Rows

    @property
    def monomial(self) -> bool:
        """Whether F has a single entry in every row and column."""
        lines = [*self.change, *zip(*self.change, strict=True)]
        return all(sum(1 for v in line if v) == 1 for line in lines)


def entry_loss(facts: Facts) -> EntryLoss | Refusal:
    """The loss of a single entry; classes are instantiated by weighted squares."""
    loss = facts.model.loss
    if loss.kind == "class":
        return EntryLoss("weighted_squared")
    if loss.kind != "named" or loss.name not in NAMES:
        return Refusal("the targets are given")
    values = [value for _, value in loss.parameters]
    return EntryLoss(loss.name, values[0] if values else ZERO)


# --- data --------------------------------------------------------------------------------------


def data_of(
    facts: Facts, room: Room, x: Rows, origin: Sequence[Fraction] | None = None
) -> Data | None:
    """The coordinates of the data (fixed layers below that are not given pass them on).

    ``origin``: with an output bias, the point of the data space (of the first trained layer) that
    gets the coordinates 0; by default the sample that occurs most often.
    """
    from ..algebra import independent, product, solve, transpose

    ends = facts.ends
    assert ends is not None
    inner = [list(row) for row in x]
    if room.below and room.known_below:
        inner = [list(row) for row in product(composite_of(facts, range(ends.first)), x)]
    elif room.below:
        assert facts.chain is not None
        size = as_int(facts.chain.widths[ends.first])
        inner = [*inner[:size], *zeros(size - len(inner), len(x[0]))]
    n = len(x[0])
    rows = [list(row) for row in inner]
    raw = [list(row) for row in x]
    if room.bias == "first":
        rows.append([ONE] * n)
        raw.append([ONE] * n)
    if room.bias == "output":
        columns = list(zip(*rows, strict=True))
        if origin is None:
            origin = max(columns, key=lambda c: (columns.count(c), not any(c)))
        rows = [[v - a for v in row] for row, a in zip(rows, origin, strict=True)]
        raw = [[v - sum(row, ZERO) / n for v in row] for row in raw]
    kept = [rows[i] for i in independent(rows)] if any(v for row in rows for v in row) else []
    if not kept:
        return None
    pivots = independent(list(zip(*kept, strict=True)))
    scale = [[row[t] for t in pivots] for row in kept]
    found = solve(scale, kept)
    assert found is not None
    d = [list(row) for row in found]
    plain = [list(row) for row in inner]
    if room.bias != "none":
        plain.append([ONE] * n)
    solution = solve(transpose(plain), transpose(d))
    basis = [raw[i] for i in independent(raw)]
    seen = d
    if room.bias == "output":
        seen = [[v - sum(row, ZERO) / n for v in row] for row in d]
    change = solve(transpose(basis), transpose(seen))
    if solution is None or change is None:
        return None
    forward = [list(row) for row in transpose(solution)]
    offset = [ZERO] * len(d)
    if room.bias != "none":
        offset = [row[-1] for row in forward]
        forward = [row[:-1] for row in forward]
    return Data(x, d, forward, offset, basis, transpose(change))


def _choices_of_data(facts: Facts, room: Room, y: Rows, loss: EntryLoss, k: int) -> Iterator[Rows]:
    """X as given; where it is free, X that sees few samples, or pairs that balance each other."""
    given = facts.model.data.matrix("X")
    width, n = as_int(facts.input_width), len(y[0])
    ranges = facts.ranges
    assert ranges is not None
    if given is not None:
        yield given.matrix.rows
        return
    if facts.model.data.property("Y = X") is not None:
        yield y
        return
    if facts.model.data.property("X identity") is not None or not facts.form.has_data:
        if n == width:
            yield [unit(n, i) for i in range(n)]
        return
    low, high = ranges.rank_x
    most = min(width, n, high if high is not None else width)
    fewest = max(low, k + (1 if room.bias != "first" else 0), 1)
    if room.below:
        if room.known_below:
            return
        most = min(most, as_int(room.inputs))
    isotropic = facts.stated("X isotropic") is not None
    grouped = fewest <= k + 1 <= most and room.bias == "none" and not isotropic
    if grouped and loss.name in LABELS:
        for rows in islice(_label_data(y, k, loss.name == "logistic"), MOST_DATA):
            yield [*rows, *zeros(width - len(rows), n)]
    sizes = [most, *range(fewest, most)] if fewest <= most else []
    seen = [islice(combinations(range(n), size), MOST_DATA // 3) for size in sizes]
    ways: list[Iterator[list[list[Fraction]]]] = [
        ([list(unit(n, t)) for t in chosen] for chosen in choice)
        for choice in seen[: 1 if loss.name in LABELS else None]
    ]
    ways.insert(1, _repeated_data(y, sorted(sizes)[:2]))
    if grouped:
        ways.insert(1, islice(_completed_data(y, loss, k), MOST_DATA))
        ways.append(islice(_balanced_data(y, loss, k), MOST_DATA))
    for rows in _in_turn(ways):
        yield [*rows, *zeros(width - len(rows), n)]


def _in_turn(ways: list[Iterator[list[list[Fraction]]]]) -> Iterator[list[list[Fraction]]]:
    """One after another from each of them, so that none is left out when the work is bounded."""
    while ways:
        left = []
        for way in ways:
            found = next(way, None)
            if found is not None:
                left.append(way)
                yield found
        ways = left


def _repeated_data(y: Rows, sizes: Sequence[int]) -> Iterator[list[list[Fraction]]]:
    """Unit vectors again and again: in turn, in blocks; negated where the targets are negated."""
    n = len(y[0])
    for size in sizes:
        if n < 2 * size:
            continue
        half = n // 2
        for count in dict.fromkeys((n, half, 2 * size, 4 * size)):
            if count > n:
                continue
            mirrored = 2 * (count // 2) == count and all(
                row[t + count // 2] == -row[t] for row in y for t in range(count // 2)
            )
            for length in dict.fromkeys((count // 2, size) if mirrored else (count,)):
                if length < size or 2 * length > count + (0 if mirrored else count):
                    continue
                for block in (False, True):
                    lines = zeros(size, n)
                    for t in range(length):
                        lines[t * size // length if block else t % size][t] = ONE
                        if mirrored:
                            lines[t * size // length if block else t % size][t + count // 2] = -ONE
                    yield lines


def _pulls(y: Rows, loss: EntryLoss) -> list[list[Fraction]] | None:
    """The slopes at the output 0; None where they are irrational."""
    pulls = []
    for row in y:
        slopes = [loss.slope(ZERO, v) for v in row]
        if any(s is None or set(s) - {None} for s in slopes):
            return None
        pulls.append([(s or {}).get(None, ZERO) for s in slopes])
    return pulls


def _completed_data(y: Rows, loss: EntryLoss, k: int) -> Iterator[list[list[Fraction]]]:
    """k inputs see one sample each, which Z fits; input k + 1 sees others, with coefficients c.

    Z = Y_A is critical in the first k inputs; it is critical over rank k iff Y_A^T (pulls) c = 0,
    which is k equations for k + 1 samples.
    """
    from ..algebra import null_space, product, rank, transpose

    pulls = _pulls(y, loss)
    n = len(y[0])
    if pulls is None or loss.name not in RESIDUAL or n < 2 * k + 1:
        return
    size = {t: sum((row[t] ** 2 for row in y), ZERO) for t in range(n)}
    for kept in islice(combinations(sorted(range(n), key=lambda t: (size[t], t)), k), 12):
        fitted = [[row[t] for t in kept] for row in y]
        if rank(fitted) < k:
            continue
        others = [t for t in range(n) if t not in kept]
        for group in islice(combinations(others, k + 1), 8):
            balance = product(transpose(fitted), [[row[t] for t in group] for row in pulls])
            for vector in null_space(balance):
                last = [ZERO] * n
                for t, v in zip(group, vector, strict=True):
                    last[t] = v
                yield [*(list(unit(n, t)) for t in kept), last]


def _balanced_data(y: Rows, loss: EntryLoss, k: int) -> Iterator[list[list[Fraction]]]:
    """Input j sees a group of samples, with coefficients that balance the pulls of other rows.

    Inputs j < k: of all rows but j (the kept ones); input k: of the kept rows.
    """
    from ..algebra import null_space

    rows, n = len(y), len(y[0])
    pulls = _pulls(y, loss)
    size = min(rows, n // (k + 1))
    if pulls is None or size < 1 or not k < rows <= 8:
        return
    orders = [list(range(rows))[a:] + list(range(rows))[:a] for a in range(rows)]
    for start, order, apart in product_of(range(n), orders, (False, True)):
        line = [(start + t) % n for t in range(n)]
        lists: list[list[Fraction]] = []
        for j in range(k + 1):
            group = line[j :: k + 1][:size] if apart else line[j * size : (j + 1) * size]
            others = [i for i in (order if j < k else order[:k]) if i != order[j]]
            space = null_space([[pulls[i][t] for t in group] for i in others])
            if not space:
                break
            column = [ZERO] * n
            for t, v in zip(group, space[-1], strict=True):
                column[t] = v
            lists.append(column)
        else:
            yield lists


def _label_data(y: Rows, k: int, logistic: bool) -> Iterator[list[list[Fraction]]]:
    """Input j sees samples up to sign such that the labels of all rows but one are balanced.

    Samples of equal labels (up to sign) are of one kind; how many of each, net, is a solution of
    linear equations, and pairs x, -x of a kind let labels disagree. The last input's agree.
    """
    n, rows = len(y[0]), len(y)
    kinds: dict[tuple[Fraction, ...], list[tuple[int, Fraction]]] = {}
    for t in range(n):
        column = [row[t] for row in y]
        sign = column[0]
        kinds.setdefault(tuple(sign * v for v in column), []).append((t, sign))
    names = list(kinds)[:4]
    if rows > 4 or k >= rows:
        return
    orders = [list(range(rows))[a:] + list(range(rows))[:a] for a in range(rows)]
    sizes = ((4, True, 2), (6, True, 2)) if logistic else ((2, False, 4), (2, False, 2))
    for order, (kept_size, mixed, last_size) in product_of(orders, sizes):
        used = dict.fromkeys(names, 0)
        lists: list[list[Fraction]] = []
        for j in range(k, -1, -1):
            total = last_size if j == k else kept_size
            line = _balanced_group(kinds, names, used, order[j], n, total, mixed and j < k)
            if line is None:
                break
            lists.insert(0, line)
        else:
            yield lists


def _balanced_group(
    kinds: dict[tuple[Fraction, ...], list[tuple[int, Fraction]]],
    names: list[tuple[Fraction, ...]], used: dict[tuple[Fraction, ...], int], row: int,
    n: int, total: int, mixed: bool,
) -> list[Fraction] | None:  # fmt: skip
    """Coefficients +-1 of samples not used so far; ``total`` more labels agree in the row."""
    most = 4 if len(names) <= 2 else 2
    free = [min(most, len(kinds[name]) - used[name]) for name in names]
    lines = [[int(v) for v in line] for line in zip(*names, strict=True)]
    lines[0], lines[row] = lines[row], lines[0]
    for net in product_of(*(range(-a, a + 1) for a in free)):
        if sum([c * v for c, v in zip(net, lines[0], strict=True)]) != total or any(
            sum([c * v for c, v in zip(net, line, strict=True)]) for line in lines[1:]
        ):
            continue
        if not mixed and sum(map(abs, net)) != total:
            continue
        wanted = 2 * total if mixed else total  # three of four labels agree
        extra = max(0, wanted - sum(map(abs, net))) // 2
        line = [ZERO] * n
        taken = dict(used)

        def take(
            name: tuple[Fraction, ...], sign: Fraction, line: list[Fraction] = line,
            taken: dict[tuple[Fraction, ...], int] = taken,
        ) -> None:  # fmt: skip
            t, own = kinds[name][taken[name]]
            line[t] = sign * own
            taken[name] += 1

        for c, name in zip(net, names, strict=True):
            for _ in range(abs(c)):
                take(name, ONE if c > 0 else -ONE)
        for name in names:
            while extra and taken[name] + 2 <= len(kinds[name]):
                take(name, ONE)
                take(name, -ONE)
                extra -= 1
        agree = sum(line[t] * sign * name[row] > 0 for name in names for t, sign in kinds[name])
        if mixed and sum(1 for v in line if v) == agree:
            continue
        used.update(taken)
        return line
    return None


# --- the search ----------------------------------------------------------------------------------


class Budget:
    """Work that is left, in entries looked at: the search answers in a fraction of a second."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, amount: int) -> None:
        """``OutOfBudget`` when nothing is left."""
        self.left -= amount
        if self.left < 0:
            raise OutOfBudget


class OutOfBudget(Exception):
    """The search has looked at as many entries as it may."""


class Search:
    """The candidates for one choice of X, Y and the weights of the loss."""

    def __init__(
        self, data: Data, y: Rows, weights: Rows | None, loss: EntryLoss, k: int,
        shift: Sequence[Fraction] | None, budget: Budget,
    ) -> None:  # fmt: skip
        self.data, self.y, self.weights, self.loss, self.k = data, y, weights, loss, k
        self.budget = budget
        self.shift = shift
        self.constants = list(shift) if shift is not None else [ZERO] * len(y)
        self.columns = [
            [(j, row[t]) for j, row in enumerate(data.d) if row[t]] for t in range(len(y[0]))
        ]
        self.floats = [[(j, float(v)) for j, v in column] for column in self.columns]
        self.targets = [[float(v) for v in row] for row in y]
        active = sum(self._active(i) for i in range(len(y)))
        self.small = active * len(data.d) <= FEW
        self._fits: dict[tuple[int, tuple[int, ...]], list[Any] | None] = {}

    def weight(self, i: int, t: int) -> Fraction:
        """The weight of an entry."""
        return self.weights[i][t] if self.weights is not None else ONE

    def fit(self, i: int, inputs: tuple[int, ...]) -> list[Any] | None:
        """The best row over the inputs, exactly, or None."""
        key = i, inputs
        if key not in self._fits:
            self._fits[key] = self._fitted(i, inputs)
        return self._fits[key]

    def _fitted(self, i: int, inputs: tuple[int, ...]) -> list[Any] | None:
        place = {j: a for a, j in enumerate(inputs)}
        columns = [[(place[j], v) for j, v in column if j in place] for column in self.columns]
        return self._best(i, columns, len(inputs))

    def _best(
        self, i: int, columns: list[list[tuple[int, Fraction]]], size: int
    ) -> list[Any] | None:
        """The best coefficients of that many features, given by the entries of each sample."""
        samples: Samples = []
        for t, seen in enumerate(columns):
            if seen and self.weight(i, t):
                samples.append((seen, self.y[i][t] - self.constants[i], self.weight(i, t)))
        if self.loss.name in RESIDUAL:
            found = _interpolated(samples, size)
            if found is None and self.loss.name in ("squared", "weighted_squared",
                                                    "masked_squared"):  # fmt: skip
                return _least_squares(samples, size)
            if found is None and self.loss.name == "huber":
                found = _huber(samples, size, self.loss.parameter)
            if found is None:
                found = _by_input(samples, size, _middle)
            return found
        beyond = isqrt(len(self.y[0])) + 1
        rule = {
            "poisson": _poisson, "logistic": _logistic,
            "squared_hinge": lambda group: _hinge(group, beyond),
        }  # fmt: skip
        if self.constants[i]:
            return None
        return _by_input(samples, size, rule[self.loss.name])

    def matrix(self, rows: Sequence[int], inputs: tuple[int, ...]) -> list[list[Any]] | None:
        """Those rows fitted over the inputs, 0 elsewhere."""
        z: list[list[Any]] = [[ZERO] * len(self.data.d) for _ in self.y]
        for i in rows:
            found = self.fit(i, inputs)
            if found is None:
                return None
            for j, value in zip(inputs, found, strict=True):
                z[i][j] = value
        return z

    def spread(self, z: Sequence[Sequence[Any]], kept: Sequence[int]) -> list[list[Any]] | None:
        """The other rows fitted too, by combinations of the kept rows of Z (rational ones)."""
        if any(isinstance(v, Log) for i in kept for v in z[i]):
            return None
        columns: list[list[tuple[int, Fraction]]] = []
        for column in self.columns:
            values = [(a, sum((z[i][j] * v for j, v in column), ZERO)) for a, i in enumerate(kept)]
            columns.append([(a, v) for a, v in values if v])
        found = [list(row) for row in z]
        moved = False
        for i in range(len(z)):
            if i in kept:
                continue
            best = self._best(i, columns, len(kept))
            if best is None or any(isinstance(v, Log) for v in best):
                return None
            if any(best):
                moved = True
                found[i] = [sum((c * z[a][j] for c, a in zip(best, kept, strict=True)), ZERO)
                            for j in range(len(z[i]))]  # fmt: skip
        return found if moved else None

    def cost(self, z: Sequence[Sequence[Any]]) -> float:
        """The loss as a float."""
        return self._part(z, range(len(self.y)))

    def _critical(self, z: Sequence[Sequence[Any]]) -> bool:
        """Whether G Z^T and Z^T G vanish in floats: a filter, what passes is checked exactly."""
        rows = [[float_of(v) for v in row] for row in z]
        height, width = len(rows), len(self.data.d)
        gradient = []
        for i, row in enumerate(rows):
            line = [0.0] * width
            constant = float(self.constants[i])
            for t, column in enumerate(self.floats):
                value = constant + sum([row[j] * v for j, v in column])
                slope = float_slope(self.loss, value, self.targets[i][t], float(self.weight(i, t)))
                for j, v in column:
                    line[j] += slope * v
            gradient.append(line)
        size = (
            1e-9 * (1 + max(abs(v) for part in (rows, gradient) for row in part for v in row)) ** 2
        )
        used = [i for i in range(height) if any(rows[i])]
        return all(
            abs(sum([g * v for g, v in zip(gradient[i], rows[a], strict=True)])) <= size
            for i in range(height) for a in used
        ) and all(
            abs(sum([rows[i][a] * gradient[i][j] for i in used])) <= size
            for a in range(width) for j in range(width)
        )  # fmt: skip

    def minimum(self, z: Sequence[Sequence[Any]]) -> bool:
        """Whether Z is a strict local minimum over the matrices of rank k."""
        if not self._critical(z):
            return False
        self.budget.spend(20 * len(self.y) * len(self.y[0]) * self.k)
        if self.shift is not None:  # constants are free: the rows D serve as well as centred ones
            return strict_minimum(
                z, self.data.d, self.y, self.weights, self.loss, self.k, self.shift,
                self.data.monomial,
            )  # fmt: skip
        moved = _changed(z, self.data.change)
        return moved is not None and strict_minimum(
            moved, self.data.basis, self.y, self.weights, self.loss, self.k, None
        )

    # -- candidates --

    def candidates(self) -> Iterator[list[list[Any]]]:
        """Matrices of rank at most k (first those of the most promising choices)."""
        rows = [i for i, row in enumerate(self.y) if self._active(i)]
        inputs = list(range(len(self.data.d)))
        if not self.small:
            yield from self._unions()
        seen = set()
        for chosen, used in islice(_subsets(rows, inputs, self.k), MOST_CHOICES):
            z = self.matrix(chosen, used)
            if z is None:
                continue
            trials = [z]
            if len(chosen) == self.k and len(used) == len(inputs) <= FEW:
                trials += [more] if (more := self.spread(z, chosen)) is not None else []
            for trial in trials:
                key = tuple(map(tuple, trial))
                if key not in seen and _rank(trial) <= self.k:
                    seen.add(key)
                    yield trial

    def _active(self, i: int) -> bool:
        return any(
            self.loss.slope(self.constants[i], v, self.weight(i, t))
            for t, v in enumerate(self.y[i])
        )

    def blocks(self) -> list[tuple[list[int], tuple[int, ...]]]:
        """The connected parts of rows and inputs (a gradient at Z = 0, or a common sample)."""
        size = len(self.data.d)
        parent = list(range(size + len(self.y)))

        def root(a: int) -> int:
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            return a

        for i in range(len(self.y)):
            sums: dict[int, list[Any]] = {}
            for t, column in enumerate(self.columns):
                slope = self.loss.slope(self.constants[i], self.y[i][t], self.weight(i, t))
                if slope:
                    for j, v in column:
                        sums.setdefault(j, []).append((slope, v))
            for j, parts in sums.items():
                if combined(parts):
                    parent[root(size + i)] = root(j)
        for column in self.columns:
            for (a, _), (b, _) in pairwise(column):
                parent[root(a)] = root(b)
        groups: dict[int, tuple[list[int], list[int]]] = {}
        for j in range(size):
            groups.setdefault(root(j), ([], []))[1].append(j)
        for i in range(len(self.y)):
            if root(size + i) in groups:
                groups[root(size + i)][0].append(i)
        return [(a, tuple(b)) for a, b in groups.values() if a and b]

    def _unions(self) -> Iterator[list[list[Any]]]:
        """The best union of blocks, and those with one kept block in place of a better one."""
        parts = []
        empty = [[ZERO] * len(self.data.d) for _ in self.y]
        for rows, inputs in self.blocks():
            z = self.matrix(rows, inputs)
            if z is None:
                continue
            size = _rank([z[i] for i in rows])
            if 0 < size <= self.k:
                gain = self._part(empty, rows) - self._part(z, rows)
                parts.append((gain, size, [(i, z[i]) for i in rows]))
        parts.sort(key=lambda part: (-part[0], part[1]))
        kept, room = [], self.k
        for a, part in enumerate(parts):
            if part[1] <= room:
                kept.append(a)
                room -= part[1]
        if room:
            return

        def union(chosen: Sequence[int]) -> list[list[Any]]:
            z = [list(row) for row in empty]
            for a in chosen:
                for i, row in parts[a][2]:
                    z[i] = [p if p != 0 else q for p, q in zip(row, z[i], strict=True)]
            return z

        yield union(kept)
        dropped = [a for a in range(len(parts)) if a not in set(kept)]
        for a in reversed(kept):
            for b in dropped:
                worse = parts[a][0] - parts[b][0] > MARGIN * (1 + abs(parts[a][0]))
                if worse and parts[a][1] == parts[b][1]:
                    yield union([*(c for c in kept if c != a), b])

    def _part(self, z: Sequence[Sequence[Any]], rows: Sequence[int]) -> float:
        self.budget.spend(len(rows) * len(self.floats))
        total = 0.0
        for i in rows:
            row = [float_of(v) for v in z[i]]
            constant = float(self.constants[i])
            for t, column in enumerate(self.floats):
                value = constant + sum([row[j] * v for j, v in column])
                total += self.loss.cost(value, self.targets[i][t], self.weight(i, t))
        return total

    def solve(self) -> tuple[Point, Point] | None:
        """A strict local minimum of rank k and a better point.

        All candidates are compared where there are few; in blocks each with the first, best one.
        """
        small = self.small
        known: list[tuple[float, list[list[Any]]]] = []
        checks = 0
        for z in self.candidates():
            known.append((self.cost(z), z))
            if not small and len(known) > 1:
                found = self._minimum_beside(known[-1], known[0])
                if found is not None:
                    return found
            if len(known) > (MOST_CHOICES if small else MOST_BLOCKS):
                break
        if not known or not small:
            return None
        best = min(known, key=lambda one: one[0])
        for one in known:
            checks += _rank(one[1]) == self.k
            if checks > MOST_CHECKS:
                break
            found = self._minimum_beside(one, best)
            if found is not None:
                return found
        return None

    def _minimum_beside(
        self, one: tuple[float, list[list[Any]]], best: tuple[float, list[list[Any]]]
    ) -> tuple[Point, Point] | None:
        value, z = one
        if _rank(z) != self.k or not _monomial(z) or not self.minimum(z):
            return None
        local, other = self.point(z), None
        if value - best[0] > MARGIN * (1 + abs(value)):
            other = self.point(best[1])
        else:
            from .descend import lower_product

            factors = lower_product(self, value)
            other = None if factors is None else Point(*factors, self.shift)
        return None if local is None or other is None else (local, other)

    def point(self, z: Sequence[Sequence[Any]]) -> Point | None:
        """The factors of a matrix of rank at most k, with the output bias."""
        found = _factors(z, self.k)
        return None if found is None else Point(*found, self.shift)


def _changed(z: Sequence[Sequence[Any]], change: Rows) -> list[list[Any]] | None:
    """Z F; None where an entry would be a sum of logarithms."""
    return outputs_of(z, change, [ZERO] * len(z))  # type: ignore[no-any-return]


def _subsets(
    rows: list[int], inputs: list[int], k: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Choices of rows and inputs: all inputs first, then fewer."""
    everything = tuple(inputs)
    sizes = range(min(k, len(rows)), len(rows) + 1)
    for size in sizes:
        for chosen in combinations(rows, size):
            yield chosen, everything
    for width in range(min(k, len(inputs)), len(inputs)):
        for size in sizes:
            for used in combinations(inputs, width):
                for chosen in combinations(rows, size):
                    yield chosen, used


def _rank(z: Sequence[Sequence[Any]]) -> int:
    from ..algebra import rank

    plain = [[ONE if isinstance(v, Log) else v for v in row] for row in z]
    return rank(plain) if any(v for row in plain for v in row) else 0


def _monomial(z: Sequence[Sequence[Any]]) -> bool:
    """Rational, or with at most one entry that is not 0 in every row and column."""
    if not any(isinstance(v, Log) for row in z for v in row):
        return True
    lines = [*z, *zip(*z, strict=True)]
    return all(sum(1 for v in line if v != 0) <= 1 for line in lines)


def _factors(z: Sequence[Sequence[Any]], k: int) -> tuple[Any, Any] | None:
    """(outer, inner) with k columns and rows whose product is Z (padded with 0)."""
    from .rank_charts import chart_of

    size = _rank(z)
    width = len(z[0])
    if size == 0:
        return zeros(len(z), k), zeros(k, width)
    chart = chart_of(z, size)
    if chart is None:
        return None
    inner = zeros(k, width)
    for a, j in enumerate(chart.chosen):
        inner[a][j] = ONE
        for b, other in enumerate(chart.others):
            inner[a][other] = chart.right[a][b]
    return [[*row, *([ZERO] * (k - size))] for row in chart.left], inner


# --- exact fits of one row -----------------------------------------------------------------------

Samples = list[tuple[list[tuple[int, Fraction]], Fraction, Fraction]]


def _interpolated(samples: Samples, size: int) -> list[Any] | None:
    from ..algebra import solve

    if not samples:
        return [ZERO] * size
    matrix = zeros(len(samples), size)
    for row, (seen, _, _) in zip(matrix, samples, strict=True):
        for j, v in seen:
            row[j] = v
    found = solve(matrix, [[y] for _, y, _ in samples])
    return None if found is None else [v for (v,) in found]


def _normal(
    samples: Samples, size: int, pulled: Sequence[tuple[list[tuple[int, Fraction]], Fraction]] = ()
) -> list[Any] | None:
    """Least squares of the samples with a constant pull from others; None where not unique."""
    from ..algebra import rank, solve

    gram, right = zeros(size, size), [[ZERO] for _ in range(size)]
    for seen, y, w in samples:
        for i, a in seen:
            right[i][0] += w * a * y
            for j, b in seen:
                gram[i][j] += w * a * b
    for seen, pull in pulled:
        for i, a in seen:
            right[i][0] += pull * a
    if rank(gram) < size:
        return None
    found = solve(gram, right)
    return None if found is None else [v for (v,) in found]


def _least_squares(samples: Samples, size: int) -> list[Any] | None:
    return _normal(samples, size)


def _huber(samples: Samples, size: int, delta: Fraction) -> list[Any] | None:
    """The stationary point, by guessing which residuals are beyond delta until it is right."""
    sides = [0] * len(samples)
    for _ in range(12):
        near = [s for s, side in zip(samples, sides, strict=True) if not side]
        far = [(s[0], delta * side) for s, side in zip(samples, sides, strict=True) if side]
        found = _normal(near, size, far) if near else None
        if found is None:
            return None
        moved = []
        for seen, y, _ in samples:
            r = y - sum((found[j] * v for j, v in seen), ZERO)
            moved.append(1 if r > delta else -1 if r < -delta else 0)
        if moved == sides:
            return found
        sides = moved
    return None


def _by_input(samples: Samples, size: int, rule: Callable[[Any], Any]) -> list[Any] | None:
    """Input by input, where every sample sees only one of them."""
    groups: list[list[tuple[Fraction, Fraction]]] = [[] for _ in range(size)]
    for seen, y, _ in samples:
        if len(seen) != 1:
            return None
        groups[seen[0][0]].append((seen[0][1], y))
    found = []
    for group in groups:
        value = rule(group) if group else ZERO
        if value is None:
            return None
        found.append(value)
    return found


def _middle(group: list[tuple[Fraction, Fraction]]) -> Any:
    """The centre of targets that lie symmetrically, for an even loss."""
    if any(abs(c) != abs(group[0][0]) for c, _ in group):
        return None
    targets = sorted(y / c for c, y in group)
    centre = (targets[0] + targets[-1]) / 2
    good = all(a + b == 2 * centre for a, b in zip(targets, reversed(targets), strict=True))
    return centre if good else None


def _poisson(group: list[tuple[Fraction, Fraction]]) -> Any:
    """The logarithm of the mean."""
    mean = sum((y for _, y in group), ZERO) / len(group)
    if any(abs(c) != 1 or c < 0 for c, _ in group) or mean <= 0:
        return None
    return ZERO if mean == 1 else Log(mean)


def _counts(group: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, int, int] | None:
    size = abs(group[0][0])
    if any(abs(c) != size for c, _ in group):
        return None
    agree = sum(c * y > 0 for c, y in group)
    return size, agree, len(group) - agree


def _logistic(group: list[tuple[Fraction, Fraction]]) -> Any:
    """The logarithm of the odds."""
    counts = _counts(group)
    if counts is None:
        return None
    size, agree, other = counts
    if not agree or not other:
        return (5 if agree else -5) / size  # no minimum: near the infimum, for a better point
    return ZERO if agree == other else Log(Fraction(agree, other), 1 / size)


def _hinge(group: list[tuple[Fraction, Fraction]], beyond: int) -> Any:
    """The least squared hinge; far beyond the margin where all labels agree (the loss is 0)."""
    counts = _counts(group)
    if counts is None:
        return None
    size, agree, other = counts
    if not other or not agree:
        return (beyond if agree else -beyond) / size
    return Fraction(agree - other, agree + other) / size


# --- from a model to a certificate ---------------------------------------------------------------


def find(facts: Facts, room: Room, k: int) -> Found | Refusal:
    """The first instance that the bounded search finds for the given targets (numeric widths)."""
    model = facts.model
    loss = entry_loss(facts)
    if isinstance(loss, Refusal):
        return loss
    if room.above or facts.form.transposed:
        return Refusal("the targets are given, beside fixed output layers or a transposed map")
    given = model.data.matrix("Y")
    if given is None:
        given = model.data.matrix("X")
    assert given is not None
    y = given.matrix.rows
    if len(y) * len(y[0]) > MOST_ENTRIES:
        return Refusal(f"more than {MOST_ENTRIES} targets are given: no structure is searched for")
    n = len(y[0])
    stated = (
        model.data.matrix("weights")
        if loss.name in ("weighted_squared", "masked_squared")
        else None
    )
    budget = Budget(MOST_WORK + 60 * len(y) * n * k)
    try:
        found = _first(facts, room, y, loss, k, stated.matrix.rows if stated else None, budget)
    except OutOfBudget:
        found = None
    if found is not None:
        return found
    return Refusal(
        "the targets are given, and no local minimum was found among the products that fit some "
        "rows or blocks of them exactly (a bounded search; others may exist)"
    )


def _first(
    facts: Facts, room: Room, y: Rows, loss: EntryLoss, k: int, stated: Rows | None,
    budget: Budget,
) -> Found | None:  # fmt: skip
    for x in _choices_of_data(facts, room, y, loss, k):
        budget.spend(8 * len(y) * len(y[0]))
        for data in all_coordinates(facts, room, x):
            if len(data.d) <= k:
                continue
            found = _with_data(facts, room, x, y, data, loss, k, stated, budget)
            if found is not None:
                return found
    return None


def all_coordinates(facts: Facts, room: Room, x: Rows) -> Iterator[Data]:
    """The coordinates of ``data_of``; with an output bias also those with 0 for the origin.

    The latter need independent rows that stay so when they are centred.
    """
    found = data_of(facts, room, x)
    if found is not None:
        yield found
        if room.bias == "output" and any(found.offset):
            other = data_of(facts, room, x, [ZERO] * len(found.forward[0]))
            if other is not None and len(other.d) == len(found.d):
                yield other


def _with_data(
    facts: Facts, room: Room, x: Rows, y: Rows, data: Data, loss: EntryLoss, k: int,
    stated: Rows | None, budget: Budget,
) -> Found | None:  # fmt: skip
    tables: Iterator[Rows | None] = iter([None])
    if stated is not None and facts.model.loss.kind == "named":
        tables = iter([stated])
    elif loss.name in ("weighted_squared", "masked_squared"):
        seen = [t for t in range(len(y[0])) if any(row[t] for row in data.d)]
        tables = _tables(loss.name, y, k, seen)
    for weights in tables:
        for shift in _shifts(room, y):
            budget.spend(4 * len(y) * len(y[0]))
            found = Search(data, y, weights, loss, k, shift, budget).solve()
            if found is not None:
                return Found(x, data.forward, data.offset, y, *found, weights)
    return None


def _shifts(room: Room, y: Rows) -> Iterator[Sequence[Fraction] | None]:
    """Values of the output bias: 0, or in every row the target that occurs most often."""
    if room.bias != "output":
        yield None
        return
    yield [ZERO] * len(y)
    common = [max(row, key=lambda v, line=row: (line.count(v), -abs(v))) for row in y]  # type: ignore[misc]
    if any(common):
        yield common


def _tables(name: str, y: Rows, k: int, seen: Sequence[int]) -> Iterator[Rows]:
    """Weights of a weighted or masked loss that the model leaves free.

    A target 0 may have a large weight at no cost while the output there is 0. One row may count
    less, so that equal targets are told apart. For k = 1 also weights for which a row a is kept
    and a row b dropped (``_opposed``).
    """
    rows = len(y)
    if name == "masked_squared":
        yield [[ONE] * len(row) for row in y]
        return
    if k == 1:
        for a in range(min(rows, 6)):
            for b in range(min(rows, 6)):
                part = [[row[t] for t in seen] for row in y]
                found = _opposed(part, a, b) if a != b else None
                if found is not None:
                    table = [[ONE] * len(row) for row in y]
                    for line, values in zip(table, found, strict=True):
                        for t, value in zip(seen, values, strict=True):
                            line[t] = value
                    yield table
    for large in (Fraction(3), Fraction(100)):
        plain = [[large if not v else ONE for v in row] for row in y]
        yield plain
        for i in range(min(rows, 6)):
            yield [[w / 2 if a == i and y[a][t] else w for t, w in enumerate(row)]
                   for a, row in enumerate(plain)]  # fmt: skip


def _opposed(y: Rows, a: int, b: int) -> Rows | None:
    """Weights for which Z = (row a of Y, 0 elsewhere) is a local minimum and row b is worth more.

    With u, v the rows a and b, every other row's weights make it orthogonal to u (which takes
    both signs of the products). Z is a strict minimum iff sum (w_b v)^2 / w_a < sum w_b u^2, and
    b is worth more iff sum w_a u^2 < sum w_b v^2. For w_a = s w_b |v| / |u| both say that s lies
    between A / B and C / A, A = sum w_b |u v|, B = sum w_b u^2, C = sum w_b v^2; A^2 <= B C, with
    equality only for |v| proportional to |u|. (The samples are taken to be independent.)
    """
    n = len(y[0])
    table: list[list[Fraction]] = []
    for i, row in enumerate(y):
        products = [p * q for p, q in zip(row, y[a], strict=True)]
        above = sum((v for v in products if v > 0), ZERO)
        below = -sum((v for v in products if v < 0), ZERO)
        if i != a and (above > 0) != (below > 0):
            return None
        ratio = above / below if below else ONE
        table.append([ratio if v < 0 else ONE for v in products])
    w, u, v = table[b], y[a], y[b]
    mixed = sum((p * abs(q * r) for p, q, r in zip(w, u, v, strict=True)), ZERO)
    first = sum((p * q * q for p, q in zip(w, u, strict=True)), ZERO)
    second = sum((p * q * q for p, q in zip(w, v, strict=True)), ZERO)
    if not mixed or mixed**2 >= first * second:
        return None
    from .nonlinear import simplest_between

    low, high = mixed / first, second / mixed
    s = simplest_between((3 * low + high) / 4, (low + 3 * high) / 4)
    table[a] = [
        Fraction(100) if not u[t] else Fraction(1, 100) if not v[t] else s * w[t] * abs(v[t] / u[t])
        for t in range(n)
    ]
    return table
