"""A ``holds`` verdict and the kernel: the proof document, and what happens if it is rejected."""

from __future__ import annotations

from typing import Any

import pytest

from landscape_cli import api
from landscape_cli.engine import proof_document
from landscape_cli.engine.judge import judge
from landscape_cli.model.diagnostics import InternalError
from landscape_cli.syntax import parse


def test_the_document_carries_the_problem_as_stated() -> None:
    (model,) = parse("net 4 -> linear(4, skip) -> linear(4, bias); loss huber(1)")
    document = api.proof_certificate(judge(model))
    assert document is not None
    assert document["theorem"] == "linear-no-bottleneck"
    assert [step["rule"] for step in document["steps"]] == [
        "skip", "bias", "linear-degenerate", "convex-target", "linear-no-bottleneck",
    ]  # fmt: skip
    assert document["problem"] == {
        "widths": [4, 4, 4], "activations": [{"name": "linear"}] * 2, "biases": [False, True],
        "skip": [True, False], "loss": {"name": "huber", "delta": "1"},
    }  # fmt: skip
    assert api.verify(document).accepted


@pytest.mark.parametrize(
    "text",
    ["net 2 -> 1 -> 2; loss absolute", "net d0 -> d1 -> d2; loss squared", "net 2 -> tanh(2)"],
)
def test_no_document(text: str) -> None:
    (model,) = parse(text if "loss" in text else f"{text}; loss squared")
    assert api.proof_certificate(judge(model)) is None
    assert not api.report(model).proof_checked


def test_the_check_is_lazy_and_a_rejection_is_an_internal_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    genuine = proof_document.proof_document

    def wrong(judgement: Any) -> Any:
        document = genuine(judgement)
        assert document is not None
        return {**document, "problem": {**document["problem"], "widths": [2, 1, 2]}}

    (model,) = parse("net 2 -> 2 -> 2; loss huber(1)")
    assert api.report(model).proof_checked
    monkeypatch.setattr(proof_document, "proof_document", wrong)
    report = api.report(model)
    assert report.verdict == "holds"
    with pytest.raises(InternalError, match="kernel rejects the proof by linear-no-bottleneck"):
        _ = report.proof_checked
    with pytest.raises(InternalError):
        api.proof_certificate(report)
