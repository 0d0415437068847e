"""Proofs that every local minimum is global: the side conditions of one theorem, recomputed.

The theorems (theory.md, sections 0 and 2 to 4) are proved on paper; what is checked here is that
the stated problem satisfies the named theorem. Ranks and sample counts that are not stated are
taken at their worst. This file shares nothing with the engine: it is the second implementation
that guards
the first. Maps are read in ``maps.py``; every condition below names itself when it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .algebra import Rows, independent_rows, product, rationals, transpose
from .maps import LARGEST, Form, Layer, need, of_map, of_network, taken_on_trust
from .numbers import ONE, ZERO, rational
from .problem import (
    ENTRYWISE,
    PARAMETERS,
    check_targets,
    fields,
    integer,
    plain,
    read_penalty,
    sequence,
)

SCHEMA = "landscape/proof/1"
PROPERTIES = ("local_is_global", "strict_saddle")
STATED = ("X full_row_rank", "X full_column_rank", "X identity", "X isotropic", "Y full_row_rank",
          "Y realizable", "Y = X")  # fmt: skip
KINKED = ("absolute", "quantile", "epsilon_insensitive", "hinge", "zero_one")
BENT = (*KINKED, "huber", "squared_hinge")
REDUCTIONS = ("const", "open-sum", "skip", "fixed", "bias", "effective-input-width",
              "effective-output-width", "subject-to")  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """A loss with its properties; ``word``: what the user vouches for."""

    name: str
    convex: bool
    differentiable: bool
    smooth: bool
    parameter: Fraction
    word: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What a positive verdict is about: all data that satisfy what is stated."""

    form: Form
    loss: Loss
    penalty: str | None
    rates: tuple[Fraction, ...]
    constrained: bool
    stated: frozenset[str]
    given: dict[str, Rows]
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
    def bias(self) -> str:
        """Where the trained biases are: none, output, first or other."""
        found = [k for k in self.form.trained if self.form.layers[k].bias]
        if not found:
            return "none"
        return "output" if self.last in found else "first" if found == [self.first] else "other"

    @property
    def full_column_rank(self) -> bool:
        """Whether rank X = n for all the data."""
        return bool(self.stated & {"X full_column_rank", "X identity"}) or (
            self.rank[0] >= self.samples[1]
        )

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
        both = "X" in self.given and self.given["X"] == self.given.get("Y")
        return both if "X" in self.given and "Y" in self.given else "Y = X" in self.stated

    def inner_data(self) -> Rows | None:
        """The data as the first trained layer sees them, where they are known exactly."""
        rows = self.given.get("X") if self.form.has_data else None
        for layer in self.form.layers[: self.first] if self.form.kind == "chain" else ():
            if rows is None or layer.matrix is None or not layer.linear:
                return None
            if layer.bias and layer.shift is None:
                return None
            above = rationals(product(layer.matrix, rows), "the data")
            for i, row in enumerate(above):
                b = layer.shift[i][0] if layer.bias and layer.shift is not None else Fraction(0)
                row[:] = [x + b + (rows[i][j] if layer.skip else 0) for j, x in enumerate(row)]
            rows = above
        return rows

    @property
    def e0(self) -> int:
        """The effective input width at its largest (theory.md, section 0)."""
        exact = self.inner_data()
        if exact is not None:
            rows = centred(exact) if self.bias == "output" else exact
            extra = [[ONE] * len(exact[0])] if self.bias == "first" else []
            return len(independent_rows([*rows, *extra]))
        most, samples = self.rank[1], self.samples[1]
        for layer in self.form.layers[: self.first]:
            if layer.linear and layer.matrix is not None and not layer.skip:
                most = min(most, len(independent_rows(layer.matrix)))
            most = most + layer.bias if layer.linear else layer.width
            most = min(most, layer.width, samples)
        if self.bias == "output":
            tight = self.full_column_rank and self.first == 0  # 1 lies in the row space of X
            return most - 1 if tight else min(most, samples - 1)
        return min(most + 1, samples) if self.bias == "first" else most

    @property
    def eh(self) -> int:
        """The effective output width at its largest."""
        layers, blind = self.form.layers[self.last :], self.blind
        bound = min(*(layer.width for layer in layers), layers[-1].width - blind)
        total: Rows | None = []
        for layer in layers[1:]:
            if layer.matrix is None:
                total = None
                continue
            if not layer.skip:
                bound = min(bound, len(independent_rows(layer.matrix)))
            rows = [
                [x + (i == j) * layer.skip for j, x in enumerate(row)]
                for i, row in enumerate(layer.matrix)
            ]
            if total is not None:
                total = rationals(product(rows, total), "a matrix") if total else rows
        if not total:
            return bound
        seen = rationals(transpose(total), "a matrix")
        return len(independent_rows(centred(seen) if blind else seen))

    @property
    def blind(self) -> bool:
        """Whether the loss does not see the all-ones direction of the outputs."""
        return self.loss.name == "cross_entropy" and not self.constrained

    @property
    def isotropic(self) -> bool:
        """Whether all non-zero singular values of the (centred) data are equal."""
        output = self.form.kind == "chain" and self.bias == "output"
        exact = self.inner_data()
        if exact is not None:
            rows = centred(exact) if output else exact
            cubed = rationals(product(product(rows, transpose(rows)), rows), "the data")
            pairs = [(x, y) for r in zip(rows, cubed, strict=True) for x, y in zip(*r, strict=True)]
            return len({y / x for x, y in pairs if x}) <= 1 and not any(
                y for x, y in pairs if not x
            )
        if self.form.kind == "chain" and self.first > 0:
            return False
        if not self.form.has_data or "X identity" in self.stated:
            return True
        most = self.e0 if self.form.kind == "chain" else self.rank[1]
        return most <= 1 or (not output and "X isotropic" in self.stated)


