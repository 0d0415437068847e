"""Fixed layers."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem

THEOREM = Theorem(
    id="fixed",
    order=121,
    kind="rule",
    title="Fixed layers",
    statement=(
        "Fixed layers at the input end replace the data; fixed linear layers at the output "
        "end leave a convex loss of the trained part's output (squared stays squared by the "
        "SVD). A fixed layer between trained ones is not covered."
    ),
    source=HERE,
    proof="Composition with a known map; see effective-input-width and effective-output-width.",
    setting="any",
    steps=(
        Step("effective-input-width", "fixed layers below the first trained one change the data"),
        Step("effective-output-width", "fixed layers above the last trained one change the loss"),
    ),
    related=(
        "effective-input-width",
        "effective-output-width",
    ),
    nearest=False,
)
