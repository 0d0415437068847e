"""Repairs: each holds when judged again, the widening is the least one, files keep their layout."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from landscape_cli.engine.judge import judge
from landscape_cli.engine.repairs import Mended, Wish, propose
from landscape_cli.engine.widening import hidden_widths, least_widening
from landscape_cli.facts.facts import Facts
from landscape_cli.model.terms import as_integer
from landscape_cli.syntax import parse, unparse_statements
from landscape_cli.syntax.edit import mend

MODELS = (
    "net 2 -> 2 -> 2; loss absolute",
    "net 9 -> 2 -> 3 -> 8; loss huber(1)",
    "net 3 -> 2 -> 3; loss weighted_squared",
    "net 4 -> 2 -> 3; loss absolute; regularize l2 1",
    "net 3 -> 1 -> 3; loss zero_one",
    "net 5 -> 2 -> 4; loss convex; subject_to affine",
    "net 4 -> quadratic(2) -> linear(1, fixed, positive); loss absolute",
    "param W: 4 x 2; map W * W^T; loss log_cosh",
    "param A: 4 x 2; param B: 2 x 3; map A * B * X; loss absolute",
    "net d0 -> d1 -> d2; loss huber(1)",
    "net d0 -> 2 -> 7; loss huber(1); assume d0 <= 5",
    "net d0 -> 2 -> 3 -> 2; loss absolute; assume d0 <= 5",
    "param W: m x 2; map W * W^T; loss convex; assume m <= 4",
    "net 5 -> 3 -> linear(4, fixed) -> 3; loss huber(1)",
)


def proposed(text: str, wish: Wish | None = None) -> tuple[Mended, ...]:
    return propose(judge(parse(text)[0]), 8, wish or Wish(optimise=True))


@pytest.mark.parametrize("text", MODELS)
def test_every_repair_is_judged_again(text: str) -> None:
    found = proposed(text)
    assert found
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert len({one.text for one in found}) == len(found)
    for one in found:
        (again,) = parse(unparse_statements(one.model))
        assert again == one.model
        judgement = judge(again)
        assert judgement.verdict == ("conditional" if one.partial else "holds"), one.text
        # A problem that is made trivial is not mended.
        assert not any(standing.theorem.settles for standing in judgement.holds)


@pytest.mark.parametrize("text", MODELS[:12])
def test_the_text_of_a_model_is_mended(text: str) -> None:
    """Comments and layout stay; what is read from the new text is the mended model."""
    statements = text.split("; ")
    document = "# before\nmodel one {\n" + "".join(
        f"   {statement}   # about {k}\n" for k, statement in enumerate(statements)
    ) + "}\nmodel two { net 1 -> 1; loss squared }\n"  # fmt: skip
    old = parse(document)[0]
    for one in propose(judge(old), 8, Wish(optimise=True)):
        new = mend(document, old, one.model)
        assert new is not None, one.text
        assert parse(new)[0] == one.model
        assert new.startswith("# before\nmodel one {\n   ")
        assert new.endswith("}\nmodel two { net 1 -> 1; loss squared }\n")
        dropped = sum(part.startswith("drop ") for part in one.text.split(", "))
        assert sum(f"# about {k}" in new for k in range(len(statements))) >= (
            len(statements) - dropped
        )


NUMERIC: tuple[tuple[str, dict[str, int]], ...] = (
    ("net 5 -> 2 -> 4; loss huber(1)", {}),
    ("net 3 -> 1 -> 2 -> 3; loss absolute", {}),
    ("net 4 -> 2 -> 3 -> 3; loss log_cosh", {"d1": 5}),
    ("net 4 -> 2 -> 3; loss convex differentiable; data samples 3", {}),
    ("param A: 3 x 1; param B: 1 x 4; map A * B; loss absolute", {}),
    ("net d0 -> 1 -> 2 -> 3; loss huber(1); assume d0 <= 2", {}),
    ("net d0 -> 2 -> d0; loss absolute; assume d0 <= 3", {}),
    ("net d0 -> 1 -> 2 -> 3; loss huber(1); assume d0 <= n; data samples n; assume n <= 3", {}),
)


@pytest.mark.parametrize(("text", "weights"), NUMERIC)
def test_the_widening_is_the_least(text: str, weights: dict[str, int]) -> None:
    from landscape_cli.engine.widening import with_widths

    facts = Facts(parse(text)[0])
    old = {name: width for name, width in hidden_widths(facts).items() if isinstance(width, int)}
    best: int | None = None
    for widths in product(range(1, 8 if facts.numeric else 6), repeat=len(old)):
        wider = dict(zip(old, widths, strict=True))
        cost = sum(weights.get(name, 1) * (wider[name] - old[name]) for name in old)
        if any(wider[name] < old[name] for name in old) or (best is not None and cost >= best):
            continue
        model = with_widths(facts, wider)
        assert model is not None
        if judge(model).verdict == "holds":
            best = cost
    found = least_widening(facts, frozenset(), weights)
    if best is None:
        assert found is None
        return
    assert found is not None
    new = hidden_widths(Facts(found.model))
    grown = {name: as_integer(new[name]) - old[name] for name in old}
    assert sum(weights.get(name, 1) * grown[name] for name in old) == best
    assert judge(found.model).verdict == "holds"


def test_widths_that_are_kept() -> None:
    facts = Facts(parse("net 6 -> 2 -> 3 -> 5; loss huber(1)")[0])
    assert least_widening(facts, frozenset({"d1"}), {}) is None
    facts = Facts(parse("net 6 -> 2 -> 5 -> 5; loss huber(1)")[0])
    found = least_widening(facts, frozenset({"d2"}), {})
    assert found is not None and found.text == "d1: 2 -> 5"
    texts = [one.text for one in proposed("net 6 -> 2 -> 3 -> 5; loss huber(1)")]
    assert "d1: 2 -> 5, d2: 3 -> 5" in texts
    kept = proposed("net 6 -> 2 -> 3 -> 5; loss huber(1)", Wish(frozenset({"d1"}), {}, True))
    assert kept and not any(one.text.startswith("d1") for one in kept)


def test_the_solver_and_the_closed_form_agree() -> None:
    """Without z3 (in `ask`) the widening is the same where widths are numbers."""
    for text, weights in NUMERIC:
        model = parse(text)[0]
        if weights or "d0" in text:
            continue
        plain = {one.text: one.model for one in propose(judge(model), 8)}
        solved = {one.text: one.model for one in proposed(text)}
        assert plain == solved, text


def test_a_symbolic_class_is_cut_down() -> None:
    (first, *_) = proposed("net d0 -> d1 -> d2; loss huber(1)")
    assert first.text == "state assume d1 >= min(d0, d2)"
    assert first.theorem == "linear-no-bottleneck"
    assert propose(judge(parse("net d0 -> d1 -> d2; loss huber(1)")[0])) == ()


def test_nothing_to_repair() -> None:
    model = parse("net 5 -> 2 -> 4; loss squared")[0]
    assert propose(judge(model), 8, Wish(optimise=True)) == ()
    assert propose(judge(replace(model, name="x")), 8) == ()
