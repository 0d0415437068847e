"""The calculus of local openness over any model map, symbolically or at a point (theory.md, 1).

A judgement says: the map is locally open into a target, provided conditions on ranks hold. Rules
are applied bottom up to the map's expression; where a point is given, ranks are looked up and the
conditions are decided. Every judgement carries its derivation; where no rule applies, the refusal
names the innermost culprit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from ..analysis import activation_of
from ..model.activations import activation_properties
from ..model.problem import (
    Activation,
    ApplyExpression,
    Map,
    MapExpression,
    Model,
    NameExpression,
    Network,
    ProductExpression,
    SumExpression,
    TransposeExpression,
)
from ..model.span import Span
from ..model.terms import Formula, Symbol, Term, all_of, at_least, minimum, show, substitute
from .derivation import Derivation

TargetKind = Literal["all", "box", "bounded", "psd", "image"]

# The rank of a subexpression at the point, or None (symbolic, or not known exactly).
RankLookup: TypeAlias = Callable[[MapExpression], "int | None"]


class Judgement(NamedTuple):
    """``expression`` is locally open into the target, provided the conditions hold.

    ``target``: ``all`` matrices of that shape, an open ``box`` of them, the matrices of ``bounded``
    rank, the ``psd`` cone (of bounded rank), or the ``image`` of a linear map. ``widths`` must
    hold of the sizes; ``conditions`` are rank statements at the point, ``satisfied`` whether they
    hold there (None: no point, or a rank is not known).
    """

    target: TargetKind
    rows: Term
    columns: Term
    widths: Formula
    conditions: tuple[str, ...]
    satisfied: bool | None
    derivation: Derivation

    @property
    def composes(self) -> bool:
        """Whether a map on top may use it: its target is open in all matrices."""
        return self.target in ("all", "box")


class Refusal(NamedTuple):
    """No rule applies; ``culprit`` is the innermost subexpression, with the reason."""

    culprit: str
    reason: str
    span: Span | None


class Scope(NamedTuple):
    """Shapes by name, which names are free parameters, and what was declared."""

    shapes: dict[str, tuple[Term, Term]]
    parameters: frozenset[str]
    repeated: frozenset[str]
    model: Model
    rank: RankLookup


def openness_of(
    model: Model, rank: RankLookup | None = None, sizes: Mapping[str, int] | None = None
) -> Judgement | Refusal:
    """The openness of the model's map.

    At a point ``rank`` gives the ranks of subexpressions and ``sizes`` the values of symbolic
    sizes (``n``: the number of samples).
    """
    if model.network is not None:
        expression, shapes, free = expression_of(model.network)
    elif model.map is not None:
        expression, shapes, free = _of_map(model.map)
    else:
        raise TypeError("a model has a net or a map")
    if isinstance(expression, Refusal):
        return expression
    if sizes:
        known: dict[str, Term] = dict(sizes)
        shapes = {
            name: (substitute(rows, known), substitute(columns, known))
            for name, (rows, columns) in shapes.items()
        }
    counts = Counter(_names(expression))
    repeated = frozenset(name for name in free if counts[name] > 1)
    scope = Scope(shapes, free, repeated, model, rank or (lambda _: None))
    return _judge(expression, scope, inner=False)


def expression_of(
    network: Network,
) -> tuple[MapExpression | Refusal, dict[str, tuple[Term, Term]], frozenset[str]]:
    """A network as a matrix expression in W1, b1, ..., X and a row ``1`` of ones."""
    samples: Term = Symbol("n")
    shapes: dict[str, tuple[Term, Term]] = {
        "X": (network.input_width, samples),
        "1": (1, samples),
    }
    free: set[str] = set()
    current: MapExpression = NameExpression("X")
    before = network.input_width
    for k, layer in enumerate(network.layers, start=1):
        if layer.opaque is not None:
            return (
                Refusal(f"layer {k}", "the theory does not cover it", layer.span),
                {},
                frozenset(),
            )
        shapes[f"W{k}"], shapes[f"b{k}"] = (layer.width, before), (layer.width, 1)
        if not layer.fixed:
            free |= {f"W{k}", f"b{k}"} if layer.bias else {f"W{k}"}
        value: MapExpression = _product(NameExpression(f"W{k}", layer.span), current)
        if layer.bias:
            bias = ProductExpression((NameExpression(f"b{k}"), NameExpression("1")))
            value = SumExpression((value, bias), layer.span)
        if layer.activation.name != "linear":
            value = ApplyExpression(layer.activation, value, layer.span)
        if layer.skip:
            value = SumExpression((value, current), layer.span)
        current, before = value, layer.width
    return current, shapes, frozenset(free)


def _product(left: MapExpression, right: MapExpression) -> MapExpression:
    if isinstance(right, ProductExpression):
        return ProductExpression((left, *right.factors))
    return ProductExpression((left, right))


def _of_map(
    the_map: Map,
) -> tuple[MapExpression, dict[str, tuple[Term, Term]], frozenset[str]]:
    shapes = {p.name: (p.rows, p.columns) for p in the_map.parameters}
    shapes.update({c.name: (c.rows, c.columns) for c in the_map.constants})
    if the_map.data_rows is not None:
        shapes["X"] = (the_map.data_rows, Symbol("n"))
    return the_map.expression, shapes, frozenset(p.name for p in the_map.parameters)


def _names(node: MapExpression) -> Iterator[str]:
    if isinstance(node, NameExpression):
        yield node.name
    elif isinstance(node, ProductExpression):
        for factor in node.factors:
            yield from _names(factor)
    elif isinstance(node, SumExpression):
        for term in node.terms:
            yield from _names(term)
    elif isinstance(node, (TransposeExpression, ApplyExpression)):
        yield from _names(node.of)
    else:
        raise TypeError(f"unknown map expression {type(node).__name__}")


def names_in(node: MapExpression) -> frozenset[str]:
    """The names of all matrices in the expression."""
    return frozenset(_names(node))


def show_expression(node: MapExpression) -> str:
    """The expression in the model language's notation."""
    if isinstance(node, NameExpression):
        return node.name
    if isinstance(node, ProductExpression):
        return " ".join(
            f"({show_expression(f)})" if isinstance(f, SumExpression) else show_expression(f)
            for f in node.factors
        )
    if isinstance(node, SumExpression):
        return " + ".join(show_expression(term) for term in node.terms)
    if isinstance(node, TransposeExpression):
        inner = show_expression(node.of)
        return f"{inner}^T" if isinstance(node.of, NameExpression) else f"({inner})^T"
    if isinstance(node, ApplyExpression):
        return f"{node.activation.name}({show_expression(node.of)})"
    raise TypeError(f"unknown map expression {type(node).__name__}")


