"""The objective in floating point against the certificates and against differences."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from landscape_cli import api
from landscape_cli.engine.discovery import families
from landscape_cli.engine.judge import judge
from landscape_cli.hunt.objective import NotDrawable, array, of_document, of_instance
from landscape_cli.point.instance import make_instance
from landscape_cli.syntax import parse

from .models import ABSOLUTE, DECAY, HUBER, RELU, SADDLES, SYMMETRIC, TANH, judged


def ends(value: Any) -> tuple[float, float]:
    if isinstance(value, str):
        return float(Fraction(value)), float(Fraction(value))
    return float(Fraction(value["lower"])), float(Fraction(value["upper"]))


@pytest.mark.parametrize("family", families(), ids=lambda f: f.id)
def test_both_values_of_every_family(family: Any) -> None:
    document = next(
        found.document
        for found in (api.counterexample(judge(parse(text)[0])) for text in family.examples)
        if found is not None
    )
    objective = of_document(document)
    places = [p for p in ("local_minimum", "critical_point", "better_point") if p in document]
    assert len(places) == 2
    for place in places:
        theta = objective.flat({k: array(v) for k, v in document[place]["weights"].items()})
        assert len(theta) == objective.size
        low, high = ends(document[place]["value"])
        slack = 1e-9 * (1 + abs(high))
        assert low - slack <= objective.value(theta) <= high + slack, place


@pytest.mark.parametrize("text", [HUBER, RELU, TANH, DECAY, SYMMETRIC, SADDLES,
                                  "net 2 -> softplus(1, bias) -> linear(2, bias); loss squared",
                                  "net 3 -> 1 -> 3; loss cross_entropy"])  # fmt: skip
def test_gradients_are_differences(text: str) -> None:
    found = api.counterexample(judged(text))
    assert found is not None
    objective = of_document(found.document)
    generator = np.random.default_rng(5)
    theta = generator.standard_normal((6, objective.size))
    values, slopes = objective.gradients(theta)
    assert np.allclose(values, objective.values(theta))
    for _ in range(3):
        move = generator.standard_normal(objective.size)
        step = 1e-5
        wanted = (objective.values(theta + step * move) - objective.values(theta - step * move)) / (
            2 * step
        )
        assert np.allclose(slopes @ move, wanted, rtol=1e-4, atol=1e-4)


def test_a_long_batch_is_cut_without_a_seam() -> None:
    found = api.counterexample(judged(HUBER))
    assert found is not None
    objective = of_document(found.document)
    theta = np.random.default_rng(0).standard_normal((7, objective.size))
    import landscape_cli.hunt.objective as module

    whole = objective.values(theta)
    before = module.LARGEST_BATCH
    module.LARGEST_BATCH = 2 * objective.work
    try:
        assert np.array_equal(objective.values(theta), whole)
        assert np.allclose(objective.gradients(theta)[0], whole)
    finally:
        module.LARGEST_BATCH = before


def test_a_map_with_a_constant_and_a_skip_at_a_point() -> None:
    adapter = parse(
        "param A: 2 x 1; param B: 1 x 2; const C: 2 x 2 = [[1, 0], [0, 1]]; "
        "map (C + A * B) * X; loss huber(2); data X = [[1, 2], [0, 1]], Y = [[1, 1], [5, 1]]; "
        "at A = [[1], [2]], B = [[1, -1]]"
    )[0]
    residual = parse(
        "net 2 -> tanh(2, skip) -> linear(1, bias); loss log_cosh; regularize l1 1/3; "
        "data X = [[1], [2]], Y = [[1]]; at W1 = [[1, 0], [1, 1]], W2 = [[1, 2]], b2 = [[3]]"
    )[0]
    for model in (adapter, residual):
        instance = make_instance(model)
        objective = of_instance(instance)
        theta = objective.flat({name: instance.leaves[name] for name, _ in objective.shapes})
        exact = api.analyse(model).loss
        assert exact is not None
        wanted = float(exact) if isinstance(exact, Fraction) else float(sum(exact.bounds()) / 2)  # type: ignore[union-attr]
        assert objective.value(theta) == pytest.approx(wanted, rel=1e-12)


def test_what_has_no_value_is_refused() -> None:
    for text, part in (
        ("net 1 -> 1; loss squared; at W1 = [[1]]", "X"),
        ("net 1 -> 1; loss convex; data X = [[1]], Y = [[1]]; at W1 = [[1]]", "concrete loss"),
        ("activation s(t) = t^3; net 1 -> s(1) -> 1; loss squared; data X = [[1]], Y = [[1]]; "
         "at W1 = [[1]], W2 = [[1]]", "custom activation"),
    ):  # fmt: skip
        with pytest.raises(NotDrawable, match=part):
            of_instance(make_instance(parse(text)[0]))


def test_a_hessian_at_a_strict_minimum_is_positive() -> None:
    found = api.counterexample(judged(TANH))
    assert found is not None
    objective = of_document(found.document)
    place = found.document["local_minimum"]["weights"]
    theta = objective.flat({k: array(v) for k, v in place.items()})
    assert np.linalg.eigvalsh(objective.hessian(theta))[0] > 0
    assert objective.smooth
    assert not of_document(api.counterexample(judged(ABSOLUTE)).document).smooth  # type: ignore[union-attr]
