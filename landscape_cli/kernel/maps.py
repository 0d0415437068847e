"""The map of a proof's problem: networks, and matrix expressions brought to a chain or a sum.

An expression is multiplied out into a sum of products of factors. A free matrix that stands alone
in a sum absorbs the rest (a homeomorphism of the parameters: (W, u) -> (W + g(u), u)); a known
summand is a shift; sums of two-factor products between the same known factors are one product of
the summed width.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from .algebra import Rows, rationals, transpose
from .numbers import Rejection, rational
from .problem import ACTIVATIONS, PARAMETERS, fields, integer, plain, sequence

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
    matrix: Rows | None = None
    shift: Rows | None = None


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
    summands: tuple[tuple[int, tuple[Layer, ...]], ...] = ()
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


def need(condition: bool, what: str) -> None:
    """A rejection where the condition does not hold."""
    if not condition:
        raise Rejection(what)


def taken_on_trust(value: dict[str, object], what: str) -> tuple[set[str], tuple[str, ...]]:
    """The properties of a custom function, which are not re-checked here, and what to say of it.

    ``declared`` ones are the user's word, ``derived`` ones come from an analysis outside.
    """
    parts = fields(value, ["custom", "declared"], ["derived"], what)
    found: set[str] = set()
    words: list[str] = []
    for key, source in (("declared", "on the user's word that"), ("derived", "derived elsewhere:")):
        said = [str(x) for x in sequence(parts.get(key, []), None, key)]
        found |= set(said)
        if said:
            words.append(f"{source} {str(parts['custom'])[:40]} is {', '.join(said)}")
    return found, tuple(words)


def activation(value: object) -> tuple[Layer, tuple[str, ...]]:
    """A layer of width 0 with that activation, and what the user vouches for."""
    need(isinstance(value, dict), "an activation is not an object")
    assert isinstance(value, dict)
    if "opaque" in value:
        fields(value, ["opaque"], [], "an activation")
        return Layer(0, "", False, False, False, True), ()
    if "custom" in value:
        said, words = taken_on_trust(value, "an activation")
        continuous = bool({"continuous", "differentiable", "smooth"} & set(said))
        homeomorphic = continuous and "strictly_monotone" in said
        return Layer(0, "", False, homeomorphic, False), words
    name = value.get("name")
    need(name in (*ACTIVATIONS, "softmax"), "unknown activation")
    name = str(name)
    own = [PARAMETERS[name]] if name in PARAMETERS and name != "prelu" else []
    parts = fields(value, ["name", *own], ["slope"] if name == "prelu" else [], "an activation")
    p = rational(parts[own[0]], own[0]) if own else None
    need(p is None or p > 0 or name == "leaky_relu", f"the parameter of {name} is out of range")
    if name == "leaky_relu" and p == 1:
        name = "linear"
    steep = name in MONOTONE or (name == "leaky_relu" and p is not None and p > 0)
    return Layer(0, name, name == "linear", steep, name not in NOT_ZERO_AT_ZERO), ()


def of_network(value: dict[str, object], logits: bool) -> Form:
    """The chain of a network; ``logits``: the loss is cross_entropy, which takes in a softmax."""
    widths = [integer(d, 1, LARGEST, "a width") for d in sequence(value["widths"], None, "widths")]
    depth = len(widths) - 1
    need(1 <= depth <= 1000, "the depth is not between 1 and 1000")
    switches = {}
    for name in ("biases", "skip", "fixed", "positive"):
        switches[name] = sequence(value.get(name, [False] * depth), depth, name)
        need(all(isinstance(x, bool) for x in switches[name]), f"{name} is not of true and false")
    names = [f"{c}{k}" for k in range(1, depth + 1) for c in "Wb"]
    given = fields(value.get("given", {}), [], names, "given")
    layers: list[Layer] = []
    word: tuple[str, ...] = ()
    for k, entry in enumerate(sequence(value["activations"], depth, "activations")):
        base, said = activation(entry)
        word += said
        bias, skip, fixed, positive = (bool(switches[n][k]) for n in switches)
        need(not skip or widths[k] == widths[k + 1], "a skip between different widths")
        if base.name == "softmax" and logits and k == depth - 1 and not skip:
            base = Layer(0)
        w, b = f"W{k + 1}", f"b{k + 1}"
        need(
            fixed or (w not in given and b not in given and not positive),
            "values of a trained layer",
        )
        need(bias or b not in given, "values of a bias that is not there")
        matrix = plain(given[w], widths[k + 1], widths[k], w) if w in given else None
        column = [[x] for x in sequence(given[b], widths[k + 1], b)] if b in given else []
        shift = plain(column, widths[k + 1], 1, b) if column else None
        layers.append(base._replace(width=widths[k + 1], bias=bias, skip=skip, fixed=fixed,
                                    positive=positive, matrix=matrix, shift=shift))  # fmt: skip
    trained = [k for k, layer in enumerate(layers) if not layer.fixed]
    reach = layers[trained[0] :] if trained else []
    affine = len(trained) <= 1 and all(layer.linear for layer in reach)
    return Form("chain", widths[0], widths[-1], True, tuple(layers), affine=affine, word=word)


# --- matrix expressions ----------------------------------------------------------------------


class Factor(NamedTuple):
    """A matrix by name, transposed or not, or an activation of a product."""

    kind: str  # free, known, data, applied
    name: str
    flip: bool
    shape: tuple[object, object]
    values: Rows | None = None
    layer: Layer | None = None
    inner: tuple["Factor", ...] = ()
    absorbed: bool = False


Term = tuple[Factor, ...]


def _free(term: Term) -> list[str]:
    """The names of the free matrices of a product."""
    names = []
    for f in term:
        names += [f.name] if f.kind == "free" else _free(f.inner)
    return names


def _flip(term: Term) -> Term:
    return tuple(
        f._replace(flip=not f.flip, shape=f.shape[::-1], inner=_flip(f.inner))
        for f in reversed(term)
    )


class _NotAChain(Exception):
    """The expression is outside the normal forms."""


class _Reader:
    """Reads the matrices and the expression of a map."""

    def __init__(self, value: dict[str, object], samples: tuple[int, int]) -> None:
        self.matrices: dict[str, Factor] = {}
        self.absorbed = False
        self.has_data = False
        self.occurrences: list[str] = []
        for kind, key in (("free", "parameters"), ("known", "constants")):
            given = value.get(key, {})
            need(isinstance(given, dict), f"{key} is not an object")
            assert isinstance(given, dict)
            for name, entry in given.items():
                need(name not in self.matrices and name != "X", "a name that is used twice")
                parts = fields(entry, ["shape"], ["values"] if kind == "known" else [], "a matrix")
                rows, columns = (integer(d, 1, LARGEST, "a size")
                                 for d in sequence(parts["shape"], 2, "shape"))  # fmt: skip
                values = plain(parts["values"], rows, columns, name) if "values" in parts else None
                self.matrices[name] = Factor(kind, name, False, (rows, columns), values)
        if "inputs" in value:
            rows = integer(value["inputs"], 1, LARGEST, "inputs")
            count: object = samples[0] if samples[0] == samples[1] else "n"
            self.matrices["X"] = Factor("data", "X", False, (rows, count))

    def shape(self, node: object) -> tuple[object, object]:
        """(rows, columns) of the expression, "n" for an unknown number of samples."""
        if isinstance(node, str):
            need(node in self.matrices, f"unknown matrix {node[:40]!r}")
            self.has_data |= node == "X"
            if self.matrices[node].kind == "free":
                self.occurrences.append(node)
            return self.matrices[node].shape
        need(isinstance(node, dict) and len(node) in (1, 2), "an expression is not one")
        assert isinstance(node, dict)
        if "transpose" in node:
            return self.shape(fields(node, ["transpose"], [], "an expression")["transpose"])[::-1]
        if "apply" in node:
            return self.shape(fields(node, ["apply", "to"], [], "an expression")["to"])
        key = "sum" if "sum" in node else "product"
        shapes = [self.shape(x) for x in sequence(fields(node, [key], [], "it")[key], None, key)]
        need(len(shapes) >= 2, f"a {key} of fewer than two")
        for one, other in pairwise(shapes):
            agree = one == other if key == "sum" else one[1] == other[0]
            need(agree, f"the shapes of a {key} disagree")
        return shapes[0] if key == "sum" else (shapes[0][0], shapes[-1][1])

    def degree(self, node: object) -> int:
        """0: constant; 1: affine in the parameters; 2: not shown to be either."""
        if isinstance(node, str):
            return int(self.matrices[node].kind == "free")
        assert isinstance(node, dict)
        if "product" in node:
            return min(2, sum(map(self.degree, node["product"])))
        if "sum" in node:
            return max(map(self.degree, node["sum"]))
        inner = self.degree(node["transpose"] if "transpose" in node else node["to"])
        return (
            inner if "transpose" in node or activation(node["apply"])[0].linear else 2 * (inner > 0)
        )

    def expand(self, node: object) -> list[Term]:
        """The expression as a sum of products."""
        if isinstance(node, str):
            return [(self.matrices[node],)]
        assert isinstance(node, dict)
        if "transpose" in node:
            return [_flip(term) for term in self.expand(node["transpose"])]
        if "sum" in node:
            return [term for one in node["sum"] for term in self.expand(one)]
        if "apply" in node:
            inner, layer = self.expand(node["to"]), activation(node["apply"])[0]
            if layer.linear:
                return inner
            if len(inner) != 1:
                raise _NotAChain
            return [(Factor("applied", "", False, (0, 0), None, layer, inner[0]),)]
        result: list[Term] = [()]
        for one in node["product"]:
            terms = self.absorb(self.expand(one))
            result = [left + right for left in result for right in terms]
            if len(result) > 1000:
                raise _NotAChain
        names = [name for term in result for name in _free(term)]
        if len(set(names)) < len(names) and len(result) > 1:
            raise _NotAChain  # a trained matrix is multiplied with a sum
        return result

    def absorb(self, terms: list[Term]) -> list[Term]:
        """A sum with a lone free matrix is a free matrix."""
        names = [name for term in terms for name in _free(term)]
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
        if last.kind == "data":
            rest = term[:-1]
            if last.flip:
                return None
            width = last.shape[0]
        elif last.kind == "applied":
            found = self.chain(last.inner)
            if found is None or not found[1] or not found[1][-1].linear or last.layer is None:
                return None
            width, layers, used = found
            top = layers[-1]
            layers = (*layers[:-1], last.layer._replace(width=top.width, fixed=top.fixed))
            if top.fixed and top.matrix is not None:
                layers = (*layers[:-1], layers[-1]._replace(matrix=top.matrix))
            rest = term[:-1]
        elif self.has_data:
            return None
        else:
            width, rest = last.shape[1], term
        for f in reversed(rest):
            if f.kind not in ("free", "known"):
                return None
            values = f.values
            if values is not None and f.flip:
                values = rationals(transpose(values), "a matrix")
            size = f.shape[0]
            if not isinstance(size, int):
                return None
            layers = (*layers, Layer(size, fixed=f.kind == "known", matrix=values))
            used = (*used, f)
        return (width, layers, used) if layers and isinstance(width, int) else None


def of_map(value: dict[str, object], samples: tuple[int, int], logits: bool) -> Form:
    """The form of a matrix expression; ``logits`` as in ``of_network``."""
    reader, node = _Reader(value, samples), value["map"]
    top = node.get("apply") if isinstance(node, dict) and logits else None
    if isinstance(node, dict) and top is not None and activation(top)[0].name == "softmax":
        node = fields(node, ["apply", "to"], [], "an expression")["to"]
    rows, columns = reader.shape(node)
    data = reader.has_data
    need(data or "X" not in reader.matrices, "inputs without X in the map")
    width = reader.matrices["X"].shape[0] if data else columns
    need(isinstance(width, int), "the map has no input width")
    assert isinstance(width, int)
    tall = rows if isinstance(rows, int) else LARGEST
    repeats = len(set(reader.occurrences)) < len(reader.occurrences)
    affine = reader.degree(node) <= 1
    general = Form("general", width, tall, data, affine=affine, constant=not reader.occurrences)
    try:
        terms = reader.expand(node)
    except _NotAChain:
        return general
    moving = [term for term in terms if _free(term)]
    shifted = len(moving) < len(terms)
    if repeats:
        return _symmetric(moving, general, shifted)
    flipped = data and all(t[0].kind == "data" and t[-1].kind != "data" for t in moving)
    if flipped and logits:
        return general  # cross_entropy is over the rows
    chains = [reader.chain(_flip(term) if flipped else term) for term in moving]
    found = [chain for chain in chains if chain is not None]
    if not moving or len(found) < len(chains):
        return general
    outputs = found[0][1][-1].width
    base = Form("chain", width, outputs, data, found[0][1], affine=affine, shifted=shifted,
                absorbed=reader.absorbed, transposed=flipped)  # fmt: skip
    if len(found) == 1:
        return base
    for k, one in enumerate(moving):
        where = [i for i, f in enumerate(one) if f.kind == "free"]
        if len(where) == 1 and not any(f.kind == "applied" for f in one):
            left, right = _keys(one[: where[0]]), _keys(one[where[0] + 1 :])
            if all(len(t) > len(left) + len(right) and _keys(t[: len(left)]) == left
                   and _keys(t[len(t) - len(right) :]) == right for t in moving):  # fmt: skip
                return replace(base, layers=found[k][1], absorbed=True)
    merged = _merge(found)
    if merged is not None:
        return replace(base, layers=merged, merged=True)
    parts = tuple((inputs, layers) for inputs, layers, _ in found)
    return replace(base, kind="sum", layers=(), summands=parts)


def _keys(term: Term) -> list[object]:
    return [(f.kind, f.name, f.flip) if f.kind in ("known", "data") else object() for f in term]


def _symmetric(terms: list[Term], general: Form, shifted: bool) -> Form:
    """W W^T or W W^T X, W free."""
    if len(terms) != 1 or len(terms[0]) not in (2, 3):
        return general
    one, other, *rest = terms[0]
    good = one.kind == other.kind == "free" and one.name == other.name and one.flip != other.flip
    if not good or one.absorbed or other.absorbed or any(f.kind != "data" or f.flip for f in rest):
        return general
    rows, columns = one.shape
    assert isinstance(rows, int) and isinstance(columns, int)
    if bool(rest) != general.has_data:
        return general
    return replace(general, kind="symmetric", shape=(rows, columns), shifted=shifted)


def _merge(chains: list[tuple[int, tuple[Layer, ...], Term]]) -> tuple[Layer, ...] | None:
    """Products K B A R with the same known K, R, as one of the summed inner width."""
    frames = []
    for inputs, layers, used in chains:
        where = [k for k, layer in enumerate(layers) if not layer.fixed]
        if len(where) != 2 or where[1] != where[0] + 1:
            return None
        if not all(layer.linear for layer in layers[where[0] :]):
            return None
        below = [(la.name, la.linear, la.width) for la in layers[: where[0]]]
        frames.append(
            (inputs, where[0], below, _keys(used[: where[0]]), _keys(used[where[1] + 1 :]))
        )
    if any(frame != frames[0] for frame in frames):
        return None
    k = frames[0][1]
    total = sum(layers[k].width for _, layers, _ in chains)
    base = chains[0][1]
    return (*base[:k], base[k]._replace(width=total), *base[k + 1 :])
