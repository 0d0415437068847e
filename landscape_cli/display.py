"""How values show themselves in a notebook: ``_repr_html_`` and its kin.

The renderer is loaded when a notebook asks for it; a value by itself knows nothing of formats.
"""

from __future__ import annotations

from typing import Any, TypeVar

Shown = TypeVar("Shown", bound="type[Any]")


def shown(kind: Shown) -> Shown:
    """A class whose values display themselves as HTML, Markdown and LaTeX in a notebook."""
    for form in ("html", "markdown", "latex"):
        setattr(kind, f"_repr_{form}_", _method(form))
    kind._repr_pretty_ = _pretty
    return kind


def _pretty(self: Any, printer: Any, _cycle: bool) -> None:
    """What IPython prints in a terminal."""
    from .render import displayed

    printer.text(displayed.text(self))


def _method(form: str) -> Any:
    def method(self: Any) -> str:
        from .render import displayed

        text: str = getattr(displayed, form)(self)
        return text

    method.__name__ = f"_repr_{form}_"
    method.__doc__ = f"This value as {form}, for a notebook."
    return method
