"""A grid of verdicts over two widths: one character a cell, or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .layout import Page, Piece

if TYPE_CHECKING:
    from ..engine.grid import Cell, Grid

SIGNS: dict[Cell, str] = {
    "holds": "#", "fails": ".", "conditional": "c", "unknown": "?", "depends": "?", None: " ",
}  # fmt: skip
WORDS: dict[Cell, str] = {
    "holds": "holds", "fails": "fails", "conditional": "conditional", "unknown": "not decided",
    None: "not allowed",
}  # fmt: skip
# Okabe & Ito's colours, told apart by people with any of the common colour blindnesses.
COLOURS: dict[Cell, str] = {
    "holds": "#0072B2", "fails": "#E69F00", "conditional": "#56B4E9", "unknown": "#BBBBBB",
    None: "#FFFFFF",
}  # fmt: skip
SUFFIXES = (".png", ".svg", ".pdf")


def _fixed(grid: Grid) -> str:
    return ", ".join(f"{name} = {value}" for name, value in grid.fixed.items())


def _kinds(grid: Grid) -> list[Cell]:
    """The kinds of cells that occur, in the order of the legend."""
    seen = {cell if cell != "depends" else "unknown" for row in grid.cells for cell in row}
    return [kind for kind in WORDS if kind in seen]


def grid_lines(grid: Grid, page: Page) -> None:
    """Lay out the grid with its axes and a legend of the signs that occur."""
    most = len(grid.cells)
    left = max(len(grid.up), 3) + 4
    gap = " " if left + 2 * most + 2 + len(grid.across) <= page.width else ""
    for j in range(most, 0, -1):
        pieces: list[Piece] = [("", f"{grid.up if j == most else '':>{left - 4}} {j:>3} ")]
        for cell in grid.cells[j - 1]:
            pieces += [(cell or "", SIGNS[cell]), ("", gap)]
        page.unwrapped(*pieces)
    if most >= 10:
        tens = gap.join(str(i // 10) if i % 10 == 0 else " " for i in range(1, most + 1))
        page.unwrapped(("", f"{'':>{left + 1}}{tens}"))
    units = gap.join(str(i % 10) for i in range(1, most + 1))
    page.unwrapped(("", f"{'':>{left + 1}}{units}  {grid.across}"))
    page.blank()
    signs = ", ".join(f"{SIGNS[kind]} {WORDS[kind]}" for kind in _kinds(grid) if kind is not None)
    if None in _kinds(grid):
        signs += ", blank: not allowed"
    page.row([("", signs)], indent=2)
    if grid.fixed:
        page.row([("", f"with {_fixed(grid)}")], indent=2)


def grid_json(grid: Grid) -> dict[str, Any]:
    """``rows[j][i]`` is the verdict at across = i + 1, up = j + 1; null where not allowed."""
    return {
        "across": grid.across,
        "up": grid.up,
        "fixed": dict(grid.fixed),
        "rows": [list(row) for row in grid.cells],
    }


def draw_grid(grid: Grid, path: Path, title: str) -> None:
    """Write the grid as a picture (PNG, SVG or PDF by the suffix); needs matplotlib.

    ``ImportError`` without it, ``OSError`` if the file can't be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    most = len(grid.cells)
    kinds = _kinds(grid)
    place = {kind: k for k, kind in enumerate(kinds)}
    place["depends"] = place.get("unknown", 0)
    side = min(max(4.0, 0.32 * most), 9.0)
    figure = Figure(figsize=(side + 2.4, side + 0.8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(
        [[place[cell] for cell in row] for row in grid.cells],
        origin="lower", extent=(0.5, most + 0.5, 0.5, most + 0.5), vmin=-0.5,
        vmax=len(kinds) - 0.5, cmap=ListedColormap([COLOURS[kind] for kind in kinds]),
    )  # fmt: skip
    ticks = range(1, most + 1, max(1, most // 12))
    axes.set_xticks(list(ticks))
    axes.set_yticks(list(ticks))
    # Cells are told apart by a sign as well, not by colour alone.
    if most <= 24:
        for j, row in enumerate(grid.cells, start=1):
            for i, cell in enumerate(row, start=1):
                dark = cell in ("holds",)
                axes.text(
                    i, j, SIGNS[cell], ha="center", va="center", fontsize=8,
                    color="white" if dark else "black",
                )  # fmt: skip
    lines = [k + 0.5 for k in range(most + 1)]
    axes.set_xticks(lines, minor=True)
    axes.set_yticks(lines, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.6)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel(grid.across)
    axes.set_ylabel(grid.up)
    axes.set_title(title + (f"\nwith {_fixed(grid)}" if grid.fixed else ""), fontsize=10)
    figure.legend(
        handles=[
            Patch(facecolor=COLOURS[k], edgecolor="black", label=f"{SIGNS[k]}  {WORDS[k]}")
            for k in kinds
        ],
        loc="outside right upper", frameon=False,
    )  # fmt: skip
    figure.savefig(path, dpi=150)
