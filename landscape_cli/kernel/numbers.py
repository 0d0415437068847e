"""Numbers of the kernel: rationals, rational combinations of symbols, and enclosures.

A number is a ``Fraction``, a ``Symbolic`` (exact, irrational) or an ``Interval``. They mix under
``+ - *``: the result stays exact where it can and is an enclosure where it can't. A product with
an exact zero is exactly zero.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd, isqrt
from typing import TypeAlias

RATIONAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:/[1-9][0-9]*)?")
LONGEST = 2000  # characters of a rational
ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
SELU_SCALE = Fraction(10507009873554804934193349852946, 10**31)
SELU_ALPHA = Fraction(16732632423543772848170429916717, 10**31)
PRECISIONS = (80, 160, 320, 640)  # bits after the point, tried in this order


class Rejection(Exception):
    """The document is not accepted; the message says why in plain words."""


class Undecided(Rejection):
    """A sign that more bits may settle."""


def rational(value: object, what: str) -> Fraction:
    """A canonical rational string: lowest terms; no ``+``, leading zero, ``-0`` or ``/1``."""
    if not isinstance(value, str) or len(value) > LONGEST or not RATIONAL.fullmatch(value):
        raise Rejection(f"{what} is not a canonical rational string (such as -3/16)")
    top, _, bottom = value.partition("/")
    over, under = int(top), int(bottom or "1")
    if gcd(over, under) != 1 or bottom == "1" or value == "-0":
        raise Rejection(f"{what} is not in lowest terms or not canonical: {value[:40]}")
    return Fraction(over, under)


class Interval:
    """All reals from ``lower`` to ``upper``; every operation rounds outwards to ``bits``."""

    __slots__ = ("bits", "lower", "upper")

    def __init__(self, lower: Fraction, upper: Fraction, bits: int) -> None:
        scale = 1 << bits
        self.lower = Fraction((lower.numerator * scale) // lower.denominator, scale)
        self.upper = Fraction(-((-upper.numerator * scale) // upper.denominator), scale)
        self.bits = bits

    def __bool__(self) -> bool:
        return self.lower != 0 or self.upper != 0

    def __neg__(self) -> Interval:
        return Interval(-self.upper, -self.lower, self.bits)

    def __add__(self, other: Number) -> Interval:
        if not isinstance(other, (Fraction, Symbolic, Interval)):
            return NotImplemented
        low, high = bounds(other, self.bits)
        return Interval(self.lower + low, self.upper + high, self.bits)

    def __mul__(self, other: Number) -> Number:
        if not isinstance(other, (Fraction, Symbolic, Interval)):
            return NotImplemented
        if not other:
            return ZERO
        low, high = bounds(other, self.bits)
        ends = [a * b for a in (self.lower, self.upper) for b in (low, high)]
        return Interval(min(ends), max(ends), self.bits)

    def __sub__(self, other: Number) -> Interval:
        return self + -other

    def __rsub__(self, other: Number) -> Interval:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__


class Symbolic:
    """``sum of coefficient * atom``, exact; never rational-valued in form.

    Atoms: ``()`` is 1; ``("log", r)``, ``("exp", x)``, ``("sigmoid", x)`` with x > 0,
    ``("power", r, q)`` is r^q, ``("selu",)`` is the scale of selu.
    """

    __slots__ = ("bits", "parts")

    def __init__(self, parts: dict[tuple[object, ...], Fraction], bits: int) -> None:
        self.parts = parts
        self.bits = bits

    def __neg__(self) -> Number:
        return self * Fraction(-1)

    def __add__(self, other: Number) -> Number:
        if isinstance(other, Fraction):
            other = Symbolic({(): other}, self.bits)
        if not isinstance(other, Symbolic):
            return NotImplemented
        parts = dict(self.parts)
        for atom, coefficient in other.parts.items():
            parts[atom] = parts.get(atom, ZERO) + coefficient
        parts = {atom: c for atom, c in parts.items() if c}
        if all(atom == () for atom in parts):
            return parts.get((), ZERO)
        return Symbolic(parts, self.bits)

    def __mul__(self, other: Number) -> Number:
        if isinstance(other, Fraction):
            if not other:
                return ZERO
            return Symbolic({atom: c * other for atom, c in self.parts.items()}, self.bits)
        if isinstance(other, Symbolic):
            return Interval(*bounds(self, self.bits), self.bits) * other
        return NotImplemented

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __rsub__(self, other: Number) -> Number:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__


Number: TypeAlias = Fraction | Symbolic | Interval


def bounds(x: Number, bits: int) -> tuple[Fraction, Fraction]:
    """Rational lower and upper bounds of a number."""
    if isinstance(x, Fraction):
        return x, x
    if isinstance(x, Interval):
        return x.lower, x.upper
    low = high = ZERO
    for atom, coefficient in x.parts.items():
        ends = _atom_bounds(atom, bits)
        low += min(coefficient * end for end in ends)
        high += max(coefficient * end for end in ends)
    return low, high


def _atom_bounds(atom: tuple[object, ...], bits: int) -> tuple[Fraction, Fraction]:
    if not atom:
        return ONE, ONE
    if atom[0] == "selu":
        return SELU_SCALE, SELU_SCALE
    x = atom[1]
    assert isinstance(x, Fraction)
    value: Number
    if atom[0] == "log":
        value = _log(x, bits)
    elif atom[0] == "exp":
        value = _exp(x, bits)
    elif atom[0] == "sigmoid":
        value = inverse(_exp(-x, bits) + ONE, bits)
    else:
        power = atom[2]
        assert isinstance(power, Fraction)
        exponent = _log(x, bits + 16) * power
        return _exp(bounds(exponent, bits)[0], bits).lower, _exp(
            bounds(exponent, bits)[1], bits
        ).upper
    return bounds(value, bits)


def is_zero(x: Number) -> bool:
    """Whether the number is exactly zero, provably: sums of logarithms by their product."""
    if isinstance(x, Symbolic):
        return exp_of_logarithms(x) == 1
    return not x


def sign(x: Number, what: str) -> int:
    """The sign, -1, 0 or 1; a rejection where enclosures don't settle it."""
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    if is_zero(x):
        return 0
    for bits in PRECISIONS:
        low, high = bounds(x, bits)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
    raise Undecided(f"the sign of {what} can't be decided")


