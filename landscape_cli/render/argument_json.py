"""Arguments as JSON (schemas ``landscape/argument/1`` and ``landscape/why-not/1``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .report_json import model_header

if TYPE_CHECKING:
    from ..catalogue import Source
    from ..engine.argument import Argument, ArgumentStep, Gap, Part, Used
    from ..engine.why_not import Broken, WhyNot

SCHEMA = "landscape/argument/1"
WHY_NOT_SCHEMA = "landscape/why-not/1"


def source_json(source: Source | None) -> dict[str, Any] | None:
    """A source as an object."""
    if source is None:
        return None
    return {
        "authors": source.authors,
        "year": source.year,
        "title": source.title,
        "venue": source.venue,
        "number": source.number,
    }


def used_json(used: Used) -> dict[str, Any]:
    """What a step takes from the model."""
    return {
        "assumption": used.assumption or None,
        "status": used.status,
        "text": used.text,
        "line": None if used.span is None else used.span.line,
        "column": None if used.span is None else used.span.column,
        "quote": used.quote or None,
    }


def _step(step: ArgumentStep, depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": step.kind,
        "rule": step.rule,
        "claim": step.claim,
        "source": source_json(step.source),
        "used": list(map(used_json, step.used)),
    }
    if depth > 0 or step.kind == "together":
        document["statement"] = step.statement
        document["proof"] = step.sketch
        document["mentions"] = [one.rule for one in step.mentions]
    if depth > 1:
        document["rests_on"] = [_step(inner, depth - 1) for inner in step.rests_on]
    return document


def _part(part: Part, depth: int) -> dict[str, Any]:
    example = part.example
    return {
        "rule": part.rule,
        "refutes": part.refutes,
        "claim": part.claim,
        "where": list(part.where),
        "statement": part.statement,
        "source": source_json(part.source),
        "quantities": dict(part.quantities),
        "steps": [_step(step, depth) for step in part.steps],
        "counterexample": None if example is None else example.document,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "theorem": gap.theorem,
        "missing": [{**used_json(one.used), "mend": one.mend} for one in gap.missing],
    }


def argument_json(argument: Argument, depth: int = 0) -> dict[str, Any]:
    """The document of ``landscape prove --format json``."""
    from ..engine.argument import sources

    return {
        "schema": SCHEMA,
        **model_header(argument.model),
        "verdict": argument.verdict,
        "parts": [_part(part, depth) for part in argument.parts],
        "undecided": argument.undecided or None,
        "gaps": list(map(_gap, argument.gaps)),
        "still": [
            {"theorem": one.theorem, "conditions": list(one.conditions)} for one in argument.still
        ],
        "sources": [source_json(source) for source in sources(argument, depth)],
    }


def _broken(broken: Broken | None) -> dict[str, Any] | None:
    if broken is None:
        return None
    example = broken.counterexample
    return {
        "model": broken.model,
        "verdict": broken.verdict,
        "theorem": broken.decided_by,
        "counterexample": None if example is None else example.document,
    }


def why_not_json(found: WhyNot) -> dict[str, Any]:
    """The document of ``landscape prove --why-not NAME --format json``."""
    return {
        "schema": WHY_NOT_SCHEMA,
        **model_header(found.model),
        "theorem": found.rule,
        "applies": found.applies,
        "fits": found.fits,
        "concludes_the_property": found.asks,
        "refusal": found.refusal or None,
        "conditions": list(found.conditions),
        "assumptions": [
            {**used_json(one.used), "mend": one.mend, "broken": _broken(one.broken)}
            for one in found.assumptions
        ],
    }
