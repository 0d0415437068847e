"""A network on balls: its objective, gradient and Hessian, enclosed with python-flint's ``arb``.

Every number is a ball, every operation encloses: what comes out holds for all weights in the
balls that go in. Derivatives are those of back-propagation, and of back-propagation along each
coordinate direction for the columns of the Hessian. Where a function is C^1 with a second
derivative that jumps (celu, softsign, huber, ...) and an argument may be on either side, the
second derivative is enclosed by both sides: the result encloses Clarke's generalised Hessian,
which is all that the mean value theorem and the convexity argument of the checker need. Where
the function has a kink there, the argument has to be on one side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from ..exact.numbers import Rejection

Ball: TypeAlias = Any  # flint.arb, which has no type stubs
Matrix: TypeAlias = Any  # flint.arb_mat
Triple: TypeAlias = tuple[Ball, Ball, Ball]  # value, first and second derivative
Rows: TypeAlias = list[list[Ball]]


def ball(x: Fraction | int) -> Ball:
    """The rational as a ball."""
    import flint

    exact = Fraction(x)
    return flint.arb(flint.fmpq(exact.numerator, exact.denominator))


def matrix(rows: Sequence[Sequence[Ball]]) -> Matrix:
    """Rows of balls as a matrix of flint."""
    import flint

    return flint.arb_mat([list(row) for row in rows])


def rows_of(m: Matrix) -> Rows:
    """A matrix of flint as rows of balls."""
    found: Rows = m.table()
    return found


# --- functions of one number ------------------------------------------------------------------


def _smooth(name: str, t: Ball) -> Triple | None:
    """The activations without pieces; None for another one."""
    import flint

    one, two, half = ball(1), ball(2), ball(Fraction(1, 2))
    if name == "linear":
        return t, one, ball(0)
    if name == "quadratic":
        return t * t, two * t, two
    if name == "cube":
        return t * t * t, ball(3) * t * t, ball(6) * t
    if name == "tanh":
        v = t.tanh()
        return v, one - v * v, -two * v * (one - v * v)
    if name == "arctan":
        q = one / (one + t * t)
        return t.atan(), q, -two * t * q * q
    if name == "sin":
        return t.sin(), t.cos(), -t.sin()
    if name == "erf":
        q = two / flint.arb.pi().sqrt() * (-t * t).exp()
        return t.erf(), q, -two * t * q
    if name == "gelu":
        big = half * (one + (t / two.sqrt()).erf())
        small = (-t * t * half).exp() / (two * flint.arb.pi()).sqrt()
        return t * big, big + t * small, (two - t * t) * small
    if name not in ("sigmoid", "softplus", "silu", "mish"):
        return None
    g = one / (one + (-t).exp())
    first = g * (one - g)
    second = first * (one - two * g)
    if name == "sigmoid":
        return g, first, second
    if name == "silu":
        return t * g, g + t * first, two * first + t * second
    soft = (one + t.exp()).log()
    if name == "softplus":
        return soft, g, first
    v = soft.tanh()
    once = (one - v * v) * g
    twice = (one - v * v) * first - two * v * once * g
    return t * v, v + t * once, two * once + t * twice


def _line(slope: Fraction | int, t: Ball, shift: Fraction | int = 0) -> Triple:
    return ball(slope) * t + ball(shift), ball(slope), ball(0)


Formula: TypeAlias = Callable[[Ball], Triple]
Pieces: TypeAlias = tuple[bool, list[Fraction], list[Formula]]
"""Whether the function is C^1 where the pieces meet; the places; a formula for each piece."""


def _pieces(name: str, p: Fraction) -> Pieces:
    """The activations with pieces; ``p`` is the parameter."""
    zero, one = Fraction(0), Fraction(1)
    alpha, scale = p, one
    if name == "selu":
        alpha = Fraction("1.6732632423543772848170429916717")
        scale = Fraction("1.0507009873554804934193349852946")
    rate = one / alpha if name == "celu" else one

    def bent(t: Ball) -> Triple:
        v = ball(scale * alpha) * (t * ball(rate)).exp()
        return v - ball(scale * alpha), v * ball(rate), v * ball(rate * rate)

    def soft(sign: int) -> Formula:
        def formula(t: Ball) -> Triple:
            q = ball(1) / (ball(1) + ball(sign) * t)
            return t * q, q * q, ball(-2 * sign) * q * q * q

        return formula

    known: dict[str, Pieces] = {
        "relu": (False, [zero], [lambda t: _line(0, t), lambda t: _line(1, t)]),
        "leaky_relu": (p == 1, [zero], [lambda t: _line(p, t), lambda t: _line(1, t)]),
        "hard_tanh": (False, [-one, one], [
            lambda t: _line(0, t, -1), lambda t: _line(1, t), lambda t: _line(0, t, 1)]),
        "hard_sigmoid": (False, [Fraction(-3), Fraction(3)], [
            lambda t: _line(0, t), lambda t: _line(Fraction(1, 6), t, Fraction(1, 2)),
            lambda t: _line(0, t, 1)]),
        "relu6": (False, [zero, Fraction(6)], [
            lambda t: _line(0, t), lambda t: _line(1, t), lambda t: _line(0, t, 6)]),
        "elu": (alpha == 1, [zero], [bent, lambda t: _line(1, t)]),
        "celu": (True, [zero], [bent, lambda t: _line(1, t)]),
        "selu": (False, [zero], [bent, lambda t: _line(scale, t)]),
        "softsign": (True, [zero], [soft(-1), soft(1)]),
    }  # fmt: skip
    if name not in known:
        raise Rejection(f"this argument does not cover {name}")
    return known[name]


def piecewise(pieces: Pieces, t: Ball, what: str) -> Triple:
    """The function at a ball; a rejection if the ball may be on both sides of a kink."""
    joined, places, formulas = pieces
    low = sum(bool(t > ball(place)) for place in places)
    high = len(places) - sum(bool(t < ball(place)) for place in places)
    if low < high and not joined:
        raise Rejection(f"{what} is not shown to be on one side of a kink")
    found = formulas[low](t)
    for formula in formulas[low + 1 : high + 1]:
        found = tuple(a.union(b) for a, b in zip(found, formula(t), strict=True))
    return found


def activation(name: str, p: Fraction, t: Ball) -> Triple:
    """An activation with its parameter (0 if it has none)."""
    found = _smooth(name, t)
    return found or piecewise(_pieces(name, p), t, f"an input of {name}")


def entry_loss(name: str, p: Fraction, z: Ball, y: Ball, w: Ball) -> Triple:
    """The loss of one output; ``p`` is the parameter, ``w`` the weight of the entry."""
    one, r = ball(1), z - y
    if name in ("squared", "weighted_squared", "masked_squared"):
        return w * r * r / 2, w * r, w
    if name == "log_cosh":
        v = r.tanh()
        return r.cosh().log(), v, one - v * v
    if name == "logistic":
        soft, first, second = _smooth("softplus", -y * z) or (one, one, one)
        return soft, -y * first, y * y * second
    if name == "poisson":
        return z.exp() - y * z, z.exp() - y, z.exp()
    if name == "linear_loss":
        return w * z, w, ball(0)
    if name == "squared_hinge":
        margin = ball(1) - y * z
        sides: list[Formula] = [
            lambda _: (ball(0), ball(0), ball(0)),
            lambda m: (m * m / 2, -y * m, y * y),
        ]
        return piecewise((True, [Fraction(0)], sides), margin, "an output")
    if name == "huber":
        sides = [
            lambda r: (-ball(p) * r - ball(p * p / 2), -ball(p), ball(0)),
            lambda r: (r * r / 2, r, ball(1)),
            lambda r: (ball(p) * r - ball(p * p / 2), ball(p), ball(0)),
        ]
        return piecewise((True, [-p, p], sides), r, "an output")
    if name == "tukey":
        c = ball(p)

        def inside(r: Ball) -> Triple:
            u = (r / c) * (r / c)
            v = one - u
            return c * c / 6 * (one - v * v * v), r * v * v, v * (one - ball(5) * u)

        def flat(_: Ball) -> Triple:
            return c * c / 6, ball(0), ball(0)

        return piecewise((True, [-p, p], [flat, inside, flat]), r, "an output")
    if name == "lp" and p > 1:

        def power(sign: int) -> Formula:
            def formula(r: Ball) -> Triple:
                size = ball(sign) * r
                first = (ball(p - 1) * size.log()).exp()
                return first * size / ball(p), ball(sign) * first, ball(p - 1) * first / size

            return formula

        if p.denominator == 1 and p % 2 == 0:
            even = r ** int(p - 2)
            return even * r * r / ball(p), even * r, ball(p - 1) * even
        return piecewise((False, [Fraction(0)], [power(-1), power(1)]), r, "a residual")
    raise Rejection(f"this argument does not cover the loss {name}")


# --- networks ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """One layer: weights as balls, trained or fixed."""

    activation: str
    parameter: Fraction
    weights: Rows
    bias: list[Ball] | None
    trained: bool
    skip: bool
    rate: Fraction  # of the l2 penalty


@dataclass(frozen=True)
class Net:
    """A network, its data and its loss. ``scale`` holds the weights of the entries of the loss."""

    layers: list[Layer]
    inputs: Rows
    targets: Rows
    loss: str
    parameter: Fraction
    scale: Rows
    counts: list[Ball]  # how often each sample stands

    def parameters(self) -> list[Ball]:
        """All trained numbers, layer by layer: the matrix by rows, then the bias."""
        found: list[Ball] = []
        for layer in self.layers:
            if layer.trained:
                found += [x for row in layer.weights for x in row] + (layer.bias or [])
        return found

    def at(self, values: Sequence[Ball]) -> Net:
        """The network with other trained numbers."""
        left = iter(values)
        layers = []
        for layer in self.layers:
            if layer.trained:
                weights = [[next(left) for _ in row] for row in layer.weights]
                bias = None if layer.bias is None else [next(left) for _ in layer.bias]
                layer = Layer(
                    layer.activation, layer.parameter, weights, bias, True, layer.skip, layer.rate
                )
            layers.append(layer)
        return Net(
            layers, self.inputs, self.targets, self.loss, self.parameter, self.scale, self.counts
        )


@dataclass(frozen=True)
class Passed:
    """A pass through the network: what back-propagation needs, one entry a layer."""

    below: list[Matrix]  # the inputs of the layer
    first: list[Rows]  # s' and s'' at its pre-activations
    second: list[Rows]
    errors: list[Rows]  # derivatives of the loss in the layer's outputs
    deltas: list[Rows]  # ... and in its pre-activations
    curved: Callable[[Rows], Rows]  # the loss's Hessian in the outputs, applied to a change
    value: Ball


def passed(net: Net) -> Passed:
    """The forward and the backward pass."""
    current = matrix(net.inputs)
    below, first, second = [], [], []
    for layer in net.layers:
        below.append(current)
        before = rows_of(matrix(layer.weights) * current)
        if layer.bias is not None:
            before = [[x + b for x in row] for row, b in zip(before, layer.bias, strict=True)]
        triples = [[activation(layer.activation, layer.parameter, t) for t in r] for r in before]
        first.append([[t[1] for t in row] for row in triples])
        second.append([[t[2] for t in row] for row in triples])
        after = matrix([[t[0] for t in row] for row in triples])
        current = after + current if layer.skip else after
    value, gradient, curved = _loss(net, rows_of(current))
    errors: list[Rows] = [gradient]
    deltas: list[Rows] = []
    for k in range(len(net.layers) - 1, -1, -1):
        deltas.insert(0, _times(errors[0], first[k]))
        if k:
            errors.insert(0, _below(net.layers[k], deltas[0], errors[0]))
    value += sum(
        (ball(layer.rate) * x * x / 2 for layer in net.layers if layer.rate and layer.trained
         for row in layer.weights for x in row), ball(0),
    )  # fmt: skip
    return Passed(below, first, second, errors, deltas, curved, value)


def _times(left: Rows, right: Rows) -> Rows:
    return [[a * b for a, b in zip(r, s, strict=True)] for r, s in zip(left, right, strict=True)]


def _plus(left: Rows, right: Rows) -> Rows:
    return [[a + b for a, b in zip(r, s, strict=True)] for r, s in zip(left, right, strict=True)]


def _below(layer: Layer, delta: Rows, error: Rows) -> Rows:
    """Derivatives in a layer's inputs, from those in its pre-activations and outputs."""
    found = rows_of(matrix(layer.weights).transpose() * matrix(delta))
    return _plus(found, error) if layer.skip else found


