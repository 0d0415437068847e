"""Maps that are affine in the trained parameters."""

from __future__ import annotations

from ..catalogue import Source, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="convex-problem",
    order=20,
    kind="holds",
    title="One trained layer: a convex problem",
    statement=(
        "The map is affine in the trained parameters (one trained layer with only linear maps "
        "after it), the loss is convex, the penalty (if any) is convex: the whole problem is "
        "convex and every local minimum is global."
    ),
    source=Source(
        "S. Boyd, L. Vandenberghe",
        2004,
        "Convex Optimization",
        "Cambridge University Press",
        "sections 3.2.2 and 4.2.2",
        "Boyd & Vandenberghe",
    ),
    proof=(
        "A convex function of an affine function is convex; so is its sum with a convex penalty. "
        "A local minimum of a convex function on a convex set is global: on the segment to any "
        "better point the function would lie strictly below its value arbitrarily near."
    ),
    setting="any",
    assumptions=(a.AFFINE, a.CONVEX_LOSS, a.CONVEX_REGULARIZER, a.CONVEX_CONSTRAINTS),
    steps=(
        Step(
            "convex-target",
            "the objective is a convex function of parameters that range over a "
            "convex set, so a local minimum is global",
            uses=(
                a.AFFINE,
                a.CONVEX_LOSS,
                a.CONVEX_REGULARIZER,
                a.CONVEX_CONSTRAINTS,
            ),
        ),
    ),
    limits="Says nothing as soon as two trained layers are multiplied.",
    examples=(
        "net 784 -> linear(10, bias); loss cross_entropy",
        "net 5 -> relu(64, fixed) -> 3; loss absolute; regularize l1 1/10",
        "param W: 3 x 4; const C: 5 x 3; map C * W * X; loss hinge",
    ),
    broken={
        "affine-in-parameters": "net 4 -> 2 -> 3; loss huber(1)",
        "convex-loss": "net 4 -> 3; loss tukey(1)",
    },
    converse={"affine-in-parameters": "bottleneck-huber", "convex-loss": "flat-region"},
)
