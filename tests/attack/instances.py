"""Random and degenerate data and starting points that satisfy what a model states."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.random import Generator

from landscape_cli.facts.ranges import samples_symbol
from landscape_cli.model.problem import Matrix, Model
from landscape_cli.model.terms import substitute_formula

from .numeric import Array, Arrays, Problem


def floats(matrix: Matrix) -> Array:
    """The exact matrix in floating point."""
    return np.array([[float(v) for v in row] for row in matrix.rows])


def rank(matrix: Array) -> int:
    """The rank, to a relative tolerance of 1e-9."""
    return int(np.linalg.matrix_rank(matrix, tol=1e-9 * (1 + float(abs(matrix).max(initial=0)))))


def degenerate(rng: Generator, rows: int, columns: int) -> Array:
    """A matrix that is often rank-deficient, integral, with equal singular values, or zero."""
    kind = rng.integers(8)
    if kind == 0:
        return np.zeros((rows, columns))
    if kind == 1:
        return rng.integers(-1, 2, (rows, columns)).astype(float)
    if kind == 2:
        return rng.standard_normal((rows, 1)) @ rng.standard_normal((1, columns))
    if kind == 3:
        return np.tile(rng.integers(-2, 3, (rows, 1)).astype(float), (1, columns))
    if kind == 4:
        u = np.linalg.qr(rng.standard_normal((rows, rows)))[0]
        v = np.linalg.qr(rng.standard_normal((columns, columns)))[0]
        k = int(rng.integers(1, min(rows, columns) + 1))
        return float(rng.integers(1, 3)) * (u[:, :k] @ v[:k])
    if kind == 5:
        return np.eye(rows, columns) * float(rng.integers(1, 4))
    return rng.standard_normal((rows, columns))


def _targets(rng: Generator, model: Model, shape: tuple[int, int]) -> Array:
    name = model.loss.name
    if name in ("hinge", "squared_hinge", "logistic"):
        return np.where(rng.random(shape) < 0.5, -1.0, 1.0)
    if name == "cross_entropy":
        raw = rng.random(shape) + 0.05
        return np.asarray(raw / raw.sum(axis=0, keepdims=True))
    if name == "poisson":
        return rng.random(shape) * 3 + 0.1
    return degenerate(rng, *shape) * float(rng.choice([1.0, 3.0]))


def instantiate(model: Model, rng: Generator) -> Problem | None:
    """A problem of the class; None if the draw contradicts the model, or nothing is trained."""
    data: Arrays = {}
    for matrix in model.data.matrices:
        data[matrix.name] = floats(matrix.matrix)
    stated = {p.name for p in model.data.properties}
    if model.network is not None:
        d0 = int(model.network.input_width)  # type: ignore[call-overload]
    elif model.map is not None and model.map.data_rows is not None:
        d0 = int(model.map.data_rows)  # type: ignore[call-overload]
    else:
        d0 = 0
    known = [
        m.matrix.shape[1]
        for m in model.data.matrices
        if m.name in ("X", "Y", "weights", "coefficients")
    ]
    n = model.data.samples if isinstance(model.data.samples, int) else None
    n = known[0] if n is None and known else n
    if d0 and "X" not in data:
        if n is None:
            n = d0 if "X identity" in stated else int(rng.choice([1, 2, 3, 4, 6]))
        x = np.eye(d0) if "X identity" in stated else degenerate(rng, d0, n)
        if "X isotropic" in stated:
            u, s, v = np.linalg.svd(x, full_matrices=False)
            x = u @ np.diag(np.where(s > 1e-9, 2.0, 0.0)) @ v
        data["X"] = x
    if model.network is not None:
        below = d0
        for k, layer in enumerate(model.network.layers, start=1):
            width = int(layer.width)  # type: ignore[call-overload]
            if layer.fixed:
                if f"W{k}" not in data:
                    w = degenerate(rng, width, below)
                    data[f"W{k}"] = abs(w) + 0.25 if layer.positive else w
                if layer.bias and f"b{k}" not in data:
                    data[f"b{k}"] = degenerate(rng, width, 1)
                elif layer.bias:
                    data[f"b{k}"] = data[f"b{k}"].reshape(width, 1)
            below = width
    if model.map is not None:
        for constant in model.map.constants:
            shape = int(constant.rows), int(constant.columns)  # type: ignore[call-overload]
            data[constant.name] = (
                degenerate(rng, *shape) if constant.values is None else floats(constant.values)
            )
    try:
        problem = Problem(model, data)
        if not problem.size:
            return None
        shape_ = problem.output(np.zeros(problem.size)).shape
    except KeyError:
        return None
    shape = (shape_[0], shape_[1])
    if "Y" not in data:
        if "Y = X" in stated:
            data["Y"] = data["X"]
        elif "Y realizable" in stated:
            if model.loss.name not in (
                "squared",
                "weighted_squared",
                "masked_squared",
                "absolute",
                "huber",
                "log_cosh",
                "quantile",
                "lp",
            ):
                return None
            data["Y"] = problem.output(rng.standard_normal(problem.size))
        elif model.loss.name in ("absolute", "quantile", "lp") and rng.random() < 0.6:
            # All residuals but one are at the kink at a degenerate point: random steps only climb.
            problem.planted = starts(problem, rng, 8)[int(rng.integers(1, 8))]
            data["Y"] = problem.output(problem.planted).copy()
            entry = int(rng.integers(shape[0])), int(rng.integers(shape[1]))
            data["Y"][entry] += float(rng.choice([-1.0, 1.0]))
        else:
            data["Y"] = _targets(rng, model, shape)
    if model.loss.name in ("weighted_squared", "masked_squared") and "weights" not in data:
        masked = model.loss.name == "masked_squared"
        data["weights"] = rng.integers(0 if masked else 1, 2 if masked else 4, shape).astype(float)
    if model.loss.name == "linear_loss" and "coefficients" not in data:
        data["coefficients"] = degenerate(rng, *shape)
    return problem if _consistent(model, data, stated, d0) else None


def _consistent(model: Model, data: Arrays, stated: set[str], d0: int) -> bool:
    y = data["Y"]
    if data["Y"].shape == () or ("Y full_row_rank" in stated and rank(y) < y.shape[0]):
        return False
    values: dict[str, int] = {"rank(Y)": rank(y)}
    symbol = samples_symbol(model)
    if d0:
        x = data["X"]
        r, columns = rank(x), x.shape[1]
        if "X full_row_rank" in stated and r < d0:
            return False
        if "X full_column_rank" in stated and r < columns:
            return False
        values["rank(X)"] = r
        if symbol is not None:
            values[symbol] = columns
    return all(substitute_formula(a.formula, dict(values)) is True for a in model.assumptions)


def starts(problem: Problem, rng: Generator, count: int) -> list[Array]:
    """Degenerate starting points: zero layers, dead units, low ranks, partial identities."""
    found = [np.zeros(problem.size)]
    names = list(problem.shapes)
    weights = [name for name in names if not name.startswith("b")]
    while len(found) < count:
        m = {
            name: rng.standard_normal(shape) * float(rng.choice([0.5, 1.0]))
            for name, shape in problem.shapes.items()
        }
        kind = int(rng.integers(6))
        if kind == 0:
            m[weights[int(rng.integers(len(weights)))]] *= 0
        elif kind in (1, 2):  # dead units: their in- and outgoing weights are zero
            for name in weights:
                rows, columns = m[name].shape
                if name != weights[-1] and rows > 0:
                    m[name][int(rng.integers(rows)) if kind == 1 else slice(0, rows - 1)] = 0
                if name != weights[0]:
                    m[name][:, slice(0, columns - 1) if kind == 2 else slice(0, 1)] = 0
            if kind == 1 and len(weights) > 1:
                for one, two in pairwise(weights):
                    if m[one].shape[0] == m[two].shape[1]:
                        unit = int(rng.integers(m[one].shape[0]))
                        m[one][unit] = 0
                        m[two][:, unit] = 0
        elif kind == 3:
            for name in weights:
                m[name] = degenerate(rng, *m[name].shape)
        elif kind == 4:
            for name in weights:
                rows, columns = m[name].shape
                m[name] = np.eye(rows, columns, k=int(rng.integers(-1, 2)))
        else:
            name = weights[int(rng.integers(len(weights)))]
            rows, columns = m[name].shape
            m[name] = np.outer(rng.standard_normal(rows), rng.standard_normal(columns))
        for name in names:
            if name.startswith("b") and rng.random() < 0.5:
                m[name] = m[name] * 0
        found.append(problem.pack(m))
    return found
