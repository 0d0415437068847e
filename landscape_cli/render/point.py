"""The analysis of a point, for people and as JSON (schema ``landscape/point/1``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any

from .layout import Page, tied

if TYPE_CHECKING:
    from ..algebra.floats import NumericalRank
    from ..openness.derivation import Derivation
    from ..openness.lift import Lift, NoLift
    from ..openness.product import ProductTest
    from ..point.analysis import PointAnalysis
    from ..point.numbers import Matrix, Number
    from ..point.products import ProductReport, RankBounds

SCHEMA = "landscape/point/1"

CLASSIFICATIONS = {
    "not_local_minimum": "not a local minimum",
    "strict_saddle": "a strict saddle (not a local minimum)",
    "local_minimum": "a local minimum",
    "global_minimum": "a global minimum",
    "undecided": "undecided",
}


def _number(value: Number) -> Any:
    from ..point.certificates import number

    return number(value)


def evidence_table(rows: Matrix) -> list[list[Any]]:
    """A matrix with its entries as in a certificate."""
    return [[_number(entry) for entry in row] for row in rows]


def _rank(bounds: RankBounds) -> Any:
    if bounds.exact is not None:
        return bounds.exact
    return {"at_least": bounds.low, "at_most": bounds.high}


def _evidence(product: ProductReport) -> dict[str, Any] | None:
    test = product.test
    if test is None:
        return None
    if test.left_move is not None and test.right_move is not None:
        moves = {"left": evidence_table(test.left_move), "right": evidence_table(test.right_move)}
        return {"kind": "both-moves", **moves}
    if test.left_move is not None:
        return {"kind": "left-move", "matrix": evidence_table(test.left_move)}
    if test.right_move is not None:
        return {"kind": "right-move", "matrix": evidence_table(test.right_move)}
    if test.unreachable is not None:
        return {"kind": "unreachable-direction", "matrix": evidence_table(test.unreachable)}
    return None


def derivation_json(tree: Derivation) -> dict[str, Any]:
    """A derivation as nested objects."""
    return {
        "rule": tree.rule,
        "conclusion": tree.conclusion,
        "conditions": list(tree.conditions),
        "premises": [derivation_json(premise) for premise in tree.premises],
    }


def point_json(
    analysis: PointAnalysis,
    lift: Lift | NoLift | None = None,
    numerical: dict[str, NumericalRank] | None = None,
) -> dict[str, Any]:
    """The document of ``landscape point --format json``."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "name": analysis.model.name,
        "loss": None if analysis.loss is None else _number(analysis.loss),
        "gradient": None
        if analysis.gradient is None
        else {name: evidence_table(rows) for name, rows in analysis.gradient.items()},
        "critical": analysis.critical,
        "nondegenerate": analysis.nondegenerate,
        "products": [
            {
                "left": product.left,
                "right": product.right,
                "shape": list(product.shape),
                "ranks": dict(
                    zip(("left", "right", "product"), map(_rank, product.ranks), strict=True)
                ),
                "target": product.target,
                "open": product.open,
                "evidence": _evidence(product),
            }
            for product in analysis.products
        ],
        "openness": _openness_json(analysis),
        "inertia": None
        if analysis.inertia is None
        else dict(zip(("positive", "negative", "zero"), analysis.inertia, strict=True)),
        "inertia_note": analysis.inertia_note,
        "classification": analysis.classification,
        "reason": analysis.reason,
        "better_point": None
        if analysis.better is None
        else {
            "weights": {name: evidence_table(rows) for name, rows in analysis.better[0].items()},
            "value": str(analysis.better[1]),
        },
        "covered_by": [covered.theorem for covered in analysis.covered_by],
        "conditions": {
            covered.theorem: list(covered.conditions) for covered in analysis.covered_by
        },
        "argument": analysis.argument,
        "certificate": analysis.certificate,
        "notes": list(analysis.notes),
    }
    if lift is not None:
        document["lift"] = lift_json(lift)
    if numerical:
        document["numerical"] = {
            name: {
                "rank": found.rank,
                "tolerance": found.tolerance,
                "smallest_kept": found.kept,
                "largest_dropped": found.dropped,
                "exact": False,
            }
            for name, found in numerical.items()
        }
    return document


