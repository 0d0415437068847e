"""Parameters of custom functions: real numbers of unknown value, with a range that is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Set
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..model.problem import Assumption
from ..model.terms import (
    Comparison,
    Conjunction,
    Formula,
    Minimum,
    Negation,
    RankOf,
    Sum,
    Symbol,
    Term,
    all_of,
)
from .names import RESERVED
from .numbers import Rejected
from .polynomials import nonlinear

if TYPE_CHECKING:
    from .elaborate import Elaboration
    from .parser import Node

MILLISECONDS = 2_000


def names_in(node: Node) -> frozenset[str]:
    """The names that occur in a condition, but for those of functions and matrices."""
    kind, children = node[0], node[1]
    if kind == "<name>":
        return frozenset(() if children in RESERVED else (children,))
    if not isinstance(children, (list, tuple)):
        return frozenset()
    parts = children[1:] if kind == "call" else children
    inner = [child for child in parts if isinstance(child, tuple) and len(child) > 1]
    return frozenset().union(*map(names_in, inner))


def split(nodes: list[Node], parameters: Set[str]) -> tuple[list[Node], list[Node]]:
    """The assumptions on parameters, and those on sizes."""
    real = [node for node in nodes if names_in(node) & parameters]
    return real, [node for node in nodes if not names_in(node) & parameters]


def parameter_domain(elaboration: Elaboration, nodes: list[Node]) -> tuple[Assumption, ...]:
    """The linear conditions on the parameters; an error if no real numbers satisfy them."""
    from .terms import formula

    known = elaboration.parameters

    def resolve(node: Node) -> Term:
        if node[1] in known:
            return Symbol(node[1])
        raise elaboration.reject(
            "E104", f"`{node[1]}` is no parameter of a function", node,
            "compare a parameter with numbers and with other parameters",
        )  # fmt: skip

    found: list[Assumption] = []
    for node in nodes:
        try:
            if nonlinear(node[1][0]):
                raise elaboration.reject(
                    "E101", "only linear conditions on parameters are allowed", node,
                    "compare sums of parameters, each times a number",
                )  # fmt: skip
            meaning = formula(elaboration.source, node[1][0], resolve)
        except Rejected:
            continue
        if meaning is not True:
            found.append(Assumption(meaning, elaboration.span(node)))
        if not satisfiable(one.formula for one in found):
            elaboration.error(
                "E100", "no parameters satisfy this assumption", node, "change or remove it"
            )
            return ()
    return tuple(found)


def satisfiable(formulas: Iterable[Formula]) -> bool:
    """Whether some real numbers satisfy the formulas (True where the solver gives up)."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    solver.add(real_formula(all_of(*formulas)))
    return bool(solver.check() != z3.unsat)


def real_term(term: Term) -> Any:
    """The term over the reals as a z3 expression."""
    import z3

    if isinstance(term, (int, Fraction)):
        return z3.RealVal(str(Fraction(term)))
    if isinstance(term, Symbol):
        return z3.Real(term.name)
    if isinstance(term, RankOf):
        raise TypeError("a rank is no real parameter")
    if isinstance(term, Sum):
        total = real_term(term.constant)
        for coefficient, part in term.parts:
            total = total + real_term(coefficient) * real_term(part)
        return total
    values = [real_term(argument) for argument in term.arguments]
    result = values[0]
    for value in values[1:]:
        smaller = result <= value if isinstance(term, Minimum) else result >= value
        result = z3.If(smaller, result, value)
    return result


def real_formula(formula: Formula) -> Any:
    """The formula over the reals as a z3 boolean."""
    import z3

    if isinstance(formula, bool):
        return z3.BoolVal(formula)
    if isinstance(formula, Negation):
        return z3.Not(real_formula(formula.part))
    if isinstance(formula, Comparison):
        a, b = real_term(formula.left), real_term(formula.right)
        return {
            "=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b,
        }[formula.relation]  # fmt: skip
    parts = [real_formula(part) for part in formula.parts]
    return z3.And(*parts) if isinstance(formula, Conjunction) else z3.Or(*parts)
