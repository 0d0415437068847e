"""Every format on models that pass, fail, are waived, on bad input, none, awkward names."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from landscape_cli.api import check
from landscape_cli.checking.work import Wanted, checked_model
from landscape_cli.cli import main
from landscape_cli.findings import CheckedFile, Outcome, Result, Summary
from landscape_cli.model.diagnostics import Diagnostic
from landscape_cli.render.formats import FORMATS, Options, writer_class
from landscape_cli.render.formats.rules import rule
from landscape_cli.render.formats.stream import IN_MEMORY, Array, Later, encoded

from ..checking.folders import FAILS, HOLDS, PATHS, awkward, sarif_validator, validator, write

REPORTS: dict[str, dict[str, str]] = {}
UNMET = 2 + 1 + 1 + 1 + 1 + 7 + len(PATHS)  # of awkward(): bad, open, expired, other, surprise, ...


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, str]]:
    """The exit code and the text of every format, from one run in the folder."""
    outputs = [f"--output={form}=out/{form}" for form in FORMATS]
    here = Path.cwd()
    os.chdir(folder)
    try:
        code = main(["check", "--isolated", "--no-cache", *outputs, *arguments])
    finally:
        os.chdir(here)
    texts = {form: (folder / "out" / form).read_text(encoding="utf-8") for form in FORMATS}
    return code, texts


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("awkward")
    (folder / ".git").mkdir()
    awkward(folder)
    code, texts = run(folder, ".", "--jobs", "1")
    assert code == 2
    return texts


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, str]]:
    return run(tmp_path_factory.mktemp("empty"), ".", "--allow-empty")


def test_text_and_concise(reports: dict[str, str]) -> None:
    text = reports["text"]
    assert "NOT MET mixed.landscape:4 expired: expected holds, found fails" in text
    assert "; its waiver expired on 2020-01-31 (because: tracked)\n" in text
    assert "; its waiver is for `unknown`\n" in text
    assert "because: known | *now* <b> (until 2999-12-31)" in text
    assert "waiver  mixed.landscape:6 unused: `allow fails` is not needed" in text
    assert "paths/new\\nline.landscape:1" in text
    assert f"{UNMET} not as expected, 1 unused waiver" in " ".join(text.split())
    concise = reports["concise"].splitlines()
    assert "mixed.landscape:6:47: unused-waiver unused: `allow fails` is not needed" in "\n".join(
        concise
    )
    assert sum(": E0" in line for line in concise) == 9
    assert not any(line.startswith("mixed.landscape:5:") for line in concise), "waived"
    assert f"{UNMET} not as expected, 1 unused waiver" in concise[-1], "the summary is one line"
    # A line for each finding, and the summary.
    assert sum(bool(re.match(r".*\.landscape(:\d+:\d+)?: ", line)) for line in concise) == (
        UNMET + 1 + 9
    )


def test_json_fits_its_schema(reports: dict[str, str], empty: tuple[int, dict[str, str]]) -> None:
    document = json.loads(reports["json"])
    validator("report-1").validate(document)
    assert reports["json"] == json.dumps(document, indent=2) + "\n", "streamed like dumps"
    status = Counter(model["status"] for model in document["models"])
    assert status == {"unmet": UNMET, "ok": 2, "waived": 1}
    by_name = {m["name"]: m for m in document["models"] if m["file"] == "mixed.landscape"}
    assert by_name["waived"]["met"] and by_name["waived"]["waived"] == "known | *now* <b>"
    assert by_name["expired"]["waived"] is None and "expired" in by_name["expired"]["remark"]
    assert by_name["unused"]["unused_waiver"] and not by_name["good"]["unused_waiver"]
    assert len(document["errors"]) == 9
    nothing = json.loads(empty[1]["json"])
    validator("report-1").validate(nothing)
    assert nothing["models"] == nothing["errors"] == []
    assert empty[1]["json"] == json.dumps(nothing, indent=2) + "\n"


def test_jsonl_fits_its_schema(reports: dict[str, str], empty: tuple[int, dict[str, str]]) -> None:
    lines = [json.loads(line) for line in reports["jsonl"].splitlines()]
    for line in lines:
        validator("line-1").validate(line)
    document = json.loads(reports["json"])
    strip = ("schema", "kind")
    for kind, key in (("model", "models"), ("error", "errors")):
        found = [
            {k: v for k, v in line.items() if k not in strip}
            for line in lines
            if line["kind"] == kind
        ]
        assert found == document[key]
    assert [line["kind"] for line in lines].index("summary") == len(lines) - 1
    assert lines[-1]["unmet"] == UNMET and lines[-1]["exit_code"] == 2
    assert not validator("line-1").is_valid({**lines[-1], "exit_code": 4})
    (only,) = map(json.loads, empty[1]["jsonl"].splitlines())
    validator("line-1").validate(only)
    assert only["files"] == 0 == only["exit_code"] == empty[0]


def results(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    sarif_validator().validate(document)
    (only,) = document["runs"]
    found: list[dict[str, Any]] = only["results"]
    return found


def test_sarif_fits_the_schema(reports: dict[str, str], empty: tuple[int, dict[str, str]]) -> None:
    found = results(reports["sarif"])
    document = json.loads(reports["sarif"])
    (only,) = document["runs"]
    assert document["version"] == "2.1.0" and document["$schema"].endswith("sarif-2.1.0.json")
    assert only["columnKind"] == "unicodeCodePoints"
    assert only["invocations"][0]["exitCode"] == 2
    assert only["invocations"][0]["executionSuccessful"] is False
    rules = only["tool"]["driver"]["rules"]
    assert len(found) == UNMET + 1 + 9
    for one in found:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        (location,) = one["locations"]
        physical = location["physicalLocation"]
        assert set(physical["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        uri = physical["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri) and not uri.startswith("/")
    for one in rules:
        assert one["shortDescription"]["text"] and one["fullDescription"]["text"]
        explained = one["id"] not in ("unused-waiver", "INTERNAL")
        assert ("landscape explain" in one["help"]["text"]) == explained
    named = {unquote(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
             for r in found}  # fmt: skip
    assert {f"paths/{path}" for path in PATHS} <= named
    marks = [one["partialFingerprints"]["landscape/v1"] for one in found]
    assert len(set(marks)) == len(marks)
    anchored = next(one for one in found if one["ruleId"] == "E002")
    region = anchored["locations"][0]["physicalLocation"]["region"]
    assert set(region.values()) == {1}, "a finding without a line is at the start of its file"
    assert not any("suppressions" in one for one in found)
    # Broken documents are noticed: the schema that is vendored does its work.
    del document["runs"][0]["tool"]
    assert not sarif_validator().is_valid(document)
    assert results(empty[1]["sarif"]) == []


def test_fingerprints_stay_while_lines_move(tmp_path: Path) -> None:
    def marks(text: str) -> list[str]:
        write(tmp_path, "a.landscape", text)
        found = results(run(tmp_path, "a.landscape")[1]["sarif"])
        return [one["partialFingerprints"]["landscape/v1"] for one in found]

    first = marks(f"model a {{ {FAILS} }}\nmodel b {{ {FAILS} }}\n")
    moved = marks(f"# x\n\nmodel b {{ {FAILS} }}\nmodel a {{\n net 2->2  ->2\n loss absolute }}\n")
    assert first == moved[::-1]
    assert marks("model a { net 3 -> 3 -> 3; loss absolute }\n")[0] not in first
    assert len(set(marks(f"model a {{ {FAILS}; require strict_saddle }}\n{FAILS}\n"))) > 0


def test_waived_models_are_suppressed_results_behind_a_flag(tmp_path: Path) -> None:
    write(tmp_path, "a.landscape", f'{FAILS}; allow fails because "tracked in #1"\n')
    write(tmp_path, "b.landscape", FAILS)
    baseline = ["--baseline", str(tmp_path / "known.json")]
    assert run(tmp_path, ".", *baseline, "--update-baseline")[0] == 0
    assert results(run(tmp_path, ".", *baseline)[1]["sarif"]) == []
    code, texts = run(tmp_path, ".", *baseline, "--show-waived")
    assert code == 0
    waived, known = results(texts["sarif"])
    (one,) = waived["suppressions"]
    assert (one["kind"], one["justification"]) == ("inSource", "tracked in #1")
    assert known["suppressions"][0]["kind"] == "external"
    assert "waiver" in texts["concise"] and "| waiver |" in texts["markdown"]


def test_junit_is_read_by_junitparser(
    reports: dict[str, str], empty: tuple[int, dict[str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(reports["junit"], encoding="utf-8")
    suites = list(JUnitXml.fromfile(str(path)))
    named = {suite.name: suite for suite in suites}
    assert len(named) == len(suites)
    assert set(named) >= {"mixed.landscape", "names.landscape", "bad/errors.landscape"}
    cases = {case.name: case for case in named["mixed.landscape"]}
    assert list(cases) == [
        "good", "bad", "open", "expired", "waived", "unused", "other", "surprise", "pinned",
    ]  # fmt: skip
    assert cases["good"].result == []
    kinds = {name: [type(one) for one in case.result] for name, case in cases.items()}
    assert kinds["bad"] == [Failure] == kinds["unused"] and kinds["waived"] == [Skipped]
    assert "known | *now* <b>" in cases["waived"].result[0].message
    assert "FAILS  not every local minimum" in cases["bad"].result[0].text
    (first, *_) = named["bad/errors.landscape"]
    assert [type(one) for one in first.result] == [Error]
    suite = named["mixed.landscape"]
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == (9, 7, 1, 0)
    assert "::error::x" in {case.name for case in named["names.landscape"]}
    root = ElementTree.fromstring(empty[1]["junit"])
    assert root.tag == "testsuites" and len(root) == 0


def workflow_commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What a runner makes of the lines, by the rules of its documentation."""
    found = []
    for line in text.splitlines():
        command = re.fullmatch(r"::(error|warning) (.*?)::(.*)", line)
        if command is None:
            continue
        properties = dict(part.split("=", 1) for part in command[2].split(","))
        for escape, plain in (
            ("%2C", ","),
            ("%3A", ":"),
            ("%0A", "\n"),
            ("%0D", "\r"),
            ("%25", "%"),
        ):
            properties = {k: v.replace(escape, plain) for k, v in properties.items()}
        message = command[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        found.append((command[1], properties, message))
    return found


def test_github_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    awkward(tmp_path)
    (tmp_path / ".git").mkdir()
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    fail_on = "--per-file=mixed.landscape:fail-on=unknown"
    _, texts = run(tmp_path, "paths", "mixed.landscape", "--jobs", "1", fail_on)
    found = workflow_commands(texts["github"])
    assert len(found) == len(texts["github"].splitlines()) - 1
    assert [level for level, _, _ in found] == sorted(level for level, _, _ in found)
    files = {properties["file"] for _, properties, _ in found}
    assert {f"paths/{path}" for path in PATHS} <= files
    for _, properties, _ in found:
        assert set(properties) >= {"file", "line", "title"}
        assert ("col" in properties) == (properties["line"] == properties["endLine"])
    written = summary.read_text()
    assert written.startswith("before\n### landscape check\n\n| | Where |")
    assert written.count("\n| ") == 1 + 7 + len(PATHS)
    # At most ten of a level.
    _, texts = run(tmp_path, "paths", "names.landscape", "--jobs", "1")
    assert len(workflow_commands(texts["github"])) == 10
    assert f"and {len(PATHS) + 7 - 10} more errors\n" in texts["github"]


def test_gitlab(reports: dict[str, str], empty: tuple[int, dict[str, str]]) -> None:
    issues = json.loads(reports["gitlab"])
    assert len(issues) == UNMET + 1 + 9
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith("/")
        assert issue["location"]["lines"]["begin"] >= 1
    assert json.loads(empty[1]["gitlab"]) == []


def test_markdown(reports: dict[str, str], empty: tuple[int, dict[str, str]]) -> None:
    rows = [line for line in reports["markdown"].splitlines() if line.startswith("|")]
    assert len(rows) == 2 + UNMET + 1 + 9
    for row in rows:
        # Five bars that are not escaped: four cells.
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5, row
    assert r"\<b\>\|\`x\`\_\*" in reports["markdown"]
    assert "|" not in empty[1]["markdown"] and "0 models in 0 files" in empty[1]["markdown"]


def test_a_defect_is_an_error_in_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("a | defect")

    monkeypatch.setattr("landscape_cli.api.check", broken)
    write(tmp_path, "a.landscape", HOLDS)
    code, texts = run(tmp_path, "a.landscape")
    assert code == 3
    for form, text in texts.items():
        assert "INTERNAL" in text or form == "text", form
        assert "ZeroDivisionError" in text, form
    (notification,) = json.loads(texts["sarif"])["runs"][0]["invocations"][0][
        "toolExecutionNotifications"
    ]
    assert notification["level"] == "error"
    results(texts["sarif"])
    assert ElementTree.fromstring(texts["junit"]).find("testsuite/testcase/error") is not None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nothing/"], "E005"),
        (["a.landscape", "--config", "no.toml"], "E140"),
        (["a.landscape", "--config", "bad.toml"], "E141"),
        (["a.landscape", "--fail-on", "fials"], "E142"),
        (["a.landscape", "--baseline", "no.json"], "E143"),
        (["a.landscape", "--diff", "HEAD"], "E144"),
        (["missing.landscape"], "E001"),
    ],
)
def test_bad_input_is_reported_in_every_format(
    arguments: list[str], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "a.landscape", HOLDS)
    write(tmp_path, "bad.toml", "requires = 1\n")
    (tmp_path / "nothing").mkdir()
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        outputs = [f"--output={form}=out/{form}" for form in FORMATS]
        assert main(["check", *outputs, *arguments]) == 2
    finally:
        os.chdir(here)
    assert f"error[{word}]" in capsys.readouterr().err
    for form in FORMATS:
        assert word in (tmp_path / "out" / form).read_text(), form
    results((tmp_path / "out" / "sarif").read_text())
    validator("report-1").validate(json.loads((tmp_path / "out" / "json").read_text()))
    ElementTree.fromstring((tmp_path / "out" / "junit").read_text())


