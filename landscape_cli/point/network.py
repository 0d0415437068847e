"""The model map at concrete weights: value, gradient, Hessian, and curves through the point.

The map is a list of operations on matrices (a tape), the same for a ``net`` and for a ``map``;
reverse mode gives gradients, forward-over-reverse gives Hessian rows. Everything is exact over
the numbers of ``point.numbers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from ..model.problem import (
    Activation,
    ApplyExpression,
    Map,
    MapExpression,
    Model,
    NameExpression,
    Network,
    ProductExpression,
    SumExpression,
    TransposeExpression,
)
from .custom import with_definition
from .functions import (
    LossAt,
    activation_curvature,
    activation_slopes,
    activation_value,
)
from .numbers import (
    ONE,
    ZERO,
    Matrix,
    Number,
    Undecided,
    add_matrices,
    entrywise,
    flip,
    is_exact_zero,
    minus,
    multiply,
    pairing,
    plus,
    sign,
    times,
    total,
    zero_matrix,
)

Kind = Literal["leaf", "product", "sum", "transpose", "apply", "bias", "prelu"]


class Operation(NamedTuple):
    """One step of the tape; ``inputs`` are positions of earlier steps.

    ``leaf``: the matrix called ``name``. ``bias``: inputs (F, b), F + b 1^T. ``prelu``: inputs
    (F, a), with one trained slope a for all units (1 x 1) or one for each (a column).
    """

    kind: Kind
    inputs: tuple[int, ...] = ()
    name: str = ""
    activation: Activation | None = None


@dataclass(frozen=True)
class Tape:
    """The operations, the trained leaves in order, and where the layers' values stand.

    ``features[k]`` is the position of F_k (F_0 = the input) for a network, empty for a map.
    ``before[k]`` is the position of layer k's pre-activation.
    """

    operations: tuple[Operation, ...]
    parameters: tuple[str, ...]
    penalised: tuple[str, ...]
    features: tuple[int, ...] = ()
    before: tuple[int, ...] = ()


def tape_of(model: Model) -> Tape:
    """The tape of the model's map. Raises ``Undecided`` for a layer outside the theory."""
    if model.network is not None:
        return _network_tape(model.network, model)
    if model.map is not None:
        return _map_tape(model.map, model)
    raise TypeError("a model has a net or a map")


def _network_tape(network: Network, model: Model) -> Tape:
    steps: list[Operation] = [Operation("leaf", name="X")]
    parameters: list[str] = []
    penalised: list[str] = []
    features, before = [0], []
    current = 0
    for k, layer in enumerate(network.layers, start=1):
        if layer.opaque is not None:
            raise Undecided(f"layer {k} ({layer.opaque}) can't be evaluated")
        if layer.activation.name == "softmax":
            raise Undecided("softmax without the cross_entropy loss can't be evaluated")
        start = current
        steps.append(Operation("leaf", name=f"W{k}"))
        steps.append(Operation("product", (len(steps) - 1, current)))
        if not layer.fixed:
            parameters.append(f"W{k}")
            penalised.append(f"W{k}")
        if layer.bias:
            steps.append(Operation("leaf", name=f"b{k}"))
            steps.append(Operation("bias", (len(steps) - 2, len(steps) - 1)))
            if not layer.fixed:
                parameters.append(f"b{k}")
        before.append(len(steps) - 1)
        if layer.activation.name == "prelu":
            steps.append(Operation("leaf", name=f"a{k}"))
            steps.append(Operation("prelu", (len(steps) - 2, len(steps) - 1)))
            parameters.append(f"a{k}")
        elif layer.activation.name != "linear":
            activation = with_definition(layer.activation, model)
            steps.append(Operation("apply", (len(steps) - 1,), activation=activation))
        if layer.skip:
            steps.append(Operation("sum", (len(steps) - 1, start)))
        current = len(steps) - 1
        features.append(current)
    return Tape(tuple(steps), tuple(parameters), tuple(penalised), tuple(features), tuple(before))


