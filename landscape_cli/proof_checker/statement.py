"""What a positive verdict is about: the map, the loss, and all data that satisfy what is stated.

Every fact is worked out here from the problem as stated, ranks and sample counts that are not
stated at their worst. Nothing is shared with the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..exact.algebra import Matrix, added, product, rank, transpose
from ..exact.numbers import ONE, ZERO, need
from ..exact.reading import Reader, array, keep, record, table, whole
from ..kernel.problem import check_targets, named, penalties
from ..kernel.tables import LOSSES
from .maps import LARGEST, Form, of_map, of_network, taken_on_trust

STATED = ("X full_row_rank", "X full_column_rank", "X identity", "X isotropic", "Y full_row_rank",
          "Y realizable", "Y = X")  # fmt: skip
CLASSES = ("any", "convex", "convex differentiable", "convex smooth")
KINKED = ("absolute", "quantile", "epsilon_insensitive", "hinge", "zero_one")
BENT = (*KINKED, "huber", "squared_hinge")
TABLES = ("X", "Y", "weights", "coefficients")


@dataclass(frozen=True)
class Loss:
    """A loss with its properties; ``word``: what the user vouches for."""

    name: str
    convex: bool
    differentiable: bool
    smooth: bool
    parameter: Fraction = ZERO
    word: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """The problem of a proof; ``samples`` and ``rank`` are the ranges of n and of rank X."""

    form: Form
    loss: Loss
    penalty: str | None
    rates: list[Fraction]
    constrained: bool
    stated: frozenset[str]
    given: dict[str, Matrix]
    samples: tuple[int, int]
    rank: tuple[int, int]

    @property
    def first(self) -> int:
        """The position of the first trained layer."""
        return self.form.trained[0]

    @property
    def last(self) -> int:
        """The position of the last trained layer."""
        return self.form.trained[-1]

    @property
    def hidden(self) -> int:
        """The least hidden width."""
        return min((la.width for la in self.form.layers[self.first : self.last]), default=LARGEST)

    @property
    def bias(self) -> str:
        """Where the trained biases are: none, output, first or other."""
        found = [k for k in self.form.trained if self.form.layers[k].bias]
        if not found:
            return "none"
        return "output" if self.last in found else "first" if found == [self.first] else "other"

    @property
    def full_column_rank(self) -> bool:
        """Whether rank X = n for all the data."""
        stated = self.stated & {"X full_column_rank", "X identity"}
        return bool(stated) or self.rank[0] >= self.samples[1]

    @property
    def full_row_rank(self) -> bool:
        """Whether rank X = d_0 for all the data."""
        return self.rank[0] >= self.form.inputs

    @property
    def squared(self) -> bool:
        """Whether the loss is the squared one, up to a positive factor."""
        if self.loss.name in ("weighted_squared", "masked_squared") and "weights" in self.given:
            values = {x for row in self.given["weights"] for x in row}
            return len(values) == 1 and min(values) > 0
        return self.loss.name == "squared" or (self.loss.name == "lp" and self.loss.parameter == 2)

    @property
    def autoencoder(self) -> bool:
        """Whether the targets are the inputs."""
        if "X" in self.given and "Y" in self.given:
            return self.given["X"] == self.given["Y"]
        return "Y = X" in self.stated

    @property
    def blind(self) -> bool:
        """Whether the loss does not see the all-ones direction of the outputs."""
        return self.loss.name == "cross_entropy" and not self.constrained

    @cached_property
    def inner_data(self) -> Matrix | None:
        """The data as the first trained layer sees them, where they are known exactly."""
        rows = self.given.get("X") if self.form.has_data else None
        for layer in self.form.layers[: self.first] if self.form.kind == "chain" else ():
            unknown = layer.matrix is None or (layer.bias and layer.shift is None)
            if rows is None or unknown or not layer.linear:
                return None
            above = product(layer.matrix or [], rows)
            if layer.bias and layer.shift is not None:
                above = [[x + b for x in row] for row, (b,) in zip(above, layer.shift, strict=True)]
            rows = added(above, rows) if layer.skip else above
        return rows

    @cached_property
    def e0(self) -> int:
        """The effective input width at its largest (theory.md, section 0)."""
        exact = self.inner_data
        if exact is not None:
            rows = centred(exact) if self.bias == "output" else exact
            return rank([*rows, *([[ONE] * len(exact[0])] if self.bias == "first" else [])])
        most, samples = self.rank[1], self.samples[1]
        for layer in self.form.layers[: self.first]:
            if layer.linear and layer.matrix is not None and not layer.skip:
                most = min(most, rank(layer.matrix))
            most = min(most + layer.bias if layer.linear else layer.width, layer.width, samples)
        if self.bias == "output":
            tight = self.full_column_rank and self.first == 0  # 1 lies in the row space of X
            return most - 1 if tight else min(most, samples - 1)
        return min(most + 1, samples) if self.bias == "first" else most

    @cached_property
    def eh(self) -> int:
        """The effective output width at its largest."""
        layers, blind = self.form.layers[self.last :], self.blind
        bound = min(*(layer.width for layer in layers), layers[-1].width - blind)
        seen: Matrix | None = []  # the product of the fixed layers above
        for layer in layers[1:]:
            if layer.matrix is None:
                seen = None
                continue
            rows = layer.matrix
            if layer.skip:
                rows = [[x + Fraction(i == j) for j, x in enumerate(r)] for i, r in enumerate(rows)]
            else:
                bound = min(bound, rank(rows))
            if seen is not None:
                seen = product(rows, seen) if seen else rows
        if not seen:
            return bound
        return rank(centred(transpose(seen)) if blind else seen)

    @property
    def isotropic(self) -> bool:
        """Whether all non-zero singular values of the (centred) data are equal."""
        chain = self.form.kind == "chain"
        output, exact = chain and self.bias == "output", self.inner_data
        if exact is not None:
            rows = centred(exact) if output else exact
            cubed = product(product(rows, transpose(rows)), rows)
            pairs = [(x, y) for r in zip(rows, cubed, strict=True) for x, y in zip(*r, strict=True)]
            alike = len({y / x for x, y in pairs if x}) <= 1
            return alike and not any(y for x, y in pairs if not x)
        if chain and self.first > 0:
            return False
        if not self.form.has_data or "X identity" in self.stated:
            return True
        most = self.e0 if chain else self.rank[1]
        return most <= 1 or (not output and "X isotropic" in self.stated)

    @property
    def smooth_at_zero(self) -> bool:
        """Whether the loss is differentiable where the last trained layer's output is 0."""
        if self.loss.differentiable:
            return True
        if any(layer.bias for layer in self.form.layers[self.last + 1 :]):
            return False
        name, targets = self.loss.name, [abs(y) for row in self.given.get("Y", []) for y in row]
        kink = self.loss.parameter if name == "epsilon_insensitive" else ZERO
        named = name in ("absolute", "quantile", "epsilon_insensitive")
        return name == "hinge" or (named and bool(targets) and kink not in targets)


