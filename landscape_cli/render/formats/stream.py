"""JSON documents written piece by piece, laid out as ``json.dumps(..., indent=2)`` does."""

from __future__ import annotations

import json
from typing import IO, Any

IN_MEMORY = 2**20


def encoded(value: Any, indent: int) -> str:
    """The value as JSON, every line indented; lone surrogates and non-ASCII are escaped."""
    text = json.dumps(value, indent=2)
    pad = " " * indent
    return pad + text.replace("\n", "\n" + pad)


class Array:
    """The items of a JSON array whose opening bracket has been written.

    ``compact``: each on one line of its own, which takes a tenth of the time.
    """

    def __init__(self, indent: int, *, compact: bool = False) -> None:
        self.indent = indent
        self.compact = compact
        self.empty = True

    def item(self, value: Any) -> str:
        """One more item, with the comma before it."""
        comma = "" if self.empty else ","
        self.empty = False
        if self.compact:
            return f"{comma}\n{' ' * self.indent}{json.dumps(value)}"
        return f"{comma}\n{encoded(value, self.indent)}"

    def end(self) -> str:
        """The closing bracket."""
        return "]" if self.empty else "\n" + " " * (self.indent - 2) + "]"


class Later:
    """Text that is to be written later; what is long waits in a temporary file."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self._file: IO[str] | None = None

    def write(self, text: str) -> None:
        """Keep the text."""
        if self._file is not None:
            self._file.write(text)
            return
        self._parts.append(text)
        self._size += len(text)
        if self._size > IN_MEMORY:
            from tempfile import TemporaryFile

            self._file = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
            self._file.writelines(self._parts)
            self._parts.clear()

    def read(self) -> str:
        """All that was kept."""
        if self._file is None:
            return "".join(self._parts)
        self._file.seek(0)
        text = self._file.read()
        self._file.close()
        return text
