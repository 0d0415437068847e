"""The numerical part: a damped Newton method that avoids saddles, many starts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .objective import Array, Objective

STEP = 1e-4  # of the differences that give the Hessian
LENGTHS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.001)  # of the steps tried along a direction
MOST_STEPS = 60
FAR = 1e3  # weights beyond it count as run away


class Candidate(NamedTuple):
    """Weights of a local minimum (by all appearances) and of a better point."""

    local: Array
    better: Array


class Ends(NamedTuple):
    """Where the starts ended: points by value, the lowest first."""

    values: Array
    points: Array

    def first(self) -> Ends:
        """The lowest of them alone."""
        return Ends(self.values[:1], self.points[:1])


def joined(one: Ends, two: Ends) -> Ends:
    """Both, in order."""
    import numpy as np

    values = np.concatenate([one.values, two.values])
    order = np.argsort(values, kind="stable")
    return Ends(values[order], np.concatenate([one.points, two.points])[order])


def hessians(objective: Objective, theta: Array) -> Array:
    """Differences of gradients at a batch of vectors: batch x size x size, symmetric."""
    import numpy as np

    count, size = theta.shape
    shifts = STEP * np.eye(size)
    around = np.concatenate([theta[:, None] + shifts, theta[:, None] - shifts], axis=1)
    slopes = objective.gradients(around.reshape(-1, size))[1].reshape(count, 2 * size, size)
    found = (slopes[:, :size] - slopes[:, size:]) / (2 * STEP)
    return (found + np.swapaxes(found, 1, 2)) / 2


def descend(objective: Objective, starts: Array, going: Callable[[], bool]) -> Ends:
    """The ends of descents from a batch of starts.

    A step is the gradient divided by the sizes of the Hessian's eigenvalues, so that saddles
    repel; of a few lengths the best is taken. ``going`` is asked before every step.
    """
    import numpy as np

    theta = starts.copy()
    values = objective.values(theta)
    active = np.flatnonzero(np.isfinite(values))
    for _ in range(MOST_STEPS):
        if not len(active) or not going():
            break
        here = theta[active]
        now, slope = objective.gradients(here)
        alive = np.isfinite(slope).all(1) & (np.abs(here).max(1) < FAR)
        alive &= np.abs(slope).max(1) > 1e-10 * (1 + np.abs(now))
        active, here, now, slope = active[alive], here[alive], now[alive], slope[alive]
        if not len(active):
            break
        bend = hessians(objective, here)
        finite = np.isfinite(bend).all((1, 2))
        active, here, now, slope = active[finite], here[finite], now[finite], slope[finite]
        if not len(active):
            break
        sizes, vectors = np.linalg.eigh(bend[finite])
        sizes = np.abs(sizes)
        sizes = np.maximum(sizes, 1e-6 * sizes.max(1, keepdims=True) + 1e-12)
        along = np.einsum("bij,bi->bj", vectors, slope) / sizes
        move = -np.einsum("bij,bj->bi", vectors, along)
        length = np.linalg.norm(move, axis=1, keepdims=True)
        longest = 1 + np.linalg.norm(here, axis=1, keepdims=True)
        move *= np.minimum(1, longest / np.maximum(length, 1e-300))
        plain = -slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-300)
        tried = np.stack(
            [here + t * move for t in LENGTHS] + [here + t * plain for t in (1e-2, 1e-4)], axis=1
        )
        found = objective.values(tried.reshape(-1, objective.size)).reshape(len(active), -1)
        best = np.where(np.isfinite(found), found, np.inf).argmin(1)
        rows = np.arange(len(active))
        better = found[rows, best] < now
        theta[active[better]] = tried[rows, best][better]
        values[active[better]] = found[rows, best][better]
        active = active[better]
    good = np.isfinite(values) & (np.abs(theta).max(1) < FAR)
    return joined(Ends(values[:0], theta[:0]), Ends(values[good], theta[good]))


def candidates(
    objective: Objective, ends: Ends, strict: bool, gap: float = 1e-4
) -> Iterator[Candidate]:
    """Ends that look like local minima and are worse than the best one; each value once.

    ``strict``: only those whose Hessian looks positive definite.
    """
    import numpy as np

    if not len(ends.values):
        return
    lowest, best = ends.values[0], ends.points[0]
    seen: list[float] = []
    for value, theta in zip(ends.values[1:], ends.points[1:], strict=True):
        if value - lowest < gap * (1 + abs(value)):
            continue
        if any(abs(value - other) < 1e-7 * (1 + abs(value)) for other in seen):
            continue
        _, slope = objective.gradients(theta[None])
        if np.abs(slope).max() > 1e-4 * (1 + abs(value)):
            continue
        if strict:
            sizes = np.linalg.eigvalsh(hessians(objective, theta[None])[0])
            if not sizes[0] > 1e-6 * max(1.0, sizes[-1]):
                continue
        seen.append(float(value))
        yield Candidate(theta, best)


def starting_points(size: int, count: int, generator: Any) -> Array:
    """Normal weights of sizes that differ from start to start."""
    import numpy as np

    scales = np.exp(generator.uniform(-1.5, 1.5, (count, 1)))
    return generator.standard_normal((count, size)) * scales


def polished(objective: Objective, theta: Array) -> Array:
    """A few Newton steps."""
    import numpy as np

    for _ in range(4):
        _, slope = objective.gradients(theta[None])
        try:
            theta = theta - np.linalg.solve(hessians(objective, theta[None])[0], slope[0])
        except np.linalg.LinAlgError:
            return theta
    return theta
