"""Points pinned from the literature, random attacks, and the kernel as a second opinion."""

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli import algebra
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.problem import Activation, Layer, Loss
from landscape_cli.point.analysis import analyse_point
from landscape_cli.point.instance import make_instance
from landscape_cli.point.network import evaluate, penalty, tape_of
from landscape_cli.point.numbers import Enclosure, ball_of, plus, working_precision
from landscape_cli.render.point import point_json, point_text

from .builders import chain_map, net, symmetric

EYE = [[1, 0], [0, 1]]
NIL = [[0, 0], [0, 0]]


def certified(analysis):
    """The certificate is there, and the kernel accepts it."""
    assert analysis.certificate is not None
    outcome = verify(analysis.certificate)
    assert outcome.accepted, outcome.reason
    return analysis.argument["kind"]


# --- pinned ----------------------------------------------------------------------------------


def test_three_layer_point_of_the_workshop_paper_is_no_local_minimum():
    found = analyse_point(
        net(
            [2, 1, 1, 2], at={"W1": [[1, 0]], "W2": [[0]], "W3": [[1], [0]]}, X="identity",
            Y=[[0, 0], [0, 1]],
        )
    )  # fmt: skip
    assert found.classification == "not_local_minimum"
    assert found.loss == Fraction(1, 2)
    assert found.critical is True
    assert found.inertia == (1, 0, 4)
    assert certified(found) == "descent-curve"
    assert found.argument["order"] == 4
    assert [c.theorem for c in found.covered_by] == ["linear-bottleneck-degenerate"]


def test_remark_one_is_not_open_with_an_unreachable_direction():
    found = analyse_point(net([2, 1, 2], at={"W1": [[0, 0]], "W2": [[1], [1]]}))
    (product,) = found.products
    assert product.open is False
    assert product.target == "rank<=k"
    assert [bound.exact for bound in product.ranks] == [1, 0, 0]
    assert algebra.rank(product.test.unreachable) == 1
    assert found.classification == "undecided"
    assert found.loss is None


def test_weighted_bottleneck_is_a_local_minimum():
    model = net(
        [2, 1, 2], "weighted_squared", {"W1": [[1, 0]], "W2": [[1], [0]]}, X="identity",
        Y=[[1, 0], [0, 2]], weights=[[1, 3], [3, 1]],
    )  # fmt: skip
    found = analyse_point(model)
    assert found.classification == "local_minimum"
    assert found.argument == {"kind": "strict-hessian", "gauge": [1]}
    assert found.loss == 2
    assert found.better is not None and found.better[1] < 2
    assert certified(found) == "strict-hessian"


def test_squared_bottleneck_keeps_or_drops_the_larger():
    for keep, expected in (([1, 0], "strict_saddle"), ([0, 1], "global_minimum")):
        z = 1 if keep == [1, 0] else 2
        model = net(
            [2, 1, 2], at={"W1": [keep], "W2": [[z * keep[0]], [z * keep[1]]]}, X="identity",
            Y=[[1, 0], [0, 2]],
        )  # fmt: skip
        found = analyse_point(model)
        assert found.classification == expected
        if expected == "strict_saddle":
            assert certified(found) == "negative-curvature"


def test_absolute_narrow():
    """The family `nonsmooth-narrow`: certified where its identity applies, else not guessed."""
    model = net([2, 1, 1], "absolute", {"W1": [[1, 0]], "W2": [[0]]}, X="identity", Y=[[0, 1]])
    found = analyse_point(model)
    assert found.classification == "local_minimum"
    assert found.critical is True
    assert found.loss_kinks == ((0, 0),)
    assert found.better is not None
    assert certified(found) == "polynomial-bound"
    two = net(
        [2, 2, 2], "absolute", {"W1": [[0, 0], [0, 1]], "W2": [[1, 0], [0, 0]]}, X="identity",
        Y=[[0, 0], [1, 0]],
    )  # fmt: skip
    assert certified(analyse_point(two)) == "polynomial-bound"
    # Rank one too few in the middle: the identity is gone, and so is the claim.
    slack = {"W1": [[0, 0], [0, 1], [0, 0]], "W2": [[1, 0, 0], [0, 0, 0]]}
    loose = net([2, 3, 2], "absolute", slack, X="identity", Y=[[0, 0], [1, 0]])
    assert analyse_point(loose).classification != "local_minimum"
    moved = net([2, 1, 1], "absolute", {"W1": [[1, 0]], "W2": [["1/2"]]}, X="identity", Y=[[0, 1]])
    assert certified(analyse_point(moved)) == "nonzero-gradient"


