"""Linear chains: what a model leaves open, and how effective matrices become its weights.

A counterexample is designed in effective coordinates: r inputs with data D (r x n, every column
a unit vector, its negative, or 0), e outputs, hidden widths. This module finds which (r, rank X,
n) the model's statements allow, and translates data and factors back: data X with
``P X + p 1^T = D`` for the first trained layer (theory.md section 0), fixed layers at either
end, skip connections (rule ``skip``), a change of variables where X or a fixed layer is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..catalogue import BuildOptions, Refusal
from ..facts.facts import Bias, Facts
from ..facts.normal_form import is_linear
from ..model.terms import (
    Formula,
    RankOf,
    Term,
    add,
    all_of,
    at_least,
    at_most,
    atoms,
    equal,
    maximum,
    minimum,
    subtract,
)
from .check import shift_vanishes, smooth_enough
from .numbers import Log, Weights

ZERO, ONE = Fraction(0), Fraction(1)
_Y_NAMES = ("Y", "weights", "coefficients")


class Room(NamedTuple):
    """What a linear chain with at least two trained layers leaves open.

    ``narrow`` is q, the least hidden width, ``outputs`` the number e of outputs that can be used
    freely, ``inputs`` the greatest effective rank, ``below``, ``above`` whether there are fixed
    layers at the input and the output end, and ``known_below``, ``known_above`` whether they are
    given.
    """

    narrow: Term
    outputs: Term
    inputs: Term
    bias: Bias
    below: bool
    known_below: bool
    above: bool
    known_above: bool


def linear_room(
    facts: Facts, *, penalised: bool = False, member: str = "weighted_squared",
    given: bool = False,
) -> Room | Refusal:  # fmt: skip
    """The room of a model whose map is a linear chain, or why it is not of that kind.

    Without ``penalised`` a penalty is refused; with it, skips and fixed layers are. ``member``
    is the loss that a class is instantiated by. Given targets, and given data with linearly
    dependent samples, are refused unless they are asked for (``given``).
    """
    model = facts.model
    if model.requirement.name != "local_is_global" and not smooth_enough(
        facts, member if model.loss.kind == "class" else None
    ):
        return Refusal("strict_saddle is asked, and the loss is not C^2")
    if (model.regularizer is not None) != penalised:
        return Refusal("a penalty on the weights" if model.regularizer else "no penalty")
    if model.constraints is not None:
        return Refusal("the output is constrained")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return Refusal("the map is not a chain of trained layers")
    if ends.depth < 2:
        return Refusal("only one layer is trained")
    layers = chain.layers
    first, last = ends.first, ends.last
    for k, layer in enumerate(layers):
        if layer.activation.name != "linear" and not is_linear(layer.activation):
            return Refusal(f"layer {k + 1} applies {layer.activation.name}")
        if layer.opaque is not None:
            return Refusal(f"layer {k + 1} is opaque")
        if layer.fixed and first < k < last:
            return Refusal(f"layer {k + 1} is fixed and stands between trained ones")
        if penalised and (layer.skip or layer.fixed):
            return Refusal("a fixed layer or a skip connection beside a penalty")
    if ends.bias == "other":
        return Refusal("biases on hidden layers without an output bias")
    form = facts.form
    if form.shift is not None and not shift_vanishes(facts):
        return Refusal("a known matrix is added to the map")
    if penalised and (form.shifted or form.merged):
        return Refusal("the penalty sees the weights before the map was normalised")
    data = model.data
    if not given and targets_given(facts):
        return Refusal("the targets are given")
    if form.transposed and (
        any(data.matrix(name) is not None for name in _Y_NAMES)
        or any(p.name.startswith("Y") for p in data.properties)
    ):
        return Refusal("statements on the targets of a transposed map")
    known_below = known_above = False
    if first > 0:
        answer = _fixed_end(facts, range(first))
        if isinstance(answer, Refusal):
            return answer
        known_below = answer
    outputs: Term = layers[last].width
    if last < len(layers) - 1:
        answer = _fixed_end(facts, range(last + 1, len(layers)))
        if isinstance(answer, Refusal):
            return answer
        known_above = answer
        if known_above:
            from ..algebra import rank

            composite = composite_of(facts, range(last + 1, len(layers)))
            if rank(composite) < len(composite):
                return Refusal("the given output layers have not full row rank")
            outputs = len(composite)
        else:
            outputs = minimum(*(layer.width for layer in layers[last:]))
    narrow = facts.narrowest
    assert narrow is not None
    inputs = facts.effective_input[0]
    if first > 0:
        if ends.bias == "first":
            return Refusal("fixed layers below a first-layer bias")
        widths = chain.widths[1 : first + 1]
        inputs = minimum(inputs, facts.data_rank_most, *widths)
        if known_below:
            from ..algebra import rank

            inputs = minimum(inputs, rank(composite_of(facts, range(first))))
    samples = data.matrix("X") if data.matrices else None
    if samples is not None:
        columns = samples.matrix.shape[1]
        if facts.inner_data is None:
            return Refusal("the given data pass through fixed layers that are not given")
        if not given and inputs != (columns - 1 if ends.bias == "output" else columns):
            return Refusal("the given X has linearly dependent samples")
    return Room(
        narrow, outputs, inputs, ends.bias, first > 0, known_below, last < len(layers) - 1,
        known_above,
    )  # fmt: skip


def targets_given(facts: Facts) -> bool:
    """Whether the model gives the targets: Y, or X where Y = X."""
    data = facts.model.data
    return data.matrix("Y") is not None or (
        data.property("Y = X") is not None and data.matrix("X") is not None
    )


def other_samples(facts: Facts, options: BuildOptions) -> Refusal | None:
    """A refusal of options that given data leave no room for (numeric widths)."""
    ranges = facts.ranges
    assert ranges is not None
    if options.samples is not None and options.samples != ranges.samples.least:
        return Refusal(f"the given data have {ranges.samples.least} samples")
    if options.simplest and options.seed:
        return Refusal("the data are given: another seed gives the same instance")
    return None


def data_given(facts: Facts) -> bool:
    """Whether targets, a mask, or data whose samples are linearly dependent are given."""
    if targets_given(facts):
        return True
    data = facts.model.data
    if facts.model.loss.name == "masked_squared" and data.matrix("weights") is not None:
        return True
    given = data.matrix("X")
    if given is None or facts.ends is None or facts.inner_data is None:
        return False
    columns = given.matrix.shape[1]
    return facts.effective_input[0] != (columns - 1 if facts.ends.bias == "output" else columns)


def _fixed_end(facts: Facts, positions: range) -> bool | Refusal:
    """Whether the fixed layers at one end are all given (True) or none is (False)."""
    chain = facts.chain
    assert chain is not None
    given = 0
    for k in positions:
        layer = chain.layers[k]
        bias = chain.given_bias[k]
        if bias is not None and any(v for row in bias.rows for v in row):
            return Refusal(f"layer {k + 1} has a known bias")
        if chain.given[k] is not None:
            given += 1
        elif layer.positive:
            return Refusal(f"layer {k + 1} has positive weights")
    names = [chain.names[k].removesuffix("^T") for k in positions]
    if given == 0 and len(set(names)) == len(names):
        return False
    if given == len(positions):
        return True
    return Refusal("some fixed layers are given and some are not")


def composite_of(facts: Facts, positions: range) -> tuple[tuple[Fraction, ...], ...]:
    """The product of the given fixed layers at the positions, skips included."""
    from ..algebra import product

    chain = facts.chain
    assert chain is not None
    total: Any = None
    for k in positions:
        matrix = chain.given[k]
        assert matrix is not None
        rows = [list(row) for row in matrix.rows]
        if chain.layers[k].skip:
            for i, row in enumerate(rows):
                row[i] += 1
        total = rows if total is None else product(rows, total)
    return tuple(tuple(row) for row in total)


# --- which data ------------------------------------------------------------------------------


class Shape(NamedTuple):
    """What a family needs of the data, r being the number of effective inputs.

    ``least_rank``: the least r. ``samples(r)``: the least n. ``fits(r, n)``: whether n samples
    (at least that many) can be laid out. ``rank_y(r, n)``: the (least, greatest) rank of Y that
    the family can give, or None where it does not control the rank of Y. ``isotropic(r, n)``:
    whether the data D then have equal singular values; where that is not so for all r and n it
    is so for single values of n only (``n = 2 r``). ``exact_rank``: whether X may have no
    rank beyond that of D. ``fills``: whether Y can have any rank from k + 1 to min(d_h, n).
    """

    least_rank: Term
    samples: Callable[[Any], Any]
    fits: Callable[[int, int], bool]
    rank_y: Callable[[int, int], tuple[int, int]] | None = None
    isotropic: Callable[[int, int], bool] | None = None
    exact_rank: bool = False
    fills: bool = False


class Plan(NamedTuple):
    """The chosen sizes: effective inputs r, rank X, samples n, rank Y (None: as it comes)."""

    inputs: int
    rank_x: int
    samples: int
    rank_y: int | None


def choose(facts: Facts, room: Room, shape: Shape, options: BuildOptions) -> Plan | Refusal:
    """The smallest sizes that the model's statements allow (numeric widths)."""
    ranges = facts.ranges
    assert ranges is not None
    model = facts.model
    data = model.data
    samples, rank_x, rank_y = ranges.samples, ranges.rank_x, ranges.rank_y
    most = room.inputs
    assert isinstance(most, int) and isinstance(shape.least_rank, int)
    bias = room.bias
    y_bound = rank_y.least > 0 or data.property("Y full_row_rank") is not None
    y_bound = y_bound or (rank_y.most is not None and rank_y.most < min_y(facts))
    isotropic = data.property("X isotropic") is not None
    fixed_samples = options.samples
    if fixed_samples is None and data.matrix("X") is not None:
        fixed_samples = samples.least
    identity = data.property("X identity") is not None or not facts.form.has_data
    column_rank = data.property("X full_column_rank") is not None or identity
    low = rank_x.least if not room.below else 0
    start = max(shape.least_rank, low - 1 if bias == "output" else low)
    if data.matrix("X") is not None:
        start = max(start, most)  # given samples are independent: the instance uses them all
    limit = samples.most
    if fixed_samples is not None:
        limit = fixed_samples if limit is None else min(limit, fixed_samples)
    free = ranges.residual is True and (facts.form.has_data or not model.assumptions)
    for r in range(start, most + 1):
        need = shape.samples(r)
        if limit is not None and need > limit:
            if r > start:
                break
            continue  # (The need may fall once: masks need no copies from r = k + 2 on.)
        for rho in (r,) if shape.exact_rank else _ranks(room, r, rank_x.least):
            if rho < rank_x.least or (rank_x.most is not None and rho > rank_x.most):
                continue
            low_n = max(need, rho, samples.least, fixed_samples or 0)
            if column_rank:
                if rho < low_n:
                    continue
                low_n = rho
            if limit is not None and low_n > limit:
                continue
            high_n = low_n if column_rank else (limit if limit is not None else low_n + 12)
            for n in range(low_n, min(high_n, low_n + 12) + 1):
                if not shape.fits(r, n):
                    continue
                if isotropic and not identity:
                    if shape.isotropic is None or not shape.isotropic(r, n):
                        continue
                    if rho > r and n != r + 1:
                        continue
                wanted: int | None = None
                if y_bound or (not free and shape.rank_y is not None):
                    if shape.rank_y is None:
                        return Refusal("the rank of Y is stated")
                    y_low, y_high = shape.rank_y(r, n)
                    wanted = max(y_low, rank_y.least)
                    if wanted > y_high or (rank_y.most is not None and wanted > rank_y.most):
                        continue
                if not free and not _residual(facts, n, rho, wanted):
                    continue
                return Plan(r, rho, n, wanted)
    return Refusal("no number of samples and rank of X that the statements allow is enough")


