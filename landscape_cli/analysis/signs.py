"""The sign of an element on an interval, proved exactly or by ball arithmetic.

Ways, tried in this order: the sign of a constant; all terms of one sign; the roots of an exact
polynomial in t, in exp(t), or (after squaring) in t and one square root; exact ranges of the
atoms; interval subdivision with Taylor's formula at exact zeros and, towards infinity, a bound
that the dominating term is larger than all others together from some T on. No cut-offs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from .elements import (
    ONE,
    ZERO,
    Algebraic,
    Atom,
    Ball,
    Element,
    Monomial,
    Pole,
    Poly,
    TooHard,
    algebraic,
    compose,
    constant,
    constant_sign,
    content,
    derivative,
    evaluator,
    rational_ball,
    reflect,
    subtract,
)

MOST_BOXES = 1500
Signs: TypeAlias = Literal["+", "-", "0", ">=", "<=", "+-", "?"]


class Root(NamedTuple):
    """An irrational algebraic point of the line; ``place``: which of the real roots it is."""

    number: Algebraic
    place: int


Point: TypeAlias = "Fraction | Root"


class Interval(NamedTuple):
    """The open interval between two points; None is infinity."""

    low: Point | None
    high: Point | None


LINE = Interval(None, None)


class Sign(NamedTuple):
    """The sign on an open interval.

    ``+`` and ``-`` are strict everywhere, ``0`` identically. ``>=`` and ``<=`` allow isolated
    zeros only. ``+-``: both occur, strictly, at the two rational ``witnesses`` (where it is
    positive, where it is negative). ``?``: not shown; ``how`` says why.
    """

    sign: Signs
    how: str
    witnesses: tuple[Fraction, Fraction] | None = None


def point_element(point: Point) -> Element:
    """The point as a constant."""
    if isinstance(point, Root):
        return algebraic(point.number, point.place)
    return constant(point)


def bounds(point: Point, width: Fraction = Fraction(1, 2**80)) -> tuple[Fraction, Fraction]:
    """Rationals around the point (equal to it, if it is rational)."""
    if isinstance(point, Root):
        narrow = point.number.narrow(width)
        return narrow.low, narrow.high
    return point, point


def _same(left: Point, right: Point) -> bool:
    """Whether the points are equal: roots of irreducible polynomials by polynomial and index."""
    if isinstance(left, Root) and isinstance(right, Root):
        same = left.number.coefficients == right.number.coefficients
        return same and left.place == right.place
    return not isinstance(left, Root) and not isinstance(right, Root) and left == right


def less(left: Point, right: Point) -> bool:
    """Whether left < right, exactly."""
    if _same(left, right):
        return False
    width = Fraction(1, 16)
    while True:
        a, b = bounds(left, width), bounds(right, width)
        if a[1] <= b[0] and a != b:
            return True
        if b[1] <= a[0] and a != b:
            return False
        width /= 16


def _before(left: Point, right: Point) -> int:
    return -1 if less(left, right) else 0 if _same(left, right) else 1


def within(point: Point, where: Interval) -> bool:
    """Whether the point lies in the open interval."""
    return (where.low is None or less(where.low, point)) and (
        where.high is None or less(point, where.high)
    )


def sample(where: Interval) -> Fraction:
    """A simple rational inside the interval."""
    return next(samples(where))


def _inner(where: Interval) -> tuple[Fraction | None, Fraction | None]:
    """Rationals: the ends moved inwards where they are irrational."""
    low = None if where.low is None else bounds(where.low)[1]
    high = None if where.high is None else bounds(where.high)[0]
    return low, high


def samples(where: Interval) -> Iterator[Fraction]:
    """Rationals inside the interval, the simplest first."""
    low, high = _inner(where)
    if low is None and high is None:
        yield ZERO
        for size in (1, 2, 5, 12, 30, 80):
            yield Fraction(size)
            yield Fraction(-size)
        for part in range(1, 16):
            yield Fraction(part, 3)
            yield Fraction(-part, 3)
    elif low is not None and high is not None:
        if low >= high:
            raise TooHard("two breaks lie too close together")
        for parts in (2, 3, 7, 16, 29):
            for i in range(1, parts):
                yield low + (high - low) * Fraction(i, parts)
    else:
        end, direction = (low, 1) if low is not None else (high, -1)
        assert end is not None
        for step in (1, 2, 5, 12, 30, 80):
            yield end + direction * Fraction(step)
        for part in range(1, 16):
            yield end + direction * Fraction(part, 4)
        for size in (1, 2, 3, 5, 8):
            yield end + direction * Fraction(1, 10**size)


def ball_sign(ball: Ball) -> int | None:
    """The strict sign of a ball, None if it contains 0."""
    return 1 if ball > 0 else -1 if ball < 0 else None


def sign_at(poly: Poly, x: Fraction) -> int | None:
    """The strict sign at a rational; 0 for an exact zero by form; None if not decided."""
    sign = ball_sign(evaluator(rational_ball(x))(Element(poly)))
    if sign is not None:
        return sign
    try:
        value = compose(Element(poly), constant(x))
    except Pole:
        return None
    return constant_sign(value)


def sign_of(element: Element, where: Interval) -> Sign:
    """The sign of an element that is analytic on the interval."""
    found = _poly_sign(element.num, where)
    flip = 1
    for poly, k in element.den:
        if k % 2:
            # It does not vanish on the interval, so one value gives its sign.
            one = _poly_somewhere(poly, where)
            if one is None:
                return Sign("?", "the sign of a denominator is not decided")
            flip *= one
    return found if flip > 0 else _flipped(found)


def _poly_somewhere(poly: Poly, where: Interval) -> int | None:
    for x in samples(where):
        sign = sign_at(poly, x)
        if sign:
            return sign
    return None


def _flipped(found: Sign) -> Sign:
    turned: dict[Signs, Signs] = {"+": "-", "-": "+", ">=": "<=", "<=": ">="}
    witnesses = None if found.witnesses is None else (found.witnesses[1], found.witnesses[0])
    return Sign(turned.get(found.sign, found.sign), found.how, witnesses)


def _positive_variable(where: Interval) -> int:
    """The sign of t on the interval; 0 if both occur."""
    if where.low is not None and not less(where.low, ZERO):
        return 1
    if where.high is not None and not less(ZERO, where.high):
        return -1
    return 0


def _poly_sign(poly: Poly, where: Interval) -> Sign:
    if not poly.terms:
        return Sign("0", "it is 0")
    common, rest = content(poly, ("t", "exp", "root", "pi", "log", "erf", "arctan"))
    factors: list[Sign] = []
    for atom, exponent in common:
        if atom.kind in ("exp", "root", "pi"):
            continue
        if atom.kind == "log" and not atom.depends:
            value = constant_sign(Element(Poly({((atom, ONE),): ONE})))
            if value is None:
                return Sign("?", "the sign of a constant is not decided")
            factors.append(Sign("+" if value > 0 or exponent % 2 == 0 else "-", ""))
            continue
        if atom.kind == "t":
            side = _positive_variable(where)
            if side:
                part = Sign("+" if side > 0 else "-", "")
            else:
                part = Sign("+-", "", (ONE, -ONE))
        else:
            inner = atom.inner
            if atom.kind == "log":
                inner = subtract(inner, constant(1))
            part = sign_of(inner, where)
        if exponent % 2 == 0 and part.sign not in ("?", "0"):
            strict = part.sign in ("+", "-")
            part = Sign("+" if strict else ">=", "")
        elif exponent < 0 and part.sign not in ("+", "-"):
            return Sign("?", "a denominator is not known to keep its sign")
        factors.append(part)
    main = _rest_sign(rest, where)
    how = main.how
    sign: Signs = main.sign
    for factor in factors:
        sign = _product(sign, factor.sign)
    if sign in ("+", "-", "0", ">=", "<="):
        return Sign(sign, how)
    found = _mixed(poly, where)
    if found is not None:
        return Sign("+-", "it takes both signs", found)
    return Sign("?", how if main.sign == "?" else "its sign is not shown")


def _product(left: Signs, right: Signs) -> Signs:
    if "?" in (left, right) or "+-" in (left, right):
        return "?"
    if "0" in (left, right):
        return "0"
    value = {"+": 1, ">=": 1, "-": -1, "<=": -1}
    positive = value[left] * value[right] > 0
    if left in ("+", "-") and right in ("+", "-"):
        return "+" if positive else "-"
    return ">=" if positive else "<="


def _mixed(poly: Poly, where: Interval) -> tuple[Fraction, Fraction] | None:
    """Two rationals at which the polynomial is strictly positive and strictly negative."""
    up = down = None
    for x in samples(where):
        sign = ball_sign(evaluator(rational_ball(x))(Element(poly)))
        if sign == 1 and up is None:
            up = x
        elif sign == -1 and down is None:
            down = x
        if up is not None and down is not None:
            return up, down
    return None


def _strict(poly: Poly, where: Interval, sign: int) -> bool:
    return any(
        ball_sign(evaluator(rational_ball(x))(Element(poly))) == sign for x in samples(where)
    )


def _rest_sign(poly: Poly, where: Interval) -> Sign:
    """The sign of a polynomial without common factors."""
    if not poly.depends:
        sign = constant_sign(Element(poly))
        if sign is None:
            return Sign("?", "the sign of a constant is not decided")
        how = "a product of factors of known sign"
        return Sign("0" if sign == 0 else "+" if sign > 0 else "-", how)
    structural = _structural(poly, where)
    if structural is not None:
        return structural
    exact = _by_roots(poly, where)
    if exact is not None:
        return exact
    ranges = _by_ranges(poly, where)
    if ranges is not None:
        return ranges
    return _by_balls(poly, where)


# --- all terms of one sign -------------------------------------------------------------------


def _structural(poly: Poly, where: Interval) -> Sign | None:
    side = _positive_variable(where)
    signs = set()
    strict = False
    for monomial, value in poly.terms.items():
        sign = 1 if value > 0 else -1
        never_zero = True
        for atom, exponent in monomial:
            if atom.kind in ("exp", "root", "pi"):
                continue
            if atom.kind == "t" and side:
                sign *= side if exponent % 2 else 1
            elif (exponent % 2 == 0 and exponent > 0) or (
                atom.kind == "log" and _at_least_one(atom.inner)
            ):
                never_zero = False
            else:
                return None
        signs.add(sign)
        strict = strict or never_zero
    if len(signs) != 1:
        return None
    positive = signs == {1}
    how = f"every term is {'positive' if positive else 'negative'}"
    if not strict:
        if not _strict(poly, where, 1 if positive else -1):
            return None
        return Sign(">=" if positive else "<=", how)
    return Sign("+" if positive else "-", how)


def _at_least_one(element: Element) -> bool:
    """Whether it is 1 plus positive terms, by form."""
    if element.den:
        return False
    if element.num.terms.get((), ZERO) < 1:
        return False
    return len(element.num.terms) > 1 and all(
        value > 0 and all(a.kind in ("exp", "root", "pi") or e % 2 == 0 for a, e in monomial)
        and all(e > 0 or a.kind in ("exp", "pi") for a, e in monomial)
        for monomial, value in element.num.terms.items()
    )  # fmt: skip


# --- exact polynomials -----------------------------------------------------------------------


def real_roots(coefficients: list[Fraction]) -> list[Point]:
    """All real roots of a polynomial that is not 0 (constant coefficient first), increasing."""
    from flint import ctx, fmpq, fmpq_poly, fmpz_poly

    rational = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    if rational.degree() <= 0:
        return []
    whole = fmpz_poly([int(c) for c in (rational * rational.denom()).coeffs()])
    found: list[Point] = []
    before = ctx.prec
    for factor, _ in whole.factor()[1]:
        numbers = tuple(int(c) for c in factor.coeffs())
        if len(numbers) == 2:
            found.append(Fraction(-numbers[0], numbers[1]))
            continue
        ctx.prec = 128
        try:
            balls = sorted(
                (z.real for z, _ in factor.complex_roots() if z.imag == 0),
                key=lambda ball: float(ball.mid()),
            )
            for index, ball in enumerate(balls):
                found.append(Root(_isolated(numbers, ball, balls, index), index))
        finally:
            ctx.prec = before
    return sorted(found, key=cmp_to_key(_before))


def _fraction(ball: Ball) -> Fraction:
    """The midpoint of a ball, exactly."""
    mantissa, exponent = ball.mid().man_exp()
    if abs(int(exponent)) > 20_000:
        raise TooHard("a number is too large or too small to analyse")
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _isolated(numbers: tuple[int, ...], ball: Ball, balls: list[Ball], index: int) -> Algebraic:
    """The root in the ball, between rationals that hold no other: the sign changes once."""
    low, high = _fraction(ball.lower()), _fraction(ball.upper())
    margin = max(high - low, Fraction(1, 2**100))
    low, high = low - margin, high + margin
    for other, neighbour in enumerate(balls):
        if other != index and rational_ball(low).union(rational_ball(high)).overlaps(neighbour):
            raise TooHard("the roots of a polynomial lie too close together")
    number = Algebraic(numbers, low, high)
    if number.value(low) * number.value(high) >= 0:
        raise TooHard("a root of a polynomial is not isolated")
    return number


def polynomial_coefficients(element: Element) -> list[Fraction] | None:
    """The coefficients (lowest first) of a polynomial in t with rational ones, else None."""
    exact = element.rational()
    if exact is not None:
        return [exact]
    return None if element.den else _univariate(element.num)


def _univariate(poly: Poly) -> list[Fraction] | None:
    """The coefficients of a polynomial in t alone."""
    found: dict[int, Fraction] = {}
    for monomial, value in poly.terms.items():
        if not monomial:
            found[0] = value
        elif len(monomial) == 1 and monomial[0][0].kind == "t" and monomial[0][1] > 0:
            found[int(monomial[0][1])] = value
        else:
            return None
    if max(found) > 200:
        raise TooHard("the degree is too high to analyse")
    return [found.get(i, ZERO) for i in range(max(found) + 1)]


def _with_root(poly: Poly) -> tuple[list[Fraction], Poly] | None:
    """For a + b sqrt(p) in t: the coefficients of a polynomial that vanishes where it does."""
    atoms = {atom for monomial in poly.terms for atom, _ in monomial if atom.kind == "root"}
    if len(atoms) != 1:
        return None
    atom = next(iter(atoms))
    plain: dict[Monomial, Fraction] = {}
    rooted: dict[Monomial, Fraction] = {}
    for monomial, value in poly.terms.items():
        powers = dict(monomial)
        exponent = powers.pop(atom, ZERO)
        if exponent not in (0, Fraction(1, 2)):
            return None
        (rooted if exponent else plain)[tuple(powers.items())] = value
    a, b, p = Poly(plain), Poly(rooted), atom.inner.num
    product = a * a + (b * b * p).scale(Fraction(-1))
    if not product.terms:
        return None
    common, rest = content(product, ("t",))
    if common and common[0][1] < 0:
        product = rest  # a positive common power stays: 0 is then one of the roots
    coefficients = _univariate(product)
    return None if coefficients is None else (coefficients, product)


def _exponential(poly: Poly) -> tuple[list[Fraction], Fraction] | None:
    """For a polynomial in exp(g t): its coefficients and g > 0 (up to a positive factor)."""
    powers: dict[Fraction, Fraction] = {}
    for monomial, value in poly.terms.items():
        if not monomial:
            powers[ZERO] = value
            continue
        if len(monomial) != 1 or monomial[0][0].kind != "exp":
            return None
        if monomial[0][0].inner.key != "(1*t^1)":
            return None
        powers[monomial[0][1]] = value
    least = min(powers)
    denominator = 1
    for exponent in powers:
        denominator = denominator * exponent.denominator // _gcd(denominator, exponent.denominator)
    steps = {int((e - least) * denominator): v for e, v in powers.items()}
    common = 0
    for step in steps:
        common = _gcd(common, step)
    if common == 0 or max(steps) // common > 200:
        return None
    coefficients = [steps.get(i * common, ZERO) for i in range(max(steps) // common + 1)]
    return coefficients, Fraction(common, denominator)


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def zeros(poly: Poly, where: Interval) -> tuple[list[Point], bool]:
    """Exact zeros in the open interval, and whether these are known to be all."""
    _, poly = content(poly, ("exp", "root", "pi"))
    found: list[Point] = []
    common, rest = content(poly, ("t",))
    if common and within(ZERO, where):
        found.append(ZERO)
    if rest.rational() is not None:
        return found, True
    coefficients = _univariate(rest)
    complete = True
    if coefficients is not None:
        found.extend(real_roots(coefficients))
    else:
        complete = False
        exponential = _exponential(rest)
        if exponential is not None:
            positive = [r for r in real_roots(exponential[0]) if less(ZERO, r)]
            complete = all(root == 1 for root in positive)
        candidates: list[Point] = [
            sign * Fraction(a, b) for b in (1, 2, 3, 4) for a in range(7) for sign in (1, -1)
        ]
        squared = _with_root(rest)
        if squared is not None:
            candidates = real_roots(squared[0])
            complete = True
        for candidate in dict.fromkeys(candidates):
            low, high = bounds(candidate)
            ball = evaluator(rational_ball(low).union(rational_ball(high)))(Element(rest))
            if ball_sign(ball) is not None:
                continue
            try:
                value = compose(Element(rest), point_element(candidate))
            except Pole:
                complete = False
                continue
            sign = constant_sign(value)
            if sign == 0:
                found.append(candidate)
            elif sign is None:
                complete = False
    unique = dict.fromkeys(x for x in found if within(x, where))
    return sorted(unique, key=cmp_to_key(_before)), complete


def _by_roots(poly: Poly, where: Interval) -> Sign | None:
    """Exact: the zeros lie among finitely many points, so samples between them decide."""
    coefficients = _univariate(poly)
    how = "the real roots of a polynomial, isolated exactly"
    if coefficients is None:
        squared = _with_root(poly)
        if squared is not None:
            coefficients, _ = squared
            how = "the real roots of a polynomial (after squaring), isolated exactly"
    if coefficients is not None:
        inside = [x for x in real_roots(coefficients) if within(x, where)]
        return _between(poly, where, inside, how)
    exponential = _exponential(poly)
    if exponential is not None:
        return _in_exponential(*exponential, where)
    return None


def _between(poly: Poly, where: Interval, inside: list[Point], how: str) -> Sign | None:
    ends = [where.low, *inside, where.high]
    seen: dict[int, Fraction] = {}
    for low, high in pairwise(ends):
        x = sample(Interval(low, high))
        sign = sign_at(poly, x)
        if not sign:
            return None
        seen.setdefault(sign, x)
    if len(seen) == 2:
        return Sign("+-", how, (seen[1], seen[-1]))
    positive = 1 in seen
    if inside:
        # A root of the squared polynomial need not be a zero, so >= may be too modest.
        return Sign(">=" if positive else "<=", how)
    return Sign("+" if positive else "-", how)


def _in_exponential(coefficients: list[Fraction], rate: Fraction, where: Interval) -> Sign | None:
    """The sign of P(E), E = exp(rate t), on the image of the interval."""
    how = f"the positive roots of a polynomial in exp({rate} t), isolated exactly"
    from flint import arb

    def image(end: Point | None, infinite: Ball) -> Ball:
        if end is None:
            return infinite
        low, high = bounds(end)
        return (rational_ball(low).union(rational_ball(high)) * rational_ball(rate)).exp()

    inside: list[Point] = []
    for root in real_roots(coefficients):
        if not less(ZERO, root):
            continue
        ball = rational_ball(bounds(root)[0]).union(rational_ball(bounds(root)[1]))
        # exp of a rational other than 0 is transcendental, so it equals a root only at t = 0.
        outside = False
        for end, infinite, below in ((where.low, arb(0), True), (where.high, None, False)):
            if end is None:
                continue
            if end == 0 and root == 1:
                outside = True
                continue
            edge = image(end, infinite)
            if (ball < edge) if below else (ball > edge):
                outside = True
            elif not ((ball > edge) if below else (ball < edge)):
                return None
        if not outside:
            inside.append(root)
    ends: list[Point | None] = [None, *inside, None]
    seen: set[int] = set()
    for index in range(len(ends) - 1):
        low, high = ends[index], ends[index + 1]
        x = _inside_image(low, high, where, rate)
        if x is None:
            return None
        total = ZERO
        for c in reversed(coefficients):
            total = total * x + c
        if total == 0:
            return None
        seen.add(1 if total > 0 else -1)
    if len(seen) == 2:
        return Sign("+-", how)
    positive = 1 in seen
    if inside:
        return Sign(">=" if positive else "<=", how)
    return Sign("+" if positive else "-", how)


def _inside_image(
    low: Point | None, high: Point | None, where: Interval, rate: Fraction
) -> Fraction | None:
    """A positive rational between two roots and inside exp(rate * interval)."""
    from flint import arb

    def edge(end: Point | None) -> Ball | None:
        if end is None:
            return None
        a, b = bounds(end)
        return (rational_ball(a).union(rational_ball(b)) * rational_ball(rate)).exp()

    lows = [] if low is None else [rational_ball(bounds(low)[1])]
    highs = [] if high is None else [rational_ball(bounds(high)[0])]
    left, right = edge(where.low), edge(where.high)
    if left is not None:
        lows.append(left)
    if right is not None:
        highs.append(right)
    bottom = arb(0)
    for ball in lows:
        bottom = bottom.max(ball)
    x = None
    if not highs:
        x = _fraction(bottom.upper()) + 1
    else:
        top = highs[0]
        for ball in highs[1:]:
            top = top.min(ball)
        x = (_fraction(bottom.upper()) + _fraction(top.lower())) / 2
        if not rational_ball(x) < top:
            return None
    if not all(rational_ball(x) > ball for ball in lows) or x <= 0:
        return None
    return x


# --- exact ranges ----------------------------------------------------------------------------

_Range: TypeAlias = "tuple[Fraction | None, Fraction | None]"


def _atom_range(atom: Atom, exponent: Fraction, where: Interval) -> _Range:
    """An exact enclosure of a power of an atom on the interval (None: infinity)."""
    low: Fraction | None
    high: Fraction | None
    kind = atom.kind
    if kind in ("exp", "root"):
        return ZERO, None
    if kind == "pi" and exponent == 1:
        return Fraction(314159, 100000), Fraction(314160, 100000)
    if kind == "t":
        low = None if where.low is None else bounds(where.low)[0]
        high = None if where.high is None else bounds(where.high)[1]
    elif kind in ("sin", "cos", "erf"):
        low, high = -ONE, ONE
    elif kind == "arctan":
        low, high = Fraction(-15708, 10000), Fraction(15708, 10000)
    else:
        return (ZERO, None) if exponent % 2 == 0 else (None, None)
    if exponent.denominator != 1 or exponent < 0:
        return None, None
    k = int(exponent)
    if k % 2 == 0:
        ends = [None if x is None else abs(x) for x in (low, high)]
        top = None if None in ends else max(x for x in ends if x is not None) ** k
        positive = low is not None and low > 0
        negative = high is not None and high < 0
        near = ZERO
        if positive and low is not None:
            near = low**k
        elif negative and high is not None:
            near = high**k
        return near, top
    return None if low is None else low**k, None if high is None else high**k


def _times_range(a: _Range, b: _Range) -> _Range:
    def product(x: Fraction | None, y: Fraction | None, sx: int, sy: int) -> Fraction | int | None:
        # Infinite ends: returns +1 / -1 for an infinite product, 0 * infinity counts as 0.
        if x is not None and y is not None:
            return x * y
        if x == 0 or y == 0:
            return ZERO
        left = sx if x is None else (1 if x > 0 else -1)
        right = sy if y is None else (1 if y > 0 else -1)
        return left * right

    low: Fraction | None = None
    high: Fraction | None = None
    low_infinite = high_infinite = False
    first = True
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            value = product(x, y, -1 if i == 0 else 1, -1 if j == 0 else 1)
            if isinstance(value, int):
                low_infinite = low_infinite or value < 0
                high_infinite = high_infinite or value > 0
                continue
            assert value is not None
            if first:
                low = high = value
                first = False
            else:
                assert low is not None and high is not None
                low, high = min(low, value), max(high, value)
    return (None if low_infinite else low), (None if high_infinite else high)


def _by_ranges(poly: Poly, where: Interval) -> Sign | None:
    low: Fraction | None = ZERO
    high: Fraction | None = ZERO
    for monomial, value in poly.terms.items():
        part: _Range = (value, value)
        for atom, exponent in monomial:
            part = _times_range(part, _atom_range(atom, exponent, where))
        low = None if low is None or part[0] is None else low + part[0]
        high = None if high is None or part[1] is None else high + part[1]
    how = "the exact ranges of its terms"
    if low is not None and low >= 0:
        if low > 0:
            return Sign("+", how)
        return Sign(">=", how) if _strict(poly, where, 1) else None
    if high is not None and high <= 0:
        if high < 0:
            return Sign("-", how)
        return Sign("<=", how) if _strict(poly, where, -1) else None
    return None


# --- balls -----------------------------------------------------------------------------------


def _by_balls(poly: Poly, where: Interval) -> Sign:
    seen: dict[int, Fraction] = {}
    for x in samples(where):
        sign = ball_sign(evaluator(rational_ball(x))(Element(poly)))
        if sign is not None:
            seen.setdefault(sign, x)
        if len(seen) == 2:
            return Sign("+-", "it takes both signs", (seen[1], seen[-1]))
    if not seen:
        return Sign("?", "no sign was found at any sample point")
    want = next(iter(seen))
    prover = _Prover(poly, want)
    low: Point
    high: Point
    if where.low is None:
        reflected = reflect(Element(poly))
        start = None if reflected.den else tail(reflected.num, want, _beyond(where.high, -1))
        if start is None:
            return Sign("?", "no term is shown to dominate towards -infinity")
        low = -start
    else:
        low = where.low
    if where.high is None:
        start = tail(poly, want, _beyond(where.low, 1))
        if start is None:
            return Sign("?", "no term is shown to dominate towards infinity")
        high = start
    else:
        high = where.high
    inside, _ = zeros(poly, Interval(low, high))
    cuts: list[Point] = [low, *inside, high]
    for a, b in pairwise(cuts):
        if not prover.closed(a, b):
            return Sign("?", "interval subdivision did not settle its sign")
    how = "interval subdivision in ball arithmetic"
    if where.low is None or where.high is None:
        how += ", with a dominating term towards infinity"
    strict = not inside
    return Sign(("+" if strict else ">=") if want > 0 else ("-" if strict else "<="), how)


def _beyond(end: Point | None, direction: int) -> Fraction:
    """The least |t| that a tail of the interval may start at."""
    if end is None:
        return ONE
    low, high = bounds(end)
    return max(ONE, (high if direction > 0 else -low) + 1)


class _Prover:
    """Shows that a polynomial in atoms has one sign on closed intervals."""

    def __init__(self, poly: Poly, want: int) -> None:
        self.want = want
        self.boxes = 0
        self.derivatives: list[Element] = [Element(poly)]

    def slope(self, order: int) -> Element:
        while len(self.derivatives) <= order:
            if len(self.derivatives) > 8:
                raise TooHard("a zero of high order")
            self.derivatives.append(derivative(self.derivatives[-1]))
        return self.derivatives[order]

    def sign_over(self, order: int, low: Fraction, high: Fraction) -> int | None:
        """The strict sign of a derivative over a closed interval."""
        box = rational_ball(low).union(rational_ball(high))
        element = self.slope(order)
        direct = evaluator(box)(element)
        sign = ball_sign(direct)
        if sign is not None:
            return sign
        middle = rational_ball((low + high) / 2)
        value = evaluator(middle)(element) + evaluator(box)(self.slope(order + 1)) * (box - middle)
        return ball_sign(value)

    def zero_order(self, point: Point) -> int | None:
        """The order of the zero at a point; 0 if it is none, None if not decided."""
        for order in range(8):
            try:
                value = compose(self.slope(order), point_element(point))
            except Pole:
                return None
            sign = constant_sign(value)
            if sign is None:
                return None
            if sign != 0:
                return order
        return None

    def closed(self, low: Point, high: Point) -> bool:
        """Whether the sign is strict between the two points (zeros at the points allowed)."""
        a, b = bounds(low)[1], bounds(high)[0]
        left = self._from_end(low, 1, a, b)
        if left is None:
            return False
        right = self._from_end(high, -1, left, b)
        if right is None:
            return False
        stack = [(left, right)]
        while stack:
            x, y = stack.pop()
            if x >= y:
                continue
            self.boxes += 1
            if self.boxes > MOST_BOXES:
                return False
            if self.sign_over(0, x, y) == self.want:
                continue
            if y - x < Fraction(1, 2**40):
                return False
            middle = (x + y) / 2
            stack.append((middle, y))
            stack.append((x, middle))
        return True

    def _from_end(self, end: Point, side: int, a: Fraction, b: Fraction) -> Fraction | None:
        """Past a zero at the end by Taylor's formula; returns where ordinary boxes take over."""
        inner = a if side > 0 else b
        try:
            order = self.zero_order(end)
        except TooHard:
            return None
        if order is None:
            return None
        if order == 0 and not isinstance(end, Root):
            return inner
        low, high = bounds(end)
        width = (b - a) if b > a else ONE
        for _ in range(40):
            far = (high + width) if side > 0 else (low - width)
            if side > 0:
                far = min(far, b) if b > a else far
                box = (low, far)
            else:
                far = max(far, a) if b > a else far
                box = (far, high)
            self.boxes += 1
            if self.boxes > MOST_BOXES:
                return None
            sign = self.sign_over(order, *box)
            if sign is not None:
                near = sign if side > 0 or order % 2 == 0 else -sign
                return far if near == self.want else None
            width /= 2
        return None


