"""Every built-in loss and activation, re-derived from its formula, against the declared table."""

from __future__ import annotations

from fractions import Fraction

import pytest

from landscape_cli.analysis import activation_of, loss_of
from landscape_cli.model.activations import (
    ACTIVATION_NAMES,
    ActivationProperties,
    activation_properties,
)
from landscape_cli.model.losses import LOSS_NAMES, loss_properties
from landscape_cli.model.problem import Activation, Loss
from landscape_cli.syntax import parse

# name, parameters, formula
FORMULAS: tuple[tuple[str, dict[str, Fraction], str], ...] = (
    ("linear", {}, "t"),
    ("relu", {}, "max(t, 0)"),
    ("leaky_relu", {"slope": Fraction(1, 100)}, "max(t, t/100)"),
    ("leaky_relu", {"slope": Fraction(0)}, "piecewise(t, t >= 0, 0*t)"),
    ("leaky_relu", {"slope": Fraction(1)}, "piecewise(t, t >= 0, 1*t)"),
    ("leaky_relu", {"slope": Fraction(-1, 2)}, "piecewise(t, t >= 0, -t/2)"),
    ("leaky_relu", {"slope": Fraction(3)}, "piecewise(t, t >= 0, 3*t)"),
    ("elu", {"alpha": Fraction(1)}, "piecewise(t, t >= 0, exp(t) - 1)"),
    ("elu", {"alpha": Fraction(3, 2)}, "piecewise(t, t >= 0, 3/2*(exp(t) - 1))"),
    ("celu", {"alpha": Fraction(1)}, "piecewise(t, t >= 0, exp(t) - 1)"),
    ("celu", {"alpha": Fraction(2)}, "piecewise(t, t >= 0, 2*(exp(t/2) - 1))"),
    ("selu", {}, "1.0507009873554805*piecewise(t, t >= 0, 1.6732632423543772*(exp(t) - 1))"),
    ("softplus", {}, "log(1 + exp(t))"),
    ("gelu", {}, "t/2*(1 + erf(t/sqrt(2)))"),
    ("silu", {}, "t/(1 + exp(-t))"),
    ("mish", {}, "t*tanh(log(1 + exp(t)))"),
    ("tanh", {}, "(exp(t) - exp(-t))/(exp(t) + exp(-t))"),
    ("sigmoid", {}, "1/(1 + exp(-t))"),
    ("hard_tanh", {}, "max(-1, min(1, t))"),
    ("hard_sigmoid", {}, "max(0, min(1, t/6 + 1/2))"),
    ("relu6", {}, "max(0, min(6, t))"),
    ("softsign", {}, "t/(1 + abs(t))"),
    ("arctan", {}, "arctan(t)"),
    ("erf", {}, "erf(t)"),
    ("sin", {}, "sin(t)"),
    ("quadratic", {}, "t^2"),
    ("cube", {}, "t^3"),
    ("step", {}, "piecewise(0, t < 0, 1)"),
)
# softmax is a function of a vector; the slope of prelu is trained, so it is no one function.
NOT_ONE_FUNCTION = {"softmax", "prelu"}
IN_WORDS = {"gelu", "silu", "mish"}  # the table states the minimum to five digits


def derived(formula: str) -> ActivationProperties:
    model = parse(f"activation s(t) = {formula}; net 2 -> s(2) -> 1; loss squared")[0]
    return activation_of(model, Activation("s", (), True))


def test_all_are_covered() -> None:
    assert {name for name, _, _ in FORMULAS} == set(ACTIVATION_NAMES) - NOT_ONE_FUNCTION
    assert {name for name, _, _, _ in LOSSES} == set(LOSS_NAMES) - {"cross_entropy"}


@pytest.mark.parametrize(("name", "parameters", "formula"), FORMULAS)
def test_activations(name: str, parameters: dict[str, Fraction], formula: str) -> None:
    found = derived(formula)
    table = activation_properties(Activation(name, tuple(parameters.items())))
    for which in ("continuous", "strictly_monotone", "differentiable", "smooth"):
        assert getattr(found, which) is getattr(table, which), which
    if name == "selu":  # its constants are decimals in the formula, irrational in the table
        assert [p[:2] for p in found.affine] == [p[:2] for p in table.affine]
        assert found.range.startswith("(-1.758") and table.range == "(-1.7581.., inf)"
    else:
        assert found.affine == table.affine
        assert found.range == table.range or found.range == "not known"
    assert found.constant == table.constant
    if name != "step":  # its value at 0 is a convention
        assert found.zero == table.zero and found.zero_text == table.zero_text
    assert (found.lipschitz_at_zero is None) == (table.lipschitz_at_zero is None)
    assert found.declared == frozenset()


