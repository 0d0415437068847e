"""What values show of themselves in a notebook."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from landscape_cli.api import analyse, check, why_not
from landscape_cli.render.displayed import blocks_of, entry_names
from landscape_cli.render.html_blocks import HtmlWriter
from landscape_cli.render.markdown_blocks import code, markdown_escape
from landscape_cli.syntax import parse

from .latex_check import problems

POINT = (
    "net 2 -> 2 -> 2; loss squared; data X identity, Y = [[0, 0], [1, 0]]; "
    "at W1 = [[0, 0], [0, 1]], W2 = [[1, 0], [0, 0]]"
)
SMALL = "net 2 -> 1 -> 2; loss huber(1)"


def values() -> dict[str, Any]:
    report = check(SMALL)
    model = report.models[0]
    return {
        "report": report,
        "verdict": model,
        "proof": model.proof,
        "counterexample": model.counterexample,
        "argument": model.argument,
        "why not": why_not(model.model, "linear-no-bottleneck"),
        "point": analyse(parse(POINT)[0]),
        "holds": check("net 2 -> 3 -> 2; loss absolute").models[0],
        "conditional": check("net 4 -> elu(2) -> 1; loss squared; data X full_column_rank"),
        "depends": check("net d0 -> d1 -> d2; loss huber(1)"),
        "unknown": check("net 5 -> tanh(5) -> tanh(3) -> 4; loss logistic").models[0],
        "errors": check("net 2 -> 3; loss sqared"),
    }


VALUES = values()
FORMS = ("html", "markdown", "latex")
SAID = {
    "report": "5/2",
    "verdict": "no-bottleneck",
    "proof": "1 < min(2, 2)",
    "counterexample": "rank-chart",
    "argument": "1 < min(2, 2)",
    "why not": "does not apply",
    "point": "strict saddle",
    "holds": "linear-open-everywhere",
    "conditional": "pyramidal",
    "depends": "d1 >= min(d0, d2)",
    "unknown": "not decided",
    "errors": "did you mean",
}


def plain(text: str) -> str:
    """The words of any of the formats, roughly."""
    for pattern, sign in (
        (r"</?[a-z][^<>]*>", ""), ("&lt;", "<"), ("&gt;", ">"), ("≥", ">="), (r"\\ge ", ">="),
        (r"\\(?:min|text|tfrac)", ""), (r"_\{(\d+)\}", r"\1"), (r"[{}$\\`]", ""),
    ):  # fmt: skip
        text = re.sub(pattern, sign, text)
    return re.sub(r"\s|min", "", text).lower()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VALUES)
def test_every_value_in_every_form(name: str, form: str) -> None:
    shown = getattr(VALUES[name], f"_repr_{form}_")()
    said = SAID[name]
    if said == "5/2" and form != "html":
        said = "52"  # a fraction of LaTeX
    assert plain(said) in plain(shown)
    if form == "latex":
        assert problems(shown) == []


class Balance(HTMLParser):
    """Checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack.append(tag)
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.mark.parametrize("name", VALUES)
def test_html_is_closed_and_runs_nothing(name: str) -> None:
    reader = Balance()
    reader.feed(VALUES[name]._repr_html_())
    assert reader.stack == []
    assert not reader.tags & {"script", "iframe", "img", "a", "link", "object"}
    assert reader.attributes <= {"class", "value", "aria-label"}


EVIL = r'<img src=x onerror=alert(1)> $\input{x}$ `**b**` [a](http://e.vil) | # <b> "'
EVIL_MODEL = f"""model {json.dumps(EVIL)} {{
  net 3 -> opaque(2, {json.dumps(EVIL)}) -> 1
  loss a_b(z, y) = (z - y)^2
}}"""


def test_names_of_the_user_are_escaped() -> None:
    report = check(EVIL_MODEL)
    assert not report.errors, report.errors
    model = report.models[0]
    for value in (
        report,
        model,
        model.argument,
        why_not(model.model, "linear-squared", EVIL_MODEL),
    ):
        reader = Balance()
        reader.feed(value._repr_html_())
        assert reader.stack == [] and "img" not in reader.tags and "b" not in reader.tags
        latex = value._repr_latex_()
        assert r"\input" not in latex and problems(latex) == []
        # Outside of code spans nothing of it is active Markdown.
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", value._repr_markdown_())
        assert not re.search(r"(?<!\\)<img|(?<!\\)\[a|(?<!\\)\*\*b|\$\\input", outside), outside


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("1. a", r"1\. a"), ("- a", r"\- a"), ("# a", r"\# a"), ("a*b_c", r"a\*b\_c"),
     ("see http://x", r"see http\://x"), ("two\nlines", "two lines"), ("$x$", r"\$x\$")],
)  # fmt: skip
def test_markdown_escapes(text: str, escaped: str) -> None:
    assert markdown_escape(text) == escaped


def test_code_spans_hold_backticks() -> None:
    assert code("a") == "`a`"
    assert code("a``b`c") == "``` a``b`c ```"


def test_a_writer_may_link_names() -> None:
    class Linked(HtmlWriter):
        def name(self, identifier: str) -> str:
            return f'<a href="{identifier}.html">{identifier}</a>'

    page = Linked(entry_names()).write(blocks_of(VALUES["holds"]))
    assert '<a href="linear-open-everywhere.html">' in page


def test_other_values_are_refused() -> None:
    with pytest.raises(TypeError, match="how to show a dict"):
        blocks_of({})