# --- towards infinity ------------------------------------------------------------------------

Growth: TypeAlias = tuple[tuple[tuple[int, Fraction], ...], Fraction]


def tail(poly: Poly, want: int, least: Fraction) -> Fraction | None:
    """A T >= least such that the sign is strictly ``want`` on [T, infinity); None if not shown.

    With s(t) = t^i exp(sum c_j t^j) the growth of a term, the term that grows fastest dominates:
    the other terms over it decrease on [T, infinity) and are bounded by their values at T. The
    bounded atoms are enclosed over the whole tail.
    """
    start = max(Fraction(2), least)
    for _ in range(10):
        if _dominated(poly, want, start):
            return start
        start *= 2
    return None


def _growth(monomial: Monomial, start: Fraction) -> tuple[Growth, Ball] | None:
    """The growth of a monomial and an enclosure over [T, infinity) of what is left of it."""
    from flint import arb

    rates: dict[int, Fraction] = {}
    degree = ZERO
    rest = arb(1)
    for atom, exponent in monomial:
        if atom.kind == "t":
            degree += exponent
        elif atom.kind == "exp" and atom.depends:
            inner = atom.inner
            j = _pure_power(inner)
            if j is None:
                return None
            rates[j] = rates.get(j, ZERO) + exponent
        elif not atom.depends:
            rest = rest * evaluator(arb(0))(Element(Poly({((atom, exponent),): ONE})))
        elif atom.kind in ("sin", "cos", "erf"):
            if exponent.denominator != 1 or exponent < 0:
                return None
            low = ZERO if exponent % 2 == 0 else -ONE
            rest = rest * rational_ball(low).union(arb(1))
        elif atom.kind == "arctan":
            if exponent != 1:
                return None
            half = arb.pi() / 2
            rest = rest * half.union(-half)
        elif atom.kind == "root":
            found = _root_growth(atom.inner.num, exponent, start)
            if found is None:
                return None
            degree += found[0]
            rest = rest * found[1]
        else:
            return None
    return (tuple(sorted(((j, c) for j, c in rates.items() if c), reverse=True)), degree), rest


