"""Model to canonical text: ``parse(unparse(model)) == (model,)``."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..model.problem import (
    Activation,
    ApplyExpression,
    CallExpression,
    DataMatrix,
    Expression,
    Layer,
    Loss,
    MapExpression,
    Matrix,
    Model,
    NameExpression,
    NumberExpression,
    ProductExpression,
    SumExpression,
    TransposeExpression,
    VariableExpression,
)
from ..model.terms import show, show_formula
from .names import ACTIVATIONS


def quote(text: str) -> str:
    r"""The text as a string of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def _is_dashed(name: str) -> bool:
    parts = name.split("-")
    return (
        name.isascii()
        and parts[0].isidentifier()
        and all(part and part.replace("_", "a").isalnum() for part in parts)
    )


def unparse_model(model: Model) -> str:
    """The statements, one a line; in a block if the model has a name."""
    if model.name is None:
        return "\n".join(statements(model)) + "\n"
    name = model.name if _is_dashed(model.name) else quote(model.name)
    lines = "".join(f"  {statement}\n" for statement in statements(model))
    return f"model {name} {{\n{lines}}}\n"


def _parameters(activation: Activation) -> list[str]:
    defaults = dict(ACTIVATIONS.get(activation.name, ()))
    return [
        f"{name}={value}"
        for name, value in activation.parameters
        if activation.custom or defaults.get(name) != value
    ]


def _layer(layer: Layer) -> str:
    width = show(layer.width)
    if layer.opaque is not None:
        return f"opaque({width}, {quote(layer.opaque)})"
    options = _parameters(layer.activation)
    options += [
        option for option in ("bias", "skip", "fixed", "positive") if getattr(layer, option)
    ]
    name = layer.activation.name
    if name == "linear" and not layer.activation.custom and not options:
        return width
    return f"{name}({', '.join([width, *options])})"


def _matrix(matrix: Matrix) -> str:
    rows = (", ".join(map(str, row)) for row in matrix.rows)
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


def _value(given: DataMatrix) -> str:
    if given.file is None:
        return _matrix(given.matrix)
    key = "" if given.key is None else f" key {quote(given.key)}"
    return f"file {quote(given.file)}{key}"


def _map(expression: MapExpression, level: int = 0) -> str:
    """Level 0: a sum may stand here; 1: a product; 2: a factor; 3: what ``^T`` applies to."""
    if isinstance(expression, NameExpression):
        return expression.name
    if isinstance(expression, ApplyExpression):
        inside = [_map(expression.of), *_parameters(expression.activation)]
        return f"{expression.activation.name}({', '.join(inside)})"
    if isinstance(expression, TransposeExpression):
        text, own = _map(expression.of, 3) + "^T", 2
    elif isinstance(expression, ProductExpression):
        text, own = " * ".join(_map(factor, 2) for factor in expression.factors), 1
    elif isinstance(expression, SumExpression):
        text, own = " + ".join(_map(one, 1) for one in expression.terms), 0
    else:
        raise TypeError(f"not a map expression: {expression!r}")
    return f"({text})" if own < level else text


_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(5)


def expression_text(expression: Expression, level: int = _SUM) -> str:
    """A custom function's expression, with no more brackets than needed."""
    text, own = _expression(expression)
    return f"({text})" if own < level else text


def _expression(expression: Expression) -> tuple[str, int]:
    if isinstance(expression, NumberExpression):
        value: Fraction = expression.value
        if value.denominator != 1:
            return str(value), _PRODUCT
        return str(value), _ATOM if value >= 0 else _SIGNED
    if isinstance(expression, VariableExpression):
        return expression.name, _ATOM
    if not isinstance(expression, CallExpression):
        raise TypeError(f"not an expression: {expression!r}")
    function, arguments = expression.function, expression.arguments
    if function in ("+", "-"):
        left, right = arguments
        return (
            f"{expression_text(left, _SUM)} {function} {expression_text(right, _PRODUCT)}",
            _SUM,
        )
    if function in ("*", "/"):
        left, right = arguments
        return (
            f"{expression_text(left, _PRODUCT)} {function} {expression_text(right, _SIGNED)}",
            _PRODUCT,
        )
    if function == "^":
        base, exponent = arguments
        return f"{expression_text(base, _ATOM)}^{expression_text(exponent, _ATOM)}", _POWER
    if function == "neg":
        return "-" + expression_text(arguments[0], _POWER), _SIGNED
    if function in ("<", "<=", ">", ">=", "="):
        left, right = arguments
        return f"{expression_text(left)} {function} {expression_text(right)}", _SUM
    return f"{function}({', '.join(map(expression_text, arguments))})", _ATOM


def _loss(loss: Loss) -> str:
    if loss.function is not None:
        function = loss.function
        arguments = ", ".join(function.arguments)
        return f"loss {function.name}({arguments}) = {expression_text(function.expression)}"
    if loss.parameters:
        return f"loss {loss.name}({', '.join(str(value) for _, value in loss.parameters)})"
    return f"loss {loss.name}"


def statements(model: Model) -> Iterator[str]:
    """The canonical statements of a model, in a fixed order."""
    for function in model.functions:
        arguments = ", ".join(function.arguments)
        yield (f"activation {function.name}({arguments}) = {expression_text(function.expression)}")
    for assumption in model.parameter_domain:
        yield f"assume {show_formula(assumption.formula)}"
    if model.network is not None:
        items = [show(model.network.input_width), *map(_layer, model.network.layers)]
        yield "net " + " -> ".join(items)
    if model.map is not None:
        for parameter in model.map.parameters:
            yield f"param {parameter.name}: {show(parameter.rows)} x {show(parameter.columns)}"
        for known in model.map.constants:
            values = "" if known.values is None else f" = {_matrix(known.values)}"
            yield f"const {known.name}: {show(known.rows)} x {show(known.columns)}{values}"
        yield "map " + _map(model.map.expression)
    yield _loss(model.loss)
    for declaration in model.declarations:
        yield f"declare {declaration.name} {' '.join(declaration.properties)}"
    if model.regularizer is not None:
        strengths = ", ".join(map(str, model.regularizer.strengths))
        yield f"regularize {model.regularizer.kind} {strengths}"
    if model.constraints is not None:
        count = "" if model.constraints.count is None else f" {show(model.constraints.count)}"
        yield f"subject_to {model.constraints.kind}{count}"
    if model.data.samples is not None:
        yield f"data samples {show(model.data.samples)}"
    for stated in model.data.properties:
        yield f"data {stated.name}"
    for given in model.data.matrices:
        yield f"data {given.name} = {_value(given)}"
    for assumption in model.assumptions:
        yield f"assume {show_formula(assumption.formula)}"
    if model.point is not None:
        points = (f"{given.name} = {_value(given)}" for given in model.point.matrices)
        yield "at " + ", ".join(points)
    if model.requirement.name != "local_is_global":
        yield f"require {model.requirement.name}"
    if model.expectation is not None:
        theorem = model.expectation.theorem
        by = "" if theorem is None else f" by {theorem}"
        yield f"expect {model.expectation.verdict}{by}"
    if model.waiver is not None:
        until = "" if model.waiver.until is None else f" until {model.waiver.until.isoformat()}"
        yield f"allow {model.waiver.verdict} because {quote(model.waiver.reason)}{until}"
