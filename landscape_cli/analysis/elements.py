"""Exact normal forms of analytic expressions in one real variable t.

An ``Element`` is a fraction: a polynomial over Q in atoms, over powers of polynomials. Atoms are
t, exp(m), log(p), sin(p), cos(p), arctan(p), erf(p), fractional powers of a positive p, pi, and
real algebraic numbers. Equal normal forms are equal functions; the converse is not claimed, so
only a numerator that is exactly 0 proves an identity, and only balls (python-flint's arb) prove
that a number is not 0.

An element is always used on a set on which its denominators do not vanish and the arguments of
its logarithms and fractional powers are positive (``pieces`` proves it when it builds one), hence
it is analytic there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

MOST_TERMS = 300
MOST_BITS = 6000
LONGEST_KEY = 20_000
LARGEST_POWER = 60
ZERO = Fraction(0)
ONE = Fraction(1)
Ball: TypeAlias = Any  # flint.arb, which has no type stubs


class TooHard(Exception):
    """The analysis gives up; the message says why."""


WORK: ContextVar[list[int] | None] = ContextVar("work", default=None)
"""What is left of the work that an analysis may spend, in term products; set by ``limited``."""


def spend(amount: int) -> None:
    """Count work; ``TooHard`` when the analysis has spent all that it may."""
    left = WORK.get()
    if left is not None:
        left[0] -= amount
        if left[0] < 0:
            raise TooHard("the expression takes too much work to analyse")


class Pole(Exception):
    """A value is asked for where an element is not defined."""


class Atom:
    """A transcendental or algebraic building block; equal if and only if the keys are.

    ``kind``: ``t``, ``exp``, ``log``, ``sin``, ``cos``, ``arctan``, ``erf``, ``root`` (of a
    positive polynomial), ``pi``, ``algebraic``.
    """

    __slots__ = ("argument", "depends", "hash", "key", "kind")

    def __init__(self, kind: str, argument: Element | Algebraic | None, key: str) -> None:
        if len(key) > LONGEST_KEY:
            raise TooHard("the expression is too large to analyse")
        self.kind = kind
        self.argument = argument
        self.key = key
        self.hash = hash(key)
        self.depends = kind == "t" or (isinstance(argument, Element) and argument.depends)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.key == other.key

    def __hash__(self) -> int:
        return self.hash

    def __repr__(self) -> str:
        return self.key

    @property
    def inner(self) -> Element:
        """The argument of a function atom."""
        if not isinstance(self.argument, Element):
            raise TypeError(f"the atom {self.kind} has no argument")
        return self.argument


Monomial: TypeAlias = tuple[tuple[Atom, Fraction], ...]


class Poly:
    """A polynomial in atoms: {monomial: coefficient}, no coefficient 0; never changed."""

    __slots__ = ("_key", "terms")

    def __init__(self, terms: dict[Monomial, Fraction]) -> None:
        if len(terms) > MOST_TERMS:
            raise TooHard("the expression is too large to analyse")
        for value in terms.values():
            if value.numerator.bit_length() + value.denominator.bit_length() > MOST_BITS:
                raise TooHard("the numbers are too large to analyse")
        self.terms = terms
        self._key: str | None = None

    @property
    def key(self) -> str:
        """A text that identifies the polynomial."""
        if self._key is None:
            parts = []
            for monomial, value in self.terms.items():
                factors = "*".join(f"{a.key}^{e}" for a, e in monomial)
                parts.append(f"{value}*{factors}" if factors else str(value))
            self._key = "+".join(sorted(parts))
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return self.key

    @property
    def depends(self) -> bool:
        """Whether t occurs."""
        return any(atom.depends for monomial in self.terms for atom, _ in monomial)

    def __add__(self, other: Poly) -> Poly:
        terms = dict(self.terms)
        for monomial, value in other.terms.items():
            total = terms.get(monomial, ZERO) + value
            if total:
                terms[monomial] = total
            else:
                terms.pop(monomial, None)
        return Poly(terms)

    def __mul__(self, other: Poly) -> Poly:
        if len(self.terms) * len(other.terms) > 40 * MOST_TERMS:
            raise TooHard("the expression is too large to analyse")
        spend(1 + len(self.terms) * len(other.terms))
        terms: dict[Monomial, Fraction] = {}
        rest: Poly | None = None
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial, carried = _times(left, right)
                if not carried:
                    total = terms.get(monomial, ZERO) + a * b
                    if total:
                        terms[monomial] = total
                    else:
                        terms.pop(monomial, None)
                    continue
                piece = Poly({monomial: a * b})
                for factor in carried:
                    piece = piece * factor
                rest = piece if rest is None else rest + piece
        return Poly(terms) if rest is None else Poly(terms) + rest

    def scale(self, factor: Fraction) -> Poly:
        """The polynomial times a rational."""
        return Poly({m: v * factor for m, v in self.terms.items()}) if factor else NOTHING

    def shift(self, monomial: Monomial) -> Poly:
        """The polynomial times a monomial."""
        return self * Poly({monomial: ONE})

    def rational(self) -> Fraction | None:
        """The value, if it is a rational number by form."""
        if not self.terms:
            return ZERO
        return self.terms.get(()) if len(self.terms) == 1 else None


def _times(left: Monomial, right: Monomial) -> tuple[Monomial, list[Poly]]:
    """The product of two monomials, and polynomials to multiply it with (carried powers)."""
    if not left:
        return right, []
    if not right:
        return left, []
    powers = dict(left)
    carried: list[Poly] = []
    for atom, exponent in right:
        total = powers.get(atom, ZERO) + exponent
        if atom.kind == "root" and total >= 1:
            total -= 1
            carried.append(atom.inner.num)
        elif atom.kind == "algebraic" and isinstance(atom.argument, Algebraic):
            degree = len(atom.argument.coefficients) - 1
            if total >= degree:
                total -= degree
                carried.append(atom.argument.top_power(atom))
        elif atom.kind == "t" and abs(total) > 4 * LARGEST_POWER:
            raise TooHard("the powers are too high to analyse")
        if total:
            powers[atom] = total
        else:
            powers.pop(atom, None)
    return tuple(sorted(powers.items(), key=lambda pair: pair[0].key)), carried


class Algebraic(NamedTuple):
    """The only real root, between two rationals, of an irreducible polynomial of degree >= 2.

    ``coefficients``: integers, the constant first. ``low`` and ``high`` are not roots.
    """

    coefficients: tuple[int, ...]
    low: Fraction
    high: Fraction

    def top_power(self, atom: Atom) -> Poly:
        """The power x^degree as a polynomial of lower degree."""
        *lower, lead = self.coefficients
        return Poly(
            {
                (((atom, Fraction(i)),) if i else ()): Fraction(-c, lead)
                for i, c in enumerate(lower)
                if c
            }
        )

    def value(self, x: Fraction) -> Fraction:
        """The polynomial at x."""
        total = ZERO
        for c in reversed(self.coefficients):
            total = total * x + c
        return total

    def narrow(self, width: Fraction) -> Algebraic:
        """The same number in an interval of at most that width."""
        low, high = self.low, self.high
        positive = self.value(high) > 0
        while high - low > width:
            middle = (low + high) / 2
            if (self.value(middle) > 0) == positive:
                high = middle
            else:
                low = middle
        return Algebraic(self.coefficients, low, high)


Den: TypeAlias = tuple[tuple[Poly, int], ...]


class Element(NamedTuple):
    """``num`` over the product of the ``den`` factors to their powers (sorted by key)."""

    num: Poly
    den: Den = ()

    @property
    def depends(self) -> bool:
        """Whether t occurs."""
        return self.num.depends or any(poly.depends for poly, _ in self.den)

    @property
    def is_zero(self) -> bool:
        """Whether it is identically 0 by form."""
        return not self.num.terms

    @property
    def key(self) -> str:
        """A text that identifies the element."""
        if not self.den:
            return f"({self.num.key})"
        return f"({self.num.key})/" + "/".join(f"({p.key})^{k}" for p, k in self.den)

    def rational(self) -> Fraction | None:
        """The value, if it is a rational number by form."""
        return self.num.rational() if not self.den or self.is_zero else None


NOTHING = Poly({})
UNIT = Poly({(): ONE})


def constant(value: Fraction | int) -> Element:
    """A rational number."""
    value = Fraction(value)
    return Element(Poly({(): value}) if value else NOTHING)


def _single(atom: Atom, exponent: Fraction = ONE) -> Element:
    return Element(Poly({((atom, exponent),): ONE}))


T_ATOM = Atom("t", None, "t")
VARIABLE = _single(T_ATOM)
PI_ATOM = Atom("pi", None, "pi")
PI = _single(PI_ATOM)


def algebraic(number: Algebraic, index: int) -> Element:
    """A real algebraic number; ``index`` tells the roots of one polynomial apart."""
    key = f"root#{index}[{','.join(map(str, number.coefficients))}]"
    return _single(Atom("algebraic", number, key))


def content(poly: Poly, kinds: Iterable[str]) -> tuple[Monomial, Poly]:
    """The common monomial in atoms of these kinds, and what is left."""
    common: dict[Atom, Fraction] | None = None
    wanted = frozenset(kinds)
    for monomial in poly.terms:
        powers = {a: e for a, e in monomial if a.kind in wanted}
        if common is None:
            common = powers
            continue
        # An atom that is absent has the exponent 0.
        merged = {}
        for atom in {**common, **powers}:
            least = min(common.get(atom, ZERO), powers.get(atom, ZERO))
            if least:
                merged[atom] = least
        common = merged
    if not common:
        return (), poly
    monomial = tuple(sorted(common.items(), key=lambda pair: pair[0].key))
    rest: dict[Monomial, Fraction] = {}
    for m, value in poly.terms.items():
        left = dict(m)
        for atom, least in monomial:
            exponent = left.get(atom, ZERO) - least
            if exponent:
                left[atom] = exponent
            else:
                left.pop(atom, None)
        rest[tuple(sorted(left.items(), key=lambda pair: pair[0].key))] = value
    return monomial, Poly(rest)


def leading(poly: Poly) -> Fraction:
    """The coefficient of the first monomial in a fixed order: what a sign is normalised by."""
    return poly.terms[min(poly.terms, key=lambda m: tuple((a.key, e) for a, e in m))]


def add(left: Element, right: Element) -> Element:
    """The sum."""
    if left.is_zero:
        return right
    if right.is_zero:
        return left
    if left.den == right.den:
        return reduced(left.num + right.num, left.den)
    powers = dict(left.den)
    for poly, k in right.den:
        powers[poly] = max(powers.get(poly, 0), k)
    total = NOTHING
    for part in (left, right):
        num = part.num
        own = dict(part.den)
        for poly, k in powers.items():
            for _ in range(k - own.get(poly, 0)):
                num = num * poly
        total = total + num
    return reduced(total, _sorted(powers))


def _sorted(powers: dict[Poly, int]) -> Den:
    return tuple(sorted(((p, k) for p, k in powers.items() if k), key=lambda pair: pair[0].key))


def reduced(num: Poly, den: Den) -> Element:
    """The fraction, with a numerator that is a monomial times a denominator cancelled."""
    if not num.terms:
        return Element(NOTHING)
    if den and len(num.terms) > 1:
        common, rest = content(num, ("t", "exp", "pi"))
        lead = leading(rest)
        plain = rest.scale(1 / lead)
        for index, (poly, k) in enumerate(den):
            if poly == plain:
                left = [*den]
                if k == 1:
                    del left[index]
                else:
                    left[index] = (poly, k - 1)
                return Element(Poly({common: lead}), tuple(left))
    return Element(num, den)


def multiply(left: Element, right: Element) -> Element:
    """The product."""
    if left.is_zero or right.is_zero:
        return Element(NOTHING)
    powers = dict(left.den)
    for poly, k in right.den:
        powers[poly] = powers.get(poly, 0) + k
    if any(k > LARGEST_POWER for k in powers.values()):
        raise TooHard("the powers are too high to analyse")
    a, b = left.num, right.num
    # (u/d) * (v*d) cancels before it is multiplied out.
    for num in (a, b):
        if powers.get(num, 0) > 0 and len(num.terms) > 1:
            powers[num] -= 1
            if num is a:
                a = UNIT
            else:
                b = UNIT
    return reduced(a * b, _sorted(powers))


def negate(element: Element) -> Element:
    """Minus the element."""
    return Element(element.num.scale(Fraction(-1)), element.den)


def subtract(left: Element, right: Element) -> Element:
    """The difference."""
    return add(left, negate(right))


def scale(element: Element, factor: Fraction) -> Element:
    """The element times a rational."""
    return Element(element.num.scale(factor), element.den if factor else ())


def inverse(element: Element) -> Element:
    """One over the element, which must not vanish where it is used; ``Pole`` for 0."""
    if element.is_zero:
        raise Pole("a division by zero")
    common, rest = content(element.num, ("t", "exp", "pi", "root"))
    num = UNIT
    powers: dict[Poly, int] = {}
    flipped: dict[Atom, Fraction] = {}
    for atom, exponent in common:
        if atom.kind == "root":
            # p^-e = p^(1-e) / p, the exponent being between 0 and 1.
            flipped[atom] = 1 - exponent
            below = inverse(Element(atom.inner.num))
            num = num * below.num
            for poly, k in below.den:
                powers[poly] = powers.get(poly, 0) + k
        else:
            flipped[atom] = -exponent
    monomial = tuple(sorted(flipped.items(), key=lambda pair: pair[0].key))
    lead = leading(rest)
    plain = rest.scale(1 / lead)
    if plain != UNIT:
        powers[plain] = powers.get(plain, 0) + 1
    num = num * Poly({monomial: 1 / lead})
    for poly, k in element.den:
        for _ in range(k):
            num = num * poly
    return reduced(num, _sorted(powers))


def divide(left: Element, right: Element) -> Element:
    """The quotient; the divisor must not vanish where it is used."""
    return multiply(left, inverse(right))


def power(element: Element, exponent: int) -> Element:
    """An integral power (x^0 = 1)."""
    if abs(exponent) > LARGEST_POWER:
        raise TooHard(f"a power of {exponent} is too high to analyse")
    if exponent < 0:
        element, exponent = inverse(element), -exponent
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, element)
    return result


# --- functions -------------------------------------------------------------------------------


def exponential(u: Element) -> Element:
    """exp(u); a sum in the exponent becomes a product, and exp(k log p) = p^k."""
    if u.is_zero:
        return constant(1)
    if u.den:
        lead = leading(u.num)
        plain = Element(u.num.scale(1 / lead), u.den)
        return _single(Atom("exp", plain, f"exp{plain.key}"), lead)
    result = constant(1)
    for monomial, value in u.num.terms.items():
        if len(monomial) == 1 and monomial[0][0].kind == "log" and monomial[0][1] == 1:
            base = monomial[0][0].inner
            part = (
                power(base, int(value)) if value.denominator == 1 else positive_power(base, value)
            )
        else:
            inner = Element(Poly({monomial: ONE}))
            part = _single(Atom("exp", inner, f"exp{inner.key}"), value)
        result = multiply(result, part)
    return result


def logarithm(u: Element) -> Element:
    """log(u) for positive u."""
    if u.is_zero:
        raise Pole("the logarithm of zero")
    common, rest = content(u.num, ("exp",))
    total = Element(NOTHING)
    for atom, exponent in common:
        total = add(total, scale(atom.inner, exponent))
    lead = leading(rest)
    if lead < 0:
        if rest.rational() is not None and not u.den:
            raise Pole("the logarithm of a negative number")
        lead = ONE
    total = add(total, _log_rational(lead))
    rest = rest.scale(1 / lead)
    if rest == UNIT and len(u.den) == 1 and u.den[0][1] % 2 == 1:
        inner, factor = Element(u.den[0][0]), Fraction(-u.den[0][1])
    else:
        inner, factor = Element(rest, u.den), ONE
    if inner == constant(1):
        return total
    return add(total, scale(_single(Atom("log", inner, f"log{inner.key}")), factor))


def _factors(value: int) -> dict[int, int]:
    """Prime factors; a part without a factor below 1000 stays whole."""
    found: dict[int, int] = {}
    candidate = 2
    while candidate < 1000 and candidate * candidate <= value:
        while value % candidate == 0:
            found[candidate] = found.get(candidate, 0) + 1
            value //= candidate
        candidate += 1
    if value > 1:
        found[value] = found.get(value, 0) + 1
    return found


def _log_rational(value: Fraction) -> Element:
    total = Element(NOTHING)
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, k in _factors(part).items():
            inner = constant(prime)
            atom = Atom("log", inner, f"log{inner.key}")
            total = add(total, scale(_single(atom), Fraction(sign * k)))
    return total


def positive_power(base: Element, exponent: Fraction) -> Element:
    """A power with any rational exponent of a base that is positive where it is used."""
    if exponent.denominator == 1:
        return power(base, int(exponent))
    if base.is_zero:
        if exponent > 0:
            return base
        raise Pole("a negative power of zero")
    if exponent.denominator > LARGEST_POWER or abs(exponent) > LARGEST_POWER:
        raise TooHard(f"a power of {exponent} is too hard to analyse")
    common, rest = content(base.num, ("exp", "pi"))
    result = Element(Poly({tuple((a, e * exponent) for a, e in common): ONE}))
    lead = leading(rest)
    size = abs(lead)
    rest = rest.scale(1 / size)
    result = multiply(result, _rational_power(size, exponent))
    # (N/D)^c = (N D)^c / (D^2)^c, with N D positive because N/D is.
    below = UNIT
    for poly, k in base.den:
        for _ in range(k):
            below = below * poly
    if below != UNIT:
        square = Element(below * below)
        result = divide(result, _root(square, exponent))
        rest = rest * below
    return result if rest == UNIT else multiply(result, _root(Element(rest), exponent))


def _root(base: Element, exponent: Fraction) -> Element:
    """base^exponent for a positive polynomial, by its fractional part and a whole power."""
    whole = exponent.numerator // exponent.denominator
    fraction = exponent - whole
    return multiply(power(base, whole), _single(Atom("root", base, f"root{base.key}"), fraction))


def _rational_power(value: Fraction, exponent: Fraction) -> Element:
    if value == 1:
        return constant(1)
    result = constant(1)
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, k in _factors(part).items():
            total = exponent * k * sign
            whole = total.numerator // total.denominator
            result = multiply(result, power(constant(prime), whole))
            if total != whole:
                base = constant(prime)
                atom = Atom("root", base, f"root{base.key}")
                result = multiply(result, _single(atom, total - whole))
    return result


def odd_or_even(name: str, u: Element) -> Element:
    """sin, cos, arctan or erf of u, with the sign of the argument normalised."""
    if u.is_zero:
        return constant(1 if name == "cos" else 0)
    sign = ONE
    if leading(u.num) < 0:
        u = negate(u)
        sign = ONE if name == "cos" else -ONE
    return scale(_single(Atom(name, u, name + u.key)), sign)


def hyperbolic_tangent(u: Element) -> Element:
    """tanh(u) as a fraction in exp(2 u)."""
    if u.is_zero:
        return u
    square = exponential(scale(u, Fraction(2)))
    return divide(subtract(square, constant(1)), add(square, constant(1)))


def sigmoid(u: Element) -> Element:
    """1 / (1 + exp(-u))."""
    return inverse(add(constant(1), exponential(negate(u))))


def apply(kind: str, u: Element) -> Element:
    """The function of an atom's kind."""
    if kind == "exp":
        return exponential(u)
    if kind == "log":
        return logarithm(u)
    if kind in ("sin", "cos", "arctan", "erf"):
        return odd_or_even(kind, u)
    raise TooHard(f"the function {kind} is not known to the analysis")


