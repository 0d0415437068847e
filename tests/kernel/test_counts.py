"""Sample counts: a column that stands c times is the same as c equal columns."""

from __future__ import annotations

import copy
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from landscape_cli.api import verify as verify_any
from landscape_cli.kernel import verify
from tests.interval.documents import instances, smooth, split

from . import oracle, samples
from .samples import certificate, diagonal, network, text
from .test_certificates import restated

F = Fraction
EYE = diagonal([1, 1])
SAMPLED = {
    name: document
    for name, document in samples.accepted().items()
    if "X" in document["data"] and document["problem"]["loss"]["name"] != "quadratic_form"
}
TABLES = ("X", "Y", "weights", "coefficients", "subgradient")


def gathered(document: dict[str, Any]) -> dict[str, Any]:
    """The document with equal columns written once and counted."""
    result = copy.deepcopy(document)
    data, loss, argument = result["data"], result["problem"]["loss"], result["argument"]
    parts = (data, loss, argument)
    tables = [(part, name) for part in parts for name in TABLES if name in part]
    columns = list(zip(*(row for part, name in tables for row in part[name]), strict=True))
    kept = [j for j, column in enumerate(columns) if columns.index(column) == j]
    data["counts"] = [columns.count(columns[j]) for j in kept]
    for part, name in tables:
        part[name] = [[row[j] for j in kept] for row in part[name]]
    if "column" in argument:
        stated = argument.get("combination", ["0"] * len(columns))
        argument["combination"] = [
            str(sum(F(x) for x, c in zip(stated, columns, strict=True) if c == columns[j]))
            for j in kept
        ]
        argument["column"] = kept.index(columns.index(columns[argument["column"]]))
    return result


def huber(counts: Any, value: Any = 5, lower: Any = 3) -> dict[str, Any]:
    """bottleneck-huber 2 -> 1 -> 2 with Y = diag(2, 3), column j of X standing counts[j] times."""
    document = certificate(
        network([2, 1, 2], loss={"name": "huber", "delta": "1"}), EYE, diagonal([2, 3]),
        {"W1": [[1, 0]], "W2": [[2], [0]]}, value, {"W1": [[0, 1]], "W2": [[0], [3]]}, lower,
        "rank-chart",
    )  # fmt: skip
    document["data"]["counts"] = counts
    return document


@pytest.mark.parametrize("name", SAMPLED)
def test_every_argument_with_its_columns_gathered(name: str) -> None:
    document = gathered(SAMPLED[name])
    outcome = verify(document)
    assert outcome.accepted, outcome.reason


@pytest.mark.parametrize("name", SAMPLED)
def test_every_argument_with_each_sample_repeated(name: str) -> None:
    """Repeated evenly, f is twice the loss plus the penalty: the same claim without a penalty."""
    document = copy.deepcopy(SAMPLED[name])
    if document["problem"].get("regularizer"):
        return
    document["data"]["counts"] = [2] * len(document["data"]["X"][0])
    assert not verify(document).accepted or document["argument"]["kind"] in (
        "nonzero-gradient", "negative-curvature", "descent-curve", "equal-loss-move",
    ) or F(0) in values(document)  # fmt: skip
    for point in ("local_minimum", "better_point", "point", "critical_point"):
        if point in document:
            document[point]["value"] = doubled(document[point]["value"])
    if "subgradient" in document["argument"]:
        rows = document["argument"]["subgradient"]
        document["argument"]["subgradient"] = [[doubled(x) for x in row] for row in rows]
    outcome = verify(document)
    assert outcome.accepted, outcome.reason


def doubled(value: Any) -> Any:
    if isinstance(value, dict):
        return {end: doubled(x) for end, x in value.items()}
    return text(2 * F(value))


def values(document: dict[str, Any]) -> list[Any]:
    found = [document[p]["value"] for p in ("local_minimum", "point") if p in document]
    return [F(x) for x in found if isinstance(x, str)]