def _shape(node: MapExpression, scope: Scope) -> tuple[Term, Term]:
    if isinstance(node, NameExpression):
        return scope.shapes[node.name]
    if isinstance(node, ProductExpression):
        return _shape(node.factors[0], scope)[0], _shape(node.factors[-1], scope)[1]
    if isinstance(node, SumExpression):
        return _shape(node.terms[0], scope)
    if isinstance(node, TransposeExpression):
        rows, columns = _shape(node.of, scope)
        return columns, rows
    return _shape(node.of, scope)


def _free(node: MapExpression, scope: Scope) -> frozenset[str]:
    return frozenset(_names(node)) & scope.parameters


def _all_known(*values: bool | None) -> bool | None:
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def _judge(node: MapExpression, scope: Scope, inner: bool = True) -> Judgement | Refusal:
    """``inner``: another map stands on top, so a target other than all matrices is of no use."""
    if isinstance(node, NameExpression):
        return _judge_name(node, scope)
    if isinstance(node, TransposeExpression):
        return _judge_transpose(node, scope, inner)
    if isinstance(node, ApplyExpression):
        return _judge_activation(node, scope)
    if isinstance(node, SumExpression):
        return _judge_sum(node, scope)
    if isinstance(node, ProductExpression):
        return _judge_product(node, scope, inner)
    raise TypeError(f"unknown map expression {type(node).__name__}")


