"""Classifying a point: not a local minimum, a strict saddle, a local or a global minimum.

Every answer rests on an exact argument (theory.md, sections 2, 3 and 5); where none applies the
answer is "undecided".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

from .. import algebra
from ..openness.chain import Progress
from . import certificates
from .coverage import Coverage, is_quadratic_network
from .functions import PIECEWISE_LINEAR, pieces
from .instance import Instance, Rows, is_linear
from .moves import EqualLossMove, coefficient, equal_loss_move, lowest_order
from .network import (
    Tape,
    coordinates,
    evaluate,
    hessian,
    leaf_steps,
    penalty,
    size_of,
    slopes_of,
    tangent,
)
from .numbers import (
    ONE,
    ZERO,
    Enclosure,
    Matrix,
    Number,
    Polynomial,
    Undecided,
    add_matrices,
    all_zero,
    flip,
    is_exact_zero,
    is_rational,
    minus,
    multiply,
    plus,
    scale_matrix,
    sign,
    total,
)
from .products import ChainReport, chain_weights, reduced_data
from .stationary import LARGEST, descent_direction, stationary_subgradient

Classification = Literal[
    "not_local_minimum", "strict_saddle", "local_minimum", "global_minimum", "undecided"
]

# Losses that are nowhere negative.
NON_NEGATIVE = frozenset(
    ("squared", "weighted_squared", "masked_squared", "absolute", "quantile", "huber",
     "epsilon_insensitive", "log_cosh", "hinge", "squared_hinge", "logistic", "cross_entropy",
     "lp", "zero_one", "tukey")
)  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """A point with its value and first derivatives."""

    instance: Instance
    tape: Tape
    values: tuple[Matrix, ...]
    loss: Number | None
    slopes: tuple[Matrix, Matrix] | None
    smooth_map: bool
    has_loss_kinks: bool
    gradient: Mapping[str, Matrix] | None
    critical: bool | None
    chain: ChainReport | None
    covered: tuple[Coverage, ...]
    largest_hessian: int
    progress: Progress | None = None

    @property
    def outputs(self) -> Matrix:
        """The value of the map."""
        return self.values[-1]


@dataclass(frozen=True)
class Finding:
    """The classification and what it rests on."""

    classification: Classification
    reason: str
    argument: dict[str, Any] | None = None
    certificate: dict[str, Any] | None = None
    inertia: tuple[int, int, int] | None = None
    inertia_note: str | None = None
    critical: bool | None = None


def classify(s: Situation) -> Finding:
    """The strongest exact statement about the point."""
    found = _classify(s)
    if found.classification != "undecided" or not s.instance.unconstrained:
        return found
    argument = _germ_descent(s)
    if argument is None:
        return found
    return Finding(
        "not_local_minimum",
        "the objective falls along a straight line from the point",
        argument,
        inertia=found.inertia,
        inertia_note=found.inertia_note,
        critical=found.critical,
    )


def _classify(s: Situation) -> Finding:
    if not s.instance.unconstrained:
        return Finding("undecided", "the set of allowed outputs (`subject_to`) is not concrete")
    zero = _zero_loss(s)
    if zero is not None:
        return zero
    if s.slopes is None:
        return Finding("undecided", "the derivatives of the objective are not known here")
    if not s.smooth_map:
        found = _output_minimum(s) or _affine_region(s) or _growth(s) or _polynomial_bound(s)
        return found or Finding(
            "undecided", "an activation is not differentiable at the point (see `kinks`)"
        )
    if s.gradient is None:
        return _non_smooth(s)
    if s.critical is False:
        return _nonzero_gradient(s)
    if s.critical is None:
        return Finding("undecided", "enclosures do not tell whether the gradient is zero")
    return _critical_point(s)


def _zero_loss(s: Situation) -> Finding | None:
    instance = s.instance
    if (
        isinstance(s.loss, Fraction)
        and s.loss == 0
        and instance.model.loss.name in NON_NEGATIVE
        and instance.unconstrained
    ):
        return Finding("global_minimum", "the objective is 0 and is nowhere negative")
    return None


def _nonzero_gradient(s: Situation) -> Finding:
    assert s.gradient is not None
    gradient = s.gradient
    direction: dict[str, Matrix] = {}
    if all(is_rational(rows) for rows in gradient.values()):
        # A certificate holds the slopes of prelu fixed, so they stay where something else moves.
        weights = {name: rows for name, rows in gradient.items() if name not in slopes_of(s.tape)}
        moved = gradient if all(all_zero(rows) for rows in weights.values()) else weights
        direction = {name: scale_matrix(-ONE, rows) for name, rows in moved.items()}
    else:
        name, i, j, side = _certain_entry(gradient)
        rows = gradient[name]
        direction[name] = tuple(
            tuple(Fraction(-side) if (r, c) == (i, j) else ZERO for c in range(len(rows[0])))
            for r in range(len(rows))
        )
    argument = {
        "kind": "nonzero-gradient",
        "direction": certificates.direction(s.instance, direction),
    }
    return Finding("not_local_minimum", "the gradient is not zero", argument)


def _certain_entry(gradient: Mapping[str, Matrix]) -> tuple[str, int, int, int]:
    for name, rows in gradient.items():
        for i, row in enumerate(rows):
            for j, entry in enumerate(row):
                if is_exact_zero(entry):
                    continue
                try:
                    side = sign(entry)
                except Undecided:
                    continue
                if side:
                    return name, i, j, side
    raise AssertionError("a point that is not critical has an entry that is certainly not zero")


# Multiplications for the exact Hessian, roughly: some tens of seconds.
LARGEST_HESSIAN_WORK = 20_000_000

# Lines tried where no theorem decides.
MOST_LINES = 600


def _germ_descent(s: Situation) -> dict[str, Any] | None:
    """A line along which the objective's first non-zero coefficient in eps > 0 is negative.

    The objective along w + eps d is evaluated as a germ at eps = 0+ (exact also at kinks, where
    the sign of a polynomial is that of its lowest term). Single entries and pairs are tried.
    """
    places = coordinates(s.tape, s.values)
    if s.loss is None or isinstance(s.loss, Enclosure):
        return None
    singles = [((place, side),) for place in places for side in (1, -1)]
    lines: list[tuple[tuple[tuple[str, int, int], int], ...]] = list(singles)
    for i, first in enumerate(places):
        for second in places[i + 1 :]:
            lines += [((first, a), (second, b)) for a in (1, -1) for b in (1, -1)]
            if len(lines) > MOST_LINES:
                break
    for line in lines[:MOST_LINES]:
        direction: dict[str, list[list[Number]]] = {}
        for (name, i, j), side in line:
            rows = s.instance.leaves[name]
            if name not in direction:
                direction[name] = [[ZERO] * len(row) for row in rows]
            direction[name][i][j] = Fraction(side)
        frozen: dict[str, Matrix] = {
            name: tuple(tuple(row) for row in rows) for name, rows in direction.items()
        }
        eps = Polynomial((0, 1))
        moved: dict[str, Matrix] = {
            name: add_matrices(s.instance.leaves[name], scale_matrix(eps, rows))
            for name, rows in frozen.items()
        }
        try:
            change = _objective_along(s, moved)
        except Undecided:
            return None
        if change is None:
            return None
        order = change.order
        if order is not None and order > 0 and change.coefficient(order) < 0:
            if order == 1:
                return {
                    "kind": "nonzero-gradient",
                    "direction": certificates.direction(s.instance, frozen),
                }
            return {
                "kind": "descent-curve",
                "curve": certificates.curve(s.instance, moved),
                "order": order,
            }
    return None


def _objective_along(s: Situation, moved: Mapping[str, Matrix]) -> Polynomial | None:
    """The objective minus its value along a curve, or None where it is no polynomial."""
    instance = s.instance
    assert instance.loss is not None and s.loss is not None
    leaves: dict[str, Matrix] = dict(instance.leaves)
    leaves.update(moved)
    value = instance.loss.value(evaluate(s.tape, leaves)[-1])
    if instance.penalty is not None:
        value = plus(value, penalty(instance.penalty, instance.strengths, leaves))
    difference = minus(value, s.loss)
    if isinstance(difference, Polynomial):
        return difference
    return Polynomial((difference,)) if isinstance(difference, Fraction) else None


# --- losses with kinks -----------------------------------------------------------------------


def _flat(rows: Matrix) -> list[Fraction]:
    result = []
    for row in rows:
        for entry in row:
            if not isinstance(entry, Fraction):
                raise Undecided("a derivative is not rational")
            result.append(entry)
    return result


def _box(slopes: tuple[Matrix, Matrix]) -> tuple[list[Fraction], list[Fraction]]:
    low, high = _flat(slopes[0]), _flat(slopes[1])
    if any(a > b for a, b in zip(low, high, strict=True)):
        raise Undecided("the loss is not convex in its outputs")
    return low, high


def _non_smooth(s: Situation) -> Finding:
    """A convex loss (or an l1 penalty) with kinks at the point, a differentiable map."""
    instance = s.instance
    assert s.slopes is not None
    if not instance.convex:
        return Finding("undecided", "the loss is neither differentiable here nor convex")
    low, high = _box(s.slopes)
    places = coordinates(s.tape, s.values)
    if len(places) > LARGEST or len(low) > LARGEST:
        return Finding("undecided", "too many unknowns for the exact subgradient test")
    columns: list[list[Fraction]] = []
    offset_low: list[Fraction] = []
    offset_high: list[Fraction] = []
    width = len(s.outputs[0])
    for name, i, j in places:
        rows = instance.leaves[name]
        unit = {
            name: tuple(
                tuple(ONE if (r, c) == (i, j) else ZERO for c in range(len(rows[0])))
                for r in range(len(rows))
            )
        }
        change = tangent(s.tape, s.values, unit)[-1]
        columns.append([ZERO] * (len(s.outputs) * width) if change is None else _flat(change))
        strength = instance.strengths.get(name, ZERO)
        entry = rows[i][j]
        if instance.penalty == "l1":
            offset_low.append(strength if entry > 0 else -strength)
            offset_high.append(-strength if entry < 0 else strength)
        else:
            offset_low.append(strength * entry)
            offset_high.append(strength * entry)
    found = stationary_subgradient(columns, low, high, offset_low, offset_high)
    if found is None:
        direction = descent_direction(columns, low, high, offset_low, offset_high)
        assert direction is not None  # duality
        moves = certificates.rational_vector(places, tuple(direction), instance.leaves)
        argument = {
            "kind": "nonzero-gradient",
            "direction": certificates.direction(instance, moves),
        }
        return Finding(
            "not_local_minimum",
            "no subgradient of the objective is zero: some direction descends at first order",
            argument,
            critical=False,
        )
    decided = (
        _convex_problem(s)
        or _output_minimum(s)
        or _affine_region(s)
        or _growth(s)
        or _polynomial_bound(s)
    )
    if decided is not None:
        return decided
    return Finding(
        "undecided",
        "zero is a subgradient of the objective here, and no second-order argument applies where "
        "it is not differentiable",
        critical=True,
    )


# --- the part of the output space that is reached near the point ---------------------------------


@dataclass(frozen=True)
class Reach:
    """Near the point all outputs have the form M ``base`` (+ c 1^T if ``shifted``).

    ``base`` None: the output is constant near the point.
    """

    base: Matrix | None
    shifted: bool
    everywhere: bool


def _reach(s: Situation) -> Reach | None:
    """The affine set that holds all outputs near the point, for piecewise linear networks."""
    instance = s.instance
    if instance.chain is not None:
        data = instance.inputs
        if data is None:
            data = algebra.identity(len(instance.chain.weights[0][0]))
        return Reach(data, any(instance.chain.biases), True)
    layers = instance.layers
    if not layers or instance.inputs is None or any(x.opaque or x.skip for x in layers):
        return None
    base: Matrix | None = instance.inputs
    shifted = False
    everywhere = True
    constant: Matrix | None = None  # the layer's value, where it is constant near the point
    for k, layer in enumerate(layers, start=1):
        activation = layer.activation
        if activation.custom or activation.name not in PIECEWISE_LINEAR:
            return None
        if is_linear(activation):
            shifted = shifted or layer.bias
            constant = None if layer.bias or not layer.fixed else constant
            if constant is not None:
                constant = multiply(instance.leaves[f"W{k}"], constant)
            continue
        everywhere = False
        after = s.values[s.tape.features[k]]
        if constant is not None and not layer.bias and all_zero(constant):
            # The input of the layer vanishes near the point, whatever its weights.
            base, shifted, constant = after, False, after
            continue
        used = _pieces_used(s.values[s.tape.before[k - 1]], activation)
        if used is None:
            return None
        if all(piece.slope == 0 for piece in used):
            base, shifted, constant = after, False, after
            continue
        constant = None
        shifted = shifted or layer.bias or any(piece.intercept != 0 for piece in used)
    if constant is not None:
        return Reach(None, False, False)
    return Reach(base, shifted, everywhere)


def _pieces_used(before: Matrix, activation: Any) -> list[Any] | None:
    """For each unit the piece that holds all its pre-activations strictly inside, or None."""
    used = []
    for row in before:
        inside = None
        for piece in pieces(activation):
            if all(
                (piece.low is None or sign(minus(t, piece.low)) > 0)
                and (piece.high is None or sign(minus(t, piece.high)) < 0)
                for t in row
            ):
                inside = piece
        if inside is None or inside.slope is None:
            return None
        used.append(inside)
    return used


def _output_columns(reach: Reach, rows: int, columns: int) -> list[list[Fraction]]:
    """The directions M base + c 1^T, entry by entry of M and c, as flat output changes."""
    result: list[list[Fraction]] = []
    sources: list[list[Fraction]] = []
    if reach.base is not None:
        sources += [_flat((row,)) for row in reach.base if not all_zero((row,))]
    if reach.shifted:
        sources.append([ONE] * columns)
    for source in sources:
        for i in range(rows):
            flat = [ZERO] * (rows * columns)
            flat[i * columns : (i + 1) * columns] = source
            result.append(flat)
    return result


def _least_over(s: Situation, reach: Reach) -> tuple[bool, list[Fraction] | None]:
    """Whether the convex loss is least at Z among outputs of that form; a subgradient for it."""
    assert s.slopes is not None
    rows, columns = len(s.outputs), len(s.outputs[0])
    if not s.has_loss_kinks:
        slope = s.slopes[0]
        if reach.base is not None and not all_zero(multiply(slope, flip(reach.base))):
            return False, None
        if reach.shifted and any(not is_exact_zero(total(list(row))) for row in slope):
            return False, None
        return True, None
    low, high = _box(s.slopes)
    free = _output_columns(reach, rows, columns)
    if len(low) > LARGEST or len(free) > LARGEST:
        return False, None
    blank = [ZERO] * len(free)
    found = stationary_subgradient(free, low, high, blank, blank)
    return found is not None, found


def _affine_region(s: Situation) -> Finding | None:
    """Near the point the outputs stay in an affine set on which Z is the best (section 5.4)."""
    instance = s.instance
    if instance.penalty is not None or not instance.unconstrained:
        return None
    reach = _reach(s)
    if reach is None:
        return None
    if reach.base is None and not reach.shifted:
        if s.loss is None:
            return None
        return Finding(
            "local_minimum",
            "the network is constant near the point (dead units): a flat local minimum",
            {"kind": "affine-region"},
            inertia_note="the objective is constant near the point",
        )
    if not instance.convex or s.slopes is None:
        return None
    least, subgradient = _least_over(s, reach)
    if not least:
        return None
    if reach.everywhere:
        return Finding(
            "global_minimum",
            "the outputs are the best among all outputs that a linear map of the data can give",
            critical=True,
        )
    argument: dict[str, Any] = {"kind": "affine-region"}
    if subgradient is not None:
        width = len(s.outputs[0])
        argument["subgradient"] = [
            [str(v) for v in subgradient[i : i + width]] for i in range(0, len(subgradient), width)
        ]
    return Finding(
        "local_minimum",
        "near the point the network is affine on the data, and its outputs are the best among all "
        "outputs of that form",
        argument,
        inertia_note="the argument needs no Hessian",
        critical=True,
    )


def _output_minimum(s: Situation) -> Finding | None:
    """Zero is a subgradient of the convex loss at the outputs themselves."""
    instance = s.instance
    if not instance.convex or instance.penalty is not None or not instance.unconstrained:
        return None
    assert s.slopes is not None
    for low_row, high_row in zip(*s.slopes, strict=True):
        for low, high in zip(low_row, high_row, strict=True):
            if is_exact_zero(low) or is_exact_zero(high):
                continue
            if not (sign(low) < 0 < sign(high)):
                return None
    return Finding(
        "global_minimum",
        "the outputs minimise the convex loss over all outputs (zero is a subgradient)",
        critical=True,
    )


def _growth(s: Situation) -> Finding | None:
    """All weights zero, enough layers, a penalty on each (section 5.3)."""
    instance = s.instance
    layers = instance.layers
    if instance.penalty is None or not instance.convex or not instance.unconstrained:
        return None
    if layers:
        if any(x.fixed or x.skip or x.opaque or x.bias or x.activation.custom for x in layers):
            return None
        depth = len(layers)
        from ..model.activations import activation_properties

        for layer in layers:
            if layer.activation.name == "prelu":
                return None
            known = activation_properties(layer.activation)
            if known.zero != 0 or known.continuous is not True or known.lipschitz_at_zero is None:
                return None
    elif instance.chain is not None:
        depth = len(instance.chain.weights)
    else:
        return None
    if depth < (3 if instance.penalty == "l2" else 2):
        return None
    if any(strength <= 0 for strength in instance.strengths.values()):
        return None
    names = list(instance.strengths)
    if len(names) != depth or any(not all_zero(instance.leaves[name]) for name in names):
        return None
    if s.slopes is not None and not s.has_loss_kinks:
        argument: dict[str, Any] = {"kind": "growth"}
    else:
        argument = {"kind": "growth", "subgradient": _some_subgradient(s)}
    return Finding(
        "local_minimum",
        "at the origin the penalty grows faster than the loss can fall: a strict local minimum",
        argument,
        inertia_note="the argument needs no Hessian",
    )


def _some_subgradient(s: Situation) -> list[list[str]]:
    assert s.slopes is not None
    return [[str(v) for v in _flat((row,))] for row in s.slopes[0]]


def _halves(s: Situation) -> list[tuple[int, Rows, Rows]]:
    """(s, W_h ... W_(s+1), F_s) for every split with linear layers without bias above it."""
    instance = s.instance
    layers = instance.layers
    result: list[tuple[int, Rows, Rows]] = []
    if layers:
        above: Rows | None = None
        for k in range(len(layers), 1, -1):
            layer = layers[k - 1]
            if not is_linear(layer.activation) or layer.bias or layer.skip or layer.opaque:
                break
            weight = instance.leaves[f"W{k}"]
            above = weight if above is None else algebra.product(above, weight)
            features = s.values[s.tape.features[k - 1]]
            if is_rational(features):
                result.append((k - 1, above, cast("Rows", features)))
        return result
    chain = instance.chain
    if chain is None:
        return result
    for k in range(1, len(chain.weights)):
        below = algebra.product(*reversed(chain.weights[:k]))
        if instance.inputs is not None:
            below = algebra.product(below, instance.inputs)
        result.append((k, algebra.product(*reversed(chain.weights[k:])), below))
    return result


def _polynomial_bound(s: Situation) -> Finding | None:
    """One output entry is bounded by the others through an identity (section 5.2).

    A0 B0 = 0 with rank A0 + rank B0 = the width between, row i of A0 and column j of B0 zero:
    nearby Z_ij is a combination of the other entries with coefficients that tend to 0. The loss is
    differentiable at entry (i, j) and has a kink with 0 strictly inside its subdifferential at all
    others, so it cannot fall.
    """
    instance = s.instance
    if (
        s.slopes is None
        or instance.penalty is not None
        or not instance.convex
        or instance.model.loss.name == "cross_entropy"
        or any(layer.activation.name == "step" or layer.opaque for layer in instance.layers)
    ):
        return None
    low, high = s.slopes
    if not is_rational(low) or not is_rational(high):
        return None
    blunt = [
        (i, j)
        for i, (lows, highs) in enumerate(zip(low, high, strict=True))
        for j, (a, b) in enumerate(zip(lows, highs, strict=True))
        if not (sign(a) < 0 < sign(b))
    ]
    if len(blunt) != 1:
        return None
    i, j = blunt[0]
    if low[i][j] != high[i][j]:
        return None
    for layer_number, left, right in _halves(s):
        rest = [[e for c, e in enumerate(row) if c != j] for row in right]
        if (
            any(left[i])
            or any(row[j] for row in right)
            or not algebra.is_zero(algebra.product(left, right))
            or not rest[0]
            or algebra.rank(left) + algebra.rank(rest) < len(right)
        ):
            continue
        argument = {"kind": "polynomial-bound", "layer": layer_number, "row": i, "column": j}
        return Finding(
            "local_minimum",
            f"nearby, output ({i + 1}, {j + 1}) is bounded by a small multiple of the others, and "
            "the loss has a kink at each of those",
            argument,
            inertia_note="the argument needs no Hessian",
            critical=True,
        )
    return None


# --- critical points of differentiable objectives ---------------------------------------------


def _critical_point(s: Situation) -> Finding:
    decided = _convex_problem(s) or _global(s)
    if decided is not None:
        return decided
    places = coordinates(s.tape, s.values)
    found: algebra.Inertia | None = None
    curvature: Rows | None = None
    note: str | None = None
    work = len(places) * sum(len(s.outputs[0]) * size_of(s.values[i]) for i in leaf_steps(s.tape))
    if len(places) > s.largest_hessian or work > LARGEST_HESSIAN_WORK:
        note = (
            f"the Hessian has {len(places)} rows; exact inertia is worked out up to "
            f"{s.largest_hessian} rows, where their entries cost at most "
            f"{LARGEST_HESSIAN_WORK} multiplications (here about {work})"
        )
    else:
        curvature, note = _exact_hessian(s)
        if curvature is not None:
            if s.progress is not None and len(places) >= algebra.LARGE_INERTIA:
                s.progress("inertia of the Hessian", 1.0)
            found = algebra.inertia(curvature)
    signs = None if found is None else (found.positive, found.negative, found.zero)
    if found is not None and found.direction is not None:
        moves = certificates.rational_vector(places, found.direction, s.instance.leaves)
        argument = {
            "kind": "negative-curvature",
            "direction": certificates.direction(s.instance, moves),
        }
        return Finding(
            "strict_saddle",
            f"the Hessian has {found.negative} negative eigenvalue"
            f"{'s' if found.negative > 1 else ''}",
            argument,
            inertia=signs,
        )
    move = _equal_loss(s)
    if move is not None:
        reason, argument = move
        return Finding("not_local_minimum", reason, argument, inertia=signs, inertia_note=note)
    if found is not None and curvature is not None:
        decided = _eckart_young(s, signs) or _strict(s, found, curvature, places)
        if decided is not None:
            return decided
    local = _affine_region(s) or _growth(s)
    if local is not None:
        return Finding(local.classification, local.reason, local.argument, None, signs, note, True)
    return Finding(
        "undecided",
        "the point is critical, and no argument that is known here decides it",
        inertia=signs,
        inertia_note=note,
    )


def _exact_hessian(s: Situation) -> tuple[Rows | None, str | None]:
    assert s.slopes is not None and s.instance.loss is not None
    strengths = s.instance.strengths if s.instance.penalty == "l2" else {}
    try:
        found = hessian(s.tape, s.values, s.instance.loss, s.slopes[0], strengths, s.progress)
    except Undecided as limit:
        return None, f"the Hessian can't be evaluated: {limit}"
    if found is None:
        return None, "the objective is not twice differentiable at the point"
    if not is_rational(found):
        return None, "the Hessian is not rational: its inertia is not worked out exactly"
    return cast("Rows", found), None


def _convex_problem(s: Situation) -> Finding | None:
    """One trained layer with linear maps after it: convex, so a stationary point is global."""
    instance = s.instance
    if not instance.convex or not instance.unconstrained:
        return None
    layers = instance.layers
    if layers:
        first = next((k for k, layer in enumerate(layers) if not layer.fixed), None)
        if first is None:
            return None
        rest = layers[first:]
        affine = (
            all(layer.fixed for layer in rest[1:])
            and all(is_linear(layer.activation) for layer in rest)
            and not any(layer.opaque for layer in layers)
        )
    else:
        affine = instance.chain is not None and len(instance.chain.weights) == 1
    if not affine:
        return None
    return Finding(
        "global_minimum",
        "the map is affine in the parameters and the loss convex, so a stationary point is global "
        "(convex-problem)",
        critical=True,
    )


def _global(s: Situation) -> Finding | None:
    instance = s.instance
    if not instance.convex or not instance.unconstrained:
        return None
    assert s.slopes is not None
    slope = s.slopes[0]
    if instance.penalty is None:
        if all_zero(slope):
            return Finding(
                "global_minimum", "the gradient of the convex loss in the outputs is zero"
            )
        if instance.chain is not None:
            reach = _reach(s)
            assert reach is not None
            if _least_over(s, reach)[0]:
                return Finding(
                    "global_minimum",
                    "the gradient of the convex loss in the product is zero, so no matrix in its "
                    "place does better",
                )
    return _symmetric_global(s, slope) or _decay_global(s, slope)


def _symmetric_global(s: Situation, slope: Matrix) -> Finding | None:
    """KKT on the psd cone: the symmetric part of the gradient in W W^T is psd (section 3)."""
    instance = s.instance
    matrix: Rows
    if instance.symmetric is not None and instance.penalty != "l1":
        gradient = slope
        if instance.symmetric.with_data:
            if instance.inputs is None:
                return None
            gradient = multiply(slope, flip(instance.inputs))
        if not is_rational(gradient):
            return None
        exact = cast("Rows", gradient)
        size = len(exact)
        strength = instance.strengths.get(instance.symmetric.name, ZERO)
        matrix = algebra.add(
            algebra.scale(Fraction(1, 2), algebra.add(exact, algebra.transpose(exact))),
            algebra.scale(strength / 2, algebra.identity(size)),
        )
        weight = instance.leaves[instance.symmetric.name]
        complementary = algebra.product(matrix, weight)
    elif is_quadratic_network(instance) and instance.penalty is None and instance.inputs:
        if not is_rational(slope):
            return None
        scaled = tuple(
            tuple(g * x for g, x in zip(slope[0], row, strict=True)) for row in instance.inputs
        )
        matrix = algebra.product(cast("Rows", scaled), algebra.transpose(instance.inputs))
        complementary = algebra.product(instance.leaves["W1"], matrix)
    else:
        return None
    if not algebra.is_zero(complementary) or algebra.inertia(matrix).negative:
        return None
    return Finding(
        "global_minimum",
        "the gradient in the symmetric product is positive semidefinite and vanishes on it: the "
        "optimality condition over the psd cone",
    )


def _decay_global(s: Situation, slope: Matrix) -> Finding | None:
    """h = 2 with l2 on both layers: |G|_op <= lambda (section 2, `two-layer-decay-deficient`)."""
    instance, chain = s.instance, s.instance.chain
    if chain is None or instance.penalty != "l2" or len(chain.weights) != 2:
        return None
    if any(chain.biases) or any(chain.skips) or not instance.differentiable:
        return None
    strengths = [instance.strengths[name] for name in chain.names]
    if min(strengths) <= 0 or not is_rational(slope):
        return None
    data = instance.inputs
    if data is None:
        data = algebra.identity(len(chain.weights[0][0]))
    gradient = algebra.product(cast("Rows", slope), algebra.transpose(data))
    square = algebra.product(gradient, algebra.transpose(gradient))
    bound = algebra.scale(strengths[0] * strengths[1], algebra.identity(len(square)))
    if algebra.inertia(algebra.subtract(bound, square)).negative:
        return None
    return Finding(
        "global_minimum",
        "a critical point where the gradient in the product has operator norm at most lambda "
        "(two-layer-decay-deficient)",
    )


def _eckart_young(s: Situation, signs: tuple[int, int, int] | None) -> Finding | None:
    """Squared loss, linear, non-degenerate, no negative curvature: global.

    At rank k = the least width the product is a submersion onto the rank-k matrices, and there a
    critical point that is not global has a direction of strictly negative curvature.
    """
    instance, report = s.instance, s.chain
    if (
        report is None
        or signs is None
        or instance.penalty is not None
        or not instance.unconstrained
        or instance.model.loss.name != "squared"
        or instance.model.loss.kind != "named"
        or not report.test.nondegenerate
    ):
        return None
    return Finding(
        "global_minimum",
        "non-degenerate, critical and without negative curvature: for the squared loss that is a "
        "best approximation of its rank (open-chain, eckart-young)",
        inertia=signs,
    )


def _gauge_layers(s: Situation) -> list[int]:
    """Hidden layers j whose units can be mixed: linear, trained, no skip on either side."""
    layers = s.instance.layers
    if not layers:
        chain = s.instance.chain
        return list(range(1, len(chain.weights))) if chain is not None else []
    result = []
    for j in range(1, len(layers)):
        here, above = layers[j - 1], layers[j]
        if any(x.fixed or x.skip or x.opaque for x in (here, above)):
            continue
        if is_linear(here.activation):
            result.append(j)
    return result


def _gauge_tangents(
    s: Situation, gauge: list[int], places: tuple[tuple[str, int, int], ...]
) -> list[tuple[Fraction, ...]]:
    """Tangent vectors at the point of the symmetries that leave the objective unchanged."""
    instance = s.instance
    index = {place: i for i, place in enumerate(places)}
    vectors: list[tuple[Fraction, ...]] = []

    def add(parts: dict[str, Rows]) -> None:
        vector = [ZERO] * len(places)
        for name, rows in parts.items():
            for i, row in enumerate(rows):
                for j, entry in enumerate(row):
                    vector[index[name, i, j]] = entry
        vectors.append(tuple(vector))

    def generators(size: int) -> list[Rows]:
        skew = instance.penalty is not None or instance.symmetric is not None
        found = []
        for a in range(size):
            for b in range(a if skew else size):
                rows = [[ZERO] * size for _ in range(size)]
                rows[a][b] = ONE
                if skew:
                    rows[b][a] = -ONE
                found.append(tuple(tuple(row) for row in rows))
        return found

    if instance.symmetric is not None:
        weight = instance.leaves[instance.symmetric.name]
        for generator in generators(len(weight[0])):
            add({instance.symmetric.name: algebra.product(weight, generator)})
        return vectors
    for j in gauge:
        if instance.layers:
            lower, upper, bias = f"W{j}", f"W{j + 1}", f"b{j}"
        else:
            assert instance.chain is not None
            lower, upper, bias = instance.chain.names[j - 1], instance.chain.names[j], ""
        for generator in generators(len(instance.leaves[lower])):
            parts = {
                lower: algebra.product(generator, instance.leaves[lower]),
                upper: algebra.scale(-1, algebra.product(instance.leaves[upper], generator)),
            }
            if bias in instance.leaves:
                parts[bias] = algebra.product(generator, instance.leaves[bias])
            add(parts)
    return vectors


def _strict(
    s: Situation,
    found: algebra.Inertia,
    curvature: Rows,
    places: tuple[tuple[str, int, int], ...],
) -> Finding | None:
    """Positive definite, or positive definite across the orbits of a symmetry: a local minimum.

    The objective is constant on the orbits, and orbits of points of a slice across the orbit of
    the point fill a neighbourhood; on the slice the Hessian is positive definite.
    """
    signs = (found.positive, found.negative, found.zero)
    if found.negative:
        return None
    argument: dict[str, Any] = {"kind": "strict-hessian"}
    if found.zero == 0:
        return Finding(
            "local_minimum",
            "the gradient is zero and the Hessian positive definite: a strict local minimum",
            argument,
            inertia=signs,
        )
    if s.instance.penalty == "l1":
        return None
    gauge = _gauge_layers(s) if s.instance.symmetric is None else [1]
    if not gauge:
        return None
    vectors = _gauge_tangents(s, gauge, places)
    vectors = [vector for vector in vectors if any(vector)]
    if not vectors or algebra.rank(vectors) != found.zero:
        return None
    for vector in vectors:
        if any(algebra.apply(curvature, vector)):
            raise ArithmeticError("a symmetry of the objective is not in the Hessian's kernel")
    argument["gauge"] = gauge
    return Finding(
        "local_minimum",
        "the gradient is zero and the Hessian positive definite across the orbit of the symmetry "
        "that mixes hidden units: a local minimum",
        argument,
        inertia=signs,
    )


# --- leaving degenerate critical points of linear networks ------------------------------------


def _equal_loss(s: Situation) -> tuple[str, dict[str, Any]] | None:
    """The algorithm in the proof of `linear-degenerate`, and a descent curve from it."""
    instance, chain = s.instance, s.instance.chain
    if (
        chain is None
        or s.chain is None
        or instance.penalty is not None
        or not instance.unconstrained
        or s.slopes is None
        or s.has_loss_kinks
        or not is_rational(s.slopes[0])
    ):
        return None
    data = reduced_data(instance)
    if data is None:
        return None
    gradient = _reduced_gradient(s, data)
    if gradient is None:
        return None
    weights = chain_weights(chain)
    assert weights is not None  # there are reduced data
    move = equal_loss_move(weights, data, gradient)
    if move is None:
        return None
    moved = _in_leaves(s, move)
    descent = _descent_curve(s, move, moved)
    if descent is not None:
        return (
            "a degenerate critical point of a linear network whose gradient in the product is not "
            "zero: the loss falls along a curve",
            descent,
        )
    name = chain.names[move.layer - 1]
    rows = instance.leaves[name]
    width = len(move.weights[move.layer - 1][0])
    unit: Matrix = tuple(
        tuple(ONE if (i, j) == (move.row, move.column) else ZERO for j in range(width))
        for i in range(len(rows))
    )
    argument = {
        "kind": "equal-loss-move",
        "curve": certificates.curve(instance, moved),
        "direction": certificates.direction(instance, _by_leaf(instance, name, unit)),
    }
    return (
        "a degenerate critical point of a linear network whose gradient in the product is not "
        "zero: nearby points of the same loss have a non-zero gradient",
        argument,
    )


def _reduced_gradient(s: Situation, data: Rows) -> Rows | None:
    """The gradient in M of l(M R) where X = C R (C = ``data``): G R^T."""
    assert s.slopes is not None
    slope = cast("Rows", s.slopes[0])
    inputs = s.instance.inputs
    if inputs is None:
        return slope
    chain = s.instance.chain
    assert chain is not None
    if chain.biases[-1]:
        from .products import centred

        inputs = centred(inputs)
    elif any(chain.biases):
        inputs = (*inputs, (ONE,) * len(inputs[0]))
    coefficients = algebra.solve(data, inputs)
    assert coefficients is not None  # C is a basis of the columns
    return algebra.product(slope, algebra.transpose(coefficients))


def _by_leaf(instance: Instance, name: str, rows: Matrix) -> dict[str, Matrix]:
    """A chain's matrix by leaf: W_1's column beyond its width is the first layer's bias."""
    width = len(instance.leaves[name][0])
    if len(rows[0]) == width:
        return {name: rows}
    return {
        name: tuple(row[:width] for row in rows),
        f"b{name[1:]}": tuple(row[width:] for row in rows),
    }


