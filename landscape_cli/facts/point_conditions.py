"""Conditions at a point, in words, with the model's own names and numbers."""

from __future__ import annotations

from ..model.terms import show
from .facts import Facts


def full_row_rank_conditions(facts: Facts, start: int) -> tuple[str, ...]:
    """``rank(W2) = 5`` for every layer from position ``start`` (from 0) on."""
    chain = facts.chain
    if chain is None:
        return ()
    return tuple(
        f"rank({chain.names[k]}) = {show(chain.layers[k].width)}"
        for k in range(start, len(chain.layers))
    )


def three_rank_conditions(facts: Facts, start: int) -> tuple[str, ...]:
    """The three-rank test of open-product at every layer from position ``start`` (from 0) on."""
    chain = facts.chain
    if chain is None:
        return ()
    widths = chain.widths
    found = []
    for k in range(start, len(chain.layers)):
        name, inner, outer = chain.names[k], show(widths[k]), show(widths[k + 1])
        features = f"F{k}"
        found.append(
            f"rank({name} {features}) + {inner} - rank({features}) >= {outer}, or "
            f"rank({name} {features}) + {inner} - rank({name}) >= n"
        )
    return tuple(found)


def slope_condition(facts: Facts, start: int) -> tuple[str, ...]:
    """A trained prelu slope must be positive for the activation to be strictly monotone."""
    chain = facts.chain
    if chain is None:
        return ()
    layers = [
        str(k + 1)
        for k in range(start, len(chain.layers))
        if chain.layers[k].activation.name == "prelu"
    ]
    if not layers:
        return ()
    return (f"the slope of prelu in layer {', '.join(layers)} is positive",)
