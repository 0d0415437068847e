"""The arguments of certificates; README.md states and proves each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import Any, NamedTuple

from ..exact import algebra as la
from ..exact import numbers as n
from ..exact.algebra import Matrix, nonzero, positive_definite, product, row_basis
from ..exact.expansions import affine_piece, piecewise
from ..exact.numbers import ONE, ZERO, Element, Number, is_zero, need, rational, sign, small, total
from ..exact.reading import Reader, array, keep, record, table, whole
from .problem import Block, Problem, Weights, matrices
from .tables import LOSSES

MOST_VARIABLES = 200_000
HIGHEST = 64  # degree of a curve, and order of its descent
LARGE = Fraction(10**60)  # a curvature that is as good as any


@dataclass(frozen=True)
class Claim:
    """A point of a problem, its layers evaluated, and the fields of the argument about it."""

    problem: Problem
    weights: Weights
    argument: dict[str, Any]
    layers: list[tuple[Matrix, Matrix]]
    outputs: Matrix


def convex(problem: Problem) -> bool:
    """Whether the loss is convex in the outputs."""
    power = problem.setting if problem.loss == "lp" else ONE
    return problem.loss not in ("zero_one", "tukey") and bool(power >= 1)


def rational_only(*matrices: Matrix) -> bool:
    """Whether all entries are rational."""
    return all(isinstance(x, Fraction) for matrix in matrices for row in matrix for x in row)


def bends(claim: Claim, order: int) -> Iterator[tuple[Block, Any]]:
    """Of each block of the loss (left and right derivatives, a quadratic lower bound).

    In the changes 0, 1, .. of the block's outputs; the bound, if ``order`` is 2, beside the linear
    part, as coefficients by pairs. The loss of a block of several outputs must be smooth; the
    last logit of cross_entropy is held in the bound. |r|^p, p < 2, has every curvature at r = 0.
    """
    problem = claim.problem

    def local(block: Block, z: list[Number]) -> Any:
        single, found = len(block) == 1, []
        sharp = (problem.loss == "lp" and problem.setting < 2
                 and is_zero(problem.entry(block[0], z[0])[0]))  # fmt: skip
        for side in (-ONE, ONE) if single else (ONE,):
            moved = [small({(v,): side}, 1 if sharp else order) + x for v, x in enumerate(z)]
            found.append(n.coefficients(problem.block_loss(block, moved, single)))
        slopes = [[terms.get((v,), ZERO) for v in range(len(block))] for terms in found]
        if not single:
            kept = {m: c for m, c in found[0].items() if len(m) == 2 and len(block) - 1 not in m}
            return slopes[0], slopes[0], kept
        least = min(n.bounds(terms.get((0, 0), ZERO))[0] for terms in found)
        return [-slopes[0][0]], slopes[1], {(0, 0): LARGE if sharp else max(ZERO, least)}

    return problem.per_block(claim.outputs, local)


def slopes(claim: Claim) -> list[list[tuple[Number, Number]]]:
    """The left and right derivative of the loss in every output."""
    found: dict[tuple[int, int], tuple[Number, Number]] = {}
    for block, (left, right, _) in bends(claim, 1):
        found.update(zip(block, zip(left, right, strict=True), strict=True))
    rows, samples = map(range, claim.problem.shape)
    return [[found[i, j] for j in samples] for i in rows]


def subgradient(claim: Claim) -> Matrix:
    """R with L(O) >= L(O*) + <R, O - O*> near the outputs O*: the gradient, or as stated, checked.

    Of a loss that is not convex: 0, if every entry is strictly inside a flat piece or at its
    target. A rejection unless the loss is differentiable, if no subgradient is stated.
    """
    problem = claim.problem
    if not convex(problem):
        need("subgradient" not in claim.argument, "a subgradient of a loss that is not convex")
        places = problem.per_block(claim.outputs, lambda b, z: problem.entry(b[0], z[0]))
        for block, (x, parts) in places:
            flat = (affine_piece(parts, x, "an output") or (ONE,))[0] == 0
            need(flat or is_zero(piecewise(parts, x, False, "an output")), f"output {block[0]} is "
                 "neither strictly inside a flat part of the loss nor at its target")  # fmt: skip
        return [[ZERO] * len(row) for row in claim.outputs]
    pairs = slopes(claim)
    if "subgradient" not in claim.argument:
        smooth = all(is_zero(left - right) for row in pairs for left, right in row)
        need(smooth, "the loss is not differentiable at the outputs")
        return [[left for left, _ in row] for row in pairs]
    stated: Matrix = claim.argument["subgradient"]
    for given, row in zip(stated, pairs, strict=True):
        for g, (left, right) in zip(given, row, strict=True):
            good = sign(left - g, "a subgradient's margin") <= 0 <= sign(right - g, "its margin")
            need(good, "the stated subgradient is not one of the loss at the outputs")
    return stated


def orthogonal(rows: Matrix, vector: Iterable[Fraction]) -> bool:
    """Whether every row is exactly orthogonal to the vector."""
    support = nonzero(vector)
    return all(is_zero(total(row[j] * v for j, v in support)) for row in rows)


# --- local minima ---------------------------------------------------------------------------------


def nearby_rows(claim: Claim) -> set[tuple[Fraction, ...]]:
    """Vectors over the samples whose span holds, row by row, every nearby change of the outputs."""
    problem, ones = claim.problem, (ONE,) * claim.problem.shape[1]
    space = {tuple(row) for row in problem.inputs if any(row)}
    for k, (name, parts) in enumerate(zip(problem.activations, problem.parts, strict=True)):
        wide = {*space, ones} if problem.biases[k] else space
        reached = set()
        if not wide:  # the pre-activations are 0 near the point
            need(name != "step", "a value at a jump")
            reached |= {ones} if piecewise(parts, ZERO, False, "0") else set()
        alike = name != "step" and all(len(set(v)) == 1 for v in wide)  # over the samples
        for row in {tuple(row) for row in claim.layers[k][0]} if wide else ():
            places = [affine_piece(parts, x, "a pre-activation") for x in row]
            if None in places:
                need(alike, f"a unit of layer {k + 1} is at a breakpoint of {name}, or outside its "
                     "affine pieces")  # fmt: skip
                reached.add(ones)  # any function of samples that stay alike
                continue
            a, b, piece = zip(*(p for p in places if p), strict=True)
            trained = name == "prelu"  # its slope
            one = not trained or len(set(piece)) == 1
            need(one, f"a unit of layer {k + 1} uses two pieces of {name}")
            bent = [v if trained else tuple(map(mul, a, v)) for v in wide]
            if k < problem.depth - 1:  # the offsets of the last layer don't move
                bent.append(b)
            reached |= {v for v in bent if any(v)}
        space = {*reached, *space} if problem.skip[k] else reached
        need(len(space) <= MOST_VARIABLES, "the units use too many patterns of pieces")
    return space


def affine_region(claim: Claim) -> None:
    """The outputs stay in a linear space near the point; a subgradient is orthogonal to it."""
    space = nearby_rows(claim)
    stated = "subgradient" in claim.argument
    found = subgradient(claim) if space or stated else []  # else the outputs don't change at all
    need(all(orthogonal(found, v) for v in space), "the residual is not orthogonal to the space of "
         "nearby outputs")  # fmt: skip


def cusp(claim: Claim) -> None:
    """|r|^p, p < 1: any nearby change of a row of the outputs is seen at a sample it fits."""
    rows = sorted(nearby_rows(claim))
    basis = [rows[i] for i in row_basis(rows)[0]]
    for i, line in enumerate(claim.outputs):
        fitted = [j for j, z in enumerate(line) if is_zero(claim.problem.entry((i, j), z)[0])]
        seen = la.rank([v[j] for j in fitted] for v in basis) == len(basis)
        need(seen, f"output {i} can move without a change at the samples that it fits")


def origin(claim: Claim) -> None:
    """All trained matrices are 0: changes of the outputs are products of as many factors.

    Beside constants, among which this one is best.
    """
    problem = claim.problem
    matrices = {name: rows for name, rows in claim.weights.items() if name[0] == "W"}
    least = 2 if problem.penalty == "l1" else 3
    need(len(matrices) >= least, f"there are not at least {least} trained matrices")
    need(not any(any(map(any, m)) for m in matrices.values()), "a trained matrix is not zero")
    rates = [problem.rates[int(name[1:]) - 1] for name in matrices]
    need(problem.penalty is None or all(rates), "a trained matrix without a positive penalty")
    constants = any(problem.biases) or any(piecewise(s, ZERO, False, "0") for s in problem.parts)
    found = subgradient(claim) if constants or "subgradient" in claim.argument else []
    good = not constants or orthogonal(found, [ONE] * problem.shape[1])
    need(good, "the constant that the network gives is not the best one")


def polynomial_bound(claim: Claim) -> None:
    """One output is bounded by the others through an identity; the loss is sharp there."""
    problem, (rows, samples), argument = claim.problem, claim.problem.shape, claim.argument
    layer, row, column = (argument[name] for name in ("layer", "row", "column"))
    need(set(problem.activations[layer:]) == {"linear"}, "a layer above the split is not linear")
    left = [row[:-1] for row in problem.affine_part(claim.weights, layer)]
    features = claim.layers[layer - 1][1]
    need(rational_only(left, features), "the weights and the features must be rational")
    zero = not any(left[row]) and not any(map(any, product(left, features)))
    need(zero, "the product of the two halves, or the stated row of the upper one, is not zero")
    if any(problem.biases[layer:]):
        features = [*features, [ONE] * samples]
    groups: dict[tuple[Fraction, ...], list[int]] = {}  # samples with the same input
    for j, x in enumerate(zip(*problem.inputs, strict=True)):
        groups.setdefault(x, []).append(j)
    special = next(g for g in groups.values() if column in g)
    others = [g for g in groups.values() if g is not special]
    ranks = la.rank(left) + la.rank([f[g[0]] for f in features] for g in others)
    need(ranks >= len(features), "the ranks of the two halves add up to less than their width")
    weights = argument.get("combination", [ZERO] * samples)
    combined = all(sum(f[j] * w for j, w in nonzero(weights)) == f[column] for f in features)
    good = combined and not any(weights[j] for j in special)
    need(good, "the combination does not give the features of the stated column")
    ends = slopes(claim)
    wanted, other = (total(ends[row][j][side] for j in special) for side in (0, 1))
    need(is_zero(wanted - other), "the loss is not differentiable at the stated entry")
    for i in range(rows):
        for group in others if i == row else groups.values():
            pull = wanted * total(weights[j] for j in group) if i == row else ZERO
            low, high = (total(ends[i][j][side] for j in group) + pull for side in (0, 1))
            sharp = sign(low, "a slope") < 0 < sign(high, "a slope")
            need(sharp, "the loss is not sharp enough at an entry that has to bound the stated one")


def rank_chart(claim: Claim) -> None:
    """A local minimum over matrices of bounded rank, by an explicit chart and a quadratic bound."""
    problem, samples, biases = claim.problem, claim.problem.shape[1], claim.problem.biases
    inputs, narrowest, free = problem.inputs, min(problem.widths), biases[-1]
    place = problem.affine_part(claim.weights, 0)
    if any(biases) and not free:  # [Z, c] and [X; 1] take the place of Z and X
        inputs = [*inputs, [ONE] * samples]
        narrowest = min(problem.widths[max(k for k, bias in enumerate(biases, 1) if bias) :])
    if free:  # the output bias takes up every constant: only the centred data count
        inputs = [[x - sum(row, ZERO) / samples for x in row] for row in inputs]
    independent, in_basis = row_basis(inputs)
    basis = [inputs[i] for i in independent]
    need(basis, "the data X is zero")
    place = product([row[: len(inputs)] for row in place], in_basis)
    if problem.loss == "cross_entropy":  # logits against the last one, which is held
        place = [[x - y for x, y in zip(row, place[-1], strict=True)] for row in place[:-1]]
        need(place, "cross_entropy with one class is constant")
    chosen, others, tail = chart(place, narrowest)
    height, width, spare = len(place), len(chosen), len(others)
    need((height + spare) * width + height <= MOST_VARIABLES, "the chart has too many variables")
    e = [[i * width + k for k in range(width)] for i in range(height)]
    t = [[(height * width) + k * spare + j for j in range(spare)] for k in range(width)]
    c = [[(height + spare) * width + i] if free else [] for i in range(height)]
    along, across = [basis[j] for j in chosen], [basis[o] for o in others]
    along = la.added(along, product(tail, across)) if others else along
    near, far = ([nonzero(column) for column in zip(*m, strict=True)] or [[]] * samples
                 for m in (along, across))  # fmt: skip
    kept = [nonzero(row[j] for j in chosen) for row in place]

    def change(i: int, s: int) -> Element:
        """The first-order change of an output of (Z_J + E) [I, T_0 + T] B + c."""
        terms = {(e[i][k],): a for k, a in near[s]} | {(v,): ONE for v in c[i]}
        rest = (small({(t[k][j],): x}, 2) * z for k, z in kept[i] for j, x in far[s])
        return total([small(terms, 2), *rest])

    slope = subgradient(claim)

    def parts() -> Iterator[Element]:
        for block, (_, _, quadratic) in bends(claim, 2):
            moves = [change(i, s) for i, s in block[:height]]
            for move, (i, s) in zip(moves, block, strict=False):
                if slope[i][s]:
                    both = {(e[i][k], t[k][j]): x for k in range(width) for j, x in far[s]}
                    yield (small(both, 2) + move) * slope[i][s]
            yield from (moves[a] * moves[b] * bend for (a, b), bend in quadratic.items() if bend)

    form = n.coefficients(total(parts()))
    critical = all(is_zero(x) for m, x in form.items() if len(m) == 1)
    need(critical, "the first-order conditions on the matrices of that rank do not hold")
    filled = [i for i, row in enumerate(kept) if row]
    square = len(filled) == width and not any(map(any, tail))
    loose = {v for i in (range(height) if not spare else filled if square else ()) for v in e[i]}
    hard = [v for row in (*e, *t) for v in row if v not in loose]
    fault = positive_definite(form, [*(v for row in c for v in row), *sorted(loose)], hard)
    need(fault is None, f"the second-order form on the chart is not positive definite: {fault}")


def chart(place: Matrix, narrowest: int) -> tuple[list[int], list[int], Matrix]:
    """(J, the other columns, T): the columns J are independent, the others ``place[:, J] T``."""
    columns = range(len(place[0]))
    if narrowest >= min(len(place), len(columns)):
        return list(columns), [], [[] for _ in columns]
    chosen = [j for j in columns if any(row[j] for row in place)]
    found = [[ZERO] * len(chosen) for _ in columns]  # irrational: the other columns must be 0
    if rational_only(place):
        chosen, found = row_basis(la.transpose(place))
    need(len(chosen) == narrowest, f"the rank of the product is {len(chosen)}, not {narrowest}")
    others = [j for j in columns if j not in set(chosen)]
    return chosen, others, la.transpose([found[j] for j in others]) or [[] for _ in chosen]


def strict_hessian(claim: Claim, definite: bool = True) -> None:
    """Gradient zero, Hessian positive definite modulo a gauge or a flat subspace, or only >= 0."""
    weights, argument = claim.weights, claim.argument
    places = [(w, i, j) for w, rows in weights.items() for i, row in enumerate(rows)
              for j in range(len(row))]  # fmt: skip
    need(len(places) <= MOST_VARIABLES, "a Hessian with too many variables")
    need(not {"gauge", "flat"} <= argument.keys(), "a gauge or a flat subspace, not both")
    number = {(*place[:2], *place[2:] * (place[0][0] == "W")): v for v, place in enumerate(places)}
    listed = [(name, *p) for name, part in argument.get("flat", {}).items() for p in part]
    need(number.keys() >= set(listed), "the flat subspace names an entry that is not trained")
    flat = {number[place] for place in listed}

    def expanded(order: int, held: set[int], large: set[int]) -> dict[Any, Number]:
        """The objective's coefficients, ``large`` variables unbounded (as -v - 1)."""
        near = {name: [list(row) for row in rows] for name, rows in weights.items()}
        for v, (name, i, j) in enumerate(places):
            if v not in held:
                near[name][i][j] += small({(-v - 1 if v in large else v,): ONE}, order)
        return n.coefficients(claim.problem.objective(near))

    if flat:
        good = all(is_zero(x) for m, x in expanded(1, set(), flat).items() if m)
        need(good, "loss or gradient is not constant on the flat subspace")
    dropped = set(gauge_places(claim, places)) if "gauge" in argument else flat
    form = {}
    for m, x in expanded(2, flat, set()).items():
        need(len(m) != 1 or is_zero(x), f"the gradient is not zero at {[places[v] for v in m]}")
        if len(m) == 2 and not dropped & set(m):
            need(isinstance(x, Fraction), "the Hessian is not rational")
            form[m] = x
    kept = [v for v in range(len(places)) if v not in dropped]
    soft, hard, wanted = ([], kept, "definite") if definite else (kept, [], "semidefinite")
    fault = positive_definite(form, soft, hard)
    need(fault is None, f"the Hessian is not positive {wanted}: {fault}")


