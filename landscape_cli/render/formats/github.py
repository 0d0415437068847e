"""``--format github``: workflow commands that GitHub Actions shows as annotations.

GitHub shows at most ten of a level for each step: the first ten are written, errors first, and
the rest is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings import findings
from .text import many

if TYPE_CHECKING:
    from ...findings import Finding, Outcome, Summary
    from . import Options

MOST = 10


class Format:
    """Annotations, held back to the end so that errors come first."""

    needs_details = False
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self.kept: dict[str, list[str]] = {"error": [], "warning": []}
        self.count = {"error": 0, "warning": 0}

    def start(self) -> str:
        """Nothing."""
        return ""

    def add(self, outcome: Outcome) -> str:
        """Keep the first findings of each level."""
        for found in findings(outcome):
            if found.suppressed is not None:
                continue
            self.count[found.level] += 1
            if self.count[found.level] <= MOST:
                self.kept[found.level].append(annotation(found))
        return ""

    def finish(self, summary: Summary) -> str:
        """The annotations, and how many more there are."""
        from .text import Format as TextFormat

        lines = [line for kept in self.kept.values() for line in kept]
        for level, count in self.count.items():
            if count > MOST:
                lines.append(f"and {many(count - MOST, f'more {level}')}")
        text = TextFormat(self.options._replace(width=120)).finish(summary)
        return "".join(f"{line}\n" for line in lines) + text


def annotation(found: Finding) -> str:
    """``::error file=...,line=...::message``."""
    properties = {"file": found.path}
    if found.span is not None:
        properties["line"] = str(found.span.line)
        properties["endLine"] = str(found.span.end_line)
        if found.span.line == found.span.end_line:
            # Columns are for annotations of one line only.
            properties["col"] = str(found.span.column)
            properties["endColumn"] = str(found.span.end_column)
    properties["title"] = f"landscape ({found.rule})"
    written = ",".join(f"{key}={escape_property(value)}" for key, value in properties.items())
    hint = f"\n{found.hint}" if found.hint else ""
    return f"::{found.level} {written}::{escape(found.message + hint)}"


def escape(text: str) -> str:
    """The message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A property of a workflow command, which a comma or a colon would end."""
    return escape(text).replace(":", "%3A").replace(",", "%2C")
