"""``landscape completion``: what a shell needs to complete commands, options and paths."""

from __future__ import annotations

import click

from . import BAD_INPUT
from ._options import format_option

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    short_help="Print the completion script of a shell.",
    epilog="""\b
Examples:
  landscape completion bash >> ~/.bashrc
  landscape completion zsh >> ~/.zshrc
  landscape completion fish > ~/.config/fish/completions/landscape.fish

\b
Only for this session:
  eval "$(landscape completion bash)"
""",
)
@click.argument("shell", type=click.Choice(SHELLS))
@format_option()
@click.pass_context
def command(context: click.Context, /, shell: str, form: str) -> int:
    """Print the script that completes `landscape` in SHELL (bash 4.4 and newer, zsh, fish)."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        click.echo(f"no completion for {shell}", err=True)
        return BAD_INPUT
    completion = kind(context.find_root().command, {}, "landscape", "_LANDSCAPE_COMPLETE")
    # ``source`` would first ask the bash of this machine for its version.
    script = completion.source_template % completion.source_vars()
    if form == "json":
        from ._console import write_json

        write_json({"shell": shell, "script": script})
    else:
        click.echo(script)
    return 0