def _judge_name(node: NameExpression, scope: Scope) -> Judgement | Refusal:
    if node.name not in scope.parameters:
        return Refusal(node.name, "it is constant, so the map is not open", node.span)
    if node.name in scope.repeated:
        return Refusal(node.name, "the parameter occurs more than once in the map", node.span)
    rows, columns = scope.shapes[node.name]
    tree = Derivation("open-linear", f"{node.name} is free: the identity is open")
    return Judgement("all", rows, columns, True, (), True, tree)


def _judge_transpose(node: TransposeExpression, scope: Scope, under: bool) -> Judgement | Refusal:
    inner = _judge(node.of, scope, under)
    if isinstance(inner, Refusal):
        return inner
    tree = Derivation(
        "open-compose", f"{show_expression(node)}: transposing is a homeomorphism", (),
        (inner.derivation,),
    )  # fmt: skip
    return inner._replace(rows=inner.columns, columns=inner.rows, derivation=tree)


def homeomorphic(activation: Activation, model: Model) -> bool:
    """Whether the activation is continuous and strictly monotone (derived or declared)."""
    if activation.name == "softmax":
        return False
    if activation.custom:
        found = activation_of(model, activation)
    else:
        found = activation_properties(activation, model.declarations)
    return found.continuous is True and found.strictly_monotone is True


def _judge_activation(node: ApplyExpression, scope: Scope) -> Judgement | Refusal:
    name = node.activation.name
    if not homeomorphic(node.activation, scope.model):
        return Refusal(
            show_expression(node), f"{name} is not (known to be) continuous and strictly monotone",
            node.span,
        )  # fmt: skip
    inner = _judge(node.of, scope)
    if isinstance(inner, Refusal):
        return inner
    if not inner.composes:
        return Refusal(
            show_expression(node.of), "its target is not all matrices, so no map on top is covered",
            node.span,
        )  # fmt: skip
    tree = Derivation(
        "open-activation", f"{show_expression(node)} is locally open into an open box",
        (f"{name} is continuous and strictly monotone",), (inner.derivation,),
    )  # fmt: skip
    return inner._replace(target="box", derivation=tree)


def _judge_sum(node: SumExpression, scope: Scope) -> Judgement | Refusal:
    refusals: list[Refusal] = []
    for i, term in enumerate(node.terms):
        others = frozenset().union(
            *(_free(other, scope) for j, other in enumerate(node.terms) if j != i)
        )
        shared = _free(term, scope) & others
        if shared:
            refusals.append(
                Refusal(
                    show_expression(node),
                    f"the terms share {', '.join(sorted(shared))}",
                    node.span,
                )
            )
            continue
        inner = _judge(term, scope)
        if isinstance(inner, Refusal):
            refusals.append(inner)
            continue
        if inner.target != "all":
            refusals.append(
                Refusal(show_expression(term), "its target is not all matrices", node.span)
            )
            continue
        tree = Derivation(
            "open-sum",
            f"{show_expression(node)} is locally open, since {show_expression(term)} is",
            ("the other terms have parameters of their own or none",), (inner.derivation,),
        )  # fmt: skip
        return inner._replace(derivation=tree)
    return refusals[0]


def _judge_product(node: ProductExpression, scope: Scope, inner: bool) -> Judgement | Refusal:
    symmetric = _symmetric(node, scope)
    if symmetric is not None:
        return symmetric
    last = node.factors[-1]
    if _free(last, scope):
        whole = _nested(node.factors, scope, node.span)
    else:
        part = _nested(node.factors[:-1], scope, node.span)
        if isinstance(part, Refusal):
            whole = part
        else:
            whole = _right_constant(part, node, last, scope, inner)
    if inner or (isinstance(whole, Judgement) and whole.satisfied is not False):
        return whole
    bounded = _bounded_chain(node, scope)
    if bounded is not None and (isinstance(whole, Refusal) or bounded.satisfied is True):
        return bounded
    return whole


