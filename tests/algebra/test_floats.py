"""Exact ranks of float matrices, on every path, against exact rational elimination."""

import random
from array import array
from fractions import Fraction

import numpy as np
import pytest

from landscape_cli import algebra
from landscape_cli.algebra import floats, modular
from landscape_cli.algebra.floats import FloatMatrix, numerical_rank, product_ranks, rank
from landscape_cli.model.stored import StoredRow, exact_rows


def low_rank(rng, m, n, r):
    """A float matrix of rank at most r, exactly: products of small integers, scaled by rows."""
    left = rng.integers(-3, 4, size=(m, r)).astype(float)
    right = rng.integers(-3, 4, size=(r, n)).astype(float)
    return np.diag(2.0 ** rng.integers(-20, 20, size=m)) @ (left @ right)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (6, 4), (12, 12)])
def test_small_ranks_against_fractions(shape):
    rng = np.random.default_rng(1)
    for r in range(min(shape) + 1):
        values = low_rank(rng, *shape, r) if r else np.zeros(shape)
        matrix = FloatMatrix.from_numpy(values)
        assert rank(matrix) == algebra.rank(matrix.fractions())


def test_a_matrix_that_floating_point_gets_wrong():
    values = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]])
    matrix = FloatMatrix.from_numpy(values)
    assert rank(matrix) == 2
    found = numerical_rank(matrix)
    assert found.rank == 1
    assert found.dropped is not None and found.dropped <= found.tolerance < found.kept


def test_full_rank_fast_path_agrees_with_flint(monkeypatch):
    rng = np.random.default_rng(2)
    for m, n in ((130, 130), (200, 100), (90, 190)):
        matrix = FloatMatrix.from_numpy(rng.normal(size=(m, n)).astype(np.float32))
        assert floats._full_rank_modulo_a_prime(matrix)
        assert modular.proven_rank(matrix.integers()) == min(m, n)
    broken = rng.normal(size=(130, 130))
    broken[:, 7] = broken[:, 3] * 0.5
    assert not floats._full_rank_modulo_a_prime(FloatMatrix.from_numpy(broken))


@pytest.mark.parametrize("columns", [0, modular.NULL_SPACE_COLUMNS])
def test_deficient_ranks_are_proved_both_ways(columns, monkeypatch):
    monkeypatch.setattr(modular, "NULL_SPACE_COLUMNS", columns)
    rng = np.random.default_rng(3)
    base = np.round(rng.normal(size=(40, 33)) * 2**20) / 2**20  # so that sums are exact
    sums = base[:, :5] + 2 * base[:, 5:10]
    for values in (np.hstack([base, sums]), np.vstack([base.T, sums.T])):
        calls = []
        matrix = FloatMatrix.from_numpy(values)
        assert rank(matrix, lambda text, done, calls=calls: calls.append(done)) == 33
        assert calls and all(0 <= done <= 1 for done in calls)
    assert rank(FloatMatrix(3, 3, [0.0] * 9)) == 0


def test_dead_and_repeated_units_need_no_long_proof(monkeypatch):
    """Zero and proportional rows and columns are dropped first; nothing else is claimed."""
    monkeypatch.setattr(modular, "_minors_vanish", None)
    monkeypatch.setattr(modular, "_null_space_proves", None)
    rng = np.random.default_rng(5)
    values = rng.normal(size=(30, 30))
    values[:, 3] = 0
    values[7] = 0
    values[11] = -4 * values[12]
    assert rank(FloatMatrix.from_numpy(values)) == 28
    assert rank(FloatMatrix(9, 9, [0.0] * 81)) == 0


def test_stored_matrices_read_as_the_fractions_they_store():
    rng = np.random.default_rng(6)
    values = rng.normal(size=(70, 65))
    rows = exact_rows(70, 65, array("d", values.ravel()))
    plain = tuple(tuple(Fraction(float(v)) for v in row) for row in values)
    assert isinstance(rows[0], StoredRow)
    assert (rows[3][4], rows[3][-1], rows[3][2:5]) == (plain[3][4], plain[3][-1], plain[3][2:5])
    assert rows[5] == plain[5] and hash(rows[5]) == hash(plain[5]) and rows[5] != plain[6]
    assert algebra.matrix(rows) == plain
    assert algebra.rank(rows) == 65
    with pytest.raises(IndexError):
        rows[0][65]
    low = rng.integers(-3, 4, size=(70, 4)) @ rng.integers(-3, 4, size=(4, 65))
    stored = exact_rows(70, 65, array("d", low.astype(float).ravel()))
    assert algebra.rank(stored) == 4
    # The exact product of floats, in which nothing is rounded.
    assert algebra.product_rank([stored, algebra.transpose(rows)], 65) == 4
    assert (
        algebra.product_rank([[row[:2] for row in plain], [row[:9] for row in plain[:2]]], 2) == 2
    )


def test_an_unlucky_prime_is_corrected(monkeypatch):
    """A rank that drops modulo the primes tried first is found by the proof of the upper bound."""
    primes = [1000003, 1000033]
    rows = [[primes[0] * primes[1], 0], [0, 1]]
    from flint import fmpz_mat

    supply = iter(primes)
    real = modular.random_prime

    def first_unlucky(bits, used):
        return next(supply, None) or real(bits, used)

    monkeypatch.setattr(modular, "random_prime", first_unlucky)
    assert modular.proven_rank(fmpz_mat(rows)) == 2
    assert next(supply, None) is None


def test_product_ranks():
    rng = random.Random(4)
    generator = np.random.default_rng(4)
    for _ in range(40):
        m, k, n = (rng.randint(1, 7) for _ in range(3))
        a = low_rank(generator, m, k, rng.randint(1, 4))
        b = low_rank(generator, k, n, rng.randint(1, 4))
        left, right = FloatMatrix.from_numpy(a), FloatMatrix.from_numpy(b)
        exact = algebra.product(left.fractions(), right.fractions())
        expected = (
            algebra.rank(left.fractions()), algebra.rank(right.fractions()), algebra.rank(exact),
        )  # fmt: skip
        assert tuple(product_ranks(left, right)) == expected


def test_bad_matrices():
    with pytest.raises(ValueError, match="NaN or infinity"):
        FloatMatrix(1, 2, [1.0, float("nan")])
    with pytest.raises(ValueError, match="NaN or infinity"):
        FloatMatrix(1, 1, [float("inf")])
    with pytest.raises(ValueError, match="entries are needed"):
        FloatMatrix(2, 2, [1.0])
    with pytest.raises(ValueError, match="at least one"):
        FloatMatrix(0, 2, [])
    with pytest.raises(ValueError, match="floats is needed"):
        FloatMatrix.from_numpy(np.array([[None]], dtype=object))
    with pytest.raises(ValueError, match="can't be multiplied"):
        product_ranks(FloatMatrix(1, 2, [1, 2]), FloatMatrix(1, 2, [1, 2]))


def test_large_fractions_use_the_proved_rank():
    rows = [[Fraction((i * j) % 7 - 3, 1 + i % 3) for j in range(50)] for i in range(50)]
    assert algebra.rank(rows) == np.linalg.matrix_rank(np.array(rows, dtype=float))
