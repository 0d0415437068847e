"""Edits of a model's text that keep comments and layout.

``mend`` turns the text of one model into the text of a changed one by replacing the stretches
that differ. What it returns is parsed again and compared; where the edit does not read as the
wanted model it gives up, rather than guess.
"""

from __future__ import annotations

from dataclasses import replace

from ..model.diagnostics import InputError
from ..model.problem import Model
from ..model.span import Span
from ..model.terms import show, show_formula
from .writing import _layer, _loss


class _Edit:
    """Replacements in one text, by span; and statements to add."""

    def __init__(self, text: str) -> None:
        self.text = text
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self.starts = starts
        self.replacements: list[tuple[int, int, str]] = []
        self.added: list[str] = []

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def replace(self, span: Span | None, text: str) -> None:
        if span is None:
            raise LookupError("no span")
        begin = self.offset(span.line, span.column)
        end = self.offset(span.end_line, span.end_column)
        self.replacements.append((begin, end, text))

    def remove(self, span: Span | None) -> None:
        """Removes a statement; its whole line if nothing else stands on it."""
        if span is None:
            raise LookupError("no span")
        begin = self.offset(span.line, span.column)
        end = self.offset(span.end_line, span.end_column)
        text = self.text
        while end < len(text) and text[end] in " \t":
            end += 1
        if end < len(text) and text[end] == ";":
            end += 1
            while end < len(text) and text[end] in " \t":
                end += 1
        line_start = text.rfind("\n", 0, begin) + 1
        if text[line_start:begin].strip() == "" and text[end : end + 1] in ("\n", ""):
            begin, end = line_start, min(len(text), end + 1)
        self.replacements.append((begin, end, ""))

    def result(self, model: Model) -> str:
        text = self.text
        edits = list(self.replacements)
        if self.added:
            edits.append(self._insertion(model))
        last = len(text) + 1
        for begin, end, new in sorted(edits, reverse=True):
            if end > last:
                raise LookupError("edits overlap")
            text = text[:begin] + new + text[end:]
            last = begin
        return text

    def _insertion(self, model: Model) -> tuple[int, int, str]:
        """New statements go behind the loss and what is stated of the data and the widths.

        So those of one kind keep their order; each is in the layout that the model has.
        """
        spans = [
            model.loss.span,
            *(stated.span for stated in model.data.properties),
            *(assumption.span for assumption in model.assumptions),
        ]
        known = [span for span in spans if span is not None]
        if not known:
            raise LookupError("no span")
        span = max(known, key=lambda one: (one.end_line, one.end_column))
        place = self.offset(span.end_line, span.end_column)
        end = self.text.find("\n", place)
        rest = self.text[place : end if end >= 0 else len(self.text)]
        if ";" in rest.split("#")[0] or "\n" not in self.text.strip():
            return place, place, "".join(f"; {statement}" for statement in self.added)
        line_start = self.text.rfind("\n", 0, place) + 1
        line = self.text[line_start:place]
        indent = line[: len(line) - len(line.lstrip())]
        if "}" in rest.split("#")[0]:
            return place, place, "".join(f"; {statement}" for statement in self.added)
        target = end if end >= 0 else len(self.text)
        return target, target, "".join(f"\n{indent}{statement}" for statement in self.added)


def mend(text: str, old: Model, new: Model) -> str | None:
    """The text with the model ``old`` (as parsed from it) changed to ``new``; None if unsure."""
    from . import parse

    try:
        edited = _edited(text, old, new)
        models = parse(edited)
    except (InputError, LookupError):
        return None
    found = [model for model in models if model.name == old.name]
    return edited if len(found) == 1 and found[0] == new else None


def _edited(text: str, old: Model, new: Model) -> str:
    edit = _Edit(text)
    if old.network is not None and new.network is not None:
        for before, after in zip(old.network.layers, new.network.layers, strict=True):
            if before == after:
                continue
            if replace(before, width=after.width) == after:
                edit.replace(before.width_span, show(after.width))
            else:
                edit.replace(before.span, _layer(after))
    if old.map is not None and new.map is not None:
        for one, two in zip(old.map.parameters, new.map.parameters, strict=True):
            if one != two:
                edit.replace(one.span, f"param {two.name}: {show(two.rows)} x {show(two.columns)}")
    if old.loss != new.loss:
        edit.replace(old.loss.span, _loss(new.loss).removeprefix("loss "))
    if old.regularizer is not None and new.regularizer is None:
        edit.remove(old.regularizer.span)
    if old.constraints is not None and new.constraints is None:
        edit.remove(old.constraints.span)
    for stated in new.data.properties:
        if stated not in old.data.properties:
            edit.added.append(f"data {stated.name}")
    for assumption in new.assumptions:
        if assumption not in old.assumptions:
            edit.added.append(f"assume {show_formula(assumption.formula)}")
    if old.expectation != new.expectation:
        if old.expectation is None or new.expectation is None:
            raise LookupError("expectation")
        edit.replace(old.expectation.span, f"expect {new.expectation.verdict}")
    if old.waiver is not None and new.waiver is None:
        edit.remove(old.waiver.span)
    if old.point is not None and new.point is None:
        edit.remove(old.point.span)
    return edit.result(old)
