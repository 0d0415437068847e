"""Where the product of two matrices is locally open (Behrends 2017, Thm 2.5; NR Thm 3).

(A, B) -> A B with A of shape m x k and B of shape k x n. For k >= min(m, n) the target is all
m x n matrices, otherwise the m x n matrices of rank at most k.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import algebra

if TYPE_CHECKING:
    from ..algebra.exact import ExactRows, Rows

Target = Literal["all", "rank<=k"]


class ProductTest(NamedTuple):
    """The three ranks at (A, B), the verdict, and evidence for it.

    ``shape`` is (m, k, n). If open into all matrices, one of ``left_move`` (A~ with A~ B = 0 and
    A + t A~ of full row rank for every t != 0) and ``right_move`` (B~ with A B~ = 0 and B + t B~
    of full column rank for every t != 0) is given. If open into the matrices of rank <= k, both
    are given, with A + t A~ of full column rank and B + t B~ of full row rank (k), so that
    (A + t A~)(B + t B~) = AB + t^2 A~ B~ has rank k. If not open, ``unreachable`` is a matrix E of
    zeros and ones in the tangent direction of the target: A B + t E lies in the target, and for
    small t != 0 is no product of matrices near A and B.
    """

    shape: tuple[int, int, int]
    rank_left: int
    rank_right: int
    rank_product: int
    target: Target
    open: bool
    left_move: ExactRows | None = None
    right_move: ExactRows | None = None
    unreachable: ExactRows | None = None


def target_of(shape: tuple[int, int, int]) -> Target:
    """The set into which the product map of that shape (m, k, n) can be locally open."""
    m, k, n = shape
    return "all" if k >= min(m, n) else "rank<=k"


def is_open(shape: tuple[int, int, int], left: int, right: int, product: int) -> bool:
    """The verdict from the three ranks (rank A, rank B, rank AB); exact, both directions.

    k >= min(m, n): Behrends 2017, Thm 2.5. k < min(m, n): NR Thm 3.
    """
    m, k, n = shape
    if k >= min(m, n):
        return product + k - right >= m or product + k - left >= n
    return left == right == product


def left_move(left: Rows, right: Rows) -> ExactRows | None:
    """A~ with A~ B = 0 and A + t A~ of full row rank for every t != 0, or None if there is none.

    The rows of A~ come from a basis N of the left null space of B. Rows of A outside a maximal
    independent set J get distinct vectors of N that extend span(A_J); modulo A_J, row i of
    A + t A~ is then t times its vector. span(A) + span(N) has dimension rank AB + k - rank B, so
    the vectors suffice exactly when the three-rank condition for m holds.
    """
    move, count, wanted = _extending_move(left, right)
    return move if count >= wanted else None


def bounded_moves(left: Rows, right: Rows) -> tuple[ExactRows, ExactRows] | None:
    """(A~, B~) with A~ B = 0, A B~ = 0, A + t A~ and B + t B~ of rank k for every t != 0.

    For k < min(m, n). The largest rank of A + t A~ is rank AB + k - rank B, which is k iff
    rank AB = rank B, and for B likewise: the pair exists iff all three ranks are equal.
    """
    k = len(right)
    first, count, _ = _extending_move(left, right)
    other, more, _ = _extending_move(algebra.transpose(right), algebra.transpose(left))
    if algebra.rank(left) + count < k or algebra.rank(right) + more < k:
        return None
    return first, algebra.transpose(other)


def _extending_move(left: Rows, right: Rows) -> tuple[ExactRows, int, int]:
    """The A~ of ``left_move`` with as many of its rows as there are, that number, and the wanted.

    A + t A~ then has rank rank A + that number.
    """
    m, k = algebra.shape(left)
    kept = algebra.independent(left)
    spare = [i for i in range(m) if i not in set(kept)]
    move = [[Fraction(0)] * k for _ in range(m)]
    count = 0
    if spare:
        null = algebra.left_null_space(right)
        fresh = algebra.independent(null, start=[left[i] for i in kept])
        count = min(len(fresh), len(spare))
        for i, j in zip(spare, fresh, strict=False):
            move[i] = list(null[j])
    return tuple(tuple(row) for row in move), count, len(spare)


def right_move(left: Rows, right: Rows) -> ExactRows | None:
    """B~ with A B~ = 0 and B + t B~ of full column rank for every t != 0, or None."""
    move = left_move(algebra.transpose(right), algebra.transpose(left))
    return None if move is None else algebra.transpose(move)


def unreachable_direction(left: Rows, right: Rows) -> ExactRows | None:
    """A 0-1 matrix E such that A B + t E is no product of factors near A, B for small t != 0.

    E pairs unit vectors that extend col(A) with unit vectors that extend row(B); it needs
    s = k + rank AB - rank A - rank B + 1 of each, and there are that many exactly when the
    product is not open. Proof: in coordinates that begin with col(AB) in col(A), row(AB) in
    row(B), the Schur complement of the r x r corner (r = rank AB) of a nearby product is a
    product of factors near A2, B2 with A2 B2 = 0, inner width k - r, ranks a, b; suitable L, R
    give rank([-L I] Z' [-R; I]) <= k - r - a - b = s - 1, while E contributes t M there with
    rank M = s. rank(AB + t E) = rank AB + s, which is at most k in the bounded case.
    """
    m, k = algebra.shape(left)
    _, n = algebra.shape(right)
    a, b = algebra.rank(left), algebra.rank(right)
    r = algebra.rank(algebra.product(left, right))
    if is_open((m, k, n), a, b, r):
        return None
    rows = algebra.independent(algebra.identity(m), start=algebra.column_space(left))
    columns = algebra.independent(algebra.identity(n), start=algebra.row_space(right))
    count = k + r - a - b + 1
    places = set(zip(rows[:count], columns[:count], strict=True))
    return tuple(
        tuple(Fraction(1) if (i, j) in places else Fraction(0) for j in range(n)) for i in range(m)
    )


def test_product(left: Rows, right: Rows) -> ProductTest:
    """The exact test at (A, B), rational matrices, with evidence either way."""
    m, k = algebra.shape(left)
    inner, n = algebra.shape(right)
    if inner != k:
        raise ValueError(f"a {m} x {k} matrix can't be multiplied by a {inner} x {n} one")
    a, b = algebra.rank(left), algebra.rank(right)
    r = algebra.rank(algebra.product(left, right))
    size = (m, k, n)
    target = target_of(size)
    if not is_open(size, a, b, r):
        return ProductTest(
            size, a, b, r, target, False, unreachable=unreachable_direction(left, right)
        )
    if target == "rank<=k":
        pair = bounded_moves(left, right)
        assert pair is not None  # the three ranks are equal
        return ProductTest(size, a, b, r, target, True, left_move=pair[0], right_move=pair[1])
    move = left_move(left, right)
    other = right_move(left, right) if move is None else None
    return ProductTest(size, a, b, r, target, True, left_move=move, right_move=other)
