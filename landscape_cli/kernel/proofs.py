"""Proofs that every local minimum is global: the side conditions of one theorem, recomputed.

The theorems themselves (theory.md, sections 2 and 3) are proved on paper; what is re-checked here
is that the stated problem satisfies the named theorem, from the problem alone. Loss properties
come from this file's own table. Unknown ranks and sample counts are taken at their worst.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .numbers import Rejection, rational
from .problem import ACTIVATIONS, ENTRYWISE, PARAMETERS, fields, integer, read_penalty, sequence

SCHEMA = "landscape/proof/1"
CLASSES = ("convex", "convex differentiable", "convex smooth")
KINKED = ("absolute", "quantile", "epsilon_insensitive", "hinge", "zero_one", "lp")
LARGEST = 10**9


@dataclass(frozen=True)
class Statement:
    """What a positive verdict is about: all data with these widths, ranks and sample counts."""

    widths: tuple[int, ...]
    symmetric: str | None
    linear: bool
    biases: tuple[bool, ...]
    skip: bool
    loss: str
    convex: bool
    differentiable: bool
    penalty: str | None
    everywhere: bool  # the penalty is positive on every layer
    inputs: int  # the effective input width at its largest, 0 if the bias pattern is not covered
    outputs: int  # the effective output width


def _need(condition: bool, what: str) -> None:
    if not condition:
        raise Rejection(what)


def _loss(value: object) -> tuple[str, bool, bool]:
    if isinstance(value, dict) and "class" in value:
        name = fields(value, ["class"], [], "the loss")["class"]
        _need(isinstance(name, str) and name in CLASSES, "unknown class of losses")
        return f"class {name}", True, name != "convex"
    name = value.get("name") if isinstance(value, dict) else None
    _need(isinstance(name, str) and name in (*ENTRYWISE, "cross_entropy"), "unknown loss")
    own = [PARAMETERS[str(name)]] if name in PARAMETERS else []
    parts = fields(value, ["name", *own], [], "the loss")
    parameter = rational(parts[own[0]], own[0]) if own else None
    convex, differentiable = name not in ("zero_one", "tukey"), name not in KINKED
    if parameter is not None:
        bounded = {"quantile": 0 < parameter < 1, "epsilon_insensitive": parameter >= 0}
        _need(bounded.get(str(name), parameter > 0), f"the parameter of {name} is out of range")
        if name == "lp":
            convex, differentiable = parameter >= 1, parameter > 1
            name = "squared" if parameter == 2 else name
    return str(name), convex, differentiable


def read_statement(value: object) -> Statement:
    """The problem of a proof; unknown fields and shapes are rejections."""
    _need(isinstance(value, dict), "the problem is not an object")
    assert isinstance(value, dict)
    if "map" in value:
        parts = fields(value, ["map", "shape", "loss"], ["regularizer"], "the problem")
        _need(parts["map"] in ("W*W^T", "W*W^T*X"), "unknown map")
        shape = sequence(parts["shape"], 2, "shape")
        sizes = tuple(integer(d, 1, LARGEST, "an entry of shape") for d in shape)
        penalty, rates = read_penalty(parts.get("regularizer"), 1)
        loss, convex, smooth = _loss(parts["loss"])
        everywhere = min(rates) > 0
        return Statement(sizes, str(parts["map"]), False, (), False, loss, convex, smooth, penalty,
                         everywhere, sizes[0], sizes[0])  # fmt: skip
    required = ["widths", "activations", "biases", "loss"]
    parts = fields(value, required, ["skip", "regularizer", "rank_x", "samples"], "the problem")
    widths = sequence(parts["widths"], None, "widths")
    sizes = tuple(integer(d, 1, LARGEST, "a width") for d in widths)
    depth = len(sizes) - 1
    _need(1 <= depth <= 1000, "the depth is not between 1 and 1000")
    names = []
    for one in sequence(parts["activations"], depth, "activations"):
        name = one.get("name") if isinstance(one, dict) else None
        _need(isinstance(name, str) and name in ACTIVATIONS, "unknown activation")
        names.append(name)
    switches = [parts["biases"], parts.get("skip", [False] * depth)]
    for row in switches:
        found = sequence(row, depth, "biases or skip")
        _need(all(isinstance(x, bool) for x in found), "biases or skip are not true and false")
    biases = tuple(bool(x) for x in sequence(switches[0], depth, "biases"))
    skips = sequence(switches[1], depth, "skip")
    _need(all(sizes[i] == sizes[i + 1] for i in range(depth) if skips[i]), "a skip between widths")
    penalty, rates = read_penalty(parts.get("regularizer"), depth)
    rank, samples = (
        LARGEST + 1 if parts.get(key) is None else integer(parts[key], 0, LARGEST, key)
        for key in ("rank_x", "samples")
    )
    loss, convex, smooth = _loss(parts["loss"])
    inputs = min(sizes[0], rank, samples)
    if biases[-1]:  # centred data
        inputs = min(sizes[0], rank, samples - 1)
    elif biases[0] and not any(biases[1:]):  # a row of ones
        inputs = min(sizes[0] + 1, rank + 1, samples)
    elif any(biases):
        inputs = 0
    outputs = sizes[-1] - (loss == "cross_entropy")
    linear = all(name == "linear" for name in names)
    return Statement(sizes, None, linear, biases, any(skips), loss, convex, smooth, penalty,
                     min(rates) > 0, inputs, outputs)  # fmt: skip


def _linear(s: Statement) -> int:
    """The common side conditions of section 2; returns the least hidden width."""
    _need(s.symmetric is None and s.linear, "linear-activations: the network is not linear")
    _need(s.penalty is None, "no-regularizer: there is a regularizer")
    _need(s.inputs >= 1 and s.outputs >= 1, "bias-pattern, or an effective width of 0")
    return min(s.widths[1:-1], default=LARGEST + 1)


def _no_bottleneck(s: Statement, hidden: int) -> None:
    _need(s.convex and s.differentiable, "convex-loss and differentiable-loss")
    _need(hidden >= min(s.inputs, s.outputs), "no-bottleneck: a hidden layer is too narrow")


def _convex_problem(s: Statement) -> None:
    _need(s.symmetric is None and s.linear and len(s.widths) == 2, "affine-in-parameters")
    _need(s.convex, "convex-loss")


def _squared(s: Statement) -> None:
    _linear(s)
    _need(s.loss == "squared", "squared-loss")


def _two_layer_squared(s: Statement) -> None:
    _squared(s)
    _need(len(s.widths) == 3, "two-layers")


def _open_everywhere(s: Statement) -> None:
    hidden = _linear(s)
    _need(s.convex, "convex-loss")
    _need(hidden >= s.inputs + s.outputs - 1, "open-widths: a hidden layer is too narrow")


def _linear_loss(s: Statement) -> None:
    _linear(s)
    _need(s.loss == "linear_loss", "linear-loss")


def _two_layer_decay(s: Statement) -> None:
    _need(s.symmetric is None and s.linear and len(s.widths) == 3, "linear-activations, two-layers")
    _need(s.penalty == "l2" and s.everywhere and not s.skip, "l2-on-every-layer, without a skip")
    _need(s.biases[-1] or not any(s.biases), "bias-pattern")
    _need(s.inputs >= 1 and s.outputs >= 1, "an effective width is 0")
    _no_bottleneck(s, s.widths[1])


def _symmetric_wide(s: Statement) -> None:
    _need(s.symmetric is not None and s.penalty != "l1", "a symmetric map, no l1 penalty")
    _need(s.convex, "convex-loss")
    _need(s.widths[1] >= s.widths[0], "factor-wide-enough")


def _symmetric_squared(s: Statement) -> None:
    _need(s.symmetric == "W*W^T" and s.penalty != "l1", "the map W*W^T, no l1 penalty")
    _need(s.loss == "squared", "squared-loss")


THEOREMS: dict[str, Callable[[Statement], None]] = {
    "convex-problem": _convex_problem,
    "linear-no-bottleneck": lambda s: _no_bottleneck(s, _linear(s)),
    "linear-squared": _squared,
    "two-layer-squared": _two_layer_squared,
    "linear-open-everywhere": _open_everywhere,
    "linear-loss-linear": _linear_loss,
    "two-layer-decay": _two_layer_decay,
    "symmetric-wide": _symmetric_wide,
    "symmetric-squared": _symmetric_squared,
}


def check_proof(document: dict[str, object]) -> str:
    """Re-check a proof; the theorem's id, or a rejection that names the side condition."""
    parts = fields(document, ["schema", "problem", "steps"], [], "the document")
    (step,) = sequence(parts["steps"], 1, "steps")
    theorem = fields(step, ["theorem"], [], "a step")["theorem"]
    if not isinstance(theorem, str) or theorem not in THEOREMS:
        raise Rejection("unknown theorem")
    THEOREMS[theorem](read_statement(parts["problem"]))
    return theorem
