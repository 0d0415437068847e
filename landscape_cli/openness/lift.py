"""Quantitative openness: factors near the given ones whose product is exactly a given matrix.

NR remark that the proofs of openness are constructive; here each construction is carried out
over the rationals. Distances are Frobenius norms, reported squared (exact).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import algebra
from .chain import analyse_factors
from .product import (
    is_open,
    left_move,
    right_move,
    target_of,
    unreachable_direction,
)

if TYPE_CHECKING:
    from ..algebra.exact import ExactRows, Rows


class Lift(NamedTuple):
    """Factors with exactly the target as their product, and how far they moved.

    ``moved_squared`` is the sum over the factors of |F' - F|^2, ``target_squared`` is
    |Z - product|^2 (Frobenius).
    """

    factors: tuple[ExactRows, ...]
    moved_squared: Fraction
    target_squared: Fraction


class NoLift(NamedTuple):
    """No factors are given; ``reason`` says why.

    ``impossible`` is True if it is proved that none exist at all, or that none stay near as the
    target moves along the segment towards the product; False if the constructions do not apply.
    """

    reason: str
    impossible: bool


def norm_squared(rows: Rows) -> Fraction:
    """The squared Frobenius norm."""
    return algebra.inner(rows, rows)


def _sizes_near_root(fourth_power: Fraction, reach: int) -> tuple[Fraction, ...]:
    """Powers of two within 2^reach of the fourth root of a positive rational."""
    logarithm = fourth_power.numerator.bit_length() - fourth_power.denominator.bit_length()
    middle = round(logarithm / 4)
    return tuple(Fraction(2) ** e for e in range(middle - reach, middle + reach + 1))


def _right_inverse_step(left: ExactRows, right: ExactRows, change: ExactRows) -> ExactRows:
    """B' with A B' = A B + change, |B' - B| least; A of full row rank."""
    flipped = algebra.transpose(left)
    gram = algebra.product(left, flipped)
    solved = algebra.solve(gram, change)
    assert solved is not None  # A has full row rank
    return algebra.add(right, algebra.product(flipped, solved))


def _through_left(
    left: ExactRows, right: ExactRows, change: ExactRows
) -> tuple[ExactRows, ExactRows] | None:
    """Move A by t A~ (A~ B = 0, full row rank), then solve for B exactly; the best t of a grid."""
    move = left_move(left, right)
    if move is None:
        return None
    if algebra.is_zero(move):
        return left, _right_inverse_step(left, right, change)
    best: tuple[Fraction, ExactRows, ExactRows] | None = None
    # |t A~|^2 and |change|^2 / t^2 balance near t = |change|^(1/2).
    for size in _sizes_near_root(norm_squared(change), 4):
        moved = algebra.add(left, algebra.scale(size, move))
        solved = _right_inverse_step(moved, right, change)
        cost = norm_squared(algebra.scale(size, move)) + norm_squared(
            algebra.subtract(solved, right)
        )
        if best is None or cost < best[0]:
            best = (cost, moved, solved)
    assert best is not None
    return best[1], best[2]


