"""Throughput in one process, after start-up: models a second, and cost against depth.

    python benchmarks/throughput.py

A file of 2,000 models (bounds: 1,000 models a second), and networks of 10 to 1,000 layers: the
time per layer at 1,000 layers must stay within three times that at 100.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import tempfile
import time
from pathlib import Path

from landscape_cli.api import check
from landscape_cli.cli import main as command

MODELS = 2000
LEAST_RATE = 1000.0
DEPTHS = (10, 30, 100, 300, 1000)
LOSSES = ("squared", "huber(1)", "log_cosh", "convex differentiable", "squared", "cross_entropy")


def models(count: int, seed: int = 0) -> str:
    """A file of linear networks of several depths, with what is expected of each."""
    chance = random.Random(seed)
    blocks = []
    for k in range(count):
        loss = chance.choice(LOSSES)
        ends = chance.randint(2, 50), chance.randint(2, 20)
        least = 1 if loss == "squared" else min(ends)
        hidden = [chance.randint(least, least + 60) for _ in range(chance.randint(1, 5))]
        net = " -> ".join(map(str, (ends[0], *hidden, ends[1])))
        blocks.append(f"model m{k} {{\n  net {net}\n  loss {loss}\n  expect holds\n}}\n")
    return "\n".join(blocks)


def rate(count: int) -> float:
    """Models a second of ``landscape check`` on one file (output included)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.landscape"
        path.write_text(models(count))
        shown = io.StringIO()
        start = time.perf_counter()
        with contextlib.redirect_stdout(shown):
            code = command(["check", str(path)])
        taken = time.perf_counter() - start
    if code != 0 or f"{count} as expected" not in shown.getvalue().replace(",", ""):
        raise SystemExit(f"the models are not as expected: {shown.getvalue()[-300:]}")
    return count / taken


def layer_cost(depth: int) -> float:
    """Microseconds a layer for the verdict on a network of that depth."""
    text = "net " + " -> ".join(["9"] * (depth + 1)) + "; loss huber(1)"
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        (found,) = check(text).models
        best = min(best, time.perf_counter() - start)
        if found.verdict != "holds":
            raise SystemExit(f"depth {depth}: {found.verdict}")
    return 1e6 * best / depth


def main() -> int:
    """Print both tables; 1 if a bound is missed."""
    check("net 2 -> 2 -> 2; loss squared")
    rate(20)
    found = rate(MODELS)
    print(f"{MODELS} models in one file: {found:,.0f} models/s (bound {LEAST_RATE:,.0f})")
    costs = {depth: layer_cost(depth) for depth in DEPTHS}
    for depth, cost in costs.items():
        print(f"depth {depth:>4}: {cost:6.1f} us a layer")
    linear = costs[1000] <= 3 * costs[100]
    print("cost is linear in depth" if linear else "cost grows faster than depth")
    return 0 if found >= LEAST_RATE and linear else 1


if __name__ == "__main__":
    sys.exit(main())
