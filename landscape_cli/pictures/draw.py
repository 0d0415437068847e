"""Pictures drawn with matplotlib: figures, files, inline SVG, animations.

Figures are made without pyplot and in a style context, so nothing of a caller's matplotlib
changes. The same picture gives the same bytes: no dates, fixed SVG identifiers. Colours are
cividis and those of Okabe and Ito; every mark also differs in shape and carries a letter.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from ..model.diagnostics import os_reason
from .shapes import (
    OUTCOMES,
    Curves,
    Directions,
    Mark,
    Openness,
    Outcome,
    Picture,
    Reach,
    Slice,
    Training,
)

View = Literal["contour", "surface", "both"]

ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#767676"
MARKERS = {
    "local": ("o", VERMILLION), "better": ("*", SKY), "saddle": ("D", ORANGE),
    "pass": ("X", "white"), "point": ("o", ORANGE), "minimum": ("*", SKY),
}  # fmt: skip
SIZES = {"*": 17.0, "o": 11.0, "D": 10.0, "X": 11.0}
LINES = ((BLUE, "-"), (VERMILLION, "--"), (GREEN, "-."), (PURPLE, ":"))
RUNS: dict[Outcome, tuple[str, str]] = {
    "trapped": (VERMILLION, "-"), "solved": (BLUE, "-"), "elsewhere": (GREY, "--"),
}  # fmt: skip
REACHED = ("#08519c", "#4292c6", "#9ecae1")
STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10.5,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "mathtext.default": "regular",
    "text.usetex": False,
    "svg.fonttype": "path",
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
    "path.simplify": True,
}
MOST_PATHS = 70
"""Runs whose paths are drawn; the ends of all are."""

SUFFIXES = (".svg", ".pdf", ".png")
ANIMATED = (".gif", ".mp4")
LETTERS_PER_INCH = 13.6
"""Of the text below a picture."""


class CannotSave(Exception):
    """The file can't be written; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


