"""Proofs of positive verdicts: every side condition broken in turn."""

from __future__ import annotations

from typing import Any

import pytest

from landscape_cli.engine.discovery import deciding_theorems
from landscape_cli.engine.judge import judge
from landscape_cli.engine.proof_document import problem_document, proof_document
from landscape_cli.facts.facts import Facts
from landscape_cli.kernel import verify
from landscape_cli.proof_checker import CONDITIONS, LINEAR, THEOREMS
from landscape_cli.syntax import parse

from . import mutants


def document(text: str) -> dict[str, Any]:
    """The engine's own proof of a model."""
    (model,) = parse(text)
    found = proof_document(judge(model))
    assert found is not None, text
    return found


def claim(theorem: str, text: str) -> dict[str, Any]:
    """The claim that a theorem decides a model, whatever the engine thinks."""
    (model,) = parse(text)
    problem = problem_document(Facts(model))
    steps = [{"rule": rule} for rule in [*THEOREMS[theorem][1].split(), theorem]]
    asked = model.requirement.name
    return {"schema": "landscape/proof/1", "property": asked, "theorem": theorem, "steps": steps,
            "problem": problem}  # fmt: skip


DECIDING = [t for t in deciding_theorems() if t.kind == "holds" or t.always is not None]
EXAMPLES = [(t.id, e) for t in DECIDING for e in t.examples]
BROKEN = [(t.id, name, e) for t in DECIDING for name, e in t.broken.items()]
MORE = [  # accepted by the theorem, though another one may come first
    ("linear-squared", "net 9 -> 1 -> 9; loss lp(2)"),
    ("linear-squared", "net 3 -> relu(4, fixed) -> 1 -> linear(2, bias); loss squared"),
    ("linear-squared", "param A: 3 x 1; param B: 1 x 3; const C: 3 x 3; map (C + A*B)*X; "
                       "loss squared"),
    ("linear-squared", "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[2, 2], [2, 2]]"),
    ("linear-squared", "param A: 5 x 2; param B: 2 x 4; map X^T*A*B; loss squared; "
                       "data samples 3"),
    ("linear-no-bottleneck", "net 9 -> 2 -> 9; loss huber(1); assume rank(X) <= 2"),
    ("linear-no-bottleneck", "net 9 -> 2 -> linear(9, bias); loss convex smooth; data samples 3"),
    ("linear-no-bottleneck", "net 9 -> 2 -> 3; loss cross_entropy"),
    ("linear-no-bottleneck", "net 9 -> 1 -> 2 -> linear(2, fixed); loss huber(1); "
                             "data W3 = [[1, 2], [2, 4]]"),
    ("linear-no-bottleneck", "net 4 -> linear(4, skip) -> 4; loss convex differentiable"),
    ("linear-no-bottleneck", "net 4 -> 1 -> 3; loss log_cosh; "
                             "data X = [[1, 2], [2, 4], [0, 0], [1, 2]]"),
    ("linear-open-everywhere", "param A: 2 x 3; param B: 3 x 2; param C: 2 x 1; param D: 1 x 2; "
                               "param E: 2 x 2; map A*B*X + E*tanh(C*D*X); loss absolute; "
                               "data X full_column_rank"),
    ("linear-differentiable-there", "net 2 -> 2 -> 1; loss absolute; data Y = [[1, 2]]"),
    ("two-layer-decay", "param A: 3 x 2; param B: 2 x 3; param C: 3 x 1; param D: 1 x 3; "
                        "map A*B*X + C*D*X; loss huber(1); regularize l2 1"),
    ("two-layer-decay-isotropic", "net 2 -> 1 -> 2; loss squared; regularize l2 1; "
                                  "data X = [[1, -1], [1, 1]]"),
    ("quadratic-wide", "net 2 -> quadratic(2) -> linear(1, fixed); loss huber(1); "
                       "regularize l2 1; data W2 = [[3, 3]]"),
    ("degenerate-ends", "net 2 -> tanh(2) -> linear(1, fixed); loss any; data W2 = [[0, 0]]"),
    ("pyramidal", "activation s(t) = t + max(sin(t), 0) / 2; "
                  "declare s continuous strictly_monotone; net 3 -> s(2); "
                  "loss hinge; data X full_column_rank"),
    ("convex-problem", "loss l(z, y) = max((z - y)^2, exp(z) - 3); declare l convex; net 3 -> 2"),
]  # fmt: skip
BAD = [
    ("linear-no-bottleneck", "net 9 -> 2 -> 9; loss huber(1); assume rank(X) <= 3",
     "no-bottleneck"),
    ("linear-no-bottleneck", "net 1 -> linear(1, bias) -> 2; loss huber(1)", "no-bottleneck"),
    ("linear-no-bottleneck", "net 9 -> 2 -> linear(9, bias); loss huber(1); data samples 4",
     "no-b"),
    ("linear-no-bottleneck", "net 9 -> 1 -> 3 -> linear(3, fixed); loss huber(1)", "no-bottleneck"),
    ("linear-no-bottleneck", "net 9 -> 2 -> 4; loss cross_entropy", "no-bottleneck"),
    ("linear-squared", "net 3 -> 1 -> linear(1, bias) -> 3; loss squared", "bias-pattern"),
    ("linear-squared", "net 3 -> 1 -> 3; loss lp(3)", "squared-loss"),
    ("linear-squared", "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[2, 2], [2, 1]]",
     "s"),
    ("linear-squared", "param A: 2 x 2; map A*A*X; loss squared", "independent-parameters"),
    ("linear-open-everywhere", "net 2 -> 3 -> 2; loss lp(1/2)", "convex"),
    ("linear-open-everywhere", "param A: 2 x 3; param B: 3 x 3; param C: 3 x 4; param D: 2 x 1; "
     "param E: 1 x 4; map X^T*A*B*C + X^T*D*E; loss absolute; data samples 1", "open-widths"),
    ("linear-open-everywhere", "param A: 2 x 3; param B: 3 x 2; param C: 2 x 1; param D: 1 x 2; "
     "param E: 2 x 2; map A*B*X + E*tanh(C*D*X); loss absolute", "dense-layers"),
    ("linear-differentiable-there", "net 2 -> 2 -> 1; loss absolute; data Y = [[1, 0]]", "point"),
    ("linear-differentiable-there", "net 2 -> 2 -> linear(1, bias); loss hinge", "point"),
    ("linear-differentiable-there", "param A: 1 x 1; param B: 1 x 2; const C: 1 x 2; "
     "map (C + A*B)*X; loss hinge", "point conditions"),
    ("two-layer-decay", "net 2 -> linear(2, skip) -> 2; loss huber(1); regularize l2 1", "dense"),
    ("two-layer-decay", "net 2 -> 2 -> 2; loss huber(1); regularize l2 1, 0", "l2-on-every-layer"),
    ("two-layer-decay", "param A: 3 x 2; param B: 2 x 3; param C: 3 x 1; param D: 1 x 3; "
     "map A*B*X + C*D*X; loss huber(1); regularize l2 1, 1, 2, 2", "dense-layers"),
    ("two-layer-decay-isotropic", "net 2 -> 1 -> linear(2, bias); loss squared; regularize l2 1; "
     "data X isotropic", "isotropic-data"),
    ("two-layer-decay-isotropic", "param P: 1 x 2; param Q: 2 x 2; map (P*Q*X)^T; loss squared; "
     "regularize l2 1; data samples 3, X full_row_rank, Y = [[2], [1], [0]]", "isotropic-data"),
    ("decay-autoencoder", "param A: 2 x 1; param B: 1 x 2; const C: 2 x 2; map C*X + A*B*X; "
     "loss squared; regularize l2 1; data Y = X", "autoencoder-targets"),
    ("tied-autoencoder", "param W: 2 x 1; map W*W^T*X; loss squared; data Y = X",
     "X-full-row-rank"),
    ("symmetric-wide", "param W: 2 x 1; map W*W^T; loss absolute", "factor-wide-enough"),
    ("symmetric-squared", "param W: 2 x 1; map W*W^T*X; loss squared; data X isotropic",
     "isotropic"),
    ("quadratic-wide", "net 2 -> quadratic(2) -> linear(1, fixed); loss huber(1); regularize l2 1; "
     "data W2 = [[3, 4]]", "unequal"),
    ("quadratic-wide", "net 2 -> quadratic(2) -> linear(1, fixed); loss huber(1); "
     "data W2 = [[3, 0]]", "positive-output-weights"),
    ("degenerate-ends", "net 2 -> sigmoid(2) -> 1; loss any; assume rank(X) = 0", "constant"),
    ("constant-data", "net 2 -> 2 -> linear(2, bias); loss convex; data X = [[1, 2], [1, 1]]",
     "const"),
    ("pyramidal", "net 3 -> tanh(2) -> 2; loss squared; data X full_column_rank", "one layer"),
    ("pyramidal", "activation s(t) = max(t, 0); net 3 -> s(2); loss hinge; data X full_column_rank",
     "homeo"),
    ("convex-problem", "loss l(z, y) = -(z - y)^2; net 3 -> 2", "convex-loss"),
]  # fmt: skip


