"""The verdict on one model, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .layout import Page, Piece, text_width, tied

if TYPE_CHECKING:
    from ..engine.report import (
        AssumptionReport,
        Counterexample,
        Guarantee,
        ModelReport,
        NearTheorem,
        Repair,
        Unbuilt,
    )
    from ..model.problem import Model
    from ..model.span import Span

LABEL = 2
TEXT = 19
"""Labels of a verdict start in column ``LABEL``, what they say in column ``TEXT``."""

HEADLINES: dict[tuple[str, str], str] = {
    ("local_is_global", "holds"): "every local minimum is global",
    ("local_is_global", "fails"): "not every local minimum is global",
    ("local_is_global", "depends"): "the answer depends on the widths",
    ("local_is_global", "conditional"): "local minima that meet a condition are global",
    ("local_is_global", "unknown"): "not decided whether every local minimum is global",
    ("strict_saddle", "holds"): "every critical point is global or a strict saddle",
    ("strict_saddle", "fails"): "not every critical point is global or a strict saddle",
    ("strict_saddle", "depends"): "the answer depends on the widths",
    ("strict_saddle", "conditional"): (
        "critical points that meet a condition are global or strict saddles"
    ),
    ("strict_saddle", "unknown"): (
        "not decided whether every critical point is global or a strict saddle"
    ),
}

STATUS: dict[str, Piece] = {
    "met": ("good", "met"),
    "violated": ("bad", "violated"),
    "not_given": ("doubt", "not given"),
    "declared": ("doubt", "declared"),
}

MOST_ALSO_NEAR = 3
MOST_REPAIRS = 4


def place(span: Span | None) -> str:
    """``line 3, column 5``, or nothing."""
    return "" if span is None else f"line {span.line}, column {span.column}"


def loss_words(model: Model) -> str:
    """The loss as a title says it: ``absolute error``, ``huber(1)``, ``any convex loss``."""
    from ..facts.facts import describe_loss

    words = describe_loss(model)
    if model.loss.kind == "named" and model.loss.name in ("squared", "absolute"):
        return f"{words} error"
    return words


def map_words(model: Model, most: int) -> str:
    """The map as the model states it; a network too long for ``most`` cells is shortened."""
    from ..syntax.writing import statements

    for statement in statements(model):
        kind, _, text = statement.partition(" ")
        if kind == "map":
            return text if len(text) <= most else text[: most - 3] + "..."
        if kind == "net":
            if len(text) <= most:
                return text
            items = text.split(" -> ")
            tail = f" ({len(items) - 1} layers)"
            for kept in range(min(len(items) - 2, 8), 0, -1):
                short = " -> ".join([*items[:kept], "...", items[-1]]) + tail
                if len(short) <= most:
                    return short
            return f"a network of {len(items) - 1} layers"
    return ""


def title(model: Model, most: int) -> str:
    """``2 -> 2 -> 2, absolute error``."""
    loss = loss_words(model)
    text = f"{map_words(model, max(20, most - len(loss) - 2))}, {loss}"
    return text if len(text) <= most else text[: most - 3] + "..."


class Sources:
    """The short source of an entry by its id; asks the catalogue only for those shown."""

    def __call__(self, identifier: str) -> str:
        from ..engine.discovery import entry

        found = entry(identifier)
        return "" if found is None else found.source.label


def verdict_lines(report: ModelReport, page: Page) -> None:
    """Lay out the whole verdict: the answer, what it rests on, what is in its way, what helps."""
    headline = HEADLINES[report.asked, report.verdict]
    word = report.verdict.upper()
    model = report.model
    page.row(
        [("", headline)],
        label=(report.verdict, word),
        column=len(word) + 2,
        right=("dim", title(model, page.width - 8)),
        beside=False,
    )
    source = Sources()
    if report.verdict == "holds":
        _decided(report, page, source)
    elif report.verdict == "fails":
        _refuted(report, page, source)
    elif report.verdict == "conditional":
        _conditional(report, page, source)
    elif report.verdict == "depends":
        _depends(report, page)
    else:
        page.row(
            [
                (
                    "",
                    "No theorem or counterexample of the catalogue decides this model. "
                    "That is not a no: it may well be true.",
                )
            ],
            indent=LABEL,
        )
        _nearest(report, page, source)
    for text in report.declared:
        _say(page, "on your word", [("", text)])
    if report.verdict != "holds":
        _repairs(report.repairs, page)


def _say(page: Page, label: str, pieces: Sequence[Piece], right: Piece | None = None) -> None:
    page.row(pieces, indent=LABEL, label=("label", label), column=TEXT, right=right)


def _name(identifier: str, source: Sources) -> list[Piece]:
    label = source(identifier)
    return [("name", identifier), *([("", f" ({label})")] if label else [])]


def _used(assumptions: Sequence[AssumptionReport], page: Page) -> None:
    """What a theorem that applies rests on; structural assumptions that are met go without."""
    shown = [a for a in assumptions if not a.structural or a.status != "met"]
    if not shown:
        return
    column = min(max(text_width(a.id) for a in shown) + 6, page.width // 2)
    for one in shown:
        text = f"{one.text} (declared)" if one.status == "declared" else one.text
        page.row(
            [("", text)],
            indent=4,
            label=(STATUS[one.status][0], one.id),
            column=column,
            right=("dim", place(one.span)) if one.span else None,
        )


def _decided(report: ModelReport, page: Page, source: Sources) -> None:
    if report.theorem is None:
        return
    _say(page, "theorem", _name(report.theorem, source))
    for near in report.nearest:
        if near.theorem == report.theorem:
            _used(near.assumptions, page)
    others = [near.theorem for near in report.nearest if near.theorem != report.theorem]
    if others:
        _say(page, "also by", [("", ", ".join(others))])


def _refuted(report: ModelReport, page: Page, source: Sources) -> None:
    _nearest(report, page, source)
    found = report.readable_counterexample
    if found is not None:
        _counterexample(found, report.theorem, page, symbolic=not _numeric(report.model))
    elif report.theorem is not None:
        _say(page, "counterexample", [("", "family "), *_name(report.theorem, source)])
        proof = report.proof
        for condition in proof.side_conditions if proof is not None else ():
            page.row(
                [("", condition.text)],
                indent=TEXT,
                right=("dim", place(condition.span)) if condition.span else None,
            )
        missing = report.unbuilt
        if missing is None:
            _say(page, "", [("", "too large to show here: see landscape counterexample")])
        else:
            _unbuilt(missing, page)
    if not _linear(report.model):
        _guarantees(report.guarantees, page, "still global")


def _unbuilt(missing: Unbuilt, page: Page) -> None:
    """That the verdict rests on a proof without an instance, and a smaller model that has one."""
    why = f"no instance was built because of its size: {missing.reason}; the verdict rests on the"
    _say(page, "", [("", why + " family's proof alone")])
    if missing.command is not None:
        _say(page, "", [("", "at smaller widths the kernel accepts an instance of the family:")])
        _say(page, "", [("", missing.command)])


def _numeric(model: Model) -> bool:
    """Whether the widths of the network are numbers."""
    network = model.network
    if network is None:
        return False
    widths = [network.input_width, *(layer.width for layer in network.layers)]
    return all(isinstance(width, int) for width in widths)


def _linear(model: Model) -> bool:
    """Whether the model is a network (or a product) of linear layers only."""
    if model.network is None:
        return True
    return all(layer.activation.name == "linear" for layer in model.network.layers)


def _conditional(report: ModelReport, page: Page, source: Sources) -> None:
    _conditions("condition", report.conditions, page)
    if report.theorem is not None:
        _say(page, "theorem", _name(report.theorem, source))
        proof = report.proof
        if proof is not None:
            structural = _structural(report.theorem)
            shown = [c for c in proof.side_conditions if c.assumption not in structural]
            column = min(max([text_width(c.assumption) for c in shown] or [0]) + 6, page.width // 2)
            for one in shown:
                text = f"{one.text} (declared)" if one.status == "declared" else one.text
                page.row(
                    [("", text)],
                    indent=4,
                    label=(STATUS[one.status][0], one.assumption),
                    column=column,
                    right=("dim", place(one.span)) if one.span else None,
                )
    others = tuple(g for g in report.guarantees if g.theorem != report.theorem)
    _guarantees(others, page, "or if")
    _nearest(report, page, source)


def _structural(theorem: str) -> frozenset[str]:
    """The assumptions of a theorem that only say which kind of model it speaks of."""
    from ..catalogue import Theorem
    from ..engine.discovery import entry

    found = entry(theorem)
    if not isinstance(found, Theorem):
        return frozenset()
    return frozenset(a.id for a in found.assumptions if a.structural)


def _conditions(label: str, conditions: Sequence[str], page: Page) -> None:
    for k, condition in enumerate(conditions):
        more = k < len(conditions) - 1
        _say(page, label if k == 0 else "", [("", condition + (" and" if more else ""))])


def _depends(report: ModelReport, page: Page) -> None:
    words = {"true": "always", "false": "never"}
    for verdict, formula in (report.regions or {}).items():
        text = words.get(formula, formula)
        _say(page, f"{verdict} where", [(verdict if text != "never" else "dim", text)])
    proof = report.proof
    if proof is not None and proof.premises:
        names = dict.fromkeys(premise.rule for premise in proof.premises)
        _say(page, "by", [("", ", ".join(names))])


def _guarantees(guarantees: Sequence[Guarantee], page: Page, label: str) -> None:
    for k, guarantee in enumerate(guarantees):
        conditions = " and ".join(guarantee.conditions)
        text = conditions if label == "or if" else f"local minima where {conditions}"
        _say(
            page,
            label if k == 0 or label == "or if" else "",
            [("", text), ("", " ("), ("name", guarantee.theorem), ("", ")")],
        )


def _nearest(report: ModelReport, page: Page, source: Sources) -> None:
    """The nearest theorem with what is met and what is not; the others by name."""
    if not report.nearest:
        return
    first, *others = report.nearest
    _say(page, "nearest theorem", _name(first.theorem, source))
    _standing(first, page)
    shown = [near for near in others if near.kind == first.kind][:MOST_ALSO_NEAR]
    pieces: list[Piece] = []
    for k, near in enumerate(shown):
        missing = ", ".join(a.id for a in near.missing)
        pieces += [("", ", " if k else ""), ("name", near.theorem), ("", f" (needs {missing})")]
    if pieces:
        _say(page, "also near", pieces)


def _standing(near: NearTheorem, page: Page) -> None:
    statuses = {a.status for a in near.assumptions}
    column = 4 + max(8, *(text_width(STATUS[s][1]) for s in statuses)) + 2
    met = [a for a in near.assumptions if a.status == "met" and not a.structural]
    if met:
        names = ", ".join(tied(f"{a.id} ({a.text})") if _has_number(a.text) else a.id for a in met)
        page.row([("", names)], indent=4, label=STATUS["met"], column=column)
    for one in near.assumptions:
        if one.status == "met":
            continue
        page.row(
            [("name", one.id), ("", f": {one.text}")],
            indent=4,
            label=STATUS[one.status],
            column=column,
            right=("dim", place(one.span)) if one.span else None,
        )


def _has_number(text: str) -> bool:
    """Whether the evidence is a comparison: worth showing even where the assumption is met."""
    return ">=" in text or "<=" in text or " = " in text


def _counterexample(
    found: Counterexample, family: str | None, page: Page, *, symbolic: bool
) -> None:
    document = found.document
    lines = instance_rows(document)
    if symbolic and "widths" in document["problem"]:
        lines.insert(0, tied("widths " + " -> ".join(map(str, document["problem"]["widths"]))))
    for k, line in enumerate(lines):
        _say(page, "counterexample" if k == 0 else "", [("", line)])
    status = (
        f"certificate re-checked: {found.argument}"
        if found.accepted
        else f"argument {found.argument}, not re-checked"
    )
    pieces: list[Piece] = [("", f"{values_words(document)}; "), ("good", status)]
    if family is not None:
        pieces += [("", " ("), ("name", family), ("", ")")]
    _say(page, "", pieces)


def _claimed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The point that is not global: a local minimum, or (strict_saddle) a critical point."""
    for name in ("local_minimum", "critical_point"):
        if name in document:
            found: Mapping[str, Any] = document[name]
            return found
    raise KeyError("a certificate without a local minimum or a critical point")


