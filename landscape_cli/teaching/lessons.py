"""Lesson files: Markdown with fenced blocks for models, points, questions and changes.

``lessons/README.md`` describes the format for teachers. What a block says of a model (its
*claims*) stands in the info string of the fence; ``claims`` compares it with the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from ..model.diagnostics import Diagnostic, InputError
from ..model.span import Span
from .session import Session

MODEL_CLAIMS = ("verdict", "theorem", "missing", "local", "better")
POINT_CLAIMS = ("is", "loss", "critical", "open", "ranks", "reached")
SHOW = ("verdict", "line", "proof")
KINDS = ("model", "point", "change", "question")
FILE_NAME = re.compile(r"(\d+)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
BAD_LESSON = "E150"
WIDEST_TEXT = 56
"""No line of a ``text`` block is longer: it has to fit a terminal of 60 columns."""


class Prose(NamedTuple):
    """Markdown between two blocks."""

    text: str
    line: int


class Block(NamedTuple):
    """A model or a point of which the tool's answer is shown.

    ``source`` is what the block holds: a whole model or, where the block changes another one
    (``of``), the statements that are typed. ``text`` is the whole model. ``claims`` are what the
    lesson says of the answer.
    """

    kind: Literal["model", "point"]
    name: str
    source: str
    text: str
    claims: dict[str, str]
    show: str
    line: int
    of: str | None = None


class Choice(NamedTuple):
    """A possible answer and whether it is right."""

    text: str
    right: bool


class Question(NamedTuple):
    """A prediction: exactly one choice is right; ``after`` is said once it was answered."""

    text: str
    choices: tuple[Choice, ...]
    after: str
    line: int

    @property
    def answer(self) -> int:
        """The index of the right choice."""
        return next(k for k, choice in enumerate(self.choices) if choice.right)


Part: TypeAlias = "Prose | Block | Question"


class Section(NamedTuple):
    """What is on the screen at once."""

    title: str
    parts: tuple[Part, ...]


class Lesson(NamedTuple):
    """One lesson: ``number`` and ``name`` from the file name, ``title`` from its first heading."""

    number: int
    name: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    file: str

    @property
    def blocks(self) -> dict[str, Block]:
        """The models and points by name."""
        return {
            part.name: part
            for section in self.sections
            for part in section.parts
            if isinstance(part, Block)
        }


class _Problems:
    """The errors of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.rows = text.split("\n")
        self.found: list[Diagnostic] = []

    def add(self, line: int, message: str, hint: str | None = None) -> None:
        row = self.rows[line - 1] if line <= len(self.rows) else ""
        span = Span(line, 1, line, max(2, len(row) + 1))
        self.found.append(Diagnostic(BAD_LESSON, message, self.file, span, hint, row))


def load_lessons(folder: Path | None = None) -> tuple[Lesson, ...]:
    """The lessons of a folder (by default those of the package), by number.

    Raises ``InputError`` with every mistake of every file.
    """
    root: Traversable = files("landscape_cli").joinpath("lessons") if folder is None else folder
    shown = "lessons" if folder is None else str(folder)
    try:
        names = sorted(entry.name for entry in root.iterdir())
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise InputError(
            [Diagnostic(BAD_LESSON, f"no folder of lessons: {reason}", shown)]
        ) from error
    lessons: list[Lesson] = []
    errors: list[Diagnostic] = []
    for name in names:
        if not FILE_NAME.fullmatch(name):
            continue
        file = f"{shown}/{name}"
        try:
            lessons.append(
                parse_lesson(name, root.joinpath(name).read_text(encoding="utf-8-sig"), file)
            )
        except UnicodeDecodeError:
            errors.append(Diagnostic("E002", "this lesson is not UTF-8", file))
        except OSError as error:
            errors.append(Diagnostic("E001", f"this lesson can't be read: {error.strerror}", file))
        except InputError as error:
            errors += error.diagnostics
    taken: dict[int, Lesson] = {}
    for lesson in lessons:
        if lesson.number in taken:
            message = f"a second lesson {lesson.number}: {taken[lesson.number].file} is one already"
            errors.append(Diagnostic(BAD_LESSON, message, lesson.file))
        taken[lesson.number] = lesson
    if not lessons and not errors:
        errors.append(
            Diagnostic(
                BAD_LESSON, "no lesson in this folder", shown, None,
                "a lesson is a file with a name like 1-local-openness.md",
            )
        )  # fmt: skip
    if errors:
        raise InputError(errors)
    return tuple(sorted(lessons, key=lambda lesson: lesson.number))


