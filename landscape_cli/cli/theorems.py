"""``landscape theorems``: list or search the catalogue."""

from __future__ import annotations

import click

from ._options import format_option

KINDS = ("holds", "conditional", "fails", "rule", "cited", "erratum")
SETTINGS = ("any", "chain", "symmetric", "quadratic")
PROPERTIES = ("local_is_global", "strict_saddle")


@click.command(
    "theorems",
    short_help="List or search the catalogue.",
    epilog="""\b
Examples:
  landscape theorems
  landscape theorems --kind holds --setting symmetric
  landscape theorems --assumption differentiable-loss
  landscape theorems burer monteiro
  landscape theorems --format json
""",
)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="holds, conditional: theorems; fails: counterexample families; cited: historical.",
)
@click.option("--setting", type=click.Choice(SETTINGS), help="The maps that a theorem speaks of.")
@click.option("--assumption", metavar="ID", help="Only theorems that need this assumption.")
@click.option("--property", "asked", type=click.Choice(PROPERTIES), help="What they conclude.")
@format_option()
def command(
    words: tuple[str, ...],
    kind: str | None,
    setting: str | None,
    assumption: str | None,
    asked: str | None,
    form: str,
) -> int:
    """List the theorems, rules, counterexample families and errata of the catalogue.

    With WORDs only entries in whose text all of them occur.
    """
    from ..render.theorem_list import Filter, entry_json, list_lines, listed
    from ._console import nearest_name, new_page, write, write_json

    if assumption is not None:
        from ..render.explain import assumptions

        known = list(assumptions())
        if assumption not in known:
            near = nearest_name(assumption, known)
            hint = f" Did you mean {near!r}?" if near else " (landscape explain lists them)"
            raise click.BadParameter(f"no assumption {assumption!r}.{hint}")
    entries = listed(Filter(words, kind, setting, assumption, asked))
    if form == "json":
        write_json([entry_json(entry) for entry in entries])
        return 0
    page = new_page()
    list_lines(entries, page)
    write(page)
    return 0
