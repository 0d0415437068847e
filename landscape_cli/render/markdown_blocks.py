"""Blocks as Markdown with formulas in ``$...$``; what comes from a model is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .blocks import (
    Block,
    Bullets,
    Derivation,
    Evidence,
    EvidenceRow,
    Heading,
    Inline,
    Listing,
    Matrices,
    Numbered,
    Paragraph,
    Statement,
    Unfold,
)
from .latex_blocks import displays
from .mathematics import latex_formula, spans
from .verdict import STATUS

# What marks up anywhere, what does at the start of a line, and what makes a link.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!|$~&^]|^[-+=]|(?:(?<=^\d)|(?<=^\d\d))[.)]|:(?=//))")


def markdown_escape(text: str) -> str:
    """Any text as Markdown text on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Any text as a code span on one line: its fence is longer than any run of backticks in it."""
    plain = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    room = " " if longest else ""
    return f"{fence}{room}{plain}{room}{fence}"


class MarkdownWriter:
    """Writes blocks as Markdown; ``names`` are the entries that a sentence may refer to."""

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        self.names = names

    def write(self, blocks: Sequence[Block], indent: str = "") -> str:
        """The blocks, one under the other."""
        parts = [self._block(block) for block in blocks]
        text = "\n\n".join(part for part in parts if part)
        return "\n".join(indent + line if line else "" for line in text.split("\n"))

    def prose(self, text: str) -> str:
        """A sentence of the catalogue."""
        parts: list[str] = []
        for stretch in spans(text, self.names):
            if stretch.kind == "math":
                parts.append(f"${latex_formula(stretch.text)}$")
            elif stretch.kind == "name":
                parts.append(code(stretch.text))
            else:
                parts.append(_kept_spaces(stretch.text))
        return "".join(parts)

    def sentence(self, text: Sequence[Inline]) -> str:
        """A sentence."""
        return "".join(map(self._inline, text))

    def _inline(self, one: Inline) -> str:
        if one.kind == "formula":
            return f"${latex_formula(one.text)}$"
        if one.kind == "name":
            source = "" if one.source is None else f" ({markdown_escape(one.source.label)})"
            return f"{code(one.text)}{source}"
        if one.kind == "code":
            return code(one.text)
        if one.kind == "strong":
            return f"**{markdown_escape(one.text)}**"
        if one.kind == "dim":
            return _kept_spaces(one.text)
        return self.prose(one.text)

    def _block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            silent = block.label in ("", "conclusion")
            return f"{'' if silent else f'*{block.label}:* '}{self.sentence(block.text)}"
        if isinstance(block, Heading):
            word = f"**{block.verdict.upper()}** " if block.verdict else ""
            aside = f" ({code(block.aside)})" if block.aside else ""
            return f"{'#' * (block.level + 2)} {word}{self.sentence(block.text)}{aside}"
        if isinstance(block, Statement):
            head = self._inline(Inline("name", block.name, block.source))
            return f"> **{block.kind}** {head}. {self.sentence(block.text)}"
        if isinstance(block, Evidence):
            return "\n".join(f"- {self._row(row)}" for row in block.rows)
        if isinstance(block, Matrices):
            return displays(block.items).replace("\\[", "$$").replace("\\]", "$$")
        if isinstance(block, Listing):
            longest = max((len(run) for run in re.findall("`+", block.text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}text\n{block.text.rstrip()}\n{fence}"
        if isinstance(block, Bullets):
            return "\n".join(f"- {self.sentence(item)}" for item in block.items)
        if isinstance(block, Numbered):
            number = block.number.rsplit(".", 1)[-1]
            body = self.write(block.body, "   ")
            return f"{number}. {self.sentence(block.text)}" + (f"\n\n{body}" if body else "")
        assert isinstance(block, (Unfold, Derivation))
        return self.write(block.body)

    def _row(self, row: EvidenceRow) -> str:
        status = "" if row.status == "met" else f"*{STATUS[row.status][1]}*: "
        name = f"{code(row.assumption)}: " if row.assumption else ""
        advice = f"; to mend it, {self.prose(row.advice)}" if row.advice else ""
        place = ""
        if row.place:
            place = f" ({row.place}{f': {code(row.quote)}' if row.quote else ''})"
        return f"{status}{name}{self.prose(row.text)}{advice}{place}"


def _kept_spaces(text: str) -> str:
    """Escaped, with the spaces at the ends kept."""
    plain = text.strip(" ")
    if not plain:
        return text
    start = text[: len(text) - len(text.lstrip(" "))]
    end = text[len(text.rstrip(" ")) :]
    return f"{start}{markdown_escape(plain)}{end}"
