"""Concrete data: what the searches claim is an instance that satisfies the model, and accepted."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product as choices

import pytest

from landscape_cli.api import build, certify
from landscape_cli.catalogue import BuildOptions, Instance
from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse
from tests.campaign.attack import attack

from .generate_given import linear_text, matrix, network_text, square_text

# What the models of section 5.1 give as data, up to the order, signs and scale of rows and samples.
FOUND = (
    "net 2 -> 1 -> 2; loss huber(1); data X = [[1, 0], [0, 1]], Y = [[2, 0], [0, 3]]",
    "net 2 -> 1 -> 2; loss huber(1); data X = [[2, 1], [1, 1]], Y = [[0, -7/3], [17/5, 0]]",
    "net 2 -> linear(1, bias) -> 2; loss huber(1); data X = [[1, 0], [0, 1]], Y = [[2, 0], [0, 3]]",
    "net 2 -> 1 -> linear(2, bias); loss huber(1); data X = [[1, 0, 0, 0], [0, 1, 0, 0]], "
    "Y = [[10, 0, 0, 0], [0, 11, -1/2, -1/2]]",
    "net 3 -> 2 -> 3; loss huber(1); data Y = [[2, 0, 0], [0, 0, 3], [0, 2, 0]]",
    "net 4 -> 1 -> 2; loss huber(1); data Y = [[2, 1/3, -3, 0, 1/2, 6], [1/5, 5, 2, -6, 2, 1]]",
    "net 3 -> linear(3, fixed) -> 1 -> 2; loss huber(1); data Y = [[3, 0, 0, 0], [0, 5, 0, 0]]",
    "net 3 -> linear(3, fixed) -> 1 -> 2; loss huber(1); "
    "data W1 = [[1, 2, 0], [0, 1, 0], [0, 0, 3]], X identity, Y = [[3, 0, 0], [0, 5, 0]]",
    "net 3 -> linear(3, skip) -> 1 -> 2; loss huber(1); data Y = [[3, 0, 0, 0], [0, 5, 0, 0]]",
    "net 3 -> 1 -> 2; loss huber(1); data X isotropic, Y = [[3, 0, 0, 0], [0, 5, 0, 0]]",
    "param A: 2 x 1; param B: 1 x 2; map A * B; loss huber(1); data Y = [[3, 0], [0, 5]]",
    "net 2 -> 1 -> 2; loss weighted_squared; data weights = [[1, 3], [3, 1]], Y = [[1, 0], [0, 2]]",
    "net 2 -> 1 -> 2; loss weighted_squared; data Y = [[1, 0], [0, 1]]",
    "net 2 -> 1 -> 2; loss weighted_squared; data Y = [[2, 1], [1, -5]]",
    "net 2 -> 1 -> 2; loss convex smooth; data X = [[1, 2], [3, 4]], Y = [[2, 1], [1, -5]]",
    "net 2 -> 1 -> 2; loss log_cosh; data Y = [[2, 0], [0, -3]]",
    "net 2 -> 1 -> 2; loss lp(3/2); data Y = [[0, 2], [3, 0]]",
    "net 3 -> 2 -> 3; loss poisson; data Y = [[1, 1/5, 1], [1, 1, 5/2], [1/5, 1, 1]]",
    "net 4 -> 1 -> 2; loss squared_hinge; data Y = [[1, 1, -1, 1, -1, 1, 1, 1, 1, 1], "
    "[1, -1, -1, 1, -1, 1, -1, -1, -1, 1]]",
    "net 4 -> 1 -> 2; loss logistic; data Y = [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "
    "[1, 1, 1, 1, 1, -1, -1, -1, -1, -1]]",
    "net 2 -> 1 -> 2; loss logistic; data "
    "X = [[1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]], "
    "Y = [[1, 1, 1, 1, 1, 1, -1, -1, 1, -1], [1, -1, 1, -1, 1, -1, 1, -1, 1, 1]]",
    "net 3 -> 1 -> 3; loss masked_squared; data Y = [[1, 1, 0], [1, 7, 0], [0, 0, 19/10]], "
    "weights = [[1, 1, 1], [1, 0, 1], [1, 1, 1]]",
    # Kinks.
    "net 2 -> 1 -> 1; loss absolute; data X = [[1, 0], [0, 1]], Y = [[0, 1]]",
    "net 2 -> 2 -> 2; loss absolute; data X = [[2, 1], [1, 1]], Y = [[0, 1/3], [0, 0]]",
    "net 3 -> 2 -> 3 -> 2; loss quantile(1/10); data Y = [[0, 0, 0], [0, 0, -5]]",
    "net 3 -> 2 -> 2; loss absolute; data Y = [[0, 0, 0, 1, 2, 0, 0], [0, 0, -5, 0, 0, 0, 0]]",
    "net 3 -> 2 -> 2; loss epsilon_insensitive(1/2); data "
    "Y = [[1/2, -1/2, 1/2, -1/2, 1/2, -1/2], [1/2, -1/2, 1/2, -1/2, 7/2, 5/2]]",
    "net 2 -> 1 -> 1; loss convex; data X = [[1, 0, 1/3], [0, 1, 1/3]]",
    # Dependent samples, free targets.
    "net 2 -> 1 -> 2; loss huber(1); data X = [[1, 0, 1], [0, 1, 1]]",
    "net 3 -> 2 -> 4; loss log_cosh; data X = [[1, 0, 1, 2, 3], [0, 1, 1, 5, 7], [1, 1, 1, 2, 4]]",
    "net 3 -> 2 -> 4; loss lp(3/2); data X = [[1, 0, 1, 2, 3], [0, 1, 1, 5, 7], [1, 1, 1, 2, 4]]",
    "net 3 -> 1 -> 4; loss masked_squared; data X = [[1, 0, 1, 2], [0, 1, 1, 5], [1, 1, 1, 2]]",
    "net 3 -> 1 -> linear(4, bias); loss huber(1); data "
    "X = [[1, 0, 1, 2, 3], [0, 1, 1, 5, 7], [1, 1, 1, 2, 4]]",
    "net 3 -> linear(1, bias) -> 4; loss weighted_squared; data "
    "X = [[1, 0, 1, 2, 3], [0, 1, 1, 5, 7], [1, 1, 1, 2, 4]]",
    "net 2 -> 1 -> 2; loss poisson; data X = [[1, 0, 1, 1], [0, 1, 0, 0]]",
    "net 2 -> 1 -> 2; loss squared_hinge; data "
    "X = [[1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]]",
    # Penalties and activations.
    "net 2 -> 1 -> 1 -> 1; loss squared; regularize l2 1; data Y = [[2, 0]]",
    "net 2 -> tanh(3, bias) -> tanh(2) -> linear(2, bias); loss squared; regularize l2 1/100; "
    "data Y = [[2, 0, 1], [1, 2, 3]], X = [[1, 0, 1], [0, 1, 1]]",
    "net 2 -> relu(3) -> 1; loss squared; regularize l1 1/10; data X = [[1, 2], [1, 1]], "
    "Y = [[1, -1]]",
    "net 2 -> relu(3) -> 1; loss squared; data X = [[1, 0], [0, 1]], Y = [[1, 2]]",
    "net 2 -> relu(3, bias) -> linear(1, bias); loss absolute; data X = [[1, 0, 1], [0, 1, -1]], "
    "Y = [[1, 2, 0]]",
    "net 2 -> relu(3) -> 3; loss cross_entropy; data X = [[1, 2, 3], [1, 1, 1]]",
    # Squares.
    "net 2 -> 1 -> 2; loss squared; regularize l2 1; data X = [[5/2, 0], [0, 2/3]], "
    "Y = [[2, 0], [0, 3]]",
    "net 3 -> 1 -> 2; loss squared; regularize l2 1/10; data "
    "X = [[5/2, 0, 1], [0, 1, 0], [1, 0, -5/2]]",
    "net 3 -> 2 -> 3; loss squared; regularize l2 1/10, 2/5; data "
    "X = [[5/2, 0, 0], [0, 1, 0], [0, 0, 3]]",
    "net 3 -> 2 -> 4; loss convex smooth; regularize l2 1; data "
    "Y = [[2, 0, 0], [0, 0, 3], [0, -5, 0], [0, 0, 0]]",
    "param W: 3 x 2; map W * W^T; loss convex smooth; data Y = [[4, 0, 0], [0, 1, 0], [0, 0, 2]]",
    "param W: 2 x 1; map W * W^T * X; loss squared; data Y = [[9/4, 0], [0, 2]], "
    "X = [[1, 0], [0, 2]]",
    "param W: 2 x 1; map W * W^T * X; loss squared; data Y = X, X = [[1, 2], [0, 0]]",
)

# Sound data of the same kind for which there is no such point, or none that can be written down.
NOT_FOUND = (
    "net 2 -> 1 -> 2; loss huber(1); data X identity, Y = [[0, 0], [0, 0]]",
    "net 2 -> 1 -> 2; loss huber(1); data X identity, Y = [[2, 0], [0, 0]]",
    "net 2 -> 1 -> 2; loss huber(1); data X identity, Y = [[3, 0], [0, 3]]",
    "net 2 -> 1 -> 2; loss huber(10); data X identity, Y = [[2, 0], [0, 3]]",
    "net 2 -> 1 -> 2; loss weighted_squared; data X identity, Y = [[2, 0], [0, 3]], "
    "weights = [[1, 1], [1, 1]]",
    "net 2 -> 1 -> 2; loss logistic; data X identity, Y = [[1, -1], [1, 1]]",
    "net 2 -> 1 -> 1; loss absolute; data X identity, Y = [[1, 1]]",
    "net 2 -> 1 -> 2; loss squared; regularize l2 1; data X = [[1, 0], [0, 1]], "
    "Y = [[5, 0], [0, 3]]",
    "net 1 -> relu(1) -> 1; loss squared; data X = [[1, -1]], Y = [[0, 0]]",
    "net 2 -> 1 -> 1 -> 1; loss squared; regularize l2 1; data X = [[1, 0], [0, 1]], "
    "Y = [[1/10, 0]]",
)


def instance(text: str) -> Instance | None:
    """The instance of a model that fails, checked; None for another verdict."""
    judgement = judge(parse(text)[0])
    if judgement.verdict != "fails":
        return None
    made = build(judgement, BuildOptions())
    assert isinstance(made, Instance), (text, made)
    certify(judgement, made)
    return made


@pytest.mark.parametrize("text", FOUND)
def test_given_data_with_an_instance(text: str) -> None:
    made = instance(text)
    assert made is not None
    assert attack(made.document, 1, 200).fault is None


@pytest.mark.parametrize("text", NOT_FOUND)
def test_given_data_without_one(text: str) -> None:
    assert judge(parse(text)[0]).verdict != "fails"


@pytest.mark.parametrize(
    ("make", "seed", "count", "least"),
    [
        (linear_text, 5, 36, 5),
        (lambda rng: network_text(rng, False), 20, 14, 4),
        (lambda rng: network_text(rng, True), 20, 14, 2),
        (square_text, 8, 40, 5),
    ],
    ids=["linear", "activations", "penalties", "squares"],
)
def test_random_given_data(make, seed: int, count: int, least: int) -> None:
    """Whatever is claimed is built and accepted; nearby no lower loss is found by floats."""
    rng = random.Random(seed)
    found = 0
    for _ in range(count):
        text = make(rng)
        made = None if text is None else instance(text)
        if made is not None:
            found += 1
            assert attack(made.document, rng.randrange(2**31), 200).fault is None, text
    assert found >= least


OWN = (
    "net 2 -> 1 -> 2; loss lp(3)",
    "net 2 -> 1 -> 2; loss masked_squared",
    "net 3 -> 2 -> 3; loss log_cosh",
    "net 3 -> 2 -> 3; loss weighted_squared",
    "net 2 -> 1 -> linear(2, bias); loss lp(3)",
    "net 2 -> 1 -> linear(2, bias); loss logistic",
    "net 2 -> 1 -> linear(2, bias); loss poisson",
    "net 2 -> 1 -> linear(2, bias); loss masked_squared",
    "net 2 -> 1 -> linear(2, bias); loss squared_hinge",
    "net 2 -> linear(1, bias) -> 2; loss poisson",
    "net 2 -> 1 -> linear(2, bias); loss absolute",
    "net 2 -> 1 -> 2; loss epsilon_insensitive(1/2)",
    "net 6 -> 3 -> 5; loss huber(1)",
    "net 3 -> 2 -> 4; loss cross_entropy",
)


@pytest.mark.parametrize("text", OWN)
def test_the_data_of_an_instance_in_another_order_have_an_instance(text: str) -> None:
    """X, Y, the weights of the loss, alone and together; samples permuted, inputs scaled."""
    made = instance(text)
    assert made is not None
    document = made.document
    rng = random.Random(3)
    order = list(range(len(document["data"]["X"][0])))
    rng.shuffle(order)

    def moved(rows: list[list[str]], factors: tuple[int, ...] = ()) -> str:
        values = [[Fraction(row[t]) for t in order] for row in rows]
        return matrix(
            [[v * f for v in row] for row, f in zip(values, factors, strict=True)]
            if factors else values
        )  # fmt: skip

    width = len(document["data"]["X"])
    x = f"X = {moved(document['data']['X'], (-2, *[1] * (width - 1)))}"
    if "poisson" in text:
        x = f"X = {moved(document['data']['X'])}"
    y = f"Y = {moved(document['data']['Y'])}"
    weights = document["problem"]["loss"].get("weights")
    cases = [x, f"{x}, {y}", y]
    if weights is not None:
        stated = f"weights = {moved(weights)}"
        cases = [x, f"{x}, {y}, {stated}", f"{y}, {stated}", stated]
    for case in cases:
        assert instance(f"{text}; data {case}") is not None, case


def test_the_pair_lemma_decides_huber_on_two_entries() -> None:
    """2 -> 1 -> 2, X = I, Y = diag(a, b), huber(1), kept a < b: exact where both exceed 1."""
    values = (Fraction(3, 4), Fraction(6, 5), Fraction(2), Fraction(5))
    for a, b in choices(values, values):
        text = f"net 2 -> 1 -> 2; loss huber(1); data X identity, Y = [[{a}, 0], [0, {b}]]"
        low, high = min(a, b), max(a, b)
        # f'' f'' z^2 > f'^2 with the curvature 1 and the pull min(high, 1).
        expected = low != high and low > min(high, Fraction(1))
        assert (judge(parse(text)[0]).verdict == "fails") == expected, text
