"""``landscape prove``: the derivation of a verdict as an argument that can be followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._models import Located, one_model
from ._options import format_option

if TYPE_CHECKING:
    from ..engine.report import ModelReport


@click.command(
    "prove",
    short_help="The proof of a verdict, step by step.",
    epilog="""\b
Examples:
  landscape prove 'net 5 -> 4 -> 7 -> 4; loss huber(1)'
  landscape prove model.landscape --depth 2
  landscape prove model.landscape --latex -o proof.tex    (and proof.bib)
  landscape prove 'net 2 -> 1 -> 2; loss huber(1)' --tree
  landscape prove 'net 2 -> 2 -> 2; loss absolute' --why-not linear-no-bottleneck

Exit codes: 0 the question is settled (with --why-not: the theorem does not apply), 1 part of it
stays open (the theorem applies), 2 bad input.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Unfold the proofs of the rules used, and of the rules below them, to this depth.",
)
@click.option("--latex", is_flag=True, help="Print a LaTeX document with its bibliography.")
@click.option("--tree", is_flag=True, help="Print the proof tree.")
@click.option(
    "--why-not",
    "theorem",
    metavar="THEOREM",
    help="Say, assumption by assumption, why this theorem (or counterexample) does not apply.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --latex: write the document to this file, and the bibliography beside it (.bib).",
)
@format_option()
def command(
    source: str,
    name: str | None,
    depth: int,
    latex: bool,
    tree: bool,
    theorem: str | None,
    output: Path | None,
    form: str,
) -> int:
    """Show the argument for the verdict on MODEL (a file, - or the text of a model).

    Each step comes with its rule, the source, and what it uses of the model: the line, and side
    conditions with the numbers filled in. Where the property fails, the steps are those of an exact
    counterexample; where part of the question is open, it says what is missing.
    """
    if sum((latex, tree, theorem is not None, form == "json")) > 1 and not (
        theorem is not None and form == "json"
    ):
        raise click.UsageError("choose one of --latex, --tree, --why-not and --format json")
    if output is not None and not latex:
        raise click.UsageError("-o writes a LaTeX document: add --latex")
    located = one_model(source, name)
    if theorem is not None:
        return _why_not(located, theorem, form)
    from ..api import report

    found = report(located.model, located.text)
    if latex:
        _latex(found, depth, output)
    elif tree:
        _tree(found)
    elif form == "json":
        from ..render.argument_json import argument_json
        from ._console import write_json

        write_json(argument_json(found.argument, depth))
    else:
        from ..render.argument import argument_blocks
        from ..render.text_blocks import write_blocks
        from ._console import new_page, write

        page = new_page()
        write_blocks(argument_blocks(found.argument, depth, page.width - 8), page)
        write(page)
    return 1 if found.argument.undecided else 0


def _tree(found: ModelReport) -> None:
    from ..render.proof import proof_lines
    from ._console import new_page, write

    page = new_page()
    if found.proof is None:
        page.row([("", f"There is no proof tree: the verdict is {found.verdict}.")])
    else:
        proof_lines(found.proof, page)
    write(page)


def _latex(found: ModelReport, depth: int, output: Path | None) -> None:
    from ..render.latex_document import latex_document

    if output is None:
        click.echo(latex_document(found.argument, depth)[0], nl=False)
        return
    from ._files import write_text

    beside = output.with_suffix(".bib")
    if beside == output:
        raise click.UsageError("the document can't be called .bib: its bibliography is")
    text, entries = latex_document(found.argument, depth, output.stem)
    write_text(output, text)
    if entries:
        write_text(beside, entries)
    made = f"{output} and {beside}" if entries else str(output)
    click.echo(f"{made} (pdflatex, bibtex, pdflatex twice)", err=True)


def _why_not(located: Located, theorem: str, form: str) -> int:
    from ..api import why_not
    from ..engine.discovery import deciding_theorems, families
    from ._console import nearest_name, new_page, write, write_json

    try:
        found = why_not(located.model, theorem, located.text)
    except LookupError:
        known = [*(t.id for t in deciding_theorems()), *(f.id for f in families())]
        near = nearest_name(theorem, known)
        hint = f"Did you mean {near!r}?" if near else "`landscape theorems` lists what does."
        raise click.UsageError(f"nothing called {theorem!r} decides verdicts. {hint}") from None
    if form == "json":
        from ..render.argument_json import why_not_json

        write_json(why_not_json(found))
    else:
        from ..render.text_blocks import write_blocks
        from ..render.why_not import why_not_blocks

        page = new_page()
        write_blocks(why_not_blocks(found, page.width - 8), page)
        write(page)
    return 1 if found.applies else 0
