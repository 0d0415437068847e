"""Two-layer linear networks with the squared loss."""

from __future__ import annotations

from ..catalogue import NR, Step, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="two-layer-squared",
    order=24,
    kind="holds",
    title=(
        "Two-layer linear networks, squared loss: local minima global, other points strict saddles"
    ),
    statement=(
        "Two trained linear layers of any widths, squared loss, any X and Y: every local minimum "
        "is global, and every other critical point has a direction of negative curvature."
    ),
    source=NR._replace(number="Theorem 5"),
    proof=(
        "Local minima: linear-squared with h = 2. Let a critical point be non-global. If "
        "rank(W_2 W_1 X) < d_1 and G != 0, some unit x has W_2 x = 0 or x^T W_1 = 0, and the "
        "direction (s u x^T, x v^T / s) has second variation 2 |x|^2 u^T G v + O(s^2) (or "
        "O(1/s^2)): negative for suitable u, v, s. If the rank is d_1, Z selects d_1 singular "
        "directions of the data; turning one of them toward a better direction that was left out "
        "is a direction of negative curvature."
    ),
    assumptions=(
        *a.LINEAR_NETWORK,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.SQUARED_LOSS,
        a.NO_REGULARIZER,
    ),
    properties=("local_is_global", "strict_saddle"),
    steps=(
        Step(
            "strict-saddle-degenerate",
            "a critical point whose product has rank below d_1 is global or has a "
            "direction of negative curvature",
            uses=(
                *a.LINEAR_NETWORK,
                a.UNCONSTRAINED,
                a.TWO_LAYERS,
                a.SQUARED_LOSS,
                a.NO_REGULARIZER,
            ),
        ),
        Step(
            "eckart-young",
            "every local minimum of the squared loss over {rank <= d_1} is global; "
            "turning a kept singular direction toward a better one that was left out "
            "lowers the loss to second order",
            uses=(a.SQUARED_LOSS,),
        ),
    ),
    subsumes=("baldi-hornik-1989",),
    limits="For three layers the origin is a critical point whose Hessian is zero.",
    examples=("net 5 -> 2 -> 4; loss squared; require strict_saddle",),
    broken={
        "two-layers": "net 5 -> 2 -> 2 -> 4; loss squared; require strict_saddle",
        "squared-loss": "net 5 -> 2 -> 4; loss weighted_squared; require strict_saddle",
        "linear-activations": "net 5 -> tanh(2) -> 4; loss squared; require strict_saddle",
        "no-regularizer": (
            "net 5 -> 2 -> 4; loss squared; regularize l2 1/10; require strict_saddle"
        ),
    },
    converse={"two-layers": "strict-saddle-deep", "squared-loss": "bottleneck-weighted"},
)
