"""Linear networks with a narrow layer, losses with a kink.

Given data: ``instances/given_kinks.py`` says which of them have an instance.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import add, all_of, at_least, at_most, maximum, show, subtract

if TYPE_CHECKING:
    from ..instances.bottleneck import Design
    from ..instances.linear import Column, Plan, Room, Shape

NAMES = frozenset(("absolute", "quantile", "epsilon_insensitive", "lp"))
ONE = Fraction(1)
WORDS = (
    "Between the two halves of the network at the narrow layer the product vanishes. Nearby, "
    "the one output whose target is missed is bounded by a third of the sum of all others, "
    "whose kinks make every move cost more than it gains."
)


def _loss_of(facts: Facts) -> tuple[str, Fraction] | Refusal:
    """The kind of kink: ``absolute``, ``quantile`` or ``tube``, with tau or eps."""
    loss = facts.model.loss
    if loss.kind == "class":
        if loss.name in ("convex", "any"):
            return "absolute", ONE
    elif loss.kind == "named" and loss.name in NAMES:
        if loss.name == "absolute" or (loss.name == "lp" and loss.parameter("p") == 1):
            return "absolute", ONE
        if loss.name == "quantile":
            return "quantile", loss.parameter("tau")
        if loss.name == "epsilon_insensitive":
            eps = loss.parameter("eps")
            return ("tube", eps) if eps > 0 else ("absolute", ONE)
    return Refusal("the loss is not absolute, quantile or epsilon_insensitive, nor a class of them")


def _shape(facts: Facts, room: Room, kink: tuple[str, Fraction]) -> Shape | Refusal:
    from ..instances.linear import Shape
    from ..model.terms import scale

    kind, parameter = kink
    tube = kind == "tube"
    bias = room.bias
    same = facts.model.data.property("Y = X") is not None
    if same and (tube or room.below or room.above or bias == "first"):
        return Refusal("Y = X beside fixed layers, a first-layer bias or a tube of the loss")
    least = maximum(1, add(subtract(room.narrow, room.outputs), 2))
    copies = 2 if tube else 1

    def samples(r: Any) -> Any:
        if bias != "output":
            return scale(copies, r)
        if tube:
            return maximum(8, add(scale(2, r), 2))
        return add(r, 1)

    def fits(r: int, n: int) -> bool:
        if same and r != 1:
            return False
        if bias != "output" or tube or r >= 2 or n >= 3:
            return True
        return kind == "quantile" and parameter != Fraction(1, 2)

    def isotropic(r: int, n: int) -> bool:
        if r == 1:
            return True
        if bias == "none" and not tube:
            return True
        return n == copies * r or bias == "output"

    # Beside the missed target a tube has targets eps and -eps in every row.
    rank_y = 2 if tube and facts.output_width != 1 else 1
    return Shape(
        least, samples, fits, lambda _r, _n: (rank_y, rank_y), isotropic,
        same or (tube and room.below),
    )  # fmt: skip


def _scope(facts: Facts) -> Scope | Refusal:
    kink = _loss_of(facts)
    if isinstance(kink, Refusal):
        return kink
    if facts.model.regularizer is not None:
        return Refusal("a penalty on the weights")
    from ..instances.linear import choose, linear_room, symbolic_condition
    from ..instances.scopes import given_scope

    given = _given(facts)
    if given is not None:
        return given_scope(facts, given)
    room = linear_room(facts, member="absolute")
    if isinstance(room, Refusal):
        return room
    shape = _shape(facts, room, kink)
    if isinstance(shape, Refusal):
        return shape
    q, e0, e = room.narrow, room.inputs, room.outputs
    widths = at_most(q, subtract(add(e0, e), 2))
    text = f"{show(q)} <= {show(e0)} + {show(e)} - 2"
    findings = (met(f"the least hidden width is {show(q)}", facts.form.span),)
    if facts.ranges is not None:
        if widths is False:
            return Scope(False, text, findings)
        plan = choose(facts, room, shape, BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    # The only target that is not 0 leaves Y at rank 1 (2 beside those that are eps or -eps).
    full_y = at_most(facts.output_width, 2 if kink[0] == "tube" else 1)
    condition = symbolic_condition(facts, room, shape, widths, full_y)
    if condition is None:
        return Refusal("symbolic widths beside such statements on the data")
    if room.bias == "output":
        # Two samples leave a single effective input, and one spare sample may not be enough there.
        least = 1 if shape.fits(1, 2) else 2
        if facts.samples_most is not None:
            condition = all_of(condition, at_least(facts.samples_most, least + 1))
        elif facts.full_column_rank.granted:
            condition = all_of(condition, at_least(room.inputs, least))
    return Scope(condition, text, findings)


def _given(facts: Facts) -> Instance | Refusal | None:
    """The instance for given targets or dependent samples; None where the data are free enough."""
    from ..instances import given_kinks
    from ..instances.bottleneck import certificate
    from ..instances.linear import (
        as_int,
        data_given,
        hidden_sizes,
        identity_below,
        linear_room,
        through,
    )

    if facts.ranges is None or not data_given(facts):
        return None
    room = linear_room(facts, member="absolute", given=True)
    if isinstance(room, Refusal):
        return room
    q, e = as_int(room.narrow), as_int(room.outputs)
    if q > as_int(room.inputs) + e - 2:
        return Refusal(f"every hidden width is at least e_0 + e_h - 1 (the least is {q})")
    found = given_kinks.find(facts, room, max(1, q - e + 2))
    if isinstance(found, Refusal):
        return found
    hidden = hidden_sizes(facts)
    r, split = len(found.data.d), hidden.index(q)
    a = min(q, e - 1)
    local = _local(hidden, split, r, e, a, q - a, Fraction(0))
    top = local[-1]
    top[found.row], top[e - 1] = top[e - 1], top[found.row]
    outer = [[Fraction(int(i == found.row))] for i in range(e)]
    better = through(hidden, outer, [found.value])
    shift = None
    if found.shift is not None:
        shift = [found.shift if i == found.row else Fraction(0) for i in range(e)]
    ends = facts.ends
    assert ends is not None
    argument: dict[str, Any] = {
        "kind": "polynomial-bound", "layer": ends.first + split + 1, "row": found.row,
        "column": found.column,
    }  # fmt: skip
    if found.combination is not None:
        argument["combination"] = [str(v) for v in found.combination]
    loss = {"name": "absolute"} if facts.model.loss.kind == "class" else None
    return certificate(facts, room, found.data, found.y, ((local, None), (better, shift)), loss,
                       argument, WORDS, identity_below(facts, room, r))  # fmt: skip


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances import bottleneck
    from ..instances.linear import as_int, choose, hidden_sizes, linear_room, other_samples

    kink = _loss_of(facts)
    if isinstance(kink, Refusal):
        return kink
    given = _given(facts)
    if given is not None:
        return other_samples(facts, options) or given
    room = linear_room(facts, member="absolute")
    if isinstance(room, Refusal):
        return room
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    shape = _shape(facts, room, kink)
    if isinstance(shape, Refusal):
        return shape
    q, e = as_int(room.narrow), as_int(room.outputs)
    if q > as_int(room.inputs) + e - 2:
        return Refusal(f"every hidden width is at least e_0 + e_h - 1 (the least is {q})")
    plan = choose(facts, room, shape, options)
    if isinstance(plan, Refusal):
        return plan
    hidden = hidden_sizes(facts)
    split = hidden.index(q)
    a = min(q, e - 1)
    b = q - a
    if b > plan.inputs - 1:
        return Refusal("too few inputs")
    design, spread, missed = _design(facts, room, plan, kink)
    local = _local(hidden, split, plan.inputs, e, a, b, spread)
    better = _better(hidden, plan.inputs, e, missed)
    ends = facts.ends
    assert ends is not None
    special = plan.inputs - 1
    argument: dict[str, Any] = {
        "kind": "polynomial-bound", "layer": ends.first + split + 1, "row": e - 1,
        "column": special,
    }  # fmt: skip
    if room.bias == "output":
        argument["combination"] = [str(v) for v in _combination(design.columns, plan, spread)]
    return bottleneck.assemble(
        facts, room, plan, design, argument, WORDS,
        factors=(local, better),
    )  # fmt: skip


def _design(
    facts: Facts, room: Room, plan: Plan, kink: tuple[str, Fraction]
) -> tuple[Design, Fraction, Fraction]:
    """Samples and targets, the spread of the lower half's rows (output bias), the missed target.

    One missed target: last usable output, last input. Copies of a sample with targets eps above
    and below make the kink of the tube loss.
    """
    from ..instances.bottleneck import Design
    from ..instances.linear import as_int, zeros

    kind, parameter = kink
    r, n = plan.inputs, plan.samples
    special = r - 1
    tube = kind == "tube"
    columns: list[Column] = [(i, ONE) for i in range(r)]
    if tube:
        columns += [(i, ONE) for i in range(r)]
    spare = n - len(columns)
    filler: Column = None
    if spare and (room.bias == "first" or (tube and room.bias == "none")):
        filler = (0, ONE)
    columns += [filler] * spare
    chain = facts.chain
    assert chain is not None
    rows = as_int(chain.widths[-1])
    y = zeros(rows, n)
    row = as_int(room.outputs) - 1
    missed = ONE
    if kind == "quantile" and parameter > Fraction(1, 2):
        missed = -ONE
    if tube:
        missed = 3 * parameter if parameter > 1 else 3 * ONE
        for i in range(rows):
            for t in range(r):
                y[i][t], y[i][r + t] = parameter, -parameter
        if room.bias == "output":
            for step in range(spare // 2):
                for i in range(rows):
                    y[i][2 * r + 2 * step] = parameter
                    y[i][2 * r + 2 * step + 1] = -parameter
        y[row][special] += missed
        y[row][r + special] += missed
        if r == 1 and filler is not None:
            for t in range(2 * r, n):
                y[row][t] = missed
    else:
        y[row][special] = missed
        if r == 1 and filler is not None:
            for t in range(r, n):
                y[row][t] = missed
    loss = None
    if facts.model.loss.kind == "class":
        loss = {"name": "absolute"}
    same = [missed] if facts.model.data.property("Y = X") is not None else None
    spread = Fraction(0)
    if room.bias == "output":
        others = (n - r) if not tube else (n - 2 * r) // 2
        spread = Fraction(1, others + r - 1)
    zero: tuple[Any, Any] = ((), ())
    design = Design(columns, y, zero, zero, loss=loss, same=same, same_row=row)
    return design, spread, missed


def _combination(columns: Any, plan: Plan, spread: Fraction) -> list[Fraction]:
    """The weights on the other samples: ``spread`` on one copy of each, the rest 0."""
    special, r, n = plan.inputs - 1, plan.inputs, plan.samples
    tube = len(columns) > r and columns[r] is not None
    weights = [Fraction(0)] * n
    for t in range(r):
        if t != special:
            weights[t] = spread
    if tube:
        for step in range((n - 2 * r) // 2):
            weights[2 * r + 2 * step] = spread
    else:
        for t in range(r, n):
            weights[t] = spread
    return weights


def _local(
    hidden: list[int], split: int, r: int, e: int, a: int, b: int, spread: Fraction
) -> list[list[list[Fraction]]]:
    """Factors with W_s...W_1 = [I_b 0; 0 0] (plus ``spread`` in the last column) and
    W_h...W_(s+1) = [0 | I_a; 0]."""
    from ..instances.linear import padded_identity, zeros

    widths = [r, *hidden, e]
    factors = []
    for k in range(len(hidden) + 1):
        rows, columns = widths[k + 1], widths[k]
        if k == 0:
            matrix = padded_identity(rows, columns, b)
            for i in range(b):
                matrix[i][r - 1] = spread
        elif k <= split:
            matrix = padded_identity(rows, columns, b)
        elif k == split + 1:
            matrix = zeros(rows, columns)
            for i in range(a):
                matrix[i][columns - a + i] = ONE
        else:
            matrix = padded_identity(rows, columns, a)
        factors.append(matrix)
    return factors


def _better(hidden: list[int], r: int, e: int, missed: Fraction) -> list[list[list[Any]]]:
    """Factors of the matrix whose only entry is the missed target: last output, last input."""
    from ..instances.linear import through, unit

    outer = [[Fraction(0)] for _ in range(e)]
    outer[e - 1][0] = missed
    return through(hidden, outer, [unit(r, r - 1)])


FAMILY = Family(
    id="nonsmooth-narrow",
    order=60,
    title="A narrow layer and a loss with a kink",
    statement=(
        "Linear network, some hidden width <= e_0 + e_h - 2, absolute or quantile loss (or the "
        "class of convex losses; epsilon_insensitive with every sample twice): for some data a "
        "local minimum is not global."
    ),
    source=HERE,
    argument="polynomial-bound",
    proof=(
        "Split at the first layer of least width d_s = a + b: the lower half is [I_b 0; 0 0], the "
        "upper one [0 | I_a; 0], so Z = 0, and one entry of Y is 1. For nearby halves the missed "
        "entry is a combination of the other entries of Z with coefficients that vanish at the "
        "point, so |Z_mn| <= 1/3 sum of the other |Z_ij| and the loss is at least 1. Z = Y is "
        "reachable: the global value is 0."
    ),
    scope=_scope,
    build=_build,
    examples=(
        "net 2 -> 1 -> 1; loss absolute",
        "net 2 -> 2 -> 2; loss absolute",
        "net 5 -> 2 -> 4; loss convex",
        "net 4 -> 6 -> 5 -> 3; loss quantile(1/10)",
        "net 3 -> 2 -> 2; loss epsilon_insensitive(1/2)",
        "net 3 -> 2 -> linear(2, bias); loss absolute; data samples 3",
        "net 2 -> 2 -> 2; loss absolute; data X = [[2, 1], [1, 1]], Y = [[0, 1/3], [0, 0]]",
    ),
    related=("linear-open-everywhere", "open-everywhere"),
)
