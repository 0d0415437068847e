"""``landscape config``: the settings in force, and where each comes from."""

from __future__ import annotations

from typing import Any

import click

from ..checking.settings import KEYS
from ._options import format_option
from ._settings import load_settings, settings_options


@click.command(
    "config",
    short_help="Show the settings of `landscape check` and where they come from.",
    epilog="""\b
Examples:
  landscape config
  landscape config models/
  landscape config models/ --fail-on fails
  landscape config --format json

\b
A landscape.toml (or the same under [tool.landscape] in pyproject.toml):
  include = ["*.landscape"]
  exclude = ["drafts/"]
  fail-on = ["fails", "unknown"]
  baseline = "known.json"
  [per-file."legacy/**"]
  fail-on = ["fails"]
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH...]", type=click.Path())
@settings_options(*(key for key in KEYS if key != "format"))
@format_option()
def command(paths: tuple[str, ...], form: str, **options: Any) -> int:
    """Print the effective settings of `landscape check PATH...`.

    The command line comes before the nearest landscape.toml or pyproject.toml with a
    [tool.landscape] section, and that before the defaults.
    """
    from ..render.settings import settings_json, settings_lines
    from ._console import new_page, write, write_json

    settings = load_settings(paths, options)
    if form == "json":
        write_json(settings_json(settings))
        return 0
    page = new_page()
    settings_lines(settings, page)
    write(page)
    return 0
