"""The activations and losses: pieces, each a polynomial or a function of ``exact.expansions``."""

from __future__ import annotations

from fractions import Fraction

from ..exact import numbers as n
from ..exact.expansions import Formula, Pieces, call, erf, pieces, sigmoid, tanh
from ..exact.numbers import EXACT, HALF, ONE, TWO, ZERO, Element, need

SELU_SCALE = Fraction(10507009873554804934193349852946, 10**31)
LOG_2 = n.function("log", TWO)
SELU_SCALED = SELU_SCALE * Fraction(16732632423543772848170429916717, 10**31)


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
        "sigmoid": pieces(sigmoid),
        "tanh": pieces(tanh),
        "softplus": pieces(lambda x: call("softplus", x)),
        "silu": pieces(lambda x: x * sigmoid(x)),
        "mish": pieces(lambda x: x * tanh(call("softplus", x))),
        "gelu": pieces(lambda x: x * HALF * (erf(x * n.power(HALF, HALF)) + ONE)),
        "softsign": pieces(lambda x: x * call("inverse", ONE - x), 0,
                           lambda x: x * call("inverse", x + ONE)),
        "arctan": pieces(lambda x: call("arctan", x)),
        "erf": pieces(erf),
        "sin": pieces(lambda x: call("sin", x)),
    }  # fmt: skip


def _power(p: Fraction, side: Fraction) -> Formula:
    """``(side t)^p / p`` for side t >= 0."""
    if p.denominator == 1 and p <= 64:
        return [*[ZERO] * int(p), side ** int(p) / p]

    def formula(t: Element) -> Element:
        if not n.is_zero(n.constant(t)):
            return call("exp", call("log", t * side) * p) * (1 / p)
        order = n.lift(t).order
        need(order == EXACT or order < p, "|r|^p can't be expanded so far at r = 0")
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
        "log_cosh": ("residual", pieces(lambda t: call("softplus", t * -TWO) + t - LOG_2)),
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
