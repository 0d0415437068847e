"""Two linear layers with weight decay and a bottleneck.

Given data: ``instances/given_squares.py`` says which of them have an instance.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import add, less, minimum, scale, show

if TYPE_CHECKING:
    from ..instances.linear import Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
WORDS = (
    "The product keeps a direction of weak data with a large target and drops one of strong "
    "data. The Hessian is positive definite but for the turns of the hidden layer, which "
    "change neither the loss nor the penalty."
)
NAMES = frozenset(("squared", "weighted_squared", "masked_squared"))


def _room(facts: Facts, *, given: bool = False) -> Room | Refusal:
    loss, penalty = facts.model.loss, facts.model.regularizer
    if penalty is None or penalty.kind != "l2":
        return Refusal("no l2 penalty")
    if loss.kind == "custom" or (loss.kind == "named" and loss.name not in NAMES):
        return Refusal("the loss is not the squared loss nor a class that contains it")
    ends = facts.ends
    if ends is None or ends.depth != 2:
        return Refusal("not two trained layers")
    if _ratio(penalty.strengths) is None:
        return Refusal("the ratio of the two strengths is not the square of a rational")
    from ..instances.linear import linear_room

    room = linear_room(facts, penalised=True, given=given)
    if isinstance(room, Refusal):
        return room
    chain = facts.chain
    assert chain is not None
    if room.bias == "first" or chain.layers[0].bias:
        return Refusal("a bias on the first layer")
    data = facts.model.data
    stated = {p.name for p in data.properties}
    for name in ("X isotropic", "X identity", "Y = X", "Y realizable"):
        if name in stated:
            return Refusal(f"{name} is stated")
    if not facts.form.has_data:
        return Refusal("there are no data: X = I is isotropic")
    if not given and any(m.name in ("X", "weights") for m in data.matrices):
        return Refusal("data are given")
    return room


def _ratio(strengths: tuple[Fraction, ...]) -> Fraction | None:
    """rho > 0 with rho^2 = lambda_1 / lambda_2; None where it is irrational."""
    if min(strengths) <= 0:
        return None
    value = strengths[0] / strengths[-1]
    over, under = isqrt(value.numerator), isqrt(value.denominator)
    if over * over != value.numerator or under * under != value.denominator:
        return None
    return Fraction(over, under)


def _shape(facts: Facts, room: Room) -> Shape:
    from ..instances.bottleneck import filled_rank
    from ..instances.linear import Shape

    k = room.narrow
    rows = facts.output_width
    copies = 2 if room.bias == "output" else 1
    return Shape(
        add(k, 1), lambda r: scale(copies, r), lambda _r, _n: True,
        lambda r, _n: filled_rank(k, r, rows, 0),  # type: ignore[arg-type]
        exact_rank=True,
    )  # fmt: skip


def _given(facts: Facts) -> Instance | Refusal | None:
    """The instance for given X or Y; None where they are free."""
    from ..instances import bottleneck
    from ..instances.given_squares import decayed, factors_of
    from ..instances.linear import Data, as_int, padded_identity

    data = facts.model.data
    if facts.ranges is None or all(data.matrix(name) is None for name in ("X", "Y", "weights")):
        return None
    room = _room(facts, given=True)
    if isinstance(room, Refusal):
        return room
    if data.matrix("weights") is not None or room.bias != "none":
        return Refusal("data are given, beside weights of the loss or an output bias")
    k, e = as_int(room.narrow), as_int(room.outputs)
    if k >= min(as_int(room.inputs), e):
        return Refusal(f"the hidden width {k} is no bottleneck")
    penalty = facts.model.regularizer
    assert penalty is not None
    ratio = _ratio(penalty.strengths)
    assert ratio is not None
    found = decayed(facts, k, penalty.strengths, ratio)
    if isinstance(found, Refusal):
        return found
    r = as_int(facts.input_width)
    points = [
        (list(reversed(factors_of(kept, ratio, e, r))), None)
        for kept in (found.local, found.better)
    ]
    seen = Data([list(row) for row in found.x], padded_identity(r, r, r), [ZERO] * r, {})
    loss: dict[str, Any] | None = None
    if facts.model.loss.kind == "class":
        loss = {"name": "squared"}
    elif facts.model.loss.name != "squared":
        n = len(found.y[0])
        loss = {"name": facts.model.loss.name, "weights": [[ONE] * n for _ in found.y]}
    return bottleneck.certificate(
        facts, room, seen, found.y, (points[0], points[1]), loss,
        {"kind": "strict-hessian", "gauge": [1]}, WORDS,
    )  # fmt: skip


def _scope(facts: Facts) -> Scope | Refusal:
    from ..instances.linear import choose, symbolic_condition
    from ..instances.scopes import given_scope

    given = _given(facts)
    if given is not None:
        return given_scope(facts, given)
    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    widths = less(room.narrow, minimum(room.inputs, room.outputs))
    text = f"{show(room.narrow)} < min({show(room.inputs)}, {show(room.outputs)})"
    penalty = facts.model.regularizer
    assert penalty is not None
    findings = (met("an l2 penalty on both layers", penalty.span),)
    if facts.ranges is not None:
        if widths is False:
            return Scope(False, text, findings)
        plan = choose(facts, room, _shape(facts, room), BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    if room.bias != "none":
        return Refusal("symbolic widths beside a bias")
    condition = symbolic_condition(facts, room, _shape(facts, room), widths)
    if condition is None:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(condition, text, findings)


def _near_root(value: Fraction) -> Fraction:
    """A rational within 1 % of the root of a positive rational, exact for squares."""
    over, under = isqrt(value.numerator), isqrt(value.denominator)
    if over * over == value.numerator and under * under == value.denominator:
        return Fraction(over, under)
    size = 1
    while value * size * size < 10_000:
        size *= 2
    root = isqrt((value * size * size).__floor__())
    for denominator in range(1, size + 1):
        found = Fraction(round(Fraction(root, size) * denominator), denominator)
        if found > 0 and abs(found * found - value) * 60 <= value:
            return found
    return Fraction(root, size)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances import bottleneck
    from ..instances.linear import as_int, choose, other_samples, zeros

    given = _given(facts)
    if given is not None:
        return other_samples(facts, options) or given
    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    k, e = as_int(room.narrow), as_int(room.outputs)
    if k >= min(as_int(room.inputs), e):
        return Refusal(f"the hidden width {k} is no bottleneck")
    plan = choose(facts, room, _shape(facts, room), options)
    if isinstance(plan, Refusal):
        return plan
    penalty = facts.model.regularizer
    assert penalty is not None
    ratio = _ratio(penalty.strengths)
    assert ratio is not None
    copies = 2 if room.bias == "output" else 1
    # In z = ratio * w^2, x = x'/ratio the problem is that of the strength lambda_1 on both layers.
    strength = penalty.strengths[0] / copies
    mu = _near_root(strength)
    r, n = plan.inputs, plan.samples
    factors = [Fraction(2)] * (k - 1) + [Fraction(3, 2), Fraction(4, 5)]
    sizes = [ONE] * (k - 1) + [Fraction(2, 3), Fraction(5, 2)] + [ONE] * (r - k - 1)
    x = [mu * size for size in sizes]
    y = [f * f * v + strength / v for f, v in zip(factors, x, strict=False)]
    rows = e
    targets = zeros(rows, n)
    for i in range(k + 1):
        targets[i][i] = y[i]
    wanted = 0 if plan.rank_y is None else plan.rank_y - (k + 1)
    for i in range(k + 1, k + 1 + wanted):
        targets[i][i] = mu / 8
    columns: list[Any] = [(i, x[i] / ratio) for i in range(r)]
    if copies == 2:
        columns += [(i, -x[i] / ratio) for i in range(r)]
        for row in targets:
            for j in range(r):
                row[r + j] = -row[j]
    columns += [None] * (n - len(columns))

    def point(kept: list[int]) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
        outer, inner = zeros(e, k), zeros(k, r)
        for position, i in enumerate(kept):
            outer[i][position] = ratio * factors[i]
            inner[position][i] = factors[i]
        return outer, inner

    loss: dict[str, Any] | None = None
    if facts.model.loss.kind == "class":
        loss = {"name": "squared"}
    elif facts.model.loss.name != "squared":
        loss = {"name": facts.model.loss.name, "weights": [[ONE] * n for _ in range(rows)]}
    design = bottleneck.Design(
        columns, targets, point(list(range(k))), point([*range(k - 1), k]), loss=loss
    )
    return bottleneck.assemble(
        facts, room, plan, design, {"kind": "strict-hessian", "gauge": [1]}, WORDS
    )


FAMILY = Family(
    id="decay-bottleneck",
    order=72,
    title="Weight decay and a bottleneck",
    statement=(
        "Two trained linear layers, l2 penalty on both, squared loss, hidden width below "
        "min(e_0, e_h): for some data that are not isotropic a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "Diagonal X and Y; kept entries z_i = (y_i - lambda/x_i)/x_i. The point is a strict local "
        "minimum of the loss plus lambda times the nuclear norm on the rank chart iff (x_j^2 + "
        "lambda/z_i)(x_i^2 + lambda/z_i) > (x_j y_j/z_i)^2 for kept i and dropped j. X = "
        "diag(5/2, 2/3), Y = diag(2, 3), lambda = 1: keeping the second gives 43/8, the first "
        "261/50."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss squared; regularize l2 1",
        "net 5 -> 2 -> 4; loss squared; regularize l2 1/10, 2/5",
        "net 4 -> 2 -> linear(3, bias); loss convex smooth; regularize l2 1/7",
        "net 2 -> 1 -> 2; loss squared; regularize l2 1; data Y = [[2, 0], [0, 3]]",
    ),
    related=("two-layer-decay", "two-layer-decay-isotropic", "decay-autoencoder"),
)
