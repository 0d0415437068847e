"""The three-rank tests, their evidence, and an independent reachability experiment."""

import random
from fractions import Fraction
from itertools import pairwise
from itertools import product as pairs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli import algebra
from landscape_cli.openness import lift
from landscape_cli.openness.chain import analyse_factors, chain_derivation
from landscape_cli.openness.product import bounded_moves, is_open, target_of, test_product

check_product = test_product
del test_product  # pytest would collect it


def rank_types(m, k, n):
    """All feasible (rank A, rank B, rank AB)."""
    for a, b in pairs(range(min(m, k) + 1), range(min(k, n) + 1)):
        for r in range(max(0, a + b - k), min(a, b) + 1):
            yield a, b, r


def unimodular(rng, size):
    rows = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    for _ in range(2 * size):
        i, j = rng.randrange(size), rng.randrange(size)
        if i != j:
            c = rng.choice([-1, 1])
            rows[i] = [x + c * y for x, y in zip(rows[i], rows[j], strict=True)]
    rng.shuffle(rows)
    return rows


def instance(rng, m, k, n, a, b, r):
    """A, B with those ranks: A sees inner coordinates 0..a-1, B fills r of them and b - r more."""
    left = [[Fraction(int(i == j and i < a)) for j in range(k)] for i in range(m)]
    right = [[Fraction(0)] * n for _ in range(k)]
    for c in range(r):
        right[c][c] = Fraction(1)
    for c in range(b - r):
        right[a + c][r + c] = Fraction(1)
    p, s, q = (unimodular(rng, size) for size in (m, k, n))
    return (
        algebra.product(p, left, s),
        algebra.product(algebra.inverse(s), right, q),
    )


ALL = [
    (m, k, n, *ranks)
    for m, n, k in pairs(range(1, 4), range(1, 4), range(1, 6))
    for ranks in rank_types(m, k, n)
]


@pytest.mark.parametrize("seed", range(2))
def test_evidence_for_every_rank_type(seed):
    rng = random.Random(seed)
    seen = {True: 0, False: 0}
    for m, k, n, a, b, r in ALL:
        left, right = instance(rng, m, k, n, a, b, r)
        found = check_product(left, right)
        assert (found.rank_left, found.rank_right, found.rank_product) == (a, b, r)
        seen[found.open] += 1
        current = algebra.product(left, right)
        if found.open and found.target == "all":
            moves = [found.left_move, found.right_move]
            assert sum(move is not None for move in moves) == 1
            for t in (Fraction(1, 7), Fraction(-3), Fraction(1, 10**6)):
                if found.left_move is not None:
                    assert algebra.is_zero(algebra.product(found.left_move, right))
                    moved = algebra.add(left, algebra.scale(t, found.left_move))
                    assert algebra.rank(moved) == m
                else:
                    assert algebra.is_zero(algebra.product(left, found.right_move))
                    moved = algebra.add(right, algebra.scale(t, found.right_move))
                    assert algebra.rank(moved) == n
        elif found.open:
            assert found.left_move is not None and found.right_move is not None
            assert algebra.is_zero(algebra.product(found.left_move, right))
            assert algebra.is_zero(algebra.product(left, found.right_move))
            for t in (Fraction(1, 7), Fraction(-3)):
                first = algebra.add(left, algebra.scale(t, found.left_move))
                second = algebra.add(right, algebra.scale(t, found.right_move))
                assert algebra.rank(first) == algebra.rank(second) == k
                assert algebra.rank(algebra.product(first, second)) == k
        elif not found.open:
            assert found.target == "all" or bounded_moves(left, right) is None
            direction = found.unreachable
            assert not algebra.is_zero(direction)
            if found.target == "rank<=k":
                assert algebra.rank(algebra.add(current, direction)) <= k
    assert seen == {True: 425, False: 37}  # of all 462 rank types


def nearest(left, right, goal, rounds=300):
    """How near a product can get to the goal with factors within 1/50 of the given ones.

    An independent experiment in floating point: projected alternating least squares from random
    starts in the ball. Returns the least residual divided by the size of the goal's move.
    """
    a0, b0 = (np.array([[float(e) for e in row] for row in x]) for x in (left, right))
    z = np.array([[float(e) for e in row] for row in goal])
    size = np.abs(z - a0 @ b0).max()
    rng = np.random.default_rng(0)
    best = np.inf
    radius = 0.02

    def clip(x, x0):
        length = np.linalg.norm(x - x0)
        return x if length <= radius else x0 + (x - x0) * (radius / length)

    for _ in range(4):
        a = clip(a0 + rng.normal(size=a0.shape) * size**0.5, a0)
        b = clip(b0 + rng.normal(size=b0.shape) * size**0.5, b0)
        damping = size
        for _ in range(rounds):
            k = a.shape[1]
            step = np.linalg.solve(a.T @ a + damping * np.eye(k), a.T @ (z - a @ b))
            b = clip(b + step, b0)
            step = np.linalg.solve(b @ b.T + damping * np.eye(k), b @ (z - a @ b).T).T
            a = clip(a + step, a0)
            damping = max(damping * 0.8, 1e-12)
            best = min(best, np.abs(z - a @ b).max())
            if best < 1e-3 * size:
                return best / size
    return best / size


