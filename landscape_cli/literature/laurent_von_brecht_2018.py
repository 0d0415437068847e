"""Laurent & von Brecht 2018, as published."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="laurent-von-brecht-2018",
    order=64,
    kind="holds",
    title="Laurent & von Brecht 2018, as published",
    statement=(
        "Deep linear networks, convex differentiable loss, every hidden width at least "
        "min(d_0, d_h): every local minimum is global."
    ),
    source=Source(
        "T. Laurent, J. von Brecht",
        2018,
        "Deep linear networks with arbitrary loss: all local minima are global",
        "ICML 2018, PMLR 80",
        "Theorem 1",
        "Laurent & von Brecht",
    ),
    proof=(
        "Subsumed by linear-no-bottleneck, which reads the widths at the ends as "
        "effective ones (rank X, n, cross-entropy, biases)."
    ),
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.ALL_TRAINABLE,
        a.INDEPENDENT_PARAMETERS,
        a.NO_BIAS,
        a.UNCONSTRAINED,
        a.NO_REGULARIZER,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.END_IS_NARROWEST,
    ),
    properties=("local_is_global",),
    examples=("net 5 -> 4 -> 4; loss huber(1)",),
    nearest=False,
)
