"""Symbolic widths: for which widths the property holds, fails, or is not decided.

Each theorem's missing assumptions, where they are all width conditions, give a formula under
which it applies; each counterexample family's scope gives one under which it exists. Their
disjunctions are simplified against what the model assumes (never the other way round: a formula
is only ever replaced by one that is equivalent under the assumptions).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

from ..catalogue import Refusal
from ..facts.facts import Facts
from ..facts.solver import formula_to_z3
from ..model.diagnostics import InternalError
from ..model.terms import (
    Comparison,
    Conjunction,
    Disjunction,
    Formula,
    Maximum,
    Minimum,
    Negation,
    Relation,
    Sum,
    Symbol,
    Term,
    add,
    all_of,
    any_of,
    at_least,
    at_most,
    atom_key,
    atoms,
    compare,
    maximum,
    minimum,
    negate,
    scale,
)
from .discovery import families
from .judge import Regions, Standing


def region_of(standing: Standing) -> Formula | None:
    """The widths for which the theorem applies; None if something else is missing as well."""
    parts: list[Formula] = []
    for finding in standing.findings:
        if finding.granted:
            continue
        if finding.formula is None or finding.status != "not_given":
            return None
        parts.append(finding.formula)
    return all_of(*parts)


def regions(facts: Facts, standings: tuple[Standing, ...]) -> Regions:
    """The partition of the class of a symbolic model.

    Raises ``InternalError`` if the catalogue proves and refutes some widths.
    """
    solver = Solver(facts)
    holds: list[tuple[Formula, str]] = []
    degenerate: list[Formula] = []
    for standing in standings:
        theorem = standing.theorem
        region = region_of(standing)
        if region is None:
            continue
        if theorem.kind != "holds":
            always = standing.always
            if always is None and theorem.always is not None:
                always = theorem.always(facts)
            if always is None:
                continue
            if not always.granted:
                if always.formula is None:
                    continue
                region = all_of(region, always.formula)
        holds.append((region, theorem.id))
        if theorem.settles:
            degenerate.append(region)
    # Degenerate ends come before every counterexample family (theory.md section 0).
    proper = normal(negate(any_of(*degenerate)))
    fails: list[tuple[Formula, str]] = []
    asked = facts.model.requirement.name
    for family in families():
        if asked in family.properties:
            scope = family.scope(facts)
            if not isinstance(scope, Refusal) and scope.condition is not False:
                fails.append((all_of(scope.condition, proper), family.id))
    true_holds, holds_by = solver.union(holds)
    true_fails, fails_by = solver.union(fails)
    if solver.possible(all_of(true_holds, true_fails)):
        raise InternalError(
            f"the catalogue contradicts itself: {', '.join(holds_by)} and {', '.join(fails_by)} "
            "overlap on some widths; please report it with the model"
        )
    rest = solver.simplify(all_of(normal(negate(true_holds)), normal(negate(true_fails))))
    return Regions(true_holds, true_fails, rest, holds_by, fails_by)


def normal(formula: Formula) -> Formula:
    """The formula with negations pushed down to comparisons."""
    if isinstance(formula, Negation):
        inner = formula.part
        if isinstance(inner, Conjunction):
            return any_of(*(normal(negate(part)) for part in inner.parts))
        if isinstance(inner, Disjunction):
            return all_of(*(normal(negate(part)) for part in inner.parts))
        return negate(inner)
    if isinstance(formula, Conjunction):
        return all_of(*(normal(part) for part in formula.parts))
    if isinstance(formula, Disjunction):
        return any_of(*(normal(part) for part in formula.parts))
    return formula


class Solver:
    """z3 with the model's assumptions asserted once; every query is a push and a pop."""

    def __init__(self, facts: Facts) -> None:
        import z3

        self.z3 = z3
        self.facts = facts
        self.solver: Any = z3.Solver()
        self.solver.set("timeout", 3000)
        for part in facts.background:
            self.solver.add(formula_to_z3(part))
        self.background = facts.background
        # What an assumption speaks of; between other symbols nothing can be implied.
        self.free = frozenset(a for s in facts.model.assumptions for a in atoms(s.formula))

    def possible(self, formula: Formula) -> bool:
        """Whether some widths of the class satisfy the formula (True where z3 gives up)."""
        if formula is False:
            return False
        self.solver.push()
        try:
            for atom in atoms(formula):
                floor = 1 if isinstance(atom, Symbol) else 0
                self.solver.add(self.z3.Int(atom_key(atom)) >= floor)
            self.solver.add(formula_to_z3(formula))
            return bool(self.solver.check() != self.z3.unsat)
        finally:
            self.solver.pop()

    def implies(self, premise: Formula, conclusion: Formula) -> bool:
        """Whether every member of the class with the premise has the conclusion."""
        return not self.possible(all_of(premise, normal(negate(conclusion))))

    def simplify(self, formula: Formula, context: Formula = True) -> Formula:
        """A formula equivalent under the context, without parts that it or the rest implies."""
        if isinstance(formula, bool):
            return formula
        if not self.possible(all_of(context, formula)):
            return False
        if self.implies(context, formula):
            return True
        if isinstance(formula, Conjunction):
            return self._conjunction(formula, context)
        if isinstance(formula, Disjunction):
            return self.union([(part, "") for part in formula.parts], context)[0]
        if isinstance(formula, Comparison):
            return _whole(formula.relation, *map(self._shorten, (formula.left, formula.right)))
        return formula

    def _conjunction(self, formula: Conjunction, context: Formula) -> Formula:
        kept = list(formula.parts)
        # Longer parts go first: of two equivalent ones the shorter stays.
        for part in sorted(kept, key=size, reverse=True):
            others = all_of(context, *(one for one in kept if one is not part))
            if len(kept) > 1 and self.implies(others, part):
                kept = [one for one in kept if one is not part]
        for index, part in enumerate(kept):
            others = all_of(context, *kept[:index], *kept[index + 1 :])
            kept[index] = self.simplify(part, others)
        return all_of(*kept)

    def _shorten(self, term: Term) -> Term:
        """Extrema without the arguments that the class says never decide them."""
        if isinstance(term, Sum):
            return add(term.constant, *(scale(c, self._shorten(part)) for c, part in term.parts))
        if not isinstance(term, (Minimum, Maximum)):
            return term
        kept = [self._shorten(argument) for argument in term.arguments]
        lower = isinstance(term, Minimum)
        index = 0
        while index < len(kept) and len(kept) > 1:
            others = kept[:index] + kept[index + 1 :]
            dominated = any(
                self.implies(True, at_most(o, kept[index]) if lower else at_least(o, kept[index]))
                for o in others
                if self._comparable(o, kept[index])
            )
            if dominated:
                kept.pop(index)
            else:
                index += 1
        return minimum(*kept) if lower else maximum(*kept)

    def _comparable(self, one: Term, other: Term) -> bool:
        """Whether the class could order the two: one is a number, or assumptions mention both."""
        if isinstance(one, (int, Fraction)) or isinstance(other, (int, Fraction)):
            return True
        return all(not self.free.isdisjoint(atoms(t)) for t in (one, other))

    def union(
        self, parts: list[tuple[Formula, str]], context: Formula = True
    ) -> tuple[Formula, tuple[str, ...]]:
        """The disjunction, without parts that the others cover, and the rules that remain."""
        kept = [(self.simplify(formula, context), name) for formula, name in parts]
        kept = [(formula, name) for formula, name in kept if formula is not False]
        for formula, name in kept:
            if formula is True:
                return True, (name,)
        # Longer formulas go first: of two equivalent ones the shorter stays.
        order = sorted(range(len(kept)), key=lambda k: -size(kept[k][0]))
        dropped: set[int] = set()
        for k in order:
            others = any_of(*(f for j, (f, _) in enumerate(kept) if j != k and j not in dropped))
            if self.implies(all_of(context, kept[k][0]), others):
                dropped.add(k)
        left = [pair for k, pair in enumerate(kept) if k not in dropped]
        if len(left) > 1:
            left = self._without_covered(left, context)
        found = any_of(*(formula for formula, _ in left))
        if len(left) > 1 and self.implies(context, found):
            found = True
        return found, tuple(name for _, name in left)

    def _without_covered(
        self, parts: list[tuple[Formula, str]], context: Formula
    ) -> list[tuple[Formula, str]]:
        """Conjuncts dropped that matter only where another part of the disjunction holds."""
        for k, (formula, name) in enumerate(parts):
            if not isinstance(formula, Conjunction):
                continue
            kept = list(formula.parts)
            others = any_of(*(f for j, (f, _) in enumerate(parts) if j != k))
            for part in formula.parts:
                rest = all_of(*(one for one in kept if one is not part))
                if len(kept) > 1 and self.implies(all_of(context, rest), any_of(part, others)):
                    kept = [one for one in kept if one is not part]
            parts[k] = (all_of(*kept), name)
        return parts


FLIPPED: dict[Relation, Relation] = {
    ">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "!=": "!=",
}  # fmt: skip


def _whole(relation: Relation, left: Term, right: Term) -> Formula:
    """The comparison without fractions, numbers on the right: ``3 * n >= 13 * d1 + 21``."""
    if isinstance(left, (int, Fraction)) and not isinstance(right, (int, Fraction)):
        relation, left, right = FLIPPED[relation], right, left
    denominators = [
        Fraction(number).denominator
        for term in (left, right)
        for number in (
            (term.constant, *(c for c, _ in term.parts))
            if isinstance(term, Sum)
            else (term,) if isinstance(term, (int, Fraction)) else ()
        )
    ]  # fmt: skip
    common = lcm(*denominators)
    return compare(relation, add(scale(common, left)), add(scale(common, right)))


def size(formula: Formula) -> int:
    """How long a formula is: its comparisons and the names in them."""
    if isinstance(formula, bool):
        return 0
    if isinstance(formula, Comparison):
        return 1 + len(atoms(formula))
    if isinstance(formula, Negation):
        return 1 + size(formula.part)
    return 1 + sum(size(part) for part in formula.parts)
