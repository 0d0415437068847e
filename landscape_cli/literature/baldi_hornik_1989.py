"""Baldi & Hornik 1989, as published."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="baldi-hornik-1989",
    order=60,
    kind="holds",
    title="Baldi & Hornik 1989, as published",
    statement=(
        "Two-layer linear autoassociation and regression, squared loss, X X^T invertible, "
        "Y X^T (X X^T)^-1 X Y^T with distinct eigenvalues, d_1 <= d_h <= d_0: every local "
        "minimum is global, all other critical points are saddles."
    ),
    source=Source(
        "P. Baldi, K. Hornik",
        1989,
        "Neural networks and principal component analysis: learning from examples "
        "without local minima",
        "Neural Networks 2",
        "Fact 4",
        "Baldi & Hornik",
    ),
    proof="Subsumed: linear-squared needs none of the conditions on the data.",
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.ALL_TRAINABLE,
        a.INDEPENDENT_PARAMETERS,
        a.NO_BIAS,
        a.UNCONSTRAINED,
        a.NO_REGULARIZER,
        a.TWO_LAYERS,
        a.SQUARED_LOSS,
        a.X_FULL_ROW_RANK,
        a.SIMPLE_SPECTRUM,
        a.UNDERCOMPLETE,
    ),
    properties=("local_is_global",),
    examples=("net 4 -> 2 -> 3; loss squared",),
    nearest=False,
)
