"""The analysis of a point is laid out for the width of the page, and nothing is lost."""

from __future__ import annotations

import pytest

from landscape_cli.api import analyse
from landscape_cli.render.layout import Page
from landscape_cli.render.point import point_lines, point_text
from landscape_cli.syntax import parse

MODEL = (
    "net 2 -> 1 -> 1 -> 2; loss squared; data X identity, Y = [[1, 0], [0, 1/2]]; "
    "at W1 = [[1, 0]], W2 = [[0]], W3 = [[0], [1]]"
)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_the_page_and_keep_every_word(width: int) -> None:
    analysis = analyse(parse(MODEL)[0])
    page = Page(width)
    point_lines(analysis, page)
    assert all(len(line) <= width for line in page.lines)
    assert "".join(page.text.split()) == "".join(point_text(analysis).split())
    assert len(page.lines) > len(point_text(analysis).splitlines()) or width > 80


def test_rows_of_matrices_stay_whole() -> None:
    analysis = analyse(parse(MODEL)[0])
    page = Page(40)
    point_lines(analysis, page)
    assert "[0, 0]]" in page.text
    coloured = Page(40, colour=True)
    point_lines(analysis, coloured)
    assert len(coloured.lines) == len(page.lines)
