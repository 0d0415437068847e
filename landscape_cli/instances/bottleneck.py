"""The frame of the bottleneck families (theory.md section 5.1).

A family says what data it needs (``Shape``) and designs an instance in effective coordinates
(``Design``): r inputs, e outputs, k = q the least hidden width, k < min(r, e). The frame decides
the scope, finds the sizes, translates to the model's own weights and checks every statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..catalogue import BuildOptions, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import Finding, met
from ..model.terms import Term, add, all_of, less, minimum, show
from .linear import (
    Column,
    Data,
    Plan,
    Room,
    Shape,
    as_int,
    chain_weights,
    choose,
    hidden_sizes,
    identity_below,
    linear_room,
    realise_data,
    symbolic_condition,
    through,
    top_layers,
    zeros,
)

if TYPE_CHECKING:
    from .given import Found
    from .matched import Matched
    from .numbers import Weights

ZERO, ONE = Fraction(0), Fraction(1)


class Design(NamedTuple):
    """An instance in effective coordinates.

    ``columns``: the n samples; ``targets``: all d_h rows of Y (outputs from e on are constantly
    0); ``local``, ``better``: (outer e x k, inner k x r) factors of the two products; the shifts
    are effective output biases. ``same``: X is Y itself, for an autoencoder
    (from row ``same_row`` on r rows that are diagonal, with these entries).
    """

    columns: Sequence[Column]
    targets: Sequence[Sequence[Any]]
    local: tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]
    better: tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]
    shift: Sequence[Any] | None = None
    better_shift: Sequence[Any] | None = None
    loss: Mapping[str, Any] | None = None
    same: Sequence[Fraction] | None = None
    same_row: int = 0


class Sizes(NamedTuple):
    """Everything a design depends on (numbers)."""

    k: int
    r: int
    e: int
    n: int
    rows: int
    bias: str
    rank_y: int | None


MakeShape = Callable[[Facts, Room, Any], "Shape | Refusal"]
MakeDesign = Callable[[Facts, Sizes, BuildOptions], "Design | Refusal"]


def scope(
    facts: Facts, shape_of: MakeShape, design_of: MakeDesign, findings: tuple[Finding, ...] = (),
    outputs_less: int = 0,
) -> Scope | Refusal:  # fmt: skip
    """The scope of a bottleneck family: k < min(r, e - outputs_less) for some allowed r."""
    concrete = _concrete(facts, shape_of, design_of, outputs_less)
    if concrete is not None:
        if isinstance(concrete, Refusal):
            return concrete
        if facts.model.data.properties or facts.model.assumptions:
            # The search looks at the matrices; the other statements are checked on the instance.
            made = _of_concrete(facts, concrete, {"kind": "rank-chart"}, "")
            if isinstance(made, Refusal):
                return made
        found = (met("the given data allow it", facts.form.span), *findings)
        return Scope(True, "the given data allow it", found)
    room = linear_room(facts)
    if isinstance(room, Refusal):
        return room
    if room.above and room.bias == "output":
        return Refusal("fixed layers above an output bias")
    k = room.narrow
    e: Term = add(room.outputs, -outputs_less) if outputs_less else room.outputs
    widths = less(k, minimum(room.inputs, e))
    shape = shape_of(facts, room, k)
    if isinstance(shape, Refusal):
        return shape
    text = f"{show(k)} < min({show(room.inputs)}, {show(e)})"
    found = (met(f"the least hidden width is {show(k)}", facts.form.span), *findings)
    if facts.ranges is not None:
        if widths is False:
            return Scope(False, text, found)
        plan = choose(facts, room, _within(room, shape), BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, found)
    condition = symbolic_condition(facts, room, shape, widths)
    if condition is None:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(condition, text, found)


def build(
    facts: Facts, options: BuildOptions, shape_of: MakeShape, design_of: MakeDesign,
    argument: Mapping[str, Any], words: str, outputs_less: int = 0,
) -> Instance | Refusal:  # fmt: skip
    """The instance of a bottleneck family (numeric widths)."""
    concrete = _concrete(facts, shape_of, design_of, outputs_less, options)
    if concrete is not None:
        if isinstance(concrete, Refusal):
            return concrete
        return _of_concrete(facts, concrete, argument, words)
    room = linear_room(facts)
    if isinstance(room, Refusal):
        return room
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    if room.above and room.bias == "output":
        return Refusal("fixed layers above an output bias")
    k, e = as_int(room.narrow), as_int(room.outputs)
    if k >= e - outputs_less:
        return Refusal(f"the least hidden width {k} is no bottleneck")
    shape = shape_of(facts, room, k)
    if isinstance(shape, Refusal):
        return shape
    plan = choose(facts, room, _within(room, shape), options)
    if isinstance(plan, Refusal):
        return plan
    sizes = Sizes(
        k, plan.inputs, e, plan.samples, as_int(facts.output_width)
        if not room.above else len_outputs(facts), room.bias, plan.rank_y,
    )  # fmt: skip
    design = design_of(facts, sizes, options)
    if isinstance(design, Refusal):
        return design
    return assemble(facts, room, plan, design, argument, words)


def _concrete(
    facts: Facts, shape_of: MakeShape, design_of: MakeDesign, outputs_less: int,
    options: BuildOptions = BuildOptions(),  # noqa: B008
) -> Found | Matched | Refusal | None:  # fmt: skip
    """The instance for given targets or given dependent samples; None for other models."""
    from .linear import data_given, other_samples, targets_given

    if facts.ranges is None or not facts.model.data.matrices or not data_given(facts):
        return None
    from . import free_targets, given, matched

    refused = other_samples(facts, options)
    if refused is not None:
        return refused
    room = linear_room(facts, given=True)
    if isinstance(room, Refusal):
        return room
    k, e = as_int(room.narrow), as_int(room.outputs)
    if k >= min(e - outputs_less, as_int(room.inputs)):
        return Refusal(f"the least hidden width {k} is no bottleneck")
    search = given if targets_given(facts) else free_targets
    found: Found | Refusal = search.find(facts, room, k)
    if not isinstance(found, Refusal):
        return found
    shape = shape_of(facts, room, k)
    if isinstance(shape, Refusal) or room.above:
        return found
    own = matched.find(
        facts, room, shape,
        lambda plan: Sizes(k, plan.inputs, e, plan.samples, e, room.bias, plan.rank_y),
        lambda sizes: design_of(facts, sizes, options),
    )  # fmt: skip
    return own or found


def _of_concrete(
    facts: Facts, concrete: Found | Matched, argument: Mapping[str, Any], words: str
) -> Instance | Refusal:
    """The certificate of what was found for given data."""
    from .given import Found

    if isinstance(concrete, Found):
        return _of_given(facts, concrete, argument, words)
    room = linear_room(facts, given=True)
    assert not isinstance(room, Refusal)
    return assemble(facts, room, concrete.plan, concrete.design, argument, words,
                    data=concrete.data)  # fmt: skip


def _of_given(
    facts: Facts, found: Found, argument: Mapping[str, Any], words: str
) -> Instance | Refusal:
    """The certificate of an instance with given targets."""
    room = linear_room(facts, given=True)
    assert not isinstance(room, Refusal)
    loss = None
    if found.weights is not None:
        name = facts.model.loss.name if facts.model.loss.kind == "named" else "weighted_squared"
        loss = {"name": name, "weights": found.weights}
    hidden = hidden_sizes(facts)
    local, better = (
        (through(hidden, point.outer, point.inner), point.shift)
        for point in (found.local, found.better)
    )
    fixed = identity_below(facts, room, len(found.local.inner[0]))
    return certificate(facts, room, found, found.y, (local, better), loss, argument, words, fixed)


def _within(room: Room, shape: Shape) -> Shape:
    """Below fixed layers X may have no rank beyond that of D: the argument would see it."""
    return shape._replace(exact_rank=True) if room.below else shape


def len_outputs(facts: Facts) -> int:
    """d_h, the number of rows of the targets of the chain."""
    chain = facts.chain
    assert chain is not None
    return as_int(chain.widths[-1])


def assemble(
    facts: Facts, room: Room, plan: Plan, design: Design, argument: Mapping[str, Any], words: str,
    factors: tuple[Any, Any] | None = None, data: Data | None = None,
) -> Instance | Refusal:  # fmt: skip
    """The certificate of a design; a refusal where a statement of the model would be violated.

    ``factors``: the two lists of effective factors, where they are not outer * inner through
    identity-padded layers. ``data``: the data, where they are not to be made from the design.
    """
    if data is None and design.same is not None:
        data = _same_data(facts, plan, design)
    elif data is None:
        made = realise_data(facts, room, design.columns, plan)
        if isinstance(made, Refusal):
            return made
        data = made
    hidden = hidden_sizes(facts)
    lists = factors or (
        through(hidden, *design.local), through(hidden, *design.better),
    )  # fmt: skip
    points = (lists[0], design.shift), (lists[1], design.better_shift)
    return certificate(facts, room, data, design.targets, points, design.loss, argument, words,
                       data.fixed)  # fmt: skip


class Mapped(Protocol):
    """Data X with the map back (forward * inner data + offset 1^T are the coordinates)."""

    @property
    def x(self) -> Sequence[Sequence[Fraction]]:
        """The data."""

    @property
    def forward(self) -> list[list[Fraction]]:
        """r rows."""

    @property
    def offset(self) -> list[Fraction]:
        """Length r."""


def certificate(
    facts: Facts, room: Room, data: Mapped, targets: Sequence[Sequence[Any]],
    points: tuple[tuple[Any, Sequence[Any] | None], tuple[Any, Sequence[Any] | None]],
    loss: Mapping[str, Any] | None, argument: Mapping[str, Any], words: str,
    fixed_below: Weights | None = None,
) -> Instance | Refusal:  # fmt: skip
    """The document of two points, each the effective factors and an output bias."""
    from .check import violations
    from .documents import NotAnInstance, document

    _, fixed = top_layers(facts, room)
    try:
        local, better = (chain_weights(facts, room, data, *point) for point in points)
        made_document = document(
            facts, X=data.x, Y=targets, local=local, better=better, argument=argument,
            loss=loss, fixed={**(fixed_below or {}), **fixed},
        )  # fmt: skip
    except (NotAnInstance, ValueError) as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made_document)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(made_document, words)


def _same_data(facts: Facts, plan: Plan, design: Design) -> Data:
    """X = Y, the effective inputs being the first r rows scaled."""
    width = as_int(facts.input_width)
    r = plan.inputs
    x = [list(row) for row in design.targets[:width]]
    forward = zeros(r, width)
    assert design.same is not None
    for i, value in enumerate(design.same):
        forward[i][design.same_row + i] = 1 / value
    return Data(x, forward, [ZERO] * r, {})


# --- pieces of designs -------------------------------------------------------------------------


def keep(e: int, r: int, kept: Mapping[int, Any], k: int) -> tuple[Any, Any]:
    """Factors of the matrix with the given diagonal entries (at most k of them), the rest 0."""
    outer = [[ZERO] * k for _ in range(e)]
    inner = [[ZERO] * r for _ in range(k)]
    for position, (i, value) in enumerate(kept.items()):
        outer[i][position] = value
        inner[position][i] = ONE
    return outer, inner


def unit_columns(r: int) -> list[Column]:
    """One sample for each input."""
    return [(i, ONE) for i in range(r)]


def filled_rank(k: int, r: int, rows: int, spare: int) -> tuple[int, int]:
    """The ranks of Y that filling can give: base k + 1, one more for each free column."""
    return k + 1, k + 1 + max(0, min(rows - k - 1, (r - k - 1) + spare))


def fill(
    targets: list[list[Any]], sizes: Sizes, value: Fraction, spare: Sequence[int]
) -> list[tuple[int, int]]:
    """Raises the rank of Y to ``sizes.rank_y`` by entries ``value`` at free places (in place).

    Free are the samples of the inputs from k + 1 on (``targets`` has sample j for input j < r)
    and the ``spare`` samples, whose data are 0. Returns the places at inputs.
    """
    wanted = 0 if sizes.rank_y is None else sizes.rank_y - (sizes.k + 1)
    columns = [*range(sizes.k + 1, sizes.r), *spare]
    used = []
    for step in range(wanted):
        row, column = sizes.k + 1 + step, columns[step]
        targets[row][column] = value
        if column < sizes.r:
            used.append((row, column))
    return used


def mirrored(
    columns: Sequence[Any], y: Sequence[Sequence[Any]], n: int
) -> tuple[list[Any], list[list[Any]]]:
    """Data [X, -X], targets [Y, -Y], then zero samples with target 0 up to n.

    For an even loss a bias of any pattern gains nothing then: l(Z x + c, y) + l(-Z x + c, -y) is
    at least 2 l(Z x, y) by convexity.
    """
    spare = n - 2 * len(columns)
    doubled = [*columns, *((c[0], -c[1]) for c in columns), *([None] * spare)]
    return doubled, [[*row, *(-v for v in row), *([ZERO] * spare)] for row in y]


def skips_last(facts: Facts) -> Refusal | None:
    """A refusal where the last trained layer has a skip connection.

    Its weights hold the logarithms of an instance, and log y - 1 is not one.
    """
    chain, ends = facts.chain, facts.ends
    if chain is not None and ends is not None and chain.layers[ends.last].skip:
        return Refusal("a skip connection around the last trained layer")
    return None


def mixes_samples(facts: Facts, room: Room) -> Refusal | None:
    """A refusal where a given X would spread the logarithms of an instance over its columns.

    The kernel expresses the product in the first independent rows of X; an irrational product may
    have no more non-zero columns there than its rank, so those rows must be single entries.
    """
    from ..algebra import independent
    from .given import all_coordinates

    given = facts.model.data.matrix("X")
    if given is None:
        return None
    rows = given.matrix.rows
    if room.bias != "none" and any(
        one.monomial and not any(one.offset) and all(sum(map(bool, v)) == 1 for v in one.forward)
        for one in all_coordinates(facts, room, rows)
    ):
        return None
    if room.bias == "none" and all(
        sum(1 for v in rows[i] if v) == 1 for i in independent([list(row) for row in rows])
    ):
        return None
    return Refusal("the given X mixes the inputs, and the weights are logarithms")


def numeric_or_zero(value: Any) -> int:
    """The number, or 0 for a symbol."""
    return value if isinstance(value, int) else 0


def states(facts: Facts, name: str) -> bool:
    """Whether the model states that property of the data."""
    return facts.model.data.property(name) is not None  # type: ignore[arg-type]


def plain_targets(facts: Facts) -> Refusal | None:
    """A refusal where the targets are stated to be realizable or to be the inputs."""
    for name in ("Y realizable", "Y = X"):
        if states(facts, name):
            return Refusal(f"{name} is stated")
    return None


__all__ = [
    "Design", "Shape", "Sizes", "all_of", "assemble", "build", "fill", "filled_rank", "keep",
    "minimum", "mirrored", "mixes_samples", "numeric_or_zero", "plain_targets", "scope",
    "skips_last", "states", "unit_columns",
]  # fmt: skip
