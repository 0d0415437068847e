"""``landscape report``: one page, complete in itself, that says what the engine says."""

from __future__ import annotations

import importlib.util
import json
from base64 import b64decode
from pathlib import Path

import pytest
from click.testing import CliRunner

from landscape_cli.api import check, verify
from landscape_cli.cli import landscape
from landscape_cli.render.html.report import Checked, report_page
from landscape_cli.render.html.source import annotated

from .markup import assert_sound

MODELS = {
    "fails": "net 2 -> 1 -> 2\nloss huber(1)\n",
    "kinked": "net 2 -> 2 -> 2; loss absolute",
    "holds": "net 3 -> 2 -> 3; loss cross_entropy",
    "depends": "net d0 -> d1 -> d2; loss absolute",
    "conditional": "net 9 -> tanh(5) -> 2; loss absolute; data X full_column_rank",
    "unknown": "net 2 -> sin(3) -> tanh(2) -> 2; loss squared",
    "saddle": "net 2 -> 2 -> 2 -> 2; loss squared; require strict_saddle",
    "large": "net 300 -> relu(200) -> 10; loss squared",
    "waived": 'net 2 -> 1 -> 2; loss huber(1); allow fails because "known <b>and</b> tracked"',
    "declared": (
        "activation s(t) = t + sin(t)/9; net 3 -> s(2) -> 2; loss absolute; "
        "declare s strictly_monotone continuous; data X full_column_rank"
    ),
    "error": "net 2 -> 2; los absolute",
}


def page(*texts: str) -> str:
    return report_page([Checked("<text>", text, check(text)) for text in texts])


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_verdict_makes_a_sound_page(name: str) -> None:
    text = MODELS[name]
    report = check(text)
    found = assert_sound(page(text))
    assert found.scripts == 0
    for model in report.models:
        assert model.verdict in found.text
        for near in model.nearest:
            assert near.theorem in found.text
        for repair in model.repairs:
            assert repair.theorem in found.text
        for condition in model.conditions:
            assert condition in found.text
    for error in report.errors:
        assert error.code in found.text
        assert error.message in found.text


def test_a_page_loads_nothing() -> None:
    found = assert_sound(page(*MODELS.values()))
    assert found.loaded == ()
    assert all(link.startswith(("#", "data:application/json;")) for link in found.links)


def test_what_is_missing_is_marked_at_its_place() -> None:
    text = "# two units\nnet 2 -> 1 -> 2\nloss huber(1)\n"
    (report,) = check(text).models
    lines = {line.number: line for line in annotated(report, text).lines}
    marked = {
        part.text: note.finding.assumption
        for line in lines.values()
        for part in line.parts
        for note in line.notes
        if part.status == "violated"
        and part.text == text.splitlines()[line.number - 1][note.column - 1 : note.end - 1]
    }
    assert marked["huber(1)"] in {"squared-loss", "linear-loss"}
    assert {n.finding.assumption for n in lines[2].notes} >= {"no-bottleneck", "open-widths"}
    assert all(
        "".join(part.text for part in line.parts) == text.splitlines()[number - 1]
        for number, line in lines.items()
    )


def test_a_model_of_several_shows_its_own_lines() -> None:
    text = (
        "model a {\n  net 2 -> 2\n  loss squared\n}\n\n"
        "model b {\n  net 2 -> 1 -> 2\n  loss absolute\n}\n"
    )
    first, second = check(text).models
    assert [line.number for line in annotated(first, text).lines] == [1, 2, 3, 4]
    assert [line.number for line in annotated(second, text).lines] == [6, 7, 8, 9]


def test_the_certificate_on_the_page_is_accepted() -> None:
    found = assert_sound(page(MODELS["fails"]))
    (link,) = [one for one in found.links if one.startswith("data:")]
    document = json.loads(b64decode(link.partition(",")[2]))
    assert verify(document).accepted


def test_what_the_user_wrote_is_text() -> None:
    text = 'net 2 -> 1 -> 2; loss huber(1); allow fails because "</ol><script>alert(1)</script>"'
    found = assert_sound(page(text))
    assert found.scripts == 0
    assert "<script>alert(1)</script>" in found.text


def test_a_picture_is_inline_and_its_ids_do_not_clash() -> None:
    svg = (
        '<?xml version="1.0"?>\n<svg role="img" aria-labelledby="t d"><title id="t">x</title>'
        '<desc id="d">y</desc><g id="a"/><use href="#a"/><path clip-path="url(#a)"/></svg>'
    )
    text = MODELS["fails"]
    made = report_page([Checked("<text>", text, check(text))] * 2, lambda _: svg)
    found = assert_sound(made)
    assert "model-1-a" in found.ids and "model-2-a" in found.ids
    assert 'href="#model-2-a"' in made and "url(#model-1-a)" in made
    assert 'aria-labelledby="model-2-t model-2-d"' in made
    assert "<?xml" not in made


def test_the_command_draws_the_counterexample(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    run = CliRunner().invoke(
        landscape, ["report", MODELS["fails"], MODELS["fails"], "-o", str(out), "--exit-zero"],
        standalone_mode=False,
    )  # fmt: skip
    assert run.return_value == 0
    text = out.read_text(encoding="utf-8")
    found = assert_sound(text)
    assert text.count("<svg") == 2
    assert all(link.startswith("#") for link in found.loaded)
    assert "http" not in text.replace("http://www.w3.org/", "")


def test_the_command_writes_the_file_and_answers_with_the_exit_code(tmp_path: Path) -> None:
    model = tmp_path / "a b.landscape"
    model.write_text(MODELS["fails"] + "expect fails\n", encoding="utf-8")
    out = tmp_path / "r.html"
    run = CliRunner().invoke(
        landscape, ["report", str(model), "--no-pictures", "-o", str(out)], standalone_mode=False
    )
    assert run.return_value == 0
    assert run.output == f"{out}: 1 model\n"
    assert "bottleneck-huber" in assert_sound(out.read_text(encoding="utf-8")).text
    run = CliRunner().invoke(
        landscape, ["report", MODELS["kinked"], "--no-pictures"], standalone_mode=False
    )
    assert run.return_value == 1
    assert_sound(run.output)
    run = CliRunner().invoke(
        landscape, ["report", str(model), "-o", str(model / "r.html")],
        standalone_mode=False,
    )  # fmt: skip
    assert run.return_value == 2
    assert "can't write" in run.stderr


def test_the_same_as_json_and_nothing_to_report(tmp_path: Path) -> None:
    run = CliRunner().invoke(landscape, ["report", MODELS["holds"], "--format", "json"])
    (model,) = json.loads(run.output)["models"]
    assert (model["verdict"], model["theorem"]) == ("holds", "linear-no-bottleneck")
    run = CliRunner().invoke(landscape, ["report", str(tmp_path)])
    assert run.exit_code == 2
    assert "no model file found" in run.output


def test_without_matplotlib_the_command_says_that_pictures_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    missing = {"matplotlib": None, "numpy": None}
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *more: missing.get(name, name) and find_spec(name, *more),
    )
    target = tmp_path / "r.html"

    def said(model: str, *options: str) -> str:
        result = CliRunner().invoke(landscape, ["report", model, "-o", str(target), *options])
        return result.stderr

    refuted = "net 2 -> 1 -> 2; loss huber(1)"
    assert "pip install 'landscape-cli[plot]'" in said(refuted)
    assert said(refuted, "--no-pictures") == ""
    assert said("net 2 -> 3 -> 2; loss squared") == ""
