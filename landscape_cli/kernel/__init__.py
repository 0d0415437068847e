"""The trusted re-checker of certificates; standard library only. See README.md."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from . import minima, plateaus, proofs, refutations
from .algebra import Polynomial
from .numbers import PRECISIONS, Rejection, bounds, rational
from .problem import Data, Evaluator, Problem, Weights, fields, read_problem, read_weights

SCHEMA = "landscape/certificate/1"
ELSEWHERE = ("interval-newton", "split-unit")


@dataclass(frozen=True)
class Outcome:
    """What the kernel says of one document."""

    accepted: bool
    argument: str | None
    reason: str


def verify(document: object) -> Outcome:
    """Re-check one certificate or proof (parsed JSON); never raises on a bad document."""
    kind: str | None = None
    try:
        if isinstance(document, dict) and document.get("schema") == proofs.SCHEMA:
            named = document.get("theorem")
            kind = named if isinstance(named, str) and named in proofs.THEOREMS else None
            return Outcome(True, *proofs.check_proof(document))
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise Rejection(f"the schema is not {SCHEMA}")
        refuting = "point" in document
        first = "critical_point" if "critical_point" in document else "local_minimum"
        places = ["point"] if refuting else [first, "better_point"]
        fields(document, ["schema", "problem", "data", *places, "argument"], [], "the document")
        argument = document["argument"]
        if not isinstance(argument, dict) or not isinstance(argument.get("kind"), str):
            raise Rejection("the argument is not an object with a kind")
        kind = argument["kind"]
        known = refutations.ARGUMENTS if refuting else {**minima.ARGUMENTS, **plateaus.MINIMA}
        if first == "critical_point" and not refuting:
            known = plateaus.CRITICAL
        if kind in ELSEWHERE:
            raise Rejection(f"{kind} is checked by landscape_cli.interval_checker, not here")
        if kind not in known:
            kind = None
            raise Rejection("unknown kind of argument")
        problem, data = read_problem(document["problem"], document["data"])
        points = []
        for place in places:
            parts = fields(document[place], ["weights", "value"], [], place)
            weights = read_weights(problem, parts["weights"], place)
            points.append((weights, check_value(problem, data, weights, parts["value"], place)))
        if not refuting and points[1][1][1] >= points[0][1][0]:
            raise Rejection(f"the better value is not strictly below that of the {first}")
        evaluator = Evaluator(problem, data)
        weights = points[0][0]
        known[kind](
            minima.Claim(problem, data, weights, argument, evaluator, evaluator.layers(weights))
        )
    except Rejection as rejection:
        return Outcome(False, kind, str(rejection))
    except (RecursionError, MemoryError, OverflowError) as error:
        return Outcome(
            False, kind, f"the document is too large or too deep ({type(error).__name__})"
        )
    what = "not a local minimum" if refuting else "a local minimum, and not global"
    if not refuting and "critical_point" in document:
        what = "a critical point without a direction of negative curvature, and not global"
    return Outcome(True, kind, f"accepted: {what}")


def check_value(
    problem: Problem, data: Data, weights: Weights, stated: object, what: str
) -> tuple[Fraction, Fraction]:
    """Recompute the objective; the stated value, or the ends of the stated enclosure."""
    if isinstance(stated, dict):
        parts = fields(stated, ["lower", "upper"], [], f"the value of {what}")
        lower, upper = (rational(parts[end], f"the {end} end") for end in ("lower", "upper"))
    else:
        lower = upper = rational(stated, f"the value of {what}")
    for bits in PRECISIONS:
        value = Evaluator(problem, data, bits).objective(weights)
        assert not isinstance(value, Polynomial)
        low, high = bounds(value, bits)
        if lower <= low and high <= upper:
            return lower, upper
        if high < lower or low > upper:
            raise Rejection(f"the value of {what} is not the one stated")
        if isinstance(value, Fraction):
            break
    raise Rejection(f"the value of {what} could not be enclosed as stated")
