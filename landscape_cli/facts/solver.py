"""Width conditions over symbols, decided with z3 (imported only inside these functions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from ..model.terms import (
    Comparison,
    Conjunction,
    Disjunction,
    Formula,
    Maximum,
    Minimum,
    Negation,
    RankOf,
    Sum,
    Symbol,
    Term,
    atom_key,
    atoms,
)

if TYPE_CHECKING:
    from .ranges import DataRanges, Range

Answer = Literal["entailed", "refuted", "contingent"]


def term_to_z3(term: Term) -> Any:
    """The term as a z3 arithmetic expression (reals where a fraction takes part)."""
    import z3

    if isinstance(term, int):
        return z3.IntVal(term)
    if isinstance(term, Fraction):
        return z3.RealVal(f"{term.numerator}/{term.denominator}")
    if isinstance(term, (Symbol, RankOf)):
        return z3.Int(atom_key(term))
    if isinstance(term, Sum):
        total = term_to_z3(term.constant)
        for coefficient, part in term.parts:
            total = total + term_to_z3(coefficient) * term_to_z3(part)
        return total
    values = [term_to_z3(argument) for argument in term.arguments]
    result = values[0]
    for value in values[1:]:
        if isinstance(term, Minimum):
            result = z3.If(result <= value, result, value)
        else:
            result = z3.If(result >= value, result, value)
    return result


def formula_to_z3(formula: Formula) -> Any:
    """The formula as a z3 boolean."""
    import z3

    if isinstance(formula, bool):
        return z3.BoolVal(formula)
    if isinstance(formula, Comparison):
        # An inequality with an extremum on the generous side splits without If.
        left, right, relation = formula.left, formula.right, formula.relation
        if relation in ("<=", "<") and isinstance(left, Maximum):
            return z3.And(*(formula_to_z3(Comparison(relation, a, right)) for a in left.arguments))
        if relation in (">=", ">") and isinstance(right, Minimum):
            return z3.Or(*(formula_to_z3(Comparison(relation, left, a)) for a in right.arguments))
        a, b = term_to_z3(left), term_to_z3(right)
        if relation == "=":
            return a == b
        if relation == "!=":
            return a != b
        if relation == "<":
            return a < b
        if relation == "<=":
            return a <= b
        if relation == ">":
            return a > b
        return a >= b
    if isinstance(formula, Negation):
        return z3.Not(formula_to_z3(formula.part))
    parts = [formula_to_z3(part) for part in formula.parts]
    if isinstance(formula, Conjunction):
        return z3.And(*parts)
    if isinstance(formula, Disjunction):
        return z3.Or(*parts)
    raise TypeError(f"not a formula: {formula!r}")


def decide(formula: Formula, background: Iterable[Formula]) -> Answer:
    """Whether the background entails the formula, refutes it, or neither (unknown: neither)."""
    import z3

    if isinstance(formula, bool):
        return "entailed" if formula else "refuted"
    base = [formula_to_z3(part) for part in background]
    wanted = formula_to_z3(formula)
    solver = z3.Solver()
    solver.set("timeout", 2000)
    solver.add(*base)
    solver.push()
    solver.add(z3.Not(wanted))
    if solver.check() == z3.unsat:
        return "entailed"
    solver.pop()
    solver.add(wanted)
    return "refuted" if solver.check() == z3.unsat else "contingent"


def satisfiable(formulas: Iterable[Formula]) -> bool | None:
    """Whether some integers satisfy all formulas; None where the solver gives up."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(*(formula_to_z3(formula) for formula in formulas))
    answer = solver.check()
    if answer == z3.sat:
        return True
    return False if answer == z3.unsat else None


def extremes(term: Term, formulas: Iterable[Formula]) -> tuple[int | None, int | None]:
    """The least and the greatest integer value of a term; None where there is no bound.

    Both are None, too, if nothing satisfies the formulas or the solver gives up.
    """
    import z3

    base = [formula_to_z3(formula) for formula in formulas]
    found: list[int | None] = []
    for upwards in (False, True):
        optimiser = z3.Optimize()
        optimiser.set("timeout", 5000)
        optimiser.add(*base)
        goal = term_to_z3(term)
        handle = optimiser.maximize(goal) if upwards else optimiser.minimize(goal)
        value = None
        if optimiser.check() == z3.sat:
            value = optimiser.upper(handle) if upwards else optimiser.lower(handle)
        found.append(value.as_long() if value is not None and z3.is_int_value(value) else None)
    return found[0], found[1]


def symbol_names(formulas: Iterable[Formula | Term]) -> frozenset[str]:
    """The names of the symbols (not the ranks) that occur."""
    return frozenset(
        atom.name for formula in formulas for atom in atoms(formula) if isinstance(atom, Symbol)
    )


def project(
    samples: Range,
    rank_x: Range,
    rank_y: Range,
    residual: list[Formula],
    symbol: str | None,
    full_column: bool,
) -> DataRanges:
    """The exact ranges of n, rank X, rank Y under further formulas, by optimisation."""
    import z3

    from ..model.terms import all_of
    from .ranges import DataRanges, Range

    variables: Mapping[str, Any] = {
        "n": z3.Int(symbol or "n samples"),
        "x": z3.Int("rank(X)"),
        "y": z3.Int("rank(Y)"),
    }
    base: list[Any] = [formula_to_z3(formula) for formula in residual]
    for key, given in (("n", samples), ("x", rank_x), ("y", rank_y)):
        base.append(variables[key] >= given.least)
        if given.most is not None:
            base.append(variables[key] <= given.most)
    base += [variables["x"] <= variables["n"], variables["y"] <= variables["n"]]
    if full_column:
        base.append(variables["x"] == variables["n"])

    def bound(key: str, upwards: bool, given: Range) -> int | None:
        optimiser = z3.Optimize()
        optimiser.set("timeout", 5000)
        optimiser.add(*base)
        handle = (
            optimiser.maximize(variables[key]) if upwards else optimiser.minimize(variables[key])
        )
        if optimiser.check() != z3.sat:
            return given.most if upwards else given.least
        value = optimiser.upper(handle) if upwards else optimiser.lower(handle)
        return value.as_long() if z3.is_int_value(value) else None

    found = {}
    for key, given in (("n", samples), ("x", rank_x), ("y", rank_y)):
        least = bound(key, False, given)
        found[key] = Range(given.least if least is None else least, bound(key, True, given))
    return DataRanges(found["n"], found["x"], found["y"], all_of(*residual))
