"""Files that commands write."""

from __future__ import annotations

from pathlib import Path

from ..model.diagnostics import Diagnostic, InputError, os_reason


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all; ``InputError`` if it can't be written."""
    from ..files import write_whole

    try:
        write_whole(path, text)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> InputError:
    """The error that a file can't be written, with the system's reason."""
    return InputError([Diagnostic("E001", f"can't write {path}: {os_reason(error)}", str(path))])
