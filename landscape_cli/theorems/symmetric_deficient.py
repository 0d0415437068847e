"""Rank-deficient factors in Burer-Monteiro problems."""

from __future__ import annotations

from ..catalogue import NR, Theorem
from ..facts import assumptions as a
from ..facts.facts import Facts
from ..model.terms import show


def _conditions(facts: Facts) -> tuple[str, ...]:
    return (f"rank({facts.form.name}) < {show(facts.form.columns)}",)


THEOREM = Theorem(
    id="symmetric-deficient",
    order=42,
    kind="conditional",
    title="W W^T: rank-deficient local minima are global",
    statement=(
        "The map W W^T or W W^T X, loss convex and differentiable, no constraints, no penalty or "
        "an l2 penalty: every local minimum with rank W < k is global."
    ),
    source=NR._replace(number="section 3, symmetric case"),
    proof=(
        "Take W x = 0, |x| = 1: W + eps v x^T has product W W^T + eps^2 v v^T, so v^T G v >= 0 "
        "for all v; criticality is G W = 0. These are the optimality conditions of the convex "
        "problem over the psd cone."
    ),
    setting="symmetric",
    assumptions=(
        a.UNCONSTRAINED,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.NO_REGULARIZER_OR_L2,
    ),
    conditions=_conditions,
    examples=("param W: 3 x 2; map W * W^T; loss huber(1); expect conditional",),
    broken={
        "convex-loss": "param W: 3 x 2; map W * W^T; loss tukey(1)",
        "no-regularizer": "param W: 3 x 2; map W * W^T; loss huber(1); regularize l1 1/10",
        "differentiable-loss": "param W: 3 x 2; map W * W^T; loss absolute",
        "unconstrained": "param W: 3 x 2; map W * W^T; loss huber(1); subject_to affine 3",
    },
)
