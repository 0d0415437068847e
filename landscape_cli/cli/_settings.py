"""The settings of ``landscape check`` as options, for every command that has settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from ..checking.settings import FAIL_ON, PROPERTIES, SETTINGS, Setting, Settings, load
from ..render.formats import FORMATS

WORDS = {"fail-on": FAIL_ON, "require": PROPERTIES, "format": tuple(FORMATS)}
SHORT = {"verbose": "-v"}

Command = Callable[..., Any]


def settings_options(*keys: str) -> Callable[[Command], Command]:
    """An option for each of the settings (None: it is not given), ``--config``, ``--isolated``."""
    options: list[Callable[[Command], Command]] = [
        click.option(
            "--config",
            "config_file",
            type=click.Path(),
            metavar="FILE",
            help="Use this configuration file, not the nearest landscape.toml or pyproject.toml.",
        ),
        click.option("--isolated", is_flag=True, help="Use no configuration file."),
        *(_option(setting) for setting in SETTINGS if setting.key in keys),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _option(setting: Setting) -> Callable[[Command], Command]:
    name = f"--{setting.key}"
    if isinstance(setting.default, bool):
        names = [f"{name}/--no-{setting.key}"]
        if setting.key in SHORT:
            names.insert(0, f"{SHORT[setting.key]}/ ")
        return click.option(*names, setting.field, default=None, help=setting.says)
    words = WORDS.get(setting.key, ())
    kind: Any = str
    if setting.metavar in ("FILE", "FOLDER"):
        kind = click.Path()
    elif words and not setting.many:
        kind = click.Choice(words)
    return click.option(
        name,
        setting.field,
        type=kind,
        multiple=setting.many,
        default=None,
        metavar=None if kind is not str and words else setting.metavar,
        shell_complete=_completion(words) if kind is str else None,
        help=setting.says,
    )


def _completion(words: tuple[str, ...]) -> Any:
    def complete(_context: Any, _parameter: Any, incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def given_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the command line states, by setting; what it does not is left out."""
    given = {}
    for setting in SETTINGS:
        value = options.get(setting.field)
        if value is None or value == ():
            continue
        if setting.key == "fail-on":
            value = [word for text in value for word in text.split(",") if word]
        given[setting.field] = value
    return given


def load_settings(paths: tuple[str, ...], options: Mapping[str, Any]) -> Settings:
    """The settings in force; ``InputError`` if the configuration is wrong."""
    return load(
        given_settings(options),
        paths,
        file=options.get("config_file"),
        isolated=bool(options.get("isolated")),
    )