def test_affine_piece_and_dead_units():
    data = {"X": [[-1, 0, 1], [1, 1, 1]], "Y": [["1/2", 0, 1]]}
    found = analyse_point(
        net([2, ("relu", 1), 1], at={"W1": [["1/4", "1/2"]], "W2": [[1]]}, **data)
    )
    assert found.classification == "local_minimum"
    assert certified(found) == "affine-region"
    assert found.loss == Fraction(3, 16)
    dead = analyse_point(net([2, ("relu", 1), 1], at={"W1": [[0, -1]], "W2": [[5]]}, **data))
    assert dead.classification == "local_minimum"
    # Not a local minimum, although R X^T = 0: the piece of hard_sigmoid has an intercept.
    hard = net(
        [1, ("hard_sigmoid", 1), 1], at={"W1": [[0]], "W2": [[1]]}, X=[[1, 2]], Y=[[1, "1/4"]]
    )
    assert analyse_point(hard).classification != "local_minimum"


def test_origin_with_weight_decay():
    for activation in (2, ("relu", 2), ("tanh", 2)):
        model = net([2, activation, activation, 2], at={"W1": NIL, "W2": NIL, "W3": NIL},
                    X=EYE, Y=[[1, -1], [1, 1]], l2=1)  # fmt: skip
        assert analyse_point(model).classification == "local_minimum"
    far = net([2, ("relu", 2), ("relu", 2), 2], at={"W1": NIL, "W2": NIL, "W3": NIL},
              X=EYE, Y=[[9, -1], [1, 9]], l2="1/4")  # fmt: skip
    assert certified(analyse_point(far)) == "growth"


def test_two_layer_decay_operator_norm():
    small = net([2, 2, 2], at={"W1": NIL, "W2": NIL}, X="identity", Y=[[1, 0], [0, 1]], l2=1)
    assert analyse_point(small).classification == "global_minimum"
    large = net([2, 2, 2], at={"W1": NIL, "W2": NIL}, X="identity", Y=[[2, 0], [0, 1]], l2=1)
    found = analyse_point(large)
    assert found.classification == "strict_saddle"
    assert certified(found) == "negative-curvature"


def test_symmetric_products():
    weights = [[1, 3], [3, 1]]
    found = analyse_point(
        symmetric(2, 1, "weighted_squared", [[0], [1]], Y=[[2, 0], [0, 1]], weights=weights)
    )
    assert found.classification == "local_minimum"
    assert found.inertia == (2, 0, 0)
    best = analyse_point(symmetric(2, 2, "squared", [[1, 0], [0, 0]], Y=[[1, 0], [0, -1]]))
    assert best.classification == "global_minimum"
    saddle = analyse_point(symmetric(2, 2, "squared", [[0, 0], [0, 0]], Y=[[1, 0], [0, -1]]))
    assert saddle.classification == "strict_saddle"
    assert certified(saddle) == "negative-curvature"
    assert [c.theorem for c in saddle.covered_by] == ["symmetric-deficient"]


def test_transcendental_losses():
    found = analyse_point(
        net([2, 2, 2, 2], "logistic", {"W1": NIL, "W2": NIL, "W3": NIL}, X=EYE, Y=[[1, -1], [1, 1]])
    )
    assert found.classification == "not_local_minimum"
    assert isinstance(found.loss, Enclosure)
    assert certified(found) == "equal-loss-move"