def min_y(facts: Facts) -> int:
    """The greatest rank that Y can have by its shape alone."""
    width = facts.output_width
    assert isinstance(width, int)
    most = facts.samples_most
    return min(width, most) if isinstance(most, int) else width


def _ranks(room: Room, r: int, least: int) -> tuple[int, ...]:
    """Which ranks X may have when the effective data have rank r."""
    if room.below:
        return (max(r, least),) if not room.known_below else (r,)
    if room.bias == "first":
        return (r, r - 1)
    if room.bias == "output":
        return (r, r + 1)
    return (r,)


def _residual(facts: Facts, n: int, rank_x: int, rank_y: int | None) -> bool:
    from ..facts.ranges import samples_symbol
    from ..model.terms import substitute_formula

    values: dict[str, Term] = {"rank(X)": rank_x}
    symbol = samples_symbol(facts.model)
    if symbol is not None:
        values[symbol] = n
    if rank_y is not None:
        values["rank(Y)"] = rank_y
    return all(
        substitute_formula(assumption.formula, values) is True
        for assumption in facts.model.assumptions
    )


def symbolic_condition(
    facts: Facts, room: Room, shape: Shape, widths: Formula, full_y: Formula | None = None
) -> Formula | None:
    """Where the family exists, for symbolic widths; None where that is not worked out.

    ``widths`` is the family's condition on q, e and the greatest r, ``full_y`` that under which
    Y can have full row rank (by default where ``shape.fills`` says so). Exact for models without
    given matrices, and for n not stated with a first-layer bias.
    """
    model = facts.model
    data = model.data
    if data.matrices or room.known_below or room.known_above:
        return None
    named = {p.name for p in data.properties}
    column_rank = "X full_column_rank" in named or "X identity" in named or not facts.form.has_data
    if "X isotropic" in named and not _always_isotropic(room, shape):
        return None
    if "Y = X" in named and (room.bias != "none" or not shape.fits(7, 10**6 + 1)):
        return None
    if any(RankOf("Y") in atoms(a.formula) for a in model.assumptions):
        return None
    least: Term = facts.data_rank_least
    if any(RankOf("X") in atoms(a.formula) for a in model.assumptions):
        if room.bias != "none" or room.below:
            return None
        least = RankOf("X")
    n = facts.samples_most
    parts: list[Formula] = [widths]
    if not facts.form.has_data and data.samples is not None:
        parts.append(equal(data.samples, facts.input_width))
    if "Y full_row_rank" in named:
        if full_y is None:
            if not shape.fills or room.bias != "none" or room.below or room.above:
                return None
            full_y = True
            if column_rank and n is None:
                full_y = at_least(room.inputs, facts.output_width)
        parts.append(full_y)
        if n is not None:
            parts.append(at_least(n, facts.output_width))
    if room.below:
        if least != 0 or (column_rank and room.bias == "output"):
            return None
    elif room.bias == "output":
        least = maximum(0, subtract(least, 1))
    elif room.bias == "first" and (n is not None or least != 0):
        return None
    start = maximum(shape.least_rank, least)
    if "X full_column_rank" in named or "X identity" in named:
        if room.bias == "first":
            return None
        # rank X = n, and n may be any number up to d_0 where it is not stated.
        exact = start if n is None else least
        beside = 1 if room.bias == "output" else 0
        parts.append(at_most(shape.samples(exact), add(exact, beside)))
    elif n is not None and shape.samples(start) != add(start, 1 if room.bias == "output" else 0):
        # (n >= r, or r + 1 with an output bias, is part of the widths' condition.)
        parts.append(at_least(n, shape.samples(start)))
    return all_of(*parts)


