"""The instances of ``dead-units``: a layer in a constant piece, and a network that is alive.

The samples are of two kinds, A and B (and, where the numbers do not come out even, one sample C
with the input of B). The targets are balanced so that the best constant is 0 or known exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import BuildOptions, Instance, Refusal
from ..model.activations import Piece
from .nonlinear import (
    ONE,
    PRELU_SLOPE,
    ZERO,
    Parameters,
    Sparse,
    first_row,
    loss_for,
    parameters_by_name,
    repeated_row,
    trained_slopes,
)
from .numbers import Log

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from ..model.problem import Layer
    from ..witnesses.dead_units import Layout

HALF = Fraction(1, 2)
MONOTONE_PAIRS = tuple(
    (Fraction(a), Fraction(b))
    for a, b in ((1, 0), (0, 1), (2, 1), (1, 2), (1, -1), (-1, 1), (3, 1), (4, -4), (8, 0))
)


class Samples(NamedTuple):
    """The kind of each sample, the data, and the rows of forms on the inputs.

    ``inputs``: rows of X; ``coordinates``: the kind of each used row of X (one row t = (2, 1)
    for rank 1); ``single``: there is one such row.
    """

    kinds: str
    inputs: Sparse
    coordinates: str
    single: bool


class Alive(NamedTuple):
    """A network of one unit a layer before its last weight: the values at A and at B."""

    first: tuple[Fraction, Fraction]
    shift: Fraction
    later: tuple[Fraction, ...]
    values: tuple[Any, Any]


def _kinds(facts: Facts, plan: Layout, n: int) -> str:
    if plan.silent:
        return "A" + "B" * (n - 1)
    if plan.loss == "quantile":
        tau = facts.model.loss.parameter("tau")
        if n % tau.denominator == 0:
            above = n - n * tau
            return _mixed(int(above), int(n * tau), 0)
        return _mixed(1, n - 1, 0)
    if n % 2 == 0:
        return _mixed(n // 2, n // 2, 0)
    from ..witnesses.dead_units import LABELLED

    if plan.loss in LABELLED:
        return _mixed(n // 2 + 1, n // 2, 0)
    return _mixed(n // 2, n // 2, 1)


def _mixed(a: int, b: int, c: int) -> str:
    return "AB" + "A" * (a - 1) + "B" * (b - 1) + "C" * c


def _samples(facts: Facts, plan: Layout, n: int, rank: int) -> Samples:
    kinds = _kinds(facts, plan, n)
    width = plan.chain.input_width
    assert isinstance(width, int)
    empty: list[dict[int, Fraction]] = [{} for _ in range(width)]
    if rank == 1 and not (plan.silent and n == 1):
        for s, kind in enumerate(kinds):
            empty[0][s] = Fraction(2) if kind == "A" else ONE
        return Samples(kinds, Sparse(width, n, tuple(empty)), "A", True)
    for s, kind in enumerate(kinds):
        row = s if s < rank else 0 if plan.silent or kind == "A" else 1
        empty[row][s] = ONE
    return Samples(kinds, Sparse(width, n, tuple(empty)), kinds[:rank], False)


def _form(data: Samples, pair: tuple[Fraction, Fraction]) -> dict[int, Fraction]:
    """The linear form on the inputs with the given values at A and B.

    For a single row: the first of the pair, as a multiple of t = (2, 1).
    """
    if data.single:
        return {0: pair[0]}
    values = {i: pair[0] if kind == "A" else pair[1] for i, kind in enumerate(data.coordinates)}
    return {i: v for i, v in values.items() if v}


# --- the dead point --------------------------------------------------------------------------


def _inside(piece: Piece) -> Fraction:
    """A number strictly inside a half-line."""
    if piece.high is not None and piece.low is None:
        return piece.high - 1
    assert piece.low is not None
    return piece.low + 1


def _dead_point(plan: Layout, data: Samples, constant: Sequence[Any]) -> dict[str, Any]:
    """The weights by name, the outputs at ``constant`` (through the last bias where not 0)."""
    from .values import activate

    chain = plan.chain
    widths = chain.widths
    values: list[Any] = [Fraction(2), ONE] if data.single else [ONE]
    result: Parameters = []
    for k, layer in enumerate(chain.layers):
        rows, columns = widths[k + 1], widths[k]
        assert isinstance(rows, int) and isinstance(columns, int)
        bias = [ZERO] * rows if layer.bias else None
        row: dict[int, Fraction] = {}
        if k < plan.dead:
            weight = _small(values, plan.pieces[k])
            row = _form(data, (weight, weight)) if k == 0 else {0: weight}
            values = [
                activate(layer.activation.name, _parameters(layer), _times(weight, v))
                for v in values
            ]
        elif k == plan.dead:
            target = _inside(plan.piece)
            if bias is not None:
                bias = [target] * rows
            else:
                # The features are positive; a large multiple of the right sign is far inside.
                size = Fraction((abs(target) / min(_lower(v) for v in values)).__ceil__())
                weight = size if target > 0 else -size
                row = _form(data, (weight, weight)) if k == 0 else {0: weight}
        result.append((repeated_row(rows, columns, row), bias))
    named = parameters_by_name(result)
    if any(v != 0 for v in constant):
        named[f"b{len(chain.layers)}"] = list(constant)
    return named


def _parameters(layer: Layer) -> dict[str, Fraction]:
    if layer.activation.name == "prelu":
        return {"slope": PRELU_SLOPE}
    return dict(layer.activation.parameters)


def _small(values: Sequence[Any], piece: Piece) -> Fraction:
    weight = ONE
    while piece.high is not None and any(weight * _upper(v) >= piece.high for v in values):
        weight /= 2
    return weight


def _lower(value: Any) -> Fraction:
    from .values import bounds

    return bounds(value)[0]


def _upper(value: Any) -> Fraction:
    from .values import bounds

    return bounds(value)[1]


def _plus(left: Any, right: Any) -> Any:
    from .values import _plus as plus

    return plus(left, right)


def _times(left: Any, right: Any) -> Any:
    from .values import _times as times

    return times(left, right)


# --- a network that is alive -----------------------------------------------------------------


def _alive(plan: Layout, data: Samples) -> list[Alive]:
    """Networks of one unit a layer whose values at A and B differ (or, silent, are not 0)."""
    from .values import activate

    layers = plan.chain.layers
    silent = plan.silent
    beam: list[Alive] = []
    if silent:
        starts = [((ONE, ONE), ZERO), ((-ONE, -ONE), ZERO), ((Fraction(2), Fraction(2)), ZERO)]
    elif data.single:
        starts = [
            ((Fraction(w), Fraction(w)), ZERO)
            for w in (1, -1, 2, -2, 4, HALF, -HALF, Fraction(1, 4))
        ]
        if layers[0].bias:
            starts += [((ONE, ONE), -ONE), ((-ONE, -ONE), ONE), ((Fraction(8),) * 2, Fraction(-12))]
    else:
        starts = [(pair, ZERO) for pair in MONOTONE_PAIRS]
    for pair, shift in starts:
        if data.single:
            before = (pair[0] * 2 + shift, pair[0] + shift)
        else:
            before = (pair[0] + shift, pair[1] + shift)
        name, parameters = layers[0].activation.name, _parameters(layers[0])
        values = tuple(activate(name, parameters, v) for v in before)
        beam.append(Alive(pair, shift, (), (values[0], values[1])))
    top = len(layers) - 1
    for k, layer in enumerate(layers[1:], 1):
        linear = layer.activation.name == "linear"
        factors = (ONE,) if linear and k == top else (ONE, -ONE) if linear else _FACTORS
        grown = []
        for unit in _kept(beam, silent):
            for w in factors:
                name, parameters = layer.activation.name, _parameters(layer)
                images = tuple(activate(name, parameters, _times(w, v)) for v in unit.values)
                grown.append(
                    Alive(unit.first, unit.shift, (*unit.later, w), (images[0], images[1]))
                )
        beam = grown
    return [unit for unit in _kept(beam, silent) if _gap(unit, silent) > 0]


_FACTORS = (ONE, -ONE, Fraction(2), Fraction(-2), HALF, Fraction(8), Fraction(-8))


def _gap(unit: Alive, silent: bool) -> Fraction:
    """A lower bound of |f_A - f_B| (silent: of the common size); 0 where it is not decided."""
    a, b = unit.values
    if not silent:
        difference = _plus(a, _times(-ONE, b))
        a = b = difference
    low, high = min(_lower(a), _lower(b)), max(_upper(a), _upper(b))
    gap = low if low > 0 else -high if high < 0 else ZERO
    return gap if gap > Fraction(1, 10**6) else ZERO


def _kept(beam: list[Alive], silent: bool) -> list[Alive]:
    def key(unit: Alive) -> tuple[bool, bool, Fraction]:
        exact = all(isinstance(v, Fraction) for v in unit.values)
        gap = _gap(unit, silent)
        return gap == 0, not exact, abs(gap - 1)

    return sorted(beam, key=key)[:16]


def _alive_point(
    plan: Layout,
    data: Samples,
    unit: Alive,
    last: Fraction,
    shift: Fraction,
    copies: Sequence[bool],
) -> dict[str, Any]:
    """The unit in the first place of every layer; ``last`` and ``shift`` for the outputs chosen."""
    chain = plan.chain
    result: Parameters = []
    top = len(chain.layers) - 1
    for k, layer in enumerate(chain.layers):
        rows, columns = chain.widths[k + 1], chain.widths[k]
        assert isinstance(rows, int) and isinstance(columns, int)
        row = _form(data, unit.first) if k == 0 else {0: unit.later[k - 1]}
        bias = [unit.shift if k == 0 else ZERO] + [ZERO] * (rows - 1) if layer.bias else None
        if k < top:
            result.append((first_row(rows, columns, row), bias))
            continue
        row = {j: last * v for j, v in row.items() if last * v}
        matrix = Sparse(rows, columns, tuple(row if copy else {} for copy in copies))
        if layer.bias:
            bias = [shift if copy else ZERO for copy in copies]
        result.append((matrix, bias))
    return parameters_by_name(result)


# --- targets ---------------------------------------------------------------------------------


class Targets(NamedTuple):
    """Y (or the coefficients of a linear loss), which outputs copy the first, the constant.

    ``wanted``: the values at A and B that a better network should have, where there are such.
    """

    y: list[list[Fraction]] | None
    copies: list[bool]
    constant: list[Any]
    wanted: tuple[Fraction, Fraction] | None
    subgradient: list[list[Fraction]] | None
    loss: dict[str, Any] | None


def _silent_targets(
    facts: Facts, plan: Layout, data: Samples, rank_y: int, values: tuple[Fraction, Fraction]
) -> Targets:
    """Targets that the outputs ``values`` (of one sign, at A and B) fit better than 0 does."""
    from ..witnesses.dead_units import LABELLED

    outputs = facts.output_width
    assert isinstance(outputs, int)
    n = len(data.kinds)
    sign = ONE if values[0] > 0 else -ONE
    copies = [True] + [False] * (outputs - 1)
    zero = [ZERO] * outputs

    def units(height: Fraction, base: Fraction = ZERO) -> list[list[Fraction]]:
        rows = [[base] * n for _ in range(outputs - 1)]
        for i in range(rank_y - 1):
            rows[i][i + 1] += height
        return rows

    loss = loss_for(facts, (outputs, n))
    if plan.loss == "linear_loss":
        table = [[-sign] * n, *([[ZERO] * n for _ in range(outputs - 1)])]
        return Targets(
            None, copies, zero, None, None, {"name": "linear_loss", "coefficients": table}
        )
    if plan.loss == "cross_entropy":
        chosen = 0 if sign > 0 else 1
        y = [[ONE if i == chosen else ZERO] * n for i in range(outputs)]
    elif plan.loss == "poisson":
        # exp(z) - y z < 1 for 0 < z <= top as soon as y > (exp(z) - 1)/z.
        top, bottom = max(values), min(values)
        height = Fraction((3 ** top.__ceil__() / bottom).__ceil__()) if top > 1 else Fraction(2)
        y = [[height] * n, *units(ONE)]
    elif plan.loss in LABELLED:
        y = [[sign] * n, *units(-2 * sign, sign)]
        copies = [i == 0 or i >= rank_y for i in range(outputs)]
    else:
        y = [[values[0], *([values[1]] * (n - 1))], *units(ONE)]
    return Targets(y, copies, zero, None, None, loss)


def _balanced_targets(facts: Facts, plan: Layout, data: Samples) -> Targets:
    """Targets with a known best constant: 0 wherever the kinds are balanced."""
    from ..witnesses.dead_units import LABELLED

    outputs = facts.output_width
    assert isinstance(outputs, int)
    kinds = data.kinds
    n = len(kinds)
    zero: list[Any] = [ZERO] * outputs
    first = [True] + [False] * (outputs - 1)
    model_loss = facts.model.loss
    loss = loss_for(facts, (outputs, n))

    def row(a: Fraction, b: Fraction, c: Fraction) -> list[Fraction]:
        return [{"A": a, "B": b, "C": c}[kind] for kind in kinds]

    def rest(value: Fraction = ZERO) -> list[list[Fraction]]:
        return [[value] * n for _ in range(outputs - 1)]

    if plan.loss == "linear_loss":
        table = [row(-ONE, ONE, ZERO), *rest()]
        stated = {"name": "linear_loss", "coefficients": table}
        return Targets(None, first, zero, (ONE, -ONE), None, stated)
    if plan.loss == "cross_entropy":
        share = Fraction(1, outputs)
        y = [row(2 * share, ZERO, share), row(ZERO, 2 * share, share)]
        y += [[share] * n for _ in range(outputs - 2)]
        return Targets(y, first, zero, None, None, loss)
    if plan.loss == "poisson":
        copies = [True] * outputs
        return Targets([row(Fraction(3, 2), HALF, ONE)] * outputs, copies, zero, None, None, loss)
    if plan.loss in LABELLED:
        a, b = kinds.count("A"), kinds.count("B")
        subgradient = None
        best: Any = ZERO
        if a != b:
            best = ONE if plan.loss == "hinge" else Fraction(a - b, n)
            if plan.loss == "logistic":
                best = Log(Fraction(a, b))
            if plan.loss == "hinge":
                subgradient = [row(Fraction(-b, a), ONE, ZERO)] * outputs
        y = [row(ONE, -ONE, ZERO)] * outputs
        return Targets(y, [True] * outputs, [best] * outputs, (ONE, -ONE), subgradient, loss)
    high = ONE
    slopes: tuple[Fraction, Fraction, Fraction] | None = None
    if plan.loss == "quantile":
        tau = model_loss.parameter("tau")
        if n % tau.denominator == 0:
            y = [row(ONE, -ONE, ZERO), *rest()]
            subgradient = [row(-tau, 1 - tau, ZERO), *rest()]
            return Targets(y, first, zero, (ONE, -ONE), subgradient, loss)
        up = tau * n <= n - 1
        slope = -tau if up else 1 - tau
        high = ONE if up else -ONE
        y = [row(high, ZERO, ZERO), *rest()]
        subgradient = [row(slope, -slope / (n - 1), ZERO), *rest()]
        return Targets(y, first, zero, (high, ZERO), subgradient, loss)
    if plan.loss == "epsilon_insensitive":
        high = ONE + model_loss.parameter("eps")
    if plan.loss in ("absolute", "epsilon_insensitive") or (
        plan.loss == "lp" and model_loss.parameter("p") == 1
    ):
        slopes = (-ONE, ONE, ZERO)
    subgradient = [row(*slopes), *rest()] if slopes else None
    return Targets([row(high, -high, ZERO), *rest()], first, zero, (high, -high), subgradient, loss)


def _near(value: Any, digits: int = 1000) -> Fraction:
    """A short rational near a number; the number itself where it is one."""
    if isinstance(value, Fraction):
        return value
    middle = (_lower(value) + _upper(value)) / 2
    return Fraction((middle * digits).__round__(), digits)


def _ratio(top: Fraction, value: Any) -> Fraction:
    """``top / value``, exact where the value is, else a short rational near it."""
    if isinstance(value, Fraction):
        return top / value
    return _near(top / _near(value, 10**9), 10**4)


def _last_steps(plan: Layout, targets: Targets, unit: Alive) -> Iterator[tuple[Fraction, Fraction]]:
    """Weights and shifts of the (linear) last layer to try, best first."""
    a, b = unit.values
    difference = _plus(a, _times(-ONE, b))
    size_of = abs(_near(difference, 10**9))
    total = _near(_plus(a, b), 10**9)
    if plan.output_bias:
        if targets.wanted is not None:
            high, low = targets.wanted
            v = _ratio(high - low, difference)
            yield v, _near(_plus(high, _times(-v, a)))
        for size in (1, 2, 4, 8, 16, 64):
            v = _ratio(Fraction(1, size), difference)
            yield v, _near(-v * total / 2, 10**6)
            yield -v, _near(v * total / 2, 10**6)
    start = min(ONE, _near(1 / size_of, 10**6))
    for j in range(16):
        for sign in (1, -1):
            yield sign * start / 2**j, ZERO


# --- the instance ----------------------------------------------------------------------------


def instance(
    facts: Facts, plan: Layout, n: int, rank: int, rank_y: int, options: BuildOptions
) -> Instance | Refusal:
    """The certificate, or why no better point was found."""
    from flint import ctx

    with ctx.workprec(128):
        return _instance(facts, plan, n, rank, rank_y, options)


def _instance(
    facts: Facts, plan: Layout, n: int, rank: int, rank_y: int, options: BuildOptions
) -> Instance | Refusal:
    data = _samples(facts, plan, n, rank)
    units = _alive(plan, data)
    if options.seed and len(units) > 1:
        turn = options.seed % min(len(units), 4)
        units = [*units[turn:], *units[:turn]]
    for unit in units[:8]:
        if plan.silent:
            made = _silent_instance(facts, plan, data, rank_y, unit)
        else:
            made = _balanced_instance(facts, plan, data, unit)
        if made is not None:
            return made
    return Refusal("no better network was found")


def _document(
    facts: Facts, plan: Layout, data: Samples, targets: Targets, better: dict[str, Any]
) -> dict[str, Any] | None:
    from . import NotAnInstance, document

    argument: dict[str, Any] = {"kind": "affine-region"}
    if targets.subgradient is not None:
        argument["subgradient"] = [[str(v) for v in row] for row in targets.subgradient]
    local = _dead_point(plan, data, targets.constant)
    try:
        return document(
            facts, X=data.inputs.dense(), Y=targets.y, local=local, better=better,
            argument=argument, loss=targets.loss, slopes=trained_slopes(facts),
        )  # fmt: skip
    except NotAnInstance:
        return None


def _silent_instance(
    facts: Facts, plan: Layout, data: Samples, rank_y: int, unit: Alive
) -> Instance | None:
    linear = plan.chain.layers[-1].activation.name == "linear"
    value = unit.values[0]
    other = unit.values[1]
    outputs = facts.output_width
    assert isinstance(outputs, int)
    scales: list[Fraction] = [ONE, -ONE, HALF, Fraction(1, 8), Fraction(8)] if linear else [ONE]
    if linear and isinstance(value, Fraction):
        scales = [1 / value, *scales]
    for scale in scales:
        if plan.same:
            # Row 1 of the targets is row 1 of X; the best multiple of f for it.
            row = data.inputs.rows[0]
            count = len(data.kinds)
            first, rest = row.get(0, ZERO), sum(v for k, v in row.items() if k)
            top = _plus(_times(first, value), _times(rest, other))
            bottom = _plus(_times(value, value), _times(Fraction(count - 1), _times(other, other)))
            scale = _near(top, 10**6) / _near(bottom, 10**6)
            targets = Targets(
                data.inputs.dense(), [True] + [False] * (outputs - 1), [ZERO] * outputs, None, None,
                loss_for(facts, (outputs, count)),
            )  # fmt: skip
        else:
            near = _near(_times(scale, value), 100), _near(_times(scale, other), 100)
            if near[0] * near[1] <= 0 or (plan.loss == "poisson" and near[0] < 0):
                continue
            targets = _silent_targets(facts, plan, data, rank_y, near)
        better = _alive_point(plan, data, unit, scale, ZERO, targets.copies)
        text = _document(facts, plan, data, targets, better)
        if text is None or (plan.realizable and text["better_point"]["value"] != "0"):
            continue
        return Instance(text, _words(plan, True))
    return None


def _balanced_instance(facts: Facts, plan: Layout, data: Samples, unit: Alive) -> Instance | None:
    targets = _balanced_targets(facts, plan, data)
    for v, shift in _last_steps(plan, targets, unit):
        if v == 0:
            continue
        better = _alive_point(plan, data, unit, v, shift, targets.copies)
        text = _document(facts, plan, data, targets, better)
        if text is None or (plan.realizable and text["better_point"]["value"] != "0"):
            continue
        return Instance(text, _words(plan, False))
    return None


def _words(plan: Layout, silent: bool) -> str:
    layer = plan.chain.layers[plan.dead]
    text = (
        f"At the first point all units of layer {plan.dead + 1} ({layer.activation.name}) sit "
        "strictly inside a constant piece on every sample, and they stay there for all nearby "
        "weights. "
    )
    if silent:
        return text + (
            "So the outputs are 0 for all nearby weights: the loss is constant there. A network "
            "whose units are alive does better."
        )
    return text + (
        "So all samples get the same output nearby, and the point has the best such output. A "
        "network whose units are alive tells the samples apart and does better."
    )
