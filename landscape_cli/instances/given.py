"""Bottleneck instances where the model gives the targets (or data whose samples are dependent).

Nothing can be designed then: the point has to be found. With D the data in coordinates in which
r samples are unit vectors, the candidates are the matrices Z that

- fit chosen rows of Y over chosen inputs as well as possible, and are 0 elsewhere. Every row is a
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
from itertools import combinations, islice
from typing import Any, NamedTuple

from ..catalogue import Refusal
from ..facts.facts import Facts
from .entry_losses import NAMES, ONE, RESIDUAL, ZERO, EntryLoss, combined, float_of
from .linear import Room, as_int, composite_of, unit, zeros
from .numbers import Log
from .rank_charts import outputs_of, strict_minimum

Rows = Sequence[Sequence[Fraction]]

MOST_CHOICES = 700
"""Choices of rows and inputs that are fitted, per choice of the data."""

MOST_DATA = 60
"""Choices of the data where X is free."""

MOST_CHECKS = 40
"""Candidates whose second-order form is examined, per choice of the data."""

MOST_ENTRIES = 20_000
"""Entries of the targets."""

FEW = 16
"""Up to here rows times inputs are chosen freely; beyond, in blocks."""

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

    With an output bias B and D = F B are meant up to constants.
    """

    x: Rows
    d: Rows
    forward: list[list[Fraction]]
    offset: list[Fraction]
    basis: Rows
    change: Rows


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


def data_of(facts: Facts, room: Room, x: Rows) -> Data | None:
    """The coordinates of the data; None where fixed layers below are not given."""
    from ..algebra import independent, product, solve, transpose

    ends = facts.ends
    assert ends is not None
    inner = [list(row) for row in x]
    if room.below:
        if not room.known_below:
            return None
        inner = [list(row) for row in product(composite_of(facts, range(ends.first)), x)]
    n = len(x[0])
    rows = [list(row) for row in inner]
    raw = [list(row) for row in x]
    if room.bias == "first":
        rows.append([ONE] * n)
        raw.append([ONE] * n)
    if room.bias == "output":
        # The sample that occurs most often becomes the origin.
        columns = list(zip(*rows, strict=True))
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
        return
    sizes = [most, *range(fewest, most)] if fewest <= most else []
    if width == 1:
        sizes = sizes[:1]
    isotropic = facts.stated("X isotropic") is not None
    for size in sizes:
        for seen in islice(combinations(range(n), size), MOST_DATA):
            yield [*(unit(n, t) for t in seen), *zeros(width - size, n)]
    if isotropic or fewest > k + 1 or most < k + 1 or room.bias != "none":
        return
    yield from islice(_balanced_data(y, loss, k, width), MOST_DATA)


