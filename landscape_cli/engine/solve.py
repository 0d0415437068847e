"""The whole answer for symbolic widths: the partition, with a checked sample of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..facts.solver import formula_to_z3
from ..model.diagnostics import InternalError
from ..model.problem import Assumption, Constant, Layer, Model, Parameter, VerdictName
from ..model.terms import (
    Formula,
    RankOf,
    Symbol,
    Term,
    atom_key,
    atoms,
    equal,
    substitute,
    substitute_formula,
)
from .judge import Judgement, Regions, judge
from .regions import regions


class Sample(NamedTuple):
    """The smallest widths (by their sum) in a region, and what the concrete engine says there."""

    values: dict[str, int]
    verdict: VerdictName


class Solution(NamedTuple):
    """The partition of a class by widths, with a sample of each part that is not empty."""

    regions: Regions
    samples: dict[str, Sample]


def partition(judgement: Judgement) -> Regions:
    """The partition, also where one rule settles the whole class."""
    if judgement.regions is not None:
        return judgement.regions
    if judgement.verdict == "holds":
        name = judgement.theorem.id if judgement.theorem is not None else ""
        return Regions(True, False, False, (name,), ())
    if judgement.verdict == "fails":
        name = judgement.family.id if judgement.family is not None else ""
        return Regions(False, True, False, (), (name,))
    if judgement.facts.numeric:
        return Regions(False, False, True, (), ())
    return regions(judgement.facts, judgement.standings)


def solve(model: Model) -> Solution:
    """The partition with samples, each judged again at its numbers.

    Raises ``InternalError`` if the judgement of a sample is not that of its part.
    """
    return solve_judged(judge(model))


def solve_judged(judgement: Judgement) -> Solution:
    """As ``solve``, for a model that is judged already."""
    found = partition(judgement)
    samples: dict[str, Sample] = {}
    for part, formula in (
        ("holds", found.holds), ("fails", found.fails), ("unknown", found.unknown),
    ):  # fmt: skip
        values = smallest(judgement, formula)
        if values is None:
            continue
        verdict = judge(instantiate(judgement.facts.model, values)).verdict
        if part != "unknown" and verdict != part:
            at = ", ".join(f"{name} = {value}" for name, value in values.items())
            raise InternalError(
                f"{part} for all such widths, but {verdict} at {at}; please report it"
            )
        samples[part] = Sample(values, verdict)
    return Solution(found, samples)


def symbols(judgement: Judgement) -> tuple[str, ...]:
    """The symbols of the class, in the order in which a reader meets them."""
    facts = judgement.facts
    seen: dict[str, None] = {}
    terms: list[Term] = [facts.input_width]
    if facts.form.chain is not None:
        terms.extend(facts.form.chain.widths)
    if facts.form.kind == "symmetric":
        terms.extend((facts.form.rows, facts.form.columns))
    for chain in facts.form.summands:
        terms.extend(chain.widths)
    if isinstance(facts.model.data.samples, Symbol):
        terms.append(facts.model.data.samples)
    for term in terms:
        for atom in sorted(atoms(term), key=atom_key):
            seen.setdefault(atom_key(atom))
    for assumption in facts.model.assumptions:
        for atom in sorted(atoms(assumption.formula), key=atom_key):
            seen.setdefault(atom_key(atom))
    return tuple(seen)


def smallest(judgement: Judgement, formula: Formula) -> dict[str, int] | None:
    """The widths of the least sum for which the formula is true; None if there are none."""
    if formula is False:
        return None
    import z3

    names = symbols(judgement)
    optimiser = z3.Optimize()
    optimiser.set("timeout", 5000)
    for part in (*judgement.facts.background, formula):
        optimiser.add(formula_to_z3(part))
    variables = {name: z3.Int(name) for name in names}
    for name, variable in variables.items():
        optimiser.add(variable >= (0 if name.startswith("rank(") else 1))
    optimiser.minimize(z3.Sum([z3.IntVal(0), *variables.values()]))
    if optimiser.check() != z3.sat:
        return None
    model: Any = optimiser.model()
    return {
        name: model.eval(variable, model_completion=True).as_long()
        for name, variable in variables.items()
    }


def instantiate(model: Model, values: Mapping[str, int]) -> Model:
    """The model with numbers for its symbols; ranks become assumptions ``rank(X) = r``."""
    terms: dict[str, Term] = {k: v for k, v in values.items() if not k.startswith("rank(")}

    def put(term: Term) -> Term:
        return substitute(term, terms)

    network = model.network
    if network is not None:
        layers: tuple[Layer, ...] = tuple(
            replace(layer, width=put(layer.width)) for layer in network.layers
        )
        network = replace(network, input_width=put(network.input_width), layers=layers)
    the_map = model.map
    if the_map is not None:
        parameters: tuple[Parameter, ...] = tuple(
            replace(p, rows=put(p.rows), columns=put(p.columns)) for p in the_map.parameters
        )
        constants: tuple[Constant, ...] = tuple(
            replace(c, rows=put(c.rows), columns=put(c.columns)) for c in the_map.constants
        )
        the_map = replace(
            the_map,
            parameters=parameters,
            constants=constants,
            data_rows=None if the_map.data_rows is None else put(the_map.data_rows),
            rows=put(the_map.rows),
            columns=None if the_map.columns is None else put(the_map.columns),
        )
    samples = model.data.samples
    data = replace(model.data, samples=None if samples is None else put(samples))
    kept: list[Assumption] = []
    for assumption in model.assumptions:
        formula = substitute_formula(assumption.formula, terms)
        if formula is not True:
            kept.append(replace(assumption, formula=formula))
    for name, value in values.items():
        if name == "rank(X)":
            kept.append(Assumption(equal(RankOf("X"), value)))
        elif name == "rank(Y)":
            kept.append(Assumption(equal(RankOf("Y"), value)))
    constraints = model.constraints
    if constraints is not None and constraints.count is not None:
        constraints = replace(constraints, count=put(constraints.count))
    return replace(
        model, network=network, map=the_map, data=data, assumptions=tuple(kept),
        constraints=constraints, point=None,
    )  # fmt: skip
