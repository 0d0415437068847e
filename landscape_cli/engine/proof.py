"""The proof tree of a verdict: rules of the catalogue with their side conditions."""

from __future__ import annotations

from ..catalogue import Family, Theorem
from ..facts.facts import Facts
from ..facts.finding import Finding
from ..model.terms import show, show_formula
from .discovery import entry
from .judge import Judgement, Regions, Standing
from .report import Guarantee, Proof, SideCondition

PROPERTY_TEXT = {
    "local_is_global": "every local minimum is global",
    "strict_saddle": "every critical point is global or has a direction of negative curvature",
}
NEGATED_TEXT = {
    "local_is_global": "some local minimum is not global",
    "strict_saddle": "some critical point is neither global nor a strict saddle",
}


def guarantees(judgement: Judgement) -> tuple[Guarantee, ...]:
    """The conditional theorems that apply, with their conditions at the point."""
    return tuple(
        Guarantee(s.theorem.id, s.theorem.conditions(judgement.facts))
        for s in judgement.conditional
    )


def prove(judgement: Judgement) -> Proof | None:
    """The proof tree; None for ``unknown``."""
    facts = judgement.facts
    asked = facts.model.requirement.name
    if judgement.regions is not None and judgement.verdict in ("holds", "fails", "depends"):
        return _of_regions(judgement, judgement.regions)
    if judgement.verdict == "holds":
        return _of_theorem(judgement.holds[0], facts, PROPERTY_TEXT[asked])
    if judgement.verdict == "conditional":
        standing = judgement.conditional[0]
        conditions = " and ".join(standing.theorem.conditions(facts))
        conclusion = f"{PROPERTY_TEXT[asked]} where {conditions}"
        proof = _of_theorem(standing, facts, conclusion)
        return proof._replace(guarantees=guarantees(judgement))
    if judgement.verdict == "fails" and judgement.family is not None:
        return _of_family(judgement.family, judgement, NEGATED_TEXT[asked])
    return None


def _of_regions(judgement: Judgement, found: Regions) -> Proof:
    """Several rules, each on its own widths."""
    asked = judgement.facts.model.requirement.name
    parts: list[Proof] = []
    for names, region, text in (
        (found.holds_by, found.holds, PROPERTY_TEXT[asked]),
        (found.fails_by, found.fails, NEGATED_TEXT[asked]),
    ):
        for name in names:
            parts.append(Proof(name, f"{text} (together: {show_formula(region)})", _source(name)))
    return Proof("width-regions", "the answer by widths", "", (), tuple(parts))


def _source(rule: str) -> str:
    found = entry(rule)
    return found.source.label if isinstance(found, (Theorem, Family)) else ""


def _of_theorem(standing: Standing, facts: Facts, conclusion: str) -> Proof:
    theorem = standing.theorem
    conditions = [
        SideCondition(assumption.id, finding.text, finding.status, finding.span)
        for assumption, finding in zip(theorem.assumptions, standing.findings, strict=True)
    ]
    if standing.always is not None:
        conditions.append(
            SideCondition(
                "point conditions", standing.always.text, standing.always.status,
                standing.always.span,
            )
        )  # fmt: skip
    steps = tuple(Proof(step.rule, step.why, _source(step.rule)) for step in theorem.steps)
    return Proof(
        theorem.id,
        conclusion,
        theorem.source.label,
        tuple(conditions),
        (*reductions(facts), *steps),
    )


def reductions(facts: Facts) -> tuple[Proof, ...]:
    """The steps from the model as written to the problem that the theorem speaks of."""
    found: list[Proof] = []

    def note(rule: str, text: str, finding: Finding | None = None) -> None:
        conditions: tuple[SideCondition, ...] = ()
        if finding is not None:
            conditions = (SideCondition(rule, finding.text, finding.status, finding.span),)
        found.append(Proof(rule, text, _source(rule), conditions))

    for reduction in facts.form.reductions:
        note(reduction.rule, reduction.text)
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return tuple(found)
    skips = [str(k + 1) for k, layer in enumerate(chain.layers) if layer.skip and not layer.fixed]
    if skips:
        note("skip", f"the skip connection of layer {', '.join(skips)} is a shift of the weights")
    if ends.first > 0 or ends.last < len(chain.layers) - 1:
        note("fixed", "fixed layers at the ends belong to the data or to the loss")
    if ends.bias in ("output", "first"):
        text = (
            "the output bias centres the data"
            if ends.bias == "output"
            else "the first-layer bias adds a row of ones to the data"
        )
        note("bias", text)
    e0, eh = facts.effective_input[0], facts.effective_output
    if e0 != facts.input_width:
        note("effective-input-width", f"e_0 <= {show(e0)} (d_0 = {show(facts.input_width)})")
    if eh != facts.output_width:
        note("effective-output-width", f"e_h = {show(eh)} (d_h = {show(facts.output_width)})")
    if facts.model.constraints is not None:
        note("subject-to", f"the constraint set is {facts.model.constraints.kind}")
    return tuple(found)


def _of_family(family: Family, judgement: Judgement, conclusion: str) -> Proof:
    scope = judgement.scope
    conditions: list[SideCondition] = []
    if scope is not None:
        for finding in scope.findings:
            conditions.append(SideCondition(family.id, finding.text, finding.status, finding.span))
        if scope.text:
            conditions.append(SideCondition("widths", scope.text, "met", None))
    return Proof(
        family.id,
        conclusion,
        family.source.label,
        tuple(conditions),
        reductions(judgement.facts),
        guarantees(judgement),
    )