def gauge_places(claim: Claim, places: list[tuple[str, int, int]]) -> list[int]:
    """Coordinates whose complement is a complement to the tangent space of the orbit."""
    problem, weights = claim.problem, claim.weights
    exact = rational_only(*weights.values())
    need(exact and problem.penalty != "l1", "a gauge with irrational weights or an l1 penalty")
    moves: list[dict[Any, Fraction]] = []
    for k in claim.argument["gauge"]:
        lefts, rights = [f"W{k}", f"b{k}"][: 1 + problem.biases[k - 1]], [f"W{k + 1}"]
        squares = problem.activations[k - 1] == "quadratic"  # summed with equal weights
        if problem.symmetric:
            lefts, rights = [], ["W"]
        elif squares:
            alike = all(len(set(row)) == 1 for row in problem.fixed.get(rights.pop(), [[]]))
            need(alike and not problem.biases[k - 1], "a gauge at a quadratic layer with a bias or "
                 "without equal fixed weights above")  # fmt: skip
        good = squares or problem.activations[k - 1] == "linear"
        need(good and not any(problem.skip[k - 1 : k + 1]), "a gauge at a layer that is not linear "
             "or quadratic, or has a skip")  # fmt: skip
        need(not problem.fixed.keys() & {*lefts, *rights}, "a gauge at a fixed layer")
        full = bool(lefts and rights) and problem.penalty is None
        size = range(problem.widths[k])
        for a, b in ((a, b) for a in size for b in size if full or a < b):
            move: dict[Any, Fraction] = {}  # W -> A W, b -> A b below, W -> -W A above
            for p, q, scale in ((a, b, ONE),) if full else ((a, b, ONE), (b, a, -ONE)):
                found = [((n, p, j), x) for n in lefts for j, x in enumerate(weights[n][q])]
                found += [((n, i, q), -row[p]) for n in rights for i, row in enumerate(weights[n])]
                for place, x in found:
                    move[place] = move.get(place, ZERO) + scale * x
            moves.append(move)
    return row_basis([move.get(place, ZERO) for move in moves] for place in places)[0]


