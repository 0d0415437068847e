"""The instances of ``affine-piece``: data, a least-squares fit inside the pieces, a better point.

Everything is computed on one unit a layer and on the few different kinds of samples; widths and
repeated samples only copy it. So the cost does not grow with the widths until the matrices of the
certificate are written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ..catalogue import BuildOptions, Instance, Refusal
from ..facts.normal_form import Chain
from ..model.problem import Activation
from .nonlinear import (
    HALF_EXPONENTIAL,
    ONE,
    ZERO,
    Choice,
    Parameters,
    Sparse,
    Value,
    apply_activation,
    choices,
    ends,
    first_row,
    inside,
    loss_for,
    parameters_by_name,
    plus,
    repeated_row,
    scaled,
    simplest_between,
    square,
    trained_slopes,
)

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from ..witnesses.affine_piece import Layout

Vector = tuple[Value, ...]


class Design(NamedTuple):
    """Data whose samples are of few kinds.

    ``rows`` are the rows of X that are not 0 (sample -> value), ``t`` the value of the varying
    coordinate for each of the first samples (``kinds`` of them, each its own kind) and, last,
    for all further samples. ``slope_row`` and ``unit_row`` are linear forms on the inputs with the
    values t and 1 (``unit_row`` None: there is no such form, with or without a bias; empty: it
    is the first layer's bias). ``u`` is orthogonal to everything that the network can express
    inside its pieces, up to the factor kappa; ``others`` are further such vectors. ``unit``: the
    values of the form ``unit_row`` where they are not 1; ``shift``: a constant in ``t``.
    """

    samples: int
    rows: tuple[Mapping[int, Fraction], ...]
    t: tuple[Fraction, ...]
    slope_row: Mapping[int, Fraction]
    unit_row: Mapping[int, Fraction] | None
    unit_bias: bool
    u: tuple[Fraction, ...]
    others: tuple[Mapping[int, Fraction], ...]
    signs: bool = False
    unit: tuple[Fraction, ...] | None = None
    shift: Fraction = ZERO

    @property
    def base(self) -> tuple[Fraction, ...]:
        """The values of the form ``unit_row`` (or of the bias), one a kind."""
        return self.unit if self.unit is not None else (ONE,) * len(self.t)

    @property
    def kinds(self) -> int:
        """The number of first samples that are kinds of their own."""
        return len(self.u)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many samples there are of each kind."""
        return (*((1,) * self.kinds), self.samples - self.kinds)


class Unit(NamedTuple):
    """A network of one unit a layer: weight and bias of each; ``values`` at each kind."""

    first: tuple[Fraction, Fraction]
    later: tuple[tuple[Fraction, Fraction], ...]
    values: Vector


class Recipe(NamedTuple):
    """Everything of an instance, before it is written as a certificate."""

    x: Sparse
    y: list[list[Fraction]]
    local: Parameters
    better: Parameters
    weights: list[list[Fraction]] | None
    words: str
    subgradient: list[list[Fraction]] | None = None


def sign_lines(chain: Chain) -> tuple[tuple[Fraction, Fraction], ...]:
    """The lines spanned by (F(1), F(-1)) over the signs of the weights, one unit a layer.

    For homogeneous activations without biases. Each line by its point with largest entry 1 (in
    absolute value, the first such positive); the line of all-positive weights comes first.
    """
    lines: dict[tuple[Fraction, Fraction], None] = {(ONE, -ONE): None}
    for layer in chain.layers:
        found: dict[tuple[Fraction, Fraction], None] = {}
        for flip in (ONE, -ONE):
            for a, b in lines:
                image = tuple(apply_activation(layer.activation, flip * v) for v in (a, b))
                pair = (ends(image[0]).lower, ends(image[1]).lower)
                size = max(abs(pair[0]), abs(pair[1]))
                if size:
                    found.setdefault((pair[0] / size, pair[1] / size))
        lines = found
    result: dict[tuple[Fraction, Fraction], None] = {}
    for a, b in lines:
        lead = a if a else b
        result.setdefault((a, b) if lead > 0 else (-a, -b))
    return tuple(result)


# --- designs of data -------------------------------------------------------------------------


def _vector(*values: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(v) for v in values)


def _ones(count: int) -> dict[int, Fraction]:
    return dict.fromkeys(range(count), ONE)


def constant_design(plan: Layout, samples: int, rank: int) -> Design:
    """A row t = (-1, 0, 1, 0, ..) and, from rank 2 on, a row of ones; further rows e_j."""
    even = plan.loss == "even"
    if even:
        t, u = _vector(-1, 0, 0, 1), _vector(1, -1, -1, 1)
    else:
        t, u = _vector(-1, 0, 1), _vector(1, -2, 1)
    kinds = len(t)
    rows: list[dict[int, Fraction]] = [{i: v for i, v in enumerate(t) if v}]
    unit_row: dict[int, Fraction] = {}
    if rank >= 2:
        rows.append(_ones(samples))
        unit_row = {1: ONE}
    if even and rank >= 3:
        rows.append({1: ONE, 2: -ONE})
    position = kinds
    while len(rows) < rank:
        rows.append({position: ONE})
        position += 1
    others: list[Mapping[int, Fraction]] = []
    if not even:
        others = [{s: ONE, 1: -ONE} for s in range(position, samples)]
    return Design(
        samples, tuple(rows), (*t, ZERO), {0: ONE}, None if plan.first_bias else unit_row,
        plan.first_bias, u, tuple(others),
    )  # fmt: skip


def isotropic_design(plan: Layout, samples: int, rank: int) -> Design:
    """Orthogonal rows of norm 10: 5 (1,1,1,1), (-7,1,-1,7), and 10 e_j on further samples."""
    t, u = _vector(-7, 1, -1, 7), _vector(1, -1, -1, 1)
    rows: list[dict[int, Fraction]] = [
        dict.fromkeys(range(4), Fraction(5)),
        dict(enumerate(t)),
    ]
    unit_row = {0: Fraction(1, 5)}
    for j in range(2, rank):
        rows.append({2 + j: Fraction(10)})
        unit_row[j] = Fraction(1, 10)
    # The ones and t span two of the four dimensions; 4A - 3B and C = u are the other two.
    others: list[Mapping[int, Fraction]] = []
    if plan.loss != "even":
        others = [dict(enumerate(_vector(-1, -7, 7, 1)))]
    return Design(
        samples, tuple(rows), (*t, ZERO), {1: ONE}, None if plan.first_bias else unit_row,
        plan.first_bias, u, tuple(others),
    )  # fmt: skip


def line_design(plan: Layout, samples: int) -> Design:
    """One row of positive numbers: 1, 2, .. (as many as the local model needs), then ones."""
    even = plan.loss == "even"
    if plan.flat:
        t, u = (
            (_vector(1, 2, 3, 4), _vector(1, -1, -1, 1))
            if even
            else (_vector(1, 2, 3), _vector(1, -2, 1))
        )
    else:
        t, u = (_vector(1, 2, 3), _vector(1, 1, -1)) if even else (_vector(1, 2), _vector(2, -1))
    row = {i: t[i] if i < len(t) else ONE for i in range(samples)}
    others: list[Mapping[int, Fraction]] = []
    if not even:
        others = [{s: ONE, 0: -ONE} for s in range(len(t), samples)]
    return Design(samples, (row,), (*t, ONE), {0: ONE}, None, False, u, tuple(others))


def signs_design(plan: Layout, samples: int) -> Design:
    """X = (1, -1, 1, 1, ..): homogeneous layers see each half-line through its own slope."""
    base = sign_lines(plan.chain)[0]
    row = {i: -ONE if i == 1 else ONE for i in range(samples)}
    others: list[Mapping[int, Fraction]] = [{s: ONE, 0: -ONE} for s in range(2, samples)]
    return Design(
        samples, (row,), (ONE, -ONE, ONE), {0: ONE}, None, False, (base[1], -base[0]),
        tuple(others), True,
    )  # fmt: skip


def designs(facts: Facts, plan: Layout, options: BuildOptions) -> Iterator[tuple[Design, int]]:
    from ..witnesses.affine_piece import least_samples

    ranges = facts.ranges
    assert ranges is not None
    found = choices(
        facts, ranges, 1, lambda r, q: least_samples(plan, r, q), samples=options.samples
    )
    # Data with a row of ones are easier to read than data of rank 1.
    ordered = sorted(_first(found, 6), key=lambda c: c.rank_x == 1 and not plan.first_bias)
    if options.simplest:
        ordered.sort(key=lambda c: c.samples)
    for n, rank, rank_y in ordered:
        if plan.first_bias or rank >= 2:
            if plan.isotropic and rank >= 2:
                yield isotropic_design(plan, n, rank), rank_y
            else:
                yield constant_design(plan, n, rank), rank_y
        elif plan.line:
            yield line_design(plan, n), rank_y
        else:
            yield signs_design(plan, n), rank_y


def _first(items: Iterator[Choice], count: int) -> list[Choice]:
    found = []
    for item in items:
        found.append(item)
        if len(found) == count:
            break
    return found


# --- networks of one unit a layer ------------------------------------------------------------

FIRST_GRID = ((1, 0), (2, 0), (2, -1), (6, -3), (12, 0), (1, 1), (2, 1), (-1, 0), (-1, 1), (3, -2))
LINE_GRID = tuple(
    sign * size for size in (ONE, Fraction(2), Fraction(4), ONE / 2, Fraction(6), Fraction(12))
    for sign in (1, -1)
)  # fmt: skip
FACTORS = tuple(
    sign * size for size in (ONE, Fraction(2), ONE / 2, Fraction(6)) for sign in (1, -1)
)  # fmt: skip
BEAM = 24


def _layer(activation: Activation, values: Vector, w: Fraction, b: Fraction) -> Vector:
    return tuple(apply_activation(activation, plus(scaled(w, v), b)) for v in values)


def _irrational(activation: Activation, values: Sequence[Fraction]) -> bool:
    """Whether the activation has an irrational value at one of these numbers."""
    if activation.name not in HALF_EXPONENTIAL:
        return False
    return any(v < 0 or (v and activation.name == "selu") for v in values)


def pairing_of(u: Sequence[Fraction], values: Vector) -> Value:
    total: Value = ZERO
    for factor, value in zip(u, values, strict=False):
        if factor:
            total = plus(total, scaled(factor, value))
    return total


def _definite(value: Value) -> bool:
    low, high = ends(value)
    return low > 0 or high < 0


def _weight(unit: Unit) -> tuple[bool, int]:
    exact = all(isinstance(v, Fraction) for v in unit.values)
    size = 0
    for pair in (unit.first, *unit.later):
        for number in pair:
            size += abs(number.numerator) + number.denominator - 1
    for v in unit.values:
        if isinstance(v, Fraction):
            size += abs(v.numerator) + 2 * (v.denominator - 1)
    return not exact, size


def bent_units(chain: Chain, design: Design, exact: bool = False) -> list[Unit]:
    """Networks f of one unit a layer with <u, f> != 0, simplest first (a beam search).

    The last layer's weight is 1 where that layer is linear. ``exact``: only such with rational
    values. Empty if the search finds none.
    """
    layers = chain.layers
    grid: list[tuple[Fraction, Fraction]]
    if design.unit_row is not None or design.unit_bias:
        grid = [(Fraction(w), Fraction(c)) for w, c in FIRST_GRID]
    else:
        grid = [(w, ZERO) for w in LINE_GRID]
    beam: list[Unit] = []
    for w, c in grid:
        before = [w * v + c * base for v, base in zip(design.t, design.base, strict=True)]
        if exact and _irrational(layers[0].activation, before):
            continue
        values = tuple(apply_activation(layers[0].activation, v) for v in before)
        beam.append(Unit((w, c), (), values))
    beam = _prune(beam, design)
    for k, layer in enumerate(layers[1:], 1):
        last = k == len(layers) - 1
        linear = layer.activation.name == "linear"
        factors: Sequence[Fraction] = (ONE,) if linear else FACTORS
        grown = []
        for unit in beam:
            for w in factors:
                shifts: tuple[Fraction, ...] = (ZERO,)
                if (
                    layer.bias
                    and not (last and linear)
                    and design.unit_row is None
                    and not design.unit_bias
                ):
                    middle = ends(scaled(w, unit.values[min(1, design.kinds - 1)])).lower
                    shifts = (ZERO, -middle) if isinstance(unit.values[1], Fraction) else (ZERO,)
                for b in shifts:
                    if exact and _irrational(
                        layer.activation,
                        [w * v + b for v in unit.values if isinstance(v, Fraction)],
                    ):
                        continue
                    values = _layer(layer.activation, unit.values, w, b)
                    grown.append(Unit(unit.first, (*unit.later, (w, b)), values))
        beam = _prune(grown, design)
        if last:
            break
    return [unit for unit in beam if _definite(pairing_of(design.u, unit.values))]


def _prune(units: list[Unit], design: Design) -> list[Unit]:
    seen: dict[Vector, Unit] = {}
    for unit in sorted(units, key=_weight):
        if any(v != 0 for v in unit.values):
            seen.setdefault(unit.values, unit)
    bent: list[Unit] = []
    flat: list[Unit] = []
    for unit in seen.values():
        (bent if _definite(pairing_of(design.u, unit.values)) else flat).append(unit)
    return bent[:BEAM] + flat[:BEAM]


def inner_unit(plan: Layout, design: Design) -> Unit | None:
    """One unit a layer, strictly inside its piece at every kind of sample; None if not found.

    With the form of value 1 (or the first layer's bias) its pre-activations are constant; else
    they are positive multiples of t. The last layer's weight makes the output simple; it is 0
    where the features are irrational.
    """
    layers = plan.chain.layers
    constant = design.unit_row is not None or design.unit_bias
    values: Vector = design.base if constant else design.t
    result: list[tuple[Fraction, Fraction]] = []
    for k, (layer, piece) in enumerate(zip(layers, plan.pieces, strict=True)):
        last = k == len(layers) - 1
        if last and not all(isinstance(v, Fraction) for v in values):
            pair = _constant_output(layer.bias, plan, k)
            if pair is None:
                return None
            pairs = [pair]
        elif last and k > 0 and layer.activation.name == "linear" and values[0]:
            top = ends(values[0]).lower
            pairs = [(design.t[0] / top if not constant else 1 / top, ZERO)]
            if design.signs:
                pairs = [(ONE, ZERO)]
        else:
            # All values are positive (both signs for homogeneous layers): small is inside.
            pairs = [(ONE / 2**j, ZERO) for j in range(12)]
        for w, b in pairs:
            before = tuple(plus(scaled(w, v), b) for v in values)
            if design.signs or all(inside(v, piece) for v in before):
                values = tuple(apply_activation(layer.activation, v) for v in before)
                result.append((w, b))
                break
        else:
            return None
    first = result[0]
    return Unit((ZERO, first[0]) if constant else first, tuple(result[1:]), values)


def _constant_output(bias: bool, plan: Layout, k: int) -> tuple[Fraction, Fraction] | None:
    piece = plan.pieces[k]
    if not bias:
        return (ZERO, ZERO) if inside(ZERO, piece) else None
    for b in (ONE, Fraction(1, 2), ZERO):
        if inside(b, piece):
            return ZERO, b
    return None


# --- the instance ----------------------------------------------------------------------------


def recipe(facts: Facts, plan: Layout, options: BuildOptions) -> Recipe | Refusal:
    """The whole instance, or why there is none for these statements and options."""
    if plan.concrete:
        from .affine_data import recipe_for_data

        return recipe_for_data(facts, plan, options)
    found = None
    for design, rank_y in designs(facts, plan, options):
        found = _assemble(facts, plan, design, rank_y, options)
        if found is not None:
            return found
    if options.samples is not None:
        return Refusal(f"no instance of this family with {options.samples} samples was found")
    return Refusal("no instance of this family was found")


def _sizes(values: Vector, targets: Sequence[Value], counts: Sequence[int]) -> Value:
    """sum of count * (target - value)^2."""
    total: Value = ZERO
    for value, target, count in zip(values, targets, counts, strict=True):
        if count:
            gap = plus(target, scaled(-ONE, value))
            total = plus(total, scaled(Fraction(count), square(gap)))
    return total


def _assemble(
    facts: Facts, plan: Layout, design: Design, rank_y: int, options: BuildOptions
) -> Recipe | None:
    inner = inner_unit(plan, design)
    if inner is None:
        return None
    fit = [ends(v).lower for v in inner.values]
    if any(not isinstance(v, Fraction) for v in inner.values):
        return None
    units = bent_units(plan.chain, design)
    outputs = plan.chain.layers[-1].width
    assert isinstance(outputs, int)
    residuals = _further_targets(plan, design, rank_y, outputs, fit)
    if residuals is None:
        return None
    best: tuple[tuple[bool, int], Unit, Fraction, Fraction] | None = None
    for index, unit in enumerate(units[:12]):
        scale = ONE
        if plan.loss == "even":
            scale = _meeting(design, fit, unit)
            kappa = _even_factor(facts, design, [scale * v for v in fit], unit)
        else:
            # In a curved last layer all outputs copy the first; else the others are 0.
            joint = residuals if plan.curved and rank_y > 1 else []
            kappa = _factor(design, fit, unit, joint)
        inexact, weight = _weight(unit)
        height = abs(kappa.numerator) + 3 * kappa.denominator + scale.denominator
        shuffle = 97 * ((index + options.seed) % 7) if options.seed else 0
        score = (inexact, weight + 4 * height + shuffle)
        if best is None or score < best[0]:
            best = score, unit, kappa, scale
    if best is None:
        return None
    if best[3] != 1:
        *early, (w, b) = inner.later
        inner = inner._replace(later=(*early, (best[3] * w, best[3] * b)))
        fit = [best[3] * v for v in fit]
    unit, kappa = best[1], best[2]
    n = design.samples
    targets: list[list[Fraction]] = []
    for i in range(outputs):
        base = fit if i == 0 or plan.curved else [ZERO] * len(fit)
        row = [base[min(s, design.kinds)] for s in range(n)]
        if i == 0 or (plan.curved and rank_y == 1):
            for s in range(design.kinds):
                row[s] += kappa * design.u[s]
        else:
            for s, value in residuals[i - 1].items():
                row[s] += value
        targets.append(row)
    return Recipe(
        _inputs(plan, design), targets, local_weights(plan, design, inner),
        better_weights(plan, design, unit), None, words(plan, design),
        _subgradient(facts, design, kappa, outputs),
    )  # fmt: skip


def _subgradient(
    facts: Facts, design: Design, kappa: Fraction, outputs: int
) -> list[list[Fraction]] | None:
    """The subgradient in the outputs for a loss with kinks: minus the sign of kappa u."""
    if facts.model.loss.name not in ("absolute", "epsilon_insensitive") and not (
        facts.model.loss.name == "lp" and facts.model.loss.parameter("p") == 1
    ):
        return None
    rows = [[ZERO] * design.samples for _ in range(outputs)]
    for s, value in enumerate(design.u):
        rows[0][s] = -ONE if kappa * value > 0 else ONE
    return rows


def _further_targets(
    plan: Layout, design: Design, rank_y: int, outputs: int, fit: Sequence[Fraction]
) -> list[Mapping[int, Fraction]] | None:
    """Residuals of the outputs after the first, so that Y has the rank wanted."""
    wanted = rank_y - 1
    pool: list[Mapping[int, Fraction]] = []
    if plan.curved:
        if any(fit):
            pool.append({})  # a constant row; the first row is not constant
    elif not plan.zero_fit:
        pool.append({s: v for s, v in enumerate(design.u) if v})
    pool.extend(design.others)
    if wanted > len(pool):
        return None
    chosen: list[Mapping[int, Fraction]] = pool[:wanted]
    return chosen + [{}] * (outputs - 1 - wanted)


def _factor(
    design: Design,
    fit: list[Fraction],
    unit: Unit,
    residuals: Sequence[Mapping[int, Fraction]],
) -> Fraction:
    """kappa with gain kappa <u, f> - T > 0, T = sum over outputs of 1/2 |fit - f|^2 + <v, fit - f>.

    The sum runs over the first output and, in a curved last layer, the further ones (they copy f
    and have the residuals v). Where all of them have the residual kappa u it is enough to look
    at the first.
    """
    pairing = ends(pairing_of(design.u, unit.values))
    cost = scaled(Fraction(1, 2), _sizes(unit.values, fit, design.counts))
    total = scaled(Fraction(1 + len(residuals)), cost)
    for residual in residuals:
        for s, factor in residual.items():
            kind = min(s, design.kinds)
            gap = plus(fit[kind], scaled(-ONE, unit.values[kind]))
            total = plus(total, scaled(factor, gap))
    need = max(ends(total).upper, Fraction(1, 8))
    slope = pairing.lower if pairing.lower > 0 else -pairing.upper
    kappa = simplest_between(need * Fraction(11, 10) / slope, need * 2 / slope)
    return kappa if pairing.lower > 0 else -kappa


def _meeting(design: Design, fit: list[Fraction], unit: Unit) -> Fraction:
    """The factor with which the fit meets f (nearly, if f is irrational) at further samples."""
    rest = design.counts[-1]
    if not rest:
        return ONE
    low, high = ends(unit.values[-1])
    if low == high:
        return low / fit[-1]
    slope = min(abs(e) for e in ends(pairing_of(design.u, unit.values)))
    digits = 10
    while (high - low + Fraction(2, digits)) * rest * 4 > slope:
        digits *= 10
    return Fraction((low * digits).__floor__(), digits) / fit[-1]


def _even_factor(facts: Facts, design: Design, fit: list[Fraction], unit: Unit) -> Fraction:
    """K for an even convex loss: residuals K u of equal size beyond all kinks, with a gain.

    Absolute, Huber and epsilon-insensitive losses are affine within ``reach`` of the residuals,
    so that the gain is their slope times <u, f>, less what the further samples cost. For |r|^p/p
    the gain is at least K^(p-1) (<u, f> - c (p-1) S / K), S = |fit - f|^2, with c = e/2 for
    p >= 2 (K >= p reach) and c = 1 for p < 2 (K >= 2 reach); log cosh is flatter than r^2/2.
    """
    pairing = ends(pairing_of(design.u, unit.values))
    slope = pairing.lower if pairing.lower > 0 else -pairing.upper
    gaps = [
        max(abs(e - f) for e in ends(v))
        for v, f, count in zip(unit.values, fit, design.counts, strict=True)
        if count
    ]
    reach = max(gaps)
    loss = facts.model.loss
    power = 1
    least = reach
    if loss.name == "huber":
        least = reach + loss.parameter("delta")
    elif loss.name == "epsilon_insensitive":
        least = reach + loss.parameter("eps")
    elif loss.name == "lp" and loss.parameter("p") > 1:
        p = loss.parameter("p")
        size = sum(gap * gap for gap in gaps[: design.kinds])
        # Twice what the estimate needs: the further samples cost less than the other half.
        least = max(p, Fraction(2)) * reach + 3 * (p - 1) * size / slope
        power = p.denominator
    elif loss.name == "log_cosh":
        # tanh' <= 4 exp(-2 (K - reach)): beyond reach + 4 + log(S/slope) it is nearly affine.
        size = sum(gap * gap for gap in gaps[: design.kinds])
        least = reach + 4 + (1 + size / slope).numerator.bit_length()
    high = 1
    while high**power < least:
        high *= 2
    root = high // 2
    while root**power < least:
        step = (high - root) // 2
        if (root + step) ** power < least:
            root += step + 1
        else:
            high = root + step
    root = max(root, 1)
    factor = Fraction(root**power)
    return factor if pairing.lower > 0 else -factor


def _inputs(plan: Layout, design: Design) -> Sparse:
    width = plan.chain.input_width
    assert isinstance(width, int)
    rows = (*design.rows, *(({},) * (width - len(design.rows))))
    return Sparse(width, design.samples, rows)


def _first_form(
    design: Design, pair: tuple[Fraction, Fraction]
) -> tuple[dict[int, Fraction], Fraction]:
    """The first unit's row and bias for the pre-activation w t + c."""
    w, c = pair
    row = {k: w * v for k, v in design.slope_row.items()}
    if design.unit_bias:
        return row, c + w * design.shift
    if design.unit_row is not None:
        for k, v in design.unit_row.items():
            row[k] = row.get(k, ZERO) + c * v
    return row, ZERO


def local_weights(plan: Layout, design: Design, unit: Unit) -> Parameters:
    """All hidden units copy the inner unit; so do the outputs of a curved last layer."""
    return _weights(plan, design, unit, True)


def better_weights(plan: Layout, design: Design, unit: Unit) -> Parameters:
    """The unit in the first place of every layer, nothing else."""
    return _weights(plan, design, unit, False)


def _weights(plan: Layout, design: Design, unit: Unit, everywhere: bool) -> Parameters:
    chain = plan.chain
    widths = chain.widths
    result: Parameters = []
    for k, layer in enumerate(chain.layers):
        rows, columns = widths[k + 1], widths[k]
        assert isinstance(rows, int) and isinstance(columns, int)
        last = k == len(chain.layers) - 1
        copies = plan.curved if last else everywhere
        if k == 0:
            row, b = _first_form(design, unit.first)
        else:
            w, b = unit.later[k - 1]
            row = {0: w}
        matrix = (repeated_row if copies else first_row)(rows, columns, row)
        bias = None
        if layer.bias:
            bias = [b] * rows if copies else [b] + [ZERO] * (rows - 1)
        result.append((matrix, bias))
    return result


def words(plan: Layout, design: Design) -> str:
    ones = " and to the ones" if plan.flat else ""
    seen = "X" if not design.signs else "X as the units see it"
    text = (
        "At the first point every unit works strictly inside an affine piece on every sample, so "
        "for all nearby weights the outputs are an affine function of the data. "
    )
    if plan.loss == "even":
        return text + (
            f"The gradient of the loss in the outputs is orthogonal to {seen}{ones}, and the loss "
            "is convex in the outputs: no nearby affine fit is better. The second point uses a "
            "kink of the activation and does better."
        )
    return text + (
        f"The residual is orthogonal to {seen}{ones}: the point is a least-squares fit, and no "
        "nearby affine fit is better. The second point uses a kink of the activation and does "
        "better."
    )


def instance(facts: Facts, made: Recipe) -> Instance | Refusal:
    """The recipe as a certificate."""
    from . import NotAnInstance, document

    argument: dict[str, object] = {"kind": "affine-region"}
    if made.subgradient is not None:
        argument["subgradient"] = [[str(v) for v in row] for row in made.subgradient]
    try:
        text = document(
            facts,
            X=made.x.dense(),
            Y=made.y,
            local=parameters_by_name(made.local),
            better=parameters_by_name(made.better),
            argument=argument,
            loss=loss_for(facts, (len(made.y), len(made.y[0])), made.weights),
            slopes=trained_slopes(facts),
        )
    except NotAnInstance as error:
        return Refusal(str(error))
    return Instance(text, made.words)
