"""Linear networks wide enough for openness at every point."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="linear-open-everywhere",
    order=27,
    kind="holds",
    title="Linear networks wide enough to be open everywhere, any convex loss",
    statement=(
        "Linear network of any depth, convex loss (not necessarily differentiable), every hidden "
        "width at least e_0 + e_h - 1, convex constraints on the output allowed: every local "
        "minimum is global. The width condition is exactly the one under which the product map "
        "is locally open at every point."
    ),
    source=HERE,
    proof=(
        "By open-everywhere the product is locally open into all matrices at every point. "
        "open-transfer makes the product of a local minimum a local minimum of the loss over all "
        "matrices (over the convex set, by open-restrict), and convex-target makes it global."
    ),
    assumptions=(
        a.LINEAR_OR_SUM,
        a.DENSE_OR_SUM,
        a.TRAINABLE_LAYERS,
        a.INDEPENDENT_PARAMETERS,
        a.BIAS_PATTERN,
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.OPEN_WIDTHS,
        a.NO_REGULARIZER,
    ),
    steps=(
        Step(
            "open-everywhere",
            "the product is locally open into all matrices at every point",
            uses=(
                a.LINEAR_OR_SUM,
                a.DENSE_OR_SUM,
                a.TRAINABLE_LAYERS,
                a.INDEPENDENT_PARAMETERS,
                a.BIAS_PATTERN,
                a.OPEN_WIDTHS,
            ),
        ),
        Step(
            "open-transfer",
            "so the product Z of a local minimum is a local minimum of the loss over "
            "all matrices (over the convex set, under constraints)",
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
    limits="For the absolute error the width condition is necessary as well.",
    related=("linear-no-bottleneck",),
    examples=(
        "net 2 -> 3 -> 2; loss absolute",
        "net 4 -> 6 -> 9 -> 3; loss hinge; subject_to convex",
        "net 4 -> 3 -> 3; loss convex; data samples 1",
    ),
    broken={
        "linear-activations": "net 2 -> relu(3) -> 2; loss absolute",
        "dense-layers": 'net 2 -> opaque(3, "convolution") -> 2; loss absolute',
        "trainable-layers": "net 2 -> 3 -> linear(3, fixed) -> 3 -> 2; loss absolute",
        "independent-parameters": "param W: 2 x 2; map W * W * X; loss absolute; data samples 1",
        "bias-pattern": "net 2 -> 3 -> linear(3, bias) -> 2; loss absolute",
        "convex-loss": "net 2 -> 3 -> 2; loss tukey(1)",
        "open-widths": "net 2 -> 2 -> 2; loss absolute",
        "no-regularizer": "net 2 -> 3 -> 2; loss absolute; regularize l1 1/10",
    },
    converse={"open-widths": "nonsmooth-narrow", "convex-loss": "flat-region"},
)
