"""The derivation of a verdict as an argument that a reader can follow step by step.

An ``Argument`` is a value; ``render/`` shows it as text, LaTeX, HTML, Markdown or JSON. All of its
prose comes from the catalogue (``statement``, ``proof``, ``steps``) and from the findings about
the model, with their numbers and the place in the model that decided them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from ..catalogue import Family, Refusal, Source, Theorem
from ..display import shown
from ..facts.assumptions import Assumption
from ..facts.facts import Facts
from ..facts.finding import Finding, Status
from ..model.problem import Model, PropertyAsked, VerdictName
from ..model.span import Span
from ..model.terms import Formula, Term, minimum, show, show_formula
from .discovery import deciding_theorems, entry
from .judge import Judgement, Regions, Standing, is_linear_network, nearest, stand
from .proof import NEGATED_TEXT, PROPERTY_TEXT, guarantees, reductions
from .report import Counterexample, Guarantee, SideCondition

StepKind = Literal["reduction", "rule", "together", "family", "instance", "minimum", "better"]


class Used(NamedTuple):
    """What a step takes from the model: an assumption, its evidence with numbers, and the place.

    ``quote`` holds the words of the model at ``span`` (empty if the text is not known).
    """

    assumption: str
    says: str
    text: str
    status: Status
    span: Span | None = None
    quote: str = ""
    structural: bool = False


class Mention(NamedTuple):
    """An entry that a proof names, with what it says and why."""

    rule: str
    source: Source
    statement: str
    sketch: str


class ArgumentStep(NamedTuple):
    """One step: the rule of the catalogue, what it gives here, what it takes from the model.

    ``statement`` and ``sketch`` are the rule's own statement and proof; ``rests_on`` the steps of
    that proof, so that a reader may unfold it; ``mentions`` the other entries that it names.
    """

    kind: StepKind
    rule: str
    claim: str
    source: Source | None
    statement: str = ""
    sketch: str = ""
    used: tuple[Used, ...] = ()
    rests_on: tuple[ArgumentStep, ...] = ()
    mentions: tuple[Mention, ...] = ()


class Part(NamedTuple):
    """One theorem, or one counterexample family, at work.

    ``where``: for which widths or at which points (empty: everywhere). ``quantities``: the numbers
    of the model behind the letters of the statement, e.g. ``("e_0", "5")``.
    ``example``: the exact instance of a counterexample; None where it is too large to be read.
    """

    refutes: bool
    claim: str
    where: tuple[str, ...]
    rule: str
    title: str
    statement: str
    source: Source
    quantities: tuple[tuple[str, str], ...]
    steps: tuple[ArgumentStep, ...]
    example: Counterexample | None = None


class Missing(NamedTuple):
    """An assumption that the model does not grant, and how to mend that."""

    used: Used
    mend: str


class Gap(NamedTuple):
    """A theorem that would settle the rest, and what is missing for it."""

    theorem: str
    kind: str
    missing: tuple[Missing, ...]


@shown
class Argument(NamedTuple):
    """What is proved of a model, how, and what is missing.

    ``undecided`` says in words what the argument leaves open (empty: nothing); ``gaps`` are the
    nearest theorems that would close it. ``still``: what holds besides a counterexample.
    """

    model: Model
    asked: PropertyAsked
    verdict: VerdictName
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    undecided: str
    still: tuple[Guarantee, ...]


Example = Callable[["Formula | None"], "tuple[str, Counterexample] | None"]
"""Builds the instance of the smallest widths for which a formula is true, with its family."""


def argue(judgement: Judgement, example: Example, text: str | None = None) -> Argument:
    """The argument for the verdict; ``text`` is what the model was read from, to quote it.

    Builds the counterexample where there is one (may take a second).
    """
    quoting = Quoting(text)
    facts = judgement.facts
    asked = facts.model.requirement.name
    parts: list[Part] = []
    undecided = ""
    if judgement.regions is not None and judgement.verdict in ("holds", "fails", "depends"):
        parts = list(_of_regions(judgement, judgement.regions, example, quoting))
        if judgement.regions.unknown is not False:
            undecided = f"undecided where {show_formula(judgement.regions.unknown)}"
    elif judgement.verdict == "holds":
        standing = judgement.holds[0]
        parts = [_of_theorem(standing, facts, PROPERTY_TEXT[asked], (), quoting)]
    elif judgement.verdict == "conditional":
        for standing in judgement.conditional:
            conditions = standing.theorem.conditions(facts)
            claim = PROPERTY_TEXT[asked]
            parts.append(_of_theorem(standing, facts, claim, conditions, quoting))
        undecided = UNDECIDED_TEXT[asked]
    elif judgement.verdict == "fails" and judgement.family is not None:
        found = example(None)
        parts = [
            _of_family(
                judgement.family, facts, NEGATED_TEXT[asked], (), quoting,
                found[1] if found is not None else None,
            )
        ]  # fmt: skip
    else:
        undecided = "no theorem and no counterexample family of the catalogue decides this model"
    return Argument(
        facts.model,
        asked,
        judgement.verdict,
        tuple(parts),
        _gaps(judgement, quoting) if undecided else (),
        undecided,
        guarantees(judgement) if judgement.verdict == "fails" else (),
    )


UNDECIDED_TEXT: dict[PropertyAsked, str] = {
    "local_is_global": "whether the local minima that do not meet the condition are global",
    "strict_saddle": (
        "whether the critical points that do not meet the condition are global or strict saddles"
    ),
}


class Quoting(NamedTuple):
    """Quotes the model's text."""

    text: str | None

    def __call__(self, span: Span | None) -> str:
        """The words at a span, on one line."""
        if span is None or self.text is None:
            return ""
        lines = self.text.splitlines()
        if span.line > len(lines):
            return ""
        if span.end_line == span.line:
            return lines[span.line - 1][span.column - 1 : span.end_column - 1].strip()
        return lines[span.line - 1][span.column - 1 :].strip() + " ..."

    def used(self, assumption: Assumption, finding: Finding) -> Used:
        """An assumption with the finding about it."""
        return Used(
            assumption.id, assumption.says, finding.text, finding.status, finding.span,
            self(finding.span), assumption.structural,
        )  # fmt: skip

    def condition(self, condition: SideCondition) -> Used:
        """A side condition of a proof tree."""
        return Used(
            condition.assumption, "", condition.text, condition.status, condition.span,
            self(condition.span),
        )  # fmt: skip


