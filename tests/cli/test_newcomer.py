"""What someone meets who does not know the command yet: wrong names, full disks, closed ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from landscape_cli.cli import main

MODEL = "net 2 -> 1 -> 2; loss huber(1)"
RUN = [sys.executable, "-m", "landscape_cli"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one model file; wide, so that no message is broken."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "good.landscape").write_text(MODEL)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("command", "name", "hint"),
    [
        ("check", "god.landscape", "did you mean `good.landscape`?"),
        ("solve", "other.landscape", "model files in this folder: good.landscape"),
        ("prove", "nowhere/a.landscape", "there is no folder nowhere"),
        ("point", "empty/a.landscape", "there is no model file (*.landscape) in empty"),
        ("repair", "empty", "to check the models of a folder: landscape check empty"),
        ("counterexample", "good.landscape/a.landscape", "good.landscape is not a folder"),
    ],
)
def test_a_file_that_is_not_there(
    command: str, name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, name]) == 2
    caught = capsys.readouterr()
    assert "error[E001]" in caught.err and hint in caught.err
    assert "Traceback" not in caught.err


def test_a_model_without_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    # What the shell leaves of: landscape ask net 2 -> 1; loss squared
    assert main(["ask", "net", "2", "-"]) == 2
    assert "is best put in quotes" in capsys.readouterr().err
    assert main(["ask", "net 2 -"]) == 2
    assert "quotes" not in capsys.readouterr().err


def test_places_that_are_no_folder_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["counterexample", MODEL, "-o", "good.landscape/x/y.json"],
        ["docs", "build", "good.landscape/site"],
        ["plot", MODEL, "--direction", "origin", "-o", "good.landscape/a.svg"],
        ["check", "good.landscape", "--output", "json=good.landscape/x"],
    ):
        assert main(arguments) == 2
        assert "good.landscape is not a folder" in capsys.readouterr().err


def test_each_report_has_a_file_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    output = ["--output", "json=a", "--output", "sarif=a"]
    assert main(["check", "good.landscape", *output]) == 2
    assert "a file of its own for each report" in capsys.readouterr().err
    assert main(["check", "good.landscape", "--output", "json=-"]) == 2
    assert "for standard output there is --format" in capsys.readouterr().err
    assert not Path("-").exists()


def test_nothing_found_in_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["theorems", "xylophone"]) == 0
    assert capsys.readouterr().out.startswith("no entry has all of this")


@pytest.mark.parametrize("arguments", [["--help"], ["explain"], ["theorems", "--format", "json"]])
def test_a_full_disk_is_said_by_every_command(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*RUN, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr == "Error: can't write standard output: no space left on device\n"


def test_closed_streams_are_no_defect() -> None:
    script = f"{sys.executable} -m landscape_cli ask '{MODEL}' >&-; echo $?; " + (
        f"{sys.executable} -m landscape_cli ask 'nte' 2>&-; echo $?"
    )
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == ["1", "2"] and ran.stderr == ""
