"""The attack catches false theorems: the models on which they would speak have stuck points."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli.syntax import parse
from tests.attack.instances import instantiate
from tests.attack.numeric import Problem, descend
from tests.attack.search import attack, escape, stationary, tolerance

# The false theorem (a true one without an assumption), a model on which it would speak, the bad
# local minimum of theory.md section 5, and a better point.
FALSE = {
    "linear-no-bottleneck without its widths": (
        "net 2 -> 1 -> 2; loss huber(1); data X = [[1,0],[0,1]], Y = [[2,0],[0,3]]",
        {"W1": [[1, 0]], "W2": [[2], [0]]},
        {"W1": [[0, 1]], "W2": [[0], [3]]},
    ),
    "linear-no-bottleneck with the absolute loss": (
        "net 2 -> 2 -> 2; loss absolute; data X = [[1,0],[0,1]], Y = [[0,0],[1,0]]",
        {"W1": [[0, 0], [0, 1]], "W2": [[1, 0], [0, 0]]},
        {"W1": [[1, 0], [0, 0]], "W2": [[0, 0], [1, 0]]},
    ),
    "linear-open-everywhere one unit too narrow": (
        "net 2 -> 1 -> 1; loss absolute; data X = [[1,0],[0,1]], Y = [[0,1]]",
        {"W1": [[1, 0]], "W2": [[0]]},
        {"W1": [[0, 1]], "W2": [[1]]},
    ),
    "linear-squared with weights in the loss": (
        "net 2 -> 1 -> 2; loss weighted_squared; "
        "data X = [[1,0],[0,1]], Y = [[1,0],[0,2]], weights = [[1,3],[3,1]]",
        {"W1": [[1, 0]], "W2": [[1], [0]]},
        {"W1": [[0, 1]], "W2": [[0], [2]]},
    ),
    "well-conditioned-realizable at a ratio of four": (
        "net 2 -> 1 -> 2; loss weighted_squared; "
        "data X = [[1,0],[0,1]], Y = [[1,1],[1,1]], weights = [[4,1],[1,4]]",
        {"W1": [[1, -1]], "W2": [[0.6], [-0.6]]},
        {"W1": [[1, 1]], "W2": [[1], [1]]},
    ),
    "linear-loss-linear for the Huber loss": (
        "net 2 -> 1 -> 2; loss huber(1); data X = [[1,0],[0,1]], Y = [[5,0],[0,6]]",
        {"W1": [[1, 0]], "W2": [[5], [0]]},
        {"W1": [[0, 1]], "W2": [[0], [6]]},
    ),
    "two-layer-decay with three layers": (
        "net 1 -> 1 -> 1 -> 1; loss squared; regularize l2 1; data X = [[1]], Y = [[9]]",
        {"W1": [[0]], "W2": [[0]], "W3": [[0]]},
        {"W1": [[2]], "W2": [[2]], "W3": [[2]]},
    ),
    "two-layer-decay with an l1 penalty": (
        "net 1 -> 1 -> 1; loss squared; regularize l1 1; data X = [[1]], Y = [[9]]",
        {"W1": [[0]], "W2": [[0]]},
        {"W1": [[3]], "W2": [[3]]},
    ),
    "two-layer-decay-isotropic for data that are not": (
        "net 2 -> 1 -> 2; loss squared; regularize l2 1; "
        "data X = [[5/2,0],[0,2/3]], Y = [[2,0],[0,3]]",
        {"W1": [[0, 1.5]], "W2": [[0], [1.5]]},
        {"W1": [[0.8, 0]], "W2": [[0.8], [0]]},
    ),
    "symmetric-squared with weights": (
        "param W: 2 x 1; map W * W^T; loss weighted_squared; "
        "data Y = [[2,0],[0,1]], weights = [[1,3],[3,1]]",
        {"W": [[0], [1]]},
        {"W": [[1.4], [0]]},
    ),
    "symmetric-squared for W W^T X": (
        "param W: 2 x 1; map W * W^T * X; loss squared; "
        "data X = [[1,0],[0,2]], Y = [[9/4,0],[0,2]]",
        {"W": [[0], [1]]},
        {"W": [[1.5], [0]]},
    ),
    "tied-autoencoder with X of low rank": (
        "param W: 2 x 1; map W * W^T * X; loss squared; data X = [[1],[0]], Y = X",
        {"W": [[0], [2]]},
        {"W": [[1], [0]]},
    ),
    "quadratic-wide with one unit for rank two": (
        "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared; "
        "data W2 = [[1]], X = [[1,0,1,1],[0,1,1,-1]], Y = [[4,3,0,0]]",
        {"W1": [[0, 1]]},
        {"W1": [[1, 0]]},
    ),
    "decay-autoencoder for other targets": (
        "net 2 -> 1 -> 2; loss squared; regularize l2 1; "
        "data X = [[5/2,0],[0,2/3]], Y = [[2,0],[0,3]]",
        {"W1": [[0, -1.5]], "W2": [[0], [-1.5]]},
        {"W1": [[0.8, 0]], "W2": [[0.8], [0]]},
    ),
    "skips under weight decay": (
        "net 1 -> linear(1, skip) -> linear(1, skip); loss squared; regularize l2 2/5; "
        "data X = [[1]], Y = [[23/5]]",
        {"W1": [[-3]], "W2": [[-3]]},
        {"W1": [[1]], "W2": [[1]]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_the_attack_does_not_escape_from_a_true_counterexample(name: str) -> None:
    text, bad, good = FALSE[name]
    (model,) = parse(text)
    rng = np.random.default_rng(1)
    problem = instantiate(model, rng)
    assert problem is not None
    point = problem.pack({key: np.array(value, dtype=float) for key, value in bad.items()})
    better = problem.pack({key: np.array(value, dtype=float) for key, value in good.items()})
    point, value, gradient = descend(problem, point, 50)
    assert problem.value(better) < value - tolerance(value)
    assert stationary(problem, point, value, gradient, rng)
    assert escape(problem, point, value, better, rng, effort=4) is None


RANDOM_FALSE = {
    "linear-no-bottleneck without its widths": "net 2 -> 1 -> 2; loss huber(1); data samples 2",
    "linear-no-bottleneck with the absolute loss": "net 2 -> 2 -> 2; loss absolute; data samples 2",
    "linear-squared with weights": "net 2 -> 1 -> 2; loss weighted_squared; data samples 2",
    "two-layer-decay with three layers": (
        "net 2 -> 2 -> 2 -> 2; loss squared; regularize l2 1; data samples 2"
    ),
    "symmetric-wide one column too narrow": "param W: 3 x 1; map W * W^T; loss huber(1)",
    "quadratic-wide one unit too narrow": (
        "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared; data samples 4"
    ),
    "pyramidal with relu": "net 2 -> relu(2) -> 1; loss squared; data X identity",
}


@pytest.mark.parametrize("name", RANDOM_FALSE)
def test_random_attacks_find_counterexamples_by_themselves(name: str) -> None:
    """No planted instance here: the random data and the degenerate starts are enough."""
    (model,) = parse(RANDOM_FALSE[name])
    rng = np.random.default_rng(7)
    for _ in range(80):
        problem = instantiate(model, rng)
        if problem is not None and attack(problem, rng).stuck:
            return
    pytest.fail("the attack would not notice that this theorem is false")


def test_gradients_are_right() -> None:
    """The analytic gradient against central differences, for every kind of map and loss."""
    rng = np.random.default_rng(3)
    for text in (
        "net 3 -> tanh(3, bias, skip) -> linear(2, fixed, bias) -> softsign(2); loss log_cosh",
        "net 2 -> 2 -> linear(3, bias); loss cross_entropy; regularize l2 1/3, 1/5",
        "param A: 2 x 3; param B: 3 x 2; const C: 2 x 2; map (C + A * B) * X; loss poisson",
        "param A: 2 x 3; param B: 2 x 3; map A * tanh(B^T * X) + A * B^T * X; loss squared",
        "param W: 3 x 2; map W * W^T * X; loss logistic; regularize l2 1",
        "net 2 -> quadratic(2) -> linear(1, fixed, positive); loss weighted_squared",
        "net 2 -> 2 -> 2; loss squared_hinge",
        "net 2 -> 2 -> 2; loss lp(3)",
    ):
        (model,) = parse(text)
        problem: Problem | None = None
        while problem is None:
            problem = instantiate(model, rng)
        w = rng.standard_normal(problem.size)
        gradient = problem.value_and_gradient(w)[1]
        for k in range(problem.size):
            e = np.zeros(problem.size)
            e[k] = 1e-6
            difference = (problem.value(w + e) - problem.value(w - e)) / 2e-6
            assert abs(difference - gradient[k]) < 1e-5 * (1 + abs(difference))
