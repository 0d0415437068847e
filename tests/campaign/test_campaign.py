"""Every family: hundreds of random models, each with an instance that stands.

For a larger run set LANDSCAPE_CAMPAIGN=models,perturbations or ``python -m tests.campaign``.
"""

from __future__ import annotations

import copy
import os
from random import Random
from typing import Any

import numpy as np
import pytest

from landscape_cli.catalogue import BuildOptions, Family, Instance, Refusal
from landscape_cli.engine.discovery import families
from landscape_cli.facts.facts import Facts
from landscape_cli.syntax import parse, parse_with_errors
from tests.kernel import samples

from .attack import attack
from .floats import Objective, number
from .models import MODELS
from .run import campaign
from .statements import contradictions

MODEL_COUNT, PERTURBATIONS = map(int, os.environ.get("LANDSCAPE_CAMPAIGN", "200,100").split(","))
FAMILIES = {family.id: family for family in families()}
ONE_DEPTH = {  # families of one shape
    "symmetric-weighted", "tied-narrow", "quadratic-narrow", "decay-bottleneck",
    "smooth-instances", "split-unit",
}  # fmt: skip
NO_BIAS = {"symmetric-weighted", "tied-narrow", "quadratic-narrow", "skip-decay"}
FLAT = {"affine-region", "loss-plateau"}  # a shifted point is a local minimum, too


def test_every_family_has_a_generator() -> None:
    assert set(MODELS) == set(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_random_models(name: str) -> None:
    report = campaign(FAMILIES[name], MODEL_COUNT, PERTURBATIONS)
    print(report.line())
    assert report.faults == []
    assert report.models == MODEL_COUNT, "too few models are in scope: the campaign is vacuous"
    assert report.perturbations >= 0.9 * MODEL_COUNT * PERTURBATIONS
    assert report.orbits > 0 or name == "strict-saddle-deep"
    if name not in ONE_DEPTH:
        deep = [count for depth, count in report.depths.items() if count >= MODEL_COUNT // 20]
        assert len(deep) >= 2, report.depths
    assert name in NO_BIAS or report.biased >= MODEL_COUNT // 20


def instances(family: Family, count: int) -> list[dict[str, Any]]:
    rng, found = Random(5), []
    while len(found) < count:
        read, errors = parse_with_errors(MODELS[family.id](rng))
        if errors:
            continue
        facts = Facts(read[0])
        scope = family.scope(facts)
        if isinstance(scope, Refusal) or scope.condition is not True:
            continue
        built = family.build(facts, BuildOptions())
        assert isinstance(built, Instance)
        found.append(built.document)
    return found


@pytest.mark.parametrize("name", [n for n, f in FAMILIES.items() if f.argument not in FLAT])
def test_the_attack_sees_that_a_shifted_point_is_none(name: str) -> None:
    """A control: points a little beside the minimum, with their honest values."""
    seen = 0
    for index, document in enumerate(instances(FAMILIES[name], 8)):
        changed = copy.deepcopy(document)
        place = "local_minimum" if "local_minimum" in document else "critical_point"
        rng = np.random.default_rng(index)

        def shifted(value: Any, rng: Any = rng) -> Any:
            if isinstance(value, list):
                return [shifted(v) for v in value]
            middle = number(value)
            return str(round(middle + 0.05 * float(rng.standard_normal()), 4))

        weights = {key: shifted(value) for key, value in changed[place]["weights"].items()}
        value = Objective(changed).at(weights)
        low, high = f"{value - 1e-6:.9f}", f"{value + 1e-6:.9f}"
        changed[place] = {"weights": weights, "value": {"lower": low, "upper": high}}
        changed["argument"] = {"kind": "strict-hessian"}
        better = Objective(changed).at(changed["better_point"]["weights"])
        fault = attack(changed, 1, 400).fault
        seen += fault is not None or better >= value
    assert seen >= 7, seen


def test_the_attack_checks_both_values() -> None:
    document = samples.weighted()
    assert attack(document, 0, 50).fault is None
    for place in ("local_minimum", "better_point"):
        wrong = copy.deepcopy(document)
        wrong[place]["value"] = "7/4"
        assert "value is" in str(attack(wrong, 0, 50).fault)
    wrong = copy.deepcopy(document)
    wrong["better_point"] = wrong["local_minimum"]
    assert "not below" in str(attack(wrong, 0, 50).fault)


@pytest.mark.parametrize(
    ("family", "text", "other"),
    [
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1)", "net 3 -> 2 -> 3; loss huber(1)"),
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1)", "net 3 -> 1 -> 3; loss huber(2)"),
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1)", "net 3 -> 1 -> 3; loss log_cosh"),
        ("bottleneck-huber", "net 3 -> 1 -> linear(3, bias); loss huber(1)",
         "net 3 -> 1 -> 3; loss huber(1)"),
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1); data samples 5",
         "net 3 -> 1 -> 3; loss huber(1); data samples 6"),
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1); assume rank(X) = 2",
         "net 3 -> 1 -> 3; loss huber(1); assume rank(X) = 3"),
        ("bottleneck-huber", "net 3 -> 1 -> 3; loss huber(1); data samples 4",
         "net 3 -> 1 -> 3; loss huber(1); data X full_column_rank"),
        ("bottleneck-weighted", "net 3 -> 1 -> 3; loss weighted_squared; assume rank(X) = 3",
         "net 3 -> 1 -> 3; loss weighted_squared; data Y realizable"),
        ("bottleneck-huber", "net 3 -> 1 -> 2; loss huber(1); data X = [[1, 2], [3, 4], [5, 7]]",
         "net 3 -> 1 -> 2; loss huber(1); data X = [[1, 2], [3, 4], [5, 6]]"),
        ("decay-l1-origin", "net 2 -> relu(1) -> 1; loss squared; regularize l1 1",
         "net 2 -> relu(1) -> 1; loss squared; regularize l1 1/2"),
        ("decay-l1-origin", "net 2 -> relu(1) -> 1; loss squared; regularize l1 1",
         "net 2 -> tanh(1) -> 1; loss squared; regularize l1 1"),
    ],
)  # fmt: skip
def test_the_second_opinion_on_statements_sees_contradictions(
    family: str, text: str, other: str
) -> None:
    (model,) = parse(text)
    built = FAMILIES[family].build(Facts(model), BuildOptions())
    assert isinstance(built, Instance)
    assert contradictions(text, built.document) == []
    assert contradictions(other, built.document)
