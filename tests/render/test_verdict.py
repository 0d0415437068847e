"""The text of verdicts, from reports made by hand, at several widths."""

from __future__ import annotations

import pytest

import landscape_cli
from landscape_cli.engine.report import Guarantee
from landscape_cli.model.diagnostics import Diagnostic
from landscape_cli.model.span import Span
from landscape_cli.render.diagnostics import diagnostic_lines
from landscape_cli.render.layout import Page
from landscape_cli.render.proof import proof_lines
from landscape_cli.render.verdict import (
    HEADLINES,
    instance_rows,
    title,
    values_words,
    verdict_lines,
)
from landscape_cli.syntax import parse

from .reports import CERTIFICATE, ERROR, PROOF, model_report

FAILS = """\
FAILS  not every local minimum is global             2 -> 2 -> 2, absolute error
  nearest theorem  linear-no-bottleneck (Laurent & von Brecht 2018)
    met        linear-activations, no-bottleneck (2 >= min(2, 2))
    violated   differentiable-loss: it has a kink at 0         line 1, column 23
    not given  X-full-row-rank: it is not stated
    declared   convex-loss: declared convex                    line 1, column 23
  counterexample   X = I, Y = [[0,0],[1,0]], W2 = diag(1,0), W1 = diag(0,1)
                   local minimum 1, but 0 is attained; certificate re-checked:
                   polynomial-bound (nonsmooth-narrow)
  repairs          loss huber(1)       -> holds by linear-no-bottleneck
                   d1: 2 -> 3          -> holds by linear-open-everywhere
                   relu -> leaky_relu  -> conditional by pyramidal (only in
                                       part)
"""


def shown(found: object, width: int = 80) -> str:
    page = Page(width)
    verdict_lines(found, page)  # type: ignore[arg-type]
    return page.text


def test_fails() -> None:
    assert shown(model_report()) == FAILS


@pytest.mark.parametrize("width", [40, 60, 80, 96, 120, 300])
@pytest.mark.parametrize("verdict", ["holds", "fails", "depends", "conditional", "unknown"])
def test_no_line_is_wider_than_the_terminal(verdict: str, width: int) -> None:
    found = model_report(
        verdict,  # type: ignore[arg-type]
        conditions=("rank(W2) = 2", "rank(W1) = 2"),
        regions={"holds": "d1 >= d0", "fails": "false", "unknown": "d1 < d0"},
        guarantees=(Guarantee("pyramidal", ("rank(W2) = 2",)),),
    )
    text = shown(found, width)
    assert text.startswith(verdict.upper() + "  ")
    # Names are cut only where the terminal is too narrow for them.
    assert max(map(len, text.splitlines())) <= max(width, 40)
    if width >= 80:
        assert "line 1, column 23" in text or verdict in ("depends", "conditional")


def test_holds_names_the_theorem_and_what_it_used() -> None:
    text = shown(model_report("holds", repairs=()))
    assert "  theorem          linear-no-bottleneck (Laurent & von Brecht 2018)\n" in text
    assert "no-bottleneck        2 >= min(2, 2)\n" in text
    assert "dense-layers" not in text, "structural assumptions that are met go without saying"


def test_conditional_names_the_conditions() -> None:
    text = shown(model_report("conditional", conditions=("rank(W2) = 2", "rank(W3) = 1")))
    assert "  condition        rank(W2) = 2 and\n                   rank(W3) = 1\n" in text


def test_depends_names_the_regions() -> None:
    regions = {"holds": "d1 >= d0", "fails": "false", "unknown": "d1 < d0"}
    text = shown(model_report("depends", regions=regions))
    assert "  holds where      d1 >= d0\n" in text
    assert "  fails where      never\n" in text


def test_unknown_is_not_a_no() -> None:
    text = " ".join(shown(model_report("unknown")).split())
    assert "That is not a no" in text
    assert "nearest theorem linear-no-bottleneck" in text


def test_declared_assumptions_are_said() -> None:
    text = shown(model_report("holds", declared=("l is declared convex",)))
    assert "  on your word     l is declared convex\n" in text


def test_nonlinear_nets_that_fail_show_what_still_holds() -> None:
    guarantee = (Guarantee("frozen-features", ("rank(F1) = n",)),)
    text = shown(model_report("fails", "net 2 -> relu(2) -> 2; loss squared", guarantees=guarantee))
    assert "still global     local minima where rank(F1) = n (frozen-features)" in text
    assert "still global" not in shown(model_report("fails", guarantees=guarantee))


def test_a_family_without_an_instance_points_to_the_command() -> None:
    text = shown(model_report("fails", counterexample=None))
    assert "counterexample   family nonsmooth-narrow" in text
    assert "too large to show here: see landscape counterexample" in text


