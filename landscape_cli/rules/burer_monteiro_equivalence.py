"""Burer-Monteiro: factors and products have the same local minima."""

from __future__ import annotations

from ..catalogue import Source, Step, Theorem

THEOREM = Theorem(
    id="burer-monteiro-equivalence",
    order=40,
    kind="rule",
    title="Burer-Monteiro: factors and products have the same local minima",
    statement=(
        "W is a local minimum of l(W W^T) iff W W^T is a local minimum of l on {Z psd, rank "
        "<= k}. Any loss, any constraint set on Z."
    ),
    source=Source(
        "S. Burer, R. Monteiro",
        2005,
        "Local minima and convergence in low-rank semidefinite programming",
        "Mathematical Programming 103",
        "Proposition 2.3; for arbitrary losses Nouiehed & Razaviyayn",
        "Burer & Monteiro",
    ),
    proof="open-symmetric with open-transfer gives one direction, continuity-lift the other.",
    setting="any",
    steps=(
        Step("open-symmetric", "W -> W W^T is locally open onto {Z psd, rank <= k}"),
        Step("open-transfer", "so a local minimum W gives a local minimum W W^T"),
        Step("continuity-lift", "and conversely"),
    ),
    related=("symmetric-wide",),
    nearest=False,
)
