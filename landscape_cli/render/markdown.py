"""Markdown for a terminal: paragraphs, lists, code and emphasis, laid out on a ``Page``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .layout import TIED, Page, Piece, tied

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMULA = re.compile(r"(?<=[\w)]) (=|>=|<=|<|>|->) (?=[\w(-])")
TRANSPOSED = re.compile(r"(?<=\b[A-Z]) (?=[A-Z]\^T)")
PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+|(?:[-0-9(\[]|min\(|max\(|abs\(|rank\().*")
"""Code without marks around it: names of the catalogue, formulas with a relation."""


def markdown_lines(text: str, page: Page, indent: int = 0) -> None:
    """Lay out Markdown; blank lines between its blocks, none before the first one."""
    from markdown_it import MarkdownIt

    _blocks(MarkdownIt("commonmark").parse(text), page, indent)


def _blocks(tokens: Sequence[Token], page: Page, indent: int) -> None:
    lists: list[tuple[str, int]] = []
    started = False
    for token in tokens:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            lists.append(("-" if kind.startswith("bullet") else "1.", indent + 2 * len(lists)))
            if started and len(lists) == 1:
                page.blank()
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif kind == "list_item_open" and token.info:
            lists[-1] = (f"{token.info}.", lists[-1][1])
        elif kind in ("fence", "code_block"):
            page.blank()
            for row in token.content.rstrip("\n").split("\n"):
                page.unwrapped(("", " " * (indent + 4) + row))
        elif kind == "inline":
            pieces = inline_pieces(token)
            if lists:
                mark, place = lists[-1]
                page.row(pieces, indent=place, label=("", mark), column=place + len(mark) + 1)
            else:
                if started:
                    page.blank()
                page.row(pieces, indent=indent)
        else:
            continue
        started = True


def inline_pieces(token: Token) -> list[Piece]:
    """The text of an inline token in styles; links are shown as their text."""
    pieces: list[Piece] = []
    styles: list[str] = []
    for child in token.children or ():
        if child.type in ("strong_open", "em_open"):
            styles.append("name" if child.type == "strong_open" else "stressed")
        elif child.type in ("strong_close", "em_close"):
            styles.pop()
        elif child.type == "code_inline":
            # Without colours a word of a model needs marks; names and formulas speak for
            # themselves.
            mark = "" if PLAIN.fullmatch(child.content) else "`"
            text = f"{mark}{child.content}{mark}"
            pieces.append(("label", tied(text) if len(text) <= 24 else text))
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(("", " "))
        elif child.content:
            # A formula such as a = 0 or W W^T stays on one line.
            text = TRANSPOSED.sub(TIED, FORMULA.sub(rf"{TIED}\1{TIED}", child.content))
            pieces.append((styles[-1] if styles else "", text))
    return pieces