def centred(rows: Rows) -> Rows:
    """The rows minus their means."""
    return [[x - sum(row, ZERO) / len(row) for x in row] for row in rows]


# --- reading ---------------------------------------------------------------------------------


def read_loss(value: object) -> Loss:
    """A named loss, a class, or a custom one with declared properties."""
    if isinstance(value, dict) and "class" in value:
        name = fields(value, ["class"], [], "the loss")["class"]
        need(name in ("any", "convex", "convex differentiable", "convex smooth"), "unknown class")
        smooth = name == "convex smooth"
        return Loss("class", name != "any", smooth or name == "convex differentiable", smooth,
                    Fraction(0))  # fmt: skip
    if isinstance(value, dict) and "custom" in value:
        said, word = taken_on_trust(value, "the loss")
        convex, smooth = "convex" in said, "smooth" in said
        return Loss("custom", convex, smooth or "differentiable" in said, smooth, Fraction(0), word)
    name = value.get("name") if isinstance(value, dict) else None
    need(isinstance(name, str) and name in (*ENTRYWISE, "cross_entropy"), "unknown loss")
    name = str(name)
    own = [PARAMETERS[name]] if name in PARAMETERS else []
    parts = fields(value, ["name", *own], [], "the loss")
    p = rational(parts[own[0]], own[0]) if own else Fraction(0)
    if own:
        bounded = {"quantile": 0 < p < 1, "epsilon_insensitive": p >= 0}
        need(bounded.get(name, p > 0), f"the parameter of {name} is out of range")
    power = p if name == "lp" else Fraction(2)
    return Loss(name, name not in ("zero_one", "tukey") and power >= 1,
                name not in KINKED and power > 1, name not in BENT and power >= 2, p)  # fmt: skip


def _range(value: object, low: int, high: int, what: str) -> tuple[int, int]:
    if not isinstance(value, list):
        size = integer(value, low, LARGEST, what)
        return size, size
    ends = sequence(value, 2, what)
    top = high if ends[1] is None else integer(ends[1], low, LARGEST, what)
    return integer(ends[0], low, top, what), top


