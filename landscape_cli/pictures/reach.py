"""Pictures of local openness: which products small moves of two factors reach.

The verdict and the unreachable direction are exact (``openness.product``). The picture is a plane
of product space, AB + x R + y E, with E the unreachable direction and R one in which factors near
(A, B) have products; for points of it the smallest move of the factors with exactly that product
is computed in floating point (least-norm Newton steps from several starts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import algebra
from ..openness.product import ProductTest, test_product
from .shapes import Array, Openness, Reach

if TYPE_CHECKING:
    from ..algebra.exact import ExactRows

LARGEST_ENTRIES = 36
"""Entries of both factors together."""

ROUNDS = 25
STARTS = (0.0, 0.5, 1.0, 1.0)
"""Sizes of the starts of the search for factors, in radii."""


class NotDrawn(Exception):
    """The picture can't be made; the message says why."""


class _Pair(NamedTuple):
    left: ExactRows
    right: ExactRows
    test: ProductTest


class _Plane(NamedTuple):
    """The directions R (reachable) and E, with their names."""

    reachable: ExactRows
    other: ExactRows
    other_name: str


def openness_picture(
    left: ExactRows, right: ExactRows, *, seed: int = 0, size: int | None = None,
    step: Callable[[str], None] | None = None,
) -> Openness:  # fmt: skip
    """The picture at (A, B), with a pair of the same shapes and the other answer beside it.

    ``size``: points a side of the grid (odd).
    ``ValueError`` for shapes that can't be multiplied, ``NotDrawn`` for factors too large.
    """
    given = _pair(left, right)
    m, k, n = given.test.shape
    if m * k + k * n > LARGEST_ENTRIES:
        raise NotDrawn(
            f"factors with {m * k + k * n} entries are too many to draw (at most {LARGEST_ENTRIES})"
        )
    if m * n < 2:
        raise NotDrawn("the product is one number: there is no plane to draw")
    other = _not_open(m, k, n) if given.test.open else _open_near(given, seed)
    panels = [("(A, B)", given)]
    notes = [
        "Verdict and unreachable direction are exact (three ranks); shaded regions and dots are "
        f"numerical: a dot is a product of perturbed factors (seed {seed})."
    ]
    if other is None:
        notes.append(
            f"The inner width {k} is at least {m} + {n} - 1: the product is open at every pair."
        )
    else:
        panels.append(("beside it, (A', B')", other))
        notes.append(f"A' = {_text(other.left)}, B' = {_text(other.right)}")
    scale = _scale(given)
    radii = (0.15 * scale, 0.3 * scale, 0.6 * scale)
    planes = [_plane(pair) for _, pair in panels]
    # The same scale for both, so that they can be compared.
    reach = max(
        _window(pair, plane, radii[-1], seed)
        for (_, pair), plane in zip(panels, planes, strict=True)
    )
    drawn = [
        _panel(name, pair, plane, radii, reach, seed, size, step)
        for (name, pair), plane in zip(panels, planes, strict=True)
    ]
    word = "open" if given.test.open else "not open"
    target = "all matrices" if given.test.target == "all" else f"matrices of rank at most {k}"
    return Openness(
        f"The product A B at A = {_text(left)}, B = {_text(right)}",
        f"{m} x {k} times {k} x {n}: {word} at (A, B) into {target}",
        radii,
        tuple(drawn),
        tuple(notes),
    )


def _pair(left: ExactRows, right: ExactRows) -> _Pair:
    return _Pair(left, right, test_product(left, right))


def _text(rows: ExactRows) -> str:
    from ..render.matrices import matrix

    return matrix([[str(entry) for entry in row] for row in rows])


def _scale(pair: _Pair) -> float:
    """The size of the factors: their least singular value that is not 0, at most 1."""
    import numpy as np

    values = [1.0]
    for rows in (pair.left, pair.right):
        found = np.linalg.svd(_floats(rows), compute_uv=False)
        values += [float(v) for v in found if v > 1e-9]
    return min(values)


def _floats(rows: ExactRows) -> Array:
    import numpy as np

    return np.array([[float(entry) for entry in row] for row in rows])


