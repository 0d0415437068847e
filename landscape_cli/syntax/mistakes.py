"""Plain words for a token that fits nowhere: what was expected, what was found, a near name.

Only loaded when there is an error to explain. ``grammar/mistakes.toml`` holds malformed snippets
with a message of their own. As in Lark's ``match_examples``, a snippet stands for the state of
the automaton in which it fails; here that state is found when the tables are generated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .parser import Node
    from .source import Source

STATEMENTS = (
    "model", "net", "param", "const", "map", "bias", "loss", "activation", "declare",
    "subject_to", "regularize", "data", "assume", "at", "require", "expect", "allow",
)  # fmt: skip

_CLASS_WORDS = {
    "<name>": "a name",
    "<number>": "a number",
    "<string>": 'a text in quotes ("...")',
    "<dashed>": "a name",
}
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_ARITHMETIC = frozenset("+-*/^")

Row = Mapping["str | int", int]


def nearest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate most like the word, if one is like it at all."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = get_close_matches(word[:60].lower(), list(by_lower), 1, 0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, candidates: Sequence[str]) -> str | None:
    """``did you mean ...?`` with the nearest candidate, or ``None``."""
    near = nearest(word, candidates)
    return f"did you mean `{near}`?" if near else None


def _step(
    stack: list[int], key: str, rows: Sequence[Row], rules: Sequence[tuple[Any, ...]]
) -> bool:
    """Give a token to the automaton without values; whether it is shifted (or ends the text)."""
    while True:
        row = rows[stack[-1]]
        action = row.get(key)
        if action is None:
            return False
        if action >= 0:
            stack.append(action)
            return True
        symbol, size = rules[~action][:2]
        if size:
            del stack[-size:]
        after = rows[stack[-1]].get(symbol)
        if after is None:
            return False
        stack.append(after)
        if key == "<eof>" and not rows[after]:
            return True


def _tokens(
    text: str,
    position: int,
    stack: list[int],
    rows: Sequence[Row],
    outside: re.Pattern[str],
    inside: re.Pattern[str],
    dashed: re.Pattern[str],
) -> Iterator[tuple[str, str, int, int]]:
    """The tokens from ``position`` on, as the states that ``stack`` goes through see them."""
    depth = 0
    keys = ("", "", "<number>", "<end>", "", "<string>", "<junk>")
    while True:
        found = (inside if depth else outside).match(text, position)
        assert found is not None
        kind = found.lastindex
        if kind is None:
            yield "<eof>", "", found.end(), found.end()
            return
        word, start, position = found[kind], found.start(kind), found.end()
        key = keys[kind] or word
        if kind == 1 and word not in rows[stack[-1]]:
            key = "<name>"
            if "<dashed>" in rows[stack[-1]]:
                long = dashed.match(text, start)
                assert long is not None
                key, word, position = "<dashed>", long[0], long.end()
        elif kind == 4:
            depth += (word in "([") - (word in ")]" and depth > 0)
        yield key, word, start, position


def _failing(
    text: str,
    position: int,
    stack: list[int],
    rows: Sequence[Row],
    rules: Sequence[tuple[Any, ...]],
    lexer: Mapping[str, str],
) -> tuple[list[int], tuple[str, str, int, int]] | None:
    """The first token that can't be read, with the stack before it; ``None`` if all can."""
    patterns = (re.compile(lexer[name]) for name in ("OUTSIDE", "INSIDE", "DASHED"))
    stack = list(stack)
    for token in _tokens(text, position, stack, rows, *patterns):
        before = list(stack)
        if not _step(stack, token[0], rows, rules):
            return before, token
    return None


