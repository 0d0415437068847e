"""Exact ranks of large integer matrices: modular lower bounds, proved upper bounds.

The rank modulo any prime is a lower bound of the rank. A deficient rank r is proved either by an
exact null space (the other columns are combinations of r independent ones, solved for over the
rationals and checked in every row), or by showing that all minors of size r + 1 vanish: each is
divisible by every prime modulo which the rank is at most r, and no larger than Hadamard's bound.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, isqrt
from typing import Any

Progress = Callable[[str, float], None]

PRIME_BITS = 62
# Missing columns up to which the null space is solved for; beyond, the minors are bounded.
NULL_SPACE_COLUMNS = 32


def random_prime(bits: int, used: set[int]) -> int:
    """A prime of that size which is not in ``used``; it is added there."""
    from random import SystemRandom

    from flint import fmpz

    source = SystemRandom()
    while True:
        candidate = source.randrange(1 << (bits - 1), 1 << bits) | 1
        if candidate not in used and fmpz(candidate).is_prime():
            used.add(candidate)
            return candidate


def modular_rank(matrix: Any, prime: int) -> int:
    """The rank of a python-flint ``fmpz_mat`` modulo a prime below 2^64."""
    from flint import nmod_mat

    return int(nmod_mat(matrix, prime).rank())


def hadamard_bits(matrix: Any, size: int) -> int:
    """B with |every minor of that size| < 2^B: the largest ``size`` row (or column) norms."""

    def bits(rows: list[list[int]]) -> int:
        norms = sorted((isqrt(sum(e * e for e in row)) + 1 for row in rows), reverse=True)
        return sum(norm.bit_length() for norm in norms[:size])

    table = [[int(entry) for entry in row] for row in matrix.tolist()]
    return 1 + min(bits(table), bits([list(column) for column in zip(*table, strict=True)]))


def proven_rank(matrix: Any, progress: Progress | None = None) -> int:
    """The exact rank of a python-flint ``fmpz_mat``."""
    m, n = matrix.nrows(), matrix.ncols()
    used: set[int] = set()
    low = max(modular_rank(matrix, random_prime(PRIME_BITS, used)) for _ in range(2))
    if low < min(m, n):
        matrix = _without_repeats(matrix)
        if matrix is None:
            return 0
        m, n = matrix.nrows(), matrix.ncols()
    while low < min(m, n):
        if progress is not None:
            progress(f"rank at least {low}; proving that it is not larger", 0.0)
        missing = min(m, n) - low
        if missing <= NULL_SPACE_COLUMNS and low > 0 and _null_space_proves(matrix, low):
            return low
        higher = _minors_vanish(matrix, low, used, progress)
        if higher is None:
            return low
        low = higher
    return low


def _without_repeats(matrix: Any) -> Any:
    """A matrix of the same rank without zero or proportional rows and columns; None for zero.

    Dead and duplicated units leave these behind, and without them no long proof is needed.
    """
    from flint import fmpz_mat

    table = [[int(entry) for entry in row] for row in matrix.tolist()]
    for _ in range(2):
        kept = []
        seen = set()
        for row in table:
            first = next((entry for entry in row if entry), 0)
            if first:
                divisor = gcd(*row) * (1 if first > 0 else -1)
                direction = tuple(entry // divisor for entry in row)
                if direction not in seen:
                    seen.add(direction)
                    kept.append(row)
        if not kept:
            return None
        table = [list(column) for column in zip(*kept, strict=True)]
    return fmpz_mat(table)


def _pivots(matrix: Any, prime: int) -> list[int]:
    from flint import nmod_mat

    reduced, rank = nmod_mat(matrix, prime).rref()
    pivots = []
    column = 0
    for i in range(int(rank)):
        while int(reduced[i, column]) == 0:
            column += 1
        pivots.append(column)
        column += 1
    return pivots


def _sub(matrix: Any, rows: list[int], columns: list[int]) -> Any:
    from flint import fmpz_mat

    table = matrix.tolist()
    return fmpz_mat([[table[i][j] for j in columns] for i in rows])


def _null_space_proves(matrix: Any, rank: int) -> bool:
    """Whether an exact solve shows that ``rank`` columns (or rows) span all the others."""
    if matrix.nrows() < matrix.ncols():
        matrix = matrix.transpose()
    m, n = matrix.nrows(), matrix.ncols()
    prime = random_prime(PRIME_BITS, set())
    columns = _pivots(matrix, prime)
    if len(columns) != rank:
        return False
    rows = _pivots(_sub(matrix, list(range(m)), columns).transpose(), prime)
    if len(rows) != rank:
        return False
    others = [j for j in range(n) if j not in set(columns)]
    rest = [i for i in range(m) if i not in set(rows)]
    # The square block is invertible modulo a prime, hence over the rationals.
    solved = _sub(matrix, rows, columns).solve(_sub(matrix, rows, others))
    numerators, denominator = solved.numer_denom()
    if not rest:
        return True
    found = _sub(matrix, rest, columns) * numerators
    return bool(found == _sub(matrix, rest, others) * denominator)


def _minors_vanish(matrix: Any, rank: int, used: set[int], progress: Progress | None) -> int | None:
    """None if all minors of size rank + 1 are 0 (proved); else a larger rank that was found."""
    needed = hadamard_bits(matrix, rank + 1)
    done = 0
    while done <= needed:
        found = modular_rank(matrix, random_prime(PRIME_BITS, used))
        if found > rank:
            return found
        done += PRIME_BITS - 1
        if progress is not None:
            progress(f"proving that the rank is {rank}", min(1.0, done / needed))
    return None
