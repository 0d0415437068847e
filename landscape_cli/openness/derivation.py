"""Derivations in the calculus of local openness, as frozen trees."""

from __future__ import annotations

from typing import NamedTuple


class Derivation(NamedTuple):
    """One application of a rule of theory.md, section 1.

    ``rule`` is the rule's id, ``conclusion`` the judgement in words, ``conditions`` its side
    conditions (at a concrete point with the numbers filled in), ``premises`` the derivations
    that it rests on.
    """

    rule: str
    conclusion: str
    conditions: tuple[str, ...] = ()
    premises: tuple["Derivation", ...] = ()

    def rules(self) -> frozenset[str]:
        """The ids of all rules in the tree."""
        return frozenset((self.rule,)).union(*(premise.rules() for premise in self.premises))
