"""Why a theorem does not apply, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .argument import claimed_point, evidence, instance_blocks, row, weight_blocks
from .blocks import (
    Block,
    Bullets,
    Evidence,
    Heading,
    Inline,
    Listing,
    Numbered,
    Paragraph,
    Statement,
    capital,
    sentence,
)
from .verdict import title, values_words

if TYPE_CHECKING:
    from ..engine.why_not import Broken, Standing, WhyNot


def why_not_blocks(found: WhyNot, most: int = 72) -> list[Block]:
    """What is met, what is missing, and for each of the latter a model that lacks only that.

    ``most``: how many characters the model may take beside the headline.
    """
    missing = [one for one in found.assumptions if one.missing]
    kind = "Counterexample" if found.kind == "fails" else "Theorem"
    if found.applies:
        head = f"{found.rule} applies"
    else:
        head = f"{found.rule} does not apply"
    blocks: list[Block] = [
        Heading(sentence(head), title(found.model, most), level=1),
        Statement(kind, found.rule, found.source, sentence(found.statement)),
    ]
    if not found.fits:
        blocks.append(Paragraph(sentence(f"it speaks of {found.setting}; this map is another."),
                                "setting"))  # fmt: skip
    if not found.asks:
        asked = found.model.requirement.name
        blocks.append(Paragraph((Inline("prose", f"it does not conclude {asked}."),), "asked"))
    if found.refusal:
        blocks.append(Paragraph(sentence(capital(found.refusal)), "refused"))
    met = tuple(one.used for one in found.assumptions if not one.missing)
    if met:
        blocks.append(Heading(sentence("What the model grants")))
        blocks.append(evidence(met))
    if missing:
        blocks.append(Heading(sentence("What it lacks")))
    for number, one in enumerate(missing, start=1):
        blocks.append(_missing(str(number), one, found.kind))
    if found.conditions:
        conditions = tuple((Inline("formula", text),) for text in found.conditions)
        blocks.append(Heading(sentence("It speaks of the points where")))
        blocks.append(Bullets(conditions))
    return blocks


def _missing(number: str, one: Standing, kind: str) -> Numbered:
    used = one.used
    name = Inline("name", used.assumption)
    body: list[Block] = [Evidence((row(used, one.mend)._replace(assumption=""),))]
    if one.broken is None:
        body.append(
            Paragraph(
                sentence("the catalogue has no model in which only this assumption is broken."),
                "alone",
            )
        )
    else:
        body += _broken(one.broken, kind)
    return Numbered(number, sentence(name, f": {capital(used.says)}"), tuple(body))


def _broken(broken: Broken, kind: str) -> list[Block]:
    """A model that lacks one assumption only, and what that says of the assumption."""
    blocks: list[Block] = [
        Paragraph(sentence("in this model only this assumption is broken:"), "alone"),
        Listing(broken.model),
    ]
    example = broken.counterexample
    by: tuple[str | Inline, ...] = ()
    if broken.decided_by is not None:
        by = (" by ", Inline("name", broken.decided_by))
    if broken.verdict == "fails":
        # A conditional theorem speaks of some local minima only: the one found may be another.
        needed = (
            "the assumption is needed."
            if kind == "holds"
            else "some local minimum is not global (it need not meet this theorem's condition)."
        )
        blocks.append(Paragraph(sentence("the property fails there", *by, f": {needed}"), "there"))
    else:
        meaning = {
            "holds": "so other assumptions can take its place there.",
            "conditional": "so there it is not decided whether the assumption is needed.",
        }.get(broken.verdict, "so it is not known whether the assumption is needed.")
        blocks.append(
            Paragraph(sentence(f"the verdict there is {broken.verdict}", *by, f", {meaning}"),
                      "there")
        )  # fmt: skip
    if example is not None:
        blocks += instance_blocks(example.document)
        blocks.append(weight_blocks(claimed_point(example.document)))
        blocks.append(Paragraph(sentence(f"{values_words(example.document)}."), "values"))
        blocks.append(Paragraph(sentence(example.words), "why"))
    return blocks
