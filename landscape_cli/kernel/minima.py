"""The arguments that a point is a local minimum, or critical; README.md states and proves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from .algebra import Matrix, added, nonzero, positive_definite, product, rank, row_basis, transpose
from .expansions import piecewise, sides, total
from .numbers import ONE, ZERO, Element, Number, bounds, coefficients, is_zero, need, sign, small
from .problem import Block, Problem, Weights, affine_part, block_loss, objective, per_block

MOST_VARIABLES = 200_000


@dataclass(frozen=True)
class Claim:
    """A point of a problem, its layers evaluated, and the fields of the argument about it."""

    problem: Problem
    weights: Weights
    argument: dict[str, Any]
    layers: list[tuple[Matrix, Matrix]]

    @property
    def outputs(self) -> Matrix:
        """The value of the map at the point."""
        return self.layers[-1][1]

    @property
    def matrices(self) -> list[str]:
        """The names of the trained matrices."""
        return [name for name in self.weights if name[0] == "W"]


def convex(problem: Problem) -> bool:
    """Whether the loss is convex in the outputs."""
    return problem.loss not in ("zero_one", "tukey") and (
        problem.loss != "lp" or problem.setting >= 1
    )


def expansions(claim: Claim, order: int, large: Fraction = ZERO) -> list[tuple[Block, Any]]:
    """Of each block of the loss (left and right derivatives, a quadratic lower bound).

    In the changes 0, 1, .. of the block's outputs; the bound, if ``order`` is 2, beside the linear
    part, as coefficients by pairs. The loss of a block of several outputs must be smooth; the
    last logit of cross_entropy is held in the bound. |r|^p, p < 2, has every curvature at r = 0:
    ``large`` is taken.
    """
    problem = claim.problem

    def local(block: Block, z: list[Number]) -> Any:
        single, degree = len(block) == 1, order
        found: list[dict[tuple[int, ...], Number]] = []
        if problem.loss == "lp" and problem.setting < 2:
            degree = 1 if is_zero(problem.entry(block[0], z[0])[0]) else order
        for side in (-1, 1) if single else (1,):
            moved = [small({(v,): Fraction(side)}, degree) + x for v, x in enumerate(z)]
            found.append(coefficients(block_loss(problem, block, moved, single)))
        slopes = [[terms.get((v,), ZERO) for v in range(len(block))] for terms in found]
        if not single:
            last = len(block) - 1
            bends = {m: c for m, c in found[0].items() if len(m) == 2 and last not in m}
            return slopes[0], slopes[0], bends
        least = min(bounds(terms.get((0, 0), ZERO))[0] for terms in found)
        least = large if degree < order else max(ZERO, least)
        return [-slopes[0][0]], slopes[1], {(0, 0): least}

    return per_block(problem, claim.outputs, local)


def slopes(claim: Claim) -> list[list[tuple[Number, Number]]]:
    """The left and right derivative of the loss in every output."""
    found: dict[tuple[int, int], tuple[Number, Number]] = {}
    for block, (left, right, _) in expansions(claim, 1):
        found.update(zip(block, zip(left, right, strict=True), strict=True))
    rows, samples = claim.problem.shape
    return [[found[i, j] for j in range(samples)] for i in range(rows)]


def subgradient(claim: Claim) -> Matrix:
    """The stated subgradient of the loss, checked, or its gradient.

    A rejection unless the loss is convex near the outputs, and differentiable if none is stated.
    """
    problem, pairs = claim.problem, slopes(claim)
    if not convex(problem):
        for block, (x, parts) in per_block(
            problem, claim.outputs, lambda block, z: problem.entry(block[0], z[0])
        ):
            inside = affine_piece(parts, x, "an output") is not None
            need(inside, f"the loss {problem.loss} is not convex near output {block[0]}")
    if "subgradient" not in claim.argument:
        smooth = all(is_zero(left - right) for row in pairs for left, right in row)
        need(smooth, "the loss is not differentiable at the outputs")
        return [[left for left, _ in row] for row in pairs]
    stated: Matrix = claim.argument["subgradient"]
    for given, row in zip(stated, pairs, strict=True):
        for g, (left, right) in zip(given, row, strict=True):
            margins = [sign(x - g, "a subgradient's margin") for x in (left, right)]
            good = margins[0] <= 0 <= margins[1]
            need(good, "the stated subgradient is not one of the loss at the outputs")
    return stated


def orthogonal(rows: Matrix, vector: Iterable[Fraction]) -> bool:
    """Whether every row is exactly orthogonal to the vector."""
    support = nonzero(vector)
    return all(is_zero(total(row[j] * v for j, v in support)) for row in rows)


def affine_piece(parts: Any, x: Number, what: str) -> tuple[int, Fraction, Fraction] | None:
    """(the piece's number, b, a) if x is strictly inside a piece a t + b, else None."""
    below, above = sides(parts, x, what)
    formula = parts[below][1]
    if below != above or not isinstance(formula, list) or len(formula) > 2:
        return None
    return below, formula[0], formula[1] if len(formula) == 2 else ZERO


def nearby_rows(claim: Claim) -> set[tuple[Fraction, ...]]:
    """Vectors over the samples whose span holds, row by row, every nearby change of the outputs."""
    problem, ones = claim.problem, (ONE,) * claim.problem.shape[1]
    space = {tuple(row) for row in problem.inputs if any(row)}
    for k, (name, parts) in enumerate(zip(problem.activations, problem.parts, strict=True)):
        wide = {*space, ones} if problem.biases[k] else space
        alike = name != "step" and all(len(set(v)) == 1 for v in wide)  # over the samples
        places: dict[Any, Any] = {}  # the affine piece at each pre-activation, or None
        for x in (x for row in {id(row): row for row in claim.layers[k][0]}.values() for x in row):
            if wide and x not in places:
                places[x] = affine_piece(parts, x, "a pre-activation")
        patterns: set[Any] = set()
        if wide:
            patterns = {tuple(map(places.get, row)) for row in claim.layers[k][0]}
        reached = set()
        if not wide and (name == "step" or piecewise(parts, ZERO, False, "0")):
            need(name != "step", "a value at a jump")
            reached.add(ones)  # the pre-activations are 0 near the point
        for pattern in patterns:
            if None in pattern:
                need(alike, f"a unit of layer {k + 1} is at a breakpoint of {name}, or outside its "
                     "affine pieces")  # fmt: skip
                reached.add(ones)  # any function of samples that stay alike
                continue
            same = name != "prelu" or len(set(pattern)) == 1
            need(same, f"a unit of layer {k + 1} uses two pieces of {name}")
            slopes = [ONE if name == "prelu" else a for _, _, a in pattern]
            bent = [tuple(a * x for a, x in zip(slopes, v, strict=True)) for v in wide]
            if k < problem.depth - 1:  # the offsets of the last layer don't move
                bent.append(tuple(b for _, b, _ in pattern))
            reached |= {v for v in bent if any(v)}
        space = {*reached, *space} if problem.skip[k] else reached
        need(len(space) <= MOST_VARIABLES, "the units use too many patterns of pieces")
    return space


def affine_region(claim: Claim) -> None:
    """The outputs stay in a linear space near the point; a subgradient is orthogonal to it."""
    space = nearby_rows(claim)
    found = subgradient(claim) if space else []  # else the outputs don't change at all
    good = all(orthogonal(found, v) for v in space)
    need(good, "the residual is not orthogonal to the space of nearby outputs")


def cusp(claim: Claim) -> None:
    """|r|^p, p < 1: any nearby change of a row of the outputs is seen at a sample it fits."""
    rows = sorted(nearby_rows(claim))
    basis = [rows[i] for i in row_basis(rows)[0]]
    for i, line in enumerate(claim.outputs):
        fitted = [j for j, z in enumerate(line) if is_zero(claim.problem.entry((i, j), z)[0])]
        seen = rank([v[j] for j in fitted] for v in basis) == len(basis)
        need(seen, f"output {i} can move without a change at the samples that it fits")


def all_zero(claim: Claim, least: int) -> None:
    """A rejection unless there are that many trained matrices and all of them are 0."""
    need(len(claim.matrices) >= least, f"there are not at least {least} trained matrices")
    moved = [x for name in claim.matrices for row in claim.weights[name] for x in row if x]
    need(not moved, "a trained matrix is not zero")


def growth(claim: Claim) -> None:
    """All trained matrices vanish, and the penalty outgrows every change of the loss."""
    problem = claim.problem
    all_zero(claim, 3 if problem.penalty == "l2" else 2)
    good = all(problem.rates[int(name[1:]) - 1] for name in claim.matrices)
    need(good, "growth needs a positive penalty on every trained matrix")
    if any(problem.biases) or any(piecewise(s, ZERO, False, "0") for s in problem.parts):
        need(convex(problem), "growth with biases or s(0) != 0 needs a convex loss")
        good = orthogonal(subgradient(claim), [ONE] * problem.shape[1])
        need(good, "the constant that the network gives is not the best one")


def polynomial_bound(claim: Claim) -> None:
    """One output is bounded by the others through an identity; the loss is sharp there."""
    problem, (rows, samples), argument = claim.problem, claim.problem.shape, claim.argument
    layer, row, column = (argument[name] for name in ("layer", "row", "column"))
    need(set(problem.activations[layer:]) == {"linear"}, "a layer above the split is not linear")
    left, _ = affine_part(problem, claim.weights, layer)
    features = claim.layers[layer - 1][1]
    exact = all(isinstance(x, Fraction) for m in (left, features) for r in m for x in r)
    need(exact, "the weights and the features must be rational for this argument")
    zero = not any(left[row]) and not any(x for line in product(left, features) for x in line)
    need(zero, "the product of the two halves, or the stated row of the upper one, is not zero")
    if any(problem.biases[layer:]):
        features = [*features, [ONE] * samples]
    groups: dict[tuple[Fraction, ...], list[int]] = {}  # samples with the same input
    for j, x in enumerate(zip(*problem.inputs, strict=True)):
        groups.setdefault(x, []).append(j)
    special = next(g for g in groups.values() if column in g)
    others = [g for g in groups.values() if g is not special]
    ranks = rank(left) + rank([f[g[0]] for f in features] for g in others)
    need(ranks >= len(features), "the ranks of the two halves add up to less than their width")
    weights = argument.get("combination", [ZERO] * samples)
    combined = [sum(f[j] * w for j, w in nonzero(weights)) == f[column] for f in features]
    good = all(combined) and not any(weights[j] for j in special)
    need(good, "the combination does not give the features of the stated column")
    ends = slopes(claim)

    def sums(i: int, group: list[int]) -> list[Number]:
        return [total(ends[i][j][side] for j in group) for side in (0, 1)]

    wanted, other = sums(row, special)
    need(is_zero(wanted - other), "the loss is not differentiable at the stated entry")
    for i in range(rows):
        for group in others if i == row else groups.values():
            pull = wanted * total(weights[j] for j in group) if i == row else ZERO
            low, high = (sign(x + pull, "a slope") for x in sums(i, group))
            sharp = low < 0 < high
            need(sharp, "the loss is not sharp enough at an entry that has to bound the stated one")


def rank_chart(claim: Claim) -> None:
    """A local minimum over matrices of bounded rank, by an explicit chart and a quadratic bound."""
    problem, samples, biases = claim.problem, claim.problem.shape[1], claim.problem.biases
    inputs, narrowest, free = problem.inputs, min(problem.widths), biases[-1]
    place, shift = affine_part(problem, claim.weights, 0)
    if any(biases) and not free:  # [Z, c] and [X; 1] take the place of Z and X
        place = [[*row, c] for row, c in zip(place, shift, strict=True)]
        inputs = [*inputs, [ONE] * samples]
        narrowest = min(problem.widths[max(k for k, bias in enumerate(biases, 1) if bias) :])
    if free:  # the output bias takes up every constant: only the centred data count
        inputs = [[x - sum(row, ZERO) / samples for x in row] for row in inputs]
    independent, in_basis = row_basis(inputs)
    basis = [inputs[i] for i in independent]
    need(basis, "the data X is zero")
    place = product(place, in_basis)
    if problem.loss == "cross_entropy":  # logits against the last one, which is held
        place = [[x - y for x, y in zip(row, place[-1], strict=True)] for row in place[:-1]]
        need(place, "cross_entropy with one class is constant")
    chosen, others, tail = chart(place, narrowest)
    height, width, spare = len(place), len(chosen), len(others)
    need((height + spare) * width + height <= MOST_VARIABLES, "the chart has too many variables")
    e = [[i * width + k for k in range(width)] for i in range(height)]
    t = [[(height * width) + k * spare + j for j in range(spare)] for k in range(width)]
    c = [[(height + spare) * width + i] if free else [] for i in range(height)]
    across = [basis[o] for o in others]
    along = [basis[j] for j in chosen]
    along = added(along, product(tail, across)) if others else along
    near, far = ([nonzero(column) for column in zip(*m, strict=True)] or [[]] * samples
                 for m in (along, across))  # fmt: skip
    kept = [nonzero(row[j] for j in chosen) for row in place]

    def change(i: int, s: int) -> Element:
        """The first-order change of an output of (Z_J + E) [I, T_0 + T] B + c."""
        terms = {(e[i][k],): a for k, a in near[s]} | {(v,): ONE for v in c[i]}
        found = small(terms, 2)
        rest = (small({(t[k][j],): x}, 2) * z for k, z in kept[i] for j, x in far[s])
        return total([found, *rest])

    slope, large = subgradient(claim), ZERO
    if problem.loss == "lp":  # more than the linear part can outweigh
        steep = max(abs(end) for row in slope for g in row for end in bounds(g))
        large = 10**6 * samples * (1 + steep) * (1 + max(abs(x) for row in basis for x in row))

    def parts() -> Iterable[Element]:
        for block, (_, _, bends) in expansions(claim, 2, large):
            moves = [change(i, s) for i, s in block[:height]]
            for move, (i, s) in zip(moves, block, strict=False):
                if slope[i][s]:
                    both = {(e[i][k], t[k][j]): x for k in range(width) for j, x in far[s]}
                    yield (small(both, 2) + move) * slope[i][s]
            for (a, b), bend in bends.items():
                yield moves[a] * moves[b] * bend if bend else ZERO

    form = coefficients(total(parts()))
    good = all(is_zero(x) for m, x in form.items() if len(m) == 1)
    need(good, "the first-order conditions on the matrices of that rank do not hold")
    filled = [i for i, row in enumerate(kept) if row]
    square = len(filled) == width and not any(x for row in tail for x in row)
    loose = {v for i in (range(height) if not spare else filled if square else ()) for v in e[i]}
    hard = [v for row in (*e, *t) for v in row if v not in loose]
    soft = [*(v for row in c for v in row), *sorted(loose)]
    fault = positive_definite(form, soft, hard)
    need(fault is None, f"the second-order form on the chart is not positive definite: {fault}")


def chart(place: Matrix, narrowest: int) -> tuple[list[int], list[int], Matrix]:
    """(J, the other columns, T): the columns J are independent, the others ``place[:, J] T``."""
    columns = range(len(place[0]))
    if narrowest >= min(len(place), len(columns)):
        return list(columns), [], [[] for _ in columns]
    if all(isinstance(x, Fraction) for row in place for x in row):
        chosen, found = row_basis(transpose(place))
    else:  # irrational: only if the other columns are 0
        chosen = [j for j in columns if any(row[j] for row in place)]
        found = [[ZERO] * len(chosen) for _ in columns]
    short = f"the rank of the product is {len(chosen)}, the narrowest width is {narrowest}"
    need(len(chosen) == narrowest, short)
    others = [j for j in columns if j not in set(chosen)]
    return chosen, others, transpose([found[j] for j in others]) or [[] for _ in chosen]


def strict_hessian(claim: Claim) -> None:
    """Gradient zero, Hessian positive definite, modulo a gauge or a flat subspace."""
    form, variables = hessian(claim)
    fault = positive_definite(form, [], variables)
    need(fault is None, f"the Hessian is not positive definite: {fault}")


def second_order_critical(claim: Claim) -> None:
    """The gradient is zero and the Hessian positive semidefinite, both exactly."""
    form, variables = hessian(claim)
    fault = positive_definite(form, variables, [])
    need(fault is None, f"the Hessian is not positive semidefinite: {fault}")


Place: TypeAlias = tuple[str, int, int]  # a trained entry: its matrix, row, column


def hessian(claim: Claim) -> tuple[dict[tuple[int, ...], Number], list[int]]:
    """The Hessian and its variables, where the gradient is exactly zero and all is smooth enough.

    Without those of a ``gauge`` or a ``flat`` subspace, where the argument names one.
    """
    weights, argument = claim.weights.items(), claim.argument
    places = [(name, i, j) for name, rows in weights for i, row in enumerate(rows)
              for j in range(len(row))]  # fmt: skip
    need(len(places) <= MOST_VARIABLES, "a Hessian with too many variables")
    need(not {"gauge", "flat"} <= argument.keys(), "a gauge or a flat subspace, not both")
    number = {place: v for v, place in enumerate(places)}
    flat = {number[name, i, j] for name, part in argument.get("flat", {}).items() for i, j in part}

    def expanded(order: int, variable: Callable[[int], int | None]) -> dict[Any, Number]:
        def at(x: Number, place: Place) -> Element:
            v = variable(number[place])
            return x if v is None else small({(v,): ONE}, order) + x

        moved = {name: [[at(x, (name, i, j)) for j, x in enumerate(row)]
                        for i, row in enumerate(rows)] for name, rows in weights}  # fmt: skip
        return coefficients(objective(claim.problem, moved))

    if flat:
        found = expanded(1, lambda v: -v - 1 if v in flat else v)
        good = all(is_zero(x) for m, x in found.items() if m)
        need(good, "loss or gradient is not constant on the flat subspace")
    dropped = set(gauge_places(claim, places)) if "gauge" in argument else flat
    form = {}
    for m, x in expanded(2, lambda v: None if v in flat else v).items():
        need(len(m) != 1 or is_zero(x), f"the gradient is not zero at {[places[v] for v in m]}")
        if len(m) == 2 and not dropped & set(m):
            need(isinstance(x, Fraction), "the Hessian is not rational")
            form[m] = x
    return form, [v for v in range(len(places)) if v not in dropped]


def gauge_places(claim: Claim, places: list[Place]) -> list[int]:
    """Coordinates whose complement is a complement to the tangent space of the orbit."""
    problem, weights = claim.problem, claim.weights
    exact = all(isinstance(x, Fraction) for rows in weights.values() for row in rows for x in row)
    need(exact and problem.penalty != "l1", "a gauge with irrational weights or an l1 penalty")
    moves: list[dict[Place, Fraction]] = []
    for k in claim.argument["gauge"]:
        lefts, rights = [f"W{k}", f"b{k}"][: 1 + problem.biases[k - 1]], [f"W{k + 1}"]
        squares = problem.activations[k - 1] == "quadratic"  # summed with equal weights
        if problem.symmetric:
            lefts, rights = [], ["W"]
        elif squares:
            alike = all(len(set(row)) == 1 for row in problem.fixed.get(rights.pop(), [[]]))
            need(
                alike and not problem.biases[k - 1],
                "a gauge at a quadratic layer with a bias or without equal fixed weights above",
            )
        good = squares or problem.activations[k - 1] == "linear"
        need(
            good and not any(problem.skip[k - 1 : k + 1]),
            "a gauge at a layer that is not linear or quadratic, or has a skip",
        )
        need(not problem.fixed.keys() & {*lefts, *rights}, "a gauge at a fixed layer")
        full = bool(lefts and rights) and problem.penalty is None
        size = problem.widths[k]
        for a, b in ((a, b) for a in range(size) for b in range(size) if full or a < b):
            move: dict[Place, Fraction] = {}  # W -> A W, b -> A b below, W -> -W A above
            for p, q, scale in ((a, b, ONE),) if full else ((a, b, ONE), (b, a, -ONE)):
                found = [((n, p, j), x) for n in lefts for j, x in enumerate(weights[n][q])]
                found += [((n, i, q), -row[p]) for n in rights for i, row in enumerate(weights[n])]
                for place, x in found:
                    move[place] = move.get(place, ZERO) + scale * x
            moves.append(move)
    return row_basis([move.get(place, ZERO) for move in moves] for place in places)[0]


def loss_plateau(claim: Claim) -> None:
    """Every entry of the loss is locally constant or at its least value, the map continuous."""
    problem = claim.problem
    for block, (x, parts) in per_block(
        problem, claim.outputs, lambda block, z: problem.entry(block[0], z[0])
    ):
        below, above = sides(parts, x, "an output")
        formula = parts[below][1]
        flat = below == above and isinstance(formula, list) and len(formula) == 1
        need(flat or is_zero(piecewise(parts, x, False, "an output")), f"output {block[0]} is at a "
             "jump, or neither in the flat part of the loss nor at its target")  # fmt: skip


def flat_origin(claim: Claim) -> None:
    """All trained matrices vanish, at least three: gradient 0 and Hessian positive semidefinite.

    With s(0) = 0 and C^2 activations the outputs depend on the matrices by O(|W|^3) beside the
    output bias, in which the loss is convex and its gradient 0.
    """
    problem = claim.problem
    all_zero(claim, 3)
    need(not any(problem.biases[:-1]), "flat-origin does not cover biases on hidden layers")
    if problem.biases[-1]:
        good = problem.activations[-1] == "linear" and convex(problem)
        need(good, "flat-origin with an output bias needs a linear output and a convex loss")
        good = orthogonal(subgradient(claim), [ONE] * problem.shape[1])
        need(good, "the gradient in the output bias is not zero")
