"""Verified properties of a function of one real variable, each with its argument.

``yes``: an argument that was confirmed exactly or in ball arithmetic on all of R. ``no``: an exact
or rigorously enclosed witness. Everything else is ``unknown``, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from ..model.diagnostics import InternalError
from ..model.problem import Expression
from . import composed
from .elements import (
    ONE,
    PI_ATOM,
    VARIABLE,
    WORK,
    ZERO,
    Atom,
    Ball,
    Element,
    Monomial,
    Pole,
    Poly,
    TooHard,
    add,
    apply,
    constant,
    constant_sign,
    derivative,
    divide,
    evaluator,
    multiply,
    negate,
    rational_ball,
    reflect,
    subtract,
)
from .pieces import Decomposition, NotDefined, decompose, enclose, show_point, size, value_at
from .series import OneSided, one_sided
from .signs import (
    Growth,
    Interval,
    Point,
    Sign,
    bounds,
    growth_of,
    growths_compared,
    samples,
    sign_of,
)

PRECISION = 128
MOST_WORK = 60_000
Answer: TypeAlias = Literal["yes", "no", "unknown"]


class Claim(NamedTuple):
    """An answer with its argument (yes), its witness (no) or the reason (unknown)."""

    answer: Answer
    text: str


class AffinePiece(NamedTuple):
    """slope * t + intercept on the open interval (low, high); None for a bound is infinity.

    ``slope`` and ``intercept`` are exact where rational, else None (``text`` shows them).
    """

    low: Point | None
    high: Point | None
    slope: Fraction | None
    intercept: Fraction | None
    text: str


class Properties(NamedTuple):
    """What was derived of a function of one variable.

    ``differentiable`` and ``smooth`` (C^2) are on all of R, as is ``convex``. ``zero``: the value
    at 0 where rational. ``lipschitz_at_zero``: a Lipschitz constant near 0. ``nonnegative``: all
    values are >= 0.
    """

    variable: str
    pieces: int
    breaks: tuple[Point, ...]
    defined: Claim
    continuous: Claim
    differentiable: Claim
    smooth: Claim
    convex: Claim
    strictly_monotone: Claim
    nonnegative: Claim
    range: str
    affine: tuple[AffinePiece, ...]
    constant: tuple[AffinePiece, ...]
    zero: Fraction | None
    zero_text: str
    lipschitz_at_zero: Fraction | None


@lru_cache(maxsize=256)
def analyse(expression: Expression, variable: str) -> Properties:
    """All properties of a function of one variable, cached by expression.

    The working precision is fixed, so the answer does not depend on what was analysed before.
    """
    from flint import ctx

    before = ctx.prec
    ctx.prec = PRECISION
    token = WORK.set([MOST_WORK])
    try:
        return _Analysis(expression, variable).properties()
    except RecursionError:
        return _nothing(variable, "the expression is too deep to analyse")
    except (TooHard, Pole) as error:
        WORK.set([MOST_WORK])
        return _Analysis(expression, variable).without_pieces(str(error))
    finally:
        WORK.reset(token)
        ctx.prec = before


def _nothing(variable: str, reason: str) -> Properties:
    claim = Claim("unknown", reason)
    return Properties(
        variable, 0, (), claim, claim, claim, claim, claim, claim, claim, "not known", (), (),
        None, "not known", None,
    )  # fmt: skip


def grid() -> Iterator[Fraction]:
    """Where witnesses are looked for, increasing."""
    sizes = [Fraction(1, 64), Fraction(1, 8), *(Fraction(k, 4) for k in range(1, 17))]
    sizes += [Fraction(k) for k in (5, 6, 8, 10, 14, 20, 30)]
    yield from (-x for x in reversed(sizes))
    yield ZERO
    yield from sizes


def chord_above(
    expression: Expression, variable: str, points: list[Fraction]
) -> tuple[Fraction, Fraction, Fraction] | None:
    """Three of the points, a < b < c, at which the graph lies strictly above its chord at b.

    The values are enclosed from the expression itself. Points must increase.
    """
    values: list[tuple[Fraction, Ball]] = []
    for x in points:
        ball = enclose(expression, {variable: rational_ball(x)})
        if ball is not None:
            values.append((x, ball))
    for (a, fa), (b, fb), (c, fc) in zip(values, values[1:], values[2:], strict=False):
        weight = rational_ball((b - a) / (c - a))
        if fb > fa + (fc - fa) * weight:
            return a, b, c
    return None


class _Analysis:
    def __init__(self, expression: Expression, variable: str) -> None:
        self.expression = expression
        self.variable = variable
        self.parts: Decomposition | None = None
        self.slopes: list[Element] = []
        self.bends: list[Element] = []
        self.sides: list[tuple[OneSided, OneSided]] = []
        self.sides_reason = ""

    # --- small helpers ---------------------------------------------------------------------

    def at(self, point: Point) -> str:
        return f"{self.variable} = {show_point(point)}"

    def enclosed(self, x: Fraction) -> Ball | None:
        return enclose(self.expression, {self.variable: rational_ball(x)})

    def grid_points(self) -> list[Fraction]:
        points = set(grid())
        if self.parts is not None:
            for point in self.parts.breaks:
                low, high = bounds(point)
                points.update((low, high))
                for step in (Fraction(1, 2), Fraction(1, 10), Fraction(1, 1000)):
                    points.update((low - step, high + step))
        return sorted(points)

    def chord_text(self, points: list[Fraction]) -> str | None:
        found = chord_above(self.expression, self.variable, points)
        if found is None:
            return None
        a, b, c = (_short(x) for x in found)
        return f"above its chord at {self.variable} = {b}, between {a} and {c}"

    # --- the analysis ----------------------------------------------------------------------

    def properties(self) -> Properties:
        name = self.variable
        try:
            self.parts = decompose(self.expression, name)
        except NotDefined as error:
            reason = f"it is not defined on all of R: {error}"
            result = _nothing(name, reason)
            return result._replace(defined=Claim("no", str(error)))
        except (TooHard, Pole) as error:
            return self.without_pieces(str(error))
        parts = self.parts
        try:
            self.slopes = [derivative(piece) for piece in parts.pieces]
            self.bends = [derivative(slope) for slope in self.slopes]
        except (TooHard, Pole) as error:
            self.parts = None
            return self.without_pieces(str(error))
        try:
            for k, point in enumerate(parts.breaks):
                left = one_sided(parts.pieces[k], point, -1)
                right = one_sided(parts.pieces[k + 1], point, 1)
                self.sides.append((left, right))
        except (TooHard, Pole) as error:
            self.sides_reason = str(error)
        slope_signs = self.signs(self.slopes)
        bend_signs = self.signs(self.bends)
        continuous = self.continuous()
        differentiable = self.differentiable(continuous)
        smooth = self.smooth(differentiable)
        convex = self.convex(continuous, bend_signs)
        monotone = self.monotone(slope_signs)
        affine, flat = self.affine()
        zero, zero_text = self.zero()
        result = Properties(
            name, len(parts.pieces), parts.breaks,
            Claim("yes", "every operation is defined"), continuous, differentiable, smooth, convex,
            monotone, self.nonnegative(), self.range(continuous, monotone), affine, flat, zero,
            zero_text, self.lipschitz(continuous),
        )  # fmt: skip
        self.cross_check(result)
        return result

    def signs(self, elements: list[Element]) -> list[Sign]:
        assert self.parts is not None
        return [
            _sign(element, where)
            for element, where in zip(elements, self.parts.intervals(), strict=True)
        ]

    def without_pieces(self, reason: str) -> Properties:
        """What a witness or the form of the expression shows without exact pieces."""
        result = _nothing(self.variable, reason)
        if size(self.expression) > 400:
            return result
        points = self.grid_points()
        chord = self.chord_text(points)
        order = self.out_of_order(points)
        try:
            zero, text = self.zero()
        except (TooHard, Pole, NotDefined):
            zero, text = None, "not known"
        if composed.continuous(self.expression):
            form = Claim("yes", "a composition of functions that are continuous everywhere")
            result = result._replace(
                defined=Claim("yes", "every operation is defined"), continuous=form
            )
        if composed.analytic(self.expression):
            yes = Claim("yes", "a composition of functions that are analytic everywhere")
            result = result._replace(differentiable=yes, smooth=yes)
        return result._replace(
            convex=Claim("no", chord) if chord else result.convex,
            strictly_monotone=Claim("no", order) if order else result.strictly_monotone,
            zero=zero, zero_text=text,
        )  # fmt: skip

    def cross_check(self, found: Properties) -> None:
        """A second look at every ``yes``, by values enclosed from the expression itself."""
        points = self.grid_points()
        if found.convex.answer == "yes":
            chord = self.chord_text(points)
            if chord is not None:
                raise InternalError(f"a function derived to be convex lies {chord}")
        if found.strictly_monotone.answer == "yes":
            order = self.out_of_order(points)
            if order is not None:
                raise InternalError(f"a function derived to be strictly monotone: {order}")

    # --- continuity and derivatives --------------------------------------------------------

    def continuous(self) -> Claim:
        assert self.parts is not None
        if not self.parts.breaks:
            return Claim("yes", "analytic on all of R")
        if self.sides_reason:
            return Claim("unknown", self.sides_reason)
        for point, value, (left, right) in zip(
            self.parts.breaks, self.parts.values, self.sides, strict=True
        ):
            for side, word in ((left, "below"), (right, "above")):
                if side.value is None:
                    return Claim("no", f"unbounded near {self.at(point)}")
                sign = constant_sign(subtract(side.value, value))
                if sign is None:
                    return Claim("unknown", f"the limits at {self.at(point)} are not compared")
                if sign:
                    limit, here = _apart(side.value, value)
                    return Claim(
                        "no", f"it jumps at {self.at(point)}: {limit} from {word}, {here} there"
                    )
        return Claim("yes", f"the pieces meet at {self.break_list()}")

    def break_list(self) -> str:
        assert self.parts is not None
        return (
            "the break"
            + ("s " if len(self.parts.breaks) > 1 else " ")
            + ", ".join(show_point(p) for p in self.parts.breaks)
        )

    def differentiable(self, continuous: Claim) -> Claim:
        assert self.parts is not None
        if not self.parts.breaks:
            return Claim("yes", "analytic on all of R")
        if continuous.answer != "yes":
            return continuous
        undecided = ""
        for point, (left, right) in zip(self.parts.breaks, self.sides, strict=True):
            if left.slope is None or right.slope is None:
                return Claim("no", f"its slope is unbounded at {self.at(point)}")
            sign = constant_sign(subtract(right.slope, left.slope))
            if sign is None:
                undecided = f"the slopes at {self.at(point)} are not compared"
            elif sign:
                a, b = _apart(left.slope, right.slope)
                return Claim("no", f"a kink at {self.at(point)}: slope {a} before, {b} after")
        if undecided:
            return Claim("unknown", undecided)
        return Claim("yes", f"the slopes agree at {self.break_list()}")

    def smooth(self, differentiable: Claim) -> Claim:
        assert self.parts is not None
        if not self.parts.breaks:
            return Claim("yes", "analytic on all of R")
        if differentiable.answer != "yes":
            return differentiable
        undecided = ""
        for point, (left, right) in zip(self.parts.breaks, self.sides, strict=True):
            if left.bend is None or right.bend is None:
                return Claim("no", f"its second derivative is unbounded at {self.at(point)}")
            sign = constant_sign(subtract(right.bend, left.bend))
            if sign is None:
                undecided = f"the second derivatives at {self.at(point)} are not compared"
            elif sign:
                a, b = _apart(left.bend, right.bend)
                return Claim("no", f"its second derivative jumps at {self.at(point)}: {a}, {b}")
        if undecided:
            return Claim("unknown", undecided)
        return Claim("yes", f"two derivatives agree at {self.break_list()}")

    # --- shape -----------------------------------------------------------------------------

    def convex(self, continuous: Claim, bends: list[Sign]) -> Claim:
        assert self.parts is not None
        breaks = self.parts.breaks
        intervals = self.parts.intervals()
        if all(found.sign in ("+", ">=", "0") for found in bends):
            if not breaks:
                return Claim("yes", f"second derivative >= 0 ({bends[0].how})")
            if continuous.answer == "yes":
                verdict = self.slopes_increase()
                if verdict is None:
                    how = ", ".join(dict.fromkeys(f.how for f in bends))
                    return Claim(
                        "yes",
                        f"second derivative >= 0 on each piece ({how}), the slopes do not "
                        f"decrease at {self.break_list()}",
                    )
                if verdict.answer == "unknown":
                    return verdict
        if continuous.answer == "no":
            # A finite convex function on R is continuous.
            return Claim("no", f"not continuous: {continuous.text}")
        if continuous.answer == "yes":
            for point, (left, right) in zip(breaks, self.sides, strict=True):
                # A finite convex function has finite one-sided slopes, which increase.
                if left.slope is None or right.slope is None:
                    return Claim("no", f"its slope is unbounded at {self.at(point)}")
                if constant_sign(subtract(right.slope, left.slope)) == -1:
                    a, b = _apart(left.slope, right.slope)
                    return Claim(
                        "no", f"its slope falls at {self.at(point)}: {a} before, {b} after"
                    )
        for element, found, where in zip(self.bends, bends, intervals, strict=True):
            text = self.bends_down(element, found, where)
            if text is not None:
                return Claim("no", text)
        chord = self.chord_text(self.grid_points())
        if chord is not None:
            return Claim("no", chord)
        reason = next((f.how for f in bends if f.sign == "?"), "its convexity is not decided")
        return Claim("unknown", f"the sign of the second derivative is not known: {reason}")

    def slopes_increase(self) -> Claim | None:
        """None if the slopes do not decrease at any break."""
        assert self.parts is not None
        for point, (left, right) in zip(self.parts.breaks, self.sides, strict=True):
            if left.slope is None or right.slope is None:
                return Claim("no", f"its slope is unbounded at {self.at(point)}")
            sign = constant_sign(subtract(right.slope, left.slope))
            if sign is None:
                return Claim("unknown", f"the slopes at {self.at(point)} are not compared")
            if sign < 0:
                return Claim("no", "")
        return None

    def bends_down(self, element: Element, found: Sign, where: Interval) -> str | None:
        """A strictly negative second derivative at a rational of the interval, and a chord."""
        x: Fraction | None = None
        if found.sign == "+-" and found.witnesses is not None:
            x = found.witnesses[1]
        elif found.sign in ("-", "<="):
            x = next(
                (
                    p for p in samples(where)
                    if evaluator(rational_ball(p))(element) < 0
                ),
                None,
            )  # fmt: skip
        if x is None or not evaluator(rational_ball(x))(element) < 0:
            return None
        step = Fraction(1, 4)
        for _ in range(24):
            chord = self.chord_text([x - step, x, x + step])
            if chord is not None:
                return chord
            step /= 4
        value = evaluator(rational_ball(x))(element)
        return f"its second derivative is {_decimal(value)} at {self.variable} = {_short(x)}"

    def monotone(self, slopes: list[Sign]) -> Claim:
        assert self.parts is not None
        flat = next((k for k, found in enumerate(slopes) if found.sign == "0"), None)
        if flat is not None:
            where = self.parts.intervals()[flat]
            return Claim("no", f"constant for {_interval(where, self.variable)}")
        for direction, good in ((1, ("+", ">=")), (-1, ("-", "<="))):
            if not all(found.sign in good for found in slopes):
                continue
            word = "increasing" if direction > 0 else "decreasing"
            how = ", ".join(dict.fromkeys(found.how for found in slopes))
            sign = ">" if all(found.sign in ("+", "-") for found in slopes) else ">="
            if direction < 0:
                sign = sign.replace(">", "<")
            isolated = "" if len(sign) == 1 else ", zero at isolated points only"
            if not self.parts.breaks:
                return Claim("yes", f"strictly {word}: derivative {sign} 0{isolated} ({how})")
            joined = self.joined(direction)
            if joined is None:
                return Claim(
                    "yes",
                    f"strictly {word}: derivative {sign} 0 on each piece{isolated} ({how}), no "
                    f"step back at {self.break_list()}",
                )
            if joined.answer == "unknown":
                return joined
        order = self.out_of_order(self.grid_points())
        if order is None:
            for found in slopes:
                if found.witnesses is not None:
                    order = order or self.turns(found.witnesses)
        if order is not None:
            return Claim("no", order)
        reason = next((f.how for f in slopes if f.sign == "?"), "its direction is not decided")
        return Claim("unknown", f"the sign of the derivative is not known: {reason}")

    def joined(self, direction: int) -> Claim | None:
        """None if the values at the breaks keep the direction."""
        assert self.parts is not None
        if self.sides_reason:
            return Claim("unknown", self.sides_reason)
        for point, value, (left, right) in zip(
            self.parts.breaks, self.parts.values, self.sides, strict=True
        ):
            if left.value is None or right.value is None:
                return Claim("unknown", f"unbounded near {self.at(point)}")
            for low, high in ((left.value, value), (value, right.value)):
                sign = constant_sign(subtract(high, low))
                if sign is None:
                    return Claim("unknown", f"the limits at {self.at(point)} are not compared")
                if sign == -direction:
                    return Claim("no", "")
        return None

    def turns(self, witnesses: tuple[Fraction, Fraction]) -> str | None:
        """Two pairs close to where the slope is positive and where it is negative."""
        points: list[Fraction] = []
        for x in witnesses:
            points += [x, x + Fraction(1, 1024), x + Fraction(1, 2**20)]
        return self.out_of_order(sorted(points))

    def out_of_order(self, points: list[Fraction]) -> str | None:
        """Two pairs of points in opposite order, by enclosed values."""
        rises: tuple[Fraction, Fraction] | None = None
        falls: tuple[Fraction, Fraction] | None = None
        values = [(x, ball) for x in points if (ball := self.enclosed(x)) is not None]
        near = sorted(pairwise(values), key=lambda pair: abs(pair[0][0] + pair[1][0]))
        for (a, fa), (b, fb) in near:
            if fa < fb:
                rises = rises or (a, b)
            elif fa > fb:
                falls = falls or (a, b)
        if rises is None or falls is None:
            return None
        r, f = [_short(x) for x in rises], [_short(x) for x in falls]
        return f"it rises from {self.variable} = {r[0]} to {r[1]} and falls from {f[0]} to {f[1]}"

    def nonnegative(self) -> Claim:
        assert self.parts is not None
        signs = self.signs(list(self.parts.pieces))
        values = [constant_sign(value) for value in self.parts.values]
        if all(f.sign in ("+", ">=", "0") for f in signs) and all(
            v is not None and v >= 0 for v in values
        ):
            return Claim("yes", "no value is negative")
        for x in self.grid_points():
            ball = self.enclosed(x)
            if ball is not None and ball < 0:
                return Claim("no", f"negative at {self.variable} = {_short(x)}")
        return Claim("unknown", "its sign is not decided")

    # --- pieces, values --------------------------------------------------------------------

    def affine(self) -> tuple[tuple[AffinePiece, ...], tuple[AffinePiece, ...]]:
        assert self.parts is not None
        affine: list[AffinePiece] = []
        flat: list[AffinePiece] = []
        for k, where in enumerate(self.parts.intervals()):
            slope = self.slopes[k]
            if slope.depends or not self.bends[k].is_zero:
                continue
            intercept = subtract(self.parts.pieces[k], multiply(slope, VARIABLE))
            words = _affine_words(slope, self.variable, intercept)
            piece = AffinePiece(*where, slope.rational(), intercept.rational(), words)
            (flat if slope.is_zero else affine).append(piece)
        return tuple(affine), tuple(flat)

    def zero(self) -> tuple[Fraction | None, str]:
        try:
            value = value_at(self.expression, self.variable, ZERO)
        except (TooHard, Pole, NotDefined) as error:
            return None, f"not known: {error}"
        rational = value.rational()
        return rational, _number(value)

    def lipschitz(self, continuous: Claim) -> Fraction | None:
        """An upper bound on |f'| over all pieces within 1/8 of 0; f continuous."""
        assert self.parts is not None
        if continuous.answer != "yes":
            return None
        reach = Fraction(1, 8)
        largest = ZERO
        for slope, where in zip(self.slopes, self.parts.intervals(), strict=True):
            low = -reach if where.low is None else max(-reach, bounds(where.low)[0])
            high = reach if where.high is None else min(reach, bounds(where.high)[1])
            if low >= high:
                continue
            steps = 16
            for i in range(steps):
                a = low + (high - low) * Fraction(i, steps)
                b = low + (high - low) * Fraction(i + 1, steps)
                ball = abs(evaluator(rational_ball(a).union(rational_ball(b)))(slope))
                if not ball < 2**64:
                    return None
                largest = max(largest, _round_up(ball))
        return largest

    # --- range -----------------------------------------------------------------------------

    def range(self, continuous: Claim, monotone: Claim) -> str:
        """The range in words: exact ends for a continuous strictly monotone function."""
        assert self.parts is not None
        left, right = self.limit(-1), self.limit(1)
        if continuous.answer == "yes" and monotone.answer == "yes" and left and right:
            low, high = (left, right) if "increasing" in monotone.text else (right, left)
            return "R" if (low, high) == ("-inf", "inf") else f"({low}, {high})"
        if continuous.answer == "yes" and {left, right} == {"-inf", "inf"}:
            return "R"
        if not self.slopes or continuous.answer != "yes" or not left or not right:
            return "not known"
        return self.extremes(left, right)

    def extremes(self, left: str, right: str) -> str:
        """For piecewise affine functions: the values at the breaks and the limits."""
        assert self.parts is not None
        if any(not bend.is_zero for bend in self.bends):
            return "not known"
        values = [value.rational() for value in self.parts.values]
        if not values or any(value is None for value in values):
            return "not known"
        known = [value for value in values if value is not None]
        low, high = f"[{min(known)}", f"{max(known)}]"
        if "-inf" in (left, right):
            low = "(-inf"
        if "inf" in (left, right):
            high = "inf)"
        return f"{low}, {high}"

    def limit(self, side: int) -> str | None:
        """The limit towards side * infinity in words; None if it is not shown."""
        assert self.parts is not None
        element = self.parts.pieces[-1] if side > 0 else reflect(self.parts.pieces[0])
        try:
            return _limit(element)
        except (TooHard, Pole):
            return None


