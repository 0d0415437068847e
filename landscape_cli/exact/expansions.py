"""Functions of truncated polynomials: exp, log and the others at a number plus small variables."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

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


# --- piecewise functions --------------------------------------------------------------------------

Formula: TypeAlias = list[Fraction] | Callable[[Element], Element]
Pieces: TypeAlias = list[tuple[Fraction, Formula]]  # (start, polynomial or function), increasing


def pieces(*parts: Any) -> Pieces:
    """A formula, and then starts and formulas in turn; a list holds a polynomial's coefficients."""
    formulas = [[*map(Fraction, f)] if isinstance(f, list) else f for f in parts[::2]]
    return list(zip([ZERO, *map(Fraction, parts[1::2])], formulas, strict=True))


def sides(parts: Pieces, x: Number, what: str) -> tuple[int, int]:
    """The pieces just below and just above x, equal inside a piece."""
    places = [1, *(n.sign(x - start, what) for start, _ in parts[1:])]
    return sum(place > 0 for place in places) - 1, sum(place >= 0 for place in places) - 1


def affine_piece(parts: Any, x: Number, what: str) -> tuple[Fraction, Fraction, int] | None:
    """(a, b, the piece's number) if x is strictly inside a piece a t + b, else None."""
    below, above = sides(parts, x, what)
    formula = parts[below][1]
    if below != above or not isinstance(formula, list) or len(formula) > 2:
        return None
    return (formula[1] if len(formula) == 2 else ZERO), formula[0], below


def piecewise(parts: Pieces, x: Element, one_sided: bool, what: str) -> Element:
    """A piecewise function at x; at a breakpoint of a number, the lower piece.

    A polynomial at a breakpoint: if ``one_sided``, the piece that its first coefficient leads to
    for small positive values of its only variable (the lower one where it does not tell);
    otherwise both pieces must have the same derivatives, up to its order.
    """

    def at(piece: int, y: Element) -> Element:
        formula = parts[piece][1]
        return substitute(formula, y) if isinstance(formula, list) else formula(y)

    if len(parts) == 1:
        return at(0, x)
    base, order = n.constant(x), n.lift(x).order
    piece, above = sides(parts, base, what)
    if piece == above or order == EXACT:
        return at(piece, x)
    rest = n.coefficients(moving(x))
    if one_sided:
        steps = (s for m in sorted(rest) if (s := n.sign(rest[m], what)))
        piece = above if next(steps, -1) > 0 else piece
    else:
        gap = at(piece, near(base, order)) - at(above, near(base, order))
        need(all(map(n.is_zero, n.coefficients(gap).values())), f"{what} is at a kink")
    return at(piece, x) + Polynomial({}, order)