def _not_open(m: int, k: int, n: int) -> _Pair | None:
    """The pair A = [0 I_a; 0], B = [I_b 0; 0] with a + b = k; None where all pairs are open."""
    for a in range(min(m - 1, k), -1, -1):
        b = k - a
        if b > n - 1:
            continue
        left = [[Fraction(int(i < a and j == b + i)) for j in range(k)] for i in range(m)]
        right = [[Fraction(int(i < b and j == i)) for j in range(n)] for i in range(k)]
        pair = _pair(algebra.matrix(left), algebra.matrix(right))
        if not pair.test.open:
            return pair
    return None


def _open_near(pair: _Pair, seed: int) -> _Pair:
    """An open pair: the given one with ones added to make the factors of full rank."""
    import numpy as np

    m, k, n = pair.test.shape
    shifts = [
        algebra.matrix([[Fraction(int(i == j)) for j in range(k)] for i in range(m)]),
        algebra.matrix([[Fraction(int(i == j)) for j in range(n)] for i in range(k)]),
    ]
    choices = [
        (algebra.add(pair.left, shifts[0]), pair.right),
        (pair.left, algebra.add(pair.right, shifts[1])),
        (algebra.add(pair.left, shifts[0]), algebra.add(pair.right, shifts[1])),
        (shifts[0], shifts[1]),
    ]
    generator = np.random.default_rng(seed)
    for left, right in choices:
        found = _pair(left, right)
        if found.test.open:
            return found
    while True:  # full rank after finitely many draws: only a thin set of pairs is not open
        draws = [generator.integers(-2, 3, size).tolist() for size in ((m, k), (k, n))]
        found = _pair(*(algebra.matrix([[Fraction(v) for v in r] for r in d]) for d in draws))
        if found.test.open:
            return found


def _outer(column: Sequence[Fraction], row: Sequence[Fraction]) -> ExactRows:
    return algebra.outer(column, row)


def _plane(pair: _Pair) -> _Plane:
    """R and E such that AB + x R is the product of factors near (A, B)."""
    m, _, n = pair.test.shape
    units = algebra.identity(max(m, n))
    if pair.test.unreachable is not None:
        escape = pair.test.unreachable
        place = next((i, j) for i in range(m) for j in range(n) if escape[i][j])
        rows, columns = algebra.row_space(pair.right), algebra.column_space(pair.left)
        if rows:
            return _Plane(_outer(units[place[0]][:m], rows[0]), escape, "E")
        if columns:
            return _Plane(_outer(columns[0], units[place[1]][:n]), escape, "E")
        return _Plane(_outer(units[place[0]][:m], units[place[1]][:n]), escape, "E")
    if pair.test.target == "rank<=k":
        # Within the matrices of rank at most k: change A only, along a row of B.
        rows = algebra.row_space(pair.right)
        row = rows[0] if rows else units[0][:n]
        if m >= 2:
            return _Plane(_outer(units[0][:m], row), _outer(units[1][:m], row), "S")
        raise NotDrawn("matrices with one row leave no plane to draw")
    reachable = _outer(units[0][:m], units[0][:n])
    other = _outer(units[1][:m], units[0][:n]) if m > 1 else _outer(units[0][:m], units[1][:n])
    if m > 1 and n > 1:
        other = _outer(units[1][:m], units[1][:n])
    return _Plane(reachable, other, "S")


def _panel(
    name: str, pair: _Pair, plane: _Plane, radii: tuple[float, ...], reach: float, seed: int,
    size: int | None, step: Callable[[str], None] | None,
) -> Reach:  # fmt: skip
    import numpy as np

    left, right, base, r, e = _numbers(pair, plane)
    size = size or (61 if base.size <= 4 else 41)
    axis = np.linspace(-reach, reach, size)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    targets = base + grid[:, :1, None] * r + grid[:, 1:, None] * e
    needed = least_moves(left, right, targets, radii[-1], seed, step)[0]
    outside = None
    inner = pair.test.shape[1]
    if pair.test.target == "rank<=k":
        values = np.linalg.svd(targets, compute_uv=False)
        beyond = values[:, inner] > 1e-9
        if beyond.any():
            outside = beyond.reshape(size, size)
    generator = np.random.default_rng(seed)
    spots = generator.uniform(-reach, reach, (min(420, size * size), 2))
    aims = base + spots[:, :1, None] * r + spots[:, 1:, None] * e
    moves = least_moves(left, right, aims, radii[-1], seed + 1, step)[0]
    samples = [
        (float(x), float(y), next((k for k, radius in enumerate(radii) if d <= radius), -1))
        for (x, y), d in zip(spots, moves, strict=True)
    ]
    ranks = pair.test
    text = f"rank A {ranks.rank_left}, rank B {ranks.rank_right}, rank AB {ranks.rank_product}"
    letter = plane.other_name
    return Reach(
        name,
        ranks.open,
        text,
        (_text(pair.left), _text(pair.right)),
        axis,
        axis,
        needed.reshape(size, size),
        outside,
        samples,
        f"x in AB + x R + y {letter}, R along {_text(plane.reachable)}",
        f"y, {letter} along {_text(plane.other)}",
        "" if ranks.open else "AB + t E: out of reach",
    )


