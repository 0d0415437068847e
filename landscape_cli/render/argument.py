"""An argument as blocks: the statement used, numbered steps, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .blocks import (
    Block,
    Derivation,
    Evidence,
    EvidenceRow,
    Heading,
    Inline,
    Matrices,
    Numbered,
    Paragraph,
    Statement,
    Unfold,
    capital,
    named,
    prose,
    sentence,
    weight_order,
)
from .glossary import words_named
from .matrices import background, copies, samples, two_values
from .verdict import HEADLINES, title

if TYPE_CHECKING:
    from ..engine.argument import Argument, ArgumentStep, Gap, Mention, Part, Used

MOST_GAPS = 4
STILL = {
    "local_is_global": ("local minima", "global"),
    "strict_saddle": ("critical points", "global or strict saddles"),
}


def argument_blocks(argument: Argument, depth: int = 0, most: int = 72) -> list[Block]:
    """The whole argument; ``depth`` levels of proof sketches are unfolded.

    ``most``: how many characters the model may take beside the headline.
    """
    blocks: list[Block] = [
        Heading(
            sentence(HEADLINES[argument.asked, argument.verdict]),
            title(argument.model, most),
            argument.verdict,
            1,
        )
    ]
    several = len(argument.parts) > 1
    for number, part in enumerate(argument.parts, start=1):
        if several:
            where = _conditions(part)
            head: list[str | Inline] = [f"Part {number}: {part.claim}"]
            blocks.append(Heading(sentence(*head, *where)))
        blocks += part_blocks(part, depth)
    which, what = STILL[argument.asked]
    for guarantee in argument.still:
        blocks.append(
            Paragraph(
                sentence(
                    f"{which} where ", *_formulas(guarantee.conditions),
                    f" are {what} all the same (", Inline("name", guarantee.theorem), ").",
                ),
                "still proved",
            )
        )  # fmt: skip
    if argument.undecided:
        blocks.append(Paragraph(sentence(capital(argument.undecided)), "open"))
        blocks += gap_blocks(argument.gaps)
    return blocks


def _conditions(part: Part) -> Iterator[str | Inline]:
    if part.where:
        yield " where "
        yield from _formulas(part.where)


def _formulas(texts: Sequence[str]) -> Iterator[Inline]:
    """Conditions that hold together; one that is an alternative stands in brackets then."""
    for k, text in enumerate(texts):
        if k:
            yield prose(" and ")
        several = len(texts) > 1 and ", or " in text
        yield Inline("formula", f"({text})" if several else text)


def part_blocks(part: Part, depth: int = 0) -> list[Block]:
    """The statement that is used, the numbered steps, and what follows."""
    kind = "Counterexample" if part.refutes else "Theorem"
    blocks: list[Block] = [Statement(kind, part.rule, part.source, sentence(part.statement))]
    if part.quantities:
        here: list[str | Inline] = []
        for k, (letter, value) in enumerate(part.quantities):
            last = k == len(part.quantities) - 1
            here.append("" if k == 0 else " and " if last else ", ")
            is_range = value.startswith("between ")
            here.append(
                f"{letter} is {value}" if is_range else Inline("formula", f"{letter} = {value}")
            )
        blocks.append(Paragraph(sentence(*here, "."), "here"))
    body: list[Block] = []
    for number, step in enumerate(part.steps, start=1):
        body.append(_step(step, str(number), part, depth))
    ending = ["So ", part.claim]
    blocks.append(
        Derivation((*body, Paragraph(sentence(*ending, *_conditions(part), "."), "conclusion")))
    )
    return blocks


def _step(step: ArgumentStep, number: str, part: Part, depth: int) -> Numbered:
    if step.kind in ("instance", "minimum", "better"):
        return _example_step(step, number, part, depth)
    body: list[Block] = []
    if step.kind == "together":
        alone = all(other.kind in ("together", "reduction") for other in part.steps)
        text = sentence("" if alone else "Together: ", capital(step.sketch))
    elif step.kind == "reduction":
        text = sentence("Reduction: ", capital(step.claim))
    elif step.kind == "family":
        text = sentence("The model is one that the statement speaks of.")
    else:
        text = sentence(capital(step.claim))
    rule: list[Inline] = [Inline("name", step.rule, step.source)]
    if step.kind not in ("together", "family"):
        body.append(Paragraph(tuple(rule), "by"))
    if step.kind == "together" and step.mentions:
        body.append(_with(step))
    if step.used:
        body.append(evidence(step.used))
    if depth > 0 and step.kind in ("rule", "reduction"):
        body.append(_unfolded(step, number, part, depth))
    elif depth > 0:
        body += [_why(one) for one in step.mentions]
    return Numbered(number, text, tuple(body))


def _with(step: ArgumentStep) -> Paragraph:
    """What a proof names besides its steps, with the sources."""
    names: list[Inline] = []
    for one in step.mentions:
        names += [*([prose(", ")] if names else []), Inline("name", one.rule, one.source)]
    return Paragraph(tuple(names), "with")


def _unfolded(step: ArgumentStep, number: str, part: Part, depth: int) -> Unfold:
    """The statement and the proof sketch of a rule, and of the rules below it."""
    title, says = _why(step)
    body: list[Block] = [*says]
    if step.mentions:
        body.append(_with(step))
    if depth > 1:
        for k, inner in enumerate(step.rests_on, start=1):
            body.append(_step(inner, f"{number}.{k}", part, depth - 1))
    return Unfold(title, tuple(body))


def _why(entry: ArgumentStep | Mention) -> Unfold:
    """What an entry of the catalogue says, and its proof."""
    title = sentence("Why ", Inline("name", entry.rule), " holds")
    says = sentence(Inline("name", entry.rule), f": {entry.statement}")
    return Unfold(title, (Paragraph(says, "says"), Paragraph(sentence(entry.sketch), "proof")))


def evidence(used: Sequence[Used]) -> Evidence:
    """What a step takes from the model; structural assumptions that are met stand in one row."""
    rows: list[EvidenceRow] = []
    quiet: list[str] = []
    for one in used:
        if one.structural and one.status == "met" and one.span is None:
            quiet.append(one.text)
            continue
        rows.append(row(one))
    if quiet:
        rows.append(EvidenceRow("met", "", "; ".join(dict.fromkeys(quiet))))
    return Evidence(tuple(rows))


def row(used: Used, advice: str = "") -> EvidenceRow:
    """One row of evidence."""
    span = used.span
    return EvidenceRow(
        used.status, used.assumption, used.text,
        None if span is None else span.line, None if span is None else span.column,
        used.quote, advice,
    )  # fmt: skip


# --- counterexamples -------------------------------------------------------------------------


def _example_step(step: ArgumentStep, number: str, part: Part, depth: int) -> Numbered:
    example = part.example
    assert example is not None
    document = example.document
    claimed = claimed_point(document)
    worse, lower = two_values(claimed["value"], document["better_point"]["value"])
    if step.kind == "instance":
        widths = document["problem"].get("widths")
        lead = "Take this instance."
        if widths is not None:
            lead = f"Take this instance of widths {' -> '.join(map(str, widths))}."
        return Numbered(number, sentence(lead), tuple(instance_blocks(document)))
    if step.kind == "better":
        values = Inline("formula", f"{lower} < {worse}")
        text = sentence("Another point has a lower loss: ", values, ".")
        return Numbered(number, text, (weight_blocks(document["better_point"]),))
    local = "local_minimum" in document
    what = "a local minimum" if local else "a critical point without negative curvature"
    text = sentence(f"This point is {what}, of loss ", Inline("formula", worse), ".")
    body: list[Block] = [weight_blocks(claimed), Paragraph(sentence(step.claim), "why")]
    for word in words_named(example.argument):
        if word.kind == "argument":
            body.append(
                Paragraph(
                    sentence(Inline("name", example.argument), f": {word.meaning}"), "argument"
                )
            )
    if example.accepted:
        by = (
            "the interval checker, in ball arithmetic"
            if example.argument in ("interval-newton", "split-unit")
            else "the kernel, in exact arithmetic"
        )
        body.append(Paragraph(sentence(f"re-checked by {by}."), "checked"))
    if depth > 0:
        body.append(Unfold(sentence("Why it works in general"),
                           (Paragraph(sentence(step.sketch), "proof"),)))  # fmt: skip
    return Numbered(number, text, tuple(body))


def claimed_point(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The point of a certificate that is not global."""
    found: Mapping[str, Any] = document.get("local_minimum") or document["critical_point"]
    return found


