"""The partition of a class of widths, as text, JSON (schema ``landscape/solve/1``) and LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.terms import Formula, show_formula
from .latex import latex
from .layout import Page

if TYPE_CHECKING:
    from ..engine.elimination import Bound
    from ..engine.solve import Solution

COLUMN = 14


def _parts(solution: Solution) -> dict[str, Formula]:
    found = solution.regions
    return {"holds": found.holds, "fails": found.fails, "unknown": found.unknown}


def solution_lines(solution: Solution, page: Page) -> None:
    """Lay out the three formulas, the rules behind them, and a smallest sample of each."""
    rules = {"holds": solution.regions.holds_by, "fails": solution.regions.fails_by, "unknown": ()}
    for part, formula in _parts(solution).items():
        shown = {True: "always", False: "never"}.get(formula) if isinstance(formula, bool) else None
        page.row(
            [("", shown or show_formula(formula))], label=(part, f"{part} when"), column=COLUMN
        )
        by = ", ".join(rule for rule in rules[part] if rule)
        if by:
            page.row([("dim", f"by {by}")], indent=COLUMN)
        sample = solution.samples.get(part)
        if sample is not None and sample.values:
            values = ", ".join(f"{key} = {value}" for key, value in sample.values.items())
            page.row([("dim", f"smallest: {values} ({sample.verdict})")], indent=COLUMN)


def bound_text(bound: Bound) -> str:
    """``d1 >= 7, or d1 >= d0``."""
    words = {True: "any value", False: "no value"}
    return ", or ".join(
        words[one] if isinstance(one, bool) else show_formula(one) for one in bound.alternatives
    )


def bound_lines(name: str, bound: Bound, page: Page) -> None:
    """Lay out what the property asks of one width."""
    page.row([("", bound_text(bound))], label=("label", f"for {name}"), column=COLUMN)
    if bound.needed is None or bound.alternatives[0] is True:
        return
    words = []
    if bound.enough is not None:
        words.append(f"{name} >= {bound.enough} is enough")
    if bound.needed > 1:
        words.append(f"{name} >= {bound.needed} is needed")
    if words:
        text = f"whatever the others are: {', '.join(words)}"
        page.row([("dim", text)], indent=COLUMN)


def solution_json(
    solution: Solution, name: str | None = None, bound: Bound | None = None
) -> dict[str, Any]:
    """The document; with a bound on one width under ``for`` where one was asked for."""
    found = solution.regions
    document: dict[str, Any] = {
        "schema": "landscape/solve/1",
        **{part: show_formula(formula) for part, formula in _parts(solution).items()},
        "samples": {part: sample.values for part, sample in solution.samples.items()},
        "verdicts": {part: sample.verdict for part, sample in solution.samples.items()},
        "by": {"holds": list(found.holds_by), "fails": list(found.fails_by)},
    }
    if bound is not None:
        document["for"] = {
            "width": name,
            "bound": [show_formula(one) for one in bound.alternatives],
            "needed": bound.needed,
            "enough": bound.enough,
        }
    return document


def solution_latex(solution: Solution) -> str:
    """The three formulas as a LaTeX environment for mathematics."""
    lines = [
        rf"  \text{{{part} when}} & \quad {latex(formula)}"
        for part, formula in _parts(solution).items()
    ]
    body = " \\\\\n".join(lines)
    return f"\\begin{{array}}{{ll}}\n{body}\n\\end{{array}}\n"
