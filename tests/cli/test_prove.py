"""``landscape prove``: options, exit codes, widths, files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from landscape_cli.cli import landscape
from landscape_cli.engine.discovery import deciding_theorems, families

HOLDS = "net 5 -> 4 -> 7 -> 4; loss huber(1)"
FAILS = "net 2 -> 1 -> 2; loss huber(1)"
UNKNOWN = "net 5 -> tanh(5) -> tanh(3) -> 4; loss logistic"
DEPENDS = "net d0 -> d1 -> d2; loss absolute"
CONDITIONAL = "net 5 -> elu(4) -> 3; loss huber(1); data X full_column_rank"
EVERY = (HOLDS, FAILS, UNKNOWN, DEPENDS, CONDITIONAL)
EXAMPLES = [text for t in deciding_theorems() for text in t.examples]
EXAMPLES += [text for f in families() for text in f.examples[:1]]


def prove(*arguments: str, columns: int = 80, code: int | None = None, **more: Any) -> Result:
    result = CliRunner(env={"COLUMNS": str(columns), **more}).invoke(
        landscape, ["prove", *arguments], standalone_mode=False
    )
    if code is not None:
        assert result.return_value == code, result.output
        assert result.exception is None
    return result


def refused(*arguments: str) -> str:
    result = prove(*arguments)
    assert result.exception is not None
    return str(getattr(result.exception, "message", result.exception))


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_as_text_and_tree(text: str) -> None:
    shown = prove(text, "--depth", "3").output
    assert shown and "Traceback" not in shown
    tree = prove(text, "--tree").output
    assert tree.startswith(("Proof\n", "There is no proof tree"))


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("text", EVERY)
def test_lines_fit_and_colours_change_nothing(text: str, columns: int) -> None:
    for extra in ((), ("--depth", "2"), ("--tree",), ("--why-not", "linear-no-bottleneck")):
        plain = prove(text, *extra, columns=columns).output
        assert "\x1b" not in plain
        assert max(map(len, plain.splitlines())) <= columns
        coloured = prove(text, *extra, "--color", "always", columns=columns).output
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
        assert "\x1b[" in coloured or (text, extra) == (UNKNOWN, ("--tree",))
    assert "\x1b" not in prove(text, columns=columns, NO_COLOR="1").output


@pytest.mark.parametrize(
    ("text", "code"), [(HOLDS, 0), (FAILS, 0), (DEPENDS, 0), (CONDITIONAL, 1), (UNKNOWN, 1)]
)
def test_exit_codes(text: str, code: int) -> None:
    prove(text, code=code)
    prove(text, "--latex", code=code)
    document = json.loads(prove(text, "--format", "json", code=code).output)
    assert (document["undecided"] is None) == (code == 0)


def test_why_not_exit_codes() -> None:
    prove(HOLDS, "--why-not", "linear-no-bottleneck", code=1)
    prove(FAILS, "--why-not", "linear-no-bottleneck", code=0)


def test_json_carries_the_numbers_and_the_lines() -> None:
    document = json.loads(prove("net 5 -> 5 -> 4\nloss huber(1)", "--format", "json").output)
    assert document["schema"] == "landscape/argument/1"
    (part,) = document["parts"]
    used = {u["assumption"]: u for step in part["steps"] for u in step["used"]}
    assert used["no-bottleneck"]["text"] == "5 >= min(5, 4)"
    assert used["convex-loss"]["line"] == 2 and used["convex-loss"]["quote"] == "huber(1)"
    assert part["steps"][0]["source"]["authors"] == "L. Zhang"
    assert "rests_on" not in part["steps"][0]
    deep = json.loads(prove(HOLDS, "--format", "json", "--depth", "2").output)
    assert "rests_on" in deep["parts"][0]["steps"][0]


def test_why_not_as_json_has_the_certificate() -> None:
    shown = prove(FAILS, "--why-not", "linear-no-bottleneck", "--format", "json").output
    document = json.loads(shown)
    assert document["schema"] == "landscape/why-not/1" and not document["applies"]
    (missing,) = [a for a in document["assumptions"] if a["broken"] is not None]
    assert missing["assumption"] == "no-bottleneck"
    assert missing["broken"]["counterexample"]["schema"] == "landscape/certificate/1"


def test_depth_unfolds() -> None:
    sizes = [
        len(prove("net 5 -> 2 -> 4; loss squared", "--depth", str(d)).output) for d in range(3)
    ]
    assert sizes[0] < sizes[1] < sizes[2]


def test_files_are_written_together(tmp_path: Path) -> None:
    target = tmp_path / "proof.tex"
    prove(HOLDS, "--latex", "-o", str(target), code=0)
    assert r"\bibliography{proof}" in target.read_text(encoding="utf-8")
    entries = target.with_suffix(".bib").read_text(encoding="utf-8")
    assert entries.count("@") == 3 and "laurent-von-brecht-2018" in entries


def test_a_file_of_several_models(tmp_path: Path) -> None:
    path = tmp_path / "two.landscape"
    path.write_text(f"model a {{ {HOLDS} }}\n\nmodel b {{\n  {FAILS}\n}}\n", encoding="utf-8")
    shown = prove(str(path), "--model", "b", columns=120).output
    assert "line 4, column 3" in shown and "5/2" in shown
    assert "pick one" in refused(str(path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((HOLDS, "--latex", "--tree"), "choose one"),
        ((HOLDS, "--latex", "--format", "json"), "choose one"),
        ((HOLDS, "-o", "x.tex"), "add --latex"),
        ((HOLDS, "--latex", "-o", "x.bib"), "its bibliography is"),
        ((HOLDS, "--why-not", "linear-no-botleneck"), "Did you mean 'linear-no-bottleneck'"),
        ((HOLDS, "--why-not", "open-chain"), "decides verdicts"),
        ((HOLDS, "--depth", "-1"), "not in the range"),
    ],
)
def test_wrong_usage_is_refused(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(*arguments)


def test_bad_input_and_unwritable_files(tmp_path: Path) -> None:
    prove("net 5 -> ", code=2)
    (tmp_path / "file").touch()
    prove(HOLDS, "--latex", "-o", str(tmp_path / "file" / "proof.tex"), code=2)
