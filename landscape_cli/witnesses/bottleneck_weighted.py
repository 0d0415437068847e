"""Linear networks with a bottleneck: weighted squares.

Free data are designed here; given targets and given dependent samples are searched for a point
(``instances/given.py``, ``free_targets.py``), or matched with the design (``matched.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts

if TYPE_CHECKING:
    from ..instances.bottleneck import Design, Sizes
    from ..instances.linear import Room, Shape

CLASSES = ("convex differentiable", "convex smooth", "convex", "any")


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind == "custom" or (loss.kind == "named" and loss.name != "weighted_squared"):
        return Refusal("the loss is not weighted_squared nor a class that contains it")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck

    return bottleneck.scope(facts, _shape, _design)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import filled_rank, states
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    bias = room.bias
    rows = facts.output_width
    given = facts.model.data.matrix("weights")
    realizable, same = states(facts, "Y realizable"), states(facts, "Y = X")
    if given is not None and facts.model.loss.kind == "named":
        if same:
            return Refusal("the weights and properties of the targets are given")
        if bias != "none" or room.below or room.above or facts.form.transposed:
            return Refusal("the weights are given, beside biases or fixed layers")
        if realizable:
            if _saddle_block(given.matrix.rows) is None:
                return Refusal("no 2 x 2 block of the given weights is far enough from rank 1")
            return Shape(add(k, 1), lambda r: r, lambda _r, _n: True, lambda _r, _n: (k, k))
        if _minor(given.matrix.rows) is None:
            return Refusal("the given weights have rank 1: the loss is a rescaled squared one")
        return Shape(add(k, 1), lambda r: r, lambda _r, _n: True)
    if same and realizable:
        return Refusal("Y = X and Y realizable are stated")
    if same and (room.below or room.above or bias == "first"):
        return Refusal("Y = X beside fixed layers or a bias on the first layer")
    if bias == "output":
        if realizable or same:
            return Shape(
                add(k, 1), lambda r: scale(2, r), lambda _r, _n: True,
                lambda r, _n: (k, k) if realizable else (r, r), lambda _r, _n: True, same,
            )  # fmt: skip
        return Shape(
            add(k, 1), lambda r: add(r, 1), lambda _r, _n: True,
            lambda r, _n: filled_rank(k, r, rows, 0),  # type: ignore[arg-type]
            lambda _r, _n: True,
        )  # fmt: skip
    if same:
        return Shape(add(k, 1), lambda r: r, lambda _r, _n: True, lambda r, _n: (r, r),
                     lambda _r, _n: True, same)  # fmt: skip
    if realizable:
        # Further samples without a bias are 0; with one they repeat an input that both points fit.
        return Shape(
            add(k, 1), lambda r: r,
            lambda r, n: bias == "none" or n == r or r > k + 1 or k > 1,
            lambda _r, _n: (k, k), lambda r, n: bias == "none" or n == r,
        )  # fmt: skip
    return Shape(
        add(k, 1), lambda r: r, lambda _r, _n: True,
        lambda r, n: filled_rank(
            k, r, rows, n - r if bias == "none" else 0  # type: ignore[arg-type]
        ),
        lambda r, n: bias == "none" or n == r, fills=bias == "none",
    )  # fmt: skip


def _minor(weights: Any) -> tuple[int, int, int, int] | None:
    """(a, b, s, t) with w_at w_bs > w_as w_bt: rows a, b and samples s, t; None for rank 1."""
    first = next(((i, j) for i, row in enumerate(weights) for j, v in enumerate(row) if v), None)
    if first is None:
        return None
    a, s = first
    for b, row in enumerate(weights):
        for t, value in enumerate(row):
            gap = weights[a][t] * row[s] - weights[a][s] * value
            if gap:
                return (a, b, s, t) if gap > 0 else (a, b, t, s)
    return None


def _design(facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    from ..instances.bottleneck import states

    if facts.model.data.matrix("weights") is not None and facts.model.loss.kind == "named":
        if states(facts, "Y realizable"):
            return _given_realizable(facts, sizes)
        return _given(facts, sizes)
    if states(facts, "Y = X"):
        return _autoencoder(sizes)
    if states(facts, "Y realizable"):
        return _realizable(sizes)
    return _plain(sizes)


def _plain(sizes: Sizes) -> Design:
    """Y = diag(4, .., 4, 1, 2, 0, ..), weights 1, but 3 beside the last kept entry."""
    from ..instances.bottleneck import Design, fill, keep, unit_columns
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    y = zeros(sizes.rows, n)
    weights = [[Fraction(1)] * n for _ in range(sizes.rows)]
    kept = {i: Fraction(4) for i in range(k - 1)} | {k - 1: Fraction(1)}
    for i, value in kept.items():
        y[i][i] = value
    y[k][k] = Fraction(2)
    weights[k - 1][k] = weights[k][k - 1] = Fraction(3)
    columns: list[Any] = unit_columns(r)
    extra = range(r, n)
    if sizes.bias == "first":
        # Further samples repeat the first input with little weight, fitted by the local minimum.
        tiny = Fraction(1, 16 * max(1, len(extra)))
        for t in extra:
            columns.append((0, Fraction(1)))
            for i in range(sizes.rows):
                weights[i][t] = tiny
            y[0][t] = kept[0]
        fill(y, sizes, Fraction(1, 2), ())
    elif sizes.bias == "output":
        columns += [None] * len(extra)
        pull = {k: Fraction(2)}
        for row, column in fill(y, sizes, Fraction(1, 2), ()):
            pull[row] = y[row][column]
        # One zero sample of large weight holds the bias at 0.
        heavy = Fraction(max(20, 10 * r))
        for i in range(sizes.rows):
            weights[i][r] = heavy
        for i, value in pull.items():
            y[i][r] = -value / heavy
    else:
        columns += [None] * len(extra)
        fill(y, sizes, Fraction(1, 2), extra)
    better = {i: v for i, v in kept.items() if i != k - 1} | {k: Fraction(2)}
    return Design(
        columns, y, keep(e, r, kept, k), keep(e, r, better, k),
        loss={"name": "weighted_squared", "weights": weights},
    )  # fmt: skip


def _mirrored(
    columns: list[Any], y: list[list[Any]], weights: list[list[Any]], n: int
) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
    """Data [X, -X], targets [Y, -Y], then zero samples up to n: a bias gains nothing."""
    spare = n - 2 * len(columns)
    doubled = [*columns, *((i, -v) for i, v in columns), *([None] * spare)]
    return (
        doubled,
        [[*row, *(-v for v in row), *([Fraction(0)] * spare)] for row in y],
        [[*row, *row, *([Fraction(1)] * spare)] for row in weights],
    )


def _autoencoder(sizes: Sizes) -> Design:
    """X = Y = I: weights 1 on the diagonal, 2 at the dropped entry, 3 elsewhere."""
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.linear import padded_identity

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    count = r if sizes.bias == "output" else n
    y = padded_identity(sizes.rows, count, r)
    weights = [[Fraction(3)] * count for _ in range(sizes.rows)]
    for i in range(min(sizes.rows, count)):
        weights[i][i] = Fraction(2 if i == k else 1)
    columns: list[Any] = [*unit_columns(r), *([None] * (count - r))]
    if sizes.bias == "output":
        columns, y, weights = _mirrored(columns, y, weights, n)
    kept = {i: Fraction(1) for i in range(k)}
    better = {i: Fraction(1) for i in range(k - 1)} | {k: Fraction(1)}
    return Design(
        columns, y, keep(e, r, kept, k), keep(e, r, better, k),
        loss={"name": "weighted_squared", "weights": weights}, same=[Fraction(1)] * r,
    )  # fmt: skip


def _realizable(sizes: Sizes) -> Design:
    """Y = 8 I (+) ones(2, 2) of rank k, diagonal weights 4 on the last block."""
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    count = r if sizes.bias == "output" else n
    y = zeros(sizes.rows, count)
    weights = [[Fraction(1)] * count for _ in range(sizes.rows)]
    for i in range(k - 1):
        y[i][i] = Fraction(8)
    for i in (k - 1, k):
        weights[i][i] = Fraction(4)
        for j in (k - 1, k):
            y[i][j] = Fraction(1)
    columns: list[Any] = unit_columns(r)
    if sizes.bias == "output":
        columns, y, weights = _mirrored(columns, y, weights, n)
    elif sizes.bias == "none":
        columns += [None] * (n - r)
    else:
        position = k + 1 if r > k + 1 else 0
        for t in range(r, n):
            columns.append((position, Fraction(1)))
            if position == 0 and k > 1:
                y[0][t] = Fraction(8)
    kept = {i: Fraction(8) for i in range(k - 1)}
    local, better = keep(e, r, kept, k), keep(e, r, kept, k)
    for i, value in ((k - 1, Fraction(3, 5)), (k, Fraction(-3, 5))):
        local[0][i][k - 1] = value
        better[0][i][k - 1] = Fraction(1)
    local[1][k - 1][k - 1], local[1][k - 1][k] = Fraction(1), Fraction(-1)
    better[1][k - 1][k - 1] = better[1][k - 1][k] = Fraction(1)
    return Design(columns, y, local, better, loss={"name": "weighted_squared", "weights": weights})


def _given(facts: Facts, sizes: Sizes) -> Design | Refusal:
    """Given weights of rank >= 2: targets on a permuted diagonal around a positive minor.

    With y_s = 1 kept and y_t dropped the pair lemma needs w_at w_bs > (w_bt y_t)^2 and the gain
    w_bt y_t^2 > w_as; both intervals for y_t^2 overlap iff w_at w_bs > w_as w_bt.
    """
    from ..instances.bottleneck import Design
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    matrix = facts.model.data.matrix("weights")
    assert matrix is not None
    w = matrix.matrix.rows
    found = _minor(w)
    assert found is not None
    a, b, s, t = found
    low, high = w[a][s] / w[b][t], w[a][t] * w[b][s] / w[b][t] ** 2
    root = _root_between(low, high)
    rows, samples, columns = _around(found, sizes)
    y = zeros(sizes.rows, n)
    large = Fraction(1)
    for i in range(k - 1):
        product = w[rows[i]][t] * w[b][samples[i]]
        while product * large**2 <= 4 * (w[b][t] * root) ** 2:
            large *= 2
    diagonal = [large] * (k - 1) + [Fraction(1), root]
    for i, value in enumerate(diagonal):
        y[rows[i]][samples[i]] = value

    def factors(kept: list[int]) -> tuple[Any, Any]:
        outer, inner = zeros(e, k), zeros(k, r)
        for position, i in enumerate(kept):
            outer[rows[i]][position] = diagonal[i]
            inner[position][i] = Fraction(1)
        return outer, inner

    return Design(
        columns, y, factors(list(range(k))), factors([*range(k - 1), k]),
        loss={"name": "weighted_squared", "weights": w},
    )  # fmt: skip


def _around(
    block: tuple[int, int, int, int], sizes: Sizes
) -> tuple[list[int], list[int], list[Any]]:
    """Rows and samples in an order that has the block at positions k - 1 and k; the columns."""
    a, b, s, t = block
    k, n = sizes.k, sizes.n
    other_rows = [i for i in range(sizes.e) if i not in (a, b)]
    other_samples = [j for j in range(n) if j not in (s, t)]
    rows = [*other_rows[: k - 1], a, b, *other_rows[k - 1 :]]
    samples = [*other_samples[: k - 1], s, t, *other_samples[k - 1 :]]
    columns: list[Any] = [None] * n
    for i in range(sizes.r):
        columns[samples[i]] = (i, Fraction(1))
    return rows, samples, columns


class Block(NamedTuple):
    """A 2 x 2 block with a critical point of rank 1 for targets of rank 1.

    ``place``: (a, b, s, t), rows a, b and samples s, t; ``local``, ``targets``: the entries at
    (a, s), (a, t), (b, s), (b, t); ``force``: the greatest entry of the gradient.
    """

    place: tuple[int, int, int, int]
    local: tuple[Fraction, ...]
    targets: tuple[Fraction, ...]
    force: Fraction


MOST_MINORS = 20_000


def _saddle_block(weights: Any) -> Block | None:
    """The first block (within a bound) whose weights give a strict local minimum off the targets.

    Z = a b^T o [[1, -1], [-1, 1]] is critical over rank 1 for the targets Z - G o (1/w) iff G is
    a multiple g of the entrywise inverse of a b^T; in the weights w' = w o (a b^T)^2 the targets
    have rank 1 for g (c11 c22 - c12 c21) = c11 + c12 + c21 + c22, c = 1/w'. With equal w' on each
    diagonal it is a strict minimum iff their ratio is above 3, so w_as w_bt > 9 w_at w_bs.
    """
    height, width = len(weights), len(weights[0])
    seen = 0
    for a in range(height):
        for b in range(height):
            if a == b:
                continue
            for s in range(width):
                for t in range(s + 1, width):
                    seen += 1
                    if seen > MOST_MINORS:
                        return None
                    w = (weights[a][s], weights[a][t], weights[b][s], weights[b][t])
                    if w[0] * w[3] > 9 * w[1] * w[2]:
                        found = _critical(w)
                        if found is not None:
                            return Block((a, b, s, t), *found)
    return None


def _critical(
    w: tuple[Fraction, ...],
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], Fraction] | None:
    """(local, targets, force) of ``_saddle_block``; None where no small scaling is good enough."""
    # p^4 and q^4 of a = (1, p), b = (1, q) that make w' equal on each diagonal.
    fourths = w[0] * w[1] / (w[3] * w[2]), w[0] * w[2] / (w[3] * w[1])
    for size in (1, 2, 4, 8, 16, 64, 256, 1024):
        p, q = (_near_fourth_root(v, size) for v in fourths)
        if not p or not q:
            continue
        lever = (Fraction(1), q, p, p * q)
        scaled = [v * x * x for v, x in zip(w, lever, strict=True)]
        c = [1 / v for v in scaled]
        g = sum(c, Fraction(0)) / (c[0] * c[3] - c[1] * c[2])
        # Directions a b^T, a' b^T, a b'^T with a' = b' = (1, 1) (before scaling).
        tangent = ((1, -1, -1, 1), (1, -1, 1, -1), (1, 1, -1, -1))
        form = [
            [sum((v * x * y for v, x, y in zip(scaled, one, two, strict=True)), Fraction(0))
             for two in tangent] for one in tangent
        ]  # fmt: skip
        form[1][2] += 4 * g
        form[2][1] += 4 * g
        if _positive(form):
            signs = (1, -1, -1, 1)
            local = tuple(i * x for i, x in zip(signs, lever, strict=True))
            targets = tuple(
                (i - g * v) * x for i, v, x in zip(signs, c, lever, strict=True)
            )  # fmt: skip
            return local, targets, max(abs(g / x) for x in lever)
    return None


def _near_fourth_root(value: Fraction, size: int) -> Fraction:
    """A multiple of 1/size near the fourth root, rounded down; the reciprocal's for small ones."""
    from math import isqrt

    if value < 1:
        root = _near_fourth_root(1 / value, size)
        return 1 / root
    return Fraction(isqrt(isqrt((value * size**4).__floor__())), size)


