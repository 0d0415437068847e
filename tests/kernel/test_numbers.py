"""Enclosures against the float library; exactness of combinations of logarithms."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.exact import expansions
from landscape_cli.exact import numbers as n

WIDE = st.fractions(min_value=-7, max_value=7, max_denominator=60)
FUNCTIONS = {"exp": math.exp, "sin": math.sin, "cos": math.cos, "arctan": math.atan,
             "bell": lambda x: math.erf(x) * math.sqrt(math.pi) / 2,
             "softplus": lambda x: math.log(1 + math.exp(x))}  # fmt: skip
NARROW = Fraction(1, 1 << 600)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.sampled_from(sorted(FUNCTIONS)), WIDE)
def test_enclosures_hold_and_are_narrow(name: str, x: Fraction) -> None:
    low, high = n.bounds(n.function(name, x))
    value = FUNCTIONS[name](float(x))
    assert low <= high and high - low < NARROW
    assert abs(float(low) - value) <= 1e-13 * (1 + abs(value))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.fractions(min_value=Fraction(1, 500), max_value=1000, max_denominator=500))
def test_logarithms(x: Fraction) -> None:
    low, high = n.bounds(n.function("log", x))
    assert low <= high and high - low < NARROW
    assert abs(float(low) - math.log(x)) < 1e-13


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from([*sorted(FUNCTIONS), "log", "inverse"]),
    st.fractions(Fraction(1, 9), 7, max_denominator=60),
    st.fractions(0, 1, max_denominator=9),
)
def test_wide_arguments_contain_their_points(name: str, x: Fraction, t: Fraction) -> None:
    wide = n.enclosed("a number", x, x + Fraction(1, 4))
    low, high = n.bounds(n.function(name, wide))
    inner = n.bounds(n.function(name, x + t / 4))
    assert low <= inner[1] and inner[0] <= high


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(sorted({*expansions.SLOPES} - {"inverse", "log"})), WIDE)
def test_expansions_agree_with_values_nearby(name: str, x: Fraction) -> None:
    """f(x + h) = f + f' h + f'' h^2/2 + O(h^3), with h = 10^-6."""
    found = n.coefficients(expansions.call(name, n.small({(0,): Fraction(1)}, 2) + x))
    h = Fraction(1, 10**6)
    value = sum(((found.get((0,) * k, n.ZERO)) * h**k for k in range(3)), n.ZERO)
    low, high = n.bounds(value - n.function(name, x + h))
    assert max(abs(low), abs(high)) < h**3 * 10**4


def test_enclosures_of_sums_and_products_round_outwards() -> None:
    third = n.enclosed("a third", Fraction(1, 3), Fraction(1, 3))
    for value, exact in ((third * third, Fraction(1, 9)), (third * Fraction(-7), Fraction(-7, 3)),
                         (third - Fraction(1, 3), 0), (third + third * third, Fraction(4, 9)),
                         (n.function("inverse", third), 3)):  # fmt: skip
        low, high = n.bounds(value)
        assert low <= exact <= high and 0 <= high - low < NARROW


def test_exact_zero_and_exact_exponentials() -> None:
    nine, three = n.function("log", Fraction(9)), n.function("log", Fraction(3))
    assert n.is_zero(nine - three * Fraction(2)) and not n.is_zero(nine - three)
    assert n.function("exp", three * Fraction(-2)) == Fraction(1, 9)
    assert n.sign(nine - three * Fraction(2), "") == 0 and n.sign(three - nine, "") == -1
    sigmoid = expansions.sigmoid(Fraction(3)) + expansions.sigmoid(Fraction(-3))
    assert n.is_zero(sigmoid - Fraction(1))
    assert n.power(Fraction(4, 9), Fraction(-3, 2)) == Fraction(27, 8)
    root = n.power(Fraction(2), Fraction(1, 3))
    assert not isinstance(root, Fraction) and not n.is_zero(root - Fraction(5, 4))
    assert n.is_zero(root * nine - nine * root)


def test_a_number_of_many_terms_keeps_a_true_enclosure() -> None:
    numbers = [n.function("exp", Fraction(k)) for k in range(1, 80)]
    value = n.total(numbers)
    low, high = n.bounds(value)
    assert len(value.terms) < 80 and low < high
    assert low <= sum(n.bounds(x)[1] for x in numbers)
    assert high >= sum(n.bounds(x)[0] for x in numbers) and high - low < NARROW


@pytest.mark.parametrize(
    "text", ["2/4", "+1", "01", "1e9", "-0", "1/1", "1/0", " 1", "1 ", "١", "1/01", "--1", "0x1"]
)
def test_numbers_that_are_not_canonical(text: str) -> None:
    with pytest.raises(n.Rejection):
        n.rational(text, "it")


def test_the_error_function_far_out() -> None:
    for x in (9, 16, 20, 21, 10**6):
        low, high = n.bounds(expansions.erf(Fraction(x)))
        assert 1 - Fraction(1, 1 << 90) < low < high <= 1 + Fraction(1, 1 << 560)
    for name, x in (("exp", 2001), ("sin", 2001)):
        with pytest.raises(n.Rejection):
            n.function(name, Fraction(x))
