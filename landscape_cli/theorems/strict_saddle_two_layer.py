"""Strict saddles of two-layer linear networks."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="strict-saddle-two-layer",
    order=37,
    kind="holds",
    title="Two linear layers without a bottleneck: saddles are strict",
    statement=(
        "Two trained linear layers, convex C^2 loss, hidden width at least min(e_0, e_h), without "
        "penalty or with l2 penalties of positive strength on both layers: every critical point "
        "is global or has a direction of negative curvature."
    ),
    source=NR._replace(number="Corollary 6 (C^2 is needed for the second-order statement)"),
    proof=(
        "Rank below the hidden width and G != 0: the direction (s u x^T, x v^T / s) with W_2 x = "
        "0 or x^T W_1 = 0 has second variation 2 |x|^2 u^T G v + O(s^2), negative for suitable u, "
        "v. Full rank: a square invertible factor and criticality give G = 0. With decay the same "
        "with l + lambda times the nuclear norm."
    ),
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.TRAINABLE_LAYERS,
        a.INDEPENDENT_PARAMETERS,
        a.BIAS_PATTERN_DECAY_ONLY,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.CONVEX_LOSS,
        a.SMOOTH_LOSS,
        a.NO_BOTTLENECK,
        a.NO_REGULARIZER_OR_L2_EVERYWHERE,
    ),
    properties=("strict_saddle",),
    steps=(
        Step(
            "strict-saddle-degenerate",
            "without a penalty, a critical point whose product has rank below d_1 is "
            "global or has a direction of negative curvature",
            uses=(
                a.LINEAR_ACTIVATIONS,
                a.DENSE_LAYERS,
                a.TRAINABLE_LAYERS,
                a.INDEPENDENT_PARAMETERS,
                a.BIAS_PATTERN_DECAY_ONLY,
                a.UNCONSTRAINED,
                a.TWO_LAYERS,
                a.CONVEX_LOSS,
                a.SMOOTH_LOSS,
            ),
        ),
    ),
    examples=(
        "net 5 -> 4 -> 4; loss log_cosh; require strict_saddle",
        "net 5 -> 4 -> 4; loss logistic; regularize l2 1/10; require strict_saddle",
    ),
    broken={
        "linear-activations": "net 4 -> tanh(4) -> 4; loss log_cosh; require strict_saddle",
        "convex-loss": "net 4 -> 4 -> 4; loss tukey(1); require strict_saddle",
        "no-regularizer": (
            "net 4 -> 4 -> 4; loss log_cosh; regularize l1 1/10; require strict_saddle"
        ),
        "two-layers": "net 4 -> 4 -> 4 -> 4; loss log_cosh; require strict_saddle",
        "smooth-loss": "net 4 -> 4 -> 4; loss huber(1); require strict_saddle",
        "no-bottleneck": "net 4 -> 2 -> 4; loss log_cosh; require strict_saddle",
    },
    converse={"no-bottleneck": "bottleneck-log-cosh"},
)
