"""Convexity and differentiability in z of a custom loss l(z, y), for all targets y.

A loss is split into a sum of h(y) g(w) with w = z, y z or z + c y, an affine function of z; g is a
function of one variable, h >= 0. A sum of convex functions of affine arguments is convex. ``no``
comes from one target y at which the function of z alone is shown to lack the property. Where the
targets are given, each of the finitely many values is looked at by itself instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ..model.diagnostics import InternalError
from ..model.problem import (
    CallExpression,
    CustomFunction,
    Expression,
    NumberExpression,
    VariableExpression,
)
from . import composed
from .functions import Claim, Properties, analyse
from .pieces import MOST_NODES, size

MOST_TARGETS = 40
MOST_FAILURES = 2
MOST_DEGREE = 40
TRIED = tuple(
    Fraction(a, b)
    for a, b in ((1, 1), (-1, 1), (0, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1))
)
Poly2: TypeAlias = dict[tuple[int, int], Fraction]
"""A polynomial in z and y: {(power of z, power of y): coefficient}."""


class Affine(NamedTuple):
    """The argument w: ``z``, ``y z`` (``product``), or z + shift * y."""

    name: str
    product: bool
    shift: Fraction
    words: str


class LossFacts(NamedTuple):
    """What was derived of a loss in z; ``targets`` says for which y."""

    convex: Claim
    differentiable: Claim
    smooth: Claim
    targets: str
    argument: tuple[tuple[str, str], ...]


class _Group(NamedTuple):
    affine: Affine
    factor: Expression | None
    body: Expression


Z_ALONE = Affine("z", False, Fraction(0), "")
NAMES = ("convex", "differentiable", "smooth")


@lru_cache(maxsize=256)
def analyse_loss(function: CustomFunction, targets: tuple[Fraction, ...] | None) -> LossFacts:
    """The loss's properties; ``targets``: the values of y that occur, None for all real y."""
    if size(function.expression) > MOST_NODES:
        claim = Claim("unknown", f"the expression has more than {MOST_NODES} parts")
        return LossFacts(claim, claim, claim, "", ())
    z, y = function.arguments
    everywhere = _for_all(function.expression, z, y)
    if composed.analytic(function.expression):
        yes = Claim("yes", "a composition of functions that are analytic everywhere")
        if everywhere is None:
            open_ = Claim("unknown", f"no argument covers all real {y} at once")
            everywhere = LossFacts(open_, yes, yes, "", ())
        everywhere = everywhere._replace(
            differentiable=_first_yes(everywhere.differentiable, yes),
            smooth=_first_yes(everywhere.smooth, yes),
        )
    if everywhere is not None and all(_answer(everywhere, name) == "yes" for name in NAMES):
        return everywhere._replace(targets=f"all real {y}")
    if targets is None:
        found = _at_targets(function.expression, z, y, TRIED, everywhere, exhaustive=False)
        return found._replace(targets=f"all real {y}")
    word = f"the {len(targets)} given value{'s' if len(targets) != 1 else ''} of {y}"
    some = targets[:MOST_TARGETS]
    found = _at_targets(
        function.expression, z, y, some, everywhere, exhaustive=len(some) == len(targets)
    )
    return found._replace(targets=word)


def _first_yes(claim: Claim, other: Claim) -> Claim:
    return claim if claim.answer == "yes" else other


def _answer(found: LossFacts | Properties, name: str) -> str:
    claim: Claim = getattr(found, name)
    return claim.answer


def _at_targets(
    expression: Expression,
    z: str,
    y: str,
    targets: Iterable[Fraction],
    everywhere: LossFacts | None,
    *,
    exhaustive: bool,
) -> LossFacts:
    """``no`` from a single target; ``yes`` from the general argument, or from all targets."""
    values: list[tuple[Fraction, Properties]] = []
    failures = 0
    for target in targets:
        found = analyse(substituted(expression, y, target), z)
        values.append((target, found))
        failures += found.pieces == 0
        if not exhaustive and all(any(_answer(f, n) == "no" for _, f in values) for n in NAMES):
            break  # refuted in every respect
        if failures == MOST_FAILURES:
            # The function is out of reach of the analysis: more targets only cost time.
            exhaustive = False
            break
    claims: dict[str, Claim] = {}
    for name in NAMES:
        general: Claim | None = None if everywhere is None else getattr(everywhere, name)
        claims[name] = _claim(name, y, values, general, exhaustive)
    argument = () if everywhere is None else everywhere.argument
    if exhaustive:
        argument = tuple((f"{y} = {t}", found.convex.text) for t, found in values)
    return LossFacts(claims["convex"], claims["differentiable"], claims["smooth"], "", argument)


