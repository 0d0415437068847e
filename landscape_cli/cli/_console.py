"""Where output goes: width and colours of the terminal, standard input, error messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from ..render.layout import Page

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic


def colour_wanted(stream: TextIO) -> bool:
    """Whether to colour what is written to the stream.

    ``--color`` decides; with ``auto`` NO_COLOR, then FORCE_COLOR, then whether it is a terminal.
    """
    context = click.get_current_context(silent=True)
    choice = "auto" if context is None else context.meta.get("landscape.color", "auto")
    if choice != "auto":
        return bool(choice == "always")
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """``COLUMNS``, else the width of the terminal, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed and stream.isatty():
            return os.get_terminal_size(stream.fileno()).columns or 80
    return 80


def new_page(stream: TextIO | None = None) -> Page:
    """An empty page as wide as the terminal, coloured as the stream wants it."""
    return Page(terminal_width(), colour_wanted(stream or sys.stdout))


def write(page: Page) -> None:
    """Write a page to standard output."""
    sys.stdout.write(page.text)


def write_json(document: object) -> None:
    """Write a JSON document to standard output; non-ASCII characters are escaped."""
    import json

    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def forget_output() -> None:
    """What is left in the buffer of standard output has nowhere to go, also not at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_errors(errors: Iterable[Diagnostic], default: str = "<text>") -> None:
    """Write input errors to standard error, in the style of a compiler."""
    from ..render.diagnostics import diagnostic_lines

    page = new_page(sys.stderr)
    for error in errors:
        diagnostic_lines(error, page, default)
    sys.stdout.flush()
    sys.stderr.write(page.text)


def write_internal_error(error: BaseException) -> None:
    """One clear line on standard error; with LANDSCAPE_DEBUG=1 the traceback before it."""
    from traceback import format_exception

    from ..render.diagnostics import internal_message

    trace = "".join(format_exception(type(error), error, error.__traceback__))
    write_failure(internal_message(error), trace)


def write_failure(message: str, trace: str | None) -> None:
    """As ``write_internal_error``, for a defect met elsewhere: its message and its traceback."""
    sys.stdout.flush()
    if debugging() and trace is not None:
        sys.stderr.write(trace)
    hint = "" if debugging() else " (LANDSCAPE_DEBUG=1 shows where; please report it)"
    sys.stderr.write(f"landscape: internal error: {message}{hint}\n")


def write_note(kind: str, text: str) -> None:
    """A remark on the run as a whole, on standard error."""
    from ..render.layout import printable

    sys.stdout.flush()
    sys.stderr.write(f"landscape: {kind}: {printable(text)}\n")


def debugging() -> bool:
    """Whether LANDSCAPE_DEBUG asks for tracebacks."""
    return os.environ.get("LANDSCAPE_DEBUG", "") not in ("", "0")


def read_standard_input() -> str:
    """The text of standard input; ``InputError`` if it is not UTF-8 or too long."""
    from ..model.diagnostics import Diagnostic, InputError
    from ..syntax import LARGEST_TEXT

    raw = sys.stdin.buffer.read(4 * LARGEST_TEXT + 1)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            [
                Diagnostic(
                    "E002",
                    f"standard input is not UTF-8: byte {raw[error.start]:#04x} on line {line}",
                    "<stdin>",
                    None,
                    "save the text as UTF-8",
                )
            ]
        ) from error


def nearest_name(word: str, names: Sequence[str]) -> str | None:
    """The name most like the word, if one is like it at all."""
    from difflib import get_close_matches

    found = get_close_matches(word[:60].lower(), names, 1, 0.6)
    return found[0] if found else None
