"""False certificates are rejected for the right reason; they outnumber the accepted ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from landscape_cli.interval_checker import verify
from tests.interval import documents as interval

from . import rejected, samples, test_plateaus
from .test_every_kind import KINDS, real

BY_HAND = rejected.by_hand()


def accepted() -> dict[str, dict[str, Any]]:
    """Every accepted certificate of the test data."""
    found = {**samples.accepted(), **test_plateaus.ACCEPTED, **real()}
    for name, make in (("smooth", interval.smooth), ("split", interval.split)):
        for number, one in enumerate(interval.instances(f"{name}_instances")):
            found[f"{name} instance {number}"] = make(one)
    return found


@pytest.mark.parametrize("one", BY_HAND, ids=lambda one: one.name)
def test_false_certificates_are_rejected_for_the_right_reason(one: rejected.False_) -> None:
    outcome = verify(one.document)
    assert not outcome.accepted
    assert one.reason in outcome.reason, outcome.reason


@pytest.mark.parametrize("name", ["a saddle", "another problem", "the draft of 2018", "a slope"])
def test_the_named_ones_are_there(name: str) -> None:
    assert any(one.name.startswith(name) for one in BY_HAND)


def test_more_rejected_than_accepted() -> None:
    """For every kind of argument, over all the test data."""
    counts = {True: Counter[str](), False: Counter[str]()}
    found = accepted()
    every = [*BY_HAND, *(f for name, d in found.items() for f in rejected.of_accepted(name, d))]
    for document, reason in test_plateaus.REJECTED:
        every.append(rejected.False_("plateau", document["argument"]["kind"], document, ""))
        assert reason
    for one in every:
        outcome = verify(one.document)
        assert not outcome.accepted, one.name
        assert one.reason in outcome.reason, f"{one.name}: {outcome.reason}"
        counts[False][one.kind] += 1
    for document in found.values():  # that they are accepted is tested where they come from
        counts[True][document["argument"]["kind"]] += 1
    print(counts)
    assert set(counts[True]) == KINDS
    for kind in KINDS:
        assert counts[False][kind] > counts[True][kind], kind
