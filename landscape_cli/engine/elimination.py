"""From a formula over all widths to bounds on one of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..facts.solver import extremes
from ..model.terms import (
    Comparison,
    Conjunction,
    Disjunction,
    Formula,
    Maximum,
    Minimum,
    Relation,
    Sum,
    Symbol,
    Term,
    add,
    all_of,
    any_of,
    at_least,
    atoms,
    compare,
    equal,
    maximum,
    minimum,
    negate,
    scale,
    substitute_formula,
    subtract,
)
from .judge import Judgement
from .regions import FLIPPED, Solver, normal
from .solve import partition

MOST_ALTERNATIVES = 64


class Bound(NamedTuple):
    """What the property asks of one width.

    ``alternatives``: any of these is enough; the width stands alone where it occurs. With the
    other widths eliminated: ``enough`` is the least value from which on the property holds
    whatever the others are (None: there is none), ``needed`` the least for which it can hold.
    """

    alternatives: tuple[Formula, ...]
    needed: int | None
    enough: int | None


def bound_on(judgement: Judgement, name: str) -> Bound:
    """The bound on a width under which every local minimum is global."""
    solver = Solver(judgement.facts)
    holds = partition(judgement).holds
    if isinstance(holds, bool):
        return Bound((holds,), 1 if holds else None, 1 if holds else None)
    pinned = {
        str(atom.name): value
        for atom in atoms(holds)
        if isinstance(atom, Symbol) and atom.name != name
        and (value := _only_value(solver, atom)) is not None
    }  # fmt: skip
    formula = substitute_formula(holds, pinned)
    alternatives = [all_of(*conjuncts) for conjuncts in _isolated(formula, Symbol(name))]
    found, _ = solver.union([(one, "") for one in alternatives])
    kept = found.parts if isinstance(found, Disjunction) else (found,)
    needed, _ = extremes(Symbol(name), (*solver.background, holds))
    _, last = extremes(Symbol(name), (*solver.background, normal(negate(holds))))
    enough = None if last is None else last + 1
    if enough is not None and not solver.implies(at_least(Symbol(name), enough), holds):
        enough = None
    return Bound(kept, needed, enough)


def _only_value(solver: Solver, symbol: Symbol) -> int | None:
    """The value of a symbol for which the assumptions leave only one."""
    if symbol not in solver.free:
        return None
    value, _ = extremes(symbol, solver.background)
    if value is None or not solver.implies(True, equal(symbol, value)):
        return None
    return value


def _isolated(formula: Formula, symbol: Symbol) -> list[tuple[Formula, ...]]:
    """Alternatives, each a conjunction, in whose comparisons the symbol stands alone.

    ``min(d1, d2) >= e`` is ``d1 >= e and d2 >= e``; ``d1 >= min(a, b)`` is ``d1 >= a`` or
    ``d1 >= b``. What does not mention the symbol, or has it in an equation, stays as it is.
    """
    if isinstance(formula, Disjunction):
        found = [one for part in formula.parts for one in _isolated(part, symbol)]
    elif isinstance(formula, Conjunction):
        choices = [_isolated(part, symbol) for part in formula.parts]
        total = 1
        for choice in choices:
            total *= len(choice)
        if total > MOST_ALTERNATIVES:
            return [(formula,)]
        found = [tuple(f for part in parts for f in part) for parts in product(*choices)]
    elif isinstance(formula, Comparison) and symbol in atoms(formula):
        return _comparison(formula, symbol)
    else:
        return [(formula,)]
    return found if len(found) <= MOST_ALTERNATIVES else [(formula,)]


def _comparison(formula: Comparison, symbol: Symbol) -> list[tuple[Formula, ...]]:
    relation = formula.relation
    if relation in ("=", "!="):
        return [(formula,)]
    difference = subtract(formula.left, formula.right)
    parts = difference.parts if isinstance(difference, Sum) else ((1, difference),)
    for coefficient, part in parts:
        if not isinstance(part, (Minimum, Maximum)) or symbol not in atoms(part):
            continue
        grows = (relation in (">", ">=")) == (coefficient > 0)
        options = [
            _balanced(relation, add(difference, scale(-coefficient, part), scale(coefficient, a)))
            for a in part.arguments
        ]
        # min(a, b) + r >= 0 needs both, max(a, b) + r >= 0 one of them.
        both = isinstance(part, Minimum) == grows
        return _isolated(all_of(*options) if both else any_of(*options), symbol)
    coefficient = next((c for c, part in parts if part == symbol), 0)
    if not coefficient:
        return [(formula,)]
    others = add(difference, scale(-coefficient, symbol))
    rest = _positive_first(add(scale(-1 / Fraction(coefficient), others)))
    if coefficient < 0:
        relation = FLIPPED[relation]
    rest = _distributed(rest)
    open_up = isinstance(rest, Minimum if relation in (">", ">=") else Maximum)
    arguments = rest.arguments if open_up and isinstance(rest, (Minimum, Maximum)) else (rest,)
    return [(compare(relation, symbol, argument),) for argument in arguments]


def _balanced(relation: Relation, difference: Term) -> Formula:
    """``difference relation 0`` without minus signs: ``d2 >= d0 + 1``."""
    if not isinstance(difference, Sum):
        return compare(relation, difference, 0)
    plus = add(*(scale(c, part) for c, part in difference.parts if c > 0))
    minus = add(*(scale(-c, part) for c, part in difference.parts if c < 0))
    constant = difference.constant
    if isinstance(plus, int):
        return compare(FLIPPED[relation], minus, constant)
    return compare(relation, plus, add(minus, -constant))


def _positive_first(term: Term) -> Term:
    """``d1 - d0`` rather than ``-d0 + d1``."""
    if not isinstance(term, Sum):
        return term
    return Sum(tuple(sorted(term.parts, key=lambda part: part[0] < 0)), term.constant)


def _distributed(term: Term) -> Term:
    """An extremum of sums from a sum with one: ``min(a, b) - 1`` to ``min(a - 1, b - 1)``."""
    if not isinstance(term, Sum):
        return term
    extrema = [(c, part) for c, part in term.parts if isinstance(part, (Minimum, Maximum))]
    if len(extrema) != 1:
        return term
    ((coefficient, part),) = extrema
    rest = add(term, scale(-coefficient, part))
    arguments = [
        _positive_first(add(rest, scale(coefficient, argument))) for argument in part.arguments
    ]
    lower = isinstance(part, Minimum) == (coefficient > 0)
    return minimum(*arguments) if lower else maximum(*arguments)
