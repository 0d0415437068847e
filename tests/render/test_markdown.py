"""Markdown on a page: blocks, styles, what stays on one line."""

from __future__ import annotations

from landscape_cli.render.layout import Page
from landscape_cli.render.markdown import markdown_lines


def shown(text: str, width: int = 40, colour: bool = False) -> list[str]:
    page = Page(width, colour)
    markdown_lines(text, page)
    return page.lines


def test_blocks() -> None:
    text = "One\nparagraph.\n\nAnother:\n\n- a first item that is longer than a line can be\n- b\n"
    text += "\n1. one\n2. two\n\n```text\n  x   y\n```\n\nEnd."
    assert shown(text) == [
        "One paragraph.", "", "Another:", "", "- a first item that is longer than a",
        "  line can be", "- b", "", "1. one", "2. two", "", "      x   y", "", "End.",
    ]  # fmt: skip


def test_marks_stand_only_where_they_are_needed() -> None:
    text = "Type `net 2 -> 1`, see `open-chain`: `1 + 1 = 2`, `one`, *so* **it** is [1/2](#a.b)."
    assert shown(text, 100) == [
        "Type `net 2 -> 1`, see open-chain: 1 + 1 = 2, `one`, so it is 1/2."
    ]


def test_formulas_stay_on_one_line() -> None:
    assert shown("x" * 36 + " a = 0") == ["x" * 36, "a = 0"]
    assert shown("x" * 36 + " W W^T") == ["x" * 36, "W W^T"]
    assert shown("x" * 34 + " W and V^T") == ["x" * 34 + " W and", "V^T"]


def test_styles() -> None:
    assert shown("*a* **b** `c-d`", colour=True) == [
        "\x1b[3ma\x1b[0m \x1b[1mb\x1b[0m \x1b[36mc-d\x1b[0m"
    ]
