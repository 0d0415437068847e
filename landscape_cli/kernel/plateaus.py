"""Arguments beside the convex ones: a flat loss, the cusps of a loss, the origin."""

from __future__ import annotations

from collections.abc import Callable

from .algebra import independent_rows, positive_definite
from .minima import Claim, gradient, hessian, nearby_rows, orthogonal
from .numbers import ONE, Rejection, is_zero, sign
from .problem import convex, fields

SMOOTH_ZERO = (
    "linear",
    "tanh",
    "erf",
    "arctan",
    "sin",
    "gelu",
    "silu",
    "mish",
    "quadratic",
    "cube",
)
SMOOTH_LOSSES = (
    "squared", "weighted_squared", "masked_squared", "log_cosh", "logistic", "cross_entropy",
    "poisson", "linear_loss", "tukey",
)  # fmt: skip


def loss_plateau(claim: Claim) -> None:
    """Every entry of the loss is locally constant or at its least value, the map continuous.

    zero_one: y z != 0. tukey: |z - y| > c, or z = y. So nearby no entry is lower.
    """
    fields(claim.argument, ["kind"], [], "the argument")
    problem = claim.problem
    if problem.penalty or problem.loss not in ("zero_one", "tukey"):
        raise Rejection("loss-plateau needs zero_one or tukey, and no regularizer")
    if any(name == "step" for name, _ in problem.activations):
        raise Rejection("an activation is not continuous")
    for line, row in zip(claim.outputs, claim.evaluator.entries(), strict=True):
        for z, (y, _) in zip(line, row, strict=True):
            if problem.loss == "zero_one":
                if is_zero(z) or sign(z, "an output") == 0:
                    raise Rejection("an output is at the jump of the loss")
                continue
            residual = z - y
            if is_zero(residual):
                continue
            size = residual if sign(residual, "a residual") > 0 else -residual
            if sign(size - problem.parameter, "a residual") <= 0:
                raise Rejection(
                    "an output is neither in the flat part of the loss nor at its target"
                )


def cusp(claim: Claim) -> None:
    """|r|^p with p < 1: in every row of the outputs no nearby move keeps all exact fits.

    So a move of size s costs at least c s^p at the fitted samples, and gains at most C s elsewhere.
    """
    fields(claim.argument, ["kind"], [], "the argument")
    problem = claim.problem
    if problem.loss != "lp" or problem.parameter >= 1:
        raise Rejection("cusp needs the loss lp with p < 1")
    rows = nearby_rows(claim)
    basis = [rows[i] for i in independent_rows(rows)]
    for i, (line, row) in enumerate(zip(claim.outputs, claim.evaluator.entries(), strict=True)):
        fitted = [j for j, (z, (y, _)) in enumerate(zip(line, row, strict=True)) if is_zero(z - y)]
        if len(independent_rows([v[j] for j in fitted] for v in basis)) < len(basis):
            raise Rejection(f"output {i} can move without a change at the samples that it fits")


def flat_origin(claim: Claim) -> None:
    """All trained matrices vanish, at least three: gradient 0 and Hessian positive semidefinite.

    With s(0) = 0 and C^2 activations the outputs depend on the matrices by O(|W|^3) beside the
    output bias, in which the loss is convex and its gradient 0.
    """
    fields(claim.argument, ["kind"], [], "the argument")
    problem = claim.problem
    names = [name for name in problem.trained() if name[0] == "W"]
    if problem.symmetric or problem.penalty or any(problem.skip) or problem.fixed:
        raise Rejection("flat-origin needs a network without regularizer, skips and fixed layers")
    if len(names) < 3 or any(x for name in names for row in claim.weights[name] for x in row):
        raise Rejection("flat-origin needs at least 3 trained matrices, all of them zero")
    if any(name not in SMOOTH_ZERO for name, _ in problem.activations):
        raise Rejection("flat-origin needs C^2 activations with s(0) = 0")
    if problem.loss not in SMOOTH_LOSSES and (problem.loss != "lp" or problem.parameter < 2):
        raise Rejection("flat-origin needs a C^2 loss")
    if any(problem.biases[:-1]):
        raise Rejection("flat-origin does not cover biases on hidden layers")
    if problem.biases[-1]:
        if problem.activations[-1][0] != "linear" or not convex(problem):
            raise Rejection("flat-origin with an output bias needs a linear output, a convex loss")
        if not orthogonal(gradient(claim), [ONE] * claim.data.samples):
            raise Rejection("the gradient in the output bias is not zero")


def second_order_critical(claim: Claim) -> None:
    """The gradient is zero and the Hessian positive semidefinite, both exactly."""
    form, variables = hessian(claim, [])
    found = positive_definite(form, variables, [])
    if found is not None:
        raise Rejection(f"the Hessian is not positive semidefinite: {found}")


MINIMA: dict[str, Callable[[Claim], None]] = {"loss-plateau": loss_plateau, "cusp": cusp}
CRITICAL: dict[str, Callable[[Claim], None]] = {
    "flat-origin": flat_origin,
    "second-order-critical": second_order_critical,
}
__all__ = ["CRITICAL", "MINIMA"]
