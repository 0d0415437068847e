"""What ``landscape check`` prints: a line for each model as expected, details of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layout import Page, Piece

if TYPE_CHECKING:
    from ..engine.report import ModelReport, Report


def checked_lines(
    report: Report, page: Page, *, verbose: bool = False, with_proof: bool = False
) -> None:
    """Lay out the models of one file."""
    for model in report.models:
        _head(model, page)
        if not model.met or verbose or with_proof:
            from .verdict import verdict_lines

            verdict_lines(model, page)
            if with_proof and model.proof is not None:
                from .proof import proof_lines

                proof_lines(model.proof, page)
            page.blank()


def _head(report: ModelReport, page: Page) -> None:
    model = report.model
    place = model.file or "<text>"
    if model.span is not None:
        place += f":{model.span.line}"
    by = f" by {report.theorem}" if report.theorem else ""
    verdict: Piece
    if report.waived is not None:
        verdict = ("doubt", "waived  ")
        answer = f"{report.verdict}{by}, because: {report.waived}"
    elif report.matches:
        verdict = ("good", "ok      ")
        answer = f"{report.verdict}{by}"
    else:
        expectation = report.model.expectation
        pinned = f" by {expectation.theorem}" if expectation and expectation.theorem else ""
        verdict = ("bad", "NOT MET ")
        answer = f"expected {report.expected}{pinned}, found {report.verdict}{by}"
    name = f" {report.name}" if report.name else ""
    page.unwrapped(verdict, ("name", place), ("", f"{name}: {answer}"))


class Tally:
    """How many models and files there were, and how they did."""

    def __init__(self) -> None:
        self.files = self.models = self.met = self.waived = self.unmet = 0
        self.errors = self.failures = 0

    def add(self, report: Report) -> None:
        """Count the report on one file."""
        self.files += 1
        self.models += len(report.models)
        self.errors += len(report.errors)
        for model in report.models:
            if model.waived is not None:
                self.waived += 1
            elif model.matches:
                self.met += 1
            else:
                self.unmet += 1

    def lines(self, page: Page) -> None:
        """Lay out the summary."""
        pieces: list[Piece] = [
            ("name", f"{_many(self.models, 'model')} in {_many(self.files, 'file')}: "),
            ("good" if self.met else "", f"{self.met} as expected"),
        ]
        for count, style, text in (
            (self.waived, "doubt", "waived"),
            (self.unmet, "bad", "not as expected"),
        ):
            if count:
                pieces += [("", ", "), (style, f"{count} {text}")]
        for count, text in ((self.errors, "input error"), (self.failures, "internal error")):
            if count:
                pieces += [("", ", "), ("bad", _many(count, text))]
        page.row(pieces)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
