"""From a float candidate to a certificate: boxes, or exact rational weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import Instance
from ..model.activations import Piece
from .data import Data, ProblemData
from .search import Candidate, polished

if TYPE_CHECKING:
    from ..facts.facts import Facts
    from .objective import Objective

ZERO, ONE = Fraction(0), Fraction(1)
RADII = (6, 8, 4)  # boxes of 10^-r, in the order in which they are tried


def certificates(
    facts: Facts, problem: ProblemData, objective: Objective, candidate: Candidate, exact: bool
) -> Iterator[Instance]:
    """Certificates of a candidate, the likeliest first; none where the polish fails."""
    if exact:
        instance = _exact(facts, problem, objective, candidate)
        if instance is not None:
            yield instance
        return
    yield from _boxes(facts, problem, objective, candidate)


def _short(value: float, digits: int) -> Fraction:
    return Fraction(round(float(value) * 10**digits), 10**digits)


def _named(objective: Objective, theta: Sequence[Any]) -> dict[str, Any]:
    """Matrices and biases by name, with the entries of the flat vector."""
    found: dict[str, Any] = {}
    place = 0
    for name, (rows, columns) in objective.shapes:
        part = list(theta[place : place + rows * columns])
        place += rows * columns
        found[name] = part if name[0] == "b" else [
            part[i * columns : (i + 1) * columns] for i in range(rows)
        ]  # fmt: skip
    return found


def _better(objective: Objective, candidate: Candidate) -> dict[str, Any]:
    return _named(objective, [_short(v, 4) for v in candidate.better])


def _boxes(
    facts: Facts, problem: ProblemData, objective: Objective, candidate: Candidate
) -> Iterator[Instance]:
    """Boxes around the polished point; the checker proves that a minimum lies in them."""
    import numpy as np

    from ..instances import Box, NotAnInstance, document

    theta = polished(objective, candidate.local)
    if not np.isfinite(theta).all() or np.abs(theta - candidate.local).max() > 1e-2:
        return
    for digits in RADII:
        radius = Fraction(1, 10**digits)
        boxes = [Box(v - radius, v + radius) for v in (_short(v, digits + 3) for v in theta)]
        try:
            text = document(
                facts, X=problem.data.x,
                Y=None if problem.loss["name"] == "linear_loss" else problem.data.y,
                local=_named(objective, boxes), better=_better(objective, candidate),
                argument={"kind": "interval-newton"}, loss=problem.loss, fixed=problem.fixed,
            )  # fmt: skip
        except NotAnInstance:
            continue
        yield Instance(
            text,
            "The Krawczyk operator of the gradient maps the small box given into itself, so there "
            "is a critical point in it, and the Hessian is positive definite on the whole box: a "
            "strict local minimum. The second point, with rational weights, has a lower loss.",
        )


def _pieces(facts: Facts) -> list[tuple[Piece, ...]]:
    chain = facts.chain
    assert chain is not None
    found = []
    for layer in chain.layers:
        properties = facts.activation(layer)
        found.append((*properties.affine, *properties.constant))
    return found


def _exact(
    facts: Facts, problem: ProblemData, objective: Objective, candidate: Candidate
) -> Instance | None:
    """Rational weights near the point, in its pieces, whose outputs are the least-squares fit.

    The pieces are read off the float point. The outputs nearby lie in a linear space; the
    projection of Y onto it is exact. With W_2, ..., W_h rounded, the outputs are affine in W_1 and
    the biases, so that the fit is reached by solving linear equations exactly.
    """
    from ..instances import NotAnInstance, document

    data, network = problem.data, Shape(problem.document["problem"])
    pieces = _pieces(facts)
    pattern: list[list[list[Piece]]] = []
    for k, before in enumerate(objective.pre_activations(candidate.local[None])):
        rows = []
        for row in before[0]:
            line = []
            for value in row:
                piece = _piece_at(pieces[k], float(value))
                if piece is None:
                    return None
                line.append(piece)
            rows.append(line)
        pattern.append(rows)
    space = _space(network, data, pattern)
    if not space:
        return None
    weights = problem.loss.get("weights", [[1] * len(row) for row in data.y])
    fit = []
    for row, own in zip(data.y, weights, strict=True):
        nearest = _projection(space, row, own)
        if nearest is None:
            return None
        fit.append(nearest)
    if all(a == b for a, b in zip(fit, data.y, strict=True)):
        return None
    flat = _reach(network, data, pattern, _named(objective, [
        _short(v, 3) for v in candidate.local
    ]), fit)  # fmt: skip
    if flat is None:
        return None
    try:
        text = document(
            facts, X=data.x, Y=data.y, local=flat, better=_better(objective, candidate),
            argument={"kind": "affine-region"}, loss=problem.loss,
        )  # fmt: skip
    except NotAnInstance:
        return None
    return Instance(
        text,
        "Every unit works strictly inside a piece of its activation on every sample, so for all "
        "nearby weights the outputs stay in one linear space, and the first point is the "
        "least-squares fit in it. The second point does better.",
    )


class Shape:
    """Widths and biases of the network of a certificate."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.widths: list[int] = problem["widths"]
        self.biases: list[bool] = problem["biases"]


