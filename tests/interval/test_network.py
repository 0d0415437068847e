"""The ball arithmetic of networks against finite differences of an independent float objective."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import flint
import numpy as np
import pytest

from landscape_cli.exact.numbers import Rejection, rational
from landscape_cli.exact.reading import record
from landscape_cli.interval_checker import _reduce
from landscape_cli.interval_checker.network import gradient, hessian, passed
from landscape_cli.kernel.problem import matrices, read_problem
from tests.campaign.floats import Objective
from tests.kernel.samples import network

ACTIVATIONS: tuple[dict[str, str], ...] = (
    *({"name": name} for name in (
        "linear", "quadratic", "cube", "tanh", "arctan", "sin", "erf", "gelu", "sigmoid",
        "softplus", "silu", "mish", "relu", "hard_tanh", "hard_sigmoid", "relu6", "selu",
        "softsign",
    )),
    {"name": "leaky_relu", "slope": "-1/3"}, {"name": "elu", "alpha": "2"},
    {"name": "elu", "alpha": "1"}, {"name": "celu", "alpha": "1/2"},
)  # fmt: skip
LOSSES: tuple[dict[str, Any], ...] = (
    *({"name": name} for name in (
        "squared", "log_cosh", "logistic", "poisson", "squared_hinge", "cross_entropy",
    )),
    {"name": "huber", "delta": "1"}, {"name": "tukey", "c": "3"}, {"name": "lp", "p": "3"},
    {"name": "lp", "p": "4"}, {"name": "lp", "p": "5/2"},
    {"name": "weighted_squared"}, {"name": "masked_squared"}, {"name": "linear_loss"},
)  # fmt: skip


def drawn(rng: Random, first: dict[str, str], loss: dict[str, Any]) -> tuple[Any, Any, Any]:
    """A random problem, its data and weights (rationals, no unit near a kink by chance)."""
    depth, n = rng.choice((1, 2, 2, 3)), rng.choice((1, 2, 3))
    square = rng.random() < 0.3
    widths = [rng.randint(1, 3) for _ in range(depth + 1)]
    widths = [widths[0]] * (depth + 1) if square else widths
    names = [first, *(rng.choice(ACTIVATIONS) for _ in range(depth - 1))]
    rng.shuffle(names)

    def rationals(rows: int, columns: int) -> list[list[str]]:
        return [
            [str(Fraction(rng.randint(-2000, 2000), 1000)) for _ in range(columns)]
            for _ in range(rows)
        ]

    biases = [rng.random() < 0.4 for _ in range(depth)]
    fixed, weights = {}, {}
    for k in range(1, depth + 1):
        into = fixed if depth > 1 and rng.random() < 0.2 and len(fixed) < depth - 1 else weights
        into[f"W{k}"] = rationals(widths[k], widths[k - 1])
        if biases[k - 1]:
            into[f"b{k}"] = rationals(1, widths[k])[0]
    labels = loss["name"] in ("logistic", "squared_hinge")
    y = rationals(widths[-1], n)
    if labels:
        y = [[rng.choice(("1", "-1")) for _ in range(n)] for _ in range(widths[-1])]
    if loss["name"] == "poisson":
        y = [[v.lstrip("-") for v in row] for row in y]
    if loss["name"] == "cross_entropy":
        y = [["1" if i == 0 else "0" for _ in range(n)] for i in range(widths[-1])]
    if loss["name"] in ("weighted_squared", "masked_squared", "linear_loss"):
        key = "coefficients" if loss["name"] == "linear_loss" else "weights"
        values = ("0", "1", "1") if loss["name"] == "masked_squared" else ("1", "2")
        loss = {**loss, key: [[rng.choice(values) for _ in range(n)] for _ in y]}
    penalty = rng.choice((None, {"l2": "1/3"}, {"l2": [str(k) for k in range(depth)]}))
    problem = network(
        widths, names, biases, loss, penalty, fixed=fixed,
        **({"skip": [rng.random() < 0.5 for _ in range(depth)]} if square else {}),
    )  # fmt: skip
    data = {"X": rationals(widths[0], n), "Y": y}
    if loss["name"] == "linear_loss":
        del data["Y"]
    return problem, data, weights


@pytest.mark.parametrize("seed", range(2))
def test_gradients_and_hessians_enclose_finite_differences(seed: int) -> None:
    rng, done, seen = Random(seed), 0, set()
    flint.ctx.prec = 100
    for first in ACTIVATIONS:
        for loss in LOSSES:
            if rng.random() < 0.5:
                continue
            problem, data, weights = drawn(rng, first, loss)
            parsed = read_problem(problem, data)
            exact = record(weights, "", matrices(parsed.trained, rational))
            boxes = {k: [[(x, x) for x in row] for row in v] for k, v in exact.items()}
            try:
                net, _ = _reduce(parsed, problem, boxes)
                value, slopes, form = passed(net).value, gradient(net), hessian(net)
            except Rejection as refusal:
                assert "kink" in str(refusal) or "all inputs" in str(refusal)
                continue
            objective = Objective({"problem": problem, "data": data})
            if len(slopes) != objective.size:
                continue  # an input that is 0 was left out
            theta = objective.flat(weights)

            def f(points: np.ndarray, objective: Objective = objective) -> np.ndarray:
                with np.errstate(over="ignore"):
                    return objective.values(points)[0]

            size = 1 + abs(f(theta[None])[0])
            if size > 1e6:
                continue  # exp of a cube
            assert abs(float(value.mid()) - f(theta[None])[0]) < 1e-9 * size
            eye, step = np.eye(len(theta)), 1e-4
            ahead, back = f(theta + step * eye), f(theta - step * eye)
            numeric = (ahead - back) / (2 * step)
            found = np.array([float(x.mid()) for x in slopes])
            scale = 1 + np.abs(found).max() + size
            second = np.array([[float(x.mid()) for x in row] for row in form])
            one, two = np.repeat(eye, len(eye), 0), np.tile(eye, (len(eye), 1))
            corners = [f(theta + step * (a * one + b * two)) for a in (1, -1) for b in (1, -1)]
            curved = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step * step)
            curved = curved.reshape(len(eye), len(eye))
            scale += np.abs(second).max()
            if np.abs(numeric - found).max() > 1e-5 * scale:
                # A kink between the two points of the difference; never the rule.
                assert np.abs(numeric - found).max() > 1e-3, (problem, numeric, found)
                continue
            assert np.abs(curved - second).max() < 2e-4 * scale**2, (problem, curved, second)
            assert np.allclose(second, second.T, atol=1e-9 * scale)
            done += 1
            seen.add((first["name"], loss["name"]))
    assert done > 60, done
    assert {a for a, _ in seen} == {a["name"] for a in ACTIVATIONS}
    assert {b for _, b in seen} == {b["name"] for b in LOSSES}
