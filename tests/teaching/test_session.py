"""Statements that amend a model: what replaces what, errors in place, undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from landscape_cli.model.diagnostics import Diagnostic, InputError
from landscape_cli.teaching.completion import completions
from landscape_cli.teaching.session import Change, Session, finished


def session(*texts: str) -> Session:
    made = Session()
    for text in texts:
        made.amend(text)
    return made


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (("net 2 -> 1", "loss squared", "loss absolute"), "net 2 -> 1\nloss absolute"),
        (("net 2 -> 1", "loss squared", "loss l(z, y) = (z - y)^4"),
         "net 2 -> 1\nloss l(z, y) = (z - y)^4"),
        (("net 2 -> 1; loss squared", "net 3 -> 2 -> 1"), "net 3 -> 2 -> 1\nloss squared"),
        (("net 2 -> 1; loss squared", "param W: 2 x 1; map W * W^T"),
         "loss squared\nparam W: 2 x 1\nmap W * W^T"),
        (("param W: 2 x 1", "map W * W^T", "loss squared", "net 2 -> 1"),
         "loss squared\nnet 2 -> 1"),
        (("param W: 2 x 1; map W * W^T; loss squared", "param V: 3 x 2; map V * V^T"),
         "map V * V^T\nloss squared\nparam V: 3 x 2"),
        (("net 2 -> 1; loss squared", "data X full_row_rank, Y realizable", "data samples 3",
          "data samples 4"),
         "net 2 -> 1\nloss squared\ndata X full_row_rank\ndata Y realizable\ndata samples 4"),
        (("net a -> b; loss squared", "assume a > 1", "assume b > 1"),
         "net a -> b\nloss squared\nassume a > 1\nassume b > 1"),
        (("net 1 -> 1; loss squared; data X = [[1]], Y = [[1]]", "at W1 = [[1]]", "at W1 = [[2]]"),
         "net 1 -> 1\nloss squared\ndata X = [[1]]\ndata Y = [[1]]\nat W1 = [[2]]"),
        (("net 2 -> 1; loss squared; regularize l2 1", "regularize l1 1/2"),
         "net 2 -> 1\nloss squared\nregularize l1 1/2"),
        (("net 2 -> 1; loss squared", "model other {\n net 3 -> 1\n loss hinge\n}"),
         "net 3 -> 1\nloss hinge"),
        (("data samples 3", "loss squared", "net 2 -> 1"),
         "data samples 3\nloss squared\nnet 2 -> 1"),
    ],
)  # fmt: skip
def test_what_replaces_what(typed: tuple[str, ...], text: str) -> None:
    made = session(*typed)
    assert made.state.text == text
    assert made.model is not None and not made.state.missing


def test_what_is_missing() -> None:
    made = Session()
    (done,) = made.amend("net 2 -> 1")
    assert done.model is None and made.state.missing == ("a loss",)
    made.amend("loss squared")
    assert made.model is not None
    made.amend("param W: 2 x 2")
    assert made.state.missing == ("a map",) and made.model is None
    assert [one.text for one in made.state.pending] == ["param W: 2 x 2"]
    assert made.state.text == "net 2 -> 1\nloss squared"
    made.amend("map W * W^T")
    assert made.model is not None and made.state.pending == ()


def errors(made: Session, text: str, **options: int) -> list[Diagnostic]:
    before = made.state
    with pytest.raises(InputError) as caught:
        made.amend(text, file="typed", **options)  # type: ignore[arg-type]
    assert made.state == before
    return list(caught.value.diagnostics)


def test_errors_are_where_they_were_typed_and_change_nothing() -> None:
    made = session("net 2 -> 1 -> 1; loss squared")
    (found,) = errors(made, "regularize l2 1; loss   absolut")
    assert found.span is not None and found.file == "typed"
    assert (found.span.line, found.span.column, found.span.end_column) == (1, 25, 32)
    assert found.source_line == "regularize l2 1; loss   absolut"
    (found,) = errors(made, "data Y realizable, X ful_row_rank", line=7)
    assert found.span is not None
    assert (found.span.line, found.span.column) == (7, 22)
    (found,) = errors(made, "net 2 ->", line=3)
    assert found.span is not None and found.span.line == 3
    (found,) = errors(made, "data X = [[1,\n  2],\n [3, 4, 5]]\n", line=2)
    assert found.span is not None and found.span.line >= 2
    (found,) = errors(made, "loss squared; loss absolute")
    assert found.span is not None and found.span.column == 15 and found.code == "E020"
    assert errors(made, "net 2 -> 1\0")[0].code == "E003"


def test_errors_in_what_stood_there_name_the_line_of_the_model() -> None:
    made = session("net 2 -> 1; loss squared; data X = [[1], [2]]")
    (found,) = errors(made, "net 3 -> 1", line=9)
    assert found.span is not None and found.file == "<model>"
    assert (found.span.line, found.source_line) == (3, "data X = [[1], [2]]")


def test_undo_and_redo() -> None:
    made = session("net 2 -> 1; loss squared", "loss absolute")
    assert made.undo() == (Change("loss absolute", "loss squared"),)
    assert made.redo() == (Change("loss squared", "loss absolute"),)
    assert made.redo() is None
    made.undo()
    made.undo()
    assert made.undo() is None and made.state.statements == ()
    made.redo()
    made.amend("loss huber(1)")
    assert made.redo() is None


def test_drop_and_clear() -> None:
    made = session("net 2 -> 1; loss squared; regularize l2 1; data X full_row_rank, samples 3")
    assert made.drop("data X") == (Change("data X full_row_rank", None),)
    assert made.drop("regularize") == (Change("regularize l2 1", None),)
    with pytest.raises(LookupError):
        made.drop("regularize")
    with pytest.raises(LookupError):
        made.drop("")
    assert made.state.text == "net 2 -> 1\nloss squared\ndata samples 3"
    made.clear()
    assert made.state.missing == ("a net or a map", "a loss")
    made.undo()
    assert made.model is not None


def test_several_models_leave_the_last_one() -> None:
    made = Session()
    done = made.amend("model a { net 2 -> 1; loss squared }\nmodel b { net 3 -> 1; loss hinge }")
    assert [one.model.name for one in done if one.model is not None] == ["a", "b"]
    assert made.state.name == "b"
    errors(made, "model c { net 2 -> 1; loss squared }\nmodel d { net 0 -> 1; loss hinge }")
    assert made.state.name == "b"


def test_data_files_are_named_from_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "y.csv").write_text("1,2\n")
    made = Session()
    with pytest.raises(InputError):
        made.amend('net 2 -> 1; loss squared; data Y = file "y.csv"')
    made.amend('net 2 -> 1; loss squared; data Y = file "y.csv"', base=tmp_path, anew=True)
    assert made.model is not None
    assert (tmp_path / "y.csv").as_posix() in made.state.text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("net 2 -> 1", True), ("", True), ("model a {", False), ("model a {\n net 2 -> 1\n}", True),
        ("loss squared;", False), ("loss squared;\n", True), ("data X = [[1,", False),
        ("data X = [[1,\n2]]", True), ("# [", True), ('data X = file "[', True), ("a ] }", True),
        ("net 2 -> relu(", False), ("loss squared; # and", False),
    ],
)  # fmt: skip
def test_finished(text: str, whole: bool) -> None:
    assert finished(text) is whole


@pytest.mark.parametrize(
    ("before", "some", "not_one"),
    [
        ("", "net", "squared"), ("lo", "loss", "net"), ("loss ", "cross_entropy", "relu"),
        ("loss hub", "huber", "hinge"), ("net 5 -> ", "leaky_relu", "huber"),
        ("net 5 -> relu(3, ", "bias", "relu"), ("net 2 -> 1; loss abs", "absolute", "squared"),
        ("model a { lo", "loss", "net"), ("data ", "samples", "identity"),
        ("data X ", "full_column_rank", "realizable"), ("data Y ", "realizable", "identity"),
        ("expect holds by linear-no", "linear-no-bottleneck", "linear-squared"),
        ("require ", "strict_saddle", "holds"), ("loss convex ", "smooth", "squared"),
        (":", "explain", "net"), (":why-not linear-n", "linear-no-bottleneck", "linear-squared"),
        (":explain re", "relu", "squared"), (":drop reg", "regularize", "data"),
        ("map W * ", "X", "squared"), ("bias ", "output", "X"),
    ],
)  # fmt: skip
def test_completions(before: str, some: str, not_one: str) -> None:
    found = completions(before, ("relu", "squared"))
    assert some in {one.word for one in found}
    assert not_one not in {one.word for one in found}
    assert all(one.word.startswith(before[len(before) - one.length :]) for one in found)


def test_a_name_of_ones_own_is_not_completed() -> None:
    assert completions("param W") == () and completions("net 5") == ()
