"""Data whose centred rank is zero."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="constant-data",
    order=11,
    kind="holds",
    title="Equal samples and an output bias",
    statement=(
        "Linear network with an output bias, all columns of X equal (n = 1, for instance), convex "
        "loss: every local minimum is global."
    ),
    source=HERE,
    proof=(
        "The outputs are b 1^T with b free (the effective bias), so the problem is convex in b "
        "and the loss does not depend on the rest; a convex penalty adds a convex term."
    ),
    assumptions=(*a.LINEAR_NETWORK, a.CONSTANT_COLUMNS, a.CONVEX_LOSS, a.CONVEX_CONSTRAINTS),
    limits="Fails for the class of all losses: the range is not a point.",
    examples=("net 5 -> 2 -> 4; bias output; loss absolute; data samples 1",),
    broken={
        "linear-activations": "net 5 -> relu(2) -> linear(4, bias); loss absolute; data samples 1",
        "convex-loss": "net 5 -> 2 -> 4; bias output; loss any; data samples 1",
        "constant-columns": "net 5 -> 2 -> 4; bias output; loss absolute; data samples 9",
    },
    nearest=False,
    settles=True,
)
