"""A model made concrete at a point: the matrices, the loss, the penalty, the structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from .. import algebra
from ..analysis import activation_of, loss_of
from ..model.activations import activation_properties
from ..model.diagnostics import Diagnostic, InputError
from ..model.losses import LossProperties, loss_properties
from ..model.problem import (
    Activation,
    DataMatrix,
    Layer,
    Model,
    NameExpression,
    ProductExpression,
    TransposeExpression,
)
from ..model.span import Span
from ..model.terms import Term, compare, is_number, show, substitute
from .functions import LossAt
from .numbers import Matrix

Rows = tuple[tuple[Fraction, ...], ...]


class LinearChain(NamedTuple):
    """The map as W_h ... W_1 X with free W_i (plus biases), all layers linear.

    ``weights`` are W_1 .. W_h with the identity added where a layer has ``skip`` (rule `skip`).
    """

    names: tuple[str, ...]
    weights: tuple[Rows, ...]
    biases: tuple[bool, ...]
    skips: tuple[bool, ...]
    first_bias: Rows | None = None

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """d_1 .. d_(h-1)."""
        return tuple(len(w) for w in self.weights[:-1])


class SymmetricMap(NamedTuple):
    """The map W W^T, or W W^T X (``with_data``)."""

    name: str
    with_data: bool


@dataclass(frozen=True)
class Instance:
    """A model at a point.

    ``leaves`` holds every known matrix by name (weights, biases as columns, X, constants).
    ``missing`` names what is needed for the loss and is not given. ``strengths`` are the
    penalty's coefficients by weight name.
    """

    model: Model
    leaves: Mapping[str, Rows]
    point_names: tuple[str, ...]
    loss: LossAt | None
    loss_facts: LossProperties
    missing: tuple[str, ...]
    penalty: Literal["l1", "l2"] | None
    strengths: Mapping[str, Fraction]
    chain: LinearChain | None
    symmetric: SymmetricMap | None
    inputs: Rows | None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The network's layers; none for a map."""
        return self.model.network.layers if self.model.network is not None else ()

    @property
    def convex(self) -> bool:
        """Whether the loss is convex in the outputs (derived, or the user vouches for it)."""
        return self.loss_facts.convex in ("yes", "declared")

    @property
    def differentiable(self) -> bool:
        """Whether the loss is differentiable everywhere."""
        return self.loss_facts.differentiable in ("yes", "declared")

    @property
    def unconstrained(self) -> bool:
        """Whether the value of the map is free."""
        return self.model.constraints is None


def _fail(model: Model, code: str, message: str, hint: str | None, span: Span | None) -> InputError:
    return InputError([Diagnostic(code, message, model.file, span, hint)])


def is_linear(activation: Activation) -> bool:
    """Whether the activation is the identity."""
    if activation.custom:
        return False
    if activation.name == "linear":
        return True
    return activation.name == "leaky_relu" and dict(activation.parameters)["slope"] == 1


def _column(matrix: Rows, length: int) -> Rows | None:
    """A bias as a column, from a row or a column."""
    size = algebra.shape(matrix)
    if size == (length, 1):
        return matrix
    if size == (1, length):
        return algebra.transpose(matrix)
    return None


def make_instance(model: Model, matrices: Sequence[DataMatrix] | None = None) -> Instance:
    """The model at its own point, or at the given matrices.

    Raises ``InputError``: E115 no point, E110 a matrix is missing, E111 a name the model does
    not have, E112 a shape that does not fit, E116 data of the wrong shape.
    """
    span = model.point.span if model.point is not None else model.span
    if matrices is None:
        if model.point is None:
            raise _fail(
                model, "E115", "the model states no point to look at",
                "add a statement such as `at W1 = [[1, 0]], W2 = [[1], [1]]`, or give a file of "
                "weights", model.span,
            )  # fmt: skip
        matrices = model.point.matrices
    given: dict[str, DataMatrix] = {}
    for matrix in matrices:
        if matrix.name in given:
            raise _fail(model, "E111", f"{matrix.name} is given twice", None, matrix.span or span)
        given[matrix.name] = matrix
    if model.network is not None:
        leaves = _network_leaves(model, given, span)
    elif model.map is not None:
        leaves = _map_leaves(model, given, span)
    else:
        raise TypeError("a model has a net or a map")
    inputs = _inputs(model, leaves)
    if inputs is not None:
        leaves["X"] = inputs
    missing = _missing(model, leaves)
    loss, absent = _loss(model, leaves, missing)
    strengths: dict[str, Fraction] = {}
    if model.regularizer is not None:
        names = _penalised(model)
        values = model.regularizer.strengths
        if len(values) == 1:
            values = values * len(names)
        strengths = dict(zip(names, values, strict=True))
    chain = _linear_chain(model, leaves)
    return Instance(
        model,
        leaves,
        tuple(name for name in given if name in _trained(model)),
        loss,
        loss_of(model)
        if model.loss.kind == "custom"
        else loss_properties(model.loss, model.declarations),
        tuple(dict.fromkeys((*missing, *absent))),
        None if model.regularizer is None else model.regularizer.kind,
        strengths,
        chain,
        _symmetric(model),
        inputs,
    )