# --- theorems --------------------------------------------------------------------------------


def _of_theorem(
    standing: Standing, facts: Facts, claim: str, where: tuple[str, ...], quoting: Quoting
) -> Part:
    theorem = standing.theorem
    findings = {
        assumption: quoting.used(assumption, _granted_there(finding))
        for assumption, finding in zip(theorem.assumptions, standing.findings, strict=True)
    }
    steps = list(_reduced(facts, quoting, theorem))
    taken: set[Assumption] = set()
    for step in theorem.steps:
        used = tuple(findings[assumption] for assumption in step.uses)
        taken.update(step.uses)
        steps.append(_of_rule(step.rule, step.why)._replace(used=used))
    rest = [findings[one] for one in theorem.assumptions if one not in taken]
    if standing.always is not None:
        finding = standing.always
        rest.append(
            Used("point conditions", "", finding.text, finding.status, finding.span,
                 quoting(finding.span))
        )  # fmt: skip
    steps.append(
        ArgumentStep(
            "together", theorem.id, claim, theorem.source, theorem.statement, theorem.proof,
            tuple(rest), mentions=_mentions(theorem),
        )
    )  # fmt: skip
    return Part(
        False, claim, where, theorem.id, theorem.title, theorem.statement, theorem.source,
        _quantities(theorem, facts), tuple(steps),
    )  # fmt: skip


