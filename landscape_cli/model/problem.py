"""A training problem as the model language states it.

``Model`` is the elaborated form of one model: names are resolved, biases are per layer, shapes
are checked, and every value remembers the span that stated it. Spans and file names do not take
part in equality, so ``parse(unparse(model)) == model``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from .span import Span
from .terms import Formula, Term

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Matrix:
    """An exact matrix, row by row; every row has the same length."""

    rows: tuple[tuple[Fraction, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """(number of rows, number of columns)."""
        return len(self.rows), len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class Activation:
    """An activation by name, with its own parameters (``slope``, ``alpha``), exact.

    Built-in parameters are filled in with their defaults (tables.md), so equal activations
    compare equal however they were written. ``custom`` marks a name defined in the model.
    """

    name: str
    parameters: tuple[tuple[str, Fraction], ...] = ()
    custom: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Layer:
    """One layer: ``F -> s(W F + b) [+ F]``, W of shape width x (previous width).

    ``opaque`` holds the description of a layer that the theory does not cover.
    """

    width: Term
    activation: Activation
    bias: bool = False
    skip: bool = False
    fixed: bool = False
    positive: bool = False
    opaque: str | None = None
    span: Span | None = field(default=None, compare=False)
    width_span: Span | None = field(default=None, compare=False)
    bias_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Network:
    """A feed-forward network: ``input_width``, then the layers; h = len(layers)."""

    input_width: Term
    layers: tuple[Layer, ...]
    span: Span | None = field(default=None, compare=False)
    input_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Parameter:
    """A free matrix (``param W: n x k``); a vector has one column."""

    name: str
    rows: Term
    columns: Term
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Constant:
    """A known matrix (``const C: m x n``), its values optional."""

    name: str
    rows: Term
    columns: Term
    values: Matrix | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class NameExpression:
    """A parameter or a constant, by name; ``X`` is the data."""

    name: str
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ProductExpression:
    """A matrix product of at least two factors (flat: no factor is a product)."""

    factors: tuple["MapExpression", ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class SumExpression:
    """A sum of at least two terms (flat: no term is a sum)."""

    terms: tuple["MapExpression", ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class TransposeExpression:
    """The transpose."""

    of: "MapExpression"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ApplyExpression:
    """An activation applied entry by entry."""

    activation: Activation
    of: "MapExpression"
    span: Span | None = field(default=None, compare=False)


MapExpression: TypeAlias = (
    NameExpression | ProductExpression | SumExpression | TransposeExpression | ApplyExpression
)


@dataclass(frozen=True)
class Map:
    """A model map written as a matrix expression over parameters, constants and the data X.

    ``data_rows`` is the number of rows of X where X occurs (its columns are the samples);
    ``rows`` and ``columns`` are the shape of the whole expression (columns: None when they
    are the samples).
    """

    parameters: tuple[Parameter, ...]
    constants: tuple[Constant, ...]
    expression: MapExpression
    data_rows: Term | None
    rows: Term
    columns: Term | None
    span: Span | None = field(default=None, compare=False)


# --- expressions of custom losses and activations -------------------------------------------


@dataclass(frozen=True)
class NumberExpression:
    """An exact number."""

    value: Fraction


@dataclass(frozen=True)
class VariableExpression:
    """An argument of the custom function, or ``pi``."""

    name: str


@dataclass(frozen=True)
class CallExpression:
    """``function(arguments)``; also ``+ - * / ^`` and unary ``neg`` by those names.

    ``piecewise`` has arguments value1, condition1, value2, condition2, ..., default; a condition
    is a call of ``<``, ``<=``, ``>``, ``>=``, ``=``.
    """

    function: str
    arguments: tuple["Expression", ...]


Expression: TypeAlias = NumberExpression | VariableExpression | CallExpression


@dataclass(frozen=True)
class CustomFunction:
    """``loss l(z, y) = ...`` or ``activation s(t) = ...``, parsed and kept.

    ``parameters``: real numbers of unknown value that the expression uses, in alphabetical order;
    ``Model.parameter_domain`` says which values are meant.
    """

    name: str
    arguments: tuple[str, ...]
    expression: Expression
    parameters: tuple[str, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Loss:
    """A loss: a built-in by name, a class (all losses with given properties), or a custom one.

    ``kind`` "class": ``name`` is ``convex``, ``convex differentiable``, ``convex smooth`` or
    ``any``. ``parameters`` are filled in with their defaults. ``kind`` "custom": ``function``.
    """

    kind: Literal["named", "class", "custom"]
    name: str
    parameters: tuple[tuple[str, Fraction], ...] = ()
    function: CustomFunction | None = None
    span: Span | None = field(default=None, compare=False)

    def parameter(self, name: str) -> Fraction:
        """The value of a parameter that the loss has."""
        return dict(self.parameters)[name]


@dataclass(frozen=True)
class Regularizer:
    """``l2``: sum of strength_i/2 |W_i|^2; ``l1``: sum of strength_i |W_i|_1; all >= 0.

    One strength for all weight matrices, or one for each trainable one. A regulariser whose
    strengths are all 0 is not represented: the model has none.
    """

    kind: Literal["l1", "l2"]
    strengths: tuple[Fraction, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Constraints:
    """``subject_to affine [count]`` or ``subject_to convex``: a set for the value of the map."""

    kind: Literal["affine", "convex"]
    count: Term | None = None
    span: Span | None = field(default=None, compare=False)


PropertyName = Literal[
    "X full_row_rank", "X full_column_rank", "X identity", "X isotropic",
    "Y full_row_rank", "Y realizable", "Y = X",
]  # fmt: skip


@dataclass(frozen=True)
class DataProperty:
    """A named property of the data that the user states."""

    name: PropertyName
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class DataMatrix:
    """Concrete values: of ``X``, ``Y``, ``weights``, ``coefficients`` or a fixed ``W3`` / ``b3``.

    ``file`` and ``key`` say where they were read from, if not from the text.
    """

    name: str
    matrix: Matrix
    file: str | None = None
    key: str | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Data:
    """What is known about the data: sample count, named properties, concrete matrices."""

    samples: Term | None = None
    properties: tuple[DataProperty, ...] = ()
    matrices: tuple[DataMatrix, ...] = ()
    samples_span: Span | None = field(default=None, compare=False)

    def property(self, name: PropertyName) -> DataProperty | None:
        """The statement of that property, if there is one."""
        return next((p for p in self.properties if p.name == name), None)

    def matrix(self, name: str) -> DataMatrix | None:
        """The concrete values under that name, if given."""
        return next((m for m in self.matrices if m.name == name), None)


@dataclass(frozen=True)
class Assumption:
    """A constraint of ``assume`` over widths, n, rank(X), rank(Y)."""

    formula: Formula
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Declaration:
    """Properties of a custom loss or activation that the user vouches for.

    ``properties`` among ``continuous``, ``strictly_monotone``, ``differentiable``, ``smooth``,
    ``convex``.
    """

    name: str
    properties: tuple[str, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Point:
    """Concrete weights to look at, by name (``W1``, ``b1``, or the ``param`` names)."""

    matrices: tuple[DataMatrix, ...]
    span: Span | None = field(default=None, compare=False)


PropertyAsked = Literal["local_is_global", "strict_saddle"]
VerdictName = Literal["holds", "fails", "depends", "conditional", "unknown"]
VERDICTS: tuple[VerdictName, ...] = ("holds", "fails", "depends", "conditional", "unknown")


@dataclass(frozen=True)
class Requirement:
    """``require``: the property asked about."""

    name: PropertyAsked = "local_is_global"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Expectation:
    """``expect holds by linear-no-bottleneck``: what CI must see."""

    verdict: VerdictName
    theorem: str | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Waiver:
    """``allow fails because "known" until 2027-01-01``: an unmet verdict that is accepted.

    With its reason; ``until`` is the last day on which it is.
    """

    verdict: VerdictName
    reason: str
    until: "date | None" = None
    span: Span | None = field(default=None, compare=False)

    @property
    def expired(self) -> bool:
        """Whether its last day is over, by the clock and the time zone of this machine."""
        if self.until is None:
            return False
        return self.until.today() > self.until


@dataclass(frozen=True)
class Model:
    """One training problem, with all that the user states. Exactly one of network, map is set.

    ``parameter_domain``: linear conditions on the real parameters of custom functions.
    """

    network: Network | None
    map: Map | None
    loss: Loss
    name: str | None = None
    regularizer: Regularizer | None = None
    constraints: Constraints | None = None
    data: Data = Data()
    assumptions: tuple[Assumption, ...] = ()
    parameter_domain: tuple[Assumption, ...] = ()
    functions: tuple[CustomFunction, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    point: Point | None = None
    requirement: Requirement = Requirement()
    expectation: Expectation | None = None
    waiver: Waiver | None = None
    file: str | None = field(default=None, compare=False)
    span: Span | None = field(default=None, compare=False)
