"""``landscape quiz``: what is the verdict, and which assumption is missing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ._options import format_option

if TYPE_CHECKING:
    from ..teaching.quiz import Question

LARGEST_SEED = 10_000


@click.command(
    "quiz",
    short_help="Questions on made-up models: the verdict, the missing assumption.",
    epilog="""\b
Examples:
  landscape quiz
  landscape quiz --questions 5 --level 2
  landscape quiz --seed 7 --no-input        (questions with answers, for a handout)
  landscape quiz --seed 7 --format json     (the same as data)
""",
)
@click.option("--seed", type=click.IntRange(min=0), help="The same questions for the same seed.")
@click.option(
    "--questions",
    "count",
    type=click.IntRange(1, 200),
    default=10,
    show_default=True,
    help="How many questions.",
)
@click.option("--level", type=click.IntRange(1, 3), help="1 to 3; without it they get harder.")
@click.option("--no-input", is_flag=True, help="Show the questions with their answers.")
@format_option()
def command(
    seed: int | None, count: int, level: int | None, no_input: bool, form: str
) -> int:  # fmt: skip
    """Guess verdicts of made-up models, and the assumption that fails.

    The models are varied from the theorems and counterexample families of the catalogue; every
    answer is worked out by the engine, and explained. A point each for the verdict and for the
    assumption. Ctrl-D or q leaves with the score so far.
    """
    from ..render.quiz import question_json, quiz_title_lines
    from ..teaching.quiz import questions
    from ._console import new_page, write, write_json

    if seed is None:
        from secrets import randbelow

        seed = randbelow(LARGEST_SEED)
    made = questions(seed, count, level)
    if form == "json":
        write_json({"seed": seed, "questions": [question_json(one) for one in made]})
        return 0
    page = new_page()
    quiz_title_lines(count, seed, level, page)
    write(page)
    if no_input:
        for question in made:
            _show(question, count)
        return 0
    from . import INTERRUPTED
    from ._prompt import Left

    score = [0, 0]
    code = 0
    try:
        for question in made:
            _ask(question, count, score)
    except (Left, KeyboardInterrupt) as left:
        code = 0 if isinstance(left, Left) and not left.interrupted else INTERRUPTED
    click.echo(f"Score: {score[0]} of {score[1]} points.")
    return code


def _show(question: Question, count: int) -> None:
    """A question with its answers."""
    from ..render.quiz import assumption_question_lines, mark_lines, model_question_lines
    from ._console import new_page, write

    page = new_page()
    page.lines.append("")
    model_question_lines(question, count, page)
    mark_lines(None, question.verdict, page)
    if question.choices:
        assumption_question_lines(question, page)
        mark_lines(None, question.choices[question.answer][0], page)
    write(page)
    _explain(question)


def _explain(question: Question) -> None:
    from ..api import report
    from ..render.quiz import explained_lines
    from ..syntax import parse
    from ._console import new_page, write

    page = new_page()
    page.lines.append("")
    (model,) = parse(question.text)
    explained_lines(report(model), page)
    write(page)


def _ask(question: Question, count: int, score: list[int]) -> None:
    from ..render.quiz import assumption_question_lines, mark_lines, model_question_lines
    from ._console import new_page, write

    page = new_page()
    page.lines.append("")
    model_question_lines(question, count, page)
    write(page)
    given = _choice(question.verdicts)
    right = question.verdicts[given] == question.verdict
    score[0] += right
    score[1] += 1
    page = new_page()
    mark_lines(right, question.verdict, page)
    if question.choices:
        assumption_question_lines(question, page)
        write(page)
        right = _choice([name for name, _ in question.choices]) == question.answer
        score[0] += right
        score[1] += 1
        page = new_page()
        mark_lines(right, question.choices[question.answer][0], page)
    write(page)
    _explain(question)


def _choice(names: tuple[str, ...] | list[str]) -> int:
    """The index of the answer: a letter or the name itself; raises ``Left``."""
    from ..render.lesson import LETTERS
    from ._prompt import Left, ask_line

    letters = LETTERS[: len(names)]
    while True:
        answer = ask_line(f"[{letters[0]}-{letters[-1]}] ").lower().rstrip(").")
        if answer in ("q", "quit"):
            raise Left(interrupted=False)
        if len(answer) == 1 and answer in letters:
            return letters.index(answer)
        if answer in names:
            return names.index(answer)
        click.echo(f"Type one of the letters {', '.join(letters)} (q leaves).")
