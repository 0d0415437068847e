"""A model that statements amend, one after another, with undo.

A statement replaces the one that it contradicts: a ``loss`` the loss, a ``net`` the network (and
a map with its parameters), ``data X = ...`` the values of X; properties of the data and ``assume``
add up. A text is taken as a whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ..model.diagnostics import Diagnostic, InputError
from ..model.problem import Model
from ..syntax import parse_with_errors
from ..syntax.parser import INSIDE, OUTSIDE, Node, parse_tree
from ..syntax.source import Source, TooManyErrors

UNFINISHED = frozenset(("E022", "E024"))
"""The errors of a model that lacks a map or a loss: here it is only not finished yet."""

BY_NAME = frozenset(("param", "const", "declare"))
BY_ITEM = frozenset(("data", "at"))
ONLY_WITH_MAP = frozenset(("param", "const"))
MODEL_NAME = "<model>"
JUNK = 6
"""The group of the scanner for a character without meaning, such as a quote without an end."""


class Statement(NamedTuple):
    """A statement: its kind, what it replaces (``key``), and its text as typed."""

    kind: str
    key: str
    text: str


class Change(NamedTuple):
    """A statement that went (``before``), came (``after``), or was replaced (both)."""

    before: str | None
    after: str | None


class State(NamedTuple):
    """The statements of the model, in the order of its text."""

    statements: tuple[Statement, ...] = ()
    name: str | None = None

    @property
    def pending(self) -> tuple[Statement, ...]:
        """Parameters and constants that wait for a ``map`` while there is none."""
        if any(one.kind == "map" for one in self.statements):
            return ()
        return tuple(one for one in self.statements if one.kind in ONLY_WITH_MAP)

    @property
    def active(self) -> tuple[Statement, ...]:
        """The statements that are part of the model."""
        waiting = self.pending
        return tuple(one for one in self.statements if one not in waiting)

    @property
    def text(self) -> str:
        """The model, a statement a line; verdicts and errors refer to these lines."""
        return "\n".join(one.text for one in self.active)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the model still needs before it can be judged."""
        kinds = {one.kind for one in self.statements}
        need = []
        if self.pending or not kinds & {"net", "map"}:
            need.append("a map" if self.pending else "a net or a map")
        if "loss" not in kinds:
            need.append("a loss")
        return tuple(need)


class Amended(NamedTuple):
    """What a text did: the new state, its model (None while something is missing), the changes."""

    state: State
    model: Model | None
    changes: tuple[Change, ...]


def finished(text: str) -> bool:
    """Whether the text is complete: no bracket is open, and it does not end in ``;``.

    An empty last line ends a text that ends in ``;``; brackets have to be closed.
    """
    depth = position = 0
    last = ""
    while True:
        found = (INSIDE if depth > 0 else OUTSIDE).match(text, position)
        assert found is not None
        kind = found.lastindex
        if kind is None:
            break
        sign = found[kind]
        if sign != "\n":
            last = sign
        if kind == JUNK:
            return True  # the parser says what is wrong
        if kind == 4:
            depth += (sign in "([{") - (sign in ")]}")
        position = found.end()
    if depth > 0:
        return False
    return last != ";" or text.endswith("\n") or not text.strip()


def _key(node: Node, text: str) -> tuple[str, str]:
    kind, children, start, end = node
    if kind == "custom_loss":
        return "loss", "loss"
    if kind in BY_NAME:
        return kind, f"{kind} {children[0][1]}"
    if kind == "activation":
        call: Node = children[0]
        return kind, f"{kind} {call[1][0][1]}"
    if kind == "assume":
        return kind, "assume " + " ".join(text[start:end].split())
    return kind, kind


def _item_key(kind: str, item: Node) -> str:
    if item[0] == "samples":
        return f"{kind} samples"
    if item[0] == "file_point":
        return f"{kind} file"
    first = item[1][0][1]
    if item[0] == "given":
        return f"{kind} {first} ="
    return f"{kind} {first} {item[1][1][1]}"


class _Typed(NamedTuple):
    """A statement of the typed text: from where in it the text (behind ``prefix``) comes."""

    statement: Statement
    offset: int
    prefix: int


