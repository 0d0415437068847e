"""The effective settings of ``landscape check`` with their sources, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .layout import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class Shown(Protocol):
        """What is shown of the settings: (key, value, source) of each, and the file."""

        @property
        def file(self) -> Path | None:
            """The configuration file."""

        def items(self) -> Sequence[tuple[str, Any, str]]:
            """Each setting."""


SCHEMA = "landscape/config/1"


def settings_lines(settings: Shown, page: Page) -> None:
    """``fail-on = ["fails"]`` with, at the right margin, where it comes from."""
    name = "none" if settings.file is None else str(settings.file)
    page.row([("", name)], label=("label", "configuration file: "), column=20)
    for key, value, source in settings.items():
        style = "" if source == "default" else "name"
        page.row(
            [(style, f"{key} = {_toml(value)}")],
            right=("dim", source),
        )


def settings_json(settings: Shown) -> dict[str, Any]:
    """The settings by key, each with its source."""
    return {
        "schema": SCHEMA,
        "file": None if settings.file is None else str(settings.file),
        "settings": {
            key: {"value": value, "source": source} for key, value, source in settings.items()
        },
    }


def _toml(value: Any) -> str:
    """A value as a configuration file would have it."""
    if isinstance(value, Mapping):
        items = (f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items())
        return "{ " + ", ".join(items) + " }" if value else "{}"
    return json.dumps(value, ensure_ascii=False)
