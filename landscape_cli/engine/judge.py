"""From a model to a verdict."""

from __future__ import annotations

from typing import NamedTuple

from ..catalogue import Family, Refusal, Scope, Theorem
from ..facts.assumptions import find
from ..facts.facts import Facts
from ..facts.finding import Finding
from ..facts.normal_form import is_linear
from ..model.diagnostics import InternalError
from ..model.problem import Model, VerdictName
from ..model.terms import Formula
from .discovery import deciding_theorems, families


class Standing(NamedTuple):
    """How a model stands to a theorem: a finding for each assumption, and how many are missing."""

    theorem: Theorem
    findings: tuple[Finding, ...]
    missing: int
    met: int
    always: Finding | None


class Regions(NamedTuple):
    """Three formulas that partition a symbolic class, and which rules stand behind two of them."""

    holds: Formula
    fails: Formula
    unknown: Formula
    holds_by: tuple[str, ...]
    fails_by: tuple[str, ...]


class Judgement(NamedTuple):
    """All that the catalogue says of a model.

    ``standings``: how the model stands to every theorem of its setting; where something proves
    the property, to those that do. ``regions`` only where widths are symbols and no single rule
    settles the whole class.
    """

    facts: Facts
    verdict: VerdictName
    theorem: Theorem | None
    family: Family | None
    scope: Scope | None
    holds: tuple[Standing, ...]
    conditional: tuple[Standing, ...]
    standings: tuple[Standing, ...]
    regions: Regions | None = None


def fits(theorem: Theorem, facts: Facts) -> bool:
    """Whether the map is of the kind that the theorem speaks of."""
    setting = theorem.setting
    if setting == "any":
        return True
    kind = facts.form.kind
    if setting == "symmetric":
        return kind == "symmetric"
    if setting == "quadratic":
        chain = facts.chain
        return chain is not None and any(
            layer.activation.name == "quadratic" and not layer.activation.custom
            for layer in chain.layers
        )
    return kind != "symmetric"


def stand(theorem: Theorem, facts: Facts) -> Standing:
    """How the model stands to the theorem."""
    findings = tuple([find(facts, assumption) for assumption in theorem.assumptions])
    missing = 0
    for finding in findings:
        if finding.status in ("violated", "not_given"):
            missing += 1
    always = None
    if missing == 0 and theorem.always is not None:
        always = theorem.always(facts)
        if always is not None and not always.granted:
            always = None
    return Standing(theorem, findings, missing, len(findings) - missing, always)


def _granted(theorem: Theorem, facts: Facts) -> bool:
    """Whether the model grants every assumption; stops at the first that it does not."""
    for assumption in theorem.assumptions:
        if find(facts, assumption).status in ("violated", "not_given"):
            return False
    return True


def judge(model: Model) -> Judgement:
    """The verdict on a model.

    Raises ``InternalError`` if the catalogue both proves and refutes the property: that is a
    defect of the catalogue, and the error names both rules.
    """
    facts = Facts(model)
    asked = model.requirement.name
    fitting = [t for t in deciding_theorems() if asked in t.properties and fits(t, facts)]
    holds: list[Standing] = []
    conditional: list[Standing] = []
    for theorem in fitting:
        if not _granted(theorem, facts):
            continue
        standing = stand(theorem, facts)
        if theorem.kind == "holds" or standing.always is not None:
            holds.append(standing)
        else:
            conditional.append(standing)
    family: Family | None = None
    scope: Scope | None = None
    if not any(standing.theorem.settles for standing in holds):
        family, scope = _refutation(facts)
    if holds and family is not None:
        raise InternalError(
            f"the catalogue contradicts itself: {holds[0].theorem.id} proves and {family.id} "
            "refutes the same model; please report it with the model"
        )
    # How near the others are is of interest only where nothing proves the property.
    standings = tuple(holds) if holds else tuple([stand(theorem, facts) for theorem in fitting])
    verdict: VerdictName
    decider: Theorem | None = None
    found: Regions | None = None
    if not holds and family is None and not facts.numeric:
        from .regions import regions

        found = regions(facts, standings)
    if found is not None and (found.holds is True or found.fails is True):
        # Several rules together cover the class.
        verdict = "holds" if found.holds is True else "fails"
    elif found is not None and not (found.holds is False and found.fails is False):
        verdict = "depends"
    elif holds:
        verdict, decider = "holds", holds[0].theorem
    elif family is not None:
        verdict = "fails"
    elif conditional:
        verdict, decider = "conditional", conditional[0].theorem
    else:
        verdict = "unknown"
    return Judgement(
        facts, verdict, decider, family, scope, tuple(holds), tuple(conditional), standings, found
    )


def _refutation(facts: Facts) -> tuple[Family | None, Scope | None]:
    asked = facts.model.requirement.name
    for family in families():
        if asked not in family.properties:
            continue
        answer = family.scope(facts)
        if isinstance(answer, Refusal) or answer.condition is False:
            continue
        if answer.condition is True:
            return family, answer
        finding = facts.decide(answer.condition, answer.text, None)
        if finding.granted:
            return family, answer
    return None, None


def nearest(judgement: Judgement) -> tuple[Standing, ...]:
    """The theorems with the fewest unmet static assumptions (interface.md).

    First those that conclude ``holds``, then, counted separately, those that conclude
    ``conditional`` and do not apply. Among equals the one with more of its assumptions met comes
    first, then the order of theory.md. A theorem that another one generalises is left out.
    """
    if judgement.verdict == "holds":
        return judgement.holds
    asked = judgement.facts.model.requirement.name
    candidates = [s for s in judgement.standings if s.theorem.nearest]
    generalised = {name for s in candidates for name in s.theorem.subsumes}
    candidates = [s for s in candidates if s.theorem.id not in generalised]
    found: list[Standing] = []
    for kind in ("holds", "conditional"):
        group = [
            s
            for s in candidates
            if s.theorem.kind == kind and s.missing > 0 and asked in s.theorem.properties
        ]
        if group:
            fewest = min(s.missing for s in group)
            found.extend(
                sorted(
                    (s for s in group if s.missing == fewest),
                    key=lambda s: (-s.met, s.theorem.order),
                )
            )
    return tuple(found)


def is_linear_network(facts: Facts) -> bool:
    """Whether every activation of the chain is the identity."""
    chain = facts.chain
    return chain is not None and all(is_linear(layer.activation) for layer in chain.layers)
