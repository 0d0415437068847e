"""Quadratic networks of several units, and the gauge of their Hessian."""

from __future__ import annotations

import copy

import pytest

from landscape_cli.api import counterexample
from landscape_cli.engine.judge import judge
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.syntax import parse


def document(text: str) -> dict | None:
    """The accepted instance of a model that quadratic-narrow decides."""
    try:
        (model,) = parse(text)
    except InputError:
        return None
    judgement = judge(model)
    if judgement.family is None or judgement.family.id != "quadratic-narrow":
        return None
    found = counterexample(judgement)
    assert found is not None
    return found.document


def test_the_boundary_is_the_rank() -> None:
    text = "net 4 -> quadratic({}) -> linear(1, fixed, positive); loss squared"
    for k in (1, 2, 3):
        assert document(text.format(k)) is not None
    (model,) = parse(text.format(4))
    assert judge(model).verdict == "holds"
    assert document(text.format(2) + "; data W2 = [[1, 2]]") is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["argument"].pop("gauge"), "not positive definite"),
        (lambda d: d["argument"].update(gauge=[2]), "gauge"),
        (lambda d: d["problem"]["fixed"].update(W2=[["1", "4"]]), "value"),
    ],
)
def test_the_gauge_is_needed_and_checked(change, reason: str) -> None:
    found = document("net 3 -> quadratic(2) -> linear(1, fixed, positive); loss squared")
    assert found is not None and found["argument"]["gauge"] == [1]
    changed = copy.deepcopy(found)
    change(changed)
    outcome = verify(changed)
    assert not outcome.accepted and reason in outcome.reason


def test_unequal_weights_have_no_such_gauge() -> None:
    """W_1 -> Q W_1 changes 1 w_1^2 + 4 w_2^2."""
    made = {
        "schema": "landscape/certificate/1",
        "problem": {
            "widths": [1, 2, 1], "activations": [{"name": "quadratic"}, {"name": "linear"}],
            "biases": [False, False], "loss": {"name": "squared"}, "regularizer": {"l2": "1"},
            "fixed": {"W2": [["1", "4"]]},
        },
        "data": {"X": [["1"]], "Y": [["2"]]},
        "local_minimum": {"weights": {"W1": [["1"], ["0"]]}, "value": "1"},
        "better_point": {"weights": {"W1": [["0"], ["3/5"]]}, "value": "421/1250"},
        "argument": {"kind": "strict-hessian", "gauge": [1]},
    }  # fmt: skip
    assert "equal fixed weights" in verify(made).reason
