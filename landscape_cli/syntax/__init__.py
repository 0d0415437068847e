"""The model language: text to models and back.

Parts: ``parser`` (text to tree, with the automaton of ``tables``), ``elaborate`` (tree to
``Model``), ``mistakes`` and ``recovery`` (errors in plain words), ``writing`` (models to text).
The grammar is ``grammar/landscape.lark``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from ..model.problem import Model

__all__ = [
    "grammar_text", "parse", "parse_with_errors", "read_file", "unparse", "unparse_statements",
]  # fmt: skip

LARGEST_TEXT = 16 * 2**20


def parse_with_errors(
    text: str, *, file: str | None = None, base: Path | None = None
) -> tuple[tuple[Model, ...], tuple[Diagnostic, ...]]:
    """The models of a text that have no error, and all errors, in the order of the text.

    ``file`` is the name that errors carry; data files are looked for relative to ``base`` (by
    default the folder of ``file``, else the working folder). Never raises for a bad text.
    """
    from .elaborate import elaborate
    from .parser import parse_tree
    from .source import Source, TooManyErrors

    source = Source(text, file)
    models: list[Model] = []
    if len(text) > LARGEST_TEXT:
        source.text = ""
        source.error("E004", f"the text is longer than {LARGEST_TEXT} characters", 0, 0)
        return (), tuple(source.errors)
    try:
        if "\0" in text:
            at = text.index("\0")
            source.error("E003", "a NUL character: this is not a text", at, at + 1)
            return (), tuple(source.errors)
        models = elaborate(source, parse_tree(source), base)
    except TooManyErrors:
        models = []
    if source.errors:
        source.errors.sort(
            key=lambda error: (error.span.line, error.span.column) if error.span else (0, 0)
        )
    return tuple(models), tuple(source.errors)


def parse(text: str, *, file: str | None = None, base: Path | None = None) -> tuple[Model, ...]:
    """The models of a text; ``InputError`` with all errors of the text if there is one."""
    models, errors = parse_with_errors(text, file=file, base=base)
    if errors:
        raise InputError(errors)
    return models


def read_file(path: str | Path) -> str:
    """The text of a model file; ``InputError`` if it is unreadable, too large or not a text."""
    from .files import read_text

    return read_text(path)


def unparse(model: Model) -> str:
    """The canonical text: ``parse(unparse(model)) == (model,)``; a block if it has a name."""
    from .writing import unparse_model

    return unparse_model(model)


def unparse_statements(model: Model, separator: str = "; ") -> str:
    """The canonical statements without a block, by default on one line (as ``ask`` takes)."""
    from .writing import statements

    return separator.join(statements(model))


def grammar_text() -> str:
    """The text of ``grammar/landscape.lark``, from a package, a zip or a checkout."""
    from .grammar import grammar_text as text

    return text()
