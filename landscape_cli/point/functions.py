"""Activations and losses at concrete numbers: values, one-sided and second derivatives.

Rational wherever the value is; otherwise a rigorous enclosure. The piecewise ones also take
polynomials in eps (germs at 0+), whose sign is that of their lowest term.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..model.activations import Piece, activation_properties
from ..model.problem import Activation, Loss
from .custom import activation_function, loss_function
from .numbers import (
    ONE,
    ZERO,
    Enclosure,
    Matrix,
    Number,
    Polynomial,
    Undecided,
    ball_of,
    entrywise,
    minus,
    plus,
    sign,
    times,
    total,
)


class Slopes(NamedTuple):
    """Left and right derivative."""

    left: Number
    right: Number


HALF = Fraction(1, 2)

# --- activations -----------------------------------------------------------------------------

PIECEWISE_LINEAR = frozenset(
    ("linear", "relu", "leaky_relu", "hard_tanh", "hard_sigmoid", "relu6", "step")
)
EXPONENTIAL_LEFT = frozenset(("elu", "celu"))
ANALYTIC = frozenset(
    ("softplus", "gelu", "silu", "mish", "tanh", "erf", "sigmoid", "arctan", "sin")
)


def is_supported(activation: Activation) -> bool:
    """Whether this module can evaluate the activation."""
    name = activation.name
    return not activation.custom and (
        name in PIECEWISE_LINEAR
        or name in EXPONENTIAL_LEFT
        or name in ANALYTIC
        or name in ("quadratic", "cube", "softsign", "selu")
    )


def pieces(activation: Activation) -> tuple[Piece, ...]:
    """The affine and constant pieces of a piecewise linear activation, left to right."""
    found = activation_properties(activation)
    unique = dict.fromkeys((*found.constant, *found.affine))
    return tuple(sorted(unique, key=lambda p: (p.low is not None, p.low or ZERO)))


def _piece_sides(activation: Activation, t: Number) -> tuple[Piece, Piece]:
    """The pieces just left and just right of t (the same inside a piece)."""
    table = pieces(activation)
    for piece, following in zip(table, (*table[1:], None), strict=True):
        if piece.high is None:
            return piece, piece
        side = sign(minus(t, piece.high))
        if side < 0:
            return piece, piece
        if side == 0:
            assert following is not None
            return piece, following
    raise AssertionError("the pieces cover the line")


def _slope(piece: Piece) -> Fraction:
    if piece.slope is None:
        raise Undecided("an irrational slope")
    return piece.slope


def _series(name: str, t: Number, parameter: Fraction) -> Any:
    """The Taylor series of an analytic function at t to second order, as enclosures."""
    from flint import arb, arb_series

    x = arb_series([ball_of(t), arb(1)], prec=3)
    if name in ("exponential",):
        return x.exp()
    if name == "softplus":
        return (x.exp() + 1).log()
    if name == "sigmoid":
        return 1 / ((-x).exp() + 1)
    if name == "tanh":
        return 1 - 2 / ((2 * x).exp() + 1)
    if name == "silu":
        return x / ((-x).exp() + 1)
    if name == "mish":
        square = (x.exp() + 1) * (x.exp() + 1)
        return x * (1 - 2 / (square + 1))
    if name == "gelu":
        return x / 2 * ((x / arb(2).sqrt()).erf() + 1)
    if name == "erf":
        return x.erf()
    if name == "arctan":
        return x.atan()
    if name == "sin":
        return x.sin()
    if name == "log_cosh":
        return ((x.exp() + (-x).exp()) / 2).log()
    if name == "power":
        return (x.log() * ball_of(parameter)).exp()
    raise KeyError(name)


# Exact values at 0: (s, s', s''); None where irrational.
_AT_ZERO: dict[str, tuple[Fraction | None, Fraction | None, Fraction | None]] = {
    "softplus": (None, HALF, Fraction(1, 4)),
    "sigmoid": (HALF, Fraction(1, 4), ZERO),
    "tanh": (ZERO, ONE, ZERO),
    "silu": (ZERO, HALF, HALF),
    "mish": (ZERO, Fraction(3, 5), None),
    "gelu": (ZERO, HALF, None),
    "erf": (ZERO, None, ZERO),
    "arctan": (ZERO, ONE, ZERO),
    "sin": (ZERO, ONE, ZERO),
    "log_cosh": (ZERO, ZERO, ONE),
    "exponential": (ONE, ONE, ONE),
}


def _analytic(name: str, t: Number, order: int, parameter: Fraction = ZERO) -> Number:
    """The derivative of that order (0, 1, 2) of an analytic function."""
    if isinstance(t, Polynomial):
        if len(t.coefficients) > 1:
            raise Undecided(f"{name} of a curve is not a polynomial")
        t = t.coefficient(0)
    if isinstance(t, Fraction) and t == 0 and name in _AT_ZERO:
        known = _AT_ZERO[name][order]
        if known is not None:
            return known
    value = _series(name, t, parameter)[order] * (2 if order == 2 else 1)
    if not value.is_finite():
        raise Undecided(f"{name} has no finite enclosure there")
    return Enclosure(value)


def _divide(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a / b
    if isinstance(a, Polynomial) or isinstance(b, Polynomial):
        raise Undecided("a quotient along a curve is not a polynomial")
    return Enclosure(ball_of(a) / ball_of(b))


def activation_value(activation: Activation, t: Number) -> Number:
    """s(t). Raises ``Undecided`` where it can't be computed (`step` at 0)."""
    name = activation.name
    if activation.custom:
        return activation_function(activation).value(t)
    if not is_supported(activation):
        raise Undecided(f"{name} can't be evaluated here")
    if name in PIECEWISE_LINEAR:
        left, right = _piece_sides(activation, t)
        if name == "step" and left is not right:
            raise Undecided("step is discontinuous at 0")
        return plus(times(_slope(left), t), left.intercept)
    if name in EXPONENTIAL_LEFT or name == "selu":
        return _exponential_left(activation, t, 0).left
    if name == "quadratic":
        return times(t, t)
    if name == "cube":
        return times(times(t, t), t)
    if name == "softsign":
        size = t if sign(t) >= 0 else minus(ZERO, t)
        return _divide(t, plus(ONE, size))
    return _analytic(name, t, 0)