def _openness_json(analysis: PointAnalysis) -> dict[str, Any] | None:
    from ..openness.calculus import Judgement, Refusal

    if analysis.chain is not None and analysis.chain.derivation is not None:
        return derivation_json(analysis.chain.derivation)
    found = analysis.openness
    if isinstance(found, Judgement):
        return {
            **derivation_json(found.derivation),
            "target": found.target,
            "satisfied": found.satisfied,
        }
    if isinstance(found, Refusal):
        return {"refused": found.culprit, "reason": found.reason}
    return None


def lift_json(lift: Lift | NoLift) -> dict[str, Any]:
    """A lift: factors with exactly the target as their product, or why there are none."""
    from ..openness.lift import Lift

    if not isinstance(lift, Lift):
        return {"found": False, "impossible": lift.impossible, "reason": lift.reason}
    return {
        "found": True,
        "factors": [evidence_table(factor) for factor in lift.factors],
        "moved_squared": str(lift.moved_squared),
        "target_squared": str(lift.target_squared),
        "ratio": ratio(lift),
    }


def ratio(lift: Lift) -> float | None:
    """Distance moved by the factors over the distance of the target (a float, for display)."""
    if lift.target_squared == 0:
        return None
    return sqrt(lift.moved_squared / lift.target_squared)


# --- text ------------------------------------------------------------------------------------


def show_number(value: Number, digits: int = 60) -> str:
    """A number for people: exact if short, else with an approximation marked as such."""
    shown = _number(value)
    if isinstance(shown, dict):
        low, high = Fraction(shown["lower"]), Fraction(shown["upper"])
        return f"{float((low + high) / 2):.12g} (enclosed, width {float(high - low):.1g})"
    if isinstance(shown, list):
        return " + ".join(f"{c} eps^{i}" if i else str(c) for i, c in enumerate(shown) if c != "0")
    text = str(shown)
    if len(text) <= digits:
        return text
    return f"about {float(Fraction(text)):.12g} (exact in --format json)"


def show_matrix(rows: Any) -> str:
    """A small matrix on one line, in the model language's notation."""
    lines = []
    for row in rows:
        cells = row if isinstance(row, (list, tuple)) else [row]
        lines.append("[" + ", ".join(_cell(cell) for cell in cells) + "]")
    text = "[" + ", ".join(lines) + "]"
    if len(text) > 400:
        width = len(rows[0]) if isinstance(rows[0], (list, tuple)) else 1
        return f"a {len(rows)} x {width} matrix (in full in --format json)"
    return text


def _cell(cell: Any) -> str:
    if isinstance(cell, list):
        parts = []
        for exponent, c in enumerate(cell):
            if c == "0":
                continue
            power = "" if exponent == 0 else ("eps" if exponent == 1 else f"eps^{exponent}")
            if not power:
                parts.append(str(c))
            elif c in ("1", "-1"):
                parts.append(power if c == "1" else "-" + power)
            else:
                parts.append(f"{c} {power}")
        return " + ".join(parts).replace("+ -", "- ") or "0"
    return str(cell)


def rank_text(bounds: RankBounds) -> str:
    """A rank, or the range it lies in."""
    if bounds.exact is not None:
        return str(bounds.exact)
    return f"{bounds.low}..{bounds.high}"


def openness_word(product: ProductReport) -> str:
    """``locally open into all matrices``."""
    verdict = {True: "locally open", False: "NOT locally open", None: "openness not decided"}
    bounded = f"the matrices of rank <= {product.shape[1]}"
    target = "all matrices" if product.target == "all" else bounded
    return f"{verdict[product.open]} into {target}"


def _product_lines(product: ProductReport) -> list[str]:
    a, b, r = (rank_text(bounds) for bounds in product.ranks)
    m, k, n = product.shape
    lines = [
        f"  ({product.left}) ({product.right})   {m} x {k} by {k} x {n}",
        f"      rank A = {a}, rank B = {b}, rank AB = {r}: {openness_word(product)}",
    ]
    test = product.test
    if test is not None and test.unreachable is not None:
        lines.append(
            f"      unreachable direction: AB + t E for small t, E = "
            f"{show_matrix(evidence_table(test.unreachable))}"
        )
    if test is not None:
        for condition, name, move in shown_moves(test):
            lines.append(f"      {condition}, {name} = {show_matrix(move)}")
    return lines


