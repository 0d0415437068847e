"""Judgements over maps and nets: rules, conditions, refusals, and points."""

import random
from fractions import Fraction

from landscape_cli import algebra
from landscape_cli.openness.calculus import Judgement, Refusal, openness_of, show_expression
from landscape_cli.openness.chain import analyse_factors
from landscape_cli.syntax import parse


def judge(text, rank=None):
    return openness_of(parse(text + "\nloss squared")[0], rank)


def rank_at(values):
    """Exact ranks of products of named matrices."""

    def lookup(node):
        names = show_expression(node).split()
        if any(name not in values for name in names):
            return None
        return algebra.rank(algebra.product(*(values[name] for name in names)))

    return lookup


def test_linear_chain():
    narrow = judge("net 4 -> 3 -> 2 -> 5")
    assert (narrow.target, narrow.derivation.rule) == ("bounded", "open-chain")
    assert narrow.conditions == ("rank(W3 W2 W1 X) = min(5, 2, 3, rank(X))",)
    wide = judge("net 4 -> 5 -> 2")
    assert wide.target == "image"  # {Z X}, for every X
    assert wide.conditions == (
        "rank(W2 W1) + 5 - rank(W1) >= 2 or rank(W2 W1) + 5 - rank(W2) >= 4",
    )
    found = judge("param A: 2 x 3\nparam B: 3 x 4\nmap A * B")
    assert found.target == "all"
    assert found.widths is True
    assert "rank(A B) + 3 - rank(B) >= 2" in found.conditions[0]
    assert found.satisfied is None
    assert {"open-product", "open-compose"} <= found.derivation.rules()


def test_pyramid_of_homeomorphisms():
    found = judge("net 9 -> tanh(5) -> leaky_relu(3) -> 2\ndata samples n\nassume n <= 9")
    assert isinstance(found, Judgement)
    assert found.target == "all"
    assert {"open-linear", "open-product", "open-activation"} <= found.derivation.rules()
    assert any(c.startswith("rank(X) = n") for c in found.conditions)


def test_relu_is_the_culprit():
    found = judge("net 9 -> relu(5) -> 2")
    # Holding W1, the output layer is open where the features have full column rank.
    assert isinstance(found, Judgement)
    assert "open-freeze" in found.derivation.rules()
    refused = judge("net 9 -> relu(5) -> relu(2)")
    assert isinstance(refused, Refusal)
    assert "relu" in refused.reason


def test_symmetric_sum_and_repeated():
    found = judge("param W: 5 x 2\nmap W * W^T")
    assert (found.target, found.derivation.rule) == ("psd", "open-symmetric")
    assert found.satisfied is True
    summed = judge("param A: 2 x 2\nparam B: 2 x 2\nparam C: 2 x 2\nmap A * B + C")
    assert "open-sum" in summed.derivation.rules()
    refused = judge("param A: 2 x 2\nmap A * A")
    assert isinstance(refused, Refusal)
    assert "share" in refused.reason or "more than once" in refused.reason


def test_constants():
    found = judge("const C: 2 x 3\nparam A: 3 x 4\nmap C * A")
    assert found.conditions == ("rank(C) = 2",)
    transposed = judge("param A: 3 x 4\nmap A^T")
    assert (transposed.rows, transposed.columns) == (4, 3)


def test_points_agree_with_the_three_rank_test_of_chains():
    rng = random.Random(3)
    seen = {True: 0, False: 0, "bounded": 0}
    for _ in range(150):
        sizes = [rng.randint(1, 3) for _ in range(4)]
        names = ["A", "B", "C"]
        values = {
            name: [[Fraction(rng.choice([0, 0, 1, -1])) for _ in range(n)] for _ in range(m)]
            for name, m, n in zip(names, sizes, sizes[1:], strict=False)
        }
        text = "".join(
            f"param {name}: {m} x {n}\n"
            for name, m, n in zip(names, sizes, sizes[1:], strict=False)
        )
        found = judge(text + "map A * B * C", rank_at(values))
        chain = analyse_factors([values[name] for name in names])
        if isinstance(found, Judgement) and found.target == "all":
            assert found.widths is True
            # The right-nested bracketing is one of those that the chain search tries.
            assert not found.satisfied or chain.open_into_all
            seen[bool(found.satisfied)] += 1
        elif isinstance(found, Judgement) and found.target == "bounded":
            assert found.satisfied == chain.nondegenerate
            seen["bounded"] += 1
    assert min(seen.values()) > 10


def test_bracketings_inside_a_general_map_are_searched():
    """A (B C) fails and (A B) C holds, under a sum, which the chain analysis does not cover."""
    rng = random.Random(7)
    text = "param A: 1 x 3\nparam B: 3 x 1\nparam C: 1 x 2\nconst K: 1 x 2\nmap A * B * C + K"
    other = 0
    for _ in range(150):
        names = {
            name: [[Fraction(rng.choice([-1, 0, 0, 1])) for _ in range(n)] for _ in range(m)]
            for name, m, n in (("A", 1, 3), ("B", 3, 1), ("C", 1, 2))
        }
        expected = analyse_factors([*names.values()])
        summed = judge(text, rank_at(names))
        if expected.open_into_all:
            # B C does not reach all 3 x 2 matrices: only (A B) C is open.
            assert summed.satisfied
            assert summed.derivation.rule == "open-sum"
            other += 1
        else:
            assert isinstance(summed, Refusal) or not summed.satisfied
    assert 20 < other < 150
