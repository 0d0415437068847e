"""The engine and the kernel decide positive verdicts on their own, and must agree on each theorem.

Random models, random sums and transposes of products, and proofs with every leaf changed: the
changed problem is written out as a model again, so that the engine can be asked what it thinks.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from landscape_cli.engine.judge import Judgement, judge
from landscape_cli.engine.proof_document import problem_document, proof_document
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError
from landscape_cli.proof_checker import THEOREMS
from landscape_cli.syntax import parse
from tests.consistency import generator

from . import mutants
from .test_proofs import EXAMPLES, MORE

LOSSES = ("squared", "huber(1)", "absolute", "cross_entropy", "hinge", "convex", "convex smooth",
          "weighted_squared", "linear_loss", "any")  # fmt: skip
STATED = ("X full_row_rank", "X full_column_rank", "X identity", "X isotropic", "Y = X")


def accepted(problem: Any, asked: str) -> set[str]:
    """The theorems that the kernel accepts for the problem."""
    found = set()
    for theorem, (_, rules, _check) in THEOREMS.items():
        steps = [{"rule": rule} for rule in [*rules.split(), theorem]]
        document = {"schema": "landscape/proof/1", "property": asked, "theorem": theorem,
                    "steps": steps, "problem": problem}  # fmt: skip
        if verify(document).accepted:
            found.add(theorem)
    return found


def agree(judgement: Judgement, text: str) -> bool:
    """Both accept the same theorems; nothing is trained: one degenerate theorem is enough."""
    facts = judgement.facts
    problem = problem_document(facts) if facts.numeric else None
    if problem is None:
        return False
    document = proof_document(judgement)
    if document is not None:
        assert verify(document).accepted, f"{verify(document).reason}: {text}"
    kernel = accepted(problem, facts.model.requirement.name)
    engine = {standing.theorem.id for standing in judgement.holds}
    if facts.form.kind == "chain" and facts.ends is None:
        assert kernel <= engine and "degenerate-ends" in kernel, text
    else:
        assert kernel == engine, f"kernel {kernel}, engine {engine}: {text}"
    return True


@pytest.mark.parametrize("seed", range(3))
def test_random_models(seed: int) -> None:
    counts = Counter[str]()
    for text, model in generator.models(seed, 1500):
        judgement = judge(model)
        assert agree(judgement, text)
        counts[judgement.verdict] += 1
    assert counts["holds"] > 250 and counts["fails"] + counts["unknown"] > 250, counts


def product(random: Random, lines: list[str], rows: int, columns: int) -> str:
    """A product of free and known matrices, some of them sums, some transposed."""
    widths = [rows, *(random.randint(1, 4) for _ in range(random.choice((0, 1, 1, 2)))), columns]
    factors = []
    for a, b in pairwise(widths):
        name, flip, kind = f"P{len(lines)}", random.random() < 0.3, random.random()
        if kind < 0.2:
            lines.append(f"const {name}: {a} x {b}")
            factors.append(name)
            continue
        lines.append(f"param {name}: {b} x {a}" if flip else f"param {name}: {a} x {b}")
        factors.append(name + ("^T" if flip else ""))
        if kind < 0.35:
            lines.append(f"const Q{len(lines)}: {a} x {b}")
            factors[-1] = f"({factors[-1]} + Q{len(lines) - 1})"
    return " * ".join(factors)


@pytest.mark.parametrize("seed", range(2))
def test_sums_and_transposes(seed: int) -> None:
    random, counts = Random(seed), Counter[str]()
    for _ in range(900):
        lines: list[str] = []
        rows, columns, samples = (random.randint(1, 3) for _ in range(3))
        data, flip = random.random() < 0.8, random.random() < 0.4
        terms = []
        for _ in range(random.choice((1, 1, 2, 3))):
            term = product(random, lines, rows, columns) + (" * X" if data else "")
            if random.random() < 0.1:
                term = f"{random.choice(('relu', 'tanh'))}({term})"
            terms.append(term)
        body = " + ".join(terms)
        shape = [rows, samples if data else columns]
        if flip:
            body, shape = f"({body})^T", shape[::-1]
        loss = random.choice(LOSSES)
        stated = [f"samples {samples}"] if data else []
        stated += [name for name in STATED if random.random() < 0.1]
        if loss == "weighted_squared" or (loss == "squared" and random.random() < 0.3):
            entries = [[random.choice((1, 1, 2)) for _ in range(shape[1])] for _ in range(shape[0])]
            stated.append(f"{'weights' if loss[0] == 'w' else 'Y'} = {generator.matrix(entries)}")
        lines += [f"map {body}", f"loss {loss}"]
        lines += [f"data {', '.join(stated)}"] if stated else []
        lines += random.choice(([], [], ["regularize l2 1"], ["require strict_saddle"]))
        try:
            (model,) = parse("; ".join(lines))
        except InputError:
            continue
        judgement = judge(model)
        counts[judgement.facts.form.kind] += agree(judgement, "; ".join(lines))
    assert min(counts["chain"], counts["sum"], counts["general"]) > 30, counts


def expression(node: Any) -> str:
    if isinstance(node, str):
        return node
    if "transpose" in node:
        return f"({expression(node['transpose'])})^T"
    if "apply" in node:
        return f"{node['apply']['name']}({expression(node['to'])})"
    sign = " * " if "product" in node else " + "
    return "(" + sign.join(map(expression, node["product" if "product" in node else "sum"])) + ")"


def listed(values: list[Any]) -> str:
    return "[" + ", ".join(listed(v) if isinstance(v, list) else str(v) for v in values) + "]"


def model_text(problem: dict[str, Any], asked: str) -> str:
    """The problem of a proof in the model language."""
    lines, items = [], []
    if "map" in problem:
        for kind in ("parameters", "constants"):
            for name, one in problem.get(kind, {}).items():
                values = f" = {listed(one['values'])}" if "values" in one else ""
                word = "param" if kind == "parameters" else "const"
                lines.append(f"{word} {name}: {one['shape'][0]} x {one['shape'][1]}{values}")
        lines.append(f"map {expression(problem['map'])}")
    else:
        net = [str(problem["widths"][0])]
        for k, (width, one) in enumerate(
            zip(problem["widths"][1:], problem["activations"], strict=True)
        ):
            options = [str(width)]
            options += [f"{key}={value}" for key, value in one.items() if key != "name"]
            for key, word in (("biases", "bias"), *((w, w) for w in ("skip", "fixed", "positive"))):
                options += [word] if problem.get(key, [False] * (k + 1))[k] else []
            net.append(f"{one['name']}({', '.join(options)})")
        lines.append("net " + " -> ".join(net))
        items += [f"{name} = {listed(rows)}" for name, rows in problem.get("given", {}).items()]
    loss = problem["loss"]
    settings = [str(value) for key, value in loss.items() if key not in ("name", "class")]
    lines.append(
        f"loss {loss.get('class', loss.get('name'))}{f'({settings[0]})' if settings else ''}"
    )
    for kind, rate in (problem.get("regularizer") or {}).items():
        rates = rate if isinstance(rate, list) else [rate]
        lines.append(f"regularize {kind} {', '.join(rates)}")
    if problem.get("subject_to"):
        lines.append(f"subject_to {problem['subject_to']}")
    data = problem.get("data", {})
    for key, name in (("samples", "n"), ("rank_x", "rank(X)"), ("rank_y", "rank(Y)")):
        if isinstance(data.get(key), list):
            low, high = data[key]
            lines.append(
                f"assume {name} >= {low}" + (f" and {name} <= {high}" if high is not None else "")
            )
        elif key in data:
            items.append(f"samples {data[key]}")
    items += data.get("properties", [])
    items += [f"{name} = {listed(data[name])}" for name in ("X", "Y", "weights", "coefficients")
              if name in data]  # fmt: skip
    lines += [f"data {', '.join(items)}"] if items else []
    return "; ".join([*lines, f"require {asked}"])


NUMERIC = [text for _, text in (*EXAMPLES, *MORE) if "s(t)" not in text and "l(z, y)" not in text]


def test_changed_proofs() -> None:
    """A changed leaf is accepted only where the engine proves the changed model, too."""
    counts = Counter[str]()
    for text in dict.fromkeys(NUMERIC):
        (model,) = parse(text)
        document = proof_document(judge(model))
        if document is None:
            continue
        assert model_text(document["problem"], document["property"])
        for what, problem in mutants.changed(document["problem"]):
            outcome = verify({**document, "problem": problem})
            try:
                (changed,) = parse(model_text(problem, document["property"]))
            except (InputError, KeyError, ValueError, IndexError, TypeError, AttributeError):
                counts["not a model"] += 1
                # The language asks for the number of samples before X^T; the kernel need not.
                assert not outcome.accepted or "X^T" in text, f"{what} of {text}: accepted"
                continue
            standings = {s.theorem.id for s in judge(changed).holds}
            applies = document["theorem"] in standings
            assert not outcome.accepted or applies, f"{what} of {text}: accepted"
            counts["accepted" if outcome.accepted else "rejected"] += 1
    assert counts["rejected"] > 300 and counts["accepted"] > 100, counts
