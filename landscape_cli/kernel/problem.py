"""The document's grammar, and the evaluation of networks, losses and penalties at any weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from ..exact import numbers as n
from ..exact.algebra import Matrix, added, identity, product, transpose
from ..exact.expansions import Pieces, call, pieces, piecewise, sides
from ..exact.numbers import HALF, ONE, ZERO, Element, need, rational, total
from ..exact.reading import Reader, array, boolean, keep, ranged, record, table, whole
from .tables import ACTIVATIONS, LOSSES, activation_table, loss_table

Weights: TypeAlias = dict[str, Matrix]  # biases are matrices with one column
Block: TypeAlias = list[tuple[int, int]]  # outputs (row, sample) that the loss sees together
POSITIVE, AT_LEAST_0 = ranged(lambda x: x > 0), ranged(lambda x: x >= 0)
PARAMETERS = {  # of activations and losses: the name of the field, its reader
    "leaky_relu": ("slope", rational), "prelu": ("slope", rational), "elu": ("alpha", POSITIVE),
    "celu": ("alpha", POSITIVE), "huber": ("delta", POSITIVE), "lp": ("p", POSITIVE),
    "tukey": ("c", POSITIVE), "epsilon_insensitive": ("eps", AT_LEAST_0),
    "quantile": ("tau", ranged(lambda x: 0 < x < 1)),
}  # fmt: skip


def named(value: Any, what: str, names: Sequence[str],
          fields: Mapping[str, tuple[str, Reader]] = PARAMETERS) -> tuple[str, Any]:  # fmt: skip
    """The name of an activation or a loss and its parameter, 0 if it has none."""
    name = str(value.get("name")) if isinstance(value, dict) else ""
    need(name in names, f"unknown {what} {name[:40]!r}")
    own, reader = fields.get(name, ("name", keep))
    found = record(value, f"the {what} {name}", {"name": keep, own: reader})
    return name, ZERO if own == "name" else found[own]


def weight(value: Any, what: str) -> Element:
    """A weight: a rational, or a rational multiple of a logarithm."""
    if isinstance(value, str):
        return rational(value, what)
    base = ranged(lambda x: x > 0 and x != 1)
    parts = record(value, what, {"log": base}, {"times": rational})
    return n.function("log", parts["log"]) * parts.get("times", ONE)


def matrices(shapes: Mapping[str, tuple[int, int]], entry: Reader = weight) -> dict[str, Reader]:
    """The readers of matrices, and of biases as matrices of one column, by name."""

    def column(rows: int) -> Reader:
        return lambda value, what: [[x] for x in array(entry, rows)(value, what)]

    return {name: column(rows) if name[0] == "b" else table(rows, columns, entry)
            for name, (rows, columns) in shapes.items()}  # fmt: skip


def penalties(value: Any, count: int) -> tuple[str | None, list[Fraction]]:
    """(kind, or None if nothing is penalised; the rate of each layer)."""
    given = {"l2": "0"} if value is None else value
    found = record(given, "the regularizer", {}, {"l1": keep, "l2": keep})
    need(len(found) == 1, "the regularizer does not have exactly one of l1, l2")
    ((kind, rate),) = found.items()
    listed = rate if isinstance(rate, list) else [rate] * count
    rates = array(AT_LEAST_0, count)(listed, "the values of the regularizer")
    return (kind if any(rates) else None), rates


def layer_shapes(widths: Sequence[int], biases: Sequence[bool]) -> dict[str, tuple[int, int]]:
    """The shapes of all matrices and biases of a network."""
    shapes = {}
    for k, bias in enumerate(biases, 1):
        shapes[f"W{k}"] = (widths[k], widths[k - 1])
        shapes.update({f"b{k}": (widths[k], 1)} if bias else {})
    return shapes


def activated(name: str, parts: Pieces, before: Matrix, one_sided: bool) -> Matrix:
    """An activation at every entry, at equal rationals once; a jump is a rejection."""

    def at(x: Element) -> Element:
        if name == "step":
            below, above = sides(parts, n.constant(x), "a value")
            need(below == above, "a value at a jump")
        return piecewise(parts, x, one_sided, "a value at a breakpoint")

    if name == "linear":
        return before
    known = {x: at(x) for x in {x for row in before for x in row if isinstance(x, Fraction)}}
    return [[known[x] if isinstance(x, Fraction) else at(x) for x in row] for row in before]


@dataclass(frozen=True)
class Problem:
    """What is minimised, with its data.

    A symmetric map is the network n -> k -> n with W1 = W^T, W2 = W. ``parts``: the pieces of the
    activations; ``setting``: the loss's parameter, weights, coefficients or forms.
    """

    widths: list[int]
    activations: list[str]
    parts: list[Pieces]
    biases: list[bool]
    skip: list[bool]
    fixed: Weights
    symmetric: bool
    penalty: str | None
    rates: list[Fraction]
    inputs: Matrix
    targets: Matrix | None
    counts: list[int]  # how often each sample stands
    loss: str
    setting: Any

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.activations)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns (samples) of the outputs."""
        return self.widths[-1], len(self.inputs[0])

    @property
    def trained(self) -> dict[str, tuple[int, int]]:
        """The shapes of the trained matrices and biases."""
        if self.symmetric:
            return {"W": (self.widths[0], self.widths[1])}
        shapes = layer_shapes(self.widths, self.biases)
        return {name: shape for name, shape in shapes.items() if name not in self.fixed}

    def entry(self, place: tuple[int, int], z: Element) -> tuple[Element, Pieces]:
        """The argument and the pieces of the loss of one entry."""
        i, j = place
        y = self.targets[i][j] if self.targets else ZERO
        w = self.setting[i][j] if isinstance(self.setting, list) else ONE
        p = ONE if isinstance(self.setting, list) else self.setting
        kind, parts = loss_table(p, y, w)[self.loss]
        return z - y if kind == "residual" else z * y if kind == "margin" else z, parts

    def layers(self, weights: Weights, one_sided: bool = False, start: int = 0,
               inputs: Matrix | None = None) -> list[tuple[Matrix, Matrix]]:  # fmt: skip
        """(pre-activation, output) of the layers from ``start`` on, on ``inputs`` or the data."""
        everything = {**self.fixed, **weights}
        if self.symmetric:
            everything = {"W1": transpose(weights["W"]), "W2": weights["W"]}
        current = self.inputs if inputs is None else inputs
        result = []
        for k in range(start, self.depth):
            before = product(everything[f"W{k + 1}"], current)
            if self.biases[k]:
                before = added(before, [b * len(current[0]) for b in everything[f"b{k + 1}"]])
            after = activated(self.activations[k], self.parts[k], before, one_sided)
            current = added(after, current) if self.skip[k] else after
            result.append((before, current))
        return result

    def affine_part(self, weights: Weights, start: int) -> Matrix:
        """[Z, c]: what the linear layers from ``start`` on do, z -> Z z + c."""
        width = self.widths[start]
        found = self.layers(weights, start=start, inputs=identity(width, width + 1))[-1][1]
        return [[*(x - row[-1] for x in row[:-1]), row[-1]] for row in found]

    def block_loss(self, block: Block, z: list[Element], one_sided: bool) -> Element:
        """The loss of one block, z its outputs."""
        if self.loss == "quadratic_form":
            squares = []
            for form in self.setting:
                c = [form["coefficients"][i][j] for i, j in block]
                residual = total(a * x for a, x in zip(c, z, strict=True) if a) - form["target"]
                squares.append(residual * residual * (form["weight"] * HALF))
            return total(squares)
        count = Fraction(self.counts[block[0][1]])
        if self.loss == "cross_entropy":
            assert self.targets is not None
            shifts = [ZERO, *(x - z[0] for x in z[1:])]
            mass = call("log", total(call("exp", shift) for shift in shifts))
            hits = (s * self.targets[i][j] for (i, j), s in zip(block, shifts, strict=True))
            return (mass - total(hits)) * count
        x, parts = self.entry(block[0], z[0])
        return piecewise(parts, x, one_sided, "an output's place") * count

    def per_block(self, outputs: Matrix, compute: Callable[[Block, list[Element]], Any]
                  ) -> Iterator[tuple[Block, Any]]:  # fmt: skip
        """Each block of the loss with what is computed of it, once if loss and value are equal."""
        rows, samples = map(range, self.shape)
        blocks = [[(i, j)] for i in rows for j in samples]
        if self.loss == "quadratic_form":
            blocks = [[place for (place,) in blocks]]
        elif self.loss == "cross_entropy":
            blocks = [[(i, j) for i in rows] for j in samples]
        tables = [m for m in (self.targets, self.setting) if isinstance(m, list)]
        known: dict[Any, Any] = {}
        for block in blocks:
            z, (i, j) = [outputs[i][j] for i, j in block], block[0]
            key: Any = (i, j)
            if self.loss in LOSSES:  # in the tables equal strings are one object
                key = z[0], self.counts[j], *(id(m[i][j]) for m in tables)
            if key not in known:
                known[key] = compute(block, z)
            yield block, known[key]

    def objective(self, weights: Weights, one_sided: bool = False) -> Element:
        """Loss plus penalty, over the trained matrices."""
        outputs = self.layers(weights, one_sided)[-1][1]
        losses = self.per_block(outputs, lambda b, z: self.block_loss(b, z, one_sided))
        found = [value for _, value in losses]
        size = pieces([0, -1], 0, [0, 1]) if self.penalty == "l1" else pieces([0, 0, HALF])
        for name, rows in weights.items():
            rate = self.rates[int(name[1:] or 1) - 1]
            found += [piecewise(size, x, one_sided, "a weight") * rate
                      for row in rows for x in row if x and rate and name[0] == "W"]  # fmt: skip
        return total(found)


