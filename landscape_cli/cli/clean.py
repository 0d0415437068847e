"""``landscape clean``: remove the cache of ``landscape check``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ._options import format_option
from ._settings import load_settings, settings_options


@click.command(
    "clean",
    short_help="Remove the cache of `landscape check`.",
    epilog="""\b
Examples:
  landscape clean
  landscape clean models/
  landscape clean --cache-dir /tmp/landscape
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH...]", type=click.Path())
@settings_options("cache-dir")
@format_option()
def command(paths: tuple[str, ...], form: str, **options: Any) -> int:
    """Remove the cache that `landscape check PATH...` uses (.landscape_cache).

    A folder that is not such a cache is left alone.
    """
    from ..checking.cache import clean

    folder = Path(load_settings(paths, options)["cache_dir"])
    try:
        entries = clean(folder)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"can't remove {folder}: {error.strerror}") from error
    if form == "json":
        from ._console import write_json

        write_json({"folder": str(folder), "entries": entries})
    elif entries is None:
        click.echo(f"no cache in {folder}")
    else:
        click.echo(f"removed {folder} ({entries:,} {'entry' if entries == 1 else 'entries'})")
    return 0
