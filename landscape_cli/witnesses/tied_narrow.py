"""Products W W^T X: the squared loss, the tied autoencoder.

Given data: ``instances/given_squares.py`` says which of them have an instance.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from ..model.terms import RankOf, atoms, less, show

if TYPE_CHECKING:
    from ..instances.linear import Plan, Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
WORDS = (
    "W W^T keeps some diagonal entries and drops one that is worth more. The Hessian is positive "
    "definite but for moves that change nothing."
)
NAMES = frozenset(("squared", "weighted_squared", "masked_squared"))


def _room(facts: Facts) -> Room | Refusal:
    loss = facts.model.loss
    if loss.kind == "custom" or (loss.kind == "named" and loss.name not in NAMES):
        return Refusal("the loss is not the squared loss nor a class that contains it")
    if facts.form.kind != "symmetric" or not facts.form.has_data:
        return Refusal("the map is not W W^T X")
    from ..instances.symmetric import symmetric_room

    room = symmetric_room(facts, given=True)
    if isinstance(room, Refusal):
        return room
    if any(p.name == "Y realizable" for p in facts.model.data.properties):
        return Refusal("Y realizable is stated")
    return room


def _shapes(facts: Facts, room: Room) -> tuple[tuple[str, Shape], ...]:
    """The two instances: weak data (rank X <= n - k), and uneven data (rank X > k)."""
    from ..instances.linear import Shape

    k, rows = room.narrow, room.outputs
    assert isinstance(k, int) and isinstance(rows, int)
    weak = Shape(
        1, lambda r: r, lambda r, _n: r <= rows - k, lambda r, _n: (r, r), lambda _r, _n: True
    )
    if any(p.name in ("Y = X", "X identity") for p in facts.model.data.properties):
        return (("weak", weak),)

    def rank_y(r: int, _n: int) -> tuple[int, int]:
        return k + 1, max(k + 1, min(rows, r))

    uneven = Shape(k + 1, lambda r: r, lambda _r, _n: True, rank_y)
    return ("weak", weak), ("uneven", uneven)


def _plan(facts: Facts, room: Room, options: BuildOptions) -> tuple[str, Plan] | Refusal:
    from ..instances.linear import choose

    answer: Any = Refusal("no rank of X that the statements allow is enough")
    for name, shape in _shapes(facts, room):
        plan = choose(facts, room, shape, options)
        if not isinstance(plan, Refusal):
            return name, plan
        answer = plan
    return answer  # type: ignore[no-any-return]


def _scope(facts: Facts) -> Scope | Refusal:
    from ..instances.symmetric import given_symmetric

    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    given = given_symmetric(
        facts, "squared" if facts.model.loss.kind == "class" else facts.model.loss.name, WORDS
    )
    if given is not None:
        from ..instances.scopes import given_scope

        return given_scope(facts, given)
    widths = less(room.narrow, room.outputs)
    text = f"{show(room.narrow)} < {show(room.outputs)}"
    findings = (met("the map is W W^T X", facts.form.span),)
    if facts.ranges is None and facts.model.data.matrices:
        return Refusal("data are given, and widths are symbols")
    if facts.ranges is not None:
        if widths is False:
            return Scope(False, text, findings)
        plan = _plan(facts, room, BuildOptions())
        return plan if isinstance(plan, Refusal) else Scope(True, text, findings)
    data = facts.model.data
    named = set().union(*(atoms(a.formula) for a in facts.model.assumptions), ())
    if {RankOf("X"), RankOf("Y")} & named:
        return Refusal("symbolic widths beside assumptions on the ranks")
    for statement in data.properties:
        if statement.name not in ("Y = X", "X full_row_rank"):
            return Refusal(f"symbolic widths beside {statement.name}")
    if len(data.properties) > 1:
        return Refusal("symbolic widths beside such statements on the data")
    return Scope(widths, text, findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.linear import as_int, other_samples, padded_identity, zeros
    from ..instances.symmetric import given_symmetric, make, member_loss

    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    given = given_symmetric(
        facts, "squared" if facts.model.loss.kind == "class" else facts.model.loss.name, WORDS
    )
    if given is not None:
        return other_samples(facts, options) or given
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    k, rows = as_int(room.narrow), as_int(room.outputs)
    if k >= rows:
        return Refusal(f"{k} >= {rows}")
    found = _plan(facts, room, options)
    if isinstance(found, Refusal):
        return found
    name, plan = found
    r, n = plan.inputs, plan.samples
    loss = member_loss(facts, "squared", rows, n)
    local, better = zeros(rows, k), zeros(rows, k)
    if name == "weak":
        x = padded_identity(rows, n, r)
        for i in range(k):
            local[rows - k + i][i] = Fraction(2)
        for i in range(min(k, r)):
            better[i][i] = ONE
        flat = {"W": [[i, j] for i in range(r, rows) for j in range(k)]}
        return make(
            facts, x, [list(row) for row in x], local, better,
            {"kind": "strict-hessian", "flat": flat},
            "W lives outside the data and is long there: every small turn towards the data costs "
            "more by what it adds outside than it gains.", loss,
        )  # fmt: skip
    x = zeros(rows, n)
    y = zeros(rows, n)
    for i in range(r):
        x[i][i] = Fraction(2) if i < k else ONE
    for i in range(k):
        y[i][i] = x[i][i]
        local[i][i] = ONE
    y[k][k] = Fraction(9, 4)
    wanted = 0 if plan.rank_y is None else plan.rank_y - (k + 1)
    for i in range(k + 1, k + 1 + wanted):
        y[i][i] = Fraction(1, 4)
    for i in range(k - 1):
        better[i][i] = ONE
    better[k][k - 1] = Fraction(3, 2)
    return make(
        facts, x, y, local, better, {"kind": "strict-hessian", "gauge": [1]},
        "W W^T keeps the directions of strong data with small targets and drops the larger "
        "target. The Hessian is positive definite but for the turns W -> W Q.", loss,
    )  # fmt: skip


FAMILY = Family(
    id="tied-narrow",
    order=74,
    title="A thin tied factor on data that are not isotropic",
    statement=(
        "Map W W^T X with k < n columns, squared loss, or the tied autoencoder (Y = X, rank X at "
        "most n - k): for some data a local minimum is not global."
    ),
    source=HERE,
    argument="strict-hessian",
    proof=(
        "Weak data: X = Y = [I_r; 0], W = 2 on k rows where the data vanish: with R the rows of W "
        "at the data the loss is constant plus 1/2 tr R (W^T W - 2 I) R^T >= 0 nearby, for R = 0 "
        "constant. Uneven data: X = diag(2, .., 2, 1), Y = diag(1, .., 1, 9/4) X, W = [I_k; 0]: "
        "the Hessian is positive definite modulo W -> W Q. In both cases fitting the data, or the "
        "larger target, is better."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "param W: 2 x 1; map W * W^T * X; loss squared",
        "param W: 5 x 2; map W * W^T * X; loss squared; data Y = X",
        "param W: 4 x 2; map W * W^T * X; loss squared; data X full_row_rank",
    ),
    related=("symmetric-squared", "tied-autoencoder"),
)
