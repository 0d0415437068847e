"""Networks of depth three and more: the origin is a critical point without negative curvature."""

from __future__ import annotations

from typing import NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts, describe_loss
from ..facts.finding import met
from ..model.terms import Formula, RankOf, all_of, at_least, atoms

QUADRATIC = frozenset(("squared", "weighted_squared", "masked_squared"))
EVEN = QUADRATIC | {"log_cosh", "lp"}
OTHERS = frozenset(("logistic", "poisson", "cross_entropy", "linear_loss"))
SMOOTH_ZERO = frozenset((
    "linear", "tanh", "erf", "arctan", "sin", "gelu", "silu", "mish", "quadratic", "cube",
))  # fmt: skip
"""C^2 activations with s(0) = 0; all map (0, 1] into itself."""
EXACT_AT_ONE = frozenset(("linear", "quadratic", "cube"))
HALVING = frozenset(("gelu", "silu", "mish"))


class Layout(NamedTuple):
    """What of a model the construction depends on: the loss used, and what is stated.

    ``quadratic``: the loss is a weighted sum of squares. ``bias``: there is an output bias.
    ``exact``: n must be the rank of X. ``concrete``: some matrices are given.
    """

    loss: str
    quadratic: bool
    bias: bool
    realizable: bool
    same: bool
    exact: bool
    concrete: bool


def layout(facts: Facts) -> Layout | Refusal:
    """What the construction needs of the model, or why it does not apply to it."""
    model, form = facts.model, facts.form
    loss = model.loss
    if model.requirement.name != "strict_saddle":
        return Refusal("strict_saddle is not asked")
    name = "squared" if loss.kind == "class" else loss.name
    if loss.kind == "custom" or name not in EVEN | OTHERS:
        return Refusal(f"no instance is known for {describe_loss(model)}")
    quadratic = name in QUADRATIC
    if name == "lp":
        power = loss.parameter("p")
        if power < 2:
            return Refusal("the loss is not C^2")
        quadratic = power == 2
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or ends.depth < 3:
        return Refusal("fewer than three trained layers")
    if form.shift is not None or form.transposed:
        return Refusal("a known matrix is added to the map, or it is transposed")
    if not form.has_data and any(RankOf("X") in atoms(a.formula) for a in model.assumptions):
        return Refusal("an assumption on the rank of X, which does not occur")
    stated = {statement.name for statement in model.data.properties}
    realizable, same = "Y realizable" in stated, "Y = X" in stated
    last = len(chain.layers) - 1
    linear, halvings = True, 0
    for k, layer in enumerate(chain.layers):
        activation = layer.activation
        if layer.fixed or layer.skip or layer.opaque is not None:
            return Refusal(f"layer {k + 1} is fixed, opaque or has a skip connection")
        if activation.custom or activation.name not in SMOOTH_ZERO:
            return Refusal(f"layer {k + 1} applies {activation.name}")
        if layer.bias and k < last:
            return Refusal("a bias on a hidden layer")
        linear = linear and activation.name == "linear"
        halvings += activation.name in HALVING
        if realizable and activation.name not in EXACT_AT_ONE:
            return Refusal("Y realizable is stated, and the outputs would be irrational")
    if halvings > 40:
        return Refusal("the signal through so many layers is too small")
    bias = chain.layers[last].bias
    if bias and chain.layers[last].activation.name != "linear":
        return Refusal("an output bias below a non-linear output")
    concrete = bool(model.data.matrices)
    if concrete and not (linear and quadratic and not realizable and not same):
        return Refusal("data are given")
    if bias and name in OTHERS - {"logistic"}:
        return Refusal("an output bias beside such a loss")
    if (realizable or same) and (name in OTHERS or (bias and not quadratic)):
        return Refusal("a statement on the targets beside such a loss")
    if name in ("cross_entropy", "linear_loss"):
        ranked = any(RankOf("Y") in atoms(a.formula) for a in model.assumptions)
        if ranked or "Y full_row_rank" in stated:
            return Refusal("a statement on the rank of Y beside such a loss")
        if name == "cross_entropy" and facts.output_width == 1:
            return Refusal("one class")
    return Layout(
        name, quadratic, bias, realizable, same,
        "X full_column_rank" in stated or "X identity" in stated or not form.has_data, concrete,
    )  # fmt: skip


