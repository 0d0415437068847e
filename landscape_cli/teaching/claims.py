"""Whether what a lesson says is what the engine says.

Checked are the claims of every block, links ``[1/2](#block.field)``, and code spans: names of the
catalogue, arithmetic such as ``1 + 2 - 1 = 2`` (exact, also of matrices), statements.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from ..algebra.exact import product, rank, transpose
from ..engine.report import ModelReport
from ..model.diagnostics import Diagnostic
from ..model.problem import Model
from ..model.span import Span
from ..point.analysis import PointAnalysis
from ..syntax import parse
from .lessons import Block, Lesson, prose_of

Answer: TypeAlias = Callable[[Model], ModelReport]
Analyse: TypeAlias = Callable[[Model], PointAnalysis]

WRONG = "E151"
LINK = re.compile(r"\[([^\]\n]+)\]\(#([a-z0-9_-]+)\.([a-z]+)\)")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
STATEMENT = re.compile(r"(?:net|loss|regularize|data|assume|require|param|map|bias|at)\s.+")
ARITHMETIC = re.compile(r"(?:[0-9\s+\-*/^().,\[\]]|min|max|abs|rank|T|!=|<=|>=|<|>|=)+")


def model_facts(report: ModelReport) -> dict[str, str]:
    """What can be claimed of a verdict, in the words of a lesson."""
    facts = {"verdict": report.verdict, "theorem": report.theorem or "none"}
    if report.nearest and report.verdict != "holds":
        facts["missing"] = ",".join(one.id for one in report.nearest[0].missing)
    found = report.readable_counterexample
    if found is not None:
        claimed = found.document.get("local_minimum") or found.document["critical_point"]
        for key, point in (("local", claimed), ("better", found.document["better_point"])):
            if isinstance(point["value"], str):
                facts[key] = point["value"]
    return facts


POINT_WORDS = {
    "not_local_minimum": "not a local minimum",
    "strict_saddle": "strict saddle",
    "local_minimum": "local minimum",
    "global_minimum": "global minimum",
    "undecided": "undecided",
}


def point_facts(analysis: PointAnalysis) -> dict[str, str]:
    """What can be claimed of a point: ``open`` and ``ranks`` (A/B/AB) have an entry a product."""
    facts = {"is": POINT_WORDS[analysis.classification].replace(" ", "_")}
    if isinstance(analysis.loss, Fraction):
        facts["loss"] = str(analysis.loss)
    if analysis.critical is not None:
        facts["critical"] = "yes" if analysis.critical else "no"
    if analysis.better is not None:
        facts["reached"] = str(analysis.better[1])
    words = {True: "yes", False: "no", None: "undecided"}
    if analysis.products:
        facts["open"] = ",".join(words[one.open] for one in analysis.products)
        if len(analysis.products) == 1:
            facts["openness"] = {"yes": "open", "no": "not open"}.get(facts["open"], "undecided")
        facts["ranks"] = ",".join(
            "/".join("?" if r.exact is None else str(r.exact) for r in one.ranks)
            for one in analysis.products
        )
    return facts


def block_facts(block: Block, answer: Answer, analyse: Analyse) -> dict[str, str]:
    """What the engine says of a block."""
    (model,) = parse(block.text)
    return model_facts(answer(model)) if block.kind == "model" else point_facts(analyse(model))


def wrong_claims(
    lesson: Lesson, names: Sequence[str], answer: Answer, analyse: Analyse
) -> tuple[Diagnostic, ...]:
    """Every claim of the lesson that is not so; ``names`` are those that may be mentioned."""
    facts = {name: block_facts(b, answer, analyse) for name, b in lesson.blocks.items()}
    found: list[Diagnostic] = []

    def wrong(line: int, message: str, hint: str | None = None) -> None:
        found.append(Diagnostic(WRONG, message, lesson.file, Span(line, 1, line, 2), hint))

    for block in lesson.blocks.values():
        for key, claimed in block.claims.items():
            actual = facts[block.name].get(key, "nothing")
            if claimed != actual:
                wrong(block.line, f"{block.name}: the lesson says {key}={claimed}, "
                                  f"the engine says {actual}")  # fmt: skip
    for prose in prose_of(lesson):
        for link in LINK.finditer(prose.text):
            line = prose.line + prose.text.count("\n", 0, link.start())
            words, name, key = link.groups()
            if name not in facts:
                wrong(line, f"no block is called `{name}`", f"known: {', '.join(facts)}")
            elif key not in facts[name]:
                wrong(line, f"nothing is known of {name}.{key}",
                      f"known: {', '.join(facts[name])}")  # fmt: skip
            elif words.strip("`* ") != facts[name][key].replace("_", " "):
                wrong(line, f"the lesson says {words}, the engine says "
                            f"{facts[name][key].replace('_', ' ')} ({name}.{key})")  # fmt: skip
        for line, span in _spans(prose.text, prose.line):
            problem = wrong_span(span, names)
            if problem is not None:
                wrong(line, problem)
    return tuple(found)


def _spans(text: str, line: int) -> Iterator[tuple[int, str]]:
    for found in CODE.finditer(text):
        yield line + text.count("\n", 0, found.start()), found[1]


def wrong_span(span: str, names: Sequence[str]) -> str | None:
    """What is wrong with a code span; None if nothing is (or it claims nothing)."""
    if NAME.fullmatch(span):
        return None if span in names else f"nothing is called `{span}`"
    if ARITHMETIC.fullmatch(span) and re.search(r"[<>=]", span) and re.search(r"\d", span):
        try:
            true = arithmetic(span)
        except (ValueError, ZeroDivisionError) as error:
            return f"`{span}` can't be worked out: {error}"
        return None if true else f"`{span}` is not so"
    if STATEMENT.fullmatch(span) and "..." not in span:
        from ..syntax.parser import parse_tree
        from ..syntax.source import Source

        source = Source(span, None)
        parse_tree(source)
        if source.errors:
            return f"`{span}` is no statement: {source.errors[0].message}"
    return None


def arithmetic(text: str) -> bool:
    """Whether an equation or inequality of exact numbers (and matrices) is true.

    ``+ - * / ^``, ``min``, ``max``, ``abs``, ``rank``, ``M^T``, chains of ``= != < <= > >=``.
    Raises ``ValueError`` for anything else.
    """
    python = re.sub(r"(?<![<>!=])=(?!=)", "==", text.replace("^T", ".T").replace("^", "**"))
    try:
        tree = ast.parse(python.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError("it is not arithmetic") from error
    if not isinstance(tree, ast.Compare):
        raise ValueError("it compares nothing")
    values = [_value(tree.left), *map(_value, tree.comparators)]
    return all(
        _compare(op, one, two)
        for op, one, two in zip(tree.ops, values[:-1], values[1:], strict=True)
    )


def _compare(op: ast.cmpop, one: Any, two: Any) -> bool:
    if isinstance(op, ast.Eq):
        return bool(one == two)
    if isinstance(op, ast.NotEq):
        return bool(one != two)
    if isinstance(one, Fraction) and isinstance(two, Fraction):
        if isinstance(op, ast.Lt):
            return one < two
        if isinstance(op, ast.LtE):
            return one <= two
        if isinstance(op, ast.Gt):
            return one > two
        if isinstance(op, ast.GtE):
            return one >= two
    raise ValueError("only numbers are larger or smaller")


def _value(node: ast.expr) -> Any:
    """A ``Fraction``, or a matrix as a tuple of rows."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return Fraction(-1) * _number(node.operand)
    if isinstance(node, ast.List):
        rows = [_value(one) for one in node.elts]
        return tuple(rows)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return _rows(transpose(_value(node.value)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        given = [_value(one) for one in node.args]
        if node.func.id == "rank" and len(given) == 1:
            return Fraction(rank(given[0]))
        if node.func.id in ("min", "max", "abs"):
            if not given or not all(isinstance(one, Fraction) for one in given):
                raise ValueError(f"{node.func.id} is of numbers")
            if node.func.id == "abs":
                return abs(given[0])
            return min(given) if node.func.id == "min" else max(given)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Mult):
            left, right = _value(node.left), _value(node.right)
            if isinstance(left, tuple) and isinstance(right, tuple):
                return _rows(product(left, right))
            if isinstance(left, Fraction) and isinstance(right, Fraction):
                return left * right
            raise ValueError("a number times a matrix")
        one, two = _number(node.left), _number(node.right)
        if isinstance(node.op, ast.Add):
            return one + two
        if isinstance(node.op, ast.Sub):
            return one - two
        if isinstance(node.op, ast.Div):
            return one / two
        if isinstance(node.op, ast.Pow) and two.denominator == 1 and abs(two) <= 64:
            return one ** int(two)
    raise ValueError("it is not arithmetic")


def _number(node: ast.expr) -> Fraction:
    found = _value(node)
    if not isinstance(found, Fraction):
        raise ValueError("a matrix where a number is expected")
    return found


def _rows(rows: Any) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)
