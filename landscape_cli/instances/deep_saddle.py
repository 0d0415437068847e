"""The origin of a network with three or more trained layers (family strict-saddle-deep)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..catalogue import BuildOptions, Instance, Refusal
from ..facts.facts import Facts
from .linear import as_int, padded_identity, zeros
from .numbers import Weights

if TYPE_CHECKING:
    from ..witnesses.strict_saddle_deep import Layout

ZERO, ONE = Fraction(0), Fraction(1)
Rows = list[list[Fraction]]


def instance(facts: Facts, plan: Layout, options: BuildOptions) -> Instance | Refusal:
    """The certificate, or why there is none."""
    from ..witnesses.strict_saddle_deep import samples_for
    from .nonlinear import choices

    ranges = facts.ranges
    assert ranges is not None
    data = facts.model.data
    given_x, given_y = data.matrix("X"), data.matrix("Y")

    def needed(r: int, q: int) -> int | list[int] | None:
        if given_x is not None:
            return max(r, q)
        return samples_for(plan, facts, r, q)

    reason = Refusal("the data that it needs are not allowed")
    tried = 0
    for n, r, q in choices(facts, ranges, 1, needed, samples=options.samples):
        x = padded_identity(as_int(facts.input_width), n, r)
        if given_x is not None:
            x = [list(row) for row in given_x.matrix.rows]
        elif given_y is not None and r < n:
            x = _units_where(plan, [list(row) for row in given_y.matrix.rows], len(x), r)
        if given_y is not None:
            y: Rows | None = [list(row) for row in given_y.matrix.rows]
        elif given_x is not None:
            y = _targets_of(x, as_int(facts.output_width), q)
        else:
            y = _targets(plan, x, as_int(facts.output_width), q)
        made = _concrete(facts, plan, x, y) if plan.concrete else _free(facts, plan, x, y, q)
        if isinstance(made, Instance):
            return made
        reason, tried = made, tried + 1
        if tried == 4:
            break
    return reason


# --- data ------------------------------------------------------------------------------------


def _targets(plan: Layout, x: Rows, rows: int, q: int) -> Rows | None:
    """Targets of rank q whose first entry pulls the first output up, for X = [I 0; 0 0]."""
    n = len(x[0])
    if plan.loss == "linear_loss":
        return None
    if plan.same:
        return [list(row) for row in x]
    if plan.loss == "cross_entropy":
        return [[ONE if i == 0 else ZERO] * n for i in range(rows)]
    if plan.loss == "logistic":
        if plan.bias:
            return [[ONE if t % 2 == 0 else -ONE for t in range(n)] for _ in range(rows)]
        return [[-ONE if 1 <= i == t < q else ONE for t in range(n)] for i in range(rows)]
    if plan.loss == "poisson":
        return [[Fraction(3 if 1 <= i == t < q else 2) for t in range(n)] for i in range(rows)]
    y = padded_identity(rows, n, q)
    if plan.bias and q < n and not plan.realizable:
        for i in range(q):
            y[i][i + 1] = -ONE
    return y


def _targets_of(x: Rows, rows: int, q: int) -> Rows:
    """Targets of rank q that begin with independent rows of X."""
    from ..algebra import independent

    n = len(x[0])
    centred = [[v - sum(row, ZERO) / n for v in row] for row in x]
    first = next((i for i, row in enumerate(centred) if any(row)), 0)
    order = [x[first], *(row for i, row in enumerate(x) if i != first)]
    order += padded_identity(n, n, n)
    kept = [list(order[i]) for i in independent(order)][:q]
    return [*kept, *zeros(rows - len(kept), n)]


def _units_where(plan: Layout, y: Rows, width: int, r: int) -> Rows:
    """Unit samples where the targets are not 0 (not their means, with an output bias)."""
    n = len(y[0])
    mean = [sum(row, ZERO) / n if plan.bias else ZERO for row in y]
    order = sorted(range(n), key=lambda t: all(row[t] == m for row, m in zip(y, mean, strict=True)))
    x = zeros(width, n)
    for i in range(r):
        x[i][order[i]] = ONE
    return x


# --- weights ---------------------------------------------------------------------------------


def _weights(facts: Facts, count: int, shift: list[Fraction] | None) -> Weights:
    """Identity-padded matrices with ``count`` ones; the output bias ``shift``."""
    chain = facts.chain
    assert chain is not None
    found: Weights = {}
    for k, layer in enumerate(chain.layers, start=1):
        rows = as_int(chain.widths[k])
        found[f"W{k}"] = padded_identity(rows, as_int(chain.widths[k - 1]), count)
        if layer.bias:
            found[f"b{k}"] = list(shift) if shift is not None else [ZERO] * rows
    return found


def _loss(facts: Facts, plan: Layout, rows: int, n: int) -> tuple[dict[str, Any] | None, Rows]:
    """The loss as a certificate takes it, and the weights of its entries."""
    table: Rows = [[ONE] * n for _ in range(rows)]
    if facts.model.loss.kind == "class":
        return {"name": "squared"}, table
    if plan.loss in ("weighted_squared", "masked_squared"):
        given = facts.model.data.matrix("weights")
        if given is not None:
            table = [list(row) for row in given.matrix.rows]
        return {"name": plan.loss, "weights": table}, table
    if plan.loss == "linear_loss":
        return {"name": "linear_loss", "coefficients": [[-v for v in row] for row in table]}, table
    return None, table


def _best_constant(y: Rows, table: Rows) -> list[Fraction]:
    """The weighted means of the targets."""
    found = []
    for row, weights in zip(y, table, strict=True):
        mass = sum(weights, ZERO)
        total = sum((w * v for w, v in zip(weights, row, strict=True)), ZERO)
        found.append(total / mass if mass else ZERO)
    return found


def _free(facts: Facts, plan: Layout, x: Rows, y: Rows | None, q: int) -> Instance | Refusal:
    """One unit a layer (or, where the targets must be reached, as many as their rank)."""
    n, rows = len(x[0]), as_int(facts.output_width)
    loss, table = _loss(facts, plan, rows, n)
    shift = None
    if plan.bias and plan.quadratic and y is not None:
        shift = _best_constant(y, table)
    if plan.realizable:
        better = _weights(facts, q, None)
    else:
        better = _weights(facts, 1, shift)
        if shift is not None and any(shift):
            # The first residual is 1 - 1/n only: an output of at most 1/2 is safe.
            better["W1"][0][0] = ONE / 2
    return _certificate(facts, x, y, _weights(facts, 0, shift), better, loss)


def _concrete(facts: Facts, plan: Layout, x: Rows, y: Rows | None) -> Instance | Refusal:
    """Given data: a linear network, a weighted sum of squares; a product of rank one."""
    assert y is not None
    n, rows = len(x[0]), as_int(facts.output_width)
    loss, table = _loss(facts, plan, rows, n)
    shift = _best_constant(y, table) if plan.bias else None
    base = shift if shift is not None else [ZERO] * rows
    for j, (row, weights) in enumerate(zip(y, table, strict=True)):
        residual = [w * (v - base[j]) for w, v in zip(weights, row, strict=True)]
        for i, inputs in enumerate(x):
            pull = sum((v * u for v, u in zip(residual, inputs, strict=True)), ZERO)
            if pull == 0:
                continue
            size = sum((w * u * u for w, u in zip(weights, inputs, strict=True)), ZERO)
            better = _weights(facts, 1, shift)
            depth = len(better) - int(plan.bias)
            better["W1"][0][0] = better[f"W{depth}"][0][0] = ZERO
            better["W1"][0][i] = pull / size
            better[f"W{depth}"][j][0] = ONE
            return _certificate(facts, x, y, _weights(facts, 0, shift), better, loss)
    return Refusal("the targets do not correlate with the data")


def _certificate(
    facts: Facts, x: Rows, y: Rows | None, local: Weights, better: Weights,
    loss: dict[str, Any] | None,
) -> Instance | Refusal:  # fmt: skip
    from .check import violations
    from .documents import NotAnInstance, document

    try:
        made = document(
            facts, X=x, Y=y, local=local, better=better, argument={"kind": "flat-origin"},
            loss=loss, place="critical_point",
        )  # fmt: skip
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(
        made,
        "All weights are 0: gradient and Hessian vanish there (the outputs are a product of at "
        "least three small factors), yet other weights do better.",
    )
