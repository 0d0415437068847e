"""Linear networks with a bottleneck: powers of the residual.

Free data are designed here; given targets and given dependent samples are searched for a point
(``instances/given.py``, ``free_targets.py``), or matched with the design (``matched.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts

if TYPE_CHECKING:
    from ..instances.bottleneck import Design, Sizes
    from ..instances.linear import Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
NEAREST = Fraction(1, 40)
LARGEST = 60


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind != "named" or loss.name != "lp":
        return Refusal("the loss is not lp")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    p = loss.parameter("p")
    if p <= 1 or p == 2:
        return Refusal("p is 2, or at most 1")
    if 2 < p < 2 + NEAREST:
        return Refusal("p is so near to 2 that the numbers of the instance are too large")
    if p > LARGEST:
        return Refusal("p is too large")
    from ..instances import bottleneck

    return bottleneck.scope(facts, _shape, _design)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import filled_rank, numeric_or_zero, plain_targets
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    refused = plain_targets(facts)
    if refused is not None:
        return refused
    bias = room.bias
    rows = numeric_or_zero(facts.output_width)
    if facts.model.loss.parameter("p") > 2:
        copies = 4 if bias == "output" else 2
        return Shape(
            add(k, 1), lambda r: scale(copies, r), lambda r, n: bias != "first" or n == 2 * r,
            None, lambda r, n: bias != "first" or n == 2 * r,
        )  # fmt: skip
    if bias == "output":
        return Shape(
            add(k, 1), lambda r: scale(2, r), lambda _r, _n: True,
            lambda r, _n: filled_rank(k, r, rows, 0), lambda _r, _n: True,
        )  # fmt: skip
    return Shape(
        add(k, 1), lambda r: r, lambda r, n: bias == "none" or n == r or r > k + 1 or k > 1,
        lambda r, n: filled_rank(k, r, rows, n - r if bias == "none" else 0),
        lambda r, n: bias == "none" or n == r, fills=bias == "none",
    )  # fmt: skip


def _design(facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    p = facts.model.loss.parameter("p")
    return _steep(sizes) if p < 2 else _flat(sizes, p)


def _steep(sizes: Sizes) -> Design:
    """1 < p < 2: Y = diag(2, .., 2, 3, 0, ..), the curvature at residual 0 is infinite."""
    from ..instances.bottleneck import Design, fill, keep, mirrored, unit_columns
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    count = r if sizes.bias == "output" else n
    y = zeros(sizes.rows, count)
    for i in range(k):
        y[i][i] = Fraction(2)
    y[k][k] = Fraction(3)
    fill(y, sizes, Fraction(1, 2), range(r, n) if sizes.bias == "none" else ())
    columns: list[Any] = unit_columns(r)
    if sizes.bias == "output":
        columns, y = mirrored(columns, y, n)
    elif sizes.bias == "first":
        position = k + 1 if r > k + 1 else 0
        for t in range(r, n):
            columns.append((position, ONE))
            for row in y:
                row[t] = row[position]
    else:
        columns += [None] * (n - r)
    better = dict.fromkeys(range(k - 1), Fraction(2)) | {k: Fraction(3)}
    return Design(
        columns, y, keep(e, r, dict.fromkeys(range(k), Fraction(2)), k), keep(e, r, better, k)
    )


def _flat(sizes: Sizes, p: Fraction) -> Design | Refusal:
    """p > 2: two copies of every input with targets z + tau and z - tau give a curvature.

    Kept z = 1/p, dropped target 1: with (p - 1) tau^(p-2) z = s, 1 < s < 2, the curvature wins
    (s > 1), and dropping a kept entry costs about s/p < 2/p.
    """
    from ..instances.bottleneck import Design, keep, mirrored
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    tau, z = _spread(p), 1 / p
    y = zeros(sizes.rows, 2 * r)
    for i in range(sizes.rows):
        for j in range(r):
            if i < k or j < k:
                level = z if i == j else ZERO
                y[i][j], y[i][r + j] = level + tau, level - tau
    y[k][k] = y[k][r + k] = ONE
    columns: list[Any] = [(i, ONE) for i in range(r)] * 2
    if sizes.bias == "output":
        columns, y = mirrored(columns, y, n)
    else:
        columns += [None] * (n - 2 * r)
        y = [[*row, *([ZERO] * (n - 2 * r))] for row in y]
    better = dict.fromkeys(range(k - 1), z) | {k: ONE}
    return Design(columns, y, keep(e, r, dict.fromkeys(range(k), z), k), keep(e, r, better, k))


def _spread(p: Fraction) -> Fraction:
    """A rational tau with (p - 1) tau^(p-2) / p between 1 and 2, near 5/4 or 3/2."""
    from math import log2

    for aim in (Fraction(5, 4), Fraction(9, 8), Fraction(3, 2)):
        exponent = log2(float(aim * p / (p - 1))) / float(p - 2)
        whole = int(exponent // 1)
        for size in (1, 2, 4, 8, 16, 64, 1024):
            tau = Fraction(round(2 ** (exponent - whole) * size), size) * Fraction(2) ** whole
            if _good(p, tau):
                return tau
    raise ValueError(f"no spread for p = {p}")


def _good(p: Fraction, tau: Fraction) -> bool:
    """The curvature outweighs the pull, and the exchange gains (checked with enclosures)."""
    from flint import arb, ctx, fmpq

    if tau <= 1 / p:
        return False
    with ctx.workprec(256):
        q, t, z = (arb(fmpq(v.numerator, v.denominator)) for v in (p, tau, 1 / p))
        bend = (q - 1) * t ** (q - 2) * z
        cost = (t + z) ** q + (t - z) ** q - 2 * t**q
        return bool(bend > arb(1) + arb(1) / 1000 and cost < arb(2) - arb(1) / 1000)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    from ..instances import bottleneck

    return bottleneck.build(
        facts, options, _shape, _design, {"kind": "rank-chart"},
        "The product keeps the weaker targets and drops a stronger one. In every direction in "
        "which the rank stays, the curvature beside the kept entries outweighs the pull of "
        "the dropped one.",
    )  # fmt: skip


FAMILY = Family(
    id="bottleneck-lp",
    order=55,
    title="A bottleneck and a power of the residual",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), loss |r|^p / p with p > 1, p != "
        "2: for some data (p > 2: every input at least twice) a local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "1 < p < 2: Y = diag(2, .., 2, 3, 0, ..): |b|^p + |c|^p beats b c. p > 2: two copies "
        "of every input with targets z + tau, z - tau, so that the gradient vanishes and the "
        "curvature is 2 (p - 1) tau^(p-2); the pair lemma with z = 1/p and the dropped target "
        "1."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss lp(3/2)",
        "net 5 -> 2 -> 3 -> 4; loss lp(3)",
        "net 4 -> 2 -> linear(3, bias); loss lp(4)",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
