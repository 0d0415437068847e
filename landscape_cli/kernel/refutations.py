"""The arguments that a point is not a local minimum."""

from __future__ import annotations

from .minima import Claim, slopes
from .numbers import ZERO, bounds, coefficients, constant, is_zero, need, sign, small
from .problem import Weights, objective


def along(claim: Claim, start: Weights, order: int) -> Weights:
    """``start + eps direction``, eps the variable 0."""
    moved = dict(start)
    for name, rows in claim.argument["direction"].items():
        moved[name] = [
            [small({(0,): d}, order) + x if d else x for d, x in zip(*pair, strict=True)]
            for pair in zip(rows, start[name], strict=True)
        ]
    return moved


def curve(claim: Claim, order: int, variable: int) -> Weights:
    """The stated curve as polynomials in one variable; at 0 it must be the point."""
    moved = dict(claim.weights)
    for name, rows in claim.argument["curve"].items():
        moved[name] = []
        for row, start in zip(rows, claim.weights[name], strict=True):
            kept = [c[: order + 1] if variable >= 0 and isinstance(c, list) else c for c in row]
            moved[name].append([
                small({(variable,) * k: x for k, x in enumerate(c)}, order)
                if isinstance(c, list) else c for c in kept])  # fmt: skip
            same = all(constant(x) == y for x, y in zip(moved[name][-1], start, strict=True))
            need(same, "the curve does not start at the point")
    return moved


def falls(claim: Claim, weights: Weights, order: int) -> None:
    """The first coefficient of the loss along the curve is that of eps^order, and negative."""
    if claim.problem.loss == "lp":
        slopes(claim)  # a rejection where |r|^p has a cusp
    found = coefficients(objective(claim.problem, weights, one_sided=True))
    flat = all(is_zero(found.get((0,) * k, ZERO)) for k in range(1, order))
    need(flat, f"a coefficient below that of eps^{order} is not zero")
    what = f"the coefficient of eps^{order}"
    need(sign(found.get((0,) * order, ZERO), what) < 0, f"{what} is not negative")


def nonzero_gradient(claim: Claim) -> None:
    """The loss falls along a straight line, at first order."""
    falls(claim, along(claim, claim.weights, 1), 1)


def negative_curvature(claim: Claim) -> None:
    """The loss falls along a straight line, at second order."""
    falls(claim, along(claim, claim.weights, 2), 2)


def descent_curve(claim: Claim) -> None:
    """The loss along a polynomial curve falls, at a stated order."""
    order = claim.argument["order"]
    falls(claim, curve(claim, order, 0), order)


def equal_loss_move(claim: Claim) -> None:
    """Points arbitrarily near have the same loss and a gradient that is not zero."""
    found = coefficients(objective(claim.problem, along(claim, curve(claim, 1, -1), 1)))
    equal = all(is_zero(c) for m, c in found.items() if m and 0 not in m)
    need(equal, "the loss or the penalty changes along the curve")
    ends = [bounds(c) for m, c in found.items() if 0 in m]
    moves = any(low > 0 or high < 0 for low, high in ends)
    need(moves, "the derivative in the stated direction vanishes along the curve")
