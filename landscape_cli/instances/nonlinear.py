"""What the counterexample families of non-linear networks share (theory.md 5.4).

Exact values of piecewise-linear activations, enclosures with rational ends of the others, sparse
matrices, networks of one unit a layer that are then copied to any width, and the choice of the
number of samples and of the ranks that a model leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..model.activations import Piece
from ..model.problem import Activation
from ..model.terms import substitute_formula

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from ..facts.ranges import DataRanges

ZERO = Fraction(0)
ONE = Fraction(1)


class Enclosure(NamedTuple):
    """A real number between two rationals."""

    lower: Fraction
    upper: Fraction


Value: TypeAlias = Fraction | Enclosure


def ends(value: Value) -> Enclosure:
    """The enclosure; both ends are the number itself where it is exact."""
    return value if isinstance(value, Enclosure) else Enclosure(value, value)


def plus(left: Value, right: Value) -> Value:
    """The sum."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left + right
    a, b = ends(left), ends(right)
    return Enclosure(a.lower + b.lower, a.upper + b.upper)


def scaled(factor: Fraction, value: Value) -> Value:
    """``factor * value``."""
    if isinstance(value, Fraction):
        return factor * value
    if factor == 0:
        return ZERO
    a, b = factor * value.lower, factor * value.upper
    return Enclosure(min(a, b), max(a, b))


def square(value: Value) -> Value:
    """The square."""
    if isinstance(value, Fraction):
        return value * value
    a, b = value.lower**2, value.upper**2
    low = ZERO if value.lower <= 0 <= value.upper else min(a, b)
    return Enclosure(low, max(a, b))


# --- activations -----------------------------------------------------------------------------

EXACT_ACTIVATIONS = frozenset(
    ("linear", "relu", "leaky_relu", "prelu", "hard_tanh", "hard_sigmoid", "relu6")
)
HALF_EXPONENTIAL = frozenset(("elu", "selu", "celu"))
HOMOGENEOUS = frozenset(("linear", "relu", "leaky_relu", "prelu"))

PRELU_SLOPE = ZERO
"""The trained slope that the instances use; all their units keep away from it."""


def _exp(value: Fraction) -> Enclosure:
    from flint import arb, ctx, fmpq

    old = ctx.prec
    ctx.prec = 128
    try:
        ball = arb(fmpq(value.numerator, value.denominator)).exp()
        return Enclosure(_exact(ball.lower()), _exact(ball.upper()))
    finally:
        ctx.prec = old


def _exact(point: object) -> Fraction:
    mantissa, exponent = point.man_exp()  # type: ignore[attr-defined]
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


# Wide enough for every printed convention of the constants of selu.
SELU_SCALE = Enclosure(Fraction(105070098735547, 10**14), Fraction(10507009873555, 10**13))
SELU_ALPHA = Enclosure(Fraction(1673263242354376, 10**15), Fraction(1673263242354379, 10**15))


def _product(left: Enclosure, right: Enclosure) -> Enclosure:
    corners = [a * b for a in left for b in right]
    return Enclosure(min(corners), max(corners))


def _negative_part(activation: Activation, value: Fraction) -> Enclosure:
    """alpha (exp(t) - 1), and the like, at one t < 0."""
    if activation.name == "selu":
        power = _exp(value)
        base = Enclosure(power.lower - 1, power.upper - 1)
        return _product(SELU_SCALE, _product(SELU_ALPHA, base))
    alpha = dict(activation.parameters)["alpha"]
    power = _exp(value / alpha if activation.name == "celu" else value)
    return Enclosure(alpha * (power.lower - 1), alpha * (power.upper - 1))


def _at(activation: Activation, value: Fraction) -> Value:
    name = activation.name
    if name == "linear":
        return value
    if name in ("relu", "prelu"):
        return max(value, ZERO)
    if name == "leaky_relu":
        return value if value >= 0 else dict(activation.parameters)["slope"] * value
    if name == "hard_tanh":
        return max(-ONE, min(ONE, value))
    if name == "relu6":
        return max(ZERO, min(Fraction(6), value))
    if name == "hard_sigmoid":
        return max(ZERO, min(ONE, value / 6 + Fraction(1, 2)))
    if name in HALF_EXPONENTIAL:
        if value >= 0:
            return scaled(value, SELU_SCALE) if name == "selu" and value else value
        return _negative_part(activation, value)
    raise KeyError(f"no exact values of the activation {name}")


def apply_activation(activation: Activation, value: Value) -> Value:
    """s(value), exact or enclosed. ``KeyError`` for an activation without an affine piece.

    For an enclosure: all are monotone on each side of 0, so the ends and 0 bound the image.
    """
    if isinstance(value, Fraction):
        return _at(activation, value)
    points = [value.lower, value.upper]
    if value.lower < 0 < value.upper:
        points.append(ZERO)
    images = [ends(_at(activation, point)) for point in points]
    return Enclosure(min(i.lower for i in images), max(i.upper for i in images))


def inside(value: Value, piece: Piece) -> bool:
    """Whether the value is strictly inside the piece."""
    low, high = ends(value)
    return (piece.low is None or low > piece.low) and (piece.high is None or high < piece.high)


