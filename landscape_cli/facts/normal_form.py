"""The normal form of a model map: a chain of layers, a symmetric product, a sum of chains.

A ``net`` and the same product written as a ``map`` have the same normal form, so that they get
the same verdict. Known matrices that are added (rule ``const``), free matrices that absorb
everything added to them (``open-sum``) and several two-factor products (one of the summed width)
are normalised here, and each reduction is remembered for the proof.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from ..model.problem import (
    Activation,
    ApplyExpression,
    Constant,
    Layer,
    Map,
    MapExpression,
    Matrix,
    Model,
    NameExpression,
    Network,
    Parameter,
    ProductExpression,
    SumExpression,
    TransposeExpression,
)
from ..model.span import Span
from ..model.terms import Term, add

LINEAR = Activation("linear")


class Reduction(NamedTuple):
    """A step from the model as written to its normal form: the rule and what it did."""

    rule: str
    text: str
    span: Span | None


@dataclass(frozen=True)
class Chain:
    """A feed-forward chain ``F_k = s_k(W_k F_(k-1) [+ b_k]) [+ F_(k-1)]``.

    ``names[k]`` is the name of the weights of layer k + 1, ``given[k]`` their values when the
    layer is fixed and they are known. ``shape_columns`` is None when the input is the data X.
    """

    input_width: Term
    layers: tuple[Layer, ...]
    names: tuple[str, ...]
    given: tuple[Matrix | None, ...]
    given_bias: tuple[Matrix | None, ...]

    @property
    def widths(self) -> tuple[Term, ...]:
        """d_0, d_1, ..., d_h."""
        return (self.input_width, *(layer.width for layer in self.layers))


class Shift(NamedTuple):
    """A known matrix that is added to the map (rule ``const``); its values where given."""

    given: bool
    span: Span | None


@dataclass(frozen=True)
class NormalForm:
    """What the map is.

    ``kind``:
      ``chain``      the map is ``chain`` (plus ``shift``);
      ``symmetric``  the map is W W^T or W W^T X, W of shape ``rows`` x ``columns``;
      ``sum``        a sum of ``summands``, chains over the same X, that is not one chain;
      ``general``    anything else.
    ``has_data``: whether X occurs (if not, the map is the product itself: X = I).
    ``affine``: whether the map is affine in the trainable parameters.
    ``repeated``: where a parameter occurs for the second time, if one does.
    ``shifted``: whether a trainable matrix absorbed a summand (not allowed with a penalty).
    ``transposed``: whether the map is the transpose of the normal form.
    """

    kind: Literal["chain", "symmetric", "sum", "general"]
    has_data: bool
    chain: Chain | None = None
    summands: tuple[Chain, ...] = ()
    rows: Term = 0
    columns: Term = 0
    name: str = "W"
    shift: Shift | None = None
    affine: bool = False
    repeated: Span | None = None
    repeats: bool = False
    shifted: bool = False
    transposed: bool = False
    merged: bool = False
    reductions: tuple[Reduction, ...] = ()
    span: Span | None = None


def normal_form(model: Model) -> NormalForm:
    """The normal form of the model's map."""
    if model.network is not None:
        return _of_network(model, model.network)
    if model.map is not None:
        the_map = model.map
        top = the_map.expression
        if (
            isinstance(top, ApplyExpression)
            and top.activation.name == "softmax"
            and model.loss.name == "cross_entropy"
        ):
            # cross_entropy takes logits: softmax at the output belongs to the loss.
            the_map = replace(the_map, expression=top.of)
        return _of_map(the_map)
    raise TypeError("a model has a net or a map")


def is_linear(activation: Activation) -> bool:
    """Whether the activation is the identity (leaky_relu of slope 1 is)."""
    if activation.custom:
        return False
    if activation.name == "linear":
        return True
    return activation.name == "leaky_relu" and dict(activation.parameters)["slope"] == 1