@pytest.mark.parametrize(("theorem", "text"), EXAMPLES)
def test_examples_are_accepted(theorem: str, text: str) -> None:
    found = judge(parse(text)[0])
    if found.verdict == "holds":
        assert verify(document(text)).accepted, verify(document(text)).reason
        outcome = verify(claim(theorem, text))
        assert outcome.accepted and outcome.argument == theorem, outcome.reason
    else:
        assert not verify(claim(theorem, text)).accepted


@pytest.mark.parametrize(("theorem", "name", "text"), BROKEN)
def test_a_broken_assumption_is_rejected(theorem: str, name: str, text: str) -> None:
    outcome = verify(claim(theorem, text))
    assert not outcome.accepted and outcome.argument == theorem


@pytest.mark.parametrize(("theorem", "text"), MORE)
def test_accepted(theorem: str, text: str) -> None:
    assert verify(document(text)).accepted, verify(document(text)).reason
    assert verify(claim(theorem, text)).accepted, verify(claim(theorem, text)).reason


@pytest.mark.parametrize(("theorem", "text", "reason"), BAD)
def test_rejected(theorem: str, text: str, reason: str) -> None:
    outcome = verify(claim(theorem, text))
    assert not outcome.accepted and reason in outcome.reason, outcome.reason


def test_the_theorems_are_those_that_decide() -> None:
    steps = {t.id: " ".join(step.rule for step in t.steps) for t in DECIDING}
    assert {name: entry[1] for name, entry in THEOREMS.items()} == steps
    properties = {t.id: tuple(t.properties) for t in DECIDING}
    assert {name: entry[0] for name, entry in THEOREMS.items()} == properties


