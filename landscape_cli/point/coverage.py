"""Which conditional theorem covers a point: a local minimum there is a global one.

Each rule checks its static assumptions on the model and evaluates its point condition exactly.
Nothing is claimed where an input is missing.
"""

from __future__ import annotations

from typing import NamedTuple

from .. import algebra
from ..openness.chain import split_conditions
from ..openness.derivation import Derivation
from .instance import Instance, homeomorphic, is_linear
from .numbers import Matrix
from .products import ChainReport, ProductReport, centred, rank_bounds


class Coverage(NamedTuple):
    """A theorem whose assumptions and point condition hold at the point."""

    theorem: str
    conditions: tuple[str, ...]
    derivation: Derivation | None = None


class Circumstances(NamedTuple):
    """What the analysis knows at the point when it looks for covering theorems."""

    instance: Instance
    chain: ChainReport | None
    features: tuple[Matrix, ...] | None
    products: tuple[ProductReport, ...]
    differentiable_here: bool | None


def covering_theorems(c: Circumstances) -> tuple[Coverage, ...]:
    """All conditional theorems that cover the point, in the order of theory.md."""
    if not c.instance.convex:
        return ()
    found = [
        *_linear(c),
        *_two_layer_decay(c),
        *_symmetric(c),
        *_pyramidal(c),
        *_frozen_features(c),
    ]
    return tuple(found)


def data_is_known(instance: Instance) -> bool:
    """Whether the ranks of a linear chain at the point are those with the model's data."""
    return instance.inputs is not None or (
        instance.model.map is not None and instance.model.map.data_rows is None
    )


def _linear(c: Circumstances) -> list[Coverage]:
    instance, report = c.instance, c.chain
    if report is None or instance.chain is None or instance.penalty is not None:
        return []
    test, names = report.test, report.names
    whole = " ".join(names)
    hidden = test.shapes[1:-1]
    if not hidden:
        return []
    rank = test.ranks[0, len(report.factors)]
    least, ends = min(hidden), min(test.shapes[0], test.shapes[-1])
    known = data_is_known(instance)
    result = []
    if least >= ends and test.open_into_all:
        conditions = tuple(
            text for split in test.bracketing for text in split_conditions(split, names)
        )
        result.append(Coverage("linear-locally-open", conditions, report.derivation))
    elif least >= ends and test.nondegenerate and known:
        text = f"rank({whole}) = {rank} = min({', '.join(map(str, test.shapes))})"
        result.append(Coverage("linear-locally-open", (text,), report.derivation))
    if not instance.unconstrained:
        return result
    if least >= ends and rank == ends and known:
        result.append(
            Coverage("linear-differentiable-there", (f"rank({whole}) = {rank} = {ends}",))
        )
    elif least >= ends and (instance.differentiable or c.differentiable_here is True):
        result.append(
            Coverage("linear-differentiable-there", ("the loss is differentiable at the output",))
        )
    if rank < least and (instance.differentiable or c.differentiable_here is True):
        result.append(
            Coverage(
                "linear-bottleneck-degenerate",
                (
                    f"rank({whole}) = {rank} < {least}, the smallest hidden width",
                    "the loss is differentiable at the output",
                ),
            )
        )
    return result


def _two_layer_decay(c: Circumstances) -> list[Coverage]:
    instance, chain = c.instance, c.instance.chain
    if (
        chain is None
        or len(chain.weights) != 2
        or instance.penalty != "l2"
        or not instance.differentiable
        or not instance.unconstrained
        or any(chain.skips)
        or (any(chain.biases) and not chain.biases[-1])
        or any(strength <= 0 for strength in instance.strengths.values())
    ):
        return []
    rank, width = algebra.rank(chain.weights[1]), len(chain.weights[0])
    if rank >= width:
        return []
    name = chain.names[1]
    return [Coverage("two-layer-decay-deficient", (f"rank({name}) = {rank} < {width}",))]


def _symmetric(c: Circumstances) -> list[Coverage]:
    instance = c.instance
    if not instance.differentiable or not instance.unconstrained or instance.penalty == "l1":
        return []
    if instance.symmetric is not None:
        name = instance.symmetric.name
        weight = instance.leaves[name]
        rank, width = algebra.rank(weight), len(weight[0])
        if rank < width:
            return [Coverage("symmetric-deficient", (f"rank({name}) = {rank} < {width}",))]
        return []
    if is_quadratic_network(instance) and instance.penalty is None:
        weight = instance.leaves["W1"]
        rank, width = algebra.rank(weight), len(weight)
        if rank < width:
            return [Coverage("quadratic-deficient", (f"rank(W1) = {rank} < {width}",))]
    return []


def is_quadratic_network(instance: Instance) -> bool:
    """d -> quadratic(k) -> linear(1, fixed, positive), without biases and skips."""
    layers = instance.layers
    if len(layers) != 2 or any(x.bias or x.skip or x.opaque for x in layers):
        return False
    first, second = layers
    if first.activation.custom or first.activation.name != "quadratic" or first.fixed:
        return False
    if not second.fixed or not is_linear(second.activation) or second.width != 1:
        return False
    given = instance.leaves.get("W2")
    if given is None:
        return second.positive
    return all(entry > 0 for row in given for entry in row)


