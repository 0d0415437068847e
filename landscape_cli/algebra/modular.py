"""Exact ranks of large integer matrices: modular lower bounds, proved upper bounds.

The rank modulo any prime is a lower bound of the rank. A deficient rank r is proved either by an
exact null space (the other columns, or rows, are combinations of r of them: read off modulo some
primes, reconstructed as fractions, checked in every entry), or by showing that all minors of size
r + 1 vanish: each is divisible by every prime modulo which the rank is at most r, and no larger
than Hadamard's bound.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, isqrt
from typing import Any

Progress = Callable[[str, float], None]

PRIME_BITS = 62
# Primes up to which relations between columns or rows are sought; beyond, the minors are bounded.
RELATION_PRIMES = 16
# Bits by which a fraction is to be smaller than its residues allow: chance passes no entry.
SPARE_BITS = 16


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
        higher = _prove(matrix, low, used, progress)
        if higher is None:
            return low
        low = higher
    return low


def _without_repeats(matrix: Any) -> Any:
    """A matrix of the same rank without zero or proportional rows and columns; None for zero.

    Dead and duplicated units leave these behind, and without them no long proof is needed. Its
    rows and columns are divided by their common factors, which keeps Hadamard's bound small.
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
                    kept.append(direction)
        if not kept:
            return None
        table = [list(column) for column in zip(*kept, strict=True)]
    return fmpz_mat(table)


class _Relations:
    """The columns of a matrix as combinations of ``rank`` of them, from more and more primes.

    The reduced row echelon form modulo a prime shows which columns are pivots and how the others
    depend on them. The residues of several primes are put together, read as fractions, and the
    relations checked over the integers: whatever the primes were, what passes is a proof.
    """

    def __init__(self, matrix: Any, rank: int) -> None:
        self.matrix, self.rank = matrix, rank
        self.modulus = 1
        self.pivots: list[int] = []
        self.others: list[int] = []
        self.residues: list[list[int]] = []  # one list for each column that is no pivot

    def learn(self, prime: int) -> int:
        """Take in one more prime; returns the rank modulo it (a lower bound of the rank)."""
        from flint import nmod_mat

        reduced, found = nmod_mat(self.matrix, prime).rref()
        rank = int(found)
        if rank != self.rank:
            return rank
        table = reduced.tolist()
        pivots = _pivots(table, rank)
        if self.modulus == 1:
            self.pivots = pivots
            chosen = set(pivots)
            self.others = [j for j in range(len(table[0])) if j not in chosen]
            self.residues = [[int(table[i][j]) for i in range(rank)] for j in self.others]
            self.modulus = prime
        elif pivots == self.pivots:
            inverse = pow(self.modulus, -1, prime)
            for column, j in zip(self.residues, self.others, strict=True):
                for i, old in enumerate(column):
                    step = (int(table[i][j]) - old) * inverse % prime
                    column[i] = old + self.modulus * step
            self.modulus *= prime
        return rank

    def proved(self) -> bool:
        """Whether the residues are those of relations that hold over the integers."""
        from flint import fmpz_mat

        if self.modulus == 1:
            return False
        numerators, denominators = [], []
        for column in self.residues:
            found = _fractions(column, self.modulus)
            if found is None:
                return False
            numerators.append(found[0])
            denominators.append(found[1])
        table = self.matrix.tolist()
        basis = fmpz_mat([[row[j] for j in self.pivots] for row in table])
        scaled = [
            [row[j] * d for j, d in zip(self.others, denominators, strict=True)] for row in table
        ]
        return bool(basis * fmpz_mat(numerators).transpose() == fmpz_mat(scaled))

    def null_space(self) -> Any:
        """The proved relations as the columns of an ``fmpz_mat`` N with ``matrix`` N = 0."""
        from flint import fmpz_mat

        rows = [[0] * len(self.others) for _ in range(self.matrix.ncols())]
        for c, (j, column) in enumerate(zip(self.others, self.residues, strict=True)):
            found = _fractions(column, self.modulus)
            assert found is not None  # proved
            numerators, denominator = found
            rows[j][c] = -denominator
            for i, value in zip(self.pivots, numerators, strict=True):
                rows[i][c] = value
        return fmpz_mat(rows)


