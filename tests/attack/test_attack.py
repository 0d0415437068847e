"""Every rule that concludes ``holds``, attacked from degenerate points; conditional ones too.

A theorem is attacked through the engine: a model on which ``judge`` says that it applies, random
and degenerate data that the model allows, and descent from degenerate starts on the model as it is
written. An attack is effective if it starts from a stationary point that is not global. Each test
asserts how many effective attacks it made and prints the numbers (``-s`` shows them).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from landscape_cli.engine.discovery import deciding_theorems
from landscape_cli.engine.judge import judge
from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse
from tests.attack.instances import instantiate, starts
from tests.attack.numeric import Arrays, Problem, descend
from tests.attack.search import attack, stationary, tolerance
from tests.consistency.generator import models

# theorem: models on which it applies, and how many effective attacks are wanted.
HOLDS: dict[str, tuple[int, tuple[str, ...]]] = {
    # Convex in what the loss sees: no point can look like a bad local minimum, all must be reached.
    "constant-data": (0, (
        "net 2 -> 2 -> linear(2, bias); loss absolute; data samples 1",
        "net 2 -> 1 -> linear(2, bias); loss absolute; data X = [[1,1],[2,2]]",
        "net 1 -> 2 -> 2 -> linear(2, bias); loss squared; data samples 1; regularize l2 1/10",
    )),
    "convex-problem": (1, (
        "net 3 -> 2; loss absolute", "net 2 -> tanh(3, fixed) -> linear(2, bias); loss hinge",
        "net 2 -> 2 -> linear(3, fixed); loss quantile(1/3); regularize l1 1/10",
        "param A: 2 x 3; param B: 2 x 3; const C: 3 x 3; map A * X + B * C * X; loss absolute",
    )),
    "linear-no-bottleneck": (20, (
        "net 2 -> 3 -> 2; loss huber(1)", "net 3 -> 2 -> 2 -> 3; loss log_cosh; data samples 2",
        "net 3 -> 2 -> 3 -> linear(2, fixed); loss huber(1)", "net 2 -> 1 -> 2; loss cross_entropy",
        "net 3 -> 2 -> 3; loss cross_entropy",
        "net 3 -> 2 -> linear(3, bias); loss huber(1); data samples 3",
        "net 2 -> linear(2, bias) -> 2; loss weighted_squared",
        "net 3 -> relu(1, fixed) -> 1 -> 3; loss huber(1)",
        "net 2 -> linear(2, skip) -> linear(2, skip) -> 2; loss poisson",
        "param A: 2 x 1; param B: 1 x 2; param D: 2 x 1; param E: 1 x 2; const C: 2 x 2; "
        "map (C + A * B + D * E) * X; loss log_cosh",
    )),
    "linear-squared": (15, (
        "net 3 -> 1 -> 3; loss squared", "net 3 -> 2 -> 1 -> 3; loss squared",
        "net 3 -> 1 -> linear(3, bias); loss squared",
        "net 3 -> linear(1, bias) -> 3; loss squared",
        "net 3 -> 1 -> 3 -> linear(3, fixed); loss squared",
        "param A: 3 x 1; param B: 1 x 3; const C: 3 x 3; map (C + A * B) * X; loss squared",
    )),
    "two-layer-squared": (8, ("net 3 -> 1 -> 3; loss squared", "net 2 -> 2 -> 4; loss squared")),
    "linear-open-everywhere": (15, (
        "net 2 -> 2 -> 1; loss absolute", "net 1 -> 2 -> 2; loss absolute",
        "net 2 -> 3 -> 2; loss absolute", "net 2 -> 2 -> 2 -> 1; loss quantile(1/3)",
        "net 2 -> 2 -> linear(2, bias); loss absolute; data samples 2",
        "net 2 -> 2 -> 3 -> linear(1, fixed); loss absolute",
        "param A: 2 x 3; param B: 3 x 2; param D: 2 x 1; param E: 1 x 2; const C: 2 x 2; "
        "map A * B * X + D * E * C * X; loss absolute",
        "param A: 1 x 2; param D: 1 x 1; param E: 1 x 2; map A * X + D * relu(E * X); "
        "loss absolute; data X full_column_rank",
    )),
    "linear-differentiable-there": (8, (
        "net 3 -> 1 -> 1; loss hinge", "net 2 -> 1 -> 2 -> 1; loss hinge",
        "net 2 -> 1 -> 1 -> 2; loss hinge; data samples 1",
        "net 2 -> 1 -> 1; loss absolute; data Y = [[1, -2, 1]]",
    )),
    "linear-loss-linear": (6, (
        "net 2 -> 1 -> 2; loss linear_loss", "net 3 -> 1 -> 1 -> 2; loss linear_loss",
    )),
    "well-conditioned-realizable": (6, (
        "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1,3/2],[3/2,1]], Y realizable",
        "net 3 -> 1 -> 3; loss weighted_squared; "
        "data weights = [[1,19/10,1],[19/10,1,1],[1,1,19/10]], Y realizable",
        "net 2 -> 1 -> 1 -> linear(2, bias); loss weighted_squared; "
        "data weights = [[1,3/2,1],[1,1,3/2]], Y realizable",
    )),
    "two-layer-decay": (8, (
        "net 3 -> 2 -> 2; loss huber(1); regularize l2 1/10",
        "net 2 -> 2 -> linear(3, bias); loss cross_entropy; regularize l2 1/10, 1/5",
        "net 3 -> 2 -> 3 -> linear(2, fixed); loss log_cosh; regularize l2 1/10",
        "net 3 -> 1 -> 3; loss huber(1); data samples 1; regularize l2 1/10",
    )),
    "two-layer-decay-isotropic": (6, (
        "net 3 -> 1 -> 3; loss squared; data X isotropic; regularize l2 1/10",
        "net 3 -> 2 -> 3; loss squared; data X identity; regularize l2 1/10, 1/2",
        "net 3 -> 1 -> linear(3, bias); loss squared; data X identity; regularize l2 1/10",
        "param U: 3 x 2; param V: 2 x 3; map U * V; loss squared; regularize l2 1/10",
    )),
    "decay-autoencoder": (6, (
        "net 3 -> 1 -> 3; loss squared; data Y = X; regularize l2 1/10",
        "net 3 -> 2 -> linear(3, bias); loss squared; data Y = X; regularize l2 1/10, 1/3",
    )),
    "symmetric-wide": (8, (
        "param W: 2 x 2; map W * W^T; loss absolute",
        "param W: 2 x 3; map W * W^T * X; loss huber(1)",
        "param W: 2 x 2; map W * W^T * X; loss absolute; regularize l2 1/10",
        "param W: 2 x 2; const C: 2 x 2; map W^T * W + C; loss weighted_squared",
    )),
    "symmetric-squared": (8, (
        "param W: 3 x 1; map W * W^T; loss squared", "param W: 3 x 2; map W * W^T; loss squared",
        "param W: 3 x 2; map W * W^T * X; loss squared; data X identity; regularize l2 1/10",
        "param W: 3 x 1; map W * W^T * X; loss squared; data X isotropic, X full_row_rank",
    )),
    "tied-autoencoder": (6, (
        "param W: 3 x 1; map W * W^T * X; loss squared; data Y = X, X full_row_rank",
        "param W: 3 x 2; map W * W^T * X; loss squared; data Y = X; regularize l2 1/10",
    )),
    "quadratic-wide": (8, (
        "net 2 -> quadratic(2) -> linear(1, fixed, positive); loss absolute",
        "net 3 -> quadratic(2) -> linear(1, fixed, positive, bias); loss huber(1); data samples 2",
        "net 2 -> quadratic(3) -> linear(1, fixed); loss squared; data W2 = [[2,2,2]]; "
        "regularize l2 1/10",
    )),
    "pyramidal": (1, (
        "net 3 -> tanh(2); loss absolute; data X full_column_rank",
        "net 3 -> softsign(1, bias); loss absolute; data X full_column_rank",
        "net 2 -> leaky_relu(2, slope=1/2); loss quantile(1/3); data X identity",
    )),
}  # fmt: skip


def model_of(text: str) -> Model:
    (model,) = parse(text)
    return model


def applies(model: Model) -> set[str]:
    """The theorems that the engine lets conclude ``holds``."""
    return {standing.theorem.id for standing in judge(model).holds}


def describe(problem: Problem, point: np.ndarray, text: str) -> str:
    data = {key: value.tolist() for key, value in problem.data.items()}
    where = {key: value.tolist() for key, value in problem.unpack(point).items()}
    return f"{text}\ndata {data}\nstuck at {where}"


def test_every_theorem_is_attacked() -> None:
    """No rule that decides ``holds`` escapes; strict saddles have tests of their own below."""
    wanted = {
        theorem.id
        for theorem in deciding_theorems()
        if (theorem.kind == "holds" or theorem.always is not None)
        and "local_is_global" in theorem.properties
    }
    assert wanted - {"degenerate-ends"} == set(HOLDS)


@pytest.mark.parametrize("name", HOLDS)
def test_a_theorem_survives(name: str) -> None:
    wanted, texts = HOLDS[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    effective = instances = 0
    prepared = [(text, model_of(text)) for text in texts]
    for text, model in prepared:
        assert name in applies(model), f"{name} does not apply to {text}"
    for turn in range(40 * len(texts)):
        text, model = prepared[turn % len(texts)]
        problem = instantiate(model, rng)
        if problem is None:
            continue
        outcome = attack(problem, rng, 5, 3)
        instances += 1
        effective += len(outcome.effective)
        assert not outcome.stuck, describe(problem, outcome.stuck[0].point, text)
        if turn >= 8 * len(texts) and effective >= wanted:
            break
    print(f"{name}: {effective} effective attacks on {instances} instances")
    assert effective >= wanted


def test_generated_models_that_hold_survive() -> None:
    """The same on models nobody chose: whatever the engine says ``holds`` is attacked."""
    rng = np.random.default_rng(5)
    effective = instances = 0
    for text, model in models(11, 700, linear=0.9):
        if model.requirement.name != "local_is_global" or model.constraints is not None:
            continue
        if model.loss.kind != "named" or judge(model).verdict != "holds":
            continue
        if "convex-problem" in applies(model) and rng.random() < 0.8:
            continue
        problem = instantiate(model, rng)
        if problem is None or not problem.size:
            continue
        try:
            outcome = attack(problem, rng, 3, 2)
        except KeyError:  # an activation or loss that the interpreter does not know
            continue
        instances += 1
        effective += len(outcome.effective)
        assert not outcome.stuck, describe(problem, outcome.stuck[0].point, text)
    print(f"generated models: {effective} effective attacks on {instances} instances")
    assert effective >= 40


def test_constant_problems_are_constant() -> None:
    """``degenerate-ends``: the loss does not change with the weights."""
    rng = np.random.default_rng(2)
    seen = 0
    texts = [
        "net 2 -> 2 -> 1; loss cross_entropy", "net 3 -> tanh(2, bias) -> 1; loss cross_entropy",
        "net 2 -> 2 -> 2; loss huber(1); assume rank(X) = 0",
        "net 2 -> relu(3) -> tanh(2) -> 2; loss huber(1); assume rank(X) = 0",
        "net 2 -> 3 -> linear(2, fixed, bias); loss absolute; data W2 = [[0,0,0],[0,0,0]]",
        "net 2 -> 2 -> linear(2, fixed, bias); loss cross_entropy; data W2 = [[1,2],[1,2]]",
        "net 2 -> 2 -> linear(2, fixed, skip); loss huber(1); data W2 = [[-1,0],[0,-1]]",
        "net 2 -> linear(2, fixed) -> 2 -> 2; loss huber(1); data W1 = [[1,2],[1,2]], "
        "X = [[2,-2],[-1,1]]",
        "param W: 2 x 3; map W * W^T * X; loss huber(1); assume rank(X) = 0",
    ]  # fmt: skip
    pool = [(text, model_of(text)) for text in texts]
    pool += [(text, model) for text, model in models(3, 2500) if model.loss.kind == "named"]
    for text, model in pool:
        if "degenerate-ends" not in applies(model):
            assert text not in texts, text
            continue
        problem = next((p for p in (instantiate(model, rng) for _ in range(60)) if p), None)
        if problem is None or not problem.size or model.regularizer is not None:
            continue
        try:
            values = [problem.value(rng.standard_normal(problem.size)) for _ in range(3)]
        except KeyError:
            continue
        seen += 1
        assert max(values) - min(values) < 1e-9 * (1 + abs(values[0])), text
    print(f"degenerate-ends: {seen} models")
    assert seen >= 25


def test_squared_loss_against_reduced_rank_regression() -> None:
    """The value that local search reaches is the closed form's (Eckart-Young)."""
    rng = np.random.default_rng(9)
    effective = 0
    for text in ("net 3 -> 1 -> 3; loss squared", "net 3 -> 2 -> 1 -> 2; loss squared",
                 "net 2 -> 2 -> 3; loss squared"):  # fmt: skip
        model = model_of(text)
        k = min(int(layer.width) for layer in model.network.layers)  # type: ignore[union-attr]
        for _ in range(12):
            problem = instantiate(model, rng)
            assert problem is not None
            x, y = problem.data["X"], problem.data["Y"]
            fit = y @ np.linalg.pinv(x, rcond=1e-9) @ x
            s = np.linalg.svd(fit, compute_uv=False)
            least = float(((y - fit) ** 2).sum() + (s[k:] ** 2).sum()) / 2
            outcome = attack(problem, rng, 4, 3)
            effective += len(outcome.effective)
            assert abs(outcome.best - least) < 1e-5 * (1 + least)
    print(f"reduced-rank regression: {effective} effective attacks")
    assert effective >= 20


