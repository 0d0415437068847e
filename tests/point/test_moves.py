"""`equal-loss-move` on random degenerate critical points, against the definition."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from landscape_cli import algebra
from landscape_cli.point.moves import coefficient, determinant, equal_loss_move, null_vector
from landscape_cli.point.numbers import Polynomial

WIDTHS = [
    (2, 1, 1, 2), (3, 2, 2, 3), (3, 1, 2, 1, 3), (4, 2, 1, 2, 4), (2, 2, 2), (3, 2, 3),
    (2, 2, 2, 2), (3, 3, 3, 3), (3, 2, 3, 2, 3), (2, 3, 2, 3, 2), (4, 3, 2, 4), (2, 1, 2),
    (2, 1, 1, 1, 2), (3, 2, 1, 2, 3), (4, 3, 3, 4), (2, 3, 1, 3, 2),
]  # fmt: skip


def partial(weights, j):
    """(A_j, B_j): the product after layer j, and up to it."""
    after = algebra.identity(len(weights[-1]))
    for w in reversed(weights[j:]):
        after = algebra.product(after, w)
    before = algebra.identity(len(weights[0][0]))
    for w in weights[:j]:
        before = algebra.product(w, before)
    return after, before


def gradients(weights, gradient):
    """The gradient of <G, W_h ... W_1> by layer, from the definition."""
    result = []
    for k in range(1, len(weights) + 1):
        after, before = partial(weights, k)[0], partial(weights, k - 1)[1]
        result.append(
            algebra.product(algebra.transpose(after), gradient, algebra.transpose(before))
        )
    return result


def critical_point(rng, widths):
    """Sparse weights of deficient product and a random G != 0 for which they are critical."""
    weights = [
        [[Fraction(rng.choice([0, 0, 0, 1, -1])) for _ in range(n)] for _ in range(m)]
        for n, m in pairwise(widths)
    ]
    whole = algebra.product(*reversed(weights))
    if algebra.rank(whole) >= min(widths[1:-1]):
        return None
    m, n = widths[-1], widths[0]
    rows = []
    for k in range(1, len(weights) + 1):
        after, before = partial(weights, k)[0], partial(weights, k - 1)[1]
        rows += [
            [after[p][i] * before[j][q] for p in range(m) for q in range(n)]
            for i in range(len(after[0]))
            for j in range(len(before))
        ]
    null = algebra.null_space(rows)
    if not null:
        return None
    factors = [rng.randint(-2, 2) for _ in null]
    flat = [sum(c * v[i] for c, v in zip(factors, null, strict=True)) for i in range(m * n)]
    gradient = [flat[i * n : (i + 1) * n] for i in range(m)]
    if algebra.is_zero(gradient):
        return None
    assert all(algebra.is_zero(g) for g in gradients(weights, gradient))
    return weights, gradient


def at(rows, eps):
    return [[e.at(eps) if isinstance(e, Polynomial) else e for e in row] for row in rows]


@pytest.mark.parametrize("widths", WIDTHS)
def test_every_degenerate_critical_point_is_left(widths):
    rng = random.Random(sum(w * 7**i for i, w in enumerate(widths)))
    wanted = 130
    tried = 0
    for _ in range(6000):
        found = critical_point(rng, widths)
        if found is None:
            continue
        weights, gradient = found
        move = equal_loss_move(weights, algebra.identity(widths[0]), gradient)
        assert move is not None
        whole = algebra.product(*reversed(weights))
        for own, old in zip(move.weights, weights, strict=True):
            assert coefficient(own, 0) == algebra.matrix(old)
        eps = Fraction(1, rng.randint(10**4, 10**6))
        moved = [at(w, eps) for w in move.weights]
        assert algebra.product(*reversed(moved)) == whole
        slopes = gradients(moved, gradient)
        assert slopes[move.layer - 1][move.row][move.column] != 0
        assert [algebra.matrix(at(g, eps)) for g in move.gradients] == slopes
        tried += 1
        if tried == wanted:
            break
    assert tried == wanted


def test_no_move_where_the_theorem_is_silent():
    one = [[1, 0], [0, 1]]
    assert equal_loss_move([one, one], one, [[1, 0], [0, 0]]) is None  # full rank
    assert equal_loss_move([[[0, 0], [0, 0]], one], one, [[0, 0], [0, 0]]) is None  # G = 0


def test_null_vectors_over_polynomials():
    eps = Polynomial((0, 1))
    rows = ((eps, Polynomial((0, 0, 1))), (Polynomial((1,)), eps))
    vector = null_vector(rows)
    assert [v.coefficient(0) for v in vector] != [0, 0]
    for row in rows:
        assert not (row[0] * vector[0] + row[1] * vector[1])
    assert null_vector(((eps, Polynomial((1,))), (Polynomial((1,)), eps))) is None
    assert determinant([[0, 2], [3, 0]]) == -6