def _typed(nodes: Iterable[Node], text: str) -> list[_Typed]:
    found: list[_Typed] = []
    for node in nodes:
        kind, key = _key(node, text)
        if kind in BY_ITEM:
            for item in node[1]:
                words = f"{kind} {text[item[2] : item[3]]}"
                found.append(
                    _Typed(Statement(kind, _item_key(kind, item), words), item[2], len(kind) + 1)
                )
        else:
            found.append(_Typed(Statement(kind, key, text[node[2] : node[3]]), node[2], 0))
    return found


class Session:
    """The current model and the ones before it."""

    def __init__(self) -> None:
        self.past: list[State] = []
        self.future: list[State] = []
        self.state = State()

    @property
    def model(self) -> Model | None:
        """The current model; None while something is missing."""
        if self.state.missing:
            return None
        return _checked(self.state, (), Source("", None))[0]

    def amend(
        self,
        text: str,
        *,
        file: str | None = None,
        line: int = 1,
        base: Path | None = None,
        anew: bool = False,
    ) -> tuple[Amended, ...]:
        """Take a text of statements, or of ``model`` blocks, each of which starts anew.

        ``line``: the number of the text's first line, for errors. ``anew``: start a new model;
        its data files are named from the folder ``base``. Raises ``InputError``, and then the
        model is as before.
        """
        source = Source(text, file)
        nodes: list[Node] = []
        try:
            if "\0" in text:
                source.error("E003", "a NUL character: this is not a text", text.index("\0"),
                             text.index("\0") + 1)  # fmt: skip
            else:
                nodes = parse_tree(source)
        except TooManyErrors:
            pass
        if source.errors:
            raise InputError(_shifted(one, line) for one in source.errors)
        results: list[Amended] = []
        state = State() if anew else self.state
        bare: list[Node] = []
        for node in [*nodes, None]:
            if node is not None and node[0] != "model":
                bare.append(node)
                continue
            if bare:
                results.append(_amended(state, _typed(bare, text), source, line, base))
                state = results[-1].state
                bare = []
            if node is not None:
                head, *inner = node[1]
                name = head[1] if head[0] != "<string>" else head[1][1:-1]
                done = _amended(State((), name), _typed(inner, text), source, line, base)
                results.append(done._replace(changes=()))
                state = results[-1].state
        if base is not None:
            state = _rebased(state, base)
            if results:
                results[-1] = results[-1]._replace(state=state)
        self._go_to(state)
        return tuple(results)

    def drop(self, words: str) -> tuple[Change, ...]:
        """Take away the statements of a kind (``regularize``) or with that beginning (``data X``).

        Raises ``LookupError`` if there is none.
        """
        wanted = " ".join(words.split())
        gone = tuple(
            one for one in self.state.statements
            if one.kind == wanted or " ".join(one.text.split()).startswith(wanted)
        )  # fmt: skip
        if not gone or not wanted:
            raise LookupError(wanted)
        kept = tuple(one for one in self.state.statements if one not in gone)
        self._go_to(self.state._replace(statements=kept))
        return tuple(Change(one.text, None) for one in gone)

    def clear(self) -> None:
        """Start a new model."""
        self._go_to(State())

    def undo(self) -> tuple[Change, ...] | None:
        """Go back by one change; what that changes, None if there is nothing to undo."""
        if not self.past:
            return None
        self.future.append(self.state)
        before, self.state = self.state, self.past.pop()
        return changes(before, self.state)

    def redo(self) -> tuple[Change, ...] | None:
        """Take back an undo; None if there is none."""
        if not self.future:
            return None
        self.past.append(self.state)
        before, self.state = self.state, self.future.pop()
        return changes(before, self.state)

    def go_to(self, state: State) -> tuple[Change, ...]:
        """Take another state (``undo`` comes back); what that changes."""
        before = self.state
        self._go_to(state)
        return changes(before, state)

    def _go_to(self, state: State) -> None:
        if state != self.state:
            self.past.append(self.state)
            self.future.clear()
            self.state = state


def changes(before: State, after: State) -> tuple[Change, ...]:
    """What has to change in one state to get the other."""
    old = {one.key: one for one in before.statements}
    new = {one.key: one for one in after.statements}
    found: list[Change] = []
    gone = [one for one in before.statements if one.key not in new]
    for one in after.statements:
        if one.key not in old:
            # A net in place of a map (or the other way round) is one change, not two.
            twin = next((g for g in gone if {g.kind, one.kind} == {"net", "map"}), None)
            if twin is not None:
                gone.remove(twin)
            found.append(Change(twin.text if twin is not None else None, one.text))
        elif old[one.key].text != one.text:
            found.append(Change(old[one.key].text, one.text))
    return (*found, *(Change(one.text, None) for one in gone))


