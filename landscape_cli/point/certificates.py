"""Certificate documents (schema ``landscape/certificate/1``) for what was found at a point."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .. import algebra
from .instance import Instance
from .numbers import Enclosure, Matrix, Number, Polynomial

Document = dict[str, Any]


def number(value: Number) -> Any:
    """A rational as a string, an enclosure as its two ends, a polynomial as its coefficients."""
    if isinstance(value, Enclosure):
        low, high = value.bounds()
        return {"lower": str(low), "upper": str(high)}
    if isinstance(value, Polynomial):
        if len(value.coefficients) <= 1:
            return str(value.coefficient(0))
        return [str(c) for c in value.coefficients]
    return str(value)


def table(rows: Matrix) -> list[list[Any]]:
    """A matrix, row by row."""
    return [[number(entry) for entry in row] for row in rows]


def entry_of(name: str, rows: Matrix) -> list[Any]:
    """A weight matrix, or a bias as a flat list."""
    if name[0] in "ab" and name[1:].isdecimal():
        return [number(row[0]) for row in rows]
    return table(rows)


def canonical_names(instance: Instance) -> dict[str, str] | None:
    """Names of the point's matrices in a certificate; None if the map has no certificate form."""
    if instance.model.network is not None:
        return {name: name for name in instance.point_names if name[0] != "a"}
    if instance.symmetric is not None:
        return {instance.symmetric.name: "W"}
    if instance.chain is not None:
        return {name: f"W{k}" for k, name in enumerate(instance.chain.names, start=1)}
    return None


def problem(instance: Instance) -> Document | None:
    """The ``problem`` part, or None for a map without a certificate form."""
    loss: Document | None = _loss(instance)
    if loss is None:
        return None
    regularizer = _regularizer(instance)
    if instance.symmetric is not None:
        rows = instance.leaves[instance.symmetric.name]
        kind = "W*W^T*X" if instance.symmetric.with_data else "W*W^T"
        return {
            "map": kind,
            "shape": [len(rows), len(rows[0])],
            "loss": loss,
            "regularizer": regularizer,
        }
    if instance.model.network is not None:
        layers = instance.layers
        leaves = instance.leaves
        widths = [
            len(leaves["W1"][0]),
            *(len(leaves[f"W{k}"]) for k in range(1, len(layers) + 1)),
        ]
        activations: list[Document] = []
        for layer in layers:
            if layer.activation.custom or layer.opaque is not None:
                return None
            entry: Document = {"name": layer.activation.name}
            if layer.activation.name == "prelu":
                slopes = leaves[f"a{len(activations) + 1}"]
                if len({row[0] for row in slopes}) > 1:
                    return None  # the form has one slope for a layer
                entry["slope"] = str(slopes[0][0])
            entry.update({key: str(value) for key, value in layer.activation.parameters})
            activations.append(entry)
        document: Document = {
            "widths": widths,
            "activations": activations,
            "biases": [layer.bias for layer in layers],
            "loss": loss,
            "regularizer": regularizer,
        }
        if any(layer.skip for layer in layers):
            document["skip"] = [layer.skip for layer in layers]
        fixed = {}
        for k, layer in enumerate(layers, start=1):
            if layer.fixed:
                fixed[f"W{k}"] = table(leaves[f"W{k}"])
                if layer.bias:
                    fixed[f"b{k}"] = entry_of(f"b{k}", leaves[f"b{k}"])
        if fixed:
            document["fixed"] = fixed
        return document
    if instance.chain is not None:
        weights = instance.chain.weights
        return {
            "widths": [len(weights[0][0]), *(len(w) for w in weights)],
            "activations": [{"name": "linear"} for _ in weights],
            "biases": [False for _ in weights],
            "loss": loss,
            "regularizer": regularizer,
        }
    return None


def _loss(instance: Instance) -> Document | None:
    found = instance.loss
    if found is None or found.loss.kind == "custom":
        return None
    document: Document = {"name": found.loss.name}
    document.update({key: str(value) for key, value in found.loss.parameters})
    if found.weights is not None:
        key = "coefficients" if found.loss.name == "linear_loss" else "weights"
        document[key] = table(found.weights)
    return document


def _regularizer(instance: Instance) -> Document | None:
    found = instance.model.regularizer
    if found is None:
        return None
    values = [str(value) for value in found.strengths]
    return {found.kind: values[0] if len(values) == 1 else values}


def _data(instance: Instance) -> Document:
    document: Document = {}
    if instance.symmetric is not None and not instance.symmetric.with_data:
        pass
    elif instance.inputs is not None:
        document["X"] = table(instance.inputs)
    elif instance.chain is not None:
        document["X"] = table(algebra.identity(len(instance.chain.weights[0][0])))
    if instance.loss is not None and instance.loss.targets is not None:
        document["Y"] = table(instance.loss.targets)
    return document


def refutation(instance: Instance, value: Number, argument: Document) -> Document | None:
    """The document that the point is not a local minimum; None without a certificate form."""
    stated, names = problem(instance), canonical_names(instance)
    if stated is None or names is None:
        return None
    moving = argument["curve"] if "curve" in argument else argument.get("direction", {})
    if not set(moving) <= set(names.values()):
        return None  # a slope of prelu moves, which the form holds fixed
    return {
        "schema": "landscape/certificate/1",
        "problem": stated,
        "data": _data(instance),
        "point": {"weights": _weights(instance, instance.leaves, names), "value": number(value)},
        "argument": argument,
    }


def minimum(
    instance: Instance,
    value: Number,
    better: Mapping[str, Matrix],
    better_value: Number,
    argument: Document,
) -> Document | None:
    """The document that the point is a local minimum and not global."""
    stated, names = problem(instance), canonical_names(instance)
    if stated is None or names is None or len(names) < len(instance.point_names):
        return None
    return {
        "schema": "landscape/certificate/1",
        "problem": stated,
        "data": _data(instance),
        "local_minimum": {
            "weights": _weights(instance, instance.leaves, names),
            "value": number(value),
        },
        "better_point": {
            "weights": _weights(instance, better, names),
            "value": number(better_value),
        },
        "argument": argument,
    }


def _weights(
    instance: Instance, leaves: Mapping[str, Matrix], names: Mapping[str, str]
) -> Document:
    return {
        names[name]: entry_of(names[name], leaves[name])
        for name in instance.point_names
        if name in names
    }


def direction(instance: Instance, moves: Mapping[str, Matrix]) -> Document:
    """A direction, or a curve, in the certificate's names; matrices that are zero left out."""
    return curve(
        instance,
        {name: rows for name, rows in moves.items() if any(entry for row in rows for entry in row)},
    )


def curve(instance: Instance, moved: Mapping[str, Matrix]) -> Document:
    """A curve through the point: the matrices of ``moved``, the others stay."""
    names = canonical_names(instance) or {}
    layers = instance.model.network is not None
    return {
        names.get(name, name): entry_of(name, rows) if layers else table(rows)
        for name, rows in moved.items()
    }


def rational_vector(
    places: tuple[tuple[str, int, int], ...],
    vector: tuple[Fraction, ...],
    leaves: Mapping[str, Matrix],
) -> dict[str, Matrix]:
    """A vector over all trained entries as matrices by name."""
    result: dict[str, list[list[Number]]] = {}
    for (name, i, j), value in zip(places, vector, strict=True):
        if name not in result:
            rows = leaves[name]
            result[name] = [[Fraction(0)] * len(rows[0]) for _ in rows]
        result[name][i][j] = value
    return {name: tuple(tuple(row) for row in rows) for name, rows in result.items()}
