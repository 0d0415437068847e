"""Model files as they are at a git ref, with the data files that they name: ``--diff REF``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ..findings import Before, CheckedFile
from ..model.diagnostics import Diagnostic, InputError
from .discovery import SUFFIX
from .work import named_files


class Revision:
    """A commit of the repository that the working folder is in; a context manager.

    ``InputError`` if there is no git, no repository or no such ref.
    """

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.root = Path(self._git("rev-parse", "--show-toplevel").removesuffix("\n"))
        try:
            found = self._git(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
            )
        except InputError as error:
            raise _refused(f"git knows no commit {ref!r}", "a branch, a tag, or a hash") from error
        self.commit = found.strip()
        listed = self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.commit)
        self.known = set(filter(None, listed.split("\0")))
        self.changed: set[str] = set()
        self.renamed: dict[str, str] = {}
        self._changes()
        self.folder = TemporaryDirectory(prefix="landscape-", ignore_cleanup_errors=True)

    def __enter__(self) -> Revision:
        return self

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()

    def _git(self, *arguments: str) -> str:
        try:
            ran = subprocess.run(
                ["git", "-c", "core.quotePath=false", *arguments],
                capture_output=True,
                check=True,
                cwd=getattr(self, "root", None),
            )
        except FileNotFoundError as error:
            raise _refused("needs git, which is not installed", None) from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
            raise _refused(said.splitlines()[0] if said else "git failed", None) from error
        return ran.stdout.decode("utf-8", "surrogateescape")

    def _changes(self) -> None:
        """Which files differ between the commit and the working folder, and what was renamed."""
        words = iter(self._git("diff", "--name-status", "-z", "-M", self.commit, "--").split("\0"))
        for status in words:
            if not status:
                continue
            path = next(words)
            self.changed.add(path)
            if status[0] in "RC":
                new = next(words)
                self.changed.add(new)
                self.renamed[new] = path

    def inside(self, path: str | Path) -> str:
        """The path as git names it, relative to the root of the repository."""
        absolute = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))  # noqa: PTH118, PTH119, PTH120
        return os.path.relpath(absolute, os.path.realpath(self.root)).replace(os.sep, "/")

    def differs(self, path: Path) -> bool:
        """Whether a model file, or a data file that it names, is not as it is at the commit."""
        inside = self.inside(path)
        if inside not in self.known or inside in self.changed:
            return True
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            return True
        return any(
            data in self.changed or (data not in self.known and (path.parent / name).exists())
            for name in named_files(text)
            for data in [self.inside(path.parent / name)]
        )

    def text(self, inside: str) -> bytes | None:
        """The content of a file at the commit."""
        if inside not in self.known:
            return None
        ran = subprocess.run(
            ["git", "cat-file", "blob", f"{self.commit}:{inside}"],
            capture_output=True,
            check=False,
            cwd=self.root,
        )
        return ran.stdout if ran.returncode == 0 else None

    def old_file(self, path: str | Path) -> Path | None:
        """A model file as it was, in a temporary folder with the data files that it names."""
        inside = self.inside(path)
        inside = self.renamed.get(inside, inside)
        written = self._write(inside)
        if written is None:
            return None
        for name in named_files(written.read_text(encoding="utf-8", errors="replace")):
            data = os.path.normpath(os.path.join(os.path.dirname(inside), name))  # noqa: PTH118, PTH120
            self._write(data.replace(os.sep, "/"))
        return written

    def _write(self, inside: str) -> Path | None:
        content = self.text(inside)
        if content is None:
            return None
        place = Path(self.folder.name, inside)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    def removed_files(self, paths: Sequence[str]) -> list[Path]:
        """The model files below the paths that were there and are not now (nor renamed)."""
        below = [self.inside(path) for path in paths if path != "-"]
        moved = set(self.renamed.values())
        found = []
        for name in sorted(self.known & self.changed):
            gone = name.endswith(SUFFIX) and name not in moved and not (self.root / name).exists()
            if gone and any(
                name == one or one == "." or name.startswith(f"{one}/") for one in below
            ):
                found.append(Path(os.path.relpath(self.root / name)))
        return found

    def compare(
        self, new: CheckedFile, old: CheckedFile | None
    ) -> tuple[dict[str | None, Before], tuple[tuple[str, Before], ...]]:
        """The models of a file whose verdict differs, with the old verdict; and those gone."""
        if old is not None and old.failure is None and old.errors and not old.models:
            before = Before(self.ref, "bad input", None)
            return {model.name: before for model in new.models}, ()
        was = {model.name: model for model in old.models} if old is not None else {}
        differs: dict[str | None, Before] = {}
        for model in new.models:
            earlier = was.pop(model.name, None)
            if earlier is None:
                differs[model.name] = Before(self.ref, None, None)
            elif earlier.verdict != model.verdict or earlier.asked != model.asked:
                differs[model.name] = Before(self.ref, earlier.verdict, earlier.theorem)
        if new.errors or new.failure is not None:
            return differs, ()  # what is missing may be what can't be read
        gone = [
            (name or "(unnamed)", Before(self.ref, model.verdict, model.theorem))
            for name, model in was.items()
        ]
        return differs, tuple(gone)


def changed_files(revision: Revision, files: Iterable[Path | None]) -> list[Path | None]:
    """Those of the files that differ from the commit; standard input has nothing to differ from."""
    return [path for path in files if path is not None and revision.differs(path)]


def _refused(message: str, hint: str | None) -> InputError:
    return InputError([Diagnostic("E144", f"--diff: {message}", None, None, hint)])
