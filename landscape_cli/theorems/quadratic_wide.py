"""Wide networks of quadratic units."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="quadratic-wide",
    order=46,
    kind="holds",
    title="Quadratic networks with enough units, any convex loss",
    statement=(
        "d -> quadratic(k) -> linear(1, fixed, positive) with k >= rank X: the network is x -> "
        "x^T M x with M psd; for every convex loss (no penalty, or an l2 penalty with equal "
        "output weights) every local minimum is global."
    ),
    source=NR._replace(number="section 3, symmetric case"),
    proof=(
        "Fold the positive output weights into W. Only U^T W^T W U is seen, U spanning the data, "
        "and W -> W U is an open linear surjection; so the problem is symmetric-wide with a "
        "factor of rank X rows and k columns and a loss linear in the product before l."
    ),
    setting="quadratic",
    assumptions=(
        a.QUADRATIC_NETWORK,
        a.POSITIVE_OUTPUT,
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.FACTOR_WIDE_ENOUGH,
        a.NO_REGULARIZER_OR_L2_QUADRATIC,
    ),
    steps=(
        Step(
            "open-linear",
            "W -> W U is an open linear surjection, where the columns of U span the data",
            uses=(a.QUADRATIC_NETWORK,),
        ),
        Step(
            "open-symmetric",
            "the Gram matrix U^T W^T W U is locally open onto the psd cone",
            uses=(
                a.POSITIVE_OUTPUT,
                a.FACTOR_WIDE_ENOUGH,
            ),
        ),
        Step(
            "open-transfer",
            "so the Gram matrix is a local minimum of the loss over the cone",
            uses=(a.NO_REGULARIZER_OR_L2_QUADRATIC,),
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
    related=("quadratic-deficient", "symmetric-wide"),
    examples=(
        "net 3 -> quadratic(3) -> linear(1, fixed, positive); loss absolute",
        "net 9 -> quadratic(2) -> linear(1, fixed, positive); loss squared; data samples 2",
    ),
    broken={
        "dense-layers": "net 2 -> quadratic(2, skip) -> linear(1, fixed, positive); loss squared",
        "positive-output-weights": "net 2 -> quadratic(2) -> linear(1, fixed); loss squared",
        "factor-wide-enough": "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared",
        "convex-loss": "net 2 -> quadratic(2) -> linear(1, fixed, positive); loss tukey(1)",
        "no-regularizer": (
            "net 2 -> quadratic(2) -> linear(1, fixed, positive); loss squared; regularize l1 1/10"
        ),
    },
    converse={"factor-wide-enough": "quadratic-narrow"},
)
