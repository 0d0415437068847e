"""What ``split-unit`` and ``smooth-instances`` share: the models, and data of any size and rank.

A carried instance has r0 rows and N0 samples. All its samples repeated c times scale the loss.
A new input coordinate takes, for each sample, both values x and -x of the first coordinate, at
weights 0: the mixed second derivatives cancel, and the new block of the Hessian (and of D) is the
block of the first coordinate. Without biases, and where s(0) = 0, samples at x = 0 with target 0
change nothing. Further outputs have target 0 and weights 0, further inputs are 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Refusal
from ..facts.normal_form import Chain
from ..model.terms import Formula, RankOf, Term, all_of, at_least, at_most, atoms

if TYPE_CHECKING:
    from ..facts.facts import Facts

ZERO_AT_ZERO = frozenset(("tanh", "gelu", "silu", "mish", "arctan", "sin", "erf"))
MOST_RANK = 24
"""The checker's work grows with the cube of rank X; beyond this no instance is claimed."""

RADIUS = Fraction(1, 10**6)
"""Half the width of the boxes around the carried centres; a checker finds the point in them."""


class Pattern(NamedTuple):
    """Two layers, the second linear: the activation of the first, where biases are, the widths."""

    chain: Chain
    activation: str
    first: bool
    last: bool
    hidden: Term


class Plan(NamedTuple):
    """Which carried instance (its rows and samples), and the data to make of it."""

    base: tuple[int, int]
    samples: int
    rank: int


def pattern(facts: Facts) -> Pattern | Refusal:
    """The two-layer network with squared loss, or why the model is none."""
    model = facts.model
    chain, form = facts.chain, facts.form
    if chain is None or len(chain.layers) != 2 or not form.has_data:
        return Refusal("the map is not a network of two layers")
    if model.regularizer is not None:
        return Refusal("the weights are penalised")
    if model.constraints is not None:
        return Refusal("the output is constrained")
    if form.shift is not None or form.shifted or form.merged or form.transposed:
        return Refusal("a known matrix, a sum or a transposition takes part in the map")
    if model.data.matrices:
        return Refusal("matrices are given")
    if facts.full_column_rank.granted:
        return Refusal("X has full column rank")
    below, above = chain.layers
    for layer in chain.layers:
        if layer.fixed or layer.skip or layer.opaque is not None or layer.activation.custom:
            return Refusal("a layer is fixed, skipped, opaque or custom")
    if above.activation.name != "linear":
        return Refusal("the last layer is not linear")
    loss = model.loss
    if not (loss.kind == "class" or (loss.kind == "named" and loss.name == "squared")):
        return Refusal("the loss is not squared")
    for name in ("Y = X", "Y realizable"):
        if facts.stated(name) is not None:
            return Refusal(f"it is stated: {name}")
    return Pattern(chain, below.activation.name, below.bias, above.bias, below.width)


def size_of(base: tuple[int, int], rank: int) -> int | None:
    """The number of samples of the base extended to rank X = ``rank``; None if it can't be."""
    rows, samples = base
    if rank < rows:
        return None
    return samples if rank == rows else 2 * (rank - rows) * samples


def fitting(
    facts: Facts, shape: Pattern, bases: Iterable[tuple[int, int]], wanted: int | None = None
) -> Plan | None:
    """Data that the statements allow, from one of the bases; numeric widths. Small data first."""
    ranges = facts.ranges
    assert ranges is not None
    if ranges.rank_y.least > 1 or ranges.rank_y.most == 0:
        return None
    isotropic = facts.stated("X isotropic") is not None
    padding = not shape.first and not shape.last and shape.activation in ZERO_AT_ZERO
    low, high = ranges.samples
    if wanted is not None:
        if wanted < low or (high is not None and wanted > high):
            return None
        low = high = wanted
    joint = ranges.residual is not True
    best: Plan | None = None
    first = max(ranges.rank_x.least, 1)
    for base in bases:
        for rank in range(first, min(ranges.rank_x.most or 0, first + 8, MOST_RANK) + 1):
            if isotropic and rank > 1 and (base[0], rank) != (1, 2):
                continue
            for n in _numbers(base, rank, low, high, padding, joint):
                if joint:
                    from .nonlinear import allowed

                    if not allowed(facts, ranges, n, rank, 1):
                        continue
                if best is None or n < best.samples:
                    best = Plan(base, n, rank)
                break
    return best


