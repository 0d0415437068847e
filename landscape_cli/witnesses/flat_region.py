"""Losses with flat pieces: outputs strictly inside them, where nothing pulls."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts, describe_loss
from ..facts.finding import met
from ..facts.normal_form import Chain, is_linear
from ..model.terms import Formula, RankOf, Term, all_of, at_least, atoms

RATIONAL = frozenset((
    "linear", "relu", "leaky_relu", "prelu", "elu", "celu", "hard_tanh", "relu6", "hard_sigmoid",
    "quadratic", "cube", "softsign",
))  # fmt: skip
"""Activations that map positive rationals to positive rationals."""


Kind = Literal["linear", "network", "bent", "symmetric"]


class Layout(NamedTuple):
    """What of a model the construction depends on.

    ``kind``: a linear chain, another network with a linear output, one whose output layer has an
    activation ("bent"), or a product W W^T.
    ``signs``: the loss is zero_one (labels 1 and -1), else Tukey's with the constant ``cut``.
    ``constant``: an output bias reaches every constant output. ``exact``: n must be the rank of
    X; ``identity``: X must be I. ``concrete``: some matrices are given.
    """

    kind: Kind
    signs: bool
    cut: Fraction
    constant: bool
    realizable: bool
    same: bool
    isotropic: bool
    exact: bool
    identity: bool
    concrete: bool


def layout(facts: Facts) -> Layout | Refusal:
    """What the construction needs of the model, or why it does not apply to it."""
    model, form = facts.model, facts.form
    loss = model.loss
    any_loss = loss.kind == "class" and loss.name == "any"
    if not any_loss and (loss.kind != "named" or loss.name not in ("zero_one", "tukey")):
        return Refusal("the loss is not zero_one, tukey or the class of all losses")
    signs = loss.name == "zero_one"
    if model.requirement.name == "strict_saddle":
        from ..instances.check import smooth_enough

        if not smooth_enough(facts, "tukey" if any_loss else None):
            return Refusal("strict_saddle is asked, and the loss or an activation is not C^2")
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    if form.transposed:
        return Refusal("the map is transposed")
    if form.shift is not None:
        from ..instances.check import shift_vanishes

        if not shift_vanishes(facts):
            return Refusal("a known matrix is added to the map")
    data = model.data
    stated = {statement.name for statement in data.properties}
    realizable, same = "Y realizable" in stated, "Y = X" in stated
    if realizable and same:
        return Refusal("Y = X and Y realizable are stated")
    identity = "X identity" in stated or not form.has_data
    concrete = bool(data.matrices)
    if not form.has_data and any(RankOf("X") in atoms(a.formula) for a in model.assumptions):
        return Refusal("an assumption on the rank of X, which does not occur")
    if concrete and (realizable or same):
        return Refusal("data are given, beside a statement on the targets")
    if same and signs and identity:
        return Refusal("labels that are 0")
    kind: Kind
    constant = False
    if form.kind == "symmetric":
        if concrete or form.shifted:
            return Refusal("data are given")
        if signs and same:
            return Refusal("Y = X beside labels")
        kind = "symmetric"
    else:
        chain, ends = facts.chain, facts.ends
        if chain is None or ends is None:
            return Refusal("the map is not a network")
        answer = _chain_kind(chain, ends.first, ends.last)
        if isinstance(answer, Refusal):
            return answer
        kind, fixed = answer
        top = chain.layers[-1]
        constant = top.bias and not top.fixed and kind != "bent"
        if kind == "bent" and (signs or realizable or same):
            return Refusal("labels, or a statement on the targets, beside an output activation")
        if not constant and (kind != "linear" or fixed):
            refusal = _without_bias(facts, chain, signs, realizable, same, concrete)
            if refusal is not None:
                return refusal
    cut = Fraction(1)
    if not signs and not any_loss:
        cut = loss.parameter("c")
    elif same and identity and not constant:
        cut = Fraction(1, 2)
    if kind == "bent" and not Fraction(1, 50) <= cut <= 1000:
        return Refusal("the outputs would have to be known more exactly than they are")
    if same and identity and cut >= 1 and not constant and kind != "linear":
        return Refusal("Y = X = I is inside the reach of the loss")
    return Layout(
        kind, signs, cut, constant, realizable, same, "X isotropic" in stated,
        identity or "X full_column_rank" in stated, identity, concrete,
    )  # fmt: skip


def _chain_kind(chain: Chain, first: int, last: int) -> tuple[Kind, bool] | Refusal:
    """Whether all layers are linear, and whether some are fixed."""
    linear, fixed = True, False
    names: set[str] = set()
    for k, layer in enumerate(chain.layers):
        activation = layer.activation
        if layer.opaque is not None or activation.custom:
            return Refusal(f"layer {k + 1} is opaque or custom")
        if activation.name in ("step", "softmax"):
            return Refusal(f"layer {k + 1} applies {activation.name}")
        linear = linear and is_linear(activation)
        if not layer.fixed:
            continue
        fixed = True
        name = chain.names[k].removesuffix("^T")
        if name in names:
            return Refusal("a fixed matrix occurs twice")
        names.add(name)
        bias = chain.given_bias[k]
        if bias is not None and any(v for row in bias.rows for v in row):
            return Refusal(f"layer {k + 1} has a known bias")
        if layer.skip and layer.positive and chain.given[k] is None:
            return Refusal(f"layer {k + 1} is positive and has a skip connection")
        if first < k < last and chain.given[k] is not None:
            return Refusal(f"layer {k + 1} is given and stands between trained ones")
    if not is_linear(chain.layers[-1].activation):
        if chain.layers[-1].skip:
            return Refusal("the output layer has a skip connection")
        return "bent", fixed
    if not linear and chain.layers[-1].skip:
        return Refusal("the output layer of a non-linear network has a skip connection")
    return "linear" if linear else "network", fixed


def _without_bias(
    facts: Facts, chain: Chain, signs: bool, realizable: bool, same: bool, concrete: bool
) -> Refusal | None:
    """What a non-linear network, or one with fixed layers, cannot have without an output bias."""
    if all(is_linear(layer.activation) for layer in chain.layers):
        if signs or realizable or same:
            return Refusal("fixed layers beside labels or a statement on the targets")
        return None
    if concrete:
        return Refusal("data are given")
    for k, layer in enumerate(chain.layers[:-1], start=1):
        if layer.fixed or layer.skip:
            return Refusal(f"layer {k} is fixed or has a skip connection")
        if realizable and not signs and layer.activation.name not in RATIONAL:
            return Refusal("Y realizable is stated, and the outputs would be irrational")
        if same and not signs and facts.activation(layer).zero != 0:
            return Refusal("Y = X is stated, and a zero sample has an output")
    if chain.layers[-1].fixed:
        return Refusal("the output layer is fixed")
    if realizable and same:
        return Refusal("Y = X and Y realizable are stated")
    return None


def samples_for(plan: Layout, facts: Facts, r: int, q: int) -> int | list[int] | None:
    """The least n (or all) for rank X = r and rank Y = q; None where there is none."""
    if plan.realizable:
        most: Term = 1
        if plan.kind == "symmetric":
            most = facts.form.columns
        elif plan.kind == "linear" and not plan.constant:
            most = r if facts.narrowest is None else facts.narrowest
        if not isinstance(most, int) or q > most or (q > r and not plan.constant):
            return None
    if plan.same and (q != r or (plan.signs and plan.isotropic and r > 1)):
        return None
    if plan.kind == "symmetric" and plan.signs and q > 1:
        return None
    if plan.exact:
        return [r] if r >= max(q, 1) else None
    least = max(r, q, 1)
    if plan.isotropic and r > 1 and not plan.constant and fills(plan):
        # Every sample a unit vector, each equally often.
        return [r * m for m in range(1, 40) if r * m >= least]
    return least


def fills(plan: Layout) -> bool:
    """Whether no sample may be 0."""
    return plan.signs or (plan.kind == "network" and plan.realizable)


def scope(facts: Facts) -> Scope | Refusal:
    """Where the family exists."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    text = "outputs inside a flat piece of the loss"
    loss = facts.model.loss
    findings = (met(f"the loss is {describe_loss(facts.model)}: it has flat pieces", loss.span),)
    if facts.numeric and plan.kind == "symmetric" and plan.signs and facts.form.rows == 1:
        return Refusal("w^2 has one sign only")
    from ..instances.flat import instance
    from ..instances.scopes import scope_of, some_choice

    least = 0 if plan.constant and not plan.same else 1
    return scope_of(
        facts, (text, findings), lambda: _symbolic(facts, plan),
        (lambda options: instance(facts, plan, options)) if plan.concrete else None,
        lambda: some_choice(facts, least, lambda r, q: samples_for(plan, facts, r, q)),
    )  # fmt: skip