def _numbers(pair: _Pair, plane: _Plane) -> tuple[Array, Array, Array, Array, Array]:
    """A, B, AB, and the two directions of length 1."""
    import numpy as np

    left, right = _floats(pair.left), _floats(pair.right)
    r, e = _floats(plane.reachable), _floats(plane.other)
    return left, right, left @ right, r / np.linalg.norm(r), e / np.linalg.norm(e)


def _window(pair: _Pair, plane: _Plane, radius: float, seed: int) -> float:
    """Half the width of a picture that shows what the largest radius reaches."""
    import numpy as np

    left, right, base, r, e = _numbers(pair, plane)
    sizes = radius * np.geomspace(0.05, 4, 36)
    found = 0.0
    for direction in (r, -r, e, -e):
        targets = base + sizes[:, None, None] * direction
        needed = least_moves(left, right, targets, radius, seed)[0]
        inside = sizes[needed <= radius]
        found = max(found, float(inside.max()) if inside.size else 0.0)
    return 1.12 * (found or radius)


def least_moves(
    left: Array, right: Array, targets: Array, radius: float, seed: int,
    step: Callable[[str], None] | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    """The least |(dA, dB)| found with (A + dA)(B + dB) = target, for a batch of targets.

    Infinite where none was found. Also the moves themselves (batch x entries). Least-norm Newton:
    each step solves for the smallest (dA, dB) that satisfies the equations linearised at the
    last one, from starts of several sizes.
    """
    import numpy as np

    m, k = left.shape
    n = right.shape[1]
    size = m * k + k * n
    count = len(targets)
    best = np.full(count, np.inf)
    moves = np.zeros((count, size))
    generator = np.random.default_rng(seed)
    tolerance = 1e-7 * (1 + float(np.abs(targets).max()))

    def factors(point: Array) -> tuple[Array, Array]:
        a = left + point[:, : m * k].reshape(-1, m, k)
        return a, right + point[:, m * k :].reshape(-1, k, n)

    for amount in STARTS:
        point = generator.standard_normal((count, size))
        point *= amount * radius / np.linalg.norm(point, axis=1, keepdims=True)
        active = np.arange(count)
        for _ in range(ROUNDS):
            here = point[active]
            a, b = factors(here)
            rest = (targets[active] - a @ b).reshape(-1, m * n)
            # d(AB) = dA B + A dB as a matrix: (m n) x (m k + k n).
            table = np.zeros((len(active), m, n, size))
            for i in range(m):
                table[:, i, :, i * k : (i + 1) * k] = np.swapaxes(b, 1, 2)
            for j in range(n):
                for h in range(k):
                    table[:, :, j, m * k + h * n + j] = a[:, :, h]
            matrix = table.reshape(-1, m * n, size)
            flipped = np.swapaxes(matrix, 1, 2)
            wanted = rest[..., None] + matrix @ here[..., None]
            gram = matrix @ flipped + 1e-10 * np.eye(m * n)
            change = (flipped @ np.linalg.solve(gram, wanted))[..., 0] - here
            length = np.linalg.norm(change, axis=1)
            point[active] = (
                here + change * np.minimum(1, 0.7 * radius / np.maximum(length, 1e-12))[:, None]
            )
            active = active[length > 1e-9 * radius]
            if not len(active):
                break
        a, b = factors(point)
        error = np.abs(targets - a @ b).max((1, 2))
        length = np.where(error <= tolerance, np.linalg.norm(point, axis=1), np.inf)
        better = length < best
        best[better], moves[better] = length[better], point[better]
        if step is not None:
            step("products")
    return best, moves


__all__ = ["NotDrawn", "least_moves", "openness_picture"]
