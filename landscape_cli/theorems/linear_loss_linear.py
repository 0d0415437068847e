"""Linear networks with a linear loss."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="linear-loss-linear",
    order=29,
    kind="holds",
    title="Linear networks, linear loss",
    statement=(
        "Linear network of any depth and widths, loss linear in the output: every local "
        "minimum is global."
    ),
    source=HERE,
    proof=(
        "G is constant. At rank q the product is locally open into {rank <= q} (open-chain), so Z "
        "is a local minimum of the loss there (open-transfer). In the rank chart with blocks A, B, "
        "C and C A^-1 B this says G_11 = G_12 = G_21 = 0 and <G_22, C A^-1 B> >= 0 for all small "
        "B, C. Replacing B by -B gives equality, and the matrices C A^-1 B span the block, so "
        "G_22 = 0: the loss is constant. "
        "Below rank q: linear-degenerate."
    ),
    assumptions=(*a.LINEAR_NETWORK, a.UNCONSTRAINED, a.LINEAR_LOSS, a.NO_REGULARIZER),
    examples=("net 5 -> 1 -> 3 -> 4; loss linear_loss",),
    broken={
        "linear-loss": "net 3 -> 1 -> 3; loss huber(1)",
        "linear-activations": "net 3 -> relu(1) -> 3; loss linear_loss",
        "no-regularizer": "net 3 -> 1 -> 3; loss linear_loss; regularize l1 1/10",
    },
    converse={"linear-loss": "bottleneck-huber"},
)
