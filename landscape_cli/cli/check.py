"""``landscape check``: model files against what they expect; what CI runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import INTERNAL
from ._options import exit_zero_option, format_option, proof_option
from ._progress import Progress

if TYPE_CHECKING:
    from ..engine.report import Report


@click.command(
    "check",
    short_help="Check model files against what they expect.",
    epilog="""\b
Examples:
  landscape check model.landscape
  landscape check models/ more/ --verbose
  landscape check --format json models/ > report.json
  cat model.landscape | landscape check -

\b
Exit codes: 0 every model does what it is expected to (without `expect`: the verdict is holds),
1 some model does not, 2 bad input or no model file found, 3 an internal error.
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@format_option()
@proof_option()
@click.option("-v", "--verbose", is_flag=True, help="Details also of models that are as expected.")
@exit_zero_option()
def command(
    paths: tuple[str, ...], form: str, with_proof: bool, verbose: bool, exit_zero: bool
) -> int:
    """Check the models of files against their `expect` statements.

    PATH is a file, a folder (searched for *.landscape), or - for standard input. A line for each
    model that does what is expected, the reasons for every other one, and a summary.
    """
    from ._files import model_files

    files = model_files(paths)
    progress = Progress(len(files), "files")
    run: _Run = _JsonRun() if form == "json" else _TextRun(progress, verbose, with_proof)
    for path in files:
        progress.step(str(path or "<stdin>"))
        run.take(path, progress)
    progress.clear()
    run.finish()
    if run.failed:
        return INTERNAL
    return 0 if exit_zero and run.code == 1 else run.code


def _report(path: Path | None) -> Report:
    if path is not None:
        from ..api import check_file

        return check_file(path)
    from ..api import check
    from ..engine.report import Report
    from ..model.diagnostics import InputError
    from ._console import read_standard_input

    try:
        return check(read_standard_input(), file="<stdin>")
    except InputError as error:
        return Report((), error.diagnostics)


class _Run:
    """What all files together come to."""

    def __init__(self) -> None:
        self.code = 0
        self.failed = False

    def take(self, path: Path | None, progress: Progress) -> None:
        """Check one file; a defect that it hits must not hide what the others say."""
        try:
            self.add(_report(path))
        except BrokenPipeError:
            raise
        except Exception as error:
            progress.clear()
            self.add_failure(path, error)

    def add(self, report: Report) -> None:
        """Take in the report on one file."""
        raise NotImplementedError

    def add_failure(self, path: Path | None, error: Exception) -> None:
        """Take in a file that hit a defect of this program."""
        from ._console import write_internal_error

        self.failed = True
        write_internal_error(error, f"{path or '<stdin>'}: ")

    def finish(self) -> None:
        """Say what all files together come to."""
        raise NotImplementedError


class _TextRun(_Run):
    def __init__(self, progress: Progress, verbose: bool, with_proof: bool) -> None:
        from ..render.checked import Tally

        super().__init__()
        self.progress = progress
        self.verbose = verbose
        self.with_proof = with_proof
        self.tally = Tally()

    def add(self, report: Report) -> None:
        from ..render.checked import checked_lines
        from ._console import new_page, write, write_errors

        page = new_page()
        checked_lines(report, page, verbose=self.verbose, with_proof=self.with_proof)
        self.progress.clear()
        write(page)
        if report.errors:
            write_errors(report.errors)
        self.tally.add(report)
        self.code = max(self.code, report.exit_code)

    def add_failure(self, path: Path | None, error: Exception) -> None:
        super().add_failure(path, error)
        self.tally.failures += 1

    def finish(self) -> None:
        from ._console import new_page, write

        page = new_page()
        self.tally.lines(page)
        write(page)


class _JsonRun(_Run):
    def __init__(self) -> None:
        super().__init__()
        self.models: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []

    def add(self, report: Report) -> None:
        from ..render.report_json import error_json, model_json

        self.models.extend(list(map(model_json, report.models)))
        self.errors.extend(map(error_json, report.errors))
        self.code = max(self.code, report.exit_code)

    def add_failure(self, path: Path | None, error: Exception) -> None:
        from ..render.report_json import internal_json
        from ._console import internal_message

        super().add_failure(path, error)
        name = "<stdin>" if path is None else str(path)
        self.errors.append(internal_json(internal_message(error), name))

    def finish(self) -> None:
        from ..render.report_json import document
        from ._console import write_json

        write_json(document(self.models, self.errors))
        sys.stdout.flush()
