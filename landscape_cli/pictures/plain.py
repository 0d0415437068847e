"""Planes and segments of certified instances without NumPy, for terminals.

Every value is that of the instance's own evaluator: rational where it can be, else the middle of
an enclosure. The plane goes through the two points and the origin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from ..instances.documents import read_problem
from ..instances.numbers import Box, Log, read_entries
from ..instances.values import value_at
from .planes import levels_of
from .shapes import Curve, Curves, Mark, Slice
from .stage import NoStage, certified_document, claims, heading, instance_note, refuted

if TYPE_CHECKING:
    from ..engine.judge import Judgement

COLUMNS, ROWS = 57, 21
TIMES = 97
LARGEST_WORK = 3_000_000
"""Multiplications of exact numbers in one picture."""

Vector = list[Fraction]


def plain_picture(judgement: Judgement, kind: Literal["plane", "segment"]) -> Slice | Curves:
    """The plane through the certified points and the origin, or the segment.

    Raises ``NoStage`` where there is no certified instance, or where it is too large.
    """
    if judgement.verdict != "fails":
        raise NoStage(
            "without NumPy only certified instances are drawn, and this model has none",
            "pip install 'landscape-cli[plot]'",
        )
    document = certified_document(judgement)
    family = judgement.family.id if judgement.family is not None else ""
    return _Plain(document, heading(judgement.facts.model), family).picture(kind)


def _rational(value: Any) -> Fraction:
    """The number itself, the middle of a box, a logarithm to 15 digits."""
    if isinstance(value, Box):
        return (value.lower + value.upper) / 2
    if isinstance(value, Log):
        return Fraction(math.log(value.argument)).limit_denominator(10**15) * value.times
    return Fraction(value)


class _Plain:
    """A certificate with its two points as vectors."""

    def __init__(self, document: Mapping[str, Any], title: str, family: str) -> None:
        self.document, self.title, self.family = document, title, family
        self.problem = read_problem(document["problem"])
        data = document["data"]
        self.x = read_entries(data["X"]) if "X" in data else []
        self.y = read_entries(data["Y"]) if "Y" in data else None
        self.counts = data.get("counts")
        self.claims = claims(document)
        self.points = [self._vector(claim.weights) for claim in self.claims]

    def _vector(self, weights: Mapping[str, Any]) -> Vector:
        self.shapes = {
            name: (len(rows), len(rows[0]) if isinstance(rows[0], list) else 0)
            for name, rows in weights.items()
        }
        flat: Vector = []
        for rows in weights.values():
            for row in read_entries(rows):
                flat += [_rational(v) for v in (row if isinstance(row, list) else [row])]
        return flat

    def value(self, vector: Sequence[Fraction]) -> float:
        """The objective at a vector of weights."""
        weights: dict[str, Any] = {}
        place = 0
        for name, (rows, columns) in self.shapes.items():
            size = rows * (columns or 1)
            part = vector[place : place + size]
            weights[name] = (
                [part[i * columns : (i + 1) * columns] for i in range(rows)] if columns else part
            )
            place += size
        found = value_at(self.problem, self.x, self.y, weights, 64, self.counts)
        return float(found) if isinstance(found, Fraction) else float(found.mid())

    def picture(self, kind: Literal["plane", "segment"]) -> Slice | Curves:
        """The picture, if it is not too much work."""
        samples = len(self.x[0]) if self.x else self.problem.widths[0]
        widths = self.problem.widths
        work = len(self.points[0]) + samples * sum(a * b for a, b in pairwise(widths))
        if work * (COLUMNS * ROWS if kind == "plane" else TIMES) > LARGEST_WORK:
            raise NoStage(
                "the instance is too large to draw without NumPy",
                "pip install 'landscape-cli[plot]', or ask for smaller widths",
            )
        return self._plane() if kind == "plane" else self._segment()

    def _segment(self) -> Curves:
        first, second = self.points
        times = [Fraction(k - 20, 56) for k in range(TIMES)]
        values = [
            self.value([a + t * (b - a) for a, b in zip(first, second, strict=True)]) for t in times
        ]
        ends = [self.value(point) for point in self.points]
        inner = [v for t, v in zip(times, values, strict=True) if 0 <= t <= 1]
        rise = max(max(inner) - ends[0], ends[0] - ends[1], 1e-9)
        marks = [
            Mark(claim.kind, claim.letter, float(k), value, value, claim.legend)
            for k, (claim, value) in enumerate(zip(self.claims, ends, strict=True))
        ]
        first_name, second_name = (claim.name for claim in self.claims)
        return Curves(
            self.title,
            refuted(self.document),
            (Curve("straight from one to the other", [float(t) for t in times], values),),
            tuple(marks),
            f"position t: 0 is the {first_name}, 1 the {second_name}",
            "loss" if self.problem.penalty is None else "loss with penalty",
            max(inner) + rise,
            ends[0],
            f"loss of the {first_name}",
            (instance_note(self.document, self.family),),
        )

    def _plane(self) -> Slice:
        first, second = self.points
        along = [b - a for a, b in zip(first, second, strict=True)]
        length = _dot(along, along)
        across, towards = self._across(along, length)
        distance = math.sqrt(length)
        # ``across`` is made about as long as ``along``, so that both axes have one scale.
        factor = Fraction(distance / math.sqrt(_dot(across, across))).limit_denominator(1000)
        across = [factor * v for v in across]
        scale = math.sqrt(_dot(across, across))
        xs = [Fraction(k - 11, 34) for k in range(COLUMNS)]
        ys = [Fraction(k - ROWS // 2, 17) for k in range(ROWS)]
        values = [
            [
                self.value(
                    [a + x * u + y * v for a, u, v in zip(first, along, across, strict=True)]
                )
                for x in xs
            ]
            for y in ys
        ]
        ends = [self.value(point) for point in self.points]
        levels = levels_of((v for row in values for v in row), min(ends), ends[0], None)
        marks = tuple(
            Mark(claim.kind, claim.letter, k * distance, 0.0, value, claim.legend)
            for k, (claim, value) in enumerate(zip(self.claims, ends, strict=True))
        )
        first_name, second_name = (claim.name for claim in self.claims)
        return Slice(
            self.title,
            refuted(self.document),
            [float(x) * distance for x in xs],
            [float(y) * scale for y in ys],
            values,
            levels,
            marks,
            f"towards the {second_name} (distance in weight space)",
            towards,
            ends[0],
            f"loss of the {first_name}",
            notes=(instance_note(self.document, self.family),),
        )

    def _across(self, along: Vector, length: Fraction) -> tuple[Vector, str]:
        """A direction at right angles to ``along``: of the origin, else of a weight."""
        size = len(along)
        if size < 2:
            raise NoStage(
                "the model has one weight: its landscape is a curve", "use --kind segment"
            )
        choices: list[tuple[Vector, str]] = [
            ([-v for v in self.points[0]], "towards the origin (all weights 0)")
        ]
        choices += [
            ([Fraction(int(k == j)) for k in range(size)], f"weight {j + 1} of {size}")
            for j in range(size)
        ]
        for move, words in choices:
            share = _dot(move, along) / length
            rest = [m - share * a for m, a in zip(move, along, strict=True)]
            if any(rest):
                return rest, words
        raise AssertionError("two or more weights have a direction across")


def _dot(left: Vector, right: Vector) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


__all__ = ["plain_picture"]
