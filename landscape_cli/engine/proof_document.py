"""The proof of a ``holds`` verdict as a document that the kernel re-checks on its own.

The document (schema ``landscape/proof/1``, kernel/README.md) carries the problem as stated, not
as normalised: the kernel brings it to its normal form and works out every width itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..facts.facts import Facts
from ..model.problem import (
    Activation,
    ApplyExpression,
    Layer,
    Map,
    MapExpression,
    Matrix,
    Model,
    NameExpression,
    Network,
    ProductExpression,
    TransposeExpression,
)
from .judge import Judgement
from .proof import prove
from .report import Proof

SCHEMA = "landscape/proof/1"

Document = dict[str, Any]
Trusted = Mapping[str, Mapping[str, list[str]]]


def proof_document(judgement: Judgement) -> Document | None:
    """The proof of a ``holds`` verdict; None for other verdicts and for symbolic widths."""
    if judgement.verdict != "holds" or judgement.theorem is None or not judgement.facts.numeric:
        return None
    problem = problem_document(judgement.facts)
    proof = prove(judgement)
    if problem is None or proof is None:
        return None
    return {
        "schema": SCHEMA,
        "property": judgement.facts.model.requirement.name,
        "theorem": judgement.theorem.id,
        "steps": [*(_step(premise) for premise in proof.premises), _step(proof)],
        "problem": problem,
    }


def _step(proof: Proof) -> Document:
    return {"rule": proof.rule, "conditions": [c.text for c in proof.side_conditions]}


def problem_document(facts: Facts) -> Document | None:
    """The problem as the model states it; None if a width of the model is a symbol."""
    model = facts.model
    trusted = _trusted(facts)
    document: Document
    if model.network is not None:
        document = _network(model, model.network, trusted)
    else:
        assert model.map is not None
        found = _map(model.map, trusted)
        if found is None:
            return None
        document = found
    document["loss"] = _loss(model, trusted)
    penalty = model.regularizer
    if penalty is not None:
        values = [str(value) for value in penalty.strengths]
        document["regularizer"] = {penalty.kind: values[0] if len(values) == 1 else values}
    if model.constraints is not None:
        document["subject_to"] = model.constraints.kind
    data = _data(facts)
    if data:
        document["data"] = data
    return document


def _trusted(facts: Facts) -> Trusted:
    """What is known of the custom functions: the user's word, and what the analysis derived."""
    model = facts.model
    answers: dict[str, dict[str, bool | None]] = {}
    if model.loss.kind == "custom":
        words = {"yes": True, "no": False}
        answers[model.loss.name] = {
            name: words.get(getattr(facts.loss, name))
            for name in ("convex", "differentiable", "smooth")
        }
    if model.functions:
        from ..analysis import activation_of

        for function in model.functions:
            known = activation_of(model, Activation(function.name, (), True))
            answers[function.name] = {
                name: None if name in known.declared else getattr(known, name)
                for name in ("continuous", "strictly_monotone", "differentiable", "smooth")
            }
    found: dict[str, dict[str, list[str]]] = {}
    for name, derived in answers.items():
        said = [p for d in model.declarations if d.name == name for p in d.properties]
        found[name] = {"declared": [p for p in said if derived.get(p) is None]}
        granted = [p for p, answer in derived.items() if answer]
        if granted:
            found[name]["derived"] = granted
    return found


def _activation(activation: Activation, trusted: Trusted) -> Document:
    if activation.custom:
        return {"custom": activation.name, **trusted[activation.name]}
    return {"name": activation.name, **{key: str(v) for key, v in activation.parameters}}


def _loss(model: Model, trusted: Trusted) -> Document:
    loss = model.loss
    if loss.kind == "class":
        return {"class": loss.name}
    if loss.kind == "custom":
        return {"custom": loss.name, **trusted[loss.name]}
    return {"name": loss.name, **{key: str(value) for key, value in loss.parameters}}


def _rows(matrix: Matrix) -> list[list[str]]:
    return [[str(value) for value in row] for row in matrix.rows]


def _network(model: Model, network: Network, trusted: Trusted) -> Document:
    layers = network.layers

    def described(layer: Layer) -> Document:
        if layer.opaque is not None:
            return {"opaque": layer.opaque}
        return _activation(layer.activation, trusted)

    document: Document = {
        "widths": [network.input_width, *(layer.width for layer in layers)],
        "activations": [described(layer) for layer in layers],
        "biases": [layer.bias for layer in layers],
    }
    for name in ("skip", "fixed", "positive"):
        values = [bool(getattr(layer, name)) for layer in layers]
        if any(values):
            document[name] = values
    given: Document = {}
    for k, layer in enumerate(layers, start=1):
        weights, bias = model.data.matrix(f"W{k}"), model.data.matrix(f"b{k}")
        if layer.fixed and weights is not None:
            given[f"W{k}"] = _rows(weights.matrix)
        if layer.fixed and bias is not None:
            given[f"b{k}"] = [str(value) for row in bias.matrix.rows for value in row]
    if given:
        document["given"] = given
    return document


def _map(the_map: Map, trusted: Trusted) -> Document | None:
    sizes = [size for p in the_map.parameters for size in (p.rows, p.columns)]
    sizes += [size for c in the_map.constants for size in (c.rows, c.columns)]
    if not all(isinstance(size, int) for size in sizes):
        return None
    document: Document = {
        "map": _expression(the_map.expression, trusted),
        "parameters": {p.name: {"shape": [p.rows, p.columns]} for p in the_map.parameters},
    }
    if the_map.constants:
        constants: Document = {}
        for c in the_map.constants:
            constants[c.name] = {"shape": [c.rows, c.columns]}
            if c.values is not None:
                constants[c.name]["values"] = _rows(c.values)
        document["constants"] = constants
    if the_map.data_rows is not None:
        if not isinstance(the_map.data_rows, int):
            return None
        document["inputs"] = the_map.data_rows
    return document


def _expression(node: MapExpression, trusted: Trusted) -> Any:
    if isinstance(node, NameExpression):
        return node.name
    if isinstance(node, TransposeExpression):
        return {"transpose": _expression(node.of, trusted)}
    if isinstance(node, ApplyExpression):
        return {
            "apply": _activation(node.activation, trusted),
            "to": _expression(node.of, trusted),
        }
    if isinstance(node, ProductExpression):
        return {"product": [_expression(factor, trusted) for factor in node.factors]}
    return {"sum": [_expression(term, trusted) for term in node.terms]}


def _data(facts: Facts) -> Document:
    data = facts.model.data
    document: Document = {}
    if isinstance(data.samples, int):
        document["samples"] = data.samples
    if facts.model.assumptions and facts.ranges is not None:
        # What `assume` says, as the exact ranges of the three quantities that it can speak of.
        ranges = facts.ranges
        for name, found in (
            ("samples", ranges.samples),
            ("rank_x", ranges.rank_x),
            ("rank_y", ranges.rank_y),
        ):
            document[name] = [found.least, found.most]
    if data.properties:
        document["properties"] = [stated.name for stated in data.properties]
    for name in ("X", "Y", "weights", "coefficients"):
        given = data.matrix(name)
        if given is not None:
            document[name] = _rows(given.matrix)
    return document
