"""Rank-deficient local minima under weight decay."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..model.terms import show


def _conditions(facts: Facts) -> tuple[str, ...]:
    q = facts.narrowest
    top = facts.weight_names[-1] if facts.weight_names else "W2"
    width = show(q) if q is not None else "d1"
    return (f"rank({top}) < {width}, or the operator norm of the loss gradient is at most lambda",)


THEOREM = Theorem(
    id="two-layer-decay-deficient",
    order=35,
    kind="conditional",
    title="Two linear layers with weight decay: rank-deficient local minima are global",
    statement=(
        "Two trained linear layers of any widths, l2 penalties of positive strength, convex "
        "differentiable loss: every local minimum with rank W_2 < d_1 is global, and so is every "
        "critical point at which the loss gradient has operator norm at most lambda."
    ),
    source=HERE,
    proof=(
        "As for two-layer-decay: a common null direction of W_2 and W_1^T gives |G| <= lambda, "
        "and with criticality that is the optimality condition of l + lambda times the nuclear "
        "norm, a convex problem."
    ),
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.TRAINABLE_LAYERS,
        a.INDEPENDENT_PARAMETERS,
        a.BIAS_PATTERN_DECAY,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.L2_ON_EVERY_LAYER,
    ),
    conditions=_conditions,
    related=("two-layer-decay",),
    examples=("net 4 -> 2 -> 4; loss huber(1); regularize l2 1/10; expect conditional",),
    broken={
        "linear-activations": "net 4 -> relu(2) -> 4; loss huber(1); regularize l2 1/10",
        "convex-loss": "net 4 -> 2 -> 4; loss tukey(1); regularize l2 1/10",
        "l2-on-every-layer": "net 4 -> 2 -> 4; loss huber(1); regularize l1 1/10",
        "differentiable-loss": "net 4 -> 2 -> 4; loss absolute; regularize l2 1/10",
        "two-layers": "net 4 -> 2 -> 2 -> 4; loss huber(1); regularize l2 1/10",
    },
)
