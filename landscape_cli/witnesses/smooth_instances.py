"""``smooth-instances``: certified local minima of networks with one or two smooth units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import any_of, equal

SIZES: Mapping[tuple[str, bool, int], tuple[tuple[int, int], ...]] = {
    ("tanh", False, 1): ((1, 4),), ("sigmoid", False, 1): ((1, 3),),
    ("softplus", False, 1): ((1, 3),), ("gelu", False, 1): ((1, 3),), ("silu", False, 1): ((1, 3),),
    ("tanh", True, 1): ((1, 7),), ("softplus", True, 1): ((1, 7),), ("silu", True, 1): ((1, 7),),
    ("sigmoid", True, 1): ((1, 5),), ("gelu", True, 1): ((1, 6),),
    ("tanh", True, 2): ((1, 10), (2, 12)), ("softplus", True, 2): ((1, 9), (2, 13)),
    ("silu", True, 2): ((1, 9), (2, 12)), ("sigmoid", True, 2): ((1, 10), (2, 12)),
    ("gelu", True, 2): ((1, 10), (2, 11)),
}  # fmt: skip
"""(activation, biases on both layers or none, units) -> (input rows, samples) of the instances."""

ACTIVATIONS = frozenset(name for name, _, _ in SIZES)


def scope(facts: Facts) -> Scope | Refusal:
    """Two layers with one hidden unit (two with biases), squared loss, biases on both or none."""
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
    if shape.first != shape.last:
        return Refusal("the carried instances have biases on both layers or none")
    units = [k for k in (1, 2) if (shape.activation, shape.first, k) in SIZES]
    layer = shape.chain.layers[0]
    findings = (
        met(f"layer 1 applies {shape.activation}", layer.activation.span or layer.span),
        met("two layers and the squared loss", facts.model.loss.span),
    )
    if not facts.numeric:
        least = max(SIZES[shape.activation, shape.first, k][0][1] for k in units)
        hidden = any_of(*(equal(shape.hidden, k) for k in units))
        formula = symbolic(facts, shape, least, hidden)
        if isinstance(formula, Refusal):
            return formula
        return Scope(formula, "one or two hidden units", findings)
    if shape.hidden not in units:
        return Refusal("no carried instance has this number of hidden units")
    assert isinstance(shape.hidden, int)
    plan = fitting(facts, shape, SIZES[shape.activation, shape.first, shape.hidden])
    if plan is None:
        return Refusal("no carried instance fits the number of samples and the ranks stated")
    return Scope(True, f"n = {plan.samples} samples and rank X = {plan.rank} are allowed", findings)


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """The carried instance, extended to the model's sizes: boxes, a rational better point."""
    if not facts.numeric:
        return Refusal("the widths are symbols")
    if isinstance(answer := scope(facts), Refusal):
        return answer
    from flint import ctx

    from ..instances import Box, NotAnInstance, document
    from ..instances.two_layer import (
        RADIUS,
        carried,
        centre_value,
        exact,
        extend,
        fitting,
        pattern,
    )

    shape = pattern(facts)
    assert not isinstance(shape, Refusal) and isinstance(shape.hidden, int)
    plan = fitting(
        facts, shape, SIZES[shape.activation, shape.first, shape.hidden], options.samples
    )
    if plan is None:
        return Refusal("no carried instance fits the number of samples and the ranks stated")
    rows, count = plan.base
    one = next(
        one
        for one in carried("smooth_instances")
        if one["activation"] == shape.activation
        and one["bias"] == shape.first
        and one["widths"] == [rows, shape.hidden, 1]
        and len(one["X"][0]) == count
    )
    x = [[exact(v) for v in row] for row in one["X"]]
    y = [exact(v) for v in one["Y"][0]]
    data = extend(facts, plan, x, y)
    grown = plan.rank - rows
    inputs, outputs = facts.input_width, facts.output_width
    assert isinstance(inputs, int) and isinstance(outputs, int)

    def shaped(
        values: list[Any], nothing: Any, around: Any, added: int, inputs: int, outputs: int
    ) -> dict[str, Any]:
        """The weights; ``around`` stands at input coordinates that were added to the data."""
        left = iter(values)
        k = shape.hidden
        assert isinstance(k, int)

        def extended(row: list[Any], length: int) -> list[Any]:
            return [*row, *([nothing] * (length - len(row)))]

        result: dict[str, Any] = {
            "W1": [
                extended([next(left) for _ in range(rows)] + [around] * added, inputs)
                for _ in range(k)
            ]
        }
        if shape.first:
            result["b1"] = [next(left) for _ in range(k)]
        result["W2"] = [[next(left) for _ in range(k)]]
        result["W2"] += [[nothing] * k for _ in range(outputs - 1)]
        if shape.last:
            result["b2"] = extended([next(left)], outputs)
        return result

    centre = [exact(v) for v in one["weights"]]
    boxes = [Box(v - RADIUS, v + RADIUS) for v in centre]
    zero = exact(0)
    with ctx.workprec(192):
        value = (
            centre_value(shape.activation, x, y, shaped(centre, zero, zero, 0, rows, 1))
            * data.times
        )
    better = shaped([exact(v) for v in one["better"]], zero, zero, grown, inputs, outputs)
    try:
        text = document(
            facts, X=data.x, Y=data.y,
            local=shaped(boxes, Box(zero, zero), Box(-RADIUS, RADIUS), grown, inputs, outputs),
            better=better, argument={"kind": "interval-newton"}, loss={"name": "squared"},
            local_value=value,
        )  # fmt: skip
    except NotAnInstance as error:
        return Refusal(str(error))
    return Instance(
        text,
        "The Krawczyk operator of the gradient maps the small box given into itself, so there is "
        "a critical point in it, and the Hessian is positive definite on the whole box: a strict "
        "local minimum. The second point, with rational weights, has a lower loss.",
    )


FAMILY = Family(
    id="smooth-instances",
    order=70,
    title="Certified minima of one or two smooth units",
    statement=(
        "Two layers, squared loss, one hidden unit with tanh, sigmoid, softplus, gelu or silu "
        "(without biases, or with both), or two such units with biases: there are data with a "
        "strict local minimum that is not global."
    ),
    source=HERE._replace(number="section 5.6"),
    argument="interval-newton",
    proof=(
        "Instances found by search and certified with ball arithmetic: Krawczyk's operator, a "
        "positive definite interval Hessian, a rational point of lower loss. Repeated samples, "
        "inputs that are 0, and a new coordinate that takes both signs for every sample keep the "
        "minimum strict (the mixed second derivatives cancel)."
    ),
    scope=scope,
    build=build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 1 -> tanh(1) -> 1; loss squared",
        "net 2 -> silu(2, bias) -> linear(1, bias); loss squared",
    ),
    related=("split-unit",),
)
