"""``landscape counterexample``: an exact instance with a local minimum that is not global."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._models import one_model
from ._options import format_option

if TYPE_CHECKING:
    from ..engine.judge import Judgement


@click.command(
    "counterexample",
    short_help="Build an exact instance with a non-global local minimum.",
    epilog="""\b
Examples:
  landscape counterexample 'net 2 -> relu(3) -> 1; loss squared'
  landscape counterexample model.landscape -o instance.json
  landscape counterexample model.landscape --samples 6 --seed 3
  landscape counterexample 'net 2 -> 1 -> 2; loss huber(1)' --format json | landscape verify -

Exit codes: 0 built and accepted by the kernel, 1 there is none to show, 2 bad input.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the certificate (JSON) to this file, once the kernel has accepted it.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Vary the free choices.")
@click.option("--samples", type=click.IntRange(min=1), help="The number of samples n.")
@click.option("--simplest", is_flag=True, help="Fewest samples, smallest numbers.")
@format_option()
def command(
    source: str,
    name: str | None,
    output: Path | None,
    seed: int,
    samples: int | None,
    simplest: bool,
    form: str,
) -> int:
    """Show data and weights of MODEL (a file, - or the text of a model) with a local minimum
    that is not global, a better point, and why; all numbers are exact.

    The kernel re-checks the instance before it is shown. Where the property holds, or nothing is
    known, it says so.
    """
    from ..catalogue import BuildOptions
    from ..engine.judge import judge

    model = one_model(source, name).model
    judgement = judge(model)
    if judgement.family is None or judgement.verdict != "fails":
        _say_why_not(judgement, form)
        return 1
    if not judgement.facts.numeric:
        message = "the widths are symbols: give numbers for them, as in net 2 -> relu(1) -> 1"
        _say(message, judgement.verdict, form)
        return 1
    family = judgement.family
    from ..api import certified
    from ..catalogue import Refusal
    from ._progress import Waiting

    with Waiting() as waiting:
        found = certified(judgement, BuildOptions(samples, seed, simplest), waiting.step)
    if found is None:
        _say_too_large(judgement, form)
        return 1
    if isinstance(found, Refusal):
        if samples is not None:
            _say(f"{family.id}: {found.reason}", judgement.verdict, form)
            return 1
        from ..model.diagnostics import InternalError

        raise InternalError(f"{family.id} claims this model but builds nothing: {found.reason}")
    built, outcome = found
    if output is not None:
        write_certificate(output, built.document)
    if form == "json":
        from ._console import write_json

        write_json(built.document)
        return 0
    from ..render.counterexample import counterexample_lines
    from ._console import new_page, write

    page = new_page()
    counterexample_lines(built.document, built.words, family.title, checked_by(outcome), page)
    if output is not None:
        # Unwrapped: a path that is broken can't be copied.
        page.unwrapped(
            ("", "  "), ("label", "written"), ("", f"   {output} (landscape verify re-checks it)")
        )
    write(page)
    return 0


def checked_by(outcome: Any) -> str:
    """Which checker accepted a certificate, in words."""
    if outcome.argument in ("interval-newton", "split-unit"):
        return "accepted by the interval checker (ball arithmetic, python-flint)"
    return "accepted by the kernel (exact arithmetic, standard library only)"


def write_certificate(path: Path, document: dict[str, Any]) -> None:
    """Write a certificate as JSON; ``InputError`` if the file can't be written."""
    from ..render.counterexample import certificate_text
    from ._files import write_text

    write_text(path, certificate_text(document))


def _say(message: str, verdict: str, form: str) -> None:
    from ._console import new_page, write, write_json

    if form == "json":
        write_json({"counterexample": None, "verdict": verdict, "reason": message})
        return
    page = new_page()
    page.row([("", message)])
    write(page)


def _say_too_large(judgement: Judgement, form: str) -> None:
    """That the verdict rests on a proof without an instance; and a smaller one that has both."""
    from ..api import excess, unbuilt
    from ._console import new_page, write, write_json

    family = judgement.family
    assert family is not None
    missing = unbuilt(judgement, tried=True)
    reason = excess(judgement) if missing is None else missing.reason
    smaller = None if missing is None else missing.smaller
    if form == "json":
        write_json({
            "counterexample": None, "verdict": judgement.verdict, "family": family.id,
            "reason": f"no instance was built because of its size: {reason}",
            "smaller": smaller,
        })  # fmt: skip
        return
    page = new_page()
    page.row([("", f"No instance was built because of its size: {reason}.")])
    page.row([
        ("", "That there is one rests on the proof of "), ("name", family.id),
        ("", f" alone: landscape explain {family.id}."),
    ])  # fmt: skip
    if missing is not None and missing.command is not None:
        page.row([("", "At smaller widths the kernel accepts an instance of the same family:")])
        page.unwrapped(("", f"  {missing.command}"))
    write(page)


def _say_why_not(judgement: Judgement, form: str) -> None:
    """What the verdict is instead."""
    verdict = judgement.verdict
    theorem = judgement.theorem.id if judgement.theorem is not None else None
    asked = (
        "every local minimum is global"
        if judgement.facts.model.requirement.name == "local_is_global"
        else "every critical point is global or a strict saddle"
    )
    if verdict == "holds":
        message = f"There is no counterexample: {asked} (holds, {theorem})."
    elif verdict == "depends":
        message = "It depends on the widths: give numbers where it fails (see landscape solve)."
    elif verdict == "conditional":
        message = (
            "No counterexample is known: local minima that meet the condition of "
            f"{theorem} are global (conditional), the others are not decided."
        )
    else:
        message = (
            "No family of the catalogue has a counterexample for this model, and no theorem "
            "excludes one (unknown). landscape hunt searches for one numerically."
        )
    _say(message, verdict, form)