# --- sparse matrices -------------------------------------------------------------------------


class Sparse(NamedTuple):
    """A matrix of mostly zeros: its shape, and in each row the entries that are not 0."""

    row_count: int
    column_count: int
    rows: tuple[Mapping[int, Fraction], ...]

    def dense(self) -> list[list[Fraction]]:
        """All entries."""
        result = []
        known: dict[int, list[Fraction]] = {}
        for row in self.rows:
            if id(row) not in known:
                full = known[id(row)] = [ZERO] * self.column_count
                for column, value in row.items():
                    full[column] = value
            result.append(known[id(row)])
        return result


def repeated_row(count: int, columns: int, row: Mapping[int, Fraction]) -> Sparse:
    """``count`` copies of one row."""
    kept = {k: v for k, v in row.items() if v}
    return Sparse(count, columns, (kept,) * count)


def first_row(count: int, columns: int, row: Mapping[int, Fraction]) -> Sparse:
    """One row, and zero rows below it."""
    kept = {k: v for k, v in row.items() if v}
    return Sparse(count, columns, (kept, *(({},) * (count - 1))))


# --- what the statements leave open ----------------------------------------------------------


class Choice(NamedTuple):
    """A number of samples and ranks of X and Y that the statements allow."""

    samples: int
    rank_x: int
    rank_y: int


def choices(
    facts: Facts,
    ranges: DataRanges,
    least_rank: int,
    samples_for: Callable[[int, int], Sequence[int] | int | None],
    *,
    samples: int | None = None,
    least_rank_y: int = 1,
) -> Iterator[Choice]:
    """The (n, rank X, rank Y) that the statements allow and a construction can have.

    ``samples_for(r, q)`` is the least n for rank X = r and rank Y = q (all larger n do too), or
    the list of all n that do, or None. Smallest ranks first. Without joint assumptions the
    search stops at the first failure of a monotone bound; with them it looks at a box of
    moderate size, so that it may miss a far-off choice (then a family refuses, which is safe).
    """
    low_n, high_n = ranges.samples
    if samples is not None:
        if samples < low_n or (high_n is not None and samples > high_n):
            return
        low_n = high_n = samples
    joint = ranges.residual is not True
    low_r, high_r = max(ranges.rank_x.least, least_rank), ranges.rank_x.most
    low_q, high_q = max(ranges.rank_y.least, least_rank_y), ranges.rank_y.most
    assert high_r is not None and high_q is not None
    for r in range(low_r, (min(high_r, low_r + 40) if joint else high_r) + 1):
        for q in range(low_q, min(high_q, low_q + 12) + 1):
            needed = samples_for(r, q)
            if needed is None:
                continue
            if isinstance(needed, int):
                first = max(low_n, needed)
                last = first + 40 if joint else first
                candidates: Sequence[int] = range(first, last + 1)
            else:
                candidates = [n for n in needed if n >= low_n]
            for n in candidates:
                if (high_n is None or n <= high_n) and (
                    not joint or allowed(facts, ranges, n, r, q)
                ):
                    yield Choice(n, r, q)
            if not joint and isinstance(needed, int):
                break


def allowed(facts: Facts, ranges: DataRanges, n: int, r: int, q: int) -> bool:
    from ..facts.ranges import samples_symbol

    values = {"rank(X)": r, "rank(Y)": q}
    symbol = samples_symbol(facts.model)
    if symbol is not None:
        values[symbol] = n
    return substitute_formula(ranges.residual, values) is True


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The rational of least denominator in [low, high], 0 < low <= high (Stern-Brocot)."""
    whole = low.__floor__()
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


# --- certificates ----------------------------------------------------------------------------

Parameters: TypeAlias = list[tuple[Sparse, list[Fraction] | None]]
"""Weights and bias (where there is one) of every layer."""


def parameters_by_name(parameters: Parameters) -> dict[str, Any]:
    """``W1``, ``b1``, .. as ``instances.document`` takes them."""
    found: dict[str, Any] = {}
    for k, (weights, bias) in enumerate(parameters, 1):
        found[f"W{k}"] = weights.dense()
        if bias is not None:
            found[f"b{k}"] = bias
    return found


def loss_for(
    facts: Facts, shape: tuple[int, int], weights: Sequence[Sequence[Fraction]] | None = None
) -> dict[str, Any] | None:
    """The loss as ``instances.document`` takes it: squared for a class, weights 1 where free."""
    loss = facts.model.loss
    if loss.kind == "class":
        return {"name": "squared"}
    if loss.name in ("weighted_squared", "masked_squared"):
        if weights is None:
            weights = [[ONE] * shape[1] for _ in range(shape[0])]
        return {"name": loss.name, "weights": weights}
    return None


def trained_slopes(facts: Facts) -> dict[int, Fraction]:
    """The slope of each prelu layer, counted from 1."""
    chain = facts.chain
    assert chain is not None
    return {
        k: PRELU_SLOPE
        for k, layer in enumerate(chain.layers, 1)
        if layer.activation.name == "prelu"
    }
