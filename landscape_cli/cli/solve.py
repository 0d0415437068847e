"""``landscape solve``: for which widths the property holds, fails, is not decided."""

from __future__ import annotations

import click

from ._models import one_model


@click.command(
    "solve",
    short_help="For which widths does it hold? (symbolic widths)",
    epilog="""\b
Examples:
  landscape solve 'net d0 -> d1 -> d2; loss huber(1)'
  landscape solve 'net d0 -> d1 -> d2; loss absolute; assume d0 = 3' --for d1
  landscape solve 'net 4 -> d1 -> d2 -> 3; loss convex' --table d1,d2
  landscape solve model.landscape --format json

Exit codes: 0 holds for the whole class (or as `expect` says), 1 not, 2 bad input.
""",
)
@click.argument("source", metavar="MODEL")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "latex"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--for", "width", metavar="WIDTH", help="A bound on this width.")
@click.option("--table", metavar="W1,W2", help="A grid over two widths, one character a cell.")
@click.option("--most", default=12, show_default=True, help="The largest width of the grid.")
def command(
    source: str, name: str | None, form: str, width: str | None, table: str | None, most: int
) -> int:
    """Print the formulas under which every local minimum of MODEL is global.

    MODEL is a file, - or the text of a model whose widths may be symbols. The three formulas
    partition the widths that the model allows; with each comes the smallest sample, judged again
    at its numbers.
    """
    from ..engine.judge import judge
    from ..engine.solve import bound_on, grid, latex, solve, symbols
    from ..model.terms import show_formula

    model = one_model(source, name).model
    solution = solve(model)
    found = solution.regions
    expected = "holds" if model.expectation is None else model.expectation.verdict
    whole = "depends"
    for part, formula in (("holds", found.holds), ("fails", found.fails)):
        if formula is True:
            whole = part
    if found.unknown is True:
        whole = judge(model).verdict
    code = 0 if whole == expected else 1
    names = symbols(judge(model))
    for asked in (*([width] if width else []), *(table.split(",") if table else [])):
        if asked not in names:
            raise click.UsageError(
                f"{asked!r} is not a symbol of the model; its symbols: {', '.join(names) or 'none'}"
            )
    parts = {"holds": found.holds, "fails": found.fails, "unknown": found.unknown}
    if form == "json":
        from ._console import write_json

        write_json(
            {
                "schema": "landscape/solve/1",
                **{part: show_formula(formula) for part, formula in parts.items()},
                "samples": {part: sample.values for part, sample in solution.samples.items()},
                "by": {"holds": list(found.holds_by), "fails": list(found.fails_by)},
            }
        )
        return code
    if form == "latex":
        for part, formula in parts.items():
            click.echo(rf"\text{{{part} when }} {latex(formula)} \\")
        return code
    from ._console import new_page, write

    page = new_page()
    styles = {"holds": "holds", "fails": "fails", "unknown": "unknown"}
    rules = {"holds": found.holds_by, "fails": found.fails_by, "unknown": ()}
    for part, formula in parts.items():
        shown = {True: "always", False: "never"}.get(formula) if isinstance(formula, bool) else None
        page.row(
            [("", shown or show_formula(formula))],
            label=(styles[part], f"{part} when"),
            column=14,
        )
        by = ", ".join(rule for rule in rules[part] if rule)
        if by:
            page.row([("dim", f"by {by}")], indent=14)
        sample = solution.samples.get(part)
        if sample is not None:
            values = ", ".join(f"{key} = {value}" for key, value in sample.values.items())
            if values:
                page.row([("dim", f"smallest: {values} ({sample.verdict})")], indent=14)
    if width:
        page.blank()
        page.row([("", bound_on(model, width))], label=("label", f"for {width}"), column=14)
    if table:
        first, _, second = table.partition(",")
        if not second or first == second:
            raise click.UsageError("--table takes two different widths, such as d1,d2")
        page.blank()
        fixed = next(iter(solution.samples.values())).values
        for line in grid(model, first, second, min(most, 60), fixed):
            page.unwrapped(("", line))
    write(page)
    return code