def _symbolic(facts: Facts, plan: Layout) -> Formula | Refusal:
    isotropic = plan.isotropic and plan.signs and (plan.same or not plan.constant)
    if plan.concrete or plan.realizable or isotropic:
        return Refusal("symbolic widths beside such statements on the data")
    parts: list[Formula] = []
    if plan.same or not plan.constant:
        parts.append(at_least(facts.data_rank_most, 1))
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    if plan.same and {RankOf("X"), RankOf("Y")} & named:
        return Refusal("assumptions on the ranks beside Y = X")
    if RankOf("Y") in named:
        parts.append(at_least(RankOf("Y"), 1))
    if plan.kind == "symmetric" and plan.signs:
        if RankOf("Y") in named or facts.stated("Y full_row_rank") is not None:
            return Refusal("the rank of Y is stated")
        parts.append(at_least(facts.form.rows, 2))
    return all_of(*parts)


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """Outputs strictly inside flat pieces of the loss, and a point that does better."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        return Refusal("the widths are symbols")
    from ..instances.flat import instance

    return instance(facts, plan, options)


FAMILY = Family(
    id="flat-region",
    order=77,
    title="A loss that is flat somewhere",
    statement=(
        "A network of known continuous activations (one layer and linear chains included), or "
        "W W^T, and the zero-one or Tukey loss, or the class of all losses: unless the map is "
        "constant, for some data a local minimum is not global."
    ),
    source=HERE,
    argument="loss-plateau",
    proof=(
        "The map is continuous; at the point every entry of the loss is locally constant (Tukey: "
        "|z - y| > c; zero-one: y z != 0) or at its least value, so no nearby point is better. "
        "Other weights bring an output to its target, or to its sign."
    ),
    scope=scope,
    build=build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 3; loss zero_one",
        "net 3 -> relu(4) -> 2; loss tukey(1)",
        "net 3 -> tanh(4, bias) -> linear(2, bias); loss any",
        "param W: 3 x 2; map W * W^T; loss any",
        "net 4 -> 9 -> 4; loss any; data Y = X",
    ),
    related=("convex-problem", "degenerate-ends", "dead-units"),
)
