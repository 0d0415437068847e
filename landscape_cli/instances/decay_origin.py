"""Scope and builder of the families whose local minimum is the origin (``origin``), l1 or l2.

Given data go to ``given_networks``, free ones to ``origin``.
"""

from __future__ import annotations

from ..catalogue import BuildOptions, Instance, Refusal, Scope
from ..facts.facts import Facts
from ..facts.finding import met
from .given_networks import gives_data, origin_instance
from .linear import choose, other_samples
from .origin import build_origin, origin_of, origin_shape, symbolic_origin
from .scopes import given_scope


def origin_scope(facts: Facts, kind: str, least_depth: int, words: str) -> Scope | Refusal:
    """Where the origin is a local minimum that is not global: at least so many trained layers."""
    penalty = facts.model.regularizer
    if penalty is None or penalty.kind != kind:
        return Refusal(f"no {kind} penalty")
    everywhere = f"an {kind} penalty on every layer"
    if gives_data(facts) and facts.ranges is not None:
        made = origin_instance(facts, kind, least_depth, words)
        return given_scope(facts, made, met(everywhere, penalty.span))
    origin = origin_of(facts, kind, least_depth)
    if isinstance(origin, Refusal):
        return origin
    ends = facts.ends
    assert ends is not None
    text = f"{ends.depth} trained layers >= {least_depth}"
    findings = (met(f"{everywhere}, {ends.depth} trained layers", penalty.span),)
    if facts.ranges is None:
        condition = symbolic_origin(facts, origin)
        if condition is None:
            return Refusal("symbolic widths beside statements on the data")
        return Scope(condition, text, findings)
    shape = origin_shape(origin, facts.output_width)
    plan = choose(facts, origin.room._replace(bias="none"), shape, BuildOptions())
    return plan if isinstance(plan, Refusal) else Scope(True, text, findings)


def origin_certificate(
    facts: Facts, options: BuildOptions, kind: str, least_depth: int, words: str
) -> Instance | Refusal:
    """The instance; ``words`` say why the origin is a local minimum."""
    if gives_data(facts) and facts.ranges is not None:
        return other_samples(facts, options) or origin_instance(facts, kind, least_depth, words)
    origin = origin_of(facts, kind, least_depth)
    if isinstance(origin, Refusal):
        return origin
    return build_origin(facts, options, origin, words)
