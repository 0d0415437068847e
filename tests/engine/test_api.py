"""The public API: one function from text to report."""

from __future__ import annotations

from pathlib import Path

from landscape_cli.api import check, check_file


def test_a_text_gives_a_report_on_every_model() -> None:
    report = check("model a { net 5 -> 2 -> 4; loss squared }\nmodel b { net 2 -> 3; loss hinge }")
    assert [m.verdict for m in report.models] == ["holds", "holds"]
    assert [m.theorem for m in report.models] == ["linear-squared", "convex-problem"]
    assert report.exit_code == 0
    assert not report.errors


def test_bad_input_is_an_error_of_the_report_and_good_models_stay() -> None:
    report = check("model a { net 5 -> 2; loss sqared }\nmodel b { net 2 -> 3; loss hinge }")
    assert [e.code for e in report.errors] == ["E050"]
    assert [m.name for m in report.models] == ["b"]
    assert report.exit_code == 2


def test_a_pinned_theorem_must_exist_and_decide() -> None:
    report = check("net 5 -> 2; loss squared; expect holds by convex-problm")
    (error,) = report.errors
    assert (error.code, error.hint) == ("E123", "did you mean `convex-problem`?")
    assert error.span is not None and error.span.line == 1
    report = check("net 5 -> 2 -> 4; loss squared; expect holds by linear-no-bottleneck")
    assert not report.errors
    assert report.exit_code == 1
    report = check("net 5 -> 2 -> 4; loss squared; expect holds by linear-squared")
    assert report.exit_code == 0


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    report = check_file(tmp_path / "none.landscape")
    assert [e.code for e in report.errors] == ["E001"]
    assert report.exit_code == 2


def test_a_waiver_covers_only_the_verdict_it_names() -> None:
    text = 'net 2 -> tanh(2) -> tanh(2) -> 1; loss huber(1); allow {} because "known"'
    verdict = check("net 2 -> tanh(2) -> tanh(2) -> 1; loss huber(1)").models[0].verdict
    assert verdict != "holds"
    assert check(text.format(verdict)).exit_code == 0
    assert check(text.format("depends")).exit_code == 1


def test_a_report_shows_its_verdict_in_a_plain_interpreter() -> None:
    report = check("model a { net 2 -> 2 -> 2; loss absolute }")
    shown = repr(report.models[0])
    assert shown == "<ModelReport a: fails by nonsmooth-narrow>"