def _of_network(model: Model, network: Network) -> NormalForm:
    names = tuple(f"W{k}" for k in range(1, len(network.layers) + 1))
    if model.data.matrices:
        values = {m.name: m.matrix for m in model.data.matrices}
        given = tuple(values.get(name) for name in names)
        biases = tuple(values.get(f"b{k}") for k in range(1, len(names) + 1))
    else:
        given = biases = (None,) * len(names)
    layers = network.layers
    if any(la.activation.name != "linear" and is_linear(la.activation) for la in layers):
        layers = tuple(_linear_spelt_out(layer) for layer in layers)
    top = layers[-1]
    if top.activation.name == "softmax" and model.loss.name == "cross_entropy" and not top.skip:
        # cross_entropy takes logits: softmax at the output belongs to the loss.
        layers = (*layers[:-1], replace(top, activation=LINEAR))
    chain = Chain(network.input_width, layers, names, given, biases)
    return NormalForm(
        "chain", has_data=True, chain=chain, affine=_is_affine(chain), span=network.span
    )


def _linear_spelt_out(layer: Layer) -> Layer:
    """The layer with ``linear`` where its activation is the identity under another name."""
    if not is_linear(layer.activation):
        return layer
    return replace(layer, activation=replace(LINEAR, span=layer.activation.span))


def _is_affine(chain: Chain) -> bool:
    first = next((k for k, layer in enumerate(chain.layers) if not layer.fixed), None)
    if first is None:
        return True
    rest = chain.layers[first:]
    return (
        all(layer.fixed for layer in rest[1:])
        and all(is_linear(layer.activation) for layer in rest)
        and all(layer.opaque is None for layer in rest)
    )


# --- maps ------------------------------------------------------------------------------------


class _Free(NamedTuple):
    """A free matrix in a term: one parameter, or (``absorbed``) a parameter plus other things."""

    name: str
    transposed: bool
    rows: Term
    columns: Term
    span: Span | None
    absorbed: bool = False


class _Known(NamedTuple):
    constant: Constant
    transposed: bool
    span: Span | None

    @property
    def shape(self) -> tuple[Term, Term]:
        c = self.constant
        return (c.columns, c.rows) if self.transposed else (c.rows, c.columns)


class _Data(NamedTuple):
    transposed: bool


class _Applied(NamedTuple):
    """An activation over a product."""

    activation: Activation
    of: "tuple[_Factor, ...]"


_Factor: TypeAlias = _Free | _Known | _Data | _Applied


class _NotAChain(Exception):
    """The expression is outside the normal forms; carries nothing: the map is general."""


def _of_map(the_map: Map) -> NormalForm:
    occurrences = _occurrences(the_map)
    counts = Counter(name for name, _ in occurrences)
    repeated_span: Span | None = None
    seen: set[str] = set()
    for name, span in occurrences:
        if name in seen:
            repeated_span = span
            break
        seen.add(name)
    repeats = any(count > 1 for count in counts.values())
    has_data = the_map.data_rows is not None
    builder = _MapBuilder(the_map)
    try:
        terms = builder.terms(the_map.expression)
    except _NotAChain:
        return NormalForm(
            "general",
            has_data,
            repeated=repeated_span,
            repeats=repeats,
            affine=_map_affine(the_map),
            span=the_map.span,
        )
    form = builder.assemble(terms, has_data, repeats)
    return NormalForm(
        form.kind,
        has_data,
        form.chain,
        form.summands,
        form.rows,
        form.columns,
        form.name,
        form.shift,
        affine=_map_affine(the_map),
        repeated=repeated_span if form.kind != "symmetric" else None,
        repeats=repeats and form.kind != "symmetric",
        shifted=form.shifted or builder.absorbed,
        transposed=form.transposed,
        merged=form.merged,
        reductions=(*builder.reductions, *form.reductions),
        span=the_map.span,
    )


