"""Penalised networks whose origin is a local minimum (theory.md section 5.3, argument growth).

At the origin the outputs vary between samples by O(|W|^h) only, the penalty by |W|^2 (l2) or
|W| (l1). Without biases and with s(0) = 0 everywhere any data will do; otherwise the targets are
balanced, so that the constant output of the origin is a best constant. The better point uses one
unit a layer; it wins because a target, the weights or the data are scaled up.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ..catalogue import BuildOptions, Instance, Refusal
from ..facts.facts import Facts
from ..model.terms import Formula, RankOf, all_of, at_least, atoms, equal, maximum
from .check import smooth_enough
from .linear import Plan, Room, Shape, as_int, choose, zeros
from .numbers import Weights

ZERO, ONE = Fraction(0), Fraction(1)
HOMOGENEOUS = frozenset(("linear", "relu", "leaky_relu", "prelu"))
POLYNOMIAL = HOMOGENEOUS | {"quadratic", "cube"}
UNIT_SLOPE = frozenset(("linear", "relu", "leaky_relu", "prelu", "elu", "celu"))
UNBOUNDED = frozenset((
    "linear", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "softplus", "gelu", "silu",
    "mish", "quadratic", "cube",
))  # fmt: skip
TARGETS = frozenset(("squared", "weighted_squared", "masked_squared", "lp"))
"""Losses whose gain grows without bound with the target."""
SLOPED = frozenset(("absolute", "huber", "log_cosh", "quantile", "epsilon_insensitive"))
"""Losses of bounded slope: the outputs have to be scaled up."""
LABELS = frozenset(("logistic", "hinge", "squared_hinge", "cross_entropy"))
"""Losses of bounded gain: the data have to be scaled up."""
PRELU_SLOPE = Fraction(1, 4)


class Origin(NamedTuple):
    """How the origin is beaten.

    ``way``: "target", "weights" or "data", what is scaled up; ``loss``: the loss used (a member
    where the model names a class); ``balanced``: whether the targets must leave the constant
    output of the origin optimal; ``base``: that output; ``same``: Y = X.
    """

    way: str
    loss: str
    parameters: Mapping[str, Fraction]
    balanced: bool
    base: Fraction
    same: bool
    room: Room


def origin_of(facts: Facts, kind: str, least_depth: int) -> Origin | Refusal:
    """Whether the family has an instance for the model's map and loss, and by which scaling."""
    model = facts.model
    penalty = model.regularizer
    if penalty is None or penalty.kind != kind:
        return Refusal(f"no {kind} penalty")
    if any(value <= 0 for value in penalty.strengths):
        return Refusal("some layer has no penalty")
    if model.constraints is not None:
        return Refusal("the output is constrained")
    if not smooth_enough(facts, "squared" if model.loss.kind == "class" else None):
        return Refusal("strict_saddle is asked, and the loss or an activation is not C^2")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or ends.depth < least_depth:
        return Refusal(f"fewer than {least_depth} trained layers")
    form = facts.form
    if form.shifted or form.merged or form.shift is not None:
        return Refusal("the penalty sees the weights before the map was normalised")
    loss = model.loss
    if loss.kind == "custom":
        return Refusal("a custom loss")
    if form.transposed and (model.data.properties or model.data.matrices):
        return Refusal("statements on the data of a transposed map")
    if any(m.name in ("Y", "weights", "coefficients", "X") for m in model.data.matrices):
        return Refusal("data are given")
    names = set()
    silent = True
    for k, layer in enumerate(chain.layers):
        activation = layer.activation
        if layer.fixed or layer.skip or layer.opaque is not None:
            return Refusal(f"layer {k + 1} is fixed, opaque or has a skip connection")
        if activation.custom or activation.name in ("step", "softmax"):
            return Refusal(f"layer {k + 1} applies {activation.name}")
        names.add(activation.name)
        if facts.activation(layer).zero != 0:
            silent = False
    last = chain.layers[-1]
    base = facts.activation(last).zero
    if base is None:
        return Refusal("the output of the origin is not rational")
    balanced = ends.bias != "none" or not silent
    stated = {p.name for p in model.data.properties}
    if "Y realizable" in stated:
        return Refusal("Y realizable is stated")
    same = "Y = X" in stated
    fixed_scale = "X identity" in stated or not form.has_data
    name = "squared" if loss.kind == "class" else loss.name
    parameters = {} if loss.kind == "class" else dict(loss.parameters)
    if name == "linear_loss" and any(RankOf("Y") in atoms(a.formula) for a in model.assumptions):
        return Refusal("the rank of Y is stated, and a linear loss has no targets")
    if name == "lp":
        if parameters["p"] < 1:
            return Refusal("the loss is not locally Lipschitz")
        if parameters["p"] == 1:
            name = "absolute"
    if same:
        if fixed_scale or not names <= UNIT_SLOPE or name not in (TARGETS | SLOPED):
            return Refusal("Y = X beside an activation that does not pass large inputs")
        if balanced and (name == "quantile" or not _gentle(facts)):
            return Refusal("Y = X, biases, and an activation or loss that is not balanced")
        if base != 0:
            return Refusal("Y = X, and the output of the origin is not 0")
        way = "data"
    elif name == "log_cosh" and names <= HOMOGENEOUS and not fixed_scale:
        way = "data"
    elif name == "lp" and parameters["p"] < Fraction(3, 2) and names <= UNBOUNDED:
        way = "weights"
    elif name == "lp" and parameters["p"] < Fraction(3, 2):
        return Refusal("a loss of slow growth and bounded activations")
    elif name in TARGETS or (name in ("poisson", "linear_loss") and not balanced):
        way = "target"
    elif name in SLOPED:
        if names <= UNBOUNDED:
            way = "weights"
        else:
            return Refusal("a loss of bounded slope and bounded activations")
        if name == "quantile" and balanced and parameters["tau"] != Fraction(1, 2):
            return Refusal("the quantile loss has no balanced targets")
    elif name in LABELS or (name == "tukey" and not balanced):
        if fixed_scale or not names <= HOMOGENEOUS:
            return Refusal("a loss of bounded gain, and the data cannot be scaled up")
        if name == "cross_entropy" and facts.output_width == 1:
            return Refusal("one class")
        way = "data"
    else:
        return Refusal(f"the loss is {name}")
    mild = max(penalty.strengths) <= 1
    if way == "weights" and name == "log_cosh" and not names <= HOMOGENEOUS:
        return Refusal("log_cosh of large numbers")
    if way == "weights" and not mild and (name == "log_cosh" or not names <= POLYNOMIAL):
        return Refusal("a strong penalty, and exponentials of large numbers")
    if same and not mild and name == "log_cosh":
        return Refusal("a strong penalty, and exponentials of large numbers")
    if way != "target" and base != 0:
        return Refusal("the output of the origin is not 0")
    room = Room(0, facts.output_width, facts.data_rank_most, ends.bias, False, False, False, False)
    return Origin(way, name, parameters, balanced, base, same, room)


