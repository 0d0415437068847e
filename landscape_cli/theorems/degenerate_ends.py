"""A loss that does not depend on the weights."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="degenerate-ends",
    order=10,
    kind="holds",
    title="Nothing to learn: the loss is constant in the weights",
    statement=(
        "If e_0 = 0 in a linear network without an output bias (rank X = 0), or e_h = 0 (softmax "
        "cross-entropy with one class, or a zero matrix after the last trained layer), or rank "
        "X = 0 and s(0) = 0 in every layer of a network without biases, the loss does not depend "
        "on the weights: every point is a global minimum of it, for every loss."
    ),
    source=HERE,
    proof=(
        "The output does not change with the weights, or the loss does not see the change. A "
        "constant plus a convex penalty has global minima only."
    ),
    setting="any",
    assumptions=(a.CONSTANT_IN_WEIGHTS,),
    properties=("local_is_global", "strict_saddle"),
    limits="Tested before every counterexample family.",
    examples=(
        "net 5 -> 2 -> 1; loss cross_entropy",
        "net 5 -> 2 -> 4; loss any; assume rank(X) = 0",
        "net 3 -> relu(4) -> 1; loss cross_entropy",
    ),
    broken={"constant-in-weights": "net 5 -> 2 -> 4; loss any"},
    converse={"constant-in-weights": "flat-region"},
    nearest=False,
    settles=True,
)
