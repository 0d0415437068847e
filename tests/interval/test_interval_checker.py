"""The interval checker on all the carried instances, and on changed ones."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest

from landscape_cli.interval_checker import verify
from landscape_cli.kernel import verify as verify_in_kernel
from tests.kernel import mutants, oracle, samples
from tests.kernel.samples import box

from .documents import instances, smooth, split

SMOOTH, SPLIT = instances("smooth_instances"), instances("split_instances")


@pytest.mark.parametrize("index", range(len(SMOOTH)))
def test_smooth_instances(index: int) -> None:
    outcome = verify(smooth(SMOOTH[index]))
    assert outcome.accepted and outcome.argument == "interval-newton", outcome.reason


@pytest.mark.parametrize("index", range(len(SPLIT)))
def test_split_instances(index: int) -> None:
    outcome = verify(split(SPLIT[index], 2 + index % 4))
    assert outcome.accepted and outcome.argument == "split-unit", outcome.reason


def test_the_kernel_says_where_these_are_checked() -> None:
    outcome = verify_in_kernel(smooth(SMOOTH[0]))
    assert not outcome.accepted and "interval_checker" in outcome.reason


def test_other_kinds_go_to_the_kernel() -> None:
    assert verify(samples.weighted()).accepted
    assert not verify(None).accepted and not verify({"argument": {"kind": ["x"]}}).accepted


@pytest.mark.parametrize("document", [smooth(SMOOTH[0]), split(SPLIT[0]), split(SPLIT[15])])
def test_mutants(document: Any) -> None:
    for count, (what, changed) in enumerate(mutants.malformed(document)):
        if count % 7 == 0:
            assert not verify(changed).accepted, what
    rejected = 0
    for what, changed in mutants.changed(document):
        outcome = verify(changed)
        rejected += not outcome.accepted
        if outcome.accepted:
            assert oracle.still_true(changed, samples=30), what
            value = oracle.point_value(changed, "local_minimum")
            stated = changed["local_minimum"]["value"]
            assert Fraction(stated["lower"]) <= value <= Fraction(stated["upper"]), what
    assert rejected > 40


def test_extra_outputs_and_inputs_are_free() -> None:
    document = split(SPLIT[1], 2)
    zero = {"lower": "0", "upper": "0"}
    samples_ = len(document["data"]["X"][0])
    document["problem"]["widths"] = [2, 2, 2]
    document["data"]["X"].append(["0"] * samples_)
    document["data"]["Y"].append(["0"] * samples_)
    local, better = document["local_minimum"]["weights"], document["better_point"]["weights"]
    any_box = {"lower": "0", "upper": "1"}
    local["W1"] = [[*row, any_box] for row in local["W1"]]
    local["W2"] = [*local["W2"], [zero, zero]]
    local["b2"] = [*local["b2"], zero]
    better["W1"] = [[*row, "0"] for row in better["W1"]]
    better["W2"] = [*better["W2"], ["0", "0"]]
    better["b2"] = [*better["b2"], "0"]
    unit = document["argument"]["unit"]
    unit["W1"] = [[unit["W1"][0][0], any_box]]
    assert verify(document).accepted, verify(document).reason
    wrong = copy.deepcopy(document)
    wrong["data"]["Y"][1][0] = "1/100"
    assert not verify(wrong).accepted


def test_a_box_beside_the_critical_point_is_rejected() -> None:
    document = smooth(SMOOTH[0])
    for ends in (
        w
        for name in ("W1", "W2")
        for row in document["local_minimum"]["weights"][name]
        for w in row
    ):
        shift = Fraction(1, 1000)
        for end in ("lower", "upper"):
            ends[end] = samples.text(Fraction(ends[end]) + shift)
    assert "Krawczyk" in verify(document).reason


def test_a_saddle_is_rejected() -> None:
    wide = {"lower": "-1/1000", "upper": "1/1000"}
    document = {
        "schema": "landscape/certificate/1",
        "problem": samples.network([1, 1, 1], ["tanh", "linear"]),
        "data": {"X": [["1"]], "Y": [["1"]]},
        "local_minimum": {"weights": {"W1": [[wide]], "W2": [[wide]]}, "value": box(0, 1)},
        "better_point": {"weights": {"W1": [["5"]], "W2": [["1"]]}, "value": box(-1, "-1/2")},
        "argument": {"kind": "interval-newton"},
    }  # fmt: skip
    assert "not the one stated" in verify(document).reason
    document["better_point"]["value"] = {"lower": "0", "upper": "1/1000"}  # type: ignore[index]
    document["local_minimum"]["value"] = {"lower": "1/4", "upper": "1"}  # type: ignore[index]
    assert "positive definite" in verify(document).reason
