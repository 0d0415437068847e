"""Quiz questions: never two alike, every answer the engine's, no verdict a safe guess."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from landscape_cli.api import report
from landscape_cli.catalogue import Theorem
from landscape_cli.engine.discovery import entry
from landscape_cli.syntax import parse
from landscape_cli.teaching.quiz import MOST_CHOICES, Question, difficulty, questions


@cache
def many() -> tuple[Question, ...]:
    return tuple(questions(2026, 200))


def test_no_two_are_alike() -> None:
    assert len(many()) == 200
    assert len({question.text for question in many()}) == 200
    assert [question.number for question in many()] == [*range(1, 201)]


def test_they_get_harder() -> None:
    levels = [question.level for question in many()]
    assert levels == sorted(levels) and set(levels) == {1, 2, 3}
    for question in many():
        (model,) = parse(question.text)
        assert difficulty(model) == question.level, question.text


def test_answers_are_those_of_the_engine() -> None:
    for question in many():
        (model,) = parse(question.text)
        found = report(model)
        assert found.verdict == question.verdict, question.text
        assert found.theorem == question.decider, question.text
        assert (question.near is None) == (not question.choices)
        if question.near is None:
            continue
        assert question.verdict != "holds"
        near = found.nearest[0]  # the one that the explanation names
        assert near.theorem == question.near
        missing = {one.id for one in near.missing}
        offered = [name for name, _ in question.choices]
        assert [name in missing for name in offered] == [
            k == question.answer for k in range(len(offered))
        ], question.text


def test_wrong_choices_are_assumptions_of_the_same_theorem() -> None:
    for question in many():
        if question.near is None:
            continue
        theorem = entry(question.near)
        assert isinstance(theorem, Theorem)
        says = {assumption.id: assumption.says for assumption in theorem.assumptions}
        offered = [name for name, _ in question.choices]
        assert 3 <= len(offered) == len(set(offered)) <= MOST_CHOICES
        assert all(says[name] == text for name, text in question.choices)


def test_no_guess_is_safe() -> None:
    for level in (1, 2, 3):
        verdicts = Counter(q.verdict for q in many() if q.level == level)
        assert len(verdicts) >= (2 if level == 1 else 3)
        assert max(verdicts.values()) <= 0.6 * verdicts.total()
    places = Counter(question.answer for question in many() if question.choices)
    assert max(places.values()) <= 0.5 * places.total()
    assert sum(question.near is not None for question in many()) >= 80
    for question in many():
        assert question.verdict in question.verdicts


def test_many_rules_of_the_catalogue_occur() -> None:
    assert len({question.decider for question in many()}) >= 25


def test_a_seed_gives_the_same_questions() -> None:
    def some(seed: int, level: int | None) -> list[Question]:
        return list(questions(seed, 6, level))

    assert some(1, None) == some(1, None)
    assert some(1, 2) != some(2, 2)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_level_can_be_asked_for(level: int) -> None:
    assert {question.level for question in questions(5, 8, level)} == {level}
