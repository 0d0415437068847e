"""A model's training problem in floating point, straight from the model as it is written.

Independent of the normal form and of every fact of the package: it interprets ``Network`` and
``Map`` and the table of losses, so that an attack also catches a wrong reduction.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from landscape_cli.model.problem import (
    Activation,
    ApplyExpression,
    MapExpression,
    Model,
    NameExpression,
    ProductExpression,
    SumExpression,
)

Array = NDArray[np.float64]
Arrays = dict[str, Array]


def activation(value: Activation) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """s and a (one-sided) derivative of it, entry by entry; ``KeyError`` if not supported."""
    name, parameters = value.name, dict(value.parameters)
    if name == "linear":
        return (lambda t: t), (lambda t: np.ones_like(t))
    if name in ("relu", "leaky_relu"):
        slope = float(parameters["slope"]) if name == "leaky_relu" else 0.0
        return (lambda t: np.where(t > 0, t, slope * t)), (lambda t: np.where(t > 0, 1.0, slope))
    if name == "tanh":
        return np.tanh, (lambda t: 1 - np.tanh(t) ** 2)
    if name == "sigmoid":
        return (lambda t: 0.5 + 0.5 * np.tanh(t / 2)), (lambda t: 0.25 / np.cosh(t / 2) ** 2)
    if name == "softsign":
        return (lambda t: t / (1 + abs(t))), (lambda t: 1 / (1 + abs(t)) ** 2)
    if name == "arctan":
        return np.arctan, (lambda t: 1 / (1 + t * t))
    if name == "quadratic":
        return (lambda t: t * t), (lambda t: 2 * t)
    if name == "cube":
        return (lambda t: t**3), (lambda t: 3 * t * t)
    raise KeyError(name)


def _abs(r: Array) -> tuple[Array, Array]:
    return abs(r), np.sign(r)


def loss(model: Model, data: Arrays, z: Array) -> tuple[float, Array]:
    """The loss and a (sub)gradient of it at the outputs; ``KeyError`` if not supported."""
    name = model.loss.name
    y = data["Y"]
    r = z - y
    parameters = {key: float(value) for key, value in model.loss.parameters}
    if name == "squared":
        each, slope = r * r / 2, r
    elif name in ("weighted_squared", "masked_squared"):
        w = data["weights"]
        each, slope = w * r * r / 2, w * r
    elif name == "absolute":
        each, slope = _abs(r)
    elif name == "huber":
        delta = parameters["delta"]
        each = np.where(abs(r) <= delta, r * r / 2, delta * (abs(r) - delta / 2))
        slope = np.clip(r, -delta, delta)
    elif name == "log_cosh":
        each, slope = np.logaddexp(r, -r) - math.log(2), np.tanh(r)
    elif name == "quantile":
        tau = parameters["tau"]
        each = np.maximum(-tau * r, (1 - tau) * r)
        slope = np.where(r < 0, -tau, 1 - tau)
    elif name == "epsilon_insensitive":
        eps = parameters["eps"]
        each, slope = np.maximum(0, abs(r) - eps), np.where(abs(r) > eps, np.sign(r), 0)
    elif name == "hinge":
        each, slope = np.maximum(0, 1 - y * z), np.where(y * z < 1, -y, 0)
    elif name == "squared_hinge":
        m = np.maximum(0, 1 - y * z)
        each, slope = m * m / 2, -y * m
    elif name == "logistic":
        each, slope = np.logaddexp(0, -y * z), -y * (0.5 - 0.5 * np.tanh(y * z / 2))
    elif name == "cross_entropy":
        top = z.max(axis=0, keepdims=True)
        log = z - top - np.log(np.exp(z - top).sum(axis=0, keepdims=True))
        each, slope = -y * log, y.sum(axis=0, keepdims=True) * np.exp(log) - y
    elif name == "poisson":
        e = np.exp(np.minimum(z, 40))
        each, slope = e - y * z, e - y
    elif name == "linear_loss":
        each, slope = data["coefficients"] * z, data["coefficients"]
    elif name == "lp" and parameters["p"] >= 1:
        p = parameters["p"]
        each, slope = abs(r) ** p / p, np.sign(r) * abs(r) ** (p - 1)
    else:
        raise KeyError(name)
    return float(each.sum()), np.asarray(slope, dtype=float)


class Problem:
    """f(w) = loss(F(w), data) + penalty(w), with w flattened to one vector.

    ``data`` has X, Y, weights, coefficients and every known matrix (``W2``, ``b2`` of a fixed
    layer, constants by name).
    """

    def __init__(self, model: Model, data: Arrays) -> None:
        self.model = model
        self.data = data
        self.planted: Array | None = None
        """A degenerate point at which most residuals vanish (kinked losses)."""
        self.shapes: dict[str, tuple[int, int]] = {}
        if model.network is not None:
            below = int(model.network.input_width)  # type: ignore[call-overload]
            for k, layer in enumerate(model.network.layers, start=1):
                if layer.opaque is not None:
                    raise KeyError("opaque")
                width = int(layer.width)  # type: ignore[call-overload]
                if not layer.fixed:
                    self.shapes[f"W{k}"] = (width, below)
                    if layer.bias:
                        self.shapes[f"b{k}"] = (width, 1)
                below = width
        elif model.map is not None:
            for p in model.map.parameters:
                self.shapes[p.name] = (int(p.rows), int(p.columns))  # type: ignore[call-overload]
        self.size = sum(a * b for a, b in self.shapes.values())
        self.strengths: dict[str, float] = {}
        penalty = model.regularizer
        if penalty is not None:
            names = [name for name in self.shapes if not name.startswith("b")]
            values = [float(v) for v in penalty.strengths]
            if len(values) == 1:
                values *= len(names)
            self.strengths = dict(zip(names, values, strict=True))

    def unpack(self, w: Array) -> Arrays:
        """The named matrices of a point."""
        found, at = {}, 0
        for name, (rows, columns) in self.shapes.items():
            found[name] = w[at : at + rows * columns].reshape(rows, columns)
            at += rows * columns
        return found

    def pack(self, matrices: Arrays) -> Array:
        """The point with those matrices."""
        return np.concatenate([matrices[name].ravel() for name in self.shapes])

    def output(self, w: Array) -> Array:
        """F(w)."""
        return self._forward(self.unpack(w))[0]

    def value(self, w: Array) -> float:
        """f(w)."""
        return self.value_and_gradient(w)[0]

    def value_and_gradient(self, w: Array) -> tuple[float, Array]:
        """f(w) and its gradient (a subgradient in the outputs where f has a kink)."""
        matrices = self.unpack(w)
        z, pull = self._forward(matrices)
        total, slope = loss(self.model, self.data, z)
        gradient = {name: np.zeros(shape) for name, shape in self.shapes.items()}
        pull(slope, gradient)
        for name, strength in self.strengths.items():
            m = matrices[name]
            if self.model.regularizer is not None and self.model.regularizer.kind == "l1":
                total += strength * float(abs(m).sum())
                gradient[name] = gradient[name] + strength * np.sign(m)
            else:
                total += strength / 2 * float((m * m).sum())
                gradient[name] = gradient[name] + strength * m
        return total, self.pack(gradient)

    def jacobian(self, w: Array) -> Array:
        """dF/dw: one row for each entry of F, one column for each entry of w."""
        z, pull = self._forward(self.unpack(w))
        rows = []
        for index in range(z.size):
            unit = np.zeros(z.size)
            unit[index] = 1
            gradient = {name: np.zeros(shape) for name, shape in self.shapes.items()}
            pull(unit.reshape(z.shape), gradient)
            rows.append(self.pack(gradient))
        return np.array(rows)

    def hessian(self, w: Array, step: float = 1e-5) -> Array:
        """The Hessian by central differences of the gradient."""
        columns = []
        for k in range(self.size):
            e = np.zeros(self.size)
            e[k] = step
            plus, minus = self.value_and_gradient(w + e)[1], self.value_and_gradient(w - e)[1]
            columns.append((plus - minus) / (2 * step))
        h = np.array(columns)
        return (h + h.T) / 2

    def _forward(self, m: Arrays) -> tuple[Array, Callable[[Array, Arrays], None]]:
        if self.model.network is not None:
            return self._network(m)
        assert self.model.map is not None
        return self._expression(self.model.map.expression, m)

    def _network(self, m: Arrays) -> tuple[Array, Callable[[Array, Arrays], None]]:
        assert self.model.network is not None
        f = self.data["X"]
        tape = []
        softmax = False
        for k, layer in enumerate(self.model.network.layers, start=1):
            if layer.activation.name == "softmax":
                softmax = True  # absorbed by cross_entropy at the output; nothing else is allowed
                if layer.skip or k < len(self.model.network.layers):
                    raise KeyError("softmax")
                s, ds = activation(Activation("linear"))
            else:
                s, ds = activation(layer.activation)
            w = self.data[f"W{k}"] if layer.fixed else m[f"W{k}"]
            t = w @ f
            if layer.bias:
                t = t + (self.data[f"b{k}"] if layer.fixed else m[f"b{k}"])
            tape.append((k, layer, w, f, ds(t)))
            f = s(t) + f if layer.skip else s(t)
        if softmax and self.model.loss.name != "cross_entropy":
            raise KeyError("softmax")

        def pull(g: Array, into: Arrays) -> None:
            for k, layer, w, below, slope in reversed(tape):
                h = g * slope
                if not layer.fixed:
                    into[f"W{k}"] = into[f"W{k}"] + h @ below.T
                    if layer.bias:
                        into[f"b{k}"] = into[f"b{k}"] + h.sum(axis=1, keepdims=True)
                g = w.T @ h + g if layer.skip else w.T @ h

        return f, pull

    def _expression(
        self, node: MapExpression, m: Arrays
    ) -> tuple[Array, Callable[[Array, Arrays], None]]:
        if isinstance(node, NameExpression):
            name = node.name
            if name in m:

                def into_parameter(g: Array, into: Arrays) -> None:
                    into[name] = into[name] + g

                return m[name], into_parameter
            return self.data[name], lambda g, into: None
        if isinstance(node, SumExpression):
            parts = [self._expression(term, m) for term in node.terms]

            def into_terms(g: Array, into: Arrays) -> None:
                for _, pull in parts:
                    pull(g, into)

            return sum((value for value, _ in parts[1:]), parts[0][0]), into_terms
        if isinstance(node, ProductExpression):
            parts = [self._expression(factor, m) for factor in node.factors]
            prefixes = [parts[0][0]]
            for value, _ in parts[1:]:
                prefixes.append(prefixes[-1] @ value)

            def into_factors(g: Array, into: Arrays) -> None:
                for k in range(len(parts) - 1, 0, -1):
                    parts[k][1](prefixes[k - 1].T @ g, into)
                    g = g @ parts[k][0].T
                parts[0][1](g, into)

            return prefixes[-1], into_factors
        value, pull_inner = self._expression(node.of, m)
        if isinstance(node, ApplyExpression):
            s, ds = activation(node.activation)
            slope = ds(value)
            return s(value), lambda g, into: pull_inner(g * slope, into)
        return value.T, lambda g, into: pull_inner(g.T, into)


def descend(
    problem: Problem,
    w: Array,
    iterations: int = 400,
    tolerance: float = 1e-11,
    longest_first: float = 1.0,
) -> tuple[Array, float, Array]:
    """BFGS with a weak Wolfe line search (it copes with kinks); (point, value, gradient).

    The inverse Hessian starts as a multiple of the identity, so coordinates whose gradient is
    exactly zero all along never move: descent from a degenerate start stays on its stratum.
    ``longest_first`` bounds the first trial step, so that a search does not jump out of a basin.
    """
    value, gradient = problem.value_and_gradient(w)
    size = w.size
    inverse = np.eye(size)
    fresh = True
    for _ in range(iterations):
        norm = float(gradient @ gradient)
        if norm < tolerance**2 or not math.isfinite(value) or abs(value) > 1e8:
            break
        direction = -(inverse @ gradient)
        slope = float(direction @ gradient)
        if slope > -1e-14 * norm:
            inverse, fresh = np.eye(size), True
            direction, slope = -gradient, -norm
        low, high = 0.0, math.inf
        step = min(1.0, longest_first / math.sqrt(norm)) if fresh else 1.0
        new_value, new_gradient = value, gradient
        found = False
        for _ in range(40):
            new_value, new_gradient = problem.value_and_gradient(w + step * direction)
            if not new_value <= value + 1e-4 * step * slope:
                high = step
            elif float(new_gradient @ direction) < 0.9 * slope:
                low, found = step, True
            else:
                found = True
                break
            step = (low + high) / 2 if high < math.inf else 2 * step
        if not found:
            if fresh:
                break
            inverse, fresh = np.eye(size), True
            continue
        if not new_value < value:
            if fresh:
                break
            inverse, fresh = np.eye(size), True
            continue
        s, y = step * direction, new_gradient - gradient
        w, value, gradient = w + s, new_value, new_gradient
        sy = float(s @ y)
        if sy > 1e-14 * float(np.linalg.norm(s) * np.linalg.norm(y)):
            if fresh:
                inverse = np.eye(size) * (sy / float(y @ y))
                fresh = False
            hy = inverse @ y
            inverse += np.outer(s, s) * ((sy + float(y @ hy)) / sy**2)
            inverse -= (np.outer(hy, s) + np.outer(s, hy)) / sy
    return w, value, gradient


def reach(
    problem: Problem, w: Array, target: Array, radius: float, iterations: int = 30
) -> Array | None:
    """A point within ``radius`` of w whose output is ``target`` (Gauss-Newton), or None."""
    point = w
    for _ in range(iterations):
        gap = target - problem.output(point)
        if float(abs(gap).max()) < 1e-13:
            break
        step = np.linalg.lstsq(problem.jacobian(point), gap.ravel(), rcond=1e-9)[0]
        point = point + step
        if not float(np.linalg.norm(point - w)) < 10 * radius:
            return None
    if float(np.linalg.norm(point - w)) > radius:
        return None
    return point