def exp_of_logarithms(x: Symbolic) -> Fraction | None:
    """``exp(x)`` where x is a combination of logarithms and exp(x) is rational, else None."""
    if any(not atom or atom[0] != "log" for atom in x.parts):
        return None
    root = 1
    for c in x.parts.values():
        root = root * c.denominator // gcd(root, c.denominator)
    product = ONE
    for atom, c in x.parts.items():
        base, power = atom[1], int(c * root)
        assert isinstance(base, Fraction)
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(power) * size > 200_000:
            raise Rejection("a power of a logarithm's argument is too large")
        product *= base**power
    return exact_root(product, root)


def exact_root(x: Fraction, degree: int) -> Fraction | None:
    """The rational root of x > 0 of that degree, or None."""

    def integer_root(n: int) -> int | None:
        low, high = 1, 1 << (n.bit_length() // degree + 1)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**degree <= n else (low, middle - 1)
        return low if low**degree == n else None

    top, bottom = integer_root(x.numerator), integer_root(x.denominator)
    return Fraction(top, bottom) if top is not None and bottom is not None else None


def power(base: Fraction, exponent: Fraction, bits: int) -> Number:
    """``base^exponent`` for base > 0; rational where it is, up to roots of degree 1000."""
    if abs(exponent) > 1000:
        raise Rejection("the exponent of a power is too large")
    if base == 1:
        return ONE
    root = exact_root(base, exponent.denominator) if exponent.denominator <= 1000 else None
    if root is not None:
        return root**exponent.numerator
    return Symbolic({("power", base, exponent): ONE}, bits)


def inverse(x: Number, bits: int) -> Number:
    """``1/x``; a rejection where x may be zero."""
    low, high = bounds(x, bits)
    if low <= 0 <= high:
        raise Rejection("a division by a number that may be zero")
    return ONE / x if isinstance(x, Fraction) else Interval(ONE / high, ONE / low, bits)


def exp(x: Number, bits: int) -> Number:
    """The exponential, exact at 0 and at combinations of logarithms where it is rational."""
    if isinstance(x, Fraction):
        return Symbolic({("exp", x): ONE}, bits) if x else ONE
    if isinstance(x, Symbolic) and (value := exp_of_logarithms(x)) is not None:
        return value
    low, high = bounds(x, bits)
    return Interval(_exp(low, bits).lower, _exp(high, bits).upper, bits)


def log(x: Number, bits: int) -> Number:
    """The natural logarithm of a positive number."""
    if isinstance(x, Fraction) and x > 0:
        return Symbolic({("log", x): ONE}, bits) if x != 1 else ZERO
    low, high = bounds(x, bits)
    if low <= 0:
        raise Rejection("the logarithm of a number that may not be positive")
    return Interval(_log(low, bits).lower, _log(high, bits).upper, bits)


def sigmoid(x: Number, bits: int) -> Number:
    """``1/(1 + exp(-x))``, with sigmoid(-x) = 1 - sigmoid(x) kept exact."""
    if isinstance(x, Fraction) and x:
        part = Symbolic({("sigmoid", abs(x)): ONE}, bits)
        return part if x > 0 else ONE - part
    return inverse(ONE + exp(-x, bits), bits)


def _exp(x: Fraction, bits: int) -> Interval:
    if abs(x) > 5000:
        raise Rejection("the exponential of a number beyond 5000")
    if x < 0:
        grown = _exp(-x, bits)
        return Interval(ONE / grown.upper, ONE / grown.lower, bits)
    halvings = int(x).bit_length() + 3
    work = bits + halvings + 2 * int(x) + 16
    small = Interval(x / 2**halvings, x / 2**halvings, work)
    total = term = Interval(ONE, ONE, work)
    count = 1
    while term.upper > Fraction(1, 1 << work):
        term = Interval(*bounds(term * small * Fraction(1, count), work), work)
        total, count = total + term, count + 1
    total = Interval(total.lower, total.upper + 2 * term.upper, work)  # the tail is below 2 terms
    for _ in range(halvings):
        total = Interval(total.lower * total.lower, total.upper * total.upper, work)
    return Interval(total.lower, total.upper, bits)


def _log(x: Fraction, bits: int) -> Interval:
    work = bits + 24
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    scaled = x / 2**shift if shift >= 0 else x * 2**-shift  # in (1/2, 2)
    if scaled > Fraction(4, 3):
        scaled, shift = scaled / 2, shift + 1
    value = _atanh((scaled - 1) / (scaled + 1), work) + _atanh(Fraction(1, 3), work) * Fraction(
        shift
    )
    return Interval(2 * value.lower, 2 * value.upper, bits)


def _atanh(t: Fraction, bits: int, alternate: int = 1) -> Interval:
    """The series of atanh (``alternate`` -1: of arctan) for |t| <= 1/2."""
    power: Number = Interval(t, t, bits)
    square = power * power * Fraction(alternate)
    total: Number = ZERO
    count = 1
    while isinstance(power, Interval) and max(-power.lower, power.upper) > Fraction(
        1, 1 << (bits - 2)
    ):
        total, power, count = total + power * Fraction(1, count), power * square, count + 2
    rest = Fraction(1, 1 << (bits - 3))  # the tail: a geometric series of ratio at most 1/4
    return Interval(-rest, rest, bits) + total


def arctan(x: Number, bits: int) -> Number:
    """The arc tangent, by enclosures (Lipschitz constant 1 from the midpoint)."""
    low, high = bounds(x, bits)
    t, work = (low + high) / 2, bits + 16
    size = abs(t)
    value: Number
    part = _atanh(HALF, work, -1)  # arctan t = arctan 1/2 + arctan((t - 1/2)/(1 + t/2)), t >= 0
    if size > 1:  # arctan t = pi/2 - arctan(1/t)
        value = pi(work) * HALF - (part + _atanh((1 / size - HALF) / (1 + HALF / size), work, -1))
    else:
        value = part + _atanh((size - HALF) / (1 + HALF * size), work, -1)
    return _widen(value if t >= 0 else -value, (high - low) / 2, bits)


def pi(bits: int) -> Interval:
    """Machin's formula."""
    fifth, other = _atanh(Fraction(1, 5), bits + 8, -1), _atanh(Fraction(1, 239), bits + 8, -1)
    return Interval(*bounds(fifth * Fraction(16) - other * Fraction(4), bits), bits)


def sin(x: Number, bits: int) -> Number:
    """The sine, by its Taylor series at the midpoint (Lipschitz constant 1)."""
    low, high = bounds(x, bits)
    return _widen(
        _taylor((low + high) / 2, bits, lambda k: Fraction(-1, 2 * k * (2 * k + 1))),
        (high - low) / 2,
        bits,
    )


def cos(x: Number, bits: int) -> Number:
    """The cosine: the sine a quarter turn on."""
    return sin(x + pi(bits + 8) * HALF, bits)


def erf(x: Number, bits: int) -> Number:
    """The error function, by its Taylor series at the midpoint (Lipschitz constant below 2)."""
    low, high = bounds(x, bits)
    t = (low + high) / 2
    if abs(t) > 8:  # 1 - erf(t) < exp(-t^2) <= exp(-64) < 2^-92
        limit = Interval(ONE - Fraction(1, 1 << 92), ONE, max(bits, 100))
        return _widen(limit if t > 0 else -limit, high - low, bits)
    series = _taylor(t, bits + 8, lambda k: Fraction(-(2 * k - 1), k * (2 * k + 1)))
    return _widen(series * erf_slope(bits), high - low, bits)


def erf_slope(bits: int) -> Interval:
    """``2/sqrt(pi)``."""
    circle, scale = pi(bits + 8), 1 << (2 * bits + 16)
    low, high = (isqrt(int(end * scale)) + up for end, up in ((circle.lower, 0), (circle.upper, 1)))
    return Interval(Fraction(2 << (bits + 8), high), Fraction(2 << (bits + 8), low), bits + 8)


def _taylor(t: Fraction, bits: int, ratio: object) -> Interval:
    """``sum of a_k t^(2k+1)``, a_0 = 1, a_k = ratio(k) a_(k-1); it stops once terms halve."""
    if abs(t) > 100:
        raise Rejection("an argument beyond 100 of a function with a Taylor series")
    assert callable(ratio)
    work = bits + 4 * int(t * t if abs(t) < 9 else abs(t)) + 32
    term: Number = Interval(t, t, work)
    square = Fraction(t * t)
    total, k = Interval(ZERO, ZERO, work), 0
    while True:
        total, k = total + term, k + 1
        term = term * square * ratio(k)
        low, high = bounds(term, work)
        if abs(ratio(k) * square) <= HALF and max(-low, high) < Fraction(1, 1 << (bits + 4)):
            rest = 4 * max(-low, high)
            return total + Interval(-rest, rest, work)


def _widen(x: Number, radius: Fraction, bits: int) -> Interval:
    low, high = bounds(x, bits)
    return Interval(low - radius, high + radius, bits)
