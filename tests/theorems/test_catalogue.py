"""The catalogue is complete, and every theorem does what its own file says."""

from __future__ import annotations

from pathlib import Path

import pytest

import landscape_cli
from landscape_cli.catalogue import Theorem
from landscape_cli.engine.discovery import (
    deciding_theorems,
    entry,
    families,
    literature,
    rules,
    theorems,
)
from landscape_cli.engine.judge import judge, stand
from landscape_cli.facts.facts import Facts
from landscape_cli.syntax import parse

PACKAGE = Path(landscape_cli.__file__).parent
SECTION_2_AND_3 = {
    "convex-problem", "linear-no-bottleneck", "linear-squared", "two-layer-squared",
    "linear-bottleneck-degenerate", "linear-open-everywhere", "linear-differentiable-there",
    "linear-loss-linear", "well-conditioned-realizable", "linear-locally-open",
    "two-layer-decay", "two-layer-decay-isotropic", "decay-autoencoder",
    "two-layer-decay-deficient", "symmetric-wide", "symmetric-deficient", "symmetric-squared",
    "tied-autoencoder", "quadratic-wide", "quadratic-deficient", "pyramidal",
    "pyramidal-beyond-full-rank", "frozen-features", "linear-degenerate", "open-everywhere",
    "burer-monteiro-equivalence",
}  # fmt: skip
HISTORICAL = {
    "baldi-hornik-1989", "kawaguchi-2016", "lu-kawaguchi-2017", "yun-sra-jadbabaie-2018",
    "laurent-von-brecht-2018",
}  # fmt: skip


def ids(entries: tuple[Theorem, ...]) -> list[str]:
    return [theorem.id for theorem in entries]


def test_every_theorem_of_the_theory_is_there() -> None:
    names = set(ids(theorems()))
    assert names >= SECTION_2_AND_3
    assert names >= HISTORICAL
    assert sum(t.kind == "erratum" for t in theorems()) >= 7


def test_ids_are_unique_and_file_names() -> None:
    names = [*ids(theorems()), *(family.id for family in families())]
    assert len(names) == len(set(names))
    for folder, entries in (
        ("theorems", deciding_theorems()), ("rules", rules()), ("literature", literature()),
    ):  # fmt: skip
        files = {p.stem for p in (PACKAGE / folder).glob("*.py")} - {"__init__"}
        assert files == {theorem.id.replace("-", "_") for theorem in entries}


@pytest.mark.parametrize("theorem", theorems(), ids=lambda t: t.id)
def test_every_entry_is_complete(theorem: Theorem) -> None:
    assert len(theorem.statement) > 40
    assert len(theorem.proof) > 40
    assert theorem.source.authors
    assert theorem.source.year > 1900
    for name in (*theorem.subsumes, *theorem.related, *(s.rule for s in theorem.steps)):
        assert entry(name) is not None, name
    for name in theorem.converse.values():
        assert any(family.id == name for family in families()), name


def test_orders_are_distinct() -> None:
    orders = [theorem.order for theorem in theorems()]
    assert len(orders) == len(set(orders))


def test_historical_theorems_are_subsumed_and_never_decide() -> None:
    subsumed = {name for theorem in deciding_theorems() for name in theorem.subsumes}
    assert subsumed >= HISTORICAL
    assert not set(ids(deciding_theorems())) & HISTORICAL


EXAMPLES = [(t, text) for t in deciding_theorems() for text in t.examples]


@pytest.mark.parametrize(("theorem", "text"), EXAMPLES, ids=lambda v: getattr(v, "id", None) or v)
def test_examples_are_decided_by_their_theorem(theorem: Theorem, text: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    expected = model.expectation.verdict if model.expectation else None
    holds = [s.theorem.id for s in judgement.holds]
    conditional = [s.theorem.id for s in judgement.conditional]
    if theorem.kind == "holds" or theorem.id in holds:
        assert theorem.id in holds
        assert judgement.verdict == "holds"
    else:
        assert theorem.id in conditional
    if expected is not None:
        assert judgement.verdict == expected


BROKEN = [(t, name, text) for t in deciding_theorems() for name, text in t.broken.items()]


@pytest.mark.parametrize(("theorem", "name", "text"), BROKEN, ids=lambda v: getattr(v, "id", v))
def test_only_the_named_assumption_is_broken(theorem: Theorem, name: str, text: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    standing = stand(theorem, judgement.facts)
    missing = {
        assumption.id: finding.status
        for assumption, finding in zip(theorem.assumptions, standing.findings, strict=True)
        if not finding.granted
    }
    assert list(missing) == [name]
    assert theorem.id not in [s.theorem.id for s in (*judgement.holds, *judgement.conditional)]


@pytest.mark.parametrize("theorem", [*theorems(), *literature()], ids=lambda t: t.id)
def test_what_is_said_of_the_untied_map_needs_independent_parameters(theorem: Theorem) -> None:
    """Else a theorem could apply to W W X because it applies to W W' X."""
    if any(assumption.untied for assumption in theorem.assumptions):
        assert "independent-parameters" in {assumption.id for assumption in theorem.assumptions}


def test_the_untied_map_has_a_parameter_for_every_occurrence() -> None:
    (model,) = parse("param W: 2 x 2; param V: 2 x 2; map W * V * W^T * W * X; loss squared")
    facts = Facts(model)
    assert facts.chain is None and facts.untied.untied is facts.untied
    assert facts.untied.weight_names == ("W''", "W'^T", "V", "W")
    assert Facts(facts.untied.model).ends == facts.untied.ends
    for text in (
        "net 2 -> 2 -> 2; loss squared",
        "param W: 2 x 2; map W * W^T; loss squared",
        "param W: 2 x 2; param V: 2 x 2; map W * V * W * X; loss squared; regularize l2 1, 2",
    ):
        (model,) = parse(text)
        facts = Facts(model)
        assert facts.untied is facts


@pytest.mark.parametrize("theorem", deciding_theorems(), ids=lambda t: t.id)
def test_every_headline_assumption_has_a_model_that_breaks_only_it(theorem: Theorem) -> None:
    headline = {a.id for a in theorem.assumptions if not a.structural}
    assert headline <= set(theorem.broken), sorted(headline - set(theorem.broken))


def test_every_converse_family_refutes_the_model_that_breaks_the_assumption() -> None:
    checked = 0
    for theorem in deciding_theorems():
        for name in theorem.converse:
            if name not in theorem.broken:
                continue
            (model,) = parse(theorem.broken[name])
            judgement = judge(model)
            assert judgement.verdict in ("fails", "conditional", "unknown")
            checked += judgement.verdict == "fails"
    assert checked >= 20