def read_statement(value: object) -> Statement:
    """The problem of a proof, its ranges of n and rank X worked out."""
    need(isinstance(value, dict), "the problem is not an object")
    assert isinstance(value, dict)
    general = ["regularizer", "subject_to", "data"]
    loss = read_loss(value.get("loss"))
    shapes = {}
    given: dict[str, Rows] = {}
    tables = ["X", "Y", "weights", "coefficients"]
    counts = ["samples", "rank_x", "rank_y", "properties"]
    known = fields(value.get("data", {}), [], [*counts, *tables], "the data")
    for name in tables:
        if name in known:
            given[name] = plain(known[name], len(sequence(known[name], None, name)), None, name)
            shapes[name] = len(given[name]), len(given[name][0])
    weighted = loss.name in ("weighted_squared", "masked_squared")
    need(weighted or "weights" not in given, "weights of a loss that has none")
    need(
        loss.name == "linear_loss" or "coefficients" not in given,
        "coefficients of a loss that has none",
    )
    entries = {x for row in given.get("weights", []) for x in row}
    good = entries <= {0, 1} if loss.name == "masked_squared" else all(x > 0 for x in entries)
    need(good, "a weight that is not positive, or not 0 or 1 for masked_squared")
    names = sequence(known.get("properties", []), None, "properties")
    need(all(x in STATED for x in names), "an unknown property of the data")
    stated = frozenset(str(x) for x in names)
    samples = _range(known.get("samples", [1, None]), 1, LARGEST, "samples")
    if "map" in value:
        fields(value, ["map", "parameters", "loss"], ["constants", "inputs", *general], "problem")
        form = of_map(value, samples, loss.name == "cross_entropy")
        trained = len(value["parameters"])
    else:
        needed = ["widths", "activations", "biases", "loss"]
        extra = ["skip", "fixed", "positive", "given", *general]
        fields(value, needed, extra, "the problem")
        form = of_network(value, loss.name == "cross_entropy")
        trained = len(form.trained)
    rates = value.get("regularizer")
    lists = [x for x in rates.values() if isinstance(x, list)] if isinstance(rates, dict) else []
    penalty, strengths = read_penalty(rates, len(lists[0]) if lists else 1)
    need(len(strengths) in (1, trained), "a penalty for each trained matrix, or one for all")
    constraint = value.get("subject_to")
    need(constraint in (None, "affine", "convex"), "subject_to is neither affine nor convex")
    low, high = samples
    rank = _range(known.get("rank_x", [0, None]), 0, form.inputs, "rank_x")
    rank = rank[0], min(rank[1], form.inputs)
    if not form.has_data:
        rank, low, high = (form.inputs,) * 2, form.inputs, form.inputs
    rows = form.outputs
    for name, (height, width) in shapes.items():
        if name != "X" and form.kind == "general":
            continue  # its samples need not be columns
        if name != "X" and form.transposed:
            height, width = width, height
        need(height == (form.inputs if name == "X" else rows), f"{name} has the wrong shape")
        low, high = max(low, width), min(high, width)
    if "Y" in given and form.kind != "general":
        turned = rationals(transpose(given["Y"]), "Y") if form.transposed else given["Y"]
        check_targets(loss.name, turned)
    need(
        "Y = X" not in stated or form.kind == "general" or rows == form.inputs,
        "Y = X of other shapes",
    )
    if "X" in given:
        found = len(independent_rows(given["X"]))
        rank = max(rank[0], found), min(rank[1], found)
    if stated & {"X full_row_rank", "X identity"}:
        rank, low = (form.inputs, rank[1]), max(low, form.inputs)
    if "Y full_row_rank" in stated and not form.transposed:
        low = max(low, rows)
    column = bool(stated & {"X full_column_rank", "X identity"})
    if column:
        high = min(high, form.inputs)
    rank_y = _range(known.get("rank_y", [0, None]), 0, LARGEST, "rank_y")
    rank, low = (rank[0], min(rank[1], high)), max(low, rank[0], rank_y[0])
    if column:
        rank = max(rank[0], low), rank[1]
        high = min(high, rank[1])
    need(low <= high and rank[0] <= rank[1], "no data satisfy what is stated")
    return Statement(form, loss, penalty, strengths, constraint is not None, stated, given,
                     (low, high), rank)  # fmt: skip


# --- side conditions -------------------------------------------------------------------------


def linear(s: Statement) -> int:
    """The common side conditions of section 2; returns the least hidden width."""
    form = s.form
    need(form.kind == "chain", "dense-layers, independent-parameters: the map is not a chain")
    need(bool(form.trained), "no layer is trained")
    need(all(la.linear for la in form.layers[s.first :]), "linear-activations")
    hidden = form.layers[s.first : s.last]
    need(not any(la.fixed for la in hidden), "trainable-layers: a fixed layer between trained ones")
    if s.penalty:
        bare = not any(form.layers[k].skip for k in form.trained) and not form.absorbed
        need(bare, "dense-layers: with a penalty, a skip or a sum in place of a matrix")
        need(not form.merged or len(set(s.rates)) == 1, "dense-layers: unequal penalties in a sum")
    need(s.bias != "other" and not (s.bias == "first" and s.penalty), "bias-pattern")
    return min((la.width for la in hidden), default=LARGEST)


