"""Every error code: triggered, with its place and its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from landscape_cli.model.diagnostics import Diagnostic, InputError
from landscape_cli.syntax import parse, parse_with_errors
from landscape_cli.syntax.codes import CODES, code

# code -> line, column, end column, the start of the message; for the example of the code
PLACES = {
    "E010": (1, 12, 16, 'expected `->` and the next layer, or the end of the stat'),
    "E011": (1, 1, 5, 'unknown statement `nett`'),
    "E012": (1, 14, 15, '`(` is never closed: `)` was expected'),
    "E013": (1, 21, 22, 'this text has no end: a closing `"` was expected on the '),
    "E014": (1, 7, 8, 'the character `@` has no meaning here'),
    "E015": (1, 139, 140, 'brackets are nested more than 100 deep here'),
    "E016": (1, 24, 33, 'the power of ten is beyond 1000 in size'),
    "E017": (1, 39, 51, 'this statement stands outside of the model blocks'),
    "E018": (1, 1, 1, 'there is no model here'),
    "E019": (101, 1, 2, 'more than 100 errors: the rest is not looked at'),
    "E020": (1, 32, 45, 'a second `loss`: the first is on line 1'),
    "E021": (1, 45, 46, 'a second model is named `a`: the first is on line 1'),
    "E022": (1, 1, 13, 'a `net` or a `map` was expected: this model has none'),
    "E023": (1, 29, 34, 'a model has a `net` or a `map`, not both'),
    "E024": (1, 1, 16, 'a `loss` was expected: this model has none'),
    "E025": (1, 23, 24, '`W` is declared twice: first on line 1'),
    "E026": (1, 5, 6, "`X` has a meaning of its own and can't name a width"),
    "E030": (1, 10, 11, 'a width is at least 1, not 0'),
    "E031": (1, 10, 12, 'a width is a positive integer, not a negative number'),
    "E032": (1, 10, 15, 'a width is at most 1000000000'),
    "E033": (1, 10, 13, 'a width is a whole number'),
    "E034": (1, 10, 15, 'unknown activation `relux`'),
    "E035": (1, 18, 23, 'unknown option of a layer `biass`'),
    "E036": (1, 23, 25, '`alpha` has to be greater than 0'),
    "E037": (1, 24, 28, 'the option `bias` is given twice'),
    "E038": (1, 10, 23, 'this layer has a bias, but line 1 says `bias none`'),
    "E039": (1, 20, 24, "`skip` adds the layer's input to its output, and their w"),
    "E040": (1, 36, 44, '`positive` goes with `fixed` only: trained weights have '),
    "E041": (1, 10, 17, 'softmax is allowed in the last layer only'),
    "E042": (1, 1, 6, 'a net has at least one layer'),
    "E043": (1, 10, 19, 'an opaque layer has a width and a description'),
    "E044": (1, 23, 33, 'unknown form of bias `everywhere`'),
    "E050": (1, 23, 29, 'unknown loss `hubber`'),
    "E051": (1, 23, 31, '`quantile` needs its parameter tau'),
    "E052": (1, 29, 31, 'delta of `huber` has to be greater than 0'),
    "E053": (1, 43, 45, 'unknown regulariser `l3`'),
    "E054": (1, 46, 51, 'the strength of a regulariser is at least 0'),
    "E055": (1, 32, 60, 'expected one strength, or one for each of the 2 trained '),
    "E056": (1, 43, 49, 'unknown kind of constraint `linear`'),
    "E060": (1, 25, 26, '`V` is not declared'),
    "E061": (1, 17, 31, '`V` is declared but does not occur in the map'),
    "E062": (1, 41, 42, 'the product does not fit: 3 columns on the left, 2 rows '),
    "E063": (1, 23, 24, 'a map has sums, no differences'),
    "E064": (1, 17, 26, 'the map has no parameter: nothing is trained'),
    "E065": (1, 17, 26, "the number of rows of X can't be found out from the map"),
    "E070": (1, 33, 37, 'unknown function `expp`'),
    "E071": (1, 33, 42, '`exp` has one argument'),
    "E072": (1, 38, 39, 'unknown name `t` in a custom function'),
    "E073": (1, 35, 42, 'an exponent is a rational number'),
    "E074": (1, 46, 47, 'expected a condition: one comparison with <, <=, >, >= o'),
    "E075": (1, 23, 27, 'expected the names of two arguments in brackets: the out'),
    "E076": (1, 46, 49, 'division by zero'),
    "E077": (1, 54, 61, 'unknown property `convexx`'),
    "E080": (1, 39, 52, 'unknown property of X `full_rov_rank`'),
    "E081": (1, 37, 55, "X is 5 x 6: its rank can't be 6"),
    "E082": (1, 41, 49, 'X has 1 row, 5 expected'),
    "E083": (1, 50, 53, 'this row has 1 entry, the first has 2'),
    "E084": (1, 37, 42, 'the targets of `logistic` are labels: -1 or 1'),
    "E085": (1, 37, 52, 'weights go with `loss weighted_squared` only'),
    "E090": (1, 41, 59, "can't read missing.npy: no such file or directory"),
    "E091": (1, 41, 54, 'unknown format of a data file: x.xlsx'),
    "E092": (1, 41, 53, 'x.pkl may be a pickle, which can run code: it is not ope'),
    "E100": (1, 35, 61, 'no widths satisfy this assumption'),
    "E101": (1, 42, 54, 'only linear arithmetic is allowed here: no products or p'),
    "E102": (1, 42, 44, 'unknown width or symbol `d3`'),
    "E104": (1, 60, 62, '`d0` is no parameter of a function'),
    "E103": (1, 42, 44, 'expected something true or false, such as `d1 >= d0`'),
    "E110": (1, 32, 74, 'the point has no W2'),
    "E111": (1, 35, 36, 'unknown matrix of the point `V`'),
    "E112": (1, 40, 45, 'W1 has 1 row, 2 expected'),
    "E113": (1, 35, 45, 'W1 has 1 column, but the model leaves their number open:'),
    "E120": (1, 40, 54, 'unknown property `strict_saddles`'),
    "E121": (1, 39, 43, 'unknown verdict `hold`'),
    "E122": (1, 52, 54, 'a waiver needs a reason'),
    "E128": (1, 66, 76, 'this is no day of the calendar'),
}  # fmt: skip


def errors(text: str) -> list[Diagnostic]:
    return list(parse_with_errors(text)[1])


@pytest.mark.parametrize("name", PLACES)
def test_the_example_of_a_code_triggers_it_at_its_place(name: str) -> None:
    entry = code(name)
    assert entry is not None
    found = next(error for error in errors(entry.example) if error.code == name)
    line, column, end_column, message = PLACES[name]
    assert found.span is not None
    assert (found.span.line, found.span.column) == (line, column)
    assert (found.span.end_line, found.span.end_column) == (line, end_column)
    assert found.message.startswith(message)
    assert found.source_line == entry.example.split("\n")[line - 1]
    others = {error.code for error in errors(entry.example)} - {name}
    assert others <= ({"E011"} if name == "E019" else set())


def test_the_table_of_codes_is_complete() -> None:
    names = [entry.code for entry in CODES]
    assert names == sorted(set(names))
    package = Path(__file__).parents[2] / "landscape_cli"
    used = {
        found
        for path in package.rglob("*.py")
        if path.name != "codes.py"
        for found in re.findall(r'"(E[0-9]{3})"', path.read_text(encoding="utf-8"))
    }
    assert used == set(names)
    elsewhere = {"E001", "E002", "E003", "E004", "E093", "E094", "E095"}  # test_files.py
    elsewhere |= {"E115", "E116", "E118"}  # tests/point
    elsewhere |= {"E005", "E140", "E141", "E142", "E143", "E144"}  # tests/render/test_formats.py
    elsewhere |= {"E123"}  # tests/engine/test_api.py
    elsewhere |= {"E005", "E140", "E141", "E142", "E143", "E144"}  # tests/checking
    elsewhere |= {"E150", "E151"}  # tests/teaching
    elsewhere |= {"E130", "E131"}  # tests/pictures
    elsewhere |= {"E132"}  # tests/hunt
    assert set(PLACES) == set(names) - elsewhere
    assert all(all(entry) for entry in CODES)
    assert code("e030") is code("E030") is not None and code("E999") is None


RAW_TOKENS = re.compile(r"\b[A-Z]{3,}\b|<[a-z]+>|__|\$END|_END")


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: entry.code)
def test_no_message_shows_the_names_of_the_automaton(entry: object) -> None:
    for error in errors(entry.example):  # type: ignore[attr-defined]
        shown = error.message + (error.hint or "")
        assert not RAW_TOKENS.search(shown.replace("NAME", "").replace("NUL", "")), shown


NEAREST = [
    ("net 5 -> 2; loss mse", "here it is called `squared`"),
    ("net 5 -> 2; loss L1", "here it is called `absolute`"),
    ("net 5 -> swish(2); loss squared", "here it is called `silu`"),
    ("nett 5 -> 2", "did you mean `net`?"),
    ("net 5 -> rleu(2); loss squared", "did you mean `relu`?"),
    ("net 5 -> 2; loss Absolute", "did you mean `absolute`?"),
    ("net 5 -> 2; loss convex diferentiable", "did you mean `differentiable`?"),
    ("net 5 -> relu(2, skipp); loss squared", "did you mean `skip`?"),
    ("net 5 -> elu(2, alhpa=1); loss squared", "did you mean `alpha`?"),
    ("net 5 -> 2; loss squared; data X ful_row_rank", "did you mean `full_row_rank`?"),
    ("net 5 -> 2; loss squared; data Y realisable", "did you mean `realizable`?"),
    ("net 5 -> 2; loss squared; expect condtional", "did you mean `conditional`?"),
    ("net 5 -> 2; loss squared; require strict_sadle", "did you mean `strict_saddle`?"),
    ('net 5 -> 2; loss squared; allow fials because "x"', "did you mean `fails`?"),
    (
        'net 5 -> 2; loss squared; allow fails because "x" untill 2027-01-01',
        "did you mean `until`?",
    ),
    ('net 5 -> 2; loss squared; allow fails becuase "x"', "write allow fails because"),
    ("net width -> 2; loss squared; assume widht >= 2", "did you mean `width`?"),
    ("net 5 -> 2; bias al; loss squared", "did you mean `all`?"),
    ("param Weight: 2 x 2; map Wieght; loss squared", "did you mean `Weight`?"),
    ("net 5 -> 2; loss squared; subject_to afine", "did you mean `affine`?"),
]


@pytest.mark.parametrize(("text", "hint"), NEAREST)
def test_the_nearest_name_is_suggested(text: str, hint: str) -> None:
    assert any((error.hint or "").startswith(hint) for error in errors(text)), errors(text)


def test_all_errors_of_a_text_are_reported_and_the_good_models_kept() -> None:
    text = """model a {
  net 5 -> 0 -> relu(3, biass) -> -3
  loss hubber
  expect holdz
}
model b { net 5 -> 2; loss squared }
model c {
  net 5 -> 2 )
  loss squared extra 3
  data X = [[1, 2],
    [3, 4
  expect holds
}
model d { net 2 -> 2; loss absolute }
"""
    models, found = parse_with_errors(text, file="x.landscape")
    assert [model.name for model in models] == ["b", "d"]
    assert [(e.code, e.span.line, e.span.column) for e in found if e.span] == [
        ("E030", 2, 12),
        ("E035", 2, 25),
        ("E031", 2, 35),
        ("E050", 3, 8),
        ("E121", 4, 10),
        ("E010", 8, 14),
        ("E010", 9, 22),
        ("E012", 11, 5),
    ]
    assert all(error.file == "x.landscape" for error in found)
    with pytest.raises(InputError) as raised:
        parse(text)
    assert len(raised.value.diagnostics) == len(found)


def test_errors_in_one_block_are_not_blamed_on_the_next() -> None:
    models, found = parse_with_errors("model a { net 5 -> 2\nmodel b { net 2 -> 2; loss squared }")
    assert [model.name for model in models] == ["b"]
    assert [error.code for error in found] == ["E012"]


CONTRADICTIONS = [
    ("net 5 -> 2; loss squared; data X identity, samples 6", "E081"),
    ("net 5 -> 2; loss squared; data X full_row_rank, samples 4", "E081"),
    ("net 5 -> 2; loss squared; data Y = X", "E081"),
    ("net a -> k -> b; loss squared; data Y = X", "E081"),
    ("net 2 -> 3; loss squared; data Y full_row_rank, samples 2", "E081"),
    ("net 2 -> 2; loss squared; data X = [[1, 0], [0, 2]], X identity", "E081"),
    ("net 2 -> 2; loss squared; data X = [[1, 1], [1, 1]], X full_row_rank", "E081"),
    ("net 2 -> 2; loss squared; data X = [[1, 0], [0, 2]], X isotropic", "E081"),
    ("net 2 -> 2; loss squared; data Y = X, Y = [[1, 0], [0, 2]]", "E081"),
    ("net d -> 2; loss squared; data X full_column_rank, samples n; assume n >= d + 1", "E100"),
    ("net 2 -> 2; loss squared; data X = [[1, 1], [1, 1]]; assume rank(X) >= 2", "E100"),
    ("net 2 -> 3; loss squared; assume rank(X) >= 3", "E100"),
    ("net d -> 3; loss squared; assume rank(X) > n", "E100"),
    ("net d -> k; loss squared; assume 2 * d = 2 * k + 1", "E100"),
    ("net d -> k; loss squared; assume d < k; assume k < d", "E100"),
    ("net d -> k; loss squared; assume d < 1", "E100"),
    ("net d -> k; loss squared; assume min(d, k) > 3 and max(d, k) < 3", "E100"),
    ("net 2 -> 3; loss squared; assume 2 > 3", "E100"),
    ("net 2 -> 2; loss squared; data X = [[1, 2, 3]]", "E082"),
    ("net 2 -> 2; loss squared; data X = [[1], [2]], Y = [[1, 2], [3, 4]]", "E082"),
    ("net 2 -> 2; loss weighted_squared; data weights = [[1, 0], [1, 1]]", "E084"),
    ("net 2 -> 2; loss masked_squared; data weights = [[1, 2], [1, 1]]", "E084"),
    ("net 2 -> 2; loss cross_entropy; data Y = [[1/2, 1], [1/2, 1]]", "E084"),
    ("net 2 -> 2; loss poisson; data Y = [[1, -1], [1, 1]]", "E084"),
    ("net 1 -> 1; loss hinge; data Y = X, X = [[2]]", "E084"),
    ("net 2 -> relu(2, fixed, positive) -> 1; loss squared; data W1 = [[1, 1], [1, 0]]", "E084"),
    ("net 2 -> relu(2) -> 1; loss squared; data W1 = [[1, 1], [1, 0]]", "E085"),
    ("net 2 -> relu(2, fixed) -> 1; loss squared; data W1 = [[1, 1]]", "E082"),
    ("net 2 -> relu(2, fixed) -> 1; loss squared; data W3 = [[1, 1]]", "E085"),
    ("param W: 2 x 2; map W * W^T; loss squared; data X identity", "E085"),
    ("net k -> 2; loss squared; data X = [[1], [2]]", "E082"),
    ("net 3 -> relu(k, skip); loss squared", "E039"),
    ("net a -> relu(b, skip); loss squared", "E039"),
]


@pytest.mark.parametrize(("text", "expected"), CONTRADICTIONS)
def test_contradictions(text: str, expected: str) -> None:
    assert [error.code for error in errors(text)] == [expected]


CONSISTENT = [
    "net 2 -> 2; loss squared; data X = [[1, 0], [0, -1]], X isotropic, X full_row_rank",
    "net 2 -> 2; loss squared; data X = [[3, 4, 0], [0, 0, 5]], X isotropic",
    "net 2 -> 2; loss squared; data X = [[0, 0], [0, 0]], X isotropic",
    "net 2 -> 2; loss squared; data X = [[1, 0], [0, 1]], X identity; assume rank(X) = 2",
    "net d -> 2; loss squared; data X full_column_rank, samples n; assume n <= d and d <= n",
    "net d -> k; loss squared; assume 17 * d = 31 * k + 5",
    "net d -> k; loss squared; assume rank(Y) = k and rank(X) = 0",
    "net 2 -> 2; loss cross_entropy; data Y = [[1/2, 1], [1/2, 0]]",
    "net k -> relu(k, skip); loss squared",
    "param W: 2 x 2; map W * W^T; loss weighted_squared; data weights = [[1, 2], [2, 1]]",
]


@pytest.mark.parametrize("text", CONSISTENT)
def test_consistent_statements_are_accepted(text: str) -> None:
    assert errors(text) == []


def test_exact_rank_agrees_for_small_and_large() -> None:
    from fractions import Fraction

    from landscape_cli.model.problem import Matrix
    from landscape_cli.syntax.data import exact_rank

    small = Matrix(((Fraction(1), Fraction(2)), (Fraction(2), Fraction(4))))
    assert exact_rank(small) == 1
    rows = [tuple(Fraction(i * j + i % 3, 7) for j in range(20)) for i in range(20)]
    assert exact_rank(Matrix(tuple(rows))) == 2
    assert exact_rank(Matrix(tuple(row[:3] for row in rows[2:5]))) == 2


def test_spans_are_tight() -> None:
    (model,) = parse("net 5 -> relu(k, bias) -> 3\nloss huber(2)\ndata X full_row_rank, samples n")
    assert model.network is not None
    first, second = model.network.layers
    spans = [
        (model.network.input_span, (1, 5, 6)),
        (first.span, (1, 10, 23)),
        (first.width_span, (1, 15, 16)),
        (first.bias_span, (1, 18, 22)),
        (first.activation.span, (1, 10, 14)),
        (second.width_span, (1, 27, 28)),
        (model.loss.span, (2, 6, 14)),
        (model.data.properties[0].span, (3, 6, 21)),
        (model.data.samples_span, (3, 23, 32)),
    ]
    for span, place in spans:
        assert span is not None and (span.line, span.column, span.end_column) == place
