"""Models on which a random search once found an instance that was none, or a crash."""

from __future__ import annotations

import pytest

from landscape_cli.api import counterexample
from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse


@pytest.mark.parametrize(
    "text",
    [
        # One sample, and X is 1: dead units took X = 2.
        "net 1 -> relu6(1) -> 1 -> 1 -> 1; loss epsilon_insensitive(1); "
        "data X identity, samples 1, Y realizable",
        "net 1 -> relu6(4) -> gelu(1); loss lp(3); data X identity",
        "net 1 -> relu6(3, bias) -> elu(1, alpha=2) -> 3 -> prelu(1); loss hinge; data X identity",
        # Powers with large denominators.
        "net 2 -> 1 -> 2; loss lp(10001/10000)",
        "net 2 -> 1 -> 2; loss lp(30001/10000)",
        # selu without an output bias: a further output at the fit is 0, and has no rank.
        "net 3 -> selu(1) -> relu(3, bias) -> hard_tanh(3); loss any; "
        "data Y full_row_rank, samples 5",
        "net 2 -> selu(1) -> hard_tanh(2); loss squared; data Y full_row_rank, samples 3",
        # A tube makes targets of rank 2.
        "net 2 -> 1 -> 2; loss epsilon_insensitive(1/2); data Y full_row_rank",
        "net 3 -> 2 -> 1; loss epsilon_insensitive(1/2); assume rank(Y) = 1",
        "net 2 -> linear(1, bias) -> linear(4, bias); loss epsilon_insensitive(1/2); "
        "assume rank(Y) <= rank(X)",
    ],
)
def test_an_instance_is_built(text: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    assert judgement.verdict == "fails"
    assert counterexample(judgement) is not None  # checked against the model, and by the kernel


@pytest.mark.parametrize(
    "text",
    [
        "net 2 -> linear(2, bias) -> linear(4); loss epsilon_insensitive(100); "
        "data samples 11, X isotropic; assume rank(Y) = 1",
        "net 3 -> 4 -> 1 -> 3; loss epsilon_insensitive(100); assume rank(Y) = 1",
        "net 2 -> selu(1) -> hard_tanh(3); loss squared; data Y full_row_rank, samples 3",
        # A linear loss has no targets whose rank could be compared.
        "net 3 -> 1 -> 2; loss linear_loss; regularize l1 5; data X identity; "
        "assume rank(Y) <= rank(X)",
        "net 3 -> 1 -> 2 -> 2; loss linear_loss; regularize l2 5; assume rank(Y) <= rank(X)",
    ],
)
def test_no_instance_is_claimed(text: str) -> None:
    (model,) = parse(text)
    assert judge(model).verdict != "fails"
