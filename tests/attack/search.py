"""The attack: from points that look like bad local minima, try to get lower nearby."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from .instances import starts
from .numeric import Array, Problem, descend, reach

FARTHEST = 12.0
KINKED = ("absolute", "quantile", "epsilon_insensitive", "hinge", "lp")


class Candidate(NamedTuple):
    """A point at which descent stopped, above the best value known."""

    point: Array
    value: float
    best: float
    escaped: bool
    how: str


class Outcome(NamedTuple):
    """The effective attacks (stationary, not global), and those that found no way down."""

    effective: list[Candidate]
    stuck: list[Candidate]
    best: float
    best_point: Array


def stationary(problem: Problem, w: Array, value: float, gradient: Array, rng: Generator) -> bool:
    """The gradient vanishes or, at a kink, no random step of size 1e-4 gains anything."""
    if float(np.linalg.norm(gradient)) < 1e-6 * (1 + abs(value)):
        return True
    name = problem.model.loss.name
    if name not in KINKED:
        return False
    for _ in range(4 * problem.size):
        step = rng.standard_normal(problem.size)
        if problem.value(w + 1e-4 * step / np.linalg.norm(step)) < value - 1e-12:
            return False
    return True


def tolerance(value: float) -> float:
    """How far apart two values must be to count as different."""
    return 1e-4 * (1 + abs(value))


def escape(
    problem: Problem, w: Array, value: float, best: Array, rng: Generator, effort: int = 1
) -> str | None:
    """A way from near ``w`` to a lower value: which move found it; None if none did.

    Moves: a random perturbation followed by descent (saddles), an exact move to a nearby point
    whose output lies between F(w) and the best output (local openness; it works at kinks, where
    random steps only climb), and a small step toward the best point (convex problems).
    """
    margin = tolerance(value) / 10
    output, target = problem.output(w), problem.output(best)
    for attempt in range(3 * effort):
        for size in (1e-2, 3e-2) if effort == 1 else (1e-3, 1e-2, 3e-2, 6e-2):
            step = rng.standard_normal(problem.size)
            step *= size / np.linalg.norm(step)
            if problem.model.loss.name in KINKED:
                for t in (size, size**2, size**3, size**4 if attempt else size**2 / 4):
                    moved = reach(problem, w + step, output + t * (target - output), 8 * size)
                    if moved is not None and problem.value(moved) < value - t * margin:
                        return "openness"
            _, lower, _ = descend(problem, w + step, 200 * effort, longest_first=size / 4)
            if lower < value - margin:
                return "descent"
    if problem.value(w + 1e-4 * (best - w)) < value - 1e-5 * margin:
        return "toward the best point"
    return None


def attack(problem: Problem, rng: Generator, count: int = 6, restarts: int = 4) -> Outcome:
    """Descends from degenerate starts and tries to leave wherever it stops above the best value."""
    best, best_point = math.inf, np.zeros(problem.size)
    ends = []
    with np.errstate(all="ignore"):
        for _ in range(restarts):
            start = rng.standard_normal(problem.size) * float(rng.choice([0.3, 1.0]))
            point, value, _ = descend(problem, start)
            if value < best:
                best, best_point = value, point
        planted = [] if problem.planted is None else [problem.planted]
        for start in (*planted, *starts(problem, rng, count)):
            for iterations in (0, 300):
                point, value, gradient = descend(problem, start, iterations)
                if iterations == 0 and not stationary(problem, point, value, gradient, rng):
                    continue
                ends.append((point, value, gradient))
                if value < best:
                    best, best_point = value, point
                break
        effective: list[Candidate] = []
        stuck: list[Candidate] = []
        for point, value, gradient in ends:
            if not value > best + tolerance(value):
                continue
            if float(abs(point).max()) > FARTHEST:  # running off to an infimum at infinity
                continue
            if not stationary(problem, point, value, gradient, rng):
                continue
            how = escape(problem, point, value, best_point, rng)
            if how is None:
                how = escape(problem, point, value, best_point, rng, effort=4)
            candidate = Candidate(point, value, best, how is not None, how or "")
            effective.append(candidate)
            if how is None:
                stuck.append(candidate)
    return Outcome(effective, stuck, best, best_point)
