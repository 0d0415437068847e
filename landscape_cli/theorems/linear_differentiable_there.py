"""Linear networks, a loss that is differentiable at the output."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..facts.finding import Finding
from ..model.terms import at_most, minimum, show


def _conditions(facts: Facts) -> tuple[str, ...]:
    p = minimum(facts.effective_input[0], facts.effective_output)
    seen = facts.seen_product
    return (f"rank({seen}) = {show(p)}, or the loss is differentiable at {seen}",)


def _always(facts: Facts) -> Finding | None:
    """p = 1 and l differentiable at Z = 0: rank(product X) = 1 or the output is 0."""
    p = minimum(facts.effective_input[0], facts.effective_output)
    if facts.ends is None or facts.ends.bias != "none" or facts.form.shift is not None:
        return None
    if facts.model.constraints is not None:
        return None
    at_zero = facts.differentiable_at_zero
    if not at_zero.granted:
        return None
    text = f"min(e_0, e_h) = {show(p)} <= 1, and {at_zero.text}"
    return facts.decide(at_most(p, 1), text, at_zero.span)


THEOREM = Theorem(
    id="linear-differentiable-there",
    order=28,
    kind="conditional",
    title="Linear networks without a bottleneck: differentiability at the point is enough",
    statement=(
        "Linear network without a bottleneck, convex loss: a local minimum is global if the "
        "product with the data has rank min(e_0, e_h), or the loss is differentiable at its "
        "output. If min(e_0, e_h) = 1 and the loss is differentiable at output 0 (hinge with one "
        "output), every local minimum is global."
    ),
    source=HERE,
    proof=(
        "linear-degenerate uses differentiability only at the output of the point. At rank "
        "min(e_0, e_h) the differential of the product is onto, hence the product is open there. "
        "With min(e_0, e_h) = 1 the rank is 1, or the product is 0 on the data."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.NO_BOTTLENECK,
        a.NO_REGULARIZER,
    ),
    conditions=_conditions,
    always=_always,
    steps=(
        Step(
            "linear-degenerate",
            "where the loss is differentiable at the output, a local minimum of rank "
            "below the smallest hidden width q has gradient G = 0 in Z",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "open-transfer",
            "where the product with the data has rank min(e_0, e_h), its differential "
            "is onto, so it is locally open there and Z is a local minimum over all "
            "matrices",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "convex-target",
            "a zero gradient, or a local minimum over all matrices, of a convex loss "
            "is a global minimum",
            uses=(a.CONVEX_LOSS,),
        ),
    ),
    related=("linear-no-bottleneck",),
    examples=(
        "net 5 -> 3 -> 1; loss hinge",
        "net 2 -> 2 -> 2; loss hinge; expect conditional",
    ),
    broken={
        "linear-activations": "net 5 -> relu(3) -> 1; loss hinge",
        "convex-loss": "net 5 -> 3 -> 1; loss zero_one",
        "no-bottleneck": "net 5 -> 2 -> 3; loss hinge",
        "no-regularizer": "net 5 -> 3 -> 1; loss hinge; regularize l1 1/10",
    },
)
