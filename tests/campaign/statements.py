"""Whether an instance is one of the model: read off the model's text and the document alone.

A second opinion on ``landscape_cli.instances.violations``; it understands the texts that
``models`` draws and imports nothing of the package.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

Rows = list[list[Fraction]]
CLASSES = ("convex", "any", "convex smooth", "convex differentiable")
AT_TARGET = (
    "squared", "weighted_squared", "absolute", "quantile", "huber", "log_cosh", "lp", "tukey",
)  # fmt: skip
SAME = {"lp(1)": ("absolute",), "lp(2)": ("squared",)}


def exact(rows: Any) -> Rows:
    return [[Fraction(v) for v in row] for row in rows]


def rank(rows: Rows) -> int:
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((i for i in range(found, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for i in range(found + 1, len(left)):
            factor = left[i][column] / left[found][column]
            if factor:
                left[i] = [a - factor * b for a, b in zip(left[i], left[found], strict=True)]
        found += 1
    return found


def contradictions(text: str, document: dict[str, Any]) -> list[str]:
    """What the document contradicts of the text."""
    problem, data, wrong = document["problem"], document["data"], []
    if text.startswith("net "):
        wrong += _network(text.partition(";")[0], problem)
    stated = re.search(r"; loss ([^;]+)", text)
    assert stated is not None
    name, _, parameter = stated.group(1).strip().partition("(")
    loss = problem["loss"]
    if name not in CLASSES:
        allowed = {name, *SAME.get(f"{name}({parameter}", ())}
        if loss["name"] not in allowed:
            wrong.append(f"the loss is {loss['name']}")
        values = [v for k, v in loss.items() if k not in ("name", "weights", "coefficients")]
        if parameter and loss["name"] == name and values != [parameter.rstrip(")")]:
            wrong.append(f"the loss has {values}")
    wrong += _penalty(re.search(r"; regularize (l1|l2) ([^;]+)", text), problem)
    x = exact(data["X"]) if "X" in data else None
    y = exact(data["Y"]) if "Y" in data else None
    for key, value in re.findall(r"(\w+) = (\[\[.*?\]\])", text):
        rows = [
            [Fraction(v) for v in row.split(",")] for row in re.findall(r"\[([^\[\]]+)\]", value)
        ]
        here = {"X": x, "Y": y}
        if key == "weights":
            found = exact(loss["weights"]) if "weights" in loss else None
        elif key in here:
            found = here[key]
        else:
            found = exact(problem.get("fixed", {}).get(key, []))
        if found != rows and not (key == "weights" and loss["name"] == "squared"):
            wrong.append(f"{key} differs")
    if x is not None:
        wrong += _data(text, x, y, loss["name"] in AT_TARGET)
    return wrong


def _network(head: str, problem: dict[str, Any]) -> list[str]:
    first, *parts = head.removeprefix("net ").split(" -> ")
    wrong, widths = [], [int(first)]
    for k, part in enumerate(parts):
        name, _, inner = part.strip().rstrip(")").partition("(")
        if not inner:
            name, inner = "linear", name
        width, *options = [piece.strip() for piece in inner.split(",")]
        widths.append(int(width))
        entry = problem["activations"][k]
        given = dict(option.split("=") for option in options if "=" in option)
        expected = "linear" if given.get("slope") == "1" and name == "leaky_relu" else name
        if entry["name"] not in (name, expected):
            wrong.append(f"layer {k + 1} applies {entry['name']}")
        if entry["name"] == name and any(entry[key] != v for key, v in given.items()):
            wrong.append(f"layer {k + 1} has other parameters")
        if problem["biases"][k] != ("bias" in options):
            wrong.append(f"layer {k + 1}: bias")
        if problem.get("skip", [False] * len(parts))[k] != ("skip" in options):
            wrong.append(f"layer {k + 1}: skip")
        fixed = problem.get("fixed", {}).get(f"W{k + 1}")
        if (fixed is not None) != ("fixed" in options):
            wrong.append(f"layer {k + 1}: fixed")
        if fixed and "positive" in options and min(v for r in exact(fixed) for v in r) <= 0:
            wrong.append(f"layer {k + 1}: not positive")
    if problem["widths"] != widths:
        wrong.append(f"the widths are {problem['widths']}")
    return wrong


def _penalty(stated: re.Match[str] | None, problem: dict[str, Any]) -> list[str]:
    found = problem.get("regularizer")
    if stated is None:
        return ["a penalty"] if found else []
    kind, values = stated.group(1), [Fraction(v) for v in stated.group(2).split(",")]
    if not found or set(found) != {kind}:
        return ["no such penalty"]
    strengths = found[kind] if isinstance(found[kind], list) else [found[kind]]
    listed = [Fraction(v) for v in strengths]
    longest = max(len(listed), len(values))  # one number stands for all layers
    same = listed * (longest // len(listed)) == values * (longest // len(values))
    return [] if same else ["another penalty"]


def _data(text: str, x: Rows, y: Rows | None, at_target: bool) -> list[str]:
    """``at_target``: whether the loss has its infimum at Y alone."""
    rank_x, n = rank(x), len(x[0])
    rank_y = 0 if y is None else rank(y)
    product = _times(x, [list(column) for column in zip(*x, strict=True)])
    checks = {
        "X full_row_rank": rank_x == len(x),
        "X full_column_rank": rank_x == n,
        "X identity": x == [[Fraction(i == j) for j in range(len(x))] for i in range(len(x))],
        "X isotropic": rank_x == 0 or _times(product, product) == _scaled(product),
        "Y full_row_rank": y is not None and rank_y == len(y),
        "Y = X": y == x,
    }
    said = "; ".join(piece for piece in text.split("; ") if piece.startswith("data "))
    wrong = [name for name, holds in checks.items() if name in said and not holds]
    for count in re.findall(r"samples (\d+)", said):
        wrong += [f"{n} samples"] if n != int(count) else []
    for formula in re.findall(r"assume ([^;]+)", text):
        python = re.sub(r"(?<![<>=])=(?!=)", "==", formula)
        python = python.replace("rank(X)", str(rank_x)).replace("rank(Y)", str(rank_y))
        if not eval(python, {"__builtins__": {}}, {"n": n}):
            wrong.append(formula)
    if "Y realizable" in said and at_target and y is not None and text.startswith("net "):
        wrong += _realizable(text, x, y)
    return wrong


def _times(left: Rows, right: Rows) -> Rows:
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in columns]
        for r in left
    ]


def _scaled(form: Rows) -> Rows:
    """c S with the c for which S^2 = c S can hold: all non-zero singular values are equal."""
    trace = sum(form[i][i] for i in range(len(form)))
    c = sum((v * v for row in form for v in row), Fraction(0)) / trace
    return [[c * v for v in row] for row in form]


def _realizable(text: str, x: Rows, y: Rows) -> list[str]:
    """For linear chains without biases: Y = Z X with rank Z at most the least width."""
    head = re.sub(r"linear\((\d+)\)", r"\1", text.partition(";")[0])
    if "(" in head:
        return []
    widths = [int(v) for v in head.removeprefix("net ").split(" -> ")]
    if rank([*x, *y]) > rank(x) or rank(y) > min(widths):
        return ["Y is not realizable"]
    return []