def _trained(model: Model) -> frozenset[str]:
    if model.network is not None:
        layers = enumerate(model.network.layers, start=1)
        return frozenset(
            f"{kind}{k}"
            for k, layer in layers
            for kind in ("W", "b", "a")
            if kind == "a" or not layer.fixed
        )
    assert model.map is not None
    return frozenset(p.name for p in model.map.parameters)


def _penalised(model: Model) -> tuple[str, ...]:
    if model.network is not None:
        return tuple(
            f"W{k}" for k, layer in enumerate(model.network.layers, start=1) if not layer.fixed
        )
    assert model.map is not None
    return tuple(p.name for p in model.map.parameters)


def _network_leaves(
    model: Model, given: Mapping[str, DataMatrix], span: Span | None
) -> dict[str, Rows]:
    network = model.network
    assert network is not None
    expected: list[str] = []
    for k, layer in enumerate(network.layers, start=1):
        if layer.opaque is not None:
            continue
        trained = (f"a{k}",) if layer.activation.name == "prelu" else ()
        for name in (f"W{k}", *((f"b{k}",) if layer.bias else ()), *trained):
            # A fixed layer may be given by `data` or by the point.
            if not layer.fixed or model.data.matrix(name) is None:
                expected.append(name)
    _check_names(model, given, expected, span)
    leaves: dict[str, Rows] = {}
    widths: list[int | None] = [None] * (len(network.layers) + 1)
    owners: list[str] = [""] * len(widths)
    stated: list[Term] = [network.input_width, *(layer.width for layer in network.layers)]
    for k, width in enumerate(stated):
        if is_number(width):
            widths[k] = int(width)  # type: ignore[arg-type]
            owners[k] = "the model"
    for k in range(1, len(network.layers) + 1):
        source = given.get(f"W{k}") or model.data.matrix(f"W{k}")
        if source is None:
            continue
        rows, columns = source.matrix.shape
        for position, size, what in ((k - 1, columns, "columns"), (k, rows, "rows")):
            known = widths[position]
            if known is None:
                widths[position], owners[position] = size, f"W{k}"
            elif known != size:
                raise _fail(
                    model, "E112",
                    f"W{k} has {size} {what}, but layer width d{position} is {known} "
                    f"(from {owners[position]})",
                    f"W{k} must map the values of layer {k - 1} to those of layer {k}",
                    source.span or span,
                )  # fmt: skip
        leaves[f"W{k}"] = source.matrix.rows
    bindings: dict[str, Term] = {}
    for term, width_or_none in zip(stated, widths, strict=True):
        name = getattr(term, "name", None)
        if not isinstance(name, str) or width_or_none is None:
            continue
        if bindings.setdefault(name, width_or_none) != width_or_none:
            raise _fail(
                model, "E112",
                f"the width {name} would have to be both {bindings[name]} and {width_or_none}",
                None, span,
            )  # fmt: skip
    for term, width_or_none in zip(stated, widths, strict=True):
        value = substitute(term, bindings)
        if width_or_none is not None and compare("=", value, width_or_none) is False:
            raise _fail(
                model, "E112",
                f"the width {show(term)} is {width_or_none} at this point", None, span,
            )  # fmt: skip
    for k, layer in enumerate(network.layers, start=1):
        if layer.activation.name == "prelu" and layer.opaque is None:
            units = widths[k]
            assert units is not None
            slopes = given[f"a{k}"].matrix
            unit = _column(slopes.rows, 1) or _column(slopes.rows, units)
            if unit is None:
                raise _fail(
                    model, "E112",
                    f"a{k} must hold 1 slope or {units}, not {slopes.shape[0]} x "
                    f"{slopes.shape[1]} numbers", "one slope for all units of the layer, or one "
                    "for each", given[f"a{k}"].span or span,
                )  # fmt: skip
            leaves[f"a{k}"] = unit
        if not layer.bias:
            continue
        source = given.get(f"b{k}") or model.data.matrix(f"b{k}")
        if source is None:
            continue
        length = widths[k]
        assert length is not None
        column = _column(source.matrix.rows, length)
        if column is None:
            rows, columns = source.matrix.shape
            raise _fail(
                model, "E112", f"b{k} must hold {length} numbers, not {rows} x {columns}", None,
                source.span or span,
            )  # fmt: skip
        leaves[f"b{k}"] = column
    return leaves