def _map_tape(the_map: Map, model: Model) -> Tape:
    steps: list[Operation] = []
    leaves: dict[str, int] = {}

    def build(node: MapExpression) -> int:
        if isinstance(node, NameExpression):
            if node.name not in leaves:
                steps.append(Operation("leaf", name=node.name))
                leaves[node.name] = len(steps) - 1
            return leaves[node.name]
        if isinstance(node, ProductExpression):
            current = build(node.factors[0])
            for factor in node.factors[1:]:
                right = build(factor)
                steps.append(Operation("product", (current, right)))
                current = len(steps) - 1
            return current
        if isinstance(node, SumExpression):
            parts = tuple(build(term) for term in node.terms)
            steps.append(Operation("sum", parts))
        elif isinstance(node, TransposeExpression):
            steps.append(Operation("transpose", (build(node.of),)))
        elif isinstance(node, ApplyExpression):
            if node.activation.name == "linear":
                return build(node.of)
            activation = with_definition(node.activation, model)
            steps.append(Operation("apply", (build(node.of),), activation=activation))
        else:
            raise TypeError(f"unknown map expression {type(node).__name__}")
        return len(steps) - 1

    last = build(the_map.expression)
    assert last == len(steps) - 1 or len(steps) == 1 or steps[last].kind == "leaf"
    if last != len(steps) - 1:
        steps.append(Operation("sum", (last,)))
    used = {step.name for step in steps if step.kind == "leaf"}
    names = tuple(p.name for p in the_map.parameters if p.name in used)
    return Tape(tuple(steps), names, names)


def leaf_steps(tape: Tape) -> tuple[int, ...]:
    """The positions of the leaves: weights, biases, slopes, data and constants."""
    return tuple(i for i, step in enumerate(tape.operations) if step.kind == "leaf")


def size_of(rows: Matrix) -> int:
    """The number of entries."""
    return len(rows) * len(rows[0])


def slopes_of(tape: Tape) -> frozenset[str]:
    """The names of the trained slopes of prelu."""
    return frozenset(
        tape.operations[step.inputs[1]].name for step in tape.operations if step.kind == "prelu"
    )


def evaluate(tape: Tape, leaves: Mapping[str, Matrix]) -> tuple[Matrix, ...]:
    """The value of every step. ``KeyError`` names a leaf that is not given."""
    values: list[Matrix] = []
    for step in tape.operations:
        inputs = [values[i] for i in step.inputs]
        if step.kind == "leaf":
            values.append(leaves[step.name])
        elif step.kind == "product":
            values.append(multiply(inputs[0], inputs[1]))
        elif step.kind == "sum":
            result = inputs[0]
            for other in inputs[1:]:
                result = add_matrices(result, other)
            values.append(result)
        elif step.kind == "transpose":
            values.append(flip(inputs[0]))
        elif step.kind == "apply":
            activation = step.activation
            assert activation is not None
            values.append(entrywise(lambda t, s=activation: activation_value(s, t), inputs[0]))
        elif step.kind == "bias":
            values.append(_add_bias(inputs[0], inputs[1]))
        elif step.kind == "prelu":
            values.append(entrywise(times, inputs[0], _unit_slopes(inputs[0], inputs[1])))
        else:
            raise ValueError(f"unknown operation {step.kind}")
    return tuple(values)


def _unit_slopes(before: Matrix, slopes: Matrix) -> Matrix:
    """The factor by which prelu multiplies each entry: 1, or the unit's slope below 0."""
    units = slopes if len(slopes) == len(before) else slopes * len(before)
    return tuple(
        tuple(a[0] if sign(t) < 0 else ONE for t in row)
        for row, a in zip(before, units, strict=True)
    )


def _negative_part(before: Matrix) -> Matrix:
    return entrywise(lambda t: t if sign(t) < 0 else ZERO, before)


def _spread(slopes: Matrix, before: Matrix) -> Matrix:
    """A change of the slopes, entry by entry where prelu's argument is negative."""
    units = slopes if len(slopes) == len(before) else slopes * len(before)
    return tuple(
        tuple(a[0] if sign(t) < 0 else ZERO for t in row)
        for row, a in zip(before, units, strict=True)
    )


def _gathered(entries: Matrix, slopes: Matrix) -> Matrix:
    """The sums over the entries that share a slope."""
    rows = tuple((total(list(row)),) for row in entries)
    return rows if len(slopes) == len(rows) else ((total([row[0] for row in rows]),),)


def _add_bias(matrix: Matrix, bias: Matrix) -> Matrix:
    return tuple(
        tuple(plus(entry, b[0]) for entry in row) for row, b in zip(matrix, bias, strict=True)
    )


class Kink(NamedTuple):
    """Where an activation is not differentiable at the point."""

    step: int
    row: int
    column: int


