"""``param``, ``const`` and ``map``: the model map as a matrix expression, with its shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.problem import (
    ApplyExpression,
    Constant,
    Map,
    MapExpression,
    NameExpression,
    Parameter,
    ProductExpression,
    SumExpression,
    TransposeExpression,
)
from ..model.terms import Term, show
from .names import ACTIVATIONS, RESERVED
from .numbers import Rejected

if TYPE_CHECKING:
    from .elaborate import Elaboration
    from .parser import Node


class _Samples:
    """The number of columns of X where the model does not state it."""


SAMPLES = _Samples()

Size = Any  # a Term, SAMPLES, or a _Rows that is still open


class _Rows:
    """The number of rows of X, found out from the first product or sum it stands in."""

    def __init__(self) -> None:
        self.value: Size | None = None


def map_statements(elaboration: Elaboration) -> None:
    """Read the declarations and the map into ``elaboration.map``."""
    groups = elaboration.groups
    nodes: dict[str, Node] = {}
    parameters: dict[str, Parameter] = {}
    constants: dict[str, Constant] = {}
    failed = False
    for node in sorted(
        [*groups.get("param", ()), *groups.get("const", ())], key=lambda node: node[2]
    ):
        before = len(elaboration.source.errors)
        elaboration.attempt(_declare, elaboration, node, nodes, parameters, constants)
        failed = failed or len(elaboration.source.errors) > before
        nodes.setdefault(node[1][0][1], node)
    if "map" not in groups:
        if "net" in groups:
            for node in nodes.values():
                elaboration.error(
                    "E061",
                    f"`{node[1][0][1]}` is declared but a `net` has its own matrices",
                    node,
                    "remove it, or write a `map` instead of the `net`",
                )
        return
    if failed:
        for node in groups["map"]:
            _names_known(elaboration, node, nodes)
        raise Rejected
    reader = _Reader(elaboration, parameters, constants, nodes)
    node = groups["map"][0]
    expression, rows, columns = reader.read(node[1][0])
    if not parameters and not reader.used:
        raise elaboration.reject(
            "E064",
            "the map has no parameter: nothing is trained",
            node,
            "declare one: param W: n x k",
        )
    unused = [name for name in nodes if name not in reader.used]
    for name in unused:
        elaboration.error(
            "E061",
            f"`{name}` is declared but does not occur in the map",
            nodes[name],
            "remove it, or use it in the map",
        )
    if unused:
        raise Rejected
    if not any(name in parameters for name in reader.used):
        raise elaboration.reject(
            "E064",
            "the map has no parameter: nothing is trained",
            node,
            "declare one: param W: n x k",
        )
    rows, columns, data_rows = _final(rows), _final(columns), _final(reader.data_rows)
    if reader.has_data and data_rows is None:
        raise elaboration.reject(
            "E065",
            "the number of rows of X can't be found out from the map",
            node,
            "multiply X by a matrix of known size",
        )
    if rows is SAMPLES and reader.samples is not None:
        rows = reader.samples
    if rows is SAMPLES:
        raise elaboration.reject(
            "E062",
            "the value of the map has a row for each sample: samples are columns",
            node,
            "transpose the map",
        )
    elaboration.map = Map(
        tuple(parameters.values()),
        tuple(constants.values()),
        expression,
        data_rows,
        rows,
        None if columns is SAMPLES else columns,
        elaboration.span(node),
    )


def _final(size: Size) -> Size:
    while isinstance(size, _Rows):
        size = size.value
    return size


def _names_known(elaboration: Elaboration, node: Node, nodes: dict[str, Node]) -> None:
    """Report undeclared names although some declaration failed."""
    pending: list[Node] = list(node[1])
    while pending:
        current = pending.pop()
        if current[0] == "<name>" and current[1] not in nodes and current[1] != "X":
            elaboration.error("E060", f"`{current[1]}` is not declared", current)
        elif isinstance(current[1], list):
            pending += current[1][1:] if current[0] == "call" else current[1]


def _declare(
    elaboration: Elaboration,
    node: Node,
    nodes: dict[str, Node],
    parameters: dict[str, Parameter],
    constants: dict[str, Constant],
) -> None:
    name_node, shape_node, *value = node[1]
    name: str = name_node[1]
    if name in RESERVED or name in ("T", "samples", "weights", "coefficients"):
        raise elaboration.reject(
            "E026", f"`{name}` has a meaning of its own and can't name a matrix", name_node
        )
    if name in nodes:
        line = elaboration.source.line_of(nodes[name][2])
        raise elaboration.reject(
            "E025",
            f"`{name}` is declared twice: first on line {line}",
            name_node,
            "give it another name",
        )
    nodes[name] = node
    sizes = [elaboration.width(size, "a size") for size in shape_node[1]]
    rows, columns = sizes[0], (sizes[1] if len(sizes) == 2 else 1)
    span = elaboration.span(node)
    if node[0] == "param":
        parameters[name] = Parameter(name, rows, columns, span)
        return
    values = None
    if value:
        from .data import check_shape, read_value

        given = read_value(elaboration, name, value[1], columns == 1)
        check_shape(elaboration, given, value[1], (rows, columns))
        values = given.matrix
    constants[name] = Constant(name, rows, columns, values, span)


class _Reader:
    def __init__(
        self,
        elaboration: Elaboration,
        parameters: dict[str, Parameter],
        constants: dict[str, Constant],
        nodes: dict[str, Node],
    ) -> None:
        self.elaboration = elaboration
        self.parameters = parameters
        self.constants = constants
        self.nodes = nodes
        self.used: set[str] = set()
        self.has_data = False
        self.data_rows = _Rows()
        self.samples = samples_of(elaboration)

    def same(self, left: Size, right: Size) -> bool:
        """Whether two sizes agree; an open one becomes the other."""
        left, right = self._value(left), self._value(right)
        if left is right:
            return True
        if isinstance(left, _Rows):
            left.value = right
            return True
        if isinstance(right, _Rows):
            right.value = left
            return True
        if left is SAMPLES or right is SAMPLES:
            return self.samples is not None and self.samples in (left, right)
        return bool(left == right)

    @staticmethod
    def _value(size: Size) -> Size:
        while isinstance(size, _Rows) and size.value is not None:
            size = size.value
        return size

    def show(self, size: Size) -> str:
        size = self._value(size)
        if size is SAMPLES:
            return "the number of samples"
        if isinstance(size, _Rows):
            return "the rows of X"
        return show(size)

    def read(self, node: Node) -> tuple[MapExpression, Size, Size]:
        """(expression, rows, columns)."""
        kind = node[0]
        if kind == "<name>":
            return self.name(node)
        if kind == "product":
            return self.product(node)
        if kind == "sum":
            return self.sum(node)
        if kind == "power":
            return self.transpose(node)
        if kind == "call":
            return self.apply(node)
        if kind == "signed":
            raise self.elaboration.reject(
                "E063",
                "a map has sums, no differences",
                node,
                "a free parameter needs no sign; put the sign into a const",
            )
        raise self.elaboration.reject(
            "E063",
            "expected a matrix: a param, a const or X",
            node,
            "declare a known matrix with `const`",
        )

    def name(self, node: Node) -> tuple[MapExpression, Size, Size]:
        name: str = node[1]
        span = self.elaboration.span(node)
        if name == "X":
            self.has_data = True
            return NameExpression(name, span), self.data_rows, SAMPLES
        declared: Parameter | Constant | None = self.parameters.get(name) or self.constants.get(
            name
        )
        if declared is None:
            from .mistakes import did_you_mean

            raise self.elaboration.reject(
                "E060",
                f"`{name}` is not declared",
                node,
                did_you_mean(name, [*self.parameters, *self.constants])
                or f"declare it: param {name}: n x k",
            )
        self.used.add(name)
        return NameExpression(name, span), declared.rows, declared.columns

    def product(self, node: Node) -> tuple[MapExpression, Size, Size]:
        children = node[1]
        factors: list[MapExpression] = []
        rows: Size = None
        columns: Size = None
        for index in range(0, len(children), 2):
            child = children[index]
            if index and children[index - 1][0] == "/":
                raise self.elaboration.reject(
                    "E063", "a map has products, no quotients", children[index - 1]
                )
            factor, child_rows, child_columns = self.read(child)
            if not factors:
                rows = child_rows
            elif not self.same(columns, child_rows):
                raise self.elaboration.reject(
                    "E062",
                    f"the product does not fit: {self.show(columns)} columns on the left, "
                    f"{self.show(child_rows)} rows on the right",
                    child,
                    "check the order of the factors, or transpose one",
                )
            columns = child_columns
            if isinstance(factor, ProductExpression):
                factors += factor.factors
            else:
                factors.append(factor)
        return ProductExpression(tuple(factors), self.elaboration.span(node)), rows, columns

    def sum(self, node: Node) -> tuple[MapExpression, Size, Size]:
        children = node[1]
        terms: list[MapExpression] = []
        rows: Size = None
        columns: Size = None
        for index in range(0, len(children), 2):
            child = children[index]
            if index and children[index - 1][0] == "-":
                raise self.elaboration.reject(
                    "E063",
                    "a map has sums, no differences",
                    children[index - 1],
                    "a free parameter needs no sign; put the sign into a const",
                )
            one, child_rows, child_columns = self.read(child)
            if not terms:
                rows, columns = child_rows, child_columns
            elif not (self.same(rows, child_rows) and self.same(columns, child_columns)):
                raise self.elaboration.reject(
                    "E062",
                    f"the sum does not fit: {self.show(rows)} x {self.show(columns)} and "
                    f"{self.show(child_rows)} x {self.show(child_columns)}",
                    child,
                    "all terms of a sum have the same shape",
                )
            if child_columns is SAMPLES:
                columns = SAMPLES
            if isinstance(one, SumExpression):
                terms += one.terms
            else:
                terms.append(one)
        return SumExpression(tuple(terms), self.elaboration.span(node)), rows, columns

    def transpose(self, node: Node) -> tuple[MapExpression, Size, Size]:
        base, *exponents = node[1]
        wrong = next((exponent for exponent in exponents if exponent[0] != "T"), None)
        if wrong is not None:
            raise self.elaboration.reject(
                "E063", "a matrix has no powers here", wrong, "write W^T for the transpose, W * W"
            )
        expression, rows, columns = self.read(base)
        if len(exponents) > 20:
            raise self.elaboration.reject("E015", "too many transposes", node)
        span = self.elaboration.span(node)
        for _ in exponents:
            expression, rows, columns = TransposeExpression(expression, span), columns, rows
        return expression, rows, columns

    def apply(self, node: Node) -> tuple[MapExpression, Size, Size]:
        elaboration = self.elaboration
        name_node, *arguments = node[1]
        name: str = name_node[1]
        custom = name in elaboration.functions
        if not custom and name not in ACTIVATIONS:
            raise elaboration.unknown(
                "E034", "activation", name_node, [*ACTIVATIONS, *elaboration.functions]
            )
        if not arguments:
            raise elaboration.reject("E063", f"expected a matrix expression in {name}(...)", node)
        parameters: dict[str, Any] = {}
        for argument in arguments[1:]:
            elaboration._parameter(name, custom, argument, parameters)
        inner, rows, columns = self.read(arguments[0])
        activation = elaboration.activation(name, custom, parameters, name_node)
        return ApplyExpression(activation, inner, elaboration.span(node)), rows, columns


def samples_of(elaboration: Elaboration) -> Term | None:
    """The number of samples that a ``data`` statement gives, looked up ahead of its turn."""
    for node in elaboration.groups.get("data", ()):
        for item in node[1]:
            if item[0] == "samples":
                try:
                    return elaboration.width(item[1][0], "the number of samples")
                except Rejected:
                    return None
    return None