def _claim(
    name: str,
    y: str,
    values: list[tuple[Fraction, Properties]],
    general: Claim | None,
    exhaustive: bool,
) -> Claim:
    for target, found in values:
        claim: Claim = getattr(found, name)
        if claim.answer == "no":
            if general is not None and general.answer == "yes":
                raise InternalError(f"a loss is derived {name} in general, not at {y} = {target}")
            return Claim("no", f"for {y} = {target}: {claim.text}")
    if general is not None and general.answer == "yes":
        return general
    undecided = [(t, f) for t, f in values if getattr(f, name).answer == "unknown"]
    if exhaustive and not undecided:
        texts = list(dict.fromkeys(getattr(f, name).text for _, f in values))
        shown = f"for every {y} given: {texts[0]}"
        return Claim("yes", shown if len(texts) == 1 else f"{shown}, and the like")
    for target, found in undecided:
        return Claim("unknown", f"for {y} = {target}: {getattr(found, name).text}")
    if general is not None:
        return general
    return Claim("unknown", f"no argument covers all real {y} at once (it may help to give Y)")


# --- all y at once ---------------------------------------------------------------------------


def _for_all(expression: Expression, z: str, y: str) -> LossFacts | None:
    """The general argument; None if the loss does not split."""
    try:
        groups, spare = _groups(expression, z, y)
    except _NoSplit:
        return _by_maxima(expression, z, y)
    answers: dict[str, Claim] = {}
    found: list[tuple[_Group, Properties, Claim | None]] = []
    for part in spare:
        defined = analyse(part, y).defined
        if defined.answer != "yes":
            return None
    for group in groups:
        sign = None
        if group.factor is not None:
            of_factor = analyse(group.factor, y)
            if of_factor.defined.answer != "yes":
                return None
            sign = of_factor.nonnegative
        found.append((group, analyse(group.body, group.affine.name), sign))
    for name in NAMES:
        answers[name] = _joined(name, found)
    argument = tuple(
        (group.affine.words or "terms in z", properties.convex.text)
        for group, properties, _ in found
    )
    return LossFacts(answers["convex"], answers["differentiable"], answers["smooth"], "", argument)


def _by_maxima(expression: Expression, z: str, y: str) -> LossFacts | None:
    """Convexity of a sum with maxima of convex functions (differentiability is left open)."""
    rest: list[Expression] = []
    texts: list[str] = []
    for coefficient, factor, core in _terms(expression, Fraction(1), None, z, y):
        scaled: Expression = CallExpression("*", (NumberExpression(coefficient), core))
        if factor is not None:
            scaled = CallExpression("*", (factor, scaled))
        if not isinstance(core, CallExpression) or core.function != "max":
            rest.append(scaled)
            continue
        if coefficient < 0 or factor is not None:
            return None
        for argument in core.arguments:
            inner = _for_all(argument, z, y)
            if inner is None or inner.convex.answer != "yes":
                return None
            texts.append(inner.convex.text)
    if not texts:
        return None
    if rest:
        inner = _for_all(_added(rest), z, y)
        if inner is None or inner.convex.answer != "yes":
            return None
        texts.append(inner.convex.text)
    text = "built from convex functions by max and sums: " + "; ".join(dict.fromkeys(texts))
    unknown = Claim("unknown", "its kinks are not located exactly")
    return LossFacts(Claim("yes", text), unknown, unknown, "", tuple(("part", t) for t in texts))