# --- not a local minimum --------------------------------------------------------------------------


def moved(start: Weights, steps: dict[str, list[list[Any]]], order: int, variable: int) -> Weights:
    """``start + steps[..][0] v + steps[..][1] v^2 + ..``, v the variable of that number."""

    def at(x: Element, coefficients: list[Fraction]) -> Element:
        kept = coefficients if variable < 0 else coefficients[:order]
        terms = {(variable,) * k: c for k, c in enumerate(kept, 1)}
        return small(terms, order) + x if any(coefficients) else x

    found = dict(start)
    for name, rows in steps.items():
        found[name] = [[at(*pair) for pair in zip(*lines, strict=True)]
                       for lines in zip(start[name], rows, strict=True)]  # fmt: skip
    return found


def curve_steps(claim: Claim) -> dict[str, list[list[Any]]]:
    """The coefficients of the stated curve but for the constant ones, which are the point."""
    found = claim.argument["curve"]
    starts = {name: [[c[0] for c in row] for row in rows] for name, rows in found.items()}
    need({**claim.weights, **starts} == claim.weights, "the curve does not start at the point")
    return {name: [[c[1:] for c in row] for row in rows] for name, rows in found.items()}


def falls(claim: Claim, steps: dict[str, list[list[Any]]], order: int) -> None:
    """The first coefficient of the loss on the line or curve is that of eps^order, negative."""
    if claim.problem.loss == "lp":
        slopes(claim)  # a rejection where |r|^p has a cusp
    weights = moved(claim.weights, steps, order, 0)
    found = n.coefficients(claim.problem.objective(weights, one_sided=True))
    flat = all(is_zero(found.get((0,) * k, ZERO)) for k in range(1, order))
    need(flat, f"a coefficient below that of eps^{order} is not zero")
    what = f"the coefficient of eps^{order}"
    need(sign(found.get((0,) * order, ZERO), what) < 0, f"{what} is not negative")