def _bounded(
    left: ExactRows, right: ExactRows, target: ExactRows
) -> tuple[ExactRows, ExactRows] | NoLift:
    """rank A = rank B = rank AB = r: split off the r x r corner and factor the Schur complement."""
    m, k = algebra.shape(left)
    _, n = algebra.shape(right)
    if algebra.rank(target) > k:
        return NoLift(f"the target has rank {algebra.rank(target)} > {k}", True)
    current = algebra.product(left, right)
    r = algebra.rank(current)
    rows = algebra.independent(current)
    columns = algebra.independent(algebra.transpose(current))
    corner = [[target[i][j] for j in columns] for i in rows]
    if r and algebra.rank(corner) < r:
        return NoLift("the target is too far: its leading block has lost rank", False)
    # In the given coordinates: A' = [Z_columns C^-1 A_rows + F N^T], B' = ...; the inner space
    # splits as row(A) (seen by both) plus the common null directions of A and B^T.
    null_right = algebra.null_space(left)  # A x = 0
    null_left = algebra.left_null_space(right)  # y^T B = 0
    base_left: ExactRows = algebra.zeros(m, k)
    base_right: ExactRows = algebra.zeros(k, n)
    schur = target
    if r:
        inner_left = [left[i] for i in rows]
        inner_right = algebra.transpose([[row[j] for row in right] for j in columns])
        z_columns = [[row[j] for j in columns] for row in target]
        z_rows = [list(target[i]) for i in rows]
        inverse = algebra.inverse(corner)
        # inner_left (r x k) inner_right (k x r) is the corner of the current product.
        middle = algebra.inverse(algebra.product(inner_left, inner_right))
        base_left = algebra.product(z_columns, inverse, inner_left)
        base_right = algebra.product(inner_right, middle, z_rows)
        schur = algebra.subtract(target, algebra.product(z_columns, inverse, z_rows))
    if algebra.is_zero(schur):
        return base_left, base_right
    basis = algebra.row_space(schur)
    height = algebra.transpose(
        algebra.column_space(schur)
    )  # m x s, and schur = height @ coefficients
    coefficients = algebra.solve(height, schur)
    assert coefficients is not None
    s = len(basis)
    # y^T x for y in the left null space of B, x in the null space of A is a perfect pairing
    # (both have dimension k - r, and R^k = col(B) + ker(A)).
    pairing = algebra.product(null_left, algebra.transpose(null_right))
    duals = algebra.product(algebra.inverse(pairing), null_left)  # duals @ null_right^T = I
    up = [duals[i] for i in range(s)]
    down = algebra.transpose([null_right[i] for i in range(s)])
    best: tuple[Fraction, ExactRows, ExactRows] | None = None
    # |t height|^2 and |coefficients / t|^2 balance.
    balance = norm_squared(coefficients) / norm_squared(height)
    for size in _sizes_near_root(balance, 2):
        new_left = algebra.add(base_left, algebra.product(algebra.scale(size, height), up))
        new_right = algebra.add(
            base_right, algebra.product(down, algebra.scale(1 / size, coefficients))
        )
        cost = norm_squared(algebra.subtract(new_left, left)) + norm_squared(
            algebra.subtract(new_right, right)
        )
        if best is None or cost < best[0]:
            best = (cost, new_left, new_right)
    assert best is not None
    return best[1], best[2]


def _unreachable(left: ExactRows, right: ExactRows, change: ExactRows) -> bool:
    """Whether A B + t change is provably unreachable for all small t != 0.

    True if change maps into directions that vanish against col(A) and row(B) up to a choice of
    complement, and has more rank there than nearby products can have; see
    ``unreachable_direction``.
    """
    a, b = algebra.rank(left), algebra.rank(right)
    _, k = algebra.shape(left)
    r = algebra.rank(algebra.product(left, right))
    rank = algebra.rank(change)
    columns = algebra.column_space(left)
    rows = algebra.row_space(right)
    own_columns, own_rows = algebra.column_space(change), algebra.row_space(change)
    outside = (
        len(algebra.independent(own_columns, start=columns)) == rank
        and len(algebra.independent(own_rows, start=rows)) == rank
    )
    return outside and rank > k + r - a - b