def _joined(name: str, found: list[tuple[_Group, Properties, Claim | None]]) -> Claim:
    texts: list[str] = []
    for group, properties, sign in found:
        claim: Claim = getattr(properties, name)
        if claim.answer != "yes":
            return Claim("unknown", claim.text)
        if name == "convex" and sign is not None and sign.answer != "yes":
            return Claim("unknown", f"a factor in y: {sign.text}")
        words = f"with {group.affine.words}: " if group.affine.words else ""
        texts.append(words + claim.text)
    if not texts:
        return Claim("yes", "affine in z")
    if len(texts) == 1:
        return Claim("yes", texts[0])
    return Claim("yes", f"a sum of {len(texts)} such functions: " + "; ".join(texts))


class _NoSplit(Exception):
    """The loss is not a sum of functions of affine arguments."""


def _groups(expression: Expression, z: str, y: str) -> tuple[list[_Group], list[Expression]]:
    """The groups h(y) g(w), and the terms in y alone."""
    whole: Poly2 = {}
    cores: list[Core] = []
    spare: list[Expression] = []
    for coefficient, factor, core in _terms(expression, Fraction(1), None, z, y):
        if factor is not None:
            spare.append(factor)
        names = _names(core)
        poly = _polynomial(core, z, y)
        of_factor = {(0, 0): Fraction(1)} if factor is None else _polynomial(factor, z, y)
        if poly is not None and of_factor is not None:
            for key, value in _times(poly, of_factor).items():
                whole[key] = whole.get(key, Fraction(0)) + coefficient * value
        elif z not in names:
            spare.append(core)
        elif poly is not None and all(i <= 1 for i, _ in poly):
            continue  # affine in z, whatever the factor
        else:
            cores.append((coefficient, factor, core))
    whole = {key: value for key, value in whole.items() if value}
    cores = _without_cancelling(cores, z, y)
    groups: dict[tuple[Affine, Expression | None], list[Expression]] = {}
    for coefficient, factor, core in cores:
        if z not in _names(core):
            spare.append(core)
            continue
        for affine in _candidates(core, z, y):
            body = _rewritten(core, affine, z, y)
            if body is not None:
                break
        else:
            raise _NoSplit
        scaled = CallExpression("*", (NumberExpression(coefficient), body))
        groups.setdefault((affine, factor), []).append(scaled)
    bent = {key: value for key, value in whole.items() if key[0] >= 2}
    if bent:
        for affine in dict.fromkeys([*(a for a, _ in groups), *_affine_forms(whole, z, y)]):
            body = None
            for part in (whole, _completed(bent, affine)):
                body = body or _in_affine(part, affine)
            if body is not None:
                groups.setdefault((affine, None), []).append(body)
                break
        else:
            for power in sorted({i for i, _ in bent}):
                over_y = {(0, j): v for (i, j), v in bent.items() if i == power}
                factor = _expression(over_y, "", y)
                body = CallExpression(
                    "^", (VariableExpression("z"), NumberExpression(Fraction(power)))
                )
                groups.setdefault((Z_ALONE, factor), []).append(body)
    result = []
    for (affine, factor), bodies in groups.items():
        result.append(_Group(affine, factor, _added(bodies)))
    return result, spare


Core: TypeAlias = "tuple[Fraction, Expression | None, Expression]"


def _without_cancelling(cores: list[Core], z: str, y: str) -> list[Core]:
    """The terms in z alone whose factors in y cancel but for something affine in z.

    y a(z) + (1 - y) b(z) = b(z) + y (a(z) - b(z)): where a - b is affine, b alone decides.
    """
    by_power: dict[int, list[Expression]] = {}
    rest: list[Core] = []
    for coefficient, factor, core in cores:
        over_y = {(0, 0): Fraction(1)} if factor is None else _polynomial(factor, z, y)
        body = _rewritten(core, Z_ALONE._replace(name=z), z, y)
        if over_y is None or body is None:
            rest.append((coefficient, factor, core))
            continue
        for (_, j), value in over_y.items():
            scaled = CallExpression("*", (NumberExpression(coefficient * value), body))
            by_power.setdefault(j, []).append(scaled)
    totals = {j: _added(parts) for j, parts in by_power.items()}
    for j, total in totals.items():
        if j == 0:
            continue
        found = analyse(total, z)
        # One piece of constant slope is affine on all of R.
        if found.pieces != 1 or len(found.affine) + len(found.constant) != 1:
            return cores
    return [*rest, (Fraction(1), None, totals[0])] if 0 in totals else rest


