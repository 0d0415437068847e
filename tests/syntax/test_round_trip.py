"""``parse(unparse(model)) == model`` over generated models, and every rule of the grammar."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from landscape_cli.model.problem import Model
from landscape_cli.syntax import parse, unparse, unparse_statements
from landscape_cli.syntax.parser import RULES, parse_tree
from landscape_cli.syntax.source import Source

from .strategies import models, texts

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(texts())
def test_generated_texts_are_valid_and_come_back(text: str) -> None:
    (model,) = parse(text)
    written = unparse(model)
    assert parse(written) == (model,)
    assert unparse(parse(written)[0]) == written
    (bare,) = parse(unparse_statements(model))
    assert bare.name is None
    assert "\n" not in unparse_statements(model)


@settings(SETTINGS, max_examples=30)
@given(models(symbolic=False, maps=False))
def test_switches_of_the_strategy(model: Model) -> None:
    assert model.network is not None and model.map is None
    assert isinstance(model.network.input_width, int)


EVERYTHING = """
model first {
  activation s(t) = max(t, t/10) + piecewise(t^2, t < 1, -t, t >= 3, exp(-(t)^(1/2)) * pi)
  net 4 -> leaky_relu(3, slope=1/10, bias) -> s(3, skip) -> linear(2, fixed) -> opaque(2, "x")
  loss l(z, y) = log(1 + exp(-y*z)) - -z
  declare s strictly_monotone continuous
  regularize l2 1/10, 1/5
  subject_to affine 12
  data Y realizable, samples 2, W3 = [[1, 2, 3],
    [4, 5/2, 0.5]]  # over two lines
  data X = [[1, -1/2], [0, -3], [0, 0], [1e-1, 2]]
  at W1 = [[1,0,0,0],[0,0,0,0],[0,0,0,0]], b1 = [1, 2, -1/3], W2 = [[1,0,0],[0,1,0],[0,0,1]]
  require strict_saddle
  expect fails by some-theorem
  allow unknown because "tracked" until 2027-01-31
}
model "second one" { param W: n x k; param v: n; const C: n x n; map (W * W^T + C) * relu(X) + v
  loss convex differentiable; data samples 1; subject_to convex
  assume not (k >= 2 * n and n <= k - 1) or 1 <= rank(X) <= min(n, k) or false; assume 2^3 >= n
  allow fails because "tracked" }
model third { param U: 2 x 1; param b: 2; const D: 2 x 2 = [[1, 0], [0, 1]]; map D * U * X
  loss huber(1); bias all }
