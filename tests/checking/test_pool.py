"""Processes: the order of the report, workers that die, memory that stays flat."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_cli.checking import pool
from landscape_cli.checking.run import jobs_for
from landscape_cli.checking.work import Task, Wanted
from landscape_cli.cli import main
from landscape_cli.findings import CheckedFile

from .folders import FAILS, HOLDS, awkward, write


def tasks(count: int) -> list[Task]:
    return [Task(f"{k}.landscape", str(k), ".", "local_is_global", Wanted()) for k in range(count)]


def run(
    monkeypatch: pytest.MonkeyPatch, count: int, examine: Any, jobs: int = 2
) -> tuple[list[CheckedFile], list[str]]:
    """The results of tasks that ``examine`` answers, and the files in the order they are done."""
    monkeypatch.setattr(pool, "examine", examine)
    done: list[str] = []
    items: Iterator[Any] = iter([(one, None, None) for one in tasks(count)])
    found = list(pool.in_processes(items, jobs, lambda task, _, __: done.append(task.file)))
    return found, done


def test_results_come_in_order_whoever_is_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def examine(task: Task) -> CheckedFile:
        time.sleep(0.2 if task.text == "0" else 0.0)
        return CheckedFile(task.file)

    found, done = run(monkeypatch, 100, examine)
    assert [one.file for one in found] == [f"{k}.landscape" for k in range(100)]
    assert sorted(done) == sorted(one.file for one in found)


@pytest.mark.parametrize("dying", [{0}, {7, 8, 30}, set(range(40))])
def test_the_file_over_which_a_worker_dies_is_named(
    dying: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def examine(task: Task) -> CheckedFile:
        if int(task.text) in dying:
            os.kill(os.getpid(), signal.SIGKILL)
        return CheckedFile(task.file)

    found, done = run(monkeypatch, 40, examine)
    assert [one.file for one in found] == [f"{k}.landscape" for k in range(40)]
    assert {k for k, one in enumerate(found) if one.failure} == dying
    for k in dying:
        assert found[k].failure == "the process that checked this file was ended by SIGKILL"
    assert len(done) == len(set(done)) == 40 - len(dying)


def test_exit_codes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = run(monkeypatch, 2, lambda task: os._exit(9))
    assert {one.failure for one in found} == {
        "the process that checked this file ended with exit code 9"
    }


def test_only_so_many_files_are_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WINDOW", 10)
    monkeypatch.setattr(pool, "examine", lambda task: CheckedFile(task.file))
    read = 0

    def items() -> Iterator[Any]:
        nonlocal read
        for one in tasks(60):
            read += 1
            yield one, None, None

    for k, _ in enumerate(pool.in_processes(items(), 2, lambda *_: None)):
        assert read <= k + 1 + 10


def test_results_that_are_known_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_Worker", None)
    known = [(None, None, CheckedFile(f"{k}")) for k in range(1000)]
    found = list(pool.in_processes(iter(known), 2, lambda *_: None))
    assert found == [one[2] for one in known]


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    import multiprocessing

    def examine(task: Task) -> CheckedFile:
        time.sleep(0.05)
        return CheckedFile(task.file)

    monkeypatch.setattr(pool, "examine", examine)
    items: Iterator[Any] = iter([(one, None, None) for one in tasks(200)])
    results = pool.in_processes(items, 2, lambda *_: None)
    next(results)
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_reports_do_not_depend_on_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    awkward(tmp_path)
    monkeypatch.chdir(tmp_path)
    for form in ("text", "json"):
        seen = set()
        for jobs in ("1", "2", "3"):
            main(["check", ".", "--no-cache", "--format", form, "--jobs", jobs])
            caught = capsys.readouterr()
            seen.add((caught.out, caught.err))
        assert len(seen) == 1, form


def test_processes_are_used_where_they_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    few = [write(tmp_path, f"{k}.landscape", HOLDS) for k in range(10)]
    assert jobs_for(few, None) == 1
    assert jobs_for(few, 3) == 3
    assert jobs_for(few[:1], 3) == 1
    assert jobs_for(few * 12, None) == 2
    assert jobs_for(few * 100, None) == 4
    large = [write(tmp_path, f"l{k}.landscape", FAILS + " # " + "x" * 2**17) for k in range(3)]
    assert jobs_for(large, None) == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert jobs_for(few * 100, None) == 1