def _sign(element: Element, where: Interval) -> Sign:
    try:
        return sign_of(element, where)
    except (TooHard, Pole) as error:
        return Sign("?", str(error))


# --- limits ----------------------------------------------------------------------------------


_HALF_PI = Element(Poly({((PI_ATOM, ONE),): Fraction(1, 2)}))


def _limit(element: Element) -> str | None:
    """The limit towards infinity: ``inf``, ``-inf`` or a number in words; None if not shown."""
    found = _limit_value(element)
    if found is None:
        return None
    if isinstance(found, int):
        return "inf" if found > 0 else "-inf"
    return _number(found)


def _limit_value(element: Element) -> Element | int | None:
    """The limit as a constant, or the sign of an infinite one."""
    if not element.depends:
        return element
    below = Poly({(): ONE})
    for poly, k in element.den:
        for _ in range(k):
            below = below * poly
    above, under = _leading(element.num), _leading(below)
    if isinstance(above, int) and not element.den:
        return above
    if isinstance(under, tuple) and under[1].is_zero:
        return None
    if above is None or under is None or isinstance(above, int) or isinstance(under, int):
        return None
    order = growths_compared(above[0], under[0])
    if order < 0:
        return constant(0)
    ratio = divide(above[1], under[1])
    if order == 0:
        return ratio
    return constant_sign(ratio)


