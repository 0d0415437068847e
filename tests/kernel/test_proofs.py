"""Proofs of positive verdicts: every side condition broken in turn."""

from __future__ import annotations

from typing import Any

import pytest

from landscape_cli.kernel import verify

from .samples import network


def proof(theorem: str, problem: Any, **more: Any) -> dict[str, Any]:
    return {
        "schema": "landscape/proof/1",
        "problem": {**problem, **more},
        "steps": [{"theorem": theorem}],
    }


HUBER = {"name": "huber", "delta": "1"}
WIDE = network([2, 2, 2], loss=HUBER)
CONVEX = {"class": "convex"}
SMOOTH = {"class": "convex smooth"}
SYMMETRIC = {"map": "W*W^T", "shape": [2, 2], "loss": {"name": "absolute"}}
GOOD = [
    proof("linear-no-bottleneck", WIDE),
    proof("linear-no-bottleneck", network([9, 2, 5, 9], loss=SMOOTH), rank_x=2),
    proof("linear-no-bottleneck", network([9, 2, 9], biases=[False, True], loss=SMOOTH), samples=3),
    proof("linear-no-bottleneck", network([9, 2, 3], loss="cross_entropy")),
    proof("linear-squared", network([9, 1, 9])),
    proof("linear-squared", network([9, 1, 9], loss={"name": "lp", "p": "2"})),
    proof("two-layer-squared", network([9, 1, 9], biases=[True, False])),
    proof("linear-open-everywhere", network([2, 3, 2], loss=CONVEX)),
    proof("linear-loss-linear", network([3, 1, 1, 3], loss="linear_loss")),
    proof("convex-problem", network([3, 3], loss="hinge", regularizer={"l1": "1"})),
    proof("two-layer-decay", network([2, 2, 2], loss=HUBER, regularizer={"l2": ["1", "1/2"]})),
    proof("symmetric-wide", SYMMETRIC),
    proof("symmetric-squared", {**SYMMETRIC, "shape": [3, 1], "loss": {"name": "squared"}}),
]
BAD = [
    (proof("linear-no-bottleneck", network([2, 1, 2], loss=HUBER)), "no-bottleneck"),
    (proof("linear-no-bottleneck", network([2, 2, 2], loss="absolute")), "differentiable"),
    (proof("linear-no-bottleneck", network([2, 2, 2], ["relu", "linear"])), "linear-activations"),
    (proof("linear-no-bottleneck", WIDE, regularizer={"l2": "1"}), "no-regularizer"),
    (proof("linear-no-bottleneck", network([9, 2, 9], loss=SMOOTH), rank_x=3), "no-bottleneck"),
    (proof("linear-no-bottleneck", network([1, 1, 2], biases=[True, False], loss=HUBER)), "no-"),
    (proof("linear-squared", network([3, 1, 1, 3], biases=[False, True, False])), "bias-pattern"),
    (proof("linear-squared", network([9, 1, 9], loss=HUBER)), "squared-loss"),
    (proof("linear-squared", network([9, 1, 9], loss={"name": "lp", "p": "3"})), "squared-loss"),
    (proof("two-layer-squared", network([9, 1, 1, 9])), "two-layers"),
    (proof("linear-open-everywhere", network([2, 2, 2], loss=CONVEX)), "open-widths"),
    (proof("linear-open-everywhere", network([2, 3, 2], loss={"name": "tukey", "c": "1"})), "conv"),
    (proof("linear-loss-linear", network([2, 3, 2])), "linear-loss"),
    (proof("convex-problem", network([3, 3, 3])), "affine-in-parameters"),
    (proof("convex-problem", network([3, 3], loss={"name": "lp", "p": "1/2"})), "convex"),
    (proof("two-layer-decay", network([2, 2, 2], regularizer={"l2": ["1", "0"]})), "l2-on-every"),
    (proof("two-layer-decay", network([2, 1, 2], regularizer={"l2": "1"})), "no-bottleneck"),
    (proof("two-layer-decay", network([2, 2, 2], (), [True, False], "squared", {"l2": "1"})), "b"),
    (proof("symmetric-wide", {**SYMMETRIC, "shape": [2, 1]}), "factor-wide-enough"),
    (proof("symmetric-wide", {**SYMMETRIC, "regularizer": {"l1": "1"}}), "l1"),
    (proof("symmetric-squared", {**SYMMETRIC, "map": "W*W^T*X", "loss": {"name": "squared"}}), "m"),
    (proof("pyramidal", WIDE), "unknown theorem"),
    (proof("linear-squared", WIDE, extra=1), "unknown field"),
    (proof("linear-squared", WIDE, fixed={}), "unknown field"),
    (proof("linear-no-bottleneck", WIDE, rank_x="2"), "integer"),
    (proof("linear-squared", network([0, 1, 2])), "integer"),
    (proof("linear-squared", network([2, 1, 3]), skip=[True, False]), "skip"),
]  # fmt: skip


@pytest.mark.parametrize("document", GOOD, ids=lambda d: d["steps"][0]["theorem"])
def test_accepted(document: Any) -> None:
    outcome = verify(document)
    assert outcome.accepted and outcome.argument == document["steps"][0]["theorem"], outcome.reason


@pytest.mark.parametrize(("document", "reason"), BAD)
def test_rejected(document: Any, reason: str) -> None:
    outcome = verify(document)
    assert not outcome.accepted and reason in outcome.reason, outcome.reason


def test_steps_are_one_known_step() -> None:
    for steps in ([], [{}], [{"theorem": "linear-squared"}] * 2, {}, [{"theorem": ["x"]}], [None]):
        assert not verify({**GOOD[0], "steps": steps}).accepted