def _loss(net: Net, z: Rows) -> tuple[Ball, Rows, Callable[[Rows], Rows]]:
    """Value, gradient, and the Hessian as a map of changes of the outputs."""
    if net.loss == "cross_entropy":
        return _cross_entropy(z, net.targets, net.counts)
    found = [
        [
            tuple(count * x for x in entry_loss(net.loss, net.parameter, *entry))
            for count, *entry in zip(net.counts, *rows, strict=True)
        ]
        for rows in zip(z, net.targets, net.scale, strict=True)
    ]
    bends = [[t[2] for t in row] for row in found]
    value = sum((t[0] for row in found for t in row), ball(0))
    return value, [[t[1] for t in row] for row in found], lambda change: _times(bends, change)


def _cross_entropy(
    z: Rows, y: Rows, counts: list[Ball]
) -> tuple[Ball, Rows, Callable[[Rows], Rows]]:
    """log sum exp z - <y, z>, summed over the samples; columns of y sum to one."""
    often = [counts] * len(z)
    powers = [[t.exp() for t in row] for row in z]
    totals = [sum(column, ball(0)) for column in zip(*powers, strict=True)]
    share = [[p / total for p, total in zip(row, totals, strict=True)] for row in powers]
    value = sum((c * total.log() for c, total in zip(counts, totals, strict=True)), ball(0))
    value -= sum((x for row in _times(often, _times(y, z)) for x in row), ball(0))

    def curved(change: Rows) -> Rows:
        columns = zip(zip(*share, strict=True), zip(*change, strict=True), strict=True)
        means = [sum((p * d for p, d in zip(*both, strict=True)), ball(0)) for both in columns]
        return _times(often, [
            [p * (d - m) for p, d, m in zip(r, s, means, strict=True)]
            for r, s in zip(share, change, strict=True)
        ])  # fmt: skip

    gradient = [[a - b for a, b in zip(r, s, strict=True)] for r, s in zip(share, y, strict=True)]
    return value, _times(often, gradient), curved


