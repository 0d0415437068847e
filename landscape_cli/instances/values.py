"""The value of an instance: exact where it is rational, else a rigorous enclosure.

Rationals stay rationals as long as the activations and the loss allow; everything else is ball
arithmetic (python-flint's ``arb``, imported inside). Written independently of the kernel, which
recomputes every value by its own code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .numbers import Box, Log

HALF = Fraction(1, 2)
PRECISION = 192


class Problem(NamedTuple):
    """What is minimised: a network (``map`` None) or ``W*W^T``, ``W*W^T*X`` (``widths`` empty).

    ``activations``: (name, parameters) a layer; ``loss``: (name, parameters), where ``weights``,
    ``coefficients`` are matrices and ``forms`` a list of (coefficients, target, weight);
    ``penalty``: (kind, strengths), one strength a trained matrix; ``fixed``: known weights.
    """

    widths: tuple[int, ...]
    activations: tuple[tuple[str, Mapping[str, Fraction]], ...]
    biases: tuple[bool, ...]
    skip: tuple[bool, ...]
    loss: tuple[str, Mapping[str, Any]]
    penalty: tuple[str, tuple[Fraction, ...]] | None
    fixed: Mapping[str, Sequence[Any]]
    map: str | None = None


def _ball(value: Any) -> Any:
    from flint import arb, fmpq

    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, int):
        return arb(value)
    if isinstance(value, Log):
        return _ball(value.argument).log() * _ball(value.times)
    if isinstance(value, Box):
        return _ball(value.lower).union(_ball(value.upper))
    return value


def _number(value: Any) -> Any:
    """A rational as it is, a logarithm or a box as a ball."""
    if isinstance(value, int):
        return Fraction(value)
    return value if isinstance(value, Fraction) else _ball(value)


def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) != isinstance(b, Fraction):
        return _ball(a) + _ball(b)
    return a + b


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) != isinstance(b, Fraction):
        if a == 0 or b == 0:  # an exact zero stays exact; a ball equals 0 only if it is 0
            return Fraction(0)
        return _ball(a) * _ball(b)
    return a * b


def _zero(value: Any) -> bool:
    return isinstance(value, Fraction) and not value


def row_by_row(
    function: Callable[[Sequence[Any]], list[Any]], rows: Iterable[Sequence[Any]]
) -> list[list[Any]]:
    """The function of every row, computed once for rows that are the same object."""
    known: dict[int, list[Any]] = {}
    listed = list(rows)
    for row in listed:
        if id(row) not in known:
            known[id(row)] = function(row)
    return [known[id(row)] for row in listed]


def _numbers(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return row_by_row(lambda row: [_number(v) for v in row], rows)


def multiply(left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The product; zeros are skipped, since instances are sparse."""
    columns = len(right[0])
    rows = row_by_row(lambda row: [(j, v) for j, v in enumerate(row) if not _zero(v)], right)

    def combined(row: Sequence[Any]) -> list[Any]:
        out: list[Any] = [Fraction(0)] * columns
        for i, value in enumerate(row):
            if _zero(value):
                continue
            for j, entry in rows[i]:
                product = _times(value, entry)
                out[j] = product if _zero(out[j]) else _plus(out[j], product)
        return out

    return row_by_row(combined, left)


def _exact_piece(name: str, parameters: Mapping[str, Fraction], t: Fraction) -> Fraction | None:
    """s(t) where it is rational for every rational t; None for other activations."""
    if name == "linear":
        return t
    if name == "relu":
        return max(t, Fraction(0))
    if name in ("leaky_relu", "prelu"):
        return t if t >= 0 else parameters["slope"] * t
    if name == "hard_tanh":
        return max(Fraction(-1), min(Fraction(1), t))
    if name == "hard_sigmoid":
        return max(Fraction(0), min(Fraction(1), t / 6 + HALF))
    if name == "relu6":
        return max(Fraction(0), min(Fraction(6), t))
    if name == "quadratic":
        return t * t
    if name == "cube":
        return t * t * t
    if name == "softsign":
        return t / (1 + abs(t))
    if name == "step":
        if t == 0:
            raise ValueError("step is not evaluated at 0")
        return Fraction(1 if t > 0 else 0)
    if t == 0 and name in ("elu", "celu", "selu", "gelu", "silu", "mish", "tanh", "erf", "arctan",
                           "sin"):  # fmt: skip
        return Fraction(0)
    if t == 0 and name == "sigmoid":
        return HALF
    if t > 0 and name in ("elu", "celu"):
        return t
    return None


