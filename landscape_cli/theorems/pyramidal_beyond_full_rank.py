"""Homeomorphic networks at points that pass the three-rank test."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..facts.point_conditions import slope_condition, three_rank_conditions


def _conditions(facts: Facts) -> tuple[str, ...]:
    return (*three_rank_conditions(facts, 1), *slope_condition(facts, 0))


THEOREM = Theorem(
    id="pyramidal-beyond-full-rank",
    order=51,
    kind="conditional",
    title="Homeomorphic networks: local minima that pass the three-rank test are global",
    statement=(
        "Linearly independent samples, continuous strictly monotone activations, convex loss: "
        "every local minimum at which each product W_k F_(k-1), k >= 2, passes the three-rank "
        "test of open-product is global. Full row rank of the weights is one way to pass."
    ),
    source=NR._replace(number="section 4 (sharpened)"),
    proof="As for pyramidal, with open-product's exact test in place of full row rank.",
    assumptions=(
        a.DENSE_NO_SKIPS,
        a.ALL_TRAINABLE,
        a.INDEPENDENT_PARAMETERS,
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.HOMEOMORPHIC,
        a.X_FULL_COLUMN_RANK,
        a.NO_REGULARIZER,
    ),
    conditions=_conditions,
    steps=(
        Step(
            "open-product",
            "each product W_k F_(k-1) that passes the three-rank test is locally open "
            "onto all matrices",
            uses=(
                a.DENSE_NO_SKIPS,
                a.ALL_TRAINABLE,
            ),
        ),
        Step(
            "open-compose",
            "with the first layer and the activations, which are open, the network is "
            "locally open onto an open box",
            uses=(
                a.INDEPENDENT_PARAMETERS,
                a.HOMEOMORPHIC,
                a.X_FULL_COLUMN_RANK,
            ),
        ),
        Step(
            "open-transfer",
            "so the output of a local minimum is a local minimum of the loss over the box",
            uses=(a.NO_REGULARIZER,),
        ),
        Step(
            "convex-target",
            "the box is convex, so a local minimum of a convex loss over it is global",
            uses=(
                a.CONVEX_LOSS,
                a.CONVEX_CONSTRAINTS,
            ),
        ),
    ),
    related=("pyramidal",),
    examples=(
        "net 9 -> softsign(2) -> 5; loss absolute; data X full_column_rank; expect conditional",
    ),
    broken={
        "convex-loss": "net 9 -> softsign(2) -> 5; loss tukey(1); data X full_column_rank",
        "homeomorphic-activations": (
            "net 9 -> relu(2) -> 5; loss absolute; data X full_column_rank"
        ),
        "no-regularizer": (
            "net 9 -> softsign(2) -> 5; loss absolute; data X full_column_rank; regularize l1 1/10"
        ),
        "X-full-column-rank": "net 9 -> softsign(2) -> 5; loss absolute",
    },
)
