"""Custom functions with parameters: what holds for every admitted value of the parameters.

``yes`` comes from rules of composition (sums, positive multiples, maxima, increasing convex
functions of convex ones), whose side conditions on the parameters z3 decides over the reals, or,
for functions built by arithmetic, maxima and cases alone, from z3's decision of the definition
itself. ``no`` comes from one admitted value, at which the function without parameters is shown to
lack the property. Everything else is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

from ..model.problem import (
    CallExpression,
    CustomFunction,
    Expression,
    NumberExpression,
    VariableExpression,
)
from ..model.terms import Formula, substitute_formula
from . import composed
from .functions import Claim, Properties, analyse
from .losses import MOST_TARGETS, LossFacts, analyse_loss
from .pieces import size

WORK_LIMIT = 1_500_000
MOST_NODES = 120
MOST_VALUES = 6
TRIED = tuple(
    Fraction(a, b)
    for a, b in (
        (1, 1), (0, 1), (1, 2), (-1, 2), (2, 1), (3, 4), (3, 1), (1, 10), (-1, 1), (100, 1),
        (-2, 1),
    )
)  # fmt: skip
ZERO, ONE = NumberExpression(Fraction(0)), NumberExpression(Fraction(1))
RISING = frozenset(("tanh", "sigmoid", "erf", "arctan", "sinh"))
LEVELS = {"continuous": 0, "differentiable": 1, "smooth": 2}
FORM = "by composition"


@dataclass(frozen=True)
class Shape:
    """What is shown for all admitted parameters on all of R, in the argument x.

    ``level``: 2 (C^2), 1 (differentiable), 0 (continuous); -1 defined, continuity not shown.
    ``rising`` and ``falling`` are strict, ``up`` and ``down`` are not. False means not shown.
    """

    level: int = -1
    affine: bool = False
    convex: bool = False
    concave: bool = False
    rising: bool = False
    falling: bool = False
    up: bool = False
    down: bool = False
    positive: bool = False
    nonnegative: bool = False
    negative: bool = False
    nonpositive: bool = False

    def turned(self) -> Shape:
        """The shape of the negative."""
        return Shape(
            self.level, self.affine, self.concave, self.convex, self.falling, self.rising,
            self.down, self.up, self.negative, self.nonpositive, self.positive, self.nonnegative,
        )  # fmt: skip


class _NotShown(Exception):
    """That the function is defined is not shown."""


@lru_cache(maxsize=64)
def analyse_with_parameters(function: CustomFunction, domain: Formula) -> Properties:
    """The properties of an activation for all parameters of the domain."""
    (variable,) = function.arguments
    shape, how = _shape(function.expression, variable, domain)
    claims = {
        "continuous": _claim(shape is not None and shape.level >= 0, how),
        "differentiable": _claim(shape is not None and shape.level >= 1, how),
        "smooth": _claim(shape is not None and shape.level >= 2, how),
        "convex": _claim(shape is not None and shape.convex, how),
        "strictly_monotone": _claim(
            shape is not None and (shape.rising or shape.falling), f"strictly monotone {how}"
        ),
        "nonnegative": _claim(shape is not None and shape.nonnegative, how),
    }
    for where, expression in _instances(function, domain):
        if _settled(claims.values()):
            break
        found = analyse(expression, variable)
        for name, claim in claims.items():
            claims[name] = _against(claim, getattr(found, name), where)
    zero = None
    if shape is not None:
        at_zero = _folded(_put(function.expression, {variable: ZERO}), defined=True)
        zero = at_zero.value if isinstance(at_zero, NumberExpression) else None
    defined = _claim(shape is not None, "every operation is defined")
    return Properties(
        variable, 0, (), defined, claims["continuous"], claims["differentiable"],
        claims["smooth"], claims["convex"], claims["strictly_monotone"], claims["nonnegative"],
        "not known", (), (), zero, "not known" if zero is None else str(zero), None,
    )  # fmt: skip


@lru_cache(maxsize=64)
def analyse_loss_with_parameters(
    function: CustomFunction, domain: Formula, targets: tuple[Fraction, ...] | None
) -> LossFacts:
    """The properties of a loss in z for all parameters of the domain and all targets."""
    z, y = function.arguments
    word = f"all real {y}" if targets is None else f"the given values of {y}"
    values = (None,) if targets is None or len(targets) > MOST_TARGETS else targets
    shapes: list[tuple[Shape | None, str]] = []
    for value in values:
        if value is None:
            shapes.append(_shape(function.expression, z, domain))
        else:
            at_target = _put(function.expression, {y: NumberExpression(value)})
            shapes.append(_shape(at_target, z, domain))
    how = shapes[0][1]
    known = [shape for shape, _ in shapes if shape is not None]
    complete = len(known) == len(shapes)
    claims = {
        "convex": _claim(complete and all(s.convex for s in known), how),
        "differentiable": _claim(complete and all(s.level >= 1 for s in known), how),
        "smooth": _claim(complete and all(s.level >= 2 for s in known), how),
    }
    for where, expression in _instances(function, domain):
        if _settled(claims.values()):
            break
        plain = replace(function, expression=expression, parameters=())
        found = analyse_loss(plain, targets)
        for name, claim in claims.items():
            claims[name] = _against(claim, getattr(found, name), where)
    return LossFacts(claims["convex"], claims["differentiable"], claims["smooth"], word, ())


def _claim(shown: bool, how: str) -> Claim:
    if shown:
        return Claim("yes", f"for all admitted parameters: {how}")
    return Claim("unknown", "no argument covers all admitted parameters at once")


def _settled(claims: Iterable[Claim]) -> bool:
    """Whether no claim is open, and something is refuted already (so one value was looked at)."""
    answers = [claim.answer for claim in claims]
    return "unknown" not in answers and "no" in answers


def _against(claim: Claim, single: Claim, where: str) -> Claim:
    """The claim, unless one admitted value of the parameters contradicts it."""
    if claim.answer == "no" or single.answer != "no":
        return claim
    if claim.answer == "yes":
        from ..model.diagnostics import InternalError

        raise InternalError(f"derived for all parameters, but not {where}: {single.text}")
    return Claim("no", f"{where}: {single.text}")


def _instances(function: CustomFunction, domain: Formula) -> Iterator[tuple[str, Expression]]:
    """The expression at some admitted values of the parameters."""
    names = function.parameters
    count = 0
    choices = product(range(len(TRIED)), repeat=min(len(names), 3))
    for chosen in sorted(choices, key=sum):
        values = [TRIED[k] for k in chosen]
        at = dict(zip(names, values, strict=False))
        # Further parameters all take the last value.
        at.update(dict.fromkeys(names[3:], values[-1]))
        if substitute_formula(domain, at) is not True:
            continue
        count += 1
        if count > MOST_VALUES:
            return
        where = ", ".join(f"{name} = {value}" for name, value in at.items())
        put = {name: NumberExpression(value) for name, value in at.items()}
        yield f"for {where}", _folded(_put(function.expression, put))


# --- expressions -----------------------------------------------------------------------------


def _put(node: Expression, values: Mapping[str, Expression]) -> Expression:
    if isinstance(node, VariableExpression):
        return values.get(node.name, node)
    if isinstance(node, CallExpression):
        return CallExpression(node.function, tuple(_put(a, values) for a in node.arguments))
    return node


def _folded(node: Expression, *, defined: bool = False) -> Expression:
    """The expression with arithmetic on numbers done, and exp(0) = 1 and the like.

    ``defined``: all parts are known to be defined, so that 0 times anything is 0.
    """
    if not isinstance(node, CallExpression):
        return node
    name = node.function
    arguments = tuple(_folded(a, defined=defined) for a in node.arguments)
    numbers = [a.value for a in arguments if isinstance(a, NumberExpression)]
    if defined and name == "*" and ZERO in arguments:
        return ZERO
    if defined and name == "/" and arguments[0] == ZERO != arguments[1]:
        return ZERO
    if name == "+" and ZERO in arguments:
        return arguments[0] if arguments[1] == ZERO else arguments[1]
    if name == "*" and ONE in arguments:
        return arguments[0] if arguments[1] == ONE else arguments[1]
    if name == "/" and arguments[1] == ONE:
        return arguments[0]
    if name == "piecewise":
        return _chosen(arguments)
    if len(numbers) == len(arguments):
        found = _number(name, numbers)
        if found is not None:
            return NumberExpression(found)
    return CallExpression(name, arguments)


def _chosen(arguments: tuple[Expression, ...]) -> Expression:
    """A piecewise expression without the cases that are decided."""
    kept: list[Expression] = []
    for part, condition in zip(arguments[:-1:2], arguments[1::2], strict=True):
        truth = None
        if isinstance(condition, CallExpression):
            a, b = condition.arguments
            if isinstance(a, NumberExpression) and isinstance(b, NumberExpression):
                truth = {
                    "<": a.value < b.value, "<=": a.value <= b.value, ">": a.value > b.value,
                    ">=": a.value >= b.value, "=": a.value == b.value,
                }[condition.function]  # fmt: skip
        if truth is True:
            kept.append(part)
            return kept[0] if len(kept) == 1 else CallExpression("piecewise", tuple(kept))
        if truth is None:
            kept += [part, condition]
    kept.append(arguments[-1])
    return kept[0] if len(kept) == 1 else CallExpression("piecewise", tuple(kept))


def _number(name: str, v: list[Fraction]) -> Fraction | None:
    if name in ("+", "-", "*"):
        return {"+": v[0] + v[1], "-": v[0] - v[1], "*": v[0] * v[1]}[name]
    if name == "/":
        return v[0] / v[1] if v[1] else None
    if name == "neg":
        return -v[0]
    if name in ("max", "min"):
        return max(v) if name == "max" else min(v)
    if name == "abs":
        return abs(v[0])
    if name == "^" and v[1].denominator == 1 and abs(v[1]) <= 64 and (v[0] or v[1] > 0):
        return v[0] ** int(v[1])
    if v[0] == 0 and name in ("exp", "cosh", "cos"):
        return Fraction(1)
    if v[0] == 0 and name in ("tanh", "sinh", "sin", "erf", "arctan", "sqrt", "sign"):
        return Fraction(0)
    if v[0] == 0 and name == "sigmoid":
        return Fraction(1, 2)
    return Fraction(0) if name == "log" and v[0] == 1 else None


def _names(node: Expression) -> set[str]:
    if isinstance(node, VariableExpression):
        return {node.name}
    if isinstance(node, CallExpression):
        return set().union(*map(_names, node.arguments))
    return set()


def _slope(node: Expression, x: str) -> Expression | None:
    """The derivative in x of an expression without kinks; None for what is not covered."""
    if x not in _names(node):
        return ZERO
    if isinstance(node, VariableExpression):
        return ONE
    if not isinstance(node, CallExpression):
        return ZERO
    name, arguments = node.function, node.arguments
    if name in ("max", "min", "abs", "sign", "piecewise"):
        return None
    parts = [_slope(a, x) for a in arguments[: 1 if name == "^" else None]]
    inner = [part for part in parts if part is not None]
    if len(inner) < len(parts):
        return None
    call = CallExpression
    u, du = arguments[0], inner[0]
    if name in ("+", "-"):
        return call(name, (du, inner[1]))
    if name == "neg":
        return call("neg", (du,))
    if name == "*":
        return call("+", (call("*", (du, arguments[1])), call("*", (u, inner[1]))))
    if name == "/":
        v, dv = arguments[1], inner[1]
        top = call("-", (call("*", (du, v)), call("*", (u, dv))))
        return call("/", (top, call("*", (v, v))))
    if name == "^":
        exponent = arguments[1]
        if not isinstance(exponent, NumberExpression):
            return None
        less = NumberExpression(exponent.value - 1)
        return call("*", (call("*", (exponent, call("^", (u, less)))), du))
    outer: Expression | None = {
        "exp": node,
        "log": call("/", (ONE, u)),
        "sinh": call("cosh", (u,)),
        "cosh": call("sinh", (u,)),
        "sin": call("cos", (u,)),
        "cos": call("neg", (call("sin", (u,)),)),
        "tanh": call("-", (ONE, call("*", (node, node)))),
        "sigmoid": call("*", (node, call("-", (ONE, node)))),
        "softplus": call("sigmoid", (u,)),
        "arctan": call("/", (ONE, call("+", (ONE, call("*", (u, u)))))),
    }.get(name)
    return None if outer is None else call("*", (outer, du))


# --- real arithmetic -------------------------------------------------------------------------

ARITHMETIC = frozenset(("+", "-", "*", "/", "neg", "^", "abs", "max", "min", "piecewise", "sign"))


def _arithmetic(node: Expression) -> bool:
    """Whether the expression is built by arithmetic, maxima and cases.

    z3 takes a quotient by 0 for any number at all, so what it shows of an expression that is
    defined everywhere is so.
    """
    if isinstance(node, NumberExpression):
        return True
    if isinstance(node, VariableExpression):
        return node.name != "pi"
    name, arguments = node.function, node.arguments
    if name in ("<", "<=", ">", ">=", "="):
        return all(map(_arithmetic, arguments))
    if name not in ARITHMETIC:
        return False
    if name == "^":
        exponent = arguments[1]
        return (
            isinstance(exponent, NumberExpression)
            and exponent.value.denominator == 1
            and 0 <= exponent.value <= 6
            and _arithmetic(arguments[0])
        )
    return all(map(_arithmetic, arguments))


def _real(node: Expression, at: Mapping[str, Any]) -> Any:
    """The expression as a z3 real; variables not in ``at`` are parameters."""
    import z3

    if isinstance(node, NumberExpression):
        return z3.RealVal(str(node.value))
    if isinstance(node, VariableExpression):
        return at.get(node.name, z3.Real(node.name))
    name = node.function
    if name == "piecewise":
        result = _real(node.arguments[-1], at)
        pairs = list(zip(node.arguments[:-1:2], node.arguments[1::2], strict=True))
        for part, condition in reversed(pairs):
            assert isinstance(condition, CallExpression)
            a, b = (_real(x, at) for x in condition.arguments)
            test = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b}
            result = z3.If(test[condition.function], _real(part, at), result)
        return result
    if name == "^":
        base, exponent = node.arguments
        assert isinstance(exponent, NumberExpression)
        result = z3.RealVal(1)
        value = _real(base, at)
        for _ in range(int(exponent.value)):
            result = result * value
        return result
    v = [_real(a, at) for a in node.arguments]
    if name in ("+", "-", "*", "/"):
        return {"+": v[0] + v[1], "-": v[0] - v[1], "*": v[0] * v[1], "/": v[0] / v[1]}[name]
    if name == "neg":
        return -v[0]
    if name == "abs":
        return z3.If(v[0] >= 0, v[0], -v[0])
    if name == "sign":
        return z3.If(v[0] > 0, z3.RealVal(1), z3.If(v[0] < 0, z3.RealVal(-1), z3.RealVal(0)))
    result = v[0]
    for value in v[1:]:
        better = value > result if name == "max" else value < result
        result = z3.If(better, value, result)
    return result


def _refuted(domain: Formula, *claims: Any) -> bool:
    """Whether no admitted parameters and no reals satisfy all the claims (False: or not shown)."""
    import z3

    from ..syntax.parameters import real_formula

    solver = z3.Solver()
    # A limit on work, not on time: the answer does not depend on how fast the machine is.
    solver.set("rlimit", WORK_LIMIT)
    solver.add(real_formula(domain), *claims)
    return bool(solver.check() == z3.unsat)


# --- composition -----------------------------------------------------------------------------


def _shape(expression: Expression, x: str, domain: Formula) -> tuple[Shape | None, str]:
    """The shape of the whole expression, and the kind of argument; None if nothing is shown."""
    if size(expression) > MOST_NODES:
        return None, ""
    rules = _Rules(x, domain)
    try:
        found = rules.shape(_folded(expression))
    except _NotShown:
        return None, ""
    how = FORM
    if composed.continuous(expression) and found.level < 0:
        found = replace(found, level=0)
    if composed.analytic(expression):
        found = replace(found, level=2)
    if _arithmetic(expression):
        better = rules.decided(expression, found)
        if better != found:
            found, how = better, f"{FORM}, and by real arithmetic (z3)"
    return found, how


class _Rules:
    """Composition rules; conditions on the parameters are decided by z3, or by form."""

    def __init__(self, x: str, domain: Formula) -> None:
        self.x = x
        self.domain = domain
        self.signs: dict[Expression, Shape] = {}

    def constant(self, node: Expression) -> Shape:
        """An expression in the parameters alone: its sign."""
        if node not in self.signs:
            found = self.composed(node) if isinstance(node, CallExpression) else Shape(2)
            positive, negative = found.positive, found.negative
            nonnegative, nonpositive = found.nonnegative, found.nonpositive
            if _arithmetic(node):
                value = _real(node, {})
                positive = positive or _refuted(self.domain, value <= 0)
                negative = negative or _refuted(self.domain, value >= 0)
                nonnegative = positive or nonnegative or _refuted(self.domain, value < 0)
                nonpositive = negative or nonpositive or _refuted(self.domain, value > 0)
            elif node == VariableExpression("pi"):
                positive = nonnegative = True
            self.signs[node] = Shape(
                2, True, True, True, False, False, True, True, positive, nonnegative, negative,
                nonpositive,
            )  # fmt: skip
        return self.signs[node]

    def shape(self, node: Expression) -> Shape:
        """What the rules show of the expression; ``_NotShown`` if it may be undefined."""
        if self.x not in _names(node):
            return self.constant(node)
        if isinstance(node, VariableExpression):
            return Shape(2, affine=True, convex=True, concave=True, rising=True, up=True)
        return self.composed(node)

    def composed(self, node: Expression) -> Shape:
        assert isinstance(node, CallExpression)
        name, arguments = node.function, node.arguments
        if name == "piecewise":
            return self.cases(arguments)
        if name == "^":
            return self.power(arguments[0], arguments[1])
        parts = [self.shape(a) for a in arguments]
        u = parts[0]
        if name == "+":
            return _sum(u, parts[1])
        if name == "-":
            return _sum(u, parts[1].turned())
        if name == "neg":
            return u.turned()
        if name == "*":
            return self.product(arguments, parts)
        if name == "/":
            return self.quotient(arguments, parts)
        if name in ("max", "min"):
            found = parts if name == "max" else [part.turned() for part in parts]
            top = _maximum(found)
            return top if name == "max" else top.turned()
        if name == "abs":
            return _absolute(u)
        if name == "log":
            return self.logarithm(arguments[0], u)
        return self.function(name, arguments[0], u)

    def function(self, name: str, argument: Expression, u: Shape) -> Shape:
        """A function of one argument that is defined everywhere, or a square root."""
        monotone = {"rising": u.rising, "falling": u.falling, "up": u.up, "down": u.down}
        if name in ("exp", "softplus"):
            return Shape(u.level, convex=u.convex, positive=True, nonnegative=True, **monotone)
        if name in RISING:
            positive = u.positive or name == "sigmoid"
            return Shape(
                u.level, positive=positive, nonnegative=positive or u.nonnegative,
                negative=u.negative and name != "sigmoid",
                nonpositive=u.nonpositive and name != "sigmoid", **monotone,
            )  # fmt: skip
        if name == "cosh":
            bowl = u.affine or (u.convex and u.nonnegative)
            return Shape(u.level, convex=bowl, positive=True, nonnegative=True)
        if name in ("sin", "cos"):
            return Shape(u.level)
        if name == "sign":
            return Shape(-1, up=u.up, down=u.down)
        if name == "sqrt":
            if not u.nonnegative:
                raise _NotShown
            return Shape(
                min(u.level, 2 if u.positive else 0), concave=u.concave,
                convex=self.norm(argument), positive=u.positive, nonnegative=True, **monotone,
            )  # fmt: skip
        raise _NotShown

    def norm(self, node: Expression) -> bool:
        """Whether the root of the expression is the Euclidean norm of an affine map."""
        if self.x not in _names(node):
            return self.constant(node).nonnegative
        if not isinstance(node, CallExpression):
            return False
        if node.function == "+":
            return all(map(self.norm, node.arguments))
        if node.function == "^" and node.arguments[1] == NumberExpression(Fraction(2)):
            return self.shape(node.arguments[0]).affine
        if node.function == "*" and node.arguments[0] == node.arguments[1]:
            return self.shape(node.arguments[0]).affine
        if node.function == "*":
            constants = [a for a in node.arguments if self.x not in _names(a)]
            others = [a for a in node.arguments if self.x in _names(a)]
            return (
                len(others) == 1
                and all(self.constant(c).nonnegative for c in constants)
                and self.norm(others[0])
            )
        return False

    def logarithm(self, argument: Expression, u: Shape) -> Shape:
        if not u.positive:
            raise _NotShown
        return Shape(
            u.level, convex=self.exponentials(argument), concave=u.concave, rising=u.rising,
            falling=u.falling, up=u.up, down=u.down,
        )  # fmt: skip

    def exponentials(self, node: Expression) -> bool:
        """Whether the expression is a sum of positive multiples of exponentials of convex ones."""
        if self.x not in _names(node):
            return self.constant(node).positive
        if not isinstance(node, CallExpression):
            return False
        if node.function == "exp":
            return self.shape(node.arguments[0]).convex
        if node.function == "+":
            return all(map(self.exponentials, node.arguments))
        if node.function == "*":
            return all(map(self.exponentials, node.arguments))
        if node.function == "/" and self.x not in _names(node.arguments[1]):
            return self.constant(node.arguments[1]).positive and self.exponentials(
                node.arguments[0]
            )
        return False

    def product(self, arguments: tuple[Expression, ...], parts: list[Shape]) -> Shape:
        a, b = parts
        level = min(a.level, b.level)
        if arguments[0] == arguments[1]:
            return self.power(arguments[0], NumberExpression(Fraction(2)))
        if self.x in _names(arguments[0]) and self.x in _names(arguments[1]):
            same = (a.nonnegative and b.nonnegative) or (a.nonpositive and b.nonpositive)
            strict = (a.positive and b.positive) or (a.negative and b.negative)
            return Shape(level, positive=strict, nonnegative=strict or same)
        factor, other = (a, b) if self.x not in _names(arguments[0]) else (b, a)
        return _multiple(factor, other)

    def quotient(self, arguments: tuple[Expression, ...], parts: list[Shape]) -> Shape:
        a, b = parts
        if not (b.positive or b.negative):
            raise _NotShown
        if self.x not in _names(arguments[1]):
            inverse = Shape(
                2, True, True, True, False, False, True, True, b.positive, b.positive, b.negative,
                b.negative,
            )  # fmt: skip
            return _multiple(inverse, a)
        positive = a.positive and b.positive
        return Shape(
            min(a.level, b.level), positive=positive, nonnegative=a.nonnegative and b.positive
        )

    def power(self, base: Expression, exponent: Expression) -> Shape:
        if not isinstance(exponent, NumberExpression):
            raise _NotShown
        p = exponent.value
        u = self.shape(base)
        monotone = {"rising": u.rising, "falling": u.falling, "up": u.up, "down": u.down}
        if p == 0:
            return self.constant(ONE)
        if p == 1:
            return u
        if p > 0 and p.denominator == 1:
            if p.numerator % 2 == 0:
                grows = monotone if u.nonnegative else {}
                return Shape(
                    u.level, convex=u.affine or (u.convex and u.nonnegative), nonnegative=True,
                    positive=u.positive or u.negative, **grows,
                )  # fmt: skip
            return Shape(
                u.level, convex=u.convex and u.nonnegative, positive=u.positive,
                nonnegative=u.nonnegative, negative=u.negative, nonpositive=u.nonpositive,
                **monotone,
            )  # fmt: skip
        if u.positive:
            if p > 0:
                return Shape(
                    u.level, convex=u.convex and p > 1, concave=u.concave and p < 1,
                    positive=True, nonnegative=True, **monotone,
                )  # fmt: skip
            return Shape(
                u.level, convex=u.concave, rising=u.falling, falling=u.rising, up=u.down,
                down=u.up, positive=True, nonnegative=True,
            )  # fmt: skip
        if not u.nonnegative or p < 0:
            raise _NotShown
        level = min(u.level, 0)
        if isinstance(base, CallExpression) and base.function == "abs" and p > 1:
            # |t|^p is once differentiable for p > 1, twice for p > 2.
            level = min(self.shape(base.arguments[0]).level, 2 if p > 2 else 1)
        return Shape(
            level,
            convex=u.convex and p > 1,
            concave=u.concave and p < 1,
            nonnegative=True,
            **monotone,
        )

    def cases(self, arguments: tuple[Expression, ...]) -> Shape:
        """Two cases that a threshold of x divides, each shown on all of R."""
        for condition in arguments[1::2]:
            assert isinstance(condition, CallExpression)
            for side in condition.arguments:
                self.shape(side)
        parts = [self.shape(a) for a in (*arguments[:-1:2], arguments[-1])]
        plain = Shape(
            -1, positive=all(s.positive for s in parts),
            nonnegative=all(s.nonnegative for s in parts),
            negative=all(s.negative for s in parts),
            nonpositive=all(s.nonpositive for s in parts),
        )  # fmt: skip
        condition = arguments[1]
        assert isinstance(condition, CallExpression)
        if len(arguments) != 3 or condition.function == "=":
            return plain
        difference = _folded(CallExpression("-", condition.arguments))
        slope = _slope(difference, self.x)
        if slope is None or not self.shape(difference).affine:
            return plain
        slope = _folded(slope, defined=True)
        if self.x in _names(slope):
            return plain
        direction = self.constant(slope)
        if not (direction.positive or direction.negative):
            return plain
        start = _folded(_put(difference, {self.x: ZERO}), defined=True)
        ratio = CallExpression("/", (CallExpression("neg", (start,)), slope))
        place = _folded(ratio, defined=True)
        # The first case holds on the right where its condition grows with x.
        first_right = direction.positive == (condition.function in (">", ">="))
        left, right = (2, 0) if first_right else (0, 2)
        return self.joined(arguments[left], arguments[right], place, plain)

    def joined(self, left: Expression, right: Expression, place: Expression, plain: Shape) -> Shape:
        a, b = self.shape(left), self.shape(right)
        gap = self.difference(left, right, place)
        if not self.vanishes(gap):
            return plain
        found = replace(
            plain, level=min(a.level, b.level, 0), rising=a.rising and b.rising,
            falling=a.falling and b.falling, up=a.up and b.up, down=a.down and b.down,
        )  # fmt: skip
        slopes = (_slope(left, self.x), _slope(right, self.x))
        if slopes[0] is None or slopes[1] is None or min(a.level, b.level) < 1:
            return found
        turn = self.difference(slopes[0], slopes[1], place)
        if self.vanishes(turn):
            found = replace(found, level=1)
            bends = (_slope(slopes[0], self.x), _slope(slopes[1], self.x))
            if bends[0] is not None and bends[1] is not None and min(a.level, b.level) >= 2:
                jump = self.difference(bends[0], bends[1], place)
                found = replace(found, level=2 if self.vanishes(jump) else 1)
            return replace(found, convex=a.convex and b.convex, concave=a.concave and b.concave)
        sign = self.constant(turn)
        return replace(
            found, convex=a.convex and b.convex and sign.nonnegative,
            concave=a.concave and b.concave and sign.nonpositive,
        )  # fmt: skip

    def difference(self, left: Expression, right: Expression, place: Expression) -> Expression:
        """right - left at the place, an expression in the parameters."""
        at = {self.x: place}
        return _folded(CallExpression("-", (_put(right, at), _put(left, at))), defined=True)

    def vanishes(self, node: Expression) -> bool:
        """Whether the expression in the parameters is 0 for all of them."""
        if node == ZERO:
            return True
        if not _arithmetic(node):
            return (
                isinstance(node, CallExpression)
                and node.function == "-"
                and (node.arguments[0] == node.arguments[1])
            )
        return _refuted(self.domain, _real(node, {}) != 0)

    def decided(self, expression: Expression, found: Shape) -> Shape:
        """The definitions themselves, decided by z3 for a function built by arithmetic."""
        import z3

        # (Names with a space, so that no parameter has them.)
        a, b, c = (z3.Real(name) for name in (" a", " b", " c"))
        fa, fb, fc = (_real(expression, {self.x: value}) for value in (a, b, c))
        if not (found.rising or found.falling):
            if _refuted(self.domain, a < b, fa >= fb):
                found = replace(found, rising=True, up=True)
            elif _refuted(self.domain, a < b, fa <= fb):
                found = replace(found, falling=True, down=True)
        if not found.convex and _refuted(
            self.domain, a < b, b < c, fb * (c - a) > fa * (c - b) + fc * (b - a)
        ):
            found = replace(found, convex=True)
        if found.convex and found.level < 0:
            found = replace(found, level=0)  # a convex function on R is continuous
        return found


def _sum(a: Shape, b: Shape) -> Shape:
    return Shape(
        min(a.level, b.level), a.affine and b.affine, a.convex and b.convex,
        a.concave and b.concave, (a.rising and b.up) or (a.up and b.rising),
        (a.falling and b.down) or (a.down and b.falling), a.up and b.up, a.down and b.down,
        (a.positive and b.nonnegative) or (a.nonnegative and b.positive),
        a.nonnegative and b.nonnegative,
        (a.negative and b.nonpositive) or (a.nonpositive and b.negative),
        a.nonpositive and b.nonpositive,
    )  # fmt: skip


def _multiple(factor: Shape, other: Shape) -> Shape:
    """A number (which may depend on the parameters) times a function."""
    if factor.nonpositive and not factor.nonnegative:
        return _multiple(factor.turned(), other.turned())
    if not factor.nonnegative:
        return Shape(other.level, other.affine, other.affine, other.affine)
    strict = factor.positive
    return replace(
        other, rising=other.rising and strict, falling=other.falling and strict,
        up=other.up or other.rising, down=other.down or other.falling,
        positive=other.positive and strict, negative=other.negative and strict,
        nonnegative=other.nonnegative or other.positive,
        nonpositive=other.nonpositive or other.negative,
    )  # fmt: skip


def _maximum(parts: list[Shape]) -> Shape:
    return Shape(
        min(0, *(part.level for part in parts)), convex=all(p.convex for p in parts),
        rising=all(p.rising for p in parts), falling=all(p.falling for p in parts),
        up=all(p.up or p.rising for p in parts), down=all(p.down or p.falling for p in parts),
        positive=any(p.positive for p in parts), nonnegative=any(p.nonnegative for p in parts),
        negative=all(p.negative for p in parts), nonpositive=all(p.nonpositive for p in parts),
    )  # fmt: skip


def _absolute(u: Shape) -> Shape:
    if u.nonnegative:
        return u
    if u.nonpositive:
        return u.turned()
    return Shape(min(u.level, 0), convex=u.affine, nonnegative=True)
