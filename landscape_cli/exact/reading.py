"""Strict reading of documents: a reader takes a JSON value and what it is called, or rejects it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from .algebra import MOST_ENTRIES, Matrix
from .numbers import Rejection, need, rational

Reader: TypeAlias = Callable[[Any, str], Any]  # of (value, what it is called in a rejection)


def load(text: str) -> object:
    """Parse JSON; a ``Rejection`` for floats, NaN, duplicate fields, depth and syntax."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        need(len(dict(pairs)) == len(pairs), "an object has the same field twice")
        return dict(pairs)

    def refuse(text: str) -> object:
        raise Rejection(f"{text[:20]} is not an exact number; numbers are strings such as 3/16")

    def short(text: str) -> int:
        need(len(text) <= 20, "an integer is too long")
        return int(text)

    try:
        return json.loads(text, object_pairs_hook=unique, parse_float=refuse,
                          parse_constant=refuse, parse_int=short)  # fmt: skip
    except RecursionError:
        raise Rejection("the document is nested too deeply") from None
    except ValueError as error:
        raise Rejection(f"not JSON: {error}") from None


def keep(value: Any, _: str) -> Any:
    """Any value, as it is."""
    return value


def boolean(value: Any, what: str) -> bool:
    """True or false."""
    need(isinstance(value, bool), f"{what} is not true or false")
    return bool(value)


def whole(low: int, high: int) -> Reader:
    """An integer from ``low`` to ``high``."""

    def read(value: Any, what: str) -> int:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        need(good, f"{what} is not an integer from {low} to {high}")
        return int(value)

    return read


def ranged(good: Callable[[Fraction], bool]) -> Reader:
    """A rational in a range."""

    def read(value: Any, what: str) -> Fraction:
        found = rational(value, what)
        need(good(found), f"{what} is out of range")
        return found

    return read


def array(item: Reader, length: int | None = None) -> Reader:
    """A list (of that length); equal strings are read once, so ``item`` has no side effects."""

    def read(value: Any, what: str) -> list[Any]:
        good = isinstance(value, list) and length in (None, len(value))
        need(good, f"{what} is not a list" + ("" if length is None else f" of length {length}"))
        one = f"an entry of {what}"
        known = {x: item(x, one) for x in dict.fromkeys(x for x in value if isinstance(x, str))}
        return [known[x] if isinstance(x, str) else item(x, one) for x in value]

    return read


def table(rows: int, columns: int | None, entry: Reader = rational) -> Reader:
    """A matrix of that shape, any number of columns if None."""

    def read(value: Any, what: str) -> Matrix:
        lines = array(keep, rows)(value, what)
        width = columns or (len(lines[0]) if lines and isinstance(lines[0], list) else 0)
        good = 0 < rows * width <= MOST_ENTRIES
        need(good, f"{what} has no entries, or more than {MOST_ENTRIES}")
        flat = array(entry)([x for row in lines for x in array(keep, width)(row, what)], what)
        return [flat[i * width : (i + 1) * width] for i in range(rows)]

    return read


def record(value: Any, what: str, required: Mapping[str, Reader],
           optional: Mapping[str, Reader] = {}) -> dict[str, Any]:  # fmt: skip
    """The value as an object with exactly these fields, each read."""
    need(isinstance(value, dict), f"{what} is not an object")
    readers = {**required, **optional}
    for name in value:
        need(name in readers, f"{what} has an unknown field {str(name)[:40]!r}")
    for name in required:
        need(name in value, f"{what} lacks the field {name!r}")
    return {name: readers[name](x, f"{name} of {what}") for name, x in value.items()}