def test_conditional_theorems_at_a_point():
    def names(model):
        return [c.theorem for c in analyse_point(model).covered_by]

    tall = {"X": [[1, 0], [0, 1], [1, 1]], "Y": [[1, 2]]}
    full = {"W1": [[1, 0, 0], [0, 1, 0]], "W2": [[1, 1]]}
    assert names(net([3, ("tanh", 2), 1], at=full, **tall)) == [
        "pyramidal", "pyramidal-beyond-full-rank", "frozen-features",
    ]  # fmt: skip
    # rank W2 = 0: beyond full rank only where the three ranks allow it.
    zero = {"W1": [[1, 0, 0], [0, 1, 0]], "W2": [[0, 0]]}
    assert "pyramidal" not in names(net([3, ("tanh", 2), 1], at=zero, **tall))
    assert "frozen-features" in names(net([3, ("relu", 2), 1], at=full, **tall))
    assert names(net([3, ("relu", 2), 1], at={**full, "W1": [[1, 0, 0], [1, 0, 0]]}, **tall)) == []
    wide = net([1, ("tanh", 2), 1], at={"W1": [[1], [2]], "W2": [[1, 1]]}, X=[[1, 2]], Y=[[1, 2]])
    assert names(wide) == ["frozen-features"]
    decay = net([2, 1, 2], at={"W1": [[1, 0]], "W2": [[0], [0]]}, X=EYE, Y=EYE, l2=1)
    assert names(decay) == ["two-layer-decay-deficient"]
    open_point = net([2, 2, 2], "absolute", {"W1": NIL, "W2": NIL}, X=EYE, Y=EYE)
    assert names(open_point) == ["linear-locally-open"]
    closed = net(
        [2, 2, 2], "absolute", {"W1": [[1, 0], [0, 0]], "W2": [[0, 0], [0, 1]]}, X=EYE, Y=EYE
    )
    assert names(closed) == []
    assert names(net([2, 2, 2], Loss("class", "any"), {"W1": EYE, "W2": EYE}, X=EYE)) == []


def test_constraints_are_never_ignored():
    model = net([2, 2, 2], at={"W1": EYE, "W2": EYE}, X=EYE, Y=NIL, constrained=True)
    found = analyse_point(model)
    assert found.classification == "undecided"
    assert [c.theorem for c in found.covered_by] == ["linear-locally-open"]


def test_net_and_map_agree():
    a, b, y = [[1, 0], [0, 0]], [[0, 0], [0, 1]], [[1, 2], [3, 4]]
    as_map = analyse_point(chain_map([(2, 2), (2, 2)], at={"A": a, "B": b}, Y=y))
    as_net = analyse_point(net([2, 2, 2], at={"W2": a, "W1": b}, X="identity", Y=y))
    assert as_map.loss == as_net.loss
    assert as_map.classification == as_net.classification
    assert [p.open for p in as_map.products] == [p.open for p in as_net.products]
    assert certified(as_map) == certified(as_net)


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ({"W1": EYE}, "E110"),
        ({"W1": EYE, "W2": EYE, "W3": EYE}, "E111"),
        ({"W1": EYE, "W2": [[1, 0, 0], [0, 1, 0]]}, "E112"),
        ({"W1": [[1, 0]], "W2": EYE}, "E112"),
        (None, "E115"),
    ],
)
def test_points_that_do_not_fit(at, code):
    with pytest.raises(InputError) as caught:
        analyse_point(net([2, 2, 2], at=at, X=EYE, Y=EYE))
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_data_that_do_not_fit():
    with pytest.raises(InputError) as caught:
        analyse_point(net([2, 2, 2], at={"W1": EYE, "W2": EYE}, X=EYE, Y=[[1, 2]]))
    assert caught.value.diagnostics[0].code == "E116"


def test_opaque_layers_say_so():
    layer = Layer(2, Activation("linear"), opaque="conv")
    found = analyse_point(net([2, layer, 2], at={"W2": EYE}, X=EYE, Y=EYE))
    assert found.classification == "undecided"
    assert "conv" in " ".join(found.notes)


# --- attacks ---------------------------------------------------------------------------------

