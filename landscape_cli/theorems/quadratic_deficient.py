"""Rank-deficient local minima of quadratic networks."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..model.terms import show


def _conditions(facts: Facts) -> tuple[str, ...]:
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return ("rank(W1) < k",)
    return (f"rank({facts.weight_names[0]}) < {show(chain.layers[ends.first].width)}",)


THEOREM = Theorem(
    id="quadratic-deficient",
    order=47,
    kind="conditional",
    title="Quadratic networks: rank-deficient local minima are global",
    statement=(
        "d -> quadratic(k) -> linear(1, fixed, positive), loss convex and differentiable, no "
        "penalty, or an l2 penalty with equal output weights: every local minimum with rank W_1 < "
        "k is global."
    ),
    source=NR._replace(number="section 3, symmetric case"),
    proof="symmetric-deficient for the Gram matrix of the rescaled weights.",
    setting="quadratic",
    assumptions=(
        a.QUADRATIC_NETWORK,
        a.POSITIVE_OUTPUT,
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.NO_REGULARIZER_OR_L2_QUADRATIC,
    ),
    conditions=_conditions,
    steps=(
        Step(
            "symmetric-deficient",
            "the Gram matrix of the rescaled weights is a symmetric product, and a "
            "local minimum whose factor has rank below k is global",
            uses=(
                a.QUADRATIC_NETWORK,
                a.POSITIVE_OUTPUT,
                a.UNCONSTRAINED,
                a.CONVEX_LOSS,
                a.DIFFERENTIABLE_LOSS,
                a.NO_REGULARIZER_OR_L2_QUADRATIC,
            ),
        ),
    ),
    examples=(
        "net 3 -> quadratic(2) -> linear(1, fixed, positive); loss huber(1); expect conditional",
    ),
    broken={
        "dense-layers": "net 2 -> quadratic(2, skip) -> linear(1, fixed, positive); loss huber(1)",
        "positive-output-weights": "net 3 -> quadratic(2) -> linear(1, fixed); loss huber(1)",
        "convex-loss": "net 3 -> quadratic(2) -> linear(1, fixed, positive); loss tukey(1)",
        "no-regularizer": (
            "net 3 -> quadratic(2) -> linear(1, fixed, positive); loss huber(1); regularize l1 1/10"
        ),
        "differentiable-loss": "net 3 -> quadratic(2) -> linear(1, fixed, positive); loss absolute",
    },
)