def activate(name: str, parameters: Mapping[str, Fraction], t: Any) -> Any:
    """s(t): a ``Fraction`` where that is possible, else a ball. ``KeyError`` for an unknown s."""
    if isinstance(t, Fraction):
        exact = _exact_piece(name, parameters, t)
        if exact is not None:
            return exact
    from flint import arb

    x = _ball(t)
    if name == "linear":
        return x
    if name == "relu":
        return x.max(arb(0))
    if name in ("leaky_relu", "prelu"):
        slope = _ball(parameters["slope"])
        return x.max(arb(0)) + slope * x.min(arb(0))
    if name == "hard_tanh":
        return x.max(arb(-1)).min(arb(1))
    if name == "hard_sigmoid":
        return (x / 6 + arb(1) / 2).max(arb(0)).min(arb(1))
    if name == "relu6":
        return x.max(arb(0)).min(arb(6))
    if name == "quadratic":
        return x * x
    if name == "cube":
        return x * x * x
    if name in ("elu", "celu"):
        alpha = _ball(parameters["alpha"])
        low = x.min(arb(0))
        return x.max(arb(0)) + alpha * (low / alpha if name == "celu" else low).expm1()
    if name == "selu":
        scale = _ball(Fraction("1.0507009873554804934193349852946"))
        alpha = _ball(Fraction("1.6732632423543772848170429916717"))
        return scale * (x.max(arb(0)) + alpha * x.min(arb(0)).expm1())
    if name == "softplus":
        return x.max(arb(0)) + (-abs(x)).exp().log1p()
    if name == "gelu":
        return x / 2 * (1 + (x / arb(2).sqrt()).erf())
    if name == "silu":
        return x / (1 + (-x).exp())
    if name == "mish":
        return x * (x.max(arb(0)) + (-abs(x)).exp().log1p()).tanh()
    if name == "tanh":
        return x.tanh()
    if name == "erf":
        return x.erf()
    if name == "sigmoid":
        return 1 / (1 + (-x).exp())
    if name == "arctan":
        return x.atan()
    if name == "softsign":
        return x / (1 + abs(x))
    if name == "sin":
        return x.sin()
    raise KeyError(name)


def _activation(
    name: str, parameters: Mapping[str, Fraction]
) -> Callable[[Sequence[Any]], list[Any]]:
    known: dict[tuple[int, int], Any] = {}

    def image(value: Any) -> Any:
        if not isinstance(value, Fraction):
            return activate(name, parameters, value)
        key = value.numerator, value.denominator
        if key not in known:
            known[key] = activate(name, parameters, value)
        return known[key]

    return lambda row: [image(v) for v in row]


def outputs(problem: Problem, x: Sequence[Sequence[Any]], weights: Mapping[str, Any]) -> Any:
    """The outputs (rows of numbers), one column a sample."""
    if problem.map is not None:
        w = _numbers(weights["W"])
        symmetric = multiply(w, [list(column) for column in zip(*w, strict=True)])
        if problem.map == "W*W^T":
            return symmetric
        return multiply(symmetric, _numbers(x))
    current = _numbers(x)
    for k, (name, parameters) in enumerate(problem.activations, start=1):
        source = problem.fixed if f"W{k}" in problem.fixed else weights
        w = _numbers(source[f"W{k}"])
        after = multiply(w, current)
        if problem.biases[k - 1]:
            shifts = [_number(v) for v in source[f"b{k}"]]
            after = [
                [v if _zero(s) else _plus(v, s) for v in row]
                for row, s in zip(after, shifts, strict=True)
            ]
        if name != "linear":
            after = row_by_row(_activation(name, parameters), after)
        if problem.skip[k - 1]:
            after = [
                [_plus(a, b) for a, b in zip(one, two, strict=True)]
                for one, two in zip(after, current, strict=True)
            ]
        current = after
    return current


def _root(value: Fraction, degree: int) -> Fraction | None:
    """The rational root of a rational >= 0, where small floats find it; else None."""
    if value.numerator >> 60 or value.denominator >> 60 or degree > 60:
        return value if value in (0, 1) else None
    parts = [round(part ** (1 / degree)) for part in (value.numerator, value.denominator)]
    found = Fraction(*parts)
    return found if found**degree == value else None


