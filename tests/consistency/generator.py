"""Random model texts over all statements of the language, from a seeded generator.

The texts are small (widths 1 to 4) and lean towards degenerate cases: width 1, one sample, given
matrices of low rank, zero matrices. A text may be refused by the parser (contradictory data and
the like); ``models`` leaves those out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse

ACTIVATIONS = (
    "relu", "leaky_relu", "tanh", "sigmoid", "softsign", "elu", "selu", "celu", "softplus", "gelu",
    "silu", "mish", "prelu", "hard_tanh", "hard_sigmoid", "relu6", "arctan", "erf", "sin",
    "quadratic", "cube", "step",
)  # fmt: skip
LOSSES = (
    "squared", "absolute", "huber(1)", "huber(1/2)", "log_cosh", "quantile(1/3)", "quantile(1/2)",
    "epsilon_insensitive(1)", "epsilon_insensitive(0)", "hinge", "squared_hinge", "logistic",
    "cross_entropy", "poisson", "linear_loss", "weighted_squared", "masked_squared", "lp(1)",
    "lp(3/2)", "lp(2)", "lp(3)", "lp(1/2)", "zero_one", "tukey(1)", "convex",
    "convex differentiable", "convex smooth", "any",
)  # fmt: skip
STATED = (
    "X full_row_rank", "X full_column_rank", "X identity", "X isotropic", "Y full_row_rank",
    "Y realizable", "Y = X",
)  # fmt: skip


def matrix(rows: Sequence[Sequence[object]]) -> str:
    """The matrix as the language writes it."""
    return "[" + ", ".join("[" + ", ".join(str(v) for v in row) + "]" for row in rows) + "]"


def random_matrix(
    random: Random, rows: int, columns: int, values: Sequence[object] = (-2, -1, 0, 0, 1, 1, 2)
) -> list[list[object]]:
    """Small entries; sometimes zero, sometimes with equal rows or columns."""
    kind = random.random()
    if kind < 0.05 and 0 in values:
        return [[0] * columns for _ in range(rows)]
    if kind < 0.25:
        row = [random.choice(values) for _ in range(columns)]
        return [list(row) for _ in range(rows)]
    if kind < 0.4:
        column = [random.choice(values) for _ in range(rows)]
        return [[value] * columns for value in column]
    return [[random.choice(values) for _ in range(columns)] for _ in range(rows)]


class Draft:
    """Statements under construction, with what later statements must agree with."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.input = self.output = 1
        self.has_data = True
        self.columns: int | None = None
        self.trained = 1
        self.fixed: list[tuple[str, int, int]] = []


def _net(random: Random, draft: Draft, linear: float) -> None:
    widths = [
        random.choice((1, 1, 2, 2, 3, 4)) for _ in range(random.choice((2, 2, 3, 3, 3, 4, 5)))
    ]
    if random.random() < 0.3:
        widths = [widths[0]] * len(widths)
    texts = [str(widths[0])]
    trained = 0
    for k in range(1, len(widths)):
        name = "linear" if random.random() < linear else random.choice(ACTIVATIONS)
        options = [str(widths[k])]
        if name == "leaky_relu" and random.random() < 0.7:
            options.append(f"slope={random.choice(('1', '0', '-1', '1/2'))}")
        if name in ("elu", "celu") and random.random() < 0.3:
            options.append("alpha=2")
        bias = random.random() < 0.15
        if bias:
            options.append("bias")
        if widths[k] == widths[k - 1] and random.random() < 0.15:
            options.append("skip")
        fixed = random.random() < (0.22 if k in (1, len(widths) - 1) else 0.06)
        if random.random() < 0.03:
            options, name, fixed = (
                [str(widths[k]), random.choice(('"conv"', '""'))],
                "opaque",
                False,
            )
        if name == "softmax":
            name = "linear"
        if fixed:
            options.append("fixed")
            if random.random() < 0.4:
                options.append("positive")
            elif random.random() < 0.5:
                draft.fixed.append((f"W{k}", widths[k], widths[k - 1]))
        trained += not fixed
        texts.append(
            options[0]
            if options[1:] == [] and name == "linear"
            else f"{name}({', '.join(options)})"
        )
    if random.random() < 0.05:
        texts[-1] = f"softmax({widths[-1]}{random.choice(('', ', bias'))})"
    draft.statements.append("net " + " -> ".join(texts))
    if random.random() < 0.1:
        draft.statements.append(random.choice(("bias all", "bias output")))
    draft.input, draft.output, draft.trained = widths[0], widths[-1], trained


