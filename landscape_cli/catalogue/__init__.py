"""The shapes of catalogue entries: theorems, rules, counterexample families, errata.

The entries themselves stand one per file in ``theorems/`` and ``witnesses/``; whatever lists or
explains them is derived from those files by discovery.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from ..facts.assumptions import Assumption
from ..facts.facts import Facts
from ..facts.finding import Finding
from ..model.problem import PropertyAsked
from ..model.terms import Formula

Setting = Literal["any", "chain", "symmetric", "quadratic"]
"""Which maps a theorem speaks of: all, networks and products, W W^T, quadratic networks."""

Kind = Literal["holds", "conditional", "fails", "rule", "erratum", "cited"]


class Source(NamedTuple):
    """Where the mathematics comes from; ``short`` is the label shown beside a verdict."""

    authors: str
    year: int
    title: str
    venue: str
    number: str = ""
    short: str = ""

    @property
    def label(self) -> str:
        """``Laurent & von Brecht 2018``."""
        return f"{self.short or self.authors} {self.year}"

    def __str__(self) -> str:
        text = f"{self.authors} ({self.year}), {self.title}, {self.venue}"
        return f"{text}, {self.number}" if self.number else text


class Step(NamedTuple):
    """A step of a proof: the rule used and, in a sentence, what it gives.

    ``uses``: which of the theorem's assumptions it rests on. What no step uses is used where the
    steps are put together.
    """

    rule: str
    why: str
    uses: tuple[Assumption, ...] = ()


def _no_conditions(_facts: Facts) -> tuple[str, ...]:
    return ()


class Theorem(NamedTuple):
    """One entry of the catalogue.

    ``kind`` "holds": under the assumptions every local minimum is global (or whatever
    ``properties`` says); "conditional": every one that satisfies ``conditions`` at the point is.
    ``always`` answers whether the point conditions of a conditional theorem hold at every local
    minimum of this model, so that the verdict is ``holds``. "erratum", "cited", "rule" never
    decide a verdict. ``order`` is the place in theory.md. ``broken`` has, for each assumption, a
    model in which only it is broken; ``settles`` marks what is tested before every
    counterexample family; ``converse`` the counterexample family that shows that the
    assumption is needed.
    """

    id: str
    order: int
    kind: Kind
    title: str
    statement: str
    source: Source
    proof: str
    setting: Setting = "chain"
    assumptions: tuple[Assumption, ...] = ()
    properties: tuple[PropertyAsked, ...] = ("local_is_global",)
    conditions: Callable[[Facts], tuple[str, ...]] = _no_conditions
    always: Callable[[Facts], Finding | None] | None = None
    steps: tuple[Step, ...] = ()
    subsumes: tuple[str, ...] = ()
    limits: str = ""
    related: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    broken: Mapping[str, str] = {}
    converse: Mapping[str, str] = {}
    nearest: bool = True
    settles: bool = False


class Refusal(NamedTuple):
    """Why a counterexample family has no instance for a model."""

    reason: str


class Scope(NamedTuple):
    """A family exists for a model exactly where ``condition`` is true.

    For numeric widths ``condition`` is a ``bool``. ``findings`` say, with the model's lines, what
    the family rests on; ``text`` is the width condition with the numbers filled in.
    """

    condition: Formula
    text: str
    findings: tuple[Finding, ...] = ()


class Instance(NamedTuple):
    """An exact instance: a certificate document (interface.md) and the argument in words."""

    document: dict[str, Any]
    words: str


class BuildOptions(NamedTuple):
    """What a user may ask of a builder; ``samples`` fixes n, ``seed`` varies free choices."""

    samples: int | None = None
    seed: int = 0
    simplest: bool = False


class Family(NamedTuple):
    """A counterexample family (theory.md section 5): for which models it exists, and a builder.

    ``scope`` is cheap and decides the verdict; it must never claim a model for which ``build``
    has no instance that satisfies every statement of the model. ``build`` (numeric widths)
    returns an exact instance or says why not.
    """

    id: str
    order: int
    title: str
    statement: str
    source: Source
    argument: str
    proof: str
    scope: Callable[[Facts], Scope | Refusal]
    build: Callable[[Facts, BuildOptions], Instance | Refusal]
    properties: tuple[PropertyAsked, ...] = ("local_is_global",)
    examples: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


NR = Source(
    "M. Nouiehed, M. Razaviyayn", 2022, "Learning Deep Models: Critical Points and Local Openness",
    "INFORMS Journal on Optimization (arXiv 1803.02968)", short="Nouiehed & Razaviyayn",
)  # fmt: skip
HERE = Source(
    "the landscape authors", 2026, "theory of this catalogue", "proved here", short="this catalogue"
)
