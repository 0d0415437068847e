"""Linear residual chains of width one with weight decay."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import Formula, RankOf, all_of, at_most, atoms

if TYPE_CHECKING:
    from ..instances.numbers import Weights

ONE, ZERO = Fraction(1), Fraction(0)
NAMES = frozenset(("squared", "weighted_squared", "masked_squared"))


def _scope(facts: Facts) -> Scope | Refusal:
    model = facts.model
    penalty, loss = model.regularizer, model.loss
    if penalty is None or penalty.kind != "l2":
        return Refusal("no l2 penalty")
    if loss.kind == "custom" or (loss.kind == "named" and loss.name not in NAMES):
        return Refusal("the loss is not the squared loss nor a class that contains it")
    if len(set(penalty.strengths)) > 1:
        return Refusal("the layers are penalised differently")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or ends.depth < 2 or model.constraints is not None:
        return Refusal("fewer than two trained layers, or constraints")
    if any(isinstance(width, int) and width != 1 for width in chain.widths):
        return Refusal("some width is not 1")
    for k, layer in enumerate(chain.layers, start=1):
        if layer.activation.name != "linear" or layer.opaque or layer.fixed or layer.bias:
            return Refusal(f"layer {k} is not a trained linear layer without a bias")
    if not any(layer.skip for layer in chain.layers):
        return Refusal("no skip connection")
    form = facts.form
    if form.shift is not None or form.shifted or form.merged or form.transposed:
        return Refusal("the penalty sees the weights before the map was normalised")
    if model.data.matrices:
        return Refusal("data are given")
    for statement in model.data.properties:
        if statement.name in ("Y = X", "Y realizable"):
            return Refusal(f"{statement.name} is stated")
    ranges = facts.ranges
    condition: Formula = True
    if ranges is None:
        # What else is stated may leave no data at width 1.
        named = set().union(*(atoms(a.formula) for a in model.assumptions), ())
        if {RankOf("X"), RankOf("Y")} & named or model.data.samples in named:
            return Refusal("symbolic widths beside such assumptions")
        exact = facts.stated("X full_column_rank") or facts.stated("X identity")
        if (exact or not facts.form.has_data) and model.data.samples is not None:
            return Refusal("symbolic widths beside a number of samples that is the rank of X")
        condition = all_of(*(at_most(width, 1) for width in dict.fromkeys(chain.widths)))
    elif ranges.residual is not True or ranges.rank_x.most == 0 or ranges.rank_y.most == 0:
        return Refusal("such assumptions on the ranks")
    span = next(layer.span for layer in chain.layers if layer.skip)
    return Scope(condition, "all widths are 1", (met("a skip connection beside a penalty", span),))


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.check import violations
    from ..instances.documents import NotAnInstance, document
    from ..instances.linear import zeros
    from ..instances.symmetric import member_loss

    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    chain, penalty, ranges = facts.chain, facts.model.regularizer, facts.ranges
    if ranges is None:
        return Refusal("the widths are symbols")
    assert chain is not None and penalty is not None
    strength = penalty.strengths[0]
    skips = [layer.skip for layer in chain.layers]
    depth = len(skips)
    n = options.samples if options.samples is not None else ranges.samples.least
    # Factors u = 1 + w (skip) or u = w: u (u - 1) = c or u^2 = c at a critical point. a (a - 1) =
    # q^2 = c with a, q rational, and the other root 1 - a of the first equation.
    if all(skips):
        big = Fraction(4)
        while (big - 1) ** 2 * big ** (depth - 2) * (big - 1) ** 2 <= 2 * strength * big * big:
            big += 1
        flat = ZERO
    else:
        steps = Fraction(4)
        big = steps * steps / (2 * steps - 1)
        while (big - 1) ** (2 * depth) <= 2 * strength * big * big:
            steps += 2
            big = steps * steps / (2 * steps - 1)
        flat = steps * (steps - 1) / (2 * steps - 1)
    first = skips.index(True)
    second = next((k for k in range(depth) if k != first and skips[k]), None)
    if second is None:
        second = next(k for k in range(depth) if k != first)
    factors = [big if skip else flat for skip in skips]
    better = list(factors)
    for k in (first, second):
        if skips[k]:
            factors[k], better[k] = 1 - big, big - 1
        else:
            factors[k] = -flat
    product = ONE
    for factor in factors:
        product *= factor
    target = product + strength * big * (big - 1) / product
    x, y = zeros(1, n), zeros(1, n)
    x[0][0], y[0][0] = ONE, target

    def weights(values: list[Fraction]) -> Weights:
        return {
            f"W{k}": [[value - 1 if skip else value]]
            for k, (value, skip) in enumerate(zip(values, skips, strict=True), start=1)
        }

    try:
        made = document(
            facts, X=x, Y=y, local=weights(factors), better=weights(better),
            argument={"kind": "strict-hessian"}, loss=member_loss(facts, "squared", 1, n),
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "Two layers have a negative factor. The same output with positive factors needs smaller "
        "weights, but lies on the other side of a ridge.",
    )


FAMILY = Family(
    id="skip-decay",
    order=76,
    title="Skip connections and weight decay",
    statement=(
        "A chain of at least two linear layers of width 1, one or more with a skip connection, "
        "l2 penalty, squared loss: for some data a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "With u_i = 1 + w_i, P their product and r = P - y, a critical point has u_i (u_i - 1) = "
        "-r P/lambda =: c, so u_i = a or 1 - a with a (a - 1) = c (a layer without skip: u_i^2 = "
        "c). Take an even number of negative u_i. The Hessian is P (P + r) v v^T with v_i = 1/u_i "
        "plus the positive diagonal lambda + lambda c/u_i^2, so it is positive definite for P + r "
        "> 0. u_i = a - 1 in place of 1 - a has the same product and smaller weights."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 1 -> linear(1, skip) -> linear(1, skip); loss squared; regularize l2 2/5",
        "net 1 -> linear(1, skip) -> 1 -> linear(1, skip); loss squared; regularize l2 3",
    ),
    related=("two-layer-decay", "skip"),
)
