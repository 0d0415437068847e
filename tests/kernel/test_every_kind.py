"""Every kind of argument: real certificates with every leaf changed; rejected outnumber accepted.

A changed document is rejected, or an oracle that shares nothing with the kernel confirms that
what it claims is still true.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import chain
from random import Random
from typing import Any

import pytest

from landscape_cli.catalogue import BuildOptions, Instance
from landscape_cli.engine.discovery import families
from landscape_cli.facts.facts import Facts
from landscape_cli.interval_checker import verify
from landscape_cli.kernel import ELSEWHERE
from landscape_cli.kernel.arguments import CRITICAL, MINIMA, REFUTATIONS
from landscape_cli.point.analysis import analyse_point
from landscape_cli.syntax import parse
from tests.interval import documents as interval

from . import mutants, oracle, samples, test_plateaus

KINDS = {*MINIMA, *CRITICAL, *REFUTATIONS, *ELSEWHERE}
DRAWN = 110  # changed documents for each certificate, drawn from all
POINTS = (  # certificates that ``landscape point`` writes
    "net 2 -> 1 -> 1 -> 2; loss squared; data X = [[1, 0], [0, 1]], Y = [[0, 0], [0, 1]]; "
    "at W1 = [[1, 0]], W2 = [[0]], W3 = [[1], [0]]",
    "net 1 -> tanh(1) -> 1; loss squared; data X = [[1]], Y = [[1]]; at W1 = [[0]], W2 = [[0]]",
    "net 1 -> relu(1, bias) -> 1; loss absolute; data X = [[1, 2]], Y = [[1, 3]]; "
    "at W1 = [[1/2]], b1 = [1], W2 = [[1]]",
    "net 2 -> 1 -> 2; loss huber(1); data X = [[1, 0], [0, 1]], Y = [[2, 0], [0, 3]]; "
    "at W1 = [[0, 0]], W2 = [[0], [0]]",
)


def built(text: str, name: str) -> dict[str, Any]:
    family = {f.id: f for f in families()}[name]
    made = family.build(Facts(parse(text)[0]), BuildOptions(simplest=True))
    assert isinstance(made, Instance)
    return made.document


@cache
def real() -> dict[str, dict[str, Any]]:
    """The first example of every family, points, and the samples of the other tests."""
    found = {f.id: built(f.examples[0], f.id) for f in families()}
    for number, text in enumerate(POINTS):
        document = analyse_point(parse(text)[0]).certificate
        assert document is not None, text
        found[f"point {number}"] = document
    carried = interval.instances("smooth_instances"), interval.instances("split_instances")
    found["smooth 3"] = interval.smooth(carried[0][3])
    found["split 4"] = interval.split(carried[1][4], 3)
    return {**found, **samples.refutations(), **test_plateaus.ACCEPTED}


def changes(document: dict[str, Any], others: dict[str, Any]) -> list[tuple[str, Any]]:
    """All changes of every sort; which sort is the first word."""
    sorts = {
        "changed": mutants.changed(document),
        "malformed": mutants.malformed(document),
        "swapped": mutants.swapped(document),
        "foreign": mutants.foreign(document, others),
    }
    return list(chain.from_iterable(
        ((f"{sort} {what}", new) for what, new in found) for sort, found in sorts.items()
    ))  # fmt: skip


def test_every_kind_has_a_real_certificate() -> None:
    kinds = {document["argument"]["kind"] for document in real().values()}
    assert kinds == KINDS
    for name, document in real().items():
        outcome = verify(document)
        assert outcome.accepted, f"{name}: {outcome.reason}"
        assert oracle.still_true(document), name


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_changes_are_rejected_or_still_true(kind: str) -> None:
    """Drawn changes, every sort among them; rejected outnumber accepted by far."""
    others = {d["argument"]["kind"]: d for d in real().values()}
    rejected, accepted = Counter[str](), Counter[str]()
    for name, document in real().items():
        if document["argument"]["kind"] != kind:
            continue
        every = changes(document, {k: d for k, d in others.items() if k != kind})
        for what, changed in Random(name).sample(every, min(DRAWN, len(every))):
            outcome = verify(changed)
            sort = what.partition(" ")[0]
            if not outcome.accepted:
                assert outcome.reason, what
                rejected[sort] += 1
                continue
            assert sort != "malformed", f"{name}: {what}"
            assert oracle.still_true(changed), f"{name}: {what}"
            accepted[sort] += 1
    print(kind, dict(rejected), dict(accepted))
    assert min(rejected[sort] for sort in ("changed", "malformed", "swapped", "foreign")) >= 5
    assert rejected.total() > 5 * accepted.total()
