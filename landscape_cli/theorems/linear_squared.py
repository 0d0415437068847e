"""Linear networks with the squared loss."""

from __future__ import annotations

from ..catalogue import Source, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="linear-squared",
    order=23,
    kind="holds",
    title="Deep linear networks, squared loss, any widths",
    statement=(
        "Linear network of any depth and any widths, squared loss, any data X and Y: every local "
        "minimum is global."
    ),
    source=Source(
        "L. Zhang",
        2019,
        "Depth creates no more spurious local minima",
        "arXiv 1901.09827",
        "Theorem 1; the proof here is our own",
        "Zhang",
    ),
    proof=(
        "If rank(W_h...W_1 X) < q: linear-degenerate gives G = 0, a global minimum over all "
        "matrices. If the rank is min(e_0, q) = q: the point is non-degenerate, the product is "
        "locally open into {rank <= q} there (open-chain), so Z is a local minimum of the squared "
        "loss over {rank <= q} (open-transfer), and those are global (eckart-young)."
    ),
    assumptions=(*a.LINEAR_NETWORK, a.UNCONSTRAINED, a.SQUARED_LOSS, a.NO_REGULARIZER),
    steps=(
        Step(
            "linear-degenerate",
            "a local minimum whose product has rank below the smallest hidden width q "
            "has gradient G = 0 in Z, which makes it a global minimum of the squared "
            "loss",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.SQUARED_LOSS,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "open-chain",
            "at every other point, where the rank is q, the product is locally open "
            "into {rank <= q}",
            uses=(*a.LINEAR_NETWORK,),
        ),
        Step(
            "open-transfer",
            "so the product Z of a local minimum there is a local minimum of the loss "
            "over {rank <= q}",
            uses=(
                a.UNCONSTRAINED,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "eckart-young",
            "every local minimum of the squared loss over {rank <= q} is global",
            uses=(a.SQUARED_LOSS,),
        ),
    ),
    subsumes=(
        "two-layer-squared",
        "baldi-hornik-1989",
        "kawaguchi-2016",
        "lu-kawaguchi-2017",
        "yun-sra-jadbabaie-2018",
    ),
    limits="For entrywise weights in the loss it is false (2 -> 1 -> 2, weights 1 and 3).",
    related=("erratum-iclr-three-layer",),
    examples=(
        "net 784 -> 30 -> 10; loss squared",
        "net 5 -> 1 -> 7 -> 2 -> 4; loss squared",
        "param A: 4 x 1; param B: 1 x 5; const C: 4 x 5; map (C + A * B) * X; loss squared",
    ),
    broken={
        "linear-activations": "net 5 -> relu(2) -> 4; loss squared",
        "dense-layers": 'net 5 -> opaque(2, "convolution") -> 4; loss squared',
        "trainable-layers": "net 5 -> 2 -> linear(2, fixed) -> 4; loss squared",
        "independent-parameters": "param W: 2 x 2; map W * W * X; loss squared",
        "bias-pattern": "net 5 -> 2 -> linear(2, bias) -> 4; loss squared",
        "unconstrained": "net 5 -> 2 -> 4; loss squared; subject_to affine 1",
        "squared-loss": "net 5 -> 2 -> 4; loss weighted_squared",
        "no-regularizer": "net 5 -> 2 -> 4; loss squared; regularize l2 1/10",
    },
    converse={
        "squared-loss": "bottleneck-weighted",
        "no-regularizer": "decay-bottleneck",
        "linear-activations": "affine-piece",
    },
)