def test_reachability_experiment():
    """Open: random nearby targets are reached by small moves. Not open: the direction is not."""
    rng = random.Random(5)
    checked = {True: 0, False: 0}
    for m, k, n, a, b, r in ALL:
        left, right = instance(rng, m, k, n, a, b, r)
        found = check_product(left, right)
        current = algebra.product(left, right)
        if found.open:
            if rng.random() < 0.6:
                continue
            # An arbitrary nearby target in the target set.
            if target_of((m, k, n)) == "all":
                change = [[Fraction(rng.randint(-4, 4)) for _ in range(n)] for _ in range(m)]
                goal = algebra.add(current, algebra.scale(Fraction(1, 10**6), change))
            else:
                shift = [
                    [[Fraction(rng.randint(-4, 4), 10**4) for _ in row] for row in x]
                    for x in (left, right)
                ]
                far = unimodular(rng, k)  # another point of the same fibre
                goal = algebra.product(
                    algebra.add(algebra.product(left, far), shift[0]),
                    algebra.add(algebra.product(algebra.inverse(far), right), shift[1]),
                )
            lifted = lift.lift_pair(left, right, goal)
            assert isinstance(lifted, lift.Lift)
            assert algebra.product(*lifted.factors) == algebra.matrix(goal)
            checked[True] += 1
        else:
            goal = algebra.add(current, algebra.scale(Fraction(1, 10**5), found.unreachable))
            assert nearest(left, right, goal, rounds=60) > 0.05
            answer = lift.lift_pair(left, right, goal)
            assert isinstance(answer, lift.NoLift)
            assert answer.impossible
            checked[False] += 1
    assert checked[True] > 60
    assert checked[False] == 37


def test_the_experiment_itself_reaches_open_targets():
    """The float experiment is able to find factors where they exist (not vacuous)."""
    rng = random.Random(9)
    reached = 0
    for m, k, n, a, b, r in ALL:
        if target_of((m, k, n)) != "all" or not is_open((m, k, n), a, b, r):
            continue
        if rng.random() < 0.9:
            continue
        left, right = instance(rng, m, k, n, a, b, r)
        change = [[Fraction(rng.randint(-1, 1), 10**5) for _ in range(n)] for _ in range(m)]
        if algebra.is_zero(change):
            continue
        goal = algebra.add(algebra.product(left, right), change)
        assert nearest(left, right, goal) < 0.05, (m, k, n, a, b, r)
        reached += 1
    assert reached > 15


def test_lifts_stay_near():
    """As the target tends to the product, so do the lifted factors (openness)."""
    rng = random.Random(11)
    count = 0
    for m, k, n, a, b, r in ALL:
        if not is_open((m, k, n), a, b, r) or rng.random() < 0.85:
            continue
        left, right = instance(rng, m, k, n, a, b, r)
        moved = []
        change = [[Fraction(rng.randint(-2, 2)) for _ in range(n)] for _ in range(m)]
        for power in (10, 24):
            if target_of((m, k, n)) == "all":
                scaled = algebra.scale(Fraction(1, 2**power), change)
                goal = algebra.add(algebra.product(left, right), scaled)
            else:
                step = Fraction(1, 2**power)
                goal = algebra.product(
                    algebra.add(left, algebra.scale(step, algebra.matrix([[1] * k] * m))),
                    algebra.add(right, algebra.scale(step, algebra.matrix([[1] * n] * k))),
                )
            lifted = lift.lift_pair(left, right, goal)
            assert isinstance(lifted, lift.Lift)
            moved.append(float(lifted.moved_squared))
        assert moved[1] <= moved[0] / 64
        count += 1
    assert count > 20


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=4, max_size=6), st.integers(0, 10**6))
def test_chain_lifts_and_derivations(widths, seed):
    rng = random.Random(seed)
    factors = [
        [[Fraction(rng.choice([0, 0, 1, -1, 2])) for _ in range(n)] for _ in range(m)]
        for m, n in pairwise(widths)
    ]
    test = analyse_factors(factors)
    names = [f"W{len(factors) - i}" for i in range(len(factors))]
    tree = chain_derivation(test, names)
    goal = algebra.add(
        algebra.product(*factors),
        [[Fraction(rng.randint(-3, 3), 1000) for _ in range(widths[-1])] for _ in range(widths[0])],
    )
    lifted = lift.lift_chain(factors, goal)
    if test.open_into_all:
        assert tree is not None and "open-product" in tree.rules()
        assert isinstance(lifted, lift.Lift)
        assert algebra.product(*lifted.factors) == algebra.matrix(goal)
    else:
        assert isinstance(lifted, lift.NoLift)
        assert (tree is not None) == (test.ranks[0, len(factors)] == min(widths))


def test_remark_one_of_the_workshop_paper():
    found = check_product([[1], [1]], [[0, 0]])
    assert not found.open
    assert found.target == "rank<=k"
    assert algebra.rank(found.unreachable) == 1
    goal = algebra.scale(Fraction(1, 100), found.unreachable)
    answer = lift.lift_pair([[1], [1]], [[0, 0]], goal)
    assert isinstance(answer, lift.NoLift) and answer.impossible


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="can't be multiplied"):
        check_product([[1, 2]], [[1, 2]])
    with pytest.raises(ValueError, match="target must be"):
        lift.lift_pair([[1]], [[1]], [[1, 2]])
