"""``--format jsonl``: one JSON object a line, as soon as it is known (``landscape/line/1``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .json import error_documents, gone_documents, model_document

if TYPE_CHECKING:
    from ...findings import Outcome, Summary
    from . import Options

SCHEMA = "landscape/line/1"


def _line(kind: str, value: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, "kind": kind, **value}) + "\n"


class Format:
    """A line for each model and each error, then one with the numbers."""

    needs_details = False
    needs_documents = True

    def __init__(self, options: Options) -> None:
        self.options = options

    def start(self) -> str:
        """Nothing."""
        return ""

    def add(self, outcome: Outcome) -> str:
        """A line for each model and error of one file."""
        lines = [_line("model", model_document(result, outcome)) for result in outcome.results]
        lines += [_line("error", error) for error in error_documents(outcome)]
        lines += [_line("gone", gone) for gone in gone_documents(outcome)]
        return "".join(lines)

    def finish(self, summary: Summary) -> str:
        """The numbers."""
        return _line("summary", summary_json(summary, self.options.exit_zero))


def summary_json(summary: Summary, exit_zero: bool) -> dict[str, Any]:
    """The numbers of a run."""
    return {
        "files": summary.files,
        "models": summary.models,
        "met": summary.met,
        "waived": summary.waived,
        "known": summary.known,
        "unmet": summary.unmet + summary.warnings,
        "unused_waivers": summary.unused,
        "errors": summary.errors,
        "internal_errors": summary.failures,
        "exit_code": summary.code(exit_zero),
        "verdicts": summary.verdicts,
        "rules": summary.rules,
    }