def kinks(tape: Tape, values: tuple[Matrix, ...], order: int = 1) -> tuple[Kink, ...]:
    """The entries at which an activation has no derivative (order 1) or no second one (2)."""
    found = []
    for position, step in enumerate(tape.operations):
        if step.kind == "prelu":
            before, slopes_at = (values[i] for i in step.inputs)
            units = slopes_at if len(slopes_at) == len(before) else slopes_at * len(before)
            found += [
                Kink(position, i, j)
                for i, (row, a) in enumerate(zip(before, units, strict=True))
                for j, t in enumerate(row)
                if sign(t) == 0 and (order == 2 or sign(minus(a[0], ONE)) != 0)
            ]
        if step.kind != "apply":
            continue
        assert step.activation is not None
        for i, row in enumerate(values[step.inputs[0]]):
            for j, t in enumerate(row):
                if order == 1:
                    slopes = activation_slopes(step.activation, t)
                    broken = slopes.left is not slopes.right and not is_exact_zero(
                        minus(slopes.left, slopes.right)
                    )
                else:
                    broken = activation_curvature(step.activation, t) is None
                if broken:
                    found.append(Kink(position, i, j))
    return tuple(found)


def _slope_matrices(tape: Tape, values: tuple[Matrix, ...]) -> dict[int, Matrix]:
    result = {}
    for position, step in enumerate(tape.operations):
        if step.kind == "apply":
            activation = step.activation
            assert activation is not None
            result[position] = entrywise(
                lambda t, s=activation: activation_slopes(s, t).right, values[step.inputs[0]]
            )
        elif step.kind == "prelu":
            result[position] = _unit_slopes(*(values[i] for i in step.inputs))
    return result


def gradients(tape: Tape, values: tuple[Matrix, ...], output_gradient: Matrix) -> dict[str, Matrix]:
    """The gradient of <G, F(w)> in every trained leaf (reverse mode), G = ``output_gradient``.

    The point must have no kinks of order 1.
    """
    adjoint = _adjoints(tape, values, _slope_matrices(tape, values), output_gradient)
    wanted = set(tape.parameters)
    result: dict[str, Matrix] = {}
    for position, step in enumerate(tape.operations):
        if step.kind == "leaf" and step.name in wanted:
            own = adjoint[position]
            rows, columns = len(values[position]), len(values[position][0])
            result[step.name] = zero_matrix(rows, columns) if own is None else own
    return {name: result[name] for name in tape.parameters}


def tangent(
    tape: Tape, values: tuple[Matrix, ...], direction: Mapping[str, Matrix]
) -> list[Matrix | None]:
    """The derivative of every step along a direction of leaves (None: it does not move)."""
    slopes = _slope_matrices(tape, values)
    return _tangent(tape, values, direction, slopes)


def _tangent(
    tape: Tape,
    values: tuple[Matrix, ...],
    direction: Mapping[str, Matrix],
    slopes: Mapping[int, Matrix],
) -> list[Matrix | None]:
    moved: list[Matrix | None] = []
    for position, step in enumerate(tape.operations):
        inputs = [moved[i] for i in step.inputs]
        result: Matrix | None = None
        if step.kind == "leaf":
            result = direction.get(step.name)
        elif step.kind == "product":
            left, right = step.inputs
            if inputs[0] is not None:
                result = multiply(inputs[0], values[right])
            if inputs[1] is not None:
                part = multiply(values[left], inputs[1])
                result = part if result is None else add_matrices(result, part)
        elif step.kind == "sum":
            for part_or_none in inputs:
                if part_or_none is not None:
                    result = part_or_none if result is None else add_matrices(result, part_or_none)
        elif step.kind == "transpose":
            result = None if inputs[0] is None else flip(inputs[0])
        elif step.kind == "apply":
            result = None if inputs[0] is None else entrywise(times, inputs[0], slopes[position])
        elif step.kind == "bias":
            base = inputs[0]
            if inputs[1] is not None:
                rows, columns = len(values[position]), len(values[position][0])
                base = zero_matrix(rows, columns) if base is None else base
                base = _add_bias(base, inputs[1])
            result = base
        elif step.kind == "prelu":
            before = values[step.inputs[0]]
            if inputs[0] is not None:
                result = entrywise(times, inputs[0], slopes[position])
            if inputs[1] is not None:
                part = entrywise(times, _spread(inputs[1], before), before)
                result = part if result is None else add_matrices(result, part)
        else:
            raise ValueError(f"unknown operation {step.kind}")
        moved.append(result)
    return moved