def instance_rows(document: Mapping[str, Any]) -> list[str]:
    """Data, loss parameters and the weights of the local minimum of a certificate document."""
    from .matrices import background, copies, matrix, number, samples

    problem = document["problem"]
    data = document.get("data", {})
    parts: list[str] = []
    rows: list[str] = []
    counted = None
    if "X" in data and "Y" in data:
        counted = samples(data["X"], data["Y"], data.get("counts"))
    if counted is not None:
        rows.append(f"samples {counted}")
    else:
        parts += [f"{name} = {matrix(data[name])}" for name in ("X", "Y") if name in data]
        if "counts" in data:
            rows.append(f"samples {copies(data['counts'])}")
    loss = problem.get("loss", {})
    for name in ("weights", "coefficients"):
        if isinstance(loss.get(name), list):
            rows_ = loss[name]
            shown = background(rows_) if len(rows_) * len(rows_[0]) > 9 else None
            parts.append(f"{name} {shown or matrix(rows_)}")
    if isinstance(loss.get("forms"), list):
        parts.append(f"loss a sum of {len(loss['forms'])} squares")
    regularizer = problem.get("regularizer")
    if isinstance(regularizer, Mapping):
        for kind, strength in regularizer.items():
            strengths = strength if isinstance(strength, list) else [strength]
            parts.append(f"{kind} {', '.join(map(number, strengths))}")
    for name, rows_ in (problem.get("fixed") or {}).items():
        parts.append(f"{name} = {matrix(rows_)} (fixed)")
    weights = _claimed(document)["weights"]
    parts += [f"{name} = {matrix(weights[name])}" for name in sorted(weights, key=_from_the_top)]
    rows.append(", ".join(map(tied, parts)))
    return [row for row in rows if row]


