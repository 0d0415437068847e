"""Derived properties against known ones, and against numbers that share no code with them."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.analysis.functions import Claim, Properties, analyse
from landscape_cli.analysis.losses import LossFacts, analyse_loss
from landscape_cli.analysis.signs import bounds
from landscape_cli.model.problem import CallExpression, CustomFunction, Expression, NumberExpression
from landscape_cli.syntax import parse

from .functions import ACTIVATIONS, HOSTILE, LOSSES

OF_ONE = ("continuous", "strictly_monotone", "differentiable", "smooth", "convex")
OF_LOSS = ("convex", "differentiable", "smooth")


def activation(text: str) -> CustomFunction:
    return parse(f"activation s(t) = {text}; net 2 -> s(2) -> 1; loss squared")[0].functions[0]


def analysed(text: str) -> Properties:
    return analyse(activation(text).expression, "t")


def analysed_loss(text: str, values: str = "") -> LossFacts:
    function = parse(f"net 2 -> 1; loss l(z, y) = {text}")[0].loss.function
    assert function is not None
    targets = tuple(Fraction(v) for v in values.split()) or None
    return analyse_loss(function, targets)


def agrees(claim: Claim, known: str, what: str) -> None:
    assert claim.text, what
    if known == "u":
        assert claim.answer == "unknown", (what, claim)
    elif known in "yn":
        assert claim.answer == {"y": "yes", "n": "no"}[known], (what, claim)
    else:
        assert claim.answer in ("unknown", {"Y": "yes", "N": "no"}[known]), (what, claim)


def test_there_are_enough_functions() -> None:
    assert len({text for text, _ in ACTIVATIONS}) >= 60
    assert len(LOSSES) >= 30
    missed = sum(c in "YN" for _, known in ACTIVATIONS for c in known)
    assert missed <= 15


@pytest.mark.parametrize(("text", "known"), ACTIVATIONS)
def test_functions_of_one_variable(text: str, known: str) -> None:
    start = time.perf_counter()
    found = analysed(text)
    assert time.perf_counter() - start < 60  # no hang
    for name, letter in zip(OF_ONE, known, strict=True):
        agrees(getattr(found, name), letter, f"{text}: {name}")
    assert (found.defined.answer == "yes") or "u" in known or known.isupper()


@pytest.mark.parametrize(("text", "values", "known"), LOSSES)
def test_losses(text: str, values: str, known: str) -> None:
    start = time.perf_counter()
    found = analysed_loss(text, values)
    assert time.perf_counter() - start < 60  # no hang
    for name, letter in zip(OF_LOSS, known, strict=True):
        agrees(getattr(found, name), letter, f"{text}: {name}")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_expressions_end_quickly(text: str) -> None:
    start = time.perf_counter()
    model = parse(f"activation s(t) = {text}; net 2 -> s(2) -> 1; loss squared")[0]
    found = analyse(model.functions[0].expression, "t")
    assert time.perf_counter() - start < 60  # no hang
    assert found.convex.text


def test_pieces_and_values() -> None:
    found = analysed("max(-1, min(t/2 + 1/3, 2))")
    assert [(p.low, p.high, p.slope, p.intercept) for p in found.affine] == [
        (Fraction(-8, 3), Fraction(10, 3), Fraction(1, 2), Fraction(1, 3))
    ]
    assert [(p.low, p.high, p.intercept) for p in found.constant] == [
        (None, Fraction(-8, 3), -1), (Fraction(10, 3), None, 2),
    ]  # fmt: skip
    assert found.zero == Fraction(1, 3) and found.range == "[-1, 2]"
    assert found.lipschitz_at_zero == Fraction(1, 2)
    # No piece is invented: the breaks at roots of t^2 - 2 are irrational.
    found = analysed("max(t^2 - 2, 0)")
    assert [round(float(p.number.low), 6) for p in found.breaks] == [-1.414214, 1.414214]  # type: ignore[union-attr]
    assert analysed("exp(t) + 1").zero == 2
    assert analysed("exp(t + 1)").zero is None
    assert analysed("sign(t)*abs(t)^(1/3)").lipschitz_at_zero is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(t)", "(0, inf)"), ("-exp(t)", "(-inf, 0)"), ("t^3 + t", "R"),
        ("arctan(t)", "(-pi/2, pi/2)"), ("max(t, 0)", "[0, inf)"),
        ("tanh(t)", "(-1, 1)"), ("log(1 + exp(t))", "(0, inf)"), ("sigmoid(-t) + 2", "(2, 3)"),
        ("t + sqrt(1 + t^2)", "not known"), ("t/(1 + abs(t))", "(-1, 1)"),
        ("erf(t) - 3", "(-4, -2)"), ("abs(t) - 5", "[-5, inf)"), ("t*erf(t)", "not known"),
    ],
)  # fmt: skip
def test_ranges(text: str, expected: str) -> None:
    assert analysed(text).range == expected


def test_signs_of_values() -> None:
    for text, answer in (
        ("sqrt(1 + (t^2 - t)^2) + t - 1", "no"), ("sqrt(1 + t^2) + t", "yes"), ("t^2", "yes"),
        ("sqrt(1 + t^2) - 1", "yes"), ("exp(t) - t - 1", "yes"), ("exp(t) - t - 9/8", "no"),
        ("t - sin(t)", "no"), ("max(t, 0) - t/2", "yes"), ("cos(t) + 1", "yes"),
    ):  # fmt: skip
        assert analysed(text).nonnegative.answer == answer, text


def test_arguments_are_named() -> None:
    found = analysed("max(t, t/10)")
    assert found.strictly_monotone.text.startswith("strictly increasing: derivative > 0 on each")
    assert found.differentiable.text == "a kink at t = 0: slope 1/10 before, 1 after"
    assert "slopes do not decrease at the break 0" in found.convex.text
    assert (
        "jumps at t = 0: 0 from below, -1 there"
        in analysed("piecewise(t, t < 0, t - 1)").continuous.text
    )
    assert "zero at isolated points only" in analysed("t + sin(t)").strictly_monotone.text
    assert "between -1/4 and 1/4" in analysed("exp(-t^2)").convex.text
    assert "log is applied to a number <= 0 for t < 0" in analysed("log(t)").convex.text
    assert analysed_loss("abs(z - y)").convex.text.startswith("with r = z - y: ")
    assert analysed_loss("y*z^2").convex.text.startswith("for y = -1: ")


# --- an oracle in floating point, which reads the expression by itself -----------------------


def value(node: Expression, t: float) -> float:
    if isinstance(node, NumberExpression):
        return float(node.value)
    if not isinstance(node, CallExpression):
        return math.pi if node.name == "pi" else t
    name, arguments = node.function, node.arguments
    if name == "piecewise":
        for part, condition in zip(arguments[:-1:2], arguments[1::2], strict=True):
            assert isinstance(condition, CallExpression)
            a, b = (value(x, t) for x in condition.arguments)
            if {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b}[
                condition.function
            ]:
                return value(part, t)
        return value(arguments[-1], t)
    v = [value(x, t) for x in arguments]
    two = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
        "/": lambda a, b: a / b, "^": lambda a, b: a**b, "max": max, "min": min,
    }  # fmt: skip
    if name in two:
        result = v[0]
        for other in v[1:]:
            result = two[name](result, other)
        return result
    one = {
        "neg": lambda a: -a, "abs": abs, "sign": lambda a: (a > 0) - (a < 0),
        "arctan": math.atan, "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
        "softplus": lambda a: math.log1p(math.exp(a)),
    }  # fmt: skip
    return one[name](v[0]) if name in one else getattr(math, name)(v[0])


def contradictions(expression: Expression, found: Properties) -> list[str]:
    """Claims that sampled values contradict by far more than rounding."""
    points = [k / 16 for k in range(-80, 81)]
    values = [value(expression, t) for t in points]
    if not all(isinstance(v, float | int) and math.isfinite(v) for v in values):
        return []
    size = 1e-9 * (1 + max(abs(v) for v in values))
    second = [a - 2 * b + c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    first = [b - a for a, b in pairwise(values)]
    wrong = []
    if found.convex.answer == "yes" and min(second) < -size:
        wrong.append("convex")
    if found.strictly_monotone.answer == "yes" and min(first) < -size < size < max(first):
        wrong.append("monotone")
    if found.nonnegative.answer == "yes" and min(values) < -size:
        wrong.append("nonnegative")
    for piece in (*found.affine, *found.constant):
        if piece.slope is None or piece.intercept is None:
            continue
        low = -math.inf if piece.low is None else float(bounds(piece.low)[1])
        high = math.inf if piece.high is None else float(bounds(piece.high)[0])
        for t, v in zip(points, values, strict=True):
            if low < t < high and abs(float(piece.slope) * t + float(piece.intercept) - v) > size:
                wrong.append(f"piece {piece.text}")
                break
    if found.zero is not None and abs(float(found.zero) - value(expression, 0.0)) > size:
        wrong.append("value at 0")
    # A kink or a jump at a break shows in quotients over a short step.
    step = 1e-5
    for point in found.breaks:
        t = float(bounds(point)[0])
        if abs(t) > 20:
            continue
        before, here, after = (value(expression, t + k * step) for k in (-1, 0, 1))
        if found.continuous.answer == "yes" and abs(after - before) > 0.05 * (1 + abs(here)):
            wrong.append(f"continuous at {t}")
        bend = abs(after - 2 * here + before) / step
        if found.differentiable.answer == "yes" and bend > 0.05 * (1 + abs(here)):
            wrong.append(f"differentiable at {t}")
    return wrong


def test_the_oracle_can_tell() -> None:
    lie = analysed("t^2")
    for text in ("t^3", "-t^2", "sin(t)"):
        assert "convex" in contradictions(activation(text).expression, lie)
    rising = analysed("t^3")
    assert "monotone" in contradictions(activation("t^3 - t").expression, rising)
    assert "value at 0" in contradictions(activation("t^2 + 1").expression, lie)
    smooth = analysed("abs(t)*t")
    assert "differentiable at 0.0" in contradictions(activation("abs(t)").expression, smooth)
    assert "continuous at 0.0" in contradictions(activation("sign(t)").expression, smooth)


@pytest.mark.parametrize("text", [text for text, known in ACTIVATIONS if "u" not in known])
def test_samples_do_not_contradict(text: str) -> None:
    function = activation(text)
    assert contradictions(function.expression, analyse(function.expression, "t")) == []


LEAVES = st.sampled_from(["t", "t", "t", "1", "2", "1/2", "-1", "0", "3/4"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*"), inner, inner).map(lambda p: f"({p[1]}) {p[0]} ({p[2]})"),
        st.tuples(
            st.sampled_from(
                ["exp", "tanh", "abs", "sin", "arctan", "softplus", "sigmoid", "erf", "cosh"]
            ),
            inner,
        ).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(
            lambda p: f"{p[0]}({p[1]}, {p[2]})"
        ),
        inner.map(lambda a: f"({a})^2"),
        inner.map(lambda a: f"log(1 + ({a})^2)"),
        inner.map(lambda a: f"sqrt(1 + ({a})^2)"),
        st.tuples(inner, inner, inner).map(lambda p: f"piecewise({p[0]}, {p[1]} > 0, {p[2]})"),
    ),
    max_leaves=5,
)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(TREES)
def test_random_functions_are_not_contradicted(text: str) -> None:
    function = activation(text)
    found = analyse(function.expression, "t")
    try:
        wrong = contradictions(function.expression, found)
    except (OverflowError, ValueError, ZeroDivisionError):
        return
    assert wrong == [], text


def test_random_functions_are_often_decided() -> None:
    texts = [
        f"{outer}({a}*t + {b}) + {c}*t"
        for outer in ("tanh", "abs", "softplus", "arctan", "exp")
        for a in (1, -2)
        for b in (0, 1)
        for c in (0, 1, 3)
    ]
    decided = sum(
        analysed(text).strictly_monotone.answer != "unknown"
        and analysed(text).convex.answer != "unknown"
        for text in texts
    )
    assert decided == len(texts)
