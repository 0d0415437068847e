"""The objective of a certificate document in floats, for many weights at once.

Written from the document's format alone; nothing of the package is imported. Weights are rows of
one array, a row per point: the trained matrices and biases in the order of ``names`` and, last,
the trained slopes of ``prelu`` layers.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray
_erf = np.vectorize(math.erf, otypes=[float])
KINKS = {
    "relu": (0.0,), "leaky_relu": (0.0,), "prelu": (0.0,), "elu": (0.0,), "celu": (0.0,),
    "selu": (0.0,), "hard_tanh": (-1.0, 1.0), "hard_sigmoid": (-3.0, 3.0), "relu6": (0.0, 6.0),
    "step": (0.0,),
}  # fmt: skip
"""Where the pieces of an activation meet."""


def number(value: Any) -> float:
    """A rational, a multiple of a logarithm, or the middle of a box."""
    if isinstance(value, str):
        return float(Fraction(value))
    if "log" in value:
        return math.log(Fraction(value["log"])) * float(Fraction(value.get("times", "1")))
    return float((Fraction(value["lower"]) + Fraction(value["upper"])) / 2)


def array(values: Any) -> Array:
    return np.array(
        [[number(v) for v in row] if isinstance(row, list) else number(row) for row in values],
        dtype=float,
    )


def activate(entry: dict[str, str], t: Array, slope: Any = None) -> Array:
    """``slope`` (broadcast against ``t``) takes the place of the stated slope of a prelu."""
    name = entry["name"]
    low = np.minimum(t, 0)
    if name == "linear":
        return t
    if name in ("leaky_relu", "prelu"):
        return np.where(t > 0, t, (number(entry["slope"]) if slope is None else slope) * t)
    if name == "elu":
        return np.where(t > 0, t, number(entry["alpha"]) * np.expm1(low))
    if name == "celu":
        alpha = number(entry["alpha"])
        return np.where(t > 0, t, alpha * np.expm1(low / alpha))
    if name == "selu":
        return 1.0507009873554805 * np.where(t > 0, t, 1.6732632423543772 * np.expm1(low))
    with np.errstate(over="ignore"):
        return {
            "relu": lambda: np.maximum(t, 0),
            "relu6": lambda: np.clip(t, 0, 6),
            "hard_tanh": lambda: np.clip(t, -1, 1),
            "hard_sigmoid": lambda: np.clip(t / 6 + 0.5, 0, 1),
            "step": lambda: (t > 0).astype(float),
            "quadratic": lambda: t * t,
            "cube": lambda: t**3,
            "tanh": lambda: np.tanh(t),
            "sigmoid": lambda: 1 / (1 + np.exp(-t)),
            "softplus": lambda: np.logaddexp(0, t),
            "silu": lambda: t / (1 + np.exp(-t)),
            "mish": lambda: t * np.tanh(np.logaddexp(0, t)),
            "gelu": lambda: t / 2 * (1 + _erf(t / math.sqrt(2))),
            "erf": lambda: _erf(t),
            "arctan": lambda: np.arctan(t),
            "sin": lambda: np.sin(t),
            "softsign": lambda: t / (1 + np.abs(t)),
        }[name]()


def entry_losses(loss: dict[str, Any], z: Array, y: Array | None) -> Array:
    """The terms of the loss for a batch of outputs; cross-entropy is one term a sample."""
    name = loss["name"]
    if name == "linear_loss":
        return array(loss["coefficients"]) * z
    if name == "quadratic_form":
        return np.stack(
            [
                number(form["weight"])
                / 2
                * ((array(form["coefficients"]) * z).sum((-2, -1)) - number(form["target"])) ** 2
                for form in loss["forms"]
            ],
            axis=-1,
        )
    assert y is not None
    if name == "cross_entropy":
        top = z.max(axis=-2, keepdims=True)
        return -(y * (z - top - np.log(np.exp(z - top).sum(axis=-2, keepdims=True)))).sum(axis=-2)
    r = z - y
    size = np.abs(r)
    p = {key: number(v) for key, v in loss.items() if key not in ("name", "weights")}
    return {
        "squared": lambda: r * r / 2,
        "weighted_squared": lambda: array(loss["weights"]) * r * r / 2,
        "masked_squared": lambda: array(loss["weights"]) * r * r / 2,
        "absolute": lambda: size,
        "huber": lambda: np.where(
            size <= p["delta"], r * r / 2, p["delta"] * (size - p["delta"] / 2)
        ),
        "log_cosh": lambda: np.logaddexp(r, -r) - math.log(2),
        "quantile": lambda: np.maximum(-p["tau"] * r, (1 - p["tau"]) * r),
        "epsilon_insensitive": lambda: np.maximum(0, size - p["eps"]),
        "hinge": lambda: np.maximum(0, 1 - y * z),
        "squared_hinge": lambda: np.maximum(0, 1 - y * z) ** 2 / 2,
        "logistic": lambda: np.logaddexp(0, -y * z),
        "poisson": lambda: np.exp(z) - y * z,
        "lp": lambda: size ** p["p"] / p["p"],
        "tukey": lambda: p["c"] ** 2 / 6 * (1 - (1 - np.minimum(1, (r / p["c"]) ** 2)) ** 3),
        "zero_one": lambda: (y * z <= 0).astype(float),
    }[name]()


class Objective:
    """f of a document: loss plus penalty."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.problem, data = document["problem"], document["data"]
        self.loss = self.problem["loss"]
        self.x = array(data["X"]) if "X" in data else None
        self.y = array(data["Y"]) if "Y" in data else None
        self.counts = np.array(data.get("counts", [1.0]), dtype=float)
        self.fixed = {key: array(value) for key, value in self.problem.get("fixed", {}).items()}
        self.symmetric = "map" in self.problem
        self.activations = self.problem.get("activations", [])
        self.depth = len(self.activations)
        self.skip = self.problem.get("skip", [False] * self.depth)
        self.shapes: dict[str, tuple[int, ...]] = {}
        if self.symmetric:
            self.shapes["W"] = tuple(self.problem["shape"])
        else:
            widths = self.problem["widths"]
            for k, bias in enumerate(self.problem["biases"], 1):
                if f"W{k}" not in self.fixed:
                    self.shapes[f"W{k}"] = (widths[k], widths[k - 1])
                    if bias:
                        self.shapes[f"b{k}"] = (widths[k],)
            for k, entry in enumerate(self.activations, 1):
                if entry["name"] == "prelu":
                    self.shapes[f"a{k}"] = (1,)
        ends = np.cumsum([0, *(math.prod(shape) for shape in self.shapes.values())])
        self.places = {
            name: slice(int(a), int(b))
            for name, a, b in zip(self.shapes, ends, ends[1:], strict=False)
        }
        self.size = int(ends[-1])

    def flat(self, weights: dict[str, Any]) -> Array:
        """The weights of a document as one vector."""
        values = {name: array(value) for name, value in weights.items()}
        for k, entry in enumerate(self.activations, 1):
            if entry["name"] == "prelu":
                values[f"a{k}"] = array([entry["slope"]])
        assert {n: v.shape for n, v in values.items()} == self.shapes
        return np.concatenate([values[name].ravel() for name in self.shapes])

    def named(self, theta: Array) -> dict[str, Array]:
        """The matrices of a batch of vectors (last axes: the matrix)."""
        return {
            name: theta[..., place].reshape(*theta.shape[:-1], *self.shapes[name])
            for name, place in self.places.items()
        }

    def outputs(self, theta: Array) -> tuple[Array, list[Array]]:
        """The outputs of a batch, and the piece of each unit and sample, layer by layer."""
        weights = self.named(theta)
        if self.symmetric:
            product = weights["W"] @ np.swapaxes(weights["W"], -1, -2)
            return (product if self.x is None else product @ self.x), []
        assert self.x is not None
        current = np.broadcast_to(self.x, (len(theta), *self.x.shape))
        pieces = []
        for k, entry in enumerate(self.activations, 1):
            source = self.fixed if f"W{k}" in self.fixed else weights
            before = source[f"W{k}"] @ current
            if self.problem["biases"][k - 1]:
                before = before + source[f"b{k}"][..., None]
            kinks = KINKS.get(entry["name"], ())
            piece = np.zeros(before.shape, np.int8)
            for kink in kinks:
                piece += before > kink
            pieces.append(piece)
            slope = weights[f"a{k}"][..., None] if f"a{k}" in weights else None
            after = activate(entry, before, slope)
            current = after + current if self.skip[k - 1] else after
        return current, pieces

    def penalty(self, theta: Array) -> Array:
        stated, total = self.problem.get("regularizer"), np.zeros(len(theta))
        if not stated:
            return total
        ((kind, strengths),) = stated.items()
        for name, place in self.places.items():
            if name[0] != "W":
                continue
            layer = int(name[1:] or 1)
            strength = strengths[layer - 1] if isinstance(strengths, list) else strengths
            w = theta[:, place]
            total += number(strength) * ((w * w).sum(1) / 2 if kind == "l2" else abs(w).sum(1))
        return total

    def values(self, theta: Array) -> tuple[Array, Array]:
        """The values of a batch, and the sum of the sizes of all terms (for rounding errors)."""
        terms = self.counts * entry_losses(self.loss, self.outputs(theta)[0], self.y)
        terms = terms.reshape(len(theta), -1)
        penalty = self.penalty(theta)
        return terms.sum(1) + penalty, np.abs(terms).sum(1) + penalty

    def at(self, weights: dict[str, Any]) -> float:
        """The value at the weights of a document."""
        return float(self.values(self.flat(weights)[None])[0][0])


def stated_as(stated: Any, value: float) -> bool:
    """Whether a number or an enclosure agrees with the value, up to rounding."""
    slack = 1e-7 * (1 + abs(value))
    if isinstance(stated, str):
        return abs(number(stated) - value) <= slack
    return number(stated["lower"]) - slack <= value <= number(stated["upper"]) + slack
