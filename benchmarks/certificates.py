"""Building and verifying counterexamples: two bounds, and the cost of verification against size.

    python benchmarks/certificates.py

``bottleneck-weighted`` for 100 -> 30 -> 100 must be built and verified within two seconds,
``affine-piece`` for 784 -> relu(300) -> relu(100) -> 10 within five. Then large instances without
a bound, 60000 samples against the same number of distinct ones, and the seconds that the kernel
takes for growing networks of three families: per entry of the certificate, and as a ratio to the
size before (an exponent of 1 is linear in the entries).
"""

from __future__ import annotations

import math
import sys
import time
from typing import NamedTuple

from landscape_cli.api import Certified, build, certified, verify
from landscape_cli.catalogue import BuildOptions, Instance
from landscape_cli.engine.judge import judge
from landscape_cli.syntax import parse

BOUNDS = {
    "net 100 -> 30 -> 100; loss weighted_squared": 2.0,
    "net 784 -> relu(300) -> relu(100) -> 10; loss squared": 5.0,
}
LARGE = (
    "net 784 -> relu(300) -> 10; loss squared; data samples 60000",
    "net 784 -> 128 -> 784; loss absolute",
    "net 784 -> 64 -> 784; loss weighted_squared; data samples 60000",
    "net 3072 -> relu(1000) -> relu(1000) -> 10; loss squared",
)
COUNTED = "net 4 -> 2 -> 4; loss huber(1); data samples 2000"
SIZES = (10, 20, 40, 80, 160)
GROWING = (
    "net {0} -> {1} -> {0}; loss weighted_squared; data X full_row_rank",
    "net {0} -> relu({0}) -> relu({1}) -> 10; loss squared",
    "net {0} -> {1} -> {0}; loss absolute; data X full_row_rank",
)


class Cost(NamedTuple):
    """Processor seconds for building and for verifying; the entries of data and weights."""

    build: float
    verify: float
    entries: int


def measure(text: str, counted: bool = True) -> Cost:
    """The cost of one counterexample, equal samples ``counted`` or written out.

    ``SystemExit`` if there is none, or if it is not accepted.
    """
    (model,) = parse(text)
    start = time.process_time()
    judgement = judge(model)
    found = certified(judgement, BuildOptions()) if counted else None
    if counted and not isinstance(found, Certified):
        raise SystemExit(f"no accepted instance: {text}")
    built = found.instance if isinstance(found, Certified) else build(judgement, BuildOptions())
    between = time.process_time()
    if not isinstance(built, Instance) or not verify(built.document).accepted:
        raise SystemExit(f"no accepted instance: {text}")
    end = time.process_time()
    # ``certified`` asks the kernel as well: what it takes is not building.
    build_time = between - start - ((end - between) if counted else 0.0)
    parts = [built.document["data"]]
    parts += [built.document[name]["weights"] for name in ("local_minimum", "better_point")]
    matrices = [rows for part in parts for name, rows in part.items() if name != "counts"]
    entries = sum(len(row) if isinstance(row, list) else 1 for rows in matrices for row in rows)
    return Cost(max(0.0, build_time), end - between, entries)


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
    for text in LARGE:
        cost = measure(text)
        print(f"{text}: {cost.entries} entries, built in {cost.build:.2f} s, verified in "
              f"{cost.verify:.2f} s")  # fmt: skip
    short, long = measure(COUNTED), measure(COUNTED, counted=False)
    print(f"{COUNTED}: with counts {short.entries} entries, {long.entries} without; building "
          f"and verifying {(long.build + long.verify) / (short.build + short.verify):.1f} times "
          "as fast")  # fmt: skip
    for pattern in GROWING:
        before = None
        print(pattern.format("d", "d/4"))
        for size in SIZES:
            cost = measure(pattern.format(size, size // 4))
            grown = ""
            if before is not None:
                power = math.log(cost.verify / before.verify) / math.log(
                    cost.entries / before.entries
                )
                grown = f", {cost.verify / before.verify:5.1f} times as long, exponent {power:.2f}"
            before = cost
            print(f"  d = {size:>3}: {cost.entries:>7} entries, verified in {cost.verify:6.3f} s, "
                  f"{1e6 * cost.verify / cost.entries:6.1f} us an entry{grown}")  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
