"""``--format markdown``: a table of the findings, for comments and job summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings import findings
from ..layout import printable
from .text import Format as TextFormat
from .text import statistics_lines

if TYPE_CHECKING:
    from ...findings import Outcome, Summary
    from . import Options

MOST_ROWS = 1000
"""A job summary may have a megabyte; the rest is counted."""

_SPECIAL = frozenset("\\`*_{}[]<>()#+-.!|~&@:")


class Format:
    """A heading, a table if there are findings, and the numbers."""

    needs_details = False
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rows = 0

    def start(self) -> str:
        """The heading."""
        since = f", compared with {escape(self.options.diff)}" if self.options.diff else ""
        return f"### landscape check{since}\n\n"

    def add(self, outcome: Outcome) -> str:
        """The rows of one file; with ``--diff`` one for each model that changed."""
        rows = []
        if self.options.diff is not None:
            for result in outcome.results:
                words = result.before.words if result.before else ""
                answer = f"{result.model.answer}; {words}"
                line = result.model.span.line if result.model.span else None
                marks = {"ok": "as expected", "unmet": "not as expected"}
                status = marks.get(result.status, result.status)
                rows.append(self._row(status, outcome.path, line, result.model.name, answer))
            for name, before in outcome.gone:
                rows.append(self._row("gone", outcome.path, None, name, before.words))
        for found in findings(outcome):
            if self.options.diff is not None and found.kind == "model":
                continue
            if found.suppressed is not None and not self.options.show_waived:
                continue
            line = None if found.span is None else found.span.line
            message = found.message
            if found.name and message.startswith(f"{found.name}: "):
                message = message[len(found.name) + 2 :]
            if found.kind in ("input", "defect"):
                message = f"{found.rule} {message}"
            if found.hint:
                message += f" ({found.hint})"
            status = found.suppressed[0] if found.suppressed else found.level
            if found.suppressed:
                message += f": {found.suppressed[1]}"
            rows.append(self._row(status, outcome.path, line, found.name, message))
        return "".join(rows)

    def _row(self, status: str, path: str, line: int | None, name: str | None, message: str) -> str:
        self.rows += 1
        if self.rows > MOST_ROWS:
            return ""
        head = ""
        if self.rows == 1:
            head = "| | Where | Model | Found |\n|---|---|---|---|\n"
        place = path if line is None else f"{path}:{line}"
        cells = (status, place, name or "", message)
        return f"{head}| {' | '.join(map(escape, cells))} |\n"

    def finish(self, summary: Summary) -> str:
        """The numbers."""
        parts = []
        if self.rows > MOST_ROWS:
            parts.append(f"\nand {self.rows - MOST_ROWS:,} more\n")
        numbers = self._page_text(summary)
        if self.options.statistics:
            page = TextFormat(self.options._replace(colour=False)).page()
            statistics_lines(summary, page)
            parts.append(f"\n```text\n{page.text}```\n")
        return "".join(parts) + ("\n" if self.rows else "") + numbers

    def _page_text(self, summary: Summary) -> str:
        plain = self.options._replace(colour=False, statistics=False, width=120)
        return TextFormat(plain).finish(summary)


def escape(text: str) -> str:
    """The text in one table cell, every sign taken literally."""
    shown = printable(" ".join(text.split()))
    return "".join(f"\\{c}" if c in _SPECIAL and c not in "-.:()+" else c for c in shown)