def hessian(
    tape: Tape,
    values: tuple[Matrix, ...],
    loss: LossAt,
    output_gradient: Matrix,
    strengths: Mapping[str, Fraction],
    progress: Callable[[str, float], None] | None = None,
) -> tuple[tuple[Number, ...], ...] | None:
    """The Hessian in all trained entries (in the order of ``coordinates``), or None.

    None where the loss or an activation is not twice differentiable at the point. ``strengths``
    are the l2 coefficients by leaf; ``progress`` is told (text, fraction) row by row.
    """
    outputs = values[-1]
    curvature: Matrix | None = None
    if loss.loss.name != "cross_entropy":
        curvature = loss.curvature(outputs)
        if curvature is None:
            return None
    if kinks(tape, values, order=2):
        return None
    slopes = _slope_matrices(tape, values)
    bends: dict[int, Matrix] = {}
    for position, step in enumerate(tape.operations):
        if step.kind == "apply":
            activation = step.activation
            assert activation is not None
            bends[position] = entrywise(
                lambda t, s=activation: _certain_curvature(s, t), values[step.inputs[0]]
            )
    adjoint = _adjoints(tape, values, slopes, output_gradient)
    places = coordinates(tape, values)
    rows: list[tuple[Number, ...]] = []
    for position, (name, i, j) in enumerate(places):
        if progress is not None:
            progress("rows of the Hessian", position / len(places))
        shape = _leaf_shape(tape, values, name)
        unit = _unit(shape, i, j)
        moved = _tangent(tape, values, {name: unit}, slopes)
        change = moved[-1]
        start = None if change is None else loss.hessian_times(outputs, curvature, change)
        second = _second_adjoints(tape, values, slopes, bends, adjoint, moved, start)
        row: list[Number] = []
        for other, k, m in places:
            value = second[other]
            entry = ZERO if value is None else value[k][m]
            if (other, k, m) == (name, i, j):
                entry = plus(entry, strengths.get(name, ZERO))
            row.append(entry)
        rows.append(tuple(row))
    return tuple(rows)


def _certain_curvature(activation: Activation, t: Number) -> Number:
    found = activation_curvature(activation, t)
    assert found is not None  # kinks of order 2 were excluded
    return found


def _unit(shape: tuple[int, int], i: int, j: int) -> Matrix:
    return tuple(
        tuple(ONE if (r, c) == (i, j) else ZERO for c in range(shape[1])) for r in range(shape[0])
    )


def _leaf_shape(tape: Tape, values: tuple[Matrix, ...], name: str) -> tuple[int, int]:
    for position, step in enumerate(tape.operations):
        if step.kind == "leaf" and step.name == name:
            return len(values[position]), len(values[position][0])
    raise KeyError(name)


def coordinates(tape: Tape, values: tuple[Matrix, ...]) -> tuple[tuple[str, int, int], ...]:
    """All trained entries as (name, row, column), leaf by leaf."""
    result = []
    for name in tape.parameters:
        rows, columns = _leaf_shape(tape, values, name)
        result += [(name, i, j) for i in range(rows) for j in range(columns)]
    return tuple(result)


def _adjoints(
    tape: Tape, values: tuple[Matrix, ...], slopes: Mapping[int, Matrix], top: Matrix
) -> list[Matrix | None]:
    adjoint: list[Matrix | None] = [None] * len(values)
    adjoint[-1] = top

    def collect(position: int, value: Matrix) -> None:
        old = adjoint[position]
        adjoint[position] = value if old is None else add_matrices(old, value)

    for position in range(len(values) - 1, -1, -1):
        step, own = tape.operations[position], adjoint[position]
        if own is None or step.kind == "leaf":
            continue
        if step.kind == "product":
            left, right = step.inputs
            collect(left, multiply(own, flip(values[right])))
            collect(right, multiply(flip(values[left]), own))
        elif step.kind == "sum":
            for i in step.inputs:
                collect(i, own)
        elif step.kind == "transpose":
            collect(step.inputs[0], flip(own))
        elif step.kind == "apply":
            collect(step.inputs[0], entrywise(times, own, slopes[position]))
        elif step.kind == "prelu":
            before, slopes_at = (values[i] for i in step.inputs)
            collect(step.inputs[0], entrywise(times, own, slopes[position]))
            parts = entrywise(times, own, _negative_part(before))
            collect(step.inputs[1], _gathered(parts, slopes_at))
        else:
            collect(step.inputs[0], own)
            collect(step.inputs[1], tuple((total(list(row)),) for row in own))
    return adjoint


