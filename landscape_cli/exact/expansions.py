"""Functions of truncated polynomials: exp, log and the others at a number plus small variables."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from . import numbers as n
from .numbers import EXACT, HALF, ONE, TWO, ZERO, Element, Number, Polynomial, need

SLOPES: dict[str, Callable[[Element], Element]] = {  # the derivative of each function
    "exp": lambda t: call("exp", t),
    "log": lambda t: call("inverse", t),
    "softplus": lambda t: sigmoid(t),
    "inverse": lambda t: -(call("inverse", t) * call("inverse", t)),
    "arctan": lambda t: call("inverse", t * t + ONE),
    "bell": lambda t: call("exp", -(t * t)),
    "sin": lambda t: call("cos", t),
    "cos": lambda t: -call("sin", t),
}


def moving(x: Element) -> Element:
    """The element without its value at 0; a rejection if it moves with unbounded variables."""
    still = all(m == () or max(m) >= 0 for m in n.coefficients(x))
    need(still, "a function that is no polynomial, of a value that is not near the point")
    return x - n.constant(x)


def substitute(coefficients: list[Any], t: Element) -> Element:
    """The polynomial with these coefficients at t (Horner)."""
    value: Element = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        value = value * t + c if c else value * t
    return value


def call(name: str, x: Element) -> Element:
    """A function of ``numbers`` at an element: the value, and the integral of its slope."""
    order = n.lift(x).order
    if order == EXACT:
        return n.function(name, x)
    base, rest = n.constant(x), moving(x)
    slope = n.coefficients(SLOPES[name](near(base, order - 1))) if order else {}
    terms = [slope.get((0,) * k, ZERO) * Fraction(1, k + 1) for k in range(order)]
    return substitute([n.function(name, base), *terms], rest) + Polynomial({}, order)


def near(base: Number, order: int) -> Element:
    """``base + t``, t the variable 0."""
    return n.small({(0,): ONE}, order) + base


def sigmoid(x: Element) -> Element:
    """The logistic function; sigmoid(-x) = 1 - sigmoid(x), exactly."""
    if n.bounds(n.constant(x))[1] < 0:
        return ONE - sigmoid(-x)
    return call("inverse", call("exp", -x) + ONE)


def tanh(x: Element) -> Element:
    """The hyperbolic tangent."""
    return sigmoid(x * TWO) * TWO - ONE


@cache
def erf_slope() -> Number:
    """``2/sqrt(pi)``, with pi/4 = arctan 1/2 + arctan 1/3."""
    pi = (n.function("arctan", HALF) + n.function("arctan", Fraction(1, 3))) * Fraction(4)
    return n.power(pi, -HALF) * TWO


def erf(x: Element) -> Element:
    """The error function."""
    return call("bell", x) * erf_slope()
