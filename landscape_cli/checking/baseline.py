"""Known findings in a file: by file, model, property and canonical text, never by line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_whole
from ..model.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from ..findings import CheckedModel, Outcome

SCHEMA = "landscape/baseline/1"
_KEYS = ("file", "model", "property", "text", "verdict")

Entry = tuple[str, str, str, str, str]
"""File (relative to the baseline's folder, with /), model, property, hash of the text, verdict."""


class Baseline:
    """The entries of a baseline file, and which of them this run has seen.

    ``adopting``: every finding becomes known.
    """

    def __init__(self, path: Path, entries: Iterable[Entry] = ()) -> None:
        self.path = path
        self.entries = set(entries)
        self.seen: set[Entry] = set()
        self.found: set[Entry] = set()
        self.checked: set[str] = set()
        self.adopting = False
        self._folder = os.path.abspath(path.parent)  # noqa: PTH100

    def file_name(self, file: str) -> str:
        """A file as entries name it."""
        if file.startswith("<"):
            return file
        try:
            inside = os.path.relpath(os.path.abspath(file), self._folder)  # noqa: PTH100
        except ValueError:  # on another drive
            inside = file
        return inside.replace(os.sep, "/")

    def entry(self, file: str, model: CheckedModel) -> Entry:
        """The entry that a finding would have."""
        return (
            self.file_name(file), model.name or "", model.asked, model.digest, model.verdict,
        )  # fmt: skip

    def covers(self, file: str, model: CheckedModel) -> bool:
        """Whether the finding is known; another verdict than the known one is news."""
        entry = self.entry(file, model)
        if entry in self.entries:
            self.seen.add(entry)
        return entry in self.entries or self.adopting

    def take(self, outcome: Outcome) -> None:
        """Remember what a file has, for ``--update-baseline`` and ``--prune``."""
        checked = outcome.checked
        if checked.failure is not None or checked.errors:
            return  # what it has is not known
        self.checked.add(self.file_name(checked.file))
        for result in outcome.results:
            if result.status in ("unmet", "known"):
                self.found.add(self.entry(checked.file, result.model))

    @property
    def stale(self) -> set[Entry]:
        """The entries that nothing corresponds to: of files checked, or no longer there."""
        return {
            entry
            for entry in self.entries - self.seen
            if entry[0] in self.checked
            or not (entry[0].startswith("<") or Path(self._folder, entry[0]).exists())
        }

    def write(self, *, update: bool, prune: bool) -> tuple[int, int]:
        """Add what was found (``update``), leave out what is stale; (added, removed)."""
        entries = set(self.entries)
        if prune or update:
            entries -= self.stale
        removed = len(self.entries) - len(entries)
        if update:
            entries |= self.found
        added = len(entries - self.entries)
        if entries != self.entries or not self.path.exists():
            document = {
                "schema": SCHEMA,
                "findings": [dict(zip(_KEYS, entry, strict=True)) for entry in sorted(entries)],
            }
            write_whole(self.path, json.dumps(document, indent=2) + "\n")
        return added, removed


def read(path: Path, *, missing_ok: bool = False) -> Baseline:
    """The baseline of a file; ``InputError`` if it is none.

    ``missing_ok``: a file that does not exist is an empty baseline.
    """

    def refuse(message: str, hint: str | None = None) -> InputError:
        return InputError([Diagnostic("E143", message, str(path), None, hint)])

    try:
        raw = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if missing_ok:
            return Baseline(path)
        raise refuse("there is no such baseline", "--update-baseline writes it") from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise refuse(f"can't read the baseline: {reason}") from error
    except UnicodeDecodeError as error:
        raise refuse("the baseline is not UTF-8") from error
    try:
        document = json.loads(raw)
        if document["schema"] != SCHEMA:
            raise refuse(f"the baseline is of schema {document['schema']!r}, not {SCHEMA}")
        return Baseline(path, [_entry(one) for one in document["findings"]])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse(
            "this is no baseline of landscape", "--update-baseline writes one; is it a merge?"
        ) from error


def _entry(one: dict[str, Any]) -> Entry:
    file, model, asked, text, verdict = (one[key] for key in _KEYS)
    if not all(isinstance(value, str) for value in (file, model, asked, text, verdict)):
        raise TypeError
    return file, model, asked, text, verdict
