"""``--format gitlab``: the report of GitLab Code Quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings import findings, fingerprint
from .stream import Array

if TYPE_CHECKING:
    from ...findings import Outcome, Summary
    from . import Options

SEVERITIES = {"input": "critical", "defect": "blocker", "model": "major", "waiver": "minor"}


class Format:
    """One array; GitLab wants every fingerprint only once."""

    needs_details = False
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self.issues = Array(2, compact=True)

    def start(self) -> str:
        """The opening bracket."""
        return "["

    def add(self, outcome: Outcome) -> str:
        """The issues of one file."""
        written = []
        seen: dict[str, int] = {}
        for found in findings(outcome):
            if found.suppressed is not None:
                continue
            again = seen[found.fingerprint] = seen.get(found.fingerprint, 0) + 1
            unique = found.fingerprint if again == 1 else fingerprint(found.fingerprint, str(again))
            hint = f" ({found.hint})" if found.hint else ""
            severity = "info" if found.level == "warning" else SEVERITIES[found.kind]
            line = 1 if found.span is None else found.span.line
            written.append(
                self.issues.item(
                    {
                        "description": f"{found.message}{hint}",
                        "check_name": found.rule,
                        "fingerprint": unique,
                        "severity": severity,
                        "location": {"path": found.path, "lines": {"begin": line}},
                    }
                )
            )
        return "".join(written)

    def finish(self, summary: Summary) -> str:  # noqa: ARG002
        """The closing bracket."""
        return f"{self.issues.end()}\n"
