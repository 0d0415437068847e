"""Reports made by hand, so that rendering is tested apart from the engine."""

from __future__ import annotations

from typing import Any

from landscape_cli.engine.report import (
    AssumptionReport,
    Counterexample,
    Explored,
    Guarantee,
    ModelReport,
    NearTheorem,
    Proof,
    Repair,
    Report,
    SideCondition,
)
from landscape_cli.model.diagnostics import Diagnostic
from landscape_cli.model.problem import VerdictName
from landscape_cli.model.span import Span
from landscape_cli.syntax import parse

LOSS = Span(1, 23, 1, 31)

NEAR = NearTheorem(
    "linear-no-bottleneck",
    "holds",
    (
        AssumptionReport("linear-activations", "met", "all are the identity", None, False),
        AssumptionReport("dense-layers", "met", "every layer is full", None, True),
        AssumptionReport("differentiable-loss", "violated", "it has a kink at 0", LOSS, False),
        AssumptionReport("no-bottleneck", "met", "2 >= min(2, 2)", None, False),
        AssumptionReport("X-full-row-rank", "not_given", "it is not stated", None, False),
        AssumptionReport("convex-loss", "declared", "declared convex", LOSS, False),
    ),
)

CERTIFICATE: dict[str, Any] = {
    "schema": "landscape/certificate/1",
    "problem": {
        "widths": [2, 2, 2],
        "activations": [{"name": "linear"}, {"name": "linear"}],
        "biases": [False, False],
        "loss": {"name": "absolute"},
        "regularizer": None,
    },
    "data": {"X": [["1", "0"], ["0", "1"]], "Y": [["0", "0"], ["1", "0"]]},
    "local_minimum": {
        "weights": {"W1": [["0", "0"], ["0", "1"]], "W2": [["1", "0"], ["0", "0"]]},
        "value": "1",
    },
    "better_point": {
        "weights": {"W1": [["1", "0"], ["0", "1"]], "W2": [["0", "0"], ["1", "0"]]},
        "value": "0",
    },
    "argument": {"kind": "polynomial-bound", "layer": 1, "row": 1, "column": 0},
}

PROOF = Proof(
    "nonsmooth-narrow",
    "some local minimum is not global",
    "this catalogue 2026",
    (SideCondition("widths", "2 <= 2 + 2 - 2", "met", LOSS),),
    (Proof("bias", "the output bias centres the data", "this catalogue 2026"),),
    (Guarantee("linear-bottleneck-degenerate", ("rank(W2 W1 X) < 2",)),),
)

ERROR = Diagnostic(
    "E050", "unknown loss `absolut`", "a.landscape", Span(3, 8, 3, 15),
    "did you mean `absolute`?", "  loss absolut",
)  # fmt: skip


def model_report(
    verdict: VerdictName = "fails",
    text: str = "net 2 -> 2 -> 2; loss absolute",
    **changes: Any,
) -> ModelReport:
    """A report as the engine would make it, with the parts given."""
    values: dict[str, Any] = {
        "theorem": {"fails": "nonsmooth-narrow", "holds": "linear-no-bottleneck"}.get(verdict),
        "conditions": (),
        "nearest": (NEAR,),
        "guarantees": (),
        "declared": (),
        "regions": None,
        "proof": PROOF if verdict == "fails" else None,
        "repairs": (
            Repair("loss huber(1)", "net 2 -> 2 -> 2; loss huber(1)", "linear-no-bottleneck", 1),
            Repair("d1: 2 -> 3", "...", "linear-open-everywhere", 2),
            Repair("relu -> leaky_relu", "...", "pyramidal", 3, True, "only in part"),
        ),
        "counterexample": Counterexample(CERTIFICATE, "words", True, "polynomial-bound")
        if verdict == "fails"
        else None,
    }
    values.update(changes)
    return ModelReport(
        parse(text)[0],
        verdict,
        values["theorem"],
        values["conditions"],
        values["nearest"],
        values["guarantees"],
        values["declared"],
        Explored(
            proof=lambda: values["proof"],
            repairs=lambda: values["repairs"],
            counterexample=lambda: values["counterexample"],
            argument=lambda: values["argument"],
            readable=True,
        ),
        values["regions"],
    )


def report(*models: ModelReport) -> Report:
    """Models and one input error."""
    return Report(models, (ERROR,))