def held(value: Any) -> int:
    """The characters that a writer keeps; what waits in a file takes no memory."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(held(key) + held(one) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return sum(map(held, value))
    return held(vars(value)) if isinstance(value, (Array, Later)) else 8


@pytest.mark.parametrize("form", FORMATS)
def test_ten_thousand_files_take_no_memory(form: str) -> None:
    (report,) = check(f"model bad {{ {FAILS} }}").models
    # A document of ten thousand certificates would only take long.
    bad = checked_model(report, Wanted())._replace(document={"name": "bad"})
    error = Diagnostic("E030", "a width is at least 1, not 0")
    writer = writer_class(form)(Options())
    summary = Summary()
    size = len(writer.start())
    for k in range(10_000):
        errors = () if k % 10 else (error,)
        checked = CheckedFile(f"{k}.landscape", (bad,), errors)
        result = Result(bad, "unmet", True, fingerprint=str(k))
        outcome = Outcome(checked, (result,), checked.file)
        summary.add(outcome)
        size += len(writer.add(outcome))
    assert held(vars(writer)) < 1.2 * IN_MEMORY, "what has to wait waits in a file"
    end = writer.finish(summary)
    assert size + len(end) > {"github": 1_000, "markdown": 100_000}.get(form, 400_000)
    if form in ("text", "concise", "github"):
        numbers = "10,000 models in 10,000 files: 0 as expected, 10,000 not as expected"
        assert numbers in " ".join(end.split())
    if form == "github":
        assert end.count("::error ") == 10 and "and 10,990 more errors\n" in end


def test_every_rule_a_result_can_name_is_described() -> None:
    from landscape_cli.engine.discovery import deciding_theorems, families
    from landscape_cli.render.explain import assumptions
    from landscape_cli.syntax.codes import CODES

    names = [one.id for one in (*deciding_theorems(), *families())]
    names += [*assumptions(), *(code.code for code in CODES), "INTERNAL", "unused-waiver"]
    names += ["holds", "fails", "depends", "conditional", "unknown"]
    for name in names:
        assert all(rule(name)), name
    with pytest.raises(KeyError):
        rule("no-such-rule")


def test_what_is_kept_for_later_may_be_long() -> None:
    later = Later()
    parts = [f"{k}é\n" * 1000 for k in range(IN_MEMORY // 3000)]
    for part in parts:
        later.write(part)
    assert later.read() == "".join(parts)
    array = Array(2)
    assert array.end() == "]"
    assert encoded({"a": [1]}, 0) == json.dumps({"a": [1]}, indent=2)
