"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def format_option() -> Decorator:
    """``--format text|json``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="What to print.",
    )


def proof_option() -> Decorator:
    """``--proof``."""
    return click.option("--proof", "with_proof", is_flag=True, help="Print the proof tree as well.")


def exit_zero_option() -> Decorator:
    """``--exit-zero``."""
    return click.option(
        "--exit-zero", is_flag=True, help="Exit with 0 whatever the verdicts (not for errors)."
    )