def _symmetric(node: ProductExpression, scope: Scope) -> Judgement | None:
    first, second, rest = node.factors[0], node.factors[1], node.factors[2:]
    if not (
        isinstance(first, NameExpression)
        and isinstance(second, TransposeExpression)
        and isinstance(second.of, NameExpression)
        and first.name == second.of.name
        and first.name in scope.parameters
    ):
        return None
    if any(_free(factor, scope) for factor in rest):
        return None
    rows, columns = scope.shapes[first.name]
    tree = Derivation(
        "open-symmetric",
        f"{first.name} {first.name}^T is locally open at every point onto the psd matrices of "
        f"rank <= {show(columns)}",
    )
    if rest:
        tree = Derivation(
            "open-linear", f"{show_expression(node)}: a linear map of {first.name} {first.name}^T, "
            "open onto its image", (), (tree,),
        )  # fmt: skip
        return Judgement("image", rows, _shape(node, scope)[1], True, (), True, tree)
    return Judgement("psd", rows, rows, True, (), True, tree)


def _nested(
    factors: tuple[MapExpression, ...], scope: Scope, span: Span | None
) -> Judgement | Refusal:
    """f_1 (f_2 (... f_c)), each product by the rule that fits."""
    head, rest = factors[0], factors[1:]
    if not rest:
        return _judge(head, scope)
    tail: MapExpression = rest[0] if len(rest) == 1 else ProductExpression(rest)
    whole = ProductExpression(factors)
    name, left_name, right_name = map(show_expression, (whole, head, tail))
    m, k = _shape(head, scope)
    n = _shape(tail, scope)[1]
    left_free, right_free = _free(head, scope), _free(tail, scope)
    if left_free & right_free:
        shared = ", ".join(sorted(left_free & right_free))
        return Refusal(name, f"the factors share {shared}", span)
    if not left_free and not right_free:
        return Refusal(name, "it is constant, so the map is not open", span)
    if not right_free:
        left = _judge(head, scope)
        if isinstance(left, Refusal):
            return left
        return _right_constant(left, whole, tail, scope, True)
    right = _nested(rest, scope, span)
    if isinstance(right, Refusal):
        return _hold_right(head, tail, whole, scope) or right
    if not right.composes:
        return Refusal(right_name, "its target is not all matrices", span)
    if left_free and at_least(k, minimum(m, n)) is False:
        return Refusal(
            name,
            f"the inner width {show(k)} is below min({show(m)}, {show(n)}), so the product does "
            "not reach all matrices",
            span,
        )
    a, b, r = scope.rank(head), scope.rank(tail), scope.rank(whole)
    if not left_free:
        full = None if a is None or not isinstance(m, int) else a == m
        condition = f"rank({left_name}) = {show(m)}" + ("" if a is None else f" (it is {a})")
        tree = Derivation(
            "open-linear", f"{name}: Z -> {left_name} Z is onto", (condition,), (right.derivation,)
        )
        return Judgement(
            "all", m, n, right.widths, (*right.conditions, condition),
            _all_known(right.satisfied, full), tree,
        )  # fmt: skip
    left = _judge(head, scope)
    if isinstance(left, Refusal):
        return left
    if not left.composes:
        return Refusal(left_name, "its target is not all matrices", span)
    words = (
        f"rank({name}) + {show(k)} - rank({right_name}) >= {show(m)} or "
        f"rank({name}) + {show(k)} - rank({left_name}) >= {show(n)}"
    )
    holds: bool | None = None
    if a is not None and b is not None and r is not None:
        words += f" (the ranks are {r}, {b}, {a})"
        if isinstance(m, int) and isinstance(k, int):
            holds = r + k - b >= m
            if not holds and isinstance(n, int):
                holds = r + k - a >= n
            elif not holds and not isinstance(n, int):
                holds = None
    elif a is not None and isinstance(m, int) and a == m:
        holds = True
        words = f"rank({left_name}) = {m}"
    step = Derivation(
        "open-product", f"({left_name}, {right_name}) -> their product is locally open", (words,)
    )
    tree = Derivation(
        "open-compose", f"{name} is locally open into all {show(m)} x {show(n)} matrices", (),
        (step, left.derivation, right.derivation),
    )  # fmt: skip
    return Judgement(
        "all",
        m,
        n,
        all_of(left.widths, right.widths, at_least(k, minimum(m, n))),
        (*left.conditions, *right.conditions, words),
        _all_known(left.satisfied, right.satisfied, holds),
        tree,
    )