def compile_mistakes(
    entries: Sequence[Mapping[str, Any]],
    rows: Sequence[Row],
    rules: Sequence[tuple[Any, ...]],
    lexer: Mapping[str, str],
) -> dict[tuple[int, str | None, str | None], tuple[str, str | None]]:
    """(state, token, statement) -> (message, hint) for the entries of ``mistakes.toml``.

    The token is the text of the one that can't be read, or its class where ``any`` is
    ``"class"``, or ``None`` (any token) where it is ``"token"``. The statement is the snippet's
    first word, or ``None`` (any) where ``everywhere`` is true: a state of the automaton may be
    shared by several statements. The first entry for a key counts. ``ValueError`` for a snippet
    that is not malformed.
    """
    compiled: dict[tuple[int, str | None, str | None], tuple[str, str | None]] = {}
    for entry in entries:
        unknown = entry.keys() - {"message", "hint", "snippets", "any", "everywhere"}
        if unknown:
            raise ValueError(f"unknown keys of a mistake: {sorted(unknown)}")
        for snippet in entry["snippets"]:
            failing = _failing(snippet, 0, [0], rows, rules, lexer)
            if failing is None:
                raise ValueError(f"not malformed: {snippet!r}")
            stack, (key, word, _, _) = failing
            token = {None: word or key, "class": key, "token": None}[entry.get("any")]
            statement = None if entry.get("everywhere") else snippet.split()[0]
            compiled.setdefault(
                (stack[-1], token, statement), (entry["message"], entry.get("hint"))
            )
    return compiled


def _acceptable(stack: list[int]) -> set[str]:
    """The keys of all tokens that can be read next."""
    from .parser import RULES, TABLE

    return {
        key
        for key in TABLE[stack[-1]]
        if isinstance(key, str) and _step(list(stack), key, TABLE, RULES)
    }


def expected_words(keys: set[str]) -> str:
    """What the keys stand for, in plain words: ``a name or a number``."""
    keys = set(keys)
    words: list[str] = []
    if "net" in keys:
        words.append("a statement (`net`, `map`, `loss`, `data`, ...)")
        keys -= set(STATEMENTS)
        keys -= {"<end>", "<eof>"}
    if {"<name>", "<number>", "("} <= keys:
        words.append("an expression")
        keys -= {"<name>", "<number>", "(", "-", "not", "<string>"}
    for key, word in _CLASS_WORDS.items():
        if key in keys and word not in words:
            words.append(word)
    if keys >= _COMPARISONS:
        words.append("a comparison (`<=`, `=`, ...)")
        keys -= _COMPARISONS
    if keys >= {"*", "+"}:
        words.append("an operator (`+`, `*`, ...)")
        keys -= _ARITHMETIC
    words += [f"`{key}`" for key in sorted(keys) if not key.startswith("<")]
    if "<end>" in keys or "<eof>" in keys:
        words.append("the end of the statement (a new line or `;`)")
    if len(words) > 1:
        return ", ".join(words[:-1]) + " or " + words[-1]
    return words[0] if words else "nothing more"


def _found_words(key: str, word: str) -> str:
    if key == "<eof>":
        return "the text ends"
    if key == "<end>":
        return "the line ends" if word == "\n" else "the statement ends"
    if key == "<number>":
        return f"the number {shorten(word)} stands there"
    if key == "<string>":
        return f"the text {shorten(word)} stands there"
    return f"`{shorten(word)}` stands there"


def shorten(text: str) -> str:
    """At most 40 characters of the text."""
    return text if len(text) <= 40 else text[:37] + "..."


def _unclosed(text: str, start: int, stop: int) -> tuple[str, int] | None:
    """The innermost bracket opened in ``text[start:stop]`` and not closed there."""
    from .parser import INSIDE

    opened: list[tuple[str, int]] = []
    while True:
        found = INSIDE.match(text, start)
        assert found is not None
        if found.lastindex is None or found.start(found.lastindex) >= stop:
            return opened[-1] if opened else None
        if found.lastindex == 4:
            if found[4] in "([":
                opened.append((found[4], found.start(4)))
            elif found[4] in ")]" and opened:
                opened.pop()
        start = found.end()


