"""Quadratic networks with fewer hidden units than inputs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import RankOf, add, at_least, atoms, show

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
    if given is not None and len(set(given.rows[0])) > 1:
        return Refusal("the output weights are not equal")
    if model.data.matrix("X") or model.data.matrix("Y") or model.data.matrix("weights"):
        return Refusal("data are given")
    for statement in model.data.properties:
        if statement.name.startswith("Y") and statement.name != "Y full_row_rank":
            return Refusal(f"{statement.name} is stated")
    from ..instances.linear import Room

    return Room(hidden.width, 1, facts.data_rank_most, "none", False, False, False, False)


def _shape(facts: Facts, k: int) -> Shape:
    """What k units need: rank X above k, and the samples of ``_samples``.

    Beside a gauge (k > 1) no input may be left without data.
    """
    from ..instances.linear import Shape
    from ..model.terms import maximum, scale

    fixed = (k - 1) * (k + 2) + 4 - 2 * k * (k + 1)
    least = 2 if k == 1 else maximum(k + 1, facts.input_width)
    return Shape(
        least, lambda r: add(scale(2 * k, r), fixed), lambda _r, _n: True, lambda _r, _n: (1, 1)
    )


def _scope(facts: Facts) -> Scope | Refusal:
    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    from ..instances.linear import as_int, choose, symbolic_condition

    condition = at_least(room.inputs, add(room.narrow, 1))
    text = f"{show(room.narrow)} < {show(room.inputs)}"
    findings = (met("a quadratic layer under a fixed positive output", facts.form.span),)
    if facts.ranges is not None:
        if condition is False:
            return Scope(False, text, findings)
        plan = choose(facts, room, _shape(facts, as_int(room.narrow)), BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    symbolic = None
    if isinstance(room.narrow, int):
        symbolic = symbolic_condition(facts, room, _shape(facts, room.narrow), condition)
    elif facts.samples_most is None and RankOf("X") not in named:
        # With n free the data can have full row rank, whatever the number of units. (Where n is
        # bounded, how many samples are enough is a product of two symbols.)
        symbolic = symbolic_condition(facts, room, _shape(facts, 1), condition)
    if symbolic is None:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(symbolic, text, findings)


def _samples(
    k: int, r: int, a: Fraction, height: Fraction
) -> list[tuple[dict[int, Fraction], Fraction]]:
    """Samples (entries by input) and targets for k units with output weight a on r inputs.

    One unit chooses between the first two inputs, as for k = 1. The others have the inputs 2 .. k,
    of weight ``height``; small multiples of the remaining inputs beside them cost little.
    """
    found: list[tuple[dict[int, Fraction], Fraction]] = [
        ({0: ONE}, 4 * a), ({1: ONE}, 3 * a), ({0: ONE, 1: ONE}, ZERO), ({0: ONE, 1: -ONE}, ZERO),
    ]  # fmt: skip
    tiny, small = Fraction(1, k + 1), Fraction(1, 1 + r)
    square = a * height * height
    for j in range(2, k + 1):
        for sign in (ONE, -ONE):
            found.append(({j: ONE, 0: sign * tiny}, square))
            found.append(({j: ONE, 1: sign * tiny}, square + a * tiny * tiny))
            found += [({i: ONE, j: sign}, 2 * square) for i in range(2, j)]
    for u in range(k + 1, r):
        for sign in (ONE, -ONE):
            found.append(({1: small, u: sign * small}, a * small * small))
            found += [({j: ONE, u: sign * tiny}, square) for j in range(2, k + 1)]
    return found


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
    k = as_int(room.narrow)
    if k >= as_int(room.inputs):
        return Refusal("no more inputs than units")
    plan = choose(facts, room, _shape(facts, k), options)
    if isinstance(plan, Refusal):
        return plan
    chain = facts.chain
    assert chain is not None
    r, n = plan.inputs, plan.samples
    given = chain.given[1]
    a = ONE if given is None else given.rows[0][0]
    width = as_int(facts.input_width)
    height = Fraction(4 * (k + 1))
    samples = _samples(k, r, a, height)
    samples += [({}, ZERO)] * (n - len(samples))
    x = zeros(width, n)
    for t, (entries, _) in enumerate(samples):
        for i, value in entries.items():
            x[i][t] = value
    y = [[target for _, target in samples]]
    local, better = zeros(k, width), zeros(k, width)
    local[0][1] = better[0][0] = ONE
    for i in range(1, k):
        local[i][i + 1] = better[i][i + 1] = height
    fixed: dict[str, Any] = {} if given is not None else {"W2": [[a] * k]}
    argument: dict[str, Any] = {"kind": "strict-hessian"}
    if k > 1:
        argument["gauge"] = [1]
    elif r < width:
        argument["flat"] = {"W1": [[0, j] for j in range(r, width)]}
    try:
        made = document(
            facts, X=x, Y=y, local={"W1": local}, better={"W1": better},
            argument=argument,
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
    title="A quadratic network with few hidden units",
    statement=(
        "Network d -> quadratic(k) -> linear(1, fixed, positive), squared loss, k < rank X, equal "
        "output weights (or none given): for some data a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "Samples e_1, e_2, e_1 + e_2, e_1 - e_2 with targets 4, 3, 0, 0: at w = (0, 1) the "
        "gradient is 0 and the Hessian diag(4, 12); the value is 11, at (1, 0) it is 10. Further "
        "inputs are fixed by small samples e_2 +- e_j. Further units fit further inputs of large "
        "targets, which samples e_i +- e_j tie to all others; each instance is certified."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared",
        "net 5 -> quadratic(1) -> linear(1, fixed, positive); loss squared; data X full_row_rank",
        "net 5 -> quadratic(3) -> linear(1, fixed, positive); loss squared; data X full_row_rank",
    ),
    related=("quadratic-wide", "quadratic-deficient"),
)
