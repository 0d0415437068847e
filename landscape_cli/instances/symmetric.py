"""Products W W^T and W W^T X: what the model leaves open, and how an instance is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..catalogue import Instance, Refusal
from ..facts.facts import Facts
from .check import shift_vanishes
from .linear import Room

ZERO, ONE = Fraction(0), Fraction(1)


def symmetric_room(facts: Facts, *, given: bool = False) -> Room | Refusal:
    """The room of a symmetric product: ``narrow`` is k, ``outputs`` n, ``inputs`` the rank of X.

    Given data are refused unless they are asked for (``given``).
    """
    model, form = facts.model, facts.form
    if form.kind != "symmetric":
        return Refusal("the map is not W W^T")
    if model.regularizer is not None:
        return Refusal("a penalty on the weights")
    if model.constraints is not None:
        return Refusal("the product is constrained")
    if form.shift is not None and not shift_vanishes(facts):
        return Refusal("a known matrix is added to the map")
    if form.shifted or form.transposed:
        return Refusal("the map was transposed or shifted")
    if model.data.matrices and not given:
        return Refusal("data are given")
    return Room(form.columns, form.rows, facts.data_rank_most, "none", False, False, False, False)


def given_symmetric(facts: Facts, name: str, words: str) -> Instance | Refusal | None:
    """The instance for given data (numeric widths); None where no data are given."""
    from .given_networks import gives_data

    if facts.ranges is None or not gives_data(facts):
        return None
    room = symmetric_room(facts, given=True)
    if isinstance(room, Refusal):
        return room
    from .given_squares import symmetric_instance

    return symmetric_instance(facts, name, words)


def make(
    facts: Facts, x: Sequence[Sequence[Any]], y: Sequence[Sequence[Any]], local: Any, better: Any,
    argument: Mapping[str, Any], words: str, loss: Mapping[str, Any] | None,
) -> Instance | Refusal:  # fmt: skip
    """The certificate of an instance, or what it would violate."""
    from .check import violations
    from .documents import NotAnInstance, document

    try:
        made = document(
            facts, X=x, Y=y, local={"W": local}, better={"W": better}, argument=argument, loss=loss
        )
    except NotAnInstance as reason:
        return Refusal(f"no instance: {reason}")
    broken = violations(facts, made)
    if broken:
        return Refusal("the instance would violate the model: " + "; ".join(broken))
    return Instance(made, words)


def member_loss(facts: Facts, name: str, rows: int, columns: int) -> dict[str, Any] | None:
    """``name`` for a class; unit weights for a weighted loss; None for the loss itself."""
    loss = facts.model.loss
    if loss.kind == "class":
        return {"name": name}
    if loss.name in ("weighted_squared", "masked_squared"):
        return {"name": loss.name, "weights": [[ONE] * columns for _ in range(rows)]}
    return None
