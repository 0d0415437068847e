"""Linear autoencoders with weight decay."""

from __future__ import annotations

from ..catalogue import Source, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="decay-autoencoder",
    order=34,
    kind="holds",
    title="Linear autoencoders with weight decay",
    statement=(
        "Two trained linear layers of any hidden width, squared loss, Y = X, l2 penalties of "
        "positive strength on both layers, any X: every local minimum is global."
    ),
    source=Source(
        "D. Kunin, J. Bloom, A. Goeva, C. Seed",
        2019,
        "Loss landscapes of regularized linear autoencoders",
        "ICML 2019, PMLR 97",
        "the proof here is our own",
        "Kunin et al.",
    ),
    proof=(
        "Rescale to equal strengths. With S = X X^T and C = (I - Z) S, criticality C W_1^T = "
        "lambda W_2 and W_2^T C = lambda W_1 makes S Z^T symmetric and C symmetric psd, and (C + "
        "lambda I)(W_1^T - W_2) = 0, so W_1 = W_2^T. Z commutes with S and has eigenvalues 1 - "
        "lambda/s_i. Rank deficient: the nuclear-norm argument of two-layer-decay. Full rank: "
        "rotating toward a larger s_j strictly decreases the loss."
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
        a.AUTOENCODER_TARGETS,
        a.L2_ON_EVERY_LAYER,
    ),
    related=("two-layer-decay-isotropic", "tied-autoencoder"),
    examples=("net 6 -> 2 -> 6; loss squared; data Y = X; regularize l2 1/10",),
    broken={
        "linear-activations": (
            "net 6 -> relu(2) -> 6; loss squared; data Y = X; regularize l2 1/10"
        ),
        "autoencoder-targets": "net 6 -> 2 -> 6; loss squared; regularize l2 1/10",
        "two-layers": "net 6 -> 2 -> 2 -> 6; loss squared; data Y = X; regularize l2 1/10",
        "squared-loss": "net 6 -> 2 -> 6; loss absolute; data Y = X; regularize l2 1/10",
        "l2-on-every-layer": "net 6 -> 2 -> 6; loss squared; data Y = X; regularize l1 1/10",
    },
    converse={"autoencoder-targets": "decay-bottleneck", "two-layers": "decay-deep-origin"},
)
