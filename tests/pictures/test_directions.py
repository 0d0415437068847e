"""A point with its directions: what is exact and what is numerical."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli import api
from landscape_cli.hunt.objective import of_instance
from landscape_cli.pictures.directions import TooManyWeights, directions_at, point_picture
from landscape_cli.pictures.shapes import Directions
from landscape_cli.point.instance import make_instance
from landscape_cli.syntax import parse


def at(text: str, radius: float | None = None) -> Directions:
    model = parse(text)[0]
    instance = make_instance(model)
    objective = of_instance(instance)
    theta = objective.flat({name: instance.leaves[name] for name, _ in objective.shapes})
    return point_picture(api.analyse(model), objective, theta, title="a point", radius=radius)


SADDLE = (
    "net 2 -> 1 -> 2; loss squared; data X identity, Y = [[0, 0], [0, 1]]; "
    "at W1 = [[0, 0]], W2 = [[0], [0]]"
)


def test_a_saddle_with_its_three_directions() -> None:
    found = at(SADDLE)
    steepest, negative, flat = found.curves.curves
    assert steepest.name.startswith("steepest, curvature 1 (numerical): 0.71 W1[1,2]")
    assert negative.name.startswith("most negative, curvature -1 (numerical): 0.71 W1[1,2]")
    assert flat.name.startswith("flattest, curvature 0 (numerical)")
    middle = len(flat.values) // 2
    assert np.allclose(flat.values, 0.5)
    assert steepest.values[middle] == steepest.values.min() == pytest.approx(0.5)
    assert negative.values[middle] == negative.values.max()
    (mark,) = found.curves.marks
    assert mark.text == (
        "the point, loss 1/2 (exact), gradient exactly 0; Hessian (exact): 1 positive, "
        "1 negative, 2 zero eigenvalues"
    )
    assert found.curves.subtitle == "the point is a strict saddle (not a local minimum)"
    assert found.slice is not None and found.slice.x_label == "most negative direction"
    size = len(found.slice.xs)
    assert found.slice.values[size // 2, 0] < 0.5 < found.slice.values[0, size // 2]


def test_the_radius_is_the_users() -> None:
    assert at(SADDLE, 0.25).curves.curves[0].xs[-1] == 0.25
    assert at(SADDLE).curves.curves[0].xs[-1] == 1


def test_kinks_are_said() -> None:
    found = at(
        "net 1 -> relu(1) -> 1; loss absolute; data X = [[1, 2]], Y = [[1, 0]]; "
        "at W1 = [[1]], W2 = [[2]]"
    )
    assert any("kinks" in note for note in found.curves.notes)
    assert "not 0" in found.curves.marks[0].text or "loss" in found.curves.marks[0].text


def test_one_weight_has_no_plane() -> None:
    found = at("net 1 -> 1; loss squared; data X = [[1]], Y = [[1]]; at W1 = [[3]]")
    assert found.slice is None and len(found.curves.curves) == 1
    assert "gradient not 0" in found.curves.marks[0].text


def test_too_many_weights() -> None:
    model = parse(
        "net 30 -> 30; loss squared; data X identity, Y = "
        + str([[0] * 30 for _ in range(30)])
        + "; at W1 = "
        + str([[0] * 30 for _ in range(30)])
    )[0]
    objective = of_instance(make_instance(model))
    with pytest.raises(TooManyWeights, match="900 weights"):
        directions_at(objective, np.zeros(900), title="", subtitle="", legend="")