def _rank_between(matrix: np.ndarray) -> tuple[int, int]:
    """(rank to a tolerance of 1e-2, rank to one of 1e-6): they differ where it is unclear."""
    s = np.linalg.svd(matrix, compute_uv=False)
    return int((s > 1e-2).sum()), int((s > 1e-6).sum())


def _product(problem: Problem, m: Arrays) -> np.ndarray:
    product = problem.data["X"]
    for name in problem.shapes:
        product = m[name] @ product
    return product


def _product_rank_below(below: int) -> Callable[[Problem, Arrays], bool]:
    return lambda problem, m: _rank_between(_product(problem, m))[1] < below


def _product_rank(wanted: int) -> Callable[[Problem, Arrays], bool]:
    return lambda problem, m: _rank_between(_product(problem, m))[0] == wanted


def _small_rank(name: str, below: int) -> Callable[[Problem, Arrays], bool]:
    return lambda problem, m: _rank_between(m[name])[1] < below


def _full_row_rank(name: str) -> Callable[[Problem, Arrays], bool]:
    return lambda problem, m: _rank_between(m[name])[0] == m[name].shape[0]


# conditional theorem: (model, the point condition); points outside the condition do not count.
CONDITIONAL: dict[str, tuple[tuple[str, Callable[[Problem, Arrays], bool]], ...]] = {
    "linear-bottleneck-degenerate": (
        ("net 3 -> 2 -> 3; loss huber(1)", _product_rank_below(2)),
        ("net 3 -> 2 -> 2 -> 3; loss weighted_squared", _product_rank_below(2)),
        ("net 3 -> 1 -> 2 -> 3; loss log_cosh", _product_rank_below(1)),
    ),
    "two-layer-decay-deficient": (
        ("net 3 -> 2 -> 3; loss huber(1); regularize l2 1/10", _small_rank("W2", 2)),
        ("net 3 -> 2 -> 3; loss weighted_squared; regularize l2 1/2", _small_rank("W2", 2)),
    ),
    "symmetric-deficient": (
        ("param W: 3 x 2; map W * W^T; loss huber(1)", _small_rank("W", 2)),
        ("param W: 3 x 2; map W * W^T * X; loss squared; regularize l2 1/10", _small_rank("W", 2)),
    ),
    "quadratic-deficient": (
        ("net 3 -> quadratic(2) -> linear(1, fixed, positive); loss squared", _small_rank("W1", 2)),
    ),
    "linear-locally-open": (
        ("net 2 -> 2 -> 2; loss absolute", _product_rank(2)),
        ("net 2 -> 3 -> 2 -> 3; loss absolute; data samples 2",
         _product_rank(2)),
    ),
    "linear-differentiable-there": (
        ("net 2 -> 2 -> 2; loss hinge",
         lambda p, m: float(abs(p.output(p.pack(m)) * p.data["Y"] - 1).min()) > 1e-3),
    ),
    "pyramidal": (
        ("net 3 -> tanh(2) -> 1; loss absolute; data X full_column_rank",
         _full_row_rank("W2")),
        ("net 3 -> softsign(2) -> leaky_relu(1, slope=1/2); loss huber(1); data X full_column_rank",
         _full_row_rank("W2")),
    ),
    "frozen-features": (
        ("net 1 -> relu(3) -> 2; loss absolute; data samples 2",
         lambda p, m: _rank_between(np.maximum(m["W1"] @ p.data["X"], 0))[0] == 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONAL)
def test_a_conditional_theorem_survives_where_its_condition_holds(name: str) -> None:
    rng = np.random.default_rng(sum(map(ord, name)) + 1)
    inside = 0
    for text, condition in CONDITIONAL[name]:
        model = model_of(text)
        assert name in {s.theorem.id for s in judge(model).conditional}, text
        for _ in range(8 if model.loss.name == "absolute" else 25):
            problem = instantiate(model, rng)
            if problem is None:
                continue
            outcome = attack(problem, rng, 5, 3)
            for candidate in outcome.effective:
                inside += condition(problem, problem.unpack(candidate.point))
            for candidate in outcome.stuck:
                matrices = problem.unpack(candidate.point)
                assert not condition(problem, matrices), describe(problem, candidate.point, text)
    print(f"{name}: {inside} effective attacks where the condition holds")
    # Where the condition forces a zero gradient no point can look like a bad local minimum.
    assert inside >= (0 if name in ("pyramidal", "frozen-features", "linear-locally-open") else 3)


STRICT = {
    "strict-saddle-convex": (
        "net 3 -> 2; loss log_cosh", "net 2 -> 2; loss squared; regularize l2 1",
    ),
    "strict-saddle-two-layer": (
        "net 2 -> 2 -> 3; loss log_cosh", "net 3 -> 2 -> 2; loss squared; regularize l2 1/5, 1/10",
        "net 2 -> 2 -> linear(3, bias); loss cross_entropy; data samples 3",
        "net 3 -> 1 -> 3; loss weighted_squared; data samples 1",
    ),
    "two-layer-squared": (
        "net 3 -> 1 -> 3; loss squared", "net 3 -> 2 -> linear(3, bias); loss squared",
    ),
    "strict-saddle-symmetric": (
        "param W: 2 x 2; map W * W^T; loss log_cosh",
        "param W: 2 x 3; map W * W^T * X; loss weighted_squared; regularize l2 1/10",
    ),
    "symmetric-squared": ("param W: 3 x 1; map W * W^T; loss squared",
                          "param W: 3 x 2; map W * W^T; loss squared; regularize l2 1/10"),
}  # fmt: skip


def _saddles(text: str, rng: np.random.Generator, draws: int) -> tuple[int, int]:
    """(stationary points above the best value, those without negative curvature)."""
    model = model_of(text)
    seen = flat = 0
    for _ in range(draws):
        problem = instantiate(model, rng)
        if problem is None:
            continue
        best = attack(problem, rng, 2, 3).best
        for start in starts(problem, rng, 6):
            point, value, gradient = descend(problem, start, 300)
            if not value > best + tolerance(value):
                continue
            if not stationary(problem, point, value, gradient, rng):
                continue
            seen += 1
            least = float(np.linalg.eigvalsh(problem.hessian(point))[0])
            flat += least > -1e-4 * (1 + abs(value))
    return seen, flat


@pytest.mark.parametrize("name", STRICT)
def test_saddles_are_strict(name: str) -> None:
    rng = np.random.default_rng(4)
    total = 0
    for text in STRICT[name]:
        assert name in applies(model_of(text + "; require strict_saddle"))
        seen, flat = _saddles(text, rng, 12)
        total += seen
        assert flat == 0, text
    print(f"{name}: {total} stationary points above the best value, all with negative curvature")
    assert total >= (0 if name == "strict-saddle-convex" else 8)


def test_saddles_of_three_layers_are_seen_to_be_flat() -> None:
    """The control: strict saddles fail at depth three, at the origin."""
    assert _saddles("net 2 -> 2 -> 2 -> 2; loss squared", np.random.default_rng(4), 8)[1] >= 3
