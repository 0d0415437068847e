"""From an expression to analytic pieces: exact breaks, an element between each two, values there.

``abs``, ``max``, ``min``, ``sign``, ``piecewise``, denominators, logarithms and fractional powers
need the sign of an argument. Where it changes, the line is split at the exact zeros; where it is
not known exactly, the analysis gives up with a reason.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from ..model.problem import CallExpression, Expression, NumberExpression, VariableExpression
from .elements import (
    PI,
    VARIABLE,
    Ball,
    Element,
    Pole,
    TooHard,
    add,
    compose,
    constant,
    constant_sign,
    content,
    divide,
    exponential,
    hyperbolic_tangent,
    logarithm,
    multiply,
    negate,
    odd_or_even,
    positive_power,
    power,
    rational_ball,
    scale,
    sigmoid,
    subtract,
)
from .signs import LINE, Interval, Point, bounds, point_element, sign_of, zeros

MOST_PIECES = 24
MOST_NODES = 400
MOST_SPLITS = 120


class NotDefined(Exception):
    """The function has no value somewhere; the message says where and why."""


class _Split(Exception):
    def __init__(self, points: list[Point]) -> None:
        super().__init__()
        self.points = points


class Decomposition(NamedTuple):
    """The function is ``pieces[k]`` between ``breaks[k - 1]`` and ``breaks[k]``.

    Each piece is analytic on its open interval (proved); ``values`` are the values at the breaks.
    """

    breaks: tuple[Point, ...]
    pieces: tuple[Element, ...]
    values: tuple[Element, ...]

    def intervals(self) -> tuple[Interval, ...]:
        """The open intervals of the pieces."""
        ends: list[Point | None] = [None, *self.breaks, None]
        return tuple(Interval(a, b) for a, b in pairwise(ends))


def size(expression: Expression) -> int:
    """The number of nodes."""
    total = 0
    stack: list[Expression] = [expression]
    while stack:
        node = stack.pop()
        total += 1
        if isinstance(node, CallExpression):
            stack.extend(node.arguments)
    return total


def decompose(expression: Expression, variable: str) -> Decomposition:
    """The pieces of a function of one variable.

    Raises ``NotDefined`` where it is shown to have no value somewhere on R, ``TooHard`` where the
    sign of an argument is not known exactly or the expression is too large.
    """
    if size(expression) > MOST_NODES:
        raise TooHard(f"the expression has more than {MOST_NODES} parts")
    waiting = [LINE]
    done: list[tuple[Interval, Element]] = []
    splits = 0
    while waiting:
        where = waiting.pop()
        try:
            done.append((where, _Builder(variable, where).build(expression)))
        except _Split as split:
            splits += 1
            if splits > MOST_SPLITS or len(done) + len(waiting) > 2 * MOST_PIECES:
                raise TooHard(f"the function has more than {MOST_PIECES} pieces") from None
            ends = [where.low, *split.points, where.high]
            waiting.extend(Interval(a, b) for a, b in reversed(list(pairwise(ends))))
    if len(done) > MOST_PIECES:
        raise TooHard(f"the function has more than {MOST_PIECES} pieces")
    breaks: list[Point] = []
    pieces = [done[0][1]]
    values: list[Element] = []
    for where, element in done[1:]:
        point = where.low
        if point is None:
            raise TypeError("the pieces do not follow one another")
        value = value_at(expression, variable, point)
        if element == pieces[-1] and _regular(element, point, value):
            continue
        breaks.append(point)
        values.append(value)
        pieces.append(element)
    return Decomposition(tuple(breaks), tuple(pieces), tuple(values))


def _regular(element: Element, point: Point, value: Element) -> bool:
    """Whether the element is analytic at the point and has the value there."""
    if not _analytic(element, point_element(point)):
        return False
    try:
        there = compose(element, point_element(point))
    except Pole:
        return False
    return subtract(there, value).is_zero


def _analytic(element: Element, at: Element) -> bool:
    atoms = {a for m in element.num.terms for a, _ in m}
    for poly, _ in element.den:
        atoms |= {a for m in poly.terms for a, _ in m}
    for atom in atoms:
        if not atom.depends or atom.kind == "t":
            continue
        if not _analytic(atom.inner, at):
            return False
        if atom.kind == "root":
            try:
                if constant_sign(compose(atom.inner, at)) != 1:
                    return False
            except Pole:
                return False
    return True


class _Builder:
    """Builds the element of an expression on one open interval."""

    def __init__(self, variable: str, where: Interval) -> None:
        self.variable = variable
        self.where = where

    def sign(self, element: Element, what: str, strict: bool) -> str:
        """The sign on the interval; splits it at exact zeros where it is not of one sign."""
        found = sign_of(element, self.where).sign
        if found in ("+", "-", "0") or (not strict and found in (">=", "<=")):
            return found
        points, _ = zeros(element.num, self.where)
        if points:
            raise _Split(points)
        raise TooHard(f"the sign of {what} is not known exactly")

    def build(self, node: Expression) -> Element:
        if isinstance(node, NumberExpression):
            return constant(node.value)
        if isinstance(node, VariableExpression):
            if node.name == self.variable:
                return VARIABLE
            if node.name == "pi":
                return PI
            raise TooHard(f"a second variable, {node.name}")
        name = node.function
        if name == "piecewise":
            return self.piecewise(node.arguments)
        if name in ("max", "min"):
            parts = [self.build(a) for a in node.arguments]
            best = parts[0]
            for other in parts[1:]:
                sign = self.sign(subtract(other, best), f"a difference in {name}", False)
                if (sign in ("+", ">=")) == (name == "max"):
                    best = other
            return best
        arguments = [self.build(a) for a in node.arguments]
        u = arguments[0]
        if name in ("+", "-", "*"):
            combine = {"+": add, "-": subtract, "*": multiply}[name]
            return combine(u, arguments[1])
        if name == "neg":
            return negate(u)
        if name == "/":
            self.nonzero(arguments[1])
            return divide(u, arguments[1])
        if name == "^":
            return self.power(u, arguments[1])
        if name == "sqrt":
            return self.root(u, Fraction(1, 2))
        if name == "abs":
            sign = self.sign(u, "an argument of abs", False)
            return negate(u) if sign in ("-", "<=") else u
        if name == "sign":
            sign = self.sign(u, "an argument of sign", True)
            return constant({"+": 1, "-": -1, "0": 0}[sign])
        if name == "log":
            if self.sign(u, "an argument of log", True) != "+":
                raise NotDefined(f"log is applied to a number <= 0 {self.place()}")
            return logarithm(u)
        return _analytic_function(name, u)

    def place(self) -> str:
        low, high = self.where
        if low is None and high is None:
            return "everywhere"
        if low is None:
            return f"for {self.variable} < {show_point(high)}"
        if high is None:
            return f"for {self.variable} > {show_point(low)}"
        return f"for {show_point(low)} < {self.variable} < {show_point(high)}"

    def nonzero(self, u: Element) -> None:
        if self.sign(u, "a denominator", True) == "0":
            raise NotDefined(f"a division by zero {self.place()}")

    def power(self, u: Element, exponent: Element) -> Element:
        value = exponent.rational()
        if value is None:
            raise TooHard("a power with an exponent that is not a number")
        if value.denominator == 1:
            if value < 0:
                self.nonzero(u)
            return power(u, int(value))
        return self.root(u, value)

    def root(self, u: Element, exponent: Fraction) -> Element:
        sign = self.sign(u, "the base of a fractional power", True)
        if sign == "-":
            raise NotDefined(f"a fractional power of a negative number {self.place()}")
        if sign == "0":
            if exponent < 0:
                raise NotDefined(f"a division by zero {self.place()}")
            return u
        # t^k comes out as (+-t)^k, positive on the interval.
        common, rest = content(u.num, ("t",))
        if common:
            k = common[0][1]
            t_sign = self.sign(VARIABLE, self.variable, True)
            positive = VARIABLE if t_sign == "+" else negate(VARIABLE)
            flip = -1 if t_sign == "-" and k % 2 else 1
            left = positive_power(Element(rest.scale(Fraction(flip)), u.den), exponent)
            return multiply(positive_power(positive, k * exponent), left)
        return positive_power(u, exponent)

    def piecewise(self, arguments: tuple[Expression, ...]) -> Element:
        for value, condition in zip(arguments[0:-1:2], arguments[1::2], strict=True):
            if not isinstance(condition, CallExpression):
                raise TypeError("a condition is a comparison")
            left, right = (self.build(a) for a in condition.arguments)
            sign = self.sign(subtract(left, right), "a condition of piecewise", True)
            if _holds(condition.function, {"+": 1, "-": -1, "0": 0}[sign]):
                return self.build(value)
        return self.build(arguments[-1])


def _holds(comparison: str, sign: int) -> bool:
    table = {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "=": sign == 0}
    return table[comparison]


def _analytic_function(name: str, u: Element) -> Element:
    if name == "exp":
        return exponential(u)
    if name == "tanh":
        return hyperbolic_tangent(u)
    if name == "sinh":
        return scale(subtract(exponential(u), exponential(negate(u))), Fraction(1, 2))
    if name == "cosh":
        return scale(add(exponential(u), exponential(negate(u))), Fraction(1, 2))
    if name in ("sin", "cos", "arctan", "erf"):
        return odd_or_even(name, u)
    if name == "sigmoid":
        return sigmoid(u)
    if name == "softplus":
        return logarithm(add(constant(1), exponential(u)))
    raise TooHard(f"the function {name} is not known to the analysis")


def show_point(point: Point | None) -> str:
    """The point in words: a rational, or an irrational root to three digits."""
    if point is None:
        return "infinity"
    if isinstance(point, Fraction):
        return str(point)
    low, _ = bounds(point)
    return f"{float(low):.3f}.."


# --- values at a point -----------------------------------------------------------------------


def value_at(expression: Expression, variable: str, point: Point) -> Element:
    """The exact value at a point. ``NotDefined`` without one, ``TooHard`` if not decided."""
    at = point_element(point)
    where = f"at {variable} = {show_point(point)}"

    def sign(u: Element) -> int:
        found = constant_sign(u)
        if found is None:
            raise TooHard(f"a comparison {where} is not decided")
        return found

    def of(node: Expression) -> Element:
        if isinstance(node, NumberExpression):
            return constant(node.value)
        if isinstance(node, VariableExpression):
            if node.name not in (variable, "pi"):
                raise TooHard(f"a second variable, {node.name}")
            return at if node.name == variable else PI
        name = node.function
        if name == "piecewise":
            pairs = zip(node.arguments[0:-1:2], node.arguments[1::2], strict=True)
            for value, condition in pairs:
                if not isinstance(condition, CallExpression):
                    raise TypeError("a condition is a comparison")
                left, right = (of(a) for a in condition.arguments)
                if _holds(condition.function, sign(subtract(left, right))):
                    return of(value)
            return of(node.arguments[-1])
        arguments = [of(a) for a in node.arguments]
        u = arguments[0]
        if name in ("+", "-", "*"):
            return {"+": add, "-": subtract, "*": multiply}[name](u, arguments[1])
        if name == "neg":
            return negate(u)
        if name == "/":
            if sign(arguments[1]) == 0:
                raise NotDefined(f"a division by zero {where}")
            return divide(u, arguments[1])
        if name in ("^", "sqrt"):
            exponent = Fraction(1, 2) if name == "sqrt" else arguments[1].rational()
            if exponent is None:
                raise TooHard("a power with an exponent that is not a number")
            return raised(u, exponent)
        if name in ("max", "min"):
            best = u
            for other in arguments[1:]:
                if (sign(subtract(other, best)) > 0) == (name == "max"):
                    best = other
            return best
        if name == "abs":
            return negate(u) if sign(u) < 0 else u
        if name == "sign":
            return constant(sign(u))
        if name == "log":
            if sign(u) <= 0:
                raise NotDefined(f"log is applied to a number <= 0 {where}")
            return logarithm(u)
        return _analytic_function(name, u)

    def raised(u: Element, exponent: Fraction) -> Element:
        if exponent.denominator == 1 and exponent >= 0:
            return power(u, int(exponent))
        found = sign(u)
        if found == 0:
            if exponent < 0:
                raise NotDefined(f"a division by zero {where}")
            return constant(0)
        if exponent.denominator == 1:
            return power(u, int(exponent))
        if found < 0:
            raise NotDefined(f"a fractional power of a negative number {where}")
        return positive_power(u, exponent)

    return of(expression)


# --- enclosures of the expression itself -----------------------------------------------------


def enclose(expression: Expression, environment: dict[str, Ball]) -> Ball | None:
    """The value over balls, from the expression as it is written (no normal form involved).

    None where it may be undefined or a condition is not decided. What is shown with it does not
    rest on the symbolic part of the analysis.
    """
    from flint import arb

    def of(node: Expression) -> Any:
        if isinstance(node, NumberExpression):
            return rational_ball(node.value)
        if isinstance(node, VariableExpression):
            return arb.pi() if node.name == "pi" else environment.get(node.name)
        name = node.function
        if name == "piecewise":
            pairs = zip(node.arguments[0:-1:2], node.arguments[1::2], strict=True)
            for value, condition in pairs:
                if not isinstance(condition, CallExpression):
                    raise TypeError("a condition is a comparison")
                left, right = (of(a) for a in condition.arguments)
                if left is None or right is None:
                    return None
                difference = left - right
                sign = 1 if difference > 0 else -1 if difference < 0 else None
                if sign is None:
                    # A ball is equal to 0 only if it is exactly 0.
                    exactly = bool(difference == 0)
                    if not exactly:
                        return None
                    sign = 0
                if _holds(condition.function, sign):
                    return of(value)
            return of(node.arguments[-1])
        arguments = [of(a) for a in node.arguments]
        if any(a is None or not a.is_finite() for a in arguments):
            return None
        u = arguments[0]
        v: Any = arguments[1] if len(arguments) > 1 else None
        if name == "+":
            return u + v
        if name == "-":
            return u - v
        if name == "*":
            return u * v
        if name == "neg":
            return -u
        if name == "/":
            return u / v if v > 0 or v < 0 else None
        if name in ("^", "sqrt"):
            exponent = Fraction(1, 2)
            if name == "^":
                last = node.arguments[1]
                if not isinstance(last, NumberExpression):
                    return None
                exponent = last.value
            if exponent.denominator == 1:
                if exponent < 0 and not (u > 0 or u < 0):
                    return None
                return u ** int(exponent)
            if u > 0:
                return (u.log() * rational_ball(exponent)).exp()
            return arb(0) if u == 0 and exponent > 0 else None
        if name in ("max", "min"):
            best = u
            for other in arguments[1:]:
                best = best.max(other) if name == "max" else best.min(other)
            return best
        if name == "abs":
            return abs(u)
        if name == "sign":
            return arb(1) if u > 0 else arb(-1) if u < 0 else arb(0) if u == 0 else None
        if name == "log":
            return u.log() if u > 0 else None
        if name == "sigmoid":
            return 1 / (1 + (-u).exp())
        if name == "softplus":
            return u.exp().log1p()
        functions = {
            "exp": "exp", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "sin": "sin",
            "cos": "cos", "arctan": "atan", "erf": "erf",
        }  # fmt: skip
        return getattr(u, functions[name])()

    found = of(expression)
    return found if found is not None and found.is_finite() else None
