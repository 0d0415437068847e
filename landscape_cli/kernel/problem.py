"""The document's grammar, and the evaluation of networks, losses and penalties at any weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from .algebra import Matrix, added, identity, product, transpose
from .expansions import (
    ACTIVATIONS,
    LOSSES,
    Pieces,
    activation_table,
    call,
    loss_table,
    pieces,
    piecewise,
    sides,
    total,
)
from .numbers import HALF, ONE, ZERO, Element, Number, constant, function, need, rational

MOST_ENTRIES = 4_000_000  # numbers in one matrix
MOST_LAYERS = 1000
MOST_COPIES = 10**18  # of one sample
Reader: TypeAlias = Callable[[Any, str], Any]  # of (value, what it is called in a rejection)
Weights: TypeAlias = dict[str, Matrix]  # biases are matrices with one column

# --- reading --------------------------------------------------------------------------------------


def keep(value: Any, _: str) -> Any:
    """Any value, as it is."""
    return value


def boolean(value: Any, what: str) -> bool:
    """True or false."""
    need(isinstance(value, bool), f"{what} is not true or false")
    return bool(value)


def whole(low: int, high: int) -> Reader:
    """An integer from ``low`` to ``high``."""

    def read(value: Any, what: str) -> int:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        need(good, f"{what} is not an integer from {low} to {high}")
        return int(value)

    return read


def ranged(good: Callable[[Fraction], bool]) -> Reader:
    """A rational in a range."""

    def read(value: Any, what: str) -> Fraction:
        found = rational(value, what)
        need(good(found), f"{what} is out of range")
        return found

    return read


def array(item: Reader, length: int | None = None) -> Reader:
    """A list (of that length); equal strings are read once, so ``item`` has no side effects."""

    def read(value: Any, what: str) -> list[Any]:
        good = isinstance(value, list) and length in (None, len(value))
        need(good, f"{what} is not a list" + ("" if length is None else f" of length {length}"))
        known: dict[str, Any] = {}
        for x in value:
            if isinstance(x, str) and x not in known:
                known[x] = item(x, f"an entry of {what}")
        return [known[x] if isinstance(x, str) else item(x, f"an entry of {what}") for x in value]

    return read


def table(rows: int, columns: int | None, entry: Reader = rational) -> Reader:
    """A matrix of that shape, any number of columns if None."""

    def read(value: Any, what: str) -> Matrix:
        lines = array(keep, rows)(value, what)
        width = columns or (len(lines[0]) if lines and isinstance(lines[0], list) else 0)
        good = 0 < rows * width <= MOST_ENTRIES
        need(good, f"{what} has no entries, or more than {MOST_ENTRIES}")
        flat = array(entry)([x for row in lines for x in array(keep, width)(row, what)], what)
        return [flat[i * width : (i + 1) * width] for i in range(rows)]

    return read


def column(rows: int, entry: Reader = rational) -> Reader:
    """A bias: a list, as a matrix with one column."""
    return lambda value, what: [[x] for x in array(entry, rows)(value, what)]


def record(value: Any, what: str, required: Mapping[str, Reader],
           optional: Mapping[str, Reader] = {}) -> dict[str, Any]:  # fmt: skip
    """The value as an object with exactly these fields, each read."""
    need(isinstance(value, dict), f"{what} is not an object")
    readers = {**required, **optional}
    for name in value:
        need(name in readers, f"{what} has an unknown field {str(name)[:40]!r}")
    for name in required:
        need(name in value, f"{what} lacks the field {name!r}")
    return {name: readers[name](x, f"{name} of {what}") for name, x in value.items()}


POSITIVE, AT_LEAST_0 = ranged(lambda x: x > 0), ranged(lambda x: x >= 0)
PARAMETERS: dict[str, Reader] = {  # of activations and losses, by the name of the field
    "slope": rational, "alpha": POSITIVE, "delta": POSITIVE, "p": POSITIVE, "c": POSITIVE,
    "eps": AT_LEAST_0, "tau": ranged(lambda x: 0 < x < 1),
}  # fmt: skip
OWN = {"leaky_relu": "slope", "prelu": "slope", "elu": "alpha", "celu": "alpha", "huber": "delta",
       "quantile": "tau", "epsilon_insensitive": "eps", "lp": "p", "tukey": "c",
       "weighted_squared": "weights", "masked_squared": "weights", "linear_loss": "coefficients",
       "quadratic_form": "forms"}  # fmt: skip


def named(value: Any, what: str, names: Sequence[str],
          readers: Mapping[str, Reader] = PARAMETERS) -> tuple[str, Any]:  # fmt: skip
    """The name of an activation or a loss and its parameter, 0 if it has none."""
    name = str(value.get("name")) if isinstance(value, dict) else ""
    need(name in names, f"unknown {what} {name[:40]!r}")
    own = OWN.get(name, "")
    fields = {"name": keep, **({own: readers[own]} if own in readers else {})}
    return name, record(value, f"the {what} {name}", fields).get(own, ZERO)


def weight(value: Any, what: str) -> Number:
    """A weight: a rational, or a rational multiple of a logarithm."""
    if isinstance(value, str):
        return rational(value, what)
    base = ranged(lambda x: x > 0 and x != 1)
    parts = record(value, what, {"log": base}, {"times": rational})
    found: Number = function("log", parts["log"]) * parts.get("times", ONE)
    return found


def matrices(shapes: Mapping[str, tuple[int, int]], entry: Reader = weight) -> dict[str, Reader]:
    """The readers of matrices and biases of those shapes, by name."""
    return {name: column(rows, entry) if name[0] == "b" else table(rows, columns, entry)
            for name, (rows, columns) in shapes.items()}  # fmt: skip


def penalties(value: Any, count: int) -> tuple[str | None, list[Fraction]]:
    """(kind, or None if nothing is penalised; the rate of each layer)."""
    if value is None:
        return None, [ZERO] * count
    both = {"l1": keep, "l2": keep}
    found = list(record(value, "the regularizer", {}, both).items())
    need(len(found) == 1, "the regularizer does not have exactly one of l1, l2")
    kind, rate = found[0]
    given = rate if isinstance(rate, list) else [rate] * count
    rates = array(AT_LEAST_0, count)(given, "the values of the regularizer")
    return (kind if any(rates) else None), rates


@dataclass(frozen=True)
class Problem:
    """What is minimised, with its data.

    A symmetric map is the linear network n -> k -> n with W1 = W^T and W2 = W, of X or of I.
    """

    widths: list[int]
    activations: list[str]
    parts: list[Pieces]  # of the activations
    biases: list[bool]  # a fixed bias that is 0 is none
    skip: list[bool]
    fixed: Weights
    symmetric: bool
    penalty: str | None
    rates: list[Fraction]
    inputs: Matrix
    targets: Matrix | None
    counts: list[int] | None  # how often each sample stands; None: once
    loss: str
    setting: Any  # the parameter of the loss, or its weights, coefficients, forms

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


def layer_shapes(widths: Sequence[int], biases: Sequence[bool]) -> dict[str, tuple[int, int]]:
    """The shapes of all matrices and biases of a network."""
    shapes = {}
    for k, bias in enumerate(biases, 1):
        shapes[f"W{k}"] = (widths[k], widths[k - 1])
        shapes.update({f"b{k}": (widths[k], 1)} if bias else {})
    return shapes


def read_network(value: Any) -> dict[str, Any]:
    """The widths, activations, biases, skips, fixed layers and penalty of a network."""
    what, first = "the problem", {"widths": array(whole(1, 10**6))}
    widths = first["widths"](value.get("widths"), "widths")
    depth = len(widths) - 1
    need(1 <= depth <= MOST_LAYERS, f"the depth is not between 1 and {MOST_LAYERS}")
    switches, one = (
        array(boolean, depth),
        array(lambda x, _: named(x, "activation", [*ACTIVATIONS])),
    )
    required = {**first, "activations": one, "biases": switches, "loss": keep}
    parts = record(value, what, required, {"skip": switches, "fixed": keep, "regularizer": keep})
    names, biases = parts["activations"], parts["biases"]
    need(len(names) == depth, "activations are not one a layer")
    skip = parts.get("skip", [False] * depth)
    level = all(widths[k] == widths[k + 1] for k in range(depth) if skip[k])
    need(level, "a skip between different widths")
    readers = matrices(layer_shapes(widths, biases), rational)
    fixed = record(parts.get("fixed", {}), "fixed", {}, readers)
    for k, bias in enumerate(biases, 1):
        both = not bias or (f"b{k}" in fixed) == (f"W{k}" in fixed)
        need(both, f"the bias of layer {k} is fixed exactly when its matrix is")
        if bias and not any(x for (x,) in fixed.get(f"b{k}", [[ONE]])):
            biases[k - 1] = False
            del fixed[f"b{k}"]
    penalty, rates = penalties(parts.get("regularizer"), depth)
    return {"widths": widths, "activations": [name for name, _ in names], "biases": biases,
            "parts": [activation_table(p)[name] for name, p in names], "skip": skip, "fixed": fixed,
            "symmetric": False, "penalty": penalty, "rates": rates}  # fmt: skip


def read_symmetric(value: Any) -> dict[str, Any]:
    """The same of a symmetric map."""
    shape = array(whole(1, 10**6), 2)
    required = {"map": keep, "shape": shape, "loss": keep}
    parts = record(value, "the problem", required, {"regularizer": keep})
    need(parts["map"] in ("W*W^T", "W*W^T*X"), "the map is neither W*W^T nor W*W^T*X")
    (n, k), (penalty, rates) = parts["shape"], penalties(parts.get("regularizer"), 1)
    return {"widths": [n, k, n], "activations": ["linear"] * 2, "biases": [False] * 2,
            "parts": [pieces([0, 1])] * 2, "skip": [False] * 2, "fixed": {}, "symmetric": True,
            "penalty": penalty, "rates": rates}  # fmt: skip


def read_problem(value: Any, data: Any) -> Problem:
    """The problem and its data, shapes and ranges checked."""
    need(isinstance(value, dict), "the problem is not an object")
    found = read_symmetric(value) if "map" in value else read_network(value)
    inner, outputs = found["widths"][0], found["widths"][-1]
    name = value.get("loss").get("name") if isinstance(value.get("loss"), dict) else None
    free = name in ("linear_loss", "quadratic_form")
    required = {} if value.get("map") == "W*W^T" else {"X": table(inner, None)}
    given = record(data, "the data", {**required, **({} if free else {"Y": keep})},
                   {"Y": keep, "counts": keep})  # fmt: skip
    inputs = given["X"] if "X" in given else identity(inner, inner)
    rows, samples = outputs, len(inputs[0])
    targets = table(rows, samples)(given["Y"], "Y") if "Y" in given else None
    counts = None
    if "counts" in given:
        single = "X" in given and name != "quadratic_form"
        need(single, "counts need samples X, and a loss that is a sum over them")
        counts = array(whole(1, MOST_COPIES), samples)(given["counts"], "counts")
    form = {"coefficients": table(rows, samples), "target": rational, "weight": AT_LEAST_0}
    mask = ranged(lambda x: x in (0, 1)) if name == "masked_squared" else AT_LEAST_0
    loss, setting = named(value.get("loss"), "loss", [*LOSSES, "cross_entropy", "quadratic_form"], {
        **PARAMETERS, "weights": table(rows, samples, mask), "coefficients": table(rows, samples),
        "forms": array(lambda x, what: record(x, what, form))})  # fmt: skip
    if not free:
        check_targets(loss, targets or [])
    return Problem(**found, inputs=inputs, targets=None if free else targets,
                   counts=counts, loss=loss, setting=setting)  # fmt: skip


def check_targets(loss: str, targets: Matrix) -> None:
    """Labels, distributions and counts are what the loss asks for."""
    flat = [y for row in targets for y in row]
    if loss in LOSSES and LOSSES[loss] == "margin":
        need(all(abs(y) == 1 for y in flat), f"a label of {loss} is not 1 or -1")
    if loss in ("poisson", "cross_entropy"):
        need(min(flat) >= 0, f"a target of {loss} is negative")
    if loss == "cross_entropy":
        good = all(sum(column) == 1 for column in zip(*targets, strict=True))
        need(good, "a column of Y is not a distribution")


# --- evaluation -----------------------------------------------------------------------------------


def activated(name: str, parts: Pieces, before: Matrix, one_sided: bool) -> Matrix:
    """An activation at every entry; equal rationals and the same rows are computed once."""
    values: dict[Fraction, Element] = {}
    rows: dict[int, list[Element]] = {}

    def at(x: Element) -> Element:
        if name == "step":
            below, above = sides(parts, constant(x), "a value")
            need(below == above, "a value at a jump")
        return piecewise(parts, x, one_sided, "a value at a breakpoint")

    for row in before if name != "linear" else ():
        if id(row) not in rows:
            values.update({x: at(x) for x in row if isinstance(x, Fraction) and x not in values})
            rows[id(row)] = [values[x] if isinstance(x, Fraction) else at(x) for x in row]
    return before if name == "linear" else [rows[id(row)] for row in before]


def layers(problem: Problem, weights: Weights, one_sided: bool = False, start: int = 0,
           inputs: Matrix | None = None) -> list[tuple[Matrix, Matrix]]:  # fmt: skip
    """(pre-activation, output) of the layers from ``start`` on, on ``inputs`` or the data."""
    everything = {**problem.fixed, **weights}
    if problem.symmetric:
        everything = {"W1": transpose(weights["W"]), "W2": weights["W"]}
    current = problem.inputs if inputs is None else inputs
    result = []
    for k in range(start, problem.depth):
        before = product(everything[f"W{k + 1}"], current)
        if problem.biases[k]:
            shift = everything[f"b{k + 1}"]
            before = [[x + b for x in row] for row, (b,) in zip(before, shift, strict=True)]
        after = activated(problem.activations[k], problem.parts[k], before, one_sided)
        current = added(after, current) if problem.skip[k] else after
        result.append((before, current))
    return result


def affine_part(problem: Problem, weights: Weights, start: int) -> tuple[Matrix, list[Number]]:
    """(Z, c): what the linear layers from ``start`` on do, z -> Z z + c."""
    width = problem.widths[start]
    probe = identity(width, width + 1)
    found = layers(problem, weights, start=start, inputs=probe)[-1][1]
    return [[x - row[-1] for x in row[:-1]] for row in found], [row[-1] for row in found]


Block: TypeAlias = list[tuple[int, int]]  # outputs (row, sample) that the loss sees together


def blocks(problem: Problem) -> list[Block]:
    """The loss is a sum over these: entries, columns, or all outputs at once."""
    rows, samples = problem.shape
    if problem.loss == "cross_entropy":
        return [[(i, j) for i in range(rows)] for j in range(samples)]
    entries = [(i, j) for i in range(rows) for j in range(samples)]
    return [entries] if problem.loss == "quadratic_form" else [[place] for place in entries]


def block_loss(problem: Problem, block: Block, z: list[Element], one_sided: bool) -> Element:
    """The loss of one block, z its outputs, as often as its sample stands."""
    value = loss_once(problem, block, z, one_sided)
    return value * Fraction(problem.counts[block[0][1]]) if problem.counts else value


def loss_once(problem: Problem, block: Block, z: list[Element], one_sided: bool) -> Element:
    """The loss of one block of a sample that stands once."""
    if problem.loss == "quadratic_form":
        squares = []
        for form in problem.setting:
            c = [form["coefficients"][i][j] for i, j in block]
            residual = total(a * x for a, x in zip(c, z, strict=True) if a) - form["target"]
            squares.append(residual * residual * (form["weight"] / 2))
        return total(squares)
    if problem.loss == "cross_entropy":
        assert problem.targets is not None
        shifts = [ZERO, *(x - z[0] for x in z[1:])]
        mass = call("log", total(call("exp", shift) for shift in shifts))
        hits = (s * problem.targets[i][j] for (i, j), s in zip(block, shifts, strict=True))
        return mass - total(hits)
    x, parts = problem.entry(block[0], z[0])
    return piecewise(parts, x, one_sided, "an output's place")


def per_block(problem: Problem, outputs: Matrix, compute: Callable[[Block, list[Element]], Any]
              ) -> list[tuple[Block, Any]]:  # fmt: skip
    """Each block with what is computed of it; once for entries with equal loss and value."""
    known: dict[Any, Any] = {}
    found = []
    for block in blocks(problem):
        z, (i, j) = [outputs[i][j] for i, j in block], block[0]
        key: Any = (i, j)
        if problem.loss in LOSSES:
            tables = (problem.targets, problem.setting)  # where equal strings are one object
            key = z[0], *(id(rows[i][j]) for rows in tables if isinstance(rows, list))
            key = *key, problem.counts[j] if problem.counts else 1
        if key not in known:
            known[key] = compute(block, z)
        found.append((block, known[key]))
    return found


def objective(problem: Problem, weights: Weights, one_sided: bool = False) -> Element:
    """Loss plus penalty, over the trained matrices."""
    outputs = layers(problem, weights, one_sided)[-1][1]
    losses = per_block(problem, outputs, lambda b, z: block_loss(problem, b, z, one_sided))
    found, size = [value for _, value in losses], pieces([0, -1], 0, [0, 1])
    for name, rows in weights.items():
        rate = problem.rates[int(name[1:] or 1) - 1]
        for x in (x for row in rows for x in row if x and rate and name[0] == "W"):
            l1 = problem.penalty == "l1"
            value = piecewise(size, x, one_sided, "a weight") if l1 else x * x * HALF
            found.append(value * rate)
    return total(found)
