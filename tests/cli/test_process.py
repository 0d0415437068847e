"""What only a whole process shows: signals, pipes, terminals, what is imported."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

HOLDS = "net 5 -> 2 -> 4; loss squared"
HEAVY = ("sympy", "z3", "flint", "numpy", "rich", "lark", "matplotlib", "scipy")
PROBE = """
import json, sys
from landscape_cli.cli import main
code = main({arguments!r})
heavy = [name for name in {heavy!r} if name in sys.modules]
print(json.dumps([code, heavy]), file=sys.stderr)
"""


def landscape(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "landscape_cli", *arguments],
        **{"capture_output": True, "text": True, "env": environment, "timeout": 60, **options},
    )


def test_a_concrete_question_imports_nothing_heavy() -> None:
    for model in (
        "net 2 -> 2 -> 2; loss absolute",
        HOLDS,
        "net 2 -> relu(2) -> 2; loss squared",
        "net 9 -> tanh(5) -> 2; loss squared; data X full_column_rank",
    ):
        probe = PROBE.format(arguments=["ask", model], heavy=HEAVY)
        ran = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60
        )
        code, heavy = json.loads(ran.stderr.splitlines()[-1])
        assert code in (0, 1), ran.stderr
        assert heavy == [], model


def test_the_kernel_can_be_imported_without_the_rest() -> None:
    probe = (
        "import sys, landscape_cli.kernel;"
        "print([m for m in sys.modules if m.startswith('landscape_cli')"
        " and not m.startswith(('landscape_cli.kernel', 'landscape_cli.exact'))])"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "['landscape_cli']"


def test_the_module_is_the_console_script() -> None:
    ran = landscape("ask", HOLDS)
    assert ran.returncode == 0
    assert ran.stdout.startswith("HOLDS")
    script = Path(sys.executable).with_name("landscape")
    if script.exists():
        again = subprocess.run(
            [str(script), "ask", HOLDS], capture_output=True, text=True, timeout=60
        )
        assert again.stdout == ran.stdout


def test_a_closed_pipe_is_silent() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = landscape("explain", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert ran.stderr == ""
    assert ran.returncode == 141


def test_interrupt_ends_with_130_without_a_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "landscape_cli", "ask", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        # It waits for its input; give it the time to get there.
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in error


def test_output_in_an_encoding_that_lacks_a_character() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    ran = landscape("ask", 'model "caf\u00e9" { net 5 -> 2; loss squared }', env=environment)
    assert ran.returncode == 0, ran.stderr
    assert "caf\\xe9" in ran.stdout


def in_terminal(arguments: list[str], columns: int, *, module: bool = True) -> str:
    """What a process writes to a terminal of that width."""
    main, secondary = pty.openpty()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
    }
    environment["TERM"] = "xterm-256color"
    import fcntl
    import struct
    import termios

    fcntl.ioctl(main, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *(["-m", "landscape_cli"] if module else []), *arguments],
        stdin=secondary, stdout=secondary, stderr=secondary, env=environment, close_fds=True,
    )  # fmt: skip
    os.close(secondary)
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([main], [], [], 0.1)[0]:
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
    process.wait(timeout=30)
    os.close(main)
    return shown.decode()


def test_a_terminal_gets_colours_and_its_own_width() -> None:
    for columns in (60, 120):
        shown = in_terminal(["ask", "net 2 -> 2 -> 2; loss absolute"], columns)
        first = shown.splitlines()[0]
        assert "\x1b[1;31mFAILS\x1b[0m" in first
        import re

        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.splitlines()]
        assert max(map(len, lines)) <= columns
        assert any(len(line) == columns for line in lines), "something is right-aligned"


def test_no_progress_bar_where_there_is_no_terminal(tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.landscape").write_text(HOLDS)
    ran = landscape("check", str(tmp_path))
    assert ran.returncode == 0
    assert ran.stderr == ""


def test_a_long_run_on_a_terminal_shows_progress(tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"{k}.landscape").write_text(HOLDS)
    # A delay of 0 stands for a run of more than a second.
    script = (
        "import sys; from landscape_cli.cli import _progress, main;"
        "_progress.DELAY = _progress.EVERY = 0.0; sys.exit(main(sys.argv[1:]))"
    )
    shown = in_terminal(["-c", script, "check", str(tmp_path)], 80, module=False)
    assert "] 0/3 files  " in shown and "] 2/3 files  " in shown
    last = shown.rstrip().splitlines()[-1]
    assert "\x1b[1m3 models in 3 files:\x1b[0m " in last, "the bar is gone in the end"


def test_shell_completion() -> None:
    environment = {**os.environ, "COMP_WORDS": "landscape che", "COMP_CWORD": "1"}
    environment["_LANDSCAPE_COMPLETE"] = "bash_complete"
    ran = landscape(env=environment)
    assert "plain,check" in ran.stdout.splitlines()
