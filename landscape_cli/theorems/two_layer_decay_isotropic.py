"""Weight decay, squared loss, isotropic data."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="two-layer-decay-isotropic",
    order=33,
    kind="holds",
    title="Two linear layers with weight decay, squared loss, isotropic data, any width",
    statement=(
        "Two trained linear layers of any hidden width, l2 penalties of positive strength, "
        "squared loss, data whose non-zero singular values are all equal (of the centred data, "
        "with an output bias): every local minimum is global."
    ),
    source=HERE,
    proof=(
        "With X X^T a multiple of a projection the problem is a rank-constrained proximal step of "
        "the nuclear norm: critical points keep singular directions of Y X^T with shrunk values; "
        "a kept direction with a smaller value than one left out can be rotated toward it with "
        "strict decrease."
    ),
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.TRAINABLE_LAYERS,
        a.INDEPENDENT_PARAMETERS,
        a.BIAS_PATTERN_DECAY,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.SQUARED_LOSS_ISOMETRIC,
        a.ISOTROPIC_DATA,
        a.L2_ON_EVERY_LAYER,
    ),
    related=("two-layer-decay", "decay-autoencoder"),
    examples=(
        "net 5 -> 2 -> 4; loss squared; data X isotropic; regularize l2 1/10",
        "param U: 6 x 2; param V: 2 x 5; map U * V; loss squared; regularize l2 1/10",
    ),
    broken={
        "linear-activations": (
            "net 5 -> relu(2) -> 4; loss squared; data X isotropic; regularize l2 1/10"
        ),
        "isotropic-data": "net 5 -> 2 -> 4; loss squared; regularize l2 1/10",
        "two-layers": "net 5 -> 2 -> 2 -> 4; loss squared; data X isotropic; regularize l2 1/10",
        "squared-loss": "net 5 -> 2 -> 4; loss huber(1); data X isotropic; regularize l2 1/10",
        "l2-on-every-layer": "net 5 -> 2 -> 4; loss squared; data X isotropic; regularize l1 1/10",
    },
    converse={"isotropic-data": "decay-bottleneck", "two-layers": "decay-deep-origin"},
)
