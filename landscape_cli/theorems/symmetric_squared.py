"""Symmetric factorisation with the squared loss."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="symmetric-squared",
    order=43,
    kind="holds",
    title="W W^T, squared loss, any width",
    statement=(
        "1/2 |W W^T - Y|^2 for any width k and any Y (or W W^T X with X X^T a multiple of the "
        "identity), no penalty or an l2 penalty: every local minimum is global, and every other "
        "critical point is a strict saddle."
    ),
    source=NR._replace(number="section 3, symmetric case"),
    proof=(
        "open-symmetric and open-transfer make W W^T a local minimum of the squared loss over the "
        "psd matrices of rank at most k; those are global (eckart-young, Y replaced by its "
        "symmetric part). An l2 penalty shifts Y by a multiple of the identity."
    ),
    setting="symmetric",
    assumptions=(a.UNCONSTRAINED, a.SQUARED_LOSS, a.ISOTROPIC_FULL, a.NO_REGULARIZER_OR_L2),
    properties=("local_is_global", "strict_saddle"),
    steps=(
        Step(
            "open-symmetric",
            "W -> W W^T is locally open at every point onto the psd matrices of rank at most k",
        ),
        Step(
            "open-transfer",
            "so W W^T is a local minimum of the loss over the psd matrices of rank at most k",
            uses=(
                a.UNCONSTRAINED,
                a.NO_REGULARIZER_OR_L2,
            ),
        ),
        Step(
            "eckart-young",
            "every local minimum of the squared loss over {Z psd, rank <= k} is global",
            uses=(
                a.SQUARED_LOSS,
                a.ISOTROPIC_FULL,
            ),
        ),
    ),
    limits="Not for W W^T X in general, and not for quadratic networks.",
    examples=("param W: 5 x 2; map W * W^T; loss squared",),
    broken={
        "squared-loss": "param W: 2 x 1; map W * W^T; loss weighted_squared",
        "isotropic-data": "param W: 2 x 1; map W * W^T * X; loss squared",
        "no-regularizer": "param W: 2 x 1; map W * W^T; loss squared; regularize l1 1/10",
    },
    converse={"squared-loss": "symmetric-weighted", "isotropic-data": "tied-narrow"},
)
