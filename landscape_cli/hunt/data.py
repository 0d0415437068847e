"""Small random data that satisfy what a model states, exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..facts.facts import Facts


class Data(NamedTuple):
    """Exact data; ``x`` is d_0 x n, ``y`` d_h x n."""

    x: list[list[Fraction]]
    y: list[list[Fraction]]


def draw_data(facts: Facts, generator: Any) -> Data | None:
    """Data that satisfy the statements on n and the ranks: given ones, or small random ones.

    Other statements are checked on the finished instance. None if nothing fits in 200 draws.
    """
    from ..algebra import rank

    model, ranges = facts.model, facts.ranges
    assert ranges is not None
    inputs, outputs = facts.input_width, facts.output_width
    assert isinstance(inputs, int) and isinstance(outputs, int)
    given_x, given_y = model.data.matrix("X"), model.data.matrix("Y")
    low, high = ranges.samples
    size = facts.chain.widths[1] if facts.chain is not None else 1
    assert isinstance(size, int)
    usual = max(low, 3 + 3 * size + inputs)
    most = usual if high is None else min(usual, high)
    for _ in range(200):
        n = int(generator.integers(max(low, min(3, most)), most + 1))
        x = (
            [list(row) for row in given_x.matrix.rows]
            if given_x is not None
            else [[Fraction(int(v)) for v in generator.integers(-6, 7, n)] for _ in range(inputs)]
        )
        if facts.stated("X identity") is not None:
            x = [[Fraction(int(i == j)) for j in range(inputs)] for i in range(inputs)]
        n = len(x[0])
        if given_y is not None:
            y = [list(row) for row in given_y.matrix.rows]
        elif facts.stated("Y = X") is not None:
            y = [list(row) for row in x]
        else:
            y = [
                [Fraction(int(v), 4) for v in generator.integers(-24, 25, n)]
                for _ in range(outputs)
            ]
        if len(y[0]) != n:
            continue
        most_x, most_y = ranges.rank_x.most, ranges.rank_y.most
        if not ranges.rank_x.least <= rank(x) <= (inputs if most_x is None else most_x):
            continue
        if not ranges.rank_y.least <= rank(y) <= (outputs if most_y is None else most_y):
            continue
        return Data(x, y)
    return None


def suited(loss: str, targets: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Targets that the loss allows: labels, counts, distributions."""
    rows = [list(row) for row in targets]
    if loss in ("hinge", "squared_hinge", "logistic", "zero_one"):
        return [[Fraction(1 if v >= 0 else -1) for v in row] for row in rows]
    if loss == "poisson":
        return [[abs(v) for v in row] for row in rows]
    if loss == "cross_entropy":
        totals = [
            sum((1 + abs(v) for v in column), Fraction(0)) for column in zip(*rows, strict=True)
        ]
        return [[(1 + abs(v)) / t for v, t in zip(row, totals, strict=True)] for row in rows]
    return rows


class ProblemData(NamedTuple):
    """A concrete problem: data, the loss and the fixed weights as a certificate has them.

    ``document`` holds ``problem`` and ``data`` of the certificate.
    """

    data: Data
    loss: dict[str, Any]
    fixed: dict[str, Any]
    document: dict[str, Any]


def draw_problem(facts: Facts, generator: Any) -> ProblemData | None:
    """Everything that the model leaves open, drawn; None if no data fit in 200 draws.

    Where the targets are free, half of the time they are what the network gives at random
    weights, rounded, some of them moved: there local minima are common.
    """
    from ..instances.documents import objective_document

    data = draw_data(facts, generator)
    if data is None:
        return None
    model, chain = facts.model, facts.chain
    assert chain is not None
    name = model.loss.name if model.loss.kind == "named" else "squared"
    shape = (len(data.y), len(data.y[0]))
    loss: dict[str, Any] = {"name": name}
    if model.loss.kind == "named":
        loss |= dict(model.loss.parameters)
    for key, losses, low, high in (
        ("weights", ("weighted_squared",), 1, 5), ("weights", ("masked_squared",), 0, 2),
        ("coefficients", ("linear_loss",), -3, 4),
    ):  # fmt: skip
        if name in losses:
            given = model.data.matrix(key)
            drawn = generator.integers(low, high, shape).tolist()
            loss[key] = drawn if given is None else [list(row) for row in given.matrix.rows]
            if len(loss[key][0]) != shape[1]:
                return None
    fixed: dict[str, Any] = {}
    for k, layer in enumerate(chain.layers, 1):
        if not layer.fixed:
            continue
        rows, columns = chain.widths[k], chain.widths[k - 1]
        assert isinstance(rows, int) and isinstance(columns, int)
        low = 1 if layer.positive else -2
        fixed[f"W{k}"] = generator.integers(low, 3, (rows, columns)).tolist()
        if layer.bias:
            fixed[f"b{k}"] = generator.integers(-2, 3, rows).tolist()
    free = model.data.matrix("Y") is None and facts.stated("Y = X") is None
    targets = suited(name, data.y) if free else data.y
    made = Data(data.x, targets)
    document = objective_document(
        facts, made.x, None if name == "linear_loss" else targets, loss, fixed
    )
    if free and name not in _LABELS and generator.random() < 0.5:
        taught = _taught(document, generator)
        ranks = facts.ranges.rank_y if facts.ranges is not None else None
        if taught is not None and (ranks is None or _fits(taught, ranks)):
            made = Data(data.x, suited(name, taught))
            document = objective_document(facts, made.x, made.y, loss, fixed)
    return ProblemData(made, loss, fixed, document)


_LABELS = ("hinge", "squared_hinge", "logistic", "zero_one", "cross_entropy", "linear_loss")


def _fits(rows: list[list[Fraction]], ranks: Any) -> bool:
    from ..algebra import rank

    found = rank(rows)
    return ranks.least <= found and (ranks.most is None or found <= ranks.most)


def _taught(document: dict[str, Any], generator: Any) -> list[list[Fraction]] | None:
    """Outputs at random weights of the network with one more unit a layer, moved, in tenths."""
    import numpy as np

    from .objective import of_document

    problem = document["problem"]
    if "skip" not in problem and "fixed" not in problem:
        first, *hidden, last = problem["widths"]
        problem = {**problem, "widths": [first, *(width + 1 for width in hidden), last]}
    objective = of_document({**document, "problem": problem})
    theta = generator.standard_normal((1, objective.size)) * np.exp(generator.uniform(0, 1.4))
    outputs = objective.outputs(theta)[0]
    if not np.isfinite(outputs).all() or np.abs(outputs).max() > 100:
        return None
    moved = outputs + 0.3 * generator.standard_normal(outputs.shape)
    return [[Fraction(round(float(v) * 10), 10) for v in row] for row in moved]
