"""No model is both proved and refuted; judging is total, deterministic and fast."""

from __future__ import annotations

from collections import Counter

from landscape_cli.api import counterexample
from landscape_cli.engine.discovery import deciding_theorems, families
from landscape_cli.engine.judge import Judgement, judge, nearest
from landscape_cli.model.problem import VERDICTS, Model
from landscape_cli.syntax import parse, unparse
from tests.consistency.generator import models

COUNT = 4000


def decided_by(judgement: Judgement) -> str:
    if judgement.theorem is not None:
        return judgement.theorem.id
    return judgement.family.id if judgement.family is not None else "-"


def summary(model: Model) -> tuple[str, str, tuple[str, ...]]:
    """Verdict, what decided it, and the nearest theorems: what must not change."""
    judgement = judge(model)
    return judgement.verdict, decided_by(judgement), tuple(s.theorem.id for s in nearest(judgement))


def test_generated_models_are_judged_without_contradiction() -> None:
    """``judge`` raises ``InternalError`` where a theorem and a family speak of one model."""
    seen: Counter[str] = Counter()
    deciders: Counter[str] = Counter()
    for text, model in models(2024, COUNT):
        try:
            judgement = judge(model)
            near = nearest(judgement)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} on {text}: {error}") from error
        assert judgement.verdict in VERDICTS
        seen[judgement.verdict] += 1
        deciders[decided_by(judgement)] += 1
        if judgement.verdict == "holds":
            assert judgement.holds and judgement.family is None, text
        elif judgement.verdict == "fails":
            assert not judgement.holds and judgement.scope is not None, text
            assert judgement.scope.condition is True, text
        elif judgement.verdict == "conditional":
            assert judgement.theorem is not None and judgement.conditional, text
            assert judgement.theorem.conditions(judgement.facts), f"no condition: {text}"
        for standing in near:
            assert judgement.verdict == "holds" or standing.missing > 0, text
    print(dict(seen), dict(deciders))
    for verdict in ("holds", "conditional", "unknown", *(("fails",) if families() else ())):
        assert seen[verdict] >= 50, verdict
    asked = {t.id for t in deciding_theorems() if t.kind == "holds"}
    rare = {"decay-autoencoder", "two-layer-decay-isotropic", "tied-autoencoder",
            "well-conditioned-realizable", "two-layer-squared", "linear-loss-linear"}  # fmt: skip
    assert asked - rare <= set(deciders), asked - rare - set(deciders)


def test_judging_is_deterministic_and_blind_to_spans() -> None:
    """The same verdict again, and for the canonical text."""
    for text, model in models(7, 500):
        first = summary(model)
        assert first == summary(model), text
        (again,) = parse(unparse(model))
        assert first == summary(again), text


def test_the_decider_is_the_first_in_the_order_of_the_theory() -> None:
    orders = [theorem.order for theorem in deciding_theorems()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    for text, model in models(8, 600):
        judgement = judge(model)
        if judgement.verdict in ("holds", "conditional"):
            assert judgement.theorem is not None
            group = judgement.holds if judgement.verdict == "holds" else judgement.conditional
            assert judgement.theorem.order == min(s.theorem.order for s in group), text


def test_every_refutation_can_be_shown() -> None:
    """A scope never claims a model without an instance that the kernel accepts."""
    shown: Counter[str] = Counter()
    for seed, linear in ((31, 0.95), (32, 0.5)):
        for text, model in models(seed, 1200, linear=linear):
            judgement = judge(model)
            if judgement.verdict != "fails":
                continue
            try:
                assert counterexample(judgement) is not None
            except Exception as error:
                raise AssertionError(f"{type(error).__name__} on {text}: {error}") from error
            shown[decided_by(judgement)] += 1
    print(dict(shown))
    assert not families() or sum(shown.values()) >= 60
