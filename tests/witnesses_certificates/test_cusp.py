"""The family lp-cusp and its argument: |r|^p with p < 1 on linear networks."""

from __future__ import annotations

import copy
import random
import re

import pytest

from landscape_cli.catalogue import BuildOptions, Instance, Refusal, Scope
from landscape_cli.engine.judge import judge
from landscape_cli.facts.facts import Facts
from landscape_cli.instances import violations
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.terms import substitute_formula
from landscape_cli.syntax import parse
from landscape_cli.witnesses.lp_cusp import FAMILY
from tests.campaign.models import cusp

STEEP = ["lp(1/2)", "lp(1/3)", "lp(2/3)", "lp(3/4)", "lp(2/7)"]
EXTREME = ["lp(1/1000)", "lp(999/1000)", "lp(1/100000000)", "lp(100001/200000)", "lp(17/40)"]


def built(text: str, options: BuildOptions = BuildOptions()) -> dict | None:  # noqa: B008
    """The checked document of a claimed model; None where the text or the family says no."""
    try:
        (model,) = parse(text)
    except InputError:
        return None
    facts = Facts(model)
    scope = FAMILY.scope(facts)
    if isinstance(scope, Refusal) or scope.condition is not True:
        return None
    instance = FAMILY.build(facts, options)
    assert isinstance(instance, Instance), (text, instance)
    assert violations(facts, instance.document) == (), text
    outcome = verify(instance.document)
    assert outcome.accepted, (text, outcome.reason)
    return instance.document


def test_every_power_has_an_instance() -> None:
    rng = random.Random(42)
    count = 0
    for loss in EXTREME:
        for _ in range(25):
            count += built(re.sub(r"lp\([^)]*\)", loss, cusp(rng))) is not None
        assert built(f"net 2 -> 1 -> 2; loss {loss}") is not None
        assert built(f"net 1 -> linear(1, bias); loss {loss}; data samples 5") is not None
    assert count >= 40


@pytest.mark.parametrize(
    "text",
    [
        "net 2 -> 1; loss lp(1/2); data X full_column_rank",
        "net 2 -> 1; loss lp(1/2); data X full_row_rank, samples 2",
        "net 2 -> 1; loss lp(1/2); data X identity",
        "net 2 -> 1; loss lp(1/2); data Y realizable",
        "net 2 -> 2; loss lp(1/2); data Y = X",
        "net 2 -> 1; loss lp(1/2); data samples 1",
        "net 2 -> linear(1, bias); loss lp(1/2); data samples 2",
        "net 2 -> 1; loss lp(1/2); regularize l2 1",
        "net 2 -> 1; loss lp(1/2); subject_to convex",
        "net 2 -> relu(2) -> 1; loss lp(1/2)",
        "net 2 -> 1; loss lp(1/2); require strict_saddle",
        "net 2 -> linear(1, fixed, positive) -> 1; loss lp(1/2)",
        "net 2 -> 1; loss lp(1); data samples 5",
        "net 2 -> 1; loss lp(1/2); assume rank(X) = 0",
        # All fits of two of the three samples cost the same.
        "net 2 -> 3 -> 2; loss lp(1/2); data X = [[1, 2, 3], [0, 1, 1]]",
        "net 1 -> 1; loss lp(1/2); data X = [[1, 1]], Y = [[0, 5]]",
        # One cusp only.
        "net 1 -> 1; loss lp(1/2); data X = [[1, 2, 3]], Y = [[1, 2, 3]]",
    ],
)
def test_refused(text: str) -> None:
    (model,) = parse(text)
    assert built(text) is None
    assert judge(model).family is not FAMILY


@pytest.mark.parametrize(
    "text",
    [
        "net a -> c; loss lp(1/2)",
        "net a -> b -> c; loss lp(1/2); data samples n",
        "net a -> b -> linear(c, bias); loss lp(1/2); data samples n",
        "net a -> c; loss lp(1/2); data X full_row_rank; data samples n",
        "net a -> linear(b, bias) -> c; loss lp(1/2); data X full_row_rank; data samples n",
        "net a -> linear(c, bias); loss lp(1/2); data X full_row_rank; data samples 4",
    ],
)
def test_symbolic_widths_agree_with_numbers(text: str) -> None:
    (model,) = parse(text)
    scope = FAMILY.scope(Facts(model))
    assert isinstance(scope, Scope)
    seen = set()
    rng = random.Random(43)
    for _ in range(40):
        values = {name: rng.randint(1, 5) for name in "abcn"}
        numeric = text
        for name, value in values.items():
            for old in (f" {name} ", f" {name};", f"({name},"):
                numeric = numeric.replace(old, old.replace(name, str(value)))
            if numeric.endswith(f" {name}"):
                numeric = numeric[:-1] + str(value)
        try:
            parse(numeric)
        except InputError:
            continue  # more independent rows than samples
        expected = substitute_formula(scope.condition, dict(values))
        assert (built(numeric) is not None) is expected, (numeric, scope)
        seen.add(expected)
    assert True in seen and (len(seen) == 2 or "samples" not in text)