def test_sixty_thousand_samples_in_three_columns() -> None:
    weights = text([[1, 3, 1], [3, 1, 1]])
    document = certificate(
        network([2, 1, 2], loss={"name": "weighted_squared", "weights": weights}),
        [[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 2, 0]], {"W1": [[1, 0]], "W2": [[1], [0]]}, 2,
        {"W1": [[0, 1]], "W2": [[0], [2]]}, F(1, 2), "rank-chart",
    )  # fmt: skip
    document["data"]["counts"] = [1, 1, 59998]
    assert verify(document).accepted, verify(document).reason
    document["data"]["counts"] = [1, 2, 59998]  # the missed column counts twice
    assert "is not the one stated" in verify(document).reason


@pytest.mark.parametrize("counts", [[2, 2], [2, 3], [10**18, 10**18]])
def test_counted_values(counts: list[int]) -> None:
    document = huber(counts, counts[1] * F(5, 2), counts[0] * F(3, 2))
    assert verify(document).accepted, verify(document).reason


def test_no_minimum_once_the_columns_count_differently() -> None:
    """weighted 2 -> 1 -> 2: the form in (b, c) has the entries 3 c_2, 3 c_1 and slope 2 c_2.

    At z = 1 it is definite iff 9 c_1 c_2 > 4 c_2^2: with (1, 2) yes, with (1, 3) no.
    """
    for counts, good in (([1, 2], True), ([1, 3], False), ([4, 9], False), ([5, 9], True)):
        document = certificate(
            network([2, 1, 2], loss={"name": "weighted_squared",
                                     "weights": text([[1, 3], [3, 1]])}),
            EYE, [[1, 0], [0, 2]], {"W1": [[1, 0]], "W2": [[1], [0]]}, 2 * counts[1],
            {"W1": [[0, 1]], "W2": [[0], [2]]}, F(counts[0], 2), "rank-chart",
        )  # fmt: skip
        document["data"]["counts"] = counts
        outcome = verify(document)
        assert outcome.accepted is good, outcome.reason
        written_out = copy.deepcopy(document)
        del written_out["data"]["counts"]
        for part, name in ((written_out["data"], "X"), (written_out["data"], "Y"),
                           (written_out["problem"]["loss"], "weights")):  # fmt: skip
            part[name] = [[x for x, c in zip(row, counts, strict=True) for _ in range(c)]
                          for row in part[name]]  # fmt: skip
        assert verify(written_out).accepted is good
        if good:
            assert oracle.still_true(written_out)
        else:
            assert "second-order form" in outcome.reason


def test_the_residual_must_be_orthogonal_with_its_counts() -> None:
    """relu, X = (-1, 0, 1): the constant 1 fits (3, -3, 3) only if the counts are equal."""
    for counts, good in (([1, 1, 1], True), ([9, 9, 9], True), ([1, 3, 2], False),
                         ([5, 6, 5], False), ([1, 10**12, 1], False)):  # fmt: skip
        one, two, three = counts
        document = certificate(
            network([2, 1, 1], ["relu", "linear"]), [[-1, 0, 1], [1, 1, 1]], [[3, -3, 3]],
            {"W1": [[0, 1]], "W2": [[1]]}, 2 * one + 8 * two + 2 * three,
            {"W1": [[1, 0]], "W2": [[1]]}, F(9, 2) * (one + two) + 2 * three, "affine-region",
        )  # fmt: skip
        document["data"]["counts"] = counts
        outcome = verify(document)
        assert outcome.accepted is good, outcome.reason
        assert good or "the residual is not orthogonal" in outcome.reason


def test_a_stated_subgradient_is_that_of_the_whole_column() -> None:
    """absolute, a fitted sample between two missed ones: 2 must be a subgradient, so count >= 2."""
    for count, good in ((1, False), (2, True), (3, True), (10**9, True)):
        document = certificate(
            network([2, 2, 1], ["relu", "linear"], loss="absolute"),
            [[-1, 0, 1], [1, 1, 1]], [[3, 1, 3]],
            {"W1": [[0, 1], [0, 1]], "W2": [[F(1, 2)] * 2]}, 4,
            {"W1": [[F(5, 2), F(1, 2)], [-F(5, 2), F(1, 2)]], "W2": [[1, 1]]}, 0,
            {"kind": "affine-region", "subgradient": [["-1", "2", "-1"]]},
        )  # fmt: skip
        document["data"]["counts"] = [1, count, 1]
        outcome = verify(document)
        assert outcome.accepted is good, outcome.reason
        assert good or "not one of the loss" in outcome.reason


