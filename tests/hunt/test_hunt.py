"""The numerical search: what it reports is certified, and it says when it finds nothing."""

from __future__ import annotations

import pytest

from landscape_cli.api import verify
from landscape_cli.catalogue import Refusal
from landscape_cli.facts.facts import Facts
from landscape_cli.hunt import Found, hunt
from landscape_cli.instances import violations
from landscape_cli.syntax import parse
from tests.campaign.attack import attack

FOUND = (
    "net 2 -> relu(2) -> 1; loss squared; data samples 6",
    "net 1 -> leaky_relu(2, bias) -> linear(1, bias); loss squared; data samples 7",
    "net 2 -> leaky_relu(2, bias) -> hard_tanh(2) -> linear(1, bias); loss squared",
    "net 1 -> relu(2, bias) -> linear(1, bias); loss squared; "
    "data X = [[-2, -1, 0, 1, 2, 3]], Y = [[3, -2, 4, -1, 5, 0]]",
    "net 1 -> silu(2) -> 1; loss convex smooth",
    "net 1 -> sin(1) -> 1; loss squared; data samples 5",
    "net 1 -> mish(1, bias) -> 1; loss squared",
    "net 2 -> tanh(2, skip) -> 1; loss squared",
    "net 2 -> linear(2, fixed) -> tanh(1) -> 1; loss squared",
    "net 1 -> linear(1, skip) -> linear(1, skip); loss squared; regularize l2 2/5",
    "net 1 -> tanh(2) -> tanh(2) -> 1; loss squared; regularize l2 1/100",
    "net 1 -> tanh(2) -> 1; loss logistic; regularize l2 1/50",
    "net 2 -> sigmoid(1) -> 2; loss masked_squared",
    "net 1 -> tanh(1) -> 1; loss tukey(1); regularize l2 1/10",
    "net 1 -> tanh(1) -> 1; loss squared_hinge; regularize l2 1/10",
    "net 2 -> hard_tanh(2, bias) -> linear(2, bias); loss weighted_squared",
    "net 1 -> celu(1, bias) -> linear(1, bias); loss squared; regularize l2 1/100",
    # The carried instances, given as data.
    "net 1 -> tanh(1) -> 1; loss squared; data X = [[-2, 1, 2, 4]], Y = [[3, 3, -3, 3]]",
    "net 1 -> sigmoid(1) -> 1; loss squared; data X = [[-3, -1, 3]], Y = [[-3, 2, 2]]",
    "net 1 -> softplus(1) -> 1; loss squared; data X = [[-1, 1, 3]], Y = [[0, -2, 2]]",
    "net 1 -> gelu(1) -> 1; loss squared; data X = [[-2, -1, 4]], Y = [[2, -3, 3]]",
)


def facts_of(text: str) -> Facts:
    (model,) = parse(text)
    return Facts(model)


@pytest.mark.parametrize("text", FOUND)
def test_what_is_found_is_certified(text: str) -> None:
    facts = facts_of(text)
    steps: list[int] = []
    found = hunt(facts, verify, seed=0, starts=400, step=steps.append)
    assert isinstance(found, Found)
    assert found.instance is not None
    assert violations(facts, found.instance.document) == ()
    assert verify(found.instance.document).accepted
    assert steps == list(range(1, found.starts + 1))
    assert attack(found.instance.document, 3, 600).fault is None


def test_the_same_seed_finds_the_same() -> None:
    facts = facts_of(FOUND[0])
    one, two = (hunt(facts, verify, seed=3, starts=200) for _ in range(2))
    assert one == two


def test_nothing_is_found_where_every_local_minimum_is_global() -> None:
    # Convex: the outputs of a one-layer leaky_relu network on independent samples are free.
    text = "net 3 -> leaky_relu(1, slope=1/2); loss squared; data X identity"
    found = hunt(facts_of(text), verify, seed=0, starts=60)
    assert found == Found(None, 60)


def test_the_checker_has_the_last_word() -> None:
    class No:
        accepted = False

    found = hunt(facts_of(FOUND[0]), lambda _: No(), seed=0, starts=60)
    assert isinstance(found, Found)
    assert (found.instance, found.starts) == (None, 60) and found.uncertified > 0


@pytest.mark.parametrize(
    "text",
    [
        "net 2 -> relu(2) -> 1; loss absolute",
        "net 2 -> 2 -> 1; loss squared",
        "net 2 -> tanh(2) -> relu(2) -> 1; loss squared",
        "net 2 -> tanh(2) -> 2 -> 1; loss squared",
        "net 2 -> relu(2) -> 1; loss squared; regularize l1 1",
        "net 2 -> relu(2) -> 1; loss huber(1)",
        "net 2 -> tanh(2) -> 1; loss lp(1)",
        "net 2 -> prelu(2) -> 1; loss squared",
        "net 2 -> linear(2, fixed) -> linear(1, fixed); loss squared",
        "net 50 -> relu(20) -> 1; loss squared",
        "net d -> relu(2) -> 1; loss squared",
        "net 2 -> relu(2, skip) -> 1; loss squared",
        "net 2 -> relu(2) -> 1; loss squared; data samples 1000",
        "param W: 3 x 2; map W * W^T; loss squared",
    ],
)
def test_models_that_are_not_hunted(text: str) -> None:
    assert isinstance(hunt(facts_of(text), verify, starts=1), Refusal)
