"""Custom functions in models: verdicts, findings, declarations, what is imported."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from landscape_cli.analysis import explain_function
from landscape_cli.api import check, proof_certificate
from landscape_cli.engine.report import ModelReport
from landscape_cli.kernel import verify
from landscape_cli.syntax import parse

SUM = "max((z - y)^2, exp(z) - 3)"


def report(text: str) -> ModelReport:
    found = check(text)
    assert found.errors == ()
    return found.models[0]


def status(text: str, assumption: str, theorem: str) -> tuple[str, str]:
    for near in report(text).nearest:
        for one in near.assumptions:
            if one.id == assumption and near.theorem == theorem:
                return one.status, one.text
    raise AssertionError(f"{theorem} does not show {assumption}")


def test_a_custom_logistic_loss_holds() -> None:
    text = "net 5 -> 4 -> 4; loss l(z, y) = log(1 + exp(-y*z))"
    found = report(text)
    assert (found.verdict, found.theorem) == ("holds", "linear-no-bottleneck")
    assert found.declared == ()
    convex = status(text, "convex-loss", "linear-no-bottleneck")
    assert convex[0] == "met"
    assert convex[1].startswith("derived for all real y: with u = y z: second derivative >= 0")
    assert status(text, "differentiable-loss", "linear-no-bottleneck")[0] == "met"
    document = proof_certificate(found)
    assert document is not None
    outcome = verify(document)
    assert outcome.accepted and "derived elsewhere: l is convex" in outcome.reason
    stripped = {**document["problem"], "loss": {"custom": "l", "declared": []}}
    assert not verify({**document, "problem": stripped}).accepted


def test_a_custom_leaky_relu_is_pyramidal() -> None:
    text = (
        "activation s(t) = max(t, t/10); net 9 -> s(5) -> 2; loss squared; data X full_column_rank"
    )
    found = report(text)
    assert (found.verdict, found.theorem) == ("conditional", "pyramidal")
    deep = report(text.replace("net 9 -> s(5) -> 2", "net 9 -> s(5)"))
    assert (deep.verdict, deep.theorem) == ("holds", "pyramidal")
    said = status(text.replace("9 -> s(5) -> 2", "9 -> s(5)"), "homeomorphic-activations",
                  "pyramidal")  # fmt: skip
    assert said[0] == "met" and "s: derived: strictly increasing" in said[1]
    assert proof_certificate(deep) is not None


@pytest.mark.parametrize(
    ("loss", "other"),
    [
        ("squared", "(z - y)^2/2"), ("absolute", "abs(z - y)"), ("log_cosh", "log(cosh(z - y))"),
        ("hinge", "max(0, 1 - y*z)"), ("poisson", "exp(z) - y*z"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("net", ["net 5 -> 4 -> 4", "net 5 -> 8 -> 4", "net 3 -> 2"])
def test_a_custom_copy_proves_no_more_than_the_named_loss(loss: str, other: str, net: str) -> None:
    named = report(f"{net}; loss {loss}")
    custom = report(f"{net}; loss l(z, y) = {other}")
    assert custom.verdict in (named.verdict, "conditional", "unknown")
    if named.theorem in ("linear-no-bottleneck", "linear-open-everywhere", "convex-problem"):
        assert (custom.verdict, custom.theorem) == (named.verdict, named.theorem)


def test_a_custom_loss_never_fails_by_a_family() -> None:
    for formula in ("abs(z - y)", "(z - y)^2", "-(z - y)^2", "sin(z)", SUM):
        assert report(f"net 5 -> 2 -> 4; loss l(z, y) = {formula}").verdict != "fails"
    for formula in ("max(t, 0)", "t^2", "tanh(t)", "sign(t)"):
        text = f"activation s(t) = {formula}; net 5 -> s(2) -> 4; loss squared"
        assert report(text).verdict != "fails"


def test_targets_that_are_given_are_what_counts() -> None:
    loss = "loss l(z, y) = (y^2 - 1/2)*z^2"
    assert status(f"net 2 -> 1; {loss}", "convex-loss", "convex-problem") == (
        "violated",
        "derived: not convex: for y = 0: above its chord at z = 0, between -1/4 and 1/4 "
        "(no Y is given, so every real target counts)",
    )
    given = report(f"net 2 -> 1; {loss}; data Y = [[1, -1, 1]]")
    assert (given.verdict, given.theorem) == ("holds", "convex-problem")
    assert report(f"net 2 -> 1; {loss}; data Y = [[1, -1, 0]]").verdict != "holds"
    same = f"net 1 -> 1; {loss}; data Y = X, X = [[1, -1]]"
    assert report(same).verdict == "holds"
    assert report(same.replace("-1]", "0]")).verdict != "holds"


def test_declarations() -> None:
    # What is not derived may be declared, and a verdict says so.
    open_ = f"net 5 -> 4 -> 4; loss l(z, y) = {SUM}"
    missing = status(open_, "differentiable-loss", "linear-no-bottleneck")
    assert missing[0] == "not_given" and "declare l differentiable" in missing[1]
    declared = report(f"{open_}; declare l differentiable")
    assert declared.verdict == "holds" and len(declared.declared) == 1
    # What is derived needs no word, and a false word does not help.
    known = report("net 5 -> 4 -> 4; loss l(z, y) = (z - y)^4; declare l convex smooth")
    assert known.verdict == "holds" and known.declared == ()
    lie = "net 5 -> 4 -> 4; loss l(z, y) = abs(z - y); declare l convex smooth"
    assert report(lie).verdict != "holds"
    for text, assumption, theorem, words in (
        (lie, "differentiable-loss", "linear-no-bottleneck", "declared differentiable"),
        (
            "net 2 -> 1; loss l(z, y) = (z - y)^3; declare l convex",
            "convex-loss", "convex-problem", "declared convex, but derived: not convex",
        ),
        (
            "activation s(t) = max(t, 0); declare s continuous strictly_monotone; "
            "net 3 -> s(2); loss squared; data X full_column_rank",
            "homeomorphic-activations", "pyramidal",
            "declared strictly monotone, but derived: not strictly monotone",
        ),
    ):  # fmt: skip
        found = status(text, assumption, theorem)
        assert found[0] == "violated" and words in found[1]


def test_declared_activations() -> None:
    text = "activation s(t) = t + max(sin(t), 0)/2; net 3 -> s(2); loss squared; data X {}"
    text = text.format("full_column_rank")
    found = status(text, "homeomorphic-activations", "pyramidal")
    assert found[0] == "not_given" and "declare s strictly_monotone" in found[1]
    granted = report(f"{text}; declare s continuous strictly_monotone")
    assert granted.verdict == "holds" and "declared: s" in granted.declared[0]


def test_what_is_not_a_function_on_all_of_r_grants_nothing() -> None:
    for formula in ("-log(z) + y*z", "1/(z - y)", "sqrt(z) + y", "log(y)*z"):
        text = f"net 2 -> 1; loss l(z, y) = {formula}"
        found = status(text, "convex-loss", "convex-problem")
        assert found[0] == "not_given" and "not defined" in found[1], formula


def test_explained() -> None:
    model = parse(
        "activation s(t) = max(t, t/10); net 2 -> s(2) -> 1; loss l(z, y) = log(1 + exp(-y*z))"
    )[0]
    rows = {name: (answer, text) for name, answer, text in explain_function(model, "s")}
    assert rows["strictly monotone"][0] == "yes" and rows["differentiable"][0] == "no"
    assert rows["affine piece"][1] == "(0, infinity): t"
    loss = explain_function(model, "l")
    assert loss[0][:2] == ("convex", "yes") and loss[-1][0] == "part"
    with pytest.raises(KeyError):
        explain_function(model, "relu")


PROBE = """
import json, sys
from landscape_cli.cli import main
code = main(["ask", {model!r}])
heavy = [n for n in ("sympy", "flint", "landscape_cli.analysis") if n in sys.modules]
print(json.dumps([code, heavy]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("net 5 -> 4 -> 4; loss huber(1)", []),
        ("activation s(t) = exp(t); net 5 -> 4 -> 4; loss absolute", []),
        ("net 5 -> 4 -> 4; loss l(z, y) = log(1 + exp(-y*z))", ["flint", "landscape_cli.analysis"]),
    ],
)
def test_what_is_imported(model: str, expected: list[str]) -> None:
    probe = PROBE.format(model=model)
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)
    assert json.loads(ran.stderr.splitlines()[-1])[1] == expected