def gradient(net: Net) -> list[Ball]:
    """The derivatives in all trained numbers, in the order of ``parameters``."""
    found = passed(net)
    result: list[Ball] = []
    for layer, below, delta in zip(net.layers, found.below, found.deltas, strict=True):
        if not layer.trained:
            continue
        slopes = rows_of(matrix(delta) * below.transpose())
        for row, weights in zip(slopes, layer.weights, strict=True):
            result += [g + ball(layer.rate) * w for g, w in zip(row, weights, strict=True)]
        if layer.bias is not None:
            result += [sum(row, ball(0)) for row in delta]
    return result


def hessian(net: Net) -> Rows:
    """The second derivatives, column by column."""
    found = passed(net)
    columns: Rows = []
    for k, layer in enumerate(net.layers):
        if not layer.trained:
            continue
        below = rows_of(found.below[k])
        ones = [ball(1)] * len(below[0])
        for i in range(len(layer.weights)):
            for j, row in enumerate(below):
                columns.append(_column(net, found, k, i, j, row))
        if layer.bias is not None:
            for i in range(len(layer.weights)):
                columns.append(_column(net, found, k, i, None, ones))
    place = 0
    for layer in net.layers:
        if layer.trained:
            for _ in range(len(layer.weights) * len(layer.weights[0])):
                columns[place][place] += ball(layer.rate)
                place += 1
            place += len(layer.bias or ())
    return columns