def depth_two(s: Statement) -> None:
    """Exactly two trained layers."""
    need(len(s.form.trained) == 2, "two-layers")


def free(s: Statement) -> None:
    """No constraints."""
    need(not s.constrained, "unconstrained: there are constraints on the output")


def bare(s: Statement) -> None:
    """No penalty."""
    need(s.penalty is None, "no-regularizer: there is a penalty")


def convex(s: Statement, differentiable: bool = False, smooth: bool = False) -> None:
    """Properties of the loss."""
    need(s.loss.convex, "convex-loss")
    need(s.loss.differentiable or not differentiable, "differentiable-loss")
    need(s.loss.smooth or not smooth, "smooth-loss")


def wide(s: Statement, hidden: int) -> None:
    """No bottleneck."""
    need(hidden >= min(s.e0, s.eh), "no-bottleneck: a hidden layer is too narrow")


def decay(s: Statement) -> None:
    """An l2 penalty on every trained layer."""
    need(s.penalty == "l2" and min(s.rates) > 0, "l2-on-every-layer")


def at_most_l2(s: Statement) -> None:
    """No penalty, or l2."""
    need(s.penalty != "l1", "no-regularizer: an l1 penalty")


def squared(s: Statement, isometric: bool = False) -> None:
    """The squared loss (of the product itself)."""
    need(s.squared, "squared-loss")
    top = s.form.kind != "chain" or s.last == len(s.form.layers) - 1
    need(top or not isometric, "squared-loss: fixed layers above change its metric")


def symmetric(s: Statement) -> tuple[int, int]:
    """The map W W^T or W W^T X; the shape of W."""
    need(s.form.kind == "symmetric", "the map is not W W^T")
    return s.form.shape


def _degenerate_ends(s: Statement) -> None:
    form = s.form
    if form.constant or (form.kind == "chain" and not form.trained):
        return
    if form.kind == "chain":
        above = form.layers[s.last + 1 :]
        if all(la.linear for la in above) and s.eh == 0:
            return
        reach = form.layers[s.first :]
        if all(la.linear for la in reach) and not any(
            la.bias for la in reach[: s.last + 1 - s.first]
        ):
            need(s.e0 == 0, "constant-in-weights")
            return
        silent = all(not la.bias and not la.opaque for la in form.layers) and all(
            la.zero for la in form.layers[:-1]
        )
        need(silent and s.rank[1] == 0, "constant-in-weights")
        return
    if s.blind and form.outputs == 1:
        return
    pure = all(la.linear for _, layers in form.summands for la in layers)
    need(form.kind != "general" and pure and s.rank[1] == 0, "constant-in-weights")


def _constant_data(s: Statement) -> None:
    linear(s)
    convex(s)
    need(s.bias == "output" and s.e0 == 0, "constant-columns")


def _convex_problem(s: Statement) -> None:
    need(s.form.affine, "affine-in-parameters")
    convex(s)


def _no_bottleneck(s: Statement) -> None:
    hidden = linear(s)
    free(s)
    convex(s, differentiable=True)
    wide(s, hidden)
    bare(s)


def _linear_squared(s: Statement) -> None:
    linear(s)
    free(s)
    squared(s)
    bare(s)


def _two_layer_squared(s: Statement) -> None:
    _linear_squared(s)
    depth_two(s)


def _open_everywhere(s: Statement) -> None:
    convex(s)
    bare(s)
    if s.form.kind != "sum":
        need(linear(s) >= s.e0 + s.eh - 1, "open-widths: a hidden layer is too narrow")
        return
    needed = s.rank[1] + s.form.outputs - 1
    parts = [layers for _, layers in s.form.summands]
    good = any(all(la.linear and not la.fixed for la in part)
               and all(la.width >= needed for la in part[:-1]) for part in parts)  # fmt: skip
    need(good, "open-widths: no linear summand is wide enough")
    inside = all(la.linear for part in parts for la in part)
    need(inside or s.full_column_rank, "dense-layers: a summand leaves the row space of X")


