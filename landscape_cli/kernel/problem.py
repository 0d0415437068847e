"""The document's grammar, and the exact evaluation of networks, losses and penalties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial
from typing import TypeAlias

from . import numbers
from .algebra import Element, Matrix, Polynomial, Rows, product, transpose
from .numbers import HALF, ONE, ZERO, Interval, Number, Rejection, Symbolic, bounds, rational, sign

MOST_ENTRIES = 4_000_000  # numbers in one matrix
MOST_LAYERS = 1000
PARAMETERS = {"leaky_relu": "slope", "prelu": "slope", "elu": "alpha", "celu": "alpha",
              "huber": "delta", "quantile": "tau", "epsilon_insensitive": "eps", "lp": "p",
              "tukey": "c"}  # fmt: skip
ACTIVATIONS = ("linear", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "softplus", "gelu",
               "silu", "mish", "tanh", "sigmoid", "hard_tanh", "hard_sigmoid", "relu6", "softsign",
               "arctan", "erf", "sin", "quadratic", "cube", "step")  # fmt: skip
ENTRYWISE = ("squared", "weighted_squared", "masked_squared", "absolute", "quantile", "huber",
             "epsilon_insensitive", "log_cosh", "hinge", "squared_hinge", "logistic", "poisson",
             "lp", "linear_loss", "zero_one", "tukey")  # fmt: skip
LABELLED = ("hinge", "squared_hinge", "logistic", "zero_one")
Weights: TypeAlias = "dict[str, Matrix]"  # biases are matrices with one column


@dataclass(frozen=True)
class Problem:
    """What is minimised: a network, or a symmetric map (``widths`` is then (n, k))."""

    widths: tuple[int, ...]
    activations: tuple[tuple[str, Fraction], ...]
    biases: tuple[bool, ...]
    skip: tuple[bool, ...]
    fixed: Weights
    symmetric: str | None
    loss: str
    parameter: Fraction
    table: Rows | None  # weights or coefficients of the loss
    forms: tuple[tuple[Rows, Fraction, Fraction], ...]
    penalty: str | None
    rates: tuple[Fraction, ...]

    @property
    def depth(self) -> int:
        """The number of layers (1 for a symmetric map)."""
        return len(self.activations) if self.symmetric is None else 1

    @property
    def outputs(self) -> int:
        """The number of rows of the output."""
        return self.widths[0] if self.symmetric else self.widths[-1]

    @property
    def linear(self) -> bool:
        """Whether this is a network all of whose activations are the identity."""
        return self.symmetric is None and all(name == "linear" for name, _ in self.activations)

    def trained(self) -> dict[str, tuple[int, int]]:
        """The shapes of the trained matrices and biases."""
        if self.symmetric:
            return {"W": (self.widths[0], self.widths[1])}
        shapes = {}
        for i in range(1, self.depth + 1):
            shapes[f"W{i}"] = (self.widths[i], self.widths[i - 1])
            if self.biases[i - 1]:
                shapes[f"b{i}"] = (self.widths[i], 1)
        return {name: shape for name, shape in shapes.items() if name not in self.fixed}


@dataclass(frozen=True)
class Data:
    """Inputs and targets; ``inputs`` is None for the map W*W^T."""

    inputs: Rows | None
    targets: Rows | None
    samples: int


def fields(
    value: object, required: Sequence[str], optional: Sequence[str], what: str
) -> dict[str, object]:
    """The value as an object with exactly these fields."""
    if not isinstance(value, dict):
        raise Rejection(f"{what} is not an object")
    for name in value:
        if name not in required and name not in optional:
            raise Rejection(f"{what} has an unknown field {str(name)[:40]!r}")
    for name in required:
        if name not in value:
            raise Rejection(f"{what} lacks the field {name!r}")
    return value


def sequence(value: object, length: int | None, what: str) -> list[object]:
    """The value as a list (of that length)."""
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise Rejection(
            f"{what} is not a list" + ("" if length is None else f" of length {length}")
        )
    return value


def integer(value: object, low: int, high: int, what: str) -> int:
    """The value as an integer from ``low`` to ``high``."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Rejection(f"{what} is not an integer from {low} to {high}")
    return value


