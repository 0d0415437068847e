"""Multiplication through a bottleneck."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="open-product-bounded",
    order=107,
    kind="rule",
    title="Multiplication through a bottleneck",
    statement=(
        "If k < min(m, n), (A, B) -> A B is locally open at (A, B) into {rank <= k} iff "
        "rank A = rank B = rank AB. It can only be the outermost map of a composition, for "
        "its target is not all matrices."
    ),
    source=NR._replace(number="Theorem 3"),
    proof=(
        "With all ranks equal to r the product is, in suitable coordinates, an invertible "
        "block beside blocks that vary freely; conversely a rank drop in the product loses "
        "a direction of rank-k matrices."
    ),
    setting="any",
    related=(
        "open-product",
        "open-chain",
    ),
    nearest=False,
)