def _granted_there(finding: Finding) -> Finding:
    """For symbolic widths: what the part is restricted to is granted there."""
    if finding.granted or finding.formula is None:
        return finding
    return finding._replace(status="met", text=show_formula(finding.formula))


def _of_rule(rule: str, claim: str) -> ArgumentStep:
    found = entry(rule)
    if not isinstance(found, Theorem):
        raise LookupError(f"no rule {rule} in the catalogue")
    return ArgumentStep(
        "rule", rule, claim, found.source, found.statement, found.proof,
        rests_on=tuple(_of_rule(step.rule, step.why) for step in found.steps),
        mentions=_mentions(found),
    )  # fmt: skip


def _mentions(found: Theorem) -> tuple[Mention, ...]:
    """The entries that a proof names besides those of its steps, in the order of the text."""
    steps = {step.rule for step in found.steps}
    names: dict[str, Mention] = {}
    for word in re.findall(r"[a-z]+(?:-[a-z]+)+", found.proof):
        other = entry(word)
        if other is not None and word not in steps and word != found.id:
            mention = Mention(word, other.source, other.statement, other.proof)
            names.setdefault(word, mention)
    return tuple(names.values())


def _reduced(facts: Facts, quoting: Quoting, towards: Theorem | Family) -> Iterator[ArgumentStep]:
    """From the model as written to the problem that the entry speaks of."""
    for node in reductions(facts):
        if not _matters(node.rule, towards, facts):
            continue
        step = _of_rule(node.rule, node.conclusion)
        used = tuple(map(quoting.condition, node.side_conditions))
        yield step._replace(kind="reduction", used=used)


def _matters(reduction: str, towards: Theorem | Family, facts: Facts) -> bool:
    """Whether the entry rests on the reduction.

    Those of the ends and of biases and skips are for linear networks: they are wrong of others,
    and a theorem that holds biases fixed does not use them.
    """
    words = _words(towards)
    if isinstance(towards, Family) and not is_linear_network(facts):
        return reduction not in ("effective-input-width", "bias", "skip")
    if reduction == "effective-input-width":
        return "e_0" in words
    if reduction == "effective-output-width":
        return "e_h" in words
    if reduction in ("bias", "skip"):
        if isinstance(towards, Family):
            return "e_0" in words
        return any(assumption.id == "bias-pattern" for assumption in towards.assumptions)
    return True


def _words(found: Theorem | Family) -> str:
    """All that an entry says."""
    if isinstance(found, Family):
        return f"{found.statement} {found.proof}"
    whys = (step.why for step in found.steps)
    says = (assumption.says for assumption in found.assumptions)
    return " ".join((found.statement, found.proof, *whys, *says))


def _quantities(found: Theorem | Family, facts: Facts) -> tuple[tuple[str, str], ...]:
    """The model's numbers behind the letters that the entry uses."""
    words = _words(found)
    return tuple(
        (letter, value)
        for letter, value in quantities(facts)
        if re.search(rf"(?<![\w^]){re.escape(letter)}(?![\w(])", words)
    )


def quantities(facts: Facts) -> tuple[tuple[str, str], ...]:
    """e_0, e_h, h, q, ... of a model, each as a number, a formula or a range."""
    found: list[tuple[str, str]] = []

    def between(low: Term, high: Term) -> str:
        return show(high) if low == high else f"between {show(low)} and {show(high)}"

    chain, ends = facts.chain, facts.ends
    if facts.form.kind == "symmetric":
        found += [("n", show(facts.form.rows)), ("k", show(facts.form.columns))]
    elif chain is not None and ends is not None:
        most, least = facts.effective_input
        out = facts.effective_output
        found += [("h", str(ends.depth)), ("e_0", between(least, most)), ("e_h", show(out))]
        if least == most:
            found.append(("p", show(minimum(most, out))))
        if facts.narrowest is not None:
            found.append(("q", show(facts.narrowest)))
        if ends.depth == 2:
            found.append(("d_1", show(facts.hidden_widths[0][0])))
    penalty = facts.model.regularizer
    if penalty is not None and len(set(penalty.strengths)) == 1:
        found.append(("lambda", str(penalty.strengths[0])))
    return tuple(found)


