"""Write README.md: one line for every model file and notebook of this folder.

    python examples/make_index.py

A test compares README.md with what this script would write, so that the index can't go stale.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse

HERE = Path(__file__).parent
FOLDERS = {
    "papers": "Settings of published theorems, each with the neighbour that breaks it.",
    "architectures": "Models that people train, from principal components to transformer blocks.",
    "teaching": "Lessons in the order of a lecture: one word changes, and the verdict with it.",
}
INTRODUCTION = """\
# Examples

Every file states one or more training problems and, after `expect`, what is known about them.
`landscape check examples/` checks them all. Open a file, change one word, and run
`landscape check` on it again: the report names the assumption that decides.

This index is written by `python examples/make_index.py`.
"""


def comment(text: str) -> str:
    """The comment that a model file starts with, as one paragraph."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line[1:].strip())
    return " ".join(lines)


def label(model: Model) -> str:
    """What a model expects: `holds` by linear-squared."""
    expectation = model.expectation
    if expectation is None:
        return "`holds`"
    by = f" by {expectation.theorem}" if expectation.theorem is not None else ""
    return f"`{expectation.verdict}`{by}"


def index() -> str:
    """The text of README.md."""
    parts = [INTRODUCTION]
    for folder, words in FOLDERS.items():
        parts.append(f"## {folder}\n\n{words}\n")
        for path in sorted((HERE / folder).glob("*.landscape")):
            text = path.read_text(encoding="utf-8")
            models = parse(text, file=path.name, base=path.parent)
            verdicts: list[str] = []
            for shown, group in groupby(label(model) for model in models):
                count = len(list(group))
                verdicts.append(shown if count == 1 else f"{count} x {shown}")
            parts.append(
                f"- [{path.stem}]({folder}/{path.name}): {comment(text)}\n"
                f"  *Expected:* {', '.join(verdicts)}.\n"
            )
        books = sorted((HERE / folder).glob("*.ipynb"))
        if books:
            parts.append("Notebooks, with their outputs (extra `notebook`):\n")
        for path in books:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            heading = "".join(cells[0]["source"]).splitlines()[0].lstrip("# ")
            parts.append(f"- [{path.stem}]({folder}/{path.name}): {heading}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(0 if (HERE / "README.md").write_text(index(), encoding="utf-8") else 1)
