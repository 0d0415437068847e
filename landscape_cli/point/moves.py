"""Leaving a degenerate critical point of a linear network: the proof of `linear-degenerate`.

If the product's rank is below every hidden width and the loss's gradient G in the product is not
0, the point is no local minimum: a few moves, each of which keeps the product, lead to nearby
points of the same loss at which the gradient is not 0. The moves are carried out here over the
polynomials in eps, so the result is a whole family of such points.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .. import algebra
from .numbers import ZERO, Matrix, Number, Polynomial, add_matrices, flip, multiply

if TYPE_CHECKING:
    from ..algebra.exact import ExactRows, Rows


class EqualLossMove(NamedTuple):
    """A family W_1(eps), ..., W_h(eps) with the same product for every eps.

    At eps = 0 it is the given point; the gradient in W_``layer`` (counted from 1) at entry
    (``row``, ``column``) is a non-zero polynomial in eps. ``gradients`` are those of all layers.
    """

    weights: tuple[Matrix, ...]
    layer: int
    row: int
    column: int
    gradients: tuple[Matrix, ...]


def determinant(rows: Rows) -> Fraction:
    """The determinant of a square rational matrix."""
    size = len(rows)
    work = [[Fraction(entry) for entry in row] for row in rows]
    result = Fraction(1)
    for column in range(size):
        pivot = next((i for i in range(column, size) if work[i][column]), None)
        if pivot is None:
            return ZERO
        if pivot != column:
            work[column], work[pivot] = work[pivot], work[column]
            result = -result
        top = work[column]
        result *= top[column]
        for i in range(column + 1, size):
            factor = work[i][column] / top[column]
            if factor:
                work[i] = [a - factor * b for a, b in zip(work[i], top, strict=True)]
    return result


def _interpolate(values: Sequence[Fraction]) -> Polynomial:
    """The polynomial of least degree through (0, v_0), (1, v_1), ..."""
    differences = list(values)
    result = Polynomial(())
    basis = Polynomial((1,))
    for k in range(len(values)):
        result = result + differences[0] * basis
        basis = basis * Polynomial((Fraction(-k, k + 1), Fraction(1, k + 1)))
        differences = [b - a for a, b in pairwise(differences)]
    return result


def _at(rows: Matrix, value: Fraction) -> ExactRows:
    return tuple(
        tuple(e.at(value) if isinstance(e, Polynomial) else _rational(e) for e in row)
        for row in rows
    )


def _rational(value: Number) -> Fraction:
    if not isinstance(value, Fraction):
        raise TypeError("a rational is needed here")
    return value


def _degree(rows: Matrix) -> int:
    return max(
        (len(e.coefficients) - 1 for row in rows for e in row if isinstance(e, Polynomial) and e),
        default=0,
    )


def null_vector(rows: Matrix) -> tuple[Number, ...] | None:
    """A polynomial vector v, v(0) != 0, with ``rows`` v = 0 for every eps; None if there is none.

    Entries of ``rows`` are rationals or polynomials in eps. Cramer's rule on a submatrix of
    generic rank, by evaluation and interpolation; the identity is checked before it is returned.
    """
    degree = _degree(rows)
    columns = len(rows[0])
    if degree == 0:
        basis = algebra.null_space(_at(rows, ZERO))
        return basis[0] if basis else None
    for attempt in range(12):
        generic = _at(rows, Fraction(1009 + 13 * attempt, 211))
        chosen_columns = algebra.independent(algebra.transpose(generic))
        if len(chosen_columns) == columns:
            return None  # full column rank at one value of eps, so no null vector over Q(eps)
        chosen_rows = algebra.independent([[row[j] for j in chosen_columns] for row in generic])
        free = next(j for j in range(columns) if j not in set(chosen_columns))
        size = len(chosen_columns)
        samples: list[list[Fraction]] = []
        for t in range(size * degree + degree + 1):
            at = _at(rows, Fraction(t))
            square = [[at[i][j] for j in chosen_columns] for i in chosen_rows]
            right = [at[i][free] for i in chosen_rows]
            values = [determinant(square)]
            for position in range(size):
                replaced = [
                    [*row[:position], b, *row[position + 1 :]]
                    for row, b in zip(square, right, strict=True)
                ]
                values.append(-determinant(replaced))
            samples.append(values)
        polynomials = [_interpolate(column) for column in zip(*samples, strict=True)]
        vector = [Polynomial(())] * columns
        vector[free] = polynomials[0]
        for position, j in enumerate(chosen_columns):
            vector[j] = polynomials[position + 1]
        low = min(order for p in vector if (order := p.order) is not None)
        scale = max(abs(c) for p in vector for c in p.coefficients)
        shifted = tuple(Polynomial([c / scale for c in p.coefficients[low:]]) for p in vector)
        if not _nonzero(multiply(rows, tuple((entry,) for entry in shifted))):
            return shifted
    raise ArithmeticError("no null vector was found at twelve generic values")


def _nonzero(rows: Matrix) -> tuple[int, int] | None:
    """The place of an entry that is not the zero polynomial."""
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            if entry:
                return i, j
    return None


def equal_loss_move(weights: Sequence[Rows], data: Rows, gradient: Rows) -> EqualLossMove | None:
    """The move for W_1, ..., W_h (``weights``), data of full column rank and G (rational).

    The map is W_h ... W_1 C with C = ``data`` (d_0 x e), G is d_h x e. Returns None if G = 0 or
    the product's rank is not below every hidden width (then the theorem says nothing). If the
    point is not critical the family may be constant. The result's identities (product constant
    in eps, gradient not zero) are checked.
    """
    count = len(weights)
    rational: list[Matrix] = [algebra.matrix(w) for w in weights]
    start: Matrix = algebra.matrix(data)
    slope: Matrix = algebra.matrix(gradient)
    hidden = [len(w) for w in weights[:-1]]
    whole = algebra.product(*reversed(list(weights)), data)
    if not _nonzero(slope) or (hidden and algebra.rank(whole) >= min(hidden)):
        return None
    current = list(rational)
    eps = Polynomial((0, 1))

    def after(j: int) -> Matrix:
        """A_j = W_h ... W_(j+1)."""
        result: Matrix = algebra.identity(len(current[-1]))
        for w in reversed(current[j:]):
            result = multiply(result, w)
        return result

    def before(i: int) -> Matrix:
        """B_i = W_i ... W_1 C."""
        result = start
        for w in current[:i]:
            result = multiply(w, result)
        return result

    def claim(i: int, j: int) -> Matrix:
        return multiply(multiply(flip(after(j)), slope), flip(before(i)))

    low, high = 0, count
    while high - low >= 2:
        value = claim(low, high)
        place = _nonzero(value)
        assert place is not None  # kept by every step
        z = null_vector(flip(before(high - 1)))
        if z is not None:
            column = tuple((eps * Fraction(int(i == place[0])),) for i in range(len(value)))
            step = multiply(column, (z,))
            layer, next_low, next_high = high - 1, low, high - 1
        else:
            x = null_vector(after(low + 1))
            if x is None:
                raise ArithmeticError("the algorithm of `linear-degenerate` found no move")
            row = tuple(eps * Fraction(int(j == place[1])) for j in range(len(value[0])))
            step = multiply(tuple((entry,) for entry in x), (row,))
            layer, next_low, next_high = low, low + 1, high
        old = current[layer]
        for signed in (step, tuple(tuple(-e if e else e for e in row) for row in step)):
            current[layer] = add_matrices(old, signed)
            if _nonzero(claim(next_low, next_high)):
                break
        else:
            raise ArithmeticError("both signs of a move cancel the claim")
        low, high = next_low, next_high
    gradients = tuple(claim(k - 1, k) for k in range(1, count + 1))
    place = _nonzero(gradients[high - 1])
    assert place is not None
    if _nonzero(add_matrices(before(count), algebra.scale(-1, whole))):
        raise ArithmeticError("a move changed the product")
    return EqualLossMove(tuple(current), high, place[0], place[1], gradients)


def lowest_order(matrices: Sequence[Matrix]) -> int | None:
    """The lowest exponent of eps in any entry (rationals have order 0), None if all are zero."""
    orders = [
        order
        for rows in matrices
        for row in rows
        for entry in row
        if (order := _order(entry)) is not None
    ]
    return min(orders, default=None)


def _order(entry: Number) -> int | None:
    if isinstance(entry, Polynomial):
        return entry.order
    return 0 if entry else None


def coefficient(rows: Matrix, exponent: int) -> ExactRows:
    """The coefficient of eps^exponent of every entry."""
    return tuple(
        tuple(
            e.coefficient(exponent)
            if isinstance(e, Polynomial)
            else (_rational(e) if exponent == 0 else ZERO)
            for e in row
        )
        for row in rows
    )
