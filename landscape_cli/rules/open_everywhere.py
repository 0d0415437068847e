"""When a product is locally open at every point."""

from __future__ import annotations

from ..catalogue import HERE, Theorem

THEOREM = Theorem(
    id="open-everywhere",
    order=26,
    kind="rule",
    title="When a product is locally open at every point",
    statement=(
        "The product map (W_h, ..., W_1) -> W_h...W_1 into all d_h x d_0 matrices, d_0, d_h "
        ">= 1, is locally open at EVERY point iff every hidden width is at least d_0 + d_h "
        "- 1."
    ),
    source=HERE,
    proof=(
        "If: decompose the chain of linear maps V_0 -> ... -> V_h into interval modules, "
        "and among nearby points with the same product take one that maximises the sum of "
        "the ranks of all partial products. The differential is onto iff there are no "
        "intervals [0,i] and [j,h] with i <= j - 2. If there are, put s = i + 1: no "
        "internal interval contains s (joining it to [0,i] would raise a rank and keep the "
        "product), so d_s <= (d_0 - 1) + (d_h - 1), which the widths exclude. Only if: at "
        "the first layer of least width s with d_s <= d_0 + d_h - 2 the point of nonsmooth-"
        "narrow is not open."
    ),
    setting="any",
    related=(
        "linear-open-everywhere",
        "nonsmooth-narrow",
    ),
    nearest=False,
)
