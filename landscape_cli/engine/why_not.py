"""Why a named theorem does not apply to a model, assumption by assumption.

For each assumption that is missing there is a model in which only that one is broken. It is
taken from the catalogue (the theorem's own ``broken`` models, the examples of the family that
shows that the assumption is needed, the ``broken`` models of other theorems with the same
assumption), else it is an example of the theorem with one thing changed; and it is used only after
the engine has confirmed that nothing else is broken in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from ..catalogue import Family, Refusal, Source, Theorem
from ..display import shown
from ..facts.assumptions import Assumption
from ..facts.facts import Facts
from ..model.diagnostics import InputError
from ..model.problem import (
    Activation,
    Constraints,
    Layer,
    Map,
    Model,
    NameExpression,
    Parameter,
    ProductExpression,
    Regularizer,
    VerdictName,
)
from ..syntax import parse, unparse_statements
from .argument import Quoting, Used, quantities
from .discovery import deciding_theorems, entry
from .judge import fits, stand
from .report import Counterexample, ModelReport

SETTING_WORDS = {
    "any": "all maps",
    "chain": "networks and products of matrices",
    "symmetric": "symmetric products W W^T",
    "quadratic": "networks with quadratic activation",
}


class Broken(NamedTuple):
    """A model in which only one assumption of a theorem is broken, and what becomes of it.

    ``decided_by`` names what decides there (a theorem may hold without the assumption).
    """

    model: str
    verdict: VerdictName
    decided_by: str | None
    counterexample: Counterexample | None


class Standing(NamedTuple):
    """One assumption of the theorem as this model has it; ``broken`` for the missing ones."""

    used: Used
    mend: str
    broken: Broken | None = None

    @property
    def missing(self) -> bool:
        """Whether the model violates or does not give it."""
        return self.used.status in ("violated", "not_given")


@shown
class WhyNot(NamedTuple):
    """How a model stands to a theorem, or to a counterexample family.

    ``fits``: whether the model is of the kind that the theorem speaks of (``setting`` in words),
    and asks for a property that it concludes. ``refusal``: a family's own reason. ``conditions``:
    those at the point, for a conditional theorem that applies.
    """

    model: Model
    rule: str
    kind: str
    title: str
    statement: str
    source: Source
    setting: str
    fits: bool
    asks: bool
    assumptions: tuple[Standing, ...]
    conditions: tuple[str, ...]
    refusal: str
    quantities: tuple[tuple[str, str], ...]

    @property
    def applies(self) -> bool:
        """Whether nothing is in the way."""
        no_gap = not any(one.missing for one in self.assumptions)
        return self.fits and self.asks and no_gap and not self.refusal


Answer = Callable[[str], ModelReport]
"""The report on the only model of a text."""


def why_not(model: Model, name: str, answer: Answer, text: str | None = None) -> WhyNot:
    """How the model stands to the theorem or family of that name.

    Raises ``LookupError`` if nothing of that name decides verdicts.
    """
    facts = Facts(model)
    found = entry(name)
    asked = model.requirement.name
    if isinstance(found, Family):
        scope = found.scope(facts)
        refusal = scope.reason if isinstance(scope, Refusal) else ""
        quoting = Quoting(text)
        rows: list[Standing] = []
        if not isinstance(scope, Refusal):
            if scope.condition is False:
                refusal = f"its widths are excluded: it needs {scope.text}"
            for f in scope.findings:
                used = Used("", "", f.text, f.status, f.span, quoting(f.span))
                rows.append(Standing(used, ""))
        return WhyNot(
            model, found.id, "fails", found.title, found.statement, found.source,
            SETTING_WORDS["any"], True, asked in found.properties, tuple(rows), (), refusal, (),
        )  # fmt: skip
    if found is None or found.kind not in ("holds", "conditional"):
        raise LookupError(name)
    standing = stand(found, facts)
    quoting = Quoting(text)
    rows = []
    for assumption, finding in zip(found.assumptions, standing.findings, strict=True):
        broken = None if finding.granted else broken_model(found, assumption, answer)
        rows.append(Standing(quoting.used(assumption, finding), assumption.mend, broken))
    conditions = found.conditions(facts) if standing.missing == 0 else ()
    if standing.always is not None:
        conditions = ()
    return WhyNot(
        model, found.id, found.kind, found.title, found.statement, found.source,
        SETTING_WORDS[found.setting], fits(found, facts), asked in found.properties, tuple(rows),
        conditions, "", quantities(facts),
    )  # fmt: skip


def broken_model(theorem: Theorem, assumption: Assumption, answer: Answer) -> Broken | None:
    """A model that lacks only that assumption of the theorem; one that fails, if there is one.

    ``answer`` (``api``) gives the report with the counterexample that the kernel has accepted.
    """
    first: Broken | None = None
    seen: set[str] = set()
    for text in _candidates(theorem, assumption):
        if text in seen:
            continue
        seen.add(text)
        try:
            report = answer(text)
        except InputError:
            continue  # the change does not go with another statement of the example
        facts = Facts(report.model)
        if not fits(theorem, facts) or report.asked not in theorem.properties:
            continue
        lacking = [
            one
            for one, finding in zip(
                theorem.assumptions, stand(theorem, facts).findings, strict=True
            )
            if not finding.granted
        ]
        if lacking != [assumption]:
            continue
        if report.verdict == "fails":
            return Broken(text, report.verdict, report.theorem, report.readable_counterexample)
        if first is None:
            first = Broken(text, report.verdict, report.theorem, None)
    return first


def _candidates(theorem: Theorem, assumption: Assumption) -> Iterator[str]:
    """Models of the catalogue that may lack the assumption only."""
    own = theorem.broken.get(assumption.id)
    if own is not None:
        yield own
    family = entry(theorem.converse.get(assumption.id, ""))
    if isinstance(family, Family):
        yield from family.examples
    for other in deciding_theorems():
        text = other.broken.get(assumption.id)
        if text is not None and other is not theorem:
            yield text
    for example in theorem.examples:
        for model in parse(example):
            for changed in _changed(model, assumption.id):
                plain = replace(changed, expectation=None, waiver=None)
                yield unparse_statements(plain)


def _changed(model: Model, assumption: str) -> Iterator[Model]:
    """The model with one thing changed that an assumption on its shape forbids."""
    if assumption in ("unconstrained", "convex-constraints"):
        yield replace(model, constraints=Constraints("affine", 1))
    if assumption == "no-regularizer":
        yield replace(model, regularizer=Regularizer("l1", (Fraction(1, 10),)))
    network = model.network
    if network is None:
        return
    if assumption == "independent-parameters":
        square = Parameter("W", 2, 2)
        name = NameExpression("W")
        product = ProductExpression((name, name, NameExpression("X")))
        yield replace(model, network=None, map=Map((square,), (), product, 2, 2, None))
    layers = network.layers
    for k, layer in enumerate(layers[:-1]):
        if assumption == "dense-layers":
            other = replace(layer, opaque="a convolution")
        elif assumption == "trainable-layers" and k:
            other = replace(layer, fixed=True)
        elif assumption == "trainable-layers":
            fixed = Layer(layer.width, Activation("linear"), fixed=True)
            yield replace(model, network=replace(network, layers=(layer, fixed, *layers[1:])))
            continue
        elif assumption == "bias-pattern":
            other = replace(layer, bias=True)
        else:
            return
        changed = (*layers[:k], other, *layers[k + 1 :])
        yield replace(model, network=replace(network, layers=changed))
