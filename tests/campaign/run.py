"""One campaign for every counterexample family: model, instance, kernel, float attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from landscape_cli.api import verify
from landscape_cli.catalogue import BuildOptions, Family, Instance, Refusal
from landscape_cli.facts.facts import Facts
from landscape_cli.instances import violations
from landscape_cli.syntax import parse_with_errors

from .attack import attack
from .models import MODELS
from .statements import contradictions

MOST_DRAWS = 12  # texts drawn for one model in scope, at the most, on average


@dataclass
class Report:
    """What a campaign did. ``faults``: (model, what is wrong)."""

    family: str
    drawn: int = 0
    models: int = 0
    perturbations: int = 0
    orbits: int = 0
    depths: Counter[int] = field(default_factory=Counter)
    biased: int = 0
    given: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    def line(self) -> str:
        depths = " ".join(f"{depth}:{count}" for depth, count in sorted(self.depths.items()))
        return (
            f"{self.family:25} {self.models:5} models of {self.drawn:6} texts, "
            f"{self.perturbations:9} perturbations, {self.orbits:7} orbit moves, "
            f"{self.biased:5} with biases, {self.given:4} with given matrices, depths {depths}; "
            f"{len(self.faults)} faults"
        )


def campaign(
    family: Family,
    models: int,
    perturbations: int,
    seed: int = 0,
    step: Callable[[Report], None] | None = None,
) -> Report:
    """``models`` distinct random models in the family's scope, fewer if they run out."""
    report, rng, seen = Report(family.id), Random(f"{family.id} {seed}"), set()
    make = MODELS[family.id]
    while report.models < models and report.drawn < MOST_DRAWS * models + 200:
        text = make(rng)
        report.drawn += 1
        if text in seen:
            continue
        seen.add(text)
        found, errors = parse_with_errors(text)
        if errors:
            continue
        facts = Facts(found[0])
        if facts.model.requirement.name not in family.properties:
            continue
        scope = family.scope(facts)
        if isinstance(scope, Refusal) or scope.condition is not True:
            continue
        report.models += 1
        options = BuildOptions(seed=rng.choice((0, 0, 1, 2)), simplest=rng.random() < 0.15)
        fault = _fault(family, facts, text, options, perturbations, report)
        if fault is not None:
            report.faults.append((text, fault))
        if step is not None:
            step(report)
    return report


def _fault(
    family: Family, facts: Facts, text: str, options: BuildOptions, count: int, report: Report
) -> str | None:
    """What is wrong with the family's instance of the model; None if nothing."""
    built = family.build(facts, options)
    if not isinstance(built, Instance):
        return f"claimed, but not built: {built.reason}"
    document = built.document
    wrong = (*violations(facts, document), *contradictions(text, document))
    if wrong:
        return "the instance contradicts the model: " + "; ".join(wrong)
    outcome = verify(document)
    if not outcome.accepted:
        return f"rejected: {outcome.reason}"
    if outcome.argument != document["argument"]["kind"]:
        return f"checked as {outcome.argument}"
    result = attack(document, report.models, count)
    report.perturbations += result.counted
    report.orbits += result.orbits
    problem = document["problem"]
    report.depths[len(problem.get("activations", [0]))] += 1
    report.biased += any(problem.get("biases", ()))
    report.given += " = [[" in text
    return result.fault
