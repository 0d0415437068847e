"""Certificates that the analysis of random points writes are accepted."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from landscape_cli.kernel import verify
from landscape_cli.point.analysis import analyse_point
from landscape_cli.syntax import parse

LOSSES = ("squared", "huber(1)", "huber(1/2)", "log_cosh", "squared_hinge", "logistic", "poisson",
          "cross_entropy", "weighted_squared", "absolute", "quantile(1/3)", "hinge", "lp(3/2)",
          "lp(3)", "lp(1/2)", "zero_one", "tukey(1)", "linear_loss")  # fmt: skip
ACTIVATIONS = ("linear", "linear", "relu", "tanh", "sigmoid", "softplus", "elu", "celu", "silu",
               "gelu", "cube", "quadratic", "softsign", "hard_tanh", "mish", "arctan", "sin",
               "erf", "step", "leaky_relu")  # fmt: skip
VALUES = (0, 0, 1, -1, "1/2", 2)


def matrix(random: Random, rows: int, columns: int, values: tuple[object, ...] = VALUES) -> str:
    lines = (", ".join(str(random.choice(values)) for _ in range(columns)) for _ in range(rows))
    return "[" + ", ".join(f"[{line}]" for line in lines) + "]"


def text(random: Random) -> str:
    widths = [random.choice((1, 2, 3)) for _ in range(random.choice((2, 3, 3, 4)))]
    samples, loss = random.choice((1, 2, 3)), random.choice(LOSSES)
    layers, point = [str(widths[0])], []
    for k, (below, above) in enumerate(pairwise(widths), 1):
        bias = random.random() < 0.25
        layers.append(f"{random.choice(ACTIVATIONS)}({above}{', bias' if bias else ''})")
        point.append(f"W{k} = {matrix(random, above, below)}")
        if bias:
            point.append(f"b{k} = {matrix(random, 1, above)[1:-1]}")
    targets: tuple[object, ...] = VALUES
    if loss in ("squared_hinge", "logistic", "hinge", "zero_one"):
        targets = (1, -1)
    if loss == "poisson":
        targets = (0, 1, 2)
    data = [f"X = {matrix(random, widths[0], samples)}"]
    if loss == "cross_entropy":
        last = [["0"] * samples for _ in range(widths[-1] - 1)] + [["1"] * samples]
        data.append("Y = [" + ", ".join(f"[{', '.join(row)}]" for row in last) + "]")
    elif loss != "linear_loss":
        data.append(f"Y = {matrix(random, widths[-1], samples, targets)}")
    if loss in ("weighted_squared", "linear_loss"):
        name = "weights" if loss[0] == "w" else "coefficients"
        data.append(f"{name} = {matrix(random, widths[-1], samples, (1, 2, 3))}")
    penalty = random.choice(("", "", "; regularize l2 1/10", "; regularize l1 1/4"))
    return (
        f"net {' -> '.join(layers)}; loss {loss}{penalty}; data {', '.join(data)}; "
        f"at {', '.join(point)}"
    )


@pytest.mark.parametrize("seed", range(4))
def test_documents_of_random_points_are_accepted(seed: int) -> None:
    random, kinds = Random(seed), Counter[str]()
    for _ in range(80):
        stated = text(random)
        (model,) = parse(stated)
        document = analyse_point(model).certificate
        if document is None or document["argument"]["kind"] in ("interval-newton", "split-unit"):
            continue
        outcome = verify(document)
        undecided = "a breakpoint can't be decided" in outcome.reason  # irrational, at a kink
        assert outcome.accepted or undecided, f"{outcome.reason}: {stated}"
        kinds[document["argument"]["kind"]] += outcome.accepted
    assert kinds["nonzero-gradient"] > 25, kinds


def test_dead_units_with_constant_inputs() -> None:
    """One sample: relu units off, the output stuck at 0."""
    document = {
        "schema": "landscape/certificate/1",
        "problem": {
            "widths": [1, 1, 1], "activations": [{"name": "relu"}, {"name": "linear"}],
            "biases": [False, False], "loss": {"name": "squared"}, "regularizer": None,
        },
        "data": {"X": [["1"]], "Y": [["1"]]},
        "local_minimum": {"weights": {"W1": [["-1"]], "W2": [["1"]]}, "value": "1/2"},
        "better_point": {"weights": {"W1": [["1"]], "W2": [["1"]]}, "value": "0"},
        "argument": {"kind": "affine-region"},
    }  # fmt: skip
    assert verify(document).accepted
    for w in ("0", "1/2"):
        point = {"weights": {"W1": [[w]], "W2": [["1"]]}, "value": "1/2" if w == "0" else "1/8"}
        assert not verify({**document, "local_minimum": point}).accepted


def test_the_value_of_one_class_is_zero() -> None:
    (model,) = parse(
        "net 1 -> tanh(1) -> 1; loss cross_entropy; regularize l2 1/10; data X = [[1]], "
        "Y = [[1]]; at W1 = [[1/2]], W2 = [[1]]"
    )
    document = analyse_point(model).certificate
    assert document is not None and document["point"]["value"] == "1/16"
    assert verify(document).accepted
