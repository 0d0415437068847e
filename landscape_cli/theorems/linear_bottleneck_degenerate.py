"""Degenerate local minima of linear networks."""

from __future__ import annotations

from ..catalogue import Source, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts


def _conditions(facts: Facts) -> tuple[str, ...]:
    from ..model.terms import show

    q = facts.narrowest
    rank = f"rank({facts.seen_product}) < {show(q) if q is not None else 'q'}"
    if a.find(facts, a.DIFFERENTIABLE_LOSS).granted:
        return (rank,)
    return (rank, f"the loss is differentiable at {facts.seen_product}")


THEOREM = Theorem(
    id="linear-bottleneck-degenerate",
    order=25,
    kind="conditional",
    title="Degenerate local minima of linear networks are global",
    statement=(
        "Linear network of any widths, convex loss, differentiable (everywhere, or at least at "
        "the point's output): every local minimum whose product with the data has rank below the "
        "smallest hidden width is global."
    ),
    source=Source(
        "L. Zhang",
        2019,
        "Depth creates no more spurious local minima",
        "arXiv 1901.09827",
        "the proof here is our own",
        "Zhang",
    ),
    proof="This is linear-degenerate: G = 0, which for a convex loss is global optimality.",
    assumptions=(*a.LINEAR_NETWORK, a.UNCONSTRAINED, a.CONVEX_LOSS, a.NO_REGULARIZER),
    conditions=_conditions,
    steps=(
        Step(
            "linear-degenerate",
            "at a local minimum whose product has rank below the smallest hidden "
            "width q the gradient in Z vanishes, if the loss is differentiable there",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "convex-target",
            "a zero gradient of a convex loss is a global minimum",
            uses=(a.CONVEX_LOSS,),
        ),
    ),
    limits="Says nothing of local minima that use the whole bottleneck.",
    related=("linear-no-bottleneck",),
    examples=("net 3 -> 1 -> 3; loss squared_hinge; data samples 3",),
    broken={
        "linear-activations": "net 3 -> relu(1) -> 3; loss huber(1)",
        "convex-loss": "net 3 -> 1 -> 3; loss tukey(1)",
        "no-regularizer": "net 3 -> 1 -> 3; loss huber(1); regularize l1 1/10",
    },
)
