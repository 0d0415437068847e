"""One-sided expansions of elements at a point: sums of c s^e with rational exponents e.

t = b + s or t = b - s with s > 0 small. Coefficients are exact constants; every series knows the
order up to which it is exact. From an expansion follow the one-sided limit and the one-sided
first and second derivatives (an element is analytic beside the point, and convergent expansions
may be differentiated term by term).
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from .elements import (
    ONE,
    PI,
    ZERO,
    Atom,
    Element,
    Poly,
    TooHard,
    add,
    constant,
    constant_sign,
    exponential,
    inverse,
    logarithm,
    multiply,
    odd_or_even,
    positive_power,
    scale,
)
from .signs import Point, point_element

MOST_COEFFICIENTS = 80


class Series(NamedTuple):
    """sum c s^e + O(s^order), exponents below the order; no coefficient is 0 by form."""

    terms: tuple[tuple[Fraction, Element], ...]
    order: Fraction

    def coefficient(self, exponent: Fraction | int) -> Element:
        """The coefficient of a power below the order."""
        if exponent >= self.order:
            raise TooHard("an expansion is not exact enough")
        return next((c for e, c in self.terms if e == exponent), constant(0))


def _make(terms: dict[Fraction, Element], order: Fraction) -> Series:
    kept = tuple(sorted((e, c) for e, c in terms.items() if e < order and not c.is_zero))
    if len(kept) > MOST_COEFFICIENTS:
        raise TooHard("an expansion has too many terms")
    return Series(kept, order)


def _sum(a: Series, b: Series) -> Series:
    terms = dict(a.terms)
    for e, c in b.terms:
        terms[e] = add(terms[e], c) if e in terms else c
    return _make(terms, min(a.order, b.order))


def _scaled(a: Series, factor: Element) -> Series:
    return _make({e: multiply(c, factor) for e, c in a.terms}, a.order)


def _least(a: Series) -> Fraction:
    """A bound below on the exponents that can occur."""
    return min((e for e, _ in a.terms), default=a.order)


def _product(a: Series, b: Series) -> Series:
    order = min(a.order + _least(b), b.order + _least(a))
    terms: dict[Fraction, Element] = {}
    for e, c in a.terms:
        for f, d in b.terms:
            if e + f < order:
                value = multiply(c, d)
                terms[e + f] = add(terms[e + f], value) if e + f in terms else value
    return _make(terms, order)


def _lead(a: Series) -> tuple[Fraction, Element, int]:
    """The first term whose coefficient is shown not to be 0, with its sign.

    A coefficient that is neither shown to be 0 nor not to be 0 makes the expansion useless.
    """
    if not a.terms:
        raise TooHard("an expansion vanishes to high order")
    e, c = a.terms[0]
    sign = constant_sign(c)
    if sign is None or sign == 0:
        raise TooHard("a coefficient is not known to differ from 0")
    return e, c, sign


def _relative(a: Series) -> tuple[Fraction, Element, int, Series]:
    """a = c s^e (1 + x): e, c, the sign of c, x (positive exponents)."""
    e, c, sign = _lead(a)
    over = inverse(c)
    x = _make({f - e: multiply(d, over) for f, d in a.terms[1:]}, a.order - e)
    return e, c, sign, x


def _powers(x: Series, coefficients: list[Element], order: Fraction) -> Series:
    """sum a_k x^k for x with positive exponents; enough coefficients must be given."""
    total = _make({ZERO: coefficients[0]}, order)
    current = _make({ZERO: constant(1)}, order)
    for value in coefficients[1:]:
        current = _product(current, x)
        current = _make(dict(current.terms), min(current.order, order))
        if not current.terms:
            return _make(dict(total.terms), min(total.order, current.order, order))
        total = _sum(total, _scaled(current, value))
    raise TooHard("an expansion has too many terms")


def _count(x: Series, order: Fraction) -> int:
    least = _least(x)
    if least <= 0:
        raise TooHard("an expansion does not converge")
    number = order / least
    if number > MOST_COEFFICIENTS:
        raise TooHard("an expansion has too many terms")
    return int(number) + 3


def _real_power(a: Series, exponent: Fraction) -> Series:
    """a^exponent for positive a, or a non-zero and a whole exponent."""
    e, c, sign, x = _relative(a)
    if exponent.denominator == 1:
        k = int(exponent)
        head = inverse(c) if k < 0 else c
        factor = constant(1)
        for _ in range(abs(k)):
            factor = multiply(factor, head)
    else:
        if sign < 0:
            raise TooHard("a root of a negative number")
        factor = positive_power(c, exponent)
    order = x.order
    coefficients = [constant(1)]
    value = ONE
    for k in range(1, _count(x, order) if x.terms else 2):
        value = value * (exponent - k + 1) / k
        coefficients.append(constant(value))
    body = _powers(x, coefficients, order) if x.terms else _make({ZERO: constant(1)}, order)
    shift = e * exponent
    return _make({f + shift: multiply(d, factor) for f, d in body.terms}, body.order + shift)


def _split(u: Series) -> tuple[Element, Series]:
    """The value at the point and the rest; fails where the series is unbounded."""
    if _least(u) < 0 or u.order <= 0:
        raise TooHard("a function is applied to an unbounded argument")
    return u.coefficient(0), _make({e: c for e, c in u.terms if e != 0}, u.order)


def _exp(u: Series) -> Series:
    value, x = _split(u)
    coefficients = [constant(1)]
    for k in range(1, _count(x, x.order)):
        coefficients.append(scale(coefficients[-1], Fraction(1, k)))
    return _scaled(_powers(x, coefficients, x.order), exponential(value))


def _log(u: Series) -> Series:
    e, c, sign, x = _relative(u)
    if e != 0 or sign < 0:
        raise TooHard("the logarithm of a number that tends to 0")
    coefficients = [constant(0)]
    for k in range(1, _count(x, x.order) if x.terms else 2):
        coefficients.append(constant(Fraction(1 if k % 2 else -1, k)))
    body = _powers(x, coefficients, x.order) if x.terms else _make({}, x.order)
    return _sum(_make({ZERO: logarithm(c)}, x.order), body)


def _wave(u: Series, name: str) -> Series:
    value, x = _split(u)
    count = _count(x, x.order) if x.terms else 3
    waves: dict[str, Series] = {}
    for wave, first in (("sin", 1), ("cos", 0)):
        coefficients = []
        factorial = ONE
        for k in range(count):
            if k:
                factorial /= k
            if k % 2 != first:
                coefficients.append(constant(0))
            else:
                coefficients.append(constant(factorial * (-1 if (k // 2) % 2 else 1)))
        if x.terms:
            waves[wave] = _powers(x, coefficients, x.order)
        else:
            waves[wave] = _make({ZERO: constant(1 - first)}, x.order)
    sine, cosine = odd_or_even("sin", value), odd_or_even("cos", value)
    if name == "sin":
        return _sum(_scaled(waves["cos"], sine), _scaled(waves["sin"], cosine))
    return _sum(_scaled(waves["cos"], cosine), _scaled(waves["sin"], scale(sine, -ONE)))


def _integrated(u: Series, slope: Series, value: Element) -> Series:
    """The function with derivative slope(u) and the given value where u is at the point."""
    inner = _make({e - 1: scale(c, e) for e, c in u.terms if e != 0}, u.order - 1)
    product = _product(slope, inner)
    terms = {e + 1: scale(c, 1 / (e + 1)) for e, c in product.terms}
    return _sum(_make({ZERO: value}, product.order + 1), _make(terms, product.order + 1))


def expand(element: Element, point: Point, side: int, order: Fraction) -> Series:
    """The element at t = point + side * s, s > 0, in powers of s.

    ``order`` is the working order; what is returned may be exact to less. ``TooHard`` where the
    element has no such expansion (a logarithm or an exponential of what is unbounded).
    """
    base = point_element(point)
    known: dict[Atom, Series] = {}

    def exact(value: Element) -> Series:
        return _make({ZERO: value}, order)

    def of_atom(atom: Atom) -> Series:
        if atom.kind == "t":
            return _make({ZERO: base, ONE: constant(side)}, order)
        if not atom.depends:
            return exact(Element(Poly({((atom, ONE),): ONE})))
        u = of(atom.inner)
        if atom.kind in ("exp", "root"):
            return u
        if atom.kind == "log":
            return _log(u)
        if atom.kind in ("sin", "cos"):
            return _wave(u, atom.kind)
        value, _ = _split(u)
        square = _product(u, u)
        if atom.kind == "arctan":
            slope = _real_power(_sum(exact(constant(1)), square), -ONE)
            return _integrated(u, slope, odd_or_even("arctan", value))
        if atom.kind == "erf":
            factor = multiply(constant(2), positive_power(PI, Fraction(-1, 2)))
            slope = _scaled(_exp(_scaled(square, constant(-1))), factor)
            return _integrated(u, slope, odd_or_even("erf", value))
        raise TooHard(f"the function {atom.kind} is not known to the analysis")

    def of_power(atom: Atom, exponent: Fraction) -> Series:
        if not atom.depends:
            return exact(Element(Poly({((atom, exponent),): ONE})))
        if atom not in known:
            known[atom] = of_atom(atom)
        u = known[atom]
        if atom.kind == "exp":
            return _exp(_scaled(u, constant(exponent)))
        if exponent == 1:
            return u
        if exponent > 0 and not u.terms:
            return _make({}, u.order * exponent)
        return _real_power(u, exponent)

    def of_poly(poly: Poly) -> Series:
        total = _make({}, order)
        for monomial, value in poly.terms.items():
            part = exact(constant(value))
            for atom, exponent in monomial:
                part = _product(part, of_power(atom, exponent))
            total = _sum(total, part)
        return total

    def of(part: Element) -> Series:
        total = of_poly(part.num)
        for poly, k in part.den:
            total = _product(total, _real_power(of_poly(poly), Fraction(-k)))
        return total

    return of(element)


class OneSided(NamedTuple):
    """A one-sided limit and derivatives; None where infinite, with the reason in words."""

    value: Element | None
    slope: Element | None
    bend: Element | None


def one_sided(element: Element, point: Point, side: int) -> OneSided:
    """The limit, the first and the second derivative in t from one side (side +1: from above).

    None: it is infinite (proved by the first exponents of the expansion). ``TooHard`` where no
    expansion is found.
    """
    reason = "no expansion was found at a break"
    for order in (4, 7, 12):
        try:
            series = expand(element, point, side, Fraction(order))
        except TooHard as error:
            reason = str(error)
            continue
        if series.order > 2:
            break
    else:
        raise TooHard(reason)
    low = [(e, c) for e, c in series.terms if e <= 2]
    for _, c in low:
        sign = constant_sign(c)
        if sign is None:
            raise TooHard("a coefficient at a break is not known to differ from 0")
    low = [(e, c) for e, c in low if constant_sign(c) != 0]
    if any(e < 0 for e, _ in low):
        return OneSided(None, None, None)
    value = series.coefficient(0)
    if any(0 < e < 1 for e, _ in low):
        return OneSided(value, None, None)
    slope = scale(series.coefficient(1), Fraction(side))
    if any(1 < e < 2 for e, _ in low):
        return OneSided(value, slope, None)
    return OneSided(value, slope, scale(series.coefficient(2), Fraction(2)))
