"""Linear networks with a bottleneck: softmax cross-entropy.

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
MOST_CLASSES = 1000
FEW_CLASSES = 40
"""Up to here every kept column is one class against others, with powers of 9 as odds."""

FINEST = 10**4
ANCHORS = 10
NINE = Fraction(9)


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind != "named" or loss.name != "cross_entropy":
        return Refusal("the loss is not cross_entropy")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck
    from ..model.terms import all_of, at_most

    found = bottleneck.scope(facts, _shape, _design, outputs_less=1)
    if isinstance(found, Refusal) or isinstance(found.condition, bool):
        return found
    # A symbol for the number of classes stands for few of them only.
    few = at_most(facts.output_width, MOST_CLASSES)
    return found._replace(condition=all_of(found.condition, few))


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import mixes_samples, plain_targets, skips_last
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    refused = plain_targets(facts) or skips_last(facts) or mixes_samples(facts, room)
    if refused is not None:
        return refused
    if room.above:
        return Refusal("fixed layers above the last trained one")
    if isinstance(room.outputs, int) and room.outputs > MOST_CLASSES:
        return Refusal(f"more than {MOST_CLASSES} classes")
    bias = room.bias

    def samples(r: Any) -> Any:
        if bias != "output":
            return r
        if isinstance(r, int):
            return r + ANCHORS * (r + 1) // 3
        # n - r >= floor(m / 3) is 3 (n - r) >= m - 2 for integers.
        return add(r, scale(Fraction(1, 3), add(scale(ANCHORS, r), ANCHORS - 2)))

    return Shape(
        add(k, 1), samples, lambda r, n: bias != "first" or n == r or r > k + 1 or k > 1, None,
        lambda r, n: bias != "first" or n == r,
    )  # fmt: skip


def _design(_facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    """Kept columns are fitted exactly, their logits being logarithms; one column is dropped.

    The dropped column's target differs from the uniform one only in the first two classes, where
    all kept logits agree.
    """
    from ..instances.bottleneck import Design, unit_columns
    from ..instances.linear import zeros

    k, r, d, n = sizes.k, sizes.r, sizes.e, sizes.n
    even = Fraction(1, d)
    if d == 3:
        logits: list[list[Any]] = [_logs([(Fraction(3), ONE), (Fraction(3), -ONE), (ONE, ONE)])]
        shares = [[Fraction(9, 13), Fraction(1, 13), Fraction(3, 13)]]
        dropped = [Fraction(12, 25), Fraction(12, 25), Fraction(1, 25)]
    else:
        ratio, tilt = _ratio(d)
        off = Fraction(d - 2, d)
        logits = [_logs([(ratio, off), (ratio, off), *[(ratio, Fraction(-2, d))] * (d - 2)])]
        weights = [[ratio, ratio, *[ONE] * (d - 2)]]
        if d > FEW_CLASSES:
            for high, low, a, b in _contrasts(d - 2)[: k - 1]:
                odds = {**dict.fromkeys(high, a), **dict.fromkeys(low, b)}
                column = [ONE, ONE, *(odds.get(j, ONE) for j in range(d - 2))]
                logits.append(_logs([(value, ONE) for value in column]))
                weights.append(column)
        for i in range(1, k if d <= FEW_CLASSES else 1):
            logits.append(
                _logs([(ONE, ONE)] * 2 + [(NINE, ONE)] * i + [(NINE, Fraction(-i))]
                      + [(ONE, ONE)] * (d - 3 - i))
            )  # fmt: skip
            weights.append([ONE, ONE, *[NINE] * i, 1 / NINE**i, *[ONE] * (d - 3 - i)])
        shares = [[w / sum(column) for w in column] for column in weights]
        dropped = [(1 - tilt) * even, (1 + tilt) * even, *[even] * (d - 2)]
    targets = [*shares, dropped]
    columns: list[Any] = unit_columns(r)
    targets += [[even] * d for _ in range(r - k - 1)]
    spare = n - r
    if sizes.bias == "first":
        position = k + 1 if r > k + 1 else k - 1
        columns += [(position, ONE)] * spare
        targets += [targets[position]] * spare
    else:
        columns += [None] * spare
        anchor = [even] * d
        if sizes.bias == "output":
            anchor = [even + (even - p) / spare for p in dropped]
        targets += [anchor] * spare
    y = [list(row) for row in zip(*targets, strict=True)]
    outer: list[list[Any]] = [[logits[j][i] for j in range(k)] for i in range(d)]
    inner = zeros(k, r)
    for j in range(k):
        inner[j][j] = ONE
    if d == 3:
        best: list[list[Any]] = [
            [Fraction(861, 1000)],
            [Fraction(-18, 125)],
            [Fraction(-717, 1000)],
        ]
        other = zeros(1, r)
        other[0][0], other[0][1] = ONE, Fraction(293, 400)
        return Design(columns, y, (outer, inner), (best, other))
    # Better: the dropped column in place of the first kept one.
    fitted = _logs([(1 - tilt, ONE), (1 + tilt, ONE), *[(ONE, ONE)] * (d - 2)])
    best = [[fitted[i], *outer[i][1:]] for i in range(d)]
    other = [list(row) for row in inner]
    other[0][0], other[0][k] = ZERO, ONE
    return Design(columns, y, (outer, inner), (best, other))


def _contrasts(size: int) -> list[tuple[range, range, Fraction, Fraction]]:
    """size - 1 contrasts between two blocks of classes, and the odds of the two (Haar's basis).

    With odds e^u, e^v such that the log odds sum to (nearly) 0 and have square sum (nearly) 4,
    they are (nearly) orthogonal to each other; 2 t^2 (the mean of the odds), about 2.2, would do.
    """
    from math import exp, sqrt

    found = []
    blocks = [range(size)]
    while blocks:
        block = blocks.pop(0)
        middle = (len(block) + 1) // 2
        high, low = block[:middle], block[middle:]
        if not low:
            continue
        a, b = len(high), len(low)
        step = 2 / sqrt(a * b * (a + b))
        odds = [Fraction(exp(x)).limit_denominator(FINEST) for x in (step * b, -step * a)]
        found.append((high, low, odds[0], odds[1]))
        blocks += [high, low]
    return found


def _logs(pairs: list[tuple[Fraction, Fraction]]) -> list[Any]:
    """``times * log(argument)`` for each pair; a rational 0 where that is 0."""
    from ..instances.numbers import Log

    return [ZERO if a == 1 or t == 0 else Log(a, t) for a, t in pairs]


def _ratio(d: int) -> tuple[Fraction, Fraction]:
    """(R, t): the kept odds R and the tilt t of the dropped target, for d >= 4 classes.

    R is as large as the exchange allows: KL(dropped | uniform) exceeds KL(kept | uniform), of
    which the excess is split with the second-order margin (d-2) log^2 R > t^2 (2 + (d-2)/R).
    """
    from math import log

    tilt = Fraction(99, 100)
    t = float(tilt)
    gain = ((1 - t) * log(1 - t) + (1 + t) * log(1 + t)) / d
    best: tuple[float, Fraction] | None = None
    for step in range(22, 100):
        ratio = Fraction(step, 20)
        r = float(ratio)
        total = 2 * r + d - 2
        cost = 2 * r / total * log(r * d / total) + (d - 2) / total * log(d / total)
        bend = (d - 2) * log(r) ** 2 / (t * t * (2 + (d - 2) / r))
        score = min(gain / cost, bend)
        if best is None or score > best[0]:
            best = score, ratio
    assert best is not None
    return best[1], tilt


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    from ..instances import bottleneck

    return bottleneck.build(
        facts, options, _shape, _design, {"kind": "rank-chart"},
        "The product keeps the weaker targets and drops a stronger one. In every direction in "
        "which the rank stays, the curvature beside the kept entries outweighs the pull of "
        "the dropped one.", outputs_less=1,
    )  # fmt: skip


FAMILY = Family(
    id="bottleneck-softmax",
    order=58,
    title="A bottleneck and cross-entropy",
    statement=(
        "Linear network with d >= 3 classes, some hidden width k < min(e_0, d - 1), softmax "
        "cross-entropy: for some data a local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Kept columns have target distributions whose centred log odds are the columns of Z "
        "(fitted exactly), the dropped column is tilted between two classes in which all kept "
        "columns agree, so the first-order conditions on the rank-k matrices hold; the "
        "second-order form on the rank chart is positive definite. Fitting the dropped column "
        "in place of the first kept one is better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 3; loss cross_entropy",
        "net 5 -> 2 -> 3 -> 4; loss cross_entropy",
        "net 4 -> 1 -> linear(3, bias); loss cross_entropy",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
