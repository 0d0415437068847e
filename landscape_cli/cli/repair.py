"""``landscape repair``: the smallest changes that turn the verdict into ``holds``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ._models import Located, one_model
from ._options import format_option
from ._progress import Progress

if TYPE_CHECKING:
    from ..engine.repairs import Mended, Wish

MOST_WEIGHT = 10**6
MOST_TRIED = 60


@click.command(
    "repair",
    short_help="The smallest changes after which it holds.",
    epilog="""\b
Examples:
  landscape repair 'net 2 -> 2 -> 2; loss absolute'
  landscape repair model.landscape --diff
  landscape repair model.landscape --write --choose 2
  landscape repair 'net 9 -> 2 -> 3 -> 8; loss huber(1)' --keep d1
  landscape repair 'net 9 -> 2 -> 3 -> 8; loss huber(1)' --keep d1=10
  landscape repair 'net d0 -> 2 -> 7; loss huber(1); assume d0 <= 5'

Exit codes: 0 nothing to repair, or a repair was found; 1 none was found; 2 bad input.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--keep", multiple=True, metavar="WIDTH[=N]",
    help="A width that must not change (d2), or whose every unit counts N-fold (d2=5).",
)  # fmt: skip
@click.option(
    "--choose", default=1, show_default=True, help="Which repair --write and --diff take."
)
@click.option("--write", "in_place", is_flag=True, help="Mend the model file in place.")
@click.option("--diff", "as_diff", is_flag=True, help="Print the mended file as a diff.")
@format_option()
def command(
    source: str, name: str | None, keep: tuple[str, ...], choose: int, in_place: bool,
    as_diff: bool, form: str,
) -> int:  # fmt: skip
    """Propose the smallest changes to MODEL after which every local minimum is global.

    MODEL is a file, - or the text of a model. Changes of the loss, the widths, the penalty, the
    activations and statements about the data are tried, least change first; each mended model is
    judged again before it is shown. Of all widenings the one that adds the fewest units is taken;
    with symbols for widths it has to do for the whole class. A mended file keeps its comments and
    layout.
    """
    from ..engine.judge import judge
    from ..engine.repairs import propose
    from ..engine.widening import hidden_widths
    from ..syntax import unparse_statements

    located = one_model(source, name)
    judgement = judge(located.model)
    wish = _wish(keep, tuple(hidden_widths(judgement.facts)))
    spinner = Progress(MOST_TRIED, "changes tried")
    try:
        found = propose(judgement, 8, wish, spinner.step)
    finally:
        spinner.clear()
    if form == "json":
        from ._console import write_json

        write_json(
            [
                {
                    "change": mended.text,
                    "model": unparse_statements(mended.model),
                    "theorem": mended.theorem,
                    "cost": mended.cost,
                    "partial": mended.partial,
                }
                for mended in found
            ]
        )
        return 0 if found or judgement.verdict == "holds" else 1
    if judgement.verdict == "holds":
        click.echo("Nothing to repair: every local minimum is global.")
        return 0
    if not found:
        click.echo("No repair found: none of the changes that were tried gives `holds`.")
        return 1
    if in_place or as_diff:
        if not 1 <= choose <= len(found):
            raise click.UsageError(f"--choose takes 1 to {len(found)}")
        return _mend(located, found[choose - 1], in_place)
    from ._console import new_page, write

    page = new_page()
    for number, mended in enumerate(found, start=1):
        verdict = "conditional" if mended.partial else "holds"
        note = f" ({mended.note})" if mended.note else ""
        page.row(
            [("", f"{mended.text}{note}")], label=("label", f"{number}"), column=4,
            right=(verdict, f"{verdict} by {mended.theorem}"),
        )  # fmt: skip
    write(page)
    return 0


def _wish(keep: tuple[str, ...], known: tuple[str, ...]) -> Wish:
    from ..engine.repairs import Wish

    fixed: set[str] = set()
    weights: dict[str, int] = {}
    for text in keep:
        for item in text.split(","):
            label, equals, number = (part.strip() for part in item.partition("="))
            if label not in known:
                words = ", ".join(known) or "none"
                raise click.UsageError(f"--keep: {label!r} is no hidden width; there are: {words}")
            if not equals:
                fixed.add(label)
            elif number.isdecimal() and 0 < int(number[:10]) <= MOST_WEIGHT:
                weights[label] = int(number)
            else:
                raise click.UsageError(f"--keep takes a weight from 1 to {MOST_WEIGHT}: {item!r}")
    return Wish(frozenset(fixed), weights, optimise=True)


def _mend(located: Located, mended: Mended, in_place: bool) -> int:
    from ..model.problem import Expectation
    from ..syntax.edit import mend

    old = located.model
    verdict = "conditional" if mended.partial else "holds"
    expectation = None
    if old.expectation is not None:
        expectation = replace(old.expectation, verdict="holds", theorem=None)
        if mended.partial:
            expectation = Expectation("conditional", None, old.expectation.span)
    new = replace(mended.model, expectation=expectation)
    text = mend(located.text, old, new)
    if text is None:
        raise click.ClickException(
            "this change can't be written into the file without touching its layout; "
            "the mended model: landscape repair --format json"
        )
    if in_place:
        if located.path is None:
            raise click.UsageError("--write needs a model file")
        temporary = located.path.with_name(located.path.name + ".part")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(located.path)
        click.echo(f"{located.path}: {mended.text} -> {verdict} by {mended.theorem}")
        return 0
    from difflib import unified_diff

    label = str(located.path) if located.path is not None else "model"
    lines = unified_diff(
        located.text.splitlines(keepends=True), text.splitlines(keepends=True), label,
        f"{label} (mended)",
    )  # fmt: skip
    click.echo("".join(line if line.endswith("\n") else line + "\n" for line in lines), nl=False)
    return 0
