"""A model that is changed step by step: the verdict in one line, what changed, the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .layout import Page, Piece

if TYPE_CHECKING:
    from ..engine.report import ModelReport, NearTheorem
    from ..teaching.session import Change, State


NOT_CONVEX = "affine-in-parameters"


def verdict_words(report: ModelReport) -> str:
    """``FAILS by nonsmooth-narrow``."""
    by = f" by {report.theorem}" if report.theorem else ""
    return f"{report.verdict.upper()}{by}"


def most_telling(nearest: Sequence[NearTheorem]) -> NearTheorem:
    """The first of the nearest theorems that says more than that the problem is not convex."""
    return min(nearest, key=lambda near: any(a.id == NOT_CONVEX for a in near.missing))


def verdict_line(report: ModelReport, page: Page, before: ModelReport | None = None) -> None:
    """The verdict in a line: what decides it, and what the nearest theorem misses.

    With the report ``before`` the change, what became of its verdict.
    """
    pieces: list[Piece] = []
    if before is not None and before.verdict != report.verdict:
        pieces += [(before.verdict, before.verdict.upper()), ("", " -> ")]
    pieces.append((report.verdict, report.verdict.upper()))
    if report.theorem:
        pieces += [("", " by "), ("name", report.theorem)]
    if before is not None and verdict_words(before) == verdict_words(report):
        pieces.append(("dim", ", as before"))
    if report.verdict == "conditional" and report.conditions:
        pieces.append(("", f": where {' and '.join(report.conditions)}"))
    elif report.verdict == "depends" and report.regions is not None:
        pieces.append(("", f": holds where {report.regions['holds']}"))
    elif report.verdict != "holds" and report.nearest:
        missing = [one.id for one in most_telling(report.nearest).missing]
        pieces.append(("", f"; unmet: {', '.join(missing)}"))
    page.row(pieces)
    if report.model.expectation is not None and not report.met:
        page.row([("bad", f"expected {report.expected}")], indent=2)


def change_lines(changes: Sequence[Change], page: Page) -> None:
    """What went, what came, what was replaced."""
    for change in changes:
        before, after = (" ".join((text or "").split()) for text in change)
        if before:
            page.row([("dim", before)], indent=2, label=("bad", "-"), column=4)
        if after:
            page.row([("", after)], indent=2, label=("good", "+"), column=4)


def state_lines(state: State, page: Page) -> None:
    """The model with line numbers, and what it waits for."""
    if state.name is not None:
        page.row([("name", f"model {state.name}")])
    if not state.statements:
        page.row([("dim", "no model yet: type a statement, such as net 5 -> 2 -> 4")])
    for number, row in enumerate(state.text.split("\n") if state.active else (), start=1):
        page.unwrapped(("dim", f"{number:>4}  "), ("", row))
    for one in state.pending:
        page.row([("", one.text), ("doubt", "  (waits for a map)")], indent=6)
    missing_line(state, page)


def missing_line(state: State, page: Page) -> None:
    """What the model lacks, if it lacks something."""
    if state.statements and state.missing:
        page.row([("doubt", f"no verdict yet: {' and '.join(state.missing)} to come")])
