"""Results of earlier runs, kept by content: text, data files, version and catalogue.

An entry is a file of its own, written beside and renamed, with a checksum of its content: runs at
the same time, and a run that is killed, leave whole entries or none. What can't be read is a
miss; what can't be written is one warning. Nothing of an entry is ever executed.
"""

from __future__ import annotations

import json
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..findings import CheckedFile, from_data, to_data
from .work import Task, Wanted, named_files

FORMAT = 1
"""Counts up when the shape of an entry changes."""

LONGEST_UNUSED = 30 * 86400
"""Seconds after which entries of another version are removed."""

ABANDONED = 3600
"""Seconds after which a file that was never renamed is taken to be left by a dead process."""

TAG = "CACHEDIR.TAG"
_TAG_TEXT = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of `landscape check`; `landscape clean` removes it.
"""
_CHUNK = 2**20


def catalogue_hash() -> str:
    """A hash of this program: every module and every table, by content."""
    package = Path(__file__).parents[1]
    total = sha256()
    if not package.is_dir():
        # In a zip file: that file stands for all.
        archive = next(p for p in package.parents if p.is_file())
        return sha256(archive.read_bytes()).hexdigest()
    folders = [str(package)]
    grammar = package.parent / "grammar"
    if not (package / "grammar").is_dir() and grammar.is_dir():
        folders.append(str(grammar))
    for start in folders:
        for folder, inside, files in os.walk(start):
            inside[:] = sorted(name for name in inside if name != "__pycache__")
            for name in sorted(files):
                if name.endswith((".py", ".json", ".lark", ".toml")):
                    place = os.path.join(folder, name)  # noqa: PTH118
                    total.update(f"{place[len(start) :]}\0".encode())
                    with open(place, "rb") as file:  # noqa: PTH123
                        total.update(sha256(file.read()).digest())
    return total.hexdigest()


def data_state(task: Task) -> list[list[str | None]]:
    """The data files that a text names, each with a hash of its content (None: not a file)."""
    state: list[list[str | None]] = []
    for name in named_files(task.text):
        found = None
        try:
            path = Path(task.base) / name
            if path.is_file():
                total = sha256()
                with path.open("rb") as file:
                    while chunk := file.read(_CHUNK):
                        total.update(chunk)
                found = total.hexdigest()
        except (OSError, ValueError):
            found = None
        # A message about a data file names its path.
        state.append([str(Path(task.base)), name, found])
    return state


class Cache:
    """The entries of one folder for this version; ``warning`` says what could not be written."""

    def __init__(self, folder: Path) -> None:
        from .. import __version__

        self.folder = folder
        self.catalogue = catalogue_hash()
        self.place = folder / f"{__version__}-{self.catalogue[:16]}"
        self.warning: str | None = None
        self.ready = False
        self.hits = self.misses = 0

    def keys(self, task: Task) -> tuple[str, str]:
        """The keys of the verdicts on a text, and of what formats show of them."""
        base = [FORMAT, self.catalogue, task.asked, data_state(task), task.text]
        first = sha256(json.dumps(base).encode()).hexdigest()
        return first, sha256(json.dumps([first, *task.wanted]).encode()).hexdigest()

    def load(self, task: Task, keys: tuple[str, str]) -> CheckedFile | None:
        """What an earlier run found, if all that is wanted is there."""
        found = self._load(task, keys)
        self.hits += found is not None
        self.misses += found is None
        return found

    def _load(self, task: Task, keys: tuple[str, str]) -> CheckedFile | None:
        data = self._read(keys[0])
        if data is None:
            return None
        try:
            checked = from_data(data, task.file)
            if not _shown(checked, task.wanted):
                return checked
            more = self._read(keys[1])
            if more is None:
                return None
            models = tuple(
                [
                    model._replace(details=details, document=document)
                    for model, details, document in zip(
                        checked.models, more["details"], more["documents"], strict=True
                    )
                ]
            )
            return checked._replace(models=models)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def store(self, task: Task, keys: tuple[str, str], checked: CheckedFile) -> None:
        """Keep what was found; defects are not kept."""
        if self.warning is not None or checked.failure is not None:
            return
        if named_files(task.text) and self.keys(task) != keys:
            return  # a data file was written meanwhile: which content was read is not known
        try:
            if not self.ready:
                self._prepare()
            self._write(keys[0], to_data(checked))
            if _shown(checked, task.wanted):
                more = {
                    "details": [model.details for model in checked.models],
                    "documents": [model.document for model in checked.models],
                }
                self._write(keys[1], more)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            self.warning = f"the cache in {self.folder} can't be written: {reason}"

    def _read(self, key: str) -> dict[str, Any] | None:
        try:
            raw = (self.place / key[:2] / key[2:]).read_bytes()
        except OSError:
            return None
        checksum, _, body = raw.partition(b"\n")
        if sha256(body).hexdigest().encode() != checksum:
            return None
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None

    def _write(self, key: str, data: dict[str, Any]) -> None:
        body = json.dumps(data, separators=(",", ":")).encode()
        target = self.place / key[:2] / key[2:]
        beside = self.folder / "tmp" / f"{key}-{os.getpid()}"
        try:
            beside.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
            try:
                beside.replace(target)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def _prepare(self) -> None:
        """The folder with its marks; what dead processes and old versions left is removed."""
        self.ready = True
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), (TAG, _TAG_TEXT)):
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text, encoding="utf-8")
        self.place.mkdir(exist_ok=True)
        os.utime(self.place)
        now = time.time()
        for left in temporary.iterdir():
            if now - left.stat().st_mtime > ABANDONED:
                left.unlink(missing_ok=True)
        for other in self.folder.iterdir():
            old = now - other.stat().st_mtime > LONGEST_UNUSED
            if other.is_dir() and other not in (temporary, self.place) and old:
                from shutil import rmtree

                rmtree(other, ignore_errors=True)


def _shown(checked: CheckedFile, wanted: Wanted) -> bool:
    """Whether formats show more of a file than the verdicts."""
    return bool(checked.models) and (
        wanted.documents or any(map(wanted.details_of, checked.models))
    )


def clean(folder: Path) -> int | None:
    """Remove a cache; the number of entries, None if there was none.

    ``ValueError`` if the folder is not a cache.
    """
    if not folder.is_dir():
        return None
    if not (folder / TAG).is_file():
        raise ValueError(f"{folder} is no cache of landscape (it has no {TAG})")
    from shutil import rmtree

    entries = sum(
        len(files) for place, _, files in os.walk(folder) if Path(place).parent.parent == folder
    )
    rmtree(folder)
    return entries
