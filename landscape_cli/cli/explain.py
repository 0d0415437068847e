"""``landscape explain``: a theorem, assumption, loss, activation, error code or verdict in full."""

from __future__ import annotations

import click

from ._options import format_option


@click.command(
    "explain",
    short_help="Explain a theorem, assumption, loss, activation, error code, verdict.",
    epilog="""\b
Examples:
  landscape explain linear-no-bottleneck
  landscape explain differentiable-loss
  landscape explain relu
  landscape explain E030
  landscape explain conditional
  landscape explain            (lists every name)
""",
)
@click.argument("name", nargs=-1, metavar="[NAME]")
@format_option()
def command(name: tuple[str, ...], form: str) -> int:
    """Explain NAME in full: statement, source, proof, assumptions, examples, what is related.

    NAME is that of a theorem, rule, erratum, counterexample family, assumption, loss, activation,
    error code, verdict, or any other word of a report.
    """
    from ..api import check
    from ..render.explain import (
        explain,
        explanation_json,
        explanation_lines,
        names,
        nearest_names,
        overview_lines,
    )
    from ._console import new_page, write, write_json

    page = new_page()
    if not name:
        if form == "json":
            write_json(names())
        else:
            overview_lines(page)
            write(page)
        return 0
    wanted = " ".join(name)
    found = explain(wanted, check)
    if not found:
        near = list(nearest_names(wanted))
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise click.UsageError(
            f"nothing is called {wanted!r}.{hint} (`landscape explain` lists every name.)"
        )
    if form == "json":
        documents = [explanation_json(one) for one in found]
        write_json(documents[0] if len(documents) == 1 else documents)
        return 0
    for one in found:
        page.blank()
        explanation_lines(one, page)
    write(page)
    return 0