def matrix(value: object, rows: int, columns: int | None, what: str,
           entry: Callable[[object, str], Element] = rational) -> Matrix:  # fmt: skip
    """A matrix of that shape; ``entry`` reads one number."""
    lines = sequence(value, rows, what)
    if not lines:
        raise Rejection(f"{what} has no rows")
    if columns is None:
        columns = len(sequence(lines[0], None, f"a row of {what}"))
    if rows * columns > MOST_ENTRIES or columns == 0:
        raise Rejection(f"{what} has no columns, or more than {MOST_ENTRIES} entries")
    known: dict[str, Element] = {}
    result = []
    for line in lines:
        row = []
        for text in sequence(line, columns, f"a row of {what}"):
            if isinstance(text, str):
                if text not in known:
                    known[text] = entry(text, f"an entry of {what}")
                row.append(known[text])
            else:
                row.append(entry(text, f"an entry of {what}"))
        result.append(row)
    return result


def plain(value: object, rows: int, columns: int | None, what: str) -> Rows:
    """A matrix of rationals."""
    return [
        [x for x in row if isinstance(x, Fraction)] for row in matrix(value, rows, columns, what)
    ]


def weight(value: object, what: str) -> Number:
    """A weight: a rational, or a rational multiple of a logarithm."""
    if isinstance(value, str):
        return rational(value, what)
    parts = fields(value, ["log"], ["times"], what)
    base = rational(parts["log"], what)
    if base <= 0 or base == 1:
        raise Rejection(f"{what}: the logarithm of a number that is 1 or not positive")
    times = rational(parts["times"], what) if "times" in parts else ONE
    return Symbolic({("log", base): ONE}, numbers.PRECISIONS[0]) * times


def _switches(value: object, length: int, what: str) -> tuple[bool, ...]:
    found = sequence(value, length, what)
    if not all(isinstance(x, bool) for x in found):
        raise Rejection(f"{what} is not a list of true and false")
    return tuple(bool(x) for x in found)


def _named(
    value: object, names: Sequence[str], extra: Mapping[str, str], what: str
) -> tuple[str, dict[str, object]]:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise Rejection(f"{what} is not an object with a name")
    name = value["name"]
    if name not in names:
        raise Rejection(f"unknown {what} {name[:40]!r}")
    return name, fields(value, ["name", *([extra[name]] if name in extra else [])], [], what)


def _parameter(name: str, parts: dict[str, object]) -> Fraction:
    if name not in PARAMETERS:
        return ZERO
    value = rational(parts[PARAMETERS[name]], f"the parameter of {name}")
    if (name not in ("leaky_relu", "prelu") and value < 0) or (
        value == 0 and name in ("elu", "celu", "huber", "lp", "tukey")
    ):
        raise Rejection(f"the parameter of {name} is out of range")
    if name == "quantile" and not 0 < value < 1:
        raise Rejection("tau is not strictly between 0 and 1")
    return value


