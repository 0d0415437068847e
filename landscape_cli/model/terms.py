"""Integer terms and formulas over widths, the number of samples and ranks.

A width condition is written once, with the functions of this module. Where every operand is a
number the result is a plain number or ``bool`` (no solver, no allocation); where a symbol takes
part it is a small tree that a solver can read. Constants are ``int`` or ``Fraction``; arithmetic
is exact and linear (a product of two symbols is not a term).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, cast

Number: TypeAlias = int | Fraction


@dataclass(frozen=True)
class Symbol:
    """A width, or the number of samples, that the model leaves open (a positive integer)."""

    name: str


@dataclass(frozen=True)
class RankOf:
    """The rank of the data matrix ``X`` or ``Y`` (an integer >= 0)."""

    matrix: Literal["X", "Y"]


@dataclass(frozen=True)
class Sum:
    """``constant + sum of coefficient * part``; no part is a number or a ``Sum``."""

    parts: tuple[tuple[Number, "Atom"], ...]
    constant: Number = 0


@dataclass(frozen=True)
class Minimum:
    """The least of at least two terms."""

    arguments: tuple["Term", ...]


@dataclass(frozen=True)
class Maximum:
    """The greatest of at least two terms."""

    arguments: tuple["Term", ...]


Atom: TypeAlias = Symbol | RankOf | Minimum | Maximum
Term: TypeAlias = Number | Atom | Sum

Relation = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Comparison:
    """``left relation right``."""

    relation: Relation
    left: Term
    right: Term


@dataclass(frozen=True)
class Conjunction:
    """All of at least two formulas."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Disjunction:
    """Any of at least two formulas."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Negation:
    """Not the formula."""

    part: "Formula"


Formula: TypeAlias = bool | Comparison | Conjunction | Disjunction | Negation

NEGATED: Mapping[Relation, Relation] = {
    "=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
}  # fmt: skip


def is_number(term: Term) -> bool:
    """Whether the term has no symbol in it (terms fold, so this is a type test)."""
    return isinstance(term, (int, Fraction))


def _canonical(number: Number) -> Number:
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number


def add(*terms: Term) -> Term:
    """The sum of the terms."""
    constant: Number = 0
    parts: dict[Atom, Number] = {}
    for term in terms:
        if isinstance(term, (int, Fraction)):
            constant += term
        elif isinstance(term, Sum):
            constant += term.constant
            for coefficient, part in term.parts:
                parts[part] = parts.get(part, 0) + coefficient
        else:
            parts[term] = parts.get(term, 0) + 1
    kept = tuple((_canonical(c), part) for part, c in parts.items() if c != 0)
    constant = _canonical(constant)
    if not kept:
        return constant
    if len(kept) == 1 and constant == 0 and kept[0][0] == 1:
        return kept[0][1]
    return Sum(kept, constant)


def scale(factor: Number, term: Term) -> Term:
    """``factor * term``."""
    if factor == 0:
        return 0
    if factor == 1:
        return term
    if isinstance(term, (int, Fraction)):
        return _canonical(factor * term)
    if isinstance(term, Sum):
        return Sum(
            tuple((_canonical(factor * c), part) for c, part in term.parts),
            _canonical(factor * term.constant),
        )
    return Sum(((factor, term),))


def subtract(left: Term, right: Term) -> Term:
    """``left - right``."""
    return add(left, scale(-1, right))


def _undominated(terms: list[Term], pick: Callable[[Number, Number], Number]) -> list[Term]:
    """Of terms that differ by a constant only the one that decides: n - 1 of n and n - 1."""
    kept: list[Term] = []
    for term in terms:
        for k, other in enumerate(kept):
            gap = subtract(term, other)
            if isinstance(gap, (int, Fraction)):
                if pick(gap, 0) == gap:
                    kept[k] = term
                break
        else:
            kept.append(term)
    return kept


def _extremum(
    terms: Iterable[Term],
    pick: Callable[[Number, Number], Number],
    node: type[Minimum] | type[Maximum],
) -> Term:
    best: Number | None = None
    rest: list[Term] = []
    for term in terms:
        if isinstance(term, (int, Fraction)):
            best = term if best is None else pick(best, term)
        elif isinstance(term, node):
            for argument in term.arguments:
                if isinstance(argument, (int, Fraction)):
                    best = argument if best is None else pick(best, argument)
                elif argument not in rest:
                    rest.append(argument)
        elif term not in rest:
            rest.append(term)
    if len(rest) > 1:
        rest = _undominated(rest, pick)
    if best is not None:
        if not rest:
            return best
        rest.append(best)
    if not rest:
        raise ValueError("the extremum of no terms")
    return rest[0] if len(rest) == 1 else node(tuple(rest))


def minimum(*terms: Term) -> Term:
    """The least of the terms."""
    return _extremum(terms, min, Minimum)


def maximum(*terms: Term) -> Term:
    """The greatest of the terms."""
    return _extremum(terms, max, Maximum)


def _holds(relation: Relation, left: Number, right: Number) -> bool:
    if relation == "=":
        return left == right
    if relation == "!=":
        return left != right
    if relation == "<":
        return left < right
    if relation == "<=":
        return left <= right
    if relation == ">":
        return left > right
    return left >= right


def compare(relation: Relation, left: Term, right: Term) -> Formula:
    """``left relation right``, folded where it can be."""
    if isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction)):
        return _holds(relation, left, right)
    if left == right:
        return relation in ("=", "<=", ">=")
    return Comparison(relation, left, right)


def at_least(left: Term, right: Term) -> Formula:
    """``left >= right``."""
    return compare(">=", left, right)


def at_most(left: Term, right: Term) -> Formula:
    """``left <= right``."""
    return compare("<=", left, right)


def less(left: Term, right: Term) -> Formula:
    """``left < right``."""
    return compare("<", left, right)


def equal(left: Term, right: Term) -> Formula:
    """``left = right``."""
    return compare("=", left, right)


def all_of(*formulas: Formula) -> Formula:
    """The conjunction; ``True`` for none."""
    kept: list[Formula] = []
    for formula in formulas:
        for part in formula.parts if isinstance(formula, Conjunction) else (formula,):
            if part is False:
                return False
            if part is not True and part not in kept:
                kept.append(part)
    if not kept:
        return True
    return kept[0] if len(kept) == 1 else Conjunction(tuple(kept))


def any_of(*formulas: Formula) -> Formula:
    """The disjunction; ``False`` for none."""
    kept: list[Formula] = []
    for formula in formulas:
        for part in formula.parts if isinstance(formula, Disjunction) else (formula,):
            if part is True:
                return True
            if part is not False and part not in kept:
                kept.append(part)
    if not kept:
        return False
    return kept[0] if len(kept) == 1 else Disjunction(tuple(kept))


def negate(formula: Formula) -> Formula:
    """Not the formula; a negated comparison is the opposite comparison."""
    if isinstance(formula, bool):
        return not formula
    if isinstance(formula, Negation):
        return formula.part
    if isinstance(formula, Comparison):
        return Comparison(NEGATED[formula.relation], formula.left, formula.right)
    return Negation(formula)


def atom_key(atom: Symbol | RankOf) -> str:
    """The name under which an environment gives the atom's value: ``d1``, ``rank(X)``."""
    return atom.name if isinstance(atom, Symbol) else f"rank({atom.matrix})"


