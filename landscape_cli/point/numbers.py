"""The numbers of a point analysis: rationals, rigorous enclosures, polynomials in eps.

``Fraction`` is exact. ``Enclosure`` is a real number known to lie in a ball (python-flint's arb;
rounding is outwards, so every statement made from one is proved). ``Polynomial`` is a germ at
eps = 0+, exact. Zero times an enclosure is the exact 0, which is how a gradient entry can be
exactly zero although the loss is transcendental.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any, TypeAlias, cast

ZERO = Fraction(0)
ONE = Fraction(1)
WORKING_BITS = 256


class Undecided(Exception):
    """An enclosure is too wide, or a value not computable here, for an exact answer."""


class Enclosure:
    """A real number in a ball; never compared except where the ball decides."""

    __slots__ = ("ball",)

    def __init__(self, ball: Any) -> None:
        self.ball = ball

    def __add__(self, other: object) -> "Enclosure":
        return Enclosure(self.ball + _ball(other))

    __radd__ = __add__

    def __sub__(self, other: object) -> "Enclosure":
        return Enclosure(self.ball - _ball(other))

    def __rsub__(self, other: object) -> "Enclosure":
        return Enclosure(_ball(other) - self.ball)

    def __neg__(self) -> "Enclosure":
        return Enclosure(-self.ball)

    def __mul__(self, other: object) -> "Number":
        if isinstance(other, (int, Fraction)) and other == 0:
            return ZERO
        return Enclosure(self.ball * _ball(other))

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return True

    def bounds(self) -> tuple[Fraction, Fraction]:
        """Rational lower and upper bounds."""
        from flint import ctx

        with ctx.workprec(64):
            low, high = self.ball.lower(), self.ball.upper()
        return _dyadic(low), _dyadic(high)

    def __repr__(self) -> str:
        return f"Enclosure({self.ball})"


def _dyadic(value: Any) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _ball(value: object) -> Any:
    if isinstance(value, Enclosure):
        return value.ball
    if isinstance(value, (int, Fraction)):
        from flint import arb, fmpq

        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, Polynomial):
        if len(value.coefficients) > 1:
            raise Undecided("an enclosure that moves along a curve")
        return _ball(value.coefficient(0))
    raise TypeError(f"not a number of an enclosure: {type(value).__name__}")


def ball_of(value: "Number") -> Any:
    """The number as a python-flint ``arb``."""
    return _ball(value)


def working_precision() -> AbstractContextManager[object]:
    """The precision in which enclosures are computed; restores the caller's on exit."""
    from flint import ctx

    return cast("AbstractContextManager[object]", ctx.workprec(WORKING_BITS))


class Polynomial:
    """A polynomial in eps with rational coefficients (lowest first, no trailing zeros)."""

    __slots__ = ("coefficients",)

    def __init__(self, coefficients: Sequence[Fraction | int]) -> None:
        kept = [Fraction(c) for c in coefficients]
        while kept and kept[-1] == 0:
            kept.pop()
        self.coefficients = tuple(kept)

    @property
    def order(self) -> int | None:
        """The exponent of the lowest term, or None for the zero polynomial."""
        return next((i for i, c in enumerate(self.coefficients) if c), None)

    def coefficient(self, exponent: int) -> Fraction:
        """The coefficient of eps^exponent."""
        return self.coefficients[exponent] if exponent < len(self.coefficients) else ZERO

    def at(self, value: Fraction) -> Fraction:
        """The value at a rational eps."""
        result = ZERO
        for c in reversed(self.coefficients):
            result = result * value + c
        return result

    def __add__(self, other: object) -> "Polynomial":
        right = _poly(other)
        if right is None:
            return NotImplemented
        longer, shorter = self.coefficients, right.coefficients
        if len(longer) < len(shorter):
            longer, shorter = shorter, longer
        return Polynomial(
            [a + b for a, b in zip(longer, shorter, strict=False)] + list(longer[len(shorter) :])
        )

    __radd__ = __add__

    def __neg__(self) -> "Polynomial":
        return Polynomial([-c for c in self.coefficients])

    def __sub__(self, other: object) -> "Polynomial":
        right = _poly(other)
        return NotImplemented if right is None else self + -right

    def __rsub__(self, other: object) -> "Polynomial":
        left = _poly(other)
        return NotImplemented if left is None else left + -self

    def __mul__(self, other: object) -> "Polynomial":
        right = _poly(other)
        if right is None:
            return NotImplemented
        if not self.coefficients or not right.coefficients:
            return Polynomial(())
        result = [ZERO] * (len(self.coefficients) + len(right.coefficients) - 1)
        for i, a in enumerate(self.coefficients):
            if a:
                for j, b in enumerate(right.coefficients):
                    result[i + j] += a * b
        return Polynomial(result)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.coefficients)

    def __eq__(self, other: object) -> bool:
        right = _poly(other)
        return right is not None and self.coefficients == right.coefficients

    def __hash__(self) -> int:
        return hash(self.coefficients)

    def __repr__(self) -> str:
        return f"Polynomial({[str(c) for c in self.coefficients]})"


