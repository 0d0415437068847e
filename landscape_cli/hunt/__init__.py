"""A numerical search for local minima that are not global; only certified ones are reported.

Many starts of a Newton method on given or drawn data; a candidate is polished to boxes
(``interval-newton``: strict minima where loss and activations are smooth at the point) or to exact
rational weights (``affine-region``: networks whose units all work inside affine pieces), and
counts only if the checker accepts it. Finding nothing says nothing about the model. Needs NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Instance, Refusal

if TYPE_CHECKING:
    from ..facts.facts import Facts

SMOOTH = frozenset((
    "linear", "quadratic", "cube", "tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan",
    "sin", "erf", "softsign",
))  # fmt: skip
BENT = frozenset((
    "linear", "relu", "leaky_relu", "elu", "celu", "hard_tanh", "hard_sigmoid", "relu6",
))  # fmt: skip
HOMOGENEOUS = frozenset(("linear", "relu", "leaky_relu"))
SQUARES = frozenset(("squared", "weighted_squared", "masked_squared"))
SMOOTH_LOSSES = SQUARES | {
    "log_cosh", "logistic", "poisson", "squared_hinge", "cross_entropy", "huber", "tukey", "lp",
    "linear_loss",
}  # fmt: skip
MOST_PARAMETERS = 60
MOST_SAMPLES = 40
STARTS_PER_DATA = 32


class Found(NamedTuple):
    """The outcome of a hunt: the certified instance (None: none found) and the starts made.

    ``uncertified`` counts candidates that looked like local minima but were not certified.
    """

    instance: Instance | None
    starts: int
    uncertified: int = 0


def hunt(
    facts: Facts,
    verify: Callable[[Any], Any],
    *,
    seed: int = 0,
    starts: int = 2000,
    seconds: float | None = None,
    step: Callable[[int], None] | None = None,
) -> Found | Refusal:
    """Search; ``verify`` (as in ``api.verify``) has the last word on every candidate.

    ``starts`` and ``seconds`` bound the search; ``step`` is told of every start. Returns a
    ``Refusal`` for a model on which nothing found could be certified, or that is too large.
    ``ImportError`` without NumPy.
    """
    reason = unsuited(facts)
    if reason is not None:
        return Refusal(reason)
    import time

    import numpy

    from ..instances import violations
    from .certify import certificates
    from .data import draw_problem
    from .objective import of_document
    from .search import candidates, descend, joined, starting_points

    generator = numpy.random.default_rng(seed)
    deadline = None if seconds is None else time.monotonic() + seconds
    exact = by_pieces(facts)
    made = uncertified = 0
    before: tuple[Any, Any] = (None, None)  # a problem, and the lowest end on it so far

    def going() -> bool:
        return deadline is None or time.monotonic() < deadline

    while made < starts and going():
        problem = draw_problem(facts, generator)
        if problem is None:
            return Refusal("no data that satisfy the statements could be drawn")
        objective = of_document(problem.document)
        count = min(STARTS_PER_DATA, starts - made)
        for _ in range(count):
            made += 1
            if step is not None:
                step(made)
        points = starting_points(objective.size, count, generator)
        ends = descend(objective, points, going)
        if problem.document == before[0]:
            ends = joined(before[1], ends)
        before = problem.document, ends.first()
        for candidate in candidates(objective, ends, strict=not exact):
            for instance in certificates(facts, problem, objective, candidate, exact):
                if violations(facts, instance.document):
                    break
                if verify(instance.document).accepted:
                    return Found(instance, made, uncertified)
            uncertified += 1
            if not going():
                break
    return Found(None, made, uncertified)


def by_pieces(facts: Facts) -> bool:
    """Whether exact weights inside affine pieces are looked for, not boxes."""
    names = {layer.activation.name for layer in facts.chain.layers} if facts.chain else set()
    return facts.model.regularizer is None and names <= BENT


def unsuited(facts: Facts) -> str | None:
    """Why nothing that a hunt could find in this model would be certified; None if it would."""
    model, chain = facts.model, facts.chain
    if chain is None or not facts.numeric or not facts.form.has_data:
        return "a hunt needs a network of numeric widths"
    if facts.form.shift is not None or facts.form.shifted or facts.form.merged:
        return "a known matrix or a sum takes part in the map"
    if facts.form.transposed:
        return "the map is transposed"
    if model.constraints is not None:
        return "a hunt needs a problem without constraints"
    reason = _loss(facts) or _layers(facts)
    if reason is not None:
        return reason
    from itertools import pairwise

    widths = [width for width in chain.widths if isinstance(width, int)]
    count = sum(
        above * (below + layer.bias)
        for (below, above), layer in zip(pairwise(widths), chain.layers, strict=True)
        if not layer.fixed
    )
    if count > MOST_PARAMETERS:
        return f"the model has {count} parameters; a hunt takes at most {MOST_PARAMETERS}"
    if facts.samples_least > MOST_SAMPLES:  # type: ignore[operator]
        return f"a hunt takes at most {MOST_SAMPLES} samples"
    return None


def _loss(facts: Facts) -> str | None:
    loss, penalty = facts.model.loss, facts.model.regularizer
    if loss.kind == "custom":
        return f"the loss {loss.name} is the user's own"
    if penalty is not None and penalty.kind == "l1":
        return "minima under an l1 penalty lie at its kinks, where a hunt certifies none"
    if loss.kind == "class":
        return None
    if loss.name not in SMOOTH_LOSSES or (loss.name == "lp" and loss.parameters[0][1] <= 1):
        return (
            f"the loss {loss.name} has kinks, where its minima lie; a hunt certifies minima "
            "where the loss is smooth"
        )
    if by_pieces(facts) and loss.name not in SQUARES:
        return (
            "without a penalty the minima of such a network are not isolated, and a hunt "
            "certifies those of the squared loss only"
        )
    return None


def _layers(facts: Facts) -> str | None:
    chain, penalty = facts.chain, facts.model.regularizer
    assert chain is not None
    exact = by_pieces(facts)
    names = [layer.activation.name for layer in chain.layers]
    for k, layer in enumerate(chain.layers, 1):
        if layer.opaque is not None or layer.activation.custom:
            return f"layer {k} is opaque or custom"
        if names[k - 1] not in SMOOTH | BENT | {"selu"}:
            return f"a hunt does not cover {names[k - 1]} (layer {k})"
        if exact and (layer.fixed or layer.skip):
            return f"layer {k} is fixed or has a skip connection, and nothing is penalised"
    if all(layer.fixed for layer in chain.layers):
        return "nothing is trained"
    linear = all(name == "linear" for name in names)
    skips = any(layer.skip for layer in chain.layers)
    if linear and penalty is None and not skips:
        loss = facts.model.loss
        if loss.kind == "class" or loss.name == "squared":
            return "a linear network with the squared loss has no such minimum (linear-squared)"
    if exact:
        return None
    for k, (lower, upper) in enumerate(zip(chain.layers, chain.layers[1:], strict=False), 1):
        free = not (lower.fixed or upper.fixed or lower.skip or upper.skip)
        if free and penalty is None and lower.activation.name in HOMOGENEOUS:
            return (
                f"the weights around layer {k} ({lower.activation.name}) can be rescaled at no "
                "cost, so that no minimum is isolated; a hunt needs an l2 penalty there"
            )
    return None
