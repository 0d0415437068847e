"""Every rule of the calculus against an independent numerical experiment.

A judgement "locally open here" is tested by trying to reach random nearby targets with small
moves of the parameters, by damped Gauss-Newton steps on the map itself: nothing of the calculus
is used. Where the rule is an equivalence, points that are not open are tested as well.
"""

import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from landscape_cli.openness.calculus import Judgement
from landscape_cli.point.analysis import analyse_point
from landscape_cli.syntax import parse


def matrices(model):
    return {m.name: np.array(m.matrix.rows, dtype=float) for m in model.point.matrices}


def reach(function, start, goal, radius, seed=0):
    """The least distance to the goal of F(w), |w - start| <= radius, over the size of the move."""
    rng = np.random.default_rng(seed)
    size = np.abs(goal - function(start)).max()
    best = np.inf
    for attempt in range(12):
        w = start + rng.normal(size=start.shape) * (size**0.5 if attempt else 0)
        for _ in range(60):
            value = function(w)
            best = min(best, np.abs(value - goal).max() / size)
            if best < 1e-2:
                return best
            step = 1e-6
            jacobian = np.stack(
                [(function(w + step * e) - value).ravel() / step for e in np.eye(len(w))], axis=1
            )
            residual = (goal - value).ravel()
            damped = jacobian @ jacobian.T + 1e-7 * np.eye(len(residual))
            w = w + jacobian.T @ np.linalg.solve(damped, residual)
            gap = np.linalg.norm(w - start)
            if gap > radius:
                w = start + (w - start) * (radius / gap)
    return best


def entries(rng, m, n):
    return str([[rng.choice([0, 0, 1, -1, 2]) for _ in range(n)] for _ in range(m)])


# A map, the shapes of its parameters, and its value in floating point. The target is all matrices,
# or the psd cone.
MAPS = {
    "A * B": ({"A": (2, 3), "B": (3, 2)}, lambda p: p["A"] @ p["B"]),
    "A * B * C": ({"A": (1, 3), "B": (3, 3), "C": (3, 2)}, lambda p: p["A"] @ p["B"] @ p["C"]),
    "A * B + C": (
        {"A": (2, 1), "B": (1, 2), "C": (2, 2)},
        lambda p: p["A"] @ p["B"] + p["C"],
    ),
    "(A * B)^T": ({"A": (2, 2), "B": (2, 2)}, lambda p: (p["A"] @ p["B"]).T),
    "A * B^T": ({"A": (2, 2), "B": (3, 2)}, lambda p: p["A"] @ p["B"].T),
    "arctan(A * B)": ({"A": (1, 2), "B": (2, 2)}, lambda p: np.arctan(p["A"] @ p["B"])),
    "A * tanh(B)": ({"A": (2, 2), "B": (2, 2)}, lambda p: p["A"] @ np.tanh(p["B"])),
    "A * relu(B)": ({"A": (2, 2), "B": (2, 2)}, lambda p: p["A"] @ np.maximum(p["B"], 0)),
    "K * A": ({"A": (3, 2)}, lambda p: np.array([[1.0, 2, 0], [0, 1, 1]]) @ p["A"]),
    "W * W^T": ({"W": (2, 2)}, lambda p: p["W"] @ p["W"].T),
}


@pytest.mark.parametrize("text", MAPS)
def test_judgements_at_a_point_agree_with_the_experiment(text):
    shapes, value = MAPS[text]
    rng = random.Random(sum(map(ord, text)))
    generator = np.random.default_rng(1)
    seen = Counter()
    rows, columns = value({name: np.ones(shape) for name, shape in shapes.items()}).shape
    for _ in range(16):
        constant = "const K: 2 x 3 = [[1, 2, 0], [0, 1, 1]]; " if "K" in text else ""
        model = parse(
            constant
            + "".join(f"param {name}: {m} x {n}; " for name, (m, n) in shapes.items())
            + f"map {text}; loss squared; data Y = {entries(rng, rows, columns)}; at "
            + ", ".join(f"{name} = {entries(rng, m, n)}" for name, (m, n) in shapes.items())
        )[0]
        found = analyse_point(model)
        if found.chain is not None:
            tree, satisfied = found.chain.derivation, found.chain.test.open_into_all
        elif isinstance(found.openness, Judgement):
            tree, satisfied = found.openness.derivation, found.openness.satisfied
        else:
            seen["refused"] += 1
            continue
        point = matrices(model)
        names = list(shapes)
        start = np.concatenate([point[name].ravel() for name in names])

        def function(w, names=names):
            parts, place = {}, 0
            for name in names:
                m, n = shapes[name]
                parts[name] = w[place : place + m * n].reshape(m, n)
                place += m * n
            return value(parts)

        current = function(start)
        change = generator.normal(size=current.shape) * 1e-5
        if text == "W * W^T":
            change = change @ change.T / 1e-5
        if satisfied:
            assert reach(function, start, current + change, 0.1) < 0.05, (text, point)
            seen["open"] += 1
            seen.update(tree.rules())
        elif len(shapes) == 2 and "relu" not in text and text != "A * tanh(B)":
            # Both directions: the three-rank test is an equivalence.
            (product,) = found.products or (None,)
            if product is not None and product.test is not None:
                bad = np.array(product.test.unreachable, dtype=float) * 1e-5
                assert reach(function, start, current + bad, 0.1) > 0.3
                seen["closed"] += 1
    assert seen["open"] >= (2 if "relu" in text else 4), seen
    expected = {
        "A * B": "open-product", "A * B * C": "open-compose", "A * B + C": "open-sum",
        "(A * B)^T": "open-compose", "arctan(A * B)": "open-activation",
        "A * relu(B)": "open-freeze", "K * A": "open-linear", "W * W^T": "open-symmetric",
    }  # fmt: skip
    assert seen[expected.get(text, "open")] >= (2 if "relu" in text else 4)


def test_sizes_at_a_point_are_numbers():
    """At a point the number of samples is known, so the conditions are decided."""
    rest = "loss squared; data X identity, Y = [[1, 2]]; at W1 = [[1, 2], [3, -1]], W2 = [[1, 1]]"
    found = analyse_point(parse(f"net 2 -> tanh(2) -> 1; {rest}")[0])
    assert found.openness.satisfied is True
    assert found.openness.columns == 2
    assert Fraction(found.loss) if isinstance(found.loss, Fraction) else found.loss