ACTIVATIONS = [
    None, None, ("relu",), ("leaky_relu", ("slope", Fraction(1, 10))), ("tanh",), ("hard_tanh",),
    ("quadratic",), ("cube",), ("sigmoid",), ("relu6",), ("hard_sigmoid",), ("softsign",),
    ("elu", ("alpha", Fraction(1))),
]  # fmt: skip
LOSSES = {
    "squared": (), "absolute": (), "huber": (("delta", 1),), "logistic": (), "hinge": (),
    "squared_hinge": (), "weighted_squared": (), "quantile": (("tau", "1/3"),),
    "epsilon_insensitive": (("eps", "1/2"),), "lp": (("p", 3),), "linear_loss": (),
    "cross_entropy": (), "tukey": (("c", 1),),
}  # fmt: skip


def random_model(rng):
    """A small random problem at a sparse point; degenerate cases are common."""
    depth = rng.randint(1, 3)
    sizes = [rng.randint(1, 3) for _ in range(depth + 1)]
    linear = rng.random() < 0.5
    widths = [sizes[0]]
    for k in range(1, depth + 1):
        chosen = None if linear or k == depth else rng.choice(ACTIVATIONS)
        widths.append(sizes[k] if chosen is None else (chosen[0], sizes[k], *chosen[1:]))
    bias = [k for k in range(1, depth + 1) if rng.random() < 0.2]
    loss = rng.choice(list(LOSSES))
    palette = rng.choice([(0, 0, 0, 1), (0, 0, 0, 0, 1, -1), (0, 1, -1, 2)])

    def entries(rows, columns, values):
        return [[rng.choice(values) for _ in range(columns)] for _ in range(rows)]

    at = {}
    for k in range(1, depth + 1):
        at[f"W{k}"] = entries(sizes[k], sizes[k - 1], palette)
        if k in bias:
            at[f"b{k}"] = entries(sizes[k], 1, palette)
    samples = rng.randint(1, 3)
    more = {"X": entries(sizes[0], samples, (0, 1, -1, 2))}
    shape = (sizes[-1], samples)
    if loss in ("logistic", "hinge", "squared_hinge"):
        more["Y"] = entries(*shape, (1, -1))
    elif loss == "cross_entropy":
        columns = [[Fraction(1, sizes[-1])] * sizes[-1] for _ in range(samples)]
        more["Y"] = [list(row) for row in zip(*columns, strict=True)]
    elif loss == "linear_loss":
        more["coefficients"] = entries(*shape, (0, 0, 1, -1))
    else:
        more["Y"] = entries(*shape, (0, 0, 1, -1, 2))
    if loss == "weighted_squared":
        more["weights"] = entries(*shape, (1, 2, 3))
    chance = rng.random()
    if chance < 0.2:
        more["l2"] = rng.choice([1, "1/4"])
    elif chance < 0.3:
        more["l1"] = "1/2"
    return net(widths, loss, at, bias=bias, parameters=LOSSES[loss], **more)


def objective(instance, tape, leaves):
    value = instance.loss.value(evaluate(tape, leaves)[-1])
    if instance.penalty is not None:
        value = plus(value, penalty(instance.penalty, instance.strengths, leaves))
    return value


def as_float(value):
    return float(value) if isinstance(value, Fraction) else float(ball_of(value).mid())


def lowest_seen(rng, model, radius, tries):
    """The lowest objective found by random moves and greedy steps from the point (exact values)."""
    instance = make_instance(model)
    tape = tape_of(model)
    best = as_float(objective(instance, tape, instance.leaves))
    leaves = dict(instance.leaves)
    for attempt in range(tries):
        size = Fraction(radius) * Fraction(rng.choice([1, 1, 1, 4, 16]), 16)
        base = leaves if attempt % 2 else instance.leaves
        moved = dict(base)
        for name in instance.point_names:
            moved[name] = tuple(
                tuple(
                    min(max(e + size * rng.randint(-4, 4) / 4, o - radius), o + radius)
                    if rng.random() < 0.7
                    else e
                    for e, o in zip(row, original, strict=True)
                )
                for row, original in zip(base[name], instance.leaves[name], strict=True)
            )
        with working_precision():
            value = as_float(objective(instance, tape, moved))
        if value < best:
            best, leaves = value, moved
    return best


