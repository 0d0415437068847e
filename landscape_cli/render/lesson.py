"""Lessons for a terminal: sections, questions, models with the answers of the tool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .layout import Page, Piece
from .markdown import markdown_lines
from .verdict import verdict_lines

if TYPE_CHECKING:
    from ..engine.report import ModelReport
    from ..model.diagnostics import Diagnostic
    from ..point.analysis import PointAnalysis
    from ..teaching.lessons import Block, Lesson, Question, Section

LETTERS = "abcdefghij"
INSET = 2
"""What the tool says stands this far to the right of what the lesson says."""


def lesson_title_lines(lesson: Lesson, count: int, page: Page) -> None:
    """Number, title and summary."""
    page.blank()
    page.row([("name", lesson.title)], label=("label", f"Lesson {lesson.number} of {count}"),
             column=len(f"Lesson {lesson.number} of {count}") + 2)  # fmt: skip
    markdown_lines(lesson.summary, page, indent=INSET)


def section_title_lines(section: Section, page: Page) -> None:
    """The heading of a section."""
    page.blank()
    if section.title:
        page.row([("name", section.title)])
        page.unwrapped(("dim", "-" * min(len(section.title), page.width)))


def question_lines(question: Question, page: Page) -> None:
    """A question with its choices by letter."""
    page.blank()
    page.row([("label", "Predict")])
    markdown_lines(question.text, page, indent=INSET)
    for letter, choice in zip(LETTERS, question.choices, strict=False):
        pieces = _inline(choice.text)
        page.row(pieces, indent=INSET, label=("name", f"{letter})"), column=INSET + 3)


def _inline(text: str) -> list[Piece]:
    from markdown_it import MarkdownIt

    from .markdown import inline_pieces

    return [piece for token in MarkdownIt("commonmark").parseInline(text)
            for piece in inline_pieces(token)]  # fmt: skip


def answer_lines(question: Question, given: int | None, page: Page) -> None:
    """Whether the answer was right, and why (``given`` None: nothing was predicted)."""
    letter = LETTERS[question.answer]
    if given is None:
        page.row([("", f"Answer: {letter})")], indent=INSET)
    elif given == question.answer:
        page.row([("good", "Right.")], indent=INSET)
    else:
        page.row([("bad", "No"), ("", f", {letter}).")], indent=INSET)
    if question.after:
        markdown_lines(question.after, page, indent=INSET)


def typed_lines(block: Block, page: Page) -> None:
    """The statements of a model, or of a change as they are typed."""
    page.blank()
    mark = "> " if block.of is not None else ""
    for row in block.source.splitlines():
        page.row(
            [("label", row)], indent=4, label=("dim", mark), column=4 + len(mark),
        )  # fmt: skip


def inset(inner: Page, page: Page) -> None:
    """Put a narrower page onto a page."""
    for line in inner.lines:
        page.lines.append((" " * INSET + line).rstrip())


def inner_page(page: Page) -> Page:
    """A page for what ``inset`` takes."""
    return Page(page.width - INSET, page.colour)


def model_answer_lines(block: Block, report: ModelReport, page: Page) -> None:
    """What the tool says of a model, as much of it as the block shows."""
    inner = inner_page(page)
    inner.blank()
    if block.show == "line":
        from .session import verdict_line

        verdict_line(report, inner)
    else:
        verdict_lines(report, inner)
        if block.show == "proof" and report.proof is not None:
            from .proof import proof_lines

            proof_lines(report.proof, inner)
    page.blank()
    inset(inner, page)


def point_answer_lines(analysis: PointAnalysis, page: Page) -> None:
    """What the tool says of a point; of the theorems that cover it only the names."""
    from .point import point_text

    inner = inner_page(page)
    covered: list[str] = []
    for line in point_text(analysis).splitlines():
        if line.startswith("covered by "):
            covered.append(line.removeprefix("covered by ").partition(":")[0])
        elif not covered:
            text = line.lstrip()
            inner.row([(_point_style(text), text)], indent=len(line) - len(text))
    if covered:
        inner.row([("", f"covered by {', '.join(covered)}")])
    page.blank()
    inset(inner, page)


def _point_style(text: str) -> str:
    if text.startswith("this point is"):
        return "name"
    if "NOT locally open" in text:
        return "bad"
    return "good" if "locally open into" in text else ""


def lesson_list_lines(
    lessons: Sequence[Lesson], progress: dict[str, tuple[int, bool]], page: Page
) -> None:
    """Every lesson with its summary and how far one is."""
    for lesson in lessons:
        section, done = progress.get(lesson.name, (0, False))
        count = len(lesson.sections)
        state = "done" if done else f"part {section + 1} of {count}" if section else ""
        page.row(
            [("name", lesson.title), ("", f" ({lesson.name})")],
            label=("label", f"{lesson.number}."), column=4,
            right=("good" if done else "doubt", state) if state else None, beside=False,
        )  # fmt: skip
        page.row(_inline(lesson.summary), indent=4)


def check_lines(lessons: Sequence[Lesson], wrong: Iterable[Diagnostic], page: Page) -> None:
    """The outcome of checking lessons against the engine."""
    count = len(tuple(wrong))
    blocks = sum(len(lesson.blocks) for lesson in lessons)
    names = f"{len(lessons)} lesson{'s' * (len(lessons) != 1)}, {blocks} models and points"
    outcome = (
        "all as the engine says"
        if not count
        else f"{count} claim{'s are' if count > 1 else ' is'} not so"
    )
    page.row([("", f"{names}: "), ("good" if not count else "bad", outcome)])
