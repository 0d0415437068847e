"""How far someone is: kept, forgotten, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from landscape_cli.teaching.progress import Progress, state_folder


def test_progress_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "tour.json"
    Progress(path=path).keep("one", 2, False)
    Progress(path=path).keep("two", 0, True)
    found = Progress(path=path)
    assert found.lessons == {"one": (2, False), "two": (0, True)} and found.last == "two"
    assert found.problem is None
    found.forget("two")
    assert Progress(path=path).lessons == {"one": (2, False)}
    found.forget()
    assert Progress(path=path).lessons == {} and Progress(path=path).last is None


def test_folders_of_lessons_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "tour.json"
    Progress(path=path).keep("one", 1, False)
    Progress(tmp_path, path).keep("one", 3, False)
    assert Progress(path=path).lessons == {"one": (1, False)}
    assert Progress(tmp_path, path).lessons == {"one": (3, False)}
    Progress(tmp_path, path).forget()
    assert Progress(path=path).lessons == {"one": (1, False)}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": "x"}', '{"schema": "landscape/tour/1"}']
)
def test_a_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tour.json"
    path.write_text(text)
    found = Progress(path=path)
    assert found.lessons == {} and found.problem is not None and str(path) in found.problem
    found.keep("one", 1, False)
    assert Progress(path=path).lessons == {"one": (1, False)}


def test_what_is_strange_in_a_file_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "tour.json"
    path.write_text(
        '{"schema": "landscape/tour/1", "folders": {"": {"last": 3, "lessons": '
        '{"a": {"section": "x"}, "b": {"section": -4}, "c": 1}}}}'
    )
    assert Progress(path=path).lessons == {"b": (0, False)} and Progress(path=path).last is None


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = Progress(path=tmp_path / "file" / "tour.json")
    found.problem = None
    found.keep("one", 1, False)
    assert found.problem is not None and "can't be kept" in found.problem
    assert found.lessons == {"one": (1, False)}


def test_the_folder_for_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "landscape"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert "relative" not in state_folder().parts
    monkeypatch.delenv("XDG_STATE_HOME")
    assert state_folder().is_absolute() and "landscape" in str(state_folder())
