"""``landscape solve``: for which widths the property holds, fails, is not decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._extras import not_installed
from ._files import unwritable
from ._models import one_model

if TYPE_CHECKING:
    from ..engine.grid import Grid
    from ..engine.judge import Judgement
    from ..engine.solve import Solution

LARGEST_GRID = 60


@click.command(
    "solve",
    short_help="For which widths does it hold? (symbolic widths)",
    epilog="""\b
Examples:
  landscape solve 'net d0 -> d1 -> d2; loss huber(1)'
  landscape solve 'net d0 -> d1 -> d2; loss absolute; assume d0 = 3' --for d1
  landscape solve 'net 4 -> d1 -> d2 -> 3; loss convex' --table d1,d2
  landscape solve 'net d0 -> d1 -> d2; loss huber(1)' --table d0,d1 --at d2=6
  landscape solve model.landscape --table d0,d1 -o grid.png
  landscape solve model.landscape --format json

\b
-o needs matplotlib: pip install 'landscape-cli[plot]'

Exit codes: 0 holds for the whole class (or as `expect` says), 1 not, 2 bad input.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "latex"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--for", "width", metavar="WIDTH", help="A bound on this width.")
@click.option("--table", metavar="W1,W2", help="A grid over two widths, one character a cell.")
@click.option(
    "--at", "at", multiple=True, metavar="WIDTH=N", help="The value of another width in the grid."
)
@click.option(
    "--most", default=12, show_default=True, type=click.IntRange(2, LARGEST_GRID),
    help="The largest width of the grid.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Draw the grid into a file (.png, .svg, .pdf).",
)  # fmt: skip
def command(
    source: str, name: str | None, form: str, width: str | None, table: str | None,
    at: tuple[str, ...], most: int, output: Path | None,
) -> int:  # fmt: skip
    """Print the formulas under which every local minimum of MODEL is global.

    MODEL is a file, - or the text of a model whose widths may be symbols. The three formulas
    partition the widths that the model allows; with each comes the smallest sample, judged again
    at its numbers. A grid (--table) takes the widths that are not on its axes from --at, or
    chooses values that show all sides.
    """
    from ..engine.judge import judge
    from ..engine.solve import solve_judged, symbols

    model = one_model(source, name).model
    judgement = judge(model)
    names = symbols(judgement)
    axes = _axes(table, names)
    given = _values(at, names, axes)
    if width is not None:
        _known(width, names)
    if (at or output) and axes is None:
        raise click.UsageError("--at and -o go with a grid: --table W1,W2")
    if output is not None:
        _check_output(output)
    solution = solve_judged(judgement)
    bound = None
    if width is not None:
        from ..engine.elimination import bound_on

        bound = bound_on(judgement, width)
    code = 0 if _verdict(judgement, solution) == _expected(judgement) else 1
    found = None if axes is None else _grid(judgement, axes, most, given)
    if found is not None and output is not None:
        _draw(found, output, judgement)
    from ..render.solution import bound_lines, solution_json, solution_latex, solution_lines
    from ._console import new_page, write, write_json

    if form == "json":
        document = solution_json(solution, width, bound)
        if found is not None:
            from ..render.width_grid import grid_json

            document["table"] = grid_json(found)
        write_json(document)
        return code
    if form == "latex":
        click.echo(solution_latex(solution), nl=False)
        return code
    page = new_page()
    solution_lines(solution, page)
    if width is not None and bound is not None:
        page.blank()
        bound_lines(width, bound, page)
    if found is not None and output is None:
        from ..render.width_grid import grid_lines

        page.blank()
        grid_lines(found, page)
    if output is not None:
        page.blank()
        page.row([("", str(output))], label=("label", "grid"), column=14)
    write(page)
    return code


def _verdict(judgement: Judgement, solution: Solution) -> str:
    """The verdict on the whole class."""
    if solution.regions.holds is True:
        return "holds"
    if solution.regions.fails is True:
        return "fails"
    return judgement.verdict if solution.regions.unknown is True else "depends"


def _expected(judgement: Judgement) -> str:
    expectation = judgement.facts.model.expectation
    return "holds" if expectation is None else expectation.verdict


def _known(name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise click.UsageError(
            f"{name!r} is not a symbol of the model; its symbols: {', '.join(names) or 'none'}"
        )


def _axes(table: str | None, names: Sequence[str]) -> tuple[str, str] | None:
    if table is None:
        return None
    parts = [part.strip() for part in table.split(",")]
    if len(parts) != 2 or parts[0] == parts[1]:
        raise click.UsageError("--table takes two different widths, such as d1,d2")
    for part in parts:
        _known(part, names)
    return parts[0], parts[1]


def _values(
    at: tuple[str, ...], names: Sequence[str], axes: tuple[str, str] | None
) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in at:
        for item in text.split(","):
            key, _, value = (part.strip() for part in item.partition("="))
            if not value.isdecimal() or len(value) > 9:
                raise click.UsageError(f"--at takes a width and its value (d2=6), not {item!r}")
            _known(key, names)
            if key in (axes or ()):
                raise click.UsageError(f"{key} is an axis of the grid: it takes all values")
            found[key] = int(value)
    return found


def _check_output(output: Path) -> None:
    from importlib.util import find_spec

    from ..render.width_grid import SUFFIXES

    if output.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"-o takes a file that ends in {', '.join(SUFFIXES)}")
    if find_spec("matplotlib") is None:
        raise not_installed("a file", "matplotlib", "plot")


def _grid(judgement: Judgement, axes: tuple[str, str], most: int, given: dict[str, int]) -> Grid:
    from ..engine.grid import grid
    from ._progress import Progress

    progress = Progress(most, "rows")
    try:
        return grid(judgement, *axes, most, given, step=lambda: progress.step(""))
    except ValueError as error:
        raise click.UsageError(f"--at: {error}") from error
    finally:
        progress.clear()


def _draw(found: Grid, output: Path, judgement: Judgement) -> None:
    from ..render.verdict import title
    from ..render.width_grid import draw_grid

    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        draw_grid(found, output, title(judgement.facts.model, 60))
    except OSError as error:
        raise unwritable(output, error) from error
