"""One entry of a loss at an exact output: value as a float, slope, a lower bound of the curvature.

Slopes keep the form of an irrational number, so that equal ones cancel exactly: a slope is a
rational combination of ``1`` (key None) and of named irrational numbers (tanh 2 is one, by its
symmetry tanh -2 is minus it). Nothing is rounded but in ``bounds`` (outwards) and ``cost``
(a guide only). Covers the losses of theory.md section 5.1 that are sums over entries.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from .numbers import Log

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
BITS = 80
Slope = dict[Any, Fraction]

NAMES = frozenset((
    "squared", "weighted_squared", "masked_squared", "huber", "log_cosh", "lp", "squared_hinge",
    "logistic", "poisson",
))  # fmt: skip
"""The losses known here."""

RESIDUAL = NAMES - {"squared_hinge", "logistic", "poisson"}
"""Those that are least, with slope 0, where the output is the target."""


class EntryLoss(NamedTuple):
    """A loss of the table with its parameter (delta or p; else 0)."""

    name: str
    parameter: Fraction = ZERO

    def slope(self, z: Any, y: Fraction, w: Fraction = ONE) -> Slope | None:
        """The derivative in z, a ``Fraction`` or ``Log``; None where it is not worked out."""
        name = self.name
        if isinstance(z, Log):
            return _slope_at_log(name, z, y)
        r = z - y
        if name in ("squared", "weighted_squared", "masked_squared"):
            return _plain(w * r)
        if name == "huber":
            return _plain(max(-self.parameter, min(self.parameter, r)))
        if name == "squared_hinge":
            return _plain(-y * max(ZERO, 1 - y * z))
        if name == "poisson":
            return {("exp", z): ONE, None: -y} if z else _plain(1 - y)
        if name == "logistic":
            if not z:
                return _plain(-y / 2)
            # -y sigmoid(-y z) is -1/2 tanh(..)-like: sigmoid(-t) = 1 - sigmoid(t).
            size, positive = abs(z), z > 0
            share = {("sigmoid", size): ONE} if positive else {None: ONE, ("sigmoid", size): -ONE}
            return _sum([(share, ONE), ({None: ONE}, -ONE if y > 0 else ZERO)])
        if not r:
            return {}
        side = ONE if r > 0 else -ONE
        if name == "log_cosh":
            return {("tanh", abs(r)): side}
        power = self.parameter - 1
        if power.denominator == 1:
            return _plain(side * abs(r) ** power.numerator)
        return {("power", abs(r)): side} if abs(r) != 1 else _plain(side)

    def bend(self, z: Any, y: Fraction, w: Fraction = ONE) -> Fraction | None:
        """A rational lower bound of the curvature on both sides; None if it is infinite."""
        name = self.name
        if isinstance(z, Log):
            share = _power_of(z)
            if share is None:
                return ZERO
            return share if name == "poisson" else share / (1 + share) ** 2
        r = z - y
        if name in ("squared", "weighted_squared", "masked_squared"):
            return w
        if name == "huber":
            return ONE if abs(r) < self.parameter else ZERO
        if name == "squared_hinge":
            return ONE if y * z < 1 else ZERO
        if name == "poisson":
            return _exponential(z)[0]
        if name == "logistic":
            low = _exponential(-abs(z))[0]
            return low / (1 + low) ** 2
        if name == "log_cosh":
            low = _exponential(-2 * abs(r))[0]
            return 4 * low / (1 + low) ** 2
        power = self.parameter - 2
        if not r:
            return None if power < 0 else ONE if power == 0 else ZERO
        low, high = _power(abs(r), abs(power))
        return (self.parameter - 1) * (low if power >= 0 else 1 / high)

    def bounds(self, slope: Slope) -> tuple[Fraction, Fraction]:
        """Rational bounds of a slope."""
        low = high = slope.get(None, ZERO)
        for key, c in slope.items():
            if key is None:
                continue
            one, other = (c * v for v in self._enclosure(*key))
            low, high = low + min(one, other), high + max(one, other)
        return low, high

    def _enclosure(self, kind: str, x: Fraction) -> tuple[Fraction, Fraction]:
        if kind == "exp":
            return _exponential(x)
        if kind == "power":
            return _power(x, self.parameter - 1)
        low, high = _exponential(-2 * x if kind == "tanh" else -x)
        if kind == "tanh":
            return (1 - high) / (1 + high), (1 - low) / (1 + low)
        return 1 / (1 + high), 1 / (1 + low)

    def cost(self, z: Any, y: float | Fraction, w: float | Fraction = ONE) -> float:
        """The loss of the entry, as a float."""
        name, t = self.name, float_of(z)
        r = t - float(y)
        if name in ("squared", "weighted_squared", "masked_squared"):
            return float(w) * r * r / 2
        if name == "huber":
            delta = float(self.parameter)
            return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)
        if name == "log_cosh":
            return abs(r) + math.log1p(math.exp(-2 * abs(r))) - math.log(2)
        if name == "lp":
            p = float(self.parameter)
            return float(abs(r) ** p / p)
        margin = float(y) * t
        if name == "squared_hinge":
            return max(0.0, 1 - margin) ** 2 / 2
        if name == "logistic":
            return max(0.0, -margin) + math.log1p(math.exp(-abs(margin)))
        return math.exp(min(t, 300.0)) - float(y) * t


def float_slope(loss: EntryLoss, z: float, y: float, w: float) -> float:
    """The derivative of the entry in floats."""
    name, r = loss.name, z - y
    if name in ("squared", "weighted_squared", "masked_squared"):
        return w * r
    if name == "huber":
        delta = float(loss.parameter)
        return max(-delta, min(delta, r))
    if name == "log_cosh":
        return math.tanh(r)
    if name == "lp":
        return math.copysign(abs(r) ** (float(loss.parameter) - 1), r)
    if name == "squared_hinge":
        return -y * max(0.0, 1 - y * z)
    if name == "logistic":
        return -y / (1 + math.exp(min(y * z, 500.0)))
    return math.exp(min(z, 50.0)) - y


def float_of(value: Any) -> float:
    """A rational or a logarithm, as a float."""
    if isinstance(value, Log):
        return float(value.times) * math.log(value.argument)
    return float(value)


def scaled(value: Any, factor: Fraction) -> Any:
    """A rational or a logarithm times a rational."""
    if not factor:
        return ZERO
    if isinstance(value, Log):
        return Log(value.argument, value.times * factor)
    return value * factor


def _plain(value: Fraction) -> Slope:
    return {None: value} if value else {}


def _sum(parts: Iterable[tuple[Mapping[Any, Fraction], Fraction]]) -> Slope:
    """A combination of slopes."""
    total: Slope = {}
    for slope, factor in parts:
        if not factor:
            continue
        for key, c in slope.items():
            value = total.get(key, ZERO) + factor * c
            if value:
                total[key] = value
            else:
                del total[key]
    return total


combined: Callable[[Iterable[tuple[Mapping[Any, Fraction], Fraction]]], Slope] = _sum


def _power_of(z: Log) -> Fraction | None:
    """exp(z) where the multiple of the logarithm is an integer."""
    if z.times.denominator != 1 or abs(z.times) > 50:
        return None
    return z.argument ** int(z.times)


def _slope_at_log(name: str, z: Log, y: Fraction) -> Slope | None:
    value = _power_of(z)
    if value is None:
        return None
    if name == "poisson":
        return _plain(value - y)
    if name == "logistic":
        return _plain(-1 / (1 + value) if y > 0 else value / (1 + value))
    return None


# --- enclosures ----------------------------------------------------------------------------------


def _down(x: Fraction) -> Fraction:
    return Fraction((x.numerator << BITS) // x.denominator, 1 << BITS)


def _up(x: Fraction) -> Fraction:
    return -_down(-x)


@lru_cache(4096)
def _exponential(x: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of exp(x): Taylor series at x / 2^s in (-1/2, 1/2), then squared s times."""
    if x < -200:
        return ZERO, Fraction(1, 1 << 200)
    if x > 200:
        low, high = _exponential(-x)
        return (1 / high, 1 / low) if low else (Fraction(1 << 200), Fraction(1 << 2000))
    halvings = max(0, int(abs(x)).bit_length() + 1)
    t = x / (1 << halvings)
    term, low = ONE, ONE
    for k in range(1, 24):
        term = term * t / k
        low += term
        term, low = Fraction(_down(term)), Fraction(_down(low))
    # The rest of the series and all roundings down are below 2^-70 together.
    slack = Fraction(1, 1 << (BITS - 10))
    low, high = low - slack, low + slack
    for _ in range(halvings):
        low, high = _down(low * low), _up(high * high)
    return low, high


@lru_cache(4096)
def _power(x: Fraction, p: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of x^p for x > 0, p >= 0: an integer root, rounded outwards."""
    base = x ** int(p)
    rest = p - int(p)
    if not rest:
        return base, base
    a, b = rest.numerator, rest.denominator
    if b > 64:
        return base * min(ONE, x), base * max(ONE, x)
    value = x**a
    shift = BITS * b
    scaled_value = (value.numerator << shift) // value.denominator
    root = _integer_root(scaled_value, b)
    return base * Fraction(root, 1 << BITS), base * Fraction(root + 1, 1 << BITS)


def logarithm(value: Log) -> tuple[Fraction, Fraction]:
    """Bounds of a logarithm: a float, moved until the exponential proves it."""
    guess, step = Fraction(math.log(value.argument)), Fraction(1, 10**9)
    low, high = guess - step, guess + step
    while _exponential(low)[1] > value.argument:
        low -= step
        step *= 2
    while _exponential(high)[0] < value.argument:
        high += step
        step *= 2
    ends = sorted((low * value.times, high * value.times))
    return ends[0], ends[1]


def _integer_root(value: int, degree: int) -> int:
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low
