"""Worker processes: results in the order of the tasks, whoever is first; a death is a result.

Tasks travel in batches, each answered at once. Where a worker dies over a batch, its tasks are
given out again one by one; the one over which a worker dies alone is reported.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..findings import CheckedFile
from .work import Task, examine

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

WINDOW = 512
"""So many files are read ahead of the one that is written next: memory stays flat."""

BATCH = 32
BATCH_SIZE = 2**16
"""At most so many tasks, or characters, in one batch."""


class _Slot:
    """A place in the order: a task, and its result once there is one.

    ``alone``: a worker has died over a batch with this task.
    """

    __slots__ = ("alone", "result", "task", "token")

    def __init__(self, task: Task | None, token: Any, result: CheckedFile | None) -> None:
        self.task = task
        self.token = token
        self.result = result
        self.alone = False


class _Worker:
    """A process with its pipe and the tasks that it has not answered yet."""

    def __init__(self, context: BaseContext, others: list[_Worker]) -> None:
        ours, theirs = context.Pipe()
        self.connection: Connection = ours
        # A copy of our end in a sibling would keep the sibling's pipe open after we are gone.
        forked = context.get_start_method() == "fork"
        inherited = [ours, *(one.connection for one in others)] if forked else []
        process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, inherited), daemon=True
        )
        process.start()
        theirs.close()
        self.process = process
        self.slots: list[_Slot] = []

    def end(self) -> None:
        """Stop it, whatever it does."""
        self.connection.close()
        self.process.terminate()
        self.process.join()


def _hire(context: BaseContext, workers: list[_Worker]) -> None:
    """Start a worker; Ctrl-C waits until it stands in the list and looks after itself."""
    if not hasattr(signal, "pthread_sigmask"):
        workers.append(_Worker(context, workers))
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        workers.append(_Worker(context, workers))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, inherited: list[Connection]) -> None:
    """The life of a worker: batches of tasks in, results out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for one in inherited:
        one.close()
    try:
        while True:
            connection.send([examine(task) for task in connection.recv()])
    except (EOFError, OSError):
        return


def in_processes(
    items: Iterator[tuple[Task | None, Any, CheckedFile | None]],
    jobs: int,
    done: Callable[[Task, Any, CheckedFile], None],
) -> Iterator[CheckedFile]:
    """The results in the order of ``items``: each a task, or a result that is already known.

    ``done`` is called with a task, what stands beside it, and its result, as soon as it is known.
    """
    workers: list[_Worker] = []
    try:
        yield from _parallel(items, jobs, done, workers)
    finally:
        for worker in workers:
            worker.end()


def _parallel(
    items: Iterator[tuple[Task | None, Any, CheckedFile | None]],
    jobs: int,
    done: Callable[[Task, Any, CheckedFile], None],
    workers: list[_Worker],
) -> Iterator[CheckedFile]:
    from multiprocessing.connection import wait

    pending: deque[_Slot] = deque()
    waiting: deque[_Slot] = deque()
    context: BaseContext | None = None
    more = True
    while True:
        while more and len(pending) < WINDOW:
            item = next(items, None)
            if item is None:
                more = False
                break
            slot = _Slot(*item)
            pending.append(slot)
            if slot.result is None:
                waiting.append(slot)
        while pending and pending[0].result is not None:
            yield pending.popleft().result  # type: ignore[misc]
        if more and len(pending) < WINDOW:
            continue
        if not pending:
            return
        if context is None:
            context = _context()
        while waiting and len(workers) < jobs and len(workers) < len(waiting):
            _hire(context, workers)
        for worker in workers:
            if waiting and not worker.slots:
                _send(worker, waiting, len(workers))
        busy = [worker for worker in workers if worker.slots]
        if not busy and waiting:
            _hire(context, workers)
            continue
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in ready:
                _receive(worker, workers, waiting, done)


def _context() -> BaseContext:
    """How processes are started; with fork, the catalogue is loaded once, before."""
    import multiprocessing

    if "fork" not in multiprocessing.get_all_start_methods() or os.name != "posix":
        return multiprocessing.get_context()
    from ..engine.discovery import deciding_theorems, families

    deciding_theorems()
    families()
    return multiprocessing.get_context("fork")


def _send(worker: _Worker, waiting: deque[_Slot], workers: int) -> None:
    """Give a worker that waits for it a batch of tasks; small, so that all have work."""
    most = min(BATCH, max(1, len(waiting) // (2 * workers)))
    size = 0
    while waiting and len(worker.slots) < most and size < BATCH_SIZE:
        if waiting[0].alone and worker.slots:
            break
        slot = waiting.popleft()
        assert slot.task is not None
        worker.slots.append(slot)
        size += len(slot.task.text)
        if slot.alone:
            break
    with suppress(OSError):  # it is dead: that is noticed when its answer is awaited
        worker.connection.send([slot.task for slot in worker.slots])


def _receive(
    worker: _Worker,
    workers: list[_Worker],
    waiting: deque[_Slot],
    done: Callable[[Task, Any, CheckedFile], None],
) -> None:
    try:
        results = worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join()
        results = None
        workers.remove(worker)
        worker.connection.close()
    slots, worker.slots = worker.slots, []
    if results is None and len(slots) > 1:
        for slot in slots:
            slot.alone = True
        waiting.extendleft(reversed(slots))
        return
    for k, slot in enumerate(slots):
        task = slot.task
        assert task is not None
        if results is None:
            slot.result = CheckedFile(task.file, failure=_death(worker.process.exitcode))
        else:
            slot.result = results[k]
            done(task, slot.token, results[k])
        slot.task = None


def _death(code: int | None) -> str:
    """Why a process ended that should not have."""
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"the process that checked this file was ended by {name}"
    return f"the process that checked this file ended with exit code {code}"
