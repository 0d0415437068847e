"""Sums with independent parameters."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem

THEOREM = Theorem(
    id="open-sum",
    order=112,
    kind="rule",
    title="Sums with independent parameters",
    statement=(
        "If A(u) is locally open into all matrices, then so is A(u) + B(v) when u and v are "
        "independent."
    ),
    source=HERE,
    proof="Hold v fixed (open-freeze); adding a constant is a homeomorphism.",
    setting="any",
    steps=(Step("open-freeze", "v is held fixed"),),
    nearest=False,
)
