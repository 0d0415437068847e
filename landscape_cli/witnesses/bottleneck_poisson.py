"""Linear networks with a bottleneck: the Poisson loss.

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
    if loss.kind != "named" or loss.name != "poisson":
        return Refusal("the loss is not poisson")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck

    return bottleneck.scope(facts, _shape, _design)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import mixes_samples, plain_targets, skips_last
    from ..instances.linear import Shape
    from ..model.terms import add

    refused = plain_targets(facts) or skips_last(facts) or mixes_samples(facts, room)
    if refused is not None:
        return refused
    bias = room.bias
    return Shape(
        add(k, 1), lambda r: add(r, 2) if bias == "output" else r,
        lambda r, n: bias != "first" or n == r or r > k + 1 or k > 1, None,
        lambda r, n: bias != "first" or n == r,
    )  # fmt: skip


def _design(_facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    """Targets 1 off the diagonal, small ones kept, a large one dropped; z = log y.

    Without an output bias 1/5 and 5/2: the pull 3/2 is below log 5. With one, zero samples hold
    it, the dropped target is 3 and the kept ones are so small that log y outweighs them.
    """
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.numbers import Log

    k, r, e, n = sizes.k, sizes.r, sizes.e, sizes.n
    kept, dropped = Fraction(1, 5), Fraction(5, 2)
    if sizes.bias == "output":
        anchors = n - r
        kept, dropped = Fraction(1, 3 ** (2 + 2 * (-(-r // anchors) + 1))), Fraction(3)
    y = [[ONE] * n for _ in range(sizes.rows)]
    for i in range(k):
        y[i][i] = kept
    y[k][k] = dropped
    columns: list[Any] = unit_columns(r)
    if sizes.bias == "first":
        position = k + 1 if r > k + 1 else 0
        for t in range(r, n):
            columns.append((position, ONE))
            for row in y:
                row[t] = row[position]
    else:
        columns += [None] * (n - r)
    if sizes.bias == "output":
        for t in range(r, n):
            y[k][t] = 1 - (dropped - 1) / (n - r)
    low, high = Log(kept), Log(dropped)
    better = dict.fromkeys(range(k - 1), low) | {k: high}
    return Design(columns, y, keep(e, r, dict.fromkeys(range(k), low), k), keep(e, r, better, k))


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
    id="bottleneck-poisson",
    order=54,
    title="A bottleneck and the Poisson loss",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), Poisson loss: for some data a "
        "local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Pair lemma: targets 1 off the diagonal (z = 0 is best there), kept entries y = 1/5 "
        "at z = -log 5, one dropped y = 5/2: the pull is 3/2, f''f'' z^2 = (log 5)^2 > 9/4. "
        "Keeping the 5/2 instead of one 1/5 is better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss poisson",
        "net 5 -> 2 -> 3 -> 4; loss poisson",
        "net 4 -> 2 -> linear(3, bias); loss poisson",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
