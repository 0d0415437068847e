"""Well-conditioned losses whose minimiser the network reaches."""

from __future__ import annotations

from ..catalogue import HERE, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="well-conditioned-realizable",
    order=30,
    kind="holds",
    title="Well-conditioned losses with realizable targets, any widths",
    statement=(
        "Linear network of any depth and widths, loss alpha-strongly convex and beta-smooth with "
        "beta < 2 alpha, and the network reaches the unconstrained minimiser: every local minimum "
        "is global."
    ),
    source=HERE,
    proof=(
        "Below rank q: G = 0. At rank q = k the second-order condition along u v_k^T - u_k v^T "
        "(u, v the top singular pair of G) gives |G| <= beta sigma_k(Z), so Z is a best rank-k "
        "approximation of Z - G/beta and <G, Z - Z*> <= (beta/2) |Z - Z*|^2; strong convexity "
        "gives >= alpha |Z - Z*|^2, hence Z = Z*."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.UNCONSTRAINED,
        a.WELL_CONDITIONED,
        a.Y_REALIZABLE,
        a.NO_REGULARIZER,
    ),
    steps=(
        Step(
            "linear-degenerate",
            "a local minimum whose product has rank below the smallest hidden width q "
            "has gradient G = 0 in Z, so it is global",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.NO_REGULARIZER,
            ),
        ),
    ),
    limits="Fails for 2 -> 1 -> 2 at a ratio of weights above 3.",
    examples=(
        "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1, 3/2], [3/2, 1]], Y realizable",
    ),
    broken={
        "linear-activations": (
            "net 2 -> relu(1) -> 2; loss weighted_squared; data weights = [[1, 3/2], [3/2, "
            "1]], Y realizable"
        ),
        "well-conditioned-loss": (
            "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[4, 1], [1, 4]], Y realizable"
        ),
        "Y-realizable": (
            "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1, 3/2], [3/2, 1]]"
        ),
        "no-regularizer": (
            "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1, 3/2], [3/2, 1]], "
            "Y realizable; regularize l2 1/10"
        ),
    },
)
