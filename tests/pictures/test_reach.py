"""Openness: the picture agrees with the exact verdict and the exact direction."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from landscape_cli.openness.product import test_product as exact_test
from landscape_cli.pictures.reach import NotDrawn, least_moves, openness_picture
from landscape_cli.pictures.shapes import Openness


def rows(*lines: tuple[int, ...]) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(v) for v in line) for line in lines)


CASES = [
    (rows((0,)), rows((1, 0))),
    (rows((1, 0), (0, 0)), rows((0, 0), (0, 1))),
    (rows((1,), (0,)), rows((0, 0))),
    (rows((1, 0), (0, 1)), rows((1, 2), (0, 1))),
    (rows((2,), (1,)), rows((1, 3))),
]


@cache
def drawn(number: int, size: int = 17) -> Openness:
    return openness_picture(*CASES[number], size=size)


@pytest.mark.parametrize(("left", "right"), CASES)
def test_panels_agree_with_the_exact_test(left: object, right: object) -> None:
    found = drawn(CASES.index((left, right)))  # type: ignore[arg-type]
    verdict = exact_test(left, right)  # type: ignore[arg-type]
    assert found.panels[0].open == verdict.open
    assert {panel.open for panel in found.panels} == {True, False}
    for panel in found.panels:
        size = len(panel.xs)
        middle = size // 2
        assert panel.xs[middle] == pytest.approx(0)
        assert panel.needed[middle, middle] <= 1e-6
        axis = panel.needed[:, middle]
        near = axis[[middle - 1, middle + 1]]
        if panel.open:
            # Small moves reach all around.
            assert (near <= found.radii[1]).all()
            assert (
                panel.needed[middle - 1 : middle + 2, middle - 1 : middle + 2].max()
                <= (found.radii[1])
            )
        else:
            # Along the unreachable direction nothing near does, however small the step.
            assert panel.arrow
            away = np.delete(axis, middle)
            assert (away > found.radii[-1]).all()
            assert panel.needed[middle].min() <= found.radii[0]
            assert panel.needed[middle, middle + 1] <= found.radii[1]
    assert any("exact" in note for note in found.notes)


def test_moves_are_moves_to_the_target() -> None:
    generator = np.random.default_rng(2)
    left, right = generator.standard_normal((2, 2)), generator.standard_normal((2, 3))
    targets = left @ right + 0.05 * generator.standard_normal((9, 2, 3))
    sizes, moves = least_moves(left, right, targets, 1.0, 0)
    assert np.isfinite(sizes).all()
    assert np.allclose(np.linalg.norm(moves, axis=1), sizes)
    a = left + moves[:, :4].reshape(-1, 2, 2)
    b = right + moves[:, 4:].reshape(-1, 2, 3)
    assert np.allclose(a @ b, targets, atol=1e-6)
    # No smaller than the linearised problem allows, up to second order.
    jacobian = np.zeros((6, 10))
    for k in range(10):
        step = np.zeros(10)
        step[k] = 1
        jacobian[:, k] = (step[:4].reshape(2, 2) @ right + left @ step[4:].reshape(2, 3)).ravel()
    least = np.linalg.norm(
        np.linalg.pinv(jacobian) @ (targets - left @ right).reshape(9, 6).T, axis=0
    )
    assert np.allclose(sizes, least, rtol=0.25)


def test_every_sample_is_within_its_radius() -> None:
    found = drawn(0)
    for panel in found.panels:
        classes = {k for _, _, k in panel.samples}
        assert classes <= {-1, 0, 1, 2} and 2 in classes


def test_open_at_every_pair_has_one_panel() -> None:
    found = openness_picture(rows((0, 0, 0), (0, 0, 0)), rows((0, 0), (0, 0), (0, 0)), size=9)
    assert [panel.open for panel in found.panels] == [True]
    assert "at every pair" in " ".join(found.notes)


def test_what_is_not_drawn() -> None:
    with pytest.raises(NotDrawn, match="one number"):
        openness_picture(rows((1,)), rows((1,)))
    with pytest.raises(ValueError, match="multiplied"):
        openness_picture(rows((1, 0)), rows((1, 0)))
    big = tuple((Fraction(0),) * 6 for _ in range(6))
    with pytest.raises(NotDrawn, match="too many"):
        openness_picture(big, big)
