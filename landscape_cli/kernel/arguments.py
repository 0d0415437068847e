"""The kinds of argument: what each needs of the problem, its fields, and what re-checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import minima, refutations
from .expansions import LOSSES
from .minima import Claim, convex
from .numbers import need, rational
from .problem import Problem, Reader, array, keep, matrices, record, table, whole

HIGHEST = 64  # degree of a curve, and order of its descent
SMOOTH_ZERO = {"linear", "tanh", "erf", "arctan", "sin", "gelu", "silu", "mish", "quadratic",
               "cube"}  # fmt: skip
SMOOTH_LOSSES = {"squared", "weighted_squared", "masked_squared", "log_cosh", "logistic",
                 "cross_entropy", "poisson", "linear_loss", "tukey"}  # fmt: skip
FACTS: dict[str, Callable[[Problem], bool]] = {
    "a network": lambda p: not p.symmetric,
    "no regularizer": lambda p: p.penalty is None,
    "a regularizer": lambda p: p.penalty is not None,
    "no l1 regularizer": lambda p: p.penalty != "l1",
    "no skips": lambda p: not any(p.skip),
    "no fixed layers": lambda p: not p.fixed,
    "only linear layers": lambda p: set(p.activations) == {"linear"},
    "continuous activations": lambda p: "step" not in p.activations,
    "no prelu (a trained slope)": lambda p: "prelu" not in p.activations,
    "C^2 activations with s(0) = 0": lambda p: SMOOTH_ZERO.issuperset(p.activations),
    "a convex loss": convex,
    "a loss that is a sum over entries": lambda p: p.loss in LOSSES,
    "a loss other than quadratic_form": lambda p: p.loss != "quadratic_form",
    "a locally Lipschitz loss": lambda p: p.loss == "tukey" or convex(p),
    "a C^2 loss": lambda p: p.loss in SMOOTH_LOSSES or (p.loss == "lp" and p.setting >= 2),
    "lp with p < 1": lambda p: p.loss == "lp" and p.setting < 1,
    "zero_one or tukey": lambda p: p.loss in ("zero_one", "tukey"),
}
NETWORK = ("a network", "no regularizer")
SMOOTH = ("continuous activations", "no prelu (a trained slope)", "a locally Lipschitz loss")


class Argument(NamedTuple):
    """The facts that it needs, its required and optional fields, and its check."""

    needs: tuple[str, ...]
    required: str
    optional: str
    check: Callable[[Claim], None]


MINIMA = {
    "affine-region": Argument(NETWORK, "", "subgradient", minima.affine_region),
    "cusp": Argument((*NETWORK, "lp with p < 1"), "", "", minima.cusp),
    "growth": Argument(
        ("a network", "a regularizer", "no skips", "continuous activations",
         "a locally Lipschitz loss"), "", "subgradient", minima.growth),
    "polynomial-bound": Argument(
        (*NETWORK, "a convex loss", "a loss that is a sum over entries", "continuous activations"),
        "layer row column", "combination", minima.polynomial_bound),
    "rank-chart": Argument(
        (*NETWORK, "only linear layers", "a convex loss", "a loss other than quadratic_form"),
        "", "", minima.rank_chart),
    "strict-hessian": Argument(SMOOTH, "", "gauge flat", minima.strict_hessian),
    "loss-plateau": Argument(
        ("no regularizer", "zero_one or tukey", "continuous activations"), "", "",
        minima.loss_plateau),
}  # fmt: skip
CRITICAL = {
    "flat-origin": Argument(
        (*NETWORK, "no skips", "no fixed layers", "C^2 activations with s(0) = 0", "a C^2 loss"),
        "", "", minima.flat_origin),
    "second-order-critical": Argument(SMOOTH, "", "", minima.second_order_critical),
}  # fmt: skip
REFUTATIONS = {
    "nonzero-gradient": Argument((), "direction", "", refutations.nonzero_gradient),
    "negative-curvature": Argument((), "direction", "", refutations.negative_curvature),
    "descent-curve": Argument((), "curve order", "", refutations.descent_curve),
    "equal-loss-move": Argument(
        ("no l1 regularizer",), "curve direction", "", refutations.equal_loss_move),
}  # fmt: skip


def read_argument(value: Any, kind: str, argument: Argument, problem: Problem) -> dict[str, Any]:
    """The fields of an argument, and a rejection if the problem lacks what it needs."""
    (rows, samples), trained = problem.shape, problem.trained
    one, many = matrices(trained, rational), matrices(trained, coefficient)
    entries = {name: array(place(name, *shape)) for name, shape in trained.items()}
    readers: dict[str, Reader] = {
        "kind": keep,
        "subgradient": table(rows, samples),
        "layer": whole(1, problem.depth - 1),
        "row": whole(0, rows - 1),
        "column": whole(0, samples - 1),
        "combination": array(rational, samples),
        "gauge": array(whole(1, problem.depth - 1)),
        "flat": lambda x, what: record(x, what, {}, entries),
        "direction": lambda x, what: record(x, what, {}, one),
        "curve": lambda x, what: record(x, what, {}, many),
        "order": whole(1, HIGHEST),
    }
    required, optional = (
        {name: readers[name] for name in names.split()}
        for names in (f"kind {argument.required}", argument.optional)
    )
    found = record(value, "the argument", required, optional)
    for fact in argument.needs:
        need(FACTS[fact](problem), f"{kind} needs {fact}")
    return found


def coefficient(value: Any, what: str) -> Any:
    """An entry of a curve: a constant, or the coefficients of a polynomial."""
    if not isinstance(value, list):
        return rational(value, what)
    need(1 <= len(value) <= HIGHEST, f"{what} has no coefficients, or more than {HIGHEST}")
    return array(rational)(value, what)


def place(name: str, rows: int, columns: int) -> Reader:
    """An entry of a matrix, [row, column], or of a bias, [row]."""

    def read(value: Any, what: str) -> tuple[int, int]:
        i, j = [*array(keep, 1 if name[0] == "b" else 2)(value, what), 0][:2]
        return whole(0, rows - 1)(i, what), whole(0, columns - 1)(j, what)

    return read
