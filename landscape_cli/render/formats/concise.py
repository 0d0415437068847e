"""``--format concise``: one line a finding, ``file:line:column: rule message``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings import findings
from .text import Format as TextFormat
from .text import statistics_lines, summary_line

if TYPE_CHECKING:
    from ...findings import Outcome, Summary


class Format(TextFormat):
    """One line a finding; the summary is that of the text."""

    needs_details = False

    def add(self, outcome: Outcome) -> str:
        """The findings of one file."""
        page = self.page()
        for found in findings(outcome):
            if found.suppressed is not None and not self.options.show_waived:
                continue
            place = outcome.checked.file
            if found.span is not None:
                place += f":{found.span.line}:{found.span.column}"
            style = "doubt" if found.suppressed or found.level == "warning" else "bad"
            why = f" ({found.suppressed[0]}: {found.suppressed[1]})" if found.suppressed else ""
            hint = f" ({found.hint})" if found.hint and found.kind == "input" else ""
            page.unwrapped(
                ("name", f"{place}: "), (style, found.rule), ("", f" {found.message}{hint}{why}")
            )
        return page.text

    def finish(self, summary: Summary) -> str:
        """The summary, in one line however long: readers take this format by lines."""
        page = self.page()
        if self.options.statistics:
            statistics_lines(summary, page)
        last = self.page()
        summary_line(summary, last, self.options.diff)
        page.lines.append(" ".join(line.strip() for line in last.lines))
        return page.text