def _gentle(facts: Facts) -> bool:
    """Whether every leaky slope lies between 0 and 1."""
    chain = facts.chain
    assert chain is not None
    return all(
        0 <= dict(layer.activation.parameters)["slope"] <= 1
        for layer in chain.layers
        if layer.activation.name == "leaky_relu"
    )


def origin_shape(origin: Origin, rows: Any) -> Shape:
    """What the instance needs of the data: one input, two samples where it is balanced."""
    labels = origin.loss in ("logistic", "hinge", "squared_hinge")
    balanced = origin.balanced

    def samples(r: Any) -> Any:
        if not balanced:
            return r
        from ..model.terms import maximum, scale

        return scale(2, r) if origin.same else maximum(2, r)

    def fits(r: int, n: int) -> bool:
        return not (labels and balanced and n % 2) and n >= samples(r)

    def rank_y(r: int, n: int) -> tuple[int, int]:
        if origin.same:
            return r, r
        if balanced or origin.loss not in (TARGETS | SLOPED):
            return 1, 1
        return 1, min(rows, n)

    controlled = origin.loss in (TARGETS | SLOPED) and origin.base == 0
    return Shape(
        1, samples, fits, rank_y if controlled else None, lambda _r, _n: True, exact_rank=True
    )


def symbolic_origin(facts: Facts, origin: Origin) -> Formula | None:
    """Where the family exists, for symbolic widths; None where that is not worked out.

    Exact: one effective input, two samples (2 r for mirrored data) where the targets are balanced.
    """
    model = facts.model
    named = {statement.name for statement in model.data.properties}
    ranks = (RankOf("X"), RankOf("Y"))
    if any(rank in atoms(a.formula) for a in model.assumptions for rank in ranks):
        return None
    n, most = facts.samples_most, facts.data_rank_most
    column_rank = "X full_column_rank" in named or "X identity" in named or not facts.form.has_data
    shape = origin_shape(origin, facts.output_width)
    balanced = origin.balanced
    labels = origin.loss in ("logistic", "hinge", "squared_hinge")
    if balanced and labels and (n is not None or column_rank):
        return None  # (n has to be even.)
    parts: list[Formula] = [at_least(most, 1)]
    if origin.loss == "cross_entropy":
        parts.append(at_least(facts.output_width, 2))
    if column_rank:
        if balanced and origin.same:
            return None
        if balanced:
            parts.append(at_least(most if n is None else n, 2))
    elif n is not None:
        parts.append(at_least(n, shape.samples(maximum(1, facts.data_rank_least))))
    if "Y full_row_rank" in named:
        rows = facts.output_width
        if shape.rank_y is None or origin.same:
            return None
        if balanced or origin.loss not in (TARGETS | SLOPED):
            parts.append(equal(rows, 1))
        elif n is not None or column_rank:
            parts.append(at_least(most if n is None else n, rows))
    return all_of(*parts)


