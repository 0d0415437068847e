"""A text with its line starts, and the errors found in it."""

from __future__ import annotations

from bisect import bisect_right

from ..model.diagnostics import Diagnostic
from ..model.span import Span

MOST_ERRORS = 100
LONGEST_SHOWN_LINE = 10_000


class TooManyErrors(Exception):
    """The limit of reported errors is reached; the rest of the text is not looked at."""


class Source:
    """A text, the name of its file, and what is wrong with it."""

    __slots__ = ("_seen", "_starts", "errors", "file", "text")

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.file = file
        self.errors: list[Diagnostic] = []
        self._starts: list[int] | None = None
        self._seen: set[tuple[str, int]] = set()

    def _lines(self) -> list[int]:
        starts = self._starts
        if starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return starts

    def span(self, start: int, end: int) -> Span:
        """The span of ``text[start:end]``."""
        starts = self._starts or self._lines()
        line = bisect_right(starts, start)
        first = starts[line - 1]
        if line == len(starts) or end < starts[line]:
            return Span(line, start - first + 1, line, end - first + 1)
        end_line = bisect_right(starts, end)
        return Span(line, start - first + 1, end_line, end - starts[end_line - 1] + 1)

    def line_of(self, offset: int) -> int:
        """The number of the line that holds the offset, from 1."""
        return bisect_right(self._lines(), offset)

    def line_text(self, line: int) -> str | None:
        """The text of a line (from 1); ``None`` where it is too long to show."""
        starts = self._lines()
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if end - start > LONGEST_SHOWN_LINE:
            return None
        return self.text[start:end].rstrip("\r")

    def error(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        """Record an error about ``text[start:end]``; one error of a kind at one place."""
        if (code, start) in self._seen:
            return
        self._seen.add((code, start))
        span = self.span(start, max(end, start))
        if len(self.errors) >= MOST_ERRORS:
            self.errors.append(
                Diagnostic(
                    "E019",
                    f"more than {MOST_ERRORS} errors: the rest is not looked at",
                    self.file,
                    span,
                    None,
                    self.line_text(span.line),
                )
            )
            raise TooManyErrors
        self.errors.append(
            Diagnostic(code, message, self.file, span, hint, self.line_text(span.line))
        )
