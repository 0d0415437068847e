"""Large instances, many classes, the simplest instance, certificates as files."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

from landscape_cli import api
from landscape_cli.api import counterexample
from landscape_cli.catalogue import BuildOptions
from landscape_cli.cli import main
from landscape_cli.engine.judge import judge
from landscape_cli.engine.smaller import smaller_models
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InternalError
from landscape_cli.render.counterexample import certificate_text
from landscape_cli.syntax import parse
from landscape_cli.witnesses.bottleneck_softmax import MOST_CLASSES, _contrasts, _ratio


def judged(text: str):
    (model,) = parse(text)
    return judge(model)


@pytest.mark.parametrize("classes", [41, 42, 50, 65, 100, 333, MOST_CLASSES])
def test_margins_of_the_softmax_columns(classes: int) -> None:
    """The conditions of the proof in floats, for more classes than the kernel is asked about."""
    ratio, tilt = _ratio(classes)
    r, t, d = float(ratio), float(tilt), classes
    assert (d - 2) * math.log(r) ** 2 > 1.05 * t * t * (2 + (d - 2) / r)
    total = 2 * r + d - 2
    kept = 2 * r / total * math.log(r * d / total) + (d - 2) / total * math.log(d / total)
    dropped = ((1 - t) * math.log(1 - t) + (1 + t) * math.log(1 + t)) / d
    assert dropped > 1.05 * kept
    contrasts = _contrasts(d - 2)
    columns = np.zeros((len(contrasts), d))
    for column, (high, low, a, b) in zip(columns, contrasts, strict=True):
        column[[j + 2 for j in high]], column[[j + 2 for j in low]] = math.log(a), math.log(b)
    assert len(columns) == d - 3
    centred = columns - columns.mean(axis=1, keepdims=True)
    gram = centred @ centred.T
    need = np.diag(2 * t * t * np.exp(columns).mean(axis=1))
    assert np.linalg.eigvalsh(gram - 1.2 * need).min() > 0


@pytest.mark.parametrize(
    "text",
    [
        "net 3 -> 2 -> 45; loss cross_entropy",
        "net 3 -> 1 -> linear(41, bias); loss cross_entropy",
    ],
)
def test_many_classes(text: str) -> None:
    found = counterexample(judged(text))
    assert found is not None and found.document["argument"]["kind"] == "rank-chart"


@pytest.mark.parametrize(
    "text",
    [
        "net 900 -> 300 -> 900; loss huber(1)",
        "net 300 -> 100 -> 300; loss cross_entropy",
        "param W: 300 x 100; map W * W^T; loss weighted_squared",
        "net 300 -> 100 -> 300; loss squared; regularize l2 1; data X full_row_rank",
        "net 3000 -> relu(2000) -> 10; loss squared",
        "net 3900 -> relu(1000) -> 1000 -> 3900 -> relu(1000) -> 3000; loss squared",
    ],
)
def test_too_large_to_be_built(text: str) -> None:
    judgement = judged(text)
    assert judgement.verdict == "fails"
    assert api.too_large(judgement)
    assert counterexample(judgement) is None


@pytest.mark.parametrize(
    ("text", "reason", "smaller"),
    [
        ("net 4096 -> 1024 -> 4096; loss weighted_squared", "a matrix would have about 4198400",
         "net 8 -> 2 -> 8; loss weighted_squared"),
        ("net 3000 -> relu(2000) -> 10; loss squared; data X full_column_rank, samples 2500",
         "a matrix would have", "net 8 -> relu(5) -> 1; loss squared; "
         "data samples 7; data X full_column_rank"),
        ("param W: 300 x 100; map W * W^T; loss weighted_squared", "the Hessian would have 30000",
         "param W: 8 x 3; map W * W^T; loss weighted_squared"),
        ("net 300 -> 100 -> 300; loss cross_entropy", "would couple 100 columns of 300 classes",
         "net 8 -> 3 -> 8; loss cross_entropy"),
        ("net 9000 -> 3000 -> 9000; loss huber(1); assume n <= 3500", "a matrix", None),
    ],
)  # fmt: skip
def test_what_is_said_where_no_instance_is_built(
    text: str, reason: str, smaller: str | None, capsys
) -> None:
    (report,) = api.check(text).models
    missing = report.unbuilt
    assert missing is not None and reason in missing.reason
    assert missing.smaller == smaller
    assert main(["ask", text, "--format", "json"]) == 1
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["counterexample"] is None
    assert model["unbuilt"]["family"] == report.theorem and reason in model["unbuilt"]["reason"]
    assert model["unbuilt"]["smaller"] == smaller
    assert main(["ask", text]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "because of its size" in said and "rests on the family's proof alone" in said
    assert main(["counterexample", text]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "because of its size" in said and f"landscape explain {report.theorem}" in said
    assert "rests on the proof" in report._repr_html_()
    if smaller is not None:
        assert f"landscape counterexample '{smaller}'" in said
        assert main(["counterexample", smaller]) == 0
        capsys.readouterr()


def test_a_built_instance_has_nothing_unbuilt() -> None:
    (report,) = api.check("net 2 -> 1 -> 2; loss huber(1)").models
    assert report.unbuilt is None
    (report,) = api.check("net 2 -> 3 -> 2; loss huber(1)").models
    assert report.verdict == "holds" and report.unbuilt is None


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("net 4096 -> 1024 -> 4096; loss squared", [8, 2, 8]),
        ("net 1000 -> 999 -> 1000; loss squared", [9, 8, 9]),
        ("net 900 -> 1 -> 2 -> 3 -> 900; loss squared", [8, 1, 2, 3, 8]),
        ("net 100 -> 1000 -> 500; loss squared", [1, 8, 4]),
    ],
)
def test_smaller_widths_keep_their_order(text: str, widths: list[int]) -> None:
    (model,) = parse(text)
    first = next(smaller_models(model))
    assert first.network is not None
    assert [first.network.input_width, *(la.width for la in first.network.layers)] == widths
    for smaller in smaller_models(model):
        assert smaller.network is not None
        pairs = [
            (model.network.input_width, smaller.network.input_width),
            *(
                (a.width, b.width)
                for a, b in zip(model.network.layers, smaller.network.layers, strict=True)
            ),
        ]
        assert all((a < c) == (b < d) for a, b in pairs for c, d in pairs)
        assert all(1 <= b <= a for a, b in pairs)


@pytest.mark.parametrize(
    "text",
    [
        "net d -> 2 -> d; loss huber(1)",
        "net 2 -> 1 -> 2; loss huber(1)",
        "net 9 -> 2 -> 9; loss huber(1); assume n >= 9",
    ],
)
def test_nothing_smaller(text: str) -> None:
    (model,) = parse(text)
    assert list(smaller_models(model)) == []


def test_a_chart_with_many_variables() -> None:
    judgement = judged("net 160 -> 130 -> 200; loss huber(1)")  # above 20,000 variables
    assert not api.too_large(judgement)
    assert counterexample(judgement) is not None


def test_an_instance_that_contradicts_the_model_is_a_defect() -> None:
    wide, narrow = (
        judged("net 3 -> 1 -> 2; loss huber(1)"),
        judged("net 2 -> 1 -> 2; loss huber(1)"),
    )
    assert wide.family is not None
    built = wide.family.build(wide.facts, BuildOptions())
    with pytest.raises(InternalError, match="contradicts the model"):
        api.certify(narrow, built)


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("net 2 -> relu(2) -> 1; loss squared", 2),
        ("net 2 -> 1 -> 2; loss weighted_squared", 2),
        ("net 2 -> 1 -> 2; loss logistic", 10),
        ("net 1 -> linear(1, bias); loss lp(1/2)", 3),
        ("net 2 -> relu(2, bias) -> linear(1, bias); loss squared", 3),
    ],
)
def test_the_simplest_instance_has_the_fewest_samples(text: str, samples: int) -> None:
    judgement = judged(text)
    found = api.build(judgement, BuildOptions(simplest=True))
    api.certify(judgement, found)
    assert len(found.document["data"]["X"][0]) == samples
    plain = api.build(judgement, BuildOptions())
    assert samples <= len(plain.document["data"]["X"][0])
    same = api.build(judgement, BuildOptions(samples=samples, simplest=True))
    assert api._digits(same.document) <= api._digits(found.document)


def test_a_certificate_is_written_a_row_a_line(tmp_path, capsys) -> None:
    path = tmp_path / "ce.json"
    assert main(["counterexample", "net 2 -> 1 -> 2; loss huber(1)", "-o", str(path)]) == 0
    text = path.read_text()
    document = json.loads(text)
    assert certificate_text(document) == text
    assert verify(document).accepted
    assert re.search(r'^\s*\["2", "0"\],?$', text, re.MULTILINE)
    capsys.readouterr()
    assert main(["verify", str(path), "--json"]) == 0
    first = capsys.readouterr().out
    assert main(["verify", str(path), "--format", "json"]) == 0
    assert capsys.readouterr().out == first
    assert json.loads(first)[0]["accepted"] is True