def _poly(value: object) -> Polynomial | None:
    if isinstance(value, Polynomial):
        return value
    if isinstance(value, (int, Fraction)):
        return Polynomial((value,))
    return None


Number: TypeAlias = Fraction | Enclosure | Polynomial
Matrix: TypeAlias = tuple[tuple[Number, ...], ...]


def plus(a: Number, b: Number) -> Number:
    """The sum."""
    return a + b


def times(a: Number, b: Number) -> Number:
    """The product; exact 0 if a factor is the exact 0."""
    if not a or not b:
        return ZERO
    return a * b


def minus(a: Number, b: Number) -> Number:
    """The difference."""
    return a - b


def sign(value: Number) -> int:
    """-1, 0 or 1, proved; of a polynomial, its sign for all small eps > 0.

    Raises ``Undecided`` for an enclosure that contains 0 and other numbers.
    """
    if isinstance(value, Enclosure):
        if value.ball > 0:
            return 1
        if value.ball < 0:
            return -1
        if value.ball.is_zero():
            return 0
        raise Undecided("an enclosure contains zero")
    if isinstance(value, Polynomial):
        order = value.order
        if order is None:
            return 0
        value = value.coefficients[order]
    return (value > 0) - (value < 0)


def total(values: Sequence[Number]) -> Number:
    """The sum of the numbers."""
    result: Number = ZERO
    for value in values:
        if value:
            result = plus(result, value)
    return result


def is_exact_zero(value: Number) -> bool:
    """Whether the number is known to be exactly 0."""
    if isinstance(value, Enclosure):
        return bool(value.ball.is_zero())
    return not value


# --- matrices --------------------------------------------------------------------------------


def multiply(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product."""
    width = len(right[0])
    # Units and their tangents are sparse: only entries that are not 0 take part.
    sparse = [[(j, b) for j, b in enumerate(row) if b] for row in right]
    result = []
    for row in left:
        sums: list[Number] = [ZERO] * width
        for a, entries in zip(row, sparse, strict=True):
            if a:
                for j, b in entries:
                    value = times(a, b)
                    sums[j] = plus(sums[j], value) if sums[j] else value
        result.append(tuple(sums))
    return tuple(result)


def add_matrices(left: Matrix, right: Matrix) -> Matrix:
    """The sum."""
    return tuple(
        tuple(plus(a, b) for a, b in zip(row, other, strict=True))
        for row, other in zip(left, right, strict=True)
    )


def scale_matrix(factor: Number, rows: Matrix) -> Matrix:
    """A number times a matrix."""
    return tuple(tuple(times(factor, entry) for entry in row) for row in rows)


def flip(rows: Matrix) -> Matrix:
    """The transpose."""
    return tuple(zip(*rows, strict=True))


def entrywise(function: Callable[..., Number], *matrices: Matrix) -> Matrix:
    """A function of entries, entry by entry."""
    return tuple(
        tuple(function(*entries) for entries in zip(*rows, strict=True))
        for rows in zip(*matrices, strict=True)
    )


def pairing(left: Matrix, right: Matrix) -> Number:
    """The Frobenius inner product."""
    return total(
        [
            times(a, b)
            for row, other in zip(left, right, strict=True)
            for a, b in zip(row, other, strict=True)
            if a and b
        ]
    )


def all_zero(rows: Matrix) -> bool:
    """Whether every entry is known to be exactly 0."""
    return all(is_exact_zero(entry) for row in rows for entry in row)


def is_rational(rows: Matrix) -> bool:
    """Whether every entry is a ``Fraction``."""
    return all(isinstance(entry, Fraction) for row in rows for entry in row)


def as_rational(rows: Matrix) -> tuple[tuple[Fraction, ...], ...]:
    """The matrix, if every entry is a ``Fraction``; raises ``Undecided`` otherwise."""
    if not is_rational(rows):
        raise Undecided("a value is not rational")
    return cast("tuple[tuple[Fraction, ...], ...]", rows)


def zero_matrix(rows: int, columns: int) -> Matrix:
    """The zero matrix."""
    return tuple((ZERO,) * columns for _ in range(rows))
