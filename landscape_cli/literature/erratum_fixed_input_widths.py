"""Erratum of this catalogue's own theory: fixed non-linear layers."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="erratum-fixed-input-widths",
    order=208,
    kind="erratum",
    title="Erratum of this catalogue's own theory: fixed non-linear layers",
    statement=(
        "An earlier text of this catalogue bounded e_0 by every width of the fixed layers "
        "at the input end. Only the widths from the last non-linear fixed layer's output on "
        "are bounds: a fixed relu(2) followed by a fixed relu(10) can give data of rank 10. "
        "Likewise a known bias on a fixed linear layer can raise the rank by one, so d_0 is "
        "no bound then."
    ),
    source=HERE,
    proof=(
        "Features (t, 1) of two units with t = 1..10 followed by relu(t - c_j), c_j = 0..9, "
        "are a triangular matrix of rank 10. With W = (1,1)^T and b = (0,1)^T the data X = "
        "(0, 1) become [[0,1],[1,2]] of rank 2 > d_0 = 1."
    ),
    setting="any",
    related=("effective-input-width",),
    nearest=False,
)
