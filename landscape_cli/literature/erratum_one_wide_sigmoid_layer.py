"""Erratum: one wide sigmoid layer."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="erratum-one-wide-sigmoid-layer",
    order=205,
    kind="erratum",
    title="Erratum: one wide sigmoid layer",
    statement=(
        "Yu & Chen 1995 (a sigmoid layer as wide as the number of samples has no bad local "
        "minima) is refuted by Ding, Li & Sun 2019."
    ),
    source=Source(
        "T. Ding, D. Li, R. Sun",
        2019,
        "Suboptimal local minima exist for wide neural networks with smooth activations",
        "arXiv 1911.01413",
        "",
        "Ding, Li & Sun",
    ),
    proof=(
        "The argument perturbs the weights to reach rank n, but a local minimum of another "
        "point is not one of the given point; suboptimal local minima exist for almost all "
        "activations."
    ),
    setting="any",
    related=("frozen-features",),
    nearest=False,
)
