"""Networks with an l1 penalty: the origin.

Given data: ``instances/given_networks.py`` says which of them have an instance.
"""

from __future__ import annotations

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts

DEPTH = 2
WORDS = (
    "All weights are 0. Nearby the outputs vary between the samples by the product of all "
    "layers only, which the penalty outgrows; far away one unit a layer fits the data better."
)


def _scope(facts: Facts) -> Scope | Refusal:
    from ..instances.decay_origin import origin_scope

    return origin_scope(facts, "l1", DEPTH, WORDS)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.decay_origin import origin_certificate

    return origin_certificate(facts, options, "l1", DEPTH, WORDS)


FAMILY = Family(
    id="decay-l1-origin",
    order=71,
    title="An l1 penalty: the origin",
    statement=(
        "At least two trained layers, an l1 penalty on every one: the origin is a strict local "
        "minimum, and for some data it is not global."
    ),
    source=HERE,
    argument="growth",
    proof=(
        "Near the origin the outputs vary between the samples by O(|W|^h) with h >= 2, the "
        "penalty is lambda |W|_1: it outgrows every gain. With biases, or s(0) != 0, the "
        "targets are balanced, so that no constant does better."
    ),
    scope=_scope,
    build=_build,
    examples=(
        "net 2 -> 1 -> 1; loss squared; regularize l1 1/10",
        "net 5 -> relu(4) -> 2; loss absolute; regularize l1 1",
    ),
    related=("two-layer-decay", "decay-bottleneck"),
)
