"""Exact first-order tests where the loss (or an l1 penalty) has kinks: linear programmes over Q.

A convex l has directional derivative max over S in its subdifferential (here a box, entry by
entry) of <S, D>. Feasibility is decided by z3's exact simplex, never in floating point; every
answer is re-checked by rational arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

# Unknowns above which the programme is not attempted.
LARGEST = 400


def _solve(unknowns: int, build: Any) -> list[Fraction] | None:
    import z3

    solver = z3.SolverFor("QF_LRA")
    variables = [z3.Real(f"v{i}") for i in range(unknowns)]
    solver.add(*build(z3, variables))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        raise ArithmeticError("the linear programme was not decided")
    found = solver.model()
    values = []
    for variable in variables:
        value = found.eval(variable, model_completion=True)
        values.append(Fraction(value.numerator_as_long(), value.denominator_as_long()))
    return values


def _rational(z3: Any, value: Fraction) -> Any:
    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def stationary_subgradient(
    columns: Sequence[Sequence[Fraction]],
    low: Sequence[Fraction],
    high: Sequence[Fraction],
    offset_low: Sequence[Fraction],
    offset_high: Sequence[Fraction],
) -> list[Fraction] | None:
    """S in the box [low, high] with -<S, column_i> in [offset_low_i, offset_high_i] for all i.

    ``columns[i]`` is the derivative of the outputs along parameter i, the offsets are the
    one-sided derivatives of the penalty. Returns S, or None if there is none (proved): then some
    direction has a negative derivative.
    """
    count = len(low)

    def build(z3: Any, v: list[Any]) -> list[Any]:
        rules = []
        for s, a, b in zip(v, low, high, strict=True):
            if a == b:
                rules.append(s == _rational(z3, a))
            else:
                rules += [s >= _rational(z3, a), s <= _rational(z3, b)]
        for column, a, b in zip(columns, offset_low, offset_high, strict=True):
            terms = [_rational(z3, c) * s for c, s in zip(column, v, strict=True) if c]
            value = z3.Sum(terms) if terms else z3.RealVal(0)
            rules += [value >= _rational(z3, -b), value <= _rational(z3, -a)]
        return rules

    found = _solve(count, build)
    if found is None:
        return None
    for s, a, b in zip(found, low, high, strict=True):
        assert a <= s <= b
    for column, a, b in zip(columns, offset_low, offset_high, strict=True):
        value = sum((c * s for c, s in zip(column, found, strict=True)), Fraction(0))
        assert -b <= value <= -a
    return found


def descent_direction(
    columns: Sequence[Sequence[Fraction]],
    low: Sequence[Fraction],
    high: Sequence[Fraction],
    offset_low: Sequence[Fraction],
    offset_high: Sequence[Fraction],
) -> list[Fraction] | None:
    """A direction d with sum max(low v, high v) + sum max(a d, b d) < 0, v = sum d_i column_i.

    None if there is none (proved). The dual of ``stationary_subgradient``.
    """
    count, outputs = len(columns), len(low)

    def build(z3: Any, v: list[Any]) -> list[Any]:
        d, t, u = v[:count], v[count : count + outputs], v[count + outputs :]
        rules = []
        for e in range(outputs):
            terms = [_rational(z3, columns[i][e]) * d[i] for i in range(count) if columns[i][e]]
            value = z3.Sum(terms) if terms else z3.RealVal(0)
            rules.append(t[e] >= _rational(z3, low[e]) * value)
            rules.append(t[e] >= _rational(z3, high[e]) * value)
        for i in range(count):
            rules.append(u[i] >= _rational(z3, offset_low[i]) * d[i])
            rules.append(u[i] >= _rational(z3, offset_high[i]) * d[i])
        rules.append(z3.Sum(t + u) <= -1)
        return rules

    found = _solve(count + outputs + count, build)
    if found is None:
        return None
    d = found[:count]
    slope = Fraction(0)
    for e in range(outputs):
        v = sum((columns[i][e] * d[i] for i in range(count)), Fraction(0))
        slope += max(low[e] * v, high[e] * v)
    for i in range(count):
        slope += max(offset_low[i] * d[i], offset_high[i] * d[i])
    assert slope < 0
    return d
