"""Random model texts for the families of non-linear networks, every kind of statement included."""

from __future__ import annotations

import random

BENT = (
    "relu", "leaky_relu", "leaky_relu:slope=-1", "leaky_relu:slope=2", "leaky_relu:slope=1/2",
    "leaky_relu:slope=-2", "leaky_relu:slope=1", "prelu", "elu", "elu:alpha=1/2", "selu",
    "celu:alpha=2", "hard_tanh", "hard_sigmoid", "relu6", "linear", "linear",
)  # fmt: skip
DEAD = (
    "relu", "relu", "relu6", "hard_tanh", "hard_sigmoid", "linear", "tanh", "prelu", "elu",
    "sigmoid", "softplus", "gelu", "quadratic", "leaky_relu:slope=0",
)  # fmt: skip
BENT_LOSSES = (
    "squared", "squared", "squared", "convex", "any", "convex smooth", "weighted_squared",
    "masked_squared", "huber(1)", "huber(3)", "absolute", "lp(1)", "lp(2)", "lp(3)", "lp(4/3)",
    "log_cosh", "epsilon_insensitive(1/2)",
)  # fmt: skip
DEAD_LOSSES = (
    "squared", "squared", "convex", "any", "weighted_squared", "huber(1)", "absolute", "lp(3/2)",
    "log_cosh", "epsilon_insensitive(1/2)", "quantile(1/3)", "quantile(3/4)", "hinge",
    "squared_hinge", "logistic", "poisson", "cross_entropy", "linear_loss", "tukey(1)", "zero_one",
)  # fmt: skip
SMOOTH = ("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf")
ASSUMED = (
    "rank(X) = 1", "rank(X) = 2", "rank(X) >= 2", "n <= 4", "n >= 6", "n <= 2*rank(X)",
    "n > rank(X) + 2", "rank(Y) = 1", "rank(Y) = 2", "rank(Y) <= 1 and n >= 5",
    "n = rank(X) + rank(Y)",
)  # fmt: skip


def statements(rng: random.Random, sizes: tuple[int, ...]) -> str:
    """Random statements on the data."""
    text = ""
    draw = rng.random()
    for limit, said in (
        (0.2, "X full_row_rank"), (0.25, "X isotropic"), (0.33, "X full_column_rank"),
        (0.36, "X isotropic, X full_row_rank"), (0.38, "X identity"),
    ):  # fmt: skip
        if draw < limit:
            text += f"; data {said}"
            break
    draw = rng.random()
    for limit, said in ((0.15, "Y full_row_rank"), (0.2, "Y realizable"), (0.22, "Y = X")):
        if draw < limit:
            text += f"; data {said}"
            break
    if rng.random() < 0.5:
        text += f"; data samples {rng.choice(sizes)}"
    if rng.random() < 0.25:
        text += "; assume " + rng.choice(ASSUMED)
    return text


def deep(rng: random.Random, activations: tuple[str, ...], losses: tuple[str, ...]) -> str:
    """A network of one to four layers."""
    depth = rng.choice((1, 2, 2, 2, 3, 3, 4))
    text = f"net {rng.choice((1, 1, 2, 2, 3, 4))}"
    for k in range(depth):
        last = k == depth - 1 and rng.random() < 0.75
        name, _, parameter = ("linear" if last else rng.choice(activations)).partition(":")
        options = [str(rng.choice((1, 1, 2, 3)))]
        options += [parameter] if parameter else []
        options += ["bias"] if rng.random() < 0.3 else []
        text += f" -> {name}({', '.join(options)})"
    text += f"; loss {rng.choice(losses)}"
    return text + statements(rng, (1, 2, 3, 4, 5, 6, 7, 9))


def two_layers(rng: random.Random, units: tuple[int, ...]) -> str:
    """A smooth network of two layers."""
    below, above = rng.choice(("", ", bias")), rng.choice(("", ", bias"))
    text = (
        f"net {rng.choice((1, 1, 2, 3))} -> {rng.choice(SMOOTH)}({rng.choice(units)}{below}) -> "
        f"linear({rng.choice((1, 1, 2))}{above}); loss {rng.choice(('squared', 'convex', 'any'))}"
    )
    if rng.random() < 0.2:
        text += "; require strict_saddle"
    return text + statements(rng, (2, 3, 4, 5, 6, 7, 8, 12, 14, 16, 20, 24, 28))


def given(rng: random.Random) -> str:
    """A piecewise linear network with given data."""

    def matrix(rows: int, columns: int, low: int, high: int) -> str:
        lines = [[str(rng.randint(low, high)) for _ in range(columns)] for _ in range(rows)]
        return "[" + ", ".join("[" + ", ".join(line) + "]" for line in lines) + "]"

    inputs, n = rng.choice((1, 2, 2, 3)), rng.choice((3, 4, 5, 6))
    text, width = f"net {inputs}", 1
    for k in range(depth := rng.choice((2, 2, 3))):
        name, _, parameter = rng.choice(BENT).partition(":")
        if k == depth - 1:
            name, parameter = "linear", ""
        width = rng.choice((1, 2, 3))
        options = [str(width)] + ([parameter] if parameter else [])
        options += ["bias"] if rng.random() < 0.4 else []
        text += f" -> {name}({', '.join(options)})"
    loss = rng.choice(("squared", "squared", "convex", "weighted_squared", "masked_squared"))
    text += f"; loss {loss}"
    draw = rng.random()
    if draw < 0.7:
        low, high = rng.choice(((-3, 3), (0, 3), (1, 4)))
        text += f"; data X = {matrix(inputs, n, low, high)}"
    if draw > 0.3:
        text += f"; data Y = {matrix(width, n, -3, 3)}"
    if loss == "weighted_squared":
        text += f"; data weights = {matrix(width, n, 1, 4)}"
    if loss == "masked_squared":
        text += f"; data weights = {matrix(width, n, 0, 1)}"
    return text
