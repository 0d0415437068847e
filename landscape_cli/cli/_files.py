"""Files that commands write."""

from __future__ import annotations

from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all; ``InputError`` if it can't be written."""
    from ..files import write_whole
    from ..model.diagnostics import Diagnostic, InputError

    try:
        write_whole(path, text)
    except OSError as error:
        raise InputError(
            [Diagnostic("E001", f"{path} can't be written: {error.strerror}", str(path))]
        ) from error
