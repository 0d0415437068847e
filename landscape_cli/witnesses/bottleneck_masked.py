"""Linear networks with a bottleneck: the masked squared loss (matrix completion).

Free data are designed here; given targets and given dependent samples are searched for a point
(``instances/given.py``, ``free_targets.py``), or matched with the design (``matched.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts

if TYPE_CHECKING:
    from ..instances.bottleneck import Design, Sizes
    from ..instances.linear import Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)


def _scope(facts: Facts) -> Scope | Refusal:
    loss = facts.model.loss
    if loss.kind != "named" or loss.name != "masked_squared":
        return Refusal("the loss is not masked_squared")
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances import bottleneck
    from ..instances.linear import linear_room
    from ..model.terms import add, all_of, any_of, at_least, minimum

    found = bottleneck.scope(facts, _shape, _design)
    if facts.ranges is not None or isinstance(found, Refusal):
        return found
    if facts.model.data.matrix("weights") is not None:
        return Refusal("the observed entries are given, and widths are symbols")
    if bottleneck.states(facts, "Y = X") or bottleneck.states(facts, "Y realizable"):
        return found
    # With one more input and output than a bottleneck needs no sample has to be repeated.
    sparse = bottleneck.scope(facts, _sparse_shape, _design, outputs_less=1)
    if isinstance(sparse, Refusal):
        return found
    room = linear_room(facts)
    assert not isinstance(room, Refusal)
    enough = at_least(minimum(room.inputs, room.outputs), add(room.narrow, 2))
    return found._replace(condition=any_of(found.condition, all_of(sparse.condition, enough)))


def _sparse_shape(_facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    """What the instance without repeated samples needs (symbolic widths)."""
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    factor = 2 if room.bias == "output" else 1
    return Shape(add(k, 2), lambda r: scale(factor, r), lambda _r, _n: True)


def _shape(facts: Facts, room: Room, k: Any) -> Shape | Refusal:
    from ..instances.bottleneck import numeric_or_zero, states
    from ..instances.linear import Shape
    from ..model.terms import add, scale

    bias = room.bias
    rows = numeric_or_zero(facts.output_width)
    same, realizable = states(facts, "Y = X"), states(facts, "Y realizable")
    if same and (bias != "none" or room.below or room.above or realizable):
        return Refusal("Y = X beside biases, fixed layers or realizable targets")
    copies = 6 if realizable else 2
    factor = 2 if bias == "output" else 1
    e = room.outputs
    # Without repeated samples (_sparse) one more input and output is needed.
    sparse = not realizable and not same and facts.ranges is not None

    def roomy(r: Any) -> bool:
        return bool(sparse and isinstance(e, int) and r >= k + 2 and e >= k + 2)

    def samples(r: Any) -> Any:
        if roomy(r):
            return scale(factor, r)
        return scale(factor, add(r, copies))

    def rank_y(r: int, n: int) -> tuple[int, int]:
        if same:
            return r, r
        if realizable:
            return k, k
        base = k + 2 if roomy(r) else k + 1
        spare = 0 if bias == "output" else n - r
        return base, base + max(0, min(rows - base, r - base + spare))

    return Shape(
        add(k, 1), samples, lambda _r, _n: True, rank_y,
        lambda r, n: bias == "none" and roomy(r) and n == r, same,
    )  # fmt: skip


def _design(facts: Facts, sizes: Sizes, _options: BuildOptions) -> Design | Refusal:
    from ..instances.bottleneck import states

    k, r, e = sizes.k, sizes.r, sizes.e
    if states(facts, "Y realizable"):
        return _realizable(sizes)
    if not states(facts, "Y = X") and r >= k + 2 and e >= k + 2:
        return _sparse(sizes)
    return _repeated(sizes, states(facts, "Y = X"))


def _finish(
    sizes: Sizes, columns: list[Any], y: list[list[Any]], mask: list[list[Fraction]]
) -> tuple[list[Any], list[list[Any]], list[list[Fraction]]]:
    """Mirrors the samples where there is an output bias, then adds samples nobody observes."""
    if sizes.bias == "output":
        columns = [*columns, *((i, -v) for i, v in columns)]
        y = [[*row, *(-v for v in row)] for row in y]
        mask = [[*row, *row] for row in mask]
    spare = sizes.n - len(columns)
    filler = None if sizes.bias != "first" else (0, ONE)
    return (
        [*columns, *([filler] * spare)],
        [[*row, *([ZERO] * spare)] for row in y],
        [[*row, *([ZERO] * spare)] for row in mask],
    )


def _raise_rank(sizes: Sizes, y: list[list[Any]], base: int, first: int) -> None:
    """Fills Y up to the wanted rank: at inputs from ``base`` on, then at unobserved samples.

    ``first``: the first unobserved sample; with an output bias the first mirrored one.
    """
    wanted = 0 if sizes.rank_y is None else sizes.rank_y - base
    places = [*range(base, sizes.r), *range(first, sizes.n)]
    for step in range(wanted):
        y[base + step][places[step]] = Fraction(1, 2)
        if sizes.bias == "output":
            y[base + step][first + places[step]] = Fraction(-1, 2)


def _repeated(sizes: Sizes, same: bool) -> Design:
    """Two repeated samples observe one entry each: weight 2 beside the last kept entry."""
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.linear import zeros

    k, r, e = sizes.k, sizes.r, sizes.e
    y = zeros(sizes.rows, r + 2)
    mask = [[*[ONE] * r, ZERO, ZERO] for _ in range(sizes.rows)]
    diagonal = [Fraction(4)] * (k - 1) + [ONE, Fraction(3, 2)]
    if same:
        diagonal += [Fraction(1, 2)] * (r - k - 1)
    for i, value in enumerate(diagonal):
        y[i][i] = value
    if same:
        y[k - 1][r], y[k][r + 1] = diagonal[k - 1], diagonal[k]
    mask[k][r] = mask[k - 1][r + 1] = ONE
    columns: list[Any] = [*unit_columns(r), (k - 1, ONE), (k, ONE)]
    columns, y, mask = _finish(sizes, columns, y, mask)
    if not same:
        _raise_rank(sizes, y, k + 1, r if sizes.bias != "output" else r + 2)
    kept = dict(enumerate(diagonal[:k]))
    better = {i: v for i, v in kept.items() if i != k - 1} | {k: diagonal[k]}
    return Design(
        columns, y, keep(e, r, kept, k), keep(e, r, better, k),
        loss={"name": "masked_squared", "weights": mask}, same=diagonal if same else None,
    )  # fmt: skip


def _sparse(sizes: Sizes) -> Design:
    """The block [[1, 1, 0], [1, *, 0], [0, 0, 19/10]], kept as the matrix of ones (2 x 2)."""
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.linear import zeros

    k, r, e = sizes.k, sizes.r, sizes.e
    y = zeros(sizes.rows, r)
    mask = [[ONE] * r for _ in range(sizes.rows)]
    for i in range(k - 1):
        y[i][i] = Fraction(4)
    y[k - 1][k - 1] = y[k - 1][k] = y[k][k - 1] = ONE
    y[k + 1][k + 1] = Fraction(19, 10)
    mask[k][k] = ZERO
    columns: list[Any] = unit_columns(r)
    columns, y, mask = _finish(sizes, columns, y, mask)
    _raise_rank(sizes, y, k + 2, r)
    kept = dict.fromkeys(range(k - 1), Fraction(4))
    outer, inner = keep(e, r, kept, k)
    outer[k - 1][k - 1] = outer[k][k - 1] = ONE
    inner[k - 1][k - 1] = inner[k - 1][k] = ONE
    return Design(
        columns, y, (outer, inner), keep(e, r, kept | {k + 1: Fraction(19, 10)}, k),
        loss={"name": "masked_squared", "weights": mask},
    )  # fmt: skip


def _realizable(sizes: Sizes) -> Design:
    """Y = 8 I (+) ones(2, 2) of rank k, the last two diagonal entries observed four times."""
    from ..instances.bottleneck import Design, keep, unit_columns
    from ..instances.linear import zeros

    k, r, e = sizes.k, sizes.r, sizes.e
    y = zeros(sizes.rows, r + 6)
    mask = [[*[ONE] * r, *[ZERO] * 6] for _ in range(sizes.rows)]
    columns: list[Any] = unit_columns(r)
    for i in range(k - 1):
        y[i][i] = Fraction(8)
    for i in (k - 1, k):
        y[i][k - 1] = y[i][k] = ONE
    for t in range(6):
        i = k - 1 + t % 2
        columns.append((i, ONE))
        y[k - 1][r + t] = y[k][r + t] = mask[i][r + t] = ONE
    columns, y, mask = _finish(sizes, columns, y, mask)
    kept = dict.fromkeys(range(k - 1), Fraction(8))
    local, better = keep(e, r, kept, k), keep(e, r, kept, k)
    for i, value in ((k - 1, Fraction(3, 5)), (k, Fraction(-3, 5))):
        local[0][i][k - 1] = value
        better[0][i][k - 1] = ONE
    local[1][k - 1][k - 1], local[1][k - 1][k] = ONE, -ONE
    better[1][k - 1][k - 1] = better[1][k - 1][k] = ONE
    return Design(columns, y, local, better, loss={"name": "masked_squared", "weights": mask})


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    answer = _scope(facts)
    if isinstance(answer, Refusal):
        return answer
    from ..instances import bottleneck

    return bottleneck.build(
        facts, options, _shape, _design, {"kind": "rank-chart"},
        "The product keeps the weaker targets and drops a stronger one. In every direction in "
        "which the rank stays, the curvature beside the kept entries outweighs the pull of "
        "the dropped one.",
    )  # fmt: skip


FAMILY = Family(
    id="bottleneck-masked",
    order=59,
    title="A bottleneck and missing entries",
    statement=(
        "Linear network, some hidden width k < min(e_0, e_h), squared loss over the observed "
        "entries: for some data and mask a local minimum is not global."
    ),
    source=HERE,
    argument="rank-chart",
    proof=(
        "Y = diag(4, .., 4, 1, 3/2), two repeated samples observe only the entries beside the "
        "last kept one: their weight is 2, and f''f'' z^2 = 4 > 9/4. Without repeated "
        "samples: [[1,1,0],[1,*,0],[0,0,19/10]] with * not observed, kept as the matrix of "
        "ones. Keeping the dropped entry is better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 1 -> 2; loss masked_squared",
        "net 3 -> 1 -> 3; loss masked_squared; data X identity",
        "net 5 -> 2 -> 3 -> 4; loss masked_squared; data Y realizable",
        "net 4 -> 2 -> linear(3, bias); loss masked_squared",
    ),
    related=(
        "linear-no-bottleneck",
        "linear-squared",
    ),
)
