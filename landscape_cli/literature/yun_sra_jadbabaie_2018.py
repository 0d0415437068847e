"""Yun, Sra & Jadbabaie 2018, as published."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="yun-sra-jadbabaie-2018",
    order=63,
    kind="holds",
    title="Yun, Sra & Jadbabaie 2018, as published",
    statement=(
        "Deep linear networks, squared loss, X of full row rank, Y X^T (X X^T)^-1 X of "
        "full row rank with distinct singular values: necessary and sufficient conditions "
        "for a critical point to be global; every local minimum is."
    ),
    source=Source(
        "C. Yun, S. Sra, A. Jadbabaie",
        2018,
        "Global optimality conditions for deep neural networks",
        "ICLR 2018",
        "Theorems 2.1 and 2.2",
        "Yun, Sra & Jadbabaie",
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
        a.SQUARED_LOSS,
        a.X_FULL_ROW_RANK,
        a.Y_FULL_ROW_RANK,
        a.SIMPLE_SPECTRUM,
    ),
    properties=("local_is_global",),
    examples=("net 4 -> 2 -> 2 -> 3; loss squared",),
    nearest=False,
)
