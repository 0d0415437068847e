"""Random model texts for the tests of the counterexample families."""

from __future__ import annotations

import random
from collections.abc import Sequence

ACTIVATIONS = (
    "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "softplus", "gelu", "silu", "mish",
    "tanh", "erf", "sigmoid", "arctan", "softsign", "hard_tanh", "hard_sigmoid", "relu6", "sin",
    "quadratic", "cube",
)  # fmt: skip
PENALISED = (
    "squared", "absolute", "huber(1)", "log_cosh", "quantile(1/3)", "quantile(1/2)",
    "epsilon_insensitive(1/2)", "hinge", "squared_hinge", "logistic", "cross_entropy", "poisson",
    "linear_loss", "weighted_squared", "masked_squared", "lp(1)", "lp(5/4)", "lp(3)", "tukey(2)",
    "zero_one", "convex", "convex smooth", "any",
)  # fmt: skip


def _statements(rng: random.Random, same: bool) -> str:
    data = []
    if rng.random() < 0.25:
        data.append(f"samples {rng.randint(1, 14)}")
    x = rng.random()
    if x < 0.4:
        data.append(
            "X " + rng.choice(["full_row_rank", "full_column_rank", "identity", "isotropic"])
        )
    y = rng.random()
    if y < 0.24:
        name = rng.choice(["Y full_row_rank", "Y realizable", "Y = X"])
        if name != "Y = X" or same:
            data.append(name)
    text = "; data " + ", ".join(data) if data else ""
    z = rng.random()
    if z < 0.05:
        text += f"; assume rank(X) <= {rng.randint(1, 3)}"
    elif z < 0.1:
        text += f"; assume n >= rank(X) + {rng.randint(0, 2)}"
    elif z < 0.14:
        text += f"; assume rank(Y) >= {rng.randint(1, 3)}"
    return text


def _consistent(text: str) -> str | None:
    """The text, or None where its statements contradict each other."""
    from landscape_cli.model.diagnostics import InputError
    from landscape_cli.syntax import parse

    try:
        parse(text)
    except InputError:
        return None
    return text


def chain_text(rng: random.Random, losses: Sequence[str]) -> str | None:
    """A linear chain: biases, skips, fixed ends, statements on the data."""
    depth = rng.choice([2, 2, 2, 3, 4])
    widths = [rng.randint(1, 5) for _ in range(depth + 1)]
    pattern = rng.choice(["none", "none", "none", "output", "first", "all", "inner"])
    skip = rng.random() < 0.15
    below, above = rng.random() < 0.1, rng.random() < 0.1
    text = f"net {widths[0]}"
    before = widths[0]
    if below:
        before = rng.randint(1, 5)
        text += f" -> linear({before}, fixed)"
    for k in range(1, depth + 1):
        options = [str(widths[k])]
        if (
            (pattern == "output" and k == depth)
            or (pattern == "first" and k == 1)
            or (pattern == "all" and (k == depth or rng.random() < 0.5))
            or (pattern == "inner" and k == depth - 1)
        ):
            options.append("bias")
        if skip and before == widths[k]:
            options.append("skip")
        before = widths[k]
        text += f" -> linear({', '.join(options)})"
    if above:
        text += f" -> linear({rng.randint(1, 5)}, fixed)"
    same = not above and widths[0] == widths[-1]
    return _consistent(f"{text}; loss {rng.choice(losses)}{_statements(rng, same)}")


def decay_text(rng: random.Random, kind: str) -> str | None:
    """A penalised network of any activations."""
    depth = rng.choice([2, 3, 3, 4])
    widths = [rng.randint(1, 4) for _ in range(depth + 1)]
    linear, one = rng.random() < 0.4, rng.choice(ACTIVATIONS)
    pattern = rng.choice(["none", "none", "output", "all", "first", "some"])
    text = f"net {widths[0]}"
    for k in range(1, depth + 1):
        name = "linear" if linear or (k == depth and rng.random() < 0.85) else one
        options = [str(widths[k])]
        if name == "leaky_relu":
            options.append("slope=" + rng.choice(["1/10", "2", "-1/2", "0"]))
        if (
            pattern == "all"
            or (pattern == "output" and k == depth)
            or (pattern == "first" and k == 1)
            or (pattern == "some" and rng.random() < 0.5)
        ):
            options.append("bias")
        text += f" -> {name}({', '.join(options)})"
    strength = rng.choice(["1", "1/10", "1/1000", "1000", "1000000", "1/1000000"])
    text += f"; loss {rng.choice(PENALISED)}; regularize {kind} {strength}"
    return _consistent(text + _statements(rng, widths[0] == widths[-1]))


def symmetric_text(rng: random.Random) -> str | None:
    """W W^T, W W^T X, a quadratic network, or a residual chain of width one with a penalty."""
    which = rng.random()
    losses = (
        "squared", "weighted_squared", "masked_squared", "convex", "convex smooth", "any",
    )  # fmt: skip
    shape = f"param W: {rng.randint(1, 6)} x {rng.randint(1, 4)}; map W * W^T"
    if which < 0.25:
        text = shape
    elif which < 0.6:
        text = shape + " * X"
    elif which < 0.8:
        text = f"net {rng.randint(1, 5)} -> quadratic({rng.choice([1, 1, 2])})"
        text += " -> linear(1, fixed, positive)"
    else:
        text = "net 1" + "".join(
            " -> " + rng.choice(["linear(1, skip)", "1"]) for _ in range(rng.randint(2, 5))
        )
    text += f"; loss {rng.choice(losses)}"
    if which >= 0.8:
        text += "; regularize l2 " + rng.choice(["1", "1/1000", "1000000", "2/7"])
    return _consistent(text + _statements(rng, which < 0.6 or which >= 0.8))
