"""Homeomorphic activations are open."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="open-activation",
    order=105,
    kind="rule",
    title="Homeomorphic activations are open",
    statement=(
        "A continuous, strictly monotone activation, applied entry by entry, is a "
        "homeomorphism of the matrices onto an open convex box."
    ),
    source=NR._replace(number="Lemma 4 (continuity added)"),
    proof=(
        "A continuous strictly monotone function on the line has a continuous inverse on "
        "its range, an open interval. Continuity is needed: a strictly monotone function "
        "with a jump is injective and not open onto an interval."
    ),
    setting="any",
    related=("erratum-invertible-activations",),
    nearest=False,
)
