"""Living with findings: waivers, ``fail-on``, a baseline, what changed since a git ref."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from landscape_cli.cli import main

from .folders import FAILS, HOLDS, MIXED, UNKNOWN, validator, write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def check(*arguments: str) -> int:
    return main(["check", *(arguments or (".",))])


def models(capsys: Capture, *arguments: str) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    check(*(arguments or (".",)), "--format", "json")
    document = json.loads(capsys.readouterr().out)
    validator("report-1").validate(document)
    return {model["name"]: model for model in document["models"]}


# --- waivers and fail-on ---------------------------------------------------------------------


def test_a_waiver_holds_through_its_last_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    write(tmp_path, "a.landscape", f'{FAILS}; allow fails because "x" until 2026-03-31')
    for day, code in (("2026-03-30", 0), ("2026-03-31", 0), ("2026-04-01", 1)):
        monkeypatch.setattr("landscape_cli.checking.policy.today", lambda day=day: day)
        assert check() == code, day
    assert "its waiver expired on 2026-03-31 (because: x)" in capsys.readouterr().out


def test_ask_knows_the_day_too() -> None:
    for until, code in (("2020-01-31", 1), ("2999-12-31", 0)):
        assert main(["ask", f'{FAILS}; allow fails because "x" until {until}']) == code


def test_unused_waivers_are_findings(tmp_path: Path) -> None:
    write(tmp_path, "a.landscape", f'{HOLDS}; allow fails because "x"')
    assert check() == 1
    assert check(".", "--exit-zero") == 0
    assert check(".", "--fail-on", "fails") == 0
    write(tmp_path, "a.landscape", f'{FAILS}; expect fails; allow fails because "x"')
    assert check() == 1


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("unmet", {"bad", "open", "expired", "other", "surprise", "pinned"}),
        ("fails", {"bad", "expired", "other"}),
        ("unknown", {"open"}),
        ("fails,unknown", {"bad", "expired", "other", "open"}),
        ("conditional,depends", set()),
    ],
)
def test_fail_on_says_which_verdicts_count(
    fail_on: str, failing: set[str], tmp_path: Path, capsys: Capture
) -> None:
    write(tmp_path, "a.landscape", MIXED)
    found = models(capsys, ".", "--fail-on", fail_on)
    assert {name for name, model in found.items() if model["level"] == "error"} == failing
    assert check(".", "--fail-on", fail_on) == (1 if failing else 0)


def test_settings_for_some_files(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "old/a.landscape", f"model a {{ {FAILS} }}")
    write(tmp_path, "new/b.landscape", f"model b {{ {UNKNOWN} }}")
    write(
        tmp_path,
        "landscape.toml",
        'fail-on = ["unknown"]\n[per-file."old/"]\nfail-on = ["fails"]\n'
        '[per-file."new/*"]\nrequire = "strict_saddle"\n',
    )
    found = models(capsys)
    assert (found["a"]["property"], found["b"]["property"]) == ("local_is_global", "strict_saddle")
    assert found["a"]["level"] == "error"
    assert check("old", "--per-file", "old/:fail-on=unknown") == 0


def test_the_default_property_leaves_stated_ones_alone(tmp_path: Path, capsys: Capture) -> None:
    stated = f"model b {{ {HOLDS}; require local_is_global }}"
    write(tmp_path, "a.landscape", f"model a {{ {HOLDS} }}\n{stated}")
    found = models(capsys, ".", "--require", "strict_saddle")
    assert found["a"]["property"] == "strict_saddle"
    assert found["b"]["property"] == "local_is_global"


def test_statistics(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "a.landscape", MIXED)
    check(".", "--statistics")
    shown = capsys.readouterr().out.splitlines()
    assert "      5  verdict: fails" not in shown
    assert "      4  verdict: fails" in shown and "      1  verdict: unknown" in shown
    assert "      3  not as expected: nonsmooth-narrow" in shown
    check(".", "--statistics", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    validator("report-1").validate(document)
    assert document["statistics"]["verdicts"] == {"holds": 4, "fails": 4, "unknown": 1}


def test_no_model_file(tmp_path: Path, capsys: Capture) -> None:
    assert check() == 2
    assert "error[E005]: no model file found in . (looked for *.landscape)" in (
        capsys.readouterr().err
    )
    assert check(".", "--allow-empty") == 0
    assert capsys.readouterr().out == "0 models in 0 files: 0 as expected\n"


# --- the baseline ----------------------------------------------------------------------------


def entries(path: Path) -> list[dict[str, str]]:
    document = json.loads(path.read_text())
    validator("baseline-1").validate(document)
    found: list[dict[str, str]] = document["findings"]
    return found


def test_a_baseline_knows_findings_by_text_and_not_by_line(tmp_path: Path, capsys: Capture) -> None:
    known = tmp_path / "known.json"
    write(tmp_path, "m/a.landscape", MIXED.replace('allow fails because "no longer"', ""))
    arguments = ("m", "--baseline", "known.json")
    assert check("m") == 1
    assert check(*arguments) == 2, "there is none yet"
    assert check(*arguments, "--update-baseline") == 0
    assert "6 added, 0 removed" in capsys.readouterr().err
    assert {one["file"] for one in entries(known)} == {"m/a.landscape"}
    first = known.read_text()
    assert check(*arguments) == 0
    assert "6 known from the baseline" in capsys.readouterr().out
    # Comments, layout, order and lines don't count.
    text = (tmp_path / "m/a.landscape").read_text()
    lines = text.splitlines()
    moved = "\n# a remark\n".join(reversed(lines)).replace("2 -> 2 -> 2;", "2->2   ->2\n")
    write(tmp_path, "m/a.landscape", moved)
    assert check(*arguments) == 0
    # A changed model, another verdict, another name, another file: news.
    for old, new in (
        ("model bad { net 2->2   ->2", "model bad { net 3->3->3"),
        ("model bad ", "model worse "),
        ("model open { net 2 -> sin(3) -> tanh(2) -> 2; loss squared", f"model open {{ {FAILS}"),
    ):
        assert old in moved
        write(tmp_path, "m/a.landscape", moved.replace(old, new))
        assert check(*arguments) == 1, new
    assert known.read_text() == first, "only --update-baseline writes"
    write(tmp_path, "m/a.landscape", moved)
    write(tmp_path, "m/b.landscape", moved)
    assert check(*arguments) == 1


def test_update_and_prune(tmp_path: Path, capsys: Capture) -> None:
    known = tmp_path / "known.json"
    for name in "abc":
        write(tmp_path, f"{name}.landscape", f"model m {{ {FAILS} }}")
    arguments = (".", "--baseline", "known.json")
    check(*arguments, "--update-baseline")
    write(tmp_path, "a.landscape", f"model m {{ {HOLDS} }}")
    (tmp_path / "b.landscape").unlink()
    write(tmp_path, "d.landscape", f"model m {{ {FAILS} }}")
    capsys.readouterr()
    assert check(*arguments) == 1
    assert "note: 2 entries of known.json no longer found" in capsys.readouterr().err
    # What was not looked at stays.
    check("d.landscape", *arguments[1:], "--prune")
    assert [one["file"] for one in entries(known)] == ["a.landscape", "c.landscape"]
    assert check(*arguments, "--prune") == 1
    assert [one["file"] for one in entries(known)] == ["c.landscape"]
    assert check(*arguments, "--update-baseline") == 0
    assert [one["file"] for one in entries(known)] == ["c.landscape", "d.landscape"]
    # A file that can't be read any more keeps its entries.
    write(tmp_path, "c.landscape", "net 0")
    assert check(*arguments, "--prune") == 2
    assert len(entries(known)) == 2


def test_bad_baselines(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "a.landscape", FAILS)
    assert check(".", "--prune") == 2
    assert "which baseline?" in capsys.readouterr().err
    for text in ("", "<<<<<<< HEAD", "[]", '{"schema": "landscape/baseline/1"}', "[" * 9999,
                 '{"schema": "landscape/baseline/1", "findings": [{"file": 1}]}',
                 '{"schema": "landscape/baseline/9", "findings": []}'):  # fmt: skip
        write(tmp_path, "known.json", text)
        assert check(".", "--baseline", "known.json") == 2, text
        assert "known.json: error[E143]" in capsys.readouterr().err
    (tmp_path / "known.json").write_bytes(b"\xff\xfe")
    assert check(".", "--baseline", "known.json", "--update-baseline") == 2


# --- what changed since a git ref ------------------------------------------------------------


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_diff_shows_what_a_reviewer_wants_to_see(tmp_path: Path, capsys: Capture) -> None:
    git("init", "-q", "-b", "main")
    write(tmp_path, "m/a.landscape", f"model same {{ {FAILS} }}\nmodel turned {{ {HOLDS} }}\n"
          f"model lost {{ {HOLDS} }}\n")  # fmt: skip
    write(tmp_path, "m/untouched.landscape", FAILS)
    write(tmp_path, "m/removed.landscape", f"model r {{ {HOLDS} }}")
    same = "".join(f"model m{k} {{ {HOLDS} }}\n" for k in range(3, 9))
    write(tmp_path, "m/moved-é.landscape", f"{same}model m2 {{ {HOLDS} }}\n")
    write(tmp_path, "m/data.landscape", 'model d { net 2 -> 1 -> 2; loss absolute; '
          'data X = file "x.csv" }')  # fmt: skip
    write(tmp_path, "m/x.csv", "1,0\n0,1\n")
    write(tmp_path, "m/was-bad.landscape", "net 0")
    git("add", ".")
    git("commit", "-qm", "first")
    assert check("m", "--diff", "main") == 0
    assert capsys.readouterr().out == "no verdict differs from main\n"
    # Only the working folder counts, staged or not.
    write(tmp_path, "m/a.landscape", f"model same {{\n {FAILS} }}\nmodel turned {{ {FAILS} }}\n"
          f"model fresh {{ {HOLDS} }}\n")  # fmt: skip
    (tmp_path / "m/removed.landscape").unlink()
    git("mv", "m/moved-é.landscape", "m/new name.landscape")
    write(tmp_path, "m/new name.landscape", f"{same}model m2 {{ {FAILS} }}\n")
    write(tmp_path, "m/x.csv", "0,0\n0,0\n")
    write(tmp_path, "m/was-bad.landscape", f"model w {{ {HOLDS} }}")
    assert check("m", "--diff", "main") == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "landscape" in line[:40]]
    heads = [(line[:8].strip(), line[8:].split(":")[0], line.split(" (")[-1]) for line in lines]
    assert ("NOT MET", "m/a.landscape", "was holds by linear-squared at main)") in heads
    assert ("ok", "m/a.landscape", "new since main)") in heads
    assert any(line == "gone    m/a.landscape lost: was holds by linear-squared at main"
               for line in lines)  # fmt: skip
    assert any(line.startswith("gone    m/removed.landscape r: was holds") for line in lines)
    assert ("NOT MET", "m/new name.landscape", "was holds by linear-squared at main)") in heads
    assert ("ok", "m/was-bad.landscape", "was bad input at main)") in heads
    assert any(head[1] == "m/data.landscape" and "was fails" in head[2] for head in heads)
    assert not any("untouched" in line or "same" in line or "m3" in line for line in lines)
    check("m", "--diff", "main", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    validator("report-1").validate(document)
    assert {one["name"] for one in document["gone"]} == {"lost", "r"}
    assert {one["name"]: (one["before"]["verdict"], one["verdict"])
            for one in document["models"]} == {
        "turned": ("holds", "fails"), "fresh": (None, "holds"), "m2": ("holds", "fails"),
        "w": ("bad input", "holds"), "d": ("fails", "holds"),
    }  # fmt: skip
    check("m", "--diff", "main", "--format", "markdown")
    table = capsys.readouterr().out
    assert table.startswith("### landscape check, compared with main\n")
    assert "was holds by linear-squared at main" in table and "| gone |" in table


def test_diff_refuses_what_git_does_not_know(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "a.landscape", HOLDS)
    assert check(".", "--diff", "main") == 2
    assert "error[E144]" in capsys.readouterr().err
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    for ref in ("nothing", "--help", "main:a.landscape", "-x"):
        assert check(".", f"--diff={ref}") == 2, ref
        assert f"git knows no commit {ref!r}" in capsys.readouterr().err
