"""The verdict over two widths, the others fixed; every cell is judged at its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..model.diagnostics import InputError
from ..model.problem import Model, VerdictName
from ..model.terms import Formula, RankOf, Symbol, all_of, equal, substitute_formula
from .judge import Judgement, judge
from .regions import Solver
from .solve import instantiate, partition, smallest, symbols

Cell = VerdictName | None
"""A verdict; None where the model allows no such widths."""


class Grid(NamedTuple):
    """``cells[j][i]``: ``across`` is i + 1, ``up`` is j + 1; ``fixed`` are the other values."""

    across: str
    up: str
    fixed: Mapping[str, int]
    cells: tuple[tuple[Cell, ...], ...]


def grid(
    judgement: Judgement, across: str, up: str, most: int, given: Mapping[str, int],
    step: Callable[[], None] = lambda: None,
) -> Grid:  # fmt: skip
    """The verdicts for 1 <= across, up <= most; values not given are chosen to show the most.

    ``step`` is called once for every row. Raises ``ValueError`` if no widths have the given
    values.
    """
    solver = Solver(judgement.facts)
    free = [name for name in symbols(judgement) if name not in (across, up)]
    fixed = _chosen(judgement, solver, across, up, most, free, given)
    rows: list[tuple[Cell, ...]] = []
    for j in range(1, most + 1):
        step()
        row: list[Cell] = []
        for i in range(1, most + 1):
            row.append(_judged(judgement.facts.model, solver, {**fixed, across: i, up: j}))
        rows.append(tuple(row))
    return Grid(across, up, fixed, tuple(rows))


def _judged(model: Model, solver: Solver, values: Mapping[str, int]) -> Cell:
    if not _allowed(solver, values):
        return None
    try:
        return judge(instantiate(model, values)).verdict
    except InputError:
        return None


def _allowed(solver: Solver, values: Mapping[str, int]) -> bool:
    """Whether the class has such members; the solver is asked only about what stays open."""
    rest = [substitute_formula(formula, values) for formula in solver.background]
    if False in rest:
        return False
    return all(part is True for part in rest) or solver.possible(_are(values))


def _are(values: Mapping[str, int]) -> Formula:
    return all_of(*(equal(_atom(name), value) for name, value in values.items()))


def _atom(name: str) -> Symbol | RankOf:
    if name == "rank(X)":
        return RankOf("X")
    return RankOf("Y") if name == "rank(Y)" else Symbol(name)


def _chosen(
    judgement: Judgement, solver: Solver, across: str, up: str, most: int, free: list[str],
    given: Mapping[str, int],
) -> dict[str, int]:  # fmt: skip
    """Values for the other symbols: the candidate whose grid shows the most parts, then cells."""
    found = partition(judgement)
    parts = (found.holds, found.fails, found.unknown)
    candidates: list[dict[str, int]] = []
    for formula in (True, *parts):
        sample = smallest(judgement, all_of(_are(given), formula))
        if sample is not None:
            candidates.append({name: sample[name] for name in free})
    if not candidates:
        raise ValueError("no widths that the model allows have these values")
    if len(given) < len(free):
        for value in range(1, (most + 1) // 2 + 1):
            candidates.append({name: given.get(name, value) for name in free})
    best: tuple[int, int, int] | None = None
    chosen = candidates[0]
    for candidate in candidates:
        if not _allowed(solver, candidate):
            continue
        counts = [0] * len(parts)
        for j in range(1, most + 1):
            for i in range(1, most + 1):
                values = {**candidate, across: i, up: j}
                for k, formula in enumerate(parts):
                    counts[k] += substitute_formula(formula, values) is True
        shown = sorted(count for count in counts if count)
        score = (len(shown), shown[0] if len(shown) > 1 else 0, -sum(candidate.values()))
        if best is None or score > best:
            best, chosen = score, candidate
    return chosen
