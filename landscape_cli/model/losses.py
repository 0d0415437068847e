"""The one table of loss properties (tables.md); ``explain huber`` prints it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from .problem import Declaration, Loss

Truth = Literal["yes", "no", "unknown", "declared"]


class LossProperties(NamedTuple):
    """Convexity, differentiability and C^2 of a loss in the outputs z, each with a reason.

    ``unknown`` of a class means that some members have the property and some do not.
    """

    convex: Truth
    differentiable: Truth
    smooth: Truth
    formula: str
    convex_text: str
    differentiable_text: str
    smooth_text: str
    infimum: str


_BUILT_IN: dict[str, tuple[Truth, Truth, Truth, str, str, str, str]] = {
    # name: convex, differentiable, C^2, formula, infimum, kink or jump, what breaks C^2
    "squared": ("yes", "yes", "yes", "r^2/2", "0, attained", "", ""),
    "weighted_squared": ("yes", "yes", "yes", "w r^2/2", "0, attained", "", ""),
    "masked_squared": ("yes", "yes", "yes", "w r^2/2, w in {0, 1}", "0, attained", "", ""),
    "absolute": (
        "yes", "no", "no", "|r|", "0, attained", "the absolute error has a kink at 0", "",
    ),
    "quantile": (
        "yes", "no", "no", "max(tau (y - z), (tau - 1)(y - z))", "0, attained",
        "the quantile loss has a kink at 0", "",
    ),
    "epsilon_insensitive": (
        "yes", "no", "no", "max(0, |r| - eps)", "0, attained",
        "the epsilon-insensitive loss has kinks at |r| = eps", "",
    ),
    "huber": (
        "yes", "yes", "no", "r^2/2 for |r| <= delta, else delta (|r| - delta/2)", "0, attained",
        "", "the second derivative of the Huber loss jumps at |r| = delta",
    ),
    "log_cosh": ("yes", "yes", "yes", "log cosh r", "0, attained", "", ""),
    "hinge": (
        "yes", "no", "no", "max(0, 1 - y z)", "0, attained",
        "the hinge loss has a kink at y z = 1", "",
    ),
    "squared_hinge": (
        "yes", "yes", "no", "max(0, 1 - y z)^2 / 2", "0, attained", "",
        "the second derivative of the squared hinge jumps at y z = 1",
    ),
    "logistic": ("yes", "yes", "yes", "log(1 + exp(-y z))", "0, not attained", "", ""),
    "cross_entropy": (
        "yes", "yes", "yes", "-sum_i y_i log softmax(z)_i per sample",
        "the entropy of y, attained iff all y_i > 0", "", "",
    ),
    "poisson": (
        "yes", "yes", "yes", "exp z - y z", "y > 0: at ln y; y = 0: 0, not attained", "", "",
    ),
    "linear_loss": ("yes", "yes", "yes", "c z", "unbounded below unless c = 0", "", ""),
    "zero_one": (
        "no", "no", "no", "1 if y z <= 0, else 0", "attained",
        "the zero-one loss jumps at z = 0", "",
    ),
    "tukey": (
        "no", "yes", "yes", "c^2/6 (1 - (1 - (r/c)^2)^3) for |r| <= c, else c^2/6",
        "0, attained", "", "",
    ),
}  # fmt: skip

LOSS_NAMES: tuple[str, ...] = (
    "squared", "absolute", "huber", "log_cosh", "quantile", "epsilon_insensitive", "hinge",
    "squared_hinge", "logistic", "cross_entropy", "poisson", "linear_loss", "weighted_squared",
    "masked_squared", "lp", "zero_one", "tukey",
)  # fmt: skip
LOSS_CLASSES: tuple[str, ...] = ("convex", "convex differentiable", "convex smooth", "any")


def _power(p: Fraction) -> LossProperties:
    return LossProperties(
        "yes" if p >= 1 else "no",
        "yes" if p > 1 else "no",
        "yes" if p >= 2 else "no",
        f"|r|^{p}" + (f" / {p}" if p.denominator == 1 else f" / ({p})"),
        f"|r|^p is {'convex' if p >= 1 else 'not convex'} for p = {p}",
        "" if p > 1 else f"|r|^p has a {'kink' if p == 1 else 'cusp'} at 0 for p = {p}",
        "" if p >= 2 else f"|r|^p has no second derivative at 0 for p = {p}",
        "0, attained",
    )


def loss_properties(loss: Loss, declarations: tuple[Declaration, ...] = ()) -> LossProperties:
    """What is known about the loss; ``KeyError`` for a built-in name that is none."""
    if loss.kind == "class":
        words = set(loss.name.split())
        convex: Truth = "yes" if "convex" in words else "unknown"
        smooth: Truth = "yes" if "smooth" in words else "unknown"
        differentiable: Truth = "yes" if words & {"smooth", "differentiable"} else "unknown"
        return LossProperties(
            convex, differentiable, smooth, "any loss of the class",
            "the class is convex" if convex == "yes" else "the class holds non-convex losses",
            "the class is differentiable"
            if differentiable == "yes"
            else "the class holds losses with kinks",
            "the class is C^2" if smooth == "yes" else "the class holds losses that are not C^2",
            "unknown",
        )  # fmt: skip
    if loss.kind == "custom":
        said = {p for d in declarations if d.name == loss.name for p in d.properties}

        def vouched(*names: str) -> Truth:
            return "declared" if said & set(names) else "unknown"

        word = "declared" if said else "not derived; declare it, if you can vouch for it"
        return LossProperties(
            vouched("convex"), vouched("differentiable", "smooth"), vouched("smooth"),
            "custom", word, word, word, "unknown",
        )  # fmt: skip
    if loss.name == "lp":
        return _power(loss.parameter("p"))
    convex, differentiable, smooth, formula, infimum, kink, bend = _BUILT_IN[loss.name]
    label = loss.name.replace("_", " ")
    return LossProperties(
        convex,
        differentiable,
        smooth,
        formula,
        f"the {label} loss is {'convex' if convex == 'yes' else 'not convex'}",
        kink or f"the {label} loss is differentiable",
        bend or kink or f"the {label} loss is C^2",
        infimum,
    )
