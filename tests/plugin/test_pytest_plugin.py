"""The pytest plugin: what it collects and when, what its tests say, ``assert_holds``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from landscape_cli.model.diagnostics import InputError
from landscape_cli.pytest_plugin import assert_holds

from ..checking.folders import FAILS, HOLDS, MIXED, write


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """A pytest of its own, with the plugin whether or not it is installed."""
    environment = {
        **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "COLUMNS": "120",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "landscape_cli.pytest_plugin",
         "-p", "no:cacheprovider", "--color=no", "-rsf", *arguments],
        capture_output=True, text=True, cwd=folder, env=environment, timeout=120, check=False,
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def test_models_are_tests_where_that_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "models/mixed.landscape", MIXED)
    write(tmp_path, "models/bad.landscape", "net 5 -> 0; loss squared\n")
    write(tmp_path, "test_python.py", "def test_it(): pass\n")
    code, shown = run(tmp_path)
    assert code == 0 and "1 passed" in shown and "landscape" not in shown.split("collected")[1]
    code, shown = run(tmp_path, "--landscape")
    assert code == 1
    assert "8 failed, 2 passed, 1 skipped" in shown, shown
    assert "waived because: known | *now* <b>" in shown
    assert "expected holds, found fails by nonsmooth-narrow; its waiver expired" in shown
    assert "FAILS  not every local minimum is global" in shown
    assert "error[E030]: a width is at least 1, not 0" in shown
    assert "is not needed: the model is as expected (holds)" in shown
    assert "def runtest" not in shown and "raise ModelsNotMet" not in shown, "no Python"
    assert "models/mixed.landscape::bad" in shown
    write(tmp_path, "pytest.ini", "[pytest]\nlandscape = true\n")
    code, shown = run(tmp_path, "-k", "good or test_it")
    assert code == 0 and "2 passed" in shown


def test_a_file_that_is_named_is_collected(tmp_path: Path) -> None:
    write(tmp_path, "a.landscape", f"model one {{ {HOLDS} }}\nmodel two {{ {HOLDS} }}\n")
    code, shown = run(tmp_path, "a.landscape::two", "-v")
    assert code == 0 and "a.landscape::two PASSED" in shown and "1 passed" in shown


def test_assert_holds() -> None:
    (report,) = assert_holds(HOLDS)
    assert report.theorem == "linear-squared"
    with pytest.raises(AssertionError) as caught:
        assert_holds(f"model a {{ {HOLDS} }}\nmodel b {{ {FAILS} }}")
    assert "FAILS  not every local minimum is global" in str(caught.value)
    with pytest.raises(InputError, match="a width is at least 1"):
        assert_holds("net 5 -> 0; loss squared")


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    program = (
        "import sys, pytest, landscape_cli.pytest_plugin;"
        "print([m for m in sys.modules if m.startswith('landscape_cli.')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "['landscape_cli.pytest_plugin']"


def test_it_is_an_entry_point() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\nlandscape = "landscape_cli.pytest_plugin"\n' in text