def shown_moves(test: ProductTest) -> Iterator[tuple[str, str, list[list[Any]]]]:
    """What the moves that are not 0 of an open product satisfy; their names; their entries."""
    ranks = ("full row rank", "full column rank")
    if test.left_move is not None and test.right_move is not None:
        # Openness into the matrices of rank <= k has both moves, with the ranks exchanged.
        ranks = (ranks[1], ranks[0])
    for move, condition, name in (
        (test.left_move, f"A~ B = 0 and A + t A~ has {ranks[0]}", "A~"),
        (test.right_move, f"A B~ = 0 and B + t B~ has {ranks[1]}", "B~"),
    ):
        if move is not None and any(entry for row in move for entry in row):
            yield condition, name, evidence_table(move)


def derivation_lines(tree: Derivation, indent: str = "  ") -> list[str]:
    """A derivation as an indented list, conclusion first."""
    lines = [f"{indent}{tree.conclusion}  [{tree.rule}]"]
    lines += [f"{indent}    {condition}" for condition in tree.conditions]
    for premise in tree.premises:
        lines += derivation_lines(premise, indent + "  ")
    return lines


def point_text(
    analysis: PointAnalysis,
    lift: Lift | NoLift | None = None,
    numerical: dict[str, NumericalRank] | None = None,
) -> str:
    """The analysis for people, in lines of any length (``point_lines`` wraps them)."""
    lines: list[str] = []
    if analysis.model.name is not None:
        lines.append(f"model {analysis.model.name}")
    lines.append(f"this point is: {CLASSIFICATIONS[analysis.classification]}")
    lines.append(f"  because {analysis.reason}")
    if analysis.loss is not None:
        lines.append(f"loss: {show_number(analysis.loss)}")
    if analysis.better is not None:
        lines.append(f"not global: {show_number(analysis.better[1])} is reached at")
        for name, rows in analysis.better[0].items():
            lines.append(f"  {name} = {show_matrix(evidence_table(rows))}")
    if analysis.critical is not None:
        lines.append(f"critical: {'yes' if analysis.critical else 'no'}")
    if analysis.gradient is not None and analysis.critical is not True:
        for name, rows in analysis.gradient.items():
            lines.append(
                f"  gradient in {name}: {show_matrix([[_short(e) for e in r] for r in rows])}"
            )
    for kink in analysis.kinks[:5]:
        lines.append(
            "  an activation is not differentiable at unit "
            f"{kink.row + 1}, sample {kink.column + 1}"
        )
    for i, j in analysis.loss_kinks[:5]:
        lines.append(f"  the loss is not differentiable at output ({i + 1}, {j + 1})")
    if analysis.inertia is not None:
        positive, negative, zero = analysis.inertia
        lines.append(
            f"Hessian (exact): {positive} positive, {negative} negative, {zero} zero eigenvalues"
        )
    elif analysis.inertia_note is not None:
        lines.append(f"Hessian: {analysis.inertia_note}")
    lines += _argument_lines(analysis.argument, analysis.model.network is not None)
    if analysis.products:
        lines.append("products:")
        for product in analysis.products:
            lines += _product_lines(product)
    if analysis.nondegenerate is not None:
        lines.append(f"non-degenerate: {'yes' if analysis.nondegenerate else 'no'}")
    if analysis.chain is not None and analysis.chain.derivation is not None:
        lines.append("openness of the whole map:")
        lines += derivation_lines(analysis.chain.derivation)
    lines += _openness_lines(analysis)
    for covered in analysis.covered_by:
        lines.append(f"covered by {covered.theorem}: a local minimum here is a global one")
        lines += [f"    {condition}" for condition in covered.conditions]
    if lift is not None:
        lines += lift_lines(lift)
    for name, found in (numerical or {}).items():
        lines.append(
            f"in floating point, not exact: rank({name}) = {found.rank} at tolerance "
            f"{found.tolerance:.3g} (singular values {_gap(found)})"
        )
    lines += [f"note: {note}" for note in analysis.notes]
    return "\n".join(lines)


