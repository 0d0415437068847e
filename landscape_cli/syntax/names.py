"""The words of the language: activations and losses with their parameters, options, properties."""

from __future__ import annotations

from fractions import Fraction

# name -> ((parameter, default or None), ...); a default of None: may be left out, then trained
ACTIVATIONS: dict[str, tuple[tuple[str, Fraction | None], ...]] = {
    "linear": (),
    "relu": (),
    "leaky_relu": (("slope", Fraction(1, 100)),),
    "prelu": (("slope", None),),
    "elu": (("alpha", Fraction(1)),),
    "selu": (),
    "celu": (("alpha", Fraction(1)),),
    "softplus": (),
    "gelu": (),
    "silu": (),
    "mish": (),
    "tanh": (),
    "sigmoid": (),
    "hard_tanh": (),
    "hard_sigmoid": (),
    "relu6": (),
    "softsign": (),
    "arctan": (),
    "erf": (),
    "sin": (),
    "quadratic": (),
    "cube": (),
    "step": (),
    "softmax": (),
}

# name -> (parameter, default or None for "must be given") or None for no parameter
LOSSES: dict[str, tuple[str, Fraction | None] | None] = {
    "squared": None,
    "absolute": None,
    "huber": ("delta", Fraction(1)),
    "log_cosh": None,
    "quantile": ("tau", None),
    "epsilon_insensitive": ("eps", None),
    "hinge": None,
    "squared_hinge": None,
    "logistic": None,
    "cross_entropy": None,
    "poisson": None,
    "linear_loss": None,
    "weighted_squared": None,
    "masked_squared": None,
    "lp": ("p", None),
    "zero_one": None,
    "tukey": ("c", None),
}

# the range of every parameter, in words and as a test
PARAMETER_RANGES = {
    "delta": "greater than 0",
    "tau": "between 0 and 1",
    "eps": "at least 0",
    "p": "greater than 0",
    "c": "greater than 0",
    "alpha": "greater than 0",
}

LOSS_CLASSES = {
    frozenset(("convex",)): "convex",
    frozenset(("convex", "differentiable")): "convex differentiable",
    frozenset(("convex", "smooth")): "convex smooth",
    frozenset(("convex", "differentiable", "smooth")): "convex smooth",
    frozenset(("any",)): "any",
}
LOSS_CLASS_WORDS = ("convex", "differentiable", "smooth", "any")

OPTIONS = ("bias", "skip", "fixed", "positive")
BIAS_FORMS = ("all", "none", "output")
DECLARED = ("continuous", "strictly_monotone", "differentiable", "smooth", "convex")
DATA_PROPERTIES = {
    "X": ("full_row_rank", "full_column_rank", "identity", "isotropic"),
    "Y": ("full_row_rank", "realizable"),
}

FUNCTIONS = {
    "exp": 1, "log": 1, "sqrt": 1, "abs": 1, "sign": 1, "tanh": 1, "sinh": 1, "cosh": 1,
    "sin": 1, "cos": 1, "arctan": 1, "erf": 1, "sigmoid": 1, "softplus": 1,
    "max": None, "min": None, "piecewise": None,
}  # fmt: skip

# no width, parameter or function may have such a name: it would change what a formula says
RESERVED = frozenset(
    ("X", "Y", "and", "or", "not", "true", "false", "min", "max", "rank", "pi", "opaque")
)


def in_range(parameter: str, value: Fraction) -> bool:
    """Whether the value is in the parameter's range (``slope`` has none)."""
    if parameter == "tau":
        return 0 < value < 1
    if parameter == "eps":
        return value >= 0
    return parameter == "slope" or value > 0


# What other libraries call a loss or an activation; only used in hints.
ALIASES: dict[str, str] = {
    "mse": "squared", "mse_loss": "squared", "l2": "squared", "l2_loss": "squared",
    "least_squares": "squared", "quadratic_loss": "squared",
    "mae": "absolute", "l1": "absolute", "l1_loss": "absolute", "lad": "absolute",
    "smooth_l1": "huber", "logcosh": "log_cosh", "pinball": "quantile",
    "bce": "logistic", "bce_with_logits": "logistic", "binary_cross_entropy": "logistic",
    "log_loss": "logistic", "ce": "cross_entropy", "nll": "cross_entropy",
    "crossentropy": "cross_entropy", "softmax_cross_entropy": "cross_entropy",
    "swish": "silu", "identity": "linear", "id": "linear", "lrelu": "leaky_relu",
    "hardtanh": "hard_tanh", "hardsigmoid": "hard_sigmoid",
    "atan": "arctan", "logistic_sigmoid": "sigmoid", "square": "quadratic", "heaviside": "step",
}  # fmt: skip
