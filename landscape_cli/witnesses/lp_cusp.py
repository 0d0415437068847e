"""Linear networks and |r|^p with p < 1: exact fits of some samples."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..facts.normal_form import is_linear
from ..model.terms import Formula, RankOf, Term, add, all_of, at_least, atoms, maximum

LEAST_POWER = Fraction(1, 10**6)
"""Below this 2^-p is too near to 1: two samples have to gain, not one."""


class Layout(NamedTuple):
    """What of a model the construction depends on.

    ``ones``: some layer has a bias, so the outputs can move by constants; ``constant``: an output
    bias that is trained. ``gain``: how many samples the better point fits in place of one.
    ``narrow``: the least width. ``concrete``: X or Y is given.
    """

    p: Fraction
    ones: bool
    constant: bool
    gain: int
    narrow: Term
    isotropic: bool
    exact: bool
    concrete: bool


def layout(facts: Facts) -> Layout | Refusal:
    """What the construction needs of the model, or why it does not apply to it."""
    model, form = facts.model, facts.form
    loss = model.loss
    if loss.kind != "named" or loss.name != "lp" or loss.parameter("p") >= 1:
        return Refusal("the loss is not lp with p < 1")
    if model.requirement.name != "local_is_global":
        return Refusal("the loss is not C^2")
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    chain, ends = facts.chain, facts.ends
    if form.transposed or chain is None or ends is None:
        return Refusal("the map is not a chain of layers")
    if form.shift is not None:
        from ..instances.check import shift_vanishes

        if not shift_vanishes(facts):
            return Refusal("a known matrix is added to the map")
    names: list[str] = []
    for k, layer in enumerate(chain.layers):
        if not is_linear(layer.activation) or layer.opaque is not None:
            return Refusal(f"layer {k + 1} is not linear")
        if not layer.fixed:
            continue
        if chain.given[k] is not None or chain.given_bias[k] is not None or layer.positive:
            return Refusal(f"layer {k + 1} is fixed and given, or positive")
        names.append(chain.names[k].removesuffix("^T"))
    if len(set(names)) < len(names):
        return Refusal("a fixed matrix occurs twice")
    for name in ("Y realizable", "Y = X"):
        if facts.stated(name) is not None:
            return Refusal(f"it is stated: {name}")
    data = model.data
    exact = facts.full_column_rank.granted or not form.has_data
    top = chain.layers[-1]
    from ..model.terms import minimum

    plan = Layout(
        loss.parameter("p"), any(layer.bias for layer in chain.layers),
        top.bias and not top.fixed, 1 if loss.parameter("p") >= LEAST_POWER else 2,
        minimum(*chain.widths), facts.stated("X isotropic") is not None, exact,
        data.matrix("X") is not None or data.matrix("Y") is not None,
    )  # fmt: skip
    if exact:
        return Refusal("X has full column rank: every target can be fitted alone")
    if plan.concrete and plan.ones and not plan.constant:
        return Refusal("data are given, and biases on hidden layers only")
    return plan


def samples_for(plan: Layout, rows: int, r: int, q: int) -> int | list[int] | None:
    """The least n (or all) for rank X = r and rank Y = q; None where there is none."""
    best = None
    for used in (r, r - 1) if plan.ones else (r,):
        needed = needed_samples(plan, rows, used, r, q)
        if isinstance(needed, list):
            return needed
        if needed is not None and (best is None or needed < best):
            best = needed
    return best


def needed_samples(plan: Layout, rows: int, used: int, r: int, q: int) -> int | list[int] | None:
    """The same where ``used`` inputs matter; the last of r = used + 1 is a row of ones."""
    if used < 0 or (used == 0 and not plan.constant) or q > rows:
        return None
    filled = filled_rows(plan, used)
    if plan.isotropic and r > 1:
        if plan.ones or q > 1 + filled:
            return None
        return [r * copies for copies in range(3, 40)]
    gain = plan.gain if used else 2
    return used + (1 if plan.ones else 0) + max(gain, q - filled)


def filled_rows(plan: Layout, used: int) -> int:
    """How many further outputs both points can fit on the base samples (numeric widths)."""
    assert isinstance(plan.narrow, int)
    return max(0, min(plan.narrow, used) - 1)


def scope(facts: Facts) -> Scope | Refusal:
    """Where the family exists."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    text = "more samples than the inputs (and a bias) can fit"
    findings = (met(f"|r|^p has a cusp at 0 for p = {plan.p}", facts.model.loss.span),)
    from ..instances.cusp import instance, possible
    from ..instances.scopes import scope_of

    return scope_of(
        facts, (text, findings), lambda: _symbolic(facts, plan),
        (lambda options: instance(facts, plan, options)) if plan.concrete else None,
        lambda: possible(facts, plan, BuildOptions()) is not None,
    )  # fmt: skip


def _symbolic(facts: Facts, plan: Layout) -> Formula | Refusal:
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    ranked = facts.stated("X full_row_rank") is not None
    samples = facts.samples_most
    if plan.concrete or plan.isotropic or {RankOf("X"), RankOf("Y")} & named:
        return Refusal("symbolic widths beside such statements on the data")
    if facts.stated("Y full_row_rank") is not None and samples is not None:
        return Refusal("the rank of Y is stated, and the number of samples")
    parts: list[Formula] = [at_least(facts.data_rank_most, 1)]
    if samples is not None:
        least: Term = plan.gain + 1 + (1 if plan.ones else 0)
        if ranked:
            # A row of ones takes the place of a bias, where there are two inputs.
            least = maximum(least, add(facts.input_width, plan.gain))
        parts.append(at_least(samples, least))
    return all_of(*parts)


def build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    """Some samples fitted exactly, and other weights that fit others and cost less."""
    plan = layout(facts)
    if isinstance(plan, Refusal):
        return plan
    if not facts.numeric:
        return Refusal("the widths are symbols")
    from ..instances.cusp import instance

    return instance(facts, plan, options)


FAMILY = Family(
    id="lp-cusp",
    order=78,
    title="A loss with a cusp",
    statement=(
        "Linear network of any depth (one layer included) and widths, loss |r|^p / p with p < 1, "
        "more samples than rank X (and a bias) can fit: for some data a local minimum is not "
        "global."
    ),
    source=HERE,
    argument="cusp",
    proof=(
        "At the point some samples are fitted exactly, enough of them that every small move of the "
        "outputs is seen there: it costs a multiple of s^p and gains at most a multiple of s, s "
        "its size. Other samples can be fitted at a lower cost."
    ),
    scope=scope,
    build=build,
    examples=(
        "net 1 -> 1; loss lp(1/2)",
        "net 3 -> 2 -> 4; loss lp(1/3); data X full_row_rank",
        "net 2 -> 1 -> linear(2, bias); loss lp(3/4); data samples 5",
        "net 1 -> 1; loss lp(1/2); data X = [[1, 2, 3]], Y = [[1, 0, 5]]",
    ),
    related=("convex-problem", "flat-region", "nonsmooth-narrow"),
)
