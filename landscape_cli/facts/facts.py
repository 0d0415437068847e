"""Small questions about a model, answered with evidence.

``Facts`` derives, once per model, the normal form of the map, the effective widths e_0 and e_h
(theory.md section 0) and the properties of the loss and the data. Numeric widths need no solver;
symbolic ones keep every quantity as a term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from ..model.activations import ActivationProperties, activation_properties
from ..model.losses import LossProperties, Truth, loss_properties
from ..model.problem import Layer, Matrix, Model, PropertyName
from ..model.span import Span
from ..model.terms import (
    Formula,
    RankOf,
    Symbol,
    Term,
    add,
    at_least,
    at_most,
    atoms,
    compare,
    equal,
    maximum,
    minimum,
    show,
    show_formula,
    subtract,
)
from .finding import Finding, met, not_given, violated
from .normal_form import Chain, NormalForm, is_linear, normal_form, untied_map
from .ranges import DataRanges, Range, data_ranges, samples_symbol

Bias = Literal["none", "output", "first", "other"]


class Ends(NamedTuple):
    """The trainable part of a chain.

    ``first`` and ``last`` are the positions (from 0) of the first and last trainable layer,
    ``depth`` the number h of trainable layers, ``bias`` where the trainable biases are.
    """

    first: int
    last: int
    depth: int
    bias: Bias
    bias_span: Span | None


class Facts:
    """The facts of one model; every attribute is computed once, when first asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.findings: dict[str, Finding] = {}

    # --- the map ---------------------------------------------------------------------------

    @cached_property
    def form(self) -> NormalForm:
        """The normal form; a transposed cross-entropy problem is none (samples are columns)."""
        form = normal_form(self.model)
        if form.transposed and self.model.loss.name == "cross_entropy":
            return NormalForm("general", form.has_data, affine=form.affine, span=form.span)
        return form

    @cached_property
    def untied(self) -> Facts:
        """The facts of the map in which every occurrence of a parameter is one of its own.

        These facts themselves where no parameter repeats, where the map is of a normal form all
        the same (W W^T), or where the penalty tells the parameters apart.
        """
        model = self.model
        alike = model.regularizer is None or len(model.regularizer.strengths) == 1
        if model.map is None or not self.form.repeats or self.form.kind != "general" or not alike:
            return self
        return Facts(replace(model, map=untied_map(model.map)))

    @property
    def chain(self) -> Chain | None:
        """The chain, if the map is one."""
        return self.form.chain if self.form.kind == "chain" else None

    @cached_property
    def ends(self) -> Ends | None:
        """The trainable part of the chain; None without a chain or a trainable layer."""
        chain = self.chain
        if chain is None:
            return None
        trainable = [k for k, layer in enumerate(chain.layers) if not layer.fixed]
        if not trainable:
            return None
        first, last = trainable[0], trainable[-1]
        biased = [k for k in trainable if chain.layers[k].bias]
        bias: Bias
        if not biased:
            bias, span = "none", None
        else:
            bias = "output" if biased[-1] == last else "first" if biased == [first] else "other"
            layer = chain.layers[biased[-1]]
            span = layer.bias_span or layer.span
        return Ends(first, last, len(trainable), bias, span)

    @cached_property
    def weight_names(self) -> tuple[str, ...]:
        """The names of the trainable weight matrices, first layer first."""
        if self.form.kind == "symmetric":
            return (self.form.name,)
        chain, ends = self.chain, self.ends
        if chain is None or ends is None:
            return ()
        return tuple(
            name for name, layer in zip(chain.names, chain.layers, strict=True) if not layer.fixed
        )

    @cached_property
    def product_name(self) -> str:
        """The product of the trainable weights as a reader writes it: ``W3 W2 W1``."""
        return " ".join(reversed(self.weight_names))

    @cached_property
    def seen_product(self) -> str:
        """The product together with the data, where there are data: ``W2 W1 X``."""
        if not self.form.has_data:
            return self.product_name
        data = "X (centred)" if self.ends is not None and self.ends.bias == "output" else "X"
        return f"{self.product_name} {data}"

    @property
    def numeric(self) -> bool:
        """Whether all widths are numbers."""
        return self._numeric

    @cached_property
    def _numeric(self) -> bool:
        form = self.form
        terms: Sequence[Term]
        if form.kind == "chain" and form.chain is not None:
            terms = form.chain.widths
        elif form.kind == "symmetric":
            terms = (form.rows, form.columns)
        elif form.kind == "sum":
            terms = [width for chain in form.summands for width in chain.widths]
        else:
            terms = (self.input_width, self.output_width)
        return all(isinstance(term, int) for term in terms)

    @property
    def input_width(self) -> Term:
        """The number of rows of X (of the product's columns where there are no data)."""
        model = self.model
        if model.network is not None:
            return model.network.input_width
        assert model.map is not None
        if model.map.data_rows is not None:
            return model.map.data_rows
        if model.map.columns is not None:
            return model.map.columns
        return 1

    @property
    def output_width(self) -> Term:
        """The number of rows of Y, d_h."""
        model = self.model
        if model.network is not None:
            return model.network.layers[-1].width
        assert model.map is not None
        return model.map.rows

    # --- the data --------------------------------------------------------------------------

    @cached_property
    def ranges(self) -> DataRanges | None:
        """Exact ranges of n, rank X, rank Y; None where widths are symbols."""
        d0, dh = self.input_width, self.output_width
        if not self.numeric or not isinstance(d0, int) or not isinstance(dh, int):
            return None
        columns = None if self.form.has_data else d0
        ranges = data_ranges(self.model, d0, dh, columns, self.form.transposed)
        if not self.form.has_data:
            ranges = ranges._replace(rank_x=Range(d0, d0))
        return ranges

    @cached_property
    def samples_least(self) -> Term:
        """The least number of samples the statements allow."""
        if self.ranges is not None:
            return self.ranges.samples.least
        return self._symbolic_samples if self._symbolic_samples is not None else 1

    @cached_property
    def samples_most(self) -> Term | None:
        """The greatest number of samples the statements allow; None: no bound."""
        if self.ranges is not None:
            return self.ranges.samples.most
        return self._symbolic_samples

    @cached_property
    def _symbolic_samples(self) -> Term | None:
        """The number of samples as a term, where one is known or named in an assumption."""
        if not self.form.has_data:
            return self.input_width
        data = self.model.data
        if data.samples is not None:
            return data.samples
        for matrix in data.matrices:
            if matrix.name in ("X", "Y", "weights", "coefficients"):
                # The samples are the columns, of the targets of a transposed map the rows.
                return matrix.matrix.shape[0 if self.form.transposed and matrix.name != "X" else 1]
        if self.stated("X identity") is not None:
            return self.input_width
        name = samples_symbol(self.model)
        if name is not None and any(
            Symbol(name) in atoms(a.formula) for a in self.model.assumptions
        ):
            return Symbol(name)
        return None

    def stated(self, name: PropertyName) -> Span | bool | None:
        """The span of the statement (True where it has none); None if it is not stated."""
        found = self.model.data.property(name)
        if found is None:
            return None
        return found.span or True

    @cached_property
    def data_rank_most(self) -> Term:
        """The greatest rank of X that the statements allow (attained)."""
        if self.ranges is not None:
            return self.ranges.rank_x.most if self.ranges.rank_x.most is not None else 0
        if not self.form.has_data:
            return self.input_width
        if self.stated("X full_row_rank") is not None or self.stated("X identity") is not None:
            return self.input_width
        samples = self._symbolic_samples
        if self.stated("X full_column_rank") is not None and samples is not None:
            return samples
        if any(RankOf("X") in atoms(a.formula) for a in self.model.assumptions):
            return RankOf("X")
        return self.input_width if samples is None else minimum(self.input_width, samples)

    @cached_property
    def data_rank_least(self) -> Term:
        """The least rank of X that the statements allow."""
        if self.ranges is not None:
            return self.ranges.rank_x.least
        if not self.form.has_data:
            return self.input_width
        if self.stated("X full_row_rank") is not None or self.stated("X identity") is not None:
            return self.input_width
        samples = self._symbolic_samples
        if self.stated("X full_column_rank") is not None and samples is not None:
            return samples
        return 0

    @cached_property
    def full_column_rank(self) -> Finding:
        """Whether X has full column rank (rank X = n) for all data allowed."""
        text = "X has full column rank"
        if not self.form.has_data:
            return met("there are no data: X = I")
        for name in ("X full_column_rank", "X identity"):
            span = self.stated(name)
            if span is not None:
                return met(f"stated: {name}", None if span is True else span)  # type: ignore[arg-type]
        ranges = self.ranges
        x = self.model.data.matrix("X")
        if x is not None and ranges is not None:
            columns = x.matrix.shape[1]
            if ranges.rank_x.least == columns:
                return met(f"rank X = {columns} = n", x.span)
            return violated(f"rank X = {ranges.rank_x.least} < n = {columns}", x.span)
        if ranges is not None:
            samples, rank = ranges.samples, ranges.rank_x
            if samples.most is not None and rank.least >= samples.most:
                return met(f"rank X = n = {samples.most}")
            if rank.most is not None and rank.most < samples.least:
                return violated(
                    f"rank X <= {rank.most} < n"
                    + (f" = {samples.least}" if samples.least == samples.most else ""),
                    self.model.data.samples_span,
                )
        return not_given(f"it is not stated that {text} (it needs n <= {show(self.input_width)})")

    @cached_property
    def full_row_rank(self) -> Finding:
        """Whether X has full row rank (rank X = d_0) for all data allowed."""
        if not self.form.has_data:
            return met("there are no data: X = I")
        for name in ("X full_row_rank", "X identity"):
            span = self.stated(name)
            if span is not None:
                return met(f"stated: {name}", None if span is True else span)  # type: ignore[arg-type]
        formula = at_least(self.data_rank_least, self.input_width)
        x = self.model.data.matrix("X")
        if formula is True:
            return met(f"rank X = {show(self.input_width)} = d0", x.span if x else None)
        possible = at_least(self.data_rank_most, self.input_width)
        if possible is False:
            return violated(
                f"rank X <= {show(self.data_rank_most)} < {show(self.input_width)}",
                x.span if x else self.model.data.samples_span,
            )
        return not_given("it is not stated that X has full row rank")

    # --- the loss --------------------------------------------------------------------------

    @cached_property
    def loss(self) -> LossProperties:
        """The loss's properties: by the table, or derived from a custom loss (or declared)."""
        if self.model.loss.kind == "custom":
            from ..analysis import loss_of

            return loss_of(self.model)
        return loss_properties(self.model.loss, self.model.declarations)

    def loss_finding(self, which: Literal["convex", "differentiable", "smooth"]) -> Finding:
        """The loss's property as a finding."""
        values: dict[str, tuple[Truth, str]] = {
            "convex": (self.loss.convex, self.loss.convex_text),
            "differentiable": (self.loss.differentiable, self.loss.differentiable_text),
            "smooth": (self.loss.smooth, self.loss.smooth_text),
        }
        truth, text = values[which]
        span = self.model.loss.span
        if truth == "yes":
            return met(text, span)
        if truth == "no":
            return violated(text, span)
        if truth == "declared":
            declared = next(
                (d.span for d in self.model.declarations if d.name == self.model.loss.name), span
            )
            return Finding("declared", f"declared: {self.model.loss.name} is {which}", declared)
        return not_given(text, span)

    @cached_property
    def differentiable_at_zero(self) -> Finding:
        """Whether the loss is differentiable where the trained product vanishes on the data."""
        everywhere = self.loss_finding("differentiable")
        if everywhere.granted:
            return everywhere
        chain, ends = self.chain, self.ends
        if chain is None or ends is None:
            return not_given("the map is not a chain of layers")
        if any(layer.bias for layer in chain.layers[ends.last + 1 :]):
            return not_given("a known bias shifts the output")
        loss = self.model.loss
        if loss.kind == "named" and loss.name == "hinge":
            return met("hinge is differentiable at output 0", loss.span)
        y = self.model.data.matrix("Y")
        if y is not None and loss.kind == "named":
            values = [value for row in y.matrix.rows for value in row]
            # Of lp only p = 1 comes here: p > 1 is differentiable everywhere, p < 1 nowhere convex.
            if loss.name in ("absolute", "quantile", "lp") and all(values):
                return met("no entry of Y is 0, so the loss is differentiable at output 0", y.span)
            if loss.name == "epsilon_insensitive":
                eps = loss.parameters[0][1]
                if all(abs(value) != eps for value in values):
                    return met("no |y| is eps: the loss is differentiable at output 0", y.span)
        return not_given("the loss is not known to be differentiable at output 0", loss.span)

    @cached_property
    def full_rank_text(self) -> str:
        """min(e_0, e_h) in words, with rank X where it is not known."""
        most, least = self.effective_input
        p = minimum(most, self.effective_output)
        if minimum(least, self.effective_output) == p:
            return show(p)
        bias = self.ends.bias if self.ends is not None else "none"
        label = {"output": "rank of centred X", "first": "rank [X; 1]"}.get(bias, "rank X")
        return f"min({label}, {show(self.effective_output)})"

    @cached_property
    def squared_equivalent(self) -> Finding:
        """Whether the loss is the squared loss, up to a positive factor."""
        loss = self.model.loss
        if loss.kind == "named" and loss.name == "squared":
            return met("the loss is squared", loss.span)
        if loss.name in ("weighted_squared", "masked_squared") and loss.kind == "named":
            weights = self.model.data.matrix("weights")
            if weights is not None:
                values = {value for row in weights.matrix.rows for value in row}
                if len(values) == 1 and min(values) > 0:
                    return met("all weights are equal: the loss is squared", weights.span)
        if loss.kind == "class":
            return not_given(
                f"the class '{loss.name}' holds losses that are not squared", loss.span
            )
        if loss.kind == "custom":
            return not_given("a custom loss is not known to be squared", loss.span)
        return violated(f"the loss is {describe_loss(self.model)}", loss.span)

    # --- the linear part -------------------------------------------------------------------

    @cached_property
    def penalised(self) -> bool:
        """Whether there is a penalty on the weights."""
        return self.model.regularizer is not None

    @cached_property
    def effective_input(self) -> tuple[Term, Term]:
        """(greatest, least) e_0 over all data allowed: theory.md section 0.

        The rank of the data as the first trainable layer sees them; of the centred data with an
        output bias; of the data with a row of ones with a bias on the first layer only. The
        least is a lower bound only. Needs a chain with a trainable layer, or a symmetric map.
        """
        most, least = self.data_rank_most, self.data_rank_least
        samples = self.samples_most
        chain, ends = self.chain, self.ends
        if chain is None or ends is None:
            return most, least
        exact = self.inner_data
        if exact is not None:
            from ..algebra import rank

            rows = [list(row) for row in exact.rows]
            if ends.bias == "output":
                rows = centred(rows)
            elif ends.bias == "first":
                rows = [*rows, [Fraction(1)] * len(rows[0])]
            value = rank(rows)
            return value, value
        if ends.first > 0:
            most, least = self._through_fixed(chain, ends.first, most), 0
        if ends.bias == "output":
            if self.full_column_rank.granted and ends.first == 0:
                # rank X = n: the all-ones row lies in the row space, centring drops one.
                return subtract(most, 1), subtract(least, 1)
            if samples is not None:
                most = minimum(most, subtract(samples, 1))
            return most, maximum(0, subtract(least, 1))
        if ends.bias == "first":
            most = add(most, 1)
            if samples is not None:
                most = minimum(most, samples)
            return most, maximum(1, least)
        return most, least

    def _through_fixed(self, chain: Chain, first: int, rank_most: Term) -> Term:
        """A bound on the rank of the data after the fixed layers below the first trainable one.

        Only widths from the last non-linear fixed layer's output on bound the rank: a
        non-linear layer can raise it above every width below. A known bias adds a rank-one term.
        """
        bound = rank_most
        samples = self.samples_most
        for position in range(first):
            layer = chain.layers[position]
            given = chain.given[position]
            if not is_linear(layer.activation) or layer.opaque is not None:
                bound = layer.width
            else:
                if given is not None and not layer.skip:
                    from ..algebra import rank

                    bound = minimum(bound, rank(given.rows))
                if layer.bias:
                    bound = add(bound, 1)
                bound = minimum(bound, layer.width)
            if samples is not None:
                bound = minimum(bound, samples)
        return bound

    @cached_property
    def inner_data(self) -> Matrix | None:
        """The data as the first trainable layer sees them, where they are known exactly."""
        chain, ends = self.chain, self.ends
        if chain is None or ends is None:
            return None
        x = self.model.data.matrix("X")
        if x is None or not self.form.has_data:
            return None
        current = [list(row) for row in x.matrix.rows]
        for position in range(ends.first):
            layer = chain.layers[position]
            weights = chain.given[position]
            if weights is None or not is_linear(layer.activation) or layer.opaque is not None:
                return None
            bias = chain.given_bias[position]
            if layer.bias and bias is None:
                return None
            result = times(weights.rows, current)
            if layer.bias and bias is not None:
                shifts = [v for row in bias.rows for v in row]
                result = [[v + s for v in row] for row, s in zip(result, shifts, strict=True)]
            if layer.skip:
                result = [
                    [a + b for a, b in zip(one, two, strict=True)]
                    for one, two in zip(result, current, strict=True)
                ]
            current = result
        return Matrix(tuple(tuple(row) for row in current))

    @cached_property
    def effective_output(self) -> Term:
        """The greatest e_h over all that is allowed: theory.md section 0."""
        chain, ends = self.chain, self.ends
        blind = self.model.loss.name == "cross_entropy" and self.model.constraints is None
        if chain is None or ends is None:
            width = self.output_width
            return subtract(width, 1) if blind else width
        top = chain.layers[ends.last + 1 :]
        if not top:
            width = chain.layers[ends.last].width
            return subtract(width, 1) if blind else width
        given = chain.given[ends.last + 1 :]
        if all(matrix is not None for matrix in given):
            from ..algebra import rank

            width = chain.layers[ends.last].width
            total: list[list[Fraction]] | None = None
            for layer, matrix in zip(top, given, strict=True):
                assert matrix is not None
                rows = [list(row) for row in matrix.rows]
                if layer.skip:
                    for k, row in enumerate(rows):
                        row[k] += 1
                total = rows if total is None else times(rows, total)
            assert total is not None
            if blind:
                # (I - 11^T/d) W: subtract from every row the mean of the rows.
                count = len(total)
                means = [sum(column, Fraction(0)) / count for column in zip(*total, strict=True)]
                total = [[v - m for v, m in zip(row, means, strict=True)] for row in total]
            return rank(total)
        bound = minimum(chain.layers[ends.last].width, *(layer.width for layer in top))
        for layer, matrix in zip(top, given, strict=True):
            if matrix is not None and not layer.skip:
                from ..algebra import rank

                bound = minimum(bound, rank(matrix.rows))
        if blind:
            bound = minimum(bound, subtract(top[-1].width, 1))
        return bound

    @cached_property
    def hidden_widths(self) -> tuple[tuple[Term, Layer], ...]:
        """The widths between the first and the last trainable layer, with their layers."""
        chain, ends = self.chain, self.ends
        if chain is None or ends is None:
            return ()
        return tuple((chain.layers[k].width, chain.layers[k]) for k in range(ends.first, ends.last))

    @cached_property
    def narrowest(self) -> Term | None:
        """q, the smallest hidden width; None without a hidden layer."""
        hidden = self.hidden_widths
        return minimum(*(width for width, _ in hidden)) if hidden else None

    @cached_property
    def isotropic(self) -> Finding:
        """Whether all non-zero singular values of the (centred, with an output bias) data agree."""
        centring = self.ends is not None and self.ends.bias == "output"
        word = "the centred X" if centring else "X"
        if self.ends is not None and self.ends.first > 0 and self.inner_data is None:
            return not_given("fixed layers below the first trainable one change the data")
        exact = self.inner_data
        if exact is None and self.form.kind == "symmetric":
            x = self.model.data.matrix("X")
            exact = x.matrix if x is not None else None
        if exact is not None:
            rows = [list(row) for row in exact.rows]
            span = self.model.data.matrix("X").span  # type: ignore[union-attr]
            if is_isotropic(centred(rows) if centring else rows):
                return met(f"all non-zero singular values of {word} are equal", span)
            return violated(f"{word} has different singular values", span)
        if not self.form.has_data:
            return met("there are no data: X = I")
        span_identity = self.stated("X identity")
        if span_identity is not None:
            return met("stated: X identity", None if span_identity is True else span_identity)  # type: ignore[arg-type]
        span_isotropic = self.stated("X isotropic")
        if span_isotropic is not None and not centring:
            return met("stated: X isotropic", None if span_isotropic is True else span_isotropic)  # type: ignore[arg-type]
        if at_most(self.effective_input[0], 1) is True:
            return met(f"{word} has at most one non-zero singular value")
        if span_isotropic is not None:
            return not_given("X isotropic is stated, but the centred data count here")
        return not_given(f"it is not stated that {word} is isotropic")

    # --- activations -----------------------------------------------------------------------

    def activation(self, layer: Layer) -> ActivationProperties:
        """The properties of a layer's activation; a custom one is analysed when asked for."""
        if layer.activation.custom:
            from ..analysis import activation_of

            return activation_of(self.model, layer.activation)
        return activation_properties(layer.activation, self.model.declarations)

    # --- width conditions ------------------------------------------------------------------

    @cached_property
    def background(self) -> tuple[Formula, ...]:
        """What holds of all models of a symbolic class: ranges, data statements, assumptions."""
        parts: list[Formula] = [a.formula for a in self.model.assumptions]
        names: set[Symbol | RankOf] = set()
        for formula in parts:
            names |= atoms(formula)
        form = self.form
        widths: list[Term] = [self.input_width, self.output_width]
        if form.chain is not None:
            widths.extend(form.chain.widths)
        if form.kind == "symmetric":
            widths.extend((form.rows, form.columns))
        for chain in form.summands:
            widths.extend(chain.widths)
        samples = self._symbolic_samples
        for term in (*widths, *(() if samples is None else (samples,))):
            names |= atoms(term)
        for atom in names:
            parts.append(compare(">=", atom, 1 if isinstance(atom, Symbol) else 0))
        rank_x, rank_y = RankOf("X"), RankOf("Y")
        stated = {p.name for p in self.model.data.properties}
        if form.transposed:
            # (What is stated of Y speaks of its rows before the map was transposed.)
            stated -= {"Y full_row_rank", "Y = X"}
        parts += [at_most(rank_x, self.input_width), compare(">=", rank_x, 0)]
        if "X identity" in stated and samples is not None:
            parts.append(equal(samples, self.input_width))
        if "Y = X" in stated:
            parts.append(equal(self.input_width, self.output_width))
        if samples is not None:
            parts.append(at_most(rank_x, samples))
            if "X full_row_rank" in stated:
                parts.append(at_least(samples, self.input_width))
            if "X full_column_rank" in stated:
                parts.append(at_most(samples, self.input_width))
            if "Y full_row_rank" in stated:
                parts.append(at_least(samples, self.output_width))
        if rank_x in names:
            if "X full_row_rank" in stated or "X identity" in stated:
                parts.append(equal(rank_x, self.input_width))
            if "X full_column_rank" in stated and samples is not None:
                parts.append(equal(rank_x, samples))
        if rank_y in names:
            parts += [compare(">=", rank_y, 0), at_most(rank_y, self.output_width)]
            if samples is not None:
                parts.append(at_most(rank_y, samples))
            if "Y full_row_rank" in stated:
                parts.append(equal(rank_y, self.output_width))
            if "Y = X" in stated:
                parts.append(equal(rank_y, rank_x))
        return tuple(part for part in parts if part is not True)

    def decide(
        self, formula: Formula, text: str, span: Span | None, otherwise: str | None = None
    ) -> Finding:
        """A width condition as a finding: met, violated, or contingent on symbols.

        ``text`` says it with the numbers filled in; ``otherwise`` says what is the case where
        it is violated.
        """
        if formula is True:
            return Finding("met", text, span, True)
        if formula is False:
            return Finding("violated", otherwise or text, span, False)
        from .solver import decide

        answer = decide(formula, self.background)
        if answer == "entailed":
            return Finding("met", text, span, formula)
        if answer == "refuted":
            return Finding("violated", otherwise or text, span, formula)
        return Finding("not_given", f"it depends on whether {show_formula(formula)}", span, formula)