# --- derivatives, composition ----------------------------------------------------------------


def _atom_derivative(atom: Atom) -> Element:
    """The derivative of log-like and function atoms (exp and root: the logarithmic one)."""
    if atom.kind == "t":
        return constant(1)
    if not atom.depends:
        return Element(NOTHING)
    u = atom.inner
    inner = derivative(u)
    if atom.kind == "exp":
        return inner
    if atom.kind in ("log", "root"):
        return divide(inner, u)
    if atom.kind == "sin":
        return multiply(inner, odd_or_even("cos", u))
    if atom.kind == "cos":
        return negate(multiply(inner, odd_or_even("sin", u)))
    if atom.kind == "arctan":
        return divide(inner, add(constant(1), multiply(u, u)))
    if atom.kind == "erf":
        bell = exponential(negate(multiply(u, u)))
        factor = multiply(constant(2), positive_power(PI, Fraction(-1, 2)))
        return multiply(multiply(inner, bell), factor)
    raise TooHard(f"the derivative of {atom.kind} is not known to the analysis")


def derivative(element: Element) -> Element:
    """The derivative in t."""
    known: dict[Atom, Element] = {}

    def of_atom(atom: Atom) -> Element:
        if atom not in known:
            known[atom] = _atom_derivative(atom)
        return known[atom]

    def of_poly(poly: Poly) -> Element:
        # Collected by atom: d/dt = sum over atoms of (d/da) a'.
        partial: dict[Atom, Poly] = {}
        for monomial, value in poly.terms.items():
            for index, (atom, exponent) in enumerate(monomial):
                if not atom.depends:
                    continue
                if atom.kind in ("exp", "root"):
                    rest = monomial
                elif exponent == 1:
                    rest = monomial[:index] + monomial[index + 1 :]
                else:
                    rest = (
                        *monomial[:index],
                        (atom, exponent - 1),
                        *monomial[index + 1 :],
                    )
                term = Poly({rest: value * exponent})
                partial[atom] = partial[atom] + term if atom in partial else term
        total = Element(NOTHING)
        for atom, poly_part in partial.items():
            total = add(total, multiply(Element(poly_part), of_atom(atom)))
        return total

    result = of_poly(element.num)
    result = multiply(result, Element(UNIT, element.den))
    for poly, k in element.den:
        slope = of_poly(poly)
        if slope.is_zero:
            continue
        factor = multiply(slope, Element(UNIT, ((poly, 1),)))
        result = subtract(result, scale(multiply(factor, element), Fraction(k)))
    return result


