"""Derivatives in closed form, for people to read: written by sympy, decided by nothing.

What is proved of a function rests on the exact pieces and on ball arithmetic. These formulas show
a reader what was looked at. The tree goes to sympy node by node; no text is read by sympy.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..model.problem import (
    CallExpression,
    Expression,
    NumberExpression,
    VariableExpression,
)
from .elements import Pole, TooHard, rational_ball
from .pieces import NotDefined, decompose, enclose, show_point, size
from .signs import samples

LARGEST = 120
LONGEST = 200
FOREIGN = ("Dirac", "Heaviside", "sign(", "Derivative", "Subs", "re(", "im(", "zoo", "nan", "I*")
"""What the model language has no words for, or what a kink leaves behind."""
_BRANCHES = frozenset(("abs", "max", "min", "sign", "piecewise"))
_TESTS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}  # fmt: skip


class _Unclear(Exception):
    """Which branch applies is not seen."""


def derivatives(expression: Expression, variable: str) -> tuple[tuple[str, str, str], ...]:
    """(where, first derivative, second derivative) on each analytic piece; empty if too large.

    The names of other variables stay as they are (a loss in z, for every y), where the expression
    has no branches.
    """
    if size(expression) > LARGEST:
        return ()
    if not _branches(expression):
        texts = _texts(expression, variable)
        return () if texts is None else (("everywhere", *texts),)
    try:
        parts = decompose(expression, variable)
    except (NotDefined, TooHard, Pole):
        return ()
    rows = []
    for where in parts.intervals():
        inner = next(iter(samples(where)), None)
        if inner is None:
            return ()
        try:
            texts = _texts(_branch(expression, {variable: rational_ball(inner)}), variable)
        except _Unclear:
            return ()
        if texts is None:
            return ()
        low = "" if where.low is None else f"{show_point(where.low)} < "
        high = "" if where.high is None else f" < {show_point(where.high)}"
        rows.append((f"{low}{variable}{high}", *texts))
    return tuple(rows)


def _branches(node: Expression) -> bool:
    if not isinstance(node, CallExpression):
        return False
    return node.function in _BRANCHES or any(map(_branches, node.arguments))


def _value(node: Expression, at: dict[str, Any]) -> Any:
    ball = enclose(node, at)
    if ball is None:
        raise _Unclear
    return ball


def _branch(node: Expression, at: dict[str, Any]) -> Expression:
    """The expression without branches that it is near a point inside a piece."""
    if not isinstance(node, CallExpression):
        return node
    name, arguments = node.function, node.arguments
    if name == "piecewise":
        for part, condition in zip(arguments[:-1:2], arguments[1::2], strict=True):
            if not isinstance(condition, CallExpression):
                raise _Unclear
            if condition.function == "=":
                continue  # true at single points only, or decided by the pieces
            a, b = (_value(x, at) for x in condition.arguments)
            if not (a < b or a > b):
                raise _Unclear
            if _TESTS[condition.function](a, b):
                return _branch(part, at)
        return _branch(arguments[-1], at)
    if name in ("abs", "sign"):
        value = _value(arguments[0], at)
        if not (value > 0 or value < 0):
            raise _Unclear
        if name == "sign":
            return NumberExpression(Fraction(1 if value > 0 else -1))
        inner = _branch(arguments[0], at)
        return inner if value > 0 else CallExpression("neg", (inner,))
    if name in ("max", "min"):
        best = arguments[0]
        for other in arguments[1:]:
            if other == best:
                continue
            a, b = _value(best, at), _value(other, at)
            if not (a < b or a > b):
                raise _Unclear
            if (b > a) == (name == "max"):
                best = other
        return _branch(best, at)
    return CallExpression(name, tuple(_branch(a, at) for a in arguments))


def _texts(expression: Expression, variable: str) -> tuple[str, str] | None:
    import sympy

    try:
        first = sympy.diff(_tree(expression), sympy.Symbol(variable, real=True))
        second = sympy.diff(first, sympy.Symbol(variable, real=True))
        texts = tuple(_text(sympy.factor_terms(one)) for one in (first, second))
    except (ArithmeticError, ValueError, RecursionError):
        return None
    if max(map(len, texts)) > LONGEST or any(word in text for text in texts for word in FOREIGN):
        return None
    return texts[0], texts[1]


def _tree(node: Expression) -> Any:
    """The expression without branches as a sympy tree of real symbols."""
    import sympy

    if isinstance(node, NumberExpression):
        return sympy.Rational(node.value.numerator, node.value.denominator)
    if isinstance(node, VariableExpression):
        return sympy.pi if node.name == "pi" else sympy.Symbol(node.name, real=True)
    parts = [_tree(a) for a in node.arguments]
    name = node.function
    if name == "neg":
        return -parts[0]
    if name in ("+", "-"):
        return parts[0] + parts[1] if name == "+" else parts[0] - parts[1]
    if name in ("*", "/"):
        return parts[0] * parts[1] if name == "*" else parts[0] / parts[1]
    if name == "^":
        return parts[0] ** parts[1]
    if name == "sigmoid":
        return 1 / (1 + sympy.exp(-parts[0]))
    if name == "softplus":
        return sympy.log(1 + sympy.exp(parts[0]))
    return getattr(sympy, "atan" if name == "arctan" else name)(parts[0])


def _text(tree: Any) -> str:
    """The tree in the notation of the model language."""
    from sympy import sstr

    return str(sstr(tree)).replace("**", "^").replace("atan(", "arctan(")