def _always_isotropic(room: Room, shape: Shape) -> bool:
    """Whether the data of the family have equal singular values at whatever r and n."""
    if room.bias != "none" or shape.isotropic is None:
        return False
    # A large prime, which no formula for n in r = 7 gives.
    return shape.isotropic(7, 1_000_003)


# --- data and weights ------------------------------------------------------------------------

Column = tuple[int, Fraction] | None
"""A sample in effective coordinates: (input, coefficient), or None for the zero vector."""


class Data(NamedTuple):
    """Data X (d_0 x n) and the map back: ``forward`` (r x inputs of the first trained layer) and
    ``offset`` (length r) with forward * (fixed layers) X + offset 1^T = D; ``fixed`` weights."""

    x: list[list[Fraction]]
    forward: list[list[Fraction]]
    offset: list[Fraction]
    fixed: Weights


def unit(size: int, position: int) -> list[Fraction]:
    """A unit vector."""
    return [ONE if i == position else ZERO for i in range(size)]


def zeros(rows: int, columns: int) -> list[list[Fraction]]:
    """A zero matrix that may be written to."""
    return [[ZERO] * columns for _ in range(rows)]


def padded_identity(rows: int, columns: int, count: int) -> list[list[Fraction]]:
    """Ones on the first ``count`` diagonal places."""
    result = zeros(rows, columns)
    for i in range(count):
        result[i][i] = ONE
    return result


