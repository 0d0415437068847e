"""The outputs that the loss sees: e_h."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="effective-output-width",
    order=117,
    kind="rule",
    title="The outputs that the loss sees: e_h",
    statement=(
        "Softmax cross-entropy does not see the direction of the all-ones vector: e_h = d_h "
        "- 1 without constraints. With a fixed linear part W after the last trained layer "
        "e_h = rank W (for cross-entropy the rank of (I - 11^T/d) W); if W is not given, "
        "the smallest width from the last trained layer's output on."
    ),
    source=HERE,
    proof=(
        "The loss factors through W (or through W modulo constants), and W_h -> S V^T W_h "
        "is an open linear surjection for W = U S V^T."
    ),
    setting="any",
    related=("effective-input-width",),
    nearest=False,
)
