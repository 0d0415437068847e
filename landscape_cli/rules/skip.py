"""Skip connections of linear layers."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="skip",
    order=120,
    kind="rule",
    title="Skip connections of linear layers",
    statement=(
        "W -> I + W is a shift of the weights: a linear layer with a skip connection is a "
        "linear layer. Not with a penalty, which sees the weights."
    ),
    source=HERE,
    proof="A translation of the weights is a homeomorphism of the parameter space.",
    setting="any",
    related=("const",),
    nearest=False,
)
