"""What ``landscape check`` found, as plain values: the same for every format, job and cache.

A ``CheckedFile`` is all that checking one file gives; it holds texts, numbers and spans only, so
that it can come from another process or from the cache. ``Outcome`` adds what the settings make
of it: waivers that have expired, a baseline, ``fail-on``, the verdict at a git ref.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from ..model.diagnostics import Diagnostic
from ..model.span import Span

Status = Literal["ok", "waived", "known", "unmet"]
"""``known``: in the baseline. ``unmet``: not as expected, and neither waived nor known."""

Level = Literal["error", "warning"]

UNUSED_WAIVER = "unused-waiver"
INTERNAL = "INTERNAL"


class Reason(NamedTuple):
    """An assumption that is violated or not given, and the statement that decided it."""

    id: str
    status: str
    text: str
    span: Span | None


class WaiverStated(NamedTuple):
    """``allow VERDICT because REASON until UNTIL`` (the last day, ISO 8601)."""

    verdict: str
    reason: str
    until: str | None
    span: Span | None


class CheckedModel(NamedTuple):
    """One model with its verdict.

    ``digest`` (SHA-256 of the canonical text), ``reasons`` and ``repairs`` are given for models
    that are not as expected. ``details`` is the laid-out verdict and ``document`` the model as
    JSON, where they were asked for.
    """

    name: str | None
    span: Span | None
    asked: str
    verdict: str
    expected: str
    pinned: str | None
    theorem: str | None
    matches: bool
    waiver: WaiverStated | None
    digest: str = ""
    reasons: tuple[Reason, ...] = ()
    repairs: tuple[str, ...] = ()
    details: str | None = None
    document: dict[str, Any] | None = None

    @property
    def answer(self) -> str:
        """``expected holds, found fails by nonsmooth-narrow``, or the verdict as expected."""
        found = f"{self.verdict} by {self.theorem}" if self.theorem else self.verdict
        if self.matches:
            return found
        pinned = f" by {self.pinned}" if self.pinned else ""
        return f"expected {self.expected}{pinned}, found {found}"


class CheckedFile(NamedTuple):
    """All that checking one file gives; ``failure``: a defect of this program, in one line."""

    file: str
    models: tuple[CheckedModel, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    failure: str | None = None
    trace: str | None = None


class Before(NamedTuple):
    """The verdict at a git ref; ``verdict`` None: the model is new."""

    ref: str
    verdict: str | None
    theorem: str | None

    @property
    def words(self) -> str:
        """``was holds by linear-squared at main``."""
        if self.verdict is None:
            return f"new since {self.ref}"
        by = f" by {self.theorem}" if self.theorem else ""
        return f"was {self.verdict}{by} at {self.ref}"


class Result(NamedTuple):
    """A model and what the settings make of its verdict.

    ``fails``: it counts for the exit code. ``remark``: of an expired waiver, or of one for
    another verdict. ``unused``: its waiver is not needed. ``fingerprint``: by file, model,
    property and text.
    """

    model: CheckedModel
    status: Status
    fails: bool
    remark: str = ""
    unused: bool = False
    before: Before | None = None
    fingerprint: str = ""

    @property
    def level(self) -> Level:
        """``warning`` where the settings let the model pass."""
        return "error" if self.fails else "warning"


class Outcome(NamedTuple):
    """One file with the results of its models (with ``--diff``: of those that changed).

    ``path``: the file as reports name it, relative to the repository, with ``/``.
    ``gone``: with ``--diff``, the models that are no longer there, by name and old verdict.
    """

    checked: CheckedFile
    results: tuple[Result, ...]
    path: str
    unused_fail: bool = True
    gone: tuple[tuple[str, Before], ...] = ()


class Finding(NamedTuple):
    """One thing to look at, in the shape that most formats share.

    ``kind``: a model that is not as expected, a waiver, bad input, or a defect of this program.
    ``suppressed``: (by what, why), for waived and known models.
    """

    kind: Literal["model", "waiver", "input", "defect"]
    rule: str
    level: Level
    message: str
    hint: str | None
    path: str
    span: Span | None
    name: str | None
    fingerprint: str
    reasons: tuple[Reason, ...] = ()
    suppressed: tuple[Literal["waiver", "baseline"], str] | None = None


def findings(outcome: Outcome) -> Iterator[Finding]:
    """The findings of one file: bad input and defects, then its models in order."""
    path = outcome.path
    checked = outcome.checked
    for error in checked.errors:
        # Bad input has no model, so its place is all that tells it from another one.
        place = f"{error.code}:{error.source_line or error.message}"
        yield Finding(
            "input", error.code, "error", error.message, error.hint, path, error.span, None,
            fingerprint(path, place),
        )  # fmt: skip
    if checked.failure is not None:
        yield Finding(
            "defect", INTERNAL, "error", f"internal error: {checked.failure}", None, path, None,
            None, fingerprint(path, INTERNAL),
        )  # fmt: skip
    for result in outcome.results:
        yield from _of_model(result, outcome)


def _of_model(result: Result, outcome: Outcome) -> Iterator[Finding]:
    model = result.model
    named = f"{model.name}: " if model.name else ""
    before = f" ({result.before.words})" if result.before else ""
    if result.status != "ok":
        suppressed: Any = None
        if result.status == "waived" and model.waiver is not None:
            suppressed = ("waiver", model.waiver.reason)
        elif result.status == "known":
            suppressed = ("baseline", "in the baseline")
        remark = f"; {result.remark}" if result.remark else ""
        needs = ", ".join(reason.id for reason in model.reasons)
        missing = f"; the nearest theorem needs {needs}" if needs else ""
        message = f"{named}{model.answer}{missing}{remark}{before}"
        yield Finding(
            "model", rule_of(model), result.level, message,
            f"to repair it: {model.repairs[0]}" if model.repairs else None,
            outcome.path, model.span, model.name, result.fingerprint, model.reasons, suppressed,
        )  # fmt: skip
    if result.unused and model.waiver is not None:
        yield Finding(
            "waiver", UNUSED_WAIVER, "error" if outcome.unused_fail else "warning",
            f"{named}{unused_words(model)}", "remove the `allow` statement",
            outcome.path, model.waiver.span, model.name,
            fingerprint(outcome.path, model.name or "", UNUSED_WAIVER),
        )  # fmt: skip


def unused_words(model: CheckedModel) -> str:
    """Why the waiver of a model that is as expected has to go."""
    verdict = model.waiver.verdict if model.waiver else "?"
    return f"`allow {verdict}` is not needed: the model is as expected ({model.verdict})"


def rule_of(model: CheckedModel) -> str:
    """The entry of the catalogue that says most about a model that is not as expected.

    What decided its verdict; else the most decisive assumption that is in its way.
    """
    if model.theorem is not None:
        return model.theorem
    return model.reasons[0].id if model.reasons else model.verdict


def fingerprint(*parts: str) -> str:
    """A hash that stays the same while lines move."""
    from hashlib import sha256

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class Summary:
    """How many models and files there were, and how they did; decides the exit code."""

    def __init__(self) -> None:
        self.files = self.models = self.met = self.waived = self.known = self.unmet = 0
        self.warnings = self.unused = self.errors = self.failures = 0
        self.stale = 0
        self.failing = False
        self.verdicts: dict[str, int] = {}
        self.rules: dict[str, int] = {}

    def add(self, outcome: Outcome) -> None:
        """Count the outcome of one file."""
        checked = outcome.checked
        self.files += 1
        self.errors += len(checked.errors)
        self.failures += checked.failure is not None
        self.models += len(outcome.results)
        for result in outcome.results:
            model = result.model
            self.verdicts[model.verdict] = self.verdicts.get(model.verdict, 0) + 1
            self.met += result.status == "ok"
            self.waived += result.status == "waived"
            self.known += result.status == "known"
            if result.status == "unmet":
                self.unmet += result.fails
                self.warnings += not result.fails
                rule = rule_of(model)
                self.rules[rule] = self.rules.get(rule, 0) + 1
            self.unused += result.unused
            self.failing |= result.fails or (result.unused and outcome.unused_fail)

    def code(self, exit_zero: bool = False) -> int:
        """0 as expected, 1 not as expected, 2 bad input, 3 a defect of this program."""
        if self.failures:
            return 3
        if self.errors:
            return 2
        return 1 if self.failing and not exit_zero else 0


# --- plain data ------------------------------------------------------------------------------


def _span_data(span: Span | None) -> list[int] | None:
    return None if span is None else [span.line, span.column, span.end_line, span.end_column]


def _span(data: list[int] | None) -> Span | None:
    return None if data is None else Span(*data)


def to_data(checked: CheckedFile) -> dict[str, Any]:
    """The models and errors of a file as JSON values; ``details`` and ``document`` left out."""
    return {
        "models": [
            {
                **model._asdict(),
                "span": _span_data(model.span),
                "waiver": model.waiver
                and [*model.waiver[:3], _span_data(model.waiver.span)],
                "reasons": [[*reason[:3], _span_data(reason.span)] for reason in model.reasons],
                "details": None,
                "document": None,
            }
            for model in checked.models
        ],
        "errors": [
            [e.code, e.message, _span_data(e.span), e.hint, e.source_line] for e in checked.errors
        ],
    }  # fmt: skip


def _stated(verdict: str, reason: str, until: str | None, span: Any) -> WaiverStated:
    return WaiverStated(verdict, reason, until, _span(span))


def _reason(identifier: str, status: str, text: str, span: Any) -> Reason:
    return Reason(identifier, status, text, _span(span))


def from_data(data: dict[str, Any], file: str) -> CheckedFile:
    """The inverse of ``to_data``; ``KeyError``, ``TypeError`` or ``ValueError`` for other data."""
    models = []
    for one in data["models"]:
        waiver = one["waiver"]
        models.append(
            CheckedModel(
                **{
                    **one,
                    "span": _span(one["span"]),
                    "waiver": waiver and _stated(*waiver),
                    "reasons": tuple(_reason(*reason) for reason in one["reasons"]),
                    "repairs": tuple(one["repairs"]),
                }
            )
        )
    errors = tuple(
        Diagnostic(code, message, file, _span(span), hint, line)
        for code, message, span, hint, line in data["errors"]
    )
    return CheckedFile(file, tuple(models), errors)