_SELU_ALPHA = Fraction("1.6732632423543772848170429916717")
_SELU_SCALE = Fraction("1.0507009873554804934193349852946")


def _exponential_left(activation: Activation, t: Number, order: int) -> Slopes:
    """elu, celu, selu and their derivatives, from both sides."""
    name = activation.name
    if name == "selu":
        # The published decimals, which the kernel takes as the definition, too.
        scale: Number = _SELU_SCALE
        alpha: Number = _SELU_ALPHA
        rate = ONE
    else:
        parameter = dict(activation.parameters)["alpha"]
        scale, alpha, rate = ONE, parameter, (1 / parameter if name == "celu" else ONE)
    side = sign(t)
    positive: Number = times(scale, t) if order == 0 else (scale if order == 1 else ZERO)
    if side > 0:
        return Slopes(positive, positive)
    if order == 0 and side == 0:
        return Slopes(ZERO, ZERO)
    exponential = _analytic("exponential", times(rate, t), 0)
    if order == 0:
        exponential = minus(exponential, ONE)
    negative = times(times(scale, alpha), exponential)
    for _ in range(order):
        negative = times(negative, rate)
    return Slopes(negative, negative if side < 0 else positive)


def activation_slopes(activation: Activation, t: Number) -> Slopes:
    """The left and right derivative of s at t."""
    name = activation.name
    if activation.custom:
        return Slopes(*activation_function(activation).slopes(t))
    if not is_supported(activation):
        raise Undecided(f"{name} can't be differentiated here")
    if name in PIECEWISE_LINEAR:
        left, right = _piece_sides(activation, t)
        if name == "step" and left is not right:
            raise Undecided("step is discontinuous at 0")
        return Slopes(_slope(left), _slope(right))
    if name in EXPONENTIAL_LEFT or name == "selu":
        return _exponential_left(activation, t, 1)
    if name == "quadratic":
        value: Number = times(Fraction(2), t)
    elif name == "cube":
        value = times(Fraction(3), times(t, t))
    elif name == "softsign":
        size = plus(ONE, t if sign(t) >= 0 else minus(ZERO, t))
        value = _divide(ONE, times(size, size))
    elif name == "arctan":
        value = _divide(ONE, plus(ONE, times(t, t)))
    else:
        value = _analytic(name, t, 1)
    return Slopes(value, value)


