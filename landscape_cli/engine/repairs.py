"""The smallest changes after which every local minimum is global (theory.md section 6).

Candidates come from what blocks the nearest theorems; each is judged again before it is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
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
from ..model.terms import Comparison, RankOf, Term, as_integer
from .judge import Judgement, judge


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


def propose(
    judgement: Judgement, limit: int = 4, keep: frozenset[str] = frozenset()
) -> tuple[Mended, ...]:
    """Mended models whose verdict is ``holds``, least change first; numeric widths only.

    Where no single change is enough, pairs are tried; where none of those is, a change that
    reaches ``conditional`` is offered as a partial repair. No width named in ``keep`` changes.
    """
    facts = judgement.facts
    if judgement.verdict == "holds" or not facts.numeric:
        return ()
    base = replace(facts.model, expectation=None, waiver=None, point=None)
    singles = [change for change in _changes(judgement, base) if not _touches(change, keep)]
    found: list[Mended] = []
    partial: list[Mended] = []
    accepted: list[Change] = []
    for change in sorted(singles, key=lambda c: c.cost):
        if change.kind == "widths" and any(one.kind == "widths" for one in accepted):
            continue  # a smaller widening is enough
        mended = _judged(change)
        if mended is not None:
            (partial if mended.partial else found).append(mended)
            if not mended.partial:
                accepted.append(change)
    if not found:
        for one, two in combinations(singles, 2):
            if one.kind == two.kind:
                continue
            for second in _changes(judge(one.model), one.model):
                if _touches(second, keep):
                    continue
                if second.kind != two.kind or second.text.split(":")[0] != two.text.split(":")[0]:
                    continue
                both = Change(
                    f"{one.text}, {second.text}", second.model, one.cost + second.cost, "pair"
                )
                mended = _judged(both)
                if mended is not None and not mended.partial:
                    found.append(mended)
    found.sort(key=lambda m: m.cost)
    unique: dict[str, Mended] = {}
    for mended in found:
        unique.setdefault(mended.text, mended)
    if unique:
        return tuple(unique.values())[:limit]
    if judgement.verdict == "conditional":
        return ()
    return tuple(sorted(partial, key=lambda m: m.cost))[:1]


def _touches(change: Change, keep: frozenset[str]) -> bool:
    """Whether a change of widths alters one that is to be kept."""
    if not keep or change.kind != "widths":
        return False
    return any(part.split(":")[0].strip() in keep for part in change.text.split(","))


def _judged(change: Change) -> Mended | None:
    again = judge(change.model)
    if again.theorem is None or again.verdict not in ("holds", "conditional"):
        return None
    return Mended(
        change.text, change.model, again.theorem.id, change.cost,
        again.verdict == "conditional", change.note,
    )  # fmt: skip


def _changes(judgement: Judgement, model: Model) -> Iterator[Change]:
    facts = judgement.facts
    yield from _losses(model)
    if model.regularizer is not None:
        yield Change(
            f"drop regularize {model.regularizer.kind}", replace(model, regularizer=None), 2,
            "regularizer",
        )  # fmt: skip
    if model.constraints is not None:
        yield Change("drop subject_to", replace(model, constraints=None), 3, "constraints")
    yield from _widths(facts, model)
    yield from _statements(facts, model)
    if model.network is not None:
        yield from _layers(facts, model)


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


def _widths(facts: Facts, model: Model) -> Iterator[Change]:
    form = facts.form
    if form.kind == "symmetric":
        target = form.rows
        if isinstance(target, int) and isinstance(form.columns, int) and form.columns < target:
            yield from _widen_parameters(model, {form.columns: target}, facts)
        return
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or form.merged or form.shifted:
        return
    e0, eh = facts.effective_input[0], facts.effective_output
    if not isinstance(e0, int) or not isinstance(eh, int):
        return
    quadratic = chain.layers[ends.first].activation.name == "quadratic"
    targets = [e0] if quadratic else [min(e0, eh), e0 + eh - 1]
    positions = [ends.first] if quadratic else list(range(ends.first, ends.last))
    for target in targets:
        wider = {}
        for k in positions:
            width = chain.layers[k].width
            if isinstance(width, int) and width < target:
                wider[k] = target
        if wider:
            yield from _widened(facts, model, wider)


def _widened(facts: Facts, model: Model, wider: dict[int, int]) -> Iterator[Change]:
    chain = facts.chain
    assert chain is not None
    text = ", ".join(
        f"d{k + 1}: {chain.layers[k].width} -> {target}" for k, target in wider.items()
    )
    grown = sum(target - as_integer(chain.layers[k].width) for k, target in wider.items())
    total = sum(as_integer(width) for width in chain.widths)
    cost = 1.5 + grown / total
    data = model.data
    # Known matrices of a layer whose neighbour is widened no longer fit.
    if any(matrix.name.startswith("W") for matrix in data.matrices):
        return
    if model.network is not None:
        layers: list[Layer] = list(model.network.layers)
        for k, target in wider.items():
            if any(layers[j].skip for j in (k, k + 1) if j < len(layers)):
                return
            layers[k] = replace(layers[k], width=target)
        network = replace(model.network, layers=tuple(layers))
        yield Change(text, replace(model, network=network), cost, "widths")
        return
    if model.map is None:
        return
    parameters = list(model.map.parameters)
    places = {p.name: i for i, p in enumerate(parameters)}
    if facts.form.transposed or any(c.name in chain.names for c in model.map.constants):
        return
    for k, target in wider.items():
        for name, rows in ((chain.names[k], True), (chain.names[k + 1], False)):
            flipped = name.endswith("^T")
            place = places.get(name.removesuffix("^T"))
            if place is None:
                return
            if rows != flipped:
                parameters[place] = replace(parameters[place], rows=target)
            else:
                parameters[place] = replace(parameters[place], columns=target)
    the_map = replace(model.map, parameters=tuple(parameters))
    yield Change(text, replace(model, map=the_map), cost, "widths")


def _widen_parameters(model: Model, sizes: dict[int, int], facts: Facts) -> Iterator[Change]:
    if model.map is None:
        return
    ((old, new),) = sizes.items()
    parameters = []
    for parameter in model.map.parameters:
        if parameter.name != facts.form.name:
            parameters.append(parameter)
        elif parameter.rows == facts.form.rows:
            parameters.append(replace(parameter, columns=new))
        else:
            parameters.append(replace(parameter, rows=new))
    the_map = replace(model.map, parameters=tuple(parameters))
    total = new + old
    yield Change(
        f"k: {old} -> {new}", replace(model, map=the_map), 1.5 + (new - old) / total, "widths"
    )


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
    if isinstance(q, int) and isinstance(eh, int) and facts.ends is not None:
        known = facts.data_rank_least
        for bound in sorted({q, q - eh + 1}, reverse=True):
            if facts.ends.bias != "none" or facts.ends.first > 0:
                continue
            if bound < 1 or (isinstance(known, int) and known > bound):
                continue
            if isinstance(width, int) and bound >= width:
                continue
            formula = Comparison("<=", RankOf("X"), bound)
            assumptions = (*model.assumptions, Assumption(formula))
            yield Change(
                f"state assume rank(X) <= {bound}", replace(model, assumptions=assumptions), 4,
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
    if broken and model.data.matrix("X") is None and isinstance(width, int):
        leaky = Activation("leaky_relu", (("slope", Fraction(1, 100)),))
        changed = [
            replace(la, activation=leaky) if k in broken else la for k, la in enumerate(layers)
        ]
        mended = with_layers(changed)
        least = facts.samples_least
        if mended.data.property("X full_column_rank") is None and (
            not isinstance(least, int) or least <= width
        ):
            properties = (*model.data.properties, DataProperty("X full_column_rank"))
            mended = replace(mended, data=replace(model.data, properties=properties))
        names = ", ".join(sorted({layers[k].activation.name for k in broken}))
        yield Change(
            f"{names} -> leaky_relu, and state data X full_column_rank", mended, 5, "activation",
            "only for local minima that satisfy the condition at the point",
        )  # fmt: skip
