"""solve, repair and explain on symbolic models and custom functions, in this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_cli.cli import main
from landscape_cli.engine.grid import Cell, Grid
from landscape_cli.render.layout import Page
from landscape_cli.render.width_grid import COLOURS, grid_lines

OPEN = "net d0 -> d1 -> d2; loss huber(1)"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "LANDSCAPE_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(list(arguments)) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


# --- solve -----------------------------------------------------------------------------------


def test_solve_in_text_json_and_latex(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "solve", OPEN, "--for", "d1", code=1)
    assert "holds when    d1 >= min(d0, d2)\n" in text
    assert "smallest: d0 = 2, d1 = 1, d2 = 2 (fails)" in text
    assert "for d1        d1 >= d0, or d1 >= d2\n" in text
    document = json.loads(shown(capsys, "solve", OPEN, "--for", "d1", "--format", "json", code=1))
    assert document["holds"] == "d1 >= min(d0, d2)" and document["unknown"] == "false"
    assert document["verdicts"] == {"holds": "holds", "fails": "fails"}
    assert document["for"] == {
        "width": "d1", "bound": ["d1 >= d0", "d1 >= d2"], "needed": 1, "enough": None,
    }  # fmt: skip
    latex = shown(capsys, "solve", OPEN, "--format", "latex", code=1)
    assert latex.startswith("\\begin{array}{ll}\n")
    assert "d_{1} \\ge \\min(d_{0}, d_{2}) \\\\\n" in latex and latex.count("{") == latex.count("}")


def test_solve_table(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "solve", OPEN, "--table", "d0,d1", "--at", "d2=2", "--most", "3", code=1)
    assert text.endswith(
        " d1   3 # # #\n      2 # # #\n      1 # . .\n        1 2 3  d0\n\n"
        "  # holds, . fails\n  with d2 = 2\n"
    )
    document = json.loads(
        shown(capsys, "solve", OPEN, "--table", "d0,d1", "--at", "d2=2", "--most", "2",
              "--format", "json", code=1)
    )  # fmt: skip
    assert document["table"] == {
        "across": "d0", "up": "d1", "fixed": {"d2": 2},
        "rows": [["holds", "fails"], ["holds", "holds"]],
    }  # fmt: skip


def test_a_wide_grid_fits_the_terminal() -> None:
    row: tuple[Cell, ...] = ("holds",) * 50 + (None,) * 10
    for width, longest in ((80, 72), (160, 132)):
        page = Page(width)
        page.width = width
        grid_lines(Grid("d0", "d1", {}, (row,) * 60), page)
        assert max(map(len, page.lines)) <= longest


def test_the_picture_of_a_grid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "grid.png"
    text = shown(
        capsys, "solve", OPEN, "--table", "d0,d1", "--most", "3", "-o", str(target), code=1
    )
    assert "grid.png" in "".join(text.split())
    assert target.read_bytes().startswith(b"\x89PNG")
    from matplotlib.image import imread

    pixels = {tuple(p) for p in (imread(target)[:, :, :3] * 255).round().reshape(-1, 3)}
    for kind in ("holds", "fails"):
        code = COLOURS[kind].lstrip("#")
        assert tuple(float(int(code[i : i + 2], 16)) for i in (0, 2, 4)) in pixels


def test_without_matplotlib(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    target = str(tmp_path / "grid.png")
    text = shown(capsys, "solve", OPEN, "--table", "d0,d1", "-o", target, code=2)
    assert "pip install 'landscape-cli[plot]'" in text
    assert not (tmp_path / "grid.png").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--table", "d0"), "two different widths"),
        (("--table", "d0,d0"), "two different widths"),
        (("--table", "d0,d9"), "'d9' is not a symbol of the model; its symbols: d0, d1, d2"),
        (("--for", "n"), "'n' is not a symbol"),
        (("--at", "d0=3"), "go with a grid"),
        (("-o", "x.png"), "go with a grid"),
        (("--table", "d0,d1", "-o", "x.txt"), ".png, .svg, .pdf"),
        (("--table", "d0,d1", "-o", "/proc/folder.png"), "can't write"),
        (("--table", "d0,d1", "--at", "d2=x"), "a width and its value"),
        (("--table", "d0,d1", "--at", "d1=3"), "an axis"),
        (("--table", "d0,d1", "--at", "d2=0"), "no widths"),
        (("--table", "d0,d1", "--most", "1"), "2<=x<=60"),
    ],
)
def test_bad_usage(
    options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in shown(capsys, "solve", OPEN, *options, code=2)


def test_a_long_text_is_no_file_name(capsys: pytest.CaptureFixture[str]) -> None:
    chain = " -> ".join(f"d{k}" for k in range(41))
    text = shown(capsys, "solve", f"net {chain}; loss absolute", code=1)
    assert text.startswith("holds when    min(d1, d2, d3")


# --- repair ----------------------------------------------------------------------------------

FILE = """# two models
model first {
  net d0 -> 2 -> 7    # too narrow
  loss huber(1)       # robust
  assume d0 <= 5
  expect fails
}
model second { net 1 -> 1; loss squared }
"""


def test_repair_writes_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "m.landscape"
    file.write_text(FILE)
    listed = shown(capsys, "repair", str(file), "--model", "first")
    assert "1   state assume d0 <= 2 " in listed and "3   d1: 2 -> 5 " in listed
    diff = shown(capsys, "repair", str(file), "--model", "first", "--choose", "3", "--diff")
    assert "-  net d0 -> 2 -> 7    # too narrow\n+  net d0 -> 5 -> 7    # too narrow\n" in diff
    assert file.read_text() == FILE
    shown(capsys, "repair", str(file), "--model", "first", "--choose", "3", "--write")
    assert file.read_text() == FILE.replace("-> 2 ->", "-> 5 ->").replace("fails", "holds")
    assert main(["check", str(file)]) == 0


def test_repair_adds_behind_what_is_assumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.landscape"
    file.write_text(FILE)
    shown(capsys, "repair", str(file), "--model", "first", "--write")
    assert file.read_text() == FILE.replace(
        "  assume d0 <= 5\n", "  assume d0 <= 5\n  assume d0 <= 2\n"
    ).replace("fails", "holds")


def test_keep(capsys: pytest.CaptureFixture[str]) -> None:
    narrow = "net 9 -> 2 -> 3 -> 8; loss huber(1)"
    assert "d1: 2 -> 8, d2: 3 -> 8" in shown(capsys, "repair", narrow, "--keep", "d1=3")
    assert "d2: 3" not in shown(capsys, "repair", narrow, "--keep", "d2")
    assert "'d7' is no hidden width; there are: d1, d2" in shown(
        capsys, "repair", narrow, "--keep", "d7", code=2
    )
    assert "weight from 1" in shown(capsys, "repair", narrow, "--keep", "d1=0", code=2)


# --- explain ---------------------------------------------------------------------------------


def test_explain_a_custom_loss(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "loss l(z, y) = log(1 + exp(-y*z))")
    flat = " ".join(text.split())
    assert "convex yes: with u = y z: second derivative >= 0" in flat
    assert "everywhere l' = -y*exp(-y*z)/(1 + exp(-y*z))" in flat
    assert "holds by linear-no-bottleneck" in flat


def test_explain_shows_witnesses_and_how_to_declare(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "activation s(t) = exp(-t^2)")
    assert "above its chord at t = 0, between -1/4 and 1/4" in " ".join(text.split())
    text = shown(capsys, "explain", "activation s(t) = max(tanh(t), t/2)")
    flat = " ".join(text.split())
    assert "state `declare s strictly_monotone differentiable smooth`" in flat
    text = shown(
        capsys, "explain", "activation s(t) = max(tanh(t), t/2); declare s strictly_monotone"
    )
    assert "strictly monotone declared: on your word" in " ".join(text.split())
    text = shown(capsys, "explain", "activation s(t) = t^2; declare s strictly_monotone")
    assert "strictly monotone no: though it is declared: it rises" in " ".join(text.split())


def test_explain_the_functions_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.landscape"
    file.write_text(
        "activation s(t) = max(t, a*t)\nnet 2 -> s(2) -> 1\nloss l(z, y) = abs(z - y)\n"
        "assume 0 < a and a < 1\n"
    )
    document = json.loads(shown(capsys, "explain", str(file), "--format", "json"))
    assert [(d["name"], d["kind"]) for d in document] == [
        ("s", "custom activation"), ("l", "custom loss"),
    ]  # fmt: skip
    text = shown(capsys, "explain", str(file), "s")
    assert "a  0 < a and a < 1" in text and "Parameters" in text
    assert "the model defines no 'x'; it defines s, l" in shown(
        capsys, "explain", str(file), "x", code=2
    )
    assert "defines no loss and no activation of its own" in shown(
        capsys, "explain", "net 2 -> 1; loss squared", code=2
    )


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "z.real", "z[0]", "9**9**9", "9^9^9", "9^(9^9)", "(9^999)^999",
     "1" * 10_000_000, "exp(" * 400 + "z" + ")" * 400, "lambda: z", "f'{z}'", "z if y else z"],
    ids=range(12),
)  # fmt: skip
def test_hostile_formulas_are_refused(
    formula: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.landscape"
    file.write_text(f"net 1 -> 1\nloss l(z, y) = {formula}\n")
    text = shown(capsys, "explain", str(file), code=2)
    assert "error[E" in text and len(text) < 2000
