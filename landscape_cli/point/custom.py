"""Custom activations and losses at concrete numbers, from their exact analysis.

A function falls apart into analytic pieces with exact breaks (``analysis.pieces``); its value and
its derivatives are those of a piece, rational where they are, else rigorous enclosures.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..analysis.elements import (
    Element,
    Pole,
    TooHard,
    compose,
    constant,
    derivative,
    evaluator,
)
from ..analysis.losses import substituted
from ..analysis.pieces import NotDefined, decompose, value_at
from ..analysis.series import one_sided
from ..analysis.signs import Point, bounds, polynomial_coefficients
from ..model.problem import Activation, CustomFunction, Expression, Loss, Model
from .numbers import Enclosure, Number, Polynomial, Undecided, ball_of, minus, plus, sign, times


@dataclass(frozen=True)
class DefinedActivation(Activation):
    """A custom activation together with its definition."""

    function: CustomFunction | None = None


def with_definition(activation: Activation, model: Model) -> Activation:
    """The activation; a custom one with the definition that the model gives."""
    if not activation.custom:
        return activation
    found = next((f for f in model.functions if f.name == activation.name), None)
    return DefinedActivation(
        activation.name, activation.parameters, True, activation.span, function=found
    )


class _Sides(NamedTuple):
    """The elements just left and right of a number, and the break that it is, if it is one."""

    left: Element
    right: Element
    at: Point | None


class FunctionAt:
    """A function of one variable, to be evaluated; raises ``Undecided`` where it is too hard."""

    def __init__(self, expression: Expression, variable: str) -> None:
        self.expression = expression
        self.variable = variable
        try:
            self.parts = decompose(expression, variable)
            slopes = [derivative(piece) for piece in self.parts.pieces]
            bends = [derivative(slope) for slope in slopes]
        except (TooHard, Pole, NotDefined) as error:
            raise Undecided(f"a custom function can't be evaluated: {error}") from error
        self.orders = (list(self.parts.pieces), slopes, bends)

    def _place(self, t: Number) -> tuple[int, bool]:
        """(k, False) inside piece k, (k, True) at break k."""
        for k, point in enumerate(self.parts.breaks):
            low, high = bounds(point)
            if sign(minus(t, low)) < 0:
                return k, False
            if low == high and sign(minus(t, low)) == 0:
                return k, True
            if sign(minus(t, high)) <= 0:
                raise Undecided("a number is too near to an irrational break")
        return len(self.parts.breaks), False

    def value(self, t: Number) -> Number:
        """The value; the function must be continuous where a curve starts at a break."""
        k, at_break = self._place(t)
        if not at_break:
            return _at(self.parts.pieces[k], t)
        point = self.parts.breaks[k]
        left, right = self._one_sided(k)
        try:
            value = _number(value_at(self.expression, self.variable, point))
        except (TooHard, Pole, NotDefined) as error:
            raise Undecided(f"a custom function can't be evaluated: {error}") from error
        for side in (left[0], right[0]):
            if side is None or sign(minus(side, value)) != 0:
                raise Undecided("a custom function is not continuous there")
        return value

    def _one_sided(self, k: int) -> tuple[list[Number | None], list[Number | None]]:
        point = self.parts.breaks[k]
        try:
            found = [one_sided(self.parts.pieces[k + (side > 0)], point, side) for side in (-1, 1)]
            left, right = (
                [None if part is None else _number(part) for part in sides] for sides in found
            )
        except (TooHard, Pole) as error:
            raise Undecided(f"a custom function can't be differentiated: {error}") from error
        return left, right

    def slopes(self, t: Number) -> tuple[Number, Number]:
        """The left and the right derivative."""
        k, at_break = self._place(t)
        if not at_break:
            value = _at(self.orders[1][k], t)
            return value, value
        self.value(t)  # continuous there
        left, right = (sides[1] for sides in self._one_sided(k))
        if left is None or right is None:
            raise Undecided("a custom function has an unbounded slope there")
        return left, right

    def curvature(self, t: Number) -> Number | None:
        """The second derivative; None at a break (no single formula holds near it)."""
        k, at_break = self._place(t)
        return None if at_break else _at(self.orders[2][k], t)


def _number(value: Element) -> Number:
    """A constant element as a number."""
    exact = value.rational()
    if exact is not None:
        return exact
    return Enclosure(evaluator(ball_of(Fraction(0)))(value))


def _at(element: Element, t: Number) -> Number:
    """An element inside its piece."""
    if isinstance(t, Polynomial):
        coefficients = polynomial_coefficients(element)
        if coefficients is not None:
            result: Number = Fraction(0)
            for c in reversed(coefficients):
                result = plus(times(result, t), c)
            return result
        if len(t.coefficients) > 1:
            raise Undecided("a custom function of a curve is not a polynomial")
        t = t.coefficient(0)
    if isinstance(t, Fraction):
        try:
            return _number(compose(element, constant(t)))
        except (TooHard, Pole) as error:
            raise Undecided(f"a custom function can't be evaluated: {error}") from error
    value = evaluator(ball_of(t))(element)
    if not value.is_finite():
        raise Undecided("a custom function has no finite enclosure there")
    return Enclosure(value)


@lru_cache(maxsize=512)
def _function(expression: Expression, variable: str) -> FunctionAt:
    return FunctionAt(expression, variable)


def activation_function(activation: Activation) -> FunctionAt:
    """The custom activation; ``Undecided`` if its definition is not at hand."""
    function = activation.function if isinstance(activation, DefinedActivation) else None
    if function is None:
        raise Undecided(f"{activation.name} can't be evaluated here")
    return _function(function.expression, function.arguments[0])


def loss_function(loss: Loss, y: Number) -> FunctionAt:
    """The custom loss as a function of z at a rational target y."""
    if loss.function is None or not isinstance(y, Fraction):
        raise Undecided(f"the loss {loss.name} can't be evaluated here")
    z, target = loss.function.arguments
    return _function(substituted(loss.function.expression, target, y), z)
