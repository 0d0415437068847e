"""The counterexample families: every claimed model has an instance that the kernel accepts."""

from __future__ import annotations

import copy
import importlib
import random
import re
from fractions import Fraction
from itertools import product as choices

import pytest

from landscape_cli.api import counterexample
from landscape_cli.catalogue import BuildOptions, Instance, Refusal, Scope
from landscape_cli.engine.judge import judge
from landscape_cli.facts.facts import Facts
from landscape_cli.instances import violations
from landscape_cli.kernel import verify
from landscape_cli.model.terms import substitute_formula
from landscape_cli.syntax import parse
from tests.campaign.attack import attack

LINEAR = {
    "bottleneck_weighted": ("weighted_squared", "convex smooth", "convex differentiable", "any"),
    "bottleneck_huber": ("huber(1)", "huber(1/10)"),
    "bottleneck_log_cosh": ("log_cosh",),
    "bottleneck_poisson": ("poisson",),
    "bottleneck_lp": ("lp(3/2)", "lp(11/10)", "lp(5/2)", "lp(3)", "lp(4)"),
    "bottleneck_squared_hinge": ("squared_hinge",),
    "bottleneck_logistic": ("logistic",),
    "bottleneck_masked": ("masked_squared",),
    "nonsmooth_narrow": (
        "absolute", "convex", "any", "lp(1)", "quantile(1/3)", "quantile(1/2)", "quantile(9/10)",
        "epsilon_insensitive(1/2)", "epsilon_insensitive(3)", "epsilon_insensitive(0)",
    ),
}  # fmt: skip
DECAY = {"decay_deep_origin": "l2", "decay_l1_origin": "l1"}
SYMMETRIC = ("symmetric_weighted", "tied_narrow", "quadratic_narrow", "skip_decay")
ALL = (*LINEAR, *DECAY, *SYMMETRIC, "bottleneck_softmax", "decay_bottleneck", "flat_region")


def family(name: str):
    return importlib.import_module(f"landscape_cli.witnesses.{name}").FAMILY


def built(name: str, text: str, options: BuildOptions = BuildOptions()) -> dict | None:  # noqa: B008
    """The document of a claimed model, checked; None where the family does not claim it."""
    (model,) = parse(text)
    facts = Facts(model)
    scope = family(name).scope(facts)
    if isinstance(scope, Refusal) or scope.condition is not True:
        return None
    instance = family(name).build(facts, options)
    assert isinstance(instance, Instance), (text, instance)
    assert violations(facts, instance.document) == (), text
    outcome = verify(instance.document)
    assert outcome.accepted, (text, outcome.reason)
    return instance.document


@pytest.mark.parametrize("name", ALL)
def test_examples(name: str) -> None:
    for text in family(name).examples:
        document = built(name, text)
        assert document is not None, text
        assert attack(document, 1, 120).fault is None, text


@pytest.mark.parametrize("name", ALL)
def test_the_id_is_the_file_name(name: str) -> None:
    assert family(name).id == name.replace("_", "-")


@pytest.mark.parametrize(("classes", "bias"), list(choices((3, 4, 5, 6), (False, True))))
def test_softmax_at_every_width(classes: int, bias: bool) -> None:
    for k in range(1, classes - 1):
        top = f"linear({classes}, bias)" if bias else str(classes)
        text = f"net {k + 1} -> {k} -> {top}; loss cross_entropy"
        document = built("bottleneck_softmax", text)
        assert document is not None, text
        assert attack(document, k, 120).fault is None, text


def test_no_bottleneck_is_not_claimed() -> None:
    for name, losses in LINEAR.items():
        least = 7 if name == "nonsmooth_narrow" else 4
        for loss in losses:
            (model,) = parse(f"net 4 -> {least} -> 4; loss {loss}")
            scope = family(name).scope(Facts(model))
            assert isinstance(scope, Scope) and scope.condition is False, (name, loss)
            (model,) = parse(f"net 4 -> {least - 1} -> 4; loss {loss}")
            scope = family(name).scope(Facts(model))
            assert isinstance(scope, Scope) and scope.condition is True, (name, loss)


