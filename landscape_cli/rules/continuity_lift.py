"""Local minima lift back by continuity."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="continuity-lift",
    order=102,
    kind="rule",
    title="Local minima lift back by continuity",
    statement=(
        "If F is continuous at w and F(w) is a local minimum of l on a superset of the "
        "image of a neighbourhood of w, then w is a local minimum of l(F(w)). This is how "
        "counterexamples are lifted to the weights."
    ),
    source=HERE,
    proof=(
        "By continuity a neighbourhood of w is mapped into the neighbourhood of F(w) on "
        "which the value is minimal."
    ),
    setting="any",
    related=("open-transfer",),
    nearest=False,
)
