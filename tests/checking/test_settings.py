"""Configuration: which file counts, which value wins, what is wrong and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landscape_cli.checking.settings import KEYS, SETTINGS, PerFile, Settings, load
from landscape_cli.cli.check import command
from landscape_cli.model.diagnostics import Diagnostic, InputError

FULL = """\
include = ["*.model", "*.landscape"]
exclude = ["drafts/"]
respect-gitignore = false
force-exclude = true
require = "strict_saddle"
fail-on = ["fails", "unknown"]
format = "concise"
output = ["sarif=out/a.sarif"]
baseline = "known.json"
jobs = 2
cache = false
cache-dir = "kept"
verbose = true
proof = true
statistics = true
show-waived = true
exit-zero = true
allow-empty = true

[per-file."old/**"]
fail-on = []
require = "local_is_global"
"""


def settings(folder: Path, given: dict[str, Any] | None = None, **options: Any) -> Settings:
    return load(given or {}, [str(folder)], file=options.pop("file", None), **options)


def problems(folder: Path, **options: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as caught:
        settings(folder, **options)
    return caught.value.diagnostics


def test_every_setting_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "landscape.toml").write_text(FULL)
    found = settings(tmp_path)
    defaults = settings(tmp_path, isolated=True)
    for setting in SETTINGS:
        assert found[setting.field] != defaults[setting.field], setting.key
        assert found.sources[setting.field].startswith(f"{tmp_path}/landscape.toml:"), setting.key
        assert defaults.sources[setting.field] == "default"
    assert found.sources["fail_on"].endswith(":6")
    assert found["per_file"] == (PerFile("old/**", "local_is_global", ()),)
    assert found["baseline"] == str(tmp_path / "known.json")
    assert found["output"] == (("sarif", str(tmp_path / "out/a.sarif")),)


def test_every_setting_is_an_option_and_wins_over_the_file(tmp_path: Path) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert {f"--{key}" for key in KEYS} <= options
    (tmp_path / "landscape.toml").write_text(FULL)
    found = settings(
        tmp_path,
        {"fail_on": ["conditional"], "verbose": False, "per_file": ["a/*:fail-on=fails,unknown"]},
    )
    assert found["fail_on"] == ("conditional",) and found["verbose"] is False
    assert found["per_file"] == (PerFile("a/*", None, ("fails", "unknown")),)
    assert found.sources["fail_on"] == "command line"
    assert found["require"] == "strict_saddle"


def test_the_nearest_file_counts_and_a_pyproject_only_with_the_section(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.landscape]\nfail-on = ['fails']\n")
    (deep / "pyproject.toml").write_text("[project]\nname = 'landscape-models'\n")
    assert settings(deep).file == tmp_path / "pyproject.toml"
    assert settings(deep)["fail_on"] == ("fails",)
    (tmp_path / "a" / "landscape.toml").write_text("fail-on = ['unknown']\n")
    assert settings(deep)["fail_on"] == ("unknown",)
    # In one folder landscape.toml comes first.
    (tmp_path / "landscape.toml").write_text("fail-on = ['depends']\n")
    assert settings(tmp_path)["fail_on"] == ("depends",)
    assert settings(deep, file=str(tmp_path / "pyproject.toml"))["fail_on"] == ("fails",)
    assert settings(deep, isolated=True)["fail_on"] == ("unmet",)


def test_the_search_starts_at_what_the_paths_have_in_common(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "landscape.toml").write_text("jobs = 3\n")
    (tmp_path / "landscape.toml").write_text("jobs = 5\n")
    both = [str(tmp_path / "a" / "x.landscape"), str(tmp_path / "b")]
    assert load({}, both, file=None)["jobs"] == 5
    assert load({}, both[:1], file=None)["jobs"] == 3


@pytest.mark.parametrize(
    ("text", "code", "line", "message", "hint"),
    [
        ("x = 1\nrequires = 'a'\n", "E141", 2, "unknown setting `requires`", "`require`"),
        ("fail_on = []\n", "E141", 1, "unknown setting `fail_on`", "`fail-on`"),
        ("# a\n\nzzzz = 1\n", "E141", 3, "unknown setting `zzzz`", "known: include"),
        ("fail-on = ['fials']\n", "E142", 1, "`fail-on` has to be one of fails", "`fails`"),
        ("require = 3\n", "E142", 1, "`require` has to be one of", ""),
        ("jobs = 0\n", "E142", 1, "`jobs` has to be auto, or a number", ""),
        ("jobs = true\n", "E142", 1, "`jobs` has to be auto", ""),
        ("cache = 'yes'\n", "E142", 1, "`cache` has to be true or false", ""),
        ("include = [1]\n", "E142", 1, "`include` has to be a list of texts", ""),
        ("format = 'sarrif'\n", "E142", 1, "`format` has to be one of", "`sarif`"),
        ("output = ['out.sarif']\n", "E142", 1, "FORMAT=FILE", ""),
        ("output = ['serif=out']\n", "E142", 1, "`output` has to be FORMAT=FILE", "`sarif`"),
        ("baseline = ''\n", "E142", 1, "`baseline` has to be a path", ""),
        ("per-file = 1\n", "E142", 1, "`per-file` has to be tables", ""),
        ("[[per-file]]\nfiles = ['a']\n", "E142", 1, "`per-file` has to be tables", ""),
        ("[per-file.'a/*']\nfail_on = []\n", "E142", 1, '(not "fail_on")', "`fail-on`"),
        ("a = [1\n", "E140", None, "not valid TOML", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(
    text: str, code: str, line: int | None, message: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / "landscape.toml").write_text(text)
    found = next(one for one in problems(tmp_path) if message in one.message)
    assert found.code == code
    assert found.file == str(tmp_path / "landscape.toml")
    assert hint in (found.hint or "")
    if line is not None:
        assert found.span is not None and found.span.line == line
        assert found.source_line == text.splitlines()[line - 1]


def test_all_mistakes_are_shown_at_once(tmp_path: Path) -> None:
    (tmp_path / "landscape.toml").write_text("jobs = -1\ncach = true\nfail-on = 'x'\n")
    assert [one.code for one in problems(tmp_path)] == ["E142", "E141", "E142"]


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "landscape.toml").write_bytes(b"\xff")
    assert "not UTF-8" in problems(tmp_path)[0].message
    (tmp_path / "landscape.toml").write_text("a = " + "[" * 5000)
    assert problems(tmp_path)[0].code == "E140"
    assert "can't read" in problems(tmp_path, file=str(tmp_path / "missing.toml"))[0].message
    (tmp_path / "landscape.toml").unlink()
    (tmp_path / "pyproject.toml").write_text("[tool]\nlandscape = 3\n")
    assert "has to be a table" in problems(tmp_path)[0].message


VALUES = ("1", "1.5", "true", "''", "'a'", "[]", "[1]", "['a']", "[['a']]", "[{a = 1}]", "{}",
          "{a = 1}", "{a = 'b'}", "{a = {}}", "{a = {require = 1}}", "{a = {fail-on = {}}}",
          "1979-05-27", "nan", "'a\\u0000b'", "'=b'", "['json=']", "[[[]]]")  # fmt: skip


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS])
def test_a_value_of_any_kind_is_taken_or_refused(key: str, tmp_path: Path) -> None:
    refused = 0
    for value in VALUES:
        file = tmp_path / "landscape.toml"
        file.write_text(f"{key} = {value}\n", encoding="utf-8")
        try:
            load({}, [], file=str(file))
        except InputError as error:
            (problem,) = error.diagnostics
            assert problem.code in ("E140", "E142"), problem
            refused += 1
    assert refused >= 10
