"""``landscape report``: one page on a run, complete in itself."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from difflib import unified_diff
from typing import Any, NamedTuple

from markupsafe import Markup

from ...engine.report import Counterexample, ModelReport, Repair, Report
from ..matrices import copies
from ..verdict import HEADLINES, STATUS, Sources, place, title, values_words
from .environment import asset, rendered
from .mathml import matrices_markup
from .source import annotated

Picture = Callable[[ModelReport], str | None]
"""SVG text of the loss around a model's counterexample; None where there is no picture."""

TITLE_CELLS = 100
MET_WORDS = {"holds": "proved", "fails": "refuted"}


class Checked(NamedTuple):
    """A file (or typed text), its text and what was found."""

    name: str
    text: str
    report: Report


def report_page(
    runs: Sequence[Checked],
    picture: Picture | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    """The page on some files: a summary, then verdict, source, proof and instance of each model.

    ``picture`` draws the counterexample of a model; ``progress`` hears the name of each model
    before it is worked on. Computes proofs, counterexamples and repairs.
    """
    models: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for run in runs:
        for report in run.report.models:
            progress(report.name or run.name)
            models.append(_model(len(models) + 1, run, report, picture))
        errors += [
            {
                "code": error.code,
                "message": error.message,
                "place": f"{run.name}{_suffix(error.span)}",
                "line": (error.source_line or "").rstrip("\r\n"),
                "hint": error.hint,
            }
            for error in run.report.errors
        ]
    return rendered(
        "report.html",
        title=_title(runs, models),
        style=Markup(asset("style.css")),  # our own file: nothing of the user's in it
        models=models,
        errors=errors,
        counts=_counts(models),
        words={status: piece[1] for status, piece in STATUS.items()},
    )


def _suffix(span: Any) -> str:
    return "" if span is None else f":{span.line}:{span.column}"


def _title(runs: Sequence[Checked], models: Sequence[dict[str, Any]]) -> str:
    if len(models) == 1:
        return f"{models[0]['heading']}: {models[0]['verdict']}"
    names = ", ".join(run.name for run in runs[:3])
    return f"{names}{' and others' if len(runs) > 3 else ''}: {len(models)} models"


def _counts(models: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    order = ("holds", "fails", "conditional", "depends", "unknown")
    return [
        (verdict, count)
        for verdict in order
        if (count := sum(model["verdict"] == verdict for model in models))
    ]


def _model(
    index: int, run: Checked, report: ModelReport, picture: Picture | None
) -> dict[str, Any]:
    source = Sources()
    found = report.readable_counterexample
    heading = report.name or (run.name if run.name != "<text>" else title(report.model, 60))
    expectation = report.model.expectation
    return {
        "id": f"model-{index}",
        "heading": heading,
        "title": title(report.model, TITLE_CELLS),
        "place": run.name + (f", line {report.model.span.line}" if report.model.span else ""),
        "verdict": report.verdict,
        "headline": HEADLINES[report.asked, report.verdict],
        "stands": _stands(report),
        "expected": None if expectation is None else report.expected,
        "theorem": report.theorem,
        "theorem_source": source(report.theorem) if report.theorem else "",
        "conditions": report.conditions,
        "regions": report.regions,
        "declared": report.declared,
        "guarantees": report.guarantees if report.verdict != "holds" else (),
        "source": annotated(report, run.text),
        "nearest": [
            {
                "theorem": near.theorem,
                "source": source(near.theorem),
                "assumptions": [
                    {
                        "id": one.id,
                        "status": one.status,
                        "word": STATUS[one.status][1],
                        "text": one.text,
                        "place": place(one.span),
                        "line": None if one.span is None else one.span.line,
                    }
                    for one in near.assumptions
                ],
            }
            for near in report.nearest
        ],
        "proof": report.proof,
        "proof_checked": report.proof_checked,
        "counterexample": None if found is None else _instance(index, report, found, picture),
        "too_large": report.verdict == "fails" and found is None,
        "unbuilt": report.unbuilt if found is None else None,
        "repairs": [_repair(repair, report) for repair in report.repairs],
    }


def _stands(report: ModelReport) -> str:
    if report.waived is not None:
        return f"waived: {report.waived}"
    return "as expected" if report.matches else "not as expected"


def _instance(
    index: int, report: ModelReport, found: Counterexample, picture: Picture | None
) -> dict[str, Any]:
    document = found.document
    problem, data = document["problem"], document.get("data", {})
    claimed = "local_minimum" if "local_minimum" in document else "critical_point"
    tables = [(name, problem["loss"][name]) for name in ("weights", "coefficients")
              if isinstance(problem["loss"].get(name), list)]  # fmt: skip
    drawn = picture(report) if picture is not None else None
    text = json.dumps(document, indent=1)
    return {
        "data": matrices_markup([(k, v) for k, v in data.items() if k != "counts"]),
        "counts": copies(data["counts"]) if "counts" in data else None,
        "tables": [
            (f"{name} of the loss", matrices_markup([("w", rows)])) for name, rows in tables
        ],
        "fixed": matrices_markup(problem["fixed"]) if problem.get("fixed") else None,
        "claimed": claimed.replace("_", " "),
        "claimed_weights": matrices_markup(document[claimed]["weights"]),
        "better_weights": matrices_markup(document["better_point"]["weights"]),
        "outcome": values_words(document),
        "words": found.words,
        "argument": found.argument,
        "accepted": bool(found.accepted),
        # The SVG is this program's own; it holds no text of the user's but through matplotlib,
        # which escapes it.
        "picture": None if drawn is None else Markup(_inline(drawn, f"model-{index}")),
        "picture_text": f"The loss around the instance: {values_words(document)}.",
        "certificate": "data:application/json;base64," + b64encode(text.encode()).decode(),
        "file": f"{_slug(report.name or f'model-{index}')}.certificate.json",
    }


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in text).strip("-") or "model"


def _inline(svg: str, prefix: str) -> str:
    """The ``svg`` element alone, its ids made unique on the page."""
    start = svg.find("<svg")
    body = svg[start:] if start >= 0 else ""
    names = frozenset(re.findall(r'\bid="([^"]+)"', body))

    def renamed(match: re.Match[str]) -> str:
        words = [f"{prefix}-{w}" if w in names else w for w in match[2].split(" ")]
        return f"{match[1]}{' '.join(words)}{match[3]}"

    pattern = r'(\bid="|href="#|url\(#|aria-labelledby="|aria-describedby=")([^")]+)(["\)])'
    return re.sub(pattern, renamed, body)


def _repair(repair: Repair, report: ModelReport) -> dict[str, Any]:
    from ...syntax import unparse_statements

    before = unparse_statements(report.model).splitlines()
    after = repair.model.splitlines()
    changed = [
        line
        for line in unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    return {
        "change": repair.change,
        "answer": "conditional" if repair.partial else "holds",
        "theorem": repair.theorem,
        "note": repair.note,
        "diff": "\n".join(changed),
    }
