"""Random models with concrete data, for the tests of the families' searches."""

from __future__ import annotations

import random

from landscape_cli.model.diagnostics import InputError
from landscape_cli.syntax import parse

LOSSES = (
    "huber(1)", "huber(1/3)", "log_cosh", "lp(3/2)", "lp(3)", "weighted_squared",
    "masked_squared", "squared_hinge", "logistic", "poisson", "absolute", "quantile(1/7)",
    "epsilon_insensitive(1/2)", "convex smooth", "convex", "any", "cross_entropy",
)  # fmt: skip
ENTRIES = (0, 0, 1, -1, 2, 3, -2, "1/2", "5/2", "-7/3")


def _consistent(text: str) -> str | None:
    """The text, or None where its statements contradict each other."""
    try:
        parse(text)
    except InputError:
        return None
    return text


def matrix(rows: list[list]) -> str:
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"


def targets(
    rng: random.Random, loss: str, rows: int, n: int,
    kinds=("diagonal", "diagonal", "repeated", "sparse", "any"),
) -> list[list]:  # fmt: skip
    """Diagonal up to the order, repeated, sparse or arbitrary; labels, counts or classes."""
    if loss in ("logistic", "squared_hinge", "hinge"):
        return [[rng.choice([1, -1]) for _ in range(n)] for _ in range(rows)]
    if loss == "cross_entropy":
        classes = [rng.randrange(rows) for _ in range(n)]
        return [[int(i == c) for c in classes] for i in range(rows)]
    base = 1 if loss == "poisson" else 0
    y: list[list] = [[base] * n for _ in range(rows)]
    kind = rng.choice(kinds)
    places = list(range(n))
    rng.shuffle(places)
    for i in range(rows):
        for t in range(n):
            entry = rng.choice(ENTRIES)
            if base:
                entry = rng.choice(["1/5", "5/2", 3, "1/2"])
            if kind == "diagonal":
                if i < n and places[i] == t:
                    y[i][t] = entry or 4
            elif kind == "repeated":
                y[i][t] = y[i][t - 2] if t >= 2 else entry
            elif kind == "any" or rng.random() < 0.3:
                y[i][t] = entry
    return y


def inputs(rng: random.Random, width: int, n: int) -> list[list]:
    """The identity, multiples of unit vectors, repeated samples, or small numbers."""
    kind = rng.choice(["identity", "units", "repeated", "any"])
    columns: list[list] = []
    for t in range(n):
        column: list = [0] * width
        if kind == "identity":
            column = [int(i == t) for i in range(width)]
        elif kind == "units":
            column[rng.randrange(width)] = rng.choice([1, 1, -1, 2])
        elif kind == "repeated" and t >= 2:
            column = columns[rng.randrange(2)]
        else:
            column = [rng.choice([0, 1, 2, -1, 3, "1/2"]) for _ in range(width)]
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def _data(rng: random.Random, loss: str, width: int, rows: int, n: int) -> str:
    parts = []
    if rng.random() < 0.5:
        parts.append("X = " + matrix(inputs(rng, width, n)))
    elif rng.random() < 0.3:
        parts.append("X " + rng.choice(["full_row_rank", "isotropic", "full_column_rank"]))
    if not parts or rng.random() < 0.7:
        parts.append("Y = " + matrix(targets(rng, loss, rows, n)))
    if loss == "weighted_squared" and rng.random() < 0.4:
        table = [[rng.choice([1, 2, 3, 5, "1/2"]) for _ in range(n)] for _ in range(rows)]
        parts.append("weights = " + matrix(table))
    if rng.random() < 0.15:
        parts.append(rng.choice(["Y full_row_rank", "Y realizable", "Y = X", "X full_column_rank"]))
    return ", ".join(parts)


def linear_text(rng: random.Random, losses=LOSSES) -> str | None:
    """A linear chain with given X, Y or weights."""
    width, rows, n = rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 7)
    hidden = [rng.randint(1, 3) for _ in range(rng.choice([1, 1, 2, 3]))]
    loss = rng.choice(losses)
    layers = [str(h) for h in hidden]
    end = rng.choice(["", "", "", "; bias output", "; bias all"])
    if not end and rng.random() < 0.15:
        layers[0] = f"linear({hidden[0]}, bias)"
    net = f"net {width} -> {' -> '.join(layers)} -> {rows}"
    data = _data(rng, loss.split("(")[0], width, rows, n)
    return _consistent(f"{net}; loss {loss}{end}; data {data}")


def network_text(rng: random.Random, penalised: bool) -> str | None:
    """A network with activations, or with a penalty."""
    width, rows, n = rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 4)
    names = ["relu", "relu6", "hard_tanh", "hard_sigmoid", "linear"]
    if penalised:
        names += ["tanh", "sigmoid", "elu", "leaky_relu"]
    hidden = [
        f"{rng.choice(names)}({rng.randint(1, 3)}{rng.choice(['', ', bias'])})"
        for _ in range(rng.choice([1, 1, 2] if not penalised else [1, 2, 2]))
    ]
    loss = rng.choice(["squared", "squared", "absolute", "huber(1)", "logistic", "cross_entropy",
                       "quantile(1/3)", "weighted_squared", "convex smooth", "lp(3)"])  # fmt: skip
    last = f"linear({rows}{rng.choice(['', ', bias'])})"
    penalty = ""
    if penalised:
        strengths = rng.choice(["1", "1/10", "1/100"])
        penalty = f"; regularize {rng.choice(['l2', 'l1'])} {strengths}"
    data = _data(rng, loss.split("(")[0], width, rows, n)
    net = f"net {width} -> {' -> '.join(hidden)} -> {last}"
    return _consistent(f"{net}; loss {loss}{penalty}; data {data}")


def square_text(rng: random.Random) -> str | None:
    """W W^T, W W^T X, or two layers with weight decay, on given data, often diagonal."""
    if rng.random() < 0.5:
        width, k, n = rng.randint(2, 4), rng.randint(1, 2), rng.randint(2, 4)
        rows = rng.randint(2, 4)
        text = f"net {width} -> {k} -> {rows}; loss squared; regularize l2 "
        text += rng.choice(["1", "1/10", "1/4, 1", "2/5, 1/10"])
        loss = "squared"
    else:
        width = rows = rng.randint(2, 3)
        k = rng.randint(1, 2)
        has_data = rng.random() < 0.6
        n = rng.randint(2, 4) if has_data else rows
        loss = rng.choice(["weighted_squared", "squared", "convex smooth"])
        text = f"param W: {rows} x {k}; map W * W^T{' * X' if has_data else ''}; loss {loss}"
        if not has_data:
            y = matrix(targets(rng, loss, rows, n, ("diagonal",)))
            return _consistent(f"{text}; data Y = {y}")
    data = [f"X = {matrix(inputs(rng, width, n))}"] if rng.random() < 0.5 else []
    if not data or rng.random() < 0.3:
        data.append(f"Y = {matrix(targets(rng, loss, rows, n, ('diagonal',)))}")
    return _consistent(f"{text}; data {', '.join(data)}")