def _numbers(
    base: tuple[int, int], rank: int, low: int, high: int | None, padding: bool, joint: bool
) -> Iterator[int]:
    size = size_of(base, rank)
    if size is None:
        return
    n = max(low, size) if padding else -(-low // size) * size or size
    for _ in range(40 if joint else 1):
        if high is not None and n > high:
            return
        yield n
        n += 1 if padding else size


def symbolic(facts: Facts, shape: Pattern, least: int, hidden: Formula) -> Formula | Refusal:
    """The condition for symbolic widths: ``hidden`` and what the data statements ask for.

    ``least`` is the number of samples of the smallest base with one input row.
    """
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    samples = facts._symbolic_samples
    ranked = RankOf("X") in named or facts.stated("X full_row_rank") is not None
    if facts.stated("X isotropic") is not None and ranked:
        return Refusal("isotropic data of a stated rank with symbols for the widths")
    parts: list[Formula] = [hidden]
    if facts.stated("Y full_row_rank") is not None:
        parts.append(at_most(facts.output_width, 1))
    if RankOf("Y") in named:
        parts += [at_least(RankOf("Y"), 1), at_most(RankOf("Y"), 1)]
    if RankOf("X") in named:
        parts += [at_least(RankOf("X"), 1), at_most(RankOf("X"), MOST_RANK)]
    elif ranked:
        parts.append(at_most(facts.input_width, MOST_RANK))
    if samples is not None:
        padding = not shape.first and not shape.last and shape.activation in ZERO_AT_ZERO
        if ranked or not padding:
            return Refusal("the number of samples decides, and it is a symbol")
        parts.append(at_least(samples, least))
    return all_of(*parts)


# --- data and weights ------------------------------------------------------------------------


def carried(name: str) -> list[dict[str, Any]]:
    """The instances of a data file of the package."""
    import json
    from importlib.resources import files

    text = files("landscape_cli").joinpath("data", f"{name}.json").read_text("utf-8")
    return list(json.loads(text)["instances"])


def exact(value: Any) -> Fraction:
    """The decimal or fraction as written."""
    return Fraction(str(value))


class Extended(NamedTuple):
    """Data of the model's shape made from a carried instance, ``times`` its loss."""

    x: list[list[Fraction]]
    y: list[list[Fraction]]
    times: int


def extend(facts: Facts, plan: Plan, x: list[list[Fraction]], y: list[Fraction]) -> Extended:
    """The data (d_0 x n and d_h x n) of the plan."""
    inputs, outputs = facts.input_width, facts.output_width
    assert isinstance(inputs, int) and isinstance(outputs, int)
    rows, count = plan.base
    added = plan.rank - rows
    columns: list[list[Fraction]] = []
    targets: list[Fraction] = []
    zero = Fraction(0)
    for j in range(max(added, 1)):
        for sign in (1, -1) if added else (1,):
            for s in range(count):
                column = [x[i][s] for i in range(rows)] + [zero] * (inputs - rows)
                if added:
                    column[rows + j] = sign * x[0][s]
                columns.append(column)
                targets.append(y[s])
    copies = plan.samples // len(columns)
    times = copies * max(2 * added, 1)
    columns, targets = columns * copies, targets * copies
    spare = plan.samples - len(columns)
    columns += [[zero] * inputs for _ in range(spare)]
    targets += [zero] * spare
    return Extended(
        [list(row) for row in zip(*columns, strict=True)],
        [targets, *([zero] * plan.samples for _ in range(outputs - 1))],
        times,
    )


def padded(row: list[Any], length: int) -> list[Any]:
    """The row with zeros after it."""
    return [*row, *([Fraction(0)] * (length - len(row)))]


def centre_value(
    activation: str, x: list[list[Fraction]], y: list[Fraction], weights: dict[str, Any]
) -> Any:
    """The loss of a carried network as a ball; see ``value_ball``.

    The carried centres are exact to eight digits, so the loss there and at the minimum agree to
    about sixteen; a radius of 1e-9 is ample.
    """
    return value_ball(activation, x, [y], weights, 1e-9)


def value_ball(
    activation: str, x: list[list[Fraction]], y: list[list[Fraction]], weights: dict[str, Any],
    radius: float,
) -> Any:  # fmt: skip
    """The loss at rational weights, widened by ``radius`` so that it holds the loss at a minimum.

    A guess for the certificate: the checker encloses the value itself and rejects a wrong one.
    """
    from flint import arb, ctx

    from .values import Problem, value_at

    biases = ("b1" in weights, "b2" in weights)
    problem = Problem(
        (len(x), len(weights["W1"]), len(y)), ((activation, {}), ("linear", {})), biases,
        (False, False), ("squared", {}), None, {},
    )  # fmt: skip
    with ctx.workprec(192):
        return value_at(problem, x, y, weights) + arb(0, radius)
