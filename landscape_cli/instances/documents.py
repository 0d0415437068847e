"""Certificate documents (interface.md) assembled from a model's facts and an instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..facts.facts import Facts
from ..facts.normal_form import is_linear
from .numbers import Log, Weights, entries_text, number_text, read_entries
from .values import Problem, row_by_row, value_at, value_texts

SCHEMA = "landscape/certificate/1"


class NotAnInstance(Exception):
    """The pieces do not make a certificate: the better point is not better, or the map is none."""


def document(
    facts: Facts, *, X: Sequence[Sequence[Any]], Y: Sequence[Sequence[Any]] | None,
    local: Weights, better: Weights, argument: Mapping[str, Any],
    loss: Mapping[str, Any] | None = None, fixed: Weights | None = None,
    slopes: Mapping[int, Fraction] | None = None, local_value: Any = None,
    place: str = "local_minimum",
) -> dict[str, Any]:  # fmt: skip
    """The certificate document of an instance of the model.

    ``X`` (d_0 x n; the identity for a map without data), ``Y`` (d_h x n; None where the loss has
    no targets), ``local`` and ``better`` (``W1`` .. by position in the chain, ``b1`` ..; ``W`` for
    a symmetric map) hold ints, Fractions, ``Log`` or ``Box``. ``loss``: the loss as a certificate
    writes it but with exact numbers, needed for a loss class and for losses with ``weights``,
    ``coefficients`` or ``forms``; by default the model's. ``fixed``: the weights of fixed layers
    that the model does not give. ``slopes``: the value of each prelu slope (layer from 1).
    Both values are computed here; ``local_value`` gives the value (a ball) where the local
    minimum is only known as a box. ``place``: ``critical_point`` for an instance that refutes
    ``strict_saddle`` alone. Raises ``NotAnInstance`` where the better point is not shown
    to be better.
    """
    problem = problem_of(facts, loss, fixed or {}, slopes or {})
    x = row_by_row(_fractions, X)
    y = None if Y is None else row_by_row(_fractions, Y)
    first = value_at(problem, x, y, local) if local_value is None else local_value
    values = value_texts(first, value_at(problem, x, y, better))
    if values is None:
        raise NotAnInstance("the better point is not shown to be better")
    data: dict[str, Any] = {}
    if problem.map != "W*W^T":
        data["X"] = entries_text(x)
    if y is not None:
        data["Y"] = entries_text(y)
    return {
        "schema": SCHEMA,
        "problem": _problem_text(problem),
        "data": data,
        place: {"weights": _weights_text(local), "value": values[0]},
        "better_point": {"weights": _weights_text(better), "value": values[1]},
        "argument": dict(argument),
    }


def objective_document(
    facts: Facts, X: Sequence[Sequence[Any]], Y: Sequence[Sequence[Any]] | None,
    loss: Mapping[str, Any], fixed: Weights,
) -> dict[str, Any]:  # fmt: skip
    """``problem`` and ``data`` of a document, as in ``document``, without any point."""
    return {
        "problem": _problem_text(problem_of(facts, loss, fixed, {})),
        "data": {"X": entries_text(X), **({} if Y is None else {"Y": entries_text(Y)})},
    }


def _fractions(row: Sequence[Any]) -> list[Any]:
    return [v if isinstance(v, Fraction) else Fraction(v) for v in row]


def _weights_text(weights: Weights) -> dict[str, Any]:
    return {name: entries_text(values) for name, values in sorted(weights.items())}


def default_loss(facts: Facts) -> dict[str, Any]:
    """The model's own loss with its parameters; ``NotAnInstance`` for a class or a custom one."""
    loss = facts.model.loss
    if loss.kind != "named":
        raise NotAnInstance(f"the loss {loss.name} is not a loss of the table")
    found: dict[str, Any] = {"name": loss.name, **dict(loss.parameters)}
    for name, key in (("weights", "weights"), ("coefficients", "coefficients")):
        given = facts.model.data.matrix(name)
        if given is not None:
            found[key] = given.matrix.rows
    return found


