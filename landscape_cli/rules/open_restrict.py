"""Constraints on the product."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="open-restrict",
    order=113,
    kind="rule",
    title="Constraints on the product",
    statement=(
        "If F is locally open at w onto T and C is a subset of T that contains F(w), then F "
        "restricted to the preimage of C is locally open at w onto C. So constraints on the "
        "product, or an extended-valued loss, change nothing."
    ),
    source=HERE,
    proof=(
        "Intersect the neighbourhoods in the target with C, and those of w with the preimage of C."
    ),
    setting="any",
    nearest=False,
)