def test_a_foreign_loss_is_refused() -> None:
    (model,) = parse("net 4 -> 1 -> 4; loss squared")
    for name in LINEAR:
        assert isinstance(family(name).scope(Facts(model)), Refusal), name


@pytest.mark.parametrize("name", ["bottleneck_weighted", "nonsmooth_narrow"])
@pytest.mark.parametrize(
    "text", ["net d0 -> d1 -> d2", "net d0 -> d1 -> d2 -> 3", "net 4 -> k -> 3",
             "net d0 -> d1 -> d2; data samples n"],
)  # fmt: skip
def test_symbols_agree_with_numbers(name: str, text: str) -> None:
    loss = LINEAR[name][0]
    (model,) = parse(f"{text}; loss {loss}")
    scope = family(name).scope(Facts(model))
    assert isinstance(scope, Scope)
    rng = random.Random(15)
    seen = set()
    for _ in range(60):
        values = {key: rng.randint(1, 7) for key in ("d0", "d1", "d2", "k", "n")}
        concrete = re.sub(r"\b(d0|d1|d2|k|n)\b", lambda m, v=values: str(v[m.group()]), text)
        (numeric,) = parse(f"{concrete}; loss {loss}")
        found = family(name).scope(Facts(numeric))
        claimed = isinstance(found, Scope) and found.condition is True
        assert substitute_formula(scope.condition, values) is claimed, (concrete, values)
        seen.add(claimed)
    assert seen == {True, False}


def test_options_choose_the_number_of_samples() -> None:
    document = built(
        "bottleneck_weighted", "net 3 -> 1 -> 3; loss weighted_squared", BuildOptions(samples=6)
    )
    assert document is not None and len(document["data"]["X"][0]) == 6


def test_given_weights_of_rank_two() -> None:
    document = built(
        "bottleneck_weighted",
        "net 3 -> 1 -> 2; loss weighted_squared; data weights = [[2, 5, 1], [3, 1, 1]]",
    )
    assert document is not None
    assert built("bottleneck_weighted", "net 3 -> 1 -> 2; loss weighted_squared; "
                 "data weights = [[2, 4], [3, 6]]") is None  # fmt: skip


def test_given_weights_with_realizable_targets() -> None:
    rng = random.Random(20)
    text = "net {} -> {} -> {}; loss weighted_squared; data Y realizable, weights = {}"
    document = built("bottleneck_weighted", text.format(2, 1, 2, "[[4, 1], [1, 4]]"))
    assert document is not None
    assert document["local_minimum"]["value"] == "80/9"
    assert document["better_point"]["value"] == "0"
    assert built("bottleneck_weighted", text.format(2, 1, 2, "[[3, 1], [1, 3]]")) is None
    assert built("bottleneck_weighted", text.format(2, 1, 2, "[[31, 10], [10, 31]]")) is not None
    count = 0
    for _ in range(60):
        rows, samples = rng.randint(2, 4), rng.randint(2, 4)
        weights = [[rng.choice((1, 2, 7, 10)) for _ in range(samples)] for _ in range(rows)]
        made = built("bottleneck_weighted", text.format(4, rng.randint(1, 2), rows, weights))
        if made is not None:
            count += 1
            assert attack(made, count, 60).fault is None, weights
    assert count >= 15


@pytest.mark.parametrize(
    "text",
    [
        "net 2 -> linear(2, bias, fixed) -> 2 -> 2; loss any; "
        "data samples 2, W1 = [[1, 1], [1, -2]]",
        "net 3 -> 3 -> 3 -> 3 -> linear(3, bias, fixed); loss absolute; "
        "data W4 = [[0, 0, -1], [1, 0, 1], [0, -2, -2]]",
        "net 3 -> linear(3, bias, skip) -> 3; loss lp(1); "
        "data X = [[-2, 2, 1, 2], [0, 0, 1, 1], [-1, 1, 0, 1]], samples 4",
        "net 2 -> 1 -> 2 -> linear(4, fixed); bias output; loss lp(3/2); "
        "data X full_row_rank, X isotropic",
        "net 4 -> 1 -> 3; loss poisson; data X = [[2, 0, 0], [4, 0, 0], [0, 0, 2], [0, 3, 0]]",
        "net 3 -> 2 -> 2 -> 3; loss squared; data Y full_row_rank, X full_row_rank; "
        "require strict_saddle",
    ],
)
def test_refuted_models_have_certified_instances(text: str) -> None:
    """Fixed biases, biases before given data, given data of full column rank, stated ranks."""
    (model,) = parse(text)
    judgement = judge(model)
    assert judgement.verdict == "fails"
    assert counterexample(judgement) is not None