def _second_adjoints(
    tape: Tape,
    values: tuple[Matrix, ...],
    slopes: Mapping[int, Matrix],
    bends: Mapping[int, Matrix],
    adjoint: list[Matrix | None],
    moved: list[Matrix | None],
    top: Matrix | None,
) -> dict[str, Matrix | None]:
    """The directional derivative of every leaf's adjoint."""
    change: list[Matrix | None] = [None] * len(values)
    change[-1] = top

    def collect(position: int, value: Matrix | None) -> None:
        if value is not None:
            old = change[position]
            change[position] = value if old is None else add_matrices(old, value)

    for position in range(len(values) - 1, -1, -1):
        step, own, first = tape.operations[position], change[position], adjoint[position]
        if step.kind == "leaf" or (own is None and first is None):
            continue
        if step.kind == "product":
            left, right = step.inputs
            if own is not None:
                collect(left, multiply(own, flip(values[right])))
                collect(right, multiply(flip(values[left]), own))
            if first is not None:
                step_right, step_left = moved[right], moved[left]
                if step_right is not None:
                    collect(left, multiply(first, flip(step_right)))
                if step_left is not None:
                    collect(right, multiply(flip(step_left), first))
        elif step.kind == "sum":
            for i in step.inputs:
                collect(i, own)
        elif step.kind == "transpose":
            collect(step.inputs[0], None if own is None else flip(own))
        elif step.kind == "apply":
            source = step.inputs[0]
            if own is not None:
                collect(source, entrywise(times, own, slopes[position]))
            shift = moved[source]
            if first is not None and shift is not None:
                collect(
                    source,
                    entrywise(lambda a, b, c: times(times(a, b), c), first, bends[position], shift),
                )
        elif step.kind == "prelu":
            source, unit = step.inputs
            before, shift, turn = values[source], moved[source], moved[unit]
            if own is not None:
                collect(source, entrywise(times, own, slopes[position]))
                parts = entrywise(times, own, _negative_part(before))
                collect(unit, _gathered(parts, values[unit]))
            if first is not None and turn is not None:
                collect(source, entrywise(times, first, _spread(turn, before)))
            if first is not None and shift is not None:
                below = entrywise(lambda g, d, t: times(g, d) if sign(t) < 0 else ZERO,
                                  first, shift, before)  # fmt: skip
                collect(unit, _gathered(below, values[unit]))
        elif own is not None:
            collect(step.inputs[0], own)
            collect(step.inputs[1], tuple((total(list(row)),) for row in own))
    result: dict[str, Matrix | None] = {}
    for position, step in enumerate(tape.operations):
        if step.kind == "leaf" and step.name in tape.parameters:
            result[step.name] = change[position]
    return result


def penalty(
    kind: Literal["l1", "l2"], strengths: Mapping[str, Fraction], leaves: Mapping[str, Matrix]
) -> Number:
    """The regulariser's value: l2 sum strength/2 |W|^2, l1 sum strength |W|_1."""
    from .functions import HALF

    parts: list[Number] = []
    for name, strength in strengths.items():
        matrix = leaves[name]
        if kind == "l2":
            parts.append(times(times(HALF, strength), pairing(matrix, matrix)))
        else:
            size = total([e if sign(e) >= 0 else minus(ZERO, e) for row in matrix for e in row])
            parts.append(times(strength, size))
    return total(parts)


def expression_value(node: MapExpression, leaves: Mapping[str, Matrix], model: Model) -> Matrix:
    """The value of a matrix expression. ``KeyError`` names a leaf that is not given."""
    if isinstance(node, NameExpression):
        return leaves[node.name]
    if isinstance(node, ProductExpression):
        result = expression_value(node.factors[0], leaves, model)
        for factor in node.factors[1:]:
            result = multiply(result, expression_value(factor, leaves, model))
        return result
    if isinstance(node, SumExpression):
        result = expression_value(node.terms[0], leaves, model)
        for term in node.terms[1:]:
            result = add_matrices(result, expression_value(term, leaves, model))
        return result
    if isinstance(node, TransposeExpression):
        return flip(expression_value(node.of, leaves, model))
    if isinstance(node, ApplyExpression):
        activation = with_definition(node.activation, model)
        inner = expression_value(node.of, leaves, model)
        return entrywise(lambda t: activation_value(activation, t), inner)
    raise TypeError(f"unknown map expression {type(node).__name__}")
