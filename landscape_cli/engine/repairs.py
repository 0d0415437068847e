"""The smallest changes after which every local minimum is global (theory.md section 6).

Candidates come from what blocks the nearest theorems; each is judged again before it is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from ..facts.facts import Facts, describe_loss
from ..facts.normal_form import is_linear
from ..model.problem import (
    Activation,
    Assumption,
    DataProperty,
    Layer,
    Loss,
    Model,
    PropertyName,
)
from ..model.terms import Comparison, Conjunction, RankOf, Term, add, scale, show_formula
from .judge import Judgement, judge
from .solve import partition
from .widening import Widening, hidden_widths, least_widening, widened


class Change(NamedTuple):
    """One candidate: what changes in words, the mended model, how much it changes."""

    text: str
    model: Model
    cost: float
    kind: str
    note: str = ""


class Mended(NamedTuple):
    """A change that was judged: ``partial`` ones reach only ``conditional``."""

    text: str
    model: Model
    theorem: str
    cost: float
    partial: bool
    note: str


HUBER = Loss("named", "huber", (("delta", Fraction(1)),))
SQUARED = Loss("named", "squared")

_GENTLER: dict[str, tuple[Loss, ...]] = {
    "absolute": (HUBER, SQUARED),
    "quantile": (HUBER, SQUARED),
    "epsilon_insensitive": (HUBER, SQUARED),
    "hinge": (Loss("named", "squared_hinge"),),
    "zero_one": (Loss("named", "logistic"),),
    "tukey": (HUBER, SQUARED),
    "lp": (HUBER, SQUARED),
    "huber": (SQUARED,),
    "log_cosh": (SQUARED,),
    "weighted_squared": (SQUARED,),
    "masked_squared": (SQUARED,),
    "poisson": (SQUARED,),
    "logistic": (SQUARED,),
    "squared_hinge": (SQUARED,),
    "cross_entropy": (SQUARED,),
    "convex": (Loss("class", "convex differentiable"),),
    "any": (Loss("class", "convex differentiable"), Loss("class", "convex")),
    "convex differentiable": (SQUARED,),
    "convex smooth": (SQUARED,),
}


class Wish(NamedTuple):
    """What the user says of widths: which must not change, how much a unit of others counts.

    ``optimise``: the least widening is found by z3, for widths that are symbols as well.
    """

    keep: frozenset[str] = frozenset()
    weights: Mapping[str, int] = {}
    optimise: bool = False


def propose(
    judgement: Judgement, limit: int = 4, wish: Wish | None = None,
    step: Callable[[str], None] = lambda _text: None,
) -> tuple[Mended, ...]:  # fmt: skip
    """Mended models whose verdict is ``holds`` for the whole class, least change first.

    Where no single change is enough, pairs are tried; where none of those is, a change that
    reaches ``conditional`` is offered as a partial repair. Models with symbols for widths only
    with ``wish.optimise``. ``step`` is called with every change that is tried.
    """
    wish = wish or Wish()
    facts = judgement.facts
    if judgement.verdict == "holds" or not (facts.numeric or wish.optimise):
        return ()
    base = replace(facts.model, expectation=None, waiver=None, point=None)
    singles = list(_changes(judgement, base, wish))
    found: list[Mended] = []
    partial: list[Mended] = []
    accepted: list[Change] = []
    for change in sorted(singles, key=lambda c: c.cost):
        if change.kind == "widths" and any(one.kind == "widths" for one in accepted):
            continue  # a smaller widening is enough
        step(change.text)
        mended = _judged(change)
        if mended is not None:
            (partial if mended.partial else found).append(mended)
            if not mended.partial:
                accepted.append(change)
    if not found:
        found.extend(_pairs(singles, wish, step))
    found.sort(key=lambda m: m.cost)
    unique: dict[str, Mended] = {}
    for mended in found:
        unique.setdefault(mended.text, mended)
    if unique:
        return tuple(unique.values())[:limit]
    if judgement.verdict == "conditional":
        return ()
    return tuple(sorted(partial, key=lambda m: m.cost))[:1]


def _pairs(singles: list[Change], wish: Wish, step: Callable[[str], None]) -> Iterator[Mended]:
    """Two changes of different kinds that are enough together; the second is made anew."""
    seen: set[frozenset[str]] = set()
    for one in singles:
        for second in _changes(judge(one.model), one.model, wish):
            names = frozenset((one.text, second.text))
            if second.kind == one.kind or names in seen:
                continue
            seen.add(names)
            notes = dict.fromkeys(note for note in (one.note, second.note) if note)
            both = Change(
                f"{one.text}, {second.text}", second.model, one.cost + second.cost, "pair",
                "; ".join(notes),
            )  # fmt: skip
            step(both.text)
            mended = _judged(both)
            if mended is not None and not mended.partial:
                yield mended


def _judged(change: Change) -> Mended | None:
    again = judge(change.model)
    if again.verdict not in ("holds", "conditional"):
        return None
    if any(standing.theorem.settles for standing in again.holds):
        return None  # a problem that is made trivial is not mended
    if again.theorem is not None:
        theorem = again.theorem.id
    elif again.regions is not None:
        theorem = again.regions.holds_by[0]  # several theorems together cover the class
    else:
        return None
    return Mended(
        change.text, change.model, theorem, change.cost, again.verdict == "conditional",
        change.note,
    )  # fmt: skip


def _changes(judgement: Judgement, model: Model, wish: Wish) -> Iterator[Change]:
    facts = judgement.facts
    if not facts.numeric:
        yield from _assumed(judgement, model)
    yield from _losses(model)
    if model.regularizer is not None:
        yield Change(
            f"drop regularize {model.regularizer.kind}", replace(model, regularizer=None), 2,
            "regularizer",
        )  # fmt: skip
    if model.constraints is not None:
        yield Change("drop subject_to", replace(model, constraints=None), 3, "constraints")
    yield from _widths(facts, wish)
    yield from _statements(facts, model)
    if model.network is not None:
        yield from _layers(facts, model)


def _assumed(judgement: Judgement, model: Model) -> Iterator[Change]:
    """A symbolic class cut down to the widths for which it holds."""
    holds = partition(judgement).holds
    if isinstance(holds, bool):
        return
    parts = holds.parts if isinstance(holds, Conjunction) else (holds,)
    stated = tuple(Assumption(part) for part in parts)
    text = " and ".join(f"assume {show_formula(part)}" for part in parts)
    yield Change(
        f"state {text}", replace(model, assumptions=(*model.assumptions, *stated)), 0.5,
        "assumption",
    )  # fmt: skip


def _losses(model: Model) -> Iterator[Change]:
    for loss in _GENTLER.get(model.loss.name, (SQUARED,) if model.loss.kind == "custom" else ()):
        if loss.name == model.loss.name:
            continue
        kept = tuple(m for m in model.data.matrices if m.name not in ("weights", "coefficients"))
        changed = replace(model, loss=loss, data=replace(model.data, matrices=kept))
        if loss.name == "logistic" or loss.name == "squared_hinge":
            note = "the same labels"
        else:
            note = ""
        words = loss.name if loss.kind == "class" else describe_loss(changed)
        yield Change(f"loss {words}", changed, 1, "loss", note)


def _widths(facts: Facts, wish: Wish) -> Iterator[Change]:
    found: list[Widening | None] = []
    if wish.optimise:
        found.append(least_widening(facts, wish.keep, wish.weights))
    else:
        found.extend(widened(facts, targets) for targets in _wide_enough(facts))
    for one in found:
        if one is not None:
            yield Change(one.text, one.model, 1.5 + one.grown / one.total, "widths")


def _wide_enough(facts: Facts) -> Iterator[dict[str, int]]:
    """The widths that the theorems on widths ask for (numeric widths, without the solver)."""
    form = facts.form
    widths = hidden_widths(facts)
    bounds: list[Term] = []
    if form.kind == "symmetric":
        bounds = [form.rows]
    elif facts.ends is not None and facts.chain is not None and widths:
        e0, eh = facts.effective_input[0], facts.effective_output
        if facts.chain.layers[facts.ends.first].activation.name == "quadratic":
            bounds = [e0]
        elif isinstance(e0, int) and isinstance(eh, int):
            bounds = [min(e0, eh), e0 + eh - 1]
    for bound in bounds:
        if not isinstance(bound, int):
            continue
        wider = {
            label: bound
            for label, width in widths.items()
            if isinstance(width, int) and width < bound
        }
        if wider:
            yield wider


def _statements(facts: Facts, model: Model) -> Iterator[Change]:
    """Statements about the data that the user can check."""
    if model.data.matrix("X") is not None or not facts.form.has_data:
        return

    def stated(name: PropertyName) -> Change | None:
        if model.data.property(name) is not None:
            return None
        properties = (*model.data.properties, DataProperty(name))
        data = replace(model.data, properties=properties)
        return Change(f"state data {name}", replace(model, data=data), 3, "data", "if it is so")

    names: list[PropertyName] = ["X full_row_rank", "X isotropic"]
    if facts.input_width == facts.output_width and model.data.matrix("Y") is None:
        names.append("Y = X")
    if model.data.matrix("weights") is not None:
        names.append("Y realizable")
    samples, width = facts.samples_least, facts.input_width
    for name in names:
        if name == "X full_row_rank" and isinstance(samples, int) and isinstance(width, int):
            most = facts.samples_most
            if isinstance(most, int) and most < width:
                continue
        change = stated(name)
        if change is not None:
            yield change
    q, eh = facts.narrowest, facts.effective_output
    if facts.ends is None or facts.ends.bias != "none" or facts.ends.first > 0 or q is None:
        return
    known = facts.data_rank_least
    for bound in dict.fromkeys((q, add(q, scale(-1, eh), 1))):
        if isinstance(bound, int) and (
            bound < 1
            or (isinstance(known, int) and known > bound)
            or (isinstance(width, int) and bound >= width)
        ):
            continue
        formula = Comparison("<=", RankOf("X"), bound)
        assumptions = (*model.assumptions, Assumption(formula))
        yield Change(
            f"state assume {show_formula(formula)}", replace(model, assumptions=assumptions), 4,
            "data", "if it is so",
        )  # fmt: skip


def _layers(facts: Facts, model: Model) -> Iterator[Change]:
    network = model.network
    assert network is not None
    ends = facts.ends
    layers = network.layers

    def with_layers(changed: list[Layer]) -> Model:
        return replace(model, network=replace(network, layers=tuple(changed)))

    if ends is not None and ends.bias in ("other", "first"):
        biased = list(layers)
        biased[ends.last] = replace(layers[ends.last], bias=True)
        yield Change(f"a bias on layer {ends.last + 1}", with_layers(biased), 2, "bias")
    if ends is not None:
        between = [k for k in range(ends.first, ends.last) if layers[k].fixed]
        if between:
            freed = [
                replace(layer, fixed=False, positive=False) if k in between else layer
                for k, layer in enumerate(layers)
            ]
            names = ", ".join(str(k + 1) for k in between)
            yield Change(f"train layer {names}", with_layers(freed), 3, "fixed")
    if model.regularizer is not None and any(la.skip and is_linear(la.activation) for la in layers):
        plain = [replace(la, skip=False) if is_linear(la.activation) else la for la in layers]
        yield Change("drop the skip connections", with_layers(plain), 3, "skip")
    broken = [
        k
        for k, layer in enumerate(layers)
        if facts.activation(layer).strictly_monotone is False and not layer.fixed
    ]
    width: Term = network.input_width
    if broken and model.data.matrix("X") is None:
        leaky = Activation("leaky_relu", (("slope", Fraction(1, 100)),))
        changed = [
            replace(la, activation=leaky) if k in broken else la for k, la in enumerate(layers)
        ]
        mended = with_layers(changed)
        least = facts.samples_least
        if mended.data.property("X full_column_rank") is None and (
            not (isinstance(least, int) and isinstance(width, int)) or least <= width
        ):
            properties = (*model.data.properties, DataProperty("X full_column_rank"))
            mended = replace(mended, data=replace(model.data, properties=properties))
        names = ", ".join(sorted({layers[k].activation.name for k in broken}))
        yield Change(
            f"{names} -> leaky_relu, and state data X full_column_rank", mended, 5, "activation",
            "only for local minima that satisfy the condition at the point",
        )  # fmt: skip
