"""The whole answer for symbolic widths: the partition, samples, a bound on one width, a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..facts.solver import formula_to_z3
from ..model.problem import Assumption, Constant, Layer, Model, Parameter, VerdictName
from ..model.terms import (
    Comparison,
    Conjunction,
    Disjunction,
    Formula,
    Maximum,
    Minimum,
    Negation,
    RankOf,
    Sum,
    Symbol,
    Term,
    all_of,
    atom_key,
    atoms,
    compare,
    equal,
    minimum,
    show,
    show_formula,
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
    """The partition with samples, each judged again at its numbers."""
    judgement = judge(model)
    found = partition(judgement)
    samples: dict[str, Sample] = {}
    for part, formula in (
        ("holds", found.holds), ("fails", found.fails), ("unknown", found.unknown),
    ):  # fmt: skip
        values = smallest(judgement, formula)
        if values is not None:
            verdict = judge(instantiate(model, values)).verdict
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


def latex(formula: Formula) -> str:
    r"""The formula as LaTeX: ``d_1 \ge \min(d_0, d_2)``."""
    if isinstance(formula, bool):
        return r"\text{true}" if formula else r"\text{false}"
    if isinstance(formula, Negation):
        return rf"\neg ({latex(formula.part)})"
    if isinstance(formula, (Conjunction, Disjunction)):
        word = r" \wedge " if isinstance(formula, Conjunction) else r" \vee "
        return word.join(
            f"({latex(part)})" if isinstance(part, (Conjunction, Disjunction)) else latex(part)
            for part in formula.parts
        )
    relation = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}.get(formula.relation, formula.relation)
    return f"{latex_term(formula.left)} {relation} {latex_term(formula.right)}"


def latex_term(term: Term) -> str:
    r"""A term as LaTeX: ``d_{12}``, ``\operatorname{rank} X``."""
    if isinstance(term, RankOf):
        return rf"\operatorname{{rank}} {term.matrix}"
    if isinstance(term, Symbol):
        name = term.name
        head = name.rstrip("0123456789")
        index = name[len(head) :]
        if len(head) == 1:
            return f"{head}_{{{index}}}" if len(index) > 1 else f"{head}_{index}" if index else head
        safe = name.replace("_", r"\_")
        return rf"\mathrm{{{safe}}}"
    if isinstance(term, Sum):
        text = ""
        for coefficient, part in term.parts:
            sign = "-" if coefficient < 0 else "+"
            size = abs(coefficient)
            factor = "" if size == 1 else f"{size} "
            piece = f"{factor}{latex_term(part)}"
            text += (f" {sign} " if text else ("-" if sign == "-" else "")) + piece
        if term.constant:
            text += f" {'-' if term.constant < 0 else '+'} {abs(term.constant)}"
        return text
    if isinstance(term, (Minimum, Maximum)):
        word = r"\min" if isinstance(term, Minimum) else r"\max"
        return f"{word}({', '.join(latex_term(argument) for argument in term.arguments)})"
    return show(term)


def bound_on(model: Model, name: str) -> str:
    """A bound on one width in terms of the others: the alternatives that mention it."""
    found = partition(judge(model))
    formula = found.holds
    if formula is True:
        return "any value"
    if formula is False:
        return "no value"
    alternatives = formula.parts if isinstance(formula, Disjunction) else (formula,)
    bounds: dict[str, None] = {}
    for alternative in alternatives:
        conjuncts = alternative.parts if isinstance(alternative, Conjunction) else (alternative,)
        texts: list[list[str]] = [[]]
        for conjunct in conjuncts:
            options = [show_formula(option) for option in _isolated(conjunct, name)]
            texts = [[*text, option] for text in texts for option in options]
        for text in texts:
            bounds.setdefault(" and ".join(text))
    return ", or ".join(bounds)


def _isolated(formula: Formula, name: str) -> list[Formula]:
    """The comparison split into alternatives in which the width stands alone on the left.

    ``min(d1, d2) >= e`` is ``d1 >= e and d2 >= e``; ``d1 >= min(a, b)`` is ``d1 >= a`` or
    ``d1 >= b``. What does not mention the width, or can't be split, stays as it is.
    """
    symbol = Symbol(name)
    if not isinstance(formula, Comparison) or symbol not in atoms(formula):
        return [formula]
    left, right, relation = formula.left, formula.right, formula.relation
    if relation not in (">=", ">"):
        return [formula]
    if isinstance(left, Minimum):
        others = [argument for argument in left.arguments if argument != symbol]
        if symbol in left.arguments and not any(symbol in atoms(o) for o in others):
            rest = compare(relation, minimum(*others), right)
            alone = _isolated(Comparison(relation, symbol, right), name)
            return [all_of(part, rest) for part in alone]
    if left == symbol and isinstance(right, Minimum) and symbol not in atoms(right):
        return [Comparison(relation, left, argument) for argument in right.arguments]
    return [formula]


SIGNS = {"holds": "#", "fails": ".", "conditional": "c", "unknown": "?", "depends": "?"}


def grid(model: Model, across: str, up: str, most: int, fixed: Mapping[str, int]) -> list[str]:
    """A picture of the verdict over two widths, the others fixed; every cell judged concretely."""
    lines: list[str] = []
    for value in range(most, 0, -1):
        cells = []
        for other in range(1, most + 1):
            values = {**fixed, across: other, up: value}
            allowed = all(
                substitute_formula(a.formula, values) is not False for a in model.assumptions
            )
            if not allowed:
                cells.append(" ")
                continue
            cells.append(SIGNS[judge(instantiate(model, values)).verdict])
        lines.append(f"{up if value == most else '':>6} {value:>3} {' '.join(cells)}")
    lines.append(f"{'':>10} {' '.join(str(k % 10) for k in range(1, most + 1))}  {across}")
    legend = "# holds   . fails   c conditional   ? not decided   (blank: not allowed)"
    rest = ", ".join(f"{k} = {v}" for k, v in fixed.items() if k not in (across, up))
    lines.append(f"{'':>10} {legend}")
    if rest:
        lines.append(f"{'':>10} at {rest}")
    return lines
