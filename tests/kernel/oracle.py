"""An independent check of a certificate's claim in floats: values, and sampled neighbours."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any


def number(x: Any) -> float:
    if isinstance(x, dict):
        if "log" in x:
            return float(Fraction(x.get("times", "1"))) * math.log(Fraction(x["log"]))
        return (number(x["lower"]) + number(x["upper"])) / 2
    return float(Fraction(x))


def floats(x: Any) -> Any:
    return [floats(y) for y in x] if isinstance(x, list) else number(x)


def _soft(t: float) -> float:
    return max(t, 0.0) + math.log1p(math.exp(-abs(t)))


def activation(one: dict[str, Any], t: float) -> float:
    name = one["name"]
    slope = number(one.get("slope", "0"))
    alpha = number(one.get("alpha", "1"))
    sigmoid = 1 / (1 + math.exp(-t)) if abs(t) < 700 else float(t > 0)
    table = {
        "linear": lambda: t,
        "relu": lambda: max(t, 0.0),
        "leaky_relu": lambda: t if t > 0 else slope * t,
        "prelu": lambda: t if t > 0 else slope * t,
        "relu6": lambda: min(max(t, 0.0), 6.0),
        "hard_tanh": lambda: min(max(t, -1.0), 1.0),
        "hard_sigmoid": lambda: min(max(t / 6 + 0.5, 0.0), 1.0),
        "quadratic": lambda: t * t,
        "cube": lambda: t**3,
        "step": lambda: float(t > 0),
        "tanh": lambda: math.tanh(t),
        "sigmoid": lambda: sigmoid,
        "softplus": lambda: _soft(t),
        "silu": lambda: t * sigmoid,
        "gelu": lambda: t * (1 + math.erf(t / math.sqrt(2))) / 2,
        "mish": lambda: t * math.tanh(_soft(t)),
        "arctan": lambda: math.atan(t),
        "erf": lambda: math.erf(t),
        "sin": lambda: math.sin(t),
        "softsign": lambda: t / (1 + abs(t)),
        "elu": lambda: t if t > 0 else alpha * math.expm1(t),
        "celu": lambda: t if t > 0 else alpha * math.expm1(t / alpha),
        "selu": lambda: 1.0507009873554805 * (t if t > 0 else 1.6732632423543772 * math.expm1(t)),
    }
    return table[name]()


def entry(loss: dict[str, Any], z: float, y: float, w: float) -> float:
    r = z - y
    p = {k: number(v) for k, v in loss.items() if isinstance(v, str) and k != "name"}
    table = {
        "squared": lambda: r * r / 2,
        "weighted_squared": lambda: w * r * r / 2,
        "masked_squared": lambda: w * r * r / 2,
        "absolute": lambda: abs(r),
        "quantile": lambda: max(-p["tau"] * r, (1 - p["tau"]) * r),
        "epsilon_insensitive": lambda: max(0.0, abs(r) - p["eps"]),
        "huber": lambda: (
            r * r / 2 if abs(r) <= p["delta"] else p["delta"] * (abs(r) - p["delta"] / 2)
        ),
        "log_cosh": lambda: abs(r) + math.log1p(math.exp(-2 * abs(r))) - math.log(2),
        "hinge": lambda: max(0.0, 1 - y * z),
        "squared_hinge": lambda: max(0.0, 1 - y * z) ** 2 / 2,
        "logistic": lambda: _soft(-y * z),
        "poisson": lambda: math.exp(z) - y * z,
        "lp": lambda: abs(r) ** p["p"] / p["p"],
        "linear_loss": lambda: w * z,
        "zero_one": lambda: float(y * z <= 0),
        "tukey": lambda: p["c"] ** 2 / 6 * (1 - max(0.0, 1 - (r / p["c"]) ** 2) ** 3),
    }
    return table[loss["name"]]()


def times(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)]
        for row in a
    ]


def objective(document: dict[str, Any], weights: dict[str, Any]) -> float:
    problem, data = document["problem"], document["data"]
    loss = problem["loss"]
    if "map" in problem:
        w = weights["W"]
        out = times(w, [list(c) for c in zip(*w, strict=True)])
        out = times(out, floats(data["X"])) if "X" in data else out
    else:
        out = floats(data["X"])
        everything = {**{k: floats(v) for k, v in problem.get("fixed", {}).items()}, **weights}
        for i, one in enumerate(problem["activations"]):
            before, shift = times(everything[f"W{i + 1}"], out), everything.get(f"b{i + 1}")
            if shift is not None:
                before = [[x + b for x in row] for row, b in zip(before, shift, strict=True)]
            after = [[activation(one, x) for x in row] for row in before]
            if problem.get("skip", [False] * 99)[i]:
                after = [
                    [x + y for x, y in zip(*rows, strict=True)]
                    for rows in zip(after, out, strict=True)
                ]
            out = after
    total = 0.0
    if loss["name"] == "quadratic_form":
        for form in loss["forms"]:
            inner = sum(
                c * z
                for r in zip(floats(form["coefficients"]), out, strict=True)
                for c, z in zip(*r, strict=True)
            )
            total += number(form["weight"]) / 2 * (inner - number(form["target"])) ** 2
    elif loss["name"] == "cross_entropy":
        for column, wanted in zip(
            zip(*out, strict=True), zip(*floats(data["Y"]), strict=True), strict=True
        ):
            top = max(column)
            total += math.log(sum(math.exp(z - top) for z in column)) + top
            total -= sum(y * z for y, z in zip(wanted, column, strict=True))
    else:
        y = floats(data["Y"]) if "Y" in data else [[0.0] * len(r) for r in out]
        table = loss.get("weights", loss.get("coefficients"))
        w = floats(table) if table else [[1.0] * len(r) for r in out]
        total += sum(
            entry(loss, *t) for rows in zip(out, y, w, strict=True) for t in zip(*rows, strict=True)
        )
    penalty = problem.get("regularizer")
    if penalty:
        ((kind, rate),) = penalty.items()
        for name, rows in weights.items():
            if name[0] == "W":
                one = rate[int(name[1:]) - 1] if isinstance(rate, list) else rate
                flat = [x for row in rows for x in row]
                total += number(one) * sum(x * x / 2 if kind == "l2" else abs(x) for x in flat)
    return total


def moved(weights: Any, radius: float, draw: random.Random) -> Any:
    if isinstance(weights, dict):
        return {k: moved(v, radius, draw) for k, v in weights.items()}
    if isinstance(weights, list):
        return [moved(v, radius, draw) for v in weights]
    return weights + radius * draw.choice((0.0, 0.0, draw.uniform(-1, 1), draw.gauss(0, 1)))


def near(stated: Any, value: float) -> bool:
    slack = 1e-7 * (1 + abs(value))
    if isinstance(stated, dict):
        return number(stated["lower"]) - slack <= value <= number(stated["upper"]) + slack
    return abs(number(stated) - value) <= slack


def still_true(document: dict[str, Any], samples: int = 60) -> bool:
    """Whether sampling finds no fault with what the document claims of its points."""
    local, better = document["local_minimum"], document["better_point"]
    weights = {k: floats(v) for k, v in local["weights"].items()}
    value = objective(document, weights)
    lower = objective(document, {k: floats(v) for k, v in better["weights"].items()})
    if not near(local["value"], value) or not near(better["value"], lower) or not lower < value:
        return False
    draw = random.Random(7)
    slack = 1e-12 * (1 + abs(value))
    return all(
        objective(document, moved(weights, radius, draw)) >= value - slack
        for radius in (1e-2 / 4, 1e-3, 1e-4)
        for _ in range(samples)
    )
