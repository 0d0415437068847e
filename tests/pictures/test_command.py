"""``landscape plot`` as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from landscape_cli.cli import main

from .models import HUBER

POINT = (
    "net 2 -> 1 -> 2; loss squared; data X identity, Y = [[0, 0], [0, 1]]; "
    "at W1 = [[0, 0]], W2 = [[0], [0]]"
)
QUICK = ("--direction", "origin")


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


def test_help_has_examples_and_imports_nothing_heavy() -> None:
    probe = (
        "import sys; from landscape_cli.cli import main; code = main(['plot', '--help']);"
        "heavy = {'numpy', 'matplotlib', 'flint', 'sympy', 'z3', 'lark'} & set(sys.modules);"
        "print(code, sorted(heavy), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip() == "0 []"
    for part in ("--openness", "--training", "--seed", "Examples:", "landscape plot "):
        assert part in ran.stdout


def test_files_and_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "new" / "folder" / "a.svg"
    assert main(["plot", HUBER, *QUICK, "-o", str(target)]) == 0
    said = capsys.readouterr()
    assert said.out.split() == ["written", str(target)] and not said.err
    assert target.read_text().startswith("<?xml")
    assert main(["plot", HUBER, *QUICK, "-o", str(target), "--terminal", "--kind", "segment"]) == 0
    assert "certified local minimum, loss 5/2 (exact)" in capsys.readouterr().out


def test_a_point_in_the_model_and_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", POINT, "--point"]) == 0
    assert "strict saddle" in capsys.readouterr().out
    weights = tmp_path / "w.json"
    weights.write_text(json.dumps({"W1": [[1, 0]], "W2": [[0], [1]]}))
    assert main(["plot", POINT, "--weights", str(weights)]) == 0
    assert "the point, loss 1 (exact)" in " ".join(capsys.readouterr().out.split())


def test_json_is_the_picture(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["plot", HUBER, "--kind", "segment", *QUICK, "--format", "json", "--seed", "4"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["seed"], found["picture"]) == ("landscape/plot/1", 4, "curves")
    assert {mark["letter"] for mark in found["marks"]} == {"L", "P", "B"}
    assert len(found["curves"][0]["xs"]) == len(found["curves"][0]["values"])


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["net 2 -> 1 -> 2; loss huber(1)", "-o", "picture.docx"], ".docx is no kind of picture"),
        (
            ["net 2 -> 1 -> 2; loss huber(1)", "-o", "/proc/a.png", *QUICK],
            "can't write /proc/a.png",
        ),
        (["net 2 -> 1 -> 2; loss huber(1)", "--kind", "segment", "-o", "a.gif"], "does not move"),
        (["net d -> k -> d; loss huber(1)"], "the widths are symbols"),
        (["net 900 -> 900 -> 900; loss squared"], "data are drawn for up to"),
        (["net 2000 -> 1000 -> 2000; loss huber(1)"], "not built"),
        (["net 2 -> 1 -> 2; loss squared", "--point"], "no point"),
        (["net 1 -> 1; loss zero_one; data samples 2", "--direction", "escape"], "one weight"),
        (['net 2 -> opaque(2, "c") -> 1; loss squared'], "can't be evaluated"),
        ([HUBER, "--training", "--starts", "100000", "--steps", "100000"], "--starts"),
        (["--openness", "[[1, 2]", "[[1]]"], "A is no matrix"),
        (["--openness", "[[1, 2]]", "[[1, 0]]"], "can't be multiplied"),
        (["--openness", "nothing", "[[1, 0]]"], "neither a matrix nor a file"),
        ([], "give a MODEL"),
        ([HUBER, "--training", "--kind", "segment"], "without --kind"),
        ([HUBER, "--point", "--training"], "without --kind and --training"),
        ([HUBER, "--openness", "[[1]]", "[[1]]"], "no MODEL"),
        ([HUBER, "--dpi", "3"], "--dpi"),
        (["nte 2 -> 1"], "E0"),
    ],
)
def test_errors_say_what_and_exit_with_2(
    arguments: list[str], part: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["plot", *arguments]) == 2
    said = capsys.readouterr()
    assert part in " ".join(said.err.split()), said.err
    assert "Traceback" not in said.err and not said.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        ([HUBER], 0, "towards the origin"),
        ([HUBER, "--kind", "segment"], 0, "position t"),
        (["net 1 -> tanh(1) -> 1; loss squared"], 0, "(enclosed)"),
        ([HUBER, "-o", "a.svg"], 2, "pip install"),
        ([HUBER, "--training"], 2, "pip install"),
        (["net 2 -> 1 -> 2; loss squared"], 2, "certified instances"),
        (["net 100 -> 30 -> 100; loss huber(1)"], 2, "too large"),
        (["--openness", "[[1]]", "[[1, 0]]"], 2, "error[E131]: this picture needs numpy"),
    ],
)
def test_without_the_extra(
    arguments: list[str], code: int, part: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for module in ("numpy", "matplotlib"):
        monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    assert main(["plot", *arguments]) == code
    said = capsys.readouterr()
    assert part in " ".join((said.out + said.err).split())


def test_a_terminal_picture_without_numpy_in_a_process_of_its_own() -> None:
    probe = (
        "import sys; sys.modules['numpy'] = None; sys.modules['matplotlib'] = None;"
        "from landscape_cli.cli import main; sys.exit(main(['plot', *sys.argv[1:]]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", probe, HUBER, "--kind", "segment"], capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "position t" in " ".join(ran.stdout.split())


def test_without_numpy_the_numbers_are_the_same() -> None:
    """The plane of the exact evaluator is the plane in floating point."""
    import numpy as np

    from landscape_cli.pictures.plain import plain_picture
    from landscape_cli.pictures.planes import plane_axes, third_direction
    from landscape_cli.pictures.shapes import Slice

    from .models import DECAY, RELU, SYMMETRIC, judged, stage

    for text in (HUBER, RELU, SYMMETRIC):
        plain = plain_picture(judged(text), "plane")
        assert isinstance(plain, Slice)
        scene = stage(text)
        unit, other = plane_axes(scene, third_direction(scene, "origin", 0))
        for i in (0, 7, 20):
            for j in (0, 11, 30, 56):
                theta = scene.first.theta + plain.xs[j] * unit + plain.ys[i] * other
                assert scene.objective.value(theta) == pytest.approx(plain.values[i][j], abs=1e-9)
        assert [mark.text for mark in plain.marks] == [scene.first.legend, scene.second.legend]
        assert np.isfinite(plain.values).all()
    decay = plain_picture(judged(DECAY), "plane")
    assert isinstance(decay, Slice) and decay.y_label.startswith("weight ")
