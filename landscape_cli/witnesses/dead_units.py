"""``dead-units``: a hidden layer all of whose units sit in a constant piece on all samples.

Given data: ``instances/given_networks.py`` says which of them have an instance.
"""

from __future__ import annotations

from typing import NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts, describe_loss
from ..facts.finding import met
from ..facts.normal_form import Chain
from ..model.activations import Piece
from ..model.terms import Formula, RankOf, Term, all_of, at_least, at_most, atoms

REGRESSION = frozenset((
    "squared", "weighted_squared", "masked_squared", "absolute", "huber", "log_cosh", "lp",
    "epsilon_insensitive", "quantile", "tukey",
))  # fmt: skip
LABELLED = frozenset(("hinge", "squared_hinge", "logistic", "zero_one"))
KINKED = frozenset(("absolute", "epsilon_insensitive"))
WORDS = (
    "Every unit of one layer works strictly inside a constant piece on all samples, so nearby the "
    "outputs are one constant, and the point has a best one. The second network, whose units "
    "are alive, does better."
)


class Layout(NamedTuple):
    """What of a model the construction depends on.

    ``dead`` is the layer (from 0) whose units are in the constant piece ``piece``. ``silent``:
    the outputs then are 0 for all nearby weights, whatever the loss; else they are the same
    vector for all samples, and a best constant has to be known. ``loss`` is the name of the loss
    used, ``pieces`` the affine pieces of the layers below.
    """

    chain: Chain
    dead: int
    piece: Piece
    pieces: tuple[Piece, ...]
    silent: bool
    loss: str
    output_bias: bool
    realizable: bool
    same: bool
    isotropic: bool


def layout(facts: Facts) -> Layout | Refusal:
    """What the construction needs of the model, or why it does not apply to it."""
    from ..instances.scopes import odd_layer

    model = facts.model
    chain, form = facts.chain, facts.form
    if chain is None or facts.ends is None:
        return Refusal("the map is not a chain of layers")
    if model.regularizer is not None:
        return Refusal("the weights are penalised")
    if model.constraints is not None:
        return Refusal("the output is constrained")
    if form.shift is not None or form.shifted or form.merged or form.transposed:
        return Refusal("a known matrix, a sum or a transposition takes part in the map")
    if model.data.matrices:
        return Refusal("matrices are given")
    odd = odd_layer(facts)
    if odd is not None:
        return odd
    loss = model.loss
    if loss.kind == "custom":
        return Refusal("no best constant is known for a custom loss")
    name = "squared" if loss.kind == "class" else loss.name
    same = facts.stated("Y = X") is not None
    realizable = facts.stated("Y realizable") is not None
    if same and name != "squared":
        return Refusal("Y = X is stated, and the loss is not squared")
    if name == "linear_loss" and (
        facts.stated("Y full_row_rank") is not None
        or any(RankOf("Y") in atoms(a.formula) for a in model.assumptions)
    ):
        return Refusal("the rank of Y is stated, and a linear loss has no targets")
    if realizable and (same or name not in REGRESSION | LABELLED or name == "logistic"):
        return Refusal("it is stated that Y is realizable")
    shown: Refusal | None = None
    pieces: list[Piece] = []
    last = len(chain.layers) - 1
    for k, layer in enumerate(chain.layers[:-1]):
        properties = facts.activation(layer)
        for piece in properties.constant:
            silent = (
                piece.intercept == 0
                and not any(above.bias for above in chain.layers[k + 1 :])
                and all(facts.activation(above).zero == 0 for above in chain.layers[k + 1 :])
            )
            found = Layout(
                chain, k, piece, tuple(pieces), silent, name, chain.layers[last].bias,
                realizable, same, facts.stated("X isotropic") is not None,
            )  # fmt: skip
            reason = _unsuited(facts, found)
            if reason is None:
                return found
            shown = shown or Refusal(reason)
        if not properties.affine:
            break
        pieces.append(properties.affine[-1])
    return shown or Refusal("no hidden layer can be put into a constant piece on all samples")


