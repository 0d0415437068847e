"""The argument says what the engine found, and nothing but what the catalogue says."""

from __future__ import annotations

import pytest

from landscape_cli.api import check, report
from landscape_cli.engine.argument import ArgumentStep, sources, unfolded
from landscape_cli.engine.discovery import deciding_theorems, entry, families, rules, theorems
from landscape_cli.engine.proof import PROPERTY_TEXT
from landscape_cli.engine.report import ModelReport

EXAMPLES = [(t.id, text) for t in deciding_theorems() for text in t.examples]
IDS = [f"{name}-{k}" for k, (name, _) in enumerate(EXAMPLES)]


def only(text: str) -> ModelReport:
    found = check(text)
    assert not found.errors
    return found.models[0]


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=IDS)
def test_the_argument_is_that_of_the_proof_tree(name: str, text: str) -> None:
    found = only(text)
    argument = found.argument
    assert argument.verdict == found.verdict
    assert name in [part.rule for part in argument.parts] or found.theorem != name
    if found.theorem is None or found.verdict not in ("holds", "conditional"):
        return
    part = argument.parts[0]
    assert part.rule == found.theorem
    proof = found.proof
    assert proof is not None
    if not proof.side_conditions:
        return  # by regions
    # Every side condition with its numbers and place is used in some step, and nothing else is.
    conditions = {(c.assumption, c.text, c.span) for c in proof.side_conditions}
    own = [step for step in part.steps if step.kind in ("rule", "together")]
    used = {(u.assumption, u.text, u.span) for step in own for u in step.used}
    assert used == conditions
    assert [s.rule for s in own] == [*(s.rule for s in entry(part.rule).steps), part.rule]  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "text"), EXAMPLES[::3], ids=IDS[::3])
def test_every_word_of_a_step_is_the_catalogues(name: str, text: str) -> None:
    catalogue = {step.why for theorem in theorems() for step in theorem.steps}
    catalogue |= set(PROPERTY_TEXT.values())
    reductions = ("reduction", "instance", "minimum", "better", "family")

    def check_step(step: ArgumentStep) -> None:
        found = entry(step.rule)
        assert found is not None
        if step.kind not in reductions:
            assert step.claim in catalogue
        if step.statement:
            assert step.statement == found.statement
        if step.sketch:
            assert step.sketch == found.proof

    for part in only(text).argument.parts:
        for step in unfolded(part.steps, 5):
            check_step(step)


def test_numbers_and_quotes_are_those_of_the_model() -> None:
    text = "# a comment\nnet 7 -> 6 -> 3\nloss huber(1/2)\n"
    used = {u.assumption: u for p in only(text).argument.parts for s in p.steps for u in s.used}
    assert used["no-bottleneck"].text == "6 >= min(7, 3)"
    assert (used["no-bottleneck"].quote, used["no-bottleneck"].span.line) == ("6", 2)  # type: ignore[union-attr]
    assert (used["convex-loss"].quote, used["convex-loss"].span.line) == ("huber(1/2)", 3)  # type: ignore[union-attr]
    quantities = dict(only(text).argument.parts[0].quantities)
    assert quantities == {"h": "2", "e_0": "between 0 and 7", "e_h": "3", "q": "6"}


def test_without_the_text_nothing_is_quoted() -> None:
    model = only("net 7 -> 6 -> 3; loss huber(1)").model
    steps = report(model).argument.parts[0].steps
    assert all(not used.quote for step in steps for used in step.used)


def test_a_counterexample_has_an_instance_two_points_and_a_reason() -> None:
    argument = only("net 2 -> 1 -> 2; loss huber(1)").argument
    (part,) = argument.parts
    assert [step.kind for step in part.steps] == ["family", "instance", "minimum", "better"]
    assert part.example is not None and part.example.accepted
    assert part.example.document["local_minimum"]["value"] == "5/2"
    assert [u.text for u in part.steps[0].used] == ["the least hidden width is 1", "1 < min(2, 2)"]
    assert [g.theorem for g in argument.still] == ["linear-bottleneck-degenerate"]
    assert not argument.undecided


def test_an_instance_too_large_to_read_is_left_out() -> None:
    (part,) = only("net 90 -> 20 -> 90; loss huber(1)").argument.parts
    assert part.example is None
    assert [step.kind for step in part.steps] == ["family"]


