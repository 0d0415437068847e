"""The rules about products of bounded rank, and the two that carry minima across the map.

Chains with a bottleneck, W_h ... W_1, at random points: what `open-chain`, `open-restrict`,
`open-transfer` and `continuity-lift` claim there is tried by experiment.
"""

from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from landscape_cli.api import check

from .test_rules import reach

CHAINS = ((2, 1, 2), (3, 2, 3), (3, 1, 2, 3), (2, 3, 1, 2), (3, 2, 2, 3), (4, 3, 2, 3, 3))


def split(w, widths):
    """The factors W_1, ..., W_h from one vector."""
    factors, place = [], 0
    for below, above in pairwise(widths):
        factors.append(w[place : place + above * below].reshape(above, below))
        place += above * below
    return factors


def product(w, widths):
    return reduce(lambda whole, factor: factor @ whole, split(w, widths))


def joined(factors):
    return np.concatenate([np.asarray(f, dtype=float).ravel() for f in factors])


def random_point(rng, widths, *, degenerate=False):
    """Integer factors; ``degenerate``: one of them has a row and a column of zeros."""
    while True:
        factors = [
            rng.integers(-2, 3, size=(above, below)).astype(float)
            for below, above in pairwise(widths)
        ]
        if degenerate:
            middle = factors[len(factors) // 2]
            middle[0, :] = 0
            middle[:, 0] = 0
        w = joined(factors)
        rank = np.linalg.matrix_rank(product(w, widths))
        if (rank < min(widths)) == degenerate:
            return w


def near(rng, z, rank, size=1e-5):
    """A random matrix of rank at most ``rank`` near z (whose rank is at most that)."""
    moved = z + size * rng.normal(size=z.shape)
    left, values, right = np.linalg.svd(moved)
    return (left[:, :rank] * values[:rank]) @ right[:rank]


@pytest.mark.parametrize("widths", CHAINS)
def test_open_chain_at_nondegenerate_points(widths):
    rng = np.random.default_rng(sum(widths))
    for _ in range(6):
        w = random_point(rng, widths)
        goal = near(rng, product(w, widths), min(widths))
        assert reach(lambda v: product(v, widths), w, goal, 0.1) < 0.05


def test_open_chain_needs_a_point_of_full_rank():
    """The experiment can fail: (W_2, W_1) = ((1, 0)^T, 0) reaches no (0, t)-row beside it."""
    w = joined([[[0.0, 0.0]], [[1.0], [0.0]]])
    goal = np.array([[0.0, 0.0], [0.0, 1e-5]])
    assert reach(lambda v: product(v, (2, 1, 2)), w, goal, 0.1) > 0.3


@pytest.mark.parametrize("widths", CHAINS)
def test_open_restrict_to_an_affine_set(widths):
    """Targets on {Z: <C, Z> = <C, F(w)>}: the points that reach them lie in the preimage."""
    rng = np.random.default_rng(sum(widths) + 1)
    for _ in range(4):
        w = random_point(rng, widths)
        z = product(w, widths)
        c = rng.normal(size=z.shape)
        goal = near(rng, z, min(widths))
        # Scaling keeps the rank; it moves the goal into the set.
        if abs((c * z).sum()) < 0.5:
            c = c + z
        goal = goal * (c * z).sum() / (c * goal).sum()
        assert np.linalg.matrix_rank(goal, tol=1e-9) <= min(widths)
        assert reach(lambda v: product(v, widths), w, goal, 0.1) < 0.05


MINIMA = (
    "net 2 -> 1 -> 2; loss huber(1)",
    "net 3 -> 2 -> 3; loss huber(1)",
    "net 3 -> 2 -> 2 -> 3; loss huber(1)",
    "net 2 -> 1 -> 2; loss weighted_squared",
    "net 3 -> 1 -> 2 -> 3; loss weighted_squared; data X identity",
)


def certified(text):
    """Widths, weights, targets (X = I) and the loss in Z of the certified local minimum."""
    (report,) = check(text).models
    document = report.counterexample.document
    problem = document["problem"]
    widths = problem["widths"]
    weights = document["local_minimum"]["weights"]
    numbers = np.vectorize(lambda entry: float(Fraction(str(entry))))
    factors = [numbers(np.array(weights[f"W{k}"])) for k in range(1, len(widths))]
    x, y = (numbers(np.array(document["data"][name])) for name in "XY")
    assert np.array_equal(x, np.eye(widths[0]))
    if problem["loss"]["name"] == "huber":

        def loss(z):
            r = np.abs(z - y)
            return np.where(r <= 1, r * r / 2, r - 0.5).sum()
    else:
        scale = numbers(np.array(problem["loss"]["weights"]))

        def loss(z):
            return (scale * (z - y) ** 2).sum() / 2

    return widths, joined(factors), loss


@pytest.mark.parametrize("text", MINIMA)
def test_open_transfer_and_continuity_lift(text):
    """At a certified local minimum with an open product both problems have a local minimum."""
    widths, w, loss = certified(text)
    rng = np.random.default_rng(7)
    z = product(w, widths)
    k = min(widths)
    assert np.linalg.matrix_rank(z) == k
    value = loss(z)
    for size in (1e-2, 1e-3):
        # open-transfer: no better matrix of rank <= k near Z.
        assert all(loss(near(rng, z, k, size)) >= value - 1e-12 for _ in range(2000))
    # continuity-lift: every other factorisation of Z is a local minimum as well.
    for _ in range(3):
        factors = split(w, widths)
        for j in range(len(factors) - 1):
            change = np.eye(widths[j + 1]) + rng.normal(size=(widths[j + 1],) * 2) / 4
            factors[j] = change @ factors[j]
            factors[j + 1] = factors[j + 1] @ np.linalg.inv(change)
        other = joined(factors)
        assert np.allclose(product(other, widths), z)
        moves = rng.normal(size=(2000, len(other))) * 1e-3
        assert all(loss(product(other + move, widths)) >= value - 1e-12 for move in moves)


def test_a_saddle_is_not_carried():
    """The experiment can fail: the matrix of rank 1 that keeps the smaller entry, squared."""
    y = np.diag([2.0, 3.0])
    rng = np.random.default_rng(3)
    z = np.diag([2.0, 0.0])
    value = ((z - y) ** 2).sum()
    assert min(((near(rng, z, 1, 1e-2) - y) ** 2).sum() for _ in range(2000)) < value - 1e-9