def _column(
    net: Net, found: Passed, k: int, i: int, j: int | None, moved: list[Ball]
) -> list[Ball]:
    """The derivative of the gradient as W_k[i, j] (j None: b_k[i]) moves: that of both passes.

    ``moved`` is the change of row i of the pre-activations of layer k.
    """
    depth, samples = len(net.layers), len(moved)
    zeros = [ball(0)] * samples
    before: list[Rows] = []  # the change of the pre-activations, from layer k on
    after: list[Rows] = []  # ... of the outputs
    for m in range(k, depth):
        layer = net.layers[m]
        if m == k:
            change = [list(zeros) for _ in layer.weights]
            change[i] = moved
        else:
            change = rows_of(matrix(layer.weights) * matrix(after[-1]))
        out = _times(found.first[m], change)
        if layer.skip and m > k:
            out = _plus(out, after[-1])
        before.append(change)
        after.append(out)
    error = found.curved(after[-1])
    parts: list[list[Ball]] = []
    for m in range(depth - 1, -1, -1):
        layer = net.layers[m]
        delta = _times(error, found.first[m])
        if m >= k:
            bend = _times(found.errors[m], found.second[m])
            delta = _plus(delta, _times(bend, before[m - k]))
        if layer.trained:
            slopes = matrix(delta) * found.below[m].transpose()
            if m > k:
                slopes += matrix(found.deltas[m]) * matrix(after[m - 1 - k]).transpose()
            part = [x for row in rows_of(slopes) for x in row]
            if layer.bias is not None:
                part += [sum(row, ball(0)) for row in delta]
            parts.insert(0, part)
        if m:
            error = _below(layer, delta, error)
            if m == k and j is not None:
                error[j] = [a + b for a, b in zip(error[j], found.deltas[m][i], strict=True)]
    return [x for part in parts for x in part]
