"""One file to plain values: the part that may run in another process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..findings import CheckedFile, CheckedModel, Reason, WaiverStated

if TYPE_CHECKING:
    from ..engine.report import ModelReport
    from ..model.problem import PropertyAsked


class Wanted(NamedTuple):
    """What the formats show beyond the verdicts.

    ``details`` of the models that are not as expected (``every``: of all), laid out for
    ``width``, with the ``proof``; ``documents``: the JSON of every model.
    """

    details: bool = True
    documents: bool = False
    every: bool = False
    proof: bool = False
    width: int = 80

    def details_of(self, model: CheckedModel) -> bool:
        """Whether the details of a model are shown, whatever the day.

        Not those of a model whose waiver covers it for good.
        """
        if not self.details:
            return False
        if self.every:
            return True
        waiver = model.waiver
        covered = waiver is not None and waiver.verdict == model.verdict and waiver.until is None
        return not model.matches and not covered


class Task(NamedTuple):
    """One text to check: ``file`` names it in reports, data files are relative to ``base``."""

    file: str
    text: str
    base: str
    asked: PropertyAsked
    wanted: Wanted


def named_files(text: str) -> tuple[str, ...]:
    """The data files that a text names; each ``file "..."`` counts, also one in a comment."""
    if "file" not in text:
        return ()
    import re

    from ..syntax.elaborate import unquote

    found = re.findall(r'\bfile\s*("(?:[^"\\\n]|\\[^\n])*")', text)
    return tuple(dict.fromkeys(map(unquote, found)))


def examine(task: Task) -> CheckedFile:
    """Check one text; a defect of this program is a value too, so that the rest can go on."""
    try:
        from ..api import check

        report = check(task.text, file=task.file, base=Path(task.base), asked=task.asked)
        models = tuple([checked_model(model, task.wanted) for model in report.models])
    except BrokenPipeError:
        raise
    except Exception as error:
        return failed(task.file, error)
    return CheckedFile(task.file, models, report.errors)


def failed(file: str, error: BaseException) -> CheckedFile:
    """The value for a file that hit a defect."""
    from traceback import format_exception

    from ..render.diagnostics import internal_message

    trace = "".join(format_exception(type(error), error, error.__traceback__))
    return CheckedFile(file, failure=internal_message(error), trace=trace)


def checked_model(report: ModelReport, wanted: Wanted) -> CheckedModel:
    """The plain values of a report, with the details and the document where they are wanted."""
    model = report.model
    waiver = model.waiver
    expectation = model.expectation
    checked = CheckedModel(
        name=report.name,
        span=model.span,
        asked=report.asked,
        verdict=report.verdict,
        expected=report.expected,
        pinned=None if expectation is None else expectation.theorem,
        theorem=report.theorem,
        matches=report.matches,
        waiver=None
        if waiver is None
        else WaiverStated(
            waiver.verdict,
            waiver.reason,
            None if waiver.until is None else waiver.until.isoformat(),
            waiver.span,
        ),
    )
    if not checked.matches:
        checked = checked._replace(
            digest=_digest(report), reasons=_reasons(report), repairs=_repairs(report)
        )
    if wanted.details_of(checked):
        from ..render.formats.text import details

        checked = checked._replace(details=details(report, wanted.width, with_proof=wanted.proof))
    if wanted.documents:
        from ..render.report_json import model_json

        checked = checked._replace(document=model_json(report))
    return checked


def _digest(report: ModelReport) -> str:
    """A hash of what the model says, however it is written; its waiver does not count."""
    from dataclasses import replace
    from hashlib import sha256

    from ..syntax.writing import unparse_model

    text = unparse_model(replace(report.model, waiver=None))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _reasons(report: ModelReport) -> tuple[Reason, ...]:
    """What the nearest theorem lacks."""
    if not report.nearest:
        return ()
    return tuple(
        [Reason(one.id, one.status, one.text, one.span) for one in report.nearest[0].missing]
    )


def _repairs(report: ModelReport) -> tuple[str, ...]:
    """The repairs that lead to what is expected; none where something else is expected."""
    if report.expected != "holds":
        return ()
    return tuple(
        [
            f"{repair.change} -> {'conditional' if repair.partial else 'holds'} by {repair.theorem}"
            for repair in report.repairs[:3]
        ]
    )
