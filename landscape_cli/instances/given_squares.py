"""Diagonal instances for given data where the weights are square roots (must be rational).

``decay-bottleneck``: rows of X orthogonal with squares s_i, the products p_i = <y_i, x_i> on a
(permuted) diagonal, L = sqrt(lambda_1 lambda_2). Kept: z_i = (p_i - L) / s_i > 0. It is a strict
local minimum iff (s_j + L/z_i)(s_i + L/z_i) > (p_j / z_i)^2 for kept i and dropped j with p_j > 0;
keeping j in place of i changes the value by the difference of (p - L)^2 / (2 s). The weights are
the roots of z_i / rho, rho^2 = lambda_1 / lambda_2. Where X is free, x_i = (m^2 + L) / y_i makes
p_i - L = m^2 a square; where Y is free its row i is a multiple of x_i.

``symmetric-weighted`` and ``tied-narrow``: W W^T diagonal, kept entries fitted; the Hessian is
examined exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import isqrt, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Instance, Refusal
from .linear import as_int, unit, zeros

if TYPE_CHECKING:
    from ..facts.facts import Facts

ZERO, ONE = Fraction(0), Fraction(1)
Rows = Sequence[Sequence[Fraction]]
MOST_CHOICES = 400
MOST_ENTRIES = 4000
MOST_POINTS = 12
MOST_EXAMINED = 60


def root_of(value: Fraction) -> Fraction | None:
    """The rational root of a rational >= 0, or None."""
    if value < 0:
        return None
    over, under = isqrt(value.numerator), isqrt(value.denominator)
    if over * over != value.numerator or under * under != value.denominator:
        return None
    return Fraction(over, under)


class Decayed(NamedTuple):
    """X, Y, and the kept (output, input, entry z) of the two points; ``ratio`` is rho."""

    x: Rows
    y: Rows
    local: list[tuple[int, int, Fraction]]
    better: list[tuple[int, int, Fraction]]
    ratio: Fraction


def decayed(
    facts: Facts, k: int, strengths: tuple[Fraction, ...], ratio: Fraction
) -> Decayed | Refusal:
    """The instance of ``decay-bottleneck`` for given X, Y or both (no bias, numeric widths)."""
    data = facts.model.data
    level = strengths[0] / ratio
    given = {n: m.matrix.rows for n in ("X", "Y") if (m := data.matrix(n)) is not None}
    n = len(next(iter(given.values()))[0])
    width, rows = as_int(facts.input_width), as_int(facts.output_width)
    if max(width, rows) * n > MOST_ENTRIES:
        return Refusal(f"more than {MOST_ENTRIES} entries of data are given")
    pairs: list[tuple[Rows, Rows]] = []
    if "X" in given and "Y" in given:
        pairs = [(given["X"], given["Y"])]
    elif "X" in given:
        pairs += [(given["X"], y) for y in _targets_for(given["X"], rows, k, level, ratio)]
    else:
        ranges = facts.ranges
        assert ranges is not None
        pairs += [(x, given["Y"])
                  for x in _inputs_for(given["Y"], width, k, level, ratio)
                  if ranges.rank_x.least <= sum(1 for row in x if any(row))]  # fmt: skip
    for x, y in islice(pairs, MOST_CHOICES):
        found = _decayed(x, y, k, level, ratio)
        if found is not None:
            return found
    return Refusal(
        "data are given, and no diagonal local minimum with rational weights was found (the rows "
        "of X have to be orthogonal, Y X^T diagonal up to the order)"
    )


def _decayed(x: Rows, y: Rows, k: int, level: Fraction, ratio: Fraction) -> Decayed | None:
    squares = [_dot(row, row) for row in x]
    if any(_dot(a, b) for a, b in combinations(x, 2)) or sum(map(bool, squares)) <= k:
        return None
    entries: list[tuple[int, int, Fraction]] = []
    for i, row in enumerate(y):
        seen = [(j, p) for j, line in enumerate(x) if (p := _dot(row, line))]
        if len(seen) > 1:
            return None
        entries += [(i, j, p) for j, p in seen]
    if len({j for _, j, _ in entries}) < len(entries):
        return None
    # The gain of keeping an entry, and its z (the sign of p goes into the outer factor).
    worth = {
        e: (abs(e[2]) - level) ** 2 / (2 * squares[e[1]]) for e in entries if abs(e[2]) > level
    }
    values = {e: (abs(e[2]) - level) / squares[e[1]] for e in worth}
    exact = {e: z for e, z in values.items() if root_of(z / ratio) is not None}
    for kept in islice(combinations(sorted(exact, key=lambda e: worth[e]), k), MOST_CHOICES):
        swaps = [(e, f) for e in kept for f in exact if f not in kept and worth[f] > worth[e]]
        if swaps and all(
            (squares[j[1]] + level / exact[i]) * (squares[i[1]] + level / exact[i])
            > (j[2] / exact[i]) ** 2
            for i in kept for j in entries if j not in kept
        ):  # fmt: skip
            others = [*(e for e in kept if e != swaps[0][0]), swaps[0][1]]
            return Decayed(x, y, [_signed(e, exact[e]) for e in kept],
                           [_signed(e, exact[e]) for e in others], ratio)  # fmt: skip
    return None


def _signed(entry: tuple[int, int, Fraction], z: Fraction) -> tuple[int, int, Fraction]:
    return entry[0], entry[1], z if entry[2] > 0 else -z


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True) if p and q), ZERO)


def _between(low: float, high: float) -> Fraction | None:
    """A simple rational well inside the interval of positive numbers."""
    from .nonlinear import simplest_between

    if not 0 <= low < high * (1 - 1e-9):
        return None
    step = (high - low) / 4
    return simplest_between(Fraction(low + step), Fraction(high - step))


def _targets_for(
    x: Rows, rows: int, k: int, level: Fraction, ratio: Fraction
) -> Iterator[list[list[Fraction]]]:
    """Row i of Y a multiple of a row of X, the weights w being rational: z = rho w^2.

    With a = z_i s_i / L, b = z_j s_j / L, r = s_j / s_i the conditions are b > a sqrt(r) (worth
    more) and (1 + b)^2 < (a r + 1)(a + 1); there is room between for every a unless r = 1.
    """
    squares = [_dot(row, row) for row in x]
    used = sorted((j for j, s in enumerate(squares) if s), key=lambda j: squares[j])
    if rows < k + 1:
        return
    for kept, dropped in ((p, q) for p in used for q in reversed(used) if squares[p] < squares[q]):
        unit_of = {j: float(squares[j] * ratio / level) for j in used}  # z s / L is this times w^2
        first = _between(sqrt(0.5 / unit_of[kept]), sqrt(2 / unit_of[kept]))
        if first is None:
            continue
        a, r = unit_of[kept] * float(first) ** 2, unit_of[dropped] / unit_of[kept]
        low, high = a * sqrt(r), sqrt((a * r + 1) * (a + 1)) - 1
        second = _between(sqrt(low / unit_of[dropped]), sqrt(high / unit_of[dropped]))
        if second is None:
            continue
        others = [j for j in used if j not in (kept, dropped)][: k - 1]
        roots = [(j, Fraction(isqrt(int(64 * (high + 2) ** 2 / unit_of[j])) + 1)) for j in others]
        roots += [(kept, first), (dropped, second)]
        y = zeros(rows, len(x[0]))
        for i, (j, w) in enumerate(roots):
            y[i] = [(ratio * w * w + level / squares[j]) * v for v in x[j]]
        if len(roots) == k + 1:
            yield y


def _inputs_for(
    y: Rows, width: int, k: int, level: Fraction, ratio: Fraction
) -> Iterator[list[list[Fraction]]]:
    """X diagonal over samples in which Y has single entries: x = (rho m^2 + L) / |y|.

    With A = a / (1 + a) for a = rho m_i^2 / L, B likewise for j, q = |y_i / y_j|, the conditions
    are B > q A (worth more) and (1 - B)^2 > (1 - A)(1 - A q^2); there is room between for small
    A unless q = 1.
    """
    single: list[tuple[int, Fraction]] = []
    rows_used: set[int] = set()
    for t in range(len(y[0])):
        seen = [(i, row[t]) for i, row in enumerate(y) if row[t]]
        if len(seen) == 1 and seen[0][0] not in rows_used:
            rows_used.add(seen[0][0])
            single.append((t, abs(seen[0][1])))
    if len(single) < k + 1 or width < k + 1:
        return
    for kept, dropped in islice(((p, q) for p in single for q in single if p != q), 60):
        q = float(kept[1] / dropped[1])
        share = min(0.5, 0.5 / q, 0.5 / q**2)
        first = _between(sqrt(share / 2 * level / ratio), sqrt(share * level / ratio))
        if first is None:
            continue
        a = float(ratio * first * first / level)
        part = a / (1 + a)
        low, high = q * part, 1 - sqrt((1 - part) * (1 - part * q * q))
        if not low < high < 1:
            continue
        ends = [sqrt(v / (1 - v) * level / ratio) for v in (low, high)]
        second = _between(ends[0], ends[1])
        if second is None:
            continue
        others = [p for p in single if p not in (kept, dropped)][: k - 1]
        large = Fraction(8 * (int(sqrt(level / ratio)) + 1))
        x = zeros(width, len(y[0]))
        entries = [*((p, large) for p in others), (kept, first), (dropped, second)]
        for j, ((t, size), m) in enumerate(entries):
            x[j][t] = (ratio * m * m + level) / size
        if len(entries) == k + 1:
            yield x


def factors_of(
    points: list[tuple[int, int, Fraction]], ratio: Fraction, e: int, r: int
) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """(outer e x k, inner k x r) of the kept entries."""
    outer, inner = zeros(e, len(points)), zeros(len(points), r)
    for a, (i, j, z) in enumerate(points):
        weight = root_of(abs(z) / ratio)
        assert weight is not None
        outer[i][a] = ratio * weight * (1 if z > 0 else -1)
        inner[a][j] = weight
    return outer, inner


# --- W W^T and W W^T X ---------------------------------------------------------------------------


def symmetric_instance(facts: Facts, name: str, words: str) -> Instance | Refusal:
    """W W^T diagonal with fitted entries whose roots are rational; X, Y or the weights are given.

    ``name``: the loss (``squared``, ``weighted_squared``, ``masked_squared``).
    """
    from ..algebra import rank
    from .symmetric import make

    form = facts.form
    rows, k = as_int(form.rows), as_int(form.columns)
    if k >= rows:
        return Refusal(f"{k} >= {rows}")
    if rows * k > 40:
        return Refusal("data are given, for more than 40 weights")
    analyses = 0
    for x, y, weights in _symmetric_data(facts, name, rows):
        silent = [i for i, row in enumerate(x) if not any(row)]
        even = weights is None or len({w for row in weights for w in row}) == 1
        seen = [row for row in x if any(row)]
        even = even and bool(seen) and rank(seen) == len(seen)
        if even and len(silent) >= k and [list(row) for row in x] == [list(row) for row in y]:
            # W outside the data and long: turning it towards them costs more than it gains.
            outside, inside = zeros(rows, k), zeros(rows, k)
            for a, i in enumerate(silent[:k]):
                outside[i][a] = Fraction(2)
            for a, i in enumerate([i for i in range(rows) if i not in set(silent)][:k]):
                inside[i][a] = ONE
            flat = {"W": [[i, j] for i in silent for j in range(k)]}
            made = make(
                facts, x, y, outside, inside, {"kind": "strict-hessian", "flat": flat}, words,
                {"name": name, **({"weights": weights} if weights else {})},
            )  # fmt: skip
            if isinstance(made, Instance):
                return made
        diagonal: dict[int, Fraction] = {}
        for i in range(rows):
            line = weights[i] if weights else [ONE] * len(y[i])
            square = sum((w * a * a for w, a in zip(line, x[i], strict=True)), ZERO)
            if square:
                pairs = zip(line, y[i], x[i], strict=True)
                value = sum((w * a * b for w, a, b in pairs), ZERO) / square
                if value > 0:
                    diagonal[i] = value
        roots = {i: root for i, v in diagonal.items() if (root := root_of(v)) is not None}
        for kept in islice(combinations(sorted(roots, key=lambda i: diagonal[i]), k), MOST_POINTS):
            local = zeros(rows, k)
            for a, i in enumerate(kept):
                local[i][a] = roots[i]
            loss: dict[str, Any] = {"name": name}
            if weights is not None:
                loss["weights"] = weights
            if analyses >= MOST_EXAMINED:
                break
            better = _lower(x, y, weights, local, _other_roots(diagonal, kept, rows, k))
            if better is None:
                continue
            analyses += 1
            if not strict_modulo_turns(x, y, weights, local):
                continue
            argument = {"kind": "strict-hessian", "gauge": [1]}
            made = make(facts, x, y, local, better, argument, words, loss)
            if isinstance(made, Instance):
                return made
    return Refusal(
        "data are given, and no diagonal W W^T with rational weights was found to be a local "
        "minimum that is not global"
    )


def _lower(
    x: Rows, y: Rows, weights: Rows | None, local: Rows, trials: Iterator[list[list[Fraction]]]
) -> list[list[Fraction]] | None:
    """The first of the trials with a lower (weighted) squared loss."""

    def value(w: Rows) -> Fraction:
        total = ZERO
        product = [[_dot(a, b) for b in w] for a in w]
        for i, row in enumerate(product):
            for t, target in enumerate(y[i]):
                seen = sum((v * x[j][t] for j, v in enumerate(row) if v), ZERO)
                total += (weights[i][t] if weights else ONE) * (seen - target) ** 2
        return total

    goal = value(local)
    return next((w for w in trials if value(w) < goal), None)


def _other_roots(
    diagonal: dict[int, Fraction], kept: tuple[int, ...], rows: int, k: int
) -> Iterator[list[list[Fraction]]]:
    """Another entry in place of a kept one, its root rounded."""
    for i in kept:
        for j in sorted(diagonal, key=lambda j: -diagonal[j]):
            if j in kept:
                continue
            better = zeros(rows, k)
            for a, b in enumerate(j if c == i else c for c in kept):
                better[b][a] = Fraction(isqrt((diagonal[b] * 400).__floor__()), 20)
            yield better


def _symmetric_data(facts: Facts, name: str, rows: int) -> Iterator[tuple[Rows, Rows, Rows | None]]:
    data = facts.model.data
    given = {
        key: m.matrix.rows for key in ("X", "Y", "weights") if (m := data.matrix(key)) is not None
    }
    n = len(next(iter(given.values()))[0])
    if rows * n > 100:
        return
    inputs: list[Rows] = [given["X"]] if "X" in given else []
    if not facts.form.has_data or facts.stated("X identity") is not None:
        inputs = [[unit(rows, i) for i in range(rows)]] if n == rows else []
    elif not inputs:
        for scale in (ONE, Fraction(1, 2), Fraction(1, 4), Fraction(4, 9)):
            # Every sample in which Y has a single entry is a multiple of a unit vector.
            made = zeros(rows, n)
            if "Y" in given:
                for i in range(rows):
                    seen = [t for t in range(n) if given["Y"][i][t]]
                    for t in seen[:1]:
                        made[i][t] = abs(given["Y"][i][t]) * (scale if i == rows - 1 else ONE)
            else:
                for i in range(min(rows, n)):
                    made[i][i] = ONE
            inputs.append(made)
    for x in inputs:
        if "Y" in given or facts.stated("Y = X") is not None:
            targets: list[Rows] = [given.get("Y", x)]
        else:
            factors = (Fraction(9, 4), Fraction(4), Fraction(1, 4))
            targets = [
                [[(f if i == place else ONE) * v for v in row] for i, row in enumerate(x)]
                for f in factors for place in sorted(range(rows), key=lambda i: _dot(x[i], x[i]))
            ]  # fmt: skip
        for y in targets:
            if name == "squared":
                yield x, y, None
            elif "weights" in given:
                yield x, y, given["weights"]
            else:
                for large in (3, 30) if name == "weighted_squared" else (1,):
                    yield x, y, [[ONE if v else Fraction(large) for v in row] for row in y]


def strict_modulo_turns(x: Rows, y: Rows, weights: Rows | None, w: Rows) -> bool:
    """Whether W is a strict local minimum of the (weighted) squared loss of W W^T X up to W -> W Q.

    The gradient must vanish; the Hessian plus the squares of the moves W A, A skew (which it does
    not see), must be positive definite. Exact.
    """
    from .rank_charts import Form

    rows, k, n = len(w), len(w[0]), len(x[0])
    below = [[sum((w[i][a] * x[i][t] for i in range(rows)), ZERO) for t in range(n)]
             for a in range(k)]  # fmt: skip
    pulls = [
        [(weights[i][t] if weights else ONE)
         * (sum((w[i][a] * below[a][t] for a in range(k)), ZERO) - y[i][t]) for t in range(n)]
        for i in range(rows)
    ]  # fmt: skip
    # G = (residual) X^T: the gradient is (G + G^T) W, the residual's part of the Hessian 2 G.
    gradient = [[_dot(pulls[i], x[j]) for j in range(rows)] for i in range(rows)]
    even = [[a + b for a, b in zip(p, q, strict=True)]
            for p, q in zip(gradient, zip(*gradient, strict=True), strict=True)]  # fmt: skip
    if any(_dot(row, column) for row in even for column in zip(*w, strict=True)):
        return False
    form = Form()
    for i in range(rows):
        for t in range(n):
            move: dict[int, Fraction] = {}
            for a in range(k):
                place = i * k + a
                move[place] = move.get(place, ZERO) + below[a][t]
                for j in range(rows):
                    place = j * k + a
                    move[place] = move.get(place, ZERO) + w[i][a] * x[j][t]
            terms = [(v, c, c) for v, c in move.items() if c]
            form.square(terms, weights[i][t] if weights else ONE)
    for i in range(rows):
        for j in range(i, rows):
            if even[i][j]:
                for a in range(k):
                    form.add(i * k + a, j * k + a, even[i][j], even[i][j])
    for a, b in combinations(range(k), 2):
        turn = [(i * k + a, w[i][b], w[i][b]) for i in range(rows) if w[i][b]]
        turn += [(i * k + b, -w[i][a], -w[i][a]) for i in range(rows) if w[i][a]]
        form.square(turn, ONE)
    return form.positive((), range(rows * k))