def _in_leaves(s: Situation, move: EqualLossMove) -> dict[str, Matrix]:
    """The moved matrices by name; with an output bias, it keeps the outputs constant."""
    instance, chain = s.instance, s.instance.chain
    assert chain is not None
    moved: dict[str, Matrix] = {}
    weights = chain_weights(chain)
    assert weights is not None
    for name, own, old in zip(chain.names, move.weights, weights, strict=True):
        change = add_matrices(own, algebra.scale(-1, old))
        for leaf, part in _by_leaf(instance, name, change).items():
            if any(entry for row in part for entry in row):
                moved[leaf] = add_matrices(instance.leaves[leaf], part)
    if chain.biases[-1]:
        leaves: dict[str, Matrix] = dict(instance.leaves)
        leaves.update(moved)
        changed = evaluate(s.tape, leaves)[-1]
        gap = tuple((minus(new[0], old[0]),) for new, old in zip(changed, s.outputs, strict=True))
        last = f"b{len(chain.names)}"
        if any(row[0] for row in gap):
            moved[last] = add_matrices(instance.leaves[last], scale_matrix(-ONE, gap))
    return moved


def _loss_along(s: Situation, moved: Mapping[str, Matrix]) -> Polynomial | None:
    """The objective minus its value along a curve, or None where that is not computable."""
    try:
        return _objective_along(s, moved)
    except Undecided:
        return None