def _pyramidal(c: Circumstances) -> list[Coverage]:
    instance = c.instance
    layers = instance.layers
    if (
        not layers
        or instance.penalty is not None
        or not instance.unconstrained
        or any(x.fixed or x.skip or x.opaque for x in layers)
        or not all(homeomorphic(instance, x) for x in layers)
    ):
        return []
    if instance.inputs is None:
        if instance.model.data.property("X full_column_rank") is None:
            return []
        samples_text = "X has full column rank (stated)"
    else:
        samples = len(instance.inputs[0])
        if algebra.rank(instance.inputs) < samples:
            return []
        samples_text = f"rank(X) = {samples}, the number of samples"
    conditions = [samples_text]
    full = True
    for k in range(2, len(layers) + 1):
        weight = instance.leaves[f"W{k}"]
        rank = algebra.rank(weight)
        if rank < len(weight):
            full = False
            break
        conditions.append(f"rank(W{k}) = {rank} = d{k}")
    result = []
    if full:
        result.append(Coverage("pyramidal", tuple(conditions), _layer_derivation(c, 1)))
    if c.features is not None and _all_open(c, 2):
        result.append(
            Coverage(
                "pyramidal-beyond-full-rank",
                (samples_text, *_three_rank_texts(c, 2)),
                _layer_derivation(c, 1),
            )
        )
    return result


def _layer_product(c: Circumstances, k: int) -> ProductReport | None:
    return next((p for p in c.products if p.left == f"W{k}" and p.right == f"F{k - 1}"), None)


def _all_open(c: Circumstances, first: int) -> bool:
    for k in range(first, len(c.instance.layers) + 1):
        report = _layer_product(c, k)
        if report is None or report.target != "all" or report.open is not True:
            return False
    return True


def _three_rank_texts(c: Circumstances, first: int) -> tuple[str, ...]:
    texts = []
    for k in range(first, len(c.instance.layers) + 1):
        report = _layer_product(c, k)
        assert report is not None
        m, _, n = report.shape
        a, b, r = report.ranks
        if a.exact == m:
            texts.append(f"rank(W{k}) = {m} = d{k}")
        else:
            ranks = ", ".join(
                f"rank({name}) {'=' if bound.exact is not None else '>='} {bound.low}"
                for name, bound in ((f"W{k}", a), (f"F{k - 1}", b), (f"W{k} F{k - 1}", r))
            )
            texts.append(f"{ranks}: the product is open into all {m} x {n} matrices")
    return tuple(texts)


def _layer_derivation(c: Circumstances, start: int) -> Derivation:
    """Open at each layer after F_start, composed; W_start's own map is linear, then a box."""
    layers = c.instance.layers
    activation = layers[start - 1].activation.name
    source = "X" if start == 1 else f"F{start - 1}"
    tree = Derivation(
        "open-linear", f"W{start} -> W{start} {source} is open onto all matrices",
        (f"{source} has full column rank",),
    )  # fmt: skip
    tree = Derivation(
        "open-activation", f"F{start} is locally open into an open box",
        (f"{activation} is continuous and strictly monotone",), (tree,),
    )  # fmt: skip
    for k in range(start + 1, len(layers) + 1):
        report = _layer_product(c, k)
        weight = c.instance.leaves[f"W{k}"]
        m = len(weight)
        conditions: tuple[str, ...]
        if report is not None and report.open:
            a, b, r = report.ranks
            conditions = (
                f"rank(W{k}) = {a.low}, rank(F{k - 1}) >= {b.low}, rank(W{k} F{k - 1}) >= {r.low}",
            )
        else:
            conditions = (f"rank(W{k}) = {m} = d{k}",)
        product = Derivation(
            "open-product", f"(W{k}, F{k - 1}) -> W{k} F{k - 1} is locally open", conditions
        )
        tree = Derivation(
            "open-compose", f"the pre-activation of layer {k} is locally open", (), (product, tree)
        )
        name = layers[k - 1].activation.name
        if name != "linear":
            tree = Derivation(
                "open-activation", f"F{k} is locally open into an open box",
                (f"{name} is continuous and strictly monotone",), (tree,),
            )  # fmt: skip
    if any(layer.bias for layer in layers):
        tree = Derivation("open-freeze", "holding the biases keeps it open", (), (tree,))
    return tree


def _frozen_features(c: Circumstances) -> list[Coverage]:
    instance = c.instance
    layers = instance.layers
    if (
        len(layers) < 2
        or c.features is None
        or instance.penalty is not None
        or not instance.unconstrained
    ):
        return []
    samples = len(c.features[0][0])
    for j in range(len(layers) - 1, 0, -1):
        above = layers[j:]
        if any(x.fixed or x.skip or x.opaque for x in above) or not all(
            homeomorphic(instance, x) for x in above
        ):
            return []
        if rank_bounds(c.features[j]).low == samples and _all_open(c, j + 2):
            text = f"rank(F{j}) = {samples}, the number of samples"
            derivation = Derivation(
                "open-freeze",
                f"with W1 .. W{j} held, the map is locally open",
                (text,),
                (_layer_derivation(c, j + 1),),
            )
            return [Coverage("frozen-features", (text, *_three_rank_texts(c, j + 2)), derivation)]
    return []


__all__ = ["Circumstances", "Coverage", "centred", "covering_theorems", "is_quadratic_network"]
