"""The arguments that a point is a local minimum; README.md states and proves each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .algebra import (
    Element,
    Matrix,
    Polynomial,
    Rows,
    coordinates,
    independent_rows,
    positive_definite,
    product,
    rationals,
    transpose,
)
from .numbers import HALF, ONE, ZERO, Interval, Number, Rejection, bounds, inverse, is_zero, sign
from .problem import (
    Data,
    Evaluator,
    Problem,
    Weights,
    activation_pieces,
    convex,
    fields,
    integer,
    loss_pieces,
    plain,
    sequence,
    sides,
)

MOST_VARIABLES = 200_000


@dataclass(frozen=True)
class Claim:
    """A point of a problem, its layers evaluated, and the argument about it."""

    problem: Problem
    data: Data
    weights: Weights
    argument: dict[str, object]
    evaluator: Evaluator
    layers: list[tuple[Matrix, Matrix]]

    @property
    def outputs(self) -> list[list[Number]]:
        """The value of the map at the point."""
        last = self.layers[-1][1]
        return [[x for x in row if not isinstance(x, Polynomial)] for row in last]

    def matrix(self, layer: int) -> Matrix:
        """W of a layer, plus the identity where the layer has a skip."""
        name = f"W{layer}"
        found = self.problem.fixed[name] if name in self.problem.fixed else self.weights[name]
        if not self.problem.skip[layer - 1]:
            return found
        return [[x + ONE if i == j else x for j, x in enumerate(r)] for i, r in enumerate(found)]

    def chain(self, first: int, last: int) -> Matrix:
        """``W_last ... W_first``."""
        result = self.matrix(last)
        for layer in range(last - 1, first - 1, -1):
            result = product(result, self.matrix(layer))
        return result


def softmax(claim: Claim, column: list[Number]) -> list[Number]:
    """The softmax of a column of logits."""
    call = claim.evaluator.call
    shares = numbers_only([[call("exp", z - column[0]) for z in column]])[0]
    mass: Number = ZERO
    for share in shares:
        mass = mass + share
    mass = inverse(mass, claim.evaluator.bits)
    return [share * mass for share in shares]


def slopes(claim: Claim) -> list[list[tuple[Number, Number]]]:
    """One-sided derivatives of the loss in every output; both equal where it is smooth."""
    outputs, problem = claim.outputs, claim.problem
    if problem.loss == "cross_entropy":
        columns = []
        assert claim.data.targets is not None
        for column, wanted in zip(
            zip(*outputs, strict=True), zip(*claim.data.targets, strict=True), strict=True
        ):
            found = [p - y for p, y in zip(softmax(claim, list(column)), wanted, strict=True)]
            columns.append([(g, g) for g in found])
        return [list(row) for row in zip(*columns, strict=True)]
    if problem.loss == "quadratic_form":
        total: list[list[Number]] = [[ZERO for _ in row] for row in outputs]
        for form, target, scale in problem.forms:
            residual: Number = -target
            for row, line in zip(form, outputs, strict=True):
                for c, z in zip(row, line, strict=True):
                    residual = residual + z * c if c else residual
            total = [
                [g + residual * (c * scale) if c else g for g, c in zip(*rows, strict=True)]
                for rows in zip(total, form, strict=True)
            ]
        return [[(g, g) for g in row] for row in total]
    known: dict[object, tuple[Number, Number]] = {}
    result = []
    for values, pairs in zip(outputs, claim.evaluator.entries(), strict=True):
        found_row = []
        for z, (y, w) in zip(values, pairs, strict=True):
            key = (z, y, w)
            if key not in known:
                known[key] = claim.evaluator.slopes(z, y, w)
            found_row.append(known[key])
        result.append(found_row)
    return result


def gradient(claim: Claim) -> list[list[Number]]:
    """The gradient of the loss in the outputs; a rejection where it has none."""
    result = []
    for row in slopes(claim):
        if not all(left is right or is_zero(left - right) for left, right in row):
            raise Rejection("the loss is not differentiable at the outputs")
        result.append([left for left, _ in row])
    return result


def subgradient(claim: Claim) -> list[list[Number]]:
    """A subgradient of the loss at the outputs: the stated one, checked, or the gradient.

    Rejects a loss that is not convex near the outputs.
    """
    problem = claim.problem
    if not convex(problem):
        for line, row in zip(claim.outputs, claim.evaluator.entries(), strict=True):
            for z, (y, w) in zip(line, row, strict=True):
                shift, pieces = loss_pieces(problem.loss, problem.parameter, y, w)
                below, above = sides(pieces, z - shift, False, "an output")
                if below != above or len(pieces[above][1] or [ZERO] * 3) > 2:
                    raise Rejection(f"the loss {problem.loss} is not convex near the outputs")
    if "subgradient" not in claim.argument:
        return gradient(claim)
    stated = plain(
        claim.argument["subgradient"], problem.outputs, claim.data.samples, "subgradient"
    )
    for given, ends in zip(stated, slopes(claim), strict=True):
        for g, (left, right) in zip(given, ends, strict=True):
            if (
                sign(left - g, "a subgradient's margin") > 0
                or sign(right - g, "a subgradient's margin") < 0
            ):
                raise Rejection("the stated subgradient is not one of the loss at the outputs")
    return [list(row) for row in stated]


def orthogonal(rows: list[list[Number]], vector: list[Fraction]) -> bool:
    """Whether every row is exactly orthogonal to the vector."""
    support = [(j, v) for j, v in enumerate(vector) if v]
    for row in rows:
        total: Number = ZERO
        for j, v in support:
            total = total + row[j] * v if row[j] else total
        if not is_zero(total):
            return False
    return True


def nearby_rows(claim: Claim) -> list[tuple[Fraction, ...]]:
    """Vectors (over the samples) whose span holds, row by row, every nearby change of the outputs.

    A network without a regularizer, its units strictly inside affine pieces: see README.md.
    """
    problem, ones = claim.problem, (ONE,) * claim.data.samples
    if problem.symmetric or problem.penalty:
        raise Rejection(f"{claim.argument['kind']} needs a network without a regularizer")
    assert claim.data.inputs is not None
    space = {tuple(row): None for row in claim.data.inputs if any(row)}
    for index, (name, parameter) in enumerate(problem.activations):
        wide = {**space, ones: None} if problem.biases[index] else space
        pieces = activation_pieces(name, parameter)
        alike = name != "step" and all(len(set(v)) == 1 for v in wide)  # over the samples
        reached: dict[tuple[Fraction, ...], None] = {}
        patterns: dict[tuple[int, ...], None] = {}
        if name == "linear":
            reached = dict(wide)
        elif not wide:  # the pre-activations are 0 near the point
            reached = {ones: None} if claim.evaluator.activate((name, parameter), ZERO) else {}
        else:
            places: dict[object, int] = {}
            for row in {id(row): row for row in claim.layers[index][0]}.values():
                pattern = []
                for x in row:
                    if x not in places:
                        below, above = sides(pieces, x, False, "a pre-activation")
                        affine = pieces[above][1]
                        if below == above and affine is not None and len(affine) <= 2:
                            places[x] = above
                        elif alike:
                            places[x] = -1
                        else:
                            raise Rejection(
                                f"a unit of layer {index + 1} is at a breakpoint of {name}, or "
                                "outside its affine pieces"
                            )
                    pattern.append(places[x])
                patterns[tuple(pattern)] = None
        for places_ in patterns:
            if -1 in places_:  # any function of samples that stay alike
                reached[ones] = None
                continue
            same = len(set(places_)) == 1
            trained = name in ("prelu", "selu")  # a slope that varies, or that is irrational
            if trained and not same:
                raise Rejection(f"a unit of layer {index + 1} uses two pieces of {name}")
            slope, offset = [], []
            for c in (pieces[p][1] or [ZERO] for p in places_):
                offset.append(c[0])
                slope.append(ONE if trained else c[1] if len(c) > 1 else ZERO)
            multiples = rationals([slope], "a slope")[0]
            if any(multiples):
                for v in wide:
                    bent = v if same else tuple(a * x for a, x in zip(multiples, v, strict=True))
                    reached.update({bent: None} if any(bent) else {})
            if any(offset) and index < problem.depth - 1:  # the last layer's do not move
                reached[tuple(rationals([offset], "an offset")[0])] = None
        space = {**reached, **space} if problem.skip[index] else reached
        if len(space) > MOST_VARIABLES:
            raise Rejection("the units use too many patterns of pieces")
    return list(space)


def affine_region(claim: Claim) -> None:
    """The outputs stay in a linear space near the point; a subgradient is orthogonal to it."""
    fields(claim.argument, ["kind"], ["subgradient"], "the argument")
    space = nearby_rows(claim)
    if not space:
        return  # the outputs don't change at all near the point
    found = subgradient(claim)
    for v in space:
        if not orthogonal(found, list(v)):
            raise Rejection("the residual is not orthogonal to the space of nearby outputs")


def _biases(problem: Problem) -> list[bool]:
    """Which layers have a bias; a fixed bias that is 0 is none."""
    return [
        bias and any(x for row in problem.fixed.get(f"b{k}", [[ONE]]) for x in row)
        for k, bias in enumerate(problem.biases, start=1)
    ]


def growth(claim: Claim) -> None:
    """All trained matrices vanish, and the penalty outgrows every change of the loss."""
    fields(claim.argument, ["kind"], ["subgradient"], "the argument")
    problem = claim.problem
    names = [name for name in problem.trained() if name[0] == "W"]
    if problem.symmetric or problem.penalty is None or any(problem.skip):
        raise Rejection("growth needs a network without skips and with a regularizer")
    if any(not problem.rates[int(name[1:]) - 1] for name in names):
        raise Rejection("growth needs a positive penalty on every trained matrix")
    if len(names) < (3 if problem.penalty == "l2" else 2):
        raise Rejection("growth needs 3 trained layers with l2, 2 with l1")
    if any(x for name in names for row in claim.weights[name] for x in row):
        raise Rejection("a trained matrix is not zero")
    if any(name == "step" for name, _ in problem.activations) or problem.loss == "zero_one":
        raise Rejection("growth needs locally Lipschitz activations and loss")
    if problem.loss == "lp" and problem.parameter < 1:
        raise Rejection("growth needs a locally Lipschitz loss")
    at_zero = [claim.evaluator.activate(activation, ZERO) for activation in problem.activations]
    if any(problem.biases) or any(at_zero):
        if not convex(problem):
            raise Rejection("growth with biases or s(0) != 0 needs a convex loss")
        if not orthogonal(subgradient(claim), [ONE] * claim.data.samples):
            raise Rejection("the constant that the network gives is not the best one")


def polynomial_bound(claim: Claim) -> None:
    """One output is bounded by the others through an identity; the loss is sharp there."""
    argument = fields(
        claim.argument, ["kind", "layer", "row", "column"], ["combination"], "the argument"
    )
    problem, samples = claim.problem, claim.data.samples
    if problem.symmetric or problem.penalty or not convex(problem):
        raise Rejection("polynomial-bound needs a network, no regularizer and a convex loss")
    if problem.loss in ("cross_entropy", "quadratic_form"):
        raise Rejection("polynomial-bound needs a loss that is a sum over entries")
    layer = integer(argument["layer"], 1, problem.depth - 1, "layer")
    row, column = (
        integer(argument["row"], 0, problem.outputs - 1, "row"),
        integer(argument["column"], 0, samples - 1, "column"),
    )
    if any(name != "linear" for name, _ in problem.activations[layer:]):
        raise Rejection("a layer above the split is not linear")
    if any(name == "step" for name, _ in problem.activations):
        raise Rejection("an activation is not continuous")
    biased = any(_biases(problem)[layer:])
    left = rationals(claim.chain(layer + 1, problem.depth), "the weights")
    right = rationals(claim.layers[layer - 1][1], "the features")
    if any(left[row]) or any(x for line in product(left, right) for x in line):
        raise Rejection(
            "the product of the two halves, or the stated row of the upper one, is not zero"
        )
    features = [*right, *([[ONE] * samples] if biased else [])]
    assert claim.data.inputs is not None
    groups: dict[tuple[Fraction, ...], list[int]] = {}
    for j, x in enumerate(zip(*claim.data.inputs, strict=True)):
        groups.setdefault(x, []).append(j)
    special = next(g for g in groups.values() if column in g)
    others = [g for g in groups.values() if g is not special]
    upper, lower = (
        independent_rows(left),
        independent_rows([f[g[0]] for f in features] for g in others),
    )
    if len(upper) + len(lower) < len(features):
        raise Rejection("the ranks of the two halves add up to less than the width between them")
    stated = (
        sequence(argument["combination"], samples, "combination")
        if "combination" in argument
        else ["0"] * samples
    )
    weights = plain([stated], 1, samples, "combination")[0]
    if any(weights[j] for j in special) or any(
        sum(f[j] * weights[j] for j in range(samples)) != f[column] for f in features
    ):
        raise Rejection("the combination does not give the features of the stated column")
    ends = slopes(claim)

    def sums(i: int, group: list[int]) -> tuple[Number, Number]:
        low, high = ends[i][group[0]]
        for j in group[1:]:
            low, high = low + ends[i][j][0], high + ends[i][j][1]
        return low, high

    wanted, other = sums(row, special)
    if not is_zero(wanted - other):
        raise Rejection("the loss is not differentiable at the stated entry")
    for i in range(problem.outputs):
        for group in others if i == row else groups.values():
            low, high = sums(i, group)
            pull = -wanted * sum((weights[j] for j in group), ZERO) if i == row else ZERO
            if sign(low - pull, "a slope") >= 0 or sign(high - pull, "a slope") <= 0:
                raise Rejection(
                    "the loss is not sharp enough at an entry that has to bound the stated one"
                )


def rank_chart(claim: Claim) -> None:
    """A local minimum over matrices of bounded rank, by an explicit chart and a quadratic bound."""
    fields(claim.argument, ["kind"], [], "the argument")
    problem, data = claim.problem, claim.data
    if not problem.linear or problem.penalty or not convex(problem):
        raise Rejection("rank-chart needs a linear network, no regularizer and a convex loss")
    assert data.inputs is not None
    depth, inputs = problem.depth, data.inputs
    whole: Matrix = claim.chain(1, depth)
    biases = _biases(problem)
    free = biases[-1]
    rank = min(problem.widths)
    if any(biases) and not free:
        last = max(i for i in range(depth) if biases[i]) + 1
        shift: Matrix = [[ZERO] for _ in range(problem.widths[0])]
        for i in range(1, depth + 1):
            shift = product(claim.matrix(i), shift)
            if problem.biases[i - 1]:
                given = (
                    problem.fixed[f"b{i}"] if f"b{i}" in problem.fixed else claim.weights[f"b{i}"]
                )
                shift = [[x[0] + b[0]] for x, b in zip(shift, given, strict=True)]
        whole = [[*row, c[0]] for row, c in zip(whole, shift, strict=True)]
        inputs = [*inputs, [ONE] * data.samples]
        rank = min(problem.widths[last:])
    if free:  # the output bias takes up every constant: only the centred data count
        means = [sum(row, ZERO) / data.samples for row in inputs]
        inputs = [[x - m for x in row] for row, m in zip(inputs, means, strict=True)]
    basis = [inputs[i] for i in independent_rows(inputs)]
    if not basis:
        raise Rejection("the data X is zero")
    place = numbers_only(product(whole, coordinates(basis, inputs)))
    slope = gradient(claim)
    if problem.loss == "cross_entropy":  # logits against the last one
        place = [[x - y for x, y in zip(row, place[-1], strict=True)] for row in place[:-1]]
        slope = slope[:-1]
    rows, columns = len(place), len(basis)
    if not rows:
        raise Rejection("cross_entropy with one class is constant")
    chosen, tail = _chart(place, rank, columns)
    others = [j for j in range(columns) if j not in set(chosen)]
    force = numbers_only(product(slope, transpose(basis)))
    inner = [[row[j] for j in chosen] for row in place]
    outer = [[row[j] for j in others] for row in force]
    first = [[row[j] for j in chosen] for row in force]
    if others:
        first = [
            [x + y for x, y in zip(*r, strict=True)]
            for r in zip(first, numbers_only(product(outer, transpose(tail))), strict=True)
        ]
    second = product(transpose(inner), outer) if others and chosen else []
    if not all(is_zero(x) for row in (*first, *numbers_only(second)) for x in row):
        raise Rejection("the first-order conditions on the matrices of that rank do not hold")
    if free and not orthogonal(slope, [ONE] * data.samples):
        raise Rejection("the gradient in the output bias is not zero")
    width, spare = len(chosen), len(others)
    if (rows + spare) * width + rows > MOST_VARIABLES:
        raise Rejection("the chart has too many variables")
    form: dict[tuple[int, int], Number] = {}
    enclosed: list[list[Number]] = [
        [x if isinstance(x, Fraction) else Interval(*bounds(x, 80), 80) for x in row]
        for row in inner
    ]

    def add(i: int, j: int, x: Number) -> None:
        key = (i, j) if i <= j else (j, i)
        form[key] = form[key] + x if key in form else x

    for i in range(rows):
        for j in range(spare):
            if outer[i][j]:
                for k in range(width):
                    add(i * width + k, rows * width + k * spare + j, outer[i][j])
    size = sum((max(map(abs, bounds(x, 80))) for row in force for x in row), ONE)
    for s, bends in enumerate(_curvatures(claim, rows, 10**6 * size)):
        along = [
            basis[c][s]
            + sum((tail[k][j] * basis[o][s] for j, o in enumerate(others) if tail[k][j]), ZERO)
            for k, c in enumerate(chosen)
        ]
        across = [(j, basis[o][s]) for j, o in enumerate(others) if basis[o][s]]
        near = [(k, a) for k, a in enumerate(along) if a]
        functional: list[list[tuple[int, Number]]] = []
        for i in range(rows):
            parts: list[tuple[int, Number]] = [(i * width + k, a) for k, a in near]
            parts += [
                (rows * width + k * spare + j, enclosed[i][k] * b)
                for j, b in across
                for k in range(width)
                if inner[i][k]
            ]
            functional.append(parts + ([((rows + spare) * width + i, ONE)] if free else []))
        for (i, j), bend in bends.items():
            for u, a in functional[i]:
                for v, b in functional[j]:
                    if i != j or u <= v:
                        add(u, v, a * b * (2 * bend if i != j and u == v else bend))
    filled = [i for i in range(rows) if any(inner[i])]
    block = len(filled) == width and not any(x for row in tail for x in row)
    soft = [(rows + spare) * width + i for i in range(rows) if free]
    soft += [i * width + k for i in filled for k in range(width) if block or not spare]
    if not spare:
        soft += [i * width + k for i in range(rows) if i not in filled for k in range(width)]
    known = set(soft)
    hard = [v for v in range((rows + spare) * width) if v not in known]
    problem_found = positive_definite(_below(form), soft, hard)
    if problem_found is not None:
        raise Rejection(
            f"the second-order form on the chart is not positive definite: {problem_found}"
        )


def numbers_only(matrix: Matrix) -> list[list[Number]]:
    """The matrix, known to hold no polynomial."""
    return [[x for x in row if not isinstance(x, Polynomial)] for row in matrix]


def _chart(place: list[list[Number]], rank: int, columns: int) -> tuple[list[int], Rows]:
    """(J, T): columns J are independent and the others are ``place[:, J] T``."""
    if rank >= min(len(place), columns):
        return list(range(columns)), [[] for _ in range(columns)]
    if all(isinstance(x, Fraction) for row in place for x in row):
        lines = rationals(transpose(place), "the product")
        chosen = independent_rows(lines)
        if len(chosen) != rank:
            raise Rejection(
                f"the rank of the product is {len(chosen)}, the narrowest width is {rank}"
            )
        rest = [lines[j] for j in range(columns) if j not in set(chosen)]
        found = coordinates([lines[j] for j in chosen], rest)
        return chosen, [[row[k] for row in found] for k in range(rank)]
    chosen = [j for j in range(columns) if any(row[j] for row in place)]
    if len(chosen) != rank:
        raise Rejection(
            "the product has irrational entries and more non-zero columns than its rank"
        )
    return chosen, [[ZERO] * (columns - rank) for _ in range(rank)]


def _curvatures(claim: Claim, rows: int, large: Fraction) -> list[dict[tuple[int, int], Fraction]]:
    """For every sample the coefficients of a quadratic lower bound of the loss (upper triangle)."""
    problem, outputs = claim.problem, claim.outputs
    result: list[dict[tuple[int, int], Fraction]] = []
    if problem.loss == "quadratic_form":
        raise Rejection("rank-chart does not cover quadratic_form; use strict-hessian")
    if problem.loss == "cross_entropy":
        for column in zip(*outputs, strict=True):
            p = rationals([softmax(claim, list(column))], "the probabilities")[0]
            result.append(
                {
                    (i, j): p[i] - p[i] * p[i] if i == j else -p[i] * p[j]
                    for i in range(rows)
                    for j in range(i, rows)
                }
            )
        return result
    known: dict[object, Fraction] = {}
    entries = claim.evaluator.entries()
    for s in range(claim.data.samples):
        found = {}
        for i in range(rows):
            key = (outputs[i][s], *entries[i][s])
            if key not in known:
                bend = claim.evaluator.curvature(*key)
                known[key] = large if bend is None else bend
            if known[key]:
                found[i, i] = known[key]
        result.append(found)
    return result


def _below(form: dict[tuple[int, int], Number]) -> dict[tuple[int, int], Fraction]:
    """A rational form that is nowhere larger (radii of enclosures go to the diagonal)."""
    result: dict[tuple[int, int], Fraction] = {}
    for (i, j), x in form.items():
        low, high = bounds(x, 80)
        middle = low if i == j else (low + high) * HALF
        result[i, j] = result.get((i, j), ZERO) + middle
        if i != j and low != high:
            for v in (i, j):
                result[v, v] = result.get((v, v), ZERO) - (high - low) * HALF
    return result


def strict_hessian(claim: Claim) -> None:
    """Gradient zero, Hessian positive definite, modulo a gauge or a flat subspace."""
    form, variables = hessian(claim, ["gauge", "flat"])
    found = positive_definite(form, [], variables)
    if found is not None:
        raise Rejection(f"the Hessian is not positive definite: {found}")


def hessian(claim: Claim, optional: list[str]) -> tuple[dict[tuple[int, int], Fraction], list[int]]:
    """The Hessian and its variables, where the gradient is exactly zero and all is smooth enough.

    Without those of a ``gauge`` or a ``flat`` subspace, where the argument may name one.
    """
    argument = fields(claim.argument, ["kind"], optional, "the argument")
    problem = claim.problem
    if any(name in ("prelu", "step") for name, _ in problem.activations):
        raise Rejection("this argument does not cover prelu (a trained slope) or step")
    if problem.loss == "zero_one" or (problem.loss == "lp" and problem.parameter < 1):
        raise Rejection("this argument needs a loss that is locally Lipschitz")
    if "gauge" in argument and "flat" in argument:
        raise Rejection("strict-hessian takes a gauge or a flat subspace, not both")
    names = [
        (name, i, j)
        for name, (r, c) in problem.trained().items()
        for i in range(r)
        for j in range(c)
    ]
    if len(names) > MOST_VARIABLES:
        raise Rejection("a Hessian with too many variables")
    number = {name: v for v, name in enumerate(names)}
    flat = _flat(claim, number) if "flat" in argument else set()
    if flat:
        value = expand(claim, lambda v: -v - 1 if v in flat else v, number, 1)
        if any(m and not is_zero(c) for m, c in value.terms.items()):
            raise Rejection("loss or gradient is not constant on the flat subspace")
    value = expand(claim, lambda v: None if v in flat else v, number, 2)
    dropped = set(_gauge(claim, number)) if "gauge" in argument else flat
    form: dict[tuple[int, int], Fraction] = {}
    for m, c in value.terms.items():
        if len(m) == 1 and not is_zero(c):
            raise Rejection(f"the gradient is not zero at {names[m[0]]}")
        if len(m) == 2 and m[0] not in dropped and m[1] not in dropped:
            if not isinstance(c, Fraction):
                raise Rejection("the Hessian is not rational")
            form[m[0], m[1]] = c * 2 if m[0] == m[1] else c
    return form, [v for v in range(len(names)) if v not in dropped]


def expand(
    claim: Claim,
    variable: Callable[[int], int | None],
    number: dict[tuple[str, int, int], int],
    order: int,
) -> Polynomial:
    """The objective as a polynomial in the weights' changes; ``variable`` gives each its number."""
    weights: Weights = {}
    for name, rows in claim.weights.items():
        weights[name] = []
        for i, row in enumerate(rows):
            line: list[Element] = []
            for j, x in enumerate(row):
                v = variable(number[name, i, j])
                assert not isinstance(x, Polynomial)
                line.append(x if v is None else Polynomial({(): x, (v,): ONE}, order))
            weights[name].append(line)
    value = claim.evaluator.objective(weights)
    return value if isinstance(value, Polynomial) else Polynomial({(): value}, order)


