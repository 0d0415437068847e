"""Biases."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="bias",
    order=118,
    kind="rule",
    title="Biases",
    statement=(
        "With an output bias (any others besides) every theorem on linear networks holds "
        "with e_0 = rank of the centred data. With a bias on the first layer only, append a "
        "row of ones to X. Other patterns are not covered. With weight decay (biases not "
        "penalised) an output bias is fine; a first-layer bias alone is not covered."
    ),
    source=HERE,
    proof=(
        "The output bias absorbs all biases below; criticality in it gives G 1 = 0, so that "
        "G acts on the centred data only, and moves that keep the product on the centred "
        "data are compensated by the bias."
    ),
    setting="any",
    related=("effective-input-width",),
    nearest=False,
)