def entry_loss(name: str, parameters: Mapping[str, Any], z: Any, y: Fraction) -> Any:
    """The loss of one entry (weights apart); exact where it is rational."""
    if isinstance(z, Fraction):
        r = z - y
        if name in ("squared", "weighted_squared", "masked_squared"):
            return r * r / 2
        if name == "absolute":
            return abs(r)
        if name == "huber":
            delta = parameters["delta"]
            return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)
        if name == "quantile":
            tau = parameters["tau"]
            return max(-tau * r, (1 - tau) * r)
        if name == "epsilon_insensitive":
            return max(Fraction(0), abs(r) - parameters["eps"])
        if name == "hinge":
            return max(Fraction(0), 1 - y * z)
        if name == "squared_hinge":
            return max(Fraction(0), 1 - y * z) ** 2 / 2
        if name == "zero_one":
            return Fraction(1 if y * z <= 0 else 0)
        if name == "tukey":
            c = parameters["c"]
            return c * c / 6 * (1 - (1 - (r / c) ** 2) ** 3) if abs(r) <= c else c * c / 6
        if name == "lp":
            p = parameters["p"]
            root = abs(r) if p.denominator == 1 else _root(abs(r), p.denominator)
            if root is not None:
                return root**p.numerator / p
            return (_ball(abs(r)).log() * _ball(p)).exp() / _ball(p)
        if name == "log_cosh" and not r:
            return Fraction(0)
    from flint import arb

    z, y = _ball(z), _ball(y)
    r = z - y
    if name in ("squared", "weighted_squared", "masked_squared"):
        return r * r / 2
    if name == "absolute":
        return abs(r)
    if name == "huber":
        # delta |r| - delta^2/2 + (delta - |r|)_+^2 / 2 is the same function.
        delta = _ball(parameters["delta"])
        below = (delta - abs(r)).max(arb(0))
        return delta * (abs(r) - delta / 2) + below * below / 2
    if name == "quantile":
        tau = _ball(parameters["tau"])
        return (-tau * r).max((1 - tau) * r)
    if name == "epsilon_insensitive":
        return (abs(r) - _ball(parameters["eps"])).max(arb(0))
    if name == "hinge":
        return (1 - y * z).max(arb(0))
    if name == "squared_hinge":
        gap = (1 - y * z).max(arb(0))
        return gap * gap / 2
    if name == "logistic":
        t = -y * z
        return t.max(arb(0)) + (-abs(t)).exp().log1p()
    if name == "log_cosh":
        return abs(r) + (-2 * abs(r)).exp().log1p() - arb(2).log()
    if name == "poisson":
        return z.exp() - y * z
    if name == "zero_one":
        margin = y * z
        if margin > 0 or margin < 0:
            return Fraction(1 if margin < 0 else 0)
        raise ValueError("the output is not separated from the jump of the loss")
    if name == "tukey":
        c = _ball(parameters["c"])
        inner = (1 - (r / c) * (r / c)).max(arb(0))
        return c * c / 6 * (1 - inner * inner * inner)
    if name == "lp":
        return abs(r) ** _ball(parameters["p"]) / _ball(parameters["p"])
    raise KeyError(name)


def loss_value(problem: Problem, z: Sequence[Sequence[Any]], y: Any) -> Any:
    """The loss of the outputs z for the targets y: a ``Fraction`` or a ball."""
    name, parameters = problem.loss
    total: Any = Fraction(0)
    if name == "quadratic_form":
        for coefficients, target, weight in parameters["forms"]:
            seen: Any = Fraction(0)
            for row, other in zip(coefficients, z, strict=True):
                for a, b in zip(row, other, strict=True):
                    if a and not _zero(b):
                        seen = _plus(seen, _times(Fraction(a), b))
            gap = _plus(seen, Fraction(-target))
            total = _plus(total, _times(Fraction(weight) / 2, _times(gap, gap)))
        return total
    if name == "linear_loss":
        for row, other in zip(parameters["coefficients"], z, strict=True):
            for a, b in zip(row, other, strict=True):
                total = _plus(total, _times(Fraction(a), b))
        return total
    if name == "cross_entropy":
        from flint import arb

        for column, target in zip(zip(*z, strict=True), zip(*y, strict=True), strict=True):
            balls = [_ball(v) for v in column]
            top = max(balls, key=lambda ball: float(ball.mid()))
            normaliser = sum(((v - top).exp() for v in balls), arb(0)).log() + top
            for v, weight in zip(balls, target, strict=True):
                if weight:
                    total = _plus(total, _ball(weight) * (normaliser - v))
        return total
    entry_weights = parameters.get("weights")
    known: dict[tuple[Any, ...], Any] = {}
    for i, (row, targets) in enumerate(zip(z, y, strict=True)):
        for j, (value, target) in enumerate(zip(row, targets, strict=True)):
            weight = None if entry_weights is None else entry_weights[i][j]
            if weight is not None and not weight:
                continue
            # Large instances repeat few entries; a hash of a Fraction costs more than its parts.
            key = (value.numerator, value.denominator, target.numerator, target.denominator,
                   weight) if isinstance(value, Fraction) else None  # fmt: skip
            if key is not None and key in known:
                term = known[key]
            else:
                term = entry_loss(name, parameters, value, target)
                if weight is not None:
                    term = _times(Fraction(weight), term)
                if key is not None:
                    known[key] = term
            if not _zero(term):
                total = _plus(total, term)
    return total


