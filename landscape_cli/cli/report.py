"""``landscape report``: a page of HTML on some models."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import exit_zero_option
from ._progress import Progress

if TYPE_CHECKING:
    from ..engine.report import ModelReport
    from ..render.html.report import Checked


@click.command(
    "report",
    short_help="Write a page of HTML on some models.",
    epilog="""\b
Examples:
  landscape report model.landscape -o report.html
  landscape report models/ -o report.html
  landscape report 'net 2 -> 1 -> 2; loss huber(1)' -o huber.html
  landscape report model.landscape > report.html

\b
Exit codes: as those of landscape check; --exit-zero gives 0 whatever the verdicts.
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="MODEL...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; by default the page goes to standard output.",
)
@click.option("--pictures/--no-pictures", default=True, show_default=True,
              help="Draw the counterexamples (needs the extra [plot]).")  # fmt: skip
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="A page, or the document of landscape check --format json.",
)
@exit_zero_option()
def command(
    paths: tuple[str, ...], output: Path | None, pictures: bool, form: str, exit_zero: bool
) -> int:
    """Write one page on every MODEL: verdict, the failing assumptions at their place in the
    source, proof, counterexample with its certificate, picture, repairs.

    MODEL is a file, a folder (searched for *.landscape), - for standard input, or the text of a
    model. The page needs no network.
    """
    sources = list(_sources(paths))
    if not sources:
        raise click.UsageError(f"no model file found in {', '.join(paths)}")
    progress = Progress(len(sources), "files")
    runs = []
    for name, check in sources:
        progress.step(name)
        runs.append(check())
    progress.clear()
    progress = Progress(sum(len(run.report.models) for run in runs), "models")
    picture = _picture() if pictures and form == "html" else None
    if form == "json":
        page = _json(runs)
    else:
        from ..render.html.report import report_page

        page = report_page(runs, picture, progress.step)
    progress.clear()
    if form == "html" and pictures and picture is None and any(_drawable(run) for run in runs):
        click.echo(
            "landscape: note: the page has no pictures: matplotlib or NumPy is not installed"
            " (pip install 'landscape-cli[plot]'; --no-pictures leaves out this note)",
            err=True,
        )
    code = max((run.report.exit_code for run in runs), default=0)
    if output is None:
        click.echo(page, nl=False)
    else:
        from ._files import write_text

        write_text(output, page)
        models = sum(len(run.report.models) for run in runs)
        click.echo(f"{output}: {models} model{'' if models == 1 else 's'}")
    for run in runs:
        if run.report.errors:
            from ._console import write_errors

            write_errors(run.report.errors)
    return 0 if exit_zero and code == 1 else code


def _json(runs: list[Checked]) -> str:
    import json

    from ..render.report_json import document, error_json, model_json

    models = [model_json(model) for run in runs for model in run.report.models]
    errors = [error_json(error) for run in runs for error in run.report.errors]
    return json.dumps(document(models, errors), indent=2) + "\n"


def _drawable(run: Checked) -> bool:
    """Whether the page would draw a picture of one of the models."""
    return any(model.counterexample is not None for model in run.report.models)


def _sources(paths: tuple[str, ...]) -> Iterator[tuple[str, Callable[[], Checked]]]:
    """What is to be checked, in order: name and check."""
    from ..checking.discovery import model_files
    from ..checking.settings import load

    settings = load({}, list(paths), file=None)
    for text in paths:
        if text != "-" and _is_model(text):
            yield "<text>", partial(_checked, "<text>", text, None)
            continue
        for path in model_files([text], settings):
            if path is None:
                yield "<stdin>", _standard_input
            else:
                yield str(path), partial(_file, path)


def _is_model(text: str) -> bool:
    """Whether an argument is the text of a model, not the name of a file."""
    return any(mark in text for mark in (";", "\n", "->")) and not os.path.lexists(text[:4000])


def _checked(name: str, text: str, base: Path | None) -> Checked:
    from ..api import check
    from ..render.html.report import Checked

    return Checked(name, text, check(text, file=None if base is None else name, base=base))


def _standard_input() -> Checked:
    from ._console import read_standard_input

    return _checked("<stdin>", read_standard_input(), None)


def _file(path: Path) -> Checked:
    from ..engine.report import Report
    from ..model.diagnostics import InputError
    from ..render.html.report import Checked
    from ..syntax import read_file

    try:
        return _checked(str(path), read_file(path), path.parent)
    except InputError as error:
        return Checked(str(path), "", Report((), error.diagnostics))


def _picture() -> Callable[[ModelReport], str | None] | None:
    """Draws the plane through the local minimum; None where matplotlib is not installed."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None or find_spec("numpy") is None:
        return None
    from ..engine.judge import judge
    from ..hunt.objective import NotDrawable
    from ..pictures import Wish, picture_of
    from ..pictures.directions import TooManyWeights
    from ..pictures.draw import svg
    from ..pictures.planes import NoDirection
    from ..pictures.stage import NoStage

    def drawn(report: ModelReport) -> str | None:
        try:
            return svg(picture_of(judge(report.model), Wish()))
        except (NoStage, NoDirection, NotDrawable, TooManyWeights):
            # Such as a certificate whose weights are enclosed: the page says the rest.
            return None

    return drawn
