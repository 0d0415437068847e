"""Products, exact elimination, and sparse LDL^T; matrices are lists of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from .numbers import HALF, ONE, ZERO, Number, bounds, need

ROUNDED = 192  # bits kept by a long elimination
MOST_BITS = 1_000_000  # of a numerator
Matrix: TypeAlias = list[list[Any]]  # of numbers or polynomials
Rows: TypeAlias = list[list[Fraction]]


def product(left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]) -> Matrix:
    """The matrix product; exact zeros cost nothing, rows of the same objects are computed once."""
    sparse = [nonzero(row) for row in right]
    known: dict[tuple[int, ...], list[Any]] = {}
    for row in left:
        key = tuple(map(id, row))
        if key in known:
            continue
        line = known[key] = [ZERO] * len(right[0])
        for a, entries in zip(row, sparse, strict=True):
            for j, b in entries if a else ():
                line[j] = line[j] + a * b if line[j] else a * b
        for x in line:
            small = not isinstance(x, Fraction) or x.numerator.bit_length() <= MOST_BITS
            need(small, "the numbers of a product grow too large")
    return [known[tuple(map(id, row))] for row in left]


def identity(rows: int, columns: int) -> Rows:
    """Ones on the diagonal."""
    return [[ONE if i == j else ZERO for j in range(columns)] for i in range(rows)]


def transpose(matrix: Sequence[Sequence[Any]]) -> Matrix:
    """The transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def added(left: Matrix, right: Matrix) -> Matrix:
    """The sum of two matrices."""
    return [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


def nonzero(row: Iterable[Any]) -> list[tuple[int, Any]]:
    """(index, entry) of the entries that are not exactly zero."""
    return [(j, x) for j, x in enumerate(row) if x]


def row_basis(rows: Iterable[Sequence[Fraction]]) -> tuple[list[int], Rows]:
    """(J, C): the rows J, the first ones that can be, are a basis, and ``rows = C rows[J]``."""
    reduced: dict[int, tuple[dict[int, Fraction], dict[int, Fraction]]] = {}  # by first column
    chosen: list[int] = []
    found: list[dict[int, Fraction]] = []

    def subtract(row: dict[int, Fraction], factor: Fraction, other: dict[int, Fraction]) -> None:
        for j, x in other.items():
            row[j] = row.get(j, ZERO) - factor * x
            if not row[j]:
                del row[j]

    for index, row in enumerate(rows):
        left = {j: x for j, x in enumerate(row) if x}
        used: dict[int, Fraction] = {}  # left = row + used, in the basis
        while left and (pivot := min(left)) in reduced:
            factor = left[pivot] / reduced[pivot][0][pivot]
            subtract(left, factor, reduced[pivot][0])
            subtract(used, factor, reduced[pivot][1])
        if left:
            found.append({len(chosen): ONE})
            reduced[pivot] = left, {**used, len(chosen): ONE}
            chosen.append(index)
        else:
            found.append({k: -x for k, x in used.items()})
    return chosen, [[line.get(k, ZERO) for k in range(len(chosen))] for line in found]


def rank(rows: Iterable[Sequence[Fraction]]) -> int:
    """The rank."""
    return len(row_basis(rows)[0])


def lower_form(form: Mapping[tuple[int, ...], Number]) -> dict[int, dict[int, Fraction]]:
    """A rational symmetric matrix that is nowhere larger than the Hessian of a quadratic form.

    ``form[i, j]`` is the coefficient of ``x_i x_j``, other keys are left out. The radius of an
    enclosed one is taken off both diagonal entries.
    """
    rows: dict[int, dict[int, Fraction]] = {}
    for key, x in form.items():
        if len(key) != 2:
            continue
        (i, j), (low, high) = key, bounds(x)
        for a, b in ((i, j), (j, i)):  # twice for i = j, as in the Hessian
            row = rows.setdefault(a, {})
            row[b] = row.get(b, ZERO) + (low if i == j else (low + high) * HALF)
            if i != j and low != high:
                row[a] = row.get(a, ZERO) - (high - low) * HALF
    return rows


def positive_definite(
    form: Mapping[tuple[int, ...], Number], soft: Iterable[int], hard: Iterable[int]
) -> str | None:
    """Whether a quadratic form is >= c |hard part|^2 for some c > 0 (None), or why not.

    Soft variables are eliminated first; a soft pivot may be zero if its whole row is. LDL^T,
    exact but for this: an entry whose denominator grows long is rounded, and the error is taken
    off both diagonal entries, which only makes the form smaller.
    """
    rows = lower_form(form)
    kinds = [*((v, True) for v in soft), *((v, False) for v in hard)]
    for v, is_soft in kinds:
        row = {j: x for j, x in rows.pop(v, {}).items() if x}
        pivot = row.pop(v, ZERO)
        if pivot < 0 or (pivot == 0 and (row or not is_soft)):
            return f"the pivot of variable {v} is {'negative' if pivot < 0 else 'zero'}"
        entries = list(row.items())
        for index, (i, x) in enumerate(entries):
            del rows[i][v]
            factor = x / pivot
            for j, y in entries[index:]:
                value = rows[i].get(j, ZERO) - factor * y
                if value.denominator.bit_length() > 2 * ROUNDED:
                    value = Fraction(
                        (value.numerator << ROUNDED) // value.denominator, 1 << ROUNDED
                    )
                    for d in (i, j) if i != j else ():
                        rows[d][d] = rows[d].get(d, ZERO) - Fraction(1, 1 << ROUNDED)
                rows[i][j] = rows[j][i] = value
    return None
