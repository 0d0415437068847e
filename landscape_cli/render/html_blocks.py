"""Blocks as HTML that stands on its own: no script, no network, both colour schemes.

Everything that comes from a model is escaped. Colours only repeat what the words say.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

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
from .mathematics import html_formula, html_prose
from .matrices import LARGEST, matrix, number
from .verdict import STATUS

STYLE = """
.landscape { line-height: 1.45; max-width: 56rem; }
.landscape .verdict { font-weight: bold; padding: 0 .4em; border: 1px solid; border-radius: .3em; }
.landscape .aside, .landscape .place { opacity: .75; font-size: .9em; }
.landscape .statement { border-left: 3px solid; padding: .2em .8em; margin: .6em 0; }
.landscape .label { font-variant: small-caps; margin-right: .5em; }
.landscape ul.evidence { margin: .2em 0; padding-left: 1.4em; }
.landscape ol.steps { padding-left: 2em; }
.landscape ol.steps > li { margin: .5em 0; }
.landscape figure { display: inline-block; margin: .3em 1.2em .3em 0; vertical-align: middle; }
.landscape figcaption { display: inline-block; vertical-align: middle; margin-right: .3em; }
.landscape table.matrix { display: inline-table; vertical-align: middle; border: 0;
  border-left: 1px solid; border-right: 1px solid; border-radius: .5em; border-collapse: separate; }
.landscape table.matrix td { text-align: right; padding: .05em .45em; border: 0; }
""".strip()


class HtmlWriter:
    """Writes blocks as HTML; ``names`` are the entries that a sentence may refer to.

    ``level``: the number of the topmost heading. A subclass may link names (``name``).
    """

    def __init__(self, names: frozenset[str] = frozenset(), level: int = 3) -> None:
        self.names = names
        self.level = level

    def page(self, blocks: Sequence[Block]) -> str:
        """The blocks in an element of their own, with the style sheet they need."""
        return f'<div class="landscape"><style>{STYLE}</style>\n{self.write(blocks)}\n</div>'

    def write(self, blocks: Sequence[Block]) -> str:
        """The blocks, one under the other."""
        parts: list[str] = []
        steps: list[str] = []
        for block in blocks:
            if isinstance(block, Numbered):
                steps.append(self._step(block))
                continue
            if steps:
                parts.append(f'<ol class="steps">{"".join(steps)}</ol>')
                steps = []
            parts.append(self._block(block))
        if steps:
            parts.append(f'<ol class="steps">{"".join(steps)}</ol>')
        return "\n".join(part for part in parts if part)

    def name(self, identifier: str) -> str:
        """An entry of the catalogue by its name."""
        return f"<code>{escape(identifier)}</code>"

    def sentence(self, text: Sequence[Inline]) -> str:
        """A sentence."""
        return "".join(map(self._inline, text))

    def _inline(self, one: Inline) -> str:
        if one.kind == "formula":
            return html_formula(one.text)
        if one.kind == "name":
            source = "" if one.source is None else f" ({escape(one.source.label)})"
            return f"{self.name(one.text)}{source}"
        if one.kind == "code":
            return f"<code>{escape(one.text)}</code>"
        if one.kind == "strong":
            return f"<strong>{escape(one.text)}</strong>"
        if one.kind == "dim":
            return escape(one.text)
        return html_prose(one.text, self.names)

    def _step(self, block: Numbered) -> str:
        value = block.number.rsplit(".", 1)[-1]
        return f'<li value="{value}">{self.sentence(block.text)}\n{self.write(block.body)}</li>'

    def _block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            label = ""
            if block.label and block.label != "conclusion":
                label = f'<span class="label">{escape(block.label)}</span>'
            return f"<p>{label}{self.sentence(block.text)}</p>"
        if isinstance(block, Heading):
            level = min(6, self.level + block.level - 1)
            word = (
                f'<span class="verdict {escape(block.verdict)}">{escape(block.verdict.upper())}'
                "</span> "
                if block.verdict
                else ""
            )
            aside = f' <span class="aside">{escape(block.aside)}</span>' if block.aside else ""
            return f"<h{level}>{word}{self.sentence(block.text)}{aside}</h{level}>"
        if isinstance(block, Statement):
            head = self._inline(Inline("name", block.name, block.source))
            return (
                f'<div class="statement"><strong>{block.kind}</strong> {head}. '
                f"{self.sentence(block.text)}</div>"
            )
        if isinstance(block, Evidence):
            if not block.rows:
                return ""
            return f'<ul class="evidence">{"".join(map(self._row, block.rows))}</ul>'
        if isinstance(block, Matrices):
            return "".join(matrix_html(name, rows) for name, rows in block.items)
        if isinstance(block, Listing):
            return f"<pre><code>{escape(block.text)}</code></pre>"
        if isinstance(block, Bullets):
            items = "".join(f"<li>{self.sentence(item)}</li>" for item in block.items)
            return f"<ul>{items}</ul>"
        if isinstance(block, Unfold):
            return (
                f"<details><summary>{self.sentence(block.title)}</summary>"
                f"{self.write(block.body)}</details>"
            )
        if isinstance(block, Derivation):
            return self.write(block.body)
        assert isinstance(block, Numbered)
        return self.write([block])

    def _row(self, row: EvidenceRow) -> str:
        status = "" if row.status == "met" else f"<em>{STATUS[row.status][1]}</em>: "
        name = f"{self.name(row.assumption)}: " if row.assumption else ""
        advice = f"; to mend it, {html_prose(row.advice, self.names)}" if row.advice else ""
        place = ""
        if row.place:
            quote = f": <code>{escape(row.quote)}</code>" if row.quote else ""
            place = f' <span class="place">({row.place}{quote})</span>'
        text = html_prose(row.text, self.names)
        return f'<li class="{row.status}">{status}{name}{text}{advice}{place}</li>'


def matrix_html(name: str, rows: Any) -> str:
    """A named matrix as a table; large ones are summarised."""
    table = [row if isinstance(row, (list, tuple)) else [row] for row in rows]
    label = html_formula(name) if len(name) <= 3 else escape(name)
    if len(table) > LARGEST or len(table[0]) > LARGEST:
        return f"<p>{label}: {escape(matrix(table))}</p>"
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(number(entry))}</td>" for entry in row) + "</tr>"
        for row in table
    )
    return (
        f"<figure><figcaption>{label} =</figcaption>"
        f'<table class="matrix" aria-label="{escape(name)}">{body}</table></figure>'
    )
