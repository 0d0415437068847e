"""The products at a point: their three ranks, and whether they are locally open."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from .. import algebra
from ..openness.chain import ChainTest, Progress, analyse_factors, chain_derivation
from ..openness.derivation import Derivation
from ..openness.product import ProductTest, is_open, target_of, test_product
from .instance import Instance, LinearChain, Rows
from .numbers import Matrix, Undecided, is_exact_zero, is_rational, minus, sign, times

# Entries beyond which evidence (a move, an unreachable direction) is not worked out.
LARGEST_EVIDENCE = 40_000


class RankBounds(NamedTuple):
    """Proved bounds of a rank; equal where it is known exactly."""

    low: int
    high: int

    @property
    def exact(self) -> int | None:
        """The rank, where known."""
        return self.low if self.low == self.high else None


class ProductReport(NamedTuple):
    """One product of the map at the point.

    ``open`` None: the bounds of the ranks do not decide. ``test`` holds the evidence.
    """

    left: str
    right: str
    shape: tuple[int, int, int]
    ranks: tuple[RankBounds, RankBounds, RankBounds]
    target: str
    open: bool | None
    test: ProductTest | None


class ChainReport(NamedTuple):
    """A linear chain at the point, leftmost factor first.

    ``weights`` are W_h .. W_1; in ``factors`` the last one is times a basis of the data's columns.
    """

    test: ChainTest
    names: tuple[str, ...]
    factors: tuple[Rows, ...]
    weights: tuple[Rows, ...]
    derivation: Derivation | None


def rank_bounds(rows: Matrix) -> RankBounds:
    """Proved bounds of the rank: exact for rationals, else by elimination on certain pivots."""
    if is_rational(rows):
        exact = algebra.rank(rows)  # type: ignore[arg-type]
        return RankBounds(exact, exact)
    nonzero_rows = sum(any(not is_exact_zero(e) for e in row) for row in rows)
    nonzero_columns = sum(
        any(not is_exact_zero(e) for e in column) for column in zip(*rows, strict=True)
    )
    high = min(nonzero_rows, nonzero_columns)
    if len({*rows}) < len(rows):
        high = min(high, len({*rows}))
    work = [list(row) for row in rows]
    low = 0
    while work and work[0]:
        pivot = _certain_pivot(work)
        if pivot is None:
            break
        i, j = pivot
        low += 1
        top, value = work[i], work[i][j]
        rest = []
        for k, row in enumerate(work):
            if k == i:
                continue
            factor = row[j]
            rest.append(
                [
                    minus(times(value, entry), times(factor, other))
                    for c, (entry, other) in enumerate(zip(row, top, strict=True))
                    if c != j
                ]
            )
        work = rest
    return RankBounds(low, max(low, high))


def _certain_pivot(work: list[list[object]] | list[list]) -> tuple[int, int] | None:  # type: ignore[type-arg]
    for i, row in enumerate(work):
        for j, entry in enumerate(row):
            if is_exact_zero(entry):
                continue
            try:
                if sign(entry) != 0:
                    return i, j
            except Undecided:
                continue
    return None


def chain_weights(chain: LinearChain) -> tuple[Rows, ...] | None:
    """W_1 .. W_h as they multiply the reduced data; None for biases that no rule covers.

    A bias on the first layer only is W_1's last column (rule `bias`); an output bias is minimised
    out, whatever other biases there are.
    """
    if not any(chain.biases) or chain.biases[-1]:
        return chain.weights
    if any(chain.biases[1:]) or chain.first_bias is None:
        return None
    first = tuple(
        (*row, *shift) for row, shift in zip(chain.weights[0], chain.first_bias, strict=True)
    )
    return (first, *chain.weights[1:])


def reduced_data(instance: Instance) -> Rows | None:
    """C, a basis of the columns that the first weight matrix sees (X = C R), or None for X = 0.

    With an output bias the columns are centred, with a bias on the first layer only a row of ones
    is appended (rule `bias`; ``chain_weights`` has the bias as W_1's last column).
    """
    chain = instance.chain
    assert chain is not None
    weights = chain_weights(chain)
    if weights is None:
        return None
    width = len(weights[0][0])
    if instance.model.map is not None and instance.model.map.data_rows is None:
        return algebra.identity(width)
    data = instance.inputs
    if data is None:
        return algebra.identity(width)
    if chain.biases[-1]:
        data = centred(data)
    elif any(chain.biases):
        data = (*data, (Fraction(1),) * len(data[0]))
    if len(data) * len(data[0]) > LARGEST_EVIDENCE and algebra.rank(data) == width:
        # All columns are reached: the identity is a basis, too, and leaves the weights as stored.
        return algebra.identity(width)
    basis = algebra.column_space(data)
    return algebra.transpose(basis) if basis else None


def centred(data: Rows) -> Rows:
    """The columns minus their mean."""
    means = [sum(row, Fraction(0)) / len(row) for row in data]
    return tuple(tuple(e - mean for e in row) for row, mean in zip(data, means, strict=True))


def chain_report(instance: Instance, progress: Progress | None = None) -> ChainReport | None:
    """The openness of a linear chain over all its bracketings; None where it does not apply."""
    chain = instance.chain
    weights = None if chain is None else chain_weights(chain)
    if chain is None or weights is None:
        return None
    data = reduced_data(instance)
    if data is None:
        return None
    factors = [*reversed(weights)]
    names = [*reversed(chain.names)]
    first_only = any(chain.biases) and not chain.biases[-1]
    if first_only:
        names[-1] = f"[{names[-1]} b1]"
    identity = data == algebra.identity(len(data))
    if not identity:
        factors[-1] = algebra.product(factors[-1], data)
        suffix = " Xc" if chain.biases[-1] else " [X; 1]" if first_only else " X"
        names[-1] += suffix
    for i, skip in enumerate(reversed(chain.skips)):
        if skip:
            names[i] = f"(I + {names[i]})"
    test = analyse_factors(factors, progress)
    return ChainReport(
        test,
        tuple(names),
        tuple(factors),
        tuple(reversed(weights)),
        chain_derivation(test, names),
    )


def chain_products(report: ChainReport) -> tuple[ProductReport, ...]:
    """Each layer against all that comes before it, then the products of the proving bracketing."""
    count = len(report.factors)
    wanted = [(k, k + 1, count) for k in range(count - 1)]
    for split in report.test.bracketing:
        key = (split.start, split.middle, split.stop)
        if key not in wanted:
            wanted.append(key)
    result = []
    for start, middle, stop in wanted:
        split = report.test.split(start, middle, stop)
        left_name = " ".join(report.names[start:middle])
        right_name = " ".join(report.names[middle:stop])
        m, k, n = split.shape
        if k * (m + n) > LARGEST_EVIDENCE:
            a, b, r = (RankBounds(rank, rank) for rank in split.ranks)
            target = target_of(split.shape)
            result.append(
                ProductReport(
                    left_name, right_name, split.shape, (a, b, r), target, split.open, None
                )
            )
            continue
        left = algebra.product(*report.factors[start:middle])
        right = algebra.product(*report.factors[middle:stop])
        result.append(_exact_product(left_name, right_name, left, right, split.shape, split.ranks))
    return tuple(result)


def _exact_product(
    left_name: str,
    right_name: str,
    left: Rows,
    right: Rows,
    shape: tuple[int, int, int],
    ranks: tuple[int, int, int],
) -> ProductReport:
    m, k, n = shape
    bounds = tuple(RankBounds(r, r) for r in ranks)
    evidence = test_product(left, right) if k * (m + n) <= LARGEST_EVIDENCE else None
    return ProductReport(
        left_name,
        right_name,
        shape,
        (bounds[0], bounds[1], bounds[2]),
        target_of(shape),
        is_open(shape, *ranks),
        evidence,
    )


def factor_product(
    left_name: str, right_name: str, left: Rows, right: Matrix, whole: Matrix
) -> ProductReport:
    """The three-rank test of W_k against features that may be enclosures."""
    m, k = algebra.shape(left)
    n = len(right[0])
    shape = (m, k, n)
    if is_rational(right):
        a, b, r = (rank_bounds(x).low for x in (left, right, whole))
        return _exact_product(left_name, right_name, left, right, shape, (a, b, r))  # type: ignore[arg-type]
    a = algebra.rank(left)
    own, product = rank_bounds(right), rank_bounds(whole)
    high = min(product.high, a, own.high)
    low = max(product.low, a + own.low - k, 0)
    product = RankBounds(low, max(low, high))
    verdict: bool | None = None
    if k >= min(m, n):
        # The condition grows with rank(AB) and falls with rank(B); rank(A) = m is enough.
        if a == m or own.low == n or is_open(shape, a, own.high, product.low):
            verdict = True
        elif not is_open(shape, a, own.low, product.high):
            verdict = False
    elif own.exact is not None and product.exact is not None:
        verdict = is_open(shape, a, own.exact, product.exact)
    return ProductReport(
        left_name,
        right_name,
        shape,
        (RankBounds(a, a), own, product),
        target_of(shape),
        verdict,
        None,
    )


def network_products(instance: Instance, features: tuple[Matrix, ...]) -> tuple[ProductReport, ...]:
    """(W_k, F_(k-1)) for every layer k >= 2 of a network (``features``: F_0 .. F_h)."""
    from .numbers import multiply

    result = []
    for k in range(2, len(instance.layers) + 1):
        left, right = instance.leaves[f"W{k}"], features[k - 1]
        result.append(factor_product(f"W{k}", f"F{k - 1}", left, right, multiply(left, right)))
    return tuple(result)