def _penalty(problem: Problem, weights: Mapping[str, Any]) -> Any:
    if problem.penalty is None:
        return Fraction(0)
    kind, strengths = problem.penalty
    names = (
        ["W"]
        if problem.map is not None
        else [
            f"W{k}" for k in range(1, len(problem.activations) + 1) if f"W{k}" not in problem.fixed
        ]
    )
    total: Any = Fraction(0)
    for name, strength in zip(names, strengths, strict=True):
        for row in weights[name]:
            for entry in row:
                value = _number(entry)
                if _zero(value):
                    continue
                term = _times(value, value) if kind == "l2" else abs(value)
                factor = strength / 2 if kind == "l2" else strength
                total = _plus(total, _times(factor, term))
    return total


def value_at(
    problem: Problem, x: Sequence[Sequence[Any]], y: Any, weights: Mapping[str, Any],
    precision: int = PRECISION, counts: Sequence[int] | None = None,
) -> Any:  # fmt: skip
    """The objective at the weights: a ``Fraction``, or a ball of ``precision`` bits.

    ``counts``: how often each sample stands, once if it is None.
    """
    if counts is not None:
        losses = sample_losses(problem, x, y, weights, precision)
        return counted_value(problem, losses, counts, weights, precision)
    return precisely(
        lambda: _plus(loss_value(problem, outputs(problem, x, weights), y),
                      _penalty(problem, weights)),
        precision,
    )  # fmt: skip


def precisely(value: Callable[[], Any], precision: int = PRECISION) -> Any:
    """A value: exact where it can be, else computed with balls of ``precision`` bits."""
    if "flint" not in sys.modules:
        # Most instances are rational throughout: those do without the ball arithmetic.
        exact = value()
        if isinstance(exact, Fraction):
            return exact
    from flint import ctx

    with ctx.workprec(precision):
        return value()


def sample_losses(
    problem: Problem, x: Sequence[Sequence[Any]], y: Any, weights: Mapping[str, Any],
    precision: int = PRECISION,
) -> list[Any]:  # fmt: skip
    """The loss of every sample (column of X); not for ``quadratic_form``, which is no such sum."""
    z = outputs(problem, x, weights)
    name, parameters = problem.loss
    found = []
    for j in range(len(x[0])):
        own = {
            key: [[row[j]] for row in value] if key in ("weights", "coefficients") else value
            for key, value in parameters.items()
        }
        one = problem._replace(loss=(name, own))
        column = None if y is None else [[row[j]] for row in y]
        found.append(precisely(lambda one=one, j=j, column=column: loss_value(  # type: ignore[misc]
            one, [[row[j]] for row in z], column), precision))  # fmt: skip
    return found


def counted_value(
    problem: Problem, losses: Sequence[Any], counts: Sequence[int],
    weights: Mapping[str, Any], precision: int = PRECISION,
) -> Any:  # fmt: skip
    """The objective where the sample with the loss ``losses[j]`` stands ``counts[j]`` times."""

    def value() -> Any:
        total = _penalty(problem, weights)
        for loss, count in zip(losses, counts, strict=True):
            total = _plus(total, _times(loss, Fraction(count)))
        return total

    return precisely(value, precision)


def bounds(value: Any) -> tuple[Fraction, Fraction]:
    """Rational lower and upper ends of a value (equal for a ``Fraction``)."""
    if isinstance(value, Fraction):
        return value, value
    if not value.is_finite():
        raise ValueError("the value could not be enclosed")

    def rational(end: Any) -> Fraction:
        mantissa, exponent = end.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

    from flint import ctx

    with ctx.workprec(4 * PRECISION):
        return rational(value.lower()), rational(value.upper())


def _rounded(low: Fraction, high: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    unit = Fraction(10) ** digits
    down = (low * unit).__floor__()
    up = (high * unit).__ceil__()
    return Fraction(down - 1) / unit, Fraction(up + 1) / unit


def value_texts(local: Any, better: Any) -> tuple[Any, Any] | None:
    """The two values as a certificate writes them; None if better is not shown to be lower.

    Enclosures are widened to short decimals that are still well apart.
    """
    (low, high), (down, up) = bounds(local), bounds(better)
    if up >= low:
        return None
    gap = low - up
    digits = 2
    while Fraction(10) ** -digits * 100 > gap:
        digits += 1

    def text(value: Any, ends: tuple[Fraction, Fraction]) -> Any:
        if isinstance(value, Fraction):
            return str(value)
        lower, upper = _rounded(*ends, digits)
        return {"lower": str(lower), "upper": str(upper)}

    return text(local, (low, high)), text(better, (down, up))