class _Sheet:
    """A figure with a heading, room for panels, and a legend and notes in words below."""

    def __init__(
        self, picture: Any, legend: Sequence[tuple[Any, str]], size: tuple[float, float]
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        width, height = size
        letters = int(width * LETTERS_PER_INCH)
        self.figure = Figure(figsize=size)
        FigureCanvasAgg(self.figure)
        # Lines of the legend and of the notes, in inches from the bottom.
        rows = [(handle, textwrap.wrap(text, letters - 8) or [""]) for handle, text in legend]
        notes = [
            line for note in picture.notes for line in textwrap.wrap(note, int(letters * 1.13))
        ]
        used = 0.06
        for line in reversed(notes):
            self._text(0.12, used, line, width, height, fontsize=7.5, color="#444444")
            used += 0.145
        used += 0.06 if notes else 0
        for handle, lines in reversed(rows):
            for k, line in reversed(list(enumerate(lines))):
                self._text(0.5, used, line, width, height, fontsize=8.8, color="black")
                if k == 0 and handle is not None:
                    self._handle(handle, 0.27, used + 0.065, width, height)
                used += 0.19
        self.bottom = used + 0.05
        top = height - 0.1
        for line in textwrap.wrap(picture.title, int(width * 10.2))[:2]:
            top -= 0.2
            self._text(0.12, top, line, width, height, fontsize=12, fontweight="bold")
        for line in textwrap.wrap(picture.subtitle, int(width * 12.6))[:2]:
            top -= 0.19
            self._text(0.12, top, line, width, height, fontsize=9.5, color="#333333")
        self.top = top - 0.08
        self.width, self.height = width, height

    def _text(
        self, x: float, y: float, text: str, width: float, height: float, **style: Any
    ) -> None:
        self.figure.text(x / width, y / height, _plain(text), ha="left", va="baseline", **style)

    def _handle(self, handle: Any, x: float, y: float, width: float, height: float) -> None:
        from matplotlib.lines import Line2D

        ends = [x] if handle["linestyle"] == "None" else [x - 0.13, x + 0.13]
        artist = Line2D(
            [end / width for end in ends], [y / height] * len(ends),
            transform=self.figure.transFigure, figure=self.figure, **handle,
        )  # fmt: skip
        self.figure.add_artist(artist)

    def panel(
        self, left: float, right: float, *, pad: tuple[float, float, float, float], **options: Any
    ) -> Any:
        """Axes between two fractions of the width; ``pad`` left, right, bottom, top in inches."""
        x0, x1 = left * self.width + pad[0], right * self.width - pad[1]
        y0, y1 = self.bottom + pad[2], self.top - pad[3]
        if x1 - x0 < 0.5 or y1 - y0 < 0.5:
            raise CannotSave("the picture is too small for its text", "raise --width and --height")
        box = (x0 / self.width, y0 / self.height, (x1 - x0) / self.width, (y1 - y0) / self.height)
        return self.figure.add_axes(box, **options)


def _plain(text: str) -> str:
    """No mathtext in what comes from a model."""
    return text.replace("$", r"\$")


def _marker(mark: Mark, scale: float = 1.0) -> dict[str, Any]:
    shape, colour = MARKERS[mark.kind]
    return {
        "marker": shape, "markersize": SIZES[shape] * scale, "markerfacecolor": colour,
        "markeredgecolor": "black", "markeredgewidth": 1.0, "linestyle": "None",
    }  # fmt: skip


def _line(colour: str, style: str, width: float = 1.8) -> dict[str, Any]:
    return {"color": colour, "linestyle": style, "linewidth": width}


def _put(axes: Any, mark: Mark, scale: float = 1.0, *depth: float) -> None:
    """A mark with its letter (in three dimensions if a height is given)."""
    from matplotlib.patheffects import withStroke

    axes.plot(
        [mark.x], [mark.y], *([value] for value in depth), zorder=20, clip_on=False,
        **_marker(mark, scale),
    )  # fmt: skip
    if not depth:
        axes.annotate(
            mark.letter, (mark.x, mark.y), xytext=(8, 7), textcoords="offset points",
            ha="left", va="bottom", fontsize=11 * scale, fontweight="bold", zorder=21,
            annotation_clip=False, path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip


def size_of(picture: Picture, view: View) -> tuple[float, float]:
    """The usual size of a picture in inches."""
    if isinstance(picture, Slice):
        return (10.4, 5.9) if view == "both" else (7.4, 6.2)
    if isinstance(picture, Curves):
        return (7.4, 5.2)
    return (10.4, 5.9)


def figure_of(
    picture: Picture,
    view: View = "contour",
    size: tuple[float | None, float | None] = (None, None),
    *,
    turn: float = 0.0,
    until: int | None = None,
) -> Any:
    """The ``matplotlib`` figure; call within ``style``. ``turn`` and ``until`` are of animations:
    an angle, and the last recorded step."""
    usual = size_of(picture, view)
    inches = (size[0] or usual[0], size[1] or usual[1])
    if isinstance(picture, Slice):
        return _slice_figure(picture, view, inches, turn)
    if isinstance(picture, Curves):
        return _curves_figure(picture, inches)
    if isinstance(picture, Training):
        return _training_figure(picture, inches, until)
    if isinstance(picture, Openness):
        return _openness_figure(picture, inches)
    return _directions_figure(picture, inches)


# --- the plane -------------------------------------------------------------------------------


def _slice_legend(picture: Slice, *, bare: bool = False) -> list[tuple[Any, str]]:
    legend: list[tuple[Any, str]] = [
        (_marker(mark, 0.8), f"{mark.letter}: {mark.text}") for mark in picture.marks
    ]
    if picture.path and not bare:
        legend.append((_line("black", "--", 1.5), f"dashed: {picture.path_text}"))
    if picture.reference is not None and not bare:
        legend.append((_line(VERMILLION, "-", 1.8), f"{picture.reference_text}: level line"))
    return legend


def _slice_figure(picture: Slice, view: View, size: tuple[float, float], turn: float) -> Any:
    sheet = _Sheet(picture, _slice_legend(picture), size)
    if view in ("contour", "both"):
        right = 0.52 if view == "both" else 1.0
        axes = sheet.panel(0, right, pad=(0.78, 0.95, 0.5, 0.22))
        filled = _contour(axes, picture)
        _colour_scale(sheet, axes, filled, picture)
    if view in ("surface", "both"):
        left = 0.53 if view == "both" else 0.0
        axes = sheet.panel(
            left, 1.0, pad=(0.0, 0.3, 0.1, 0.0), projection="3d", computed_zorder=False
        )
        _surface(axes, picture, turn)
    return sheet.figure


def _contour(axes: Any, picture: Slice, *, pale: bool = False) -> Any:
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm

    levels = list(picture.levels)
    values = np.nan_to_num(np.asarray(picture.values), nan=np.inf)
    values = np.minimum(values, picture.cap + (picture.cap - levels[0]))
    norm = BoundaryNorm(levels, 256, extend="max")
    filled = axes.contourf(
        picture.xs, picture.ys, values, levels=levels, cmap=colormaps["cividis"], norm=norm,
        extend="max", alpha=0.45 if pale else 1.0,
    )  # fmt: skip
    axes.contour(
        picture.xs, picture.ys, values, levels=levels, colors="white", linewidths=0.4, alpha=0.5
    )
    if picture.reference is not None and not pale:
        axes.contour(
            picture.xs, picture.ys, values, levels=[_line_level(picture)],
            colors=VERMILLION, linewidths=1.6,
        )  # fmt: skip
    if picture.path:
        axes.plot(*zip(*picture.path, strict=True), color="black", linestyle="--", linewidth=1.5)
    _label(axes, picture.x_label, picture.y_label)
    axes.set_xlim(picture.xs[0], picture.xs[-1])
    axes.set_ylim(picture.ys[0], picture.ys[-1])
    for mark in picture.marks:
        _put(axes, mark)
    return filled


def _inches(axes: Any) -> tuple[float, float]:
    """Width and height of the axes."""
    box, figure = axes.get_position(), axes.figure
    return box.width * figure.get_figwidth(), box.height * figure.get_figheight()


def _fitting(text: str, inches: float, size: float) -> float:
    """The font size, at most ``size``, at which the text takes at most that many inches."""
    return min(size, max(5.0, 72 * inches / (0.56 * max(1, len(text)))))


def _label(axes: Any, x: str, y: str) -> None:
    """Both axis labels, set smaller where the axes are short."""
    width, height = _inches(axes)
    axes.set_xlabel(_plain(x), fontsize=_fitting(x, width + 0.6, 9.5))
    axes.set_ylabel(_plain(y), fontsize=_fitting(y, height + 0.3, 9.5))


def _line_level(picture: Slice) -> float:
    """The contour level that stands for the reference."""
    assert picture.reference is not None
    return min(picture.levels, key=lambda level: abs(level - (picture.reference or 0.0)))


def _colour_scale(sheet: _Sheet, axes: Any, filled: Any, picture: Slice) -> None:
    box = axes.get_position()
    bar = sheet.figure.add_axes(
        (box.x1 + 0.13 / sheet.width, box.y0, 0.16 / sheet.width, box.height)
    )
    scale = sheet.figure.colorbar(filled, cax=bar, spacing="uniform")
    levels = list(picture.levels)
    chosen = levels[:: max(1, round(len(levels) / 9))]
    if picture.reference is not None:
        near = min(range(len(levels)), key=lambda k: abs(levels[k] - picture.reference))  # type: ignore[operator]
        chosen = [v for v in chosen if abs(levels.index(v) - near) > 1]
        chosen.append(levels[near])
    chosen = sorted(chosen)
    scale.set_ticks(chosen)
    scale.set_ticklabels(_distinct(chosen))
    scale.ax.set_title("loss", fontsize=8.5, loc="left", pad=4)
    scale.minorticks_off()
    scale.outline.set_linewidth(0.5)


def _distinct(values: Sequence[float]) -> list[str]:
    """The values with as few digits as tell neighbours apart."""
    for digits in range(3, 9):
        found = [f"{value:.{digits}g}" for value in values]
        if len(set(found)) == len(found):
            return found
    return [f"{value:.9g}" for value in values]


def _at(picture: Slice, x: float, y: float) -> float:
    """The loss on the grid, bilinear between its points."""
    import numpy as np

    xs, ys, values = map(np.asarray, (picture.xs, picture.ys, picture.values))
    j = int(np.clip(np.searchsorted(xs, x) - 1, 0, len(xs) - 2))
    i = int(np.clip(np.searchsorted(ys, y) - 1, 0, len(ys) - 2))
    s = (x - xs[j]) / (xs[j + 1] - xs[j])
    t = (y - ys[i]) / (ys[i + 1] - ys[i])
    return float(
        (1 - t) * ((1 - s) * values[i, j] + s * values[i, j + 1])
        + t * ((1 - s) * values[i + 1, j] + s * values[i + 1, j + 1])
    )


def _surface(axes: Any, picture: Slice, turn: float) -> None:
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm
    from matplotlib.patheffects import withStroke

    levels = list(picture.levels)
    base = picture.reference if picture.reference is not None else levels[len(levels) // 2]
    heights = [mark.value for mark in picture.marks]
    values = np.nan_to_num(np.asarray(picture.values), nan=np.inf)
    top = max([*heights, base]) + 1.1 * max(max(heights) - levels[0], 1e-12)
    # Where the valleys are narrow, higher ground has to be seen as well.
    top = max(min(top, picture.cap), float(np.quantile(values, 0.4)))
    grid_x, grid_y = np.meshgrid(picture.xs, picture.ys)
    norm = BoundaryNorm(levels, 256, extend="max")
    shown = np.where(values > top, np.nan, values)
    colours = colormaps["cividis"](norm(np.minimum(values, top)))
    axes.plot_surface(
        grid_x, grid_y, shown, facecolors=colours, rcount=90, ccount=90, linewidth=0,
        antialiased=False, shade=False, zorder=1, rasterized=True,
    )  # fmt: skip
    if picture.path:
        xs, ys, zs = [], [], []
        for (x0, y0), (x1, y1) in zip(picture.path, picture.path[1:], strict=False):
            for t in np.linspace(0, 1, 60):
                xs.append(x0 + t * (x1 - x0))
                ys.append(y0 + t * (y1 - y0))
                zs.append(_at(picture, xs[-1], ys[-1]))
        axes.plot(xs, ys, zs, color="black", linestyle="--", linewidth=1.4, zorder=10)
    for mark in picture.marks:
        _put(axes, mark, 0.85, mark.value)
        axes.text(
            mark.x, mark.y, mark.value + 0.07 * (top - levels[0]), mark.letter, zorder=22,
            fontweight="bold", fontsize=9.5, ha="center",
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
    axes.set_zlim(levels[0], top)
    axes.set_xlabel(_plain("towards " + picture.marks[1].letter) if len(picture.marks) > 1 else "x",
                    labelpad=-4)  # fmt: skip
    axes.set_ylabel("y axis of the plane", labelpad=-4)
    axes.set_zlabel("loss", labelpad=-4)
    axes.tick_params(pad=-2, labelsize=7)
    axes.view_init(elev=38, azim=-64 + turn)
    axes.set_box_aspect((1.15, 1, 0.72), zoom=1.02)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.pane.set_alpha(0.25)
        axis.set_major_locator(_few())


def _few() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5)


# --- curves ----------------------------------------------------------------------------------


def _curves_figure(picture: Curves, size: tuple[float, float]) -> Any:
    legend: list[tuple[Any, str]] = [
        (_marker(m, 0.8), f"{m.letter}: {m.text}") for m in picture.marks
    ]
    legend += [
        (_line(*LINES[k % 4]), curve.name) for k, curve in enumerate(picture.curves)
    ]  # fmt: skip
    sheet = _Sheet(picture, legend, size)
    axes = sheet.panel(0, 1, pad=(0.72, 0.25, 0.5, 0.08))
    _curves(axes, picture)
    return sheet.figure


def _curves(axes: Any, picture: Curves) -> None:
    import numpy as np

    low = min(
        [float(np.nanmin(curve.values)) for curve in picture.curves]
        + [mark.value for mark in picture.marks]
    )
    for k, curve in enumerate(picture.curves):
        colour, style = LINES[k % 4]
        axes.plot(curve.xs, curve.values, color=colour, linestyle=style, linewidth=2.0, zorder=4)
    if picture.reference is not None:
        axes.axhline(picture.reference, color=GREY, linewidth=0.9, linestyle=":", zorder=2)
        axes.annotate(
            _plain(picture.reference_text), (_clear_place(picture), picture.reference),
            xytext=(0, 2), textcoords="offset points", ha="center", fontsize=8, color="#444444",
            zorder=3,
        )  # fmt: skip
    for mark in picture.marks:
        _put(axes, mark)
    room = picture.cap - low
    axes.set_ylim(low - 0.09 * room, picture.cap)
    axes.margins(x=0.01)
    _label(axes, picture.x_label, picture.y_label)
    axes.grid(color="#dddddd", linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)


def _clear_place(picture: Curves) -> float:
    """Where the words above the reference line are farthest from the curves."""
    import numpy as np

    assert picture.reference is not None
    xs = np.asarray(picture.curves[0].xs)
    low, high = float(xs[0]), float(xs[-1])
    width = 0.26 * (high - low)
    best = (-1.0, (low + high) / 2)
    for place in np.linspace(low + width / 2, high - width / 2, 9):
        gap = np.inf
        for curve in picture.curves:
            near = np.abs(np.asarray(curve.xs) - place) <= width / 2
            if near.any():
                rise = np.asarray(curve.values)[near] - picture.reference
                gap = min(gap, float(np.abs(rise).min()))
        best = max(best, (gap, float(place)))
    return best[1]


def _directions_figure(picture: Directions, size: tuple[float, float]) -> Any:
    curves = picture.curves
    legend: list[tuple[Any, str]] = [
        (_marker(m, 0.8), f"{m.letter}: {m.text}") for m in curves.marks
    ]
    legend += [(_line(*LINES[k % 4]), curve.name) for k, curve in enumerate(curves.curves)]
    sheet = _Sheet(curves, legend, size)
    if picture.slice is None:
        _curves(sheet.panel(0, 1, pad=(0.72, 0.25, 0.5, 0.08)), curves)
        return sheet.figure
    axes = sheet.panel(0, 0.54, pad=(0.78, 0.95, 0.5, 0.22))
    filled = _contour(axes, picture.slice)
    _colour_scale(sheet, axes, filled, picture.slice)
    _curves(sheet.panel(0.54, 1, pad=(0.62, 0.2, 0.5, 0.08)), curves)
    return sheet.figure


# --- training --------------------------------------------------------------------------------


def _training_figure(picture: Training, size: tuple[float, float], until: int | None) -> Any:
    legend: list[tuple[Any, str]] = []
    if picture.slice is not None:
        legend += [
            (_marker(mark, 0.8), f"{mark.letter}: {mark.text}") for mark in picture.slice.marks
        ]
    total = len(picture.outcomes)
    for outcome in OUTCOMES:
        count = picture.count(outcome)
        if count:
            share = f"{count} of {total} ({100 * count / total:.3g} %)"
            legend.append((_line(*RUNS[outcome]), f"{share}: {picture.words[outcome]}"))
    shown = picture.title, f"{picture.subtitle}. {picture.summary}."
    sheet = _Sheet(_Headed(*shown, picture.notes), legend, size)
    end = len(picture.steps) if until is None else until + 1
    split = 0.0
    if picture.slice is not None:
        split = 0.52
        axes = sheet.panel(0, split, pad=(0.78, 0.3, 0.5, 0.24))
        _contour(axes, picture.slice, pale=True)
        total = len(picture.outcomes)
        drawn = range(0, total, -(-total // MOST_PATHS))
        many = f"{len(drawn)} of the runs" if len(drawn) < total else "the runs"
        axes.set_title(
            f"{many}, projected on the plane; shades: loss on the plane", fontsize=8.8, pad=4
        )
        for run, outcome in enumerate(picture.outcomes):
            colour, style = RUNS[outcome]
            if run in drawn:
                axes.plot(
                    picture.paths[:end, run, 0], picture.paths[:end, run, 1], color=colour,
                    linestyle=style, linewidth=0.7, alpha=0.65, zorder=5,
                )  # fmt: skip
            axes.plot(
                picture.paths[end - 1, run, 0], picture.paths[end - 1, run, 1], color=colour,
                marker=".", markersize=4, zorder=6,
            )  # fmt: skip
    axes = sheet.panel(split, 1, pad=(0.72, 0.25, 0.5, 0.24))
    _losses(axes, picture, end)
    return sheet.figure


class _Headed:
    def __init__(self, title: str, subtitle: str, notes: tuple[str, ...]) -> None:
        self.title, self.subtitle, self.notes = title, subtitle, notes


def _losses(axes: Any, picture: Training, end: int) -> None:
    import numpy as np

    steps = np.asarray(picture.steps) + 1
    order = sorted(range(len(picture.outcomes)), key=lambda r: picture.outcomes[r] == "trapped")
    for run in order:
        colour, style = RUNS[picture.outcomes[run]]
        axes.plot(
            steps[:end], picture.losses[:end, run], color=colour, linestyle=style, linewidth=0.8,
            alpha=0.6,
        )  # fmt: skip
    values = [value for value, _ in picture.levels]
    low, high = min(values), max(values)
    finals = picture.losses[-1]
    low = min(low, float(np.nanmin(finals)))
    gap = max(high - low, 1e-9 * (1 + abs(high)))
    axes.set_ylim(low - 0.08 * gap, high + 1.6 * gap)
    for value, text in picture.levels:
        axes.axhline(value, color="black", linewidth=0.8, linestyle=":")
        axes.annotate(
            _plain(text), (1, value), xycoords=("axes fraction", "data"), xytext=(-4, 4),
            textcoords="offset points", fontsize=8, ha="right",
            bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.75},
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(1, steps[-1])
    _label(axes, "step of gradient descent (log scale; the start is 1)", "loss")
    axes.set_title(f"{len(picture.outcomes)} runs", fontsize=8.8, pad=4)


# --- openness --------------------------------------------------------------------------------


def _openness_figure(picture: Openness, size: tuple[float, float]) -> Any:
    legend: list[tuple[Any, str]] = []
    for k, radius in enumerate(picture.radii):
        handle = {"marker": "s", "markersize": 8, "markerfacecolor": REACHED[k],
                  "markeredgecolor": "none", "linestyle": "None"}  # fmt: skip
        legend.append(
            (handle, f"products of factors that move by at most {radius:.3g} (numerical)")
        )
    legend.append(
        (
            {"marker": "s", "markersize": 8, "markerfacecolor": "white",
             "markeredgecolor": "#999999", "linestyle": "None"},
            f"no factors within {picture.radii[-1]:.3g} were found",
        )
    )  # fmt: skip
    if any(panel.arrow for panel in picture.panels):
        legend.append((_line(VERMILLION, "-", 2.2), "unreachable direction (exact), arrow from AB"))
    sheet = _Sheet(picture, legend, size)
    count = len(picture.panels)
    for k, panel in enumerate(picture.panels):
        axes = sheet.panel(k / count, (k + 1) / count, pad=(0.78, 0.18, 0.52, 0.46))
        _reach(axes, panel, picture.radii)
    return sheet.figure


def _reach(axes: Any, panel: Reach, radii: Sequence[float]) -> None:
    import numpy as np

    needed = np.minimum(np.asarray(panel.needed), radii[-1] * 3)
    axes.contourf(panel.xs, panel.ys, needed, levels=[0, *radii], colors=REACHED, zorder=1)
    if panel.outside is not None:
        axes.contourf(
            panel.xs, panel.ys, np.asarray(panel.outside, dtype=float), levels=[0.5, 1.5],
            colors="#eeeeee", hatches=["///"], zorder=1,
        )  # fmt: skip
    for k in range(len(radii)):
        chosen = [(x, y) for x, y, found in panel.samples if found == k]
        if chosen:
            axes.plot(*zip(*chosen, strict=True), linestyle="None", marker=".", markersize=3.2,
                      color="black", alpha=0.55, zorder=3)  # fmt: skip
    axes.plot([0], [0], marker="P", color="white", markeredgecolor="black", markersize=9, zorder=6)
    if panel.arrow:
        axes.annotate(
            "", xy=(0, 0.92 * panel.ys[-1]), xytext=(0, 0), zorder=5,
            arrowprops={"arrowstyle": "-|>", "color": VERMILLION, "lw": 2.2, "shrinkA": 0,
                        "shrinkB": 0},
        )  # fmt: skip
        axes.annotate(
            _plain(panel.arrow), (0, 0.9 * panel.ys[-1]), xytext=(7, -2),
            textcoords="offset points", fontsize=_fitting(panel.arrow, _inches(axes)[1] / 2, 8.5),
            color=VERMILLION, zorder=7,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
        )  # fmt: skip
    word = "open" if panel.open else "not open"
    axes.set_title(_plain(f"{panel.name}: {word}\n{panel.reason}"), fontsize=9.2, loc="left", pad=5)
    _label(axes, panel.x_label, panel.y_label)
    axes.set_aspect("equal", adjustable="box")
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color("#999999")


# --- files -----------------------------------------------------------------------------------


@contextmanager
def style(salt: str = "landscape") -> Iterator[None]:
    """The style of all pictures; the caller's settings come back behind it."""
    import matplotlib

    usual = {k: v for k, v in matplotlib.rcParamsDefault.items() if "backend" not in k}
    settings: Any = {**usual, **STYLE, "svg.hashsalt": salt}
    with matplotlib.rc_context(settings):
        yield


def title_of(picture: Picture) -> str:
    """The title of a picture."""
    return picture.curves.title if isinstance(picture, Directions) else picture.title


def description_of(picture: Picture) -> str:
    """A picture in words, for those who can't see it."""
    if isinstance(picture, Directions):
        return description_of(picture.curves)
    parts = [picture.subtitle + "."]
    if isinstance(picture, (Slice, Curves)):
        parts += [f"{mark.letter}: {mark.text}." for mark in picture.marks]
        kind = "Contours" if isinstance(picture, Slice) else "Curves"
        parts.append(f"{kind} of the loss; x axis: {picture.x_label}; y axis: {picture.y_label}.")
    elif isinstance(picture, Training):
        parts.append(f"{picture.summary}.")
        parts += [
            f"{picture.count(o)} runs: {picture.words[o]}." for o in OUTCOMES if picture.count(o)
        ]
    else:
        for panel in picture.panels:
            word = "open" if panel.open else "not open"
            parts.append(f"{panel.name}: {word}; {panel.reason}.")
    return " ".join([*parts, *picture.notes])


def svg(
    picture: Picture,
    *,
    view: View = "contour",
    size: tuple[float | None, float | None] = (None, None),
    title: str | None = None,
    description: str | None = None,
    seed: int = 0,
) -> str:
    """The picture as one ``<svg>`` element to be put into a page, with ``<title>`` and ``<desc>``.

    Identifiers are the same each time and differ between pictures with different titles, so that
    several can stand on one page. ``ImportError`` without matplotlib.
    """
    from hashlib import sha256
    from html import escape

    words = description if description is not None else description_of(picture)
    name = title if title is not None else title_of(picture)
    salt = sha256(f"{name}\0{words}\0{view}\0{seed}".encode()).hexdigest()[:10]
    buffer = io.StringIO()
    with style(salt):
        figure = figure_of(picture, view, size)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    # Two pictures on a page must not share names (axes_1, glyphs, clip paths).
    text = re.sub(r' id="([^"]+)"', rf' id="\1-{salt}"', text)
    text = re.sub(r'(href="#[^"]+)"', rf'\1-{salt}"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#\1-{salt})", text)
    head, _, rest = text.partition(">")
    head += f' role="img" aria-labelledby="title-{salt} desc-{salt}"'
    labels = (
        f'<title id="title-{salt}">{escape(name)}</title>'
        f'<desc id="desc-{salt}">{escape(words)}</desc>'
    )
    return f"{head}>\n {labels}{rest}"


def save(
    picture: Picture,
    path: Path,
    *,
    view: View = "contour",
    size: tuple[float | None, float | None] = (None, None),
    dpi: int = 150,
    seed: int = 0,
    step: Callable[[str], None] | None = None,
) -> None:
    """Write the picture; the suffix of the path says how.

    The seed, the title and the words stand in the metadata. Raises ``CannotSave`` for an unknown
    suffix, a path that can't be written, or an animation that nothing can write.
    """
    suffix = path.suffix.lower()
    check_path(path, picture, view)
    if suffix in ANIMATED:
        _animate(picture, path, view, size, dpi, seed, step)
        return
    with style(f"landscape-{seed}"):
        figure = figure_of(picture, view, size)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, dpi=dpi, metadata=_metadata(picture, suffix, seed))
        except OSError as error:
            raise _unwritable(path, error) from error


def check_path(path: Path, picture: Picture | None = None, view: View = "contour") -> None:
    """Raise ``CannotSave`` where the file can't be written, before anything is computed."""
    suffix = path.suffix.lower()
    known = (*SUFFIXES, *ANIMATED)
    if suffix not in known:
        what = f"{path.suffix} is no kind of picture" if suffix else f"{path} has no suffix"
        raise CannotSave(f"{what} that is written here", f"use one of {', '.join(known)}")
    folder = next((folder for folder in path.parents if folder.exists()), Path())
    if not folder.is_dir():
        raise CannotSave(f"{folder} is not a folder")
    if path.is_dir():
        raise CannotSave(f"{path} is a folder")
    if suffix == ".mp4":
        from shutil import which

        if which("ffmpeg") is None:
            raise CannotSave(
                "an .mp4 needs the program ffmpeg, which is not installed",
                "install ffmpeg, or write a .gif",
            )
    still = picture is not None and not (
        isinstance(picture, Training) or (isinstance(picture, Slice) and view != "contour")
    )
    if suffix in ANIMATED and still:
        raise CannotSave(
            "this picture does not move",
            "an animation shows --kind surface (turning) or --training; else use .svg, .pdf, .png",
        )


def _unwritable(path: Path, error: OSError) -> CannotSave:
    return CannotSave(f"can't write {path}: {os_reason(error)}")


def _metadata(picture: Picture, suffix: str, seed: int) -> dict[str, Any]:
    from .. import __version__

    words = f"{description_of(picture)} seed={seed}"
    maker = f"landscape {__version__}"
    if suffix == ".png":
        return {"Title": title_of(picture), "Description": words, "Software": maker,
                "Seed": str(seed)}  # fmt: skip
    if suffix == ".pdf":
        return {"Title": title_of(picture), "Subject": words, "Keywords": f"seed={seed}",
                "Creator": maker, "CreationDate": None}  # fmt: skip
    return {"Title": title_of(picture), "Description": words, "Keywords": f"seed={seed}",
            "Creator": maker, "Date": None}  # fmt: skip


FRAMES = 48
LAST_FRAMES = 8
"""How often the last step of a training is shown."""


def _animate(
    picture: Picture, path: Path, view: View, size: tuple[float | None, float | None], dpi: int,
    seed: int, step: Callable[[str], None] | None,
) -> None:  # fmt: skip
    """A surface that turns, or runs that go on step by step."""
    import numpy as np

    frames: list[dict[str, Any]] = []
    if isinstance(picture, Training):
        last = len(picture.steps) - 1
        chosen = sorted({round(k) for k in np.linspace(0, last, FRAMES)})
        frames = [{"until": k} for k in [*chosen, *([last] * LAST_FRAMES)]]
    else:
        frames = [{"turn": 360 * k / FRAMES} for k in range(FRAMES)]
    images = []
    with style(f"landscape-{seed}"):
        for frame in frames:
            figure = figure_of(picture, view, size, **frame)
            figure.set_dpi(dpi)
            figure.canvas.draw()
            images.append(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())
            if step is not None:
                step("frames")
    words = f"seed={seed}. {title_of(picture)}. {description_of(picture)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".gif":
            _write_gif(images, path, words)
        else:
            _write_mp4(images, path, words)
    except OSError as error:
        raise _unwritable(path, error) from error


def _write_gif(images: Sequence[Any], path: Path, words: str) -> None:
    from PIL import Image

    first, *rest = [
        Image.fromarray(image).quantize(256, method=Image.Quantize.MAXCOVERAGE) for image in images
    ]
    first.save(
        path, save_all=True, append_images=rest, duration=110, loop=0,
        comment=words[:250].encode("ascii", "replace"),
    )  # fmt: skip


def _write_mp4(images: Sequence[Any], path: Path, words: str) -> None:
    import subprocess

    height, width, _ = images[0].shape
    command = [
        "ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{width}x{height}", "-r", "9", "-i", "-", "-an",
        "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p",
        "-metadata", f"comment={words}", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        "-f", "mp4", str(path),
    ]  # fmt: skip
    data = b"".join(image.tobytes() for image in images)
    ran = subprocess.run(command, input=data, capture_output=True, check=False)
    if ran.returncode:
        lines = ran.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise CannotSave(f"ffmpeg could not write {path}: {lines[-1]}")
