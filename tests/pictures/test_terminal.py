"""Pictures of characters: they fit, say the same with and without colours, and show the marks."""

from __future__ import annotations

import re

import pytest

from landscape_cli.pictures import Wish
from landscape_cli.pictures.shapes import Picture
from landscape_cli.pictures.terminal import picture_lines
from landscape_cli.render.layout import Page, text_width

from .models import CONVEX, HOLDS, HUBER, picture
from .test_directions import SADDLE, at
from .test_reach import drawn

PICTURES = {
    "plane": lambda: picture(HUBER, Wish(towards="steepest", size=41)),
    "holds": lambda: picture(HOLDS, Wish(size=41)),
    "segment": lambda: picture(HUBER, Wish("segment", "steepest")),
    "training": lambda: picture(
        HUBER, Wish("training", "steepest", starts=12, rounds=60, size=21)
    ),
    "openness": lambda: drawn(0, 31),
    "point": lambda: at(SADDLE),
    "lonely": lambda: picture(CONVEX, Wish()),
}  # fmt: skip
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def shown(found: Picture, width: int, colour: bool = False) -> list[str]:
    page = Page(width, colour)
    picture_lines(found, page)
    return page.lines


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", PICTURES)
def test_every_line_fits_with_and_without_colours(name: str, width: int) -> None:
    found = PICTURES[name]()
    plain = shown(found, width)
    assert len(plain) > 12
    assert max(map(text_width, plain)) <= width
    coloured = shown(found, width, True)
    assert [ESCAPE.sub("", line).rstrip() for line in coloured] == [line.rstrip() for line in plain]
    assert not ESCAPE.search("\n".join(plain))
    for line in coloured:
        # No colour leaks into the next line.
        assert not ESCAPE.findall(line) or ESCAPE.findall(line)[-1] in ("\x1b[0m", "\x1b[22m")


def test_a_plane_shows_letters_and_shades() -> None:
    lines = shown(PICTURES["plane"](), 80)
    framed = [line for line in lines if line.startswith("  |")]
    body = "".join(framed)
    assert body.count("L") == body.count("B") == 1
    row = next(line for line in framed if "L" in line)
    assert row.index("L") < row.index("B")
    assert set(body) >= set(".,:-=+")
    text = "\n".join(lines)
    assert "  L  certified local minimum, loss 5/2 (exact)" in text
    assert "  B  better point, loss 3/2 (exact)" in text
    # Around B it is lower than at L, around L it is not.
    assert row[row.index("B") + 1] in " .,:"
    assert row[row.index("L") + 1] in "-=+"


def test_curves_pass_through_their_marks() -> None:
    lines = shown(PICTURES["segment"](), 80)
    grid = [line.partition("|")[2] for line in lines if "|" in line]
    where = {c: (r, line.index(c)) for r, line in enumerate(grid) for c in "LPB" if c in line}
    assert where["L"][1] < where["P"][1] < where["B"][1]
    assert where["P"][0] < where["L"][0] < where["B"][0]


def test_training_is_counted_in_words() -> None:
    text = "\n".join(shown(PICTURES["training"](), 80))
    assert "of 12 runs" in text and "not part of the proof" in text
    assert re.search(r"t  \[#*\.*\] +\d+", text)


def test_openness_beside_or_below() -> None:
    wide, narrow = shown(PICTURES["openness"](), 120), shown(PICTURES["openness"](), 60)
    assert any("not open" in line and "(A', B'): open" in line for line in wide)
    assert not any("not open" in line and "(A', B'): open" in line for line in narrow)
    assert len(narrow) > len(wide)
    assert any("^" in line for line in narrow) and any("O" in line for line in narrow)