def dense(columns: Sequence[Column], r: int) -> list[list[Fraction]]:
    """The matrix D of the columns."""
    rows = zeros(r, len(columns))
    for t, column in enumerate(columns):
        if column is not None:
            rows[column[0]][t] = column[1]
    return rows


def realise_data(facts: Facts, room: Room, columns: Sequence[Column], plan: Plan) -> Data | Refusal:
    """Data for the effective columns (r = plan.inputs rows), satisfying what is said of X."""
    from ..algebra import rank, solve, transpose

    chain, ends = facts.chain, facts.ends
    assert chain is not None and ends is not None
    r = plan.inputs
    n = len(columns)
    d = dense(columns, r)
    width = facts.input_width
    assert isinstance(width, int)
    given = facts.model.data.matrix("X")
    fixed = identity_below(facts, room, r)
    inner_width = chain.widths[ends.first]
    assert isinstance(inner_width, int)
    if given is not None:
        inner = facts.inner_data
        if inner is None:
            return Refusal("the data after the fixed layers are not known")
        rows = [list(row) for row in inner.rows]
        if room.bias in ("first", "output"):
            rows.append([ONE] * n)
        # forward * inner + offset 1^T = D, and nothing of the data may be lost.
        found = solve(transpose(rows), transpose(d))
        full = rank(rows)
        wide = rank([*d, [ONE] * n]) if room.bias in ("first", "output") else rank(d)
        if found is None or full != wide:
            return Refusal("the given X does not span the samples of the instance")
        forward = [list(row) for row in transpose(found)]
        offset = [ZERO] * r
        if room.bias in ("first", "output"):
            offset = [row[-1] for row in forward]
            forward = [row[:-1] for row in forward]
        return Data([list(row) for row in given.matrix.rows], forward, offset, fixed)
    if room.known_below:
        composite = composite_of(facts, range(ends.first))
        from ..algebra import independent, product

        pivots = independent(list(zip(*composite, strict=True)))[:r]
        chosen = [[row[j] for j in pivots] for row in composite]
        gram = product(transpose(chosen), chosen)
        left = solve(gram, transpose(chosen))
        if len(pivots) < r or left is None:
            return Refusal("the given input layers have too small a rank")
        x = zeros(width, n)
        for i, j in enumerate(pivots):
            x[j] = d[i]
        for k in range(ends.first):
            if chain.layers[k].bias and chain.given_bias[k] is None:
                fixed[f"b{k + 1}"] = [ZERO] * as_int(chain.widths[k + 1])
        return Data(x, [list(row) for row in left], [ZERO] * r, fixed)
    forward = padded_identity(r, inner_width, min(r, inner_width))
    offset = [ZERO] * r
    rows = [list(row) for row in d]
    if room.bias == "first" and plan.rank_x == r - 1:
        # The last input is 1 minus the others: every column of D is a unit vector.
        rows = rows[:-1]
        forward = padded_identity(r, inner_width, r - 1)
        for i in range(r - 1):
            forward[r - 1][i] = -ONE
        offset[r - 1] = ONE
    identity = facts.model.data.property("X identity") is not None
    if len(rows) < plan.rank_x and room.bias == "output" and not identity:
        # A row that only adds a constant: the zero samples where that is one, else ones.
        plain = all(column is None or column[1] == 1 for column in columns)
        rows.append([ONE if column is None or not plain else ZERO for column in columns])
        if not any(rows[-1]):
            rows[-1] = [ONE] * n
    while len(rows) < plan.rank_x:
        extra = next((unit(n, t) for t in range(n) if rank([*rows, unit(n, t)]) > len(rows)), None)
        if extra is None:
            return Refusal("X cannot have that rank")
        rows.append(extra)
    if len(rows) > width:
        return Refusal("X would need more rows than it has")
    x = [*rows, *zeros(width - len(rows), n)]
    return Data(x, forward, offset, fixed)


