"""Exact numbers and matrices of certificates as MathML, which browsers set without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from ..counterexample import matrix_lines
from ..matrices import LARGEST, number


def number_markup(entry: Any) -> Markup:
    """One number of a certificate: a fraction stands as a fraction, an enclosure as digits."""
    text = number(entry)
    minus, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    top, slash, bottom = digits.partition("/")
    if slash and top.isdecimal() and bottom.isdecimal():
        inner = Markup("<mfrac><mn>{}</mn><mn>{}</mn></mfrac>").format(top, bottom)
    elif digits.replace(".", "").isdecimal():
        inner = Markup("<mn>{}</mn>").format(digits)
    else:
        return Markup("<mtext>{}</mtext>").format(text)
    return Markup("<mrow><mo>-</mo>{}</mrow>").format(inner) if minus else inner


def _name_markup(name: str) -> Markup:
    letters = name.rstrip("0123456789")
    index = name[len(letters) :]
    if not index:
        return Markup("<mi>{}</mi>").format(letters)
    return Markup("<msub><mi>{}</mi><mn>{}</mn></msub>").format(letters, index)


def matrix_markup(name: str, rows: Sequence[Any]) -> Markup:
    """``name = [...]`` as MathML; above 8 x 8 a summary in words. A bias is a column."""
    table = [row if isinstance(row, (list, tuple)) else [row] for row in rows]
    if len(table) > LARGEST or len(table[0]) > LARGEST:
        (line,) = matrix_lines(name, rows)
        return Markup("<p class='summary'>{}</p>").format(line)
    body = Markup("").join(
        Markup("<mtr>{}</mtr>").format(
            Markup("").join(Markup("<mtd>{}</mtd>").format(number_markup(entry)) for entry in row)
        )
        for row in table
    )
    alternative = " ".join(line.strip() for line in matrix_lines(name, rows))
    return Markup(
        "<math display='inline' aria-label='{}'><mrow>{}<mo>=</mo><mtable>{}</mtable></mrow></math>"
    ).format(alternative, _name_markup(name), body)


def matrices_markup(tables: Mapping[str, Any] | Sequence[tuple[str, Any]]) -> Markup:
    """Several matrices beside each other."""
    pairs = tables.items() if isinstance(tables, Mapping) else tables
    return Markup("<div class='matrices'>{}</div>").format(
        Markup(" ").join(matrix_markup(name, rows) for name, rows in pairs)
    )


def code_markup(text: str) -> Markup:
    """The text of a model or of a formula."""
    return Markup("<code>{}</code>").format(escape(text))
