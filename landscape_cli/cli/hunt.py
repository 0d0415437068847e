"""``landscape hunt``: search numerically for a local minimum that is not global."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._extras import not_installed
from ._models import one_model
from ._options import format_option

if TYPE_CHECKING:
    from ..hunt import Found


@click.command(
    "hunt",
    short_help="Search for a non-global local minimum and certify it.",
    epilog="""\b
Examples:
  landscape hunt 'net 1 -> tanh(2, bias) -> linear(1, bias); loss squared'
  landscape hunt model.landscape --time 60 --seed 1 -o found.json
  landscape hunt 'net 2 -> relu(2) -> 1; loss squared; data samples 6' --starts 500
  landscape hunt 'net 1 -> tanh(2) -> tanh(2) -> 1; loss squared; regularize l2 1/100'

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

    For small networks: with a smooth loss and activations, of any depth, with an l2 penalty or
    without; or with piecewise-linear activations and squared loss. What the model leaves open of
    the data is drawn at random. Reported is only what the checker has certified. Finding nothing
    is not a verdict.
    """
    from ..api import verify
    from ..catalogue import Refusal
    from ..engine.judge import judge
    from ..hunt import Found, hunt
    from ..model.diagnostics import Diagnostic, InputError
    from ._progress import Progress

    model = one_model(source, name).model
    judgement = judge(model)
    if judgement.verdict == "holds" and judgement.theorem is not None:
        why = f"every local minimum is global (holds, {judgement.theorem.id})"
        _none(Found(None, 0), seed, form, [f"There is none to find: {why}."])
        return 1
    progress = Progress(starts, "starts")
    started = time.monotonic()
    made, stopped = 0, False

    def step(count: int) -> None:
        nonlocal made
        made = count
        progress.step(f"{time.monotonic() - started:.0f} s of {seconds:g} s")

    try:
        found = hunt(judgement.facts, verify, seed=seed, starts=starts, seconds=seconds, step=step)
    except ImportError as missing:
        raise not_installed("hunt", "NumPy", "hunt") from missing
    except KeyboardInterrupt:
        found, stopped = Found(None, made), True
    finally:
        progress.clear()
    fails = judgement.verdict == "fails" and judgement.family is not None
    if isinstance(found, Refusal):
        builds = "landscape counterexample builds one" if fails else None
        raise InputError(
            [Diagnostic("E132", f"nothing to hunt: {found.reason}", model.file, None, builds)]
        )
    if found.instance is None:
        word = "starts" if found.starts != 1 else "start"
        how = "stopped" if stopped else f"{time.monotonic() - started:.0f} s"
        lines = [f"None found in {found.starts} {word} (seed {seed}, {how}). This is not a verdict:"
                 " there may be one all the same."]  # fmt: skip
        if found.uncertified:
            what = "point" if found.uncertified == 1 else "points"
            lines.append(f"{found.uncertified} {what} looked like one but could not be certified.")
        if fails and judgement.family is not None:
            lines.append(
                f"By {judgement.family.id} the model does have one: landscape counterexample "
                "builds it."
            )
        else:
            lines.append("Search longer with --starts and --time, on other data with --seed.")
        _none(found, seed, form, lines)
        return 130 if stopped else 1
    from ._console import new_page, write, write_json

    if output is not None:
        from .counterexample import write_certificate

        write_certificate(output, found.instance.document)
    if form == "json":
        write_json(found.instance.document)
        return 0
    from ..render.counterexample import counterexample_lines
    from .counterexample import checked_by

    page = new_page()
    counterexample_lines(
        found.instance.document,
        found.instance.words,
        f"Found after {found.starts} start{'s' if found.starts != 1 else ''} (seed {seed})",
        checked_by(verify(found.instance.document)),
        page,
    )
    if output is not None:
        page.unwrapped(
            ("", "  "), ("label", "written"), ("", f"   {output} (landscape verify re-checks it)")
        )
    write(page)
    return 0


def _none(found: Found, seed: int, form: str, lines: list[str]) -> None:
    """Say that nothing was found, and what that means."""
    from ._console import new_page, write, write_json

    if form == "json":
        write_json({
            "found": None, "starts": found.starts, "uncertified": found.uncertified, "seed": seed,
            "reason": " ".join(lines),
        })  # fmt: skip
        return
    page = new_page()
    for line in lines:
        page.row([("", line)])
    write(page)
