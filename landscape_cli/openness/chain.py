"""Local openness of a chain of products, over all its bracketings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .. import algebra
from .derivation import Derivation
from .product import is_open, target_of

if TYPE_CHECKING:
    from ..algebra.exact import Rows


# Told a text and the fraction done, where an exact rank takes long.
Progress: TypeAlias = Callable[[str, float], None]


class Split(NamedTuple):
    """One product of a bracketing: factors [start, middle) times factors [middle, stop)."""

    start: int
    middle: int
    stop: int
    shape: tuple[int, int, int]
    ranks: tuple[int, int, int]
    open: bool


class ChainTest(NamedTuple):
    """What is known of a chain F_0 F_1 ... F_(c-1) at a point.

    ``open_into_all``: some bracketing proves it (``bracketing``: its splits, outermost first; no
    claim when False). ``nondegenerate``: the product's rank is the least width;
    ``open_into_bounded``: then `open-chain` gives openness into {rank <= least width}. ``ranks``
    holds the rank of every partial product [start, stop).
    """

    shapes: tuple[int, ...]
    ranks: dict[tuple[int, int], int]
    open_into_all: bool
    bracketing: tuple[Split, ...]
    nondegenerate: bool

    @property
    def least_width(self) -> int:
        """The least of all widths, both ends included."""
        return min(self.shapes)

    @property
    def open_into_bounded(self) -> bool:
        """Whether `open-chain` applies."""
        return self.nondegenerate

    def split(self, start: int, middle: int, stop: int) -> Split:
        """The three-rank test of [start, middle) times [middle, stop)."""
        shape = (self.shapes[start], self.shapes[middle], self.shapes[stop])
        ranks = (
            self.ranks[start, middle],
            self.ranks[middle, stop],
            self.ranks[start, stop],
        )
        return Split(start, middle, stop, shape, ranks, is_open(shape, *ranks))


def analyse_chain(shapes: Sequence[int], ranks: dict[tuple[int, int], int]) -> ChainTest:
    """Search all bracketings by dynamic programming, from the ranks of the partial products.

    Interval [start, stop) is open into all matrices if it is a single factor, or if some split
    passes `open-product` into all matrices and both parts are open into all matrices
    (`open-compose`).
    """
    count = len(shapes) - 1
    widths = tuple(shapes)
    blank = ChainTest(widths, ranks, False, (), ranks[0, count] == min(widths))
    best: dict[tuple[int, int], Split | None] = {(i, i + 1): None for i in range(count)}
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            stop = start + length
            for middle in range(start + 1, stop):
                if (start, middle) not in best or (middle, stop) not in best:
                    continue
                split = blank.split(start, middle, stop)
                if target_of(split.shape) == "all" and split.open:
                    best[start, stop] = split
                    break
    if (0, count) not in best:
        return blank
    splits: list[Split] = []
    todo = [(0, count)]
    while todo:
        chosen = best[todo.pop(0)]
        if chosen is not None:
            splits.append(chosen)
            todo += [(chosen.start, chosen.middle), (chosen.middle, chosen.stop)]
    return blank._replace(open_into_all=True, bracketing=tuple(splits))


def partial_ranks(
    factors: Sequence[Rows], progress: Progress | None = None
) -> dict[tuple[int, int], int]:
    """The exact rank of every product of consecutive factors [start, stop).

    Products are formed only where the ranks of their parts leave the rank open: rank P +
    rank Q - k <= rank PQ <= min(rank P, rank Q) (Sylvester).
    """
    count = len(factors)
    ranks = {(i, i + 1): algebra.rank(factor, progress) for i, factor in enumerate(factors)}
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            stop = start + length
            low, high = 0, min(ranks[start, stop - 1], ranks[start + 1, stop])
            for middle in range(start + 1, stop):
                left, right = ranks[start, middle], ranks[middle, stop]
                low = max(low, left + right - len(factors[middle]))
            ranks[start, stop] = (
                high if low >= high else algebra.product_rank(factors[start:stop], high, progress)
            )
    return ranks


def analyse_factors(factors: Sequence[Rows], progress: Progress | None = None) -> ChainTest:
    """``analyse_chain`` for rational matrices that chain; ``ValueError`` if they don't."""
    for left, right in pairwise(factors):
        m, k = algebra.shape(left)
        inner, n = algebra.shape(right)
        if inner != k:
            raise ValueError(f"a {m} x {k} matrix can't be multiplied by a {inner} x {n} one")
    shapes = [algebra.shape(factors[0])[0], *(algebra.shape(factor)[1] for factor in factors)]
    return analyse_chain(shapes, partial_ranks(factors, progress))


def _name(names: Sequence[str], start: int, stop: int) -> str:
    return " ".join(names[start:stop])


def split_conditions(split: Split, names: Sequence[str]) -> tuple[str, ...]:
    """The three-rank condition of a split, with the numbers filled in."""
    (m, k, n), (a, b, r) = split.shape, split.ranks
    left = _name(names, split.start, split.middle)
    right = _name(names, split.middle, split.stop)
    whole = _name(names, split.start, split.stop)
    if target_of(split.shape) == "rank<=k":
        return (f"rank({left}) = {a}, rank({right}) = {b}, rank({whole}) = {r}: all equal",)
    if r + k - b >= m:
        return (f"rank({whole}) + {k} - rank({right}) = {r} + {k} - {b} = {r + k - b} >= {m}",)
    return (f"rank({whole}) + {k} - rank({left}) = {r} + {k} - {a} = {r + k - a} >= {n}",)


def chain_derivation(test: ChainTest, names: Sequence[str]) -> Derivation | None:
    """A derivation of the chain's openness (names: one a factor), or None if none was found.

    Openness into all matrices by a bracketing is preferred; else `open-chain` into the matrices
    of bounded rank at a non-degenerate point.
    """
    count = len(test.shapes) - 1
    by_interval = {(s.start, s.stop): s for s in test.bracketing}

    def build(start: int, stop: int) -> Derivation:
        whole = _name(names, start, stop)
        if stop == start + 1:
            return Derivation("open-linear", f"{whole} is a parameter: locally open into itself")
        split = by_interval[start, stop]
        m, _, n = split.shape
        left, right = _name(names, start, split.middle), _name(names, split.middle, stop)
        step = Derivation(
            "open-product",
            f"the product of ({left}) and ({right}) is locally open into all {m} x {n} matrices",
            split_conditions(split, names),
        )
        if stop - start == 2:
            return step
        return Derivation(
            "open-compose",
            f"{whole} is locally open into all {m} x {n} matrices",
            (),
            (step, build(start, split.middle), build(split.middle, stop)),
        )

    if test.open_into_all:
        return build(0, count)
    if test.nondegenerate:
        whole = _name(names, 0, count)
        return Derivation(
            "open-chain",
            f"{whole} is locally open into the {test.shapes[0]} x {test.shapes[-1]} matrices of "
            f"rank <= {test.least_width}",
            (f"rank({whole}) = {test.ranks[0, count]} = the least width",),
        )
    return None
