"""Which names of the catalogue fit behind a beginning of a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..engine.discovery import deciding_theorems, families
from ..model.problem import VERDICTS
from ..syntax.mistakes import STATEMENTS
from ..syntax.names import (
    ACTIVATIONS,
    BIAS_FORMS,
    DATA_PROPERTIES,
    DECLARED,
    LOSS_CLASS_WORDS,
    LOSSES,
    OPTIONS,
)

COMMANDS: dict[str, str] = {
    "show": "the model with line numbers",
    "verdict": "the whole verdict, as landscape ask prints it",
    "proof": "the verdict with its proof tree",
    "explain": "NAME: a theorem, assumption, loss, activation, error code",
    "why-not": "THEOREM: assumption by assumption, why it does not apply",
    "counterexample": "an exact instance with a non-global local minimum",
    "repair": "the smallest changes after which it holds; :repair 1 makes the first",
    "solve": "symbolic widths: for which of them it holds",
    "point": "the exact analysis of the point given by `at`",
    "plot": "a picture (its options as for landscape plot)",
    "drop": "STATEMENT: take it away, such as :drop regularize, :drop data X",
    "undo": "take back the last change",
    "redo": "take back the last :undo",
    "new": "start a new model",
    "open": "FILE [MODEL]: read a model from a file",
    "save": "FILE: write the model to a file",
    "help": "this list",
    "quit": "leave (so does Ctrl-D)",
}


class Completion(NamedTuple):
    """What may stand at the cursor: ``word`` replaces the last ``length`` characters."""

    word: str
    length: int
    note: str = ""


def completions(before: str, explainable: tuple[str, ...] = ()) -> tuple[Completion, ...]:
    """The completions of the text before the cursor, best first.

    ``explainable``: the names that ``:explain`` knows.
    """
    row = before.rsplit("\n", 1)[-1]
    if row.lstrip().startswith(":"):
        return _command(row.lstrip()[1:], explainable)
    statement = re.split(r"[;{]", row)[-1].lstrip()
    found = re.search(r"[A-Za-z_][A-Za-z0-9_-]*$", statement)
    word = found[0] if found else ""
    head = statement[: len(statement) - len(word)].strip()
    return tuple(Completion(name, len(word)) for name in _names(head) if name.startswith(word))


def _command(text: str, explainable: tuple[str, ...]) -> tuple[Completion, ...]:
    name, space, rest = text.partition(" ")
    if not space:
        return tuple(
            Completion(one, len(name), note) for one, note in COMMANDS.items()
            if one.startswith(name)
        )  # fmt: skip
    rest = rest.lstrip()
    options: tuple[str, ...] = ()
    if name == "explain":
        options = explainable
    elif name == "why-not":
        options = tuple(theorem.id for theorem in deciding_theorems())
    elif name == "drop":
        options = STATEMENTS[1:]
    return tuple(Completion(one, len(rest)) for one in options if one.startswith(rest))


def _names(head: str) -> tuple[str, ...]:
    """The words that may come behind the beginning of a statement."""
    words = head.split()
    if not words:
        return STATEMENTS
    kind = words[0]
    last = words[-1]
    if kind == "net":
        if last == "->":
            return tuple(ACTIVATIONS)
        return OPTIONS if last.endswith(",") or last == "," else ()
    if kind == "map":
        return ("X", *ACTIVATIONS) if last in ("*", "+", "(", "map") else ()
    if kind == "loss":
        if last == "loss":
            return (*LOSSES, *LOSS_CLASS_WORDS)
        return LOSS_CLASS_WORDS if last in LOSS_CLASS_WORDS else ()
    if kind == "data":
        if last in ("data", ",") or last.endswith(","):
            return ("X", "Y", "samples", "weights", "coefficients")
        return DATA_PROPERTIES.get(last, ())
    if kind == "expect":
        if last == "by":
            return (*(t.id for t in deciding_theorems()), *(f.id for f in families()))
        return VERDICTS if last == "expect" else ("by",)
    if kind == "declare":
        return DECLARED if len(words) > 1 else ()
    simple: dict[str, tuple[str, ...]] = {
        "bias": BIAS_FORMS,
        "regularize": ("l2", "l1"),
        "require": ("local_is_global", "strict_saddle"),
        "subject_to": ("affine", "convex"),
        "assume": ("rank", "min", "max", "and", "or", "not"),
        "allow": VERDICTS,
    }
    if kind == "assume":
        return simple[kind]
    return simple.get(kind, ()) if len(words) == 1 else ()
