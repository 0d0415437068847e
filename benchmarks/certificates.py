"""Building and verifying counterexamples: two bounds, and the cost of verification against size.

    python benchmarks/certificates.py

``bottleneck-weighted`` for 100 -> 30 -> 100 must be built and verified within two seconds,
``affine-piece`` for 784 -> relu(300) -> relu(100) -> 10 within five. Then the seconds that the
kernel takes for growing networks of three families, and per entry of the certificate.
"""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

from landscape_cli.api import verify
from landscape_cli.catalogue import BuildOptions, Instance
from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse

BOUNDS = {
    "net 100 -> 30 -> 100; loss weighted_squared": 2.0,
    "net 784 -> relu(300) -> relu(100) -> 10; loss squared": 5.0,
}
SIZES = (10, 20, 40, 80, 160)
GROWING = (
    "net {0} -> {1} -> {0}; loss weighted_squared; data X full_row_rank",
    "net {0} -> relu({0}) -> relu({1}) -> 10; loss squared",
    "net {0} -> {1} -> {0}; loss absolute; data X full_row_rank",
)


class Cost(NamedTuple):
    """Seconds for building and for verifying, and the entries of data and weights."""

    build: float
    verify: float
    entries: int


def measure(text: str) -> Cost:
    """The cost of one counterexample; ``SystemExit`` if it is not accepted."""
    (model,) = parse(text)
    start = time.perf_counter()
    judgement = judge(model)
    family = judgement.family
    built = family.build(judgement.facts, BuildOptions()) if family is not None else None
    between = time.perf_counter()
    if not isinstance(built, Instance) or not verify(built.document).accepted:
        raise SystemExit(f"no accepted instance: {text}")
    end = time.perf_counter()
    parts = [built.document["data"]]
    parts += [built.document[name]["weights"] for name in ("local_minimum", "better_point")]
    matrices = [rows for part in parts for rows in part.values()]
    entries = sum(len(row) if isinstance(row, list) else 1 for rows in matrices for row in rows)
    return Cost(between - start, end - between, entries)


def main() -> int:
    """Print the figures; 1 if a bound is missed."""
    measure("net 2 -> 1 -> 2; loss weighted_squared")
    missed = False
    for text, bound in BOUNDS.items():
        cost = measure(text)
        total = cost.build + cost.verify
        missed = missed or total > bound
        print(f"{text}: built in {cost.build:.2f} s, verified in {cost.verify:.2f} s "
              f"(bound {bound:.0f} s in all)")  # fmt: skip
    for pattern in GROWING:
        print(pattern.format("d", "d/4"))
        for size in SIZES:
            cost = measure(pattern.format(size, size // 4))
            print(f"  d = {size:>3}: {cost.entries:>7} entries, verified in {cost.verify:6.3f} s, "
                  f"{1e6 * cost.verify / cost.entries:6.1f} us an entry")  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
