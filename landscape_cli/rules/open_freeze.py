"""Holding some parameters fixed."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="open-freeze",
    order=111,
    kind="rule",
    title="Holding some parameters fixed",
    statement=(
        "If F maps into T and the map of some of the parameters, the others held fixed, is "
        "locally open into T, so is F."
    ),
    source=HERE,
    proof="The smaller neighbourhood is already mapped onto a neighbourhood in T.",
    setting="any",
    nearest=False,
)