def _pure_power(element: Element) -> int | None:
    """j, if the element is t^j with j >= 1."""
    if element.den or len(element.num.terms) != 1:
        return None
    (monomial, value), *_ = element.num.terms.items()
    if value != 1 or len(monomial) != 1 or monomial[0][0].kind != "t" or monomial[0][1] < 1:
        return None
    return int(monomial[0][1])


def _root_growth(base: Poly, exponent: Fraction, start: Fraction) -> tuple[Fraction, Ball] | None:
    """p(t)^e = t^(d e) times an enclosed factor on [T, infinity), p a polynomial in t."""
    coefficients = _univariate(base)
    if coefficients is None or coefficients[-1] <= 0:
        return None
    degree = len(coefficients) - 1
    slack = sum((abs(c) / start ** (degree - i) for i, c in enumerate(coefficients[:-1])), ZERO)
    lead = coefficients[-1]
    if slack >= lead:
        return None
    ball = rational_ball(lead - slack).union(rational_ball(lead + slack))
    return degree * exponent, (ball.log() * rational_ball(exponent)).exp()


def growths_compared(left: Growth, right: Growth) -> int:
    """Which grows faster towards infinity: 1, -1, or 0 for equal."""
    a, b = dict(left[0]), dict(right[0])
    for j in sorted({*a, *b}, reverse=True):
        difference = a.get(j, ZERO) - b.get(j, ZERO)
        if difference:
            return 1 if difference > 0 else -1
    return 0 if left[1] == right[1] else 1 if left[1] > right[1] else -1


