"""Custom functions and trained slopes at a point, against definitions and built-in twins."""

import random
from fractions import Fraction

import pytest

from landscape_cli import algebra
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.point.analysis import analyse_point
from landscape_cli.point.custom import activation_function, loss_function, with_definition
from landscape_cli.point.instance import make_instance
from landscape_cli.point.network import coordinates, evaluate, hessian, tape_of
from landscape_cli.point.numbers import (
    Enclosure,
    Polynomial,
    Undecided,
    add_matrices,
    ball_of,
    minus,
    scale_matrix,
    working_precision,
)
from landscape_cli.syntax import parse

TWINS = [
    ("max(t, t/10)", "leaky_relu(2, slope=1/10)"), ("t^2", "quadratic(2)"), ("t^3", "cube(2)"),
    ("max(-1, min(1, t))", "hard_tanh(2)"), ("t/(1 + abs(t))", "softsign(2)"),
    ("tanh(t)", "tanh(2)"), ("1/(1 + exp(-t))", "sigmoid(2)"), ("max(t, 0)", "relu(2)"),
    ("piecewise(exp(t) - 1, t < 0, t)", "elu(2, alpha=1)"),
]  # fmt: skip
LOSSES = [
    ("(z - y)^2/2", "squared"), ("abs(z - y)", "absolute"), ("log(1 + exp(-y*z))", "logistic"),
    ("max(0, 1 - y*z)", "hinge"), ("max(0, 1 - y*z)^2/2", "squared_hinge"),
]  # fmt: skip


def same(one, other):
    """Equal numbers, or enclosures that overlap."""
    if isinstance(one, Enclosure) or isinstance(other, Enclosure):
        return ball_of(one).overlaps(ball_of(other)) and ball_of(one).rad() < 1e-20
    return one == other


def same_matrices(one, other):
    return one.keys() == other.keys() and all(
        same(a, b)
        for name in one
        for row, line in zip(one[name], other[name], strict=True)
        for a, b in zip(row, line, strict=True)
    )


@pytest.mark.parametrize(("formula", "twin"), TWINS)
def test_custom_activations_agree_with_their_twins(formula, twin):
    rng = random.Random(1)
    for _ in range(4):
        entry = lambda: rng.choice(["0", "1", "-1", "1/2", "-2"])  # noqa: E731
        data = "data X = [[1, 0, 2], [0, 1, -1]], Y = [[1, -1, 1]]"
        at = f"at W1 = [[{entry()}, {entry()}], [1, {entry()}]], W2 = [[{entry()}, 1]]"
        rest = f"loss squared; {data}; {at}"
        custom = analyse_point(parse(f"activation s(t) = {formula}; net 2 -> s(2) -> 1; {rest}")[0])
        built = analyse_point(parse(f"net 2 -> {twin} -> 1; {rest}")[0])
        with working_precision():
            assert same(custom.loss, built.loss)
            assert [k[1:] for k in custom.kinks] == [k[1:] for k in built.kinks]
            assert (custom.gradient is None) == (built.gradient is None)
            if custom.gradient is not None:
                assert same_matrices(custom.gradient, built.gradient)
        assert custom.critical == built.critical
        if not built.kinks:
            assert custom.classification == built.classification
        assert [c.theorem for c in custom.covered_by] == [c.theorem for c in built.covered_by]


@pytest.mark.parametrize(("formula", "twin"), LOSSES)
def test_custom_losses_agree_with_their_twins(formula, twin):
    rng = random.Random(2)
    for _ in range(5):
        w = [rng.choice([0, 1, -1, 2]) for _ in range(6)]
        rest = (
            "net 2 -> 2 -> 1; data X = [[1, 0, 1], [0, 1, 1]], Y = [[1, -1, 1]]; "
            f"at W1 = [[{w[0]}, {w[1]}], [{w[2]}, {w[3]}]], W2 = [[{w[4]}, {w[5]}]]"
        )
        custom = analyse_point(parse(f"loss l(z, y) = {formula}; {rest}")[0])
        built = analyse_point(parse(f"loss {twin}; {rest}")[0])
        with working_precision():
            assert same(custom.loss, built.loss)
            assert custom.loss_kinks == built.loss_kinks
        assert custom.critical == built.critical
        assert custom.inertia == built.inertia or built.loss_kinks
        assert {custom.classification, built.classification} != {"local_minimum", "undecided"}
        minima = {"local_minimum", "global_minimum"}
        assert (custom.classification in minima) == (built.classification in minima)
        assert custom.certificate is None  # the kernel's documents have no custom losses


