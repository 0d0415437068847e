"""The sessions of README and tutorials show exactly what the program shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .sessions import ANY_FENCE, FILES, REPOSITORY, Session, documents, replay, sessions

ALL = [session for document in documents() for session in sessions(document)]


def name(session: Session) -> str:
    return f"{session.document.relative_to(REPOSITORY)}:{session.line}"


@pytest.mark.parametrize("session", ALL, ids=name)
def test_session(session: Session) -> None:
    """If this fails for a good reason: ``python -m tests.transcripts.refresh``."""
    assert replay(session).text == session.text


def test_there_are_sessions_in_the_readme() -> None:
    count = sum(session.document == REPOSITORY / "README.md" for session in ALL)
    assert count >= 6


def test_commands_are_shown_in_sessions_only() -> None:
    """A block that looks like a session but is not replayed is an orphan."""
    for document in documents():
        for block in ANY_FENCE.finditer(document.read_text(encoding="utf-8")):
            if not block[1].startswith("console"):
                assert not re.search(r"^\$ ", block[2], re.MULTILINE), (document.name, block[2])
            else:
                assert re.fullmatch(r"console( columns=\d+)?", block[1]), (document.name, block[1])


def test_no_orphans() -> None:
    """Every file of ``files/`` and every document of this folder takes part in a session."""
    typed = "\n".join(command for session in ALL for command, _ in session.steps)
    for path in sorted(FILES.glob("*")):
        assert path.name in typed, f"{path.name} is in no session"
    here = Path(__file__).parent
    with_sessions = {session.document for session in ALL}
    for document in here.glob("*.md"):
        assert document in with_sessions, f"{document.name} has no session"


def test_lines_fit_the_terminal() -> None:
    for session in ALL:
        for command, shown in session.steps:
            if command.startswith("landscape check") or "json" in command:
                continue  # one line for each model, however long
            for line in shown.splitlines():
                assert len(line) <= session.columns, (name(session), line)


def test_a_stale_session_is_noticed() -> None:
    stale = Session(REPOSITORY / "README.md", 1, 80, (("echo one", "two\n"),))
    assert replay(stale).text == "$ echo one\none\n"
    failing = Session(REPOSITORY / "README.md", 1, 80, (("false", ""), ("echo $?", "")))
    assert replay(failing).text == "$ false\n$ echo $?\n1\n"
