"""An argument as a LaTeX document of its own, with its bibliography."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.problem import Model, Network
from ..model.terms import Term, show
from .argument import argument_blocks
from .bibliography import bibtex, citation_keys
from .blocks import Heading
from .latex_blocks import LatexWriter
from .mathematics import latex_escape, latex_formula, latex_prose
from .verdict import loss_words

if TYPE_CHECKING:
    from ..engine.argument import Argument

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}\usepackage[T1]{fontenc}}{}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[margin=30mm]{geometry}
\newtheorem{theorem}{Theorem}
\newtheorem{counterexample}[theorem]{Counterexample}
\setlength{\emergencystretch}{3em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
"""


def latex_document(
    argument: Argument, depth: int = 0, bibliography: str | None = None
) -> tuple[str, str]:
    """The document and the BibTeX file of exactly the sources that it cites.

    ``bibliography``: the name (without ``.bib``) under which the second will stand beside the
    first. Without it the document carries its bibliography with it (``filecontents``).
    """
    from ..engine.argument import sources
    from ..engine.discovery import families, theorems

    used = sources(argument, depth)
    names = frozenset([*(t.id for t in theorems()), *(f.id for f in families())])
    writer = LatexWriter(citation_keys(used), names)
    blocks = argument_blocks(argument, depth)
    headline = blocks[0]
    assert isinstance(headline, Heading)
    entries = bibtex(used)
    text = PREAMBLE
    if bibliography is None and entries:
        text = f"\\begin{{filecontents*}}{{\\jobname.bib}}\n{entries}\\end{{filecontents*}}\n{text}"
    title = headline.text[0].text
    text += f"\\title{{{latex_escape(title[0].upper() + title[1:])}}}\n"
    text += "\\author{derived by \\texttt{landscape}}\n\\date{}\n\\begin{document}\n\\maketitle\n"
    text += "\\section*{The problem}\n" + problem(argument.model)
    text += "\\section*{The argument}\n" + writer.write(blocks[1:])
    if entries:
        name = r"\jobname" if bibliography is None else bibliography
        text += f"\n\\bibliographystyle{{plain}}\n\\bibliography{{{name}}}"
    return f"{text}\n\\end{{document}}\n", entries


def problem(model: Model) -> str:
    """The training problem in the notation of Nouiehed & Razaviyayn."""
    from ..syntax.writing import statements
    from .verdict import map_words

    asked = (
        "Is every local minimum global?"
        if model.requirement.name == "local_is_global"
        else "Is every critical point global or a strict saddle?"
    )
    if model.network is not None:
        display, where = _network(model.network)
    else:
        whole = map_words(model, 10**6)
        assert model.map is not None
        over = ", ".join(latex_formula(p.name) for p in model.map.parameters)
        display = rf"\min_{{{over}}}\ \ell({latex_formula(whole.replace(' * ', ' '))})"
        where = ", ".join(
            f"${latex_formula(p.name)} \\in {_space(p.rows, p.columns)}$"
            for p in model.map.parameters
        )
    penalty = _penalty(model)
    said = "".join(
        f"\\item \\texttt{{{latex_escape(statement)}}}\n" for statement in statements(model)
    )
    name = "" if model.name is None else f"The model \\texttt{{{latex_escape(model.name)}}}. "
    return (
        f"{name}Consider\n\\[{display}{penalty}\\]\n"
        f"with {where}, and the loss $\\ell$: {_loss(model)}. {asked}\n\n"
        f"The model as stated:\n\\begin{{itemize}}\n{said}\\end{{itemize}}\n"
    )


def _space(rows: Term, columns: Term) -> str:
    return rf"\mathbb{{R}}^{{{latex_formula(show(rows))}\times {latex_formula(show(columns))}}}"


def _network(network: Network) -> tuple[str, str]:
    """The objective, and what its letters are."""
    layers = network.layers
    h = len(layers)
    over = [f"W_{{{k}}}" for k, la in enumerate(layers, 1) if not la.fixed and la.opaque is None]
    over += [f"b_{{{k}}}" for k, la in enumerate(layers, 1) if la.bias and not la.fixed]
    letters = ", ".join(over) if len(over) <= 6 else rf"{over[0]}, \ldots, {over[-1]}"
    plain = all(
        la.activation.name == "linear" and not (la.bias or la.skip or la.opaque) for la in layers
    )
    widths = [network.input_width, *(layer.width for layer in layers)]
    shapes = [f"$W_{{{k}}} \\in {_space(widths[k], widths[k - 1])}$" for k in range(1, h + 1)]
    if len(shapes) > 6:
        shapes = [*shapes[:2], r"$\ldots$", shapes[-1]]
    where = ", ".join(shapes)
    if plain:
        product = " ".join(f"W_{{{k}}}" for k in range(h, 0, -1))
        if h > 6:
            product = rf"W_{{{h}}} \cdots W_{{1}}"
        return rf"\min_{{{letters}}}\ \ell({product} X)", where
    rules: list[str] = []
    for k, layer in enumerate(layers, 1):
        if layer.opaque is not None:
            rules.append(rf"$F_{{{k}}}$ an opaque layer ({latex_escape(layer.opaque)})")
            continue
        inner = f"W_{{{k}}} F_{{{k - 1}}}" + (
            rf" + b_{{{k}}} \mathbf{{1}}^{{\top}}" if layer.bias else ""
        )
        if layer.activation.name != "linear":
            label = latex_escape(layer.activation.name)
            inner = rf"\text{{{label}}}({inner})"
        skip = f" + F_{{{k - 1}}}" if layer.skip else ""
        rules.append(f"$F_{{{k}}} = {inner}{skip}$")
    steps = ", ".join(rules)
    return rf"\min_{{{letters}}}\ \ell(F_{{{h}}})", f"$F_{{0}} = X$, {steps}, {where}"


def _penalty(model: Model) -> str:
    found = model.regularizer
    if found is None:
        return ""
    values = found.strengths
    norm = r"\|W_k\|_F^2" if found.kind == "l2" else r"\|W_k\|_1"
    parameters = model.map.parameters if model.map is not None else ()
    if len(parameters) == 1:
        name = latex_formula(parameters[0].name)
        norm = norm.replace("W_k", name)
        factor = latex_formula(str(values[0]))
        half = r" \cdot \tfrac{1}{2}" if found.kind == "l2" else ""
        return f" + {factor}{half} {norm}"
    if parameters:
        listed = ", ".join(latex_formula(parameter.name) for parameter in parameters)
        norm += rf",\quad (W_k) = ({listed})"
    if len(values) == 1:
        factor = latex_formula(str(values[0]))
        return (
            rf" + {factor} \cdot \tfrac{{1}}{{2}} \sum_k {norm}"
            if found.kind == "l2"
            else (rf" + {factor} \sum_k {norm}")
        )
    half = r"\tfrac{\lambda_k}{2}" if found.kind == "l2" else r"\lambda_k"
    listed = ", ".join(latex_formula(str(value)) for value in values)
    return rf" + \sum_k {half} {norm},\quad \lambda = ({listed})"


def _loss(model: Model) -> str:
    from .explain import loss_formula

    words = latex_prose(loss_words(model))
    if model.loss.kind != "named":
        return words
    return f"{words} ({latex_prose(loss_formula(model.loss.name))})"
