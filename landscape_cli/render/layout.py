"""Lines of text for a terminal: wrapping, hanging indents, right-aligned notes, colours.

The layout never depends on whether colours are on: colours are added to lines that are already
laid out, and no meaning rests on a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

Piece: TypeAlias = "tuple[str, str]"
"""A style name (``""``: none) and a text."""

STYLES = {
    "": "",
    "holds": "1;32",
    "fails": "1;31",
    "conditional": "1;33",
    "depends": "1;33",
    "unknown": "1;90",
    "good": "32",
    "bad": "31",
    "doubt": "33",
    "error": "1;31",
    "name": "1",
    "label": "36",
    "dim": "2",
    "stressed": "3",
}

NARROWEST = 40
WIDEST = 120
TIED = "\x1f"
"""Stands for a space at which no line is broken."""


def tied(text: str) -> str:
    """The text as one word."""
    return text.replace(" ", TIED)


def printable(text: str) -> str:
    """The text with control characters and the like written as escapes.

    Names and messages may quote a file: they must not steer the terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def text_width(text: str) -> int:
    """The number of terminal cells that a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    cells = 0
    for c in text:
        cells += 0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1
    return cells


def _breakable(piece: Piece, most: int) -> list[Piece]:
    """A word too long for a line in parts, cut behind a comma where there is one."""
    style, text = piece
    parts: list[Piece] = []
    while text_width(text) > most:
        limit = most
        while text_width(text[:limit]) > most:
            limit -= 1
        cut = text.rfind(",", 0, limit) + 1
        if cut < limit // 2:
            cut = limit
        parts.append((style, text[:cut]))
        text = text[cut:]
    parts.append((style, text))
    return parts


def _words(pieces: Iterable[Piece], most: int) -> list[list[Piece]]:
    """The words of the pieces; a word may be of several styles."""
    words: list[list[Piece]] = []
    open_word = False
    for style, text in pieces:
        for k, part in enumerate(text.split(" ")):
            part = " ".join(map(printable, part.split(TIED)))
            if k:
                open_word = False
            if not part:
                continue
            if open_word:
                _join(words, (style, part), most)
            elif text_width(part) > most:
                words.extend([one] for one in _breakable((style, part), most))
            else:
                words.append([(style, part)])
            open_word = True
    return words


def _join(words: list[list[Piece]], piece: Piece, most: int) -> None:
    """Put a piece behind the last word; what is too long for a line goes on in another one."""
    for part in _breakable(piece, most):
        if _cells(words[-1]) + text_width(part[1]) <= most:
            words[-1].append(part)
        else:
            words.append([part])


def _cells(word: Sequence[Piece]) -> int:
    return sum(text_width(text) for _, text in word)


def wrapped(pieces: Iterable[Piece], most: int) -> list[list[Piece]]:
    """The pieces in lines of at most ``most`` cells (at least one line)."""
    lines: list[list[Piece]] = [[]]
    used = 0
    for word in _words(pieces, most):
        size = _cells(word)
        if used and used + 1 + size > most:
            lines.append([])
            used = 0
        if used:
            same = lines[-1][-1][0] == word[0][0]
            lines[-1].append((word[0][0] if same else "", " "))
            used += 1
        lines[-1].extend(word)
        used += size
    return lines


class Page:
    """Lines laid out for a width, in colour or not; ``text`` is the result."""

    def __init__(self, width: int = 80, colour: bool = False) -> None:
        self.width = min(max(width, NARROWEST), WIDEST)
        self.colour = colour
        self.lines: list[str] = []

    @property
    def text(self) -> str:
        """All lines, each ended by a newline."""
        return "".join(f"{line}\n" for line in self.lines)

    def _paint(self, pieces: Iterable[Piece]) -> str:
        if not self.colour:
            return "".join(text for _, text in pieces).rstrip()
        painted: list[str] = []
        for style, group in groupby(pieces, key=itemgetter(0)):
            text = "".join(text for _, text in group)
            code = STYLES[style]
            painted.append(f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text)
        return "".join(painted).rstrip()

    def blank(self) -> None:
        """An empty line, unless there is one already."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def unwrapped(self, *pieces: Piece) -> None:
        """One line, however long."""
        self.lines.append(self._paint([(style, printable(text)) for style, text in pieces]))

    def row(
        self,
        pieces: Sequence[Piece],
        *,
        indent: int = 0,
        label: Piece = ("", ""),
        more_label: str = "",
        column: int | None = None,
        right: Piece | None = None,
        beside: bool = True,
        rail: str = "",
    ) -> None:
        """A label and a text that wraps under itself, with a note at the right margin.

        ``more_label`` stands behind the label, unstyled; ``rail`` at the left of further lines.
        The text starts in ``column`` (by default right behind the indent). The note stands on
        the same line if there is room for both; else it gets a column of its own (``beside``),
        if the text keeps enough room then; else it stands behind the last line, or below.
        """
        start = indent if column is None else column
        head: list[Piece] = [("", " " * indent), (label[0], printable(label[1]))]
        if more_label:
            head.append(("", printable(more_label)))
        room = self.width - start
        lines = wrapped(pieces, max(room, 16))
        size = text_width(right[1]) if right else 0
        place = -1
        if right is not None:
            if len(lines) == 1 and _cells(lines[0]) + 2 + size <= room:
                place = 0
            elif beside and room - size - 2 >= 32:
                # A column of its own for the note.
                lines = wrapped(pieces, room - size - 2)
                place = 0
            elif _cells(lines[-1]) + 2 + size <= room:
                place = len(lines) - 1
        gap = start - _cells(head)
        if gap < (1 if label[1] and not label[1].endswith(" ") else 0):
            # The label is too wide for its column: the text goes below.
            if any(lines[0]):
                self.lines.append(self._paint(head))
                head = [("", " " * start)]
        else:
            head.append(("", " " * gap))
        for k, line in enumerate(lines):
            margin: list[Piece] = [("dim", rail), ("", " " * (start - len(rail)))]
            full = [*(margin if k else head), *line]
            if right is not None and k == place:
                fill = self.width - _cells(full) - size
                full += [("", " " * fill), right]
            self.lines.append(self._paint(full))
        if right is not None and place == -1:
            self.lines.append(self._paint([("", " " * max(0, self.width - size)), right]))
