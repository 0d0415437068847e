"""``landscape docs``: the catalogue as a site of static pages."""

from __future__ import annotations

from pathlib import Path

import click

from ._files import unwritable
from ._options import format_option
from ._progress import Progress

MARKER = ".landscape-docs"
"""Stands in a folder that this command has written, and may write again."""


@click.command(
    "docs",
    short_help="Build the pages of the catalogue.",
    epilog="""\b
Examples:
  landscape docs build site/
  landscape docs build site/ --force
""",
)
@click.argument("action", type=click.Choice(["build"]), metavar="build")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--force", is_flag=True, help="Write also into a folder with other files in it.")
@format_option()
def command(action: str, folder: Path, force: bool, form: str) -> int:  # noqa: ARG001
    """Write the catalogue into DIR: open DIR/index.html in a browser, no server is needed.

    Every model that a page shows is asked while building; a model that does not do what its entry
    claims ends the build. A folder that this command has written before is written anew; what
    else it holds stays.
    """
    from ..api import check
    from ..render.html.site import build as pages
    from ._console import new_page, write, write_json

    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).exists() and not force:
        raise click.UsageError(
            f"{folder} is not empty and was not written by this command; --force writes into it"
        )
    bar: list[Progress] = []

    def progress(name: str, total: int) -> None:
        if not bar:
            bar.append(Progress(total, "pages"))
        bar[0].step(name)

    files: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("", encoding="utf-8")
        for page in pages(check, progress):
            target = folder / page.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page.text, encoding="utf-8")
            files.append(page.path)
    except OSError as error:
        raise unwritable(Path(error.filename or folder), error) from error
    finally:
        if bar:
            bar[0].clear()
    if form == "json":
        write_json({"folder": str(folder), "files": files})
        return 0
    page_ = new_page()
    page_.unwrapped(("", f"{len(files)} files in {folder}; start at {folder / 'index.html'}"))
    write(page_)
    return 0
