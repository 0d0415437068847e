"""Quadratic networks with one hidden unit."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import all_of, at_least, equal, show

if TYPE_CHECKING:
    from ..instances.linear import Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
NAMES = frozenset(("squared", "weighted_squared", "masked_squared"))


def _room(facts: Facts) -> Room | Refusal:
    loss, model = facts.model.loss, facts.model
    if loss.kind == "custom" or (loss.kind == "named" and loss.name not in NAMES):
        return Refusal("the loss is not the squared loss nor a class that contains it")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or len(chain.layers) != 2 or ends.last != 0:
        return Refusal("not one trained layer under one fixed output")
    hidden, top = chain.layers
    if hidden.activation.name != "quadratic" or hidden.activation.custom:
        return Refusal(f"the hidden layer applies {hidden.activation.name}")
    if hidden.bias or hidden.skip or top.skip or top.bias or hidden.opaque or top.opaque:
        return Refusal("a bias or a skip connection")
    if top.activation.name != "linear" or top.width != 1:
        return Refusal("the output is not one linear unit")
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    if facts.form.shift is not None or facts.form.transposed or not facts.form.has_data:
        return Refusal("a known matrix is added to the map, or it is transposed")
    given = chain.given[1]
    if given is not None and given.rows[0][0] <= 0:
        return Refusal("the output weight is not positive")
    if model.data.matrix("X") or model.data.matrix("Y") or model.data.matrix("weights"):
        return Refusal("data are given")
    for statement in model.data.properties:
        if statement.name.startswith("Y") and statement.name != "Y full_row_rank":
            return Refusal(f"{statement.name} is stated")
    from ..instances.linear import Room

    return Room(hidden.width, 1, facts.data_rank_most, "none", False, False, False, False)


def _shape() -> Shape:
    from ..instances.linear import Shape
    from ..model.terms import scale

    return Shape(2, lambda r: scale(2, r), lambda _r, _n: True, lambda _r, _n: (1, 1))


def _scope(facts: Facts) -> Scope | Refusal:
    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    from ..instances.linear import choose, symbolic_condition

    condition = all_of(equal(room.narrow, 1), at_least(room.inputs, 2))
    text = f"{show(room.narrow)} = 1 < {show(room.inputs)}"
    findings = (met("a quadratic layer under a fixed positive output", facts.form.span),)
    if facts.ranges is not None:
        if condition is False:
            return Scope(False, text, findings)
        plan = choose(facts, room, _shape(), BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    symbolic = symbolic_condition(facts, room, _shape(), condition)
    if symbolic is None:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(symbolic, text, findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.check import violations
    from ..instances.documents import NotAnInstance, document
    from ..instances.linear import as_int, choose, zeros
    from ..instances.symmetric import member_loss

    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    if as_int(room.narrow) != 1:
        return Refusal("more than one hidden unit")
    plan = choose(facts, room, _shape(), options)
    if isinstance(plan, Refusal):
        return plan
    chain = facts.chain
    assert chain is not None
    r, n = plan.inputs, plan.samples
    given = chain.given[1]
    a = ONE if given is None else given.rows[0][0]
    width = as_int(facts.input_width)
    # Small samples e_1 +- e_j fix the further inputs: they cost little at the better point.
    small = Fraction(1, 1 + r)
    samples: list[tuple[dict[int, Fraction], Fraction]] = [
        ({0: ONE}, 4 * a), ({1: ONE}, 3 * a), ({0: ONE, 1: ONE}, ZERO), ({0: ONE, 1: -ONE}, ZERO),
    ]  # fmt: skip
    for j in range(2, r):
        for sign in (ONE, -ONE):
            samples.append(({1: small, j: sign * small}, a * small * small))
    samples += [({}, ZERO)] * (n - len(samples))
    x = zeros(width, n)
    for t, (entries, _) in enumerate(samples):
        for i, value in entries.items():
            x[i][t] = value
    y = [[target for _, target in samples]]
    local, better = zeros(1, width), zeros(1, width)
    local[0][1] = better[0][0] = ONE
    fixed: dict[str, Any] = {} if given is not None else {"W2": [[a]]}
    try:
        made = document(
            facts, X=x, Y=y, local={"W1": local}, better={"W1": better},
            argument={"kind": "strict-hessian"} if r == width else
            {"kind": "strict-hessian", "flat": {"W1": [[0, j] for j in range(r, width)]}},
            loss=member_loss(facts, "squared", 1, n), fixed=fixed,
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "The unit fits the smaller of two targets. The Hessian is positive definite there: turning "
        "towards the larger target passes through the samples whose target is 0.",
    )


FAMILY = Family(
    id="quadratic-narrow",
    order=75,
    title="A quadratic network with one hidden unit",
    statement=(
        "Network d -> quadratic(1) -> linear(1, fixed, positive), squared loss, rank X at least "
        "2: for some data a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "Samples e_1, e_2, e_1 + e_2, e_1 - e_2 with targets 4, 3, 0, 0: at w = (0, 1) the "
        "gradient is 0 and the Hessian diag(4, 12); the value is 11, at (1, 0) it is 10. Further "
        "inputs are fixed by small samples e_2 +- e_j."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared",
        "net 5 -> quadratic(1) -> linear(1, fixed, positive); loss squared; data X full_row_rank",
    ),
    related=("quadratic-wide", "quadratic-deficient"),
)
