"""The stable machine interface: reports as JSON (schema ``landscape/report/1``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engine.report import AssumptionReport, ModelReport, Proof, Report, Unbuilt
    from ..model.diagnostics import Diagnostic
    from ..model.problem import Model
    from ..model.span import Span

SCHEMA = "landscape/report/1"


def document(models: Iterable[dict[str, Any]], errors: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The whole document from its parts."""
    return {
        "schema": SCHEMA,
        "tool": tool_json(),
        "models": list(models),
        "errors": list(errors),
    }


def tool_json() -> dict[str, str]:
    """This program and its version."""
    from .. import __version__

    return {"name": "landscape", "version": __version__}


def report_json(report: Report) -> dict[str, Any]:
    """The document of one report."""
    return document(map(model_json, report.models), map(error_json, report.errors))


def _line(span: Span | None) -> dict[str, int | None]:
    return {
        "line": None if span is None else span.line,
        "column": None if span is None else span.column,
    }


def model_header(model: Model) -> dict[str, Any]:
    """Which model, and what is asked of it."""
    return {
        "name": model.name,
        "file": model.file,
        "line": None if model.span is None else model.span.line,
        "property": model.requirement.name,
    }


def model_json(report: ModelReport) -> dict[str, Any]:
    """One model of the document; computes proof, repairs and counterexample."""
    model = report.model
    counterexample = report.counterexample
    proof = report.proof
    return {
        **model_header(model),
        "verdict": report.verdict,
        "expected": report.expected,
        "met": report.met,
        "waived": report.waived,
        "theorem": report.theorem,
        "conditions": list(report.conditions),
        "regions": None if report.regions is None else dict(report.regions),
        "nearest": [
            {"theorem": near.theorem, "assumptions": list(map(_assumption, near.assumptions))}
            for near in report.nearest
        ],
        "blocking": list(report.blocking),
        "counterexample": None if counterexample is None else counterexample.document,
        # Only where it is so: the verdict rests on the family's proof, without an instance.
        **(_unbuilt(report.unbuilt) if counterexample is None else {}),
        "repairs": [
            {
                "change": repair.change,
                "model": repair.model,
                "theorem": repair.theorem,
                # Only where it is true: the change reaches `conditional`, not `holds`.
                **({"partial": True} if repair.partial else {}),
            }
            for repair in report.repairs
        ],
        "proof": None if proof is None else proof_json(proof),
        "proof_checked": report.proof_checked,
    }


def _unbuilt(missing: Unbuilt | None) -> dict[str, Any]:
    if missing is None:
        return {}
    return {
        "unbuilt": {
            "family": missing.family, "reason": missing.reason, "smaller": missing.smaller,
        }
    }  # fmt: skip


def _assumption(one: AssumptionReport) -> dict[str, Any]:
    return {"id": one.id, "status": one.status, "text": one.text, **_line(one.span)}


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof tree as nested objects."""
    return {
        "rule": proof.rule,
        "conclusion": proof.conclusion,
        "source": proof.source,
        "side_conditions": [
            {"assumption": c.assumption, "text": c.text, "status": c.status, **_line(c.span)}
            for c in proof.side_conditions
        ],
        "premises": [proof_json(premise) for premise in proof.premises],
        "guarantees": [
            {"theorem": g.theorem, "conditions": list(g.conditions)} for g in proof.guarantees
        ],
    }


def error_json(error: Diagnostic) -> dict[str, Any]:
    """One input error of the document."""
    return {
        "code": error.code,
        "message": error.message,
        "file": error.file,
        **_line(error.span),
        "hint": error.hint,
    }


def internal_json(message: str, file: str | None) -> dict[str, Any]:
    """A defect of this program met on the way, in the place of an input error."""
    return {
        "code": "INTERNAL",
        "message": message,
        "file": file,
        "line": None,
        "column": None,
        "hint": None,
    }
