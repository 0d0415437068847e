"""Exact numbers and truncated polynomials: rational combinations of products of atoms.

An irrational number keeps its form (log 9, 2 exp 1 - 1/3), so that equal numbers cancel exactly,
and every atom carries an enclosure with rational ends that are rounded outwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from math import gcd, lcm
from typing import Any, NamedTuple, TypeAlias

RATIONAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:/[1-9][0-9]*)?")
LONGEST = 2000  # characters of a rational
BITS = 640  # after the point, of an enclosure
EXACT = 10**9  # the order of a number
MOST_TERMS = 1_000_000  # of one polynomial
MOST_ATOMS = 24  # terms of a polynomial before its long coefficients keep their enclosure only
ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


class Rejection(Exception):
    """The document is not accepted; the message says why in plain words."""


def need(condition: object, reason: str) -> None:
    """A rejection for that reason unless the condition holds."""
    if not condition:
        raise Rejection(reason)


def rational(value: Any, what: str) -> Fraction:
    """A canonical rational string: lowest terms; no ``+``, leading zero, ``-0`` or ``/1``."""
    good = isinstance(value, str) and len(value) <= LONGEST and RATIONAL.fullmatch(value)
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


Key: TypeAlias = tuple[tuple[int, ...], tuple[Atom, ...]]


class Polynomial:
    """A polynomial with rational coefficients in numbered variables and atoms, truncated.

    ``terms``: coefficients by sorted tuples of variables and of atoms. Variables >= 0 are small:
    they count towards the degree, and terms of a degree above ``order`` are dropped. Negative
    ones are unbounded and never dropped. Without variables and with order ``EXACT`` it is a number.
    """

    __slots__ = ("order", "terms")

    def __init__(self, terms: dict[Key, Fraction], order: int) -> None:
        self.terms = {key: c for key, c in terms.items() if c}
        self.order = order
        need(len(self.terms) <= MOST_TERMS, "a polynomial has too many terms")

    def made(self, terms: dict[Key, Fraction], other: Element) -> Element:
        """The value with those terms: a ``Fraction`` if it can be; many atoms become one."""
        found = Polynomial(terms, min(self.order, order_of(other)))
        if found.order == EXACT and all(key == ((), ()) for key in found.terms):
            return found.terms.get(((), ()), ZERO)
        if len(found.terms) > MOST_ATOMS and any(atoms for _, atoms in found.terms):
            short = [(m, shortened(c)) for m, c in coefficients(found).items()]
            terms = {(m, key[1]): c for m, x in short for key, c in terms_of(x)}
            return Polynomial(terms, found.order)
        return found

    def __bool__(self) -> bool:  # what is 0 up to an order only is not 0
        return bool(self.terms) or self.order < EXACT

    def __add__(self, other: Element) -> Element:
        terms = dict(self.terms)
        for key, c in terms_of(other):
            terms[key] = terms[key] + c if key in terms else c
        return self.made(terms, other)

    def __mul__(self, other: Element) -> Element:
        if isinstance(other, Fraction):
            return self.made({key: c * other for key, c in self.terms.items()}, other)
        need(len(self.terms) * len(other.terms) <= 20 * MOST_TERMS, "a product is too long")
        terms: dict[Key, Fraction] = {}
        order = min(self.order, other.order)
        for (m, atoms), c in self.terms.items():
            room = order - sum(v >= 0 for v in m)
            for (k, others), d in other.terms.items():
                if sum(v >= 0 for v in k) <= room:
                    names = tuple(sorted(atoms + others, key=hash)) if atoms and others else None
                    key = tuple(sorted(m + k)), names or atoms + others
                    terms[key] = terms[key] + c * d if key in terms else c * d
        return self.made(terms, other)

    def __neg__(self) -> Element:
        return self * Fraction(-1)

    def __sub__(self, other: Element) -> Element:
        return self + -other

    def __rsub__(self, other: Element) -> Element:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


Number: TypeAlias = Fraction | Polynomial  # the latter in atoms only
Element: TypeAlias = Any  # a number, or a polynomial in variables, too


def small(terms: Mapping[Any, Fraction], order: int) -> Polynomial:
    """The polynomial in variables with those coefficients."""
    return Polynomial({(m, ()): c for m, c in terms.items()}, order)


def order_of(x: Element) -> int:
    """The order of a polynomial, ``EXACT`` for a number."""
    return x.order if isinstance(x, Polynomial) else EXACT


def terms_of(x: Element) -> Iterable[tuple[Key, Fraction]]:
    """(key, coefficient) of every term."""
    return x.terms.items() if isinstance(x, Polynomial) else [(((), ()), x)]


def coefficients(x: Element) -> dict[tuple[int, ...], Number]:
    """By product of variables its coefficient, a number."""
    found: dict[tuple[int, ...], dict[Key, Fraction]] = {}
    for (m, atoms), c in terms_of(x):
        found.setdefault(m, {})[(), atoms] = c
    one = ((), ())
    return {m: part[one] if part.keys() == {one} else Polynomial(part, EXACT)
            for m, part in found.items()}  # fmt: skip


def constant(x: Element) -> Number:
    """The value where all variables are 0."""
    return x if order_of(x) == EXACT else coefficients(x).get((), ZERO)


def rounded(lower: Fraction, upper: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """The ends, rounded outwards to that many bits after the point."""
    low, high = ((x.numerator << bits) // x.denominator for x in (lower, -upper))
    return Fraction(low, 1 << bits), Fraction(-high, 1 << bits)


def enclosed(name: object, lower: Fraction, upper: Fraction) -> Polynomial:
    """The number of that name between the ends, which are rounded outwards."""
    return Polynomial({((), (Atom(name, *rounded(lower, upper, BITS)),)): ONE}, EXACT)


def shortened(x: Number) -> Number:
    """The number, or one known by its enclosure only if it has many terms."""
    return x if isinstance(x, Fraction) or len(x.terms) <= 8 else enclosed(object(), *bounds(x))


def bounds(x: Number) -> tuple[Fraction, Fraction]:
    """Rational lower and upper bounds, both the number itself if it is rational."""
    low = high = ZERO
    for (_, atoms), c in terms_of(x):
        one = other = c
        for atom in atoms:
            products = [a * b for a in (one, other) for b in (atom.lower, atom.upper)]
            one, other = min(products), max(products)
        low, high = low + one, high + other
    return low, high


def is_zero(x: Number) -> bool:
    """Whether the number is exactly zero, provably: sums of logarithms by their product."""
    return not x or (isinstance(x, Polynomial) and exp_of_logarithms(x) == 1)


def sign(x: Number, what: str) -> int:
    """The sign, -1, 0 or 1; a rejection where the enclosure doesn't settle it."""
    if is_zero(x):
        return 0
    low, high = bounds(x)
    need(low > 0 or high < 0, f"the sign of {what} can't be decided")
    return 1 if low > 0 else -1


