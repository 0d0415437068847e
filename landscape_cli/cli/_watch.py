"""``landscape check --watch``: the report, again whenever a file changes."""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.diagnostics import InputError

if TYPE_CHECKING:
    from ._checks import Request

INTERVAL = 0.5
"""Seconds between two looks at the files."""

State = dict[str, "tuple[int, int] | None"]


def watch_files(request: Request) -> int:
    """Check until interrupted. On a terminal the report replaces the one before."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    if not sys.stdout.isatty():
        state = None
        while True:
            state = _next_state(request, state)
            sys.stdout.write(_report(request, colour=False))
            sys.stdout.flush()
    console = Console()
    with Live(console=console, auto_refresh=False, screen=True) as live:
        state = None
        while True:
            live.update(Text(_clock() + "checking ..."), refresh=True)
            before = _state(request)
            report = _report(request, colour=console.color_system is not None)
            shown = Text.from_ansi(_clock() + _fit(report, console.height - 2, console.width))
            shown.overflow = "fold"
            live.update(shown, refresh=True)
            state = _next_state(request, before)


def _clock() -> str:
    return time.strftime("[%H:%M:%S] landscape check --watch (Ctrl-C ends)\n")


def _fit(report: str, room: int, width: int) -> str:
    """The part of a report that fits into so many rows: what is not as expected, the summary."""
    from ..render.formats.text import uncoloured
    from ..render.layout import text_width

    def rows(line: str) -> int:
        return max(1, -(-text_width("".join(uncoloured(line))) // width))

    lines = report.rstrip("\n").split("\n")
    if sum(map(rows, lines)) > room:
        # Lines that say ok are the least interesting.
        lines = [x for x in lines[:-1] if "".join(uncoloured(x))[:3] != "ok "] + lines[-1:]
    if sum(map(rows, lines)) <= room:
        return "\n".join(lines)
    left = room - rows(lines[-1]) - 1
    kept: list[str] = []
    for line in lines[:-1]:
        left -= rows(line)
        if left < 0:
            break
        kept.append(line)
    return "\n".join([*kept, f"... {len(lines) - 1 - len(kept):,} more lines", lines[-1]])


def _report(request: Request, *, colour: bool) -> str:
    """What one run writes to standard output and to standard error."""
    from ._checks import run

    stream = io.StringIO()
    stream.isatty = lambda: colour  # type: ignore[method-assign]
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        run(request)
    return stream.getvalue()


def _next_state(request: Request, before: State | None) -> State:
    """The state of the files once it is another one than before."""
    while True:
        now = _state(request)
        if now != before:
            return now
        time.sleep(INTERVAL)


def _state(request: Request) -> State:
    """When every file that bears on the report was written, and its size."""
    from ..checking.discovery import model_files
    from ..checking.work import named_files
    from ._settings import load_settings

    state: State = {}
    try:
        settings = load_settings(request.paths, request.options)
        _take(state, filter(None, [settings.file]))
        _take(state, [Path(settings["baseline"])] if settings["baseline"] else [])
        for path in model_files(request.paths, settings):
            if path is None:
                continue
            _take(state, [path])
            with contextlib.suppress(OSError, ValueError):
                text = path.read_text(encoding="utf-8", errors="replace")
                _take(state, [path.parent / name for name in named_files(text)])
    except InputError as error:
        _take(state, [Path(one.file) for one in error.diagnostics if one.file])
    return state


def _take(state: State, paths: Iterable[Path]) -> None:
    for path in paths:
        state[str(path)] = _stamp(path)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size