def _balanced_data(y: Rows, loss: EntryLoss, k: int, width: int) -> Iterator[Rows]:
    """Input j sees a group of samples, with coefficients that balance the pulls of other rows.

    Inputs j < k: of all rows but j (the kept ones); input k: of the kept rows.
    """
    from ..algebra import null_space

    rows, n = len(y), len(y[0])
    pulls = []
    for row in y:
        slopes = [loss.slope(ZERO, v) for v in row]
        if any(s is None or set(s) - {None} for s in slopes):
            return
        pulls.append([(s or {}).get(None, ZERO) for s in slopes])
    size = min(rows, n // (k + 1))
    if size < 1 or rows > 8:
        return
    orders = [list(range(rows))[a:] + list(range(rows))[:a] for a in range(rows)]
    for start in range(n):
        for order in orders:
            line = [(start + t) % n for t in range(n)]
            lists: list[list[Fraction]] = []
            for j in range(k + 1):
                group = line[j * size : (j + 1) * size]
                others = [i for i in (order if j < k else order[:k]) if i != order[j]]
                space = null_space([[pulls[i][t] for t in group] for i in others])
                if not space:
                    break
                column = [ZERO] * n
                for t, v in zip(group, space[-1], strict=True):
                    column[t] = v
                lists.append(column)
            else:
                yield [*lists, *zeros(width - k - 1, n)]


# --- the search ----------------------------------------------------------------------------------


class Search:
    """The candidates for one choice of X, Y and the weights of the loss."""

    def __init__(
        self, data: Data, y: Rows, weights: Rows | None, loss: EntryLoss, k: int,
        shift: Sequence[Fraction] | None,
    ) -> None:  # fmt: skip
        self.data, self.y, self.weights, self.loss, self.k = data, y, weights, loss, k
        self.shift = shift
        self.constants = list(shift) if shift is not None else [ZERO] * len(y)
        self.columns = [
            [(j, row[t]) for j, row in enumerate(data.d) if row[t]] for t in range(len(y[0]))
        ]
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
        samples: list[tuple[list[tuple[int, Fraction]], Fraction, Fraction]] = []
        for t, column in enumerate(self.columns):
            seen = [(place[j], v) for j, v in column if j in place]
            if seen and self.weight(i, t):
                samples.append((seen, self.y[i][t] - self.constants[i], self.weight(i, t)))
        size = len(inputs)
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
        rule = {"poisson": _poisson, "logistic": _logistic, "squared_hinge": _hinge}
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

    def cost(self, z: Sequence[Sequence[Any]]) -> float:
        """The loss as a float."""
        rows = [[float_of(v) for v in row] for row in z]
        total = 0.0
        for i, row in enumerate(rows):
            constant = float(self.constants[i])
            for t, column in enumerate(self.columns):
                value = constant + sum(row[j] * float(v) for j, v in column)
                total += self.loss.cost(value, self.y[i][t], self.weight(i, t))
        return total

    def minimum(self, z: Sequence[Sequence[Any]]) -> bool:
        """Whether Z is a strict local minimum over the matrices of rank k."""
        moved = _changed(z, self.data.change)
        return moved is not None and strict_minimum(
            moved, self.data.basis, self.y_moved(z), self.weights, self.loss, self.k, self.shift_of(z)
        )

    def shift_of(self, z: Sequence[Sequence[Any]]) -> Sequence[Fraction] | None:
        """The output bias that goes with the kernel's rows, which are centred."""
        if self.shift is None:
            return None
        n = len(self.y[0])
        means = [sum(row, ZERO) / n for row in self.data.d]
        return [
            c + sum((v * m for v, m in zip(row, means, strict=True) if v and m), ZERO)
            for c, row in zip(self.shift, z, strict=True)
        ]

    def y_moved(self, _z: Any) -> Rows:
        """The targets."""
        return self.y

    # -- candidates --

    def candidates(self) -> Iterator[list[list[Any]]]:
        """Matrices of rank at most k (first those of the most promising choices)."""
        rows = [i for i, row in enumerate(self.y) if self._active(i)]
        inputs = list(range(len(self.data.d)))
        if len(rows) * len(inputs) > FEW:
            yield from self._unions()
        seen = set()
        for chosen, used in islice(_subsets(rows, inputs, self.k), MOST_CHOICES):
            z = self.matrix(chosen, used)
            if z is None:
                continue
            key = tuple(map(tuple, z))
            if key not in seen and _rank(z) <= self.k:
                seen.add(key)
                yield z

    def _active(self, i: int) -> bool:
        return any(
            self.loss.slope(self.constants[i], v, self.weight(i, t)) for t, v in enumerate(self.y[i])
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
            for (a, _), (b, _) in zip(column, column[1:], strict=False):
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
                if parts[a][1] == parts[b][1]:
                    yield union([*(c for c in kept if c != a), b])

    def _part(self, z: Sequence[Sequence[Any]], rows: Sequence[int]) -> float:
        total = 0.0
        for i in rows:
            row = [float_of(v) for v in z[i]]
            constant = float(self.constants[i])
            for t, column in enumerate(self.columns):
                value = constant + sum(row[j] * float(v) for j, v in column)
                total += self.loss.cost(value, self.y[i][t], self.weight(i, t))
        return total

    def solve(self) -> tuple[Point, Point] | None:
        """A strict local minimum of rank k and a better point."""
        known: list[tuple[float, list[list[Any]]]] = []
        limit = MOST_CHECKS + (0 if len(self.y) * len(self.data.d) <= FEW else MOST_CHECKS)
        for z in self.candidates():
            known.append((self.cost(z), z))
            if len(known) > MOST_CHOICES:
                break
        if not known:
            return None
        best, best_z = min(known, key=lambda one: one[0])
        checks = 0
        for value, z in known:
            if _rank(z) != self.k or not _monomial(z):
                continue
            lower = value - best > MARGIN * (1 + abs(value))
            if not lower and len(self.y) * len(self.data.d) > FEW:
                continue
            checks += 1
            if checks > limit:
                break
            if not self.minimum(z):
                continue
            other = _factors(best_z, self.k) if lower else None
            if not lower:
                from .descend import lower_product

                other = lower_product(self, value)
            local = _factors(z, self.k)
            if other is not None and local is not None:
                return Point(*local, self.shift), Point(*other, self.shift)
        return None


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
    if counts is None or not counts[1] or not counts[2]:
        return None
    size, agree, other = counts
    return ZERO if agree == other else Log(Fraction(agree, other), 1 / size)


def _hinge(group: list[tuple[Fraction, Fraction]]) -> Any:
    """The least squared hinge; beyond the margin where all labels agree."""
    counts = _counts(group)
    if counts is None:
        return None
    size, agree, other = counts
    if not other or not agree:
        return (2 if agree else -2) / size
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
    stated = model.data.matrix("weights") if loss.name in ("weighted_squared", "masked_squared") else None
    tried = 0
    for x in _choices_of_data(facts, room, y, loss, k):
        if tried >= 2 * MOST_DATA:
            break
        tried += 1
        data = data_of(facts, room, x)
        if data is None or len(data.d) <= k:
            continue
        if stated is not None and model.loss.kind == "named":
            tables: Iterator[Rows | None] = iter([stated.matrix.rows])
        elif loss.name in ("weighted_squared", "masked_squared"):
            tables = _tables(loss.name, y, n)
        else:
            tables = iter([None])
        for weights in tables:
            for shift in _shifts(room, y):
                found = Search(data, y, weights, loss, k, shift).solve()
                if found is not None:
                    return Found(x, data.forward, data.offset, y, *found, weights)
    return Refusal(
        "the targets are given, and no local minimum was found among the products that fit some "
        "rows or blocks of them exactly (a bounded search; others may exist)"
    )


def _shifts(room: Room, y: Rows) -> Iterator[Sequence[Fraction] | None]:
    """Values of the output bias: 0, or in every row the target that occurs most often."""
    if room.bias != "output":
        yield None
        return
    yield [ZERO] * len(y)
    common = [max(row, key=lambda v, line=row: (line.count(v), -abs(v))) for row in y]  # type: ignore[misc]
    if any(common):
        yield common


def _tables(name: str, y: Rows, n: int) -> Iterator[Rows]:
    """Weights of a weighted or masked loss that the model leaves free.

    A target 0 may have a large weight at no cost while the output there is 0. One row may count
    less, so that equal targets are told apart.
    """
    rows = len(y)
    if name == "masked_squared":
        yield [[ONE] * n for _ in y]
        return
    for large in (Fraction(3), Fraction(100)):
        plain = [[large if not v else ONE for v in row] for row in y]
        yield plain
        for i in range(min(rows, 6)):
            yield [[w / 2 if a == i and y[a][t] else w for t, w in enumerate(row)]
                   for a, row in enumerate(plain)]  # fmt: skip
