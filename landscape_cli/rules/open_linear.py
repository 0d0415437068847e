"""Multiplication by the data."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="open-linear",
    order=104,
    kind="rule",
    title="Multiplication by the data",
    statement=(
        "W -> W X is linear, hence open onto its image; onto all matrices iff X has full "
        "column rank."
    ),
    source=HERE,
    proof=(
        "A surjective linear map between finite-dimensional spaces is open; the image is {Z "
        "X}, which is everything iff the rows of X span all of R^n."
    ),
    setting="any",
    nearest=False,
)