def activation_curvature(activation: Activation, t: Number) -> Number | None:
    """s''(t), or None where s is not twice differentiable in a neighbourhood of t."""
    name = activation.name
    if activation.custom:
        return activation_function(activation).curvature(t)
    if not is_supported(activation):
        raise Undecided(f"{name} can't be differentiated here")
    if name in PIECEWISE_LINEAR:
        left, right = _piece_sides(activation, t)
        return ZERO if left is right else None
    if name in EXPONENTIAL_LEFT or name == "selu":
        if sign(t) == 0:
            return None
        return _exponential_left(activation, t, 2).left
    if name == "quadratic":
        return Fraction(2)
    if name == "cube":
        return times(Fraction(6), t)
    if name == "softsign":
        side = sign(t)
        if side == 0:
            return None
        size = plus(ONE, t if side > 0 else minus(ZERO, t))
        return _divide(Fraction(-2 * side), times(size, times(size, size)))
    if name == "arctan":
        size = plus(ONE, times(t, t))
        return _divide(times(Fraction(-2), t), times(size, size))
    return _analytic(name, t, 2)


# --- losses ----------------------------------------------------------------------------------

# Losses whose value is rational (or polynomial) for rational (or polynomial) outputs.
RATIONAL_LOSSES = frozenset(
    ("squared", "weighted_squared", "masked_squared", "absolute", "quantile",
     "epsilon_insensitive", "huber", "hinge", "squared_hinge", "linear_loss", "zero_one", "tukey")
)  # fmt: skip


class LossAt(NamedTuple):
    """A named loss with its targets and weights, to be evaluated at outputs.

    ``targets`` and ``weights`` (or coefficients) have the shape of the outputs; None if the loss
    has none.
    """

    loss: Loss
    targets: Matrix | None
    weights: Matrix | None

    def value(self, outputs: Matrix) -> Number:
        """l(Z)."""
        if self.loss.name == "cross_entropy":
            return total([_cross_entropy(z, y) for z, y in self._columns(outputs)])
        terms = self._entries(outputs)
        return total([_value(self.loss, z, y, w) for z, y, w in terms])

    def slopes(self, outputs: Matrix) -> tuple[Matrix, Matrix]:
        """The matrices of left and right derivatives by entry."""
        if self.loss.name == "cross_entropy":
            columns = [
                [minus(times(total(list(y)), p), t) for p, t in zip(_softmax(z), y, strict=True)]
                for z, y in self._columns(outputs)
            ]
            found: Matrix = tuple(zip(*columns, strict=True))
            return found, found
        width = len(outputs[0])
        flat = [_slopes(self.loss, z, y, w) for z, y, w in self._entries(outputs)]
        rows = [flat[i : i + width] for i in range(0, len(flat), width)]
        return (
            tuple(tuple(entry.left for entry in row) for row in rows),
            tuple(tuple(entry.right for entry in row) for row in rows),
        )

    def curvature(self, outputs: Matrix) -> Matrix | None:
        """Second derivatives by entry; None if some entry has none. Not for cross_entropy."""
        width = len(outputs[0])
        flat: list[Number] = []
        for z, y, w in self._entries(outputs):
            found = _curvature(self.loss, z, y, w)
            if found is None:
                return None
            flat.append(found)
        return tuple(tuple(flat[i : i + width]) for i in range(0, len(flat), width))

    def hessian_times(self, outputs: Matrix, curvature: Matrix | None, change: Matrix) -> Matrix:
        """The loss's Hessian in Z applied to a change of Z (``curvature`` as computed above)."""
        if self.loss.name != "cross_entropy":
            assert curvature is not None
            return entrywise(times, curvature, change)
        columns = []
        for (z, y), d in zip(self._columns(outputs), zip(*change, strict=True), strict=True):
            p = _softmax(z)
            mass = total(list(y))
            mean = total([times(a, b) for a, b in zip(p, d, strict=True)])
            columns.append(
                [times(mass, times(a, minus(b, mean))) for a, b in zip(p, d, strict=True)]
            )
        return tuple(zip(*columns, strict=True))

    def _columns(self, outputs: Matrix) -> list[tuple[tuple[Number, ...], tuple[Number, ...]]]:
        if self.targets is None:
            raise Undecided("the targets Y are not given")
        return list(zip(zip(*outputs, strict=True), zip(*self.targets, strict=True), strict=True))

    def _entries(self, outputs: Matrix) -> list[tuple[Number, Number, Number]]:
        name = self.loss.name
        needs_targets = name != "linear_loss"
        needs_weights = name in ("weighted_squared", "masked_squared", "linear_loss")
        if needs_targets and self.targets is None:
            raise Undecided("the targets Y are not given")
        if needs_weights and self.weights is None:
            what = "coefficients" if name == "linear_loss" else "weights"
            raise Undecided(f"the {what} of {name} are not given")
        result: list[tuple[Number, Number, Number]] = []
        for i, row in enumerate(outputs):
            for j, z in enumerate(row):
                y = self.targets[i][j] if self.targets is not None else ZERO
                w = self.weights[i][j] if self.weights is not None else ONE
                result.append((z, y, w))
        return result


