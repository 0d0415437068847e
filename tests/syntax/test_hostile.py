"""Hostile and broken texts: an error, quickly, never a traceback; and the speed of good ones."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landscape_cli.syntax import parse, parse_with_errors, unparse

from .strategies import texts

MANY = 10**6

HOSTILE = {
    "parentheses": ("assume k >= " + "(" * MANY, "E015"),
    "bare parentheses": ("(" * MANY, "E010"),
    "brackets": ("data X = " + "[" * MANY, "E010"),
    "calls": ("net 2 -> 2; loss l(z, y) = " + "exp(" * MANY, "E015"),
    "braces": ("{" * MANY, "E010"),
    "blocks": ("model a {" * 1000, "E019"),
    "not": ("net k -> 2; loss squared; assume " + "not " * 10**5 + "k = 2", "E015"),
    "sum": ("net k -> 2; loss squared; assume k = " + "+".join(["k"] * 10**5), "E015"),
    "and": ("net k -> 2; loss squared; assume " + " and ".join(["k = 2"] * 10**4), "E015"),
    "chain": ("net k -> 2; loss squared; assume " + "<=".join(["k"] * 10**4), "E015"),
    "product": ("net 2 -> 2; loss l(z, y) = " + "*".join(["z"] * 10**4), "E015"),
    "transposes": ("param W: 2 x 2; map W" + "^T" * 10**4 + "; loss squared", "E015"),
    "tower": ("net 2 -> 2; loss squared; regularize l2 9^9^9", "E073"),
    "power": ("net 2 -> 2; loss squared; regularize l2 9^(9^9)", "E016"),
    "tower in a width": ("net 9^999999999 -> 2; loss squared", "E032"),
    "tower in a loss": ("net 2 -> 2; loss l(z, y) = 9^(9^9) * z", "E073"),
    "growing": ("net 2 -> 2; loss l(z, y) = " + "*".join(["9^1000"] * 100), "E016"),
    "digits": ("net " + "9" * MANY + " -> 2; loss squared", "E016"),
    "exponent": ("net 2 -> 2; loss huber(1e999999999)", "E016"),
    "width": ("net " + "9" * 30 + " -> 2; loss squared", "E032"),
    "long name": ("net " + "a" * MANY + " -> 2; loss squared", "E026"),
    "quote": ('model "' + "a" * 10**5, "E013"),
    "duplicates": ("net 5 -> 2;" * 10**4, "E019"),
    "bad lines": ("nett 5\n" * 10**5, "E019"),
    "words": ("a " * MANY, "E011"),
    "blank lines": ("\n" * 10**5, "E018"),
    "comment": ("#" * MANY, "E018"),
    "empty": ("", "E018"),
    "control characters": ("".join(map(chr, range(1, 300))), "E014"),
    "surrogate": ("net 5 -> 2; loss \ud800", "E014"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_refused_quickly(name: str) -> None:
    text, expected = HOSTILE[name]
    start = time.perf_counter()
    models, errors = parse_with_errors(text)
    assert time.perf_counter() - start < 60  # no hang
    assert not models
    assert expected in [error.code for error in errors]
    assert all(len(error.message) < 300 and len(error.hint or "") < 300 for error in errors)
    assert all(len(error.source_line or "") <= 10_000 for error in errors)


def check(text: str) -> None:
    start = time.perf_counter()
    models, errors = parse_with_errors(text)
    for error in errors:
        span = error.span
        assert span is not None
        assert 1 <= span.line <= span.end_line <= text.count("\n") + 1
        assert span.column >= 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert error.source_line == text.split("\n")[span.line - 1].rstrip("\r")
    for model in models:
        assert parse(unparse(model)) == (model,)
    assert time.perf_counter() - start < 60  # no hang


SETTINGS = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    check(text.replace("\0", ""))


PIECES = [
    "net", "param", "const", "map", "bias", "loss", "activation", "declare", "subject_to",
    "regularize", "data", "assume", "at", "require", "expect", "allow", "model", "{", "}", "(",
    ")", "[", "]", "->", ",", ";", "\n", ":", "=", "<=", "3", "-3", "10^30", "1/2", "x", "X", "Y",
    "n", "squared", "huber", "relu", "skip", "leaky_relu", "fixed", '"', '"a"', "#", "@", "T",
    "^", "and", "or", "not", "min(", "rank(", "file", "key", "by", "because", "samples", "0",
    "1e9", "$", "é",
]  # fmt: skip


@SETTINGS
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_words(words: list[str]) -> None:
    check(" ".join(words))


@SETTINGS
@given(texts(), st.randoms(use_true_random=False), st.integers(0, 4))
def test_damaged_texts(text: str, chance: random.Random, how: int) -> None:
    place = chance.randrange(len(text) + 1)
    if how == 0:
        check(text[:place])
    elif how == 1:
        check(text[:place] + text[place + chance.randrange(1, 8) :])
    elif how == 2:
        words = text.split(" ")
        chance.shuffle(words)
        check(" ".join(words))
    elif how == 3:
        check(text[:place] + chance.choice(PIECES) + text[place:])
    else:
        words = text.split(" ")
        words[chance.randrange(len(words))] = chance.choice(PIECES)
        check(" ".join(words))


def test_a_file_of_two_thousand_models_and_a_very_deep_net_are_read() -> None:
    """How long it takes is for benchmarks/throughput.py to say."""
    text = "\n".join(
        f"model m{i} {{\n  net 5 -> relu({i % 7 + 1}, bias) -> 4\n  loss absolute\n"
        "  data X full_row_rank, samples 10\n  expect fails\n}"
        for i in range(2000)
    )
    assert len(parse(text)) == 2000
    (deep,) = parse("net 5" + " -> relu(5, bias)" * 4000 + "; loss squared")
    assert deep.network is not None and len(deep.network.layers) == 4000