@pytest.mark.parametrize(
    "text",
    [
        # X and Y = X leave no target free, and no local minimum is found for them.
        "param P0: 3 x 1; param P1: 1 x 3; const C0: 3 x 1 = [[2], [0], [0]]; "
        "map (P0 + C0) * P1 * X; loss convex smooth; "
        "data Y = X, samples 2, X = [[-2, -1], [-1, 1], [-1, 2]]",
        # The logarithms of the instance would be mixed.
        "net 4 -> 1 -> 3; loss poisson; data X = [[2, 0, 2], [1, -1, 1], [0, 0, 2], [1, 0, -2]]",
        # The weighted autoencoder's targets are out of reach.
        "net 3 -> 1 -> 3; loss convex smooth; data Y realizable, X isotropic, Y = X",
    ],
)
def test_models_that_no_family_claims(text: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    assert judgement.verdict != "fails" and judgement.family is None


def test_a_slope_of_one_is_linear() -> None:
    for rest in (
        "loss tukey(1); data X full_row_rank; assume n >= 3", "loss squared", "loss absolute",
        "loss squared; regularize l2 1",
    ):  # fmt: skip
        for plain, bent in (
            ("net 2 -> 2", "net 2 -> leaky_relu(2, slope=1)"),
            ("net 3 -> 1 -> 2", "net 3 -> leaky_relu(1, slope=1) -> leaky_relu(2, slope=1)"),
        ):
            (one,), (two,) = parse(f"{plain}; {rest}"), parse(f"{bent}; {rest}")
            first, second = judge(one), judge(two)
            assert first.verdict == second.verdict
            assert first.theorem is second.theorem and first.family is second.family


def test_given_data_of_full_column_rank() -> None:
    text = "net 3 -> 1 -> 2; loss {}; data X = [[1, 2], [3, 4], [5, 7]]"
    for name, loss in (
        ("bottleneck_weighted", "weighted_squared"), ("nonsmooth_narrow", "absolute"),
        ("bottleneck_huber", "huber(1)"),
    ):  # fmt: skip
        document = built(name, text.format(loss))
        assert document is not None
        assert document["data"]["X"] == [["1", "2"], ["3", "4"], ["5", "7"]]


def test_maps_with_constants() -> None:
    text = "param A: 3 x 1; param B: 1 x 4; const C: 3 x 4; map (C + A * B) * X; loss absolute"
    assert built("nonsmooth_narrow", text) is not None
    given = text.replace("const C: 3 x 4", "const C: 3 x 4 = [[1,0,0,0],[0,1,0,0],[0,0,1,0]]")
    assert built("nonsmooth_narrow", given) is None
    assert built("nonsmooth_narrow", text + "; subject_to convex") is None


def test_smallest_printed_values() -> None:
    values = {
        ("bottleneck_weighted", "net 2 -> 1 -> 2; loss weighted_squared"): ("2", "1/2"),
        ("bottleneck_huber", "net 2 -> 1 -> 2; loss huber(1)"): ("5/2", "3/2"),
        ("bottleneck_masked", "net 2 -> 1 -> 2; loss masked_squared"): ("9/8", "1/2"),
        ("nonsmooth_narrow", "net 2 -> 1 -> 1; loss absolute"): ("1", "0"),
        ("decay_bottleneck", "net 2 -> 1 -> 2; loss squared; regularize l2 1"): (
            "43/8", "261/50",
        ),
        ("quadratic_narrow", "net 2 -> quadratic(1) -> linear(1, fixed, positive); loss squared"): (
            "11", "10",
        ),
    }  # fmt: skip
    for (name, text), expected in values.items():
        document = built(name, text)
        assert document is not None
        assert document["local_minimum"]["value"] == expected[0]
        assert document["better_point"]["value"] == expected[1]


def test_large_bottleneck_is_quick() -> None:
    document = built("bottleneck_weighted", "net 100 -> 30 -> 100; loss weighted_squared")
    assert document is not None


def test_values_are_never_floats() -> None:
    document = built("bottleneck_logistic", "net 2 -> 1 -> 2; loss logistic")
    assert document is not None
    local = document["local_minimum"]["value"]
    assert Fraction(local["lower"]) < Fraction(local["upper"])
    assert Fraction(document["better_point"]["value"]["upper"]) < Fraction(local["lower"])


@pytest.mark.parametrize(
    "text",
    [
        "net 3 -> 2 -> 2 -> 3; loss squared",
        "net 1 -> 1 -> 1 -> 1 -> 1; loss convex smooth; data X identity",
        "net 3 -> tanh(2) -> sin(2) -> linear(1, bias); loss squared; data samples 5",
        "net 4 -> gelu(2) -> quadratic(2) -> cube(3); loss any; data X full_row_rank",
    ],
)
def test_origin_of_deep_networks(text: str) -> None:
    document = built("strict_saddle_deep", f"{text}; require strict_saddle")
    assert document is not None
    assert "local_minimum" not in document
    # Every change makes the argument fail: another point, one layer less, a kink in the loss.
    moved = copy.deepcopy(document)
    moved["critical_point"]["weights"]["W1"][0][0] = "1"
    assert not verify(moved).accepted
    claimed = copy.deepcopy(document)
    claimed["local_minimum"] = claimed.pop("critical_point")
    assert not verify(claimed).accepted
    kinked = copy.deepcopy(document)
    kinked["problem"]["activations"][1] = {"name": "relu"}
    assert not verify(kinked).accepted
    penalised = copy.deepcopy(document)
    penalised["problem"]["regularizer"] = {"l2": "1"}
    assert not verify(penalised).accepted
    assert built("strict_saddle_deep", text) is None


def test_two_layers_have_no_flat_origin() -> None:
    assert (
        built("strict_saddle_deep", "net 3 -> 2 -> 3; loss squared; require strict_saddle") is None
    )
    document = built(
        "strict_saddle_deep", "net 1 -> 1 -> 1 -> 1; loss squared; require strict_saddle"
    )
    assert document is not None
    problem = document["problem"]
    for name in ("widths", "activations", "biases"):
        problem[name] = problem[name][:-1]
    for place in ("critical_point", "better_point"):
        del document[place]["weights"]["W3"]
    outcome = verify(document)
    assert not outcome.accepted and "at least 3" in outcome.reason


def test_a_plateau_must_be_flat() -> None:
    document = built("flat_region", "net 1 -> 1; loss tukey(1); data samples 1")
    assert document is not None
    assert document["data"]["Y"] == [["2"]]
    edge = copy.deepcopy(document)
    edge["data"]["Y"] = [["1"]]
    edge["better_point"]["weights"]["W1"] = [["1"]]
    assert not verify(edge).accepted
    jump = built("flat_region", "net 1 -> 1; loss zero_one; data samples 1")
    assert jump is not None
    jump["local_minimum"]["weights"]["W1"] = [["0"]]
    outcome = verify(jump)
    assert not outcome.accepted and "inside a flat part" in outcome.reason


def test_strict_saddle_needs_a_smooth_loss() -> None:
    for name, loss in (("nonsmooth_narrow", "convex"), ("bottleneck_huber", "huber(1)")):
        (model,) = parse(f"net 2 -> 1 -> 2; loss {loss}; require strict_saddle")
        assert isinstance(family(name).scope(Facts(model)), Refusal)
    assert built("bottleneck_weighted", "net 2 -> 1 -> 2; loss convex; require strict_saddle")
