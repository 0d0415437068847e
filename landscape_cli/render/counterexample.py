"""A counterexample for people: the data, the two points, their values, the argument in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .layout import Page
from .matrices import LARGEST, background, copies, number, samples, two_values

GAP = 3


def counterexample_lines(
    document: Mapping[str, Any], words: str, family: str, checked: str, page: Page
) -> None:
    """Lay out one certificate; ``checked`` says who accepted it."""
    problem, data = document["problem"], document["data"]
    local, better = document["local_minimum"], document["better_point"]
    values = two_values(local["value"], better["value"])
    page.row([("name", family), ("", ": a local minimum that is not global")])
    page.blank()
    blocks = [(name, data[name]) for name in ("X", "Y") if name in data]
    counts = data.get("counts")
    counted = samples(data["X"], data["Y"], counts) if len(blocks) == 2 else None
    if counted is not None:
        page.row([("", counted)], label=("label", "data"), indent=2, column=10)
    else:
        side_by_side(blocks, page)
        if counts is not None:
            page.row([("", copies(counts))], label=("label", "samples"), indent=2, column=11)
    for key in ("weights", "coefficients"):
        table = problem["loss"].get(key)
        if table is not None:
            side_by_side([(f"{key} of the loss", table)], page)
    if problem.get("fixed"):
        page.blank()
        page.row([("label", "fixed")], indent=2)
        side_by_side(_ordered(problem["fixed"]), page)
    for title, point, value in (
        ("local minimum", local, values[0]),
        ("better point", better, values[1]),
    ):
        page.blank()
        page.row([("label", title), ("", f", loss {value}")], indent=2)
        side_by_side(_ordered(point["weights"]), page)
    page.blank()
    page.row([("", words)], label=("label", "why"), indent=2, column=7)
    page.row(
        [("", f"{document['argument']['kind']}; {checked}")],
        label=("label", "argument"),
        indent=2,
        column=12,
    )


def certificate_text(document: Mapping[str, Any]) -> str:
    """The certificate as JSON: objects indented, every row of a matrix on a line."""
    return _json_text(document, "") + "\n"


def _json_text(value: Any, indent: str) -> str:
    import json

    inner = indent + " "
    if isinstance(value, Mapping) and any(isinstance(v, (Mapping, list)) for v in value.values()):
        parts = [f"{json.dumps(key)}: {_json_text(v, inner)}" for key, v in value.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(v, list) for v in value):
        rows = [_json_text(v, inner) for v in value]
        return "[\n" + ",\n".join(inner + row for row in rows) + f"\n{indent}]"
    return json.dumps(value)


def _ordered(weights: Mapping[str, Any]) -> list[tuple[str, Any]]:
    def key(name: str) -> tuple[int, str]:
        return (int(name[1:]) if name[1:].isdecimal() else 0, name[0])

    return [(name, weights[name]) for name in sorted(weights, key=key)]


def side_by_side(blocks: Sequence[tuple[str, Any]], page: Page, indent: int = 4) -> None:
    """Matrices next to each other while there is room, each set in brackets."""
    current: list[list[str]] = []
    used = indent
    for name, rows in blocks:
        lines = matrix_lines(name, rows)
        width = max(len(line) for line in lines)
        if current and used + GAP + width > page.width:
            _flush(current, page, indent)
            current, used = [], indent
        current.append(lines)
        used += width + GAP
    if current:
        _flush(current, page, indent)


def _flush(blocks: Sequence[Sequence[str]], page: Page, indent: int) -> None:
    height = max(len(block) for block in blocks)
    widths = [max(len(line) for line in block) for block in blocks]
    for k in range(height):
        cells = []
        for block, width in zip(blocks, widths, strict=True):
            # Shorter matrices stand in the middle of the row.
            above = (height - len(block)) // 2
            cell = block[k - above] if 0 <= k - above < len(block) else ""
            cells.append(cell.ljust(width))
        page.unwrapped(("", " " * indent + (" " * GAP).join(cells)))


def matrix_lines(name: str, rows: Sequence[Any]) -> list[str]:
    """``W1 = [1 0]`` over several lines; matrices above 8 x 8 are summarised on one.

    A bias (a list of numbers) is set as a column.
    """
    table = [row if isinstance(row, (list, tuple)) else [row] for row in rows]
    height, width = len(table), len(table[0])
    if height > LARGEST or width > LARGEST:
        shown = background(table)
        if shown is None:
            filled = sum(entry != "0" for row in table for entry in row)
            shown = _repeated(table) or f"{height} x {width}, {filled} entries not 0"
        return [f"{name}: {shown}"]
    cells = [[number(entry) for entry in row] for row in table]
    sizes = [max(len(row[j]) for row in cells) for j in range(width)]
    middle = (height - 1) // 2
    lines = []
    for i, row in enumerate(cells):
        body = " ".join(cell.rjust(size) for cell, size in zip(row, sizes, strict=True))
        label = f"{name} = " if i == middle else " " * (len(name) + 3)
        lines.append(f"{label}[{body}]")
    return lines


def _repeated(table: Sequence[Sequence[Any]]) -> str | None:
    """All rows equal and short when zeros are counted: ``300 x 784, every row 1 at 2``."""
    first = list(table[0])
    if len(table) < 2 or any(list(row) != first for row in table[1:]):
        return None
    places = [(j, number(v)) for j, v in enumerate(first, 1) if v != "0"]
    if not 1 <= len(places) <= 4:
        return None
    shown = ", ".join(f"{value} in column {j}" for j, value in places)
    return f"{len(table)} x {len(first)}, every row: {shown}, else 0"


def reason_lines(verdict: str, reasons: Sequence[tuple[str, str]], page: Page) -> None:
    """Why there is no counterexample to show."""
    page.row([("", verdict)])
    for family, reason in reasons:
        page.row([("", reason)], label=("label", family), indent=2, column=24)
