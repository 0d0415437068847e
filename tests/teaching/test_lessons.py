"""Every lesson builds, and what it says is what the engine says; bad files are said clearly."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import landscape_cli
from landscape_cli.api import analyse, report
from landscape_cli.model.diagnostics import Diagnostic, InputError
from landscape_cli.render.explain import names
from landscape_cli.teaching.claims import arithmetic, wrong_claims, wrong_span
from landscape_cli.teaching.lessons import Block, Lesson, Question, load_lessons, parse_lesson

FOLDER = Path(landscape_cli.__file__).parent / "lessons"
LESSONS = load_lessons()
NAMES = tuple(name for group in names().values() for name in group)


def wrong(lesson: Lesson) -> list[str]:
    return [found.message for found in wrong_claims(lesson, NAMES, report, analyse)]


def test_the_eight_lessons() -> None:
    assert [(lesson.number, lesson.name) for lesson in LESSONS] == [
        (1, "local-openness"), (2, "matrix-products"), (3, "two-layers"), (4, "bottlenecks"),
        (5, "differentiability"), (6, "weight-decay"), (7, "relu"), (8, "burer-monteiro"),
    ]  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_what_a_lesson_says_is_so(lesson: Lesson) -> None:
    assert wrong(lesson) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_has_what_a_lesson_needs(lesson: Lesson) -> None:
    parts = [part for section in lesson.sections for part in section.parts]
    questions = [part for part in parts if isinstance(part, Question)]
    assert len(questions) >= 3
    assert all(question.after for question in questions)
    # Somewhere a change of the student turns the verdict, or what the point is.
    turned = [
        block for block in lesson.blocks.values()
        if block.of is not None and block.claims != lesson.blocks[block.of].claims
    ]  # fmt: skip
    assert turned
    assert lesson.sections[-1].title == "To remember"
    last = lesson.sections[-1].parts[-1]
    assert not isinstance(last, Block | Question) and "Sources:" in last.text
    # The right choice is not always the same letter.
    assert len({question.answer for question in questions}) > 1


def test_every_model_of_the_issue_is_in_a_lesson() -> None:
    verdicts = {
        (lesson.name, block.claims.get("theorem")) for lesson in LESSONS
        for block in lesson.blocks.values()
    }  # fmt: skip
    for name, theorem in (
        ("local-openness", "linear-open-everywhere"), ("matrix-products", "nonsmooth-narrow"),
        ("two-layers", "two-layer-squared"), ("bottlenecks", "bottleneck-huber"),
        ("differentiability", "nonsmooth-narrow"), ("weight-decay", "decay-deep-origin"),
        ("relu", "affine-piece"), ("burer-monteiro", "symmetric-wide"),
    ):  # fmt: skip
        assert (name, theorem) in verdicts


SAMPLE = re.search(
    r"^````markdown\n(.*?)^````$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M | re.S
)
assert SAMPLE is not None
TEXT = SAMPLE[1]


def lesson_of(text: str) -> Lesson:
    return parse_lesson("9-sample.md", text, "9-sample.md")


def test_the_lesson_of_the_description_builds_and_is_right() -> None:
    lesson = lesson_of(TEXT)
    assert (lesson.number, lesson.name, lesson.title) == (9, "sample", "Two widths")
    assert lesson.summary == "One line of summary, for --list."
    assert [section.title for section in lesson.sections] == ["First section"]
    assert lesson.blocks["kinked"].text == "net 5 -> 2 -> 4\nloss absolute"
    assert wrong(lesson) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("verdict=holds", "verdict=fails", "narrow: the lesson says verdict=fails, the engine says "
                                           "holds"),
        ("theorem=linear-squared", "theorem=linear-no-bottleneck",
         "narrow: the lesson says theorem=linear-no-bottleneck, the engine says linear-squared"),
        ("[1](#kinked.local)", "[2](#kinked.local)",
         "the lesson says 2, the engine says 1 (kinked.local)"),
        ("[1](#kinked.local)", "[1](#kinked.lokal)", "nothing is known of kinked.lokal"),
        ("[1](#kinked.local)", "[1](#nowhere.local)", "no block is called `nowhere`"),
        ("First section", "First section\n\n`1 + 2 - 1 = 3`", "`1 + 2 - 1 = 3` is not so"),
        ("First section", "First section\n\n`linear-sqared`", "nothing is called `linear-sqared`"),
        ("An optional text", "`2 < 1`", "`2 < 1` is not so"),
        ("First section", "First section\n\n`net 5 - 2`", "`net 5 - 2` is no statement"),
    ],
)  # fmt: skip
def test_a_claim_that_is_not_so_is_noticed(old: str, new: str, message: str) -> None:
    assert TEXT.count(old) >= 1
    found = wrong_claims(lesson_of(TEXT.replace(old, new, 1)), NAMES, report, analyse)
    assert [one.message[: len(message)] for one in found] == [message]
    assert found[0].code == "E151" and found[0].file == "9-sample.md"


def test_the_place_of_a_wrong_claim() -> None:
    text = TEXT.replace("[1](#kinked.local)", "[2](#kinked.local)")
    (found,) = wrong_claims(lesson_of(text), NAMES, report, analyse)
    assert found.span is not None
    assert "[2](#kinked.local)" in text.splitlines()[found.span.line - 1]


def test_claims_of_a_point() -> None:
    text = TEXT.replace(
        "```model narrow verdict=holds theorem=linear-squared\nnet 5 -> 2 -> 4\nloss squared\n",
        "```point narrow is=strict_saddle loss=1/2 open=no ranks=0/0/1 critical=no\n"
        "net 1 -> 1 -> 1; loss squared; data X = [[1]], Y = [[1]]; at W1 = [[0]], W2 = [[0]]\n",
    ).replace("verdict=fails\nloss absolute", "is=global_minimum\nat W1 = [[1]], W2 = [[1]]")
    text = text[: text.index("The verdict is now")] + "It is [not open](#narrow.openness).\n"
    assert wrong(lesson_of(text)) == [
        "narrow: the lesson says open=no, the engine says yes",
        "narrow: the lesson says ranks=0/0/1, the engine says 0/0/0",
        "narrow: the lesson says critical=no, the engine says yes",
        "the lesson says not open, the engine says open (narrow.openness)",
    ]


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(InputError) as caught:
        lesson_of(text)
    return [
        (error.span.line if error.span else 0, error.message) for error in caught.value.diagnostics
    ]


def place(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("# Two widths", "Two widths", "Two widths", "a lesson starts with its title"),
        ("> One line", "One line", "# Two", "a summary is missing"),
        ("(x) holds", "( ) holds", "```question", "exactly one choice of a question is right"),
        ("( ) fails", "(x) fails", "```question", "exactly one choice of a question is right"),
        ("( ) fails\n", "", "```question", "a question has at least two choices"),
        ("What does the tool say of 5 -> 2 -> 4 with the squared error?", "", "```question",
         "a question starts with what is asked"),
        ("```question", "```qestion", "```qestion", "unknown kind of block `qestion`"),
        (" verdict=holds", "", "```model", "this block doesn't say what to expect: verdict=..."),
        (" verdict=holds", " verdikt=holds", "```model", "unknown setting `verdikt`"),
        (" verdict=holds", " verdict", "```model", "`verdict` is no setting"),
        (" theorem=linear-squared", " verdict=fails", "```model", "`verdict` is given twice"),
        (" theorem=linear-squared", " show=all", "```model", "unknown value `all` of show"),
        ("```model narrow", "```model", "```model", "this block has no name"),
        ("loss squared", "los squared", "los squared", "unknown statement `los`"),
        ("loss squared", "", "```model", "this model is not complete: a loss is missing"),
        ("of=narrow", "of=narow", "```change", "there is no earlier block `narow` to change"),
        ("of=narrow ", "", "```change", "a change says which earlier block it changes"),
        ("change kinked", "change narrow", "```change", "a second block called `narrow`"),
        ("loss absolute", "loss absolut", "loss absolut", "unknown loss `absolut`"),
        ("loss absolute", "data Y = [[1]]", "data Y", "Y has 1 row, 4 expected"),
        ("## First section", "# Second title", "# Second", "a second title"),
        ("First section", "First section\n\n```text\n" + "x" * 57 + "\n```", "x" * 57,
         "this line is longer than 56 characters"),
    ],
)  # fmt: skip
def test_a_bad_lesson_is_said_with_its_line(old: str, new: str, at: str, message: str) -> None:
    assert TEXT.count(old) >= 1
    text = TEXT.replace(old, new, 1)
    found = problems(text)
    assert any(
        line == place(text, at) and said.startswith(message) for line, said in found
    ), found  # fmt: skip


def test_a_block_that_is_never_closed() -> None:
    text = TEXT[: TEXT.index("loss absolute")]
    assert problems(text) == [(place(text, "```change"), "this block is never closed")]


def test_folders(tmp_path: Path) -> None:
    def said(folder: Path) -> list[Diagnostic]:
        with pytest.raises(InputError) as caught:
            load_lessons(folder)
        return list(caught.value.diagnostics)

    assert said(tmp_path / "none")[0].message.startswith("no folder of lessons")
    (tmp_path / "README.md").write_text("not a lesson")
    assert said(tmp_path)[0].message == "no lesson in this folder"
    (tmp_path / "1-one.md").write_text(TEXT)
    assert [lesson.name for lesson in load_lessons(tmp_path)] == ["one"]
    (tmp_path / "1-other.md").write_text(TEXT)
    assert said(tmp_path)[0].message.startswith("a second lesson 1")
    (tmp_path / "1-other.md").write_bytes(b"\xff\xfe")
    (tmp_path / "2-two.md").write_text("nothing")
    found = said(tmp_path)
    assert [one.code for one in found] == ["E002", "E150", "E150", "E150"]


@cache
def _true() -> tuple[str, ...]:
    return (
        "1 + 2 - 1 = 2", "0 + 2 - 1 < 2", "min(784, 10 - 1) = 9", "1/2 * (2 - 0)^2 = 2",
        "rank([[1, 2], [2, 4]]) = 1", "[[1, 0], [0, 0]] * [[0, 0], [0, 1]] = [[0, 0], [0, 0]]",
        "[[1, 2]]^T = [[1], [2]]", "1 < 2 <= 2", "abs(-3) != 2", "0.1 + 0.2 = 0.3", "3 - 1/2 = 5/2",
    )  # fmt: skip


@pytest.mark.parametrize("text", _true())
def test_true_arithmetic(text: str) -> None:
    assert arithmetic(text) is True
    assert wrong_span(text, ()) is None


@pytest.mark.parametrize("text", ["1 = 2", "2 < 2", "rank([[1, 2], [2, 4]]) = 2", "1/3 = 0.333"])
def test_false_arithmetic(text: str) -> None:
    assert arithmetic(text) is False


@pytest.mark.parametrize(
    "text",
    ["1 +", "1 + 2", "2^1000 > 1", "__import__('os') = 1", "min([[1]]) = 1", "[[1]] < 2",
     "2 * [[1]] = 2", "(1).real = 1", "max() = 0"],
)  # fmt: skip
def test_what_is_no_arithmetic(text: str) -> None:
    with pytest.raises(ValueError):
        arithmetic(text)
