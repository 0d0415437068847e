"""The arguments that a point is not a local minimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .algebra import Matrix, Polynomial
from .minima import Claim, gradient, numbers_only
from .numbers import (
    PRECISIONS,
    ZERO,
    Number,
    Rejection,
    Undecided,
    bounds,
    is_zero,
    rational,
    sign,
)
from .problem import Evaluator, Weights, fields, integer, matrix, plain, sequence

HIGHEST = 64  # degree of a curve, and order of its descent


def _direction(claim: Claim) -> Weights:
    shapes = claim.problem.trained()
    given = fields(claim.argument["direction"], [], list(shapes), "the direction")
    result: Weights = {}
    for name, (rows, columns) in shapes.items():
        value = given.get(name, [["0"] * columns] * rows)
        if name[0] == "b" and name in given:
            value = [[x] for x in sequence(value, rows, name)]
        result[name] = [list(row) for row in plain(value, rows, columns, name)]
    return result


def _curve(claim: Claim, order: int, variable: int) -> Weights:
    """The stated curve as polynomials in one variable; at 0 it must be the point."""
    shapes = claim.problem.trained()
    given = fields(claim.argument["curve"], [], list(shapes), "the curve")

    def entry(value: object, what: str) -> Number | Polynomial:
        if not isinstance(value, list):
            return rational(value, what)
        if not 1 <= len(value) <= HIGHEST:
            raise Rejection(f"{what} has no coefficients, or more than {HIGHEST}")
        return Polynomial(
            {
                (variable,) * k: rational(c, what)
                for k, c in enumerate(value)
                if variable < 0 or k <= order
            },
            order,
        )

    result: Weights = dict(claim.weights)
    for name, value in given.items():
        rows, columns = shapes[name]
        value = [[x] for x in sequence(value, rows, name)] if name[0] == "b" else value
        result[name] = matrix(value, rows, columns, name, entry)
        for line, start in zip(result[name], claim.weights[name], strict=True):
            for x, y in zip(line, start, strict=True):
                if (x.constant() if isinstance(x, Polynomial) else x) != y:
                    raise Rejection("the curve does not start at the point")
    return result


def _descent(claim: Claim, weights: Weights, order: int) -> None:
    problem = claim.problem
    if problem.loss == "lp" and problem.parameter < 1:
        for line, row in zip(claim.outputs, claim.evaluator.entries(), strict=True):
            if not all(sign(z - y, "a residual") for z, (y, _) in zip(line, row, strict=True)):
                raise Rejection("this argument needs a loss that is locally Lipschitz")
    for bits in PRECISIONS:
        value = Evaluator(problem, claim.data, bits, one_sided=True).objective(weights)
        terms = value.terms if isinstance(value, Polynomial) else {}
        if any(not is_zero(terms.get((0,) * k, ZERO)) for k in range(1, order)):
            raise Rejection(f"a coefficient below that of eps^{order} is not zero")
        try:
            place = sign(terms.get((0,) * order, ZERO), f"the coefficient of eps^{order}")
        except Undecided:
            if bits == PRECISIONS[-1]:
                raise
            continue
        if place >= 0:
            raise Rejection(f"the coefficient of eps^{order} is not negative")
        return


def _straight(order: int) -> Callable[[Claim], None]:
    def check(claim: Claim) -> None:
        fields(claim.argument, ["kind", "direction"], [], "the argument")
        moved = {}
        for name, rows in _direction(claim).items():
            start = numbers_only(claim.weights[name])
            moved[name] = [
                [Polynomial({(0,): d}, order) + x if d else x for d, x in zip(*r, strict=True)]
                for r in zip(numbers_only(rows), start, strict=True)
            ]
        _descent(claim, moved, order)

    return check


def descent_curve(claim: Claim) -> None:
    """The loss along a polynomial curve falls, at a stated order."""
    fields(claim.argument, ["kind", "curve", "order"], [], "the argument")
    order = integer(claim.argument["order"], 1, HIGHEST, "order")
    _descent(claim, _curve(claim, order, 0), order)


def equal_loss_move(claim: Claim) -> None:
    """Points arbitrarily near have the same loss and a gradient that is not zero."""
    fields(claim.argument, ["kind", "curve", "direction"], [], "the argument")
    if claim.problem.penalty == "l1":
        raise Rejection("equal-loss-move does not cover an l1 penalty")
    curve, direction = _curve(claim, 1, -1), _direction(claim)
    moved: Weights = {
        name: [
            [Polynomial({(0,): d}, 1) + x if d else x for d, x in zip(*r, strict=True)]
            for r in zip(numbers_only(direction[name]), rows, strict=True)
        ]
        for name, rows in curve.items()
    }
    outputs: Matrix = claim.evaluator.layers(moved)[-1][1]
    slope = gradient(
        replace(claim, layers=[(outputs, [[_base(x) for x in row] for row in outputs])])
    )
    total: Number | Polynomial = claim.evaluator.penalty(moved)
    if isinstance(total, Polynomial):
        _base(total)
    for line, row in zip(outputs, slope, strict=True):
        for z, g in zip(line, row, strict=True):
            if isinstance(z, Polynomial) and g:
                total = total + z * g
    terms = total.terms if isinstance(total, Polynomial) else {}
    derivative = [bounds(c, 80) for m, c in terms.items() if 0 in m]
    if not any(low > 0 or high < 0 for low, high in derivative):
        raise Rejection("the derivative in the stated direction vanishes along the curve")


def _base(x: Number | Polynomial) -> Number:
    """The value at the point; a rejection if it changes along the curve."""
    if not isinstance(x, Polynomial):
        return x
    if any(m and 0 not in m and not is_zero(c) for m, c in x.terms.items()):
        raise Rejection("the outputs or the penalty change along the curve")
    return x.constant()


ARGUMENTS: dict[str, Callable[[Claim], None]] = {
    "nonzero-gradient": _straight(1),
    "negative-curvature": _straight(2),
    "descent-curve": descent_curve,
    "equal-loss-move": equal_loss_move,
}
