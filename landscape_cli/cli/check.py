"""``landscape check``: model files against what they expect; what CI runs."""

from __future__ import annotations

from typing import Any

import click

from ..checking.settings import KEYS
from ._settings import settings_options


@click.command(
    "check",
    short_help="Check model files against what they expect.",
    epilog="""\b
Examples:
  landscape check model.landscape
  landscape check models/ more/ --verbose
  landscape check models/ --format github --output sarif=out.sarif --output junit=out.xml
  landscape check models/ --baseline known.json --update-baseline
  landscape check models/ --diff main --format markdown
  landscape check models/ --fail-on fails,unknown --statistics
  cat model.landscape | landscape check -

\b
Options may stand in landscape.toml, or in [tool.landscape] of pyproject.toml, under the same
names; `landscape config` shows what is in force and where it comes from.

\b
Exit codes: 0 every model does what it is expected to (without `expect`: the verdict is holds),
1 some model does not, 2 bad input or no model file found, 3 an internal error.
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path())
@click.option(
    "--diff",
    metavar="REF",
    help="Only the models whose verdict is not the one at a git ref, with both verdicts.",
)
@click.option("--update-baseline", is_flag=True, help="Write what is found to the baseline.")
@click.option("--prune", is_flag=True, help="Remove from the baseline what is no longer found.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@settings_options(*KEYS)
def command(
    paths: tuple[str, ...],
    diff: str | None,
    update_baseline: bool,
    prune: bool,
    watch: bool,
    **options: Any,
) -> int:
    """Check the models of files against their `expect` statements.

    PATH is a file, a folder (searched for *.landscape, without what git ignores), or - for
    standard input. A line for each model that does what is expected, the reasons for every other
    one, and a summary.
    """
    from ._checks import Request, run

    request = Request(paths, options, diff, update_baseline, prune)
    if watch:
        from ._watch import watch_files

        return watch_files(request)
    return run(request)
