"""Whether any widths, sample number and ranks satisfy all that a model states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from ..model.problem import Assumption
from ..model.terms import (
    Comparison,
    Conjunction,
    Formula,
    Maximum,
    Minimum,
    Number,
    RankOf,
    Sum,
    Symbol,
    Term,
    all_of,
    at_least,
    at_most,
    atom_key,
    atoms,
    equal,
    minimum,
    substitute_formula,
)

if TYPE_CHECKING:
    from .elaborate import Elaboration

MOST_TRIALS = 2_000
SOLVER_MILLISECONDS = 2_000

Interval = tuple["Number | None", "Number | None"]


def check_consistency(elaboration: Elaboration, assumptions: tuple[Assumption, ...]) -> None:
    """Record an error at the first statement after which nothing satisfies the model."""
    facts = list(_facts(elaboration, assumptions))
    stated = list(_properties(elaboration))
    formulas = [*facts, *(formula for formula, _, _ in stated)]
    if stated and not satisfiable(all_of(*formulas)):
        for count, (_, name, span) in enumerate(stated, 1):
            if not satisfiable(all_of(*facts, *(formula for formula, _, _ in stated[:count]))):
                _record(elaboration, "E081", f"`{name}` contradicts the rest of the model", span)
                return
    for count, assumption in enumerate(assumptions):
        formulas.append(assumption.formula)
        if not satisfiable(all_of(*formulas)):
            _record(
                elaboration,
                "E100",
                "no widths satisfy this assumption"
                + (" together with what is stated before it" if count or stated else ""),
                assumption.span,
            )
            return


def _record(elaboration: Elaboration, code: str, message: str, span: Any) -> None:
    source = elaboration.source
    lines = source.text.split("\n")
    start = sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1
    end = sum(len(line) + 1 for line in lines[: span.end_line - 1]) + span.end_column - 1
    source.error(code, message, start, end, "change or remove it")


def _facts(elaboration: Elaboration, assumptions: Iterable[Assumption]) -> Iterator[Formula]:
    """The bounds on ranks, and what concrete data say about them."""
    from .data import exact_rank, input_rows, output_shape

    used = frozenset[Any]().union(*(atoms(a.formula) for a in assumptions), frozenset())
    named = {stated.name for stated in elaboration.properties}
    samples: Term = Symbol(" samples") if elaboration.samples is None else elaboration.samples
    yield at_least(samples, 1)
    matrices = {given.name: given.matrix for given in elaboration.matrices}
    rows = input_rows(elaboration)
    outputs, targets = output_shape(elaboration)
    shapes: list[tuple[Any, Term | None, Term | None]] = [
        ("X", rows, samples),
        ("Y", outputs, samples if targets is None else targets),
    ]
    for name, height, width in shapes:
        if height is None or width is None:
            continue
        rank = RankOf(name)
        yield at_least(rank, 0)
        yield at_most(rank, minimum(height, width))
        if rank in used and name in matrices:
            yield equal(rank, exact_rank(matrices[name]))
    if "Y = X" in named:
        yield equal(RankOf("Y"), RankOf("X"))


def _properties(elaboration: Elaboration) -> Iterator[tuple[Formula, str, Any]]:
    """What the named properties say about sizes and ranks."""
    from .data import input_rows, output_shape

    samples: Term = Symbol(" samples") if elaboration.samples is None else elaboration.samples
    rows = input_rows(elaboration)
    outputs, targets = output_shape(elaboration)
    targets = samples if targets is None else targets
    for stated in elaboration.properties:
        formula: Formula = True
        if stated.name == "X full_row_rank" and rows is not None:
            formula = all_of(equal(RankOf("X"), rows), at_most(rows, samples))
        elif stated.name == "X full_column_rank" and rows is not None:
            formula = all_of(equal(RankOf("X"), samples), at_most(samples, rows))
        elif stated.name == "X identity" and rows is not None:
            formula = all_of(equal(RankOf("X"), rows), equal(rows, samples))
        elif stated.name == "Y full_row_rank" and outputs is not None:
            formula = all_of(equal(RankOf("Y"), outputs), at_most(outputs, targets))
        yield formula, stated.name, stated.span


# --- deciding --------------------------------------------------------------------------------


def satisfiable(formula: Formula) -> bool:
    """Whether integers satisfy the formula: symbols at least 1, ranks at least 0.

    Exact: intervals refute, a tried assignment proves, and a solver decides the rest. Where the
    solver gives up (2 s), the formula counts as satisfiable: no model is refused unproved.
    """
    if isinstance(formula, bool):
        return formula
    bounds = _bounds(formula)
    if bounds is None:
        return False
    if _try(formula, bounds):
        return True
    return _solve(formula)


def _value(term: Term, bounds: dict[str, Interval]) -> Interval:
    """An interval that holds the term."""
    if isinstance(term, (int, Fraction)):
        return term, term
    if isinstance(term, (Symbol, RankOf)):
        return bounds.get(atom_key(term), (1 if isinstance(term, Symbol) else 0, None))
    if isinstance(term, Sum):
        low: Number | None = term.constant
        high: Number | None = term.constant
        for coefficient, part in term.parts:
            part_low, part_high = _value(part, bounds)
            if coefficient < 0:
                part_low, part_high = part_high, part_low
            low = None if low is None or part_low is None else low + coefficient * part_low
            high = None if high is None or part_high is None else high + coefficient * part_high
        return low, high
    intervals = [_value(argument, bounds) for argument in term.arguments]
    lows = [interval[0] for interval in intervals]
    highs = [interval[1] for interval in intervals]
    if isinstance(term, Minimum):
        known = [high for high in highs if high is not None]
        return (
            None if None in lows else min(low for low in lows if low is not None),
            min(known) if known else None,
        )
    assert isinstance(term, Maximum)
    known = [low for low in lows if low is not None]
    return (
        max(known) if known else None,
        None if None in highs else max(high for high in highs if high is not None),
    )


def _bounds(formula: Formula) -> dict[str, Interval] | None:
    """Bounds of the atoms from the comparisons that must all hold; ``None``: contradictory."""
    parts = formula.parts if isinstance(formula, Conjunction) else (formula,)
    comparisons = [part for part in parts if isinstance(part, Comparison)]
    bounds: dict[str, Interval] = {}
    for _ in range(4):
        before = dict(bounds)
        for comparison in comparisons:
            left, right, relation = comparison.left, comparison.right, comparison.relation
            if relation in (">", ">="):
                left, right = right, left
                relation = "<" if relation == ">" else "<="
            low, high = _value(left, bounds), _value(right, bounds)
            if (
                relation != "!="
                and low[0] is not None
                and high[1] is not None
                and (low[0] > high[1] or (relation == "<" and low[0] == high[1]))
            ):
                return None
            if relation == "=" and low[1] is not None and high[0] is not None and low[1] < high[0]:
                return None
            if relation == "!=":
                continue
            strict = relation == "<"
            _lower(bounds, left, high[1], strict)
            _raise(bounds, right, low[0], strict)
            if relation == "=":
                _raise(bounds, left, high[0], False)
                _lower(bounds, right, low[1], False)
        for interval in bounds.values():
            if interval[0] is not None and interval[1] is not None and interval[0] > interval[1]:
                return None
        if bounds == before:
            break
    return bounds


def _lower(bounds: dict[str, Interval], term: Term, limit: Number | None, strict: bool) -> None:
    """Note ``term <= limit`` where the term is an atom (an integer)."""
    if limit is None or not isinstance(term, (Symbol, RankOf)):
        return
    low, high = _value(term, bounds)
    whole = limit.__floor__()
    if strict and whole == limit:
        whole -= 1
    bounds[atom_key(term)] = (low, whole if high is None else min(high, whole))


def _raise(bounds: dict[str, Interval], term: Term, limit: Number | None, strict: bool) -> None:
    """Note ``term >= limit`` where the term is an atom (an integer)."""
    if limit is None or not isinstance(term, (Symbol, RankOf)):
        return
    low, high = _value(term, bounds)
    whole = limit.__ceil__()
    if strict and whole == limit:
        whole += 1
    bounds[atom_key(term)] = (whole if low is None else max(low, whole), high)


def _try(formula: Formula, bounds: dict[str, Interval]) -> bool:
    """Whether one of a few assignments within the bounds satisfies the formula."""
    names = sorted({atom_key(atom): _value(atom, bounds) for atom in atoms(formula)}.items())
    choices = []
    for _, (low, high) in names:
        least = 0 if low is None else low
        options = {least, least + 1, least + 2, least + 5}
        if high is not None:
            options.add(high)
        choices.append(sorted(option for option in options if high is None or option <= high))
    keys = [key for key, _ in names]
    for trial, values in enumerate(product(*choices)):
        if trial >= MOST_TRIALS:
            return False
        if substitute_formula(formula, dict(zip(keys, values, strict=True))) is True:
            return True
    return False


def _solve(formula: Formula) -> bool:
    import z3

    variables: dict[str, Any] = {}
    solver = z3.Solver()
    solver.set("timeout", SOLVER_MILLISECONDS)

    def term(node: Term) -> Any:
        if isinstance(node, (int, Fraction)):
            return z3.Q(node.numerator, node.denominator) if node % 1 else z3.IntVal(int(node))
        if isinstance(node, (Symbol, RankOf)):
            key = atom_key(node)
            if key not in variables:
                variables[key] = z3.Int(key)
                solver.add(variables[key] >= (1 if isinstance(node, Symbol) else 0))
            return variables[key]
        if isinstance(node, Sum):
            total = term(node.constant)
            for coefficient, part in node.parts:
                total = total + term(coefficient) * term(part)
            return total
        arguments = [term(argument) for argument in node.arguments]
        result = arguments[0]
        for argument in arguments[1:]:
            smaller = result <= argument
            if isinstance(node, Maximum):
                smaller = result >= argument
            result = z3.If(smaller, result, argument)
        return result

    def read(node: Formula) -> Any:
        if isinstance(node, bool):
            return z3.BoolVal(node)
        if isinstance(node, Comparison):
            left, right = term(node.left), term(node.right)
            return {
                "=": lambda: left == right,
                "!=": lambda: left != right,
                "<": lambda: left < right,
                "<=": lambda: left <= right,
                ">": lambda: left > right,
                ">=": lambda: left >= right,
            }[node.relation]()
        if hasattr(node, "part"):
            return z3.Not(read(node.part))
        parts = [read(part) for part in node.parts]
        return z3.And(*parts) if isinstance(node, Conjunction) else z3.Or(*parts)

    solver.add(read(formula))
    return bool(solver.check() != z3.unsat)
