"""Custom functions with parameters: derived for all admitted values, refuted at one of them."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

import landscape_cli
from landscape_cli.analysis import activation_of, loss_of
from landscape_cli.analysis.functions import analyse
from landscape_cli.analysis.losses import analyse_loss
from landscape_cli.analysis.parameters import analyse_with_parameters
from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.problem import (
    Activation,
    CallExpression,
    Expression,
    NumberExpression,
    VariableExpression,
)
from landscape_cli.model.terms import all_of, substitute_formula
from landscape_cli.syntax import parse, unparse_statements

# formula, domain; continuous / strictly monotone / differentiable / C^2
# y derived, n refuted, ? neither; Y and N: true or false, and not shown by these rules
ACTIVATIONS: tuple[tuple[str, str, str], ...] = (
    ("max(t, a*t)", "0 < a and a < 1", "yynn"),
    ("max(t, a*t)", "0 <= a and a < 1", "ynnn"),
    ("max(t, a*t)", "a <= -1", "ynnn"),
    ("min(t, a*t)", "a > 0", "yynn"),
    ("piecewise(t, t >= 0, a*t)", "a > 0", "yynn"),
    ("piecewise(t, t < 0, a*t)", "a > 0", "yynn"),
    ("piecewise(t, 0 <= t, a*t)", "a >= 0", "ynnn"),
    ("piecewise(t, t >= 0, a*(exp(t) - 1))", "a > 0", "yynn"),
    ("piecewise(t, t >= 0, a*(exp(t/a) - 1))", "a > 0", "yyyn"),
    ("piecewise(t, t >= 0, a*(exp(t) - 2))", "a > 0", "nYnn"),
    ("piecewise(t, t >= b, a*(t - b) + b)", "a > 0 and b > 0", "yynn"),
    ("piecewise(t^2, t >= 0, -a*t^2)", "a > 0", "YYYN"),
    ("tanh(a*t)", "a > 0", "yyyy"),
    ("tanh(a*t)", "a != 0", "yNyy"),
    ("tanh(a*t + b)", "a >= 1 and b <= 3", "yyyy"),
    ("tanh(a*t)", "a >= 0", "ynyy"),
    ("a*t + sin(t)", "a > 1", "yYyy"),
    ("t^3 + a*t", "a >= 0", "yyyy"),
    ("t^3 + a*t", "a > -1", "ynyy"),
    ("sigmoid(a*t)*b", "a > 0 and b < 0", "yyyy"),
    ("a*abs(t) + b*t", "0 < a and a < b", "yynn"),
    ("a*abs(t) + b*t", "0 < a and a <= b", "ynnn"),
    ("t*sigmoid(a*t)", "a > 0", "ynyy"),
    ("log(exp(a*t) + b)", "a > 0 and b >= 0", "yyyy"),
    ("log(exp(a*t) + b)", "a > 0 and b > -1", "????"),
    ("t/a", "a >= 0", "????"),
    ("t/a", "a > 0", "yyyy"),
    ("0*log(a*t) + t", "a > 0", "????"),
    ("erf(t*a) - b", "a >= 1/10 and b = 2", "yyyy"),
)
# formula, domain, values of y; convex / differentiable / C^2 in z
LOSSES: tuple[tuple[str, str, str, str], ...] = (
    ("a*(z - y)^2", "a > 0", "", "yyy"),
    ("a*(z - y)^2", "a > -1", "", "nyy"),
    ("log(1 + exp(-a*y*z))", "a > 0", "", "yyy"),
    ("log(1 + exp(-a*y*z)) + b*abs(z)", "a > 0 and b >= 1", "", "ynn"),
    ("max(a*(y - z), (a - 1)*(y - z))", "0 < a and a < 1", "", "ynn"),
    ("max(0, abs(z - y) - a)", "a >= 0", "", "ynn"),
    ("abs(z - y)^(3/2) + a*z^2", "a >= 0", "", "yyn"),
    ("d^2*(sqrt(1 + ((z - y)/d)^2) - 1)", "d > 0", "", "yyy"),
    ("piecewise((z - y)^2/2, abs(z - y) <= d, d*(abs(z - y) - d/2))", "d > 0", "", "yYn"),
    ("y*z^2 + a*z", "a > 0", "", "nyy"),
    ("y*z^2 + a*z", "a > 0", "0 1", "yyy"),
    ("(y + a)*z^2", "a >= 1", "-1 1", "yyy"),
    ("(y + a)*z^2", "a > 1/2", "-1 1", "nyy"),
    ("exp(a*z) - y*z", "a > 0", "", "yyy"),
    ("a*exp(z) - y*z", "a >= 0", "", "yyy"),
    ("cosh(a*(z - y))", "a != 0", "", "yyy"),
    ("log(z + a)", "a > 0", "", "???"),
)


def agrees(answer: object, letter: str, what: object) -> None:
    told = {True: "y", False: "n", None: "?", "yes": "y", "no": "n", "unknown": "?"}[answer]  # type: ignore[index]
    allowed = {"Y": "y?", "N": "n?", "?": "?"}.get(letter, letter)
    assert told in allowed, (what, answer)


@pytest.mark.parametrize(("formula", "domain", "known"), ACTIVATIONS)
def test_activations(formula: str, domain: str, known: str) -> None:
    text = f"activation s(t) = {formula}; net 2 -> s(2) -> 1; loss squared; assume {domain}"
    (model,) = parse(text)
    found = activation_of(model, Activation("s", (), True))
    names = ("continuous", "strictly_monotone", "differentiable", "smooth")
    for name, letter in zip(names, known, strict=True):
        agrees(getattr(found, name), letter, (formula, domain, name))
    assert parse(unparse_statements(model)) == (model,)


@pytest.mark.parametrize(("formula", "domain", "values", "known"), LOSSES)
def test_losses(formula: str, domain: str, values: str, known: str) -> None:
    given = f"; data Y = [[{', '.join(values.split())}]]" if values else ""
    (model,) = parse(f"net 2 -> 1; loss l(z, y) = {formula}; assume {domain}{given}")
    found = loss_of(model)
    for name, letter in zip(("convex", "differentiable", "smooth"), known, strict=True):
        agrees(getattr(found, name), letter, (formula, domain, name))
        assert getattr(found, f"{name}_text")


def test_not_many_are_missed() -> None:
    letters = "".join(known for *_, known in (*ACTIVATIONS, *LOSSES))
    assert letters.count("Y") + letters.count("N") <= 9


def put(node: Expression, values: dict[str, Fraction]) -> Expression:
    if isinstance(node, VariableExpression):
        return NumberExpression(values[node.name]) if node.name in values else node
    if isinstance(node, CallExpression):
        return CallExpression(node.function, tuple(put(a, values) for a in node.arguments))
    return node


@pytest.mark.parametrize("seed", range(3))
def test_every_value_agrees_with_what_is_derived_for_all(seed: int) -> None:
    """What is derived for all parameters holds at random ones, by the other analysis."""
    generator = random.Random(seed)
    compared = 0
    for formula, domain, _ in ACTIVATIONS[seed::3]:
        (model,) = parse(
            f"activation s(t) = {formula}; net 2 -> s(2) -> 1; loss squared; assume {domain}"
        )
        function = model.functions[0]
        condition = all_of(*(a.formula for a in model.parameter_domain))
        found = analyse_with_parameters(function, condition)
        values: list[dict[str, Fraction]] = []
        for _ in range(400):
            size = generator.choice((1, 3, 20))
            at = {p: Fraction(generator.randint(-20, 60), size) for p in function.parameters}
            if "b = 2" in domain:
                at["b"] = Fraction(2)
            if substitute_formula(condition, dict(at)) is True and len(values) < 2:
                values.append(at)
        for at in values:
            single = analyse(put(function.expression, at), "t")
            for name in ("continuous", "strictly_monotone", "differentiable", "smooth", "convex"):
                if getattr(found, name).answer == "yes":
                    assert getattr(single, name).answer != "no", (formula, at, name)
                    compared += 1
            if found.zero is not None:
                assert single.zero == found.zero
    assert compared >= 25


def test_a_verdict_may_rest_on_parameters() -> None:
    text = "net 5 -> 4 -> 4; loss l(z, y) = log(1 + exp(-a*y*z)); assume a > 0"
    (found,) = landscape_cli.check(text).models
    assert (found.verdict, found.theorem) == ("holds", "linear-no-bottleneck")
    (found,) = landscape_cli.check(text.replace("log(1", "a*log(1").replace("> 0", "> -1")).models
    assert found.verdict != "holds"


@pytest.mark.parametrize(
    ("statements", "code", "words"),
    [
        ("loss l(z, y) = a*z", "E072", "unknown name `a`"),
        ("loss l(z, y) = d0*z; assume d0 > 2", "E072", "stands for a size"),
        ("loss l(z, y) = n*z; assume n > 2", "E072", "stands for a size"),
        ("loss l(z, y) = a*z; assume a < d0", "E104", "no parameter"),
        ("loss l(z, y) = a*z; assume a < 1; assume a > 1", "E100", "no parameters"),
        ("loss l(z, y) = a*z; assume a*a > 2", "E101", "only linear"),
    ],
)
def test_mistakes(statements: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(f"net d0 -> 3; {statements}")
    assert [error.code for error in caught.value.diagnostics] == [code]
    assert words in caught.value.diagnostics[0].message


def test_targets_beside_parameters() -> None:
    """The same loss without parameters is judged the same way."""
    function = parse("net 2 -> 1; loss l(z, y) = (y + 2)*z^2")[0].loss.function
    assert function is not None
    assert analyse_loss(function, (Fraction(-1), Fraction(1))).convex.answer == "yes"
    (model,) = parse("net 2 -> 1; loss l(z, y) = (y + a)*z^2; assume a = 2; data Y = [[-1, 1]]")
    assert loss_of(model).convex == "yes"
