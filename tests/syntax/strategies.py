"""Hypothesis strategies for models over the whole language.

``texts()`` gives valid texts of one model (not canonical: blanks, orders and spellings vary),
``models()`` the models that they stand for. Both take the same switches.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse
from landscape_cli.syntax.names import ACTIVATIONS, LOSSES

SMALL = st.integers(1, 4)
LOSS_ARGUMENTS = {
    "huber": ["", "(1)", "(1/2)", "(delta=3)"],
    "quantile": ["(1/2)", "(tau=0.25)"],
    "epsilon_insensitive": ["(0)", "(1e-1)"],
    "lp": ["(1)", "(2)", "(3/2)", "(p=1/2)"],
    "tukey": ["(2)"],
}
ACTIVATION_ARGUMENTS = {
    "leaky_relu": ["", "slope=1/10", "slope=0", "slope=-1/2"],
    "prelu": ["", "slope=1/4"],
    "elu": ["", "alpha=2"],
    "celu": ["", "alpha=0.5"],
}
CLASSES = ["convex", "convex differentiable", "differentiable convex", "convex smooth", "any"]


def rationals() -> st.SearchStrategy[str]:
    """Numbers as they may be written in a matrix."""
    return st.one_of(
        st.integers(-9, 9).map(str),
        st.tuples(st.integers(-9, 9), st.integers(1, 9)).map(lambda p: f"{p[0]}/{p[1]}"),
        st.sampled_from(["0.25", "-1.5", "1e-2", "2E1"]),
    )


@st.composite
def matrices(
    draw: Any, rows: int, columns: int, entries: st.SearchStrategy[str] | None = None
) -> str:
    """A matrix of that shape, as text; sometimes over several lines."""
    entry = rationals() if entries is None else entries
    joint = draw(st.sampled_from([", ", ",", ",\n  "]))
    written = ["[" + ", ".join(draw(entry) for _ in range(columns)) + "]" for _ in range(rows)]
    return "[" + joint.join(written) + "]"


def expressions(variables: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Expressions of custom functions."""
    leaves = st.sampled_from([*variables, "1", "2", "1/3", "0.5", "pi", "-1"])

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        return st.one_of(
            pair.map(lambda p: f"{p[0]} + {p[1]}"),
            pair.map(lambda p: f"{p[0]} - ({p[1]})"),
            pair.map(lambda p: f"({p[0]}) * ({p[1]})"),
            inner.map(lambda a: f"({a}) / 3"),
            inner.map(lambda a: f"-({a})"),
            st.tuples(inner, st.sampled_from(["2", "(1/2)", "(-3)"])).map(
                lambda p: f"(exp({p[0]}))^{p[1]}"
            ),
            st.tuples(st.sampled_from(["exp", "abs", "tanh", "softplus", "erf"]), inner).map(
                lambda p: f"{p[0]}({p[1]})"
            ),
            pair.map(lambda p: f"max({p[0]}, {p[1]})"),
            st.tuples(inner, inner, st.sampled_from(["<", "<=", ">", ">=", "="])).map(
                lambda p: f"piecewise({p[0]}, {p[0]} {p[2]} {p[1]}, {p[1]})"
            ),
        )

    return st.recursive(leaves, grow, max_leaves=6)


@st.composite
def formulas(draw: Any, values: dict[str, int], depth: int = 2) -> tuple[str, bool]:
    """(text, whether it is true under ``values``)."""
    if depth == 0 or draw(st.booleans()):
        left, left_value = draw(linear_terms(values))
        right, right_value = draw(linear_terms(values))
        relation = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
        truth = {
            "=": left_value == right_value,
            "!=": left_value != right_value,
            "<": left_value < right_value,
            "<=": left_value <= right_value,
            ">": left_value > right_value,
            ">=": left_value >= right_value,
        }[relation]
        return f"{left} {relation} {right}", truth
    word = draw(st.sampled_from(["and", "or", "not"]))
    first, truth = draw(formulas(values, depth - 1))
    if word == "not":
        return f"not ({first})", not truth
    second, other = draw(formulas(values, depth - 1))
    return f"({first}) {word} ({second})", (truth and other) if word == "and" else truth or other