def test_ranges_are_derived_where_the_table_is_exact() -> None:
    missed = {
        name
        for name, parameters, formula in FORMULAS
        if derived(formula).range == "not known"
        and activation_properties(Activation(name, tuple(parameters.items()))).range != "not known"
    }
    assert missed <= {"gelu", "silu", "mish", "sin", "quadratic", "step"}


# name, parameters, formula, values of y ("" for all)
LOSSES: tuple[tuple[str, dict[str, Fraction], str, str], ...] = (
    ("squared", {}, "(z - y)^2/2", ""),
    ("weighted_squared", {}, "3*(z - y)^2/2", ""),
    ("masked_squared", {}, "0*(z - y)^2/2", ""),
    ("masked_squared", {}, "1*(z - y)^2/2", ""),
    ("absolute", {}, "abs(z - y)", ""),
    ("quantile", {}, "max(1/3*(y - z), (1/3 - 1)*(y - z))", ""),
    ("epsilon_insensitive", {}, "max(0, abs(z - y) - 1/10)", ""),
    ("huber", {}, "piecewise((z - y)^2/2, abs(z - y) <= 2, 2*(abs(z - y) - 1))", ""),
    ("log_cosh", {}, "log(cosh(z - y))", ""),
    ("hinge", {}, "max(0, 1 - y*z)", ""),
    ("hinge", {}, "max(0, 1 - y*z)", "-1, 1"),
    ("squared_hinge", {}, "max(0, 1 - y*z)^2/2", ""),
    ("squared_hinge", {}, "max(0, 1 - y*z)^2/2", "-1, 1"),
    ("logistic", {}, "log(1 + exp(-y*z))", ""),
    ("logistic", {}, "log(1 + exp(-y*z))", "-1, 1"),
    ("poisson", {}, "exp(z) - y*z", ""),
    ("linear_loss", {}, "7*z", ""),
    ("lp", {"p": Fraction(1, 2)}, "2*abs(z - y)^(1/2)", ""),
    ("lp", {"p": Fraction(1)}, "abs(z - y)", ""),
    ("lp", {"p": Fraction(4, 3)}, "abs(z - y)^(4/3)*3/4", ""),
    ("lp", {"p": Fraction(2)}, "abs(z - y)^2/2", ""),
    ("lp", {"p": Fraction(5, 2)}, "abs(z - y)^(5/2)*2/5", ""),
    ("lp", {"p": Fraction(3)}, "abs(z - y)^3/3", ""),
    ("zero_one", {}, "piecewise(1, y*z <= 0, 0)", ""),
    ("tukey", {}, "piecewise(2/3*(1 - (1 - ((z - y)/2)^2)^3), abs(z - y) <= 2, 2/3)", ""),
)


@pytest.mark.parametrize(("name", "parameters", "formula", "targets"), LOSSES)
def test_losses(name: str, parameters: dict[str, Fraction], formula: str, targets: str) -> None:
    given = f"; data Y = [[{targets}]]" if targets else ""
    model = parse(f"net 2 -> 1; loss l(z, y) = {formula}{given}")[0]
    found = loss_of(model)
    table = loss_properties(Loss("named", name, tuple(parameters.items())))
    assert (found.convex, found.differentiable, found.smooth) == (
        table.convex, table.differentiable, table.smooth,
    )  # fmt: skip


@pytest.mark.parametrize("targets", ["1, 0, 0", "1/2, 1/3, 1/6", "1/3, 1/3, 1/3"])
def test_cross_entropy_one_logit_at_a_time(targets: str) -> None:
    """The loss of a sample, as a function of its first logit, with the others at 0 and 1."""
    a, b, c = (Fraction(x) for x in targets.split(","))
    sum_ = "log(exp(z) + 1 + exp(1))"
    formula = f"{a}*({sum_} - z) + {b}*{sum_} + {c}*({sum_} - 1) + 0*y"
    found = loss_of(parse(f"net 2 -> 1; loss l(z, y) = {formula}")[0])
    assert (found.convex, found.differentiable, found.smooth) == ("yes", "yes", "yes")