def test_every_condition_belongs_to_a_theorem() -> None:
    used = {name for theorem in THEOREMS.values() for name in theorem.conditions}
    assert used | set(LINEAR) == set(CONDITIONS)


def test_equal_names_in_a_product_are_one_matrix() -> None:
    """A A X is no chain of independent matrices, though A B X is."""
    good = document("param A: 1 x 1; param B: 1 x 1; map A*B*X; loss squared")
    assert verify({**good, "problem": {**good["problem"]}}).accepted
    twice = {**good["problem"], "map": {"product": ["A", "A", "X"]},
             "parameters": {"A": {"shape": [1, 1]}}}  # fmt: skip
    outcome = verify({**good, "problem": twice})
    assert not outcome.accepted and "independent-parameters" in outcome.reason


def test_what_is_taken_on_trust_is_named() -> None:
    """The user's word, and what an analysis outside the kernel derived."""
    good = document("net 2 -> 2; loss squared")
    assert "word" not in verify(good).reason and "derived" not in verify(good).reason
    for trust, said in (
        ({"declared": ["convex"]}, "on the user's word that l is convex"),
        ({"declared": [], "derived": ["convex"]}, "derived elsewhere: l is convex"),
    ):
        problem = {**good["problem"], "loss": {"custom": "l", **trust}}
        outcome = verify({**good, "problem": problem})
        assert outcome.accepted and said in outcome.reason, outcome.reason
    problem = {**good["problem"], "loss": {"custom": "l", "declared": ["smooth"]}}
    assert "convex-loss" in verify({**good, "problem": problem}).reason


