"""The light ``dataclass`` is, to its users, the one of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from landscape_cli.model import light, problem, terms
from landscape_cli.model.diagnostics import Diagnostic
from landscape_cli.model.span import Span


class _Body:
    """The same class twice, made by one and by the other."""

    first: int
    second: str = "two"
    aside: Any = field(default=None, compare=False)


def _made(decorate: Any) -> Any:
    body = {k: v for k, v in vars(_Body).items() if k not in ("__dict__", "__weakref__")}
    return decorate(type("Made", (), body))


LIGHT = _made(light.dataclass(frozen=True))
HEAVY = _made(dataclasses.dataclass(frozen=True))


@pytest.mark.parametrize("made", [LIGHT, HEAVY])
def test_the_same_behaviour(made: Any) -> None:
    one = made(1)
    assert repr(one) == "Made(first=1, second='two', aside=None)"
    assert one == made(1, "two", "another") and hash(one) == hash(made(1, aside=[]))
    assert one != made(2) and one != (1, "two") and one.__eq__((1, "two")) is NotImplemented
    assert dataclasses.replace(one, second="three") == made(1, "three")
    assert [f.name for f in dataclasses.fields(one)] == ["first", "second", "aside"]
    assert made.__match_args__ == ("first", "second", "aside")
    assert copy.copy(one) == one and len({one, made(1)}) == 1
    for change in (lambda: setattr(one, "first", 2), lambda: delattr(one, "first")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="'first'"):
            change()
    for wrong in ((), (1, 2, 3, 4)):
        with pytest.raises(TypeError):
            made(*wrong)
    with pytest.raises(TypeError):
        made(1, third=3)


@pytest.mark.parametrize("made", [LIGHT, HEAVY])
def test_a_frozen_class_may_inherit(made: Any) -> None:
    body = {"__annotations__": {"more": "int"}, "more": 5}
    heir = dataclasses.dataclass(frozen=True)(type("Heir", (made,), body))
    one = heir(1)
    assert repr(one) == "Heir(first=1, second='two', aside=None, more=5)"
    assert one == heir(1) and one != heir(1, more=6) and one != made(1) and made(1) != one
    plain = type("Plain", (made,), {})
    assert plain(1) == plain(1) and plain(1) != made(1)


def test_the_two_are_not_equal() -> None:
    assert LIGHT(1) != HEAVY(1)


def test_values_of_a_model_travel_between_processes() -> None:
    span = Span(1, 2, 1, 5)
    activation = problem.Activation("relu", span=span)
    for value in (span, activation, terms.Symbol("d1"), Diagnostic("E001", "text", span=span)):
        again = pickle.loads(pickle.dumps(value))
        assert again == value and type(again) is type(value)
    assert pickle.loads(pickle.dumps(activation)).span == span


def test_a_field_can_not_be_made_anew_for_each_value() -> None:
    class Wrong:
        rows: list[int] = field(default_factory=list)

    with pytest.raises(AssertionError):
        light.dataclass(frozen=True)(Wrong)
