"""An independent float check: no perturbation of a local minimum has a lower loss."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np

_erf = np.vectorize(math.erf)


def number(value) -> float:
    if isinstance(value, str):
        return float(Fraction(value))
    if "log" in value:
        return math.log(number(value["log"])) * number(value.get("times", "1"))
    return (number(value["lower"]) + number(value["upper"])) / 2


def array(rows):
    return np.array(
        [[number(v) for v in row] if isinstance(row, list) else number(row) for row in rows], float
    )


def activate(name: str, a: dict, t):
    if name == "linear":
        return t
    if name in ("relu", "leaky_relu", "prelu"):
        slope = number(a["slope"]) if "slope" in a else 0.0
        return np.where(t > 0, t, slope * t)
    if name in ("elu", "celu"):
        alpha = number(a["alpha"])
        low = np.minimum(t, 0)
        return np.where(t > 0, t, alpha * np.expm1(low / alpha if name == "celu" else low))
    simple = {
        "selu": lambda: (
            1.0507009873554805 * np.where(t > 0, t, 1.6732632423543772 * np.expm1(np.minimum(t, 0)))
        ),
        "softplus": lambda: np.logaddexp(0, t),
        "gelu": lambda: t / 2 * (1 + _erf(t / math.sqrt(2))),
        "silu": lambda: t / (1 + np.exp(-t)),
        "mish": lambda: t * np.tanh(np.logaddexp(0, t)),
        "tanh": lambda: np.tanh(t),
        "erf": lambda: _erf(t),
        "sigmoid": lambda: 1 / (1 + np.exp(-t)),
        "arctan": lambda: np.arctan(t),
        "softsign": lambda: t / (1 + abs(t)),
        "hard_tanh": lambda: np.clip(t, -1, 1),
        "hard_sigmoid": lambda: np.clip(t / 6 + 0.5, 0, 1),
        "relu6": lambda: np.clip(t, 0, 6),
        "sin": lambda: np.sin(t),
        "quadratic": lambda: t * t,
        "cube": lambda: t**3,
    }
    return simple[name]()


def loss_value(loss: dict, z, y) -> float:
    name = loss["name"]
    if name == "linear_loss":
        return float((array(loss["coefficients"]) * z).sum())
    if name == "cross_entropy":
        top = z.max(0)
        return float(-(y * (z - top - np.log(np.exp(z - top).sum(0)))).sum())
    r = z - y
    size = abs(r)
    if name == "huber":
        delta = number(loss["delta"])
        return float(np.where(size <= delta, r * r / 2, delta * (size - delta / 2)).sum())
    if name == "tukey":
        c = number(loss["c"])
        return float((c * c / 6 * (1 - (1 - np.minimum(1, (r / c) ** 2)) ** 3)).sum())
    simple = {
        "squared": lambda: r * r / 2,
        "weighted_squared": lambda: array(loss["weights"]) * r * r / 2,
        "masked_squared": lambda: array(loss["weights"]) * r * r / 2,
        "absolute": lambda: size,
        "log_cosh": lambda: np.logaddexp(r, -r) - math.log(2),
        "quantile": lambda: np.maximum(-number(loss["tau"]) * r, (1 - number(loss["tau"])) * r),
        "epsilon_insensitive": lambda: np.maximum(0, size - number(loss["eps"])),
        "hinge": lambda: np.maximum(0, 1 - y * z),
        "squared_hinge": lambda: np.maximum(0, 1 - y * z) ** 2 / 2,
        "logistic": lambda: np.logaddexp(0, -y * z),
        "poisson": lambda: np.exp(z) - y * z,
        "lp": lambda: size ** number(loss["p"]) / number(loss["p"]),
        "zero_one": lambda: (y * z <= 0).astype(float),
    }
    return float(simple[name]().sum())


def _of_sample(loss: dict, j: int) -> dict:
    tables = {
        k: [[row[j]] for row in v] for k, v in loss.items() if k in ("weights", "coefficients")
    }
    return {**loss, **tables}


def objective(document: dict):
    problem = document["problem"]
    x = array(document["data"]["X"]) if "X" in document["data"] else None
    y = array(document["data"]["Y"]) if "Y" in document["data"] else None
    fixed = {key: array(value) for key, value in problem.get("fixed", {}).items()}

    def value(weights: dict) -> float:
        if "map" in problem:
            z = weights["W"] @ weights["W"].T
            z = z if problem["map"] == "W*W^T" else z @ x
            names = ["W"]
        else:
            depth = len(problem["activations"])
            z = x
            for k in range(1, depth + 1):
                source = fixed if f"W{k}" in fixed else weights
                after = source[f"W{k}"] @ z
                if problem["biases"][k - 1]:
                    after = after + source[f"b{k}"][:, None]
                activation = problem["activations"][k - 1]
                after = activate(activation["name"], activation, after)
                z = after + z if problem.get("skip", [False] * depth)[k - 1] else after
            names = [f"W{k}" for k in range(1, depth + 1) if f"W{k}" not in fixed]
        counts = document["data"].get("counts")
        if counts is None:
            total = loss_value(problem["loss"], z, y)
        else:
            total = 0.0
            for j, count in enumerate(counts):
                own = None if y is None else y[:, [j]]
                total += count * loss_value(_of_sample(problem["loss"], j), z[:, [j]], own)
        if problem.get("regularizer"):
            ((kind, strengths),) = problem["regularizer"].items()
            if not isinstance(strengths, list):
                strengths = [strengths] * len(names)
            for name, strength in zip(names, strengths, strict=True):
                w = weights[name]
                size = (w * w).sum() / 2 if kind == "l2" else abs(w).sum()
                total += number(strength) * size
        return total

    return value


def _outside(stated, found: float) -> bool:
    low = number(stated if isinstance(stated, str) else stated["lower"])
    high = number(stated if isinstance(stated, str) else stated["upper"])
    slack = 1e-7 * (1 + abs(found))
    return found < low - slack or found > high + slack


def _radii(document: dict, weights: dict) -> tuple[tuple[float, ...], float]:
    """Radii inside the neighbourhood of the argument, and the relative rounding error."""
    if document["argument"]["kind"] == "growth":
        ((_, strengths),) = document["problem"]["regularizer"].items()
        least = min(number(v) for v in (strengths if isinstance(strengths, list) else [strengths]))
        x = array(document["data"]["X"])
        scale = abs(x).max() + 1
        if "Y" in document["data"]:
            scale *= (1 + abs(array(document["data"]["Y"])).max()) ** 2
        else:
            scale *= 1 + abs(array(document["problem"]["loss"]["coefficients"])).max()
        size = sum(document["data"].get("counts", [])) or x.shape[1]
        radius = min(0.1, least / (4 * size * scale))
        return (radius, radius / 10), 1e-13
    if document["argument"]["kind"] == "cusp":
        # A move of size s gains at most C s, and costs s^p / p.
        p, x = number(document["problem"]["loss"]["p"]), array(document["data"]["X"])
        gain = 8 * x.shape[1] * max(1.0, abs(x).max(), *(abs(w).max() for w in weights.values()))
        radius = min(1e-2, (p * gain) ** (-1 / (1 - p)))
        return (radius, radius / 10), 1e-13
    scale = max(1.0, *(abs(w).max() for w in weights.values()))
    return (1e-2 / scale, 1e-3 / scale, 1e-4 / scale), 1e-9


def lower_loss_nearby(document: dict, rng: random.Random, count: int = 120):
    """A perturbation with a lower loss (its radius and gain), or None; also checks both values."""
    value = objective(document)
    local = {k: array(v) for k, v in document["local_minimum"]["weights"].items()}
    better = {k: array(v) for k, v in document["better_point"]["weights"].items()}
    base = value(local)
    if _outside(document["local_minimum"]["value"], base):
        return "value", base
    if _outside(document["better_point"]["value"], value(better)):
        return "better value", value(better)
    numbers = np.random.default_rng(rng.randrange(2**31))
    radii, rounding = _radii(document, local)
    for radius in radii:
        for _ in range(max(1, count // len(radii))):
            sparse = numbers.random() < 0.4
            step = {
                k: numbers.standard_normal(w.shape)
                * ((numbers.random(w.shape) < 0.3) if sparse else 1)
                for k, w in local.items()
            }
            length = math.sqrt(sum((s * s).sum() for s in step.values())) or 1.0
            found = value({k: local[k] + radius * step[k] / length for k in local})
            if found < base - rounding * (1 + abs(base)):
                return radius, found - base
    return None
