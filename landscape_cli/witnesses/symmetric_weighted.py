"""Products W W^T: weighted squares.

Given data: ``instances/given_squares.py`` says which of them have an instance.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import add, less, minimum, show

if TYPE_CHECKING:
    from ..instances.linear import Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
WORDS = (
    "W W^T keeps some diagonal entries and drops one that is worth more. The Hessian is positive "
    "definite but for moves that change nothing."
)


def _room(facts: Facts) -> Room | Refusal:
    loss = facts.model.loss
    if loss.kind == "custom" or (loss.kind == "named" and loss.name != "weighted_squared"):
        return Refusal("the loss is not weighted_squared nor a class that contains it")
    if facts.form.kind != "symmetric":
        return Refusal("the map is not W W^T")
    from ..instances.symmetric import symmetric_room

    for statement in facts.model.data.properties:
        if statement.name in ("Y = X", "Y realizable"):
            return Refusal(f"{statement.name} is stated")
    return symmetric_room(facts, given=True)


def _shape(room: Room) -> Shape:
    from ..instances.bottleneck import filled_rank, numeric_or_zero
    from ..instances.linear import Shape

    k, rows = room.narrow, numeric_or_zero(room.outputs)
    return Shape(
        add(k, 1), lambda r: r, lambda _r, _n: True,
        lambda r, n: filled_rank(k, r, rows, n - r),  # type: ignore[arg-type]
        lambda _r, _n: True,
    )  # fmt: skip


def _scope(facts: Facts) -> Scope | Refusal:
    from ..instances.symmetric import given_symmetric

    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    given = given_symmetric(facts, "weighted_squared", WORDS)
    if given is not None:
        from ..instances.scopes import given_scope

        return given_scope(facts, given)
    from ..instances.linear import choose, symbolic_condition

    widths = less(room.narrow, minimum(room.inputs, room.outputs))
    text = f"{show(room.narrow)} < {show(minimum(room.inputs, room.outputs))}"
    findings = (met("the map is W W^T", facts.form.span),)
    if facts.ranges is None and facts.model.data.matrices:
        return Refusal("data are given, and widths are symbols")
    if facts.ranges is not None:
        if widths is False:
            return Scope(False, text, findings)
        plan = choose(facts, room, _shape(room), BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    condition = symbolic_condition(facts, room, _shape(room), widths)
    if condition is None:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(condition, text, findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.bottleneck import Sizes, fill
    from ..instances.linear import as_int, choose, other_samples, padded_identity, zeros
    from ..instances.symmetric import given_symmetric, make

    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    given = given_symmetric(facts, "weighted_squared", WORDS)
    if given is not None:
        return other_samples(facts, options) or given
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    k, rows = as_int(room.narrow), as_int(room.outputs)
    if k >= min(rows, as_int(room.inputs)):
        return Refusal(f"{k} >= {rows}")
    plan = choose(facts, room, _shape(room), options)
    if isinstance(plan, Refusal):
        return plan
    r, n = plan.inputs, plan.samples
    x = padded_identity(rows, n, r)
    y = zeros(rows, n)
    weights = [[ONE] * n for _ in range(rows)]
    for i in range(k - 1):
        y[i][i] = Fraction(4)
    y[k - 1][k - 1], y[k][k] = ONE, Fraction(2)
    weights[k - 1][k] = weights[k][k - 1] = Fraction(3)
    fill(y, Sizes(k, r, rows, n, rows, "none", plan.rank_y), Fraction(1, 2), range(r, n))
    local, better = zeros(rows, k), zeros(rows, k)
    for i in range(k - 1):
        local[i][i] = better[i][i] = Fraction(2)
    local[k - 1][k - 1], better[k][k - 1] = ONE, Fraction(7, 5)
    return make(
        facts, x, y, local, better, {"kind": "strict-hessian", "gauge": [1]},
        "W W^T keeps the smaller target and drops the larger one. The Hessian is positive "
        "definite but for the turns W -> W Q, which change nothing.",
        {"name": "weighted_squared", "weights": weights},
    )  # fmt: skip


FAMILY = Family(
    id="symmetric-weighted",
    order=73,
    title="A thin symmetric factor and weights in the squared loss",
    statement=(
        "Map W W^T (or W W^T X) with k < n columns, weighted squared loss (or a class of losses "
        "that contains it): for some data a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "The targets diag(4, .., 4, 1, 2, 0, ..), all weights 1 but 3 beside the last kept entry. "
        "At W = [diag(2, .., 2, 1); 0] the gradient vanishes and the Hessian is positive definite "
        "modulo W -> W Q. Keeping 49/25 near 2 in place of 1 is better: 313/625 against 2."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "param W: 2 x 1; map W * W^T; loss weighted_squared",
        "param W: 5 x 3; map W * W^T; loss convex smooth",
        "param W: 4 x 2; map W * W^T * X; loss convex differentiable",
        "param W: 2 x 1; map W * W^T; loss weighted_squared; data Y = [[2, 0], [0, 1]]",
    ),
    related=("symmetric-wide", "symmetric-squared"),
)
