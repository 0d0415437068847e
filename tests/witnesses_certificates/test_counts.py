"""Instances of many samples: few distinct ones that stand many times."""

from __future__ import annotations

import json

import numpy as np
import pytest

from landscape_cli import api
from landscape_cli.catalogue import BuildOptions
from landscape_cli.cli import main
from landscape_cli.engine.discovery import families
from landscape_cli.engine.judge import judge
from landscape_cli.facts.facts import Facts
from landscape_cli.hunt.objective import of_document
from landscape_cli.instances import violations
from landscape_cli.instances.counts import fewer_samples
from landscape_cli.model.diagnostics import InputError
from landscape_cli.render.matrices import copies
from landscape_cli.syntax import parse
from tests.campaign.attack import attack


def facts_of(text: str) -> Facts:
    (model,) = parse(text)
    return Facts(model)


def with_samples(text: str, samples: int):
    """The judgement on an example with its number of samples stated, if it fails and may repeat."""
    try:
        (model,) = parse(f"{text}; data samples {samples}")
    except InputError:  # n is stated already
        return None
    judgement = judge(model)
    if judgement.verdict != "fails" or not judgement.facts.numeric:
        return None
    return None if fewer_samples(judgement.facts) is None else judgement


def cases(samples: int):
    for family in families():
        for text in family.examples:
            judgement = with_samples(text, samples)
            if judgement is not None:
                yield text, judgement


@pytest.mark.parametrize("samples", [60000, 10007])
def test_every_family_with_many_samples(samples: int) -> None:
    found = missed = 0
    seen = set()
    for index, (text, judgement) in enumerate(cases(samples)):
        if samples == 10007 and index % 3:
            continue
        built = api._counted(judgement, BuildOptions())
        if built is None:
            missed += 1
            continue
        document = built.instance.document
        assert sum(document["data"].get("counts", [1] * samples)) == samples, text
        assert len(document["data"]["X"][0]) < 100, text
        assert violations(judgement.facts, document) == (), text
        assert api.verify(document).accepted, text
        if document["argument"]["kind"] not in ("interval-newton", "split-unit", "flat-origin"):
            assert attack(document, 1, 60).fault is None, text
        found += 1
        seen.add(judgement.family.id)
    assert found >= (50 if samples == 60000 else 15) and missed <= 3, (found, missed)
    assert len(seen) >= (20 if samples == 60000 else 10), seen


def test_the_same_instance_with_its_samples_written_out() -> None:
    """Counts are short for repeated columns: the long document has the same values."""
    judgement = with_samples("net 4 -> 2 -> 3; loss huber(2)", 2000)
    document = api.certified(judgement, BuildOptions()).instance.document
    counts = document["data"]["counts"]
    long = json.loads(json.dumps(document))
    del long["data"]["counts"]
    for name in ("X", "Y"):
        long["data"][name] = [
            [x for x, c in zip(row, counts, strict=True) for _ in range(c)]
            for row in long["data"][name]
        ]
    assert violations(judgement.facts, long) == ()
    assert api.verify(long).accepted
    one, two = of_document(document), of_document(long)
    theta = np.random.default_rng(0).normal(size=(5, two.size))
    assert np.allclose(one.values(theta), two.values(theta))
    assert np.allclose(one.gradients(theta)[1], two.gradients(theta)[1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("net 3 -> 1 -> 3; loss huber(1); data samples 3, X full_column_rank", "column rank"),
        ("net 3 -> 1 -> 3; loss huber(1); data X identity", "identity"),
        ("net 3 -> 1 -> 3; loss huber(1); data samples 3", "samples"),
        ("net 3 -> 1 -> 3; loss huber(1); assume n <= 3", "not allowed"),
        ("net 2 -> 1 -> 2; loss huber(1); data X = [[1, 0], [0, 1]]", "not the given"),
    ],
)
def test_repeated_samples_contradict_such_statements(text: str, reason: str) -> None:
    facts = facts_of(text)
    plain = api.counterexample(judge(facts.model)).document
    assert violations(facts, plain) == ()
    counts = [1] * (len(plain["data"]["X"][0]) - 1) + [5]
    document = {**plain, "data": {**plain["data"], "counts": counts}}
    assert any(reason in what for what in violations(facts, document))


def test_isotropic_data_are_those_with_all_copies() -> None:
    facts = facts_of("net 2 -> 1 -> 2; loss huber(1); data X isotropic")
    plain = api.counterexample(judge(facts.model)).document
    for counts, good in (([1, 1], True), ([3, 3], True), ([1, 2], False)):
        document = {**plain, "data": {**plain["data"], "counts": counts}}
        assert ("X is not isotropic" not in violations(facts, document)) is good


@pytest.mark.parametrize(
    "statement", ["data X full_column_rank", "data X identity", "data X = [[1, 0], [0, 1]]", ""]
)
def test_where_samples_may_not_be_repeated(statement: str) -> None:
    facts = facts_of(f"net 2 -> 1 -> 2; loss huber(1); {statement}")
    assert (fewer_samples(facts, 2) is None) is bool(statement)


def test_assumptions_on_n_are_kept() -> None:
    text = "net 2 -> 1 -> 2; loss huber(1); assume n >= 5000 and n <= 6000"
    (model,) = parse(text)
    document = api.counterexample(judge(model)).document
    assert sum(document["data"]["counts"]) == 5000
    assert fewer_samples(facts_of(text), 7000) is None


def test_a_million_samples_asked_for_on_the_command_line(capsys) -> None:
    model = "net 2 -> 1 -> 2; loss huber(1)"
    assert main(["counterexample", model, "--samples", "1000000", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["data"]["counts"] == [1, 1, 999998]
    assert main(["counterexample", model, "--samples", "1000000"]) == 0
    assert "999998 times (0,0) -> (0,0)" in capsys.readouterr().out


def test_reports_tell_the_counts(tmp_path, capsys) -> None:
    text = "net 9 -> 2 -> 9; loss huber(1); data samples 60000"
    assert main(["ask", text]) == 1
    assert "59998" in capsys.readouterr().out
    assert main(["ask", text, "--format", "json"]) == 1
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert 59998 in model["counterexample"]["data"]["counts"]
    (tmp_path / "a.landscape").write_text(text)
    page = tmp_path / "page.html"
    assert main(["report", str(tmp_path / "a.landscape"), "-o", str(page), "--exit-zero"]) == 0
    assert "stands 59998 times" in page.read_text()
    (report,) = api.check(text).models
    assert "stands 59998 times" in report._repr_html_()
    assert "stands 59998 times" in report._repr_latex_() + report._repr_markdown_()


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([1, 1, 59998], "60000: sample 3 stands 59998 times, the others once"),
        ([2, 2, 2], "6: each sample twice"),
        ([7], "7, all the same"),
        ([1, 5], "6: sample 2 stands 5 times, sample 1 once"),
        ([1, 2, 3, 4, 5], "15: the samples stand 1, 2, 3, 4, 5 times"),
        (list(range(1, 12)), "66: each of 11 stands 1 to 11 times"),
    ],
)
def test_counts_in_words(counts: list[int], words: str) -> None:
    assert copies(counts) == words


def test_another_number_than_the_stated_one_is_not_built_with_counts() -> None:
    judgement = with_samples("net 2 -> 1 -> 2; loss huber(1)", 100000)
    assert (
        sum(api._counted(judgement, BuildOptions()).instance.document["data"]["counts"]) == 100000
    )
    assert api._fewer(judgement, 99999) is None
