"""The one model that a command is about: a file, standard input, or the text itself."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from ..model.problem import Model


class Located(NamedTuple):
    """A model with the text that it was read from; ``path`` None unless it came from a file."""

    model: Model
    text: str
    path: Path | None
    siblings: tuple[Model, ...]


def names_a_file(source: str) -> bool:
    """Whether a word of the command line is the path of a file or a folder that exists."""
    if not source or len(source) > 4096 or "\n" in source or "\0" in source:
        return False
    try:
        return Path(source).exists()
    except OSError:  # longer than a file system's names
        return False


def one_model(source: str, name: str | None = None, *, pointed: bool = False) -> Located:
    """The model of a file, of ``-``, or of the text; ``name`` picks one of several.

    ``pointed``: of several models the only one that gives a point (``at``) is meant.

    Raises ``InputError`` for bad input, ``UsageError`` if the choice is not clear.
    """
    from ..syntax import parse, read_file

    path: Path | None = None
    if source == "-":
        from ._console import read_standard_input

        text = read_standard_input()
        models = parse(text, file="<stdin>")
    elif source.endswith(".landscape") or names_a_file(source):
        path = Path(source)
        text = read_file(path)
        models = parse(text, file=source, base=path.parent)
    else:
        text = source
        models = parse(text)
    if name is not None:
        chosen = [model for model in models if model.name == name]
        if not chosen:
            from ._console import nearest_name

            known = [model.name for model in models if model.name is not None]
            near = nearest_name(name, known)
            hint = f" Did you mean {near!r}?" if near else ""
            raise click.UsageError(f"No model {name!r} in {source}.{hint}")
        return Located(chosen[0], text, path, models)
    if len(models) != 1:
        given = [model for model in models if pointed and model.point is not None]
        if len(given) == 1:
            return Located(given[0], text, path, models)
        names = ", ".join(model.name or "?" for model in models) or "none"
        raise click.UsageError(f"{source} holds {len(models)} models ({names}); pick one: --model")
    return Located(models[0], text, path, models)