def _from_the_top(name: str) -> tuple[int, str]:
    """W3, W2, W1, b3, b2, b1: matrices first, in the order of the product."""
    digits = name.lstrip("Wb")
    layer = int(digits) if digits.isdecimal() else 0
    return (-layer if name.startswith("W") else 10**6 - layer), name


def values_words(document: Mapping[str, Any]) -> str:
    """``local minimum 2, but 1/2 is attained``."""
    from .matrices import two_values

    claimed, better = two_values(_claimed(document)["value"], document["better_point"]["value"])
    if "local_minimum" in document:
        return f"local minimum {claimed}, but {better} is attained"
    return f"critical point without negative curvature, value {claimed}, but {better} is attained"


def _repairs(repairs: Sequence[Repair], page: Page) -> None:
    if not repairs:
        return
    shown = repairs[:MOST_REPAIRS]
    widths = [text_width(r.change) for r in shown]
    column = max([w for w in widths if w <= page.width // 3] or [0])
    for k, repair in enumerate(shown):
        answer = "conditional" if repair.partial else "holds"
        note = f" ({repair.note})" if repair.note else ""
        tail: list[Piece] = [
            (answer, answer),
            ("", " by "),
            ("name", repair.theorem),
            ("", note),
        ]
        label = "repairs" if k == 0 else ""
        size = len(f"-> {answer} by {repair.theorem}")
        if widths[k] <= column and TEXT + column + 2 + size <= page.width:
            change = repair.change + " " * (column - widths[k])
            page.row(
                [("", "-> "), *tail],
                indent=LABEL,
                label=("label", label.ljust(TEXT - LABEL)),
                more_label=change,
                column=TEXT + column + 2,
            )
        else:
            _say(page, label, [("", repair.change)])
            page.row([("", tied("-> ")), *tail], indent=TEXT + 2)
