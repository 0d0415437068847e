"""What a referee found: documents that were refused, left unread, or that took for ever."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from landscape_cli.exact.numbers import _root
from landscape_cli.kernel import verify

from . import samples
from .samples import certificate, network, refutation


def test_a_kink_is_left_in_the_first_direction_whatever_comes_later() -> None:
    """The coefficient of eps^2 there is softplus(1) - softplus(-1) - 1, which is 0 unrecognised."""
    curve = {"W2": [[["0", "0", "1"], ["0", "0", "-1"]], ["0", "0"]],
             "b2": [["0", "1", "-1"], ["1", "0", "3"]]}  # fmt: skip
    document = refutation(
        network([1, 2, 2], ["softplus", "relu"], [False, True]), [[1]], [[0], [2]],
        {"W1": [[1], [-1]], "W2": [[0, 0], [0, 0]], "b2": [0, 1]}, "1/2",
        {"kind": "descent-curve", "order": 2, "curve": curve},
    )  # fmt: skip
    assert verify(document).accepted, verify(document).reason


def plateau() -> dict[str, Any]:
    return certificate(
        network([1, 1], loss={"name": "tukey", "c": "1"}), [[1, 2, 2]], [[0, 10, 10]],
        {"W1": [[0]]}, "1/3", {"W1": [[5]]}, "1/6", "affine-region",
    )  # fmt: skip


def origin() -> dict[str, Any]:
    return certificate(
        network([1, 1, 1, 1], regularizer={"l2": "1/100"}), [[1]], [[10]],
        {f"W{k}": [[0]] for k in (1, 2, 3)}, 50, {f"W{k}": [[2]] for k in (1, 2, 3)}, "103/50",
        "growth",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "reason"),
    [(plateau(), "a subgradient of a loss"), (origin(), "not one of the loss")],
)
def test_a_stated_subgradient_is_always_looked_at(document: dict[str, Any], reason: str) -> None:
    assert verify(document).accepted, verify(document).reason
    row = ["7", "-3", "1/2"][: len(document["data"]["X"][0])]
    document["argument"]["subgradient"] = [row]
    assert reason in verify(document).reason


def test_long_denominators_are_a_rejection() -> None:
    depth = 24
    document = refutation(
        network([1] * (depth + 1), ["cube"] * depth,
                loss={"name": "linear_loss", "coefficients": [["1"]]}),
        [["1/2"]], None, {f"W{k + 1}": [[1]] for k in range(depth)}, 1,
        {"kind": "nonzero-gradient", "direction": {}},
    )  # fmt: skip
    document["data"].pop("Y", None)
    assert not verify(document).accepted


def test_a_power_of_a_long_number_takes_no_time() -> None:
    document = refutation(
        network([1, 1], loss="absolute"), [[1]], [[0]],
        {"W1": [[{"log": str(3 * 10**1980 + 1), "times": "29/2"}]]}, 0,
        {"kind": "nonzero-gradient", "direction": {}},
    )  # fmt: skip
    assert "not the one stated" in verify(document).reason


def test_a_huge_identity_is_not_built() -> None:
    document = {
        "schema": "landscape/certificate/1", "data": {"Y": []},
        "problem": {"map": "W*W^T", "shape": [10**6, 1], "loss": {"name": "squared"}},
        "local_minimum": {}, "better_point": {}, "argument": {"kind": "strict-hessian"},
    }  # fmt: skip
    assert "entries" in verify(document).reason


def test_exact_roots() -> None:
    for base in (1, 2, 3, 10**9 + 7, 3**200):
        for degree in (1, 2, 3, 17):
            assert _root(base**degree, degree) == base
            assert _root(base**degree + 1, degree) is None or degree == 1
    assert samples.text(Fraction(1, 2)) == "1/2"