def _occurrences(the_map: Map) -> list[tuple[str, Span | None]]:
    parameters = {p.name for p in the_map.parameters}
    found: list[tuple[str, Span | None]] = []
    stack: list[MapExpression] = [the_map.expression]
    while stack:
        node = stack.pop()
        if isinstance(node, NameExpression):
            if node.name in parameters:
                found.append((node.name, node.span))
        elif isinstance(node, ProductExpression):
            stack.extend(reversed(node.factors))
        elif isinstance(node, SumExpression):
            stack.extend(reversed(node.terms))
        else:
            stack.append(node.of)
    return found


def untied_map(the_map: Map) -> Map:
    """The map with a new parameter for every further occurrence of one: W W X becomes W W' X."""
    sizes = {parameter.name: parameter for parameter in the_map.parameters}
    parameters: list[Parameter] = []
    met: Counter[str] = Counter()

    def renamed(node: MapExpression) -> MapExpression:
        if isinstance(node, NameExpression):
            if node.name not in sizes:
                return node
            name = node.name + "'" * met[node.name]
            met[node.name] += 1
            parameters.append(replace(sizes[node.name], name=name))
            return replace(node, name=name)
        if isinstance(node, ProductExpression):
            return replace(node, factors=tuple(map(renamed, node.factors)))
        if isinstance(node, SumExpression):
            return replace(node, terms=tuple(map(renamed, node.terms)))
        return replace(node, of=renamed(node.of))

    expression = renamed(the_map.expression)
    return replace(the_map, parameters=tuple(parameters), expression=expression)


def _map_affine(the_map: Map) -> bool:
    """Whether the map is affine in its parameters (a parameter may occur in several terms)."""
    parameters = {p.name for p in the_map.parameters}

    def degree(node: MapExpression) -> int:
        """0 constant, 1 affine, 2 anything else; an upper bound."""
        if isinstance(node, NameExpression):
            return 1 if node.name in parameters else 0
        if isinstance(node, ProductExpression):
            return min(2, sum(degree(factor) for factor in node.factors))
        if isinstance(node, SumExpression):
            return max(degree(term) for term in node.terms)
        inner = degree(node.of)
        if isinstance(node, TransposeExpression) or is_linear(node.activation):
            return inner
        return 0 if inner == 0 else 2

    return degree(the_map.expression) <= 1


class _Assembled(NamedTuple):
    kind: Literal["chain", "symmetric", "sum", "general"]
    chain: Chain | None = None
    summands: tuple[Chain, ...] = ()
    rows: Term = 0
    columns: Term = 0
    name: str = "W"
    shift: Shift | None = None
    shifted: bool = False
    transposed: bool = False
    merged: bool = False
    reductions: tuple[Reduction, ...] = ()


