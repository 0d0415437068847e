"""Products of names in assumptions: exact where one name is open, an error where several are."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.terms import Formula, all_of, show_formula, substitute_formula
from landscape_cli.syntax import parse

NET = "net k -> m -> 4; loss huber(1); "


def assumed(text: str) -> str:
    (model,) = parse(NET + text)
    return show_formula(all_of(*(a.formula for a in model.assumptions)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("assume k * (k + 1) > 20", "k >= 5"),
        ("assume k * (k + 1) > 2 * m; assume m = 10", "k >= 5 and m = 10"),
        ("assume m = 10; assume k * m >= 35", "m = 10 and k >= 4"),
        ("assume k^2 = 49", "k = 7"),
        ("assume k * k != 49", "k <= 6 or k >= 8"),
        ("assume (k - 3)^2 * (k - 9) >= 0", "k = 3 or k >= 9"),
        ("assume not 4 < k^2 < 30", "not (k >= 3 and k <= 5)"),
        ("assume rank(X)^2 <= 9", "rank(X) <= 3"),
        ("assume n * (n - 1) / 2 <= 10", "n <= 5"),
        ("assume k * k >= 1", "true"),
    ],
)
def test_one_open_name(text: str, expected: str) -> None:
    assert assumed(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("assume k * (k + 1) > 2 * m", "E101", "several names"),
        ("assume k * m >= 3", "E101", "several names"),
        ("assume 20 / k >= 2", "E101", "divisor"),
        ("assume k * min(k, 3) >= 2", "E101", "min, max"),
        ("assume k^13 >= 2", "E101", "whole number up to 12"),
        ("assume k^7 * k^7 >= 2", "E101", "degree"),
        ("assume k^(1/2) >= 2", "E101", "whole number"),
        ("assume k * k / 0 >= 2", "E076", "zero"),
        ("assume k * k <= 0", "E100", "no widths"),
        ("assume (k * 10^50)^2 >= 1", "E016", "too large"),
    ],
)
def test_what_is_refused(text: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(NET + text)
    (error,) = caught.value.diagnostics
    assert error.code == code and words in error.message
    if code == "E101":
        assert error.hint is not None and "assume m = 10" in error.hint


def test_linear_formulas_stay_as_they_are_written() -> None:
    assert assumed("assume m = 10; assume k >= 2 * m - 1") == "m = 10 and k >= 2 * m - 1"
    assert assumed("assume k >= min(2, 3) * m") == "k >= 2 * m"


def test_random_polynomials_against_their_values() -> None:
    generator = random.Random(7)
    mixed = 0
    for _ in range(150):
        roots = [generator.randint(-4, 25) for _ in range(generator.randint(1, 4))]
        factors = [f"(k - {r})" if r >= 0 else f"(k + {-r})" for r in roots]
        extra = generator.choice(("", " + k", " - 3 * k", " + 7/2", " - k^2"))
        body = f"{generator.choice((1, -2, '1/3'))} * {' * '.join(factors)}{extra}"
        relation = generator.choice(("<", "<=", ">", ">=", "=", "!="))
        try:
            (model,) = parse(f"{NET}assume k * ({body}) {relation} 0")
        except InputError as error:
            assert error.diagnostics[0].code == "E100"
            formula: Formula = False
        else:
            formula = all_of(*(a.formula for a in model.assumptions))
        python = body.replace("^", "**").replace("1/3", "F(1, 3)").replace("7/2", "F(7, 2)")
        seen = set()
        for k in range(1, 60):
            value = eval(f"k * ({python})", {"F": Fraction, "k": k})
            truth = {
                "<": value < 0, "<=": value <= 0, ">": value > 0, ">=": value >= 0,
                "=": value == 0, "!=": value != 0,
            }[relation]  # fmt: skip
            assert substitute_formula(formula, {"k": k}) is truth, (body, relation, k)
            seen.add(truth)
        mixed += len(seen) == 2
    assert mixed >= 60
