"""Blocks for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from .blocks import (
    Block,
    Bullets,
    Derivation,
    Evidence,
    Heading,
    Inline,
    Listing,
    Matrices,
    Numbered,
    Paragraph,
    Statement,
    Unfold,
)
from .counterexample import side_by_side
from .layout import Page, Piece, text_width, tied
from .verdict import STATUS

STEP = 2
LABELS = 10
OWN_LINE = ("here", "still proved", "open", "missing", "also near")
"""Labels of paragraphs between the parts of an argument."""


def write_blocks(blocks: Sequence[Block], page: Page, indent: int = 0) -> None:
    """Lay out the blocks, one under the other."""
    for block in blocks:
        _write(block, page, indent)


def _pieces(text: Sequence[Inline]) -> list[Piece]:
    pieces: list[Piece] = []
    for one in text:
        if one.kind == "name":
            pieces.append(("name", one.text))
            if one.source is not None:
                pieces.append(("", f" ({one.source.label})"))
        elif one.kind == "formula":
            pieces.append(("", tied(one.text) if text_width(one.text) <= 30 else one.text))
        elif one.kind == "strong":
            pieces.append(("name", one.text))
        else:
            pieces.append(("", one.text))
    return pieces


def _write(block: Block, page: Page, indent: int) -> None:
    if isinstance(block, Paragraph):
        if block.label == "conclusion":
            page.row(_pieces(block.text), indent=indent)
        elif block.label in OWN_LINE:
            page.blank()
            page.row(_pieces(block.text), indent=STEP, label=("label", block.label),
                     column=STEP + len(block.label) + 2)  # fmt: skip
        elif block.label:
            page.row(_pieces(block.text), indent=indent, label=("label", block.label),
                     column=indent + max(LABELS, len(block.label) + 2))  # fmt: skip
        else:
            page.row(_pieces(block.text), indent=indent)
    elif isinstance(block, Heading):
        _heading(block, page, indent)
    elif isinstance(block, Statement):
        page.blank()
        head: list[Piece] = [("label", f"{block.kind} "), ("name", block.name)]
        page.row([*head, ("", f" ({block.source.label})")], indent=indent)
        page.row(_pieces(block.text), indent=indent + STEP)
    elif isinstance(block, Evidence):
        _evidence(block, page, indent)
    elif isinstance(block, Matrices):
        side_by_side(block.items, page, indent)
    elif isinstance(block, Listing):
        for line in block.text.splitlines():
            page.unwrapped(("", " " * indent + line))
    elif isinstance(block, Bullets):
        for item in block.items:
            page.row(_pieces(item), indent=indent, label=("", "-"), column=indent + 2)
    elif isinstance(block, Numbered):
        page.blank()
        label = f"{block.number}."
        column = indent + STEP + len(label) + 1
        page.row(_pieces(block.text), indent=indent + STEP, label=("name", label), column=column)
        write_blocks(block.body, page, column)
    elif isinstance(block, Unfold):
        write_blocks(block.body, page, indent)
    else:
        assert isinstance(block, Derivation)
        write_blocks(block.body[:-1], page, indent)
        page.blank()
        write_blocks(block.body[-1:], page, indent + STEP)


def _heading(block: Heading, page: Page, indent: int) -> None:
    page.blank()
    if block.verdict:
        word = block.verdict.upper()
        page.row(_pieces(block.text), label=(block.verdict, word), column=len(word) + 2,
                 right=("dim", block.aside), beside=False)  # fmt: skip
        return
    page.row([("name", ""), *_pieces(block.text)], indent=indent,
             right=("dim", block.aside) if block.aside else None)  # fmt: skip


def _evidence(block: Evidence, page: Page, indent: int) -> None:
    for k, row in enumerate(block.rows):
        pieces: list[Piece] = []
        style, word = STATUS[row.status]
        label: Piece = ("label", "from" if k == 0 else "")
        if row.status in ("violated", "not_given"):
            label = (style, word)
        elif row.status == "declared":
            pieces.append((style, "on your word, "))
        if row.assumption:
            pieces += [("name", row.assumption), ("", ": ")]
        pieces.append(("", row.text))
        if row.advice:
            pieces.append(("", f"; to mend it, {row.advice}"))
        right = None
        if row.place:
            quote = f": {row.quote}" if row.quote and len(row.quote) <= 24 else ""
            right = ("dim", f"{row.place}{quote}")
        start = max(indent, STEP)
        column = start + max(LABELS, text_width(label[1]) + 2)
        page.row(pieces, indent=start, label=label, column=column, right=right)