def _added(parts: list[Expression]) -> Expression:
    total = parts[0]
    for part in parts[1:]:
        total = CallExpression("+", (total, part))
    return total


def _names(expression: Expression) -> set[str]:
    found: set[str] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, VariableExpression):
            found.add(node.name)
        elif isinstance(node, CallExpression):
            stack.extend(node.arguments)
    return found


def _terms(
    node: Expression, coefficient: Fraction, factor: Expression | None, z: str, y: str
) -> list[tuple[Fraction, Expression | None, Expression]]:
    """The expression as a sum of coefficient * factor(y) * core."""
    if isinstance(node, CallExpression):
        name, arguments = node.function, node.arguments
        if name in ("+", "-"):
            left = _terms(arguments[0], coefficient, factor, z, y)
            sign = coefficient if name == "+" else -coefficient
            return left + _terms(arguments[1], sign, factor, z, y)
        if name == "neg":
            return _terms(arguments[0], -coefficient, factor, z, y)
        if name in ("*", "/"):
            left_node, right_node = arguments
            if isinstance(right_node, NumberExpression) and (name == "*" or right_node.value):
                value = right_node.value
                value = value if name == "*" else 1 / value
                return _terms(left_node, coefficient * value, factor, z, y)
            if name == "*" and isinstance(left_node, NumberExpression):
                return _terms(right_node, coefficient * left_node.value, factor, z, y)
            pairs = ((left_node, right_node), (right_node, left_node))
            for one, other in pairs if name == "*" else ():
                if z not in _names(one) and z in _names(other):
                    joined = one if factor is None else CallExpression("*", (factor, one))
                    return _terms(other, coefficient, joined, z, y)
            if name == "/" and z not in _names(right_node):
                over = CallExpression("/", (NumberExpression(Fraction(1)), right_node))
                joined = over if factor is None else CallExpression("*", (factor, over))
                return _terms(left_node, coefficient, joined, z, y)
    return [(coefficient, factor, node)]


# --- polynomials in z and y ------------------------------------------------------------------


def _times(a: Poly2, b: Poly2) -> Poly2:
    result: Poly2 = {}
    for (i, j), u in a.items():
        for (k, m), v in b.items():
            key = (i + k, j + m)
            if sum(key) > MOST_DEGREE:
                raise _NoSplit
            result[key] = result.get(key, Fraction(0)) + u * v
    return {key: value for key, value in result.items() if value}


def _polynomial(node: Expression, z: str, y: str) -> Poly2 | None:
    """The expression as a polynomial in z and y, None if it is none."""
    if isinstance(node, NumberExpression):
        return {(0, 0): node.value} if node.value else {}
    if isinstance(node, VariableExpression):
        return {z: {(1, 0): Fraction(1)}, y: {(0, 1): Fraction(1)}}.get(node.name)
    if node.function not in ("+", "-", "*", "/", "neg", "^"):
        return None
    parts = [_polynomial(a, z, y) for a in node.arguments]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    left = known[0]
    if node.function == "neg":
        return {key: -value for key, value in left.items()}
    right = known[1]
    if node.function in ("+", "-"):
        sign = 1 if node.function == "+" else -1
        total = dict(left)
        for key, value in right.items():
            total[key] = total.get(key, Fraction(0)) + sign * value
        return {key: value for key, value in total.items() if value}
    if node.function == "*":
        return _times(left, right)
    number = right.get((0, 0)) if set(right) <= {(0, 0)} else None
    if node.function == "/":
        return None if not number else {key: value / number for key, value in left.items()}
    if not right:
        return {(0, 0): Fraction(1)}
    if number is None or number.denominator != 1 or not 0 < number <= MOST_DEGREE:
        return None
    result: Poly2 = {(0, 0): Fraction(1)}
    for _ in range(int(number)):
        result = _times(result, left)
    return result