def _check_names(
    model: Model,
    given: Mapping[str, DataMatrix],
    expected: Sequence[str],
    span: Span | None,
    optional: Sequence[str] = (),
) -> None:
    wanted = {*expected, *optional}
    for name, matrix in given.items():
        if name not in wanted:
            raise _fail(
                model, "E111", f"the model has no matrix called {name} to give",
                f"it has {', '.join(expected)}", matrix.span or span,
            )  # fmt: skip
    absent = [name for name in expected if name not in given]
    if absent:
        raise _fail(
            model, "E110", f"the point does not give {', '.join(absent)}",
            f"a point of this model needs {', '.join(expected)}", span,
        )  # fmt: skip


def _map_leaves(
    model: Model, given: Mapping[str, DataMatrix], span: Span | None
) -> dict[str, Rows]:
    the_map = model.map
    assert the_map is not None
    unstated = [c.name for c in the_map.constants if c.values is None]
    _check_names(model, given, [p.name for p in the_map.parameters], span, unstated)
    leaves: dict[str, Rows] = {}
    bindings: dict[str, Term] = {}
    for parameter in the_map.parameters:
        matrix = given[parameter.name].matrix
        rows = matrix.rows
        column = parameter.columns == 1 and len(rows) == 1 and len(rows[0]) > 1
        if column:
            rows = algebra.transpose(rows)
        for term, size, what in (
            (parameter.rows, len(rows), "rows"),
            (parameter.columns, len(rows[0]), "columns"),
        ):
            name = getattr(term, "name", None)
            if isinstance(name, str):
                bindings.setdefault(name, size)
            if compare("=", substitute(term, bindings), size) is False:
                raise _fail(
                    model, "E112",
                    f"{parameter.name} has {size} {what}, but {show(term)} = "
                    f"{show(substitute(term, bindings))} are expected",
                    None, given[parameter.name].span or span,
                )  # fmt: skip
        leaves[parameter.name] = rows
    for constant in the_map.constants:
        if constant.name in given:
            leaves[constant.name] = given[constant.name].matrix.rows
        elif constant.values is not None:
            leaves[constant.name] = constant.values.rows
    return leaves


def _inputs(model: Model, leaves: Mapping[str, Rows]) -> Rows | None:
    matrix = model.data.matrix("X")
    size = _input_size(model, leaves)
    if matrix is not None:
        if size is not None and matrix.matrix.shape[0] != size:
            raise _fail(
                model, "E116",
                f"X has {matrix.matrix.shape[0]} rows, but the input width is {size}",
                None, matrix.span,
            )  # fmt: skip
        return matrix.matrix.rows
    if model.data.property("X identity") is not None and size is not None:
        return algebra.identity(size)
    return None


def _input_size(model: Model, leaves: Mapping[str, Rows]) -> int | None:
    if model.network is not None:
        return len(leaves["W1"][0]) if "W1" in leaves else None
    assert model.map is not None
    rows = model.map.data_rows
    if rows is None:
        return None
    if is_number(rows):
        return int(rows)  # type: ignore[arg-type]
    for parameter in model.map.parameters:
        for term, size in (
            (parameter.rows, len(leaves[parameter.name])),
            (parameter.columns, len(leaves[parameter.name][0])),
        ):
            if term == rows:
                return size
    return None