def null_space(matrix: Any, rank: int) -> Any | None:
    """A basis of the null space, as columns of an ``fmpz_mat``; ``rank`` is the proved rank.

    None if the rank is that of the columns, is 0, or if the entries are too long for
    ``RELATION_PRIMES`` primes.
    """
    if not 0 < rank < matrix.ncols():
        return None
    relations = _Relations(matrix, rank)
    used: set[int] = set()
    for count in range(1, RELATION_PRIMES + 1):
        relations.learn(random_prime(PRIME_BITS, used))
        if count & (count - 1) == 0 and relations.proved():
            return relations.null_space()
    return None


def rank_of_product(
    left: Any, right: Any, ranks: tuple[int, int], progress: Progress | None = None
) -> int:
    """The exact rank of A B for ``fmpz_mat`` A (m x k), B (k x n) with those (proved) ranks.

    The null space of A meets the column space of B in dimension (k - rank A) - rank(L N), where
    the columns of N span the null space of A and the rows of L the left null space of B: hence
    rank AB = rank A + rank B - k + rank(L N). Where N or L is not found, AB itself is looked at.
    """
    a, b = ranks
    high = min(a, b)
    low = a + b - int(left.ncols())
    if low >= high:
        return high
    whole = left * right
    if modular_rank(whole, random_prime(PRIME_BITS, set())) == high:
        return high
    right_null = null_space(left, a)
    left_null = None if right_null is None else null_space(right.transpose(), b)
    if left_null is None:
        return proven_rank(whole, progress)
    return low + proven_rank(left_null.transpose() * right_null, progress)


def _pivots(reduced: list[list[Any]], rank: int) -> list[int]:
    """The pivot columns of a reduced row echelon form."""
    pivots = []
    column = 0
    for row in reduced[:rank]:
        while int(row[column]) == 0:
            column += 1
        pivots.append(column)
        column += 1
    return pivots


def _fractions(residues: list[int], modulus: int) -> tuple[list[int], int] | None:
    """Numerators and one common denominator, small against the modulus, with those residues."""
    bound = isqrt(modulus) >> SPARE_BITS
    denominator = 1
    for residue in residues:
        value = residue * denominator % modulus
        if min(value, modulus - value) <= bound:
            continue
        # Euclid's algorithm, stopped half-way (Wang's rational reconstruction).
        old, new, before, factor = modulus, value, 0, 1
        while new > bound:
            quotient = old // new
            old, new = new, old - quotient * new
            before, factor = factor, before - quotient * factor
        denominator *= abs(factor)
        if new == 0 or denominator > bound:
            return None
    numerators = []
    for residue in residues:
        value = residue * denominator % modulus
        if value > modulus // 2:
            value -= modulus
        if abs(value) > bound:
            return None
        numerators.append(value)
    return numerators, denominator


def _prove(matrix: Any, rank: int, used: set[int], progress: Progress | None) -> int | None:
    """None if the rank is ``rank`` (proved); else a larger rank that was found."""
    needed = hadamard_bits(matrix, rank + 1)
    sides = [_Relations(matrix, rank), _Relations(matrix.transpose(), rank)] if rank else []
    done = count = 0
    while done <= needed:
        prime = random_prime(PRIME_BITS, used)
        count += 1
        if sides and count <= RELATION_PRIMES:
            found = max(side.learn(prime) for side in sides)  # the same for both
            if found <= rank and count & (count - 1) == 0 and any(s.proved() for s in sides):
                return None
        else:
            found = modular_rank(matrix, prime)
        if found > rank:
            return found
        # Every minor of size rank + 1 is divisible by the prime.
        done += PRIME_BITS - 1
        if progress is not None:
            progress(f"proving that the rank is {rank}", min(1.0, done / needed))
    return None
