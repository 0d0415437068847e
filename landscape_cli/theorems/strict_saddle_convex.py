"""Affine maps have no saddles at all."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="strict-saddle-convex",
    order=36,
    kind="holds",
    title="One trained layer: every critical point is global",
    statement=(
        "The map is affine in the trained parameters, the loss convex and C^2, any l2 penalty: "
        "every critical point is a global minimum, so there is no saddle."
    ),
    source=HERE,
    proof="A critical point of a differentiable convex function is a global minimum.",
    setting="any",
    assumptions=(
        a.AFFINE,
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.SMOOTH_LOSS,
        a.NO_REGULARIZER_OR_L2_CONVEX,
    ),
    properties=("strict_saddle",),
    examples=("net 5 -> linear(3, bias); loss cross_entropy; require strict_saddle",),
    broken={
        "convex-loss": "net 5 -> 3; loss tukey(1); require strict_saddle",
        "affine-in-parameters": "net 3 -> 1 -> 3; loss log_cosh; require strict_saddle",
        "smooth-loss": "net 5 -> 3; loss huber(1); require strict_saddle",
    },
)
