"""The Jinja2 environment of the templates in this folder."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("landscape_cli.render.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, **values: Any) -> str:
    """A template filled in; an undefined name is an error. Every text is escaped."""
    from ... import __version__

    text: str = _environment().get_template(template).render(version=__version__, **values)
    return text


def asset(name: str) -> str:
    """A file of the template folder as it stands (the style sheet, a script)."""
    environment = _environment()
    text: str = environment.loader.get_source(environment, name)[0]
    return text
