"""Every name that reports use can be explained, and glossary examples are true."""

from __future__ import annotations

from importlib.resources import files

import pytest

import landscape_cli
from landscape_cli.render.explain import (
    assumptions,
    explain,
    explanation_json,
    explanation_lines,
    names,
    nearest_names,
)
from landscape_cli.render.glossary import WORDS
from landscape_cli.render.layout import Page

EVERY = [(kind, name) for kind, group in names().items() for name in group]


def test_there_are_names_of_every_kind() -> None:
    assert set(names()) >= {
        "theorem", "conditional theorem", "counterexample family", "rule", "historical theorem",
        "erratum", "assumption", "loss", "activation", "verdict", "status", "property",
        "argument", "interface", "error code",
    }  # fmt: skip
    assert len(EVERY) > 200


@pytest.mark.parametrize("kind", list(names()))
def test_every_name_can_be_explained(kind: str) -> None:
    for name in names()[kind]:
        found = [one for one in explain(name, landscape_cli.check) if one.kind == kind]
        assert len(found) == 1, name
        (explanation,) = found
        assert explanation.title
        assert explanation.sections
        for section in explanation.sections:
            assert section.heading
            assert section.paragraphs or section.items
            assert all(text.strip() for text in section.paragraphs), (name, section.heading)
        page = Page(80)
        explanation_lines(explanation, page)
        assert max(map(len, page.lines)) <= 80, name
        assert explanation_json(explanation)["name"] == explanation.name


@pytest.mark.parametrize("word", [word for word in WORDS if word.kind == "verdict"], ids=str)
def test_the_example_of_a_verdict_has_it(word: object) -> None:
    (found,) = landscape_cli.check(word.example).models  # type: ignore[attr-defined]
    assert found.verdict == word.name  # type: ignore[attr-defined]


def test_arguments_of_the_families_are_in_the_glossary() -> None:
    from landscape_cli.engine.discovery import families

    arguments = {word.name for word in WORDS if word.kind == "argument"}
    assert {family.argument for family in families()} <= arguments
    text = (files("landscape_cli") / "kernel" / "README.md").read_text()
    for argument in arguments:
        assert f"`{argument}`" in text, f"the kernel does not know {argument}"


def test_assumptions_with_variants_are_one_entry() -> None:
    found = assumptions()
    assert len(found["no-regularizer"]) > 1
    (explanation,) = explain("no-regularizer", landscape_cli.check)
    says = next(s for s in explanation.sections if s.heading == "Says")
    assert len(says.paragraphs) > 1


def test_spelling_variants_find_the_same_entry() -> None:
    for name in ("no-bottleneck", "No_Bottleneck", "no bottleneck"):
        assert [one.name for one in explain(name, landscape_cli.check)] == ["no-bottleneck"]
    assert explain("", landscape_cli.check) == ()
    assert explain("no such thing", landscape_cli.check) == ()


@pytest.mark.parametrize("words", ["stewart", "svd", "SVD continuity", "Stewart singular vectors"])
def test_words_of_an_entry_find_it(words: str) -> None:
    """Stewart's pair is the warning about singular value decompositions."""
    (found,) = explain(words, landscape_cli.check)
    assert found.name == "erratum-svd-continuity"
    shown = " ".join(text for section in found.sections for text in section.paragraphs)
    assert "[[1,e],[e,1]]" in shown


def test_words_of_many_entries_or_of_none_find_nothing() -> None:
    assert explain("the", landscape_cli.check) == ()
    assert explain("stewart pyramidal", landscape_cli.check) == ()
    assert explain("notaword", landscape_cli.check) == ()


def test_nearest_names() -> None:
    assert next(nearest_names("hubber")) == "huber"
    assert next(nearest_names("X-full-colum-rank")) == "X-full-column-rank"
    assert list(nearest_names("qqqqqqqq")) == []
