"""What a notebook shows of a value: verdicts, arguments, proofs, counterexamples, points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from .argument import argument_blocks, claimed_point, instance_blocks, weight_blocks
from .blocks import (
    Block,
    Bullets,
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
    capital,
    prose,
    sentence,
)
from .html_blocks import HtmlWriter
from .latex_blocks import MathJaxWriter
from .layout import Page
from .markdown_blocks import MarkdownWriter
from .matrices import two_values
from .text_blocks import write_blocks
from .verdict import HEADLINES, MOST_REPAIRS, place, title, values_words
from .why_not import why_not_blocks

if TYPE_CHECKING:
    from ..engine.report import Counterexample, ModelReport, Proof, Report, SideCondition
    from ..model.diagnostics import Diagnostic
    from ..point.analysis import PointAnalysis
    from ..point.products import ProductReport


@cache
def entry_names() -> frozenset[str]:
    """The ids of the catalogue."""
    from ..engine.discovery import families, theorems

    return frozenset([*(t.id for t in theorems()), *(f.id for f in families())])


def html(value: Any) -> str:
    """The value as a fragment of HTML."""
    return HtmlWriter(entry_names()).page(blocks_of(value))


def markdown(value: Any) -> str:
    """The value as Markdown."""
    return MarkdownWriter(entry_names()).write(blocks_of(value))


def latex(value: Any) -> str:
    """The value as paragraphs and formulas that MathJax and LaTeX both understand."""
    return MathJaxWriter().write(blocks_of(value))


def text(value: Any, width: int = 80) -> str:
    """The value for a terminal of that width, without colours."""
    page = Page(width)
    write_blocks(blocks_of(value), page)
    return page.text.strip("\n")


def blocks_of(value: Any) -> list[Block]:
    """The blocks of a value of the public API; ``TypeError`` for any other."""
    from ..engine.argument import Argument
    from ..engine.report import Counterexample, ModelReport, Proof, Report
    from ..engine.why_not import WhyNot
    from ..point.analysis import PointAnalysis

    if isinstance(value, Report):
        return report_blocks(value)
    if isinstance(value, ModelReport):
        return verdict_blocks(value)
    if isinstance(value, Argument):
        return argument_blocks(value, 1)
    if isinstance(value, Proof):
        return [proof_step(value, "1")]
    if isinstance(value, Counterexample):
        return counterexample_blocks(value)
    if isinstance(value, WhyNot):
        return why_not_blocks(value)
    if isinstance(value, PointAnalysis):
        return point_blocks(value)
    raise TypeError(f"nothing is known of how to show a {type(value).__name__}")


# --- verdicts --------------------------------------------------------------------------------


def report_blocks(report: Report) -> list[Block]:
    """Every model and every input error."""
    blocks: list[Block] = []
    for model in report.models:
        blocks += verdict_blocks(model)
    for error in report.errors:
        blocks += error_blocks(error)
    return blocks


def error_blocks(error: Diagnostic) -> list[Block]:
    """An input error with its line and a hint."""
    where = place(error.span)
    blocks: list[Block] = [
        Heading(sentence("Input error ", Inline("code", error.code)), where, level=1),
        Paragraph((Inline("dim", error.message),)),
    ]
    if error.source_line:
        blocks.append(Listing(error.source_line))
    if error.hint:
        blocks.append(Paragraph((Inline("dim", error.hint),), "hint"))
    return blocks


def verdict_blocks(report: ModelReport) -> list[Block]:
    """The answer, what it rests on, what is in the way, what helps."""
    from ..engine.discovery import entry

    headline = HEADLINES[report.asked, report.verdict]
    blocks: list[Block] = [Heading(sentence(headline), title(report.model, 72), report.verdict, 1)]
    if report.name is not None:
        blocks.append(Paragraph((Inline("code", report.name),), "model"))
    for verdict, formula in (report.regions or {}).items():
        plain = {"true": "always", "false": "never"}.get(formula)
        said = Inline("formula", formula) if plain is None else prose(plain)
        blocks.append(Paragraph((said,), f"{verdict} where"))
    if report.verdict == "conditional":
        blocks.append(Bullets(tuple((Inline("formula", text),) for text in report.conditions)))
    decider = entry(report.theorem) if report.theorem is not None else None
    if decider is not None:
        kind = "Counterexample" if report.verdict == "fails" else "Theorem"
        blocks.append(Statement(kind, decider.id, decider.source, sentence(decider.statement)))
    proof = report.proof
    if proof is not None and proof.side_conditions and report.verdict != "fails":
        blocks.append(_side_conditions(proof.side_conditions))
    if report.verdict != "holds" and report.nearest:
        near = report.nearest[0]
        blocks.append(Paragraph(sentence(Inline("name", near.theorem)), "nearest theorem"))
        blocks.append(
            Evidence(
                tuple(
                    EvidenceRow(a.status, a.id, a.text, *_line(a.span))
                    for a in near.assumptions
                    if a.status != "met" or not a.structural
                )
            )
        )
    found = report.readable_counterexample
    if found is not None:
        blocks += counterexample_blocks(found)
    elif (missing := report.unbuilt) is not None:
        text = f"no instance was built because of its size: {missing.reason}"
        rests = f"{text}; the verdict rests on the proof of {missing.family} alone"
        blocks.append(Paragraph(sentence(rests), "counterexample"))
        if missing.command is not None:
            command = Inline("code", missing.command)
            blocks.append(Paragraph(sentence("At smaller widths: ", command), "smaller"))
    for text in report.declared:
        blocks.append(Paragraph(sentence(text), "on your word"))
    if report.verdict != "holds" and report.repairs:
        items = []
        for repair in report.repairs[:MOST_REPAIRS]:
            answer = "conditional" if repair.partial else "holds"
            note = f" ({repair.note})" if repair.note else ""
            items.append(
                sentence(
                    Inline("code", repair.change), f": {answer} by ",
                    Inline("name", repair.theorem), note,
                )
            )  # fmt: skip
        blocks.append(Paragraph(sentence("Repairs, each re-checked:")))
        blocks.append(Bullets(tuple(items)))
    return blocks


def _line(span: Any) -> tuple[int | None, int | None]:
    return (None, None) if span is None else (span.line, span.column)


def _side_conditions(conditions: Sequence[SideCondition]) -> Evidence:
    return Evidence(
        tuple(EvidenceRow(c.status, c.assumption, c.text, *_line(c.span)) for c in conditions)
    )


def proof_step(proof: Proof, number: str) -> Numbered:
    """A node of a proof tree with the nodes it rests on."""
    source = f", {proof.source}" if proof.source else ""
    body: list[Block] = []
    if proof.side_conditions:
        body.append(_side_conditions(proof.side_conditions))
    for k, premise in enumerate(proof.premises, start=1):
        body.append(proof_step(premise, f"{number}.{k}"))
    text = sentence(capital(proof.conclusion), " (", Inline("name", proof.rule), f"{source})")
    return Numbered(number, text, tuple(body))


# --- counterexamples and points --------------------------------------------------------------


def counterexample_blocks(found: Counterexample) -> list[Block]:
    """The instance, the two points, their values, and why."""
    document = found.document
    claimed = claimed_point(document)
    better: Mapping[str, Any] = document["better_point"]
    worse, lower = two_values(claimed["value"], better["value"])
    kind = "A local minimum" if "local_minimum" in document else "A critical point"
    checked = "re-checked by the kernel" if found.accepted else "not re-checked"
    return [
        Heading(sentence("Counterexample"), values_words(document)),
        *instance_blocks(document),
        Paragraph(sentence(f"{kind}, of loss ", Inline("formula", worse), ":")),
        weight_blocks(claimed),
        Paragraph(sentence("A better point, of loss ", Inline("formula", lower), ":")),
        weight_blocks(better),
        Paragraph(sentence(found.words), "why"),
        Paragraph(sentence(Inline("name", found.argument), f", {checked}."), "argument"),
    ]


def point_blocks(analysis: PointAnalysis) -> list[Block]:
    """What is known of a point."""
    from .point import CLASSIFICATIONS, openness_word, point_json, rank_text, show_number

    document = point_json(analysis)
    blocks: list[Block] = [
        Heading(
            sentence(f"This point is {CLASSIFICATIONS[analysis.classification]}"),
            title(analysis.model, 72),
            level=1,
        ),
        Paragraph((prose("because "), Inline("dim", analysis.reason))),
    ]
    point = analysis.model.point
    if point is not None:
        given = tuple((m.name, [list(map(str, r)) for r in m.matrix.rows]) for m in point.matrices)
        blocks.append(Matrices(given))
    facts: list[str] = []
    if analysis.loss is not None:
        facts.append(f"loss {show_number(analysis.loss)}")
    if analysis.critical is not None:
        facts.append("a critical point" if analysis.critical else "not a critical point")
    if analysis.nondegenerate is not None:
        facts.append("non-degenerate" if analysis.nondegenerate else "degenerate")
    if analysis.inertia is not None:
        positive, negative, zero = analysis.inertia
        facts.append(
            f"exact Hessian: {positive} positive, {negative} negative, {zero} zero eigenvalues"
        )
    if facts:
        blocks.append(Bullets(tuple((Inline("dim", fact),) for fact in facts)))
    for product in analysis.products:
        a, b, r = map(rank_text, product.ranks)
        names = Inline("code", f"({product.left}) ({product.right})")
        ranks = f": rank A = {a}, rank B = {b}, rank AB = {r}: {openness_word(product)}."
        blocks.append(Paragraph((names, prose(ranks)), "product"))
        blocks += _evidence(product)
    for covered in analysis.covered_by:
        conditions = "; ".join(covered.conditions)
        blocks.append(
            Paragraph(
                sentence(Inline("name", covered.theorem),
                         f": a local minimum here is a global one ({conditions})."),
                "covered by",
            )
        )  # fmt: skip
    better = document["better_point"]
    if better is not None:
        blocks.append(Paragraph(sentence("A better point, of loss ",
                                         Inline("formula", better["value"]), ":")))  # fmt: skip
        blocks.append(weight_blocks(better))
    if analysis.notes:
        notes = tuple((Inline("dim", note),) for note in analysis.notes)
        blocks.append(Unfold(sentence("Notes"), (Bullets(notes),)))
    return blocks


def _evidence(product: ProductReport) -> Iterator[Block]:
    """What shows that a product is open, or not."""
    from .point import evidence_table, shown_moves

    test = product.test
    if test is None:
        return
    if test.unreachable is not None:
        yield Paragraph(sentence("For no small t != 0 is A B + t E reached from nearby factors:"))
        yield Matrices((("E", evidence_table(test.unreachable)),))
        return
    for condition, name, move in shown_moves(test):
        yield Paragraph(sentence(f"{condition}, with"))
        yield Matrices(((name, move),))


__all__ = ["blocks_of", "html", "latex", "markdown", "text"]
