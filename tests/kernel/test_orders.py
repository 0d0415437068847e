"""What is zero up to an order is not zero: the truncation survives products, kinks and pieces."""

from __future__ import annotations

from fractions import Fraction

import pytest

from landscape_cli.exact.algebra import product
from landscape_cli.exact.expansions import pieces, piecewise
from landscape_cli.exact.numbers import ONE, function, lift, small
from landscape_cli.kernel import verify

from . import samples


@pytest.mark.parametrize("third", ["linear", "relu", "hard_tanh", "cube"])
def test_what_vanishes_to_first_order_only_still_moves_a_cusp(third: str) -> None:
    """The outputs are w^2 and (w + 1)^2: |w^2|^(1/4) outweighs w, so w = 0 is a strict minimum."""
    problem = samples.network(
        [1, 1, 2, 2], ["linear", "quadratic", third], [False, True, False],
        loss={"name": "lp", "p": "1/4"},
        fixed={"W2": [["1"], ["1"]], "b2": ["0", "1"], "W3": [["1", "0"], ["0", "1"]]},
    )  # fmt: skip
    argument = {"kind": "nonzero-gradient", "direction": {"W1": [["1"]]}}
    document = samples.refutation(problem, [[1]], [[0], [2]], {"W1": [[0]]}, 4, argument)
    assert "can't be expanded" in verify(document).reason


def test_orders_survive_products_and_pieces() -> None:
    gone = small({(0,): ONE}, 1) * small({(0,): ONE}, 1)
    assert lift(product([[ONE]], [[gone]])[0][0]).order == 1
    for one_sided in (True, False):
        flat = pieces([0], 0, [0])
        assert lift(piecewise(flat, gone, one_sided, "x")).order == 1


def test_a_tiny_multiple_of_a_logarithm_is_no_power_of_two() -> None:
    tiny = function("log", Fraction(9)) * Fraction(1, 10**30)
    assert function("exp", tiny) != 1
