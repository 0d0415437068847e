"""What the settings make of verdicts: waivers and their days, the baseline, ``fail-on``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..findings import Before, CheckedFile, CheckedModel, Outcome, Result, fingerprint

if TYPE_CHECKING:
    from .baseline import Baseline


def today() -> str:
    """The day, ISO 8601, by the clock and the time zone of this machine."""
    return time.strftime("%Y-%m-%d")


class Policy:
    """Judges files; ``day`` decides which waivers have expired."""

    def __init__(self, baseline: Baseline | None, day: str | None = None) -> None:
        self.baseline = baseline
        self.day = day or today()

    def outcome(
        self,
        checked: CheckedFile,
        path: str,
        fail_on: tuple[str, ...],
        before: dict[str | None, Before] | None = None,
        gone: tuple[tuple[str, Before], ...] = (),
    ) -> Outcome:
        """The outcome of a file; with ``before``, of the models that it has an entry for."""
        results = []
        for model in checked.models:
            if before is None:
                results.append(self._result(model, checked, path, fail_on, None))
            elif model.name in before:
                results.append(self._result(model, checked, path, fail_on, before[model.name]))
        return Outcome(checked, tuple(results), path, "unmet" in fail_on, gone)

    def _result(
        self,
        model: CheckedModel,
        checked: CheckedFile,
        path: str,
        fail_on: tuple[str, ...],
        before: Before | None,
    ) -> Result:
        waiver = model.waiver
        if model.matches:
            return Result(model, "ok", False, unused=waiver is not None, before=before)
        remark = ""
        mark = fingerprint(path, model.name or "", model.asked, model.digest)
        if waiver is not None:
            expired = waiver.until is not None and waiver.until < self.day
            if waiver.verdict != model.verdict:
                remark = f"its waiver is for `{waiver.verdict}`"
            elif expired:
                remark = f"its waiver expired on {waiver.until} (because: {waiver.reason})"
            else:
                return Result(model, "waived", False, before=before, fingerprint=mark)
        if self.baseline is not None and self.baseline.covers(checked.file, model):
            return Result(model, "known", False, remark, before=before, fingerprint=mark)
        fails = "unmet" in fail_on or model.verdict in fail_on
        return Result(model, "unmet", fails, remark, before=before, fingerprint=mark)