def test_steps_must_be_those_of_the_theorem() -> None:
    good = document("net 2 -> 2 -> 2; loss huber(1)")
    assert verify(good).accepted
    names = [step["rule"] for step in good["steps"]]
    for changed in (names[1:], names[:-1], names[::-1], [], ["open-sum", "nothing", *names]):
        assert not verify({**good, "steps": [{"rule": rule} for rule in changed]}).accepted
    for steps in ({}, [None], [{}], [{"rule": ["x"]}], [{"rule": names[0], "conditions": [1]}]):
        assert not verify({**good, "steps": steps}).accepted
    assert not verify({**good, "property": "strict_saddle"}).accepted
    assert not verify({**good, "theorem": "linear-degenerate"}).accepted


def test_unknown_fields_and_shapes_are_rejected() -> None:
    network = "net 2 -> linear(2, fixed) -> 2 -> 2; loss huber(1); data X = [[1, 2], [3, 4]]"
    for text in (
        f"{network}, W1 = [[1, 0], [0, 1]]; regularize l2 1, 2",
        "param A: 2 x 3; param B: 3 x 2; const C: 2 x 2; map (C + A*B)*X; loss squared",
    ):
        good = document(text)
        assert verify(good).accepted, verify(good).reason
        count = 0
        for path, node in mutants.paths(good["problem"]):
            if isinstance(node, dict) and path != ("parameters",) and path != ("constants",):
                extra = mutants.replaced(good["problem"], path, {**node, "extra": "1"})
                assert not verify({**good, "problem": extra}).accepted, path
                count += 1
            if isinstance(node, list) and node and "map" not in path:
                longer = mutants.replaced(good["problem"], path, [*node, node[-1]])
                assert not verify({**good, "problem": longer}).accepted, path
                count += 1
        assert count > 8


def test_malformed_leaves_are_rejected() -> None:
    """Numbers that are none, fields too many, lists too long, in every place of a problem."""
    count = 0
    for text in (
        "net 2 -> linear(2, fixed) -> 2 -> 2; loss huber(1/2); regularize l2 1, 2; "
        "data X = [[1, 2], [3, 4]], W1 = [[1, 0], [0, 1]]",
        "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[2, 2], [2, 2]]",
        "param A: 2 x 3; param B: 3 x 2; const C: 2 x 2 = [[1, 0], [0, 1]]; map (C + A*B)*X; "
        "loss squared",
    ):
        good = document(text)
        assert verify(good).accepted, verify(good).reason
        for what, problem in mutants.malformed(good["problem"]):
            named = what.split(" + ")[0].strip()
            if named in ("('parameters',)", "('constants',)") or "'map'" in what:
                continue  # one more name, unused; a longer sum or product is another map
            changed = {**good, "problem": problem}
            assert not verify(changed).accepted, f"{text}: {what}"
            count += 1
    assert count > 150, count


def test_another_proof_is_rejected() -> None:
    """The steps of one theorem, and the name of another."""
    proofs = {t: document(e) for t, e in EXAMPLES if judge(parse(e)[0]).verdict == "holds"}
    count = 0
    for name, one in proofs.items():
        for other, two in proofs.items():
            if one["theorem"] != two["theorem"]:
                changed = {**one, "theorem": two["theorem"]}
                assert not verify(changed).accepted, (name, other)
                count += 1
    assert count > 50


def test_more_rejected_than_accepted() -> None:
    """False claims by hand and broken assumptions against examples."""
    assert len(BAD) + len(BROKEN) > len(EXAMPLES) + len(MORE)
