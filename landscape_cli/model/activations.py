"""The one table of activation properties (tables.md); ``explain relu`` prints it.

Every entry is exact. ``None`` for a three-valued property means "not known": only custom
activations have such entries, until they are analysed or declared.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

from .problem import Activation, Declaration


class Piece(NamedTuple):
    """An affine piece: ``slope * t + intercept`` on the open interval (low, high).

    ``None`` for a bound is infinity. ``slope`` None: positive but irrational (selu).
    """

    low: Fraction | None
    high: Fraction | None
    slope: Fraction | None
    intercept: Fraction


class ActivationProperties(NamedTuple):
    """What is known about an activation s.

    ``zero`` is s(0) where it is rational, else None (``zero_text`` says it in words).
    ``lipschitz_at_zero``: a Lipschitz constant of s near 0, as text. ``affine`` are the affine
    pieces of non-zero slope, ``constant`` the constant ones (slope 0). ``declared``: which of
    the three-valued properties rest on the user's word alone. ``reasons``: for an analysed
    custom activation, why each three-valued property is as it is.
    """

    continuous: bool | None
    strictly_monotone: bool | None
    differentiable: bool | None
    smooth: bool | None
    range: str
    affine: tuple[Piece, ...]
    constant: tuple[Piece, ...]
    zero: Fraction | None
    zero_text: str
    lipschitz_at_zero: str | None
    formula: str
    declared: frozenset[str] = frozenset()
    reasons: tuple[tuple[str, str], ...] = ()


ZERO = Fraction(0)
ONE = Fraction(1)


def _piece(
    low: int | None, high: int | None, slope: Fraction | int | None, intercept: Fraction | int = 0
) -> Piece:
    return Piece(
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
        None if slope is None else Fraction(slope),
        Fraction(intercept),
    )


def _smooth(
    formula: str, monotone: bool, range_: str, lipschitz: str, zero: Fraction | None = ZERO,
    zero_text: str = "0",
) -> ActivationProperties:  # fmt: skip
    return ActivationProperties(
        True, monotone, True, True, range_, (), (), zero, zero_text, lipschitz, formula
    )


def _linear() -> ActivationProperties:
    return ActivationProperties(
        True, True, True, True, "R", (_piece(None, None, 1),), (), ZERO, "0", "1", "t"
    )


def _leaky(slope: Fraction) -> ActivationProperties:
    if slope == 1:
        return _linear()
    left = _piece(None, 0, slope)
    return ActivationProperties(
        True,
        slope > 0,
        False,
        False,
        "R" if slope > 0 else "[0, inf)",
        ((left,) if slope != 0 else ()) + (_piece(0, None, 1),),
        (left,) if slope == 0 else (),
        ZERO,
        "0",
        str(max(ONE, abs(slope))),
        f"t for t >= 0, {slope} t for t < 0" if slope != 0 else "max(t, 0)",
    )


def _prelu() -> ActivationProperties:
    # The slope is trained: strict monotonicity is a condition at the point (slope > 0).
    return ActivationProperties(
        True, None, False, False, "R if the slope is positive, else [0, inf)",
        (_piece(0, None, 1),), (), ZERO, "0", "max(1, |slope|)",
        "t for t >= 0, a t for t < 0, a trained",
    )  # fmt: skip


def _elu(alpha: Fraction, celu: bool) -> ActivationProperties:
    exponent = "t/alpha" if celu and alpha != 1 else "t"
    return ActivationProperties(
        True, True, celu or alpha == 1, False, f"({-alpha}, inf)", (_piece(0, None, 1),), (),
        ZERO, "0", "1" if celu else str(max(ONE, alpha)),
        f"t for t >= 0, {alpha} (exp({exponent}) - 1) for t < 0",
    )  # fmt: skip


@cache
def _table(name: str) -> ActivationProperties | None:
    if name == "linear":
        return _linear()
    if name == "relu":
        return _leaky(ZERO)
    if name == "prelu":
        return _prelu()
    if name == "selu":
        return ActivationProperties(
            True, True, False, False, "(-1.7581.., inf)", (_piece(0, None, None),), (), ZERO,
            "0", "1.7581..", "1.0507.. t for t >= 0, 1.7581.. (exp(t) - 1) for t < 0",
        )  # fmt: skip
    if name == "softplus":
        return _smooth("log(1 + exp(t))", True, "(0, inf)", "1", None, "ln 2")
    if name == "gelu":
        return _smooth(
            "t/2 (1 + erf(t/sqrt(2)))", False, "[-0.16997.., inf), minimum near -0.7518", "2"
        )
    if name == "silu":
        return _smooth("t/(1 + exp(-t))", False, "[-0.27846.., inf), minimum near -1.2785", "2")
    if name == "mish":
        return _smooth(
            "t tanh(log(1 + exp(t)))", False, "[-0.30884.., inf), minimum near -1.1924", "2"
        )
    if name == "tanh":
        return _smooth("tanh(t)", True, "(-1, 1)", "1")
    if name == "erf":
        return _smooth("erf(t)", True, "(-1, 1)", "2/sqrt(pi)")
    if name == "sigmoid":
        return _smooth("1/(1 + exp(-t))", True, "(0, 1)", "1/4", Fraction(1, 2), "1/2")
    if name == "arctan":
        return _smooth("arctan(t)", True, "(-pi/2, pi/2)", "1")
    if name == "softsign":
        return ActivationProperties(
            True, True, True, False, "(-1, 1)", (), (), ZERO, "0", "1", "t/(1 + |t|)"
        )
    if name == "hard_tanh":
        return ActivationProperties(
            True, False, False, False, "[-1, 1]", (_piece(-1, 1, 1),),
            (_piece(None, -1, 0, -1), _piece(1, None, 0, 1)), ZERO, "0", "1",
            "max(-1, min(1, t))",
        )  # fmt: skip
    if name == "hard_sigmoid":
        return ActivationProperties(
            True, False, False, False, "[0, 1]", (_piece(-3, 3, Fraction(1, 6), Fraction(1, 2)),),
            (_piece(None, -3, 0), _piece(3, None, 0, 1)), Fraction(1, 2), "1/2", "1/6",
            "max(0, min(1, t/6 + 1/2))",
        )  # fmt: skip
    if name == "relu6":
        return ActivationProperties(
            True, False, False, False, "[0, 6]", (_piece(0, 6, 1),),
            (_piece(None, 0, 0), _piece(6, None, 0, 6)), ZERO, "0", "1", "max(0, min(6, t))",
        )  # fmt: skip
    if name == "sin":
        return _smooth("sin(t)", False, "[-1, 1]", "1")
    if name == "quadratic":
        return _smooth("t^2", False, "[0, inf)", "2")
    if name == "cube":
        return _smooth("t^3", True, "R", "3")
    if name == "step":
        return ActivationProperties(
            False, False, False, False, "{0, 1}", (), (_piece(None, 0, 0), _piece(0, None, 0, 1)),
            None, "by convention", None, "0 for t < 0, 1 for t > 0",
        )  # fmt: skip
    if name == "softmax":
        return ActivationProperties(
            True, False, True, True, "the open simplex", (), (), None, "1/d each", "1",
            "exp(t_i) / sum_j exp(t_j)",
        )  # fmt: skip
    return None


ACTIVATION_NAMES: tuple[str, ...] = (
    "linear", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "softplus", "gelu", "silu",
    "mish", "tanh", "sigmoid", "hard_tanh", "hard_sigmoid", "relu6", "softsign", "arctan", "erf",
    "sin", "quadratic", "cube", "step", "softmax",
)  # fmt: skip


def activation_properties(
    activation: Activation, declarations: tuple[Declaration, ...] = ()
) -> ActivationProperties:
    """What is known about the activation; ``KeyError`` for a built-in name that is none.

    A custom activation has the properties that are declared for it and no others.
    """
    if activation.custom:
        said = {p for d in declarations if d.name == activation.name for p in d.properties}
        differentiable = bool(said & {"differentiable", "smooth"})
        return ActivationProperties(
            True if differentiable or "continuous" in said else None,
            True if "strictly_monotone" in said else None,
            True if differentiable else None,
            True if "smooth" in said else None,
            "not known", (), (), None, "not known", None, activation.name,
            frozenset(said),
        )  # fmt: skip
    values = dict(activation.parameters)
    if activation.name == "leaky_relu":
        return _leaky(values["slope"])
    if activation.name in ("elu", "celu"):
        return _elu(values["alpha"], activation.name == "celu")
    found = _table(activation.name)
    if found is None:
        raise KeyError(activation.name)
    return found