def centred(rows: Matrix) -> Matrix:
    """The rows minus their means."""
    return [[x - sum(row, ZERO) / len(row) for x in row] for row in rows]


# --- reading --------------------------------------------------------------------------------------


def read_loss(value: Any) -> Loss:
    """A named loss, a class, or a custom one with declared properties."""
    if isinstance(value, dict) and "class" in value:
        name = record(value, "the loss", {"class": keep})["class"]
        need(name in CLASSES, "unknown class")
        level = CLASSES.index(name)
        return Loss("class", level > 0, level > 1, level > 2)
    if isinstance(value, dict) and "custom" in value:
        said, word = taken_on_trust(value, "the loss")
        known = bool(said & {"smooth", "differentiable"})
        return Loss("custom", "convex" in said, known, "smooth" in said, ZERO, word)
    name, p = named(value, "loss", [*LOSSES, "cross_entropy"])
    power = p if name == "lp" else Fraction(2)
    return Loss(name, name not in ("zero_one", "tukey") and power >= 1,
                name not in KINKED and power > 1, name not in BENT and power >= 2, p)  # fmt: skip


def span(low: int, high: int | None = None) -> Reader:
    """An integer, or [least, most]; most may be null."""

    def read(value: Any, what: str) -> tuple[int, int]:
        if not isinstance(value, list):
            size = whole(low, LARGEST)(value, what)
            return size, size
        least, most = array(keep, 2)(value, what)
        top = high or LARGEST if most is None else whole(low, LARGEST)(most, what)
        return whole(low, top)(least, what), top

    return read


def rows_of(value: Any, what: str) -> Any:
    """A matrix of any shape."""
    return table(len(array(keep)(value, what)), None)(value, what)


