"""Which model files a command line names: folders are searched as git sees them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from .settings import Settings

SUFFIX = ".landscape"
SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".landscape_cache")
)


def model_files(paths: Sequence[str], settings: Settings) -> list[Path | None]:
    """The files, each once, in the order given; None stands for standard input.

    Folders are searched for what ``include`` matches (sorted; hidden tool folders, ``exclude``
    and what git ignores are left out). A path that does not exist stays in the list: reading it
    is the error. A file or folder that is named is taken even if git ignores it.
    """
    found: dict[str, Path | None] = {}
    walk: _Walk | None = None
    for text in paths:
        if text == "-":
            found["-"] = None
            continue
        if "\0" in text:
            found[text] = Path(text)
            continue
        path = Path(text)
        if path.is_dir():
            walk = walk or _Walk(settings)
            for file in walk.search(path):
                found.setdefault(os.path.realpath(file), file)
            continue
        if settings["force_exclude"]:
            walk = walk or _Walk(settings)
            if walk.excluded_by_name(path):
                continue
        found.setdefault(os.path.realpath(text), path)
    return list(found.values())


def spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    """Patterns in the syntax of gitignore."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


class _Patterns:
    """Patterns and the folder that they are relative to."""

    __slots__ = ("base", "spec")

    def __init__(self, base: str, patterns: Sequence[str]) -> None:
        self.base = base
        self.spec = spec(patterns)

    def decides(self, path: str, is_folder: bool) -> bool | None:
        """Whether the last pattern that matches includes (True) or negates; None: none does."""
        inside = os.path.relpath(path, self.base)
        if inside == os.curdir:
            return None
        if inside.startswith(os.pardir):
            # Elsewhere: only patterns without a folder of their own can match.
            inside = path.lstrip(os.sep)
        if os.sep != "/":
            inside = inside.replace(os.sep, "/")
        return self.spec.check_file(inside + "/" if is_folder else inside).include


class _Walk:
    """A search of folders, with the patterns of the settings and of .gitignore files."""

    def __init__(self, settings: Settings) -> None:
        self.gitignore: bool = settings["respect_gitignore"]
        included = tuple(settings["include"])
        # The default needs no patterns: the suffix says it.
        self.include = (
            None
            if included == (f"*{SUFFIX}",)
            else _Patterns(os.path.abspath(settings.base("include")), included)  # noqa: PTH100
        )
        excluded = settings["exclude"]
        self.exclude = (
            _Patterns(os.path.abspath(settings.base("exclude")), excluded)  # noqa: PTH100
            if excluded
            else None
        )

    def excluded_by_name(self, path: Path) -> bool:
        """Whether ``exclude`` (or git) leaves out a file, or a folder that it is in."""
        absolute = os.path.abspath(path)  # noqa: PTH100
        if self.exclude is not None and self.exclude.decides(absolute, False):
            return True
        return _ignored(absolute, _above(path.parent) if self.gitignore else [], False)

    def search(self, folder: Path) -> Iterator[Path]:
        """The model files below a folder; links to folders are not followed (circles)."""
        ignoring = _above(folder) if self.gitignore else []
        if ignoring and _ignored(os.path.abspath(folder), ignoring, True):  # noqa: PTH100
            ignoring = []  # it was named, so it is wanted
        yield from self._folder(str(folder), ignoring)

    def _folder(self, folder: str, ignoring: list[_Patterns]) -> Iterator[Path]:
        stack = [(folder, ignoring)]
        while stack:
            place, ignoring = stack.pop()
            try:
                entries = sorted(os.scandir(place), key=lambda entry: entry.name)
            except OSError:
                continue  # a folder that may not be read, or that is gone
            if self.gitignore:
                own = _gitignore(place)
                if own is not None:
                    ignoring = [*ignoring, own]
            deeper = []
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder:
                    if entry.name in SKIPPED:
                        continue
                elif not self._may_be_model(entry):
                    continue
                if ignoring or self.exclude or self.include:
                    absolute = os.path.abspath(entry.path)  # noqa: PTH100
                    if self.exclude and self.exclude.decides(absolute, is_folder):
                        continue
                    if _ignored(absolute, ignoring, is_folder):
                        continue
                    if not is_folder and self.include and not self.include.decides(absolute, False):
                        continue
                if is_folder:
                    deeper.append((entry.path, ignoring))
                else:
                    yield Path(entry.path)
            stack += reversed(deeper)

    def _may_be_model(self, entry: os.DirEntry[str]) -> bool:
        """Whether it is no folder (nor a link to one) and, by default, has the suffix."""
        if self.include is None and not entry.name.endswith(SUFFIX):
            return False
        return not (entry.is_symlink() and Path(entry.path).is_dir())


def _ignored(path: str, ignoring: Sequence[_Patterns], is_folder: bool) -> bool:
    """Whether git ignores it: the deepest file with a pattern that matches decides."""
    for patterns in reversed(ignoring):
        decision = patterns.decides(path, is_folder)
        if decision is not None:
            return decision
    return False


def _gitignore(folder: str, name: str = ".gitignore") -> _Patterns | None:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:  # noqa: PTH118, PTH123
            lines = file.read().splitlines()
    except OSError:
        return None
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    return _Patterns(os.path.abspath(folder), lines)  # noqa: PTH100


def repository(start: Path) -> Path | None:
    """The root of the git repository that a folder is in."""
    folder = Path(os.path.abspath(start))  # noqa: PTH100
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return place
    return None


def _above(folder: Path) -> list[_Patterns]:
    """The ignore files that bear on a folder from above it, outermost first."""
    root = repository(folder)
    if root is None:
        return []
    found = [_gitignore(str(root / ".git"), "info/exclude")]
    if found[0] is not None:
        found[0].base = str(root)
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100
    between = [place for place in absolute.parents if place == root or root in place.parents]
    found += [_gitignore(str(place)) for place in reversed(between)]
    return [one for one in found if one is not None]