_Leading: TypeAlias = "tuple[Growth, Element]"
_CONSTANT: Growth = ((), ZERO)


def _leading(poly: Poly) -> _Leading | int | None:
    """The growth of the dominating terms and their coefficient, up to lower order.

    An integer: the polynomial tends to that infinity, without a growth of its own (a logarithm).
    A coefficient 0 (with the growth of a constant): it tends to 0.
    """
    groups: dict[Growth, Element] = {}
    infinite: list[int] = []
    vanishing = False
    for monomial, value in poly.terms.items():
        kept: list[tuple[Atom, Fraction]] = []
        factor = constant(value)
        logarithm: Atom | None = None
        for atom, exponent in monomial:
            if not atom.depends:
                factor = multiply(factor, Element(Poly({((atom, exponent),): ONE})))
                continue
            if growth_of(((atom, exponent),)) is not None:
                kept.append((atom, exponent))
                continue
            if exponent != 1 or atom.kind not in ("log", "erf", "arctan"):
                return None
            inner = _limit_value(atom.inner)
            if inner is None:
                return None
            if not isinstance(inner, int):
                if atom.kind == "log" and constant_sign(inner) != 1:
                    return None
                factor = multiply(factor, apply(atom.kind, inner))
            elif atom.kind != "log":
                factor = multiply(factor, constant(inner) if atom.kind == "erf" else _HALF_PI)
                factor = factor if inner > 0 or atom.kind == "erf" else negate(factor)
            elif logarithm is not None:
                return None
            else:
                logarithm = atom
        parts = [(growth_of(_sorted(kept)), factor)]
        if logarithm is not None:
            sign = constant_sign(factor)
            spread = _log_growth(logarithm.inner)
            if kept or not sign:
                return None
            if spread is None:
                infinite.append(sign)
                continue
            # log p = the logarithm of its leading term + o(1).
            vanishing = True
            parts = [(growth, multiply(factor, part)) for growth, part in spread]
        for growth, part in parts:
            if growth is None:
                return None
            groups[growth] = add(groups[growth], part) if growth in groups else part
    if vanishing:
        # Terms that cancel leave o(1), so nothing smaller than a constant may decide.
        groups = {g: c for g, c in groups.items() if not c.is_zero}
        if all(growths_compared(g, _CONSTANT) < 0 for g in groups):
            groups = {_CONSTANT: constant(0)}
    if infinite:
        if len(set(infinite)) > 1 or any(growths_compared(g, _CONSTANT) > 0 for g in groups):
            return None
        return infinite[0]
    best = next(iter(groups))
    for growth in groups:
        if growths_compared(growth, best) > 0:
            best = growth
    if not constant_sign(groups[best]) and not (vanishing and groups[best].is_zero):
        return None
    return best, groups[best]