def test_random_points_against_the_kernel_and_random_search():
    rng = random.Random(20)
    seen = Counter()
    for _ in range(900):
        model = random_model(rng)
        found = analyse_point(model)
        seen[found.classification] += 1
        assert point_json(found)["classification"] == found.classification
        assert point_text(found)
        if found.certificate is not None and isinstance(found.loss, Fraction):
            outcome = verify(found.certificate)
            assert outcome.accepted, (outcome.reason, found.certificate)
            seen["accepted"] += 1
        if found.classification in ("global_minimum", "local_minimum"):
            radius = 4 if found.classification == "global_minimum" else Fraction(1, 64)
            lowest = lowest_seen(rng, model, radius, 25)
            assert lowest >= as_float(found.loss) - 1e-12, model
            seen["attacked"] += 1
    assert seen["accepted"] > 450
    assert seen["attacked"] > 80
    assert seen["strict_saddle"] > 12
    assert min(seen["global_minimum"], seen["undecided"]) > 30


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_transposing_a_linear_problem_changes_nothing(seed):
    rng = random.Random(seed)
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(3, 4))]
    weights = [
        [[rng.choice((0, 0, 1, -1)) for _ in range(n)] for _ in range(m)]
        for n, m in pairwise(sizes)
    ]
    y = [[rng.choice((0, 1, 2)) for _ in range(sizes[0])] for _ in range(sizes[-1])]
    one = net(sizes, at={f"W{k}": w for k, w in enumerate(weights, 1)}, X="identity", Y=y)
    turned = [[list(c) for c in zip(*w, strict=True)] for w in reversed(weights)]
    other = net(
        sizes[::-1], at={f"W{k}": w for k, w in enumerate(turned, 1)}, X="identity",
        Y=[list(c) for c in zip(*y, strict=True)],
    )  # fmt: skip
    left, right = analyse_point(one), analyse_point(other)
    assert left.loss == right.loss
    assert left.classification == right.classification
    assert left.inertia == right.inertia

    def linear(found):
        return [c.theorem for c in found.covered_by if c.theorem.startswith("linear")]

    assert linear(left) == linear(right)


def test_enclosures_along_curves_are_undecided_not_an_error():
    """A curve in an enclosure is no polynomial: nothing is claimed, nothing fails."""
    layers = [1, ("softplus", 1), ("relu", 1), 1]
    at = {"W1": [[1]], "W2": [[0]], "W3": [[0]]}
    found = analyse_point(net(layers, at=at, X=[[1]], Y=[[1]]))
    assert found.classification in ("undecided", "not_local_minimum")


def test_a_bias_on_the_first_layer_only_is_a_column():
    """Rule `bias`: the chain [W1 b1] on [X; 1], against the same problem without a bias."""
    rng = random.Random(31)
    seen = Counter()
    for _ in range(120):
        sizes = [rng.randint(1, 3) for _ in range(rng.choice((3, 4)))]
        n = rng.randint(1, 3)
        pick = lambda m, k: [[rng.choice((0, 0, 1, -1)) for _ in range(k)] for _ in range(m)]  # noqa: E731
        at = {f"W{k}": pick(sizes[k], sizes[k - 1]) for k in range(1, len(sizes))}
        bias, x, y = pick(sizes[1], 1), pick(sizes[0], n), pick(sizes[-1], n)
        if len(sizes) == 4 and rng.random() < 0.5:  # degenerate and critical
            bias = [[0] for _ in bias]
            at = {name: [[0] * len(row) for row in rows] for name, rows in at.items()}
        biased = analyse_point(net(sizes, at={**at, "b1": bias}, X=x, Y=y, bias=(1,)))
        wide = [[*row, *b] for row, b in zip(at["W1"], bias, strict=True)]
        plain = analyse_point(
            net([sizes[0] + 1, *sizes[1:]], at={**at, "W1": wide}, X=[*x, [1] * n], Y=y)
        )
        assert biased.loss == plain.loss
        assert biased.classification == plain.classification
        assert biased.inertia == plain.inertia
        assert biased.nondegenerate == plain.nondegenerate
        assert [p.ranks for p in biased.products] == [p.ranks for p in plain.products]
        if biased.certificate is not None:
            certified(biased)
            seen[biased.argument["kind"]] += 1
        seen[biased.classification] += 1
    assert seen["descent-curve"] + seen["equal-loss-move"] > 10
    assert seen["global_minimum"] > 3
