"""Exact linear algebra against definitions and an independent implementation (sympy)."""

import random
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli import algebra
from landscape_cli.algebra import exact

entries = st.one_of(st.integers(-2, 2).map(Fraction), st.fractions(-3, 3, max_denominator=5))


@st.composite
def matrices(draw):
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    k = draw(st.integers(1, 5))
    left = [[draw(entries) for _ in range(k)] for _ in range(m)]
    right = [[draw(entries) for _ in range(n)] for _ in range(k)]
    return algebra.product(left, right)  # low ranks are common


def to_sympy(rows):
    return sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in r] for r in rows])


@settings(derandomize=True, deadline=None, max_examples=60)
@given(matrices())
def test_rank_and_null_spaces(a):
    m, n = algebra.shape(a)
    r = algebra.rank(a)
    assert r == to_sympy(a).rank()
    right, left = algebra.null_space(a), algebra.left_null_space(a)
    assert len(right) == n - r
    assert len(left) == m - r
    assert all(not any(algebra.apply(a, x)) for x in right)
    assert all(not any(algebra.apply(algebra.transpose(a), y)) for y in left)
    assert len(algebra.row_space(a)) == len(algebra.column_space(a)) == r
    if right:
        assert algebra.rank(right) == n - r


@settings(derandomize=True, deadline=None, max_examples=60)
@given(matrices(), st.data())
def test_solve(a, data):
    m, n = algebra.shape(a)
    x = [[data.draw(entries)] for _ in range(n)]
    b = algebra.product(a, x)
    found = algebra.solve(a, b)
    assert found is not None
    assert algebra.product(a, found) == b
    free = [[data.draw(entries)] for _ in range(m)]
    found = algebra.solve(a, free)
    augmented = [[*row, *value] for row, value in zip(a, free, strict=True)]
    assert (found is None) == (algebra.rank(augmented) > algebra.rank(a))


@settings(derandomize=True, deadline=None, max_examples=120)
@given(st.integers(1, 6), st.integers(0, 6), st.data())
def test_inertia_of_a_known_signature(n, cut, data):
    signs = [data.draw(st.sampled_from([-2, -1, 0, 0, 1, 3])) for _ in range(n)]
    p = [[data.draw(st.integers(-2, 2)) for _ in range(n)] for _ in range(n)]
    if algebra.rank(p) < n:
        p = algebra.add(algebra.scale(7, algebra.identity(n)), p)
        if algebra.rank(p) < n:
            p = algebra.identity(n)
    d = [[signs[i] if i == j else 0 for j in range(n)] for i in range(n)]
    s = algebra.product(p, d, algebra.transpose(p))
    found = algebra.inertia(s)
    assert found[:3] == (
        sum(x > 0 for x in signs), sum(x < 0 for x in signs), sum(x == 0 for x in signs),
    )  # fmt: skip
    assert (found.direction is None) == (found.negative == 0)
    if found.direction is not None:
        assert algebra.quadratic_value(s, found.direction) < 0
    assert algebra.is_positive_definite(s) == all(x > 0 for x in signs)


def test_inertia_from_the_characteristic_polynomial(monkeypatch):
    """The path for large matrices against elimination and a known signature."""
    rng = random.Random(7)
    for n in (1, 2, 5, 9):
        for _ in range(12):
            signs = [rng.choice([-2, 0, 0, 1, 3]) for _ in range(n)]
            p = [[rng.randint(-2, 2) + 9 * (i == j) for j in range(n)] for i in range(n)]
            assert algebra.rank(p) == n
            d = [[Fraction(signs[i], 3) if i == j else 0 for j in range(n)] for i in range(n)]
            s = algebra.product(p, d, algebra.transpose(p))
            monkeypatch.setattr(exact, "LARGE_INERTIA", 0)
            large = algebra.inertia(s)
            monkeypatch.setattr(exact, "LARGE_INERTIA", 99)
            assert large[:3] == algebra.inertia(s)[:3]
            assert large.negative == sum(x < 0 for x in signs)
            assert (large.direction is None) == (large.negative == 0)
            if large.direction is not None:
                assert algebra.quadratic_value(s, large.direction) < 0
    tiny = [[Fraction(-1, 10**40), 0], [0, 1]]  # floats see no curvature here in exact terms
    monkeypatch.setattr(exact, "LARGE_INERTIA", 0)
    assert algebra.inertia(tiny)[:3] == (1, 1, 0)
    monkeypatch.setattr(exact, "_direction_from_floats", lambda rows: None)
    assert algebra.quadratic_value(tiny, algebra.inertia(tiny).direction) < 0


def test_inertia_with_zero_diagonals():
    hollow = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert algebra.inertia(hollow)[:3] == (1, 2, 0)
    assert algebra.inertia([[0, 0], [0, 0]]) == (0, 0, 2, None)
    found = algebra.inertia([[0, 0, 0], [0, 0, 5], [0, 5, 0]])
    assert found[:3] == (1, 1, 1)
    assert algebra.quadratic_value([[0, 0, 0], [0, 0, 5], [0, 5, 0]], found.direction) < 0


def test_flint_and_python_paths_agree(monkeypatch):
    a = [[Fraction((3 * i * i + 5 * j + i * j) % 7 - 3, 1 + (i + j) % 3) for j in range(9)]
         for i in range(8)]  # fmt: skip
    b = algebra.transpose(a)
    low = algebra.product([row[:3] for row in a], b[:3])
    python = [
        (algebra.rank(x), algebra.null_space(x), algebra.product(x, algebra.transpose(x)))
        for x in (a, low)
    ]
    monkeypatch.setattr(exact, "FLINT_WORK", 0)
    flint = [
        (algebra.rank(x), algebra.null_space(x), algebra.product(x, algebra.transpose(x)))
        for x in (a, low)
    ]
    assert python == flint
    assert algebra.rank(low) == 3


def test_inverse_and_errors():
    a = [[2, 1], [1, 1]]
    assert algebra.product(a, algebra.inverse(a)) == algebra.identity(2)
    with pytest.raises(ValueError, match="singular"):
        algebra.inverse([[1, 1], [1, 1]])
    with pytest.raises(ValueError, match="can't be multiplied"):
        algebra.product([[1, 2]], [[1, 2]])
    with pytest.raises(ValueError, match="same length"):
        algebra.rank([[1, 2], [3]])
    with pytest.raises(ValueError, match="at least one"):
        algebra.rank([])
    with pytest.raises(ValueError, match="symmetric"):
        algebra.inertia([[1, 2], [3, 4]])
