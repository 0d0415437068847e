"""A second checker, on python-flint's ball arithmetic, for smooth two-layer networks.

``interval-newton``: every trained weight of ``local_minimum`` is a box. The Krawczyk operator of
the gradient maps the box into its interior, so the box holds exactly one critical point; the
Hessian is positive definite on the whole box (interval LDL^T), so that point is a strict local
minimum; its loss is enclosed. ``split-unit``: the same for the network with one unit, together
with D = sum of r v s''(z) x x^T positive definite, hence every split of that unit into units with
output weights of the same sign is a local minimum (theory: section 5.6; proof in README.md of
the kernel). The better point is rational; its value is enclosed by the kernel.

Outputs with target 0 and weights exactly 0, and inputs that are 0 on all samples, are left out:
they change the loss by a square that vanishes at the point, or not at all.

Every other kind of argument goes to the kernel, unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from ..exact.numbers import Rejection, rational
from ..exact.reading import array, keep, record
from ..kernel import ELSEWHERE, SCHEMA, Outcome, check_value
from ..kernel import verify as verify_in_kernel
from ..kernel.problem import Problem, matrices, read_problem

SMOOTH = ("tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "arctan", "sin", "erf")
PRECISION = 192  # bits of a ball's midpoint
MOST_PARAMETERS = 150
Ball: TypeAlias = Any  # flint.arb, which has no type stubs
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


@dataclass(frozen=True)
class Net:
    """A two-layer network with one row of parameters per unit and per output, as balls.

    ``inputs`` are the samples, with a 1 appended if the first layer has a bias (then the rows of
    ``hidden`` hold it last); ``output`` rows hold the output bias last if there is one. Sample s
    stands ``counts[s]`` times.
    """

    activation: str
    inputs: list[list[Ball]]
    targets: list[list[Ball]]
    hidden: list[list[Ball]]
    output: list[list[Ball]]
    output_bias: bool
    counts: list[Ball]


def _inside(net: Net, ends: list[Box]) -> bool:
    """Whether the balls lie in the stated boxes (a ball made from a box may be a little wider)."""
    return all(
        x >= _ball(a) and x <= _ball(b) for x, (a, b) in zip(_parameters(net), ends, strict=True)
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
    if problem.symmetric or problem.depth != 2 or problem.activations[1] != "linear":
        raise Rejection("this argument needs a network of two layers with linear output")
    if problem.activations[0] not in SMOOTH:
        raise Rejection(f"this argument does not cover {problem.activations[0]}")
    if problem.loss != "squared" or problem.penalty or problem.fixed or any(problem.skip):
        raise Rejection("this argument needs squared loss; no regularizer, skip or fixed layer")
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
    net, ends = _reduce(problem, found)
    if kind == "split-unit" and len(net.output) != 1:
        raise Rejection("split-unit needs all outputs but one to have target 0 and weights 0")
    net = _krawczyk(net)
    if not _inside(net, ends):
        raise Rejection("the critical point is not shown to lie in the stated box")
    lower_ball, upper_ball = _ball(stated[0]), _ball(stated[1])
    loss = _loss(net)
    if not (loss >= lower_ball and loss <= upper_ball):
        raise Rejection("the value of local_minimum could not be enclosed as stated")
    if kind == "split-unit":
        _, _, bends, residuals = _forward(net)
        size = range(len(net.inputs[0]))
        form = [[_ball(0) for _ in size] for _ in size]
        for s, x in enumerate(net.inputs):
            scale = net.counts[s] * residuals[0][s] * net.output[0][0] * bends[0][s]
            for i in size:
                for j in size:
                    form[i][j] += scale * x[i] * x[j]
        if not _positive(form):
            raise Rejection("D is not shown to be positive definite")


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


def _reduce(problem: Problem, found: Any) -> tuple[Net, list[Box]]:
    """Drop inputs that are 0 and outputs whose target and weights are 0; balls, and their boxes."""
    assert problem.targets is not None
    zero = (Fraction(0), Fraction(0))
    used = [i for i, row in enumerate(problem.inputs) if any(row)]
    rows = [[*row, *(found["b2"][o] if "b2" in found else [])] for o, row in enumerate(found["W2"])]
    kept = [
        o for o, row in enumerate(rows) if any(problem.targets[o]) or any(x != zero for x in row)
    ]
    first_bias = problem.biases[0]
    hidden = [
        [row[i] for i in used] + ([found["b1"][j][0]] if first_bias else [])
        for j, row in enumerate(found["W1"])
    ]
    output = [rows[o] for o in kept]
    ends = [x for row in (*hidden, *output) for x in row]
    if len(ends) > MOST_PARAMETERS:
        raise Rejection(f"more than {MOST_PARAMETERS} parameters")
    inputs = [
        [_ball(problem.inputs[i][s]) for i in used] + ([_ball(1)] if first_bias else [])
        for s in range(problem.shape[1])
    ]
    if not kept or not inputs[0]:
        raise Rejection("all targets are 0, or all inputs")
    net = Net(
        problem.activations[0], inputs, [[_ball(y) for y in problem.targets[o]] for o in kept],
        [[_hull(x) for x in row] for row in hidden],
        [[_hull(x) for x in row] for row in output], "b2" in found,
        [_ball(c) for c in problem.counts],
    )  # fmt: skip
    return net, ends


def _ball(x: Fraction | int) -> Ball:
    import flint

    exact = Fraction(x)
    return flint.arb(flint.fmpq(exact.numerator, exact.denominator))


def _hull(box: Box) -> Ball:
    return _ball(box[0]).union(_ball(box[1]))


def _parameters(net: Net) -> list[Ball]:
    return [x for row in (*net.hidden, *net.output) for x in row]


def _with(net: Net, values: list[Ball]) -> Net:
    left = iter(values)
    hidden = [[next(left) for _ in row] for row in net.hidden]
    output = [[next(left) for _ in row] for row in net.output]
    return Net(net.activation, net.inputs, net.targets, hidden, output, net.output_bias,
               net.counts)  # fmt: skip


def _derivatives(name: str, z: Ball) -> tuple[Ball, Ball, Ball]:
    """(s, s', s'') of a smooth activation at a ball."""
    import flint

    one, two, half = _ball(1), _ball(2), _ball(Fraction(1, 2))
    if name == "tanh":
        t = z.tanh()
        return t, one - t * t, -two * t * (one - t * t)
    if name == "arctan":
        q = one / (one + z * z)
        return z.atan(), q, -two * z * q * q
    if name == "sin":
        return z.sin(), z.cos(), -z.sin()
    if name == "erf":
        q = two / flint.arb.pi().sqrt() * (-z * z).exp()
        return z.erf(), q, -two * z * q
    if name == "gelu":
        big = half * (one + (z / two.sqrt()).erf())
        small = (-z * z * half).exp() / (two * flint.arb.pi()).sqrt()
        return z * big, big + z * small, (two - z * z) * small
    g = one / (one + (-z).exp())
    first = g * (one - g)
    second = first * (one - two * g)
    if name == "sigmoid":
        return g, first, second
    soft = (one + z.exp()).log()
    if name == "softplus":
        return soft, g, first
    if name == "silu":
        return z * g, g + z * first, two * first + z * second
    if name == "mish":
        t = soft.tanh()
        once = (one - t * t) * g
        twice = (one - t * t) * first - two * t * once * g
        return z * t, t + z * once, two * once + z * twice
    raise Rejection(f"this argument does not cover {name}")


def _forward(
    net: Net,
) -> tuple[list[list[Ball]], list[list[Ball]], list[list[Ball]], list[list[Ball]]]:
    """(features, first derivatives, second derivatives, residuals), each row by sample."""
    found = []
    for unit in net.hidden:
        found.append([_derivatives(net.activation, _dot(unit, x)) for x in net.inputs])
    features = [[t[0] for t in row] for row in found]
    if net.output_bias:
        features.append([_ball(1) for _ in net.inputs])
    residuals = [
        [_dot(row, [f[s] for f in features]) - target[s] for s in range(len(net.inputs))]
        for row, target in zip(net.output, net.targets, strict=True)
    ]
    return (
        features,
        [[t[1] for t in row] for row in found],
        [[t[2] for t in row] for row in found],
        residuals,
    )


def _dot(left: list[Ball], right: list[Ball]) -> Ball:
    total = _ball(0)
    for a, b in zip(left, right, strict=True):
        total += a * b
    return total


def _loss(net: Net) -> Ball:
    residuals = _forward(net)[3]
    return sum((_dot(net.counts, [r * r for r in row]) for row in residuals), _ball(0)) / 2


def _gradient(net: Net) -> list[Ball]:
    features, first, _, residuals = _forward(net)
    residuals = [[c * r for c, r in zip(net.counts, row, strict=True)] for row in residuals]
    samples = range(len(net.inputs))
    result = []
    for j in range(len(net.hidden)):
        back = [
            _dot([row[j] for row in net.output], [r[s] for r in residuals]) * first[j][s]
            for s in samples
        ]
        result += [_dot(back, [x[i] for x in net.inputs]) for i in range(len(net.inputs[0]))]
    return result + [_dot(r, f) for r in residuals for f in features]


def _hessian(net: Net) -> list[list[Ball]]:
    features, first, second, residuals = _forward(net)
    units, size, width = len(net.hidden), len(net.inputs[0]), len(features)
    start = units * size
    total = start + len(net.output) * width
    h = [[_ball(0) for _ in range(total)] for _ in range(total)]
    for s, (x, count) in enumerate(zip(net.inputs, net.counts, strict=True)):
        for j in range(units):
            bend = _dot([row[j] for row in net.output], [r[s] for r in residuals]) * second[j][s]
            for k in range(units):
                both = _dot([row[j] for row in net.output], [row[k] for row in net.output])
                value = both * first[j][s] * first[k][s] + (bend if j == k else _ball(0))
                value *= count
                for i in range(size):
                    for m in range(size):
                        h[j * size + i][k * size + m] += value * x[i] * x[m]
            for o, row in enumerate(net.output):
                for k in range(width):
                    value = row[j] * first[j][s] * features[k][s]
                    if k == j:
                        value += residuals[o][s] * first[j][s]
                    value *= count
                    for i in range(size):
                        h[j * size + i][start + o * width + k] += value * x[i]
                        h[start + o * width + k][j * size + i] += value * x[i]
        for o in range(len(net.output)):
            for k in range(width):
                for m in range(width):
                    h[start + o * width + k][start + o * width + m] += (
                        count * features[k][s] * features[m][s]
                    )
    return h


def _krawczyk(net: Net) -> Net:
    """The network on a smaller box that still holds the critical point; a rejection if unproved."""
    import flint

    box = _parameters(net)
    size = range(len(box))
    hessian = _hessian(net)
    if not _positive(hessian):
        raise Rejection("the Hessian is not shown to be positive definite on the box")
    for attempt in range(3):
        middle = [x.mid() for x in box]
        centre = flint.arb_mat([[x.mid() for x in row] for row in _hessian(_with(net, middle))])
        try:
            inverse = centre.inv()
        except ZeroDivisionError:
            raise Rejection("the Hessian at the centre of the box is not invertible") from None
        inverse = flint.arb_mat([[inverse[i, j].mid() for j in size] for i in size])
        step = inverse * flint.arb_mat([[g] for g in _gradient(_with(net, middle))])
        spread = inverse * flint.arb_mat(hessian)
        image = []
        for i in size:
            value = middle[i] - step[i, 0]
            for j in size:
                value += ((_ball(1) if i == j else _ball(0)) - spread[i, j]) * (box[j] - middle[j])
            image.append(value)
        if attempt == 0 and not all(
            x.contains_interior(y) for x, y in zip(box, image, strict=True)
        ):
            raise Rejection("the Krawczyk operator does not map the box into its interior")
        box = [x.intersection(y) for x, y in zip(box, image, strict=True)]
        hessian = _hessian(_with(net, box))
    return _with(net, box)


def _positive(form: list[list[Ball]]) -> bool:
    """Whether every symmetric matrix in the interval matrix is positive definite (LDL^T)."""
    left = [list(row) for row in form]
    for k in range(len(left)):
        pivot = left[k][k]
        if not pivot > 0:
            return False
        for i in range(k + 1, len(left)):
            factor = left[i][k] / pivot
            for j in range(k + 1, len(left)):
                left[i][j] = left[i][j] - factor * left[k][j]
    return True
