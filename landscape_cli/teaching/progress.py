"""How far someone is in the lessons, kept in the platform's folder for state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMA = "landscape/tour/1"


def state_folder() -> Path:
    """Where state is kept: XDG_STATE_HOME, or what the platform uses."""
    import os

    given = os.environ.get("XDG_STATE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "landscape"
    from platformdirs import user_state_path

    return user_state_path("landscape", appauthor=False)


class Progress:
    """The section reached in every lesson of a folder, and the lesson seen last.

    A file that can't be read counts as none; ``problem`` says so. Nothing here raises.
    """

    def __init__(self, folder: Path | None = None, path: Path | None = None) -> None:
        self.path = path if path is not None else state_folder() / "tour.json"
        self.key = "" if folder is None else str(folder.resolve())
        self.problem: str | None = None
        self._every: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self.problem = f"the progress kept in {self.path} can't be read: {error}"
            return {}
        folders = document.get("folders") if isinstance(document, dict) else None
        if not isinstance(folders, dict) or document.get("schema") != SCHEMA:
            self.problem = f"the progress kept in {self.path} is of another kind"
            return {}
        return folders

    @property
    def _mine(self) -> dict[str, Any]:
        found = self._every.get(self.key)
        return found if isinstance(found, dict) else {}

    @property
    def last(self) -> str | None:
        """The name of the lesson seen last."""
        found = self._mine.get("last")
        return found if isinstance(found, str) else None

    @property
    def lessons(self) -> dict[str, tuple[int, bool]]:
        """The next section (from 0) of every lesson begun, and whether it was done once."""
        found: dict[str, tuple[int, bool]] = {}
        kept = self._mine.get("lessons")
        for name, entry in kept.items() if isinstance(kept, dict) else ():
            if isinstance(entry, dict) and isinstance(entry.get("section"), int):
                found[name] = (max(0, entry["section"]), entry.get("done") is True)
        return found

    def keep(self, name: str, section: int, done: bool) -> None:
        """Remember the next section of a lesson."""
        lessons = {one: {"section": at, "done": was} for one, (at, was) in self.lessons.items()}
        lessons[name] = {"section": section, "done": done}
        self._every[self.key] = {"last": name, "lessons": lessons}
        self._write()

    def forget(self, name: str | None = None) -> None:
        """Forget one lesson, or all of this folder."""
        if name is None:
            self._every.pop(self.key, None)
        else:
            lessons = {
                one: {"section": at, "done": was}
                for one, (at, was) in self.lessons.items() if one != name
            }  # fmt: skip
            self._every[self.key] = {"last": None, "lessons": lessons}
        self._write()

    def _write(self) -> None:
        document = {"schema": SCHEMA, "folders": self._every}
        temporary = self.path.with_name(self.path.name + ".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            temporary.replace(self.path)
        except OSError as error:
            self.problem = f"progress can't be kept in {self.path}: {error.strerror}"
