"""Compositions of locally open maps."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="open-compose",
    order=103,
    kind="rule",
    title="Compositions of locally open maps",
    statement=(
        "If the outer map is locally open at inner(w) and the inner map is locally open at "
        "w into the domain of the outer one, the composition is locally open at w."
    ),
    source=NR,
    proof="Neighbourhoods are mapped onto neighbourhoods twice.",
    setting="any",
    nearest=False,
)
