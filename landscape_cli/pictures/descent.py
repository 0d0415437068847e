"""Gradient descent from many starts at once: an experiment, in floating point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..hunt.objective import Objective
from .shapes import Array, Outcome, Slice, Training
from .stage import Stage

RECORDED = 160
"""Steps of a run that are kept for drawing."""

LARGEST_TRAINING = 3_000_000_000
"""Numbers that a training may touch."""


def descend(
    objective: Objective,
    starts: Array,
    rounds: int,
    *,
    record: Callable[[int, Array, Array], None] | None = None,
    step: Callable[[str], None] | None = None,
) -> tuple[Array, Array]:
    """The ends and their values. Each run has a step size of its own.

    Smooth objectives: the size is halved when the value does not fall enough, and grows a little
    otherwise. With kinks: steps of length falling like 1/sqrt(t) along the (sub)gradient, and
    the best point is kept. ``record`` is told (round, points, values).
    """
    import numpy as np

    theta = np.array(starts, dtype=float)
    values, slopes = objective.gradients(theta)
    rates = np.full(len(theta), 0.1)
    smooth = objective.smooth
    best, best_values = theta.copy(), values.copy()
    for turn in range(rounds):
        if record is not None:
            record(turn, theta, values)
        if step is not None and turn % 20 == 0:
            step("descent")
        squares = (slopes**2).sum(1)
        if smooth:
            tried = theta - rates[:, None] * slopes
            found, gradients = objective.gradients(tried)
            good = np.isfinite(found) & (found <= values - 0.3 * rates * squares)
            theta = np.where(good[:, None], tried, theta)
            values = np.where(good, found, values)
            slopes = np.where(good[:, None], gradients, slopes)
            rates = np.where(good, np.minimum(rates * 1.3, 1e3), rates / 2)
            continue
        length = 0.15 / np.sqrt(1 + turn * 40 / rounds) * (1 - turn / rounds)
        norms = np.sqrt(squares)
        move = slopes * np.minimum(length / np.maximum(norms, 1e-12), 0.1)[:, None]
        theta = theta - np.nan_to_num(move)
        values, slopes = objective.gradients(theta)
        better = values < best_values
        best[better], best_values[better] = theta[better], values[better]
    if record is not None:
        record(rounds, theta, values)
    return (theta, values) if smooth else (best, best_values)


class TooLong(Exception):
    """The training that was asked for would take too long; the message says what to do."""


def train(
    stage: Stage,
    view: Slice | None,
    axes: tuple[Array, Array] | None,
    *,
    seed: int,
    starts: int = 200,
    rounds: int = 2000,
    spread: float | None = None,
    step: Callable[[str], None] | None = None,
) -> Training:
    """Descents from normal starts, classified by the loss at which they end.

    ``spread``: the standard deviation of the starts; by default the root mean square of the
    weights of the two points that are not 0. ``axes``: two unit vectors of the plane ``view``
    whose origin is the stage's first point.
    """
    import numpy as np

    objective = stage.objective
    if starts * rounds * objective.work > LARGEST_TRAINING:
        raise TooLong(
            f"{starts} runs of {rounds} steps on {objective.size} weights would take long: "
            "lower --starts or --steps, or ask for smaller widths"
        )
    first, second = stage.first, stage.second
    both = np.concatenate([first.theta, second.theta])
    used = both[both != 0]
    if spread is None:
        spread = float(np.sqrt((used**2).mean())) if used.size else 1.0
    generator = np.random.default_rng(seed)
    begin = spread * generator.standard_normal((starts, objective.size))
    kept = sorted({round(k) for k in np.geomspace(1, rounds + 1, RECORDED) - 1} | {rounds})
    steps: list[int] = []
    losses: list[Array] = []
    paths: list[Array] = []
    wanted = set(kept)

    def record(turn: int, theta: Array, values: Array) -> None:
        if turn in wanted:
            steps.append(turn)
            losses.append(values.copy())
            if axes is not None:
                moved = theta - first.theta
                paths.append(np.stack([moved @ axes[0], moved @ axes[1]], axis=1))

    _ends, values = descend(objective, begin, rounds, record=record, step=step)
    gap = abs(first.value - second.value)
    near = (0.02 if objective.smooth else 0.05) * gap
    outcomes: list[Outcome] = []
    for value in values:
        if abs(value - first.value) <= near and not stage.lonely:
            outcomes.append("trapped")
        elif value <= second.value + 0.1 * gap:
            outcomes.append("solved")
        else:
            outcomes.append("elsewhere")
    count = outcomes.count("trapped")
    share = f"{count} of {starts} runs ({100 * count / starts:.3g} %)"
    if stage.certified:
        what = "the non-global local minimum" if first.kind == "local" else "the critical point"
        summary = f"{share} end at the loss of {what}"
    else:
        summary = f"{share} end at the loss of the {first.name}"
    levels = tuple(
        (place.value, f"loss of the {place.name}")
        for place in ((first, second) if not stage.lonely else (second,))
    )
    best = "better point, or below" if stage.certified else "best point found"
    return Training(
        stage.title,
        stage.subtitle,
        None if view is None else replace(view, path=(), path_text="", marks=view.marks[:2]),
        np.array(steps),
        np.array(losses),
        np.array(paths),
        tuple(outcomes),
        {
            "trapped": f"ends at the loss of the {first.name}",
            "solved": f"ends near the loss of the {best}",
            "elsewhere": "ends elsewhere, or has not converged",
        },
        summary,
        levels,
        (
            f"An experiment, not part of the proof: gradient descent, {rounds} steps, "
            f"normal starts of standard deviation {spread:.3g}, seed {seed}.",
        ),
    )


__all__ = ["TooLong", "descend", "train"]
