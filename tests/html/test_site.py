"""``landscape docs build``: every page is sound, every link resolves, every model was asked."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from landscape_cli.api import check
from landscape_cli.catalogue import Theorem
from landscape_cli.cli import landscape
from landscape_cli.engine.discovery import deciding_theorems, families, theorems
from landscape_cli.model.diagnostics import InternalError
from landscape_cli.render.explain import names
from landscape_cli.render.html.graph import columns, implication_graph
from landscape_cli.render.html.site import Builder, build

from .markup import Read, assert_sound


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return {page.path: page.text for page in build(check)}


@pytest.fixture(scope="module")
def pages(site: dict[str, str]) -> dict[str, Read]:
    return {path: assert_sound(text) for path, text in site.items() if path.endswith(".html")}


def test_every_name_has_a_page(site: dict[str, str]) -> None:
    builder = Builder(check)
    assert len(builder.places) == sum(len(group) for group in names().values())
    paths = [place.path for place in builder.places]
    assert len(set(paths)) == len(paths)
    assert set(paths) < set(site)


def test_every_link_resolves(site: dict[str, str], pages: dict[str, Read]) -> None:
    count = 0
    for path, page in pages.items():
        for link in (*page.links, *page.loaded):
            if link.startswith("#"):
                continue
            assert ":" not in link, f"{path} links to {link}"
            target, _, anchor = link.partition("#")
            where = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            assert where in site, f"{path} links to {link}"
            if anchor:
                assert anchor in pages[where].ids
            count += 1
    assert count > 2000


def target(path: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))


def test_links_go_both_ways(pages: dict[str, Read]) -> None:
    linked = {path: {target(path, link) for link in page.links} for path, page in pages.items()}
    for theorem in deciding_theorems():
        path = f"theorems/{theorem.id}.html"
        for assumption in theorem.assumptions:
            other = f"assumptions/{assumption.id}.html"
            assert other in linked[path]
            assert path in linked[other]
        for family in theorem.converse.values():
            other = f"counterexamples/{family}.html"
            assert other in linked[path]
            assert path in linked[other]


def test_every_model_is_shown_with_its_verdict(pages: dict[str, Read]) -> None:
    for family in families():
        page = pages[f"counterexamples/{family.id}.html"]
        for text in family.examples:
            assert " ".join(text.split()) in page.text
        assert "is attained" in page.text
    for theorem in deciding_theorems():
        text = pages[f"theorems/{theorem.id}.html"].text
        for model in (*theorem.examples, *theorem.broken.values()):
            assert " ".join(model.split()) in text


def test_the_summary_says_what_the_table_of_the_theory_says(site: dict[str, str]) -> None:
    two_layers = Builder(check).summary()[0]
    rows = {row["loss"]: row["regions"] for row in two_layers["rows"]}
    assert rows["squared"] == {"holds": "always", "fails": "never", "unknown": "never"}
    assert rows["huber(1)"] == {
        "holds": "d1 >= min(d0, d2)", "fails": "d1 < min(d0, d2)", "unknown": "never",
    }  # fmt: skip
    assert rows["absolute"]["holds"] == "d1 >= d0 + d2 - 1"
    assert rows["cross_entropy"]["holds"] == "d1 >= min(d0, d2 - 1)"
    assert rows["any"]["fails"] == "always"
    for row in rows.values():
        assert set(row) == {"holds", "fails", "unknown"}
    assert "d1 &gt;= d0 + d2 - 1" in site["summary.html"]
    assert "holds where d1 >= min(d0, d2)" in assert_sound(site["index.html"]).text


def test_the_search_index_names_every_page(site: dict[str, str]) -> None:
    first = site["search.js"].splitlines()[0]
    index = json.loads(re.fullmatch(r"const INDEX = (.*);", first)[1])  # type: ignore[index]
    assert {path for *_, path in index} <= set(site)
    assert len(index) == sum(len(group) for group in names().values())


def test_the_graph_has_every_edge_and_goes_to_the_right(pages: dict[str, Read]) -> None:
    above = [(t.id, name) for t in theorems() for name in t.subsumes]
    uses = [(step.rule, t.id) for t in theorems() for step in t.steps]
    place = {name: k for k, column in enumerate(columns(above, uses)) for name in column}
    assert all(place[left] < place[right] for left, right in (*above, *uses))
    svg = str(implication_graph(above, uses, {name: f"{name}.html" for name in place}))
    assert svg.count("<path") == len(above) + len(uses)
    assert {f"theorems/{t}.html" for t, _ in above} <= set(pages["graph.html"].links)


def test_a_circle_of_implications_is_an_error() -> None:
    with pytest.raises(ValueError, match="circle"):
        columns([("a", "b"), ("b", "a")], [])


def test_a_theorem_that_does_not_apply_to_its_example_ends_the_build() -> None:
    (theorem,) = [t for t in deciding_theorems() if t.id == "linear-squared"]
    wrong: Theorem = theorem._replace(examples=("net 2 -> 2 -> 2; loss absolute",))
    with pytest.raises(InternalError, match="linear-squared does not apply"):
        Builder(check).of_theorem(wrong)
    wrong = theorem._replace(broken={"squared-loss": "net 2 -> 2 -> 2; loss squared"})
    with pytest.raises(InternalError, match="should break squared-loss"):
        Builder(check).of_theorem(wrong)
    family = families()[0]._replace(examples=("net 2 -> 2 -> 2; loss squared",))
    with pytest.raises(InternalError, match="does not fail"):
        Builder(check).of_family(family)


def test_the_command_leaves_a_folder_of_others_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    run = CliRunner().invoke(landscape, ["docs", "build", str(tmp_path)])
    assert run.exit_code == 2
    assert "not empty" in run.output
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
