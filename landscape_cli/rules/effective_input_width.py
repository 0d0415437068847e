"""The data count by their rank: e_0."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="effective-input-width",
    order=116,
    kind="rule",
    title="The data count by their rank: e_0",
    statement=(
        "For a linear first layer and no penalty the landscape is exactly that of the "
        "problem with input width e_0 = rank X and data of full row rank. With an output "
        "bias e_0 is the rank of the centred data (at most n - 1); with a bias on the first "
        "layer only, the rank of X with a row of ones. With an l2 penalty the reduction is "
        "by isometries. Of fixed layers below the first trained one only those from the "
        "last non-linear one on bound the rank."
    ),
    source=HERE,
    proof=(
        "Write X = U S V^T (compact). W_1 -> W_1 U S is an open linear surjection, and l(M "
        "V^T) is convex (differentiable, smooth) in M when l is. An output bias is "
        "minimised out, which centres the data; a first-layer bias is a column of weights "
        "for a row of ones. A fixed non-linear layer can raise the rank above every width "
        "below it, so those widths are no bound."
    ),
    setting="any",
    related=(
        "effective-output-width",
        "erratum-fixed-input-widths",
    ),
    nearest=False,
)
