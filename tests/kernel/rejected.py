"""False certificates: written by hand, and made of the accepted ones; each with its reason."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from . import samples
from .oracle import point_value


class False_(NamedTuple):
    """A document, the kind of its argument, and a part of the reason of its rejection."""

    name: str
    kind: str
    document: dict[str, Any]
    reason: str


BOUND = {"kind": "polynomial-bound", "layer": 1, "row": 0, "column": 1}
PLATEAU = {"name": "tukey", "c": "1"}
WIDE = {"lower": "-1/1000", "upper": "1/1000"}


def saddle(argument: Any) -> dict[str, Any]:
    """(a b - 1)^2 / 2 at a = b = 0."""
    return samples.certificate(
        samples.network([1, 1, 1]), [[1]], [[1]], {"W1": [[0]], "W2": [[0]]}, "1/2",
        {"W1": [[1]], "W2": [[1]]}, 0, argument,
    )  # fmt: skip


def other_problem() -> dict[str, Any]:
    """The point of bottleneck-weighted with the weights 2, 2 in place of 3, 3: 2 * 2 > 4 fails."""
    document = copy.deepcopy(samples.weighted())
    document["problem"]["loss"]["weights"] = [["1", "2"], ["2", "1"]]
    return document


def draft_of_2018(argument: Any) -> dict[str, Any]:
    """The three-layer point of the ICLR 2018 submission, which is no local minimum."""
    return samples.certificate(
        samples.network([2, 1, 1, 2]), samples.EYE, samples.diagonal([0, 1]),
        {"W1": [[1, 0]], "W2": [[0]], "W3": [[1], [0]]}, "1/2",
        {"W1": [[0, 1]], "W2": [[1]], "W3": [[0], [1]]}, 0, argument,
    )  # fmt: skip


def in_boxes(document: dict[str, Any]) -> dict[str, Any]:
    """The local minimum as boxes around it, and its value too."""

    def around(node: Any, radius: Fraction = Fraction(1, 1000)) -> Any:
        if isinstance(node, list):
            return [around(v, radius) for v in node]
        return samples.box(Fraction(node) - radius, Fraction(node) + radius)

    changed = copy.deepcopy(document)
    point = changed["local_minimum"]
    point["weights"] = {name: around(rows) for name, rows in point["weights"].items()}
    point["value"] = around(point["value"], Fraction(1, 100))
    return changed


def saddle_in_boxes(argument: Any) -> dict[str, Any]:
    """(tanh(a) b - 1)^2 / 2 around a = b = 0."""
    return samples.certificate(
        samples.network([1, 1, 1], ["tanh", "linear"]), [[1]], [[1]], {"W1": [[WIDE]],
        "W2": [[WIDE]]}, samples.box("1/4", 1), {"W1": [["5"]], "W2": [["1"]]},
        samples.box(0, "1/1000"), argument,
    )  # fmt: skip


def on_a_slope(argument: Any, **more: Any) -> dict[str, Any]:
    """One layer, w = 1 where 2 is best."""
    return samples.certificate(
        samples.network([1, 1], **more), [[1]], [[2]], {"W1": [[1]]}, "1/2", {"W1": [[2]]}, 0,
        argument,
    )  # fmt: skip


def climbing(kind: str, **fields: Any) -> dict[str, Any]:
    """(a b - 1)^2 / 2 at a = b = 1, its minimum, said to be none."""
    return samples.refutation(
        samples.network([1, 1, 1]), [[1]], [[1]], {"W1": [[1]], "W2": [[1]]}, 0,
        {"kind": kind, **fields},
    )  # fmt: skip


def critical(document: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    changed["critical_point"] = changed.pop("local_minimum")
    return changed


def by_hand() -> list[False_]:
    """What a hasty reader might believe."""
    gauge = {"kind": "strict-hessian", "gauge": [1]}
    unit = {"W1": [[WIDE]], "W2": [[WIDE]]}
    origin = {"W1": [[0]], "W2": [[0]], "W3": [[0]]}
    deep = samples.certificate(
        samples.network([1] * 4, regularizer={"l2": "1"}), [[1]], [[10]], origin, 50,
        {name: [[2]] for name in origin}, 8, "growth",
    )  # fmt: skip
    shallow = samples.certificate(
        samples.network([1, 1, 1], regularizer={"l2": "1"}), [[1]], [[10]],
        {"W1": [[0]], "W2": [[0]]}, 50, {"W1": [[3]], "W2": [[3]]}, "19/2", "growth",
    )  # fmt: skip
    free = copy.deepcopy(deep)
    free["problem"]["regularizer"] = {"l2": ["1", "0", "1"]}
    free["better_point"]["value"] = "6"
    given = [
        ("a saddle", saddle("strict-hessian"), "not positive definite"),
        ("a saddle", saddle(gauge), "not positive definite"),
        ("a saddle", saddle("rank-chart"), "first-order conditions"),
        ("a saddle", saddle("affine-region"), "not orthogonal"),
        ("a saddle", saddle("growth"), "needs a regularizer"),
        ("a saddle", saddle(BOUND | {"column": 0}), "ranks of the two halves"),
        ("a saddle", saddle("cusp"), "needs lp with p < 1"),
        ("a saddle", saddle("loss-plateau"), "needs zero_one or tukey"),
        ("a saddle", saddle("second-order-critical"), "unknown kind"),
        ("a saddle", saddle_in_boxes("interval-newton"), "positive definite"),
        ("a saddle", saddle_in_boxes({"kind": "split-unit", "unit": unit, "shares": ["1"]}),
         "at least two units"),
        ("a saddle of two layers", critical(saddle("second-order-critical")), "semidefinite"),
        ("a saddle of two layers", critical(saddle("flat-origin")), "at least 3"),
        ("another problem", other_problem(), "not positive definite"),
        ("the draft of 2018", draft_of_2018("rank-chart"), "rank of the product is 0"),
        ("the draft of 2018", draft_of_2018("strict-hessian"), "not positive definite"),
        ("the draft of 2018", draft_of_2018({"kind": "strict-hessian", "gauge": [1, 2]}),
         "not positive definite"),
        ("the draft of 2018", draft_of_2018({"kind": "strict-hessian", "flat": {"W1": [[0, 1]]}}),
         "not positive definite"),
        ("the draft of 2018", draft_of_2018("affine-region"), "not orthogonal"),
        ("the draft of 2018", draft_of_2018("growth"), "needs a regularizer"),
        ("the draft of 2018", draft_of_2018(BOUND | {"row": 1}), "not sharp enough"),
        ("the draft of 2018", draft_of_2018(BOUND | {"row": 1, "layer": 2}), "not sharp enough"),
        ("the draft of 2018", in_boxes(draft_of_2018("interval-newton")), "positive definite"),
        ("a slope", on_a_slope("strict-hessian"), "the gradient is not zero"),
        ("a slope", on_a_slope("affine-region"), "not orthogonal"),
        ("a slope", on_a_slope("rank-chart"), "first-order conditions"),
        ("a slope", on_a_slope("loss-plateau", loss=PLATEAU), "not the one stated"),
        ("two layers", shallow, "not at least 3"),
        ("a layer without a penalty", free, "without a positive penalty"),
        ("uphill", climbing("nonzero-gradient", direction={"W1": [["1"]]}), "is not negative"),
        ("uphill", climbing("negative-curvature", direction={"W1": [["1"]]}), "is not negative"),
        ("uphill", climbing("descent-curve", order=2, curve={"W1": [[["1", "1"]]]}), "not neg"),
        ("elsewhere", climbing("descent-curve", order=2, curve={"W1": [[["2", "1"]]]}),
         "does not start at the point"),
        ("uphill", climbing("equal-loss-move", direction={"W2": [["1"]]},
                            curve={"W1": [[["1", "1"]]]}), "changes along the curve"),
        ("a valley", climbing("equal-loss-move", direction={"W1": [["1"]]},
                              curve={"W1": [["1"]]}), "direction vanishes"),
    ]  # fmt: skip
    return [
        False_(f"{name}: {document['argument']['kind']}", document["argument"]["kind"], document,
               reason)
        for name, document, reason in given
    ]  # fmt: skip


def of_accepted(name: str, document: dict[str, Any]) -> Iterator[False_]:
    """Wrong values, equal values, the two points exchanged, a reversed argument."""
    kind = document["argument"]["kind"]
    place = next(p for p in ("local_minimum", "critical_point", "point") if p in document)
    for where in (place, "better_point"):
        if where not in document:
            continue
        changed = copy.deepcopy(document)
        value = changed[where]["value"]
        if isinstance(value, dict):
            ends = sorted((Fraction(value["upper"]), Fraction(10**6)))
            changed[where]["value"] = samples.box(*(e + Fraction(1, 10**6) for e in ends))
            reason = "stated" if where == "better_point" else "value"
        else:
            changed[where]["value"] = samples.text(Fraction(value) + Fraction(1, 10**9))
            reason = "not the one stated"
        yield False_(f"{name}: another value of {where}", kind, changed, reason)
    if place != "point" and kind not in ("interval-newton", "split-unit"):
        changed = {**document, "better_point": document[place]}
        yield False_(f"{name}: equal values", kind, changed, "not strictly below")
        changed = {**document, place: document["better_point"], "better_point": document[place]}
        yield False_(f"{name}: the points exchanged", kind, changed, "not strictly below")
    if place != "point":
        value = point_value(document, "better_point")
        low, high = Fraction(value) - 1, Fraction(value) + 10**6
        changed = copy.deepcopy(document)
        changed["better_point"]["value"] = samples.box(
            Fraction(round(low * 1000), 1000), Fraction(round(high))
        )
        yield False_(f"{name}: a vague better value", kind, changed, "not strictly below")
    else:
        for field in ("direction", "curve"):
            if field in document["argument"]:
                argument = {k: v for k, v in document["argument"].items() if k != field}
                yield False_(f"{name}: no {field}", kind, {**document, "argument": argument},
                             "lacks")  # fmt: skip
                argument = {**document["argument"], field: {}}
                yield False_(f"{name}: {field} 0", kind, {**document, "argument": argument}, "")
