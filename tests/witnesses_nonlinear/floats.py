"""An independent float evaluation of certificate documents, and attacks on local minima."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

_ERF = np.vectorize(math.erf)


def number(value: Any) -> float:
    if isinstance(value, str):
        return float(Fraction(value))
    if "log" in value:
        return math.log(Fraction(value["log"])) * float(Fraction(value.get("times", "1")))
    return float((Fraction(value["lower"]) + Fraction(value["upper"])) / 2)


def array(values: Any) -> np.ndarray:
    return np.array(
        [[number(v) for v in row] if isinstance(row, list) else number(row) for row in values]
    )


def activate(entry: dict[str, str], t: np.ndarray, slope: float | None = None) -> np.ndarray:
    name = entry["name"]
    if name == "linear":
        return t
    if name == "relu":
        return np.maximum(t, 0)
    if name in ("leaky_relu", "prelu"):
        a = float(Fraction(entry["slope"])) if slope is None else slope
        return np.where(t >= 0, t, a * t)
    if name == "elu":
        return np.where(t >= 0, t, float(Fraction(entry["alpha"])) * np.expm1(np.minimum(t, 0)))
    if name == "celu":
        a = float(Fraction(entry["alpha"]))
        return np.where(t >= 0, t, a * np.expm1(np.minimum(t, 0) / a))
    if name == "selu":
        a = 1.6732632423543772
        return 1.0507009873554805 * np.where(t >= 0, t, a * np.expm1(np.minimum(t, 0)))
    if name == "hard_tanh":
        return np.clip(t, -1, 1)
    if name == "hard_sigmoid":
        return np.clip(t / 6 + 0.5, 0, 1)
    if name == "relu6":
        return np.clip(t, 0, 6)
    if name == "tanh":
        return np.tanh(t)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-t))
    if name == "softplus":
        return np.logaddexp(0, t)
    if name == "silu":
        return t / (1 + np.exp(-t))
    if name == "mish":
        return t * np.tanh(np.logaddexp(0, t))
    if name == "gelu":
        return t / 2 * (1 + _ERF(t / math.sqrt(2)))
    if name == "erf":
        return _ERF(t)
    if name == "arctan":
        return np.arctan(t)
    if name == "sin":
        return np.sin(t)
    if name == "quadratic":
        return t * t
    if name == "cube":
        return t**3
    if name == "softsign":
        return t / (1 + np.abs(t))
    raise KeyError(name)


def loss(entry: dict[str, Any], z: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    """Sums over the last two axes."""
    name = entry["name"]
    if name == "linear_loss":
        return (array(entry["coefficients"]) * z).sum(axis=(-2, -1))
    assert y is not None
    r = z - y
    if name == "squared":
        value = r * r / 2
    elif name in ("weighted_squared", "masked_squared"):
        value = array(entry["weights"]) * r * r / 2
    elif name == "absolute":
        value = np.abs(r)
    elif name == "huber":
        d = float(Fraction(entry["delta"]))
        value = np.where(np.abs(r) <= d, r * r / 2, d * (np.abs(r) - d / 2))
    elif name == "epsilon_insensitive":
        value = np.maximum(0, np.abs(r) - float(Fraction(entry["eps"])))
    elif name == "quantile":
        tau = float(Fraction(entry["tau"]))
        value = np.maximum(-tau * r, (1 - tau) * r)
    elif name == "log_cosh":
        value = np.logaddexp(r, -r) - math.log(2)
    elif name == "lp":
        p = float(Fraction(entry["p"]))
        value = np.abs(r) ** p / p
    elif name == "hinge":
        value = np.maximum(0, 1 - y * z)
    elif name == "squared_hinge":
        value = np.maximum(0, 1 - y * z) ** 2 / 2
    elif name == "logistic":
        value = np.logaddexp(0, -y * z)
    elif name == "poisson":
        value = np.exp(z) - y * z
    elif name == "tukey":
        c = float(Fraction(entry["c"]))
        value = np.where(np.abs(r) <= c, c * c / 6 * (1 - (1 - (r / c) ** 2) ** 3), c * c / 6)
    elif name == "zero_one":
        value = (y * z <= 0).astype(float)
    elif name == "cross_entropy":
        top = z.max(axis=-2, keepdims=True)
        norm = np.log(np.exp(z - top).sum(axis=-2, keepdims=True)) + top
        value = y * (norm - z)
    else:
        raise KeyError(name)
    return value.sum(axis=(-2, -1))


KINKS = {
    "relu": (0.0,), "leaky_relu": (0.0,), "prelu": (0.0,), "elu": (0.0,), "celu": (0.0,),
    "selu": (0.0,), "hard_tanh": (-1.0, 1.0), "hard_sigmoid": (-3.0, 3.0), "relu6": (0.0, 6.0),
}  # fmt: skip


def evaluate(
    document: dict[str, Any], weights: dict[str, np.ndarray], slopes: dict[int, float] | None = None
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The loss at a batch of weights (leading axis), and the piece of every unit and sample."""
    problem = document["problem"]
    current = array(document["data"]["X"])[None]
    pieces = []
    for k, entry in enumerate(problem["activations"], 1):
        current = weights[f"W{k}"] @ current
        if problem["biases"][k - 1]:
            current = current + weights[f"b{k}"][..., None]
        pieces.append(
            sum(((current > kink).astype(int) for kink in KINKS.get(entry["name"], ())),
                np.zeros(current.shape, int))
        )  # fmt: skip
        current = activate(entry, current, (slopes or {}).get(k))
    y = array(document["data"]["Y"]) if "Y" in document["data"] else None
    return loss(problem["loss"], current, y), pieces


def objective(document: dict[str, Any], weights: dict[str, np.ndarray]) -> np.ndarray:
    """The loss at a batch of weights (leading axis)."""
    return evaluate(document, weights)[0]


def point(document: dict[str, Any], place: str) -> dict[str, np.ndarray]:
    return {name: array(v)[None] for name, v in document[place]["weights"].items()}


def attack(document: dict[str, Any], seed: int, samples: int = 400) -> tuple[float, int]:
    """The largest decrease found by perturbing the local minimum, and the perturbations that count.

    Those count that keep every unit in its piece on every sample (the neighbourhood of the
    argument affine-region); without kinks, all of radius at most 1/100. A positive decrease is
    one beyond rounding.
    """
    rng = np.random.default_rng(seed)
    base = point(document, "local_minimum")
    first, home = evaluate(document, base)
    start = float(first[0])
    entries = document["problem"]["activations"]
    slopes = {
        k: float(Fraction(e["slope"])) for k, e in enumerate(entries, 1) if e["name"] == "prelu"
    }
    kinked = any(e["name"] in KINKS for e in entries)
    worst, counted = -math.inf, 0
    for radius in (1e-1, 1e-2, 1e-3, 1e-4):
        if not kinked and radius > 1e-2:
            continue
        moved = {}
        for name, value in base.items():
            noise = rng.standard_normal((samples, *value.shape[1:]))
            noise *= rng.random((samples, *[1] * (value.ndim - 1))) < 0.7
            moved[name] = value + radius * noise
        nearby = {k: s + radius * rng.standard_normal() for k, s in slopes.items()}
        values, pieces = evaluate(document, moved, nearby)
        same = np.ones(samples, bool)
        for there, here in zip(pieces, home, strict=True):
            same &= (there == here).all(axis=(1, 2))
        counted += int(same.sum())
        if same.any():
            drop = start - float(values[same].min())
            worst = max(worst, drop - 1e-9 * (1 + abs(start)))
    return worst, counted
