"""Pictures made of characters: for terminals, and where matplotlib is not installed.

The layout is the same with and without colours, and no meaning rests on a colour alone: shades
are characters, certified points are letters, and the legend is in words. Needs neither NumPy nor
matplotlib.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from ..render.layout import Page
from .shapes import (
    OUTCOMES,
    Curves,
    Directions,
    Mark,
    Openness,
    Picture,
    Reach,
    Slice,
    Training,
)

BELOW = " .,:"
"""Shades below the reference level, the lowest first."""

ABOVE = "-=+*%#@"
"""Shades above it."""

CIVIDIS = (17, 18, 24, 60, 59, 243, 102, 144, 179, 185, 227)
"""Colours of the 256 of a terminal that come nearest to cividis, dark to light."""

WHITE = 231
"""Behind letters."""

DARK = frozenset(CIVIDIS[:5])
POINTS = "*o+x"
REACHED = "#+."
NARROW = 100
"""Below this width two panels stand one above the other."""


def picture_lines(picture: Picture, page: Page) -> None:
    """Lay out a picture: heading, picture, legend, notes."""
    if isinstance(picture, Directions):
        _heading(picture.curves, page)
        if picture.slice is not None:
            _slice(picture.slice, page, notes=False)
        _curves(picture.curves, page)
        return
    _heading(picture, page)
    if isinstance(picture, Slice):
        _slice(picture, page)
    elif isinstance(picture, Curves):
        _curves(picture, page)
    elif isinstance(picture, Training):
        _training(picture, page)
    else:
        _openness(picture, page)


def _heading(picture: Slice | Curves | Training | Openness, page: Page) -> None:
    page.row([("name", picture.title)])
    page.row([("", picture.subtitle)])
    page.blank()


def _notes(notes: Sequence[str], page: Page) -> None:
    for note in notes:
        page.row([("dim", note)])


# --- shades ----------------------------------------------------------------------------------


class _Cells:
    """A rectangle of characters, each with a colour of the 256 or none."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.signs = [[" "] * width for _ in range(height)]
        self.colours: list[list[int | None]] = [[None] * width for _ in range(height)]

    def put(self, column: int, row: int, sign: str, colour: int | None = None) -> None:
        """Set a cell if it is inside; row 0 is the top."""
        if 0 <= column < self.width and 0 <= row < self.height:
            self.signs[row][column] = sign
            if colour is not None:
                self.colours[row][column] = colour

    def line(self, row: int, colour: bool) -> str:
        """One row as text."""
        if not colour:
            return "".join(self.signs[row])
        text = ""
        shown: int | None = None
        for sign, own in zip(self.signs[row], self.colours[row], strict=True):
            if own != shown:
                text += "\x1b[0m"
                if own is not None:
                    text += f"\x1b[48;5;{own};38;5;{15 if own in DARK else 0}m"
                shown = own
            text += f"\x1b[1m{sign}\x1b[22m" if sign.isupper() and own is not None else sign
        return text + ("\x1b[0m" if shown is not None else "")


