"""Exact numbers and constant expressions of the text."""

from __future__ import annotations

from fractions import Fraction

from .parser import Node
from .source import Source

MOST_DIGITS = 1000
LARGEST_EXPONENT = 1000


class Rejected(Exception):
    """A part of the model can't be used; the reason is recorded."""


def reject(
    source: Source, code: str, message: str, node: Node, hint: str | None = None
) -> Rejected:
    """Record an error about a node; the exception to raise."""
    source.error(code, message, node[2], node[3], hint)
    return Rejected()


def number(source: Source, node: Node) -> Fraction:
    """The value of a number token: digits, a decimal point, a power of ten, all exact."""
    text: str = node[1]
    if len(text) > MOST_DIGITS:
        raise reject(
            source,
            "E016",
            f"this number has more than {MOST_DIGITS} digits",
            node,
            "round it, or write it as a fraction of smaller numbers",
        )
    if text.isdecimal():
        return Fraction(int(text))
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > LARGEST_EXPONENT:
        raise reject(source, "E016", f"the power of ten is beyond {LARGEST_EXPONENT} in size", node)
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def power(source: Source, base: Fraction, exponent: Fraction, node: Node) -> Fraction:
    """``base ^ exponent`` for a small integral exponent; anything else is rejected."""
    if exponent.denominator != 1:
        raise reject(source, "E016", "this power is not an exact rational number", node)
    size = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
    if abs(exponent) > LARGEST_EXPONENT or size * abs(exponent) > 4 * MOST_DIGITS:
        raise reject(source, "E016", "this power is too large a number", node)
    if base == 0 and exponent < 0:
        raise reject(source, "E076", "division by zero", node)
    return base**exponent.numerator


def constant(source: Source, node: Node) -> Fraction:
    """The value of an expression without names."""
    value = constant_or_none(source, node)
    if value is None:
        raise reject(source, "E010", "expected a number", node, "such as 1/10 or 0.25")
    return value


def constant_or_none(source: Source, node: Node) -> Fraction | None:
    """The value of an expression, ``None`` if it is not arithmetic on numbers alone."""
    name, children = node[0], node[1]
    if name == "<number>":
        return number(source, node)
    if name not in ("signed", "sum", "product", "power"):
        return None
    values = [
        child[0] if child[0] in ("+", "-", "*", "/", "T") else constant_or_none(source, child)
        for child in children
    ]
    if None in values or "T" in values:
        return None
    if name == "signed":
        value = values[-1]
        assert isinstance(value, Fraction)
        return value if len(values) % 2 else -value
    total = values[0]
    assert isinstance(total, Fraction)
    if name == "power":
        if len(values) > 2:
            raise reject(source, "E073", "a power of a power needs brackets", node, "write (2^3)^4")
        for exponent in values[1:]:
            assert isinstance(exponent, Fraction)
            total = power(source, total, exponent, node)
        return total
    for sign, value in zip(values[1::2], values[2::2], strict=True):
        assert isinstance(value, Fraction)
        if sign == "+":
            total += value
        elif sign == "-":
            total -= value
        elif sign == "*":
            total *= value
        elif value == 0:
            raise reject(source, "E076", "division by zero", node)
        else:
            total /= value
    size = max(abs(total.numerator).bit_length(), total.denominator.bit_length())
    if size > 4 * MOST_DIGITS:
        raise reject(source, "E016", "this number is too large", node)
    return total


def show_number(value: Fraction) -> str:
    """The number as the language writes it."""
    return str(value)
