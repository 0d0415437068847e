"""The assumptions of the catalogue, by the ids that every report uses.

Each has what it says, how to mend a model that lacks it, and a check that answers with a
``Finding``. Some ids have variants (no penalty, or an l2 penalty); a variant is its own value
with the same id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model.problem import (
    ApplyExpression,
    Layer,
    MapExpression,
    ProductExpression,
    SumExpression,
    TransposeExpression,
)
from ..model.span import Span
from ..model.terms import (
    Formula,
    add,
    all_of,
    any_of,
    at_least,
    at_most,
    equal,
    maximum,
    minimum,
    show,
    subtract,
)
from .facts import Facts, describe_loss
from .finding import Finding, met, not_given, violated
from .normal_form import Chain, is_linear


class Assumption(NamedTuple):
    """An assumption of a theorem.

    ``structural`` ones say that the model is of the theorem's kind at all; a report names them
    only when they are missing. ``key`` tells variants of one id apart. ``untied``: a statement on
    the shape of a product that makes sense whether or not a parameter occurs in it twice; it is
    answered for the map in which every occurrence is a parameter of its own. A theorem that has
    it among its assumptions also assumes independent parameters.
    """

    id: str
    says: str
    mend: str
    check: Callable[[Facts], Finding]
    structural: bool = False
    key: str = ""
    untied: bool = False


def find(facts: Facts, assumption: Assumption) -> Finding:
    """The finding of an assumption, computed once per model."""
    key = assumption.key or assumption.id
    cached = facts.findings.get(key)
    if cached is None:
        seen = facts.untied if assumption.untied else facts
        cached = facts.findings[key] = assumption.check(seen)
    return cached


# --- the shape of the map --------------------------------------------------------------------


def _chains(facts: Facts) -> tuple[Chain, ...]:
    form = facts.form
    return form.summands if form.kind == "sum" else (form.chain,) if form.chain else ()


def _trainable_reach(chain: Chain) -> tuple[Layer, ...]:
    """The layers from the first trainable one on: what lies below only changes the data."""
    first = next((k for k, layer in enumerate(chain.layers) if not layer.fixed), 0)
    return chain.layers[first:]


def _linear_activations(facts: Facts) -> Finding:
    chains = _chains(facts)
    if not chains:
        applied = _applied(facts)
        if applied is not None:
            return violated(f"the map applies {applied.activation.name}", applied.span)
        return met("the map applies no activation")
    for chain in chains:
        reach = _trainable_reach(chain)
        offset = len(chain.layers) - len(reach)
        for k, layer in enumerate(reach, start=offset + 1):
            # What an opaque layer does is the business of dense-layers.
            if not is_linear(layer.activation) and layer.opaque is None:
                span = layer.activation.span or layer.span
                if layer.activation.custom:
                    return not_given(
                        f"layer {k} applies {layer.activation.name}, not known to be linear", span
                    )
                return violated(f"layer {k} applies {layer.activation.name}", span)
    return met("all activations are the identity")


def _linear_or_open_sum(facts: Facts) -> Finding:
    """In a sum one linear summand is enough; dense-layers/or-sum looks at the others."""
    for chain in facts.form.summands if facts.form.kind == "sum" else ():
        if all(is_linear(layer.activation) for layer in chain.layers):
            return met("a summand is linear (rule open-sum)")
    return _linear_activations(facts)


def _applied(facts: Facts) -> ApplyExpression | None:
    """The first non-linear activation in a map expression."""
    if facts.model.map is None:
        return None
    stack: list[MapExpression] = [facts.model.map.expression]
    while stack:
        node = stack.pop()
        if isinstance(node, ApplyExpression):
            if not is_linear(node.activation):
                return node
            stack.append(node.of)
        elif isinstance(node, ProductExpression):
            stack.extend(node.factors)
        elif isinstance(node, SumExpression):
            stack.extend(node.terms)
        elif isinstance(node, TransposeExpression):
            stack.append(node.of)
    return None


def _dense_layers(facts: Facts) -> Finding:
    form = facts.form
    if form.kind == "sum":
        return violated("the map is a sum of products, not one product", form.span)
    if form.kind == "general" and not form.repeats:
        return violated("the map is not a chain of matrix products", form.span)
    for chain in _chains(facts):
        reach = _trainable_reach(chain)
        for k, layer in enumerate(reach, start=len(chain.layers) - len(reach) + 1):
            if layer.opaque is not None:
                return violated(f"layer {k} is opaque: {layer.opaque}", layer.span)
    if facts.penalised and form.kind == "chain":
        # A shift W -> I + W, or a merged sum, is a change of variables the penalty does not keep.
        for chain in _chains(facts):
            for k, layer in enumerate(chain.layers, start=1):
                if layer.skip and not layer.fixed:
                    return violated(
                        f"layer {k} has a skip connection, and the penalty sees the weights",
                        layer.span,
                    )
        strengths = facts.model.regularizer.strengths if facts.model.regularizer else ()
        if form.merged and len(set(strengths)) > 1:
            return violated("the summands are penalised differently", form.span)
        if form.shifted:
            return violated("a known matrix is added to a penalised weight matrix", form.span)
    return met("every layer is a full matrix product")


def _dense_without_skips(facts: Facts) -> Finding:
    base = _dense_layers(facts)
    if not base.granted:
        return base
    for chain in _chains(facts):
        for k, layer in enumerate(chain.layers, start=1):
            if layer.skip:
                return violated(f"layer {k} has a skip connection", layer.span)
    return base


def _dense_or_open_sum(facts: Facts) -> Finding:
    if facts.form.kind == "sum":
        if facts.penalised:
            return _dense_layers(facts)
        # The wide summand is open onto {M X}: the others must stay there, or X be of full rank.
        stray = next(
            (
                la
                for part in facts.form.summands
                for la in part.layers
                if not is_linear(la.activation)
            ),
            None,
        )
        if stray is not None and not facts.full_column_rank.granted:
            return violated(
                f"a summand applies {stray.activation.name}, and its values need not lie in the "
                "row space of X (they do if X has full column rank)",
                stray.span,
            )
        return met("a sum with independent parameters (rule open-sum)")
    return _dense_layers(facts)


def _trainable_layers(facts: Facts) -> Finding:
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return met("no fixed layer stands between trainable ones")
    for k in range(ends.first, ends.last):
        if chain.layers[k].fixed:
            return violated(
                f"layer {k + 1} is fixed and stands between trainable ones", chain.layers[k].span
            )
    return met("no fixed layer stands between trainable ones")


def _all_trainable(facts: Facts) -> Finding:
    chain = facts.chain
    if chain is not None:
        for k, layer in enumerate(chain.layers, start=1):
            if layer.fixed:
                return violated(f"layer {k} is fixed", layer.span)
    return met("every layer is trained")


def _independent_parameters(facts: Facts) -> Finding:
    form = facts.form
    if form.repeats:
        return violated("a parameter occurs more than once in the map", form.repeated)
    return met("each parameter occurs once")


def _bias_pattern(facts: Facts) -> Finding:
    ends = facts.ends
    if ends is None or ends.bias == "none":
        return met("no biases")
    if ends.bias == "output":
        return met("an output bias", ends.bias_span)
    if ends.bias == "first":
        return met("a bias on the first layer only", ends.bias_span)
    return violated("biases on hidden layers without an output bias", ends.bias_span)


def _bias_pattern_decay(facts: Facts) -> Finding:
    ends = facts.ends
    if ends is not None and ends.bias == "first":
        return violated("with a penalty, a bias on the first layer only", ends.bias_span)
    return _bias_pattern(facts)


def _bias_pattern_decay_only(facts: Facts) -> Finding:
    return _bias_pattern_decay(facts) if facts.penalised else _bias_pattern(facts)


def _no_bias(facts: Facts) -> Finding:
    ends = facts.ends
    if ends is None or ends.bias == "none":
        return met("no biases")
    return violated("the model has biases", ends.bias_span)


def _two_layers(facts: Facts) -> Finding:
    ends = facts.ends
    span = facts.form.span
    if ends is None:
        return not_given("the map is not a chain of layers", span)
    text = f"{ends.depth} trainable layer{'s' if ends.depth != 1 else ''}"
    return met(text, span) if ends.depth == 2 else violated(text, span)


def _affine(facts: Facts) -> Finding:
    form = facts.form
    if form.affine:
        return met("the map is affine in the trainable weights", form.span)
    ends = facts.ends
    if ends is not None and ends.depth > 1:
        return violated(f"{ends.depth} trainable layers are multiplied", form.span)
    return violated("the map is not affine in the trainable weights", form.span)


# --- the loss --------------------------------------------------------------------------------


def _convex(facts: Facts) -> Finding:
    return facts.loss_finding("convex")


def _differentiable(facts: Facts) -> Finding:
    return facts.loss_finding("differentiable")


def _smooth(facts: Facts) -> Finding:
    return facts.loss_finding("smooth")


def _squared(facts: Facts) -> Finding:
    return facts.squared_equivalent


def _squared_isometric(facts: Facts) -> Finding:
    """The squared loss of the product itself: fixed layers above it change the metric."""
    base = facts.squared_equivalent
    ends, chain = facts.ends, facts.chain
    if (
        base.granted
        and ends is not None
        and chain is not None
        and ends.last < len(chain.layers) - 1
    ):
        return not_given(
            "fixed layers above the last trainable one change the metric of the squared loss",
            chain.layers[ends.last + 1].span,
        )
    return base


def _linear_loss(facts: Facts) -> Finding:
    loss = facts.model.loss
    if loss.kind == "named" and loss.name == "linear_loss":
        return met("the loss is linear", loss.span)
    if loss.kind == "named":
        return violated(f"the loss is {describe_loss(facts.model)}", loss.span)
    return not_given("the loss is not known to be linear", loss.span)


def _well_conditioned(facts: Facts) -> Finding:
    base = facts.squared_equivalent
    loss = facts.model.loss
    chain, ends = facts.chain, facts.ends
    if chain is not None and ends is not None and ends.last < len(chain.layers) - 1:
        return not_given("fixed layers above the last trainable one change the conditioning")
    if base.granted:
        return met("the squared loss has alpha = beta", base.span)
    if loss.kind == "named" and loss.name == "weighted_squared":
        weights = facts.model.data.matrix("weights")
        if weights is None:
            return not_given("the weights are not given", loss.span)
        values = [value for row in weights.matrix.rows for value in row]
        low, high = min(values), max(values)
        if high < 2 * low:
            return met(f"beta = {high} < 2 alpha = {2 * low}", weights.span)
        return violated(f"beta = {high} >= 2 alpha = {2 * low}", weights.span)
    if loss.kind == "named":
        return violated(f"the loss {describe_loss(facts.model)} has no such constants", loss.span)
    return not_given("no constants alpha, beta are known for the loss", loss.span)


# --- penalty and constraints -----------------------------------------------------------------


def _no_regularizer(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is None:
        return met("no penalty on the weights")
    return violated(f"there is an {penalty.kind} penalty", penalty.span)


def _no_regularizer_or_l2(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is not None and penalty.kind == "l2":
        return met("an l2 penalty on W is lambda/2 tr(W W^T), linear in the product", penalty.span)
    return _no_regularizer(facts)


def _no_regularizer_or_l2_quadratic(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is None or penalty.kind != "l2":
        return _no_regularizer(facts)
    chain, ends = facts.chain, facts.ends
    if chain is not None and ends is not None:
        top = chain.given[-1]
        k = chain.layers[ends.first].width
        if top is not None and len({v for row in top.rows for v in row}) == 1:
            return met("an l2 penalty, and all fixed output weights are equal", penalty.span)
        if k == 1:
            return met("an l2 penalty, and there is one output weight", penalty.span)
    return violated("an l2 penalty, and the output weights are not known to be equal", penalty.span)


def _convex_regularizer(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is None:
        return met("no penalty on the weights")
    return met(f"the {penalty.kind} penalty is convex", penalty.span)


def _no_regularizer_or_smooth(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is not None and penalty.kind == "l2":
        return met("the l2 penalty is convex and C^2", penalty.span)
    return _no_regularizer(facts)


def _no_regularizer_or_l2_everywhere(facts: Facts) -> Finding:
    if facts.model.regularizer is None:
        return met("no penalty on the weights")
    return _l2_everywhere(facts)


def _l2_everywhere(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is None:
        return violated("there is no penalty on the weights")
    if penalty.kind != "l2":
        return violated(f"the penalty is {penalty.kind}", penalty.span)
    if any(value <= 0 for value in penalty.strengths):
        return violated("some layer has no penalty", penalty.span)
    return met("an l2 penalty on every layer", penalty.span)


def _unconstrained(facts: Facts) -> Finding:
    constraints = facts.model.constraints
    if constraints is None:
        return met("no constraints on the output")
    return violated(f"the output is constrained ({constraints.kind})", constraints.span)


def _convex_constraints(facts: Facts) -> Finding:
    constraints = facts.model.constraints
    if constraints is None:
        return met("no constraints on the output")
    return met(f"the constraint set is {constraints.kind}, hence convex", constraints.span)


# --- widths ----------------------------------------------------------------------------------


def _narrow_layer(facts: Facts) -> Span | None:
    """The span of the narrowest hidden width (numeric widths)."""
    hidden = facts.hidden_widths
    if not hidden:
        return None
    if all(isinstance(width, int) for width, _ in hidden):
        layer = min(hidden, key=lambda pair: pair[0])[1]  # type: ignore[arg-type, return-value]
        return layer.width_span or layer.span
    return hidden[0][1].width_span or hidden[0][1].span


def _no_bottleneck(facts: Facts) -> Finding:
    if facts.ends is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    q = facts.narrowest
    if q is None:
        return met("no hidden layer")
    e0, eh = facts.effective_input[0], facts.effective_output
    # Every width >= the least end: written for the minimum, so that it stays one comparison.
    formula = at_least(q, minimum(e0, eh))
    right = f"min({show(e0)}, {show(eh)})"
    return facts.decide(
        formula, f"{show(q)} >= {right}", _narrow_layer(facts), f"{show(q)} < {right}"
    )


def _open_widths(facts: Facts) -> Finding:
    form = facts.form
    if form.kind == "sum":
        d0, dh = facts.data_rank_most, form.summands[0].widths[-1]
        needed = subtract(add(d0, dh), 1)
        choices = []
        for chain in form.summands:
            hidden = [layer.width for layer in chain.layers[:-1]]
            trained = all(
                is_linear(layer.activation) and not layer.fixed and layer.opaque is None
                for layer in chain.layers
            )
            if trained:
                choices.append(all_of(*(at_least(width, needed) for width in hidden)))
        text = f"a summand has all hidden widths >= {show(d0)} + {show(dh)} - 1"
        return facts.decide(
            any_of(*choices), text, form.span, f"no summand has all widths >= {show(needed)}"
        )
    if facts.ends is None:
        return not_given("the map is not a chain of layers", form.span)
    q = facts.narrowest
    if q is None:
        return met("no hidden layer")
    e0, eh = facts.effective_input[0], facts.effective_output
    formula = at_least(q, subtract(add(e0, eh), 1))
    right = f"{show(e0)} + {show(eh)} - 1"
    return facts.decide(
        formula, f"{show(q)} >= {right}", _narrow_layer(facts), f"{show(q)} < {right}"
    )


def _pyramidal_widths(facts: Facts) -> Finding:
    chain = facts.chain
    if chain is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    widths = chain.widths
    parts = [at_most(widths[k], widths[k - 1]) for k in range(2, len(widths))]
    text = " >= ".join(show(width) for width in widths[1:])
    bad = next(
        (
            f"{show(widths[k])} > {show(widths[k - 1])} at layer {k}"
            for k in range(2, len(widths))
            if parts[k - 2] is False
        ),
        None,
    )
    span = next(
        (chain.layers[k + 1].width_span for k, part in enumerate(parts) if part is False),
        facts.form.span,
    )
    return facts.decide(all_of(*parts), text, span, bad)


def _width_at_least_samples(facts: Facts) -> Finding:
    chain = facts.chain
    if chain is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    position = frozen_position(facts)
    samples = facts.samples_most
    if len(chain.layers) < 2:
        return violated("there is no hidden layer", facts.form.span)
    if samples is None:
        return not_given(
            "the number of samples is not given (data samples ...)", facts.model.data.samples_span
        )
    if position is not None:
        layer = chain.layers[position]
        return Finding(
            "met",
            f"d{position + 1} = {show(layer.width)} >= n = {show(samples)}",
            layer.width_span or layer.span,
            at_least(layer.width, samples),
        )
    low = _homeomorphic_from(facts)
    choices = [chain.layers[k].width for k in range(low, len(chain.layers) - 1)]
    if not choices:  # what is missing then is homeomorphic-activations
        choices = [layer.width for layer in chain.layers[:-1]]
    widest = maximum(*choices)
    return facts.decide(
        at_least(widest, samples),
        f"{show(widest)} >= n = {show(samples)}",
        facts.form.span,
        f"{show(widest)} < n"
        + (f" = {show(samples)}" if samples == facts.samples_least else f" <= {show(samples)}"),
    )


def _homeomorphic_from(facts: Facts) -> int:
    """The least j (from 0) such that all layers above layer j + 1 are homeomorphic and trained."""
    chain = facts.chain
    assert chain is not None
    low = len(chain.layers) - 1
    while low > 0:
        layer = chain.layers[low]
        properties = facts.activation(layer)
        slope_trained = layer.activation.name == "prelu"
        if layer.opaque is not None or layer.skip or layer.fixed:
            break
        if not (properties.continuous and properties.strictly_monotone) and not slope_trained:
            break
        low -= 1
    return low


def frozen_position(facts: Facts) -> int | None:
    """The hidden layer (from 0) whose features can have rank n, the last one that can.

    All layers above must be trained, without skips, with homeomorphic activations. None if no
    hidden layer is known to be as wide as n.
    """
    chain, samples = facts.chain, facts.samples_most
    if chain is None or samples is None:
        return None
    low = _homeomorphic_from(facts)
    for k in range(len(chain.layers) - 2, low - 1, -1):
        formula = at_least(chain.layers[k].width, samples)
        if formula is True:
            return k
        if formula is not False and facts.decide(formula, "", None).granted:
            return k
    return None


def _factor_wide_enough(facts: Facts) -> Finding:
    form = facts.form
    if form.kind == "symmetric":
        k, n = form.columns, form.rows
        text = f"{show(k)} >= {show(n)}"
        return facts.decide(at_least(k, n), text, form.span, f"{show(k)} < {show(n)}")
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return not_given("the map is not a product W W^T", form.span)
    k = chain.layers[ends.first].width
    e0 = facts.effective_input[0]
    span = chain.layers[ends.first].width_span
    return facts.decide(
        at_least(k, e0), f"{show(k)} >= {show(e0)}", span, f"{show(k)} < rank X = {show(e0)}"
    )


# --- activations -----------------------------------------------------------------------------


def _homeomorphic(facts: Facts) -> Finding:
    chain = facts.chain
    if chain is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    declared: str | None = None
    derived: dict[str, str] = {}
    for k, layer in enumerate(chain.layers, start=1):
        properties = facts.activation(layer)
        span = layer.activation.span or layer.span
        name = layer.activation.name
        if name == "prelu":
            continue
        if properties.continuous is False or properties.strictly_monotone is False:
            which = "continuous" if properties.continuous is False else "strictly_monotone"
            word = which.replace("_", " ")
            reason = dict(properties.reasons).get(which)
            text = f"layer {k}: {name} is not {word}"
            return violated(f"{text} ({reason})" if reason else text, span)
        if properties.continuous is None or properties.strictly_monotone is None:
            which = "continuous" if properties.continuous is None else "strictly_monotone"
            reason = dict(properties.reasons).get(which)
            text = f"layer {k}: {name} is not known to be {which.replace('_', ' ')}"
            return not_given(f"{text}: {reason}" if reason else text, span)
        if properties.declared & {"continuous", "strictly_monotone"}:
            declared = name
        elif properties.reasons:
            derived[name] = dict(properties.reasons)["strictly_monotone"]
    if declared is not None:
        span = next((d.span for d in facts.model.declarations if d.name == declared), None)
        return Finding("declared", f"declared: {declared} is continuous and monotone", span)
    text = "every activation is continuous and strictly monotone"
    if derived:
        text += " (" + "; ".join(f"{name}: {why}" for name, why in derived.items()) + ")"
    return met(text)


def _homeomorphic_above(facts: Facts) -> Finding:
    """For frozen-features: only the layers above the wide one count."""
    chain = facts.chain
    if chain is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    if _homeomorphic_from(facts) < len(chain.layers) - 1:
        used = chain.layers[(frozen_position(facts) or _homeomorphic_from(facts)) + 1 :]
        vouched = {"continuous", "strictly_monotone"}
        declared = [la for la in used if facts.activation(la).declared & vouched]
        if declared:
            name = declared[0].activation.name
            span = next((d.span for d in facts.model.declarations if d.name == name), None)
            return Finding("declared", f"declared: {name} is continuous and monotone", span)
        return met("the activations above the wide layer are continuous and strictly monotone")
    top = chain.layers[-1]
    return violated(
        f"the last layer ({top.activation.name}) is not a trained homeomorphic one", top.span
    )


def _quadratic_network(facts: Facts) -> Finding:
    """x -> sum_j a_j (w_j x)^2: quadratic hidden layer, one fixed linear output."""
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return violated("the map is not a network", facts.form.span)
    rest = chain.layers[ends.first :]
    if ends.depth != 1 or len(rest) != 2:
        return violated(
            "the network is not one trained layer and one fixed output", facts.form.span
        )
    hidden, top = rest
    if hidden.activation.name != "quadratic" or hidden.activation.custom:
        return violated(f"the trained layer applies {hidden.activation.name}", hidden.span)
    if hidden.skip or top.skip or hidden.bias or not is_linear(top.activation):
        return violated("a bias or a skip connection, or a non-linear output", hidden.span)
    if top.width != 1:
        return violated(f"{show(top.width)} outputs", top.width_span)
    return met("f(x) = x^T W^T A W x with A diagonal")


def _positive_output(facts: Facts) -> Finding:
    chain = facts.chain
    if chain is None:
        return not_given("the map is not a network", facts.form.span)
    top, values = chain.layers[-1], chain.given[-1]
    if not top.fixed:
        return violated("the output weights are trained", top.span)
    if values is not None:
        if all(value > 0 for row in values.rows for value in row):
            return met("the fixed output weights are positive", top.span)
        return violated("some fixed output weight is not positive", top.span)
    if top.positive:
        return met("the fixed output weights are stated to be positive", top.span)
    return not_given("the sign of the fixed output weights is not stated", top.span)


# --- data ------------------------------------------------------------------------------------


def _full_column_rank(facts: Facts) -> Finding:
    return facts.full_column_rank


def _full_row_rank(facts: Facts) -> Finding:
    return facts.full_row_rank


def _full_row_rank_or_l2(facts: Facts) -> Finding:
    penalty = facts.model.regularizer
    if penalty is not None and penalty.kind == "l2":
        return met("not needed with an l2 penalty", penalty.span)
    return facts.full_row_rank


def _isotropic(facts: Facts) -> Finding:
    return facts.isotropic


def _isotropic_full(facts: Facts) -> Finding:
    """X X^T = c I, c > 0: isotropic and of full row rank."""
    if not facts.form.has_data:
        return met("the map is W W^T itself")
    if not facts.isotropic.granted:
        return facts.isotropic
    row = facts.full_row_rank
    return facts.isotropic if row.granted else row


def _statement(facts: Facts, name: str, text: str) -> Finding:
    span = facts.stated(name)  # type: ignore[arg-type]
    if span is None:
        return not_given(f"it is not stated that {text}")
    return met(f"stated: {name}", None if span is True else span)  # type: ignore[arg-type]


def _y_full_row_rank(facts: Facts) -> Finding:
    ranges = facts.ranges
    y = facts.model.data.matrix("Y")
    if y is not None and ranges is not None:
        rows = y.matrix.shape[0]
        if ranges.rank_y.least == rows:
            return met(f"rank Y = {rows}", y.span)
        return violated(f"rank Y = {ranges.rank_y.least} < {rows}", y.span)
    return _statement(facts, "Y full_row_rank", "Y has full row rank")


def _y_realizable(facts: Facts) -> Finding:
    return _statement(facts, "Y realizable", "some weights reach the infimum of the loss")


def _autoencoder(facts: Facts) -> Finding:
    data = facts.model.data
    if facts.form.shift is not None:
        return violated("a known matrix is added, so the targets are not X", facts.form.shift.span)
    if facts.form.transposed:
        return violated("the map is transposed, so the targets are not X", facts.form.span)
    chain, ends = facts.chain, facts.ends
    if chain is not None and ends is not None:
        outside = [*chain.layers[: ends.first], *chain.layers[ends.last + 1 :]]
        if outside:
            return violated("fixed layers stand outside the trained ones", outside[0].span)
        skips = [layer for layer in chain.layers if layer.skip]
        if skips:
            return violated("a skip connection shifts the targets", skips[0].span)
    stated = data.property("Y = X")
    if stated is not None:
        return met("stated: Y = X", stated.span)
    x, y = data.matrix("X"), data.matrix("Y")
    if x is not None and y is not None:
        if x.matrix == y.matrix:
            return met("Y and X are the same matrix", y.span)
        return violated("Y differs from X", y.span)
    return not_given("it is not stated that Y = X")


def _distinct_spectrum(_facts: Facts) -> Finding:
    return not_given("it is not stated that the spectrum of Y X^T (X X^T)^-1 X Y^T is simple")


def _undercomplete(facts: Facts) -> Finding:
    return facts.decide(
        at_most(facts.output_width, facts.input_width),
        f"{show(facts.output_width)} <= {show(facts.input_width)}",
        facts.form.span,
        f"{show(facts.output_width)} > {show(facts.input_width)}",
    )


def _end_is_narrowest(facts: Facts) -> Finding:
    """Laurent & von Brecht as published: every hidden width >= min(d_0, d_h)."""
    q = facts.narrowest
    if facts.ends is None:
        return not_given("the map is not a chain of layers", facts.form.span)
    if q is None:
        return met("no hidden layer")
    d0, dh = facts.input_width, facts.output_width
    right = f"min({show(d0)}, {show(dh)})"
    return facts.decide(
        at_least(q, minimum(d0, dh)), f"{show(q)} >= {right}", _narrow_layer(facts),
        f"{show(q)} < {right}",
    )  # fmt: skip


def _constant_map(facts: Facts) -> Finding:
    """e_h = 0 or e_0 = 0: the loss does not depend on the weights (theory.md section 0)."""
    form = facts.form
    chain, ends = facts.chain, facts.ends
    if form.kind == "chain" and ends is None:
        return met("no layer is trained", form.span)
    blind = equal(facts.effective_output, 0) if _linear_top(facts) else False
    empty: Formula = False
    if form.kind in ("symmetric", "sum"):
        if all(is_linear(layer.activation) for part in form.summands for layer in part.layers):
            empty = equal(facts.data_rank_most, 0)
    elif chain is not None and ends is not None:
        reach = chain.layers[ends.first :]
        if _linear_activations(facts).granted and all(la.opaque is None for la in reach):
            # A known bias below the last trained layer is data of its own.
            if not any(la.bias for la in chain.layers[ends.first : ends.last + 1]):
                empty = equal(facts.effective_input[0], 0)
        elif _silent(facts, chain):
            empty = equal(facts.data_rank_most, 0)
    if blind is True:
        return met("e_h = 0: the loss does not see the output", facts.model.loss.span)
    if empty is True:
        return met("e_0 = 0: the data vanish, and the map is constant", form.span)
    formula = any_of(blind, empty)
    if formula is False:
        return not_given("the loss is not known to be constant in the weights")
    return facts.decide(formula, "the loss is constant in the weights", form.span)


def _silent(facts: Facts, chain: Chain) -> bool:
    """Whether the map is constant where X = 0: no bias, and s(0) = 0 in every hidden layer."""
    # The kernel can't re-check s(0) of a custom activation.
    return all(not layer.bias and layer.opaque is None for layer in chain.layers) and all(
        not layer.activation.custom and facts.activation(layer).zero == 0
        for layer in chain.layers[:-1]
    )


def _linear_top(facts: Facts) -> bool:
    """Whether the fixed layers above the last trained one are linear."""
    chain, ends = facts.chain, facts.ends
    if chain is None or ends is None:
        return True
    top = chain.layers[ends.last + 1 :]
    return all(is_linear(layer.activation) and layer.opaque is None for layer in top)


def _constant_data(facts: Facts) -> Finding:
    """e_0 = 0 with an output bias: the range is {b 1^T}."""
    ends = facts.ends
    if ends is None or ends.bias != "output":
        return not_given("no output bias")
    formula = equal(facts.effective_input[0], 0)
    if formula is False:
        return not_given("the columns of X are not known to be equal")
    text = "all columns of X are equal: the outputs are b 1^T"
    return facts.decide(formula, text, ends.bias_span)


# --- the values ------------------------------------------------------------------------------

LINEAR_ACTIVATIONS = Assumption(
    "linear-activations",
    "every activation from the first trained layer on is the identity",
    "use linear layers",
    _linear_activations,
)
LINEAR_OR_SUM = LINEAR_ACTIVATIONS._replace(
    says="every activation from the first trained layer on is the identity, or some summand's",
    check=_linear_or_open_sum,
    key="linear-activations/or-sum",
)
DENSE_LAYERS = Assumption(
    "dense-layers",
    "every layer is a full matrix product (no convolution, no sharing, no opaque layer)",
    "replace the layer by a dense one",
    _dense_layers,
    structural=True,
)
DENSE_NO_SKIPS = DENSE_LAYERS._replace(
    says="every layer is a full matrix product without a skip connection",
    check=_dense_without_skips,
    key="dense-layers/no-skips",
)
DENSE_OR_SUM = DENSE_LAYERS._replace(
    says="every layer is a full matrix product, or the map is a sum with one such summand",
    check=_dense_or_open_sum,
    key="dense-layers/or-sum",
)
TRAINABLE_LAYERS = Assumption(
    "trainable-layers",
    "no fixed layer stands between trained ones",
    "train the fixed layer",
    _trainable_layers,
    structural=True,
)
ALL_TRAINABLE = TRAINABLE_LAYERS._replace(
    says="every layer is trained", check=_all_trainable, key="trainable-layers/all"
)
INDEPENDENT_PARAMETERS = Assumption(
    "independent-parameters",
    "each parameter occurs once in the map",
    "untie the parameter",
    _independent_parameters,
    structural=True,
)
BIAS_PATTERN = Assumption(
    "bias-pattern",
    "no biases, or an output bias (any others besides), or a bias on the first layer only",
    "add an output bias, or remove the hidden ones",
    _bias_pattern,
    structural=True,
)
BIAS_PATTERN_DECAY = BIAS_PATTERN._replace(
    says="no biases, or an output bias (any others besides)",
    check=_bias_pattern_decay,
    key="bias-pattern/decay",
)
BIAS_PATTERN_DECAY_ONLY = BIAS_PATTERN._replace(
    says="no biases, or an output bias, or (without penalty) a bias on the first layer only",
    check=_bias_pattern_decay_only,
    key="bias-pattern/decay-only",
)
NO_BIAS = BIAS_PATTERN._replace(says="no biases", check=_no_bias, key="bias-pattern/none")
TWO_LAYERS = Assumption(
    "two-layers", "exactly two layers are trained", "use one hidden layer", _two_layers,
    untied=True,
)  # fmt: skip
AFFINE = Assumption(
    "affine-in-parameters",
    "the map is affine in the trained weights",
    "train one layer only",
    _affine,
)
SQUARED_LOSS = Assumption(
    "squared-loss", "the loss is the squared error", "use loss squared", _squared
)
SQUARED_LOSS_ISOMETRIC = SQUARED_LOSS._replace(
    check=_squared_isometric, key="squared-loss/isometric"
)
CONVEX_LOSS = Assumption(
    "convex-loss", "the loss is convex in the output", "use a convex loss", _convex
)
DIFFERENTIABLE_LOSS = Assumption(
    "differentiable-loss",
    "the loss is finite and differentiable in the output",
    "use a differentiable loss (huber for absolute)",
    _differentiable,
)
SMOOTH_LOSS = Assumption(
    "smooth-loss", "the loss is twice continuously differentiable", "use a C^2 loss", _smooth
)
LINEAR_LOSS = Assumption(
    "linear-loss", "the loss is linear in the output", "use loss linear_loss", _linear_loss
)
WELL_CONDITIONED = Assumption(
    "well-conditioned-loss",
    "the loss is alpha-strongly convex and beta-smooth with beta < 2 alpha",
    "bring the weights within a factor of two",
    _well_conditioned,
)
NO_REGULARIZER = Assumption(
    "no-regularizer", "no penalty on the weights", "drop the penalty", _no_regularizer
)
NO_REGULARIZER_OR_L2 = NO_REGULARIZER._replace(
    says="no penalty on the weights, or an l2 penalty",
    check=_no_regularizer_or_l2,
    key="no-regularizer/or-l2",
)
NO_REGULARIZER_OR_L2_CONVEX = NO_REGULARIZER._replace(
    says="no penalty on the weights, or an l2 penalty",
    check=_no_regularizer_or_smooth,
    structural=True,
    key="no-regularizer/or-smooth",
)
NO_REGULARIZER_OR_L2_EVERYWHERE = NO_REGULARIZER._replace(
    says="no penalty, or l2 penalties of positive strength on every trained layer",
    check=_no_regularizer_or_l2_everywhere,
    key="no-regularizer/or-l2-everywhere",
)
NO_REGULARIZER_OR_L2_QUADRATIC = NO_REGULARIZER._replace(
    says="no penalty, or an l2 penalty with equal output weights",
    check=_no_regularizer_or_l2_quadratic,
    key="no-regularizer/or-l2-quadratic",
)
CONVEX_REGULARIZER = NO_REGULARIZER._replace(
    says="no penalty, or a convex one (l1, l2)",
    check=_convex_regularizer,
    structural=True,
    key="no-regularizer/convex",
)
L2_ON_EVERY_LAYER = Assumption(
    "l2-on-every-layer",
    "an l2 penalty of positive strength on every trained layer",
    "penalise every layer",
    _l2_everywhere,
)
UNCONSTRAINED = Assumption(
    "unconstrained",
    "no constraints on the output",
    "drop the constraints",
    _unconstrained,
    structural=True,
)
CONVEX_CONSTRAINTS = Assumption(
    "convex-constraints",
    "the constraints on the output, if any, cut out a convex set",
    "drop the constraints",
    _convex_constraints,
    structural=True,
)
NO_BOTTLENECK = Assumption(
    "no-bottleneck",
    "every hidden width is at least min(e_0, e_h)",
    "widen the hidden layers",
    _no_bottleneck,
    untied=True,
)
OPEN_WIDTHS = Assumption(
    "open-widths",
    "every hidden width is at least e_0 + e_h - 1",
    "widen the hidden layers",
    _open_widths,
    untied=True,
)
PYRAMIDAL_WIDTHS = Assumption(
    "pyramidal-widths",
    "from the second layer on the widths do not increase",
    "let the widths decrease",
    _pyramidal_widths,
    untied=True,
)
WIDTH_AT_LEAST_SAMPLES = Assumption(
    "width-at-least-samples",
    "some hidden layer is at least as wide as the number of samples",
    "widen a hidden layer to n, or state the number of samples",
    _width_at_least_samples,
)
FACTOR_WIDE_ENOUGH = Assumption(
    "factor-wide-enough",
    "the factor has at least as many columns as the product needs",
    "widen the factor",
    _factor_wide_enough,
)
HOMEOMORPHIC = Assumption(
    "homeomorphic-activations",
    "every activation is continuous and strictly monotone",
    "use a strictly monotone activation (leaky_relu for relu)",
    _homeomorphic,
    untied=True,
)
HOMEOMORPHIC_ABOVE = HOMEOMORPHIC._replace(
    says="every activation above the wide layer is continuous and strictly monotone",
    check=_homeomorphic_above,
    untied=False,
    key="homeomorphic-activations/above",
)
QUADRATIC_NETWORK = DENSE_LAYERS._replace(
    says="a quadratic hidden layer under one fixed linear output",
    check=_quadratic_network,
    key="dense-layers/quadratic",
)
POSITIVE_OUTPUT = Assumption(
    "positive-output-weights",
    "the fixed output weights are positive",
    "state positive, or give the weights",
    _positive_output,
)
X_FULL_COLUMN_RANK = Assumption(
    "X-full-column-rank",
    "the samples are linearly independent (n <= d_0)",
    "state data X full_column_rank, if it is so",
    _full_column_rank,
)
X_FULL_ROW_RANK = Assumption(
    "X-full-row-rank",
    "the rows of X are linearly independent",
    "state data X full_row_rank, if it is so",
    _full_row_rank,
)
X_FULL_ROW_RANK_OR_L2 = X_FULL_ROW_RANK._replace(
    says="the rows of X are linearly independent, or there is an l2 penalty",
    check=_full_row_rank_or_l2,
    key="X-full-row-rank/or-l2",
)
Y_FULL_ROW_RANK = Assumption(
    "Y-full-row-rank",
    "the rows of Y are linearly independent",
    "state data Y full_row_rank, if it is so",
    _y_full_row_rank,
)
Y_REALIZABLE = Assumption(
    "Y-realizable",
    "some weights reach the infimum of the loss over all outputs",
    "state data Y realizable, if it is so",
    _y_realizable,
)
ISOTROPIC_DATA = Assumption(
    "isotropic-data",
    "all non-zero singular values of X (centred with an output bias) are equal",
    "whiten the data and state data X isotropic",
    _isotropic,
)
ISOTROPIC_FULL = ISOTROPIC_DATA._replace(
    says="the map is W W^T itself, or X X^T is a multiple of the identity",
    check=_isotropic_full,
    key="isotropic-data/full",
)
AUTOENCODER_TARGETS = Assumption(
    "autoencoder-targets", "the targets are the inputs", "state data Y = X", _autoencoder
)
SIMPLE_SPECTRUM = Assumption(
    "simple-spectrum",
    "the eigenvalues of Y X^T (X X^T)^-1 X Y^T are distinct",
    "not needed: see linear-squared",
    _distinct_spectrum,
)
UNDERCOMPLETE = Assumption(
    "output-not-wider", "d_h <= d_0", "not needed: see linear-squared", _undercomplete
)
END_IS_NARROWEST = NO_BOTTLENECK._replace(
    says="every hidden width is at least min(d_0, d_h)",
    check=_end_is_narrowest,
    key="no-bottleneck/raw",
)
CONSTANT_IN_WEIGHTS = Assumption(
    "constant-in-weights",
    "the loss does not depend on the weights (e_0 = 0 or e_h = 0)",
    "",
    _constant_map,
)
CONSTANT_COLUMNS = Assumption(
    "constant-columns", "an output bias, and all columns of X are equal", "", _constant_data
)
LINEAR_NETWORK: tuple[Assumption, ...] = (
    LINEAR_ACTIVATIONS,
    DENSE_LAYERS,
    TRAINABLE_LAYERS,
    INDEPENDENT_PARAMETERS,
    BIAS_PATTERN,
)
"""What every theorem of theory.md section 2 needs."""