def read_tables(loss: Loss, known: dict[str, Any]) -> dict[str, Matrix]:
    """The matrices that are given with the data."""
    given = {name: known[name] for name in TABLES if name in known}
    weighted = loss.name in ("weighted_squared", "masked_squared")
    need(weighted or "weights" not in given, "weights of a loss that has none")
    good = loss.name == "linear_loss" or "coefficients" not in given
    need(good, "coefficients of a loss that has none")
    entries = {x for row in given.get("weights", []) for x in row}
    good = entries <= {0, 1} if loss.name == "masked_squared" else all(x > 0 for x in entries)
    need(good, "a weight that is not positive, or not 0 or 1 for masked_squared")
    return given


def read_statement(value: Any) -> Statement:
    """The problem of a proof, its ranges of n and rank X worked out."""
    need(isinstance(value, dict), "the problem is not an object")
    loss, general = read_loss(value.get("loss")), ("regularizer", "subject_to", "data")
    logits = loss.name == "cross_entropy"
    counts = {"samples": span(1), "rank_x": keep, "rank_y": span(0), "properties": array(keep)}
    readers = {**counts, **dict.fromkeys(TABLES, rows_of)}
    known = record(value.get("data", {}), "the data", {}, readers)
    given, samples = read_tables(loss, known), known.get("samples", (1, LARGEST))
    names = known.get("properties", [])
    need(all(x in STATED for x in names), "an unknown property of the data")
    stated = frozenset(names)
    required, optional = ["map", "parameters", "loss"], ["constants", "inputs", *general]
    if "map" not in value:
        required = ["widths", "activations", "biases", "loss"]
        optional = ["skip", "fixed", "positive", "given", *general]
    record(value, "the problem", dict.fromkeys(required, keep), dict.fromkeys(optional, keep))
    form = of_map(value, samples, logits) if "map" in value else of_network(value, logits)
    count = len(value["parameters"]) if "map" in value else len(form.trained)
    rates = value.get("regularizer")
    lists = [x for x in rates.values() if isinstance(x, list)] if isinstance(rates, dict) else []
    penalty, strengths = penalties(rates, len(lists[0]) if lists else 1)
    need(len(strengths) in (1, count), "a penalty for each trained matrix, or one for all")
    constraint = value.get("subject_to")
    need(constraint in (None, "affine", "convex"), "subject_to is neither affine nor convex")
    n, r = sizes(form, loss, given, stated, known, samples)
    return Statement(form, loss, penalty, strengths, constraint is not None, stated, given, n, r)


def sizes(form: Form, loss: Loss, given: dict[str, Matrix], stated: frozenset[str],
          known: dict[str, Any], samples: tuple[int, int]) -> Any:  # fmt: skip
    """The ranges of n and of rank X, from everything that bears on them."""
    (low, high), most, rows = samples, form.inputs, form.outputs
    r0, r1 = span(0, most)(known.get("rank_x", [0, None]), "rank_x")
    r1 = min(r1, most)
    if not form.has_data:
        r0, r1, low, high = most, most, most, most
    for name, entries in given.items():
        if name != "X" and form.kind == "general":
            continue  # its samples need not be columns
        height, width = len(entries), len(entries[0])
        if name != "X" and form.transposed:
            height, width = width, height
        need(height == (most if name == "X" else rows), f"{name} has the wrong shape")
        low, high = max(low, width), min(high, width)
    if "Y" in given and form.kind != "general":
        check_targets(loss.name, transpose(given["Y"]) if form.transposed else given["Y"])
    same = "Y = X" not in stated or form.kind == "general" or rows == most
    need(same, "Y = X of other shapes")
    if "X" in given:
        found = rank(given["X"])
        r0, r1 = max(r0, found), min(r1, found)
    if stated & {"X full_row_rank", "X identity"}:
        r0, low = most, max(low, most)
    if "Y full_row_rank" in stated and not form.transposed:
        low = max(low, rows)
    column = bool(stated & {"X full_column_rank", "X identity"})
    if column:
        high = min(high, most)
    r1, low = min(r1, high), max(low, r0, known.get("rank_y", (0, 0))[0])
    if column:
        r0, high = max(r0, low), min(high, r1)
    need(low <= high and r0 <= r1, "no data satisfy what is stated")
    return (low, high), (r0, r1)