def _amended(
    state: State, typed: Sequence[_Typed], source: Source, line: int, base: Path | None
) -> Amended:
    """The state with the typed statements; ``InputError`` if that is no model."""
    statements = list(state.statements)
    fresh: dict[str, _Typed] = {}
    for one in typed:
        added = one.statement
        if added.key in fresh:
            start = one.offset
            text = f"`{added.key.rstrip(' =')}` is given twice"
            source.error("E020", text, start, start + len(added.text) - one.prefix, "remove one")
            raise InputError(_shifted(error, line) for error in source.errors)
        fresh[added.key] = one
        if added.kind in ("net", "map"):
            other = {"net": ("map", *ONLY_WITH_MAP), "map": ("net",)}[added.kind]
            statements = [s for s in statements if s.kind not in other or s.key in fresh]
        places = [k for k, s in enumerate(statements) if s.key == added.key]
        if places:
            statements[places[0]] = added
        else:
            statements.append(added)
    formula = next((s for s in statements if s.kind == "map"), None)
    if formula is not None:
        named = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", formula.text))
        statements = [
            s for s in statements
            if s.kind not in ONLY_WITH_MAP or s.key in fresh or s.key.split()[1] in named
        ]  # fmt: skip
    new = state._replace(statements=tuple(statements))
    model, errors = _checked(new, tuple(fresh.values()), source, base)
    if errors:
        raise InputError(_shifted(error, line) for error in errors)
    return Amended(new, model, changes(state, new))


def _checked(
    state: State, typed: Sequence[_Typed], source: Source, base: Path | None = None
) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """The model of the state, or its errors, at their places in what was typed."""
    text = state.text
    if not text:
        return None, ()
    models, errors = parse_with_errors(text, file=MODEL_NAME, base=base)
    if state.missing:
        errors = tuple(error for error in errors if error.code not in UNFINISHED)
    if not errors:
        found = models[0] if models and not state.missing else None
        return (replace(found, name=state.name) if found is not None else None), ()
    combined = Source(text, None)
    return None, tuple(_placed(error, state, typed, combined, source) for error in errors)


def _placed(
    error: Diagnostic, state: State, typed: Sequence[_Typed], combined: Source, source: Source
) -> Diagnostic:
    """The error where the user typed it, if it is in a typed statement."""
    if error.span is None:
        return error
    starts = [0]
    for row in combined.text.split("\n"):
        starts.append(starts[-1] + len(row) + 1)
    begin = starts[error.span.line - 1] + error.span.column - 1
    end = starts[error.span.end_line - 1] + error.span.end_column - 1
    place = 0
    for statement in state.active:
        if place <= begin <= place + len(statement.text):
            one = next((t for t in typed if t.statement == statement), None)
            if one is None:
                return error
            first = one.offset + max(0, begin - place - one.prefix)
            span = source.span(first, max(first, one.offset + end - place - one.prefix))
            return replace(
                error, file=source.file, span=span, source_line=source.line_text(span.line)
            )
        place += len(statement.text) + 1
    return error


def _shifted(error: Diagnostic, line: int) -> Diagnostic:
    """The error with its line counted from the first line of the whole input."""
    span = error.span
    if span is None or line == 1 or error.file == MODEL_NAME:
        return error
    moved = replace(span, line=span.line + line - 1, end_line=span.end_line + line - 1)
    return replace(error, span=moved)


_FILE = re.compile(r'(\bfile\s+")((?:[^"\\\n]|\\[^\n])*)(")')


def _rebased(state: State, base: Path) -> State:
    """The statements with their data files named from the working folder."""

    def there(found: re.Match[str]) -> str:
        path = Path(found[2])
        return found[0] if path.is_absolute() else f"{found[1]}{(base / path).as_posix()}{found[3]}"

    return state._replace(
        statements=tuple(
            s._replace(text=_FILE.sub(there, s.text)) if s.kind in BY_ITEM else s
            for s in state.statements
        )
    )
