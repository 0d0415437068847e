"""Exact numbers and matrices of certificates, in a notation that can be read.

Entries are as in a certificate: rational strings, ``{"log": "9"}`` (with ``"times"``), or
enclosures ``{"lower", "upper"}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

LARGEST = 8
"""Matrices with more rows or columns are summarised."""

LONGEST_NUMBER = 24
MOST_EXCEPTIONS = 4


def decimal(value: Fraction, digits: int = 6) -> str:
    """The value to ``digits`` significant digits (rounded toward zero), marked ``..`` if cut."""
    if value == 0:
        return "0"
    sign, value = ("-" if value < 0 else ""), abs(value)
    exponent = 0
    power = Fraction(1)
    while value >= power * 10:
        power *= 10
        exponent += 1
    while value < power:
        power /= 10
        exponent -= 1
    scaled = value / power * 10 ** (digits - 1)
    whole = int(scaled)
    cut = ".." if scaled != whole else ""
    text = str(whole)
    if -5 < exponent < digits:
        if exponent < 0:
            text = "0." + "0" * (-exponent - 1) + text
        elif exponent < digits - 1:
            text = text[: exponent + 1] + "." + text[exponent + 1 :]
        if not cut and "." in text:
            text = text.rstrip("0").rstrip(".")
        return sign + text + cut
    mantissa = text[0] + "." + text[1:]
    return f"{sign}{mantissa.rstrip('0').rstrip('.')}{cut}e{exponent}"


def number(entry: Any, digits: int = 6) -> str:
    """One exact number or enclosure, short enough to read."""
    if isinstance(entry, str):
        if len(entry) <= LONGEST_NUMBER:
            return entry
        return decimal(Fraction(entry), digits)
    if isinstance(entry, Mapping):
        if "lower" in entry:
            return _enclosure(Fraction(entry["lower"]), Fraction(entry["upper"]), digits)
        if "log" in entry:
            times = entry.get("times", "1")
            factor = {"1": "", "-1": "-"}.get(times, f"{times} ")
            return f"{factor}log {entry['log']}"
    raise TypeError(f"not a number of a certificate: {entry!r}")


def _enclosure(lower: Fraction, upper: Fraction, digits: int) -> str:
    if lower == upper:
        return number(str(lower), digits)
    one, two = decimal(lower, digits), decimal(upper, digits)
    while one != two and digits > 2:
        digits -= 1
        one, two = decimal(lower, digits), decimal(upper, digits)
    if one == two:
        return one
    return f"between {decimal(lower, 3)} and {decimal(upper, 3)}"


def _bounds(value: Any) -> tuple[Fraction, Fraction] | None:
    if isinstance(value, str):
        return Fraction(value), Fraction(value)
    if isinstance(value, Mapping) and "lower" in value:
        return Fraction(value["lower"]), Fraction(value["upper"])
    return None


def two_values(one: Any, two: Any) -> tuple[str, str]:
    """Two values with as many digits as it takes to tell them apart."""
    digits = 6
    shown = number(one, digits), number(two, digits)
    bounds = _bounds(one), _bounds(two)
    if bounds[0] is None or bounds[1] is None or bounds[0] == bounds[1]:
        return shown
    while shown[0] == shown[1] and digits < 40:
        digits += 4
        shown = number(one, digits), number(two, digits)
    return shown


def matrix(rows: Sequence[Any]) -> str:
    """A matrix on one line: ``I``, ``0``, ``diag(1,2)``, ``[[1,0],[2,3]]``, or a summary.

    A list of numbers (a bias) is written ``(1,2)``.
    """
    if not rows or not isinstance(rows[0], (list, tuple)):
        if len(rows) > LARGEST:
            return f"{len(rows)} numbers{_zeros([rows])}"
        return "0" if all(v == "0" for v in rows) else f"({','.join(map(number, rows))})"
    height, width = len(rows), len(rows[0])
    if all(entry == "0" for row in rows for entry in row):
        return "0"
    if height == width == 1:
        return number(rows[0][0])
    if height == width and _is_diagonal(rows):
        diagonal = [rows[k][k] for k in range(height)]
        if all(entry == "1" for entry in diagonal):
            return "I"
        return f"diag({_runs(diagonal)})"
    if height > LARGEST or width > LARGEST:
        return background(rows) or f"{height} x {width} matrix{_zeros(rows)}"
    return "[" + ",".join("[" + ",".join(map(number, row)) + "]" for row in rows) + "]"


def background(rows: Sequence[Sequence[Any]]) -> str | None:
    """A matrix of one value but for a few entries: ``20 x 5, 0 except 1 at (20,1)``.

    Rows and columns count from 1. None if more than four entries differ.
    """
    counts: dict[str, int] = {}
    for row in rows:
        for entry in row:
            key = number(entry)
            counts[key] = counts.get(key, 0) + 1
    common = max(counts, key=lambda key: counts[key])
    total = sum(counts.values())
    if total - counts[common] > MOST_EXCEPTIONS:
        return None
    places: dict[str, list[str]] = {}
    for i, row in enumerate(rows, 1):
        for j, entry in enumerate(row, 1):
            key = number(entry)
            if key != common:
                places.setdefault(key, []).append(f"({i},{j})")
    size = f"{len(rows)} x {len(rows[0])}"
    if not places:
        return f"{size}, all {common}"
    listed = " and ".join(f"{key} at {', '.join(found)}" for key, found in places.items())
    return f"{size}, {common} except {listed}"


def _is_diagonal(rows: Sequence[Sequence[Any]]) -> bool:
    return all(entry == "0" for i, row in enumerate(rows) for j, entry in enumerate(row) if i != j)


def _runs(entries: Sequence[Any]) -> str:
    """A list of numbers; in a long one, repetitions are counted."""
    if len(entries) <= LARGEST:
        return ",".join(map(number, entries))
    parts: list[tuple[str, int]] = []
    for entry in map(number, entries):
        if parts and parts[-1][0] == entry:
            parts[-1] = (entry, parts[-1][1] + 1)
        else:
            parts.append((entry, 1))
    if len(parts) > LARGEST:
        return f"{len(entries)} numbers, from {parts[0][0]} to {parts[-1][0]}"
    return ", ".join(text if count == 1 else f"{count} times {text}" for text, count in parts)


def _zeros(rows: Sequence[Sequence[Any]]) -> str:
    filled = sum(entry != "0" for row in rows for entry in row)
    total = sum(len(row) for row in rows)
    if filled == total:
        return ""
    return f" with {filled} entr{'y' if filled == 1 else 'ies'} not 0"


def samples(
    x: Sequence[Sequence[Any]], y: Sequence[Sequence[Any]], counts: Sequence[int] | None = None
) -> str | None:
    """Data with repeated samples as a counted list: ``8 times (1,0) -> (1), ...``.

    ``counts``: how often each column stands, once if it is None. None if there is no repetition
    to count, or if it would be longer than the matrices.
    """
    count = len(x[0])
    if count != len(y[0]) or len(x) > LARGEST or len(y) > LARGEST:
        return None
    groups: dict[str, int] = {}
    for j in range(count):
        source = ",".join(number(row[j]) for row in x)
        target = ",".join(number(row[j]) for row in y)
        key = f"({source}) -> ({target})"
        groups[key] = groups.get(key, 0) + (1 if counts is None else counts[j])
    if sum(groups.values()) <= LARGEST or len(groups) > LARGEST:
        return None
    return ", ".join(key if n == 1 else f"{n} times {key}" for key, n in groups.items())


def copies(counts: Sequence[int]) -> str:
    """How often the samples of an instance stand: ``60000: sample 3 stands 59998 times, ..``."""
    total, common = sum(counts), max(set(counts), key=list(counts).count)
    others = [(j, c) for j, c in enumerate(counts, 1) if c != common]
    if len(counts) == 1:
        return f"{total}, all the same"
    if len(counts) > LARGEST and len(others) > 3:
        return f"{total}: each of {len(counts)} stands {min(counts)} to {max(counts)} times"
    if len(others) > 3:
        return f"{total}: the samples stand {', '.join(map(str, counts))} times"
    parts = [f"sample {j} stands {_times(c)}" for j, c in others]
    rest = "each sample" if not others else "the others" if len(counts) - len(others) > 1 else (
        f"sample {next(j for j, c in enumerate(counts, 1) if c == common)}")  # fmt: skip
    return f"{total}: {', '.join([*parts, f'{rest} {_times(common)}'])}"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"
