"""Which models have a picture, and what the others are told."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_cli.pictures.stage import NoStage, concrete, set_stage

from .models import HUBER, judged, stage


@pytest.mark.parametrize(
    ("text", "part", "hint"),
    [
        ("net d0 -> d1 -> d2; loss huber(1)", "symbols", "solve"),
        ("net 5 -> 4 -> 3; loss convex differentiable", "one loss", "huber"),
        ("net 500 -> 500 -> 10; loss squared", "data are drawn for up to", "smaller"),
        ("net 2 -> 2 -> 2; loss linear_loss; subject_to convex", "constrained", "subject_to"),
        ("net 2 -> 2 -> 2; loss squared; data Y realizable", "not drawn", "give Y"),
        ("net 2 -> 2; loss linear_loss", "without end", "bounded below"),
    ],
)
def test_without_an_instance_it_is_said_what_to_do(text: str, part: str, hint: str) -> None:
    with pytest.raises(NoStage, match=part) as caught:
        set_stage(judged(text), 0)
    assert caught.value.hint is not None and hint in caught.value.hint


def test_symbolic_widths_that_always_fail_are_drawn_at_the_smallest() -> None:
    found = stage("net d -> relu(k) -> 1; loss squared; assume d >= 2 and k >= 1")
    assert found.certified and "smallest widths" in found.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "net 3 -> 2 -> 2; loss logistic; data X identity",
        "net 2 -> 2 -> 3; loss cross_entropy",
        "net 2 -> 2 -> 2; loss poisson",
        "net 3 -> 2 -> linear(2, fixed); loss squared",
        "param W: 2 x 2; map W * W^T; loss huber(1)",
        "param A: 2 x 2; param B: 2 x 2; map A * B; loss log_cosh",
    ],
)
def test_drawn_data_fit_the_model_and_the_seed(text: str) -> None:
    judgement = judged(text)
    assert judgement.verdict in ("holds", "conditional")
    one, drawn = concrete(judgement, 1)
    assert drawn
    assert one == concrete(judgement, 1)[0]
    assert one != concrete(judgement, 2)[0]
    found = set_stage(judgement, 1)
    values = found.objective.values(np.stack([found.first.theta, found.second.theta]))
    assert np.isfinite(values).all() and values[1] <= values[0]
    assert not found.certified and "numerical" in found.second.legend


def test_drawn_data_satisfy_the_statements() -> None:
    from landscape_cli.algebra import rank

    text = "net 3 -> 2 -> 3; loss squared; data X isotropic; regularize l2 1/2"
    x = concrete(judged(text), 4)[0].data.matrix("X")
    assert x is not None
    values = np.linalg.svd(np.array(x.matrix.rows, float), compute_uv=False)
    assert np.allclose(values[values > 1e-9], values.max())
    ranked = "net 3 -> 3 -> 2; loss squared; data Y full_row_rank; assume rank(X) <= 2"
    data = concrete(judged(ranked), 0)[0].data
    x, y = data.matrix("X"), data.matrix("Y")
    assert x is not None and y is not None
    assert rank(x.matrix.rows) <= 2 and rank(y.matrix.rows) == 2


def test_given_data_are_used() -> None:
    text = "net 1 -> 1 -> 1; loss squared; data X = [[2]], Y = [[6]]"
    model, drawn = concrete(judged(text), 0)
    assert not drawn and model == judged(text).facts.model
    found = stage(text)
    assert found.notes == ("data of the model",)
    assert found.first.value == pytest.approx(18) and found.second.value == pytest.approx(0)
    assert "loss 18 (exact)" in found.first.legend


def test_the_legend_of_a_certified_point() -> None:
    found = stage(HUBER)
    assert found.first.legend == (
        "certified local minimum, loss 5/2 (exact): W2 = [[2],[0]], W1 = [[1,0]]"
    )
    assert found.notes == ("instance (bottleneck-huber): X = I, Y = diag(2,3)",)
