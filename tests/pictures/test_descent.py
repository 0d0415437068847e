"""Training: an experiment whose counts add up, and the same one from the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli.pictures import Wish
from landscape_cli.pictures.descent import TooLong, descend, train
from landscape_cli.pictures.shapes import OUTCOMES, Training

from .models import ABSOLUTE, HOLDS, HUBER, picture, stage

WISH = Wish("training", "steepest", starts=60, rounds=400, size=31)


def test_runs_end_where_their_losses_say() -> None:
    found = picture(HUBER, WISH)
    assert isinstance(found, Training)
    assert sum(found.count(outcome) for outcome in OUTCOMES) == 60 == len(found.outcomes)
    trapped, solved = found.count("trapped"), found.count("solved")
    assert trapped > 5 and solved > 5
    finals = found.losses[-1]
    for outcome, loss in zip(found.outcomes, finals, strict=True):
        if outcome == "trapped":
            assert loss == pytest.approx(2.5, abs=0.03)
        elif outcome == "solved":
            assert loss <= 1.6
    assert f"{trapped} of 60 runs" in found.summary
    assert "non-global local minimum" in found.summary
    assert any("not part of the proof" in note and "seed 0" in note for note in found.notes)
    assert found.losses.shape == (len(found.steps), 60)
    assert found.paths.shape == (len(found.steps), 60, 2)
    # Each run goes down.
    assert (np.diff(found.losses, axis=0) <= 1e-12).all()


def test_the_seed_decides() -> None:
    scene = stage(HUBER)
    one, two, three = (
        train(scene, None, None, seed=seed, starts=20, rounds=60) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.losses, two.losses)
    assert not np.array_equal(one.losses, three.losses)


def test_where_it_holds_no_run_is_trapped() -> None:
    found = picture(HOLDS, WISH)
    assert isinstance(found, Training)
    assert found.count("trapped") == 0 and found.count("solved") == 60
    assert "origin" in found.summary


def test_with_kinks_the_best_point_of_a_run_counts() -> None:
    scene = stage(ABSOLUTE)
    starts = np.random.default_rng(0).standard_normal((10, scene.objective.size))
    ends, values = descend(scene.objective, starts, 300)
    assert np.allclose(scene.objective.values(ends), values)
    assert (values <= scene.objective.values(starts) + 1e-12).all()


def test_what_would_take_long_is_refused() -> None:
    with pytest.raises(TooLong, match="--starts"):
        train(stage(HUBER), None, None, seed=0, starts=100_000, rounds=1_000_000)
