"""What is wrong with an input, as a value; and the exceptions that carry it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .span import Span


@dataclass(frozen=True)
class Diagnostic:
    """One mistake in an input.

    ``code`` is permanent (``E001`` ...; ``landscape explain E001``), ``message`` says in plain
    words what was expected, ``hint`` how to mend it, ``source_line`` is the text of the line
    that ``span`` starts on.
    """

    code: str
    message: str
    file: str | None = None
    span: Span | None = None
    hint: str | None = None
    source_line: str | None = None


class InputError(Exception):
    """The input can't be used; carries every diagnostic that was found (exit code 2)."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))


class InternalError(Exception):
    """A defect of this program, such as a model both proved and refuted (exit code 3)."""


def os_reason(error: OSError) -> str:
    """Why the system refused, in lower case; a file that stands for a folder is named."""
    if isinstance(error, (FileExistsError, NotADirectoryError)) and error.filename is not None:
        path = Path(os.fsdecode(error.filename))
        while path.parent != path and not os.path.lexists(path):
            path = path.parent
        return f"{path} is not a folder"
    return (error.strerror or type(error).__name__).lower()
