"""The example files: every verdict as expected, the whole catalogue and language exercised."""

from __future__ import annotations

import importlib.util
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from landscape_cli.api import check_file
from landscape_cli.engine.discovery import deciding_theorems, entry, families
from landscape_cli.engine.report import ModelReport, Report
from landscape_cli.model.activations import ACTIVATION_NAMES
from landscape_cli.model.losses import LOSS_CLASSES, LOSS_NAMES
from landscape_cli.model.problem import VERDICTS, ApplyExpression, MapExpression
from landscape_cli.point.analysis import analyse_point
from landscape_cli.syntax import parse, unparse

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.rglob("*.landscape"))
NAMES = [str(path.relative_to(EXAMPLES)) for path in FILES]

# Catalogue entries that no example exercises, each with the reason. An entry that some example
# exercises after all has to leave this list.
EXEMPT: dict[str, str] = {}

# Weights and data entries up to which an instance is built here.
LARGEST_CERTIFIED = 2500

# How `landscape point` classifies the points that the examples look at.
POINTS = {
    ("behrends-2017", "kink_at_the_point"): "local_minimum",
    ("behrends-2017", "no_kink"): "not_local_minimum",
    ("nouiehed-razaviyayn-iclr-erratum", None): "not_local_minimum",
    ("yun-sra-jadbabaie-2018", None): "strict_saddle",
    ("smallest-absolute-trap", "the_instance"): "local_minimum",
    ("23-a-point", None): "not_local_minimum",
    ("29-a-point-from-a-file", "end_of_training"): "global_minimum",
    ("29-a-point-from-a-file", "stuck"): "strict_saddle",
}


@cache
def report(path: Path) -> Report:
    return check_file(path)


@cache
def every_model() -> tuple[ModelReport, ...]:
    return tuple(model for path in FILES for model in report(path).models)


@cache
def index_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_index", EXAMPLES / "make_index.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_enough() -> None:
    assert len(FILES) >= 40
    assert len(every_model()) >= 60
    for folder in ("papers", "architectures", "teaching"):
        assert sum(path.parent.name == folder for path in FILES) >= 12, folder


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_verdict_is_the_expected_one(path: Path) -> None:
    answer = report(path)
    assert [f"{e.code}: {e.message}" for e in answer.errors] == []
    assert answer.models
    for found in answer.models:
        expectation = found.model.expectation
        assert expectation is not None, found.name
        if found.model.waiver is not None:
            # A waiver is shown where it is at work, not beside a verdict that is met anyway.
            assert found.waived, found.name
            continue
        assert found.verdict == expectation.verdict, (found.name, found.theorem)
        assert found.matches, (found.name, found.theorem, expectation.theorem)
    assert answer.exit_code == 0


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_file_says_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = index_script().comment(text)
    assert len(words) > 80
    if path.parent.name == "teaching":
        assert words.startswith(f"Lesson {int(path.stem[:2])}. ")
        assert "?" in words
    assert max(len(line) for line in text.splitlines() if line.startswith("#")) <= 110
    assert "\t" not in text
    assert text.endswith("}\n" if "\nmodel " in text else "\n")


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_canonical_text_gives_the_same_models(path: Path) -> None:
    models = parse(path.read_text(encoding="utf-8"), file=str(path))
    for model in models:
        assert parse(unparse(model), base=path.parent) == (model,)


def test_lessons_are_numbered_without_gaps() -> None:
    numbers = [int(path.stem[:2]) for path in FILES if path.parent.name == "teaching"]
    assert numbers == list(range(1, len(numbers) + 1))


def exercised() -> set[str]:
    """The ids that decide an example, or stand beside a verdict as a conditional guarantee."""
    found: set[str] = set()
    for model in every_model():
        if model.theorem is not None:
            found.add(model.theorem)
        found.update(guarantee.theorem for guarantee in model.guarantees)
        if model.verdict == "holds":
            found.update(near.theorem for near in model.nearest)
    return found


def test_the_whole_catalogue_is_exercised() -> None:
    names = {theorem.id for theorem in deciding_theorems()}
    names |= {family.id for family in families()}
    assert names - exercised() == set(EXEMPT)
    for name, reason in EXEMPT.items():
        assert entry(name) is not None, name
        assert len(reason) > 20


