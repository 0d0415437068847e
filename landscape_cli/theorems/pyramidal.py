"""Pyramidal networks with homeomorphic activations."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..facts.finding import Finding, met
from ..facts.point_conditions import full_row_rank_conditions, slope_condition


def _conditions(facts: Facts) -> tuple[str, ...]:
    return (*full_row_rank_conditions(facts, 1), *slope_condition(facts, 0))


def _always(facts: Facts) -> Finding | None:
    """One layer: no point condition remains."""
    chain = facts.chain
    if chain is not None and len(chain.layers) == 1 and not slope_condition(facts, 0):
        return met("one layer: no condition at the point remains", facts.form.span)
    return None


THEOREM = Theorem(
    id="pyramidal",
    order=50,
    kind="conditional",
    title="Pyramidal networks: local minima with full-rank weights are global",
    statement=(
        "Linearly independent samples (n <= d_0), continuous strictly monotone activations, "
        "convex loss, widths that do not increase from the second layer on: every local minimum "
        "with W_2, ..., W_h of full row rank is global. No condition on W_1, no differentiability."
    ),
    source=NR._replace(number="section 4 (sharpened)"),
    proof=(
        "W_1 -> s_1(W_1 X) is open into an open box, because X has full column rank and s_1 is a "
        "homeomorphism onto its range. At each later layer open-product applies (full row rank of "
        "W_k is enough) and then open-activation; open-compose chains them; open-transfer and "
        "convex-target on the open box finish. Biases are held fixed (open-freeze)."
    ),
    assumptions=(
        a.DENSE_NO_SKIPS,
        a.ALL_TRAINABLE,
        a.INDEPENDENT_PARAMETERS,
        a.CONVEX_CONSTRAINTS,
        a.CONVEX_LOSS,
        a.HOMEOMORPHIC,
        a.X_FULL_COLUMN_RANK,
        a.PYRAMIDAL_WIDTHS,
        a.NO_REGULARIZER,
    ),
    conditions=_conditions,
    always=_always,
    steps=(
        Step(
            "open-linear",
            "W_1 -> W_1 X is locally open onto all matrices",
            uses=(
                a.DENSE_NO_SKIPS,
                a.ALL_TRAINABLE,
                a.X_FULL_COLUMN_RANK,
            ),
        ),
        Step(
            "open-activation",
            "each activation is a homeomorphism onto an open box",
            uses=(a.HOMEOMORPHIC,),
        ),
        Step(
            "open-product",
            "each product with a W_k of full row rank is locally open onto all matrices",
            uses=(a.PYRAMIDAL_WIDTHS,),
        ),
        Step(
            "open-compose",
            "so the network is locally open onto an open box",
            uses=(a.INDEPENDENT_PARAMETERS,),
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
    related=("pyramidal-beyond-full-rank", "frozen-features"),
    examples=(
        "net 9 -> tanh(5) -> leaky_relu(3) -> 2; loss absolute; data X full_column_rank; "
        "expect conditional",
        "net 9 -> sigmoid(3); loss hinge; data X full_column_rank",
    ),
    broken={
        "no-regularizer": (
            "net 9 -> softsign(5) -> 2; loss absolute; data X full_column_rank; regularize l1 1/10"
        ),
        "homeomorphic-activations": "net 9 -> relu(5) -> 2; loss absolute; data X full_column_rank",
        "X-full-column-rank": "net 9 -> softsign(5) -> 2; loss absolute",
        "pyramidal-widths": "net 9 -> softsign(2) -> 5; loss absolute; data X full_column_rank",
        "convex-loss": "net 9 -> softsign(5) -> 2; loss tukey(1); data X full_column_rank",
    },
    converse={"homeomorphic-activations": "dead-units", "X-full-column-rank": "affine-piece"},
)
