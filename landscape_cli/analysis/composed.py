"""Continuity and analyticity read off the form of an expression, in any number of variables.

A composition of functions that are analytic (continuous) everywhere is so. A division, a
logarithm or a root needs an argument that is positive by form. The answer False means only that
the form does not show it.
"""

from __future__ import annotations

from ..model.problem import Expression, NumberExpression, VariableExpression

ENTIRE = frozenset(
    ("exp", "tanh", "sinh", "cosh", "sin", "cos", "arctan", "erf", "sigmoid", "softplus")
)
POSITIVE = frozenset(("exp", "cosh", "sigmoid", "softplus"))


def analytic(node: Expression) -> bool:
    """Whether the expression is defined and analytic everywhere, by form."""
    return _regular(node, kinks=False)


def continuous(node: Expression) -> bool:
    """Whether the expression is defined and continuous everywhere, by form."""
    return _regular(node, kinks=True)


def _regular(node: Expression, *, kinks: bool) -> bool:
    if isinstance(node, (NumberExpression, VariableExpression)):
        return True
    name, arguments = node.function, node.arguments
    if name == "piecewise" or not all(_regular(a, kinks=kinks) for a in arguments):
        return False
    if name in ("+", "-", "*", "neg") or name in ENTIRE:
        return True
    if name in ("abs", "max", "min"):
        return kinks
    if name == "/":
        return positive(arguments[1])
    if name == "log":
        return positive(arguments[0])
    if name == "sqrt":
        return positive(arguments[0]) or (kinks and nonnegative(arguments[0]))
    if name == "^":
        exponent = arguments[1]
        if not isinstance(exponent, NumberExpression):
            return False
        if exponent.value.denominator == 1 and exponent.value >= 0:
            return True
        return positive(arguments[0]) or (
            kinks and exponent.value > 0 and nonnegative(arguments[0])
        )
    return False


def positive(node: Expression) -> bool:
    """Whether every value is > 0, by form."""
    if isinstance(node, NumberExpression):
        return node.value > 0
    if isinstance(node, VariableExpression):
        return node.name == "pi"
    name, arguments = node.function, node.arguments
    if name in POSITIVE:
        return True
    if name == "+":
        a, b = arguments
        return (positive(a) and nonnegative(b)) or (nonnegative(a) and positive(b))
    if name in ("*", "/", "min"):
        return all(positive(a) for a in arguments)
    if name == "max":
        return any(positive(a) for a in arguments)
    if name in ("sqrt", "^"):
        return positive(arguments[0])
    return False


def nonnegative(node: Expression) -> bool:
    """Whether every value is >= 0, by form."""
    if isinstance(node, NumberExpression):
        return node.value >= 0
    if positive(node):
        return True
    if isinstance(node, VariableExpression):
        return False
    name, arguments = node.function, node.arguments
    if name in ("abs", "sqrt"):
        return True
    if name in ("+", "*", "min"):
        if name == "*" and arguments[0] == arguments[1]:
            return True
        return all(nonnegative(a) for a in arguments)
    if name == "/":
        return nonnegative(arguments[0]) and positive(arguments[1])
    if name == "max":
        return any(nonnegative(a) for a in arguments)
    if name == "^":
        exponent = arguments[1]
        if not isinstance(exponent, NumberExpression):
            return False
        value = exponent.value
        even = value.denominator == 1 and value.numerator % 2 == 0
        return even or (nonnegative(arguments[0]) and value >= 0)
    return False