def _quadratic(random: Random, draft: Draft) -> None:
    d, k = random.choice((1, 2, 3)), random.choice((1, 2, 3))
    sign = random.choice(("positive", "positive", "bias", "positive, bias"))
    draft.statements.append(
        f"net {d} -> quadratic({k}{random.choice(('', '', ', bias'))}) -> linear(1, fixed, {sign})"
    )
    if random.random() < 0.5:
        draft.fixed.append(("W2", 1, k))
    draft.input, draft.output, draft.trained = d, 1, 1


def _map(random: Random, draft: Draft) -> None:
    out, inp = random.choice((1, 2, 3)), random.choice((1, 2, 3))
    data = random.random() < 0.7
    draft.statements.clear()
    parameters: list[str] = []
    constants: list[str] = []

    def parameter(rows: int, columns: int) -> str:
        name = f"P{len(parameters)}"
        parameters.append(f"param {name}: {rows} x {columns}")
        return name

    def constant(rows: int, columns: int) -> str:
        name = f"C{len(constants)}"
        given = random.random() < 0.5
        values = f" = {matrix(random_matrix(random, rows, columns))}" if given else ""
        constants.append(f"const {name}: {rows} x {columns}{values}")
        return name

    def factor(rows: int, columns: int) -> str:
        kind = random.random()
        if kind < 0.15:
            return constant(rows, columns)
        if kind < 0.3:
            return parameter(columns, rows) + "^T"
        if kind < 0.4:
            return f"({parameter(rows, columns)} + {constant(rows, columns)})"
        if kind < 0.45:
            k = random.choice((1, 2))
            return f"({constant(rows, columns)} + {parameter(rows, k)} * {parameter(k, columns)})"
        return parameter(rows, columns)

    def chain() -> str:
        widths = [out, *(random.choice((1, 2, 3)) for _ in range(random.choice((0, 1, 1, 2)))), inp]
        factors = [factor(widths[k], widths[k + 1]) for k in range(len(widths) - 1)]
        text = " * ".join(factors) + (" * X" if data else "")
        if data and random.random() < 0.15 and len(factors) > 1:
            s = random.choice(("relu", "tanh", "leaky_relu"))
            text = f"{' * '.join(factors[:-1])} * {s}({factors[-1]} * X)"
        return text

    kind = random.random()
    if kind < 0.35:
        n, k = out, random.choice((1, 2, 3))
        inp = n
        w = parameter(n, k)
        body = f"{w} * {w}^T" + (" * X" if data else "")
        if random.random() < 0.2:
            body += f" + {constant(n, n)}" + (" * X" if data else "")
    elif kind < 0.45:
        w = parameter(out, out)
        inp = out
        body = f"{w} * {w}" + (" * X" if data else "")
    else:
        body = " + ".join(chain() for _ in range(random.choice((1, 1, 1, 2, 2, 3))))
    draft.statements += [*parameters, *constants, f"map {body}"]
    draft.input, draft.output, draft.trained = inp, out, len(parameters)
    draft.has_data = data
    draft.columns = None if data else inp