def growth_of(monomial: Monomial) -> Growth | None:
    """The growth of a monomial in t and exp(t^j); None for others."""
    degree = ZERO
    rates: dict[int, Fraction] = {}
    for atom, exponent in monomial:
        j = _pure_power(atom.inner) if atom.kind == "exp" else None
        if atom.kind == "t":
            degree += exponent
        elif j is not None:
            rates[j] = rates.get(j, ZERO) + exponent
        else:
            return None
    return tuple(sorted(((j, c) for j, c in rates.items() if c), reverse=True)), degree


def _growths(poly: Poly, start: Fraction) -> dict[Growth, Ball] | None:
    """The terms by growth: what each is multiplied with, enclosed over [T, infinity)."""
    groups: dict[Growth, Ball] = {}
    for monomial, value in poly.terms.items():
        found = _growth(monomial, start)
        if found is None:
            return None
        growth, rest = found
        part = rest * rational_ball(value)
        groups[growth] = groups[growth] + part if growth in groups else part
    return groups


def _fastest(found: Iterator[Growth]) -> Growth:
    best = next(found)
    for growth in found:
        if growths_compared(growth, best) > 0:
            best = growth
    return best


def _dominated(poly: Poly, want: int, start: Fraction) -> bool:
    groups = _growths(poly, start)
    if not groups:
        return False
    best = _fastest(iter(groups))
    if ball_sign(groups[best]) != want:
        return False
    total = _relative_rest(groups, best, start)
    return total is not None and bool(total < abs(groups[best]).lower())


