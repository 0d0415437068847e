"""Certificates that the kernel must accept, and their mutants."""

from __future__ import annotations

import copy
import random
import time
from fractions import Fraction
from typing import Any

import pytest

from landscape_cli.exact.numbers import Rejection, bounds
from landscape_cli.exact.reading import record
from landscape_cli.kernel import verify
from landscape_cli.kernel.arguments import MINIMA as MINIMA_KNOWN
from landscape_cli.kernel.arguments import REFUTATIONS
from landscape_cli.kernel.problem import matrices, read_problem

from . import mutants, oracle, rejected, samples

ACCEPTED = samples.accepted()
MINIMA = {name: d for name, d in ACCEPTED.items() if "local_minimum" in d}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    outcome = verify(ACCEPTED[name])
    assert outcome.accepted, outcome.reason
    assert outcome.argument == ACCEPTED[name]["argument"]["kind"]


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_oracle_agrees(name: str) -> None:
    assert oracle.still_true(ACCEPTED[name])


def test_every_kind_of_the_kernel_is_exercised() -> None:
    kinds = {d["argument"]["kind"] for d in ACCEPTED.values()}
    assert kinds | {"loss-plateau", "cusp"} == set(MINIMA_KNOWN) | set(
        REFUTATIONS
    )  # see test_plateaus


@pytest.mark.parametrize("name", ACCEPTED)
def test_malformed_leaves_are_rejected(name: str) -> None:
    count = 0
    for what, document in mutants.malformed(ACCEPTED[name]):
        outcome = verify(document)
        assert not outcome.accepted and outcome.reason, what
        count += 1
    assert count > 50


@pytest.mark.parametrize("name", ACCEPTED)
def test_changed_leaves_are_rejected_or_still_true(name: str) -> None:
    rejected = kept = 0
    for what, document in mutants.changed(ACCEPTED[name]):
        outcome = verify(document)
        rejected += not outcome.accepted
        kept += outcome.accepted
        if outcome.accepted:
            assert oracle.still_true(document, samples=12), what
    assert rejected > 10 and rejected > kept


@pytest.mark.parametrize("name", MINIMA)
def test_another_arguments_data_is_rejected(name: str) -> None:
    for other in ACCEPTED.values():
        if other["argument"]["kind"] != MINIMA[name]["argument"]["kind"]:
            document = {**MINIMA[name], "argument": other["argument"]}
            if verify(document).accepted:  # a strict Hessian may hold of a rank chart's point too
                assert oracle.still_true(document)
                assert other["argument"]["kind"] in ("strict-hessian", "rank-chart")


@pytest.mark.parametrize("name", MINIMA)
def test_equal_values_and_wrong_values(name: str) -> None:
    document = copy.deepcopy(MINIMA[name])
    document["better_point"] = document["local_minimum"]
    assert "not strictly below" in rejection(document)
    for place in ("local_minimum", "better_point"):
        document = copy.deepcopy(MINIMA[name])
        value = document[place]["value"]
        if isinstance(value, dict):
            document[place]["value"] = {**value, "lower": value["upper"], "upper": "1000"}
        else:
            document[place]["value"] = samples.text(Fraction(value) + Fraction(1, 10**9))
        assert "not the one stated" in rejection(document)


@pytest.mark.parametrize("name", MINIMA)
def test_a_local_minimum_of_another_problem_with_honest_values(name: str) -> None:
    """Targets or weights of the loss changed and both values restated: the argument must notice."""
    noticed = count = 0
    leaves = [(path, node) for path, node in mutants.paths(MINIMA[name]) if isinstance(node, str)
              and (path[0] == "data" or path[:3] == ("problem", "loss", "weights"))]  # fmt: skip
    for path, node in random.Random(1).sample(leaves, min(8, len(leaves))):
        document = mutants.replaced(MINIMA[name], path, samples.text(Fraction(node) + 1))
        if not restated(document):
            continue
        count += 1
        outcome = verify(document)
        noticed += not outcome.accepted and "stated" not in outcome.reason.partition("value")[2]
        if outcome.accepted:
            assert oracle.still_true(document, samples=12), path
    assert noticed or count < 3 or name == "dead, no bias", count


