"""Erratum: the three-layer example of the ICLR 2018 submission."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="erratum-iclr-three-layer",
    order=201,
    kind="erratum",
    title="Erratum: the three-layer example of the ICLR 2018 submission",
    statement=(
        "The ICLR 2018 submission of Nouiehed & Razaviyayn prints X = I, W_3 = (1,0)^T, W_2 "
        "= 0, W_1 = (1,0), Y = diag(0,1) as a non-global local optimum of a three-layer "
        "linear network with squared loss. It is not a local minimum. Generally, the claim "
        "that width assumptions are needed for the squared loss (as Achour et al. 2024 "
        "report of the 2022 version) is refuted by linear-squared."
    ),
    source=NR,
    proof=(
        "W_3 = (1,e)^T, W_2 = e^2, W_1 = (1,e) has loss 1/2 - e^4/2 + e^6 + e^8/2, below "
        "1/2 for small e."
    ),
    setting="any",
    related=("linear-squared",),
    nearest=False,
)
