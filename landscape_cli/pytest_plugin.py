"""A pytest plugin: model files as tests, and ``assert_holds`` for tests in Python.

Files are collected where that is asked for: with ``--landscape``, with ``landscape = true`` in
pytest's configuration, or by naming a file. Each model is a test that passes where
``landscape check`` would be content.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .engine.report import ModelReport
    from .findings import CheckedFile, Result

SUFFIX = ".landscape"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--landscape``, and the same in the configuration."""
    group = parser.getgroup("landscape", "models of optimisation landscapes")
    group.addoption(
        "--landscape",
        action="store_true",
        default=None,
        help=f"collect *{SUFFIX} files: each model is a test",
    )
    parser.addini("landscape", f"collect *{SUFFIX} files", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A model file, where model files are collected."""
    if file_path.suffix != SUFFIX:
        return None
    config = parent.config
    asked = config.getoption("landscape") or config.getini("landscape")
    if not asked and not parent.session.isinitpath(file_path):
        return None
    return ModelFile.from_parent(parent, path=file_path)


class ModelsNotMet(Exception):
    """A model is not as expected, or a file is bad input; carries the report."""


class ModelFile(pytest.File):
    """A model file; checked once, when its first test runs or is listed."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each model, and one for each input error."""
        from .checking.policy import Policy

        checked = self.checked()
        outcome = Policy(None).outcome(checked, self.nodeid, ("unmet",))
        for error in checked.errors:
            place = "" if error.span is None else f":{error.span.line}:{error.span.column}"
            yield BadInput.from_parent(self, name=f"{error.code}{place}", error=error)
        if checked.failure is not None:
            yield Defect.from_parent(self, name="INTERNAL", failure=checked.failure)
        for result in outcome.results:
            name = result.model.name or "model"
            yield ModelItem.from_parent(self, name=name, result=result)

    def checked(self) -> CheckedFile:
        """What checking the file gives."""
        from .checking.work import Task, Wanted, examine
        from .findings import CheckedFile
        from .model.diagnostics import InputError
        from .syntax import read_file

        try:
            text = read_file(self.path)
        except InputError as error:
            return CheckedFile(str(self.path), (), error.diagnostics)
        task = Task(str(self.path), text, str(self.path.parent), "local_is_global", Wanted())
        return examine(task)


class _Item(pytest.Item):
    """A test whose failure is shown as the report, without Python's frames."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """The report."""
        if isinstance(excinfo.value, ModelsNotMet):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)


class ModelItem(_Item):
    """One model."""

    def __init__(self, *, result: Result, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.result = result

    def runtest(self) -> None:
        """Skip a waived model, fail on one that is not as expected."""
        model = self.result.model
        if self.result.status == "waived" and model.waiver is not None:
            pytest.skip(f"{model.verdict}, waived because: {model.waiver.reason}")
        if self.result.unused:
            from .findings import unused_words

            raise ModelsNotMet(unused_words(model))
        if self.result.status != "ok":
            from .render.formats.text import uncoloured

            remark = f"; {self.result.remark}" if self.result.remark else ""
            lines = [f"{model.answer}{remark}", *uncoloured(model.details or "")]
            raise ModelsNotMet("\n".join(lines))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File, line and name."""
        span = self.result.model.span
        return self.path, None if span is None else span.line - 1, self.name


class BadInput(_Item):
    """One input error."""

    def __init__(self, *, error: Any, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.error = error

    def runtest(self) -> None:
        """Fail with the error in the style of a compiler."""
        from .render.diagnostics import diagnostic_lines
        from .render.layout import Page

        page = Page(80)
        diagnostic_lines(self.error, page, str(self.path))
        raise ModelsNotMet(page.text)


class Defect(_Item):
    """A defect of landscape."""

    def __init__(self, *, failure: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.failure = failure

    def runtest(self) -> None:
        """Fail with it."""
        raise ModelsNotMet(f"landscape: internal error: {self.failure}")


def assert_holds(text: str) -> tuple[ModelReport, ...]:
    """Assert that every model of the text has the verdict ``holds``; the reports.

    ``AssertionError`` with the reasons if one has not; ``InputError`` for bad input.
    """
    __tracebackhide__ = True
    from .api import check
    from .model.diagnostics import InputError
    from .render.layout import Page
    from .render.verdict import verdict_lines

    report = check(text)
    if report.errors:
        raise InputError(report.errors)
    page = Page(80)
    for model in report.models:
        if model.verdict != "holds":
            verdict_lines(model, page)
            page.blank()
    if page.lines:
        raise AssertionError(f"not proved: every local minimum is global\n{page.text}")
    return report.models