def lift_pair(left: Rows, right: Rows, target: Rows) -> Lift | NoLift:
    """Factors near (A, B) with exactly the product ``target`` (rational matrices).

    Where the product is locally open the factors tend to (A, B) as the target tends to AB.
    ``ValueError`` if the shapes don't fit.
    """
    a, b, z = algebra.matrix(left), algebra.matrix(right), algebra.matrix(target)
    m, k = algebra.shape(a)
    _, n = algebra.shape(b)
    if algebra.shape(z) != (m, n):
        raise ValueError(
            f"the target must be {m} x {n}, not {' x '.join(map(str, algebra.shape(z)))}"
        )
    current = algebra.product(a, b)
    change = algebra.subtract(z, current)
    if algebra.is_zero(change):
        return Lift((a, b), Fraction(0), Fraction(0))
    size = (m, k, n)
    ranks = (algebra.rank(a), algebra.rank(b), algebra.rank(current))
    options: list[tuple[ExactRows, ExactRows]] = []
    if target_of(size) == "all" and is_open(size, *ranks):
        found = _through_left(a, b, change)
        if found is not None:
            options.append(found)
        flipped = _through_left(
            algebra.transpose(b), algebra.transpose(a), algebra.transpose(change)
        )
        if flipped is not None:
            options.append((algebra.transpose(flipped[1]), algebra.transpose(flipped[0])))
    elif is_open(size, *ranks):
        bounded = _bounded(a, b, z)
        if isinstance(bounded, NoLift):
            return bounded
        options.append(bounded)
    else:
        if target_of(size) == "rank<=k" and algebra.rank(z) > k:
            return NoLift(f"the target has rank {algebra.rank(z)} > {k}", True)
        if _unreachable(a, b, change):
            return NoLift(
                "the product is not locally open here and the target lies in an unreachable "
                "direction: on the segment to it, targets near the product have no factors near "
                "the given ones",
                True,
            )
        one = algebra.solve(a, change)
        if one is not None:
            options.append((a, algebra.add(b, one)))
        other = algebra.solve(algebra.transpose(b), algebra.transpose(change))
        if other is not None:
            options.append((algebra.add(a, algebra.transpose(other)), b))
        if not options:
            return NoLift(
                "the product is not locally open here, and neither factor alone can reach the "
                "target",
                False,
            )

    def cost(pair: tuple[ExactRows, ExactRows]) -> Fraction:
        return norm_squared(algebra.subtract(pair[0], a)) + norm_squared(
            algebra.subtract(pair[1], b)
        )

    best = min(options, key=cost)
    if algebra.product(*best) != z:
        raise ArithmeticError("a lift does not have the target as its product")
    return Lift(best, cost(best), norm_squared(change))


def lift_chain(factors: Sequence[Rows], target: Rows) -> Lift | NoLift:
    """Factors near the given ones with exactly the product ``target``.

    Follows a bracketing that is locally open into all matrices, outermost product first. With
    two factors this is ``lift_pair``. ``NoLift`` if no bracketing passes.
    """
    exact = [algebra.matrix(factor) for factor in factors]
    current = algebra.product(*exact)
    z = algebra.matrix(target)
    if algebra.shape(z) != algebra.shape(current):
        m, n = algebra.shape(current)
        raise ValueError(
            f"the target must be {m} x {n}, not {' x '.join(map(str, algebra.shape(z)))}"
        )
    distance = norm_squared(algebra.subtract(z, current))
    if len(exact) == 1:
        return Lift((z,), distance, distance)
    if len(exact) == 2:
        return lift_pair(exact[0], exact[1], z)
    test = analyse_factors(exact)
    if not test.open_into_all:
        bound = min(test.shapes)
        if algebra.rank(z) > bound:
            return NoLift(f"the target has rank {algebra.rank(z)} > {bound}", True)
        return NoLift("no bracketing of the chain passes the three-rank test", False)
    splits = {(s.start, s.stop): s for s in test.bracketing}
    result: list[ExactRows | None] = [None] * len(exact)
    todo: list[tuple[int, int, ExactRows]] = [(0, len(exact), z)]
    while todo:
        start, stop, goal = todo.pop()
        if stop == start + 1:
            result[start] = goal
            continue
        middle = splits[start, stop].middle
        pair = lift_pair(
            algebra.product(*exact[start:middle]), algebra.product(*exact[middle:stop]), goal
        )
        if isinstance(pair, NoLift):
            return pair
        todo += [(start, middle, pair.factors[0]), (middle, stop, pair.factors[1])]
    lifted = tuple(factor for factor in result if factor is not None)
    if algebra.product(*lifted) != z:
        raise ArithmeticError("a lift does not have the target as its product")
    moved = sum(
        (norm_squared(algebra.subtract(new, old)) for new, old in zip(lifted, exact, strict=True)),
        Fraction(0),
    )
    return Lift(lifted, moved, distance)


__all__ = [
    "Lift",
    "NoLift",
    "left_move",
    "lift_chain",
    "lift_pair",
    "norm_squared",
    "right_move",
    "unreachable_direction",
]