def restated(document: Any) -> bool:
    """Both values recomputed; whether the better point is still better."""
    try:
        problem = read_problem(document["problem"], document["data"])
        ends = []
        for place in ("local_minimum", "better_point"):
            point = document[place]
            weights = record(point["weights"], place, matrices(problem.trained))
            low, high = bounds(problem.objective(weights))
            scale = 10**12
            short = (low * scale // 1 / scale, -(-high * scale // 1) / scale)
            ends.append((low, high) if low == high else short)
            low, high = ends[-1]
            point["value"] = samples.text(low) if low == high else samples.box(low, high)
    except Rejection:  # a label or a distribution no more
        return False
    return ends[1][1] < ends[0][0]


def rejection(document: Any) -> str:
    outcome = verify(document)
    assert not outcome.accepted
    return outcome.reason


def test_a_saddle_called_a_minimum() -> None:
    assert "not positive definite" in rejection(rejected.saddle("strict-hessian"))
    assert "first-order conditions" in rejection(rejected.saddle("rank-chart"))
    assert "not orthogonal" in rejection(rejected.saddle("affine-region"))


def test_the_worse_of_two_global_minima_does_not_exist() -> None:
    document = copy.deepcopy(samples.weighted())
    document["better_point"] = document["local_minimum"]
    assert "not strictly below" in rejection(document)


def test_a_local_minimum_of_another_problem() -> None:
    assert "not positive definite" in rejection(rejected.other_problem())


def test_the_three_layer_point_of_the_2018_draft() -> None:
    """Rejected as a local minimum (by every kind: test_rejected), accepted as none."""
    assert "rank of the product is 0" in rejection(rejected.draft_of_2018("rank-chart"))
    assert not oracle.still_true(rejected.draft_of_2018("rank-chart"), 4000)
    assert verify(ACCEPTED["erratum 1"]).accepted


def test_a_vanishing_function_that_is_not_flat_in_its_gradient() -> None:
    """1/2 (a + b)^2 b^2-like traps: the loss is constant on a subspace, its gradient is not."""
    document = samples.certificate(  # loss 1/2 ((a b) - 0)^2 - type: f = a*b*c + b^2 by linear_loss
        samples.network([1, 1, 1], loss={"name": "linear_loss", "coefficients": [["1"]]},
                        regularizer={"l2": ["0", "2"]}),
        [[1]], None, {"W1": [[0]], "W2": [[0]]}, 0, {"W1": [[-2]], "W2": [[1]]}, -1,
        {"kind": "strict-hessian", "flat": {"W1": [[0, 0]]}},
    )  # fmt: skip
    assert not oracle.still_true(document)
    assert "not constant on the flat subspace" in rejection(document)


def test_jumps_are_not_mistaken_for_smooth() -> None:
    document = samples.certificate(
        samples.network([1, 1, 1, 1], loss="zero_one", regularizer={"l2": "1"}),
        [[1]], [[1]], {"W1": [[0]], "W2": [[0]], "W3": [[0]]}, 1,
        {"W1": [["1/2"]], "W2": [["1/2"]], "W3": [["1/2"]]}, "3/8", "strict-hessian",
    )  # fmt: skip
    assert "Lipschitz" in rejection(document)
    document["argument"] = {"kind": "growth"}
    assert "Lipschitz" in rejection(document)


def test_hard_sigmoid_without_a_row_of_ones() -> None:
    """1 -> hard_sigmoid(1) -> 1, X = (1, 2), W_1 = 0: R X^T = 0 but the intercept matters."""
    document = samples.certificate(
        samples.network([1, 1, 1], ["hard_sigmoid", "linear"]), [[1, 2]], [[3, "-3/2"]],
        {"W1": [[0]], "W2": [[0]]}, "45/8", {"W1": [[0]], "W2": [[1]]}, "41/8", "affine-region",
    )  # fmt: skip
    assert "not orthogonal" in rejection(document)


def test_a_unit_at_its_kink() -> None:
    document = copy.deepcopy(ACCEPTED["relu"])
    document["local_minimum"]["weights"]["W1"] = [["1/2", "1/2"]]
    document["local_minimum"]["value"] = "1/4"
    reason = rejection(document)
    assert "breakpoint" in reason or "not the one stated" in reason


def test_a_trained_slope_that_is_1_at_the_point() -> None:
    """Both pieces of a prelu are t there, but not nearby, where the slope is another."""
    document = samples.certificate(
        samples.network([1] * 4, [{"name": "prelu", "slope": "1"}, "relu", "linear"],
                        [False, True, False]),
        [[1, -1, 2, -2]], [[1, 1, -1, -1]], {"W1": [[1]], "W2": [[1]], "b2": [3], "W3": [[0]]}, 2,
        {"W1": [[1]], "W2": [[1]], "b2": [-1], "W3": [[-1]]}, "3/2", "affine-region",
    )  # fmt: skip
    assert "two pieces of prelu" in rejection(document)
    document["problem"]["activations"][0] = {"name": "leaky_relu", "slope": "1"}
    assert verify(document).accepted and oracle.still_true(document)


def test_not_a_minimum_needs_its_order() -> None:
    document = copy.deepcopy(ACCEPTED["erratum 1"])
    for order in (1, 2, 3, 5):
        document["argument"]["order"] = order
        assert rejection(document)


def test_large_bottleneck_is_fast() -> None:
    document = samples.weighted(100, 30)
    start = time.perf_counter()
    assert verify(document).accepted
    assert time.perf_counter() - start < 60  # no hang


@pytest.mark.parametrize(
    ("above", "bias"), [(["1", "2"], False), (["1", "1"], True), (None, False)]
)
def test_squares_mix_only_without_bias_below_equal_fixed_weights(above: Any, bias: bool) -> None:
    fixed = {} if above is None else {"fixed": {"W2": [above]}}
    weights = {"W1": [[0], [0]], **({"b1": [0, 0]} if bias else {})}
    weights |= {} if fixed else {"W2": [[0, 0]]}
    document = samples.certificate(
        samples.network([1, 2, 1], ["quadratic", "linear"], [bias, False], **fixed), [[1]], [[1]],
        weights, "1/2", {**weights, "W1": [[1], [0]], **({} if fixed else {"W2": [[1, 0]]})}, 0,
        {"kind": "strict-hessian", "gauge": [1]},
    )  # fmt: skip
    assert "equal fixed weights" in rejection(document)
