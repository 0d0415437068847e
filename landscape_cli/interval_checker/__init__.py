"""A second checker, on python-flint's ball arithmetic, for points known only as boxes.

``interval-newton``: every trained weight of ``local_minimum`` is a box. The Krawczyk operator of
the gradient maps the box into its interior, so the box holds exactly one critical point; the
Hessian is positive definite on the whole box (its midpoints less the radii), so that point is a
strict local minimum; its loss is enclosed. Networks of any depth, with skips, fixed layers and
an l2 penalty, for losses and activations that are C^1 with Lipschitz derivatives on the box
(``network``).
``split-unit``: the same for a two-layer network with one smooth unit, together with
D = sum of r v s''(z) x x^T positive definite, hence every split of that unit into units with
output weights of the same sign is a local minimum (theory: section 5.6; proof in README.md of
the kernel). The better point is rational; its value is enclosed by the kernel.

Without a penalty, inputs that are 0 on all samples are left out (they change nothing), and so are,
for squared loss, outputs with target 0 and weights exactly 0 (they add a square that vanishes at
the point).

Every other kind of argument goes to the kernel, unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from ..exact.numbers import Rejection, rational
from ..exact.reading import array, keep, record
from ..kernel import ELSEWHERE, SCHEMA, Outcome, check_value
from ..kernel import verify as verify_in_kernel
from ..kernel.problem import Problem, matrices, read_problem
from .network import Ball, Layer, Net, ball, gradient, hessian, passed

SMOOTH = ("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf")
PRECISION = 192  # bits of a ball's midpoint
MOST_PARAMETERS = 150
Box: TypeAlias = tuple[Fraction, Fraction]


def verify(document: object) -> Outcome:
    """Re-check one certificate of any kind; never raises on a bad document."""
    argument = document.get("argument") if isinstance(document, dict) else None
    kind = argument.get("kind") if isinstance(argument, dict) else None
    if kind not in ELSEWHERE:
        return verify_in_kernel(document)
    try:
        import flint

        before = flint.ctx.prec
        flint.ctx.prec = PRECISION
        try:
            _check(document, str(kind))
        finally:
            flint.ctx.prec = before
    except Rejection as rejection:
        return Outcome(False, kind, str(rejection))
    except ImportError:
        return Outcome(False, kind, "python-flint is not installed; this argument needs it")
    except (RecursionError, MemoryError, OverflowError) as error:
        return Outcome(
            False, kind, f"the document is too large or too deep ({type(error).__name__})"
        )
    return Outcome(True, kind, "accepted by ball arithmetic: a local minimum, and not global")


def _inside(net: Net, ends: list[Box]) -> bool:
    """Whether the balls lie in the stated boxes (a ball made from a box may be a little wider)."""
    return all(
        x >= ball(a) and x <= ball(b) for x, (a, b) in zip(net.parameters(), ends, strict=True)
    )


def _box(value: object, what: str) -> Any:
    parts = record(value, what, {"lower": rational, "upper": rational})
    if parts["lower"] > parts["upper"]:
        raise Rejection(f"{what} is an empty box")
    return parts["lower"], parts["upper"]


def _check(document: object, kind: str) -> None:
    names = ("schema", "problem", "data", "local_minimum", "better_point", "argument")
    parts = record(document, "the document", dict.fromkeys(names, keep))
    if parts["schema"] != SCHEMA:
        raise Rejection(f"the schema is not {SCHEMA}")
    problem = read_problem(parts["problem"], parts["data"])
    _covered(problem, kind)
    point = {"weights": keep, "value": keep}
    local = record(parts["local_minimum"], "local_minimum", point)
    better = record(parts["better_point"], "better_point", point)
    boxes = matrices(problem.trained, _box)
    found: Any = record(local["weights"], "local_minimum", boxes)
    stated = _box(local["value"], "the value of local_minimum")
    weights = record(better["weights"], "better_point", matrices(problem.trained))
    _, upper = check_value(problem, weights, better["value"], "better_point")
    if upper >= stated[0]:
        raise Rejection("the better value is not strictly below the local minimum's")
    argument = parts["argument"]
    fields = {"kind": keep, **({"unit": keep, "shares": keep} if kind == "split-unit" else {})}
    record(argument, "the argument", fields)
    if kind == "split-unit":
        found = _unit(problem, found, argument)
    net, ends = _reduce(problem, parts["problem"], found)
    if kind == "split-unit" and len(net.targets) != 1:
        raise Rejection("split-unit needs all outputs but one to have target 0 and weights 0")
    net = _krawczyk(net)
    if not _inside(net, ends):
        raise Rejection("the critical point is not shown to lie in the stated box")
    lower_ball, upper_ball = ball(stated[0]), ball(stated[1])
    loss = passed(net).value
    if not (loss >= lower_ball and loss <= upper_ball):
        raise Rejection("the value of local_minimum could not be enclosed as stated")
    if kind == "split-unit" and not _positive(_split_form(net)):
        raise Rejection("D is not shown to be positive definite")


def _covered(problem: Problem, kind: str) -> None:
    """A rejection where the argument does not speak of such a problem."""
    if problem.symmetric:
        raise Rejection("this argument needs a network")
    for name in problem.activations:
        if name in ("prelu", "step"):
            raise Rejection(f"this argument does not cover {name}")
    if problem.penalty == "l1":
        raise Rejection("this argument does not cover an l1 penalty")
    if kind == "interval-newton":
        return
    if problem.depth != 2 or problem.activations[1] != "linear":
        raise Rejection("this argument needs a network of two layers with linear output")
    if problem.activations[0] not in SMOOTH:
        raise Rejection(f"this argument does not cover {problem.activations[0]}")
    if problem.loss != "squared" or problem.penalty or problem.fixed or any(problem.skip):
        raise Rejection("this argument needs squared loss; no regularizer, skip or fixed layer")


def _split_form(net: Net) -> list[list[Ball]]:
    """D = sum over the samples of r v s''(z) x x^T, x with a 1 appended if there is a bias."""
    found = passed(net)
    first, last = net.layers
    rows = [*net.inputs, *([[ball(1)] * len(net.inputs[0])] if first.bias is not None else [])]
    scales = [
        r * last.weights[0][0] * bend
        for r, bend in zip(found.errors[1][0], found.second[0][0], strict=True)
    ]
    return [
        [sum((a * x * y for a, x, y in zip(scales, p, q, strict=True)), ball(0)) for q in rows]
        for p in rows
    ]


def _unit(problem: Problem, found: Any, argument: dict[str, Any]) -> Any:
    """The one-unit network, after checking that the point is its split by the shares."""
    size = problem.widths[1]
    if size < 2:
        raise Rejection("split-unit needs at least two units")
    shares = array(rational, size)(argument["shares"], "shares")
    if min(shares) <= 0 or sum(shares) != 1:
        raise Rejection("the shares are not positive with sum 1")
    one = replace(problem, widths=[problem.widths[0], 1, 1])
    unit: Any = record(argument["unit"], "unit", matrices(one.trained, _box))
    for name in ("W1", "b1"):
        if name in unit and any(row != unit[name][0] for row in found[name]):
            raise Rejection(f"a row of {name} is not that of the unit")
    low, high = unit["W2"][0][0]
    split = [(t * low, t * high) for t in shares]
    rows = [i for i, row in enumerate(found["W2"]) if row == split]
    if not rows:
        raise Rejection("no row of W2 is the split of the unit's output weight")
    zero = (Fraction(0), Fraction(0))
    for i, row in enumerate(found["W2"]):
        if i != rows[0] and any(entry != zero for entry in row):
            raise Rejection("another output has weights that are not zero")
    result = {
        **unit,
        "W2": [[unit["W2"][0][0] if i == rows[0] else zero] for i in range(len(found["W2"]))],
    }
    if "b2" in unit:
        if found["b2"][rows[0]] != unit["b2"][0]:
            raise Rejection("the output bias is not that of the unit")
        result["b2"] = found["b2"]
    return result


def _reduce(problem: Problem, stated: Any, found: Any) -> tuple[Net, list[Box]]:
    """Drop what does not matter (see above); the network on balls, and the boxes they are of."""
    rows, samples = problem.shape
    targets = problem.targets or [[Fraction(0)] * samples for _ in range(rows)]
    setting = problem.setting
    scale = setting if isinstance(setting, list) else [[Fraction(1)] * samples] * rows
    used, kept = list(range(problem.widths[0])), list(range(rows))
    top = f"W{problem.depth}"
    plain = not problem.penalty and not any(problem.skip)
    if plain and "W1" in found:
        used = [i for i in used if any(problem.inputs[i])]
    square = problem.loss == "squared" and problem.activations[-1] == "linear"
    if plain and square and top in found:
        zero = (Fraction(0), Fraction(0))
        bias = found.get(f"b{problem.depth}", [[]] * rows)
        kept = [
            o for o in kept
            if any(targets[o]) or any(x != zero for x in [*found[top][o], *bias[o]])
        ]  # fmt: skip
    if not used or not kept:
        raise Rejection("all targets are 0, or all inputs")
    layers: list[Layer] = []
    ends: list[Box] = []
    for k, name in enumerate(problem.activations, 1):
        trained = f"W{k}" in found
        source = found if trained else problem.fixed
        weights, bias = source[f"W{k}"], source.get(f"b{k}")
        if k == 1:
            weights = [[row[i] for i in used] for row in weights]
        if k == problem.depth:
            weights = [weights[o] for o in kept]
            bias = None if bias is None else [bias[o] for o in kept]
        flat = None if bias is None else [x for (x,) in bias]
        if trained:
            ends += [x for row in weights for x in row] + (flat or [])
        entry: Any = _hull if trained else ball
        parameter = {k: v for k, v in stated["activations"][k - 1].items() if k != "name"}
        layers.append(
            Layer(
                name, Fraction(next(iter(parameter.values()), "0")),
                [[entry(x) for x in row] for row in weights],
                None if flat is None else [entry(x) for x in flat], trained, problem.skip[k - 1],
                problem.rates[k - 1],
            )
        )  # fmt: skip
    if len(ends) > MOST_PARAMETERS:
        raise Rejection(f"more than {MOST_PARAMETERS} parameters")
    net = Net(
        layers, [[ball(x) for x in problem.inputs[i]] for i in used],
        [[ball(y) for y in targets[o]] for o in kept], problem.loss,
        Fraction(0) if isinstance(setting, list) else Fraction(setting),
        [[ball(w) for w in scale[o]] for o in kept],
        [ball(c) for c in problem.counts],
    )  # fmt: skip
    return net, ends


def _hull(box: Box) -> Ball:
    return ball(box[0]).union(ball(box[1]))


def _krawczyk(net: Net) -> Net:
    """The network on a smaller box that still holds the critical point; a rejection if unproved."""
    import flint

    box = net.parameters()
    size = range(len(box))
    form = hessian(net)
    if not _positive(form):
        raise Rejection("the Hessian is not shown to be positive definite on the box")
    for attempt in range(3):
        middle = [x.mid() for x in box]
        centre = flint.arb_mat([[x.mid() for x in row] for row in hessian(net.at(middle))])
        try:
            inverse = centre.inv()
        except ZeroDivisionError:
            raise Rejection("the Hessian at the centre of the box is not invertible") from None
        inverse = flint.arb_mat([[inverse[i, j].mid() for j in size] for i in size])
        step = inverse * flint.arb_mat([[g] for g in gradient(net.at(middle))])
        spread = inverse * flint.arb_mat(form)
        image = []
        for i in size:
            value = middle[i] - step[i, 0]
            for j in size:
                value += (ball(int(i == j)) - spread[i, j]) * (box[j] - middle[j])
            image.append(value)
        if attempt == 0 and not all(
            x.contains_interior(y) for x, y in zip(box, image, strict=True)
        ):
            raise Rejection("the Krawczyk operator does not map the box into its interior")
        box = [x.intersection(y) for x, y in zip(box, image, strict=True)]
        form = hessian(net.at(box))
    return net.at(box)


def _positive(form: list[list[Ball]]) -> bool:
    """Whether every symmetric matrix in the interval matrix is positive definite.

    Such a matrix is M + E, M the symmetric matrix of the midpoints (below the diagonal) and
    |E_ij| at most the radius. The norm of E is at most the largest row sum r of the radii, so that
    M - r I positive definite (LDL^T on balls without a radius) suffices.
    """
    size = range(len(form))
    lower = [[form[max(i, j)][min(i, j)] for j in size] for i in size]
    if not all(x.is_finite() for row in lower for x in row):
        return False
    sums = [sum((x.rad() for x in row), ball(0)).upper() for row in lower]
    left = [[x.mid() for x in row] for row in lower]
    for k in size:
        left[k][k] -= max(sums)
    for k in size:
        pivot = left[k][k]
        if not pivot > 0:
            return False
        for i in range(k + 1, len(left)):
            factor = left[i][k] / pivot
            for j in range(k + 1, len(left)):
                left[i][j] = left[i][j] - factor * left[k][j]
    return True
