"""Linear networks with a bottleneck: the logistic loss.

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
KEPT, DROPPED = 8, 2


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind != "named" or loss.name != "logistic":
        return Refusal("the loss is not logistic")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck

    return bottleneck.scope(facts, _shape, _design)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import plain_targets, skips_last
    from ..instances.linear import Shape
    from ..model.terms import add, scale, subtract

    refused = plain_targets(facts) or skips_last(facts)
    if refused is not None:
        return refused
    bias = room.bias
    factor = 2 if bias == "output" else 1

    def samples(r: Any) -> Any:
        others = scale(2 * factor, subtract(r, add(k, 1)))
        return add(scale(KEPT * factor, k), DROPPED * factor, others)

    def fits(r: int, n: int) -> bool:
        spare = n - samples(r)
        return bool(bias == "none" or spare == 0 or (bias == "output" and spare % 2 == 0))

    return Shape(add(k, 1), samples, fits)


def _design(_facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    """Every input several times; labels balanced off the diagonal.

    With an output bias half of the copies are mirrored (data and labels), so that a bias gains
    nothing: there are twice as many of each.
    """
    from ..instances.bottleneck import Design, keep
    from ..instances.numbers import Log

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    twice = sizes.bias == "output"
    columns: list[Any] = []
    labels: list[list[Fraction]] = [[] for _ in range(sizes.rows)]
    for j in range(r):
        count = (KEPT if j < k else DROPPED if j == k else 2) * (2 if twice else 1)
        for t in range(count):
            sign = -ONE if twice and 2 * t >= count else ONE
            columns.append((j, sign))
            place = t % (count // 2) if twice else t
            half = count // 2 if twice else count
            for i in range(sizes.rows):
                if i == j and j < k:
                    agrees = place < half - half // 4
                elif i == j == k:
                    agrees = True
                else:
                    agrees = place % 2 == 0
                labels[i].append(sign if agrees else -sign)
    spare = n - len(columns)
    columns += [None] * spare
    for row in labels:
        row.extend(ONE if t % 2 == 0 else -ONE for t in range(spare))
    # Kept: three of four labels agree, z = log 3. Dropped: all agree; z = 5 is nearly the infimum.
    kept, strong = Log(Fraction(3)), Fraction(5)

    better = dict.fromkeys(range(k - 1), kept) | {k: strong}
    return Design(
        columns, labels, keep(e, r, dict.fromkeys(range(k), kept), k), keep(e, r, better, k)
    )


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
    id="bottleneck-logistic",
    order=57,
    title="A bottleneck and the logistic loss",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), logistic loss, every input "
        "several times: for some data a local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Kept inputs 8 times with 6 labels + on the diagonal (z = log 3), the dropped one "
        "twice with labels +, labels balanced off the diagonal: f''f'' z^2 = (8/4)(2/4)(log "
        "3)^2 > 1 = the squared pull. Keeping the dropped entry gains up to 2 log 2 = 1.386, "
        "a kept one 1.046."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss logistic",
        "net 5 -> 2 -> 3 -> 4; loss logistic",
        "net 4 -> 2 -> linear(3, bias); loss logistic",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
