"""Which model files a command line names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

SUFFIX = ".landscape"
SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".landscape_cache")
)


def model_files(paths: Sequence[str]) -> list[Path | None]:
    """The files, each once, in the order given; None stands for standard input.

    Folders are searched for ``*.landscape`` (sorted; hidden tool folders are skipped). A path
    that does not exist stays in the list: reading it is the error. ``UsageError`` if there is
    no model file at all.
    """
    found: dict[str, Path | None] = {}
    for text in paths:
        if text == "-":
            found["-"] = None
            continue
        path = Path(text)
        if path.is_dir():
            for file in _search(path):
                found.setdefault(os.path.realpath(file), file)
        else:
            found.setdefault(os.path.realpath(text), path)
    if not found:
        where = ", ".join(paths)
        raise click.UsageError(f"no model file found in {where} (looked for *{SUFFIX})")
    return list(found.values())


def write_text(path: Path, text: str) -> None:
    """Write a file; ``InputError`` if it can't be written."""
    from ..model.diagnostics import Diagnostic, InputError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            [Diagnostic("E001", f"{path} can't be written: {error.strerror}", str(path))]
        ) from error


def _search(folder: Path) -> Iterator[Path]:
    """The model files below a folder; links to folders are not followed (they may be circles)."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(files):
            if name.endswith(SUFFIX):
                yield Path(place) / name
