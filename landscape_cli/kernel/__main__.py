"""``python -m landscape_cli.kernel FILE...``: a line each; exit 0 only if all are accepted."""

from __future__ import annotations

import sys
from pathlib import Path

from ..exact.numbers import Rejection, need
from ..exact.reading import load
from . import Outcome, verify

LARGEST = 256 * 2**20  # bytes of a file


def verify_file(name: str) -> Outcome:
    """Read and re-check one file."""
    path = Path(name)
    try:
        need(path.stat().st_size <= LARGEST, f"the file is larger than {LARGEST} bytes")
        return verify(load(path.read_text(encoding="utf-8")))
    except Rejection as rejection:
        return Outcome(False, None, str(rejection))
    except (OSError, UnicodeDecodeError) as error:
        return Outcome(False, None, f"can't be read: {type(error).__name__}")


def main(names: list[str]) -> int:
    """Print a line per file; 0 if there is at least one and all are accepted."""
    outcomes = [(name, verify_file(name)) for name in names]
    for name, outcome in outcomes:
        word = "accepted" if outcome.accepted else "rejected"
        sys.stdout.write(f"{name}: {word} [{outcome.argument or '-'}] {outcome.reason}\n")
    return 0 if outcomes and all(o.accepted for _, o in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