class _MapBuilder:
    def __init__(self, the_map: Map) -> None:
        self.map = the_map
        self.parameters = {p.name: p for p in the_map.parameters}
        self.constants = {c.name: c for c in the_map.constants}
        self.reductions: list[Reduction] = []
        self.absorbed = False

    # a term is a tuple of factors, left to right; a map is a sum of terms

    def terms(self, node: MapExpression, transposed: bool = False) -> list[tuple[_Factor, ...]]:
        if isinstance(node, NameExpression):
            return [(self._name(node, transposed),)]
        if isinstance(node, TransposeExpression):
            return self.terms(node.of, not transposed)
        if isinstance(node, SumExpression):
            return [factors for term in node.terms for factors in self.terms(term, transposed)]
        if isinstance(node, ApplyExpression):
            inner = self.terms(node.of, transposed)
            if is_linear(node.activation):
                return inner
            if len(inner) != 1:
                raise _NotAChain
            return [(_Applied(node.activation, inner[0]),)]
        ordered = reversed(node.factors) if transposed else node.factors
        product: list[list[tuple[_Factor, ...]]] = [
            self._simplify(self.terms(factor, transposed)) for factor in ordered
        ]
        wide = [k for k, part in enumerate(product) if len(part) > 1]
        if not wide:
            return [tuple(factor for part in product for factor in part[0])]
        if len(wide) > 1:
            raise _NotAChain
        # Distributing over a sum repeats the other factors: allowed only if none is trainable.
        position = wide[0]
        others = [part[0] for k, part in enumerate(product) if k != position]
        if any(_trainable(factors) for factors in others):
            raise _NotAChain
        left = tuple(f for part in product[:position] for f in part[0])
        right = tuple(f for part in product[position + 1 :] for f in part[0])
        return [left + middle + right for middle in product[position]]

    def _name(self, node: NameExpression, transposed: bool) -> _Factor:
        if node.name in self.parameters:
            p = self.parameters[node.name]
            rows, columns = (p.columns, p.rows) if transposed else (p.rows, p.columns)
            return _Free(node.name, transposed, rows, columns, node.span)
        if node.name in self.constants:
            return _Known(self.constants[node.name], transposed, node.span)
        if node.name == "X":
            return _Data(transposed)
        raise KeyError(node.name)

    def _simplify(self, terms: list[tuple[_Factor, ...]]) -> list[tuple[_Factor, ...]]:
        """A sum with a lone free matrix among its terms is a free matrix.

        (W, u) -> (W + g(u), u) is a homeomorphism of the parameters when W does not occur in g.
        """
        if len(terms) == 1:
            return terms
        names = Counter(name for factors in terms for name in _names(factors))
        for factors in terms:
            lone = factors[0]
            if len(factors) == 1 and isinstance(lone, _Free) and names[lone.name] == 1:
                self.absorbed = True
                self.reductions.append(
                    Reduction(
                        "open-sum" if len(names) > 1 else "const",
                        f"{lone.name} is free, so the sum it stands in is a free matrix",
                        lone.span,
                    )
                )
                return [(lone._replace(absorbed=True),)]
        return terms

    # --- from a sum of terms to a form ---

    def assemble(
        self, terms: list[tuple[_Factor, ...]], has_data: bool, repeats: bool
    ) -> _Assembled:
        known = [factors for factors in terms if not _trainable(factors)]
        trainable = [factors for factors in terms if _trainable(factors)]
        shift: Shift | None = None
        reductions: list[Reduction] = []
        if known and trainable:
            given = all(
                isinstance(f, _Data) or (isinstance(f, _Known) and f.constant.values is not None)
                for factors in known
                for f in factors
            )
            span = next((f.span for fs in known for f in fs if isinstance(f, _Known)), None)
            shift = Shift(given, span)
            reductions.append(
                Reduction("const", "a known matrix added to the map shifts the loss", span)
            )
        elif not trainable:
            trainable = known
        if len(trainable) == 1:
            return self._single(trainable[0], has_data, repeats, shift, reductions)
        if repeats:
            return _Assembled("general", shift=shift)
        chains: list[Chain] = []
        flipped: set[bool] = set()
        for factors in trainable:
            made = self._chain(factors, has_data)
            if made is None:
                return _Assembled("general", shift=shift)
            chains.append(made[0])
            flipped.add(made[1])
        if len(flipped) != 1:
            return _Assembled("general", shift=shift)
        transposed = flipped.pop()
        absorbing = self._absorb(trainable, chains)
        if absorbing is not None:
            reductions.append(
                Reduction(
                    "open-sum",
                    f"{absorbing.names[_first_free(absorbing)]} is free in one summand and absorbs "
                    "the others",
                    self.map.span,
                )
            )
            return _Assembled(
                "chain", absorbing, shift=shift, shifted=True, transposed=transposed,
                reductions=tuple(reductions),
            )  # fmt: skip
        merged = _merge(chains)
        if merged is not None:
            reductions.append(
                Reduction(
                    "open-sum",
                    f"{len(chains)} two-factor products are one of the summed inner width",
                    self.map.span,
                )
            )
            return _Assembled(
                "chain", merged, shift=shift, transposed=transposed, merged=True,
                reductions=tuple(reductions),
            )  # fmt: skip
        return _Assembled(
            "sum", summands=tuple(chains), shift=shift, transposed=transposed,
            reductions=tuple(reductions),
        )  # fmt: skip

    def _single(
        self,
        factors: tuple[_Factor, ...],
        has_data: bool,
        repeats: bool,
        shift: Shift | None,
        reductions: list[Reduction],
    ) -> _Assembled:
        if repeats:
            symmetric = _symmetric(factors)
            if symmetric is None:
                return _Assembled("general", shift=shift)
            return _Assembled(
                "symmetric", rows=symmetric.rows, columns=symmetric.columns,
                name=symmetric.name, shift=shift, reductions=tuple(reductions),
            )  # fmt: skip
        made = self._chain(factors, has_data)
        if made is None:
            return _Assembled("general", shift=shift)
        return _Assembled(
            "chain", made[0], shift=shift, transposed=made[1], reductions=tuple(reductions)
        )

    def _chain(self, factors: tuple[_Factor, ...], has_data: bool) -> tuple[Chain, bool] | None:
        """The chain of a product, and whether it had to be transposed; None if it is none."""
        transposed = False
        if has_data and isinstance(factors[0], _Data) and not isinstance(factors[-1], _Data):
            factors = tuple(_transpose(factor) for factor in reversed(factors))
            transposed = True
        layers: list[Layer] = []
        names: list[str] = []
        given: list[Matrix | None] = []

        def walk(product: tuple[_Factor, ...]) -> Term | None:
            """Appends the layers of the product, innermost first; its input width."""
            last = product[-1]
            width: Term
            if isinstance(last, _Data):
                if last.transposed or self.map.data_rows is None:
                    return None
                width, rest = self.map.data_rows, product[:-1]
            elif isinstance(last, _Applied):
                inner = walk(last.of)
                if inner is None or not layers:
                    return None
                top = layers[-1]
                if not is_linear(top.activation):
                    return None
                layers[-1] = Layer(
                    top.width, last.activation, fixed=top.fixed, span=top.span,
                    width_span=top.width_span,
                )  # fmt: skip
                width, rest = inner, product[:-1]
            elif has_data:
                return None
            else:
                if isinstance(last, _Free):
                    width = last.columns
                else:
                    width = last.shape[1]
                rest = product
            for factor in reversed(rest):
                if isinstance(factor, _Free):
                    layers.append(Layer(factor.rows, LINEAR, span=factor.span))
                    names.append(factor.name + ("^T" if factor.transposed else ""))
                    given.append(None)
                elif isinstance(factor, _Known):
                    layers.append(Layer(factor.shape[0], LINEAR, fixed=True, span=factor.span))
                    names.append(factor.constant.name + ("^T" if factor.transposed else ""))
                    values = factor.constant.values
                    if values is not None and factor.transposed:
                        values = Matrix(tuple(zip(*values.rows, strict=True)))
                    given.append(values)
                else:
                    return None
            return width

        width = walk(factors)
        if width is None:
            return None
        if not layers:
            return None
        chain = Chain(width, tuple(layers), tuple(names), tuple(given), (None,) * len(layers))
        return chain, transposed

    def _absorb(self, terms: list[tuple[_Factor, ...]], chains: list[Chain]) -> Chain | None:
        """The chain of a summand K W R (W its only free matrix) that absorbs all the others.

        It does when every other summand has the same known factors around its free ones, so
        that the whole is K (W + ...) R.
        """
        for factors, chain in zip(terms, chains, strict=True):
            free = [k for k, f in enumerate(factors) if isinstance(f, _Free)]
            if len(free) != 1 or any(isinstance(f, _Applied) for f in factors):
                continue
            left, right = factors[: free[0]], factors[free[0] + 1 :]
            if all(_between(other, left, right) for other in terms):
                return chain
        return None


