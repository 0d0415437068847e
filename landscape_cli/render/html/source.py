"""A model's text with what was found about it at its place: marks in the lines, notes below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ...engine.report import ModelReport
from ...model.span import Span


class Finding(NamedTuple):
    """What was found of one assumption, and the theorems that need it."""

    status: str
    assumption: str
    text: str
    theorems: tuple[str, ...]


class Note(NamedTuple):
    """A finding and its place in a line (columns count from 1, half open)."""

    finding: Finding
    column: int
    end: int


class Part(NamedTuple):
    """A piece of a line; ``status`` empty where nothing was found about it."""

    text: str
    status: str


class Line(NamedTuple):
    """A line of the source with its marked parts and the notes that stand below it."""

    number: int
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]


class Annotated(NamedTuple):
    """The lines of a model, and the findings that no single line decided."""

    lines: tuple[Line, ...]
    general: tuple[Finding, ...]


def annotated(report: ModelReport, text: str) -> Annotated:
    """The model's own lines of the file's text, annotated.

    Where the property is proved: what the deciding theorem used. Else: what is missing from the
    nearest theorems of the first kind (those that conclude ``holds``, if there are any); each
    finding once, with the theorems that need it.
    """
    lines = text.splitlines() or [""]
    span = report.model.span
    first, last = (1, len(lines)) if span is None else (span.line, span.end_line)
    notes: dict[int, list[Note]] = {}
    general: list[Finding] = []
    for place, finding in _findings(report):
        if place is None or not first <= place.line <= min(last, len(lines)):
            general.append(finding)
            continue
        end = _end(place, lines[place.line - 1])
        notes.setdefault(place.line, []).append(Note(finding, place.column, end))
    shown = tuple(
        Line(number, _parts(lines[number - 1], notes.get(number, ())), tuple(notes.get(number, ())))
        for number in range(first, min(last, len(lines)) + 1)
    )
    return Annotated(shown, tuple(general))


def _findings(report: ModelReport) -> list[tuple[Span | None, Finding]]:
    holds = report.verdict == "holds"
    kind = report.nearest[0].kind if report.nearest else ""
    shown: dict[tuple[str, str, str], tuple[Span | None, list[str]]] = {}
    for near in report.nearest:
        if near.theorem != report.theorem if holds else near.kind != kind:
            continue
        for one in near.assumptions if holds else near.missing:
            if one.structural and one.status == "met" and one.span is None:
                continue
            key = (one.status, one.id, one.text)
            shown.setdefault(key, (one.span, []))[1].append(near.theorem)
    return [(span, Finding(*key, tuple(theorems))) for key, (span, theorems) in shown.items()]


def _end(span: Span, line: str) -> int:
    return span.end_column if span.end_line == span.line else len(line) + 1


RANK = {"violated": 3, "not_given": 2, "declared": 1, "met": 0}


def _parts(line: str, notes: Sequence[Note]) -> tuple[Part, ...]:
    """The line cut where marks begin and end; where marks overlap the gravest counts."""
    cuts = sorted(
        {0, len(line), *(min(max(c - 1, 0), len(line)) for n in notes for c in (n.column, n.end))}
    )
    parts: list[Part] = []
    for start, stop in pairwise(cuts):
        over = [n.finding.status for n in notes if n.column - 1 <= start and stop <= n.end - 1]
        status = max(over, key=lambda s: RANK[s]) if over else ""
        parts.append(Part(line[start:stop], status))
    return tuple(parts)