def test_custom_functions_refuse_what_they_do_not_know():
    model = parse(
        "activation s(t) = piecewise(1, t > 0, 0); net 1 -> s(1) -> 1; loss squared; "
        "data X = [[1]], Y = [[1]]; at W1 = [[0]], W2 = [[1]]"
    )[0]
    step = activation_function(with_definition(model.network.layers[0].activation, model))
    assert step.value(Fraction(1)) == 1
    with pytest.raises(Undecided, match="continuous"):
        step.value(Fraction(0))
    found = analyse_point(model)
    assert found.classification == "undecided" and found.loss is None
    germ = Polynomial((0, 1))
    wide = parse("loss l(z, y) = abs(z^2 - 2); net 1 -> 1; data X = [[1]], Y = [[0]]")[0].loss
    assert loss_function(wide, Fraction(0)).value(germ) == Polynomial((2, 0, -1))
    assert loss_function(wide, Fraction(0)).slopes(Fraction(3)) == (6, 6)
    assert loss_function(wide, Fraction(0)).curvature(Fraction(1)) == -2


# --- prelu -----------------------------------------------------------------------------------

PRELU = "net 2 -> prelu(2) -> prelu(2) -> 1; loss squared; data X = [[1, 0], [2, 1]], Y = [[1, 2]]"


def objective_along(instance, tape, direction):
    eps = Polynomial((0, 1))
    leaves = dict(instance.leaves)
    for name, rows in direction.items():
        leaves[name] = add_matrices(instance.leaves[name], scale_matrix(eps, rows))
    return instance.loss.value(evaluate(tape, leaves)[-1])


def test_slopes_are_parameters_of_gradient_and_hessian():
    """Against the Taylor coefficients of the objective along random lines (exact polynomials)."""
    rng = random.Random(3)
    checked = 0
    for attempt in range(60):
        w = [rng.choice([-2, -1, 1, 2, 3]) for _ in range(10)]
        second = "1/3" if attempt % 2 else "1/3, -1/2"
        model = parse(
            f"{PRELU}; at W1 = [[{w[0]}, {w[1]}], [{w[2]}, {w[3]}]], a1 = [1/4], "
            f"W2 = [[{w[4]}, {w[5]}], [{w[6]}, {w[7]}]], a2 = [{second}], W3 = [[{w[8]}, {w[9]}]]"
        )[0]
        found = analyse_point(model)
        if found.kinks:
            continue
        instance, tape = make_instance(model), tape_of(model)
        values = evaluate(tape, instance.leaves)
        curvature = hessian(tape, values, instance.loss, instance.loss.slopes(values[-1])[0], {})
        places = coordinates(tape, values)
        assert {name for name, _, _ in places} == {"W1", "a1", "W2", "a2", "W3"}
        flat = [Fraction(rng.randint(-2, 2)) for _ in places]
        direction = {
            name: [[Fraction(0)] * len(rows[0]) for _ in rows]
            for name, rows in found.gradient.items()
        }
        for (name, i, j), value in zip(places, flat, strict=True):
            direction[name][i][j] = value
        line = objective_along(instance, tape, direction)
        first = sum(
            value * found.gradient[name][i][j]
            for (name, i, j), value in zip(places, flat, strict=True)
        )
        assert line.coefficient(1) == first
        assert 2 * line.coefficient(2) == algebra.quadratic_value(curvature, flat)
        if found.certificate is not None:
            assert verify(found.certificate).accepted
            checked += 1
    assert checked > 10


def test_slopes_decide_openness_and_shapes():
    rest = (
        "net 2 -> prelu(2) -> 1; loss squared; data X identity, Y = [[1, 2]]; "
        "at W1 = [[1, 2], [3, -1]], W2 = [[1, 1]], a1 = "
    )
    names = {}
    for slope in ("[1/2]", "[0]", "[-1]", "[1/2, 2]", "[1/2, 0]"):
        found = analyse_point(parse(rest + slope)[0])
        names[slope] = "pyramidal" in [c.theorem for c in found.covered_by]
    assert names == {
        "[1/2]": True, "[0]": False, "[-1]": False, "[1/2, 2]": True, "[1/2, 0]": False,
    }  # fmt: skip
    with pytest.raises(InputError) as caught:
        analyse_point(parse(rest + "[1, 2, 3]")[0])
    assert caught.value.diagnostics[0].code == "E112"
    with pytest.raises(InputError) as caught:
        parse(rest.replace(", a1 = ", ""))
    assert caught.value.diagnostics[0].code == "E110"


def test_a_kink_of_prelu_is_said():
    text = "net 1 -> prelu(1) -> 1; loss squared; data X = [[1]], Y = [[1]]; at W1 = [[0]], "
    found = analyse_point(parse(text + "W2 = [[1]], a1 = [1/2]")[0])
    assert len(found.kinks) == 1 and found.gradient is None
    smooth = analyse_point(parse(text + "W2 = [[1]], a1 = [1]")[0])
    assert not smooth.kinks and minus(smooth.gradient["W1"][0][0], Fraction(-1)) == 0
