"""Exact ranks of matrices of floats at real sizes: every float is the rational that it stores.

A row times a power of two has integer entries and the same rank. Full rank is settled by
elimination modulo one prime (fast with NumPy's matrix product, if NumPy is there; else
python-flint); deficient ranks are proved in ``algebra.modular``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import frexp, isfinite
from typing import Any, NamedTuple

from .modular import Progress, proven_rank

# Below 2^24, so that 32 products of centred residues and their sum stay exact in a float64.
FAST_PRIMES = (16777213, 16777199, 16777183)
BLOCK = 32
# Entries from which NumPy's elimination pays.
FAST_SIZE = 128 * 128


class FloatMatrix:
    """A finite float64 (or narrower) matrix, row by row, taken as exact rationals.

    ``values`` holds ``rows * columns`` floats. ``ValueError`` for NaN, infinity, a wrong count or
    an empty shape.
    """

    __slots__ = ("columns", "rows", "values")

    def __init__(self, rows: int, columns: int, values: Iterable[float]) -> None:
        self.rows, self.columns = rows, columns
        self.values = values if isinstance(values, array) else array("d", values)
        if rows < 1 or columns < 1:
            raise ValueError("a matrix needs at least one row and one column")
        if len(self.values) != rows * columns:
            raise ValueError(f"{rows} x {columns} entries are needed, not {len(self.values)}")
        if not all(map(isfinite, self.values)):
            raise ValueError("a matrix entry is NaN or infinity")

    @classmethod
    def from_numpy(cls, values: Any) -> "FloatMatrix":
        """From a two-dimensional NumPy array of float16, float32 or float64 (exact)."""
        rows, columns = values.shape
        if str(values.dtype) not in ("float16", "float32", "float64"):
            raise ValueError(f"an array of floats is needed, not of {values.dtype}")
        data = array("d")
        data.frombytes(values.astype("float64").tobytes())
        return cls(rows, columns, data)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of rows, number of columns)."""
        return self.rows, self.columns

    def fractions(self) -> tuple[tuple[Fraction, ...], ...]:
        """The rows as fractions (for small matrices)."""
        return tuple(
            tuple(Fraction(v) for v in self.values[i * self.columns : (i + 1) * self.columns])
            for i in range(self.rows)
        )

    def integers(self, common: bool = False) -> Any:
        """A python-flint ``fmpz_mat``: each row times a power of two that makes it integer.

        ``common``: one power of two for all rows, as a factor of a product needs it.
        """
        from flint import fmpz_mat

        table = []
        if common:
            whole = min((frexp(v)[1] for v in self.values if v), default=0)
        for i in range(self.rows):
            parts = [frexp(v) for v in self.values[i * self.columns : (i + 1) * self.columns]]
            least = whole if common else min((e for f, e in parts if f), default=0)
            table.append([int(f * 9007199254740992.0) << (e - least) if f else 0 for f, e in parts])
        return fmpz_mat(table)

    def as_numpy(self) -> Any:
        """A NumPy view of the values."""
        import numpy

        return numpy.frombuffer(self.values, dtype="float64").reshape(self.rows, self.columns)


class ProductRanks(NamedTuple):
    """rank A, rank B, rank AB (all exact)."""

    left: int
    right: int
    product: int


class NumericalRank(NamedTuple):
    """A rank in floating point: NOT exact, and labelled so wherever it is shown.

    ``kept`` is the smallest singular value above the tolerance, ``dropped`` the largest one not
    above it (None if there is none).
    """

    rank: int
    tolerance: float
    kept: float | None
    dropped: float | None


def rank(matrix: FloatMatrix, progress: Progress | None = None) -> int:
    """The exact rank of a matrix of floats."""
    m, n = matrix.shape
    if m * n >= FAST_SIZE and _full_rank_modulo_a_prime(matrix):
        return min(m, n)
    return proven_rank(matrix.integers(), progress)


def product_ranks(
    left: FloatMatrix, right: FloatMatrix, progress: Progress | None = None
) -> ProductRanks:
    """The three exact ranks of A, B and the exact product AB (no rounding).

    By Sylvester and Frobenius rank A + rank B - k <= rank AB <= min(rank A, rank B); the product
    is formed only where that does not settle it.
    """
    if left.columns != right.rows:
        raise ValueError(
            f"a {left.rows} x {left.columns} matrix can't be multiplied by a "
            f"{right.rows} x {right.columns} one"
        )
    a, b = rank(left, progress), rank(right, progress)
    high = min(a, b)
    if a + b - left.columns >= high:
        return ProductRanks(a, b, high)
    # Rows of A and columns of B may be scaled without changing a rank; rows of B may not.
    columns = FloatMatrix(
        right.columns, right.rows, _transposed(right.values, right.rows, right.columns)
    )
    whole = left.integers() * columns.integers().transpose()
    return ProductRanks(a, b, _rank_at_most(whole, high, progress))


