"""Formulas over widths as LaTeX."""

from __future__ import annotations

from ..model.terms import (
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
    show,
)


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
