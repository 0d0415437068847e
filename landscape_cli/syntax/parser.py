"""Text to tree: the LALR(1) automaton of ``tables.py`` and a scanner that knows its context.

A node is ``(name, children, start, end)`` and a token ``(key, text, start, end)``, with offsets
into the text; the trees are those of Lark's own parser (a test compares them). Scanner and
automaton run in one loop because a word is a keyword only where the automaton can use it.

Linear in the length of the text, without recursion.
"""

from __future__ import annotations

import re
from typing import Any

from . import tables
from .source import Source

Node = tuple[str, Any, int, int]

DEEPEST = 100

OUTSIDE = re.compile(tables.OUTSIDE)
INSIDE = re.compile(tables.INSIDE)

Row = dict["str | int", int]
Rule = tuple[int, int, str, int, tuple[int, ...]]


def _unpack_rows(text: str) -> tuple[Row, ...]:
    """The rows of ``tables.TABLE``: key or nonterminal's number -> action."""
    names: list[str | int] = [*tables.KEYS.split(" ")]
    names += range(text.count("\n"))
    rows = []
    for line in text.splitlines():
        numbers = [*map(int, line.split())]
        rows.append(dict(zip([names[index] for index in numbers[::2]], numbers[1::2], strict=True)))
    return tuple(rows)


def _unpack_rule(line: str) -> Rule:
    symbol, size, mode, name, keep = line.split(" ")
    return int(symbol), int(size), name, int(mode), tuple(map(int, keep.split(","))) if keep else ()


TABLE = _unpack_rows(tables.TABLE)
RULES = tuple(map(_unpack_rule, tables.RULES.splitlines()))


def feed(states: list[int], values: list[Node], key: str, text: str, start: int, end: int) -> int:
    """Give a token to the automaton: 1 shifted, 0 not acceptable, 2 the whole text is read."""
    table = TABLE
    while True:
        action = table[states[-1]].get(key)
        if action is None:
            return 0
        if action >= 0:
            states.append(action)
            values.append((key, text, start, end))
            return 1
        symbol, size, name, mode, keep = RULES[~action]
        if mode == 1:
            if size == 1:
                states.pop()
            else:
                inner = values[keep[0] - size]
                values[-size:] = [(inner[0], inner[1], values[-size][2], values[-1][3])]
                del states[-size:]
        elif size == 0:
            values.append((name, [], start, start))
        else:
            parts = values[-size:]
            del values[-size:]
            del states[-size:]
            kept: list[Node] = []
            for index in keep:
                if index >= 0:
                    kept.append(parts[index])
                elif kept:
                    kept += parts[~index][1]
                else:
                    kept = parts[~index][1]
            values.append((name, kept, parts[0][2], parts[-1][3]))
        state = table[states[-1]][symbol]
        states.append(state)
        if state == tables.ACCEPT:
            return 2


def parse_tree(source: Source) -> list[Node]:
    """The models and statements of a text; what can't be read is recorded in ``source``.

    After an error the rest of the statement is skipped, to its end, to the end of its block or
    to a line that starts with a statement's keyword.
    """
    text = source.text
    table = TABLE
    states = [0]
    values: list[Node] = []
    position = depth = 0
    outside = match = OUTSIDE.match
    inside = INSIDE.match
    while True:
        found = match(text, position)
        assert found is not None
        kind = found.lastindex
        end = found.end()
        if kind == 1:
            word = found[1]
            start = end - len(word)
            row = table[states[-1]]
            if word in row:
                key = word
            elif "<dashed>" in row:
                dashed = re.compile(tables.DASHED).match(text, start)
                assert dashed is not None
                word, end, key = dashed[0], dashed.end(), "<dashed>"
            else:
                key = "<name>"
        elif kind == 4:
            word = key = found[4]
            start = end - len(word)
            if word in "([":
                depth += 1
                match = inside
            elif word in ")]" and depth:
                depth -= 1
                if not depth:
                    match = outside
        elif kind is None:
            word, key, start = "", "<eof>", end
        else:
            word = found[kind]
            start = end - len(word)
            key = _KEYS[kind]
        if depth <= DEEPEST:
            done = feed(states, values, key, word, start, end)
            if done == 1:
                position = end
                continue
            if done == 2:
                children: list[Node] = values[-1][1]
                return children
        from .recovery import recover

        position = recover(source, states, values, (key, word, start, end), depth)
        depth = 0
        match = outside


_KEYS = ("", "", "<number>", "<end>", "", "<string>", "<junk>")
