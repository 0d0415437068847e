"""The plain notation as LaTeX and HTML."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.engine.discovery import families, theorems
from landscape_cli.render.displayed import entry_names
from landscape_cli.render.mathematics import (
    html_formula,
    html_prose,
    latex_escape,
    latex_formula,
    latex_prose,
    spans,
)

from .latex_check import problems

ENTRIES = [*theorems(), *families()]
PROSE = sorted(
    {
        text
        for entry in ENTRIES
        for text in (
            entry.statement,
            entry.proof,
            getattr(entry, "limits", ""),
            *(step.why for step in getattr(entry, "steps", ())),
        )
    }
)


@pytest.mark.parametrize(
    ("plain", "latex"),
    [
        ("W_h...W_1 X", r"W_{h}\cdots W_{1} X"),
        ("W_(h-1)", "W_{h-1}"),
        ("W_2^T W_2", r"W_{2}^{\top} W_{2}"),
        ("C A^-1 B", "C A^{-1} B"),
        ("rank(W2 F1) + 4", r"\operatorname{rank}(W_{2} F_{1}) + 4"),
        ("5 >= min(4, 3)", r"5 \ge \min(4, 3)"),
        ("l(Z)", r"\ell(Z)"),
        ("A~ B = 0", r"\tilde{A} B = 0"),
        ("[[A, B], [C, D]]", r"\left(\begin{smallmatrix}A & B\\ C & D\end{smallmatrix}\right)"),
        ("1/2 |Z - Z*|^2", r"\tfrac{1}{2} |Z - Z^{*}|^{2}"),
        ("W -> W X", r"W \mapsto W X"),
        ("2 -> 1 -> 2", r"2 \to 1 \to 2"),
        ("R^(m x k)", r"\mathbb{R}^{m\times k}"),
        ("<G, Z - Z*>", r"\langle G, Z - Z^{*}\rangle "),
        ("eps x z^T", r"\varepsilon x z^{\top}"),
        ("d1_in <= 2", r"d_{1 in} \le 2"),
    ],
)
def test_formulas(plain: str, latex: str) -> None:
    assert latex_formula(plain) == latex


@pytest.mark.parametrize(
    ("sentence", "formulas"),
    [
        ("A local minimum of a convex loss is global.", []),
        ("the rank of A B and a matrix A", ["A B", "A"]),
        ("every width d_k >= 1, or a + b = d_s", ["d_k >= 1", "a + b = d_s"]),
        ("the point's output has 3 samples", []),
        ("into all d_h x d_0 matrices, W x = 0", ["d_h x d_0", "W x = 0"]),
        ("alpha-strongly convex", ["alpha"]),
        ("loss log_cosh and weighted_squared", []),
    ],
)
def test_what_is_a_formula(sentence: str, formulas: list[str]) -> None:
    assert [s.text for s in spans(sentence) if s.kind == "math"] == formulas


@pytest.mark.parametrize("sentence", PROSE)
def test_the_catalogue_can_be_set(sentence: str) -> None:
    names = entry_names()
    assert "".join(stretch.text for stretch in spans(sentence, names)) == sentence
    assert problems(latex_prose(sentence, names)) == []
    html = html_prose(sentence, names)
    assert len(re.findall("<(?:i|sub|sup|code)>", html)) == len(re.findall("</", html))


def test_nothing_of_the_notation_is_left_in_the_text() -> None:
    """Indices and exponents of the catalogue's prose are recognised (file names of losses not)."""
    for sentence in PROSE:
        for stretch in spans(sentence, entry_names()):
            if stretch.kind == "text":
                assert not re.search(r"[_^]", stretch.text), (sentence, stretch.text)


NASTY = r"""50%_of $x^2$ & #1 {\input{x}} ~a~ "q" 'q' <b> |z| -- ?` \\ `"""


def test_escapes() -> None:
    escaped = latex_escape(NASTY)
    assert problems(escaped) == []
    # Nothing that is active in LaTeX is left bare.
    bare = re.sub(r"\\[a-z]+(?:\{\})?|\\.|\$[<>|]\$|\{\}|\\texttt\{\\char34\}", "", escaped)
    assert not re.search(r"[\\$&#%_^~{}]", bare.replace("{", "").replace("}", "")), bare
    assert latex_escape("é ß λ 😀") == r"é ß \texttt{U+03BB} \texttt{U+1F600}"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("aWl_^()[]{}|<>=-.,;*~'\"$\\%&# 0123/xT\n"), max_size=40))
def test_any_text_is_safe(text: str) -> None:
    """Balanced LaTeX, and HTML without a tag that is not ours, whatever the text."""
    assert "".join(stretch.text for stretch in spans(text)) == text
    for latex in (latex_escape(text), latex_prose(text), f"${latex_formula(text)}$"):
        assert problems(latex) == [], latex
    for html in (html_prose(text), html_formula(text)):
        assert not re.search(r"<(?!/?(?:i|sub|sup|code)>)", html), html