def parse_lesson(name: str, text: str, file: str) -> Lesson:
    """The lesson of a file called ``name`` (``3-a-name.md``); ``InputError`` with all mistakes."""
    from markdown_it import MarkdownIt

    found = FILE_NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"not the name of a lesson: {name}")
    problems = _Problems(file, text)
    rows = problems.rows
    title = summary = ""
    sections: list[tuple[str, list[Part]]] = [("", [])]
    named: dict[str, tuple[Block, Session]] = {}
    asked: Question | None = None
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.level == 0]
    for token in tokens:
        if token.map is None:
            continue
        first, last = token.map
        line = first + 1
        body = "\n".join(rows[first:last]).strip("\n")
        if token.type == "heading_open" and token.tag == "h1":
            if title:
                problems.add(line, "a second title: a lesson has one heading `# ...`")
            title = body.lstrip("# ").strip()
        elif token.type == "heading_open" and token.tag == "h2":
            sections.append((body.lstrip("# ").strip(), []))
        elif token.type == "blockquote_open" and not summary and len(sections) == 1:
            summary = " ".join(row.lstrip("> ").strip() for row in body.splitlines())
        elif token.type == "fence" and token.info.split()[:1] and token.info.split()[0] in KINDS:
            if last - first < 2 or not rows[last - 1].lstrip().startswith(token.markup):
                problems.add(line, "this block is never closed", f"end it with {token.markup}")
                continue
            part: Part | None
            if token.info.split()[0] == "question":
                part = asked = _question(token.content, line, token.info, problems)
            else:
                part = _block(token.info, token.content, line, named, problems, file)
                if part is None:
                    continue
            if part is not None:
                sections[-1][1].append(part)
        elif token.type == "fence" and token.info.strip() not in ("", "text"):
            word = token.info.split()[0]
            problems.add(
                line, f"unknown kind of block `{word}`",
                "known: " + ", ".join(KINDS) + " (and text, shown as it is)",
            )  # fmt: skip
        else:
            if token.type == "fence":
                for k, row in enumerate(token.content.splitlines(), start=line + 1):
                    if len(row) > WIDEST_TEXT:
                        problems.add(k, f"this line is longer than {WIDEST_TEXT} characters",
                                     "it would not fit a narrow terminal")  # fmt: skip
            parts = sections[-1][1]
            if parts and isinstance(parts[-1], Prose):
                previous = parts[-1]
                gap = "\n" * max(1, line - previous.line - previous.text.count("\n"))
                parts[-1] = Prose(previous.text + gap + body, previous.line)
            else:
                parts.append(Prose(body, line))
    if not title:
        problems.add(1, "a lesson starts with its title: # What local openness is")
    if not summary:
        problems.add(1, "a summary is missing", "put a line `> ...` below the title")
    if asked is None:
        problems.add(1, "a lesson asks for at least one prediction: a block `question`")
    if problems.found:
        raise InputError(problems.found)
    kept = tuple(Section(head, tuple(parts)) for head, parts in sections if parts)
    return Lesson(int(found[1]), found[2], title, summary, kept, file)


def _settings(words: Sequence[str], line: int, known: Sequence[str], problems: _Problems,
              ) -> dict[str, str]:  # fmt: skip
    found: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not value:
            problems.add(line, f"`{word}` is no setting", "settings are written key=value")
        elif key not in known:
            from ..syntax.mistakes import did_you_mean

            hint = did_you_mean(key, known) or "known: " + ", ".join(known)
            problems.add(line, f"unknown setting `{key}`", hint)
        elif key in found:
            problems.add(line, f"`{key}` is given twice")
        else:
            found[key] = value
    return found


