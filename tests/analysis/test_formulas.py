"""Derivatives that sympy writes for people, against differences of enclosed values.

The signs of these derivatives are a second opinion on what the analysis proved by its own algebra.
"""

from __future__ import annotations

import pytest

from landscape_cli.analysis import derivatives
from landscape_cli.analysis.functions import analyse
from landscape_cli.analysis.signs import bounds
from landscape_cli.model.problem import Expression
from landscape_cli.syntax import parse

from .functions import ACTIVATIONS
from .test_functions import value

POINTS = (-2.3, -1.1, -0.4, 0.3, 0.7, 1.9)


def read(text: str) -> Expression:
    function = parse(f"activation s(t) = {text}; net 2 -> s(2) -> 1; loss squared")[0].functions[0]
    return function.expression


@pytest.mark.parametrize("text", [text for text, known in ACTIVATIONS[::4] if "u" not in known])
def test_derivatives(text: str) -> None:
    expression = read(text)
    found = analyse(expression, "t")
    rows = derivatives(expression, "t")
    if len(rows) < max(found.pieces, 1):
        assert not rows
        return
    breaks = [float(bounds(point)[0]) for point in found.breaks]
    ends = [float("-inf"), *breaks, float("inf")]
    for k, (_, first, second) in enumerate(rows):
        derived = [read(one) for one in (first, second)]
        for t in POINTS:
            if len(rows) > 1 and not ends[k] + 1e-3 < t < ends[k + 1] - 1e-3:
                continue
            step = 1e-4
            below, here, above = (value(expression, t + s) for s in (-step, 0, step))
            slope, bend = (value(one, t) for one in derived)
            assert slope == pytest.approx((above - below) / 2 / step, rel=1e-4, abs=1e-4)
            difference = (above - 2 * here + below) / step**2
            assert bend == pytest.approx(difference, rel=1e-2, abs=1e-3)
            if found.convex.answer == "yes":
                assert bend >= -1e-9
            if found.strictly_monotone.answer == "yes":
                assert (slope >= -1e-9) == ("increasing" in found.strictly_monotone.text)


def test_derivatives_are_written_in_the_language() -> None:
    rows = derivatives(read("max(t, t/10)^2"), "t")
    assert rows == (("t < 0", "t/50", "1/50"), ("0 < t", "2*t", "2"))
    many = " + ".join(f"exp({k}*t)" for k in range(1, 80))
    assert derivatives(read(many), "t") == ()
