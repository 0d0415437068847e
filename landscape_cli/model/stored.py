"""Large matrices of floats, kept as they are stored and read as exact rationals on demand.

A float is the rational that it stores, so a row of floats is a row of fractions; only at sizes
such as 1024 x 1024 does it matter that the fractions are made when somebody asks for them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias, cast

Rows: TypeAlias = tuple[tuple[Fraction, ...], ...]

# Entries below which a matrix is turned into fractions at once.
SMALL = 64 * 64


class StoredRow(Sequence[Fraction]):
    """A row of a matrix of finite float64s; it reads like a tuple of fractions (exact)."""

    __slots__ = ("row", "table", "width")

    def __init__(self, table: "array[float]", row: int, width: int) -> None:
        self.table = table
        self.row = row
        self.width = width

    def _own(self) -> "array[float]":
        return self.table[self.row * self.width : (self.row + 1) * self.width]

    def __len__(self) -> int:
        return self.width

    def __iter__(self) -> Iterator[Fraction]:
        return map(Fraction, self._own())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(map(Fraction, self._own()[index]))
        if not -self.width <= index < self.width:
            raise IndexError("a column of the row")
        return Fraction(self.table[self.row * self.width + index % self.width])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StoredRow):
            return self._own() == other._own()
        return isinstance(other, tuple) and tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"StoredRow({self.width} floats)"


def exact_rows(rows: int, columns: int, values: Sequence[Any]) -> Rows:
    """A matrix from its entries row by row: fractions, or finite floats (``array('d')``)."""
    if isinstance(values, array):
        if len(values) >= SMALL:
            return cast("Rows", tuple(StoredRow(values, i, columns) for i in range(rows)))
        values = [Fraction(value) for value in values]
    return tuple(tuple(values[i * columns : (i + 1) * columns]) for i in range(rows))


def stored_floats(rows: Iterable[object]) -> "array[float] | None":
    """The floats behind all rows of a matrix, row by row, if it is kept as it was stored."""
    found = tuple(rows)
    first = found[0]
    if not isinstance(first, StoredRow) or len(first.table) != len(found) * first.width:
        return None
    whole = all(
        isinstance(row, StoredRow) and row.table is first.table and row.row == i
        for i, row in enumerate(found)
    )
    return first.table if whole else None