def equal_loss_move(claim: Claim) -> None:
    """Points arbitrarily near have the same loss and a gradient that is not zero."""
    weights = moved(claim.weights, curve_steps(claim), 1, -1)
    weights = moved(weights, claim.argument["direction"], 1, 0)
    found = n.coefficients(claim.problem.objective(weights))
    constant = all(is_zero(c) for m, c in found.items() if m and 0 not in m)
    need(constant, "the loss or the penalty changes along the curve")
    ends = [end for m, c in found.items() if 0 in m for end in (n.bounds(c)[0], -n.bounds(c)[1])]
    need(max(ends, default=ZERO) > 0, "the derivative in the stated direction vanishes")


SMOOTH_ZERO = {"linear", "tanh", "erf", "arctan", "sin", "gelu", "silu", "mish", "quadratic",
               "cube"}  # fmt: skip
SMOOTH_LOSSES = {"squared", "weighted_squared", "masked_squared", "log_cosh", "logistic",
                 "cross_entropy", "poisson", "linear_loss", "tukey"}  # fmt: skip
FACTS: dict[str, Callable[[Problem], bool]] = {
    "a network": lambda p: not p.symmetric,
    "no regularizer": lambda p: p.penalty is None,
    "a regularizer": lambda p: p.penalty is not None,
    "no l1 regularizer": lambda p: p.penalty != "l1",
    "no skips": lambda p: not any(p.skip),
    "no fixed layers": lambda p: not p.fixed,
    "only linear layers": lambda p: set(p.activations) == {"linear"},
    "continuous activations": lambda p: "step" not in p.activations,
    "no prelu (a trained slope)": lambda p: "prelu" not in p.activations,
    "C^2 activations with s(0) = 0": lambda p: SMOOTH_ZERO.issuperset(p.activations),
    "a convex loss": convex,
    "a loss that is a sum over entries": lambda p: p.loss in LOSSES,
    "a loss other than quadratic_form": lambda p: p.loss != "quadratic_form",
    "a locally Lipschitz loss": lambda p: p.loss == "tukey" or convex(p),
    "a C^2 loss": lambda p: p.loss in SMOOTH_LOSSES or (p.loss == "lp" and p.setting >= 2),
    "lp with p < 1": lambda p: p.loss == "lp" and p.setting < 1,
    "zero_one or tukey": lambda p: p.loss in ("zero_one", "tukey"),
}
NETWORK = "a network", "no regularizer"
SMOOTH = ("continuous activations", "no prelu (a trained slope)", "a locally Lipschitz loss")


