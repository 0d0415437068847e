"""Kawaguchi 2016, as published."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="kawaguchi-2016",
    order=61,
    kind="holds",
    title="Kawaguchi 2016, as published",
    statement=(
        "Deep linear networks, squared loss, X X^T and X Y^T of full rank, d_h <= d_0, Y "
        "X^T (X X^T)^-1 X Y^T with distinct eigenvalues: every local minimum is global."
    ),
    source=Source(
        "K. Kawaguchi",
        2016,
        "Deep learning without poor local minima",
        "NeurIPS 2016",
        "Theorem 2.3",
        "Kawaguchi",
    ),
    proof="Subsumed: linear-squared needs none of the conditions on the data and the widths.",
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.ALL_TRAINABLE,
        a.INDEPENDENT_PARAMETERS,
        a.NO_BIAS,
        a.UNCONSTRAINED,
        a.NO_REGULARIZER,
        a.SQUARED_LOSS,
        a.X_FULL_ROW_RANK,
        a.Y_FULL_ROW_RANK,
        a.SIMPLE_SPECTRUM,
        a.UNDERCOMPLETE,
    ),
    properties=("local_is_global",),
    examples=("net 4 -> 2 -> 2 -> 3; loss squared",),
    nearest=False,
)