def test_an_instance_that_was_not_checked_says_so() -> None:
    found = model_report()
    counterexample = found.counterexample
    assert counterexample is not None
    text = shown(model_report(counterexample=counterexample._replace(accepted=None)))
    assert "not re-checked" in text


def test_instances_show_losses_penalties_and_biases() -> None:
    document = {
        **CERTIFICATE,
        "problem": {
            **CERTIFICATE["problem"],
            "loss": {"name": "weighted_squared", "weights": [["1", "3"], ["3", "1"]]},
            "regularizer": {"l2": "1/100"},
            "fixed": {"W3": [["1", "0"]]},
        },
        "local_minimum": {
            "weights": {"W1": [["1"]], "b1": ["1/2"], "W2": [[{"log": "3"}]]},
            "value": "1",
        },
    }
    (row,) = instance_rows(document)
    words = row.replace("\x1f", " ")
    assert "weights [[1,3],[3,1]], l2 1/100, W3 = [[1,0]] (fixed)" in words
    assert words.endswith("W2 = log 3, W1 = 1, b1 = (1/2)")


def test_a_critical_point_that_refutes_strict_saddle() -> None:
    document = {**CERTIFICATE, "critical_point": CERTIFICATE["local_minimum"]}
    del document["local_minimum"]
    assert instance_rows(document) == instance_rows(CERTIFICATE)
    assert values_words(document).startswith("critical point without negative curvature")
    with pytest.raises(KeyError):
        instance_rows({key: v for key, v in document.items() if key != "critical_point"})


def test_every_headline_exists() -> None:
    verdicts = ("holds", "fails", "depends", "conditional", "unknown")
    for asked in ("local_is_global", "strict_saddle"):
        assert all(HEADLINES[asked, verdict] for verdict in verdicts)


def test_long_networks_are_shortened_in_the_title() -> None:
    (model,) = parse("net " + " -> ".join(["7"] * 400) + "; loss squared")
    text = title(model, 72)
    assert text.startswith("7 -> ") and "(399 layers), squared error" in text
    assert len(text) <= 72


def test_proof_tree() -> None:
    page = Page(80)
    proof_lines(PROOF, page)
    assert page.lines == [
        "Proof",
        "  some local minimum is not global [nonsmooth-narrow, this catalogue 2026]",
        "  |   met widths: 2 <= 2 + 2 - 2                               line 1, column 23",
        "  `- the output bias centres the data [bias, this catalogue 2026]",
        "  besides: global where rank(W2 W1 X) < 2 [linear-bottleneck-degenerate]",
    ]


def test_input_errors_look_like_a_compiler_s() -> None:
    page = Page(80)
    diagnostic_lines(ERROR, page)
    assert page.lines == [
        "a.landscape:3:8: error[E050]: unknown loss `absolut`",
        "    3 |   loss absolut",
        "      |        ^^^^^^^",
        "  hint: did you mean `absolute`?",
    ]


def test_errors_without_a_place() -> None:
    page = Page(80)
    diagnostic_lines(Diagnostic("E001", "can't read it", "x"), page)
    assert page.lines == ["x: error[E001]: can't read it"]


def test_carets_under_long_and_strange_lines() -> None:
    long = "net 1 -> " * 100 + "0; loss squared"
    at = long.index(" 0;") + 2
    for source, column in ((long, at), ("\t日本 loss x", 10), ("a\x1bloss", 3)):
        page = Page(80)
        diagnostic_lines(
            Diagnostic("E030", "m", "f", Span(1, column, 1, column + 1), None, source), page
        )
        shown_line, carets = page.lines[1:3]
        assert "\x1b" not in shown_line
        assert len(shown_line) <= 80
        assert carets.strip().startswith("| ")
        assert "^" in carets
    page = Page(80)
    diagnostic_lines(Diagnostic("E030", "m", "f", Span(1, at, 1, at + 1), None, long), page)
    assert page.lines[1][page.lines[2].index("^")] == "0"


@pytest.mark.parametrize(
    "text",
    [
        "net 5 -> 2 -> 4; loss poisson",
        "net 5 -> 2 -> 4; loss logistic; data samples 100",
        "net 2 -> tanh(1) -> 1; loss squared",
        "net 5 -> 2 -> 4; loss cross_entropy",
        "net 5 -> 4 -> 4; loss squared; regularize l2 1/2",
        "param W: 5 x 3; map W * W^T; loss convex differentiable",
        "net d0 -> d1 -> d2; loss absolute; assume d1 >= d0 + d2",
        "net 5 -> leaky_relu(3, bias) -> 4; loss huber(1); require strict_saddle",
    ],
)
def test_real_verdicts_can_be_shown(text: str) -> None:
    for found in landscape_cli.check(text).models:
        assert found.verdict.upper() in shown(found)
        if found.proof is not None:
            page = Page(80)
            proof_lines(found.proof, page)
            assert found.proof.rule in page.text