def test_smallest_instance_has_small_exact_values() -> None:
    document = built("net 1 -> 1; loss lp(1/2)")
    assert document is not None
    assert document["data"] == {"X": [["1", "4"]], "Y": [["0", "1"]]}
    assert document["local_minimum"]["value"] == "2"
    assert document["better_point"]["value"] == "1"


def test_options() -> None:
    document = built("net 3 -> 2; loss lp(1/2)", BuildOptions(samples=6))
    assert document is not None and len(document["data"]["X"][0]) == 6


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["local_minimum"]["weights"].update(W1=[["1/2", "0"]]), "not the one stated"),
        (lambda d: d["problem"].update(loss={"name": "absolute"}), "not the one stated"),
        (lambda d: d["problem"].update(regularizer={"l2": "0"}), None),
        (lambda d: d["argument"].update(subgradient=[]), "unknown field"),
        (lambda d: d["data"].update(Y=[["0", "1", "1", "1"]]), "not the one stated"),
    ],
)
def test_changes_of_a_certificate(change, reason) -> None:
    document = built("net 2 -> 1; loss lp(1/2); data X full_row_rank, samples 4")
    assert document is not None
    changed = copy.deepcopy(document)
    change(changed)
    outcome = verify(changed)
    assert outcome.accepted is (reason is None), outcome.reason
    assert reason is None or reason in outcome.reason


def cusp_document(x, y, w, value, better, better_value, bias=None, loss=None) -> dict:
    point = {"weights": {"W1": [w]}, "value": value}
    other = {"weights": {"W1": [better]}, "value": better_value}
    if bias is not None:
        point["weights"]["b1"], other["weights"]["b1"] = [bias], [bias]
    return {
        "schema": "landscape/certificate/1",
        "problem": {
            "widths": [len(x), 1], "activations": [{"name": "linear"}],
            "biases": [bias is not None], "loss": loss or {"name": "lp", "p": "1/2"},
            "regularizer": None,
        },
        "data": {"X": x, "Y": [y]},
        "local_minimum": point,
        "better_point": other,
        "argument": {"kind": "cusp"},
    }  # fmt: skip


def test_false_claims_are_rejected() -> None:
    fine = cusp_document([["1", "4"]], ["0", "1"], ["0"], "2", ["1/4"], "1")
    assert verify(fine).accepted
    # No sample is fitted: the point is on a slope.
    between = cusp_document([["1", "1"]], ["0", "0"], ["1"], "4", ["0"], "0")
    assert "can move" in verify(between).reason
    # The fitted sample does not see the second input.
    blind = cusp_document(
        [["1", "0"], ["0", "1"]], ["0", "1"], ["0", "0"], "2", ["0", "1"], "0"
    )  # fmt: skip
    assert "can move" in verify(blind).reason
    # With a bias one fitted sample is not enough.
    loose = cusp_document([["1", "4"]], ["0", "4"], ["0"], "4", ["1"], "2", bias="0")
    assert "can move" in verify(loose).reason
    # p = 1 has no cusp, tukey neither.
    kinked = cusp_document(
        [["1", "4"]], ["0", "1"], ["0"], "1", ["1/4"], "1/4", loss={"name": "lp", "p": "1"}
    )
    assert "p < 1" in verify(kinked).reason
    other = cusp_document(
        [["1", "4"]], ["0", "1"], ["0"], "1/6", ["1/4"], "0", loss={"name": "tukey", "c": "1"}
    )
    assert not verify(other).accepted


def test_units_inside_affine_pieces_count_as_linear() -> None:
    document = cusp_document([["1", "4"]], ["0", "1"], ["0"], "2", ["1/4"], "1")
    document["problem"].update(
        widths=[1, 1, 1], activations=[{"name": "relu"}, {"name": "linear"}],
        biases=[True, False],
    )  # fmt: skip
    document["local_minimum"]["weights"] = {"W1": [["0"]], "b1": ["1"], "W2": [["0"]]}
    document["better_point"]["weights"] = {"W1": [["1"]], "b1": ["0"], "W2": [["1/4"]]}
    # The outputs move by constants too: two fitted samples are needed, of which there is one.
    assert "can move" in verify(document).reason
    document["data"] = {"X": [["1", "2", "4"]], "Y": [["0", "0", "1"]]}
    document["better_point"]["weights"]["b1"] = ["-2"]
    document["better_point"]["weights"]["W2"] = [["1/2"]]
    document["better_point"]["value"] = "0"
    assert verify(document).accepted
    document["local_minimum"]["weights"]["b1"] = ["0"]
    assert "breakpoint" in verify(document).reason
