"""Start-up: whole processes of ``landscape ask`` against the import of three libraries.

Prints the ratio of the two, from runs that alternate, so that a busy machine hits both alike:

    python benchmarks/startup.py [RUNS]

Both run with bytecode caches, as an installed program does (a temporary cache is filled first, so
that the result does not depend on who ran what before). The bound is 1.5.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

BOUND = 1.5
QUESTION = "net 2 -> 2 -> 2; loss absolute"
LIBRARIES = [sys.executable, "-c", "import click, rich.console, lark"]
ASK = [sys.executable, "-m", "landscape_cli", "ask", QUESTION]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """The wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def measure(runs: int) -> tuple[float, float, float]:
    """Medians of both in seconds, and the ratio of the least times."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        libraries: list[float] = []
        ask: list[float] = []
        for warm in (*(False for _ in range(2)), *(True for _ in range(runs))):
            one, two = seconds(LIBRARIES, environment), seconds(ASK, environment)
            if warm:
                libraries.append(one)
                ask.append(two)
    return statistics.median(libraries), statistics.median(ask), min(ask) / min(libraries)


def main() -> int:
    """Print both times and their ratio; 1 if it is above the bound."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    libraries, ask, ratio = measure(runs)
    print(f"import click, rich.console, lark   {1000 * libraries:6.1f} ms")
    print(f"landscape ask                      {1000 * ask:6.1f} ms")
    print(f"ratio of the least of {runs} runs: {ratio:.2f} (bound {BOUND})")
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
