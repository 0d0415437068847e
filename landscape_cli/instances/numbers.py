"""Numbers of an instance: rationals, logarithms of rationals, boxes; and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias


class Log(NamedTuple):
    """``times * log(argument)``, ``argument`` a positive rational."""

    argument: Fraction
    times: Fraction = Fraction(1)


class Box(NamedTuple):
    """Some number between two rationals (weights of an ``interval-newton`` certificate)."""

    lower: Fraction
    upper: Fraction


Number: TypeAlias = int | Fraction | Log | Box
Rows: TypeAlias = Sequence[Sequence[Number]]
Weights: TypeAlias = dict[str, Sequence[Any]]
"""Matrices (rows of numbers) under ``W1``, ``W``; biases (a sequence of numbers) under ``b1``."""


def fraction_text(value: int | Fraction) -> str:
    """The canonical text of a rational: ``-3/16``, ``2``."""
    return str(value)


def number_text(value: Number) -> Any:
    """The number as a certificate writes it: a string, or an object for a logarithm or a box.

    ``TypeError`` for anything else (a float, say).
    """
    if isinstance(value, (int, Fraction)):
        return str(value)
    if isinstance(value, Log):
        if value.times == 0 or value.argument == 1:
            return "0"
        if value.times == 1:
            return {"log": str(value.argument)}
        return {"log": str(value.argument), "times": str(value.times)}
    if isinstance(value, Box):
        return {"lower": str(value.lower), "upper": str(value.upper)}
    raise TypeError(f"not an exact number: {value!r}")


def entries_text(values: Sequence[Any]) -> list[Any]:
    """A matrix or a vector as a certificate writes it; a repeated row object is written once."""
    known: dict[int, list[Any]] = {}
    found: list[Any] = []
    for value in values:
        if isinstance(value, (int, Fraction, Log, Box)):
            found.append(number_text(value))
            continue
        if id(value) not in known:
            known[id(value)] = [number_text(entry) for entry in value]
        found.append(list(known[id(value)]))
    return found


def read_number(value: Any) -> Number:
    """The number of a certificate; ``TypeError`` for anything else."""
    if isinstance(value, str):
        return Fraction(value)
    if isinstance(value, dict):
        if "log" in value:
            return Log(Fraction(value["log"]), Fraction(value.get("times", "1")))
        return Box(Fraction(value["lower"]), Fraction(value["upper"]))
    raise TypeError(f"not a number of a certificate: {value!r}")


def read_entries(values: Sequence[Any]) -> list[Any]:
    """A matrix or a vector of a certificate; equal texts are read once."""
    known: dict[str, Number] = {}

    def read(value: Any) -> Number:
        if not isinstance(value, str):
            return read_number(value)
        found = known.get(value)
        if found is None:
            found = known[value] = read_number(value)
        return found

    return [
        [read(entry) for entry in value] if isinstance(value, list) else read(value)
        for value in values
    ]
