"""What only whole processes of ``landscape check`` show: signals, pipes, full disks, a watch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from landscape_cli.cli import main
from landscape_cli.render.formats import FORMATS

from ..checking.folders import FAILS, HOLDS, write
from .test_process import PROBE, in_terminal

CHECK = [sys.executable, "-m", "landscape_cli", "check"]
SLOW = """
import os, sys, time
import landscape_cli.api
real = landscape_cli.api.check
def slow(text, **options):
    if "crash" in text:
        os.abort()
    if "slow" in text:
        os.write(2, b"started\\n")  # in one piece, also from two workers
        time.sleep(60)
    return real(text, **options)
landscape_cli.api.check = slow
from landscape_cli.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_one_file_imports_nothing_heavy(tmp_path: Path) -> None:
    path = write(tmp_path, "a.landscape", HOLDS)
    heavy = ("rich", "pathspec", "multiprocessing", "tomllib", "hashlib", "subprocess", "tempfile",
             "sympy", "z3", "flint", "numpy", "lark", "xml")  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=["check", str(path)], heavy=heavy)],
        capture_output=True, text=True, timeout=60, cwd=tmp_path, check=True,
    )  # fmt: skip
    assert ran.stderr.splitlines()[-1] == "[0, []]"


def test_a_worker_that_crashes_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    for k in range(6):
        write(tmp_path, f"{k}.landscape", f"{HOLDS} # {'crash' if k == 2 else ''}")
    ran = subprocess.run(
        [sys.executable, "-c", SLOW, "check", ".", "--jobs", "2"],
        capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert ran.returncode == 3
    assert ran.stdout.count("ok  ") == 5
    assert "5 models in 6 files: 5 as expected, 1 internal error" in ran.stdout
    assert (
        "internal error: 2.landscape: the process that checked this file was ended by SIGABRT"
        in (ran.stderr)
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_ends_with_130_and_leaves_nothing(jobs: str, tmp_path: Path) -> None:
    for k in range(4):
        write(tmp_path, f"{k}.landscape", f"{HOLDS} # slow")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "check", ".", "--jobs", jobs, "--output", "json=out.json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == "started\n"
    # As a terminal does: to the whole group.
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert not list(tmp_path.glob("*json*")) and not list(tmp_path.glob(".*tmp"))
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # no worker is left


def test_a_closed_pipe_is_silent(tmp_path: Path) -> None:
    for k in range(3):
        write(
            tmp_path, f"{k}.landscape", "".join(f"model m{j} {{ {HOLDS} }}\n" for j in range(400))
        )
    for jobs in ("1", "2"):
        ran = subprocess.run(
            ["bash", "-c", f'"$0" -m landscape_cli check . --jobs {jobs} | head -n 1;'
             ' echo "${PIPESTATUS[0]}"', sys.executable],
            capture_output=True, text=True, timeout=60, cwd=tmp_path, check=True,
        )  # fmt: skip
        assert ran.stdout.splitlines()[0].startswith("ok      0.landscape:1 m0")
        assert ran.stdout.splitlines()[1] == "141"
        assert ran.stderr == ""


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    write(tmp_path, "a.landscape", FAILS)
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*CHECK, "a.landscape"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
            cwd=tmp_path, check=False,
        )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr == "Error: can't write standard output: no space left on device\n"


def test_outputs_that_can_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "a.landscape", HOLDS)
    (tmp_path / "folder").mkdir()
    for place in ("folder", "a.landscape/x", "/dev/full"):
        assert main(["check", "a.landscape", "--output", f"json={place}"]) == 2, place
        assert f"can't write {place}: " in capsys.readouterr().err
    for wrong in ("json", "=x", "jsom=x", "json="):
        assert main(["check", "a.landscape", "--output", wrong]) == 2
        assert "error[E142]: --output has to be " in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.landscape", "folder"]
    # A link stays a link; the folder is made.
    (tmp_path / "link").symlink_to("target")
    assert main(["check", "a.landscape", "--output", "json=link", "--output", "sarif=o/p/q"]) == 0
    assert (tmp_path / "link").is_symlink() and (tmp_path / "o" / "p" / "q").is_file()


def test_a_file_of_three_thousand_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "".join(f"model m{k} {{ {HOLDS} }}\n" for k in range(3000))
    write(tmp_path, "many.landscape", text)
    for _ in range(2):  # the second time from the cache
        assert main(["check", "many.landscape"]) == 0
        shown = capsys.readouterr().out
        assert shown.endswith("3,000 models in 1 file: 3,000 as expected\n")
        assert "ok      many.landscape:3000 m2999: holds" in shown
    assert (tmp_path / ".landscape_cache").is_dir()


