"""The summary table of theory.md section 2, written down a second time and compared.

Linear networks without biases and penalties that state no more than widths, n, rank X and the
named rank properties of X: for these the table is exact, so the verdict must be ``holds`` or
``fails`` exactly where the table says so.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse


class Case(NamedTuple):
    """A model and the ranks r = rank X that it allows, with the number of samples for each."""

    text: str
    widths: tuple[int, ...]
    samples: int | None
    ranks: tuple[int, ...]
    statement: str


BOTTLENECK = (
    "convex differentiable", "convex smooth", "weighted_squared", "huber(1)", "log_cosh",
    "poisson", "lp(3/2)",
)  # fmt: skip
KINKED = ("absolute", "lp(1)", "quantile(1/3)", "convex")
REPEATED = ("lp(3)", "logistic", "squared_hinge", "masked_squared")


def holds_without_bottleneck(case: Case, rank: int, outputs: int) -> bool:
    return all(width >= min(rank, outputs) for width in case.widths[1:-1])


def holds_wide(case: Case, rank: int, outputs: int) -> bool:
    return rank == 0 or all(width >= rank + outputs - 1 for width in case.widths[1:-1])


def verdict_of_the_table(loss: str, case: Case) -> str:
    """``holds``, ``fails``, or ``open`` where the table leaves it to other theorems."""
    outputs = case.widths[-1] - (loss == "cross_entropy")
    hidden = case.widths[1:-1]
    if not hidden:
        return "holds"
    narrow = min(hidden)
    if loss in ("squared", "lp(2)", "linear_loss"):
        return "holds"
    if outputs == 0:
        return "holds"
    if loss in BOTTLENECK or loss == "cross_entropy":
        fine = all(holds_without_bottleneck(case, r, outputs) for r in case.ranks)
        return "holds" if fine else "fails"
    if loss in KINKED:
        fine = all(holds_wide(case, r, outputs) for r in case.ranks)
        return "holds" if fine else "fails"
    if loss in REPEATED:
        if all(holds_without_bottleneck(case, r, outputs) for r in case.ranks):
            return "holds"
        copies = case.statement in ("data X identity", "data X full_column_rank")
        for rank in case.ranks:
            k = narrow
            if k >= min(rank, outputs) or copies:
                continue
            needed = {
                "lp(3)": max(2 * (k + 1), rank + 1),
                "logistic": 10 if k == 1 and rank == 2 else 10 * (k + 1) + 2 * (rank - k - 1),
                "squared_hinge": 2 * k + 4 + 2 * (rank - k - 1),
                "masked_squared": rank + 2,
            }[loss]
            if case.samples is None or case.samples >= needed:
                return "fails"
        return "open"
    if loss == "epsilon_insensitive(1/2)":
        if all(holds_wide(case, r, outputs) for r in case.ranks):
            return "holds"
        for rank in case.ranks:
            room = case.samples is None or 2 * rank <= case.samples
            doubled = case.statement in ("data X identity", "data X full_column_rank")
            if room and not doubled and rank >= 1 and narrow <= rank + outputs - 2:
                return "fails"
        return "open"
    if loss == "hinge":
        if all(min(r, outputs) <= 1 or holds_wide(case, r, outputs) for r in case.ranks):
            return "holds"
        return "conditional"
    raise KeyError(loss)


def cases(seed: int, count: int) -> list[Case]:
    generator = random.Random(seed)
    found: list[Case] = []
    while len(found) < count:
        depth = generator.choice((1, 2, 2, 2, 3, 3, 4))
        widths = tuple(generator.randint(1, 5) for _ in range(depth + 1))
        d0 = widths[0]
        statement = generator.choice(
            ("", "", "", "samples", "samples", "rank", "data X identity", "data X full_row_rank",
             "data X full_column_rank")
        )  # fmt: skip
        samples: int | None = None
        ranks = tuple(range(d0 + 1))
        parts = [f"net {' -> '.join(map(str, widths))}"]
        if statement == "samples":
            samples = generator.choice((1, 2, 3, 5, 8, 12, 40))
            ranks = tuple(range(min(d0, samples) + 1))
            parts.append(f"data samples {samples}")
        elif statement == "rank":
            rank = generator.randint(0, d0)
            ranks = (rank,)
            parts.append(f"assume rank(X) = {rank}")
        elif statement == "data X identity":
            samples, ranks = d0, (d0,)
            parts.append(statement)
        elif statement == "data X full_row_rank":
            ranks = (d0,)
            parts.append(statement)
        elif statement == "data X full_column_rank":
            samples = generator.randint(1, d0)
            ranks = (samples,)
            parts += [statement, f"data samples {samples}"]
        found.append(Case("; ".join(parts), widths, samples, ranks, statement))
    return found


LOSSES = (
    *BOTTLENECK, *KINKED, *REPEATED, "squared", "lp(2)", "linear_loss", "cross_entropy",
    "epsilon_insensitive(1/2)", "hinge",
)  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
def test_the_engine_agrees_with_the_table(loss: str) -> None:
    seen = {"holds": 0, "fails": 0}
    for case in cases(len(loss), 250):
        (model,) = parse(f"{case.text}; loss {loss}")
        verdict = judge(model).verdict
        wanted = verdict_of_the_table(loss, case)
        if wanted == "open":
            assert verdict in ("conditional", "holds", "fails"), case
            continue
        assert verdict == wanted, (loss, case, verdict, wanted)
        if wanted in seen:
            seen[wanted] += 1
    assert seen["holds"] >= 20
    if loss not in ("squared", "lp(2)", "linear_loss", "hinge"):
        assert seen["fails"] >= 15