def _differentiable_there(s: Statement) -> None:
    hidden = linear(s)
    free(s)
    convex(s)
    bare(s)
    wide(s, hidden)
    need(s.bias == "none" and not s.form.shifted, "point conditions: the output is shifted")
    need(min(s.e0, s.eh) <= 1, "point conditions: min(e_0, e_h) > 1")
    at_zero = s.loss.differentiable
    if not any(la.bias for la in s.form.layers[s.last + 1 :]):
        name, p = s.loss.name, s.loss.parameter
        targets = [abs(y) for row in s.given.get("Y", []) for y in row]
        kink = {"absolute": Fraction(0), "quantile": Fraction(0), "epsilon_insensitive": p}
        clear = bool(targets) and name in kink and kink[name] not in targets
        at_zero = at_zero or name == "hinge" or clear
    need(at_zero, "point conditions: the loss need not be differentiable at output 0")


def _linear_loss(s: Statement) -> None:
    linear(s)
    free(s)
    bare(s)
    need(s.loss.name == "linear_loss", "linear-loss")


def _well_conditioned(s: Statement) -> None:
    linear(s)
    free(s)
    bare(s)
    need(s.last == len(s.form.layers) - 1, "well-conditioned-loss: fixed layers above")
    values = [x for row in s.given.get("weights", []) for x in row]
    near = s.loss.name == "weighted_squared" and bool(values) and max(values) < 2 * min(values)
    need(s.squared or near, "well-conditioned-loss")
    need("Y realizable" in s.stated, "Y-realizable")


def _decay(s: Statement) -> int:
    hidden = linear(s)
    free(s)
    depth_two(s)
    decay(s)
    return hidden


def _two_layer_decay(s: Statement) -> None:
    wide(s, _decay(s))
    convex(s, differentiable=True)


def _decay_isotropic(s: Statement) -> None:
    _decay(s)
    squared(s, isometric=True)
    need(s.isotropic, "isotropic-data")


def _decay_autoencoder(s: Statement) -> None:
    _decay(s)
    squared(s, isometric=True)
    whole = len(s.form.layers) == 2 and not any(la.skip for la in s.form.layers)
    need(whole and not s.form.shifted and not s.form.transposed, "autoencoder-targets: not the map")
    need(s.autoencoder, "autoencoder-targets")


def _saddle_convex(s: Statement) -> None:
    need(s.form.affine, "affine-in-parameters")
    free(s)
    convex(s, smooth=True)
    at_most_l2(s)


def _saddle_two_layer(s: Statement) -> None:
    hidden = linear(s)
    free(s)
    depth_two(s)
    convex(s, smooth=True)
    wide(s, hidden)
    if s.penalty:
        decay(s)


def _symmetric_wide(s: Statement) -> None:
    rows, columns = symmetric(s)
    need(columns >= rows, "factor-wide-enough")
    convex(s)
    at_most_l2(s)


def _saddle_symmetric(s: Statement) -> None:
    _symmetric_wide(s)
    free(s)
    convex(s, smooth=True)


def _symmetric_squared(s: Statement) -> None:
    symmetric(s)
    free(s)
    squared(s)
    at_most_l2(s)
    full = s.isotropic and s.full_row_rank
    need(not s.form.has_data or full, "isotropic-data: X X^T is not a multiple of I")


def _tied(s: Statement) -> None:
    symmetric(s)
    free(s)
    squared(s)
    at_most_l2(s)
    need(s.autoencoder and not s.form.shifted and not s.form.transposed, "autoencoder-targets")
    need(s.penalty == "l2" or s.full_row_rank, "X-full-row-rank")


def _quadratic_wide(s: Statement) -> None:
    form = s.form
    need(form.kind == "chain" and len(form.trained) == 1, "dense-layers: not a quadratic network")
    need(len(form.layers) == s.first + 2, "dense-layers: not a quadratic network")
    hidden, top = form.layers[s.first :]
    need(hidden.name == "quadratic" and top.linear and top.width == 1, "a quadratic hidden layer")
    need(not (hidden.bias or hidden.skip or top.skip), "dense-layers: a bias or a skip")
    values = [] if top.matrix is None else top.matrix[0]
    signs = all(x > 0 for x in values) if values else top.positive
    need(signs, "positive-output-weights")
    convex(s)
    need(hidden.width >= s.e0, "factor-wide-enough")
    at_most_l2(s)
    equal = len(set(values)) == 1 or hidden.width == 1
    need(s.penalty is None or equal, "no-regularizer: unequal output weights")


