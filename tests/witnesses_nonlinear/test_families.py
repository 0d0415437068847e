"""Random models in the scope of each family: the instance is of the model, certified, attacked."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from fractions import Fraction
from importlib.resources import files
from time import perf_counter

import pytest

from landscape_cli.api import verify
from landscape_cli.catalogue import BuildOptions, Family, Instance, Refusal, Scope
from landscape_cli.facts.facts import Facts
from landscape_cli.instances import violations
from landscape_cli.model.terms import substitute_formula
from landscape_cli.syntax import parse, parse_with_errors
from landscape_cli.witnesses import smooth_instances, split_unit
from landscape_cli.witnesses.affine_piece import FAMILY as AFFINE
from landscape_cli.witnesses.dead_units import FAMILY as DEAD
from landscape_cli.witnesses.smooth_instances import FAMILY as SMOOTH
from landscape_cli.witnesses.split_unit import FAMILY as SPLIT
from tests.campaign.attack import attack

Maker = Callable[[random.Random], str]


def facts_of(text: str) -> Facts:
    (model,) = parse(text)
    return Facts(model)


PLAIN = BuildOptions()


def instance(family: Family, text: str, options: BuildOptions = PLAIN) -> Instance:
    """The instance; asserts that scope and builder agree and that the instance stands."""
    facts = facts_of(text)
    assert isinstance(family.scope(facts), Scope), text
    built = family.build(facts, options)
    assert isinstance(built, Instance), (text, built)
    assert violations(facts, built.document) == (), text
    outcome = verify(built.document)
    assert outcome.accepted, (text, outcome.reason)
    assert outcome.argument == family.argument
    return built


@pytest.mark.parametrize("family", [AFFINE, DEAD, SMOOTH, SPLIT], ids=lambda f: f.id)
def test_examples(family: Family) -> None:
    for text in family.examples:
        instance(family, text)


@pytest.mark.parametrize(
    ("family", "text"),
    [
        # Every affine fit is exact.
        (AFFINE, "net 3 -> leaky_relu(3) -> 1; loss squared; data X full_column_rank"),
        (AFFINE, "net 3 -> leaky_relu(3) -> 1; loss squared; data X identity"),
        (AFFINE, "net 2 -> relu(1) -> 1; loss squared; data samples 2, X full_row_rank"),
        (AFFINE, "net 2 -> relu(1) -> 1; loss squared; data samples 2; assume rank(X) = 2"),
        # |t| sees no sign: (F(1), F(-1)) stays on one line, and so does the sign pattern.
        (AFFINE, "net 1 -> leaky_relu(4, slope=-1) -> 1; loss squared"),
        # Linear, or no piece of non-zero slope.
        (AFFINE, "net 2 -> leaky_relu(1, slope=1) -> 1; loss squared"),
        (AFFINE, "net 2 -> tanh(1) -> 1; loss squared"),
        (AFFINE, "net 2 -> relu(1) -> tanh(1) -> 1; loss squared"),
        # Not enough freedom: relu of a single input without biases, rank 1, output bias only.
        (AFFINE, "net 1 -> relu(3) -> linear(1, bias); loss squared"),
        (AFFINE, "net 2 -> relu(1) -> 1; loss squared; regularize l2 1"),
        (AFFINE, "net 2 -> relu(1) -> 1; loss squared; subject_to convex"),
        (AFFINE, "net 2 -> relu(2, skip) -> 1; loss squared"),
        (AFFINE, "net 2 -> relu(2, fixed) -> 1; loss squared"),
        (AFFINE, "net 2 -> relu(2) -> 2; loss squared; data Y = X"),
        (AFFINE, "net 2 -> relu(2) -> 2; loss squared; assume rank(Y) = 0"),
        (DEAD, "net 2 -> leaky_relu(3) -> 1; loss squared"),
        (DEAD, "net 2 -> tanh(1) -> relu(1) -> 1; loss squared"),
        (DEAD, "net 2 -> relu(2) -> 1; loss cross_entropy"),
        (DEAD, "net 2 -> relu(2) -> linear(1, bias); loss squared; data samples 1"),
        (DEAD, "net 2 -> relu(2) -> sigmoid(1); loss squared"),
        (DEAD, "net 2 -> relu(2) -> linear(1, bias); loss zero_one"),
        (SMOOTH, "net 1 -> tanh(3, bias) -> linear(1, bias); loss squared"),
        (SMOOTH, "net 1 -> tanh(1, bias) -> 1; loss squared"),
        (SMOOTH, "net 1 -> tanh(1) -> 1; loss absolute"),
        (SPLIT, "net 1 -> tanh(1) -> 1; loss squared"),
        (SPLIT, "net 1 -> erf(2, bias) -> 1; loss squared"),
        (SPLIT, "net 1 -> tanh(2, bias) -> 1; loss squared; data samples 5"),
        (SPLIT, "net 4 -> tanh(2) -> 1; loss squared; data X full_column_rank"),
        (SPLIT, "net 1 -> tanh(2) -> tanh(2) -> 1; loss squared"),
    ],
)  # fmt: skip
def test_refusals(family: Family, text: str) -> None:
    models_found, errors = parse_with_errors(text)
    if errors:
        pytest.fail(f"not a model: {text}: {errors[0].message}")
    facts = Facts(models_found[0])
    answer = family.scope(facts)
    assert isinstance(answer, Refusal) or answer.condition is False
    assert isinstance(family.build(facts, BuildOptions()), Refusal)


@pytest.mark.parametrize(
    "text",
    [
        "net 1 -> relu(1) -> 1; loss squared; data samples 2",
        "net 2 -> relu(1) -> 1; loss squared; data samples 2",
        "net 1 -> leaky_relu(2) -> leaky_relu(1, slope=-3) -> 1; loss squared",
        "net 1 -> leaky_relu(1, slope=2) -> leaky_relu(1, slope=1/2) -> 1; loss squared",
        "net 1 -> elu(1) -> 1; loss squared; data samples 2",
        "net 1 -> hard_sigmoid(1) -> 1; loss squared; data samples 3",
        "net 1 -> linear(1) -> relu(1, bias) -> 1; loss squared",
        "net 2 -> selu(1) -> 1; loss squared",
        "net 2 -> selu(1) -> hard_sigmoid(2); loss squared",
        "net 2 -> relu(1) -> relu(1) -> relu(1) -> relu(1) -> relu(1); loss squared",
        "net 5 -> relu(1) -> 3; loss squared; data X full_row_rank, Y full_row_rank, samples 8",
        "net 2 -> relu(1) -> 1; loss absolute; data samples 41",
        "net 1 -> relu(1); loss squared; assume rank(X) = 1 and n = 2",
        "param V: 1 x 2; param W: 2 x 2; map V * relu(W * X); loss squared",
    ],
)
def test_degenerate_affine_pieces(text: str) -> None:
    built = instance(AFFINE, text)
    outcome = attack(built.document, 5, 1200)
    assert outcome.counted > 300
    assert outcome.fault is None


def test_a_large_network_is_built_and_verified_in_time() -> None:
    start = perf_counter()
    instance(AFFINE, "net 784 -> relu(300) -> relu(100) -> 10; loss squared")
    assert perf_counter() - start < 60  # no hang


def test_samples_and_seeds() -> None:
    text = "net 2 -> relu(2) -> 1; loss squared"
    facts = facts_of(text)
    built = instance(AFFINE, text, BuildOptions(samples=7))
    assert len(built.document["data"]["X"][0]) == 7
    assert isinstance(AFFINE.build(facts, BuildOptions(samples=1)), Refusal)
    different = {
        json.dumps(instance(AFFINE, text, BuildOptions(seed=s)).document) for s in range(8)
    }
    assert len(different) > 1
    assert instance(AFFINE, text).document == instance(AFFINE, text).document


@pytest.mark.parametrize(
    ("family", "text", "names"),
    [
        (AFFINE, "net d -> relu(k) -> m; loss squared", "dkm"),
        (AFFINE, "net d -> relu(k) -> m; loss squared; data samples n", "dkmn"),
        (
            AFFINE,
            "net d -> relu(k) -> m; loss squared; data X full_row_rank; data samples n",
            "dkmn",
        ),
        (
            AFFINE,
            "net d -> elu(k) -> m; loss squared; data Y full_row_rank; data samples n",
            "dkmn",
        ),
        (AFFINE, "net d -> hard_tanh(k, bias) -> m; loss huber(1); data samples n", "dkmn"),
        (DEAD, "net d -> relu(k) -> m; loss hinge; data samples n", "dkmn"),
        (DEAD, "net d -> relu(k) -> m; loss cross_entropy", "dkm"),
        (DEAD, "net d -> relu(k, bias) -> linear(m, bias); loss squared; data samples n", "dkmn"),
        (SPLIT, "net d -> tanh(k) -> m; loss squared; data samples n", "dkmn"),
        (SMOOTH, "net d -> silu(k, bias) -> linear(m, bias); loss squared", "dkm"),
    ],
)
def test_symbolic_widths_agree_with_numbers(family: Family, text: str, names: str) -> None:
    answer = family.scope(facts_of(text))
    assert isinstance(answer, Scope)
    seen = set()
    rng = random.Random(7)
    for _ in range(60):
        values = {name: rng.randint(1, 6) for name in names}
        concrete = text
        for name, value in values.items():
            for before, after in (" ;", "()", "(,", "  "):
                concrete = concrete.replace(f"{before}{name}{after}", f"{before}{value}{after}")
            concrete = concrete.replace(f" {name};", f" {value};")
            if concrete.endswith(f" {name}"):
                concrete = concrete[: -len(name)] + str(value)
        found, errors = parse_with_errors(concrete)
        if errors:
            continue  # inconsistent: more independent rows than samples
        numeric = family.scope(Facts(found[0]))
        claimed = isinstance(numeric, Scope) and numeric.condition is True
        expected = substitute_formula(answer.condition, dict(values))
        # Symbolic scopes may claim less, never more.
        assert claimed or expected is False, (concrete, answer)
        seen.add((claimed, expected))
    assert (True, True) in seen


def test_the_tables_are_those_of_the_carried_data() -> None:
    def carried(name: str) -> list[dict[str, object]]:
        text = files("landscape_cli").joinpath("data", f"{name}.json").read_text("utf-8")
        return list(json.loads(text)["instances"])

    split: dict[object, set[int]] = {}
    for one in carried("split_instances"):
        key = one["activation"], one["first_bias"], one["output_bias"]
        split.setdefault(key, set()).add(len(one["x"]))  # type: ignore[arg-type]
    smooth: dict[object, set[tuple[int, int]]] = {}
    for one in carried("smooth_instances"):
        rows, units, _ = one["widths"]  # type: ignore[misc]
        count = len(one["X"][0])  # type: ignore[index]
        smooth.setdefault((one["activation"], one["bias"], units), set()).add((rows, count))
        if units == rows == 1 and (not one["bias"] or one["activation"] in ("gelu", "silu")):
            split[one["activation"], one["bias"], one["bias"]].add(count)
    assert {k: set(v) for k, v in split_unit.SIZES.items()} == split
    assert {k: set(v) for k, v in smooth_instances.SIZES.items()} == smooth


def test_every_carried_network_is_certified_when_split() -> None:
    done = 0
    for (activation, first, last), sizes in split_unit.SIZES.items():
        for n in sizes:
            below, above = ", bias" if first else "", ", bias" if last else ""
            text = (
                f"net 1 -> {activation}(2{below}) -> linear(1{above}); loss squared; "
                f"data samples {n}"
            )
            for seed in (0, 1):
                instance(SPLIT, text, BuildOptions(seed=seed))
                done += 1
    assert done >= 60


def test_moving_a_number_of_an_instance_makes_it_false() -> None:
    built = instance(AFFINE, "net 2 -> relu(2) -> 1; loss squared")
    document = json.loads(json.dumps(built.document))
    document["data"]["Y"][0][0] = str(Fraction(document["data"]["Y"][0][0]) + 1)
    assert not verify(document).accepted
