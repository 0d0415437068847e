"""Erratum: linear residual networks need a positive determinant."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="erratum-residual-determinant",
    order=206,
    kind="erratum",
    title="Erratum: linear residual networks need a positive determinant",
    statement="Hardt & Ma 2017, Theorem 2.1, needs det R > 0.",
    source=Source(
        "M. Hardt, T. Ma",
        2017,
        "Identity matters in deep learning",
        "ICLR 2017",
        "Theorem 2.1",
        "Hardt & Ma",
    ),
    proof="Near-identity factors have positive determinant, and so has their product.",
    setting="any",
    related=("skip",),
    nearest=False,
)