def compose(element: Element, u: Element) -> Element:
    """The element with u in place of t; ``Pole`` where it is then not defined by form."""
    known: dict[Atom, Element] = {}

    def of_atom(atom: Atom) -> Element:
        if atom.kind == "t":
            return u
        if not atom.depends:
            return _single(atom)
        inner = compose(atom.inner, u)
        if atom.kind == "log":
            _defined(inner, positive=True)
        return apply(atom.kind, inner)

    def of_power(atom: Atom, exponent: Fraction) -> Element:
        if atom.kind == "root":
            if not atom.depends:
                return _single(atom, exponent)
            if atom not in known:
                known[atom] = compose(atom.inner, u)
                if not known[atom].is_zero:
                    _defined(known[atom], positive=True)
            return positive_power(known[atom], exponent)
        if atom.kind == "exp":
            if not atom.depends:
                return _single(atom, exponent)
            if atom not in known:
                known[atom] = compose(atom.inner, u)
            return exponential(scale(known[atom], exponent))
        if atom not in known:
            known[atom] = of_atom(atom)
        if exponent.denominator != 1:
            return positive_power(known[atom], exponent)
        if exponent < 0:
            _defined(known[atom])
        return power(known[atom], int(exponent))

    def of_poly(poly: Poly) -> Element:
        total = Element(NOTHING)
        for monomial, value in poly.terms.items():
            part = constant(value)
            for atom, exponent in monomial:
                part = multiply(part, of_power(atom, exponent))
            total = add(total, part)
        return total

    result = of_poly(element.num)
    for poly, k in element.den:
        below = of_poly(poly)
        _defined(below)
        result = multiply(result, power(below, -k))
    return result


