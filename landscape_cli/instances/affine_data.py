"""``affine-piece`` where the model gives X, Y or the weights of the loss.

With given data nothing can be designed: the fit is the exact (weighted) least-squares fit, the
units are placed inside their pieces by a form that is positive on all samples, and the better
point is searched for among networks of a few independent chains of units with an exact
least-squares output layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..algebra import null_space, rank, row_space, solve
from ..catalogue import BuildOptions, Refusal
from .affine import (
    Design,
    Recipe,
    Unit,
    bent_units,
    better_weights,
    designs,
    inner_unit,
    local_weights,
    pairing_of,
    words,
)
from .nonlinear import (
    ONE,
    ZERO,
    Parameters,
    Sparse,
    apply_activation,
    ends,
    inside,
    plus,
    scaled,
    simplest_between,
    square,
)

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from ..facts.normal_form import Chain
    from ..witnesses.affine_piece import Layout

Rows = list[list[Fraction]]
MOST_SAMPLES = 40
MOST_CHAINS = 24
PERCEPTRON_ROUNDS = 400


class Form(NamedTuple):
    """A linear form on the inputs, a constant (through the first layer's bias), its values."""

    row: tuple[Fraction, ...]
    constant: Fraction
    values: tuple[Fraction, ...]


def recipe_for_data(facts: Facts, plan: Layout, options: BuildOptions) -> Recipe | Refusal:
    """The instance on the given data, or why none was found."""
    data = facts.model.data
    given_x, given_y, given_w = (data.matrix(name) for name in ("X", "Y", "weights"))
    if plan.loss == "even":
        return Refusal("with given data, a loss other than squares is not covered")
    if facts.form.transposed:
        return Refusal("the map is transposed")
    count = next(m.matrix.shape[1] for m in (given_x, given_y, given_w) if m is not None)
    if count > MOST_SAMPLES or (options.samples is not None and options.samples != count):
        return Refusal(f"the given data have {count} samples")
    weights = None if given_w is None else [list(row) for row in given_w.matrix.rows]
    targets = None if given_y is None else [list(row) for row in given_y.matrix.rows]
    inputs: Iterator[Rows]
    if given_x is not None:
        inputs = iter([[list(row) for row in given_x.matrix.rows]])
    else:
        # What the scope has found with seed 0 has to be found with every seed.
        fixed = options._replace(samples=count)
        inputs = _drawn(facts, plan, fixed)
        if options.seed:
            inputs = chain(inputs, _drawn(facts, plan, fixed._replace(seed=0)))
    for x in inputs:
        if targets is None:
            found = _free_targets(plan, x, weights, options)
        else:
            found = _given_targets(plan, x, targets, weights)
        if found is not None and _allowed(facts, found):
            return found
    return Refusal("for the given data no better network, or no placement of the units, was found")


def _allowed(facts: Facts, found: Recipe) -> bool:
    from . import violations
    from .affine import instance

    made = instance(facts, found)
    return not isinstance(made, Refusal) and not violations(facts, made.document)


def _drawn(facts: Facts, plan: Layout, options: BuildOptions) -> Iterator[Rows]:
    """Data of this family's own designs, their samples in a few orders."""
    import random

    generator = random.Random(options.seed)
    for design, _ in islice(designs(facts, plan, options), 2):
        width, n = facts.input_width, design.samples
        assert isinstance(width, int)
        x = Sparse(width, n, (*design.rows, *(({},) * (width - len(design.rows))))).dense()
        yield [list(row) for row in x]
        for _ in range(2):
            order = list(range(n))
            generator.shuffle(order)
            yield [[row[s] for s in order] for row in x]


# --- forms -----------------------------------------------------------------------------------


def _form(x: Rows, row: Sequence[Fraction], constant: Fraction) -> Form:
    n = len(x[0])
    values = [constant] * n
    for factor, line in zip(row, x, strict=True):
        if factor:
            values = [v + factor * e for v, e in zip(values, line, strict=True)]
    return Form(tuple(row), constant, tuple(values))


def positive_form(x: Rows, bias: bool) -> Form | None:
    """A form that is positive on all samples (perceptron); 1 through the bias if there is one."""
    width, n = len(x), len(x[0])
    if bias:
        return _form(x, [ZERO] * width, ONE)
    ones = solve([list(column) for column in zip(*x, strict=True)], [[ONE]] * n)
    if ones is not None:
        return _form(x, [v for (v,) in ones], ZERO)
    row = [sum(line, ZERO) for line in x]
    for _ in range(PERCEPTRON_ROUNDS):
        form = _form(x, row, ZERO)
        wrong = [s for s, v in enumerate(form.values) if v <= 0]
        if not wrong:
            low = min(form.values)
            return _form(x, [v / low for v in row], ZERO)
        for s in wrong:
            row = [v + line[s] for v, line in zip(row, x, strict=True)]
    return None


def _probing_forms(x: Rows) -> Iterator[Form]:
    """Coordinates, and sums and differences of two of them."""
    width = len(x)
    units = [[ONE if i == j else ZERO for i in range(width)] for j in range(min(width, 6))]
    for row in units:
        yield _form(x, row, ZERO)
    for i in range(min(width, 3)):
        for j in range(i):
            for sign in (1, -1):
                yield _form(
                    x, [a + sign * b for a, b in zip(units[i], units[j], strict=True)], ZERO
                )


def _designs_of(plan: Layout, x: Rows, positive: Form, u: Sequence[Fraction]) -> Iterator[Design]:
    """Designs whose first units look through one form, shifted by multiples of the positive one."""
    for form in _probing_forms(x):
        if not any(form.values):
            continue
        # Shifts that put a kink between two samples.
        ratios = sorted({v / p for v, p in zip(form.values, positive.values, strict=True)})
        middles = [(a + b) / 2 for a, b in pairwise(ratios)]
        step = max(1, -(-len(middles) // 4))
        for shift in [ZERO, *middles[::step]]:
            row = [a - shift * b for a, b in zip(form.row, positive.row, strict=True)]
            moved = _form(x, row, -shift * positive.constant)
            yield Design(
                len(x[0]), (), (*moved.values, moved.values[0]),
                {k: v for k, v in enumerate(moved.row) if v},
                None if plan.first_bias else {k: v for k, v in enumerate(positive.row) if v},
                plan.first_bias, tuple(u), (),
                unit=(*positive.values, positive.values[0]), shift=moved.constant,
            )  # fmt: skip


# --- free targets ----------------------------------------------------------------------------


def _spanning(plan: Layout, x: Rows) -> Rows:
    rows = [list(row) for row in x]
    if plan.flat:
        rows.append([ONE] * len(x[0]))
    return rows


def _free_targets(
    plan: Layout, x: Rows, weights: Rows | None, options: BuildOptions
) -> Recipe | None:
    positive = positive_form(x, plan.first_bias)
    if positive is None:
        return None
    outputs = plan.chain.layers[-1].width
    assert isinstance(outputs, int)
    n = len(x[0])
    for chosen in range(outputs):
        conditions = _spanning(plan, x)
        if weights is not None:
            conditions += [
                [ONE if s == t else ZERO for t in range(n)]
                for s in range(n)
                if weights[chosen][s] == 0
            ]
        for u in null_space(conditions)[:2]:
            for design in _designs_of(plan, x, positive, u):
                inner = inner_unit(plan, design)
                if inner is None or any(not isinstance(v, Fraction) for v in inner.values):
                    continue
                fit = [ends(v).lower for v in inner.values[:-1]]
                if plan.zero_fit and any(fit) and not plan.flat:
                    continue
                units = bent_units(plan.chain, design)
                if units:
                    unit = units[options.seed % min(len(units), 3)]
                    return _free_recipe(plan, x, weights, chosen, design, inner, fit, unit)
    return None


def _free_recipe(
    plan: Layout, x: Rows, weights: Rows | None, chosen: int, design: Design, inner: Unit,
    fit: list[Fraction], unit: Unit,
) -> Recipe:  # fmt: skip
    outputs = plan.chain.layers[-1].width
    assert isinstance(outputs, int)
    n = len(fit)
    rows = range(outputs) if plan.curved else (chosen,)
    total = ends(ZERO)
    for i in rows:
        for s in range(n):
            w = ONE if weights is None else weights[i][s]
            gap = square(plus(fit[s], scaled(-ONE, unit.values[s])))
            total = ends(plus(total, scaled(w / 2, gap)))
    slope_ends = ends(pairing_of(design.u, unit.values))
    slope = slope_ends.lower if slope_ends.lower > 0 else -slope_ends.upper
    need = max(total.upper, Fraction(1, 8))
    kappa = simplest_between(need * Fraction(11, 10) / slope, need * 2 / slope)
    if slope_ends.lower <= 0:
        kappa = -kappa
    y = []
    for i in range(outputs):
        row = list(fit) if plan.curved or i == chosen else [ZERO] * n
        if i == chosen:
            for s, value in enumerate(design.u):
                if value:
                    row[s] += kappa * value / (ONE if weights is None else weights[i][s])
        y.append(row)
    local, better = local_weights(plan, design, inner), better_weights(plan, design, unit)
    if not plan.curved and chosen:
        local, better = _moved(local, chosen), _moved(better, chosen)
    matrix = Sparse(len(x), n, tuple({s: v for s, v in enumerate(row) if v} for row in x))
    return Recipe(matrix, y, local, better, weights, words(plan, design))


def _moved(parameters: Parameters, chosen: int) -> Parameters:
    """The first output's weights moved to another output."""
    *early, (matrix, bias) = parameters
    rows = list(matrix.rows)
    rows[0], rows[chosen] = rows[chosen], rows[0]
    if bias is not None:
        bias = list(bias)
        bias[0], bias[chosen] = bias[chosen], bias[0]
    return [*early, (matrix._replace(rows=tuple(rows)), bias)]


# --- given targets ---------------------------------------------------------------------------


class Chained(NamedTuple):
    """A chain of single units: the first unit's form, later (weight, bias), values at the end."""

    form: Form
    later: tuple[tuple[Fraction, Fraction], ...]
    values: tuple[Fraction, ...]


def _least_squares(basis: Rows, row: Sequence[Fraction], w: Sequence[Fraction]) -> list[Fraction]:
    """Coefficients of a (weighted) least-squares fit of the row by the vectors."""
    gram = [
        [sum((a * b * c for a, b, c in zip(p, q, w, strict=True)), ZERO) for q in basis]
        for p in basis
    ]
    right = [[sum((a * b * c for a, b, c in zip(p, row, w, strict=True)), ZERO)] for p in basis]
    found = solve(gram, right)
    assert found is not None  # normal equations are consistent
    return [v for (v,) in found]


def _combined(basis: Rows, coefficients: Sequence[Fraction], n: int) -> list[Fraction]:
    values = [ZERO] * n
    for c, vector in zip(coefficients, basis, strict=True):
        if c:
            values = [v + c * e for v, e in zip(values, vector, strict=True)]
    return values


def _given_targets(plan: Layout, x: Rows, y: Rows, weights: Rows | None) -> Recipe | None:
    """Exact least squares on given data, and a better network if a small search finds one."""
    layers = plan.chain.layers
    n = len(x[0])
    if layers[-1].activation.name != "linear" or any(p.slope is None for p in plan.pieces):
        return None
    w = weights if weights is not None else [[ONE] * n for _ in y]
    hidden = [width for width in plan.chain.widths[1:-1] if isinstance(width, int)]
    if not hidden:
        return None
    positive = positive_form(x, plan.first_bias)
    if positive is None:
        return None
    basis = [list(row) for row in row_space(_spanning(plan, x))]
    fit = [_combined(basis, _least_squares(basis, row, v), n) for row, v in zip(y, w, strict=True)]
    cost = _cost(fit, y, w)
    if cost == 0:
        return None
    carried = _carry(plan, x, positive, fit, min(hidden))
    if carried is None:
        return None
    better = _improve(plan, x, positive, y, w, cost, min(hidden))
    if better is None:
        return None
    matrix = Sparse(len(x), n, tuple({s: v for s, v in enumerate(row) if v} for row in x))
    parameters = [
        _parameters(plan, *one, copies) for one, copies in ((carried, True), (better, False))
    ]
    design = Design(n, (), (), {}, None, False, (), ())
    return Recipe(matrix, y, parameters[0], parameters[1], weights, words(plan, design))


def _cost(z: Rows, y: Rows, w: Rows) -> Fraction:
    return sum(
        (
            c * (a - b) ** 2 / 2
            for row, target, line in zip(z, y, w, strict=True)
            for a, b, c in zip(row, target, line, strict=True)
        ),
        ZERO,
    )


def _carry(
    plan: Layout, x: Rows, positive: Form, fit: Rows, width: int
) -> tuple[list[Chained], Rows] | None:
    """Chains inside the pieces whose span holds the fit, and the output coefficients."""
    n = len(x[0])
    output_bias = plan.chain.layers[-1].bias
    modulo = [[ONE] * n] if output_bias else []
    base = rank(modulo) if modulo else 0
    needed: list[list[Fraction]] = []
    for row in fit:
        if rank([*modulo, *needed, row]) > base + len(needed):
            needed.append(row)
    forms: list[Form] = []
    columns = [list(column) for column in zip(*x, strict=True)]
    for row in needed:
        extended = [[*column, ONE] for column in columns]
        solution = solve(columns, [[v] for v in row])
        if solution is not None:
            forms.append(_form(x, [v for (v,) in solution], ZERO))
            continue
        solution = solve(extended, [[v] for v in row])
        if solution is None or not (plan.first_bias or output_bias):
            return None
        *coefficients, constant = (v for (v,) in solution)
        # A constant that the first layer can't add is left to the output bias.
        forms.append(_form(x, coefficients, constant if plan.first_bias else ZERO))
    sign = [ONE if all(v > 0 for v in f.values) else -ONE for f in forms]
    kept: list[Form] = []
    for form, s in zip(forms, sign, strict=True):
        turned = _form(x, [s * v for v in form.row], s * form.constant)
        low = min(v / p for v, p in zip(turned.values, positive.values, strict=True))
        if low > 0:
            kept.append(turned)
            continue
        lift = 1 - low
        kept.append(
            _form(
                x,
                [a + lift * b for a, b in zip(turned.row, positive.row, strict=True)],
                turned.constant + lift * positive.constant,
            )
        )
    for chosen in (kept, [positive, *kept]):
        if not 1 <= len(chosen) <= width:
            continue
        chains = [_inner_chain(plan, form) for form in chosen]
        if any(one is None for one in chains):
            return None
        found = [one for one in chains if one is not None]
        vectors = [list(one.values) for one in found] + modulo
        matrix = [list(column) for column in zip(*vectors, strict=True)]
        solved = [solve(matrix, [[v] for v in row]) for row in fit]
        if all(s is not None for s in solved):
            return found, [[v for (v,) in s] for s in solved if s is not None]
    return None


def _inner_chain(plan: Layout, form: Form) -> Chained | None:
    """The form through all hidden layers, strictly inside the pieces (scaled down if need be)."""
    values: tuple[Fraction, ...] = form.values
    factors: list[Fraction] = []
    hidden = plan.chain.layers[:-1]
    for layer, piece in zip(hidden, plan.pieces, strict=False):
        for j in range(40):
            w = ONE / 2**j
            before = [w * v for v in values]
            if all(inside(v, piece) for v in before):
                break
        else:
            return None
        factors.append(w)
        images = [apply_activation(layer.activation, v) for v in before]
        values = tuple(v for v in images if isinstance(v, Fraction))
        if len(values) != len(images):
            return None
    first = Form(
        tuple(factors[0] * v for v in form.row), factors[0] * form.constant,
        tuple(factors[0] * v for v in form.values),
    )  # fmt: skip
    return Chained(first, tuple((w, ZERO) for w in factors[1:]), values)


def _improve(
    plan: Layout, x: Rows, positive: Form, y: Rows, w: Rows, cost: Fraction, width: int
) -> tuple[list[Chained], Rows] | None:
    """Greedy choice of at most ``width`` chains with an exact least-squares output layer."""
    n = len(x[0])
    modulo = [[ONE] * n] if plan.chain.layers[-1].bias else []
    pool: list[Chained] = []
    seen: set[tuple[Fraction, ...]] = set()
    inner = plan._replace(chain=_headless(plan))
    complement = null_space(_spanning(plan, x))
    for u in complement[:2]:
        for design in _designs_of(plan, x, positive, u):
            if len(pool) >= MOST_CHAINS:
                break
            for unit in bent_units(inner.chain, design, exact=True)[:4]:
                values = tuple(v for v in unit.values[:-1] if isinstance(v, Fraction))
                if len(values) != n or values in seen or not any(values):
                    continue
                seen.add(values)
                a, c = unit.first
                row = [ZERO] * len(x)
                for k, v in design.slope_row.items():
                    row[k] += a * v
                constant = a * design.shift
                for k, v in enumerate(positive.row):
                    row[k] += c * v
                constant += c * positive.constant
                pool.append(Chained(_form(x, row, constant), unit.later, values))
    straight = [_inner_chain(plan, positive)]
    for form in _probing_forms(x):
        low = min(v / p for v, p in zip(form.values, positive.values, strict=True))
        lift = max(ONE - low, ZERO)
        lifted = _form(
            x,
            [a + lift * b for a, b in zip(form.row, positive.row, strict=True)],
            form.constant + lift * positive.constant,
        )
        straight.append(_inner_chain(plan, lifted))
    pool = pool[:MOST_CHAINS] + [one for one in straight if one is not None][:12]
    chosen: list[Chained] = []
    best = cost
    for _ in range(min(width, 6)):
        scored: list[tuple[Fraction, int, Chained, Rows]] = []
        for candidate in pool:
            vectors = [list(c.values) for c in (*chosen, candidate)] + modulo
            coefficients = [_least_squares(vectors, row, v) for row, v in zip(y, w, strict=True)]
            fit = [_combined(vectors, c, n) for c in coefficients]
            scored.append((_cost(fit, y, w), len(scored), candidate, coefficients))
        if not scored:
            return None
        value, _, candidate, coefficients = min(scored, key=lambda entry: entry[:2])
        chosen.append(candidate)
        if value < best:
            return chosen, coefficients
    return None


def _headless(plan: Layout) -> Chain:
    """The chain without its linear last layer."""
    from dataclasses import replace

    return replace(plan.chain, layers=plan.chain.layers[:-1])


def _parameters(
    plan: Layout, chains: Sequence[Chained], coefficients: Rows, everywhere: bool
) -> Parameters:
    """Chain j in unit j of every layer; further units copy the first (inside the pieces) or are 0.

    ``coefficients`` (outputs x chains, then the output bias where there is one).
    """
    widths = [width for width in plan.chain.widths if isinstance(width, int)]
    result: Parameters = []
    last = len(plan.chain.layers) - 1
    for k, layer in enumerate(plan.chain.layers):
        rows, columns = widths[k + 1], widths[k]
        if k == last:
            lines = [{j: v for j, v in enumerate(row[: len(chains)]) if v} for row in coefficients]
            bias = [row[len(chains)] for row in coefficients] if layer.bias else None
            result.append((Sparse(rows, columns, tuple(lines)), bias))
            continue
        lines, shifts = [], []
        for i in range(rows):
            chain = chains[i] if i < len(chains) else chains[0] if everywhere else None
            if chain is None:
                lines.append({})
                shifts.append(ZERO)
            elif k == 0:
                lines.append({j: v for j, v in enumerate(chain.form.row) if v})
                shifts.append(chain.form.constant)
            else:
                weight, shift = chain.later[k - 1]
                lines.append({i if i < len(chains) else 0: weight})
                shifts.append(shift)
        result.append((Sparse(rows, columns, tuple(lines)), shifts if layer.bias else None))
    return result
