"""Strict saddles of W W^T with a wide factor."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="strict-saddle-symmetric",
    order=44,
    kind="holds",
    title="W W^T with a wide factor: saddles are strict",
    statement=(
        "The map W W^T or W W^T X with k >= n, convex C^2 loss, no penalty or an l2 penalty: "
        "every critical point is global or has a direction of negative curvature."
    ),
    source=HERE,
    proof=(
        "If W has rank n, criticality G W = 0 gives G = 0. Otherwise W x = 0 for a unit x, and "
        "the direction v x^T has second variation 2 v^T G v: if G is not psd it is negative for "
        "some v, and if it is psd the point is global."
    ),
    setting="symmetric",
    assumptions=(
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.SMOOTH_LOSS,
        a.FACTOR_WIDE_ENOUGH,
        a.NO_REGULARIZER_OR_L2,
    ),
    properties=("strict_saddle",),
    examples=("param W: 3 x 3; map W * W^T; loss log_cosh; require strict_saddle",),
    broken={
        "convex-loss": "param W: 3 x 3; map W * W^T; loss tukey(1); require strict_saddle",
        "no-regularizer": (
            "param W: 3 x 3; map W * W^T; loss log_cosh; regularize l1 1/10; require strict_saddle"
        ),
        "smooth-loss": "param W: 3 x 3; map W * W^T; loss huber(1); require strict_saddle",
        "factor-wide-enough": (
            "param W: 2 x 1; map W * W^T; loss weighted_squared; require strict_saddle"
        ),
    },
)
