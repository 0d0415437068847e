"""A numerical search for local minima that are not global; only certified ones are reported.

Many starts of Levenberg-Marquardt on given or drawn data; a candidate is polished to boxes
(smooth two-layer networks: ``interval-newton``) or to exact rational weights (networks whose
activations have affine pieces: ``affine-region``), and counts only if the checker accepts it.
Finding nothing says nothing about the model. Needs NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalogue import Instance, Refusal

if TYPE_CHECKING:
    from ..facts.facts import Facts

SMOOTH = frozenset(("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf"))
BENT = frozenset((
    "linear", "relu", "leaky_relu", "elu", "celu", "hard_tanh", "hard_sigmoid", "relu6",
))  # fmt: skip
MOST_PARAMETERS = 60
MOST_SAMPLES = 40
STARTS_PER_DATA = 24


class Found(NamedTuple):
    """The outcome of a hunt: the certified instance (None: none found) and the starts made."""

    instance: Instance | None
    starts: int


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

    ``starts`` and ``seconds`` bound the search. Returns a ``Refusal`` for a model on which
    nothing found could be certified, or that is too large. ``ImportError`` without NumPy.
    """
    reason = unsuited(facts)
    if reason is not None:
        return Refusal(reason)
    import time

    import numpy

    from ..instances import violations
    from .certify import certificate
    from .search import Network, candidates, draw_data

    network = Network.of(facts)
    generator = numpy.random.default_rng(seed)
    deadline = None if seconds is None else time.monotonic() + seconds
    made = 0

    def watched() -> bool:
        """Count a start; whether it may be made."""
        nonlocal made
        if made >= starts or (deadline is not None and time.monotonic() > deadline):
            return False
        made += 1
        if step is not None:
            step(made)
        return True

    while made < starts and (deadline is None or time.monotonic() < deadline):
        data = draw_data(facts, generator)
        if data is None:
            return Refusal("no data that satisfy the statements could be drawn")
        for candidate in candidates(network, data, generator, STARTS_PER_DATA, watched):
            instance = certificate(facts, network, data, candidate)
            if instance is None or violations(facts, instance.document):
                continue
            if verify(instance.document).accepted:
                return Found(instance, made)
    return Found(None, made)


def unsuited(facts: Facts) -> str | None:
    """Why nothing that a hunt could find in this model would be certified; None if it would."""
    model, chain = facts.model, facts.chain
    if chain is None or not facts.numeric or not facts.form.has_data:
        return "a hunt needs a network of numeric widths"
    if facts.form.shift is not None or facts.form.shifted or facts.form.merged:
        return "a known matrix or a sum takes part in the map"
    if facts.form.transposed:
        return "the map is transposed"
    if model.regularizer is not None or model.constraints is not None:
        return "a hunt needs a problem without a penalty and without constraints"
    loss = model.loss
    if not (loss.kind == "class" or loss.name == "squared"):
        return "a hunt certifies the squared loss (or a class that contains it) only"
    for k, layer in enumerate(chain.layers, 1):
        if layer.fixed or layer.skip or layer.opaque is not None or layer.activation.custom:
            return f"layer {k} is fixed, skipped, opaque or custom"
    names = [layer.activation.name for layer in chain.layers]
    smooth = len(names) == 2 and names[0] in SMOOTH and names[1] == "linear"
    if not smooth and not all(name in BENT for name in names):
        return (
            "a hunt certifies two-layer networks with a smooth activation and linear output, and "
            "networks whose activations all have affine pieces"
        )
    if not smooth and all(name == "linear" for name in names):
        return "a linear network with the squared loss has no such minimum (linear-squared)"
    from itertools import pairwise

    widths = [width for width in chain.widths if isinstance(width, int)]
    count = sum(a * b for a, b in pairwise(widths))
    count += sum(w for w, layer in zip(widths[1:], chain.layers, strict=True) if layer.bias)
    if count > MOST_PARAMETERS:
        return f"the model has {count} parameters; a hunt takes at most {MOST_PARAMETERS}"
    if facts.samples_least > MOST_SAMPLES:  # type: ignore[operator]
        return f"a hunt takes at most {MOST_SAMPLES} samples"
    return None
