"""The families flat-region and strict-saddle-deep on random models with statements on the data."""

from __future__ import annotations

import copy
import random
import re

import pytest

from landscape_cli.catalogue import BuildOptions, Family, Instance, Refusal
from landscape_cli.engine.judge import judge
from landscape_cli.facts.facts import Facts
from landscape_cli.instances import violations
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.terms import substitute_formula
from landscape_cli.syntax import parse
from landscape_cli.witnesses.flat_region import FAMILY as FLAT
from landscape_cli.witnesses.strict_saddle_deep import FAMILY as DEEP

ACTIVATIONS = (
    "tanh", "gelu", "sin", "cube", "quadratic", "relu", "sigmoid", "softplus", "hard_sigmoid",
    "elu", "prelu", "selu", "relu6", "mish", "softsign", "leaky_relu", "hard_tanh", "arctan",
)  # fmt: skip
FLAT_LOSSES = ["zero_one", "tukey(1)", "tukey(5/2)", "tukey(1/3)", "any"]
SMOOTH_LOSSES = [
    "squared", "weighted_squared", "masked_squared", "any", "convex", "convex smooth", "log_cosh",
    "lp(2)", "lp(4)", "lp(5/2)", "logistic", "poisson", "cross_entropy", "linear_loss",
]  # fmt: skip


def built(family: Family, text: str, options: BuildOptions = BuildOptions()) -> dict | None:  # noqa: B008
    """The checked document of a claimed model; None where the text or the family says no."""
    try:
        (model,) = parse(text)
    except InputError:
        return None
    facts = Facts(model)
    scope = family.scope(facts)
    if isinstance(scope, Refusal) or scope.condition is not True:
        return None
    instance = family.build(facts, options)
    assert isinstance(instance, Instance), (text, instance)
    assert violations(facts, instance.document) == (), text
    outcome = verify(instance.document)
    assert outcome.accepted, (text, outcome.reason)
    return instance.document


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("net 3 -> 2; loss tukey(1); regularize l2 1", "flat"),
        ("net 3 -> 2; loss tukey(1); subject_to convex", "flat"),
        ("net 3 -> 2; loss tukey(1); assume rank(X) = 0", "flat"),
        ("net 3 -> step(2) -> 2; loss any", "flat"),
        ("net 3 -> sigmoid(2); loss zero_one", "flat"),
        ("param W: 1 x 3; map W * W^T; loss zero_one", "flat"),
        ("net 2 -> 2; loss tukey(1); data Y = [[0, 0], [0, 0]]; data Y realizable", "flat"),
        ("net 3 -> 2 -> 2; loss squared; require strict_saddle", "deep"),
        ("net 3 -> 2 -> 2 -> 2; loss huber(1); require strict_saddle", "deep"),
        ("net 3 -> 2 -> 2 -> 2; loss lp(3/2); require strict_saddle", "deep"),
        ("net 3 -> 2 -> 2 -> 2; loss squared; regularize l2 1; require strict_saddle", "deep"),
        ("net 3 -> 2 -> 2 -> 2; loss squared; assume rank(Y) = 0; require strict_saddle", "deep"),
        ("net 2 -> 2 -> 2 -> linear(2, bias); loss squared; data samples 1; require strict_saddle",
         "deep"),
        ("net 2 -> 2 -> 2 -> 2; loss squared; data X = [[1, 0], [0, 0]]; "
         "data Y = [[0, 1], [0, 2]]; require strict_saddle", "deep"),
    ],
)  # fmt: skip
def test_refused(text: str, name: str) -> None:
    family = FLAT if name == "flat" else DEEP
    (model,) = parse(text)
    scope = family.scope(Facts(model))
    assert isinstance(scope, Refusal) or scope.condition is False


@pytest.mark.parametrize(
    "text",
    [
        "net a -> b -> c; loss any",
        "net a -> linear(c, bias); loss zero_one; data samples n; assume rank(X) >= 0",
        "net a -> tanh(b) -> c; loss any; assume rank(X) <= 1",
        "param W: a x b; map W * W^T; loss zero_one",
        "net a -> b -> c; loss tukey(2); data Y full_row_rank; assume rank(Y) >= 1",
    ],
)
def test_symbolic_widths_agree_with_numbers(text: str) -> None:
    (model,) = parse(text)
    scope = FLAT.scope(Facts(model))
    assert not isinstance(scope, Refusal)
    rng = random.Random(5)
    for _ in range(12):
        values = {name: rng.randint(1, 4) for name in "abcn"}
        if "data samples" not in text:
            del values["n"]
        numeric = re.sub(r"\b[abcn]\b", lambda m, v=values: str(v.get(m[0], m[0])), text)
        for rank_x in (0, 1, 2):
            for rank_y in (0, 1):
                known = values | {"rank(X)": rank_x, "rank(Y)": rank_y}
                given = f"{numeric}; assume rank(X) = {rank_x}; assume rank(Y) = {rank_y}"
                if substitute_formula(scope.condition, known) is True and "^T" not in text:
                    try:
                        parse(given)
                    except InputError:
                        continue
                    if rank_x and rank_y:
                        assert built(FLAT, given) is not None, given
        if substitute_formula(scope.condition, values) is True:
            assert built(FLAT, numeric) is not None, numeric


def test_constant_maps_hold_for_every_loss() -> None:
    for text, verdict in (
        ("net 5 -> 2 -> 4; loss any; assume rank(X) = 0", "holds"),
        ("net 5 -> 2 -> linear(4, bias); loss any; assume rank(X) = 0", "fails"),
        ("net 5 -> 4; loss zero_one", "fails"),
    ):
        (model,) = parse(text)
        assert judge(model).verdict == verdict, text


def test_a_plateau_at_its_edge_is_rejected() -> None:
    document = built(FLAT, "net 2 -> tanh(2) -> 1; loss tukey(1); data samples 2")
    assert document is not None
    edge = copy.deepcopy(document)
    edge["data"]["Y"] = [["1", "2"]]
    assert not verify(edge).accepted
    near = copy.deepcopy(document)
    near["data"]["Y"] = [["1/2", "2"]]
    assert not verify(near).accepted
