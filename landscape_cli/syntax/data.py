"""``data`` and ``at``: named properties, concrete matrices, and what contradicts what."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..model.problem import DataMatrix, DataProperty, Matrix, Point, PropertyName
from ..model.terms import Term, show
from .names import DATA_PROPERTIES
from .numbers import Rejected, number

if TYPE_CHECKING:
    from .elaborate import Elaboration
    from .files import Array
    from .parser import Node

_LAYER_MATRIX = re.compile("([Wb])([1-9][0-9]{0,8})")
_LABEL_LOSSES = frozenset(("logistic", "hinge", "squared_hinge", "zero_one"))
_ONE, _ZERO = Fraction(1), Fraction(0)

Sizes = tuple[Term | None, Term | None]


# --- values ----------------------------------------------------------------------------------


def read_value(
    elaboration: Elaboration, name: str, node: Node, is_vector: bool = False
) -> DataMatrix:
    """The matrix that a value stands for: a list of rows, or a file.

    A plain list (or a file with one dimension) is a column, and only allowed for a vector.
    """
    kind, children = node[0], node[1]
    file = key = None
    if kind == "file":
        matrix, file, key = _read_file_value(elaboration, name, node, is_vector)
    elif kind == "matrix":
        rows = tuple(tuple(_entry(elaboration, entry) for entry in row[1]) for row in children)
        for row, row_node in zip(rows, children, strict=True):
            if not row:
                raise elaboration.reject("E083", "a row without entries", row_node)
            if len(row) != len(rows[0]):
                raise elaboration.reject(
                    "E083",
                    f"this row has {_count(len(row), 'entry')}, the first has {len(rows[0])}",
                    row_node,
                    "all rows of a matrix have the same length",
                )
        matrix = Matrix(rows)
    elif kind == "vector":
        if not children:
            raise elaboration.reject("E083", "a matrix without entries", node)
        if not is_vector:
            raise elaboration.reject(
                "E083",
                "expected a list of rows, each in brackets of its own",
                node,
                f"write [{elaboration.source.text[node[2] : node[3]][:40]}] for one row",
            )
        matrix = Matrix(tuple((_entry(elaboration, entry),) for entry in children))
    else:
        raise elaboration.reject(
            "E080",
            f"expected a matrix or a file, not `{node[1]}`",
            node,
            f'for example: {name} = [[1, 0], [0, 1]] or {name} = file "{name.lower()}.npy"',
        )
    return DataMatrix(name, matrix, file, key, elaboration.span(node))


def _count(number_: int, word: str) -> str:
    plural = "entries" if word == "entry" else word + "s"
    return f"{number_} {word if number_ == 1 else plural}"


def _entry(elaboration: Elaboration, node: Node) -> Fraction:
    kind, children = node[0], node[1]
    source = elaboration.source
    if kind == "<number>":
        if children == "0":
            return _ZERO
        return _ONE if children == "1" else number(source, node)
    value = number(source, children[0])
    if kind in ("ratio", "negative_ratio"):
        divisor = number(source, children[1])
        if not divisor:
            raise elaboration.reject("E076", "division by zero", node)
        value /= divisor
    return value if kind == "ratio" else -value


def _read_file_value(
    elaboration: Elaboration, name: str, node: Node, is_vector: bool
) -> tuple[Matrix, str, str | None]:
    from .elaborate import unquote

    file = unquote(node[1][0][1])
    key = unquote(node[1][1][1]) if len(node[1]) > 1 else None
    arrays, _ = _load(elaboration, file, key, name, node)
    return _matrix_of(elaboration, next(iter(arrays.values())), name, node, is_vector), file, key


def _load(
    elaboration: Elaboration, file: str, key: str | None, wanted: str | None, node: Node
) -> tuple[dict[str, Array], bool]:
    from .files import FileProblem, read_arrays

    try:
        return read_arrays(_folder(elaboration) / file, key, wanted)
    except FileProblem as problem:
        raise elaboration.reject(problem.code, problem.message, node, problem.hint) from None


def _folder(elaboration: Elaboration) -> Path:
    if elaboration.base is not None:
        return Path(elaboration.base)
    return Path(elaboration.source.file).parent if elaboration.source.file else Path()


def _matrix_of(
    elaboration: Elaboration, array: Array, name: str, node: Node, is_vector: bool
) -> Matrix:
    if array.vector and not is_vector:
        raise elaboration.reject(
            "E083",
            f"{name} is a matrix, but the file holds a list of {array.rows} numbers",
            node,
            "save it with two dimensions",
        )
    return array.matrix()


def check_shape(
    elaboration: Elaboration, given: DataMatrix, node: Node, sizes: Sizes, code: str = "E082"
) -> None:
    """Reject a matrix whose shape is not ``sizes`` (``None``: any)."""
    for have, want, word in zip(given.matrix.shape, sizes, ("row", "column"), strict=True):
        if want is None or have == want:
            continue
        if isinstance(want, int):
            raise elaboration.reject(
                code,
                f"{given.name} has {_count(have, word)}, {want} expected",
                node,
                f"the model makes {given.name} "
                + " x ".join("?" if size is None else show(size) for size in sizes),
            )
        raise elaboration.reject(
            code if code != "E112" else "E113",
            f"{given.name} has {_count(have, word)}, but the model leaves their number open: "
            f"{show(want)}",
            node,
            f"write {have} in place of {show(want)} in the model",
        )


# --- data statements -------------------------------------------------------------------------


def data_statements(elaboration: Elaboration) -> None:
    """Read all ``data`` statements into the elaboration; infer the number of samples."""
    for statement in elaboration.groups["data"]:
        for item in statement[1]:
            elaboration.attempt(_item, elaboration, item)
    if elaboration.samples is None:
        _infer_samples(elaboration)


def _item(elaboration: Elaboration, item: Node) -> None:
    kind, children = item[0], item[1]
    if kind == "samples":
        if elaboration.samples is not None:
            raise elaboration.reject(
                "E020", "the number of samples is given twice", item, "remove one of the two"
            )
        elaboration.samples = elaboration.width(children[0], "the number of samples")
        elaboration.samples_span = elaboration.span(item)
        return
    if kind == "property":
        matrix, word = children
        if matrix[1] not in DATA_PROPERTIES:
            raise elaboration.unknown(
                "E080", "data", matrix, ["X", "Y", "samples", "weights", "coefficients"]
            )
        known = DATA_PROPERTIES[matrix[1]]
        if word[1] not in known:
            other = "Y" if matrix[1] == "X" else "X"
            if word[1] in DATA_PROPERTIES[other]:
                raise elaboration.reject(
                    "E080",
                    f"`{word[1]}` is a property of {other}, not of {matrix[1]}",
                    word,
                    f"{matrix[1]} may be: " + ", ".join(known),
                )
            raise elaboration.unknown("E080", f"property of {matrix[1]}", word, known)
        _add_property(elaboration, cast(PropertyName, f"{matrix[1]} {word[1]}"), item)
        return
    name_node, _, value = children
    name: str = name_node[1]
    if value[0] == "<name>" and name == "Y" and value[1] == "X":
        _add_property(elaboration, "Y = X", item)
        return
    if name == "samples":
        raise elaboration.reject("E080", "expected: data samples 100", item)
    if name not in ("X", "Y", "weights", "coefficients") and not _LAYER_MATRIX.fullmatch(name):
        raise elaboration.unknown(
            "E080", "data", name_node, ["X", "Y", "weights", "coefficients", "W1", "b1"]
        )
    if name in elaboration.matrix_nodes:
        line = elaboration.source.line_of(elaboration.matrix_nodes[name][2])
        raise elaboration.reject(
            "E020", f"{name} is given twice: first on line {line}", item, "remove one of the two"
        )
    if value[0] == "<name>" and name in DATA_PROPERTIES and value[1] in DATA_PROPERTIES[name]:
        raise elaboration.reject(
            "E080", "a property has no `=`", item, f"write data {name} {value[1]}"
        )
    elaboration.matrix_nodes[name] = item
    elaboration.matrices.append(read_value(elaboration, name, value, name[0] == "b"))


def _add_property(elaboration: Elaboration, name: PropertyName, item: Node) -> None:
    if name in elaboration.property_nodes:
        line = elaboration.source.line_of(elaboration.property_nodes[name][2])
        raise elaboration.reject(
            "E020", f"`{name}` is stated twice: first on line {line}", item, "remove it"
        )
    elaboration.property_nodes[name] = item
    elaboration.properties.append(DataProperty(name, elaboration.span(item)))


def _infer_samples(elaboration: Elaboration) -> None:
    """The number of samples from a concrete matrix with a column each, or from X = I."""
    by_sample = ["X"]
    if elaboration.network is not None or (
        elaboration.map is not None and elaboration.map.columns is None
    ):
        by_sample += ["Y", "weights", "coefficients"]
    for given in elaboration.matrices:
        if given.name in by_sample:
            elaboration.samples = given.matrix.shape[1]
            elaboration.samples_span = given.span
            return
    if "X identity" in elaboration.property_nodes:
        rows = input_rows(elaboration)
        if rows is not None:
            elaboration.samples = rows
            elaboration.samples_span = elaboration.span(elaboration.property_nodes["X identity"])


def input_rows(elaboration: Elaboration) -> Term | None:
    """d0: the number of rows of X; ``None`` where the model has no X."""
    if elaboration.network is not None:
        return elaboration.network.input_width
    return None if elaboration.map is None else elaboration.map.data_rows


def output_shape(elaboration: Elaboration) -> Sizes:
    """The shape of the value of the map (and of Y)."""
    if elaboration.network is not None:
        return elaboration.network.layers[-1].width, elaboration.samples
    assert elaboration.map is not None
    columns = elaboration.map.columns
    return elaboration.map.rows, elaboration.samples if columns is None else columns


# --- what contradicts what -------------------------------------------------------------------


def check_data(elaboration: Elaboration) -> None:
    """Check shapes, values and properties against each other and against the model."""
    for given in elaboration.matrices:
        node = elaboration.matrix_nodes[given.name]
        elaboration.attempt(_check_matrix, elaboration, given, node)
    _check_sizes(elaboration)
    matrices = {given.name: given.matrix for given in elaboration.matrices}
    for stated in elaboration.properties:
        node = elaboration.property_nodes[stated.name]
        if stated.name == "Y = X":
            if "Y" in matrices:
                elaboration.error(
                    "E081",
                    "Y is given, and stated to be X",
                    node,
                    "remove one of the two statements",
                )
            elif "X" in matrices:
                elaboration.attempt(_check_targets, elaboration, matrices["X"], node)
            continue
        name, _, word = stated.name.partition(" ")
        if name in matrices and not _has_property(matrices[name], word):
            elaboration.error(
                "E081",
                f"{name} is given, and it is not {word}",
                node,
                "remove the property: it is derived from the given matrix",
            )


def _check_matrix(elaboration: Elaboration, given: DataMatrix, item: Node) -> None:
    name = given.name
    node = item[1][2]
    loss = elaboration.loss
    if name == "X":
        rows = input_rows(elaboration)
        if rows is None:
            raise elaboration.reject("E085", "the map has no X", item, "use X in the map")
        check_shape(elaboration, given, node, (rows, elaboration.samples))
        return
    if name == "Y":
        check_shape(elaboration, given, node, output_shape(elaboration))
        _check_targets(elaboration, given.matrix, node)
        return
    if name in ("weights", "coefficients"):
        needs = (
            ("linear_loss",) if name == "coefficients" else ("weighted_squared", "masked_squared")
        )
        if loss is None:
            return
        if loss.kind != "named" or loss.name not in needs:
            raise elaboration.reject(
                "E085", f"{name} go with `loss {needs[0]}` only", item, f"write loss {needs[0]}"
            )
        check_shape(elaboration, given, node, output_shape(elaboration))
        entries = [entry for row in given.matrix.rows for entry in row]
        if loss.name == "weighted_squared" and any(entry <= 0 for entry in entries):
            raise elaboration.reject(
                "E084",
                "the weights of weighted_squared are greater than 0",
                node,
                "masked_squared allows weights of 0",
            )
        if loss.name == "masked_squared" and any(entry not in (0, 1) for entry in entries):
            raise elaboration.reject(
                "E084",
                "the weights of masked_squared are 0 or 1",
                node,
                "weighted_squared allows any positive weights",
            )
        return
    _check_fixed(elaboration, given, item, node)


def _check_fixed(elaboration: Elaboration, given: DataMatrix, item: Node, node: Node) -> None:
    found = _LAYER_MATRIX.fullmatch(given.name)
    assert found is not None
    network = elaboration.network
    if network is None:
        raise elaboration.reject(
            "E085", "a map has no layers", item, f"write const {given.name}: ... = ..."
        )
    index = int(found[2])
    if index > len(network.layers):
        raise elaboration.reject(
            "E085", f"the net has {_count(len(network.layers), 'layer')}", item[1][0]
        )
    layer = network.layers[index - 1]
    if not layer.fixed:
        raise elaboration.reject(
            "E085",
            f"layer {index} is trained: its matrix can't be given",
            item,
            f"make it {layer.activation.name}({show(layer.width)}, fixed), or use `at`",
        )
    if found[1] == "b":
        if not layer.bias:
            raise elaboration.reject("E085", f"layer {index} has no bias", item)
        check_shape(elaboration, given, node, (layer.width, 1))
        return
    before = network.layers[index - 2].width if index > 1 else network.input_width
    check_shape(elaboration, given, node, (layer.width, before))
    if layer.positive and any(entry <= 0 for row in given.matrix.rows for entry in row):
        raise elaboration.reject(
            "E084", f"layer {index} is `positive`: all its weights are greater than 0", node
        )


def _check_targets(elaboration: Elaboration, matrix: Matrix, node: Node) -> None:
    loss = elaboration.loss
    if loss is None or loss.kind != "named":
        return
    if loss.name in _LABEL_LOSSES:
        if any(entry not in (-1, 1) for row in matrix.rows for entry in row):
            raise elaboration.reject(
                "E084", f"the targets of `{loss.name}` are labels: -1 or 1", node
            )
    elif loss.name == "cross_entropy":
        for column in range(matrix.shape[1]):
            entries = [row[column] for row in matrix.rows]
            if min(entries) < 0 or sum(entries) != 1:
                raise elaboration.reject(
                    "E084",
                    "the targets of `cross_entropy` are distributions: column "
                    f"{column + 1} has a negative entry or its sum is not 1",
                    node,
                )
    elif loss.name == "poisson" and any(entry < 0 for row in matrix.rows for entry in row):
        raise elaboration.reject("E084", "the targets of `poisson` are at least 0", node)


def _check_sizes(elaboration: Elaboration) -> None:
    """Properties against widths and the number of samples, where these are numbers."""
    nodes = elaboration.property_nodes
    rows = input_rows(elaboration)
    outputs, targets = output_shape(elaboration)
    samples = elaboration.samples

    def contradiction(name: str, message: str, hint: str) -> None:
        elaboration.error("E081", message, nodes[name], hint)

    about_inputs = [name for name in nodes if name.startswith("X ") or name == "Y = X"]
    if about_inputs and rows is None:
        node = nodes[about_inputs[0]]
        elaboration.error("E085", "the map has no X", node, "use X in the map")
        return
    if "Y = X" in nodes and (
        outputs != rows
        or (elaboration.map is not None and elaboration.map.columns not in (None, samples))
    ):
        contradiction(
            "Y = X",
            f"Y = X, but the output width {show(cast(Any, outputs))} is not the input width "
            f"{show(cast(Any, rows))}",
            "give both the same number or name",
        )
    if isinstance(samples, int) and isinstance(rows, int):
        if "X identity" in nodes and samples != rows:
            contradiction(
                "X identity",
                f"X is the identity, so there are {rows} samples, not {samples}",
                f"write data samples {rows}, or remove it",
            )
        if "X full_column_rank" in nodes and samples > rows:
            contradiction(
                "X full_column_rank",
                f"X is {rows} x {samples}: its rank can't be {samples}",
                "full column rank needs at most as many samples as inputs",
            )
        if "X full_row_rank" in nodes and samples < rows:
            contradiction(
                "X full_row_rank",
                f"X is {rows} x {samples}: its rank can't be {rows}",
                "full row rank needs at least as many samples as inputs",
            )
    if (
        "Y full_row_rank" in nodes
        and isinstance(targets, int)
        and isinstance(outputs, int)
        and targets < outputs
    ):
        contradiction(
            "Y full_row_rank",
            f"Y is {outputs} x {targets}: its rank can't be {outputs}",
            "full row rank needs at least as many samples as outputs",
        )


def _has_property(matrix: Matrix, word: str) -> bool:
    """Whether the matrix has the property, decided exactly; undecidable ones are granted."""
    rows, columns = matrix.shape
    if word == "identity":
        return rows == columns and all(
            entry == (i == j) for i, row in enumerate(matrix.rows) for j, entry in enumerate(row)
        )
    if word == "full_row_rank":
        return rows <= columns and exact_rank(matrix) == rows
    if word == "full_column_rank":
        return columns <= rows and exact_rank(matrix) == columns
    if word == "isotropic":
        return _isotropic(matrix)
    if word == "realizable":
        return True
    raise ValueError(f"unknown property {word}")


def exact_rank(matrix: Matrix) -> int:
    """The rank: by exact elimination, with FLINT where the matrix is large."""
    rows, columns = matrix.shape
    if rows * columns > 150:
        import flint

        cells = [
            flint.fmpq(entry.numerator, entry.denominator) for row in matrix.rows for entry in row
        ]
        return int(flint.fmpq_mat(rows, columns, cells).rank())
    left = [list(row) for row in matrix.rows]
    rank = 0
    for column in range(columns):
        pivot = next((i for i in range(rank, rows) if left[i][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for i in range(rank + 1, rows):
            factor = left[i][column] / left[rank][column]
            if factor:
                left[i] = [a - factor * b for a, b in zip(left[i], left[rank], strict=True)]
        rank += 1
    return rank


def _isotropic(matrix: Matrix) -> bool:
    """All non-zero singular values equal: M = X X^T satisfies M^2 = c M."""
    rows = matrix.rows
    if len(rows) > len(rows[0]):
        rows = tuple(zip(*rows, strict=True))
    if len(rows) * len(rows[0]) > 150:
        import flint

        cells = [flint.fmpq(entry.numerator, entry.denominator) for row in rows for entry in row]
        table = flint.fmpq_mat(len(rows), len(rows[0]), cells)
        gram = table * table.transpose()
        square = gram * gram
        trace = sum((gram[i, i] for i in range(len(rows))), flint.fmpq(0))
        if trace == 0:
            return True
        ratio = sum((square[i, i] for i in range(len(rows))), flint.fmpq(0)) / trace
        return bool(square == gram * ratio)
    product = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in rows] for x in rows]
    total = sum(product[i][i] for i in range(len(rows)))
    if not total:
        return True
    squared = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in product] for x in product]
    scale = Fraction(sum(squared[i][i] for i in range(len(rows)))) / total
    return all(
        squared[i][j] == scale * product[i][j] for i in range(len(rows)) for j in range(len(rows))
    )


# --- a point ---------------------------------------------------------------------------------


def point_statements(elaboration: Elaboration, statements: list[Node]) -> Point | None:
    """The point that all ``at`` statements give together."""
    required, allowed = _point_shapes(elaboration)
    shapes = {**required, **allowed}
    found: dict[str, DataMatrix] = {}
    before = len(elaboration.source.errors)
    for statement in statements:
        for item in statement[1]:
            if item[0] == "file_point":
                elaboration.attempt(_point_file, elaboration, item, required, shapes, found)
            else:
                elaboration.attempt(_point_matrix, elaboration, item, shapes, found)
    failed = len(elaboration.source.errors) > before
    first = statements[0]
    missing = [name for name in required if name not in found]
    if missing and not failed:
        sizes = required[missing[0]]
        raise elaboration.reject(
            "E110",
            f"the point has no {missing[0]}"
            + (f" (and {len(missing) - 1} more are missing)" if len(missing) > 1 else ""),
            first,
            f"{missing[0]} is " + " x ".join("?" if s is None else show(s) for s in sizes),
        )
    if failed:
        raise Rejected
    span = elaboration.source.span(first[2], statements[-1][3])
    ordered = tuple(found[name] for name in shapes if name in found)
    return Point(ordered, span)


def _point_shapes(elaboration: Elaboration) -> tuple[dict[str, Sizes], dict[str, Sizes]]:
    """The matrices that a point needs, and those it may have besides, with their shapes."""
    required: dict[str, Sizes] = {}
    allowed: dict[str, Sizes] = {}
    network = elaboration.network
    if network is None:
        assert elaboration.map is not None
        for parameter in elaboration.map.parameters:
            required[parameter.name] = (parameter.rows, parameter.columns)
        for constant in elaboration.map.constants:
            if constant.values is None:
                allowed[constant.name] = (constant.rows, constant.columns)
        return required, allowed
    given = {matrix.name for matrix in elaboration.matrices}
    previous = network.input_width
    for index, layer in enumerate(network.layers, 1):
        if layer.opaque is None:
            if f"W{index}" not in given:
                required[f"W{index}"] = (layer.width, previous)
            if layer.bias and f"b{index}" not in given:
                required[f"b{index}"] = (layer.width, 1)
            if layer.activation.name == "prelu":
                required[f"a{index}"] = (None, 1)  # one trained slope, or one for each unit
        previous = layer.width
    return required, allowed


def _point_name(elaboration: Elaboration, name: str, node: Node, shapes: dict[str, Sizes]) -> Sizes:
    if name in shapes:
        return shapes[name]
    if name in elaboration.matrix_nodes:
        raise elaboration.reject(
            "E111", f"{name} is fixed and given by `data`: the point can't set it", node
        )
    raise elaboration.unknown("E111", "matrix of the point", node, list(shapes), name)


def _point_matrix(
    elaboration: Elaboration,
    item: Node,
    shapes: dict[str, Sizes],
    found: dict[str, DataMatrix],
) -> None:
    name_node, _, value = item[1]
    name: str = name_node[1]
    sizes = _point_name(elaboration, name, name_node, shapes)
    if name in found:
        raise elaboration.reject("E020", f"{name} is given twice", item, "remove one of the two")
    given = read_value(elaboration, name, value, sizes[1] == 1)
    check_shape(elaboration, given, value, sizes, "E112")
    found[name] = given


def _point_file(
    elaboration: Elaboration,
    item: Node,
    required: dict[str, Sizes],
    shapes: dict[str, Sizes],
    found: dict[str, DataMatrix],
) -> None:
    from .elaborate import unquote

    node = item[1][0]
    file = unquote(node[1])
    arrays, named = _load(elaboration, file, None, None, node)
    if not named:
        if len(required) != 1:
            raise elaboration.reject(
                "E095",
                f"{file} holds one matrix, and the point has {len(required)}",
                node,
                f'write at {next(iter(required), "W1")} = file "{file}", or use a .npz file',
            )
        arrays = {next(iter(required)): next(iter(arrays.values()))}
    for name, array in arrays.items():
        sizes = _point_name(elaboration, name, node, shapes)
        if name in found:
            raise elaboration.reject("E020", f"{name} is given twice", node)
        matrix = _matrix_of(elaboration, array, name, node, sizes[1] == 1)
        key = name if named else None
        given = DataMatrix(name, matrix, file, key, elaboration.span(node))
        check_shape(elaboration, given, node, sizes, "E112")
        found[name] = given