def exp_of_logarithms(x: Polynomial) -> Fraction | None:
    """``exp(x)`` where x is a combination of logarithms and exp(x) is rational, else None."""
    degree, product = lcm(*(c.denominator for c in x.terms.values())), ONE
    for (_, atoms), c in x.terms.items():
        name = atoms[0].name if len(atoms) == 1 else None
        if not isinstance(name, tuple) or name[0] != "log" or not isinstance(name[1], Fraction):
            return None
        size = max(name[1].numerator.bit_length(), name[1].denominator.bit_length())
        if abs(c * degree) * size > 200_000:
            return None  # too large to tell
        product *= name[1] ** int(c * degree)
    top, bottom = (_root(n, degree) for n in (product.numerator, product.denominator))
    return Fraction(top, bottom) if top and bottom else None


def _root(n: int, degree: int) -> int | None:
    low, high = 1, 1 << -(-n.bit_length() // degree) if degree < n.bit_length() else 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= n else (low, middle - 1)
    return low if low**degree == n else None


# --- functions: Taylor series in integers, with a running bound of the rounding errors ------------


def _series(first: Fraction, ratio: Callable[[int], tuple[int, int]], extra: int) -> Any:
    """Bounds of ``a_0 + a_1 + ..``, a_(k+1) = a_k top/bottom = ratio(k), to BITS + ``extra`` bits.

    Once |ratio| is below 1/2 it has to stay there: the tail is then at most its first term.
    """
    term, error = (first.numerator << (BITS + extra)) // first.denominator, 1
    total = slack = k = 0
    while True:
        total, slack, (top, bottom) = total + term, slack + error, ratio(k)
        term, error, k = term * top // bottom, error * abs(top) // bottom + 2, k + 1
        if abs(term) <= error and 2 * abs(top) <= bottom:
            slack += 4 * error
            return tuple(Fraction(x, 1 << (BITS + extra)) for x in (total - slack, total + slack))


def _exp(x: Fraction) -> Any:
    need(abs(x) <= 5000, "the exponential of a number beyond 5000")
    halvings = int(abs(x)).bit_length() + 8
    extra = halvings + 32 + 2 * max(0, int(x))
    top, bottom = x.numerator, x.denominator << halvings
    low, high = _series(ONE, lambda k: (top, bottom * (k + 1)), extra)
    for _ in range(halvings):
        low, high = rounded(low * low, high * high, BITS + extra)
    return low, high


def _log(x: Fraction) -> Any:
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    scaled = x / Fraction(2) ** shift  # in (1/2, 2)
    if scaled > Fraction(4, 3):
        scaled, shift = scaled / 2, shift + 1
    low, high = _arc((scaled - 1) / (scaled + 1), 1)
    one, other = sorted(shift * end for end in _arc(Fraction(1, 3), 1))
    return 2 * (low + one), 2 * (high + other)


@lru_cache(100)  # log needs one value again and again
def _arc(x: Fraction, alternate: int) -> Any:
    """arctan (``alternate`` -1) or its hyperbolic sister (1), |x| <= 1/2."""
    top, bottom = alternate * x.numerator**2, x.denominator**2
    return _series(x, lambda k: (top * (2 * k + 1), bottom * (2 * k + 3)), 32)


def _wave(first: Fraction, x: Fraction, place: int) -> Any:
    """The cosine (first term 1, ``place`` 1) or the sine (x, 2)."""
    need(abs(x) <= 100, "a sine beyond 100")
    top, bottom = -(x.numerator**2), x.denominator**2
    ratio = lambda k: (top, bottom * (2 * k + place) * (2 * k + place + 1))  # noqa: E731
    return _series(first, ratio, 32 + 2 * int(abs(x)))


def _erf(x: Fraction) -> Any:
    if x * x > 500:  # 1 - erf(x) < exp(-x^2) < 2^-BITS
        return 1 - Fraction(1, 1 << BITS), ONE
    top, bottom = -(x.numerator**2), x.denominator**2
    ratio = lambda k: (top * (2 * k + 1), bottom * (k + 1) * (2 * k + 3))  # noqa: E731
    return bounds(enclosed("", *_series(x, ratio, 32 + 3 * int(x * x))) * erf_slope())


@cache
def erf_slope() -> Number:
    """``2/sqrt(pi)``, with pi/4 = arctan 1/2 + arctan 1/3."""
    pi = (function("arctan", HALF) + function("arctan", Fraction(1, 3))) * Fraction(4)
    return function("exp", function("log", pi) * -HALF) * Fraction(2)


def _sigmoid(x: Fraction) -> Any:
    low, high = _exp(-x)
    return 1 / (1 + high), 1 / (1 + low)


ENCLOSURES: dict[str, Callable[[Fraction], Any]] = {
    "exp": _exp, "log": _log, "sigmoid": _sigmoid, "arctan": lambda x: _arc(x, -1),
    "erf": _erf, "sin": lambda x: _wave(x, x, 2), "cos": lambda x: _wave(ONE, x, 1),
}  # fmt: skip
AT_ZERO = {"exp": ONE, "sigmoid": HALF, "cos": ONE}


def function(name: str, x: Number) -> Number:
    """A function of ``ENCLOSURES``, ``inverse`` or ``softplus``; rational where it is known to be.

    The symmetries of odd functions, of the cosine and of the sigmoid are exact.
    """
    if name == "softplus":
        return function("log", function("exp", x) + ONE)
    low, high = bounds(x)
    need(name != "log" or low > 0, "the logarithm of a number that may not be positive")
    if name == "inverse":
        need(low > 0 or high < 0, "a division by a number that may be zero")
        return ONE / x if isinstance(x, Fraction) else named(name, x, 1 / high, 1 / low)
    if isinstance(x, Polynomial):
        if name == "exp" and (rational_value := exp_of_logarithms(x)) is not None:
            return rational_value
        if name == "sigmoid":
            return function("inverse", function("exp", -x) + ONE)
        (first, last), (_, end) = (bounds(function(name, y)) for y in (low, high))
        if name in ("sin", "cos"):  # not monotone, but with Lipschitz constant 1
            return named(name, x, first + low - high, last + high - low)
        return named(name, x, first, end)
    if x == (ONE if name == "log" else ZERO):
        return AT_ZERO.get(name, ZERO)
    if x < 0 and name not in ("exp", "log"):
        value = function(name, -x)
        return value if name == "cos" else ONE - value if name == "sigmoid" else -value
    if name == "arctan" and x > HALF:
        return function(name, HALF) + function(name, (2 * x - 1) / (x + 2))
    return enclosed((name, x), *ENCLOSURES[name](x))


def named(name: str, x: Polynomial, lower: Fraction, upper: Fraction) -> Polynomial:
    """The value of a function between the ends; named by x, unless x is itself nested deeper."""
    names = [atom.name for _, atoms in x.terms for atom in atoms]
    plain = all(isinstance(found, tuple) and isinstance(found[1], Fraction) for found in names)
    return enclosed((name, frozenset(x.terms.items())) if plain else object(), lower, upper)


def power(base: Number, exponent: Fraction) -> Number:
    """``base^exponent`` for base > 0."""
    return function("exp", function("log", base) * exponent)