class Argument(NamedTuple):
    """Its check, the fields it must and may have, the facts that it needs of the problem."""

    check: Callable[[Claim], Any]
    required: str
    optional: str
    needs: tuple[str, ...] = ()


MINIMA = {
    "affine-region": Argument(affine_region, "", "subgradient", NETWORK),
    "cusp": Argument(cusp, "", "", (*NETWORK, "lp with p < 1")),
    "growth": Argument(origin, "", "subgradient", (
        "a network", "a regularizer", "no skips", "continuous activations",
        "a locally Lipschitz loss")),
    "polynomial-bound": Argument(polynomial_bound, "layer row column", "combination", (
        *NETWORK, "a convex loss", "a loss that is a sum over entries", "continuous activations")),
    "rank-chart": Argument(rank_chart, "", "", (
        *NETWORK, "only linear layers", "a convex loss", "a loss other than quadratic_form")),
    "strict-hessian": Argument(strict_hessian, "", "gauge flat", SMOOTH),
    "loss-plateau": Argument(subgradient, "", "", (
        "no regularizer", "zero_one or tukey", "continuous activations")),
}  # fmt: skip
CRITICAL = {
    "flat-origin": Argument(origin, "", "", (
        *NETWORK, "no skips", "no fixed layers", "C^2 activations with s(0) = 0", "a C^2 loss")),
    "second-order-critical": Argument(lambda c: strict_hessian(c, False), "", "", SMOOTH),
}  # fmt: skip
REFUTATIONS = {
    "nonzero-gradient": Argument(lambda c: falls(c, c.argument["direction"], 1), "direction", ""),
    "negative-curvature": Argument(lambda c: falls(c, c.argument["direction"], 2), "direction", ""),
    "descent-curve": Argument(lambda c: falls(c, curve_steps(c), c.argument["order"]),
                              "curve order", ""),
    "equal-loss-move": Argument(equal_loss_move, "curve direction", "", ("no l1 regularizer",)),
}  # fmt: skip