def _pyramidal(s: Statement) -> None:
    need(s.form.kind == "chain" and len(s.form.layers) == 1, "one layer: point conditions remain")
    layer: Layer = s.form.layers[0]
    need(not layer.skip and not layer.fixed and not layer.opaque, "dense-layers, trainable-layers")
    need(layer.monotone, "homeomorphic-activations")
    convex(s)
    bare(s)
    need(s.full_column_rank, "X-full-column-rank")


BOTH, LOCAL, SADDLE = PROPERTIES, PROPERTIES[:1], PROPERTIES[1:]
THEOREMS: dict[str, tuple[tuple[str, ...], str, Callable[[Statement], None]]] = {
    "degenerate-ends": (BOTH, "", _degenerate_ends),
    "constant-data": (LOCAL, "", _constant_data),
    "convex-problem": (LOCAL, "convex-target", _convex_problem),
    "linear-no-bottleneck": (LOCAL, "linear-degenerate convex-target", _no_bottleneck),
    "linear-squared": (LOCAL, "linear-degenerate open-chain open-transfer eckart-young",
                       _linear_squared),
    "two-layer-squared": (BOTH, "strict-saddle-degenerate eckart-young", _two_layer_squared),
    "linear-open-everywhere": (LOCAL, "open-everywhere open-transfer convex-target",
                               _open_everywhere),
    "linear-differentiable-there": (LOCAL, "linear-degenerate open-transfer convex-target",
                                    _differentiable_there),
    "linear-loss-linear": (LOCAL, "", _linear_loss),
    "well-conditioned-realizable": (LOCAL, "linear-degenerate", _well_conditioned),
    "two-layer-decay": (LOCAL, "", _two_layer_decay),
    "two-layer-decay-isotropic": (LOCAL, "", _decay_isotropic),
    "decay-autoencoder": (LOCAL, "", _decay_autoencoder),
    "strict-saddle-convex": (SADDLE, "", _saddle_convex),
    "strict-saddle-two-layer": (SADDLE, "strict-saddle-degenerate", _saddle_two_layer),
    "symmetric-wide": (LOCAL, "open-symmetric open-transfer convex-target", _symmetric_wide),
    "symmetric-squared": (BOTH, "open-symmetric open-transfer eckart-young", _symmetric_squared),
    "strict-saddle-symmetric": (SADDLE, "", _saddle_symmetric),
    "tied-autoencoder": (LOCAL, "symmetric-deficient", _tied),
    "quadratic-wide": (LOCAL, "open-linear open-symmetric open-transfer convex-target",
                       _quadratic_wide),
    "pyramidal": (LOCAL, "open-linear open-activation open-product open-compose open-transfer "
                  "convex-target", _pyramidal),
}  # fmt: skip


def check_proof(document: dict[str, object]) -> tuple[str, str]:
    """Re-check a proof: (the theorem's id, what it says), or a rejection with the condition."""
    parts = fields(
        document, ["schema", "theorem", "steps", "problem"], ["property"], "the document"
    )
    theorem, asked = parts["theorem"], parts.get("property", "local_is_global")
    need(isinstance(theorem, str) and theorem in THEOREMS, "unknown theorem")
    theorem = str(theorem)
    properties, rules, check = THEOREMS[theorem]
    need(asked in properties, f"{theorem} does not prove the property asked about")
    named = []
    for step in sequence(parts["steps"], None, "steps"):
        one = fields(step, ["rule"], ["conditions"], "a step")
        texts = sequence(one.get("conditions", []), None, "conditions")
        need(all(isinstance(x, str) for x in texts), "a side condition is not a text")
        named.append(one["rule"])
    own = [*rules.split(), theorem]
    need(named[-len(own) :] == own, f"the steps are not those of {theorem}")
    need(all(rule in REDUCTIONS for rule in named[: -len(own)]), "an unknown reduction")
    statement = read_statement(parts["problem"])
    check(statement)
    word = () if theorem == "degenerate-ends" else statement.loss.word
    word += statement.form.word if theorem == "pyramidal" else ()
    claims = {"local_is_global": "every local minimum is global",
              "strict_saddle": "every critical point is global or a strict saddle"}  # fmt: skip
    said = f", {' and '.join(word)}" if word else ""
    return theorem, f"accepted: {claims[str(asked)]}{said}"