def samples_for(plan: Layout, facts: Facts, r: int, q: int) -> int | list[int] | None:
    """The least n (or all) for rank X = r and rank Y = q; None where there is none."""
    if plan.same and q != r:
        return None
    if plan.realizable and (not isinstance(facts.narrowest, int) or q > min(r, facts.narrowest)):
        return None
    least = max(r, q)
    if plan.bias:
        least = max(least, 2)
        if not plan.quadratic:
            least = max(least, q + 1)
    if plan.loss == "logistic" and plan.bias:
        if q > 1:
            return None
        even = [n for n in range(least, least + 60) if n % 2 == 0]
        return even if not plan.exact else [n for n in even if n == r]
    if plan.exact:
        return [r] if r >= least else None
    return least


def scope(facts: Facts) -> Scope | Refusal:
    """Where the family exists."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    ends = facts.ends
    assert ends is not None
    text = f"{ends.depth} >= 3"
    findings = (met(f"{ends.depth} trained layers", facts.form.span),)
    from ..instances.deep_saddle import instance
    from ..instances.scopes import scope_of, some_choice

    return scope_of(
        facts, (text, findings), lambda: _symbolic(facts, plan),
        (lambda options: instance(facts, plan, options)) if plan.concrete else None,
        lambda: some_choice(facts, 1, lambda r, q: samples_for(plan, facts, r, q)),
    )  # fmt: skip


def _symbolic(facts: Facts, plan: Layout) -> Formula | Refusal:
    if plan.concrete or plan.realizable or (plan.bias and not plan.quadratic):
        return Refusal("symbolic widths beside such statements on the data")
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    parts: list[Formula] = [at_least(facts.data_rank_most, 1)]
    if plan.loss == "cross_entropy":
        parts.append(at_least(facts.output_width, 2))
    if RankOf("Y") in named:
        if plan.same:
            return Refusal("an assumption on the rank of Y")
        parts.append(at_least(RankOf("Y"), 1))
    if plan.bias:
        # Two samples; where there are as many as the rank of X, that rank must be 2.
        parts.append(at_least(facts.data_rank_most, 2) if plan.exact else True)
        if facts.samples_most is not None:
            parts.append(at_least(facts.samples_most, 2))
    return all_of(*parts)


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """The origin, data that correlate with the targets, and one unit a layer that does better."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        return Refusal("the widths are symbols")
    from ..instances.deep_saddle import instance

    return instance(facts, plan, options)


FAMILY = Family(
    id="strict-saddle-deep",
    order=78,
    title="Depth three: a saddle without negative curvature",
    statement=(
        "At least three trained layers, C^2 activations with s(0) = 0, a C^2 loss (squared, "
        "log_cosh, logistic, ..., or a class that contains one), no penalty, e_0 >= 1: for some "
        "data the origin is a critical point that is not global and has no direction of negative "
        "curvature."
    ),
    source=HERE,
    argument="flat-origin",
    proof=(
        "Near the origin the outputs are O(|W|^h), h >= 3, so gradient and Hessian of the loss in "
        "the weights vanish there; in an output bias, at its best value, the loss is convex. A "
        "small product along the correlation of targets and data lowers the loss."
    ),
    scope=scope,
    build=build,
    properties=("strict_saddle",),
    examples=(
        "net 3 -> 2 -> 2 -> 3; loss squared; require strict_saddle",
        "net 3 -> tanh(2) -> tanh(2) -> linear(1, bias); loss convex smooth; require strict_saddle",
        "net 3 -> 2 -> 2 -> 3; loss squared; data Y = X; require strict_saddle",
    ),
    related=("two-layer-squared", "linear-squared"),
)
