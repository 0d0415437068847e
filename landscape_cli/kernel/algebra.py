"""Matrices as lists of rows, exact elimination, sparse LDL^T, and truncated polynomials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

from .numbers import ONE, ZERO, Interval, Number, Rejection, Symbolic

MOST_TERMS = 200_000  # of one polynomial
ROUNDED = 192  # bits kept by a long elimination
MOST_BITS = 1_000_000  # of a numerator


class Polynomial:
    """A polynomial in numbered variables, truncated.

    A monomial is a sorted tuple of variables. Variables >= 0 count towards the degree and terms
    of degree above ``order`` are dropped; negative variables don't count and are never dropped.
    """

    __slots__ = ("order", "terms")

    def __init__(self, terms: dict[tuple[int, ...], Number], order: int) -> None:
        self.terms = {m: c for m, c in terms.items() if c}
        self.order = order
        if len(self.terms) > MOST_TERMS:
            raise Rejection("a polynomial has too many terms")

    def __bool__(self) -> bool:
        return bool(self.terms)

    def constant(self) -> Number:
        """The constant coefficient."""
        return self.terms.get((), ZERO)

    def __neg__(self) -> Polynomial:
        return self * Fraction(-1)

    def __add__(self, other: Element) -> Polynomial:
        terms = dict(self.terms)
        for m, c in (other.terms if isinstance(other, Polynomial) else {(): other}).items():
            terms[m] = terms[m] + c if m in terms else c
        return Polynomial(terms, self.order)

    def __mul__(self, other: Element) -> Polynomial:
        if not isinstance(other, Polynomial):
            return Polynomial({m: c * other for m, c in self.terms.items()}, self.order)
        if len(self.terms) * len(other.terms) > 100 * MOST_TERMS:
            raise Rejection("a product of polynomials has too many terms")
        terms: dict[tuple[int, ...], Number] = {}
        for m, c in self.terms.items():
            room = self.order - sum(v >= 0 for v in m)
            for k, d in other.terms.items():
                if sum(v >= 0 for v in k) <= room:
                    both = tuple(sorted(m + k))
                    terms[both] = terms[both] + c * d if both in terms else c * d
        return Polynomial(terms, self.order)

    def __sub__(self, other: Element) -> Polynomial:
        return self + -other

    def __rsub__(self, other: Element) -> Polynomial:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__


Element: TypeAlias = Fraction | Symbolic | Interval | Polynomial
Matrix: TypeAlias = list[list[Element]]
Rows: TypeAlias = list[list[Fraction]]


def product(left: Sequence[Sequence[Element]], right: Sequence[Sequence[Element]]) -> Matrix:
    """The matrix product; exact zeros cost nothing, rows of the same objects are computed once."""
    columns = len(right[0])
    sparse = [[(j, x) for j, x in enumerate(row) if x] for row in right]
    result: Matrix = []
    known: dict[tuple[int, ...], list[Element]] = {}
    for row in left:
        key = tuple(map(id, row))
        if key in known:
            result.append(known[key])
            continue
        line: list[Element] = [ZERO] * columns
        known[key] = line
        for k, a in enumerate(row):
            if a:
                for j, b in sparse[k]:
                    line[j] = line[j] + a * b if line[j] else a * b
        if any(isinstance(x, Fraction) and x.numerator.bit_length() > MOST_BITS for x in line):
            raise Rejection("the numbers of a product grow too large")
        result.append(line)
    return result


def transpose(matrix: Sequence[Sequence[Element]]) -> Matrix:
    """The transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def rationals(matrix: Sequence[Sequence[Element]], what: str) -> Rows:
    """The matrix if all its entries are rational, else a rejection."""
    if all(isinstance(x, Fraction) for row in matrix for x in row):
        return [[x for x in row if isinstance(x, Fraction)] for row in matrix]
    raise Rejection(f"{what} must be rational for this argument")


def independent_rows(matrix: Iterable[Sequence[Fraction]]) -> list[int]:
    """Indices of the first rows that span the row space (their number is the rank)."""
    reduced: dict[int, dict[int, Fraction]] = {}  # by pivot column
    chosen = []
    for index, row in enumerate(matrix):
        left = {j: x for j, x in enumerate(row) if x}
        while left:
            pivot = min(left)
            if pivot not in reduced:
                reduced[pivot] = left
                chosen.append(index)
                break
            factor = left[pivot] / reduced[pivot][pivot]
            for j, x in reduced[pivot].items():
                left[j] = left.get(j, ZERO) - factor * x
                if not left[j]:
                    del left[j]
    return chosen


def coordinates(basis: Rows, vectors: Rows) -> Rows:
    """C with ``vectors = C basis``; the rows of ``basis`` are independent and span the vectors."""
    size = len(basis)
    table = [
        {**{j: x for j, x in enumerate(row) if x}, ("id", i): ONE} for i, row in enumerate(basis)
    ]
    pivots: list[tuple[int, dict[object, Fraction]]] = []

    def reduce(row: dict[object, Fraction]) -> dict[object, Fraction]:
        for pivot, other in pivots:
            if pivot in row:
                factor = row[pivot] / other[pivot]
                for j, x in other.items():
                    row[j] = row.get(j, ZERO) - factor * x
                    if not row[j]:
                        del row[j]
        return row

    for line in table:
        reduced = reduce(dict(line))
        pivots.append((min(j for j in reduced if isinstance(j, int)), reduced))
    result = []
    for vector in vectors:
        left = reduce({j: x for j, x in enumerate(vector) if x})
        if any(isinstance(j, int) for j in left):
            raise Rejection("a vector is outside the span that it was said to lie in")
        result.append([-left.get(("id", i), ZERO) for i in range(size)])
    return result


def positive_definite(
    form: dict[tuple[int, int], Fraction], soft: Sequence[int], hard: Sequence[int]
) -> str | None:
    """Whether a symmetric form is >= c |hard part|^2 for some c > 0 (None), or why not.

    ``form[i, j]`` with i <= j holds the coefficient of the symmetric matrix at (i, j). Soft
    variables are eliminated first; a soft pivot may be zero if its whole row is. LDL^T, exact
    but for this: an entry whose denominator grows long is rounded, and the error is taken off
    both diagonal entries, which only makes the form smaller.
    """
    rows: dict[int, dict[int, Fraction]] = {v: {} for v in (*soft, *hard)}
    for (i, j), x in form.items():
        if x:
            rows[i][j] = rows[j][i] = x
    kind = dict.fromkeys(soft, True)
    for v in (*soft, *hard):
        row = rows.pop(v)
        pivot = row.pop(v, ZERO)
        if pivot < 0 or (pivot == 0 and (row or v not in kind)):
            return f"the pivot of variable {v} is {'negative' if pivot < 0 else 'zero'}"
        if pivot == 0:
            continue
        entries = list(row.items())
        for i, _ in entries:
            del rows[i][v]
        for index, (i, x) in enumerate(entries):
            factor = x / pivot
            for j, y in entries[index:]:
                value = rows[i].get(j, ZERO) - factor * y
                if value.denominator.bit_length() > 2 * ROUNDED:
                    value = Fraction(
                        (value.numerator << ROUNDED) // value.denominator, 1 << ROUNDED
                    )
                    for d in (i, j) if i != j else ():
                        rows[d][d] = rows[d].get(d, ZERO) - Fraction(1, 1 << ROUNDED)
                if value:
                    rows[i][j] = rows[j][i] = value
                else:
                    rows[i].pop(j, None)
                    if i != j:
                        rows[j].pop(i, None)
    return None
