"""``landscape tour``: lessons in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import format_option

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..render.layout import Page, Piece
    from ..teaching.lessons import Block, Lesson, Question, Section
    from ..teaching.progress import Progress
    from ..teaching.session import Session

HELP = "Enter: go on   b: back   q: leave"


@click.command(
    "tour",
    short_help="Lessons in the terminal: predict, see, change.",
    epilog="""\b
Examples:
  landscape tour                     goes on where you left off
  landscape tour --list
  landscape tour --lesson 5
  landscape tour --lesson relu --no-input > lesson.txt
  landscape tour --lessons my-course/ --check

Exit codes: 0 done or left, 1 --check found a claim that is not so, 2 bad input, 130 Ctrl-C.
""",
)
@click.option("--list", "as_list", is_flag=True, help="List the lessons and how far you are.")
@click.option("--lesson", "wanted", metavar="N|NAME", help="Begin this lesson.")
@click.option("--no-input", is_flag=True, help="Show everything at once: for a recording.")
@click.option(
    "--lessons",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder with lessons of your own (its files are described in lessons/README.md of the"
    " package).",
)
@click.option("--reset", is_flag=True, help="Forget how far you are (in --lesson, or in all).")
@click.option("--check", is_flag=True, help="Compare what the lessons say with the engine.")
@format_option()
def command(
    as_list: bool,
    wanted: str | None,
    no_input: bool,
    folder: Path | None,
    reset: bool,
    check: bool,
    form: str,
) -> int:
    """Eight lessons on optimisation landscapes, five minutes each.

    You predict, the tool answers, you change the model and see what becomes of the verdict.
    Progress is kept; Ctrl-D or q leaves at any time. --format json lists the lessons.
    """
    from ..teaching.lessons import load_lessons
    from ..teaching.progress import Progress

    lessons = load_lessons(folder)
    chosen = None if wanted is None else _find(lessons, wanted)
    if form == "json":
        _list_json(lessons)
        return 0
    if check:
        return _check(lessons if chosen is None else (chosen,))
    if no_input:
        for lesson in lessons if chosen is None else (chosen,):
            _record(lesson, len(lessons))
        return 0
    progress = Progress(folder)
    if reset:
        progress.forget(None if chosen is None else chosen.name)
        _warn(progress)
        if chosen is None:
            click.echo("Progress forgotten: the tour begins anew.")
            return 0
    if as_list:
        _list(lessons, progress)
        return 0
    return _Tour(lessons, progress).run(chosen)


def _find(lessons: tuple[Lesson, ...], wanted: str) -> Lesson:
    for lesson in lessons:
        if wanted in (str(lesson.number), lesson.name, f"{lesson.number}-{lesson.name}"):
            return lesson
    if wanted.isdecimal():
        raise click.UsageError(f"there is no lesson {wanted}: lessons go from "
                               f"{lessons[0].number} to {lessons[-1].number}")  # fmt: skip
    from ._console import nearest_name

    near = nearest_name(wanted, [lesson.name for lesson in lessons])
    hint = f"Did you mean {near!r}?" if near else "landscape tour --list has all."
    raise click.UsageError(f"no lesson is called {wanted!r}. {hint}")


def _list_json(lessons: tuple[Lesson, ...]) -> None:
    from ._console import write_json

    write_json(
        [
            {"number": lesson.number, "name": lesson.name, "title": lesson.title,
             "summary": lesson.summary, "sections": [s.title for s in lesson.sections],
             "models": [block.text for block in lesson.blocks.values()]}
            for lesson in lessons
        ]
    )  # fmt: skip


def _list(lessons: tuple[Lesson, ...], progress: Progress) -> None:
    from ..render.lesson import lesson_list_lines
    from ._console import new_page, write

    page = new_page()
    lesson_list_lines(lessons, progress.lessons, page)
    write(page)
    _warn(progress)


def _warn(progress: Progress) -> None:
    if progress.problem is not None:
        click.echo(f"landscape tour: {progress.problem}", err=True)
        progress.problem = None


def _check(lessons: tuple[Lesson, ...]) -> int:
    """Compare every claim with the engine."""
    from ..api import analyse, report
    from ..render.explain import names
    from ..render.lesson import check_lines
    from ..teaching.claims import wrong_claims
    from ._console import new_page, write, write_errors
    from ._progress import Progress as Bar

    every = [name for group in names().values() for name in group]
    wrong: list[Diagnostic] = []
    bar = Bar(len(lessons), "lessons")
    for lesson in lessons:
        bar.step(lesson.name)
        wrong += wrong_claims(lesson, every, report, analyse)
    bar.clear()
    write_errors(wrong)
    page = new_page()
    check_lines(lessons, wrong, page)
    write(page)
    return 1 if wrong else 0


def _answer(block: Block, page: Page) -> None:
    """What the tool says of a block."""
    from ..api import analyse, report
    from ..render.lesson import model_answer_lines, point_answer_lines
    from ..syntax import parse

    (model,) = parse(block.text)
    if block.kind == "model":
        model_answer_lines(block, report(model), page)
    else:
        point_answer_lines(analyse(model), page)


def _record(lesson: Lesson, count: int) -> None:
    """The whole lesson without a question to anyone."""
    from ..render.lesson import (
        answer_lines,
        lesson_title_lines,
        question_lines,
        section_title_lines,
        typed_lines,
    )
    from ..render.markdown import markdown_lines
    from ..teaching.lessons import Block, Question
    from ._console import new_page, write

    page = new_page()
    lesson_title_lines(lesson, count, page)
    for section in lesson.sections:
        section_title_lines(section, page)
        for part in section.parts:
            if isinstance(part, Question):
                question_lines(part, page)
                page.blank()
                answer_lines(part, None, page)
            elif isinstance(part, Block):
                typed_lines(part, page)
                _answer(part, page)
            else:
                page.blank()
                markdown_lines(part.text, page)
    page.lines.append("")
    write(page)


class _Back(Exception):
    """To the section before."""


class _Tour:
    """A student at a terminal (or a script of answers on standard input)."""

    def __init__(self, lessons: tuple[Lesson, ...], progress: Progress) -> None:
        self.lessons = lessons
        self.progress = progress
        self.right = self.asked = 0

    def run(self, chosen: Lesson | None) -> int:
        """Lesson after lesson; progress is kept at every section."""
        from . import INTERRUPTED
        from ._prompt import Left

        lesson, section = (chosen, 0) if chosen is not None else self._next()
        if lesson is None:
            self._say("All lessons are done. --lesson N repeats one, --reset begins anew.")
            return 0
        try:
            while lesson is not None:
                self._lesson(lesson, section)
                later = [one for one in self.lessons if one.number > lesson.number]
                lesson, section = (later[0] if later else None), 0
                if lesson is not None:
                    self._say(f"Next: {lesson.number}. {lesson.title}")
                    self._ask(HELP)
        except (Left, KeyboardInterrupt) as left:
            if self.asked:
                self._say(f"{self.right} of {self.asked} predictions were right.")
            _warn(self.progress)
            self._say("Your place is kept: landscape tour goes on from here.")
            return 0 if isinstance(left, Left) and not left.interrupted else INTERRUPTED
        self._say(f"That was the last lesson. {self.right} of {self.asked} predictions were right.")
        return 0

    def _next(self) -> tuple[Lesson | None, int]:
        """The lesson and section to go on with."""
        begun = self.progress.lessons
        _warn(self.progress)
        last = next((one for one in self.lessons if one.name == self.progress.last), None)
        if last is not None and not begun.get(last.name, (0, False))[1]:
            return last, min(begun.get(last.name, (0, False))[0], len(last.sections) - 1)
        start = last.number if last is not None else -1
        order = sorted(self.lessons, key=lambda one: (one.number <= start, one.number))
        for lesson in order:
            section, done = begun.get(lesson.name, (0, False))
            if not done:
                return lesson, min(section, len(lesson.sections) - 1)
        return None, 0

    def _say(self, text: str) -> None:
        from ._console import new_page, write

        page = new_page()
        page.row([("", text)])
        write(page)

    def _ask(self, prompt: str) -> str:
        """An answer; q leaves, b goes back."""
        from ._prompt import Left, ask_line

        answer = ask_line(f"[{prompt}] ")
        if answer.lower() in ("q", "quit", ":quit", ":q"):
            raise Left(interrupted=False)
        if answer.lower() in ("b", "back") and prompt == HELP:
            raise _Back
        return answer

    def _lesson(self, lesson: Lesson, section: int) -> None:
        from ..render.lesson import lesson_title_lines
        from ._console import new_page, write

        page = new_page()
        lesson_title_lines(lesson, len(self.lessons), page)
        if section:
            page.blank()
            page.row([("dim", f"goes on at part {section + 1} of {len(lesson.sections)}; "
                              "b goes back")])  # fmt: skip
        page.lines.append("")
        write(page)
        was_done = self.progress.lessons.get(lesson.name, (0, False))[1]
        while section < len(lesson.sections):
            self.progress.keep(lesson.name, section, was_done)
            _warn(self.progress)
            try:
                self._section(lesson, lesson.sections[section])
                section += 1
                if section < len(lesson.sections):
                    self._ask(HELP)
            except _Back:
                section = max(0, section - 2 if section else 0)
        self.progress.keep(lesson.name, 0, True)

    def _section(self, lesson: Lesson, section: Section) -> None:
        from ..render.lesson import answer_lines, section_title_lines, typed_lines
        from ..render.markdown import markdown_lines
        from ..teaching.lessons import Block, Question
        from ._console import new_page, write

        page = new_page()
        section_title_lines(section, page)
        for k, part in enumerate(section.parts):
            if isinstance(part, Question):
                write(page)
                page = new_page()
                page.blank()
                given = self._predict(part)
                answer_lines(part, given, page)
            elif isinstance(part, Block):
                if part.of is not None:
                    write(page)
                    page = new_page()
                    self._change(lesson, part)
                    page.lines.append("")
                typed_lines(part, page)
                write(page)
                page = new_page()
                before = section.parts[k - 1] if k else None
                if part.of is None and not isinstance(before, Question):
                    self._ask("Enter: what does the tool say?")
                page.lines.append("")
                _answer(part, page)
            else:
                page.lines.append("")
                markdown_lines(part.text, page)
        page.lines.append("")
        write(page)

    def _predict(self, question: Question) -> int | None:
        """The index of the choice; None for no answer."""
        from ..render.lesson import LETTERS, question_lines
        from ._console import new_page, write

        page = new_page()
        page.lines.append("")
        question_lines(question, page)
        write(page)
        letters = LETTERS[: len(question.choices)]
        while True:
            answer = self._ask(f"{letters[0]}-{letters[-1]}, or Enter to see").lower().rstrip(").")
            if not answer:
                return None
            if len(answer) == 1 and answer in letters:
                given = letters.index(answer)
                self.asked += 1
                self.right += given == question.answer
                return given
            self._say(f"Type one of the letters {', '.join(letters)} (q leaves).")

    def _change(self, lesson: Lesson, block: Block) -> None:
        """The student changes the model, until it is as the lesson wants it or Enter is typed."""
        from ..model.diagnostics import InputError
        from ..render.session import change_lines, state_lines
        from ..teaching.session import Session
        from ._console import new_page, write, write_errors

        assert block.of is not None
        base = lesson.blocks[block.of]
        session = Session()
        session.amend(base.text)
        page = new_page()
        page.lines.append("")
        goal = _goal(block, base)
        page.row([("label", "Your turn"), ("", f": change this model ({base.name})"),
                  *_goal_words(goal)])  # fmt: skip
        state_lines(session.state, page)
        page.row([("dim", "Type a statement, several joined by ; (? shows the model, Enter the "
                          "lesson's change).")])  # fmt: skip
        write(page)
        while True:
            typed = self._ask("change")
            if not typed:
                return
            page = new_page()
            if typed == "?":
                state_lines(session.state, page)
                write(page)
                continue
            try:
                done = session.amend(typed)
            except InputError as error:
                write_errors(error.diagnostics, "change")
                sys.stderr.flush()
                continue
            for one in done:
                change_lines(one.changes, page)
            reached = _reached(goal, block, session, page)
            write(page)
            if reached:
                self._say("That does it. The lesson's way:")
                return


def _goal(block: Block, base: Block) -> tuple[str, str] | None:
    """The claim that the change turns, and what it becomes; None if it turns none."""
    for key in ("verdict", "open", "is"):
        if key in block.claims and block.claims[key] != base.claims.get(key):
            return key, block.claims[key]
    return None


def _goal_words(goal: tuple[str, str] | None) -> list[Piece]:
    """What a change should lead to."""
    if goal is None:
        return [("", " as the lesson says.")]
    key, value = goal
    if key == "verdict":
        return [("", " until the verdict is "), (value, value), ("", ".")]
    if key == "open":
        words = {"yes": "locally open", "no": "not locally open"}.get(value, value)
        return [("", " until the product is "), ("name", words), ("", ".")]
    return [("", " until the point is: "), ("name", value.replace("_", " ")), ("", ".")]


def _reached(goal: tuple[str, str] | None, block: Block, session: Session, page: Page) -> bool:
    """Whether the student's model is as the lesson wants it; what it is goes onto the page."""
    from ..api import analyse, report
    from ..model.diagnostics import InputError
    from ..render.session import missing_line, verdict_line
    from ..teaching.claims import point_facts

    model = session.model
    if model is None:
        missing_line(session.state, page)
        return False
    if block.kind == "model":
        found = report(model)
        verdict_line(found, page)
        return goal is None or found.verdict == goal[1]
    if model.point is None:
        page.row([("doubt", "there is no point any more: at W1 = ...")])
        return False
    try:
        facts = point_facts(analyse(model))
    except InputError as error:
        page.row([("bad", error.diagnostics[0].message)])
        return False
    pieces: list[Piece] = [("name", facts["is"].replace("_", " "))]
    if "openness" in facts:
        pieces.append(("", f"; the product is {facts['openness']} here"))
    page.row(pieces)
    return goal is None or facts.get(goal[0]) == goal[1]
