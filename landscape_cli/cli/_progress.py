"""A progress bar on standard error: on a terminal only, and only after a second."""

from __future__ import annotations

import sys
import threading
import time

DELAY = 1.0
EVERY = 0.1
BAR = 24


class Progress:
    """``[======>        ]  120/400 files  name``."""

    def __init__(self, total: int, unit: str) -> None:
        self.total = total
        self.unit = unit
        self.done = 0
        self.started = self.last = time.monotonic()
        self.shown = False
        self.active = total > 1 and sys.stderr.isatty()

    def step(self, name: str) -> None:
        """Say that the next of them is being worked on."""
        if self.active:
            now = time.monotonic()
            if now - self.started >= DELAY and now - self.last >= EVERY:
                self.last = now
                self._draw(name)
        self.done += 1

    def _draw(self, name: str) -> None:
        from ..render.layout import printable
        from ._console import terminal_width

        filled = BAR * self.done // self.total
        bar = "=" * max(0, filled - 1) + ">" * (filled > 0)
        text = f"[{bar:<{BAR}}] {self.done}/{self.total} {self.unit}  {printable(name)}"
        sys.stdout.flush()
        sys.stderr.write("\r\x1b[K" + text[: terminal_width() - 1])
        sys.stderr.flush()
        self.shown = True

    def clear(self) -> None:
        """Take the bar away, so that other output can stand in its place."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.shown = False


class Waiting:
    """A bar with the seconds gone by, for work that can't say how far it is within a step.

    A context manager: the bar is drawn by a thread, on a terminal only and after the first second.
    """

    def __init__(self) -> None:
        self.progress = Progress(100, "%")
        self.task = ""
        self.over = threading.Event()
        self.thread: threading.Thread | None = None

    def step(self, task: str, done: float) -> None:
        """Say what begins, and what part of all is done."""
        self.task, self.progress.done = task, round(100 * done)

    def __enter__(self) -> Waiting:
        if self.progress.active:
            self.thread = threading.Thread(target=self._draw, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        if self.thread is not None:
            self.thread.join()
        self.progress.clear()

    def _draw(self) -> None:
        while not self.over.wait(DELAY if not self.progress.shown else EVERY):
            gone = time.monotonic() - self.progress.started
            self.progress._draw(f"{self.task}, {gone:.0f} s")
