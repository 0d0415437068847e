"""Formulas over widths as LaTeX."""

from __future__ import annotations

from ..model.terms import Conjunction, Disjunction, Formula, Negation, show_formula
from .mathematics import latex_formula


def latex(formula: Formula) -> str:
    r"""The formula as LaTeX: ``d_{1} \ge \min(d_{0}, d_{2})``."""
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
    return latex_formula(show_formula(formula))
