"""``python -m landscape_cli.kernel FILE...``: a line each; exit 0 only if all are accepted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from . import Outcome, verify
from .numbers import Rejection

LARGEST = 256 * 2**20  # bytes of a file


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Rejection("an object has the same field twice")
    return result


def _refuse(text: str) -> object:
    raise Rejection(f"{text[:20]} is not an exact number; numbers are strings such as 3/16")


def _whole(text: str) -> int:
    if len(text) > 20:
        raise Rejection("an integer is too long")
    return int(text)


def load(text: str) -> object:
    """Parse JSON; a ``Rejection`` for floats, NaN, duplicate fields, depth and syntax."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_refuse,
            parse_constant=_refuse,
            parse_int=_whole,
        )
    except RecursionError:
        raise Rejection("the document is nested too deeply") from None
    except ValueError as error:
        raise Rejection(f"not JSON: {error}") from None


def verify_file(name: str) -> Outcome:
    """Read and re-check one file."""
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST:
            raise Rejection(f"the file is larger than {LARGEST} bytes")
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