# --- counterexamples -------------------------------------------------------------------------


def _of_family(
    family: Family,
    facts: Facts,
    claim: str,
    where: tuple[str, ...],
    quoting: Quoting,
    example: Counterexample | None,
) -> Part:
    steps = list(_reduced(facts, quoting, family))
    scope = family.scope(facts)
    used: list[Used] = []
    if not isinstance(scope, Refusal):
        for f in scope.findings:
            used.append(Used("", "", f.text, f.status, f.span, quoting(f.span)))
        if scope.text:
            used.append(Used("widths", "", scope.text, "met"))
    steps.append(
        ArgumentStep(
            "family", family.id, family.statement, family.source, family.statement, family.proof,
            tuple(used),
        )
    )  # fmt: skip
    if example is not None:
        steps += [
            ArgumentStep("instance", family.id, "", None),
            ArgumentStep("minimum", family.id, example.words, None, sketch=family.proof),
            ArgumentStep("better", family.id, "", None),
        ]
    return Part(
        True, claim, where, family.id, family.title, family.statement, family.source,
        _quantities(family, facts), tuple(steps), example,
    )  # fmt: skip


# --- symbolic widths, and what is missing ------------------------------------------------------


def _of_regions(
    judgement: Judgement, found: Regions, example: Example, quoting: Quoting
) -> Iterator[Part]:
    """Each rule on its own widths."""
    from .regions import region_of

    facts = judgement.facts
    asked = facts.model.requirement.name
    theorems = {theorem.id: theorem for theorem in deciding_theorems()}
    for name in found.holds_by:
        standing = stand(theorems[name], facts)
        region = region_of(standing)
        where = () if region is None or region is True else (show_formula(region),)
        yield _of_theorem(standing, facts, PROPERTY_TEXT[asked], where, quoting)
    for name in found.fails_by:
        family = entry(name)
        assert isinstance(family, Family)
        scope = family.scope(facts)
        condition = True if isinstance(scope, Refusal) else scope.condition
        where = () if condition is True else (show_formula(condition),)
        built = example(condition)
        # The smallest widths may be those of another family.
        own = built[1] if built is not None and built[0] == name else None
        yield _of_family(family, facts, NEGATED_TEXT[asked], where, quoting, own)


def _gaps(judgement: Judgement, quoting: Quoting) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    for standing in nearest(judgement):
        missing = tuple(
            Missing(quoting.used(assumption, finding), assumption.mend)
            for assumption, finding in zip(
                standing.theorem.assumptions, standing.findings, strict=True
            )
            if not finding.granted
        )
        if missing:
            gaps.append(Gap(standing.theorem.id, standing.theorem.kind, missing))
    return tuple(gaps)


def unfolded(steps: tuple[ArgumentStep, ...], depth: int) -> Iterator[ArgumentStep]:
    """The steps, and to the depth given those that their rules rest on."""
    for step in steps:
        yield step
        if depth > 1:
            yield from unfolded(step.rests_on, depth - 1)


def _cited(steps: tuple[ArgumentStep, ...], depth: int) -> Iterator[Source]:
    """What the steps rest on, and what their proofs name where these are shown."""
    for step in steps:
        if step.source is not None:
            yield step.source
        if step.kind == "together" or depth > 0:
            yield from (mention.source for mention in step.mentions)
        if depth > 1:
            yield from _cited(step.rests_on, depth - 1)


def sources(argument: Argument, depth: int = 0) -> tuple[Source, ...]:
    """Every source that the argument, unfolded to that depth, rests on; each once, in order."""
    found: dict[tuple[str, int, str], Source] = {}
    for part in argument.parts:
        for source in (part.source, *_cited(part.steps, depth)):
            found.setdefault((source.authors, source.year, source.title), source)
    return tuple(found.values())