def weight_blocks(point: Mapping[str, Any]) -> Matrices:
    """The weights of a point, layer by layer."""
    return named(point["weights"], weight_order(point["weights"]))


def instance_blocks(document: Mapping[str, Any]) -> Iterator[Block]:
    """Data, loss parameters, penalty and fixed weights of a certificate document."""
    problem, data = document["problem"], document.get("data", {})
    loss = problem["loss"]
    counts = data.get("counts")
    counted = samples(data["X"], data["Y"], counts) if "X" in data and "Y" in data else None
    if counted is not None:
        yield Paragraph((Inline("dim", counted),), "data")
    else:
        yield named(data, ("X", "Y"))
        if counts is not None:
            yield Paragraph((Inline("dim", copies(counts)),), "samples")
    for key in ("weights", "coefficients"):
        table = loss.get(key)
        if isinstance(table, list):
            large = background(table) if len(table) * len(table[0]) > 64 else None
            if large is not None:
                yield Paragraph((Inline("dim", large),), f"loss {key}")
            else:
                yield Matrices(((f"{key} of the loss", table),))
    if isinstance(loss.get("forms"), list):
        yield Paragraph(sentence(f"a sum of {len(loss['forms'])} squares"), "loss")
    penalty = problem.get("regularizer")
    if isinstance(penalty, Mapping):
        for kind, strength in penalty.items():
            values = strength if isinstance(strength, list) else [strength]
            yield Paragraph(sentence(f"{kind} penalty of strength {', '.join(values)}"), "penalty")
    if problem.get("fixed"):
        yield Paragraph(sentence("these weights are fixed:"))
        yield named(problem["fixed"], weight_order(problem["fixed"]))


# --- what is missing -------------------------------------------------------------------------


def gap_blocks(gaps: Sequence[Gap]) -> list[Block]:
    """What each of the nearest theorems lacks."""
    blocks: list[Block] = []
    for gap in gaps[:MOST_GAPS]:
        blocks.append(Paragraph(sentence(Inline("name", gap.theorem), " would need"), "missing"))
        blocks.append(Evidence(tuple(row(one.used, one.mend) for one in gap.missing)))
    if len(gaps) > MOST_GAPS:
        others = ", ".join(gap.theorem for gap in gaps[MOST_GAPS:])
        blocks.append(Paragraph(sentence(others), "also near"))
    return blocks
