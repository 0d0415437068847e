"""Constraints on the output."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem

THEOREM = Theorem(
    id="subject-to",
    order=122,
    kind="rule",
    title="Constraints on the output",
    statement=(
        "Constraints that cut out a convex set are allowed in the theorems that reach a "
        "convex target by openness at every local minimum; all others need an unconstrained "
        "output."
    ),
    source=HERE,
    proof="open-restrict: a loss that is infinite outside a convex set is convex.",
    setting="any",
    steps=(Step("open-restrict", "the map stays locally open onto the convex set"),),
    related=("open-restrict",),
    nearest=False,
)
