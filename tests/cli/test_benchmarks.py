"""The benchmarks run and measure what they say, at small sizes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import landscape_cli

FOLDER = Path(__file__).parents[2] / "benchmarks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_throughput() -> None:
    benchmark = load("throughput")
    text = benchmark.models(40)
    report = landscape_cli.check(text)
    assert len(report.models) == 40
    assert all(model.met for model in report.models)
    networks = [model.model.network for model in report.models]
    assert len({len(network.layers) for network in networks if network is not None}) > 3
    assert benchmark.rate(40) > 0
    assert benchmark.layer_cost(20) > 0


def test_startup() -> None:
    benchmark = load("startup")
    libraries, ask, ratio = benchmark.measure(1)
    assert libraries > 0 and ask > 0
    # The bound is 1.5 on a quiet machine; a heavy import would be far above this.
    assert ratio < 3


def test_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    benchmark = load("check")
    found = benchmark.scale(30)
    assert len(found) == 5
    assert all(run.seconds > 0 and run.peak > 1000 for run in found.values())
    ours, ruff = benchmark.one_file(0)
    assert ours > 0 and ruff > 0


def test_certificates() -> None:
    benchmark = load("certificates")
    for pattern in benchmark.GROWING:
        small, large = (benchmark.measure(pattern.format(size, 2)) for size in (4, 8))
        assert small.build > 0 and small.verify > 0
        assert 0 < small.entries < large.entries
