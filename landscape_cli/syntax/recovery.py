"""What to do at a token that fits nowhere: report it, drop the statement, find the next one."""

from __future__ import annotations

from .mistakes import STATEMENTS, syntax_error
from .parser import DEEPEST, OUTSIDE, TABLE, Node, feed
from .source import Source


def _to_statement_list(states: list[int], values: list[Node]) -> Node | None:
    """Drop the statement begun; the first symbol of what was dropped, if anything was."""
    kept = len(states)
    while "net" not in TABLE[states[kept - 1]]:
        kept -= 1
    dropped = values[kept - 1] if len(values) >= kept else None
    del states[kept:]
    del values[kept - 1 :]
    return dropped


def _skip(text: str, position: int, depth: int, in_block: bool) -> int:
    """The offset of the end of the statement that holds ``position``."""
    while True:
        found = OUTSIDE.match(text, position)
        assert found is not None
        kind = found.lastindex
        if kind is None:
            return found.end()
        start = found.start(kind)
        if kind == 3:
            if depth <= 0 or found[3] == ";":
                return start
        elif kind == 1 and depth > 0:
            if found[1] in STATEMENTS and not text[text.rfind("\n", 0, start) + 1 : start].strip():
                return start
        elif kind == 4:
            sign = found[4]
            if sign in "([":
                depth += 1
            elif sign in ")]":
                depth -= 1
            elif sign == "}" and in_block:
                return start
        position = found.end()


def _skip_block(text: str, position: int) -> int:
    """The offset after the ``}`` of a block whose head is wrong (or after its line, or all)."""
    opened = False
    while True:
        found = OUTSIDE.match(text, position)
        assert found is not None
        kind = found.lastindex
        if kind is None:
            return found.end()
        if kind == 3 and found[3] == "\n" and not opened:
            return found.start(3)
        if kind == 4 and found[4] == "{":
            opened = True
        position = found.end()
        if kind == 4 and found[4] == "}":
            return position


def _report_open_block(source: Source, values: list[Node], word: str) -> None:
    opening = next(value for value in reversed(values) if value[:2] == ("model", "model"))
    source.error(
        "E012",
        "this block is never closed: a `}` was expected before "
        + ("the next model" if word else "the end of the text"),
        opening[2],
        opening[3],
        "put `}` after the last statement of the block",
    )


def recover(source: Source, states: list[int], values: list[Node], token: Node, depth: int) -> int:
    """Report the token and bring the automaton to the next statement; where to read on.

    Reads on after the token's start, or at a token that can be read there.
    """
    text = source.text
    key, word, start, end = token
    if depth > DEEPEST:
        source.error(
            "E015",
            f"brackets are nested more than {DEEPEST} deep here",
            start,
            end,
            "write it with fewer brackets",
        )
        _to_statement_list(states, values)
        line_end = text.find("\n", start)
        return len(text) if line_end < 0 else line_end
    pending = values[-1] if values else None
    if key == "<eof>" and not depth:
        trial_states, trial_values = list(states), list(values)
        if feed(trial_states, trial_values, "}", "}", start, start) == 1:
            states[:], values[:] = trial_states, trial_values
            _report_open_block(source, values, word)
            return start
    dropped = _to_statement_list(states, values)
    row = TABLE[states[-1]]
    in_block = "}" in row
    if dropped is None and in_block and word in ("model", ""):
        _report_open_block(source, values, word)
        if feed(states, values, "}", "}", start, start) != 1:
            raise AssertionError("a block can't be closed where its statements are listed")
        return start
    syntax_error(source, states, token, depth, dropped, pending)
    if dropped is not None and dropped[0] == "model":
        return _skip_block(text, start)
    if (
        depth
        and word in STATEMENTS
        and source.line_of(start) > source.line_of(pending[3] if pending else start)
    ):
        return start
    after = _skip(text, start, depth, in_block)
    if after == start and dropped is None and key not in row:
        return end
    return after
