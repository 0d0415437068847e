"""The command line: one command per file of this folder, loaded when it is called.

A module of this folder whose name does not start with an underscore exports a click ``command``.
Exit codes: 0 as expected, 1 not as expected, 2 bad input or usage, 3 an internal error, 130
interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

BAD_INPUT = 2
INTERNAL = 3
INTERRUPTED = 130
CLOSED_PIPE = 141
"""What a shell reports of a program that SIGPIPE ends (``| head``)."""

COLOUR_CHOICES = ("auto", "always", "never")


def _set_colour(context: click.Context, _parameter: click.Parameter, value: str) -> None:
    context.meta["landscape.color"] = value


def colour_option() -> click.Option:
    """``--color``, the same for every command; read it with ``_console.colour_wanted``."""
    return click.Option(
        ["--color"],
        type=click.Choice(COLOUR_CHOICES),
        default="auto",
        show_default=True,
        expose_value=False,
        callback=_set_colour,
        help="Colours: auto is for terminals only, and honours NO_COLOR and FORCE_COLOR.",
    )


class CommandGroup(click.Group):
    """The commands are the modules of this folder; none is imported before it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all commands, in alphabetical order."""
        names: set[str] = set()
        for place in __path__:
            folder = Path(place)
            if folder.is_dir():
                names.update(p.stem for p in folder.iterdir() if p.suffix == ".py")
            else:
                from pkgutil import iter_modules

                names.update(info.name for info in iter_modules([place]))
        return sorted(name.rstrip("_") for name in names if not name.startswith("_"))

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name; None if there is no such module."""
        if not cmd_name.isidentifier() or cmd_name.startswith("_"):
            return None
        from keyword import iskeyword

        module = f"{__name__}.{cmd_name}_" if iskeyword(cmd_name) else f"{__name__}.{cmd_name}"
        try:
            command = import_module(module).command
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            return None
        assert isinstance(command, click.Command)
        if all(parameter.name != "color" for parameter in command.params):
            command.params.append(colour_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, but an unknown command is answered with the nearest name."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not name.startswith("-") and not ctx.resilient_parsing:
            from ._console import nearest_name

            near = nearest_name(name, self.list_commands(ctx))
            hint = f" Did you mean {near!r}?" if near else ""
            if any(mark in name for mark in (" ", ";", "->")):
                hint = " To ask about a model: landscape ask 'net 5 -> 2 -> 4; loss squared'."
            elif Path(name).exists():
                hint = f" To check a file: landscape check {name}"
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; bad input, defects and a reader that goes away end in exit codes."""
        from ..model.diagnostics import InputError

        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (click.ClickException, click.exceptions.Abort, click.exceptions.Exit):
            raise
        except InputError as error:
            from ._console import write_errors

            of_a_text = any(one.span is not None for one in error.diagnostics)
            default = "<text>" if of_a_text else f"landscape {ctx.invoked_subcommand}"
            write_errors(error.diagnostics, default)
            return BAD_INPUT
        except BrokenPipeError:
            from ._console import forget_output

            forget_output()
            return CLOSED_PIPE
        except Exception as error:
            from ._console import write_internal_error

            if isinstance(error, OSError) and _of_the_output(error):
                return _unwritable(error)

            write_internal_error(error)
            return INTERNAL


def _of_the_output(error: OSError) -> bool:
    """Whether standard output takes no more: commands look after the files that they write."""
    from errno import EDQUOT, EFBIG, EIO, ENOSPC

    return error.filename is None and error.errno in (EDQUOT, EFBIG, EIO, ENOSPC)


def _unwritable(error: OSError) -> int:
    from ..model.diagnostics import os_reason
    from ._console import forget_output

    forget_output()
    click.echo(f"Error: can't write standard output: {os_reason(error)}", err=True)
    return BAD_INPUT


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from .. import __version__

        click.echo(f"landscape {__version__}")
        context.exit()


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  landscape ask 'net 5 -> 2 -> 4; loss absolute'
  landscape check models/
  landscape explain no-bottleneck
  landscape theorems --kind holds

Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 internal error.
""",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def landscape() -> None:
    """Is every local minimum of a training problem global?

    Answers from theorems, with proofs, exact counterexamples and repairs.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller (`>&-`)
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        stream = getattr(sys, name)
        # File names and quoted input may hold what the terminal's encoding has no sign for.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        result = landscape.main(arguments, prog_name="landscape", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # at the text of --help
        from ._console import forget_output

        forget_output()
        return CLOSED_PIPE
    except OSError as error:
        return _unwritable(error)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    return result if isinstance(result, int) else 0
