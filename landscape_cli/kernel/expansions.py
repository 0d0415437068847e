"""Truncated polynomials, and functions of them: everything local that the kernel looks at.

A number plus small variables goes through the network, the loss and the penalty as a polynomial;
gradients, Hessians, one-sided slopes and descents along curves are its coefficients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from .numbers import (
    EXACT,
    HALF,
    ONE,
    ZERO,
    Element,
    Number,
    Polynomial,
    coefficients,
    constant,
    erf_slope,
    function,
    is_zero,
    need,
    order_of,
    power,
    sign,
    small,
    terms_of,
)

SELU_SCALE = Fraction(10507009873554804934193349852946, 10**31)
SELU_SCALED = SELU_SCALE * Fraction(16732632423543772848170429916717, 10**31)
LOG_2 = function("log", Fraction(2))


Matrix: TypeAlias = list[list[Any]]  # of elements, a list of rows


def total(parts: Iterable[Element]) -> Element:
    """The sum of many elements."""
    terms: dict[Any, Fraction] = {}
    order = EXACT
    for part in parts:
        order = min(order, order_of(part))
        for m, c in terms_of(part):
            terms[m] = terms[m] + c if m in terms else c
    return Polynomial(terms, order) + ZERO


def moving(x: Element) -> Element:
    """The element without its value at 0; a rejection if it moves with unbounded variables."""
    still = all(m == () or max(m) >= 0 for m in coefficients(x))
    need(still, "a function that is no polynomial, of a value that is not near the point")
    return x - constant(x)


def substitute(coefficients: Sequence[Number], t: Element) -> Element:
    """The polynomial with these coefficients at t (Horner)."""
    value: Element = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        value = value * t + c if c else value * t
    return value


SLOPES: dict[str, Callable[[Element], Element]] = {  # the derivative of each function
    "exp": lambda t: call("exp", t),
    "log": lambda t: call("inverse", t),
    "inverse": lambda t: -(call("inverse", t) * call("inverse", t)),
    "sigmoid": lambda t: call("sigmoid", t) * (ONE - call("sigmoid", t)),
    "softplus": lambda t: call("sigmoid", t),
    "arctan": lambda t: call("inverse", t * t + ONE),
    "erf": lambda t: call("exp", -(t * t)) * erf_slope(),
    "sin": lambda t: call("cos", t),
    "cos": lambda t: -call("sin", t),
}


def call(name: str, x: Element) -> Element:
    """A function of ``numbers`` at an element: the value, and the integral of its slope."""
    if order_of(x) == EXACT:
        return function(name, x)
    base, rest = constant(x), moving(x)
    found, order = [function(name, base)], x.order
    if order:
        slope = coefficients(SLOPES[name](small({(0,): ONE}, order - 1) + base))
        found += [slope.get((0,) * k, ZERO) * Fraction(1, k + 1) for k in range(order)]
    return substitute(found, rest) + Polynomial({}, order)


# --- piecewise functions ------------------------------------------------------------------------

Formula: TypeAlias = list[Fraction] | Callable[[Element], Element]
Pieces: TypeAlias = list[tuple[Fraction, Formula]]  # (start, polynomial or function), increasing


def pieces(first: Any, *rest: Any) -> Pieces:
    """A formula, and then starts and formulas in turn; a list holds a polynomial's coefficients."""
    formulas: list[Formula] = [[*map(Fraction, f)] if isinstance(f, list) else f
                               for f in (first, *rest[1::2])]  # fmt: skip
    return list(zip([ZERO, *map(Fraction, rest[::2])], formulas, strict=True))


def sides(parts: Pieces, x: Number, what: str) -> tuple[int, int]:
    """The pieces just below and just above x, equal inside a piece."""
    places = [1, *(sign(x - start, what) for start, _ in parts[1:])]
    return (max(k for k, place in enumerate(places) if place > 0),
            max(k for k, place in enumerate(places) if place >= 0))  # fmt: skip


def evaluate(formula: Formula, x: Element) -> Element:
    """One piece at x."""
    return substitute(formula, x) if isinstance(formula, list) else formula(x)


def piecewise(parts: Pieces, x: Element, one_sided: bool, what: str) -> Element:
    """A piecewise function at x; at a breakpoint of a number, the lower piece.

    A polynomial at a breakpoint: if ``one_sided``, the piece that its first coefficient leads to
    for small positive values of its only variable (the lower one where it does not tell);
    otherwise both pieces must have the same derivatives, up to its order.
    """
    if len(parts) == 1:
        return evaluate(parts[0][1], x)
    base, order = constant(x), order_of(x)
    below, above = sides(parts, base, what)
    if below == above or order == EXACT:
        return evaluate(parts[below][1], x)
    if one_sided:
        steps = (sign(c, what) for _, c in sorted(coefficients(moving(x)).items()))
        side = above if next((s for s in steps if s), -1) > 0 else below
        return evaluate(parts[side][1], x) + Polynomial({}, order)
    moving(x)
    near = small({(0,): ONE}, order) + base
    value, other = (evaluate(parts[k][1], near) for k in (below, above))
    need(all(map(is_zero, coefficients(value - other).values())), f"{what} is at a kink")
    return evaluate(parts[below][1], x) + Polynomial({}, order)