def _missing(model: Model, leaves: Mapping[str, Rows]) -> list[str]:
    absent = []
    if model.network is not None:
        for k, layer in enumerate(model.network.layers, start=1):
            absent += [f"W{k}"] if f"W{k}" not in leaves else []
            absent += [f"b{k}"] if layer.bias and f"b{k}" not in leaves else []
        absent += [] if "X" in leaves else ["X"]
        return absent
    assert model.map is not None
    absent += [c.name for c in model.map.constants if c.name not in leaves]
    absent += ["X"] if model.map.data_rows is not None and "X" not in leaves else []
    return absent


def _loss(
    model: Model, leaves: Mapping[str, Rows], missing: Sequence[str]
) -> tuple[LossAt | None, list[str]]:
    loss = model.loss
    if loss.kind == "class":
        return None, [f"a concrete loss (the model says `{loss.name}`)"]
    absent: list[str] = []
    targets: Matrix | None = None
    stated = model.data.matrix("Y")
    if stated is not None:
        targets = stated.matrix.rows
    elif model.data.property("Y = X") is not None and "X" in leaves:
        targets = leaves["X"]
    elif loss.name != "linear_loss":
        absent.append("Y")
    weights: Matrix | None = None
    name = "coefficients" if loss.name == "linear_loss" else "weights"
    if loss.name in ("linear_loss", "weighted_squared", "masked_squared"):
        values = model.data.matrix(name)
        if values is None:
            absent.append(name)
        else:
            weights = values.matrix.rows
    if absent or missing:
        return None, absent
    return LossAt(loss, targets, weights), []


def _linear_chain(model: Model, leaves: Mapping[str, Rows]) -> LinearChain | None:
    if model.network is not None:
        layers = model.network.layers
        if any(
            layer.opaque is not None or layer.fixed or not is_linear(layer.activation)
            for layer in layers
        ):
            return None
        weights = []
        for k, layer in enumerate(layers, start=1):
            weight = leaves[f"W{k}"]
            if layer.skip:
                weight = algebra.add(weight, algebra.identity(len(weight)))
            weights.append(weight)
        return LinearChain(
            tuple(f"W{k}" for k in range(1, len(layers) + 1)),
            tuple(weights),
            tuple(layer.bias for layer in layers),
            tuple(layer.skip for layer in layers),
            leaves.get("b1"),
        )
    assert model.map is not None
    expression = model.map.expression
    factors = expression.factors if isinstance(expression, ProductExpression) else (expression,)
    names = [factor.name if isinstance(factor, NameExpression) else None for factor in factors]
    if model.map.data_rows is not None and names and names[-1] == "X":
        names = names[:-1]
    free = {p.name for p in model.map.parameters}
    if not names or any(n is None or n not in free for n in names) or len(set(names)) < len(names):
        return None
    ordered = tuple(name for name in reversed(names) if name is not None)
    blank = (False,) * len(ordered)
    return LinearChain(ordered, tuple(leaves[name] for name in ordered), blank, blank)


def _symmetric(model: Model) -> SymmetricMap | None:
    if model.map is None or not isinstance(model.map.expression, ProductExpression):
        return None
    factors = model.map.expression.factors
    first, second = factors[0], factors[1]
    if not (
        isinstance(first, NameExpression)
        and isinstance(second, TransposeExpression)
        and isinstance(second.of, NameExpression)
        and first.name == second.of.name
        and first.name in {p.name for p in model.map.parameters}
    ):
        return None
    rest = factors[2:]
    if not rest:
        return SymmetricMap(first.name, False)
    if len(rest) == 1 and isinstance(rest[0], NameExpression) and rest[0].name == "X":
        return SymmetricMap(first.name, True)
    return None


def homeomorphic(instance: Instance, layer: Layer) -> bool:
    """Whether the layer's activation is continuous and strictly monotone."""
    if layer.opaque is not None or layer.activation.name == "softmax":
        return False
    if layer.activation.name == "prelu":
        k = next(k for k, x in enumerate(instance.layers, start=1) if x is layer)
        return all(row[0] > 0 for row in instance.leaves[f"a{k}"])
    if layer.activation.custom:
        found = activation_of(instance.model, layer.activation)
    else:
        found = activation_properties(layer.activation, instance.model.declarations)
    return found.continuous is True and found.strictly_monotone is True
