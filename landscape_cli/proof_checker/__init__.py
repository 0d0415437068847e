"""Re-checks proofs that every local minimum is global; standard library only.

The theorems (sections 0 and 2 to 4 of the theory) are proved on paper. What is checked here is
that the stated problem satisfies the named theorem: a theorem is a list of conditions, and each
condition is a question about the problem, worked out with no help from the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..exact.numbers import need
from ..exact.reading import array, keep, record
from .statement import Statement, read_statement

REDUCTIONS = ("const", "open-sum", "skip", "fixed", "bias", "effective-input-width",
              "effective-output-width", "subject-to")  # fmt: skip
CLAIMS = {"local_is_global": "every local minimum is global",
          "strict_saddle": "every critical point is global or a strict saddle"}  # fmt: skip


class Theorem(NamedTuple):
    """A theorem: what it proves, the steps of its proof before the last, its conditions."""

    properties: tuple[str, ...]
    steps: str
    conditions: tuple[str, ...]


def constant_in_weights(s: Statement) -> bool:
    """Nothing is trained, or the loss does not see what is."""
    form = s.form
    if form.constant or (form.kind == "chain" and not form.trained):
        return True
    if form.kind != "chain":
        pure = form.kind != "general" and all(la.linear for part in form.summands for la in part)
        return (s.blind and form.outputs == 1) or (pure and s.rank[1] == 0)
    above, reach = form.layers[s.last + 1 :], form.layers[s.first :]
    if all(la.linear for la in above) and s.eh == 0:
        return True
    biased = any(la.bias for la in form.layers[s.first : s.last + 1])
    if all(la.linear for la in reach) and not biased:
        return s.e0 == 0
    silent = all(not la.bias and not la.opaque for la in form.layers)
    return silent and all(la.zero for la in form.layers[:-1]) and s.rank[1] == 0


def dense_layers(s: Statement) -> bool:
    """With a penalty: no skip and no sum in place of a matrix, no unequal penalties in a sum."""
    form = s.form
    bare = not any(form.layers[k].skip for k in form.trained) and not form.absorbed
    return s.penalty is None or (bare and (not form.merged or len(set(s.rates)) == 1))


def wide_summand(s: Statement) -> bool:
    """A linear, trained summand whose hidden layers are wide enough for all matrices."""
    needed = s.rank[1] + s.form.outputs - 1
    trained = (part for part in s.form.summands if all(la.linear and not la.fixed for la in part))
    return any(all(la.width >= needed for la in part[:-1]) for part in trained)


def well_conditioned(s: Statement) -> bool:
    """beta < 2 alpha: the squared loss, or weights within a factor of 2."""
    values = [x for row in s.given.get("weights", []) for x in row]
    near = s.loss.name == "weighted_squared" and bool(values) and max(values) < 2 * min(values)
    return s.squared or near


def quadratic_network(s: Statement) -> bool:
    """One trained quadratic layer below one linear output, without bias or skip."""
    form = s.form
    if form.kind != "chain" or len(form.trained) != 1 or len(form.layers) != s.first + 2:
        return False
    hidden, top = form.layers[s.first :]
    plain = not (hidden.bias or hidden.skip or top.skip)
    return plain and hidden.name == "quadratic" and top.linear and top.width == 1


def output_weights(s: Statement) -> list[Any]:
    """The given weights of the output layer."""
    rows = s.form.layers[-1].matrix
    return [] if rows is None else rows[0]


def point_conditions(s: Statement) -> bool:
    """The output is not shifted, min(e_0, e_h) <= 1, the loss is differentiable at output 0."""
    plain = s.bias == "none" and not s.form.shifted
    return plain and min(s.e0, s.eh) <= 1 and s.smooth_at_zero


def one_layer(s: Statement) -> bool:
    """A chain of a single trained layer: no point conditions remain."""
    layers = s.form.layers
    if s.form.kind != "chain" or len(layers) != 1:
        return False
    return not (layers[0].skip or layers[0].fixed or layers[0].opaque)


def sum_within(s: Statement) -> bool:
    """No summand leaves the row space of X."""
    inside = all(la.linear for part in s.form.summands for la in part)
    return inside or s.full_column_rank


CONDITIONS: dict[str, Callable[[Statement], bool]] = {
    "constant-in-weights": constant_in_weights,
    "constant-columns": lambda s: s.bias == "output" and s.e0 == 0,
    "independent-parameters": lambda s: s.form.kind == "chain" and bool(s.form.trained),
    "linear-activations": lambda s: all(la.linear for la in s.form.layers[s.first :]),
    "trainable-layers": lambda s: not any(la.fixed for la in s.form.layers[s.first : s.last]),
    "dense-layers": dense_layers,
    "bias-pattern": lambda s: s.bias in ("none", "output") or (s.bias == "first" and not s.penalty),
    "affine-in-parameters": lambda s: s.form.affine,
    "two-layers": lambda s: len(s.form.trained) == 2,
    "one layer": one_layer,
    "unconstrained": lambda s: not s.constrained,
    "no-regularizer": lambda s: s.penalty is None,
    "no-l1-regularizer": lambda s: s.penalty != "l1",
    "l2-on-every-layer": lambda s: s.penalty == "l2" and min(s.rates) > 0,
    "no-regularizer-or-l2-on-every-layer": lambda s: s.penalty is None or min(s.rates) > 0,
    "convex-loss": lambda s: s.loss.convex,
    "differentiable-loss": lambda s: s.loss.differentiable,
    "smooth-loss": lambda s: s.loss.smooth,
    "squared-loss": lambda s: s.squared,
    "linear-loss": lambda s: s.loss.name == "linear_loss",
    "well-conditioned-loss": well_conditioned,
    "nothing-above": lambda s: s.last == len(s.form.layers) - 1,
    "no-bottleneck": lambda s: s.hidden >= min(s.e0, s.eh),
    "open-widths": lambda s: wide_summand(s) if s.form.kind == "sum" else open_widths(s),
    "dense-layers-or-X-full-column-rank": sum_within,
    "point conditions": point_conditions,
    "Y-realizable": lambda s: "Y realizable" in s.stated,
    "X-full-column-rank": lambda s: s.full_column_rank,
    "X-full-row-rank": lambda s: s.penalty == "l2" or s.full_row_rank,
    "isotropic-data": lambda s: s.isotropic,
    "isotropic-data-or-none": lambda s: not s.form.has_data or (s.isotropic and s.full_row_rank),
    "autoencoder-targets": lambda s: (
        s.autoencoder and not s.form.shifted and not s.form.transposed),
    "whole-network": lambda s: len(s.form.layers) == 2 and not any(la.skip for la in s.form.layers),
    "symmetric": lambda s: s.form.kind == "symmetric",
    "factor-wide-enough": lambda s: s.form.shape[1] >= s.form.shape[0],
    "quadratic-network": quadratic_network,
    "quadratic-wide-enough (factor-wide-enough)": lambda s: s.form.layers[s.first].width >= s.e0,
    "positive-output-weights": lambda s: (
        all(x > 0 for x in weights) if (weights := output_weights(s))
        else s.form.layers[-1].positive),
    "no-regularizer (unequal output weights)": lambda s: (
        s.penalty is None or len(set(output_weights(s))) == 1
        or s.form.layers[s.first].width == 1),
    "homeomorphic-activations": lambda s: s.form.layers[0].monotone,
}  # fmt: skip
LINEAR = ("independent-parameters", "linear-activations", "trainable-layers", "dense-layers",
          "bias-pattern")  # fmt: skip


def require(s: Statement, conditions: Iterable[str]) -> None:
    """A rejection that names the first condition that does not hold."""
    for name in conditions:
        need(CONDITIONS[name](s), f"{name}: not shown to hold of every such problem")


def open_widths(s: Statement) -> bool:
    """The product map of a linear chain is open everywhere."""
    require(s, LINEAR)
    return s.hidden >= s.e0 + s.eh - 1


BOTH = tuple(CLAIMS)
LOCAL, SADDLE = BOTH[:1], BOTH[1:]
FREE = (*LINEAR, "unconstrained", "no-regularizer")
DECAY = (*LINEAR, "unconstrained", "two-layers", "l2-on-every-layer")
WIDE = ("symmetric", "factor-wide-enough", "convex-loss", "no-l1-regularizer")
THEOREMS = {
    "degenerate-ends": Theorem(BOTH, "", ("constant-in-weights",)),
    "constant-data": Theorem(LOCAL, "", (*LINEAR, "convex-loss", "constant-columns")),
    "convex-problem": Theorem(LOCAL, "convex-target", ("affine-in-parameters", "convex-loss")),
    "linear-no-bottleneck": Theorem(
        LOCAL, "linear-degenerate convex-target",
        (*FREE, "convex-loss", "differentiable-loss", "no-bottleneck")),
    "linear-squared": Theorem(
        LOCAL, "linear-degenerate open-chain open-transfer eckart-young", (*FREE, "squared-loss")),
    "two-layer-squared": Theorem(
        BOTH, "strict-saddle-degenerate eckart-young", (*FREE, "squared-loss", "two-layers")),
    "linear-open-everywhere": Theorem(
        LOCAL, "open-everywhere open-transfer convex-target",
        ("convex-loss", "no-regularizer", "open-widths", "dense-layers-or-X-full-column-rank")),
    "linear-differentiable-there": Theorem(
        LOCAL, "linear-degenerate open-transfer convex-target",
        (*FREE, "convex-loss", "no-bottleneck", "point conditions")),
    "linear-loss-linear": Theorem(LOCAL, "", (*FREE, "linear-loss")),
    "well-conditioned-realizable": Theorem(
        LOCAL, "linear-degenerate",
        (*FREE, "nothing-above", "well-conditioned-loss", "Y-realizable")),
    "two-layer-decay": Theorem(
        LOCAL, "", (*DECAY, "no-bottleneck", "convex-loss", "differentiable-loss")),
    "two-layer-decay-isotropic": Theorem(
        LOCAL, "", (*DECAY, "squared-loss", "nothing-above", "isotropic-data")),
    "decay-autoencoder": Theorem(
        LOCAL, "",
        (*DECAY, "squared-loss", "nothing-above", "whole-network", "autoencoder-targets")),
    "strict-saddle-convex": Theorem(
        SADDLE, "", ("affine-in-parameters", "unconstrained", "convex-loss", "smooth-loss",
                     "no-l1-regularizer")),
    "strict-saddle-two-layer": Theorem(
        SADDLE, "strict-saddle-degenerate",
        (*LINEAR, "unconstrained", "two-layers", "convex-loss", "smooth-loss", "no-bottleneck",
         "no-l1-regularizer", "no-regularizer-or-l2-on-every-layer")),
    "symmetric-wide": Theorem(LOCAL, "open-symmetric open-transfer convex-target", WIDE),
    "symmetric-squared": Theorem(
        BOTH, "open-symmetric open-transfer eckart-young",
        ("symmetric", "unconstrained", "squared-loss", "no-l1-regularizer",
         "isotropic-data-or-none")),
    "strict-saddle-symmetric": Theorem(SADDLE, "", (*WIDE, "unconstrained", "smooth-loss")),
    "tied-autoencoder": Theorem(
        LOCAL, "symmetric-deficient",
        ("symmetric", "unconstrained", "squared-loss", "no-l1-regularizer", "autoencoder-targets",
         "X-full-row-rank")),
    "quadratic-wide": Theorem(
        LOCAL, "open-linear open-symmetric open-transfer convex-target",
        ("quadratic-network", "positive-output-weights", "convex-loss",
         "quadratic-wide-enough (factor-wide-enough)", "no-l1-regularizer",
         "no-regularizer (unequal output weights)")),
    "pyramidal": Theorem(
        LOCAL, "open-linear open-activation open-product open-compose open-transfer convex-target",
        ("one layer", "homeomorphic-activations", "convex-loss", "no-regularizer",
         "X-full-column-rank")),
}  # fmt: skip


def text(value: Any, what: str) -> str:
    """A side condition in words, for a reader: it proves nothing."""
    need(isinstance(value, str), f"{what} is not a text")
    return str(value)


def check_proof(document: Any, found: list[str | None]) -> str:
    """What an accepted proof shows; appends the theorem's id to ``found`` once it is known."""
    name = document.get("theorem")
    need(isinstance(name, str) and name in THEOREMS, "unknown theorem")
    found.append(name)
    step = {"rule": keep}, {"conditions": array(text)}
    steps = array(lambda value, what: record(value, what, *step))
    required = {"schema": keep, "theorem": keep, "steps": steps, "problem": keep}
    parts = record(document, "the document", required, {"property": keep})
    asked = parts.get("property", "local_is_global")
    theorem = THEOREMS[name]
    need(asked in theorem.properties, f"{name} does not prove the property asked about")
    named = [step["rule"] for step in parts["steps"]]
    own = [*theorem.steps.split(), name]
    need(named[-len(own) :] == own, f"the steps are not those of {name}")
    good = all(rule in REDUCTIONS for rule in named[: -len(own)])
    need(good, "an unknown reduction")
    statement = read_statement(parts["problem"])
    require(statement, theorem.conditions)
    word = () if name == "degenerate-ends" else statement.loss.word
    word += statement.form.word if name == "pyramidal" else ()
    return CLAIMS[asked] + (f", {' and '.join(word)}" if word else "")
