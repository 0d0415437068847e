"""``landscape hunt``: search numerically for a local minimum that is not global."""

from __future__ import annotations

from pathlib import Path

import click

from ._extras import not_installed
from ._models import one_model
from ._options import format_option


@click.command(
    "hunt",
    short_help="Search for a non-global local minimum and certify it.",
    epilog="""\b
Examples:
  landscape hunt 'net 1 -> tanh(2, bias) -> linear(1, bias); loss squared'
  landscape hunt model.landscape --time 60 --seed 1 -o found.json
  landscape hunt 'net 2 -> relu(2) -> 1; loss squared; data samples 6' --starts 500

Exit codes: 0 found and certified, 1 none found (which is not a verdict), 2 bad input.
Needs NumPy: pip install 'landscape-cli[hunt]'.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option("--time", "seconds", type=click.FloatRange(min=0, min_open=True), default=30.0,
              show_default=True, help="Stop after this many seconds.")  # fmt: skip
@click.option("--starts", type=click.IntRange(min=1), default=5000, show_default=True,
              help="Stop after this many starts.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Vary data and starts.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the certificate (JSON) to this file.",
)
@format_option()
def command(
    source: str,
    name: str | None,
    seconds: float,
    starts: int,
    seed: int,
    output: Path | None,
    form: str,
) -> int:
    """Search MODEL (a file, - or the text of a model) for a local minimum that is not global.

    For small networks with squared loss: two layers with a smooth activation, or any depth with
    piecewise-linear activations. Reported is only what the checker has certified. Finding
    nothing is not a verdict.
    """
    from ..api import verify
    from ..catalogue import Refusal
    from ..facts.facts import Facts
    from ..hunt import hunt
    from ..model.diagnostics import Diagnostic, InputError
    from ._progress import Progress

    model = one_model(source, name).model
    progress = Progress(starts, "starts")
    try:
        found = hunt(
            Facts(model), verify, seed=seed, starts=starts, seconds=seconds,
            step=lambda _: progress.step(""),
        )  # fmt: skip
    except ImportError as missing:
        raise not_installed("hunt", "NumPy", "hunt") from missing
    finally:
        progress.clear()
    if isinstance(found, Refusal):
        raise InputError([Diagnostic("E132", f"nothing to hunt: {found.reason}", model.file)])
    from ._console import new_page, write, write_json

    if found.instance is None:
        if form == "json":
            write_json({"found": None, "starts": found.starts, "seed": seed})
        else:
            page = new_page()
            page.row([("", f"None found in {found.starts} starts. This is not a verdict.")])
            write(page)
        return 1
    if output is not None:
        from .counterexample import write_certificate

        write_certificate(output, found.instance.document)
    if form == "json":
        write_json(found.instance.document)
        return 0
    from ..render.counterexample import counterexample_lines

    page = new_page()
    counterexample_lines(
        found.instance.document,
        found.instance.words,
        f"Found after {found.starts} start{'s' if found.starts != 1 else ''} (seed {seed})",
        "accepted",
        page,
    )
    write(page)
    return 0
