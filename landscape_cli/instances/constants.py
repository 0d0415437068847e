"""The best constant output for given targets, with a subgradient that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

ZERO, ONE = Fraction(0), Fraction(1)
SQUARES = frozenset(("squared", "weighted_squared", "masked_squared"))


def one_sided(
    name: str, parameters: Mapping[str, Fraction], z: Fraction, y: Fraction
) -> tuple[Fraction, Fraction] | None:
    """The rational left and right derivative of an entry at z; None where it is irrational."""
    r = z - y
    if name in SQUARES:
        return r, r
    if name == "huber":
        delta = parameters["delta"]
        value = max(-delta, min(delta, r))
        return value, value
    if name in ("absolute", "quantile", "epsilon_insensitive") or (
        name == "lp" and parameters["p"] == 1
    ):
        low, high = -ONE, ONE
        if name == "quantile":
            low, high = -parameters["tau"], 1 - parameters["tau"]
        eps = parameters["eps"] if name == "epsilon_insensitive" else ZERO
        if abs(r) > eps:
            return (high, high) if r > 0 else (low, low)
        if abs(r) < eps:
            return ZERO, ZERO
        if not eps:
            return low, high
        return (ZERO, high) if r > 0 else (low, ZERO)
    if name == "lp":
        power = parameters["p"] - 1
        if not r:
            return ZERO, ZERO
        if power.denominator == 1:
            value = abs(r) ** power.numerator * (1 if r > 0 else -1)
            return value, value
        return None
    if name == "hinge":
        margin = 1 - y * z
        inside, outside = (-y if margin > 0 else ZERO), ZERO
        if margin:
            return inside, inside
        return (min(-y, outside), max(-y, outside))
    if name == "squared_hinge":
        value = -y * max(ZERO, 1 - y * z)
        return value, value
    if name == "logistic" and not z:
        return -y / 2, -y / 2
    if name == "poisson" and not z:
        return 1 - y, 1 - y
    if name == "log_cosh" and not r:
        return ZERO, ZERO
    return None


def best_constant(
    name: str, parameters: Mapping[str, Fraction], targets: Sequence[Fraction],
    weights: Sequence[Fraction] | None, free: bool,
) -> tuple[Fraction, list[Fraction] | None] | None:  # fmt: skip
    """(c, a subgradient at c of sum 0) for a row of targets; None where none is known.

    Without ``free`` only c = 0 is tried. The subgradient is None for log_cosh with targets that
    lie symmetrically about c: it is the gradient then.
    """
    n = len(targets)
    w = list(weights) if weights is not None else [ONE] * n
    trials = [ZERO]
    if free:
        total = sum(w, ZERO)
        if name in SQUARES and total:
            trials = [sum((a * b for a, b in zip(w, targets, strict=True)), ZERO) / total]
        else:
            ordered = sorted(targets)
            eps = parameters.get("eps", ZERO)
            mean = sum(targets, ZERO) / n
            middle = (ordered[0] + ordered[-1]) / 2
            trials = [ZERO, mean, middle, *(v for y in ordered for v in (y, y - eps, y + eps))]
            if name == "huber":
                trials += _huber_constants(ordered, parameters["delta"])
            if name in ("hinge", "squared_hinge"):
                trials += [ONE, -ONE, mean]
    for c in trials:
        if name == "log_cosh":
            ordered = sorted(targets)
            pairs = zip(ordered, reversed(ordered), strict=True)
            if all(a + b == 2 * c for a, b in pairs):
                return c, None
            continue
        ends = [one_sided(name, parameters, c, y) for y in targets]
        if any(pair is None for pair in ends):
            continue
        sides = [(p * a, p * b) for p, (a, b) in zip(w, (e for e in ends if e), strict=True)]
        low, high = sum((a for a, _ in sides), ZERO), sum((b for _, b in sides), ZERO)
        if low <= 0 <= high:
            share = -low / (high - low) if high > low else ZERO
            return c, [a + share * (b - a) for a, b in sides]
    return None


def _huber_constants(ordered: Sequence[Fraction], delta: Fraction) -> list[Fraction]:
    """The minimiser on each stretch on which the same targets are within delta."""
    ends = sorted({v for y in ordered for v in (y - delta, y + delta)})
    found = []
    for a, b in pairwise(ends):
        middle = (a + b) / 2
        near = [y for y in ordered if abs(middle - y) < delta]
        far = sum((delta if middle > y else -delta for y in ordered if abs(middle - y) >= delta),
                  ZERO)  # fmt: skip
        if near:
            found.append((sum(near, ZERO) - far) / len(near))
    return found