def _log_growth(inner: Element) -> list[tuple[Growth, Element]] | None:
    """log of c exp(sum c_j t^j) (1 + o(1)) as terms; None where a power of t takes part."""
    if inner.den:
        return None
    found = _leading(inner.num)
    if found is None or isinstance(found, int):
        return None
    (rates, degree), coefficient = found
    if degree != 0 or constant_sign(coefficient) != 1:
        return None
    terms: list[tuple[Growth, Element]] = [(((), Fraction(j)), constant(c)) for j, c in rates]
    return [*terms, (_CONSTANT, apply("log", coefficient))]


def _sorted(kept: list[tuple[Atom, Fraction]]) -> Monomial:
    return tuple(sorted(kept, key=lambda pair: pair[0].key))


# --- words -----------------------------------------------------------------------------------


def _number(value: Element) -> str:
    """A constant in words: exact if rational, else to four digits."""
    rational = value.rational()
    if rational is not None:
        return str(rational) if len(str(rational)) < 24 else f"{float(rational):.4g}"
    if not value.den and len(value.num.terms) == 1:
        ((monomial, factor),) = value.num.terms.items()
        if len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            if atom.kind == "pi":
                sign = "-" if factor < 0 else ""
                top = "pi" if abs(factor.numerator) == 1 else f"{abs(factor.numerator)} pi"
                return f"{sign}{top}" + (f"/{factor.denominator}" if factor.denominator > 1 else "")
            if atom.kind == "log" and factor == 1 and atom.inner.rational() is not None:
                return f"ln {atom.inner.rational()}"
    from flint import arb

    return _decimal(evaluator(arb(0))(value))