def _between(
    factors: tuple[_Factor, ...], left: tuple[_Factor, ...], right: tuple[_Factor, ...]
) -> bool:
    """Whether the product reads ``left ... right`` with a middle that is not empty."""
    middle = len(factors) - len(left) - len(right)
    return (
        middle >= 1
        and _same(factors[: len(left)], left)
        and _same(factors[len(factors) - len(right) :], right)
    )


def _same(one: tuple[_Factor, ...], other: tuple[_Factor, ...]) -> bool:
    def key(factor: _Factor) -> object:
        if isinstance(factor, _Known):
            return factor.constant.name, factor.transposed
        if isinstance(factor, _Data):
            return "X", factor.transposed
        return object()

    return len(one) == len(other) and all(key(a) == key(b) for a, b in zip(one, other, strict=True))


def _first_free(chain: Chain) -> int:
    return next(k for k, layer in enumerate(chain.layers) if not layer.fixed)


def _merge(chains: list[Chain]) -> Chain | None:
    """sum_i K B_i A_i R as K B A R with the summed inner width; None if the shapes differ."""
    frames = []
    for chain in chains:
        free = [k for k, layer in enumerate(chain.layers) if not layer.fixed]
        if len(free) != 2 or free[1] != free[0] + 1:
            return None
        if not all(is_linear(layer.activation) for layer in chain.layers[free[0] :]):
            return None
        if any(layer.bias for layer in chain.layers):
            return None
        activations = [layer.activation for layer in chain.layers[: free[0]]]
        around = chain.names[: free[0]], chain.names[free[1] + 1 :], activations
        frames.append((around, free[0], chain.input_width))
    if any(frame != frames[0] for frame in frames):
        return None
    inner = frames[0][1]
    base = chains[0]
    total = add(*(chain.layers[inner].width for chain in chains))
    joined = Layer(total, LINEAR, span=base.layers[inner].span)
    layers = (*base.layers[:inner], joined, *base.layers[inner + 1 :])
    label = ["[" + " ".join(chain.names[k] for chain in chains) + "]" for k in (inner, inner + 1)]
    names = (*base.names[:inner], *label, *base.names[inner + 2 :])
    return Chain(base.input_width, layers, names, base.given, base.given_bias)


