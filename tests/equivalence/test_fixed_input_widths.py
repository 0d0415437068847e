"""The erratum on fixed layers at the input end, pinned with exact numbers.

theory.md bounded e_0 by every width of the fixed layers at the input end (and by d_0 if they are
linear). A non-linear layer can raise the rank above the widths below it, and a known bias can
raise it above d_0; with either bound, ``linear-no-bottleneck`` would claim models that have a
local minimum that is not global.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from landscape_cli.algebra import rank
from landscape_cli.engine.discovery import entry
from landscape_cli.engine.judge import judge
from landscape_cli.facts.facts import Facts
from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse
from tests.attack.instances import instantiate
from tests.attack.search import escape, tolerance

Rows = list[list[Fraction]]


def exact(rows: list[list[int]]) -> Rows:
    return [[Fraction(v) for v in row] for row in rows]


def times(left: Rows, right: Rows) -> Rows:
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in columns]
        for r in left
    ]


def relu(rows: Rows) -> Rows:
    return [[max(v, Fraction(0)) for v in row] for row in rows]


def model_of(text: str) -> Model:
    (model,) = parse(text)
    return model


def test_two_units_can_feed_features_of_rank_ten() -> None:
    """d_0 = 1, relu(2), relu(10), n = 10: rank 10 > 2."""
    x = exact([list(range(1, 11))])
    w1, b1 = exact([[1], [0]]), [Fraction(0), Fraction(1)]  # the units t and 1
    first = relu([[v + b for v in row] for row, b in zip(times(w1, x), b1, strict=True)])
    w2 = exact([[1, -c] for c in range(10)])  # t - c
    second = relu(times(w2, first))
    assert rank(first) == 2
    assert rank(second) == 10
    # Without biases as well: the units t and -t of opposite signs, two inputs.
    x = exact([[1, 2, 3, -1], [1, 1, 1, 1]])
    features = relu(times(exact([[1, 0], [0, 1], [1, -2], [-1, 0]]), x))
    assert rank(features) == 4 > rank(x) == 2


def test_a_known_bias_raises_the_rank_above_the_input_width() -> None:
    x = exact([[0, 1]])
    values = [
        [v + b for v in row] for row, b in zip(times(exact([[1], [1]]), x), (0, 1), strict=True)
    ]
    assert values == exact([[0, 1], [1, 2]])
    assert rank(values) == 2


def test_the_facts_use_the_corrected_bound() -> None:
    cases = {
        # text: (greatest e_0, by the erroneous bound)
        "net 3 -> relu(1, fixed) -> relu(7, fixed) -> 1 -> 3; loss huber(1)": (7, 1),
        "net 3 -> relu(7, fixed) -> relu(2, fixed) -> 1 -> 3; loss huber(1)": (2, 2),
        "net 3 -> relu(2, fixed) -> linear(7, fixed) -> 1 -> 3; loss huber(1)": (2, 2),
        "net 1 -> linear(2, fixed, bias) -> 1 -> 2; loss huber(1)": (2, 1),
        "net 2 -> linear(5, fixed) -> 1 -> 3; loss huber(1)": (2, 2),
        "net 3 -> relu(1, fixed) -> relu(7, fixed) -> 1 -> 3; loss huber(1); data samples 2": (
            2,
            1,
        ),
    }
    for text, (right, _) in cases.items():
        assert Facts(model_of(text)).effective_input[0] == right, text


# The bad local minimum of 2 -> 1 -> 2, huber(1), targets diag(2, 3), under fixed layers that turn
# the data into the identity although one of their widths (or d_0) is 1.
RELU = (
    "net 2 -> relu(1, fixed, bias) -> relu(2, fixed, bias) -> 1 -> 2; loss huber(1); "
    "data X = [[1, 2], [0, 0]], Y = [[2, 0], [0, 3]], "
    "W1 = [[1, 0]], b1 = [[0]], W2 = [[-1], [1]], b2 = [[2], [-1]]"
)
LINEAR = (
    "net 1 -> linear(2, fixed, bias) -> 1 -> 2; loss huber(1); "
    "data X = [[0, 1]], Y = [[2, 0], [0, 3]], W1 = [[-1], [1]], b1 = [[1], [0]]"
)


def test_the_erroneous_bound_would_prove_a_false_statement() -> None:
    """e_0 <= 1 would give linear-no-bottleneck; the point W = (1, 0), (2, 0)^T refutes it.

    On the identity the point is the printed instance of ``bottleneck-huber``: value 5/2 against
    3/2, local by the rank chart (nearby products are [[a, b], [c, bc/a]] with a near 2, and
    1/2 (a-2)^2 + 1/2 b^2 + 1/2 c^2 + 5/2 - bc/a >= 5/2 as |bc/a| <= (b^2 + c^2)/2 for a >= 1).
    """
    x = relu([[v] for v in (Fraction(1), Fraction(2))])
    assert x == exact([[1], [2]])
    second = relu([[2 - r[0] for r in x], [r[0] - 1 for r in x]])
    assert second == exact([[1, 0], [0, 1]])
    for text, low, up in ((RELU, "W3", "W4"), (LINEAR, "W2", "W3")):
        model = model_of(text)
        judgement = judge(model)
        assert judgement.verdict != "holds", text
        assert Facts(model).effective_input[0] == 2
        problem = instantiate(model, np.random.default_rng(0))
        assert problem is not None
        bad = problem.pack({low: np.array([[1.0, 0]]), up: np.array([[2.0], [0]])})
        better = problem.pack({low: np.array([[0, 1.0]]), up: np.array([[0], [3.0]])})
        value = problem.value(bad)
        assert abs(value - 2.5) < 1e-12 and abs(problem.value(better) - 1.5) < 1e-12
        assert float(abs(problem.value_and_gradient(bad)[1]).max()) < 1e-12
        assert problem.value(better) < value - tolerance(value)
        assert escape(problem, bad, value, better, np.random.default_rng(1), effort=4) is None
        # Every nearby product, exactly: no direction in the chart lowers the loss.
        eighth = Fraction(1, 8)
        for a in (2 - eighth, Fraction(2), 2 + eighth):
            for b in (-eighth, Fraction(0), eighth):
                for c in (-eighth, Fraction(0), eighth):
                    last = 3 - b * c / a  # residual beyond delta = 1: slope 1
                    total = (a - 2) ** 2 / 2 + b * b / 2 + c * c / 2 + (last - Fraction(1, 2))
                    assert total >= Fraction(5, 2)


def test_the_erratum_is_in_the_catalogue() -> None:
    found = entry("erratum-fixed-input-widths")
    assert found is not None and "last non-linear fixed layer" in found.statement