def _apart(one: Element, other: Element) -> tuple[str, str]:
    """Two different constants in words that differ: as many digits as that takes."""
    a, b = _number(one), _number(other)
    from flint import arb

    digits = 4
    while a == b and digits < 32:
        digits += 4
        a, b = (_decimal(evaluator(arb(0))(value), digits) for value in (one, other))
    return a, b


def _affine_words(slope: Element, variable: str, intercept: Element) -> str:
    """``slope * variable + intercept`` in the notation of the model language."""
    factor, rest = slope.rational(), intercept.rational()
    if slope.is_zero:
        return _number(intercept)
    if factor in (1, -1):
        words = variable if factor == 1 else f"-{variable}"
    else:
        words = f"{_number(slope)}*{variable}"
    if rest is None:
        return f"{words} + {_number(intercept)}"
    return words if not rest else f"{words} {'+' if rest > 0 else '-'} {abs(rest)}"


def _decimal(ball: Ball, digits: int = 4) -> str:
    return f"{ball.str(digits, radius=False)}.."


def _short(value: Fraction) -> str:
    text = str(value)
    return text if len(text) < 16 else f"{float(value):.6g}"


def _interval(where: Interval, variable: str) -> str:
    low, high = where
    if low is None:
        return f"{variable} < {show_point(high)}" if high is not None else f"all {variable}"
    if high is None:
        return f"{variable} > {show_point(low)}"
    return f"{show_point(low)} < {variable} < {show_point(high)}"


def _round_up(ball: Ball) -> Fraction:
    """A rational with a small denominator above the ball."""
    top = ball.upper()
    if top < 2**-20:
        return ZERO if top == 0 else Fraction(1, 1024)
    mantissa, exponent = top.man_exp()
    exact = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    steps = exact * 1024
    whole = -((-steps.numerator) // steps.denominator)
    near = Fraction(whole, 1024)
    # A simple number that is not below, where there is one within one part in 500.
    simple = (exact * Fraction(1001, 1000)).limit_denominator(60)
    return min(near, simple) if simple >= exact else near