def read_problem(value: Any, data: Any) -> Problem:
    """The problem and its data, shapes and ranges checked."""
    need(isinstance(value, dict), "the problem is not an object")
    symmetric, what, size = "map" in value, "the problem", whole(1, 10**6)
    if symmetric:
        required = {"map": keep, "shape": array(size, 2), "loss": keep}
        parts = record(value, what, required, {"regularizer": keep})
        need(parts["map"] in ("W*W^T", "W*W^T*X"), "the map is neither W*W^T nor W*W^T*X")
        (d, k), layer = parts["shape"], ("linear", ZERO)
        parts.update(widths=[d, k, d], activations=[layer] * 2, biases=[False] * 2)
    else:
        widths = array(size)(value.get("widths"), "widths")
        need(2 <= len(widths) <= 1001, "the depth is not between 1 and 1000")
        switches = array(boolean, len(widths) - 1)
        each = array(lambda x, _: named(x, "activation", ACTIVATIONS), len(widths) - 1)
        required = {"widths": keep, "activations": each, "biases": switches, "loss": keep}
        parts = record(value, what, required,
                       {"skip": switches, "fixed": keep, "regularizer": keep})  # fmt: skip
    widths, biases, names = parts["widths"], parts["biases"], parts["activations"]
    rows, depth = widths[-1], len(biases)
    skip = parts.get("skip", [False] * depth)
    for k in (k for k in range(depth) if skip[k]):
        need(widths[k] == widths[k + 1], "a skip between different widths")
    readers = matrices(layer_shapes(widths, biases), rational)
    fixed = record(parts.get("fixed", {}), "fixed", {}, readers)
    for k in (k for k in range(1, depth + 1) if biases[k - 1]):
        both = (f"b{k}" in fixed) == (f"W{k}" in fixed)
        need(both, f"the bias of layer {k} is fixed exactly when its matrix is")
        if not any(map(any, fixed.get(f"b{k}", [[ONE]]))):
            biases[k - 1] = False
            del fixed[f"b{k}"]
    penalty, rates = penalties(parts.get("regularizer"), 1 if symmetric else depth)

    name = parts["loss"].get("name") if isinstance(parts["loss"], dict) else None
    free = name in ("linear_loss", "quadratic_form")  # of targets
    required = {} if parts.get("map") == "W*W^T" else {"X": table(widths[0], None)}
    given = record(data, "the data", {**required, **({} if free else {"Y": keep})},
                   {"Y": keep, "counts": keep})  # fmt: skip
    inputs = given["X"] if "X" in given else identity(rows, rows)
    samples = len(inputs[0])
    matrix = table(rows, samples)
    targets = matrix(given["Y"], "Y") if "Y" in given else None
    single = "X" in given and name != "quadratic_form"
    need("counts" not in given or single, "counts need samples X, and a loss that is a sum")
    counts = array(whole(1, 10**18), samples)(given.get("counts", [1] * samples), "counts")
    form = {"coefficients": matrix, "target": rational, "weight": AT_LEAST_0}
    loss, setting = named(parts["loss"], "loss", [*LOSSES, "cross_entropy", "quadratic_form"], {
        **PARAMETERS, "weighted_squared": ("weights", table(rows, samples, AT_LEAST_0)),
        "masked_squared": ("weights", table(rows, samples, ranged(lambda x: x in (0, 1)))),
        "linear_loss": ("coefficients", matrix),
        "quadratic_form": ("forms", array(lambda x, what: record(x, what, form)))})  # fmt: skip
    if not free:
        check_targets(loss, targets or [])
    return Problem(widths, [name for name, _ in names], [activation_table(p)[name] for name, p in
                   names], biases, skip, fixed, symmetric, penalty, rates, inputs,
                   None if free else targets, counts, loss, setting)  # fmt: skip


def check_targets(loss: str, targets: Matrix) -> None:
    """Labels, distributions and counts are what the loss asks for."""
    flat = {y for row in targets for y in row}
    need(LOSSES.get(loss) != "margin" or flat <= {ONE, -ONE}, f"a label of {loss} is not 1 or -1")
    counts = loss not in ("poisson", "cross_entropy") or min(flat) >= 0
    need(counts, f"a target of {loss} is negative")
    sums = {sum(column) for column in zip(*targets, strict=True)}
    need(loss != "cross_entropy" or sums == {ONE}, "a column of Y is not a distribution")
