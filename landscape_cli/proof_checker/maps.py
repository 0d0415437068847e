"""The map of a proof's problem: networks, and matrix expressions brought to a chain or a sum.

An expression is multiplied out into a sum of products of factors. A free matrix that stands alone
in a sum absorbs the rest (a homeomorphism of the parameters: (W, u) -> (W + g(u), u)); a known
summand is a shift; sums of two-factor products between the same known factors are one product of
the summed width.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from ..exact.algebra import Matrix, transpose
from ..exact.numbers import need, rational
from ..exact.reading import array, boolean, keep, record, table, whole
from ..kernel.problem import layer_shapes, matrices, named
from ..kernel.tables import ACTIVATIONS

LARGEST = 10**9
MONOTONE = ("linear", "elu", "selu", "celu", "softplus", "tanh", "erf", "sigmoid", "arctan",
            "softsign", "cube")  # fmt: skip
NOT_ZERO_AT_ZERO = ("softplus", "sigmoid", "hard_sigmoid", "step", "softmax")


class Layer(NamedTuple):
    """A layer ``s(W F + b) [+ F]``; ``matrix`` and ``shift``: W and b of a fixed layer, if given.

    ``monotone``: s is continuous and strictly monotone; ``zero``: s(0) = 0.
    """

    width: int
    name: str = "linear"
    linear: bool = True
    monotone: bool = True
    zero: bool = True
    opaque: bool = False
    bias: bool = False
    skip: bool = False
    fixed: bool = False
    positive: bool = False
    matrix: Matrix | None = None
    shift: Matrix | None = None


@dataclass(frozen=True)
class Form:
    """What the map is: a chain, a sum of chains over the same X, W W^T [X], or anything else.

    ``inputs``: rows of X (of X = I where there are no data); ``outputs``: rows of the value, its
    columns the samples. ``transposed``: of the transposed problem. ``shifted``: a known matrix is
    added; ``absorbed``: a free matrix has absorbed others; ``merged``: products were joined.
    """

    kind: str
    inputs: int
    outputs: int
    has_data: bool
    layers: tuple[Layer, ...] = ()
    summands: tuple[tuple[Layer, ...], ...] = ()
    shape: tuple[int, int] = (0, 0)
    affine: bool = False
    constant: bool = False
    shifted: bool = False
    absorbed: bool = False
    merged: bool = False
    transposed: bool = False
    word: tuple[str, ...] = ()

    @property
    def trained(self) -> list[int]:
        """The positions of the trained layers of a chain."""
        return [k for k, layer in enumerate(self.layers) if not layer.fixed]


def taken_on_trust(value: Any, what: str) -> tuple[set[str], tuple[str, ...]]:
    """The properties of a custom function, which are not re-checked here, and what to say of it.

    ``declared`` ones are the user's word, ``derived`` ones come from an analysis outside.
    """
    listed = array(lambda x, _: str(x))
    parts = record(value, what, {"custom": keep, "declared": listed}, {"derived": listed})
    found: set[str] = set()
    words: list[str] = []
    for key, source in (("declared", "on the user's word that"), ("derived", "derived elsewhere:")):
        said = parts.get(key, [])
        found |= set(said)
        if said:
            words.append(f"{source} {str(parts['custom'])[:40]} is {', '.join(said)}")
    return found, tuple(words)


def activation(value: Any) -> tuple[Layer, tuple[str, ...]]:
    """A layer of width 0 with that activation, and what the user vouches for."""
    need(isinstance(value, dict), "an activation is not an object")
    if "opaque" in value:
        record(value, "an activation", {"opaque": keep})
        return Layer(0, "", False, False, False, True), ()
    if "custom" in value:
        said, words = taken_on_trust(value, "an activation")
        continuous = bool({"continuous", "differentiable", "smooth"} & said)
        return Layer(0, "", False, continuous and "strictly_monotone" in said, False), words
    bare = value if value != {"name": "prelu"} else {**value, "slope": "0"}  # it may be unnamed
    name, p = named(bare, "activation", [*ACTIVATIONS, "softmax"])
    if name == "leaky_relu" and p == 1:
        name = "linear"
    steep = name in MONOTONE or (name == "leaky_relu" and p > 0)
    return Layer(0, name, name == "linear", steep, name not in NOT_ZERO_AT_ZERO), ()


def of_network(value: Any, logits: bool) -> Form:
    """The chain of a network; ``logits``: the loss is cross_entropy, which takes in a softmax."""
    widths = array(whole(1, LARGEST))(value["widths"], "widths")
    depth = len(widths) - 1
    need(1 <= depth <= 1000, "the depth is not between 1 and 1000")
    names, none = ("biases", "skip", "fixed", "positive"), [False] * depth
    lists = [array(boolean, depth)(value.get(name, none), name) for name in names]
    readers = matrices(layer_shapes(widths, lists[0]), rational)
    given = record(value.get("given", {}), "given", {}, readers)
    layers: list[Layer] = []
    word: tuple[str, ...] = ()
    for k, entry in enumerate(array(keep, depth)(value["activations"], "activations")):
        base, said = activation(entry)
        word += said
        bias, skip, fixed, positive = (switch[k] for switch in lists)
        need(not skip or widths[k] == widths[k + 1], "a skip between different widths")
        if base.name == "softmax" and logits and k == depth - 1 and not skip:
            base = Layer(0)
        w, b = given.get(f"W{k + 1}"), given.get(f"b{k + 1}")
        need(fixed or not (w or b or positive), "values of a trained layer")
        layers.append(base._replace(width=widths[k + 1], bias=bias, skip=skip, fixed=fixed,
                                    positive=positive, matrix=w, shift=b))  # fmt: skip
    trained = [k for k, layer in enumerate(layers) if not layer.fixed]
    reach = layers[trained[0] :] if trained else []
    affine = len(trained) <= 1 and all(layer.linear for layer in reach)
    return Form("chain", widths[0], widths[-1], True, tuple(layers), affine=affine, word=word)


# --- matrix expressions ---------------------------------------------------------------------------


class Factor(NamedTuple):
    """A matrix by name, transposed or not, or an activation of a product (``inner``)."""

    kind: str  # free, known, data, applied
    name: str
    flip: bool
    shape: tuple[Any, Any]
    values: Matrix | None = None
    layer: Layer | None = None
    inner: tuple["Factor", ...] = ()
    absorbed: bool = False


Term = tuple[Factor, ...]


def free_names(term: Term) -> list[str]:
    """The names of the free matrices of a product."""
    return [x for f in term for x in ([f.name] if f.kind == "free" else free_names(f.inner))]


def flipped(term: Term) -> Term:
    """The transpose of a product."""
    return tuple(f._replace(flip=not f.flip, shape=f.shape[::-1], inner=flipped(f.inner))
                 for f in reversed(term))  # fmt: skip


class NotAChain(Exception):
    """The expression is outside the normal forms."""


class Reader:
    """Reads the matrices and the expression of a map."""

    def __init__(self, value: Any, samples: tuple[int, int]) -> None:
        self.matrices: dict[str, Factor] = {}
        self.absorbed = False
        self.occurrences: list[str] = []  # of all matrices but the known ones
        for kind, key in (("free", "parameters"), ("known", "constants")):
            given = value.get(key, {})
            need(isinstance(given, dict), f"{key} is not an object")
            for name, entry in given.items():
                need(name not in self.matrices and name != "X", "a name that is used twice")
                optional = {"values": keep} if kind == "known" else {}
                shape = array(whole(1, LARGEST), 2)
                parts = record(entry, f"matrix {name[:40]}", {"shape": shape}, optional)
                rows, columns = parts["shape"]
                values = table(rows, columns)(parts["values"], name) if "values" in parts else None
                self.matrices[name] = Factor(kind, name, False, (rows, columns), values)
        if "inputs" in value:
            count = samples[0] if samples[0] == samples[1] else "n"
            rows = whole(1, LARGEST)(value["inputs"], "inputs")
            self.matrices["X"] = Factor("data", "X", False, (rows, count))

    def shape(self, node: Any) -> tuple[Any, Any]:
        """(rows, columns) of the expression, "n" for an unknown number of samples."""
        if isinstance(node, str):
            need(node in self.matrices, f"unknown matrix {node[:40]!r}")
            if self.matrices[node].kind != "known":
                self.occurrences.append(node)
            return self.matrices[node].shape
        need(isinstance(node, dict) and len(node) in (1, 2), "an expression is not one")
        if "transpose" in node:
            return self.shape(record(node, "transpose", {"transpose": keep})["transpose"])[::-1]
        if "apply" in node:
            return self.shape(record(node, "apply", {"apply": keep, "to": keep})["to"])
        key = "sum" if "sum" in node else "product"
        shapes = [self.shape(x) for x in record(node, key, {key: array(keep)})[key]]
        need(len(shapes) >= 2, f"a {key} of fewer than two")
        for one, other in pairwise(shapes):
            agree = one == other if key == "sum" else one[1] == other[0]
            need(agree, f"the shapes of a {key} disagree")
        return shapes[0] if key == "sum" else (shapes[0][0], shapes[-1][1])

    def degree(self, node: Any) -> int:
        """0: constant; 1: affine in the parameters; 2: not shown to be either."""
        if isinstance(node, str):
            return int(self.matrices[node].kind == "free")
        if "product" in node:
            return min(2, sum(map(self.degree, node["product"])))
        if "sum" in node:
            return max(map(self.degree, node["sum"]))
        if "transpose" in node:
            return self.degree(node["transpose"])
        inner = self.degree(node["to"])
        return inner if activation(node["apply"])[0].linear else 2 * (inner > 0)

    def expand(self, node: Any) -> list[Term]:
        """The expression as a sum of products."""
        if isinstance(node, str):
            return [(self.matrices[node],)]
        if "transpose" in node:
            return [flipped(term) for term in self.expand(node["transpose"])]
        if "sum" in node:
            return [term for one in node["sum"] for term in self.expand(one)]
        if "apply" in node:
            inner, layer = self.expand(node["to"]), activation(node["apply"])[0]
            if not layer.linear and len(inner) != 1:
                raise NotAChain
            applied = Factor("applied", "", False, (0, 0), None, layer, inner[0])
            return inner if layer.linear else [(applied,)]
        result: list[Term] = [()]
        for one in node["product"]:
            terms = self.absorb(self.expand(one))
            result = [left + right for left in result for right in terms]
            if len(result) > 1000:
                raise NotAChain
        names = [name for term in result for name in free_names(term)]
        if len(set(names)) < len(names) and len(result) > 1:
            raise NotAChain  # a trained matrix is multiplied with a sum
        return result

    def absorb(self, terms: list[Term]) -> list[Term]:
        """A sum with a lone free matrix is a free matrix."""
        names = [name for term in terms for name in free_names(term)]
        for term in terms if len(terms) > 1 else ():
            if len(term) == 1 and term[0].kind == "free" and names.count(term[0].name) == 1:
                self.absorbed = True
                return [(term[0]._replace(absorbed=True),)]
        return terms

    def chain(self, term: Term) -> tuple[int, tuple[Layer, ...], Term] | None:
        """(input width, layers, factors innermost first) of a product, if it is a chain."""
        last = term[-1]
        layers: tuple[Layer, ...] = ()
        used: Term = ()
        width, rest = last.shape[1], term
        if last.kind == "data":
            width, rest = last.shape[0], term[:-1]
            if last.flip:
                return None
        elif last.kind == "applied":
            found, rest = self.chain(last.inner), term[:-1]
            if found is None or not found[1] or not found[1][-1].linear or last.layer is None:
                return None
            width, layers, used = found
            top = layers[-1]
            above = last.layer._replace(width=top.width, fixed=top.fixed, matrix=top.matrix)
            layers = (*layers[:-1], above)
        elif "X" in self.occurrences:
            return None
        for f in reversed(rest):
            if f.kind not in ("free", "known") or not isinstance(f.shape[0], int):
                return None
            values = transpose(f.values) if f.values is not None and f.flip else f.values
            layers = (*layers, Layer(f.shape[0], fixed=f.kind == "known", matrix=values))
            used = (*used, f)
        return (width, layers, used) if layers and isinstance(width, int) else None


def of_map(value: Any, samples: tuple[int, int], logits: bool) -> Form:
    """The form of a matrix expression; ``logits`` as in ``of_network``."""
    reader, node = Reader(value, samples), value["map"]
    top = node.get("apply") if isinstance(node, dict) and logits else None
    if top is not None and activation(top)[0].name == "softmax":
        node = record(node, "apply", {"apply": keep, "to": keep})["to"]
    rows, columns = reader.shape(node)
    data = "X" in reader.occurrences
    need(data or "X" not in reader.matrices, "inputs without X in the map")
    width = reader.matrices["X"].shape[0] if data else columns
    need(isinstance(width, int), "the map has no input width")
    trained = [name for name in reader.occurrences if name != "X"]
    affine = reader.degree(node) <= 1
    general = Form("general", width, rows if isinstance(rows, int) else LARGEST, data,
                   affine=affine, constant=not trained)  # fmt: skip
    try:
        terms = reader.expand(node)
    except NotAChain:
        return general
    moving = [term for term in terms if free_names(term)]
    shifted = len(moving) < len(terms)
    if len(set(trained)) < len(trained):
        return symmetric(moving, general, shifted)
    turned = data and all(t[0].kind == "data" and t[-1].kind != "data" for t in moving)
    if turned and logits:
        return general  # cross_entropy is over the rows
    chains = [reader.chain(flipped(term) if turned else term) for term in moving]
    found = [chain for chain in chains if chain is not None]
    if not moving or len(found) < len(chains):
        return general
    base = Form("chain", width, found[0][1][-1].width, data, found[0][1], affine=affine,
                shifted=shifted, absorbed=reader.absorbed, transposed=turned)  # fmt: skip
    if len(found) == 1:
        return base
    for k, one in enumerate(moving):
        if lone(one, moving):
            return replace(base, layers=found[k][1], absorbed=True)
    merged = merge(found)
    if merged is not None:
        return replace(base, layers=merged, merged=True)
    return replace(base, kind="sum", layers=(), summands=tuple(layers for _, layers, _ in found))


def keys(term: Term) -> list[object]:
    """What known factors are compared by; any other factor is like no other."""
    return [(f.kind, f.name, f.flip) if f.kind in ("known", "data") else object() for f in term]


def lone(one: Term, moving: list[Term]) -> bool:
    """Whether a term L W R, W free, absorbs all the others, which are L .. R, too."""
    where = [i for i, f in enumerate(one) if f.kind == "free"]
    if len(where) != 1 or any(f.kind == "applied" for f in one):
        return False
    left, right = keys(one[: where[0]]), keys(one[where[0] + 1 :])
    return all(len(t) > len(left) + len(right) and keys(t[: len(left)]) == left
               and keys(t[len(t) - len(right) :]) == right for t in moving)  # fmt: skip


def symmetric(terms: list[Term], general: Form, shifted: bool) -> Form:
    """W W^T or W W^T X, W free; else the general form."""
    if len(terms) != 1 or len(terms[0]) not in (2, 3):
        return general
    one, other, *rest = terms[0]
    good = one.kind == other.kind == "free" and one.name == other.name and one.flip != other.flip
    good = good and not (one.absorbed or other.absorbed) and bool(rest) == general.has_data
    if not good or any(f.kind != "data" or f.flip for f in rest):
        return general
    return replace(general, kind="symmetric", shape=one.shape, shifted=shifted)


def merge(chains: list[tuple[int, tuple[Layer, ...], Term]]) -> tuple[Layer, ...] | None:
    """Products K B A R with the same known K, R, as one of the summed inner width."""
    frames = []
    for inputs, layers, used in chains:
        where = [k for k, layer in enumerate(layers) if not layer.fixed]
        if len(where) != 2 or where[1] != where[0] + 1:
            return None
        if not all(layer.linear for layer in layers[where[0] :]):
            return None
        below = [(la.name, la.linear, la.width) for la in layers[: where[0]]]
        known = keys(used[: where[0]]), keys(used[where[1] + 1 :])
        frames.append((inputs, where[0], below, known))
    if any(frame != frames[0] for frame in frames):
        return None
    k, base = frames[0][1], chains[0][1]
    total = sum(layers[k].width for _, layers, _ in chains)
    return (*base[:k], base[k]._replace(width=total), *base[k + 1 :])
