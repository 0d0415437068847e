"""All files of a run, in order: read, looked up in the cache, checked here or in processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import CheckedFile
from ..model.diagnostics import InputError
from .work import Task, Wanted, examine

if TYPE_CHECKING:
    from .cache import Cache
    from .settings import PerFile, Settings

FILES_PER_JOB = 50
BYTES_PER_JOB = 2**16
"""A process more pays from about so many files or bytes on (a third of a second of work)."""

FILES_FOR_CACHE = 8
BYTES_FOR_CACHE = 2**14
"""Below both, looking up (which hashes this program) takes longer than checking."""

STANDARD_INPUT = "<stdin>"


def name_of(path: Path | None) -> str:
    """What reports call a file."""
    return STANDARD_INPUT if path is None else str(path)


def size_of(files: Sequence[Path | None], enough: int) -> int:
    """The bytes of the files together; counted no further than ``enough``."""
    total = 0
    for path in files:
        try:
            total += 0 if path is None else path.stat().st_size
        except (OSError, ValueError):
            continue
        if total >= enough:
            break
    return total


def jobs_for(files: Sequence[Path | None], wanted: int | None) -> int:
    """The number of processes: as many as wanted, or as many as pay."""
    if len(files) < 2:
        return 1
    if wanted is not None:
        return min(wanted, len(files))
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if processors == 1:
        return 1
    by_size = size_of(files, processors * BYTES_PER_JOB) // BYTES_PER_JOB
    return max(1, min(processors, len(files), max(len(files) // FILES_PER_JOB, by_size)))


def cache_pays(files: Sequence[Path | None]) -> bool:
    """Whether looking results up is faster than finding them again."""
    return len(files) >= FILES_FOR_CACHE or size_of(files, BYTES_FOR_CACHE) >= BYTES_FOR_CACHE


class PerFileSettings:
    """The settings that hold for one file: those of the last pattern that matches, by key."""

    def __init__(self, settings: Settings) -> None:
        self.require: str = settings["require"]
        self.fail_on: tuple[str, ...] = settings["fail_on"]
        self.rules: list[tuple[PerFile, Any]] = []
        self.base = os.path.abspath(settings.base("per_file"))  # noqa: PTH100
        if settings["per_file"]:
            from .discovery import spec

            self.rules = [(one, spec([one.pattern])) for one in settings["per_file"]]

    def of(self, path: Path | None) -> tuple[str, tuple[str, ...]]:
        """``require`` and ``fail-on`` for a file."""
        require, fail_on = self.require, self.fail_on
        if self.rules and path is not None:
            inside = os.path.relpath(os.path.abspath(path), self.base).replace(os.sep, "/")  # noqa: PTH100
            for one, patterns in self.rules:
                if patterns.match_file(inside):
                    require = one.require or require
                    fail_on = fail_on if one.fail_on is None else one.fail_on
        return require, fail_on


def check_files(
    files: Sequence[Path | None],
    wanted: Wanted,
    require: Callable[[Path | None], str],
    *,
    jobs: int,
    cache: Cache | None,
    read_standard_input: Callable[[], str],
) -> Iterator[CheckedFile]:
    """What checking each file gives, in the order of the files, whatever the jobs."""

    def prepared() -> Iterator[tuple[Task | None, Any, CheckedFile | None]]:
        from ..syntax import read_file

        for path in files:
            name = name_of(path)
            try:
                text = read_standard_input() if path is None else read_file(path)
            except InputError as error:
                yield None, None, CheckedFile(name, (), error.diagnostics)
                continue
            base = "." if path is None else str(path.parent)
            task = Task(name, text, base, require(path), wanted)  # type: ignore[arg-type]
            keys = None
            if cache is not None:
                keys = cache.keys(task)
                found = cache.load(task, keys)
                if found is not None:
                    yield None, None, found
                    continue
            yield task, keys, None

    def done(task: Task, keys: Any, checked: CheckedFile) -> None:
        if cache is not None:
            cache.store(task, keys, checked)

    if jobs > 1:
        from .pool import in_processes

        return in_processes(prepared(), jobs, done)
    return _here(prepared(), done)


def _here(
    items: Iterator[tuple[Task | None, Any, CheckedFile | None]],
    done: Callable[[Task, Any, CheckedFile], None],
) -> Iterator[CheckedFile]:
    """The results of tasks, computed in this process."""
    for task, keys, known in items:
        if task is None:
            assert known is not None
            yield known
            continue
        checked = examine(task)
        done(task, keys, checked)
        yield checked
