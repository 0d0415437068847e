"""Exact linear algebra over the rationals.

A matrix is a sequence of rows of ``Fraction`` or ``int``, with at least one row and one column.
Every function is exact. Small sizes run in pure Python on fraction-free elimination (Bareiss
1968: every intermediate entry is a minor of the matrix, so all divisions are exact); larger ones
go to python-flint, imported inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..model.stored import stored_floats

if TYPE_CHECKING:
    Entry: TypeAlias = Fraction | int
    Rows: TypeAlias = Sequence[Sequence[Entry]]
    Vector: TypeAlias = Sequence[Entry]
    ExactRows: TypeAlias = tuple[tuple[Fraction, ...], ...]
    ExactVector: TypeAlias = tuple[Fraction, ...]

ZERO = Fraction(0)
ONE = Fraction(1)

# Work (in entry operations) from which python-flint pays for its import and the conversions.
FLINT_WORK = 60_000
# Rows from which the inertia is read off the characteristic polynomial.
LARGE_INERTIA = 60


class Inertia(NamedTuple):
    """Signs of a real symmetric matrix, with a direction of negative curvature if there is one.

    ``direction`` is a rational vector v with v^T S v < 0, or None when ``negative`` is 0.
    """

    positive: int
    negative: int
    zero: int
    direction: ExactVector | None


def shape(rows: Rows) -> tuple[int, int]:
    """(number of rows, number of columns); ``ValueError`` for empty or ragged rows."""
    if not rows or not rows[0]:
        raise ValueError("a matrix needs at least one row and one column")
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise ValueError("the rows of a matrix must have the same length")
    return len(rows), width


def matrix(rows: Rows) -> ExactRows:
    """The matrix with every entry a ``Fraction``."""
    shape(rows)
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


def zeros(row_count: int, column_count: int) -> ExactRows:
    """The zero matrix."""
    return tuple((ZERO,) * column_count for _ in range(row_count))


def identity(size: int) -> ExactRows:
    """The identity matrix."""
    return tuple((ZERO,) * i + (ONE,) + (ZERO,) * (size - i - 1) for i in range(size))


def transpose(rows: Rows) -> ExactRows:
    """The transpose."""
    return tuple(tuple(Fraction(e) for e in column) for column in zip(*rows, strict=True))


def add(*matrices: Rows) -> ExactRows:
    """The sum of matrices of one shape."""
    if len({shape(m) for m in matrices}) != 1:
        raise ValueError("only matrices of one shape can be added")
    return tuple(
        tuple(sum(entries, ZERO) for entries in zip(*rows, strict=True))
        for rows in zip(*matrices, strict=True)
    )


def scale(factor: Entry, rows: Rows) -> ExactRows:
    """``factor`` times the matrix."""
    return tuple(tuple(Fraction(factor * entry) for entry in row) for row in rows)


def subtract(left: Rows, right: Rows) -> ExactRows:
    """``left - right``."""
    return add(left, scale(-1, right))


def inner(left: Rows, right: Rows) -> Fraction:
    """The Frobenius inner product of two matrices of one shape."""
    return sum(
        (
            Fraction(a * b)
            for row, other in zip(left, right, strict=True)
            for a, b in zip(row, other, strict=True)
            if a and b
        ),
        ZERO,
    )


def is_zero(rows: Rows) -> bool:
    """Whether every entry is 0."""
    return not any(entry for row in rows for entry in row)


def integer_rows(rows: Rows) -> list[list[int]]:
    """Each row times a positive rational that makes it integer and primitive (rank unchanged)."""
    result = []
    for row in rows:
        common = lcm(*(entry.denominator for entry in row))
        integers = [entry.numerator * (common // entry.denominator) for entry in row]
        divisor = gcd(*integers)
        result.append([entry // divisor for entry in integers] if divisor > 1 else integers)
    return result


def _eliminate(work: list[list[int]]) -> list[int]:
    """Fraction-free row echelon form in place; returns the pivot columns."""
    rows, columns = len(work), len(work[0])
    pivots: list[int] = []
    previous = 1
    top = 0
    for column in range(columns):
        best = None
        for i in range(top, rows):
            entry = work[i][column]
            if entry and (best is None or abs(entry) < abs(work[best][column])):
                best = i
        if best is None:
            continue
        work[top], work[best] = work[best], work[top]
        pivot_row = work[top]
        pivot = pivot_row[column]
        for i in range(top + 1, rows):
            row = work[i]
            factor = row[column]
            for j in range(column + 1, columns):
                row[j] = (pivot * row[j] - factor * pivot_row[j]) // previous
            row[column] = 0
        previous = pivot
        pivots.append(column)
        top += 1
        if top == rows:
            break
    return pivots


def rank(rows: Rows, progress: Callable[[str, float], None] | None = None) -> int:
    """The exact rank of a rational matrix; large ones report their progress (text, fraction)."""
    m, n = shape(rows)
    stored = stored_floats(rows)
    if stored is not None:
        from . import floats

        return floats.rank(floats.FloatMatrix(m, n, stored), progress)
    if not any(entry for row in rows for entry in row):
        return 0
    if m == 1 or n == 1:
        return 1
    if n < m:
        rows = list(zip(*rows, strict=True))
        m, n = n, m
    work = integer_rows(rows)
    if m * m * n < FLINT_WORK:
        return len(_eliminate(work))
    from flint import fmpz_mat

    from .modular import proven_rank

    return proven_rank(fmpz_mat(work), progress)


def product_rank(
    factors: Sequence[Rows], bound: int, progress: Callable[[str, float], None] | None = None
) -> int:
    """The exact rank of a product of at least two matrices, known to be at most ``bound``."""
    sizes = [shape(factor) for factor in factors]
    if sum(m * k * sizes[-1][1] for m, k in sizes) < FLINT_WORK:
        return rank(product(*factors))
    from .modular import PRIME_BITS, modular_rank, proven_rank, random_prime

    whole = _integer_multiple(factors[0])
    for factor in factors[1:]:
        whole = whole * _integer_multiple(factor)
    if modular_rank(whole, random_prime(PRIME_BITS, set())) == bound:
        return bound
    return proven_rank(whole, progress)


def _integer_multiple(rows: Rows) -> Any:
    """A python-flint ``fmpz_mat``: the matrix times a positive rational."""
    from flint import fmpz_mat

    m, n = shape(rows)
    stored = stored_floats(rows)
    if stored is not None:
        from .floats import FloatMatrix

        return FloatMatrix(m, n, stored).integers(common=True)
    return fmpz_mat(_common_integers(rows))


def reduced_row_echelon(rows: Rows) -> tuple[ExactRows, tuple[int, ...]]:
    """The non-zero rows of the reduced row echelon form, and their pivot columns.

    Both are empty for the zero matrix.
    """
    m, n = shape(rows)
    work = integer_rows(rows)
    if m * n * min(m, n) >= FLINT_WORK:
        from flint import fmpz_mat

        reduced, denominator, found = fmpz_mat(work).rref()
        table = [[int(reduced[i, j]) for j in range(n)] for i in range(int(found))]
        d = int(denominator)
        pivots = [next(j for j, entry in enumerate(row) if entry) for row in table]
        return (
            tuple(tuple(Fraction(entry, d) for entry in row) for row in table),
            tuple(pivots),
        )
    pivots = _eliminate(work)
    done: list[list[Fraction]] = []
    for index in reversed(range(len(pivots))):
        pivot = work[index][pivots[index]]
        row = [Fraction(entry, pivot) for entry in work[index]]
        for lower, column in zip(done, reversed(pivots[index + 1 :]), strict=True):
            factor = row[column]
            if factor:
                row = [a - factor * b for a, b in zip(row, lower, strict=True)]
        done.append(row)
    return tuple(tuple(row) for row in reversed(done)), tuple(pivots)


def null_space(rows: Rows) -> tuple[ExactVector, ...]:
    """A basis of the vectors x with ``rows`` x = 0 (no vectors for full column rank)."""
    _, n = shape(rows)
    reduced, pivots = reduced_row_echelon(rows)
    basis = []
    for free in (j for j in range(n) if j not in set(pivots)):
        vector = [ZERO] * n
        vector[free] = ONE
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(tuple(vector))
    return tuple(basis)


def left_null_space(rows: Rows) -> tuple[ExactVector, ...]:
    """A basis of the vectors y with y^T ``rows`` = 0."""
    return null_space(transpose(rows))


def row_space(rows: Rows) -> ExactRows:
    """A basis of the row space (the reduced echelon form's rows; none for the zero matrix)."""
    return reduced_row_echelon(rows)[0]


def column_space(rows: Rows) -> ExactRows:
    """A basis of the column space: the pivot columns of the matrix, each as a vector."""
    m, n = shape(rows)
    if m * n * min(m, n) >= FLINT_WORK and rank(rows) == m == n:
        return transpose(rows)
    _, pivots = reduced_row_echelon(rows)
    return tuple(tuple(Fraction(row[j]) for row in rows) for j in pivots)


def flint_matrix(rows: Rows) -> Any:
    """The matrix as a python-flint ``fmpq_mat``."""
    from flint import fmpq, fmpq_mat

    m, n = shape(rows)
    return fmpq_mat(m, n, [fmpq(e.numerator, e.denominator) for row in rows for e in row])


def from_flint(values: Any) -> ExactRows:
    """A python-flint ``fmpq_mat`` as rows of fractions."""
    return tuple(
        tuple(Fraction(int(values[i, j].p), int(values[i, j].q)) for j in range(values.ncols()))
        for i in range(values.nrows())
    )


def _product(left: Rows, right: Rows) -> ExactRows:
    m, k = shape(left)
    inner_size, n = shape(right)
    if inner_size != k:
        raise ValueError(f"a {m} x {k} matrix can't be multiplied by a {inner_size} x {n} one")
    if m * k * n >= FLINT_WORK:
        return from_flint(flint_matrix(left) * flint_matrix(right))
    columns = list(zip(*right, strict=True))
    return tuple(
        tuple(
            sum((Fraction(a * b) for a, b in zip(row, column, strict=True) if a and b), ZERO)
            for column in columns
        )
        for row in left
    )


def product(*factors: Rows) -> ExactRows:
    """The matrix product of at least one factor; ``ValueError`` if the shapes don't chain."""
    result = matrix(factors[0])
    for factor in factors[1:]:
        result = _product(result, factor)
    return result


def apply(rows: Rows, vector: Vector) -> ExactVector:
    """The matrix times a vector."""
    return tuple(
        sum((Fraction(a * b) for a, b in zip(row, vector, strict=True) if a and b), ZERO)
        for row in rows
    )


def outer(column: Vector, row: Vector) -> ExactRows:
    """The rank-one matrix ``column row^T``."""
    return tuple(tuple(Fraction(a * b) for b in row) for a in column)


def solve(rows: Rows, right: Rows) -> ExactRows | None:
    """Some X with ``rows`` X = ``right`` (free unknowns 0), or None if there is none."""
    m, n = shape(rows)
    right_rows, width = shape(right)
    if right_rows != m:
        raise ValueError("the two sides must have the same number of rows")
    reduced, pivots = reduced_row_echelon(
        [[*row, *values] for row, values in zip(rows, right, strict=True)]
    )
    solution = [[ZERO] * width for _ in range(n)]
    for row, pivot in zip(reduced, pivots, strict=True):
        if pivot >= n:
            return None
        solution[pivot] = list(row[n:])
    return tuple(tuple(row) for row in solution)


def inverse(rows: Rows) -> ExactRows:
    """The inverse; ``ValueError`` for a matrix that has none."""
    m, n = shape(rows)
    if m != n:
        raise ValueError(f"a {m} x {n} matrix has no inverse")
    if rank(rows) < n:
        raise ValueError("a singular matrix has no inverse")
    result = solve(rows, identity(n))
    assert result is not None  # the rank is full
    return result


def independent(vectors: Iterable[Vector], start: Iterable[Vector] = ()) -> tuple[int, ...]:
    """Indices of vectors that, taken greedily, are independent of ``start`` and one another."""
    first = list(start)
    rest = list(vectors)
    if not rest:
        return ()
    _, pivots = reduced_row_echelon(transpose([*first, *rest]))
    return tuple(j - len(first) for j in pivots if j >= len(first))


def is_symmetric(rows: Rows) -> bool:
    """Whether the matrix equals its transpose."""
    m, n = shape(rows)
    return m == n and all(rows[i][j] == rows[j][i] for i in range(n) for j in range(i))


def _common_integers(rows: Rows) -> list[list[int]]:
    common = lcm(*(entry.denominator for row in rows for entry in row))
    return [[entry.numerator * (common // entry.denominator) for entry in row] for row in rows]


def inertia(rows: Rows) -> Inertia:
    """Numbers of positive, negative and zero eigenvalues of a symmetric matrix, exactly.

    ``ValueError`` if the matrix is not symmetric.
    """
    if not is_symmetric(rows):
        raise ValueError("inertia is for symmetric matrices")
    return _inertia_by_elimination(rows) if len(rows) < LARGE_INERTIA else _inertia_by_roots(rows)


def _inertia_by_roots(rows: Rows) -> Inertia:
    """Descartes' rule on the characteristic polynomial (python-flint, exact).

    All roots are real, so the sign changes of its coefficients count the positive ones exactly,
    and the power of t that divides it counts the zeros.
    """
    from flint import fmpz_mat

    work = fmpz_mat(_common_integers(rows))
    coefficients = [int(c) for c in work.charpoly().coeffs()]
    zero = next(i for i, c in enumerate(coefficients) if c)
    signs = [c > 0 for c in coefficients if c]
    positive = sum(a != b for a, b in pairwise(signs))
    negative = len(rows) - positive - zero
    if not negative:
        return Inertia(positive, 0, zero, None)
    direction = _direction_from_floats(rows) or _inertia_by_elimination(rows).direction
    return Inertia(positive, negative, zero, direction)


def _direction_from_floats(rows: Rows) -> ExactVector | None:
    """An eigenvector of the least eigenvalue, found in floating point and re-checked exactly."""
    try:
        import numpy
    except ImportError:
        return None
    try:
        values = numpy.array([[float(entry) for entry in row] for row in rows])
        vector = numpy.linalg.eigh(values)[1][:, 0]
    except (OverflowError, numpy.linalg.LinAlgError):
        return None
    for bits in (8, 24, 50):
        rounded = tuple(Fraction(round(float(v) * 2**bits), 2**bits) for v in vector)
        if quadratic_value(rows, rounded) < 0:
            return rounded
    return None


def _inertia_by_elimination(rows: Rows) -> Inertia:
    """The inertia, by elimination over the integers.

    Symmetric fraction-free elimination (LDL^T after a congruence). A pivot is any non-zero
    diagonal entry of the Schur complement S; if its diagonal is zero and S_ij is not, the basis
    change e_i := e_i + e_j makes S_ii = 2 S_ij, so indefinite and singular matrices need no case
    of their own (Sylvester's law of inertia).
    """
    n = len(rows)
    work = _common_integers(rows)
    basis = [[int(i == j) for j in range(n)] for i in range(n)]  # row i: the i-th new basis vector
    order = list(range(n))
    previous = 1
    positive = negative = 0
    witness: int | None = None
    step = 0
    while step < n:
        rest = order[step:]
        pivots = [i for i in rest if work[i][i]]
        if not pivots:
            pair = next(((i, j) for i in rest for j in rest if work[i][j]), None)
            if pair is None:
                break
            i, j = pair
            for column in rest:
                work[i][column] += work[j][column]
            for other in rest:
                work[other][i] += work[other][j]
            basis[i] = [a + b for a, b in zip(basis[i], basis[j], strict=True)]
            pivots = [i]
        chosen = min(pivots, key=lambda i: abs(work[i][i]))
        position = order.index(chosen)
        order[step], order[position] = order[position], order[step]
        pivot = work[chosen][chosen]
        if (pivot > 0) == (previous > 0):
            positive += 1
        else:
            negative += 1
            if witness is None:
                witness = step
        pivot_row = work[chosen]
        remaining = order[step + 1 :]
        for i in remaining:
            row = work[i]
            factor = row[chosen]
            for j in remaining:
                row[j] = (pivot * row[j] - factor * pivot_row[j]) // previous
        previous = pivot
        step += 1
    if witness is None:
        return Inertia(positive, negative, n - positive - negative, None)
    vectors = [basis[i] for i in order[: witness + 1]]
    return Inertia(
        positive, negative, n - positive - negative, _conjugate(rows, vectors[:-1], vectors[-1])
    )


def _conjugate(rows: Rows, earlier: list[list[int]], last: list[int]) -> ExactVector:
    """``last`` plus a combination of ``earlier`` that makes it S-orthogonal to all of them."""
    if not earlier:
        return tuple(Fraction(entry) for entry in last)
    images = product(earlier, rows)
    gram = product(images, transpose(earlier))
    right = tuple((-value,) for value in apply(images, last))
    coefficients = solve(gram, right)
    assert coefficients is not None  # the pivots so far are non-zero
    return tuple(
        Fraction(entry)
        + sum((c[0] * v[i] for c, v in zip(coefficients, earlier, strict=True)), ZERO)
        for i, entry in enumerate(last)
    )


def is_positive_definite(rows: Rows) -> bool:
    """Whether a symmetric matrix is positive definite, exactly."""
    found = inertia(rows)
    return found.negative == 0 and found.zero == 0


def quadratic_value(rows: Rows, vector: Vector) -> Fraction:
    """``v^T S v``."""
    return sum((Fraction(a * b) for a, b in zip(vector, apply(rows, vector), strict=True)), ZERO)
