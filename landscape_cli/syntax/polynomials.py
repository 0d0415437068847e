"""Products of names in conditions: allowed where all names but one are numbers.

A polynomial inequality in one integer unknown is a union of intervals, so it becomes a linear
formula: ``k * (k + 1) > 20`` is ``k >= 5``. The sign pattern is exact: between two places where
the differences p(k + 1) - p(k) change sign, p is monotone, and a bisection finds where it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from ..model.terms import (
    Formula,
    RankOf,
    Relation,
    Symbol,
    Term,
    all_of,
    any_of,
    at_least,
    at_most,
    compare,
    equal,
)
from .numbers import Rejected, constant_or_none, number, reject
from .parser import Node
from .source import Source

HIGHEST_DEGREE = 12
LARGEST = 10**60
Resolve = Callable[[Node], Term]
SIGNS: dict[Relation, tuple[int, ...]] = {
    "=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1),
}  # fmt: skip


def nonlinear(node: Node) -> bool:
    """Whether names are multiplied, divided by or raised to a power, by form."""
    kind, children = node[0], node[1]
    if kind in ("<name>", "<number>") or not isinstance(children, (list, tuple)):
        return False
    parts = [child for child in children if isinstance(child, tuple) and len(child) > 1]
    if kind == "product":
        named = [_named(child) for child in children[::2]]
        divided = any(
            sign[0] == "/" and _named(child)
            for sign, child in zip(children[1::2], children[2::2], strict=True)
        )
        if sum(named) > 1 or divided:
            return True
    if kind == "power" and _named(children[0]):
        return True
    return any(nonlinear(child) for child in parts)


def _named(node: Node) -> bool:
    kind, children = node[0], node[1]
    if kind == "<name>":
        return True
    if kind == "call":
        return children[0][1] == "rank" or any(map(_named, children[1:]))
    if not isinstance(children, (list, tuple)):
        return False
    return any(_named(child) for child in children if isinstance(child, tuple) and len(child) > 1)


def condition(
    source: Source, relation: Relation, left: Node, right: Node, whole: Node, resolve: Resolve
) -> Formula:
    """``left relation right`` for polynomials in one name, as a linear formula.

    Rejects (E101) polynomials in several names, other functions, and degrees beyond
    ``HIGHEST_DEGREE``.
    """
    reader = _Reader(source, whole, resolve)
    difference = reader.added(reader.read(left), reader.read(right), -1)
    common = lcm(*(c.denominator for c in difference))
    coefficients = [int(c * common) for c in difference]
    if max(map(abs, coefficients)) > LARGEST:
        raise reject(source, "E016", "these numbers are too large", whole)
    unknown = reader.unknown
    if unknown is None:
        return compare(relation, coefficients[0], 0)
    floor = 1 if isinstance(unknown, Symbol) else 0
    wanted = SIGNS[relation]
    return any_of(
        *(
            _between(unknown, floor, start, end)
            for start, end in _merged(_runs(coefficients, floor), wanted)
        )
    )


def _between(unknown: Term, floor: int, start: int, end: int | None) -> Formula:
    if start == end:
        return equal(unknown, start)
    lower = at_least(unknown, start) if start > floor else True
    return all_of(lower, True if end is None else at_most(unknown, end))


class _Run(NamedTuple):
    """All integers from ``start`` to ``end`` (None: on and on) have this sign."""

    start: int
    end: int | None
    sign: int


def _merged(runs: list[_Run], wanted: tuple[int, ...]) -> Iterator[tuple[int, int | None]]:
    start: int | None = None
    last: int | None = None
    for run in runs:
        if run.sign in wanted:
            start = run.start if start is None else start
            last = run.end
            if last is None:
                yield start, None
        elif start is not None:
            yield start, last
            start = None
    if start is not None and last is not None:
        yield start, last


def _value(coefficients: list[int], at: int) -> int:
    total = 0
    for coefficient in reversed(coefficients):
        total = total * at + coefficient
    return total


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _differences(coefficients: list[int]) -> list[int]:
    """The coefficients of p(k + 1) - p(k)."""
    from math import comb

    return [
        sum(coefficients[j] * comb(j, i) for j in range(i + 1, len(coefficients)))
        for i in range(len(coefficients) - 1)
    ]


def _runs(coefficients: list[int], floor: int) -> list[_Run]:
    """The signs of the polynomial on all integers from ``floor`` on."""
    while len(coefficients) > 1 and coefficients[-1] == 0:
        coefficients = coefficients[:-1]
    if len(coefficients) == 1:
        return [_Run(floor, None, _sign(coefficients[0]))]
    found: list[_Run] = []

    def put(start: int, end: int | None, sign: int) -> None:
        if found and found[-1].sign == sign:
            start = found.pop().start
        found.append(_Run(start, end, sign))

    at = floor
    for run in _runs(_differences(coefficients), floor):
        # p is monotone from run.start to the integer behind run.end.
        end = None if run.end is None else run.end + 1
        while end is None or at <= end:
            sign = _sign(_value(coefficients, at))
            change = _change(coefficients, at, end, sign, run.sign)
            if change is None:
                put(at, end, sign)
                break
            put(at, change - 1, sign)
            at = change
        if end is None:
            break
        at = end + 1
    return found


def _change(
    coefficients: list[int], start: int, end: int | None, sign: int, direction: int
) -> int | None:
    """The first integer after ``start`` with another sign, p being monotone; None: none."""
    if direction == 0 or sign == direction:
        return None
    low, step = start, 1
    if end is None:
        while _sign(_value(coefficients, low + step)) == sign:
            low, step = low + step, step * 2
        high = low + step
    else:
        if _sign(_value(coefficients, end)) == sign:
            return None
        high = end
    while high - low > 1:
        middle = (low + high) // 2
        if _sign(_value(coefficients, middle)) == sign:
            low = middle
        else:
            high = middle
    return high


class _Reader:
    """Reads polynomials, lowest coefficient first, in the one name that has no number."""

    def __init__(self, source: Source, whole: Node, resolve: Resolve) -> None:
        self.source = source
        self.whole = whole
        self.resolve = resolve
        self.unknown: Symbol | RankOf | None = None

    def added(self, one: list[Fraction], other: list[Fraction], sign: int) -> list[Fraction]:
        """one + sign * other."""
        size = max(len(one), len(other))
        pad = [[*p, *[Fraction(0)] * (size - len(p))] for p in (one, other)]
        return [a + sign * b for a, b in zip(*pad, strict=True)]

    def read(self, node: Node) -> list[Fraction]:
        kind = node[0]
        children: Any = node[1]
        if kind == "<number>":
            return [number(self.source, node)]
        if kind == "<name>":
            return self.atom(self.resolve(node))
        if kind == "signed":
            inner = self.read(children[-1])
            return inner if len(children) % 2 else [-c for c in inner]
        if kind == "sum":
            total = self.read(children[0])
            for sign, child in zip(children[1::2], children[2::2], strict=True):
                total = self.added(total, self.read(child), 1 if sign[0] == "+" else -1)
            return total
        if kind == "product":
            total = self.read(children[0])
            for sign, child in zip(children[1::2], children[2::2], strict=True):
                factor = self.read(child)
                if sign[0] == "*":
                    total = self.times(total, factor)
                elif len(factor) > 1:
                    raise self.refused("a name is no divisor", node)
                elif factor[0] == 0:
                    raise reject(self.source, "E076", "division by zero", child)
                else:
                    total = [c / factor[0] for c in total]
            return total
        if kind == "power" and not _named(children[0]):
            value = constant_or_none(self.source, node)
            if value is not None:
                return [value]
        if kind == "power" and len(children) == 2 and children[1][0] != "T":
            base, exponent = self.read(children[0]), constant_or_none(self.source, children[1])
            if exponent is None or exponent.denominator != 1 or not 0 <= exponent <= HIGHEST_DEGREE:
                raise self.refused(f"an exponent is a whole number up to {HIGHEST_DEGREE}", node)
            total = [Fraction(1)]
            for _ in range(int(exponent)):
                total = self.times(total, base)
            return total
        if kind == "call" and children[0][1] == "rank" and children[1:]:
            if len(children) == 2 and children[1][1] in ("X", "Y"):
                return self.atom(RankOf(children[1][1]))
            raise self.refused("a rank is rank(X) or rank(Y)", node)
        raise self.refused("min, max and the like take no part in a product of names", node)

    def atom(self, term: Term) -> list[Fraction]:
        if isinstance(term, (int, Fraction)):
            return [Fraction(term)]
        if not isinstance(term, (Symbol, RankOf)) or self.unknown not in (None, term):
            raise self.refused("no products or powers of several names", self.whole)
        self.unknown = term
        return [Fraction(0), Fraction(1)]

    def times(self, one: list[Fraction], other: list[Fraction]) -> list[Fraction]:
        if len(one) + len(other) > HIGHEST_DEGREE + 2:
            raise self.refused(f"a degree is at most {HIGHEST_DEGREE}", self.whole)
        total = [Fraction(0)] * (len(one) + len(other) - 1)
        for i, a in enumerate(one):
            for j, b in enumerate(other):
                total[i + j] += a * b
        if max(max(abs(c.numerator), c.denominator) for c in total) > LARGEST:
            raise reject(self.source, "E016", "these numbers are too large", self.whole)
        return total

    def refused(self, why: str, node: Node) -> Rejected:
        return reject(
            self.source,
            "E101",
            f"only linear arithmetic is allowed here: {why}",
            node,
            "a product of names is decided where all of them but one are numbers: give the "
            "others (assume m = 10)",
        )
