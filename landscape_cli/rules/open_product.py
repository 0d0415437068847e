"""Where matrix multiplication is locally open."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="open-product",
    order=106,
    kind="rule",
    title="Where matrix multiplication is locally open",
    statement=(
        "A in R^(m x k), B in R^(k x n), k >= min(m, n): (A, B) -> A B is locally open at "
        "(A, B) into all m x n matrices iff rank(AB) + k - rank(B) >= m or rank(AB) + k - "
        "rank(A) >= n."
    ),
    source=Source(
        "E. Behrends",
        2017,
        "Where is matrix multiplication locally open?",
        "Linear Algebra and its Applications 517",
        "Theorem 2.5",
        "Behrends",
    ),
    proof=(
        "Openness holds iff there is A~ with A~ B = 0 and A + A~ of full row rank, or B~ "
        "with A B~ = 0 and B + B~ of full column rank; the largest rank of A + A~ is min(m, "
        "rank AB + k - rank B). If neither exists, split off the rank r of A B by a local "
        "change of coordinates: of the remaining products Z' near 0 a fixed corner can have "
        "rank at most k - r - a - b (a, b the remaining ranks of the factors), so a small "
        "matrix of larger rank in that corner is not reached."
    ),
    setting="any",
    related=("open-product-bounded",),
    nearest=False,
)
