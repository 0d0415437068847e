"""Files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


class WholeFile:
    """A text file that takes its name only when it is complete; devices are written directly.

    ``OSError`` where it can't be written. Leaving it by an exception leaves the old file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        special = path.exists() and not path.is_file()
        # Through links, so that the link stays one.
        self.target = Path(os.path.realpath(path))
        self.beside = path if special else self.target.with_name(
            f".{self.target.name[:100]}.{os.getpid()}.tmp"
        )  # fmt: skip
        self.special = special
        if not special:
            self.target.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.beside.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def write(self, text: str) -> None:
        """Write a part."""
        self.file.write(text)

    def finish(self) -> None:
        """All is written: the file takes its name."""
        self.file.close()
        if not self.special:
            self.beside.replace(self.target)

    def drop(self) -> None:
        """Give up; nothing is left."""
        self.file.close()
        if not self.special:
            self.beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file, whole or not at all; ``OSError`` if it can't be."""
    file = WholeFile(path)
    try:
        file.write(text)
        file.finish()
    except BaseException:
        file.drop()
        raise
