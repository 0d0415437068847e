"""``split-unit``: a smooth unit split into several of the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import at_least

SIZES: Mapping[tuple[str, bool, bool], tuple[int, ...]] = {
    ("tanh", False, False): (3, 4), ("tanh", False, True): (4,), ("tanh", True, False): (6,),
    ("tanh", True, True): (7,),
    ("sigmoid", False, False): (3,), ("sigmoid", False, True): (4,),
    ("sigmoid", True, False): (8,), ("sigmoid", True, True): (7,),
    ("softplus", False, False): (3,), ("softplus", False, True): (4,),
    ("softplus", True, False): (8,), ("softplus", True, True): (7,),
    ("gelu", False, False): (3,), ("gelu", False, True): (4,), ("gelu", True, False): (4,),
    ("gelu", True, True): (5, 6),
    ("silu", False, False): (3,), ("silu", False, True): (4,), ("silu", True, False): (4,),
    ("silu", True, True): (5, 7),
    ("mish", False, False): (3, 7), ("mish", False, True): (4,), ("mish", True, False): (4,),
    ("mish", True, True): (5, 7),
    ("arctan", False, False): (3,), ("arctan", False, True): (4,),
    ("sin", False, False): (3,), ("sin", False, True): (4,),
    ("erf", False, False): (3,), ("erf", False, True): (4,),
}  # fmt: skip
"""(activation, first-layer bias, output bias) -> sample counts of the carried one-unit networks."""

ACTIVATIONS = frozenset(name for name, _, _ in SIZES)


def scope(facts: Facts) -> Scope | Refusal:
    """Two layers, k >= 2 units, squared loss; data sizes that the carried instances give."""
    chain = facts.chain
    if (
        chain is None
        or len(chain.layers) != 2
        or chain.layers[0].activation.name not in ACTIVATIONS
    ):
        return Refusal("not a two-layer network with an activation of this family")
    from ..instances.two_layer import fitting, pattern, symbolic

    shape = pattern(facts)
    if isinstance(shape, Refusal):
        return shape
    sizes = SIZES.get((shape.activation, shape.first, shape.last))
    if sizes is None:
        return Refusal(f"no carried network of {shape.activation} with a first-layer bias")
    layer = shape.chain.layers[0]
    findings = (
        met(f"layer 1 applies {shape.activation}", layer.activation.span or layer.span),
        met("two layers and the squared loss", facts.model.loss.span),
    )
    condition = at_least(shape.hidden, 2)
    if condition is False:
        return Refusal("one hidden unit cannot be split")
    if not facts.numeric:
        formula = symbolic(facts, shape, min(sizes), condition)
        if isinstance(formula, Refusal):
            return formula
        return Scope(formula, "at least two hidden units", findings)
    plan = fitting(facts, shape, [(1, n) for n in sizes])
    if plan is None:
        return Refusal("no carried network fits the number of samples and the ranks stated")
    return Scope(True, f"n = {plan.samples} samples and rank X = {plan.rank} are allowed", findings)


def _found(facts: Facts, options: BuildOptions) -> tuple[Any, Any, list[dict[str, Any]]] | Refusal:
    """The pattern, the plan, and the carried instances of its size."""
    from ..instances.two_layer import carried, fitting, pattern

    shape = pattern(facts)
    if isinstance(shape, Refusal):
        return shape
    key = shape.activation, shape.first, shape.last
    plan = fitting(facts, shape, [(1, n) for n in SIZES.get(key, ())], options.samples)
    if plan is None:
        return Refusal("no carried network fits the number of samples and the ranks stated")
    chosen = [
        one
        for one in carried("split_instances")
        if (one["activation"], one["first_bias"], one["output_bias"]) == key
        and len(one["x"]) == plan.base[1]
    ]
    # The one-unit networks without biases, and those of gelu and silu, have D > 0 as well.
    chosen += [
        one
        for one in carried("smooth_instances")
        if one["widths"] == [1, 1, 1]
        and (one["activation"], one["bias"], one["bias"]) == key
        and (not one["bias"] or shape.activation in ("gelu", "silu"))
        and len(one["X"][0]) == plan.base[1]
    ]
    return shape, plan, chosen


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """An instance: boxes around the split units, a rational better point."""
    if not facts.numeric:
        return Refusal("the widths are symbols")
    if isinstance(answer := scope(facts), Refusal):
        return answer
    found = _found(facts, options)
    if isinstance(found, Refusal):
        return found
    shape, plan, chosen = found
    from ..instances.two_layer import RADIUS, Plan, centre_value, exact, extend, padded

    assert isinstance(plan, Plan)
    one = chosen[options.seed % len(chosen)]
    split = "x" in one
    x = [[exact(v) for v in (one["x"] if split else one["X"][0])]]
    y = [exact(v) for v in (one["y"] if split else one["Y"][0])]
    data = extend(facts, plan, x, y)
    inputs, outputs, units = facts.input_width, facts.output_width, shape.hidden
    assert isinstance(inputs, int) and isinstance(outputs, int) and isinstance(units, int)
    centre = iter([exact(v) for v in one["weights"]])
    w = next(centre)
    b = next(centre) if shape.first else None
    v = next(centre)
    c = next(centre) if shape.last else None
    shares = _shares(units)

    def box(value: Fraction, scale: Fraction = Fraction(1)) -> Any:
        from ..instances import Box

        return Box(scale * (value - RADIUS), scale * (value + RADIUS))

    from ..instances import Box, NotAnInstance, document
    from ..instances.numbers import entries_text

    nothing = Box(Fraction(0), Fraction(0))
    row = [box(w), *([box(Fraction(0))] * (plan.rank - 1)), *([nothing] * (inputs - plan.rank))]
    zeros = [nothing] * units
    local: dict[str, Any] = {"W1": [row] * units, "W2": [[box(v, t) for t in shares]]}
    local["W2"] += [zeros] * (outputs - 1)
    unit: dict[str, Any] = {"W1": [row], "W2": [[box(v)]]}
    alone: dict[str, Any] = {"W1": [[w]], "W2": [[v]]}
    if b is not None:
        local["b1"], unit["b1"], alone["b1"] = [box(b)] * units, [box(b)], [b]
    if c is not None:
        local["b2"] = [box(c), *([nothing] * (outputs - 1))]
        unit["b2"], alone["b2"] = [box(c)], [c]
    from flint import ctx

    with ctx.workprec(192):
        value = centre_value(shape.activation, x, y, alone) * data.times
    better = _better(one, w, b, units, inputs, outputs, padded)
    argument = {
        "kind": "split-unit",
        "unit": {name: entries_text(values) for name, values in sorted(unit.items())},
        "shares": [str(t) for t in shares],
    }
    try:
        text = document(
            facts, X=data.x, Y=data.y, local=local, better=better, argument=argument,
            loss={"name": "squared"}, local_value=value,
        )  # fmt: skip
    except NotAnInstance as error:
        return Refusal(str(error))
    return Instance(
        text,
        "A one-unit network has a strict local minimum (in the small box given) at which "
        "the matrix D = sum of r v s''(z) x x^T is positive definite. Splitting that unit into "
        f"{units} with the same incoming weights and shares of the outgoing one is then a local "
        "minimum of the wider network: moving the copies apart costs 1/2 sum v_j/v eta^T D eta. "
        "The second point uses two different units and does better.",
    )


def _shares(units: int) -> list[Fraction]:
    """Shares t_j > 0 with sum 1: 1/k each."""
    return [Fraction(1, units)] * units


def _better(
    one: Mapping[str, Any], w: Fraction, b: Fraction | None, units: int, inputs: int, outputs: int,
    padded: Any,
) -> dict[str, Any]:  # fmt: skip
    """A rational better point: two different units, or the carried better single unit."""

    def short(value: Any) -> Fraction:
        return Fraction(round(Fraction(str(value)) * 10**4), 10**4)

    zero = Fraction(0)
    weights: dict[str, Any] = {}
    if "unit2" in one:
        second, shift = (Fraction(str(value)) for value in one["unit2"])
        rows, shifts = [[short(w)], [second]], [short(b or zero), shift]
        coefficients = [short(value) for value in one["coefficients"]]
    else:
        values = [Fraction(str(value)) for value in one["better"]]
        rows, shifts = [[values[0]]], [values[1]] if b is not None else [zero]
        coefficients = values[2:] if b is not None else values[1:]
    count = len(rows)
    weights["W1"] = [padded(row, inputs) for row in rows]
    weights["W1"] += [[zero] * inputs for _ in range(units - count)]
    weights["W2"] = [padded(coefficients[:count], units)]
    weights["W2"] += [[zero] * units for _ in range(outputs - 1)]
    if b is not None:
        weights["b1"] = padded(shifts, units)
    if len(coefficients) > count:
        weights["b2"] = padded(coefficients[count:], outputs)
    return weights


FAMILY = Family(
    id="split-unit",
    order=71,
    title="A smooth unit split into several",
    statement=(
        "Two layers, squared loss, k >= 2 hidden units with tanh, sigmoid, softplus, gelu, silu or "
        "mish (any biases), arctan, sin or erf (no first-layer bias): there are data with a local "
        "minimum that is not global."
    ),
    source=HERE._replace(number="section 5.6"),
    argument="split-unit",
    proof=(
        "Let (w, v, c) be a strict local minimum of the one-unit network, r its residuals and "
        "D = sum of r v s''(z) x x^T positive definite. Split v into v_j = t_j v, t_j > 0. With "
        "wbar = sum v_j w_j / v and eta_j = w_j - wbar the loss is L_1(v, wbar, c) + 1/2 sum "
        "(v_j/v) eta_j^T D eta_j + O(|eta|^3): a local minimum. It is not global as soon as some "
        "second unit is correlated with the residuals."
    ),
    scope=scope,
    build=build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 1 -> tanh(2) -> 1; loss squared",
        "net 3 -> gelu(8, bias) -> linear(2, bias); loss squared",
        "net 2 -> sigmoid(4, bias) -> linear(1, bias); loss squared; data X full_row_rank",
    ),
    related=("smooth-instances",),
)
