"""``affine-piece``: a network all of whose units work inside an affine piece is linear nearby."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts, describe_loss
from ..facts.finding import Finding, met
from ..facts.normal_form import Chain, is_linear
from ..model.activations import Piece
from ..model.terms import (
    Formula,
    RankOf,
    Term,
    add,
    all_of,
    any_of,
    at_least,
    at_most,
    atoms,
    equal,
    maximum,
)

if TYPE_CHECKING:
    from ..instances.affine import Recipe

HOMOGENEOUS = frozenset(("linear", "relu", "leaky_relu", "prelu"))
ZERO, ONE = Fraction(0), Fraction(1)
SQUARED_CLASSES = frozenset(("any", "convex", "convex differentiable", "convex smooth"))
EVEN_LOSSES = frozenset(("absolute", "huber", "epsilon_insensitive", "log_cosh", "lp"))


class Layout(NamedTuple):
    """What of a model the construction depends on.

    ``pieces`` is the affine piece used in each layer, ``loss`` how the loss is handled
    (``squared``, ``weighted`` with given weights, ``even``), ``line`` whether the data may be a
    single row of positive numbers, ``signs`` whether they may be a row of both signs (homogeneous
    networks without biases), ``flat`` whether the constants belong to the local model.
    ``zero_fit``: the fit has to be the value at W_h = 0.
    """

    chain: Chain
    pieces: tuple[Piece, ...]
    loss: str
    first_bias: bool
    flat: bool
    line: bool
    signs: bool
    zero_fit: bool
    curved: bool
    concrete: bool
    isotropic: bool


def layout(facts: Facts) -> Layout | Refusal:
    """What the construction needs of the model, or why it does not apply to it."""
    model = facts.model
    chain, ends, form = facts.chain, facts.ends, facts.form
    if chain is None or ends is None:
        return Refusal("the map is not a chain of layers")
    if model.regularizer is not None:
        return Refusal("the weights are penalised")
    if model.constraints is not None:
        return Refusal("the output is constrained")
    if form.shift is not None or form.shifted or form.merged:
        return Refusal("a known matrix or a sum takes part in the map")
    if not form.has_data:
        return Refusal("there are no data: X = I has full column rank")
    layers = chain.layers
    pieces: list[Piece] = []
    bent = False
    homogeneous = True
    late_kink = biased = False
    last = len(layers) - 1
    selu = False
    for k, layer in enumerate(layers):
        if layer.fixed or layer.skip or layer.opaque is not None:
            what = "fixed" if layer.fixed else "skipped" if layer.skip else "opaque"
            return Refusal(f"layer {k + 1} is {what}")
        activation = layer.activation
        if activation.custom:
            return Refusal(f"the pieces of {activation.name} are not known")
        found = facts.activation(layer).affine
        if not found:
            return Refusal(f"{activation.name} (layer {k + 1}) has no affine piece")
        piece = found[-1]
        pieces.append(piece)
        biased = biased or (k > 0 and layer.bias)
        if piece.low is not None or piece.high is not None:
            bent = True
            homogeneous = homogeneous and activation.name in HOMOGENEOUS
            late_kink = late_kink or (k > 0 and biased)
        if piece.slope is None:
            selu = True
            if k == last:
                return Refusal(f"the outputs of {activation.name} are not rational")
    if not bent:
        return Refusal("all activations are affine")
    loss = _loss(facts)
    if isinstance(loss, Refusal):
        return loss
    top = pieces[last]
    curved = top.low is not None or top.high is not None
    if loss == "even" and layers[last].activation.name != "linear":
        return Refusal("for this loss the last layer has to be linear")
    zero_fit = selu and not layers[last].bias
    if zero_fit and loss == "even":
        return Refusal("a constant output would need irrational weights")
    if zero_fit and top.low is not None and top.low >= 0:
        return Refusal("a constant output would need irrational weights")
    for name in ("Y = X", "Y realizable"):
        if facts.stated(name) is not None:
            return Refusal(f"it is stated: {name}")
    if facts.full_column_rank.granted:
        return Refusal("X has full column rank: every affine fit is exact")
    flat = any(layer.bias for layer in layers) or any(piece.intercept != 0 for piece in pieces)
    data = model.data
    concrete = bool(data.matrices) and any(
        data.matrix(name) is not None for name in ("X", "Y", "weights")
    )
    first_bias = layers[0].bias
    return Layout(
        chain,
        tuple(pieces),
        loss,
        first_bias,
        flat,
        line=not first_bias and (not homogeneous or late_kink),
        signs=not any(layer.bias for layer in layers) and homogeneous and _signs_survive(chain),
        zero_fit=zero_fit,
        curved=curved,
        concrete=concrete,
        isotropic=facts.stated("X isotropic") is not None,
    )


def _signs_survive(chain: Chain) -> bool:
    """Whether X = (1, -1, ..) keeps all units off the kinks: no layer bends a vanished sample.

    A trained slope (prelu) is no constant of the local model, so it must not be used at -1.
    """
    value = -ONE
    for layer in chain.layers:
        name = layer.activation.name
        if value == 0 and not is_linear(layer.activation):
            return False
        if value < 0 and name == "prelu":
            return False
        if value < 0 and name == "relu":
            value = ZERO
        elif value < 0 and name == "leaky_relu":
            value *= dict(layer.activation.parameters)["slope"]
    return True


def _loss(facts: Facts) -> str | Refusal:
    loss = facts.model.loss
    if loss.kind == "class":
        return "squared" if loss.name in SQUARED_CLASSES else Refusal(f"the class {loss.name}")
    if loss.kind == "named":
        if loss.name == "squared" or (loss.name == "lp" and loss.parameter("p") == 2):
            return "squared"
        if loss.name in ("weighted_squared", "masked_squared"):
            given = facts.model.data.matrix("weights")
            return "squared" if given is None else "weighted"
        if loss.name in EVEN_LOSSES and (loss.name != "lp" or loss.parameter("p") >= 1):
            return "even"
    return Refusal(f"no minimiser is known exactly for {describe_loss(facts.model)}")


def least_samples(plan: Layout, rank: int, rank_y: int) -> int | list[int] | None:
    """The least n (or all n) for which there are data with rank X and rank Y as given.

    Data with a row of ones (or a first-layer bias) and a row t need rank X >= 2 (>= 1); the span
    of X and the ones then has dimension max(rank X, 2). Data of rank 1 otherwise are one row.
    """
    even = plan.loss == "even"
    if even and rank_y > 1:
        return None
    extra = rank_y if plan.zero_fit else rank_y - 1
    if plan.first_bias or rank >= 2:
        span = max(rank, 2)
        least = max(4 if even else 3, span + max(extra, 1))
        if not plan.isotropic or rank == 1:
            return least
        return [rank + 2] if rank + 2 >= least else None
    if rank != 1:
        return None
    if plan.line:
        span = 2 if plan.flat else 1
        return max(span + (2 if even else 1), span + max(extra, 1))
    if plan.signs and not even and distinct_lines(plan):
        return max(2, 1 + max(extra, 1))
    return None


def distinct_lines(plan: Layout) -> bool:
    """For homogeneous layers without biases, one unit each: whether (F(1), F(-1)) leaves a line.

    Each layer either keeps the sign or flips it; starting from (1, -1), the reachable lines in
    the plane are compared with the one where all weights are positive.
    """
    from ..instances.affine import sign_lines

    return len(sign_lines(plan.chain)) > 1


def _symbolic(facts: Facts, plan: Layout) -> Formula | Refusal:
    if plan.concrete:
        return Refusal("matrices are given, and widths are symbols")
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    d0, dh = facts.input_width, facts.output_width
    even = plan.loss == "even"
    rank: Term | None = None
    if facts.stated("X full_row_rank") is not None:
        rank = d0
    elif RankOf("X") in named:
        rank = RankOf("X")
    rank_y: Term = 1
    if facts.stated("Y full_row_rank") is not None:
        rank_y = dh
    elif RankOf("Y") in named:
        rank_y = RankOf("Y")
    samples = facts._symbolic_samples
    if plan.isotropic and (not plan.first_bias or rank is not None) and samples is not None:
        return Refusal("isotropic data with symbols for the widths and the number of samples")
    allowed: list[Formula] = [at_least(rank_y, 1)]
    if even:
        allowed.append(at_most(rank_y, 1))

    def enough(span: Term, least: int) -> Formula:
        if samples is None:
            return True
        more = rank_y if plan.zero_fit else maximum(add(rank_y, -1), 1)
        return all_of(at_least(samples, least), at_least(samples, add(span, more)))

    low = 1 if plan.first_bias else 2
    wide = rank if rank is not None else low
    general = all_of(
        at_least(d0 if rank is None else rank, low), enough(maximum(wide, 2), 4 if even else 3)
    )
    options: list[Formula] = [general]
    if not plan.first_bias:
        one = True if rank is None else equal(rank, 1)
        if plan.line:
            span = 2 if plan.flat else 1
            options.append(all_of(one, enough(span, span + (2 if even else 1))))
        elif plan.signs and not even and distinct_lines(plan):
            options.append(all_of(one, enough(1, 2)))
    return all_of(*allowed, any_of(*options))


def _findings(facts: Facts, plan: Layout) -> tuple[Finding, ...]:
    found = []
    for k, (layer, piece) in enumerate(zip(plan.chain.layers, plan.pieces, strict=True), 1):
        if piece.low is not None or piece.high is not None:
            low = "-inf" if piece.low is None else str(piece.low)
            high = "inf" if piece.high is None else str(piece.high)
            found.append(
                met(
                    f"layer {k}: {layer.activation.name} is affine on ({low}, {high}), not on R",
                    layer.activation.span or layer.span,
                )
            )
    found.append(met(f"the loss is {describe_loss(facts.model)}", facts.model.loss.span))
    return tuple(found)


def scope(facts: Facts) -> Scope | Refusal:
    """Where the family exists; numeric widths are decided by plain integer arithmetic."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        formula = _symbolic(facts, plan)
        if isinstance(formula, Refusal):
            return formula
        return Scope(formula, "enough samples and input dimensions", _findings(facts, plan))
    if plan.concrete:
        from ..instances.affine import recipe

        made = recipe(facts, plan, BuildOptions())
        if isinstance(made, Refusal):
            return made
        return Scope(True, "the given data allow it", _findings(facts, plan))
    found = _smallest(facts, plan)
    if found is not None:
        return Scope(
            True,
            f"n = {found[0]} samples and rank X = {found[1]} are allowed",
            _findings(facts, plan),
        )
    return Refusal(
        "it needs n >= 3 samples that are not linearly independent, and an input of rank 2 or a "
        "bias on the first layer"
    )


