"""The commands in this process: output, exit codes, usage errors."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from landscape_cli.cli import landscape, main

HOLDS = "net 5 -> 2 -> 4; loss squared"
FAILS = "net 2 -> 2 -> 2; loss absolute"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty columns, no colour, whatever runs the tests."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "LANDSCAPE_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def feed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))


# --- ask -------------------------------------------------------------------------------------


def test_ask_prints_the_verdict_and_exits_by_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", HOLDS]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("HOLDS  every local minimum is global")
    assert "theorem          linear-squared (" in shown
    assert main(["ask", FAILS]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("FAILS  not every local minimum is global")
    assert "certificate re-checked: polynomial-bound" in " ".join(shown.split())
    assert "differentiable-loss: the absolute error has a" in shown


def test_exit_zero_is_for_verdicts_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--exit-zero", FAILS]) == 0
    assert main(["ask", "--exit-zero", "net 2 -> 0"]) == 2
    assert "error[E030]" in capsys.readouterr().err


def test_expect_decides_the_exit_code() -> None:
    assert main(["ask", FAILS + "; expect fails"]) == 0
    assert main(["ask", HOLDS + "; expect fails"]) == 1
    assert main(["ask", FAILS + '; allow fails because "known"']) == 0


def test_words_of_ask_are_joined(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "net", "5", "->", "2;", "loss", "squared"]) == 0
    assert capsys.readouterr().out.startswith("HOLDS")


def test_ask_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(monkeypatch, HOLDS.encode())
    assert main(["ask", "-"]) == 0
    assert capsys.readouterr().out.startswith("HOLDS")
    feed(monkeypatch, b"net 5 -> \xff")
    assert main(["ask", "-"]) == 2
    assert "error[E002]" in capsys.readouterr().err


def test_an_empty_question_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", ""]) == 2
    assert "error[E018]" in capsys.readouterr().err


def test_ask_about_a_path_suggests_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.landscape"
    path.write_text(HOLDS)
    assert main(["ask", str(path)]) == 2
    assert f"landscape check {path}" in capsys.readouterr().err
    assert main([str(path)]) == 2
    assert f"landscape check {path}" in capsys.readouterr().err


def test_all_errors_are_reported_with_carets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "net 5 -> 0; los squared"]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    lines = caught.err.splitlines()
    assert lines[0] == "<text>:1:10: error[E030]: " + lines[0].split(": ", 2)[2]
    assert lines[1] == "    1 | net 5 -> 0; los squared"
    assert lines[2] == "      |          ^"
    assert "did you mean `loss`?" in caught.err


def test_proof_is_printed_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", HOLDS])
    assert "Proof" not in capsys.readouterr().out
    main(["ask", "--proof", HOLDS])
    shown = capsys.readouterr().out
    assert "\nProof\n" in shown
    assert "[linear-squared, " in shown
    assert "`- " in shown


def test_several_models_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    text = f"model one {{ {HOLDS} }}; model two {{ {FAILS} }}"
    assert main(["ask", text]) == 1
    shown = capsys.readouterr().out
    assert shown.index("model one\nHOLDS") < shown.index("model two\nFAILS")


def test_json_has_models_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--format", "json", FAILS]) == 1
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["verdict"] == "fails"
    assert model["nearest"][0]["theorem"] == "linear-no-bottleneck"
    assert model["counterexample"]["local_minimum"]["value"] == "1"
    assert main(["ask", "--format", "json", "net 5 -> 0; loss squared"]) == 2
    caught = capsys.readouterr()
    assert caught.err == ""
    (error,) = json.loads(caught.out)["errors"]
    assert (error["code"], error["line"], error["column"]) == ("E030", 1, 10)


# --- check -----------------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_check_has_a_line_for_each_and_details_for_the_unmet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "a.landscape", f"model good {{ {HOLDS} }}\nmodel bad {{ {FAILS} }}\n")
    write(tmp_path, "deep/b.landscape", f"{FAILS}; expect fails\n")
    write(tmp_path, "deep/notes.txt", "not a model")
    assert main(["check", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert f"ok      {tmp_path}/a.landscape:1 good: holds by linear-squared\n" in shown
    assert f"NOT MET {tmp_path}/a.landscape:2 bad: expected holds, found fails by" in shown
    assert shown.count("FAILS  not every") == 1
    assert shown.endswith("3 models in 2 files: 2 as expected, 1 not as expected\n")
    assert main(["check", "--exit-zero", str(tmp_path)]) == 0
    assert main(["check", "--verbose", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "HOLDS  every" in shown


def test_check_says_what_is_waived_and_what_is_pinned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "a.landscape",
        f'model known {{ {FAILS}; allow fails because "tracked" }}\n'
        f"model pinned {{ {HOLDS}; expect holds by linear-no-bottleneck }}\n",
    )
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "waived" in shown and "because: tracked" in shown
    assert "expected holds by linear-no-bottleneck, found holds by linear-squared" in shown
    assert shown.endswith("2 models in 1 file: 0 as expected, 1 waived, 1 not as expected\n")


def test_check_goes_on_after_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "a.landscape", "net 5 -> 0; loss squared\n")
    write(tmp_path, "b.landscape", HOLDS)
    assert main(["check", "--exit-zero", str(tmp_path), str(tmp_path / "missing")]) == 2
    caught = capsys.readouterr()
    assert f"{tmp_path}/a.landscape:1:10: error[E030]" in caught.err
    assert "error[E001]" in caught.err
    assert f"ok      {tmp_path}/b.landscape:1: holds" in caught.out
    assert caught.out.endswith("1 model in 3 files: 1 as expected, 2 input errors\n")


def test_no_model_file_is_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert "no model file found" in capsys.readouterr().err


def test_check_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(monkeypatch, HOLDS.encode())
    assert main(["check", "-"]) == 0
    assert "ok      <stdin>:1: holds" in capsys.readouterr().out


def test_a_file_named_twice_is_checked_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "a.landscape", HOLDS)
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "same.landscape").symlink_to(path)
    assert main(["check", str(path), str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("1 model in 1 file: 1 as expected\n")


def test_a_defect_in_one_file_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import landscape_cli.api

    real = landscape_cli.api.check

    def broken(text: str, **options: object) -> object:
        if str(options["file"]).endswith("a.landscape"):
            raise ZeroDivisionError("a defect")
        return real(text, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(landscape_cli.api, "check", broken)
    for name in ("a", "b"):
        write(tmp_path, f"{name}.landscape", HOLDS)
    assert main(["check", str(tmp_path)]) == 3
    caught = capsys.readouterr()
    assert "internal error: " in caught.err and "a defect" in caught.err
    assert "Traceback" not in caught.err
    assert "ok " in caught.out and "1 internal error" in caught.out
    assert main(["check", "--format", "json", str(tmp_path)]) == 3
    document = json.loads(capsys.readouterr().out)
    assert [error["code"] for error in document["errors"]] == ["INTERNAL"]
    assert len(document["models"]) == 1


def test_internal_errors_show_a_traceback_only_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("two rules\ndisagree")

    monkeypatch.setattr("landscape_cli.api.check", broken)
    assert main(["ask", HOLDS]) == 3
    error = capsys.readouterr().err
    assert error.startswith("landscape: internal error: RuntimeError: two rules disagree")
    assert error.count("\n") == 1
    monkeypatch.setenv("LANDSCAPE_DEBUG", "1")
    assert main(["ask", HOLDS]) == 3
    assert "Traceback" in capsys.readouterr().err


# --- theorems, explain -----------------------------------------------------------------------


def test_theorems_filters(capsys: pytest.CaptureFixture[str]) -> None:
    def ids(*arguments: str) -> list[str]:
        assert main(["theorems", "--format", "json", *arguments]) == 0
        return [entry["id"] for entry in json.loads(capsys.readouterr().out)]

    every = ids()
    assert len(every) == len(set(every)) > 60
    assert "linear-squared" in ids("--kind", "holds")
    assert "linear-squared" not in ids("--kind", "conditional")
    assert "symmetric-wide" in ids("--setting", "symmetric")
    assert "linear-no-bottleneck" in ids("--assumption", "differentiable-loss")
    assert "linear-open-everywhere" not in ids("--assumption", "differentiable-loss")
    assert "two-layer-squared" in ids("--property", "strict_saddle")
    assert "open-product" in ids("behrends")
    assert ids("behrends", "nothing-like-it") == []
    assert main(["theorems"]) == 0
    assert "open-product" in capsys.readouterr().out


def test_theorems_json_has_the_keys_of_the_interface(capsys: pytest.CaptureFixture[str]) -> None:
    main(["theorems", "--format", "json"])
    for entry in json.loads(capsys.readouterr().out):
        assert entry.keys() >= {
            "id", "title", "source", "assumptions", "conclusion", "subsumes",
        }  # fmt: skip
        assert entry["conclusion"]


def test_an_unknown_assumption_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["theorems", "--assumption", "convex-los"]) == 2
    assert "Did you mean 'convex-loss'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("linear-no-bottleneck", "theorem", "Laurent"),
        ("open-product", "rule", "Behrends"),
        ("nonsmooth-narrow", "counterexample family", "polynomial-bound"),
        ("svd-continuity", "erratum", "Stewart"),
        ("kawaguchi-2016", "historical theorem", "Generalised by"),
        ("no-bottleneck", "assumption", "Needed by"),
        ("huber", "loss", "delta"),
        ("lp", "loss", "lp(3/2)"),
        ("convex differentiable", "loss", "class"),
        ("relu", "activation", "strictly monotone  no"),
        ("LEAKY-RELU", "activation", "slope"),
        ("e030", "error code", "width"),
        ("conditional", "verdict", "condition"),
        ("not_given", "status", "stated"),
        ("rank-chart", "argument", "Used by"),
        ("exit-codes", "interface", "130"),
        ("strict_saddle", "property", "negative curvature"),
    ],
)
def test_explain(name: str, kind: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *name.split()]) == 0
    shown = capsys.readouterr().out
    assert kind in shown.splitlines()[0] + shown.splitlines()[1]
    assert words in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_explain_suggests_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "linear-no-botleneck"]) == 2
    assert "Did you mean 'linear-no-bottleneck'" in capsys.readouterr().err
    assert main(["explain", "zzzzzz"]) == 2
    assert "nothing is called 'zzzzzz'" in capsys.readouterr().err


def test_explain_without_a_name_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    shown = capsys.readouterr().out
    for name in ("linear-squared", "convex-loss", "hinge", "relu", "unknown", "E030"):
        assert name in shown


# --- the command line itself -----------------------------------------------------------------


def test_misspelt_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chekc"]) == 2
    assert "Did you mean 'check'?" in capsys.readouterr().err
    assert main(["ask", "--fromat", "json", HOLDS]) == 2
    assert "--format" in capsys.readouterr().err
    assert main(["ask"]) == 2
    assert main(["ask", "--format", "jsn", HOLDS]) == 2
    assert main([HOLDS]) == 2
    assert "landscape ask" in capsys.readouterr().err
    assert main(["_console"]) == 2
    assert main(["__init__"]) == 2


def test_every_command_has_help_with_examples_and_the_common_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    import click

    names = landscape.list_commands(click.Context(landscape))
    assert {"ask", "check", "theorems", "explain"} <= set(names)
    assert not [name for name in names if name.startswith("_")]
    for name in names:
        assert main([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert "Examples:" in shown, name
        assert "--format" in shown, name
        assert "--color [auto|always|never]" in shown, name


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import landscape_cli

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"landscape {landscape_cli.__version__}\n"


def test_colour_changes_nothing_but_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    def shown(*arguments: str) -> str:
        main(["ask", *arguments, FAILS])
        return capsys.readouterr().out

    plain = shown()
    assert "\x1b" not in plain
    coloured = shown("--color", "always")
    assert "\x1b[1;31mFAILS\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert shown() == coloured
    assert shown("--color", "never") == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown() == plain
    assert shown("--color", "always") == coloured


def test_the_api_is_offered_by_the_package() -> None:
    import landscape_cli

    report = landscape_cli.check(FAILS)
    assert report.models[0].verdict == "fails"
    assert report.exit_code == 1
    with pytest.raises(AttributeError):
        landscape_cli.nothing  # noqa: B018
