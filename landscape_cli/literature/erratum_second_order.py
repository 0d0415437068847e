"""Erratum: the second-order statement needs C^2."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="erratum-second-order",
    order=203,
    kind="erratum",
    title="Erratum: the second-order statement needs C^2",
    statement=(
        "Corollary 6 of Nouiehed & Razaviyayn needs a loss of class C^2 for its statement "
        "on negative curvature."
    ),
    source=NR._replace(number="Corollary 6"),
    proof="A direction of negative curvature is a statement on the Hessian, which must exist.",
    setting="any",
    related=("strict-saddle-two-layer",),
    nearest=False,
)