def _smallest(facts: Facts, plan: Layout) -> tuple[int, int] | None:
    """The first n and rank X that the statements allow and the construction can have."""
    ranges = facts.ranges
    assert ranges is not None
    if ranges.residual is not True:
        from ..instances.nonlinear import choices

        for choice in choices(facts, ranges, 1, lambda r, q: least_samples(plan, r, q)):
            return choice.samples, choice.rank_x
        return None
    low, high = ranges.samples
    rank_y = max(ranges.rank_y.least, 1)
    most, first = ranges.rank_x.most or 0, max(ranges.rank_x.least, 1)
    if rank_y > (ranges.rank_y.most or 0):
        return None
    # The number of samples needed grows with the rank from 2 on: the first few ranks decide,
    # except for isotropic data, whose number of samples grows with the rank exactly.
    last = most if plan.isotropic else min(most, first + 2)
    ranks = [*range(max(first, 2), last + 1), *([1] if first == 1 and most >= 1 else [])]
    if plan.first_bias:
        ranks.sort()
    for rank in ranks:
        needed = least_samples(plan, rank, rank_y)
        if needed is None:
            continue
        for n in needed if isinstance(needed, list) else (max(low, needed),):
            if n >= low and (high is None or n <= high):
                return n, rank
    return None


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """An exact instance: data, weights inside the pieces that fit by least squares, better ones."""
    from ..instances.affine import instance, recipe

    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        return Refusal("the widths are symbols")
    made: Recipe | Refusal = recipe(facts, plan, options)
    if isinstance(made, Refusal):
        return made
    return instance(facts, made)


FAMILY = Family(
    id="affine-piece",
    order=60,
    title="Units inside an affine piece",
    statement=(
        "Every activation has an affine piece of non-zero slope and at least one is not affine: "
        "with the squared loss there are data with a local minimum that is not global, at every "
        "depth and all widths, for n >= 3 samples (n > rank X) and d_0 >= 2 or a first-layer bias."
    ),
    source=HERE._replace(number="section 5.4"),
    argument="affine-region",
    proof=(
        "Where all units work strictly inside an affine piece on all samples, the outputs are "
        "affine in the data, also for all nearby weights; so the loss nearby is at least that of "
        "the best affine fit, which the point attains. The targets are this fit plus kappa times "
        "a direction u orthogonal to the data and the ones. A network function f with <u, f> != 0 "
        "gains kappa <u, f> - 1/2 |fit - f|^2, which is positive for large kappa."
    ),
    scope=scope,
    build=build,
    examples=(
        "net 2 -> relu(1) -> 1; loss squared",
        "net 3 -> leaky_relu(4) -> elu(2, bias) -> 2; loss squared; data X full_row_rank",
        "net 1 -> hard_tanh(2, bias) -> 1; loss huber(1)",
    ),
    related=("dead-units",),
)
