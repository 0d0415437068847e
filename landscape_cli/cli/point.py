"""``landscape point``: the exact analysis of one point of a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.diagnostics import Diagnostic, InputError
from ._console import new_page, write
from ._models import one_model
from ._options import format_option

if TYPE_CHECKING:
    from ..algebra.floats import NumericalRank
    from ..model.problem import DataMatrix
    from ..openness.lift import Lift, NoLift
    from ..point.analysis import PointAnalysis


@click.command(
    "point",
    short_help="Analyse the point given by `at`, exactly.",
    epilog="""\b
Examples:
  landscape point model.landscape
  landscape point 'net 2 -> 1 -> 2; loss squared; data X identity, Y = [[0, 0], [0, 1]];
                   at W1 = [[0, 0]], W2 = [[0], [0]]'
  landscape point model.landscape --weights trained.safetensors
  landscape point model.landscape --lift target.npy
  landscape point model.landscape --format json
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="A .npz, .safetensors or .json file with the matrices of the point: W1, b1, ..., and "
    "a1, ... for trained slopes of prelu.",
)
@click.option(
    "--lift",
    "target",
    type=click.Path(path_type=Path),
    help="A matrix near the product: find factors near the point with exactly this product.",
)
@click.option(
    "--tolerance",
    type=float,
    help="Also report ranks in floating point at this tolerance (labelled, not exact).",
)
@format_option()
def command(
    source: str,
    name: str | None,
    weights: Path | None,
    target: Path | None,
    tolerance: float | None,
    form: str,
) -> None:
    """Analyse the point of MODEL (a file, - or the text of a model) that `at` gives.

    Reports the loss and its gradient, the three ranks of every product and whether it is locally
    open, the inertia of the Hessian, which theorem covers the point, and whether it is a local
    minimum, with a certificate. Everything is exact, except what --tolerance adds.
    """
    from ..api import analyse

    chosen = one_model(source, name, pointed=weights is None).model
    matrices = None if weights is None else read_weights(weights)
    analysis = analyse(chosen, matrices, progress=_bar())
    _end_progress()
    lifted = None if target is None else lift_to(analysis, target)
    numerical = None if tolerance is None else numerical_ranks(analysis, tolerance)
    if form == "json":
        import json

        from ..render.point import point_json

        click.echo(json.dumps(point_json(analysis, lifted, numerical), indent=2))
    else:
        from ..render.point import point_lines

        page = new_page()
        point_lines(analysis, page, lifted, numerical)
        write(page)


def _bar() -> Callable[[str, float], None] | None:
    """A bar on standard error after a second, if a person watches."""
    import sys
    import time

    from ._progress import DELAY, EVERY

    if not sys.stderr.isatty():
        return None
    started = time.monotonic()
    last = 0.0

    def show(text: str, done: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - started >= DELAY and now - last >= EVERY:
            last = now
            filled = round(20 * done)
            bar = f"[{'=' * filled}{' ' * (20 - filled)}]"
            click.echo(f"\r\033[K{text} {bar}", nl=False, err=True)

    return show


def _end_progress() -> None:
    import sys

    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


def _fail(code: str, message: str, hint: str | None = None, file: str | None = None) -> InputError:
    return InputError([Diagnostic(code, message, file, None, hint)])


def read_weights(path: Path) -> tuple[DataMatrix, ...]:
    """The matrices of a file by name, every number exactly as stored; ``InputError``."""
    from ..model.problem import DataMatrix
    from ..syntax.files import FileProblem, read_arrays

    try:
        arrays, named = read_arrays(path, None, None)
    except FileProblem as problem:
        raise _fail(problem.code, problem.message, problem.hint, str(path)) from problem
    if not named:
        raise _fail(
            "E095",
            f"{path.name} holds one matrix without a name",
            "use a .npz, .safetensors or .json file with the names W1, b1, ...",
            str(path),
        )
    return tuple(
        DataMatrix(name, array.matrix(), str(path), name) for name, array in arrays.items()
    )


def lift_to(analysis: PointAnalysis, path: Path) -> Lift | NoLift:
    """Factors near the point's with exactly the product that the file holds; ``InputError``."""
    from ..openness.lift import lift_chain
    from ..syntax.files import FileProblem, read_arrays

    if analysis.chain is None:
        raise _fail("E118", "--lift is for products of matrices (linear networks without biases)")
    try:
        arrays, _ = read_arrays(path, None, None)
    except FileProblem as problem:
        raise _fail(problem.code, problem.message, problem.hint, str(path)) from problem
    if len(arrays) != 1:
        raise _fail("E095", f"{path.name} holds several arrays", "give one matrix", str(path))
    target = next(iter(arrays.values())).matrix()
    try:
        return lift_chain(analysis.chain.weights, target.rows)
    except ValueError as problem:
        raise _fail("E118", str(problem), None, str(path)) from problem


def numerical_ranks(analysis: PointAnalysis, tolerance: float) -> dict[str, NumericalRank]:
    """Ranks of the chain's factors in floating point, labelled as such; ``InputError``."""
    from ..algebra.floats import FloatMatrix, numerical_rank

    if analysis.chain is None:
        raise _fail("E118", "--tolerance is for products of matrices (linear networks)")
    if not tolerance >= 0:
        raise _fail("E118", "--tolerance is a number of at least 0")
    result = {}
    try:
        for name, factor in zip(analysis.chain.names, analysis.chain.factors, strict=True):
            flat = [float(entry) for row in factor for entry in row]
            matrix = FloatMatrix(len(factor), len(factor[0]), flat)
            result[name] = numerical_rank(matrix, tolerance)
    except ImportError as missing:
        raise _fail("E118", "--tolerance needs NumPy", "pip install numpy") from missing
    return result