MEMORY = """
import resource, sys
from landscape_cli.cli import main
main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_ten_thousand_files_take_the_memory_of_their_names(tmp_path: Path) -> None:
    """The same text many times: after the first file everything comes from the cache."""
    write(tmp_path, "first.landscape", HOLDS)
    for k in range(100):
        folder = tmp_path / "m" / f"{k:02}"
        folder.mkdir(parents=True)
        for j in range(100):
            os.link(tmp_path / "first.landscape", folder / f"{j:02}.landscape")
    peaks = []
    for pattern, count in (("m/0*", "1,000"), ("m", "10,000")):
        names = [str(path.relative_to(tmp_path)) for path in tmp_path.glob(pattern)]
        ran = subprocess.run(
            [sys.executable, "-c", MEMORY, "check", *sorted(names), "--jobs", "1"],
            capture_output=True, text=True, timeout=300, cwd=tmp_path, check=True,
        )  # fmt: skip
        assert ran.stdout.endswith(f"{count} models in {count} files: {count} as expected\n")
        peaks.append(int(ran.stderr.split()[-1]))
    # A list of ten thousand names is a megabyte or two.
    assert peaks[1] < peaks[0] + 10_000, peaks


def test_watch_checks_again_when_a_file_changes(tmp_path: Path) -> None:
    path = write(tmp_path, "a.landscape", f"model one {{ {HOLDS} }}")
    environment = {**os.environ, "COLUMNS": "80", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*CHECK, ".", "--watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ok      a.landscape:1 one: holds by linear-squared\n"
        assert process.stdout.readline() == "1 model in 1 file: 1 as expected\n"
        path.write_text(f"model two {{ {FAILS} }}")
        assert process.stdout.readline().startswith("NOT MET a.landscape:1 two: expected holds")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in error


def test_watch_on_a_terminal_uses_the_whole_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, "a.landscape", f"model one {{ {HOLDS} }}")
    # The clock ends the session once the first report is there.
    script = (
        "import sys; from landscape_cli.cli import _watch, main\n"
        "def stop(request, before): raise KeyboardInterrupt\n"
        "_watch._next_state = stop\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    shown = in_terminal(["-c", script, "check", str(path), "--watch"], 80, module=False)
    assert "\x1b[?1049h" in shown and "\x1b[?1049l" in shown, "a screen of its own, and back"
    assert "check --watch (Ctrl-C ends)" in shown and "checking ..." in shown
    assert "holds by linear-squared" in shown and "1 model in 1 file" in shown


def test_the_watch_knows_what_bears_on_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landscape_cli.cli import _watch
    from landscape_cli.cli._checks import Request

    monkeypatch.chdir(tmp_path)
    write(tmp_path, "a.landscape", f'{HOLDS}; data X = file "x.csv"')
    write(tmp_path, "landscape.toml", "baseline = 'known.json'\n")
    state = _watch._state(Request((".",), {}))
    assert {Path(name).name for name, _ in state.items()} == {
        "a.landscape", "x.csv", "landscape.toml", "known.json",
    }  # fmt: skip
    write(tmp_path, "landscape.toml", "basline = 1\n")
    assert any(name.endswith("landscape.toml") for name in _watch._state(Request((".",), {})))
    long = "\n".join(["ok      a"] * 30 + ["NOT MET b"] * 30 + ["60 models"])
    fitted = _watch._fit(long, 20, 80).split("\n")
    assert len(fitted) == 20 and fitted[-1] == "60 models" and "ok" not in "".join(fitted)
    wide = _watch._fit("\n".join(["NOT MET " + "b" * 100] * 9 + ["9 models"]), 9, 80).split("\n")
    assert len(wide) == 5 and wide[-1] == "9 models", "a long line takes two rows"


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A file name that is not UTF-8 is shown escaped, in every format."""
    name = os.fsdecode(b"caf\xe9.landscape")
    (tmp_path / name).write_text(FAILS)
    outputs = [f"--output={form}=out/{form}" for form in FORMATS]
    ran = subprocess.run(
        [*CHECK, ".", *outputs], capture_output=True, text=True, timeout=60, cwd=tmp_path,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    for form in FORMATS:
        assert "caf" in (tmp_path / "out" / form).read_text(encoding="utf-8"), form
    assert '"uri": "caf%E9.landscape"' in (tmp_path / "out" / "sarif").read_text()
