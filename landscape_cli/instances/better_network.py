"""A network with a lower objective on given data: descent in floats, rounded to short rationals.

At most ``UNITS`` units of every hidden layer are used, the others have weight 0. Everything here
is a guide: the exact values of the rounded weights decide (``value_at``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from .entry_losses import EntryLoss, float_slope
from .numbers import Weights

if TYPE_CHECKING:
    from ..facts.facts import Facts

UNITS = 3
STEPS = 150
SELU = 1.0507009873554805, 1.6732632423543772

Rows = Sequence[Sequence[Fraction]]
Layer = list[list[float]]


class Setting(NamedTuple):
    """What is minimised: the entry losses by name, their targets, the penalty a layer."""

    loss: str
    parameters: Mapping[str, Fraction]
    weights: Rows | None
    penalty: tuple[str, tuple[Fraction, ...]] | None
    slope: Fraction


def lower_network(
    facts: Facts, x: Rows, y: Rows, setting: Setting, goal: float, budget: list[int]
) -> Iterator[Weights]:
    """Weights whose objective floats find below ``goal``, by falling simplicity of the numbers.

    All layers of the chain are trained; no skips. ``budget``: how many steps times weights times
    samples are left; nothing more is found when it is used up.
    """
    chain = facts.chain
    assert chain is not None
    widths = [w for w in chain.widths if isinstance(w, int)]
    small = [widths[0], *(min(w, UNITS) for w in widths[1:-1]), widths[-1]]
    size = sum(a * b for a, b in pairwise(small)) * len(x[0])
    names = []
    for layer in chain.layers:
        parameters = dict(layer.activation.parameters)
        if layer.activation.name == "prelu":
            parameters = {"slope": setting.slope}
        pair = float_activation(layer.activation.name, parameters)
        if pair is None:
            return
        names.append(pair)
    biases = [layer.bias for layer in chain.layers]
    problem = _Floats(x, y, names, biases, setting, small)
    for scale in (1.0, 2.0, 0.5, 4.0):
        steps = min(STEPS, budget[0] // max(1, size))
        if steps < 20:
            return
        found, used = problem.descend(_start(small, scale), steps, goal)
        budget[0] -= used * size
        if found is None:
            continue
        for digits in (1, 2, 4, 16, 256, 2**16):
            rounded = [
                [[Fraction(round(v * digits), digits) for v in row] for row in part]
                for part in found
            ]
            floats = [[[float(v) for v in row] for row in part] for part in rounded]
            if problem.value(floats) < goal:
                yield _named(rounded, biases, widths)
                break


def _start(small: list[int], scale: float) -> list[Layer]:
    state = 7
    layers = []
    for below, above in pairwise(small):
        rows = []
        for _ in range(above):
            row = []
            for _ in range(below):
                state = (state * 1103515245 + 12345) % 2**31
                row.append(scale * (state / 2**30 - 1) + 0.1)
            rows.append([*row, 0.1])
        layers.append(rows)
    return layers


def _named(layers: list[list[list[Fraction]]], biases: list[bool], widths: list[int]) -> Weights:
    weights: Weights = {}
    zero = Fraction(0)
    for k, (rows, bias) in enumerate(zip(layers, biases, strict=True), 1):
        below, above = widths[k - 1], widths[k]
        lines = [[*row[:-1], *([zero] * (below - len(row) + 1))] for row in rows]
        weights[f"W{k}"] = [*lines, *([zero] * below for _ in range(above - len(lines)))]
        if bias:
            weights[f"b{k}"] = [*(row[-1] for row in rows), *([zero] * (above - len(lines)))]
    return weights


class _Floats:
    """The objective of a network in floats, its gradient, and a descent."""

    def __init__(
        self, x: Rows, y: Rows, activations: list[Any], biases: list[bool], setting: Setting,
        widths: list[int],
    ) -> None:  # fmt: skip
        self.x = [[float(v) for v in row] for row in x]
        self.y = [[float(v) for v in row] for row in y]
        self.activations, self.biases, self.widths = activations, biases, widths
        self.loss, self.slope = float_loss(setting.loss, setting.parameters)
        self.weights = None
        if setting.weights is not None:
            self.weights = [[float(v) for v in row] for row in setting.weights]
        self.joint = setting.loss == "cross_entropy"
        self.kind, self.rates = None, [0.0] * len(biases)
        if setting.penalty is not None:
            self.kind, rates = setting.penalty
            self.rates = [float(v) for v in rates]

    def _forward(self, layers: list[Layer]) -> tuple[list[Any], list[Any]]:
        before, after = [], [self.x]
        for rows, (function, _), bias in zip(layers, self.activations, self.biases, strict=True):
            current = after[-1]
            samples = len(current[0])
            lines = []
            for row in rows:
                line = [row[-1] if bias else 0.0] * samples
                for w, source in zip(row, current, strict=False):
                    if w:
                        line = [a + w * v for a, v in zip(line, source, strict=True)]
                lines.append(line)
            before.append(lines)
            after.append([[function(v) for v in line] for line in lines])
        return before, after

    def _outputs(self, z: Layer) -> tuple[float, Layer]:
        if self.joint:
            return _cross_entropy(z, self.y)
        total, slopes = 0.0, []
        for i, (row, targets) in enumerate(zip(z, self.y, strict=True)):
            line = []
            for t, (v, y) in enumerate(zip(row, targets, strict=True)):
                w = 1.0 if self.weights is None else self.weights[i][t]
                total += w * self.loss(v, y)
                line.append(w * self.slope(v, y))
            slopes.append(line)
        return total, slopes

    def value(self, layers: list[Layer]) -> float:
        """The objective; infinite where it overflows."""
        try:
            total = self._outputs(self._forward(layers)[1][-1])[0] + self._penalty(layers)
        except OverflowError:
            return math.inf
        return total if total == total else math.inf

    def _penalty(self, layers: list[Layer]) -> float:
        if self.kind is None:
            return 0.0
        return sum(
            rate * (v * v / 2 if self.kind == "l2" else abs(v))
            for rate, rows in zip(self.rates, layers, strict=True)
            for row in rows
            for v in row[:-1]
        )

    def _gradient(self, layers: list[Layer]) -> tuple[float, list[Layer]]:
        before, after = self._forward(layers)
        total, back = self._outputs(after[-1])
        total += self._penalty(layers)
        slopes: list[Layer] = []
        for k in reversed(range(len(layers))):
            derivative = self.activations[k][1]
            delta = [[g * derivative(v) for g, v in zip(one, two, strict=True)]
                     for one, two in zip(back, before[k], strict=True)]  # fmt: skip
            rate = self.rates[k]
            rows = []
            for line, weights in zip(delta, layers[k], strict=True):
                row = [sum([a * b for a, b in zip(line, source, strict=True)])
                       for source in after[k]]  # fmt: skip
                if rate:
                    row = [g + rate * (w if self.kind == "l2" else (w > 0) - (w < 0))
                           for g, w in zip(row, weights, strict=False)]  # fmt: skip
                rows.append([*row, sum(line) if self.biases[k] else 0.0])
            slopes.insert(0, rows)
            if k:
                samples = len(delta[0])
                back = []
                for j in range(len(after[k])):
                    line = [0.0] * samples
                    for weights, source in zip(layers[k], delta, strict=True):
                        w = weights[j]
                        if w:
                            line = [a + w * v for a, v in zip(line, source, strict=True)]
                    back.append(line)
        return total, slopes

    def descend(
        self, layers: list[Layer], steps: int, goal: float
    ) -> tuple[list[Layer] | None, int]:
        """Adam: the first point clearly below the goal, or None; the number of steps."""
        step = 0
        first = [[[0.0] * len(row) for row in part] for part in layers]
        second = [[[0.0] * len(row) for row in part] for part in layers]
        best: tuple[float, list[Layer]] | None = None
        try:
            for step in range(1, steps + 1):
                total, slopes = self._gradient(layers)
                if total != total or math.isinf(total):
                    break
                if best is None or total < best[0]:
                    best = total, [[list(row) for row in part] for part in layers]
                    if total < goal - 0.3 * abs(goal):
                        break
                rate = 0.1 if step < steps // 2 else 0.02
                grow = rate * math.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                for part, gradient, m, v in zip(layers, slopes, first, second, strict=True):
                    for row, line, p, q in zip(part, gradient, m, v, strict=True):
                        for j, g in enumerate(line):
                            p[j] = 0.9 * p[j] + 0.1 * g
                            q[j] = 0.999 * q[j] + 0.001 * g * g
                            row[j] -= grow * p[j] / (math.sqrt(q[j]) + 1e-9)
        except OverflowError:
            pass
        good = best is not None and best[0] < goal - 1e-4 * (1 + abs(goal))
        return (best[1] if best is not None and good else None), step


def _cross_entropy(z: Layer, y: Layer) -> tuple[float, Layer]:
    total = 0.0
    slopes = [[0.0] * len(z[0]) for _ in z]
    for t in range(len(z[0])):
        column = [row[t] for row in z]
        top = max(column)
        parts = [math.exp(v - top) for v in column]
        whole = sum(parts)
        for i, part in enumerate(parts):
            share = y[i][t]
            slopes[i][t] = part / whole - share
            if share:
                total += share * (math.log(whole) + top - column[i])
    return total, slopes


Function = Callable[[float], float]


def float_loss(
    name: str, parameters: Mapping[str, Fraction]
) -> tuple[Callable[[float, float], float], Callable[[float, float], float]]:
    """(value, slope) of an entry of the loss in floats."""
    if name == "absolute" or (name == "lp" and parameters["p"] == 1):
        return lambda z, y: abs(z - y), lambda z, y: float((z > y) - (z < y))
    if name == "quantile":
        tau = float(parameters["tau"])
        return (lambda z, y: max(tau * (y - z), (tau - 1) * (y - z)),
                lambda z, y: -tau if z < y else 1 - tau)  # fmt: skip
    if name == "epsilon_insensitive":
        eps = float(parameters["eps"])
        return (lambda z, y: max(0.0, abs(z - y) - eps),
                lambda z, y: float((z > y + eps) - (z < y - eps)))  # fmt: skip
    if name == "hinge":
        return (lambda z, y: max(0.0, 1 - y * z), lambda z, y: -y if y * z < 1 else 0.0)
    values = list(parameters.values())
    loss = EntryLoss(name, values[0] if values else Fraction(0))
    return (lambda z, y: loss.cost(z, y),
            lambda z, y: float_slope(loss, z, y, 1.0))  # fmt: skip


KNOWN_LOSSES = frozenset((
    "squared", "weighted_squared", "masked_squared", "huber", "log_cosh", "lp", "squared_hinge",
    "logistic", "poisson", "absolute", "quantile", "epsilon_insensitive", "hinge",
    "cross_entropy",
))  # fmt: skip


def float_activation(
    name: str, parameters: Mapping[str, Fraction]
) -> tuple[Function, Function] | None:
    """(value, slope) of an activation in floats; None for one that is not known here."""

    def sigmoid(t: float) -> float:
        return 1 / (1 + math.exp(-t)) if t > -500 else 0.0

    a = float(next(iter(parameters.values()), Fraction(1)))
    pieces: dict[str, tuple[Function, Function]] = {
        "linear": (lambda t: t, lambda _t: 1.0),
        "relu": (lambda t: max(t, 0.0), lambda t: float(t > 0)),
        "leaky_relu": (lambda t: t if t > 0 else a * t, lambda t: 1.0 if t > 0 else a),
        "prelu": (lambda t: t if t > 0 else a * t, lambda t: 1.0 if t > 0 else a),
        "relu6": (lambda t: min(max(t, 0.0), 6.0), lambda t: float(0 < t < 6)),
        "hard_tanh": (lambda t: min(max(t, -1.0), 1.0), lambda t: float(-1 < t < 1)),
        "hard_sigmoid": (lambda t: min(max(t / 6 + 0.5, 0.0), 1.0),
                         lambda t: 1 / 6 if -3 < t < 3 else 0.0),
        "elu": (lambda t: t if t > 0 else a * math.expm1(t),
                lambda t: 1.0 if t > 0 else a * math.exp(t)),
        "celu": (lambda t: t if t > 0 else a * math.expm1(t / a),
                 lambda t: 1.0 if t > 0 else math.exp(t / a)),
        "selu": (lambda t: SELU[0] * (t if t > 0 else SELU[1] * math.expm1(t)),
                 lambda t: SELU[0] * (1.0 if t > 0 else SELU[1] * math.exp(t))),
        "tanh": (math.tanh, lambda t: 1 - math.tanh(t) ** 2),
        "sigmoid": (sigmoid, lambda t: sigmoid(t) * (1 - sigmoid(t))),
        "softplus": (lambda t: max(t, 0.0) + math.log1p(math.exp(-abs(t))), sigmoid),
        "silu": (lambda t: t * sigmoid(t), lambda t: sigmoid(t) * (1 + t * (1 - sigmoid(t)))),
        "arctan": (math.atan, lambda t: 1 / (1 + t * t)),
        "erf": (math.erf, lambda t: 2 / math.sqrt(math.pi) * math.exp(-min(t * t, 500.0))),
        "sin": (math.sin, math.cos),
        "softsign": (lambda t: t / (1 + abs(t)), lambda t: 1 / (1 + abs(t)) ** 2),
        "quadratic": (lambda t: t * t, lambda t: 2 * t),
        "cube": (lambda t: t**3, lambda t: 3 * t * t),
    }  # fmt: skip
    return pieces.get(name)


__all__ = ["KNOWN_LOSSES", "Setting", "lower_network"]
