"""Exact numbers and matrices as people read them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.render.matrices import decimal, matrix, number, samples, two_values


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([["1", "0"], ["0", "1"]], "I"),
        ([["0", "0"], ["0", "0"]], "0"),
        ([["0", "0", "0"]], "0"),
        ([["3/2"]], "3/2"),
        ([["1"]], "1"),
        ([["1", "0"], ["0", "-3/4"]], "diag(1,-3/4)"),
        ([["1", "0"]], "[[1,0]]"),
        ([["1"], ["0"]], "[[1],[0]]"),
        ([["0", "1"], ["0", "0"]], "[[0,1],[0,0]]"),
        (["1/2", "0"], "(1/2,0)"),
        (["0", "0"], "0"),
        ([[{"log": "9"}]], "log 9"),
        ([[{"log": "3", "times": "-1/2"}, "0"]], "[[-1/2 log 3,0]]"),
        ([[{"log": "3", "times": "-1"}, "0"]], "[[-log 3,0]]"),
        ([["1"] * 9] * 2, "2 x 9, all 1"),
        ([["1"] + ["0"] * 8] * 2, "2 x 9, 0 except 1 at (1,1), (2,1)"),
        ([["1", "2", "3"] * 3] * 2, "2 x 9 matrix"),
        ([["1", "0", "3"] * 3] * 2, "2 x 9 matrix with 12 entries not 0"),
        ([["1" if i == j else "0" for j in range(50)] for i in range(50)], "I"),
        (
            [[("4" if i else "1") if i == j else "0" for j in range(20)] for i in range(20)],
            "diag(1, 19 times 4)",
        ),
        (["1"] * 9, "9 numbers"),
    ],
)
def test_matrix(rows: Any, shown: str) -> None:
    assert matrix(rows) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-7, 4), "-1.75"),
        (Fraction(1, 3), "0.333333.."),
        (Fraction(188888888, 10**8), "1.88888.."),
        (Fraction(10**9), "1e9"),
        (Fraction(123456), "123456"),
        (Fraction(1234567, 10), "123456.."),
        (Fraction(1, 10**7), "1e-7"),
        (Fraction(1, 1000), "0.001"),
    ],
)
def test_decimal(value: Fraction, shown: str) -> None:
    assert decimal(value) == shown


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.fractions(max_denominator=10**9))
def test_a_decimal_is_never_further_from_zero_than_the_value(value: Fraction) -> None:
    text = decimal(value)
    read = Fraction(text.replace("..", ""))
    assert abs(read) <= abs(value)
    assert abs(value - read) <= abs(value) / 10**5
    assert (".." not in text) == (read == value)


def test_numbers_and_enclosures() -> None:
    assert number("3/16") == "3/16"
    assert number(f"1/{3**60}").endswith("..e-29")
    assert number({"lower": "188887/100000", "upper": "188889/100000"}) == "1.8888.."
    assert number({"lower": "-1", "upper": "1"}) == "between -1 and 1"
    assert number({"lower": "1/2", "upper": "1/2"}) == "1/2"
    with pytest.raises(TypeError):
        number(1.5)


def test_two_values_are_shown_with_the_digits_that_tell_them_apart() -> None:
    one = {"lower": "18888812/10000000", "upper": "18888813/10000000"}
    two = {"lower": "18888802/10000000", "upper": "18888803/10000000"}
    local, better = two_values(one, two)
    assert local != better
    assert two_values("2", "1/2") == ("2", "1/2")


def test_repeated_samples_are_counted() -> None:
    x = [["1"] * 8 + ["0"] * 2, ["0"] * 8 + ["1"] * 2]
    y = [["1"] * 6 + ["-1"] * 2 + ["1"] * 2]
    assert samples(x, y) == "6 times (1,0) -> (1), 2 times (1,0) -> (-1), 2 times (0,1) -> (1)"
    assert samples([["1", "0"], ["0", "1"]], [["1", "2"]]) is None, "few enough to show"
    assert samples([["1"] * 9], [["1"] * 8]) is None, "not the same number of samples"
    distinct = [[str(k) for k in range(20)]]
    assert samples(distinct, distinct) is None, "nothing to count"
