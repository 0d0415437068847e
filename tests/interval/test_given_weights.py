"""Strict local minima of random smooth networks, found by a search: all are certified."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from landscape_cli.api import verify
from landscape_cli.hunt.objective import of_document
from landscape_cli.hunt.search import candidates, descend, hessians, polished, starting_points
from tests.campaign.attack import attack
from tests.kernel.samples import box, certificate, network

SMOOTH: tuple[Any, ...] = (
    "tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf", "softsign",
    "quadratic", {"name": "celu", "alpha": "1"}, {"name": "elu", "alpha": "1"},
)  # fmt: skip
JUMPING = (SMOOTH[9], *SMOOTH[11:])  # second derivatives that jump at 0
RADIUS = Fraction(1, 10**7)


def rational(value: float, digits: int = 10) -> Fraction:
    return Fraction(round(float(value) * 10**digits), 10**digits)


def shaped(objective: Any, values: list[Any]) -> dict[str, Any]:
    """Entries in the order of the objective as the weights of a document."""
    left, found = iter(values), {}
    for name, (rows, columns) in objective.shapes:
        lines = [[next(left) for _ in range(columns)] for _ in range(rows)]
        found[name] = [x for (x,) in lines] if name[0] == "b" else lines
    return found


def around(value: float, radius: float) -> dict[str, str]:
    return box(rational(value - radius, 6), rational(value + radius, 6))


def document(base: Any, objective: Any, theta: Any, better: Any) -> dict[str, Any]:
    boxes = [box(rational(v) - RADIUS, rational(v) + RADIUS) for v in theta]
    value, lower = objective.value(theta), objective.value(np.round(better, 4))
    points = [rational(v, 4) for v in better]
    return certificate(
        base["problem"], base["data"]["X"], base["data"]["Y"], shaped(objective, boxes),
        around(value, 1e-4 * (1 + value)), shaped(objective, points),
        around(lower, 1e-6 * (1 + lower)), "interval-newton",
    )  # fmt: skip


@pytest.mark.parametrize("activation", SMOOTH, ids=lambda a: a if isinstance(a, str) else a["name"])
def test_every_strict_local_minimum_is_certified(activation: Any) -> None:
    """Widths 1 to 4, biases, one or two inputs and outputs; far worse points as the better ones.

    The checker has to accept the box wherever a worse point exists to compare with: the lowest
    end of the search serves for the others, and the box around it must fail for want of one only.
    """
    generator = np.random.default_rng(len(str(activation)))
    seen = Counter[str]()
    widest = 2 + SMOOTH.index(activation) % 3
    for units, penalty in ((1, None), (1, None), (2, None), (1, "1/9"), (widest, "1/9")):
        inputs, outputs = (int(v) for v in generator.integers(1, 3, 2))
        problem = network(
            [inputs, units, outputs], [activation, "linear"],
            [bool(b) for b in generator.random(2) < 0.5],
            regularizer=penalty and {"l2": penalty},
        )  # fmt: skip
        count = int(generator.integers(3, 6)) + 2 * units
        x, y = (
            [[str(Fraction(int(v), 2)) for v in generator.integers(-9, 10, count)]
             for _ in range(rows)] for rows in (inputs, outputs)
        )  # fmt: skip
        base = {"problem": problem, "data": {"X": x, "Y": y}}
        objective = of_document(base)
        ends = descend(
            objective, starting_points(objective.size, 10, generator), going=lambda: True
        )
        for candidate in candidates(objective, ends, strict=True):
            theta = polished(objective, candidate.local)
            found = document(base, objective, theta, candidate.better)
            outcome = verify(found)
            sizes = np.linalg.eigvalsh(hessians(objective, theta[None])[0])
            near = min(np.abs(z).min() for z in objective.pre_activations(theta[None]))
            bent = near < 1e-4 and activation in JUMPING
            assert outcome.accepted or bent or sizes[0] < 1e-4 * sizes[-1], outcome.reason
            if outcome.accepted:
                assert attack(found, 1, 150).fault is None
                seen["not global"] += 1
        lowest = polished(objective, ends.points[0])
        sizes = np.linalg.eigvalsh(hessians(objective, lowest[None])[0])
        if sizes[0] > 1e-4 * sizes[-1]:
            # The lowest end is a strict minimum, too: with an honest value it is refused only
            # because nothing is better, and it is accepted as far as the box goes.
            outcome = verify(document(base, objective, lowest, lowest))
            assert "not strictly below" in outcome.reason
            boxed = document(base, objective, lowest, lowest)
            boxed["local_minimum"]["value"] = box(
                *(rational(objective.value(lowest)) + shift for shift in (1, 2))
            )
            assert "value of local_minimum could not be enclosed" in verify(boxed).reason
            seen["lowest"] += 1
    assert seen.total() >= 2, seen