def problem_of(
    facts: Facts, loss: Mapping[str, Any] | None, fixed: Weights, slopes: Mapping[int, Fraction]
) -> Problem:
    """The problem of an instance; the arguments as in ``document``."""
    stated = dict(loss) if loss is not None else default_loss(facts)
    name = stated.pop("name")
    if name == "quadratic_form":
        stated["forms"] = [
            (form["coefficients"], form["target"], form["weight"]) for form in stated["forms"]
        ]
    penalty = facts.model.regularizer
    form = facts.form
    if form.kind == "symmetric":
        strengths = None if penalty is None else (penalty.kind, _strengths(penalty.strengths, 1))
        return Problem(
            (form.rows, form.columns),  # type: ignore[arg-type]
            (), (), (), (name, stated), strengths, {}, "W*W^T*X" if form.has_data else "W*W^T",
        )  # fmt: skip
    chain = facts.chain
    if chain is None or not all(isinstance(width, int) for width in chain.widths):
        raise NotAnInstance("the map is not a network of numeric widths")
    activations = []
    known: dict[str, Any] = {}
    trained = 0
    for k, layer in enumerate(chain.layers, start=1):
        if layer.opaque is not None or layer.activation.custom:
            raise NotAnInstance(f"layer {k} is not a layer of the table")
        parameters = dict(layer.activation.parameters)
        if layer.activation.name == "prelu":
            parameters = {"slope": slopes[k]}
        activations.append(
            ("linear", {}) if is_linear(layer.activation) else (layer.activation.name, parameters)
        )
        if not layer.fixed:
            trained += 1
            continue
        given, bias = chain.given[k - 1], chain.given_bias[k - 1]
        known[f"W{k}"] = given.rows if given is not None else fixed[f"W{k}"]
        if layer.bias:
            known[f"b{k}"] = (
                [v for row in bias.rows for v in row] if bias is not None else fixed[f"b{k}"]
            )
    return Problem(
        chain.widths,  # type: ignore[arg-type]
        tuple(activations),
        tuple(layer.bias for layer in chain.layers),
        tuple(layer.skip for layer in chain.layers),
        (name, stated),
        None if penalty is None else (penalty.kind, _strengths(penalty.strengths, trained)),
        known,
    )


def _strengths(strengths: tuple[Fraction, ...], count: int) -> tuple[Fraction, ...]:
    if len(strengths) == count:
        return strengths
    if len(set(strengths)) == 1:
        return (strengths[0],) * count
    raise NotAnInstance("the strengths of the penalty do not match the trained layers")


def _loss_text(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name}
    for key, value in parameters.items():
        if key in ("weights", "coefficients"):
            found[key] = entries_text(value)
        elif key == "forms":
            found[key] = [
                {
                    "coefficients": entries_text(coefficients),
                    "target": number_text(target),
                    "weight": number_text(weight),
                }
                for coefficients, target, weight in value
            ]
        else:
            found[key] = number_text(value)
    return found


def _problem_text(problem: Problem) -> dict[str, Any]:
    penalty: Any = None
    if problem.penalty is not None:
        kind, strengths = problem.penalty
        same = len(set(strengths)) == 1
        rates = iter(strengths)  # a list has one value a layer, trained or not
        penalty = {
            kind: str(strengths[0]) if same else [
                "0" if f"W{k}" in problem.fixed else str(next(rates))
                for k in range(1, len(problem.activations) + 1)
            ]
        }  # fmt: skip
    loss = _loss_text(*problem.loss)
    if problem.map is not None:
        return {
            "map": problem.map, "shape": list(problem.widths), "loss": loss,
            "regularizer": penalty,
        }  # fmt: skip
    text: dict[str, Any] = {
        "widths": list(problem.widths),
        "activations": [
            {"name": name, **{key: str(value) for key, value in parameters.items()}}
            for name, parameters in problem.activations
        ],
        "biases": list(problem.biases),
        "loss": loss,
        "regularizer": penalty,
    }
    if any(problem.skip):
        text["skip"] = list(problem.skip)
    if problem.fixed:
        text["fixed"] = _weights_text(dict(problem.fixed))
    return text


def read_problem(text: Mapping[str, Any]) -> Problem:
    """The problem of a certificate document, with exact numbers."""
    loss = dict(text["loss"])
    name = loss.pop("name")
    parameters: dict[str, Any] = {}
    for key, value in loss.items():
        if key in ("weights", "coefficients"):
            parameters[key] = read_entries(value)
        elif key == "forms":
            parameters[key] = [
                (read_entries(f["coefficients"]), Fraction(f["target"]), Fraction(f["weight"]))
                for f in value
            ]
        else:
            parameters[key] = Fraction(value)
    fixed = {key: read_entries(value) for key, value in text.get("fixed", {}).items()}
    symmetric = "map" in text
    layers = 1 if symmetric else len(text["activations"])
    trained = [k for k in range(layers) if symmetric or f"W{k + 1}" not in fixed]
    penalty = None
    if text.get("regularizer") is not None:
        ((kind, value),) = text["regularizer"].items()
        strengths = (
            tuple(Fraction(value[k]) for k in trained)
            if isinstance(value, list)
            else (Fraction(value),) * len(trained)
        )
        penalty = (kind, strengths)
    if symmetric:
        return Problem(
            tuple(text["shape"]), (), (), (), (name, parameters), penalty, {}, text["map"]
        )
    return Problem(
        tuple(text["widths"]),
        tuple(
            (a["name"], {key: Fraction(v) for key, v in a.items() if key != "name"})
            for a in text["activations"]
        ),
        tuple(text["biases"]),
        tuple(text.get("skip", [False] * layers)),
        (name, parameters),
        penalty,
        fixed,
    )


def has_logarithms(weights: Weights) -> bool:
    """Whether some weight is a logarithm."""
    return any(
        isinstance(entry, Log)
        for values in weights.values()
        for row in values
        for entry in (row if isinstance(row, (list, tuple)) else (row,))
    )