def _positive(form: list[list[Fraction]]) -> bool:
    """Whether a symmetric 3 x 3 matrix is positive definite (its leading minors)."""
    (a, b, c), (_, d, e), (_, _, f) = form
    minor = a * d - b * b
    whole = a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c)
    return a > 0 and minor > 0 and whole > 0


def _given_realizable(facts: Facts, sizes: Sizes) -> Design:
    """Given weights and targets of rank k: one block of rank 1, entries large enough elsewhere."""
    from ..instances.bottleneck import Design
    from ..instances.linear import zeros

    k, r, e = sizes.k, sizes.r, sizes.e
    matrix = facts.model.data.matrix("weights")
    assert matrix is not None
    w = matrix.matrix.rows
    block = _saddle_block(w)
    assert block is not None
    rows, samples, columns = _around(block.place, sizes)
    a, b, s, t = block.place
    least = min(v for row in w for v in row)
    large = Fraction(1)
    while large * least <= 4 * block.force:
        large *= 2
    y = zeros(sizes.rows, sizes.n)
    y[a][s], y[a][t], y[b][s], y[b][t] = block.targets
    for i in range(k - 1):
        y[rows[i]][samples[i]] = large

    def factors(entries: tuple[Fraction, ...]) -> tuple[Any, Any]:
        outer, inner = zeros(e, k), zeros(k, r)
        for i in range(k - 1):
            outer[rows[i]][i] = large
            inner[i][i] = Fraction(1)
        outer[a][k - 1], outer[b][k - 1] = entries[0], entries[2]
        inner[k - 1][k - 1], inner[k - 1][k] = Fraction(1), entries[1] / entries[0]
        return outer, inner

    return Design(
        columns, y, factors(block.local), factors(block.targets),
        loss={"name": "weighted_squared", "weights": w},
    )  # fmt: skip


