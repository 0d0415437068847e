"""The scope of a family that has a formula for symbolic widths and a builder for given data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..catalogue import BuildOptions, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import Finding, met
from ..model.terms import Formula

GIVEN = "the given data allow it"
NO_DATA = Refusal("the data that it needs are not allowed")


def scope_of(
    facts: Facts,
    grounds: tuple[str, tuple[Finding, ...]],
    symbolic: Callable[[], Formula | Refusal],
    given: Callable[[BuildOptions], Instance | Refusal] | None,
    free: Callable[[], bool],
) -> Scope | Refusal:
    """Where a family exists; ``grounds`` is the text and the findings of its scope.

    Symbolic widths: where the formula is true. Data that are ``given``: if the instance can be
    built on them. Data that are free: if some that the statements allow are enough.
    """
    if not facts.numeric:
        formula = symbolic()
        return formula if isinstance(formula, Refusal) else Scope(formula, *grounds)
    if given is not None:
        made = given(BuildOptions())
        return made if isinstance(made, Refusal) else Scope(True, *grounds)
    return Scope(True, *grounds) if free() else NO_DATA


def given_scope(facts: Facts, made: object, *findings: Finding) -> Scope | Refusal:
    """The scope on given data: where an instance could be ``made`` (no refusal) on them."""
    if isinstance(made, Refusal):
        return made
    return Scope(True, GIVEN, findings or (met(GIVEN, facts.form.span),))


def odd_layer(facts: Facts) -> Refusal | None:
    """A refusal if some layer is not a trained one of the table, without a skip and continuous."""
    assert facts.chain is not None
    for k, layer in enumerate(facts.chain.layers, 1):
        if layer.fixed or layer.skip or layer.opaque is not None:
            return Refusal(f"layer {k} is fixed, opaque or has a skip connection")
        if layer.activation.custom or layer.activation.name in ("step", "softmax"):
            return Refusal(f"layer {k} applies {layer.activation.name}")
    return None


def some_choice(
    facts: Facts, least_rank: int, samples_for: Callable[[int, int], Sequence[int] | int | None]
) -> bool:
    """Whether the statements allow data that a construction can have (see ``choices``)."""
    from .nonlinear import choices

    ranges = facts.ranges
    assert ranges is not None
    return any(True for _ in choices(facts, ranges, least_rank, samples_for))