def read_problem(value: object, data: object) -> tuple[Problem, Data]:
    """The problem and its data, shapes checked."""
    if not isinstance(value, dict):
        raise Rejection("the problem is not an object")
    symmetric = None
    fixed: Weights = {}
    if "map" in value:
        parts = fields(value, ["map", "shape", "loss"], ["regularizer"], "the problem")
        if parts["map"] not in ("W*W^T", "W*W^T*X"):
            raise Rejection("the map is neither W*W^T nor W*W^T*X")
        symmetric = str(parts["map"])
        shape = sequence(parts["shape"], 2, "shape")
        widths = tuple(integer(d, 1, 10**6, "an entry of shape") for d in shape)
        activations: tuple[tuple[str, Fraction], ...] = ()
        biases: tuple[bool, ...] = ()
        skip: tuple[bool, ...] = ()
        depth = 1
    else:
        parts = fields(
            value,
            ["widths", "activations", "biases", "loss"],
            ["skip", "fixed", "regularizer"],
            "the problem",
        )
        widths = tuple(
            integer(d, 1, 10**6, "a width") for d in sequence(parts["widths"], None, "widths")
        )
        depth = len(widths) - 1
        if not 1 <= depth <= MOST_LAYERS:
            raise Rejection(f"the depth is not between 1 and {MOST_LAYERS}")
        found = [
            _named(a, ACTIVATIONS, PARAMETERS, "activation")
            for a in sequence(parts["activations"], depth, "activations")
        ]
        activations = tuple((name, _parameter(name, one)) for name, one in found)
        biases = _switches(parts["biases"], depth, "biases")
        skip = _switches(parts.get("skip", [False] * depth), depth, "skip")
        if any(skip[i] and widths[i] != widths[i + 1] for i in range(depth)):
            raise Rejection("a skip between different widths")
        given = fields(
            parts.get("fixed", {}), [], [f"{c}{i + 1}" for i in range(depth) for c in "Wb"], "fixed"
        )
        for i in range(depth):
            if f"W{i + 1}" in given:
                fixed[f"W{i + 1}"] = matrix(
                    given[f"W{i + 1}"], widths[i + 1], widths[i], f"fixed W{i + 1}"
                )
            if (f"b{i + 1}" in given) != (f"W{i + 1}" in given and biases[i]):
                raise Rejection(f"the bias of layer {i + 1} is fixed exactly when its matrix is")
            if f"b{i + 1}" in given:
                column = [
                    [x] for x in sequence(given[f"b{i + 1}"], widths[i + 1], f"fixed b{i + 1}")
                ]
                fixed[f"b{i + 1}"] = matrix(column, widths[i + 1], 1, f"fixed b{i + 1}")
    penalty, rates = read_penalty(parts.get("regularizer"), depth)
    extra = {n: PARAMETERS[n] for n in ENTRYWISE if n in PARAMETERS}
    extra.update(weighted_squared="weights", masked_squared="weights")
    extra.update(linear_loss="coefficients", quadratic_form="forms")
    loss, settings = _named(
        parts["loss"], (*ENTRYWISE, "cross_entropy", "quadratic_form"), extra, "loss"
    )
    outputs = widths[0] if symmetric else widths[-1]
    free = loss in ("linear_loss", "quadratic_form")
    names = [] if symmetric == "W*W^T" else ["X"]
    given = fields(data, names + ([] if free else ["Y"]), ["Y"] if free else [], "the data")
    inputs = plain(given["X"], widths[0], None, "X") if names else None
    samples = len(inputs[0]) if inputs else widths[0]
    targets = plain(given["Y"], outputs, samples, "Y") if "Y" in given else None
    if not free and targets is not None:
        check_targets(loss, targets)
    table, forms = None, []
    if loss in ("weighted_squared", "masked_squared", "linear_loss"):
        table = plain(settings[extra[loss]], outputs, samples, extra[loss])
        low = {"weighted_squared": ZERO, "masked_squared": ZERO}.get(loss)
        if low is not None and any(
            x < 0 or (loss == "masked_squared" and x not in (0, 1)) for r in table for x in r
        ):
            raise Rejection("a weight of the loss is negative, or not 0 or 1 for masked_squared")
    if loss == "quadratic_form":
        for one in sequence(settings["forms"], None, "forms"):
            form = fields(one, ["coefficients", "target", "weight"], [], "a form")
            scale = rational(form["weight"], "the weight of a form")
            if scale < 0:
                raise Rejection("the weight of a form is negative")
            forms.append(
                (
                    plain(form["coefficients"], outputs, samples, "coefficients"),
                    rational(form["target"], "a target"),
                    scale,
                )
            )
    problem = Problem(
        widths,
        activations,
        biases,
        skip,
        fixed,
        symmetric,
        loss,
        _parameter(loss, settings),
        table,
        tuple(forms),
        penalty,
        rates,
    )
    return problem, Data(inputs, targets, samples)


def read_penalty(value: object, depth: int) -> tuple[str | None, tuple[Fraction, ...]]:
    """(kind or None if nothing is penalised, the rate of each layer)."""
    if value is None:
        return None, (ZERO,) * depth
    ((name, rate),) = (
        fields(value, [], ["l1", "l2"], "the regularizer").items()
        if isinstance(value, dict) and len(value) == 1
        else [("", None)]
    )
    if not name:
        raise Rejection("the regularizer is not null and does not have exactly one of l1, l2")
    given = (
        sequence(rate, depth, "the regularizer's values")
        if isinstance(rate, list)
        else [rate] * depth
    )
    rates = tuple(rational(x, "a value of the regularizer") for x in given)
    if min(rates) < 0:
        raise Rejection("a value of the regularizer is negative")
    return (name if any(rates) else None), rates


