"""Networks whose data the model gives: the origin under a penalty, and dead units.

The local minimum needs little of the data: at the origin a best constant output, for dead units a
layer that can be put into a constant piece on all samples. The better point is found by a descent
in floats and rounded (``better_network``); its exact value decides. Where X or Y is free, a few
simple choices are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Instance, Refusal
from .better_network import KNOWN_LOSSES, Setting, lower_network
from .check import smooth_enough, violations
from .constants import best_constant
from .documents import NotAnInstance, document
from .linear import as_int, unit, zeros
from .nonlinear import PRELU_SLOPE, loss_for, trained_slopes
from .numbers import Weights
from .scopes import odd_layer
from .values import bounds

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from ..model.activations import Piece

ZERO, ONE = Fraction(0), Fraction(1)
Rows = Sequence[Sequence[Fraction]]
MOST_ENTRIES = 4000
MOST_TURNS = 300
MOST_WORK = 250_000
"""Steps times weights times samples of all descents for one model."""


class Given(NamedTuple):
    """Data that the statements allow, with the weights of the loss where it has some."""

    x: Rows
    y: Rows
    weights: Rows | None


class Loss(NamedTuple):
    """The loss used (a member where the model names a class) and its parameters."""

    name: str
    parameters: Mapping[str, Fraction]


def gives_data(facts: Facts) -> bool:
    """Whether the model gives X, Y or the weights of the loss."""
    data = facts.model.data
    return bool(data.matrices) and any(data.matrix(n) is not None for n in ("X", "Y", "weights"))


def loss_of(facts: Facts) -> Loss | Refusal:
    """The loss that is used."""
    loss = facts.model.loss
    if loss.kind == "class":
        return Loss("squared", {})
    if loss.kind != "named" or loss.name not in KNOWN_LOSSES:
        return Refusal("data are given, and the loss has no search for a better network")
    if loss.name == "lp" and loss.parameter("p") < 1:
        return Refusal("data are given, and the loss is not locally Lipschitz")
    return Loss(loss.name, dict(loss.parameters))


def plain_chain(facts: Facts) -> Refusal | None:
    """A refusal unless all layers are trained ones of the table, without skips."""
    chain, form = facts.chain, facts.form
    if chain is None or facts.ends is None or facts.ranges is None:
        return Refusal("data are given, and the map is not a chain of layers of known widths")
    if facts.model.constraints is not None:
        return Refusal("the output is constrained")
    if form.shift is not None or form.shifted or form.merged or form.transposed:
        return Refusal("data are given, beside a known matrix, a sum or a transposition")
    odd = odd_layer(facts)
    if odd is not None:
        return odd
    if not smooth_enough(facts, "squared" if facts.model.loss.kind == "class" else None):
        return Refusal("strict_saddle is asked, and the loss or an activation is not C^2")
    return None


def choices_of_data(facts: Facts, loss: Loss) -> Iterator[Given]:
    """The given data; where X is free unit vectors, or one row 1, 2, ..; where Y is free ones."""
    data = facts.model.data
    width, rows = as_int(facts.input_width), as_int(facts.output_width)
    given = {n: m.matrix.rows for n in ("X", "Y", "weights") if (m := data.matrix(n)) is not None}
    n = len(next(iter(given.values()))[0])
    inputs: list[Rows] = [given["X"]] if "X" in given else []
    stated = {p.name for p in data.properties}
    if not inputs and ("X identity" in stated or not facts.form.has_data):
        inputs = [[unit(width, i) for i in range(width)]] if n == width else []
    elif not inputs:
        ranges = facts.ranges
        assert ranges is not None
        low, high = ranges.rank_x
        most = min(width, n, width if high is None else high)
        line = [Fraction(t + 1) for t in range(n)]
        for rank in dict.fromkeys((max(1, low), most)):
            first = [line] if rank < n else []
            units = [unit(n, t) for t in range(rank - len(first))]
            inputs.append([*first, *units, *zeros(width - len(first) - len(units), n)])
        inputs += [[[size * v for v in row] for row in inputs[-1]] for size in (30, 1000)]
    for x in inputs:
        if "Y" in given or "Y = X" in stated:
            targets: list[Rows] = [given.get("Y", x)]
        else:
            targets = list(_free_targets(loss.name, rows, n))
        for y in targets:
            if len(y) != rows or rows * n > MOST_ENTRIES:
                continue
            weights = given.get("weights")
            if weights is None and loss.name in ("weighted_squared", "masked_squared"):
                weights = tuple((ONE,) * n for _ in range(rows))
            yield Given(x, y, weights)


def _free_targets(name: str, rows: int, n: int) -> Iterator[Rows]:
    if name == "cross_entropy":
        if rows > 1:
            yield [[ONE if i == t % 2 else ZERO for t in range(n)] for i in range(rows)]
        return
    if name in ("logistic", "hinge", "squared_hinge"):
        yield [[ONE] * n for _ in range(rows)]
        yield [[ONE if t % 2 == 0 else -ONE for t in range(n)] for _ in range(rows)]
        return
    rest = [[ZERO] * n for _ in range(rows - 1)]
    for size in (1, 8, 100, 10**4):
        for line in (
            [Fraction(size)] * n,
            [Fraction(size * (t == n - 1)) for t in range(n)],
            [Fraction(size if t % 2 == 0 else -size) for t in range(n)],
        ):
            if name != "poisson" or min(line) >= 0:
                yield [line, *rest]


def _setting(facts: Facts, loss: Loss, given: Given) -> Setting:
    penalty = facts.model.regularizer
    pair = None
    if penalty is not None:
        chain = facts.chain
        assert chain is not None
        strengths = penalty.strengths
        if len(strengths) == 1:
            strengths = strengths * len(chain.layers)
        pair = penalty.kind, strengths
    return Setting(loss.name, loss.parameters, given.weights, pair, PRELU_SLOPE)


def _finish(
    facts: Facts, loss: Loss, given: Given, local: Weights, argument: dict[str, Any], words: str,
    budget: list[int],
) -> Instance | None:  # fmt: skip
    """The certificate with the first better network that does better exactly."""
    from .documents import problem_of
    from .values import value_at

    shape = len(given.y), len(given.y[0])
    table = loss_for(facts, shape, given.weights)
    slopes = trained_slopes(facts)

    def made(better: Weights) -> dict[str, Any]:
        return document(
            facts, X=given.x, Y=given.y, local=local, better=better, argument=argument,
            loss=table, slopes=slopes,
        )  # fmt: skip

    problem = problem_of(facts, table, {}, slopes)
    value = bounds(value_at(problem, given.x, given.y, local))[0]
    for better in lower_network(facts, given.x, given.y, _setting(facts, loss, given),
                                float(value), budget):  # fmt: skip
        try:
            found = made(better)
        except NotAnInstance:
            continue
        if not violations(facts, found):
            return Instance(found, words)
    return None


# --- the origin under a penalty ------------------------------------------------------------------


def origin_instance(facts: Facts, kind: str, least_depth: int, words: str) -> Instance | Refusal:
    """All weights 0 and the best constant output, for given data (argument ``growth``)."""
    penalty = facts.model.regularizer
    if penalty is None or penalty.kind != kind:
        return Refusal(f"no {kind} penalty")
    if any(value <= 0 for value in penalty.strengths):
        return Refusal("some layer has no penalty")
    loss, refused = loss_of(facts), plain_chain(facts)
    if isinstance(loss, Refusal) or refused is not None:
        return loss if isinstance(loss, Refusal) else refused  # type: ignore[return-value]
    chain, ends = facts.chain, facts.ends
    assert chain is not None and ends is not None
    if ends.depth < least_depth:
        return Refusal(f"fewer than {least_depth} trained layers")
    silent = all(facts.activation(layer).zero == 0 for layer in chain.layers)
    balanced = ends.bias != "none" or not silent
    budget = [MOST_WORK]
    for given in choices_of_data(facts, loss):
        argument: dict[str, Any] = {"kind": "growth"}
        local = zero_network(facts)
        if balanced:
            found = constant_output(facts, loss, given)
            if found is None:
                continue
            constants, subgradient = found
            if chain.layers[-1].bias:
                local[f"b{len(chain.layers)}"] = constants
            if subgradient is not None:
                argument["subgradient"] = [[str(v) for v in row] for row in subgradient]
        made = _finish(facts, loss, given, local, argument, words, budget)
        if made is not None:
            return made
    return Refusal(
        "data are given, and the origin is not shown to have a best constant output and a better "
        "network beside it (a bounded search)"
    )


def zero_network(facts: Facts) -> dict[str, Any]:
    """All weights and biases 0."""
    chain = facts.chain
    assert chain is not None
    weights: dict[str, Any] = {}
    for k, layer in enumerate(chain.layers, 1):
        rows = as_int(chain.widths[k])
        weights[f"W{k}"] = zeros(rows, as_int(chain.widths[k - 1]))
        if layer.bias:
            weights[f"b{k}"] = [ZERO] * rows
    return weights


def constant_output(
    facts: Facts, loss: Loss, given: Given
) -> tuple[list[Fraction], list[list[Fraction]] | None] | None:
    """The best constant output and the subgradient that shows it; None where none is known.

    With an output bias any constant is tried, else that of all weights 0 only.
    """
    chain = facts.chain
    assert chain is not None
    last = chain.layers[-1]
    free = last.bias and last.activation.name == "linear"
    if not free and facts.activation(last).zero != 0:
        return None
    if loss.name == "cross_entropy":
        rows = [sum(row, ZERO) for row in given.y]
        return ([ZERO] * len(rows), None) if len(set(rows)) == 1 else None
    constants, table, kinked = [], [], False
    for i, row in enumerate(given.y):
        weights = None if given.weights is None else given.weights[i]
        found = best_constant(loss.name, loss.parameters, row, weights, free)
        if found is None:
            return None
        constants.append(found[0])
        table.append(found[1] or [])
        kinked = kinked or loss.name in ("absolute", "quantile", "epsilon_insensitive", "hinge")
        kinked = kinked or (loss.name == "lp" and loss.parameters["p"] == 1)
    return constants, table if kinked else None


# --- dead units ----------------------------------------------------------------------------------


def dead_instance(facts: Facts, words: str) -> Instance | Refusal:
    """A layer of units in a constant piece on all given samples (argument ``affine-region``)."""
    if facts.model.regularizer is not None:
        return Refusal("the weights are penalised")
    loss, refused = loss_of(facts), plain_chain(facts)
    if isinstance(loss, Refusal) or refused is not None:
        return loss if isinstance(loss, Refusal) else refused  # type: ignore[return-value]
    chain = facts.chain
    assert chain is not None
    layers = chain.layers
    budget = [MOST_WORK]
    for dead, layer in enumerate(layers[:-1]):
        for piece in facts.activation(layer).constant:
            above = layers[dead + 1 :]
            silent = (
                piece.intercept == 0
                and not any(one.bias for one in above)
                and all(facts.activation(one).zero == 0 for one in above)
            )
            last = layers[-1]
            if not silent and (last.activation.name != "linear" or not last.bias):
                continue
            for given in choices_of_data(facts, loss):
                local = _dead_network(facts, dead, piece, given.x)
                if local is None:
                    continue
                argument: dict[str, Any] = {"kind": "affine-region"}
                if silent:
                    found: Any = ([ZERO], None)  # the outputs don't move at all
                else:
                    found = constant_output(facts, loss, given)
                if found is None:
                    continue
                if not silent:
                    local[f"b{len(layers)}"] = found[0]
                if found[1] is not None:
                    argument["subgradient"] = [[str(v) for v in row] for row in found[1]]
                made = _finish(facts, loss, given, local, argument, words, budget)
                if made is not None:
                    return made
        if layer.activation.name != "linear":
            break
    return Refusal(
        "data are given, and no hidden layer is shown to have a constant piece for all samples, a "
        "best constant output, and a better network (a bounded search)"
    )


def _dead_network(facts: Facts, dead: int, piece: Piece, x: Rows) -> dict[str, Any] | None:
    """Layers below pass one linear form on; every unit of the dead layer is inside the piece."""
    chain = facts.chain
    assert chain is not None
    local = zero_network(facts)
    if piece.low is None:
        assert piece.high is not None
        target = piece.high - 1
    elif piece.high is None:
        target = piece.low + 1
    else:
        target = (piece.low + piece.high) / 2
    name = f"b{dead + 1}"
    if name in local:
        local[name] = [target] * len(local[name])
        return local
    if target == 0 and piece.low is None and piece.high is not None and piece.high > 0:
        return local
    form = separating_form(x)
    if form is None:
        return None
    # form x >= 1 on every sample; a multiple of it is beyond the end of the piece.
    size = abs(target) + (0 if target else 1)
    row = [(size if target > 0 else -size) * v for v in form]
    lines = local["W1"]
    if dead == 0:
        for i in range(len(lines)):
            lines[i] = list(row)
        return local
    lines[0] = list(row)
    for k in range(1, dead + 1):
        rows = local[f"W{k + 1}"]
        for i in range(len(rows) if k == dead else 1):
            rows[i][0] = ONE
    return local


def separating_form(x: Rows) -> list[Fraction] | None:
    """v with v x >= 1 on every sample, exactly: a row of one sign, equations, or the perceptron."""
    from ..algebra import solve, transpose

    n = len(x[0])
    for i, row in enumerate(x):
        sign = ONE if row[0] > 0 else -ONE
        if all(sign * v > 0 for v in row):
            found = [ZERO] * len(x)
            found[i] = sign / min(abs(v) for v in row)
            return found
    solution = solve(transpose(x), [[ONE]] * n)
    if solution is not None:
        return [v for (v,) in solution]
    columns = list(zip(*x, strict=True))
    form = [ZERO] * len(x)
    for _ in range(MOST_TURNS):
        worst = min(columns, key=lambda c: sum((a * b for a, b in zip(form, c, strict=True)), ZERO))
        least = sum((a * b for a, b in zip(form, worst, strict=True)), ZERO)
        if least > 0:
            return [v / least for v in form]
        form = [a + b for a, b in zip(form, worst, strict=True)]
    return None
