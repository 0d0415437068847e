"""Enclosures against the float library; exactness of combinations of logarithms."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.kernel import numbers as n

WIDE = st.fractions(min_value=-7, max_value=7, max_denominator=60)
FUNCTIONS = {"exp": math.exp, "sin": math.sin, "arctan": math.atan, "erf": math.erf}


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FUNCTIONS)), WIDE)
def test_enclosures_hold_and_are_narrow(name: str, x: Fraction) -> None:
    low, high = n.bounds(getattr(n, name)(x, 80), 80)
    value = FUNCTIONS[name](float(x))
    assert high - low < Fraction(1, 1 << 60)
    assert abs(float(low) - value) <= 1e-13 * (1 + abs(value))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.fractions(min_value=Fraction(1, 500), max_value=1000, max_denominator=500))
def test_logarithms(x: Fraction) -> None:
    low, high = n.bounds(n.log(x, 80), 80)
    assert low <= high and high - low < Fraction(1, 1 << 70)
    assert abs(float(low) - math.log(x)) < 1e-13


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from(["exp", "sin", "arctan", "erf", "sigmoid"]),
    WIDE,
    st.fractions(0, 1, max_denominator=9),
)
def test_wide_arguments_contain_their_points(name: str, x: Fraction, t: Fraction) -> None:
    wide = n.Interval(x, x + Fraction(1, 4), 80)
    low, high = n.bounds(getattr(n, name)(wide, 80), 80)
    inner = n.bounds(getattr(n, name)(x + t / 4, 80), 80)
    assert low <= inner[1] and inner[0] <= high


def test_exact_zero_and_exact_exponentials() -> None:
    nine, three = n.log(Fraction(9), 80), n.log(Fraction(3), 80)
    assert n.is_zero(nine - three * Fraction(2)) and not n.is_zero(nine - three)
    assert n.exp(three * Fraction(-2), 80) == Fraction(1, 9)
    assert n.sign(nine - three * Fraction(2), "") == 0 and n.sign(three - nine, "") == -1
    assert n.is_zero(n.sigmoid(Fraction(3), 80) + n.sigmoid(Fraction(-3), 80) - Fraction(1))
    assert n.power(Fraction(4, 9), Fraction(-3, 2), 80) == Fraction(27, 8)


@pytest.mark.parametrize(
    "text", ["2/4", "+1", "01", "1e9", "-0", "1/1", "1/0", " 1", "1 ", "١", "1/01", "--1", "0x1"]
)
def test_numbers_that_are_not_canonical(text: str) -> None:
    with pytest.raises(n.Rejection):
        n.rational(text, "it")


def test_the_error_function_far_out_and_pi() -> None:
    low, high = n.bounds(n.erf(Fraction(9), 80), 80)
    assert low < 1 <= high
    assert abs(float(n.pi(80).lower) - math.pi) < 1e-15
