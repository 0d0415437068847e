"""``landscape explain``: a theorem, assumption, loss, activation, error code or verdict in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ._options import format_option

if TYPE_CHECKING:
    from ..render.explain import Explanation


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
  landscape explain 'loss l(z, y) = log(1 + exp(-y*z))'
  landscape explain 'activation s(t) = max(t, t/10)'
  landscape explain model.landscape   (its custom functions)
  landscape explain            (lists every name)
""",
)
@click.argument("name", nargs=-1, metavar="[NAME]")
@format_option()
def command(name: tuple[str, ...], form: str) -> int:
    """Explain NAME in full: statement, source, proof, assumptions, examples, what is related.

    NAME is that of a theorem, rule, erratum, counterexample family, assumption, loss, activation,
    error code, verdict, or any other word of a report. NAME may also be a custom function, or a
    model (its text or its file, then the function's name if it has several): each property that
    is derived of the function is shown with its argument or its witness.
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
    custom = _custom_functions(name)
    found = explain(wanted, check) if custom is None else custom
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


def _custom_functions(words: tuple[str, ...]) -> tuple[Explanation, ...] | None:
    """The explanations of the custom functions of a model; None if the words name no model."""
    import re

    from ..api import check
    from ..render.custom_function import custom_functions, explain_custom
    from ._models import names_a_file, one_model

    first, *rest = words
    defines = re.match(r"\s*(loss\s[^=;]*\(|activation\b)[^;]*=", " ".join(words))
    if defines:
        text = " ".join(words)
        if not re.search(r"(^|[;\n{])\s*(net|map)\b", text):
            text += "; net 1 -> 1"
            if not re.search(r"(^|[;\n{])\s*loss\b", text):
                text += "; loss squared"
        source, rest = text, []
    elif (
        first.endswith(".landscape")
        or re.search(r"[;\n{]|->", first)
        or ("/" in first and names_a_file(first))
    ):
        source = first
    else:
        return None
    model = one_model(source, rest[0] if len(rest) > 1 else None).model
    known = custom_functions(model)
    chosen = (rest[-1],) if rest else known
    if not known:
        raise click.UsageError("this model defines no loss and no activation of its own")
    for name in chosen:
        if name not in known:
            raise click.UsageError(f"the model defines no {name!r}; it defines {', '.join(known)}")
    return tuple(explain_custom(model, name, check) for name in chosen)
