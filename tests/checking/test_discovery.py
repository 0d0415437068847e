"""Which files are found: as git would see them, whatever their names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.checking.discovery import model_files
from landscape_cli.checking.settings import load


def found(folder: Path, *paths: str, **options: Any) -> list[str]:
    wanted = load(options, [str(folder)], file=None)
    files = model_files([str(folder / path) for path in paths or (".",)], wanted)
    return [os.path.relpath(file, folder) for file in files if file is not None]


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("net 2 -> 2; loss squared\n")


def test_folders_are_searched_in_order_without_those_of_tools(tmp_path: Path) -> None:
    make(tmp_path, "b.landscape", "a.landscape", "c/d.landscape", "a.txt", "z.landscape")
    make(tmp_path, ".git/x.landscape", ".landscape_cache/x.landscape", ".venv/x.landscape")
    expected = ["a.landscape", "b.landscape", "z.landscape", "c/d.landscape"]
    assert found(tmp_path) == expected
    assert found(tmp_path, "z.landscape", ".") == ["z.landscape", *expected[:2], *expected[3:]]


def test_include_and_exclude_have_the_syntax_of_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.landscape", "b.model", "old/c.landscape", "old/keep/d.landscape")
    assert found(tmp_path, include=["*.model"]) == ["b.model"]
    # Patterns of the command line are relative to the working folder, which is elsewhere.
    assert found(tmp_path, include=["*.model", "/a.landscape"]) == ["b.model"]
    (tmp_path / "landscape.toml").write_text('include = ["*.model", "/a.landscape"]\n')
    assert found(tmp_path) == ["a.landscape", "b.model"]
    (tmp_path / "landscape.toml").write_text('exclude = ["old/*", "!old/keep/"]\n')
    assert found(tmp_path) == ["a.landscape", "old/keep/d.landscape"]


def test_a_named_file_is_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    make(tmp_path, "old/c.landscape", "d.landscape")
    (tmp_path / "landscape.toml").write_text('exclude = ["old/"]\n')
    assert found(tmp_path, "old/c.landscape") == ["old/c.landscape"]
    forced = found(tmp_path, "old/c.landscape", "d.landscape", force_exclude=True)
    assert forced == ["d.landscape"]


def test_what_git_ignores_is_left_out_unless_named(tmp_path: Path) -> None:
    make(tmp_path, "a.landscape", "build/b.landscape", "sub/c.landscape", "sub/d.landscape")
    make(tmp_path, "sub/e.landscape")
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("/sub/e.landscape\n")
    (tmp_path / ".gitignore").write_text("build/\nc.*\nd.*\n")
    (tmp_path / "sub" / ".gitignore").write_text("!d.landscape\n")
    assert found(tmp_path) == ["a.landscape", "sub/d.landscape"]
    assert found(tmp_path, "sub") == ["sub/d.landscape"]
    assert found(tmp_path, "build") == ["build/b.landscape"]
    assert found(tmp_path, "sub/c.landscape") == ["sub/c.landscape"]
    assert len(found(tmp_path, respect_gitignore=False)) == 5


NAMES = st.sampled_from(["a", "b", "build", "deep"])
PATTERNS = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "!"]),
        st.sampled_from(["", "/", "**/", "deep/"]),
        st.sampled_from(["a*", "build", "*.landscape", "b.landscape", "deep", "[ab].landscape"]),
        st.sampled_from(["", "/", "/**"]),
    ),
    max_size=4,
)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    paths=st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=3, max_size=8),
    top=PATTERNS,
    inner=PATTERNS,
)
def test_git_agrees(
    paths: list[list[str]],
    top: list[str],
    inner: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for path in paths:
        make(folder, "/".join(path) + ".landscape")
    (folder / ".gitignore").write_text("\n".join(top) + "\n")
    (folder / "deep").mkdir(exist_ok=True)
    (folder / "deep" / ".gitignore").write_text("\n".join(inner) + "\n")
    listed = subprocess.run(
        ["git", "-C", str(folder), "-c", "core.excludesFile=", "ls-files", "-o",
         "--exclude-standard", "-z"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    expected = sorted(name for name in listed if name.endswith(".landscape"))
    assert sorted(found(folder)) == expected


def test_links_and_circles(tmp_path: Path) -> None:
    make(tmp_path, "real/a.landscape")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.landscape").symlink_to("loop.landscape")
    (tmp_path / "same.landscape").symlink_to("real/a.landscape")
    (tmp_path / "folder.landscape").symlink_to("real")
    assert found(tmp_path) == ["loop.landscape", "same.landscape"]
    assert found(tmp_path, "loop") == ["loop"]  # reading it is the error


@pytest.mark.parametrize(
    "name",
    [
        "a b.landscape", "é.landscape", "日本/😀.landscape", "100%.landscape", "a::b.landscape",
        "'q\".landscape", "new\nline.landscape", "[x].landscape", "-x.landscape",
    ],
)  # fmt: skip
def test_all_names_are_found(name: str, tmp_path: Path) -> None:
    make(tmp_path, name)
    assert found(tmp_path) == [name]
    (tmp_path / "landscape.toml").write_text('exclude = ["other"]\n')
    assert found(tmp_path) == [name]
