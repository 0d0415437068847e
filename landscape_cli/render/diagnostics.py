"""Input errors in the style of a compiler: place, message, the line with a caret, a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layout import Page, printable, text_width

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic


def where(diagnostic: Diagnostic, default: str = "<text>") -> str:
    """``file:line:column``, or what of it is known."""
    file = diagnostic.file or default
    if diagnostic.span is None:
        return file
    return f"{file}:{diagnostic.span.line}:{diagnostic.span.column}"


def diagnostic_lines(diagnostic: Diagnostic, page: Page, default: str = "<text>") -> None:
    """Lay out one input error."""
    page.unwrapped(
        ("name", f"{where(diagnostic, default)}: "),
        ("error", f"error[{diagnostic.code}]: "),
        ("", diagnostic.message),
    )
    span, source = diagnostic.span, diagnostic.source_line
    if span is not None and source is not None:
        _quote(source.rstrip("\r\n"), span.line, span.column, _length(diagnostic), page)
    if diagnostic.hint:
        page.row(
            [("", diagnostic.hint)], indent=2, label=("label", "hint:"), column=8
        )  # fmt: skip


def _length(diagnostic: Diagnostic) -> int:
    span = diagnostic.span
    assert span is not None
    if span.end_line != span.line:
        return max(1, len((diagnostic.source_line or "").rstrip()) - span.column + 1)
    return max(1, span.end_column - span.column)


def _quote(source: str, line: int, column: int, length: int, page: Page) -> None:
    """The source line with a caret below; of a long line, the part around the place."""
    gutter = f"{line:>5} | "
    room = page.width - len(gutter)
    start = 0
    if text_width(printable(source)) > room:
        start = max(0, min(column - 1 - room // 3, len(source) - room + 3))
    shown = source[start : start + room - (3 if start else 0)]
    shift = 3 if start else 0
    before = printable(shown[: max(0, column - 1 - start)].replace("\t", " "))
    marked = printable(shown[column - 1 - start : column - 1 - start + length].replace("\t", " "))
    text = ("..." if start else "") + printable(shown.replace("\t", " "))
    page.unwrapped(("", gutter + text))
    offset = shift + text_width(before)
    carets = "^" * max(1, min(text_width(marked), room - offset))
    page.unwrapped(("", " " * 6 + "| " + " " * offset), ("error", carets))


def internal_message(error: BaseException) -> str:
    """One line on a defect of this program."""
    from ..model.diagnostics import InternalError

    kind = "" if isinstance(error, InternalError) else f"{type(error).__name__}: "
    text = " ".join(str(error).split())
    return printable(f"{kind}{text}" if text else type(error).__name__)
