"""A known matrix added to the map."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="const",
    order=119,
    kind="rule",
    title="A known matrix added to the map",
    statement=(
        "A known matrix added to the map is a shift of the loss: convexity and "
        "differentiability survive, the squared loss stays squared. Several adapters C + "
        "B_1 A_1 + B_2 A_2 are one of the summed width."
    ),
    source=HERE,
    proof=(
        "l(Z + C) is convex or differentiable in Z when l is; [B_1 B_2] [A_1; A_2] = B_1 "
        "A_1 + B_2 A_2."
    ),
    setting="any",
    related=(
        "skip",
        "open-sum",
    ),
    nearest=False,
)