def _descent_curve(
    s: Situation, move: EqualLossMove, moved: Mapping[str, Matrix]
) -> dict[str, Any] | None:
    """W(eps) - c eps^m d with d the leading coefficient of the gradient at W(eps)."""
    chain = s.instance.chain
    assert chain is not None
    order = lowest_order(move.gradients)
    if order is None or _loss_along(s, moved) is None:
        return None
    leading = [coefficient(g, order) for g in move.gradients]
    steps = [(order, Fraction(1, 2**e)) for e in range(12)] if order else []
    steps.append((order + 1, ONE))
    for exponent, factor in steps:
        power = Polynomial([ZERO] * exponent + [-factor])
        curve: dict[str, Matrix] = dict(moved)
        for name, direction in zip(chain.names, leading, strict=True):
            for leaf, part in _by_leaf(s.instance, name, direction).items():
                if all_zero(part):
                    continue
                base = curve.get(leaf, s.instance.leaves[leaf])
                shift: Matrix = tuple(tuple(power * e if e else ZERO for e in row) for row in part)
                curve[leaf] = add_matrices(base, shift)
        difference = _loss_along(s, curve)
        if difference is None:
            return None
        lowest = difference.order
        if lowest is not None and lowest > 0 and difference.coefficient(lowest) < 0:
            return {
                "kind": "descent-curve",
                "curve": certificates.curve(s.instance, curve),
                "order": lowest,
            }
    return None


__all__ = ["Finding", "Situation", "classify"]