def _data(random: Random, draft: Draft, loss: str) -> None:
    items: list[str] = []
    samples = draft.columns
    if draft.has_data and random.random() < 0.45:
        samples = random.choice((1, 1, 2, 3, 4, 12))
        items.append(f"samples {samples}")
    small = samples is not None and samples <= 4
    if draft.has_data and small and samples is not None and random.random() < 0.25:
        items.append(f"X = {matrix(random_matrix(random, draft.input, samples))}")
    if small and samples is not None and random.random() < 0.25:
        values: Sequence[object] = (-2, -1, 0, 1, 2, "1/2")
        if loss.split("(")[0] in ("hinge", "squared_hinge", "logistic", "zero_one"):
            values = (-1, 1)
        if loss == "poisson":
            values = (0, 1, 2)
        if loss == "cross_entropy":
            rows = [["1" if i == 0 else "0"] * samples for i in range(draft.output)]
            items.append(f"Y = {matrix(rows)}")
        else:
            items.append(f"Y = {matrix(random_matrix(random, draft.output, samples, values))}")
    weighted = loss in ("weighted_squared", "masked_squared")
    if weighted and small and samples is not None and random.random() < 0.6:
        choices: Sequence[object] = random.choice(((1, 2, 3), ("1", "3/2"), (2,)))
        if loss == "masked_squared":
            choices = (0, 1, 1)
        rows = [[str(random.choice(choices)) for _ in range(samples)] for _ in range(draft.output)]
        items.append(f"weights = {matrix(rows)}")
    if loss == "linear_loss" and small and samples is not None and random.random() < 0.5:
        items.append(f"coefficients = {matrix(random_matrix(random, draft.output, samples))}")
    for name, rows_, columns in draft.fixed:
        items.append(f"{name} = {matrix(random_matrix(random, rows_, columns))}")
    for name in STATED:
        chance = 0.35 if name == "Y = X" and draft.input == draft.output else 0.08
        if random.random() < chance:
            items.append(name)
    if items:
        random.shuffle(items)
        draft.statements.append("data " + ", ".join(items))
    if draft.has_data and random.random() < 0.12:
        r = random.choice((0, 1, 1, 2))
        draft.statements.append(
            "assume "
            + random.choice(
                (f"rank(X) = {r}", f"rank(X) <= {r}", f"n <= {r + 1}", "n >= 3", "rank(X) < n",
                 f"rank(X) = {r} or n >= 4", "rank(X) + 1 <= n and rank(Y) >= 1")
            )
        )  # fmt: skip


def text(random: Random, *, linear: float = 0.75, maps: float = 0.35) -> str:
    """One random model text; it may contradict itself."""
    draft = Draft()
    kind = random.random()
    if kind < maps:
        _map(random, draft)
    elif kind < maps + 0.07:
        _quadratic(random, draft)
    else:
        _net(random, draft, linear if random.random() < 0.8 else 0.2)
    loss = random.choice(LOSSES if random.random() < 0.6 else ("squared", "huber(1)", "absolute"))
    draft.statements.append(f"loss {loss}")
    if random.random() < 0.3 and draft.trained:
        kind_ = random.choice(("l2", "l2", "l2", "l1"))
        strengths = [random.choice(("1", "1/10"))]
        if random.random() < 0.3:
            strengths = [random.choice(("1", "0", "1/10")) for _ in range(draft.trained)]
        draft.statements.append(f"regularize {kind_} {', '.join(strengths)}")
    if random.random() < 0.1:
        draft.statements.append(random.choice(("subject_to convex", "subject_to affine 1")))
    _data(random, draft, loss)
    if random.random() < 0.15:
        draft.statements.append("require strict_saddle")
    return "; ".join(draft.statements)


def models(seed: int, count: int, **options: float) -> Iterator[tuple[str, Model]]:
    """``count`` texts that the parser accepts, with their models."""
    random = Random(seed)
    made = 0
    while made < count:
        candidate = text(random, **options)
        try:
            (model,) = parse(candidate)
        except InputError:
            continue
        made += 1
        yield candidate, model
