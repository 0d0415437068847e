"""The proof tree of a verdict, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layout import Page, Piece
from .verdict import STATUS, place

if TYPE_CHECKING:
    from ..engine.report import Proof


def proof_lines(proof: Proof, page: Page) -> None:
    """Lay out a proof: each step with its rule and source, what it rests on indented below."""
    page.row([("name", "Proof")])
    _node(proof, page, "  ", "  ")


def _node(proof: Proof, page: Page, first: str, rest: str) -> None:
    source = f", {proof.source}" if proof.source else ""
    pieces: list[Piece] = [("", proof.conclusion), ("", " ["), ("name", proof.rule)]
    bar = "| " if proof.premises else "  "
    page.row(
        [*pieces, ("dim", source), ("", "]")],
        label=("dim", first),
        column=len(first),
        rail=rest,
    )
    for condition in proof.side_conditions:
        style, word = STATUS[condition.status]
        page.row(
            [(style, word), ("", f"  {condition.assumption}: {condition.text}")],
            label=("dim", rest + bar),
            column=len(rest) + 4,
            right=("dim", place(condition.span)) if condition.span else None,
            rail=rest + bar,
        )
    for k, premise in enumerate(proof.premises):
        last = k == len(proof.premises) - 1
        _node(premise, page, rest + ("`- " if last else "|- "), rest + ("   " if last else "|  "))
    for guarantee in proof.guarantees:
        if guarantee.theorem == proof.rule:
            continue
        conditions = " and ".join(guarantee.conditions)
        page.row(
            [("", f"besides: global where {conditions} ["), ("name", guarantee.theorem), ("", "]")],
            label=("dim", rest),
            column=len(rest),
        )
