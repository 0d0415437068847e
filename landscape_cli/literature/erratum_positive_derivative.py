"""Erratum: strictly increasing and analytic is not enough."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="erratum-positive-derivative",
    order=207,
    kind="erratum",
    title="Erratum: strictly increasing and analytic is not enough",
    statement=(
        "Nguyen & Hein 2017, Assumption 3.2, needs s' > 0; a strictly increasing analytic "
        "function such as the cube has s'(0) = 0."
    ),
    source=Source(
        "Q. Nguyen, M. Hein",
        2017,
        "The loss surface of deep and wide neural networks",
        "ICML 2017, PMLR 70",
        "Assumption 3.2",
        "Nguyen & Hein",
    ),
    proof="Where s' vanishes, back-propagated gradients vanish without the residual doing so.",
    setting="any",
    related=("frozen-features",),
    nearest=False,
)
