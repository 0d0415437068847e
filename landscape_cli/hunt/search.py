"""The numerical part: networks in floating point, Levenberg-Marquardt, many starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..facts.facts import Facts

Array = Any  # numpy.ndarray: NumPy is an optional dependency


class Data(NamedTuple):
    """Exact data; ``x`` is d_0 x n, ``y`` d_h x n."""

    x: list[list[Fraction]]
    y: list[list[Fraction]]


class Candidate(NamedTuple):
    """Parameters of a local minimum (by all appearances) and of a better point."""

    local: Array
    better: Array


class Network(NamedTuple):
    """Widths, activations (name, parameters) and biases; parameters are one flat vector.

    The order is W1 (row by row), b1 (where there is one), W2, and so on.
    """

    widths: tuple[int, ...]
    activations: tuple[tuple[str, dict[str, Fraction]], ...]
    biases: tuple[bool, ...]

    @staticmethod
    def of(facts: Facts) -> Network:
        """The network of a chain of numeric widths."""
        chain = facts.chain
        assert chain is not None
        return Network(
            tuple(width for width in chain.widths if isinstance(width, int)),
            tuple((s.activation.name, dict(s.activation.parameters)) for s in chain.layers),
            tuple(layer.bias for layer in chain.layers),
        )

    @property
    def size(self) -> int:
        """The number of parameters."""
        total = 0
        for k, bias in enumerate(self.biases):
            total += self.widths[k + 1] * (self.widths[k] + bias)
        return total

    def named(self, flat: Sequence[Any]) -> dict[str, Any]:
        """The matrices and biases by name, with the entries of the flat vector."""
        found: dict[str, Any] = {}
        place = 0
        for k, bias in enumerate(self.biases, 1):
            rows, columns = self.widths[k], self.widths[k - 1]
            found[f"W{k}"] = [
                list(flat[place + i * columns : place + (i + 1) * columns]) for i in range(rows)
            ]
            place += rows * columns
            if bias:
                found[f"b{k}"] = list(flat[place : place + rows])
                place += rows
        return found

    def layers(self, x: Array, theta: Array) -> list[tuple[Array, Array]]:
        """(pre-activations, outputs) of every layer for a batch of parameter vectors."""
        result = []
        current = x[None]
        place = 0
        for k, bias in enumerate(self.biases):
            rows, columns = self.widths[k + 1], self.widths[k]
            weights = theta[:, place : place + rows * columns].reshape(-1, rows, columns)
            place += rows * columns
            before = weights @ current
            if bias:
                before = before + theta[:, place : place + rows, None]
                place += rows
            current = activate(self.activations[k], before)
            result.append((before, current))
        return result


def activate(activation: tuple[str, dict[str, Fraction]], t: Array) -> Array:
    """The activation in floating point."""
    import numpy as np

    name, parameters = activation
    if name == "linear":
        return t
    if name == "relu":
        return np.maximum(t, 0)
    if name in ("leaky_relu", "prelu"):
        return np.where(t >= 0, t, float(parameters["slope"]) * t)
    if name == "elu":
        return np.where(t >= 0, t, float(parameters["alpha"]) * np.expm1(np.minimum(t, 0)))
    if name == "celu":
        a = float(parameters["alpha"])
        return np.where(t >= 0, t, a * np.expm1(np.minimum(t, 0) / a))
    if name == "selu":
        return 1.0507009873554805 * np.where(
            t >= 0, t, 1.6732632423543772 * np.expm1(np.minimum(t, 0))
        )
    if name == "hard_tanh":
        return np.clip(t, -1, 1)
    if name == "hard_sigmoid":
        return np.clip(t / 6 + 0.5, 0, 1)
    if name == "relu6":
        return np.clip(t, 0, 6)
    if name == "step":
        return (t > 0).astype(float)
    if name == "quadratic":
        return t * t
    if name == "cube":
        return t**3
    if name == "softsign":
        return t / (1 + np.abs(t))
    if name == "tanh":
        return np.tanh(t)
    if name == "arctan":
        return np.arctan(t)
    if name == "sin":
        return np.sin(t)
    if name in ("erf", "gelu"):
        from math import erf

        error = np.vectorize(erf, otypes=[float])
        return error(t) if name == "erf" else t / 2 * (1 + error(t / np.sqrt(2)))
    with np.errstate(over="ignore"):
        logistic = 1 / (1 + np.exp(-t))
    if name == "sigmoid":
        return logistic
    if name == "silu":
        return t * logistic
    if name == "softplus":
        return np.logaddexp(0, t)
    if name == "mish":
        return t * np.tanh(np.logaddexp(0, t))
    raise KeyError(f"no floating-point value of the activation {name}")


# --- data ------------------------------------------------------------------------------------


def draw_data(facts: Facts, generator: Any) -> Data | None:
    """Data that satisfy the statements on n and the ranks: given ones, or small random ones.

    Other statements are checked on the finished instance. None if nothing fits in 200 draws.
    """
    from ..algebra import rank

    model, ranges = facts.model, facts.ranges
    assert ranges is not None
    inputs, outputs = facts.input_width, facts.output_width
    assert isinstance(inputs, int) and isinstance(outputs, int)
    given_x, given_y = model.data.matrix("X"), model.data.matrix("Y")
    low, high = ranges.samples
    size = facts.chain.widths[1] if facts.chain is not None else 1
    assert isinstance(size, int)
    usual = max(low, 3 + 3 * size + inputs)
    most = usual if high is None else min(usual, high)
    for _ in range(200):
        n = int(generator.integers(max(low, min(3, most)), most + 1))
        x = (
            [list(row) for row in given_x.matrix.rows]
            if given_x is not None
            else [[Fraction(int(v)) for v in generator.integers(-6, 7, n)] for _ in range(inputs)]
        )
        if facts.stated("X identity") is not None:
            x = [[Fraction(int(i == j)) for j in range(inputs)] for i in range(inputs)]
        n = len(x[0])
        if given_y is not None:
            y = [list(row) for row in given_y.matrix.rows]
        elif facts.stated("Y = X") is not None:
            y = [list(row) for row in x]
        else:
            y = [
                [Fraction(int(v), 4) for v in generator.integers(-24, 25, n)]
                for _ in range(outputs)
            ]
        if len(y[0]) != n:
            continue
        most_x, most_y = ranges.rank_x.most, ranges.rank_y.most
        if not ranges.rank_x.least <= rank(x) <= (inputs if most_x is None else most_x):
            continue
        if not ranges.rank_y.least <= rank(y) <= (outputs if most_y is None else most_y):
            continue
        return Data(x, y)
    return None


# --- local search ----------------------------------------------------------------------------


def candidates(
    network: Network, data: Data, generator: Any, count: int, watched: Callable[[], bool]
) -> Iterator[Candidate]:
    """Points that look like local minima and are worse than the best point found.

    The best point is over the starts on these data; each candidate once. ``watched`` is asked
    before every start.
    """
    import numpy as np

    x = np.array([[float(v) for v in row] for row in data.x])
    y = np.array([[float(v) for v in row] for row in data.y])
    smooth = network.activations[0][0] not in _KINKED and network.activations[0][0] != "linear"
    ends: list[tuple[float, Array]] = []
    for _ in range(count):
        if not watched():
            break
        scale = float(np.exp(generator.uniform(-1.5, 1.5)))
        start = generator.standard_normal(network.size) * scale
        theta, value = minimise(network, x, y, start)
        if np.isfinite(value) and np.abs(theta).max() < 1e3:
            ends.append((value, theta))
    if not ends:
        return
    ends.sort(key=lambda pair: pair[0])
    best_value, best = ends[0]
    seen: list[float] = []
    for value, theta in ends[1:]:
        if value - best_value < 1e-4 * (1 + value):
            continue
        if any(abs(value - other) < 1e-7 * (1 + value) for other in seen):
            continue
        seen.append(value)
        if smooth and not _strict(network, x, y, theta):
            continue
        yield Candidate(theta, best)


_KINKED = frozenset(("relu", "leaky_relu", "elu", "celu", "hard_tanh", "hard_sigmoid", "relu6"))


def _residuals(network: Network, x: Array, y: Array, theta: Array) -> Array:
    """Residuals (batch x entries) of a batch of parameter vectors."""
    output = network.layers(x, theta)[-1][1]
    return (output - y[None]).reshape(len(theta), -1)


def _jacobian(network: Network, x: Array, y: Array, theta: Array) -> Array:
    """Central differences: entries x parameters."""
    import numpy as np

    step = 1e-6 * np.maximum(1, np.abs(theta))
    shifts = np.diag(step)
    both = np.concatenate([theta + shifts, theta - shifts])
    values = _residuals(network, x, y, both)
    half = len(theta)
    return ((values[:half] - values[half:]) / (2 * step[:, None])).T


def minimise(
    network: Network, x: Array, y: Array, start: Array, most: int = 300
) -> tuple[Array, float]:
    """Levenberg-Marquardt on 1/2 |F - Y|^2 from a start: the end point and its loss."""
    import numpy as np

    theta = start
    residual = _residuals(network, x, y, theta[None])[0]
    value = float(residual @ residual) / 2
    damping = 1e-2
    for _ in range(most):
        jacobian = _jacobian(network, x, y, theta)
        gradient = jacobian.T @ residual
        if np.abs(gradient).max() < 1e-11 * (1 + value):
            break
        normal = jacobian.T @ jacobian
        improved = False
        for _ in range(12):
            try:
                move = np.linalg.solve(normal + damping * np.eye(len(theta)), -gradient)
            except np.linalg.LinAlgError:
                damping *= 10
                continue
            tried = _residuals(network, x, y, (theta + move)[None])[0]
            new = float(tried @ tried) / 2
            if new < value:
                theta, residual = theta + move, tried
                improved = value - new > 1e-16 * (1 + value)
                value = new
                damping = max(damping / 5, 1e-12)
                break
            damping *= 4
        if not improved:
            break
    return theta, value


def _hessian(network: Network, x: Array, y: Array, theta: Array) -> tuple[Array, Array]:
    """The gradient and the Hessian of the loss by differences of the gradient."""
    import numpy as np

    def gradient(point: Array) -> Array:
        residual = _residuals(network, x, y, point[None])[0]
        return _jacobian(network, x, y, point).T @ residual

    columns = []
    for i in range(len(theta)):
        shift = np.zeros(len(theta))
        shift[i] = 1e-4 * max(1, abs(theta[i]))
        columns.append((gradient(theta + shift) - gradient(theta - shift)) / (2 * shift[i]))
    hessian = np.array(columns)
    return gradient(theta), (hessian + hessian.T) / 2


def _strict(network: Network, x: Array, y: Array, theta: Array) -> bool:
    """Whether the Hessian looks positive definite and the gradient vanishes."""
    import numpy as np

    gradient, hessian = _hessian(network, x, y, theta)
    eigenvalues = np.linalg.eigvalsh(hessian)
    return bool(
        eigenvalues[0] > 1e-5 * max(1.0, eigenvalues[-1]) ** 0.5 and np.abs(gradient).max() < 1e-4
    )


def polished(network: Network, data: Data, theta: Array) -> Array:
    """A few Newton steps."""
    import numpy as np

    x = np.array([[float(v) for v in row] for row in data.x])
    y = np.array([[float(v) for v in row] for row in data.y])
    for _ in range(4):
        gradient, hessian = _hessian(network, x, y, theta)
        try:
            theta = theta - np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return theta
    return theta
