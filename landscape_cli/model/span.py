"""Positions in a model file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A half-open stretch of source text; lines and columns count from 1, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int
