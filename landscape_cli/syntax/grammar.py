"""Where the grammar's text is found: in an installed package, in a zip, in a checkout."""

from __future__ import annotations

GRAMMAR = "landscape.lark"
MISTAKES = "mistakes.toml"


def grammar_text(name: str = GRAMMAR) -> str:
    """The text of a file of ``grammar/``; ``FileNotFoundError`` if the installation lacks it.

    A wheel (and a zip of it) carries the folder inside the package; an editable install and a
    checkout have it beside the package.
    """
    from importlib.resources import files
    from pathlib import Path

    packaged = files("landscape_cli") / "grammar" / name
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "grammar" / name).read_text(encoding="utf-8")