def _rank_at_most(matrix: Any, bound: int, progress: Progress | None) -> int:
    from .modular import PRIME_BITS, modular_rank, random_prime

    if modular_rank(matrix, random_prime(PRIME_BITS, set())) == bound:
        return bound
    return proven_rank(matrix, progress)


def _transposed(values: Sequence[float], rows: int, columns: int) -> "array[float]":
    result = array("d")
    for j in range(columns):
        result.extend(values[j : rows * columns : columns])
    return result


def _full_rank_modulo_a_prime(matrix: FloatMatrix) -> bool:
    """True proves full rank; False says nothing. Needs NumPy."""
    try:
        import numpy
    except ImportError:
        return False
    values = matrix.as_numpy()
    if matrix.rows < matrix.columns:
        values = values.T
    for prime in FAST_PRIMES[:2]:
        if _eliminates(numpy, _residues(numpy, values, prime), prime):
            return True
    return False


def _residues(numpy: Any, values: Any, prime: int) -> Any:
    """The entries times one common power of two, modulo the prime, centred, as float64."""
    mantissa, exponent = numpy.frexp(values)
    whole = (mantissa * 9007199254740992.0).astype(numpy.int64) % prime
    nonzero = whole != 0
    least = int(exponent[nonzero].min()) if nonzero.any() else 0
    shift = numpy.where(nonzero, exponent - least, 0)
    powers = numpy.array([pow(2, e, prime) for e in range(int(shift.max()) + 1)], dtype=numpy.int64)
    result = (whole * powers[shift] % prime).astype(numpy.float64)
    result[result > prime // 2] -= prime
    return result


def _eliminates(numpy: Any, work: Any, prime: int) -> bool:
    """Whether blocked elimination modulo the prime finds a pivot in every column (m >= n).

    All values are integers below 2^52 in size, so every float64 operation is exact: residues are
    centred (at most prime/2 < 2^23), and at most BLOCK = 32 products are added.
    """
    inverse = 1.0 / prime
    n = work.shape[1]

    def reduce(x: Any) -> Any:
        quotient = x * inverse
        numpy.rint(quotient, out=quotient)
        quotient *= prime
        x -= quotient
        return x

    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        width = stop - start
        panel = numpy.ascontiguousarray(work[start:, start:stop].T)  # columns as rows
        for j in range(width):
            column = panel[j]
            candidates = numpy.flatnonzero(column[j:])
            if candidates.size == 0:
                return False
            i = j + int(candidates[0])
            if i != j:
                panel[:, [i, j]] = panel[:, [j, i]]
                if stop < n:
                    work[[start + i, start + j], stop:] = work[[start + j, start + i], stop:]
            pivot = pow(int(column[j]) % prime, -1, prime)
            pivot -= prime if pivot > prime // 2 else 0
            factors = reduce(column[j + 1 :] * float(pivot))
            column[j + 1 :] = factors
            if j + 1 < width:
                rest = panel[j + 1 :, j + 1 :]
                rest -= numpy.multiply.outer(panel[j + 1 :, j], factors)
                reduce(rest)
        if stop < n:
            lower = panel.T
            unit = numpy.eye(width)
            for j in range(width):
                below = unit[j + 1 :]
                below -= numpy.outer(lower[j + 1 : width, j], unit[j])
                reduce(below)
            upper = reduce(unit @ work[start:stop, stop:])
            rest = work[stop:, stop:]
            rest -= numpy.ascontiguousarray(lower[width:]) @ upper
            reduce(rest)
    return True


def numerical_rank(matrix: FloatMatrix, tolerance: float | None = None) -> NumericalRank:
    """The number of singular values above the tolerance, in floating point (not exact).

    The default tolerance is NumPy's: the largest singular value times max(m, n) times the
    rounding unit. Needs NumPy; ``ImportError`` without it.
    """
    import numpy

    values = numpy.linalg.svd(matrix.as_numpy(), compute_uv=False)
    if tolerance is None:
        tolerance = float(values[0]) * max(matrix.shape) * float(numpy.finfo("float64").eps)
    kept = [float(v) for v in values if v > tolerance]
    dropped = [float(v) for v in values if v <= tolerance]
    return NumericalRank(
        len(kept), tolerance, kept[-1] if kept else None, dropped[0] if dropped else None
    )
