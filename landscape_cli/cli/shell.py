"""``landscape shell``: a prompt at which statements amend a model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.diagnostics import InputError, os_reason

if TYPE_CHECKING:
    from ..engine.report import ModelReport
    from ..teaching.session import Change

PROMPT = "landscape> "
MORE = "       ... "
TYPED = "<shell>"
NO_LIBRARY = (
    "Without prompt_toolkit there is no completion: pip install 'landscape-cli[shell]' adds it."
)


@click.command(
    "shell",
    short_help="A prompt: change a model, see what becomes of the verdict.",
    epilog="""\b
Examples:
  landscape shell
  landscape shell model.landscape
  landscape shell < script
  printf 'net 2 -> 1 -> 1\\nloss absolute\\nloss huber(1)\\n' | landscape shell

At the prompt type statements (net 5 -> 2 -> 4), or :help for the commands. A line that ends
in ; or has an open bracket goes on in the next one.

Exit codes: 0, or for a script 2 if a line could not be used, 1 if the last model is not as it
expects.
""",
)
@click.argument("source", required=False, metavar="[MODEL]")
@click.option("--model", "name", help="Which model of a file that holds several.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text"]),
    default="text",
    show_default=True,
    help="What to print; for JSON see landscape ask.",
)
def command(source: str | None, name: str | None, form: str) -> int:  # noqa: ARG001
    """Type statements; each amends the current model and shows the new verdict in a line.

    A loss replaces the loss, a net the net; properties of the data add up. Bad input leaves the
    model as it is. :help lists the commands. Standard input may be a script.
    """
    shell = Shell()
    if source is not None:
        shell.open(source, name)
    if sys.stdin.isatty():
        click.echo("Statements change the model; :help lists the commands, Ctrl-D leaves.")
    shell.run(_reader())
    return 0 if sys.stdin.isatty() else shell.code


STANDS_IN_THE_WAY = (
    "the model is unchanged: what stands there no longer fits; change it in the same line as the "
    "rest (joined by ;), or :drop it before"
)


class EndOfInput(Exception):
    """Nothing more is typed."""


Reader = Callable[[], tuple[str, int]]
"""The next complete input and the number of its first line; raises ``EndOfInput``."""


def _reader() -> Reader:
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        return PlainReader(echo=True)
    try:
        from ._shell_prompt import prompt_reader

        return prompt_reader(PROMPT, MORE)
    except ImportError:
        click.echo(NO_LIBRARY, err=True)
        return PlainReader(echo=False)


class PlainReader:
    """Reads lines with ``input``, or from a script; then what is read is written out as well."""

    def __init__(self, echo: bool) -> None:
        self.echo = echo
        self.line = 0

    def __call__(self) -> tuple[str, int]:
        """The next input; a line that is not finished is joined with those after it."""
        from ..teaching.session import finished

        text = self._next(PROMPT)
        start = self.line
        try:
            while not text.lstrip().startswith(":") and not finished(text):
                text += "\n" + self._next(MORE)
        except EndOfInput:
            return text, start  # what was typed is not lost: it is read as it is
        return text, start

    def _next(self, prompt: str) -> str:
        sys.stdout.flush()
        if self.echo:
            row = sys.stdin.readline()
            if not row:
                raise EndOfInput
            row = row.rstrip("\n")
            click.echo(f"{prompt}{row}".rstrip())
        else:
            from ._prompt import _line_editing

            _line_editing()
            try:
                row = input(prompt)
            except EOFError:
                click.echo()
                raise EndOfInput from None
        self.line += 1
        return row


class Shell:
    """The state of a shell: a session, its last report, the commands."""

    def __init__(self) -> None:
        from ..teaching.session import Session

        self.session = Session()
        self.code = 0
        self.left = False

    def run(self, read: Reader) -> None:
        """Take input after input until it ends."""
        while not self.left:
            try:
                text, line = read()
            except EndOfInput:
                break
            except KeyboardInterrupt:
                click.echo("(Ctrl-D or :quit leaves)")
                continue
            try:
                self.take(text, line)
            except KeyboardInterrupt:
                click.echo("\ninterrupted; the model is as :show shows it")
        found = self._report() if not sys.stdin.isatty() else None
        if self.code == 0 and found is not None and found.model.expectation is not None:
            self.code = 0 if found.met else 1

    def take(self, text: str, line: int = 1) -> None:
        """One input: a command, or statements."""
        from ._console import new_page, write_errors, write_internal_error

        if not text.strip() or (text.lstrip().startswith("#") and "\n" not in text.strip()):
            return
        try:
            if text.lstrip().startswith(":"):
                self._command(text.strip()[1:])
            else:
                self._amend(text, line)
        except InputError as error:
            self.code = 2
            write_errors(error.diagnostics)
        except click.ClickException as error:
            self.code = 2
            page = new_page(sys.stderr)
            page.row([("", error.format_message())], label=("error", "error:"), column=7)
            sys.stdout.flush()
            sys.stderr.write(page.text)
        except click.exceptions.Exit:
            pass
        except Exception as error:
            self.code = 2
            write_internal_error(error)
        finally:
            sys.stderr.flush()

    # --- statements --------------------------------------------------------------------------

    def _amend(self, text: str, line: int, base: Path | None = None, *, anew: bool = False) -> None:
        before = self._report()
        state = self.session.state
        try:
            done = self.session.amend(text, file=TYPED, line=line, base=base, anew=anew)
        except InputError as error:
            from ..teaching.session import MODEL_NAME

            found = list(error.diagnostics)
            old = [k for k, one in enumerate(found) if one.file == MODEL_NAME]
            if old:
                one = found[old[-1]]
                hint = f"{one.hint}; {STANDS_IN_THE_WAY}" if one.hint else STANDS_IN_THE_WAY
                found[old[-1]] = replace(one, hint=hint)
            raise InputError(found) from None
        if not done:
            return
        last = done[-1]
        blocks = len(done) > 1 or last.state.name != state.name or anew
        if blocks and not (anew and last.state.name is None):
            click.echo(f"{len(done)} models; the last one is current" if len(done) > 1
                       else f"model {last.state.name}")  # fmt: skip
        self._changed(last.changes, None if blocks else before, typed=True)

    def _changed(
        self, changes: tuple[Change, ...], before: ModelReport | None, *, typed: bool = False
    ) -> None:
        """Show what changed and what became of the verdict; what was only added was just typed."""
        from ..render.session import change_lines, missing_line, verdict_line
        from ._console import new_page, write

        page = new_page()
        if any(change.before is not None for change in changes) or not typed:
            change_lines(changes, page)
        report = self._report()
        if report is not None:
            verdict_line(report, page, before)
        else:
            missing_line(self.session.state, page)
        write(page)

    def _report(self) -> ModelReport | None:
        from ..api import report

        model = self.session.model
        return None if model is None else report(model)

    def open(self, source: str, name: str | None) -> None:
        """Take the model of a file (or of a text) as the current one."""
        from ._models import one_model

        located = one_model(source, name)
        span = located.model.span
        text = located.text
        if located.model.name is not None and span is not None:
            rows = text.split("\n")[span.line - 1 : span.end_line]
            rows[-1] = rows[-1][: span.end_column - 1]
            rows[0] = rows[0][span.column - 1 :]
            text = "\n".join(rows)
        base = located.path.parent if located.path is not None else None
        self._amend(text, 1, base, anew=True)

    # --- commands ----------------------------------------------------------------------------

    def _command(self, typed: str) -> None:
        from ..teaching.completion import COMMANDS

        name, _, rest = typed.partition(" ")
        name, rest = name.strip().lower(), rest.strip()
        own: dict[str, Callable[[str], None]] = {
            "show": self._show,
            "drop": self._drop,
            "undo": lambda _: self._travel(self.session.undo, "undo"),
            "redo": lambda _: self._travel(self.session.redo, "redo"),
            "new": self._new,
            "open": self._open,
            "save": self._save,
            "help": self._help,
            "quit": self._quit,
            "q": self._quit,
            "exit": self._quit,
            "explain": lambda rest: self._run("explain", rest.split(), modelled=False),
            "verdict": lambda rest: self._run("ask", _split(rest)),
            "proof": lambda rest: self._run("ask", ["--proof", *_split(rest)]),
            "why-not": self._why_not,
            "repair": self._repair,
        }
        if name in own:
            own[name](rest)
        elif name in COMMANDS or self._takes_model(name):
            self._run(name, _split(rest))
        else:
            from ._console import nearest_name

            near = nearest_name(name, [*COMMANDS])
            hint = f" Did you mean :{near}?" if near else ""
            raise click.UsageError(f"no command :{name}.{hint} (:help lists them)")

    def _takes_model(self, name: str) -> bool:
        """Whether the command line has a command of that name that is about one model."""
        found = _click_command(name)
        return found is not None and any(
            isinstance(one, click.Argument) and one.metavar == "MODEL" for one in found.params
        )

    def _run(self, name: str, words: list[str], *, modelled: bool = True) -> None:
        """Run a command of the command line, on the current model."""
        found = _click_command(name)
        if found is None:
            raise click.UsageError(f"`landscape {name}` is not part of this installation")
        arguments = list(words)
        if modelled:
            if self.session.state.missing:
                need = " and ".join(self.session.state.missing)
                raise click.UsageError(f"there is no complete model yet: {need} to come")
            arguments = [*words, "--", self.session.state.text + "\n"]
        parent = click.get_current_context(silent=True)
        colour = parent.meta.get("landscape.color", "auto") if parent is not None else "auto"
        with found.make_context(name, ["--color", colour, *arguments], parent=parent) as context:
            found.invoke(context)
        sys.stdout.flush()

    def _why_not(self, rest: str) -> None:
        if not rest:
            raise click.UsageError("which theorem? For example :why-not linear-no-bottleneck")
        self._run("prove", ["--why-not", *_split(rest)])

    def _repair(self, rest: str) -> None:
        """List the repairs, or make one."""
        if not rest.isdecimal():
            self._run("repair", _split(rest))
            return
        before = self._report()
        repairs = before.repairs if before is not None else ()
        number = int(rest)
        if not 1 <= number <= len(repairs):
            raise click.UsageError(
                f"there are {len(repairs)} repairs here" if repairs else "there is no repair here"
            )
        from ..teaching.session import Session

        new = Session()
        new.amend(repairs[number - 1].model)
        name = self.session.state.name
        changes = self.session.go_to(new.state._replace(name=name))
        self._changed(changes, before)

    def _show(self, _rest: str) -> None:
        from ..render.session import state_lines
        from ._console import new_page, write

        page = new_page()
        state_lines(self.session.state, page)
        write(page)

    def _drop(self, rest: str) -> None:
        before = self._report()
        try:
            changes = self.session.drop(rest)
        except LookupError:
            kinds = ", ".join(dict.fromkeys(s.kind for s in self.session.state.statements))
            raise click.UsageError(
                f"nothing to drop: the model has no `{rest}`" if rest
                else f"drop what? The model has: {kinds or 'nothing'}"
            ) from None  # fmt: skip
        self._changed(changes, before)

    def _travel(self, move: Callable[[], tuple[Change, ...] | None], name: str) -> None:
        before = self._report()
        changes = move()
        if changes is None:
            click.echo(f"nothing to {name}")
        else:
            self._changed(changes, before)

    def _new(self, _rest: str) -> None:
        self.session.clear()
        click.echo("a new model (:undo brings the old one back)")

    def _open(self, rest: str) -> None:
        words = _split(rest)
        if not 1 <= len(words) <= 2:
            raise click.UsageError("which file? :open model.landscape, or with a model's name")
        if not Path(words[0]).exists():
            raise click.UsageError(f"there is no file {words[0]}")
        self.open(words[0], words[1] if len(words) == 2 else None)

    def _save(self, rest: str) -> None:
        if not rest:
            raise click.UsageError("to which file? :save model.landscape")
        state = self.session.state
        if not state.active:
            raise click.UsageError("there is nothing to save")
        rows = state.text
        if state.name is not None:
            from ..syntax.writing import _is_dashed, quote

            name = state.name if _is_dashed(state.name) else quote(state.name)
            inner = "".join(f"  {row}\n" for row in rows.split("\n"))
            rows = f"model {name} {{\n{inner}}}"
        try:
            with Path(rest).open("x", encoding="utf-8") as file:
                file.write(rows + "\n")
        except FileExistsError:
            raise click.UsageError(f"{rest} exists already; choose another name") from None
        except OSError as error:
            raise click.UsageError(f"can't write {rest}: {os_reason(error)}") from None
        click.echo(f"written to {rest}")

    def _help(self, _rest: str) -> None:
        from ..teaching.completion import COMMANDS
        from ._console import new_page, write

        page = new_page()
        page.row([("", "Statements amend the model: a loss replaces the loss, a net the net or the "
                       "map; data and assume add up. Several are joined by ; and taken together. "
                       "An open bracket, or ; at the end, goes on in the next line (an empty line "
                       "ends what ends in ;).")])  # fmt: skip
        page.blank()
        for name, note in COMMANDS.items():
            page.row([("", note)], label=("name", f":{name}"), column=17)
        write(page)

    def _quit(self, _rest: str) -> None:
        self.left = True


def _split(text: str) -> list[str]:
    from shlex import split

    try:
        return split(text)
    except ValueError as error:
        raise click.UsageError(f"{error}: {text}") from None


def _click_command(name: str) -> click.Command | None:
    """A command of the command line by name."""
    from . import landscape

    return landscape.get_command(click.Context(landscape), name)
