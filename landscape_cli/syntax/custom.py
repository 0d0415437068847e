"""Custom losses and activations: ``loss l(z, y) = ...``, ``activation s(t) = ...``."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..model.problem import (
    CallExpression,
    CustomFunction,
    Expression,
    Loss,
    NumberExpression,
    VariableExpression,
)
from .names import ACTIVATIONS, FUNCTIONS, LOSS_CLASS_WORDS, LOSSES, RESERVED
from .numbers import LARGEST_EXPONENT, constant_or_none, number, power, reject

if TYPE_CHECKING:
    from .elaborate import Elaboration
    from .parser import Node
    from .source import Source

DEEPEST_EXPRESSION = 150
_COMPARISONS = frozenset(("<", "<=", ">", ">=", "="))


def custom_activation(elaboration: Elaboration, node: Node) -> None:
    """Read ``activation s(t) = expression`` into ``elaboration.functions``."""
    call, _, body = node[1]
    name_node = call[1][0]
    name: str = name_node[1]
    if name in ACTIVATIONS or name in RESERVED:
        raise elaboration.reject(
            "E026", f"`{name}` is built in: a custom activation needs another name", name_node
        )
    if name in elaboration.functions:
        raise elaboration.reject("E025", f"a second activation is named `{name}`", name_node)
    function = _function(elaboration, node, call, body, 1, "activation s(t) = max(t, t/10)")
    elaboration.functions[name] = function


def custom_loss(elaboration: Elaboration, node: Node) -> Loss:
    """The loss of ``loss l(z, y) = expression``."""
    call, _, body = node[1]
    name_node = call[1][0]
    name: str = name_node[1]
    if name in LOSSES or name in LOSS_CLASS_WORDS or name in RESERVED:
        raise elaboration.reject(
            "E026", f"`{name}` is built in: a custom loss needs another name", name_node
        )
    if name in elaboration.functions:
        raise elaboration.reject("E025", f"an activation is named `{name}` already", name_node)
    function = _function(elaboration, node, call, body, 2, "loss l(z, y) = log(1 + exp(-y*z))")
    return Loss("custom", name, (), function, elaboration.span(call))


def _function(
    elaboration: Elaboration, node: Node, call: Node, body: Node, count: int, example: str
) -> CustomFunction:
    name_node, *argument_nodes = call[1]
    if len(argument_nodes) != count or any(a[0] != "<name>" for a in argument_nodes):
        raise elaboration.reject(
            "E075",
            "expected the name of one argument in brackets"
            if count == 1
            else "expected the names of two arguments in brackets: the output and the target",
            call,
            f"for example: {example}",
        )
    arguments = tuple(a[1] for a in argument_nodes)
    for argument, argument_node in zip(arguments, argument_nodes, strict=True):
        if argument in ("pi", "true", "false", "and", "or", "not") or argument in FUNCTIONS:
            raise elaboration.reject(
                "E026", f"`{argument}` has a meaning of its own", argument_node, "use another name"
            )
    if len(set(arguments)) < count:
        raise elaboration.reject("E025", "two arguments have the same name", call)
    reader = _Reader(elaboration.source, arguments, elaboration.assumed_names)
    expression, depth = reader.read(body)
    if depth > DEEPEST_EXPRESSION:
        raise elaboration.reject("E015", "this expression is too deep", body)
    for parameter, place in reader.parameters.items():
        elaboration.parameters.setdefault(parameter, place)
    return CustomFunction(
        name_node[1], arguments, expression, tuple(sorted(reader.parameters)),
        elaboration.span(node),
    )  # fmt: skip


def apply(function: str, left: Expression, right: Expression) -> Expression:
    """``left function right`` for ``+ - * /``, computed where both are numbers."""
    if isinstance(left, NumberExpression) and isinstance(right, NumberExpression):
        a, b = left.value, right.value
        if function == "+":
            return NumberExpression(a + b)
        if function == "-":
            return NumberExpression(a - b)
        if function == "*":
            return NumberExpression(a * b)
        return NumberExpression(a / b)
    return CallExpression(function, (left, right))


class _Reader:
    """Reads one expression; every result comes with the depth of its tree.

    ``assumed`` are the names that assumptions speak of: they may be parameters.
    """

    def __init__(self, source: Source, arguments: tuple[str, ...], assumed: frozenset[str]) -> None:
        self.source = source
        self.arguments = arguments
        self.assumed = assumed
        self.parameters: dict[str, Node] = {}

    def read(self, node: Node) -> tuple[Expression, int]:
        kind, children = node[0], node[1]
        if kind == "<number>":
            return NumberExpression(number(self.source, node)), 1
        if kind == "<name>":
            return self.variable(node), 1
        if kind == "sum" or kind == "product":
            return self.chain(node)
        if kind == "signed":
            inner, depth = self.read(children[-1])
            if len(children) % 2:
                return inner, depth
            if isinstance(inner, NumberExpression):
                return NumberExpression(-inner.value), 1
            return CallExpression("neg", (inner,)), depth + 1
        if kind == "power":
            return self.power(node)
        if kind == "call":
            return self.call(node)
        raise reject(
            self.source,
            "E074",
            "a condition is allowed in `piecewise` only",
            node,
            "write piecewise(value, condition, ..., value otherwise)",
        )

    def variable(self, node: Node) -> Expression:
        name: str = node[1]
        if name in self.arguments or name == "pi":
            return VariableExpression(name)
        if name in self.assumed and name not in RESERVED and name not in FUNCTIONS:
            self.parameters.setdefault(name, node)
            return VariableExpression(name)
        from .mistakes import did_you_mean

        known = [*self.arguments, "pi"]
        raise reject(
            self.source,
            "E072",
            f"unknown name `{name}` in a custom function",
            node,
            did_you_mean(name, [*known, *FUNCTIONS])
            or f"known: {', '.join(known)}; a parameter needs a range: assume {name} > 0",
        )

    def chain(self, node: Node) -> tuple[Expression, int]:
        children = node[1]
        result, depth = self.read(children[0])
        for sign, child in zip(children[1::2], children[2::2], strict=True):
            operand, operand_depth = self.read(child)
            if sign[0] == "/" and operand == NumberExpression(Fraction(0)):
                raise reject(self.source, "E076", "division by zero", child)
            result = apply(sign[0], result, operand)
            depth = max(depth, operand_depth) + 1
            if isinstance(result, NumberExpression):
                depth = 1
                self.check_size(result.value, node)
        return result, depth

    def check_size(self, value: Fraction, node: Node) -> None:
        if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > 4000:
            raise reject(self.source, "E016", "this number is too large", node)

    def power(self, node: Node) -> tuple[Expression, int]:
        children = node[1]
        if len(children) > 2:
            raise reject(
                self.source, "E073", "a power of a power needs brackets", node, "write (a^2)^3"
            )
        base_node, exponent_node = children
        if exponent_node[0] == "T":
            raise reject(self.source, "E073", "`^T` has no meaning for numbers", exponent_node)
        base, depth = self.read(base_node)
        exponent = constant_or_none(self.source, exponent_node)
        if exponent is None:
            raise reject(
                self.source,
                "E073",
                "an exponent is a rational number",
                exponent_node,
                "write exp(a * log(b)) for a power with a variable exponent",
            )
        if max(abs(exponent.numerator), exponent.denominator) > LARGEST_EXPONENT:
            raise reject(
                self.source, "E073", f"an exponent is at most {LARGEST_EXPONENT}", exponent_node
            )
        if isinstance(base, NumberExpression) and exponent.denominator == 1:
            return NumberExpression(power(self.source, base.value, exponent, node)), 1
        return CallExpression("^", (base, NumberExpression(exponent))), depth + 1

    def call(self, node: Node) -> tuple[Expression, int]:
        name_node, *arguments = node[1]
        name: str = name_node[1]
        if name not in FUNCTIONS:
            from .mistakes import did_you_mean

            raise reject(
                self.source,
                "E070",
                f"unknown function `{name}`",
                name_node,
                did_you_mean(name, list(FUNCTIONS)) or "known: " + ", ".join(FUNCTIONS),
            )
        count = FUNCTIONS[name]
        if name == "piecewise":
            return self.piecewise(node, arguments)
        if (count is None and len(arguments) < 2) or count not in (None, len(arguments)):
            needs = "one argument" if count == 1 else "at least two arguments"
            raise reject(self.source, "E071", f"`{name}` has {needs}", node)
        parts = [self.read(argument) for argument in arguments]
        depth = max(part[1] for part in parts) + 1
        return CallExpression(name, tuple(part[0] for part in parts)), depth

    def piecewise(self, node: Node, arguments: list[Node]) -> tuple[Expression, int]:
        if len(arguments) < 3 or len(arguments) % 2 == 0:
            raise reject(
                self.source,
                "E071",
                "`piecewise` has a value and a condition for each piece, then the value otherwise",
                node,
                "for example: piecewise(t, t > 0, 0)",
            )
        parts: list[Expression] = []
        deepest = 0
        for index, argument in enumerate(arguments):
            if index % 2 and index < len(arguments) - 1:
                part, depth = self.condition(argument)
            else:
                part, depth = self.read(argument)
            parts.append(part)
            deepest = max(deepest, depth)
        return CallExpression("piecewise", tuple(parts)), deepest + 1

    def condition(self, node: Node) -> tuple[Expression, int]:
        children: Any = node[1]
        if node[0] != "comparison" or len(children) != 3 or children[1][0] not in _COMPARISONS:
            raise reject(
                self.source,
                "E074",
                "expected a condition: one comparison with <, <=, >, >= or =",
                node,
                "for example: piecewise(t, t > 0, 0)",
            )
        left, left_depth = self.read(children[0])
        right, right_depth = self.read(children[2])
        return CallExpression(children[1][0], (left, right)), max(left_depth, right_depth) + 1
