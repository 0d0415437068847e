"""A page as a list of blocks, for every format: text, HTML, Markdown and LaTeX are its writers.

Blocks hold what is said; how it looks is the business of the writers (``text_blocks``,
``html_blocks``, ``markdown_blocks``, ``latex_blocks``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from ..catalogue import Source

InlineKind = Literal["prose", "formula", "name", "strong", "code", "verdict", "dim"]


class Inline(NamedTuple):
    """A piece of a sentence.

    ``prose`` may hold formulas in the plain notation; ``formula`` is one; ``name`` is an entry of
    the catalogue, with its ``source`` if it is to be cited; ``code`` is quoted from the user.
    """

    kind: InlineKind
    text: str
    source: Source | None = None


Sentence: TypeAlias = tuple[Inline, ...]


class Paragraph(NamedTuple):
    """A paragraph, behind a label if it has one."""

    text: Sentence
    label: str = ""


class Heading(NamedTuple):
    """A heading; ``verdict`` gives it a colour where there are colours."""

    text: Sentence
    aside: str = ""
    verdict: str = ""
    level: int = 2


class Statement(NamedTuple):
    """A theorem (or a counterexample) as stated in the catalogue."""

    kind: str
    name: str
    source: Source
    text: Sentence


class EvidenceRow(NamedTuple):
    """What was used (or is missing) of the model, where it stands there, and the words there."""

    status: str
    assumption: str
    text: str
    line: int | None = None
    column: int | None = None
    quote: str = ""
    advice: str = ""

    @property
    def place(self) -> str:
        """``line 3, column 5``, or nothing."""
        return "" if self.line is None else f"line {self.line}, column {self.column}"


class Evidence(NamedTuple):
    """Rows of evidence."""

    rows: tuple[EvidenceRow, ...]


class Matrices(NamedTuple):
    """Named matrices (entries as in a certificate), or named values."""

    items: tuple[tuple[str, Any], ...]


class Listing(NamedTuple):
    """Lines of the model language."""

    text: str


class Bullets(NamedTuple):
    """A list of sentences."""

    items: tuple[Sentence, ...]


class Numbered(NamedTuple):
    """A step of an argument with what belongs to it; consecutive ones make one list."""

    number: str
    text: Sentence
    body: tuple[Block, ...] = ()


class Unfold(NamedTuple):
    """Something that may be folded away where the format can."""

    title: Sentence
    body: tuple[Block, ...]


class Derivation(NamedTuple):
    """The steps of an argument and what follows from them."""

    body: tuple[Block, ...]


Block: TypeAlias = (
    "Paragraph | Heading | Statement | Evidence | Matrices | Listing | Bullets | Numbered | "
    "Unfold | Derivation"
)


def prose(text: str) -> Inline:
    """A sentence of the catalogue."""
    return Inline("prose", text)


def sentence(*parts: str | Inline) -> Sentence:
    """Pieces of a sentence; strings are prose."""
    return tuple(prose(part) if isinstance(part, str) else part for part in parts)


def capital(text: str) -> str:
    """The text as a sentence: a capital letter, unless it starts with a formula, and a stop."""
    first = text.split(" ")[0].strip("(,")
    if text and first.isalpha() and first.islower() and (len(first) > 1 or first == "a"):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def named(items: Mapping[str, Any], order: Sequence[str] | None = None) -> Matrices:
    """Matrices by name, in the order given."""
    keys = list(items) if order is None else [k for k in order if k in items]
    return Matrices(tuple((key, items[key]) for key in keys))


def weight_order(weights: Mapping[str, Any]) -> list[str]:
    """W1, b1, W2, b2, ...: layer by layer."""

    def key(name: str) -> tuple[int, str]:
        return (int(name[1:]) if name[1:].isdecimal() else 0, name[0])

    return sorted(weights, key=key)
