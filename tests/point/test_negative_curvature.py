"""Directions of negative curvature where the Hessian is too large for its exact inertia."""

from __future__ import annotations

import random

import pytest

from landscape_cli.kernel import verify
from landscape_cli.point.analysis import analyse_point
from landscape_cli.syntax import parse


def table(rows: int, columns: int, entry) -> str:
    return str([[entry(i, j) for j in range(columns)] for i in range(rows)])


def at_zero(rng: random.Random, inputs: int, hidden: int, outputs: int, activation: str, tail: str):
    """A two-layer network at zero weights, a critical point for activations with s(0) = 0."""
    return parse(
        f"net {inputs} -> {activation}({hidden}) -> {outputs}; loss squared{tail}; "
        f"data X = {table(inputs, 3, lambda i, j: rng.randint(-2, 2))}, "
        f"Y = {table(outputs, 3, lambda i, j: rng.randint(-2, 2))}; "
        f"at W1 = {table(hidden, inputs, lambda i, j: 0)}, "
        f"W2 = {table(outputs, hidden, lambda i, j: 0)}"
    )[0]


@pytest.mark.parametrize("tail", ["", "; regularize l2 1/3", "; regularize l2 50"])
def test_directions_agree_with_the_exact_inertia(tail: str) -> None:
    rng = random.Random(3)
    seen = {True: 0, False: 0}
    for _ in range(12):
        model = at_zero(rng, rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 2), "tanh", tail)
        exact = analyse_point(model)
        searched = analyse_point(model, largest_hessian=0)
        assert exact.critical
        assert exact.classification == "strict_saddle" or searched.classification != "strict_saddle"
        if exact.inertia is not None and exact.inertia[1]:
            assert searched.classification == "strict_saddle"
            assert searched.certificate is not None
            assert verify(searched.certificate).accepted
        seen[searched.classification == "strict_saddle"] += 1
    assert seen[not tail.startswith("; regularize l2 50")] > 3


def test_above_the_limit_a_saddle_is_found_and_nothing_is_said_to_be_so() -> None:
    rng = random.Random(4)
    found = analyse_point(at_zero(rng, 10, 20, 6, "tanh", ""))
    assert found.inertia is None
    assert found.classification == "strict_saddle"
    assert "320 rows" in found.inertia_note
    assert found.argument["kind"] == "negative-curvature"
    decayed = analyse_point(at_zero(rng, 10, 20, 6, "tanh", "; regularize l2 200"))
    assert decayed.classification != "strict_saddle"
