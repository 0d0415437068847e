"""What values the number of samples and the ranks of the data can take, exactly.

For numeric widths each quantity has an exact integer range. Simple constraints narrow it
directly; anything else is handed to a solver (imported only then).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from ..model.problem import Model
from ..model.terms import (
    Comparison,
    Conjunction,
    Formula,
    Number,
    RankOf,
    Symbol,
    Term,
    atom_key,
    substitute_formula,
)


class Range(NamedTuple):
    """Integers from ``least`` to ``most`` (None: no bound)."""

    least: int
    most: int | None

    def meet(self, least: int | None = None, most: int | None = None) -> Range:
        """The part of the range within the given bounds (it may be empty: least > most)."""
        low = self.least if least is None else max(self.least, least)
        if most is None:
            high = self.most
        else:
            high = most if self.most is None else min(self.most, most)
        return Range(low, high)


class DataRanges(NamedTuple):
    """The ranges of n, rank X and rank Y that the model's statements leave.

    ``residual`` is what the assumptions say beyond the three ranges (``True``: nothing), as a
    formula over ``n``, ``rank(X)``, ``rank(Y)``; the ranges are exact projections all the same.
    """

    samples: Range
    rank_x: Range
    rank_y: Range
    residual: Formula


def samples_symbol(model: Model) -> str | None:
    """The name under which assumptions speak of the number of samples, or None.

    ``n`` is the number of samples where nothing else is called n, or under the name given by
    ``data samples``.
    """
    if isinstance(model.data.samples, Symbol):
        return model.data.samples.name
    return None if "n" in width_names(model) else "n"


def width_names(model: Model) -> frozenset[str]:
    """The symbols that stand for widths of the model's map."""
    names: set[str] = set()
    terms: list[Term] = []
    if model.network is not None:
        terms.append(model.network.input_width)
        terms.extend(layer.width for layer in model.network.layers)
    if model.map is not None:
        for parameter in model.map.parameters:
            terms.extend((parameter.rows, parameter.columns))
        for constant in model.map.constants:
            terms.extend((constant.rows, constant.columns))
        if model.map.data_rows is not None:
            terms.append(model.map.data_rows)
    for term in terms:
        if isinstance(term, Symbol):
            names.add(term.name)
    return frozenset(names)


def data_ranges(
    model: Model,
    input_width: int,
    output_width: int,
    columns: int | None = None,
    transposed: bool = False,
) -> DataRanges:
    """The ranges for numeric widths. ``columns``: the number of samples where the map fixes it.

    ``transposed``: the samples are the rows of the targets (and of weights and coefficients).

    The model's statements are consistent (elaboration refuses contradictions).
    """
    data = model.data
    samples = Range(1, None)
    if columns is not None:
        samples = samples.meet(columns, columns)
    if isinstance(data.samples, int):
        samples = samples.meet(data.samples, data.samples)
    for matrix in data.matrices:
        if matrix.name in ("X", "Y", "weights", "coefficients"):
            count = matrix.matrix.shape[0 if transposed and matrix.name != "X" else 1]
            samples = samples.meet(count, count)
    rank_x, rank_y = Range(0, input_width), Range(0, output_width)
    full_row = full_column = full_row_y = False
    for statement in data.properties:
        if statement.name in ("X full_row_rank", "X identity"):
            full_row = True
        if statement.name in ("X full_column_rank", "X identity"):
            full_column = True
        if statement.name == "Y full_row_rank":
            full_row_y = True
    x = data.matrix("X")
    if x is not None:
        from ..algebra import rank

        value = rank(x.matrix.rows)
        rank_x = rank_x.meet(value, value)
    y = data.matrix("Y")
    if y is not None:
        from ..algebra import rank

        value = rank(y.matrix.rows)
        rank_y = rank_y.meet(value, value)
    if full_row:
        rank_x = rank_x.meet(input_width, input_width)
        samples = samples.meet(input_width)
    if full_row_y:
        rank_y = rank_y.meet(output_width, output_width)
        samples = samples.meet(output_width)
    if full_column:
        samples = samples.meet(None, input_width)
    residual: list[Formula] = []
    if model.assumptions:
        values: dict[str, Term] = {}
        symbol = samples_symbol(model)
        if symbol is not None and samples.least == samples.most:
            values[symbol] = samples.least
        if rank_x.least == rank_x.most:
            values["rank(X)"] = rank_x.least
        if rank_y.least == rank_y.most:
            values["rank(Y)"] = rank_y.least
        for assumption in model.assumptions:
            formula = substitute_formula(assumption.formula, values)
            for part in formula.parts if isinstance(formula, Conjunction) else (formula,):
                if part is True:
                    continue
                narrowed = _narrow(part, symbol)
                if narrowed is None:
                    residual.append(part)
                    continue
                key, least, most = narrowed
                if key == "rank(X)":
                    rank_x = rank_x.meet(least, most)
                elif key == "rank(Y)":
                    rank_y = rank_y.meet(least, most)
                else:
                    samples = samples.meet(least, most)
    samples, rank_x = _couple(samples, rank_x, full_column)
    samples, rank_y = _couple(samples, rank_y, False)
    samples, rank_x = _couple(samples, rank_x, full_column)
    if residual:
        from .solver import project

        return project(samples, rank_x, rank_y, residual, samples_symbol(model), full_column)
    return DataRanges(samples, rank_x, rank_y, True)


def _couple(samples: Range, rank: Range, full_column: bool) -> tuple[Range, Range]:
    """rank <= n, and rank = n for full column rank."""
    rank = rank.meet(None, samples.most)
    samples = samples.meet(rank.least)
    if full_column:
        rank = rank.meet(samples.least, samples.most)
        samples = samples.meet(rank.least, rank.most)
    return samples, rank


_SWAPPED: Mapping[str, str] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def _narrow(formula: Formula, symbol: str | None) -> tuple[str, int | None, int | None] | None:
    """A bound on one quantity (key, least, most) that says exactly what the formula says."""
    if not isinstance(formula, Comparison) or formula.relation == "!=":
        return None
    relation: str = formula.relation
    left, right = formula.left, formula.right
    if not isinstance(left, (Symbol, RankOf)):
        left, right, relation = right, left, _SWAPPED[relation]
    if not isinstance(left, (Symbol, RankOf)) or isinstance(right, (Symbol, RankOf)):
        return None
    if not _is_number(right):
        return None
    key = atom_key(left)
    if isinstance(left, Symbol) and left.name != symbol:
        return None
    bound: Number = right  # type: ignore[assignment]
    if relation == "=":
        if bound != math.floor(bound):
            return key, 1, 0
        return key, int(bound), int(bound)
    if relation in ("<", "<="):
        most = math.floor(bound) if relation == "<=" else math.ceil(bound) - 1
        return key, None, most
    least = math.ceil(bound) if relation == ">=" else math.floor(bound) + 1
    return key, least, None


def _is_number(term: Term) -> bool:
    from fractions import Fraction

    return isinstance(term, (int, Fraction))