def build_origin(
    facts: Facts, options: BuildOptions, origin: Origin, words: str
) -> Instance | Refusal:
    """The instance (numeric widths): the origin against one unit a layer."""
    from .check import violations
    from .documents import NotAnInstance, document

    if facts.ranges is None:
        return Refusal("the widths are symbols")
    shape = origin_shape(origin, facts.output_width)
    plan = choose(facts, origin.room._replace(bias="none"), shape, options)
    if isinstance(plan, Refusal):
        return plan
    sizes = _scales(facts, origin, plan)
    if isinstance(sizes, Refusal):
        return sizes
    target, gain, stretch = sizes
    x, y, subgradient = _data(facts, origin, plan, target, stretch)
    local, better = _zero_weights(facts), _one_path(facts, gain)
    argument: dict[str, Any] = {"kind": "growth"}
    if subgradient is not None:
        argument["subgradient"] = [[str(v) for v in row] for row in subgradient]
    loss: dict[str, Any] | None = None
    if facts.model.loss.kind == "class":
        loss = {"name": "squared"}
    elif origin.loss in ("weighted_squared", "masked_squared"):
        loss = {"name": origin.loss, "weights": [[ONE] * plan.samples for _ in y]}
    elif origin.loss == "linear_loss":
        loss = {"name": "linear_loss", "coefficients": [[-v for v in row] for row in y]}
    chain = facts.chain
    assert chain is not None
    slopes = {
        k: PRELU_SLOPE
        for k, layer in enumerate(chain.layers, start=1)
        if layer.activation.name == "prelu"
    }
    try:
        made = document(
            facts, X=x, Y=None if origin.loss == "linear_loss" else y, local=local, better=better,
            argument=argument, loss=loss, slopes=slopes,
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(made, words)


def _zero_weights(facts: Facts) -> Weights:
    chain = facts.chain
    assert chain is not None
    weights: Weights = {}
    for k, layer in enumerate(chain.layers, start=1):
        rows = as_int(chain.widths[k])
        weights[f"W{k}"] = zeros(rows, as_int(chain.widths[k - 1]))
        if layer.bias:
            weights[f"b{k}"] = [ZERO] * rows
    return weights


def _one_path(facts: Facts, gain: Fraction) -> Weights:
    """Weight ``gain`` from the first unit of every layer to that of the next."""
    weights = _zero_weights(facts)
    chain = facts.chain
    assert chain is not None
    depth = len(chain.layers)
    for k in range(1, depth + 1):
        weights[f"W{k}"][0][0] = gain
    return weights


def _data(
    facts: Facts, origin: Origin, plan: Plan, target: Fraction, stretch: Fraction
) -> tuple[list[list[Fraction]], list[list[Any]], list[list[Fraction]] | None]:
    """X, Y and, for a loss with a kink, the subgradient at the constant output of the origin."""
    r, n = plan.inputs, plan.samples
    rows = as_int(facts.output_width)
    width = as_int(facts.input_width)
    mirrored = origin.same and origin.balanced
    x = zeros(width, n)
    for i in range(r):
        x[i][i] = stretch
        if mirrored:
            x[i][r + i] = -stretch
    name = origin.loss
    if origin.same:
        y: list[list[Any]] = [list(row) for row in x]
    elif name in ("logistic", "hinge", "squared_hinge"):
        y = [[ONE if j % 2 == 0 or not origin.balanced else -ONE for j in range(n)]
             for _ in range(rows)]  # fmt: skip
    elif name == "cross_entropy":
        even = Fraction(1, rows)
        y = [[even] * n for _ in range(rows)]
        y[0][0], y[1][0] = 2 * even, ZERO
        if origin.balanced:
            y[0][1], y[1][1] = ZERO, 2 * even
    else:
        y = [[ONE if name == "poisson" else origin.base] * n for _ in range(rows)]
        # (With data scaled up, the better point gives the first sample the output 1.)
        y[0][0] = target + origin.base
        if origin.balanced:
            y[0][1] = -target + origin.base
        elif plan.rank_y is not None:
            for i in range(1, plan.rank_y):
                y[i][i] = ONE
    if name not in ("absolute", "quantile", "epsilon_insensitive") or not origin.balanced:
        return x, y, None
    slope = origin.parameters["tau"] if name == "quantile" else ONE
    other = 1 - slope if name == "quantile" else ONE
    eps = origin.parameters["eps"] if name == "epsilon_insensitive" else ZERO
    chosen = [
        [-slope if v > eps else other if v < -eps else ZERO for v in row] for row in y
    ]  # fmt: skip
    return x, y, chosen


def _chain_value(facts: Facts, gain: Fraction, start: Fraction) -> float:
    """The first output for the one-unit path, as a float (only a guide)."""
    from .values import activate

    chain = facts.chain
    assert chain is not None
    value: Any = start
    for layer in chain.layers:
        name = layer.activation.name
        parameters = dict(layer.activation.parameters)
        if name == "prelu":
            parameters = {"slope": PRELU_SLOPE}
        value = activate(name, parameters, gain * value if isinstance(value, Fraction) else
                         value * int(gain.numerator) / int(gain.denominator))  # fmt: skip
    return float(value) if isinstance(value, Fraction) else float(value.mid())


def _scales(
    facts: Facts, origin: Origin, plan: Plan
) -> tuple[Fraction, Fraction, Fraction] | Refusal:
    """(target, weight of the path, scale of the data): the first that float arithmetic likes.

    The exact values decide later; only the outputs are rounded here, and 1 % is left for that.
    """
    target, gain, stretch = ONE, ONE, ONE
    for step in range(200):
        if _wins(facts, origin, plan, target, gain, stretch):
            return target, gain, stretch
        if origin.way == "target":
            target *= 2
        elif origin.way == "weights":
            if step < 2:
                target *= 2
            else:
                gain = gain * 2
                start = stretch
                reached = abs(_chain_value(facts, gain, start))
                target = Fraction(2 * int(reached) + 2) + _threshold(origin)
        elif origin.same:
            stretch *= 2
        else:
            # One path of weight g on data of size T: output g^h T = 1 with g small.
            gain = gain / 2
            depth = len(facts.chain.layers) if facts.chain is not None else 0
            stretch = _wanted(origin) / gain**depth
    return Refusal("no scale was found that beats the origin")


def _threshold(origin: Origin) -> Fraction:
    """Beyond this distance the loss has its full slope."""
    for name in ("delta", "eps"):
        if name in origin.parameters:
            return 2 * origin.parameters[name]
    return Fraction(2)


def _wanted(origin: Origin) -> Fraction:
    """The output that the better point gives to the first sample."""
    return Fraction(1, 2) if origin.loss == "cross_entropy" else ONE


def _wins(
    facts: Facts, origin: Origin, plan: Plan, target: Fraction, gain: Fraction, stretch: Fraction
) -> bool:
    """Whether the one-unit path beats the origin, its outputs rounded to floats."""
    from flint import ctx

    from .values import PRECISION, Problem, bounds, loss_value

    x, y, _ = _data(facts, origin, plan, target, stretch)
    chain, penalty = facts.chain, facts.model.regularizer
    assert chain is not None and penalty is not None
    known: dict[Fraction, Fraction] = {}
    first = []
    for value in x[0]:
        if value not in known:
            found = _chain_value(facts, gain, value)
            if abs(found) > 1e200:
                return False
            known[value] = Fraction(found)
        first.append(known[value])
    rows = len(y)
    small = [list(y[0])]
    z = [first]
    if origin.loss == "cross_entropy":
        small = [list(row) for row in y]
        z = [first, *[[ZERO] * len(first) for _ in range(rows - 1)]]
    parameters: dict[str, Any] = dict(origin.parameters)
    if origin.loss == "linear_loss":
        parameters["coefficients"] = [[-v for v in row] for row in small]
    name = "squared" if origin.loss in ("weighted_squared", "masked_squared") else origin.loss
    problem = Problem((), (), (), (), (name, parameters), None, {})
    flat = [[origin.base if k == 0 else ZERO] * len(first) for k in range(len(small))]
    with ctx.workprec(PRECISION):
        before = bounds(loss_value(problem, flat, small))[0]
        after = bounds(loss_value(problem, z, small))[1]
    depth = len(chain.layers)
    strengths = penalty.strengths if len(penalty.strengths) == depth else penalty.strengths * depth
    power = gain * gain / 2 if penalty.kind == "l2" else gain
    cost = sum(strengths[:-1], ZERO) * power + strengths[-1] * power
    return before - after > cost * Fraction(101, 100)
