"""A point with a lower objective, searched for: what turns a local minimum into a bad one.

The search is a heuristic (rounded gradient steps from small random points); what it returns is
evaluated exactly, so nothing rests on the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .instance import Instance
from .network import Tape, evaluate, gradients, penalty
from .numbers import Matrix, Number, Undecided, add_matrices, entrywise, plus, sign, times

STARTS = 24
STEPS = 40
LARGEST_PARAMETERS = 40
LARGEST_WORK = 2_000
GRID = 256


def better_point(
    instance: Instance, tape: Tape, value: Fraction
) -> tuple[dict[str, Matrix], Fraction] | None:
    """Rational weights with an objective below ``value`` (exact), or None if none was found."""
    from random import Random

    sizes = {
        name: (len(instance.leaves[name]), len(instance.leaves[name][0]))
        for name in instance.point_names
    }
    columns = len(instance.inputs[0]) if instance.inputs is not None else 1
    count = sum(rows * width for rows, width in sizes.values())
    if count > LARGEST_PARAMETERS or count * columns > LARGEST_WORK:
        return None
    random = Random(0)
    for start in range(STARTS):
        reach = 1 + start % 3
        point: dict[str, Matrix] = {
            name: tuple(
                tuple(Fraction(random.randint(-2 * reach, 2 * reach), 2) for _ in range(width))
                for _ in range(rows)
            )
            for name, (rows, width) in sizes.items()
        }
        try:
            found = _descend(instance, tape, point, value)
        except Undecided:
            continue
        if found is not None:
            return found
    return None


def _objective(
    instance: Instance, tape: Tape, point: Mapping[str, Matrix]
) -> tuple[Fraction, tuple[Matrix, ...]]:
    leaves: dict[str, Matrix] = dict(instance.leaves)
    leaves.update(point)
    values = evaluate(tape, leaves)
    assert instance.loss is not None
    total: Number = instance.loss.value(values[-1])
    if instance.penalty is not None:
        total = plus(total, penalty(instance.penalty, instance.strengths, leaves))
    if not isinstance(total, Fraction):
        raise Undecided("the objective is not rational")
    return total, values


def _descend(
    instance: Instance, tape: Tape, point: dict[str, Matrix], value: Fraction
) -> tuple[dict[str, Matrix], Fraction] | None:
    assert instance.loss is not None
    step = Fraction(1, 4)
    best, values = _objective(instance, tape, point)
    for _ in range(STEPS):
        if best < value:
            return point, best
        slope = gradients(tape, values, instance.loss.slopes(values[-1])[1])
        direction = {
            name: _with_penalty(instance, name, slope[name], point[name]) for name in point
        }
        while step > Fraction(1, GRID):
            moved: dict[str, Matrix] = {
                name: tuple(
                    tuple(_rounded(w, g, step) for w, g in zip(row, other, strict=True))
                    for row, other in zip(rows, direction[name], strict=True)
                )
                for name, rows in point.items()
            }
            attempt, seen = _objective(instance, tape, moved)
            if attempt < best:
                point, best, values = moved, attempt, seen
                step = min(step * 2, Fraction(1))
                break
            step /= 2
        else:
            return None
    return (point, best) if best < value else None


def _with_penalty(instance: Instance, name: str, slope: Matrix, weight: Matrix) -> Matrix:
    strength = instance.strengths.get(name)
    if not strength:
        return slope

    def pull(entry: Number) -> Number:
        return times(strength, entry) if instance.penalty == "l2" else strength * sign(entry)

    return add_matrices(slope, entrywise(pull, weight))


def _rounded(weight: Number, slope: Number, step: Fraction) -> Fraction:
    if not isinstance(weight, Fraction) or not isinstance(slope, Fraction):
        raise Undecided("the search is over the rationals")
    return Fraction(round((weight - step * slope) * GRID), GRID)
