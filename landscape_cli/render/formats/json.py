"""``--format json``: one document, schema ``landscape/report/1``, written file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..report_json import SCHEMA, error_json, internal_json, tool_json
from .stream import Array, Later, encoded

if TYPE_CHECKING:
    from ...findings import Outcome, Result, Summary
    from . import Options


class Format:
    """The document; errors, which stand behind the models, wait in a temporary file."""

    needs_details = False
    needs_documents = True

    def __init__(self, options: Options) -> None:
        self.options = options
        self.models = Array(4)
        self.errors = Array(4)
        self.later = Later()
        self.gone = Array(4)
        self.gone_later = Later()

    def start(self) -> str:
        """The head of the document."""
        head = encoded({"schema": SCHEMA, "tool": tool_json()}, 0)
        return head.removesuffix("\n}") + ',\n  "models": ['

    def add(self, outcome: Outcome) -> str:
        """The models of one file."""
        for error in error_documents(outcome):
            self.later.write(self.errors.item(error))
        for gone in gone_documents(outcome):
            self.gone_later.write(self.gone.item(gone))
        return "".join(
            [self.models.item(model_document(result, outcome)) for result in outcome.results]
        )

    def finish(self, summary: Summary) -> str:
        """The errors and the end of the document."""
        errors = f'{self.models.end()},\n  "errors": [{self.later.read()}{self.errors.end()}'
        if self.options.diff is not None:
            errors += f',\n  "gone": [{self.gone_later.read()}{self.gone.end()}'
        if self.options.statistics:
            statistics = {"verdicts": summary.verdicts, "rules": summary.rules}
            errors += ',\n  "statistics": ' + encoded(statistics, 2).lstrip()
        return errors + "\n}\n"


def model_document(result: Result, outcome: Outcome) -> dict[str, Any]:
    """A model of the document, with what the settings make of it."""
    document = dict(result.model.document or {})
    document["file"] = outcome.checked.file
    waiver = result.model.waiver
    document["met"] = result.status in ("ok", "waived")
    document["waived"] = waiver.reason if waiver and result.status == "waived" else None
    document["status"] = result.status
    document["level"] = result.level if result.status == "unmet" else None
    document["unused_waiver"] = result.unused
    if result.remark:
        document["remark"] = result.remark
    if result.before is not None:
        document["before"] = result.before._asdict()
    return document


def error_documents(outcome: Outcome) -> list[dict[str, Any]]:
    """Bad input and defects of one file."""
    found = [error_json(error) for error in outcome.checked.errors]
    if outcome.checked.failure is not None:
        found.append(internal_json(outcome.checked.failure, outcome.checked.file))
    return found


def gone_documents(outcome: Outcome) -> list[dict[str, Any]]:
    """With ``--diff``: the models of a file that are no longer there."""
    return [
        {"name": name, "file": outcome.checked.file, "before": before._asdict()}
        for name, before in outcome.gone
    ]
