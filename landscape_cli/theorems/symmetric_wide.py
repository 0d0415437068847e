"""Burer-Monteiro factors as wide as the product."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="symmetric-wide",
    order=41,
    kind="holds",
    title="W W^T with a wide factor, any convex loss",
    statement=(
        "The map W W^T or W W^T X with W of n rows and k >= n columns, loss convex on the psd "
        "cone, convex constraints on W W^T allowed, no penalty or an l2 penalty on W: every local "
        "minimum is global."
    ),
    source=NR._replace(number="section 3, symmetric case"),
    proof=(
        "W -> W W^T is locally open at every point onto the psd matrices of rank at most k "
        "(open-symmetric), all psd matrices here; open-transfer (with open-restrict for the "
        "constraints) and convex-target on the psd cone finish. An l2 penalty is linear in W W^T."
    ),
    setting="symmetric",
    assumptions=(
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.FACTOR_WIDE_ENOUGH,
        a.NO_REGULARIZER_OR_L2,
    ),
    steps=(
        Step(
            "open-symmetric",
            "W -> W W^T is locally open at every point onto the psd matrices of rank "
            "at most k, and these are all psd matrices",
            uses=(a.FACTOR_WIDE_ENOUGH,),
        ),
        Step(
            "open-transfer",
            "so W W^T is a local minimum of the loss over the psd cone",
            uses=(a.NO_REGULARIZER_OR_L2,),
        ),
        Step(
            "convex-target",
            "the psd cone is convex, so a local minimum of a convex loss over it is global",
            uses=(
                a.CONVEX_LOSS,
                a.CONVEX_CONSTRAINTS,
            ),
        ),
    ),
    related=("symmetric-deficient", "burer-monteiro-equivalence"),
    examples=(
        "param W: 4 x 4; map W * W^T; loss absolute",
        "param W: 5 x 6; map W * W^T; loss linear_loss; subject_to affine 5",
        "param W: 3 x 3; map W * W^T * X; loss huber(1); regularize l2 1/10",
    ),
    broken={
        "convex-loss": "param W: 2 x 2; map W * W^T; loss tukey(1)",
        "factor-wide-enough": "param W: 2 x 1; map W * W^T; loss weighted_squared",
        "no-regularizer": "param W: 2 x 2; map W * W^T; loss squared; regularize l1 1/10",
    },
    converse={"factor-wide-enough": "symmetric-weighted"},
)
