"""Linear networks with a bottleneck: the log cosh loss.

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


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind != "named" or loss.name != "log_cosh":
        return Refusal("the loss is not log_cosh")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck

    return bottleneck.scope(facts, _shape, _design)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import filled_rank, numeric_or_zero, states
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    bias = room.bias
    rows = numeric_or_zero(facts.output_width)
    same = states(facts, "Y = X")
    if states(facts, "Y realizable"):
        return Refusal("Y realizable is stated")
    if same and (bias != "none" or room.below or room.above):
        return Refusal("Y = X beside biases or fixed layers")
    if same and states(facts, "X identity"):
        return Refusal("Y = X = I: all targets are equal")
    if bias == "output":
        return Shape(
            add(k, 1), lambda r: scale(2, r), lambda _r, _n: True,
            lambda r, _n: filled_rank(k, r, rows, 0), lambda _r, _n: True,
        )  # fmt: skip
    if bias == "first":
        # Further samples repeat an input that both points fit.
        return Shape(
            add(k, 1), lambda r: r, lambda r, n: n == r or r > k + 1 or k > 1,
            lambda r, _n: filled_rank(k, r, rows, 0), lambda r, n: n == r,
        )  # fmt: skip
    if same:
        return Shape(
            add(k, 1), lambda r: r, lambda _r, _n: True, lambda r, _n: (r, r), None, True
        )  # fmt: skip
    return Shape(
        add(k, 1), lambda r: r, lambda _r, _n: True,
        lambda r, n: filled_rank(k, r, rows, n - r), lambda _r, _n: True, fills=True,
    )  # fmt: skip


def _design(facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    """Y = diag(2, .., 2, 3, 0, ..): the pull of the dropped entry is tanh 3 < 1."""
    from ..instances.bottleneck import Design, fill, keep, mirrored, states, unit_columns
    from ..instances.linear import zeros

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    kept, dropped, small = Fraction(2), Fraction(3), Fraction(1, 2)
    count = r if sizes.bias == "output" else n
    y = zeros(sizes.rows, count)
    for i in range(k):
        y[i][i] = kept
    y[k][k] = dropped
    columns: list[Any] = unit_columns(r)
    same = None
    if states(facts, "Y = X"):
        # X = Y has rank r: every input has a target.
        for i in range(k + 1, r):
            y[i][i] = small
        same = [kept] * k + [dropped] + [small] * (r - k - 1)
    else:
        fill(y, sizes, small, range(r, n) if sizes.bias == "none" else ())
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
    better = dict.fromkeys(range(k - 1), kept) | {k: dropped}
    return Design(
        columns, y, keep(e, r, dict.fromkeys(range(k), kept), k), keep(e, r, better, k), same=same
    )


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    from ..instances import bottleneck

    return bottleneck.build(
        facts, options, _shape, _design, {"kind": "rank-chart"},
        "The product keeps the smaller targets and drops a larger one. In every direction in "
        "which the rank stays, the curvature beside the kept entries outweighs the pull of "
        "the dropped one.",
    )  # fmt: skip


FAMILY = Family(
    id="bottleneck-log-cosh",
    order=53,
    title="A bottleneck and the log cosh loss",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), log cosh loss: for some data a "
        "local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Pair lemma with the targets diag(2, .., 2, 3, 0, ..): the pull of the dropped 3 is "
        "tanh 3 < 1, the curvature 1 beside the kept 2 gives f''f'' z^2 = 4 > tanh(3)^2. "
        "Dropping a 2 in place of the 3 is better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss log_cosh",
        "net 5 -> 2 -> 3 -> 4; loss log_cosh",
        "net 4 -> 2 -> linear(3, bias); loss log_cosh",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