def test_symbols_give_a_part_for_each_region_with_the_smallest_instance() -> None:
    argument = only("net d0 -> d1 -> d2; loss huber(1)").argument
    good, bad = argument.parts
    assert (good.where, bad.where) == (("d1 >= min(d0, d2)",), ("d1 < min(d0, d2)",))
    assert bad.example is not None
    assert bad.example.document["problem"]["widths"] == [2, 1, 2]
    assert not argument.undecided


def test_what_is_missing_names_assumptions_and_how_to_mend_them() -> None:
    argument = only("net 5 -> tanh(5) -> tanh(3) -> 4; loss logistic").argument
    assert argument.parts == () and argument.undecided
    found = {gap.theorem: gap.missing[0] for gap in argument.gaps}
    assert found["pyramidal-beyond-full-rank"].used.status == "not_given"
    assert "full_column_rank" in found["pyramidal-beyond-full-rank"].mend


def test_conditional_says_what_stays_open() -> None:
    argument = only("net 5 -> elu(4) -> 3; loss huber(1); data X full_column_rank").argument
    assert argument.parts[0].where == ("rank(W2) = 3",)
    assert "do not meet the condition" in argument.undecided


def test_the_users_word_is_marked() -> None:
    text = "net 5 -> 4 -> 4; loss l(z, y) = sqrt(1 + (z - y)^2)^3; declare l convex differentiable"
    found = only(text)
    used = [u for p in found.argument.parts for s in p.steps for u in s.used]
    assert [u.text for u in used if u.status == "declared"] == list(found.declared)


def test_sources_are_exactly_those_of_the_steps() -> None:
    argument = only("net 5 -> 2 -> 4; loss squared").argument
    assert [s.label for s in sources(argument)] == [
        "Zhang 2019",
        "Nouiehed & Razaviyayn 2022",
        "Eckart & Young 1936",
    ]
    # open-chain rests on open-freeze, which has its proof here.
    assert [s.label for s in sources(argument, 2)][2] == "this catalogue 2026"


def test_steps_use_assumptions_of_their_theorem_only() -> None:
    used = 0
    for theorem in deciding_theorems():
        for step in theorem.steps:
            assert set(step.uses) <= set(theorem.assumptions), (theorem.id, step.rule)
            used += len(step.uses)
    assert used > 100


def test_rules_rest_on_rules_and_on_no_circle() -> None:
    order: dict[str, tuple[str, ...]] = {
        t.id: tuple(step.rule for step in t.steps) for t in (*rules(), *deciding_theorems())
    }

    def depth(name: str, above: tuple[str, ...]) -> int:
        assert name not in above, (*above, name)
        return 1 + max((depth(below, (*above, name)) for below in order[name]), default=0)

    assert max(depth(name, ()) for name in order) >= 3


@pytest.mark.parametrize("family", families(), ids=lambda family: family.id)
def test_every_family_has_an_argument(family: object) -> None:
    text = family.examples[0]  # type: ignore[attr-defined]
    argument = only(text).argument
    assert argument.verdict == "fails"
    assert argument.parts[-1].example is None or argument.parts[-1].example.accepted


@pytest.mark.parametrize(
    ("text", "reductions"),
    [
        ("net 5 -> 4 -> linear(3, bias); loss huber(1); data samples 4",
         ["bias", "effective-input-width"]),
        ("net 5 -> linear(5, skip) -> 4; loss squared", ["skip"]),
        ("net 4 -> elu(3, bias) -> linear(1, bias); loss huber(1); data X full_column_rank", []),
        ("net 4 -> relu(3, bias) -> linear(1, bias); loss squared", []),
        ("net 4 -> 1 -> linear(3, bias); loss huber(1)", ["bias"]),
        ("net 5 -> 4 -> 3; loss cross_entropy", ["effective-output-width"]),
    ],
)  # fmt: skip
def test_only_reductions_that_the_rule_rests_on(text: str, reductions: list[str]) -> None:
    """A reduction of linear networks has no place in the proof about another one."""
    argument = only(text).argument
    found = (
        [s.rule for s in argument.parts[0].steps if s.kind == "reduction"] if argument.parts else []
    )
    assert found == reductions


def test_what_a_proof_names_is_a_source_too() -> None:
    """linear-loss-linear has no steps of its own: its proof names the rules."""
    argument = only("net 3 -> 2 -> 3; loss linear_loss").argument
    (step,) = argument.parts[0].steps
    names = [one.rule for one in step.mentions]
    assert names == ["open-chain", "open-transfer", "linear-degenerate"]
    assert {s.label for s in sources(argument)} == {
        "this catalogue 2026", "Nouiehed & Razaviyayn 2022", "Zhang 2019",
    }  # fmt: skip
