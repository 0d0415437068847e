"""Random model texts for each counterexample family: most of them in its scope, not all.

Drawn are depth, widths, samples, ranks, biases, skips, fixed ends, penalties, the parameters of
losses and activations, statements on the data, assumptions on ranks, given matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Maker = Callable[[Random], str]

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
BENT = (
    "relu", "leaky_relu", "leaky_relu:slope=-1", "leaky_relu:slope=2", "leaky_relu:slope=1/2",
    "leaky_relu:slope=-2", "leaky_relu:slope=1", "prelu", "elu", "elu:alpha=1/2", "selu",
    "celu:alpha=2", "hard_tanh", "hard_sigmoid", "relu6", "linear",
)  # fmt: skip
BENT_LOSSES = (
    "squared", "squared", "squared", "convex", "any", "convex smooth", "weighted_squared",
    "masked_squared", "huber(1)", "huber(3)", "absolute", "lp(1)", "lp(2)", "lp(3)", "lp(4/3)",
    "log_cosh", "epsilon_insensitive(1/2)",
)  # fmt: skip
DEAD = ("relu", "relu", "relu6", "hard_tanh", "hard_sigmoid", "leaky_relu:slope=0")
BESIDE_DEAD = ("linear", "tanh", "prelu", "elu", "sigmoid", "softplus", "gelu", "quadratic")
DEAD_LOSSES = (
    "squared", "squared", "convex", "any", "weighted_squared", "huber(1)", "absolute", "lp(3/2)",
    "log_cosh", "epsilon_insensitive(1/2)", "quantile(1/3)", "quantile(3/4)", "hinge",
    "squared_hinge", "logistic", "poisson", "cross_entropy", "linear_loss", "tukey(1)", "zero_one",
)  # fmt: skip
SMOOTH_LOSSES = (
    "squared", "weighted_squared", "masked_squared", "any", "convex", "convex smooth", "log_cosh",
    "lp(2)", "lp(4)", "lp(5/2)", "logistic", "poisson", "cross_entropy", "linear_loss",
)  # fmt: skip
SMOOTH_AT_ZERO = (
    "linear", "tanh", "erf", "arctan", "sin", "gelu", "silu", "mish", "cube", "quadratic",
)  # fmt: skip
SPLIT = ("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf")
CARRIED = ("tanh", "sigmoid", "softplus", "gelu", "silu")
STRENGTHS = ("1", "1/10", "1/1000", "2/7", "5", "1000", "1/3")


def matrix(rng: Random, rows: int, columns: int, values: Sequence[object]) -> str:
    lines = [", ".join(str(rng.choice(values)) for _ in range(columns)) for _ in range(rows)]
    return "[" + ", ".join(f"[{line}]" for line in lines) + "]"


def layer(rng: Random, name: str, width: int, *options: str) -> str:
    """``relu(3, bias)``; a parameter may follow the name after a colon."""
    name, _, parameter = name.partition(":")
    return f"{name}({', '.join([str(width), *filter(None, (parameter, *options))])})"


def about_data(rng: Random, often: float = 1.0, sizes: Sequence[int] = range(1, 13)) -> str:
    """Statements on the data; ``often`` scales how likely each is."""
    text = ""
    if rng.random() < 0.3 * often:
        text += f"; data samples {rng.choice(sizes)}"
    if rng.random() < 0.35 * often:
        text += "; data X " + rng.choice(
            ("full_row_rank", "full_row_rank", "full_column_rank", "identity", "isotropic")
        )
    if rng.random() < 0.25 * often:
        text += "; data " + rng.choice(("Y full_row_rank", "Y realizable", "Y = X"))
    if rng.random() < 0.25 * often:
        text += "; assume " + rng.choice((
            "rank(X) = 1", "rank(X) = 2", "rank(X) = 3", "rank(X) <= 2", "rank(X) >= 2",
            "rank(Y) = 1", "rank(Y) = 2", "rank(Y) >= 2", "rank(Y) <= rank(X)", "n >= rank(X) + 1",
            "n <= 2*rank(X)", "n >= 6", "rank(X) + rank(Y) <= n",
        ))  # fmt: skip
    return text


def bottleneck(
    losses: Sequence[str], widest: Sequence[int] = (3, 4), narrow: int = 1, need: int = 3
) -> Maker:
    """Linear chains with a hidden layer below both ends (by ``narrow``); maps of matrices, too.

    ``need`` copies of every input are what the family repeats: it scales the stated n.
    """

    def make(rng: Random) -> str:
        most = rng.choice(widest)
        depth = rng.choice((2, 2, 2, 3, 4))
        first, last = rng.randint(2, most), rng.randint(1 + narrow, most)
        k = rng.randint(1, max(1, min(first - 1, last - narrow)))
        hidden = [rng.randint(1, most + 1) for _ in range(depth - 1)]
        hidden[rng.randrange(depth - 1)] = k
        widths = [first, *hidden, last]
        loss = rng.choice(losses)
        sizes = [*range(1, 9), *(need * m for m in range(first, first + 2))]
        draw = rng.random()
        if draw < 0.06:
            names = [f"P{i}" for i in range(depth)]
            shapes = "; ".join(
                f"param {name}: {rows} x {columns}"
                for name, rows, columns in zip(
                    names, widths[:0:-1], widths[-2::-1], strict=True
                )
            )  # fmt: skip
            return f"{shapes}; map {' * '.join(names)} * X; loss {loss}"
        if draw < 0.12:  # inputs are given, and independent
            n = rng.randint(min(2, first), first)
            given = f"; data X = {matrix(rng, first, n, (0, 1, 1, 2, -1, 3))}"
            return f"net {' -> '.join(map(str, widths))}; loss {loss}{given}"
        pattern = rng.choice(("none", "none", "none", "output", "output", "first", "all", "inner"))
        parts = [str(first)]
        before = first
        if rng.random() < 0.08:
            before = rng.randint(2, 5)
            parts = [str(before), layer(rng, "linear", first, "fixed")]
            before = first
        for i, width in enumerate(widths[1:], 1):
            options = []
            if (
                (pattern == "output" and i == depth)
                or (pattern == "first" and i == 1)
                or (pattern == "all" and (i == depth or rng.random() < 0.5))
                or (pattern == "inner" and i == depth - 1)
            ):
                options.append("bias")
            if before == width and rng.random() < 0.15:
                options.append("skip")
            before = width
            parts.append(layer(rng, "linear", width, *options))
        if rng.random() < 0.08:
            parts.append(layer(rng, "linear", rng.randint(2, 5), "fixed"))
        text = f"net {' -> '.join(parts)}; loss {loss}{about_data(rng, 0.7, sizes)}"
        if loss == "weighted_squared" and rng.random() < 0.15:
            n = rng.randint(2, 4)
            text = f"net {' -> '.join(map(str, widths))}; loss {loss}"
            text += f"; data weights = {matrix(rng, last, n, (1, 2, 5, 7, 10))}"
            text += rng.choice(("", "; data Y realizable"))
        return text

    return make


def decay(kind: str) -> Maker:
    """Penalised networks of any activations, three layers or more (l1: two)."""

    def make(rng: Random) -> str:
        depth = rng.choice((3, 3, 4) if kind == "l2" else (2, 2, 3, 4))
        widths = [rng.randint(1, 4) for _ in range(depth + 1)]
        linear, one = rng.random() < 0.3, rng.choice(ACTIVATIONS)
        pattern = rng.choice(("none", "none", "none", "output", "all", "first", "some"))
        parts = [str(widths[0])]
        for k in range(1, depth + 1):
            name = "linear" if linear or (k == depth and rng.random() < 0.85) else one
            if name == "leaky_relu":
                name += ":slope=" + rng.choice(("1/10", "2", "-1/2", "0"))
            bias = (
                pattern == "all"
                or (pattern == "output" and k == depth)
                or (pattern == "first" and k == 1)
                or (pattern == "some" and rng.random() < 0.5)
            )
            parts.append(layer(rng, name, widths[k], "bias" if bias else ""))
        strength = rng.choice((*STRENGTHS, "1000000", "1/1000000"))
        if rng.random() < 0.15:
            strength = ", ".join(rng.choice(STRENGTHS) for _ in range(depth))
        text = f"net {' -> '.join(parts)}; loss {rng.choice(PENALISED)}"
        return f"{text}; regularize {kind} {strength}{about_data(rng, 0.6)}"

    return make


def decay_bottleneck(rng: Random) -> str:
    first, last = rng.randint(2, 5), rng.randint(2, 5)
    k = rng.randint(1, min(first, last) - 1)
    bias = rng.choice(("", "", ", bias"))
    strength = rng.choice((*STRENGTHS, "1000000", "1/1000000", "1, 4", "1/9, 1/4", "4/7, 1/7"))
    loss = rng.choice(("squared", "convex smooth", "masked_squared", "weighted_squared", "any"))
    return (
        f"net {first} -> {k} -> linear({last}{bias}); loss {loss}; regularize l2 {strength}"
        f"{about_data(rng, 0.5)}"
    )


def affine(rng: Random) -> str:
    """Networks with an affine piece in every layer; sometimes with given data."""
    if rng.random() < 0.06:
        return _given(rng)
    depth = rng.choice((2, 2, 2, 3, 3, 4))
    parts = [str(rng.choice((1, 1, 2, 2, 3, 4)))]
    for k in range(depth):
        name = "linear" if k == depth - 1 and rng.random() < 0.8 else rng.choice(BENT)
        bias = "bias" if rng.random() < 0.35 else ""
        parts.append(layer(rng, name, rng.choice((1, 1, 2, 3)), bias))
    text = f"net {' -> '.join(parts)}; loss {rng.choice(BENT_LOSSES)}"
    return text + about_data(rng, 0.6, range(1, 10))


def _given(rng: Random) -> str:
    inputs, n = rng.choice((1, 2, 2, 3)), rng.choice((3, 4, 5, 6))
    parts, width = [str(inputs)], 1
    for k in range(depth := rng.choice((2, 2, 3))):
        name = "linear" if k == depth - 1 else rng.choice(BENT)
        width = rng.choice((1, 2, 3))
        parts.append(layer(rng, name, width, "bias" if rng.random() < 0.4 else ""))
    loss = rng.choice(("squared", "squared", "convex", "weighted_squared", "masked_squared"))
    text = f"net {' -> '.join(parts)}; loss {loss}"
    draw = rng.random()
    if draw < 0.7:
        low, high = rng.choice(((-3, 3), (0, 3), (1, 4)))
        text += f"; data X = {matrix(rng, inputs, n, range(low, high + 1))}"
    if draw > 0.3:
        text += f"; data Y = {matrix(rng, width, n, range(-3, 4))}"
    if loss in ("weighted_squared", "masked_squared"):
        values = (1, 2, 3, 4) if loss == "weighted_squared" else (0, 1)
        text += f"; data weights = {matrix(rng, width, n, values)}"
    return text


def dead(rng: Random) -> str:
    depth = rng.choice((2, 2, 3, 4))
    at = rng.randrange(depth - 1)
    parts = [str(rng.choice((1, 1, 2, 3)))]
    for k in range(depth):
        name = rng.choice(DEAD if k == at else (*BESIDE_DEAD, *DEAD))
        if k == depth - 1 and rng.random() < 0.8:
            name = "linear"
        bias = "bias" if rng.random() < 0.35 else ""
        parts.append(layer(rng, name, rng.choice((1, 1, 2, 3)), bias))
    text = f"net {' -> '.join(parts)}; loss {rng.choice(DEAD_LOSSES)}"
    return text + about_data(rng, 0.5, range(1, 10))


def flat(rng: Random) -> str:
    """Losses with flat parts on chains, bent networks and symmetric products."""
    loss = rng.choice(("zero_one", "tukey(1)", "tukey(5/2)", "tukey(1/3)", "any"))
    if rng.random() < 0.15:
        where = rng.choice(("W * W^T", "W * W^T * X"))
        head = f"param W: {rng.randint(1, 4)} x {rng.randint(1, 5)}; map {where}; loss {loss}"
        return head + about_data(rng, 0.6 if "X" in where else 0)
    return _chain(rng, (1, 2, 3, 4), loss, ACTIVATIONS if rng.random() < 0.4 else ("linear",))


def cusp(rng: Random) -> str:
    loss = rng.choice(("lp(1/2)", "lp(1/3)", "lp(2/3)", "lp(3/4)", "lp(2/7)", "lp(17/40)"))
    return _chain(rng, (1, 1, 2, 3, 4), loss, ("linear",))


def _chain(rng: Random, depths: Sequence[int], loss: str, names: Sequence[str]) -> str:
    """Chains with biases, skips, fixed layers; sometimes with given matrices."""
    depth, n = rng.choice(depths), rng.randint(1, 6)
    widths = [rng.randint(1, 4) for _ in range(depth + 1)]
    square = rng.random() < 0.1
    if square:
        widths = [widths[0]] * (depth + 1)
    bend = depth - int(rng.random() < 0.7)
    parts, extra = [str(widths[0])], ""
    for k in range(1, depth + 1):
        options = ["bias"] if rng.random() < 0.2 else []
        name = rng.choice(names) if k <= bend else "linear"
        if square and rng.random() < 0.4:
            options.append("skip")
        elif rng.random() < 0.08 and depth > 1 and name == "linear":
            options.append("fixed")
            if rng.random() < 0.4:
                extra += f"; data W{k} = {matrix(rng, widths[k], widths[k - 1], (0, 1, -1, 2))}"
            elif rng.random() < 0.4:
                options.append("positive")
        parts.append(layer(rng, name, widths[k], *options))
    text = f"net {' -> '.join(parts)}; loss {loss}{extra}"
    if rng.random() < 0.25:
        which = rng.randint(1, 3)
        if which & 1:
            text += f"; data X = {matrix(rng, widths[0], n, (0, 1, -1, 2))}"
        if which & 2:
            labels = (1, -1) if loss == "zero_one" else (0, 1, -1, 5)
            text += f"; data Y = {matrix(rng, widths[-1], n, labels)}"
        return text
    return text + about_data(rng, 0.7, range(1, 8))


def deep_origin(rng: Random) -> str:
    """Three smooth layers or more, and the question is about strict saddles."""
    depth = rng.choice((3, 3, 4, 5))
    bent = rng.random() < 0.5
    parts = [str(rng.randint(1, 4))]
    for k in range(1, depth + 1):
        name = rng.choice(SMOOTH_AT_ZERO) if bent and k < depth else "linear"
        bias = "bias" if k == depth and rng.random() < 0.2 else ""
        parts.append(layer(rng, name, rng.randint(1, 4), bias))
    text = f"net {' -> '.join(parts)}; loss {rng.choice(SMOOTH_LOSSES)}"
    return f"{text}{about_data(rng, 0.6, range(1, 8))}; require strict_saddle"


def two_layers(names: Sequence[str], units: Sequence[int], same: bool) -> Maker:
    """Smooth networks of two layers; ``same``: biases on both or on none."""

    def make(rng: Random) -> str:
        k = rng.choice(units)
        below = (k == 2 and same) or rng.random() < 0.5
        above = below if same else rng.random() < 0.5
        first = layer(rng, rng.choice(names), k, "bias" if below else "")
        last = layer(rng, "linear", rng.choice((1, 1, 2, 3)), "bias" if above else "")
        text = f"net {rng.choice((1, 1, 2, 3))} -> {first} -> {last}; loss "
        text += rng.choice(("squared", "convex", "any"))
        if rng.random() < 0.15:
            text += "; require strict_saddle"
        sizes = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 20, 24, 28)
        return text + about_data(rng, 0.6, sizes)

    return make


def symmetric(losses: Sequence[str], data: str) -> Maker:
    """W W^T, or W W^T X."""

    def make(rng: Random) -> str:
        rows = rng.randint(2, 6)
        where = data or rng.choice(("", " * X"))
        head = f"param W: {rows} x {rng.randint(1, min(4, rows))}; map W * W^T{where}"
        return f"{head}; loss {rng.choice(losses)}{about_data(rng, 0.6) if where else ''}"

    return make


def quadratic(rng: Random) -> str:
    k = rng.choice((1, 1, 2, 2, 3, 4))
    d = k + rng.choice((1, 1, 1, 2, 0))
    options = rng.choice(("fixed, positive", "fixed, positive", "fixed"))
    text = f"net {d} -> quadratic({k}) -> linear(1, {options}); loss "
    text += rng.choice(("squared", "weighted_squared", "masked_squared", "convex smooth", "any"))
    if "positive" not in options or rng.random() < 0.2:
        text += f"; data W2 = [[{', '.join(str(rng.choice((3, 3, 3, 2))) for _ in range(k))}]]"
    if rng.random() < 0.4:
        text += f"; data samples {rng.randint(2, 30)}"
    return text + about_data(rng, 0.4, range(2, 30))


def residual(rng: Random) -> str:
    parts = [rng.choice(("linear(1, skip)", "1")) for _ in range(rng.randint(2, 5))]
    loss = rng.choice(("squared", "weighted_squared", "masked_squared", "convex smooth", "any"))
    strength = f"{rng.randint(1, 30)}/{rng.randint(1, 30)}"
    text = f"net 1 -> {' -> '.join(parts)}; loss {loss}; regularize l2 {strength}"
    return text + about_data(rng, 0.6, range(1, 6))


SQUARES = ("squared", "masked_squared", "weighted_squared", "convex", "convex smooth", "any")
MODELS: dict[str, Maker] = {
    "bottleneck-weighted": bottleneck(
        ("weighted_squared", "weighted_squared", "convex smooth", "convex differentiable", "any")
    ),
    "bottleneck-huber": bottleneck(("huber(1)", "huber(1/10)", "huber(7/3)", "huber(100)")),
    "bottleneck-log-cosh": bottleneck(("log_cosh",), (2, 2, 3)),
    "bottleneck-poisson": bottleneck(("poisson",)),
    "bottleneck-lp": bottleneck(
        ("lp(3/2)", "lp(11/10)", "lp(5/2)", "lp(3)", "lp(4)"), (2, 2, 3)
    ),
    "bottleneck-squared-hinge": bottleneck(("squared_hinge",), need=5),
    "bottleneck-logistic": bottleneck(("logistic",), (2, 2, 2, 2, 3), need=11),
    "bottleneck-masked": bottleneck(("masked_squared",)),
    "bottleneck-softmax": bottleneck(("cross_entropy",), (3, 3, 4), 2, need=13),
    "nonsmooth-narrow": bottleneck((
        "absolute", "convex", "any", "lp(1)", "quantile(1/3)", "quantile(1/2)", "quantile(9/10)",
        "epsilon_insensitive(1/2)", "epsilon_insensitive(3)", "epsilon_insensitive(0)",
    )),
    "decay-deep-origin": decay("l2"),
    "decay-l1-origin": decay("l1"),
    "decay-bottleneck": decay_bottleneck,
    "affine-piece": affine,
    "dead-units": dead,
    "flat-region": flat,
    "lp-cusp": cusp,
    "strict-saddle-deep": deep_origin,
    "symmetric-weighted": symmetric(
        ("weighted_squared", "convex differentiable", "convex smooth", "any"), ""
    ),
    "tied-narrow": symmetric(SQUARES, " * X"),
    "quadratic-narrow": quadratic,
    "skip-decay": residual,
    "smooth-instances": two_layers(CARRIED, (1, 1, 2), same=True),
    "split-unit": two_layers(SPLIT, (2, 2, 3, 5), same=False),
}  # fmt: skip
"""Family id -> its generator; every family of the catalogue has one."""
