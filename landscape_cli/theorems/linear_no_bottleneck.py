"""Linear networks without a bottleneck."""

from __future__ import annotations

from ..catalogue import Source, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="linear-no-bottleneck",
    order=22,
    kind="holds",
    title="Linear networks without a bottleneck, differentiable convex loss",
    statement=(
        "Linear network of any depth, convex differentiable loss, every hidden width at least "
        "min(e_0, e_h), where e_0 is the rank of the (centred, with an output bias) data and e_h "
        "the effective output width: every local minimum is global."
    ),
    source=Source(
        "T. Laurent, J. von Brecht",
        2018,
        "Deep linear networks with arbitrary loss: all local minima are global",
        "ICML 2018, PMLR 80",
        "Theorem 1 (sharpened to the effective widths)",
        "Laurent & von Brecht",
    ),
    proof=(
        "Put p = min(e_0, e_h) and let W be a local minimum with product Z. If rank Z < p, then "
        "rank Z < q, the smallest hidden width, and linear-degenerate gives G = 0. If rank Z = p, "
        "then W_(h-1)...W_1 has full column rank or W_h...W_2 full row rank, and criticality in "
        "W_h (in W_1) gives G = 0 at once. G = 0 is global optimality for a convex loss."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.NO_BOTTLENECK,
        a.NO_REGULARIZER,
    ),
    steps=(
        Step(
            "linear-degenerate",
            "a local minimum whose product Z has rank below the smallest hidden width "
            "q has gradient G = 0 in Z",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.DIFFERENTIABLE_LOSS,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "convex-target",
            "a zero gradient of a convex loss is a global minimum",
            uses=(a.CONVEX_LOSS,),
        ),
    ),
    subsumes=("laurent-von-brecht-2018",),
    limits="Differentiability is needed (2 -> 2 -> 2, absolute error), and so are the widths.",
    related=("linear-open-everywhere", "linear-bottleneck-degenerate"),
    examples=(
        "net 5 -> 4 -> 7 -> 4; loss huber(1)",
        "net 100 -> 9 -> 10; loss cross_entropy",
        "net 5 -> 3 -> 4; loss log_cosh; data samples 3",
    ),
    broken={
        "linear-activations": "net 2 -> relu(2) -> 2; loss huber(1)",
        "dense-layers": 'net 2 -> opaque(2, "convolution") -> 2; loss huber(1)',
        "trainable-layers": "net 2 -> 2 -> linear(2, fixed) -> 2; loss huber(1)",
        "independent-parameters": "param W: 2 x 2; map W * W * X; loss huber(1)",
        "bias-pattern": "net 2 -> 2 -> linear(2, bias) -> 2; loss huber(1)",
        "unconstrained": "net 2 -> 2 -> 2; loss huber(1); subject_to affine 1",
        "convex-loss": "net 2 -> 2 -> 2; loss tukey(1)",
        "differentiable-loss": "net 2 -> 2 -> 2; loss absolute",
        "no-bottleneck": "net 2 -> 1 -> 2; loss huber(1)",
        "no-regularizer": "net 2 -> 2 -> 2; loss huber(1); regularize l1 1/10",
    },
    converse={
        "differentiable-loss": "nonsmooth-narrow",
        "no-bottleneck": "bottleneck-huber",
        "convex-loss": "flat-region",
        "linear-activations": "affine-piece",
        "no-regularizer": "decay-l1-origin",
    },
)
