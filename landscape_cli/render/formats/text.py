"""``--format text``: a line for each model, details of those not as expected, and a summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..layout import Page, Piece

if TYPE_CHECKING:
    from ...findings import CheckedModel, Outcome, Result, Summary
    from . import Options

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

_HEADS: dict[str, Piece] = {
    "ok": ("good", "ok      "),
    "waived": ("doubt", "waived  "),
    "known": ("doubt", "known   "),
    "warning": ("doubt", "warning "),
    "unmet": ("bad", "NOT MET "),
    "waiver": ("bad", "waiver  "),
    "gone": ("doubt", "gone    "),
}


class Format:
    """The text for people."""

    needs_details = True
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options

    def page(self) -> Page:
        """An empty page in the width and the colours wanted."""
        return Page(self.options.width, self.options.colour)

    def start(self) -> str:
        """Nothing."""
        return ""

    def add(self, outcome: Outcome) -> str:
        """The models of one file, and what is wrong with its text."""
        page = self.page()
        for result in outcome.results:
            self._result(result, outcome, page)
        for name, before in outcome.gone:
            _line(page, "gone", outcome.checked.file, None, name, before.words)
        if not self.options.separate_errors:
            self._errors(outcome, page)
        return page.text

    def _errors(self, outcome: Outcome, page: Page) -> None:
        from ..diagnostics import diagnostic_lines

        for error in outcome.checked.errors:
            diagnostic_lines(error, page, outcome.checked.file)
        if outcome.checked.failure is not None:
            page.unwrapped(
                ("name", f"{outcome.checked.file}: "),
                ("error", "internal error: "),
                ("", outcome.checked.failure),
            )

    def _result(self, result: Result, outcome: Outcome, page: Page) -> None:
        model = result.model
        file = outcome.checked.file
        status = "warning" if result.status == "unmet" and not result.fails else result.status
        answer = model.answer
        if result.status == "waived" and model.waiver is not None:
            by = f" by {model.theorem}" if model.theorem else ""
            until = f" (until {model.waiver.until})" if model.waiver.until else ""
            answer = f"{model.verdict}{by}, because: {model.waiver.reason}{until}"
        elif result.status == "known":
            answer += ", as in the baseline"
        if result.remark:
            answer += f"; {result.remark}"
        if result.before is not None:
            answer += f" ({result.before.words})"
        line = None if model.span is None else model.span.line
        _line(page, status, file, line, model.name, answer)
        if result.unused and model.waiver is not None:
            from ...findings import unused_words

            line = None if model.waiver.span is None else model.waiver.span.line
            _line(page, "waiver", file, line, model.name, unused_words(model))
        detailed = result.status == "unmet" or self.options.verbose or self.options.proof
        if detailed and model.details is not None:
            laid_out = model.details
            page.lines += laid_out.splitlines() if page.colour else uncoloured(laid_out)
            page.blank()

    def finish(self, summary: Summary) -> str:
        """The summary."""
        page = self.page()
        if self.options.statistics:
            statistics_lines(summary, page)
        summary_line(summary, page, self.options.diff)
        return page.text


def details(report: object, width: int, *, with_proof: bool) -> str:
    """The verdict on a model as ``Format`` shows it, in colour (``report``: a ModelReport)."""
    from ...engine.report import ModelReport
    from ..verdict import verdict_lines

    assert isinstance(report, ModelReport)
    page = Page(width, True)
    verdict_lines(report, page)
    if with_proof and report.proof is not None:
        from ..proof import proof_lines

        proof_lines(report.proof, page)
    return page.text


def uncoloured(details: str) -> list[str]:
    """The lines of a verdict, which is laid out in colour, without it."""
    return [line.rstrip() for line in _COLOURS.sub("", details).splitlines()]


def _line(
    page: Page, head: str, file: str, line: int | None, name: str | None, answer: str
) -> None:
    place = file if line is None else f"{file}:{line}"
    named = f" {name}" if name else ""
    page.unwrapped(_HEADS[head], ("name", place), ("", f"{named}: {answer}"))


def statistics_lines(summary: Summary, page: Page) -> None:
    """How often each verdict and, among what is not as expected, each rule occurs."""
    for title, counts in (("verdict", summary.verdicts), ("not as expected", summary.rules)):
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        for name, count in ranked:
            page.unwrapped(("", f"{count:>7,}  "), ("label", f"{title}: "), ("", name))


def summary_line(summary: Summary, page: Page, diff: str | None = None) -> None:
    """``3 models in 2 files: 2 as expected, 1 not as expected``."""
    subject = f"{many(summary.models, 'model')} in {many(summary.files, 'file')}"
    if diff is not None:
        verb = "differs" if summary.models == 1 else "differ"
        subject = f"{many(summary.models, 'verdict')} {verb} from {diff}"
    pieces: list[Piece] = [
        ("name", f"{subject}: "),
        ("good" if summary.met else "", f"{summary.met:,} as expected"),
    ]
    if diff is not None and not summary.models:
        pieces = [("name", f"no verdict differs from {diff}")]
    for count, style, text in (
        (summary.waived, "doubt", "waived"),
        (summary.known, "doubt", "known from the baseline"),
        (summary.warnings, "doubt", "not as expected (allowed)"),
        (summary.unmet, "bad", "not as expected"),
    ):
        if count:
            pieces += [("", ", "), (style, f"{count:,} {text}")]
    for count, text in (
        (summary.unused, "unused waiver"),
        (summary.errors, "input error"),
        (summary.failures, "internal error"),
    ):
        if count:
            pieces += [("", ", "), ("bad", many(count, text))]
    page.row(pieces)


def many(count: int, noun: str) -> str:
    """``1 model``, ``2,000 models``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def model_named(model: CheckedModel) -> str:
    """The name of a model as tables show it."""
    return model.name or "(unnamed)"