def _softmax(z: tuple[Number, ...]) -> list[Number]:
    if all(isinstance(entry, Fraction) and entry == z[0] for entry in z):
        return [Fraction(1, len(z))] * len(z)
    shifted = [minus(entry, z[0]) for entry in z]
    exponentials = [_analytic("exponential", entry, 0) for entry in shifted]
    mass = total(exponentials)
    return [_divide(entry, mass) for entry in exponentials]


def _cross_entropy(z: tuple[Number, ...], y: tuple[Number, ...]) -> Number:
    if len(z) == 1:
        return ZERO
    mass = total(list(y))
    exponentials = [_analytic("exponential", minus(entry, z[0]), 0) for entry in z]
    logarithm = Enclosure(ball_of(total(exponentials)).log())
    linear = total([times(minus(entry, z[0]), t) for entry, t in zip(z, y, strict=True)])
    return minus(times(mass, logarithm), linear)


def _absolute(value: Number) -> Number:
    return value if sign(value) >= 0 else minus(ZERO, value)


def _value(loss: Loss, z: Number, y: Number, w: Number) -> Number:
    name = loss.name
    if loss.kind == "custom":
        return loss_function(loss, y).value(z)
    if name == "linear_loss":
        return times(w, z)
    if name in ("hinge", "squared_hinge"):
        margin = minus(ONE, times(y, z))
        if sign(margin) <= 0:
            return ZERO
        return margin if name == "hinge" else times(HALF, times(margin, margin))
    if name == "logistic":
        return _analytic("softplus", minus(ZERO, times(y, z)), 0)
    if name == "poisson":
        return minus(_analytic("exponential", z, 0), times(y, z))
    if name == "zero_one":
        return ONE if sign(times(y, z)) <= 0 else ZERO
    r = minus(z, y)
    if name in ("squared", "weighted_squared", "masked_squared"):
        return times(times(HALF, w), times(r, r))
    if name == "absolute":
        return _absolute(r)
    if name == "quantile":
        return _quantile(loss.parameter("tau"), r)
    if name == "epsilon_insensitive":
        excess = minus(_absolute(r), loss.parameter("eps"))
        return excess if sign(excess) > 0 else ZERO
    if name == "huber":
        delta = loss.parameter("delta")
        size = _absolute(r)
        if sign(minus(size, delta)) <= 0:
            return times(HALF, times(r, r))
        return times(delta, minus(size, delta / 2))
    if name == "log_cosh":
        return _analytic("log_cosh", r, 0)
    if name == "tukey":
        c = loss.parameter("c")
        size = _absolute(r)
        if sign(minus(size, c)) >= 0:
            return c * c / 6
        inner = minus(ONE, times(1 / (c * c), times(r, r)))
        return times(c * c / 6, minus(ONE, times(inner, times(inner, inner))))
    if name == "lp":
        return _power(loss.parameter("p"), r, 0).left
    raise Undecided(f"the loss {name} can't be evaluated here")


def _quantile(tau: Fraction, r: Number) -> Number:
    # max(tau (y - z), (tau - 1)(y - z)) with r = z - y.
    return times(-tau if sign(r) < 0 else 1 - tau, r)


def _power(p: Fraction, r: Number, order: int) -> Slopes:
    """|r|^p / p and its derivatives, from both sides."""
    side = sign(r)
    size = r if side >= 0 else minus(ZERO, r)
    factor = 1 / p
    for i in range(order):
        factor *= p - i
    exponent = p - order
    if side == 0:
        if exponent > 0:
            return Slopes(ZERO, ZERO)
        if exponent == 0:
            value: Number = factor
        else:
            raise Undecided(f"|r|^{p} has no derivative at 0")
    elif exponent.denominator == 1 and exponent >= 0:
        value = factor
        for _ in range(exponent.numerator):
            value = times(value, size)
    elif factor == 0:
        value = ZERO
    else:
        value = times(factor, _analytic("power", size, 0, exponent))
    if order % 2 == 1:
        negative = minus(ZERO, value)
        return Slopes(negative if side <= 0 else value, value if side >= 0 else negative)
    return Slopes(value, value)


