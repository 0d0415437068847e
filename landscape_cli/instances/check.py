"""Whether a concrete instance satisfies every statement of its model."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..facts.facts import Facts
from ..facts.normal_form import is_linear
from ..model.losses import loss_properties
from ..model.problem import Loss, PropertyName
from ..model.terms import show_formula, substitute_formula
from .documents import read_problem
from .numbers import read_entries
from .values import Problem

# Members of the table whose infimum over all outputs is 0 (tables.md).
_INFIMUM_ZERO = frozenset((
    "squared", "weighted_squared", "masked_squared", "absolute", "quantile",
    "epsilon_insensitive", "huber", "log_cosh", "hinge", "squared_hinge", "lp", "zero_one",
    "tukey", "quadratic_form",
))  # fmt: skip

_RANKS_OF_X: tuple[PropertyName, ...] = ("X full_row_rank", "X full_column_rank")


def violations(facts: Facts, document: dict[str, Any]) -> tuple[str, ...]:
    """What the instance of a certificate document contradicts of the model; () if nothing.

    Every statement is checked from the document alone: the map (widths, activations, biases,
    skips, fixed weights), loss, penalty, constraints, every data statement, every assumption,
    and, for ``require strict_saddle``, that a local minimum that is not global refutes it.
    """
    found: list[str] = []
    problem = read_problem(document["problem"])
    data = document["data"]
    y = read_entries(data["Y"]) if "Y" in data else None
    if facts.form.kind == "symmetric":
        _symmetric(facts, problem, found)
    else:
        _network(facts, problem, found)
    if "X" in data:
        x = read_entries(data["X"])
    else:
        size = problem.widths[0]
        x = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    _loss(facts, problem, found)
    _penalty(facts, problem, found)
    if facts.model.constraints is not None:
        found.append("the model constrains the output")
    if facts.form.shift is not None and not shift_vanishes(facts):
        found.append("the model adds a known matrix to the map")
    _data(facts, document, problem, x, y, found)
    if "critical_point" in document and facts.model.requirement.name != "strict_saddle":
        found.append("a critical point that is not global refutes strict_saddle only")
    if facts.model.requirement.name == "strict_saddle":
        _smoothness(facts, problem, found)
    return tuple(found)


def smooth_enough(facts: Facts, member: str | None = None) -> bool:
    """Whether a local minimum that is not global refutes what the model requires.

    It always does for ``local_is_global``; for ``strict_saddle`` if the loss (the ``member`` of
    the table that a class is instantiated by) and all activations are C^2.
    """
    model = facts.model
    if model.requirement.name == "local_is_global":
        return True
    loss = model.loss if member is None else Loss("named", member)
    chain = facts.chain
    return loss_properties(loss).smooth == "yes" and (
        chain is None or all(facts.activation(layer).smooth is True for layer in chain.layers)
    )


def shift_vanishes(facts: Facts) -> bool:
    """Whether the known matrices that are added to the map may all be 0 (rule ``const``).

    True iff every known summand has a factor that is not given and occurs nowhere in the chain.
    """
    from ..facts.normal_form import _Known, _MapBuilder, _NotAChain, _trainable

    the_map, chain = facts.model.map, facts.form.chain
    if the_map is None:
        return True
    used: set[str] = set()
    if chain is not None:
        used = {
            name.removesuffix("^T")
            for name, layer in zip(chain.names, chain.layers, strict=True)
            if layer.fixed
        }
    try:
        terms = _MapBuilder(the_map).terms(the_map.expression)
    except _NotAChain:
        return False
    for factors in terms:
        if _trainable(factors):
            continue
        if not any(
            isinstance(f, _Known) and f.constant.values is None and f.constant.name not in used
            for f in factors
        ):
            return False
    return True


def _symmetric(facts: Facts, problem: Problem, found: list[str]) -> None:
    form = facts.form
    expected = "W*W^T*X" if form.has_data else "W*W^T"
    if problem.map != expected:
        found.append(f"the map is {problem.map}, not {expected}")
    if problem.widths != (form.rows, form.columns):
        found.append("the shape of W differs")


def _network(facts: Facts, problem: Problem, found: list[str]) -> None:
    chain = facts.chain
    if chain is None or problem.map is not None:
        found.append("the model's map is not a network")
        return
    if problem.widths != chain.widths:
        found.append(f"the widths are {problem.widths}, not {chain.widths}")
        return
    for k, layer in enumerate(chain.layers, start=1):
        name, parameters = problem.activations[k - 1]
        if layer.opaque is not None:
            found.append(f"layer {k} is opaque")
        elif is_linear(layer.activation):
            if name != "linear":
                found.append(f"layer {k} applies {name}, not linear")
        elif name != layer.activation.name or layer.activation.custom:
            found.append(f"layer {k} applies {name}, not {layer.activation.name}")
        elif name != "prelu" and dict(layer.activation.parameters) != parameters:
            found.append(f"layer {k}: the activation's parameters differ")
        if problem.biases[k - 1] != layer.bias:
            found.append(f"layer {k}: the bias differs")
        if problem.skip[k - 1] != layer.skip:
            found.append(f"layer {k}: the skip connection differs")
        weights = problem.fixed.get(f"W{k}")
        if (weights is not None) != layer.fixed:
            found.append(f"layer {k}: fixed in one only")
            continue
        if weights is None:
            continue
        given = chain.given[k - 1]
        if given is not None and not _same(weights, given.rows):
            found.append(f"W{k} is not the given matrix")
        if layer.positive and not all(v > 0 for row in weights for v in row):
            found.append(f"W{k} is not positive")
        bias = chain.given_bias[k - 1]
        if bias is not None and layer.bias:
            values = [v for row in bias.rows for v in row]
            if list(problem.fixed.get(f"b{k}", ())) != values:
                found.append(f"b{k} is not the given vector")
    names = [f"{n[0]}{k}" for k in range(1, len(chain.layers) + 1) for n in "Wb"]
    for name in problem.fixed:
        if name not in names:
            found.append(f"unknown fixed {name}")


def _same(one: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]) -> bool:
    return [list(row) for row in one] == [list(row) for row in other]


_QUADRATIC_FORM = ("yes", "yes", "yes")


def member_truths(name: str, parameters: dict[str, Fraction]) -> tuple[str, str, str]:
    """(convex, differentiable, C^2) of a loss that a certificate may name."""
    if name == "quadratic_form":
        return _QUADRATIC_FORM
    scalar = tuple((k, v) for k, v in parameters.items() if isinstance(v, Fraction))
    properties = loss_properties(Loss("named", name, scalar))
    return properties.convex, properties.differentiable, properties.smooth


def _loss(facts: Facts, problem: Problem, found: list[str]) -> None:
    loss = facts.model.loss
    name, parameters = problem.loss
    if loss.kind == "custom":
        found.append(f"the custom loss {loss.name} is none of the table")
        return
    if loss.kind == "class":
        truths = dict(
            zip(
                ("convex", "differentiable", "smooth"),
                member_truths(name, dict(parameters)),
                strict=True,
            )
        )
        for word in loss.name.split():
            if word != "any" and truths[word] != "yes":
                found.append(f"the loss {name} is not {word}")
        return
    if name != loss.name:
        found.append(f"the loss is {name}, not {loss.name}")
        return
    for key, value in loss.parameters:
        if parameters.get(key) != value:
            found.append(f"the loss parameter {key} differs")
    if name == "weighted_squared" and not all(v > 0 for row in parameters["weights"] for v in row):
        found.append("some weight is not positive")
    if name == "masked_squared" and not all(
        v in (0, 1) for row in parameters["weights"] for v in row
    ):
        found.append("some weight is neither 0 nor 1")
    for key in ("weights", "coefficients"):
        given = facts.model.data.matrix(key)
        if given is not None:
            rows = given.matrix.rows
            expected = list(zip(*rows, strict=True)) if facts.form.transposed else rows
            if key not in parameters or not _same(parameters[key], expected):
                found.append(f"the {key} are not the given ones")


def _penalty(facts: Facts, problem: Problem, found: list[str]) -> None:
    penalty = facts.model.regularizer
    if penalty is None:
        if problem.penalty is not None:
            found.append("the instance has a penalty")
        return
    if problem.penalty is None:
        found.append("the instance has no penalty")
        return
    kind, strengths = problem.penalty
    stated = penalty.strengths
    if len(stated) == 1:
        stated = stated * len(strengths)
    if kind != penalty.kind or strengths != stated:
        found.append("the penalty differs")
    if facts.form.shifted or (facts.form.merged and len(set(strengths)) > 1):
        found.append("the penalty sees the weights before the map was normalised")


def _data(
    facts: Facts, document: dict[str, Any], problem: Problem, x: list[Any], y: list[Any] | None,
    found: list[str],
) -> None:  # fmt: skip
    from ..algebra import rank

    model, form = facts.model, facts.form
    data = model.data
    counts = document["data"].get("counts")
    samples = len(x[0]) if counts is None else sum(counts)
    if len(x) != facts.input_width:
        found.append(f"X has {len(x)} rows")
    if not form.has_data and form.kind != "symmetric" and not _is_identity(x, counts):
        found.append("the map has no data, but X is not the identity")
    if y is not None and form.transposed:
        y = [list(column) for column in zip(*y, strict=True)]
    named = {matrix.name: matrix.matrix for matrix in data.matrices}
    for name, value in (("X", x), ("Y", y)):
        if name in named and (
            value is None or counts is not None or not _same(value, named[name].rows)
        ):
            found.append(f"{name} is not the given matrix")
    if isinstance(data.samples, int) and data.samples != samples:
        found.append(f"{samples} samples, not {data.samples}")
    if facts.ranges is not None and not _within(facts.ranges.samples, samples):
        found.append(f"{samples} samples are not allowed")
    rank_x = rank_y = None
    if model.assumptions or any(data.property(name) is not None for name in _RANKS_OF_X):
        rank_x = rank(x) if form.has_data or form.kind != "symmetric" else len(x)
    if y is not None and (model.assumptions or data.property("Y full_row_rank") is not None):
        rank_y = rank(y)
    for statement in data.properties:
        name = statement.name
        if name == "X full_row_rank" and rank_x != len(x):
            found.append("X has not full row rank")
        elif name == "X full_column_rank" and rank_x != samples:
            found.append("X has not full column rank")
        elif name == "X identity" and not _is_identity(x, counts):
            found.append("X is not the identity")
        elif name == "X isotropic" and not _isotropic(x, counts):
            found.append("X is not isotropic")
        elif name == "Y full_row_rank" and (y is None or rank_y != len(y)):
            found.append("Y has not full row rank")
        elif name == "Y = X" and (y is None or not _same(x, y)):
            found.append("Y is not X")
        elif name == "Y realizable" and not _realizable(document, problem):
            found.append("it is not shown that the targets are realizable")
    if model.assumptions:
        from ..facts.ranges import samples_symbol

        values: dict[str, Any] = {"rank(X)": rank_x}
        symbol = samples_symbol(model)
        if symbol is not None:
            values[symbol] = samples
        if rank_y is not None:
            values["rank(Y)"] = rank_y
        for assumption in model.assumptions:
            formula = substitute_formula(assumption.formula, values)
            if formula is not True:
                found.append(f"the assumption {show_formula(assumption.formula)} is not met")


def _within(allowed: Any, value: int) -> bool:
    return bool(value >= allowed.least and (allowed.most is None or value <= allowed.most))


def _is_identity(rows: list[Any], counts: list[int] | None = None) -> bool:
    return (
        (counts is None or max(counts) == 1)
        and len(rows) == len(rows[0])
        and all(value == (i == j) for i, row in enumerate(rows) for j, value in enumerate(row))
    )


def _isotropic(rows: list[Any], counts: list[int] | None) -> bool:
    from ..facts.facts import is_isotropic

    return is_isotropic(rows, counts)


def _realizable(document: dict[str, Any], problem: Problem) -> bool:
    """The better point reaches the infimum of the loss over all outputs, and that is 0."""
    if problem.loss[0] not in _INFIMUM_ZERO or problem.penalty is not None:
        return False
    return bool(document["better_point"]["value"] == "0")


def _smoothness(facts: Facts, problem: Problem, found: list[str]) -> None:
    smooth = member_truths(problem.loss[0], dict(problem.loss[1]))[2]
    if smooth != "yes":
        found.append(f"the loss {problem.loss[0]} is not C^2")
    chain = facts.chain
    if chain is not None:
        for k, layer in enumerate(chain.layers, start=1):
            if facts.activation(layer).smooth is not True:
                found.append(f"layer {k}: {layer.activation.name} is not C^2")