def check_targets(loss: str, targets: Rows) -> None:
    """Labels, distributions and counts are what the loss asks for."""
    flat = [y for row in targets for y in row]
    if loss in LABELLED and any(abs(y) != 1 for y in flat):
        raise Rejection(f"a label of {loss} is not 1 or -1")
    if loss in ("poisson", "cross_entropy") and min(flat) < 0:
        raise Rejection(f"a target of {loss} is negative")
    if loss == "cross_entropy" and any(sum(column) != 1 for column in zip(*targets, strict=True)):
        raise Rejection("a column of Y is not a distribution")


def read_weights(problem: Problem, value: object, what: str,
                 entry: Callable[[object, str], Element] = weight) -> Weights:  # fmt: skip
    """The trained weights, by name; biases become columns."""
    shapes = problem.trained()
    parts = fields(value, list(shapes), [], what)
    result = {}
    for name, (rows, columns) in shapes.items():
        given = [[x] for x in sequence(parts[name], rows, name)] if name[0] == "b" else parts[name]
        result[name] = matrix(given, rows, columns, name, entry)
    return result


# --- piecewise functions: (start, coefficients) in increasing order, None: not a polynomial ------

Pieces: TypeAlias = "list[tuple[Fraction | None, list[Number] | None]]"


def _pieces(*parts: object) -> Pieces:
    result: Pieces = []
    for start, coefficients in zip(parts[::2], parts[1::2], strict=True):
        assert coefficients is None or isinstance(coefficients, list)
        numbers_ = (
            None
            if coefficients is None
            else [Fraction(c) if isinstance(c, int) else c for c in coefficients]
        )
        result.append((Fraction(start) if isinstance(start, (int, Fraction)) else None, numbers_))
    return result


def activation_pieces(name: str, parameter: Fraction) -> Pieces:
    """The affine (or polynomial) pieces of an activation."""
    table = {
        "linear": (None, [0, 1]), "relu": (None, [0], 0, [0, 1]),
        "leaky_relu": (None, [0, parameter], 0, [0, 1]), "prelu": (None, [0, parameter], 0, [0, 1]),
        "relu6": (None, [0], 0, [0, 1], 6, [6]), "hard_tanh": (None, [-1], -1, [0, 1], 1, [1]),
        "hard_sigmoid": (None, [0], -3, [HALF, Fraction(1, 6)], 3, [1]),
        "quadratic": (None, [0, 0, 1]), "cube": (None, [0, 0, 0, 1]), "step": (None, [0], 0, [1]),
        "elu": (None, None, 0, [0, 1]), "celu": (None, None, 0, [0, 1]),
        "selu": (None, None, 0, [0, Symbolic({("selu",): ONE}, numbers.PRECISIONS[0])]),
    }  # fmt: skip
    return _pieces(*table.get(name, (None, None)))


def loss_pieces(
    name: str, parameter: Fraction, y: Fraction, w: Fraction
) -> tuple[Fraction, Pieces]:
    """(shift, pieces): the loss of one entry as a function of z - shift."""
    p = parameter
    if name in LABELLED:
        kink: list[object] = [1, -y] if name == "hinge" else [HALF, -y, HALF]
        if name == "zero_one":
            return ZERO, _pieces(None, [0 if y < 0 else 1], 0, [0 if y > 0 else 1])
        if name == "logistic":
            return ZERO, _pieces(None, None)
        return ZERO, _pieces(*((None, kink, 1, [0]) if y > 0 else (None, [0], -1, kink)))
    if name == "lp" and p.denominator == 1 and p <= 64:
        curve: list[object] = [0] * int(p) + [1 / p]
        other: list[object] = [0] * int(p) + [(-1) ** int(p) / p]
        return y, _pieces(None, curve) if p % 2 == 0 else _pieces(None, other, 0, curve)
    if name == "tukey":
        inside: list[object] = [0, 0, HALF, 0, -1 / (2 * p**2), 0, 1 / (6 * p**4)]
        return y, _pieces(None, [p**2 / 6], -p, inside, p, [p**2 / 6])
    if name == "epsilon_insensitive" and p == 0:
        name = "absolute"
    table = {
        "squared": (None, [0, 0, HALF]), "weighted_squared": (None, [0, 0, w / 2]),
        "masked_squared": (None, [0, 0, w / 2]), "linear_loss": (None, [0, w]),
        "absolute": (None, [0, -1], 0, [0, 1]), "quantile": (None, [0, -p], 0, [0, 1 - p]),
        "epsilon_insensitive": (None, [-p, -1], -p, [0], p, [-p, 1]),
        "huber": (None, [-p * p / 2, -p], -p, [0, 0, HALF], p, [-p * p / 2, p]),
    }  # fmt: skip
    return (ZERO if name == "linear_loss" else y), _pieces(*table.get(name, (None, None)))


