"""``landscape plot``: a picture of the landscape of a model, or of local openness."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..model.diagnostics import Diagnostic, InputError
from ._extras import not_installed
from ._models import one_model
from ._options import format_option

if TYPE_CHECKING:
    from ..algebra.exact import ExactRows
    from ..model.problem import Model
    from ..pictures.draw import View
    from ..pictures.shapes import Picture

KINDS = ("contour", "surface", "both", "segment")


@click.command(
    "plot",
    short_help="A picture: the loss around a certified local minimum.",
    epilog="""\b
Examples:
  landscape plot 'net 2 -> 1 -> 2; loss huber(1)'
  landscape plot model.landscape -o slice.svg
  landscape plot model.landscape --kind both -o both.pdf
  landscape plot model.landscape --kind segment -o segment.png --width 6 --dpi 200
  landscape plot model.landscape --training -o runs.gif --starts 100 --seed 3
  landscape plot model.landscape --point -o point.svg
  landscape plot --openness '[[1, 0], [0, 0]]' '[[0, 0], [0, 1]]' -o open.svg

Without -o the picture is made of characters. Files: .svg .pdf .png; animations (a surface that
turns, runs of training): .gif .mp4. Exit codes: 0 drawn, 2 it can't be (the message says why).
Files need matplotlib and NumPy: pip install 'landscape-cli[plot]'. Without NumPy planes and
segments of certified instances are drawn in the terminal.
""",
)
@click.argument("source", metavar="[MODEL]", required=False)
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="The file to write; its suffix says how.")  # fmt: skip
@click.option("--kind", type=click.Choice(KINDS), default=None,
              help="What of the plane to draw, or the segment between the two points. "
              "[default: contour]")  # fmt: skip
@click.option("--direction", type=click.Choice(["auto", "escape", "gauge", "steepest", "origin"]),
              default="auto", show_default=True,
              help="The plane's third direction: the lowest way out, a symmetry, the steepest, "
              "the origin.")  # fmt: skip
@click.option("--point", "pointed", is_flag=True,
              help="The point given by `at`, with its steepest, flattest and most negative "
              "direction.")  # fmt: skip
@click.option("--weights", type=click.Path(path_type=Path),
              help="A .npz, .safetensors or .json file with the point's matrices.")  # fmt: skip
@click.option("--radius", type=click.FloatRange(min=0, min_open=True),
              help="How far from the point to look.")  # fmt: skip
@click.option("--openness", nargs=2, metavar="A B",
              help="Local openness of the product at two matrices (or files).")  # fmt: skip
@click.option("--training", is_flag=True,
              help="Gradient descent from many starts: an experiment.")  # fmt: skip
@click.option("--starts", type=click.IntRange(min=1, max=100_000), default=200,
              show_default=True, help="Runs of the training.")  # fmt: skip
@click.option("--steps", "rounds", type=click.IntRange(min=1, max=1_000_000), default=2000,
              show_default=True, help="Steps of a run.")  # fmt: skip
@click.option("--spread", type=click.FloatRange(min=0, min_open=True),
              help="Standard deviation of the starts.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="The same seed gives the same picture.")  # fmt: skip
@click.option("--terminal", is_flag=True, help="Made of characters, also with -o.")
@click.option("--width", type=click.FloatRange(min=2, max=60), help="Inches.")
@click.option("--height", type=click.FloatRange(min=2, max=60), help="Inches.")
@click.option("--dpi", type=click.IntRange(min=20, max=1200), default=150, show_default=True,
              help="Dots per inch of .png, .gif and .mp4.")  # fmt: skip
@format_option()
def command(
    source: str | None,
    name: str | None,
    output: Path | None,
    kind: str | None,
    direction: str,
    pointed: bool,
    weights: Path | None,
    radius: float | None,
    openness: tuple[str, str] | None,
    training: bool,
    starts: int,
    rounds: int,
    spread: float | None,
    seed: int,
    terminal: bool,
    width: float | None,
    height: float | None,
    dpi: int,
    form: str,
) -> int:
    """Draw the landscape of MODEL (a file, - or the text of a model).

    Where the property fails: the loss on the plane through the certified local minimum and the
    better point, with their exact values. Otherwise the origin and the best point that descents
    find, for the model's data or data drawn from the seed; the picture says so.
    """
    pointed = pointed or weights is not None
    if openness is not None:
        if source is not None:
            raise click.UsageError("--openness takes two matrices and no MODEL")
        if pointed or training or kind is not None:
            raise click.UsageError("--openness is a picture of its own, without --kind, --point "
                                   "and --training")  # fmt: skip
    elif source is None:
        raise click.UsageError("give a MODEL, or --openness A B")
    if pointed and (training or kind is not None):
        raise click.UsageError("--point is a picture of its own, without --kind and --training")
    if training and kind is not None:
        raise click.UsageError("--training is a picture of its own, without --kind")
    turning = output is not None and output.suffix.lower() in (".gif", ".mp4")
    view: View = "contour"
    if kind == "surface" or (kind is None and turning):
        view = "surface"
    elif kind == "both":
        view = "both"
    if output is not None:
        _drawable(output)
    progress = _Watched()
    try:
        if openness is not None:
            picture: Picture = _openness(openness, seed, progress.step)
        elif pointed:
            assert source is not None
            picture = _point(source, name, weights, radius, progress.step)
        else:
            assert source is not None
            picture = _of_model(
                one_model(source, name).model, kind, direction, training, seed, starts, rounds,
                spread, progress.step,
            )  # fmt: skip
        if output is not None:
            _save(picture, output, view, (width, height), dpi, seed, progress.step)
    except ModuleNotFoundError as missing:
        if missing.name not in ("numpy", "matplotlib", "PIL"):
            raise
        raise not_installed("this picture", missing.name, "plot") from missing
    finally:
        progress.clear()
    if form == "json":
        from ..pictures.values_json import picture_json
        from ._console import write_json

        write_json(picture_json(picture, seed))
        return 0
    from ._console import new_page, write

    page = new_page()
    if output is None or terminal:
        from ..pictures.terminal import picture_lines

        picture_lines(picture, page)
    if output is not None:
        page.unwrapped(("label", "written"), ("", f"   {output}"))
    write(page)
    return 0


class _Watched:
    """A bar on standard error behind the first second, as long as something goes on."""

    def __init__(self) -> None:
        from ._progress import Progress

        self.progress = Progress(1 << 30, "")
        self.task = ""

    def step(self, task: str) -> None:
        """Say what is being done."""
        from ._progress import Progress

        if task != self.task:
            started = self.progress.started
            self.progress.clear()
            total = {"search for a low path": 40, "rows of the picture": 121, "descent": 100,
                     "frames": 56, "products": 24}  # fmt: skip
            self.progress = Progress(total.get(task, 100), "")
            self.progress.started = started
            self.task = task
        if self.progress.done < self.progress.total:
            self.progress.step(task)

    def clear(self) -> None:
        """Take the bar away."""
        self.progress.clear()


def _refused(message: str, hint: str | None = None, file: str | None = None) -> InputError:
    return InputError([Diagnostic("E130", message, file, None, hint)])


def _drawable(output: Path) -> None:
    """Whether the file can be written, before anything is computed."""
    from importlib.util import find_spec

    from ..pictures.draw import CannotSave, check_path

    try:
        check_path(output)
    except CannotSave as error:
        raise _refused(str(error), error.hint) from error
    for module in ("numpy", "matplotlib"):
        if find_spec(module) is None:
            raise not_installed(
                "a file", module, "plot", "without -o the picture is made of characters"
            )


def _save(
    picture: Picture, output: Path, view: View, size: tuple[float | None, float | None], dpi: int,
    seed: int, step: Callable[[str], None],
) -> None:  # fmt: skip
    from ..pictures.draw import CannotSave, save

    try:
        save(picture, output, view=view, size=size, dpi=dpi, seed=seed, step=step)
    except CannotSave as error:
        raise _refused(str(error), error.hint) from error


def _of_model(
    model: Model, kind: str | None, direction: str, training: bool, seed: int, starts: int,
    rounds: int, spread: float | None, step: Callable[[str], None],
) -> Picture:  # fmt: skip
    from importlib.util import find_spec

    from ..engine.judge import judge
    from ..hunt.objective import NotDrawable
    from ..pictures import Wish, picture_of
    from ..pictures.descent import TooLong
    from ..pictures.directions import TooManyWeights
    from ..pictures.planes import NoDirection
    from ..pictures.stage import NoStage

    if find_spec("numpy") is None and not training:
        from ..pictures.plain import plain_picture

        try:
            return plain_picture(judge(model), "segment" if kind == "segment" else "plane")
        except NoStage as error:
            raise _refused(str(error), error.hint, model.file) from error
    subject: Any = "training" if training else "segment" if kind == "segment" else "plane"
    wish = Wish(subject, direction, seed, starts, rounds, spread)  # type: ignore[arg-type]
    try:
        return picture_of(judge(model), wish, step)
    except NoStage as error:
        raise _refused(str(error), error.hint, model.file) from error
    except (NoDirection, TooLong, TooManyWeights, NotDrawable) as error:
        raise _refused(str(error), None, model.file) from error


def _point(
    source: str, name: str | None, weights: Path | None, radius: float | None,
    step: Callable[[str], None],
) -> Picture:  # fmt: skip
    from ..api import analyse
    from ..hunt.objective import NotDrawable, of_instance
    from ..pictures.directions import TooManyWeights, point_picture
    from ..pictures.stage import heading
    from ..point.instance import make_instance
    from .point import read_weights

    model = one_model(source, name, pointed=weights is None).model
    matrices = None if weights is None else read_weights(weights)
    instance = make_instance(model, matrices)
    try:
        objective = of_instance(instance)
        theta = objective.flat({name: instance.leaves[name] for name, _ in objective.shapes})
        analysis = analyse(model, matrices)
        return point_picture(
            analysis, objective, theta, title=heading(model), radius=radius, step=step
        )
    except (NotDrawable, TooManyWeights) as error:
        raise _refused(str(error), None, model.file) from error


def _openness(texts: tuple[str, str], seed: int, step: Callable[[str], None]) -> Picture:
    from ..pictures.reach import NotDrawn, openness_picture

    left, right = (_matrix(text, which) for text, which in zip(texts, "AB", strict=True))
    try:
        return openness_picture(left, right, seed=seed, step=step)
    except (NotDrawn, ValueError) as error:
        raise _refused(str(error)) from error


def _matrix(text: str, which: str) -> ExactRows:
    """A matrix as the model language writes it, or a file with one matrix."""
    from ..syntax import parse
    from ..syntax.files import FORMATS, FileProblem, read_arrays

    if not text.lstrip().startswith("["):
        path = Path(text)
        if path.suffix.lower() not in FORMATS and not path.exists():
            raise _refused(f"{which} is neither a matrix nor a file: {text[:60]}",
                           "write a matrix as [[1, 0], [0, 1/2]]")  # fmt: skip
        try:
            arrays, _ = read_arrays(path, None, None)
        except FileProblem as problem:
            raise InputError(
                [Diagnostic(problem.code, problem.message, text, None, problem.hint)]
            ) from problem
        if len(arrays) != 1:
            raise _refused(f"{text} holds several arrays", "give a file with one matrix")
        (array,) = arrays.values()
        return tuple(tuple(map(Fraction, row)) for row in array.matrix().rows)
    # A model whose point is the matrix: the language's own reader, with its errors.
    first = text.strip().removeprefix("[").partition("]")[0]
    rows, columns = max(1, text.count("[") - 1), first.count(",") + 1
    try:
        model = parse(f"param W: {rows} x {columns}; map W; loss squared; at W = {text}")[0]
    except InputError as error:
        found = error.diagnostics[0]
        raise InputError(
            [Diagnostic(found.code, f"{which} is no matrix: {found.message}", None, None,
                        "write a matrix as [[1, 0], [0, 1/2]]")]
        ) from error  # fmt: skip
    if model.point is None:
        raise _refused(f"{which} is no matrix: {text[:60]}")
    return model.point.matrices[0].matrix.rows
