"""Lu & Kawaguchi 2017, as published."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="lu-kawaguchi-2017",
    order=62,
    kind="holds",
    title="Lu & Kawaguchi 2017, as published",
    statement=(
        "Deep linear networks, squared loss, X and Y of full row rank: every local "
        "minimum is global."
    ),
    source=Source(
        "H. Lu, K. Kawaguchi",
        2017,
        "Depth creates no bad local minima",
        "arXiv 1702.08580",
        "Theorem 2.1",
        "Lu & Kawaguchi",
    ),
    proof=(
        "Its Lemma 3.3 is false (erratum-svd-continuity); the theorem survives by open-"
        "chain and is subsumed by linear-squared."
    ),
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
    ),
    properties=("local_is_global",),
    examples=("net 4 -> 2 -> 2 -> 3; loss squared; data X full_row_rank, Y full_row_rank",),
    nearest=False,
)
