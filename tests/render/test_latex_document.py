"""LaTeX documents: balanced, citing exactly their bibliography; compiled where there is a TeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from landscape_cli.api import check
from landscape_cli.engine.argument import Argument
from landscape_cli.engine.discovery import deciding_theorems, families, theorems
from landscape_cli.render.bibliography import bibtex, citation_keys
from landscape_cli.render.latex_document import latex_document

from .latex_check import problems

TEXTS = [text for t in deciding_theorems() for text in t.examples]
TEXTS += [f.examples[-1] for f in families()]
NASTY = r"""model "50%_of $x^2$ & #1 \end{document} {" {
  net 3 -> opaque(2, "a_b % \\input{x} $") -> s(2, bias, skip) -> linear(3, fixed) -> 1
  loss my_loss(z, y) = (z - y)^2
  activation s(t) = t + t^3
  regularize l2 1/10
}"""


def argument(text: str) -> Argument:
    found = check(text)
    assert not found.errors, found.errors
    return found.models[0].argument


def body(document: str) -> str:
    return document[document.index(r"\begin{document}") :]


@pytest.mark.parametrize("text", [*TEXTS, NASTY], ids=range(len(TEXTS) + 1))
def test_every_document_is_balanced_and_cites_its_bibliography(text: str) -> None:
    document, entries = latex_document(argument(text), 2, "proof")
    assert problems(body(document)) == []
    assert problems(re.sub(r"(?m)^@\w+\{.*?,$", "{", entries)) == []
    cited = set(re.findall(r"\\cite(?:\[\{.*?\}\])?\{([^}]*)\}", document))
    assert cited == set(re.findall(r"(?m)^@\w+\{(.*),$", entries))
    assert (r"\bibliography{proof}" in document) == bool(entries)


def test_the_notation_is_that_of_the_paper() -> None:
    document, _ = latex_document(argument("net 5 -> 2 -> 3 -> 4; loss squared"))
    assert r"\min_{W_{1}, W_{2}, W_{3}}\ \ell(W_{3} W_{2} W_{1} X)" in document
    assert r"$W_{1} \in \mathbb{R}^{2\times 5}$" in document
    document, _ = latex_document(argument("net 5 -> tanh(4) -> linear(3, bias); loss logistic"))
    assert r"$F_{1} = \text{tanh}(W_{1} F_{0})$" in document
    assert r"$F_{2} = W_{2} F_{1} + b_{2} \mathbf{1}^{\top}$" in document
    document, _ = latex_document(argument("param W: 5 x 5; map W * W^T; loss convex"))
    assert r"\min_{W}\ \ell(W W^{\top})" in document
    document, _ = latex_document(argument("net 2 -> 1 -> 2; loss squared; regularize l2 1"))
    assert r"\sum_k \|W_k\|_F^2" in document


def test_numbers_are_filled_in() -> None:
    document, _ = latex_document(argument("net 5 -> 4 -> 4; loss huber(1)"))
    assert r"\textsf{no-bottleneck}: $4 \ge \min(5, 4)$ (line 1, column 10: \texttt{4})" in document
    document, _ = latex_document(argument("net 2 -> 1 -> 2; loss huber(1)"))
    assert r"Y = \begin{pmatrix}2 & 0\\ 0 & 3\end{pmatrix}" in document
    assert r"$\tfrac{3}{2} < \tfrac{5}{2}$" in document


def test_without_a_name_the_bibliography_comes_along() -> None:
    document, entries = latex_document(argument("net 5 -> 4 -> 4; loss huber(1)"))
    start = "\\begin{filecontents*}{\\jobname.bib}\n"
    assert document.startswith(f"{start}{entries}\\end{{filecontents*}}\n")
    assert r"\bibliography{\jobname}" in document


def test_sources_as_bibtex() -> None:
    every = [entry.source for entry in (*theorems(), *families())]
    keys = citation_keys(every)
    assert len(set(keys.values())) == len(keys) > 15
    text = bibtex(every)
    assert "author = {M. Nouiehed and M. Razaviyayn}" in text
    assert "author = {{the landscape authors}}" in text
    assert "journal = {Neural Networks},\n  volume = {2}" in text
    assert "publisher = {Cambridge University Press}" in text
    assert text.count("@") == len(keys)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX here: parsed above instead")
@pytest.mark.parametrize(
    ("text", "depth"),
    [("net 5 -> 2 -> linear(4, bias); loss squared", 2), ("net 1 -> 1 -> 2; loss absolute", 1),
     (NASTY, 0)],
    ids=["holds", "fails", "nasty"],
)  # fmt: skip
def test_it_compiles(tmp_path: Path, text: str, depth: int) -> None:
    document, entries = latex_document(argument(text), depth, "proof")
    (tmp_path / "proof.tex").write_text(document, encoding="utf-8")
    (tmp_path / "proof.bib").write_text(entries, encoding="utf-8")
    tex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "proof.tex"]

    def run(command: list[str]) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
        output = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, output[-3000:]
        return output

    run(tex)
    if depth == 2:
        run(["bibtex", "proof"])
        run(tex)
        # The citations are all found.
        assert "undefined citations" not in run(tex)
