"""Wrong proofs that the review found, each with the instance that refutes it."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse
from tests.attack.instances import instantiate
from tests.attack.search import escape, tolerance

# text, a local minimum, its value, a better point, its value
REFUTED = {
    # W X is open onto {M X} only; the features relu(C X) leave that space, and V U is a
    # bottleneck there. Averaging over x and -x (convexity) reduces to 2 -> 1 -> 2, huber(1),
    # Y = diag(2, 3), where 5/2 is a local minimum and 3/2 is attained.
    "a sum whose other summand leaves the row space": (
        "param W: 2 x 2; param V: 2 x 1; param U: 1 x 4; "
        "const C: 4 x 2 = [[1,0],[-1,0],[0,1],[0,-1]]; map W * X + V * U * relu(C * X); "
        "loss huber(1); data X = [[1,-1,0,0],[0,0,1,-1]], Y = [[2,2,0,0],[0,0,3,3]]",
        {"W": [[0, 0], [0, 0]], "V": [[1], [0]], "U": [[2, 2, 0, 0]]}, 5.0,
        {"W": [[0, 0], [0, 0]], "V": [[0], [1]], "U": [[0, 0, 3, 3]]}, 3.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_a_refuted_model_is_not_proved(name: str) -> None:
    text, bad, low, good, better = REFUTED[name]
    (model,) = parse(text)
    assert judge(model).verdict != "holds"
    problem = instantiate(model, np.random.default_rng(0))
    assert problem is not None
    point = problem.pack({key: np.array(value, dtype=float) for key, value in bad.items()})
    other = problem.pack({key: np.array(value, dtype=float) for key, value in good.items()})
    assert problem.value(point) == low and problem.value(other) == better < low - tolerance(low)
    assert float(abs(problem.value_and_gradient(point)[1]).max()) == 0
    assert escape(problem, point, low, other, np.random.default_rng(1), effort=4) is None


def test_a_known_bias_keeps_the_map_from_being_constant() -> None:
    """rank X = 0 and any loss: F = W3 b2 moves with W3, so nothing is constant."""
    (model,) = parse(
        "net 1 -> 1 -> linear(1, fixed, bias) -> 1; loss any; assume rank(X) = 0; data samples 1"
    )
    assert judge(model).verdict != "holds"
    (numeric,) = parse(
        "net 1 -> 1 -> linear(1, fixed, bias) -> 1; loss squared; "
        "data X = [[0]], Y = [[0]], W2 = [[1]], b2 = [[1]]"
    )
    problem = instantiate(numeric, np.random.default_rng(0))
    assert problem is not None
    assert problem.value(np.array([0.0, 1.0])) != problem.value(np.array([0.0, 2.0]))


@pytest.mark.parametrize(
    "text",
    [
        'net 3 -> opaque(2, ""); loss squared',
        'net 3 -> 2 -> opaque(2, ""); loss squared',
        "net 3 -> 3 -> softmax(3, skip); loss cross_entropy",
    ],
)
def test_layers_outside_the_theory_stay_outside(text: str) -> None:
    (model,) = parse(text)
    assert judge(model).verdict == "unknown"


def test_a_transposed_map_is_no_autoencoder() -> None:
    """The transpose of X^T U V is V^T U^T X, but its target is X^T, not X."""
    shared = "param U: 3 x 2; param V: 2 x 3; loss squared; regularize l2 1/10; "
    (straight,) = parse(shared + "map V^T * U^T * X; data samples 3, Y = X")
    (flipped,) = parse(shared + "map X^T * U * V; data samples 3, Y = X")
    assert {s.theorem.id for s in judge(straight).holds} == {"decay-autoencoder"}
    assert judge(flipped).verdict != "holds"


@pytest.mark.parametrize(
    ("text", "theorem"),
    [
        # One wide summand is enough, whatever the others are, where X has full column rank.
        ("param W: 2 x 3; param V: 2 x 1; param U: 1 x 3; map W * X + V * relu(U * X); "
         "loss absolute; data X full_column_rank", "linear-open-everywhere"),
        ("param A: 3 x 2; param B: 2 x 4; map softmax(A * B * X); loss cross_entropy",
         "linear-no-bottleneck"),
        ("param W: 3 x 2; map W * W^T * X; loss squared; data samples 4, Y = X, X full_row_rank",
         "tied-autoencoder"),
    ],
)  # fmt: skip
def test_proofs_that_were_missed(text: str, theorem: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    assert judgement.verdict == "holds" and judgement.theorem is not None
    assert judgement.theorem.id == theorem