def _block(
    info: str,
    source: str,
    line: int,
    named: dict[str, tuple[Block, Session]],
    problems: _Problems,
    file: str,
) -> Block | None:
    """A block ``model NAME ...``, ``point NAME ...`` or ``change NAME of=...``."""
    kind, *words = info.split()
    if not words or "=" in words[0]:
        problems.add(line, f"this block has no name: ```{kind} NAME key=value ...")
        return None
    name, *rest = words
    if name in named:
        problems.add(line, f"a second block called `{name}`: names are for one block each")
        return None
    base: Block | None = None
    session = Session()
    if kind == "change":
        of = next((word[3:] for word in rest if word.startswith("of=")), None)
        rest = [word for word in rest if not word.startswith("of=")]
        if of is None or of not in named:
            problems.add(
                line,
                "a change says which earlier block it changes: of=NAME"
                if of is None
                else f"there is no earlier block `{of}` to change",
                f"known here: {', '.join(named) or 'none'}",
            )
            return None
        base, before = named[of]
        session.state = before.state
    pointed = (base.kind if base is not None else kind) == "point"
    claims = POINT_CLAIMS if pointed else MODEL_CLAIMS
    settings = _settings(rest, line, (*claims, "show"), problems)
    show = settings.pop("show", "verdict")
    if show not in SHOW:
        problems.add(line, f"unknown value `{show}` of show", "known: " + ", ".join(SHOW))
    needed = "is" if pointed else "verdict"
    if needed not in settings and (pointed is False or "open" not in settings):
        problems.add(
            line, f"this block doesn't say what to expect: {needed}=...",
            "the checker compares it with the engine",
        )  # fmt: skip
    try:
        session.amend(source, file=file, line=line + 1)
        if session.state.missing:
            problems.add(line, f"this model is not complete: {' and '.join(session.state.missing)}"
                               " is missing")  # fmt: skip
            return None
        model = session.model
        if pointed and (model is None or model.point is None):
            problems.add(line, "a point is missing: the statement `at W1 = ...`")
            return None
    except InputError as error:
        problems.found += [
            one if one.file == file else _elsewhere(one, file, line) for one in error.diagnostics
        ]
        return None
    block = Block(
        "point" if pointed else "model", name, source.strip("\n"), session.state.text, settings,
        show, line, None if base is None else base.name,
    )  # fmt: skip
    named[name] = (block, session)
    return block


def _elsewhere(error: Diagnostic, file: str, line: int) -> Diagnostic:
    """An error in a statement of the block that is changed, at the change."""
    return Diagnostic(error.code, f"after this change: {error.message}", file,
                      Span(line, 1, line, 2), error.hint)  # fmt: skip


_CHOICE = re.compile(r"\(([ x])\)\s+(.*)")


def _question(source: str, line: int, info: str, problems: _Problems) -> Question | None:
    if info.split()[1:]:
        problems.add(line, "a question has no settings")
    text: list[str] = []
    choices: list[Choice] = []
    after: list[str] = []
    place = text
    for row in source.splitlines():
        found = _CHOICE.fullmatch(row.strip())
        if found is not None and place is not after:
            choices.append(Choice(found[2], found[1] == "x"))
            place = []
        elif choices and not row.strip():
            place = after
            after.append("")
        elif choices and place is not after:
            last = choices[-1]
            choices[-1] = last._replace(text=f"{last.text} {row.strip()}")
        else:
            place.append(row)
    if len(choices) < 2:
        problems.add(line, "a question has at least two choices: ( ) one, (x) the right one")
        return None
    if sum(choice.right for choice in choices) != 1:
        problems.add(line, "exactly one choice of a question is right: mark it (x)")
        return None
    if not "".join(text).strip():
        problems.add(line, "a question starts with what is asked")
        return None
    return Question("\n".join(text).strip(), tuple(choices), "\n".join(after).strip(), line)


def prose_of(lesson: Lesson) -> Iterator[Prose]:
    """All Markdown of a lesson, also that of its questions."""
    for section in lesson.sections:
        for part in section.parts:
            if isinstance(part, Prose):
                yield part
            elif isinstance(part, Question):
                for text in (part.text, *(c.text for c in part.choices), part.after):
                    yield Prose(text, part.line)
