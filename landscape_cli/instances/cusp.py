"""Exact fits of some samples under |r|^p, p < 1 (family lp-cusp).

The base samples determine the map: unit vectors, and a zero sample where there is a bias. The
local minimum fits them. The better point gives up the first of them for the samples behind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from typing import TYPE_CHECKING

from ..catalogue import BuildOptions, Instance, Refusal
from ..facts.facts import Facts
from .chain_weights import ChainWeights, Rows
from .linear import zeros
from .numbers import Weights

if TYPE_CHECKING:
    from ..witnesses.lp_cusp import Layout
    from .nonlinear import Choice

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
MOST_BASES = 200
MOST_CANDIDATES = 12


def possible(facts: Facts, plan: Layout, options: BuildOptions) -> Choice | None:
    """The smallest data that the statements allow, nothing being given."""
    from ..witnesses.lp_cusp import samples_for
    from .nonlinear import choices

    ranges, rows = facts.ranges, facts.output_width
    assert ranges is not None and isinstance(rows, int)
    least = 0 if plan.constant else 1
    found = list(islice(choices(
        facts, ranges, least, lambda r, q: samples_for(plan, rows, r, q), samples=options.samples,
    ), 60))  # fmt: skip
    # A map that is constant on the data says less than one that is not.
    return min(found, key=lambda c: (c.rank_x == 0, c.samples, c.rank_x), default=None)


def instance(facts: Facts, plan: Layout, options: BuildOptions) -> Instance | Refusal:
    """The certificate, or why there is none."""
    if plan.concrete:
        return _given(facts, plan)
    choice = possible(facts, plan, options)
    if choice is None:
        return Refusal("no number of samples and ranks that the statements allow is enough")
    return _made(facts, *_designed(facts, plan, choice))


def _made(facts: Facts, x: Rows, y: Rows, local: Weights, better: Weights) -> Instance | Refusal:
    from .check import violations
    from .documents import NotAnInstance, document

    try:
        made = document(
            facts, X=x, Y=y, local=local, better=better, argument={"kind": "cusp"},
            fixed=ChainWeights(facts).fixed,
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "The first point fits some samples exactly, and every small change of the outputs is seen "
        "at one of them. There the loss rises like |r|^p, with infinite slope, while it falls at "
        "the others at a bounded rate. The second point fits other samples, and that costs less.",
    )


def _designed(facts: Facts, plan: Layout, choice: Choice) -> tuple[Rows, Rows, Weights, Weights]:
    """Data of the chosen sizes; both points."""
    from ..witnesses.lp_cusp import filled_rows, needed_samples

    n, r, q = choice
    net = ChainWeights(facts)
    outputs, width = net.widths[-1], net.widths[0]
    used = r
    if plan.ones:
        needed = needed_samples(plan, outputs, r, r, q)
        if not isinstance(needed, int) or needed > n:
            used = r - 1
    x, y = zeros(width, n), zeros(outputs, n)
    for i in range(used):
        x[i][i] = ONE
    base = used + (1 if plan.ones else 0)
    fills = min(filled_rows(plan, used), q - 1)
    for i in range(1, fills + 1):
        y[i][i] = ONE
    gain = ONE
    if plan.isotropic and r > 1:
        for t in range(r, n):
            x[t % r][t] = ONE
            for i in range(1, fills + 1):
                y[i][t] = y[i][t % r]
            y[0][t] = ONE if t % r == 0 else ZERO
    else:
        spare = n - base
        # Without an input that matters the outputs are constant: all further samples gain.
        winners = min(2, spare) if used else spare
        if winners == 1:
            # The residual left, of which |r|^p is rational if that takes no large number.
            gain = HALF ** (plan.p.denominator if plan.p.denominator <= 4 else 1)
        for t in range(base, base + winners):
            if used:
                x[0][t] = 1 / gain
            y[0][t] = ONE
        for step in range(q - 1 - fills):
            y[fills + 1 + step][base + 1 + step] = ONE
    if used < r:
        x[used] = [ONE] * n

    def point(first: Fraction) -> Weights:
        kept = dict.fromkeys(range(1, fills + 1), ONE) | ({0: first} if first and used else {})
        shift = [ZERO] * outputs
        if not used:
            shift[0] = first
        return net.weights(_factors(net, _diagonal(net, kept)), shift)

    return x, y, point(ZERO), point(gain)


def _diagonal(net: ChainWeights, entries: dict[int, Fraction]) -> Rows:
    matrix = zeros(net.widths[net.trained[-1] + 1], net.widths[net.trained[0]])
    for i, value in entries.items():
        matrix[i][i] = value
    return matrix


def _factors(net: ChainWeights, matrix: Rows) -> list[Rows]:
    """Factors of the matrix, of inner size its rank."""
    from ..algebra import row_space, solve, transpose

    if not any(v for row in matrix for v in row):
        return net.zero()
    inner = [list(row) for row in row_space(matrix)]
    outer = solve(transpose(inner), transpose(matrix))
    assert outer is not None  # the rows lie in their span
    return net.product([list(row) for row in transpose(outer)], inner)


# --- given data ------------------------------------------------------------------------------


def _given(facts: Facts, plan: Layout) -> Instance | Refusal:
    """Data of which some are given: the cusps of one output, or a target made for two of them."""
    reason = Refusal("no local minimum that is not global was found among the fits of the data")
    for x, y, local, better in islice(_candidates(facts, plan), MOST_CANDIDATES):
        made = _made(facts, x, y, local, better)
        if isinstance(made, Instance):
            return made
        reason = made
    return reason


def _candidates(facts: Facts, plan: Layout) -> Iterator[tuple[Rows, Rows, Weights, Weights]]:
    given_x, given_y = facts.model.data.matrix("X"), facts.model.data.matrix("Y")
    net = ChainWeights(facts)
    if any(layer.fixed for layer in net.chain.layers):
        return
    y = None if given_y is None else [list(row) for row in given_y.matrix.rows]
    choices = (
        [[list(row) for row in given_x.matrix.rows]]
        if given_x is not None
        else list(_inputs(facts, plan, len((y or [[]])[0])))
    )
    for x in choices:
        fits = _Fits(plan, net, x)
        if fits.bases:
            yield from ((x, *rest) for rest in (fits.free() if y is None else fits.of(y)))


def _inputs(facts: Facts, plan: Layout, n: int) -> Iterator[Rows]:
    """Data of the least ranks that are allowed, in two patterns."""
    ranges, width = facts.ranges, facts.input_width
    assert ranges is not None and isinstance(width, int)
    least, most = max(1, ranges.rank_x.least), min(width, n - 1 - plan.ones)
    for r in range(least, min(most, least + 2) + 1):
        for step in (0, 1):
            x = zeros(width, n)
            for t in range(n):
                if t < r:
                    x[t][t] = ONE
                elif not (plan.ones and t == n - 1):
                    x[t % r][t] = ONE + step * (t - r + 1)
            yield x


class _Fits:
    """The maps (one row of outputs) that fit as many samples as determine them."""

    def __init__(self, plan: Layout, net: ChainWeights, x: Rows) -> None:
        from ..algebra import independent, solve

        self.plan, self.net, self.x = plan, net, x
        self.n = len(x[0])
        rows = [*x, *([[ONE] * self.n] if plan.ones else [])]
        self.pivots = independent(rows)
        seen = [rows[i] for i in self.pivots]
        size = len(seen)
        self.bases: list[tuple[tuple[int, ...], Rows]] = []
        if not 0 < size < self.n:
            return
        for chosen in islice(combinations(range(self.n), size), 20 * MOST_BASES):
            columns = [[row[t] for t in chosen] for row in seen]
            # Row t: the weights whose outputs are 1 at the t-th chosen sample, 0 at the others.
            inverse = solve(columns, [[ONE * (i == j) for j in range(size)] for i in range(size)])
            if inverse is None:
                continue
            self.bases.append((chosen, [list(row) for row in inverse]))
            if len(self.bases) == MOST_BASES:
                return

    def row(self, base: tuple[tuple[int, ...], Rows], values: Sequence[Fraction]) -> list[Fraction]:
        """The weights (and the bias, last) of the row with these values at the base samples."""
        _, inverse = base
        found = [ZERO] * (len(self.x) + self.plan.ones)
        for place, pivot in enumerate(self.pivots):
            found[pivot] = sum(
                (v * line[place] for v, line in zip(values, inverse, strict=True)), ZERO
            )
        return found

    def outputs(self, row: Sequence[Fraction]) -> list[Fraction]:
        """The row's values at all samples."""
        shift = row[-1] if self.plan.ones else ZERO
        return [
            sum((a * line[t] for a, line in zip(row, self.x, strict=False) if a), shift)
            for t in range(self.n)
        ]

    def cost(self, row: Sequence[Fraction], targets: Sequence[Fraction]) -> float:
        """The loss, to order the fits by; the document compares rigorously."""
        p = float(self.plan.p)
        return math.fsum(
            math.pow(abs(z - y), p) for z, y in zip(self.outputs(row), targets, strict=True)
        )

    def weights(self, rows: Sequence[Sequence[Fraction]]) -> Weights | None:
        """The network with these rows; None if its widths are too small for them."""
        from ..algebra import rank

        width = len(self.x)
        matrix = [list(row[:width]) for row in rows]
        if any(v for row in matrix for v in row) and rank(matrix) > min(self.net.widths):
            return None
        shift = [row[width] if self.plan.ones else ZERO for row in rows]
        return self.net.weights(_factors(self.net, matrix), shift)

    def of(self, y: Rows) -> Iterator[tuple[Rows, Weights, Weights]]:
        """Both given: the best fit of every output, and a worse one of one output."""
        fits: list[list[tuple[float, list[Fraction]]]] = []
        for targets in y:
            found = [self.row(base, [targets[t] for t in base[0]]) for base in self.bases]
            fits.append(sorted((self.cost(row, targets), row) for row in found))
        best = [row for (_, row), *_ in fits]
        better = self.weights(best)
        if better is None:
            return
        for i, candidates in enumerate(fits):
            if candidates[-1][0] > candidates[0][0] + 1e-9:
                local = self.weights([*best[:i], candidates[-1][1], *best[i + 1 :]])
                if local is not None:
                    yield y, local, better

    def free(self) -> Iterator[tuple[Rows, Weights, Weights]]:
        """X given: targets 0 on a base, those of a row that gives up one of its samples elsewhere.

        The row through the targets gains at every other sample that it moves, and loses one.
        """
        outputs = self.net.widths[-1]
        zero = [ZERO] * (len(self.x) + self.plan.ones)
        gains = []
        for base in self.bases[:20]:
            for place in range(len(base[0])):
                unit = [ONE * (i == place) for i in range(len(base[0]))]
                row = self.row(base, unit)
                targets = self.outputs(row)
                targets[base[0][place]] = ZERO
                gains.append((self.cost(zero, targets), base[0], row, targets))
        gains.sort(key=lambda gain: -gain[0])
        for _, _, row, targets in gains[:MOST_CANDIDATES]:
            others = [zero] * (outputs - 1)
            local, better = self.weights([zero, *others]), self.weights([row, *others])
            if local is not None and better is not None:
                y = [targets, *([ZERO] * self.n for _ in range(outputs - 1))]
                yield y, local, better
