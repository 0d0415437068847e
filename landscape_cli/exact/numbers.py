"""Exact numbers and truncated polynomials: rational combinations of products of atoms.

An irrational number keeps its form (log 9, 2 exp 1 - 1/3), so that equal numbers cancel exactly,
and every atom carries an enclosure with rational ends that are rounded outwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Any, NamedTuple, TypeAlias

RATIONAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:/[1-9][0-9]*)?")
BITS = 640  # after the point, of an enclosure
EXACT = 10**9  # the order of a number
MOST_TERMS = 1_000_000  # of one polynomial
MOST_ATOMS = 24  # terms of a polynomial before its long coefficients keep their enclosure only
ZERO, ONE, TWO, HALF = Fraction(0), Fraction(1), Fraction(2), Fraction(1, 2)


class Rejection(Exception):
    """The document is not accepted; the message says why in plain words."""


def need(condition: object, reason: str) -> None:
    """A rejection for that reason unless the condition holds."""
    if not condition:
        raise Rejection(reason)


def rational(value: Any, what: str) -> Fraction:
    """A canonical rational string: lowest terms; no ``+``, leading zero, ``-0`` or ``/1``."""
    good = isinstance(value, str) and len(value) <= 2000 and RATIONAL.fullmatch(value)
    need(good, f"{what} is not a canonical rational string (such as -3/16)")
    top, _, bottom = value.partition("/")
    canonical = gcd(int(top), int(bottom or "1")) == 1 and bottom != "1" and value != "-0"
    need(canonical, f"{what} is not in lowest terms or not canonical: {value[:40]}")
    return Fraction(int(top), int(bottom or "1"))


class Atom(NamedTuple):
    """An irrational number, ``lower`` <= it <= ``upper``; equal names are equal numbers."""

    name: Any
    lower: Fraction
    upper: Fraction


class Polynomial:
    """A polynomial with rational coefficients in numbered variables and atoms, truncated.

    ``terms``: coefficients by sorted tuples of variables and of atoms. Variables >= 0 are small:
    they count towards the degree, and terms of a degree above ``order`` are dropped. Negative
    ones are unbounded and never dropped. Without variables and with order ``EXACT`` it is a number.
    """

    __slots__ = ("order", "terms")

    def __init__(self, terms: dict[Any, Fraction], order: int = EXACT) -> None:
        self.terms = {key: c for key, c in terms.items() if c}
        self.order = order
        need(len(self.terms) <= MOST_TERMS, "a polynomial has too many terms")

    def made(self, terms: dict[Any, Fraction], order: int) -> Element:
        """The value with those terms: a ``Fraction`` if it can be; many atoms become one."""
        found = Polynomial(terms, order)
        if order == EXACT and found.terms.keys() <= {((), ())}:
            return found.terms.get(((), ()), ZERO)
        if len(found.terms) <= MOST_ATOMS or not any(atoms for _, atoms in found.terms):
            return found
        short = [(m, enclosed(object(), *bounds(x)) if len(lift(x).terms) > 8 else x)
                 for m, x in coefficients(found).items()]  # fmt: skip
        return Polynomial({(m, a): c for m, x in short for (_, a), c in lift(x).terms.items()},
                          order)  # fmt: skip

    def __bool__(self) -> bool:  # what is 0 up to an order only is not 0
        return bool(self.terms) or self.order < EXACT

    def __add__(self, other: Element) -> Element:
        other = lift(other)
        terms = dict(self.terms)
        for key, c in other.terms.items():
            terms[key] = terms[key] + c if key in terms else c
        return self.made(terms, min(self.order, other.order))

    def __mul__(self, other: Element) -> Element:
        if isinstance(other, Fraction):
            return self.made({key: c * other for key, c in self.terms.items()}, self.order)
        need(len(self.terms) * len(other.terms) <= 20 * MOST_TERMS, "a product is too long")
        terms: dict[Any, Fraction] = {}
        order = min(self.order, other.order)
        for (m, atoms), c in self.terms.items():
            room = order - sum(v >= 0 for v in m)
            for (k, others), d in other.terms.items():
                if sum(v >= 0 for v in k) <= room:
                    both = tuple(sorted(atoms + others, key=hash)) if atoms and others else ()
                    key = tuple(sorted(m + k)), both or atoms + others
                    terms[key] = terms[key] + c * d if key in terms else c * d
        return self.made(terms, order)

    def __neg__(self) -> Element:
        return self * -ONE

    def __sub__(self, other: Element) -> Element:
        return self + -other

    def __rsub__(self, other: Element) -> Element:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


Number: TypeAlias = Fraction | Polynomial  # the latter in atoms only
Element: TypeAlias = Any  # a number, or a polynomial in variables, too


def small(terms: dict[Any, Fraction], order: int) -> Polynomial:
    """The polynomial in variables with those coefficients."""
    return Polynomial({(m, ()): c for m, c in terms.items()}, order)


def lift(x: Element) -> Polynomial:
    """A number as a polynomial."""
    return x if isinstance(x, Polynomial) else Polynomial({((), ()): x})


def total(parts: Iterable[Element]) -> Element:
    """The sum of many elements."""
    terms: dict[Any, Fraction] = {}
    order = EXACT
    for part in map(lift, parts):
        order = min(order, part.order)
        for key, c in part.terms.items():
            terms[key] = terms[key] + c if key in terms else c
    return Polynomial(terms, order) + ZERO


def coefficients(x: Element) -> dict[tuple[int, ...], Number]:
    """By product of variables its coefficient, a number."""
    found: dict[tuple[int, ...], dict[Any, Fraction]] = {}
    for (m, atoms), c in lift(x).terms.items():
        found.setdefault(m, {})[(), atoms] = c
    one = ((), ())
    return {m: part[one] if part.keys() == {one} else Polynomial(part)
            for m, part in found.items()}  # fmt: skip


def constant(x: Element) -> Number:
    """The value where all variables are 0."""
    return x if lift(x).order == EXACT else coefficients(x).get((), ZERO)


def enclosed(name: object, lower: Fraction, upper: Fraction) -> Polynomial:
    """The number of that name between the ends, which are rounded outwards."""
    low, high = ((x.numerator << BITS) // x.denominator for x in (lower, -upper))
    atom = Atom(name, Fraction(low, 1 << BITS), Fraction(-high, 1 << BITS))
    return Polynomial({((), (atom,)): ONE})


def bounds(x: Number) -> tuple[Fraction, Fraction]:
    """Rational lower and upper bounds, both the number itself if it is rational."""
    low = high = ZERO
    for (_, atoms), c in lift(x).terms.items():
        one = other = c
        for atom in atoms:
            products = [a * b for a in (one, other) for b in (atom.lower, atom.upper)]
            one, other = min(products), max(products)
        low, high = low + one, high + other
    return low, high


def is_zero(x: Number) -> bool:
    """Whether the number is exactly zero, provably: sums of logarithms by their product."""
    if isinstance(x, Fraction) or not x:
        return not x
    low, high = bounds(x)
    return low <= 0 <= high and (power := exp_of_logarithms(x)) is not None and power[0] == 1


def sign(x: Number, what: str) -> int:
    """The sign, -1, 0 or 1; a rejection where the enclosure doesn't settle it."""
    low, high = bounds(x)
    need(low > 0 or high < 0 or is_zero(x), f"the sign of {what} can't be decided")
    return (low > 0) - (high < 0)


