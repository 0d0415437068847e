"""Blocks as LaTeX: the body of a document, or (``standalone`` false) for MathJax in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .bibliography import Keys, identity
from .blocks import (
    Block,
    Bullets,
    Derivation,
    Evidence,
    EvidenceRow,
    Heading,
    Inline,
    Listing,
    Matrices,
    Numbered,
    Paragraph,
    Statement,
    Unfold,
)
from .mathematics import latex_escape, latex_formula, latex_prose
from .matrices import LARGEST, matrix, number
from .verdict import STATUS

WIDEST_DISPLAY = 68
"""Characters of matrix entries that stand side by side in one display."""


class LatexWriter:
    """Writes blocks with the given citation keys; without keys, sources are named in words."""

    def __init__(self, keys: Keys | None = None, names: frozenset[str] = frozenset()) -> None:
        self.keys = keys
        self.names = names

    def write(self, blocks: Sequence[Block]) -> str:
        """The blocks, one under the other."""
        parts: list[str] = []
        position = 0
        while position < len(blocks):
            block = blocks[position]
            if isinstance(block, Numbered):
                steps: list[Numbered] = []
                while position < len(blocks) and isinstance(blocks[position], Numbered):
                    step = blocks[position]
                    assert isinstance(step, Numbered)
                    steps.append(step)
                    position += 1
                parts.append(self._numbered(steps))
                continue
            parts.append(self._block(block))
            position += 1
        return "\n".join(part for part in parts if part)

    def sentence(self, text: Sequence[Inline]) -> str:
        """A sentence, with its formulas in math mode and its names set apart."""
        return "".join(map(self._inline, text))

    def _inline(self, one: Inline) -> str:
        if one.kind == "formula":
            return f"${latex_formula(one.text)}$"
        if one.kind == "name":
            name = rf"\textsf{{{latex_escape(one.text)}}}"
            return name if one.source is None else f"{name} {self._cite(one)}"
        if one.kind == "code":
            return rf"\texttt{{{latex_escape(one.text)}}}"
        if one.kind == "strong":
            return rf"\textbf{{{latex_escape(one.text)}}}"
        if one.kind == "dim":
            return latex_escape(one.text)
        return latex_prose(one.text, self.names)

    def _cite(self, one: Inline) -> str:
        assert one.source is not None
        if self.keys is None:
            return f"({latex_escape(one.source.label)})"
        key = self.keys[identity(one.source)]
        # Braces, so that a bracket in the note can't close the optional argument.
        note = f"[{{{latex_escape(one.source.number)}}}]" if one.source.number else ""
        return rf"\cite{note}{{{key}}}"

    def _block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, Heading):
            return rf"\section*{{{self.sentence(_capital(block.text))}}}"
        if isinstance(block, Statement):
            environment = "counterexample" if block.kind == "Counterexample" else "theorem"
            head = self._inline(Inline("name", block.name, block.source))
            body = self.sentence(block.text)
            return (
                rf"\begin{{{environment}}}[{{{head}}}]" + f"\n{body}\n" + rf"\end{{{environment}}}"
            )
        if isinstance(block, Evidence):
            items = "\n".join(rf"\item {self._row(row)}" for row in block.rows)
            return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}" if items else ""
        if isinstance(block, Matrices):
            return displays(block.items)
        if isinstance(block, Listing):
            lines = [rf"\texttt{{{latex_escape(line)}}}" for line in block.text.splitlines()]
            return "\\begin{flushleft}\n" + "\\\\\n".join(lines) + "\n\\end{flushleft}"
        if isinstance(block, Bullets):
            items = "\n".join(rf"\item {self.sentence(item)}" for item in block.items)
            return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
        if isinstance(block, Unfold):
            return self.write(block.body)
        if isinstance(block, Derivation):
            return f"\\begin{{proof}}\n{self.write(block.body)}\n\\end{{proof}}"
        assert isinstance(block, Numbered)
        return self._numbered([block])

    def _paragraph(self, block: Paragraph) -> str:
        text = self.sentence(block.text)
        if block.label in ("", "conclusion"):
            return f"\n{text}\n"
        if block.label == "here":
            return f"\nIn this model {text}\n"
        if block.label == "by":
            return f"(By {text}.)"
        label = block.label[0].upper() + block.label[1:]
        return f"\n\\emph{{{latex_escape(label)}:}} {text}\n"

    def _row(self, row: EvidenceRow) -> str:
        parts: list[str] = []
        if row.status != "met":
            parts.append(rf"\emph{{{STATUS[row.status][1]}:}} ")
        if row.assumption:
            parts.append(rf"\textsf{{{latex_escape(row.assumption)}}}: ")
        parts.append(latex_prose(row.text, self.names))
        if row.advice:
            parts.append(f"; to mend it, {latex_prose(row.advice, self.names)}")
        if row.place:
            quote = rf": \texttt{{{latex_escape(row.quote)}}}" if row.quote else ""
            parts.append(f" ({row.place}{quote})")
        return "".join(parts)

    def _numbered(self, steps: Sequence[Numbered]) -> str:
        items: list[str] = []
        for step in steps:
            body = self.write(step.body)
            item = rf"\item[{{{latex_escape(step.number)}.}}] {self.sentence(step.text)}"
            items.append(f"{item}\n{body}" if body else item)
        return "\\begin{enumerate}\n" + "\n".join(items) + "\n\\end{enumerate}"


class MathJaxWriter(LatexWriter):
    """Paragraphs and formulas only: what both MathJax and LaTeX understand."""

    def _inline(self, one: Inline) -> str:
        if one.kind in ("name", "code", "strong"):
            source = "" if one.source is None else f" ({latex_escape(one.source.label)})"
            return rf"$\texttt{{{latex_escape(one.text)}}}${source}"
        if one.kind == "prose":
            return latex_prose(one.text)
        return super()._inline(one)

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            return f"{self.sentence(_capital(block.text))}.\n"
        if isinstance(block, Statement):
            head = self._inline(Inline("name", block.name, block.source))
            return f"{block.kind} {head}: {self.sentence(block.text)}\n"
        if isinstance(block, Evidence):
            return "\n\n".join(map(self._row, block.rows)) + "\n"
        if isinstance(block, Bullets):
            return "\n\n".join(map(self.sentence, block.items)) + "\n"
        if isinstance(block, Listing):
            lines = block.text.splitlines()
            return "\n\n".join(rf"$\texttt{{{latex_escape(line)}}}$" for line in lines) + "\n"
        if isinstance(block, Derivation):
            return self.write(block.body)
        return super()._block(block)

    def _paragraph(self, block: Paragraph) -> str:
        text = self.sentence(block.text)
        silent = block.label in ("", "conclusion")
        return f"{text}\n" if silent else f"{block.label}: {text}\n"

    def _row(self, row: EvidenceRow) -> str:
        name = rf"$\texttt{{{latex_escape(row.assumption)}}}$: " if row.assumption else ""
        status = "" if row.status == "met" else f"{STATUS[row.status][1]}: "
        place = f" ({row.place})" if row.place else ""
        return f"{status}{name}{latex_prose(row.text)}{place}"

    def _numbered(self, steps: Sequence[Numbered]) -> str:
        return "\n".join(
            f"{step.number}. {self.sentence(step.text)}\n\n{self.write(step.body)}"
            for step in steps
        )


def _capital(text: Sequence[Inline]) -> tuple[Inline, ...]:
    if not text:
        return ()
    first = text[0]
    return (first._replace(text=first.text[:1].upper() + first.text[1:]), *text[1:])


def displays(items: Sequence[tuple[str, Any]]) -> str:
    """Named matrices in displayed formulas, side by side while there is room."""
    lines: list[list[str]] = [[]]
    used = 0
    for name, rows in items:
        text, width = _matrix(rows)
        label = latex_formula(name) if len(name) <= 3 else rf"\text{{{latex_escape(name)}}}"
        width += 4 + len(name)
        if lines[-1] and used + width > WIDEST_DISPLAY:
            lines.append([])
            used = 0
        lines[-1].append(f"{label} = {text}")
        used += width
    return "\n".join("\\[" + r",\quad ".join(line) + "\\]" for line in lines if line)


def _matrix(rows: Any) -> tuple[str, int]:
    """A matrix and about how many characters wide it is; large ones are summarised."""
    table = [row if isinstance(row, (list, tuple)) else [row] for row in rows]
    if len(table) > LARGEST or len(table[0]) > LARGEST:
        words = matrix(table)
        return rf"\text{{{latex_escape(words)}}}", len(words)
    cells = [[number(entry) for entry in row] for row in table]
    width = sum(max(len(row[j]) for row in cells) + 2 for j in range(len(cells[0])))
    body = r"\\ ".join(" & ".join(map(latex_formula, row)) for row in cells)
    return rf"\begin{{pmatrix}}{body}\end{{pmatrix}}", width
