"""``python -m landscape_cli.syntax.generate``: write ``tables.py`` from ``grammar/``.

Lark compiles the grammar and computes its LALR(1) automaton (strictly: a conflict is an error).
What is written is that automaton as plain text in string literals, so that a start of the
program imports no Lark and, where there is no bytecode cache, compiles next to nothing. States
are numbered by a breadth-first walk over sorted symbols, hence the same grammar always gives
the same file.

Terminals appear in the tables as keys: a word or a sign stands for itself; ``<name>``,
``<number>``, ``<string>``, ``<dashed>``, ``<end>`` and ``<eof>`` are the classes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .grammar import MISTAKES, grammar_text

if TYPE_CHECKING:
    from lark import Lark

CLASSES = {
    "NAME": "<name>",
    "NUMBER": "<number>",
    "STRING": "<string>",
    "DASHED": "<dashed>",
    "_END": "<end>",
    "$END": "<eof>",
}
WORD = re.compile(r"([A-Za-z_]+)\(\?!\[A-Za-z0-9_\]\)")
SIGNS = re.compile(r"[-+*/^<>=!()\[\]{},:|]+")

NODE, UNIT, INLINE = 0, 1, 2


def build_lark() -> Lark:
    """Lark's own parser for the grammar: the reference that the generated tables must match."""
    from lark import Lark

    return Lark(grammar_text(), parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _keys(name: str, pattern: Any) -> list[str]:
    """The keys under which a terminal appears in the tables."""
    if name in CLASSES:
        return [CLASSES[name]]
    if pattern.type == "str":
        return [pattern.value]
    word = WORD.fullmatch(pattern.value)
    if word:
        return [word[1]]
    signs: list[str] = pattern.value.split("|")
    if not all(SIGNS.fullmatch(sign) for sign in signs):
        raise ValueError(f"terminal {name}: neither a word, nor signs, nor a known class")
    return signs


def _rule(rule: Any) -> tuple[str, int, str, int, tuple[int, ...]]:
    """(origin, size, node name, mode, kept children: index, or ~index of an inlined one)."""
    origin = str(rule.origin.name)
    keep: list[int] = []
    for index, symbol in enumerate(rule.expansion):
        if symbol.is_term:
            if not symbol.filter_out:
                keep.append(index)
        else:
            keep.append(~index if symbol.name.startswith("_") else index)
    mode = NODE
    if origin.startswith("_"):
        mode = INLINE
    elif rule.options.expand1 and not rule.alias and len(keep) == 1:
        if keep[0] < 0:
            raise ValueError(f"rule {origin}: may or may not be a node of its own")
        mode = UNIT
    return origin, len(rule.expansion), str(rule.alias or origin), mode, tuple(keep)


def _automaton(lark: Lark) -> tuple[list[dict[str | int, int]], list[tuple[Any, ...]], int]:
    """(rows, rules, accepting state). A row maps a key to a state (shift) or ~rule (reduce),
    and the number of a nonterminal to the state after it."""
    from lark.common import ParserConf
    from lark.parsers.lalr_analysis import LALR_Analyzer

    analyzer = LALR_Analyzer(ParserConf(lark.rules, {}, ["start"]), strict=True)
    analyzer.compute_lalr()  # type: ignore[no-untyped-call]
    table = analyzer.parse_table
    keys = {
        terminal.name: _keys(terminal.name, terminal.pattern)
        for terminal in lark.terminals
        if terminal.name not in lark.ignore_tokens
    }
    keys["$END"] = ["<eof>"]
    rules = sorted(lark.rules, key=lambda r: (r.origin.name, [s.name for s in r.expansion]))
    rule_number = {id(rule): number for number, rule in enumerate(rules)}
    nonterminals = sorted({rule.origin.name for rule in rules} | {"start"})
    symbol_number = {name: number for number, name in enumerate(nonterminals)}
    start = table.start_states["start"]
    number = {start: 0}
    order = [start]
    rows: list[dict[str | int, int]] = []
    for state in order:
        row: dict[str | int, int] = {}
        for symbol in sorted(table.states[state]):
            action, argument = table.states[state][symbol]
            if action.name == "Shift":
                if argument not in number:
                    number[argument] = len(order)
                    order.append(argument)
                value = number[argument]
            else:
                value = ~rule_number[id(argument)]
            for key in keys[symbol] if symbol in keys else [symbol_number[symbol]]:
                if key in row:
                    raise ValueError(f"two terminals share the key {key!r} in one state")
                row[key] = value
        rows.append(row)
    written = []
    for rule in rules:
        origin, *rest = _rule(rule)
        written.append((symbol_number[origin], *rest))
    return rows, written, number[table.end_states["start"]]


def _lexer(lark: Lark) -> dict[str, str]:
    """The regular expressions of the scanner, put together from the grammar's terminals."""
    patterns = {terminal.name: terminal.pattern for terminal in lark.terminals}
    signs = sorted(
        {
            key
            for name, pattern in patterns.items()
            if name not in lark.ignore_tokens and name not in CLASSES
            for key in _keys(name, pattern)
            if SIGNS.fullmatch(key)
        },
        key=lambda sign: (-len(sign), sign),
    )
    token = "|".join(
        (
            f"({patterns['NAME'].value})",
            f"({patterns['NUMBER'].value})",
            f"({patterns['_END'].value})",
            f"({'|'.join(re.escape(sign) for sign in signs)})",
            f"({patterns['STRING'].value})",
            r"([^\n])",
        )
    )
    blank, comment = (patterns[name].value for name in sorted(lark.ignore_tokens, reverse=True))
    if not (blank.startswith("[") and comment.startswith("#")):
        blank, comment = comment, blank
    outside = blank.replace(r"\n", "").replace("\n", "")
    return {
        "OUTSIDE": f"{outside}*(?:{comment})?(?:{token})?",
        "INSIDE": f"(?:{blank}+|{comment})*(?:{token})?",
        "DASHED": patterns["DASHED"].value,
    }


def read_mistakes(text: str) -> list[dict[str, Any]]:
    """The entries of ``mistakes.toml``, which keeps to a subset of TOML: ``[[mistake]]`` and
    ``key = value`` on one line, the value also being JSON. ``ValueError`` for anything else."""
    entries: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped == "[[mistake]]":
            entries.append({})
            continue
        key, equals, value = stripped.partition(" = ")
        if not equals or not entries or key in entries[-1]:
            raise ValueError(f"{MISTAKES}, line {number}: not an entry: {stripped}")
        entries[-1][key] = json.loads(value)
    return entries


def _packed(rows: list[dict[str | int, int]], keys: list[str]) -> list[str]:
    """Each row as ``key value key value ...``; a nonterminal's number counts from ``keys`` on."""
    index = {key: number for number, key in enumerate(keys)}
    packed = []
    for row in rows:
        pairs = (
            (index[key] if isinstance(key, str) else len(keys) + key, value)
            for key, value in row.items()
        )
        packed.append(" ".join(f"{key} {value}" for key, value in pairs))
    return packed


def generate() -> str:
    """The text of ``tables.py`` for the grammar and the mistakes as they are now."""
    from .mistakes import compile_mistakes

    lark = build_lark()
    rows, rules, accept = _automaton(lark)
    lexer = _lexer(lark)
    keys = sorted({key for row in rows for key in row if isinstance(key, str)})
    compiled = compile_mistakes(read_mistakes(grammar_text(MISTAKES)), rows, rules, lexer)
    packed_rules = [
        f"{symbol} {size} {mode} {name} {','.join(map(str, keep))}"
        for symbol, size, name, mode, keep in rules
    ]
    lines = [
        '"""Generated from grammar/ by ``python -m landscape_cli.syntax.generate``: not edited."""',
        "",
        "from __future__ import annotations",
        "",
        *(f"{name} = {value!r}" for name, value in lexer.items()),
        f"ACCEPT = {accept}",
        f"KEYS = {' '.join(keys)!r}",
        "",
        "# nonterminal, size, 0 node / 1 pass through / 2 inlined, node name, kept children",
        'RULES = """\\',
        *packed_rules,
        '"""',
        "",
        "# one state a line: key value key value ...; a key beyond KEYS is a nonterminal; a value",
        "# is the state to shift to (after the nonterminal: to go to), or ~rule to reduce by",
        'TABLE = """\\',
        *_packed(rows, keys),
        '"""',
        "",
        "# (state, token, statement) -> (message, hint), from grammar/mistakes.toml",
        "MISTAKES: dict[tuple[int, str | None, str | None], tuple[str, str | None]] = {",
        *(f"    {key!r}: {value!r}," for key, value in compiled.items()),
        "}",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Write ``tables.py`` beside this module."""
    (Path(__file__).parent / "tables.py").write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
