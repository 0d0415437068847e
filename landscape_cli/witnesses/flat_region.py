"""Any network with a loss that is flat somewhere: zero_one, tukey, the class of all losses."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import HERE, BuildOptions, Family, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met

if TYPE_CHECKING:
    from ..instances.linear import Plan, Room, Shape

ONE, ZERO = Fraction(1), Fraction(0)
REFUSED = ("X", "Y", "weights", "coefficients")


def _member(facts: Facts) -> tuple[str, Fraction] | Refusal:
    loss = facts.model.loss
    if loss.kind == "class" and loss.name == "any":
        return "tukey", ONE
    if loss.kind == "named" and loss.name == "zero_one":
        return "zero_one", ONE
    if loss.kind == "named" and loss.name == "tukey":
        return "tukey", loss.parameter("c")
    return Refusal("the loss is not zero_one, tukey or the class of all losses")


def _room(facts: Facts) -> Room | Refusal:
    from ..instances.check import smooth_enough
    from ..instances.linear import Room

    model = facts.model
    member = _member(facts)
    if isinstance(member, Refusal):
        return member
    if model.regularizer is not None or model.constraints is not None:
        return Refusal("a penalty or constraints")
    if not smooth_enough(facts, "tukey" if model.loss.kind == "class" else None):
        return Refusal("strict_saddle is asked, and the loss or an activation is not C^2")
    chain, form = facts.chain, facts.form
    if chain is None or facts.ends is None:
        return Refusal("the map is not a network")
    if form.shift is not None or form.transposed or not form.has_data:
        return Refusal("a known matrix is added, the map is transposed, or there are no data")
    if any(model.data.matrix(name) is not None for name in REFUSED):
        return Refusal("data are given")
    if any(p.name in ("Y = X", "Y realizable") for p in model.data.properties):
        return Refusal("Y = X or Y realizable is stated")
    for k, layer in enumerate(chain.layers, start=1):
        activation = layer.activation
        if layer.fixed or layer.skip or layer.opaque is not None:
            return Refusal(f"layer {k} is fixed, opaque or has a skip connection")
        if activation.custom or activation.name in ("step", "softmax"):
            return Refusal(f"layer {k} applies {activation.name}")
    if chain.layers[-1].activation.name != "linear":
        return Refusal("the output is not linear")
    return Room(0, facts.output_width, facts.data_rank_most, "none", False, False, False, False)


def _shape() -> Shape:
    from ..instances.linear import Shape

    return Shape(
        1, lambda r: r, lambda _r, _n: True, lambda _r, _n: (1, 1), lambda r, n: r in (1, n)
    )


def _scope(facts: Facts) -> Scope | Refusal:
    room = _room(facts)
    if isinstance(room, Refusal):
        return room
    from ..instances.linear import choose

    findings = (met("the loss is constant on an open set", facts.model.loss.span),)
    if facts.ranges is None:
        data = facts.model.data
        if data.properties or facts.model.assumptions or data.samples is not None:
            return Refusal("symbolic widths beside statements on the data")
        return Scope(True, "any widths", findings)
    plan = choose(facts, room, _shape(), BuildOptions())
    return plan if isinstance(plan, Refusal) else Scope(True, "any widths", findings)


def _build(facts: Facts, options: BuildOptions) -> Instance | Refusal:
    from ..instances.check import violations
    from ..instances.documents import NotAnInstance, document
    from ..instances.linear import choose

    room, member = _room(facts), _member(facts)
    if isinstance(room, Refusal):
        return room
    if isinstance(member, Refusal):
        return member
    if facts.ranges is None:
        return Refusal("the widths are symbols")
    plan = choose(facts, room, _shape(), options)
    if isinstance(plan, Refusal):
        return plan
    x, height, slopes = _data(facts, plan)
    name, c = member
    chain = facts.chain
    assert chain is not None
    rows, n = chain.widths[-1], plan.samples
    assert isinstance(rows, int)
    if name == "zero_one":
        y = [[ONE] * n for _ in range(rows)]
        local, better = _weights(facts, plan, -height, rows), _weights(facts, plan, height, rows)
    else:
        # The outputs 0 lie in the flat part; one output row can be brought near its targets.
        y = [[2 * c if i == 0 else ZERO] * n for i in range(rows)]
        local, better = _weights(facts, plan, ZERO, 1), _weights(facts, plan, 2 * c * height, 1)
    loss = {"name": "tukey", "c": c} if facts.model.loss.kind == "class" else None
    try:
        made = document(
            facts, X=x, Y=y, local=local, better=better, argument={"kind": "loss-plateau"},
            loss=loss, slopes=slopes,
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "Every entry of the loss is constant near the point, or at its least value, so small "
        "changes of the weights gain nothing; other weights do better.",
    )


def _data(facts: Facts, plan: Plan) -> tuple[list[list[Fraction]], Fraction, dict[int, Fraction]]:
    """X (units, then repeats of the first), about 1/v for the value v of the one-unit path."""
    from ..instances.linear import as_int, zeros
    from ..instances.values import activate

    chain = facts.chain
    assert chain is not None
    x = zeros(as_int(facts.input_width), plan.samples)
    for t in range(plan.samples):
        x[t if t < plan.inputs else 0][t] = ONE
    slopes = {
        k: Fraction(1, 4)
        for k, layer in enumerate(chain.layers, start=1)
        if layer.activation.name == "prelu"
    }
    value: Any = ONE
    for k, layer in enumerate(chain.layers, start=1):
        parameters = dict(layer.activation.parameters)
        if k in slopes:
            parameters = {"slope": slopes[k]}
        value = activate(layer.activation.name, parameters, value)
    found = float(value) if isinstance(value, Fraction) else float(value.mid())
    if isinstance(value, Fraction):
        return x, 1 / value, slopes
    return x, Fraction(1 / found).limit_denominator(10_000), slopes


def _weights(facts: Facts, plan: Plan, top: Fraction, rows: int) -> Any:
    """Ones over the used inputs, then one unit a layer; ``top`` into the first output rows."""
    from ..instances.linear import as_int, zeros

    chain = facts.chain
    assert chain is not None
    depth = len(chain.layers)
    found: dict[str, Any] = {}
    for k in range(1, depth + 1):
        matrix = zeros(as_int(chain.widths[k]), as_int(chain.widths[k - 1]))
        used = plan.inputs if k == 1 else 1
        for i in range(rows if k == depth else 1):
            for j in range(used):
                matrix[i][j] = top if k == depth else ONE
        found[f"W{k}"] = matrix
        if chain.layers[k - 1].bias:
            found[f"b{k}"] = [ZERO] * as_int(chain.widths[k])
    return found


FAMILY = Family(
    id="flat-region",
    order=77,
    title="A loss that is flat somewhere",
    statement=(
        "Any network of known activations with linear output and the zero-one or Tukey loss, or "
        "the class of all losses: for some data a local minimum is not global."
    ),
    source=HERE,
    argument="loss-plateau",
    proof=(
        "The map is continuous; at the point every entry of the loss is locally constant (Tukey: "
        "|z - y| > c; zero-one: y z != 0) or at its least value, so no nearby point is better. "
        "Other weights bring an output to its target, or to its sign."
    ),
    scope=_scope,
    build=_build,
    properties=("local_is_global", "strict_saddle"),
    examples=(
        "net 2 -> 3; loss zero_one",
        "net 3 -> relu(4) -> 2; loss tukey(1)",
        "net 3 -> tanh(4, bias) -> linear(2, bias); loss any",
    ),
    related=("convex-problem",),
)
