"""Tied linear autoencoders."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="tied-autoencoder",
    order=45,
    kind="holds",
    title="Tied linear autoencoders",
    statement=(
        "1/2 |W W^T X - X|^2 with X of full row rank, or with an l2 penalty of positive strength "
        "for every X: every local minimum is global, for every width."
    ),
    source=HERE,
    proof=(
        "rank W < k: symmetric-deficient. rank W = k: write Z = U L U^T and S = U^T X X^T U; "
        "criticality gives S_ij (l_i + l_j - 2) = 0, so L = I and U is invariant under X X^T, and "
        "rotating toward a larger eigenvalue that was left out strictly decreases the loss. With "
        "an l2 penalty l_i = 1 - lambda/(2 S_ii) < 1 forces S_ij = 0, and the same rotation works."
    ),
    setting="symmetric",
    assumptions=(
        a.UNCONSTRAINED,
        a.SQUARED_LOSS,
        a.AUTOENCODER_TARGETS,
        a.X_FULL_ROW_RANK_OR_L2,
        a.NO_REGULARIZER_OR_L2,
    ),
    steps=(
        Step(
            "symmetric-deficient",
            "a local minimum with rank W < k is global",
            uses=(a.UNCONSTRAINED, a.SQUARED_LOSS, a.NO_REGULARIZER_OR_L2),
        ),
    ),
    limits="Without penalty it fails for k < n and 1 <= rank X < n.",
    examples=(
        "param W: 5 x 2; map W * W^T * X; loss squared; data Y = X, X full_row_rank",
        "param W: 5 x 2; map W * W^T * X; loss squared; data Y = X; regularize l2 1/10",
    ),
    broken={
        "no-regularizer": (
            "param W: 5 x 2; map W * W^T * X; loss squared; data Y = X, X full_row_rank; "
            "regularize l1 1/10"
        ),
        "X-full-row-rank": "param W: 5 x 2; map W * W^T * X; loss squared; data Y = X",
        "autoencoder-targets": (
            "param W: 5 x 2; map W * W^T * X; loss squared; data X full_row_rank"
        ),
        "squared-loss": (
            "param W: 5 x 2; map W * W^T * X; loss huber(1); data Y = X, X full_row_rank"
        ),
    },
    converse={"X-full-row-rank": "tied-narrow", "autoencoder-targets": "tied-narrow"},
)
