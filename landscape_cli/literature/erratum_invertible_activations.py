"""Erratum: invertible is not enough."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="erratum-invertible-activations",
    order=202,
    kind="erratum",
    title="Erratum: invertible is not enough",
    statement=(
        "Lemma 4 of Nouiehed & Razaviyayn says 'invertible' activations; continuity is "
        "needed as well. W_1 need not have full rank."
    ),
    source=NR._replace(number="Lemma 4"),
    proof=(
        "A strictly increasing function with a jump is invertible, and not open onto an interval."
    ),
    setting="any",
    related=("open-activation",),
    nearest=False,
)
