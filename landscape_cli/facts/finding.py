"""The answer of a fact: met, violated, not given or declared, with its evidence."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..model.span import Span
from ..model.terms import Formula

Status = Literal["met", "violated", "not_given", "declared"]


class Finding(NamedTuple):
    """One answer about a model.

    ``text`` is the evidence in words with the numbers filled in, ``span`` the statement of the
    model that decided. ``formula`` is the width condition behind the answer where there is one;
    for symbolic widths it may be neither true nor false of the whole class (``not_given``).
    """

    status: Status
    text: str
    span: Span | None = None
    formula: Formula | None = None

    @property
    def granted(self) -> bool:
        """Whether a theorem may rest on it."""
        return self.status in ("met", "declared")


def met(text: str, span: Span | None = None) -> Finding:
    """The model grants it."""
    return Finding("met", text, span)


def violated(text: str, span: Span | None = None) -> Finding:
    """The model contradicts it."""
    return Finding("violated", text, span)


def not_given(text: str, span: Span | None = None) -> Finding:
    """The model neither grants nor excludes it."""
    return Finding("not_given", text, span)