def _relative_rest(groups: dict[Growth, Ball], best: Growth, start: Fraction) -> Ball | None:
    """A bound on |all other terms| / (the growth of the best) over [T, infinity)."""
    from flint import arb

    total = arb(0)
    for growth, ball in groups.items():
        if growth == best:
            continue
        rates = dict(growth[0])
        for j, c in best[0]:
            rates[j] = rates.get(j, ZERO) - c
        rates = {j: c for j, c in rates.items() if c}
        degree = growth[1] - best[1]
        if not _decreasing(rates, degree, start):
            return None
        exponent = sum((c * start**j for j, c in rates.items()), ZERO)
        size = (rational_ball(start).log() * rational_ball(degree)).exp()
        total = total + abs(ball).upper() * size * rational_ball(exponent).exp()
    return total


def _decreasing(rates: dict[int, Fraction], degree: Fraction, start: Fraction) -> bool:
    """Whether t^degree exp(sum c_j t^j) decreases on [T, infinity), T >= 1.

    Its logarithmic derivative times t is degree + sum j c_j t^j; over t^top it is at most
    top c_top + the positive others / T^(top - j).
    """
    if not rates:
        return degree < 0
    top = max(rates)
    bound = top * rates[top]
    for j, c in rates.items():
        if j != top and c > 0:
            bound += j * c / start ** (top - j)
    if degree > 0:
        bound += degree / start**top
    return bound < 0
