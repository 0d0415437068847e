"""Chains at non-degenerate points."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem

THEOREM = Theorem(
    id="open-chain",
    order=108,
    kind="rule",
    title="Chains at non-degenerate points",
    statement=(
        "W_h...W_1 is locally open into {rank <= min d_i} at every point whose product has "
        "that rank."
    ),
    source=NR._replace(number="Lemma 7"),
    proof=(
        "At a non-degenerate point the narrowest layer has full rank on both sides; the two "
        "half chains are open onto all matrices there, and open-product-bounded joins them."
    ),
    setting="any",
    steps=(
        Step(
            "open-freeze",
            "in each half of the chain the outermost factor alone reaches all matrices of "
            "its size, for the product of the others has full rank",
        ),
        Step(
            "open-product-bounded",
            "and the product of the two halves is locally open into {rank <= min d_i}",
        ),
    ),
    nearest=False,
)