def _root_between(low: Fraction, high: Fraction) -> Fraction:
    """A rational y > 0 with low < y^2 < high, of a small denominator."""
    from math import isqrt

    scale = 1
    while True:
        root = isqrt((low * scale * scale).__floor__()) + 1
        if low < Fraction(root * root, scale * scale) < high:
            return Fraction(root, scale)
        scale += 1 if scale < 64 else scale


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    from ..instances import bottleneck

    return bottleneck.build(
        facts, options, _shape, _design, {"kind": "rank-chart"},
        "The product keeps the smaller target and drops the larger one. Its weighted loss rises "
        "to second order in every direction in which the rank stays: the large weights beside "
        "the kept entry make a turn towards the dropped one too dear.",
    )  # fmt: skip


FAMILY = Family(
    id="bottleneck-weighted",
    order=51,
    title="A bottleneck and weights in the squared loss",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), weighted squared loss (or any "
        "class of losses that contains it): for some data a local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Pair lemma: Z = diag(4, .., 4, 1, 0, ..) for the targets diag(4, .., 4, 1, 2, 0, ..), all "
        "weights 1 but 3 beside the last kept entry. Every nearby matrix of rank <= k is "
        "[[A, B], [C, C A^-1 B]]; the quadratic form in (B, C) splits into 2 x 2 blocks with "
        "f''_ij f''_ji z_i^2 > f'_jj(0)^2, so Z is a local minimum over the rank-k matrices, and "
        "so is every factorisation of it. Keeping 2 in place of 1 is better: 1/2 against 2."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss weighted_squared",
        "net 5 -> 2 -> 7 -> 4; loss convex smooth",
        "net 4 -> 2 -> linear(4, bias); loss convex differentiable; data samples 4",
        "net 4 -> 2 -> 4; loss weighted_squared; data Y = X, X identity",
        "net 3 -> 1 -> 3; loss weighted_squared; data Y realizable",
        "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[4, 1], [1, 4]], Y realizable",
        "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1, 3], [3, 1]], "
        "Y = [[1, 0], [0, 2]]",
    ),
    related=("linear-no-bottleneck", "linear-squared", "well-conditioned-realizable"),
)