def tanh(x: Element) -> Element:
    """The hyperbolic tangent."""
    return call("sigmoid", x * Fraction(2)) * Fraction(2) - ONE


def activation_table(a: Fraction) -> dict[str, Pieces]:
    """The activations, a their parameter."""
    return {
        "linear": pieces([0, 1]),
        "relu": pieces([0], 0, [0, 1]),
        "leaky_relu": pieces([0, a], 0, [0, 1]),
        "prelu": pieces([0, a], 0, [0, 1]),
        "relu6": pieces([0], 0, [0, 1], 6, [6]),
        "hard_tanh": pieces([-1], -1, [0, 1], 1, [1]),
        "hard_sigmoid": pieces([0], -3, [HALF, Fraction(1, 6)], 3, [1]),
        "step": pieces([0], 0, [1]),
        "quadratic": pieces([0, 0, 1]),
        "cube": pieces([0, 0, 0, 1]),
        "elu": pieces(lambda x: (call("exp", x) - ONE) * a, 0, [0, 1]),
        "celu": pieces(lambda x: (call("exp", x * (1 / a)) - ONE) * a, 0, [0, 1]),
        "selu": pieces(lambda x: (call("exp", x) - ONE) * SELU_SCALED, 0, [0, SELU_SCALE]),
        "sigmoid": pieces(lambda x: call("sigmoid", x)),
        "tanh": pieces(tanh),
        "softplus": pieces(lambda x: call("softplus", x)),
        "silu": pieces(lambda x: x * call("sigmoid", x)),
        "mish": pieces(lambda x: x * tanh(call("softplus", x))),
        "gelu": pieces(lambda x: x * HALF * (call("erf", x * power(HALF, HALF)) + ONE)),
        "softsign": pieces(lambda x: x * call("inverse", ONE - x), 0,
                           lambda x: x * call("inverse", x + ONE)),
        "arctan": pieces(lambda x: call("arctan", x)),
        "erf": pieces(lambda x: call("erf", x)),
        "sin": pieces(lambda x: call("sin", x)),
    }  # fmt: skip


def _power(p: Fraction, side: Fraction) -> Formula:
    """``(side t)^p / p`` for side t >= 0."""
    if p.denominator == 1 and p <= 64:
        return [*[ZERO] * int(p), side ** int(p) / p]

    def formula(t: Element) -> Element:
        if not is_zero(constant(t)):
            return call("exp", call("log", t * side) * p) * (1 / p)
        need(order_of(t) == EXACT or order_of(t) < p, "|r|^p can't be expanded so far at r = 0")
        return ZERO  # up to O(|t|^p)

    return formula


def loss_table(p: Fraction, y: Fraction, w: Fraction) -> dict[str, tuple[str, Pieces]]:
    """The loss of one entry in r = z - y ("residual"), y z ("margin") or z ("output").

    p: the loss's parameter; y: the target; w: the weight or coefficient of the entry.
    """
    c = p or ONE  # only that of epsilon_insensitive may be 0
    inside = [0, 0, HALF, 0, -1 / (2 * c**2), 0, 1 / (6 * c**4)]
    return {
        "squared": ("residual", pieces([0, 0, HALF])),
        "weighted_squared": ("residual", pieces([0, 0, w / 2])),
        "masked_squared": ("residual", pieces([0, 0, w / 2])),
        "absolute": ("residual", pieces([0, -1], 0, [0, 1])),
        "quantile": ("residual", pieces([0, -p], 0, [0, 1 - p])),
        "epsilon_insensitive": ("residual", pieces([-p, -1], -p, [0], p, [-p, 1])),
        "huber": ("residual", pieces([-p * p / 2, -p], -p, [0, 0, HALF], p, [-p * p / 2, p])),
        "log_cosh": ("residual", pieces(lambda t: call("softplus", t * Fraction(-2)) + t - LOG_2)),
        "lp": ("residual", pieces(_power(c, -ONE), 0, _power(c, ONE))),
        "tukey": ("residual", pieces([c**2 / 6], -c, inside, c, [c**2 / 6])),
        "hinge": ("margin", pieces([1, -1], 1, [0])),
        "squared_hinge": ("margin", pieces([HALF, -1, HALF], 1, [0])),
        "logistic": ("margin", pieces(lambda t: call("softplus", -t))),
        "zero_one": ("margin", pieces([1], 0, [0])),
        "poisson": ("output", pieces(lambda t: call("exp", t) - t * y)),
        "linear_loss": ("output", pieces([0, w])),
    }


ACTIVATIONS = tuple(activation_table(ONE))
LOSSES = {name: kind for name, (kind, _) in loss_table(ONE, ONE, ONE).items()}
