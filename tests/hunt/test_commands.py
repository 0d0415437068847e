"""The commands counterexample, verify and hunt, as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from landscape_cli.cli import main


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "landscape_cli", *arguments],
        input=text, capture_output=True, text=True, timeout=120, env=environment, check=False,
    )  # fmt: skip


RELU = "net 2 -> relu(3) -> 1; loss squared"


def test_counterexample_shows_writes_and_verifies(tmp_path: Path) -> None:
    target = tmp_path / "instance.json"
    shown = run("counterexample", RELU, "-o", str(target))
    assert shown.returncode == 0, shown.stderr
    for part in ("X = [-1 0 1]", "local minimum, loss 3", "better point, loss 5/2", "W2 = [1 0 0]",
                 "least-squares fit", "affine-region", "kernel", str(target.name)):  # fmt: skip
        assert part in shown.stdout, part
    assert not shown.stderr
    checked = run("verify", str(target))
    assert checked.returncode == 0
    assert "accepted" in checked.stdout
    assert checked.stdout.count("\n") == 1


def test_counterexample_in_json_is_the_certificate() -> None:
    made = run("counterexample", "-", "--format", "json", "--samples", "5", text=RELU)
    document = json.loads(made.stdout)
    assert document["schema"] == "landscape/certificate/1"
    assert len(document["data"]["X"][0]) == 5
    checked = run("verify", "-", "--format", "json", text=made.stdout)
    assert checked.returncode == 0
    (answer,) = json.loads(checked.stdout)
    assert answer["accepted"] is True
    assert answer["argument"] == "affine-region"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("net 3 -> 4 -> 2; loss squared", "no counterexample"),
        ("net 2 -> tanh(2) -> tanh(2) -> 1; loss squared", "unknown"),
        ("net d -> relu(2) -> 1; loss squared", "symbols"),
    ],
)
def test_no_counterexample_says_why(text: str, part: str) -> None:
    answer = run("counterexample", text)
    assert answer.returncode == 1, answer.stderr
    assert part in answer.stdout.replace("\n", " ")
    assert not answer.stderr


def test_large_matrices_are_summarised() -> None:
    shown = run("counterexample", "net 40 -> relu(30) -> 2; loss squared")
    assert shown.returncode == 0
    assert "30 x 40" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_interval_certificates_name_their_checker(tmp_path: Path) -> None:
    target = tmp_path / "split.json"
    made = run("counterexample", "net 2 -> tanh(3) -> 1; loss squared", "-o", str(target))
    assert made.returncode == 0
    assert "interval checker" in made.stdout
    checked = run("verify", str(target))
    assert checked.returncode == 0
    assert "interval checker" in checked.stdout


def test_verify_tells_rejected_from_unreadable(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    run("counterexample", RELU, "-o", str(good))
    document = json.loads(good.read_text("utf-8"))
    document["better_point"]["value"] = "1"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(document), "utf-8")
    both = run("verify", str(good), str(bad))
    assert both.returncode == 1
    lines = both.stdout.splitlines()
    assert len(lines) == 2
    assert "accepted" in lines[0]
    assert "rejected" in lines[1]
    assert "better_point" in lines[1]
    broken = tmp_path / "broken.json"
    for content in (b"", b"[" * 200_000, b"\xff\xfe", b'{"a": NaN}', b"1" * 6000):
        broken.write_bytes(content)
        answer = run("verify", str(broken))
        assert answer.returncode in (1, 2), answer.stderr
        assert "rejected" in answer.stdout
        assert "Traceback" not in answer.stderr
    assert run("verify", str(tmp_path / "none.json")).returncode == 2


def test_hunt_finds_or_says_that_this_is_no_verdict(tmp_path: Path) -> None:
    target = tmp_path / "found.json"
    text = "net 2 -> relu(2) -> 1; loss squared; data samples 6"
    found = run("hunt", text, "--starts", "300", "-o", str(target))
    assert found.returncode == 0, found.stderr
    assert run("verify", str(target)).returncode == 0
    none = run("hunt", "net 1 -> quadratic(1) -> 1; loss squared", "--starts", "20")
    assert none.returncode == 1
    said = none.stdout.replace("\n", " ")
    assert "None found in 20 starts" in said and "not a verdict" in said
    listed = run("hunt", "net 1 -> quadratic(1) -> 1; loss squared", "--starts", "20",
                 "--format", "json")  # fmt: skip
    assert listed.returncode == 1
    answer = json.loads(listed.stdout)
    assert answer["found"] is None and answer["starts"] == 20
    assert "not a verdict" in answer["reason"]


@pytest.mark.parametrize(
    ("text", "theorem"),
    [
        ("net 2 -> 1 -> 2; loss squared", "linear-squared"),
        ("net 3 -> leaky_relu(1, slope=1/2); loss squared; data X identity", "pyramidal"),
    ],
)
def test_there_is_nothing_to_find_where_a_theorem_holds(text: str, theorem: str) -> None:
    answer = run("hunt", text)
    assert answer.returncode == 1
    assert "There is none to find" in answer.stdout and theorem in answer.stdout


def test_a_model_that_is_not_hunted_says_why() -> None:
    refused = run("hunt", "net 2 -> relu(2) -> 1; loss absolute")
    assert refused.returncode == 2
    said = refused.stderr.replace("\n", " ")
    assert "kinks" in said and "landscape counterexample" in said
    for bad in (("net 2 -> relu(", "error"), ("no such file.landscape", "error")):
        answer = run("hunt", bad[0])
        assert answer.returncode == 2 and bad[1] in answer.stderr
        assert "Traceback" not in answer.stderr
    assert run("hunt", RELU, "--time", "0").returncode == 2


def test_hunt_without_numpy_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None; from landscape_cli.cli import main; "
        f"sys.exit(main(['hunt', {RELU!r}]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 2
    assert "NumPy" in result.stderr and "landscape-cli[hunt]" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interrupted_hunt_says_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, step: Callable[[int], None], **__: object) -> None:
        for count in range(1, 8):
            step(count)
        raise KeyboardInterrupt

    monkeypatch.setattr("landscape_cli.hunt.hunt", interrupted)
    assert main(["hunt", RELU]) == 130
    shown = capsys.readouterr()
    said = shown.out.replace("\n", " ")
    assert "None found in 7 starts" in said and "stopped" in said and "not a verdict" in said
    assert "Traceback" not in shown.err
