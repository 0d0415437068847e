"""Documents that are not certificates at all; the command; what the kernel imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_cli.kernel import verify
from landscape_cli.kernel.__main__ import verify_file

from . import samples

LARGEST = {"kernel": 993, "exact": 670, "proof_checker": 967}  # lines
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["1", "0", "-1/2", "linear", "squared", "rank-chart"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["W1", "W2", "kind", "name", "X", "Y", "weights", "value", "log", "lower"]),
        inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.sampled_from(["problem", "data", "local_minimum", "better_point", "argument"]), JSON)
def test_any_json_in_any_place_is_an_answer(place: str, value: Any) -> None:
    for document in (samples.weighted(), samples.refutations()["erratum 1"]):
        outcome = verify({**document, place: value})
        assert not outcome.accepted and outcome.reason


@settings(derandomize=True, deadline=None, max_examples=50)
@given(JSON)
def test_any_json_is_an_answer(value: Any) -> None:
    assert not verify(value).accepted


def test_growing_numbers_are_a_rejection() -> None:
    depth = 40
    document = samples.certificate(
        samples.network([1] * (depth + 1), ["cube"] * depth), [[3]], [[0]],
        {f"W{i + 1}": [[3]] for i in range(depth)}, 0,
        {f"W{i + 1}": [[0]] for i in range(depth)}, 0, "strict-hessian",
    )  # fmt: skip
    assert not verify(document).accepted


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[" * 100_000, '{"a": 1.5}', '{"a": NaN}', '{"a": 1e999999}', '{"a": 1, "a": 2}',
        "1" * 10_000, '"' + "9" * 10_000 + '"', "null", "\x00",
        '{"schema": "landscape/certificate/2"}',
    ],
)  # fmt: skip
def test_files_that_are_not_certificates(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    outcome = verify_file(str(path))
    assert not outcome.accepted and outcome.reason


def run(arguments: list[str], *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *flags, *arguments], capture_output=True, text=True, check=False
    )


def test_the_command(tmp_path: Path) -> None:
    good, bad, latin = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "latin.json"
    good.write_text(json.dumps(samples.weighted()), encoding="utf-8")
    wrong = samples.weighted()
    wrong["local_minimum"]["value"] = "3"
    bad.write_text(json.dumps(wrong), encoding="utf-8")
    latin.write_bytes(b'{"\xff": 1}')
    result = run(["-m", "landscape_cli.kernel", str(good)])
    assert result.returncode == 0 and "accepted [rank-chart]" in result.stdout
    names = [str(good), str(bad), str(latin), str(tmp_path / "none.json")]
    result = run(["-m", "landscape_cli.kernel", *names])
    assert result.returncode == 1 and result.stdout.count("rejected") == 3
    assert "not the one stated" in result.stdout and not result.stderr
    assert run(["-m", "landscape_cli.kernel"]).returncode == 1


def test_the_kernel_stays_small() -> None:
    """Docstrings and blank lines count; who needs more lines has to find a simpler shape."""
    root = Path(__file__).parents[2] / "landscape_cli"
    for package, limit in LARGEST.items():
        lines = [len(path.read_text().splitlines()) for path in (root / package).glob("*.py")]
        assert 0 < sum(lines) <= limit, f"{package} has {sum(lines)} lines"


def test_both_kinds_of_documents_go_through_the_command(tmp_path: Path) -> None:
    proof = {
        "schema": "landscape/proof/1", "theorem": "linear-squared",
        "steps": [{"rule": r} for r in ("linear-degenerate", "open-chain", "open-transfer",
                                        "eckart-young", "linear-squared")],
        "problem": samples.network([3, 1, 3]),
    }  # fmt: skip
    names = []
    for number, document in enumerate((proof, samples.weighted())):
        names.append(str(tmp_path / f"{number}.json"))
        Path(names[-1]).write_text(json.dumps(document), encoding="utf-8")
    result = run(["-m", "landscape_cli.kernel", *names])
    assert result.returncode == 0, result.stdout
    assert "accepted [linear-squared]" in result.stdout and "[rank-chart]" in result.stdout


def test_the_kernel_imports_the_standard_library_and_itself_only() -> None:
    root = Path(__file__).parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); before = set(sys.modules)\n"
        "import landscape_cli.kernel.__main__, landscape_cli.proof_checker\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    result = run(["-c", code], "-S", "-I")  # no site-packages at all
    assert result.returncode == 0, result.stderr
    loaded = result.stdout.split()
    ours = {name for name in loaded if name.startswith("landscape_cli")}
    parts = (
        "exact", "exact.algebra", "exact.expansions", "exact.numbers", "exact.reading",
        "kernel", "kernel.__main__", "kernel.arguments", "kernel.problem", "kernel.tables",
        "proof_checker", "proof_checker.maps", "proof_checker.statement",
    )  # fmt: skip
    allowed = {"landscape_cli", *(f"landscape_cli.{part}" for part in parts)}
    assert ours == allowed
    foreign = {name.partition(".")[0] for name in loaded} - {"landscape_cli"}
    assert foreign <= set(sys.stdlib_module_names) | {"__mp_main__"}
