"""From a float candidate to a certificate: boxes, or exact rational weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import Instance
from ..model.activations import Piece
from .search import Candidate, Data, Network, polished

if TYPE_CHECKING:
    from ..facts.facts import Facts

ZERO, ONE = Fraction(0), Fraction(1)


def certificate(
    facts: Facts, network: Network, data: Data, candidate: Candidate
) -> Instance | None:
    """The certificate of a candidate; None where the polish fails."""
    if network.activations[0][0] in _SMOOTH:
        return _boxes(facts, network, data, candidate)
    return _exact(facts, network, data, candidate)


_SMOOTH = frozenset(("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf"))


def _short(value: float, digits: int) -> Fraction:
    return Fraction(round(float(value) * 10**digits), 10**digits)


def _better(network: Network, candidate: Candidate) -> dict[str, Any]:
    return network.named([_short(v, 4) for v in candidate.better])


def _boxes(facts: Facts, network: Network, data: Data, candidate: Candidate) -> Instance | None:
    """Boxes around the polished point; the checker proves that a minimum lies in them."""
    import numpy as np

    from ..instances import Box, NotAnInstance, document
    from ..instances.two_layer import value_ball

    theta = polished(network, data, candidate.local)
    if not np.isfinite(theta).all() or np.abs(theta - candidate.local).max() > 1e-2:
        return None
    radius = Fraction(1, 10**6)
    centre = [_short(v, 9) for v in theta]
    boxes = network.named([Box(v - radius, v + radius) for v in centre])
    value = value_ball(network.activations[0][0], data.x, data.y, network.named(centre), 1e-7)
    try:
        text = document(
            facts, X=data.x, Y=data.y, local=boxes, better=_better(network, candidate),
            argument={"kind": "interval-newton"}, loss={"name": "squared"}, local_value=value,
        )  # fmt: skip
    except NotAnInstance:
        return None
    return Instance(
        text,
        "The Krawczyk operator of the gradient maps the small box given into itself, so there is "
        "a critical point in it, and the Hessian is positive definite on the whole box: a strict "
        "local minimum. The second point, with rational weights, has a lower loss.",
    )


def _pieces(facts: Facts) -> list[tuple[Piece, ...]]:
    chain = facts.chain
    assert chain is not None
    found = []
    for layer in chain.layers:
        properties = facts.activation(layer)
        found.append((*properties.affine, *properties.constant))
    return found


def _exact(facts: Facts, network: Network, data: Data, candidate: Candidate) -> Instance | None:
    """Rational weights near the point, in its pieces, whose outputs are the least-squares fit.

    The pieces are read off the float point. The outputs nearby lie in a linear space; the
    projection of Y onto it is exact. With W_2, ..., W_h rounded, the outputs are affine in W_1 and
    the biases, so that the fit is reached by solving linear equations exactly.
    """
    import numpy as np

    from ..instances import NotAnInstance, document

    x = np.array([[float(v) for v in row] for row in data.x])
    pieces = _pieces(facts)
    pattern: list[list[list[Piece]]] = []
    for k, (before, _) in enumerate(network.layers(x, candidate.local[None])):
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
    fit = [_projection(space, row) for row in data.y]
    if all(a == b for a, b in zip(fit, data.y, strict=True)):
        return None
    flat = _reach(network, data, pattern, [_short(v, 3) for v in candidate.local], fit)
    if flat is None:
        return None
    try:
        text = document(
            facts, X=data.x, Y=data.y, local=network.named(flat),
            better=_better(network, candidate), argument={"kind": "affine-region"},
            loss={"name": "squared"},
        )  # fmt: skip
    except NotAnInstance:
        return None
    return Instance(
        text,
        "Every unit works strictly inside a piece of its activation on every sample, so for all "
        "nearby weights the outputs stay in one linear space, and the first point is the "
        "least-squares fit in it. The second point does better.",
    )


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


def _space(network: Network, data: Data, pattern: list[list[list[Piece]]]) -> list[list[Fraction]]:
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


def _projection(space: list[list[Fraction]], row: list[Fraction]) -> list[Fraction]:
    """The orthogonal projection of a row onto the span of independent vectors."""
    from ..algebra import solve

    gram = [[_dot(a, b) for b in space] for a in space]
    solution = solve(gram, [[_dot(a, row)] for a in space])
    assert solution is not None  # the vectors are independent
    weights = [entry for (entry,) in solution]
    return [
        sum((w * v[s] for w, v in zip(weights, space, strict=True)), ZERO) for s in range(len(row))
    ]


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), ZERO)


def _reach(
    network: Network,
    data: Data,
    pattern: list[list[list[Piece]]],
    start: list[Fraction],
    fit: list[list[Fraction]],
) -> list[Fraction] | None:
    """The point nearest to ``start`` in W_1 and the biases with exactly these outputs, or None."""
    from ..algebra import solve

    weights = network.named(start)
    n = len(data.x[0])
    free: list[int] = []
    place = 0
    for k, bias in enumerate(network.biases):
        rows, columns = network.widths[k + 1], network.widths[k]
        if k == 0:
            free += range(rows * columns)
        place += rows * columns
        if bias:
            free += range(place, place + rows)
            place += rows
    index = {position: i for i, position in enumerate(free)}
    # Every output entry as an affine function of the free parameters: coefficients, constant.
    size = len(free)
    current: list[list[tuple[list[Fraction], Fraction]]] = [
        [([ZERO] * size, v) for v in row] for row in data.x
    ]
    place = 0
    for k, bias in enumerate(network.biases):
        rows, columns = network.widths[k + 1], network.widths[k]
        matrix = weights[f"W{k + 1}"]
        following = []
        for i in range(rows):
            line = []
            for s in range(n):
                slopes, constant = [ZERO] * size, ZERO
                for j in range(columns):
                    if k == 0:
                        slopes[index[place + i * columns + j]] += data.x[j][s]
                        continue
                    below, base = current[j][s]
                    w = matrix[i][j]
                    if w:
                        slopes = [a + w * b for a, b in zip(slopes, below, strict=True)]
                        constant += w * base
                if bias:
                    slopes[index[place + rows * columns + i]] += ONE
                piece = pattern[k][i][s]
                factor = _slope(piece)
                line.append(([factor * v for v in slopes], factor * constant + piece.intercept))
            following.append(line)
        current = following
        place += rows * (columns + bias)
    equations = [entry[0] for row in current for entry in row]
    now = [start[position] for position in free]
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
    result = list(start)
    for i, position in enumerate(free):
        result[position] += sum(
            (y * row[i] for (y,), row in zip(solution, equations, strict=True) if y and row[i]),
            ZERO,
        )
    return result
