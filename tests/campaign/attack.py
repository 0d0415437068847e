"""Perturbations of a certified point, inside the neighbourhood of its argument, for a lower loss.

Directions: dense and sparse random ones, single coordinates, pairs of coordinates, the line to
the better point, and moves along the orbit of a symmetry of the network (which change nothing)
followed by a random one. Floats decide nothing here but whether to sound the alarm.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .floats import Array, Objective, array, number, stated_as

ROUNDING = 1e-11  # relative to the sum of the sizes of all terms
BOXED = 1e-9  # the centre of a box is only near the local minimum
ORBIT = 0.2  # size of the moves along orbits
HOMOGENEOUS = ("relu", "leaky_relu", "prelu")


class Attack(NamedTuple):
    """``fault``: what is wrong (None: nothing found); the perturbations that counted."""

    fault: str | None
    counted: int
    orbits: int


def radii(document: dict[str, Any], objective: Objective, theta: Array) -> tuple[float, ...]:
    """Radii inside the neighbourhood of the argument; ``affine-region`` tests pieces besides."""
    kind = document["argument"]["kind"]
    scale = max(1.0, float(np.abs(theta).max(initial=0)))
    if kind == "growth":
        # The outputs move by O(|W|^h), the penalty by lambda |W|^2 / 2.
        ((_, strengths),) = document["problem"]["regularizer"].items()
        least = min(number(v) for v in (strengths if isinstance(strengths, list) else [strengths]))
        assert objective.x is not None
        size = np.abs(objective.x).max() + 1
        if objective.y is not None:
            size *= (1 + np.abs(objective.y).max()) ** 2
        if "coefficients" in objective.loss:
            size *= 1 + np.abs(array(objective.loss["coefficients"])).max()
        if "weights" in objective.loss:
            size *= 1 + np.abs(array(objective.loss["weights"])).max()
        samples = max(objective.x.shape[1], float(objective.counts.sum()))
        radius = min(0.1, least / (4 * samples * float(size)))
        return radius, radius / 10
    if kind == "cusp":
        # A move of size s gains at most C s, and costs s^p / p.
        p = number(objective.loss["p"])
        assert objective.x is not None
        gain = (
            8
            * max(objective.x.shape[1], float(objective.counts.sum()))
            * max(scale, float(np.abs(objective.x).max()))
        )
        radius = float(min(1e-2, (p * gain) ** (-1 / (1 - p)))) / 2
        return radius, radius / 10
    if kind in ("affine-region", "loss-plateau"):
        return 1e-1, 1e-2, 1e-3, 1e-4
    if kind in ("interval-newton", "split-unit"):
        return 1e-2, 3e-3, 1e-3
    return 1e-2 / scale, 1e-3 / scale, 1e-4 / scale


def inside(document: dict[str, Any], objective: Objective, start: Array, moved: Array) -> Array:
    """Which rows stay in the pieces that the argument speaks of."""
    kind = document["argument"]["kind"]
    kept = np.ones(len(moved), bool)
    if kind in ("affine-region", "cusp"):
        home, there = objective.outputs(start[None])[1], objective.outputs(moved)[1]
        for before, after in zip(home, there, strict=True):
            kept &= (before == after).all(axis=(1, 2))
    if kind == "loss-plateau":
        assert objective.y is not None
        old, new = objective.outputs(start[None])[0], objective.outputs(moved)[0]
        if objective.loss["name"] == "zero_one":
            same = np.sign(old * objective.y) == np.sign(new * objective.y)
        else:
            c = number(objective.loss["c"])
            same = (np.abs(new - objective.y) > c) | (np.abs(old - objective.y) <= c)
        kept &= same.all(axis=(1, 2))
    return kept


def orbit(objective: Objective, theta: Array, rng: np.random.Generator) -> Array | None:
    """A point of the same loss, reached by a symmetry of the network; None if it has none."""
    weights = {name: value.copy() for name, value in objective.named(theta).items()}
    penalty = objective.problem.get("regularizer")
    if objective.symmetric:
        weights["W"] = weights["W"] @ _rotation(weights["W"].shape[1], rng)
        return np.concatenate([v.ravel() for v in weights.values()])
    done = False
    for k in range(1, objective.depth):
        above, below = f"W{k + 1}", f"W{k}"
        name, size = objective.activations[k - 1]["name"], objective.problem["widths"][k]
        if below not in weights or any(objective.skip[k - 1 : k + 1]):
            continue
        if above not in weights:
            fixed = objective.fixed[above]
            if name == "quadratic" and f"b{k}" not in weights and np.ptp(fixed, axis=1).max() == 0:
                weights[below] = _rotation(size, rng) @ weights[below]
                done = True
            continue
        if name == "linear" and not penalty:
            change = np.eye(size) + ORBIT * rng.uniform(-1, 1, (size, size)) / size
        elif name == "linear" and penalty and "l2" in penalty:
            change = _rotation(size, rng)
        elif name in HOMOGENEOUS and not penalty:
            change = np.diag(1 + ORBIT * rng.uniform(-1, 1, size))
        else:
            change = np.eye(size)[rng.permutation(size)]
        weights[below] = change @ weights[below]
        if f"b{k}" in weights:
            weights[f"b{k}"] = change @ weights[f"b{k}"]
        weights[above] = weights[above] @ np.linalg.inv(change)
        done = True
    return np.concatenate([weights[name].ravel() for name in objective.shapes]) if done else None


def _rotation(size: int, rng: np.random.Generator) -> Array:
    """A random orthogonal matrix near the identity (Cayley)."""
    skew = ORBIT * rng.uniform(-1, 1, (size, size))
    skew = skew - skew.T
    eye = np.eye(size)
    found: Array = np.linalg.solve(eye + skew, eye - skew)
    return found


def directions(size: int, line: Array, rng: np.random.Generator, count: int) -> Array:
    """Unit directions: dense, sparse, coordinates, pairs, towards the better point."""
    part = max(1, count // 5)
    dense = rng.standard_normal((part, size))
    sparse = rng.standard_normal((part, size)) * (rng.random((part, size)) < 0.3)
    single = np.zeros((part, size))
    single[np.arange(part), rng.permutation(np.arange(part) % size)] = rng.choice((-1, 1), part)
    pairs = np.zeros((part, size))
    for _ in range(2):
        pairs[np.arange(part), rng.integers(0, size, part)] += rng.choice((-1, 1), part)
    along = rng.choice((-1, 1, 1), (part, 1)) * line + (
        0.3 * rng.random((part, 1)) * np.abs(line).max() * rng.standard_normal((part, size))
    )
    moves = np.concatenate([dense, sparse, single, pairs, along])
    lengths = np.sqrt((moves * moves).sum(1, keepdims=True))
    return moves / np.where(lengths > 0, lengths, 1)


def attack(document: dict[str, Any], seed: int, count: int) -> Attack:
    """About ``count`` perturbations of the local minimum (or critical point) of a document."""
    objective = Objective(document)
    rng = np.random.default_rng(seed)
    place = "local_minimum" if "local_minimum" in document else "critical_point"
    start = objective.flat(document[place]["weights"])
    better = objective.flat(document["better_point"]["weights"])
    (base, lower), (size, _) = objective.values(np.stack([start, better]))
    if not stated_as(document[place]["value"], base):
        return Attack(f"the value is {base}", 0, 0)
    if not stated_as(document["better_point"]["value"], lower):
        return Attack(f"the better value is {lower}", 0, 0)
    if not lower < base:
        return Attack(f"the better value {lower} is not below {base}", 0, 0)
    if place == "critical_point":
        return _critical(objective, start, better - start, base, rng, count)
    boxed = document["argument"]["kind"] in ("interval-newton", "split-unit")
    slack = (BOXED if boxed else ROUNDING) * (1 + size)
    steps = radii(document, objective, start)
    orbits = counted = 0
    for radius in steps:
        here = max(5, count // len(steps))
        moved = start + radius * directions(objective.size, better - start, rng, here)
        for _ in range(min(40, max(2, here // 20))):
            turned = orbit(objective, start, rng)
            if turned is None:
                break
            orbits += 1
            there = float(objective.values(turned[None])[0][0])
            steep = document["argument"]["kind"] == "cusp"  # |rounding|^p is no rounding
            assert steep or abs(there - base) < 1e-9 * (1 + size), "not a symmetry"
            around = rng.standard_normal((5, objective.size)) / objective.size**0.5
            moved = np.concatenate([moved, turned + radius / 2 * around])
        kept = moved[inside(document, objective, start, moved)]
        if not len(kept):
            continue
        counted += len(kept)
        values = objective.values(kept)[0]
        worst = int(values.argmin())
        if values[worst] < base - slack:
            return Attack(f"{values[worst] - base} at radius {radius}", counted, orbits)
    return Attack(None, counted, orbits)


def _critical(
    objective: Objective, start: Array, line: Array, base: float, rng: np.random.Generator,
    count: int,
) -> Attack:  # fmt: skip
    """Differences along lines: no slope, no negative curvature (up to the next orders)."""
    counted = 0
    for radius in (1e-2, 1e-3):
        moves = directions(objective.size, line, rng, max(5, count // 4))
        ahead, size = objective.values(start + radius * moves)
        back, _ = objective.values(start - radius * moves)
        counted += 2 * len(moves)
        error = 1e-13 * (1 + size.max())
        far = objective.values(start + 0.3 * moves)[0] - base
        third = 1 + float(np.abs(far).max()) / 0.3**3
        slope = np.abs(ahead - back).max() / (2 * radius)
        if slope > error / radius + 10 * third * radius**2:
            return Attack(f"a slope of {slope}", counted, 0)
        curvature = float(((ahead + back - 2 * base) / radius**2).min())
        if curvature < -(4 * error / radius**2 + 10 * third * radius**2):
            return Attack(f"a curvature of {curvature}", counted, 0)
    return Attack(None, counted, 0)