model third-b { net 10^2 -> 2; bias output; loss quantile(tau=1/2); data X full_row_rank, Y = X }
"""


def test_everything_that_the_grammar_has() -> None:
    """Each rule of the automaton is reduced by at least one of these texts."""
    from landscape_cli.syntax import parser

    used: set[int] = set()

    class Watched(tuple):  # type: ignore[type-arg]
        def __getitem__(self, index):  # type: ignore[no-untyped-def]
            used.add(index)
            return super().__getitem__(index)

    extra = [
        "net 5 -> 2\nloss squared\n",
        'net -5 -> 2; loss l() = 2; at file "w.npz"; data X = file "x.npz" key "a"',
        "data X = [], Y = [[]], W1 = [-1, 1/2, -1/2], W2 = [[], [1]]; regularize l1",
        "map A + B - C * D / E ^ T ^ 2 ^ -3; assume a or b or c and d and e",
        "loss a b c; declare a b; data X y, Z w; at W = [1], V = X; param W: 2; subject_to x 2",
        "model a {} model b { ; } ; net 2",
        'expect holds; activation f(t, u, "v") = -t = u <= 2',
        "const A: 2; const B: 2 = [1]; regularize l2 1, 2, 3; assume not not k",
        "",
        ";",
        "model a { net 2; loss x } loss y",
        "model a { net 2 }; model b { ; net 3 }",
        "regularize l2 1; assume 1 <= a <= 2 = b = c <= d",
        "assume - - k >= 1 + 2 + 3 - 4 - 5 and --k = 2 * 3 * 4 / 5",
        'model "a" {}; model "b" { net 2 }; model "c" {;}; model "d" {;net 2;;net 3}; model e {;}',
        'data X = file "x.npy"',
    ]
    original = parser.RULES
    parser.RULES = Watched(RULES)  # type: ignore[misc]
    try:
        for text in [EVERYTHING, *extra]:
            source = Source(text, None)
            parse_tree(source)
            assert not source.errors, (text, source.errors)
    finally:
        parser.RULES = original  # type: ignore[misc]
    names = {rule[0]: rule[2] for rule in RULES}
    missing = [rule for index, rule in enumerate(RULES) if index not in used]
    assert not missing, [(rule, names.get(rule[0])) for rule in missing]


def test_names_and_texts_in_quotes_come_back() -> None:
    for name in ('"a b"', r'"a\\b \"c\""', "resnet-50", "model", "n", '"é"'):
        text = name if name.startswith('"') else '"\\\\ \\n"'
        (model,) = parse(f"model {name} {{ net 2 -> opaque(2, {text}); loss squared }}")
        assert parse(unparse(model)) == (model,)


def test_normal_forms() -> None:
    def one(text: str) -> Model:
        return parse(text)[0]

    assert one("net 2 -> 2; loss lp(2)") == one("net 2 -> 2; loss squared")
    assert one("net 2 -> 2; loss lp(1)") == one("net 2 -> 2; loss absolute")
    assert one("net 2 -> 2; loss quantile(1/2)").loss.name == "quantile"
    assert one("net 2 -> 2; loss squared; regularize l2 0").regularizer is None
    assert one("net 2 -> linear(2); loss huber") == one("net 2 -> 2; loss huber(delta=1)")
    assert one("net 2 -> elu(2) -> 1; loss squared; bias all") == one(
        "loss squared\nnet 2 -> elu(2, bias, alpha=1) -> linear(1, bias)"
    )
    assert one("net 2 -> prelu(2); loss squared").network.layers[0].activation.parameters == ()  # type: ignore[union-attr]


def test_n_is_the_number_of_samples_only_where_nothing_else_is_called_n() -> None:
    from landscape_cli.model.terms import Symbol

    (model,) = parse("net d -> k; loss squared; assume n <= d")
    assert model.data.samples == Symbol("n")
    (model,) = parse("net n -> k; loss squared; assume n <= k")
    assert model.data.samples is None
    (model,) = parse("param W: n x k; map W * W^T; loss squared; subject_to affine n")
    assert model.data.samples is None and model.constraints is not None
    (model,) = parse("net d -> k; loss squared; data samples 7; assume d >= n + k")
    assert unparse(model).splitlines()[-1] == "assume d >= k + 7"
    (model,) = parse("net d -> k; loss squared; data samples m; assume d >= n")
    assert unparse(model).splitlines()[-1] == "assume d >= m"
    (model,) = parse("net 5 -> 2; loss squared")
    assert model.data.samples is None and model.data.matrices == ()


def test_x_identity_fixes_the_number_of_samples() -> None:
    (model,) = parse("net 3 -> 2; loss squared; data X identity")
    assert model.data.samples == 3
    (model,) = parse("param W: 2 x 3; map W * X; loss squared; data X identity")
    assert model.data.samples == 3 and model.map is not None and model.map.data_rows == 3


def test_columns_of_a_map_are_the_samples_however_they_are_known() -> None:
    for data in ("", "data samples 2", "data X = [[1, 2], [3, 4]]", "data X identity"):
        (model,) = parse(f"param W: 2 x 2; map W * W^T * X; loss squared; {data}")
        assert model.map is not None and model.map.columns is None and model.map.data_rows == 2
        assert parse(unparse(model)) == (model,)
    (model,) = parse("param W: 3 x 2; param B: 3 x n; map B + W * X; loss squared; data samples n")
    assert model.map is not None and model.map.columns is None
    assert parse(unparse(model)) == (model,)
