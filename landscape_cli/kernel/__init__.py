"""The trusted re-checker of certificates; standard library only. See README.md."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..exact.numbers import Rejection, bounds, need, rational
from ..exact.reading import keep, record
from .arguments import CRITICAL, MINIMA, REFUTATIONS, Claim, read_argument
from .problem import Problem, Weights, matrices, read_problem

SCHEMA = "landscape/certificate/1"
ELSEWHERE = ("interval-newton", "split-unit")
CLAIMS = {  # by the field that holds the point: the arguments, and what they show
    "local_minimum": (MINIMA, "a local minimum, and not global"),
    "critical_point": (CRITICAL, "a critical point without a direction of negative curvature, and "
                       "not global"),
    "point": (REFUTATIONS, "not a local minimum"),
}  # fmt: skip


class Outcome(NamedTuple):
    """What is said of one document; ``argument``: its kind, or the theorem, once it is known."""

    accepted: bool
    argument: str | None
    reason: str


def verify(document: Any) -> Outcome:
    """Re-check one certificate or proof (parsed JSON); never raises on a bad document."""
    kind: list[str | None] = [None]
    schema = document.get("schema") if isinstance(document, dict) else None
    try:
        if schema == "landscape/proof/1":
            from ..proof_checker import check_proof

            said = check_proof(document, kind)
        else:
            need(schema == SCHEMA, f"the schema is not {SCHEMA}")
            said = check_certificate(document, kind)
    except Rejection as rejection:
        return Outcome(False, kind[-1], str(rejection))
    except (RecursionError, MemoryError, OverflowError) as error:
        reason = f"the document is too large or too deep ({type(error).__name__})"
        return Outcome(False, kind[-1], reason)
    return Outcome(True, kind[-1], f"accepted: {said}")


def check_certificate(document: Any, kind: list[str | None]) -> str:
    """What an accepted certificate shows; appends the kind of its argument to ``kind``."""
    place = next((name for name in reversed(CLAIMS) if name in document), "local_minimum")
    places = [place] if place == "point" else [place, "better_point"]
    names = ("schema", "problem", "data", *places, "argument")
    record(document, "the document", dict.fromkeys(names, keep))
    argument, (known, shown) = document["argument"], CLAIMS[place]
    good = isinstance(argument, dict) and isinstance(argument.get("kind"), str)
    need(good, "the argument is not an object with a kind")
    name = argument["kind"]
    kind += [name] if name in known or name in ELSEWHERE else []
    need(name not in ELSEWHERE, f"{name} is checked by landscape_cli.interval_checker, not here")
    need(name in known, "unknown kind of argument")
    problem = read_problem(document["problem"], document["data"])
    points = []
    for what in places:
        parts = record(document[what], what, {"weights": keep, "value": keep})
        weights = record(parts["weights"], what, matrices(problem.trained))
        points.append((weights, check_value(problem, weights, parts["value"], what)))
    lower = place == "point" or points[1][1][1] < points[0][1][0]
    need(lower, f"the better value is not strictly below that of the {place}")
    stated, weights = read_argument(argument, name, known[name], problem), points[0][0]
    evaluated = problem.layers(weights)
    known[name].check(Claim(problem, weights, stated, evaluated, evaluated[-1][1]))
    return shown


def check_value(problem: Problem, weights: Weights, stated: Any, what: str
                ) -> tuple[Fraction, Fraction]:  # fmt: skip
    """Recompute the objective; the stated value, or the ends of the stated enclosure."""
    ends = stated if isinstance(stated, dict) else {"lower": stated, "upper": stated}
    parts = record(ends, f"the value of {what}", {"lower": rational, "upper": rational})
    lower, upper = parts["lower"], parts["upper"]
    low, high = bounds(problem.objective(weights))
    need(lower <= high and low <= upper, f"the value of {what} is not the one stated")
    need(lower <= low and high <= upper, f"the value of {what} could not be enclosed as stated")
    return lower, upper
