"""What the engine answers: values that every renderer, the API and the tests share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..display import shown
from ..facts.finding import Status
from ..model.diagnostics import Diagnostic
from ..model.problem import Model, PropertyAsked, VerdictName
from ..model.span import Span

if TYPE_CHECKING:
    from .argument import Argument


class AssumptionReport(NamedTuple):
    """One assumption of a theorem as this model has it."""

    id: str
    status: Status
    text: str
    span: Span | None
    structural: bool


class NearTheorem(NamedTuple):
    """A theorem and how the model stands to each of its static assumptions."""

    theorem: str
    kind: str
    assumptions: tuple[AssumptionReport, ...]

    @property
    def missing(self) -> tuple[AssumptionReport, ...]:
        """The assumptions that are violated or not given."""
        return tuple(a for a in self.assumptions if a.status in ("violated", "not_given"))


class Guarantee(NamedTuple):
    """A conditional theorem that applies, with its conditions at the point."""

    theorem: str
    conditions: tuple[str, ...]


class SideCondition(NamedTuple):
    """A side condition of a proof step with the numbers filled in, e.g. ``5 >= min(4, 3)``."""

    assumption: str
    text: str
    status: Status
    span: Span | None


@shown
class Proof(NamedTuple):
    """A node of a proof tree: a rule of the catalogue, what it gives here, what it rests on."""

    rule: str
    conclusion: str
    source: str
    side_conditions: tuple[SideCondition, ...] = ()
    premises: tuple[Proof, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()


class Repair(NamedTuple):
    """A change after which the model's verdict is ``holds`` (or, ``partial``, ``conditional``).

    ``change`` in words, ``model`` the whole mended model as text, ``theorem`` what then decides,
    ``cost`` ranks the changes (smaller is less change). Each was re-checked by the engine.
    """

    change: str
    model: str
    theorem: str
    cost: float
    partial: bool = False
    note: str = ""


@shown
class Counterexample(NamedTuple):
    """An exact instance: the certificate document and what the kernel said of it.

    ``accepted`` None: the document is a family's printed instance that no kernel has checked.
    """

    document: dict[str, Any]
    words: str
    accepted: bool | None
    argument: str


class Unbuilt(NamedTuple):
    """Why no instance is built for a verdict that rests on a family's proof: its size.

    ``smaller``: the same model at smaller widths, for which the kernel has accepted an instance of
    the family; None where shrinking the widths in proportion gives none.
    """

    family: str
    reason: str
    smaller: str | None

    @property
    def command(self) -> str | None:
        """What builds the smaller instance."""
        return None if self.smaller is None else f"landscape counterexample '{self.smaller}'"


class Explored(NamedTuple):
    """What is computed on demand for a report: proof, repairs, counterexample (may be slow).

    ``readable``: whether the counterexample is small enough to be built and read at once.
    ``certificate``: the proof document that the kernel has accepted, for ``holds``.
    ``argument``: the derivation step by step. ``unbuilt``: why there is no counterexample to show
    although the verdict is ``fails``.
    """

    proof: Callable[[], Proof | None]
    repairs: Callable[[], tuple[Repair, ...]]
    counterexample: Callable[[], Counterexample | None]
    argument: Callable[[], Argument]
    readable: bool = False
    certificate: Callable[[], dict[str, Any] | None] = lambda: None
    unbuilt: Callable[[bool], Unbuilt | None] = lambda _tried: None


@shown
class ModelReport:
    """The verdict on one model with its reasons.

    ``proof``, ``repairs`` and ``counterexample`` are computed when first asked for.
    """

    def __init__(
        self,
        model: Model,
        verdict: VerdictName,
        theorem: str | None,
        conditions: tuple[str, ...],
        nearest: tuple[NearTheorem, ...],
        guarantees: tuple[Guarantee, ...],
        declared: tuple[str, ...],
        explored: Explored,
        regions: dict[str, str] | None = None,
    ) -> None:
        self.model = model
        self.verdict: VerdictName = verdict
        self.theorem = theorem
        self.conditions = conditions
        self.nearest = nearest
        self.guarantees = guarantees
        self.declared = declared
        self.regions = regions
        self._explored = explored

    def __repr__(self) -> str:
        # Only what is there already: a debugger that shows a value must not start a search.
        name = "" if self.name is None else f"{self.name}: "
        by = "" if self.theorem is None else f" by {self.theorem}"
        return f"<{type(self).__name__} {name}{self.verdict}{by}>"

    @property
    def name(self) -> str | None:
        """The model's name, if it has one."""
        return self.model.name

    @property
    def asked(self) -> PropertyAsked:
        """The property asked about."""
        return self.model.requirement.name

    @cached_property
    def blocking(self) -> tuple[str, ...]:
        """The ids of the unmet assumptions of the nearest theorems, most decisive first."""
        seen: dict[str, None] = {}
        for near in self.nearest:
            for assumption in near.missing:
                seen.setdefault(assumption.id)
        return tuple(seen)

    @cached_property
    def proof(self) -> Proof | None:
        """The proof tree; None for ``unknown``."""
        return self._explored.proof()

    @cached_property
    def argument(self) -> Argument:
        """The derivation step by step: what is proved, how, and what is missing."""
        return self._explored.argument()

    @cached_property
    def repairs(self) -> tuple[Repair, ...]:
        """Changes that turn the verdict into ``holds``, least change first."""
        return self._explored.repairs()

    @cached_property
    def counterexample(self) -> Counterexample | None:
        """For ``fails`` with numeric widths: an exact instance that the kernel has accepted.

        Takes about a second for networks of some hundred thousand weights.
        """
        return self._explored.counterexample()

    @property
    def unbuilt(self) -> Unbuilt | None:
        """For ``fails`` without a counterexample: the size that was too large, a smaller model."""
        tried = self.__dict__.get("counterexample", self) is None  # a cached property
        return self._explored.unbuilt(tried)

    @property
    def readable_counterexample(self) -> Counterexample | None:
        """The counterexample, if it is small enough to be read."""
        return self.counterexample if self._explored.readable else None

    @cached_property
    def proof_certificate(self) -> dict[str, Any] | None:
        """For ``holds`` and numeric widths: the proof document, accepted by the kernel.

        Raises ``InternalError`` if the kernel rejects it.
        """
        return self._explored.certificate()

    @property
    def proof_checked(self) -> bool:
        """Whether the kernel has re-checked the proof of this verdict (done when asked)."""
        return self.proof_certificate is not None

    @property
    def expected(self) -> VerdictName:
        """What the model expects; ``holds`` where it says nothing."""
        expectation = self.model.expectation
        return "holds" if expectation is None else expectation.verdict

    @property
    def matches(self) -> bool:
        """Whether the verdict (and the theorem, where pinned) is the expected one."""
        expectation = self.model.expectation
        if self.verdict != self.expected:
            return False
        return (
            expectation is None
            or expectation.theorem is None
            or expectation.theorem == self.theorem
        )

    @property
    def waived(self) -> str | None:
        """The reason of the waiver that covers the verdict today, if one does and it is needed."""
        waiver = self.model.waiver
        if waiver is None or waiver.verdict != self.verdict or self.matches or waiver.expired:
            return None
        return waiver.reason

    @property
    def met(self) -> bool:
        """Whether CI may pass: the verdict is the expected one, or waived."""
        return self.matches or self.waived is not None


@shown
class Report(NamedTuple):
    """All models and all input errors of a run."""

    models: tuple[ModelReport, ...]
    errors: tuple[Diagnostic, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: all as expected; 1: some model is not; 2: some input can't be used."""
        if self.errors:
            return 2
        return 0 if all(model.met for model in self.models) else 1