def _affine_forms(poly: Poly2, z: str, y: str) -> list[Affine]:
    """The affine arguments that a polynomial may be a function of."""
    keys = set(poly) - {(0, 0)}
    if all(j == 0 for _, j in keys):
        return [Z_ALONE]
    found: list[Affine] = []
    if all(i == j for i, j in keys):
        found.append(Affine("u", True, Fraction(0), f"u = {y} {z}"))
    top = max(i + j for i, j in keys)
    lead, mixed = poly.get((top, 0)), poly.get((top - 1, 1), Fraction(0))
    if lead:
        shift = mixed / lead / top
        sign, size_ = ("+", shift) if shift > 0 else ("-", -shift)
        words = f"r = {z} {sign} {'' if size_ == 1 else f'{size_} '}{y}"
        found.append(Affine("r", False, shift, words) if shift else Z_ALONE)
    return found


def _candidates(core: Expression, z: str, y: str) -> list[Affine]:
    """The affine arguments of the largest polynomial parts of an expression."""
    found: dict[Affine, None] = {}
    stack = [core]
    while stack:
        node = stack.pop()
        poly = _polynomial(node, z, y)
        if poly is None:
            if isinstance(node, CallExpression):
                stack.extend(node.arguments)
            continue
        if any(i for i, _ in poly):
            found.update(dict.fromkeys(_affine_forms(poly, z, y)))
    return list(found)


def _in_affine(poly: Poly2, affine: Affine) -> Expression | None:
    """The polynomial as one in w, None if it is none."""
    if affine.product:
        if any(i != j for i, j in poly):
            return None
        return _expression({(i, 0): v for (i, _), v in poly.items()}, affine.name, "")
    total: Poly2 = {}
    for (i, j), value in poly.items():
        # A power of z becomes one of w minus shift times y.
        power: Poly2 = {(0, j): value}
        for _ in range(i):
            power = _times(power, {(1, 0): Fraction(1), (0, 1): -affine.shift})
        for key, v in power.items():
            total[key] = total.get(key, Fraction(0)) + v
    total = {key: value for key, value in total.items() if value}
    if any(j for _, j in total):
        return None
    return _expression(total, affine.name, "")


def _completed(bent: Poly2, affine: Affine) -> Poly2:
    """The polynomial in w with the same powers of z alone, if it differs by an affine term only."""
    if affine.product:
        return bent
    total: Poly2 = {}
    for (i, j), value in bent.items():
        if j:
            continue
        power: Poly2 = {(0, 0): value}
        for _ in range(i):
            power = _times(power, {(1, 0): Fraction(1), (0, 1): affine.shift})
        for key, v in power.items():
            total[key] = total.get(key, Fraction(0)) + v
    same = {key: v for key, v in total.items() if key[0] >= 2 and v} == bent
    return {key: v for key, v in total.items() if v} if same else bent


def _expression(poly: Poly2, first: str, second: str) -> Expression:
    total: Expression | None = None
    for (i, j), value in sorted(poly.items()):
        term: Expression = NumberExpression(value)
        for name, power in ((first, i), (second, j)):
            if power:
                factor: Expression = VariableExpression(name)
                if power > 1:
                    factor = CallExpression("^", (factor, NumberExpression(Fraction(power))))
                term = CallExpression("*", (term, factor))
        total = term if total is None else CallExpression("+", (total, term))
    return NumberExpression(Fraction(0)) if total is None else total


def _rewritten(node: Expression, affine: Affine, z: str, y: str) -> Expression | None:
    """The expression as a function of w alone, None if it is not one by form."""
    poly = _polynomial(node, z, y)
    if poly is not None:
        return _in_affine(poly, affine)
    if isinstance(node, VariableExpression):
        return node  # pi
    if not isinstance(node, CallExpression):
        raise TypeError(f"an expression of kind {type(node).__name__}")
    parts = [_rewritten(a, affine, z, y) for a in node.arguments]
    known = [part for part in parts if part is not None]
    return CallExpression(node.function, tuple(known)) if len(known) == len(parts) else None


def substituted(node: Expression, name: str, value: Fraction) -> Expression:
    """The expression with a number in place of a variable."""
    if isinstance(node, VariableExpression):
        return NumberExpression(value) if node.name == name else node
    if isinstance(node, CallExpression):
        parts = tuple(substituted(a, name, value) for a in node.arguments)
        return CallExpression(node.function, parts)
    return node