def describe_loss(model: Model) -> str:
    """The loss in words: ``absolute error``, ``huber(1)``, ``any convex loss``."""
    loss = model.loss
    if loss.kind == "class":
        return "any loss" if loss.name == "any" else f"any {loss.name} loss"
    if loss.kind == "custom":
        return f"the custom loss {loss.name}"
    if loss.parameters:
        return f"{loss.name}({', '.join(str(value) for _, value in loss.parameters)})"
    return loss.name


def times(
    left: Sequence[Sequence[Fraction]], right: Sequence[Sequence[Fraction]]
) -> list[list[Fraction]]:
    """The exact product of two matrices given as rows."""
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in left
    ]


def centred(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The rows minus their means (columns are samples)."""
    result = []
    for row in rows:
        mean = sum(row, Fraction(0)) / len(row)
        result.append([value - mean for value in row])
    return result


def is_isotropic(rows: Sequence[Sequence[Fraction]], counts: Sequence[int] | None = None) -> bool:
    """Whether all non-zero singular values agree: X X^T X = c X for some c.

    ``counts``: how often each column of X stands, once if it is None.
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    if counts is not None:
        columns = [[c * x for x in column] for c, column in zip(counts, columns, strict=True)]
    cubed = times(times(rows, columns), rows)
    scalar: Fraction | None = None
    for row, other in zip(rows, cubed, strict=True):
        for value, image in zip(row, other, strict=True):
            if value == 0:
                if image != 0:
                    return False
            elif scalar is None:
                scalar = image / value
            elif image != scalar * value:
                return False
    return True