BAD = {
    "zero": [1, 0], "negative": [1, -2], "a bool": [True, 1], "a fraction": ["1/2", 1],
    "a string": ["1", "1"], "a float": [1.0, 1], "too short": [2], "too long": [1, 1, 1],
    "none": None, "an object": {}, "a number": 2, "too large": [1, 10**18 + 1], "nothing": [],
    "a list": [[1], [1]], "null": [None, 1],
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_counts(what: str) -> None:
    outcome = verify(huber(BAD[what]))
    assert not outcome.accepted and "count" in outcome.reason, outcome.reason


@pytest.mark.parametrize("value", [(F(5, 2), F(3, 2)), (5, F(3, 2)), (F(5, 2), 3), (10, 3)])
def test_values_that_ignore_the_counts(value: tuple[Any, Any]) -> None:
    assert verify(huber([2, 2])).accepted
    outcome = verify(huber([2, 2], *value))
    assert not outcome.accepted and "is not the one stated" in outcome.reason


def test_counts_only_beside_samples_and_a_sum_over_them() -> None:
    symmetric = next(d for d in samples.accepted().values()
                     if d["problem"].get("map") == "W*W^T" and "X" not in d["data"])  # fmt: skip
    joint = next(d for d in samples.accepted().values()
                 if d["problem"]["loss"]["name"] == "quadratic_form")  # fmt: skip
    for base in (symmetric, joint):
        document = copy.deepcopy(base)
        size = len(document["data"].get("X", document["data"].get("Y", [[0]]))[0])
        document["data"]["counts"] = [1] * size
        assert "counts need samples X" in verify(document).reason
    for name in ("problem", "argument", "better_point"):
        document = huber([2, 2])
        document[name]["counts"] = [1, 1]
        assert "unknown field" in verify(document).reason


@pytest.mark.parametrize("kind", ["smooth", "split"])
def test_ball_arithmetic_counts_too(kind: str) -> None:
    make = {"smooth": smooth, "split": split}[kind]
    document = make(instances(f"{kind}_instances")[0])
    size = len(document["data"]["X"][0])
    assert verify_any(document).accepted
    document["data"]["counts"] = [3] * size
    assert not verify_any(document).accepted  # the values are those of single samples
    for place in ("local_minimum", "better_point"):
        value = document[place]["value"]
        ends = value if isinstance(value, dict) else {"lower": value, "upper": value}
        document[place]["value"] = {end: text(3 * F(x)) for end, x in ends.items()}
    assert verify_any(document).accepted, verify_any(document).reason
    document["data"]["counts"] = [3] * (size - 1) + [4]
    assert not verify_any(document).accepted
    for bad in ([3] * (size - 1), [0] * size, [True] * size):
        document["data"]["counts"] = bad
        assert "count" in verify_any(document).reason


def test_random_counts_agree_with_columns_written_out() -> None:
    """Accepted with counts exactly if accepted with the columns written out."""
    random = Random(4)
    seen = {True: 0, False: 0}
    names = [name for name in SAMPLED if "argument" in SAMPLED[name] and "subgradient" not in
             SAMPLED[name]["argument"] and "column" not in SAMPLED[name]["argument"]
             and "local_minimum" in SAMPLED[name]]  # fmt: skip
    for _ in range(80):
        short = copy.deepcopy(SAMPLED[random.choice(names)])
        counts = [random.choice((1, 1, 2, 3)) for _ in short["data"]["X"][0]]
        long = copy.deepcopy(short)
        short["data"]["counts"] = counts
        loss = long["problem"]["loss"]
        for part in (long["data"], loss):
            for name in {"X", "Y", "weights", "coefficients"} & part.keys():
                part[name] = [[x for x, c in zip(row, counts, strict=True) for _ in range(c)]
                              for row in part[name]]  # fmt: skip
        if not (restated(long) and restated(short)):
            continue
        assert all(short[place]["value"] == long[place]["value"]
                   for place in ("local_minimum", "better_point"))  # fmt: skip
        first, second = verify(short), verify(long)
        assert (first.accepted, first.reason) == (second.accepted, second.reason)
        seen[first.accepted] += 1
    assert seen[True] > 10 and seen[False] > 10, seen