def exp_of_logarithms(x: Polynomial) -> tuple[Fraction, int] | None:
    """(``exp(m x)``, m), rational, where x is a rational combination of logarithms, else None."""
    degree, product, size = lcm(*(c.denominator for c in x.terms.values())), ONE, ZERO
    for (_, atoms), c in x.terms.items():
        name = atoms[0].name if len(atoms) == 1 else None
        if not isinstance(name, tuple) or name[0] != "log" or not isinstance(name[1], Fraction):
            return None
        bits = max(name[1].numerator.bit_length(), name[1].denominator.bit_length())
        size += abs(c * degree) * bits
        if size > 200_000:
            return None  # too large to tell
        product *= name[1] ** int(c * degree)
    return product, degree


def _root(n: int, degree: int) -> int | None:
    """The exact root of n > 0, by Newton's iteration from above."""
    if degree >= n.bit_length():
        return 1 if n == 1 else None
    found = 1 << -(-n.bit_length() // degree)
    while True:
        lower = ((degree - 1) * found + n // found ** (degree - 1)) // degree
        if lower >= found:
            return found if found**degree == n else None
        found = lower


# --- functions: Taylor series at 0 in integers, with a running bound of the rounding errors -------

Bounds: TypeAlias = tuple[Fraction, Fraction]
RATIOS: dict[str, Callable[[Fraction, int], Fraction]] = {  # a_(k+1) / a_k
    "exp": lambda x, k: x / (k + 1),
    "cos": lambda x, k: -x * x / ((2 * k + 1) * (2 * k + 2)),
    "sin": lambda x, k: -x * x / ((2 * k + 2) * (2 * k + 3)),
    "bell": lambda x, k: -x * x * Fraction(2 * k + 1, (k + 1) * (2 * k + 3)),
    "arctan": lambda x, k: -x * x * Fraction(2 * k + 1, 2 * k + 3),
    "artanh": lambda x, k: x * x * Fraction(2 * k + 1, 2 * k + 3),
}


@lru_cache(100)  # log needs one value again and again
def _series(name: str, x: Fraction) -> Bounds:
    """Bounds of the sum; a ratio that is at most 1/2 in size stays so, in all of the table.

    The first term is 1 or x, and the tail from there on at most twice its first term.
    """
    bits = BITS + 32 + 3 * int(x * x if name == "bell" else abs(x))
    first = ONE if name in ("exp", "cos") else x
    term, error = (first.numerator << bits) // first.denominator, 1
    sum_, slack, k = 0, 0, 0
    while True:
        ratio = RATIOS[name](x, k)
        sum_, slack, k = sum_ + term, slack + error, k + 1
        term = term * ratio.numerator // ratio.denominator
        error = int(error * abs(ratio)) + 2
        if abs(term) <= error and 2 * abs(ratio) <= 1:
            slack += 4 * error
            return Fraction(sum_ - slack, 1 << bits), Fraction(sum_ + slack, 1 << bits)


def _enclosure(name: str, x: Fraction) -> Bounds:
    if name == "log":
        shift = x.numerator.bit_length() - x.denominator.bit_length()
        scaled = x / Fraction(2) ** shift  # in (1/2, 2)
        shift, scaled = (shift + 1, scaled / 2) if scaled > Fraction(4, 3) else (shift, scaled)
        low, high = _series("artanh", (scaled - 1) / (scaled + 1))
        one, other = sorted(shift * end for end in _series("artanh", Fraction(1, 3)))
        return 2 * (low + one), 2 * (high + other)
    if name == "bell" and x > 20:  # the rest of the integral is below exp(-400) < 2^-570
        low, high = _series(name, Fraction(20))
        return low, high + Fraction(1, 1 << 570)
    need(abs(x) <= 2000, f"{name} of a number beyond 2000")
    low, high = _series(name, abs(x))
    return (1 / high, 1 / low) if name == "exp" and x < 0 else (low, high)


def function(name: str, x: Number) -> Number:
    """inverse, log, softplus, or one of ``RATIOS``; rational where it is known to be.

    ``bell`` is the integral of exp(-t^2) from 0. Symmetries of odd functions and of cos are exact.
    """
    if name == "softplus":
        return function("log", function("exp", x) + ONE)
    low, high = bounds(x)
    need(name != "log" or low > 0, "the logarithm of a number that may not be positive")
    if name == "inverse":
        need(low > 0 or high < 0, "a division by a number that may be zero")
        return ONE / x if isinstance(x, Fraction) else _named(name, x, 1 / high, 1 / low)
    if isinstance(x, Polynomial):
        if name == "exp" and (exact := exp_of_logarithms(x)) is not None:
            top, bottom = (_root(n, exact[1]) for n in exact[0].as_integer_ratio())
            if top and bottom:
                return Fraction(top, bottom)
        first, last = (bounds(function(name, end)) for end in (low, high))
        if name in ("sin", "cos"):  # not monotone, but with Lipschitz constant 1
            return _named(name, x, first[0] + low - high, first[1] + high - low)
        return _named(name, x, first[0], last[1])
    if x == (1 if name == "log" else 0):
        return ONE if name in ("exp", "cos") else ZERO
    if x < 0 and name not in ("exp", "log"):
        value = function(name, -x)
        return value if name == "cos" else -value
    if name == "arctan" and x > HALF:
        return function(name, HALF) + function(name, (2 * x - 1) / (x + 2))
    return enclosed((name, x), *_enclosure(name, x))


def _named(name: str, x: Polynomial, lower: Fraction, upper: Fraction) -> Polynomial:
    """The value of a function between the ends; named by x, unless x is itself nested deeper."""
    names = [atom.name for _, atoms in x.terms for atom in atoms]
    plain = all(isinstance(found, tuple) and isinstance(found[1], Fraction) for found in names)
    return enclosed((name, frozenset(x.terms.items())) if plain else object(), lower, upper)


def power(base: Number, exponent: Fraction) -> Number:
    """``base^exponent`` for base > 0."""
    return function("exp", function("log", base) * exponent)
