"""Wrapping, right margins, colours, and characters that must not reach a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.render.layout import STYLES, Page, printable, text_width, tied, wrapped

texts = st.text(st.sampled_from("ab ,[]->日\u0301"), max_size=200)


def test_text_wraps_under_itself() -> None:
    page = Page(40)
    page.row([("", "one two three four five six seven eight")], indent=2, label=("", "label"),
             column=10)  # fmt: skip
    assert page.lines == ["  label   one two three four five six", "          seven eight"]


def test_a_note_stands_at_the_right_margin() -> None:
    page = Page(60)
    page.row([("", "short")], right=("dim", "line 1, column 2"))
    assert page.lines == ["short" + " " * 39 + "line 1, column 2"]
    page = Page(60)
    page.row([("", "word " * 12)], right=("dim", "line 1, column 2"))
    assert page.lines[0].endswith("word  line 1, column 2") or len(page.lines[0]) == 60
    assert all(len(line) <= 60 for line in page.lines)
    page = Page(60)
    page.row([("", "x" * 50)], right=("dim", "line 1, column 2"), beside=False)
    assert page.lines == ["x" * 50, " " * 44 + "line 1, column 2"]


def test_a_label_too_wide_for_its_column_stands_above() -> None:
    page = Page(60)
    page.row([("", "text")], label=("", "a-long-label"), column=6)
    assert page.lines == ["a-long-label", "      text"]


def test_tied_words_stay_together() -> None:
    page = Page(40)
    page.row([("", "a " * 15 + tied("W2 = diag(1,0)"))])
    assert page.lines[1] == "W2 = diag(1,0)"


def test_a_word_longer_than_a_line_is_cut_behind_a_comma() -> None:
    lines = wrapped([("", "[" + "1,2," * 30 + "3]")], 40)
    assert all(sum(text_width(t) for _, t in line) <= 40 for line in lines)
    assert lines[0][0][1].endswith(",")


@settings(derandomize=True, deadline=None, max_examples=150)
@given(texts, st.integers(10, 60))
def test_wrapping_keeps_every_character_and_the_width(text: str, most: int) -> None:
    lines = wrapped([("", text), ("name", text)], most)
    joined = "".join(t for line in lines for _, t in line)
    assert joined.replace(" ", "") == (printable(text) * 2).replace(" ", "")
    assert all(sum(text_width(t) for _, t in line) <= most for line in lines)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(texts, texts, st.integers(40, 120), st.booleans())
def test_colour_never_changes_the_layout(text: str, note: str, width: int, beside: bool) -> None:
    note = note.replace(" ", "")[:20]
    pages = Page(width, False), Page(width, True)
    for page in pages:
        page.row([("", text), ("fails", text)], indent=2, label=("label", "x"), column=8,
                 right=("dim", note), beside=beside)  # fmt: skip
    plain = re.sub(r"\x1b\[[0-9;]*m", "", pages[1].text)
    assert [line.rstrip() for line in plain.splitlines()] == pages[0].text.splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain café 日本", "plain café 日本"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\x00\x7f", "a\\rb\\x00\\x7f"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_become_visible(text: str, shown: str) -> None:
    assert printable(text) == shown
    page = Page(80)
    page.row([("", text)], label=("", text), column=40)
    page.unwrapped(("", text))
    for line in page.lines:
        assert "\x1b" not in line and "\x00" not in line and "\r" not in line


def test_widths_of_wide_characters() -> None:
    assert text_width("日本") == 4
    assert text_width("e\u0301") == 1
    assert Page(10).width == 40
    assert Page(1000).width == 120


def test_every_style_is_a_colour_code() -> None:
    assert all(re.fullmatch(r"[0-9;]*", code) for code in STYLES.values())