def _right_constant(
    left: Judgement, whole: ProductExpression, tail: MapExpression, scope: Scope, inner: bool
) -> Judgement | Refusal:
    """Z -> Z C is linear: open onto its image, all matrices iff C has full column rank."""
    name, constant = show_expression(whole), show_expression(tail)
    if not left.composes:
        return Refusal(name, "the left factor's target is not all matrices", whole.span)
    columns = _shape(tail, scope)[1]
    rank = scope.rank(tail)
    onto = None if rank is None or not isinstance(columns, int) else rank == columns
    if left.target == "box" or onto is False or (onto is None and not inner):
        tree = Derivation(
            "open-linear", f"{name} is locally open onto its image {{Z {constant}}}", (),
            (left.derivation,),
        )  # fmt: skip
        return left._replace(target="image", columns=columns, derivation=tree)
    condition = f"rank({constant}) = {show(columns)}, the number of its columns"
    tree = Derivation(
        "open-linear",
        f"{name} is locally open into all matrices of its shape",
        (condition,),
        (left.derivation,),
    )
    return left._replace(
        columns=columns,
        conditions=(*left.conditions, condition),
        satisfied=_all_known(left.satisfied, onto),
        derivation=tree,
    )


def _hold_right(
    head: MapExpression,
    tail: MapExpression,
    whole: ProductExpression,
    scope: Scope,
) -> Judgement | None:
    """`open-freeze`: hold the parameters of the right factor, which then acts as data."""
    if not _free(head, scope):
        return None
    left = _judge(head, scope)
    if isinstance(left, Refusal) or left.target != "all":
        return None
    held = _right_constant(left, whole, tail, scope, True)
    if isinstance(held, Refusal) or held.target != "all":
        return None
    names = ", ".join(sorted(_free(tail, scope)))
    tree = Derivation(
        "open-freeze", f"{show_expression(whole)}: hold {names}", (), (held.derivation,)
    )
    return held._replace(derivation=tree)


def _bounded_chain(node: ProductExpression, scope: Scope) -> Judgement | None:
    """`open-chain`: a product of free matrices (X may stand at the end), non-degenerate."""
    factors = node.factors
    last = factors[-1]
    data = isinstance(last, NameExpression) and last.name not in scope.parameters
    chain = factors[:-1] if data else factors
    names = [f.name for f in chain if isinstance(f, NameExpression)]
    if len(names) < len(chain) or not chain:
        return None
    if any(n not in scope.parameters or n in scope.repeated for n in names):
        return None
    sizes: list[Term] = [_shape(chain[0], scope)[0], *(_shape(f, scope)[1] for f in chain)]
    whole = show_expression(node)
    rank = scope.rank(node)
    if data:
        input_rank = scope.rank(last)
        if input_rank is not None:
            sizes[-1] = input_rank
        bound = (
            minimum(*sizes) if input_rank is not None else minimum(*sizes, _shape(last, scope)[1])
        )
        ends = f"rank({show_expression(last)})" if input_rank is None else str(input_rank)
        shown = f"min({', '.join([*(show(s) for s in sizes[:-1]), ends])})"
    else:
        bound = minimum(*sizes)
        shown = show(bound)
    condition = f"rank({whole}) = {shown}"
    satisfied = None
    if rank is not None and isinstance(bound, int) and (not data or scope.rank(last) is not None):
        satisfied = rank == bound
        condition += f" (it is {rank})"
    tree = Derivation(
        "open-chain", f"{whole} is locally open into the matrices of rank <= {shown}", (condition,)
    )
    rows, columns = _shape(node, scope)
    return Judgement("bounded", rows, columns, True, (condition,), satisfied, tree)
