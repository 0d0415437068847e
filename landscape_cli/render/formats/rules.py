"""What a machine-readable report says of a rule: taken from the catalogue, nothing kept twice."""

from __future__ import annotations

from typing import NamedTuple

from ...findings import INTERNAL, UNUSED_WAIVER


class Rule(NamedTuple):
    """A rule: one line, the full statement, and what to do."""

    id: str
    short: str
    full: str
    help: str


def rule(identifier: str) -> Rule:
    """The rule of that id; ``KeyError`` if the catalogue, the codes and the verdicts have none."""
    from ...engine.discovery import entry
    from ...syntax.codes import code

    if identifier == UNUSED_WAIVER:
        return Rule(
            identifier,
            "A waiver that is not needed",
            "The model is as expected, yet an `allow` statement accepts another verdict.",
            "Remove the `allow` statement.",
        )
    if identifier == INTERNAL:
        return Rule(
            identifier,
            "An internal error of landscape",
            "The program could not answer because of a defect of its own.",
            "Please report it with the model file.",
        )
    found = entry(identifier)
    if found is not None:
        help_text = f"Source: {found.source}.\n\n{found.proof}"
        return Rule(identifier, found.title, found.statement, help_text)
    bad = code(identifier)
    if bad is not None:
        return Rule(identifier, bad.title, bad.explanation, bad.remedy)
    from ..explain import assumptions
    from ..glossary import WORDS

    variants = assumptions().get(identifier)
    if variants:
        return Rule(
            identifier,
            f"Not met: {variants[0].says}",
            "A theorem that would decide this model assumes: "
            + "; or: ".join(dict.fromkeys(one.says for one in variants)),
            "To meet it: " + "; or: ".join(dict.fromkeys(one.mend for one in variants)),
        )
    for word in WORDS:
        if word.kind == "verdict" and word.name == identifier:
            return Rule(identifier, word.title, word.meaning, f"landscape explain {identifier}")
    raise KeyError(identifier)