def _unsuited(facts: Facts, plan: Layout) -> str | None:
    """Why the loss or the last layer do not fit."""
    if _blown_up(plan):
        return "powers below an activation that saturates"
    last = plan.chain.layers[-1]
    linear = last.activation.name == "linear"
    loss = facts.model.loss
    if plan.silent:
        if plan.same and not linear:
            return "Y = X is stated, and the last layer is not linear"
        if plan.loss == "cross_entropy" and facts.output_width == 1:
            return "one class: the loss is constant"
        if (plan.realizable or plan.loss == "zero_one") and _curved(plan):
            return "the outputs of a better network would not be rational"
        return None
    if not linear:
        return "the last layer is not linear, and the outputs of a dead network vary"
    if plan.same:
        return "Y = X is stated"
    if plan.loss in ("zero_one", "tukey") or (plan.loss == "lp" and loss.parameter("p") < 1):
        return f"no best constant is known for {describe_loss(facts.model)}"
    if plan.loss == "cross_entropy" and facts.output_width == 1:
        return "one class: the loss is constant"
    if plan.realizable and (
        not plan.output_bias
        or plan.loss not in REGRESSION
        or plan.loss == "quantile"
        or _curved(plan)
    ):
        return "it is stated that Y is realizable"
    return None


def _blown_up(plan: Layout) -> bool:
    """Whether a power stands below an activation with irrational values.

    Its outputs are so large that what saturates above can't be told from its limit.
    """
    power = False
    for layer in plan.chain.layers:
        if power and layer.activation.name not in (*_RATIONAL, "cube", "quadratic"):
            return True
        power = power or layer.activation.name in ("cube", "quadratic")
    return False


def _curved(plan: Layout) -> bool:
    """Whether some activation has irrational values on its way to a positive output."""
    return not all(layer.activation.name in _RATIONAL for layer in plan.chain.layers)


_RATIONAL = frozenset((
    "linear", "relu", "leaky_relu", "prelu", "elu", "celu", "hard_tanh", "hard_sigmoid", "relu6",
))  # fmt: skip


def samples_suit(facts: Facts, plan: Layout, samples: int) -> bool:
    """Whether the construction has an instance with n samples (apart from the ranks)."""
    if plan.silent:
        return samples >= 1
    if samples < 2:
        return False
    if plan.loss == "quantile":
        tau = facts.model.loss.parameter("tau")
        return plan.output_bias or samples % tau.denominator == 0
    if samples % 2 == 0:
        return True
    if plan.realizable:
        return False
    if plan.loss in KINKED or plan.loss in LABELLED:
        return plan.output_bias
    return not (plan.loss == "lp" and facts.model.loss.parameter("p") == 1) or plan.output_bias


def ranks_suit(plan: Layout, samples: int, rank: int, rank_y: int) -> bool:
    """Whether the construction has data with n samples and these ranks."""
    if not 1 <= rank <= samples or rank_y > samples:
        return False
    if plan.same:
        return rank == rank_y and (not plan.isotropic or rank in (1, samples))
    if plan.isotropic and rank not in (1, samples):
        return False
    if plan.loss == "cross_entropy" and not plan.silent:
        return rank_y == 2
    if rank_y <= 1:
        return True
    return plan.silent and plan.loss not in ("cross_entropy", "linear_loss") and not plan.realizable


def _symbolic(facts: Facts, plan: Layout) -> Formula | Refusal:
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    samples = facts._symbolic_samples
    rank: Term | None = None
    stated_rows = facts.stated("X full_row_rank") is not None
    stated_columns = facts.stated("X full_column_rank") is not None
    if stated_rows or facts.stated("X identity") is not None:
        rank = facts.input_width
    elif stated_columns:
        rank = samples
    if RankOf("X") in named:
        rank = RankOf("X")
    rank_y: Term = 1
    if facts.stated("Y full_row_rank") is not None:
        rank_y = facts.output_width
    if RankOf("Y") in named:
        rank_y = RankOf("Y")
    if plan.same:
        return Refusal("Y = X is stated, and widths are symbols")
    if plan.isotropic and not (rank is None or rank == samples):
        return Refusal("isotropic data with symbols for the widths")
    parts: list[Formula] = [at_least(rank_y, 1)]
    if plan.loss == "cross_entropy" and not plan.silent:
        if rank_y != 1:
            return Refusal("the rank of Y is stated, and widths are symbols")
        rank_y = 2
    if rank is not None:
        parts.append(at_least(rank, 1))
    varied = plan.loss == "cross_entropy" and not plan.silent
    if not varied and not ranks_suit(plan, 9, 9, 2):
        parts.append(at_most(rank_y, 1))
    fewest = 1 if plan.silent else 2
    exact = all(samples_suit(facts, plan, n) for n in range(fewest, fewest + 12))
    if samples is not None:
        if not exact:
            return Refusal("the number of samples decides, and it is a symbol")
        parts.append(at_least(samples, fewest))
    elif stated_columns:
        parts.append(at_least(facts.input_width, fewest))
        if not exact:
            return Refusal("the number of samples decides, and it is bounded by a symbol")
    if plan.loss == "cross_entropy":
        parts.append(at_least(facts.output_width, 2))
    return all_of(*parts)


