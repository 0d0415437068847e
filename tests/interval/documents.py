"""Certificates made from the carried data of smooth networks."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib.resources import files
from typing import Any

from landscape_cli.exact.numbers import Rejection, bounds
from landscape_cli.exact.reading import record
from landscape_cli.kernel import check_value
from landscape_cli.kernel.problem import matrices, read_problem
from tests.kernel.samples import network, text

RADIUS = Fraction(1, 10**6)


def instances(name: str) -> list[dict[str, Any]]:
    found = json.loads(files("landscape_cli").joinpath("data", f"{name}.json").read_text("utf-8"))
    return list(found["instances"])


def exact(x: Any) -> Fraction:
    return Fraction(str(x))


def box(x: Any, scale: Fraction = Fraction(1)) -> dict[str, str]:
    low, high = scale * (exact(x) - RADIUS), scale * (exact(x) + RADIUS)
    return {"lower": text(low), "upper": text(high)}


def around(x: Fraction, radius: Fraction) -> dict[str, str]:
    """An enclosure with short ends."""
    scale = 10**9
    return {
        "lower": text(Fraction((x - radius) * scale // 1, scale)),
        "upper": text(Fraction(-(-(x + radius) * scale // 1), scale)),
    }


def approximate(problem: Any, data: Any, weights: Any) -> Fraction:
    """The objective at rational weights, to about 24 digits."""
    parsed = read_problem(problem, data)
    low, high = bounds(parsed.objective(record(weights, "", matrices(parsed.trained))))
    return (low + high) / 2


def middle(weights: Any) -> Any:
    """The centres of boxes, as weights."""
    if isinstance(weights, dict) and set(weights) == {"lower", "upper"}:
        return text((Fraction(weights["lower"]) + Fraction(weights["upper"])) / 2)
    if isinstance(weights, dict):
        return {k: middle(v) for k, v in weights.items()}
    return [middle(v) for v in weights]


def shaped(widths: list[int], first: bool, last: bool, flat: list[Any]) -> dict[str, Any]:
    left = list(flat)

    def take(rows: int, columns: int) -> list[list[Any]]:
        return [[left.pop(0) for _ in range(columns)] for _ in range(rows)]

    result: dict[str, Any] = {"W1": take(widths[1], widths[0])}
    if first:
        result["b1"] = [x for (x,) in take(widths[1], 1)]
    result["W2"] = take(widths[2], widths[1])
    if last:
        result["b2"] = [x for (x,) in take(widths[2], 1)]
    assert not left
    return result


def mapped(weights: Any, change: Any) -> Any:
    if isinstance(weights, list):
        return [mapped(w, change) for w in weights]
    return change(weights)


def document(problem: Any, data: Any, local: Any, better: Any, argument: Any) -> dict[str, Any]:
    value = approximate(problem, data, middle(local))
    lower = approximate(problem, data, better)
    return {
        "schema": "landscape/certificate/1", "problem": problem, "data": data,
        "local_minimum": {"weights": local, "value": around(value, (1 + value) / 10**5)},
        "better_point": {"weights": better, "value": around(lower, Fraction(1, 10**8))},
        "argument": argument,
    }  # fmt: skip


def smooth(one: dict[str, Any]) -> dict[str, Any]:
    bias = one["bias"]
    problem = network(one["widths"], [one["activation"], "linear"], [bias, bias])
    data = {
        "X": mapped(one["X"], lambda x: text(exact(x))),
        "Y": mapped(one["Y"], lambda x: text(exact(x))),
    }
    local = {
        k: mapped(v, box) for k, v in shaped(one["widths"], bias, bias, one["weights"]).items()
    }
    better = shaped(one["widths"], bias, bias, [text(exact(x)) for x in one["better"]])
    return document(problem, data, local, better, {"kind": "interval-newton"})


def split(one: dict[str, Any], units: int = 2) -> dict[str, Any]:
    first, last = one["first_bias"], one["output_bias"]
    problem = network([1, units, 1], [one["activation"], "linear"], [first, last])
    data = {"X": [[text(exact(x)) for x in one["x"]]], "Y": [[text(exact(y)) for y in one["y"]]]}
    unit = {k: mapped(v, box) for k, v in shaped([1, 1, 1], first, last, one["weights"]).items()}
    shares = [Fraction(1, 2 * (units - 1))] * (units - 1) + [Fraction(1, 2)]
    ends = unit["W2"][0][0]
    parts = [{k: text(t * Fraction(v)) for k, v in ends.items()} for t in shares]
    local = {**unit, "W1": unit["W1"] * units, "W2": [parts]}
    flat = [one["weights"][0], one["unit2"][0]] + [0] * (units - 2)
    better: dict[str, Any] = {"W1": [[text(exact(w))] for w in flat]}
    if first:
        local["b1"] = unit["b1"] * units
        shifts = [one["weights"][1], one["unit2"][1]] + [0] * (units - 2)
        better["b1"] = [text(exact(b)) for b in shifts]
    coefficients = [text(exact(c)) for c in one["coefficients"]]
    better["W2"] = [coefficients[:2] + ["0"] * (units - 2)]
    if last:
        better["b2"] = coefficients[2:]
    return document(
        problem,
        data,
        local,
        better,
        {"kind": "split-unit", "unit": unit, "shares": [text(t) for t in shares]},
    )


__all__ = ["Rejection", "check_value", "instances", "smooth", "split"]
