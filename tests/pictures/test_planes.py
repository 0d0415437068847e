"""Planes and segments: certified points stand where their values are, paths are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli.pictures import Wish
from landscape_cli.pictures.planes import (
    NoDirection,
    gauge_moves,
    levels_of,
    plane_axes,
    segment,
    slice_through,
    third_direction,
)
from landscape_cli.pictures.shapes import Curves, Directions, Slice

from .models import ABSOLUTE, CONVEX, DECAY, HOLDS, HUBER, RELU, SADDLES, SYMMETRIC, picture, stage


def value_near(picture: Slice, x: float, y: float) -> float:
    i = int(np.abs(picture.ys - y).argmin())
    j = int(np.abs(picture.xs - x).argmin())
    return float(picture.values[i, j])


@pytest.mark.parametrize("text", [HUBER, ABSOLUTE, RELU, DECAY, SYMMETRIC])
@pytest.mark.parametrize("towards", ["auto", "steepest"])
def test_a_plane_shows_the_certified_points(text: str, towards: str) -> None:
    found = picture(text, Wish(towards=towards, size=61))  # type: ignore[arg-type]
    assert isinstance(found, Slice)
    local, better = found.marks[:2]
    assert (local.letter, better.letter) == ("L", "B")
    assert "(exact)" in local.text and "certified local minimum" in local.text
    assert better.value < local.value == found.reference
    for mark in found.marks:
        assert found.xs[0] < mark.x < found.xs[-1] and found.ys[0] < mark.y < found.ys[-1]
    step = found.xs[1] - found.xs[0]
    slope = np.abs(np.gradient(found.values, axis=1)).max() / step
    for mark in (local, better):
        near = value_near(found, mark.x, mark.y)
        assert abs(near - mark.value) <= 2 * slope * step
    # Nothing of the plane close to the certified local minimum is lower.
    xs, ys = np.meshgrid(found.xs, found.ys)
    close = np.hypot(xs, ys) < 0.05
    assert not close.any() or found.values[close].min() >= local.value - 1e-9
    assert list(found.levels) == sorted(set(found.levels))
    assert found.values.min() <= found.levels[0] + 1e-9 or found.levels[0] <= better.value


def test_the_lowest_way_out_is_lower_than_the_segment() -> None:
    for text in (HUBER, ABSOLUTE, RELU):
        scene = stage(text)
        third = third_direction(scene, "escape", 0)
        assert third.kind == "escape" and third.peak is not None and third.bend is not None
        along = scene.second.theta - scene.first.theta
        straight = scene.objective.values(
            scene.first.theta + np.linspace(0, 1, 400)[:, None] * along
        )
        assert scene.first.value <= third.peak + 1e-9 < straight.max()
        drawn = slice_through(scene, third, size=31)
        assert len(drawn.path) == 3 and drawn.path[0] == (0.0, 0.0)
        unit, other = plane_axes(scene, third)
        assert abs(unit @ other) < 1e-12
        bend = scene.first.theta + drawn.path[1][0] * unit + drawn.path[1][1] * other
        assert np.allclose(bend, third.bend)


def test_the_loss_does_not_change_along_a_symmetry() -> None:
    for text, count in ((HUBER, 1), (SYMMETRIC, 0), (RELU, 1), (DECAY, 1)):
        scene = stage(text)
        moves = list(gauge_moves(scene.objective, scene.second.theta))
        assert len(moves) >= count, text
        for move, _how in moves:
            small = 1e-4 * move / np.linalg.norm(move)
            change = scene.objective.value(scene.second.theta + small) - scene.second.value
            assert abs(change) < 1e-6
    with pytest.raises(NoDirection, match="symmetry"):
        third_direction(stage(SYMMETRIC), "gauge", 0)


def test_directions_that_do_not_exist() -> None:
    with pytest.raises(NoDirection, match="segment"):
        third_direction(stage("net 1 -> 1; loss lp(1/2)"), "auto", 0)
    with pytest.raises(NoDirection, match="line through"):
        scene = stage(DECAY)
        slice_through(scene, third_direction(scene, "origin", 0))


def test_a_segment_has_its_ends_and_its_barrier() -> None:
    found = picture(HUBER, Wish("segment"))
    assert isinstance(found, Curves)
    line = found.curves[0]
    for mark in found.marks:
        assert np.interp(mark.x, line.xs, line.values) == pytest.approx(mark.value, abs=5e-3)
    barrier = next(mark for mark in found.marks if mark.kind == "pass")
    inner = line.values[(line.xs >= 0) & (line.xs <= 1)]
    assert barrier.value == pytest.approx(inner.max(), abs=1e-3)
    assert "numerical" in barrier.text
    assert found.cap > barrier.value
    assert len(found.curves) == 2 and found.curves[1].values.max() < barrier.value


def test_where_it_holds_a_saddle_and_a_minimum_are_shown() -> None:
    found = picture(HOLDS, Wish(size=41))
    assert isinstance(found, Slice)
    saddle, minimum, mirrored = found.marks
    assert saddle.text.startswith("all weights 0: a strict saddle, loss ")
    assert "(exact)" in saddle.text and "numerical" in minimum.text
    assert "linear-squared" in found.subtitle
    assert any("seed 0" in note for note in found.notes)
    assert mirrored.x == -minimum.x and minimum.value < saddle.value
    lonely = picture(CONVEX, Wish())
    assert isinstance(lonely, Directions)
    assert "convex-problem" in lonely.curves.subtitle
    assert np.nanmin(lonely.slice.values) >= lonely.curves.marks[0].value - 1e-6  # type: ignore[union-attr]


def test_a_critical_point_that_is_no_local_minimum() -> None:
    scene = stage(SADDLES)
    assert scene.first.letter == "S" and "certified critical point" in scene.first.legend
    assert "strict saddle" in scene.subtitle
    assert segment(scene).marks[0].letter == "S"


def test_the_same_seed_gives_the_same_picture() -> None:
    scene = stage(RELU)
    one, two = (third_direction(scene, "escape", 3) for _ in range(2))
    assert one.peak == two.peak and np.array_equal(one.move, two.move)


def test_levels_show_both_basins() -> None:
    values = np.linspace(0, 100, 500)
    found = levels_of(values.flat, 0, 2.0, 0.5)
    below = [v for v in found if v < 2]
    above = [v for v in found if v > 2]
    assert len(below) == 7 and found[0] == 0
    assert above[0] - 2 < 1e-4 and above[1] - 2 <= 0.125 + 1e-12
    steps = np.diff(above[1:])
    assert (np.diff(steps) > 0).all() and above[-1] > 80