def test_every_pinned_theorem_decides_somewhere() -> None:
    pinned = {
        model.model.expectation.theorem for model in every_model() if model.model.expectation
    } - {None}
    assert len(pinned) >= 35


def activations(expression: MapExpression) -> set[str]:
    found: set[str] = set()
    todo = [expression]
    while todo:
        node = todo.pop()
        if isinstance(node, ApplyExpression):
            found.add(node.activation.name)
        for part in ("of", "factors", "terms"):
            value = getattr(node, part, ())
            todo.extend(value if isinstance(value, tuple) else (value,))
    return found


def test_the_whole_language_is_used() -> None:
    models = [found.model for found in every_model()]
    assert {m.loss.name for m in models if m.loss.kind == "named"} == set(LOSS_NAMES)
    assert {m.loss.name for m in models if m.loss.kind == "class"} == set(LOSS_CLASSES)
    assert any(m.loss.kind == "custom" for m in models)
    used: set[str] = set()
    for m in models:
        if m.network is not None:
            used |= {layer.activation.name for layer in m.network.layers}
        elif m.map is not None:
            used |= activations(m.map.expression)
    assert set(ACTIVATION_NAMES) - used == set()
    assert {m.expectation.verdict for m in models if m.expectation} == set(VERDICTS)
    assert {m.requirement.name for m in models} == {"local_is_global", "strict_saddle"}
    assert {m.regularizer.kind for m in models if m.regularizer} == {"l1", "l2"}
    assert any(m.regularizer and len(m.regularizer.strengths) > 1 for m in models)
    assert {m.constraints.kind for m in models if m.constraints} == {"affine", "convex"}
    layers = [layer for m in models if m.network for layer in m.network.layers]
    for option in ("bias", "skip", "fixed", "positive", "opaque"):
        assert any(getattr(layer, option) for layer in layers), option
    assert any(m.waiver for m in models)
    assert any(m.declarations for m in models)
    assert any(m.map and m.map.constants and m.map.constants[0].values for m in models)
    matrices = [matrix for m in models for matrix in m.data.matrices]
    assert {x.name for x in matrices} >= {"X", "Y", "W1", "weights", "coefficients"}
    assert {Path(x.file).suffix for x in matrices if x.file} >= {".csv", ".npy"}
    assert any(x.file for m in models if m.point for x in m.point.matrices)
    assert {p.name for m in models for p in m.data.properties} == {
        "X full_row_rank", "X full_column_rank", "X identity", "X isotropic",
        "Y full_row_rank", "Y realizable", "Y = X",
    }  # fmt: skip
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    for word in ("bias all", "bias none", "bias output", "data samples n", " or ", " not "):
        assert word in text, word


def test_points_are_what_the_comments_say() -> None:
    seen: dict[tuple[str, str | None], str] = {}
    for found in every_model():
        if found.model.point is not None:
            assert found.model.file is not None
            key = (Path(found.model.file).stem, found.name)
            seen[key] = analyse_point(found.model).classification
    assert seen == POINTS


def entries(found: ModelReport) -> int:
    """The number of weights and of data entries that the model has at least, 0 for symbols."""
    network = found.model.network
    if network is None:
        return 1
    widths = [network.input_width, *(layer.width for layer in network.layers)]
    if not all(isinstance(width, int) for width in widths):
        return 0
    samples = found.model.data.samples
    ends = widths[0] + widths[-1]
    return sum(a * b for a, b in pairwise(widths)) + ends * (
        samples if isinstance(samples, int) else 1
    )


def test_failing_examples_have_certificates_that_the_kernel_accepts() -> None:
    accepted = 0
    for found in every_model():
        if found.verdict != "fails" or entries(found) > LARGEST_CERTIFIED:
            continue
        instance = found.counterexample
        if instance is not None:
            assert instance.accepted is True, found.name
            accepted += 1
    assert accepted >= 60


def test_the_index_is_up_to_date() -> None:
    script = index_script()
    text = script.index()
    assert (EXAMPLES / "README.md").read_text(encoding="utf-8") == text
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == set(script.FOLDERS)
    for path in FILES:
        assert f"({path.parent.name}/{path.name})" in text
