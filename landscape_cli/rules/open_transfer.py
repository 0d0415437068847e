"""Local minima pass to the auxiliary problem."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="open-transfer",
    order=101,
    kind="rule",
    title="Local minima pass to the auxiliary problem",
    statement=(
        "If the model map F is locally open at w onto its range and w is a local minimum of "
        "l(F(w)), then F(w) is a local minimum of l on the range. Nothing is assumed of l, "
        "not even continuity."
    ),
    source=NR._replace(number="Observation 1"),
    proof=(
        "A small neighbourhood of w on which the value is minimal is mapped onto a "
        "neighbourhood of F(w) in the range, and l takes no smaller value there."
    ),
    setting="any",
    related=("continuity-lift",),
    nearest=False,
)
