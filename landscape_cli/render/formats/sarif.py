"""``--format sarif``: SARIF 2.1.0 (OASIS 2020), for code scanning.

Results are written as they come; the rules that they name stand behind them in the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...findings import INTERNAL, UNUSED_WAIVER, findings
from .rules import rule
from .stream import Array, Later, encoded

if TYPE_CHECKING:
    from ...findings import Finding, Outcome, Summary
    from ...model.span import Span
    from . import Options

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "landscape/v1"
MOST_RESULTS = 25_000
"""What code scanning takes of one run; the rest is counted in a notification."""


class Format:
    """One run; one result for each finding."""

    needs_details = False
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self.results = Array(8, compact=True)
        self.notifications = Array(12)
        self.later = Later()
        self.rules: dict[str, int] = {}
        self.count = 0

    def start(self) -> str:
        """The head of the document."""
        return (
            f'{{\n  "$schema": "{SCHEMA}",\n  "version": "2.1.0",\n  "runs": [\n    {{\n'
            '      "columnKind": "unicodeCodePoints",\n      "results": ['
        )

    def add(self, outcome: Outcome) -> str:
        """The results of one file."""
        written = []
        for found in findings(outcome):
            if found.suppressed is not None and not self.options.show_waived:
                continue
            if found.kind == "defect":
                notification = _notification(found.message, found.path)
                self.later.write(self.notifications.item(notification))
            self.count += 1
            if self.count <= MOST_RESULTS:
                written.append(self.results.item(self._result(found)))
        return "".join(written)

    def _result(self, found: Finding) -> dict[str, Any]:
        index = self.rules.setdefault(found.rule, len(self.rules))
        hint = f" ({found.hint})" if found.hint else ""
        result: dict[str, Any] = {
            "ruleId": found.rule,
            "ruleIndex": index,
            "level": found.level,
            "message": {"text": f"{found.message}{hint}"},
            "locations": [_location(found.path, found.span, found.name)],
            "partialFingerprints": {FINGERPRINT: found.fingerprint},
        }
        related = [
            {
                **_location(found.path, reason.span, None),
                "id": number,
                "message": {"text": f"{reason.id}: {reason.text}"},
            }
            for number, reason in enumerate(found.reasons)
            if reason.span is not None
        ]
        if related:
            result["relatedLocations"] = related
        if found.suppressed is not None:
            by, why = found.suppressed
            kind = "inSource" if by == "waiver" else "external"
            result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": why}]
        return result

    def finish(self, summary: Summary) -> str:
        """The tool with its rules, the invocation, and the end of the document."""
        from ... import __version__

        driver = {
            "name": "landscape",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": [_rule(name) for name in self.rules],
        }
        if self.count > MOST_RESULTS:
            text = f"{self.count - MOST_RESULTS} more results are left out"
            self.later.write(self.notifications.item(_notification(text, None, "warning")))
        code = summary.code(self.options.exit_zero)
        return (
            f"{self.results.end()},\n"
            '      "invocations": [\n        {\n'
            f'          "executionSuccessful": {"true" if code < 2 else "false"},\n'
            f'          "exitCode": {code},\n'
            '          "toolExecutionNotifications": ['
            f"{self.later.read()}{self.notifications.end()}\n"
            "        }\n      ],\n"
            f'      "tool": {encoded({"driver": driver}, 6).lstrip()}\n'
            "    }\n  ]\n}\n"
        )


def _notification(text: str, path: str | None, level: str = "error") -> dict[str, Any]:
    notification: dict[str, Any] = {"level": level, "message": {"text": text}}
    if path is not None:
        notification["locations"] = [_location(path, None, None)]
    return notification


def _location(path: str, span: Span | None, name: str | None) -> dict[str, Any]:
    """Where; a finding without a line is anchored at the start of its file."""
    region = (
        {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
        if span is None
        else {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    )
    artifact = {"uri": uri(path)}
    if not path.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": artifact, "region": region}
    }
    if name:
        location["logicalLocations"] = [{"name": name, "kind": "module"}]
    return location


def uri(path: str) -> str:
    """The path as a relative reference (RFC 3986), percent-encoded; ``file://`` if absolute."""
    from urllib.parse import quote

    encoded_path = quote(path.encode("utf-8", "surrogateescape"), safe="/~")
    return f"file://{encoded_path}" if path.startswith("/") else encoded_path


def _rule(identifier: str) -> dict[str, Any]:
    found = rule(identifier)
    own = identifier in (INTERNAL, UNUSED_WAIVER)
    more = "" if own else f"\n\nMore: landscape explain {found.id}"
    return {
        "id": found.id,
        "name": "".join(word.capitalize() for word in found.id.split("-")),
        "shortDescription": {"text": found.short},
        "fullDescription": {"text": found.full},
        "help": {
            "text": f"{found.help}{more}",
            "markdown": f"{found.help}{more}",
        },
        "defaultConfiguration": {"level": "error"},
    }
