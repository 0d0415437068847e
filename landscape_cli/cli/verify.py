"""``landscape verify``: re-check certificates with the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from ._options import format_option

LARGEST_FILE = 256 * 2**20


class Checked(NamedTuple):
    """What was said of one file; ``unreadable``: it is no JSON document at all."""

    file: str
    accepted: bool
    argument: str | None
    reason: str
    unreadable: bool = False


@click.command(
    "verify",
    short_help="Re-check certificates with the kernel.",
    epilog="""\b
Examples:
  landscape verify instance.json
  landscape verify certificates/*.json --json
  landscape counterexample 'net 2 -> 1 -> 2; loss huber(1)' --format json | landscape verify -

The kernel alone, without the rest of the package: python -m landscape_cli.kernel FILE...

Exit codes: 0 all are accepted, 1 one is not, 2 a file can't be read.
""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@format_option()
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(files: tuple[str, ...], form: str, as_json: bool) -> int:
    """Re-check the certificates FILE... (- is standard input): both values, the argument, and
    that the second value is strictly below the first.

    Exact arithmetic by the kernel; certificates of kind interval-newton and split-unit are
    checked in ball arithmetic by the interval checker (python-flint).
    """
    from ._progress import Progress

    progress = Progress(len(files), "files")
    found = []
    for file in files:
        progress.step(file)
        found.append(check_file(file))
    progress.clear()
    if as_json or form == "json":
        from ._console import write_json

        write_json([
            {"file": c.file, "accepted": c.accepted, "argument": c.argument, "reason": c.reason}
            for c in found
        ])  # fmt: skip
    else:
        from ._console import new_page, write

        page = new_page()
        for checked in found:
            word = ("good", "accepted") if checked.accepted else ("bad", "rejected")
            page.unwrapped(("", f"{checked.file}: "), word, ("", _why(checked)))
        write(page)
    if any(checked.unreadable for checked in found):
        return 2
    return 0 if all(checked.accepted for checked in found) else 1


def _why(checked: Checked) -> str:
    if not checked.accepted:
        kind = f" ({checked.argument})" if checked.argument else ""
        return f"{kind}: {checked.reason}"
    by = (
        "interval checker, ball arithmetic"
        if checked.argument in ("interval-newton", "split-unit")
        else "kernel, exact arithmetic"
    )
    claim = checked.reason.partition(": ")[2] or checked.reason
    return f" ({checked.argument}; {by}): {claim}"


def check_file(file: str) -> Checked:
    """What the kernel (or the interval checker) says of one file; never raises for bad input."""
    import json

    try:
        if file == "-":
            from ._console import read_standard_input

            text = read_standard_input()
        else:
            path = Path(file)
            if path.stat().st_size > LARGEST_FILE:
                return Checked(file, False, None, "the file is larger than 256 MB", True)
            text = path.read_text(encoding="utf-8")
        document: Any = json.loads(text, parse_constant=_no_constant)
    except OSError as error:
        from ..model.diagnostics import os_reason

        return Checked(file, False, None, f"can't be read: {os_reason(error)}", True)
    except (ValueError, RecursionError) as error:
        # A decoding error, a JSON error, a number too long to convert, too deep a nesting.
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        return Checked(file, False, None, f"not a JSON document: {reason[:200]}", True)
    from ..api import verify

    outcome = verify(document)
    return Checked(file, outcome.accepted, outcome.argument, outcome.reason)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
