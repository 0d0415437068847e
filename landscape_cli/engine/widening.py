"""The least widening of hidden layers after which every local minimum is global.

Each hidden width that is a number becomes an unknown that may only grow; the formula under which
the property then holds (``regions``) is what z3's optimiser has to satisfy at the least total
growth. Widths that the model leaves open stay open: the growth has to do for all of them, so
widths at which it does not are added to the demands until none is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..facts.facts import Facts
from ..facts.solver import formula_to_z3
from ..model.problem import Assumption, Layer, Model
from ..model.terms import (
    Formula,
    Symbol,
    Term,
    all_of,
    as_integer,
    at_least,
    atom_key,
    atoms,
    negate,
    substitute_formula,
)
from .judge import judge
from .regions import normal
from .solve import partition

MOST_DEMANDS = 40
MILLISECONDS = 5000


class Widening(NamedTuple):
    """The mended model; what becomes of which width (``d1``, or ``k`` of a factor) in words."""

    model: Model
    text: str
    grown: int
    total: int


def hidden_widths(facts: Facts) -> dict[str, Term]:
    """The widths that a widening may change, by the names that reports use."""
    form = facts.form
    if form.kind == "symmetric":
        return {"k": form.columns}
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None or form.merged or form.shifted:
        return {}
    last = ends.last
    if chain.layers[ends.first].activation.name == "quadratic":
        last = ends.first + 1  # the layer above it is fixed
    return {f"d{k + 1}": chain.layers[k].width for k in range(ends.first, last)}


def with_widths(facts: Facts, wider: Mapping[str, Term]) -> Model | None:
    """The model with some of its hidden widths replaced; None where the form has no place for it.

    Not where a known matrix would no longer fit, nor beside a skip connection.
    """
    model = facts.model
    if model.map is not None and facts.form.kind == "symmetric":
        return _with_columns(facts, wider["k"]) if wider else model
    chain = facts.chain
    if chain is None or any(matrix.name.startswith("W") for matrix in model.data.matrices):
        return None
    places = {int(label[1:]) - 1: width for label, width in wider.items()}
    if model.network is not None:
        layers: list[Layer] = list(model.network.layers)
        for k, width in places.items():
            if any(layers[j].skip for j in (k, k + 1) if j < len(layers)):
                return None
            layers[k] = replace(layers[k], width=width)
        return replace(model, network=replace(model.network, layers=tuple(layers)))
    if model.map is None or facts.form.transposed:
        return None
    if any(constant.name in chain.names for constant in model.map.constants):
        return None
    parameters = list(model.map.parameters)
    index = {parameter.name: i for i, parameter in enumerate(parameters)}
    for k, width in places.items():
        for name, rows in ((chain.names[k], True), (chain.names[k + 1], False)):
            place = index.get(name.removesuffix("^T"))
            if place is None:
                return None
            if rows != name.endswith("^T"):
                parameters[place] = replace(parameters[place], rows=width)
            else:
                parameters[place] = replace(parameters[place], columns=width)
    return replace(model, map=replace(model.map, parameters=tuple(parameters)))


def _with_columns(facts: Facts, width: Term) -> Model | None:
    model = facts.model
    assert model.map is not None
    parameters = []
    for parameter in model.map.parameters:
        if parameter.name == facts.form.name:
            if parameter.rows == facts.form.rows:
                parameter = replace(parameter, columns=width)
            else:
                parameter = replace(parameter, rows=width)
        parameters.append(parameter)
    return replace(model, map=replace(model.map, parameters=tuple(parameters)))


def widened(facts: Facts, targets: Mapping[str, int]) -> Widening | None:
    """The model with these widths in place of narrower ones."""
    model = with_widths(facts, targets)
    if model is None:
        return None
    old = hidden_widths(facts)
    text = ", ".join(f"{label}: {old[label]} -> {target}" for label, target in targets.items())
    grown = sum(target - as_integer(old[label]) for label, target in targets.items())
    ends = [facts.form.rows] if facts.form.kind == "symmetric" else []
    if facts.chain is not None:
        ends = [facts.chain.widths[0], *(layer.width for layer in facts.chain.layers)]
    elif facts.form.kind == "symmetric":
        ends.append(facts.form.columns)
    total = sum(width for width in ends if isinstance(width, int))
    return Widening(model, text, grown, max(total, 1))


def least_widening(
    facts: Facts, keep: frozenset[str], weights: Mapping[str, int]
) -> Widening | None:
    """The widening of the least total growth, each width's growth times its weight (default 1).

    No width of ``keep`` grows. None if there is none, or none was found.
    """
    unknown = {
        label: width
        for label, width in hidden_widths(facts).items()
        if isinstance(width, int) and label not in keep
    }
    symbols = {label: Symbol(f"{label} widened") for label in unknown}
    model = with_widths(facts, symbols) if symbols else None
    if model is None:
        return None
    growing = tuple(Assumption(at_least(symbols[label], width)) for label, width in unknown.items())
    judgement = judge(replace(model, assumptions=(*model.assumptions, *growing)))
    holds = partition(judgement).holds
    values = _optimum(
        {symbols[label].name: (width, weights.get(label, 1)) for label, width in unknown.items()},
        holds, judgement.facts.background,
    )  # fmt: skip
    if values is None:
        return None
    targets = {
        label: values[symbols[label].name]
        for label, width in unknown.items()
        if values[symbols[label].name] > width
    }
    return widened(facts, targets) if targets else None


def _optimum(
    unknown: Mapping[str, tuple[int, int]], holds: Formula, background: tuple[Formula, ...]
) -> dict[str, int] | None:
    """Values (name: (least, weight)) of least weighted growth for which ``holds`` is entailed."""
    if holds is False:
        return None
    import z3

    optimiser = z3.Optimize()
    optimiser.set("timeout", MILLISECONDS)
    variables = {name: z3.Int(name) for name in unknown}
    for name, (least, _) in unknown.items():
        optimiser.add(variables[name] >= least)
    optimiser.minimize(
        z3.Sum([weight * (variables[name] - least) for name, (least, weight) in unknown.items()])
    )
    others = sorted(
        {atom_key(a) for formula in (holds, *background) for a in atoms(formula)} - set(unknown)
    )
    if not others:
        optimiser.add(formula_to_z3(holds))
    for _ in range(MOST_DEMANDS):
        if optimiser.check() != z3.sat:
            return None
        found: Any = optimiser.model()
        values = {
            name: found.eval(variable, model_completion=True).as_long()
            for name, variable in variables.items()
        }
        if not others:
            return values
        against = _counterexample(values, others, holds, background)
        if against is None:
            return None
        if not against:
            return values
        optimiser.add(formula_to_z3(substitute_formula(holds, dict(against))))
    return None


def _counterexample(
    values: Mapping[str, int], others: list[str], holds: Formula, background: tuple[Formula, ...]
) -> dict[str, int] | None:
    """Allowed values of the other symbols at which it does not hold; empty if there are none.

    None if the solver gives up.
    """
    import z3

    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    terms: dict[str, Term] = dict(values)
    wanted = substitute_formula(all_of(*background, normal(negate(holds))), terms)
    solver.add(formula_to_z3(wanted))
    answer = solver.check()
    if answer == z3.unsat:
        return {}
    if answer != z3.sat:
        return None
    found: Any = solver.model()
    return {name: found.eval(z3.Int(name), model_completion=True).as_long() for name in others}
