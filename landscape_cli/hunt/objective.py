"""The objective in floating point, for many weights at once: values and gradients.

For searching and drawing: nothing that is proved rests on these numbers. The map is the tape of
``point.network``, the same for networks and for matrix expressions; slopes of activations and
losses are central differences entry by entry, so that at a kink the mean of both sides stands.
Needs NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..model.problem import Activation
from ..point.network import Operation, Tape

if TYPE_CHECKING:
    from ..point.instance import Instance

Array = Any  # numpy.ndarray: NumPy is an optional dependency
STEP = 1e-6
LARGEST_BATCH = 4_000_000
"""Numbers held by one layer of a batch; larger batches are cut."""


class NotDrawable(Exception):
    """This objective has no value in floating point; the message says why."""


@dataclass(frozen=True)
class Objective:
    """Loss plus penalty as a function of one flat vector of trained weights.

    ``shapes``: the trained matrices in the order of the vector, row by row (a bias has one
    column). ``known``: X, fixed layers, constants. ``loss``: (name, parameters); ``targets`` is
    None where the loss has none, ``table`` holds its weights or coefficients. ``forms``: of a
    joint quadratic loss, (coefficients, target, weight). ``strengths``: of the penalty by matrix.
    ``counts``: how often each sample stands.
    """

    tape: Tape
    shapes: tuple[tuple[str, tuple[int, int]], ...]
    known: Mapping[str, Array]
    loss: tuple[str, Mapping[str, float]]
    targets: Array | None
    table: Array | None
    forms: tuple[tuple[Array, float, float], ...]
    penalty: str | None
    strengths: Mapping[str, float]
    counts: Array | float = 1.0

    @property
    def size(self) -> int:
        """The number of trained weights."""
        return sum(rows * columns for _, (rows, columns) in self.shapes)

    @property
    def work(self) -> int:
        """Numbers touched by one evaluation, roughly: the weights, the layers, the products."""
        samples = self.known["X"].shape[-1] if "X" in self.known else self.shapes[0][1][0]
        return self.size + sum(
            rows * samples * (4 + columns // 4) for _, (rows, columns) in self.shapes
        )

    @property
    def smooth(self) -> bool:
        """Whether neither the loss nor an activation has a kink, as far as names tell."""
        names = {step.activation.name for step in self.tape.operations if step.activation}
        kinked = self.loss[0] in KINKED_LOSSES or self.penalty == "l1"
        return not kinked and not names & KINKED_ACTIVATIONS

    def flat(self, weights: Mapping[str, Any]) -> Array:
        """The vector of weights given by name (matrices, or lists for biases)."""
        import numpy as np

        parts = []
        for name, (rows, columns) in self.shapes:
            matrix = np.asarray(weights[name], dtype=float)
            if matrix.size != rows * columns:
                raise ValueError(f"{name} is not {rows} x {columns}")
            parts.append(matrix.reshape(-1))
        return np.concatenate(parts)

    def named(self, theta: Array) -> dict[str, Array]:
        """Matrices by name; a leading axis for batches stays."""
        found = {}
        place = 0
        for name, (rows, columns) in self.shapes:
            part = theta[..., place : place + rows * columns]
            found[name] = part.reshape(*theta.shape[:-1], rows, columns)
            place += rows * columns
        return found

    def values(self, theta: Array) -> Array:
        """The objective at a batch of vectors (batch x size)."""
        import numpy as np

        theta = np.asarray(theta, dtype=float)
        result = np.empty(len(theta))
        for part in self._parts(len(theta)):
            steps = self._forward(theta[part])
            result[part] = self._loss(steps[-1]) + self._penalty(theta[part])
        return result

    def outputs(self, theta: Array) -> Array:
        """The outputs of the map at a batch of vectors (batch x rows x samples)."""
        return self._forward(theta)[-1]

    def pre_activations(self, theta: Array) -> list[Array]:
        """What each layer of a network applies its activation to, for a batch of vectors."""
        values, operations = self._forward(theta), self.tape.operations
        found: list[Array] = []
        for position, step in enumerate(operations):
            if step.kind == "product":
                found.append(values[position])
            elif step.kind == "bias":
                found[-1] = values[position]
        return found

    def value(self, theta: Array) -> float:
        """The objective at one vector."""
        return float(self.values(theta[None])[0])

    def gradients(self, theta: Array) -> tuple[Array, Array]:
        """(values, gradients) at a batch of vectors."""
        import numpy as np

        theta = np.asarray(theta, dtype=float)
        values, slopes = np.empty(len(theta)), np.empty(theta.shape)
        for part in self._parts(len(theta)):
            values[part], slopes[part] = self._reverse(theta[part])
        return values, slopes

    def hessian(self, theta: Array, step: float = 1e-4) -> Array:
        """Differences of the gradient at one vector: size x size, symmetric."""
        import numpy as np

        shifts = step * np.eye(self.size)
        _, slopes = self.gradients(np.concatenate([theta + shifts, theta - shifts]))
        matrix = (slopes[: self.size] - slopes[self.size :]) / (2 * step)
        return (matrix + matrix.T) / 2

    # --- inside ----------------------------------------------------------------------------

    def _parts(self, count: int) -> list[slice]:
        size = max(1, LARGEST_BATCH // max(1, self.work))
        return [slice(start, start + size) for start in range(0, count, size)]

    def _forward(self, theta: Array) -> list[Array]:
        import numpy as np

        leaves = {**self.known, **self.named(theta)}
        values: list[Array] = []
        with np.errstate(over="ignore", invalid="ignore"):
            for step in self.tape.operations:
                inputs = [values[i] for i in step.inputs]
                if step.kind == "leaf":
                    values.append(leaves[step.name])
                elif step.kind == "product":
                    values.append(inputs[0] @ inputs[1])
                elif step.kind in ("sum", "bias"):
                    values.append(sum(inputs[1:], inputs[0]))
                elif step.kind == "transpose":
                    values.append(np.swapaxes(inputs[0], -1, -2))
                else:
                    values.append(_activated(step, inputs[0]))
        values[-1] = np.broadcast_to(values[-1], (len(theta), *values[-1].shape[-2:]))
        return values

    def _reverse(self, theta: Array) -> tuple[Array, Array]:
        import numpy as np

        values = self._forward(theta)
        loss, last = self._loss(values[-1]), self._loss_slopes(values[-1])
        adjoints: list[Array | None] = [None] * len(values)
        adjoints[-1] = last
        collected = {name: np.zeros((len(theta), *shape)) for name, shape in self.shapes}

        def send(position: int, amount: Array) -> None:
            held = adjoints[position]
            adjoints[position] = amount if held is None else held + amount

        with np.errstate(over="ignore", invalid="ignore"):
            for position in range(len(values) - 1, -1, -1):
                step, adjoint = self.tape.operations[position], adjoints[position]
                if adjoint is None:
                    continue
                if step.kind == "leaf":
                    if step.name in collected:
                        collected[step.name] = collected[step.name] + adjoint
                elif step.kind == "product":
                    left, right = step.inputs
                    send(left, adjoint @ np.swapaxes(values[right], -1, -2))
                    send(right, np.swapaxes(values[left], -1, -2) @ adjoint)
                elif step.kind == "transpose":
                    send(step.inputs[0], np.swapaxes(adjoint, -1, -2))
                elif step.kind == "sum":
                    for source in step.inputs:
                        send(source, adjoint)
                elif step.kind == "bias":
                    send(step.inputs[0], adjoint)
                    send(step.inputs[1], adjoint.sum(axis=-1, keepdims=True))
                else:
                    before = values[step.inputs[0]]
                    slope = (_activated(step, before + STEP) - _activated(step, before - STEP)) / (
                        2 * STEP
                    )
                    send(step.inputs[0], adjoint * slope)
        gradient = np.concatenate(
            [collected[name].reshape(len(theta), -1) for name, _ in self.shapes], axis=1
        )
        return loss + self._penalty(theta), gradient + self._penalty_slopes(theta)

    def _loss(self, z: Array) -> Array:
        import numpy as np

        name, _ = self.loss
        with np.errstate(over="ignore", invalid="ignore"):
            if name == "quadratic_form":
                total = np.zeros(len(z))
                for coefficients, target, weight in self.forms:
                    total = total + weight / 2 * ((coefficients * z).sum((-2, -1)) - target) ** 2
                return total
            if name == "cross_entropy":
                assert self.targets is not None
                return (self.counts * self.targets * (_log_sum(z) - z)).sum((-2, -1))
            return (self.counts * self._entries(z)).sum((-2, -1))

    def _loss_slopes(self, z: Array) -> Array:
        import numpy as np

        name, _ = self.loss
        with np.errstate(over="ignore", invalid="ignore"):
            if name == "quadratic_form":
                slope = np.zeros(z.shape)
                for coefficients, target, weight in self.forms:
                    gap = (coefficients * z).sum((-2, -1)) - target
                    slope = slope + weight * gap[:, None, None] * coefficients
                return slope
            if name == "cross_entropy":
                assert self.targets is not None
                mass = self.targets.sum(-2, keepdims=True)
                return self.counts * (np.exp(z - _log_sum(z)) * mass - self.targets)
            return self.counts * (self._entries(z + STEP) - self._entries(z - STEP)) / (2 * STEP)

    def _entries(self, z: Array) -> Array:
        """The loss of every entry."""
        import numpy as np

        name, parameters = self.loss
        if name == "linear_loss":
            return self.table * z
        y: Array = self.targets
        r = z - y
        if name == "squared":
            return r * r / 2
        if name in ("weighted_squared", "masked_squared"):
            return self.table * r * r / 2
        if name == "absolute":
            return np.abs(r)
        if name == "huber":
            d = parameters["delta"]
            return np.where(np.abs(r) <= d, r * r / 2, d * (np.abs(r) - d / 2))
        if name == "epsilon_insensitive":
            return np.maximum(0, np.abs(r) - parameters["eps"])
        if name == "quantile":
            return np.maximum(-parameters["tau"] * r, (1 - parameters["tau"]) * r)
        if name == "log_cosh":
            return np.logaddexp(r, -r) - math.log(2)
        if name == "lp":
            return np.abs(r) ** parameters["p"] / parameters["p"]
        if name == "hinge":
            return np.maximum(0, 1 - y * z)
        if name == "squared_hinge":
            return np.maximum(0, 1 - y * z) ** 2 / 2
        if name == "logistic":
            return np.logaddexp(0, -y * z)
        if name == "poisson":
            return np.exp(z) - y * z
        if name == "tukey":
            c = parameters["c"]
            return c * c / 6 * (1 - np.maximum(0, 1 - (r / c) ** 2) ** 3)
        if name == "zero_one":
            return (y * z <= 0).astype(float)
        raise NotDrawable(f"the loss {name} has no value in floating point here")

    def _rates(self) -> list[tuple[slice, float]]:
        found = []
        place = 0
        for name, (rows, columns) in self.shapes:
            if self.strengths.get(name):
                found.append((slice(place, place + rows * columns), self.strengths[name]))
            place += rows * columns
        return found

    def _penalty(self, theta: Array) -> Array:
        import numpy as np

        total = np.zeros(len(theta))
        for part, rate in self._rates():
            block = theta[:, part]
            if self.penalty == "l2":
                total += rate / 2 * (block * block).sum(1)
            else:
                total += rate * np.abs(block).sum(1)
        return total

    def _penalty_slopes(self, theta: Array) -> Array:
        import numpy as np

        slope = np.zeros(theta.shape)
        for part, rate in self._rates():
            block = theta[:, part]
            slope[:, part] = rate * (block if self.penalty == "l2" else np.sign(block))
        return slope


KINKED_LOSSES = frozenset(
    ("absolute", "quantile", "epsilon_insensitive", "hinge", "zero_one", "lp")
)  # fmt: skip
KINKED_ACTIVATIONS = frozenset((
    "relu", "leaky_relu", "prelu", "elu", "selu", "hard_tanh", "hard_sigmoid", "relu6", "step",
))  # fmt: skip


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

        error = np.frompyfunc(erf, 1, 1)
        shown = np.asarray(error(t if name == "erf" else t / np.sqrt(2)), dtype=float)
        return shown if name == "erf" else t / 2 * (1 + shown)
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


def _activated(step: Operation, before: Array) -> Array:
    activation = step.activation
    assert activation is not None
    return activate((activation.name, dict(activation.parameters)), before)


def _log_sum(z: Array) -> Array:
    import numpy as np

    top = z.max(axis=-2, keepdims=True)
    return np.log(np.exp(z - top).sum(axis=-2, keepdims=True)) + top


# --- from a certificate, from a model at a point ------------------------------------------------


def number(value: Any) -> float:
    """A number of a certificate (a rational, a logarithm, an enclosure: its middle) as a float."""
    if isinstance(value, str):
        return float(Fraction(value))
    if "log" in value:
        return math.log(Fraction(value["log"])) * float(Fraction(value.get("times", "1")))
    return float((Fraction(value["lower"]) + Fraction(value["upper"])) / 2)


def array(values: Sequence[Any]) -> Array:
    """A matrix of a certificate; a list of numbers becomes a column."""
    import numpy as np

    rows = [[number(v) for v in row] if isinstance(row, list) else [number(row)] for row in values]
    return np.array(rows)


def of_document(document: Mapping[str, Any]) -> Objective:
    """The objective of a certificate document (networks and symmetric maps)."""
    import numpy as np

    problem, data = document["problem"], document["data"]
    known: dict[str, Array] = {}
    shapes: list[tuple[str, tuple[int, int]]] = []
    steps: list[Operation] = []

    def put(kind: Any, *inputs: int, name: str = "", activation: Activation | None = None) -> int:
        steps.append(Operation(kind, inputs, name, activation))
        return len(steps) - 1

    if "map" in problem:
        rows, columns = problem["shape"]
        shapes.append(("W", (rows, columns)))
        factor = put("leaf", name="W")
        current = put("product", factor, put("transpose", factor))
        if problem["map"] == "W*W^T*X":
            known["X"] = array(data["X"])
            put("product", current, put("leaf", name="X"))
    else:
        known["X"] = array(data["X"])
        fixed = problem.get("fixed", {})
        known |= {name: array(values) for name, values in fixed.items()}
        current = put("leaf", name="X")
        widths = problem["widths"]
        skips = problem.get("skip", [False] * len(problem["activations"]))
        for k, entry in enumerate(problem["activations"], start=1):
            below = current
            if f"W{k}" not in fixed:
                shapes.append((f"W{k}", (widths[k], widths[k - 1])))
            current = put("product", put("leaf", name=f"W{k}"), current)
            if problem["biases"][k - 1]:
                if f"b{k}" not in fixed:
                    shapes.append((f"b{k}", (widths[k], 1)))
                current = put("bias", current, put("leaf", name=f"b{k}"))
            if entry["name"] != "linear":
                own = tuple((key, Fraction(v)) for key, v in entry.items() if key != "name")
                used = Activation(entry["name"], own)
                current = put("apply", current, activation=used)
            if skips[k - 1]:
                current = put("sum", current, below)
    loss = problem["loss"]
    table = loss.get("weights", loss.get("coefficients"))
    forms = tuple(
        (array(form["coefficients"]), number(form["target"]), number(form["weight"]))
        for form in loss.get("forms", ())
    )
    parameters = {
        key: number(v)
        for key, v in loss.items()
        if key not in ("name", "weights", "coefficients", "forms")
    }
    matrices = [name for name, _ in shapes if name[0] == "W"]
    kind, strengths = _penalty_of(problem.get("regularizer"), matrices)
    return Objective(
        Tape(tuple(steps), tuple(name for name, _ in shapes), tuple(matrices)),
        tuple(shapes),
        {name: np.asarray(matrix) for name, matrix in known.items()},
        (loss["name"], parameters),
        array(data["Y"]) if "Y" in data else None,
        None if table is None else array(table),
        forms,
        kind,
        strengths,
        np.array(data["counts"], dtype=float) if "counts" in data else 1.0,
    )


def _penalty_of(
    regularizer: Mapping[str, Any] | None, matrices: Sequence[str]
) -> tuple[str | None, dict[str, float]]:
    if regularizer is None:
        return None, {}
    ((kind, given),) = regularizer.items()
    if not isinstance(given, list):
        return kind, dict.fromkeys(matrices, number(given))
    return kind, {name: number(given[int(name[1:] or 1) - 1]) for name in matrices}


def of_instance(instance: Instance) -> Objective:
    """The objective of a model made concrete at a point (``point.instance``).

    Raises ``NotDrawable`` where data, the loss, or a layer can't be evaluated.
    """
    import numpy as np

    from ..point.network import tape_of
    from ..point.numbers import Undecided

    if instance.loss is None:
        what = ", ".join(instance.missing) or "a concrete loss"
        raise NotDrawable(f"the loss needs {what}")
    try:
        tape = tape_of(instance.model)
    except Undecided as limit:
        raise NotDrawable(str(limit)) from limit
    for step in tape.operations:
        if step.activation is not None and step.activation.custom:
            raise NotDrawable(f"the custom activation {step.activation.name} is not drawn")

    def floats(rows: Any) -> Array:
        return np.array([[float(entry) for entry in row] for row in rows])

    leaves = {name: floats(rows) for name, rows in instance.leaves.items()}
    trained = [name for name in tape.parameters if name in leaves]
    loss = instance.loss
    return Objective(
        tape,
        tuple((name, leaves[name].shape) for name in trained),
        {name: matrix for name, matrix in leaves.items() if name not in trained},
        (loss.loss.name, {name: float(v) for name, v in loss.loss.parameters}),
        None if loss.targets is None else floats(loss.targets),
        None if loss.weights is None else floats(loss.weights),
        (),
        instance.penalty,
        {name: float(v) for name, v in instance.strengths.items()},
    )
