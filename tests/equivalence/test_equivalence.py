"""One problem written in two ways gets one verdict, and stating more never loses a proof."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from landscape_cli.engine.judge import judge, nearest
from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse
from tests.consistency.generator import matrix, models, random_matrix
from tests.consistency.generator import text as random_text
from tests.consistency.test_consistency import decided_by

LOSSES = ("squared", "absolute", "huber(1)", "hinge", "logistic", "log_cosh", "weighted_squared",
          "convex", "convex differentiable", "any", "lp(3)", "linear_loss", "poisson", "tukey(1)",
          "quantile(1/3)", "masked_squared", "squared_hinge", "epsilon_insensitive(1)")  # fmt: skip
TAILS = ("", "; regularize l2 1/10", "; regularize l1 1", "; subject_to convex",
         "; data samples 1", "; data samples 3", "; data X full_row_rank", "; data X identity",
         "; data X full_column_rank", "; data X isotropic", "; data Y realizable",
         "; data Y full_row_rank", "; assume rank(X) <= 1", "; assume rank(X) = 0",
         "; require strict_saddle", "; regularize l2 1/10; data X isotropic")  # fmt: skip


def model_of(text: str) -> Model | None:
    """The model; None where its statements contradict each other."""
    try:
        (model,) = parse(text)
    except InputError:
        return None
    return model


def answer(text: str) -> tuple[str, str, tuple[str, ...]] | None:
    """(verdict, theorem, blocking) as a report has them."""
    model = model_of(text)
    if model is None:
        return None
    judgement = judge(model)
    blocking: list[str] = []
    if judgement.verdict != "holds":
        for standing in nearest(judgement):
            pairs = zip(standing.theorem.assumptions, standing.findings, strict=True)
            blocking += [a.id for a, finding in pairs if not finding.granted]
    return judgement.verdict, decided_by(judgement), tuple(dict.fromkeys(blocking))


def verdict(text: str) -> str | None:
    found = answer(text)
    return None if found is None else found[0]


def random_widths(random: Random, most: int = 4) -> list[int]:
    return [random.choice((1, 1, 2, 2, 3, 4)) for _ in range(random.randint(2, most + 1))]


def as_net(widths: list[int]) -> str:
    return "net " + " -> ".join(map(str, widths))


def as_map(widths: list[int], transposed: bool = False) -> str:
    h = len(widths) - 1
    names = [f"W{k}" for k in range(1, h + 1)]
    shapes = [(widths[k], widths[k - 1]) for k in range(1, h + 1)]
    if transposed:
        statements = [f"param {n}: {c} x {r}" for n, (r, c) in zip(names, shapes, strict=True)]
        product = " * ".join(f"{name}^T" for name in reversed(names))
    else:
        statements = [f"param {n}: {r} x {c}" for n, (r, c) in zip(names, shapes, strict=True)]
        product = " * ".join(reversed(names))
    return "; ".join([*statements, f"map {product} * X"])


def same(one: str, other: str, counts: Counter[str]) -> None:
    first, second = answer(one), answer(other)
    assert (first is None) == (second is None), f"{one}\n{other}"
    assert first == second, f"{one}: {first}\n{other}: {second}"
    if first is not None:
        counts[first[0]] += 1


def test_a_net_and_the_same_product_as_a_map() -> None:
    random, counts = Random(1), Counter[str]()
    for _ in range(900):
        widths = random_widths(random)
        tail = f"; loss {random.choice((*LOSSES, 'cross_entropy'))}{random.choice(TAILS)}"
        written = as_net(widths) + tail
        same(written, as_map(widths) + tail, counts)
        same(written, as_map(widths, transposed=True) + tail, counts)
    assert counts["holds"] >= 200 and counts["conditional"] + counts["fails"] >= 100
    print(dict(counts))


def test_brackets_and_a_transposed_whole_change_nothing() -> None:
    random, counts = Random(2), Counter[str]()
    for _ in range(200):
        a, b, c = (random.choice((1, 2, 3)) for _ in range(3))
        tail = f"; loss {random.choice(LOSSES)}{random.choice(TAILS)}"
        head = f"param A: {a} x {b}; param B: {b} x {c}; "
        plain = f"{head}map A * B * X{tail}"
        same(plain, f"{head}map A * (B * X){tail}", counts)
        same(plain, f"{head}map (B^T * A^T)^T * X{tail}", counts)
        same(plain, f"{head}map (X^T * B^T * A^T)^T{tail}", counts)
    assert counts["holds"] >= 30


def test_reversing_the_widths_with_identity_data() -> None:
    """(W_h ... W_1)^T = W_1^T ... W_h^T: an entrywise loss and X = I give the same verdict."""
    random, counts = Random(3), Counter[str]()
    for _ in range(800):
        widths = random_widths(random)
        loss = random.choice([name for name in LOSSES if name != "masked_squared"])
        for tail in ("", "; regularize l2 1/10", "; regularize l1 1", "; require strict_saddle"):
            end = f"; loss {loss}; data X identity{tail}"
            one, other = as_net(widths) + end, as_net(widths[::-1]) + end
            first, second = answer(one), answer(other)
            assert first is not None and second is not None
            assert first[0] == second[0], f"{one}: {first}\n{other}: {second}"
            counts[first[0]] += 1
    assert counts["holds"] >= 200 and counts["conditional"] + counts["fails"] >= 100


IMPLIED = (
    # (statements of the model, what they imply)
    ("net {w}; loss {l}; data X identity", "data X full_row_rank"),
    ("net {w}; loss {l}; data X identity", "data X full_column_rank"),
    ("net {w}; loss {l}; data X identity", "data X isotropic"),
    ("net {w}; loss {l}; data X identity", "data samples {d0}"),
    ("net {w}; loss {l}; data X identity", "assume rank(X) = {d0}"),
    ("net {w}; loss {l}; data X full_row_rank", "assume rank(X) = {d0}"),
    ("net {w}; loss {l}; data X full_row_rank", "assume n >= {d0}"),
    ("net {w}; loss {l}; data X full_column_rank", "assume n <= {d0}"),
    ("net {w}; loss {l}; data samples 2", "assume rank(X) <= 2"),
    ("net {w}; loss {l}; data samples 1", "assume rank(X) <= 1 and rank(Y) <= 1"),
    ("net {w}; loss {l}", "assume rank(X) <= {d0}"),
    ("net {w}; loss {l}", "assume n >= 1"),
    ("net {w}; loss {l}", "regularize l2 0"),
    ("net {w}; loss {l}", "bias none"),
    ("net {w}; loss {l}", "require local_is_global"),
    ("net {w}; loss {l}; data X full_row_rank, X full_column_rank", "data samples {d0}"),
)


def test_stating_what_is_implied_changes_nothing() -> None:
    random, counts = Random(4), Counter[str]()
    for _ in range(90):
        widths = random_widths(random)
        fill = {"w": " -> ".join(map(str, widths)), "d0": widths[0], "l": random.choice(LOSSES)}
        for given, implied in IMPLIED:
            base = given.format(**fill)
            same(base, f"{base}; {implied.format(**fill)}", counts)
    assert counts["holds"] >= 200


ADDED = ("data X full_row_rank", "data X full_column_rank", "data X identity", "data X isotropic",
         "data Y full_row_rank", "data Y realizable", "data samples 1", "data samples 3",
         "data samples 12", "assume rank(X) <= 1", "assume rank(X) = 0", "assume n <= 2",
         "assume rank(Y) = 1", "data Y = X")  # fmt: skip


def test_stating_more_never_loses_a_proof() -> None:
    """More statements mean fewer problems: ``holds`` stays (with any theorem)."""
    random, counts = Random(5), Counter[str]()
    for written, model in models(55, 1500):
        if judge(model).verdict != "holds":
            continue
        for addition in random.sample(ADDED, 3):
            now = verdict(f"{written}; {addition}")
            if now is None:
                continue
            counts[now] += 1
            assert now == "holds", f"{written}\n+ {addition}: {now}"
    assert counts["holds"] >= 500


def test_concrete_data_never_lose_a_proof() -> None:
    """A proof for all data holds for each: X, Y, weights and fixed matrices filled in."""
    random, made = Random(6), 0
    for written, model in models(66, 1500):
        if model.network is None or judge(model).verdict != "holds" or "data" in written:
            continue
        if "assume" in written or model.loss.name in ("cross_entropy", "poisson", "hinge"):
            continue
        n = random.choice((1, 2, 3))
        d0, dh = model.network.input_width, model.network.layers[-1].width
        assert isinstance(d0, int) and isinstance(dh, int)
        items = [f"X = {matrix(random_matrix(random, d0, n))}"]
        if model.loss.name == "weighted_squared":
            items.append(f"weights = {matrix([[random.choice((1, 2)) for _ in range(n)]] * dh)}")
        below = d0
        for k, layer in enumerate(model.network.layers, start=1):
            assert isinstance(layer.width, int)
            if layer.fixed:
                values = (1, 2, 3) if layer.positive else (-1, 0, 1)
                rows = random_matrix(random, layer.width, below, values)
                items.append(f"W{k} = {matrix(rows)}")
            below = layer.width
        now = verdict(f"{written}; data {', '.join(items)}")
        if now is not None:
            made += 1
            assert now == "holds", f"{written}\n{items}: {now}"
    assert made >= 80


def test_a_given_rank_and_a_matrix_of_that_rank() -> None:
    """X = [[...]] of rank r against ``assume rank(X) = r`` with as many samples."""
    random, counts = Random(7), Counter[str]()
    for _ in range(300):
        widths = random_widths(random)
        n = random.choice((1, 2, 3, 4))
        rows = random_matrix(random, widths[0], n)
        from fractions import Fraction

        from landscape_cli.algebra import rank

        r = rank([[Fraction(str(v)) for v in row] for row in rows])
        loss = random.choice(("squared", "huber(1)", "absolute", "hinge", "convex"))
        head = f"{as_net(widths)}; loss {loss}"
        concrete = answer(f"{head}; data X = {matrix(rows)}")
        stated = answer(f"{head}; data samples {n}; assume rank(X) = {r}")
        assert concrete is not None and stated is not None
        counts[stated[0]] += 1
        if stated[0] == "holds":
            assert concrete[0] == "holds", (head, rows)
        if concrete[0] == "holds":
            assert stated[0] == "holds", (head, rows)
    assert counts["holds"] >= 80


def test_leaky_relu_of_slope_one_is_linear() -> None:
    random, counts = Random(8), Counter[str]()
    made = 0
    while made < 300:
        written = random_text(random, linear=0.8, maps=0.0)
        if "leaky_relu(" in written or model_of(written) is None:
            continue
        net = next(s for s in written.split("; ") if s.startswith("net"))
        layers = net.removeprefix("net ").split(" -> ")
        changed = [layers[0]]
        for layer in layers[1:]:
            plain = re.fullmatch(r"\d+", layer)
            if plain is not None:
                layer = f"leaky_relu({layer}, slope=1)"
            elif layer.startswith("linear("):
                layer = layer.replace("linear(", "leaky_relu(")[:-1] + ", slope=1)"
            changed.append(layer)
        rewritten = written.replace(net, "net " + " -> ".join(changed))
        first, second = answer(written), answer(rewritten)
        assert first is not None and second is not None, (written, rewritten)
        assert first[0] == second[0], f"{written}: {first}\n{rewritten}: {second}"
        if first[0] != "fails":  # which of several families comes first may depend on the name
            assert first == second, f"{written}: {first}\n{rewritten}: {second}"
        counts[first[0]] += 1
        made += 1
    assert counts["holds"] >= 60


def test_skips_of_linear_layers_are_a_shift_without_a_penalty() -> None:
    random, counts = Random(9), Counter[str]()
    for _ in range(250):
        d, last = random.choice((1, 2, 3)), random.choice((1, 2, 3))
        loss, tail = random.choice(LOSSES), random.choice([t for t in TAILS if "regul" not in t])
        plain = f"net {d} -> {d} -> {d} -> {last}; loss {loss}{tail}"
        skips = f"net {d} -> linear({d}, skip) -> linear({d}, skip) -> {last}; loss {loss}{tail}"
        first, second = answer(plain), answer(skips)
        assert (first is None) == (second is None)
        if first is None or second is None:
            continue
        # A counterexample needs an instance of its own; everything that is proved carries over.
        if "fails" not in (first[0], second[0]):
            assert first[:2] == second[:2], (plain, first, second)
        counts[first[0]] += 1
        assert (first[0] == "holds") == (second[0] == "holds")
    assert counts["holds"] >= 50


@pytest.mark.parametrize(
    ("wide", "members"),
    [
        ("any", ("convex", "tukey(1)", "zero_one", "absolute", "squared")),
        ("convex", ("convex differentiable", "absolute", "hinge", "quantile(1/3)", "lp(1)")),
        ("convex differentiable",
         ("convex smooth", "huber(1)", "squared_hinge", "lp(3/2)", "masked_squared")),
        ("convex smooth",
         ("squared", "weighted_squared", "log_cosh", "logistic", "poisson", "linear_loss",
          "lp(3)", "cross_entropy")),
    ],
)  # fmt: skip
def test_a_class_of_losses_and_its_members(wide: str, members: tuple[str, ...]) -> None:
    """The class holds: so does each member. A member fails: the class does not hold."""
    random, implied = Random(10), 0
    for _ in range(120):
        parts = [as_net(random_widths(random)), as_map(random_widths(random)),
                 f"param W: 2 x {random.choice((1, 2))}; map W * W^T",
                 f"net 2 -> tanh(2, fixed) -> {random.choice((1, 2))}"]  # fmt: skip
        head, tail = random.choice(parts), random.choice(TAILS)
        of_class = verdict(f"{head}; loss {wide}{tail}")
        for member in members:
            of_member = verdict(f"{head}; loss {member}{tail}")
            if of_class is None or of_member is None:
                continue
            if of_class == "holds":
                assert of_member == "holds", f"{head}; {tail}: {wide} holds, {member} {of_member}"
                implied += 1
            if of_member == "fails":
                assert of_class != "holds"
    assert implied >= (10 if wide == "any" else 60)


def test_named_losses_that_are_other_losses() -> None:
    """lp(2) is squared, lp(1) absolute, equal weights squared, a mask of ones squared."""
    random, counts = Random(11), Counter[str]()
    ones = {"squared": "squared", "weighted_squared": "[[2, 2], [2, 2]]",
            "masked_squared": "[[1, 1], [1, 1]]"}  # fmt: skip
    for _ in range(120):
        inner = random_widths(random, 3)
        head = as_net([random.choice((1, 2, 3)), *inner])
        tail = random.choice(TAILS)
        for one, other in (("lp(2)", "squared"), ("lp(1)", "absolute")):
            first, second = (
                verdict(f"{head}; loss {one}{tail}"),
                verdict(f"{head}; loss {other}{tail}"),
            )
            assert first == second, (head, tail, one, other)
        wide = as_net([random.choice((1, 2, 3)), *inner, 2]) + "; data samples 2"
        base = verdict(f"{wide}; loss squared{tail}")
        for name in ("weighted_squared", "masked_squared"):
            now = verdict(f"{wide}; loss {name}; data weights = {ones[name]}{tail}")
            assert now is None or base is None or (now == "holds") == (base == "holds"), (
                wide,
                tail,
            )
            counts[str(now)] += 1
    assert counts["holds"] >= 40


def test_merged_adapters_are_one_of_the_summed_width() -> None:
    random, counts = Random(12), Counter[str]()
    for _ in range(150):
        a, c, k, m = (random.choice((1, 2, 3)) for _ in range(4))
        loss, tail = random.choice(LOSSES), random.choice([t for t in TAILS if "l1" not in t])
        two = (f"param B: {a} x {k}; param A: {k} x {c}; param D: {a} x {m}; param E: {m} x {c}; "
               f"map B * A * X + D * E * X; loss {loss}{tail}")  # fmt: skip
        one = f"param B: {a} x {k + m}; param A: {k + m} x {c}; map B * A * X; loss {loss}{tail}"
        same(two, one, counts)
    assert counts["holds"] >= 40