def _flat(claim: Claim, number: dict[tuple[str, int, int], int]) -> set[int]:
    shapes = claim.problem.trained()
    found = set()
    for name, entries in fields(claim.argument["flat"], [], list(shapes), "flat").items():
        for entry in sequence(entries, None, "flat"):
            place = [*sequence(entry, 1 if name[0] == "b" else 2, "an entry of flat"), 0][:2]
            i, j = (
                integer(x, 0, size - 1, "an index of flat")
                for x, size in zip(place, shapes[name], strict=True)
            )
            found.add(number[name, i, j])
    return found


def _gauge(claim: Claim, number: dict[tuple[str, int, int], int]) -> list[int]:
    """Coordinates whose complement is a complement to the tangent space of the orbit."""
    problem, weights = claim.problem, claim.weights
    moves: list[dict[int, Fraction]] = []
    for value in sequence(claim.argument["gauge"], None, "gauge"):
        layer = integer(value, 1, max(1, problem.depth - 1), "a layer of gauge")
        here, above = ("W", None) if problem.symmetric else (f"W{layer}", f"W{layer + 1}")
        # Squares summed with equal weights are invariant under orthogonal mixing of the units.
        squares = not problem.symmetric and problem.activations[layer - 1][0] == "quadratic"
        if squares:
            top = problem.fixed.get(above or "", [])
            alike = bool(top) and all(x == row[0] for row in top for x in row)
            if here in problem.fixed or problem.biases[layer - 1] or not alike:
                raise Rejection("a gauge at a quadratic layer without equal fixed weights above")
        elif not problem.symmetric and (
            layer >= problem.depth or problem.activations[layer - 1][0] != "linear"
        ):
            raise Rejection("a gauge at a layer that is not hidden and linear or quadratic")
        if any(problem.skip[layer - 1 : layer + 1]):
            raise Rejection("a gauge at a layer with a skip")
        if not problem.symmetric and not squares and {here, above} & set(problem.fixed):
            raise Rejection("a gauge at a layer with a skip or a fixed matrix")
        if problem.penalty == "l1":
            raise Rejection("a gauge with an l1 penalty")
        full = not problem.symmetric and not squares and problem.penalty is None
        above = None if squares else above
        left = (
            [("W", 1)]
            if problem.symmetric
            else [(here, 0), *([(f"b{layer}", 0)] if problem.biases[layer - 1] else [])]
        )
        size = problem.widths[1] if problem.symmetric else problem.widths[layer]
        for a in range(size):
            for b in range(size):
                if (a == b or b < a) and not full:
                    continue
                move: dict[int, Fraction] = {}

                def shift(
                    name: str, i: int, j: int, x: Element, move: dict[int, Fraction] = move
                ) -> None:
                    assert isinstance(x, Fraction)
                    v = number[name, i, j]
                    move[v] = move.get(v, ZERO) + x

                for p, q, scale in ((a, b, ONE), (b, a, -ONE))[: 1 if full else 2]:
                    for name, side in left:
                        matrix = rationals(weights[name], "the weights")
                        if side:  # W -> W (scale E_pq)
                            for i, row in enumerate(matrix):
                                shift(name, i, q, scale * row[p])
                        else:  # W -> scale E_pq W
                            for j, x in enumerate(matrix[q]):
                                shift(name, p, j, scale * x)
                    if above is not None:  # W -> -W (scale E_pq)
                        for i, row in enumerate(rationals(weights[above], "the weights")):
                            shift(above, i, q, -scale * row[p])
                moves.append(move)
    table = [[move.get(v, ZERO) for move in moves] for v in range(len(number))]
    return independent_rows(table)


ARGUMENTS: dict[str, Callable[[Claim], None]] = {
    "affine-region": affine_region,
    "growth": growth,
    "polynomial-bound": polynomial_bound,
    "rank-chart": rank_chart,
    "strict-hessian": strict_hessian,
}
