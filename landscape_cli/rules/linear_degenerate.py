"""The lemma on degenerate local minima of linear networks."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="linear-degenerate",
    order=21,
    kind="rule",
    title="The lemma on degenerate local minima of linear networks",
    statement=(
        "Linear network, loss differentiable at the output Z of the point. If W is a local "
        "minimum and rank(W_h...W_1 X) is below the smallest hidden width q, then the "
        "gradient G of the loss in Z vanishes; with a convex loss the point is global."
    ),
    source=Source(
        "L. Zhang",
        2019,
        "Depth creates no more spurious local minima",
        "arXiv 1901.09827",
        "the proof here is our own",
        "Zhang",
    ),
    proof=(
        "Reduce to X = I. Write A_i = W_h...W_(i+1), B_i = W_i...W_1. If the product has "
        "rank d_0 or d_h, criticality in W_h or in W_1 gives G = 0 at once. Otherwise every "
        "nearby point with the same product is again a local minimum, hence critical. Claim "
        "C(i,j), i < j: A_j^T G B_i^T = 0 at all nearby points with that product. C(i-1,i) "
        "is criticality. If z^T B_j = 0 for some z != 0, moving W_(j+1) by eps x z^T keeps "
        "the product and changes A_j, so C(i,j) gives C(i,j+1); if A_(i+1) x = 0 for some x "
        "!= 0, moving W_(i+1) by eps x y^T lets C(i+1,j+1) give C(i,j+1). One of the two "
        "moves is always there because the rank is below every hidden width. So C(0,h): G = "
        "0. The proof is an algorithm: at a degenerate critical point with G != 0 it finds "
        "a nearby point of equal loss with a non-zero gradient."
    ),
    setting="any",
    nearest=False,
)
