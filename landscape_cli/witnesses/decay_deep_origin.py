"""Networks with weight decay: the origin.

Given data: ``instances/given_networks.py`` says which of them have an instance.
"""

from __future__ import annotations

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met

DEPTH = 3
WORDS = (
    "All weights are 0. Nearby the outputs vary between the samples by the product of all "
    "layers only, which the penalty outgrows; far away one unit a layer fits the data better."
)


def _scope(facts: Facts) -> Scope | Refusal:
    penalty = facts.model.regularizer
    if penalty is None or penalty.kind != "l2":
        return Refusal("no l2 penalty")
    from ..instances.given_networks import gives_data
    from ..instances.linear import choose
    from ..instances.origin import origin_of, origin_shape, symbolic_origin

    if gives_data(facts) and facts.ranges is not None:
        from ..instances.given_networks import origin_instance

        made = origin_instance(facts, "l2", DEPTH, WORDS)
        if isinstance(made, Refusal):
            return made
        return Scope(True, "the given data allow it", (met("an l2 penalty on every layer",
                                                           penalty.span),))  # fmt: skip
    origin = origin_of(facts, "l2", DEPTH)
    if isinstance(origin, Refusal):
        return origin
    ends = facts.ends
    assert ends is not None
    text = f"{ends.depth} trained layers >= {DEPTH}"
    findings = (met(f"an l2 penalty on every layer, {ends.depth} trained layers", penalty.span),)
    if facts.ranges is None:
        condition = symbolic_origin(facts, origin)
        if condition is None:
            return Refusal("symbolic widths beside statements on the data")
        return Scope(condition, text, findings)
    shape = origin_shape(origin, facts.output_width)
    plan = choose(facts, origin.room._replace(bias="none"), shape, BuildOptions())
    return plan if isinstance(plan, Refusal) else Scope(True, text, findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.given_networks import gives_data, origin_instance
    from ..instances.linear import other_samples
    from ..instances.origin import build_origin, origin_of

    if gives_data(facts) and facts.ranges is not None:
        return other_samples(facts, options) or origin_instance(facts, "l2", DEPTH, WORDS)
    origin = origin_of(facts, "l2", DEPTH)
    if isinstance(origin, Refusal):
        return origin
    return build_origin(facts, options, origin, WORDS)


FAMILY = Family(
    id="decay-deep-origin",
    order=70,
    title="Weight decay at depth three: the origin",
    statement=(
        "At least three trained layers, an l2 penalty on every one: the origin is a strict "
        "local minimum, and for some data it is not global."
    ),
    source=HERE,
    argument="growth",
    proof=(
        "Near the origin the outputs vary between the samples by O(|W|^h) with h >= 3, the "
        "penalty is lambda/2 |W|^2: it outgrows every gain. With biases, or s(0) != 0, the "
        "targets are balanced, so that no constant does better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 1 -> 1 -> 1 -> 1; loss squared; regularize l2 1",
        "net 5 -> relu(4) -> relu(3) -> 2; loss huber(1); regularize l2 1/10",
        "net 4 -> tanh(3, bias) -> tanh(3) -> linear(2, bias); loss squared; regularize l2 1/100",
        "net 6 -> relu(4) -> relu(4) -> linear(3); loss cross_entropy; regularize l2 1/10",
        "net 2 -> 1 -> 1 -> 1; loss squared; regularize l2 1/10; data Y = [[2, 0]]",
    ),
    related=("two-layer-decay", "decay-bottleneck"),
)
