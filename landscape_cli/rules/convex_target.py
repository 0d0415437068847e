"""Convex losses on convex sets."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="convex-target",
    order=114,
    kind="rule",
    title="Convex losses on convex sets",
    statement=(
        "A local minimum of a convex loss over a convex set (all matrices, an open box, the "
        "psd cone) is global over the set."
    ),
    source=Source(
        "S. Boyd, L. Vandenberghe",
        2004,
        "Convex Optimization",
        "Cambridge University Press",
        "section 4.2.2",
        "Boyd & Vandenberghe",
    ),
    proof=(
        "On the segment from the point to a better one the loss would lie strictly below "
        "its value arbitrarily near."
    ),
    setting="any",
    nearest=False,
)
