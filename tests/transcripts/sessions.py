"""Console sessions in documents: found, replayed, compared, refreshed.

A session is a fenced block ``console`` (or ``console columns=60``). A line ``$ command`` is typed,
lines ``> ...`` behind it continue it, the lines after that are what the terminal shows. The
commands of a block share a shell and a folder that has the repository's ``examples/`` and the
files of ``tests/transcripts/files/``; standard error is shown where it comes.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
FILES = Path(__file__).with_name("files")
FENCE = re.compile(r"^```console(?: columns=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "----- end of a command -----"


class Session(NamedTuple):
    """One block: where it is, how wide the terminal is, the commands with what they show."""

    document: Path
    line: int
    columns: int
    steps: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The inside of the block."""
        return "".join(
            "$ " + command.replace("\n", "\n> ") + "\n" + shown for command, shown in self.steps
        )


def documents() -> list[Path]:
    """Every Markdown file of the repository that may hold sessions."""
    folders = (REPOSITORY, REPOSITORY / "docs", REPOSITORY / "examples", Path(__file__).parent)
    found = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return list(dict.fromkeys(found))


def sessions(document: Path) -> Iterator[Session]:
    """The sessions of a document; ``ValueError`` for a block that can't be replayed."""
    text = document.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        steps: list[tuple[str, str]] = []
        for row in block[2].splitlines(keepends=True):
            if row.startswith("$ "):
                steps.append((row[2:].rstrip("\n"), ""))
            elif not steps:
                raise ValueError(f"{document.name}:{line}: a session starts with `$ command`")
            elif row.startswith("> ") and not steps[-1][1]:
                steps[-1] = (steps[-1][0] + "\n" + row[2:].rstrip("\n"), "")
            else:
                steps[-1] = (steps[-1][0], steps[-1][1] + row)
        if not steps:
            raise ValueError(f"{document.name}:{line}: an empty session")
        yield Session(document, line, int(block[1] or 80), tuple(steps))


def replay(session: Session) -> Session:
    """The same commands with what they show now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "examples").symlink_to(REPOSITORY / "examples")
        for path in sorted(FILES.glob("*")):
            shutil.copy(path, folder)
        tools = folder / ".bin"
        tools.mkdir()
        command = tools / "landscape"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m landscape_cli "$@"\n')
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        script = "".join(
            f"{typed}\nstatus=$?\nprintf '%s\\n' '{MARK}'\n(exit $status)\n"
            for typed, _ in session.steps
        )
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "LANDSCAPE_DEBUG")},
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(REPOSITORY),
            "COLUMNS": str(session.columns),
            "NO_COLOR": "1",
            "LC_ALL": "C.UTF-8",
        }
        ran = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
        )  # fmt: skip
    parts = ran.stdout.split(MARK + "\n")
    if len(parts) != len(session.steps) + 1:
        raise ValueError(f"{session.document.name}:{session.line}: the shell gave up: {parts[-1]}")
    shown = (part + "\n" if part and not part.endswith("\n") else part for part in parts)
    return session._replace(
        steps=tuple(
            (typed, now) for (typed, _), now in zip(session.steps, shown, strict=False)
        )
    )  # fmt: skip


def refreshed(document: Path) -> str:
    """The document with every session replayed."""
    text = document.read_text(encoding="utf-8")
    replayed = iter([replay(session) for session in sessions(document)])

    def renew(block: re.Match[str]) -> str:
        head = block[0].partition("\n")[0]
        return f"{head}\n{next(replayed).text}```"

    return FENCE.sub(renew, text)
