"""Networks of depth three and more: the origin is a critical point without negative curvature."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met

if TYPE_CHECKING:
    from ..instances.numbers import Weights

ONE, ZERO = Fraction(1), Fraction(0)
NAMES = frozenset(("squared", "weighted_squared", "masked_squared"))
SMOOTH_ZERO = frozenset((
    "linear", "tanh", "erf", "arctan", "sin", "gelu", "silu", "mish", "quadratic", "cube",
))  # fmt: skip


def _scope(facts: Facts) -> Scope | Refusal:
    model = facts.model
    loss = model.loss
    if model.requirement.name != "strict_saddle":
        return Refusal("strict_saddle is not asked")
    if loss.kind == "custom" or (loss.kind == "named" and loss.name not in NAMES):
        return Refusal("the loss is not the squared loss nor a class that contains it")
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    chain, ends, form = facts.chain, facts.ends, facts.form
    if chain is None or ends is None or ends.depth < 3:
        return Refusal("fewer than three trained layers")
    if form.shift is not None or form.transposed:
        return Refusal("a known matrix is added to the map, or it is transposed")
    if model.data.matrices:
        return Refusal("data are given")
    if any(p.name in ("Y = X", "Y realizable", "Y full_row_rank") for p in model.data.properties):
        return Refusal("statements on the targets")
    last = len(chain.layers) - 1
    for k, layer in enumerate(chain.layers):
        if layer.fixed or layer.skip or layer.opaque is not None:
            return Refusal(f"layer {k + 1} is fixed, opaque or has a skip connection")
        if layer.activation.custom or layer.activation.name not in SMOOTH_ZERO:
            return Refusal(f"layer {k + 1} applies {layer.activation.name}")
        if layer.bias and k < last:
            return Refusal("a bias on a hidden layer")
    biased = chain.layers[last].bias
    if biased and chain.layers[last].activation.name != "linear":
        return Refusal("an output bias below a non-linear output")
    findings = (met(f"{ends.depth} trained layers", form.span),)
    if facts.ranges is None:
        if model.data.properties or model.assumptions or model.data.samples is not None:
            return Refusal("symbolic widths beside statements on the data")
        return Scope(True, f"{ends.depth} >= 3", findings)
    ranges = facts.ranges
    if ranges.rank_y.least > 1 or ranges.rank_y.most == 0:
        return Refusal("such statements on the rank of Y")
    from ..instances.linear import Room, Shape, choose

    shape = Shape(
        1, lambda r: r, lambda _r, n: n >= 2 or not biased, lambda _r, _n: (1, 1),
        lambda r, n: n == r,
    )  # fmt: skip
    room = Room(0, 1, facts.data_rank_most, "none", False, False, False, False)
    plan = choose(facts, room, shape, BuildOptions())
    return plan if isinstance(plan, Refusal) else Scope(True, f"{ends.depth} >= 3", findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.check import violations
    from ..instances.documents import NotAnInstance, document
    from ..instances.linear import Room, Shape, as_int, choose, zeros
    from ..instances.symmetric import member_loss

    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    chain = facts.chain
    assert chain is not None
    biased = chain.layers[-1].bias
    shape = Shape(
        1, lambda r: r, lambda _r, n: n >= 2 or not biased, lambda _r, _n: (1, 1),
        lambda r, n: n == r,
    )  # fmt: skip
    room = Room(0, 1, facts.data_rank_most, "none", False, False, False, False)
    plan = choose(facts, room, shape, options)
    if isinstance(plan, Refusal):
        return plan
    r, n, rows = plan.inputs, plan.samples, as_int(chain.widths[-1])
    x, y = zeros(as_int(facts.input_width), n), zeros(rows, n)
    for i in range(r):
        x[i][i] = ONE
    # Targets on the first sample; balanced by the second one where there is an output bias.
    y[0][0] = Fraction(4)
    if biased:
        y[0][1] = Fraction(-4)
    local: Weights = {}
    better: Weights = {}
    for k, layer in enumerate(chain.layers, start=1):
        height = as_int(chain.widths[k])
        local[f"W{k}"] = zeros(height, as_int(chain.widths[k - 1]))
        better[f"W{k}"] = zeros(height, as_int(chain.widths[k - 1]))
        better[f"W{k}"][0][0] = ONE
        if layer.bias:
            local[f"b{k}"] = better[f"b{k}"] = [ZERO] * height
    try:
        made = document(
            facts, X=x, Y=y, local=local, better=better, argument={"kind": "flat-origin"},
            loss=member_loss(facts, "squared", rows, n), place="critical_point",
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "All weights are 0: gradient and Hessian vanish there (the outputs are a product of at "
        "least three small factors), yet other weights do better.",
    )


FAMILY = Family(
    id="strict-saddle-deep",
    order=78,
    title="Depth three: a saddle without negative curvature",
    statement=(
        "At least three trained layers, C^2 activations with s(0) = 0, squared loss (or a class "
        "that contains it): the origin is a critical point that is not global and has no "
        "direction of negative curvature."
    ),
    source=HERE,
    argument="flat-origin",
    proof=(
        "Near the origin the outputs are O(|W|^h), h >= 3, so gradient and Hessian of the loss in "
        "the weights vanish there; in an output bias, at its best value, the loss is convex."
    ),
    scope=_scope,
    build=_build,
    properties=("strict_saddle",),
    examples=(
        "net 3 -> 2 -> 2 -> 3; loss squared; require strict_saddle",
        "net 3 -> tanh(2) -> tanh(2) -> linear(1, bias); loss convex smooth; require strict_saddle",
    ),
    related=("two-layer-squared",),
)
