"""Questions to someone at a terminal, or to a script on standard input."""

from __future__ import annotations

import sys


class Left(Exception):
    """The user leaves: the end of the input (``interrupted`` False) or Ctrl-C."""

    def __init__(self, interrupted: bool) -> None:
        self.interrupted = interrupted
        super().__init__()


def ask_line(prompt: str) -> str:
    """One line of input, stripped; raises ``Left``.

    Where standard input is no terminal, the line is written behind the prompt, so that a record of
    the session can be read.
    """
    sys.stdout.flush()
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        if interactive:
            _line_editing()
            return input(prompt).strip()
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
    except EOFError:
        line = ""
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        raise Left(interrupted=True) from None
    if not line:
        sys.stdout.write("\n")
        raise Left(interrupted=False)
    sys.stdout.write(line if line.endswith("\n") else line + "\n")
    return line.strip()


def _line_editing() -> None:
    """Arrow keys in ``input``, where the platform has them."""
    from contextlib import suppress

    with suppress(ImportError):
        import readline  # noqa: F401
