"""Certificates of section 5 of the theory, written by hand: the smallest instance of a family."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

F = Fraction


def text(x: Any) -> Any:
    """Numbers to canonical strings, through lists; objects stay."""
    if isinstance(x, (list, tuple)):
        return [text(y) for y in x]
    return str(Fraction(x)) if isinstance(x, (int, Fraction)) else x


def network(
    widths: Sequence[int],
    activations: Sequence[Any] = (),
    biases: Sequence[bool] = (),
    loss: Any = "squared",
    regularizer: Any = None,
    **more: Any,
) -> dict[str, Any]:
    depth = len(widths) - 1
    names = list(activations) or ["linear"] * depth
    return {
        "widths": list(widths),
        "activations": [a if isinstance(a, dict) else {"name": a} for a in names],
        "biases": list(biases) or [False] * depth,
        "loss": {"name": loss} if isinstance(loss, str) else loss,
        "regularizer": regularizer,
        **more,
    }


def certificate(
    problem: Any, x: Any, y: Any, local: Any, value: Any, better: Any, lower: Any, argument: Any
) -> dict[str, Any]:
    data = {} if x is None else {"X": text(x)}
    if y is not None:
        data["Y"] = text(y)
    return {
        "schema": "landscape/certificate/1",
        "problem": problem,
        "data": data,
        "local_minimum": {"weights": {k: text(v) for k, v in local.items()}, "value": text(value)},
        "better_point": {"weights": {k: text(v) for k, v in better.items()}, "value": text(lower)},
        "argument": {"kind": argument} if isinstance(argument, str) else argument,
    }


def refutation(problem: Any, x: Any, y: Any, point: Any, value: Any, argument: Any) -> Any:
    return {
        "schema": "landscape/certificate/1",
        "problem": problem,
        "data": {**({} if x is None else {"X": text(x)}), **({} if y is None else {"Y": text(y)})},
        "point": {"weights": {k: text(v) for k, v in point.items()}, "value": text(value)},
        "argument": argument,
    }


def box(low: Any, high: Any) -> dict[str, str]:
    return {"lower": text(F(low)), "upper": text(F(high))}


def diagonal(entries: Sequence[Any], rows: int | None = None, columns: int | None = None) -> Any:
    size = len(entries)
    return [
        [entries[i] if i == j and i < size else 0 for j in range(columns or size)]
        for i in range(rows or size)
    ]


def log(r: Any, times: Any = 1) -> dict[str, str]:
    return {"log": text(F(r))} | ({} if times == 1 else {"times": text(F(times))})


EYE = diagonal([1, 1])


def weighted(d: int = 2, k: int = 1) -> dict[str, Any]:
    """bottleneck-weighted d -> k -> d."""
    y = diagonal([4] * (k - 1) + [1, 2] + [0] * (d - k - 1))
    w = [[3 if {i, j} == {k - 1, k} else 1 for j in range(d)] for i in range(d)]
    pad = diagonal([1] * k, k, d)
    better = [[1 if j == (i if i < k - 1 else k) else 0 for j in range(d)] for i in range(k)]
    return certificate(
        network([d, k, d], loss={"name": "weighted_squared", "weights": text(w)}),
        diagonal([1] * d),
        y,
        {"W1": pad, "W2": diagonal([4] * (k - 1) + [1], d, k)},
        2,
        {
            "W1": better,
            "W2": [[better[j][i] * (4 if j < k - 1 else 2) for j in range(k)] for i in range(d)],
        },
        F(1, 2),
        "rank-chart",
    )


def rank_charts() -> dict[str, dict[str, Any]]:
    point = {"W1": [[0, 1]], "W2": [[0], [3]]}
    other = {"W1": [[1, 0]], "W2": [[2], [0]]}
    two = [2, 1, 2]
    found = {
        "weighted": weighted(),
        "weighted deep": weighted(5, 3),
        "huber": certificate(
            network(two, loss={"name": "huber", "delta": "1"}),
            EYE,
            diagonal([2, 3]),
            other,
            F(5, 2),
            point,
            F(3, 2),
            "rank-chart",
        ),
        "log_cosh": certificate(
            network(two, loss="log_cosh"),
            EYE,
            diagonal([2, 3]),
            other,
            box("2309/1000", "2310/1000"),
            point,
            box("1325/1000", "1326/1000"),
            "rank-chart",
        ),
        "lp 3/2": certificate(
            network(two, loss={"name": "lp", "p": "3/2"}),
            EYE,
            diagonal([2, 3]),
            other,
            box("3464/1000", "3465/1000"),
            point,
            box("188/100", "189/100"),
            "rank-chart",
        ),
        "poisson": certificate(
            network(two, loss="poisson"),
            EYE,
            [[F(1, 5), 1], [1, F(5, 2)]],
            {"W1": [[1, 0]], "W2": [[log(5, -1)], [0]]},
            box("352/100", "353/100"),
            {"W1": [[0, 1]], "W2": [[0], [log("5/2")]]},
            box("32/10", "321/100"),
            "rank-chart",
        ),
        "masked copies": certificate(
            network(
                two, loss={"name": "masked_squared", "weights": text([[1, 1, 0, 1], [1, 1, 1, 0]])}
            ),
            [[1, 0, 1, 0], [0, 1, 0, 1]],
            [[1, 0, 0, 0], [0, F(3, 2), 0, 0]],
            {"W1": [[1, 0]], "W2": [[1], [0]]},
            F(9, 8),
            {"W1": [[0, 1]], "W2": [[0], [F(3, 2)]]},
            F(1, 2),
            "rank-chart",
        ),
        "masked completion": certificate(
            network(
                [3, 1, 3],
                loss={"name": "masked_squared", "weights": text([[1, 1, 1], [1, 0, 1], [1, 1, 1]])},
            ),
            diagonal([1] * 3),
            [[1, 1, 0], [1, 0, 0], [0, 0, F(19, 10)]],
            {"W1": [[1, 1, 0]], "W2": [[1], [1], [0]]},
            F(361, 200),
            {"W1": [[0, 0, 1]], "W2": [[0], [0], [F(19, 10)]]},
            F(3, 2),
            "rank-chart",
        ),
    }
    # logistic: 8 copies of e_1 (p = 3/4, off-diagonal balanced), 2 of e_2 (all +1)
    x = [[1] * 8 + [0] * 2, [0] * 8 + [1] * 2]
    y = [[1] * 6 + [-1] * 2 + [1, -1], [1, -1] * 4 + [1, 1]]
    found["logistic"] = certificate(
        network(two, loss="logistic"),
        x,
        y,
        {"W1": [[1, 0]], "W2": [[log(3)], [0]]},
        box("1281/100", "1282/100"),
        {"W1": [[0, 1]], "W2": [[0], [20]]},
        box("124/10", "125/10"),
        "rank-chart",
    )
    # squared hinge: N_1 = 2 copies of e_1 and N_2 = 4 of e_2
    x = [[1] * 2 + [0] * 4, [0] * 2 + [1] * 4]
    y = [[1, 1, 1, -1, 1, -1], [1, -1, 1, 1, 1, 1]]
    found["squared_hinge"] = certificate(
        network(two, loss="squared_hinge"),
        x,
        y,
        {"W1": [[1, 0]], "W2": [[2], [0]]},
        5,
        {"W1": [[0, 1]], "W2": [[0], [1]]},
        4,
        "rank-chart",
    )
    # lp(3): two copies of each input, off-diagonal targets +3 and -3
    x = [[1, 1, 0, 0], [0, 0, 1, 1]]
    y = [[2, 2, 3, -3], [3, -3, 3, 3]]
    found["lp 3"] = certificate(
        network(two, loss={"name": "lp", "p": "3"}),
        x,
        y,
        other,
        36 + 18,
        point,
        36 + F(16, 3),
        "rank-chart",
    )
    p = [[F(9, 13), F(12, 25)], [F(1, 13), F(12, 25)], [F(3, 13), F(1, 25)]]
    found["cross_entropy"] = certificate(
        network([2, 1, 3], loss="cross_entropy"),
        EYE,
        p,
        {"W1": [[1, 0]], "W2": [[log(3)], [log(3, -1)], [0]]},
        box("188885/100000", "188890/100000"),
        {"W1": [[1, F(7325, 10000)]], "W2": [[F(861, 1000)], [F(-144, 1000)], [F(-717, 1000)]]},
        box("18779/10000", "18780/10000"),
        "rank-chart",
    )
    # output bias: the symmetrised weighted instance, and the zero sample of weight 20
    x = [[1, 0, -1, 0], [0, 1, 0, -1]]
    found["weighted bias"] = certificate(
        network(
            two,
            biases=[False, True],
            loss={"name": "weighted_squared", "weights": text([[1, 3, 1, 3], [3, 1, 3, 1]])},
        ),
        x,
        [[1, 0, -1, 0], [0, 2, 0, -2]],
        {"W1": [[1, 0]], "W2": [[1], [0]], "b2": [0, 0]},
        4,
        {"W1": [[0, 1]], "W2": [[0], [2]], "b2": [0, 0]},
        1,
        "rank-chart",
    )
    found["weighted anchor"] = certificate(
        network(
            two,
            biases=[True, True],
            loss={"name": "weighted_squared", "weights": text([[1, 3, 20], [3, 1, 20]])},
        ),
        [[1, 0, 0], [0, 1, 0]],
        [[1, 0, 0], [0, 2, F(-2, 20)]],
        {"W1": [[1, 0]], "b1": [0], "W2": [[1], [0]], "b2": [0, 0]},
        F(21, 10),
        {"W1": [[0, 1]], "b1": [0], "W2": [[0], [2]], "b2": [0, 0]},
        F(6, 10),
        "rank-chart",
    )
    found["weighted realizable"] = certificate(
        network(two, loss={"name": "weighted_squared", "weights": text([[4, 1], [1, 4]])}),
        EYE,
        [[1, 1], [1, 1]],
        {"W1": [[1, -1]], "W2": [[F(3, 5)], [F(-3, 5)]]},
        F(16, 5),
        {"W1": [[1, 1]], "W2": [[1], [1]]},
        0,
        "rank-chart",
    )
    return found


def others() -> dict[str, dict[str, Any]]:
    bound = {"kind": "polynomial-bound", "layer": 1, "row": 0, "column": 1}
    return {
        "absolute": certificate(
            network([2, 1, 1], loss="absolute"),
            EYE,
            [[0, 1]],
            {"W1": [[1, 0]], "W2": [[0]]},
            1,
            {"W1": [[0, 1]], "W2": [[1]]},
            0,
            bound,
        ),
        "absolute 222": certificate(
            network([2, 2, 2], loss="absolute"),
            EYE,
            [[0, 0], [0, 1]],
            {"W1": [[1, 0], [0, 0]], "W2": [[0, 1], [0, 0]]},
            1,
            {"W1": [[0, 1], [0, 0]], "W2": [[0, 0], [1, 0]]},
            0,
            {**bound, "row": 1},
        ),
        "quantile": certificate(
            network([2, 1, 1], loss={"name": "quantile", "tau": "1/3"}),
            EYE,
            [[0, 1]],
            {"W1": [[1, 0]], "W2": [[0]]},
            F(1, 3),
            {"W1": [[0, 1]], "W2": [[1]]},
            0,
            bound,
        ),
        "epsilon": certificate(
            network([2, 1, 1], loss={"name": "epsilon_insensitive", "eps": "1/4"}),
            [[1, 1, 0, 0], [0, 0, 1, 1]],
            [[F(1, 4), F(-1, 4), F(5, 4), F(3, 4)]],
            {"W1": [[1, 0]], "W2": [[0]]},
            F(3, 2),
            {"W1": [[0, 1]], "W2": [[1]]},
            0,
            {**bound, "column": 2},
        ),
        "absolute bias": certificate(
            network([2, 1, 1], biases=[False, True], loss="absolute"),
            [[1, 0, 0, 0], [0, 1, 0, 0]],
            [[0, 1, 0, 0]],
            {"W1": [[1, 0]], "W2": [[0]], "b2": [0]},
            1,
            {"W1": [[0, 1]], "W2": [[1]], "b2": [0]},
            0,
            {**bound, "combination": text([0, 0, 1, 0])},
        ),
        "absolute bias n = e + 1": certificate(
            network([2, 1, 1], biases=[True, True], loss="absolute"),
            [[1, 0, 0], [0, 1, 0]],
            [[0, 1, 0]],
            {"W1": [[1, F(1, 2)]], "b1": [0], "W2": [[0]], "b2": [0]},
            1,
            {"W1": [[0, 1]], "b1": [0], "W2": [[1]], "b2": [0]},
            0,
            {**bound, "combination": text([F(1, 2), 0, F(1, 2)])},
        ),
        "relu": certificate(
            network([2, 1, 1], ["relu", "linear"]),
            [[-1, 0, 1], [1, 1, 1]],
            [[F(1, 2), 0, 1]],
            {"W1": [[F(1, 4), F(1, 2)]], "W2": [[1]]},
            F(3, 16),
            {"W1": [[1, 0]], "W2": [[1]]},
            F(1, 8),
            "affine-region",
        ),
        "leaky": certificate(
            network([1, 1, 1], [{"name": "leaky_relu", "slope": "1/2"}, "linear"]),
            [[1, -1]],
            [[1, 2]],
            {"W1": [[1]], "W2": [[0]]},
            F(5, 2),
            {"W1": [[-1]], "W2": [[F(6, 5)]]},
            F(8, 5),
            "affine-region",
        ),
        "dead": certificate(
            network([1, 1, 1], ["relu", "linear"], [True, True]),
            [[0, 1, 2]],
            [[0, 0, 3]],
            {"W1": [[-1]], "b1": [-1], "W2": [[1]], "b2": [1]},
            3,
            {"W1": [[1]], "b1": [-1], "W2": [[3]], "b2": [0]},
            0,
            "affine-region",
        ),
        "dead absolute": certificate(
            network([1, 1, 1], ["relu", "linear"], [True, True], "absolute"),
            [[0, 1, 2]],
            [[0, 0, 3]],
            {"W1": [[-1]], "b1": [-1], "W2": [[1]], "b2": [0]},
            3,
            {"W1": [[1]], "b1": [-1], "W2": [[3]], "b2": [0]},
            0,
            {"kind": "affine-region", "subgradient": text([[F(1, 2), F(1, 2), -1]])},
        ),
        "dead, no bias": certificate(
            network([1, 1, 1], ["relu", "linear"]),
            [[1, 2]],
            [[1, 2]],
            {"W1": [[-1]], "W2": [[5]]},
            F(5, 2),
            {"W1": [[1]], "W2": [[1]]},
            0,
            "affine-region",
        ),
        "decay origin": certificate(
            network([1, 1, 1, 1], regularizer={"l2": "1"}),
            [[1]],
            [[10]],
            {"W1": [[0]], "W2": [[0]], "W3": [[0]]},
            50,
            {"W1": [[2]], "W2": [[2]], "W3": [[2]]},
            8,
            "growth",
        ),
        "decay tanh": certificate(
            network([1, 1, 1, 1], ["tanh", "tanh", "linear"], regularizer={"l2": "1/10"}),
            [[1]],
            [[10]],
            {"W1": [[0]], "W2": [[0]], "W3": [[0]]},
            50,
            {"W1": [[1]], "W2": [[1]], "W3": [[5]]},
            box(20, 30),
            "growth",
        ),
        "decay sigmoid bias": certificate(
            network(
                [1, 1, 1, 1],
                ["sigmoid", "gelu", "linear"],
                [True, True, True],
                regularizer={"l2": "1/100"},
            ),
            [[-1, 1]],
            [[-10, 10]],
            {"W1": [[0]], "b1": [F(1, 3)], "W2": [[0]], "b2": [0], "W3": [[0]], "b3": [0]},
            100,
            {"W1": [[1]], "b1": [0], "W2": [[3]], "b2": [F(-3, 2)], "W3": [[9]], "b3": [0]},
            box(50, 80),
            "growth",
        ),
        "decay l1": certificate(
            network([1, 1, 1], regularizer={"l1": "1"}),
            [[1]],
            [[10]],
            {"W1": [[0]], "W2": [[0]]},
            50,
            {"W1": [[3]], "W2": [[3]]},
            F(13, 2),
            "growth",
        ),
        "decay bottleneck": certificate(
            network([2, 1, 2], regularizer={"l2": "1"}),
            diagonal([F(5, 2), F(2, 3)]),
            diagonal([2, 3]),
            {"W1": [[0, F(3, 2)]], "W2": [[0], [F(3, 2)]]},
            F(43, 8),
            {"W1": [[F(4, 5), 0]], "W2": [[F(4, 5)], [0]]},
            F(261, 50),
            "strict-hessian",
        ),
        "decay bottleneck 2": certificate(
            network([3, 2, 3], regularizer={"l2": "1"}),
            diagonal([F(5, 2), F(2, 3), 1]),
            diagonal([2, 3, 5]),
            {"W1": [[0, F(3, 2), 0], [0, 0, 2]], "W2": [[0, 0], [F(3, 2), 0], [0, 2]]},
            F(43, 8) + F(1, 2) + 4,
            {"W1": [[F(4, 5), 0, 0], [0, 0, 2]], "W2": [[F(4, 5), 0], [0, 0], [0, 2]]},
            F(261, 50) + F(1, 2) + 4,
            {"kind": "strict-hessian", "gauge": [1]},
        ),
        "symmetric weighted": certificate(
            {
                "map": "W*W^T",
                "shape": [2, 1],
                "loss": {"name": "weighted_squared", "weights": text([[1, 3], [3, 1]])},
                "regularizer": None,
            },
            None,
            diagonal([2, 1]),
            {"W": [[0], [1]]},
            2,
            {"W": [[F(7, 5)], [0]]},
            F(313, 625),
            "strict-hessian",
        ),
        "symmetric gauge": certificate(
            {
                "map": "W*W^T",
                "shape": [3, 2],
                "loss": {
                    "name": "weighted_squared",
                    "weights": text([[1, 1, 1], [1, 1, 3], [1, 3, 1]]),
                },
            },
            None,
            diagonal([4, 2, 1]),
            {"W": [[2, 0], [0, 0], [0, 1]]},
            2,
            {"W": [[2, 0], [0, F(7, 5)], [0, 0]]},
            F(313, 625),
            {"kind": "strict-hessian", "gauge": [1]},
        ),
        "tied": certificate(
            {"map": "W*W^T*X", "shape": [2, 1], "loss": {"name": "squared"}},
            diagonal([1, 2]),
            diagonal([F(9, 4), 2]),
            {"W": [[0], [1]]},
            F(81, 32),
            {"W": [[F(3, 2)], [0]]},
            2,
            "strict-hessian",
        ),
        "tied flat": certificate(
            {"map": "W*W^T*X", "shape": [3, 2], "loss": {"name": "squared"}},
            [[1], [0], [0]],
            [[1], [0], [0]],
            {"W": [[0, 0], [2, 0], [0, 2]]},
            F(1, 2),
            {"W": [[1, 0], [0, 0], [0, 0]]},
            0,
            {"kind": "strict-hessian", "flat": {"W": [[i, j] for i in (1, 2) for j in (0, 1)]}},
        ),
        "quadratic": certificate(
            network([2, 1, 1], ["quadratic", "linear"], fixed={"W2": [["1"]]}),
            [[1, 0, 1, 1], [0, 1, 1, -1]],
            [[4, 3, 0, 0]],
            {"W1": [[0, 1]]},
            11,
            {"W1": [[1, 0]]},
            10,
            "strict-hessian",
        ),
        "skip decay": certificate(
            network([1, 1, 1], skip=[True, True], regularizer={"l2": "2/5"}),
            [[1]],
            [[F(23, 5)]],
            {"W1": [[-3]], "W2": [[-3]]},
            F(189, 50),
            {"W1": [[1]], "W2": [[1]]},
            F(29, 50),
            "strict-hessian",
        ),
        "joint quadratic": certificate(
            network(
                [2, 1, 2],
                loss={
                    "name": "quadratic_form",
                    "forms": [
                        {"coefficients": text(a), "target": t, "weight": w}
                        for a, t, w in (
                            ([[1, 0], [0, 1]], "1", "1"),
                            ([[0, 0], [0, 1]], "1", "1"),
                            ([[0, 1], [0, 0]], "0", "2"),
                            ([[0, 0], [1, 0]], "0", "2"),
                        )
                    ],
                },
            ),
            EYE,
            None,
            {"W1": [[1, 0]], "W2": [[1], [0]]},
            F(1, 2),
            {"W1": [[0, 1]], "W2": [[0], [1]]},
            0,
            {"kind": "strict-hessian", "gauge": [1]},
        ),
    }


def refutations() -> dict[str, dict[str, Any]]:
    deep = network([2, 1, 1, 2])
    erratum = {"W1": [[1, 0]], "W2": [[0]], "W3": [[1], [0]]}
    y = diagonal([0, 1])
    return {
        "gradient": refutation(
            network([1, 1]),
            [[1]],
            [[1]],
            {"W1": [[0]]},
            F(1, 2),
            {"kind": "nonzero-gradient", "direction": {"W1": [["1"]]}},
        ),
        "curvature": refutation(
            network([1, 1, 1]),
            [[1]],
            [[1]],
            {"W1": [[0]], "W2": [[0]]},
            F(1, 2),
            {"kind": "negative-curvature", "direction": {"W1": [["1"]], "W2": [["1"]]}},
        ),
        "logistic curvature": refutation(
            network([1, 1, 1], loss="logistic"),
            [[1]],
            [[1]],
            {"W1": [[0]], "W2": [[0]]},
            box("69/100", "70/100"),
            {"kind": "negative-curvature", "direction": {"W1": [["1"]], "W2": [["1"]]}},
        ),
        "tanh": refutation(
            network([1, 1, 1], ["tanh", "linear"]),
            [[1]],
            [[1]],
            {"W1": [[0]], "W2": [[0]]},
            F(1, 2),
            {"kind": "negative-curvature", "direction": {"W1": [["1"]], "W2": [["1"]]}},
        ),
        "erratum 1": refutation(
            deep,
            EYE,
            y,
            erratum,
            F(1, 2),
            {
                "kind": "descent-curve",
                "order": 4,
                "curve": {
                    "W1": [["1", ["0", "1"]]],
                    "W2": [[["0", "0", "1"]]],
                    "W3": [["1"], [["0", "1"]]],
                },
            },
        ),
        "relu kink": refutation(
            network([1, 1, 1], ["relu", "linear"], loss="absolute"),
            [[1]],
            [[1]],
            {"W1": [[0]], "W2": [[1]]},
            1,
            {"kind": "nonzero-gradient", "direction": {"W1": [["1"]]}},
        ),
        "equal loss": refutation(
            deep,
            EYE,
            y,
            erratum,
            F(1, 2),
            {
                "kind": "equal-loss-move",
                "direction": {"W2": [["1"]]},
                "curve": {"W1": [["1", ["0", "1"]]], "W3": [["1"], [["0", "1"]]]},
            },
        ),
    }


def accepted() -> dict[str, dict[str, Any]]:
    """Every certificate that the kernel must accept."""
    return {**rank_charts(), **others(), **refutations()}
