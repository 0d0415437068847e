"""Linear networks at points where the product is locally open."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..model.terms import minimum, show


def _conditions(facts: Facts) -> tuple[str, ...]:
    p = minimum(facts.effective_input[0], facts.effective_output)
    return (
        f"{facts.product_name} is locally open into all matrices at the point "
        f"(enough: rank({facts.seen_product}) = {show(p)})",
    )


THEOREM = Theorem(
    id="linear-locally-open",
    order=31,
    kind="conditional",
    title="Linear networks: local minima where the product is locally open are global",
    statement=(
        "Linear network without a bottleneck, convex loss, convex constraints allowed: every "
        "local minimum at which the product is locally open into all matrices is global. Enough: "
        "some bracketing of the chain passes open-product at every product, or the point is "
        "non-degenerate."
    ),
    source=NR._replace(number="section 3"),
    proof=(
        "open-transfer makes Z a local minimum of the loss over all matrices; convex-target makes "
        "it global."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.NO_BOTTLENECK,
        a.NO_REGULARIZER,
    ),
    conditions=_conditions,
    steps=(
        Step(
            "open-product",
            "at the points in question each product of some bracketing of the chain "
            "is locally open into all matrices of its size",
            uses=(
                *a.LINEAR_NETWORK,
                a.NO_BOTTLENECK,
            ),
        ),
        Step(
            "open-compose",
            "so the whole chain is locally open into all matrices",
            uses=(*a.LINEAR_NETWORK,),
        ),
        Step(
            "open-transfer",
            "so Z is a local minimum of the loss over all matrices (over the convex "
            "set, under constraints)",
            uses=(a.NO_REGULARIZER,),
        ),
        Step(
            "convex-target",
            "a local minimum of a convex loss over a convex set is global",
            uses=(
                a.CONVEX_LOSS,
                a.CONVEX_CONSTRAINTS,
            ),
        ),
    ),
    related=("linear-open-everywhere", "linear-differentiable-there"),
    examples=("net 3 -> 3 -> 3; loss hinge; subject_to convex; expect conditional",),
    broken={
        "linear-activations": "net 3 -> relu(3) -> 3; loss hinge; subject_to convex",
        "no-regularizer": "net 3 -> 3 -> 3; loss hinge; subject_to convex; regularize l2 1/10",
        "no-bottleneck": "net 3 -> 2 -> 3; loss hinge; subject_to convex",
        "convex-loss": "net 3 -> 3 -> 3; loss tukey(1); subject_to convex",
    },
)
