"""Networks with weight decay: the origin.

Given data: ``instances/given_networks.py`` says which of them have an instance.
"""

from __future__ import annotations

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts

DEPTH = 3
WORDS = (
    "All weights are 0. Nearby the outputs vary between the samples by the product of all "
    "layers only, which the penalty outgrows; far away one unit a layer fits the data better."
)


def _scope(facts: Facts) -> Scope | Refusal:
    from ..instances.decay_origin import origin_scope

    return origin_scope(facts, "l2", DEPTH, WORDS)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.decay_origin import origin_certificate

    return origin_certificate(facts, options, "l2", DEPTH, WORDS)


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
