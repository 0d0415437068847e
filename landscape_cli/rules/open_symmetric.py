"""W -> W W^T is open everywhere."""

from __future__ import annotations

from ..catalogue import NR, Theorem

THEOREM = Theorem(
    id="open-symmetric",
    order=110,
    kind="rule",
    title="W -> W W^T is open everywhere",
    statement=(
        "W -> W W^T, W in R^(n x k), is locally open at every point onto {Z psd, rank <= k}."
    ),
    source=NR,
    proof=(
        "Let Z_j = V_j V_j^T tend to W W^T. The V_j are bounded; a subsequence tends to V "
        "with V V^T = W W^T, so V = W Q with Q orthogonal, and V_j Q^T tends to W with (V_j "
        "Q^T)(V_j Q^T)^T = Z_j."
    ),
    setting="any",
    nearest=False,
)
