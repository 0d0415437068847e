"""Why a theorem does not apply."""

from __future__ import annotations

import pytest

from landscape_cli.api import report, why_not
from landscape_cli.catalogue import Theorem
from landscape_cli.engine.discovery import deciding_theorems
from landscape_cli.engine.judge import fits, stand
from landscape_cli.engine.why_not import WhyNot, broken_model
from landscape_cli.facts.facts import Facts
from landscape_cli.syntax import parse


def ask(text: str, name: str) -> WhyNot:
    return why_not(parse(text)[0], name, text)


UNBREAKABLE = {
    # A constant column is an output bias, which a map over parameters has not.
    ("constant-data", "independent-parameters"),
    # Both penalties of the language are convex.
    ("convex-problem", "no-regularizer"),
    # Of two layers the hidden one is the first; constant columns come with an output bias.
    ("constant-data", "bias-pattern"), ("two-layer-squared", "bias-pattern"),
    ("well-conditioned-realizable", "bias-pattern"), ("strict-saddle-degenerate", "bias-pattern"),
}  # fmt: skip
"""What no model breaks alone; nor convex-constraints: all sets of the language are convex."""


@pytest.mark.parametrize("theorem", deciding_theorems(), ids=lambda theorem: theorem.id)
def test_only_the_one_assumption_is_broken(theorem: Theorem) -> None:
    """Also where the catalogue gives no model of its own; a refutation is one by the kernel."""
    for assumption in theorem.assumptions:
        broken = broken_model(theorem, assumption, lambda text: report(parse(text)[0], text))
        kept = (theorem.id, assumption.id) in UNBREAKABLE or assumption.id == "convex-constraints"
        assert (broken is None) == kept, assumption.id
        if broken is None:
            continue
        facts = Facts(parse(broken.model)[0])
        findings = stand(theorem, facts).findings
        lacking = [
            a.id for a, f in zip(theorem.assumptions, findings, strict=True) if not f.granted
        ]
        assert lacking == [assumption.id]
        assert fits(theorem, facts)
        if broken.counterexample is not None:
            assert broken.verdict == "fails" and broken.counterexample.accepted


def test_each_missing_assumption_has_its_model_and_counterexample() -> None:
    found = ask("net 5 -> 2 -> 4; loss absolute", "linear-no-bottleneck")
    assert not found.applies
    missing = {one.used.assumption: one for one in found.assumptions if one.missing}
    assert set(missing) == {"differentiable-loss", "no-bottleneck"}
    assert missing["no-bottleneck"].used.text == "2 < min(5, 4)"
    assert missing["no-bottleneck"].used.quote == "2"
    for one in missing.values():
        assert one.broken is not None and one.broken.counterexample is not None
    assert all(one.broken is None for one in found.assumptions if not one.missing)


def test_a_theorem_that_applies() -> None:
    found = ask("net 5 -> 4 -> 4; loss huber(1)", "linear-no-bottleneck")
    assert found.applies and not any(one.missing for one in found.assumptions)


def test_a_conditional_theorem_that_applies_says_where() -> None:
    found = ask("net 5 -> elu(4) -> 3; loss huber(1); data X full_column_rank", "pyramidal")
    assert found.applies and found.conditions == ("rank(W2) = 3",)


def test_a_theorem_of_another_setting() -> None:
    found = ask("net 5 -> 4 -> 3; loss huber(1)", "symmetric-wide")
    assert not found.fits and not found.applies


def test_another_property() -> None:
    found = ask("net 5 -> 4 -> 3; loss huber(1); require strict_saddle", "linear-no-bottleneck")
    assert not found.asks and not found.applies


def test_a_family_says_why_it_has_no_instance() -> None:
    assert ask("net 2 -> 2 -> 2; loss huber(1)", "bottleneck-huber").refusal
    assert ask("net 2 -> 1 -> 2; loss huber(1)", "bottleneck-huber").applies


@pytest.mark.parametrize("name", ["open-chain", "erratum-second-order", "nonsense", ""])
def test_what_decides_nothing_is_refused(name: str) -> None:
    with pytest.raises(LookupError):
        ask("net 2 -> 1 -> 2; loss huber(1)", name)