def syntax_error(
    source: Source,
    base: list[int],
    token: Node,
    depth: int,
    dropped: Node | None,
    pending: Node | None,
) -> None:
    """Record what is wrong with a token that fits nowhere.

    ``base`` is the stack at the start of the statement, ``dropped`` its first symbol, if any.
    """
    from . import tables
    from .parser import RULES, TABLE

    key, word, start, end = token
    text = source.text
    stack = list(base)
    previous_end = pending[3] if pending else start
    if dropped is not None:
        lexer = {"OUTSIDE": tables.OUTSIDE, "INSIDE": tables.INSIDE, "DASHED": tables.DASHED}
        failing = _failing(text, dropped[2], stack, TABLE, RULES, lexer)
        if failing is not None:
            stack, (key, word, start, end) = failing
    if key == "<junk>":
        _junk(source, word, start, end)
        return
    expected = _acceptable(stack)
    in_block = "}" in TABLE[base[-1]]
    head = dropped[1] if dropped is not None and isinstance(dropped[1], str) else None
    special = next(
        (
            tables.MISTAKES[stack[-1], token_text, statement]
            for statement in (head, None)
            for token_text in (word or key, key, None)
            if (stack[-1], token_text, statement) in tables.MISTAKES
        ),
        None,
    )
    later = key == "<eof>" or source.line_of(start) > source.line_of(max(previous_end - 1, 0))
    outer = not special and (key == "<end>" or word in ("->", "{", "}"))
    if depth and dropped is not None and (later or outer):
        opened = _unclosed(text, dropped[2], start)
        if opened is not None:
            closing = "]" if opened[0] == "[" else ")"
            source.error(
                "E012",
                f"`{opened[0]}` is never closed: `{closing}` was expected",
                opened[1],
                opened[1] + 1,
                f"put `{closing}` where the list ends",
            )
            return
    if key in ("<end>", "<eof>"):
        start = end = previous_end
    if dropped is None and key in ("<name>", "<dashed>") and not special:
        options = [name for name in STATEMENTS if not (in_block and name == "model")]
        source.error(
            "E011",
            f"unknown statement `{shorten(word)}`",
            start,
            end,
            did_you_mean(word, options) or "a statement starts with one of " + ", ".join(options),
        )
        return
    if dropped is None and word == "}":
        source.error("E012", "`}` closes nothing: no `model NAME {` is open", start, end)
        return
    if special:
        message, hint = special
        source.error("E010", message, start, end, hint)
        return
    hint = None
    if key in ("<name>", "<dashed>"):
        words = [k for k in expected if k.isidentifier() and len(k) > 1]
        hint = did_you_mean(word, words) if words else None
    elif word in STATEMENTS and ("<end>" in expected or "<eof>" in expected):
        hint = "statements are separated by a new line or `;`"
    source.error(
        "E010",
        f"expected {expected_words(expected)}, but {_found_words(key, word)}",
        start,
        end,
        hint,
    )


_JUNK = {
    "≥": "write `>=`",
    "≤": "write `<=`",
    "≠": "write `!=`",
    "×": "write `x` between sizes, `*` for a product",
    "·": "write `*`",
    "→": "write `->`",
    "−": "write `-`",
    "“": 'write texts in straight quotes: "..."',
    "”": 'write texts in straight quotes: "..."',
    "'": 'write texts in double quotes: "..."',
    "&": "write `and`",
    "|": "write `or`, or `abs(...)` for an absolute value",
    "!": "write `not`, or `!=` for unequal",
    "@": "write `*` for a product of matrices",
    ".": "a number has a digit before its point (0.5); a transpose is written W^T",
    "%": "write the number as a fraction: 5/100",
    "\\": "a statement ends at the end of its line; lists may go on inside brackets",
}


def _junk(source: Source, word: str, start: int, end: int) -> None:
    if word == '"':
        source.error(
            "E013",
            'this text has no end: a closing `"` was expected on the same line',
            start,
            end,
            'put `"` after the text',
        )
        return
    shown = word if word.isprintable() else f"U+{ord(word):04X}"
    source.error(
        "E014", f"the character `{shown}` has no meaning here", start, end, _JUNK.get(word)
    )