def read_argument(value: Any, kind: str, argument: Argument, problem: Problem) -> dict[str, Any]:
    """The fields of an argument, and a rejection if the problem lacks what it needs."""
    (rows, samples), trained, layer = problem.shape, problem.trained, whole(1, problem.depth - 1)

    def coefficients(value: Any, what: str) -> list[Fraction]:
        listed = value if isinstance(value, list) else [value]
        need(1 <= len(listed) <= HIGHEST, f"{what} has no coefficients, or more than {HIGHEST}")
        return [rational(x, what) for x in listed]

    def by_name(readers: dict[str, Reader]) -> Reader:
        return lambda x, what: record(x, what, {}, readers)

    row, column, index = whole(0, rows - 1), whole(0, samples - 1), whole(0, 10**6)
    readers: dict[str, Reader] = {
        "kind": keep, "layer": layer, "row": row, "column": column, "order": whole(1, HIGHEST),
        "subgradient": table(rows, samples), "combination": array(rational, samples),
        "gauge": array(layer), "flat": by_name(dict.fromkeys(trained, array(array(index)))),
        "direction": by_name(matrices(trained, lambda x, what: [rational(x, what)])),
        "curve": by_name(matrices(trained, coefficients)),
    }  # fmt: skip
    fields = [{name: readers[name] for name in names.split()}
              for names in (f"kind {argument.required}", argument.optional)]  # fmt: skip
    found = record(value, "the argument", *fields)
    for fact in argument.needs:
        need(FACTS[fact](problem), f"{kind} needs {fact}")
    return found