def _slopes(loss: Loss, z: Number, y: Number, w: Number) -> Slopes:
    name = loss.name
    if loss.kind == "custom":
        return Slopes(*loss_function(loss, y).slopes(z))

    def both(value: Number) -> Slopes:
        return Slopes(value, value)

    if name == "linear_loss":
        return both(w)
    if name in ("hinge", "squared_hinge"):
        margin = minus(ONE, times(y, z))
        side = sign(margin)
        if name == "squared_hinge":
            return both(minus(ZERO, times(y, margin)) if side > 0 else ZERO)
        inside = minus(ZERO, y)
        if side != 0:
            return both(inside if side > 0 else ZERO)
        # The margin falls with z where y > 0.
        return Slopes(inside, ZERO) if sign(y) > 0 else Slopes(ZERO, inside)
    if name == "logistic":
        return both(minus(ZERO, times(y, _analytic("sigmoid", minus(ZERO, times(y, z)), 0))))
    if name == "poisson":
        return both(minus(_analytic("exponential", z, 0), y))
    if name == "zero_one":
        if sign(times(y, z)) == 0:
            raise Undecided("the zero-one loss is discontinuous there")
        return both(ZERO)
    r = minus(z, y)
    if name in ("squared", "weighted_squared", "masked_squared"):
        return both(times(w, r))
    if name in ("absolute", "quantile"):
        low, high = (-ONE, ONE)
        if name == "quantile":
            tau = loss.parameter("tau")
            low, high = -tau, 1 - tau
        side = sign(r)
        return Slopes(low if side <= 0 else high, high if side >= 0 else low)
    if name == "epsilon_insensitive":
        eps = loss.parameter("eps")
        above, below = sign(minus(r, eps)), sign(plus(r, eps))
        left = ONE if above > 0 else (-ONE if below <= 0 else ZERO)
        right = ONE if above >= 0 else (-ONE if below < 0 else ZERO)
        return Slopes(left, right)
    if name == "huber":
        delta = loss.parameter("delta")
        if sign(minus(_absolute(r), delta)) <= 0:
            return both(r)
        return both(delta if sign(r) > 0 else -delta)
    if name == "log_cosh":
        return both(_analytic("tanh", r, 0))
    if name == "tukey":
        c = loss.parameter("c")
        if sign(minus(_absolute(r), c)) >= 0:
            return both(ZERO)
        inner = minus(ONE, times(1 / (c * c), times(r, r)))
        return both(times(r, times(inner, inner)))
    if name == "lp":
        return _power(loss.parameter("p"), r, 1)
    raise Undecided(f"the loss {name} can't be differentiated here")


def _curvature(loss: Loss, z: Number, y: Number, w: Number) -> Number | None:
    """The second derivative, or None where there is none in a neighbourhood."""
    name = loss.name
    if loss.kind == "custom":
        return loss_function(loss, y).curvature(z)
    if name == "linear_loss":
        return ZERO
    if name in ("hinge", "squared_hinge"):
        side = sign(minus(ONE, times(y, z)))
        if side == 0:
            return None
        return times(y, y) if side > 0 and name == "squared_hinge" else ZERO
    if name == "logistic":
        return times(times(y, y), _analytic("sigmoid", times(y, z), 1))
    if name == "poisson":
        return _analytic("exponential", z, 0)
    if name == "zero_one":
        return ZERO if sign(times(y, z)) != 0 else None
    r = minus(z, y)
    if name in ("squared", "weighted_squared", "masked_squared"):
        return w
    if name in ("absolute", "quantile"):
        return ZERO if sign(r) != 0 else None
    if name == "epsilon_insensitive":
        return ZERO if sign(minus(_absolute(r), loss.parameter("eps"))) != 0 else None
    if name == "huber":
        side = sign(minus(_absolute(r), loss.parameter("delta")))
        return None if side == 0 else (ONE if side < 0 else ZERO)
    if name == "log_cosh":
        return _analytic("tanh", r, 1)
    if name == "tukey":
        c = loss.parameter("c")
        side = sign(minus(_absolute(r), c))
        if side >= 0:
            return ZERO if side > 0 else None  # C^2 there too, but not one formula nearby
        square = times(1 / (c * c), times(r, r))
        inner = minus(ONE, square)
        return times(inner, minus(ONE, times(Fraction(5), square)))
    if name == "lp":
        p = loss.parameter("p")
        if sign(r) == 0 and p < 2:
            return None
        return _power(p, r, 2).left
    raise Undecided(f"the loss {name} can't be differentiated here")