def _shade(value: float, levels: Sequence[float], reference: float | None) -> tuple[str, int]:
    """The character and the colour of a value."""
    if math.isnan(value):
        return "?", CIVIDIS[-1]
    place = bisect_right(levels, value)
    count = len(levels)
    colour = CIVIDIS[min(len(CIVIDIS) - 1, place * (len(CIVIDIS) - 1) // count)]
    middle = 0 if reference is None else bisect_right(levels, reference)
    if reference is not None and value < reference - 1e-9 * (1 + abs(reference)):
        return BELOW[min(len(BELOW) - 1, max(0, place - 1) * len(BELOW) // max(1, middle))], colour
    signs = ABOVE if reference is not None else BELOW + ABOVE
    share = (place - middle) / max(1, count - middle)
    return signs[min(len(signs) - 1, int(share * len(signs)))], colour


def _slice_cells(picture: Slice, width: int, height: int) -> _Cells:
    cells = _Cells(width, height)
    rows, columns = len(picture.ys), len(picture.xs)
    for r in range(height):
        i = round((height - 1 - r) * (rows - 1) / max(1, height - 1))
        for c in range(width):
            j = round(c * (columns - 1) / max(1, width - 1))
            cells.put(c, r, *_shade(float(picture.values[i][j]), picture.levels, picture.reference))
    for mark in reversed(picture.marks):
        column, row = _place(picture, mark.x, mark.y, width, height)
        cells.put(column, row, mark.letter, WHITE)
    return cells


def _place(picture: Slice, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    left, right = float(picture.xs[0]), float(picture.xs[-1])
    low, high = float(picture.ys[0]), float(picture.ys[-1])
    column = round((x - left) / (right - left) * (width - 1))
    return column, height - 1 - round((y - low) / (high - low) * (height - 1))


def _size(page: Page) -> tuple[int, int]:
    width = page.width - 4
    return width, max(12, min(30, round(width * 0.28)))


def _framed(cells: _Cells, page: Page) -> None:
    page.lines.append("  +" + "-" * cells.width + "+")
    for row in range(cells.height):
        page.lines.append(f"  |{cells.line(row, page.colour)}|")
    page.lines.append("  +" + "-" * cells.width + "+")


def _legend(marks: Sequence[Mark], page: Page) -> None:
    for mark in marks:
        page.row([("", mark.text)], label=("label", mark.letter), indent=2, column=5)


def _shades(picture: Slice, page: Page) -> None:
    if picture.reference is None:
        text = f"shades, low to high loss: {' '.join((BELOW + ABOVE)[1:])} (the lowest is blank)"
    else:
        below = " ".join(BELOW[1:])
        text = (
            f"shades below the {picture.reference_text}, low to high: blank {below}; above it: "
            f"{' '.join(ABOVE)}"
        )
    page.row([("", text)], indent=2)


def _slice(picture: Slice, page: Page, *, notes: bool = True) -> None:
    _framed(_slice_cells(picture, *_size(page)), page)
    page.row([("", f"to the right: {picture.x_label}; upwards: {picture.y_label}")], indent=2)
    _legend(picture.marks, page)
    _shades(picture, page)
    page.blank()
    if notes:
        _notes(picture.notes, page)


# --- curves ----------------------------------------------------------------------------------


def _curves(picture: Curves, page: Page) -> None:
    width = page.width - 14
    height = max(12, min(22, round(width * 0.26)))
    cells = _Cells(width, height)
    values = [float(v) for curve in picture.curves for v in curve.values if math.isfinite(v)]
    low, high = min([*values, *(m.value for m in picture.marks)]), picture.cap
    left = min(float(curve.xs[0]) for curve in picture.curves)
    right = max(float(curve.xs[-1]) for curve in picture.curves)

    def row_of(value: float) -> int:
        return height - 1 - round((value - low) / (high - low) * (height - 1))

    def column_of(x: float) -> int:
        return round((x - left) / (right - left) * (width - 1))

    if picture.reference is not None:
        for c in range(0, width, 2):
            cells.put(c, row_of(picture.reference), ".")
    for k, curve in reversed(list(enumerate(picture.curves))):
        last: tuple[int, int] | None = None
        for x, value in zip(curve.xs, curve.values, strict=True):
            if not math.isfinite(value):
                last = None
                continue
            column, row = column_of(float(x)), row_of(float(value))
            # A steep curve fills the rows between.
            start = row if last is None or column - last[0] > 1 else last[1]
            step = 1 if row >= start else -1
            for r in range(start + (step if start != row else 0), row + step, step):
                cells.put(column, r, POINTS[k % len(POINTS)])
            last = (column, row)
    for mark in picture.marks:
        cells.put(column_of(mark.x), row_of(mark.value), mark.letter)
    labels = {0: f"{high:.4g}", height - 1: f"{low:.4g}"}
    if picture.reference is not None:
        labels.setdefault(row_of(picture.reference), f"{picture.reference:.4g}")
    for row in range(height):
        label = labels.get(row, "")[:9]
        page.lines.append(f"{label:>10} |{cells.line(row, page.colour)}".rstrip())
    page.lines.append(" " * 11 + "+" + "-" * width)
    ends = f"{left:.3g}", f"{right:.3g}"
    page.lines.append(" " * 12 + ends[0] + " " * (width - len(ends[0]) - len(ends[1])) + ends[1])
    page.row([("", f"upwards: {picture.y_label}; to the right: {picture.x_label}")], indent=2)
    for k, curve in enumerate(picture.curves):
        page.row([("", curve.name)], label=("label", POINTS[k % len(POINTS)]), indent=2, column=5)
    _legend(picture.marks, page)
    if picture.reference is not None:
        page.row([("", picture.reference_text)], label=("label", "."), indent=2, column=5)
    page.blank()
    _notes(picture.notes, page)


# --- training, openness ----------------------------------------------------------------------


ENDS: Mapping[str, str] = {"trapped": "t", "solved": "s", "elsewhere": "e"}


def _training(picture: Training, page: Page) -> None:
    if picture.slice is not None:
        width, height = _size(page)
        cells = _slice_cells(picture.slice, width, height)
        for outcome in reversed(OUTCOMES):
            for run, ended in enumerate(picture.outcomes):
                if ended == outcome:
                    x, y = (float(v) for v in picture.paths[-1][run])
                    cells.put(*_place(picture.slice, x, y, width, height), ENDS[outcome])
        for mark in reversed(picture.slice.marks):
            cells.put(*_place(picture.slice, mark.x, mark.y, width, height), mark.letter, WHITE)
        _framed(cells, page)
        page.row(
            [("", "ends of the runs (t, s, e), projected on the plane; to the right: "
                  f"{picture.slice.x_label}; upwards: {picture.slice.y_label}")],
            indent=2,
        )  # fmt: skip
        _legend(picture.slice.marks, page)
        _shades(picture.slice, page)
        page.blank()
    total = len(picture.outcomes)
    room = max(10, min(40, page.width - 50))
    page.row([("name", picture.summary)])
    for outcome in OUTCOMES:
        count = picture.count(outcome)
        bar = "#" * round(room * count / total)
        page.row(
            [("", f"[{bar:.<{room}}] {count:>{len(str(total))}}  "), ("", picture.words[outcome])],
            label=("label", ENDS[outcome]), indent=2, column=5,
        )  # fmt: skip
    page.blank()
    _notes(picture.notes, page)


def _openness(picture: Openness, page: Page) -> None:
    beside = page.width >= NARROW and len(picture.panels) > 1
    width = (page.width - 10) // 2 if beside else min(page.width - 5, 63)
    height = max(11, min(25, width // 2 - 1)) | 1
    width |= 1
    blocks = []
    for panel in picture.panels:
        cells = _reach_cells(panel, picture.radii, width, height)
        word = "open" if panel.open else "not open"
        head = [f"{panel.name}: {word}", panel.reason]
        body = ["+" + "-" * width + "+"]
        body += [f"|{cells.line(row, page.colour)}|" for row in range(height)]
        body += ["+" + "-" * width + "+"]
        blocks.append(([line.ljust(width + 2) for line in head], body, panel))
    if beside:
        for one, two in zip(blocks[0][0] + blocks[0][1], blocks[1][0] + blocks[1][1], strict=True):
            page.lines.append(f"  {one}  {two}".rstrip())
        for _, _, panel in blocks:
            _axes_words(panel, page)
    else:
        for head, body, panel in blocks:
            page.lines += [f"  {line}".rstrip() for line in (*head, *body)]
            _axes_words(panel, page)
            page.blank()
    shown = ", ".join(
        f"{sign} at most {radius:.3g}" for sign, radius in zip(REACHED, picture.radii, strict=True)
    )
    page.row([("", f"products of factors that move by: {shown}; blank: none found (numerical)")],
             indent=2)  # fmt: skip
    page.row([("", "the product AB itself")], label=("label", "O"), indent=2, column=5)
    if any(panel.arrow for panel in picture.panels):
        page.row([("", "the unreachable direction AB + t E (exact)")], label=("label", "^"),
                 indent=2, column=5)  # fmt: skip
    if any(panel.outside is not None for panel in picture.panels):
        page.row([("", "outside the target set")], label=("label", "/"), indent=2, column=5)
    page.blank()
    _notes(picture.notes, page)


def _axes_words(panel: Reach, page: Page) -> None:
    page.row([("", f"{panel.name}: to the right {panel.x_label}; upwards {panel.y_label}")],
             indent=2)  # fmt: skip


def _reach_cells(panel: Reach, radii: Sequence[float], width: int, height: int) -> _Cells:
    cells = _Cells(width, height)
    rows, columns = len(panel.ys), len(panel.xs)
    for r in range(height):
        i = round((height - 1 - r) * (rows - 1) / (height - 1))
        for c in range(width):
            j = round(c * (columns - 1) / (width - 1))
            if panel.outside is not None and panel.outside[i][j]:
                cells.put(c, r, "/")
                continue
            found = next((k for k, d in enumerate(radii) if panel.needed[i][j] <= d), None)
            if found is not None:
                cells.put(c, r, REACHED[found], (24, 67, 110)[found])
    middle = width // 2, height // 2
    if panel.arrow:
        for r in range(1, middle[1]):
            cells.put(middle[0], r, "^" if r == 1 else "|")
    cells.put(*middle, "O")
    return cells


__all__ = ["picture_lines"]
