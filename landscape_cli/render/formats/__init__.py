"""The formats of ``landscape check``: one per file, each a ``Writer``, loaded when asked for.

Adding a format means adding its file, with a class ``Format``, and a line to ``FORMATS``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ...findings import Outcome, Summary

FORMATS: dict[str, str] = {
    "text": "for people: a line a model, reasons and repairs of those not as expected",
    "concise": "one line a finding",
    "json": "one document (schema landscape/report/1)",
    "jsonl": "one JSON object a line, as soon as it is known (schema landscape/line/1)",
    "sarif": "SARIF 2.1.0, for code scanning",
    "junit": "JUnit XML, for test reports",
    "github": "annotations of GitHub Actions, and a job summary",
    "gitlab": "GitLab Code Quality",
    "markdown": "a table, for comments and summaries",
}


class Options(NamedTuple):
    """What a format may be told. ``separate_errors``: bad input is shown elsewhere (stderr)."""

    width: int = 80
    colour: bool = False
    verbose: bool = False
    proof: bool = False
    statistics: bool = False
    show_waived: bool = False
    exit_zero: bool = False
    diff: str | None = None
    separate_errors: bool = False


class Writer(Protocol):
    """A format at work: the text to write at the start, for each file, and at the end.

    Memory does not grow with the number of files; files come in the order of the report.
    """

    needs_details: bool
    """Whether it shows ``CheckedModel.details``."""
    needs_documents: bool
    """Whether it shows ``CheckedModel.document``."""

    def __init__(self, options: Options) -> None: ...

    def start(self) -> str:
        """What comes before the first file."""

    def add(self, outcome: Outcome) -> str:
        """What there is to write after one file."""

    def finish(self, summary: Summary) -> str:
        """What comes after the last file."""


def writer_class(name: str) -> type[Writer]:
    """The format of that name; ``KeyError`` if there is none."""
    if name not in FORMATS:
        raise KeyError(name)
    found: type[Writer] = import_module(f"{__name__}.{name}").Format
    return found