def scope(facts: Facts) -> Scope | Refusal:
    """Where the family exists; numeric widths are decided by plain integer arithmetic."""
    if facts.model.data.matrices and facts.ranges is not None:
        from ..instances.given_networks import dead_instance, gives_data

        if gives_data(facts):
            made = dead_instance(facts, WORDS)
            if isinstance(made, Refusal):
                return made
            return Scope(True, "the given data allow it",
                         (met(f"the loss is {describe_loss(facts.model)}",
                              facts.model.loss.span),))  # fmt: skip
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    layer = plan.chain.layers[plan.dead]
    findings = (
        met(
            f"layer {plan.dead + 1}: {layer.activation.name} is constant "
            f"({plan.piece.intercept}) on a half-line",
            layer.activation.span or layer.span,
        ),
        met(f"the loss is {describe_loss(facts.model)}", facts.model.loss.span),
    )
    if not facts.numeric:
        formula = _symbolic(facts, plan)
        if isinstance(formula, Refusal):
            return formula
        return Scope(formula, "enough samples", findings)
    found = choose(facts, plan, None)
    if found is None:
        return Refusal("no number of samples that the statements allow fits the construction")
    return Scope(True, f"n = {found[0]} samples and rank X = {found[1]} are allowed", findings)


def choose(facts: Facts, plan: Layout, wanted: int | None) -> tuple[int, int, int] | None:
    """(n, rank X, rank Y) that the statements allow and the construction has, small ones first."""
    ranges = facts.ranges
    assert ranges is not None
    low, high = ranges.samples
    if wanted is not None:
        if wanted < low or (high is not None and wanted > high):
            return None
        low = high = wanted
    joint = ranges.residual is not True
    first_rank, last_rank = max(ranges.rank_x.least, 1), ranges.rank_x.most or 0
    first_y, last_y = max(ranges.rank_y.least, 1), ranges.rank_y.most or 0
    span = 40
    if not joint and plan.loss == "quantile":
        span = facts.model.loss.parameter("tau").denominator
    start = max(low, first_rank, first_y, 1 if plan.silent else 2)
    for n in range(start, start + span + 1):
        if high is not None and n > high:
            return None
        if not samples_suit(facts, plan, n):
            continue
        for rank in range(first_rank, min(last_rank, n, first_rank + span) + 1):
            for rank_y in range(first_y, min(last_y, n, first_y + span) + 1):
                if not ranks_suit(plan, n, rank, rank_y):
                    continue
                if joint:
                    from ..instances.nonlinear import allowed

                    if not allowed(facts, ranges, n, rank, rank_y):
                        continue
                # With full column rank the ranges already say rank X = n, at each n.
                if facts.stated("X full_column_rank") is not None and rank != n:
                    continue
                return n, rank, rank_y
    return None


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """An exact instance: data, a dead layer, a better point with the units alive."""
    from ..instances.given_networks import dead_instance, gives_data
    from ..instances.linear import other_samples

    if gives_data(facts) and facts.ranges is not None:
        return other_samples(facts, options) or dead_instance(facts, WORDS)
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        return Refusal("the widths are symbols")
    found = choose(facts, plan, options.samples)
    if found is None:
        return Refusal("no number of samples that the statements allow fits the construction")
    from ..instances.dead import instance

    return instance(facts, plan, *found, options)


FAMILY = Family(
    id="dead-units",
    order=61,
    title="Dead units",
    statement=(
        "A hidden layer whose activation has a constant piece (relu, relu6, hard_tanh, "
        "hard_sigmoid), any layers with affine pieces below it and any layers above: there are "
        "data with a flat local minimum that is not global, where the whole layer sits in the "
        "constant piece on all samples."
    ),
    source=HERE._replace(number="section 5.4"),
    argument="affine-region",
    proof=(
        "The units stay in the constant piece for all nearby weights, so the outputs nearby are "
        "one vector, the same for all samples. Without biases above it is 0 and the loss is "
        "constant nearby; else the point has the best such vector. A network whose units are "
        "alive does better, because the targets are not constant (or not 0)."
    ),
    scope=scope,
    build=build,
    examples=(
        "net 2 -> relu(3) -> 1; loss squared; data X full_column_rank",
        "net 3 -> linear(2) -> relu6(2, bias) -> 1; loss logistic",
        "net 2 -> hard_tanh(2, bias) -> linear(1, bias); loss absolute",
        "net 2 -> relu(3) -> 1; loss squared; data X = [[1, 0], [0, 1]], Y = [[1, 2]]",
    ),
    related=("affine-piece",),
)