def identity_below(facts: Facts, room: Room, count: int) -> Weights:
    """Fixed input layers that are not given: they pass the first ``count`` coordinates on."""
    ends = facts.ends
    assert ends is not None
    if not room.below or room.known_below:
        return {}
    return _identity_layers(facts, range(ends.first), count)


def _identity_layers(facts: Facts, positions: range, count: int) -> Weights:
    """Fixed layers that are not given: identities on the first ``count`` coordinates."""
    chain = facts.chain
    assert chain is not None
    found: Weights = {}
    for k in positions:
        rows, columns = chain.widths[k + 1], chain.widths[k]
        assert isinstance(rows, int) and isinstance(columns, int)
        matrix = padded_identity(rows, columns, min(rows, columns, count))
        if chain.layers[k].skip:
            for i in range(rows):
                matrix[i][i] -= 1
        found[f"W{k + 1}"] = matrix
        if chain.layers[k].bias and chain.given_bias[k] is None:
            found[f"b{k + 1}"] = [ZERO] * rows
    return found


def _scaled(entry: Any, factor: Fraction) -> Any:
    if isinstance(entry, Log):
        return ZERO if factor == 0 else Log(entry.argument, entry.times * factor)
    return entry * factor


def _combine(left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """A product in which no entry adds up two logarithms (``ValueError`` where one would)."""
    columns = len(right[0])
    result: list[list[Any]] = []
    for row in left:
        out: list[Any] = [ZERO] * columns
        for i, value in enumerate(row):
            if value == 0:
                continue
            for j, entry in enumerate(right[i]):
                if entry == 0:
                    continue
                if isinstance(value, Log):
                    term = _scaled(value, entry)
                else:
                    term = _scaled(entry, value)
                if out[j] == 0:
                    out[j] = term
                elif isinstance(out[j], Log) or isinstance(term, Log):
                    raise ValueError("a sum of logarithms")
                else:
                    out[j] += term
        result.append(out)
    return result


def top_layers(facts: Facts, room: Room) -> tuple[list[list[Fraction]] | None, Weights]:
    """R with (fixed output layers) R = [I; 0] (None: the identity), and the fixed weights."""
    from ..algebra import product, solve, transpose

    chain, ends = facts.chain, facts.ends
    assert chain is not None and ends is not None
    if not room.above:
        return None, {}
    positions = range(ends.last + 1, len(chain.layers))
    if not room.known_above:
        assert isinstance(room.outputs, int)
        return None, _identity_layers(facts, positions, room.outputs)
    composite = composite_of(facts, positions)
    flipped = transpose(composite)
    inverse = solve(product(composite, flipped), padded_identity(*([len(composite)] * 3)))
    assert inverse is not None
    right = [list(row) for row in product(flipped, inverse)]
    fixed: Weights = {}
    for k in positions:
        bias = chain.given_bias[k]
        if chain.layers[k].bias and bias is None:
            fixed[f"b{k + 1}"] = [ZERO] * as_int(chain.widths[k + 1])
    return right, fixed


def as_int(term: Term) -> int:
    """The number of a numeric term."""
    assert isinstance(term, int)
    return term


def chain_weights(
    facts: Facts, room: Room, data: Any, factors: Sequence[Sequence[Sequence[Any]]],
    shift: Sequence[Any] | None = None,
) -> Weights:  # fmt: skip
    """The model's weights for effective factors, one a trained layer.

    ``factors[0]`` is d_1 x r (acting on D), the last one e x d_(h-1) with e the usable outputs;
    ``shift`` (length e) is the effective output bias. The biases, the fixed ends and the skip
    connections are accounted for.
    """
    chain, ends = facts.chain, facts.ends
    assert chain is not None and ends is not None
    right, _ = top_layers(facts, room)
    matrices = [[list(row) for row in factor] for factor in factors]
    offset = [[v] for v in data.offset]
    moved = any(data.offset)
    first_shift = [row[0] for row in _combine(matrices[0], offset)] if moved else None
    constants: list[list[Any]] | None = None if shift is None else [[v] for v in shift]
    if moved and room.bias == "output" and not chain.layers[ends.first].bias:
        total: list[list[Any]] = offset
        for matrix in matrices:
            total = _combine(matrix, total)
        constants = (
            total
            if constants is None
            else [[a[0] + b[0]] for a, b in zip(total, constants, strict=True)]
        )
        first_shift = None
    matrices[0] = _combine(matrices[0], data.forward)
    top = as_int(chain.widths[ends.last + 1])
    if right is not None:
        matrices[-1] = _combine(right, matrices[-1])
        constants = None if constants is None else _combine(right, constants)
    else:
        missing = top - len(matrices[-1])
        matrices[-1] = [*matrices[-1], *zeros(missing, len(matrices[-1][0]))]
        if constants is not None:
            constants = [*constants, *([[ZERO]] * missing)]
    weights: Weights = {}
    for k in range(ends.first, ends.last + 1):
        matrix = matrices[k - ends.first]
        layer = chain.layers[k]
        if layer.skip:
            for i in range(len(matrix)):
                matrix[i][i] = matrix[i][i] - 1
        weights[f"W{k + 1}"] = matrix
        if layer.bias:
            bias: list[Any] = [ZERO] * len(matrix)
            if k == ends.first and first_shift is not None:
                bias = list(first_shift)
            if k == ends.last and constants is not None:
                bias = [row[0] for row in constants]
            weights[f"b{k + 1}"] = bias
    return weights


def pad_rows(rows: Sequence[Sequence[Any]], count: int, value: Any = ZERO) -> list[list[Any]]:
    """Further rows of a constant: outputs that no weight reaches."""
    columns = len(rows[0])
    return [*[list(row) for row in rows], *[[value] * columns for _ in range(count - len(rows))]]


def hidden_sizes(facts: Facts) -> list[int]:
    """The hidden widths between the first and the last trained layer."""
    return [as_int(width) for width, _ in facts.hidden_widths]


def through(
    hidden: Sequence[int], outer: Sequence[Sequence[Any]], inner: Sequence[Sequence[Any]]
) -> list[list[list[Any]]]:
    """Factors of outer * inner through the hidden widths, identity-padded; inner has k rows."""
    k = len(inner)
    columns = len(inner[0])
    first = [*[list(row) for row in inner], *zeros(hidden[0] - k, columns)]
    middle = [padded_identity(hidden[i], hidden[i - 1], k) for i in range(1, len(hidden))]
    last = [[*row, *([ZERO] * (hidden[-1] - k))] for row in outer]
    return [first, *middle, last]