def substitute(coefficients: Sequence[Number], t: Element) -> Element:
    """The polynomial with these coefficients at t (Horner)."""
    value: Element = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        value = value * t + c if c else value * t
    return value


def derivative(coefficients: Sequence[Number]) -> list[Number]:
    """The coefficients of the derivative."""
    return [c * Fraction(k) for k, c in enumerate(coefficients)][1:] or [ZERO]


def sides(pieces: Pieces, t: Element, one_sided: bool, what: str) -> tuple[int, int]:
    """The pieces just below and just above t (equal inside a piece).

    For a polynomial t: those of its value at 0; at a kink, if ``one_sided``, the piece that its
    first non-zero coefficient leads to for small positive values of its only variable.
    """
    below = above = 0
    base = t.constant() if isinstance(t, Polynomial) else t
    for index, (start, _) in enumerate(pieces[1:], 1):
        assert start is not None
        place = sign(base - start, what)
        if place == 0 and isinstance(t, Polynomial):
            if not one_sided:
                raise Rejection(f"{what} is at a kink")
            rest = sorted((m, c) for m, c in t.terms.items() if m)
            place = next((s for _, c in rest if (s := sign(c, what))), 1)
        if place >= 0:
            above = index
        if place > 0:
            below = index
    return below, above


@dataclass
class Evaluator:
    """Evaluates one problem at any weights, to a number of bits where it can't be exact."""

    problem: Problem
    data: Data
    bits: int = numbers.PRECISIONS[0]
    one_sided: bool = False
    memory: dict[object, Number] = field(default_factory=dict)

    def coefficients(self, name: str, base: Number, order: int) -> list[Number]:
        """Taylor coefficients of a function of ``numbers`` at the base."""
        found: list[Number] = [getattr(numbers, name)(base, self.bits)]
        if name == "sin":
            other = numbers.cos(base, self.bits)
            found += [(found[0] if k % 2 == 0 else other) * Fraction(1 - k // 2 % 2 * 2)
                      for k in range(1, order + 1)]  # fmt: skip
            return [c * Fraction(1, factorial(k)) for k, c in enumerate(found)]
        if name in ("erf", "arctan"):  # integrate the derivative's expansion
            t = Polynomial({(): base, (0,): ONE}, order)
            if name == "erf":
                slope = self.series("exp", -(t * t)) * numbers.erf_slope(self.bits)
            else:
                slope = self.series("inverse", t * t + ONE)
            return found + [slope.terms.get((0,) * (k - 1), ZERO) * Fraction(1, k)
                            for k in range(1, order + 1)]  # fmt: skip
        ratio: Number = ONE if name == "exp" else numbers.inverse(base, self.bits)
        power: Number = ONE
        for k in range(1, order + 1):
            power = power * ratio if name != "exp" else power * Fraction(1, k)
            if name == "log":
                found.append(power * Fraction((-1) ** (k + 1), k))
            else:
                found.append(found[0] * power * Fraction((-1) ** k if name == "inverse" else 1))
        return found

    def series(self, name: str, x: Polynomial) -> Polynomial:
        """A function of ``numbers`` at a truncated polynomial."""
        return self.compose(self.coefficients(name, x.constant(), x.order), x, name)

    def compose(self, coefficients: list[Number], x: Polynomial, name: str) -> Polynomial:
        """The power series in ``x - x(0)``; variables that are not truncated can't occur."""
        rest = Polynomial({m: c for m, c in x.terms.items() if m}, x.order)
        if any(all(v < 0 for v in m) for m in rest.terms):
            raise Rejection(f"{name} of a polynomial that is not truncated")
        total = Polynomial({(): coefficients[-1]}, x.order)
        for c in coefficients[-2::-1]:
            total = total * rest + c
        return total

    def call(self, name: str, x: Element) -> Element:
        """A function of ``numbers`` at a number or a polynomial."""
        if not isinstance(x, Polynomial):
            value: Number = getattr(numbers, name)(x, self.bits)
            return value
        if name == "sigmoid":
            return self.series("inverse", self.series("exp", -x) + ONE)
        return self.series(name, x)

    def tanh(self, x: Element) -> Element:
        """The hyperbolic tangent."""
        return self.call("sigmoid", x * Fraction(2)) * Fraction(2) - ONE

    def curved(self, name: str, a: Fraction, x: Element) -> Element:
        """An activation outside its polynomial pieces."""
        if name == "tanh":
            return self.tanh(x)
        if name in ("sigmoid", "arctan", "erf", "sin"):
            return self.call(name, x) if x or name == "sigmoid" else ZERO
        if name == "silu":
            return x * self.call("sigmoid", x)
        if name == "softplus":
            return self.call("log", self.call("exp", x) + ONE)
        if name == "mish":
            return x * self.tanh(self.curved("softplus", a, x)) if x else ZERO
        if name == "gelu":
            half = numbers.power(HALF, HALF, self.bits)
            return x * HALF * (self.call("erf", x * half) + ONE) if x else ZERO
        if name == "softsign":
            if isinstance(x, (Interval, Symbolic)):
                low, high = bounds(x, self.bits)
                return Interval(low / (1 + abs(low)), high / (1 + abs(high)), self.bits)
            positive = sides(_pieces(None, [0], 0, [0]), x, self.one_sided, "a unit")[1]
            return x * self.call("inverse", (x if positive else -x) + ONE)
        if name in ("elu", "celu"):
            return (self.call("exp", x * (1 / a) if name == "celu" else x) - ONE) * a
        if name == "selu":
            return (self.call("exp", x) - ONE) * (numbers.SELU_SCALE * numbers.SELU_ALPHA)
        raise Rejection(f"the kernel can't evaluate {name}")

    def piecewise(
        self, pieces: Pieces, x: Element, curved: Callable[[Element], Element], jumps: bool = False
    ) -> Element:
        """A continuous piecewise function; on an interval, the hull over the pieces it meets."""
        if isinstance(x, Interval) and len(pieces) > 1:
            parts: list[Number] = []
            for index, (start, coefficients) in enumerate(pieces):
                end = pieces[index + 1][0] if index + 1 < len(pieces) else None
                low = x.lower if start is None else max(x.lower, start)
                high = x.upper if end is None else min(x.upper, end)
                if low <= high:
                    part = Interval(low, high, self.bits)
                    value = curved(part) if coefficients is None else substitute(coefficients, part)
                    assert not isinstance(value, Polynomial)
                    parts.append(value)
            if len(parts) == 1:
                return parts[0]
            hull = [bounds(value, self.bits) for value in parts]
            return Interval(min(a for a, _ in hull), max(b for _, b in hull), self.bits)
        _below, above = sides(pieces, x, self.one_sided, "a value at a breakpoint")
        base = x.constant() if isinstance(x, Polynomial) else x
        if jumps and len(set(sides(pieces, base, False, "a value"))) == 2:
            raise Rejection("a value at a jump")
        coefficients = pieces[above][1]
        return curved(x) if coefficients is None else substitute(coefficients, x)

    def activate(self, activation: tuple[str, Fraction], x: Element) -> Element:
        """One activation at one value."""
        name, parameter = activation
        if name == "linear":
            return x
        pieces = activation_pieces(name, parameter)
        return self.piecewise(pieces, x, lambda t: self.curved(name, parameter, t), name == "step")

    def activated(self, activation: tuple[str, Fraction], before: Matrix) -> Matrix:
        """An activation at every entry; equal rationals and the same rows are computed once."""
        values: dict[Fraction, Element] = {}
        rows: dict[int, list[Element]] = {}
        for row in before:
            if id(row) not in rows:
                line = []
                for x in row:
                    if not isinstance(x, Fraction):
                        line.append(self.activate(activation, x))
                        continue
                    if x not in values:
                        values[x] = self.activate(activation, x)
                    line.append(values[x])
                rows[id(row)] = line
        return [rows[id(row)] for row in before]

    def layers(self, weights: Weights) -> list[tuple[Matrix, Matrix]]:
        """(pre-activation, output) of every layer; the last output is the value of the map."""
        problem = self.problem
        if problem.symmetric:
            w = weights["W"]
            right = (
                transpose(w)
                if self.data.inputs is None
                else product(transpose(w), self.data.inputs)
            )
            out = product(w, right)
            return [(out, out)]
        assert self.data.inputs is not None
        current: Matrix = [list(row) for row in self.data.inputs]
        result = []
        everything = {**problem.fixed, **weights}
        for i, activation in enumerate(problem.activations):
            before = product(everything[f"W{i + 1}"], current)
            if problem.biases[i]:
                before = [
                    [x + b[0] for x in row]
                    for row, b in zip(before, everything[f"b{i + 1}"], strict=True)
                ]
            after = before if activation[0] == "linear" else self.activated(activation, before)
            if problem.skip[i]:
                after = [
                    [x + y for x, y in zip(*rows, strict=True)]
                    for rows in zip(after, current, strict=True)
                ]
            result.append((before, after))
            current = after
        return result

    def entries(self) -> list[list[tuple[Fraction, Fraction]]]:
        """(target, weight) of every entry of an entrywise loss."""
        size = range(self.problem.outputs), range(self.data.samples)
        targets, table = self.data.targets, self.problem.table
        return [
            [(targets[i][j] if targets else ZERO, table[i][j] if table else ONE) for j in size[1]]
            for i in size[0]
        ]

    def entry(self, z: Element, y: Fraction, w: Fraction) -> Element:
        """The loss of one entry."""
        name, p = self.problem.loss, self.problem.parameter
        shift, pieces = loss_pieces(name, p, y, w)
        r = z - shift if shift else z

        def curved(t: Element) -> Element:
            if name == "logistic":
                return self.call("log", self.call("exp", t * -y) + ONE)
            if name == "poisson":
                return self.call("exp", t + y) - (t + y) * y
            if name == "log_cosh":
                both = self.call("exp", t) + self.call("exp", -t)
                return self.call("log", both) - self.call("log", Fraction(2))
            middle = t.constant() if isinstance(t, Polynomial) else t
            side = sign(middle, "a residual")
            if not side:
                if isinstance(t, Polynomial) and t.order >= p:
                    raise Rejection("the kernel can't expand |r|^p at r = 0 to that order")
                return ZERO  # up to O(|t|^p)
            size = middle if side > 0 else -middle
            if isinstance(size, Fraction):
                first = numbers.power(size, p, self.bits)
            else:
                first = numbers.exp(numbers.log(size, self.bits) * p, self.bits)
            first = first * (1 / p)
            if not isinstance(t, Polynomial):
                return first
            ratio, found = numbers.inverse(middle, self.bits), [first]
            for k in range(t.order):
                found.append(found[-1] * ratio * ((p - k) / (k + 1)))
            return self.compose(found, t, name)

        base = z.constant() if isinstance(z, Polynomial) else z
        if name == "zero_one" and base == 0 and (z is base or self.one_sided):
            return ONE  # the largest value nearby, which is what a descent may assume
        return self.piecewise(pieces, r, curved, name == "zero_one")

    def loss(self, outputs: Matrix) -> Element:
        """The loss at outputs; equal entries are computed once."""
        total: Element = ZERO
        if self.problem.loss == "quadratic_form":
            for coefficients, target, scale in self.problem.forms:
                residual: Element = -target
                for row, line in zip(coefficients, outputs, strict=True):
                    for c, z in zip(row, line, strict=True):
                        residual = residual + z * c if c else residual
                total = total + residual * residual * (scale / 2)
            return total
        if self.problem.loss == "cross_entropy":
            assert self.data.targets is not None
            for column, wanted in zip(
                transpose(outputs), zip(*self.data.targets, strict=True), strict=True
            ):
                base = column[0]
                mass: Element = ZERO
                for i, (z, y) in enumerate(zip(column, wanted, strict=True)):
                    shift = z - base if i else ZERO
                    mass, total = mass + self.call("exp", shift), total - shift * y
                total = total + self.call("log", mass)
            return total
        for values, known in zip(outputs, self.entries(), strict=True):
            for z, (y, w) in zip(values, known, strict=True):
                if isinstance(z, Fraction):
                    key = (z, y, w)
                    if key not in self.memory:
                        value = self.entry(z, y, w)
                        assert not isinstance(value, Polynomial)
                        self.memory[key] = value
                    total = total + self.memory[key] if self.memory[key] else total
                else:
                    total = total + self.entry(z, y, w)
        return total

    def penalty(self, weights: Weights) -> Element:
        """The regulariser over the trained matrices."""
        total: Element = ZERO
        for name in weights if self.problem.penalty else ():
            rate = self.problem.rates[0 if name == "W" else int(name[1:]) - 1]
            for row in weights[name] if name[0] == "W" else ():
                for x in row:
                    if x and rate:
                        if self.problem.penalty == "l2":
                            total = total + x * x * (rate / 2)
                        else:
                            total = (
                                total
                                + self.piecewise(_pieces(None, [0, -1], 0, [0, 1]), x, lambda t: t)
                                * rate
                            )
        return total

    def objective(self, weights: Weights) -> Element:
        """Loss plus penalty."""
        return self.loss(self.layers(weights)[-1][1]) + self.penalty(weights)

    def slopes(self, z: Number, y: Fraction, w: Fraction) -> tuple[Number, Number]:
        """The left and right derivative of an entry of the loss."""
        name, p = self.problem.loss, self.problem.parameter
        shift, pieces = loss_pieces(name, p, y, w)
        t = z - shift if shift else z
        if pieces[0][1] is not None:
            below, above = sides(pieces, t, False, "an output's place")
            if name == "zero_one" and below != above:
                raise Rejection("an output is at a jump of the loss")
            found = [substitute(derivative(pieces[k][1] or [ZERO]), t) for k in (below, above)]
            left, right = (x for x in found if not isinstance(x, Polynomial))
            return left, right
        slope: Element
        if name == "logistic":
            slope = self.call("sigmoid", z * -y) * -y
        elif name == "poisson":
            slope = self.call("exp", z) - y
        elif name == "log_cosh":
            slope = self.tanh(t)
        else:
            side = sign(t, "a residual")
            if (side == 0 and p < 1) or (side and not isinstance(t, Fraction)):
                raise Rejection("the derivative of lp at a cusp, or at an irrational residual")
            slope = (
                numbers.power(abs(t), p - 1, self.bits) * Fraction(side)
                if isinstance(t, Fraction) and side
                else ZERO
            )
        assert not isinstance(slope, Polynomial)
        return slope, slope

    def curvature(self, z: Number, y: Fraction, w: Fraction) -> Fraction | None:
        """A rational m >= 0 with f(z + d) >= f(z) + f'(z) d + (m - o(1)) d^2/2 for convex f.

        The exact second derivative where it is rational; None where every m is possible.
        """
        name, p = self.problem.loss, self.problem.parameter
        shift, pieces = loss_pieces(name, p, y, w)
        t = z - shift if shift else z
        value: Element
        if pieces[0][1] is not None:
            below, above = sides(pieces, t, False, "an output's place")
            found = [
                substitute(derivative(derivative(pieces[k][1] or [ZERO])), t)
                for k in (below, above)
            ]
            return max(
                ZERO, min(bounds(x, self.bits)[0] for x in found if not isinstance(x, Polynomial))
            )
        if name in ("logistic", "log_cosh"):
            value = self.call("sigmoid", z if name == "logistic" else t * Fraction(2))
            value = value * (ONE - value) * Fraction(1 if name == "logistic" else 4)
        elif name == "poisson":
            value = self.call("exp", z)
        else:
            side = sign(t, "a residual")
            if side == 0:
                return None if p < 2 else ZERO
            assert isinstance(t, Fraction)
            value = numbers.power(abs(t), p - 2, self.bits) * (p - 1)
        assert not isinstance(value, Polynomial)
        return max(ZERO, bounds(value, self.bits)[0])


def convex(problem: Problem) -> bool:
    """Whether the loss is convex in the outputs."""
    return problem.loss not in ("zero_one", "tukey") and (
        problem.loss != "lp" or problem.parameter >= 1
    )