HANG = 6
"""Further lines of a statement stand this far to the right of its first one."""
WHOLE = 48
"""A row of a matrix of at most this many characters is not broken."""
UNBROKEN = re.compile(
    r"\S+ (?:>=|<=|=) (?:\[\[[^\[\]]*\]+,?|\S+)"  # a comparison
    r"|\[[^\[\]]*\]+,?|\S {2,}(?=\S)|\d+ x \d+"  # a row, a wide gap, a shape
)


def point_lines(
    analysis: PointAnalysis,
    page: Page,
    lift: Lift | NoLift | None = None,
    numerical: dict[str, NumericalRank] | None = None,
) -> None:
    """The analysis for people, laid out for the page."""
    for line in point_text(analysis, lift, numerical).splitlines():
        statement_line(line, page)


def statement_line(line: str, page: Page) -> None:
    """One line of ``point_text``, wrapped, with rows of matrices kept whole."""
    text = line.lstrip()

    def whole(found: re.Match[str]) -> str:
        return tied(found.group()) if len(found.group()) <= WHOLE else found.group()

    shown = UNBROKEN.sub(whole, text)
    page.row([(_style(text), shown)], indent=len(line) - len(text), hang=HANG)


def _style(text: str) -> str:
    if text.startswith("this point is"):
        return "name"
    if "NOT locally open" in text:
        return "bad"
    return "good" if "locally open into" in text else ""


def _openness_lines(analysis: PointAnalysis) -> list[str]:
    from ..openness.calculus import Judgement, Refusal

    found = analysis.openness
    if isinstance(found, Judgement):
        word = {
            True: "its conditions hold here",
            False: "its conditions do NOT hold here",
            None: "whether its conditions hold here is not known",
        }[found.satisfied]
        return [f"openness of the whole map ({word}):", *derivation_lines(found.derivation)]
    if isinstance(found, Refusal):
        return [f"openness of the whole map: no rule applies to {found.culprit}: {found.reason}"]
    return []


def _short(value: Number) -> str:
    shown = _number(value)
    if isinstance(shown, dict):
        middle = (Fraction(shown["lower"]) + Fraction(shown["upper"])) / 2
        return f"{float(middle):.6g}.."
    text = _cell(shown)
    return text if len(text) <= 24 else f"{float(Fraction(text)):.6g}.."


def _gap(found: NumericalRank) -> str:
    kept = "none kept" if found.kept is None else f"kept down to {found.kept:.3g}"
    dropped = "none dropped" if found.dropped is None else f"dropped from {found.dropped:.3g}"
    return f"{kept}, {dropped}"


def _argument_lines(argument: dict[str, Any] | None, layers: bool) -> list[str]:
    if argument is None:
        return []

    def shown(name: str, rows: list[Any]) -> str:
        # Biases and slopes are flat lists in a certificate, columns to a reader.
        return show_matrix([[entry] for entry in rows] if layers and name[0] in "ab" else rows)

    lines = [f"argument: {argument['kind']}"]
    for name, rows in argument.get("curve", {}).items():
        lines.append(f"  {name}(eps) = {shown(name, rows)}")
    for name, rows in argument.get("direction", {}).items():
        lines.append(f"  direction in {name}: {shown(name, rows)}")
    if "order" in argument:
        lines.append(f"  the loss changes by a negative multiple of eps^{argument['order']} + ...")
    if argument["kind"] == "equal-loss-move":
        lines.append("  the outputs do not depend on eps; the derivative there is not zero")
    return lines


def lift_lines(lift: Lift | NoLift) -> list[str]:
    """A lift for people."""
    from ..openness.lift import Lift

    if not isinstance(lift, Lift):
        word = "no factors near the point" if lift.impossible else "no factors found"
        return [f"lift: {word}: {lift.reason}"]
    lines = ["lift: factors with exactly the target as their product"]
    for position, factor in enumerate(lift.factors, start=1):
        lines.append(f"  factor {position} = {show_matrix(evidence_table(factor))}")
    distance = ratio(lift)
    if distance is not None:
        lines.append(f"  distance moved / distance of the target: {distance:.4g}")
    return lines
