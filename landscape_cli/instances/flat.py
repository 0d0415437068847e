"""Outputs strictly inside flat pieces of the loss (family flat-region).

Tukey's loss is flat beyond c, zero_one everywhere but at 0. At the local minimum the outputs are
0 (or, where that is within c of a given target, far from all targets); for zero_one each is 1 or
-1 times a common factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import BuildOptions, Instance, Refusal
from ..facts.facts import Facts
from .chain_weights import PRELU_SLOPE, ChainWeights
from .linear import as_int, padded_identity, zeros
from .numbers import Weights

if TYPE_CHECKING:
    from ..witnesses.flat_region import Layout

ZERO, ONE = Fraction(0), Fraction(1)
Rows = list[list[Fraction]]
Candidate = tuple[Rows, Rows, Weights, Weights]
"""Data, targets, the local minimum, a better point."""


def instance(facts: Facts, plan: Layout, options: BuildOptions) -> Instance | Refusal:
    """The certificate, or why there is none."""
    from ..witnesses.flat_region import samples_for
    from .nonlinear import choices

    ranges = facts.ranges
    assert ranges is not None
    given = facts.model.data.matrix("X") is not None
    free = facts.model.data.matrix("Y") is None

    def needed(r: int, q: int) -> int | list[int] | None:
        return max(r, q, 1) if given else samples_for(plan, facts, r, q)

    least = 0 if plan.constant and not plan.same else 1
    reason = Refusal("the data that it needs are not allowed")
    tried = 0
    for n, r, q in choices(
        facts, ranges, least, needed, samples=options.samples, least_rank_y=int(free)
    ):
        kind = _Symmetric if plan.kind == "symmetric" else _Net
        made = kind(facts, plan, n, r, q).build()
        if isinstance(made, Instance):
            return made
        reason, tried = made, tried + 1
        if tried == 4:
            break
    return reason


def _pattern(height: Fraction, bump: Fraction, rows: int, columns: int, rank: int) -> Rows:
    """Every entry ``height``, but ``bump`` on rank - 1 places of the diagonal: of that rank."""
    result = [[height] * columns for _ in range(rows)]
    for i in range(1, rank):
        result[i][i] = bump
    return result


def _scaled(factor: Fraction, rows: Rows) -> Rows:
    return [[factor * v for v in row] for row in rows]


class _Case:
    """Sizes, data and targets, and how a candidate is checked."""

    def __init__(self, facts: Facts, plan: Layout, n: int, r: int, q: int) -> None:
        self.facts, self.plan = facts, plan
        self.n, self.r, self.q = n, r, q
        self.width, self.outputs = as_int(facts.input_width), as_int(facts.output_width)
        self.loss: dict[str, Any] | None = None
        if facts.model.loss.kind == "class":
            self.loss = {"name": "tukey", "c": plan.cut}
        given_x, given_y = facts.model.data.matrix("X"), facts.model.data.matrix("Y")
        self.x = None if given_x is None else [list(row) for row in given_x.matrix.rows]
        self.y = None if given_y is None else [list(row) for row in given_y.matrix.rows]
        self.height = ONE if plan.signs else 2 * plan.cut
        self.fixed: Weights = {}
        self.slopes: dict[int, Fraction] = {}

    def candidates(self) -> Iterator[Candidate]:
        """What to try, in this order."""
        raise NotImplementedError

    def build(self) -> Instance | Refusal:
        """The first candidate that is an instance."""
        reason = Refusal("no better point was found")
        for candidate in self.candidates():
            made = self.document(*candidate)
            if isinstance(made, Instance):
                return made
            reason = made
        return reason

    def document(self, x: Rows, y: Rows, local: Weights, better: Weights) -> Instance | Refusal:
        """The certificate, with the plateau checked."""
        from .check import violations
        from .documents import NotAnInstance, document, read_problem
        from .values import bounds, outputs

        try:
            made = document(
                self.facts, X=x, Y=y, local=local, better=better,
                argument={"kind": "loss-plateau"}, loss=self.loss, fixed=self.fixed,
                slopes=self.slopes,
            )  # fmt: skip
        except NotAnInstance as reason:
            return Refusal(f"no instance: {reason}")
        seen = outputs(read_problem(made["problem"]), x, local)
        for row, targets in zip(seen, y, strict=True):
            for z, target in zip(row, targets, strict=True):
                low, high = bounds(z)
                if self.plan.signs:
                    flat = low > 0 or high < 0
                else:
                    gap = max(low - target, target - high)
                    flat = gap > self.plan.cut or low == high == target
                if not flat:
                    return Refusal("an output is not strictly inside a flat piece")
        broken = violations(self.facts, made)
        if broken:
            return Refusal("the instance would violate the model: " + "; ".join(broken))
        words = (
            "Every output has a sign that small changes of the weights keep, so the number of "
            "errors does not change nearby"
            if self.plan.signs
            else "Every output is at its target, or further from it than the loss can see, and "
            "stays so for all nearby weights: none of them is better"
        )
        return Instance(made, words + "; other weights do better.")

    def data(self, *, fill: bool = False) -> Rows:
        """X: given, or unit vectors, then zero samples or (``fill``) unit vectors again."""
        if self.x is not None:
            return self.x
        x = padded_identity(self.width, self.n, self.r)
        if fill and self.r > 0:
            for t in range(self.r, self.n):
                x[t % self.r if self.plan.isotropic else 0][t] = ONE
        return x

    def same_data(self) -> Rows:
        """X = Y: labels, or multiples of unit vectors."""
        if self.plan.signs:
            return _pattern(ONE, -ONE, self.width, self.n, self.r)
        height = ONE if self.plan.identity else self.height
        return _scaled(height, padded_identity(self.width, self.n, self.r))

    def targets(self) -> Rows:
        """Targets of rank q, none of them small."""
        bump = -ONE if self.plan.signs else 2 * self.height
        return _pattern(self.height, bump, self.outputs, self.n, self.q)


class _Symmetric(_Case):
    def candidates(self) -> Iterator[Candidate]:
        plan, k = self.plan, as_int(self.facts.form.columns)
        rows = self.outputs
        zero = zeros(rows, k)
        x = self.data(fill=plan.signs)
        if plan.signs:
            signs = [ONE] + [-ONE] * (rows - 1)
            column = [sum((s * v for s, v in zip(signs, sample, strict=True)), ZERO)
                      for sample in zip(*x, strict=True)]  # fmt: skip
            y = [[s * v for v in column] for s in signs]
            local = [[ONE, *[ZERO] * (k - 1)] for _ in range(rows)]
            yield x, y, {"W": local}, {"W": [[s, *[ZERO] * (k - 1)] for s in signs]}
            return
        if plan.same:
            x = self.same_data()
            yield x, x, {"W": zero}, {"W": padded_identity(rows, k, min(k, self.r))}
            return
        root = ONE
        while root * root <= plan.cut:
            root *= 2
        while (root / 2) ** 2 > plan.cut:
            root /= 2
        self.height = root * root
        if plan.realizable:
            y = _scaled(self.height, padded_identity(rows, self.n, self.q))
        else:
            y = self.targets()
        better = _scaled(root, padded_identity(rows, k, self.q if plan.realizable else 1))
        yield x, y, {"W": zero}, {"W": better}


class _Net(_Case, ChainWeights):
    def __init__(self, facts: Facts, plan: Layout, n: int, r: int, q: int) -> None:
        _Case.__init__(self, facts, plan, n, r, q)
        ChainWeights.__init__(self, facts)

    def candidates(self) -> Iterator[Candidate]:
        if self.plan.constant:
            yield from self.by_bias()
        if self.plan.kind == "bent":
            yield from self.by_bent_path()
        elif self.plan.kind == "network":
            if not self.plan.constant:
                yield from self.by_path()
        elif self.plan.signs:
            yield from self.by_signs()
        else:
            yield from self.by_distance()

    # --- an output bias -----------------------------------------------------------------------

    def by_bias(self) -> Iterator[Candidate]:
        """No output weights: the outputs are the bias."""
        plan = self.plan
        x = self.same_data() if plan.same else self.data()
        y = self.y
        if y is None:
            y = x if plan.same else self.targets()
        zero = self.zero()
        if plan.signs:
            good = [ONE if 2 * sum(v > 0 for v in row) >= len(row) else -ONE for row in y]
            yield x, y, self.weights(zero, [-v for v in good]), self.weights(zero, good)
            return
        far = max(abs(v) for row in y for v in row) + self.height
        hits = [row[0] for row in y]
        yield x, y, self.weights(zero, [ZERO] * self.outputs), self.weights(zero, hits)
        yield x, y, self.weights(zero, [far] * self.outputs), self.weights(zero, hits)

    # --- linear chains ------------------------------------------------------------------------

    def by_signs(self) -> Iterator[Candidate]:
        """All rows of outputs are one functional w x_t, up to sign."""
        x = self.same_data() if self.plan.same else self.data(fill=True)
        y = self.y
        if y is None:
            y = x if self.plan.same else self.targets()
        for row in self.functionals(x):
            signs = [ONE if v > 0 else -ONE for v in self.seen(row, x)]
            hits = [sum(s == v for s, v in zip(signs, targets, strict=True)) for targets in y]
            good = [ONE if 2 * hit >= self.n else -ONE for hit in hits]
            local = self.outer([-v for v in good], row)
            if self.plan.realizable and self.q > 1:
                # Ones, and -1 on the diagonal: a product of inner size q.
                spots = range(1, self.q)
                if self.plan.same:
                    inner = padded_identity(self.q, self.width, self.q)
                    outer = [[ONE if j == (i if i < self.q else 0) else ZERO for j in range(self.q)]
                             for i in range(self.outputs)]  # fmt: skip
                    yield x, y, local, self.weights(self.product(outer, inner))
                    continue
                inner = [[ONE] * self.width]
                inner += [[ONE if j == i else ZERO for j in range(self.width)] for i in spots]
                outer = [[ONE, *(-2 * ONE if j == i else ZERO for j in spots)]
                         for i in range(self.outputs)]  # fmt: skip
                yield x, y, local, self.weights(self.product(outer, inner))
            else:
                yield x, y, local, self.outer(good, row)

    def seen(self, row: list[Fraction], x: Rows) -> list[Fraction]:
        """The functional at every sample."""
        return [sum((a * b for a, b in zip(row, sample, strict=True)), ZERO)
                for sample in zip(*x, strict=True)]  # fmt: skip

    def functionals(self, x: Rows) -> Iterator[list[Fraction]]:
        """Rows w with w x_t != 0 for every sample, if some are found."""
        size = len(x)
        rows = [[ONE] * size, [ONE] + [ZERO] * (size - 1)]
        rows += [[Fraction((-1) ** i * (base + i * i)) for i in range(size)] for base in (3, 101)]
        for sign in (1000, -1000):
            rows += [[ONE + sign * (i == j) for j in range(size)] for i in range(min(size, 8))]
        for row in rows:
            if all(self.seen(row, x)):
                yield row

    def by_distance(self) -> Iterator[Candidate]:
        plan = self.plan
        zero = self.weights(self.zero())
        if plan.same:
            x = self.same_data()
            size = min(min(len(f), len(f[0])) for f in self.zero())
            full = [padded_identity(len(f), len(f[0]), size) for f in self.zero()]
            yield x, x, zero, self.weights(full)
            yield from self.far(x, x)
        elif plan.realizable:
            x = self.data()
            y = _scaled(self.height, padded_identity(self.outputs, self.n, self.q))
            inner = _scaled(self.height, padded_identity(self.q, self.width, self.q))
            outer = padded_identity(self.outputs, self.q, self.q)
            yield x, y, zero, self.weights(self.product(outer, inner))
        else:
            x = self.data(fill=self.y is not None)
            y = self.targets() if self.y is None else self.y
            yield from self.one_hit(x, y)
            yield from self.far(x, y)

    def one_hit(self, x: Rows, y: Rows) -> Iterator[Candidate]:
        """All outputs 0; a product of rank one that hits one target."""
        from .documents import problem_of
        from .values import outputs

        problem = problem_of(self.facts, self.loss, self.fixed, {})
        rows, columns = self.widths[self.trained[-1] + 1], self.widths[self.trained[0]]
        found = 0
        for j in range(rows):
            for i in range(columns):
                unit = [ONE if k == j else ZERO for k in range(rows)]
                row = [ONE if k == i else ZERO for k in range(columns)]
                z = outputs(problem, x, self.outer(unit, row))
                spots = [(o, t) for o in range(len(z)) for t, v in enumerate(z[o]) if v and y[o][t]]
                for o, t in spots[:2]:
                    row[i] = y[o][t] / z[o][t]
                    yield x, y, self.weights(self.zero()), self.outer(unit, row)
                    found += 1
                    if found == 8:
                        return

    def far(self, x: Rows, y: Rows) -> Iterator[Candidate]:
        """All outputs far from all targets; better: the first row hits its first target."""
        if len(self.trained) < len(self.chain.layers):
            return
        for row in self.functionals(x):
            seen = self.seen(row, x)
            most = max(abs(v) for targets in y for v in targets) + self.height
            column = [most / min(abs(v) for v in seen)] * self.outputs
            yield x, y, self.outer(column, row), self.outer([y[0][0] / seen[0], *column[1:]], row)
            return

    # --- other networks -----------------------------------------------------------------------

    def by_path(self) -> Iterator[Candidate]:
        """One unit a layer, all its pre-activations near 1; the output weights decide."""
        from ..witnesses.flat_region import fills

        plan = self.plan
        x = self.same_data() if plan.same else self.data(fill=fills(plan))
        y = x if plan.same else self.targets()
        if plan.signs and plan.same:
            first = [ONE] + [ZERO] * (self.width - 1)
        elif fills(plan):
            first = [ONE] * self.width
        else:
            first = [1 / x[0][0]] + [ZERO] * (self.width - 1)
        factors, feature = self.path(first, len(self.widths) - 2)
        rows = len(factors[-1])

        def with_top(column: list[Fraction]) -> Weights:
            top = zeros(rows, len(factors[-1][0]))
            for i, v in enumerate(column):
                top[i][0] = v
            return self.weights([*factors[:-1], top])

        if plan.signs:
            hits = [sum(v > 0 for v in row) for row in y]
            good = [ONE if 2 * hit >= self.n else -ONE for hit in hits]
            yield x, y, with_top([-v for v in good]), with_top(good)
            return
        gain = y[0][0] / feature
        column = [gain if i == 0 or plan.realizable else ZERO for i in range(rows)]
        yield x, y, with_top([ZERO] * rows), with_top(column)

    def by_bent_path(self) -> Iterator[Candidate]:
        """No output weights: the outputs are s(0) = v. A path moves the first one to f > v.

        The targets, c + (v + f)/2 (about f where f is far from v), are further than c from v, but
        not from f.
        """
        from .values import activate, bounds

        first = [ONE] + [ZERO] * (self.width - 1)
        factors, reached = self.path(first, len(self.widths) - 1)
        top = self.chain.layers[-1].activation
        slope = {"slope": PRELU_SLOPE} if top.name == "prelu" else dict(top.parameters)
        start = bounds(activate(top.name, slope, ZERO))[0]
        cut = self.plan.cut
        if 2 * (reached - start) > 3 * cut:
            self.height = cut / 8 * round(8 * reached / cut)
        else:
            self.height = cut + ((start + reached) / 2).limit_denominator(1000)
        yield self.data(), self.targets(), self.weights(self.zero()), self.weights(factors)

    def path(self, first: list[Fraction], depth: int) -> tuple[list[Rows], Fraction]:
        """The factors of the path up to a layer, and (nearly, where it is irrational) its value.

        Every pre-activation is between 1/2 and 2, where every activation is positive.
        """
        from .values import activate

        factors = self.zero()
        factors[0][0] = list(first)
        before: Fraction = ONE
        value = ONE
        for k, layer in enumerate(self.chain.layers[:depth]):
            if k > 0:
                weight = ONE
                while weight * value > Fraction(3, 2):
                    weight /= 2
                while weight * value < Fraction(3, 4):
                    weight *= 2
                factors[k][0][0] = weight
                before = weight * value
            parameters = dict(layer.activation.parameters)
            if layer.activation.name == "prelu":
                parameters = {"slope": PRELU_SLOPE}
            image = activate(layer.activation.name, parameters, before)
            if isinstance(image, Fraction):
                value = image
            else:
                value = Fraction(float(image.mid())).limit_denominator(10**6)
        return factors, value
