"""The machine interface: keys of interface.md, the shipped schema, exactness."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

import landscape_cli
from landscape_cli.engine.report import Report
from landscape_cli.render.report_json import internal_json, report_json

from .reports import NEAR, model_report, report

MODEL_KEYS = [
    "name", "file", "line", "property", "verdict", "expected", "met", "waived", "theorem",
    "conditions", "regions", "nearest", "blocking", "counterexample", "repairs", "proof",
    "proof_checked",
]  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((files("landscape_cli") / "schema" / "report-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def through_json(found: Report) -> Any:
    return json.loads(json.dumps(report_json(found)))


def test_a_report_has_the_keys_of_the_interface(validator: Any) -> None:
    document = through_json(report(model_report()))
    validator.validate(document)
    assert list(document) == ["schema", "tool", "models", "errors"]
    assert document["schema"] == "landscape/report/1"
    assert document["tool"] == {"name": "landscape", "version": landscape_cli.__version__}
    (model,) = document["models"]
    assert list(model) == MODEL_KEYS
    assert model["verdict"] == "fails" and model["expected"] == "holds" and not model["met"]
    assert model["blocking"] == ["differentiable-loss", "X-full-row-rank"]
    assumption = model["nearest"][0]["assumptions"][2]
    assert assumption == {
        "id": "differentiable-loss", "status": "violated", "text": "it has a kink at 0",
        "line": 1, "column": 23,
    }  # fmt: skip
    statuses = [one["status"] for one in model["nearest"][0]["assumptions"]]
    assert set(statuses) == {"met", "violated", "not_given", "declared"}
    assert model["counterexample"]["better_point"]["value"] == "0"
    assert model["repairs"][0] == {
        "change": "loss huber(1)", "model": "net 2 -> 2 -> 2; loss huber(1)",
        "theorem": "linear-no-bottleneck",
    }  # fmt: skip
    assert [repair.get("partial") for repair in model["repairs"]] == [None, None, True]
    assert model["proof"]["premises"][0]["rule"] == "bias"
    assert model["proof"]["side_conditions"][0]["line"] == 1
    assert document["errors"] == [
        {
            "code": "E050", "message": "unknown loss `absolut`", "file": "a.landscape",
            "line": 3, "column": 8, "hint": "did you mean `absolute`?",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "net 5 -> 2 -> 4; loss squared",
        "net 2 -> 2 -> 2; loss absolute",
        "net 2 -> relu(2) -> 2; loss squared",
        "net d0 -> d1 -> d2; loss convex smooth",
        "net 9 -> tanh(5) -> 2; loss absolute; data X full_column_rank",
        "net 2 -> sin(3) -> tanh(2) -> 2; loss squared",
        "param W: 5 x 3; map W * W^T; loss convex smooth; require strict_saddle",
        "net 2 -> 2 -> 2 -> 2; loss squared; require strict_saddle",
        'model "a b" { net 5 -> 3; loss hinge; expect fails; allow holds because "x" }',
        "net 5 -> 0; los squared",
        "\0",
        "",
    ],
)
def test_real_reports_fit_the_schema(text: str, validator: Any) -> None:
    found = landscape_cli.check(text, file="a.landscape")
    document = through_json(found)
    validator.validate(document)
    assert len(document["models"]) + len(document["errors"]) > 0
    assert (found.exit_code == 2) == bool(document["errors"])


def test_regions_and_waivers(validator: Any) -> None:
    regions = {"holds": "d1 >= d0", "fails": "false", "unknown": "d1 < d0"}
    waived = model_report(
        "fails", 'net 2 -> 2 -> 2; loss absolute; allow fails because "known"', regions=regions
    )
    document = through_json(report(waived))
    validator.validate(document)
    (model,) = document["models"]
    assert model["waived"] == "known" and model["met"]
    assert model["regions"] == regions


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("models", 0, "verdict"), "true"),
        (("models", 0, "line"), 0),
        (("models", 0, "extra"), 1),
        (("models", 0, "nearest", 0, "assumptions", 0, "status"), "unmet"),
        (("models", 0, "counterexample", "better_point", "value"), 0.5),
        (("models", 0, "counterexample", "better_point", "value"), "0.5"),
        (("models", 0, "proof", "premises", 0, "rule"), None),
        (("errors", 0, "code"), "oops"),
        (("schema",), "landscape/report/2"),
    ],
)
def test_the_schema_rejects(path: tuple[Any, ...], value: Any, validator: Any) -> None:
    document = through_json(report(model_report()))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not validator.is_valid(document)


def test_a_missing_key_is_rejected(validator: Any) -> None:
    for key in MODEL_KEYS:
        document = through_json(report(model_report()))
        del document["models"][0][key]
        assert not validator.is_valid(document), key


def test_defects_have_a_place_among_the_errors(validator: Any) -> None:
    document = through_json(Report(()))
    document["errors"].append(internal_json("two rules disagree", "a.landscape"))
    validator.validate(document)


def test_statuses_of_the_fixture_are_all_there() -> None:
    assert len({a.status for a in NEAR.assumptions}) == 4