def _piece_at(pieces: Sequence[Piece], value: float) -> Piece | None:
    """The piece that holds the value with a margin; pieces with irrational slopes do not count."""
    for piece in pieces:
        low = -float("inf") if piece.low is None else float(piece.low)
        high = float("inf") if piece.high is None else float(piece.high)
        if low + 1e-3 < value < high - 1e-3:
            return piece if piece.slope is not None else None
    return None


def _slope(piece: Piece) -> Fraction:
    assert piece.slope is not None
    return piece.slope


def _space(network: Shape, data: Data, pattern: list[list[list[Piece]]]) -> list[list[Fraction]]:
    """Vectors over the samples that span the outputs of all weights with this pattern."""
    space = [list(row) for row in data.x]
    n = len(data.x[0])
    for k, rows in enumerate(pattern):
        wide = [*space, [ONE] * n] if network.biases[k] else space
        reached: dict[tuple[Fraction, ...], None] = {}
        for line in {tuple(row) for row in rows}:
            for vector in wide:
                bent = tuple(_slope(p) * v for p, v in zip(line, vector, strict=True))
                if any(bent):
                    reached[bent] = None
            offset = tuple(p.intercept for p in line)
            if any(offset):
                reached[offset] = None
        space = _independent([list(v) for v in reached])
    return space


def _independent(vectors: list[list[Fraction]]) -> list[list[Fraction]]:
    from ..algebra import row_space

    return [list(row) for row in row_space(vectors)] if vectors else []


def _projection(
    space: list[list[Fraction]], row: Sequence[Fraction], weights: Sequence[Any]
) -> list[Fraction] | None:
    """The nearest vector of the span of independent vectors, in the weighted norm; None if free."""
    from ..algebra import solve

    scaled = [[w * v for w, v in zip(weights, b, strict=True)] for b in space]
    gram = [[_dot(a, b) for b in scaled] for a in space]
    solution = solve(gram, [[_dot(a, row)] for a in scaled])
    if solution is None:
        return None
    factors = [entry for (entry,) in solution]
    return [
        sum((w * v[s] for w, v in zip(factors, space, strict=True)), ZERO) for s in range(len(row))
    ]


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), ZERO)


def _reach(
    network: Shape,
    data: Data,
    pattern: list[list[list[Piece]]],
    weights: dict[str, Any],
    fit: list[list[Fraction]],
) -> dict[str, Any] | None:
    """The nearest point to ``weights`` in W_1 and the biases with exactly these outputs."""
    from ..algebra import solve

    n = len(data.x[0])
    free = [("W1", i, j) for i in range(network.widths[1]) for j in range(network.widths[0])]
    for k, bias in enumerate(network.biases, 1):
        free += [(f"b{k}", i, -1) for i in range(network.widths[k] if bias else 0)]
    index = {place: number for number, place in enumerate(free)}
    # Every output entry as an affine function of the free parameters: coefficients, constant.
    size = len(free)
    current: list[list[tuple[list[Fraction], Fraction]]] = [
        [([ZERO] * size, v) for v in row] for row in data.x
    ]
    for k, bias in enumerate(network.biases, 1):
        matrix = weights[f"W{k}"]
        following = []
        for i in range(network.widths[k]):
            line = []
            for s in range(n):
                slopes, constant = [ZERO] * size, ZERO
                for j in range(network.widths[k - 1]):
                    if k == 1:
                        slopes[index["W1", i, j]] += data.x[j][s]
                        continue
                    below, base = current[j][s]
                    w = matrix[i][j]
                    if w:
                        slopes = [a + w * b for a, b in zip(slopes, below, strict=True)]
                        constant += w * base
                if bias:
                    slopes[index[f"b{k}", i, -1]] += ONE
                piece = pattern[k - 1][i][s]
                factor = _slope(piece)
                line.append(([factor * v for v in slopes], factor * constant + piece.intercept))
            following.append(line)
        current = following
    equations = [entry[0] for row in current for entry in row]
    now = [weights[name][i] if j < 0 else weights[name][i][j] for name, i, j in free]
    missing = [
        wanted - constant - _dot(slopes, now)
        for row, targets in zip(current, fit, strict=True)
        for (slopes, constant), wanted in zip(row, targets, strict=True)
    ]
    # The least move: A^T y with A A^T y = missing.
    gram = [[_dot(a, b) for b in equations] for a in equations]
    solution = solve(gram, [[v] for v in missing])
    if solution is None:
        return None
    result: dict[str, Any] = {name: [list(v) if isinstance(v, list) else v for v in rows]
              for name, rows in weights.items()}  # fmt: skip
    for number, (name, i, j) in enumerate(free):
        move = sum(
            (y * row[number] for (y,), row in zip(solution, equations, strict=True)
             if y and row[number]), ZERO,
        )  # fmt: skip
        if j < 0:
            result[name][i] += move
        else:
            result[name][i][j] += move
    return result
