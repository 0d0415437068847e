"""Two-layer linear networks with weight decay."""

from __future__ import annotations

from ..catalogue import HERE, Theorem
from ..facts import assumptions as a

THEOREM = Theorem(
    id="two-layer-decay",
    order=32,
    kind="holds",
    title="Two linear layers with weight decay, no bottleneck",
    statement=(
        "Two trained linear layers, l2 penalties of positive strength on both, convex "
        "differentiable loss, hidden width at least min(e_0, e_h): every local minimum is global."
    ),
    source=HERE,
    proof=(
        "Rescale to equal strengths lambda. Criticality gives W_2^T W_2 = W_1 W_1^T. If W_2 is "
        "rank deficient, moving both factors along a common null direction shows |G| <= lambda, "
        "which with criticality is the optimality condition of the convex problem l + lambda "
        "times the nuclear norm. At full rank a square invertible factor gives G G^T = lambda^2 I "
        "(or G^T G), again |G| <= lambda."
    ),
    assumptions=(
        a.LINEAR_ACTIVATIONS,
        a.DENSE_LAYERS,
        a.TRAINABLE_LAYERS,
        a.INDEPENDENT_PARAMETERS,
        a.BIAS_PATTERN_DECAY,
        a.UNCONSTRAINED,
        a.TWO_LAYERS,
        a.CONVEX_LOSS,
        a.DIFFERENTIABLE_LOSS,
        a.NO_BOTTLENECK,
        a.L2_ON_EVERY_LAYER,
    ),
    properties=("local_is_global",),
    related=("two-layer-decay-isotropic", "two-layer-decay-deficient"),
    examples=(
        "net 5 -> 4 -> 4; loss huber(1); regularize l2 1/10",
        "net 5 -> 4 -> linear(4, bias); loss cross_entropy; regularize l2 1/10, 1/5",
    ),
    broken={
        "two-layers": "net 4 -> 4 -> 4 -> 4; loss huber(1); regularize l2 1/10",
        "differentiable-loss": "net 4 -> 4 -> 4; loss absolute; regularize l2 1/10",
        "no-bottleneck": "net 4 -> 2 -> 4; loss huber(1); regularize l2 1/10",
        "l2-on-every-layer": "net 4 -> 4 -> 4; loss huber(1); regularize l1 1/10",
        "linear-activations": "net 4 -> relu(4) -> 4; loss huber(1); regularize l2 1/10",
        "bias-pattern": "net 4 -> linear(4, bias) -> 4; loss huber(1); regularize l2 1/10",
        "convex-loss": "net 4 -> 4 -> 4; loss tukey(1); regularize l2 1/10",
    },
    converse={"two-layers": "decay-deep-origin", "no-bottleneck": "decay-bottleneck"},
)