@st.composite
def linear_terms(draw: Any, values: dict[str, int], depth: int = 2) -> tuple[str, Fraction]:
    """(text, value under ``values``)."""
    kind = draw(st.sampled_from(["name", "number", "sum", "scaled", "extremum"]))
    if depth == 0 or kind in ("name", "number"):
        if kind == "number":
            number = draw(st.integers(0, 5))
            return str(number), Fraction(number)
        name = draw(st.sampled_from(sorted(values)))
        return name, Fraction(values[name])
    first, value = draw(linear_terms(values, depth - 1))
    if kind == "scaled":
        factor = draw(st.sampled_from(["2", "3", "1/2", "-1"]))
        return f"({factor}) * ({first})", Fraction(factor) * value
    second, other = draw(linear_terms(values, depth - 1))
    if kind == "sum":
        sign = draw(st.sampled_from(["+", "-"]))
        return f"{first} {sign} ({second})", value + other if sign == "+" else value - other
    name = draw(st.sampled_from(["min", "max"]))
    return f"{name}({first}, {second})", (min if name == "min" else max)(value, other)


@st.composite
def texts(
    draw: Any,
    *,
    symbolic: bool | None = None,
    maps: bool | None = None,
    activations: tuple[str, ...] = tuple(ACTIVATIONS),
    losses: tuple[str, ...] = tuple(LOSSES),
) -> str:
    """A valid text of one model.

    ``symbolic`` widths or numbers, ``maps`` or nets (``None``: either), and the activations and
    losses to choose from.
    """
    symbols = draw(st.booleans()) if symbolic is None else symbolic
    as_map = draw(st.integers(0, 3)) == 0 if maps is None else maps
    lines: list[str] = []
    depth = draw(st.integers(1, 4))
    sizes = [draw(SMALL) for _ in range(depth + 1)]
    values = dict(zip([f"d{i}" for i in range(depth + 1)], sizes, strict=True))
    widths = list(values) if symbols else list(map(str, sizes))
    samples = draw(st.integers(1, 5))
    custom = draw(st.booleans()) and not as_map
    if custom:
        lines.append(f"activation s(t) = {draw(expressions(('t',)))}")
        lines += draw(st.sampled_from([[], ["declare s continuous strictly_monotone"]]))
    trained: dict[str, tuple[int, int]] = {}
    given: list[str] = []
    if as_map:
        names = [f"A{i}" for i in range(depth, 0, -1)]
        for index in range(depth, 0, -1):
            lines.append(f"param A{index}: {widths[index]} x {widths[index - 1]}")
            trained[f"A{index}"] = (sizes[index], sizes[index - 1])
        product = " * ".join(names)
        form = draw(st.sampled_from(["chain", "data", "shift", "symmetric", "applied"]))
        if form == "shift":
            lines.append(f"const C: {widths[depth]} x {widths[0]}")
            product = f"(C + {product})"
        elif form == "symmetric":
            product = f"{product} * ({product})^T"
        elif form == "applied":
            product = f"leaky_relu({product}, slope=1/3)"
        has_data = form in ("data", "shift", "applied")
        lines.append(f"map {product}" + (" * X" if has_data else ""))
    else:
        has_data = True
        items = [widths[0]]
        statement = draw(st.sampled_from(["", "all", "none", "output"]))
        for index in range(1, depth + 1):
            names = [*activations, *(["s"] if custom else [])]
            name = draw(st.sampled_from(names))
            if name == "softmax" and index < depth:
                name = "tanh"
            options = [
                o for o in [draw(st.sampled_from(ACTIVATION_ARGUMENTS.get(name, [""])))] if o
            ]
            bias = statement not in ("none", "output") and draw(st.booleans())
            options += ["bias"] if bias else []
            if widths[index] == widths[index - 1] and draw(st.booleans()):
                options.append("skip")
            fixed = draw(st.integers(0, 5)) == 0
            if fixed:
                positive = draw(st.booleans())
                options += ["fixed", "positive"] if positive else ["fixed"]
                if not symbols and draw(st.booleans()):
                    entries = st.sampled_from(["1", "2/3"]) if positive else None
                    value = draw(matrices(sizes[index], sizes[index - 1], entries))
                    given.append(f"W{index} = {value}")
            if draw(st.integers(0, 9)) == 0:
                items.append(f'opaque({widths[index]}, "conv \\"2d\\"")')
                given = [one for one in given if not one.startswith(f"W{index} ")]
                continue
            if not any(one.startswith(f"W{index} ") for one in given):
                trained[f"W{index}"] = (sizes[index], sizes[index - 1])
            if bias or statement == "all" or (statement == "output" and index == depth):
                trained[f"b{index}"] = (sizes[index], 1)
            plain = name == "linear" and not options
            items.append(
                widths[index] if plain else f"{name}({', '.join([widths[index], *options])})"
            )
        lines.append("net " + " -> ".join(items))
        if statement:
            lines.append(f"bias {statement}")
    kind = draw(st.sampled_from(["named", "named", "class", "custom"]))
    loss = ""
    if kind == "named":
        loss = draw(st.sampled_from(losses))
        lines.append(f"loss {loss}{draw(st.sampled_from(LOSS_ARGUMENTS.get(loss, [''])))}")
    elif kind == "class":
        lines.append(f"loss {draw(st.sampled_from(CLASSES))}")
    else:
        lines.append(f"loss l(z, y) = {draw(expressions(('z', 'y')))}")
        lines += draw(st.sampled_from([[], ["declare l convex differentiable"]]))
    lines += draw(
        st.sampled_from(
            [[], [], ["regularize l2 1/10"], ["regularize l1 0.5"], ["regularize l2 0"]]
        )
    )
    count = widths[0] if symbols else "12"
    lines += draw(
        st.sampled_from(
            [
                [],
                [],
                ["subject_to affine"],
                [f"subject_to affine {count} + 1"],
                ["subject_to convex"],
            ]
        )
    )
    data = list(given)
    if has_data:
        stated = draw(st.sampled_from(["none", "number", "symbol"]))
        if stated == "symbol" and not symbols:
            stated = "number"
        if stated == "number":
            data.append(f"samples {samples}")
        elif stated == "symbol":
            data.append("samples n")
        if stated == "none" or symbols:
            data += draw(st.sampled_from([[], ["X full_row_rank"], ["X isotropic"]]))
        data += draw(st.sampled_from([[], ["Y realizable"]]))
        concrete = not symbols and not any("X full" in one for one in data)
        if concrete and "X isotropic" not in data and draw(st.booleans()):
            data.append(f"X = {draw(matrices(sizes[0], samples))}")
        weights = {"weighted_squared": ("1", "3/2"), "masked_squared": ("0", "1")}.get(loss)
        if weights and not symbols and not (as_map and form == "chain"):
            entries = st.sampled_from(weights)
            data.append(f"weights = {draw(matrices(sizes[-1], samples, entries))}")
    if data:
        if draw(st.booleans()):
            lines.append("data " + ", ".join(data))
        else:
            lines += [f"data {one}" for one in data]
    if symbols:
        known = dict(values)
        for _ in range(draw(st.integers(0, 2))):
            text, truth = draw(formulas(known))
            if not any(d.startswith("X full") for d in data):
                lines.append(f"assume {text}" if truth else f"assume not ({text})")
    elif trained and draw(st.booleans()) and "opaque" not in " ".join(lines):
        values_text = [
            f"{name} = {draw(matrices(rows, columns))}" for name, (rows, columns) in trained.items()
        ]
        lines.append("at " + ", ".join(values_text))
    lines += draw(st.sampled_from([[], ["require strict_saddle"], ["require local_is_global"]]))
    lines += draw(st.sampled_from([[], ["expect holds by linear-squared"], ["expect conditional"]]))
    lines += draw(
        st.sampled_from(
            [
                [],
                ['allow fails because "known: \\"x\\" \\\\ y"'],
                ['allow unknown because "until then" until 2027-01-31'],
            ]
        )
    )
    unique = list(dict.fromkeys(lines))
    body = draw(st.sampled_from(["\n", "; ", "  # note\n"])).join(unique)
    name = draw(st.sampled_from([None, None, "auto-encoder", '"two words"', "m_1"]))
    return body if name is None else f"model {name} {{\n{body}\n}}"


def models(**switches: Any) -> st.SearchStrategy[Model]:
    """The models of ``texts(**switches)``."""
    return texts(**switches).map(lambda text: parse(text)[0])
