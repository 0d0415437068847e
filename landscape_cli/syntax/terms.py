"""Nodes of the tree to terms and formulas over widths, the number of samples and ranks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..model.terms import (
    Comparison,
    Conjunction,
    Formula,
    RankOf,
    Relation,
    Symbol,
    Term,
    add,
    all_of,
    any_of,
    compare,
    is_number,
    maximum,
    minimum,
    negate,
    scale,
)
from .numbers import constant_or_none, number, reject
from .parser import Node
from .polynomials import condition, nonlinear
from .source import Source

MOST_PARTS = 1000

Resolve = Callable[[Node], Term]


def _check_length(source: Source, node: Node) -> None:
    """Reject a node of so many parts that comparing all pairs would take long."""
    if len(node[1]) > 2 * MOST_PARTS:
        raise reject(
            source, "E015", f"more than {MOST_PARTS} parts in one formula", node, "split it up"
        )


def term(source: Source, node: Node, resolve: Resolve) -> Term:
    """The node as a linear term; ``resolve`` gives the meaning of a name."""
    name: str = node[0]
    children: Any = node[1]
    if name == "<name>":
        return resolve(node)
    if name == "<number>":
        return _canonical(number(source, node))
    _check_length(source, node)
    if name == "signed":
        inner = term(source, children[-1], resolve)
        return inner if len(children) % 2 else scale(-1, inner)
    if name == "sum":
        parts = [term(source, children[0], resolve)]
        for sign, child in zip(children[1::2], children[2::2], strict=True):
            part = term(source, child, resolve)
            parts.append(part if sign[0] == "+" else scale(-1, part))
        return add(*parts)
    if name == "product":
        return _product(source, node, resolve)
    if name == "call":
        return _call(source, node, resolve)
    value = constant_or_none(source, node)
    if value is not None:
        return _canonical(value)
    if name == "power":
        raise reject(
            source,
            "E101",
            "only linear arithmetic is allowed here: no powers of names",
            node,
            "a name may be added, subtracted, and multiplied or divided by a number",
        )
    raise reject(source, "E103", "expected a number or a width, not something true or false", node)


def _canonical(value: Any) -> Term:
    return value.numerator if value.denominator == 1 else cast(Term, value)


def _product(source: Source, node: Node, resolve: Resolve) -> Term:
    children = node[1]
    result = term(source, children[0], resolve)
    for sign, child in zip(children[1::2], children[2::2], strict=True):
        factor = term(source, child, resolve)
        if sign[0] == "/":
            if factor == 0:
                raise reject(source, "E076", "division by zero", child)
            if not is_number(factor):
                raise _nonlinear(source, node)
            result = scale(cast(Any, _canonical(1 / _fraction(factor))), result)
        elif is_number(factor):
            result = scale(cast(Any, factor), result)
        elif is_number(result):
            result = scale(cast(Any, result), factor)
        else:
            raise _nonlinear(source, node)
    return result


def _fraction(value: Term) -> Any:
    from fractions import Fraction

    return Fraction(cast(Any, value))


def _nonlinear(source: Source, node: Node) -> Exception:
    return reject(
        source,
        "E101",
        "only linear arithmetic is allowed here: no products or quotients of names",
        node,
        "a name may be added, subtracted, and multiplied or divided by a number",
    )


def _call(source: Source, node: Node, resolve: Resolve) -> Term:
    function, *arguments = node[1]
    name = function[1]
    if name == "rank":
        if len(arguments) == 1 and arguments[0][1] in ("X", "Y"):
            return RankOf(arguments[0][1])
        raise reject(
            source, "E102", "a rank is `rank(X)` or `rank(Y)`", node, "write rank(X) or rank(Y)"
        )
    if name in ("min", "max") and arguments:
        terms = [term(source, argument, resolve) for argument in arguments]
        return minimum(*terms) if name == "min" else maximum(*terms)
    from .mistakes import did_you_mean

    raise reject(
        source,
        "E102",
        f"`{name}(...)` has no meaning in a condition on widths",
        node,
        did_you_mean(name, ("min", "max", "rank")) or "use min, max, rank(X) or rank(Y)",
    )


def formula(source: Source, node: Node, resolve: Resolve) -> Formula:
    """The node as a formula, folded."""
    name, children = node[0], node[1]
    if name != "<name>":
        _check_length(source, node)
    if name == "comparison":
        parts = []
        for one, sign, other in zip(
            children[:-2:2], children[1::2], children[2::2], strict=True
        ):  # fmt: skip
            relation = cast(Relation, sign[0])
            if nonlinear(one) or nonlinear(other):
                parts.append(condition(source, relation, one, other, node, resolve))
            else:
                left, right = term(source, one, resolve), term(source, other, resolve)
                parts.append(compare(relation, left, right))
        return all_of(*parts)
    if name == "conjunction":
        return all_of(*(formula(source, child, resolve) for child in children))
    if name == "disjunction":
        return any_of(*(formula(source, child, resolve) for child in children))
    if name == "negated":
        inner = formula(source, children[-1], resolve)
        return inner if len(children) % 2 else negate(inner)
    if name == "<name>" and children in ("true", "false"):
        return bool(children == "true")
    raise reject(
        source,
        "E103",
        "expected something true or false, such as `d1 >= d0`",
        node,
        "compare with one of = != < <= > >=",
    )


def equalities(formula: Formula) -> dict[str, int]:
    """The names that the formula makes numbers: ``d0 = 3``, also as a part of a conjunction."""
    found: dict[str, int] = {}
    for part in formula.parts if isinstance(formula, Conjunction) else (formula,):
        if isinstance(part, Comparison) and part.relation == "=":
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, Symbol) and isinstance(other, int):
                    found[one.name] = other
    return found
