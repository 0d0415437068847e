"""Instances of many samples with few distinct ones: a column of X that stands several times.

A family builds an instance of the model with n left open, which has few samples. Equal samples are
then written once beside their ``counts``, and the samples that are still missing are further copies
of one that may be repeated: one whose loss is least at both points (a copy adds a function that
nowhere falls below its value there), or x = 0 in a network without biases and with s(0) = 0, whose
outputs do not move; or every sample is repeated equally often. The kernel decides in the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from ..facts.facts import Facts
from ..facts.ranges import samples_symbol
from ..model.problem import Assumption
from ..model.terms import substitute_formula
from .documents import read_problem
from .numbers import read_entries
from .values import activate, bounds, counted_value, sample_losses, value_texts

TABLES = ("X", "Y", "weights", "coefficients", "subgradient")
"""Fields of a certificate with a column for every sample."""


class Fewer(NamedTuple):
    """The model with its number of samples left open, and the number that it has to have."""

    facts: Facts
    samples: int


class Spread(NamedTuple):
    """A document with counts; whether the copies are known to be harmless; that in words.

    ``even``: every sample is repeated equally often.
    """

    document: dict[str, Any]
    harmless: bool
    words: str
    even: bool = False


def fewer_samples(facts: Facts, samples: int | None = None) -> Fewer | None:
    """The facts of the model without what it says of n (``samples``, or its least n).

    None where samples may not be repeated (no data in the map, distinct inputs stated, data or
    tables given), for symbolic widths, or where n is not stated at all.
    """
    model, ranges = facts.model, facts.ranges
    if ranges is None or not facts.form.has_data or model.data.matrices:
        return None
    if any(model.data.property(name) for name in ("X full_column_rank", "X identity")):
        return None
    wanted = ranges.samples.least if samples is None else samples
    allowed = ranges.samples
    if wanted < allowed.least or (allowed.most is not None and wanted > allowed.most):
        return None
    symbol = samples_symbol(model)
    assumptions = model.assumptions
    if symbol is not None:
        stated = (substitute_formula(one.formula, {symbol: wanted}) for one in assumptions)
        assumptions = tuple(Assumption(formula) for formula in stated if formula is not True)
    data = replace(model.data, samples=None, samples_span=None)
    return Fewer(Facts(replace(model, data=data, assumptions=assumptions)), wanted)


def spread(document: dict[str, Any], samples: int) -> Iterator[Spread]:
    """The document with that many samples, most promising first; nothing if it has more already."""
    tables = _tables(document)
    if "X" not in tables:
        return
    columns = list(zip(*(row for rows in tables.values() for row in rows), strict=True))
    first: dict[Any, int] = {}
    group = [first.setdefault(_key(column), j) for j, column in enumerate(columns)]
    kept = sorted(first.values())
    tally = Counter(group)
    counts = [tally[j] for j in kept]
    if sum(counts) > samples:
        return
    frame = _Frame(_gathered(document, group, kept), counts)
    times, rest = divmod(samples, sum(counts))
    if samples == sum(counts):
        yield from frame.with_more([0] * len(counts), 1, True, "")
        return
    copies = samples - sum(counts)
    additions = frame.additions(copies)
    yield from (version for more, words in additions
                if words for version in frame.with_more(more, 1, True, words))  # fmt: skip
    evenly = f"Every sample stands {times} times"
    if not rest:
        yield from frame.with_more([0] * len(counts), times, frame.unpenalised, f"{evenly}.")
    yield from (version for more, words in additions
                if not words for version in frame.with_more(more, 1, False, REPEATED))  # fmt: skip
    if rest and times > 1:
        for more, _ in frame.additions(rest):
            yield from frame.with_more(more, times, False, f"{evenly}, some more often.")


FITTED = (
    "A sample that both points fit is repeated: near the point its copies only add to the loss."
)
STILL = "A sample at which the output cannot move is repeated."
REPEATED = "A sample is repeated."


def _key(column: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(x if isinstance(x, str) else repr(x) for x in column)


def _tables(document: dict[str, Any]) -> dict[str, Any]:
    """Every table with a column a sample, the subgradient apart."""
    parts = (document["data"], document["problem"]["loss"])
    return {name: part[name] for part in parts for name in TABLES if name in part}


def _gathered(document: dict[str, Any], group: Sequence[int], kept: Sequence[int]) -> Any:
    """Equal samples written once; what the argument says of them is added up."""
    place = {j: position for position, j in enumerate(kept)}

    def columns(rows: Any) -> list[list[Any]]:
        return [[row[j] for j in kept] for row in rows]

    def summed(row: Any) -> list[str]:
        total = [Fraction(0)] * len(kept)
        for j, x in enumerate(row):
            if x != "0":
                total[place[group[j]]] += Fraction(x)
        return [str(x) for x in total]

    data = {name: columns(rows) for name, rows in document["data"].items()}
    loss = {
        name: columns(value) if name in TABLES else value
        for name, value in document["problem"]["loss"].items()
    }
    argument = dict(document["argument"])
    if "subgradient" in argument:
        argument["subgradient"] = [summed(row) for row in argument["subgradient"]]
    if "combination" in argument:
        argument["combination"] = summed(argument["combination"])
    if "column" in argument:
        argument["column"] = place[group[argument["column"]]]
    return {
        **document,
        "problem": {**document["problem"], "loss": loss},
        "data": data,
        "argument": argument,
    }


class _Frame:
    """A document with distinct samples: its losses sample by sample, and versions with counts."""

    def __init__(self, document: dict[str, Any], counts: list[int]) -> None:
        self.document = document
        self.counts = counts
        self.problem = read_problem(document["problem"])
        data = document["data"]
        self.x = read_entries(data["X"])
        self.y = read_entries(data["Y"]) if "Y" in data else None
        place = "critical_point" if "critical_point" in document else "local_minimum"
        self.places = (place, "better_point")
        self.points = [
            {key: read_entries(rows) for key, rows in document[name]["weights"].items()}
            for name in self.places
        ]
        self.losses = [
            sample_losses(self.problem, self.x, self.y, weights) for weights in self.points
        ]

    @property
    def unpenalised(self) -> bool:
        """Whether the objective is the loss alone: repeating every sample multiplies it."""
        return self.problem.penalty is None

    def _fitted(self, j: int) -> bool:
        """Whether the loss of a sample is 0, exactly, at both points."""
        return all(isinstance(losses[j], Fraction) and not losses[j] for losses in self.losses)

    def _still(self, j: int) -> bool:
        """Whether the outputs of a sample are constant in the weights."""
        if any(row[j] for row in self.x) or any(self.problem.biases):
            return False
        zero = Fraction(0)
        return all(
            name == "linear" or (name != "step" and activate(name, parameters, zero) == zero)
            for name, parameters in self.problem.activations
        )

    def additions(self, copies: int) -> list[tuple[list[int], str]]:
        """How that many copies may be dealt out, the best first, and why that is harmless.

        Without a reason only the kernel can tell. A sample whose copies favour the local minimum
        comes late or not at all. Samples with the same input and several targets are repeated in
        proportion.
        """
        harmless, alike, other, missed = [], [], [], []
        size = range(len(self.counts))
        for j in size:
            more = [copies * (k == j) for k in size]
            if self._fitted(j) or self._still(j):
                harmless.append((more, FITTED if self._fitted(j) else STILL))
            elif self._gain([j]) >= 0:
                other.append((more, ""))
            elif isinstance(self.losses[0][j], Fraction) and not self.losses[0][j]:
                missed.append((more, ""))
        groups: dict[Any, list[int]] = {}
        for j in size:
            groups.setdefault(tuple(row[j] for row in self.x), []).append(j)
        for group in groups.values():
            total = sum(self.counts[j] for j in group)
            if len(group) > 1 and self._gain(group) >= 0:
                dealt = [Fraction(copies * self.counts[j], total) for j in group]
                if all(part.denominator == 1 for part in dealt):
                    more = [0] * len(self.counts)
                    for j, part in zip(group, dealt, strict=True):
                        more[j] = int(part)
                    alike.append((more, ""))
        return [*harmless[-1:], *alike[:-3:-1], *missed[-1:], *other[-1:]]

    def _gain(self, group: Sequence[int]) -> Fraction:
        """By how much the samples favour the better point, at most."""
        gain = Fraction(0)
        for j in group:
            (_, local), (better, _) = (bounds(losses[j]) for losses in self.losses)
            gain += self.counts[j] * (local - better)
        return gain

    def with_more(
        self, more: Sequence[int], times: int, harmless: bool, words: str
    ) -> Iterator[Spread]:
        """All counts ``times`` as large and ``more`` copies; nothing if no point is better then."""
        counts = [c * times + extra for c, extra in zip(self.counts, more, strict=True)]
        values = value_texts(
            *(counted_value(self.problem, losses, counts, weights)
              for losses, weights in zip(self.losses, self.points, strict=True))
        )  # fmt: skip
        if values is None:
            return
        document = {**self.document, "argument": dict(self.document["argument"])}
        if "subgradient" in document["argument"]:
            # At a fitted sample 0 is a subgradient of the copies.
            scale = [
                Fraction(times) if self._fitted(j) else Fraction(counts[j], self.counts[j])
                for j in range(len(counts))
            ]
            document["argument"]["subgradient"] = [
                [str(Fraction(x) * f) for x, f in zip(row, scale, strict=True)]
                for row in self.document["argument"]["subgradient"]
            ]
        if any(c > 1 for c in counts):
            document["data"] = {**self.document["data"], "counts": counts}
        for name, value in zip(self.places, values, strict=True):
            document[name] = {**self.document[name], "value": value}
        yield Spread(document, harmless, words, times > 1 and not any(more))
