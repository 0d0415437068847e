"""``landscape ask``: one question, typed in the terminal."""

from __future__ import annotations

import click

from ._options import exit_zero_option, format_option, proof_option

MARK = "\x1e"


class _Question(click.Command):
    """An arrow or a negative number among the words is part of the model, not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        marked = [
            MARK + word if word[:1] == "-" and word[1:2] in _NO_OPTION else word for word in args
        ]
        return super().parse_args(ctx, marked)


_NO_OPTION = frozenset(">0123456789.")


@click.command(
    "ask",
    cls=_Question,
    short_help="Ask about a model typed in the terminal.",
    epilog="""\b
Examples:
  landscape ask 'net 5 -> 2 -> 4; loss squared'
  landscape ask 'net 2 -> 2 -> 2; loss absolute' --proof
  landscape ask 'param W: 5 x 3; map W * W^T; loss convex smooth'
  echo 'net 9 -> tanh(5) -> 2; loss squared' | landscape ask -

Exit codes: 0 holds (or as `expect` says), 1 not, 2 bad input.
""",
)
@click.argument("text", nargs=-1, required=True, metavar="TEXT")
@format_option()
@proof_option()
@exit_zero_option()
def command(text: tuple[str, ...], form: str, with_proof: bool, exit_zero: bool) -> int:
    """Ask whether every local minimum of the model TEXT is global.

    TEXT is in the model language: statements separated by `;` (several words are joined; - reads
    standard input). The answer comes with the theorem and what it used, or with what is in the
    way, a counterexample and repairs.
    """
    from ..api import check

    text = tuple(word.removeprefix(MARK) for word in text)
    question = " ".join(text)
    file = None
    if question == "-":
        from ._console import read_standard_input

        question, file = read_standard_input(), "<stdin>"
    else:
        _refuse_a_path(text)
    report = check(question, file=file)
    if form == "json":
        from ..render.report_json import report_json
        from ._console import write_json

        write_json(report_json(report))
    else:
        from ..render.verdict import verdict_lines
        from ._console import new_page, write, write_errors, write_note

        page = new_page()
        for model in report.models:
            page.blank()
            if model.name is not None:
                page.row([("name", f"model {model.name}")])
            verdict_lines(model, page)
            if with_proof and model.proof is not None:
                from ..render.proof import proof_lines

                proof_lines(model.proof, page)
        write(page)
        write_errors(report.errors, "<text>")
        if report.errors and len(text) > 1:
            write_note("note", "a model on the command line is best put in quotes: the shell takes"
                       " > and ; for itself")  # fmt: skip
    return 0 if exit_zero and report.exit_code == 1 else report.exit_code


def _refuse_a_path(text: tuple[str, ...]) -> None:
    """Someone who names a file means ``check``."""
    if len(text) != 1 or any(mark in text[0] for mark in ";\n"):
        return
    from pathlib import Path

    name = text[0]
    if 0 < len(name) < 1024 and "\0" not in name and Path(name).exists():
        raise click.UsageError(
            f"{name!r} is a file or a folder, not a model. To check it: landscape check {name}"
        )
    if name.endswith(".landscape") and " " not in name:
        raise click.UsageError(
            f"{name!r} is the name of a file (there is none of that name here), not a model."
            " To check a file: landscape check FILE"
        )
