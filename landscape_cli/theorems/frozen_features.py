"""Wide layers: features of rank n."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..facts.point_conditions import full_row_rank_conditions, slope_condition


def _conditions(facts: Facts) -> tuple[str, ...]:
    position = a.frozen_position(facts)
    if position is None:
        return ()
    return (
        f"rank(F{position + 1}) = n (the features of layer {position + 1})",
        *full_row_rank_conditions(facts, position + 2),
        *slope_condition(facts, position + 1),
    )


THEOREM = Theorem(
    id="frozen-features",
    order=52,
    kind="conditional",
    title="Wide layers: local minima whose features have rank n are global",
    statement=(
        "Convex loss; some hidden layer j is at least as wide as the number of samples, and the "
        "activations above it are continuous and strictly monotone: a local minimum whose "
        "features F_j have rank n, with W_k of full row rank for k >= j + 2, is global. Any "
        "activations, biases and skips up to layer j."
    ),
    source=NR._replace(number="section 4; the freezing argument here"),
    proof=(
        "Hold W_1..W_j (open-freeze). F_j of full column rank makes W_(j+1) -> W_(j+1) F_j open "
        "onto all matrices (open-linear); above it open-product and open-activation; then "
        "open-transfer and convex-target."
    ),
    assumptions=(
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.HOMEOMORPHIC_ABOVE,
        a.WIDTH_AT_LEAST_SAMPLES,
        a.NO_REGULARIZER,
    ),
    conditions=_conditions,
    steps=(
        Step(
            "open-freeze", "the layers up to j are held fixed: what the others can reach is enough"
        ),
        Step(
            "open-linear",
            "W -> W F_j is locally open onto all matrices where F_j has rank n",
            uses=(a.WIDTH_AT_LEAST_SAMPLES,),
        ),
        Step(
            "open-transfer",
            "with the layers above, which are open there, the output of a local "
            "minimum is a local minimum of the loss over an open box",
            uses=(
                a.HOMEOMORPHIC_ABOVE,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "convex-target",
            "the box is convex, so a local minimum of a convex loss over it is global",
            uses=(
                a.CONVEX_LOSS,
                a.CONVEX_CONSTRAINTS,
            ),
        ),
    ),
    related=("pyramidal",),
    examples=("net 3 -> softsign(50) -> 2; loss huber(1); data samples 40; expect conditional",),
    broken={
        "homeomorphic-activations": (
            "net 3 -> softsign(50) -> relu(2); loss huber(1); data samples 40"
        ),
        "no-regularizer": (
            "net 3 -> softsign(50) -> 2; loss huber(1); data samples 40; regularize l1 1/10"
        ),
        "width-at-least-samples": "net 3 -> softsign(50) -> 2; loss huber(1); data samples 60",
        "convex-loss": "net 3 -> softsign(50) -> 2; loss tukey(1); data samples 40",
    },
)