def substitute(term: Term, values: Mapping[str, Term]) -> Term:
    """The term with symbols and ranks (``"rank(X)"``) replaced by the given terms."""
    if isinstance(term, (int, Fraction)):
        return term
    if isinstance(term, (Symbol, RankOf)):
        return values.get(atom_key(term), term)
    if isinstance(term, Sum):
        return add(term.constant, *(scale(c, substitute(part, values)) for c, part in term.parts))
    replaced = (substitute(argument, values) for argument in term.arguments)
    return minimum(*replaced) if isinstance(term, Minimum) else maximum(*replaced)


def substitute_formula(formula: Formula, values: Mapping[str, Term]) -> Formula:
    """The formula with symbols and ranks replaced, folded."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Comparison):
        return compare(
            formula.relation, substitute(formula.left, values), substitute(formula.right, values)
        )
    if isinstance(formula, Negation):
        return negate(substitute_formula(formula.part, values))
    parts = (substitute_formula(part, values) for part in formula.parts)
    return all_of(*parts) if isinstance(formula, Conjunction) else any_of(*parts)


def atoms(term: Term | Formula) -> frozenset[Symbol | RankOf]:
    """The symbols and ranks that occur in a term or a formula."""
    if isinstance(term, (bool, int, Fraction)):
        return frozenset()
    if isinstance(term, (Symbol, RankOf)):
        return frozenset((term,))
    children: Iterable[Term | Formula]
    if isinstance(term, Sum):
        children = (part for _, part in term.parts)
    elif isinstance(term, (Minimum, Maximum)):
        children = term.arguments
    elif isinstance(term, Comparison):
        children = (term.left, term.right)
    elif isinstance(term, Negation):
        children = (term.part,)
    else:
        children = term.parts
    found: frozenset[Symbol | RankOf] = frozenset()
    for child in children:
        found |= atoms(child)
    return found


def _show_part(coefficient: Number, part: Term) -> str:
    text = show(part)
    if coefficient == 1:
        return text
    if isinstance(coefficient, Fraction) and coefficient.numerator == 1:
        return f"{text}/{coefficient.denominator}"
    return (
        f"{coefficient} * {text}" if isinstance(coefficient, int) else f"({coefficient}) * {text}"
    )


def show(term: Term) -> str:
    """The term in the model language's own notation."""
    if isinstance(term, (int, Fraction)):
        return str(term)
    if isinstance(term, (Symbol, RankOf)):
        return atom_key(term)
    if isinstance(term, Sum):
        text = ""
        for coefficient, part in term.parts:
            if not text:
                text = (
                    _show_part(coefficient, part)
                    if coefficient > 0
                    else "-" + _show_part(-coefficient, part)
                )
            elif coefficient > 0:
                text += " + " + _show_part(coefficient, part)
            else:
                text += " - " + _show_part(-coefficient, part)
        if term.constant > 0:
            text += f" + {term.constant}"
        elif term.constant < 0:
            text += f" - {-term.constant}"
        return text
    name = "min" if isinstance(term, Minimum) else "max"
    return f"{name}({', '.join(show(argument) for argument in term.arguments)})"


def show_formula(formula: Formula) -> str:
    """The formula in the model language's own notation."""
    if isinstance(formula, bool):
        return "true" if formula else "false"
    if isinstance(formula, Comparison):
        return f"{show(formula.left)} {formula.relation} {show(formula.right)}"
    if isinstance(formula, Negation):
        return f"not ({show_formula(formula.part)})"
    word = " and " if isinstance(formula, Conjunction) else " or "
    return word.join(
        f"({show_formula(part)})"
        if isinstance(part, (Conjunction, Disjunction))
        else show_formula(part)
        for part in formula.parts
    )


def as_integer(term: Term) -> int:
    """The term as an ``int``; ``TypeError`` if it is not one (a symbol, a fraction)."""
    if isinstance(term, int):
        return term
    raise TypeError(f"not a number: {show(cast(Term, term))}")
