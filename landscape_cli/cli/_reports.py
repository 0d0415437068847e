"""Where the reports of ``landscape check`` go: standard output and files, format by format."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..render.formats import Options, Writer, writer_class

if TYPE_CHECKING:
    from ..findings import Outcome, Summary


class Reports:
    """All reports of one run. Files appear when they are complete; ``drop`` leaves none."""

    def __init__(self, form: str, outputs: tuple[tuple[str, str], ...], options: Options) -> None:
        self.separate = form == "text"
        self.writers: list[tuple[Writer, Any]] = [
            (writer_class(form)(options._replace(separate_errors=self.separate)), sys.stdout)
        ]
        self.files: list[Any] = []
        plain = options._replace(width=80, colour=False)
        try:
            for kind, file in outputs:
                self._file(writer_class(kind)(plain), Path(file))
            summary = os.environ.get("GITHUB_STEP_SUMMARY")
            if summary and "github" in (form, *(kind for kind, _ in outputs)):
                self._append(writer_class("markdown")(plain), summary)
        except BaseException:
            self.drop()
            raise

    @property
    def needs_details(self) -> bool:
        """Whether a format shows laid-out verdicts."""
        return any(writer.needs_details for writer, _ in self.writers)

    @property
    def needs_documents(self) -> bool:
        """Whether a format shows models as JSON."""
        return any(writer.needs_documents for writer, _ in self.writers)

    def _file(self, writer: Writer, path: Path) -> None:
        from ..files import WholeFile

        try:
            file = WholeFile(path)
        except (OSError, ValueError) as error:
            raise _unwritable(str(path), error) from error
        self.files.append(file)
        self.writers.append((writer, file))

    def _append(self, writer: Writer, path: str) -> None:
        try:
            file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123, SIM115
        except OSError as error:
            sys.stderr.write(f"landscape: warning: GITHUB_STEP_SUMMARY: {error.strerror}\n")
            return
        self.writers.append((writer, file))

    def start(self) -> None:
        """Write what comes before the first file."""
        self._write(lambda writer: writer.start())

    def add(self, outcome: Outcome) -> None:
        """Write what there is to write after one file; on a terminal, bad input goes to stderr."""
        self._write(lambda writer: writer.add(outcome))
        if self.separate and outcome.checked.errors:
            from ._console import write_errors

            write_errors(outcome.checked.errors, outcome.checked.file)
        if outcome.checked.failure is not None:
            from ._console import write_failure

            message = f"{outcome.checked.file}: {outcome.checked.failure}"
            write_failure(message, outcome.checked.trace)

    def finish(self, summary: Summary) -> None:
        """Write the ends, and give the files their names."""
        self._write(lambda writer: writer.finish(summary))
        for _, stream in self.writers:
            end = stream.finish if stream in self.files else stream.flush
            _guarded(stream, end)

    def _write(self, text_of: Any) -> None:
        for writer, stream in self.writers:
            text = text_of(writer)
            if text:
                _guarded(stream, stream.write, text)

    def drop(self) -> None:
        """Leave no unfinished file."""
        for file in self.files:
            file.drop()


def _guarded(stream: Any, action: Any, *arguments: Any) -> None:
    """Do it; what the system refuses is said in words (a closed pipe is not for us)."""
    try:
        action(*arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        if stream is sys.stdout:
            from ._console import forget_output

            forget_output()
        raise _unwritable(_name(stream), error) from error


def _name(stream: Any) -> str:
    if stream is sys.stdout:
        return "standard output"
    return str(getattr(stream, "path", None) or stream.name)


def _unwritable(name: str, error: Exception) -> click.ClickException:
    from ..model.diagnostics import os_reason

    reason = os_reason(error) if isinstance(error, OSError) else str(error)
    return click.ClickException(f"can't write {name}: {reason}")