def _defined(u: Element, positive: bool = False) -> None:
    """``Pole`` if u is a number that is not shown to be non-zero (or positive)."""
    if u.depends:
        return
    sign = constant_sign(u)
    if sign is None or sign == 0 or (positive and sign < 0):
        raise Pole("a division by zero, or the logarithm or root of a number that is not positive")


REFLECTED = negate(VARIABLE)


def reflect(element: Element) -> Element:
    """The element with -t in place of t."""
    return compose(element, REFLECTED)


# --- balls -----------------------------------------------------------------------------------


def rational_ball(value: Fraction) -> Ball:
    """A rational as a ball."""
    from flint import arb, fmpq

    return arb(fmpq(value.numerator, value.denominator))


def evaluator(t: Ball) -> Callable[[Element], Ball]:
    """A function that encloses elements over the ball t (balls may be infinite)."""
    from flint import arb

    atoms: dict[Atom, Any] = {}

    def of_power(atom: Atom, exponent: Fraction) -> Ball:
        kind = atom.kind
        if kind == "exp":
            if atom not in atoms:
                atoms[atom] = of(atom.inner)
            return (atoms[atom] * rational_ball(exponent)).exp()
        if atom not in atoms:
            atoms[atom] = of_atom(atom)
        base = atoms[atom]
        if exponent == 1:
            return base
        if exponent.denominator == 1:
            return _whole_power(base, int(exponent))
        if kind == "root" and not base > 0:
            # Positive where the element is used: only that part of the ball counts.
            top = base.upper()
            if not top > 0:
                return arb.nan()
            return (top.log() * rational_ball(exponent)).exp().union(arb(0))
        if exponent == Fraction(1, 2):
            return base.sqrt()
        return (base.log() * rational_ball(exponent)).exp()

    def of_atom(atom: Atom) -> Ball:
        kind = atom.kind
        if kind == "t":
            return t
        if kind == "pi":
            return arb.pi()
        if kind == "algebraic" and isinstance(atom.argument, Algebraic):
            narrow = atom.argument.narrow(Fraction(1, 2**200))
            return rational_ball(narrow.low).union(rational_ball(narrow.high))
        u = of(atom.inner)
        if kind == "root":
            return u
        if kind == "log":
            return u.log()
        if kind == "sin":
            return u.sin()
        if kind == "cos":
            return u.cos()
        if kind == "arctan":
            return u.atan()
        if kind == "erf":
            return u.erf()
        raise TooHard(f"the function {kind} is not known to the analysis")

    def of_poly(poly: Poly) -> Ball:
        total = arb(0)
        for monomial, value in poly.terms.items():
            part = rational_ball(value)
            for atom, exponent in monomial:
                part = part * of_power(atom, exponent)
            total = total + part
        return total

    def of(element: Element) -> Ball:
        total = of_poly(element.num)
        for poly, k in element.den:
            total = total / _whole_power(of_poly(poly), k)
        return total

    return of


def _whole_power(base: Ball, exponent: int) -> Ball:
    if exponent < 0:
        return 1 / _whole_power(base, -exponent)
    if exponent % 2 == 0 and base.contains(0):
        # The power of an interval about 0, without the negative half that a product would add.
        top = base.abs_upper() ** exponent
        return top.union(0 * top)
    return base**exponent


def constant_sign(element: Element) -> int | None:
    """The sign of a constant; None where neither 0 nor a sign is shown."""
    if element.is_zero:
        return 0
    value = element.rational()
    if value is not None:
        return 1 if value > 0 else -1
    from flint import arb, ctx

    before = ctx.prec
    try:
        for bits in (64, 256, 1024):
            ctx.prec = bits
            ball = evaluator(arb(0))(element)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
    finally:
        ctx.prec = before
    return None
