"""Flat losses, and critical points without negative curvature."""

from __future__ import annotations

from typing import Any

import pytest

from landscape_cli.kernel import verify
from landscape_cli.kernel.arguments import CRITICAL

from . import mutants, oracle, samples

TUKEY = {"name": "tukey", "c": "1"}
ZERO = {f"W{k}": [[0]] for k in (1, 2, 3)}
ONES = {f"W{k}": [[1]] for k in (1, 2, 3)}


def at_zero(kind: str, value: Any = "1/2", best: Any = 0, **more: Any) -> dict[str, Any]:
    """The origin of 1 -> 1 -> 1 -> 1, X = Y = 1."""
    made = samples.certificate(
        samples.network([1] * 4, **more), [[1]], [[1]], ZERO, value, ONES, best, kind
    )
    made["critical_point"] = made.pop("local_minimum")
    return made


def tukey(point: Any, value: Any) -> dict[str, Any]:
    """X = (1, 2, 2), Y = (0, 10, 10); the better point fits the last two."""
    return samples.certificate(
        samples.network([1, 1], loss=TUKEY), [[1, 2, 2]], [[0, 10, 10]], {"W1": [[point]]},
        value, {"W1": [[5]]}, "1/6", "loss-plateau",
    )  # fmt: skip


def zero_one(weight: Any) -> dict[str, Any]:
    """Labels 1; a unit below the jump."""
    return samples.certificate(
        samples.network([1, 1, 1], ["tanh", "linear"], loss="zero_one"), [[1]], [[1]],
        {"W1": [[weight]], "W2": [[1]]}, 1, {"W1": [[1]], "W2": [[1]]}, 0, "loss-plateau",
    )  # fmt: skip


def cusp(weights: Any, value: Any, best: Any = "1", **more: Any) -> dict[str, Any]:
    """|r|^(1/2): a line through (1, 0) and (4, 1), in factors; the better point is 1/4."""
    return samples.certificate(
        samples.network([1, 1, 1], loss={"name": "lp", "p": "1/2"}, **more), [[1, 4]], [[0, 1]],
        weights, value, {"W1": [["1/4"]], "W2": [[1]]}, best, "cusp",
    )  # fmt: skip


ACCEPTED = {
    "cusp": cusp({"W1": [[0]], "W2": [["1/3"]]}, 2),
    "cusp inside a piece": samples.certificate(
        samples.network([1, 1], [{"name": "leaky_relu", "slope": "1/4"}],
                        loss={"name": "lp", "p": "1/2"}),
        [[1, 4]], [["-1/4", 0]], {"W1": [[-1]]}, 2, {"W1": [[0]]}, 1, "cusp",
    ),
    "tukey at a target": tukey(0, "1/3"),
    "tukey off all targets": tukey(2, "1/2"),
    "zero_one": zero_one(-1),
    "origin": at_zero("second-order-critical"),
    "flat origin": at_zero("flat-origin"),
    "semidefinite": at_zero("second-order-critical", best="1/20",
                            regularizer={"l2": ["1/10", "0", "0"]}),
    "cube": at_zero("second-order-critical", activations=["linear", "cube", "linear"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    outcome = verify(ACCEPTED[name])
    assert outcome.accepted, outcome.reason
    assert oracle.still_true(ACCEPTED[name])


def test_every_kind_is_exercised() -> None:
    kinds = {d["argument"]["kind"] for d in ACCEPTED.values()}
    assert kinds == {"loss-plateau", "cusp", *CRITICAL}


@pytest.mark.parametrize("name", ACCEPTED)
def test_changed_and_malformed_leaves(name: str) -> None:
    rejected = 0
    for what, document in mutants.changed(ACCEPTED[name]):
        outcome = verify(document)
        rejected += not outcome.accepted
        if outcome.accepted:
            assert oracle.still_true(document, samples=12), what
    assert rejected > 10
    for what, document in mutants.malformed(ACCEPTED[name]):
        assert not verify(document).accepted, what


REJECTED = [
    (tukey(1, "1/2"), "strictly inside a flat part"),  # |1 - 0| = c: it bends
    (tukey("1/2", "1/2"), "not the one stated"),
    (zero_one(0), "strictly inside a flat part"),
    ({**tukey(2, "1/2"), "problem": samples.network([1, 1], loss="squared")}, "not the one stated"),
    (at_zero("second-order-critical", activations=["relu", "linear", "linear"]), "kink"),
    (at_zero("second-order-critical", activations=["prelu", "linear", "linear"]), "field"),
    (at_zero("second-order-critical", best="1/20", regularizer={"l1": ["1/20", "0", "0"]}), "kink"),
    (at_zero("flat-origin", best="1/20", regularizer={"l2": ["1/10", "0", "0"]}), "regularizer"),
    (at_zero("flat-origin", activations=["celu", "linear", "linear"]), "parameter"),
    (at_zero("flat-origin", best="1/8", activations=["softsign", "linear", "linear"]), "C^2 act"),
    (at_zero("flat-origin", loss={"name": "huber", "delta": "2"}), "C^2 loss"),
    (at_zero("loss-plateau"), "unknown kind"),
    (cusp({"W1": [["1/9"]], "W2": [["1"]]}, "10/3"), "not the one stated"),
    (cusp({"W1": [["1"]], "W2": [["1"]]}, {"lower": "5", "upper": "6"}), "can move"),
    (cusp({"W1": [[0]], "W2": [[0]]}, 2, biases=[False, True]), "lacks"),
    (cusp({"W1": [[0]], "W2": [[0]]}, 2, activations=["relu", "linear"]), "breakpoint"),
    (cusp({"W1": [[0]], "W2": [[0]]}, 2, regularizer={"l2": ["1/10", "0"]}), "not the one stated"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "reason"), REJECTED)
def test_rejected(document: Any, reason: str) -> None:
    outcome = verify(document)
    assert not outcome.accepted
    assert reason in outcome.reason or "lacks" in outcome.reason, outcome.reason


def test_two_layers_have_negative_curvature_at_the_origin() -> None:
    document = samples.certificate(
        samples.network([1, 1, 1]), [[1]], [[1]], {"W1": [[0]], "W2": [[0]]}, "1/2",
        {"W1": [[1]], "W2": [[1]]}, 0, "second-order-critical",
    )  # fmt: skip
    assert "unknown kind" in verify(document).reason
    document["critical_point"] = document.pop("local_minimum")
    assert "not positive semidefinite" in verify(document).reason
    document["argument"] = {"kind": "flat-origin"}
    assert "at least 3" in verify(document).reason


def test_a_gradient_that_is_not_zero() -> None:
    document = at_zero("second-order-critical", value="1/8")
    document["critical_point"]["weights"] = {"W1": [["1"]], "W2": [["1/2"]], "W3": [["1"]]}
    assert "the gradient is not zero" in verify(document).reason
