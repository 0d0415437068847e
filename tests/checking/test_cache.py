"""The cache: what is kept, what makes it invalid, and that nothing can break it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landscape_cli.checking import cache as module
from landscape_cli.checking.cache import Cache, catalogue_hash, clean
from landscape_cli.checking.work import Task, Wanted, examine
from landscape_cli.cli import main

from .folders import FAILS, HOLDS, awkward, write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def check(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["check", *arguments])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_reports_are_the_same_with_and_without(tmp_path: Path, capsys: Capture) -> None:
    awkward(tmp_path)
    for form in ("text", "json"):
        plain = check(capsys, ".", "--format", form, "--no-cache")
        assert not (tmp_path / ".landscape_cache").exists() or form != "text"
        cold = check(capsys, ".", "--format", form)
        warm = check(capsys, ".", "--format", form)
        assert plain == cold == warm, form
    for more in (["--verbose", "--proof"], ["--require", "strict_saddle"]):
        plain = check(capsys, ".", "--no-cache", *more)
        assert plain == check(capsys, ".", *more) == check(capsys, ".", *more), more


def test_colours_and_widths_do_not_mix(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(9):
        write(tmp_path, f"{k}.landscape", FAILS)
    seen = set()
    for _ in range(2):
        for columns in ("60", "110"):
            for colour in ("always", "never"):
                monkeypatch.setenv("COLUMNS", columns)
                found = check(capsys, ".", "--color", colour)
                assert found == check(capsys, ".", "--color", colour, "--no-cache")
                seen.add(found[1])
    assert len(seen) == 4


def task(folder: Path, text: str, wanted: Wanted | None = None) -> Task:
    return Task("a.landscape", text, str(folder), "local_is_global", wanted or Wanted())


def test_what_makes_an_entry_invalid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "kept"
    text = 'net 2 -> 1 -> 2; loss squared; data X = file "x.csv"'
    (tmp_path / "x.csv").write_text("1,0\n0,1\n")
    one = task(tmp_path, text)
    first = Cache(place)
    checked = examine(one)
    first.store(one, first.keys(one), checked)

    def hit(one: Task) -> bool:
        again = Cache(place)
        return again.load(one, again.keys(one)) is not None

    assert hit(one)
    assert hit(one._replace(file="renamed.landscape"))
    assert not hit(one._replace(text=text + " "))
    assert not hit(one._replace(asked="strict_saddle"))
    assert not hit(one._replace(base=str(tmp_path / "elsewhere")))
    (tmp_path / "x.csv").write_text("1,0\n0,2\n")
    assert not hit(one), "the data file has other content"
    (tmp_path / "x.csv").unlink()
    assert not hit(one), "the data file is gone"
    (tmp_path / "x.csv").write_text("1,0\n0,1\n")
    assert hit(one)
    # A data file that is written while a file is checked: nothing is kept.
    other = one._replace(text=f"{text}\n")
    early = first.keys(other)
    (tmp_path / "x.csv").write_text("1,0\n0,5\n")
    first.store(other, early, examine(other))
    (tmp_path / "x.csv").write_text("1,0\n0,1\n")
    assert not hit(other)
    monkeypatch.setattr(module, "catalogue_hash", lambda: "0" * 64)
    assert not hit(one), "another catalogue"
    monkeypatch.undo()
    monkeypatch.setattr("landscape_cli.__version__", "9.9.9")
    assert not hit(one), "another version"


def test_the_catalogue_hash_is_of_the_content(tmp_path: Path) -> None:
    import shutil

    import landscape_cli

    package = Path(landscape_cli.__file__).parent
    copy = tmp_path / "copy" / "landscape_cli"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(package.parent / "grammar", copy.parent / "grammar")
    program = "from landscape_cli.checking.cache import catalogue_hash as h; print(h())"
    probe = [sys.executable, "-c", program]

    def printed() -> str:
        environment = {**os.environ, "PYTHONPATH": str(copy.parent)}
        return subprocess.run(
            probe, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path
        ).stdout.strip()

    assert printed() == catalogue_hash(), "the place and the dates of the files don't count"
    with (copy / "theorems" / "pyramidal.py").open("a") as file:
        file.write("# changed\n")
    assert printed() != catalogue_hash()


def test_damaged_entries_are_misses(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    one = task(tmp_path, FAILS)
    whole = Cache(place)
    keys = whole.keys(one)
    checked = examine(one)
    whole.store(one, keys, checked)
    assert whole.load(one, keys) == checked
    for key in keys:
        entry = whole.place / key[:2] / key[2:]
        raw = entry.read_bytes()
        body = raw.split(b"\n", 1)[1]
        other = module.sha256(b"[]").hexdigest().encode() + b"\n[]"
        shape = module.sha256(b"{}").hexdigest().encode() + b"\n{}"
        damages = [raw[:k] for k in range(0, len(raw), 97)] + [body, other, shape]
        damages.append(raw.replace(b"linear", b"Linear"))
        assert raw not in damages
        for damaged in damages:
            entry.write_bytes(damaged)
            assert whole.load(one, keys) is None, damaged[:80]
        entry.write_bytes(raw)
    assert whole.load(one, keys) == checked


def test_defects_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for k in range(9):
        write(tmp_path, f"{k}.landscape", HOLDS)

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("landscape_cli.api.check", broken)
        assert check(capsys, ".", "--jobs", "1")[0] == 3
    assert check(capsys, ".", "--jobs", "1")[0] == 0


def test_a_cache_that_can_not_be_written_is_one_warning(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(9):
        write(tmp_path, f"{k}.landscape", HOLDS)
    expected = check(capsys, ".", "--no-cache")
    write(tmp_path, "occupied", "a file where the folder should be")
    code, out, error = check(capsys, ".", "--cache-dir", "occupied/cache")
    assert (code, out) == expected[:2]
    assert error.count("\n") == 1
    assert error.startswith("landscape: warning: the cache in occupied/cache can't be written: ")
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "tmp" in path.parts[-2]:
            real(path, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    code, out, error = check(capsys, ".")
    assert (code, out) == expected[:2]
    assert error == (
        "landscape: warning: the cache in .landscape_cache can't be written: "
        "no space left on device\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert not list((tmp_path / ".landscape_cache" / "tmp").iterdir())
    assert check(capsys, ".") == expected


def test_few_small_files_need_no_cache(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "a.landscape", HOLDS)
    check(capsys, ".")
    assert not (tmp_path / ".landscape_cache").exists()


def test_it_is_no_file_of_the_repository_and_can_be_cleaned(
    tmp_path: Path, capsys: Capture
) -> None:
    for k in range(9):
        write(tmp_path, f"{k}.landscape", f"model m{k} {{ {HOLDS} }}")
    check(capsys, ".")
    subprocess.run(["git", "init", "-q"], check=True)
    status = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert "cache" not in status.stdout and "0.landscape" in status.stdout
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == "removed .landscape_cache (9 entries)\n"
    assert not (tmp_path / ".landscape_cache").exists()
    assert main(["clean"]) == 0
    assert main(["clean", "--cache-dir", "."]) == 2, "what is no cache is left alone"
    assert (tmp_path / "0.landscape").exists()
    write(tmp_path, "landscape.toml", 'cache-dir = "elsewhere"\n')
    check(capsys, ".")
    assert (tmp_path / "elsewhere").is_dir()
    assert clean(tmp_path / "elsewhere") == 9


def test_what_dead_processes_and_old_versions_left_goes_away(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    old = place / "0.0.1-abc"
    left = place / "tmp" / "left"
    for folder in (old, left.parent):
        folder.mkdir(parents=True)
    left.write_bytes(b"half")
    recent = place / "tmp" / "recent"
    recent.write_bytes(b"half")
    long_ago = time.time() - 40 * 86400
    for path in (old, left):
        os.utime(path, (long_ago, long_ago))
    one = task(tmp_path, HOLDS)
    kept = Cache(place)
    kept.store(one, kept.keys(one), examine(one))
    assert kept.warning is None
    assert not old.exists() and not left.exists() and recent.exists()


RUN = [sys.executable, "-m", "landscape_cli", "check", ".", "--jobs", "2"]


def many(folder: Path, count: int) -> None:
    for k in range(count):
        model = HOLDS if k % 3 else FAILS
        write(folder, f"m/{k:03}.landscape", f"model m{k} {{ {model} }}")


def test_two_runs_at_once_on_one_cache(tmp_path: Path) -> None:
    many(tmp_path, 60)
    environment = {**os.environ, "COLUMNS": "80"}
    both = [
        subprocess.Popen(RUN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        for _ in range(2)
    ]
    shown = [process.communicate(timeout=120) for process in both]
    assert shown[0] == shown[1]
    assert shown[0][1] == b"" and [process.returncode for process in both] == [1, 1]
    again = subprocess.run(RUN, capture_output=True, env=environment, timeout=120, check=False)
    assert again.stdout == shown[0][0]


SLOW = """
import sys, time, pathlib
from landscape_cli.cli import main
real = pathlib.Path.write_bytes
def slow(path, data):
    if path.parent.name != "tmp" or "m" not in sys.argv:
        return real(path, data)
    with path.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        print("writing", file=sys.stderr, flush=True)
        time.sleep(60)
pathlib.Path.write_bytes = slow
main(["check", "m", "--jobs", "1"])
"""


def test_kill_in_the_middle_of_a_write(tmp_path: Path, capsys: Capture) -> None:
    many(tmp_path, 9)
    expected = check(capsys, "m", "--no-cache")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "m"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stderr.close()
    (left,) = (tmp_path / ".landscape_cache" / "tmp").iterdir()
    assert left.stat().st_size > 0
    assert check(capsys, "m") == expected
    assert check(capsys, "m") == expected
