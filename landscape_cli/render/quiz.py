"""Questions of the quiz for a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .lesson import INSET, LETTERS, inner_page, inset
from .verdict import verdict_lines

if TYPE_CHECKING:
    from ..engine.report import ModelReport
    from ..teaching.quiz import Question
    from .layout import Page

MEANINGS = {
    "holds": "proved, for all data allowed",
    "fails": "refuted by an example",
    "conditional": "true where a condition on the point is met",
    "unknown": "nothing decides it",
}
ASKED = {
    "local_is_global": "Is every local minimum global?",
    "strict_saddle": "Is every critical point global or a strict saddle?",
}


def quiz_title_lines(count: int, seed: int, level: int | None, page: Page) -> None:
    """How many questions, how hard, and how to get the same ones again."""
    words = f"{count} question{'s' * (count != 1)}"
    hard = "of growing difficulty" if level is None else f"of level {level}"
    again = f"--seed {seed} --questions {count}" + (f" --level {level}" if level else "")
    page.row([("", f"{words} {hard}")])
    page.row([("dim", f"the same ones again: landscape quiz {again}")])


def model_question_lines(question: Question, count: int, page: Page) -> None:
    """The model and the possible verdicts."""
    page.blank()
    page.row(
        [("name", f"Question {question.number} of {count}")],
        right=("dim", f"level {question.level}"),
    )
    for row in question.text.splitlines():
        page.row([("label", row)], indent=4)
    asked = "strict_saddle" if "require strict_saddle" in question.text else "local_is_global"
    page.row([("", ASKED[asked])], indent=INSET)
    for letter, verdict in zip(LETTERS, question.verdicts, strict=False):
        page.row(
            [(verdict, verdict), ("", f": {MEANINGS[verdict]}")],
            indent=INSET, label=("name", f"{letter})"), column=INSET + 3,
        )  # fmt: skip


def assumption_question_lines(question: Question, page: Page) -> None:
    """The assumptions among which the missing one is."""
    page.row([("", "What is missing for "), ("name", question.near or ""), ("", "?")],
             indent=INSET)  # fmt: skip
    for letter, (name, says) in zip(LETTERS, question.choices, strict=False):
        page.row(
            [("name", name), ("", f": {says}")],
            indent=INSET, label=("name", f"{letter})"), column=INSET + 3,
        )  # fmt: skip


def mark_lines(right: bool | None, answer: str, page: Page) -> None:
    """Whether an answer was right (None: none was given), and what is."""
    word, style = {True: ("Right: ", "good"), False: ("No: ", "bad"), None: ("Answer: ", "")}[right]
    page.row([(style, word), ("name", answer)], indent=INSET)


def explained_lines(report: ModelReport, page: Page) -> None:
    """The whole verdict, as ``landscape ask`` prints it."""
    inner = inner_page(page)
    verdict_lines(report, inner)
    page.blank()
    inset(inner, page)


def question_json(question: Question) -> dict[str, Any]:
    """A question with its answers."""
    return {
        "number": question.number,
        "level": question.level,
        "model": question.text,
        "verdicts": list(question.verdicts),
        "verdict": question.verdict,
        "decided_by": question.decider,
        "near": question.near,
        "assumptions": [{"id": name, "says": says} for name, says in question.choices],
        "missing": question.choices[question.answer][0] if question.choices else None,
    }
