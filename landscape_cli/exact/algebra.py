"""Products, exact elimination, and sparse LDL^T; matrices are lists of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from .numbers import HALF, ONE, TWO, ZERO, Number, bounds, lift, need

MOST_ENTRIES = 4_000_000  # numbers in one matrix
ROUNDED = 192  # bits kept by a long elimination
Matrix: TypeAlias = list[list[Any]]  # of numbers or polynomials


def nonzero(row: Iterable[Any]) -> list[tuple[int, Any]]:
    """(index, entry) of the entries that are not exactly zero."""
    return [(j, x) for j, x in enumerate(row) if x]


def product(left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]) -> Matrix:
    """The matrix product; exact zeros cost nothing."""
    sparse = [nonzero(row) for row in right]
    found = []
    for row in left:
        line = [ZERO] * len(right[0])
        for k, a in nonzero(row):
            for j, b in sparse[k]:
                line[j] = line[j] + a * b if line[j] else a * b
        for c in (c for x in line for c in lift(x).terms.values()):
            short = max(c.numerator.bit_length(), c.denominator.bit_length()) <= 10**6
            need(short, "the numbers of a product grow too large")
        found.append(line)
    return found


def identity(rows: int, columns: int) -> Matrix:
    """Ones on the diagonal."""
    need(rows * columns <= MOST_ENTRIES, f"a matrix of more than {MOST_ENTRIES} entries")
    return [[ONE if i == j else ZERO for j in range(columns)] for i in range(rows)]


def transpose(matrix: Sequence[Sequence[Any]]) -> Matrix:
    """The transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def added(left: Matrix, right: Matrix) -> Matrix:
    """The sum of two matrices."""
    return [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


def row_basis(rows: Iterable[Sequence[Fraction]]) -> tuple[list[int], Matrix]:
    """(J, C): the rows J, the first ones that can be, are a basis, and ``rows = C rows[J]``."""
    reduced: dict[int, tuple[dict[int, Fraction], dict[int, Fraction]]] = {}  # by first column
    chosen: list[int] = []
    found: list[dict[int, Fraction]] = []
    for index, row in enumerate(rows):
        left = dict(nonzero(row))
        used: dict[int, Fraction] = {}  # left = row + used, in the basis
        while left and (pivot := min(left)) in reduced:
            factor = left[pivot] / reduced[pivot][0][pivot]
            for line, other in zip((left, used), reduced[pivot], strict=True):
                for j, x in other.items():
                    line[j] = line.get(j, ZERO) - factor * x
                    if not line[j]:
                        del line[j]
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


def positive_definite(
    form: Mapping[tuple[int, ...], Number], soft: Iterable[int], hard: Iterable[int]
) -> str | None:
    """Whether a quadratic form is >= c |hard part|^2 for some c > 0 (None), or why not.

    ``form[i, j]`` is the coefficient of ``x_i x_j``; other keys are left out. Soft variables are
    eliminated first; a soft pivot may be zero if its whole row is. LDL^T of a matrix that is
    nowhere larger: the error of an entry that is rounded, or known by its ends only, is taken off
    both diagonal entries.
    """
    rows: dict[int, dict[int, Fraction]] = {}

    def put(i: int, j: int, low: Fraction, high: Fraction) -> None:
        """The entries (i, j) and (j, i), known to be between the two ends."""
        for a, b in ((i, j), (j, i)):
            row = rows.setdefault(a, {})
            row[b] = low if i == j else (low + high) * HALF
            if i != j and low != high:
                row[a] = row.get(a, ZERO) - (high - low) * HALF

    quadratic = ((key, x) for key, x in form.items() if len(key) == 2)
    for (i, j), x in sorted(quadratic, key=lambda entry: entry[0][0] != entry[0][1]):
        put(i, j, *bounds(x * (TWO if i == j else ONE)))  # the diagonal comes first
    for v, is_soft in [*((v, True) for v in soft), *((v, False) for v in hard)]:
        row = {j: x for j, x in rows.pop(v, {}).items() if x}
        pivot = row.pop(v, ZERO)
        if pivot < 0 or (pivot == 0 and (row or not is_soft)):
            return f"the pivot of variable {v} is {'negative' if pivot < 0 else 'zero'}"
        entries = list(row.items())
        for index, (i, x) in enumerate(entries):
            del rows[i][v]
            factor = x / pivot
            for j, y in entries[index:]:
                value, error = rows[i].get(j, ZERO) - factor * y, ZERO
                if value.denominator.bit_length() > 2 * ROUNDED:
                    error = Fraction(1, 1 << ROUNDED)
                    value = value // error * error
                put(i, j, value, value + error)
    return None