def _trainable(factors: tuple[_Factor, ...]) -> bool:
    return any(True for _ in _names(factors))


def _names(factors: tuple[_Factor, ...]) -> list[str]:
    found: list[str] = []
    for factor in factors:
        if isinstance(factor, _Free):
            found.append(factor.name)
        elif isinstance(factor, _Applied):
            found.extend(_names(factor.of))
    return found


def _symmetric(factors: tuple[_Factor, ...]) -> _Free | None:
    """W in ``W W^T`` or ``W W^T X`` (as the first of the two factors); None for other products."""
    if len(factors) not in (2, 3):
        return None
    first, second = factors[0], factors[1]
    if not (isinstance(first, _Free) and isinstance(second, _Free)):
        return None
    if first.absorbed or second.absorbed:
        return None
    if first.name != second.name or first.transposed == second.transposed:
        return None
    if len(factors) == 3:
        last = factors[2]
        if not isinstance(last, _Data) or last.transposed:
            return None
    return first


def _transpose(factor: _Factor) -> _Factor:
    if isinstance(factor, _Free):
        return factor._replace(
            transposed=not factor.transposed, rows=factor.columns, columns=factor.rows
        )
    if isinstance(factor, _Known):
        return factor._replace(transposed=not factor.transposed)
    if isinstance(factor, _Data):
        return _Data(not factor.transposed)
    return _Applied(factor.activation, tuple(_transpose(f) for f in reversed(factor.of)))
