"""Degenerate critical points of two-layer linear networks."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..model.terms import show


def _conditions(facts: Facts) -> tuple[str, ...]:
    q = facts.narrowest
    return (f"rank({facts.seen_product}) < {show(q) if q is not None else 'd1'}",)


THEOREM = Theorem(
    id="strict-saddle-degenerate",
    order=38,
    kind="conditional",
    title="Two linear layers: degenerate critical points are global or strict saddles",
    statement=(
        "Two trained linear layers of any widths, convex C^2 loss, no penalty: every critical "
        "point whose product with the data has rank below the hidden width is global or has a "
        "direction of negative curvature."
    ),
    source=HERE,
    proof=(
        "Some unit x has W_2 x = 0 or x^T W_1 = 0. If G != 0 pick u, v with u^T G v < 0: the "
        "direction (s u x^T, x v^T / s) has second variation 2 |x|^2 u^T G v + O(s^2) as s -> 0 "
        "in the first case, + O(1/s^2) as s -> infinity in the second. If G = 0 the point is "
        "global."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.CONVEX_LOSS,
        a.SMOOTH_LOSS,
        a.NO_REGULARIZER,
    ),
    properties=("strict_saddle",),
    conditions=_conditions,
    examples=("net 3 -> 1 -> 3; loss logistic; data samples 3; require strict_saddle",),
    broken={
        "linear-activations": "net 3 -> tanh(1) -> 3; loss logistic; require strict_saddle",
        "two-layers": "net 3 -> 1 -> 1 -> 3; loss logistic; require strict_saddle",
        "convex-loss": "net 3 -> 1 -> 3; loss tukey(1); require strict_saddle",
        "no-regularizer": (
            "net 3 -> 1 -> 3; loss logistic; regularize l2 1/10; require strict_saddle"
        ),
        "smooth-loss": "net 3 -> 1 -> 3; loss squared_hinge; data samples 3; require strict_saddle",
    },
)
